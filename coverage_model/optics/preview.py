"""What the picture of a view looks like: its horizon, and people where each level ends.

Places in a picture run from -1 to 1, right and up from its middle.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import geopandas as gpd
import numpy as np

from coverage_model.optics.picture import RECTILINEAR, Floats, slant_reach_m
from coverage_model.optics.pixel_density import Level, levels
from coverage_model.optics.sectors import ViewAssumptions
from coverage_model.optics.shots import Shots, optional

PERSON_M = 1.7
"""Height of the people drawn, near the mean of adults: an assumption, for the drawing only."""

SHOWN = ("detect", "observe", "recognise", "identify")


def place_in_picture(
    shots: Shots, ahead_m: Floats, height_m: float, *, mount_height_m: Floats
) -> tuple[Floats, Floats]:
    """Where a point straight ahead of each camera shows in its picture; NaN behind the lens.

    Parameters
    ----------
    shots
        Pictures of rectilinear lenses.
    ahead_m
        Distance of the point along the ground, in the direction of the centre line.
    height_m
        Its height above ground.
    mount_height_m
        Heights of the lenses.

    Returns
    -------
    (right, up)
        From -1 to 1 within the picture.

    Notes
    -----
    With the tilt ``t``, the roll ``r`` and the lens ``h`` above the point, the point lies
    ``a cos t + h sin t`` ahead along the centre line and ``a sin t - h cos t`` above it.
    """
    tilt, roll = np.radians(shots.tilt_deg), np.radians(shots.roll_deg)
    below = mount_height_m - height_m
    depth = ahead_m * np.cos(tilt) + below * np.sin(tilt)
    above = ahead_m * np.sin(tilt) - below * np.cos(tilt)
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.where(depth > 0, above / depth, np.nan)
    half_w, half_h = (np.tan(np.radians(v) / 2) for v in (shots.hfov_deg, shots.vfov_deg))
    return -np.sin(roll) * rise / half_w, np.cos(roll) * rise / half_h


def horizon(shots: Shots) -> tuple[Floats, Floats]:
    """Height of the horizon at the left and at the right edge of each picture.

    Examples
    --------
    A level camera has it in the middle, one that looks down by half its height at the upper edge.
    """
    tilt, roll = np.radians(shots.tilt_deg), np.radians(shots.roll_deg)
    half_w, half_h = (np.tan(np.radians(v) / 2) for v in (shots.hfov_deg, shots.vfov_deg))
    with np.errstate(divide="ignore", invalid="ignore"):
        left, right = (
            (np.tan(tilt) + side * half_w * np.sin(roll)) / (half_h * np.cos(roll))
            for side in (-1.0, 1.0)
        )
    return left, right


def previews(
    cameras: gpd.GeoDataFrame,
    *,
    target_height_m: float,
    shown: Sequence[Level] | None = None,
    assumptions: ViewAssumptions | None = None,
) -> list[str]:
    """Describe the picture of each view for drawing, as JSON; empty where it has no flat picture.

    Parameters
    ----------
    cameras
        A ``schemas.Cameras`` frame.
    target_height_m
        Height of the target plane, on which levels end.
    shown
        Levels to show; those of the default table from detect to identify if not given.
    assumptions
        What to take for missing values; the embedded coefficients if not given.

    Returns
    -------
    list of str
        ``[width over height, horizon left, horizon right, [[level, distance, foot right, foot up,
        head right, head up], …]]``, with one entry for each level whose end shows in the picture.
    """
    taken = assumptions or ViewAssumptions.from_coefficients(target_height_m=target_height_m)
    kinds = cameras["camera_type"]

    def filled(name: str) -> Floats:
        given = optional(cameras, name)
        usual = kinds.map(dict(getattr(taken, name))).to_numpy(dtype=float)
        return np.where(np.isnan(given), usual, given)

    hfov, px = filled("hfov_deg"), filled("horizontal_px")
    shots = Shots.of(cameras, hfov_deg=hfov, horizontal_px=px, target_height_m=target_height_m)
    mount = optional(cameras, "mount_height_m")
    chosen = shown or [level for level in levels() if level.name in SHOWN]
    left, right = horizon(shots)
    shape = np.tan(np.radians(shots.hfov_deg) / 2) / np.tan(np.radians(shots.vfov_deg) / 2)
    people: list[tuple[str, Floats, Floats]] = []
    for level in chosen:
        slant = slant_reach_m(
            px, hfov, level.px_per_m, vertical_px=shots.vertical_px, vfov_deg=shots.vfov_deg
        )
        along = np.sqrt(np.maximum(slant**2 - shots.drop_m**2, 0.0))
        foot, head = (
            place_in_picture(shots, along, at, mount_height_m=mount) for at in (0.0, PERSON_M)
        )
        people.append((level.name, along, np.stack([*foot, *head], axis=1)))
    drawn = shots.drawn & (shots.lens == RECTILINEAR)
    out = [""] * len(cameras)
    for row in np.flatnonzero(drawn):
        figures = [
            [name, round(float(along[row]), 1), *np.round(place[row], 3).tolist()]
            for name, along, place in people
            if along[row] > 0 and np.isfinite(place[row]).all() and _shows(place[row])
        ]
        edges = [round(float(v), 3) for v in (shape[row], left[row], right[row])]
        out[row] = json.dumps([*edges, figures], separators=(",", ":"))
    return out


def _shows(place: Floats) -> bool:
    """Whether any of a person from foot to head lies in the picture."""
    return bool(
        min(place[1], place[3]) < 1
        and max(place[1], place[3]) > -1
        and max(abs(place[0]), abs(place[2])) < 1
    )
