"""Pictures cut by buildings, and lenses on roofs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity, box

from coverage_model.base.ragged import pack
from coverage_model.optics.picture import footprints
from coverage_model.sight.grid import index_obstacles
from coverage_model.sight.visibility import sweep_views
from tests.oracles.views import BNG, see
from tests.oracles.views import footprints as obstacles

ROOF = box(-4, -4, 4, 4)


def see_region(
    region: Any, shapes: list[Any], *, heights: list[float] | None = None, mount: float = 4.0
) -> tuple[float, Any]:
    """Area and polygon that a camera at the origin sees of a region."""
    one = np.array([0.0])
    swept = sweep_views(
        one + BNG[0], one + BNG[1], azimuth_deg=one, hfov_deg=one + 90, near_m=one,
        far_m=one + 50, mount_height_m=one + mount,
        index=index_obstacles(obstacles(shapes, heights)), threads=1,
        regions=[pack(np.array([region], dtype=object))], shaped=np.array([True]),
    )  # fmt: skip
    polygon = affinity.translate(swept.polygons()[0], -BNG[0], -BNG[1])
    assert polygon.is_valid
    return float(swept.area_m2[0, 0]), polygon


def test_the_edge_of_a_roof_casts_its_shadow() -> None:
    # From 12 m over a roof of 3 m the ground is hidden to 12 / 9 of the roof's edge.
    found = see([ROOF], heights=[3.0], mount=12.0, far=40.0)
    assert found.status == "on_roof"
    assert found.area == pytest.approx(math.pi * 1600 - (8 * 12 / 9) ** 2, rel=1e-9)
    assert found.moved == 0
    quarter = see([ROOF], heights=[3.0], mount=12.0, far=40.0, hfov=90.0, azimuth=10.0)
    assert quarter.area == pytest.approx(found.area / 4, rel=1e-9)


def test_only_the_highest_roof_below_the_lens_counts() -> None:
    two = [ROOF, box(-3, -3, 3, 3)]
    alone = see([ROOF], heights=[3.0], mount=12.0, far=40.0)
    assert see(two, heights=[3.0, 2.0], mount=12.0, far=40.0).area == pytest.approx(alone.area)
    assert see(two, heights=[3.0, 12.0], mount=12.0, far=40.0).status != "on_roof"
    assert see(two, heights=[3.0, math.nan], mount=12.0, far=40.0).status != "on_roof"


def test_a_picture_from_a_roof() -> None:
    # A picture 20 m wide that begins on the roof: what lies beyond the scaled edge is left.
    region = box(-10, 2, 10, 30)
    area, _ = see_region(region, [ROOF], heights=[3.0], mount=12.0)
    edge = 4 * 12 / 9
    assert area == pytest.approx(20 * 28 - 2 * edge * (edge - 2), rel=1e-9)


def test_a_wall_in_a_picture_by_hand() -> None:
    # The wall from -2 to 2 at 10 m hides what widens to -4 to 4 at 20 m: a trapezoid of 60 m².
    region = box(-10, 5, 10, 20)
    area, polygon = see_region(region, [box(-2, 10, 2, 10.5)])
    assert area == pytest.approx(300 - 60, rel=1e-12)
    assert polygon.area == pytest.approx(area, rel=1e-9)


@pytest.mark.parametrize("corner", [(-5.0, 5.0), (0.0, 5.0)])
def test_a_picture_that_begins_at_the_foot(corner: tuple[float, float]) -> None:
    # Its edge, or its very corner, is where the camera stands: tilt and half height make 90.
    area, _ = see_region(box(corner[0], 0, corner[1], 8), [box(100, 100, 101, 101)])
    assert area == pytest.approx((corner[1] - corner[0]) * 8, rel=1e-6)


def test_an_empty_picture_sees_nothing() -> None:
    assert see_region(shapely.Polygon(), [box(0, 5, 1, 6)])[0] == 0


def test_a_picture_in_two_parts() -> None:
    from coverage_model.sight.visibility import _one_ring_each  # noqa: PLC0415

    parts = shapely.MultiPolygon([box(-10, 5, -5, 10), box(5, 5, 10, 10)])
    joined = _one_ring_each(pack(np.array([shapely.Polygon(), parts, box(0, 1, 1, 2)], object)))
    assert np.diff(joined.polygon_start).tolist() == [0, 1, 1]
    one = np.array([0.0])
    swept = sweep_views(
        one + BNG[0], one + BNG[1], azimuth_deg=one, hfov_deg=one + 90, near_m=one, far_m=one + 50,
        mount_height_m=one + 4.0, index=index_obstacles(obstacles([box(-10, 20, 10, 21)])),
        threads=1, regions=[joined.take(np.array([1]))], shaped=np.array([True]),
    )  # fmt: skip
    assert swept.area_m2[0, 0] == pytest.approx(50.0, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    tilt=st.floats(5, 89), roll=st.floats(-40, 40), azimuth=st.floats(0, 359),
    houses=st.lists(
        st.tuples(st.floats(3, 25), st.floats(0, 6.28), st.floats(0.5, 6)), min_size=0, max_size=8
    ),
)  # fmt: skip
def test_the_sweep_is_the_open_view_cut_to_the_picture(
    tilt: float, roll: float, azimuth: float, houses: list[tuple[float, float, float]]
) -> None:
    shapes = [
        box(r * math.cos(a) - s / 2, r * math.sin(a) - s / 2, r * math.cos(a) + s / 2,
            r * math.sin(a) + s / 2)
        for r, a, s in houses if r > 2 * s
    ] or [box(90, 90, 91, 91)]  # fmt: skip
    region = footprints(
        azimuth_deg=azimuth, tilt_deg=tilt, roll_deg=roll, hfov_deg=80, vfov_deg=50, drop_m=3,
        slant_m=30,
    ).polygons()[0]  # fmt: skip
    area, polygon = see_region(region, shapes)
    open_view = see(shapes, far=60.0).polygon
    expected = open_view.intersection(region)
    assert area == pytest.approx(expected.area, rel=1e-7, abs=1e-6)
    assert polygon.symmetric_difference(expected).area < 1e-5
    # Both halves of a picture make the whole.
    half = affinity.rotate(box(-100, -100, 0, 100), -azimuth, origin=(0, 0))
    parts = [region.intersection(half), region.difference(half)]
    sums = [
        see_region(shapely.orient_polygons(part), shapes)[0] for part in parts if not part.is_empty
    ]
    assert sum(sums) == pytest.approx(area, rel=1e-7, abs=1e-5)
