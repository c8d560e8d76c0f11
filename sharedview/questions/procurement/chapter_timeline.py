"""When contracts join a framework: a small chart a category, a bar a year."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill

import numpy as np
import pandas as pd

from maps.report.plots import About
from maps.report.sheets import Drawing, draw_legend, plain_axes
from maps.shell import palettes
from maps.shell.legends import LegendItem
from maps.shell.page import LegendBlock

PANEL_IN, TOP_IN, FOOT_IN = 0.62, 0.08, 0.42
LEFT, RIGHT = 0.22, 0.76
COLOURS = {"at its end": palettes.OWNERSHIP["public"], "early": palettes.OWNERSHIP["private"]}
WORDS = {"at its end": "at their end or in an extension", "early": "left early"}


def timeline_figure(
    call_offs: pd.DataFrame, *, about: About, categories: Mapping[str, str], years: int
) -> Drawing:
    """Draw how many contracts of each category join in each year.

    Parameters
    ----------
    call_offs
        :class:`sharedview.questions.procurement.schemas.CallOffs`.
    about
        Name, title and frame.
    categories
        Words for each category, in the order of the charts.
    years
        Length of the axis.

    Returns
    -------
    Drawing
    """
    used = [name for name in categories if (call_offs["category"] == name).any()]
    year = np.minimum(np.floor(call_offs["call_off_month"].astype(float) / 12), years - 1)
    tall = TOP_IN + PANEL_IN * len(used) + FOOT_IN
    joining = call_offs[year.notna()]
    most = (
        int(joining.groupby(["category", year])["borough"].count().max() or 0)
        if len(joining)
        else 0
    )
    places = np.arange(years)
    with about.sheet(tall) as sheet:
        for number, name in enumerate(used):
            high = 1 - (TOP_IN + PANEL_IN * number) / tall
            axes = sheet.axes(LEFT, RIGHT, low=high - (PANEL_IN - 0.12) / tall, high=high)
            those = call_offs["category"] == name
            left = np.zeros(years)
            for kind, colour in COLOURS.items():
                mine = year[those & (call_offs["joins"] == kind)].dropna().astype(int)
                counts = np.bincount(mine, minlength=years)
                axes.bar(places, counts, bottom=left, width=0.8, color=colour)
                left = left + counts
            for place in np.flatnonzero(left):
                axes.text(place, left[place], f" {left[place]:.0f}", ha="center", va="bottom",
                          size=5.8)  # fmt: skip
            axes.set_ylim(0, 1.3 * max(most, 1))
            axes.set_xlim(-0.6, years - 0.4)
            axes.set_yticks([])
            axes.set_ylabel(
                fill(categories[name], 24), rotation=0, ha="right", va="center", size=6.8
            )
            last = number == len(used) - 1
            axes.set_xticks(places, [str(n + 1) for n in places] if last else [""] * years)
            plain_axes(axes, grid="y")
            if last:
                axes.set_xlabel("Year of the framework in which contracts join")
        items = tuple(LegendItem(WORDS[kind], colour) for kind, colour in COLOURS.items())
        never = int((call_offs["joins"] == "never").sum())
        block = LegendBlock("Contracts that join", items, f"Contracts that never join: {never}.")
        draw_legend(sheet.axes(RIGHT + 0.02, 0.99), (block,))
        counted = call_offs["joins"].value_counts()
        told = ", ".join(
            f"{int(counted.get(kind, 0))} {words}"
            for kind, words in (
                ("at its end", "join at their end"),
                ("early", "leave early"),
                ("never", "never join"),
            )
        )
        return sheet.done(about.name, f"Timeline: {about.title}. Of the contracts, {told}.")
