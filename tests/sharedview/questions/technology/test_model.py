"""Levers are data: by hand on one room, against the cost formula, and proved on London."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from coverage_model.base.errors import InputError
from optimisation.consolidation import consolidate, cost_plan
from optimisation.costs.coefficients import rates
from optimisation.costs.rates import annuity
from optimisation.scenario import Scenario
from optimisation.territory import borough_inputs
from sharedview.questions.registry import load_scenario
from sharedview.questions.technology.model import (
    ALL,
    EXCLUSIVE,
    LABELS,
    OUTSIDE,
    coefficients_with,
    levers,
    technology,
)
from tests.optimisation.instances import territory


def test_the_purchase_becomes_the_yearly_amount_of_the_same_present_cost() -> None:
    scenario = Scenario(horizon_years=10, discount_rate=0.035)
    found = coefficients_with(levers(["resolution_4k"]), scenario)
    factor = annuity(10, 0.035)
    assert factor == pytest.approx(8.3166, abs=1e-4)
    # 190 a year, 60 for storage, 5,128 once.
    assert found["camera_systems_gbp_per_year"] == pytest.approx(190 + 60 + 5128 / factor)
    assert found["cameras_per_link"] == 250 * 0.5


def test_only_cameras_on_rented_circuits_are_converted() -> None:
    scenario = Scenario(coefficients={"rented_circuit_share": 0.5})
    found = coefficients_with(levers(["wireless"]), scenario)
    factor = annuity(10, 0.035)
    assert found["transmission_gbp_per_camera_year"] == 474
    assert found["camera_systems_gbp_per_year"] == pytest.approx(190 + 0.5 * 5000 / factor)


def test_false_alarms_and_further_feeds_load_operators() -> None:
    found = coefficients_with(levers(["analytics"]), Scenario())
    # 160 cameras doubled, less half a minute a camera and day: 1 / (1/320 + 0.5/1440).
    assert found["cameras_per_operator"] == pytest.approx(1 / (1 / 320 + 0.5 / 1440))
    fed = coefficients_with(levers(["body_worn_and_drones"]), Scenario())
    assert fed["cameras_per_operator"] == pytest.approx(160 / 1.1)
    assert fed["cameras_per_link"] == pytest.approx(250 / 1.1)
    # As many monitors an operator as before: more pictures and more operators.
    assert fed["shown_at_once_share"] == pytest.approx(0.2 * 1.1)


def test_one_room_by_hand() -> None:
    frame, graph = territory(3, n=1)
    frame = frame.assign(cameras=320.0)
    scenario = Scenario(contiguity="none")
    before = consolidate(frame, scenario, graph=graph)
    found = technology(frame, scenario, names=["own_fibre"], without=before)
    row = found.costs.iloc[0]
    # 96 of 320 cameras are rented: 480 less a year each, and 15,000 once.
    assert row["npv_change_gbp"] == pytest.approx(96 * (15_000 - 480 * annuity(10, 0.035)))
    assert row["today_change_gbp"] == pytest.approx(row["npv_change_gbp"])
    assert found.costs["lever"].tolist() == ["own_fibre"]


def test_ends_enclose_the_value_and_the_whole_is_proved_on_london() -> None:
    scenario, boroughs = load_scenario(), borough_inputs()
    before = consolidate(boroughs, scenario)
    found = technology(boroughs, scenario, without=before)
    costs = found.costs.set_index("lever")
    assert costs.index.tolist() == [*LABELS, ALL]
    assert (costs["npv_change_low_gbp"] <= costs["npv_change_gbp"] + 1e-6).all()
    assert (costs["npv_change_gbp"] <= costs["npv_change_high_gbp"] + 1e-6).all()
    assert (costs["status"] == "optimal").all()
    # Saved case: the embedded facts and coefficients.
    assert costs.loc["analytics", "npv_change_gbp"] == pytest.approx(-46_235_911, abs=1)
    assert costs.loc["wireless", "npv_change_gbp"] == pytest.approx(14_043_056, rel=1e-5)
    # The best plan with a lever is no dearer than today's best plan with it.
    rooms = {room.site_code: room.members for room in before.rooms}
    for lever in LABELS:
        changed = coefficients_with(levers([lever]), scenario)
        kept = cost_plan(
            boroughs, scenario.model_copy(update={"coefficients": changed}), rooms,
            plan_id="kept", label="kept",
        )  # fmt: skip
        assert costs.loc[lever, "npv_gbp"] <= kept.npv_gbp * (1 + 1e-12)
        # The search agrees with the model solved by HiGHS.
        asked = scenario.model_copy(update={"coefficients": changed})
        solved = consolidate(boroughs, asked)
        assert solved.report.status == "optimal"
        assert costs.loc[lever, "npv_gbp"] == pytest.approx(solved.npv_gbp, rel=1e-9)
        assert costs.loc[lever, "rooms"] == len(solved.rooms)
        assert costs.loc[lever, "posts"] == solved.posts
        assert costs.loc[lever, "detection_share"] == pytest.approx(solved.detection_share)
    # All together: one way to replace circuits, one purchase a camera.
    dear = max(EXCLUSIVE, key=lambda name: costs.loc[name, "npv_change_gbp"])
    assert dear == "own_fibre"
    together = pd.concat(
        [
            levers([name])
            for name in LABELS
            if name != dear
        ]
    )  # fmt: skip
    together = together[
        ~((together["lever"] == "resolution_4k") & (together["quantity"] == "once_gbp_per_camera"))
    ]
    wanted = coefficients_with(together, scenario)
    assert costs.loc[ALL, "npv_gbp"] == pytest.approx(
        consolidate(boroughs, scenario.model_copy(update={"coefficients": wanted})).npv_gbp
    )


def test_no_lever_no_change() -> None:
    nothing = levers(["analytics"]).iloc[:0]
    assert coefficients_with(nothing, Scenario()) == {}
    own = {"cameras_per_operator": 100.0}
    assert coefficients_with(nothing, Scenario(coefficients=own)) == own
    before = rates()
    for lever in LABELS:
        changed = coefficients_with(levers([lever]), Scenario())
        assert all(math.isfinite(value) and value >= 0 for value in changed.values())
        assert all(value != getattr(before, name) for name, value in changed.items())


def test_unknown_levers_and_what_stays_outside() -> None:
    with pytest.raises(InputError) as error:
        levers(["x-ray", "facial_recognition"])
    assert "unknown levers" in str(error.value)
    assert OUTSIDE["facial_recognition"] in str(error.value)


def test_every_quantity_has_its_range_and_its_source() -> None:
    table = levers()
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    assert ((table["source"] == "assumption") == (table["mark"] == "assumption")).all()
    assert np.isfinite(table[["low", "value", "high"]].to_numpy()).all()


@pytest.mark.parametrize("name", ["pan_london", "bcu"])
def test_a_plan_that_the_scenario_gives_is_kept(name: str) -> None:
    scenario, boroughs = load_scenario(name), borough_inputs()
    before = consolidate(boroughs, scenario)
    costs = technology(boroughs, scenario, names=["own_fibre"], without=before).costs.iloc[0]
    assert costs["status"] == "reference"
    assert costs["rooms"] == len(before.rooms)
    assert costs["npv_change_low_gbp"] < costs["npv_change_gbp"] < costs["npv_change_high_gbp"]
    # Every camera on a rented circuit alike, whoever watches it.
    assert costs["npv_change_gbp"] == pytest.approx(costs["today_change_gbp"])
