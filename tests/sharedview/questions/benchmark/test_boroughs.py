"""Boroughs beside like boroughs: figures by hand, a plain loop as oracle, refusals by name."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage_model.base.errors import InputError
from optimisation.consolidation import reference_plans
from optimisation.results import Plan
from optimisation.territory import borough_inputs
from sharedview.questions.benchmark import like_for_like, ranking
from sharedview.questions.benchmark.boroughs import Benchmark, benchmark
from sharedview.questions.benchmark.comparators import Measured, comparators
from sharedview.questions.benchmark.ranking import CAUTION, MODEL_CAUTION, Limits
from sharedview.questions.registry import load_scenario

QUICK = load_scenario(overrides={"benchmark": {"draws": 10}})
CITY, BARNET, BRENT, CAMDEN = "E09000001", "E09000003", "E09000005", "E09000007"
HAMMERSMITH, HAVERING, KENSINGTON = "E09000013", "E09000016", "E09000020"
HOUNSLOW, KINGSTON, MERTON, WESTMINSTER = "E09000018", "E09000021", "E09000024", "E09000033"


@pytest.fixture(scope="module")
def boroughs() -> pd.DataFrame:
    return borough_inputs()


@pytest.fixture(scope="module")
def today(boroughs: pd.DataFrame) -> Plan:
    return reference_plans(boroughs, QUICK)[0]


@pytest.fixture(scope="module")
def london(boroughs: pd.DataFrame, today: Plan) -> Benchmark:
    return benchmark(boroughs, QUICK, today=today)


@pytest.fixture(scope="module")
def cell(london: Benchmark):
    rows = london.comparators.set_index(["measure", "borough_code"])
    return lambda measure, code: rows.loc[(measure, code)]


def test_ratios_of_real_boroughs_by_hand(cell) -> None:
    # Merton: 212 cameras (2021), 206,453 residents (2020), 13,920 crimes (to July 2023), 7 staff.
    row = cell("cameras_per_1000_residents", MERTON)
    assert row["value"] == pytest.approx(1000 * 212 / 206_453)
    assert (row["year"], row["second_year"]) == (2021, 2020)
    assert (row["scope_class"], row["confidence"], row["basis"]) == ("street", "high", "published")
    assert "Merton Council news" in row["source"]
    assert "ONS mid-2020" in row["source"]
    assert cell("crimes_per_camera", MERTON)["value"] == pytest.approx(13_920 / 212)
    assert cell("staff_per_100_cameras", MERTON)["value"] == pytest.approx(700 / 212)
    # Five operators for the 798 cameras of two boroughs.
    for code in (HAMMERSMITH, KENSINGTON):
        row = cell("operators_per_100_cameras", code)
        assert row["value"] == pytest.approx(500 / 798)
        assert (row["year"], row["scope_class"]) == (2012, "shared_room")
    # Barnet: contract of 2014-15 over the cameras of 2011, not over those of 2022.
    row = cell("opex_gbp_per_camera", BARNET)
    assert row["value"] == pytest.approx(843_000 / 141)
    assert round(row["value"]) == 5979
    assert (row["year"], row["second_year"]) == (2014, 2011)
    assert cell("opex_gbp_per_camera", HAVERING)["value"] == pytest.approx(500_000 / 341)
    assert cell("opex_gbp_per_camera", WESTMINSTER)["value"] == pytest.approx(1_000_000 / 75)


def test_what_is_not_known_is_blank_and_not_zero(cell, london: Benchmark) -> None:
    row = cell("cameras_per_1000_residents", KINGSTON)
    assert math.isnan(row["value"])
    assert row["basis"] == "unknown"
    assert pd.isna(row["year"])
    assert row["scope_class"] == row["scope"] == row["confidence"] == row["source"] == ""
    assert math.isnan(cell("crimes_per_camera", CITY)["value"])
    for measure in ("cameras_per_street_km", "streets_seen_share", "covered_share",
                    "demand_in_view_share", "standard_reached_share"):  # fmt: skip
        assert math.isnan(cell(measure, MERTON)["value"]), measure
    assert (london.comparators.groupby("measure").size() == 33).all()
    # The age of a system was read without a year.
    row = cell("system_age_years", BRENT)
    assert row["value"] == 20
    assert pd.isna(row["year"])


def test_what_a_run_measured_is_taken(boroughs: pd.DataFrame, today: Plan) -> None:
    coverage = pd.DataFrame(
        {"area_code": [MERTON, BRENT], "covered_share": [0.1, 0.0], "cameras": [3, 0],
         "demand_covered_share": [0.4, np.nan], "covered_m2": [5.0, 0.0]}
    )  # fmt: skip
    streets = pd.DataFrame(
        {"area_code": [MERTON], "street_length_m": [400_000.0], "street_seen_share": [0.25]}
    )
    audit = pd.DataFrame({"area_code": [MERTON], "reached_share": [0.6]})
    measured = Measured(coverage, streets, audit, illustrative=True)
    rows = comparators(boroughs, today=today, measured=measured)
    rows = rows.set_index(["measure", "borough_code"])
    assert rows.loc[("cameras_per_street_km", MERTON), "value"] == pytest.approx(212 / 400)
    assert rows.loc[("streets_seen_share", MERTON), "value"] == 0.25
    assert rows.loc[("demand_in_view_share", MERTON), "value"] == 0.4
    assert rows.loc[("standard_reached_share", MERTON), "value"] == 0.6
    assert rows.loc[("covered_share", MERTON), "basis"] == "illustrative"
    # No camera there: what its ground shows is not known to be nothing.
    assert math.isnan(rows.loc[("covered_share", BRENT), "value"])


def test_a_bad_audit_is_refused_with_all_its_faults(boroughs: pd.DataFrame, today: Plan) -> None:
    audit = pd.DataFrame({"area_code": [MERTON, BRENT, BRENT], "reached_share": [60.0, 0.5, 0.4]})
    with pytest.raises(InputError) as caught:
        comparators(boroughs, today=today, measured=Measured(quality=audit))
    assert f"outside 0 to 1 [1 row: {MERTON}]" in str(caught.value)
    assert f"two rows [1 row: {BRENT}]" in str(caught.value)
    with pytest.raises(InputError, match="reached_share"):
        comparators(boroughs, today=today, measured=Measured(quality=audit[["area_code"]]))


def test_an_inventory_takes_the_place_of_published_numbers(
    boroughs: pd.DataFrame,
) -> None:
    some = {MERTON: 50.0, BRENT: 20.0}
    counted = boroughs.assign(
        cameras=[some.get(code, 0.0) for code in boroughs.index], cameras_basis="inventory"
    )
    plan = reference_plans(counted, QUICK)[0]
    found = benchmark(counted, QUICK, today=plan)
    rows = found.comparators.set_index(["measure", "borough_code"])
    row = rows.loc[("cameras_per_1000_residents", MERTON)]
    assert row["value"] == pytest.approx(1000 * 50 / 206_453)
    assert (row["basis"], row["scope_class"]) == ("inventory", "inventory")
    assert pd.isna(row["year"])
    assert math.isnan(rows.loc[("cameras_per_1000_residents", CAMDEN), "value"])
    # Two rooms that watch cameras cannot be judged by each other.
    assert found.rooms is None
    checks = found.checks.set_index("measure")
    assert checks.loc["dea_rooms", "reasons"] == "few_units"
    assert checks.loc["cameras_per_1000_residents", "reasons"] == "few_boroughs"


def test_distance_by_hand() -> None:
    # Both traits have mean a third of their sum; (0, 0, 2) has a variance of 8 / 9.
    found = like_for_like.standardised_distance([[0, 0], [2, 0], [0, 40], [1, np.nan]])
    step = 2 / math.sqrt(8 / 9)
    assert found[0, 1] == pytest.approx(step)
    assert found[0, 2] == pytest.approx(step)
    assert found[1, 2] == pytest.approx(math.sqrt(2) * step)
    assert np.isnan(found[3]).all()
    # A trait that does not vary says nothing.
    assert like_for_like.standardised_distance([[0, 7], [2, 7]])[0, 1] == pytest.approx(2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 1e6), st.floats(-100, 100))
def test_distance_knows_no_units(seed: int, scale: float, shift: float) -> None:
    values = np.random.default_rng(seed).normal(size=(6, 3))
    one = like_for_like.standardised_distance(values)
    other = like_for_like.standardised_distance(values * [scale, 1, 1] + [0, shift, 0])
    assert other == pytest.approx(one, rel=1e-5, abs=1e-5)
    assert one == pytest.approx(one.T)


def test_structure_of_a_real_borough_by_hand(boroughs: pd.DataFrame, london: Benchmark) -> None:
    traits = like_for_like.structure(boroughs.index).loc[MERTON]
    assert traits.tolist() == pytest.approx(
        [206_453, 206_453 / 37.62466, 1000 * 13_920 / 206_453, 0.0]
    )
    peers = london.peers
    assert CITY not in set(peers["borough_code"]) | set(peers["peer_code"])
    assert (peers.groupby("borough_code").size() == 5).all()
    # The nearest to Merton by all four traits are small, quiet outer boroughs.
    mine = peers[peers["borough_code"] == MERTON]["peer"].tolist()
    assert mine[:3] == ["Sutton", "Kingston upon Thames", "Richmond upon Thames"]


def test_comparisons_equal_a_plain_loop(boroughs: pd.DataFrame, london: Benchmark) -> None:
    traits = like_for_like.structure(boroughs.index)
    z = (traits - traits.dropna().mean()) / traits.dropna().std(ddof=0)
    rows = london.comparators[london.comparators["measure"] == "crimes_per_camera"]
    shown = london.comparisons[london.comparisons["measure"] == "crimes_per_camera"]
    shown = shown.set_index("borough_code")
    assert len(shown) == 33
    enough = 0
    for row in rows.itertuples():
        near = []
        for other in rows.itertuples():
            apart = float(np.sqrt(((z.loc[row.borough_code] - z.loc[other.borough_code]) ** 2)
                                  .sum(skipna=False)))  # fmt: skip
            like = (
                other.borough_code != row.borough_code
                and not math.isnan(row.value)
                and not math.isnan(other.value)
                and other.scope_class == row.scope_class
                and abs(other.year - row.year) <= 3
                and not math.isnan(apart)
            )
            if like:
                near.append((apart, other.borough, other.value))
        found = shown.loc[row.borough_code]
        assert found["like_boroughs"] == len(near)
        assert found["enough"] == (len(near) >= 3)
        if len(near) < 3:
            assert math.isnan(found["peer_median"])
            assert found["remark"]
            continue
        enough += 1
        used = sorted(near)[:5]
        assert found["peers"] == "; ".join(name for _, name, _ in used)
        values = [value for _, _, value in used]
        assert found["peer_median"] == pytest.approx(float(np.median(values)))
        assert (found["peer_low"], found["peer_high"]) == (min(values), max(values))
        assert found["peers_below"] == sum(value < row.value for value in values)
    assert enough > 10


def test_too_few_like_boroughs_are_said(london: Benchmark) -> None:
    shown = london.comparisons[london.comparisons["measure"] == "cameras_per_1000_residents"]
    shown = shown.set_index("borough_code")
    # Camden (2009, whole system) has Haringey (2009) and Lambeth (2010) only.
    assert shown.loc[CAMDEN, "like_boroughs"] == 2
    assert shown.loc[CAMDEN, "remark"] == "too few like boroughs"
    # Brent (2017, street): Newham 2020, Sutton 2018, Wandsworth 2016.
    assert shown.loc[BRENT, "like_boroughs"] == 3
    assert set(shown.loc[BRENT, "peers"].split("; ")) == {"Newham", "Sutton", "Wandsworth"}
    # Their middle from 290, 85 and 400 cameras and the residents of 2020.
    rates = sorted([1000 * 290 / 355_266, 1000 * 85 / 207_707, 1000 * 400 / 329_735])
    assert shown.loc[BRENT, "peer_median"] == pytest.approx(rates[1])
    assert shown.loc[CITY, "remark"] == "a trait of its structure is unknown"
    assert shown.loc[KINGSTON, "remark"] == "no figure known"


def rows_of(**changes: object) -> pd.DataFrame:
    """Four boroughs with figures that carry a ranking, but for the changes."""
    frame = pd.DataFrame(
        {"measure": "m", "label": "M", "borough_code": list("ABCD"), "borough": list("DCBA"),
         "value": [2.0, 1.0, 2.0, 3.0], "unit": "things", "year": [2021, 2022, 2023, 2024],
         "scope_class": "street", "basis": "published", "confidence": "high"}
    )  # fmt: skip
    return frame.assign(**changes).astype({"year": "Int64"})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"scope_class": ["street", "street", "whole_system", "street"]}, "mixed_scopes"),
        ({"basis": ["published", "published", "model", "published"]}, "mixed_scopes"),
        ({"year": [2020, 2022, 2023, 2024]}, "years_apart"),
        ({"year": [pd.NA, 2022, 2023, 2024]}, "years_unknown"),
        ({"value": [1.0, 2.0, np.nan, np.nan]}, "few_boroughs"),
        ({"value": [1.0, np.nan, np.nan, np.nan]}, "no_figures"),
        ({"confidence": ["low (old)", "high", "high", "high"]}, "low_confidence"),
        ({"basis": "illustrative"}, "illustrative"),
    ],
)
def test_each_rule_refuses_by_its_name(changes: dict[str, object], reason: str) -> None:
    rows = rows_of(**changes)
    decided = ranking.verdict(rows)
    assert reason in decided.reasons
    assert not decided.allowed
    assert decided.caution == ""
    refused = ranking.ranked(rows, decided)
    assert "rank" not in refused
    assert refused["borough"].is_monotonic_increasing
    assert refused["not_ranked_because"].eq(decided.explained).all()
    assert ranking.REASONS[reason] in decided.explained


def test_a_ranking_comes_with_its_caution() -> None:
    rows = rows_of()
    decided = ranking.verdict(rows)
    assert decided.allowed
    assert (decided.known, decided.boroughs, decided.years) == (4, 4, "2021 to 2024")
    order = ranking.ranked(rows, decided)
    assert order["value"].tolist() == [1, 2, 2, 3]
    # Equal values share the better place; among them the alphabet decides.
    assert order["rank"].tolist() == [1, 2, 2, 4]
    assert order["borough"].tolist() == ["C", "B", "D", "A"]
    assert order["caution"].eq(CAUTION).all()
    modelled = rows_of(basis="model", year=pd.NA)
    assert ranking.verdict(modelled).caution == MODEL_CAUTION


def test_a_scenario_decides_how_unlike_figures_may_be() -> None:
    rows = rows_of(year=[2014, 2022, 2023, 2024])
    assert ranking.verdict(rows).reasons == ("years_apart",)
    assert ranking.verdict(rows, limits=Limits(span_years=10)).allowed
    assert ranking.verdict(rows, among=["B", "C", "D"]).allowed
    with pytest.raises(InputError, match="0 measures"):
        ranking.verdict(rows.head(0))
    with pytest.raises(InputError, match="2 measures"):
        ranking.verdict(rows.assign(measure=["m", "m", "n", "n"]))


def test_published_numbers_of_london_carry_no_ranking(london: Benchmark) -> None:
    checks = london.checks.set_index("measure")
    row = checks.loc["cameras_per_1000_residents"]
    assert row["known"] == 31
    assert row["years"] == "2007 to 2024"
    assert row["scopes"] == "public_space_foi; street; whole_system"
    assert row["reasons"] == "mixed_scopes; years_apart; low_confidence"
    assert checks.loc["opex_gbp_per_camera", "reasons"] == (
        "mixed_scopes; years_apart; few_boroughs; low_confidence"
    )
    assert "few_units" in checks.loc["dea_published", "reasons"]
    published = {"cameras_per_1000_residents", "crimes_per_camera", "opex_gbp_per_camera"}
    assert london.ranks is not None
    assert not published & set(london.ranks["measure"])
    assert london.ranks["caution"].eq(MODEL_CAUTION).all()


def test_street_counts_of_one_time_may_be_ranked_among_themselves(london: Benchmark) -> None:
    rows = london.comparators[london.comparators["measure"] == "cameras_per_1000_residents"]
    near = rows[(rows["scope_class"] == "street") & (rows["year"] >= 2021)]
    decided = ranking.verdict(rows, among=near["borough_code"].tolist())
    assert decided.allowed
    order = ranking.ranked(near, decided)
    # 98 cameras for 388,563 residents are the fewest, Hackney's 387 for 280,941 the most.
    assert order["borough"].iloc[0] == "Croydon"
    assert order["borough"].iloc[-1] == "Hackney"
    assert order["caution"].eq(CAUTION).all()


def test_modelled_rooms_by_hand(london: Benchmark, today: Plan) -> None:
    assert london.rooms is not None
    rooms = london.rooms.set_index("room_code")
    assert len(rooms) == 29
    # Hounslow watches 165 cameras with 2 posts. Its residents and posts do not bind, so its peers
    # are Barnet (127 cameras, 1 post) and Harrow (312, 2 posts), mixed to 165 cameras.
    cost = {room.site_code: room.cost_gbp_per_year for room in today.rooms}
    of_barnet = (312 - 165) / (312 - 127)
    mixture = of_barnet * cost[BARNET] + (1 - of_barnet) * cost["E09000015"]
    assert rooms.loc[HOUNSLOW, "efficiency_variable"] == pytest.approx(mixture / cost[HOUNSLOW])
    assert rooms.loc[HOUNSLOW, "peers"] == f"Barnet {of_barnet:.2f}; Harrow {1 - of_barnet:.2f}"
    # The room with the fewest residents has nobody below it, but is far from the best size.
    assert rooms["residents"].idxmin() == CITY
    assert rooms.loc[CITY, "efficiency_variable"] == 1
    assert rooms.loc[CITY, "returns_to_scale"] == "increasing"
    assert rooms["scale_efficiency"].idxmin() == CITY
    product = rooms["efficiency_variable"] * rooms["scale_efficiency"]
    assert product.to_numpy() == pytest.approx(rooms["efficiency_constant"].to_numpy())
    assert (rooms["high"] <= rooms["efficiency_variable"] + 1e-9).all()
    assert rooms["basis"].eq("model").all()
    assert rooms["outputs"].eq("cameras, residents").all()
    assert london.room_peers is not None
    weights = london.room_peers.groupby("room_code")["weight"].sum()
    assert weights.to_numpy() == pytest.approx(np.ones(29), abs=1e-6)


@pytest.mark.parametrize(
    ("choice", "illustrative", "counts"),
    [(None, False, True), (None, True, False), (True, True, True), (False, False, False)],
)
def test_covered_ground_counts_where_cameras_are_real(
    boroughs: pd.DataFrame, today: Plan, choice: bool | None, illustrative: bool, counts: bool
) -> None:
    coverage = pd.DataFrame(
        {"area_code": boroughs.index, "covered_m2": np.linspace(1e4, 5e4, 33),
         "covered_share": 0.01, "cameras": 9}
    )  # fmt: skip
    scenario = load_scenario(overrides={"benchmark": {"draws": 2, "covered_area": choice}})
    measured = Measured(coverage, illustrative=illustrative)
    found = benchmark(boroughs, scenario, today=today, measured=measured)
    assert found.rooms is not None
    assert found.rooms["outputs"].iloc[0].endswith("ground covered") == counts
    said = "illustrative" if counts and illustrative else "model"
    assert found.rooms["basis"].eq(said).all()


def test_figures_are_those_of_the_tables(london: Benchmark) -> None:
    figures = london.figures.set_index("figure")
    assert figures.loc["boroughs_with_count", "value"] == 31
    assert figures.loc["boroughs_with_count", "years"] == "2007 to 2024"
    assert figures.loc["boroughs_without_count", "value"] == 2
    assert figures.loc["kinds_of_count", "value"] == 3
    shown = london.comparisons[london.comparisons["measure"] == "cameras_per_1000_residents"]
    assert figures.loc["compared", "value"] == shown["enough"].sum() == 19
    assert figures.loc["not_compared", "value"] == 31 - 19
    # 857 cameras for 740,000 pounds, and 75 for a million.
    assert figures.loc["lowest_published_cost", "value"] == pytest.approx(740_000 / 857)
    assert figures.loc["highest_published_cost", "value"] == pytest.approx(1_000_000 / 75)
    street = figures.loc["cameras_per_1000_street"]
    assert street["boroughs"] == 23
    assert street["high"] == pytest.approx(1000 * 100 / 10_938)


def test_scenario_coefficients_change_the_rules(boroughs: pd.DataFrame, today: Plan) -> None:
    scenario = load_scenario(
        overrides={
            "benchmark": {"draws": 2},
            "coefficients": {"benchmark_year_window_years": 20, "benchmark_min_peers": 2},
        }
    )
    found = benchmark(boroughs, scenario, today=today)
    # All 31 but the City find at least two of their own scope.
    assert found.figures.set_index("figure").loc["compared", "value"] == 30


def test_nothing_given_is_changed(boroughs: pd.DataFrame, today: Plan) -> None:
    kept = boroughs.copy()
    comparators(boroughs, today=today)
    pd.testing.assert_frame_equal(boroughs, kept)


@pytest.mark.shared
def test_crime_rates_agree_with_the_monthly_record(shared_data: Path) -> None:
    monthly = pd.read_csv(shared_data / "london" / "mps_crime_borough_with_codes.csv")
    months = [name for name in monthly.columns if "202208" <= name <= "202307"]
    assert len(months) == 12
    crimes = monthly.groupby("Code")[months].sum().sum(axis=1)
    traits = like_for_like.structure(pd.Index(borough_inputs().index)).dropna()
    rate = 1000 * crimes.reindex(traits.index) / traits["residents"]
    assert traits["crimes_per_1000_residents"].to_numpy() == pytest.approx(
        rate.to_numpy(), rel=0.001
    )
