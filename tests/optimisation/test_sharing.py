"""Charges: Shapley by permutations, stability over the whole table, an empty core by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from optimisation.consolidation import consolidate, cost_plan, reference_plans
from optimisation.group_table import GroupTable, build_table, cost_table, make_setting
from optimisation.scenario import Scenario, load_scenario
from optimisation.sharing import RULES, Sharing, shapley_value, share_costs
from optimisation.territory import borough_inputs
from tests.optimisation.instances import territory

SMALL = {"link_gbp_per_km_year": 100.0, "cameras_per_operator": 100.0}


def by_permutations(costs: np.ndarray, players: int) -> np.ndarray:
    value, orders = np.zeros(players), list(itertools.permutations(range(players)))
    for order in orders:
        mask = 0
        for i in order:
            value[i] += costs[mask | 1 << i] - costs[mask]
            mask |= 1 << i
    return value / len(orders)


def test_shapley_equals_the_permutation_formula_for_six_players() -> None:
    costs = np.random.default_rng(6).uniform(0, 100, 64)
    costs[0] = 0.0
    assert shapley_value(costs) == pytest.approx(by_permutations(costs, 6), rel=1e-12)


def charge(sharing: Sharing, rule: str) -> np.ndarray:
    rows = sharing.charges[sharing.charges["rule"] == rule].sort_values("borough_code")
    return rows["charge_gbp"].to_numpy()


def worst_excess(table: GroupTable, charges: np.ndarray) -> float:
    """Largest gain from leaving, group by group in plain Python."""
    place = {code: i for i, code in enumerate(table.setting.codes)}
    return max(
        sum(charges[place[code]] for code in table.groups.members(row)) - table.costs.npv[row]
        for row in range(len(table))
    )


@pytest.mark.parametrize("seed", range(6))
def test_rules_on_small_territories(seed: int) -> None:
    frame, graph = territory(seed)
    scenario = Scenario(coefficients=SMALL, max_group_size=4)
    table = build_table(make_setting(frame, scenario, graph=graph))
    plan = consolidate(frame, scenario, graph=graph, table=table)
    sharing = share_costs(table, plan)
    for rule in ("cameras", "shapley"):
        assert charge(sharing, rule).sum() == pytest.approx(plan.npv_gbp, rel=1e-12)
    stable = charge(sharing, "stable")
    assert stable.sum() + sharing.subsidy_gbp == pytest.approx(plan.npv_gbp, rel=1e-9)
    assert worst_excess(table, stable) <= 1e-6
    for rule in RULES:
        rows = sharing.charges[sharing.charges["rule"] == rule].sort_values("borough_code")
        left = (rows["charge_gbp"] - rows["discount_to_stay_gbp"]).to_numpy()
        assert worst_excess(table, left) <= 1.01
        assert (worst_excess(table, charge(sharing, rule)) > 1) == (
            sharing.blocking_counts[rule] > 0
        )
        # Discounts make a rule stable, so they cost at least what stability must cost.
        assert sharing.discount_gbp(rule) >= (rule != "stable") * sharing.subsidy_gbp - 35
    # Shapley in the first shared room, over all orders of its members.
    room = max(plan.rooms, key=lambda r: len(r.members))
    known = {table.groups.members(row): table.costs.npv[row] for row in range(len(table))}

    def best(members: tuple[str, ...]) -> float:
        if not members:
            return 0.0
        return min(
            cost + best(tuple(sorted(set(members) - set(group))))
            for group, cost in known.items()
            if members[0] in group and set(group) <= set(members)
        )

    count = len(room.members)
    costs = np.array(
        [
            best(tuple(c for i, c in enumerate(room.members) if m >> i & 1))
            for m in range(1 << count)
        ]
    )
    rows = sharing.charges[sharing.charges["rule"] == "shapley"].set_index("borough_code")
    assert rows.loc[list(room.members), "charge_gbp"].to_numpy() == pytest.approx(
        by_permutations(costs, count), rel=1e-9
    )


def triangle() -> pd.DataFrame:
    """Three like areas, each as far from the others, of which two may share."""
    return pd.DataFrame(
        {
            "borough": ["Ash", "Box", "Cob"],
            "cameras": [60.0, 60.0, 60.0],
            "site_x_m": [0.0, 1000.0, 500.0],
            "site_y_m": [0.0, 0.0, 866.0254037844],
        },
        index=pd.Index(["A", "B", "C"], name="borough_code"),
    )


def test_an_empty_core_is_reported_with_its_subsidy() -> None:
    scenario = Scenario(contiguity="none", max_group_size=2)
    frame = triangle()
    table = build_table(make_setting(frame, scenario))
    plan = consolidate(frame, scenario, table=table)
    alone, pair = (table.costs.npv[np.flatnonzero(table.groups.sizes() == k)[0]] for k in (1, 2))
    assert plan.npv_gbp == pytest.approx(alone + pair)
    # Every pair must be charged at most its cost: at most 1.5 pairs in all.
    sharing = share_costs(table, plan)
    assert sharing.core_is_empty
    assert sharing.subsidy_gbp == pytest.approx(alone + pair - 1.5 * pair, rel=1e-6)
    assert charge(sharing, "stable") == pytest.approx([pair / 2] * 3, rel=1e-6)
    assert "core empty" in repr(sharing)


def test_a_core_that_is_not_empty() -> None:
    # One operator can watch all three, so all together is far the best.
    scenario = Scenario(contiguity="none", coefficients={"cameras_per_operator": 400.0})
    frame = triangle()
    table = build_table(make_setting(frame, scenario))
    sharing = share_costs(table, consolidate(frame, scenario, table=table))
    assert not sharing.core_is_empty
    assert sharing.blocking_counts["stable"] == 0


def test_london() -> None:
    boroughs, scenario = borough_inputs(), load_scenario()
    table = build_table(make_setting(boroughs, scenario))
    plan = consolidate(boroughs, scenario, table=table)
    sharing = share_costs(table, plan)
    assert len(sharing.charges) == 3 * 33
    assert worst_excess(table, charge(sharing, "stable")) <= 1e-6
    assert sharing.losers("stable").empty
    for rule in ("cameras", "shapley"):
        assert charge(sharing, rule).sum() == pytest.approx(plan.npv_gbp, rel=1e-12)
    first = sharing.blocking[sharing.blocking["rule"] == "cameras"].iloc[0]
    codes = boroughs.reset_index().set_index("borough")["borough_code"]
    members = [codes[name] for name in first["members"].split("; ")]
    room = cost_table(table.setting, [members]).costs.npv[0]
    assert first["alone_gbp"] == pytest.approx(room)
    rows = sharing.charges[sharing.charges["rule"] == "cameras"].set_index("borough_code")
    assert first["gain_gbp"] == pytest.approx(rows.loc[members, "charge_gbp"].sum() - room)


def test_a_room_too_large_for_shapley_says_nothing() -> None:
    boroughs, scenario = borough_inputs(), load_scenario()
    table = build_table(make_setting(boroughs, scenario))
    sharing = share_costs(table, reference_plans(boroughs, scenario)[-1])
    assert np.isnan(charge(sharing, "shapley")).all()
    assert "shapley" not in sharing.blocking_counts


def test_a_plan_of_another_scenario_is_refused() -> None:
    frame, scenario = triangle(), Scenario(contiguity="none")
    table = build_table(make_setting(frame, scenario))
    other = Scenario(contiguity="none", horizon_years=5)
    plan = cost_plan(frame, other, [["A"], ["B"], ["C"]], "other", "Other")
    with pytest.raises(ValueError, match="another scenario"):
        share_costs(table, plan)
