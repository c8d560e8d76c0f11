"""Waves against every order of building; nested steps by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from coverage_model.base.errors import InfeasibleError
from optimisation.costs.rates import annuity
from optimisation.phasing import common_blocks, nested_steps, phase_plan, refines
from optimisation.results import Plan, Room, SolveReport
from optimisation.scenario import Scenario

REPORT = SolveReport("reference", 0.0, 0.0, "", "", 0.0, 0, 0)


def plan(
    plan_id: str,
    groups: list[str],
    *,
    yearly: list[float] | None = None,
    once: list[float] | None = None,
    npv: float = 0.0,
    scenario: Scenario | None = None,
) -> Plan:
    """A plan of rooms named by letters, with given money."""
    scenario = scenario or Scenario()
    money = zip(groups, yearly or [0.0] * len(groups), once or [0.0] * len(groups), strict=True)
    rooms = []
    for group, a_year, at_once in money:
        worth = a_year * annuity(
            scenario.horizon_years, scenario.discount_rate, timing=scenario.flow_timing
        )
        rooms.append(
            Room(
                site_code=group[0],
                members=tuple(group),
                cameras=1.0,
                posts=1,
                cost_lines_gbp_per_year={"all": a_year},
                one_off_lines_gbp={"all": at_once},
                npv_gbp=npv / len(groups) if npv else worth + at_once,
                link_km=0.0,
                moved=len(group) - 1,
            )
        )
    return Plan(plan_id, plan_id, tuple(rooms), REPORT, scenario.name, scenario.sha256)


@pytest.mark.parametrize("timing", ["start", "end"])
@pytest.mark.parametrize("seed", range(4))
def test_waves_equal_the_best_of_all_orders(seed: int, timing: str) -> None:
    rng = np.random.default_rng(seed)
    scenario = Scenario(horizon_years=5, flow_timing=timing)
    own = rng.uniform(50, 150, 9)
    today = plan("today", list("abcdefghi"), yearly=own.tolist(), scenario=scenario)
    groups = ["ab", "cd", "ef", "gh", "i"]
    after = [*(own[2 * k : 2 * k + 2].sum() * rng.uniform(0.6, 1.1) for k in range(4)), own[8]]
    once = [*rng.uniform(100, 300, 4), 0.0]
    target = plan("best", groups, yearly=after, once=once, scenario=scenario)
    limit, years = 400.0, 4
    rate = 1 + scenario.discount_rate
    paid = [t if timing == "end" else t - 1 for t in range(1, 6)]

    def cost(order: tuple[int, ...]) -> float:
        total = sum(after[4] * rate ** -paid[t] for t in range(5))
        for k in range(4):
            before = own[2 * k : 2 * k + 2].sum()
            total += once[k] * rate ** -order[k]
            total += sum(
                (after[k] if t >= order[k] else before) * rate ** -paid[t] for t in range(5)
            )
        return total

    orders = [
        order
        for order in itertools.product(range(years), repeat=4)
        if all(sum(once[k] for k in range(4) if order[k] == t) <= limit for t in range(years))
    ]
    found = phase_plan(target, today, scenario, capital_limit_gbp=limit, years=years)
    assert found.npv_gbp == pytest.approx(min(cost(order) for order in orders))
    assert found.waves.groupby("year")["capital_gbp"].sum().max() <= limit
    assert found.cash_flow["cumulative_npv_gbp"].iloc[-1] == pytest.approx(
        today.npv_gbp - found.npv_gbp
    )
    assert found.cash_flow["capital_gbp"].sum() == pytest.approx(sum(once))
    at_once = phase_plan(target, today, scenario, years=1)
    assert at_once.npv_gbp == pytest.approx(target.npv_gbp)
    assert found.at_once_npv_gbp == pytest.approx(target.npv_gbp)
    assert "rooms in" in repr(found)


@pytest.mark.parametrize(
    ("limit", "years", "part"),
    [(90.0, 3, "costs £100 at once"), (150.0, 1, "must be spent in 1 years"), (110, 3, "one room")],
)
def test_a_limit_too_tight_is_named(limit: float, years: int, part: str) -> None:
    scenario = Scenario(horizon_years=5)
    today = plan("today", list("abcdefgh"), yearly=[10.0] * 8, scenario=scenario)
    once = [100.0, 60.0, 60.0, 60.0]
    target = plan("p", ["ab", "cd", "ef", "gh"], yearly=[15.0] * 4, once=once, scenario=scenario)
    with pytest.raises(InfeasibleError) as error:
        phase_plan(target, today, scenario, capital_limit_gbp=limit, years=years)
    assert part in str(error.value)


def test_nothing_to_build() -> None:
    scenario = Scenario()
    today = plan("today", ["a", "b"], yearly=[1.0, 1.0], scenario=scenario)
    found = phase_plan(today, today, scenario, capital_limit_gbp=1.0)
    assert (found.years, len(found.waves), found.delay_cost_gbp) == (0, 0, 0)


def test_arguments_that_cannot_be_meant() -> None:
    today = plan("today", ["a"])
    other = plan("other", ["a"], scenario=Scenario(horizon_years=3))
    with pytest.raises(ValueError, match="different scenarios"):
        phase_plan(other, today, Scenario())
    with pytest.raises(ValueError, match="horizon"):
        phase_plan(today, today, Scenario(), years=11)


def test_steps_that_never_need_undoing() -> None:
    today, end = plan("today", list("abcde")), plan("end", ["abc", "de"])
    good = plan("good", ["ab", "c", "d", "e"], npv=90.0)
    dear = plan("dear", ["ab", "c", "de"], npv=100.0)
    cheap = plan("cheap", ["abc", "d", "e"], npv=80.0)
    across = plan("across", ["a", "bd", "c", "e"], npv=1.0)
    steps = nested_steps([dear, across, cheap, good], start=today, end=end)
    assert [step.plan_id for step in steps] == ["today", "good", "cheap", "end"]
    assert refines(good, dear)
    assert not refines(across, end)
    assert nested_steps([], start=today, end=today) == (today,)
    with pytest.raises(ValueError, match="by merging only"):
        nested_steps([], start=across, end=end)


def test_common_blocks() -> None:
    plans = [
        plan("1", ["abc", "de", "f"]),
        plan("2", ["ab", "cde", "f"]),
        plan("3", ["abf", "cde"]),
    ]
    assert common_blocks(plans) == (("a", "b"), ("d", "e"))
    assert common_blocks([]) == ()


def test_the_year_of_breaking_even_by_hand() -> None:
    # At a rate of nothing: 100 spent at the start of year 1, 40 a year saved from then on, so that
    # 40 - 100, 80 - 100, 120 - 100 is won by the ends of years 1, 2, 3.
    scenario = Scenario(horizon_years=4, discount_rate=0.0)
    today = plan("today", ["a", "b"], yearly=[50.0, 50.0], scenario=scenario)
    pays = plan("pays", ["ab"], yearly=[60.0], once=[100.0], scenario=scenario)
    found = phase_plan(pays, today, scenario)
    assert found.cash_flow["cumulative_npv_gbp"].tolist() == [-60.0, -20.0, 20.0, 60.0]
    assert found.break_even_year == 3
    dear = plan("dear", ["ab"], yearly=[60.0], once=[161.0], scenario=scenario)
    assert phase_plan(dear, today, scenario).break_even_year is None
    free = plan("free", ["ab"], yearly=[60.0], once=[0.0], scenario=scenario)
    assert phase_plan(free, today, scenario).break_even_year == 1
    assert phase_plan(today, today, scenario).break_even_year is None


def test_waves_of_one_year_stand_by_saving_then_as_the_plan_has_them() -> None:
    scenario = Scenario(horizon_years=5)
    today = plan("today", list("abcdefgh"), yearly=[100.0] * 8, scenario=scenario)
    yearly = [190.0, 150.0, 150.0, 120.0]
    merged = plan("merged", ["ab", "cd", "ef", "gh"], yearly=yearly, scenario=scenario)
    waves = phase_plan(merged, today, scenario).waves
    assert waves["year"].tolist() == [1, 1, 1, 1]
    assert waves["room_code"].tolist() == ["g", "c", "e", "a"]
    assert waves["saving_gbp_per_year"].tolist() == [80.0, 50.0, 50.0, 10.0]
