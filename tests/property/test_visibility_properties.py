"""What must hold for any buildings and any view."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box
from shapely.affinity import rotate, scale

from tests.oracles.exact_visibility import exact_area, shapely_area
from tests.oracles.views import see

quick = settings(max_examples=60, deadline=None, derandomize=True)

number = st.floats(-45, 45, allow_nan=False).map(lambda v: round(v, 3))
side = st.floats(0.05, 25).map(lambda v: round(v, 3))


@st.composite
def tilted_boxes(draw: Any) -> list[Any]:
    """Rectangles at any angle, overlapping as they like, clear of the camera."""
    boxes = []
    for _ in range(draw(st.integers(1, 8))):
        x, y = draw(number), draw(number)
        shape = rotate(
            box(x, y, x + draw(side), y + draw(side)), draw(st.floats(0, 90)), origin="center"
        )
        if shape.distance(Point(0, 0)) > 0.5:
            boxes.append(shape)
    return boxes


@st.composite
def grid_boxes(draw: Any) -> list[Any]:
    """Boxes on whole metres: they touch, repeat, overlap, and line up with the camera."""
    whole = st.integers(-6, 6)
    boxes = []
    for _ in range(draw(st.integers(1, 7))):
        x, y = draw(whole), draw(whole)
        boxes.append(box(x, y, x + draw(st.integers(1, 5)), y + draw(st.integers(1, 5))))
    return boxes


views = st.fixed_dictionaries(
    {
        "azimuth": st.floats(0, 359.9),
        "hfov": st.sampled_from([20.0, 90.0, 180.0, 270.0, 360.0]) | st.floats(1, 360),
        "near": st.sampled_from([0.0, 3.0]) | st.floats(0.1, 30),
        "far": st.floats(5, 60),
    }
)


def close(a: float, b: float) -> bool:
    return a == pytest.approx(b, rel=1e-9, abs=1e-6)


@quick
@given(tilted_boxes(), views)
def test_area_is_exact_and_is_the_polygons(blocks: list[Any], view: dict[str, float]) -> None:
    seen = see(blocks, **view)
    truth = exact_area((0, 0), view["azimuth"], view["hfov"], view["near"], view["far"], blocks)
    assert close(seen.area, truth)
    assert close(seen.polygon.area, seen.area)


@quick
@given(grid_boxes(), st.tuples(st.integers(-14, 14), st.integers(-14, 14)), views)
def test_touching_and_aligned_buildings(
    blocks: list[Any], halves: tuple[int, int], view: dict[str, float]
) -> None:
    seen = see(blocks, (halves[0] / 2, halves[1] / 2), **view)
    assert close(seen.polygon.area, seen.area)
    if seen.status == "inside_unresolved":
        assert seen.area == 0
        return
    truth = exact_area(
        seen.camera, view["azimuth"], view["hfov"], view["near"], view["far"], blocks
    )
    assert close(seen.area, truth)


@quick
@given(grid_boxes(), st.tuples(st.integers(-14, 14), st.integers(-14, 14)), views, st.floats(0, 90))
def test_touching_but_for_the_last_digit(
    blocks: list[Any], halves: tuple[int, int], view: dict[str, float], turn: float
) -> None:
    # Turned, the corners and walls that houses share differ by the rounding of coordinates.
    origin = (halves[0] / 2, halves[1] / 2)
    turned = [rotate(block, turn, origin=origin) for block in blocks]
    seen = see(turned, origin, **view)
    assert close(seen.polygon.area, seen.area)
    if seen.status != "inside_unresolved":
        truth = exact_area(
            seen.camera, view["azimuth"], view["hfov"], view["near"], view["far"], turned
        )
        assert seen.area == pytest.approx(truth, rel=1e-6, abs=1e-4)


@quick
@given(tilted_boxes(), views, st.lists(st.floats(0.5, 9), min_size=8, max_size=8))
def test_shadows(blocks: list[Any], view: dict[str, float], heights: list[float]) -> None:
    tall = heights[: len(blocks)]
    seen = see(blocks, mount=6.0, target=1.0, heights=tall, **view)
    truth = shapely_area(
        (0, 0), view["azimuth"], view["hfov"], view["near"], view["far"], blocks, tall,
        mount=6.0, target=1.0,
    )  # fmt: skip
    assert seen.area == pytest.approx(truth, rel=1e-6, abs=1e-3)
    assert close(seen.polygon.area, seen.area)
    assert seen.area >= see(blocks, mount=6.0, **view).area - 1e-6


@quick
@given(tilted_boxes(), views, st.floats(0, 6e5), st.floats(0, 1.2e6))
def test_moving_everything_changes_nothing(
    blocks: list[Any], view: dict[str, float], east: float, north: float
) -> None:
    here = see(blocks, **view)
    there = see(blocks, origin=(round(east, 2), round(north, 2)), **view)
    # Coordinates are rounded to about 1e-10 m, over at most some hundred metres of wall.
    assert here.area == pytest.approx(there.area, rel=1e-9, abs=1e-6)


@quick
@given(tilted_boxes(), views, st.floats(0, 360))
def test_turning_everything_changes_nothing(
    blocks: list[Any], view: dict[str, float], turn: float
) -> None:
    turned = [rotate(block, -turn, origin=(0, 0)) for block in blocks]
    view_turned = view | {"azimuth": (view["azimuth"] + turn) % 360}
    assert close(see(turned, **view_turned).area, see(blocks, **view).area)


@quick
@given(tilted_boxes(), views)
def test_mirror_image_sees_as_much(blocks: list[Any], view: dict[str, float]) -> None:
    mirrored = [scale(block, -1, 1, origin=(0, 0)) for block in blocks]
    view_mirrored = view | {"azimuth": -view["azimuth"] % 360}
    assert close(see(mirrored, **view_mirrored).area, see(blocks, **view).area)


@quick
@given(tilted_boxes(), views, st.floats(1, 2))
def test_further_sees_no_less(blocks: list[Any], view: dict[str, float], more: float) -> None:
    further = see(blocks, **view | {"far": view["far"] * more})
    assert further.area >= see(blocks, **view).area - 1e-6


@quick
@given(tilted_boxes(), tilted_boxes(), views)
def test_more_buildings_show_no_more(
    blocks: list[Any], others: list[Any], view: dict[str, float]
) -> None:
    few, many = see(blocks, **view), see([*blocks, *others], **view)
    assert many.area <= few.area + 1e-6
    # What is seen is ground without buildings, but for arcs that bulge as they keep their area.
    standing = shapely.union_all([*blocks, *others])
    bulge = 1e-3 * math.radians(view["hfov"]) * view["far"] ** 2
    assert many.polygon.intersection(standing).area < bulge + 1e-6


@quick
@given(tilted_boxes(), views)
def test_two_half_cones_are_the_cone(blocks: list[Any], view: dict[str, float]) -> None:
    half = view["hfov"] / 2
    left, right = (
        see(blocks, **view | {"azimuth": (view["azimuth"] + turn) % 360, "hfov": half})
        for turn in (-half / 2, half / 2)
    )
    whole = see(blocks, **view)
    assert close(left.area + right.area, whole.area)
    # As polygons too, but for chords that begin elsewhere on the arcs.
    chords = 2e-3 * math.radians(view["hfov"]) * view["far"] ** 2
    apart = shapely.union(left.polygon, right.polygon).symmetric_difference(whole.polygon)
    assert apart.area <= chords + 1e-6


@quick
@given(grid_boxes(), views)
def test_repeating_footprints_changes_nothing(blocks: list[Any], view: dict[str, float]) -> None:
    rng = np.random.default_rng(1)
    again = [blocks[k] for k in rng.integers(0, len(blocks), 3 * len(blocks))]
    once = see(blocks, (7.5, 0.25), **view)
    twice = see([*blocks, *again], (7.5, 0.25), **view)
    assert once.status == twice.status
    assert close(once.area, twice.area)
    if once.status == "free":
        assert close(once.area, see([shapely.union_all(blocks)], (7.5, 0.25), **view).area)
