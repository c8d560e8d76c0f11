"""Pixels per metre: how far a lens resolves at a stated image quality, and where it is blind.

Everything here takes plain numbers or arrays (broadcast against each other) and returns float
arrays, or a float where all arguments are numbers. Unknown values (NaN) stay unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from coverage_model.base.datasets import quality_levels
from coverage_model.base.errors import Faults
from coverage_model.reading.archives import DATA_ENDINGS
from coverage_model.reading.plain_table import read_table
from coverage_model.reading.source import without_options

DistanceForm: TypeAlias = Literal["planar", "arc"]

DEFAULT_LEVEL_TABLE = "EN 62676-4:2015"
_COLUMNS = {
    "level": ("name", "quality_level"),
    "px_per_m": ("ppm", "pixels_per_m", "pixels_per_metre", "pixel_density"),
}
DEFAULT_LEVEL = "detect"


@dataclass(frozen=True, slots=True)
class Level:
    """An image-quality level: how many pixels a metre of the target must fill.

    Parameters
    ----------
    name
        Name of the level in its table, such as ``detect``.
    px_per_m
        Pixels per metre at the target that the level asks for.
    table
        The standard or file that defines the level.

    Examples
    --------
    >>> Level("detect", 25.0).px_per_m
    25.0
    """

    name: str
    px_per_m: float
    table: str = DEFAULT_LEVEL_TABLE

    def __post_init__(self) -> None:
        if not (self.px_per_m > 0 and np.isfinite(self.px_per_m)):
            raise ValueError(f"level {self.name}: px_per_m must be above 0, not {self.px_per_m}")


def levels(table: str | Path = DEFAULT_LEVEL_TABLE) -> tuple[Level, ...]:
    """Read the levels of a table, coarsest first.

    Parameters
    ----------
    table
        Name of an embedded table, or the path of a file of your own with the columns ``level`` and
        ``px_per_m``: CSV, Excel or any other table.

    Returns
    -------
    tuple of Level
        In rising order of pixels per metre.

    Raises
    ------
    MissingFileError
        If the file is not there.
    InputError
        If the file is not such a table; every fault is listed.

    Examples
    --------
    >>> [level.name for level in levels()][:2]
    ['monitor', 'detect']
    """
    if isinstance(table, Path) or Path(table).suffix.lower() in DATA_ENDINGS:
        return _levels_from_file(Path(table))
    rows = quality_levels(table).sort_values("px_per_m")
    return tuple(
        Level(str(name), float(ppm), table)
        for name, ppm in zip(rows["level"], rows["px_per_m"], strict=True)
    )


def find_level(level: Level | str, table: str | Path = DEFAULT_LEVEL_TABLE) -> Level:
    """Look a level up by name in a table; a :class:`Level` is passed through.

    Raises
    ------
    InputError
        If the table has no level of that name; the message lists those it has.

    Examples
    --------
    >>> find_level(Level("mine", 40.0, "own")).px_per_m
    40.0
    """
    if isinstance(level, Level):
        return level
    known = levels(table)
    for candidate in known:
        if candidate.name.casefold() == level.strip().casefold():
            return candidate
    faults = Faults("level")
    names = ", ".join(candidate.name for candidate in known)
    faults.add(f"{table} has no level {level!r}", f"Use one of: {names}")
    faults.raise_if_any()
    raise AssertionError  # pragma: no cover


def _levels_from_file(path: Path) -> tuple[Level, ...]:
    with without_options():
        table = read_table(path, columns=_COLUMNS, needed=tuple(_COLUMNS))
    rows = table.rows
    faults = Faults(path)
    names = rows["level"]
    ppm = pd.to_numeric(rows["px_per_m"], errors="coerce")
    tests: Sequence[tuple[Any, str, str]] = (
        (names.eq(""), "level is empty", "Name each level"),
        (names.str.casefold().duplicated(), "level is there twice", "Name each level once"),
        (~(np.isfinite(ppm) & ppm.gt(0)), "px_per_m is not a number above 0", "Give pixels per m"),
    )
    for wrong, problem, remedy in tests:
        if wrong.any():
            faults.add(problem, remedy, rows=[table.labels[i] for i in np.flatnonzero(wrong)])
    faults.raise_if_any()
    found = [Level(n, float(p), path.name) for n, p in zip(names, ppm, strict=True)]
    return tuple(sorted(found, key=lambda level: level.px_per_m))


def _width_per_distance(hfov_deg: ArrayLike, form: DistanceForm) -> Any:
    """Metres of scene across the picture for each metre of distance."""
    if form not in ("planar", "arc"):
        raise ValueError(f"form must be 'planar' or 'arc', not {form!r}")
    hfov = np.radians(np.asarray(hfov_deg, dtype=float))
    if form == "arc":
        return hfov
    planar = hfov < np.pi
    return np.where(planar, 2 * np.tan(np.where(planar, hfov, 0.0) / 2), hfov)[()]


def dori_distance_m(
    horizontal_px: ArrayLike,
    hfov_deg: ArrayLike,
    px_per_m: ArrayLike,
    *,
    form: DistanceForm = "planar",
) -> Any:
    """Greatest distance at which a camera still puts ``px_per_m`` pixels on a metre.

    Parameters
    ----------
    horizontal_px
        Horizontal resolution, in pixels.
    hfov_deg
        Horizontal field of view, in degrees.
    px_per_m
        Pixels per metre asked for at the target.
    form
        ``planar``: the target stands on a plane square to the centre line,
        ``px / (2 · ppm · tan(HFOV/2))``. ``arc``: it stands on the arc,
        ``px / (ppm · HFOV)`` with HFOV in radians; vendors' tables mostly use this one. They agree
        for narrow lenses. No flat picture spans 180° or more, so from there on the arc form is
        used whatever is asked (fisheye and panoramic cameras).

    Returns
    -------
    float or ndarray
        Metres.

    Notes
    -----
    Pixel densities as in EN 62676-4. The distance is geometric: air, light and compression may
    end the useful range sooner, for which a camera's own ``range_m`` is there.

    Examples
    --------
    >>> round(float(dori_distance_m(1920, 90, 25)), 1)
    38.4
    >>> round(float(dori_distance_m(1920, 90, 25, form="arc")), 1)
    48.9
    """
    width = _width_per_distance(hfov_deg, form)
    return np.asarray(horizontal_px, dtype=float) / (np.asarray(px_per_m, dtype=float) * width)


def pixel_density(
    horizontal_px: ArrayLike,
    hfov_deg: ArrayLike,
    distance_m: ArrayLike,
    *,
    form: DistanceForm = "planar",
) -> Any:
    """Pixels that a metre fills at a distance: the inverse of :func:`dori_distance_m`.

    Examples
    --------
    >>> round(float(pixel_density(1920, 90, 38.4)), 9)
    25.0
    """
    width = _width_per_distance(hfov_deg, form)
    return np.asarray(horizontal_px, dtype=float) / (np.asarray(distance_m, dtype=float) * width)


def blind_zone_m(
    mount_height_m: ArrayLike,
    tilt_deg: ArrayLike,
    vfov_deg: ArrayLike,
    *,
    target_height_m: ArrayLike = 0.0,
) -> Any:
    """Nearest and farthest horizontal distance at which the target's top is in the picture.

    With the lens ``h`` above the target plane, near edge ``h / tan(tilt + VFOV/2)`` and far edge
    ``h / tan(tilt - VFOV/2)``.

    Parameters
    ----------
    mount_height_m
        Height of the lens above ground, in m.
    tilt_deg
        Angle of the centre line below the horizon, in degrees.
    vfov_deg
        Vertical field of view, in degrees.
    target_height_m
        Height of the target plane above ground, in m: 0 for the ground, 1.6 for a face. A target
        as high as the lens counts as standing on the horizon.

    Returns
    -------
    (near_m, far_m) : pair of float or ndarray
        ``near_m`` is 0 where the picture reaches straight down, and infinite where even its lower
        edge lies above the horizon. ``far_m`` is infinite where the upper edge is at the horizon
        or above it, and 0 where the picture lies wholly behind the foot of the camera.

    Examples
    --------
    >>> near, far = blind_zone_m(6.0, 45.0, 30.0)
    >>> round(float(near), 3), round(float(far), 3)
    (3.464, 10.392)
    """
    height = np.maximum(
        np.asarray(mount_height_m, dtype=float) - np.asarray(target_height_m, dtype=float), 0.0
    )
    tilt = np.asarray(tilt_deg, dtype=float)
    half = np.asarray(vfov_deg, dtype=float) / 2
    return _ground_distance(height, tilt + half), _ground_distance(height, tilt - half)


def _ground_distance(height: Any, below_horizon_deg: Any) -> Any:
    """Where a ray meets the target plane: infinite from the horizon up, 0 from the nadir on."""
    height, angle = np.broadcast_arrays(height, below_horizon_deg)
    slanted = (angle > 0) & (angle < 90)
    distance = height / np.tan(np.radians(np.where(slanted, angle, 45.0)))
    distance = np.where(angle <= 0, np.inf, np.where(angle >= 90, 0.0, distance))
    return np.where(np.isnan(angle) | np.isnan(height), np.nan, distance)[()]
