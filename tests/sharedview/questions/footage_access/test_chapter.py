"""The chapter about officers' time: sentences right for odd numbers, each number a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import pandas as pd
import pytest

from maps.report import writers
from maps.report.content import Chapter, FirstPage, PagePart, report
from maps.shell import wording
from maps.shell.page import PageContext
from maps.shell.wording import Bold, Cell, Quoted
from optimisation.consolidation import reference_plans
from optimisation.territory import borough_inputs
from sharedview.questions.footage_access.chapter import findings, footage_access_chapter
from sharedview.questions.footage_access.figures import footage_figures
from sharedview.questions.footage_access.plans import footage_access
from sharedview.questions.registry import load_scenario

CONTEXT = PageContext(title="A test", dated=date(2026, 3, 9))
NAMES = ("PCD 167", "Ashby 2017")
Tables = Mapping[str, pd.DataFrame]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    frame, scenario = borough_inputs(), load_scenario()
    today, *others = reference_plans(frame, scenario)
    found = footage_access(frame, others[1:], baseline=today, scenario=scenario, draws=40)
    return {
        "footage_figures": footage_figures(found, baseline="today"),
        "footage_access": found.plans,
        "footage_budgets": found.budgets,
        "footage_desks": found.desks,
        "footage_boroughs": found.boroughs,
        "footage_remote": found.remote,
        "footage_embedded": found.embedded,
        "footage_sensitivity": found.sensitivity,
    }


def chapter_of(tables: Tables, **changes: object) -> Chapter:
    return footage_access_chapter(tables=tables, baseline="today", context=CONTEXT, **changes)


def changed(tables: Tables, name: str, **cells: object) -> dict[str, pd.DataFrame]:
    """The tables with cells of the first row (or of the figures named) replaced."""
    frame = tables[name].copy()
    for column, value in cells.items():
        if name == "footage_figures":
            figure, _, end = column.partition("__")
            frame.loc[frame["figure"] == figure, end or "value"] = value
        else:
            frame.loc[0, column] = value
    return {**tables, name: frame}


def text(chapter: Chapter) -> str:
    return " ".join(wording.plain(each) for each in (*chapter.sentences, *chapter.limits))


def cells(chapter: Chapter, more: tuple[object, ...] = ()) -> Iterator[tuple[str, Cell]]:
    for sentence in (*chapter.sentences, *chapter.limits, *more):
        for part in sentence if isinstance(sentence, tuple) else ():
            if isinstance(part, Bold | Quoted):
                assert part.cell is not None, part.text
                yield part.text, part.cell


def test_every_number_is_a_cell_and_plain_text_has_none(tables: Tables) -> None:
    chapter = chapter_of(tables, unknown=("City of London",))
    found = findings(tables)
    quoted = list(cells(chapter, found))
    assert len(quoted) > 20
    for said, cell in quoted:
        frame = tables[cell.table]
        for column, value in cell.row:
            frame = frame[frame[column] == value]
        value = float(frame[cell.column].iloc[0])
        assert value == cell.value
        number = float(re.sub(r"[^0-9.−]", "", said).replace("−", "-"))
        scale = 1e6 if "million" in said else 0.01 if "%" in said else 1.0
        assert number * scale == pytest.approx(value, rel=0.03, abs=0.51), said
    for sentence in (chapter.question, *chapter.sentences, *chapter.limits, *found):
        for part in sentence if isinstance(sentence, tuple) else (sentence,):
            if isinstance(part, str):
                bare = part
                for name in NAMES:
                    bare = bare.replace(name, "")
                assert not re.search(r"\d", bare), part


def test_tables_are_those_written_and_fit_a_page(tables: Tables) -> None:
    chapter = chapter_of(tables)
    keys = [table.key for table in chapter.tables]
    assert len(set(keys)) == len(keys)
    assert keys[-1] == "footage_figures"
    for table in chapter.tables:
        assert set(tables[table.key].columns) <= set(table.frame.columns)
        assert len(table.columns) <= 8
        assert len(table.frame) <= 35
    assert [drawing.name for drawing in chapter.figures] == ["footage_hours", "footage_remote"]
    # The bars are the four parts and end at the plan's hours.
    bars = chapter.figures[0].figure.axes[0].patches
    rows = len(tables["footage_access"])
    ends = [bar.get_x() + bar.get_width() for bar in bars[3 * rows : 4 * rows]]
    assert np.allclose(ends, tables["footage_access"]["officer_h_per_year"])


def test_more_or_less_or_the_same(tables: Tables) -> None:
    assert "more under" in wording.plain(findings(tables)[0])
    less = changed(tables, "footage_figures", change=-500.0, change__low=-900.0)
    less = changed(
        less,
        "footage_access",
        travel_change_h_per_year=-400.0,
        waiting_change_h_per_year=-100.0,
        break_even="already",
    )
    said = text(chapter_of(less))
    assert "less. Eight draws" in said
    assert "between −900 and" in said
    assert "(below nothing is less time)" in said
    assert "hours a year less and waiting" in said
    assert "hours a year less under" in wording.plain(findings(less)[0])
    assert "(−900 to" in wording.plain(findings(less)[0])
    assert len(findings(less)) == 1
    same = changed(tables, "footage_figures", change=0.0)
    assert ": the same." in text(chapter_of(same))
    assert "no more time" in wording.plain(findings(same)[0])
    still = changed(
        same, "footage_access", travel_change_h_per_year=0.0, waiting_change_h_per_year=0.0,
        change_h_per_year=0.0,
    )  # fmt: skip
    still = changed(
        still, "footage_budgets", officer_change_gbp_per_year=0.0, council_saving_gbp_per_year=0.0
    )
    said = text(chapter_of(still))
    assert "Ways and waits are as today." in said
    assert "Neither officers’ time nor what councils pay changes." in said
    assert "(as today)" in said
    assert "£0" not in said


def test_shares_from_afar_that_even_the_plan_or_never_do(tables: Tables) -> None:
    assert "would take no more officer time than today" in text(chapter_of(tables))
    never = changed(
        tables, "footage_access", break_even="not reached", break_even_remote_share=np.nan
    )
    chapter = chapter_of(never)
    assert "Even with every request met from afar" in text(chapter)
    assert len(chapter.stats) == 3
    assert "Even with" in wording.plain(findings(never)[1])
    today = changed(tables, "footage_access", break_even="is today")
    assert "afar" not in " ".join(map(wording.plain, chapter_of(today).sentences))


def test_losses_and_costs_have_their_own_words(tables: Tables) -> None:
    loss = changed(
        tables,
        "footage_budgets",
        council_saving_gbp_per_year=-5_000.0,
        officer_change_gbp_per_year=-7_000.0,
        two_budgets_gbp_per_year=-1.0,
        posts_change_gbp_per_year=9.0,
        posts_change_size_gbp_per_year=9.0,
    )
    loss = changed(loss, "footage_figures", council_saving=-5_000.0)
    said = text(chapter_of(loss))
    assert "less, and councils pay" in said
    assert "Police posts in rooms cost £9 a year more. The police’s budget" in said
    assert re.search("they cost a further £[^,]+ a year, before what the change costs once", said)
    assert "that councils pay more" in wording.plain(findings(loss)[0])
    headings = [column.label for column in chapter_of(loss).tables[1].columns]
    assert "Police posts cost" in headings
    assert "Police posts cost" not in [c.label for c in chapter_of(tables).tables[1].columns]


def test_desks_posts_and_bases(tables: Tables) -> None:
    one = changed(tables, "footage_figures", desks_plan=1.0, desks_today=1.0, rooms_short_today=0.0)
    said = text(chapter_of(one))
    assert "1 desk for review is counted under the plan and 1 desk today. " in said
    assert "could not cope" not in said
    assert "2 rooms of today’s could not cope" in text(
        chapter_of(changed(tables, "footage_figures", rooms_short_today=2.0))
    )
    pays = changed(tables, "footage_figures", embedded_saved=2.0, embedded_posts=1.0)
    assert "alone pays for the posts" in text(chapter_of(pays))
    within = text(chapter_of(tables, police_embedded=True))
    assert "count police posted in every room" in within
    assert "alone the posts" not in within
    assert "No police base is given for 33 boroughs" in text(chapter_of(tables))
    given = text(chapter_of(changed(tables, "footage_figures", own_sites=0.0)))
    assert "own site" not in given
    two = text(chapter_of(tables, unknown=("A", "B")))
    assert "for A and B: their officers’ time" in two


def test_two_plans_alone_need_no_comparison_of_others(tables: Tables) -> None:
    first = tables["footage_access"]["plan_id"].iloc[0]
    few = {
        name: frame[frame["plan_id"].isin([first, "today"])] if "plan_id" in frame else frame
        for name, frame in tables.items()
    }
    assert "Of the plans other than" not in text(chapter_of(few))
    assert "Of the plans other than" in text(chapter_of(tables))


def test_a_chapter_without_a_share_to_break_even_still_prints(tables: Tables) -> None:
    pytest.importorskip("typst")
    chapter = chapter_of(changed(tables, "footage_access", break_even="not reached"))
    assert len(chapter.stats) == 3
    made = report(
        context=CONTEXT, subtitle="", chapters=[chapter], provenance=(("Program", "a test"),),
        pages=[FirstPage("Findings", (PagePart(sentences=findings(tables)),))],
    )  # fmt: skip
    assert writers.pdf(made).startswith(b"%PDF")


def test_nothing_known_is_said_and_not_shown_as_nought(tables: Tables) -> None:
    none = changed(tables, "footage_figures", hours_plan=np.nan, change=np.nan)
    chapter = chapter_of(none)
    assert text(chapter) == (
        "No number of crimes is known for any borough in play, so officers’ time is not."
    )
    assert not chapter.figures
    assert findings(none) == ()
