"""Overlay of what floating-point noding gets wrong: no result may be missing or invalid."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coverage_model.cover import arrangement
from coverage_model.cover.gaps import coverage_gaps
from coverage_model.cover.mosaic import mosaic
from coverage_model.cover.overlay import overlaid, tiled_union
from coverage_model.optics.sectors import view_sectors
from coverage_model.reading.cameras import read_cameras
from coverage_model.sight.visibility import visible_areas

CRS = "EPSG:27700"
FOOTPRINTS = Path(__file__).with_name("holborn_13_footprints.wkt")
"""Real footprints (OpenStreetMap, Holborn; © OpenStreetMap contributors, ODbL)."""

CAMERAS = """camera_id,easting,northing,azimuth,hfov,horizontal_px,height,ownership,camera_type
c261,532451.64,179018.54,,,1920,5,private,fixed
c5715,532459.62,179067.25,139.2,60,1920,4,unknown,fixed
c12231,532493.42,179065.12,80.2,40,1920,3,public,fixed
c14756,532439.45,179072.48,97.7,110,,5,public,fixed
c15683,532488.04,179034.33,320.9,,1920,8,public,fixed
"""


@pytest.fixture
def scene(tmp_path: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """What five cameras see among 13 footprints, and the footprints.

    The floating-point union of these valid polygons, cut to a tile of 500 m, is invalid, and taking
    it from the ground throws.
    """
    path = tmp_path / "cameras.csv"
    path.write_text(CAMERAS, encoding="utf-8")
    shapes = shapely.from_wkt(FOOTPRINTS.read_text(encoding="utf-8").splitlines())
    buildings = gpd.GeoDataFrame(geometry=shapes, crs=CRS)
    views = view_sectors(read_cameras(path, crs=CRS).frame, level="detect")
    return visible_areas(views, buildings), buildings


def test_a_union_that_comes_out_invalid_is_done_again(
    scene: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
) -> None:
    seen, buildings = scene
    shapes = np.concatenate([seen.geometry[seen["view_basis"].ne("reach")], buildings.geometry])
    assert shapely.is_valid(shapes).all()
    tiles = tiled_union(shapes, size_m=500.0).geometry
    assert shapely.is_valid(tiles).all()
    exact = shapely.union_all(shapes, grid_size=1e-8).area
    assert shapely.area(tiles).sum() == pytest.approx(exact, rel=1e-9)


def test_gaps_among_footprints_that_break_a_union(
    scene: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
) -> None:
    seen, buildings = scene
    square = shapely.box(532000, 179000, 532500, 179500)
    areas = gpd.GeoDataFrame({"area_code": ["A"], "area_name": ["A"]}, geometry=[square], crs=CRS)
    gaps = coverage_gaps(seen, areas, obstacles=buildings)
    views = seen.geometry[seen["view_basis"].ne("reach")]
    filled = shapely.union_all(pd.concat([views, buildings.geometry]).to_numpy(), grid_size=1e-8)
    open_m2 = square.area - shapely.intersection(filled, square).area
    assert gaps["gap_m2"].sum() == pytest.approx(open_m2, rel=1e-9)


def test_parts_inside_and_outside_the_polygon_beside() -> None:
    rows = np.array([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 2, 1), shapely.Polygon()])
    other = np.array([shapely.box(0, 0, 0.5, 1), shapely.box(5, 5, 6, 6), shapely.box(0, 0, 1, 1)])
    inside, outside = (overlaid(rows, other, inside=which) for which in (True, False))
    assert shapely.area(inside).tolist() == [0.5, 0, 0]
    assert shapely.area(outside).tolist() == [0.5, 2, 0]


def test_a_tile_that_does_not_add_up_is_named(
    scene: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, buildings = scene
    none = gpd.GeoDataFrame({"area_code": [], "area_name": []}, geometry=[], crs=CRS)
    assert mosaic(seen, none, obstacles=buildings).repairs == ()
    # No sum is good enough: every grid is tried, and the best kept and named.
    monkeypatch.setattr(arrangement, "SUM_TOLERANCE", -1.0)
    found = mosaic(seen, none, obstacles=buildings)
    corners = {(500 * column, 500 * row) for column, row in found.tiles}
    assert {(repair.x_m, repair.y_m) for repair in found.repairs} == corners
    assert all(0 <= repair.changed_m2 < 1e-3 for repair in found.repairs)


def test_footprints_that_cross_themselves_have_the_ground_they_enclose() -> None:
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    spiked = shapely.Polygon([(4, 0), (5, 0), (5, 1), (9, 7), (7, 7), (9, 7), (5, 1), (4, 1)])
    line = shapely.Polygon([(10, 0), (12, 0), (12, 3), (12, 0)])
    buildings = gpd.GeoDataFrame(geometry=[bow_tie, spiked, line, shapely.box(0, 5, 1, 6)], crs=CRS)
    square = shapely.box(0, 0, 20, 20)
    areas = gpd.GeoDataFrame({"area_code": ["A"], "area_name": ["A"]}, geometry=[square], crs=CRS)
    nothing = gpd.GeoDataFrame(
        {name: [] for name in ("camera_id", "ownership", "integration", "view_basis", "level")},
        geometry=[],
        crs=CRS,
    )
    found = mosaic(nothing, areas, obstacles=buildings).by_area.loc[0]
    assert found["building_m2"] == pytest.approx(2 + 1 + 0 + 1)
    assert found["gap_m2"] == pytest.approx(400 - 4)
