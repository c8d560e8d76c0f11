"""London's default plan on draws that did not choose it, against every plan it was chosen over."""

from __future__ import annotations

import pytest

from optimisation.best_plan import best_plan, point_plan
from optimisation.consolidation import reference_plans
from optimisation.drawn_costs import UNSEEN
from optimisation.group_table import build_table, make_setting
from optimisation.monte_carlo import monte_carlo
from optimisation.near_best import alternatives
from optimisation.outlook import optimality_gap
from optimisation.scenario import load_scenario
from optimisation.territory import borough_inputs


@pytest.mark.slow
def test_the_default_plan_stands_on_unseen_draws() -> None:
    boroughs, scenario = borough_inputs(), load_scenario()
    best = best_plan(boroughs, scenario)
    assert best.chosen is not None
    assert best.chosen.certificate.proved
    stated = build_table(make_setting(boroughs, scenario))
    near = alternatives(best.chosen.expected_table, epsilon=0.005, limit=10_000)
    # The plan is the first of its own list: what proves it and what lists it agree.
    assert near.npv[0] == pytest.approx(best.chosen.certificate.value_gbp, abs=0.5)
    assert near.plan(0).sited == best.plan.sited
    assert near.plan(0).report.objective == "expected cost over 200 draws"
    known = reference_plans(boroughs, scenario)
    carlo = monte_carlo(
        boroughs,
        scenario,
        [best.plan, point_plan(stated), *known],
        draws=200,
        seed=scenario.objective.seed + UNSEEN,
        table=best.chosen.table,
    )
    table = carlo.regret.set_index("plan_id")
    mean = table["saving_mean_gbp"]
    for other in ("point_optimum", "bcu", "subregion", "pan_london", "own_rooms", "today"):
        assert mean["optimum"] > mean[other], other
    assert table.loc["subregion", "allowed_share"] == 0
    _, most = optimality_gap(best.chosen, carlo.matrix)
    unseen = carlo.matrix.mean(axis=0)
    ours = float(unseen[list(best.chosen.rows)].sum())
    # No near-tie is better by more than chance in the draws allows.
    assert len(near) > 1_000
    assert ours - float(near.total(unseen).min()) <= most
