"""Places as people write them: degrees, minutes and seconds, grid references, pairs, geometry.

Pure functions on one value each. What cannot be read exactly comes back as None, never guessed.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Literal

import shapely

from coverage_model.reading.parse import (
    PLAIN_NUMBER,
    is_blank,
    parse_metres_number,
    plain_float,
    plain_number_text,
    plainly,
)

Axis = Literal["longitude", "latitude"]
System = Literal["degrees", "metres", "grid"]

_HEMISPHERES = {"N": 1, "S": -1, "E": 1, "W": -1}
_AXIS_LETTERS = {"longitude": "EW", "latitude": "NS"}
_SIXTIES = re.compile(r"\d+(?:[.,]\d+)?")
# All that may stand between the numbers of degrees, minutes and seconds.
_BETWEEN = re.compile(r"[\s°º˚'’‘′´`\"”“″:_-]|[dms]", re.IGNORECASE)
_UNIT_WORDS = re.compile(r"deg(?:rees?)?|min(?:utes?)?|sec(?:onds?)?", re.IGNORECASE)
_HEMISPHERE_WORDS = re.compile(r"(n)orth|(s)outh|(e)ast|(w)est", re.IGNORECASE)
_GRID_REFERENCE = re.compile(r"([A-HJ-Z]{2})(\d{2,10})")
_LETTERED = re.compile(r"[^NSEW]*[NSEW]|[NSEW][^NSEW]*", re.IGNORECASE)
_URL_PAIR = re.compile(r"[@=/](-?\d{1,2}\.\d+),\s*(-?\d{1,3}\.\d+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A place read from one cell.

    Parameters
    ----------
    x, y
        Longitude and latitude in degrees, or easting and northing in metres.
    system
        ``degrees`` (WGS 84), ``metres`` (a grid the cell does not name) or ``grid`` (the British
        National Grid, named by its letters).
    square_m
        Side of the square that the writing names; 0 where it names a point.
    """

    x: float
    y: float
    system: System
    square_m: float = 0.0


@plainly
def parse_degrees(value: Any, axis: Axis | None = None) -> float | None:
    r"""Read an angle of position: decimal degrees, or degrees, minutes and seconds, with N S E W.

    Parameters
    ----------
    value
        Number or text; blank is NaN.
    axis
        Which of the two it is: a letter of the other axis is then unreadable.

    Examples
    --------
    >>> parse_degrees("51,508"), parse_degrees("0.1276W"), parse_degrees("0° 07' 39.4 W")
    (51.508, -0.1276, -0.127611111)
    >>> parse_degrees("0.1276 West"), parse_degrees("51 75 10 N"), parse_degrees("0.1276-")
    (-0.1276, None, None)
    """
    if isinstance(value, str) and PLAIN_NUMBER.fullmatch(value):
        return float(value)
    if is_blank(value):
        return math.nan
    text = plain_number_text(value)
    if re.fullmatch(r"[+-]?\d{1,3},\d+", text):  # a thousand degrees there are not
        text = text.replace(",", ".")
    try:
        return plain_float(text)
    except ValueError:
        return _from_sixties(text, axis)


def _from_sixties(text: str, axis: Axis | None) -> float | None:
    if text.endswith("-"):  # a minus behind its number, or a slip: not to be guessed
        return None
    bare = _HEMISPHERE_WORDS.sub(lambda word: word[0][0], _UNIT_WORDS.sub(" ", text))
    if re.search(r"\d\s*[dm]", bare, re.IGNORECASE):  # 51d30m27s: the s is seconds, not south
        bare = re.sub(r"(?<=\d)\s*s", " ", bare, count=1, flags=re.IGNORECASE)
    letters = re.findall(r"[NSEW]", bare.upper())
    if len(letters) > 1 or (letters and axis and letters[0] not in _AXIS_LETTERS[axis]):
        return None
    sign = -1.0 if text.startswith("-") else 1.0
    body = bare.lstrip("+-")
    if letters:
        body = re.sub(letters[0], " ", body, count=1, flags=re.IGNORECASE)
        sign *= _HEMISPHERES[letters[0]]
    parts = [float(part.replace(",", ".")) for part in _SIXTIES.findall(body)]
    if not 1 <= len(parts) <= 3 or _BETWEEN.sub("", _SIXTIES.sub("", body)):
        return None
    if any(part >= 60 for part in parts[1:]) or any(part % 1 for part in parts[:-1]):
        return None
    return round(sign * sum(part / 60**power for power, part in enumerate(parts)), 9)


def parse_grid_reference(value: Any) -> Place | None:
    """Read an Ordnance Survey grid reference: two letters and an even number of digits.

    The reference names the south-west corner of a square, as Ordnance Survey defines it; the
    square's side says how fine it is (six figures: 100 m). Letters: the first of a 500 km square,
    the second of a 100 km square in it, I left out
    (Ordnance Survey, "A guide to coordinate systems in Great Britain", section 7).

    Examples
    --------
    >>> parse_grid_reference("TQ 3003 8038")
    Place(x=530030.0, y=180380.0, system='grid', square_m=10.0)
    >>> parse_grid_reference("TQ 300 8038") is None
    True
    """
    text = re.sub(r"[\s,.:;\-/]+", "", str(value)).upper()
    found = _GRID_REFERENCE.fullmatch(text)
    if found is None or len(found[2]) % 2:
        return None
    corner = grid_square_m(found[1])
    if corner is None:
        return None
    half = len(found[2]) // 2
    size = 10.0 ** (5 - half)
    east, north = int(found[2][:half]) * size, int(found[2][half:]) * size
    return Place(corner[0] + east, corner[1] + north, "grid", size)


def grid_square_m(letters: str) -> tuple[float, float] | None:
    """South-west corner of a 100 km square of the National Grid, in m; None outside the grid.

    Examples
    --------
    >>> grid_square_m("TQ"), grid_square_m("AA") is None
    ((500000.0, 100000.0), True)
    """
    text = letters.strip().upper()
    if not re.fullmatch(r"[A-HJ-Z]{2}", text):
        return None
    first, second = (ord(each) - 65 - (each > "I") for each in text)
    east = (first % 5 - 2) * 500_000 + second % 5 * 100_000
    north = (3 - first // 5) * 500_000 + (4 - second // 5) * 100_000
    inside = 0 <= east < 700_000 and 0 <= north < 1_300_000
    return (float(east), float(north)) if inside else None


def parse_place(value: Any, *, longitude_first: bool = False) -> Place | None:
    """Read a whole place from one cell: a grid reference, WKT, WKB, GeoJSON or a pair of numbers.

    A pair of degrees is latitude before longitude, as open-data portals and map links write it,
    unless the column says the other order (``longitude_first``), letters do, or the first is beyond
    90. A pair above 1000 is in metres.

    Examples
    --------
    >>> parse_place("(51.5074, -0.1276)")
    Place(x=-0.1276, y=51.5074, system='degrees', square_m=0.0)
    >>> parse_place("POINT (530034 180380)").system
    'metres'
    >>> parse_place("High Street") is None
    True
    """
    text = str(value).strip()
    grid = parse_grid_reference(text)
    if grid is not None:
        return grid
    if re.match(r"(?i)(?:SRID=\d+;)?\s*(?:MULTI)?POINT", text) or re.fullmatch(
        r"(?i)0[01][0-9a-f]{40,}", text
    ):
        return _from_geometry(text)
    if text.startswith("{"):
        return _from_json(text)
    link = _URL_PAIR.search(text) if "//" in text else None
    if link is not None:
        return _in_degrees(float(link[1]), float(link[2]))
    return _from_pair(text, longitude_first=longitude_first)


def _from_geometry(text: str) -> Place | None:
    try:
        if text[:1] == "0":
            point = shapely.from_wkb(text)
        else:
            point = shapely.from_wkt(text.rpartition(";")[2].strip())
    except shapely.errors.ShapelyError:
        return None
    if point is None or point.is_empty:
        return None
    if point.geom_type == "MultiPoint" and len(point.geoms) == 1:
        point = point.geoms[0]
    if point.geom_type != "Point":
        return None
    return _by_size(point.x, point.y)


def _from_json(text: str) -> Place | None:
    try:
        content = json.loads(text)
    except ValueError:
        try:
            content = json.loads(text.replace("'", '"'))  # as Python prints a mapping
        except ValueError:
            return None
    if not isinstance(content, dict):
        return None
    content = content.get("geometry", content)
    if isinstance(content, dict) and "coordinates" in content:
        x, y = [*content["coordinates"], None, None][:2]
    elif isinstance(content, dict):
        keys = {str(key).lower(): each for key, each in content.items()}
        x = next((keys[key] for key in ("longitude", "lon", "lng", "x") if key in keys), None)
        y = next((keys[key] for key in ("latitude", "lat", "y") if key in keys), None)
    else:
        return None
    try:
        return _by_size(float(x), float(y))
    except (TypeError, ValueError):
        return None


def _from_pair(text: str, *, longitude_first: bool) -> Place | None:
    bare = re.sub(r"(?i)\b(?:lat(?:itude)?|lon(?:g|gitude)?|lng|geo)\b\s*[:=]?", " ", text)
    bare = re.sub(r"[()\[\]]", " ", bare).strip(" ,;")
    halves = [each for each in re.split(r"\s*[;|/]\s*|,\s+|\s+,", bare) if each.strip()]
    if len(halves) != 2:
        halves = re.split(r",", bare) if bare.count(",") == 1 else bare.split()
    if len(halves) != 2:
        halves = [each.strip(" ,") for each in _LETTERED.findall(bare)]
    if len(halves) != 2:
        return None
    bearing_letters = re.compile(
        r"^\s*[EN]\s*[:=]?\s*(?=\d{5})|(?<=\d{5})\s*[EN]\s*$", re.IGNORECASE
    )
    metres = [parse_metres_number(bearing_letters.sub("", half).strip()) for half in halves]
    first, second = metres
    if first is not None and second is not None and min(abs(first), abs(second)) > 1000:
        return Place(first, second, "metres")
    read = [parse_degrees(half.strip()) for half in halves]
    if any(each is None or math.isnan(each) for each in read):
        return None
    first, second = read
    assert first is not None and second is not None  # noqa: S101, PT018 (just asked)
    lettered = re.search(r"[NSEW]", bare.upper())
    east_first = re.search(r"[EW]", halves[0].upper()) or re.search(r"[NS]", halves[1].upper())
    turned = east_first if lettered else longitude_first
    return _in_degrees(second, first) if turned else _in_degrees(first, second)


def _in_degrees(latitude: float, longitude: float) -> Place | None:
    if abs(latitude) > 90 >= abs(longitude):
        latitude, longitude = longitude, latitude
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Place(longitude, latitude, "degrees")


def _by_size(x: float, y: float) -> Place:
    system: System = "degrees" if abs(x) <= 180 and abs(y) <= 90 else "metres"
    return Place(x, y, system)
