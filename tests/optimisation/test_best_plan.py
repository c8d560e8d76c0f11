"""The best plan where an inventory or a scenario says little: an answer, and what it leaves out."""

from __future__ import annotations

import pytest

from optimisation import best_plan as module
from optimisation.best_plan import best_plan
from optimisation.group_table import build_table, make_setting
from optimisation.objective_options import ObjectiveOptions
from optimisation.objectives import choose
from optimisation.scenario import Scenario
from optimisation.territory import borough_inputs
from sharedview.plan_inputs import with_cameras_only
from tests.optimisation.instances import territory


def test_boroughs_without_cameras_stay_out_and_are_counted() -> None:
    boroughs = borough_inputs()
    boroughs["cameras"] = 0.0
    boroughs.loc[["E09000007", "E09000033"], "cameras"] = 12.0
    scenario, note = with_cameras_only(Scenario(must_share=(("E09000001", "E09000007"),)), boroughs)
    assert scenario.boroughs == ("E09000001", "E09000007", "E09000033")
    assert "30 of 33 boroughs" in note
    named = Scenario(boroughs=("E09000001",))
    assert with_cameras_only(named, boroughs) == (named, "")
    boroughs["cameras"] = 1.0
    assert with_cameras_only(Scenario(), boroughs) == (Scenario(), "")


def test_too_many_groups_end_in_smaller_rooms_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, graph = territory(3, n=8)
    scenario = Scenario(contiguity="none", objective=ObjectiveOptions(draws=20))
    monkeypatch.setattr(module, "DRAWN_GROUPS", 100)
    monkeypatch.setattr(module, "SMALL_ROOM_GROUPS", 100)
    best = best_plan(frame, scenario, graph=graph)
    # 8 + 28 + 56 groups of up to three; with four there are 70 more.
    assert best.scenario.max_group_size == 3
    assert best.plan.report.status == "feasible"
    assert "at most 3 boroughs a room" in best.plan.notes[0]
    small = scenario.model_copy(update={"max_group_size": 3})
    same = choose(build_table(make_setting(frame, small, graph=graph)))
    assert same is not None
    assert best.chosen is not None
    assert best.chosen.certificate.value_gbp == pytest.approx(same.certificate.value_gbp)
