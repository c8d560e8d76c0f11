"""What one wish costs in another, for the report: quoted figures, a curve and a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from maps.report.plots import About, curve_figure
from maps.report.sheets import Drawing
from maps.shell import wording
from maps.shell.cite import Cite
from maps.shell.page import PageContext
from maps.shell.tables import Table
from maps.shell.wording import Part, Sentence
from maps.trades import amount, trade_table
from optimisation.trade_results import Quantity, Trade

STEPS_SAID = 4


def trade_findings(trade: Trade) -> tuple[Sentence, ...]:
    """Say the curve in figures quoted from ``trade.csv``; nothing for a curve of one plan."""
    points = trade.points
    if len(points) < 2:
        return ()
    cite = Cite("trade", trade.frame(), key="step")
    level, value = _say(trade.second), _say(trade.first)
    proved = all(point.proved for point in points)
    parts: list[Part] = [
        f"The least {trade.first.words} for each level of {trade.second.words}",
        ", every plan proved best: " if proved else ", not every plan proved best: ",
    ]
    last = len(points) - 1
    for k in sorted({round(n * last / STEPS_SAID) for n in range(STEPS_SAID + 1)}):
        step = str(k + 1)
        parts += [cite.quoted(step, "second_value", level), ", "]
        parts += [cite.bold(step, "first_value", value), "." if k == last else "; "]
    said: list[Sentence] = [tuple(parts)]
    if trade.knee is not None:
        step = str(trade.knee + 1)
        said.append(
            (
                "The curve turns at ",
                cite.bold(step, "second_value", level),
                " (",
                cite.quoted(step, "first_value", value),
                "): beyond it each step brings less than on average.",
            )
        )
    return tuple(said)


def trade_curve(trade: Trade, *, context: PageContext) -> tuple[Drawing, ...]:
    """Draw the curve; nothing for one plan."""
    if len(trade.points) < 2:
        return ()
    unit = 1e6 if trade.first.unit == "£" else 1.0
    frame = trade.frame()
    frame["shown"] = frame["first_value"] / unit
    first = f"{trade.first.words[:1].upper()}{trade.first.words[1:]}"
    second = f"{trade.second.words[:1].upper()}{trade.second.words[1:]}"
    knee = trade.knee
    marked = None if knee is None else {trade.points[knee].second: "the curve turns"}
    figure = curve_figure(
        frame,
        about=About("trade", f"{first} against {trade.second.words}", context, framed=False),
        x="second_value",
        lines={"shown": first},
        axes_labels=(second, f"{first}, £ million" if unit > 1 else first),
        say=(wording.number, partial(wording.number, decimals=0 if unit > 1 else 2)),
        marked=marked,
    )
    return (figure,)


def trade_rows(trade: Trade) -> Table:
    """Return the table of the curve as the file ``trade.csv`` names it."""
    return replace(trade_table(trade), key="trade")


def _say(measure: Quantity) -> Callable[[Any], str]:
    return partial(amount, measure)
