"""Reports as Word documents: real headings, lists and tables, alternative texts, page numbers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from maps.report.column_widths import column_shares
from maps.report.content import ILLUSTRATIVE, PICTURE_DPI, Numbered, Report
from maps.report.sheets import SOFT, needs_extra
from maps.shell import palettes, wording
from maps.shell.page import ATTRIBUTION, LICENCE
from maps.shell.tables import Stat, Table
from maps.shell.wording import Sentence

try:
    import docx as word
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor
except ImportError as error:
    raise needs_extra(error) from error

WIDTH_MM = 174
INK = RGBColor.from_string(palettes.INK[1:].upper())
GREY = RGBColor.from_string(SOFT[1:].upper())


def docx(report: Report) -> bytes:
    """Return the report as a Word document; the same report gives the same bytes."""
    document = word.Document()
    _set_up(document, report)
    context = report.context
    document.add_heading(context.title, level=0)
    line = f"{report.subtitle} {wording.day(context.dated)}.".strip()
    document.add_paragraph(line, style="Subtitle")
    if context.illustrative:
        _write(document.add_paragraph(), ILLUSTRATIVE, bold=True)
    document.add_heading("Findings", level=1)
    _write(document.add_paragraph(), report.findings[0])
    _bullets(document, report.findings[1:])
    for group in report.grouped_findings():
        document.add_heading(group.title, level=2)
        _bullets(document, group.paragraphs)
    for number, (chapter, figures) in enumerate(
        zip(report.chapters, report.figures(), strict=True), start=1
    ):
        document.add_heading(f"{number}  {chapter.title}", level=1)
        if chapter.question:
            _write(document.add_paragraph(), chapter.question, grey=True)
        if chapter.stats:
            _stats(document, chapter.stats)
        _bullets(document, chapter.sentences)
        for figure in figures:
            _figure(document, figure)
        for table in chapter.tables:
            _table(document, table)
        if chapter.limits:
            document.add_heading("What these figures do not say", level=2)
            _bullets(document, chapter.limits)
    _annexes(document, report)
    return _fixed(document)


def _set_up(document: Any, report: Report) -> None:
    """Set page, styles, language, header and footer."""
    context = report.context
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(20)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    normal.paragraph_format.space_after = Pt(5)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    normal.element.get_or_add_rPr().append(language)
    for name, size in (("Title", 22), ("Heading 1", 15), ("Heading 2", 11), ("Subtitle", 11)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), INK
        style.font.italic = False
        # The theme's typeface would win over the name.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]
    made = datetime.combine(context.dated, time(), UTC).replace(tzinfo=None)
    core = document.core_properties
    core.title, core.author, core.subject = context.title, "Sharedview", report.subtitle
    core.language, core.comments, core.revision = "en-GB", "", 1
    core.created = core.modified = core.last_printed = made
    core.last_modified_by = "Sharedview"
    _centred(section.header.paragraphs[0], context.marking.upper())
    foot = section.footer.paragraphs[0]
    title = context.title + (" · illustrative cameras" if context.illustrative else "")
    _write(foot, f"{title} · page ", size=8, grey=True)
    _field(foot, "PAGE")
    _write(foot, " of ", size=8, grey=True)
    _field(foot, "NUMPAGES")
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _centred(section.footer.add_paragraph(), context.marking.upper())


def _centred(paragraph: Any, text: str) -> None:
    _write(paragraph, text, bold=True, size=8, grey=True)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _field(paragraph: Any, name: str) -> None:
    """Add a field that Word fills in, such as the number of the page."""
    run = paragraph.add_run()
    run.font.size, run.font.color.rgb = Pt(8), GREY
    for kind, text in (("begin", None), (None, name), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)  # noqa: SLF001 - fields have no public interface


def _write(
    paragraph: Any,
    sentence: Sentence | str,
    *,
    bold: bool = False,
    size: float | None = None,
    grey: bool = False,
) -> None:
    for text, strong in wording.parts(sentence):
        run = paragraph.add_run(str(text))
        run.bold = bool(strong) or bold or None
        if size is not None:
            run.font.size = Pt(size)
        if grey:
            run.font.color.rgb = GREY


def _bullets(document: Any, sentences: Sequence[Sentence | str]) -> None:
    for sentence in sentences:
        _write(document.add_paragraph(style="List Bullet"), sentence)


def _figure(document: Any, figure: Numbered) -> None:
    stream = io.BytesIO(figure.drawing.data("png", dpi=PICTURE_DPI))
    shape = document.add_picture(stream, width=Mm(WIDTH_MM))
    properties = shape._inline.docPr  # noqa: SLF001 - no public interface for the text
    properties.set("descr", figure.drawing.alt)
    properties.set("title", figure.drawing.title)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    _write(document.add_paragraph(), figure.caption, size=8.5, grey=True)


def _stats(document: Any, stats: Sequence[Stat]) -> None:
    rows = [(each.label, each.value, each.note) for each in stats]
    _grid(document, ("Figure", "Value", "Compare"), rows, numeric=(False, True, False), size=9)


def _table(document: Any, table: Table) -> None:
    view = table.view({})
    rows = [[cell["text"] for cell in row["cells"]] for row in view["rows"]]
    if view["total"]:
        rows.append([cell["text"] for cell in view["total"]])
    heads = [column.label for column in table.columns]
    numeric = [column.numeric for column in table.columns]
    document.add_heading(table.caption, level=2)
    _grid(document, heads, rows, numeric=numeric, total=bool(view["total"]))
    if table.note:
        _write(document.add_paragraph(), table.note, size=8.5, grey=True)


def _cell_style(document: Any, *, size: float, numeric: bool) -> Any:
    """Return the style of a table's cells, made when it is first asked for."""
    name = f"Table {'Number' if numeric else 'Text'} {size:g}"
    if name not in document.styles:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(size)
        style.paragraph_format.space_after = Pt(0)
        if numeric:
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return document.styles[name]


def _grid(
    document: Any,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Sequence[bool],
    size: float = 7.5,
    total: bool = False,
) -> None:
    """Add a table whose heading row is marked as one and repeats on each page."""
    grid = document.add_table(rows=len(rows) + 1, cols=len(heads))
    grid.autofit = False
    _rule(grid)
    marker = OxmlElement("w:tblHeader")
    marker.set(qn("w:val"), "true")
    properties = grid.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - no public interface
    properties.append(marker)
    # Cells of python-docx are slow one by one; the flat list is built once.
    cells = [cell for row in grid.rows for cell in row.cells]
    texts = [*heads, *(text for row in rows for text in row)]
    last = len(rows) * len(heads)
    # Arial's bold letters are some 0.6 of its size wide; Word pads cells by 11 points.
    shares = column_shares(
        heads,
        rows,
        numeric=numeric,
        width=Mm(WIDTH_MM).pt,
        measure=lambda text: 0.6 * size * len(text) + 12.5,
    )
    for column, share in zip(grid.columns, shares, strict=True):
        column.width = Mm(WIDTH_MM * share)
    widths = [Mm(WIDTH_MM * share) for share in shares]
    styles = [_cell_style(document, size=size, numeric=each).style_id for each in numeric]
    for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        paragraph, column = cell.paragraphs[0], place % len(heads)
        # Naming the style is a search through all of them; its id is at hand.
        paragraph._p.style = styles[column]  # noqa: SLF001
        cell.width = widths[column]
        run = paragraph.add_run(text)
        if place < len(heads) or (total and place >= last):
            run.bold = True
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _rule(grid: Any) -> None:
    """Draw thin lines between the rows and none between the columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "CFD6DE")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    grid._tbl.tblPr.append(borders)  # noqa: SLF001 - no public interface


def _annexes(document: Any, report: Report) -> None:
    context = report.context
    if report.method:
        document.add_heading("Method", level=1)
    for passage in report.method:
        document.add_heading(passage.title, level=2)
        for paragraph in passage.paragraphs:
            _write(document.add_paragraph(), paragraph)
    document.add_heading("Data, sources and what was assumed", level=1)
    for source in context.sources:
        licence = f" ({source.licence})" if source.licence else ""
        detail = f": {source.detail}" if source.detail else ""
        _bullets(document, (f"{source.name}{licence}{detail}",))
    _bullets(document, (f"{ATTRIBUTION}, {LICENCE}.",))
    if context.notices:
        document.add_heading("What was dropped, repaired or assumed", level=2)
        _bullets(document, context.notices)
    if context.assumptions:
        document.add_heading("Assumptions: R read in its source, D derived, otherwise assumed", 2)
        rows = [
            (each.name.replace("_", " "), each.value, each.unit, each.mark, each.source)
            for each in context.assumptions
        ]
        _grid(document, ("What", "Value", "Unit", "Mark", "Source"), rows,
              numeric=(False, True, False, False, False))  # fmt: skip
    document.add_heading("How this report was made", level=1)
    _grid(document, ("What", "Value"), report.provenance, numeric=(False, False))


def _fixed(document: Any) -> bytes:
    """Return the file with the same date on all its parts, so that two runs give one result."""
    stream, fixed = io.BytesIO(), io.BytesIO()
    document.save(stream)
    with (
        zipfile.ZipFile(stream) as source,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            plain = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            plain.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(plain, source.read(entry.filename))
    return fixed.getvalue()
