"""Operator hours: concave envelopes by hand, the linear model against brute force and greed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimisation.search.solvers import solver_available
from sharedview.questions.value.allocation import (
    best_allocation,
    concave_envelope,
    greedy_allocation,
    staffing_levels,
)
from sharedview.questions.value.monitoring import noticed_share

HOURS = np.array([100.0, 60.0])

needs_cbc = pytest.mark.skipif(not solver_available("cbc"), reason="this PuLP brings no CBC")


def test_what_operators_notice_by_hand() -> None:
    # One monitor 0.85; two lie a third of the way to four (0.74); nine 0.53; of eighteen, nine are
    # watched: 9/18 x 0.53.
    found = noticed_share([0.5, 1, 2, 9, 18])
    assert found == pytest.approx([0.85, 0.85, 0.85 - 0.11 / 3, 0.53, 0.265])


@given(st.lists(st.floats(0.1, 200), min_size=2, max_size=20))
def test_more_monitors_never_notice_more(monitors: list[float]) -> None:
    found = noticed_share(np.sort(monitors))
    assert (np.diff(found) <= 1e-12).all()
    assert ((found > 0) & (found <= 0.85)).all()


def test_levels_start_at_none_and_end_at_a_monitor_each() -> None:
    operators, share = staffing_levels(3.5, min_posts=2)
    assert operators.tolist() == [0, 2, 3, 4]
    assert share[0] == 0
    assert share[1] == pytest.approx(0.85 - 0.11 * 0.75 / 3)  # 1.75 monitors each
    assert share[3] == 0.85
    assert staffing_levels(0.2)[0].tolist() == [0, 1]
    assert staffing_levels(0.0)[0].tolist() == [0, 1]


def test_an_envelope_drops_corners_and_what_adds_nothing() -> None:
    x, y = concave_envelope([0, 1, 2, 3, 4, 5], [0, 1, 4, 5, 5, 5])
    assert (x.tolist(), y.tolist()) == ([0, 2, 3], [0, 4, 5])


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=12),
    st.integers(0, 20),
)
def test_an_envelope_is_concave_and_lies_above(rises: list[float], start: int) -> None:
    y = np.concatenate([[0.0], rises])
    x = np.concatenate([[0.0], start + 1 + np.arange(len(rises))])
    corner_x, corner_y = concave_envelope(x, y)
    slopes = np.diff(corner_y) / np.diff(corner_x)
    assert (np.diff(slopes) <= 1e-9).all()
    assert (np.interp(x, corner_x, corner_y) >= y - 1e-9).all()
    assert set(zip(corner_x, corner_y, strict=True)) <= set(zip(x, y, strict=True))


def brute_force(stakes: np.ndarray, levels: list, budget: float) -> float:
    """Best of all whole numbers of operators, one room and block sharing its time between two.

    A linear model with one budget row has such a best answer: at most one block is split.
    """
    places = list(np.ndindex(stakes.shape))
    best = 0.0
    choices = [range(len(levels[room][0])) for room, _ in places]
    for picked in itertools.product(*choices):
        used = sum(levels[r][0][k] * HOURS[b] for (r, b), k in zip(places, picked, strict=True))
        if used > budget + 1e-9:
            continue
        value = sum(
            stakes[r, b] * levels[r][1][k] for (r, b), k in zip(places, picked, strict=True)
        )
        best = max(best, value)
        for (r, b), k in zip(places, picked, strict=True):
            operators, share = levels[r]
            for more in range(k + 1, len(operators)):
                part = min(1.0, (budget - used) / ((operators[more] - operators[k]) * HOURS[b]))
                best = max(best, value + stakes[r, b] * part * (share[more] - share[k]))
    return best


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("solver", ["highs", pytest.param("cbc", marks=needs_cbc)])
def test_the_linear_model_equals_brute_force_and_greed(seed: int, solver: str) -> None:
    rng = np.random.default_rng(seed)
    stakes = rng.uniform(0, 1000, (2, 2))
    # Up to twelve monitors: beyond nine the share noticed bends upwards, so envelopes matter.
    levels = [staffing_levels(each) for each in rng.uniform(1, 12, 2)]
    levels = [(operators[:5], share[:5]) for operators, share in levels]
    budget = rng.uniform(0, 500)
    made = best_allocation(stakes, HOURS, levels, budget=budget, solver=solver)
    greedy = greedy_allocation(stakes, HOURS, levels, budget=budget)
    assert made.value.sum() == pytest.approx(brute_force(stakes, levels, budget), rel=1e-6)
    assert made.value.sum() == pytest.approx(greedy.value.sum(), rel=1e-6)
    assert made.hours.sum() <= budget + 1e-6


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 3000), st.floats(0, 500))
def test_more_hours_are_never_worse_and_add_less_and_less(
    seed: int, budget: float, more: float
) -> None:
    rng = np.random.default_rng(seed)
    stakes = rng.uniform(0, 1000, (3, 2))
    levels = [staffing_levels(each) for each in rng.uniform(0.1, 40, 3)]
    little = greedy_allocation(stakes, HOURS, levels, budget=budget)
    much = greedy_allocation(stakes, HOURS, levels, budget=budget + more)
    gain = much.value.sum() - little.value.sum()
    assert gain >= -1e-6
    assert gain <= little.marginal * more + 1e-6
    assert gain >= much.marginal * more - 1e-6
    assert little.hours.sum() <= budget + 1e-6
    assert (little.value <= 0.85 * stakes + 1e-6).all()


def test_the_value_of_one_more_hour_is_what_it_adds() -> None:
    # Room two is worth thrice as much: its first operator, at two monitors, notices 0.813 of 30
    # in 100 hours, 0.244 an hour; after 50 hours of it one more hour adds just that.
    levels = [staffing_levels(2.0), staffing_levels(2.0)]
    stakes, hours = np.array([[10.0], [30.0]]), np.array([100.0])
    made = best_allocation(stakes, hours, levels, budget=50.0)
    assert made.hours.tolist() == [[0.0], [pytest.approx(50.0)]]
    assert made.marginal == pytest.approx((0.85 - 0.11 / 3) * 30 / 100)
    more = best_allocation(stakes, hours, levels, budget=51.0)
    assert more.value.sum() - made.value.sum() == pytest.approx(made.marginal)


def test_nothing_to_give_and_nothing_to_gain() -> None:
    levels = [staffing_levels(4.0)]
    none = best_allocation([[5.0]], [10.0], levels, budget=0.0)
    assert none.hours.sum() == 0
    assert none.marginal > 0
    full = best_allocation([[5.0]], [10.0], levels, budget=1e6)
    assert full.marginal == 0
    assert full.value.sum() == pytest.approx(0.85 * 5)
    idle = best_allocation([[0.0]], [10.0], levels, budget=5.0)
    assert idle.value.sum() == 0
