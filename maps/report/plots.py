"""Plain charts for reports and slides: bars with ranges, stacked bars, curves and swings.

Each takes a frame as it is written to CSV and draws its columns; it computes no figure. Charts with
a map or a form of their own are in :mod:`maps.report.static` and beside their chapter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd

from maps.report.sheets import SOFT, Drawing, Sheet, draw_legend, plain_axes
from maps.shell import palettes, wording
from maps.shell.legends import LegendItem
from maps.shell.page import LegendBlock, PageContext

LABEL_LETTERS = 30
LABEL_RIGHT, LEGEND_LEFT = 0.27, 0.76
TOP_IN, ROW_IN = 0.08, 0.21


@dataclass(frozen=True, slots=True)
class About:
    """What a chart is called and what frames it.

    Parameters
    ----------
    name
        Name of its files.
    title, subtitle
        Over the chart; the title is also its caption in a report.
    context
        Marking, date and sources.
    framed
        Whether title, sources and marking are part of the picture; a report sets them itself.
    """

    name: str
    title: str
    context: PageContext
    subtitle: str = ""
    framed: bool = False

    def sheet(self, height_in: float) -> Sheet:
        """Return a sheet of a height."""
        return Sheet(
            self.title,
            self.subtitle,
            context=self.context,
            framed=self.framed,
            height_in=height_in,
        )


def bars_figure(
    frame: pd.DataFrame,
    *,
    about: About,
    label: str,
    value: str,
    say: Callable[[Any], str],
    axis: str,
    low: str = "",
    high: str = "",
    marked: Mapping[str, str] | None = None,
) -> Drawing:
    """Draw a horizontal bar a row, with whiskers where there is a range.

    Parameters
    ----------
    frame
        One row a bar, in the order from the top; a value that is not known gets no bar and says so.
    about
        Name, title and frame.
    label, value, low, high
        Columns of the name of a row, its value and the ends of its range.
    say
        How to write a value at the end of its bar.
    axis
        What the axis measures, with its unit.
    marked
        Labels of rows in another colour, with what the colour means: ``{"Camden": "peer"}``.

    Returns
    -------
    Drawing
    """
    height = 0.45 + ROW_IN * max(len(frame), 3)
    groups = dict.fromkeys((marked or {}).values())
    colours = {group: palettes.GROUPS[1 + n] for n, group in enumerate(groups)}
    blue = palettes.OWNERSHIP["public"]
    with about.sheet(height) as sheet:
        right = LEGEND_LEFT - 0.02 if groups else 0.97
        axes = sheet.axes(LABEL_RIGHT, right, low=0.36 / height, high=1 - TOP_IN / height)
        places = np.arange(len(frame))
        values = frame[value].to_numpy(float)
        names = frame[label].astype(str).tolist()
        fills = [colours.get((marked or {}).get(name, ""), blue) for name in names]
        axes.barh(places, np.nan_to_num(values), height=0.64, color=fills)
        ends = values.copy()
        if low and high:
            lows, highs = frame[low].to_numpy(float), frame[high].to_numpy(float)
            known = np.isfinite(values) & np.isfinite(lows) & np.isfinite(highs)
            axes.hlines(places[known], lows[known], highs[known], color=palettes.INK, linewidth=1.1)
            ends = np.where(known, np.maximum(values, highs), values)
        reach = max(float(np.nanmax(np.abs(ends), initial=0.0)), 1e-12)
        for place, (end, amount) in enumerate(zip(ends, values, strict=True)):
            at = max(end, 0.0) if np.isfinite(end) else 0.0
            axes.text(at + 0.012 * reach, place, say(amount), va="center", size=6.5)
        _rows(axes, places, names)
        least = min(0.0, float(np.nanmin(frame[low] if low else values, initial=0.0)))
        axes.set_xlim(1.05 * least, 1.22 * reach)
        axes.set_xlabel(axis)
        plain_axes(axes)
        if groups:
            items = tuple(LegendItem(group, colour) for group, colour in colours.items())
            block = LegendBlock("Bars", (*items, LegendItem("others", blue)))
            draw_legend(sheet.axes(LEGEND_LEFT, 0.99), (block,))
        told = [f"{name} {say(amount)}" for name, amount in zip(names, values, strict=True)]
        return sheet.done(about.name, f"Bars: {about.title}. {'; '.join(told[:12])}.")


def stacked_figure(
    frame: pd.DataFrame,
    *,
    about: About,
    label: str,
    parts: Mapping[str, str],
    say: Callable[[Any], str],
    axis: str,
    colours: Sequence[str] = (),
) -> Drawing:
    """Draw a horizontal bar a row, made of parts.

    Parameters
    ----------
    frame, about, label, say, axis
        As for :func:`bars_figure`; ``say`` writes the sum of a row.
    parts
        Column of each part, with its name in the legend.
    colours
        One for each part; the palette of groups by default.

    Returns
    -------
    Drawing
    """
    height = 0.45 + ROW_IN * max(len(frame), 5)
    fills = list(colours) or [palettes.GROUPS[n % len(palettes.GROUPS)] for n in range(len(parts))]
    with about.sheet(height) as sheet:
        axes = sheet.axes(
            LABEL_RIGHT, LEGEND_LEFT - 0.02, low=0.36 / height, high=1 - TOP_IN / height
        )
        places = np.arange(len(frame))
        left = np.zeros(len(frame))
        for column, colour in zip(parts, fills, strict=True):
            width = frame[column].fillna(0.0).to_numpy(float)
            axes.barh(places, width, left=left, height=0.66, color=colour, edgecolor="white",
                      linewidth=0.4)  # fmt: skip
            left = left + width
        names = frame[label].astype(str).tolist()
        reach = max(float(left.max(initial=0.0)), 1e-12)
        for place, total in enumerate(left):
            axes.text(total + 0.012 * reach, place, say(total), va="center", size=6.5)
        _rows(axes, places, names)
        axes.set_xlim(0, 1.2 * reach)
        axes.set_xlabel(axis)
        plain_axes(axes)
        items = tuple(
            LegendItem(name, colour) for name, colour in zip(parts.values(), fills, strict=True)
        )
        draw_legend(sheet.axes(LEGEND_LEFT, 0.99), (LegendBlock("Parts", items),))
        told = [f"{name} {say(total)}" for name, total in zip(names, left, strict=True)]
        return sheet.done(about.name, f"Bars in parts: {about.title}. {'; '.join(told[:12])}.")


def curve_figure(
    frame: pd.DataFrame,
    *,
    about: About,
    x: str,
    lines: Mapping[str, str],
    axes_labels: tuple[str, str],
    say: tuple[Callable[[Any], str], Callable[[Any], str]],
    marked: Mapping[float, str] | None = None,
    stepped: bool = False,
) -> Drawing:
    """Draw one or more curves over a common axis.

    Parameters
    ----------
    frame
        One row a point.
    about
        Name, title and frame.
    x
        Column of the common axis.
    lines
        Column of each curve, with its name in the legend.
    axes_labels
        What the axes measure, with their units.
    say
        How to write ticks of each axis.
    marked
        Places on the common axis to mark with a dashed line, with what they are.
    stepped
        Whether a value holds until the next point.

    Returns
    -------
    Drawing
    """
    with about.sheet(3.2) as sheet:
        axes = sheet.axes(0.11, LEGEND_LEFT - 0.02 if len(lines) > 1 else 0.97, low=0.15, high=0.97)
        items = []
        table = frame.sort_values(x, kind="stable")
        for number, (column, name) in enumerate(lines.items()):
            colour = palettes.GROUPS[number % len(palettes.GROUPS)]
            style = {"drawstyle": "steps-post"} if stepped else {}
            axes.plot(table[x], table[column], color=colour, linewidth=1.6, **style)
            if len(table) <= 25 and not stepped:
                axes.scatter(table[x], table[column], color=colour, s=11)
            items.append(LegendItem(name, colour, swatch="line"))
        for place, name in (marked or {}).items():
            axes.axvline(place, color=SOFT, linewidth=0.8, linestyle="--")
            axes.text(place, 1.0, f" {name}", transform=axes.get_xaxis_transform(), va="top",
                      size=6.3, color=SOFT)  # fmt: skip
        axes.set_xlabel(axes_labels[0])
        axes.set_ylabel(axes_labels[1])
        axes.xaxis.set_major_formatter(lambda value, _: say[0](value))
        axes.yaxis.set_major_formatter(lambda value, _: say[1](value))
        plain_axes(axes, grid="both")
        if len(items) > 1:
            draw_legend(sheet.axes(LEGEND_LEFT, 0.99), (LegendBlock("Curves", tuple(items)),))
        last = table.iloc[-1]
        told = "; ".join(f"{name} {say[1](last[column])}" for column, name in lines.items())
        return sheet.done(
            about.name,
            f"Curve: {about.title}. At {axes_labels[0].lower()} {say[0](last[x])}: {told}.",
        )


def swings_figure(
    frame: pd.DataFrame,
    *,
    about: About,
    label: str,
    low: str,
    high: str,
    base: float,
    say: Callable[[Any], str],
    axis: str,
    middle: str = "",
) -> Drawing:
    """Draw a tornado: for each row, how far a result moves to either side.

    Parameters
    ----------
    frame
        One row an input, the widest swing first.
    about, label, say, axis
        As for :func:`bars_figure`.
    low, high
        Columns of the result at the low and at the high end of the input.
    base
        The result as it is, an upright line.
    middle
        Column of each row's own result, where the ends do not lie about ``base``: bars then run
        from it to either end.

    Returns
    -------
    Drawing
    """
    height = 0.45 + 0.25 * max(len(frame), 3)
    blue, orange = palettes.OWNERSHIP["public"], palettes.OWNERSHIP["private"]
    with about.sheet(height) as sheet:
        axes = sheet.axes(0.33, LEGEND_LEFT - 0.02, low=0.36 / height, high=1 - TOP_IN / height)
        places = np.arange(len(frame))
        start = frame[middle].to_numpy(float) if middle else np.full(len(frame), base)
        for column, colour in ((low, blue), (high, orange)):
            ends = frame[column].to_numpy(float)
            axes.barh(places, ends - start, left=start, height=0.6, color=colour)
        if middle:
            axes.scatter(start, places, color=palettes.INK, s=9, zorder=3)
        axes.axvline(base, color=palettes.INK, linewidth=0.9)
        _rows(axes, places, frame[label].astype(str).tolist(), letters=36)
        axes.xaxis.set_major_formatter(lambda value, _: say(value))
        axes.xaxis.get_major_locator().set_params(nbins=5)
        axes.set_xlabel(axis)
        plain_axes(axes)
        items = (LegendItem("low end", blue), LegendItem("high end", orange))
        dots = " Dots: at the values used." if middle else ""
        block = LegendBlock("Input at its", items, f"Upright line: {say(base)}, as it is.{dots}")
        draw_legend(sheet.axes(LEGEND_LEFT, 0.99), (block,))
        top = frame.iloc[0]
        alt = (
            f"Tornado: {about.title}. Widest: {top[label]}, {say(top[low])} to {say(top[high])}; "
            f"as it is {say(base)}."
        )
        return sheet.done(about.name, alt)


def _rows(axes: Any, places: Any, names: Sequence[str], *, letters: int = LABEL_LETTERS) -> None:
    """Write the names of the rows, the first at the top."""
    axes.set_yticks(places, [fill(name, letters) for name in names], size=6.8)
    axes.set_ylim(len(names) - 0.4, -0.6)


def money(value: float | None) -> str:
    """Write pounds at the tick of an axis.

    Examples
    --------
    >>> money(2_500_000.0), money(40_000.0), money(0.0)
    ('£2.5m', '£40k', '£0')
    """
    if value is None or not np.isfinite(value):
        return wording.NOT_KNOWN
    size, sign = abs(value), "−" if value < 0 else ""
    if size >= 1_000_000:
        return f"{sign}£{size / 1e6:,.3g}m"
    return f"{sign}£{size / 1e3:,.3g}k" if size >= 1_000 else f"{sign}£{size:,.0f}"
