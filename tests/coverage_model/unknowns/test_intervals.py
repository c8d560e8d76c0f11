"""Intervals, levels and reach: every expectation is derived beside its test."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal
from shapely import box

from coverage_model.base import datasets
from coverage_model.base.crs import DatumShift
from coverage_model.base.errors import CRSError, InputError
from coverage_model.base.ragged import pack
from coverage_model.base.schemas import CAMERA_TYPES, Cameras, check
from coverage_model.base.schemas_beside import (
    CoverageByLevel,
    CoverageDrivers,
    CoverageIntervals,
    ReachByArea,
)
from coverage_model.cover.coverage import coverage_by_area
from coverage_model.cover.levels_by_area import coverage_at_levels
from coverage_model.cover.scanlines import lines_over
from coverage_model.optics.pixel_density import Level, levels
from coverage_model.optics.sectors import ViewAssumptions, view_sectors
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.sight.grid import obstacle_index
from coverage_model.sight.visibility import visible_areas
from coverage_model.unknowns.distributions import (
    DRIVERS,
    Unknowns,
    stated_sigma_m,
    triangular,
    uniform,
)
from coverage_model.unknowns.duty import reach_by_area
from coverage_model.unknowns.intervals import coverage_intervals
from coverage_model.unknowns.scene import Scene

X, Y = 530_000.0, 180_000.0
CRS = "EPSG:27700"
RANGE = 50.0


def cameras(*places: tuple[float, float], **columns: Any) -> gpd.GeoDataFrame:
    """Make cameras that look north, of which everything is given unless said otherwise."""
    values: dict[str, Any] = {
        "camera_id": [f"c{k}" for k in range(len(places))],
        "ownership": "public",
        "integration": "integrated",
        "operator": None,
        "borough_code": None,
        "camera_type": "fixed",
        "azimuth_deg": 0.0,
        "hfov_deg": 60.0,
        "vfov_deg": np.nan,
        "range_m": RANGE,
        "horizontal_px": 1_000_000.0,  # so that the range is what limits the view
        "mount_height_m": 4.0,
        "tilt_deg": np.nan,
        "target_level": None,
        "view_basis": "given",
        "illustrative": False,
    }
    index = pd.Index([f"c{k}" for k in range(len(places))], name="view_id")
    points = shapely.points([(X + x, Y + y) for x, y in places])
    frame = gpd.GeoDataFrame(values | columns, geometry=points, crs=CRS, index=index)
    return check(frame, Cameras, "cameras")


def areas(*shapes: Any) -> gpd.GeoDataFrame:
    codes = [f"A{k}" for k in range(len(shapes))]
    columns = {"area_code": codes, "area_name": codes}
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS)


def square(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return box(X + west, Y + south, X + east, Y + north)


def unheaded(*places: tuple[float, float], **columns: Any) -> gpd.GeoDataFrame:
    return cameras(*places, **({"azimuth_deg": np.nan, "view_basis": "reach"} | columns))


def row(frame: pd.DataFrame, counted: str, area: str = "all") -> pd.Series:
    return frame.set_index(["area_code", "counted"]).loc[(area, counted)]


WIDE = square(-500, -500, 500, 500)
CONE_M2 = math.radians(60) / 2 * RANGE**2


# --- random numbers ---


def test_uniform_numbers_are_uniform_and_unrelated() -> None:
    keys = pd.util.hash_array(np.array([f"camera {k}" for k in range(20_000)], dtype=object))
    first = uniform(keys, seed=1, stream=0, draw=0)
    # Standard errors: mean 1 / sqrt(12 n) = 0.002; variance 1 / sqrt(180 n) = 0.0005.
    assert abs(first.mean() - 0.5) < 0.008
    assert abs(first.var() - 1 / 12) < 0.002
    assert first.min() > 0
    assert first.max() < 1
    for other in ((2, 0, 0), (1, 1, 0), (1, 0, 1)):
        seed, stream, draw = other
        second = uniform(keys, seed=seed, stream=stream, draw=draw)
        assert abs(np.corrcoef(first, second)[0, 1]) < 4 / math.sqrt(len(keys))


def test_triangular_quantiles_by_hand() -> None:
    # Low 0, mode 1, high 3: a third of the area lies below the mode; F(x) = x² / 3 there and
    # 1 - (3 - x)² / 6 above.
    u = np.array([0.0, 1 / 12, 1 / 3, 1 - 1 / 6, 1.0])
    expected = [0.0, 0.5, 1.0, 2.0, 3.0]
    np.testing.assert_allclose(triangular(u, low=0.0, mode=1.0, high=3.0), expected, atol=1e-12)
    assert triangular([0.3], low=2.0, mode=2.0, high=2.0).tolist() == [2.0]
    grid = (np.arange(10_000) + 0.5) / 10_000
    assert triangular(grid, low=30, mode=60, high=100).mean() == pytest.approx(190 / 3, rel=1e-4)


def test_stated_position_error_joins_the_datum_shift() -> None:
    own = datasets.coefficient("view_position_sigma_m").value
    assert stated_sigma_m(DatumShift("none", 0.0)) == own
    assert stated_sigma_m(DatumShift("unknown", None)) == own
    assert stated_sigma_m(DatumShift("Helmert", 2.0)) == pytest.approx(math.hypot(own, 2.0))


# --- the lines that measure ---


def test_lines_are_exact_on_boxes_and_count_overlaps_once() -> None:
    lines = lines_over(np.array([square(0, 0, 20, 10), square(10, 0, 30, 10)]))
    shapes = np.array([square(2, 2, 12, 8), square(5, 4, 25, 6), shapely.Polygon()])
    crossings = lines.cross(pack(shapes), np.array([0, 2, 1], dtype=np.int64))
    found = lines.covered_m2(crossings).mean(axis=0)
    # Areas overlap from 10 to 20 and count there twice. Class 0: 8 x 6 and 2 x 6 (ends at 12).
    # Class 2 adds 5 to 25 in a strip of 2, less what the first box covers of it.
    np.testing.assert_allclose(found[:, 0], [60.0, 12.0])
    np.testing.assert_allclose(found[:, 1], found[:, 0])
    np.testing.assert_allclose(found[:, 2], [60.0 + 2 * 8, 12.0 + 2 * 13])
    fixed = lines.cross(pack(np.array([square(0, 0, 11, 10)])), np.zeros(1, dtype=np.int64))
    rest = lines.covered_m2(crossings, fixed=fixed).mean(axis=0)
    np.testing.assert_allclose(rest[:, 0], [6.0, 6.0])


def test_lines_agree_with_exact_union_within_their_estimate() -> None:
    rng = np.random.default_rng(5)
    centres = rng.uniform(0, 400, (60, 2)) + np.array([X, Y])
    discs = shapely.buffer(shapely.points(centres), rng.uniform(10, 60, 60))
    rings = shapely.difference(discs, shapely.buffer(shapely.points(centres), 8.0))
    shapes = np.array([square(0, 0, 200, 400), shapely.Point(X + 300, Y + 200).buffer(90)])
    lines = lines_over(shapes)
    found = lines.covered_m2(lines.cross(pack(rings), np.zeros(60, dtype=np.int64)))[:, :, 0]
    exact = shapely.area(shapely.intersection(shapely.union_all(rings), shapes))
    estimate = abs(found[0].sum() - found[1].sum()) / 2
    assert abs(found.mean(axis=0).sum() - exact.sum()) <= estimate + 1e-4 * exact.sum()
    np.testing.assert_allclose(found.mean(axis=0), exact, rtol=1e-3)


def test_expected_ground_joins_independent_chances() -> None:
    lines = lines_over(np.array([square(0, 0, 100, 10)]))
    shapes = np.array([square(0, 0, 40, 10), square(20, 0, 60, 10), square(90, 0, 95, 10)])
    crossings = lines.cross(pack(shapes), np.arange(3, dtype=np.int64))
    found = lines.expected_m2(crossings, np.array([0.5, 0.75, 0.0])).mean()
    # 20 m at 1/2, 20 m at 1 - 1/2 x 3/4, 20 m at 1/4, and 5 m for sure; 10 m high.
    assert found * 1 == pytest.approx(10 * (10 + 20 * 0.625 + 5 + 5))


def test_lines_grow_over_very_long_areas_and_refuse_no_height() -> None:
    tall = lines_over(np.array([box(0, 0, 1, 8_000_000)]))
    assert tall.line_m == 4.0
    with pytest.raises(ValueError, match="line_m"):
        lines_over(np.array([box(0, 0, 1, 1)]), line_m=0)


# --- intervals ---


def test_nothing_unknown_gives_no_width_and_the_headline() -> None:
    given = cameras((0, 0), (20, 10), (300, 300))
    where = areas(WIDE, square(-500, 500, 500, 600))
    found = coverage_intervals(given, where, draws=7, position_sigma_m=0)
    check(found.frame, CoverageIntervals, "intervals")
    assert found.drivers.empty
    seen = visible_areas(view_sectors(given))
    headline = coverage_by_area(seen, where, level="detect", cameras=given)["covered_share"]
    views = found.frame[found.frame["counted"] == "views"].iloc[:-1]
    np.testing.assert_allclose(views["share_point"], headline, rtol=1e-3)
    for name in ("share_mean", "share_p10", "share_p50", "share_p90"):
        assert (
            found.frame[name] == found.frame.groupby("area_code")["share_point"].transform("first")
        ).all()
    assert (found.frame["share_sd"] == 0).all()
    assert row(found.frame, "views").cameras == 3
    assert row(found.frame, "views").cameras_drawn == 0


def test_unknown_heading_at_a_border_by_hand() -> None:
    # On the border of a half plane a cone of 60° lies wholly inside for a third of all headings,
    # wholly outside for a third, and in between its share rises evenly: so 10 % of draws are at 0,
    # the median is half the cone and the 90 % mark the whole of it.
    half = areas(square(-500, 0, 500, 500))
    found = coverage_intervals(
        unheaded((0, 0)), half, draws=1000, position_sigma_m=0, drivers=False
    )
    got = row(found.frame, "headings_drawn", "A0")
    assert got.share_p10 == 0
    assert got.share_p50 * got.area_m2 == pytest.approx(CONE_M2 / 2, rel=0.15)
    assert got.share_p90 * got.area_m2 == pytest.approx(CONE_M2, rel=2e-3)
    # Mean half a cone; variance: cone² (1/3 + 1/9 - 1/4), standard error 0.44 / sqrt(1000) = 1.4 %.
    assert got.share_mean * got.area_m2 == pytest.approx(CONE_M2 / 2, abs=4 * 0.014 * CONE_M2)
    assert got.share_sd * got.area_m2 == pytest.approx(CONE_M2 * math.sqrt(7 / 36), rel=0.05)
    assert math.isnan(got.share_point)
    nothing = row(found.frame, "views", "A0")
    assert nothing.share_mean == 0
    assert nothing.cameras == 0
    assert math.isnan(nothing.drawn_share)


def test_mean_is_the_field_of_view_times_the_reach_in_the_area() -> None:
    # Each point of the disc is in view for 60 / 360 of headings, also where the border is 20 m off.
    places = [(120.0 * k, 20.0) for k in range(40)]
    segment = RANGE**2 * math.acos(20 / RANGE) - 20 * math.sqrt(RANGE**2 - 20**2)
    expected = 40 * (math.pi * RANGE**2 - segment) / 6
    half = areas(square(-500, 0, 6000, 500))
    found = coverage_intervals(unheaded(*places), half, draws=150, position_sigma_m=0)
    got = row(found.frame, "headings_drawn")
    assert got.share_mean * got.area_m2 == pytest.approx(expected, rel=0.02)
    exact = reach_by_area(unheaded(*places), half)
    assert exact["expected_view_heading_unknown_m2"].iloc[0] == pytest.approx(expected, rel=1e-3)
    assert got.drawn_share == 1


def test_result_is_the_same_again_and_for_any_threads() -> None:
    mixed = unheaded(
        (0, 0), (40, 10), (60, 5), (5, 60),
        camera_type=["fixed", "ptz", "unknown", "dome"], hfov_deg=[60, np.nan, np.nan, 90],
    )  # fmt: skip
    where = areas(WIDE)
    wall = obstacles(square(-30, 20, 80, 30))
    runs = [
        coverage_intervals(mixed, where, draws=20, obstacles=wall, threads=threads)
        for threads in (1, 1, 3)
    ]
    for other in runs[1:]:
        assert_frame_equal(runs[0].frame, other.frame, check_exact=True)
        assert_frame_equal(runs[0].drivers, other.drivers, check_exact=True)
    other = coverage_intervals(mixed, where, draws=20, obstacles=wall, seed=1)
    assert not other.frame["share_mean"].equals(runs[0].frame["share_mean"])


def test_a_camera_keeps_its_draws_in_any_inventory() -> None:
    where = areas(square(-100, -100, 100, 100), square(900, -100, 1100, 100))
    both = unheaded((0, 60), (1000, 60), hfov_deg=np.nan)
    one = coverage_intervals(both.iloc[:1], where, draws=15).frame
    two = coverage_intervals(both.iloc[::-1], where, draws=15).frame
    shares = [name for name in one if name.startswith("share_")]
    left = row(one, "headings_drawn", "A0")[shares]
    assert left.equals(row(two, "headings_drawn", "A0")[shares])


def test_finer_levels_never_cover_more_in_any_draw() -> None:
    unknown = unheaded((0, 0), (40, 0), hfov_deg=np.nan, horizontal_px=np.nan, range_m=np.nan)
    before = None
    for level in levels():
        found = coverage_intervals(unknown, areas(WIDE), level=level, draws=20, drivers=False)
        now = row(found.frame, "headings_drawn")
        if before is not None:
            for name in ("share_mean", "share_p10", "share_p50", "share_p90"):
                assert now[name] <= before[name]
        before = now


def test_turning_cameras_are_a_measure_of_their_own() -> None:
    two = cameras(
        (0, 0), (200, 0),
        camera_type=["fixed", "ptz"], azimuth_deg=[0.0, np.nan], view_basis=["given", "reach"],
    )  # fmt: skip
    where = areas(WIDE)
    idle = coverage_intervals(two, where, draws=5, duty_share=0, position_sigma_m=0)
    busy = coverage_intervals(two, where, draws=5, duty_share=1, position_sigma_m=0)
    half = coverage_intervals(two, where, draws=500, duty_share=0.5, position_sigma_m=0)
    for found in (idle, busy, half):
        for counted in ("views", "headings_drawn"):
            got = row(found.frame, counted)
            assert got.share_mean * got.area_m2 == pytest.approx(CONE_M2, rel=2e-3)
            assert got.share_sd == 0
    total = WIDE.area
    assert row(idle.frame, "turning_too").share_mean * total == pytest.approx(CONE_M2, rel=2e-3)
    assert row(busy.frame, "turning_too").share_mean * total == pytest.approx(2 * CONE_M2, rel=2e-3)
    # One cone for sure and one with the chance of 1/2: standard error 0.5 / sqrt(500) = 2.2 %.
    mean = row(half.frame, "turning_too").share_mean * total
    assert mean == pytest.approx(1.5 * CONE_M2, abs=0.09 * CONE_M2)
    lead = half.drivers.query("area_code == 'all' and counted == 'turning_too'")
    assert lead.set_index("driver")["variance_share"]["duty_share"] == pytest.approx(1, abs=1e-3)


def test_drivers_name_what_matters() -> None:
    where = areas(WIDE)
    unknown = unheaded((0, 0), range_m=np.nan)
    found = coverage_intervals(unknown, where, draws=60)
    check(found.drivers, CoverageDrivers, "drivers")
    drivers = found.drivers.query("area_code == 'all' and counted == 'headings_drawn'")
    share = drivers.set_index("driver")["variance_share"]
    # Far from any border neither heading nor place changes the area; only the range does.
    assert sorted(share.index) == ["azimuth_deg", "position", "range_m"]
    assert share["range_m"] > 0.999
    assert share.sum() == pytest.approx(1)
    silent = coverage_intervals(unknown, where, draws=3, drivers=False)
    assert silent.drivers.empty
    assert list(silent.drivers.columns) == list(found.drivers.columns)


def test_common_error_does_not_cancel_out() -> None:
    # 25 like cameras: independent errors add up to 5 times the spread of one, common ones to 25.
    places = [(150.0 * (k % 5), 150.0 * (k // 5)) for k in range(25)]
    many = cameras(*places, range_m=np.nan)
    where = areas(square(-400, -400, 1200, 1200))
    spread = {
        share: row(
            coverage_intervals(
                many, where, draws=300, common_share=share, position_sigma_m=0, drivers=False
            ).frame,
            "views",
        ).share_sd
        for share in (0.0, 0.5, 1.0)
    }
    assert spread[1.0] / spread[0.0] == pytest.approx(5, rel=0.2)
    assert spread[0.0] < spread[0.5] < spread[1.0]


def test_assumptions_are_the_working_values_and_widen_the_range() -> None:
    own = ViewAssumptions.from_coefficients(range_m={"fixed": 400.0})
    unknowns = Unknowns.of(
        cameras((0, 0), range_m=np.nan), level=Level("detect", 25.0), seed=1, duty_share=1,
        position_sigma_m=0, common_share=0.5, assumptions=own,
    )  # fmt: skip
    low = datasets.coefficient("view_range_fixed_m").low
    assert (unknowns.low["range_m"][0], unknowns.high["range_m"][0]) == (low, 400.0)
    assert unknowns.draw(3, vary=()).far_m[0] == 400.0
    assert unknowns.draw(3).far_m[0] < 400.0
    assert set(DRIVERS) > {"range_m"}


def test_full_circle_and_blind_zone_are_drawn_as_given() -> None:
    # Lens at 4 m over a plane at 1.6 m, tilted 30° with 40° high: near edge 2.4 / tan 50°.
    seen = cameras((0, 0), tilt_deg=30.0, vfov_deg=40.0, hfov_deg=360.0)
    found = coverage_intervals(seen, areas(WIDE), draws=2, position_sigma_m=0)
    near, upper = 2.4 / math.tan(math.radians(50)), 2.4 / math.tan(math.radians(10))
    expected = math.pi * (upper**2 - near**2)
    assert row(found.frame, "views").share_point * WIDE.area == pytest.approx(expected, rel=0.02)
    assert row(found.frame, "views").share_sd == 0


def test_wrong_numbers_are_refused() -> None:
    one, where = cameras((0, 0)), areas(WIDE)
    with pytest.raises(ValueError, match="draws"):
        coverage_intervals(one, where, draws=0)
    with pytest.raises(InputError, match="duty_share is 2"):
        coverage_intervals(one, where, duty_share=2)
    with pytest.raises(InputError, match="seed is -1"):
        coverage_intervals(one, where, seed=-1)
    with pytest.raises(InputError, match="duty_share is -1"):
        reach_by_area(one, where, duty_share=-1)
    with pytest.raises(CRSError, match="obstacles are in"):
        coverage_intervals(one, where, obstacles=obstacles(WIDE).to_crs(4326))


# --- buildings ---


def obstacles(*shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
    ids = [f"b{k}" for k in range(len(shapes))]
    values: dict[str, Any] = {"obstacle_id": ids, "height_m": np.nan, "height_basis": "unknown"}
    return gpd.GeoDataFrame(values | columns, geometry=list(shapes), crs=CRS)


def test_drawn_places_are_never_in_a_building() -> None:
    block = obstacles(square(-40, -80, 40, 0))
    on_wall = unheaded(*[(x, 0.05) for x in np.linspace(-30, 30, 50)])
    unknowns = Unknowns.of(
        on_wall, level=Level("detect", 25.0), seed=3, duty_share=1, position_sigma_m=3,
        common_share=0.5, assumptions=ViewAssumptions.from_coefficients(),
    )  # fmt: skip
    index = obstacle_index(block, on_wall)
    scene = Scene.of(unknowns, lines_over(np.array([WIDE])), index=index, snap_tolerance_m=1.0)
    moved = []
    for number in range(10):
        x, y = scene._places(number)
        inside = shapely.distance(shapely.points(x, y), block.geometry[0].exterior)
        inside[~shapely.contains_xy(block.geometry[0], x, y)] = 0
        assert inside.max() <= 1.0  # within the tolerance of its wall, so it is snapped
        moved.append(y - unknowns.y_m)
    assert np.concatenate(moved).std() > 1


def test_camera_deep_in_a_building_sees_nothing_in_any_draw() -> None:
    block = obstacles(square(-40, -80, 40, 0))
    deep = unheaded((0, -40), (0, 20))
    found = coverage_intervals(deep, areas(square(-40, -80, 40, 0)), obstacles=block, draws=5)
    assert row(found.frame, "headings_drawn", "A0").share_mean < 1e-3  # the other one's façade
    assert row(found.frame, "headings_drawn", "A0").cameras == 1


def test_mounting_height_matters_only_behind_low_obstacles() -> None:
    given = cameras((0, 0), mount_height_m=np.nan)
    where = areas(WIDE)
    low = obstacles(square(-40, 10, 40, 12), height_m=2.0, height_basis="measured")
    high = obstacles(square(-40, 10, 40, 12), height_m=9.0, height_basis="measured")
    over = coverage_intervals(given, where, obstacles=low, draws=30, position_sigma_m=0)
    behind = coverage_intervals(given, where, obstacles=high, draws=30, position_sigma_m=0)
    assert over.drivers["driver"].unique().tolist() == ["mount_height_m"]
    assert row(over.frame, "views").share_sd > 0
    assert row(behind.frame, "views").share_sd == 0
    assert behind.drivers.empty
    # From a height of h, 3 to 5 m, the shadow of 2 m ends at h / (h - 2) times its far side.
    assert row(over.frame, "views").share_p90 > row(behind.frame, "views").share_point


# --- levels ---


def test_levels_from_one_sweep_are_those_of_one_level_each() -> None:
    several = cameras(
        (0, 0), (10, 30), (60, -20), (0, 200),
        horizontal_px=[1920, 2688, 1920, 1920], range_m=[80, np.nan, 40, 80],
        azimuth_deg=[0, 90, 270, 45], view_basis=["given", "given", "given", "reach"],
        tilt_deg=[20, np.nan, np.nan, np.nan], vfov_deg=[30, np.nan, np.nan, np.nan],
    )  # fmt: skip
    where = areas(square(-200, -200, 200, 20), square(-200, 20, 200, 400))
    block = obstacles(square(5, 10, 9, 40), square(30, -40, 34, 60))
    found = coverage_at_levels(several, where, obstacles=block)
    check(found, CoverageByLevel, "levels")
    for level in levels():
        seen = visible_areas(view_sectors(several, level=level), block)
        one = coverage_by_area(seen, where, level=level, cameras=several, obstacles=block)
        here = found[found["level"] == level.name]
        np.testing.assert_allclose(here["covered_m2"], one["covered_m2"], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(
            here["covered_public_realm_share"], one["covered_public_realm_share"], rtol=1e-9
        )
    steps = found.groupby("area_code")[["covered_m2", "cameras_seeing"]].diff().dropna()
    assert (steps <= 0).all().all()
    assert found["px_per_m"].tolist() == [level.px_per_m for level in levels()] * 2


def test_levels_of_another_table_and_of_no_views() -> None:
    where = areas(WIDE)
    newer = coverage_at_levels(cameras((0, 0)), where, table="EN 62676-4 OODPCVS")
    assert newer["level"].iloc[0] == "overview"
    assert newer["covered_public_realm_share"].isna().all()
    # A range of 50 m limits all but the finest levels; the cone's area is exact.
    assert newer["covered_m2"].iloc[0] == pytest.approx(CONE_M2, rel=1e-9)
    none = coverage_at_levels(unheaded((0, 0)), where)
    assert (none["covered_m2"] == 0).all()
    assert (none["cameras_seeing"] == 0).all()


# --- reach ---


def test_reach_instantaneous_view_and_duty_are_kept_apart() -> None:
    apart = unheaded((0, 0), (200, 0), (-200, 0), camera_type=["ptz", "dome", "fixed"])
    disc = math.pi * RANGE**2
    found = reach_by_area(apart, areas(WIDE), duty_share=0.25)
    check(found, ReachByArea, "reach")
    got = found.iloc[0]
    assert (got.cameras_turning, got.cameras_heading_unknown) == (2, 1)
    assert got.reach_m2 == pytest.approx(3 * disc, rel=1e-3)
    assert got.reach_turning_m2 == pytest.approx(2 * disc, rel=1e-3)
    assert got.reach_heading_unknown_m2 == pytest.approx(disc, rel=1e-3)
    assert got.instant_view_turning_m2 == pytest.approx(2 * disc / 6 * 0.25, rel=1e-3)
    assert got.instant_view_share_of_reach == pytest.approx(0.25 / 6, rel=1e-9)
    assert got.expected_view_heading_unknown_m2 == pytest.approx(disc / 6, rel=1e-3)


def test_chances_of_cameras_that_reach_the_same_ground_are_joined() -> None:
    # Two at one place: a point is missed by both with the chance of (5/6)².
    same = unheaded((0, 0), (0, 0), camera_type="ptz")
    got = reach_by_area(same, areas(WIDE), duty_share=1).iloc[0]
    assert got.instant_view_share_of_reach == pytest.approx(1 - (5 / 6) ** 2, rel=1e-9)
    # A fisheye that sees all round at once sees all of its reach.
    whole = unheaded((0, 0), camera_type="dome", hfov_deg=360.0)
    assert reach_by_area(whole, areas(WIDE), duty_share=1).iloc[0].instant_view_share_of_reach == 1


def test_reach_of_no_camera_is_nothing() -> None:
    got = reach_by_area(cameras((0, 0)), areas(WIDE)).iloc[0]
    assert got.reach_m2 == 0
    assert math.isnan(got.instant_view_share_of_reach)
    assert got.duty_share == datasets.coefficient("view_duty_share_turning").value


def test_every_kind_of_camera_can_be_drawn() -> None:
    kinds = list(CAMERA_TYPES)
    every = unheaded(
        *[(200.0 * k, 0.0) for k in range(len(kinds))], camera_type=kinds, hfov_deg=np.nan,
        horizontal_px=np.nan, range_m=np.nan, mount_height_m=np.nan,
    )  # fmt: skip
    found = coverage_intervals(every, areas(square(-500, -500, 2000, 500)), draws=5)
    got = row(found.frame, "turning_too")
    assert got.cameras == got.cameras_drawn == len(kinds)
    assert row(found.frame, "headings_drawn").cameras == 3
    assert got.share_p10 > 0


# --- real data ---


@pytest.mark.shared
def test_jamcams_among_real_buildings(shared_data: Path) -> None:
    london = datasets.boroughs()
    read = read_cameras(shared_data / "cameras" / "tfl_jamcams_2024-04.geojson")
    cams = read.frame
    block = read_obstacles(shared_data / "london" / "fitzrovia_buildings.geojson").frame
    found = coverage_intervals(
        cams, london, obstacles=block, draws=10, drivers=False,
        position_sigma_m=stated_sigma_m(read.log.datum_shift),
    )  # fmt: skip
    check(found.frame, CoverageIntervals, "intervals")
    assert found.line_error_share < 1e-3
    assert row(found.frame, "views").cameras == 0
    got = row(found.frame, "headings_drawn")
    assert got.cameras == got.cameras_drawn == 900
    assert got.share_p10 < got.share_p50 < got.share_p90
    # At working values a camera is expected to see field of view / 360 of its reach.
    reach = reach_by_area(cams, london, obstacles=block)
    expected = reach["expected_view_heading_unknown_m2"].sum() / london.geometry.area.sum()
    assert got.share_mean == pytest.approx(expected, rel=0.5)
    assert reach["reach_m2"].sum() > 5 * reach["expected_view_heading_unknown_m2"].sum()
