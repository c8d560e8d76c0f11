from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from shapely import Point, Polygon, box

from coverage_model.base.schemas import Gaps, check
from coverage_model.cover.coverage import coverage_by_area
from coverage_model.cover.gaps import coverage_gaps

CRS = "EPSG:27700"
# Two areas in a row, each one and a half squares of the 500 m grid long.
WEST, EAST = box(530_000, 180_000, 530_750, 180_500), box(530_750, 180_000, 531_500, 180_500)


def views(*shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
    names = [f"c{i}" for i in range(len(shapes))]
    usual = {
        "camera_id": names,
        "ownership": "public",
        "integration": "integrated",
        "view_basis": "given",
        "level": "detect",
    }
    return gpd.GeoDataFrame(usual | columns, geometry=list(shapes), crs=CRS, index=names)


def areas(*shapes: Any) -> gpd.GeoDataFrame:
    names = [f"A{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"area_code": names, "area_name": [f"Area {n}" for n in names]},
        geometry=list(shapes),
        crs=CRS,
    )


def test_gaps_are_ranked_squares_less_what_is_seen() -> None:
    seen = box(530_100, 180_100, 530_400, 180_400)
    found = coverage_gaps(views(seen), areas(WEST, EAST))
    check(found, Gaps, "gaps")
    assert found["gap_id"].tolist() == ["A0-0001", "A0-0002", "A1-0001", "A1-0002"]
    assert found["gap_m2"].tolist() == [160_000, 125_000, 250_000, 125_000]
    assert found["area_name"].tolist() == ["Area A0"] * 2 + ["Area A1"] * 2
    assert found.geometry[0].equals(box(530_000, 180_000, 530_500, 180_500) - seen)


def test_equal_gaps_run_from_north_to_south_and_west_to_east() -> None:
    found = coverage_gaps(views(), areas(box(530_000, 180_000, 531_000, 181_000)))
    corners = found.bounds[["minx", "miny"]].to_numpy() - [530_000, 180_000]
    assert corners.tolist() == [[0, 500], [500, 500], [0, 0], [500, 0]]


def test_reach_fills_no_gap_and_buildings_are_none() -> None:
    block = gpd.GeoDataFrame(geometry=[box(530_000, 180_000, 530_100, 180_100)] * 2, crs=CRS)
    reach = views(Point(530_200, 180_200).buffer(50), view_basis="reach")
    found = coverage_gaps(reach, areas(WEST), obstacles=block)
    assert found["gap_m2"].tolist() == [240_000, 125_000]


def test_uncut_gaps_are_connected_polygons() -> None:
    wall = box(530_200, 179_000, 530_250, 181_000)
    found = coverage_gaps(views(wall), areas(WEST, EAST), cell_m=None)
    assert found["gap_m2"].tolist() == [250_000, 100_000, 375_000]
    assert found["gap_id"].tolist() == ["A0-0001", "A0-0002", "A1-0001"]
    assert set(found.geom_type) == {"Polygon"}


def test_small_gaps_are_left_out_only_on_request() -> None:
    found = coverage_gaps(views(), areas(WEST), min_area_m2=125_001)
    assert found["gap_m2"].tolist() == [250_000]


@pytest.mark.parametrize("cell_m", [None, 50.0, 130.0, 500.0])
def test_gaps_add_up_to_the_gap_of_the_area(cell_m: float | None) -> None:
    rng = np.random.default_rng(5)
    at = rng.uniform([529_900, 179_900], [531_600, 180_600], (80, 2))
    visible = views(*shapely.buffer(shapely.points(at), rng.uniform(5, 90, 80)), Polygon())
    corner = rng.uniform([529_900, 179_900], [531_600, 180_600], (40, 2)).T
    block = gpd.GeoDataFrame(
        {"height_m": [np.nan] * 40}, geometry=shapely.box(*corner, *(corner + 60)), crs=CRS
    )
    within = areas(WEST, EAST)
    found = coverage_gaps(visible, within, obstacles=block, cell_m=cell_m)
    cameras = visible.set_geometry(
        gpd.GeoSeries([Point(530_000, 180_000)] * 81, visible.index, CRS)
    )
    by_area = coverage_by_area(visible, within, level="detect", cameras=cameras, obstacles=block)
    sums = found.groupby("area_code")["gap_m2"].sum()
    np.testing.assert_allclose(sums, by_area["gap_m2"], rtol=1e-9)
    assert found.geometry.is_valid.all()
    filled = shapely.union_all(np.concatenate([visible.geometry, block.geometry]))
    assert shapely.area(shapely.intersection(found.geometry.to_numpy(), filled)).max() < 1e-4


def test_squares_grow_with_the_areas() -> None:
    country = box(0, 0, 4_000_000, 2_000_000)
    found = coverage_gaps(views(box(0, 0, 500, 500)), areas(country))
    assert found["gap_m2"].max() == 32_000**2
    assert found["gap_m2"].sum() == pytest.approx(8e12 - 250_000, rel=1e-12)
    assert len(found) == 125 * 63


def test_all_seen_and_no_area() -> None:
    everything = views(box(0, 0, 1e6, 1e6))
    assert len(coverage_gaps(everything, areas(WEST, EAST))) == 0
    assert len(coverage_gaps(everything, areas(WEST, EAST), cell_m=None)) == 0
    nothing = coverage_gaps(everything, areas(WEST).iloc[:0])
    check(nothing, Gaps, "gaps")
    assert nothing.crs == CRS


def test_inputs_are_kept() -> None:
    visible, within = views(box(530_100, 180_100, 530_400, 180_400)), areas(WEST)
    before, before_areas = visible.copy(deep=True), within.copy(deep=True)
    coverage_gaps(visible, within)
    coverage_gaps(visible, within, cell_m=None)
    assert_geodataframe_equal(visible, before)
    assert_geodataframe_equal(within, before_areas)


def test_a_gap_that_the_grid_cuts_is_one_place_if_it_is_no_larger_than_a_square() -> None:
    # A yard of 200 m by 100 m across the grid's line at 530 500, in ground that is otherwise seen.
    yard = box(530_400, 180_200, 530_600, 180_300)
    found = coverage_gaps(views(box(530_000, 180_000, 531_000, 180_500) - yard), areas(WEST))
    assert found["gap_m2"].tolist() == [20_000]
    assert found.geometry[0].equals(yard)
    # Two yards that only touch the line from both sides, apart from each other, stay two.
    pair = shapely.union_all(
        [box(530_400, 180_200, 530_500, 180_300), box(530_500, 180_300, 530_600, 180_400)]
    )
    found = coverage_gaps(views(box(530_000, 180_000, 531_000, 180_500) - pair), areas(WEST))
    assert found["gap_m2"].tolist() == [10_000, 10_000]
