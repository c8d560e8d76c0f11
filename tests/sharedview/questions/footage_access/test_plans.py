"""Officers' time: two boroughs by hand, what must always hold, and London saved."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage_model.base import datasets
from coverage_model.base.errors import InputError
from optimisation.consolidation import cost_plan, reference_plans
from optimisation.costs import coefficients
from optimisation.results import Plan
from optimisation.scenario import Scenario
from optimisation.territory import borough_inputs
from sharedview.questions.footage_access.figures import footage_figures
from sharedview.questions.footage_access.hours import (
    RATE_NAMES,
    FootageRates,
    Layout,
    footage_rates,
    officer_hours,
)
from sharedview.questions.footage_access.options import FootageOptions
from sharedview.questions.footage_access.plans import OfficerTime, footage_access
from sharedview.questions.registry import load_scenario

# Round numbers, so that the arithmetic can be done on paper.
BY_HAND = {
    "footage_request_share": 0.1,
    "footage_crimes_per_visit": 2.0,
    "footage_remote_share": 0.2,
    "footage_viewing_h_per_crime": 1.0,
    "footage_remote_h_per_crime": 0.5,
    "footage_remote_desk_h_per_crime": 0.25,
    "footage_travel_km_per_h": 20.0,
    "footage_officer_gbp_per_h": 40.0,
    "footage_open_h_per_year": 4000.0,
    "footage_peak_factor": 2.0,
    "footage_desks_per_room": 1.0,
    "footage_cameras_per_desk": 100.0,
    "footage_wait_target_h": 100.0,
    "footage_embedded_share": 0.5,
    "footage_embedded_posts_per_room": 1.0,
    "detour_factor": 1.0,
}
CRIMES = pd.Series({"B": 10_000.0, "S": 5_000.0})


def two_boroughs() -> pd.DataFrame:
    """Two areas ten kilometres apart, of 200 and 100 cameras."""
    return pd.DataFrame(
        {
            "borough": ["Big", "Small"],
            "cameras": [200.0, 100.0],
            "site_x_m": [530_000.0, 540_000.0],
            "site_y_m": [180_000.0, 180_000.0],
        },
        index=pd.Index(["B", "S"], name="borough_code"),
    )


def pair(*options: FootageOptions, **changes: object) -> tuple[pd.DataFrame, Plan, Plan, Scenario]:
    """The two areas, the plan of one room at Big's site, today, and their scenario."""
    own = {"coefficients": BY_HAND, **changes}
    scenario = Scenario.model_validate({"contiguity": "none", **own}).with_options(*options)
    frame = two_boroughs()
    merged = cost_plan(frame, scenario, {"B": ["B", "S"]}, "one", "One room: both")
    today = cost_plan(frame, scenario, {"B": ["B"], "S": ["S"]}, "today", "Today")
    return frame, merged, today, scenario


def by_hand(*options: FootageOptions, crimes: pd.Series = CRIMES, **changes: object) -> OfficerTime:
    frame, merged, today, scenario = pair(*options, **changes)
    return footage_access(
        frame, [merged], baseline=today, scenario=scenario, crimes=crimes, draws=50
    )


def test_two_boroughs_by_hand() -> None:
    found = by_hand()
    plans = found.plans.set_index("plan_id")
    one, today = plans.loc["one"], plans.loc["today"]
    # Big asks for 1,000, Small for 500: a fifth from afar, 800 and 400 at the room, two a visit.
    assert one["requests_per_year"] == 1500
    assert one["visits_per_year"] == 600
    # Small's 200 visits go 10 km there and back at 20 km/h.
    assert one["travel_h_per_year"] == pytest.approx(200 * 20 / 20)
    assert today["travel_h_per_year"] == 0
    assert one["viewing_h_per_year"] == 1200
    assert one["remote_h_per_year"] == 150
    # Today Big: desks 200/100 = 2; 400 visits and 200 requests from afar, 800 + 50 desk hours:
    # S = 850/600 h, a = 2·850/4000 = 0.425. Small: 1 desk, S the same, a = 0.2125.
    service = 850 / 600
    b1 = 0.425 / 1.425
    b2 = 0.425 * b1 / (2 + 0.425 * b1)
    c2 = 2 * b2 / (2 - 0.425 * (1 - b2))
    wait_big = c2 * service / (2 - 0.425)
    wait_small = 0.2125 * service / (1 - 0.2125)
    assert today["waiting_h_per_year"] == pytest.approx(400 * wait_big + 200 * wait_small)
    # Together 3 desks and 0.6375 Erlang.
    blocking = (0.6375**3 / 6) / sum(0.6375**k / math.factorial(k) for k in range(4))
    waiting = 3 * blocking / (3 - 0.6375 * (1 - blocking))
    wait = waiting * service / (3 - 0.6375)
    assert one["waiting_h_per_year"] == pytest.approx(600 * wait)
    total = 200 + 600 * wait + 1200 + 150
    assert one["officer_h_per_year"] == pytest.approx(total)
    before = today["officer_h_per_year"]
    assert one["change_h_per_year"] == pytest.approx(total - before)
    rooms = found.rooms.set_index(["plan_id", "room_code"]).loc[("one", "B")]
    assert rooms["waiting_probability"] == pytest.approx(waiting)
    assert rooms["blocking_probability"] == pytest.approx(blocking)
    small = found.boroughs.set_index(["plan_id", "borough_code"]).loc[("one", "S")]
    assert small["km"] == 10
    assert small["change_h_per_year"] == pytest.approx(200 + 200 * (wait - wait_small))
    assert small["change_gbp_per_year"] == pytest.approx(40 * (200 + 200 * (wait - wait_small)))
    desks = found.desks.set_index("plan_id")
    assert desks["desks"].to_dict() == {"one": 3, "today": 3}
    # As many desks together as apart: pooling alone is what shows.
    same = desks.loc["one"]
    assert same["same_desks_wait_min"] == pytest.approx(same["mean_wait_min"])


def test_the_two_budgets_stand_apart_and_are_added_once() -> None:
    _, merged, today, _ = pair()
    found = by_hand()
    money = found.budgets.set_index("plan_id").loc["one"]
    saving = today.cost_gbp_per_year - merged.cost_gbp_per_year
    change = 40 * found.plans.set_index("plan_id").loc["one", "change_h_per_year"]
    assert money["council_saving_gbp_per_year"] == pytest.approx(saving)
    assert money["officer_change_gbp_per_year"] == pytest.approx(change)
    assert money["two_budgets_gbp_per_year"] == pytest.approx(saving - change)
    assert money["posts_change_gbp_per_year"] == 0
    # The councils' costs hold nothing of officers, unless a scenario counts their ways.
    lines = merged.cost_lines()
    assert (lines.loc[lines["cost_line"].str.contains("officer"), "gbp"] == 0).all()


def test_police_posted_in_rooms_by_hand() -> None:
    within = by_hand(FootageOptions(police_embedded=True))
    plans = within.plans.set_index("plan_id")
    # Half of the 600 visits need no way any more; viewing stays.
    assert plans.loc["one", "visits_per_year"] == 300
    assert plans.loc["one", "travel_h_per_year"] == pytest.approx(100)
    assert plans.loc["one", "viewing_h_per_year"] == 1200
    # One post less, 4,000 hours at £40: the police's money.
    money = within.budgets.set_index("plan_id").loc["one"]
    assert money["posts_change_gbp_per_year"] == -160_000
    by_rooms = by_hand(
        FootageOptions(police_embedded=True, embedded_paid_by="rooms")
    ).budgets.set_index("plan_id")
    assert by_rooms.loc["one", "posts_change_gbp_per_year"] == 0
    option = by_hand().embedded.set_index("plan_id").loc["one"]
    without = by_hand().plans.set_index("plan_id").loc["one", "officer_h_per_year"]
    assert option["without_h_per_year"] == pytest.approx(without)
    assert option["with_h_per_year"] == pytest.approx(plans.loc["one", "officer_h_per_year"])
    assert option["posts_gbp_per_year"] == 160_000
    assert option["net_gbp_per_year"] == pytest.approx(option["saved_gbp_per_year"] - 160_000)


def test_the_break_even_share_from_afar_evens_the_hours() -> None:
    plans = by_hand().plans.set_index("plan_id")
    share = plans.loc["one", "break_even_remote_share"]
    assert plans.loc["one", "break_even"] == "reached"
    assert plans.loc["today", "break_even"] == "is today"
    at = by_hand(coefficients={**BY_HAND, "footage_remote_share": share}).plans
    target = plans.loc["today", "officer_h_per_year"]
    assert at.set_index("plan_id").loc["one", "officer_h_per_year"] == pytest.approx(
        target, rel=1e-5
    )
    # Dear handling from afar: no share is enough.
    never = by_hand(coefficients={**BY_HAND, "footage_remote_h_per_crime": 3.0}).plans
    assert never.loc[0, "break_even"] == "not reached"
    assert math.isnan(never.loc[0, "break_even_remote_share"])
    # Free ways: pooling alone saves time.
    free = by_hand(coefficients={**BY_HAND, "footage_travel_km_per_h": 1e9}).plans
    assert free.loc[0, "break_even"] == "already"
    assert free.loc[0, "waiting_change_h_per_year"] < 0


def test_a_room_that_cannot_cope_says_what_it_needs() -> None:
    # Ten times the crimes: Small's 2.125 Erlang on one desk, Big's 4.25 on two.
    many = by_hand(crimes=CRIMES * 10)
    rooms = many.rooms.set_index(["plan_id", "room_code"])
    small, big = rooms.loc[("today", "S")], rooms.loc[("today", "B")]
    assert small["load_erlang"] == pytest.approx(2.125)
    assert small["status"] == big["status"] == "cannot cope"
    assert small["note"] == "cannot cope: needs at least 3 desks"
    assert big["note"] == "cannot cope: needs at least 5 desks"
    assert np.isnan(small["mean_wait_h"])
    assert np.isfinite(small["counted_wait_h"])
    assert np.isfinite(many.plans["officer_h_per_year"]).all()
    desks = many.desks.set_index("plan_id").loc["today"]
    assert (desks["rooms_short"], desks["desks"]) == (2, 3)
    assert desks["desks_added"] == desks["desks_counted"] - 3 >= 5


def test_desks_are_added_to_meet_the_target_or_only_to_cope() -> None:
    own = {**BY_HAND, "footage_wait_target_h": 0.25}
    to_target = by_hand(coefficients=own).desks.set_index("plan_id").loc["today"]
    # Small would wait 0.38 h at its one desk: it gets another.
    assert to_target["desks_added"] == 1
    assert to_target["longest_wait_min"] <= 15
    as_they_are = by_hand(FootageOptions(desks="by_coefficient"), coefficients=own)
    row = as_they_are.desks.set_index("plan_id").loc["today"]
    assert row["desks_added"] == 0
    assert row["longest_wait_min"] == pytest.approx(60 * 0.2125 * (850 / 600) / (1 - 0.2125))


def test_unknown_crimes_stay_unknown() -> None:
    found = by_hand(crimes=pd.Series({"B": 10_000.0, "S": np.nan}))
    assert found.unknown == ("Small",)
    rows = found.boroughs.set_index(["plan_id", "borough_code"])
    assert rows.loc[("one", "S"), ["visits_per_year", "officer_h_per_year"]].isna().all()
    plan = found.plans.set_index("plan_id").loc["one"]
    assert (plan["boroughs"], plan["boroughs_unknown"], plan["travel_h_per_year"]) == (1, 1, 0)
    rooms = found.rooms.set_index(["plan_id", "room_code"])
    assert rooms.loc[("today", "S"), "status"] == "load not known"
    assert rooms.loc[("one", "B"), "note"] == "crimes of some boroughs not known: load too low"


def test_no_crimes_known_at_all_is_not_nought_hours() -> None:
    found = by_hand(crimes=pd.Series({"B": np.nan, "S": np.nan}))
    assert found.plans[["officer_h_per_year", "fewer_share"]].isna().all(axis=None)
    assert found.plans["break_even"].tolist() == ["not known", "is today"]
    assert found.budgets["two_budgets_gbp_per_year"].isna().all()
    assert (found.budgets["council_saving_gbp_per_year"].notna()).all()
    figures = footage_figures(found, baseline="today").set_index("figure")
    assert np.isnan(figures.loc["hours_plan", "value"])
    assert figures.loc["hours_plan", "boroughs"] == 0


def test_distances_may_be_given() -> None:
    frame, merged, today, scenario = pair()
    common = {"baseline": today, "scenario": scenario, "crimes": CRIMES, "draws": 20}
    road = footage_access(frame, [merged], site_km=np.array([[0.0, 17.0], [17.0, 0.0]]), **common)
    assert road.by_road
    assert road.plans.loc[0, "longest_km"] == 17
    assert "detour_factor" not in set(road.sensitivity["coefficient"])
    with pytest.raises(ValueError, match="distances"):
        footage_access(frame, [merged], site_km=np.zeros((3, 3)), **common)
    other = cost_plan(frame.loc[["B"]], scenario, {"B": ["B"]}, "x", "X")
    with pytest.raises(ValueError, match="does not serve"):
        footage_access(frame, [other], **common)


def test_coefficients_out_of_their_domain_come_in_one_error() -> None:
    wrong = {
        "footage_request_share": 1.5,
        "footage_open_h_per_year": 0.0,
        "footage_desks_per_room": 1.5,
    }
    with pytest.raises(InputError) as error:
        by_hand(coefficients=wrong)
    message = str(error.value)
    assert "3 faults" in message
    assert all(name in message for name in wrong)
    # The speed is a coefficient of the rooms' costs too, and is refused there.
    with pytest.raises(InputError, match=r"footage_travel_km_per_h is 0\.0"):
        by_hand(coefficients={"footage_travel_km_per_h": 0.0})


rates_drawn = st.fixed_dictionaries(
    {
        name: st.floats(float(row["low"]), float(row["high"]))
        for name, row in datasets.coefficients().loc[list(RATE_NAMES)].iterrows()
        if row["low"] < row["high"]
    }
)


def rates_of(values: dict[str, float]) -> FootageRates:
    return footage_rates({**coefficients.values(RATE_NAMES), **values})


@settings(max_examples=60, deadline=None)
@given(
    rates_drawn,
    st.lists(
        st.tuples(st.floats(0, 60_000), st.floats(0, 1_200), st.floats(0, 30)),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 3),
    st.booleans(),
)
def test_what_must_hold_for_any_rooms(
    values: dict[str, float],
    areas: list[tuple[float, float, float]],
    rooms: int,
    embedded: bool,
) -> None:
    crimes, cameras, km = (np.array(each) for each in zip(*areas, strict=True))
    layout = Layout(np.arange(len(areas)) % rooms, km, rooms)
    rates = rates_of(values)
    common = {"layout": layout, "rates": rates, "embedded": embedded}
    year = officer_hours(crimes, cameras, **common)
    parts = (year.travel_h, year.waiting_h, year.viewing_h, year.remote_h)
    assert all((part >= 0).all() for part in parts)
    assert np.allclose(sum(parts), year.officer_h)
    # No wait passes its target, and desks are only ever added.
    queues = year.queues
    known = ~np.isnan(queues.load_erlang)
    assert (queues.counted_wait_h[known] <= rates.wait_target_h[0, 0] * (1 + 1e-9)).all()
    assert (queues.counted_desks >= queues.desks).all()
    # Nothing is asked for twice: people at rooms and requests from afar make all requests.
    assert np.allclose(year.requests, crimes * rates.request_share)
    # Farther is longer, at the speed assumed; waits do not mind.
    farther = officer_hours(
        crimes, cameras, **{**common, "layout": Layout(layout.room, km + 5.0, rooms)}
    )
    extra = farther.travel_h - year.travel_h
    assert np.allclose(extra, year.visits * 10.0 / rates.travel_km_per_h)
    assert np.allclose(farther.waiting_h, year.waiting_h)
    # Police in rooms take nobody longer.
    without = officer_hours(crimes, cameras, layout=layout, rates=rates, embedded=False)
    assert (year.officer_h <= without.officer_h + 1e-9).all()


def london(**changes: object) -> tuple[OfficerTime, list[Plan]]:
    frame, scenario = borough_inputs(), load_scenario(overrides=changes)
    today, *others = reference_plans(frame, scenario)
    bcu = next(plan for plan in others if plan.plan_id == "bcu")
    plans = [bcu, *(plan for plan in others if plan is not bcu)]
    found = footage_access(frame, plans, baseline=today, scenario=scenario, draws=200)
    return found, [today, *plans]


@pytest.fixture(scope="module")
def saved() -> OfficerTime:
    return london()[0]


def test_london_saved(saved: OfficerTime) -> None:
    assert saved.unknown == ("City of London",)
    plans = saved.plans.set_index("plan_id")
    crimes = datasets.borough_facts()["mps_crimes_12m_to_2023_07"]
    # 897,097 crimes in 32 boroughs, a twentieth asked for.
    assert crimes.sum() == 897_097
    assert plans["requests_per_year"].unique() == pytest.approx([897_097 * 0.05])
    assert plans["officer_h_per_year"].round().to_dict() == {
        "bcu": 55_779,  # staff transfer and dual running put Bromley, Croydon, Sutton at Bromley
        "own_rooms": 39_446,
        "subregion": 65_619,
        "pan_london": 75_025,
        "today": 42_724,  # Kensington, Westminster and Richmond are served from elsewhere
    }
    # Officers start from their own site: with a room each they go nowhere, else farther.
    ways = plans["travel_h_per_year"]
    assert ways["own_rooms"] == 0
    assert 0 < ways["today"] < ways["bcu"] < ways["subregion"] < ways["pan_london"]
    # While waits and desks shrink.
    desks = saved.desks.set_index("plan_id")
    assert desks["desks_counted"].to_dict() == {
        "bcu": 37, "own_rooms": 65, "subregion": 31, "pan_london": 29, "today": 60,
    }  # fmt: skip
    assert desks.loc["pan_london", "mean_wait_min"] < desks.loc["today", "mean_wait_min"]
    assert (desks["same_desks_wait_min"] <= desks.loc["today", "mean_wait_min"] + 1e-9).all()
    # Ranges hold the value and are those of common draws.
    for end in ("", "change_"):
        name = "officer_h_per_year" if not end else "change_h_per_year"
        inside = plans[f"{end}low_h_per_year"] <= plans[name]
        assert (inside & (plans[name] <= plans[f"{end}high_h_per_year"])).all()
    assert plans.loc["today", ["change_low_h_per_year", "change_high_h_per_year"]].tolist() == [
        0,
        0,
    ]


def test_tables_agree_with_each_other(saved: OfficerTime) -> None:
    plans = saved.plans.set_index("plan_id")
    by_plan = saved.boroughs.groupby("plan_id")
    for part in ("travel", "waiting", "viewing", "remote", "officer", "change"):
        sums = by_plan[f"{part}_h_per_year"].sum()
        assert np.allclose(sums[plans.index], plans[f"{part}_h_per_year"]), part
    assert (by_plan.size() == 33).all()
    curve = saved.remote.set_index("remote_share")
    assert curve.loc[0.3, "bcu_h_per_year"] == pytest.approx(plans.loc["bcu", "officer_h_per_year"])
    # With everything from afar all plans take the same.
    assert np.ptp(curve.loc[1.0]) < 1e-6
    figures = footage_figures(saved, baseline="today").set_index("figure")
    assert figures.loc["change", "value"] == plans.loc["bcu", "change_h_per_year"]
    assert figures.loc["hours_today", "boroughs"] == 32
    assert saved.sensitivity["swing_h_per_year"].is_monotonic_decreasing
    assert "OfficerTime(bcu: 55,779 h a year (+13,055 against today)" in repr(saved)


def test_the_same_seed_gives_the_same_ranges(saved: OfficerTime) -> None:
    again = london()[0]
    pd.testing.assert_frame_equal(again.plans, saved.plans)
    pd.testing.assert_frame_equal(again.budgets, saved.budgets)


def test_the_ready_scenario_with_police_in_rooms_does_not_count_their_posts_twice() -> None:
    scenario = load_scenario("police_embedded")
    assert scenario.options(FootageOptions).police_embedded
    assert scenario.options(FootageOptions).embedded_paid_by == "rooms"
    frame = borough_inputs()
    today, *others = reference_plans(frame, scenario)
    found = footage_access(frame, others[:1], baseline=today, scenario=scenario, draws=20)
    assert found.police_embedded
    assert (found.budgets["posts_change_gbp_per_year"] == 0).all()


@pytest.mark.shared
def test_recorded_crimes_are_those_of_the_published_table(shared_data: Path) -> None:
    table = pd.read_csv(shared_data / "london" / "mps_crime_borough_with_codes.csv")
    months = [name for name in table if name.isdigit() and "202208" <= name <= "202307"]
    assert len(months) == 12
    crimes = table.groupby("Code")[months].sum().sum(axis=1)
    embedded = datasets.borough_facts()["mps_crimes_12m_to_2023_07"].dropna()
    assert crimes.reindex(embedded.index).tolist() == embedded.tolist()
    # The City's own police published a month of theirs: with it, no borough is unknown.
    city = pd.read_csv(shared_data / "london" / "2024-01-city-of-london-street.csv")
    known = pd.concat([embedded, pd.Series({"E09000001": 12.0 * len(city)})])
    frame, scenario = borough_inputs(), load_scenario()
    today, *others = reference_plans(frame, scenario)
    common = {"baseline": today, "scenario": scenario, "draws": 20}
    found = footage_access(frame, others, crimes=known, **common)
    assert found.unknown == ()
    before = footage_access(frame, others, **common)
    rows = found.plans["requests_per_year"] - before.plans["requests_per_year"]
    assert rows.tolist() == pytest.approx([0.05 * 12 * len(city)] * len(rows))
