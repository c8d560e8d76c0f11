"""Plain charts: what is known gets a bar, what is not says so, and words name the figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from maps.report import plots
from maps.shell import wording
from maps.shell.page import PageContext

CONTEXT = PageContext(title="A test", dated=date(2026, 3, 9))


@pytest.fixture
def about() -> plots.About:
    return plots.About("chart", "Cost by borough", CONTEXT)


def bars(drawing: Any) -> list[Any]:
    return [patch for axes in drawing.figure.axes[:1] for patch in axes.patches]


def texts(drawing: Any) -> list[str]:
    return [text.get_text() for axes in drawing.figure.axes for text in axes.texts]


def test_bars_say_what_is_unknown(about: plots.About) -> None:
    frame = pd.DataFrame({"name": ["Brent", "Harrow"], "gbp": [120_000.0, np.nan]})
    drawing = plots.bars_figure(
        frame, about=about, label="name", value="gbp", say=wording.gbp, axis="£ a year"
    )
    assert [bar.get_width() for bar in bars(drawing)] == [120_000.0, 0.0]
    assert texts(drawing) == ["£120,000", "not known"]
    assert "Brent £120,000; Harrow not known" in drawing.alt


def test_stacks_end_at_their_sum(about: plots.About) -> None:
    frame = pd.DataFrame({"name": ["a", "b"], "pay": [3.0, 1.0], "rent": [2.0, np.nan]})
    drawing = plots.stacked_figure(
        frame, about=about, label="name", parts={"pay": "Pay", "rent": "Rent"},
        say=wording.number, axis="£",
    )  # fmt: skip
    ends = [bar.get_x() + bar.get_width() for bar in bars(drawing)]
    assert ends == [3.0, 1.0, 5.0, 1.0]


def test_curves_and_swings_name_their_figures(about: plots.About) -> None:
    curve = pd.DataFrame({"x": [0.0, 2.0, 1.0], "y": [0.0, 5.0, 4.0]})
    drawing = plots.curve_figure(
        curve, about=about, x="x", lines={"y": "seen"}, axes_labels=("Cameras", "Seen"),
        say=(wording.number, wording.number),
    )  # fmt: skip
    line = drawing.figure.axes[0].lines[0]
    assert line.get_xdata().tolist() == [0.0, 1.0, 2.0]
    assert "At cameras 2: seen 5." in drawing.alt
    swings = pd.DataFrame({"name": ["pay"], "low": [2.0], "high": [6.0]})
    tornado = plots.swings_figure(
        swings, about=about, label="name", low="low", high="high", base=3.0,
        say=wording.number, axis="£",
    )  # fmt: skip
    assert [bar.get_width() for bar in bars(tornado)] == [-1.0, 3.0]
    assert "Widest: pay, 2 to 6" in tornado.alt
