"""Turning cameras: what they can reach is not what they see at once.

Three figures, never added to coverage and never to each other:

- **reach**: all ground within sight, whichever way the camera turns;
- **instantaneous view**: how much of it is expected to be in the picture at a time. A camera with a
  field of view of 60° that may look anywhere has any point of its reach in view with the chance
  60 / 360. Where the reaches of several cameras meet, the chances are joined as independent;
- **duty share**: the share of the time in which a turning camera shows public ground at its widest
  view, rather than zoomed in, moving, parked or out of order. It multiplies the chance.

Cameras that do not turn but whose heading is unknown are measured beside them in the same way,
without a duty share: there the chance is not of the moment but of our knowledge.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage_model.base.errors import Faults
from coverage_model.base.ragged import pack
from coverage_model.cover.overlay import first_area, sum_by
from coverage_model.cover.scanlines import LINE_M, lines_over
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, DistanceForm, Level, find_level
from coverage_model.optics.sectors import ViewAssumptions, view_sectors
from coverage_model.sight.visibility import SNAP_TOLERANCE_M, visible_areas
from coverage_model.unknowns.distributions import TURNING


def reach_by_area(
    cameras: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    level: Level | str = DEFAULT_LEVEL,
    obstacles: Any = None,
    assumptions: ViewAssumptions | None = None,
    form: DistanceForm = "planar",
    duty_share: float | None = None,
    snap_tolerance_m: float = SNAP_TOLERANCE_M,
    line_m: float = LINE_M,
) -> pd.DataFrame:
    """Measure reach and expected instantaneous view of the cameras whose heading is not fixed.

    Parameters
    ----------
    cameras
        A ``schemas.Cameras`` frame; only views of basis ``reach`` are looked at.
    areas
        A ``schemas.Areas`` frame in the same CRS. Where areas overlap, ground counts in each.
    level
        The level, or its name in the default table.
    obstacles, snap_tolerance_m
        As for :func:`~coverage_model.sight.visibility.visible_areas`.
    assumptions, form
        As for :func:`~coverage_model.optics.sectors.view_sectors`.
    duty_share
        Share of the time from 0 to 1; the coefficient ``view_duty_share_turning`` (an assumption)
        if not given.
    line_m
        Distance of the measuring lines, in m.

    Returns
    -------
    DataFrame
        A ``schemas_beside.ReachByArea`` frame with the index and order of ``areas``.

    Raises
    ------
    InputError
        If the duty share is not between 0 and 1, or the level is unknown.

    Notes
    -----
    The mean area of a cone over all headings is field of view / 360 of the disc's, also behind
    buildings, since each point of the disc is in view for that share of headings. For several
    cameras the expected ground is the integral of ``1 - Π(1 - chance)``. Areas are measured by
    scan lines, exact along each line.

    Examples
    --------
    >>> from coverage_model.base.datasets import boroughs
    >>> from coverage_model.reading.illustrative import illustrative_frame
    >>> city = boroughs("overview").iloc[:1]
    >>> found = reach_by_area(illustrative_frame(boroughs=["E09000001"]), city, duty_share=0.5)
    >>> bool(found["instant_view_turning_m2"].iloc[0] < found["reach_turning_m2"].iloc[0] / 6)
    True
    """
    from coverage_model.base import datasets  # noqa: PLC0415 - the maths needs no data folder

    duty = (
        datasets.coefficient("view_duty_share_turning").value if duty_share is None else duty_share
    )
    faults = Faults("reach")
    if not 0 <= duty <= 1:
        faults.add(f"duty_share is {duty}", "Give a share from 0 to 1")
    faults.raise_if_any()
    chosen = find_level(level)
    taken = assumptions or ViewAssumptions.from_coefficients()
    views = cameras[cameras["view_basis"].eq("reach")]
    turning = views["camera_type"].isin(TURNING).to_numpy()
    seen = visible_areas(
        view_sectors(views, level=chosen, assumptions=taken, form=form),
        obstacles,
        snap_tolerance_m=snap_tolerance_m,
    )
    assumed = views["camera_type"].map(dict(taken.hfov_deg)).astype(float)
    width = views["hfov_deg"].astype(float).fillna(assumed).to_numpy()
    chance = np.minimum(width / 360, 1.0) * np.where(turning, duty, 1.0)

    shapes = np.asarray(areas.geometry.to_numpy())
    lines = lines_over(shapes, line_m=line_m)
    discs = np.asarray(seen.geometry.to_numpy())

    def ground(chosen: Any, miss: Any) -> Any:
        crossings = lines.cross(
            pack(discs[chosen]), np.arange(np.count_nonzero(chosen), dtype=np.int64)
        )
        return lines.expected_m2(crossings, miss[chosen]).mean(axis=0)

    everything, certain = np.full(len(views), fill_value=True), np.zeros(len(views))
    reach_turning = ground(turning, certain)
    instant = ground(turning, 1 - chance)

    first = views.drop_duplicates("camera_id")
    here = first_area(first.geometry.to_numpy(), shapes)
    turns = first["camera_type"].isin(TURNING).to_numpy()
    kinds = np.column_stack([turns, ~turns])[here >= 0]
    counts = sum_by(kinds, here[here >= 0], len(areas)).astype(int)
    share = np.full(len(areas), np.nan)
    return pd.DataFrame(
        {
            "area_code": areas["area_code"],
            "area_name": areas["area_name"],
            "level": chosen.name,
            "cameras_turning": counts[:, 0],
            "cameras_heading_unknown": counts[:, 1],
            "duty_share": float(duty),
            "reach_m2": ground(everything, certain),
            "reach_turning_m2": reach_turning,
            "reach_heading_unknown_m2": ground(~turning, certain),
            "instant_view_turning_m2": instant,
            "instant_view_share_of_reach": np.divide(
                instant, reach_turning, out=share, where=reach_turning > 0
            ),
            "expected_view_heading_unknown_m2": ground(~turning, 1 - chance),
        },
        index=areas.index,
    )
