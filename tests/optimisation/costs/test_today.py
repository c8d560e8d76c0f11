"""Today as it is, worked out on a hand sheet; changes are charged only where there is one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from optimisation.consolidation import consolidate, cost_plan, reference_plans
from optimisation.costs.rates import annuity
from optimisation.group_table import make_setting
from optimisation.scenario import Scenario, load_scenario
from optimisation.territory import borough_inputs

# London's rooms as published: the borough that hosts each, the cameras it watches (its guests'
# included), and the operators on duty at one for 160 cameras begun.
SHEET = (
    ("City of London", 100, 1),
    ("Barking and Dagenham", 111, 1),
    ("Barnet", 127, 1),
    ("Brent", 200, 2),
    ("Bromley", 196, 2),
    ("Camden", 488, 4),
    ("Croydon", 98, 1),
    ("Ealing", 650, 5),
    ("Enfield", 259, 2),
    ("Greenwich", 911, 6),
    ("Hackney", 387, 3),
    ("Hammersmith and Fulham", 581 + 58 + 100, 5),  # with Kensington and Chelsea, Westminster
    ("Haringey", 857, 6),
    ("Harrow", 312, 2),
    ("Havering", 72, 1),
    ("Hillingdon", 1170, 8),
    ("Hounslow", 165, 2),
    ("Islington", 1000, 7),
    ("Kingston upon Thames", 109, 1),
    ("Lambeth", 966, 7),
    ("Lewisham", 165, 2),
    ("Merton", 212, 2),
    ("Newham", 290, 2),
    ("Redbridge", 300, 2),
    ("Southwark", 124, 1),
    ("Sutton", 85, 1),
    ("Tower Hamlets", 380, 3),
    ("Waltham Forest", 168, 2),
    ("Wandsworth", 400 + 100, 4),  # with Richmond upon Thames
)
BEXLEY = 225  # recorded since 2016, watched by nobody


def test_the_baseline_equals_a_hand_sheet_of_the_true_rooms() -> None:
    today = reference_plans(borough_inputs(), load_scenario())[0]
    assert today.plan_id == "today"
    assert today.room_count == len(SHEET) == 29
    names = borough_inputs()["borough"]
    found = {names[r.site_code]: (r.cameras, r.posts) for r in today.rooms if r.watched}
    assert found == {name: (cameras, posts) for name, cameras, posts in SHEET}
    (recorded,) = [room for room in today.rooms if not room.watched]
    assert (recorded.members, recorded.cameras, recorded.posts) == (("E09000004",), BEXLEY, 0)
    # Three links of 10,000 and 500 a km, straight lines times 1.3, with a standby at half the cost:
    # Kensington 3.380 km and Westminster 7.817 km to Hammersmith, Richmond 9.109 km to Wandsworth.
    links = 3 * 10_000 + 500 * (3.3797 + 7.8174 + 9.1086)
    cameras = sum(cameras for _, cameras, _ in SHEET) + BEXLEY
    posts = sum(posts for *_, posts in SHEET)
    assert (cameras, posts) == (11_366, 86)
    yearly = 29 * 45_000 + posts * 5 * 42_900 + cameras * (0.3 * 580 + 190) + 1.5 * links
    assert today.cost_gbp_per_year == pytest.approx(yearly, abs=1)
    assert today.one_off_gbp == pytest.approx(0, abs=1e-6)
    assert today.npv_gbp == pytest.approx(yearly * annuity(10, 0.035), abs=10)


@pytest.fixture
def four() -> pd.DataFrame:
    """Host H serves guest G today; A has its own room; nobody watches U. All 10 km apart."""
    return pd.DataFrame(
        {
            "borough": ["Away", "Guest", "Host", "Unwatched"],
            "cameras": [150.0, 100.0, 300.0, 50.0],
            "site_x_m": [0.0, 10_000.0, 10_000.0, 0.0],
            "site_y_m": [0.0, 0.0, 10_000.0, 10_000.0],
            "has_room": [True, False, True, False],
            "room_today": ["A", "H", "H", "U"],
            "monitored": [True, True, True, False],
        },
        index=pd.Index(["A", "G", "H", "U"], name="borough_code"),
    )


COSTS = {
    "cameras_per_operator": 100,
    "shift_factor_fte_per_post": 5,
    "redundancy_gbp_per_fte": 1_000,
    "integration_gbp_per_borough": 80_000,
    "licence_gbp_per_channel": 100,
    "room_closure_gbp_per_room": 50_000,
    "room_fitout_gbp": 60_000,
    "room_fitout_gbp_per_post": 20_000,
    "room_new_gbp": 500_000,
    "optimism_bias_share": 0,
    "optimism_bias_equipment_share": 0,
    "staff_transfer_gbp_per_fte": 100,
    "pension_gbp_per_fte": 0,
    "recruitment_gbp_per_fte": 2_000,
    "dual_running_months": 0,
}


def once(
    frame: pd.DataFrame, rooms: dict[str, list[str]], exits: dict[str, float] | None = None
) -> dict[str, dict[str, float]]:
    scenario = Scenario(contiguity="none", coefficients=COSTS, contract_exit_gbp=exits or {})
    plan = cost_plan(frame, scenario, rooms, "p", "P")
    return {
        room.site_code: {k: v for k, v in room.one_off_lines_gbp.items() if v}
        for room in plan.rooms
    }


def test_what_is_there_is_kept_for_nothing(four: pd.DataFrame) -> None:
    assert once(four, {"A": ["A"], "H": ["G", "H"], "U": ["U"]}) == {"A": {}, "H": {}, "U": {}}


def test_breaking_a_sharing_up_costs_its_exit_and_a_room(four: pd.DataFrame) -> None:
    lines = once(four, {"A": ["A"], "G": ["G"], "H": ["H"], "U": ["U"]}, {"G": 7_000, "H": 9_000})
    # The host's room loses a quarter of its four posts to the guest, which fills as many.
    assert lines["H"] == {}
    assert lines["G"] == {
        "integration": 80_000,
        "channel_licences": 10_000,
        "contract_exit": 7_000,
        "fit_out": 560_000,
        "staff_transfer": 1 * 5 * 100,
    }


def test_a_guest_that_moves_on_closes_no_room(four: pd.DataFrame) -> None:
    lines = once(four, {"A": ["A", "G"], "H": ["H"], "U": ["U"]})
    assert lines["A"] == {
        "integration": 80_000,
        "channel_licences": 10_000,
        "fit_out": 60_000,  # three posts at 20,000
        "staff_transfer": 1 * 5 * 100,
    }


def test_the_unwatched_cost_no_post_alone_and_count_once_they_share(four: pd.DataFrame) -> None:
    scenario = Scenario(contiguity="none", coefficients=COSTS)
    alone = cost_plan(four, scenario, {"A": ["A"], "H": ["G", "H"], "U": ["U"]}, "p", "P")
    assert (alone.room_count, alone.posts) == (2, 2 + 4)
    unwatched = next(room for room in alone.rooms if not room.watched)
    assert {k: v for k, v in unwatched.cost_lines_gbp_per_year.items() if v} == pytest.approx(
        {"camera_circuits": 50 * 0.3 * 580, "camera_systems": 50 * 190}
    )
    joined = cost_plan(four, scenario, {"A": ["A"], "H": ["G", "H", "U"]}, "p", "P")
    assert (joined.room_count, joined.posts) == (2, 2 + 5)
    lines = {room.site_code: room.one_off_lines_gbp for room in joined.rooms}
    assert lines["H"]["room_closure"] == 0
    assert lines["H"]["integration"] == 80_000


def test_rooms_asked_for_do_not_count_the_unwatched(four: pd.DataFrame) -> None:
    scenario = Scenario(contiguity="none", coefficients=COSTS, rooms=2)
    plan = consolidate(four, scenario)
    assert plan.room_count == 2
    assert len(plan.rooms) == 3


def test_rooms_of_today_are_read_with_care(four: pd.DataFrame) -> None:
    outside = four.assign(room_today=["X", "H", "H", "H"])
    places = make_setting(outside, Scenario(contiguity="none")).places
    assert places.room_today.tolist() == [0, 2, 2, 3]  # a host out of play; nobody watches U
    plain = make_setting(four.drop(columns=["room_today", "monitored"]), Scenario()).places
    assert plain.room_today.tolist() == [0, 1, 2, 3]
    assert plain.monitored.all()


def test_shares_of_todays_posts_add_up_to_them(four: pd.DataFrame) -> None:
    setting = make_setting(four, Scenario(contiguity="none", coefficients=COSTS))
    before = setting.places.posts_before(setting.rate)
    assert before.tolist() == [2.0, 1.0, 3.0, 0.0]
    assert np.isclose(before.sum(), setting.places.posts_today(setting.rate).sum())
