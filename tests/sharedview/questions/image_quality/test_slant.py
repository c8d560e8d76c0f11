from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from sharedview.questions.image_quality.slant import SlantLoss, slant_loss


def cameras(heights: list[float], tilts: list[float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "camera_id": [f"c{k}" for k in range(len(heights))],
            "view_basis": "given", "hfov_deg": 60.0, "vfov_deg": 36.0,
            "mount_height_m": heights, "tilt_deg": tilts,
        },
        geometry=[Point(0, 0)] * len(heights), crs=27700,
    )  # fmt: skip


def test_who_identifies_nowhere_from_where_they_hang() -> None:
    # 1920 pixels over 60 degrees identify to 6.65 m. From 8 m at 70 degrees a face is 6.4 m below:
    # it is reached. At 60 degrees from 9 m it is 7.4 m below: never, though the picture begins
    # 1.57 m along the ground. At 20 degrees from 8 m the picture begins 8.2 m off: by neither rule.
    frame = cameras([8.0, 9.0, 8.0, np.nan], [70.0, 60.0, 20.0, 20.0])
    found = slant_loss(frame, horizontal_px=np.full(4, 1920.0), px_per_m=250.0, target_height_m=1.6)
    assert found == SlantLoss(known=3, flat=2, lost=1)
    assert found.lost_share == 0.5


def test_what_is_not_known_is_not_judged() -> None:
    frame = cameras([9.0], [60.0])
    found = slant_loss(frame, horizontal_px=np.array([np.nan]), px_per_m=250.0, target_height_m=1.6)
    assert found == SlantLoss(0, 0, 0)
    assert found.lost_share == pytest.approx(np.nan, nan_ok=True)
