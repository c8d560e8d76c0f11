"""Reports as Word documents: real headings, lists and tables, alternative texts, page numbers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from maps.report import story
from maps.report.column_widths import fitted
from maps.report.content import ILLUSTRATIVE, PICTURE_DPI, Numbered, Report
from maps.report.sheets import SOFT, WIDTH_IN, needs_extra
from maps.report.text_width import width_pt
from maps.shell import palettes, wording
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
CELL_SIDE_PT = 2.8
INK = RGBColor.from_string(palettes.INK[1:].upper())
SIZES = {"Title": 18, "Heading 1": 14, "Heading 2": 11, "Heading 3": 9.5, "Subtitle": 10}
GREY = RGBColor.from_string(SOFT[1:].upper())


def docx(report: Report) -> bytes:
    """Return the report as a Word document; the same report gives the same bytes."""
    document = word.Document()
    _set_up(document, report)
    context = report.context
    document.add_heading(context.title, level=0)
    line = story.first_line(report)
    document.add_paragraph(line, style="Subtitle")
    if context.illustrative:
        _write(document.add_paragraph(), ILLUSTRATIVE, bold=True)
    begins = False
    for each in story.story(report):
        match each:
            case story.Heading(level, text):
                heading = document.add_heading(text, level=level)
                heading.paragraph_format.page_break_before = begins
                begins = False
            case story.Text(kind, sentence):
                _write(document.add_paragraph(), sentence, **LOOKS[kind])
            case story.Bullets(sentences, numbered):
                _list(document, sentences, numbered=numbered)
            case story.Boxes(stats):
                rows = [(stat.label, stat.value, stat.note) for stat in stats]
                heads, numeric = ("Figure", "Value", "Compare"), (False, True, False)
                _grid(document, heads, rows, numeric=numeric, size=9)
            case story.Grid():
                _grid(document, each.heads, each.rows, numeric=each.numeric, total=each.total)
                if each.note:
                    _write(document.add_paragraph(), each.note, size=8.5, grey=True)
            case Numbered():
                _figure(document, each)
            case story.NewPage():
                # The heading that follows begins the page: an empty paragraph would be a page.
                begins = True
            case story.Contents():
                _contents(document)
    return _fixed(document)


LOOKS: dict[str, dict[str, Any]] = {
    "lead": {"size": 11},
    "answer": {"size": 10.5},
    "question": {"grey": True},
    "plain": {},
    "small": {"size": 8.5},
}


def _contents(document: Any) -> None:
    """Add a table of contents that Word fills in, with what it holds until then."""
    heading = document.add_heading("Contents", level=1)
    heading.paragraph_format.page_break_before = True
    _field(document.add_paragraph(), 'TOC \\o "1-2" \\h \\z \\u', "Press F9 to list the chapters.")


def _set_up(document: Any, report: Report) -> None:
    """Set page, styles, language, header and footer."""
    context = report.context
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(20)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(9.5)
    normal.paragraph_format.space_after = Pt(3)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    normal.element.get_or_add_rPr().append(language)
    for name, size in SIZES.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), INK
        style.font.italic = False
        style.paragraph_format.space_before = Pt(0.6 * size if "Heading" in name else 0)
        style.paragraph_format.space_after = Pt(3)
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
    _write(foot, f"{story.running(report)} · page ", size=8, grey=True)
    _field(foot, "PAGE")
    _write(foot, " of ", size=8, grey=True)
    _field(foot, "NUMPAGES")
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _centred(section.footer.add_paragraph(), context.marking.upper())


def _centred(paragraph: Any, text: str) -> None:
    _write(paragraph, text, bold=True, size=8, grey=True)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _field(paragraph: Any, name: str, shown: str = "") -> None:
    """Add a field that Word fills in, such as the number of the page."""
    run = paragraph.add_run()
    run.font.size, run.font.color.rgb = Pt(8), GREY
    steps: list[tuple[str, str]] = [("begin", ""), ("", name), ("separate", ""), ("end", "")]
    for kind, text in steps:
        if kind == "end" and shown:
            run.add_text(shown)
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
        # A minus stays with its number, whatever the typeface.
        run = paragraph.add_run(str(text).replace("−", "−\u2060"))
        run.bold = bool(strong) or bold or None
        if size is not None:
            run.font.size = Pt(size)
        if grey:
            run.font.color.rgb = GREY


def _list(document: Any, sentences: Sequence[Sentence | str], *, numbered: bool) -> None:
    for number, sentence in enumerate(sentences, start=1):
        if numbered:
            # Word's own numbers would go on from list to list.
            paragraph = document.add_paragraph(style="List Paragraph")
            paragraph.paragraph_format.left_indent = Mm(6)
            paragraph.paragraph_format.first_line_indent = Mm(-6)
            _write(paragraph, (f"{number}.\t", *_parts(sentence)))
        else:
            _write(document.add_paragraph(style="List Bullet"), sentence)


def _parts(sentence: Sentence | str) -> Sentence:
    return (sentence,) if isinstance(sentence, str) else sentence


def _figure(document: Any, figure: Numbered) -> None:
    stream = io.BytesIO(figure.drawing.data("png", dpi=PICTURE_DPI))
    wide = min(1.0, figure.drawing.figure.get_figwidth() / WIDTH_IN)
    shape = document.add_picture(stream, width=Mm(WIDTH_MM * wide))
    properties = shape._inline.docPr  # noqa: SLF001 - no public interface for the text
    properties.set("descr", figure.drawing.alt)
    properties.set("title", figure.drawing.title)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    _write(document.add_paragraph(), figure.caption, size=8.5, grey=True)


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
    _margins(grid)
    for place, row in enumerate(grid.rows):
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - no public interface
        for name in ("w:cantSplit", *(() if place else ("w:tblHeader",))):
            mark = OxmlElement(name)
            mark.set(qn("w:val"), "true")
            properties.append(mark)
    # Cells of python-docx are slow one by one; the flat list is built once.
    cells = [cell for row in grid.rows for cell in row.cells]
    texts = [*heads, *(text for row in rows for text in row)]
    last = len(rows) * len(heads)
    shares, size = fitted(
        heads,
        rows,
        numeric=numeric,
        width_pt=Mm(WIDTH_MM).pt,
        size_pt=size,
        padding_pt=2 * CELL_SIDE_PT + 0.5,
        measure=lambda text, size: width_pt(text, size_pt=size),
    )
    size = round(2 * size - 0.49) / 2  # Word knows half points
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
        if place < len(heads):
            # The heading stays with the first of its rows.
            paragraph.paragraph_format.keep_with_next = True
    after = document.add_paragraph().paragraph_format
    after.space_after, after.line_spacing = Pt(0), Pt(6)


def _margins(grid: Any) -> None:
    """Set how far texts stay from the sides of their cells."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        each = OxmlElement(f"w:{side}")
        each.set(qn("w:w"), str(round(20 * CELL_SIDE_PT)))
        each.set(qn("w:type"), "dxa")
        margins.append(each)
    grid._tbl.tblPr.append(margins)  # noqa: SLF001 - no public interface


def _rule(grid: Any) -> None:
    """Draw thin lines between the rows and none between the columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "CFD6DE")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    grid._tbl.tblPr.append(borders)  # noqa: SLF001 - no public interface


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
