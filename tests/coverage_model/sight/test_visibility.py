from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from shapely import LineString, box
from shapely.affinity import rotate, scale

from coverage_model.base.errors import CRSError, InputError
from coverage_model.base.schemas import VisibleAreas, check
from coverage_model.sight import visibility
from coverage_model.sight.grid import index_obstacles
from coverage_model.sight.visibility import visible_areas
from tests.oracles.exact_visibility import exact_area, ray_area, shapely_area
from tests.oracles.views import BNG, footprints, sectors_frame, see, sweep_all

R = 50.0
DISC = math.pi * R**2
QUARTER = DISC / 4


def segment(height: float, radius: float = R) -> float:
    """Area of the disc beyond a line at a distance from its centre."""
    return radius**2 * math.acos(height / radius) - height * math.sqrt(radius**2 - height**2)


def ground(seen: float, truth: float) -> None:
    assert seen == pytest.approx(truth, rel=1e-9, abs=1e-7)


# What the frame function promises


def test_open_ground_is_the_sector_and_needs_no_compiler() -> None:
    code = (
        "import sys, geopandas as gpd\n"
        "from coverage_model.optics.sectors import sector_polygons\n"
        "from coverage_model.sight.visibility import KEPT, visible_areas\n"
        "cone = sector_polygons(0, 0, azimuth_deg=0, hfov_deg=90, far_m=10)\n"
        "row = {name: ['x'] for name in KEPT}\n"
        "row |= {'hfov_deg': [90.0], 'near_m': [0.0], 'far_m': [10.0]}\n"
        "seen = visible_areas(gpd.GeoDataFrame(row, geometry=cone, crs=27700))\n"
        "assert seen.geometry.iloc[0].equals_exact(cone[0], 0)\n"
        "assert 'numba' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_frame_keeps_index_crs_and_columns() -> None:
    sectors = sectors_frame([BNG[0], BNG[0] + 500], BNG[1])
    before = sectors.copy()
    seen = visible_areas(sectors, footprints([box(-20, 5, 20, 6)]))
    check(seen, VisibleAreas, "visible")
    assert seen.index.equals(sectors.index)
    assert seen.index.name == "view_id"
    assert seen.crs == sectors.crs
    assert_geodataframe_equal(sectors, before)
    ground(seen["area_m2"].iloc[0], 25.0)
    ground(seen["area_m2"].iloc[1], QUARTER)
    # Out of reach of any building the polygon is the sector itself.
    assert shapely.hausdorff_distance(seen.geometry.iloc[1], sectors.geometry.iloc[1]) < 1e-9
    assert seen["unobstructed_m2"].to_numpy() == pytest.approx([QUARTER, QUARTER])


def test_no_rows_and_no_obstacles() -> None:
    sectors = sectors_frame([BNG[0]], BNG[1])
    empty = footprints([box(0, 0, 1, 1)]).iloc[:0]
    assert len(visible_areas(sectors.iloc[:0], footprints([box(0, 0, 1, 1)]))) == 0
    ground(visible_areas(sectors, empty)["area_m2"].iloc[0], QUARTER)


def test_index_can_be_used_again() -> None:
    sectors = sectors_frame([BNG[0]], BNG[1])
    index = index_obstacles(footprints([box(-20, 5, 20, 6)]))
    assert index.footprints == 1
    for _ in range(2):
        ground(visible_areas(sectors, index)["area_m2"].iloc[0], 25.0)


def test_different_crs_is_an_error() -> None:
    sectors = sectors_frame([BNG[0]], BNG[1])
    with pytest.raises(CRSError, match="to_crs"):
        visible_areas(sectors, footprints([box(0, 5, 1, 6)]).to_crs(3857))


def test_obstacles_must_be_areas_or_lines_with_finite_coordinates() -> None:
    points = footprints([shapely.Point(1, 1), box(0, 0, 1, 1)])
    with pytest.raises(InputError, match=r"neither polygon nor line \[1 row: 0\]"):
        index_obstacles(points)
    broken = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1, np.inf)])], crs=27700)
    with pytest.raises(InputError, match="not finite"):
        index_obstacles(broken)


@pytest.mark.parametrize("chunk", [1, 7, 4096])
@pytest.mark.parametrize("threads", [1, 3])
def test_result_does_not_depend_on_threads_or_chunks(
    chunk: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    blocks = [box(x, y, x + w, y + h) for x, y, w, h in rng.uniform(3, 40, (40, 4))]
    heights = np.where(rng.random(40) < 0.5, rng.uniform(1, 9, 40), np.nan)
    cameras = rng.uniform(-20, 60, (50, 2))
    options = {"azimuth": 40.0, "hfov": 200.0, "near": 2.0, "heights": heights}
    alone = sweep_all(blocks, cameras, **options)
    monkeypatch.setattr(visibility, "CHUNK", chunk)
    again = sweep_all(blocks, cameras, threads=threads, **options)
    assert alone.area_m2.tobytes() == again.area_m2.tobytes()
    assert (shapely.to_wkb(alone.polygons()) == shapely.to_wkb(again.polygons())).all()


def test_levels_in_one_sweep_equal_sweeps_of_their_own() -> None:
    blocks = [box(5, 5, 9, 30), box(-30, 12, -2, 13), box(-8, -20, 8, -12), box(-3.5, 3, -3, 4)]
    far = np.array([[6.0, 12.5, 25.0, 50.0]])
    together = sweep_all(blocks, [(0, 0)], near=4.0, far=far)
    assert together.area_m2.shape == (1, 4)
    for level, distance in enumerate(far[0]):
        alone = see(blocks, near=4.0, far=distance)
        ground(together.area_m2[0, level], alone.area)
        ground(together.polygons(level)[0].area, alone.area)
        assert shapely.is_valid(together.polygons(level)[0])
    assert (np.diff(together.area_m2[0]) > 0).all()


# Degenerate cases, with the truth by hand


def test_wall_across_the_view() -> None:
    ground(see([box(-20, 5, 20, 6)], hfov=90.0).area, 25.0)


def test_on_a_wall_sees_half_a_disc() -> None:
    seen = see([box(-200, -10, 200, 0)])
    assert seen.status == "on_wall"
    assert seen.camera == pytest.approx((0, 0.2))
    ground(seen.area, DISC - segment(0.2))


def test_on_a_corner_sees_three_quarters() -> None:
    seen = see([box(-200, -200, 0, 0)])
    off = 0.2 / math.sqrt(2)
    assert seen.status == "on_wall"
    assert seen.camera == pytest.approx((off, off))
    inside = (math.acos(off / R) - math.asin(off / R)) * R**2 / 2
    inside -= off * (math.sqrt(R**2 - off**2) - off)
    ground(seen.area, DISC - inside)


def test_in_a_building_sees_nothing() -> None:
    seen = see([box(-10, -10, 10, 10)])
    assert (seen.status, seen.area, seen.moved) == ("inside_unresolved", 0.0, 0.0)
    assert seen.polygon.is_empty


def test_party_wall_cannot_be_seen_through() -> None:
    left, right = box(-10, 5, 0, 9), box(0, 5, 10, 12)
    ground(see([left, right], hfov=90.0).area, 25.0)


def test_buildings_that_touch_at_a_corner_leave_no_slit() -> None:
    blocks = [box(-60, 5, 0, 10), box(0, 10, 60, 15)]
    # North-west the wall is at 5, north-east at 10, and between them lies the first one's end.
    ground(see(blocks, hfov=90.0).area, 12.5 + 50.0)


def test_wall_seen_end_on_hides_nothing() -> None:
    ground(see([LineString([(0, 5), (0, 20)])], hfov=90.0).area, QUARTER)
    ground(see([LineString([(0, 5), (0, 20)])]).area, DISC)


def test_wall_as_a_line_blocks_from_both_sides() -> None:
    wall = LineString([(-20, 5), (20, 5)])
    ground(see([wall], hfov=90.0).area, 25.0)
    ground(see([wall], (0, 10), azimuth=180.0, hfov=90.0).area, 25.0)


def test_side_along_the_line_of_sight() -> None:
    # The west side lies on the ray due north; only what is east of it is hidden.
    ground(see([box(0, 5, 60, 10)], hfov=90.0).area, QUARTER / 2 + 12.5)


def test_collinear_edges_are_one_wall() -> None:
    plain = box(-20, 5, 20, 6)
    cut = shapely.segmentize(plain, 0.37)
    ground(see([cut], hfov=90.0).area, 25.0)
    row = [box(x, 5, x + 2.5, 6) for x in np.arange(-20, 20, 2.5)]
    ground(see(row, hfov=90.0).area, 25.0)


def test_overlapping_and_repeated_footprints() -> None:
    blocks = [box(-3, 5, 8, 9), box(-9, 4, -1, 7), box(2, 3, 4, 14), box(2, 3, 4, 14)]
    union = shapely.union_all(blocks)
    seen = see(blocks)
    ground(seen.area, see([union]).area)
    ground(seen.area, exact_area((0, 0), 0, 360, 0, R, blocks))
    crossed = [box(-10, 6, 10, 7), scale(box(-10, 6, 10, 7), 0.4, 3.0), box(-10, 6, 10, 7)]
    ground(see(crossed).area, exact_area((0, 0), 0, 360, 0, R, crossed))


@pytest.mark.parametrize("width", [1e-3, 1e-6])
def test_narrow_gap_between_buildings(width: float) -> None:
    blocks = [box(-60, 5, -width / 2, 6), box(width / 2, 5, 60, 6)]
    slit = math.atan(width / 12)
    beyond = R**2 * slit - 25 * math.tan(slit) + width / 12
    ground(see(blocks, hfov=90.0, origin=(0.0, 0.0)).area, 25 + beyond)


def test_gap_thinner_than_coordinates_gives_a_valid_polygon() -> None:
    for origin in ((0.0, 0.0), BNG):
        blocks = [box(-60, 5, -5e-11, 6), box(5e-11, 5, 60, 6)]
        seen = see(blocks, hfov=90.0, origin=origin)
        ground(seen.area, 25.0)
        ground(seen.polygon.area, 25.0)


def test_camera_in_a_crack_between_buildings() -> None:
    seen = see([box(-60, -30, -5e-4, 30), box(5e-4, -30, 60, 30)])
    assert seen.status == "on_wall"
    assert seen.moved == 0
    # A strip 1 mm wide, then what opens beyond its mouths 30 m away.
    slit = math.atan(5e-4 / 30)
    ground(seen.area, 2 * (R**2 * slit - 30 * 5e-4) + 60 * 1e-3)


@pytest.mark.parametrize("azimuth", [0.0, 0.001, 359.999, 30.0, 330.0])
def test_cone_across_north(azimuth: float) -> None:
    blocks = [box(-4, 8, 4, 9), box(-30, 20, -10, 30)]
    seen = see(blocks, azimuth=azimuth, hfov=90.0)
    ground(seen.area, exact_area((0, 0), azimuth, 90, 0, R, blocks))
    ground(seen.polygon.area, seen.area)


def test_wide_cones() -> None:
    # All but the wedge behind: the wall to the north hides a triangle's shadow.
    wall = box(-10, 10, 10, 11)
    hidden = QUARTER - 100
    ground(see([wall], hfov=360.0).area, DISC - hidden)
    ground(see([wall], hfov=270.0).area, 0.75 * DISC - hidden)
    ground(see([wall], azimuth=180.0, hfov=270.0).area, 0.75 * DISC)
    ground(see([wall], azimuth=180.0, hfov=300.0).area, 300 / 360 * DISC - 2 * half_hidden(30, 45))


def half_hidden(low_deg: float, high_deg: float) -> float:
    """What a wall 10 m to the north hides between two angles from north."""
    low, high = math.radians(low_deg), math.radians(high_deg)
    return R**2 * (high - low) / 2 - 50 * (math.tan(high) - math.tan(low))


def test_cone_a_hair_short_of_a_circle_is_one() -> None:
    for hfov in (math.nextafter(360, 0), 360 - 1e-9):
        ground(
            see([box(-10, 10, 10, 11)], azimuth=292.2, hfov=hfov, near=3.0).area,
            see([box(-10, 10, 10, 11)], near=3.0).area,
        )
    assert see([box(-10, 10, 10, 11)], hfov=1e-13).area == pytest.approx(0, abs=1e-9)


def test_courtyard_is_all_that_is_seen_from_within() -> None:
    house = box(-20, -20, 20, 20).difference(box(-10, -10, 10, 10))
    ground(see([house], (3, -2)).area, 400.0)
    ground(see([house], (3, -2), far=5.0).area, 25 * math.pi)
    # From outside the courtyard does not exist.
    ground(see([house], (0, -30)).area, see([box(-20, -20, 20, 20)], (0, -30)).area)


def test_no_obstacle_in_range() -> None:
    ground(see([box(300, 300, 310, 310)]).area, DISC)
    ground(see([box(50.1, -5, 60, 5)]).area, DISC)


def test_footprint_that_crosses_itself_is_mended_and_counted() -> None:
    bow = shapely.Polygon([(-5, 5), (5, 9), (5, 5), (-5, 9)])
    assert index_obstacles(footprints([bow])).repaired == 1
    ground(see([bow]).area, exact_area((0, 0), 0, 360, 0, R, [shapely.make_valid(bow)]))


DEGENERATE = {
    "wall": ([box(-30, 6, 30, 7)], (0.0, 0.0)),
    "corner touch": ([box(-9, 5, 0, 10), box(0, 10, 9, 15)], (0.0, 0.0)),
    "corner touch seen askew": ([box(-9, 5, 0, 10), box(0, 10, 9, 15)], (1.0, -2.0)),
    "party wall": ([box(-9, 5, 0, 10), box(0, 5, 9, 12)], (0.5, 0.0)),
    "overlap": ([box(-9, 5, 3, 10), box(0, 4, 9, 12)], (0.5, 0.0)),
    "end-on": ([box(0, 5, 9, 12), box(-9, -3, 0, -1)], (0.0, 0.0)),
    "courtyard": ([box(-9, -9, 9, 9).difference(box(-5, -6, 5, 4))], (1.0, 1.0)),
    "on a wall": ([box(-9, -9, 9, 0)], (2.0, 0.0)),
    "on a corner": ([box(-9, -9, 0, 0), box(5, 5, 9, 9)], (0.0, 0.0)),
    "in a building": ([box(-9, -9, 9, 1), box(-9, 12, 2, 15)], (0.0, 0.0)),
    "millimetre gap": ([box(-9, 5, -5e-4, 9), box(5e-4, 5, 9, 9)], (0.0, 0.0)),
}


@pytest.mark.parametrize("name", DEGENERATE)
@pytest.mark.parametrize(("azimuth", "hfov", "near"), [(0, 360, 0), (10, 90, 6), (350, 250, 2)])
def test_degenerate_case_against_rays(name: str, azimuth: float, hfov: float, near: float) -> None:
    blocks, camera = DEGENERATE[name]
    seen = see(blocks, camera, azimuth=azimuth, hfov=hfov, near=near, far=20.0)
    truth = ray_area(seen.camera, azimuth, hfov, near, 20.0, blocks)
    assert seen.area == pytest.approx(truth, rel=2e-5, abs=1e-3)
    ground(seen.area, exact_area(seen.camera, azimuth, hfov, near, 20.0, blocks))
    ground(seen.polygon.area, seen.area)


# The blind zone


@pytest.mark.parametrize("hfov", [90.0, 360.0])
@pytest.mark.parametrize("near", [3.0, 5.0, 5.0 + 1e-9, 5.001, 6.0, 7.5, 20.0, 49.999])
def test_walls_at_the_edge_of_the_blind_zone(near: float, hfov: float) -> None:
    # The wall 5 m to the north grazes, crosses or lies within the blind zone.
    blocks = [box(-8, 5, 8, 6), box(-30, -20, -20, -10)]
    seen = see(blocks, hfov=hfov, near=near)
    ground(seen.area, exact_area((0, 0), 0, hfov, near, R, blocks))
    ground(seen.polygon.area, seen.area)


def test_blind_zone_of_a_disc_is_a_hole() -> None:
    seen = see([box(20, 20, 25, 25)], near=5.0)
    assert len(seen.polygon.interiors) == 1
    ground(shapely.Polygon(seen.polygon.interiors[0]).area, 25 * math.pi)


def test_blind_zone_beyond_the_range_leaves_nothing() -> None:
    seen = see([box(20, 20, 25, 25)], near=60.0)
    assert seen.area == 0
    assert seen.polygon.is_empty


# Heights


def test_shadow_of_a_low_block_by_hand() -> None:
    block = [box(-200, 20, 200, 22)]
    # Lens 10 m, block 2.8 m: hidden from 20 m to 22 m · 10 / 7.2 = 30.56 m.
    end = 22 * 10 / 7.2
    low = see(block, hfov=90.0, mount=10.0, heights=[2.8])
    ground(low.area, 400 + QUARTER - end**2)
    ground(low.polygon.area, low.area)
    # For a face at 1.6 m the shadow ends at 22 · 8.4 / 7.2; above the block's top only the block
    # itself is hidden.
    ground(
        see(block, hfov=90.0, mount=10.0, heights=[2.8], target=1.6).area,
        400 + QUARTER - (22 * 8.4 / 7.2) ** 2,
    )
    ground(see(block, hfov=90.0, mount=10.0, heights=[2.8], target=3.0).area, 400 + QUARTER - 22**2)
    for height in (10.0, 12.0, np.nan):
        ground(see(block, hfov=90.0, mount=10.0, heights=[height]).area, 400)


@pytest.mark.parametrize("hfov", [90.0, 360.0])
@pytest.mark.parametrize("turn", [0.0, 90.0])
def test_shadow_is_an_island(hfov: float, turn: float) -> None:
    block = rotate(box(-1, 20, 1, 22), turn, origin=(0, 0))
    seen = see([block], azimuth=-turn % 360, hfov=hfov, mount=10.0, heights=[2.8])
    hidden = shapely.union_all([block, scale(block, 10 / 7.2, 10 / 7.2, origin=(0, 0))])
    ground(seen.area, hfov / 360 * DISC - hidden.convex_hull.area)
    assert len(seen.polygon.interiors) == 1
    ground(seen.polygon.area, seen.area)


def test_shadow_that_leaves_the_range_or_starts_in_the_blind_zone() -> None:
    blocks = [box(-3, 40, 3, 45), box(-6, 2, -2, 4), box(10, -3, 12, 3), box(14, -1, 15, 8)]
    heights = [4.0, 6.0, 2.0, 9.0]
    for near in (0.0, 3.0, 11.0):
        for hfov in (120.0, 360.0):
            seen = see(blocks, azimuth=30, hfov=hfov, near=near, mount=8.0, heights=heights)
            truth = shapely_area((0, 0), 30, hfov, near, R, blocks, heights, mount=8.0)
            assert seen.area == pytest.approx(truth, rel=1e-7)
            ground(seen.polygon.area, seen.area)


def test_low_obstacles_as_tall_as_the_lens_equal_obstacles_that_block() -> None:
    rng = np.random.default_rng(5)
    blocks = [box(x, y, x + 4, y + 3) for x, y in rng.uniform(-40, 40, (30, 2))]
    blocks = [b for b in blocks if b.distance(shapely.Point(0, 0)) > 1]
    known = see(blocks, mount=5.0, near=3.0, heights=[5.0] * len(blocks))
    # A far-off hut makes the camera take the way through the shadows.
    hut = box(0.4, -1.9, 0.5, -1.8)
    around = see([*blocks, hut], mount=5.0, near=3.0, heights=[5.0] * len(blocks) + [1e-9])
    ground(around.area, known.area)
    ground(known.area, exact_area((0, 0), 0, 360, 3.0, R, blocks))


# Real footprints


@pytest.mark.shared
def test_fitzrovia_against_the_exact_reference(shared_data: Path) -> None:
    buildings = gpd.read_file(shared_data / "london" / "fitzrovia_buildings.geojson").to_crs(27700)
    assert len(buildings) == 1130
    rng = np.random.default_rng(11)
    west, south, east, north = buildings.total_bounds
    n = 60
    x, y = rng.uniform(west, east, n), rng.uniform(south, north, n)
    azimuth, far = rng.uniform(0, 360, n), rng.choice([30.0, 60.0], n)
    hfov, near = rng.choice([60.0, 90.0, 210.0, 360.0], n), rng.choice([0.0, 4.0], n)
    sectors = sectors_frame(x, y, azimuth=azimuth, hfov=hfov, near=near, far=far)
    seen = visible_areas(sectors, buildings)
    assert seen.geometry.is_valid.all()
    assert seen["position_status"].isin(["free", "inside_unresolved", "snapped", "on_wall"]).all()
    unresolved = seen["position_status"] == "inside_unresolved"
    assert unresolved.any()
    assert (seen.loc[unresolved, "area_m2"] == 0).all()
    assert seen.area.to_numpy() == pytest.approx(seen["area_m2"].to_numpy(), rel=1e-9, abs=1e-7)
    for row in np.flatnonzero(seen["position_status"] == "free"):
        camera = (x[row], y[row])
        near_by = buildings.geometry.values[
            buildings.sindex.query(shapely.Point(camera).buffer(far[row] + 1))
        ]
        truth = exact_area(camera, azimuth[row], hfov[row], near[row], far[row], near_by)
        assert seen["area_m2"].iloc[row] == pytest.approx(truth, rel=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["barbican_buildings_height.geojson", "covent_garden_buildings_height.geojson"]
)
def test_true_heights(name: str, shared_data: Path) -> None:
    buildings = gpd.read_file(shared_data / "london" / name).to_crs(27700)
    column = next(c for c in buildings.columns if "height" in c.lower())
    heights = buildings[column].astype(float).to_numpy()
    buildings = buildings.assign(height_m=np.where(heights > 0, heights, np.nan))
    rng = np.random.default_rng(2)
    west, south, east, north = buildings.total_bounds
    x, y = rng.uniform(west, east, 24), rng.uniform(south, north, 24)
    sectors = sectors_frame(x, y, azimuth=0, hfov=360, far=60, mount=10)
    low = visible_areas(sectors, buildings)
    blind = visible_areas(sectors, buildings.drop(columns="height_m"))
    assert low.geometry.is_valid.all()
    assert low.area.to_numpy() == pytest.approx(low["area_m2"].to_numpy(), rel=1e-9, abs=1e-7)
    # A lens on a roof stays there, and without heights it would have been put on a wall.
    same = (low["position_status"] == blind["position_status"]).to_numpy()
    assert (low["area_m2"] >= blind["area_m2"] - 1e-6)[same].all()
    assert (low["position_status"][~same] == "on_roof").all()
    free = np.flatnonzero(low["position_status"] == "free")
    for row in free[:6]:
        camera = (x[row], y[row])
        rows = buildings.sindex.query(shapely.Point(camera).buffer(61))
        tall = [h if h > 0 else math.inf for h in buildings["height_m"].to_numpy()[rows]]
        truth = shapely_area(
            camera, 0, 360, 0, 60.0, buildings.geometry.values[rows], tall, mount=10.0
        )
        assert low["area_m2"].iloc[row] == pytest.approx(truth, rel=1e-6)


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["barbican_buildings_height.geojson", "covent_garden_buildings_height.geojson"]
)
def test_a_pole_sees_over_the_low_block_and_not_over_the_tall_one(
    name: str, shared_data: Path
) -> None:
    buildings = gpd.read_file(shared_data / "london" / name).to_crs(27700)
    heights = buildings["height_m"].to_numpy()
    pole, target = 10.0, 1.6
    # Above the target, as the lowest that only hides its own footprint is tested elsewhere.
    lowest, tall = (int(np.argmin(np.where(heights >= h, heights, np.inf))) for h in (2, 12))
    if name.startswith("barbican"):
        assert heights[lowest] == 2.8
    for block in (lowest, tall):
        shape = buildings.geometry.iloc[block]
        middle = shape.representative_point()
        # The pole stands south of the block, 9 m beyond its southernmost wall, and looks north.
        x, y = middle.x, shape.bounds[1] - 9.0
        ray = LineString([(x, y), (x, y + 400)]).intersection(shape)
        entry, exit_ = ray.bounds[1] - y, ray.bounds[3] - y
        end = exit_ * (pole - target) / (pole - heights[block]) if block == lowest else np.inf
        far = 1.3 * (end if block == lowest else exit_)
        sectors = sectors_frame(x, y, azimuth=0.0, hfov=20.0, far=far, mount=pole)
        sectors["target_height_m"] = target
        seen = visible_areas(sectors, buildings.iloc[[block]])
        ground_seen = seen.geometry.iloc[0]

        def sees(
            distance: float, polygon: object = ground_seen, at: tuple[float, float] = (x, y)
        ) -> bool:
            return bool(shapely.contains_xy(polygon, at[0], at[1] + distance))

        assert sees(entry - 0.01)
        assert not sees(entry + 0.01)
        assert not sees(exit_ - 0.01)
        assert not sees(exit_ + 0.01)
        assert not sees(min(end, far) - 0.02)
        assert sees(end + 0.01) == (block == lowest)
        assert sees(far - 0.5) == (block == lowest)
