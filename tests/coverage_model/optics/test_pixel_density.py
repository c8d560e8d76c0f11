from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from coverage_model.base.errors import InputError, MissingFileError
from coverage_model.optics import pixel_density as optics
from coverage_model.optics.pixel_density import (
    Level,
    blind_zone_m,
    dori_distance_m,
)
from coverage_model.reading.lens import hfov_from_lens_deg


@pytest.mark.parametrize(
    ("px", "hfov", "expected"),
    [
        # Detect, observe, recognise and identify (25, 62.5, 125, 250 px/m), planar, as published
        # to the metre for the usual cameras.
        (1920, 90, (38, 15, 8, 4)),
        (2688, 90, (54, 22, 11, 5)),
        (3840, 90, (77, 31, 15, 8)),
        (1920, 60, (67, 27, 13, 7)),
        (1920, 2.1, (2095, 838, 419, 210)),
    ],
)
def test_distances_of_common_cameras(px: float, hfov: float, expected: tuple[int, ...]) -> None:
    found = dori_distance_m(px, hfov, np.array([25, 62.5, 125, 250]))
    np.testing.assert_allclose(found, expected, atol=0.5)


def test_both_forms_against_a_published_calculator() -> None:
    # 1920 px at 90°: the calculator's 48.9 m and 4.9 m are the arc form; planar is 38.4 and 3.8.
    assert dori_distance_m(1920, 90, 25, form="arc") == pytest.approx(48.9, abs=0.05)
    assert dori_distance_m(1920, 90, 250, form="arc") == pytest.approx(4.9, abs=0.05)
    assert dori_distance_m(1920, 90, 25) == pytest.approx(38.4, abs=1e-9)
    assert dori_distance_m(1920, 90, 250) == pytest.approx(3.84, abs=1e-9)
    assert dori_distance_m(1920, 60, 25, form="arc") == pytest.approx(73.3, abs=0.05)
    assert dori_distance_m(1920, 60, 25) == pytest.approx(66.5, abs=0.05)


def test_forms_agree_for_a_narrow_lens() -> None:
    arc = dori_distance_m(1920, 2.1, 25, form="arc")
    assert dori_distance_m(1920, 2.1, 25) == pytest.approx(arc, rel=2e-4)


def test_half_circle_and_wider_use_the_arc() -> None:
    hfov = np.array([180.0, 270.0, 360.0])
    planar = dori_distance_m(3840, hfov, 25)
    np.testing.assert_array_equal(planar, dori_distance_m(3840, hfov, 25, form="arc"))
    assert planar[2] == pytest.approx(3840 / (25 * 2 * math.pi), rel=1e-15)


def test_unknown_stays_unknown_and_shapes_broadcast() -> None:
    found = dori_distance_m([1920, np.nan], [[90.0], [60.0]], 25)
    assert found.shape == (2, 2)
    assert np.isnan(found[:, 1]).all()
    assert np.isfinite(found[:, 0]).all()


def test_density_inverts_distance() -> None:
    distance = dori_distance_m(1920, 75, 62.5, form="arc")
    assert optics.pixel_density(1920, 75, distance, form="arc") == pytest.approx(62.5, rel=1e-14)


def test_unknown_form() -> None:
    with pytest.raises(ValueError, match="planar"):
        dori_distance_m(1920, 90, 25, form="flat")  # type: ignore[arg-type]


def test_field_of_view_from_the_lens() -> None:
    assert hfov_from_lens_deg(focal_mm=2.4, sensor_width_mm=4.8) == pytest.approx(90, rel=1e-15)
    # 5.6 mm wide, 12 mm lens: tan of the half angle is 7/30, so its double has cosine 851/949.
    found = hfov_from_lens_deg(focal_mm=12, sensor_width_mm=5.6)
    assert found == pytest.approx(math.degrees(math.acos(851 / 949)), rel=1e-13)


def test_blind_zone_by_hand() -> None:
    near, far = blind_zone_m(6.0, 45.0, 30.0)
    assert near == pytest.approx(6 / math.sqrt(3), rel=1e-14)  # 60° below the horizon
    assert far == pytest.approx(6 * math.sqrt(3), rel=1e-14)  # 30° below it


def test_blind_zone_at_face_height() -> None:
    near, far = blind_zone_m(6.0, 45.0, 30.0, target_height_m=1.6)
    assert near == pytest.approx(4.4 / math.sqrt(3), rel=1e-14)
    assert far == pytest.approx(4.4 * math.sqrt(3), rel=1e-14)


@pytest.mark.parametrize(
    ("height", "tilt", "vfov", "near", "far"),
    [
        (6, 10, 40, 6 / math.tan(math.radians(30)), math.inf),  # upper edge above the horizon
        (6, 20, 40, 6 / math.tan(math.radians(40)), math.inf),  # upper edge on the horizon
        (6, 80, 40, 0, 6 / math.tan(math.radians(60))),  # lower edge behind the foot
        (6, -30, 40, math.inf, math.inf),  # looks at the sky
        (6, 130, 40, 0, 0),  # looks behind itself
        (1, 45, 30, 0, 0),  # a face higher than the lens, taken as level with it
    ],
)
def test_blind_zone_at_the_limits(
    height: float, tilt: float, vfov: float, near: float, far: float
) -> None:
    found = blind_zone_m(height, tilt, vfov, target_height_m=1.6 if height == 1 else 0)
    assert found == pytest.approx((near, far), rel=1e-13)


def test_blind_zone_of_unknown_values() -> None:
    near, far = blind_zone_m([6, 6, np.nan], [np.nan, 45, 45], [30, np.nan, 30])
    assert np.isnan(near).all()
    assert np.isnan(far).all()


def test_embedded_levels() -> None:
    found = {level.name: level.px_per_m for level in optics.levels()}
    assert found["detect"] == 25
    assert found["identify"] == 250
    assert list(found.values()) == sorted(found.values())
    assert optics.find_level("Detect").table == "EN 62676-4:2015"
    with pytest.raises(InputError, match="Use one of: monitor, detect"):
        optics.find_level("glance")


def test_levels_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("level,px_per_m,why\nread,80,plates\nsee, 20 ,people\n", encoding="utf-8")
    assert optics.levels(path) == (Level("see", 20, "own.csv"), Level("read", 80, "own.csv"))
    assert optics.find_level("READ", str(path)).px_per_m == 80


def test_faults_of_a_level_file_come_together(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("level,px_per_m\nsee,20\nSee,-1\n,inf\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        optics.levels(path)
    assert [fault.rows for fault in caught.value.faults] == [
        ("row 4",),
        ("row 3",),
        ("row 3", "row 4"),
    ]
    path.write_text("colour\nsee\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column level and no column px_per_m"):
        optics.levels(path)
    path.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="file is empty"):
        optics.levels(path)
    path.write_text("level,px_per_m\n", encoding="utf-8")
    with pytest.raises(InputError, match="no rows"):
        optics.levels(path)
    with pytest.raises(MissingFileError):
        optics.levels(tmp_path / "none.csv")


def test_a_level_needs_a_density() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Level("none", 0)
