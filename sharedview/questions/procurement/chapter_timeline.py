"""The call-offs of a framework by borough: one lane a category, one mark a call-off."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from maps.report.plots import About
from maps.report.sheets import SOFT, Drawing, draw_legend, plain_axes
from maps.shell import palettes
from maps.shell.legends import LegendItem
from maps.shell.page import LegendBlock

ROW_IN = 0.19
LEFT, RIGHT = 0.2, 0.78


def timeline_figure(
    call_offs: pd.DataFrame, *, about: About, categories: Mapping[str, str], years: int
) -> Drawing:
    """Draw when each contract ends and when it joins.

    Parameters
    ----------
    call_offs
        :class:`sharedview.questions.procurement.schemas.CallOffs`.
    about
        Name, title and frame.
    categories
        Words for each category, in the order of the lanes.
    years
        Length of the axis.

    Returns
    -------
    Drawing
    """
    boroughs = sorted(call_offs["borough"].unique())
    used = [name for name in categories if (call_offs["category"] == name).any()]
    colours = dict(zip(used, palettes.GROUPS, strict=False))
    height = 0.55 + ROW_IN * max(len(boroughs), 8)
    lane = np.linspace(-0.32, 0.32, max(len(used), 2))
    at = {borough: place for place, borough in enumerate(boroughs)}
    with about.sheet(height) as sheet:
        axes = sheet.axes(LEFT, RIGHT, low=0.4 / height, high=1 - 0.05 / height)
        for number, name in enumerate(used):
            those = call_offs[call_offs["category"] == name]
            rows = those["borough"].map(at).to_numpy(float) + lane[number]
            ends = np.minimum(those["end_month"].to_numpy(float) / 12, years)
            axes.hlines(rows, 0, ends, color=colours[name], linewidth=0.7, alpha=0.55)
            joined = those["call_off_month"].to_numpy(float) / 12
            for early, marker in ((False, "o"), (True, "D")):
                marked = (those["joins"] == ("early" if early else "at its end")).to_numpy()
                axes.scatter(
                    joined[marked],
                    rows[marked],
                    s=6,
                    marker=marker,
                    color="white" if early else colours[name],
                    edgecolors=colours[name],
                    linewidths=0.7,
                    zorder=3,
                    clip_on=False,
                )
        axes.set_yticks(range(len(boroughs)), boroughs, size=6.3)
        axes.set_ylim(len(boroughs) - 0.4, -0.6)
        axes.hlines(np.arange(len(boroughs) - 1) + 0.5, 0, years, color=SOFT, linewidth=0.2)
        axes.set_xlim(0, years)
        axes.set_xlabel("Years from the framework's start")
        plain_axes(axes)
        lines = tuple(LegendItem(categories[name], colours[name], swatch="line") for name in used)
        block = LegendBlock(
            "Contracts",
            lines,
            "Line: until the contract ends. Full dot: joins at its end or in its extension. "
            "Hollow mark: leaves a contract early. No mark: never joins.",
        )
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
