"""One content, three forms: the same sentences, numbers and figures in each."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from types import ModuleType
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from coverage_model.base import datasets
from maps.report import writers
from maps.report.column_widths import column_shares
from maps.report.content import Chapter, FirstPage, PagePart, Report, report
from maps.report.coverage_chapter import coverage_chapter, ownership_chapter
from maps.report.method_chapter import METHOD
from maps.report.plans_chapter import choices_chapter, rooms_chapter
from maps.shell import wording
from maps.shell.wording import Bold

HOSTILE = "<script>alert(1)</script> & <b>"


@pytest.fixture(scope="module")
def made(samples: ModuleType) -> Report:
    areas = datasets.boroughs("overview")
    boroughs = samples.boroughs(areas)
    today, best, *rest = samples.plans(boroughs).values()
    context = samples.context("Cameras and rooms")
    common: dict[str, Any] = {
        "areas": areas, "plan": best, "today": today, "boroughs": boroughs, "context": context,
    }  # fmt: skip
    coverage = samples.coverage(areas)
    return report(
        context=context,
        subtitle="Made for a test.",
        pages=(
            FirstPage(
                "The answer",
                (
                    PagePart(
                        sentences=(
                            ("It costs ", Bold("£1 million"), f" − {HOSTILE}."),
                            "A second finding.",
                        )
                    ),
                    PagePart("Decide", ("One thing.", "Another thing."), numbered=True),
                ),
            ),
        ),
        chapters=(
            rooms_chapter(**common, figures=samples.plan_figures(), question="What was asked?"),
            choices_chapter(**common, references=rest),
            ownership_chapter(
                coverage=coverage, figures=samples.coverage_figures(coverage), context=context
            ),
            coverage_chapter(
                areas=areas,
                coverage=coverage,
                figures=samples.coverage_figures(coverage),
                context=context,
            ),
        ),
        method=METHOD,
        provenance=(("Program", "Sharedview 0"), ("Bound", "≥ £1")),
    )


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def sentences(made: Report) -> list[str]:
    found = [sentence for page in made.pages for sentence in page.sentences]
    for chapter in made.chapters:
        found += [*chapter.findings, *chapter.sentences, *chapter.limits]
    return [wording.plain(each) for each in found]


def cells(made: Report) -> list[str]:
    return [
        cell["text"]
        for chapter in made.chapters
        for table in chapter.tables
        for row in table.view({})["rows"]
        for cell in row["cells"]
    ]


def test_the_page_holds_every_sentence_cell_and_figure(made: Report) -> None:
    html = writers.html(made).html
    assert "<script>alert(1)" not in html
    bare = squeezed(re.sub(r"</?strong>", "", html))

    bare = unescape(bare)
    for sentence in sentences(made):
        assert sentence in bare
    for text in set(cells(made)):
        assert text in bare
    assert html.count('src="data:image/png;base64,') == 5
    assert 'alt="Map of' in html


def test_the_word_document_has_real_headings_tables_and_alternative_texts(made: Report) -> None:
    data = writers.docx(made)
    document = docx.Document(io.BytesIO(data))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    first = ["The answer", "Contents", "Annex 1  Shared control rooms"]
    assert headings[:3] == first
    assert headings[-1] == "How this report was made"
    said = [paragraph.text for paragraph in document.paragraphs]
    bare = [(text.partition("\t")[2] or text).replace("\u2060", "") for text in said]
    for sentence in sentences(made):
        assert sentence in bare
    inside = {cell.text for table in document.tables for cell in table._cells}
    assert set(cells(made)) <= inside
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    pictures = document.inline_shapes
    assert len(pictures) == 5
    assert all(len(each._inline.docPr.get("descr")) > 30 for each in pictures)
    foot = document.sections[0].footer._element.xml
    assert "NUMPAGES" in foot
    assert "OFFICIAL" in foot
    assert "OFFICIAL" in document.sections[0].header._element.xml
    assert document.core_properties.language == "en-GB"


def test_each_form_is_the_same_each_time(made: Report) -> None:
    assert writers.pdf(made) == writers.pdf(made)
    document = writers.docx(made)
    assert document == writers.docx(made)
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_the_pdf_is_whole_small_and_has_bookmarks(made: Report) -> None:
    data = writers.pdf(made)
    assert data.startswith(b"%PDF")
    assert data.rstrip().endswith(b"%%EOF")
    assert len(data) < 5_000_000


def test_figures_are_numbered_through_the_report(made: Report) -> None:
    captions = [each.caption for row in made.figures() for each in row]
    assert [caption.split(".")[0] for caption in captions] == [f"Figure {n}" for n in range(1, 6)]


def test_a_report_needs_findings_and_tables_of_their_own(made: Report) -> None:
    with pytest.raises(ValueError, match="at least one sentence"):
        report(context=made.context, subtitle="", pages=())
    table = made.chapters[0].tables[0]
    page = (FirstPage("The answer", (PagePart(sentences=("x",)),)),)
    twice = (Chapter("a", tables=(table,)), Chapter("b", tables=(table,)))
    with pytest.raises(ValueError, match="two tables have one key: rooms"):
        report(context=made.context, subtitle="", pages=page, chapters=twice)


def test_columns_share_the_width_without_breaking_words() -> None:
    _, shares = column_shares(
        ["Name", "Number"],
        [["a rather long text of many words", "£1.15 million"]],
        numeric=[False, True],
        width=30.0,
        measure=lambda text: len(text) + 1.0,
    )
    assert sum(shares) == pytest.approx(1)
    assert shares[1] * 30 >= len("£1.15 million") + 1


def test_saving_writes_all_three(made: Report, tmp_path: Any) -> None:
    paths = writers.save(made, tmp_path)
    assert [path.name for path in paths] == ["report.pdf", "report.docx", "report.html"]
    assert all(path.stat().st_size > 10_000 for path in paths)
