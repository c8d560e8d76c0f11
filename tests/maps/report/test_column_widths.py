"""Widths of a printed table's columns, by hand; a letter is one wide."""

from __future__ import annotations

import pytest

from maps.report.column_widths import column_shares, fitted


def shares(rows: list[list[str]], numeric: list[bool], width: float) -> list[float]:
    heads = ["A", "B"]
    return column_shares(heads, rows, numeric=numeric, width=width, measure=len)[1]


@pytest.mark.parametrize(
    ("rows", "numeric", "width", "wanted"),
    [
        # All fits: what is left over is shared out evenly.
        ([["aa", "1"]], [False, True], 20, [2 + 8.5, 1 + 8.5]),
        # The text may wrap between words, the number may not: 4 and 7, and 4 more for the text.
        ([["aa bbbb cc", "123 456"]], [False, True], 15, [8, 7]),
        # Two texts wish for 8 and 3 more, and 5 are left.
        ([["aaaa aaaa aa", "bbb bb"]], [False, False], 12, [4 + 5 * 8 / 11, 3 + 5 * 3 / 11]),
        # Nothing is left: no word is broken.
        ([["aa bbbb cc", "123 456"]], [False, True], 5, [4, 7]),
        # The longest of several rows counts, for words and for whole texts.
        ([["a a", "1"], ["aaaaa", "22"]], [False, True], 11, [5 + 2, 2 + 2]),
    ],
)
def test_widths_by_hand(
    rows: list[list[str]], numeric: list[bool], width: float, wanted: list[float]
) -> None:
    found = shares(rows, numeric, width)
    assert found == pytest.approx([each / sum(wanted) for each in wanted])
    assert sum(found) == pytest.approx(1.0)


def test_a_long_heading_widens_its_column() -> None:
    _, found = column_shares(
        ["Heading here", "B"], [["a", "1"]], numeric=[False, True], width=8, measure=len
    )
    assert found == pytest.approx([7 / 8, 1 / 8])


def test_letters_shrink_until_every_word_has_a_line() -> None:
    heads, rows = ["Boroughs moved", "Cameras"], [["a", "12"]]
    shares, size = fitted(
        heads, rows, numeric=[False, True], width_pt=100, size_pt=8, padding_pt=5,
        measure=lambda text, size: len(text) * size,
    )  # fmt: skip
    # Boroughs and Cameras are 15 letters, and two cells have 10 points of padding.
    assert size == pytest.approx(0.995 * 8 * 90 / 120)
    assert shares[0] * 100 >= len("Boroughs") * size + 5
    assert shares[1] * 100 >= len("Cameras") * size + 5
