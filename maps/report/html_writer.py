"""Reports as pages that open anywhere and print."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace

from markupsafe import Markup

from maps.report import story
from maps.report.content import PICTURE_DPI, Chapter, FirstPage, Numbered, Report
from maps.shell.page import Content, Page, assemble
from maps.shell.tables import PageLink, Section
from maps.shell.wording import Sentence


def html(report: Report) -> Page:
    """Return the report as a page that opens anywhere and prints."""
    sections: list[Section] = []
    links: list[PageLink] = []

    def heads(title: str, text: str = "") -> None:
        """List what follows in the contents; sections are numbered from 1 in the page."""
        links.append(PageLink(f"#section-{len(sections) + 1}", title, text))

    figures = iter(report.page_figures())
    for page in report.pages:
        heads(page.title)
        sections += page_sections(page, figures)
    for number, (title, chapters) in enumerate(report.groups(), start=1):
        heads(f"{story.ANNEX} {number}  {title}")
        sections += [
            _chapter(f"{story.ANNEX} {number}  {chapter.title}", chapter, drawn)
            for chapter, drawn in chapters
        ]
    if report.method:
        heads(story.METHOD)
    sections += [
        Section(f"{story.METHOD}: {passage.title}", sentences=passage.paragraphs)
        for passage in report.method
    ]
    heads(story.MADE)
    sections.append(Section(story.MADE, tables=(report.provenance_table(),)))
    content = Content(lead=(report.subtitle,), sections=tuple(sections), contents=tuple(links))
    return assemble(content, context=report.context)


def page_sections(page: FirstPage, figures: Iterator[Numbered]) -> list[Section]:
    """Return a section for each part; parts without a heading stand with the one before."""
    found: list[Section] = []
    for place, part in enumerate(page.parts):
        # The contents lead to the first one, which says what page it begins.
        begins = (
            f"{page.title}: {part.title[:1].lower()}{part.title[1:]}" if part.title else page.title
        )
        here = Section(
            part.title if place else begins,
            sentences=part.sentences,
            figures=() if part.figure is None else (picture(next(figures)),),
            tables=() if part.table is None else (part.table,),
        )
        if part.title or not found:
            found.append(here)
            continue
        last = found[-1]
        found[-1] = replace(
            last,
            sentences=(*last.sentences, *here.sentences),
            figures=(*last.figures, *here.figures),
            tables=(*last.tables, *here.tables),
        )
    return found


def _chapter(title: str, chapter: Chapter, figures: list[Numbered]) -> Section:
    asked: tuple[Sentence | str, ...] = (chapter.question,) if chapter.question else ()
    said = (*asked, *chapter.findings, *chapter.sentences, *chapter.limits)
    return Section(
        title,
        stats=chapter.stats,
        sentences=said,
        figures=tuple(picture(each) for each in figures),
        tables=chapter.tables,
    )


def picture(figure: Numbered, *, dpi: int = PICTURE_DPI) -> Markup:
    """Return a figure as HTML that needs no other file."""
    text = base64.b64encode(figure.drawing.data("png", dpi=dpi)).decode("ascii")
    return Markup(
        '<figure class="picture"><img src="data:image/png;base64,{}" alt="{}">'
        "<figcaption>{}</figcaption></figure>"
    ).format(text, figure.drawing.alt, figure.caption)
