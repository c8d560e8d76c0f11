"""The PDF is one that a screen reader can follow: PDF/UA, by a checker and by its own structure."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from types import ModuleType
from typing import Any

import pikepdf
import pytest

from coverage_model.base import datasets
from maps.report import static, writers
from maps.report.content import Chapter, FirstPage, PagePart, Report, report
from maps.shell.tables import Column, Table

pdfua = pytest.importorskip("pdfua")


@pytest.fixture(scope="module")
def made(samples: ModuleType) -> Report:
    today, best, *_ = samples.plans(samples.boroughs(datasets.boroughs("overview"))).values()
    table = Table(
        "rooms",
        "Rooms",
        best.assignments(),
        (Column("borough_code", "Borough", numeric=False), Column("room_code", "Room")),
    )
    drawing = static.cost_figure(plans=(best, today), context=samples.context(), framed=False)
    return report(
        context=samples.context("Rooms of London"),
        subtitle="Made for a test.",
        pages=[
            FirstPage(
                "The answer",
                (
                    PagePart(
                        sentences=("It saves.", "Or not."),
                    ),
                ),
            )
        ],
        chapters=[
            Chapter("Rooms", sentences=("One is enough.",), figures=(drawing,), tables=(table,))
        ],
    )


@pytest.fixture(scope="module")
def written(made: Report) -> bytes:
    return writers.pdf(made)


def elements(node: Any) -> Iterator[Any]:
    """Go through the structure tree."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def test_the_checker_finds_no_fault(written: bytes, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(written)
    found = pdfua.validate(str(tmp_path / "report.pdf"))
    assert [str(each) for each in found.findings] == []


def test_title_language_dates_and_bookmarks(made: Report, written: bytes) -> None:
    with pikepdf.open(io.BytesIO(written)) as document:
        root = document.Root
        assert str(root.Lang) == "en-GB"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(document.docinfo["/Title"]) == "Rooms of London"
        day = datetime.combine(made.context.dated, time(), UTC)
        assert str(document.docinfo["/CreationDate"]).startswith(f"D:{day:%Y%m%d}")
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        with document.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert titles[0] == "The answer"
    assert "Annex 1  Rooms" in titles


def test_headings_tables_and_pictures_are_tagged(made: Report, written: bytes) -> None:
    with pikepdf.open(io.BytesIO(written)) as document:
        tree = list(elements(document.Root.StructTreeRoot))
        kinds = [str(each.S) for each in tree]
        assert kinds.count("/H1") >= 3
        # A table of the chapter, and that of how the report was made.
        assert kinds.count("/Table") >= 2
        assert kinds.count("/TH") >= 4
        assert kinds.count("/L") >= 1
        alts = [str(each.Alt) for each in tree if str(each.S) == "/Figure" and "/Alt" in each]
    assert alts == [made.chapters[0].figures[0].alt]
