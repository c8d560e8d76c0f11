"""Other cameras at the same places: areas by the closed form of a sector."""

from __future__ import annotations

import math

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from coverage_model.cover.coverage import dissolve
from coverage_model.optics.pixel_density import find_level
from coverage_model.optics.sectors import view_sectors
from coverage_model.reading.illustrative import illustrative_frame
from sharedview.questions.technology.view_changes import with_resolution, with_sensors


@pytest.fixture
def camera() -> gpd.GeoDataFrame:
    """One fixed camera that sees 60° to its front, close to the ground so that nothing is blind."""
    frame = illustrative_frame(seed=1, private_per_public=0.0)
    one = frame[(frame["camera_type"] == "fixed") & (frame["view_basis"] != "reach")].iloc[[0]]
    return one.assign(
        azimuth_deg=350.0, hfov_deg=60.0, vfov_deg=90.0, horizontal_px=1920.0, range_m=500.0,
        mount_height_m=1.6, tilt_deg=0.0,
    )  # fmt: skip


def cone(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return view_sectors(frame, level=find_level("identify"))


def ground(views: gpd.GeoDataFrame) -> float:
    return float(shapely.area(dissolve(views.geometry.array)).sum())


def test_twice_the_pixels_see_four_times_the_ground(camera: gpd.GeoDataFrame) -> None:
    far = 1920 / (2 * 250 * math.tan(math.radians(30)))
    before = ground(cone(camera))
    assert before == pytest.approx(math.radians(60) / 2 * far**2, rel=1e-6)
    assert ground(cone(with_resolution(camera, 3840))) == pytest.approx(4 * before, rel=1e-6)
    assert ground(cone(with_resolution(camera, 640))) == pytest.approx(before)


def test_sensors_stand_side_by_side_across_north(camera: gpd.GeoDataFrame) -> None:
    one = cone(camera)
    three = with_sensors(one, 3)
    assert three["hfov_deg"].tolist() == [180.0]
    # As three cameras of their own, beside each other about a heading of 350°.
    apart = pd.concat([camera.assign(azimuth_deg=turn) for turn in (290.0, 350.0, 50.0)])
    apart = cone(apart.set_axis(["a", "b", "c"]))
    assert ground(three) == pytest.approx(3 * ground(one), rel=1e-6)
    assert ground(three) == pytest.approx(ground(apart), rel=1e-6)
    union = shapely.union_all(apart.geometry.array)
    assert shapely.area(shapely.difference(three.geometry.iloc[0], union)) < 1e-3 * union.area
    # Eight of 60° would go round a second time: they close the circle.
    assert ground(with_sensors(one, 8)) == pytest.approx(6 * ground(one), rel=1e-6)


def test_reach_stays_as_it_is(camera: gpd.GeoDataFrame) -> None:
    turning = cone(camera.assign(view_basis="reach"))
    assert ground(with_sensors(turning, 4)) == pytest.approx(ground(turning))
