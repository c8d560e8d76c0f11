"""The shell: tables that equal their frames, safe CSV, atomic saving, a limit on size."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from html import unescape

import pandas as pd
import pytest

from coverage_model.base import datasets
from maps.comparison_map import comparison_page
from maps.shell import legends, palettes, wording
from maps.shell.page import MAX_BYTES, Page, PageContext, PageSizeError
from maps.shell.tables import Column, Download, Table


def page_data(page):
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', page.html)
    return json.loads(found.group(1))


def cells(html, table):
    body = re.search(rf'<table id="table-{table}">(.*?)</table>', html, re.DOTALL).group(1)
    rows = re.search(r"<tbody>(.*?)</tbody>", body, re.DOTALL).group(1)
    return [
        [unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t", row)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", rows, re.DOTALL)
    ]


def test_csv_of_a_page_is_its_frame(pages, samples):
    frame = samples.coverage(datasets.boroughs("overview"))
    text = page_data(pages["coverage"])["csv"][0]["text"]
    back = pd.read_csv(io.StringIO(text), dtype=str)
    expected = pd.DataFrame(frame.drop(columns="geometry")).reset_index(drop=True)
    assert list(back.columns) == list(expected.columns)
    for column in ("covered_m2", "covered_share", "cameras"):
        assert back[column].astype(float).tolist() == expected[column].tolist()


def test_table_says_the_figures_of_the_frame(pages, samples):
    frame = samples.coverage(datasets.boroughs("overview"))
    frame = frame.sort_values("covered_share", ascending=False)
    shown = cells(pages["coverage"].html, "coverage")
    assert [row[0] for row in shown] == frame["area_name"].tolist()
    assert [row[1] for row in shown] == [f"{count:,}" for count in frame["cameras"]]
    assert [row[6] for row in shown] == [wording.hectares(value) for value in frame["covered_m2"]]


def test_legend_counts_add_up(pages):
    data = page_data(pages["coverage"])
    for measure in data["panes"]["main"]["measures"]:
        assert len(measure["fills"]) == 33
    legend = re.search(r'data-legend="covered">(.*?)</ul>', pages["coverage"].html, re.DOTALL)
    counts = re.findall(r'class="count">(\d+) borough', legend.group(1))
    assert sum(map(int, counts)) == 33


def test_a_formula_in_a_frame_is_harmless_in_the_csv():
    frame = pd.DataFrame({"name": ["=1+1", "Camden"], "v": [-1.0, 2.0]})
    assert Download("CSV", "x.csv", frame).text() == "name,v\n'=1+1,-1.0\nCamden,2.0\n"


def test_missing_values_are_a_dash_and_sort_last():
    frame = pd.DataFrame({"name": ["a", "b"], "v": [1.5, float("nan")]})
    columns = (Column("name", "Name", numeric=False), Column("v", "V", wording.number))
    view = Table("t", "T", frame, columns).view({})
    assert [cell["text"] for cell in view["rows"][1]["cells"]] == ["b", "–"]
    assert [cell["sort"] for cell in view["rows"][1]["cells"]] == ["b", ""]


def test_saving_replaces_only_with_a_complete_page(tmp_path):
    target = tmp_path / "page.html"
    Page("one").save(target)
    Page("two").save(target)
    assert target.read_text(encoding="utf-8") == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_page_too_large_is_refused_with_advice(tmp_path):
    with pytest.raises(PageSizeError, match="Show fewer cameras"):
        Page("x" * (MAX_BYTES + 1)).save(tmp_path / "big.html")
    assert list(tmp_path.iterdir()) == []


def test_every_page_is_small(pages):
    for kind, page in pages.items():
        assert len(page.html.encode()) < 3_000_000, kind


def test_a_comparison_needs_two_to_four_different_plans(samples):
    areas = datasets.boroughs("overview")
    frame = samples.boroughs(areas)
    plans = samples.plans(frame)
    context = PageContext(title="t", dated=date(2026, 1, 1))
    with pytest.raises(ValueError, match="two to four"):
        comparison_page(areas=areas, plans=[plans["bcu"]], boroughs=frame, context=context)
    with pytest.raises(ValueError, match="same plan_id"):
        comparison_page(areas=areas, plans=[plans["bcu"]] * 2, boroughs=frame, context=context)


def test_classes_have_rounded_limits_and_name_missing_values():
    measure = legends.classed("m", "M", [0.1, 0.2, 0.3, 0.4, float("nan")], classes=2)
    assert [item.label for item in measure.items] == ["under 25%", "25% or more", "no data"]
    assert [item.count for item in measure.items] == ["2 boroughs", "2 boroughs", "1 borough"]
    assert measure.fills[4] == palettes.NO_DATA
    one = legends.classed("m", "M", [0.5, 0.5])
    assert [item.label for item in one.items] == ["50%"]
    assert legends.classed("m", "M", [float("nan")]).items[-1].label == "no data"


def test_differences_have_a_neutral_zero():
    assert palettes.differences(5)[2] == "#f6f6f7"
    with pytest.raises(ValueError, match="odd number"):
        palettes.differences(4)
