"""A number in a sentence knows its cell."""

from __future__ import annotations

import pandas as pd
import pytest

from coverage_model.base.errors import InputError
from coverage_model.base.key_figures import KeyFigure, key_figures, span_of_years
from maps.shell import wording
from maps.shell.cite import Cite, compare
from maps.shell.key_figures import Figures
from maps.shell.wording import Bold, Cell, Quoted


def test_a_quoted_cell_is_read_from_the_row_named() -> None:
    frame = pd.DataFrame({"plan": ["a", "b"], "year": [1, 2], "gbp": [5e6, 7e6]}, index=[9, 4])
    cite = Cite("costs", frame, key=("plan", "year"))
    quoted = cite.quoted(("b", "2"), "gbp", wording.gbp)
    cell = Cell("costs", (("plan", "b"), ("year", "2")), "gbp", 7e6)
    assert quoted == Quoted("£7 million", cell)
    assert cite.bold(("a", "1"), "gbp", wording.gbp).text == "£5 million"
    assert wording.plain(("It costs ", quoted, ".")) == "It costs £7 million."
    assert wording.parts(("It costs ", quoted, Bold("!"))) == [
        ["It costs ", False], ["£7 million", False], ["!", True],
    ]  # fmt: skip
    with pytest.raises(KeyError):
        cite.bold(("a", "2"), "gbp")


def test_figures_are_written_by_their_unit_with_what_they_rest_on() -> None:
    frame = key_figures(
        [
            KeyFigure("cost", "Cost", 2e6, "GBP per year", low=1e6, high=3e6, boroughs=31,
                      years=span_of_years([2007, 2024, None]), scope="streets and estates mixed"),
            KeyFigure("share", "Share", float("nan"), "share", basis="assumption"),
        ]
    )  # fmt: skip
    figures = Figures("value_figures", frame)
    assert figures.bold("cost").text == "£2 million a year"
    assert wording.plain(figures.span("cost")) == "£1 million a year to £3 million a year"
    assert figures.bold("share").text == "not known"
    assert figures.stat("cost").note == "£1 million a year to £3 million a year"
    table = figures.rests_on()
    rows = [[cell["text"] for cell in row["cells"]] for row in table.view({})["rows"]]
    assert rows[0][1:6] == [
        "£2 million a year", "£1 million a year to £3 million a year", "31", "2007 to 2024",
        "model",
    ]  # fmt: skip
    assert rows[1][1:6] == ["not known", "–", "–", "–", "assumption"]


def test_figures_with_one_name_or_no_known_basis_are_refused() -> None:
    twice = [KeyFigure("a", "A", 1.0, "GBP"), KeyFigure("a", "B", 1.0, "GBP")]
    with pytest.raises(InputError, match="unique"):
        key_figures(twice)
    with pytest.raises(InputError, match="basis"):
        key_figures([KeyFigure("a", "A", 1.0, "GBP", basis="guess")])


def test_a_row_that_the_key_does_not_single_out_is_refused() -> None:
    frame = pd.DataFrame({"plan": ["a", "b", "a"], "gbp": [5e6, 7e6, 6e6]})
    cite = Cite("costs", frame, key="plan")
    assert cite.value("b", "gbp") == 7e6
    with pytest.raises(KeyError, match="more than one row"):
        cite.value("a", "gbp")
    with pytest.raises(KeyError, match="more than one row"):
        cite.bold("a", "gbp")


def test_a_word_of_direction_follows_its_two_cells() -> None:
    frame = pd.DataFrame({"plan": ["a", "b", "c", "d"], "gbp": [5.0, 7.0, 5.0, float("nan")]})
    cite = Cite("costs", frame, key="plan")
    a, b, c = (cite.bold(plan, "gbp") for plan in "abc")
    assert (compare(a, b).text, compare(a, b).way) == ("less than", -1)
    assert (compare(b, a).text, compare(b, a).way) == ("more than", 1)
    assert (compare(a, c).text, compare(a, c).way) == ("as much as", 0)
    assert compare(b, a, more="dearer than").text == "dearer than"
    assert compare(a, 5.5, less="under").text == "under"
    assert compare(a, b).first == a.cell
    assert compare(a, b).second == b.cell
    assert wording.plain((a, " is ", compare(a, b), " ", b)) == "5.0 is less than 7.0"
    for other in (cite.bold("d", "gbp"), float("nan")):
        with pytest.raises(ValueError, match="not known"):
            compare(a, other)
    with pytest.raises(ValueError, match="from a cell"):
        compare(Bold("5"), a)
