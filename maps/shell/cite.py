"""Numbers in sentences that know which cell of which table they were read from.

A report must be traceable: whoever doubts a number in a sentence finds it in a CSV file. So
sentences are not given numbers but cells: :class:`Cite` reads a cell and writes it in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from maps.shell.wording import Bold, Cell, Compared, Quoted


class Cite:
    """Quote cells of one table.

    Parameters
    ----------
    table
        Name of the table: that of its CSV file without the ending.
    frame
        The table as it is written.
    key
        Column, or columns, that pick a row.

    Raises
    ------
    KeyError
        If a key column is not in the frame; on quoting, if no row fits, or more than one.

    Examples
    --------
    >>> from maps.shell import wording
    >>> plans = pd.DataFrame({"plan_id": ["bcu"], "cost_gbp_per_year": [21_800_000.0]})
    >>> cite = Cite("plans", plans, key="plan_id")
    >>> cite.bold("bcu", "cost_gbp_per_year", wording.gbp).text
    '£21.8 million'
    """

    def __init__(self, table: str, frame: pd.DataFrame, *, key: str | Sequence[str]) -> None:
        self.table = table
        self.keys = (key,) if isinstance(key, str) else tuple(key)
        self._frame = frame.reset_index(drop=True)
        self._places: dict[tuple[str, ...], int] = {}
        self._repeated: set[tuple[str, ...]] = set()
        columns = [self._frame[name].astype(str) for name in self.keys]
        for place, row in enumerate(zip(*columns, strict=True)):
            if row in self._places:
                self._repeated.add(row)
            self._places[row] = place

    def value(self, row: str | Sequence[str], column: str) -> Any:
        """Return what stands in a cell."""
        picked = self._row(row)
        if picked in self._repeated:
            raise KeyError(
                f"{self.table}: more than one row has {dict(zip(self.keys, picked, strict=True))}"
            )
        return self._frame[column].iloc[self._places[picked]]

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


def compare(
    first: Bold | Quoted,
    second: Bold | Quoted | float,
    *,
    more: str = "more than",
    less: str = "less than",
    same: str = "as much as",
) -> Compared:
    """Write which way two quoted numbers differ, so that the word is traced as they are.

    Parameters
    ----------
    first, second
        Quoted numbers; the second may be a fixed number, such as 0 where the first is a change.
    more, less, same
        What to write where the first is greater, less, or equal.

    Raises
    ------
    ValueError
        If a number is not known, or was not read from a cell.

    Examples
    --------
    >>> plans = pd.DataFrame({"plan_id": ["a", "b"], "rooms": [9, 12]})
    >>> cite = Cite("plans", plans, key="plan_id")
    >>> compare(cite.bold("a", "rooms"), cite.bold("b", "rooms")).text
    'less than'
    """
    if first.cell is None or (not isinstance(second, float | int) and second.cell is None):
        raise ValueError("only numbers that were read from a cell can be compared")
    other = float(second) if isinstance(second, float | int) else second.cell
    one = _float(first.cell.value)
    two = _float(other.value) if isinstance(other, Cell) else float(other or 0.0)
    if math.isnan(one) or math.isnan(two):
        raise ValueError("a number that is not known cannot be compared")
    way = (one > two) - (one < two)
    return Compared({1: more, 0: same, -1: less}[way], way, first.cell, other or 0.0)


def _float(value: Any) -> float:
    return float("nan") if pd.isna(value) else float(value)
