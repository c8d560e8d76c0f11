"""What may be published: hostile inventories, and what can be worked out from the result."""

from __future__ import annotations

import itertools
from collections import defaultdict

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from shapely import Point, box

from coverage_model.base.errors import InputError
from coverage_model.cover import coverage
from coverage_model.optics import sectors
from coverage_model.optics.pixel_density import levels
from coverage_model.publish.disclosure import PublishedCoverage, public_coverage
from coverage_model.publish.rule import DisclosureRule, distinct_places, hide_more
from coverage_model.sight import visibility

SIDE = 1000.0


def squares(count: int, *, side: float = SIDE) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "area_code": [f"W{number}" for number in range(count)],
            "area_name": [f"Ward {number}" for number in range(count)],
        },
        geometry=[box(number * side, 0, (number + 1) * side, side) for number in range(count)],
        crs="EPSG:27700",
    )


def inventory(places: list[tuple[float, float]], ownership: list[str]) -> gpd.GeoDataFrame:
    count = len(places)
    return gpd.GeoDataFrame(
        {
            "camera_id": [f"SECRET-{number:03d}" for number in range(count)],
            "ownership": ownership,
            "integration": "none",
            "operator": "Operator Hush",
            "borough_code": "E09000007",
            "camera_type": "fixed",
            "azimuth_deg": np.linspace(0, 350, count),
            "hfov_deg": 60.0,
            "vfov_deg": np.nan,
            "range_m": 30.0,
            "horizontal_px": np.nan,
            "mount_height_m": 4.0,
            "tilt_deg": np.nan,
            "target_level": None,
            "view_basis": "given",
            "illustrative": False,
        },
        index=pd.Index([f"SECRET-{number:03d}" for number in range(count)], name="view_id"),
        geometry=[Point(place) for place in places],
        crs="EPSG:27700",
    )


def spread(area: int, count: int, *, shift: float = 0.0) -> list[tuple[float, float]]:
    return [(area * SIDE + 101.5 + 80 * number, 333.25 + shift) for number in range(count)]


def publish(
    areas: gpd.GeoDataFrame,
    places: list[tuple[float, float]],
    *,
    private: int = 0,
    rule: DisclosureRule | None = None,
    groups: pd.Series | None = None,
) -> PublishedCoverage:
    owners = ["private"] * private + ["public"] * (len(places) - private)
    cameras = inventory(places, owners)
    views = sectors.view_sectors(cameras, level=levels()[0])
    visible = visibility.visible_areas(views)
    table = coverage.coverage_by_area(visible, areas, level="detect", cameras=cameras)
    return public_coverage(table, cameras, visible=visible, groups=groups, rule=rule)


@pytest.mark.parametrize(
    "places",
    [
        spread(0, 1),
        spread(0, 2),
        [(501.0, 502.0)] * 40,
        [(501.0 + number % 5, 502.0 + number // 5) for number in range(25)],
        spread(0, 4) + [(101.5, 340.0)] * 9,
    ],
    ids=["one", "two", "all in one spot", "one junction", "four places, many cameras"],
)
def test_an_area_with_few_places_is_hidden(places: list[tuple[float, float]]) -> None:
    others = spread(1, 10) + spread(2, 10) + spread(3, 11)
    frame = publish(squares(5), places + others).frame.set_index("area_code")
    assert not frame.loc["W0", "shown"]
    numbers = ["cameras", "cameras_public", "cameras_other", "covered_m2", "covered_share"]
    assert frame.loc["W0", numbers].isna().all()
    # An empty area looks the same as one with a few cameras.
    assert frame.loc["W4", [*numbers, "shown"]].equals(frame.loc["W0", [*numbers, "shown"]])
    assert frame.loc["W3", "cameras"] == 10


def test_a_known_total_does_not_reveal_the_hidden_area() -> None:
    # Only W0 is small: without a second hidden area, total less shown would give it.
    frame = publish(squares(4), spread(0, 2) + spread(1, 8) + spread(2, 9) + spread(3, 10)).frame
    assert frame["shown"].tolist() == [False, False, True, True]


def test_hidden_areas_hold_enough_between_them() -> None:
    # W0 and W1 hold one camera together: the difference to a known total would place it.
    frame = publish(squares(4), spread(0, 1) + spread(2, 8) + spread(3, 10)).frame
    assert frame["shown"].tolist() == [False, False, False, True]


def test_groups_with_known_totals_are_guarded_one_by_one() -> None:
    areas = squares(6)
    groups = pd.Series(list("aaabbb"))
    places = [place for area, n in enumerate((2, 8, 9, 10, 7, 9)) for place in spread(area, n)]
    frame = publish(areas, places, groups=groups).frame
    assert frame["shown"].tolist() == [False, False, True, True, True, True]


def test_a_small_owner_hides_the_split_but_not_the_area() -> None:
    # Two private cameras in W0, six in the others.
    places = [place for area in range(4) for place in spread(area, 9)]
    owners = ["public"] * 36
    for number in (0, 1, *range(9, 15), *range(18, 24), *range(27, 33)):
        owners[number] = "private"
    cameras = inventory(places, owners)
    visible = visibility.visible_areas(sectors.view_sectors(cameras, level=levels()[0]))
    areas = squares(4)
    table = coverage.coverage_by_area(visible, areas, level="detect", cameras=cameras)
    # Public places are too few as well (three in each other area), so every split is hidden.
    frame = public_coverage(table, cameras, visible=visible).frame
    assert frame["shown"].all()
    assert frame["cameras_public"].isna().all()
    rule = DisclosureRule(min_places=3)
    frame = public_coverage(table, cameras, visible=visible, rule=rule).frame
    # W0's two are hidden, and with it another area, or the difference would give them.
    assert frame["cameras_other"].isna().tolist() == [True, True, False, False]
    assert frame["cameras_public"].isna().equals(frame["cameras_other"].isna())


def test_a_tiny_area_is_a_position() -> None:
    areas = squares(3, side=200.0)
    places = [(x + 1.0, 5.0 + 60 * n) for x in (0, 60, 120, 200, 260, 400) for n in range(3)]
    assert not publish(areas, places).frame["shown"].any()


def test_one_hidden_area_is_hidden_with_another_however_many_it_holds() -> None:
    # W0 is hidden for its size with nine places: alone it would be the total less the rest.
    areas = squares(4)
    areas.loc[0, "geometry"] = box(0, 0, SIDE, 90.0)
    places = [(101.5 + 80 * n, 45.0) for n in range(9)]
    others = [spot for area, n in ((1, 12), (2, 9), (3, 11)) for spot in spread(area, n)]
    frame = publish(areas, places + others).frame
    assert frame["shown"].tolist() == [False, True, False, True]
    hidden = hide_more(
        np.array([True, False, False]), np.array([9, 12, 30]), np.zeros(3, int), at_least=5
    )
    assert hidden.tolist() == [True, True, False]
    # Two hidden areas with too few between them take a third.
    hidden = hide_more(
        np.array([True, True, False, False]),
        np.array([2, 2, 9, 6]),
        np.zeros(4, int),
        at_least=5,
    )
    assert hidden.tolist() == [True, True, False, True]


def test_an_area_smaller_than_a_view_is_hidden() -> None:
    # A view of 3 km² asks for steps of 5 km²: every share of 1 km² would read 0 % or 100 %.
    areas, cameras = (
        squares(3),
        inventory([s for k in range(3) for s in spread(k, 9)], ["public"] * 27),
    )
    table = areas.assign(level="detect", area_m2=areas.area, cameras=9, covered_m2=5e5)
    wide = gpd.GeoDataFrame({"view_basis": ["given"], "area_m2": [3e6]}, geometry=[Point()])
    assert not public_coverage(table, cameras, visible=wide).frame["shown"].any()


def test_overlapping_areas_are_refused() -> None:
    areas = squares(2)
    areas.loc[1, "geometry"] = box(0, 0, SIDE, SIDE - 50)
    with pytest.raises(InputError, match="areas overlap"):
        publish(areas, spread(0, 9))


def test_figures_are_rounded_and_ground_to_no_less_than_a_view() -> None:
    published = publish(squares(1), spread(0, 11))
    frame = published.frame
    assert frame["cameras"].tolist() == [10.0]
    assert published.ground_step_m2 == 10_000
    assert (frame["covered_m2"] % published.ground_step_m2 == 0).all()
    assert np.allclose(frame["covered_share"], frame["covered_m2"] / frame["area_m2"])
    wide = publish(squares(1), spread(0, 11), rule=DisclosureRule(ground_step_m2=100.0))
    assert wide.ground_step_m2 == 500.0  # the views are some 460 m²


@settings(max_examples=10, deadline=None)
@given(shift=st.floats(0, 600), turn=st.integers(0, 8), mirror=st.booleans())
def test_moving_every_camera_changes_nothing(shift: float, turn: int, mirror: bool) -> None:
    # What is published depends on positions only through what it shows.
    def places(area: int, count: int) -> list[tuple[float, float]]:
        spots = spread(area, count, shift=shift if area else 0.0)
        if mirror:
            spots = [(2 * (area + 0.5) * SIDE - x, SIDE - y) for x, y in spots]
        return spots[turn % count :] + spots[: turn % count]

    counts = (2, 8, 9, 10)
    base = publish(squares(4), [spot for n, c in enumerate(counts) for spot in spread(n, c)])
    moved = publish(squares(4), [spot for n, c in enumerate(counts) for spot in places(n, c)])
    pd.testing.assert_frame_equal(
        pd.DataFrame(base.frame.drop(columns="geometry")),
        pd.DataFrame(moved.frame.drop(columns="geometry")),
    )


@pytest.mark.parametrize(("areas", "total"), [(3, 9), (3, 14), (4, 12), (4, 17)])
def test_no_hidden_count_can_be_worked_out_even_from_the_exact_total(
    areas: int, total: int
) -> None:
    """Enumerate every inventory of that total; the attacker knows the total and this very rule."""
    consistent: dict[tuple[float | None, ...], list[tuple[int, ...]]] = defaultdict(list)
    group = np.zeros(areas, dtype=np.intp)
    for counts in itertools.product(range(total + 1), repeat=areas):
        if sum(counts) != total:
            continue
        places = np.array(counts, dtype=float)
        hidden = hide_more(places < 5, places, group, at_least=5)
        shown = tuple(
            None if mine else 5 * round(count / 5)
            for mine, count in zip(hidden, counts, strict=True)
        )
        consistent[shown].append(counts)
    for shown, worlds in consistent.items():
        for area, figure in enumerate(shown):
            if figure is None:
                possible = {world[area] for world in worlds}
                assert len(possible) >= 4, (shown, worlds)


@settings(max_examples=200, deadline=None)
@given(
    places=hnp.arrays(np.int64, st.integers(1, 12), elements=st.integers(0, 30)),
    data=st.data(),
)
def test_hidden_areas_of_a_group_are_none_or_two_and_enough_or_all(
    places: np.ndarray, data: st.DataObject
) -> None:
    group = data.draw(hnp.arrays(np.intp, len(places), elements=st.integers(0, 2)))
    hidden = hide_more(places < 5, places, group, at_least=5)
    assert hidden[places < 5].all()
    for number in np.unique(group):
        mine = hidden[group == number]
        held = places[group == number][mine].sum()
        assert not mine.any() or mine.all() or (mine.sum() >= 2 and held >= 5)


def test_places_are_apart_and_leave_no_room() -> None:
    draw = np.random.default_rng(5)
    points = np.array([Point(*place) for place in draw.uniform(0, 600, (300, 2))], dtype=object)
    chosen = distinct_places(points, apart_m=50.0)
    grid = gpd.GeoSeries(points)
    for number, point in enumerate(points):
        away = grid[chosen].distance(point)
        if chosen[number]:
            assert (away.drop(number) > 50).all()
        else:
            assert away.min() <= 50
