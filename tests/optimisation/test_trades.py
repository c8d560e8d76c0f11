"""What one wish costs in another: every point against all partitions, the knee, faults, London."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from coverage_model.base.errors import InputError
from optimisation.group_table import GroupTable, build_table, make_setting
from optimisation.scenario import Scenario, load_scenario
from optimisation.territory import borough_inputs
from optimisation.trade_results import Point, Trade
from optimisation.trades import QUANTITIES, VALUES, parse_trade, trade
from tests.optimisation.instances import territory
from tests.optimisation.test_ties import partitions

SUMS = list(VALUES)
PAIRS = list(itertools.permutations(SUMS, 2))


def random_table(seed: int) -> GroupTable:
    frame, graph = territory(seed, n=6)
    capacity = float(frame["cameras"].sum() * (0.5 + 0.1 * (seed % 5)))
    scenario = Scenario(
        contiguity="land", capacity_cameras=max(capacity, float(frame["cameras"].max()))
    )
    return build_table(make_setting(frame, scenario, graph=graph))


def all_plans(table: GroupTable) -> list[list[int]]:
    at = {table.groups.positions(row): row for row in range(len(table))}
    n = len(table.setting.codes)
    found = []
    for plan in partitions(tuple(range(n))):
        rows = [at.get(tuple(room)) for room in plan]
        if None not in rows:
            found.append([row for row in rows if row is not None])
    return found


@pytest.mark.parametrize("seed", range(100))
def test_every_point_is_the_best_of_all_partitions(seed: int) -> None:
    table = random_table(seed)
    first, second = (QUANTITIES[key] for key in PAIRS[seed % len(PAIRS)])
    signs = [-1.0 if each.more else 1.0 for each in (first, second)]
    values = [
        sign * VALUES[each.key](table) for sign, each in zip(signs, (first, second), strict=True)
    ]
    sums = np.array([[float(v[rows].sum()) for v in values] for rows in all_plans(table)])
    found = trade(table, first, second, points=6)
    assert found.points
    close = 1e-9 * np.abs(sums).max(axis=0) + 1e-8
    for point in found.points:
        assert point.proved
        mine = np.array([signs[0] * point.first, signs[1] * point.second])
        within = sums[sums[:, 1] <= mine[1] + close[1]]
        # Nothing has a better first with as much of the second.
        assert mine[0] == pytest.approx(within[:, 0].min(), abs=2 * close[0])
    ends = [found.points[0], found.points[-1]]
    assert signs[1] * ends[0].second == pytest.approx(sums[:, 1].min(), abs=2 * close[1])
    assert signs[0] * ends[1].first == pytest.approx(sums[:, 0].min(), abs=2 * close[0])
    if found.complete:
        same = np.array([1e-6, close[1]])  # what a point must gain to stand beside another
        better = [
            s
            for s in sums
            if not ((sums <= s + same).all(axis=1) & (sums < s - same).any(axis=1)).any()
        ]
        assert len({round(float(s[1])) for s in better}) == len(found.points)


def test_the_knee_is_where_the_curve_turns() -> None:
    table = random_table(3)
    found = trade(table, *parse_trade("cost:moves"), points=4)
    plan = found.points[0].plan

    def curve(*pairs: tuple[float, float]) -> Trade:
        points = tuple(Point(plan, a, b, a, proved=True) for a, b in pairs)
        return Trade(
            QUANTITIES["cost"], QUANTITIES["moves"], points, complete=True, years=10, annuity=8.3
        )

    # Two moves save 90 of the 100 that eight save.
    assert curve((100, 0), (10, 2), (0, 8)).knee == 1
    assert curve((100, 0), (50, 4), (0, 8)).knee is None  # a straight line
    assert curve((100, 0), (95, 2), (0, 8)).knee is None  # bent the other way
    assert curve((100, 0), (0, 8)).knee is None


@pytest.mark.parametrize("text", ["cost", "cost:cost", "cost:beauty", "a:b:c", ""])
def test_what_is_no_trade_is_said(text: str) -> None:
    with pytest.raises(InputError, match="is no trade"):
        parse_trade(text)


def test_the_worst_tenth_needs_draws() -> None:
    with pytest.raises(InputError, match="chosen without draws"):
        trade(random_table(1), *parse_trade("moves:worst"))


def test_london_s_cost_against_moves_is_whole_and_proved() -> None:
    table = build_table(make_setting(borough_inputs(), load_scenario()))
    found = trade(table, *parse_trade("cost:moves"))
    assert found.complete
    assert len(found.points) >= 12
    assert all(point.proved for point in found.points)
    assert found.points[0].plan.boroughs_moved == 0
    costs = [point.first for point in found.points]
    moves = [point.second for point in found.points]
    assert costs == sorted(costs, reverse=True)
    assert moves == sorted(set(moves))
    frame = found.frame()
    assert frame["knee"].sum() == 1
