"""Numbers in sentences that know which cell of which table they were read from.

A report must be traceable: whoever doubts a number in a sentence finds it in a CSV file. So
sentences are not given numbers but cells: :class:`Cite` reads a cell and writes it in words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from maps.shell.wording import Bold, Cell, Quoted


class Cite:
    """Quote cells of one table.

    Parameters
    ----------
    table
        Name of the table: that of its CSV file without the ending.
    frame
        The table as it is written.
    key
        Column, or columns, that pick a row; the first row that fits is quoted.

    Raises
    ------
    KeyError
        If a key column is not in the frame; on quoting, if no row fits.

    Examples
    --------
    >>> from maps import wording
    >>> plans = pd.DataFrame({"plan_id": ["bcu"], "cost_gbp_per_year": [21_800_000.0]})
    >>> cite = Cite("plans", plans, key="plan_id")
    >>> cite.bold("bcu", "cost_gbp_per_year", wording.gbp).text
    '£21.8 million'
    """

    def __init__(self, table: str, frame: pd.DataFrame, *, key: str | Sequence[str]) -> None:
        self.table = table
        self.keys = (key,) if isinstance(key, str) else tuple(key)
        self._frame = frame.reset_index(drop=True)
        found: dict[tuple[str, ...], int] = {}
        columns = [self._frame[name].astype(str) for name in self.keys]
        for place, row in enumerate(zip(*columns, strict=True)):
            found.setdefault(row, place)
        self._places = found

    def value(self, row: str | Sequence[str], column: str) -> Any:
        """Return what stands in a cell."""
        return self._frame[column].iloc[self._places[self._row(row)]]

    def cell(self, row: str | Sequence[str], column: str) -> Cell:
        """Return a cell with its place."""
        value = self.value(row, column)
        picked = tuple(zip(self.keys, self._row(row), strict=True))
        return Cell(self.table, picked, column, value if isinstance(value, str) else _float(value))

    def bold(self, row: str | Sequence[str], column: str, say: Callable[[Any], str] = str) -> Bold:
        """Quote a cell in bold; ``say`` writes its value."""
        cell = self.cell(row, column)
        return Bold(say(cell.value), cell)

    def quoted(
        self, row: str | Sequence[str], column: str, say: Callable[[Any], str] = str
    ) -> Quoted:
        """Quote a cell in running text; ``say`` writes its value."""
        cell = self.cell(row, column)
        return Quoted(say(cell.value), cell)

    def _row(self, row: str | Sequence[str]) -> tuple[str, ...]:
        return (row,) if isinstance(row, str) else tuple(map(str, row))


def _float(value: Any) -> float:
    return float("nan") if pd.isna(value) else float(value)
