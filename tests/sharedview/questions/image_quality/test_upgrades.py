"""The cheapest upgrades: by hand, against every choice there is, and with what is not known."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage_model.base import datasets
from coverage_model.base.errors import InputError, MissingFileError
from coverage_model.reading.cameras import read_cameras
from sharedview.questions.image_quality.audit import audit
from sharedview.questions.image_quality.standard import CRITERIA
from sharedview.questions.image_quality.upgrade_model import (
    Group,
    Measure,
    best_upgrades,
    camera_combinations,
    cheapest_upgrades,
    measure_price,
    mendable,
    price_of,
)
from sharedview.questions.image_quality.upgrades import plan_upgrades, read_measures

LENS = Measure("lens", frozenset({"density"}), 600.0)
NEW = Measure("replace", frozenset({"density", "codec"}), 5000.0)
BOX = Measure("box", frozenset({"codec"}), 400.0)
RECORDER = Measure("recorder", frozenset({"days", "clock"}), 100.0, 3000.0, borough=True)
CLOCK = Measure("clock", frozenset({"clock"}), 0.0, 500.0, borough=True)
ALL = (LENS, NEW, BOX, RECORDER, CLOCK)


def group(faults: str, cameras: int, borough: str = "E1") -> Group:
    return Group(borough, frozenset(faults.split()), cameras)


def test_shared_measures_pay_for_themselves_by_hand() -> None:
    groups = [group("clock", 4), group("clock days", 6), group("density codec", 2), group("", 8)]
    done = cheapest_upgrades(groups, ALL, cameras=12)
    # One recorder for the 20 cameras, 3000 + 20 · 100 = 5000, mends clocks too: no clock is bought.
    # Lens and box, 600 + 400 = 1000 each, not a new camera for 5000: 2 · 1000.
    assert done.cost_gbp == 5000 + 2 * 1000
    assert done.taken == (("E1", "recorder"),)
    assert done.given[2, ("lens", "box")] == 2
    assert done.upgraded == 12
    assert done.bound_gbp == pytest.approx(done.cost_gbp, abs=0.01)
    # Six of the twelve: the clock for 500 mends four, and two cameras at 1000 each.
    assert cheapest_upgrades(groups, ALL, cameras=6).cost_gbp == 500 + 2 * 1000
    # A clock for 500 mends four of them; with 999 no more than that can be had.
    poor = best_upgrades(groups, ALL, budget_gbp=999.0)
    assert (poor.upgraded, poor.cost_gbp) == (4, 500.0)
    assert best_upgrades(groups, ALL, budget_gbp=499.0).upgraded == 0
    assert best_upgrades(groups, ALL, budget_gbp=0.0).upgraded == 0
    assert best_upgrades([group("", 3)], ALL, budget_gbp=1e6).upgraded == 0


def test_combinations_that_cost_more_for_no_more_are_left_out() -> None:
    found = camera_combinations(frozenset({"density", "codec", "clock"}), ALL)
    assert [(names, sorted(left), price) for names, left, price in found] == [
        (("lens", "box"), ["clock"], 1000.0)
    ]
    # Without a fault of the camera nothing need be given to it.
    assert camera_combinations(frozenset({"clock"}), ALL) == (((), frozenset({"clock"}), 0.0),)
    assert camera_combinations(frozenset({"smell"}), ALL) == ()


def test_what_no_measure_mends_is_told_and_not_counted() -> None:
    groups = [group("smell", 5), group("codec", 3), group("codec smell", 2)]
    assert mendable(groups, ALL) == 3
    with pytest.raises(ValueError, match="fewer than 4"):
        cheapest_upgrades(groups, ALL, cameras=4)
    assert best_upgrades(groups, ALL, budget_gbp=1e6).upgraded == 3


def every_choice(
    groups: list[Group], measures: tuple[Measure, ...]
) -> list[tuple[float, list[float]]]:
    """For every set of borough measures: its price, and the least price of each camera."""
    sizes: dict[str, int] = {}
    for each in groups:
        sizes[each.borough] = sizes.get(each.borough, 0) + each.cameras
    shared = [(code, each) for code in sizes for each in measures if each.borough]
    single = [each for each in measures if not each.borough]
    choices = []
    for taken in itertools.product([False, True], repeat=len(shared)):
        bought = [pair for pair, flag in zip(shared, taken, strict=True) if flag]
        prices = []
        for each in groups:
            if not each.faults:
                continue
            mended = frozenset().union(*(m.fixes for code, m in bought if code == each.borough))
            best = min(
                (
                    sum(m.each_gbp for m in chosen)
                    for size in range(len(single) + 1)
                    for chosen in itertools.combinations(single, size)
                    if each.faults <= mended.union(*(m.fixes for m in chosen))
                ),
                default=math.inf,
            )
            prices += [best] * each.cameras
        choices.append((sum(measure_price(m, sizes[code]) for code, m in bought), sorted(prices)))
    return choices


def test_targets_and_budgets_equal_the_best_of_all_choices() -> None:
    rng = np.random.default_rng(3)
    names = ["a", "b", "c", "d"]
    for _ in range(60):
        measures = []
        for n in range(int(rng.integers(2, 6))):
            fixes = frozenset(rng.choice(names, int(rng.integers(1, 4)), replace=False).tolist())
            borough = bool(rng.random() < 0.4)
            once = float(rng.integers(0, 40)) * 100 if borough else 0.0
            each = float(rng.integers(0 if borough else 1, 30)) * 10
            measures.append(Measure(f"m{n}", fixes, each, once, borough))
        groups = []
        for code in ("E1", "E2")[: int(rng.integers(1, 3))]:
            kinds = {
                tuple(sorted(rng.choice(names, int(rng.integers(0, 4)), replace=False).tolist()))
                for _ in range(int(rng.integers(1, 4)))
            }
            groups += [
                Group(code, frozenset(faults), int(rng.integers(1, 6))) for faults in sorted(kinds)
            ]
        choices = every_choice(groups, tuple(measures))
        can = max(sum(map(math.isfinite, prices)) for _, prices in choices)
        assert mendable(groups, measures) == can
        cameras = int(rng.integers(0, can + 1))
        least = min(
            shared + sum(prices[:cameras])
            for shared, prices in choices
            if len(prices) >= cameras and all(map(math.isfinite, prices[:cameras]))
        )
        done = cheapest_upgrades(groups, measures, cameras=cameras)
        assert done.cost_gbp == pytest.approx(least if cameras else 0.0, abs=1e-6)
        assert done.bound_gbp == pytest.approx(done.cost_gbp, abs=0.01)
        assert done.upgraded >= cameras
        assert price_of(done.given, done.taken, groups=groups, measures=measures) == pytest.approx(
            done.cost_gbp
        )
        budget = float(rng.integers(1, 60)) * 100 + 5
        reached = [
            (count, shared + sum(prices[:count]))
            for shared, prices in choices
            for count in range(len(prices) + 1)
            if shared + sum(prices[:count]) <= budget
        ]
        most = max(count for count, _ in reached)
        bought = best_upgrades(groups, measures, budget_gbp=budget)
        assert bought.upgraded == most
        cheapest = min(cost for count, cost in reached if count == most) if most else 0.0
        assert bought.cost_gbp == pytest.approx(cheapest, abs=1e-6)
        assert bought.cost_gbp <= budget


FAULTS = st.lists(st.sampled_from(["codec", "target_density", "time_sync", "retention_days"]),
                  unique=True, max_size=3).map(" ".join)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["E1", "E2"]), FAULTS, FAULTS, st.integers(1, 30)),
                min_size=1, max_size=5))  # fmt: skip
def test_what_is_found_out_costs_something_between(rows: list[tuple[str, str, str, int]]) -> None:
    table = pd.DataFrame(rows, columns=["area_code", "failed", "unknown", "cameras"])
    table.insert(1, "area_name", table["area_code"])
    plan = plan_upgrades(table)
    whole = plan.by_area[plan.by_area["area_code"].eq("all")].set_index("case")["cost_gbp"]
    # Half of the blanks turn out to be faults: no cheaper than none, no dearer than all.
    learnt = table.assign(
        failed=[
            " ".join(sorted({*failed.split(), *(unknown.split() if n % 2 else [])}))
            for n, (failed, unknown) in enumerate(
                zip(table["failed"], table["unknown"], strict=True)
            )
        ],
        unknown="",
    )
    known = plan_upgrades(learnt).by_area
    after = known[known["area_code"].eq("all")]["cost_gbp"]
    assert whole["unknown_passes"] - 0.01 <= after.iloc[0] <= whole["unknown_fails"] + 0.01
    assert after.iloc[0] == after.iloc[1]
    # The measures of an area add up to its cost, and the areas to the whole.
    sums = plan.measures.groupby(["case", "area_code"])["cost_gbp"].sum()
    by_area = plan.by_area.set_index(["case", "area_code"])["cost_gbp"]
    pd.testing.assert_series_equal(sums.sort_index(), by_area.sort_index())
    assert (plan.by_area["cost_low_gbp"] <= plan.by_area["cost_gbp"]).all()
    assert (plan.by_area["cost_high_gbp"] >= plan.by_area["cost_gbp"]).all()


PROFILES = pd.DataFrame(
    {
        "area_code": ["E1", "E1", "E1", "E2"],
        "area_name": ["One", "One", "One", "Two"],
        "failed": ["", "codec", "time_sync", ""],
        "unknown": ["", "", "retention_days", "resolution"],
        "cameras": [10, 5, 5, 4],
    }
)


def test_a_plan_by_hand() -> None:
    plan = plan_upgrades(PROFILES)
    table = plan.by_area.set_index(["case", "area_code"])
    one = table.loc["unknown_passes", "E1"]
    # Five encoders at 400 and one clock at 3000; retention is not known and not mended.
    assert one["cost_gbp"] == 5 * 400 + 3000
    assert (one["cost_low_gbp"], one["cost_high_gbp"]) == (5 * 200 + 1000, 5 * 800 + 6000)
    assert (one["survey_cameras"], one["survey_gbp"]) == (5, 5 * 75)
    assert one[["cameras", "at_standard", "upgraded"]].tolist() == [20, 10, 10]
    assert one["cost_per_camera_gbp"] == 5000 / 10
    worst = table.loc["unknown_fails"]
    # Storage, 5000 + 20 · 50 = 6000, and the clock, 3000: less than a recorder of 60000 + 20 · 200.
    assert worst.loc["E1", "cost_gbp"] == 5 * 400 + 3000 + 6000
    assert worst.loc["E2", "cost_gbp"] == 4 * 5128
    assert worst.loc["all", "cost_gbp"] == 11_000 + 20_512
    assert worst.loc["all", "survey_gbp"] == 9 * 75
    assert math.isnan(table.loc[("unknown_passes", "E2"), "cost_per_camera_gbp"])
    budget = plan.budget.set_index("budget")
    assert budget.loc["none", ["cost_gbp", "upgraded", "at_standard"]].tolist() == [0.0, 0, 14]
    assert budget.loc["all", ["cost_gbp", "at_standard"]].tolist() == [5000.0, 24]
    # Half of 5000: five encoders (2000) and no clock (3000).
    assert budget.loc["0.5", ["cost_gbp", "upgraded"]].tolist() == [2000.0, 5]


def test_a_target_below_all_takes_the_cheapest_cameras() -> None:
    plan = plan_upgrades(PROFILES, overrides={"quality_target_share": 0.7, "quality_lens_gbp": 1})
    table = plan.by_area.set_index(["case", "area_code"])
    # 70 % of 20 are 14: four more than the ten that are good, so four encoders.
    assert table.loc[("unknown_passes", "E1"), ["upgraded", "cost_gbp"]].tolist() == [4, 1600.0]
    assert plan.target_share == 0.7
    # The whole cost of the budget curve is that of all cameras, whatever the target.
    assert plan.budget.set_index("budget").loc["all", "cost_gbp"] == 5000.0
    nothing = plan_upgrades(PROFILES.iloc[:0])
    assert nothing.by_area["cost_gbp"].tolist() == [0.0, 0.0]
    assert nothing.budget["at_standard_share"].isna().all()
    for bad in (1.5, -0.1):
        with pytest.raises(InputError, match="share from 0 to 1"):
            plan_upgrades(PROFILES, overrides={"quality_target_share": bad})
    with pytest.raises(InputError, match="quality_encoder_gbp is -1"):
        plan_upgrades(PROFILES, overrides={"quality_encoder_gbp": -1})


def test_what_no_measure_mends_leaves_an_area_short(tmp_path: Path) -> None:
    path = tmp_path / "measures.csv"
    path.write_text(
        "measure,title,scope,fixes,each_coefficient,once_coefficient,note\n"
        "encoder,Encoder,camera,codec,quality_encoder_gbp,,\n"
    )
    plan = plan_upgrades(PROFILES, measures=read_measures(path))
    row = plan.by_area.set_index(["case", "area_code"]).loc[("unknown_passes", "E1")]
    assert row[["upgraded", "no_measure", "short", "cost_gbp"]].tolist() == [5, 5, 5, 2000.0]


def test_measures_are_data_with_sources() -> None:
    table = read_measures()
    fixed = set(" ".join(table["fixes"]).split())
    assert fixed == set(CRITERIA)
    assert table["sources"].str.contains(":").all()
    own = read_measures(overrides={"quality_encoder_gbp": 800.0}).set_index("measure")
    # Twice the price moves the range of 200 to 800 to 400 to 1600.
    assert own.loc["encoder", ["each_gbp", "each_low_gbp", "each_high_gbp"]].tolist() == [
        800.0, 400.0, 1600.0,
    ]  # fmt: skip


def test_all_faults_of_measures_come_in_one_error(tmp_path: Path) -> None:
    path = tmp_path / "measures.csv"
    path.write_text(
        "measure,title,scope,fixes,each_coefficient,once_coefficient,note\n"
        "a,A,street,codec,quality_encoder_gbp,,\n"
        "a,A,camera,smell,quality_encoder_gbp,,\n"
        "b,B,camera,,price_of_gold,,\n"
        "c,C,camera,codec,,quality_lens_gbp,\n"
    )
    with pytest.raises(InputError) as caught:
        read_measures(path)
    text = str(caught.value)
    for part in (
        "scope is unknown [1 row: row 2]", "there twice [1 row: row 3]", "unknown criteria smell",
        "mends nothing [1 row: row 4]", "unknown coefficient price_of_gold", "price once",
    ):  # fmt: skip
        assert part in text, text
    path.write_text("measure,title\nx,X\n")
    with pytest.raises(InputError, match="no column scope and no column fixes"):
        read_measures(path)
    with pytest.raises(MissingFileError):
        read_measures(tmp_path / "none.csv")


@pytest.mark.shared
def test_jamcams_cost_a_survey_for_certain_and_all_of_it_at_worst(shared_data: Path) -> None:
    frame = read_cameras(shared_data / "cameras" / "tfl_jamcams_2024-04.geojson").frame
    found = audit(frame, areas=datasets.boroughs("overview"), year=2026)
    table = plan_upgrades(found.profiles).by_area
    whole = table[table["area_code"].eq("all")].set_index("case")
    assert whole.loc["unknown_passes", "cost_gbp"] == 0
    assert whole.loc["unknown_passes", "survey_gbp"] == 900 * 75
    # All 900 new, and in each of the 32 boroughs that have one a recorder: licences for 900.
    boroughs = found.by_area.query("criterion == 'codec' and cameras > 0")
    assert len(boroughs) == 32
    assert whole.loc["unknown_fails", "cost_gbp"] == 900 * 5128 + 32 * 60_000 + 900 * 200
