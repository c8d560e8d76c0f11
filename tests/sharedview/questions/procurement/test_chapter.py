"""The chapter on the framework agreement: each number is a cell, and odd numbers read right."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from coverage_model.base.csv_safety import csv_safe
from maps.report.content import Chapter
from maps.shell import wording
from maps.shell.key_figures import Figures
from maps.shell.page import PageContext
from maps.shell.wording import Bold, Quoted, Sentence
from optimisation.consolidation import reference_plans
from optimisation.territory import borough_inputs
from sharedview.questions.procurement.ask import TABLES
from sharedview.questions.procurement.chapter import (
    FIGURES,
    claims,
    concentration,
    headline,
    procurement_chapter,
    proof,
    tenders,
    timing,
    winners,
)
from sharedview.questions.procurement.contracts import (
    Register,
    illustrative_contracts,
    yearly_lines,
)
from sharedview.questions.procurement.figures import procurement_figures
from sharedview.questions.procurement.framework import plan_framework
from sharedview.questions.procurement.options import ProcurementOptions
from sharedview.questions.procurement.tables import procurement_tables
from sharedview.questions.registry import load_scenario

# Names that hold digits.
CONTEXT = PageContext(title="Test", dated=date(2026, 3, 9))
NAMES = ("procurement, 2014", "PCD 167")


def written(*, first: int | None = None, illustrative: bool = True) -> dict[str, pd.DataFrame]:
    """The tables of London, or of its first boroughs."""
    boroughs, scenario = borough_inputs(), load_scenario()
    lines = yearly_lines(reference_plans(boroughs, scenario)[0], boroughs)
    if first is not None:
        lines = lines[lines["borough_code"].isin(boroughs.index[:first])]
    made = illustrative_contracts(lines, start=scenario.options(ProcurementOptions).start)
    register = Register(made.frame, illustrative)
    framework = plan_framework(register, boroughs, scenario)
    tables = procurement_tables(framework, scenario)
    named = {name: getattr(tables, attribute) for name, (attribute, _) in TABLES.items()}
    return {FIGURES: procurement_figures(framework, tables), **named}


@pytest.fixture(scope="module")
def london() -> dict[str, pd.DataFrame]:
    """All tables of the demonstration."""
    return written()


@pytest.fixture(scope="module")
def one_borough() -> dict[str, pd.DataFrame]:
    """Those of a single borough, where there is nothing to pool."""
    return written(first=1, illustrative=False)


def chapter_of(tables: dict[str, pd.DataFrame], *, illustrative: bool = True) -> Chapter:
    return procurement_chapter(
        tables=tables, context=CONTEXT, question="PCD 167", illustrative=illustrative
    )


def said(chapter: Chapter) -> Iterator[Sentence]:
    for sentence in (*chapter.sentences, *chapter.limits):
        yield (sentence,) if isinstance(sentence, str) else sentence


@pytest.mark.parametrize("which", ["london", "one_borough"])
def test_every_number_is_a_cell_of_a_table_that_is_written(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    tables = request.getfixturevalue(which)
    for name, frame in tables.items():
        csv_safe(frame).to_csv(tmp_path / f"{name}.csv", index=False)
    seen = 0
    for sentence in said(chapter_of(tables)):
        for part in sentence:
            if isinstance(part, str):
                text = part
                for name in NAMES:
                    text = text.replace(name, "")
                assert not re.search(r"\d", text), part
                continue
            assert isinstance(part, Bold | Quoted)
            cell = part.cell
            assert cell is not None, part.text
            frame = pd.read_csv(tmp_path / f"{cell.table}.csv")
            for column, value in cell.row:
                frame = frame[frame[column].astype(str) == value]
            stored = frame[cell.column].iloc[0]
            if isinstance(cell.value, str):
                assert stored == cell.value == part.text
            else:
                assert stored == pytest.approx(cell.value, nan_ok=True)
            seen += 1
    assert seen >= 8


def test_the_chapter_of_london(london: dict[str, pd.DataFrame]) -> None:
    chapter = chapter_of(london)
    assert "illustrative" in chapter.title
    assert wording.NEVER_SUMMED in chapter.limits
    text = " ".join(wording.plain(each) for each in chapter.sentences)
    assert text.startswith("The contracts are illustrative")
    assert "A framework agreement would save £10.2 million net over 10 years" in text
    assert "would hold 352 tenders in that time; with the framework there would be 10" in text
    assert "proved best" in text
    assert "15% to 30%" in text
    assert "Unison and the Audit Commission disputed" in text
    assert "Brent with the framework in use ESPO 628_23 Lot 1; Redbridge, Newham," in text
    assert "East London Maintenance Contract" in text
    for table in chapter.tables:
        assert table.key in london
        assert len(table.columns) <= 8
        assert len(table.frame) <= 35
        cells = table.view({})["rows"]
        assert len(cells) == len(table.frame)
    assert chapter.tables[-1].key == FIGURES
    names = [drawing.name for drawing in chapter.figures]
    assert names == ["procurement_timeline", "procurement_savings"]
    assert "join at their end" in chapter.figures[0].alt
    assert chapter.figures[0].data("png", dpi=40).startswith(b"\x89PNG")


def test_a_given_register_is_not_called_illustrative(
    one_borough: dict[str, pd.DataFrame],
) -> None:
    chapter = chapter_of(one_borough, illustrative=False)
    text = " ".join(wording.plain(each) for each in said(chapter))
    assert "llustrative" not in chapter.title + text
    assert set(one_borough[FIGURES]["basis"]) <= {"model", "assumption", "published"}
    # One borough has nothing to pool.
    assert "No framework is worth its own cost" in text
    # The standing caution against adding chapters names no saving of this one.
    assert wording.NEVER_SUMMED in text
    assert "would save" not in text.replace(wording.NEVER_SUMMED, "")
    assert "boroughs gain" not in text


def changed(london: dict[str, pd.DataFrame], **values: float) -> Figures:
    frame = london[FIGURES].copy()
    for name, value in values.items():
        frame.loc[frame["figure"] == name, "value"] = value
    return Figures(FIGURES, frame)


def test_words_follow_the_numbers(london: dict[str, pd.DataFrame]) -> None:
    table = london["procurement_boroughs"].copy()
    table.loc[2, "gains"] = False
    table["loses_at_low"] = False
    ones = changed(
        london, early_exits=1, contracts_joining=1, contracts_never=1, boroughs_gaining=1,
        boroughs_gaining_nothing=1, boroughs_losing_at_low=0, tenders_without=1, call_offs=1,
        coordination_npv_gbp=0,
    )  # fmt: skip
    told = (*timing(ones), *winners(ones, table), tenders(ones))
    text = " ".join(wording.plain(each) for each in told)
    assert "1 contract joins and 1 never does; 1 of them is worth leaving early." in text
    assert "does as well" in text
    assert "1 borough gains, 1 with contracts gains nothing (Barnet); with the same" in text
    assert "low end of the discount none would lose." in text
    assert "would hold 1 tender in that time" in text
    assert "and 1 call-off;" in text
    table.loc[[0, 5], "loses_at_low"] = True
    some = changed(
        london, early_exits=0, contracts_joining=140, contracts_never=9, boroughs_gaining=30,
        boroughs_gaining_nothing=3, boroughs_without_contracts=1, boroughs_losing_at_low=2,
        saving_first_gbp=-5_000,
    )  # fmt: skip
    text = " ".join(wording.plain(each) for each in (*timing(some), *winners(some, table)))
    assert "140 contracts join and 9 never do; none is worth leaving early." in text
    assert "30 boroughs gain, 3 with contracts gain nothing (Barnet), and 1 has no contract" in text
    assert "2 would lose (Bromley and City of London)." in text
    assert "first year is −£5,000" in text
    nothing = changed(london, contracts_joining=0, saving_npv_gbp=0)
    assert wording.plain(headline(nothing)).startswith("No framework is worth its own cost")
    assert timing(nothing) == winners(nothing, table) == ()
    assert "spares" not in wording.plain(tenders(nothing))


def test_concentration_and_proof_say_what_is_known(london: dict[str, pd.DataFrame]) -> None:
    spend = london["procurement_spend"].copy()
    spend.loc[:, "herfindahl"] = math.nan
    assert concentration(spend) == ()
    spend.loc[0, ["herfindahl", "suppliers", "suppliers_effective"]] = [1.0, 1, 1.0]
    (sentence,) = concentration(spend)
    assert wording.plain(sentence).startswith("Spend on maintenance has a single supplier, Supp")
    proofs = london["procurement_proofs"].assign(status="feasible")
    figures = changed(london, proof_gap_share=0.02)
    assert "by up to 2.0%" in wording.plain(proof(figures, proofs))
    assert "a cautious 10%" in wording.plain(claims(figures))
