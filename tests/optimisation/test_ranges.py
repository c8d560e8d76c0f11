"""The range of a plan's saving: built at once or in waves, against costs worked out another way."""

from __future__ import annotations

import pandas as pd
import pytest

from optimisation import ranges
from optimisation.consolidation import consolidate, cost_plan
from optimisation.drawn_costs import Draws, draw_all
from optimisation.group_table import Setting, make_setting
from optimisation.phasing import phase_plan
from optimisation.scenario import Scenario
from tests.optimisation.instances import territory


@pytest.fixture(params=[3, 6])
def solved(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, Scenario]:
    frame, _ = territory(request.param)
    return frame, Scenario(contiguity="none", max_group_size=3, coefficients={"room_new_gbp": 1e5})


def as_given(setting: Setting, *, draws: int, seed: int, **_: object) -> Draws:
    """Draw nothing: every value is the stated one."""
    return draw_all(setting, draws=draws, seed=seed, counts=False, local=False, names=())


def test_without_draws_it_is_the_saving_of_the_plan(
    solved: tuple[pd.DataFrame, Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges, "draw_all", as_given)
    frame, scenario = solved
    plan = consolidate(frame, scenario)
    today = cost_plan(frame, scenario, make_setting(frame, scenario).today, "today", "Today")
    found = ranges.saving_range(frame, scenario, plan, today, draws=2)
    assert plan.boroughs_moved > 0
    assert found.p50_gbp == pytest.approx(today.npv_gbp - plan.npv_gbp, abs=0.01)
    assert found.p10_gbp == found.p90_gbp
    assert found.years == 1
    # In waves it saves what the phasing says, which works in another way.
    limit = max(room.one_off_gbp for room in plan.rooms)
    phased = phase_plan(plan, today, scenario, capital_limit_gbp=limit)
    built = dict(zip(phased.waves["room_code"], phased.waves["year"].astype(int), strict=True))
    late = ranges.saving_range(frame, scenario, plan, today, built=built, draws=2)
    assert late.years == phased.years > 1
    assert late.p50_gbp == pytest.approx(today.npv_gbp - phased.npv_gbp, abs=0.01)
    assert late.p50_gbp < found.p50_gbp


def test_today_saves_nothing_against_itself_in_any_draw(
    solved: tuple[pd.DataFrame, Scenario],
) -> None:
    frame, scenario = solved
    today = cost_plan(frame, scenario, make_setting(frame, scenario).today, "today", "Today")
    found = ranges.saving_range(frame, scenario, today, today, draws=20)
    assert (found.p10_gbp, found.p50_gbp, found.p90_gbp, found.mean_gbp) == (0, 0, 0, 0)


def test_the_same_seed_gives_the_same_range_and_another_does_not(
    solved: tuple[pd.DataFrame, Scenario],
) -> None:
    frame, scenario = solved
    plan = consolidate(frame, scenario)
    today = cost_plan(frame, scenario, make_setting(frame, scenario).today, "today", "Today")
    once = ranges.saving_range(frame, scenario, plan, today, draws=50)
    assert ranges.saving_range(frame, scenario, plan, today, draws=50) == once
    other = ranges.saving_range(frame, scenario, plan, today, draws=50, seed=1)
    assert other.p50_gbp != once.p50_gbp
    assert once.p10_gbp <= once.p50_gbp <= once.p90_gbp
