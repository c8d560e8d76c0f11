"""Reports as PDF: A4, embedded fonts, page numbers, bookmarks, marking at head and foot.

ReportLab sets the text: it is pure Python, flows tables over pages with their headings repeated and
needs no browser. It does not write tagged PDF; the page and the Word document are the accessible
forms.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from maps.report.column_widths import column_shares
from maps.report.content import ILLUSTRATIVE, PICTURE_DPI, Numbered, Report
from maps.report.sheets import SOFT, WARN, WARN_GROUND, needs_extra
from maps.shell import palettes, wording
from maps.shell.page import ATTRIBUTION, LICENCE
from maps.shell.tables import Stat, Table
from maps.shell.wording import Sentence

try:
    import matplotlib as mpl
    from reportlab import rl_config
    from reportlab.lib.colors import HexColor
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import (
        BaseDocTemplate,
        CondPageBreak,
        Flowable,
        Frame,
        Image,
        KeepTogether,
        ListFlowable,
        LongTable,
        PageBreak,
        PageTemplate,
        Paragraph,
        Spacer,
        TableStyle,
    )
    from reportlab.platypus.tableofcontents import TableOfContents
except ImportError as error:
    raise needs_extra(error) from error

# Matplotlib's own typeface: text and figures then match, and every sign is in it.
FACES = {"Text": "DejaVuSans.ttf", "Text-Bold": "DejaVuSans-Bold.ttf"}
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
INK, GREY, RULE = HexColor(palettes.INK), HexColor(SOFT), HexColor("#cfd6de")


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    settings = {"fontName": "Text", "fontSize": size, "leading": size * 1.42, "textColor": INK}
    return ParagraphStyle(name, **(settings | more))


STYLES = {
    "title": _style("title", 19, fontName="Text-Bold", leading=24, spaceAfter=3),
    "subtitle": _style("subtitle", 10.5, textColor=GREY, spaceAfter=8),
    "h1": _style("h1", 14, fontName="Text-Bold", spaceBefore=4, spaceAfter=5, keepWithNext=1),
    "h2": _style("h2", 10, fontName="Text-Bold", spaceBefore=7, spaceAfter=2, keepWithNext=1),
    "body": _style("body", 8.8, spaceAfter=4),
    "lead": _style("lead", 10.2, spaceAfter=6, leading=15),
    "ask": _style("ask", 8.8, textColor=GREY, leftIndent=8, spaceAfter=7),
    "caption": _style("caption", 7.6, textColor=GREY, spaceBefore=2, spaceAfter=9),
    "small": _style("small", 7.2, textColor=GREY, spaceBefore=2, spaceAfter=7),
    "cell": _style("cell", 6.7, leading=8.6),
    "number": _style("number", 6.7, leading=8.6, alignment=TA_RIGHT),
    "toc": _style("toc", 9, leading=15),
    "badge": _style(
        "badge",
        8.5,
        textColor=HexColor(WARN),
        backColor=HexColor(WARN_GROUND),
        borderColor=HexColor("#d99a3c"),
        borderWidth=0.7,
        borderPadding=5,
        spaceBefore=4,
        spaceAfter=12,
    ),
}


DATA, MADE = "Data, sources and what was assumed", "How this report was made"


def pdf(report: Report) -> bytes:
    """Return the report as a PDF; the same report gives the same bytes."""
    # Pictures as bytes and not as text: a fifth smaller, and written in half the time.
    rl_config.useA85 = 0
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for name, file in FACES.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily("Text", normal="Text", bold="Text-Bold")
    stream = io.BytesIO()
    # Set more than once: the contents and "page 3 of 9" need to know the whole.
    _Document(stream, report).multiBuild(_story(report))
    return stream.getvalue()


class _Document(BaseDocTemplate):
    """Pages with marking, title and number; headings become bookmarks and contents."""

    def __init__(self, stream: io.BytesIO, report: Report) -> None:
        self._report = report
        self._pages = self._counted = 0
        super().__init__(
            stream,
            pagesize=A4,
            title=report.context.title,
            author="Sharedview",
            subject=report.subtitle,
            lang="en-GB",
            invariant=1,
        )
        frame = Frame(MARGIN, 19 * mm, WIDTH, A4[1] - 37 * mm, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("page", [frame], onPage=self._furniture))

    def beforeDocument(self) -> None:  # noqa: N802 - ReportLab's hook
        self._pages, self._counted = self._counted, 0

    def afterPage(self) -> None:  # noqa: N802 - ReportLab's hook
        self._counted = self.page

    def _furniture(self, canvas: Any, document: Any) -> None:
        context = self._report.context
        canvas.saveState()
        canvas.setFillColor(GREY)
        canvas.setFont("Text-Bold", 6.5)
        for height in (A4[1] - 11 * mm, 8 * mm):
            canvas.drawCentredString(A4[0] / 2, height, context.marking.upper())
        canvas.setFont("Text", 7)
        title = context.title + (" · illustrative cameras" if context.illustrative else "")
        canvas.drawString(MARGIN, 12.5 * mm, title)
        number = f"Page {document.page}" + (f" of {self._pages}" if self._pages else "")
        canvas.drawRightString(A4[0] - MARGIN, 12.5 * mm, number)
        canvas.setStrokeColor(RULE)
        canvas.line(MARGIN, 16 * mm, A4[0] - MARGIN, 16 * mm)
        canvas.restoreState()

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - ReportLab's hook
        if isinstance(flowable, Paragraph) and flowable.style.name == "h1":
            text, key = flowable.getPlainText(), f"h{self.seq.nextf('heading')}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text, key, 0)
            self.notify("TOCEntry", (0, escape(text), self.page, key))


def _rich(sentence: Sentence | str) -> str:
    return "".join(
        f"<b>{escape(str(text))}</b>" if bold else escape(str(text))
        for text, bold in wording.parts(sentence)
    )


def _text(sentence: Sentence | str, style: str = "body") -> Paragraph:
    return Paragraph(_rich(sentence), STYLES[style])


def _bullets(sentences: Sequence[Sentence | str]) -> list[Flowable]:
    if not sentences:
        return []
    items = [_text(each) for each in sentences]
    look = {"bulletType": "bullet", "start": "•", "bulletFontName": "Text", "bulletFontSize": 8}
    return [ListFlowable(items, leftIndent=11, **look)]


def _story(report: Report) -> list[Flowable]:
    context = report.context
    story: list[Flowable] = [_text(context.title, "title")]
    line = f"{report.subtitle} {wording.day(context.dated)}.".strip()
    story.append(_text(line, "subtitle"))
    if context.illustrative:
        story.append(_text(ILLUSTRATIVE, "badge"))
    story += [_text("Findings", "h1"), _text(report.findings[0], "lead")]
    story += _bullets(report.findings[1:])
    for group in report.grouped_findings():
        story += [_text(group.title, "h2"), *_bullets(group.paragraphs)]
    contents = TableOfContents(levelStyles=[STYLES["toc"]], dotsMinLevel=0)
    # As long as it will be, so that the first layout finds the right pages and the second is the
    # last.
    for title in _headings(report):
        contents.addEntry(0, escape(title), 0)
    story += [Spacer(1, 6), _text("Contents", "h2"), contents, PageBreak()]
    for number, (chapter, figures) in enumerate(
        zip(report.chapters, report.figures(), strict=True), start=1
    ):
        story += [CondPageBreak(90 * mm), _text(f"{number}  {chapter.title}", "h1")]
        if chapter.question:
            story.append(_text(chapter.question, "ask"))
        if chapter.stats:
            story += [_stats(chapter.stats), Spacer(1, 8)]
        story += _bullets(chapter.sentences)
        story += [_figure(each) for each in figures]
        for table in chapter.tables:
            story += _table(table)
        if chapter.limits:
            story += [_text("What these figures do not say", "h2"), *_bullets(chapter.limits)]
        story.append(Spacer(1, 10))
    story += _annexes(report)
    return story


def _headings(report: Report) -> list[str]:
    """Return the headings that the contents list, in order."""
    chapters = [f"{n}  {each.title}" for n, each in enumerate(report.chapters, start=1)]
    return ["Findings", *chapters, *(["Method"] if report.method else []), DATA, MADE]


def _annexes(report: Report) -> list[Flowable]:
    context = report.context
    story: list[Flowable] = []
    if report.method:
        story += [PageBreak(), _text("Method", "h1")]
    for passage in report.method:
        story += [_text(passage.title, "h2"), *(_text(each) for each in passage.paragraphs)]
    story += [CondPageBreak(90 * mm), _text(DATA, "h1")]
    lines = [
        f"{each.name}{f' ({each.licence})' if each.licence else ''}"
        f"{f': {each.detail}' if each.detail else ''}"
        for each in context.sources
    ]
    story += _bullets([*lines, f"{ATTRIBUTION}, {LICENCE}."])
    if context.notices:
        story += [_text("What was dropped, repaired or assumed", "h2"), *_bullets(context.notices)]
    if context.assumptions:
        story += _rows(
            "Assumptions: R read in its source, D derived from such figures, otherwise an "
            "assumption you can change",
            ("What", "Value", "Unit", "Mark", "Source"),
            [
                (each.name.replace("_", " "), each.value, each.unit, each.mark, each.source)
                for each in context.assumptions
            ],
            numeric=(False, True, False, False, False),
            shares=(0.26, 0.09, 0.16, 0.11, 0.38),
        )
    story += [_text(MADE, "h1")]
    story += _rows("", ("What", "Value"), report.provenance, numeric=(False, False),
                   shares=(0.28, 0.72))  # fmt: skip
    return story


def _stats(stats: Sequence[Stat]) -> Flowable:
    """Set figures in boxes, four a row."""
    style = {
        "label": _style("label", 6.8, textColor=GREY),
        "value": _style("value", 12, fontName="Text-Bold", leading=15),
    }
    boxes = [
        [
            Paragraph(escape(each.label), style["label"]),
            Paragraph(escape(each.value), style["value"]),
            Paragraph(escape(each.note) or "&nbsp;", style["label"]),
        ]
        for each in stats
    ]
    across = 4
    boxes += [[Paragraph("&nbsp;", style["label"])]] * (-len(boxes) % across)
    rows = [boxes[start : start + across] for start in range(0, len(boxes), across)]
    table = LongTable(rows, colWidths=[WIDTH / across] * across)
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"),
                               ("LINEABOVE", (0, 0), (-1, -1), 1.2, HexColor("#004c86")),
                               ("LEFTPADDING", (0, 0), (-1, -1), 0)]))  # fmt: skip
    return table


def _figure(figure: Numbered) -> Flowable:
    wide, high = figure.drawing.figure.get_size_inches()
    picture = Image(
        io.BytesIO(figure.drawing.data("png", dpi=PICTURE_DPI)), WIDTH, WIDTH * high / wide
    )
    return KeepTogether([Spacer(1, 6), picture, _text(figure.caption, "caption")])


def _table(table: Table) -> list[Flowable]:
    view = table.view({})
    rows = [[cell["text"] for cell in row["cells"]] for row in view["rows"]]
    if view["total"]:
        rows.append([cell["text"] for cell in view["total"]])
    numeric = [column.numeric for column in table.columns]
    heads = [column.label for column in table.columns]
    shares = column_shares(heads, rows, numeric=numeric, width=WIDTH, measure=_measure)
    total = bool(view["total"])
    story = _rows(table.caption, heads, rows, numeric=numeric, shares=shares, total=total)
    return [*story, _text(table.note, "small")] if table.note else story


def _measure(text: str) -> float:
    """Return the width of a text in a cell; bold, as a heading is, to be safe."""
    return float(pdfmetrics.stringWidth(text, "Text-Bold", STYLES["cell"].fontSize)) + 6.0


def _cell(text: str, style: ParagraphStyle, width: float) -> Paragraph | str:
    """Return a cell's content: bare text where it fits in a line, which is laid out far faster."""
    return text if _measure(text) <= width else Paragraph(escape(text), style)


def _rows(
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Sequence[bool],
    shares: Sequence[float],
    total: bool = False,
) -> list[Flowable]:
    styles = [STYLES["number" if each else "cell"] for each in numeric]
    widths = [share * WIDTH for share in shares]
    body = [[_cell(*each) for each in zip(row, styles, widths, strict=True)] for row in rows]
    head = [
        Paragraph(f"<b>{escape(text)}</b>", style)
        for text, style in zip(heads, styles, strict=True)
    ]
    table = LongTable([head, *body], colWidths=widths, repeatRows=1)
    cell = STYLES["cell"]
    rules = [
        ("FONT", (0, 1), (-1, -1), cell.fontName, cell.fontSize, cell.leading),
        ("TEXTCOLOR", (0, 1), (-1, -1), INK),
        *(("ALIGN", (at, 1), (at, -1), "RIGHT") for at, each in enumerate(numeric) if each),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, RULE),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LEFTPADDING", (0, 0), (-1, -1), 2.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
    ]
    if total:
        rules.append(("LINEABOVE", (0, -1), (-1, -1), 0.9, INK))
    table.setStyle(TableStyle(rules))
    title = [_text(caption, "h2"), Spacer(1, 2)] if caption else []
    return [CondPageBreak(28 * mm), *title, table, Spacer(1, 6)]
