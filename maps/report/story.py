"""A report as a row of blocks, in the order of reading: what its writers set, each in its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from maps.report.content import Chapter, FirstPage, Numbered, Report
from maps.shell import wording
from maps.shell.page import ATTRIBUTION, LICENCE, AssumptionNote
from maps.shell.tables import Stat, Table
from maps.shell.wording import Sentence

ANNEX = "Annex"
METHOD, DATA, MADE = "Method", "Data, sources and what was assumed", "How this report was made"
DROPPED, LIMITS = "What was dropped, repaired or assumed", "What these figures do not say"
ASSUMED = (
    "Assumptions: read in its source, derived from such figures, or an assumption you can change"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph: a lead, the answer of a chapter, a question, or plain."""

    kind: Literal["lead", "answer", "question", "plain", "small"]
    sentence: Sentence | str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, counted or not."""

    sentences: tuple[Sentence | str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as texts; ``strong`` are the places of rows in bold, ``total`` whether the last sums.

    Parameters
    ----------
    heads, rows, numeric
        Headings, cells, and which columns hold numbers.
    note
        A sentence under it.
    total
        Whether the last row is a sum.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    note: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Boxes:
    """Figures that stand out."""

    stats: tuple[Stat, ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins a page."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of the annex."""


Block = Heading | Text | Bullets | Grid | Boxes | Numbered | NewPage | Contents


def story(report: Report) -> Iterator[Block]:
    """Go through a report in the order of reading; no heading skips a level."""
    last = 0
    for block in _blocks(report):
        if isinstance(block, Heading):
            last = min(block.level, last + 1)
            yield Heading(last, block.text)
        else:
            yield block


def _blocks(report: Report) -> Iterator[Block]:
    figures = iter(report.page_figures())
    for place, page in enumerate(report.pages):
        if place:
            yield NewPage()
        yield from _first_page(page, figures)
    if report.chapters:
        yield NewPage()
        yield Contents()
        yield NewPage()
    for number, (title, chapters) in enumerate(report.groups(), start=1):
        yield Heading(1, f"{ANNEX} {number}  {title}")
        for chapter, drawn in chapters:
            yield from _chapter(chapter, drawn, titled=chapter.title != title)
    yield from _annexes(report)


def _first_page(page: FirstPage, figures: Iterator[Numbered]) -> Iterator[Block]:
    yield Heading(1, page.title)
    for part in page.parts:
        said = part.sentences
        if part.title:
            yield Heading(2, part.title)
        elif said:
            yield Text("lead", said[0])
            said = said[1:]
        if said:
            yield Bullets(said, part.numbered)
        if part.figure is not None:
            yield next(figures)
        if part.table is not None:
            yield Heading(3, part.table.caption)
            yield grid(part.table)


def _chapter(chapter: Chapter, figures: Sequence[Numbered], *, titled: bool) -> Iterator[Block]:
    if titled:
        yield Heading(2, chapter.title)
    if chapter.question:
        yield Text("question", chapter.question)
    for sentence in chapter.findings:
        yield Text("answer", sentence)
    if chapter.stats:
        yield Boxes(chapter.stats)
    if chapter.sentences:
        yield Bullets(chapter.sentences)
    yield from figures
    for table in chapter.tables:
        yield Heading(3, table.caption)
        yield grid(table)
    if chapter.limits:
        yield Heading(3, LIMITS)
        yield Bullets(chapter.limits)


def _annexes(report: Report) -> Iterator[Block]:
    context = report.context
    if report.method:
        yield Heading(1, METHOD)
    for passage in report.method:
        yield Heading(2, passage.title)
        for paragraph in passage.paragraphs:
            yield Text("plain", paragraph)
    if not report.chapters:
        # The first pages alone: what they rest on in full is in the report.
        yield NewPage()
        yield Heading(1, MADE)
        yield Grid(("What", "Value"), tuple(report.provenance), (False, False))
        return
    yield Heading(1, DATA)
    lines = [
        f"{each.name}{f' ({each.licence})' if each.licence else ''}"
        f"{f': {each.detail}' if each.detail else ''}"
        for each in context.sources
    ]
    yield Bullets((*lines, f"{ATTRIBUTION}, {LICENCE}."))
    if context.notices:
        yield Heading(2, DROPPED)
        yield Bullets(tuple(context.notices))
    if context.assumptions:
        yield Heading(2, ASSUMED)
        yield Grid(
            ("What", "Value", "Unit", "Mark", "Source"),
            tuple(
                (in_words(each), each.value, each.unit, each.mark, each.source)
                for each in context.assumptions
            ),
            (False, True, False, False, False),
        )
    yield Heading(1, MADE)
    yield Grid(("What", "Value"), tuple(report.provenance), (False, False))


def grid(table: Table) -> Grid:
    """Return a table as texts."""
    view = table.view({})
    rows = [tuple(cell["text"] for cell in row["cells"]) for row in view["rows"]]
    if view["total"]:
        rows.append(tuple(cell["text"] for cell in view["total"]))
    return Grid(
        tuple(column.label for column in table.columns),
        tuple(rows),
        tuple(column.numeric for column in table.columns),
        table.note,
        bool(view["total"]),
    )


def in_words(each: AssumptionNote) -> str:
    """Name an assumption as one would say it: its name, and what it means where that is known."""
    name = each.name.replace("_", " ")
    name = name[:1].upper() + name[1:]
    return (
        f"{name} ({each.meaning[:1].lower()}{each.meaning[1:].rstrip('.')})"
        if each.meaning
        else name
    )


def first_line(report: Report) -> str:
    """Return what stands under the title: what it covers, and its date."""
    return f"{report.subtitle} {wording.day(report.context.dated)}.".strip()


def running(report: Report) -> str:
    """Return what stands at the foot of each page."""
    context = report.context
    return context.title + (" · illustrative cameras" if context.illustrative else "")
