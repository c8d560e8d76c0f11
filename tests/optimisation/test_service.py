"""When rooms are watched, chosen with who shares them: against every plan in every regime."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optimisation.group_table import build_table, make_setting
from optimisation.optimum import solve_table
from optimisation.scenario import Scenario, load_scenario
from optimisation.service import FULL, HOSTED, PEAK, RECORD, service_frontier, with_regimes
from optimisation.territory import borough_inputs
from tests.optimisation.instances import territory
from tests.optimisation.test_ties import partitions


@pytest.mark.parametrize("seed", range(60))
def test_every_floor_has_the_best_of_all_plans_and_regimes(seed: int) -> None:
    n = 4 + seed % 2
    frame, graph = territory(seed, n=n)
    table = build_table(make_setting(frame, Scenario(contiguity="land"), graph=graph))
    offered = [(PEAK, HOSTED, RECORD), (PEAK,), (HOSTED, RECORD)][seed % 3]
    made = with_regimes(table, offered)
    at = {table.groups.positions(row): row for row in range(len(table))}
    ways: dict[int, list[int]] = {}
    for row, base in enumerate(made.base):
        ways.setdefault(int(base), []).append(row)
    kept = []
    for plan in partitions(tuple(range(n))):
        rows = [at.get(tuple(room)) for room in plan]
        if None in rows:
            continue
        for chosen in itertools.product(*(ways[row] for row in rows if row is not None)):
            picked = list(chosen)
            kinds = made.regime[picked]
            hosts = (kinds == FULL) & made.table.costs.watched[picked]
            if HOSTED in kinds and not hosts.any():
                continue
            kept.append((made.watched_share[picked].sum(), made.table.costs.npv[picked].sum()))
    every = np.array(kept)
    found = service_frontier(table, offered, points=5)
    assert found.trade.points
    for point in found.trade.points:
        assert point.proved
        enough = every[every[:, 0] >= point.second - 1e-6]
        assert point.first == pytest.approx(enough[:, 1].min(), rel=1e-9)
    assert found.trade.points[-1].first == pytest.approx(every[:, 1].min(), rel=1e-9)
    assert found.trade.points[0].second == pytest.approx(every[:, 0].max(), abs=1e-6)


def test_no_regime_offered_is_the_plan_as_before() -> None:
    table = build_table(make_setting(borough_inputs(), load_scenario()))
    made = with_regimes(table, ())
    assert made.rows == []
    assert (made.table.costs.npv == table.costs.npv).all()
    before, found = solve_table(table), service_frontier(table, ())
    assert before is not None
    assert found.trade.points[-1].rows == before.rows
    assert found.trade.points[-1].first == before.cost


def test_a_room_by_hand() -> None:
    # One room of 250 cameras: 3 posts at 100 cameras each, 5 staff a post at £40,000.
    frame, graph = territory(0, n=4)
    code = frame.index[0]
    frame.loc[code, ["cameras", "has_room"]] = [250.0, True]
    told = {
        "cameras_per_operator": 100.0,
        "min_posts_per_room": 1.0,
        "shift_factor_fte_per_post": 5.0,
        "hours_monitored_per_year": 8766.0,
        "operator_cost_gbp_per_fte_year": 40_000.0,
        "redundancy_gbp_per_fte": 10_000.0,
        "recruitment_gbp_per_fte": 2_000.0,
        "room_closure_gbp_per_room": 30_000.0,
        "cameras_per_link": 100.0,
        "link_gbp_per_year": 1_000.0,
        "standby_link_share": 0.5,
    }
    scenario = Scenario(boroughs=(code,), coefficients=told)
    table = build_table(make_setting(frame, scenario, graph=graph))
    made = with_regimes(table)
    rooms = {str(kind): made.table.room(row) for row, kind in enumerate(made.regime)}
    yearly = {kind: room.cost_lines_gbp_per_year for kind, room in rooms.items()}
    once = {kind: room.one_off_lines_gbp for kind, room in rooms.items()}
    assert yearly[FULL]["operators"] == pytest.approx(600_000)
    # 10 of 24 hours: 6.25 of 15 jobs.
    assert yearly[PEAK]["operators"] == pytest.approx(250_000)
    assert once[PEAK]["staff_redundancy"] == pytest.approx(87_500)
    # 14 hours by 2.5 posts of another room: 7.29 jobs more, and three links.
    assert yearly[HOSTED]["operators"] == pytest.approx(250_000 + 2.5 * 14 / 24 * 5 * 40_000)
    assert once[HOSTED]["staff_redundancy"] == pytest.approx((15 - 6.25 - 7.2916667) * 10_000)
    assert yearly[HOSTED]["room_links"] == pytest.approx(3_000)
    assert yearly[HOSTED]["standby_links"] == pytest.approx(1_500)
    assert yearly[RECORD]["operators"] == yearly[RECORD]["room_running"] == 0
    assert once[RECORD]["staff_redundancy"] == pytest.approx(150_000)
    assert once[RECORD]["room_closure"] == 30_000
    assert not rooms[RECORD].watched
    assert made.watched_hours.tolist() == [6000, 2500, 6000, 0]


def test_london_s_frontier_is_proved() -> None:
    table = build_table(make_setting(borough_inputs(), load_scenario()))
    found = service_frontier(table, points=5)
    frame = found.frame()
    assert (frame["status"] == "optimal").all()
    assert frame["watched_share"].is_monotonic_decreasing
    assert frame["npv_gbp"].is_monotonic_decreasing
    assert frame["watched_share"].iloc[-1] == 0
    assert frame["boroughs_recording"].iloc[-1] == 33
