"""The figure of the chapter about best practice: dots, apart by what a number counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from maps.report.plots import About
from maps.report.sheets import SOFT, Drawing, draw_legend, plain_axes
from maps.shell import palettes, wording
from maps.shell.legends import LegendItem
from maps.shell.page import LegendBlock, PageContext
from sharedview.questions.benchmark.schemas import SCOPES

ROW_IN, HEAD_IN = 0.152, 0.26


def counts_figure(counts: pd.DataFrame, *, context: PageContext, framed: bool = False) -> Drawing:
    """Draw cameras per 1,000 residents as dots, apart by what is counted, never in an order.

    Parameters
    ----------
    counts
        :class:`sharedview.questions.benchmark.schemas.Comparisons` of that measure.
    context
        Marking, date and sources.
    framed
        Whether the figure stands alone.

    Returns
    -------
    Drawing
    """
    about = About(
        "benchmark_cameras",
        "Cameras per 1,000 residents by what the number counts, not ranked",
        context,
        framed=framed,
    )
    known = counts[counts["value"].notna()].sort_values("borough", kind="stable")
    parts = [(scope, known[known["scope_class"] == scope]) for scope in dict.fromkeys(
        [*SCOPES, *known["scope_class"]]
    )]  # fmt: skip
    parts = [(scope, part) for scope, part in parts if len(part)]
    height = 0.5 + ROW_IN * len(known) + HEAD_IN * len(parts)
    reach = _reach(known["value"].to_numpy(float))
    with about.sheet(height) as sheet:
        axes = sheet.axes(0.24, 0.74, low=0.36 / height, high=1 - 0.06 / height)
        place, ticks, items = 0.0, [], []
        for number, (scope, part) in enumerate(parts):
            colour = palettes.GROUPS[(4, 5, 2, 6)[number % 4]]
            text = SCOPES.get(scope, scope)
            place += HEAD_IN
            axes.text(0, place + 0.02, f"Counts {text}", size=6.6, weight="bold", color=SOFT)
            for name, value, year in zip(part["borough"], part["value"], part["year"], strict=True):
                place += ROW_IN
                _dot(axes, (place, value, reach), _dated(value, year), colour)
                ticks.append((place, name))
            items.append(LegendItem(text, colour))
        axes.set_yticks([at for at, _ in ticks], [name for _, name in ticks], size=6.5)
        axes.set_ylim(place + 0.6 * ROW_IN, 0)
        axes.set_xlim(0, 1.2 * reach)
        axes.set_xlabel("Cameras per 1,000 residents (year of the number)")
        plain_axes(axes)
        note = "Alphabetical within each kind. Kinds and years do not compare."
        if known["value"].max() > reach:
            note += " An arrow lies beyond the axis."
        draw_legend(sheet.axes(0.76, 0.99), (LegendBlock("What is counted", tuple(items), note),))
        told = [f"{SCOPES.get(scope, scope)}: {len(part)} boroughs" for scope, part in parts]
        return sheet.done(about.name, f"Dots: {about.title}. {'; '.join(told)}.")


def _dot(axes: Any, at: tuple[float, float, float], text: str, colour: str) -> None:
    """Draw a value as a dot, or as an arrow at the edge if it lies beyond it."""
    place, value, reach = at
    inside = value <= reach
    shown = value if inside else reach
    axes.plot([shown], [place], marker="o" if inside else ">", color=colour, markersize=4.2)
    axes.text(shown + 0.02 * reach, place, text, va="center", size=6)


def _dated(value: float, year: Any) -> str:
    return wording.ratio(value) + ("" if pd.isna(year) else f" ({year:.0f})")


def _reach(values: Sequence[float] | np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Return where the axis ends: one value far beyond all others does not squeeze them."""
    ordered = np.sort(np.asarray(values, dtype=float))
    if len(ordered) > 2 and ordered[-1] > 1.5 * ordered[-2] > 0:
        return float(1.1 * ordered[-2])
    return max(float(ordered[-1]), 1e-12)
