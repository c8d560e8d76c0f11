"""Which column means what: by convention, or by a profile in TOML.

**Convention.** Names are compared in lower case with everything but letters and digits as ``_``,
and a unit may end them: ``Range (ft)``, ``range_ft`` and ``RANGE FT`` are one name. The names known
are in :data:`FIELDS`. ``azimuth…`` counts from grid north; ``bearing…``, ``heading…`` and
``direction…`` from true north, as a compass or OpenStreetMap gives it; ``…_true`` and ``…_grid``
say it outright.

**Profile.** A small TOML file for sources with names of their own. Every part is optional::

    crs = "EPSG:27700"          # of the coordinate columns (or of a file that does not say)
    azimuth = "true"            # north of the azimuth column: "true" or "grid"

    [columns]                   # Sharedview's name = the name in the file
    camera_id = "Asset Ref"
    x = "GRIDX"
    y = "GRIDY"
    azimuth = "Facing"
    range = "Reach"

    [units]                     # of bare numbers: m, ft, cm, km, in, yd
    range = "ft"

    [defaults]                  # for rows that give no value; counted in the notes
    ownership = "public"
    mount_height = 5

    [values.camera_type]        # words of the file = words of Sharedview
    "Bullet" = "fixed"
    "Speed dome" = "ptz"

A column that the profile names is used instead of what convention would find.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coverage_model.base.errors import Fault, Faults, InputError
from coverage_model.reading.parse import METRES_PER_UNIT
from coverage_model.reading.source import check_file

Kind = Literal["text", "coordinate", "length", "angle", "direction", "number", "pixels", "flag"]

FIELDS: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "camera_id": (
        "text",
        ("camera_id", "cameraid", "camera_ref", "camera_no", "camera_number", "cam_id", "asset_id",
         "asset_ref", "asset_no", "id", "ref", "reference", "uid", "unique_id", "osm_id"),
    ),
    "view_id": ("text", ("view_id",)),
    "longitude": ("coordinate", ("longitude", "long", "lon", "lng", "wgs84_lon")),
    "latitude": ("coordinate", ("latitude", "lat", "wgs84_lat")),
    "easting": ("coordinate", ("easting", "eastings", "east", "bng_e", "osgb_e")),
    "northing": ("coordinate", ("northing", "northings", "north", "bng_n", "osgb_n")),
    "x": ("coordinate", ("x", "x_coord", "x_coordinate", "coord_x", "xcoord", "point_x")),
    "y": ("coordinate", ("y", "y_coord", "y_coordinate", "coord_y", "ycoord", "point_y")),
    "ownership": ("text", ("ownership", "owner_type", "ownership_type", "operator_type", "sector")),
    "integration": ("text", ("integration", "integration_status", "integrated")),
    "operator": (
        "text",
        ("operator", "operator_name", "operated_by", "owner", "owner_name", "organisation",
         "organization", "authority", "agency"),
    ),
    "borough_code": (
        "text",
        ("borough_code", "gss_code", "lad_code", "la_code", "area_code", "borough", "borough_name"),
    ),
    "camera_type": ("text", ("camera_type", "cameratype", "camera_kind", "cam_type", "type")),
    "azimuth": (
        "direction",
        ("azimuth", "azimuth_grid", "grid_azimuth", "azimuth_true", "true_azimuth", "bearing",
         "bearing_true", "true_bearing", "bearing_grid", "grid_bearing", "compass_bearing",
         "heading", "heading_true", "true_heading", "heading_grid", "camera_direction", "direction",
         "direction_true", "direction_grid"),
    ),
    "hfov": (
        "angle",
        ("hfov", "horizontal_fov", "fov_h", "horizontal_field_of_view", "fov", "field_of_view",
         "view_angle", "angle_of_view"),
    ),
    "vfov": ("angle", ("vfov", "vertical_fov", "fov_v", "vertical_field_of_view")),
    "tilt": ("angle", ("tilt", "down_tilt", "tilt_down", "tilt_angle")),
    "range": (
        "length",
        ("range", "max_range", "range_max", "viewing_range", "view_range", "view_distance",
         "viewing_distance", "distance"),
    ),
    "mount_height": (
        "length",
        ("mount_height", "mounting_height", "camera_height", "lens_height", "install_height",
         "height"),
    ),
    "horizontal_px": (
        "pixels",
        ("horizontal_px", "horizontal_pixels", "horizontal_resolution", "h_resolution", "width_px",
         "resolution_px", "resolution"),
    ),
    "focal": ("number", ("focal_mm", "focal_length_mm", "focal_length", "focal", "lens_mm")),
    "sensor_width": ("number", ("sensor_width_mm", "sensor_width", "sensor_mm")),
    "target_level": ("text", ("target_level", "quality_level", "target_quality")),
    "fixed_position": ("flag", ("fixed_position", "fixed_view", "parked", "is_fixed")),
    "illustrative": ("flag", ("illustrative",)),
}  # fmt: skip

_COORDINATES = ("longitude", "latitude", "easting", "northing", "x", "y")
_LENGTH_ENDINGS = {
    "m": "m", "metre": "m", "metres": "m", "meter": "m", "meters": "m", "ft": "ft", "feet": "ft",
    "foot": "ft", "km": "km", "cm": "cm", "yd": "yd",
}  # fmt: skip
_ANGLE_ENDINGS = ("deg", "degree", "degrees")
_DBF_NAME_LENGTH = 10
_CLOSE = 0.8


class Profile(BaseModel):
    """A profile file, checked; see the module's docstring for an example."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    crs: str | int | None = None
    azimuth: Literal["true", "grid"] | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    units: dict[str, str] = Field(default_factory=dict)
    defaults: dict[str, str | int | float | bool] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)


@dataclass(slots=True)
class Matching:
    """Which column of a source holds each of Sharedview's fields.

    Parameters
    ----------
    columns
        Field name to the source's column name.
    units
        Unit of bare numbers of each length field.
    true_north
        Whether the azimuth column counts from true north.
    free_text_azimuth
        Whether the azimuth column is free text by convention, so that what cannot be read is
        counted instead of stopping the reading.
    unused
        Columns without a meaning here, each with the field it resembles, if any.
    """

    columns: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    true_north: bool = False
    free_text_azimuth: bool = False
    unused: dict[str, str | None] = field(default_factory=dict)


def load_profile(path: str | Path | None) -> Profile:
    """Read a profile; without a path, an empty one.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        With every unknown key, unknown field name and unknown unit.
    """
    if path is None:
        return Profile()
    file = Path(path)
    check_file(file)
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(file, [Fault(f"it is not TOML ({error})", "Correct it")]) from error
    faults = Faults(file)
    try:
        profile = Profile.model_validate(content)
    except ValidationError as error:
        for each in error.errors():
            where = ".".join(str(part) for part in each["loc"])
            faults.add(f"{where}: {each['msg']}", f"Known keys: {', '.join(Profile.model_fields)}")
        faults.raise_if_any()
        raise
    for section in ("columns", "units", "defaults", "values"):
        for name in getattr(profile, section):
            if name not in FIELDS:
                hint = suggest(name, FIELDS)
                faults.add(
                    f"[{section}] names the unknown field {name!r}",
                    f"Did you mean {hint}?" if hint else f"Fields: {', '.join(FIELDS)}",
                )
    for name, unit in profile.units.items():
        if unit.lower() not in METRES_PER_UNIT:
            faults.add(f"[units] {name} has the unknown unit {unit!r}", "Use m, cm, km, ft or yd")
        elif name in FIELDS and FIELDS[name][0] != "length":
            faults.add(f"[units] {name} is not a length", "Leave it out")
    faults.raise_if_any()
    return profile


def suggest(name: str, known: Any) -> str | None:
    """Return the known name nearest to one that is not known, if any is near."""
    found = difflib.get_close_matches(normalise(name), list(known), n=1, cutoff=_CLOSE)
    return found[0] if found else None


def normalise(name: str) -> str:
    """Bring a column name into its comparable form.

    Examples
    --------
    >>> normalise(" Lens height (m) "), normalise("camera:direction")
    ('lens_height_m', 'camera_direction')
    """
    return re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")


def match_columns(
    names: list[str], profile: Profile, *, source: object, shapefile: bool = False
) -> Matching:
    """Find the column of each field.

    Parameters
    ----------
    names
        The source's column names.
    profile
        Columns it names win over convention.
    source
        What to call the source in an error.
    shapefile
        True where names are cut after ten characters.

    Raises
    ------
    InputError
        If the profile names columns that are not there, with the nearest that are.
    """
    faults = Faults(source)
    matching = Matching()
    for name, column in profile.columns.items():
        if column in names:
            matching.columns[name] = column
            continue
        near = difflib.get_close_matches(column, names, n=1, cutoff=_CLOSE)
        hint = f"did you mean {near[0]!r}? " if near else ""
        faults.add(f"the profile's column {column!r} for {name} is not there",
                   f"{hint}Columns: {', '.join(names)}")  # fmt: skip
    faults.raise_if_any()
    taken = set(matching.columns.values())
    known = _known_names(shapefile=shapefile)
    best: dict[str, tuple[int, str, str | None]] = {}
    for column in names:
        if column in taken:
            continue
        found = known.get(normalise(column))
        if found is None:
            continue
        name, rank, unit = found
        if name not in matching.columns and (name not in best or rank < best[name][0]):
            best[name] = (rank, column, unit)
    for name, (_, column, unit) in best.items():
        matching.columns[name] = column
        if unit is not None:
            matching.units[name] = unit
    matching.units.update(profile.units)
    if "azimuth" in matching.columns:
        words = normalise(matching.columns["azimuth"]).split("_")
        compass = not words[0].startswith("azimuth") and "grid" not in words
        matching.true_north = compass or "true" in words
        matching.free_text_azimuth = "direction" in words
        if profile.azimuth is not None:
            matching.true_north = profile.azimuth == "true"
        elif "azimuth" in profile.columns:
            # A name of the source's own says nothing about its north; convention is the grid.
            known_name = normalise(matching.columns["azimuth"]) in known
            matching.true_north = matching.true_north and known_name
    used = set(matching.columns.values())
    matching.unused = {
        column: suggest(column, known) for column in names if column not in used and column
    }
    return matching


def coordinate_fields(matching: Matching) -> tuple[str, str] | None:
    """Return the pair of fields that holds the position; grid coordinates before degrees."""
    for pair in (("easting", "northing"), ("longitude", "latitude"), ("x", "y")):
        if all(name in matching.columns for name in pair):
            return pair
    return None


def missing_coordinates(names: list[str], matching: Matching) -> Fault:
    """Say which coordinate columns are missing, and which of the file's columns come near."""
    known = {alias: name for name in _COORDINATES for alias in FIELDS[name][1]}
    hints = []
    for column in names:
        near = suggest(column, known)
        if near is not None and column not in matching.columns.values():
            hints.append(f"{column!r} looks like {known[near]!r}")
    found = [matching.columns[name] for name in _COORDINATES if name in matching.columns]
    problem = "no pair of columns for longitude and latitude, easting and northing, or x and y"
    if found:
        problem += f" (only {', '.join(found)})"
    remedy = f"Rename them or map them in a profile; columns: {', '.join(names)}"
    if hints:
        remedy = f"{'; '.join(hints)}. {remedy}"
    return Fault(problem, remedy)


def _known_names(*, shapefile: bool) -> dict[str, tuple[str, int, str | None]]:
    """Every name known: the field it means, its rank among the field's names, its unit."""
    known: dict[str, tuple[str, int, str | None]] = {}
    for name, (kind, aliases) in FIELDS.items():
        for rank, alias in enumerate(aliases):
            known.setdefault(alias, (name, rank, None))
            if kind == "length":
                for ending, unit in _LENGTH_ENDINGS.items():
                    known.setdefault(f"{alias}_{ending}", (name, rank, unit))
            elif kind in {"angle", "direction"}:
                for ending in _ANGLE_ENDINGS:
                    known.setdefault(f"{alias}_{ending}", (name, rank, None))
    if shapefile:
        cut: dict[str, set[tuple[str, int, str | None]]] = {}
        for alias, meaning in known.items():
            if len(alias) > _DBF_NAME_LENGTH:
                cut.setdefault(alias[:_DBF_NAME_LENGTH], set()).add(meaning)
        for alias, meanings in cut.items():
            # A cut name that could mean two things means none; a cut unit is taken as metres.
            if len({name for name, _, _ in meanings}) == 1 and alias not in known:
                name, rank, _ = min(meanings, key=lambda meaning: meaning[1])
                known[alias] = (name, rank, None)
    return known
