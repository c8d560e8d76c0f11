"""What plans save as built, against money worked out year by year."""

from __future__ import annotations

import pandas as pd
import pytest

from optimisation import ranges
from optimisation.consolidation import consolidate, cost_plan
from optimisation.drawn_costs import Draws, draw_all
from optimisation.group_table import Setting, make_setting
from optimisation.results import Plan
from optimisation.scenario import Scenario
from tests.optimisation.instances import territory


@pytest.fixture(params=[3, 6])
def solved(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, Scenario]:
    frame, _ = territory(request.param)
    return frame, Scenario(contiguity="none", max_group_size=3, coefficients={"room_new_gbp": 1e5})


def as_given(setting: Setting, *, draws: int, seed: int, **_: object) -> Draws:
    """Draw nothing: every value is the stated one."""
    return draw_all(setting, draws=draws, seed=seed, counts=False, local=False, names=())


def year_by_year(plan: Plan, today: Plan, scenario: Scenario) -> float:
    """Saving if each change falls in each of the years of building alike, by cash flows."""
    own = {c: s * r.cost_gbp_per_year for r in today.rooms for c, s in r.shares.items()}
    kept = {room.members for room in today.rooms}
    factor = 1 + scenario.discount_rate
    total = 0.0
    for room in plan.rooms:
        if room.members in kept:
            continue
        won = sum(own[code] for code in room.members) - room.cost_gbp_per_year
        for start in range(scenario.build_years):
            total -= room.one_off_gbp * factor**-start / scenario.build_years
            for year in range(start + 1, scenario.horizon_years + 1):
                total += won * factor**-year / scenario.build_years
    return total


@pytest.mark.parametrize("build_years", [1, 3])
def test_without_draws_it_is_the_saving_of_the_plan_as_built(
    solved: tuple[pd.DataFrame, Scenario], monkeypatch: pytest.MonkeyPatch, build_years: int
) -> None:
    monkeypatch.setattr(ranges, "draw_all", as_given)
    frame, scenario = solved[0], solved[1].model_copy(update={"build_years": build_years})
    plan = consolidate(frame, scenario)
    today = cost_plan(frame, scenario, make_setting(frame, scenario).today, "today", "Today")
    found = ranges.plan_savings(frame, scenario, [plan], today, draws=2).ranges["optimum"]
    assert plan.boroughs_moved > 0
    assert found.p50_gbp == pytest.approx(year_by_year(plan, today, scenario), abs=0.01)
    assert found.p10_gbp == found.p90_gbp
    assert found.years == build_years


def test_plans_are_valued_alike_whichever_stand_beside_them(
    solved: tuple[pd.DataFrame, Scenario],
) -> None:
    frame, scenario = solved
    today = cost_plan(frame, scenario, make_setting(frame, scenario).today, "today", "Today")
    plan = consolidate(frame, scenario)
    one = cost_plan(frame, scenario, [list(frame.index)], "one", "One")
    both = ranges.plan_savings(frame, scenario, [today, plan, one], today, draws=30)
    alone = ranges.plan_savings(frame, scenario, [one], today, draws=30)
    assert alone.ranges["one"] == both.ranges["one"]
    assert (both.gbp["today"] == 0).all()
    table = both.frame().set_index("plan_id")
    assert table.loc["one", "saves_share"] == (both.gbp["one"] > 1).mean()
    assert bool(table.loc["one", "breaks"]) == bool(one.broken)
    # Fewer than nine draws in ten can save where the lower end of the range is a loss.
    for found in both.ranges.values():
        assert (found.saves_share >= 0.9) == (found.p10_gbp > 1) or found.p10_gbp == 0


def test_officers_ways_are_the_same_counted_or_not(solved: tuple[pd.DataFrame, Scenario]) -> None:
    frame, scenario = solved
    frame = frame.drop(columns="crimes_per_year")
    frame["crimes_per_year"] = [12_000.0, float("nan"), *[8_000.0] * (len(frame) - 2)]
    counted = scenario.model_copy(update={"count_police_time": True})

    def saved(asked: Scenario) -> ranges.Savings:
        today = cost_plan(frame, asked, make_setting(frame, asked).today, "today", "Today")
        first, second, *rest = frame.index
        one = cost_plan(frame, asked, {first: list(frame.index)}, "one", "One")
        pair = cost_plan(
            frame, asked, {second: [first, second], **{c: [c] for c in rest}}, "p", "P"
        )
        return ranges.plan_savings(frame, asked, [one, pair, today], today, draws=20)

    councils, both = saved(scenario), saved(counted)
    assert (councils.police_gbp["one"] < 0).any()
    assert (councils.police_gbp["today"] == 0).all()
    for plan_id in ("one", "p"):
        # The cost model with the term, without it, and the term by itself agree draw by draw.
        alone, ways = councils.gbp[plan_id].to_numpy(), councils.police_gbp[plan_id].to_numpy()
        assert both.police_gbp[plan_id].to_numpy() == pytest.approx(ways, abs=1e-6)
        assert both.gbp[plan_id].to_numpy() == pytest.approx(alone + ways, abs=0.01)
        assert both.councils_gbp[plan_id].to_numpy() == pytest.approx(alone, abs=0.01)
    weighed = both.of_councils
    for plan_id, known in weighed.ranges.items():
        assert known.p50_gbp == pytest.approx(councils.ranges[plan_id].p50_gbp, abs=0.01)
    unknown = frame.drop(columns="crimes_per_year")
    today = cost_plan(unknown, scenario, make_setting(unknown, scenario).today, "today", "Today")
    table = ranges.plan_savings(unknown, scenario, [today], today, draws=20).frame()
    assert table["police_mean_gbp"].isna().all()
    assert table["both_mean_gbp"].isna().all()


def test_the_same_seed_gives_the_same_range_and_another_does_not(
    solved: tuple[pd.DataFrame, Scenario],
) -> None:
    frame, scenario = solved
    plan = consolidate(frame, scenario)
    today = cost_plan(frame, scenario, make_setting(frame, scenario).today, "today", "Today")

    def drawn(**seed: int) -> ranges.SavingRange:
        found = ranges.plan_savings(frame, scenario, [plan], today, draws=50, **seed)
        return found.ranges["optimum"]

    once = drawn()
    assert drawn() == once
    assert drawn(seed=1).p50_gbp != once.p50_gbp
    assert once.p10_gbp <= once.p50_gbp <= once.p90_gbp
