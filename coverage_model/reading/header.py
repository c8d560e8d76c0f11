"""Where a table starts and ends among the lines of a file: titles above, totals below.

Registers that people keep have a title, a date and blank lines above their header, and totals or a
copyright line below the last row. A line is taken for the header where it is filled as the table
below it is, and its cells are words; a line is taken for a footer only where little of it is filled
and it says so itself, or stands apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

LOOK_AHEAD = 200
"""Records that the header is looked for in."""

FOOTER_LINES = 20
"""Records at the end of a table that may be no rows of it."""

_FILLED_SHARE = 0.6
_TITLE_LINES = 40
_NUMBER = re.compile(r"[+\-−]?\s*[£$€]?\s*[\d][\d.,\s ]*\s*[°%]?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")
_FOOTER = re.compile(
    r"((grand |sub-?)?totals?\b|sum\b|count\b|number of\b|©|\(c\)|copyright\b|contains\b|source\b"
    r"|notes?\b|\*|#|//|end of\b|printed\b|page \d|exported\b|generated\b|last updated\b|produced\b"
    r"|data (correct|supplied|from)\b|licen[cs]ed?\b|crown copyright\b)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"m|metres?|meters?|ft|feet|cm|mm|km|yds?|yards?|°|deg(rees?)?|px|pixels?|mp|%|n/?a|text|no\.?|-",
    re.IGNORECASE,
)
_UNITS_AT_LEAST = 2
_TOTAL = re.compile(r"(grand |sub-?)?totals?:?", re.IGNORECASE)


def filled(record: Sequence[str]) -> int:
    """How many cells of a record hold something."""
    return sum(1 for cell in record if cell and not cell.isspace())


def is_number(text: str) -> bool:
    """Whether a cell reads as a number or a date rather than as a word.

    Examples
    --------
    >>> is_number("530,034"), is_number("3/2/2026"), is_number("Range (m)")
    (True, True, False)
    """
    plain = text.strip()
    return bool(_NUMBER.fullmatch(plain) or _DATE.fullmatch(plain))


def find_header(records: Sequence[Sequence[str]]) -> int | None:
    """Position of the record that names the columns; None where no record holds anything.

    Parameters
    ----------
    records
        The first records of a file, at most :data:`LOOK_AHEAD`, blank ones included.

    Examples
    --------
    >>> find_header([["Anytown", "", ""], [], ["Ref", "X", "Y"], ["1", "530034", "180380"]])
    2
    """
    sizes = [
        0 if is_comment(records, place) else filled(record) for place, record in enumerate(records)
    ]
    first = next((place for place, size in enumerate(sizes) if size), None)
    if first is None:
        return None
    below = [size for size in sizes[first + 1 :] if size]
    if not below:
        return first
    typical = float(np.quantile(below, 0.75))
    enough = max(2.0, _FILLED_SHARE * typical)
    if typical < 2 or (sizes[first] >= enough and _names_columns(records[first])):
        return first
    for place in range(first, min(len(records), first + _TITLE_LINES)):
        if sizes[place] < enough:
            continue
        # The first line that is filled as the table is: its header, or (without words) its data.
        return place if _names_columns(records[place]) else first
    return first


def _names_columns(record: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in record if cell.strip()]
    if cells[0].startswith("# "):
        return False
    return not any(is_number(cell) for cell in cells)


def is_comment(records: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a record is a remark behind ``#`` or ``//``, and no header that begins so.

    A header is followed by data, which holds numbers; a remark is not.

    Examples
    --------
    >>> is_comment([["# by hand", " see docs"], ["id", "lon"], ["C1", "0"]], 0)
    True
    >>> is_comment([["#id", "lon"], ["C1", "0"]], 0)
    False
    """
    if not _starts_remark(records[place]):
        return False
    after = next((each for each in records[place + 1 :] if filled(each)), None)
    if after is None or _starts_remark(after):
        return True
    return not any(is_number(cell) for cell in after if cell)


def _starts_remark(record: Sequence[str]) -> bool:
    return bool(record) and record[0].lstrip().startswith(("#", "//"))


def units_of(record: Sequence[str]) -> list[str] | None:
    """Units that a record below the header gives its columns, and nothing else; None if it is data.

    Examples
    --------
    >>> units_of(["", "(m)", "deg"]), units_of(["C1", "m", "deg"]) is None
    (['', 'm', 'deg'], True)
    """
    units = [cell.strip().strip("()[]").strip() for cell in record]
    given = [unit for unit in units if unit]
    if len(given) < _UNITS_AT_LEAST or not all(_UNIT.fullmatch(unit) for unit in given):
        return None
    return units


def footer_start(rows: Sequence[Sequence[str]], *, apart: Sequence[bool], width: int) -> int:
    """Position of the first of the last rows that are no rows of the table; their number if none.

    Parameters
    ----------
    rows
        The last rows of the table, at most :data:`FOOTER_LINES`.
    apart
        Whether a blank line stands before each.
    width
        Number of columns.

    Examples
    --------
    >>> rows = [["C1", "530034", "180380"], ["Total", "1", ""]]
    >>> footer_start(rows, apart=[False, True], width=3)
    1
    """
    start = len(rows)
    for place in range(len(rows) - 1, -1, -1):
        if not _is_footer(rows[place], width):
            break
        start = place
    while start < len(rows) and not (apart[start] or _says_so(rows[start], width)):
        start += 1  # a row that is merely short belongs to the table
    return start


def _is_footer(row: Sequence[str], width: int) -> bool:
    size = filled(row)
    return size <= 2 and size < max(width, 2) if width > 2 else _says_so(row, width)


def _says_so(row: Sequence[str], width: int) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    if width > 2:
        return _FOOTER.match(cells[0]) is not None
    if len(cells) == 1:
        return width == 2 and _FOOTER.match(cells[0]) is not None
    return _TOTAL.fullmatch(cells[0]) is not None and is_number(cells[1])
