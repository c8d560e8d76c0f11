"""What a picture holds of a plane: by hand, and against the projection of single points."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage_model.base.errors import InputError
from coverage_model.optics.picture import Lens, can_be_drawn, footprints, slant_reach_m
from coverage_model.optics.target import target_plane

ENDLESS = 1e6
WIDE = 1920.0


def held(**view: Any) -> Any:
    usual = {"azimuth_deg": 0.0, "slant_m": ENDLESS, "hfov_deg": 60.0, "vfov_deg": 36.0}
    polygon = footprints(**usual | view).polygons()[0]
    assert polygon.is_valid
    parts = [p for p in shapely.get_parts(polygon) if not p.is_empty]
    assert all(part.exterior.is_ccw for part in parts)
    return polygon


def trapezoid(drop: float, tilt: float, hfov: float, vfov: float) -> list[tuple[float, float]]:
    """Corners of a level camera's picture that looks north: both edges run east to west."""
    near, far = (drop / math.tan(math.radians(tilt + way * vfov / 2)) for way in (1, -1))
    # How deep a place y ahead lies along the centre line, times half the picture's width at 1 m.
    side = [
        (y * math.cos(math.radians(tilt)) + drop * math.sin(math.radians(tilt)))
        * math.tan(math.radians(hfov / 2))
        for y in (near, far)
    ]
    return [(-side[0], near), (side[0], near), (side[1], far), (-side[1], far)]


def test_a_tilted_picture_by_hand() -> None:
    # 8 m up, 60 degrees down, 60 by 36 degrees: near edge 8 / tan 78 = 1.7004525 m, far edge
    # 8 / tan 42 = 8.8849001 m; half widths 4.4908784 and 6.5648497 m.
    by_hand = shapely.Polygon([
        (-4.490878352, 1.700452493), (4.490878352, 1.700452493),
        (6.564849738, 8.884900119), (-6.564849738, 8.884900119),
    ])  # fmt: skip
    found = held(tilt_deg=60.0, drop_m=8.0)
    assert found.symmetric_difference(by_hand).area < 1e-6
    assert found.area == pytest.approx(79.42929942, abs=1e-6)


@pytest.mark.parametrize(("tilt", "times"), [(60.0, 2.0), (45.0, 1.4)])
def test_the_annular_sector_was_wrong_by_that_much(tilt: float, times: float) -> None:
    near, far = (8 / math.tan(math.radians(tilt + way * 18)) for way in (1, -1))
    sector = math.radians(60) / 2 * (far**2 - near**2)
    assert held(tilt_deg=tilt, drop_m=8.0).area / sector == pytest.approx(times, abs=0.02)


def test_straight_down_the_footprint_is_the_picture() -> None:
    found = held(tilt_deg=90.0, drop_m=5.0, azimuth_deg=30.0)
    a, b = 5 * math.tan(math.radians(30)), 5 * math.tan(math.radians(18))
    turn = -math.radians(30)
    corners = [
        (x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn))
        for x, y in ((-a, -b), (a, -b), (a, b), (-a, b))
    ]
    assert found.symmetric_difference(shapely.Polygon(corners)).area < 1e-9


def test_a_rolled_picture_by_hand() -> None:
    # Rolled by a quarter turn, width and height change places.
    upright = held(tilt_deg=50.0, drop_m=4.0, hfov_deg=36.0, vfov_deg=60.0)
    rolled = held(tilt_deg=50.0, drop_m=4.0, roll_deg=90.0)
    assert rolled.symmetric_difference(upright).area < 1e-9
    # Rolled by 20 degrees clockwise, straight down: the picture's right side turns to the south.
    down = held(tilt_deg=90.0, drop_m=1.0, roll_deg=20.0)
    corner = (
        math.tan(math.radians(30)) * math.cos(math.radians(-20))
        - math.tan(math.radians(18)) * math.sin(math.radians(-20)),
        math.tan(math.radians(30)) * math.sin(math.radians(-20))
        + math.tan(math.radians(18)) * math.cos(math.radians(-20)),
    )
    assert down.distance(shapely.Point(corner)) < 1e-9
    assert shapely.Point(1.0001 * np.array(corner)).within(down) is False


@pytest.mark.parametrize("tilt", [90.0, 65.0])
def test_a_fisheye_holds_an_ellipse(tilt: float) -> None:
    # A round picture of half angle 20 degrees is a cone; a plane cuts it in an ellipse of the
    # eccentricity cos(tilt) / cos(20), between drop / tan(tilt + 20) and drop / tan(tilt - 20).
    ends = [4 / math.tan(math.radians(tilt + way * 20)) for way in (1, -1)]
    half = (ends[1] - ends[0]) / 2
    narrow = math.sqrt(1 - (math.cos(math.radians(tilt)) / math.cos(math.radians(20))) ** 2)
    found = held(tilt_deg=tilt, drop_m=4.0, hfov_deg=40.0, vfov_deg=40.0, lens="fisheye")
    assert found.area == pytest.approx(math.pi * half**2 * narrow, rel=1e-6)


def test_a_fisheye_under_a_ceiling_sees_to_its_reach() -> None:
    found = footprints(
        azimuth_deg=0, tilt_deg=90, hfov_deg=180, vfov_deg=180, drop_m=3, slant_m=5, lens="fisheye"
    )
    assert found.polygons()[0].area == pytest.approx(math.pi * 16, rel=1e-12)
    assert (found.near_m[0], found.far_m[0]) == (0.0, 4.0)


def test_a_table_of_straight_lines_is_the_fisheye() -> None:
    view = {"tilt_deg": 40.0, "drop_m": 4.0, "hfov_deg": 100.0, "vfov_deg": 60.0, "slant_m": 30.0}
    table = held(lens="0:0 30:1 60:2 90:3", **view)
    assert table.symmetric_difference(held(lens="fisheye", **view)).area < 1e-4 * table.area
    # The middle of this table has 1 / 30 of a unit for a degree, everywhere: its pixels are even.
    assert slant_reach_m(WIDE, 100, 25, lens="0:0 30:1 60:2") == pytest.approx(
        slant_reach_m(WIDE, 100, 25, lens="fisheye"), rel=1e-3
    )


def test_a_barrel_table_counts_at_its_weakest() -> None:
    # At 50 degrees the curve is flatter than in the middle: fewer pixels for a degree.
    barrel = "0:0 20:0.36 40:0.64 60:0.80"
    assert slant_reach_m(WIDE, 100, 25, lens=barrel) < slant_reach_m(WIDE, 100, 25, lens="fisheye")
    assert held(tilt_deg=40.0, drop_m=4.0, hfov_deg=100.0, slant_m=30.0, lens=barrel).area > 0


@pytest.mark.parametrize(
    ("text", "problem"), [("0:0 30:1 20:2", "rise"), ("5", "pairs"), ("1:1 2:2", "rise")]
)
def test_faulty_tables(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Lens.from_text(text)


def test_a_lens_angle_and_radius_invert_each_other() -> None:
    lens = Lens.from_text("0:0 20:0.36 40:0.64 60:0.80")
    angles = np.array([0.0, 7.0, 20.0, 33.3, 60.0])
    np.testing.assert_allclose(lens.angle_at(lens.radius_at(angles)), angles, atol=1e-9)


def test_a_face_is_identified_as_far_as_the_slant_allows() -> None:
    face, plate = (target_plane(name).height_m for name in ("face", "plate"))
    reach = slant_reach_m(WIDE, 60.0, 250.0)
    assert reach == pytest.approx(6.651076, abs=1e-6)  # 1920 / (2 · 250 · tan 30)
    steep = {"tilt_deg": 70.0, "slant_m": reach, "hfov_deg": 60.0, "vfov_deg": 36.0}

    def along(drop: float) -> float:
        return float(footprints(azimuth_deg=0, drop_m=drop, **steep).far_m[0])

    assert along(8.0 - face) == pytest.approx(math.sqrt(reach**2 - 6.4**2), abs=1e-6)  # 1.81 m
    assert along(8.0 - face) == pytest.approx(1.8, abs=0.02)
    assert along(10.0 - face) == 0.0
    assert along(6.0 - plate) == pytest.approx(math.sqrt(reach**2 - 5.5**2), abs=1e-6)
    assert along(8.0 - plate) == 0.0


def test_the_weaker_direction_of_uneven_pixels_counts() -> None:
    square = slant_reach_m(1920, 60, 25, vertical_px=1080, vfov_deg=36.0)
    assert square == pytest.approx(slant_reach_m(1920, 60, 25), rel=1e-3)
    half = slant_reach_m(1920, 60, 25, vertical_px=540, vfov_deg=36.0)
    assert half == pytest.approx(540 / (2 * 25 * math.tan(math.radians(18))))


def test_a_plane_above_the_lens_is_seen_from_below() -> None:
    below = held(tilt_deg=30.0, drop_m=2.0, slant_m=20.0)
    above = held(tilt_deg=-30.0, drop_m=-2.0, slant_m=20.0)
    assert above.symmetric_difference(below).area < 1e-9
    # A clockwise roll lowers the right side, which from below is the mirror image.
    rolled = held(tilt_deg=30.0, drop_m=2.0, slant_m=20.0, roll_deg=10.0)
    mirrored = held(tilt_deg=-30.0, drop_m=-2.0, slant_m=20.0, roll_deg=-10.0)
    assert rolled.symmetric_difference(mirrored).area < 1e-9


def test_what_cannot_be_drawn() -> None:
    assert can_be_drawn([179.0, 180.0], 60.0).tolist() == [True, False]
    assert can_be_drawn([200.0, 200.0], 60.0, ["fisheye", "0:0 90:1"]).tolist() == [True, False]
    with pytest.raises(ValueError, match="hold"):
        held(tilt_deg=0, drop_m=1, hfov_deg=200)
    with pytest.raises(ValueError, match="horizon"):
        footprints(azimuth_deg=0, tilt_deg=10, hfov_deg=60, vfov_deg=36, drop_m=3)
    assert held(tilt_deg=0.0, drop_m=0.0).is_empty
    assert held(tilt_deg=-60.0, drop_m=3.0).is_empty


def test_target_planes() -> None:
    assert [target_plane(name).height_m for name in ("ground", " Face ", "plate", 2, "1.2 m")] == [
        0.0, 1.6, 0.5, 2.0, 1.2,
    ]  # fmt: skip
    for wrong in ("knee", -1, "nan", 151):
        with pytest.raises(InputError, match="ground, face, plate"):
            target_plane(wrong)


VIEWS = st.fixed_dictionaries(
    {
        "azimuth_deg": st.floats(0, 359),
        "tilt_deg": st.floats(-30, 90),
        "roll_deg": st.floats(-60, 60),
        "hfov_deg": st.floats(10, 150),
        "vfov_deg": st.floats(10, 120),
        "drop_m": st.sampled_from([0.4, 2.4, 6.0, -1.0]),
        "lens": st.sampled_from(["rectilinear", "fisheye"]),
    }
)


def holds(view: dict[str, Any], points: np.ndarray) -> np.ndarray:
    """Whether a picture holds ground points: each is turned into the camera's frame."""
    azimuth, tilt, roll = (math.radians(view[f"{n}_deg"]) for n in ("azimuth", "tilt", "roll"))
    right = np.array([math.cos(azimuth), -math.sin(azimuth), 0.0])
    level = np.array([math.sin(azimuth), math.cos(azimuth), 0.0])
    ahead = math.cos(tilt) * level - math.sin(tilt) * np.array([0, 0, 1.0])
    up = np.cross(right, ahead)
    x, y = (
        math.cos(roll) * right - math.sin(roll) * up,
        math.sin(roll) * right + math.cos(roll) * up,
    )
    rays = np.column_stack([points, np.full(len(points), -view["drop_m"])])
    u, v, w = rays @ x, rays @ y, rays @ ahead
    half_w, half_h = (math.radians(view[n]) / 2 for n in ("hfov_deg", "vfov_deg"))
    if view["lens"] == "rectilinear":
        inside = (np.abs(u) <= w * math.tan(half_w)) & (np.abs(v) <= w * math.tan(half_h))
        return inside & (w > 0)
    off = np.arctan2(np.hypot(u, v), w)
    share = off / np.maximum(np.hypot(u, v), 1e-12)
    most = max(half_w, half_h)
    return (off <= most) & (np.abs(u) * share <= half_w) & (np.abs(v) * share <= half_h)


@settings(max_examples=150, deadline=None)
@given(view=VIEWS, seed=st.integers(0, 10_000))
def test_points_are_in_the_footprint_where_their_image_is_in_the_picture(
    view: dict[str, Any], seed: int
) -> None:
    slant = 30.0
    polygon = held(**view, slant_m=slant)
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (400, 2)) * rng.choice([3.0, 30.0], (400, 1))
    near_enough = np.hypot(*points.T) ** 2 + view["drop_m"] ** 2 <= slant**2
    expected = holds(view, points) & near_enough
    found = shapely.contains_xy(polygon, *points.T)
    # Straight sides are exact but for the chords of the circle; a fisheye's bend near the horizon.
    close = 0.05 if view["lens"] == "rectilinear" else 0.3
    edge = shapely.distance(polygon.boundary, shapely.points(points)) < close
    if polygon.is_empty:
        edge[:] = False
    assert (found == expected)[~edge].all()


@settings(max_examples=60, deadline=None)
@given(view=VIEWS)
def test_a_finer_level_holds_a_part_of_a_coarser_one(view: dict[str, Any]) -> None:
    coarse, fine = (held(**view, slant_m=reach) for reach in (30.0, 12.0))
    # A fisheye's edge is drawn in 240 steps, which near the horizon stray by centimetres.
    assert fine.difference(coarse.buffer(0.03)).area < 1e-6
    # Beyond the axis density falls: what is lost lies further off than what is left.
    lost = coarse.difference(fine.buffer(0.03))
    nearest = lost.distance(shapely.Point(0, 0)) if not lost.is_empty else math.inf
    assert nearest >= math.sqrt(max(12.0**2 - view["drop_m"] ** 2, 0.0)) - 0.05
