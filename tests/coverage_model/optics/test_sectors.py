from __future__ import annotations

import dataclasses
import math
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from shapely import Point

from coverage_model.base.errors import InputError
from coverage_model.base.schemas import Sectors, check
from coverage_model.optics.pixel_density import Level, blind_zone_m
from coverage_model.optics.sectors import (
    ViewAssumptions,
    sector_area_m2,
    sector_polygons,
    view_sectors,
)

DETECT = Level("detect", 25.0)
KINDS = ("fixed", "dome", "ptz", "anpr", "unknown")
TAKEN = ViewAssumptions(
    hfov_deg=dict.fromkeys(KINDS, 60.0) | {"ptz": 50.0},
    horizontal_px=dict.fromkeys(KINDS, 1920.0),
    mount_height_m=dict.fromkeys(KINDS, 4.0) | {"ptz": 8.0},
    range_m={"anpr": 30.0},
    target_height_m=1.6,
)


def cameras(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    usual = {
        "ownership": "public",
        "integration": "integrated",
        "operator": None,
        "borough_code": None,
        "camera_type": "fixed",
        "azimuth_deg": 0.0,
        "hfov_deg": 90.0,
        "vfov_deg": np.nan,
        "range_m": np.nan,
        "horizontal_px": 1920.0,
        "mount_height_m": 4.0,
        "tilt_deg": np.nan,
        "target_level": None,
        "view_basis": "given",
        "illustrative": False,
    }
    full = [
        usual | {"camera_id": f"c{i}", "geometry": Point(10, 20)} | row
        for i, row in enumerate(rows)
    ]
    frame = gpd.GeoDataFrame(full, crs="EPSG:27700", index=[f"v{i}" for i in range(len(rows))])
    frame.index.name = "view_id"
    return frame


def one(**row: Any) -> pd.Series:
    return view_sectors(cameras(row), level=DETECT, assumptions=TAKEN).iloc[0]


@pytest.mark.parametrize("hfov", [0.5, 4.9, 5.0, 60.0, 90.0, 180.0, 181.0, 300.0, 359.9, 360.0])
@pytest.mark.parametrize("near", [0.0, 3.0])
@pytest.mark.parametrize("azimuth", [0.0, 17.0, 355.0])
@pytest.mark.parametrize("chord", [1.0, 5.0, 90.0])
def test_area_is_the_closed_form(hfov: float, near: float, azimuth: float, chord: float) -> None:
    polygon = sector_polygons(
        0, 0, azimuth_deg=azimuth, hfov_deg=hfov, near_m=near, far_m=50, max_chord_deg=chord
    )[0]
    expected = 0.5 * math.radians(hfov) * (50**2 - near**2)
    assert polygon.area == pytest.approx(expected, rel=1e-12)
    assert polygon.is_valid
    assert polygon.exterior.is_ccw
    assert len(polygon.interiors) == (1 if hfov == 360 and near else 0)
    assert sector_area_m2(hfov_deg=hfov, near_m=near, far_m=50) == pytest.approx(
        expected, rel=1e-15
    )


def test_area_at_national_grid_coordinates() -> None:
    polygon = sector_polygons(530_000.123, 180_000.456, azimuth_deg=200, hfov_deg=60, far_m=40)[0]
    assert polygon.area == pytest.approx(0.5 * math.radians(60) * 1600, rel=1e-10)


@pytest.mark.parametrize(
    ("azimuth", "seen", "unseen"),
    [(0, (0, 1), (0, -1)), (90, (1, 0), (-1, 0)), (180, (0, -1), (0, 1)), (270, (-1, 0), (1, 0))],
)
def test_azimuth_is_clockwise_from_north(
    azimuth: float, seen: tuple[int, int], unseen: tuple[int, int]
) -> None:
    cone = sector_polygons(0, 0, azimuth_deg=azimuth, hfov_deg=60, far_m=2)[0]
    assert cone.contains(Point(seen))
    assert not cone.intersects(Point(unseen))


def test_a_cone_across_north_is_whole() -> None:
    across, mirrored = sector_polygons(0, 0, azimuth_deg=[350, 10], hfov_deg=60, far_m=30)
    assert across.area == pytest.approx(0.5 * math.radians(60) * 900, rel=1e-12)
    assert across.contains(Point(0, 29))
    flipped = shapely.transform(mirrored, lambda c: c * [-1, 1])
    assert across.symmetric_difference(flipped).area < 1e-9


def test_blind_views_are_empty_and_stay() -> None:
    made = sector_polygons([0, 1, 2], 0, azimuth_deg=0, hfov_deg=60, near_m=[5, 6, 0], far_m=5)
    assert shapely.is_empty(made).tolist() == [True, True, False]
    assert shapely.is_empty(
        sector_polygons(0, 0, azimuth_deg=0, hfov_deg=60, near_m=1, far_m=1)
    ).all()


def test_chords_must_be_sane() -> None:
    with pytest.raises(ValueError, match="max_chord_deg"):
        sector_polygons(0, 0, azimuth_deg=0, hfov_deg=60, max_chord_deg=0)


def test_a_view_given_in_full() -> None:
    row = one()
    assert row["far_m"] == pytest.approx(38.4, rel=1e-14)
    assert row["near_m"] == 0
    assert row["view_basis"] == "given"
    assert row["assumed_fields"] == ""
    assert row["level"] == "detect"
    assert (row["x_m"], row["y_m"]) == (10, 20)
    assert row["geometry"].area == pytest.approx(0.25 * math.pi * 38.4**2, rel=1e-12)


def test_the_shorter_of_range_and_level_counts() -> None:
    assert one(range_m=20.0)["far_m"] == 20
    assert one(range_m=100.0)["far_m"] == pytest.approx(38.4, rel=1e-14)


def test_missing_values_are_filled_and_named() -> None:
    row = one(hfov_deg=np.nan, horizontal_px=np.nan, mount_height_m=np.nan, camera_type="anpr")
    assert row["assumed_fields"] == "hfov_deg horizontal_px range_m mount_height_m"
    assert row["view_basis"] == "assumed"
    assert row["far_m"] == 30
    assert row["hfov_deg"] == 60


def test_a_filled_height_does_not_shape_the_view() -> None:
    row = one(mount_height_m=np.nan, vfov_deg=30.0, tilt_deg=45.0)
    assert row["assumed_fields"] == "mount_height_m"
    assert row["view_basis"] == "given"
    assert row["mount_height_m"] == 4
    assert row["near_m"] == 0


def test_reach_is_a_disc_of_what_the_lens_resolves_at_once() -> None:
    row = one(camera_type="ptz", azimuth_deg=np.nan, hfov_deg=np.nan, view_basis="reach")
    distance = 1920 / (2 * 25 * math.tan(math.radians(25)))
    assert row["far_m"] == pytest.approx(distance, rel=1e-14)
    assert (row["hfov_deg"], row["azimuth_deg"], row["near_m"]) == (360, 0, 0)
    assert row["view_basis"] == "reach"
    assert row["assumed_fields"] == "hfov_deg"
    assert row["geometry"].area == pytest.approx(math.pi * distance**2, rel=1e-12)


def test_a_tilted_picture_is_a_trapezoid() -> None:
    row = one(mount_height_m=6.0, tilt_deg=45.0, vfov_deg=30.0)
    near, far = blind_zone_m(6, 45, 30, target_height_m=1.6)
    # Both edges run across the picture, half of them tan(HFOV/2) = 1 times the depth to either
    # side: the depth of a place y ahead and 4.4 m down along the centre line is (y + 4.4) / √2.
    sides = [(y + 4.4) / math.sqrt(2) for y in (near, far)]
    corners = [(-sides[0], near), (sides[0], near), (sides[1], far), (-sides[1], far)]
    expected = shapely.Polygon([(10 + x, 20 + y) for x, y in corners])
    assert row["geometry"].symmetric_difference(expected).area < 1e-9
    assert row["near_m"] == pytest.approx(near, rel=1e-12)
    assert row["far_m"] == pytest.approx(math.hypot(sides[1], far), rel=1e-12)
    assert row["view_shape"] == "picture"


def test_a_panorama_keeps_its_sector_between_its_edges() -> None:
    row = one(mount_height_m=6.0, tilt_deg=45.0, vfov_deg=30.0, hfov_deg=180.0)
    near, far = blind_zone_m(6, 45, 30, target_height_m=1.6)
    assert (row["near_m"], row["far_m"]) == pytest.approx((near, far))
    assert row["geometry"].area == pytest.approx(math.pi / 2 * (far**2 - near**2), rel=1e-12)
    assert row["view_shape"] == "sector"


def test_a_picture_without_its_height_in_degrees_takes_the_usual_shape() -> None:
    row = one(mount_height_m=6.0, tilt_deg=45.0)
    assert row["view_basis"] == "assumed"
    assert row["assumed_fields"] == "vfov_deg"
    given = one(mount_height_m=6.0, tilt_deg=45.0, vfov_deg=2 * math.degrees(math.atan(9 / 16)))
    assert row["geometry"].equals_exact(given["geometry"], 1e-9)


def test_a_view_of_the_sky_is_empty() -> None:
    row = one(tilt_deg=-60.0, vfov_deg=30.0)
    assert row["geometry"].is_empty
    assert row["near_m"] == row["far_m"]


def test_panoramic_camera_needs_no_heading() -> None:
    row = one(azimuth_deg=np.nan, hfov_deg=360.0, horizontal_px=3840.0)
    assert row["view_basis"] == "given"
    assert row["far_m"] == pytest.approx(3840 / (25 * 2 * math.pi))


def test_index_crs_and_input_are_kept() -> None:
    frame = cameras({}, {"camera_id": "c0", "azimuth_deg": 90.0}, {"hfov_deg": np.nan})
    before = frame.copy(deep=True)
    made = view_sectors(frame, level=DETECT, assumptions=TAKEN)
    assert_geodataframe_equal(frame, before)
    pd.testing.assert_index_equal(made.index, frame.index)
    assert made.crs == frame.crs
    assert made["view_basis"].tolist() == ["given", "given", "assumed"]
    check(made, Sectors, "sectors")


def test_no_cameras() -> None:
    made = view_sectors(cameras({}).iloc[:0], level=DETECT, assumptions=TAKEN)
    assert len(made) == 0
    check(made, Sectors, "sectors")


def test_a_view_needs_a_heading() -> None:
    with pytest.raises(InputError, match=r"not marked as reach \[1 row: v1\]"):
        view_sectors(cameras({}, {"azimuth_deg": np.nan}), level=DETECT, assumptions=TAKEN)


def test_faulty_assumptions_come_together() -> None:
    with pytest.raises(InputError) as caught:
        ViewAssumptions(
            hfov_deg={"fixed": -1},
            horizontal_px=dict.fromkeys(KINDS, 1),
            mount_height_m=dict.fromkeys(KINDS, 1),
            range_m={"drone": 4},
            target_height_m=-1,
        )
    assert len(caught.value.faults) == 4


def test_assumptions_from_the_embedded_coefficients() -> None:
    taken = ViewAssumptions.from_coefficients(hfov_deg={"fixed": 71}, target_height_m=0)
    assert taken.hfov_deg["fixed"] == 71
    assert set(taken.hfov_deg) == set(KINDS)
    assert taken.target_height_m == 0
    assert set(taken.range_m) <= set(KINDS)


def test_an_assumed_range_counts_only_where_it_cuts() -> None:
    longer = dataclasses.replace(TAKEN, range_m={"fixed": 39.0})
    shorter = dataclasses.replace(TAKEN, range_m={"fixed": 38.0})
    uncut = view_sectors(cameras({}), level=DETECT, assumptions=longer).iloc[0]
    cut = view_sectors(cameras({}), level=DETECT, assumptions=shorter).iloc[0]
    assert (uncut["view_basis"], uncut["assumed_fields"]) == ("given", "")
    assert uncut["far_m"] == pytest.approx(38.4)
    assert (cut["view_basis"], cut["assumed_fields"]) == ("assumed", "range_m")
    assert cut["far_m"] == 38
