"""The ready scenarios, each solved; scenarios compared like with like."""

from __future__ import annotations

import pandas as pd
import pytest

from coverage_model.base.errors import InfeasibleError, InputError
from optimisation.comparison import compare_scenarios, plan_table, room_table
from optimisation.consolidation import consolidate, cost_plan
from optimisation.scenario import Scenario
from optimisation.scenario_layers import embedded_scenarios
from optimisation.territory import borough_inputs
from sharedview.questions.registry import load_scenario

READY = (
    "analytics_doubles_cameras_per_operator",
    "barnet_exit",
    "bcu",
    "night_only_monitoring",
    "optimum",
    "optimum_land",
    "optimum_land_and_crossings",
    "optimum_mid_river",
    "optimum_none",
    "pan_london",
    "police_embedded",
    "police_time",
    "subregions",
    "today",
)
BARNET = "E09000003"


@pytest.fixture(scope="module")
def boroughs() -> pd.DataFrame:
    return borough_inputs()


def test_every_ready_scenario_is_solved_and_keeps_to_what_any_plan_must(
    boroughs: pd.DataFrame,
) -> None:
    assert tuple(embedded_scenarios()) == READY
    scenarios = [load_scenario(name) for name in READY]
    assert all(scenario.description for scenario in scenarios)
    found = compare_scenarios(boroughs, scenarios)
    assert found.checks["passed"].all()
    rows = found.measures.set_index("scenario")
    given = {"today", "bcu", "subregions", "pan_london"}
    assert set(rows.index[rows["status"] == "reference"]) == given
    assert (rows.loc[rows["status"] == "optimal", "gap_share"] <= 1e-9).all()
    npv = rows["npv_gbp"]
    assert npv["optimum"] == npv["optimum_land_and_crossings"]
    assert npv["optimum_mid_river"] <= npv["optimum"] <= npv["optimum_land"]
    assert npv["optimum"] <= npv["barnet_exit"]
    assert npv["optimum"] <= min(npv["bcu"], npv["today"])
    assert rows.loc["today", ["rooms", "one_off_gbp", "npv_saving_gbp"]].tolist() == pytest.approx(
        [29, 0, 0]
    )
    assert rows.loc[["bcu", "subregions", "pan_london"], "rooms"].tolist() == [13, 5, 1]
    # Fewer operators for the same cameras notice less.
    assert rows.loc["optimum", "detection_share"] < rows.loc["today", "detection_share"]
    assert rows.loc["night_only_monitoring", "watched_share_of_hours"] == 0.5
    plans = dict(zip(READY, found.plans, strict=True))
    alone = next(r for r in plans["barnet_exit"].rooms if BARNET in r.members)
    assert alone.members == (BARNET,)
    bcu = boroughs["met_bcu"]
    assert all(len(set(bcu[list(r.members)])) == 1 for r in plans["police_embedded"].rooms)
    assert "today: 29 rooms" in repr(found)


def test_scenarios_that_are_not_alike_are_refused(boroughs: pd.DataFrame) -> None:
    pair = [
        load_scenario(),
        load_scenario(
            overrides={"horizon_years": 7, "discount_rate": 0.02, "flow_timing": "start"}
        ),
    ]
    with pytest.raises(InputError) as error:
        compare_scenarios(boroughs, pair)
    for part in ("same name", "different horizons", "discount rates", "times of the year"):
        assert part in str(error.value)
    with pytest.raises(InputError, match="no scenario"):
        compare_scenarios(boroughs, [])


def test_a_given_plan_that_the_territory_lacks(boroughs: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="no plan bcu"):
        consolidate(boroughs.drop(columns="met_bcu"), load_scenario("bcu"))


def test_posts_and_footprint_limit_the_rooms(boroughs: pd.DataFrame) -> None:
    wishes = {"capacity_posts": 9, "footprint": "subregion"}
    scenario = load_scenario(overrides=wishes)
    plan = consolidate(boroughs, scenario)
    assert max(room.posts for room in plan.rooms) <= 9
    assert all(len(set(boroughs.loc[list(r.members), "subregion"])) == 1 for r in plan.rooms)
    one = cost_plan(boroughs, scenario, [list(boroughs.index)], "one", "One room")
    assert "Breaks the scenario's limit of 9 operators" in " ".join(one.notes)
    assert "Straddles units of subregion" in " ".join(one.notes)
    with pytest.raises(InputError, match="not a column"):
        consolidate(boroughs, load_scenario(overrides={"footprint": "county"}))
    with pytest.raises(InfeasibleError) as error:
        consolidate(boroughs, load_scenario(overrides={"capacity_posts": 2}))
    assert "at most 2 operators on duty" in str(error.value)


def test_leases_contract_exits_and_priced_detection_by_hand() -> None:
    frame = pd.DataFrame(
        {
            "borough": ["Big", "Small"],
            "cameras": [320.0, 160.0],
            "site_x_m": [0.0, 1000.0],
            "site_y_m": [0.0, 0.0],
        },
        index=pd.Index(["B", "S"], name="borough_code"),
    )
    scenario = Scenario(
        contiguity="none",
        contract_exit_gbp={"small": 30_000.0},
        lease_gbp_per_year={"Big": 7_000.0},
        coefficients={
            "cameras_per_operator": 240.0,
            "shown_at_once_share": 0.1,
            "pictures_per_monitor": 4.0,
            "missed_detection_gbp_per_camera_year": 100.0,
        },
    )
    plan = cost_plan(frame, scenario, {"B": ["B", "S"]}, "p", "P")
    (room,) = plan.rooms
    # 480 cameras, 2 operators, a tenth on view by fours: 6 monitors each, which notice 0.58.
    assert (room.posts, room.detection_share) == (2, pytest.approx(0.58))
    assert plan.detection_share == pytest.approx(0.58)
    assert room.cost_lines_gbp_per_year["missed_detection"] == pytest.approx(480 * 0.27 * 100)
    assert room.cost_lines_gbp_per_year["room_lease"] == 7_000
    assert room.one_off_lines_gbp["contract_exit"] == 30_000
    other = cost_plan(frame, scenario, {"S": ["B", "S"]}, "o", "O").rooms[0]
    assert other.one_off_lines_gbp["contract_exit"] == 0
    assert other.cost_lines_gbp_per_year["room_lease"] == 0
    # The cheapest site counts lease, exit and the host's licences.
    free = cost_plan(frame, scenario, [["B", "S"]], "f", "F").rooms[0]
    assert free.npv_gbp == min(room.npv_gbp, other.npv_gbp)
    assert room_table([plan], names=frame["borough"])["detection_share"].tolist() == [0.58]
    assert plan_table([plan], baseline=plan)["detection_share"].tolist() == [pytest.approx(0.58)]
    with pytest.raises(InputError, match="unknown boroughs"):
        load_scenario(overrides={"contract_exit_gbp.Nowhere": 1.0})
    with pytest.raises(InputError, match="contract_exit_gbp"):
        load_scenario(overrides={"contract_exit_gbp.Barnet": -1.0})
