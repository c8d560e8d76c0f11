"""Tables: CSV in its dialects, and Excel."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.source import Source, noted_warnings, row_labels, unreadable

_DELIMITERS = ",;\t|"


def read_csv(path: Path, layer: str | None = None) -> Source:
    """Read a CSV with a header; comma, semicolon, tab or bar; UTF-8 or Windows-1252.

    Every cell stays text, so that ids keep their zeros. The header is row 1.
    """
    no_layers(path, layer)
    notes = Notes()
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        notes.add("encoding", "The file is not UTF-8; it was read as Windows-1252", count=1)
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=header.count)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise unreadable(path, error, title="CSV") from error
    return _from_records(path, records, notes)


def read_excel(path: Path, layer: str | None = None) -> Source:
    """Read a sheet of an Excel workbook: the one named by ``layer``, else the first with rows."""
    notes = Notes()
    try:
        with noted_warnings(notes):
            sheets: dict[str, pd.DataFrame] = pd.read_excel(
                path, sheet_name=None, header=None, dtype=object, engine="openpyxl"
            )
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise unreadable(path, error, title="an Excel workbook") from error
    if layer is not None and layer not in sheets:
        fault = Fault(f"there is no sheet {layer!r}", f"Sheets: {', '.join(sheets)}")
        raise InputError(path, [fault])
    filled = [name for name, sheet in sheets.items() if len(sheet)]
    if layer is None and not filled:
        raise InputError(path, [Fault("no sheet holds a row", "Export it again")])
    name = layer if layer is not None else filled[0]
    others = [each for each in filled if each != name]
    notes.add("sheets_unused", f"Only the sheet {name!r} was read", rows=others)
    cells = sheets[name].to_numpy(dtype=object).tolist()
    return _from_records(path, [[_cell(value) for value in row] for row in cells], notes)


def read_plain_parquet(path: Path, notes: Notes) -> Source:
    """Read a Parquet file without geometry as a table."""
    frame = pd.read_parquet(path)
    rows = frame.reset_index(drop=True)
    if rows.empty:
        raise InputError(path, [Fault("the file holds no rows", "Export it again")])
    return Source(rows, row_labels(len(rows)), notes=notes)


def no_layers(path: Path, layer: str | None) -> None:
    """Refuse a layer name for a format that has none."""
    if layer is not None:
        fault = Fault(f"this format has no layers, so none named {layer!r}", "Leave the layer out")
        raise InputError(path, [fault])


def _cell(value: Any) -> str:
    """Text of an Excel cell: a whole number without its decimal point, an empty cell as blank."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _from_records(path: Path, records: list[list[str]], notes: Notes) -> Source:
    start = next((i for i, record in enumerate(records) if any(c.strip() for c in record)), None)
    if start is None:
        raise InputError(path, [Fault("the file holds no header", "Export it with a header row")])
    header = [name.strip() for name in records[start]]
    while header and not header[-1]:
        header.pop()
    faults = []
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        faults.append(Fault(f"columns twice in the header: {', '.join(twice)}", "Rename one"))
    width = len(header)
    body: list[list[str]] = []
    labels: list[str] = []
    blank: list[str] = []
    ragged: list[str] = []
    for number, record in enumerate(records[start + 1 :], start=start + 2):
        label = f"row {number}"
        if not any(cell.strip() for cell in record):
            blank.append(label)
            continue
        if len(record) > width and any(cell.strip() for cell in record[width:]):
            ragged.append(label)
        body.append((record + [""] * width)[:width])
        labels.append(label)
    if ragged:
        faults.append(
            Fault(
                "more cells than the header has columns",
                "Put text that holds the delimiter in quotes",
                tuple(ragged),
            )
        )
    if not body:
        faults.append(Fault("there is a header but no rows", "Export it again"))
    if faults:
        raise InputError(path, faults)
    notes.add("blank_rows", "Rows without any content were left out", rows=blank)
    named = [name or f"column {i + 1}" for i, name in enumerate(header)]
    return Source(
        pd.DataFrame(body, columns=named, dtype=object),
        labels,
        notes=notes,
        rows_read=len(body) + len(blank),
    )
