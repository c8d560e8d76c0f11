"""Horizontal bars with marks as HTML: tornado and interval charts that grow with the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import jinja2
from markupsafe import Markup

from maps.shell.charts import rounded_ticks
from maps.shell.legends import LegendItem
from maps.shell.offline import asset_text

MarkKind = Literal["dot", "line"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart.

    Parameters
    ----------
    name, text
        What stands before and after the bar.
    spans
        Low end, high end and colour of each part.
    marks
        Value and kind of each mark: a dot, or an upright line.
    """

    name: str
    text: str
    spans: tuple[tuple[float, float, str], ...]
    marks: tuple[tuple[float, MarkKind], ...] = ()

    def values(self) -> list[float]:
        """Return every value that must fit the chart."""
        ends = [end for low, high, _ in self.spans for end in (low, high)]
        return ends + [value for value, _ in self.marks]


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(asset_text("bars.html"))


def bars_figure(
    bars: Sequence[Bar],
    *,
    summary: str,
    caption: str,
    say: Callable[[float], str],
    base: float | None = None,
    legend: Sequence[LegendItem] = (),
) -> Markup:
    """Return a bar chart.

    Parameters
    ----------
    bars
        The rows.
    summary
        What the chart shows, for those who do not see it; a table must hold the figures.
    caption
        What the axis measures.
    say
        How to write a value at a tick.
    base
        Value that an upright line marks in all rows.
    legend
        What the colours stand for.

    Returns
    -------
    Markup
        A ``figure`` element, made from escaped text.
    """
    values = [value for bar in bars for value in bar.values()]
    values += [] if base is None else [base]
    low, high = min(values), max(values)
    margin = 0.03 * (high - low) or 1.0
    low, high = low - margin, high + margin

    def at(value: float) -> float:
        return round(100 * (value - low) / (high - low), 2)

    return Markup(  # noqa: S704 (the template escapes every text)
        _template().render(
            summary=summary,
            caption=caption,
            base=None if base is None else at(base),
            legend=legend,
            ticks=[
                {"at": at(tick), "text": say(tick)} for tick in rounded_ticks(low, high, most=5)
            ],
            bars=[
                {
                    "name": bar.name,
                    "text": bar.text,
                    "spans": [
                        {"left": at(min(a, b)), "width": round(abs(at(b) - at(a)), 2), "colour": c}
                        for a, b, c in bar.spans
                    ],
                    "marks": [{"at": at(value), "kind": kind} for value, kind in bar.marks],
                }
                for bar in bars
            ],
        )
    )
