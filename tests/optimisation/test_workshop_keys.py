"""What a workshop hands over in a scenario: most boroughs moved, and counts of cameras."""

from __future__ import annotations

import numpy as np
import pytest

from coverage_model.base.errors import InfeasibleError, InputError
from optimisation.assignment import solve_assignment
from optimisation.best_plan import best_plan
from optimisation.consolidation import consolidate, cost_plan, reference_plans
from optimisation.group_table import build_table, make_setting
from optimisation.near_best import best_within_moves
from optimisation.objectives import best_in_draws
from optimisation.scenario import load_scenario
from optimisation.territory import borough_inputs

EIGHT = ["Barnet", "Enfield", "Haringey", "Islington", "Camden", "Hackney", "Brent", "Harrow"]
BASE = {"boroughs": EIGHT, "objective.draws": 20}


@pytest.fixture(scope="module")
def frame():
    return borough_inputs()


def moved(plan):
    return sum(room.moved for room in plan.rooms)


def test_no_more_boroughs_move_than_asked(frame):
    free = consolidate(frame, load_scenario(overrides=BASE))
    assert moved(free) > 2
    scenario = load_scenario(overrides={**BASE, "most_moved": 2})
    plan = consolidate(frame, scenario)
    assert moved(plan) <= 2
    table = build_table(make_setting(frame, load_scenario(overrides=BASE)))
    assert plan.npv_gbp == pytest.approx(best_within_moves(table, most_moved=2).npv_gbp)
    answer = solve_assignment(make_setting(frame, scenario))
    assert answer.cost == pytest.approx(plan.npv_gbp)


def test_the_best_over_draws_keeps_to_it_and_so_does_each_draw(frame):
    best = best_plan(frame, load_scenario(overrides={**BASE, "most_moved": 2}))
    assert moved(best.plan) <= 2
    assert best.chosen.certificate.proved
    chosen = best.chosen
    costs, plans = best_in_draws(chosen.table, chosen.drawn, chosen.matrix)
    assert np.isfinite(costs).all()
    assert all(chosen.table.costs.moved[list(plan)].sum() <= 2 for plan in plans)


def test_a_limit_that_nobody_can_keep_is_named(frame):
    # The two must share a room, so one of them moves.
    pair = [["Barnet", "Enfield"]]
    asked = {**BASE, "most_moved": 0, "must_share": pair}
    with pytest.raises(InfeasibleError, match="at most 0 boroughs may leave the room of today"):
        best_plan(frame, load_scenario(overrides=asked))


def test_a_given_plan_that_moves_more_says_so(frame):
    scenario = load_scenario(overrides={**BASE, "most_moved": 1})
    codes = [str(code) for code in make_setting(frame, scenario).codes]
    plan = cost_plan(frame, scenario, [codes], "one", "One room")
    assert any("the scenario asks for 1 at most" in note for note in plan.broken)


def test_counts_of_cameras_take_the_place_of_the_published(frame):
    scenario = load_scenario(overrides={**BASE, "camera_counts": {"Camden": 640.0}})
    setting = make_setting(frame, scenario)
    (at,) = setting.positions(["E09000007"])
    assert setting.places.cameras[at] == 640.0
    other = frame.assign(cameras=frame["cameras"].astype(float))
    other.loc["E09000007", "cameras"] = 640.0
    first = reference_plans(frame, scenario)[0]
    assert first.npv_gbp == reference_plans(other, load_scenario(overrides=BASE))[0].npv_gbp
    with pytest.raises(InputError, match="camera_counts"):
        load_scenario(overrides={**BASE, "camera_counts": {"Camden": -1.0}})
