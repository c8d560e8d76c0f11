"""One first sentence, with the range in it, on the console, the index, the plan page and report."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from coverage_model.base import datasets
from coverage_model.optics.pixel_density import find_level
from coverage_model.reading.illustrative import illustrative_cameras
from maps.shell.wording import gbp, plain, share
from optimisation.scenario import load_scenario
from sharedview import account, pages, sentences
from sharedview.decision.decide import decide
from sharedview.jobs import demo, plans, report
from sharedview.pipeline import run_consolidation, run_coverage
from sharedview.questions.ask import Material
from sharedview.questions.choices import ask as choices
from sharedview.questions.rooms import ask as rooms
from sharedview.runs import ConsolidationRun, CoverageRun

AROUND = ["Camden", "Islington", "Hackney", "Haringey", "Enfield", "Barnet", "Westminster"]


@pytest.fixture(scope="module")
def planned() -> ConsolidationRun:
    return run_consolidation(load_scenario(overrides={"boroughs": AROUND}))


@pytest.fixture(scope="module")
def seen() -> CoverageRun:
    few = illustrative_cameras(private_per_public=0.0)
    few = replace(few, frame=few.frame.head(40))
    return run_coverage(few, areas=datasets.boroughs("full"), level=find_level("detect"), draws=0)


def first_words(page: str) -> str:
    found = re.search(r'<p class="lead">(.*?)</p>', page, flags=re.DOTALL)
    assert found is not None
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip()


def test_all_four_begin_with_the_same_sentence(
    planned: ConsolidationRun, seen: CoverageRun
) -> None:
    said = plain(sentences.headline(planned))
    console = plans.plan_summary(planned, Path("out"), page=Path("out/consolidation.html"))
    assert plain(console.sentences[0]) == said
    assert first_words(pages.consolidation(planned, None).html) == said
    findings = demo.findings(sentences.coverage(seen), planned, None)
    assert first_words(pages.index(seen, planned, lead=findings[0]).html) == said
    material = Material(seen, planned, report.report_context(seen, planned))
    answers = {"rooms": rooms.ASK.answer(material)}
    made = report.Answered(material, answers, account.account(seen), decide(planned)).report
    # In the report it is the answer to the first ask, on the last of the first pages and in full.
    assert said in plain(made.pages[-1].sentences[0])
    assert plain(made.chapters[0].findings[0]) == said


def pounds(text: str) -> float:
    sign = -1 if text.startswith("−") else 1
    size = float(re.sub(r"[^0-9.]", "", text))
    return sign * size * (1e6 if "million" in text else 1)


def test_it_holds_plan_middle_range_baseline_and_proof(planned: ConsolidationRun) -> None:
    said = plain(sentences.headline(planned))
    saving = planned.saving
    amounts = [pounds(t) for t in re.findall(r"−?£[0-9.,]+(?: million)?", said)]
    # Each amount of money in it lies in the middle range: nothing else can be quoted from it.
    slack = 0.006 * max(abs(saving.p10_gbp), abs(saving.p90_gbp))
    assert len(amounts) == 3
    assert all(saving.p10_gbp - slack <= each <= saving.p90_gbp + slack for each in amounts)
    assert amounts[0] == pytest.approx(abs(saving.p50_gbp), rel=0.01)
    assert amounts[1:] == pytest.approx([saving.p10_gbp, saving.p90_gbp], rel=0.01)
    assert f"{planned.plan.room_count} control rooms" in said
    assert f"where today has {planned.today.room_count}," in said
    assert "it is proved best in expected cost over 200 draws of all plans" in said
    chance = float(re.search(r"it saves in ([0-9.]+)% of them", said)[1]) / 100
    assert chance == pytest.approx(saving.saves_share, abs=0.006)
    # A tenth of the draws lies below the range: where it ends in a loss, fewer than 90 % save.
    assert (chance < 0.9) == (saving.p10_gbp <= 1)


def test_every_plan_is_valued_as_the_one_of_the_headline_is(planned: ConsolidationRun) -> None:
    table = planned.savings.frame().set_index("plan_id")
    assert set(table["build_years"].drop("today")) == {planned.scenario.build_years}
    assert set(table["draws"]) == {planned.saving.draws}
    said = {plain(each) for each in sentences.other_plans(planned)}
    assert len(said) == len(table) - 2
    for plan in planned.references:
        (one,) = (each for each in said if each.startswith(plan.label))
        assert gbp(table.loc[plan.plan_id, "saving_p10_gbp"]) in one
        assert ("breaks a limit" in one) == bool(plan.broken)
    rows = {row[0]: row for row in sentences.plan_rows(planned)}
    assert rows[planned.plan.label][6] == share(planned.saving.saves_share)


def test_both_budgets_and_their_sum_stand_beside_the_headline(
    planned: ConsolidationRun, seen: CoverageRun
) -> None:
    table = planned.savings.frame().set_index("plan_id")
    row = table.loc["optimum"]
    assert row["counts"] == "councils"
    assert row["councils_mean_gbp"] == pytest.approx(row["saving_mean_gbp"])
    assert row["both_mean_gbp"] == pytest.approx(row["councils_mean_gbp"] + row["police_mean_gbp"])
    assert row["police_mean_gbp"] < 0, "ways get longer where rooms are fewer"
    said = plain(sentences.budgets(planned)[0])
    for budget in ("councils", "police", "both"):
        assert gbp(abs(row[f"{budget}_mean_gbp"])) in said
    assert "the councils’ money alone" in said
    # Nothing is added silently: the first sentence holds the councils' money only.
    assert "police" not in plain(sentences.headline(planned))
    written = dict(zip(sentences.PLAN_COLUMNS, sentences.plan_rows(planned)[0], strict=True))
    shown = [sentences.millions(row[f"{each}_mean_gbp"]) for each in ("councils", "police", "both")]
    assert [written["mean £m: councils"], written["police"], written["both"]] == shown
    material = Material(seen, planned, report.report_context(seen, planned))
    for page in (pages.consolidation(planned, None), pages.comparison(planned, planned.plans[:2])):
        assert "Mean: police" in page.html
    for ask in (rooms.ASK, choices.ASK):
        answer = ask.answer(material)
        assert said in map(plain, answer.findings) or "plan_savings" in {
            each.key for each in answer.chapter.tables
        }


def test_a_scenario_that_counts_police_time_says_so(planned: ConsolidationRun) -> None:
    asked = {"boroughs": AROUND, "count_police_time": True}
    counted = run_consolidation(load_scenario(overrides=asked))
    assert ", councils’ and police’s money together, " in plain(sentences.headline(counted))
    assert plain(sentences.budgets(counted)[0]).endswith("; the plan was chosen for both.")
    row = counted.savings.frame().set_index("plan_id").loc["optimum"]
    assert row["counts"] == "councils and police"
    assert row["both_mean_gbp"] == pytest.approx(row["saving_mean_gbp"])
    # Chosen for both, it is better for both than the plan that is chosen for councils alone.
    alone = planned.savings.frame().set_index("plan_id").loc["optimum"]
    assert row["both_mean_gbp"] > alone["both_mean_gbp"]


def test_the_words_follow_the_plan_and_its_sign(planned: ConsolidationRun) -> None:
    # Going back from the best plan to today's rooms: what the one saves the other loses.
    given = replace(planned.today, plan_id="given")
    back = replace(planned, plan=given, today=replace(planned.plan, plan_id="today"), references=())
    said = plain(sentences.headline(back))
    assert said.startswith("The plan given has 7 control rooms")
    assert "it loses £" in said
    assert said.endswith("it was given, not chosen by the model.")
    reached = planned.plan.report.objective_gbp
    stopped = replace(planned.plan.report, status="feasible", bound_gbp=reached * 0.99)
    unproved = replace(planned, plan=replace(planned.plan, report=stopped), chosen=None)
    said = plain(sentences.headline(unproved))
    assert said.endswith("another may be 1.0% better.")


def test_one_borough_is_not_thirty_three() -> None:
    alone = run_consolidation(load_scenario(overrides={"boroughs": ["Camden"]}))
    said = [plain(each) for each in sentences.best_plan(alone)]
    assert "1 control room where today has 1," in said[0]
    assert said[2].startswith("Today’s 1 control room, for 1 borough, cost")


def test_the_range_is_of_draws_that_did_not_choose_the_plan(planned: ConsolidationRun) -> None:
    saving = planned.saving
    assert saving.seed != 2017
    assert saving.draws >= 200
    assert saving.p10_gbp < saving.p50_gbp < saving.p90_gbp
