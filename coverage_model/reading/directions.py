"""Directions as people and maps write them: degrees, compass points, sectors, several at once.

Pure functions on one value each. What cannot be read with certainty is handed back as undecodable,
never guessed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from coverage_model.reading.parse import (
    ANGLE,
    NUMBER,
    parse_angle_deg,
    plain_number_text,
    without_about,
)

COMPASS_POINTS = (
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE",
    "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
)  # fmt: skip
_COMPASS_DEG = {point: index * 22.5 for index, point in enumerate(COMPASS_POINTS)}
_COMPASS_WORDS = {
    "NORTH": "N", "NORD": "N", "NORTE": "N", "NOR": "N", "EAST": "E", "EST": "E", "ESTE": "E",
    "OST": "E", "SOUTH": "S", "SUD": "S", "SUED": "S", "SÜD": "S", "SUR": "S", "WEST": "W",
    "OUEST": "W", "OESTE": "W",
}  # fmt: skip

_JOINED = re.compile(
    r"(NORTH|NORD|NOR(?=[EO])|SOUTH|SUED|SÜD|SUD|SUR)(EAST|WEST|ESTE|EST|OESTE|OST|OUEST)"
)
_FACING = re.compile(
    r"\b(?:facing|faces|looking|looks|pointing|points|towards?|viewing|view|views|direction|due|"
    r"heading|to|the|of)\b",
    re.IGNORECASE,
)
_SECTOR = re.compile(r"(?:from\s+)?([^-–]+?)\s*(?:\bto\b|[-–])\s*([^-–]+)", re.IGNORECASE)
_SAID_TWICE = re.compile(
    r"([A-Za-z][A-Za-z /.-]*?)\s*[(\[,:-]\s*(\d{1,3}(?:\.\d+)?)\s*(?:°|deg(?:rees)?)?\s*[)\]]?"
)
_POINT_WIDTH = 11.25
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*°?\s*[-–]\s*(\d+(?:\.\d+)?)\s*°?")


def parse_facing(value: Any) -> Directions:
    """Read a direction as people write it in a register: ``Facing north``, ``S.E.``, ``90 deg``.

    What :func:`parse_directions` reads is read as there. Of the rest, words such as "facing" and
    "approx" are taken out, full stops between letters too, and endings such as "-erly".

    Examples
    --------
    >>> [each.azimuth_deg for each in parse_facing("looking S.E.").headings]
    [135.0]
    >>> parse_facing("PTZ - 360").undecodable
    ('PTZ - 360',)
    >>> parse_facing("N to NE").headings, parse_facing("S/W (225)").headings
    ((Heading(azimuth_deg=22.5, hfov_deg=45.0),), (Heading(azimuth_deg=225.0, hfov_deg=nan),))
    """
    strict = parse_directions(value)
    if not strict.undecodable:
        return strict
    sector = _SECTOR.fullmatch(plain_number_text(value))
    if sector is not None and (swept := _between(sector[1], sector[2])) is not None:
        return Directions((swept,))
    text = without_about(_FACING.sub(" ", plain_number_text(value)))
    text = _SAID_TWICE.sub(lambda found: found[1] if _agree(found[1], found[2]) else found[0], text)
    text = re.sub(r"(?i)^([NS])/([EW])$", r"\1\2", text)
    text = re.sub(r"(?<=[A-Za-z])\.\s*(?=[A-Za-z]?)", "", text)
    text = re.sub(r"(north|south|east|west)(?:erly|ern|wards?)\b", r"\1", text,
                  flags=re.IGNORECASE)  # fmt: skip
    text = re.sub(rf"^({NUMBER})\s*(?:deg\.?|degs|degrees?|[°º˚])?(?:\s*t(?:rue)?)?$", r"\1", text,
                  flags=re.IGNORECASE)  # fmt: skip
    parts = [part.strip() for part in re.split(r",|&|\band\b", text)]
    if len(parts) > 1 and all(compass_deg(part) is not None for part in parts):
        text = ";".join(parts)
    read = parse_directions(text.rstrip(" -:,").lstrip(" :,"))
    return read if read.headings and not read.undecodable else strict


def _between(first: str, last: str) -> Heading | None:
    """Read a sector of two compass points or angles, clockwise, if it is less than half a turn."""
    ends = [each.strip(" °") for each in (first, last)]
    angles = [compass_deg(each) if compass_deg(each) is not None else parse_angle_deg(each)
              for each in ends]  # fmt: skip
    start, end = angles
    if start is None or end is None or not (0 <= start <= 360 and 0 <= end <= 360):
        return None
    width = (end - start) % 360
    return Heading((start + width / 2) % 360, width) if 0 < width < 180 else None


def _agree(point: str, degrees: str) -> bool:
    """Whether degrees that are said beside a compass point are that point."""
    there = compass_deg(point.replace("/", ""))
    return there is not None and abs((float(degrees) - there + 180) % 360 - 180) <= _POINT_WIDTH


def compass_deg(text: str) -> float | None:
    """Degrees of one of the 16 compass points, or None.

    Examples
    --------
    >>> compass_deg("NNW"), compass_deg("north-east"), compass_deg("up")
    (337.5, 45.0, None)
    """
    name = text.strip().upper()
    if name in _COMPASS_DEG:
        return _COMPASS_DEG[name]
    words = [word for word in re.split(r"[\s-]+", name) if word]
    if len(words) == 1 and (
        joined := _JOINED.fullmatch(name)
    ):  # "northeast", "Nordwest", "noreste"
        words = [joined[1], joined[2]]
    if len(words) > 2 or any(word not in _COMPASS_WORDS for word in words):
        return None
    return _COMPASS_DEG.get("".join(_COMPASS_WORDS[word] for word in words))


@dataclass(frozen=True, slots=True)
class Heading:
    """One direction a camera looks in.

    Parameters
    ----------
    azimuth_deg
        Centre line, clockwise, 0 to below 360.
    hfov_deg
        Width of the view where the direction was given as a range; NaN otherwise.
    """

    azimuth_deg: float
    hfov_deg: float = math.nan


@dataclass(frozen=True, slots=True)
class Directions:
    """What a direction value says.

    Parameters
    ----------
    headings
        The different directions, in the order given.
    undecodable
        The parts that cannot be read with certainty.
    all_round
        True if a part is the whole circle: the camera looks anywhere, so no heading follows.
    repeated
        How many parts said again what another part had said.
    """

    headings: tuple[Heading, ...] = ()
    undecodable: tuple[str, ...] = ()
    all_round: bool = False
    repeated: int = 0


def parse_directions(value: Any) -> Directions:
    """Read a direction: degrees, a compass point, a clockwise range, or several with ``;``.

    Degrees run from 0 to 360 (360 is north). A range ``a-b`` goes clockwise from ``a`` to ``b`` and
    may cross north; its middle is the heading and its width the field of view. Anything else is
    undecodable: negative and too large numbers, numbers run together (``45180225``), commas (which
    may stand for a decimal point), ranges without width.

    Parameters
    ----------
    value
        Text or number; blank means not given.

    Examples
    --------
    >>> parse_directions("358-43").headings
    (Heading(azimuth_deg=20.5, hfov_deg=45.0),)
    >>> parse_directions("NW;400")
    Directions(headings=(Heading(azimuth_deg=315.0, hfov_deg=nan),), undecodable=('400',), \
all_round=False, repeated=0)
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Directions()
    text = str(value).strip()
    headings: dict[tuple[float, float], Heading] = {}
    undecodable: list[str] = []
    all_round = False
    repeated = 0
    for part in (piece.strip() for piece in text.split(";")):
        if not part:
            continue  # "90;" says no more than "90"
        heading = _one_direction(part)
        if heading is None:
            undecodable.append(part)
        elif heading.hfov_deg == 360:
            all_round = True
        else:
            # NaN is not equal to itself, so a missing width is keyed as -1.
            width = -1.0 if math.isnan(heading.hfov_deg) else heading.hfov_deg
            key = (heading.azimuth_deg, width)
            repeated += key in headings
            headings.setdefault(key, heading)
    return Directions(tuple(headings.values()), tuple(undecodable), all_round, repeated)


def _one_direction(part: str) -> Heading | None:
    point = compass_deg(part)
    if point is not None:
        return Heading(point)
    limits = _RANGE.fullmatch(part)
    if limits is not None:
        start, end = float(limits[1]), float(limits[2])
        if start > 360 or end > 360:
            return None
        if (start, end) == (0, 360):
            return Heading(0.0, 360.0)
        width = (end - start) % 360
        return None if width == 0 else Heading((start + width / 2) % 360, width)
    angle = ANGLE.fullmatch(part)
    if angle is None or not 0 <= float(angle[1]) <= 360:
        return None
    return Heading(float(angle[1]) % 360)
