"""Reports as pages that open anywhere and print."""

from __future__ import annotations

import base64

from markupsafe import Markup

from maps.report.content import PICTURE_DPI, Numbered, Report
from maps.shell.page import Content, Page, assemble
from maps.shell.tables import PageLink, Section
from maps.shell.wording import Sentence


def html(report: Report) -> Page:
    """Return the report as a page that opens anywhere and prints."""
    first = [Section("Findings", sentences=report.findings[1:])] if report.findings[1:] else []
    first += [
        Section(f"Findings: {group.title}", sentences=group.paragraphs)
        for group in report.grouped_findings()
    ]
    sections = []
    for chapter, figures in zip(report.chapters, report.figures(), strict=True):
        asked: tuple[Sentence | str, ...] = (chapter.question,) if chapter.question else ()
        sections.append(
            Section(
                chapter.title,
                stats=chapter.stats,
                sentences=(*asked, *chapter.sentences, *chapter.limits),
                figures=tuple(picture(each) for each in figures),
                tables=chapter.tables,
            )
        )
    if len(sections) > 1:
        # Sections are numbered from 1 in the page; the contents stand after the findings.
        links = (
            PageLink(f"#section-{place}", section.title)
            for place, section in enumerate(sections, start=len(first) + 2)
        )
        first.append(Section("Contents", links=tuple(links)))
    sections = [*first, *sections]
    sections += [
        Section(f"Method: {passage.title}", sentences=passage.paragraphs)
        for passage in report.method
    ]
    sections.append(Section("How this report was made", tables=(report.provenance_table(),)))
    content = Content(lead=(*report.findings[:1], report.subtitle), sections=tuple(sections))
    return assemble(content, context=report.context)


def picture(figure: Numbered) -> Markup:
    """Return a figure as HTML that needs no other file."""
    text = base64.b64encode(figure.drawing.data("png", dpi=PICTURE_DPI)).decode("ascii")
    return Markup(
        '<figure class="picture"><img src="data:image/png;base64,{}" alt="{}">'
        "<figcaption>{}</figcaption></figure>"
    ).format(text, figure.drawing.alt, figure.caption)
