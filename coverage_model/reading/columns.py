"""Which column means what: by the dictionary of names, or by a profile.

**Dictionary.** Names are data (:mod:`coverage_model.reading.dictionary`). They are compared in
lower case with letters and digits alone, so ``Camera Type``, ``camera_type`` and ``CameraType`` are
one name. A unit may end a name or stand in brackets (``Range (ft)``, ``range_ft``); other brackets
are a remark (``Type (Fixed/PTZ)``). A word such as "camera" or "CCTV" may stand before or after. A
name of exactly ten characters may be the beginning of a known one, as Shapefiles cut it, where only
one field begins so.

**North.** ``azimuth…`` counts from grid north; ``bearing…``, ``heading…``, ``direction…`` and their
like from true north, as a compass or OpenStreetMap gives it; ``…_true`` and ``…_grid`` say it
outright.

**Profile.** A column that a profile names wins (:mod:`coverage_model.reading.profile`).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from coverage_model.base.errors import Fault, Faults
from coverage_model.reading.dictionary import column_names
from coverage_model.reading.profile import FIELDS, Profile, normalise, suggest
from coverage_model.reading.source import BY_PROFILE

COORDINATES = ("longitude", "latitude", "easting", "northing", "x", "y")
PLACES = ("place", "grid_ref")
NO_PLACES = ("postcode", "what3words")
# A name known to mean different things in different lists: never read without a profile.
AMBIGUOUS = "?"

_LENGTH_ENDINGS = {
    "m": "m", "metre": "m", "metres": "m", "meter": "m", "meters": "m", "mtrs": "m", "ft": "ft",
    "feet": "ft", "foot": "ft", "km": "km", "cm": "cm", "mm": "mm", "yd": "yd", "yards": "yd",
    "inches": "in",
}  # fmt: skip
_ANGLE_ENDINGS = ("deg", "degs", "degree", "degrees", "o")
_NUMBER_ENDINGS = {"focal": ("mm",), "sensor_width": ("mm",), "horizontal_px": ("px", "pixels")}
# Words that say no more than "of the camera": a name is tried again without them.
_GENERIC = frozenset({"camera", "cameras", "cam", "cctv", "device", "unit", "asset", "the", "of"})
_DBF_NAME_LENGTH = 10
_CLOSE = 0.8


@dataclass(slots=True)
class Matching:
    """Which column of a source holds each of Sharedview's fields.

    Parameters
    ----------
    columns
        Field name to the source's column name.
    units
        Unit of bare numbers of each length field.
    why
        Why each field's column was taken, in words.
    true_north
        Whether the azimuth column counts from true north.
    angles
        ``compass`` (clockwise from north) or ``mathematical`` (against the clock from east).
    signed
        Whether headings may run from -180 to 180.
    tilt_up
        Whether a positive tilt looks up.
    free_text_azimuth
        Whether the azimuth column is free text by convention, so that what cannot be read is
        counted instead of stopping the reading.
    weak_id
        Whether the column of ids is one that may hold names or sites, and so repeat.
    longitude_first
        Whether pairs in one column have the longitude before the latitude, as its name says.
    unused
        Columns without a meaning here, each with the field it resembles, if any.
    """

    columns: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    true_north: bool = False
    angles: str = "compass"
    signed: bool = False
    tilt_up: bool = False
    free_text_azimuth: bool = False
    weak_id: bool = False
    longitude_first: bool = False
    unused: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """A name that is known: its field, how surely (0 best), its unit and convention."""

    field: str
    step: int
    rank: int
    unit: str | None
    convention: str
    why: str


def squash(name: str) -> str:
    """Letters and digits of a name alone, in lower case and without accents.

    Examples
    --------
    >>> squash("Camera_Type"), squash("CameraType "), squash("Höhe")
    ('cameratype', 'cameratype', 'hohe')
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(re.findall(r"[0-9a-z]+", plain))


def match_columns(names: list[str], profile: Profile, *, source: object) -> Matching:
    """Find the column of each field.

    Parameters
    ----------
    names
        The source's column names.
    profile
        Columns it names win over the dictionary.
    source
        What to call the source in an error.

    Raises
    ------
    InputError
        If the profile names columns that are not there, with the nearest that are.
    """
    faults = Faults(source)
    matching = Matching()
    conventions: dict[str, str] = {}
    for name, column in profile.columns.items():
        if column in names:
            matching.columns[name] = column
            matching.why[name] = "by the profile"
            found = meaning(column)
            if found is not None and found.field == name:
                conventions[name] = found.convention
                if found.unit is not None and FIELDS[name] in {"length", "pixels"}:
                    matching.units[name] = found.unit
            continue
        if not column:
            continue
        near = difflib.get_close_matches(column, names, n=1, cutoff=_CLOSE)
        hint = f"did you mean {near[0]!r}? " if near else ""
        faults.add(f"the profile's column {column!r} for {name} is not there",
                   f"{hint}Columns: {', '.join(names)}")  # fmt: skip
    faults.raise_if_any()
    taken = set(matching.columns.values())
    best: dict[str, tuple[_Found, str]] = {}
    for column in names:
        found = None if column in taken else meaning(column)
        if found is None or found.field == AMBIGUOUS or found.field in profile.columns:
            continue
        held = best.get(found.field)
        if held is None or (found.step, found.rank) < (held[0].step, held[0].rank):
            best[found.field] = (found, column)
    for name, (found, column) in best.items():
        matching.columns[name] = column
        matching.why[name] = found.why
        conventions[name] = found.convention
        if found.unit is not None and FIELDS[name] in {"length", "pixels"}:
            matching.units[name] = found.unit
    weak = conventions.get("camera_id") == "weak"
    matching.weak_id = weak and "camera_id" not in profile.columns
    matching.longitude_first = conventions.get("place") == "longitude first"
    matching.units.update(profile.units)
    _set_angles(matching, profile, conventions)
    used = set(matching.columns.values())
    matching.unused = {
        column: _resembles(column) for column in names if column not in used and column
    }
    return matching


def meaning(column: str) -> _Found | None:
    """Return what a column's name is known to mean; None where it is not known."""
    known = _known_names()
    for step, (name, unit, why) in enumerate(_forms(column)):
        found = known.get(name)
        if found is not None:
            field_, rank, own_unit, convention = found
            return _Found(field_, step, rank, unit or own_unit, convention, why)
    if len(column) == _DBF_NAME_LENGTH:
        found = _cut_names().get(squash(column))
        if found is not None:
            field_, rank, _, convention = found
            return _Found(field_, 9, rank, None, convention, "its name, cut by a Shapefile")
    return None


def coordinate_fields(matching: Matching) -> tuple[str, str] | None:
    """Return the pair of fields that holds the position; grid coordinates before degrees."""
    for pair in (("easting", "northing"), ("longitude", "latitude"), ("x", "y")):
        if all(name in matching.columns for name in pair):
            return pair
    return None


def missing_coordinates(names: list[str], matching: Matching) -> Fault:
    """Say which coordinate columns are missing, and which of the file's columns come near."""
    hints = []
    for column in names:
        near = _resembles(column)
        if near in COORDINATES and column not in matching.columns.values():
            hints.append(f"{column!r} looks like {near!r}")
    found = [matching.columns[name] for name in COORDINATES if name in matching.columns]
    problem = "no pair of columns for longitude and latitude, easting and northing, or x and y"
    if found:
        problem += f" (only {', '.join(found)})"
    remedy = f"Name them so{BY_PROFILE}; columns: {', '.join(names)}"
    if hints:
        remedy = f"{'; '.join(hints)}. {remedy}"
    return Fault(problem, remedy)


def _set_angles(matching: Matching, profile: Profile, conventions: dict[str, str]) -> None:
    """North, sense and sign of the angles: as the profile says, else as the names imply."""
    said = conventions.get("azimuth") or conventions.get("azimuth_start") or ""
    matching.true_north = said in {"true", "signed"}
    matching.signed = said == "signed"
    matching.angles = "mathematical" if said == "mathematical" else "compass"
    if "azimuth" in matching.columns:
        words = normalise(matching.columns["azimuth"]).split("_")
        matching.free_text_azimuth = "direction" in words
    if profile.azimuth is not None:
        matching.true_north = profile.azimuth == "true"
    if profile.angles is not None:
        matching.angles = profile.angles
    matching.tilt_up = conventions.get("tilt") == "up"
    if profile.tilt is not None:
        matching.tilt_up = profile.tilt == "up"


def _forms(column: str) -> Iterator[tuple[str, str | None, str]]:
    """Ways to read a column's name, the surest first: squashed form, unit in it, why."""
    yield squash(column), None, "its name"
    bracket = re.search(r"[(\[{]([^)\]}]*)[)\]}]?\s*$", column)
    inside = squash(bracket[1]) if bracket else ""
    unit = _LENGTH_ENDINGS.get(inside)
    bare = re.sub(r"[(\[{][^)\]}]*[)\]}]?", " ", column)
    if bare != column:
        yield squash(bare), unit, f"its name with the unit {unit}" if unit else "its name"
    inner = bare.rpartition(".")[2]
    if inner.strip() and inner != bare:  # of a record in a record: position.lat
        yield squash(inner), unit, "its name within a record"
    words = [word for word in re.split(r"[^0-9a-z]+", _spaced(bare)) if word]
    rest = [word for word in words if word not in _GENERIC]
    if 0 < len(rest) < len(words):
        yield "".join(rest), unit, "its name without 'camera' and the like"


def _spaced(name: str) -> str:
    """Split a name at its capitals: ``CameraHeading`` is two words."""
    plain = unicodedata.normalize("NFKD", name)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain).casefold()


def _resembles(column: str) -> str | None:
    """Return the field whose names come near a column's, if any does."""
    known = _known_names()
    found = meaning(column)
    if found is not None:
        return None if found.field == AMBIGUOUS else found.field
    near = suggest(squash(column), known)
    # "Location" is near a place's name and mostly holds a street's.
    silent = {AMBIGUOUS, "place", "operator"}
    return None if near is None or known[near][0] in silent else known[near][0]


_Known = dict[str, tuple[str, int, str | None, str]]


@lru_cache(maxsize=1)
def _known_names() -> _Known:
    """Every squashed name known: its field, its rank there, its unit, its convention."""
    known: _Known = {}
    for rank, each in enumerate(column_names()):
        key = squash(each.name)
        unit = each.unit or None
        known.setdefault(key, (each.field, rank, unit, each.convention))
        kind = FIELDS.get(each.field)
        if kind == "length":
            for ending, ends_in in _LENGTH_ENDINGS.items():
                known.setdefault(key + ending, (each.field, rank, ends_in, each.convention))
        elif kind in {"angle", "direction"}:
            for ending in _ANGLE_ENDINGS:
                known.setdefault(key + ending, (each.field, rank, None, each.convention))
        for ending in _NUMBER_ENDINGS.get(each.field, ()):
            known.setdefault(key + ending, (each.field, rank, None, each.convention))
    return known


@lru_cache(maxsize=1)
def _cut_names() -> _Known:
    """Names as Shapefiles cut them after ten characters, where they can mean one field only."""
    meanings: dict[str, set[tuple[str, int, str | None, str]]] = {}
    known = _known_names()
    for each in column_names():
        for name in {each.name, normalise(each.name), squash(each.name)}:
            if len(name) > _DBF_NAME_LENGTH:
                cut = squash(name[:_DBF_NAME_LENGTH])
                meanings.setdefault(cut, set()).add(known[squash(each.name)])
    found: _Known = {}
    for cut, several in meanings.items():
        # A cut name that could mean two things means none; a cut unit is taken as metres.
        if cut not in known and len({meant[0] for meant in several}) == 1:
            found[cut] = min(several, key=lambda meant: meant[1])
    return found
