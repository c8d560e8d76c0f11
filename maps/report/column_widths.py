"""How wide the columns of a printed table are."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def column_shares(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Sequence[bool],
    width: float,
    measure: Callable[[str], float],
) -> list[float]:
    """Share the width of a table out: no word and no number is broken, long texts get the rest.

    Parameters
    ----------
    heads, rows, numeric
        Headings, texts of the cells, and which columns hold numbers.
    width
        Width of the table.
    measure
        Width of a text with the padding of its cell, in the same unit.

    Returns
    -------
    list of float
        Shares that sum to 1.

    Examples
    --------
    >>> column_shares(["A", "B"], [["a long text", "12"]], numeric=[False, True], width=16,
    ...     measure=lambda text: len(text) + 1)
    [0.78125, 0.21875]
    """
    least, wished = [], []
    for column, head in enumerate(heads):
        cells = [row[column] for row in rows]
        words = cells if numeric[column] else [word for cell in cells for word in cell.split()]
        least.append(max(measure(word) for word in [*head.split(), *words]))
        wished.append(max([least[-1], *(measure(cell) for cell in cells)]))
    spare = max(width - sum(least), 0.0)
    more = [wish - low for wish, low in zip(wished, least, strict=True)]
    if sum(more) <= spare:
        widths = [wish + (spare - sum(more)) / len(heads) for wish in wished]
    else:
        widths = [low + spare * each / sum(more) for low, each in zip(least, more, strict=True)]
    return [each / sum(widths) for each in widths]
