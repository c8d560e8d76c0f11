r"""Characters that no text can hold or no library lets through, taken out where a file comes in.

JSON may write half a surrogate pair (``\ud800``), which no encoding can write; a damaged or padded
export holds NUL characters, at which libraries written in C end a text. Each half pair becomes the
replacement character, each NUL is taken out, and both are noted.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from coverage_model.base.notes import Notes

_ODD = re.compile("[\x00\ud800-\udfff]")


def is_odd(text: str) -> bool:
    r"""Whether a text holds a NUL or half a surrogate pair.

    Examples
    --------
    >>> is_odd("Café"), is_odd("a\x00b"), is_odd("\ud800")
    (False, True, True)
    """
    if "\x00" in text:
        return True
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def mended(text: str) -> str:
    r"""Text without NULs, and with the replacement character for half a surrogate pair.

    Examples
    --------
    >>> mended("a\x00b"), mended("C\ud8001") == "C\ufffd1"
    ('ab', True)
    """
    return _ODD.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


def mend(rows: pd.DataFrame, labels: list[str], notes: Notes) -> pd.DataFrame:
    """Mend the names and cells of a table.

    Parameters
    ----------
    rows
        Cells as :func:`coverage_model.reading.source.plain_cells` leaves them.
    labels
        How to name each row to the user.
    notes
        Rows that were mended go here.

    Returns
    -------
    DataFrame
        The same frame where nothing is odd.
    """
    names = list(rows.columns)
    odd_names = [name for name in names if is_odd(name)]
    odd = np.zeros(len(rows), dtype=bool)
    columns: dict[int, pd.Series] = {}
    for place in range(rows.shape[1]):
        column = rows.iloc[:, place]
        # One look at all cells together: a column's text is nearly always plain.
        if column.dtype == object and is_odd(_together(column)):
            found = np.array([isinstance(cell, str) and is_odd(cell) for cell in column])
            columns[place] = pd.Series(
                [
                    mended(cell) if wrong else cell
                    for cell, wrong in zip(column, found, strict=True)
                ],
                index=rows.index,
                dtype=object,
            )
            odd |= found
    if not odd_names and not columns:
        return rows
    frame = pd.DataFrame(
        {place: columns.get(place, rows.iloc[:, place]) for place in range(rows.shape[1])},
        index=rows.index,
    )
    frame.columns = pd.Index([mended(name) for name in names], dtype=object)
    notes.add(
        "odd_characters",
        "Characters that are no text (NUL, half a surrogate pair) were taken out or replaced",
        rows=[*odd_names, *(labels[row] for row in np.flatnonzero(odd))],
    )
    return frame


def _together(column: pd.Series) -> str:
    """All text of a column."""
    cells = column.tolist()
    try:
        return "".join(cells)
    except TypeError:  # numbers and missing cells among them
        return "".join([cell for cell in cells if isinstance(cell, str)])
