"""Failover rooms against every choice of them."""

from __future__ import annotations

import itertools

import pytest

from coverage_model.base.errors import InfeasibleError
from optimisation.consolidation import consolidate, cost_plan, reference_plans
from optimisation.group_table import make_setting
from optimisation.resilience import best_resilient_plan, failover_rooms
from optimisation.scenario import Scenario, load_scenario
from optimisation.territory import borough_inputs
from tests.optimisation.instances import territory


@pytest.mark.parametrize("seed", range(4))
def test_failover_equals_the_best_of_all_choices(seed: int) -> None:
    frame, graph = territory(seed)
    scenario = Scenario(contiguity="none", coefficients={"cameras_per_operator": 90.0})
    setting = make_setting(frame, scenario, graph=graph)
    codes = list(frame.index)
    groups = [codes[:2], codes[2:3], codes[3:5], codes[5:]]
    plan = cost_plan(frame, scenario, groups, "p", "P", graph=graph)
    rate = setting.rate
    place = {code: i for i, code in enumerate(setting.codes)}

    def standby(room: int, site: str) -> float:
        total = 0.0
        for code in plan.rooms[room].members:
            links = -(-frame["cameras"][code] // rate.cameras_per_link)
            km = setting.places.km[place[code], place[site]]
            total += links * (rate.link_gbp_per_year + rate.link_gbp_per_km_year * km)
        paid = plan.rooms[room].cost_lines_gbp_per_year["standby_links"]
        return total * rate.standby_link_share - paid

    best = float("inf")
    for hosts in itertools.product(range(4), repeat=4):
        if any(r == f for r, f in enumerate(hosts)):
            continue
        seats = sum(
            max((plan.rooms[r].posts for r in range(4) if hosts[r] == f), default=0)
            for f in range(4)
        )
        cost = seats * rate.room_fitout_gbp_per_post * (1 + rate.optimism_bias_share)
        links = sum(standby(r, plan.rooms[f].site_code) for r, f in enumerate(hosts))
        best = min(best, cost + setting.annuity_factor * links)
    found = failover_rooms(setting, plan)
    assert found.npv_gbp == pytest.approx(best)
    assert (found.failover["room_code"] != found.failover["failover_code"]).all()
    spare = found.failover.set_index("room_code")["spare_posts"]
    for row in found.failover.itertuples():
        assert spare[row.failover_code] >= row.posts
    assert found.total_npv_gbp == pytest.approx(plan.npv_gbp + best)
    assert "spare posts" in repr(found)


def test_limits_that_leave_no_failover_are_named() -> None:
    boroughs, scenario = borough_inputs(), load_scenario()
    setting = make_setting(boroughs, scenario)
    references = {plan.plan_id: plan for plan in reference_plans(boroughs, scenario)}
    with pytest.raises(InfeasibleError, match="one room"):
        failover_rooms(setting, references["pan_london"])
    with pytest.raises(InfeasibleError, match="more than 5 km"):
        failover_rooms(setting, references["subregion"], max_km=5)
    with pytest.raises(InfeasibleError, match="at most 1 spare posts"):
        failover_rooms(setting, references["bcu"], max_spare_posts=1)
    near = failover_rooms(setting, references["bcu"], max_km=30)
    assert near.failover["longest_km"].max() <= 30


def test_the_best_plan_with_failover() -> None:
    boroughs, scenario = borough_inputs(), load_scenario()
    setting = make_setting(boroughs, scenario)
    plan = consolidate(boroughs, scenario)
    references = reference_plans(boroughs, scenario)
    best, found, proved = best_resilient_plan(setting, [*references, plan], max_km=40)
    assert (best.plan_id, proved) == ("optimum", False)
    assert best_resilient_plan(setting, [plan], complete_to_gbp=1e12)[2]
    assert found.total_npv_gbp > plan.npv_gbp
    with pytest.raises(InfeasibleError):
        best_resilient_plan(setting, [plan], max_km=1)
