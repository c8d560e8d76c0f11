"""What no sentence of the report may do, on sentences made by hand and on the report."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest

from maps.shell import wording
from maps.shell.cite import Cite
from optimisation.ranges import borough_gains
from sharedview.decision.told import cells, check_ranges
from tests.sharedview.conftest import Written

PLANS = pd.DataFrame(
    {
        "plan_id": ["a"],
        "saving_p50_gbp": [4.0e6],
        "saving_p10_gbp": [-1.0e6],
        "saving_p90_gbp": [9.0e6],
    }
)


def test_a_finding_without_its_range_is_refused() -> None:
    cite = Cite("decision_plans", PLANS, key="plan_id")
    middle = cite.bold("a", "saving_p50_gbp", wording.gbp)
    ends = [cite.quoted("a", f"saving_p{n}_gbp", wording.gbp) for n in (10, 90)]
    tables = {"decision_plans": PLANS}
    check_ranges([("It saves ", middle, " (", ends[0], " to ", ends[1], ").")], tables)
    for bare in (("It saves ", middle, "."), ("It saves ", middle, " or ", ends[0], ".")):
        with pytest.raises(ValueError, match="a finding without its range: It saves £4 million"):
            check_ranges([bare], tables)


def test_a_finding_without_draws_needs_none() -> None:
    none = PLANS.assign(saving_p10_gbp=float("nan"))
    middle = Cite("decision_plans", none, key="plan_id").bold("a", "saving_p50_gbp", wording.gbp)
    check_ranges([("It saves ", middle, ".")], {"decision_plans": none})


def savings(written: Written) -> dict[str, pd.Series]:
    """Savings over the horizon, by the chapter that they are of."""
    budgets = written.answered.budgets.set_index("source")
    return {name: budgets.loc[name] for name in ("shared_rooms", "framework", "technology")}


def test_no_sentence_adds_savings_of_two_chapters(written: Written) -> None:
    budgets = savings(written)
    assert len(budgets) == 3
    sums = {
        wording.gbp(float(one["saving_gbp"] + other["saving_gbp"]))
        for one, other in combinations(budgets.values(), 2)
    }
    sums.add(wording.gbp(float(sum(each["saving_gbp"] for each in budgets.values()))))
    # Tables that a chapter's savings over the horizon are quoted from.
    owner = {
        "procurement_figures": "framework",
        "technology_figures": "technology",
        "technology_costs": "technology",
        "decision_plans": "shared_rooms",
        "plan_figures": "shared_rooms",
    }
    report = written.report
    said = [sentence for page in report.pages for sentence in page.sentences]
    said += [
        sentence
        for chapter in report.chapters
        for sentence in (*chapter.findings, *chapter.sentences, *chapter.limits)
    ]
    for sentence in said:
        of = {
            owner[cell.table]
            for cell in cells(sentence)
            if cell.table in owner and ("saving" in cell.column or "npv" in cell.column
                                        or "saving" in str(cell.row))
        }  # fmt: skip
        assert len(of) <= 1, wording.plain(sentence)
        assert not any(total in wording.plain(sentence) for total in sums), sentence


def test_rows_that_share_pounds_name_each_other(written: Written) -> None:
    budgets = savings(written)
    label = {name: str(row["label"]) for name, row in budgets.items()}
    for name, row in budgets.items():
        others = [label[other] for other in budgets if other != name]
        assert sorted(str(row["overlaps"]).split("; ")) == sorted(others)
        assert row["why"]
    joint = written.answered.budgets.set_index("source").loc["joint"]
    parts = written.answered.budgets.set_index("source").loc[["shared_rooms", "officers"]]
    assert joint["saving_gbp"] == pytest.approx(parts["saving_gbp"].sum())


def test_no_number_of_the_first_page_lies_outside_its_range(written: Written) -> None:
    plans = written.answered.decision.plans
    for middle in ("saving_p50", "netted", "officers"):
        low, high = {
            "saving_p50": ("saving_p10_gbp", "saving_p90_gbp"),
        }.get(middle, (f"{middle}_low_gbp", f"{middle}_high_gbp"))
        assert (plans[low] <= plans[f"{middle}_gbp"]).all()
        assert (plans[f"{middle}_gbp"] <= plans[high]).all()
    figures = written.answered.decision.figures.dropna(subset=["low", "high"])
    assert (figures["low"] <= figures["value"]).all()
    assert (figures["value"] <= figures["high"]).all()


def test_every_ask_has_its_sentence_and_its_annex(written: Written) -> None:
    (asks,) = (part.sentences for part in written.report.pages[-1].parts if part.numbered)
    # After the annexes of the seven asks come those of no ask.
    groups = [title for title, _ in written.report.groups()]
    assert len(asks) == 7
    assert groups[7:] == ["Since PCD 167: forecasts beside outcomes"]
    groups = groups[:7]
    for number, (sentence, title) in enumerate(zip(asks, groups, strict=True), start=1):
        assert wording.plain(sentence).startswith(title)
        assert f"Annex {number}." in wording.plain(sentence)
        assert any(True for _ in cells(sentence)), title


def test_gains_of_boroughs_add_up_to_the_saving_of_the_plan(written: Written) -> None:
    made = written.answered.decision
    gains = borough_gains(made.found.drawn, made.plan, made.run.today).sum(axis=1)
    wanted = made.found.savings.gbp[made.choice.plan_id]
    assert gains.to_numpy() == pytest.approx(wanted.to_numpy(), rel=1e-9, abs=0.01)
