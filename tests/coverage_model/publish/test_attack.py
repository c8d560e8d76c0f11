"""Attacks on what is published, by other means than the proof: counting out every possibility.

The reader knows the rule, the published figures of each release, and the exact number of cameras in
each group. What is checked is how many counts remain possible for each area.
"""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from shapely import Point, box

from coverage_model.base.errors import InputError
from coverage_model.publish.disclosure import PublishedCoverage, public_coverage
from coverage_model.publish.rule import DisclosureRule

SIDE = 1000.0
OFF = DisclosureRule(hidden_range=0, shown_range=0)
HIDDEN_LEFT, SHOWN_LEFT = 6, 3
QUANTITIES = ("cameras", "cameras_public", "cameras_other")


def strips(edges: list[float], prefix: str = "W") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "area_code": [f"{prefix}{k}" for k in range(len(edges) - 1)],
            "area_name": [f"Area {prefix}{k}" for k in range(len(edges) - 1)],
        },
        geometry=[box(west, 0, east, SIDE) for west, east in itertools.pairwise(edges)],
        crs="EPSG:27700",
    )


def scatter(draw: np.random.Generator, counts: np.ndarray, *, private: float) -> gpd.GeoDataFrame:
    """Cameras spread over squares side by side, so many in each."""
    x = np.concatenate([SIDE * k + draw.uniform(1, SIDE - 1, n) for k, n in enumerate(counts)])
    points = [Point(*place) for place in zip(x, draw.uniform(1, SIDE - 1, len(x)), strict=True)]
    owner = np.where(draw.random(len(x)) < private, "private", "public")
    return gpd.GeoDataFrame(
        {"camera_id": [f"C{n}" for n in range(len(x))], "ownership": owner},
        geometry=points,
        crs="EPSG:27700",
    )


def counts_of(areas: gpd.GeoDataFrame, cameras: gpd.GeoDataFrame) -> np.ndarray:
    return np.array([cameras.within(area).sum() for area in areas.geometry])


def release(
    areas: gpd.GeoDataFrame,
    cameras: gpd.GeoDataFrame,
    *,
    groups: list[int] | None = None,
    ledger: gpd.GeoDataFrame | None = None,
    rule: DisclosureRule | None = None,
) -> PublishedCoverage:
    count = counts_of(areas, cameras)
    area = areas.area.to_numpy()
    coverage = areas.assign(
        level="detect", area_m2=area, cameras=count, covered_m2=np.minimum(400.0 * count, area)
    )
    visible = gpd.GeoDataFrame({"view_basis": ["given"], "area_m2": [3000.0]}, geometry=[Point()])
    return public_coverage(
        coverage,
        cameras,
        visible=visible,
        groups=None if groups is None else pd.Series([f"G{g}" for g in groups]),
        ledger=ledger,
        rule=rule,
    )


def vectors(total: int, areas: int) -> np.ndarray:
    """Every way to share a total out among areas."""
    bars = np.array(list(itertools.combinations(range(total + areas - 1), areas - 1)), dtype=int)
    edges = np.hstack(
        [np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), total + areas - 1)]
    )
    return np.diff(edges, axis=1) - 1


def agrees(counts: np.ndarray, figure: float) -> np.ndarray:
    """Whether counts would have been published as this figure: five or more, rounded to five."""
    if np.isnan(figure):
        return np.ones(len(counts), dtype=bool)
    nearest = np.abs(counts - figure) <= 2
    return nearest & ((counts >= 5) | (figure == 0))


def random_case(seed: int, areas: int) -> tuple[np.ndarray, np.random.Generator]:
    draw = np.random.default_rng(seed)
    few = draw.integers(0, 5, areas)
    many = draw.integers(5, 14, areas)
    return np.where(draw.random(areas) < 0.4, few, many), draw


def possible(shown: pd.DataFrame, counts: np.ndarray, groups: list[int]) -> list[tuple[int, int]]:
    """For each area, how many counts remain possible, and how many the total alone leaves."""
    left = []
    for group in sorted(set(groups)):
        rows = [k for k, g in enumerate(groups) if g == group]
        every = vectors(int(counts[rows].sum()), len(rows))
        fits = np.all(
            [agrees(every[:, n], shown["cameras"].iloc[k]) for n, k in enumerate(rows)], axis=0
        )
        assert (every[fits] == counts[rows]).all(axis=1).any(), "the truth must remain possible"
        left += [(len(set(every[fits][:, n])), len(set(every[:, n]))) for n in range(len(rows))]
    return left


def too_close(shown: pd.DataFrame, left: list[tuple[int, int]]) -> list[int]:
    return [
        k
        for k, (now, before) in enumerate(left)
        if now < min(before, SHOWN_LEFT if shown["shown"].iloc[k] else HIDDEN_LEFT)
    ]


GROUPS = [0, 0, 0, 0, 1, 1, 1]
BITTEN = {29, 35, 47, 51}
"""Inventories of which the rule without its proof tells a count."""


QUICK = range(20, 30)


@pytest.mark.parametrize(
    "seeds",
    [QUICK, pytest.param(sorted({*range(200)} - {*QUICK}), marks=pytest.mark.slow)],
    ids=["10", "190"],
)
def test_no_count_is_recovered_from_200_random_inventories(seeds: list[int]) -> None:
    bitten = 0
    for seed in seeds:
        counts, draw = random_case(seed, len(GROUPS))
        areas = strips([SIDE * k for k in range(len(GROUPS) + 1)])
        cameras = scatter(draw, counts, private=0.0)
        shown = release(areas, cameras, groups=GROUPS).frame
        assert not too_close(shown, possible(shown, counts, GROUPS)), (seed, counts)
        if seed in BITTEN:
            raw = release(areas, cameras, groups=GROUPS, rule=OFF).frame
            bitten += bool(too_close(raw, possible(raw, counts, GROUPS)))
    # The attack works where the proof is left out: what passes above is the proof's doing.
    assert bitten == len(BITTEN & set(seeds)) > 0


def owner_ranges(shown: pd.DataFrame, totals: tuple[int, int]) -> list[tuple[str, float, float]]:
    """The attack by integer programmes with a variable an area and owner."""
    size = len(shown)
    rows, low, high = [], [], []
    for owner, total in enumerate(totals):
        row = np.zeros(2 * size)
        row[owner * size : (owner + 1) * size] = 1
        rows, low, high = [*rows, row], [*low, total], [*high, total]
    cells = []
    for k in range(size):
        for quantity, owners in zip(QUANTITIES, ((0, 1), (0,), (1,)), strict=True):
            row = np.zeros(2 * size)
            row[[owner * size + k for owner in owners]] = 1
            cells.append((quantity, k, row))
            figure = shown[quantity].iloc[k]
            if not np.isnan(figure):
                rows = [*rows, row]
                low = [*low, max(figure - 2, 5 if figure else 0)]
                high = [*high, figure + 2]
    facts = LinearConstraint(np.array(rows), low, high)
    found = []
    for quantity, k, row in cells:
        ends = [
            sign * milp(sign * row, constraints=facts, integrality=1, bounds=Bounds(0)).fun
            for sign in (1, -1)
        ]
        needed = SHOWN_LEFT if not np.isnan(shown[quantity].iloc[k]) else HIDDEN_LEFT
        found.append((f"{quantity} of {k}", ends[1] - ends[0] + 1, needed))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_split_by_owner_tells_no_count(seed: int) -> None:
    draw = np.random.default_rng(1000 + seed)
    counts = draw.integers(4, 40, 4)
    cameras = scatter(draw, counts, private=0.4)
    shown = release(strips([SIDE * k for k in range(5)]), cameras).frame
    owners = cameras["ownership"].value_counts()
    for cell, left, needed in owner_ranges(shown, (owners["public"], owners["private"])):
        assert left >= needed, cell


@pytest.mark.parametrize("at", range(5))
def test_one_camera_more_shows_nowhere(at: int) -> None:
    """The reader knows both totals, so that exactly one camera was added, and all figures."""
    for seed in (at, at + 5):
        counts, draw = random_case(seed, 5)
        areas = strips([SIDE * k for k in range(6)])
        cameras = scatter(draw, counts, private=0.0)
        first = release(areas, cameras)
        more = added(cameras, [SIDE * at + 500.5])
        second = release(areas, more, ledger=first.release)
        pd.testing.assert_frame_equal(
            pd.DataFrame(first.frame.drop(columns="geometry")),
            pd.DataFrame(second.frame.drop(columns="geometry")),
        )


def added(cameras: gpd.GeoDataFrame, eastings: list[float]) -> gpd.GeoDataFrame:
    new = cameras.iloc[[0] * len(eastings)].assign(
        camera_id=[f"N{x}" for x in eastings], geometry=[Point(x, 500.5) for x in eastings]
    )
    return pd.concat([cameras, new], ignore_index=True)


def test_single_additions_one_after_the_other_show_once_they_are_many() -> None:
    areas = strips([SIDE * k for k in range(4)])
    cameras = scatter(np.random.default_rng(4), np.array([11, 12, 20]), private=0.0)
    past = release(areas, cameras).release
    seen = [past["cameras"].iloc[1]]
    for number in range(6):
        cameras = added(cameras, [SIDE + 60.0 * number])
        following = release(areas, cameras, ledger=past).release
        seen.append(following["cameras"].iloc[1])
        past = pd.concat([past, following], ignore_index=True)
    # Eighteen would round to 20 and thirteen to 15: the first four are not shown.
    assert seen == [10.0, 10.0, 10.0, 10.0, 10.0, 15.0, 15.0]


@pytest.mark.parametrize("seed", range(6))
def test_a_few_cameras_more_tell_no_count(seed: int) -> None:
    """Six more: count out every inventory and every way to add six to it."""
    draw = np.random.default_rng(40 + seed)
    counts = draw.integers(3, 12, 3)
    areas = strips([SIDE * k for k in range(4)])
    cameras = scatter(draw, counts, private=0.0)
    first = release(areas, cameras)
    eastings = (SIDE * draw.integers(0, 3, 6) + draw.uniform(1, 999, 6)).tolist()
    second = release(areas, added(cameras, eastings), ledger=first.release)
    before, more = vectors(int(counts.sum()), 3), vectors(6, 3)
    pairs = [np.repeat(before, len(more), axis=0), np.tile(more, (len(before), 1))]
    worlds = [pairs[0], pairs[0] + pairs[1]]
    fits = np.ones(len(worlds[0]), dtype=bool)
    for k in range(3):
        old, new = first.frame["cameras"].iloc[k], second.frame["cameras"].iloc[k]
        fits &= agrees(worlds[0][:, k], old)
        # A figure that is as before may be the earlier one, shown again.
        if not (old == new or (np.isnan(old) and np.isnan(new))):
            fits &= agrees(worlds[1][:, k], new)
    assert fits.any()
    for world, frame in zip(worlds, (first.frame, second.frame), strict=True):
        left = [(len(set(world[fits][:, k])), int(world[0].sum()) + 1) for k in range(3)]
        assert not too_close(frame, left), (seed, counts)


def test_what_many_cameras_change_is_shown_and_one_of_them_not_told() -> None:
    areas = strips([SIDE * k for k in range(5)])
    draw = np.random.default_rng(3)
    first_counts, later = np.array([12, 20, 9, 30]), np.array([25, 31, 16, 30])
    first = release(areas, scatter(draw, first_counts, private=0.0))
    second = release(areas, scatter(draw, later, private=0.0), ledger=first.release)
    assert second.earlier == 1
    assert second.frame["cameras"].tolist() == [25.0, 30.0, 15.0, 30.0]
    assert not second.ranges["told"].any()
    # Both releases are in the proof, the earlier one's figures too.
    assert set(second.ranges["release"]) == {0, 1}


EDGES = [0.0, 1000.0, 2000.0, 3000.0, 4000.0]
SHIFTED = [0.0, 700.0, 1600.0, 3300.0, 4000.0]


def strip_pieces() -> list[tuple[int, int]]:
    """The pieces of the two layers: which strip of each holds it."""
    cuts = sorted({*EDGES, *SHIFTED})
    middles = [(west + east) / 2 for west, east in itertools.pairwise(cuts)]
    return [
        (int(np.searchsorted(EDGES, x)) - 1, int(np.searchsorted(SHIFTED, x)) - 1) for x in middles
    ]


def layer_attack(layers: list[pd.DataFrame], total: int) -> list[tuple[str, float, float]]:
    """Set two layers against each other, by integer programmes over their common pieces."""
    pieces = strip_pieces()
    rows, low, high = [np.ones(len(pieces))], [total], [total]
    cells = []
    for layer, shown in enumerate(layers):
        for k, figure in enumerate(shown["cameras"]):
            row = np.array([float(piece[layer] == k) for piece in pieces])
            cells.append((layer, k, row, np.isnan(figure)))
            if not np.isnan(figure):
                rows, low, high = [*rows, row], [*low, max(figure - 2, 5)], [*high, figure + 2]
    # The difference of two layers is as good as an area that is not shown.
    alone = [
        piece for n in (0, 1) for piece in pieces if [p[n] for p in pieces].count(piece[n]) == 1
    ]
    for k, piece in enumerate(pieces):
        if piece not in alone:
            cells.append((2, k, np.eye(len(pieces))[k], True))
    facts = LinearConstraint(np.array(rows), low, high)
    found = []
    for layer, k, row, hidden in cells:
        ends = [
            sign * milp(sign * row, constraints=facts, integrality=1, bounds=Bounds(0)).fun
            for sign in (1, -1)
        ]
        left, needed = ends[1] - ends[0] + 1, HIDDEN_LEFT if hidden else SHOWN_LEFT
        found.append((f"{k} of layer {layer}", left, min(needed, total + 1)))
    return found


def test_two_layers_that_do_not_nest_tell_no_count() -> None:
    bitten = shown_twice = refusals = 0
    for seed in range(9):
        counts, draw = random_case(500 + seed, 4)
        cameras = scatter(draw, counts, private=0.0)
        first = release(strips(EDGES), cameras)
        total = int(counts.sum())
        try:
            second = release(strips(SHIFTED, "V"), cameras, ledger=first.release)
        except InputError as refused:
            refusals += "would tell too much" in str(refused)
        else:
            shown_twice += bool(second.frame["shown"].any())
            for cell, left, needed in layer_attack([first.frame, second.frame], total):
                assert left >= needed, (seed, cell)
        alone = release(strips(SHIFTED, "V"), cameras)
        attack = layer_attack([first.frame, alone.frame], total)
        bitten += any(left < needed for _, left, needed in attack)
    assert bitten >= 2
    assert shown_twice >= 2
    assert refusals == 1


def test_a_release_that_can_show_nothing_more_is_refused() -> None:
    # Each area of the second layer would tell how few cameras stand where it differs.
    counts, draw = random_case(500, 4)
    cameras = scatter(draw, counts, private=0.0)
    first = release(strips(EDGES), cameras)
    assert release(strips(SHIFTED, "V"), cameras).frame["shown"].any()
    with pytest.raises(InputError, match="would tell too much"):
        release(strips(SHIFTED, "V"), cameras, ledger=first.release)


def test_a_published_count_makes_the_others_closer_and_more_is_hidden() -> None:
    areas = strips([SIDE * k for k in range(6)])
    counts = np.array([2, 3, 9, 20, 30])
    draw = np.random.default_rng(2)
    cameras = scatter(draw, counts, private=0.0)
    assert release(areas, cameras).frame["shown"].sum() == 3
    coverage = areas.assign(
        level="detect", area_m2=areas.area, cameras=counts, covered_m2=400.0 * counts
    )
    looked_up = {"W0": 2, "W2": 9, "W3": 20}
    known = pd.DataFrame(
        {
            "area_code": list(looked_up),
            "cameras_low": list(looked_up.values()),
            "cameras_high": list(looked_up.values()),
        }
    )
    visible = gpd.GeoDataFrame({"view_basis": ["given"], "area_m2": [3000.0]}, geometry=[Point()])
    shown = public_coverage(coverage, cameras, visible=visible, known=known)
    # With those three known, W1 is the rest beside W4, which lies between 28 and 32 if shown.
    assert not shown.frame["shown"].iloc[4]
    w1 = shown.ranges[(shown.ranges["area_code"] == "W1") & (shown.ranges["quantity"] == "cameras")]
    assert (w1["high"] - w1["low"]).item() >= 5
