"""The chapter on best practice: right for odd numbers, each a cell, no order without caution."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date

import pytest

from maps.report import writers
from maps.report.content import Chapter, FirstPage, PagePart, report
from maps.shell import wording
from maps.shell.page import PageContext
from maps.shell.wording import Sentence
from optimisation.consolidation import reference_plans
from optimisation.territory import borough_inputs
from sharedview.questions.benchmark.boroughs import Benchmark, benchmark
from sharedview.questions.benchmark.chapter import benchmark_chapter, findings
from sharedview.questions.benchmark.chapter_dots import counts_figure
from sharedview.questions.benchmark.ranking import MODEL_CAUTION
from sharedview.questions.registry import load_scenario

CONTEXT = PageContext(title="A test", dated=date(2026, 3, 9))
NAMES = re.compile(r"PCD 167")
MERTON, BRENT = "E09000024", "E09000005"


def found(counted: dict[str, float] | None = None, **coefficients: float) -> Benchmark:
    """London as published, or the cameras of an inventory."""
    boroughs = borough_inputs()
    if counted is not None:
        cameras = [counted.get(code, 0.0) for code in boroughs.index]
        boroughs = boroughs.assign(cameras=cameras, cameras_basis="inventory")
    scenario = load_scenario(overrides={"benchmark": {"draws": 2}, "coefficients": coefficients})
    return benchmark(boroughs, scenario, today=reference_plans(boroughs, scenario)[0])


@pytest.fixture(scope="module")
def london() -> Benchmark:
    return found()


def chapter_of(result: Benchmark) -> Chapter:
    return benchmark_chapter(
        comparators=result.comparators,
        comparisons=result.comparisons,
        checks=result.checks,
        figures=result.figures,
        context=CONTEXT,
        ranks=result.ranks,
        rooms=result.rooms,
        question="What is best practice?",
    )


def texts(sentences: tuple[Sentence | str, ...]) -> str:
    return " ".join(wording.plain(sentence) for sentence in sentences)


def changed(result: Benchmark, **values: float) -> Benchmark:
    """The same result with other key figures."""
    frame = result.figures.set_index("figure")
    for figure, value in values.items():
        frame.loc[figure, "value"] = value
    return replace(result, figures=frame.reset_index())


def test_what_a_deputy_mayor_reads(london: Benchmark) -> None:
    told = texts(chapter_of(london).sentences)
    assert "31 boroughs of 33 have a known number of cameras, from 2007 to 2024." in told
    assert "These numbers rank no borough: the figures count different things" in told
    assert "The 23 boroughs whose number counts streets have from 0.25 to 9.14 cameras" in told
    assert "19 boroughs have at least 3 like boroughs" in told
    assert "6 boroughs published a yearly cost" in told
    assert "from £863 to £13,300 a camera" in told
    assert "Published costs and cameras carry no scores of efficiency" in told
    assert "no judgement of those who run the rooms" in told
    assert "Rooms are judged by the cost and posts that they need for their cameras and" in told


CASES = {
    "published": found,
    "two boroughs of an inventory": lambda: found({MERTON: 40.0, BRENT: 30.0}),
    "one borough of an inventory": lambda: found({MERTON: 40.0}),
    "all boroughs of an inventory": lambda: found(
        {code: 20.0 + n for n, code in enumerate(borough_inputs().index)}
    ),
    "lenient": lambda: found(
        benchmark_year_window_years=30, benchmark_min_peers=1, benchmark_rank_span_years=30
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_number_is_a_cell_of_a_table(case: str) -> None:
    result = CASES[case]()
    chapter = chapter_of(result)
    tables = {
        "benchmark_figures": result.figures,
        "benchmark_checks": result.checks,
    }
    quoted = 0
    sentences = (*chapter.sentences, *chapter.limits, *findings(result.checks, result.figures))
    for sentence in sentences:
        for part in (sentence,) if isinstance(sentence, str) else sentence:
            if isinstance(part, str):
                assert not re.search(r"\d", NAMES.sub("", part)), part
                continue
            assert part.cell is not None, part
            frame = tables[part.cell.table]
            for name, value in part.cell.row:
                frame = frame[frame[name].astype(str) == value]
            held = frame[part.cell.column].iloc[0]
            if isinstance(held, str):
                assert held == part.cell.value
                assert held in part.text
            else:
                assert float(held) == part.cell.value
                assert not math.isnan(float(held)), part
                quoted += 1
    assert quoted >= 5
    keys = [table.key for table in chapter.tables]
    assert len(keys) == len(set(keys))
    whole = report(
        context=CONTEXT,
        subtitle="",
        pages=[FirstPage("Findings", (PagePart(sentences=("x",)),))],
        chapters=[chapter],
    )
    assert writers.html(whole)


def test_sentences_choose_words_by_numbers(london: Benchmark) -> None:
    one = changed(
        london, boroughs_with_count=1, compared=1, not_compared=0, boroughs_with_cost=1,
        measures_ranked=1, measures_refused=1, rooms_efficient=1, rooms_too_small=1,
    )  # fmt: skip
    told = texts(chapter_of(one).sentences)
    assert "1 borough of 33 has a known number" in told
    assert "1 borough has at least 3 like boroughs" in told
    assert "too few" not in told.split("published a yearly cost")[0]
    assert "1 borough published a yearly cost" in told
    assert "set against its cameras: £863 a camera." in told
    assert "1 carries an order of the boroughs and 1 does not" in told
    assert "1 of 29 rooms is such that" in told
    assert "1 is smaller than the size" in told
    none = changed(
        london, boroughs_with_count=0, compared=0, boroughs_with_cost=0, measures_ranked=0
    )
    told = texts(chapter_of(none).sentences)
    assert "No borough's number of cameras is known" in told
    assert "No borough has at least 3 like boroughs" in told
    assert "No borough published a yearly cost" in told
    assert "none carries an order" in told
    every = changed(london, measures_refused=0)
    assert "carry an order of the boroughs. " in texts(chapter_of(every).sentences)


def test_an_inventory_is_not_called_published() -> None:
    result = found({code: 20.0 + n for n, code in enumerate(borough_inputs().index)})
    told = texts(chapter_of(result).sentences)
    assert "33 boroughs of 33 have a known number of cameras, all counted in one way." in told
    assert "rank no borough" not in told
    few = chapter_of(found({MERTON: 40.0}))
    assert "are not judged by each other either: too few units" in texts(few.sentences)
    assert "benchmark_rooms" not in {table.key for table in few.tables}


def test_no_order_without_its_caution(london: Benchmark) -> None:
    chapter = chapter_of(london)
    ranks = next(table for table in chapter.tables if table.key == "benchmark_ranks")
    assert ranks.note == MODEL_CAUTION
    assert MODEL_CAUTION in texts(chapter.sentences)
    # Published numbers are shown, but in the order of the alphabet and without a place.
    counts = next(table for table in chapter.tables if table.key == "benchmark_comparisons")
    assert counts.frame["borough"].is_monotonic_increasing
    assert not any("rank" in column.key for column in counts.columns)
    refused = chapter_of(replace(london, ranks=None))
    assert MODEL_CAUTION not in texts(refused.sentences)
    assert "benchmark_ranks" not in {table.key for table in refused.tables}


def test_illustrative_ground_is_said(london: Benchmark) -> None:
    assert london.rooms is not None
    rooms = london.rooms.assign(basis="illustrative", outputs="cameras, residents, ground covered")
    told = texts(chapter_of(replace(london, rooms=rooms)).sentences)
    assert "for their cameras, residents and ground covered." in told
    assert "is that of illustrative cameras, and so are the scores" in told


def test_tables_show_year_and_scope(london: Benchmark) -> None:
    tables = {table.key: table for table in chapter_of(london).tables}
    rows = {
        row["cells"][0]["text"]: [cell["text"] for cell in row["cells"]]
        for row in tables["benchmark_comparisons"].view({})["rows"]
    }
    assert rows["Merton"][:4] == ["Merton", "1.03", "2021", "streets"]
    assert rows["Kingston upon Thames"][1:4] == ["–", "–", "–"]
    assert rows["Kingston upon Thames"][-1] == "no figure known"
    published = tables["benchmark_comparators"].view({})["rows"]
    barnet = [cell["text"] for cell in published[0]["cells"]]
    assert barnet[:4] == ["Barnet", "£5,980 a year for each camera", "2014", "2011"]
    for table in tables.values():
        assert len(table.frame) <= 35
        assert len(table.columns) <= 8


def test_dots_stand_apart_by_what_is_counted(london: Benchmark) -> None:
    counts = london.comparisons[london.comparisons["measure"] == "cameras_per_1000_residents"]
    drawing = counts_figure(counts, context=CONTEXT)
    axes = drawing.figure.axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert len(names) == 31
    assert names[:23] == sorted(names[:23])
    assert names[23:26] == ["Greenwich", "Hammersmith and Fulham", "Hillingdon"]
    written = [text.get_text() for text in axes.texts]
    assert "Counts streets" in written
    assert "1.03 (2021)" in written
    # The City's few residents do not squeeze the others; its value is written beside an arrow.
    assert axes.get_xlim()[1] < 6
    assert "9.14 (2019)" in written
    assert "streets: 23 boroughs" in drawing.alt


def test_a_figure_without_years_has_none() -> None:
    result = found({MERTON: 40.0, BRENT: 30.0})
    counts = result.comparisons[result.comparisons["measure"] == "cameras_per_1000_residents"]
    drawing = counts_figure(counts, context=CONTEXT)
    written = [text.get_text() for text in drawing.figure.axes[0].texts]
    assert "0.19" in written
    assert not any("(" in text for text in written)
