"""Covered ground by hand: every figure here follows from a formula written beside it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from shapely import Point, Polygon, box

from coverage_model.base.errors import InputError
from coverage_model.base.schemas import CoverageByArea, CoverageFaces, check
from coverage_model.cover.coverage import (
    coverage_by_area,
    coverage_faces,
    coverage_total,
    dissolve,
    ownership_tier,
)
from coverage_model.optics.pixel_density import Level
from coverage_model.optics.sectors import sector_polygons
from coverage_model.sight.visibility import visible_areas

X, Y = 530_000.0, 180_000.0
CRS = "EPSG:27700"


def cone(azimuth: float, hfov: float, far: float, *, x: float = X, y: float = Y) -> Polygon:
    return sector_polygons(x, y, azimuth_deg=azimuth, hfov_deg=hfov, far_m=far)[0]


def sector_m2(angle_deg: float, radius: float) -> float:
    return 0.5 * math.radians(angle_deg) * radius**2


def views(*shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
    names = [f"c{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame(
        {
            "camera_id": names,
            "ownership": "public",
            "integration": "integrated",
            "view_basis": "given",
            "level": "detect",
        }
        | columns,
        geometry=list(shapes),
        crs=CRS,
        index=pd.Index([f"v{i}" for i in range(len(shapes))], name="view_id"),
    )


def areas(*shapes: Any) -> gpd.GeoDataFrame:
    names = [f"A{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"area_code": names, "area_name": names}, geometry=list(shapes), crs=CRS, index=names
    )


def standing(visible: gpd.GeoDataFrame, *places: tuple[float, float]) -> gpd.GeoDataFrame:
    points = (
        [Point(X, Y)] * len(visible) if not places else [Point(X + a, Y + b) for a, b in places]
    )
    return visible.set_geometry(gpd.GeoSeries(points, index=visible.index, crs=CRS))


def measure(visible: gpd.GeoDataFrame, within: gpd.GeoDataFrame, **more: Any) -> gpd.GeoDataFrame:
    more.setdefault("cameras", standing(visible))
    found = coverage_by_area(visible, within, level="detect", **more)
    check(found, CoverageByArea, "coverage")
    total = coverage_total(visible, found, cameras=more["cameras"], demand=more.get("demand"))
    difference = total.loc["areas"] + total.loc["outside"] - total.loc["whole"]
    assert (difference.abs() < 1e-6).all(), total.T
    return found


BLOCK = box(X - 100, Y - 100, X + 100, Y + 100)


def test_one_cone() -> None:
    row = measure(views(cone(0, 60, 30)), areas(BLOCK)).loc["A0"]
    assert row["covered_m2"] == pytest.approx(sector_m2(60, 30), abs=1e-6)
    assert row["depth_1_m2"] == row["public_only_m2"] == row["covered_m2"]
    assert row["depth_2_m2"] == row["both_m2"] == row["reach_m2"] == 0
    assert row["covered_share"] == pytest.approx(sector_m2(60, 30) / 40_000, rel=1e-9)
    assert row["gap_m2"] == pytest.approx(40_000 - sector_m2(60, 30), abs=1e-6)
    assert row["cameras"] == row["cameras_public"] == row["cameras_view_given"] == 1
    assert np.isnan(row["building_m2"])
    assert np.isnan(row["demand_weight"])


def test_two_overlapping_cones() -> None:
    # Headings 0° to 90° and 45° to 135° from one place share 45°.
    visible = views(cone(45, 90, 40), cone(90, 90, 40), ownership=["public", "private"])
    row = measure(visible, areas(BLOCK)).loc["A0"]
    shared = sector_m2(45, 40)
    assert row["covered_m2"] == pytest.approx(3 * shared, abs=1e-6)
    assert row["depth_1_m2"] == pytest.approx(2 * shared, abs=1e-6)
    assert row["depth_2_m2"] == pytest.approx(shared, abs=1e-6)
    for tier in ("public_only_m2", "private_only_m2", "both_m2"):
        assert row[tier] == pytest.approx(shared, abs=1e-6)
    assert row["private_connected_only_m2"] == pytest.approx(shared, abs=1e-6)


def test_two_overlapping_discs_share_a_lens() -> None:
    radius, apart = 10.0, 12.0
    discs = sector_polygons(
        [X, X + apart], Y, azimuth_deg=0, hfov_deg=360, far_m=radius, max_chord_deg=0.05
    )
    lens = 2 * radius**2 * math.acos(apart / 2 / radius) - apart / 2 * math.sqrt(
        4 * radius**2 - apart**2
    )
    visible = views(*discs, ownership=["public", "unknown"], integration=["integrated", "none"])
    row = measure(visible, areas(BLOCK)).loc["A0"]
    disc = math.pi * radius**2
    assert row["depth_2_m2"] == pytest.approx(lens, abs=1e-6)
    assert row["covered_m2"] == pytest.approx(2 * disc - lens, abs=1e-6)
    assert row["public_only_m2"] == pytest.approx(disc, abs=1e-6)
    assert row["unknown_owner_only_m2"] == pytest.approx(disc - lens, abs=1e-6)


def test_three_deep_and_the_ownership_tiers() -> None:
    shapes = [box(X + a, Y, X + a + 3, Y + 1) for a in range(5)]
    owners = ["public", "private", "private", "unknown", "unknown"]
    visible = views(
        *shapes, ownership=owners, integration=["integrated", "none", "registered"] + ["none"] * 2
    )
    faces = coverage_faces(visible)
    check(faces, CoverageFaces, "faces")
    by_west = faces.assign(x=faces.bounds["minx"] - X, tier=ownership_tier(faces)).sort_values("x")
    assert by_west["depth"].tolist() == [1, 2, 3, 3, 3, 2, 1]
    assert by_west["depth_public"].tolist() == [1, 1, 1, 0, 0, 0, 0]
    assert by_west["depth_private"].tolist() == [0, 1, 2, 2, 1, 0, 0]
    assert by_west["depth_connected"].tolist() == [0, 0, 1, 1, 1, 0, 0]
    assert by_west["depth_unknown"].tolist() == [0, 0, 0, 1, 2, 2, 1]
    tiers = ["public_only", "both", "both", "private_only", "private_only"] + ["unknown_only"] * 2
    assert by_west["tier"].tolist() == tiers
    row = measure(visible, areas(BLOCK)).loc["A0"]
    assert row["depth_3plus_m2"] == pytest.approx(3, abs=1e-6)
    assert row["private_connected_only_m2"] == pytest.approx(2, abs=1e-6)


def sectors(polygon: Polygon, **columns: Any) -> gpd.GeoDataFrame:
    whole = {
        "camera_type": "fixed",
        "borough_code": None,
        "assumed_fields": "",
        "x_m": X,
        "y_m": Y,
        "azimuth_deg": 90.0,
        "hfov_deg": 90.0,
        "near_m": 0.0,
        "far_m": 50.0,
        "mount_height_m": 4.0,
    }
    return views(polygon, **(whole | columns))


def buildings(*shapes: Polygon) -> gpd.GeoDataFrame:
    names = [f"b{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"obstacle_id": names, "height_m": np.nan, "height_basis": "unknown"},
        geometry=list(shapes),
        crs=CRS,
    )


def test_a_cone_cut_by_a_square_building() -> None:
    # The building's front corners lie 15° off the centre line, 10 m ahead: behind its front all is
    # hidden, so what is lost is the 30° slice beyond 10 m less the triangle before the front.
    half = 10 * math.tan(math.radians(15))
    block = buildings(box(X + 10, Y - half, X + 10 + 2 * half, Y + half))
    visible = visible_areas(sectors(cone(90, 90, 50)), block)
    row = measure(visible, areas(BLOCK), obstacles=block).loc["A0"]
    expected = sector_m2(90, 50) - (sector_m2(30, 50) - 10 * half)
    assert row["covered_m2"] == pytest.approx(expected, abs=1e-6)
    assert row["building_m2"] == pytest.approx(4 * half**2, abs=1e-6)
    assert row["public_realm_m2"] == pytest.approx(40_000 - 4 * half**2, abs=1e-6)
    assert row["covered_public_realm_share"] == pytest.approx(
        expected / (40_000 - 4 * half**2), rel=1e-9
    )
    assert row["gap_m2"] == pytest.approx(40_000 - 4 * half**2 - expected, abs=1e-6)


def test_a_view_over_a_building_fills_no_gap_on_its_roof() -> None:
    # The view itself is not cut here: 20 m² of the 100 m² seen lie on a roof, as does 30 m² unseen.
    roof = buildings(box(X + 8, Y, X + 13, Y + 10), box(X + 8, Y, X + 13, Y + 10))
    visible = views(box(X, Y, X + 10, Y + 10))
    row = measure(visible, areas(BLOCK), obstacles=roof).loc["A0"]
    assert row["building_m2"] == pytest.approx(50, abs=1e-6)
    assert row["gap_m2"] == pytest.approx(40_000 - 50 - 80, abs=1e-6)


def test_a_cone_across_a_border() -> None:
    # A border that runs north through the camera cuts 15° of 90° off.
    visible = views(cone(30, 90, 40))
    west, east = box(X - 100, Y - 100, X, Y + 100), box(X, Y - 100, X + 100, Y + 100)
    found = measure(visible, areas(west, east))
    assert found["covered_m2"].tolist() == pytest.approx(
        [sector_m2(15, 40), sector_m2(75, 40)], abs=1e-6
    )
    # The camera on the border counts once, in the first area.
    assert found["cameras"].tolist() == [1, 0]
    assert measure(visible, areas(east, west))["cameras"].tolist() == [1, 0]


def test_cones_across_north() -> None:
    # 320° to 20° and 340° to 40° share 40°.
    row = measure(views(cone(350, 60, 30), cone(10, 60, 30)), areas(BLOCK)).loc["A0"]
    assert row["covered_m2"] == pytest.approx(sector_m2(80, 30), abs=1e-6)
    assert row["depth_2_m2"] == pytest.approx(sector_m2(40, 30), abs=1e-6)


def test_several_views_of_one_camera_count_once() -> None:
    shapes = (cone(45, 90, 40), cone(90, 90, 40), cone(120, 60, 40))
    visible = views(*shapes, camera_id=["a", "a", "b"])
    row = measure(visible, areas(BLOCK)).loc["A0"]
    # Camera a sees 0° to 135°, camera b 90° to 150°.
    assert row["covered_m2"] == pytest.approx(sector_m2(150, 40), abs=1e-6)
    assert row["depth_2_m2"] == pytest.approx(sector_m2(45, 40), abs=1e-6)
    assert row["depth_3plus_m2"] == 0
    assert row["cameras"] == 2


def test_reach_is_never_coverage() -> None:
    disc = sector_polygons([X, X + 10], Y, azimuth_deg=0, hfov_deg=360, far_m=20)
    visible = views(cone(0, 60, 30), *disc, view_basis=["assumed", "reach", "reach"])
    row = measure(visible, areas(BLOCK)).loc["A0"]
    assert row["covered_m2"] == pytest.approx(sector_m2(60, 30), abs=1e-6)
    assert row["reach_m2"] == pytest.approx(shapely.union_all(disc).area, abs=1e-6)
    assert row["reach_share"] == pytest.approx(row["reach_m2"] / 40_000)
    counts = ["cameras", "cameras_view_given", "cameras_view_assumed", "cameras_reach_only"]
    assert row[counts].tolist() == [3, 0, 1, 2]


def test_a_camera_with_a_view_and_a_reach() -> None:
    visible = views(
        *[cone(0, 60, 30)] * 5,
        camera_id=["a", "a", "b", "b", "c"],
        view_basis=["given", "reach", "given", "assumed", "reach"],
    )
    row = measure(visible, areas(BLOCK)).loc["A0"]
    counts = ["cameras", "cameras_view_given", "cameras_view_assumed", "cameras_reach_only"]
    assert row[counts].tolist() == [3, 1, 1, 1]


def test_ground_and_cameras_outside_all_areas() -> None:
    visible = views(cone(90, 60, 30), cone(90, 60, 30, x=X + 500))
    where = standing(visible, (0, 0), (500, 0))
    found = coverage_by_area(visible, areas(BLOCK), level="detect", cameras=where)
    total = coverage_total(visible, found, cameras=where)
    assert total["cameras"].tolist() == [1, 1, 2]
    assert total["covered_m2"].tolist() == pytest.approx(
        [sector_m2(60, 30), sector_m2(60, 30), 2 * sector_m2(60, 30)], abs=1e-6
    )


def test_demand_seen() -> None:
    visible = views(cone(0, 60, 30), cone(180, 60, 30), view_basis=["given", "reach"])
    points = [Point(X, Y + 10), Point(X + 29, Y), Point(X, Y - 10), Point(X, Y + 500)]
    demand = gpd.GeoDataFrame(
        {"demand_id": list("abcd"), "weight": [3, 4, 5, 6]}, geometry=points, crs=CRS
    )
    row = measure(visible, areas(BLOCK), demand=demand).loc["A0"]
    assert row["demand_weight"] == 12
    assert row["demand_covered_weight"] == 3
    assert row["demand_covered_share"] == 0.25
    found = coverage_by_area(
        visible, areas(BLOCK), level="detect", cameras=standing(visible), demand=demand
    )
    total = coverage_total(visible, found, cameras=standing(visible), demand=demand)
    assert total["demand_weight"].tolist() == [12, 6, 18]
    assert "demand_covered_share" not in total.columns


def crowd(count: int, *, seed: int = 1) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(seed)
    x, y = X + rng.normal(0, 40, count), Y + rng.normal(0, 40, count)
    shapes = sector_polygons(
        x,
        y,
        azimuth_deg=rng.uniform(0, 360, count),
        hfov_deg=rng.choice([20, 60, 90, 360], count),
        far_m=rng.uniform(10, 60, count),
    )
    owner = rng.choice(["public", "private", "unknown"], count)
    return views(
        *shapes,
        camera_id=[f"c{i // 2}" if i % 7 == 0 else f"c{i}" for i in range(count)],
        ownership=owner,
        integration=rng.choice(["none", "registered"], count),
        view_basis=rng.choice(["given", "assumed", "reach"], count, p=[0.6, 0.2, 0.2]),
    )


def test_a_crowd_adds_up_everywhere() -> None:
    visible = crowd(250)
    squares = [box(X + a, Y + b, X + a + 30, Y + b + 50) for a in (-60, -30, 0) for b in (-50, 0)]
    found = measure(visible, areas(*squares))
    covered = found["covered_m2"]
    depth = found[["depth_1_m2", "depth_2_m2", "depth_3plus_m2"]].sum(axis=1)
    tiers = found[["public_only_m2", "private_only_m2", "both_m2", "unknown_owner_only_m2"]]
    np.testing.assert_allclose(depth, covered, rtol=1e-12)
    np.testing.assert_allclose(tiers.sum(axis=1), covered, rtol=1e-12)
    assert (found["private_connected_only_m2"] <= found["private_only_m2"]).all()
    seen = visible[visible["view_basis"] != "reach"]
    union = shapely.union_all(seen.geometry.to_numpy())
    np.testing.assert_allclose(
        covered, shapely.area(shapely.intersection(union, squares)), rtol=1e-9
    )
    faces = coverage_faces(visible)
    assert faces["area_m2"].sum() == pytest.approx(union.area, rel=1e-9)
    cameras = seen.dissolve("camera_id").area
    assert (faces["area_m2"] * faces["depth"]).sum() == pytest.approx(cameras.sum(), rel=1e-9)
    # Vertices come to lie on a grid of 2⁻²⁷ m: an outline moves by up to half a step, here 6 mm² in
    # 5 ha or 1e-10; most of it cancels out (9e-12 seen). Without a grid 1e-12 would do.
    every = shapely.union_all(visible.geometry.to_numpy())
    assert shapely.area(dissolve(visible.geometry)).sum() == pytest.approx(
        every.area, abs=every.length * 2.0**-28
    )


def test_index_order_and_inputs_are_kept() -> None:
    visible, within = crowd(30), areas(BLOCK, box(X, Y, X + 5, Y + 5)).iloc[::-1]
    before, before_areas = visible.copy(deep=True), within.copy(deep=True)
    found = coverage_by_area(
        visible, within, level=Level("detect", 25.0), cameras=standing(visible)
    )
    assert found.index.tolist() == ["A1", "A0"]
    assert found["level"].tolist() == ["detect", "detect"]
    assert found.geometry.tolist() == within.geometry.tolist()
    assert list(found.columns) == [*CoverageByArea.to_schema().columns, "geometry"]
    assert_geodataframe_equal(visible, before)
    assert_geodataframe_equal(within, before_areas)


@pytest.mark.parametrize(
    "visible", [views(), views(Polygon()), views(cone(0, 9, 9), view_basis="reach")]
)
def test_nothing_seen(visible: gpd.GeoDataFrame) -> None:
    faces = coverage_faces(visible)
    assert len(faces) == 0
    assert faces.crs == CRS
    check(faces, CoverageFaces, "faces")
    row = measure(visible, areas(BLOCK), obstacles=buildings(box(X, Y, X + 1, Y + 1))).loc["A0"]
    assert row["covered_m2"] == 0
    assert row["gap_m2"] == pytest.approx(39_999)


def test_levels_are_not_mixed() -> None:
    with pytest.raises(InputError, match="detect, identify"):
        coverage_faces(views(cone(0, 9, 9), cone(0, 9, 9), level=["detect", "identify"]))


@pytest.mark.shared
def test_views_among_real_buildings_add_up(shared_data: Path) -> None:
    # Walls that several views share are where floating-point noding goes wrong.
    real = gpd.read_file(shared_data / "london" / "fitzrovia_buildings.geojson").to_crs(CRS)
    shapes = real.geometry[real.geometry.geom_type.isin(["Polygon", "MultiPolygon"])].make_valid()
    block = buildings(*shapes)
    rng = np.random.default_rng(3)
    count = 250
    west, south, east, north = shapes.total_bounds
    x, y = rng.uniform(west, east, count), rng.uniform(south, north, count)
    azimuth, far = rng.uniform(0, 360, count), rng.uniform(20, 60, count)
    cones = sector_polygons(x, y, azimuth_deg=azimuth, hfov_deg=90, far_m=far)
    table = sectors(Polygon()).drop(columns="geometry").iloc[[0] * count]
    table = table.assign(x_m=x, y_m=y, azimuth_deg=azimuth, far_m=far)
    table["camera_id"] = [f"c{i}" for i in range(count)]
    table.index = pd.Index(table["camera_id"], name="view_id")
    visible = visible_areas(gpd.GeoDataFrame(table, geometry=cones, crs=CRS), block)
    faces = coverage_faces(visible)
    union = shapely.union_all(visible.geometry.to_numpy())
    assert faces["area_m2"].sum() == pytest.approx(union.area, rel=1e-9)
    polygons = shapely.area(visible.geometry.to_numpy()).sum()
    assert (faces["area_m2"] * faces["depth"]).sum() == pytest.approx(polygons, rel=1e-9)
    assert 0 < union.area < 0.5 * shapely.union_all(cones).area
