"""The value of monitoring: a borough by hand, what must not change it, draws and break-even."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage_model.base.errors import InputError
from optimisation.consolidation import cost_plan
from optimisation.results import Plan
from optimisation.scenario import Scenario
from optimisation.territory import borough_inputs
from sharedview.questions.registry import load_scenario
from sharedview.questions.value.basis import (
    EFFECT,
    IN_VIEW,
    Basis,
    benefit_gbp,
    break_even_effect,
    value_basis,
)
from sharedview.questions.value.draws import draw_values
from sharedview.questions.value.monitoring import RoomCosting, noticed_share
from sharedview.questions.value.options import ValueOptions
from sharedview.questions.value.results import MonitoringValue
from sharedview.questions.value.study import monitoring_value, value_tables

CITY, BRENT, CAMDEN, ISLINGTON = "E09000001", "E09000005", "E09000007", "E09000019"


def scenario_of(codes: list[str], **more: Any) -> Scenario:
    own = {"boroughs": codes, "value": {"draws": 20, **more.pop("value", {})}, **more}
    return load_scenario(overrides=own)


def plan_of(
    scenario: Scenario, groups: list[list[str]], frame: pd.DataFrame | None = None, name: str = "p"
) -> Plan:
    return cost_plan(borough_inputs() if frame is None else frame, scenario, groups, name, name)


def value_of(
    scenario: Scenario, *plans: Plan, frame: pd.DataFrame | None = None, **more: Any
) -> MonitoringValue:
    return monitoring_value(borough_inputs() if frame is None else frame, scenario, plans, **more)


@pytest.fixture(scope="module")
def camden() -> MonitoringValue:
    scenario = scenario_of([CAMDEN])
    return value_of(scenario, plan_of(scenario, [[CAMDEN]]))


def test_camden_round_the_clock_by_hand(camden: MonitoringValue) -> None:
    row = camden.options.set_index("option").loc["active"]
    # 488 cameras need 4 posts of 160; a fifth is shown, four to a monitor: 24.4 monitors, 6.1 each.
    assert row["posts"] == 4
    assert row["monitors_per_operator"] == pytest.approx(488 * 0.2 / 4 / 4)
    noticed = 0.58 - 0.1 * 0.05 / 3
    assert row["noticed_share"] == pytest.approx(noticed)
    assert row["monitoring_gbp_per_year"] == pytest.approx(4 * 5 * 42_900)
    assert row["operator_hours_per_year"] == 4 * 8_766
    # 38,455 crimes, a tenth in view, priced as mixed in 2012/13 (test_crime).
    harm = 3_845.5 * (2_922 * 0.6548 * 3_268 + 1_781 * 866 + 17_627 * 844) / 32_777
    assert row["crimes_in_view_per_year"] == pytest.approx(3_845.5)
    benefit = 0.07 * harm * noticed / 0.85
    assert row["benefit_gbp_per_year"] == pytest.approx(benefit)
    assert row["net_gbp_per_year"] == pytest.approx(benefit - 858_000)
    assert row["benefit_cost_ratio"] == pytest.approx(benefit / 858_000)
    assert row["break_even_effect_share"] == pytest.approx(858_000 / (harm * noticed / 0.85))
    assert row["gbp_per_noticed_crime"] == pytest.approx(858_000 / (3_845.5 * noticed))
    assert row["investigations_helped_per_year"] == pytest.approx(0.65 * 3_845.5)
    assert row["credited_gbp_per_year"] == 0


def test_peak_hours_and_recording_only_by_hand(camden: MonitoringValue) -> None:
    rows = camden.options.set_index("option")
    active, peak, passive = (rows.loc[name] for name in ("active", "peak", "passive"))
    # Ten hours a day of 24, with half of the crime.
    assert peak["monitoring_gbp_per_year"] == pytest.approx(858_000 * 10 / 24)
    assert peak["benefit_gbp_per_year"] == pytest.approx(active["benefit_gbp_per_year"] / 2)
    assert passive["monitoring_gbp_per_year"] == 0
    assert passive["benefit_gbp_per_year"] == 0
    assert passive["posts"] == 0
    assert np.isnan(passive["benefit_cost_ratio"])
    # Recorded images help investigations whoever watches.
    helped = rows["investigations_helped_per_year"]
    assert (helped == helped.iloc[0]).all()


def test_analytics_by_hand(camden: MonitoringValue) -> None:
    row = camden.options.set_index("option").loc["analytics"]
    # 320 cameras an operator: 2 posts; 488 x 0.2 x 0.75 / 4 = 18.3 monitors, 9.15 each; 200 a year
    # for each camera.
    assert row["posts"] == 2
    assert row["monitors_per_operator"] == pytest.approx(9.15)
    assert row["noticed_share"] == pytest.approx(0.53 * 9 / 9.15)
    assert row["monitoring_gbp_per_year"] == pytest.approx(2 * 5 * 42_900 + 488 * 200)


def test_the_cost_is_that_of_the_cost_table_and_of_nothing_else(camden: MonitoringValue) -> None:
    for hours, option in ((8_766, "active"), (3_652.5, "peak"), (0, "passive")):
        scenario = scenario_of([CAMDEN], coefficients={"hours_monitored_per_year": hours})
        plan = plan_of(scenario, [[CAMDEN]])
        cost = camden.options.set_index("option").loc[option, "cost_gbp_per_year"]
        assert cost == pytest.approx(plan.cost_gbp_per_year)


def test_sharing_a_room_is_worth_nothing_if_operators_watch_as_much() -> None:
    # 320 cameras each: two posts alone, four together, so eight monitors an operator either way.
    frame = borough_inputs().assign(cameras=320.0)
    scenario = scenario_of([BRENT, CAMDEN])
    shared = plan_of(scenario, [[BRENT, CAMDEN]], frame, "shared")
    alone = plan_of(scenario, [[BRENT], [CAMDEN]], frame, "alone")
    found = value_of(scenario, shared, alone, frame=frame).options.set_index(["plan_id", "option"])
    for option in ("active", "peak", "analytics"):
        for column in ("benefit_gbp_per_year", "noticed_share", "investigations_helped_per_year"):
            assert found.loc[("shared", option), column] == pytest.approx(
                found.loc[("alone", option), column]
            )


def test_more_cameras_an_operator_lose_detection_and_benefit() -> None:
    frame = borough_inputs().assign(cameras=200.0)
    scenario = scenario_of([BRENT, CAMDEN])
    # Alone two posts for 200 each; together three for 400.
    shared = plan_of(scenario, [[BRENT, CAMDEN]], frame, "shared")
    alone = plan_of(scenario, [[BRENT], [CAMDEN]], frame, "alone")
    found = value_of(scenario, shared, alone, frame=frame).options.set_index(["plan_id", "option"])
    ours, theirs = found.loc[("shared", "active")], found.loc[("alone", "active")]
    assert ours["noticed_share"] < theirs["noticed_share"]
    ratio = ours["noticed_share"] / theirs["noticed_share"]
    assert ours["benefit_gbp_per_year"] == pytest.approx(ratio * theirs["benefit_gbp_per_year"])


@given(st.floats(1, 1e8), st.floats(0.01, 1), st.floats(1, 60), st.floats(1, 1e10))
def test_the_break_even_effect_plugged_back_in_pays_exactly(
    cost: float, watched: float, monitors: float, harm: float
) -> None:
    noticed = noticed_share(monitors)
    effect = break_even_effect(cost, benefit_gbp(1.0, watched, noticed=noticed, harm=harm))
    assert benefit_gbp(effect, watched, noticed=noticed, harm=harm) == pytest.approx(cost)


def test_break_even_where_nothing_is_paid_or_known() -> None:
    found = break_even_effect([0.0, 5.0, 5.0], [10.0, 0.0, np.nan])
    assert np.isnan(found[0])
    assert np.isinf(found[1])
    assert np.isnan(found[2])


def test_a_scenario_at_its_break_even_has_no_net_benefit(camden: MonitoringValue) -> None:
    effect = camden.options.set_index("option").loc["peak", "break_even_effect_share"]
    assert effect < 1
    scenario = scenario_of([CAMDEN], coefficients={EFFECT: float(effect)})
    row = value_of(scenario, plan_of(scenario, [[CAMDEN]])).options.set_index("option").loc["peak"]
    assert row["net_gbp_per_year"] == pytest.approx(0, abs=1e-6 * row["monitoring_gbp_per_year"])
    assert row["benefit_cost_ratio"] == pytest.approx(1)
    table = camden.break_even.set_index(["counting", "option"])["break_even_effect_share"]
    assert table["property_or_30_05", "peak"] == pytest.approx(effect)
    assert table["all_or_30_05", "peak"] < effect


def test_a_plan_may_be_credited_only_if_a_scenario_says_so() -> None:
    scenario = scenario_of([CAMDEN], coefficients={"crime_reduction_credited_share": 0.07})
    row = value_of(scenario, plan_of(scenario, [[CAMDEN]])).options.set_index("option")
    assert row.loc["active", "credited_gbp_per_year"] == pytest.approx(
        row.loc["active", "benefit_gbp_per_year"]
    )
    assert row.loc["passive", "credited_gbp_per_year"] == 0


def test_rooms_add_up_to_their_plan_and_the_city_stays_unknown() -> None:
    scenario = scenario_of([CITY, CAMDEN, ISLINGTON])
    alone = plan_of(scenario, [[CITY], [CAMDEN], [ISLINGTON]], name="alone")
    shared = plan_of(scenario, [[CITY, CAMDEN], [ISLINGTON]], name="shared")
    found = value_of(scenario, shared, alone)
    for plan_id in ("alone", "shared"):
        total = found.options[found.options["plan_id"] == plan_id].set_index("option")
        rooms = found.rooms[found.rooms["plan_id"] == plan_id].groupby("option")
        for column in ("benefit_gbp_per_year", "cost_gbp_per_year", "crimes_in_view_per_year",
                       "monitoring_gbp_per_year", "noticed_crimes_per_year"):  # fmt: skip
            assert rooms[column].sum()[total.index].to_numpy() == pytest.approx(
                total[column].to_numpy()
            )
        assert (total["boroughs_without_crime"] == 1).all()
    room = found.rooms[(found.rooms["plan_id"] == "alone") & (found.rooms["room_code"] == CITY)]
    unknown = ["benefit_gbp_per_year", "crimes_in_view_per_year", "investigations_helped_per_year",
               "net_p50_gbp_per_year", "exceeds_share"]  # fmt: skip
    assert room[unknown].isna().all(axis=None)
    assert (room.loc[room["option"] == "active", "monitoring_gbp_per_year"] > 0).all()
    crimes = found.crimes.set_index("borough_code")
    assert crimes.loc[CITY].drop(["borough", "in_view_basis"]).isna().all()


def test_a_plan_of_the_city_alone_is_worth_an_unknown_amount() -> None:
    scenario = scenario_of([CITY])
    found = value_of(scenario, plan_of(scenario, [[CITY]]))
    figures = found.figures.set_index("figure")["value"]
    assert figures[["benefit_if", "crimes_in_view", "break_even", "investigations"]].isna().all()
    assert figures["monitoring_cost"] > 0
    table = found.uses.allocation
    assert table["best_hours_per_year"].tolist() == table["planned_hours_per_year"].tolist()


def test_a_draw_is_what_the_model_says_of_its_coefficients() -> None:
    scenario = scenario_of([BRENT, CAMDEN], value={"draws": 6})
    plan = plan_of(scenario, [[BRENT, CAMDEN]])
    basis = value_basis(borough_inputs(), scenario, [plan])
    drawn = draw_values(basis, RoomCosting(basis.setting, basis.rooms))
    for k in (0, 5):
        again = at_draw(basis, drawn.coefficients.loc[k])
        options, _, _ = value_tables(again)
        assert options["benefit_gbp_per_year"].to_numpy() == pytest.approx(
            drawn.benefit[k].sum(axis=1)
        )
        assert options["monitoring_gbp_per_year"].to_numpy() == pytest.approx(
            drawn.monitoring[k].sum(axis=1)
        )
        assert options["crimes_in_view_per_year"].to_numpy() == pytest.approx(drawn.in_view[k, 0])


def at_draw(basis: Basis, values: pd.Series) -> Basis:
    """Put the coefficients of a draw in the place of the working ones, by hand."""
    own = values.to_dict()
    parts, blocks = basis.parts.copy(), basis.blocks.copy()
    for name, value in own.items():
        kind, _, which = str(name).partition(":")
        if kind == "unit_cost_gbp":
            parts.loc[which, "unit_cost_gbp"] = value
        elif kind == "crime_share":
            blocks.loc[blocks["block"] == which, "crime_share"] = value
    blocks["crime_share"] /= blocks["crime_share"].sum()
    fields = {name for name in basis.setting.rate.values if name in own}
    rate = basis.setting.rate.changed(**{name: float(own[name]) for name in fields})
    return replace(
        basis,
        setting=replace(basis.setting, rate=rate),
        values={name: float(own.get(name, value)) for name, value in basis.values.items()},
        parts=parts,
        blocks=blocks,
    )


def test_draws_repeat_and_stay_in_range() -> None:
    scenario = scenario_of([CAMDEN], value={"draws": 50})
    plan = plan_of(scenario, [[CAMDEN]])
    first, again = value_of(scenario, plan), value_of(scenario, plan)
    pd.testing.assert_frame_equal(first.options, again.options)
    other = value_of(scenario_of([CAMDEN], value={"draws": 50, "seed": 1}), plan)
    assert not first.options["net_p50_gbp_per_year"].equals(other.options["net_p50_gbp_per_year"])
    table = first.options[first.options["option"] != "passive"]
    assert (table["ratio_p10"] <= table["ratio_p50"]).all()
    assert (table["ratio_p50"] <= table["ratio_p90"]).all()
    assert (table["net_p10_gbp_per_year"] <= table["net_p90_gbp_per_year"]).all()
    assert table["exceeds_share"].between(0, 1).all()


def test_measured_shares_take_the_place_of_the_assumed_one() -> None:
    scenario = scenario_of([BRENT, CAMDEN])
    plan = plan_of(scenario, [[BRENT, CAMDEN]])
    shares = pd.Series({CAMDEN: 0.3, BRENT: 0.0})
    found = value_of(scenario, plan, in_view=shares, illustrative=True)
    seen = found.crimes.set_index("borough_code")["crimes_in_view_per_year"]
    assert seen.to_dict() == pytest.approx({BRENT: 0.0, CAMDEN: 0.3 * 38_455})
    assert set(found.crimes["in_view_basis"]) == {"measured"}
    assert found.figures.set_index("figure").loc["benefit_if", "basis"] == "illustrative"
    # A share that was measured is not drawn.
    figures = found.figures.set_index("figure").loc["crimes_in_view"]
    assert figures["low"] == pytest.approx(figures["high"]) == figures["value"]


def test_a_borough_without_cameras_has_no_crime_in_view() -> None:
    frame = borough_inputs()
    frame.loc[BRENT, "cameras"] = 0.0
    scenario = scenario_of([BRENT, CAMDEN])
    found = value_of(scenario, plan_of(scenario, [[BRENT], [CAMDEN]], frame), frame=frame)
    seen = found.crimes.set_index("borough_code")["crimes_in_view_per_year"]
    assert seen.to_dict() == pytest.approx({BRENT: 0.0, CAMDEN: 3_845.5})
    rooms = found.rooms.set_index(["room_code", "option"])
    assert rooms.loc[(BRENT, "active"), "benefit_gbp_per_year"] == 0
    assert rooms.loc[(BRENT, "active"), "net_p90_gbp_per_year"] < 0
    assert np.isinf(rooms.loc[(BRENT, "active"), "break_even_effect_share"])


def test_fewer_cameras_than_published_have_less_crime_in_view() -> None:
    frame = borough_inputs()
    frame.loc[CAMDEN, "cameras"] = 488 / 4
    frame.loc[BRENT, "cameras"] = 2_000.0
    scenario = scenario_of([BRENT, CAMDEN], value={"draws": 3})
    found = value_of(scenario, plan_of(scenario, [[BRENT], [CAMDEN]], frame), frame=frame)
    shares = found.crimes.set_index("borough_code")["in_view_share"]
    assert shares.to_dict() == pytest.approx({BRENT: 0.1, CAMDEN: 0.025})


def test_hours_are_moved_to_where_crime_is() -> None:
    frame = borough_inputs().assign(cameras=320.0)
    scenario = scenario_of([BRENT, CAMDEN])
    plan = plan_of(scenario, [[BRENT], [CAMDEN]], frame)
    shares = pd.Series({BRENT: 0.001, CAMDEN: 0.3})
    uses = value_of(scenario, plan, frame=frame, in_view=shares).uses
    moved = uses.allocation.groupby("room_code")["change_hours_per_year"].sum()
    assert moved[CAMDEN] > 0 > moved[BRENT]
    assert moved.sum() == pytest.approx(0, abs=1e-6)
    assert uses.hours == 4 * 8_766
    assert uses.best_gbp > uses.planned_gbp
    assert uses.hour_gbp == pytest.approx(5 * 42_900 / 8_766)
    planned = uses.allocation["planned_benefit_gbp_per_year"].sum()
    assert planned == pytest.approx(uses.planned_gbp)
    curve = uses.curve.set_index("hours_share")["benefit_gbp_per_year"]
    assert curve[1.0] == pytest.approx(uses.best_gbp)
    assert (curve.diff().dropna() >= 0).all()


def test_the_planned_hours_are_worth_what_the_options_say(camden: MonitoringValue) -> None:
    row = camden.options.set_index("option").loc["active"]
    assert camden.uses.planned_gbp == pytest.approx(row["benefit_gbp_per_year"])


def test_the_saving_buys_hours_at_the_price_of_the_cost_table() -> None:
    scenario = scenario_of([BRENT, CAMDEN])
    shared = plan_of(scenario, [[BRENT, CAMDEN]], name="shared")
    alone = plan_of(scenario, [[BRENT], [CAMDEN]], name="today")
    found = value_of(scenario, shared, alone)
    saving = alone.cost_gbp_per_year - shared.cost_gbp_per_year
    if saving > 0:
        assert found.uses.extra_hours == pytest.approx(saving / (5 * 42_900 / 8_766))
    back = value_of(scenario, alone, shared)
    assert np.isnan(back.uses.extra_hours) == (saving > 0)


def test_unwatched_rooms_have_no_hours_to_give() -> None:
    scenario = scenario_of([CAMDEN], coefficients={"hours_monitored_per_year": 0})
    uses = value_of(scenario, plan_of(scenario, [[CAMDEN]])).uses
    assert uses.hours == 0
    assert np.isnan(uses.hour_gbp)
    assert uses.best_gbp == 0
    assert uses.marginal_gbp > 0


def test_a_price_of_missed_events_is_not_counted_twice() -> None:
    priced = scenario_of([CAMDEN], coefficients={"missed_detection_gbp_per_camera_year": 1000})
    free = scenario_of([CAMDEN])
    one, two = (
        value_of(scenario, plan_of(scenario, [[CAMDEN]])).options for scenario in (priced, free)
    )
    assert one["monitoring_gbp_per_year"].tolist() == two["monitoring_gbp_per_year"].tolist()


def test_choices_that_cannot_be_meant_are_all_named(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('[value]\noptions = ["passive"]\ndraws = 0\nunit_costs = "mine"\nfile = "x"\n')
    with pytest.raises(InputError) as error:
        load_scenario(file)
    for part in (
        "at least one option that watches",
        "value.draws",
        "value.unit_costs",
        "value.file",
    ):
        assert part in str(error.value)
    file.write_text('[value]\noptions = ["peak", "peak"]\n')
    with pytest.raises(InputError, match="named twice"):
        load_scenario(file)
    file.write_text('[value]\ntime_of_day = "hours.csv"\n')
    (tmp_path / "hours.csv").write_text("here\n")
    assert load_scenario(file).options(ValueOptions).time_of_day == tmp_path / "hours.csv"


def test_shares_out_of_range_are_refused_together() -> None:
    scenario = scenario_of([BRENT, CAMDEN], coefficients={EFFECT: 1.4, IN_VIEW: 2.0})
    plan = plan_of(scenario, [[BRENT, CAMDEN]])
    with pytest.raises(InputError) as error:
        value_of(scenario, plan, in_view=pd.Series({BRENT: 1.2, CAMDEN: 0.1}))
    for part in (EFFECT, IN_VIEW, BRENT):
        assert part in str(error.value)


def test_london_as_it_stands() -> None:
    """A saved case: today's rooms on the embedded facts."""
    scenario = load_scenario(overrides={"value": {"draws": 2}})
    frame = borough_inputs()
    today = plan_of(scenario, [[code] for code in frame.index], frame, "today")
    row = value_of(scenario, today).options.set_index("option").loc["active"]
    assert row["crimes_in_view_per_year"] == pytest.approx(89_709.7)
    # 87 posts of £214,500: Bexley alone only records, so its two posts are not there.
    assert row["monitoring_gbp_per_year"] == pytest.approx(87 * 214_500)
    assert row["benefit_gbp_per_year"] == pytest.approx(3_082_725, rel=1e-5)
    assert row["break_even_effect_share"] == pytest.approx(0.42375, abs=1e-4)
