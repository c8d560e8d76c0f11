"""Columns by year with a line over them, as HTML that grows with the text: a cash flow."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import jinja2
from markupsafe import Markup

from maps.shell.charts import rounded_ticks
from maps.shell.legends import LegendItem
from maps.shell.offline import asset_text

MOST_YEARS = 12  # numbers under the columns; of more years every second or third is named
FILLED = 0.76  # share of a year's width that its columns take
LABEL_ENDS = (18.0, 82.0)  # a label stays so far from both ends, in per cent of the width


@dataclass(frozen=True, slots=True)
class Series:
    """One value a year.

    Parameters
    ----------
    label, colour
        What it is, and how it is drawn.
    values
        In the order of the years.
    """

    label: str
    colour: str
    values: Sequence[float]


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(asset_text("years.html"))


def years_figure(
    years: Sequence[int],
    *,
    columns: Sequence[Series],
    line: Series,
    summary: str,
    caption: str,
    say: Callable[[float], str],
    mark: tuple[int, str] | None = None,
) -> Markup:
    """Return a chart of columns by year.

    Parameters
    ----------
    years
        The years, from left to right.
    columns
        Series drawn beside each other in each year, from zero up or down.
    line
        Series drawn as a line.
    summary
        What the chart shows, for those who do not see it; a table must hold the figures.
    caption
        What the axis measures.
    say
        How to write a value at a tick.
    mark
        A year to point out, and what to say of it.

    Returns
    -------
    Markup
        A ``figure`` element, made from escaped text.
    """
    values = [value for series in (*columns, line) for value in series.values]
    low, high = min(0.0, *values), max(0.0, *values)
    margin = 0.04 * (high - low) or 1.0
    low, high = low - margin, high + margin
    step = 100 / len(years)
    middles = [round(step * (number + 0.5), 2) for number in range(len(years))]

    def at(value: float) -> float:
        return round(100 * (value - low) / (high - low), 2)

    every = math.ceil(len(years) / MOST_YEARS)
    marked = years.index(mark[0]) if mark is not None else -1
    near, far = LABEL_ENDS
    return Markup(  # noqa: S704 (the template escapes every text)
        _template().render(
            summary=summary,
            caption=caption,
            colour=line.colour,
            ticks=[
                {"at": at(tick), "text": say(tick), "zero": tick == 0}
                for tick in rounded_ticks(low, high)
            ],
            bars=_bars(columns, step, at),
            points=" ".join(
                f"{x},{round(100 - at(value), 2)}"
                for x, value in zip(middles, line.values, strict=True)
            ),
            dots=[
                {"left": x, "bottom": at(value), "mark": number == marked}
                for number, (x, value) in enumerate(zip(middles, line.values, strict=True))
            ],
            mark=None
            if mark is None
            else {
                "left": middles[marked],
                "said": min(max(middles[marked], near), far),
                "text": mark[1],
            },
            years=[
                {"left": x, "text": str(year) if number % every == 0 else ""}
                for number, (x, year) in enumerate(zip(middles, years, strict=True))
            ],
            legend=[
                *(LegendItem(each.label, each.colour) for each in columns),
                LegendItem(line.label, line.colour, swatch="line"),
            ],
        )
    )


def _bars(
    columns: Sequence[Series], step: float, at: Callable[[float], float]
) -> list[dict[str, float | str]]:
    width = step * FILLED / len(columns)
    return [
        {
            "left": round(step * (number + (1 - FILLED) / 2) + width * place, 2),
            "width": round(width, 2),
            "bottom": at(min(0.0, value)),
            "height": round(abs(at(value) - at(0.0)), 2),
            "colour": series.colour,
        }
        for place, series in enumerate(columns)
        for number, value in enumerate(series.values)
        if value
    ]
