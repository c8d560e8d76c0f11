"""The chapter about monitoring: every number has its cell, and words fit any numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from maps.report import writers
from maps.report.content import FirstPage, PagePart, report
from maps.shell import wording
from maps.shell.page import PageContext
from maps.shell.wording import Bold, Compared, Quoted, Sentence
from optimisation.consolidation import cost_plan
from optimisation.territory import borough_inputs
from sharedview.questions.registry import load_scenario
from sharedview.questions.value import ask, chapter
from sharedview.questions.value import chapter_words as words
from sharedview.questions.value.results import MonitoringValue
from sharedview.questions.value.study import monitoring_value

CONTEXT = PageContext(title="A test", dated=date(2026, 3, 9))
CITY, BRENT, CAMDEN = "E09000001", "E09000005", "E09000007"
NAMES = re.compile(r"PCD 167|24/7")


def made(
    groups: list[list[str]], *, own: dict[str, Any] | None = None, today: bool = True, **more: Any
) -> MonitoringValue:
    codes = [code for group in groups for code in group]
    asked = {"draws": 20, **(own or {}).pop("value", {})}
    scenario = load_scenario(overrides={"boroughs": codes, "value": asked, **(own or {})})
    frame = borough_inputs()
    plans = [cost_plan(frame, scenario, groups, "optimum", "Best plan: 2 rooms")]
    if today:
        plans.append(cost_plan(frame, scenario, [[code] for code in codes], "today", "Today: all"))
    return monitoring_value(frame, scenario, plans, **more)


@pytest.fixture(scope="module")
def found() -> MonitoringValue:
    return made([[BRENT, CAMDEN]])


def sentences(found: MonitoringValue) -> list[Sentence | str]:
    made = chapter.value_chapter(found=found, context=CONTEXT)
    return [*made.sentences, *made.limits, words.finding(found)]


def said(found: MonitoringValue) -> str:
    return " ".join(wording.plain(each) for each in sentences(found))


def cells(found: MonitoringValue) -> Iterator[Bold | Quoted]:
    for sentence in sentences(found):
        for part in () if isinstance(sentence, str) else sentence:
            # A word of direction has two cells; the trace of the report follows those.
            if not isinstance(part, str | Compared):
                yield part


def changed(found: MonitoringValue, **values: float) -> MonitoringValue:
    """Put other values in the place of key figures."""
    frame = found.figures.copy()
    for name, value in values.items():
        frame.loc[frame["figure"] == name, "value"] = value
    return replace(found, figures=frame)


def shown(text: str) -> float:
    """Read the number back from a text."""
    number = float(re.search(r"[\d,]+(\.\d+)?", text)[0].replace(",", ""))
    number *= 1e6 if "million" in text else 0.01 if "%" in text else 1
    return -number if "−" in text else number


@pytest.mark.parametrize("groups", [[[BRENT, CAMDEN]], [[CAMDEN]], [[CITY, CAMDEN], [BRENT]]])
def test_every_number_is_read_from_a_table_that_is_written(groups: list[list[str]]) -> None:
    found = made(groups)
    tables = ask.tables(found)
    count = 0
    for part in cells(found):
        assert part.cell is not None, part.text
        frame = tables[part.cell.table]
        for column, value in part.cell.row:
            frame = frame[frame[column].astype(str) == value]
        value = frame[part.cell.column].iloc[0]
        if isinstance(value, str):
            assert part.text.casefold() == value.casefold()
        else:
            # Three figures, or two of a share.
            signed = part.text.startswith("−")
            assert abs(shown(part.text)) == pytest.approx(abs(value), rel=0.06, abs=0.005)
            assert not signed or value < 0
        count += 1
    assert count > 15


@pytest.mark.parametrize("groups", [[[BRENT, CAMDEN]], [[CITY]]])
def test_plain_words_hold_no_numbers(groups: list[list[str]]) -> None:
    for sentence in sentences(made(groups)):
        for part in (sentence,) if isinstance(sentence, str) else sentence:
            if isinstance(part, str):
                assert not re.search(r"\d", NAMES.sub("", part)), part


def test_tables_are_those_written_and_fit_the_page(found: MonitoringValue) -> None:
    tables = ask.tables(found)
    assert set(tables) == set(ask.TABLES)
    for table in chapter.value_chapter(found=found, context=CONTEXT).tables:
        written = tables[table.key]
        # "What these figures rest on" turns empty texts into missing ones.
        shared = [name for name in table.frame if name in written and name != "years"]
        pd.testing.assert_frame_equal(table.frame[shared], written.loc[table.frame.index, shared])
        assert len(table.frame) <= 35
        assert len(table.columns) <= 8


def test_the_report_takes_the_chapter(found: MonitoringValue) -> None:
    made = chapter.value_chapter(found=found, context=CONTEXT, question=ask.QUESTION)
    whole = report(
        context=CONTEXT,
        subtitle="",
        pages=[FirstPage("Findings", (PagePart(sentences=(words.finding(found),)),))],
        chapters=[made],
    )
    html = writers.html(whole).html
    assert "Recording only" in html
    assert ask.QUESTION in html


def test_a_usual_chapter_reads_well(found: MonitoringValue) -> None:
    text = said(found)
    assert "No plan is credited with a benefit for crime" in text
    assert "Kept apart from money" in text
    assert "not known" not in text.replace("City of London is not known", "")
    assert "nan" not in text
    assert "  " not in text


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"break_even": 1.2}, "it would not pay for itself at the working values"),
        ({"break_even": math.inf}, "No effect can be named"),
        ({"break_even": math.nan}, "No effect can be named"),
        ({"break_even": 0.05}, "less than the 7.0% above"),
        ({"break_even": 0.07}, "just the 7.0% above"),
        ({"exceeds": 0.0}, "in none of the draws"),
        ({"exceeds": 1.0}, "in all of the draws"),
        ({"exceeds": 0.25}, "in 25% of the draws"),
        ({"credited": 1e5}, "credits the plan with £100,000 a year"),
        ({"reallocation_gain": 0.0}, "No other use of the same operator hours"),
        ({"operator_hours": 0.0}, "No operator hours are paid for"),
        ({"marginal_hour": 50.0, "hour_cost": 20.0}, "more than the £20.00 that it costs"),
        ({"marginal_hour": 20.0, "hour_cost": 20.0}, "as much as the £20.00 that it costs"),
        ({"reinvest_hours": math.nan}, "The plan saves nothing"),
        ({"reinvest_hours": 5.0, "reinvest_benefit": 9e9, "saving": 1.0}, "more than they cost"),
        ({"noticed_plan": 0.5, "noticed_last": 0.5}, "of events in both plans"),
        (
            {"noticed_plan": 0.7, "noticed_last": 0.5, "benefit_change": 2e5},
            "so the benefit of the plan is £200,000 a year more",
        ),
        (
            {"noticed_plan": 0.5, "noticed_last": 0.7, "benefit_change": -2e5},
            "so the benefit of the plan is £200,000 a year less",
        ),
        ({"noticed_plan": math.nan}, "counts only how much operators notice"),
        ({"benefit_if": math.nan}, "What watching would be worth is not known"),
        ({"ratio_if": math.nan}, "in prices of 2003."),
        ({"investigations": math.nan}, "investigations recorded images help is not known"),
    ],
)
def test_words_follow_the_numbers(
    found: MonitoringValue, figures: dict[str, float], words: str
) -> None:
    assert words in said(changed(found, **figures))


def test_today_alone_is_not_held_against_itself() -> None:
    text = said(made([[CAMDEN]], today=False))
    assert "Sharing a room" not in text
    assert "saves" not in text


def test_one_way_of_watching_is_not_compared() -> None:
    text = said(made([[CAMDEN]], own={"value": {"options": ["peak", "passive"]}}))
    assert "Of the ways compared" not in text
    assert "in peak hours costs" in text


def test_other_ways_of_counting_are_named() -> None:
    text = said(made([[CAMDEN]], own={"value": {"crimes": "all", "unit_costs": "rr99"}}))
    assert "crime with a unit cost worth" in text
    assert "in prices of 2015" in text


def test_where_the_share_in_view_comes_from_is_said(found: MonitoringValue) -> None:
    assert "is an assumption with a wide range" in said(found)
    shares = pd.Series({CAMDEN: 0.05})
    assert "measured from crime points" in said(made([[CAMDEN]], in_view=shares))
    text = said(made([[CAMDEN]], in_view=shares, illustrative=True))
    assert "measured with illustrative cameras" in text


def test_a_room_that_cannot_pay_says_none() -> None:
    assert chapter._effect(1.2) == chapter._effect(math.inf) == "none"
    assert chapter._effect(0.4) == "40%"
