from __future__ import annotations

import numpy as np
import pytest
from shapely import Point, box
from shapely.affinity import rotate, scale

from coverage_model.base import datasets
from coverage_model.base.schemas import POSITION_STATUSES, VisibleAreas, check
from coverage_model.sight.grid import index_obstacles
from coverage_model.sight.positions import STATUSES, place_cameras
from coverage_model.sight.visibility import SNAP_TOLERANCE_M, visible_areas
from tests.oracles.views import BNG, footprints, sectors_frame, see, sweep_all

HOUSE = box(-10, -10, 10, 10)


def test_statuses_are_those_of_the_schema() -> None:
    assert set(STATUSES) == set(POSITION_STATUSES)


def test_default_tolerance_is_the_stated_coefficient() -> None:
    assert datasets.coefficients()["value"]["snap_tolerance_m"] == SNAP_TOLERANCE_M


@pytest.mark.parametrize(
    ("camera", "status", "place", "moved"),
    [
        ((0.0, 12.0), "free", (0.0, 12.0), 0.0),
        ((0.0, 10.11), "free", (0.0, 10.11), 0.0),
        ((0.0, 10.05), "on_wall", (0.0, 10.2), 0.15),
        ((0.0, 10.0), "on_wall", (0.0, 10.2), 0.2),
        ((0.0, 9.95), "on_wall", (0.0, 10.2), 0.25),
        ((0.0, 9.0), "snapped", (0.0, 10.2), 1.2),
        ((3.0, -8.1), "snapped", (3.0, -10.2), 2.1),
        ((0.0, 7.9), "inside_unresolved", (0.0, 7.9), 0.0),
        ((0.0, 0.0), "inside_unresolved", (0.0, 0.0), 0.0),
    ],
)
def test_where_a_camera_stands(
    camera: tuple[float, float], status: str, place: tuple[float, float], moved: float
) -> None:
    seen = see([HOUSE], camera)
    assert seen.status == status
    assert seen.camera == pytest.approx(place, abs=1e-9)
    assert seen.moved == pytest.approx(moved, abs=1e-9)
    assert (seen.area == 0) == (status == "inside_unresolved")
    assert seen.polygon.is_empty == (status == "inside_unresolved")


@pytest.mark.parametrize(
    ("azimuth", "place"),
    [
        (0.0, (9.0, 10.2)),  # north is further, but a camera that looks north hangs there
        (90.0, (10.2, 8.5)),
        (45.0, (10.2, 8.5)),  # both façades face it: the nearer one
        (270.0, (9.0, 10.2)),  # along the north wall is more likely than out of the west one
        (225.0, (10.2, 8.5)),  # no façade within reach faces it: the nearest
    ],
)
def test_the_facade_that_faces_the_heading_comes_first(
    azimuth: float, place: tuple[float, float]
) -> None:
    seen = see([HOUSE], (9.0, 8.5), azimuth=azimuth, hfov=90.0)
    assert seen.status == "snapped"
    assert seen.camera == pytest.approx(place, abs=1e-9)


def test_a_full_circle_has_no_heading_to_face() -> None:
    assert see([HOUSE], (9.0, 8.5), azimuth=0.0).camera == pytest.approx((10.2, 8.5), abs=1e-9)


def test_corners_are_left_along_the_bisector() -> None:
    off = 0.2 / np.sqrt(2)
    outward = see([HOUSE], (10.0, 10.0))
    assert outward.camera == pytest.approx((10 + off, 10 + off), abs=1e-9)
    # A footprint given twice has no more say than one given once.
    house_and_more = [HOUSE, box(0, 5, 10, 10), box(0, 5, 10, 10)]
    assert see(house_and_more, (10.0, 10.0)).camera == outward.camera
    # In the corner of a courtyard the way out leads inwards.
    house = box(-20, -20, 20, 20).difference(HOUSE)
    inward = see([house], (10.0, 10.0))
    assert inward.camera == pytest.approx((10 - off, 10 - off), abs=1e-9)
    assert inward.area == pytest.approx(400, rel=1e-9)


def test_a_party_wall_is_no_facade() -> None:
    # The party wall is 0.5 m away, the street front 1.5 m.
    row = [box(-10, -10, 0, 10), box(0, -10, 10, 10)]
    seen = see(row, (-0.5, 8.5), azimuth=90.0, hfov=90.0)
    assert (seen.status, seen.camera) == ("snapped", pytest.approx((-0.5, 10.2), abs=1e-9))
    on_party_wall = see(row, (0.0, 5.0))
    assert on_party_wall.status == "inside_unresolved"


def test_a_facade_that_a_neighbour_covers_is_left_where_it_is_open() -> None:
    # A porch covers the wall from -3 to 0.3; open wall begins beside it.
    seen = see([HOUSE, box(-3, 9, 0.3, 14)], (0.0, 9.5))
    assert seen.status == "snapped"
    assert seen.camera[1] == pytest.approx(10.2, abs=1e-9)
    assert 0.3 < seen.camera[0] < 0.3 + 0.25


def test_in_two_buildings_at_once() -> None:
    # The inner house's wall lies within the outer one, so it is no way out.
    seen = see([HOUSE, box(-9.5, -9.5, 9.5, 9.5), HOUSE], (0.0, 9.2))
    assert seen.status == "snapped"
    assert seen.camera == pytest.approx((0.0, 10.2), abs=1e-9)


def test_tolerance_is_a_parameter() -> None:
    assert see([HOUSE], (0.0, 6.0), tolerance=2.0).status == "inside_unresolved"
    assert see([HOUSE], (0.0, 6.0), tolerance=4.0).status == "snapped"
    assert see([HOUSE], (0.0, 9.95), tolerance=0.0).status == "on_wall"
    with pytest.raises(ValueError, match="snap_tolerance_m"):
        see([HOUSE], tolerance=-1.0)


def test_offset_is_a_parameter() -> None:
    index = index_obstacles(footprints([HOUSE]))
    place = [np.array([value]) for value in (BNG[0], BNG[1] + 9.0)]
    view = {"azimuth_deg": np.zeros(1), "hfov_deg": np.full(1, 360.0), "index": index}
    placed = place_cameras(*place, snap_tolerance_m=2.0, wall_offset_m=0.3, **view)
    assert placed.y_m[0] - BNG[1] == pytest.approx(10.3)
    with pytest.raises(ValueError, match="wall_offset_m"):
        place_cameras(*place, snap_tolerance_m=2.0, wall_offset_m=0.0, **view)


def test_none_in_a_footprint_sees_a_full_disc_and_all_are_counted() -> None:
    rng = np.random.default_rng(8)
    blocks = [box(x, y, x + 9, y + 7) for x, y in rng.uniform(-60, 60, (60, 2))]
    cameras = rng.uniform(-60, 60, (400, 2))
    swept = sweep_all(blocks, cameras)
    inside = np.array([any(b.contains(Point(c)) for b in blocks) for c in cameras])
    assert inside.any()
    assert not (swept.area_m2[inside, 0] > 0.95 * np.pi * 2500).any()
    counted = {status: (swept.position_status == status).sum() for status in POSITION_STATUSES}
    assert sum(counted.values()) == 400
    assert counted["free"] == (~inside & (swept.moved_m == 0)).sum() - sum(
        (swept.position_status == "on_wall") & (swept.moved_m == 0)
    )
    # No camera that sees anything is left in a building.
    places = np.stack([swept.x_m, swept.y_m], axis=1) - BNG
    sees = swept.position_status != "inside_unresolved"
    assert not any(b.contains(Point(p)) for b in blocks for p in places[sees])


def test_frame_reports_the_policy() -> None:
    sectors = sectors_frame(BNG[0], BNG[1] + np.array([0.0, 9.0, 10.0, 30.0]))
    seen = visible_areas(sectors, footprints([HOUSE]))
    check(seen, VisibleAreas, "visible")
    assert seen["position_status"].tolist() == ["inside_unresolved", "snapped", "on_wall", "free"]
    assert seen["moved_m"].to_numpy() == pytest.approx([0, 1.2, 0.2, 0])
    assert seen["unobstructed_m2"].to_numpy() == pytest.approx(np.pi * 2500 / 4)
    assert seen.geometry.iloc[0].is_empty


def test_place_found_is_clear_of_every_other_wall() -> None:
    # Straight out of the near wall the camera would stand exactly on the wall of the other house.
    seen = see([box(0, -10, 5, 0), box(-10, -10, 0, 0.2)], (1e-3, -0.5), azimuth=0.0, hfov=90.0)
    assert seen.status == "snapped"
    assert min(Point(seen.camera).distance(b.boundary) for b in (box(0, -10, 5, 0),)) > 0.01
    assert box(-10, -10, 0, 0.2).distance(Point(seen.camera)) > 0.01 - 1e-9


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_in_line_with_a_wall_is_outside(side: float) -> None:
    # The camera has the very easting of the wall's corners.
    thin = scale(box(0, 2, 0.333, 19), side, 1.0, origin=(0, 0))
    far_off = scale(box(40, -40, 41, -39), side, 1.0, origin=(0, 0))
    assert see([thin, far_off]).status == "free"
    lying = rotate(thin, 90, origin=(0, 0))
    assert see([lying, far_off]).status == "free"
