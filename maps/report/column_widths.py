"""How wide the columns of a printed table are, and how large its letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

# A last step below which letters would not be read.
SMALLEST_PT = 4.6


def fitted(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Sequence[bool],
    width_pt: float,
    size_pt: float,
    padding_pt: float,
    measure: Callable[[str, float], float],
) -> tuple[list[float], float]:
    """Share the width of a table out, with letters small enough that no word is broken.

    Parameters
    ----------
    heads, rows, numeric
        Headings, texts of the cells, and which columns hold numbers.
    width_pt
        Width of the table.
    size_pt
        Size of the letters where all fits.
    padding_pt
        Width that a cell has beside its text.
    measure
        Width of a text at a size.

    Returns
    -------
    tuple
        Shares that sum to 1, and the size of the letters.
    """
    size = size_pt
    while True:
        least, shares = column_shares(
            heads, rows, numeric=numeric, width=width_pt,
            measure=lambda text: measure(text, size) + padding_pt,  # noqa: B023 - used at once
        )  # fmt: skip
        if least <= width_pt or size <= SMALLEST_PT:
            return shares, size
        # What is beside the text does not shrink with it.
        beside = padding_pt * len(heads)
        size = max(SMALLEST_PT, 0.995 * size * (width_pt - beside) / max(least - beside, 1e-9))


def column_shares(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Sequence[bool],
    width: float,
    measure: Callable[[str], float],
) -> tuple[float, list[float]]:
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
    tuple
        The width that all words need, and shares that sum to 1.

    Examples
    --------
    >>> column_shares(["A", "B"], [["a long text", "12"]], numeric=[False, True], width=16,
    ...     measure=lambda text: len(text) + 1)
    (8, [0.78125, 0.21875])
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
    return sum(least), [each / sum(widths) for each in widths]
