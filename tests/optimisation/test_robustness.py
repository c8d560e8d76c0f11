"""Draws, re-optimisation and switching values: each checked by solving again from nothing."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from coverage_model.base.errors import InputError
from optimisation.consolidation import consolidate, cost_plan, reference_plans
from optimisation.costs.draws import Uncertain, draw_coefficients, uncertain_coefficients
from optimisation.group_table import GroupTable, build_table, cost_table, make_setting
from optimisation.monte_carlo import monte_carlo
from optimisation.objective_options import ObjectiveOptions
from optimisation.robustness import switching_values, tornado
from optimisation.scenario import Scenario, load_scenario
from optimisation.territory import borough_inputs
from tests.optimisation.instances import territory


def test_draws_have_the_stated_distribution_and_their_own_streams() -> None:
    item = Uncertain("cameras_per_operator", 80.0, 160.0, 320.0)
    pert = draw_coefficients([item], draws=20_000, seed=1)["cameras_per_operator"]
    assert pert.between(80, 320).all()
    assert pert.mean() == pytest.approx((80 + 4 * 160 + 320) / 6, rel=0.01)
    flat = draw_coefficients([item], draws=20_000, seed=1, distribution="triangular")
    assert flat["cameras_per_operator"].mean() == pytest.approx((80 + 160 + 320) / 3, rel=0.01)
    other = Uncertain("min_posts_per_room", 1.0, 1.0, 3.0)
    both = draw_coefficients([other, item], draws=20_000, seed=1)
    assert both["cameras_per_operator"].equals(pert)
    assert set(both["min_posts_per_room"]) == {1.0, 2.0, 3.0}
    assert not draw_coefficients([item], draws=5, seed=2).equals(pert.head(5).to_frame())


def test_a_scenarios_own_value_moves_the_range() -> None:
    scenario = Scenario(coefficients={"cameras_per_operator": 320.0})
    found = {item.name: item for item in uncertain_coefficients(scenario)}
    item = found["cameras_per_operator"]
    assert (item.low, item.value, item.high) == (160.0, 320.0, 640.0)
    assert "hours_monitored_per_year" not in found
    assert "pictures_per_monitor" not in found
    with pytest.raises(InputError, match="wages"):
        uncertain_coefficients(scenario, names=["wages"])


COEFFICIENTS_ONLY = ObjectiveOptions(draw_counts=False, draw_local_levels=False)


def cold(
    boroughs: pd.DataFrame, scenario: Scenario, values: dict[str, float], graph: nx.Graph | None
) -> float:
    own = {**scenario.coefficients, **values}
    changed = scenario.model_copy(update={"coefficients": own})
    return consolidate(boroughs, changed, graph=graph).npv_gbp


def changed(scenario: Scenario, values: dict[str, float]) -> Scenario:
    own = {**scenario.coefficients, **values}
    return scenario.model_copy(update={"coefficients": own})


def test_draws_of_london_equal_cold_costs_and_repeat() -> None:
    boroughs = borough_inputs()
    scenario = load_scenario(overrides={"build_years": 1})
    scenario = scenario.model_copy(update={"objective": COEFFICIENTS_ONLY})
    plan = consolidate(boroughs, scenario)
    bcu = next(p for p in reference_plans(boroughs, scenario) if p.plan_id == "bcu")
    run = monte_carlo(boroughs, scenario, [plan, bcu], draws=8)
    for k in (0, 3, 6):
        own = changed(scenario, run.draws.iloc[k].to_dict())
        again = cost_plan(boroughs, own, bcu.sited, "bcu", "BCU")
        assert run.npv_gbp["bcu"].iloc[k] == pytest.approx(again.npv_gbp)
        # With its rooms free to stand elsewhere in each draw, the best plan costs no more.
        assert cold(boroughs, own, {}, None) <= run.best_npv_gbp[k] + 0.01
    regret = run.npv_gbp.sub(run.best_npv_gbp, axis=0)
    assert regret["optimum"].min() >= -0.01
    row = run.regret.set_index("plan_id").loc["optimum"]
    saving = run.npv_gbp["today"] - run.npv_gbp["optimum"]
    assert row["saving_p10_gbp"] == pytest.approx(np.percentile(saving, 10))
    assert row["max_regret_gbp"] == pytest.approx(regret["optimum"].max())
    assert sum(count for _, count in run.optima) == 8
    least = run.regret.set_index("plan_id").loc["least_mean_regret", "label"]
    assert f"of the {len(run.optima)} plans best in some draw" in least
    assert "8 draws" in repr(run)
    repeat = monte_carlo(boroughs, scenario, [plan, bcu], draws=8)
    pd.testing.assert_frame_equal(run.regret, repeat.regret)
    pd.testing.assert_frame_equal(run.draws, repeat.draws)
    assert run.optima == repeat.optima


def least_of_all(
    table: GroupTable, boroughs: pd.DataFrame, scenario: Scenario, graph: nx.Graph
) -> float:
    """Cheapest of all partitions into the table's groups at their sites, limits left aside."""
    codes, (low, high) = table.setting.codes, scenario.room_range
    groups = {table.groups.members(k): codes[table.costs.site[k]] for k in range(len(table))}
    setting = make_setting(boroughs, scenario, graph=graph)
    cost = {
        group: float(cost_table(setting, {site: group}).costs.npv[0])
        for group, site in groups.items()
    }

    watched = {table.groups.members(k): int(table.counted[k]) for k in range(len(table))}

    def least(left: tuple[str, ...], rooms: int) -> float:
        if not left:
            return 0.0 if (low or 0) <= rooms <= (high or rooms) else np.inf
        return min(
            (
                cost[group]
                + least(tuple(c for c in left if c not in group), rooms + watched[group])
                for group in cost
                if group[0] == left[0] and set(group) <= set(left)
            ),
            default=np.inf,
        )

    return least(codes, 0)


@pytest.mark.parametrize("seed", range(4))
def test_draws_of_small_territories_equal_all_partitions(seed: int) -> None:
    frame, graph = territory(seed)
    wishes: dict[str, object] = [
        {"max_group_size": 3},
        {"rooms_min": 3, "rooms_max": 4},
        {"contiguity": "none", "forbidden_rooms": ("A01",), "must_share": (("A02", "A03"),)},
        # Which groups are allowed is settled at the values as stated, in every draw.
        {"capacity_posts": 8, "max_link_km": 20.0},
    ][seed]
    scenario = Scenario(**wishes, objective=COEFFICIENTS_ONLY, build_years=1)
    plan = consolidate(frame, scenario, graph=graph)
    run = monte_carlo(frame, scenario, [plan], draws=8, graph=graph)
    table = build_table(make_setting(frame, scenario, graph=graph))
    for k in range(8):
        own = changed(scenario, run.draws.iloc[k].to_dict())
        assert run.best_npv_gbp[k] == pytest.approx(least_of_all(table, frame, own, graph)), k


def test_no_plan_and_no_draws_possible() -> None:
    with pytest.raises(InputError, match="no plan was given"):
        monte_carlo(borough_inputs(), load_scenario(), [])


def test_tornado_and_switching_values_by_solving_again() -> None:
    frame, graph = territory(4)
    scenario = Scenario(build_years=1)
    plan = consolidate(frame, scenario, graph=graph)
    assert len(plan.rooms) < len(frame)
    names = ["link_gbp_per_km_year", "cameras_per_operator"]
    table = tornado(frame, scenario, plan, names=names, graph=graph).set_index("coefficient")

    def saving(values: dict[str, float]) -> float:
        own = scenario.model_copy(update={"coefficients": values})
        alone = cost_plan(frame, own, [[c] for c in frame.index], "t", "T", graph=graph)
        kept = cost_plan(frame, own, plan.sited, "p", "P", graph=graph)
        return alone.npv_gbp - kept.npv_gbp

    for name in names:
        row = table.loc[name]
        assert row["saving_at_low_gbp"] == pytest.approx(saving({name: row["low"]}))
        assert row["saving_at_high_gbp"] == pytest.approx(saving({name: row["high"]}))
        for end in ("low", "high"):
            values = {name: row[end]}
            own = scenario.model_copy(update={"coefficients": values})
            alone = cost_plan(frame, own, [[c] for c in frame.index], "t", "T", graph=graph)
            best = alone.npv_gbp - cold(frame, scenario, values, graph)
            assert row[f"reoptimised_at_{end}_gbp"] == pytest.approx(best)
            assert best >= row[f"saving_at_{end}_gbp"] - 0.01
    switch = switching_values(frame, scenario, plan, graph=graph).set_index("coefficient")
    found = switch["loses_above"].dropna()
    assert len(found)
    for name, value in found.items():
        if name != "horizon_years":
            item = switch.loc[name]
            step = (5 * item["high"] - item["value"]) / 2**11
            assert saving({name: value}) <= 0 < saving({name: value - step}), name


@pytest.mark.parametrize("build_years", [1, 4])
def test_the_horizon_in_the_tornado_and_the_years_of_building(build_years: int) -> None:
    frame, graph = territory(4)
    scenario = Scenario(build_years=build_years)
    plan = consolidate(frame, scenario, graph=graph)
    row = tornado(frame, scenario, plan, graph=graph).set_index("coefficient").loc["horizon_years"]
    longer = scenario.model_copy(update={"horizon_years": 15})
    alone = cost_plan(frame, longer, [[c] for c in frame.index], "t", "T", graph=graph)
    kept = cost_plan(frame, longer, plan.sited, "p", "P", graph=graph)
    saved = alone.cost_gbp_per_year - kept.cost_gbp_per_year
    years = [
        saved * sum(1.035**-t for t in range(start + 1, 16)) - kept.one_off_gbp * 1.035**-start
        for start in range(build_years)
    ]
    assert row["saving_at_high_gbp"] == pytest.approx(np.mean(years))
