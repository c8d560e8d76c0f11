"""The table that says what the figures of a chapter rest on, and sentences that quote it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from maps.shell import wording
from maps.shell.cite import Cite
from maps.shell.tables import Column, Stat, Table
from maps.shell.wording import Bold, Quoted, Sentence


class Figures:
    """Quote the key figures of one question.

    Parameters
    ----------
    table
        Name of their table: that of its CSV file without the ending.
    frame
        :class:`coverage_model.base.key_figures.KeyFigures`.

    Examples
    --------
    >>> from coverage_model.base.key_figures import KeyFigure, key_figures
    >>> frame = key_figures([KeyFigure("saving", "Saving", 480_400.0, "GBP per year")])
    >>> Figures("value_figures", frame).bold("saving").text
    '£480,000 a year'
    """

    def __init__(self, table: str, frame: pd.DataFrame) -> None:
        self.table, self.frame = table, frame
        self._cite = Cite(table, frame, key="figure")

    def value(self, figure: str, column: str = "value") -> float:
        """Return the bare value, to choose words by."""
        return float(self._cite.value(figure, column))

    def bold(
        self, figure: str, column: str = "value", *, say: Callable[[Any], str] | None = None
    ) -> Bold:
        """Quote a figure in bold, written by its unit unless told otherwise."""
        return self._cite.bold(figure, column, say or self._say(figure))

    def quoted(
        self, figure: str, column: str = "value", *, say: Callable[[Any], str] | None = None
    ) -> Quoted:
        """Quote a figure in running text."""
        return self._cite.quoted(figure, column, say or self._say(figure))

    def span(self, figure: str) -> tuple[str | Quoted, ...]:
        """Quote the range of a figure, as parts of a sentence: "£1 million to £3 million"."""
        return (self.quoted(figure, "low"), " to ", self.quoted(figure, "high"))

    def stat(self, figure: str, note: Sentence | str = "") -> Stat:
        """Return a figure to set large, with its range as the note unless one is given."""
        row = self._row(figure)
        if not note and math.isfinite(row["low"]) and math.isfinite(row["high"]):
            note = self.span(figure)
        return Stat.of(str(row["label"]), self.bold(figure), note)

    def rests_on(self) -> Table:
        """Return the table of the figures with the boroughs, years and basis behind each."""
        frame = self.frame
        texts = [
            [
                wording.say(value, unit)
                for value, unit in zip(frame[name], frame["unit"], strict=True)
            ]
            for name in ("value", "low", "high")
        ]
        ranges = [
            "" if wording.NOT_KNOWN in (low, high) else f"{low} to {high}"
            for low, high in zip(texts[1], texts[2], strict=True)
        ]
        # A scope that most figures share is said once, under the table.
        usual = str(frame["scope"].mode().iloc[0])
        own = frame["scope"].where(frame["scope"] != usual, "").replace("", None)
        shown = frame.assign(
            said=texts[0], range=ranges, years=frame["years"].replace("", None), own_scope=own
        )
        # A report has one such table a chapter: each needs a name of its own.
        topic = self.table.removesuffix("_figures").replace("_", " ")
        return Table(
            self.table,
            f"What these figures rest on: {topic}",
            shown,
            (
                Column("label", "Figure", numeric=False),
                Column("said", "Value", numeric=False),
                Column("range", "Range", numeric=False),
                Column("boroughs", "Boroughs", wording.number),
                Column("years", "Years", numeric=False),
                Column("basis", "Basis", numeric=False),
                *((Column("own_scope", "Scope", numeric=False),) if own.notna().any() else ()),
            ),
            note=f"Scope, where the table gives none: {usual}." if usual else "",
            sortable=False,
        )

    def _row(self, figure: str) -> pd.Series:
        return self.frame.set_index("figure").loc[figure]

    def _say(self, figure: str) -> Callable[[Any], str]:
        unit = str(self._row(figure)["unit"])
        return lambda value: wording.say(value, unit)
