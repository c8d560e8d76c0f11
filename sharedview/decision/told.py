"""What no sentence may do: leave out a range that is known, or add savings of two chapters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from maps.shell import wording
from maps.shell.wording import Cell, Sentence

# Column of a middle, with those of its range.
RANGES: Mapping[str, tuple[str, str]] = {
    "value": ("low", "high"),
    "saving_p50_gbp": ("saving_p10_gbp", "saving_p90_gbp"),
    "officers_gbp": ("officers_low_gbp", "officers_high_gbp"),
    "netted_gbp": ("netted_low_gbp", "netted_high_gbp"),
    "gain_gbp": ("gain_low_gbp", "gain_high_gbp"),
}


def cells(sentence: Sentence | str) -> Iterator[Cell]:
    """Go through the cells that a sentence quotes."""
    for part in () if isinstance(sentence, str) else sentence:
        if not isinstance(part, str) and part.cell is not None:
            yield part.cell


def check_ranges(said: Iterable[Sentence | str], tables: Mapping[str, pd.DataFrame]) -> None:
    """Refuse a sentence that quotes figures with a range, and the range of none of them.

    Parameters
    ----------
    said
        Sentences.
    tables
        Tables by name, to see whether a range is known.

    Raises
    ------
    ValueError
        For the first such sentence.
    """
    for sentence in said:
        quoted = {(cell.table, cell.row, cell.column) for cell in cells(sentence)}
        ranged = [
            (cell, ends)
            for cell in cells(sentence)
            if (ends := _known_ends(cell, tables)) is not None
        ]
        whole = any(
            all((cell.table, cell.row, end) in quoted for end in ends) for cell, ends in ranged
        )
        if ranged and not whole:
            raise ValueError(f"a finding without its range: {wording.plain(sentence)}")


def _known_ends(cell: Cell, tables: Mapping[str, pd.DataFrame]) -> tuple[str, str] | None:
    """Return the columns of a cell's range, where both ends are known and differ."""
    ends = RANGES.get(cell.column)
    table = tables.get(cell.table)
    if ends is None or table is None or not set(ends) <= set(table.columns):
        return None
    if cell.column == "value" and "figure" not in table:
        return None  # a coefficient's own range, not that of a finding
    for column, value in cell.row:
        table = table[table[column].astype(str) == value]
    low, high = (table[end].iloc[0] for end in ends)
    return ends if pd.notna(low) and pd.notna(high) and low != high else None
