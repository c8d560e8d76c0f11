from __future__ import annotations

import json
import math

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from coverage_model.optics.pixel_density import Level
from coverage_model.optics.preview import previews


def camera(**given: object) -> gpd.GeoDataFrame:
    row = {
        "camera_id": "c", "camera_type": "fixed", "view_basis": "given", "hfov_deg": 90.0,
        "vfov_deg": 60.0, "horizontal_px": 1000.0, "mount_height_m": 5.0, "tilt_deg": 30.0,
    }  # fmt: skip
    return gpd.GeoDataFrame([row | given], geometry=[Point(0, 0)], crs=27700)


def test_a_person_by_hand() -> None:
    # 1000 pixels over 90 degrees are 500 for a radian: 50 px/m at 10 m from the lens. The target
    # lies on the ground, 5 m below: the level ends at 10 cos 30 = 8.660 m, on the centre line.
    (text,) = previews(camera(), target_height_m=0.0, shown=[Level("own", 50.0)])
    shape, left, right, ((name, metres, *place),) = json.loads(text)
    assert shape == pytest.approx(1 / math.tan(math.radians(30)), abs=1e-3)
    assert (left, right) == (1.0, 1.0)  # looking down by half its height: horizon at the top edge
    assert (name, metres) == ("own", 8.7)
    # The head is 1.7 m higher: 10 - 1.7 / 2 m deep and 1.7 cos 30 m above the centre line.
    head = 1.7 * math.cos(math.radians(30)) / (10 - 0.85) / math.tan(math.radians(30))
    assert place == pytest.approx([0.0, 0.0, 0.0, head], abs=1e-3)


def test_a_roll_tilts_the_horizon() -> None:
    (text,) = previews(camera(tilt_deg=0.0, roll_deg=10.0), target_height_m=0.0)
    _, left, right, _ = json.loads(text)
    assert right == pytest.approx(math.tan(math.radians(10)) / math.tan(math.radians(30)), abs=1e-3)
    assert left == -right


@pytest.mark.parametrize(
    "given", [{"tilt_deg": np.nan}, {"view_basis": "reach"}, {"lens_projection": "fisheye"}]
)
def test_views_without_a_flat_picture_have_none(given: dict[str, object]) -> None:
    assert previews(camera(**given), target_height_m=0.0) == [""]
