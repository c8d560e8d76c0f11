from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from coverage_model.base.errors import InputError
from coverage_model.cover import raster
from coverage_model.cover.raster import depth_raster, depth_tiles
from coverage_model.optics.sectors import sector_polygons

CRS = "EPSG:27700"


def views(*shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
    names = [f"c{i}" for i in range(len(shapes))]
    usual = {"camera_id": names, "view_basis": "given", "level": "detect"}
    return gpd.GeoDataFrame(usual | columns, geometry=list(shapes), crs=CRS)


def cones(count: int, *, side: float, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    return sector_polygons(
        530_000 + rng.uniform(0, side, count),
        180_000 + rng.uniform(0, side, count),
        azimuth_deg=rng.uniform(0, 360, count),
        hfov_deg=rng.uniform(40, 360, count),
        near_m=rng.choice([0, 3], count),
        far_m=rng.uniform(5, 60, count),
    )


def test_two_cells_by_hand() -> None:
    # A triangle over the cell centres (1, 1) and (3, 1) and (1, 3) of 2 m cells.
    found = depth_raster(views(Polygon([(0, 0), (5, 0), (0, 5)])))
    assert found.array.tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 0]]
    assert found.bounds == (0, 0, 6, 6)
    assert found.transform == (2, 0, 0, 0, -2, 6)
    assert found.area_m2() == 12
    assert found.array.dtype == np.uint16


def test_depth_counts_cameras_and_leaves_out_reach() -> None:
    seen = views(
        box(0, 0, 8, 2), box(4, 0, 8, 2), box(4, 0, 8, 2), box(0, 0, 8, 2), Polygon(),
        camera_id=["a", "a", "b", "c", "d"],
        view_basis=["given", "given", "assumed", "reach", "given"],
    )  # fmt: skip
    found = depth_raster(seen)
    assert found.array.tolist() == [[1, 1, 2, 2]]
    assert found.area_m2(depth=2) == 8


@pytest.mark.parametrize("turned", [False, True])
def test_holes_and_ring_directions(turned: bool) -> None:
    ring = box(0, 0, 10, 10) - box(2, 2, 8, 8)
    parts = shapely.union(ring, box(20, 0, 24, 4))
    if turned:
        ring, parts = ring.reverse(), parts.reverse()
    found = depth_raster(views(ring, parts))
    assert found.array.sum() == (2 * 64 + 16) / 4
    assert found.array[2, 2] == 0
    assert found.array.max() == 2


def test_a_window_is_a_part_of_the_whole() -> None:
    seen = views(*cones(60, side=300))
    whole = depth_raster(seen)
    west, _, _, north = whole.bounds
    window = depth_raster(seen, bounds=(530_101, 180_101, 530_160, 180_140))
    assert window.bounds == (530_100, 180_100, 530_160, 180_140)
    row, column = round((north - 180_140) / 2), round((530_100 - west) / 2)
    assert np.array_equal(window.array, whole.array[row : row + 20, column : column + 30])


def test_tiles_make_the_whole() -> None:
    seen = views(*cones(60, side=300))
    whole = depth_raster(seen)
    west, south, east, north = whole.bounds
    pieced = np.zeros_like(whole.array)
    for tile in depth_tiles(seen, tile_cells=64):
        assert tile.array.shape == (64, 64)
        for row, column in zip(*np.nonzero(tile.array), strict=True):
            x, y = tile.bounds[0] + 2 * column + 1, tile.bounds[3] - 2 * row - 1
            assert west < x < east
            assert south < y < north
            pieced[int((north - y) // 2), int((x - west) // 2)] = tile.array[row, column]
    assert np.array_equal(pieced, whole.array)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 12))
def test_each_cell_centre_agrees_with_shapely(seed: int, count: int) -> None:
    shapes = cones(count, side=80, seed=seed)
    found = depth_raster(views(*shapes), cell_m=5)
    west, _, _, north = found.bounds
    rows, columns = found.array.shape
    x = west + 5 * np.arange(columns) + 2.5
    y = north - 5 * np.arange(rows) - 2.5
    grid = np.meshgrid(x, y)
    expected = sum(shapely.contains_xy(shape, *grid).astype(int) for shape in shapes)
    assert np.array_equal(found.array, expected)


def test_the_area_error_is_small() -> None:
    shapes = cones(5000, side=5000)
    found = depth_raster(views(*shapes))
    area = shapely.area(shapes).sum()
    assert found.array.sum(dtype=np.int64) * 4 == pytest.approx(area, rel=5e-4)
    assert found.area_m2() == pytest.approx(shapely.union_all(shapes).area, rel=5e-4)


def test_nothing_to_see() -> None:
    none = views(box(0, 0, 1, 1)).iloc[:0]
    assert depth_raster(none).array.shape == (0, 0)
    assert list(depth_tiles(none)) == []
    assert depth_raster(none, bounds=(0, 0, 4, 4)).array.tolist() == [[0, 0], [0, 0]]


def test_faults_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = views(box(0, 0, 100, 100))
    with pytest.raises(InputError, match="cell_m is 0"):
        depth_raster(seen, cell_m=0)
    with pytest.raises(InputError, match="cell_m is -1"):
        next(depth_tiles(seen, cell_m=-1))
    monkeypatch.setattr(raster, "MAX_CELLS", 2000)
    with pytest.raises(InputError, match=r"50 × 50 cells of 2 m are more than 2,000"):
        depth_raster(seen)
    with pytest.raises(InputError, match="several image-quality levels"):
        depth_raster(views(box(0, 0, 1, 1), box(0, 0, 1, 1), level=["detect", "observe"]))
