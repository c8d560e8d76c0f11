"""For your own tests: a small made-up town, and frames and plans that are equal but for rounding.

Examples
--------
>>> import sharedview as sv
>>> town = sv.testing.town()
>>> run = sv.run_coverage(town.cameras, areas=town.areas, obstacles=town.buildings, draws=0)
>>> sv.testing.assert_frames_close(run.table, run.table)
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.base.crs import WORKING_CRS
from coverage_model.reading.areas import AreaLayer, read_areas
from coverage_model.reading.cameras import Cameras, read_cameras
from coverage_model.reading.obstacles import Obstacles, read_obstacles
from optimisation.results import Plan

# A field in Surrey: on the grid, and too small to be taken for a town.
WEST_M, SOUTH_M = 510_000.0, 150_000.0
# Places in m from the south-west corner. Four public cameras and two private ones; T3 turns, and
# the heading of T6 is not known.
CAMERAS = """\
camera_id,ownership,camera_type,azimuth_deg,hfov_deg,range_m,east,north
T1,public,fixed,90,60,60,50,100
T2,public,fixed,180,60,60,50,150
T3,public,ptz,,,60,150,100
T4,public,fixed,270,60,60,350,100
T5,private,fixed,0,90,40,250,50
T6,private,fixed,,60,40,300,50
"""
WARDS = {"W1": (0, 0, 200, 200), "W2": (200, 0, 400, 200)}
BLOCKS = ((80, 80, 100, 120), (300, 90, 320, 130))


@dataclass(frozen=True, slots=True)
class Town:
    """A made-up town of two wards, each 200 m by 200 m.

    Parameters
    ----------
    cameras
        Six cameras, four of them public; one turns and one has no heading.
    areas
        The wards ``W1`` and ``W2``.
    buildings
        Two blocks.
    """

    cameras: Cameras
    areas: AreaLayer
    buildings: Obstacles


def town() -> Town:
    """Return the made-up town: the same on every call and on every machine.

    Examples
    --------
    >>> made = town()
    >>> len(made.cameras.frame), made.areas.frame["area_code"].tolist()
    (6, ['W1', 'W2'])
    """
    columns = {"area_code": list(WARDS), "area_name": ["West ward", "East ward"]}
    with tempfile.TemporaryDirectory() as folder:
        cameras, wards, blocks = (
            Path(folder) / name for name in ("cameras.csv", "wards.geojson", "blocks.geojson")
        )
        table = pd.read_csv(io.StringIO(CAMERAS))
        table["easting"] = table.pop("east") + WEST_M
        table["northing"] = table.pop("north") + SOUTH_M
        table.to_csv(cameras, index=False)
        gpd.GeoDataFrame(columns, geometry=_boxes(WARDS.values()), crs=WORKING_CRS).to_file(wards)
        gpd.GeoDataFrame(geometry=_boxes(BLOCKS), crs=WORKING_CRS).to_file(blocks)
        areas = read_areas(wards)
        inventory = read_cameras(cameras, areas=areas.frame)
        buildings = read_obstacles(blocks)
    return Town(
        cameras=replace(inventory, log=replace(inventory.log, path="made-up town: cameras")),
        areas=replace(areas, log=replace(areas.log, path="made-up town: wards")),
        buildings=replace(buildings, log=replace(buildings.log, path="made-up town: blocks")),
    )


def assert_frames_close(
    one: pd.DataFrame, other: pd.DataFrame, *, relative: float = 1e-9, area_m2: float = 1e-6
) -> None:
    """Fail unless two frames hold the same, numbers and geometry to a tolerance.

    Parameters
    ----------
    one, other
        Frames with the same columns in any order, and the same rows in the same order.
    relative
        How far numbers may differ, as a share of the larger.
    area_m2
        How much ground two geometries of a row may not share, in m².

    Raises
    ------
    AssertionError
        Naming the first column that differs.

    Examples
    --------
    >>> frame = pd.DataFrame({"covered_m2": [10.0]})
    >>> assert_frames_close(frame, frame + 1e-12)
    >>> assert_frames_close(frame, frame + 1)
    Traceback (most recent call last):
    AssertionError: covered_m2 differs: [10.0] and [11.0]
    """
    if set(one.columns) != set(other.columns):
        raise AssertionError(f"columns differ: {sorted(set(one.columns) ^ set(other.columns))}")
    if not one.index.equals(other.index):
        raise AssertionError("the index differs")
    for name in one.columns:
        left, right = one[name], other[name]
        if isinstance(left, gpd.GeoSeries):
            same = shapely.area(shapely.symmetric_difference(left.array, right.array)) <= area_m2
        elif pd.api.types.is_float_dtype(left) and pd.api.types.is_float_dtype(right):
            same = np.isclose(left, right, rtol=relative, atol=0, equal_nan=True)
        else:
            same = (left.eq(right) | (left.isna() & right.isna())).to_numpy()
        if not np.all(same):
            raise AssertionError(
                f"{name} differs: {left[~same].tolist()} and {right[~same].tolist()}"
            )


def assert_plans_equal(one: Plan, other: Plan, *, relative: float = 1e-9) -> None:
    """Fail unless two plans have the same rooms, and the same cost to a tolerance.

    Parameters
    ----------
    one, other
        Plans; how long they took and what they are called plays no part.
    relative
        How far costs may differ, as a share of the larger.

    Raises
    ------
    AssertionError
        Naming the rooms or the cost that differ.

    Examples
    --------
    >>> from optimisation.consolidation import reference_plans
    >>> import sharedview as sv
    >>> today, *others = reference_plans(sv.borough_inputs(), sv.load_scenario())
    >>> assert_plans_equal(today, today)
    >>> assert_plans_equal(today, others[-1])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AssertionError: ... rooms differ
    """
    rooms = [{room.site_code: set(room.members) for room in plan.rooms} for plan in (one, other)]
    if rooms[0] != rooms[1]:
        apart = [
            code for code in {**rooms[0], **rooms[1]} if rooms[0].get(code) != rooms[1].get(code)
        ]
        raise AssertionError(f"{len(apart)} rooms differ")
    for name in ("cost_gbp_per_year", "one_off_gbp", "npv_gbp"):
        left, right = (float(getattr(plan, name)) for plan in (one, other))
        if not np.isclose(left, right, rtol=relative, atol=0):
            raise AssertionError(f"{name} differs: {left} and {right}")


def _boxes(bounds: Iterable[tuple[int, int, int, int]]) -> list[shapely.Polygon]:
    corner = np.array([WEST_M, SOUTH_M, WEST_M, SOUTH_M])
    return [shapely.box(*(corner + np.array(each))) for each in bounds]
