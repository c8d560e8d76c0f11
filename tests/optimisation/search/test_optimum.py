"""The optimum is the optimum: against every partition, between solvers, and on London."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest

from coverage_model.base.errors import InfeasibleError
from optimisation.consolidation import consolidate, cost_plan, reference_plans
from optimisation.group_table import build_table, make_setting
from optimisation.optimum import solve_table
from optimisation.scenario import Scenario, load_scenario
from optimisation.search import optimum
from optimisation.search.bounds import lower_bound
from optimisation.search.cells import METHOD
from optimisation.search.groups import Groups
from optimisation.search.optimum import first_columns, solve_groups
from optimisation.search.solvers import solver_available
from optimisation.territory import borough_inputs
from tests.optimisation.instances import FILTERS, Oracle, instance, territory

needs_cbc = pytest.mark.skipif(not solver_available("cbc"), reason="this PuLP brings no CBC")


INSTANCES = 320


@pytest.mark.parametrize("block", range(8))
def test_optimum_equals_the_best_of_all_partitions(block: int) -> None:
    feasible = 0
    for seed in range(40 * block, 40 * block + 40):
        oracle = instance(seed)
        best = oracle.best()
        if math.isinf(best):
            with pytest.raises(InfeasibleError) as error:
                consolidate(oracle.frame, oracle.scenario, graph=oracle.graph)
            assert error.value.conflicting
            continue
        feasible += 1
        plan = consolidate(oracle.frame, oracle.scenario, graph=oracle.graph)
        assert plan.npv_gbp == pytest.approx(best, rel=1e-12)
        assert plan.report.status == "optimal"
        assert plan.report.gap_share < 1e-9
        for room in plan.rooms:
            assert room.npv_gbp == pytest.approx(
                oracle.at_site(frozenset(room.members), room.site_code), rel=1e-12
            )
    assert feasible >= 15


def test_every_filter_binds_in_some_instance() -> None:
    binds, sizes = dict.fromkeys(FILTERS, 0), set()
    money = {"lease_gbp_per_year": 0, "contract_exit_gbp": 0}
    for seed in range(INSTANCES):
        oracle = instance(seed)
        best = oracle.best()
        if math.isinf(best):
            continue
        sizes.add(len(oracle.codes))
        for name in binds:
            if oracle.best(without=[name]) < best * (1 - 1e-9):
                binds[name] += 1
        for name in money:
            if getattr(oracle.scenario, name):
                free = oracle.scenario.model_copy(update={name: {}})
                other = Oracle(oracle.frame, oracle.graph, free).best()
                money[name] += other < best * (1 - 1e-9)
    assert sizes == {5, 6, 7, 8, 9}
    assert min(binds.values()) >= 3, binds
    assert min(money.values()) >= 3, money


def test_single_room_for_all_wins_where_it_should() -> None:
    frame, graph = territory(3)
    free = {"link_gbp_per_year": 0, "link_gbp_per_km_year": 0, "integration_gbp_per_borough": 0}
    free |= {"licence_gbp_per_channel": 0, "room_closure_gbp_per_room": 0, "room_fitout_gbp": 0}
    free |= {"room_fitout_gbp_per_post": 0, "redundancy_gbp_per_fte": 0}
    plan = consolidate(frame, Scenario(coefficients=free, contiguity="none"), graph=graph)
    assert plan.room_count == 1  # who only records may stay so where it costs no more


@needs_cbc
@pytest.mark.parametrize("rooms", [None, 9])
def test_highs_and_cbc_agree_on_london(rooms: int | None) -> None:
    found = [
        consolidate(borough_inputs(), load_scenario(overrides={"solver": solver, "rooms": rooms}))
        for solver in ("highs", "cbc")
    ]
    assert found[0].npv_gbp == pytest.approx(found[1].npv_gbp, abs=0.01)
    first = "HiGHS" if rooms is None else METHOD
    assert [plan.report.solver for plan in found] == [first, "CBC"]
    assert all(plan.report.status == "optimal" for plan in found)


def test_london_is_proved_and_complete() -> None:
    boroughs = borough_inputs()
    scenario = load_scenario()
    plan = consolidate(boroughs, scenario)
    report = plan.report
    assert report.status == "optimal"
    assert report.gap_share < 1e-9
    assert report.objective_gbp == pytest.approx(plan.npv_gbp)
    assert report.bound_gbp <= report.objective_gbp
    assert report.groups_considered > 1_000
    served = [code for room in plan.rooms for code in room.members]
    assert sorted(served) == sorted(boroughs.index)
    assert all(room.site_code in room.members for room in plan.rooms)
    assert max(room.cameras for room in plan.rooms) <= 2_000
    assert plan.scenario_sha256 == scenario.sha256
    today = reference_plans(boroughs, scenario)[0]
    assert plan.npv_gbp < today.npv_gbp
    assert [room.cameras for room in plan.rooms] == sorted(
        (room.cameras for room in plan.rooms), reverse=True
    )


def test_london_today_costs_what_is_published_per_camera() -> None:
    boroughs = borough_inputs()
    today = reference_plans(boroughs, load_scenario())[0]
    per_camera = today.cost_gbp_per_year / boroughs["cameras"].sum()
    assert 2_000 <= per_camera <= 2_400


def test_any_prices_give_a_bound_no_plan_goes_below() -> None:
    frame, graph = territory(11)
    setting = make_setting(frame, Scenario(contiguity="land"), graph=graph)
    table = build_table(setting)
    solution = solve_groups(table.groups, table.costs.npv)
    assert solution is not None
    relaxed = lower_bound(table.groups, table.costs.npv)
    assert relaxed is not None
    assert relaxed.value <= solution.cost
    assert (relaxed.reduced_costs >= 0).all()
    total = relaxed.value + relaxed.reduced_costs[list(solution.rows)].sum()
    assert total <= solution.cost + 1e-6 * solution.cost


def test_the_first_model_holds_groups_of_every_area() -> None:
    # Two parts of a country: in the second every group is dearer than any of the first.
    rng = np.random.default_rng(3)
    cheap = [sorted(rng.choice(8, size=2, replace=False).tolist()) for _ in range(40)]
    codes = [f"a{k}" for k in range(12)]
    dear = [[8], [9], [10, 11]]
    groups = Groups.from_members(codes, [[codes[i] for i in row] for row in (*cheap, *dear)])
    order = np.arange(len(groups))
    assert (groups.take(order[:20]).matrix().sum(axis=0)[8:] == 0).all()
    few = first_columns(groups, order, overall=20, of_area=1)
    assert few.tolist() == [*range(20), 40, 41, 42]


@pytest.mark.parametrize("rooms", [8, 15])
def test_a_number_of_rooms_has_the_same_answer_by_both_routes(rooms: int) -> None:
    table = build_table(make_setting(borough_inputs(), load_scenario()))
    by_cells = solve_table(table, rooms_min=rooms, rooms_max=rooms)
    by_model = solve_table(table, rooms_min=rooms, rooms_max=rooms, cells=False)
    assert by_cells is not None
    assert by_model is not None
    assert by_cells.rows == by_model.rows
    assert (by_cells.bound, by_cells.method) == (by_cells.cost, METHOD)
    assert by_model.method == ""
    # CBC is asked where the scenario says so, and nobody else.
    assert solve_table(table, rooms_min=2, rooms_max=2) is None


def test_a_gap_is_reported_when_one_is_allowed() -> None:
    plan = consolidate(borough_inputs(), load_scenario(overrides={"gap": 0.05}))
    assert plan.report.gap_share <= 0.05


def test_plans_that_are_given_are_costed_by_the_same_table() -> None:
    frame, graph = territory(5)
    scenario = Scenario(contiguity="land")
    best = consolidate(frame, scenario, graph=graph)
    groups = {room.site_code: room.members for room in best.rooms}
    again = cost_plan(frame, scenario, groups, "again", "Again", graph=graph)
    assert again.npv_gbp == best.npv_gbp
    assert again.notes == ()
    assert again.report.status == "reference"


def test_a_territory_of_more_than_63_areas() -> None:
    side = 8
    frame, _ = territory(1, n=side * side + side)
    grid = nx.convert_node_labels_to_integers(nx.grid_2d_graph(side, side + 1))
    graph = nx.relabel_nodes(grid, dict(enumerate(frame.index)))
    scenario = Scenario(contiguity="land", max_group_size=3, max_link_km=60)
    plan = consolidate(frame, scenario, graph=graph)
    assert plan.report.status == "optimal"
    assert sorted(c for room in plan.rooms for c in room.members) == list(frame.index)


def test_a_territory_of_small_counts_is_proved_without_growing_models(monkeypatch) -> None:
    """Few cameras everywhere: capacity never binds, and the best columns alone hold no plan."""
    boroughs = borough_inputs().assign(cameras=27)
    asked = []
    real = optimum.choose_columns

    def seen(members, *rest, **options):
        asked.append(len(members))
        return real(members, *rest, **options)

    monkeypatch.setattr(optimum, "choose_columns", seen)
    plan = consolidate(boroughs, load_scenario(), max_nodes=2_000)
    assert plan.report.status == "optimal"
    assert len(asked) == 1
    cheapest = min(
        consolidate(boroughs, load_scenario(overrides={"rooms": rooms})).npv_gbp
        for rooms in (7, 8, 9)
    )
    assert plan.npv_gbp == pytest.approx(cheapest, abs=0.01)
