"""Costs worked out by hand, line by line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coverage_model.base import datasets
from coverage_model.base.errors import InputError
from optimisation.consolidation import cost_plan
from optimisation.costs.coefficients import rates
from optimisation.costs.rates import annuity
from optimisation.costs.terms import ONE_OFF_LINES, RATE_NAMES, YEARLY_LINES
from optimisation.group_table import build_table, make_setting
from optimisation.scenario import Scenario, load_scenario
from optimisation.territory import borough_inputs

BY_HAND = {
    "room_fixed_gbp_per_year": 40_000,
    "cameras_per_operator": 100,
    "min_posts_per_room": 1,
    "shift_factor_fte_per_post": 5,
    "hours_monitored_per_year": 4383,
    "operator_cost_gbp_per_fte_year": 40_000,
    "transmission_gbp_per_camera_year": 500,
    "rented_circuit_share": 0.5,
    "camera_systems_gbp_per_year": 100,
    "cameras_per_link": 100,
    "link_gbp_per_year": 10_000,
    "link_gbp_per_km_year": 1_000,
    "standby_link_share": 0.5,
    "integration_gbp_per_borough": 100_000,
    "licence_gbp_per_channel": 200,
    "room_closure_gbp_per_room": 50_000,
    "room_fitout_gbp": 60_000,
    "room_fitout_gbp_per_post": 24_000,
    "room_new_gbp": 700_000,
    "redundancy_gbp_per_fte": 10_000,
    "staff_transfer_gbp_per_fte": 1_000,
    "pension_gbp_per_fte": 500,
    "recruitment_gbp_per_fte": 2_000,
    "dual_running_months": 6,
    "optimism_bias_share": 0.2,
    "optimism_bias_equipment_share": 1,
    "detour_factor": 1.5,
}


@pytest.fixture
def pair() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "borough": ["Big", "Small"],
            "cameras": [250.0, 130.0],
            "site_x_m": [0.0, 6_000.0],
            "site_y_m": [0.0, 8_000.0],
            "has_room": [True, False],
        },
        index=pd.Index(["B", "S"], name="borough_code"),
    )


def test_a_shared_room_by_hand(pair: pd.DataFrame) -> None:
    scenario = Scenario(coefficients=BY_HAND, contiguity="none")
    plan = cost_plan(pair, scenario, [["B", "S"]], "pair", "Pair")
    (room,) = plan.rooms
    assert room.site_code == "B"
    assert room.posts == 4  # 380 cameras at 100 an operator
    assert room.link_km == pytest.approx(15)  # 10 km straight, detour 1.5
    assert room.cost_lines_gbp_per_year == pytest.approx(
        {
            "room_running": 40_000,
            "room_lease": 0,
            "operators": 4 * 2.5 * 40_000,  # half the hours: 2.5 jobs a post
            "camera_circuits": 380 * 0.5 * 500,
            "camera_systems": 380 * 100,
            "room_links": 2 * (10_000 + 15 * 1_000),  # 130 cameras need two links
            "standby_links": 25_000,
            "missed_detection": 0,
            "officer_ways": 0,
        }
    )
    assert room.one_off_lines_gbp == pytest.approx(
        {
            "integration": 100_000,
            "channel_licences": 130 * 200,
            "room_closure": 50_000,
            "contract_exit": 0,
            "fit_out": 96_000,  # four posts at 24,000
            "staff_redundancy": 1 * 2.5 * 10_000,  # three posts and two become four
            "staff_transfer": 2 * 2.5 * 1_000,  # the two posts of the room that closes
            "pension_rights": 2 * 2.5 * 500,
            "recruitment": 0,
            "dual_running": 0.5 * (40_000 + 2 * 2.5 * 40_000),
            "optimism_bias": 126_000 * 1 + 96_000 * 0.2,
        }
    )
    yearly = 40_000 + 400_000 + 95_000 + 38_000 + 50_000 + 25_000
    once = 100_000 + 26_000 + 50_000 + 96_000 + 25_000 + 5_000 + 2_500 + 120_000 + 145_200
    assert room.npv_gbp == pytest.approx(once + yearly * annuity(10, 0.035))


def test_officers_ways_by_hand(pair: pd.DataFrame) -> None:
    known = pair.assign(crimes_per_year=[9_000.0, 24_000.0])
    ways = {
        "footage_request_share": 0.05,
        "footage_remote_share": 0.25,
        "footage_crimes_per_visit": 1.5,
        "footage_travel_km_per_h": 20,
        "footage_officer_gbp_per_h": 40,
    }
    scenario = Scenario(coefficients=BY_HAND | ways, contiguity="none", count_police_time=True)
    (room,) = cost_plan(known, scenario, [["B", "S"]], "pair", "Pair").rooms
    # Small's officers: 1,200 requests, 900 at the room, 600 visits of 30 km there and back.
    assert room.cost_lines_gbp_per_year["officer_ways"] == pytest.approx(600 * 30 / 20 * 40)
    uncounted = scenario.model_copy(update={"count_police_time": False})
    (other,) = cost_plan(known, uncounted, [["B", "S"]], "pair", "Pair").rooms
    assert other.cost_lines_gbp_per_year["officer_ways"] == 0
    assert room.npv_gbp - other.npv_gbp == pytest.approx(36_000 * annuity(10, 0.035))
    # Whose room stands at home has no way to go; crimes that are not known make none.
    alone = cost_plan(known, scenario, [["B"], ["S"]], "own", "Own").rooms
    assert {each.cost_lines_gbp_per_year["officer_ways"] for each in alone} == {0.0}
    with pytest.raises(InputError, match=r"no recorded crimes are known"):
        make_setting(pair, scenario)


def test_requests_met_from_afar_save_the_way(pair: pd.DataFrame) -> None:
    known = pair.assign(crimes_per_year=[9_000.0, 24_000.0])
    # A share over 1, as a draw around a high value may give, makes no way of less than nothing.
    far = {"footage_remote_share": 1.2}
    scenario = Scenario(coefficients=BY_HAND | far, contiguity="none", count_police_time=True)
    (room,) = cost_plan(known, scenario, [["B", "S"]], "pair", "Pair").rooms
    assert room.cost_lines_gbp_per_year["officer_ways"] == 0


def test_a_host_without_a_room_pays_for_one(pair: pd.DataFrame) -> None:
    scenario = Scenario(coefficients=BY_HAND, contiguity="none")
    plan = cost_plan(pair, scenario, {"S": ["B", "S"]}, "pair", "Pair")
    (room,) = plan.rooms
    assert room.one_off_lines_gbp["fit_out"] == pytest.approx(796_000)
    assert room.one_off_lines_gbp["channel_licences"] == pytest.approx(250 * 200)
    assert room.cost_lines_gbp_per_year["room_links"] == pytest.approx(3 * 25_000)


def test_a_single_room_is_the_same_in_every_plan() -> None:
    frame = build_table(make_setting(borough_inputs(), load_scenario())).frame()
    # Hammersmith, Wandsworth, and the three that they serve today, change if they go alone.
    sharing = ("E09000013", "E09000020", "E09000027", "E09000032", "E09000033")
    singles = frame[~frame["members"].str.contains(" ") & ~frame["members"].isin(sharing)]
    assert len(singles) == 28
    assert (singles[[f"{name}_gbp_once" for name in ONE_OFF_LINES]] == 0).all(axis=None)
    lines = frame[[f"{name}_gbp_per_year" for name in YEARLY_LINES]].sum(axis=1)
    once = frame[[f"{name}_gbp_once" for name in ONE_OFF_LINES]].sum(axis=1)
    assert np.allclose(lines * annuity(10, 0.035) + once, frame["npv_gbp"], rtol=1e-12)


def test_posts_are_whole_and_do_not_jump_at_a_full_load(pair: pd.DataFrame) -> None:
    full = pair.assign(cameras=[300.0, 0.0])
    plan = cost_plan(full, Scenario(coefficients=BY_HAND), [["B"], ["S"]], "p", "P")
    assert {room.site_code: room.posts for room in plan.rooms} == {"B": 3, "S": 1}


def test_annuity_by_hand() -> None:
    assert annuity(10, 0.035) == pytest.approx(8.3166, abs=5e-5)
    assert annuity(10, 0.035, timing="start") == pytest.approx(8.6077, abs=5e-5)
    assert annuity(7, 0.0) == 7


def test_every_rate_has_a_source_or_says_that_it_is_assumed() -> None:
    table = datasets.coefficients().loc[list(RATE_NAMES)]
    assert table["mark"].isin(["read", "derived", "assumption"]).all()
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()


def test_rates_refuse_what_cannot_be() -> None:
    with pytest.raises(InputError, match=r"unknown coefficients.*wages") as error:
        rates({"wages": 1.0, "link_gbp_per_year": -1.0, "cameras_per_operator": 0.0})
    assert len(error.value.faults) == 3
