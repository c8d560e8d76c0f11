"""A report in its three formats. PDF and Word need the extra ``report``, a page does not."""

from __future__ import annotations

from pathlib import Path

from maps.report.content import Report
from maps.report.html_writer import html

__all__ = ["docx", "html", "pdf", "save"]


def pdf(report: Report) -> bytes:
    """Return a report as a PDF for print.

    Raises
    ------
    MissingExtraError
        If the extra ``report`` is not installed.
    """
    from maps.report.pdf_writer import pdf as write  # noqa: PLC0415 - needs the extra

    return write(report)


def docx(report: Report) -> bytes:
    """Return a report as a Word document.

    Raises
    ------
    MissingExtraError
        If the extra ``report`` is not installed.
    """
    from maps.report.docx_writer import docx as write  # noqa: PLC0415 - needs the extra

    return write(report)


def save(report: Report, folder: Path | str, *, name: str = "report") -> tuple[Path, ...]:
    """Write a report in all three formats and return the paths."""
    target = Path(folder)
    paths = (target / f"{name}.pdf", target / f"{name}.docx", target / f"{name}.html")
    paths[0].write_bytes(pdf(report))
    paths[1].write_bytes(docx(report))
    html(report).save(paths[2])
    return paths
