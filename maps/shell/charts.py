"""Scatter charts of plans: where each plan stands, as shares of the plot, with axes in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FULL = 65_000  # a share of 1, as a whole number of two bytes
ABSENT = 65_535
MARGIN = 0.11  # beyond what is drawn, for the names of points at the edge
GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a chart.

    Parameters
    ----------
    label
        What it measures, with its unit.
    values
        One for each plan; what is not finite is not drawn.
    say
        How to write the value at a tick.
    whole
        Whether values are whole numbers, which are then spread a little to be told apart.
    """

    label: str
    values: NDArray[np.float64]
    say: Callable[[float], str]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Plans as points of a plot.

    Parameters
    ----------
    key, title, summary
        Short name, heading, and what the chart shows in a sentence.
    x, y
        The axes.
    shown
        Which plans are drawn.
    line
        Positions of plans joined by a line, left to right.
    marked
        Positions of plans drawn with their names.
    """

    key: str
    title: str
    summary: str
    x: Axis
    y: Axis
    shown: NDArray[np.bool_]
    line: tuple[int, ...] = ()
    marked: tuple[int, ...] = ()

    def places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where each plan stands: thousandths of 65 from the left and from the bottom."""
        sides = []
        for axis in (self.x, self.y):
            low, high = self.span(axis)
            values = axis.values.copy()
            if axis.whole:
                # A sequence that fills the unit evenly; the first plans stand in the middle.
                order = np.cumsum(self.shown) - 1
                spread = (0.5 + order * GOLDEN) % 1.0 - 0.5
                spread[[*self.line, *self.marked]] = 0.0
                values = values + 0.7 * spread
            share = (values - low) / (high - low)
            drawn = self.shown & np.isfinite(share)
            share = np.clip(np.where(drawn, share, 0.0), 0.0, 1.0)
            sides.append(np.where(drawn, np.rint(share * FULL), ABSENT).astype(np.int64))
        return sides[0], sides[1]

    def span(self, axis: Axis) -> tuple[float, float]:
        """Return the ends of an axis, a little beyond what is drawn."""
        values = axis.values[self.shown & np.isfinite(axis.values)]
        if not values.size:
            return 0.0, 1.0
        low, high = float(values.min()), float(values.max())
        margin = 0.6 if axis.whole else MARGIN * (high - low) or 0.5
        return low - margin, high + margin

    def view(self) -> dict[str, Any]:
        """Return what the template and the script read."""
        return {
            "key": self.key,
            "title": self.title,
            "summary": self.summary,
            "line": list(self.line),
            "marked": list(self.marked),
            "x": self._ticks(self.x),
            "y": self._ticks(self.y),
        }

    def _ticks(self, axis: Axis) -> dict[str, Any]:
        low, high = self.span(axis)
        ticks = rounded_ticks(low, high, whole=axis.whole)
        places = [
            {"at": round((tick - low) / (high - low), 4), "text": axis.say(tick)} for tick in ticks
        ]
        return {"label": axis.label, "ticks": places}


def rounded_ticks(low: float, high: float, *, most: int = 6, whole: bool = False) -> list[float]:
    """Return round values between two ends.

    Parameters
    ----------
    low, high
        The ends.
    most
        Greatest number of ticks.
    whole
        Whether only whole numbers will do.

    Examples
    --------
    >>> rounded_ticks(4.4, 33.6, whole=True), rounded_ticks(0.0, 1.3)
    ([5.0, 10.0, 15.0, 20.0, 25.0, 30.0], [0.0, 0.25, 0.5, 0.75, 1.0, 1.25])
    """
    rough = (high - low) / most
    scale = 10.0 ** math.floor(math.log10(rough))
    steps = [factor * scale for factor in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)]
    if whole:
        steps = [step for step in steps if step >= 1 and step == round(step)] or [1.0]
    for step in steps:
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most or step == steps[-1]:
            break
    return [round(number * step, 10) for number in range(first, last + 1)]
