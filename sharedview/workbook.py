"""The tables of a result as one workbook: formats, frozen headers, and a sheet that explains them.

No cell is a formula, whatever a text in the input starts with.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from sharedview import provenance
from sharedview.geopackage import alias
from sharedview.questions.registry import ASKS

# What Excel can hold.
MOST_ROWS, MOST_TEXT, SHEET_LETTERS = 1_048_575, 32_767, 31
WIDEST = 46
EXPLAINED = "Codebook"
FORMATS = (
    (r"_share($|_)|^share_", "0.00%"),
    (r"_gbp(_per_year)?$", '"£"#,##0'),
    (r"_(m2|m)$", "#,##0"),
    (r"_km$", "#,##0.0"),
)
HEAD = PatternFill("solid", start_color="FF0B1F33")
ABOUT = (
    "An empty cell means unknown, never zero. Codes of boroughs are the GSS codes of the Office "
    "for National Statistics: join on them. Areas are in square metres, distances in metres."
)


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write tables as the sheets of an ``.xlsx`` workbook, after a sheet that explains columns.

    Parameters
    ----------
    tables
        By name; geometry is left out.
    path
        Where to.

    Notes
    -----
    With ``SOURCE_DATE_EPOCH`` set, the same tables give the same bytes.
    """
    book = openpyxl.Workbook()
    plain = {
        name: pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
        for name, table in tables.items()
    }
    sheet = book.active
    sheet.title = EXPLAINED
    _fill(sheet, pd.DataFrame(_explained(plain)), names=dict.fromkeys(("sheet", "column")))
    sheet.append([])
    sheet.append([ABOUT])
    for name, table in plain.items():
        _fill(book.create_sheet(name[:SHEET_LETTERS]), table.head(MOST_ROWS))
    buffer = BytesIO()
    book.save(buffer)
    path.write_bytes(_dated(buffer.getvalue()))


def _models() -> dict[str, type[Any]]:
    return {name: model for ask in ASKS for name, model in ask.tables.items()}


def _explained(tables: Mapping[str, pd.DataFrame]) -> Iterator[dict[str, str]]:
    """Say of each column of each sheet what it means and in which unit."""
    models = _models()
    for name, table in tables.items():
        model = models.get(name)
        known = {} if model is None else model.to_schema().columns
        for column in table.columns:
            described = known.get(str(column))
            yield {
                "sheet": name[:SHEET_LETTERS],
                "column": str(column),
                "heading": alias(str(column)),
                "unit": ""
                if described is None
                else str((described.metadata or {}).get("unit", "")),
                "meaning": "" if described is None else str(described.description or ""),
            }


def _fill(
    sheet: Worksheet, table: pd.DataFrame, *, names: Mapping[str, None] | None = None
) -> None:
    """Write a table under a frozen, filterable header."""
    columns = [str(column) for column in table.columns]
    for place, column in enumerate(columns, 1):
        cell = sheet.cell(1, place)
        _text(cell, column)
        cell.font = Font(bold=True, color="FFFFFFFF")
        cell.fill = HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        values = table.iloc[:, place - 1]
        number = _number_format(column) if pd.api.types.is_numeric_dtype(values) else ""
        longest = len(column) * 0.7
        for row, value in enumerate(values.tolist(), 2):
            if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
                continue
            cell = sheet.cell(row, place)
            if isinstance(value, str):
                _text(cell, value)
                longest = max(longest, len(value))
                cell.alignment = Alignment(wrap_text=len(value) > WIDEST, vertical="top")
            elif isinstance(value, bool | int | float):
                cell.value = value if abs(value) != float("inf") else None
                if number and not isinstance(value, bool):
                    cell.number_format = number
            else:
                _text(cell, str(value))
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, 11), WIDEST)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.freeze_panes = "B2" if names is None else "A2"
    if columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(table) + 1}"


def _text(cell: Any, text: str) -> None:
    """Set a cell to a text: never a formula, and without what Excel refuses."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)[:MOST_TEXT]
    cell.data_type = "s"
    if text[:1] in "=+-@":
        cell.quotePrefix = True


def _number_format(column: str) -> str:
    for pattern, chosen in FORMATS:
        if re.search(pattern, column):
            return chosen
    return "General"


def _dated(content: bytes) -> bytes:
    """Give every part of the file the stated time, so that the same tables give the same bytes."""
    stated = provenance.stated_time()
    if stated is None:
        return content
    stamp = f"{stated:%Y-%m-%dT%H:%M:%SZ}".encode()
    moment = max(stated, dt.datetime(1980, 1, 1, tzinfo=dt.UTC)).timetuple()[:6]
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, data)
            new.writestr(zipfile.ZipInfo(item.filename, moment), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
