"""Text tables (CSV in its dialects), and what all tables share: header, rows, what lies around."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

import pandas as pd

from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.header import (
    FOOTER_LINES,
    LOOK_AHEAD,
    filled,
    find_header,
    footer_start,
    units_of,
)
from coverage_model.reading.plain_csv import plain_rows
from coverage_model.reading.source import (
    Layout,
    Source,
    check_width,
    name_some,
    no_layers,
    row_labels,
    twice_fault,
    unreadable,
)
from coverage_model.reading.text import encoding_of, note_encoding, open_text

Record = tuple[int, Sequence[str]]
"""A record with its number in the file, from 1."""

_DELIMITERS = ",;\t|^~"
_SAMPLE_LINES = 60
_LINE_LENGTH = 1 << 20
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_CHUNK = 20_000
_WORDS_KEPT = 4_096
_ROWS_QUOTED = 3
_DECIMAL = re.compile(r"[+\-−]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_POINTED = re.compile(r"[+\-−]?(\d{1,3}(\.\d{3})+|\d+)")
_WHOLE = re.compile(r"[+\-−]?\d+")


def read_csv(path: Path, layer: str | None = None) -> Source:
    """Read a CSV: comma, semicolon, tab or bar; any encoding; titles above, totals below.

    Every cell stays text, so that ids keep their zeros. The first line of the file is row 1.
    """
    no_layers(path, layer)
    notes = Notes()
    encoding = encoding_of(path)
    name = note_encoding(encoding, notes)
    delimiter, skipped = _dialect(path, encoding)
    layout = Layout("CSV", encoding=name, delimiter=delimiter)
    before = len(notes.found)
    quick = _plainly(path, encoding, skipped, notes, layout)
    try:
        source = quick or _read(path, encoding, skipped, notes, layout, escape=None)
    except InputError:
        if not _escapes_quotes(path, encoding):
            raise
        del notes.found[before:]
        source = _read(path, encoding, skipped, notes, layout, escape="\\")
    if delimiter != ",":
        source.rows = _decimal_points(source.rows, notes)
    return source


def _read(
    path: Path, encoding: str, skipped: int, notes: Notes, layout: Layout, *, escape: str | None
) -> Source:
    """Read the records; with ``escape``, quotes within quotes stand behind it, as databases do."""
    with open_text(path, encoding) as stream:
        for _ in range(skipped):
            stream.readline(_LINE_LENGTH)
        records = csv.reader(
            stream,
            delimiter=layout.delimiter,
            strict=True,
            escapechar=escape,
            doublequote=escape is None,
        )
        return from_records(path, _numbered(path, records, first=skipped + 1), notes, layout)


def _plainly(
    path: Path, encoding: str, skipped: int, notes: Notes, layout: Layout
) -> Source | None:
    """Read a large table that is nothing but a header and whole rows; None for all others."""
    if skipped or not encoding.startswith("utf-8"):
        return None
    with open_text(path, encoding) as stream:
        lines = [stream.readline(_LINE_LENGTH) for _ in range(LOOK_AHEAD)]
    head = [line.rstrip("\r\n").split(layout.delimiter) for line in lines if line]
    if find_header(head) != 0 or (len(head) > 1 and units_of(head[1]) is not None):
        return None
    header = [cell.strip() for cell in head[0]]
    if not all(header) or len(set(header)) < len(header):
        return None
    check_width(path, len(header))
    rows = plain_rows(path, delimiter=layout.delimiter, header=header)
    if rows is None:
        return None
    labels = row_labels(len(rows), first=2)
    return Source(
        rows, labels, notes=notes, rows_read=len(rows), layout=replace(layout, header_row=1)
    )


def _escapes_quotes(path: Path, encoding: str) -> bool:
    """Whether some line holds a quotation mark behind a backslash."""
    with open_text(path, encoding) as stream:
        return any('\\"' in line for line in iter(lambda: stream.readline(_LINE_LENGTH), ""))


def _numbered(path: Path, records: Iterator[list[str]], *, first: int) -> Iterator[Record]:
    """Count the records; what the parser refuses becomes the input error."""
    number = first
    try:
        for record in records:
            yield number, record
            number += 1
    except csv.Error as error:
        remedy = "Close its quotation marks, or put text that holds the delimiter in quotes"
        raise unreadable(path, error, title=f"CSV at row {number}", remedy=remedy) from error


def _dialect(path: Path, encoding: str) -> tuple[str, int]:
    """Delimiter of a text table, and how many lines only state it."""
    with open_text(path, encoding) as stream:
        lines = [line for _ in range(_SAMPLE_LINES) if (line := stream.readline(_LINE_LENGTH))]
    stated = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    if stated:
        return stated[1], 1
    return max(_DELIMITERS, key=lambda each: _agreement(lines, each)), 0


def _agreement(lines: Sequence[str], delimiter: str) -> tuple[float, float]:
    """How much the lines look like a table with this delimiter: width times how many agree.

    Where two say as much, the one that more lines agree on.
    """
    try:
        sizes = [len(record) for record in csv.reader(lines, delimiter=delimiter) if any(record)]
    except csv.Error:
        return 0.0, 0.0
    if not sizes:
        return 0.0, 0.0
    usual = max(set(sizes), key=lambda size: (sizes.count(size), size))
    agree = sizes.count(usual) / len(sizes)
    return (usual - 1) * agree, agree


def from_records(path: Path, records: Iterable[Record], notes: Notes, layout: Layout) -> Source:
    """Make a source of the records of a table: the header found, the rows below it as text.

    Parameters
    ----------
    path
        The file, for errors.
    records
        All records, blank ones included, in order.
    notes
        What is left out goes here.
    layout
        What is known of the file so far.

    Raises
    ------
    InputError
        If there is no header or no row, or columns are twice in the header, or rows hold more cells
        than the header has columns.
    """
    stream = iter(records)
    head = list(itertools.islice(stream, LOOK_AHEAD))
    start = find_header([cells for _, cells in head])
    if start is None:
        raise InputError(path, [Fault("the file holds no header", "Export it with a header row")])
    header = [cell.strip() for cell in head[start][1]]
    while header and not header[-1]:
        header.pop()
    check_width(path, len(header))
    _note_titles(head[:start], head[start][0], notes)
    below = head[start + 1 :]
    header = _with_units(header, below, notes)
    body = _Body(header)
    rest = itertools.chain(below, stream)
    while records_now := list(itertools.islice(rest, _CHUNK)):
        body.add_all(records_now)
    body.end(notes)
    faults = body.faults()
    if faults:
        raise InputError(path, faults)
    rows = body.frame()
    return Source(
        rows,
        body.labels(),
        notes=notes,
        rows_read=len(rows) + len(body.blank),
        layout=Layout(
            layout.container,
            layout.layer,
            layout.others,
            layout.encoding,
            layout.delimiter,
            head[start][0],
        ),
    )


def _note_titles(above: Sequence[Record], header_row: int, notes: Notes) -> None:
    titles = [" ".join(" ".join(cells).split()) for _, cells in above if filled(cells)]
    notes.add(
        "header_row",
        f"The header is row {header_row}; above it stands: {name_some(titles, most=_ROWS_QUOTED)}",
        count=len(titles),
    )


def _with_units(header: list[str], below: list[Record], notes: Notes) -> list[str]:
    """Put a row of units below the header into its names; takes that row out of ``below``."""
    units = units_of(below[0][1]) if below else None
    if units is None:
        return header
    number, _ = below.pop(0)
    notes.add("units_row", "A row below the header gives the units", rows=[f"row {number}"])
    return [
        f"{name} ({unit})" if unit and name else name
        for name, unit in itertools.zip_longest(header, units[: len(header)], fillvalue="")
    ]


class _Body:
    """The rows of a table as they come, kept by column; words that repeat are kept once."""

    def __init__(self, header: list[str]) -> None:
        self.header = header
        self.width = len(header)
        self.blank: list[str] = []
        self._numbers: list[int] = []
        self._after_gap: set[int] = set()
        self._ragged: list[str] = []
        self._stray: list[str] = []
        self._repeated: list[str] = []
        self._waiting: list[Sequence[str]] = []
        self._columns: list[list[str]] = [[] for _ in header]
        self._words: list[dict[str, str]] = [{} for _ in header]
        self._distinct: set[int] = set()
        self._gap = False

    def add_all(self, records: Sequence[Record]) -> None:
        """Add records: at once where all are whole rows that say something in their first cell."""
        numbers, rows = zip(*records, strict=True)
        whole = set(map(len, rows)) == {self.width} and not self._gap and self.header not in rows
        if whole and all(map(str.strip, map(itemgetter(0), rows))):
            self._numbers.extend(numbers)
            self._waiting.extend(rows)
            if len(self._waiting) >= _CHUNK:
                self._settle(keep=FOOTER_LINES)
            return
        for number, cells in records:
            self.add(number, cells)

    def add(self, number: int, cells: Sequence[str]) -> None:
        size = len(cells)
        if not "".join(cells).strip():
            self.blank.append(f"row {number}")
            self._gap = True
            return
        if size > self.width:
            if filled(cells[self.width :]):
                # What stands beside the table in a row of its own is no row of the table.
                inside = filled(cells[: self.width])
                (self._ragged if inside else self._stray).append(f"row {number}")
                if not inside:
                    return
            cells = cells[: self.width]
        elif size < self.width:
            cells = [*cells, *[""] * (self.width - size)]
        if list(cells) == self.header:  # printed again at the head of each page
            self._repeated.append(f"row {number}")
            return
        if self._gap:
            self._after_gap.add(len(self._numbers))
            self._gap = False
        self._numbers.append(number)
        self._waiting.append(cells)
        if len(self._waiting) >= _CHUNK:
            self._settle(keep=FOOTER_LINES)

    def _settle(self, *, keep: int) -> None:
        """Move waiting rows into the columns, all but the last few, which may be a footer."""
        done = self._waiting[: len(self._waiting) - keep]
        self._waiting = self._waiting[len(done) :]
        for place, cells in enumerate(zip(*done, strict=True)):
            column, words = self._columns[place], self._words[place]
            if place in self._distinct:
                column.extend(cells)
            elif len(words) < _WORDS_KEPT:
                first = not words
                column.extend(map(words.setdefault, cells, cells))
                if first and len(words) >= _WORDS_KEPT:  # ids, coordinates: few words repeat
                    self._distinct.add(place)
            else:
                column.extend(map(words.get, cells, cells))

    def end(self, notes: Notes) -> None:
        """Take the footer off and note what was left out."""
        last = self._waiting[-FOOTER_LINES:]
        first = len(self._numbers) - len(last)
        apart = [first + place in self._after_gap for place in range(len(last))]
        start = footer_start(last, apart=apart, width=self.width)
        footer = last[start:]
        if footer and first + start > 0:
            texts = [" ".join(" ".join(cells).split()) for cells in footer]
            notes.add(
                "footer",
                "Lines below the table were taken as no rows of it: "
                f"{name_some(texts, most=_ROWS_QUOTED)}",
                rows=[f"row {number}" for number in self._numbers[first + start :]],
            )
            self._waiting = self._waiting[: len(self._waiting) - len(footer)]
            self._numbers = self._numbers[: first + start]
        self._settle(keep=0)
        notes.add("blank_rows", "Rows without any content were left out", rows=self.blank)
        notes.add("header_again", "Rows that repeat the header are no rows", rows=self._repeated)
        notes.add("outside_table", "Cells beside the table were not read", rows=self._stray)

    def faults(self) -> list[Fault]:
        twice = twice_fault(self.header)
        faults = [] if twice is None else [twice]
        if self._ragged:
            faults.append(
                Fault(
                    "more cells than the header has columns",
                    "Put text that holds the delimiter in quotes",
                    tuple(self._ragged),
                )
            )
        if not self._numbers:
            faults.append(Fault("there is a header but no rows", "Export it again"))
        return faults

    def labels(self) -> list[str]:
        return [f"row {number}" for number in self._numbers]

    def frame(self) -> pd.DataFrame:
        """Make a frame of the rows; a column without a name is called by its place."""
        names = [name or f"column {place}" for place, name in enumerate(self.header, start=1)]
        columns = {
            place: pd.Series(column, dtype=object) for place, column in enumerate(self._columns)
        }
        frame = pd.DataFrame(columns)
        frame.columns = pd.Index(names, dtype=object)
        return frame


def _decimal_points(rows: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """Write a decimal comma as a point where the whole column leaves no doubt.

    Only in tables that are not parted by commas, and only where the file proves that its commas are
    decimal: some number has not exactly three digits after it. A column where all commas could part
    thousands stays as it is in a file that proves nothing.
    """
    found = {}
    proved = False
    for place in range(rows.shape[1]):
        cells = [cell.strip() for cell in rows.iloc[:, place] if cell and not cell.isspace()]
        commas = [cell for cell in cells if "," in cell]
        if not commas or not all(_DECIMAL.fullmatch(cell) for cell in commas):
            continue
        if not all("," in cell or _WHOLE.fullmatch(cell) for cell in cells):
            continue
        found[place] = str(rows.columns[place])
        proved = proved or any(len(cell.rpartition(",")[2]) != 3 for cell in commas)
    if not proved:
        return rows
    for place in range(rows.shape[1]):  # where commas are decimal, points part thousands
        cells = [cell.strip() for cell in rows.iloc[:, place] if cell and not cell.isspace()]
        if any("." in cell for cell in cells) and all(_POINTED.fullmatch(cell) for cell in cells):
            found[place] = str(rows.columns[place])
    columns = {
        place: [cell.replace(".", "").replace(",", ".") for cell in rows.iloc[:, place]]
        if place in found
        else rows.iloc[:, place]
        for place in range(rows.shape[1])
    }
    frame = pd.DataFrame(columns, dtype=object)
    frame.columns = rows.columns
    notes.add(
        "decimal_comma",
        f"Numbers with a decimal comma: {name_some(found.values())}",
        count=len(found),
    )
    return frame
