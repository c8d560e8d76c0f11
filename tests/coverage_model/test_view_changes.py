"""Other cameras at the same places: areas by the closed form of a sector."""

from __future__ import annotations

import math

import geopandas as gpd
import pytest
import shapely

from coverage_model.coverage import dissolve
from coverage_model.illustrative import illustrative_cameras
from coverage_model.optics import find_level
from coverage_model.sectors import view_sectors
from coverage_model.view_changes import with_resolution, with_sensors


@pytest.fixture
def camera() -> gpd.GeoDataFrame:
    """One fixed camera that sees 60° to its front, close to the ground so that nothing is blind."""
    frame = illustrative_cameras(seed=1, private_per_public=0.0)
    one = frame[(frame["camera_type"] == "fixed") & (frame["view_basis"] != "reach")].iloc[[0]]
    return one.assign(
        azimuth_deg=350.0, hfov_deg=60.0, vfov_deg=90.0, horizontal_px=1920.0, range_m=500.0,
        mount_height_m=1.6, tilt_deg=0.0,
    )  # fmt: skip


def ground(frame: gpd.GeoDataFrame) -> float:
    views = view_sectors(frame, level=find_level("identify"))
    return float(shapely.area(dissolve(views.geometry.array)).sum())


def test_twice_the_pixels_see_four_times_the_ground(camera: gpd.GeoDataFrame) -> None:
    far = 1920 / (2 * 250 * math.tan(math.radians(30)))
    assert ground(camera) == pytest.approx(math.radians(60) / 2 * far**2, rel=1e-6)
    assert ground(with_resolution(camera, 3840)) == pytest.approx(4 * ground(camera), rel=1e-6)
    assert ground(with_resolution(camera, 640)) == pytest.approx(ground(camera))


def test_sensors_stand_side_by_side_across_north(camera: gpd.GeoDataFrame) -> None:
    three = with_sensors(camera, 3)
    assert three["azimuth_deg"].tolist() == [290.0, 350.0, 50.0]
    assert ground(three) == pytest.approx(3 * ground(camera), rel=1e-6)
    # Eight of 60° would go round a second time: six close the circle.
    assert len(with_sensors(camera, 8)) == 6
    assert three.index.is_unique


def test_reach_stays_as_it_is(camera: gpd.GeoDataFrame) -> None:
    turning = camera.assign(view_basis="reach")
    assert with_sensors(turning, 4).index.tolist() == turning.index.tolist()
