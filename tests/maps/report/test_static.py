"""Printed figures: same bytes each time, same figures as the frames, the house's frame."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from shapely import Polygon

from coverage_model.base import datasets
from maps.report import static
from maps.report.sheets import Drawing, patch, printable
from maps.shell import wording


@pytest.fixture(scope="module")
def areas() -> gpd.GeoDataFrame:
    return datasets.boroughs("overview")


@pytest.fixture(scope="module")
def parts(samples: ModuleType, areas: gpd.GeoDataFrame) -> dict[str, Any]:
    boroughs = samples.boroughs(areas)
    return {
        "coverage": samples.coverage(areas),
        "boroughs": boroughs,
        "plans": list(samples.plans(boroughs).values()),
        "context": samples.context(),
    }


@pytest.fixture(scope="module")
def drawings(parts: dict[str, Any], areas: gpd.GeoDataFrame) -> dict[str, Drawing]:
    context, plans = parts["context"], parts["plans"]
    frontier = pd.DataFrame(
        {
            "rooms": [3, 4, 5],
            "npv_gbp": [5e6, 4e6, 6e6],
            "status": ["optimal", "optimal", "feasible"],
        }
    )
    common = {"areas": areas, "boroughs": parts["boroughs"], "context": context}
    return {
        "coverage": static.coverage_figure(
            areas=areas, coverage=parts["coverage"], context=context
        ),
        "ownership": static.ownership_figure(coverage=parts["coverage"], context=context),
        "plan": static.plan_figure(plan=plans[0], **common),
        "beside": static.side_by_side_figure(plans=plans[:2], **common),
        "costs": static.cost_figure(plans=plans, context=context),
        "frontier": static.frontier_figure(frontier=frontier, context=context),
    }


def texts(drawing: Drawing) -> list[str]:
    found = [text.get_text() for text in drawing.figure.texts]
    for axes in drawing.figure.axes:
        found += [text.get_text() for text in axes.texts]
    return found


def test_every_figure_says_its_marking_date_sources_and_that_cameras_are_illustrative(
    drawings: dict[str, Drawing],
) -> None:
    for name, drawing in drawings.items():
        said = "\n".join(texts(drawing))
        assert said.count("OFFICIAL") == 2, name
        assert "9 March 2026" in said, name
        assert "London boroughs" in said.replace("\n", " "), name
        assert "Illustrative cameras" in said, name
        assert drawing.alt.endswith("."), name
        assert len(drawing.alt) > 30, name


def test_files_have_no_date_and_are_the_same_each_time(
    parts: dict[str, Any], drawings: dict[str, Drawing], areas: gpd.GeoDataFrame
) -> None:
    again = static.cost_figure(plans=parts["plans"], context=parts["context"])
    for kind in ("png", "svg", "pdf"):
        assert again.data(kind, dpi=80) == drawings["costs"].data(kind, dpi=80), kind
    svg = drawings["costs"].data("svg")
    assert b"dc:date" not in svg
    assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own
    assert drawings["costs"].data("pdf").startswith(b"%PDF")
    assert b"CreationDate" not in drawings["costs"].data("pdf")


def test_legend_counts_are_those_of_the_areas(
    drawings: dict[str, Drawing], areas: gpd.GeoDataFrame
) -> None:
    counts = [re.match(r"(\d+) boroughs?$", text) for text in texts(drawings["coverage"])]
    assert sum(int(found[1]) for found in counts if found) == len(areas)
    counts = [re.match(r"(\d+) boroughs?$", text) for text in texts(drawings["plan"])]
    assert sum(int(found[1]) for found in counts if found) == len(areas)


def test_bars_are_as_long_as_the_figures(
    parts: dict[str, Any], drawings: dict[str, Drawing]
) -> None:
    axes = drawings["costs"].figure.axes[0]
    ends: dict[float, float] = {}
    for bar in axes.patches:
        ends[round(bar.get_y(), 3)] = bar.get_x() + bar.get_width()
    wanted = [plan.cost_gbp_per_year / 1e6 for plan in parts["plans"]]
    assert np.allclose([ends[key] for key in sorted(ends)], wanted)
    said = texts(drawings["costs"])
    assert all(wording.gbp(plan.cost_gbp_per_year) in said for plan in parts["plans"])
    shares = drawings["ownership"].figure.axes[0]
    widths: dict[float, float] = {}
    for bar in shares.patches:
        widths[round(bar.get_y(), 3)] = widths.get(round(bar.get_y(), 3), 0) + bar.get_width()
    assert np.allclose(list(widths.values()), 1)


def test_holes_stay_open_and_neighbours_stay_joined(areas: gpd.GeoDataFrame) -> None:
    figure = Figure(figsize=(1, 1), dpi=20)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 10), ylim=(0, 10))
    axes.set_axis_off()
    # Both rings run the same way round, as some files have them.
    ring = Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(4, 4), (6, 4), (6, 6), (4, 6)]])
    axes.add_patch(patch(ring, facecolor="black"))
    stream = io.BytesIO()
    figure.savefig(stream, format="rgba")
    pixels = np.frombuffer(stream.getvalue(), dtype=np.uint8).reshape(20, 20, 4)
    assert pixels[3, 3, 0] == 0
    assert pixels[10, 10, 0] == 255
    simple = printable(datasets.boroughs("page"))
    assert simple.get_coordinates().shape[0] < datasets.boroughs("page").get_coordinates().shape[0]
    whole = areas.geometry.area.sum()
    assert simple.geometry.area.sum() == pytest.approx(whole, rel=0.002)
    assert simple.union_all().area == pytest.approx(simple.geometry.area.sum(), rel=1e-6)


def test_wrong_measures_and_numbers_of_plans_are_refused(
    parts: dict[str, Any], areas: gpd.GeoDataFrame
) -> None:
    context = parts["context"]
    with pytest.raises(ValueError, match="covered, overlap, cameras"):
        static.coverage_figure(
            areas=areas, coverage=parts["coverage"], context=context, measure="demand"
        )
    with pytest.raises(ValueError, match="two to four plans"):
        static.side_by_side_figure(
            areas=areas, plans=parts["plans"][:1], boroughs=parts["boroughs"], context=context
        )


def test_without_matplotlib_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from datetime import date\n"
        "from maps.report import static\n"
        "from maps.shell.page import PageContext\n"
        "import pandas as pd\n"
        "frame = pd.DataFrame({'rooms': [1], 'npv_gbp': [1.0]})\n"
        "try:\n"
        "    static.frontier_figure(frontier=frame, context=PageContext('t', date(2026, 1, 1)))\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert "pip install 'sharedview[report]'" in found
