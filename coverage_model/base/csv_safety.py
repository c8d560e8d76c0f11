"""Text that a spreadsheet could take for a formula, made harmless before it is written as CSV."""

from __future__ import annotations

import re

import pandas as pd

# A spreadsheet runs a cell that starts with one of these (after optional blanks); the apostrophe is
# the mark that Excel and LibreOffice themselves use for "this is text".
RISKY_START = re.compile(r"^[\s]*[=+\-@]|^[\t\r\n]|^\s*[＝＋－＠]")
NUMBER = re.compile(r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$")


def csv_safe_text(text: str) -> str:
    """Return text that no spreadsheet runs as a formula.

    Parameters
    ----------
    text
        The content of one cell.

    Returns
    -------
    str
        The same text; with an apostrophe before it if it starts like a formula and is no number.

    Examples
    --------
    >>> csv_safe_text("=HYPERLINK(1)"), csv_safe_text("-3.5"), csv_safe_text("High Street")
    ("'=HYPERLINK(1)", '-3.5', 'High Street')
    """
    if RISKY_START.match(text) and not NUMBER.match(text):
        return f"'{text}"
    return text


def csv_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy of a table whose text columns and column names are safe in a spreadsheet.

    Parameters
    ----------
    frame
        Any table without geometry; it is not changed. Numbers, dates and missing values stay.

    Returns
    -------
    DataFrame
        With the same index and column order.

    Examples
    --------
    >>> csv_safe(pd.DataFrame({"name": ["@SUM(A1)", "Camden"], "n": [-1, 2]})).values.tolist()
    [["'@SUM(A1)", -1], ['Camden', 2]]
    """
    safe = frame.copy()
    for position, dtype in enumerate(frame.dtypes):
        if pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_datetime64_any_dtype(dtype):
            continue
        column = frame.iloc[:, position]
        safe.isetitem(
            position,
            column.map(lambda cell: csv_safe_text(cell) if isinstance(cell, str) else cell),
        )
    safe.columns = [
        csv_safe_text(name) if isinstance(name, str) else name for name in frame.columns
    ]
    return safe
