"""A profile: what a source's own columns, units and words mean, as a TOML file.

Every part is optional; ``sharedview inspect FILE --out profile.toml`` writes one to edit::

    crs = "EPSG:27700"          # of the coordinate columns (or of a file that does not say)
    azimuth = "true"            # north of the azimuth column: "true" or "grid"
    angles = "compass"          # or "mathematical": from east, against the clock
    tilt = "down"               # which way a positive tilt looks: "down" or "up"

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

A column that the profile names is used instead of what convention would find. A column named
``""`` is not used at all: ``azimuth = ""`` leaves headings out.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from coverage_model.base.checked_model import CheckedModel
from coverage_model.base.errors import Faults
from coverage_model.reading.parse import METRES_PER_UNIT
from coverage_model.reading.text import read_toml

Kind = Literal[
    "text", "coordinate", "place", "length", "angle", "direction", "number", "pixels", "flag"
]

# Sharedview's fields of a camera, and what kind of value each holds. Their names in files are data:
# see coverage_model.reading.dictionary.
FIELDS: dict[str, Kind] = {
    "camera_id": "text",
    "view_id": "text",
    "lens": "text",
    "longitude": "coordinate",
    "latitude": "coordinate",
    "easting": "coordinate",
    "northing": "coordinate",
    "x": "coordinate",
    "y": "coordinate",
    "place": "place",
    "grid_ref": "place",
    "grid_square": "place",
    "longitude_side": "place",
    "latitude_side": "place",
    "postcode": "place",
    "what3words": "place",
    "ownership": "text",
    "integration": "text",
    "operator": "text",
    "borough_code": "text",
    "status": "text",
    "end_date": "text",
    "count": "number",
    "camera_type": "text",
    "azimuth": "direction",
    "azimuth_start": "direction",
    "azimuth_end": "direction",
    "hfov": "angle",
    "vfov": "angle",
    "tilt": "angle",
    "roll": "angle",
    "view_top": "angle",
    "view_bottom": "angle",
    "range": "length",
    "mount_height": "length",
    "horizontal_px": "pixels",
    "vertical_px": "number",
    "lens_projection": "text",
    "focal": "number",
    "sensor_width": "number",
    "target_level": "text",
    "fixed_position": "flag",
    "illustrative": "flag",
}

_PLACES = {name: kind for name, kind in FIELDS.items() if kind in {"coordinate", "place"}}

FIELDS_OF: dict[str, dict[str, Kind]] = {
    "cameras": FIELDS,
    "areas": {"area_code": "text", "area_name": "text"},
    "buildings": {"obstacle_id": "text", "height": "length", "levels": "number"},
    "streets": {"street_name": "text", "highway": "text"},
    "demand": {**_PLACES, "weight": "number"},
    "sites": {**_PLACES, "borough_code": "text", "kind": "text", "has_room": "flag"},
}
"""Fields of each input that a profile may name."""

_OF_CAMERAS = ("azimuth", "angles", "tilt")
_CLOSE = 0.8


class Profile(CheckedModel):
    """A profile file, checked; see the module's docstring for an example."""

    crs: str | int | None = None
    azimuth: Literal["true", "grid"] | None = None
    angles: Literal["compass", "mathematical"] | None = None
    tilt: Literal["down", "up"] | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    units: dict[str, str] = Field(default_factory=dict)
    defaults: dict[str, str | int | float | bool] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)


def load_profile(path: str | Path | None, *, of: str = "cameras") -> Profile:
    """Read a profile; without a path, an empty one.

    Parameters
    ----------
    path
        A TOML file.
    of
        The input that it describes, a key of :data:`FIELDS_OF`.

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
    content = read_toml(file)
    faults = Faults(file)
    try:
        profile = Profile.model_validate(content)
    except ValidationError as error:
        for each in error.errors():
            where = ".".join(str(part) for part in each["loc"])
            faults.add(f"{where}: {each['msg']}", f"Known keys: {', '.join(Profile.model_fields)}")
        faults.raise_if_any()
        raise
    fields = FIELDS_OF[of]
    for key in _OF_CAMERAS:
        if of != "cameras" and getattr(profile, key) is not None:
            faults.add(f"{key} is said of {of}", "Only cameras have it: leave it out")
    for section in ("columns", "units", "defaults", "values"):
        for name in getattr(profile, section):
            if name not in fields:
                hint = suggest(name, fields)
                faults.add(
                    f"[{section}] names the unknown field {name!r}",
                    f"Did you mean {hint}?" if hint else f"Fields of {of}: {', '.join(fields)}",
                )
    for name, unit in profile.units.items():
        if unit.lower() not in METRES_PER_UNIT:
            faults.add(f"[units] {name} has the unknown unit {unit!r}", "Use m, cm, km, ft or yd")
        elif name in fields and fields[name] != "length":
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
