"""Plans of equal cost: fewest boroughs moved, then shortest links; with all costs 0, today."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optimisation.best_plan import best_plan
from optimisation.consolidation import consolidate
from optimisation.costs.terms import MUST_BE_POSITIVE, RATE_NAMES
from optimisation.scenario import Scenario, load_scenario
from optimisation.search.groups import Groups
from optimisation.search.solvers import Effort
from optimisation.search.ties import least_of_ties
from optimisation.territory import borough_inputs
from tests.optimisation.instances import territory

FREE = {name: 0.0 for name in RATE_NAMES if name not in MUST_BE_POSITIVE}


def partitions(areas: tuple[int, ...]) -> list[list[tuple[int, ...]]]:
    if not areas:
        return [[]]
    first, *rest = areas
    return [
        [(first, *mates), *others]
        for size in range(len(rest) + 1)
        for mates in itertools.combinations(rest, size)
        for others in partitions(tuple(a for a in rest if a not in mates))
    ]


@pytest.mark.parametrize("seed", range(30))
def test_ties_against_every_partition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = tuple("abcdef")
    sets = [s for k in range(1, 7) for s in itertools.combinations(range(6), k)]
    groups = Groups.from_members(codes, [[codes[i] for i in s] for s in sets])
    at = {s: row for row, s in enumerate(sets)}
    # Few different costs: many plans tie.
    costs = np.array([float(len(s) + rng.integers(0, 2)) for s in sets])
    moved = np.array([float(rng.integers(0, len(s))) for s in sets])
    km = np.round(np.array([rng.uniform(0, 9) for _ in sets]), 2)
    plans = [tuple(sorted(at[room] for room in plan)) for plan in partitions(tuple(range(6)))]
    keyed = {plan: tuple(float(v[list(plan)].sum()) for v in (costs, moved, km)) for plan in plans}
    cheapest = min(key[0] for key in keyed.values())
    tied = [plan for plan, key in keyed.items() if key[0] == cheapest]
    found = least_of_ties(groups, costs, tied[-1], [moved, km], effort=Effort())
    wanted = min(keyed[plan] for plan in tied)
    assert keyed[found] == pytest.approx(wanted, abs=1e-5)
    assert len(tied) > 1


@pytest.mark.parametrize("seed", range(8))
def test_with_all_costs_0_the_answer_is_today(seed: int) -> None:
    frame, graph = territory(seed)
    scenario = Scenario(coefficients=FREE, objective={"kind": "point"})  # type: ignore[arg-type]
    joined = graph.copy()
    joined.add_edges_from(frame["room_today"].items() if "room_today" in frame else ())
    plan = consolidate(frame, scenario, graph=joined)
    assert plan.npv_gbp == 0
    assert plan.boroughs_moved == 0


def test_with_all_costs_0_london_stays_as_it_is() -> None:
    found = best_plan(
        borough_inputs(), load_scenario(overrides={"coefficients": FREE, "objective.draws": 20})
    )
    assert found.plan.boroughs_moved == 0
    assert found.plan.room_count == 29
    assert found.plan.report.status == "optimal"
