"""Reports as PDF: tagged for screen readers (PDF/UA-1), A4, bookmarks, page numbers, marking.

Typst sets the text (``maps/assets/report.typ``): it tags headings, lists, tables and alternative
texts, refuses to write a file that breaks PDF/UA where it can tell, and needs neither browser nor
network.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from maps.report import story
from maps.report.column_widths import fitted
from maps.report.content import ILLUSTRATIVE, PICTURE_DPI, Numbered, Report
from maps.report.sheets import SOFT, WIDTH_IN, needs_extra
from maps.report.text_width import width_pt
from maps.shell import palettes, wording
from maps.shell.offline import asset_text

try:
    import matplotlib as mpl
    import typst
except ImportError as error:
    raise needs_extra(error) from error

WIDTH_PT = 493.2  # an A4 page less 18 mm on both sides
CELL_PT, PADDING_PT = 6.7, 5.4
KINDS = {"lead": "lead", "answer": "answer", "question": "grey", "plain": "text", "small": "text"}


def pdf(report: Report) -> bytes:
    """Return the report as a PDF; the same report gives the same bytes."""
    context = report.context
    made = datetime.combine(context.dated, time(), UTC)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        data = {
            "title": context.title,
            "subtitle": report.subtitle,
            "line": story.first_line(report),
            "running": story.running(report),
            "marking": context.marking,
            "date": [context.dated.year, context.dated.month, context.dated.day],
            "badge": ILLUSTRATIVE if context.illustrative else "",
            "ink": palettes.INK,
            "soft": SOFT,
            "blocks": list(_blocks(report, folder)),
        }
        (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
        (folder / "report.typ").write_text(asset_text("report.typ"), encoding="utf-8")
        found = typst.compile(
            folder / "report.typ",
            root=folder,
            # Matplotlib's own typeface: text and figures then match, and every sign is in it.
            font_paths=[Path(mpl.get_data_path()) / "fonts" / "ttf"],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="ua-1",
            timestamp=int(made.timestamp()),
        )
    return bytes(found)


def _blocks(report: Report, folder: Path) -> Iterator[dict[str, Any]]:
    for each in story.story(report):
        match each:
            case story.Heading(level, text):
                yield {"kind": f"h{level}", "text": text}
            case story.Text(kind, sentence):
                yield {"kind": KINDS[kind], "parts": wording.parts(sentence)}
            case story.Bullets(sentences, numbered):
                items = [wording.parts(sentence) for sentence in sentences]
                yield {"kind": "list", "items": items, "numbered": numbered}
            case story.Boxes(stats):
                boxes = [{"label": s.label, "value": s.value, "note": s.note} for s in stats]
                yield {"kind": "stats", "items": boxes}
            case story.Grid():
                yield _grid(each)
            case Numbered():
                yield _picture(each, folder)
            case story.NewPage():
                yield {"kind": "break"}
            case story.Contents():
                yield {"kind": "contents", "depth": 2}


def _grid(grid: story.Grid) -> dict[str, Any]:
    shares, size = fitted(
        grid.heads,
        grid.rows,
        numeric=grid.numeric,
        width_pt=WIDTH_PT,
        size_pt=CELL_PT,
        padding_pt=PADDING_PT,
        measure=lambda text, size: width_pt(text, size_pt=size),
    )
    return {"kind": "table", "heads": grid.heads, "rows": grid.rows, "numeric": grid.numeric,
            "note": grid.note, "total": grid.total, "shares": shares, "size": size}  # fmt: skip


def _picture(figure: Numbered, folder: Path) -> dict[str, Any]:
    name = f"{figure.number}.png"
    (folder / name).write_bytes(figure.drawing.data("png", dpi=PICTURE_DPI))
    wide = figure.drawing.figure.get_figwidth()
    return {"kind": "figure", "file": name, "alt": figure.drawing.alt, "caption": figure.caption,
            "width": min(1.0, wide / WIDTH_IN)}  # fmt: skip
