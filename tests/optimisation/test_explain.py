"""Conflicts are conflicts and smallest ones; prices are differences of optima."""

from __future__ import annotations

import math

import pytest

from coverage_model.base.errors import InfeasibleError
from optimisation import consolidation, explain
from optimisation.assignment import solve_assignment
from optimisation.consolidation import consolidate
from optimisation.explain import (
    conflicting_constraints,
    constraint_prices,
    constraints,
    price_table,
    without,
)
from optimisation.group_table import Setting, build_table, make_setting
from optimisation.optimum import solve_table
from optimisation.scenario import Scenario, load_scenario
from optimisation.search.groups import TooManyGroupsError
from optimisation.search.solvers import solver_available
from optimisation.territory import borough_inputs
from tests.optimisation.instances import Oracle, territory, wishes


def random_setting(seed: int, *, n: int = 7) -> Setting:
    frame, graph = territory(seed, n=n)
    return make_setting(frame, Scenario.model_validate(wishes(seed, frame)), graph=graph)


def has_plan(setting: Setting) -> bool:
    table = build_table(setting)
    return len(table) > 0 and solve_table(table) is not None


@pytest.mark.parametrize("by_list", [True, False])
def test_conflicts_are_smallest(by_list: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not by_list:
        monkeypatch.setattr(explain, "TRIAL_GROUPS", 0)
    seeds = range(60) if by_list else range(40)
    seen = 0
    for seed in seeds:
        setting = random_setting(seed)
        if has_plan(setting):
            continue
        seen += 1
        conflict = set(conflicting_constraints(setting))
        assert conflict
        left = setting
        for constraint in constraints(setting):
            if constraint.sentence not in conflict:
                left = without(left, constraint)
        assert not has_plan(left)
        for constraint in constraints(left):
            assert has_plan(without(left, constraint)), constraint.sentence
    assert seen >= 3


def test_a_councillor_reads_what_conflicts() -> None:
    scenario = load_scenario(overrides={"rooms_max": 5, "must_share": [["Sutton", "Croydon"]]})
    with pytest.raises(InfeasibleError) as error:
        consolidate(borough_inputs(), scenario)
    assert error.value.exit_code == 3
    assert error.value.conflicting == (
        "a room may watch at most 2,000 cameras",
        "there may be at most 5 rooms",
    )


def test_prices_are_differences_of_optima() -> None:
    priced = 0
    for seed in range(12):
        setting = random_setting(seed)
        if not has_plan(setting):
            continue
        table = build_table(setting)
        base = solve_table(table)
        assert base is not None
        a, b = setting.codes[0], setting.codes[1]
        found = constraint_prices(table, pairs=[(a, b)])
        named = constraints(setting)
        for constraint, price in zip(named, found, strict=False):
            free = solve_table(build_table(without(setting, constraint)))
            assert free is not None
            assert price.sentence == constraint.sentence
            assert price.price_gbp == pytest.approx(base.cost - free.cost, abs=0.02)
            assert price.at_most_gbp == pytest.approx(price.at_least_gbp, abs=0.02)
            priced += 1
        together, apart = found[len(named) :]
        known = [price for price in (together, apart) if price.price_gbp is not None]
        assert min(price.price_gbp for price in known) == 0.0
        frame = price_table(found)
        assert frame["kind"].tolist() == ["in_force"] * len(named) + ["together", "apart"]
    assert priced >= 8


def test_prices_without_a_list_are_intervals_that_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    setting = random_setting(3)
    table = build_table(setting)
    listed = constraint_prices(table)
    monkeypatch.setattr(explain, "PRICED_GROUPS", 0)
    for exact, bounded in zip(listed, constraint_prices(table), strict=True):
        assert bounded.at_least_gbp <= exact.price_gbp + 0.02
        assert exact.price_gbp <= bounded.at_most_gbp + 0.02


def test_the_price_of_small_rooms_holds_by_brute_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most two boroughs a room: what larger rooms would save, from every partition there is."""
    monkeypatch.setattr(explain, "PRICED_GROUPS", 0)  # as where there are too many to list
    worth = []
    for seed in range(5):
        frame, graph = territory(seed, n=7)
        scenario = Scenario(contiguity="land", max_group_size=2, count_police_time=seed == 3)
        oracle = Oracle(frame, graph, scenario)
        true = oracle.best() - oracle.best(without=["max_group_size"])
        prices = constraint_prices(build_table(make_setting(frame, scenario, graph=graph)))
        (price,) = (each for each in prices if "at most 2 boroughs" in each.sentence)
        assert price.at_least_gbp is not None
        assert price.at_least_gbp - 0.01 <= true
        assert price.at_most_gbp is None or true <= price.at_most_gbp + 0.01
        worth.append(price.at_most_gbp is not None and true > 1)
    assert any(worth), "some price should be above nothing and bounded"


def test_an_impossible_scenario_has_no_prices() -> None:
    scenario = load_scenario(overrides={"rooms": 5})
    table = build_table(make_setting(borough_inputs(), scenario))
    with pytest.raises(ValueError, match="no plan"):
        constraint_prices(table)


@pytest.mark.parametrize("block", range(2))
def test_assignment_model_agrees_with_the_choice_of_groups(block: int) -> None:
    for seed in range(8 * block, 8 * block + 8):
        setting = random_setting(seed, n=6)
        answer = solve_assignment(setting)
        table = build_table(setting)
        best = solve_table(table) if len(table) else None
        assert answer.infeasible == (best is None)
        assert solve_assignment(setting, feasibility=True).infeasible == (best is None)
        if best is not None:
            assert answer.cost == pytest.approx(best.cost, rel=1e-9)
            assert answer.bound == pytest.approx(best.cost, rel=1e-6)
            assert answer.bound <= answer.cost


def test_too_many_groups_fall_back_on_the_assignment_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame, graph = territory(8)
    scenario = Scenario(contiguity="land", max_group_size=3)
    plan = consolidate(frame, scenario, graph=graph)

    def refuse(setting: Setting) -> None:
        raise TooManyGroupsError(3_000_000)

    monkeypatch.setattr(consolidation, "build_table", refuse)
    other = consolidate(frame, scenario, graph=graph)
    assert other.npv_gbp == pytest.approx(plan.npv_gbp)
    assert "assignment model" in other.report.solver
    assert other.report.gap_share < 1e-6
    assert math.isfinite(other.report.bound_gbp)


@pytest.mark.skipif(not solver_available("cbc"), reason="this PuLP brings no CBC")
def test_assignment_model_with_cbc() -> None:
    frame, graph = territory(2)
    scenario = Scenario(contiguity="land", max_group_size=4, solver="cbc")
    setting = make_setting(frame, scenario, graph=graph)
    best = solve_table(build_table(setting))
    assert best is not None
    assert solve_assignment(setting).cost == pytest.approx(best.cost)


def test_a_conflict_in_what_the_user_wrote_comes_before_defaults(tmp_path):
    path = tmp_path / "fixed.toml"
    path.write_text(
        'extends = "optimum"\nrooms = 2\nfixed_rooms = ["Camden", "LB Westminster", "Croydon"]\n',
        encoding="utf-8",
    )
    setting = make_setting(borough_inputs(), load_scenario(path))
    assert conflicting_constraints(setting) == (
        "Camden must host the room it uses",
        "Croydon must host the room it uses",
        "Westminster must host the room it uses",
        "there may be at most 2 rooms",
    )
