"""Workbooks: Excel (``.xlsx``, ``.xlsm``) and OpenDocument (``.ods``), read cell by cell.

A sheet is a sparse thing: a single cell in its last corner makes a dense table of 17 thousand
million. So the XML of the sheet is run through once and only cells that are there are kept,
whatever the sheet says of its size. Formulas are read by the result that is stored with them.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.header import find_header
from coverage_model.reading.source import MAX_COLUMNS, Layout, Source, boundary, name_some
from coverage_model.reading.tables import Record, from_records
from coverage_model.reading.xml_stream import parse_stream

MAX_MEMBER_BYTES = 1 << 30
"""Bytes of one part of a workbook, unpacked, beyond which it is a table for a database."""

MAX_SHARED_CHARACTERS = 256 << 20
MAX_CELLS = 200_000_000

_PREFERRED = ("cameras", "sites", "areas", "buildings", "contracts")
_LETTERS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})
_LOOK = 60

Rows = dict[int, dict[int, str]]
"""Cells that hold something, by row and column, from 1."""


@dataclass(slots=True)
class _Seen:
    """What the cells of a sheet gave cause to note."""

    unsolved: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read_excel(path: Path, layer: str | None = None) -> Source:
    """Read a sheet of an Excel workbook: the one named by ``layer``, else the first table."""
    with boundary(path, title="an Excel workbook"), zipfile.ZipFile(path) as archive:
        book = _Excel(archive, path)
        return _read(path, layer, "Excel", book.sheets, book.rows)


def read_ods(path: Path, layer: str | None = None) -> Source:
    """Read a sheet of an OpenDocument spreadsheet: the one named, else the first table."""
    with boundary(path, title="an OpenDocument spreadsheet"), zipfile.ZipFile(path) as archive:
        tables = _ods_tables(archive, path)
        return _read(
            path, layer, "OpenDocument spreadsheet", list(tables), lambda name, _: tables[name]
        )


def _read(
    path: Path,
    layer: str | None,
    container: str,
    sheets: list[str],
    rows_of: Callable[[str, _Seen], Rows],
) -> Source:
    """Choose the sheet and make a source of it."""
    notes = Notes()
    if layer is not None and layer not in sheets:
        fault = Fault(f"there is no sheet {layer!r}", f"Sheets: {name_some(sheets)}")
        raise InputError(path, [fault])
    seen = _Seen()
    if layer is None:
        chosen, rows, filled = _choose(path, sheets, rows_of, seen)
    else:
        chosen, rows, filled = layer, rows_of(layer, seen), [layer]
    others = [name for name in sheets if name != chosen and (layer is not None or name in filled)]
    if layer is None:
        notes.add(
            "sheets_unused",
            f"Only the sheet {chosen!r} was read; choose another with --layer",
            rows=others,
        )
    notes.add(
        "formula_unsolved",
        "Formulas without a stored result were read as blank: open the file in a spreadsheet "
        "program, save it and read it again",
        rows=seen.unsolved,
    )
    notes.add("cell_error", "Cells that show an error were read as blank", rows=seen.errors)
    if sum(max(cells) for cells in rows.values()) > MAX_CELLS:
        raise InputError(path, [_too_large("the rows of its sheet")])
    return from_records(path, _records(rows), notes, Layout(container, chosen, tuple(others)))


def _choose(
    path: Path, sheets: list[str], rows_of: Callable[[str, _Seen], Rows], seen: _Seen
) -> tuple[str, Rows, list[str]]:
    """Choose the first sheet that looks like a table, a usual name before others."""
    found: dict[str, tuple[Rows, _Seen]] = {}
    for name in sheets:
        own = _Seen()
        rows = rows_of(name, own)
        if rows:
            found[name] = rows, own
    if not found:
        raise InputError(path, [Fault("no sheet holds a row", "Export it again")])
    usual = [name for name in found if name.strip().casefold() in _PREFERRED]
    tables = [name for name, (rows, _) in found.items() if _is_table(rows)]
    chosen = next(iter([*usual, *tables, *found]))
    rows, own = found[chosen]
    seen.unsolved, seen.errors = own.unsolved, own.errors
    return chosen, rows, list(found)


def _is_table(rows: Rows) -> bool:
    head = [cells for _, cells in islice(_records(rows), _LOOK)]
    start = find_header(head)
    if start is None or len(head) <= start + 1:
        return False
    return sum(1 for cell in head[start] if cell.strip()) > 1


class _Excel:
    """The parts of an ``.xlsx`` archive that hold cells."""

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self._archive = archive
        self._path = path
        self._members = {name.lower().lstrip("/"): name for name in archive.namelist()}
        book = "xl/workbook.xml"
        relations = self._relations(book)
        self._parts: dict[str, str] = {}
        self._epoch = CALENDAR_WINDOWS_1900

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "sheet":
                target = next((v for k, v in attributes.items() if k.endswith(":id")), "")
                if relations.get(target, ("", ""))[0].endswith("/worksheet"):
                    self._parts[attributes.get("name", target)] = relations[target][1]
            elif name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
                self._epoch = CALENDAR_MAC_1904

        self._parse(book, start=start)
        self.sheets = list(self._parts)
        kinds = {kind.rpartition("/")[2]: part for kind, part in relations.values()}
        self._dates = self._date_styles(kinds.get("styles", "xl/styles.xml"))
        self._shared = self._shared_strings(kinds.get("sharedStrings", "xl/sharedStrings.xml"))

    def _open(self, part: str) -> zipfile.ZipExtFile | None:
        member = self._members.get(part.lower().lstrip("/"))
        return None if member is None else open_member(self._archive, member, self._path)

    def _parse(
        self,
        part: str,
        *,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        stream = self._open(part)
        if stream is not None:
            with stream:
                parse_stream(stream, start=start, end=end, text=text)

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and place of each part that a part refers to, by id."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship":
                target = attributes.get("Target", "")
                whole = target if target.startswith("/") else posixpath.join(folder, target)
                kind = attributes.get("Type", "")
                found[attributes.get("Id", "")] = kind, posixpath.normpath(whole).lstrip("/")

        self._parse(f"{folder}/_rels/{name}.rels", start=start)
        return found

    def _date_styles(self, part: str) -> list[bool]:
        """Whether each cell style shows its number as a date."""
        formats: dict[str, str] = {}
        styles: list[str] = []
        inside = [False]

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                inside[0] = True
            elif name == "xf" and inside[0]:
                styles.append(attributes.get("numFmtId", "0"))

        def end(name: str) -> None:
            if name == "cellXfs":
                inside[0] = False

        self._parse(part, start=start, end=end)
        return [
            is_date_format(formats.get(each) or BUILTIN_FORMATS.get(_whole(each, -1), ""))
            for each in styles
        ]

    def _shared_strings(self, part: str) -> list[str]:
        strings: list[str] = []
        pieces: list[str] = []
        state = {"text": False, "reading": 0, "size": 0}

        def start(name: str, attributes: dict[str, str]) -> None:
            del attributes
            if name == "si":
                pieces.clear()
            elif name == "rPh":
                state["reading"] += 1  # how a word is pronounced is no part of it
            elif name == "t":
                state["text"] = not state["reading"]

        def end(name: str) -> None:
            if name == "si":
                strings.append("".join(pieces))
            elif name == "rPh":
                state["reading"] -= 1
            elif name == "t":
                state["text"] = False

        def text(data: str) -> None:
            if state["text"]:
                state["size"] += len(data)
                if state["size"] > MAX_SHARED_CHARACTERS:
                    raise InputError(self._path, [_too_large("its texts")])
                pieces.append(data)

        self._parse(part, start=start, end=end, text=text)
        return strings

    def rows(self, sheet: str, seen: _Seen) -> Rows:
        """Rows of a sheet that hold something, each with its number."""
        rows: Rows = {}
        state: dict[str, Any] = {"row": 0, "column": 0, "cell": None, "in": ""}
        pieces: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "row":
                state["row"] = _whole(attributes.get("r"), state["row"] + 1)
                state["column"] = 0
            elif name == "c":
                place = _LETTERS.fullmatch(attributes.get("r", ""))
                if place:
                    state["column"], state["row"] = _column(place[1]), int(place[2])
                else:
                    state["column"] += 1
                state["cell"] = [attributes.get("t", "n"), attributes.get("s"), False]
                pieces.clear()
            elif name in {"v", "t"} and state["cell"] is not None:
                state["in"] = name
            elif name == "f" and state["cell"] is not None:
                state["cell"][2] = True

        def end(name: str) -> None:
            if name in {"v", "t"}:
                state["in"] = ""
            elif name == "c" and state["cell"] is not None:
                kind, style, formula = state["cell"]
                state["cell"] = None
                where = state["row"]
                value = self._value("".join(pieces), kind, style)
                if formula and not pieces:
                    seen.unsolved.append(f"row {where}")
                if value in _ERRORS:
                    seen.errors.append(f"row {where}")
                elif value:
                    # Further right no table has a column; one place stands for all of them.
                    column = min(state["column"], MAX_COLUMNS + 1)
                    rows.setdefault(where, {})[column] = value

        def text(data: str) -> None:
            if state["in"]:
                pieces.append(data)

        self._parse(self._parts[sheet], start=start, end=end, text=text)
        return rows

    def _value(self, raw: str, kind: str, style: str | None) -> str:
        if kind == "s":
            return self._shared[int(raw)] if raw.strip() else ""
        if kind == "b":
            return {"1": "True", "0": "False"}.get(raw.strip(), raw)
        if kind != "n" or not raw:
            return raw
        number = float(raw)
        shown = _whole(style, 0)
        if shown < len(self._dates) and self._dates[shown]:
            return _date(number, self._epoch) or number_text(number)
        return number_text(number)


def _records(rows: Rows) -> Iterator[Record]:
    """Give the records of the rows that are there, with a blank one for a gap of any length."""
    before = 0
    for number in sorted(rows):
        if number > before + 1:
            yield number - 1, []
        cells = [""] * max(rows[number])
        for column, value in rows[number].items():
            cells[column - 1] = value
        yield number, cells
        before = number


def _ods_tables(archive: zipfile.ZipFile, path: Path) -> dict[str, Rows]:
    """Rows of all sheets of an OpenDocument spreadsheet."""
    tables: dict[str, Rows] = {}
    state: dict[str, Any] = {"table": None, "row": 0, "rows": 1, "column": 0, "cell": None}
    pieces: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "table":
            state["table"] = tables.setdefault(plain.get("name", f"Sheet{len(tables) + 1}"), {})
            state["row"] = 0
        elif name == "table-row":
            state["rows"] = max(1, _whole(plain.get("number-rows-repeated"), 1))
            state["row"] += 1
            state["column"] = 0
        elif name in {"table-cell", "covered-table-cell"}:
            state["cell"] = plain
            pieces.clear()
        elif name == "p" and pieces:
            pieces.append("\n")
        elif name == "s" and state["cell"] is not None:
            pieces.append(" " * min(_whole(plain.get("c"), 1), 100))

    def end(name: str) -> None:
        if name in {"table-cell", "covered-table-cell"} and state["cell"] is not None:
            _end_cell()
        elif name == "table-row":
            state["row"] += state["rows"] - 1

    def _end_cell() -> None:
        cell, state["cell"] = state["cell"], None
        times = max(1, _whole(cell.get("number-columns-repeated"), 1))
        value = _ods_value(cell, "".join(pieces))
        if value and state["table"] is not None:
            # A row repeated as a whole is one row here: rows that say the same are no cameras.
            row = state["table"].setdefault(state["row"], {})
            first = min(state["column"] + 1, MAX_COLUMNS + 1)
            for column in range(first, min(first + times, MAX_COLUMNS + 2)):
                row[column] = value
        state["column"] += times

    def text(data: str) -> None:
        if state["cell"] is not None:
            pieces.append(data)

    with open_member(archive, "content.xml", path) as stream:
        parse_stream(stream, start=start, end=end, text=text)
    return {
        name: {number: cells for number, cells in rows.items() if cells}
        for name, rows in tables.items()
    }


def _ods_value(cell: dict[str, str], text: str) -> str:
    kind = cell.get("value-type", "")
    if kind in {"float", "percentage", "currency"} and cell.get("value"):
        return number_text(float(cell["value"]))
    if kind == "date" and cell.get("date-value"):
        return cell["date-value"].removesuffix("T00:00:00")
    if kind == "boolean" and cell.get("boolean-value"):
        return cell["boolean-value"].capitalize()
    return text.strip()


def open_member(archive: zipfile.ZipFile, member: str, path: Path) -> zipfile.ZipExtFile:
    """Open a part of an archive, unless it unpacks into more than anybody reads."""
    if archive.getinfo(member).file_size > MAX_MEMBER_BYTES:
        raise InputError(path, [_too_large(member)])
    opened = archive.open(member)
    assert isinstance(opened, zipfile.ZipExtFile)  # noqa: S101 (what open gives for reading)
    return opened


def _too_large(part: str) -> Fault:
    return Fault(
        f"{part} unpack to more than {MAX_MEMBER_BYTES >> 20:,} MB",
        "Export the table as CSV or Parquet",
    )


def number_text(number: float) -> str:
    """Write a number as a person would: a whole one without its decimal point.

    Examples
    --------
    >>> number_text(7.0), number_text(-0.1276)
    ('7', '-0.1276')
    """
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return str(number)


def _date(number: float, epoch: Any) -> str:
    """Date of a serial number, without a time of midnight; empty where there is no such day."""
    try:
        found = from_excel(number, epoch)
    except (ValueError, OverflowError):
        return ""
    return str(found).removesuffix(" 00:00:00")


def _whole(text: Any, otherwise: int) -> int:
    try:
        return int(text)
    except (TypeError, ValueError):
        return otherwise


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
