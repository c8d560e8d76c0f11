"""The frames beside the headline: joined by area, refused where they do not fit, said in words."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coverage_model.base import datasets
from maps import coverage_map
from maps._coverage_figures import joined_figures
from maps._coverage_sections import driver_sentence, overall_range, reach_section
from maps._gap_places import GAPS_SHOWN, gap_places, street_gap_places
from maps._levels import level_limits, level_measures, level_section, level_switch
from maps._views import building_layer, building_legend
from maps.shell import wording
from maps.swipe_map import difference_figures, difference_measure, points, share_measure


@pytest.fixture(scope="module")
def given(samples, beside):
    return beside.frames(samples)


@pytest.fixture(scope="module")
def codes(given):
    return tuple(given["coverage"]["area_code"])


def test_frames_are_joined_by_area_in_the_page_order(given, codes):
    shuffled = given["streets"].sample(frac=1, random_state=1)
    table = joined_figures(
        given["coverage"],
        codes[::-1],
        streets=shuffled,
        intervals=given["intervals"],
        reach=given["reach"],
    )
    assert tuple(table.index) == codes[::-1]
    camden = table.loc["E09000007"]
    streets = given["streets"].set_index("area_code").loc["E09000007"]
    assert camden["street_seen_share"] == streets["street_seen_share"]
    views = given["intervals"].query("counted == 'views'").set_index("area_code")
    assert camden["covered_ranged"].low == views.loc["E09000007", "share_p10"]
    assert float(camden["covered_ranged"]) == camden["covered_share"]


def test_figures_of_another_level_are_refused(given, codes):
    other = given["streets"].assign(level="identify")
    with pytest.raises(ValueError, match="identify"):
        joined_figures(given["coverage"], codes, streets=other)


def test_a_frame_that_lacks_an_area_is_refused(given, codes):
    with pytest.raises(KeyError):
        joined_figures(given["coverage"], codes, reach=given["reach"].iloc[1:])


def test_each_level_has_measures_and_a_column(given, codes):
    by_level = given["by_level"].sample(frac=1, random_state=2)
    limits = level_limits(by_level)
    measures = level_measures(by_level, codes, headline="observe", noun="borough", limits=limits)
    assert [each.key for each in measures] == [
        f"covered.{name}" for name in ("monitor", "detect", "recognise", "identify")
    ]
    assert {each.variant_of for each in measures} == {"covered"}
    # One scale for all: a level that reaches less far never looks fuller.
    shown = {each.label.rpartition(", ")[2]: each for each in measures}
    labels = [item.label for item in shown["detect"].items]
    assert [item.label for item in shown["identify"].items] == labels
    order = [item.colour for item in shown["detect"].items]
    finer = [order.index(fill) for fill in shown["identify"].fills]
    coarser = [order.index(fill) for fill in shown["detect"].fills]
    assert all(a <= b for a, b in zip(finer, coarser, strict=True))
    assert finer != coarser
    table = level_section(by_level, headline="observe", noun="borough").tables[0]
    assert [column.label for column in table.columns[1:]] == [
        "Monitor", "Detect", "Observe", "Recognise", "Identify"
    ]  # fmt: skip
    whole = given["coverage"]["covered_m2"].sum() / given["coverage"]["area_m2"].sum()
    assert table.total[3] == wording.share(whole)
    assert table.frame["at observe"].is_monotonic_decreasing


def test_a_headline_level_of_its_own_stands_first_in_the_switch(given, codes):
    switch = level_switch(given["by_level"], codes, headline="mine")
    assert switch.beside.index('value="mine" checked') < switch.beside.index('value="monitor"')


def test_level_names_are_text_in_the_switch(given, codes):
    hostile = given["by_level"].assign(level=lambda frame: frame["level"] + "<b>")
    assert "<b>" not in level_switch(hostile, codes, headline="observe<b>").beside


def test_gaps_go_by_rank_and_say_demand_and_distance(given):
    listed = gap_places(given["gaps"].sample(frac=1, random_state=3))
    first = given["gaps"].iloc[0]
    assert listed.items[0].label == first["place"]
    assert listed.items[0].detail == (
        f"{wording.area(first['gap_m2'])}, demand 90, 900 m of street, 32 junctions, "
        "1 station or named place, nearest camera 40 m away"
    )
    order = "uncovered demand, length of street, junctions, stations and named places and size"
    assert f"in the order of {order}" in listed.note.lower()
    many = pd.concat([given["gaps"]] * 3, ignore_index=True).assign(rank=lambda f: f.index + 1)
    long = gap_places(many)
    assert len(long.items) == GAPS_SHOWN
    assert long.note.startswith(f"The first {GAPS_SHOWN} of {len(many)}")


def test_unnamed_gaps_are_listed_as_before(samples):
    listed = gap_places(samples.gaps(datasets.boroughs("overview")))
    sizes = [place.detail for place in listed.items]
    assert sizes[0] == wording.area(samples.gaps(datasets.boroughs("overview"))["gap_m2"].max())
    assert "largest first" in listed.note.lower()


def test_unseen_streets_are_lines(given):
    listed = street_gap_places(given["street_gaps"])
    assert all(place.line for place in listed.items)
    assert listed.items[0].detail == "900 m, nearest camera 60 m away"
    assert street_gap_places(given["street_gaps"].iloc[:0]) is None


def squares(corners):
    boxes = [shapely.box(x, y, x + 10, y + 10) for x, y in corners]
    return gpd.GeoDataFrame(geometry=boxes, crs="EPSG:27700")


def test_of_many_buildings_the_nearest_are_drawn_and_the_rest_counted():
    views = squares([(530_000, 180_000)])
    # 0 m, 15 m, 25 m and 90 m east of the view.
    houses = squares([(530_010 + away, 180_000) for away in (0, 15, 25, 90)])
    every = building_layer(houses, views)
    assert (every.drawn, every.left_out) == (4, 0)
    assert every.layer.meta["quiet"]
    near = building_layer(houses, views, most=3)
    assert (near.drawn, near.left_out) == (3, 1)
    nearest = building_layer(houses, views, most=1)
    assert (nearest.drawn, nearest.left_out) == (1, 3)
    assert "3 buildings" in building_legend(nearest).note


def test_a_sentence_says_what_makes_the_share_uncertain(given):
    said = wording.plain(driver_sentence(given["drivers"])[0])
    assert said == (
        "Most of the uncertainty is from the field of view (62% of the variance, each unknown "
        "drawn alone); then the mounting height 30% and the range 8.0%."
    )
    assert driver_sentence(None) == ()
    assert driver_sentence(given["drivers"].iloc[:0]) == ()
    assert driver_sentence(given["drivers"].assign(variance_share=np.nan)) == ()


def test_without_intervals_a_share_has_no_range():
    assert wording.share_range(overall_range(None, 0.2)) == "20%"


def test_no_turning_camera_no_section(given, codes):
    none = given["reach"].assign(cameras_turning=0, cameras_heading_unknown=0)
    table = joined_figures(given["coverage"], codes, reach=none)
    assert reach_section(table, noun="borough") is None


def test_before_and_after_are_coloured_in_the_same_classes(given, codes, beside):
    after, _ = beside.after(given)
    table = difference_figures(given["coverage"], after, codes)
    measure, right = share_measure(table, noun="borough")
    same = {}
    for value, fill in zip(
        [*table["share_before"], *table["share_after"]], [*measure.fills, *right], strict=True
    ):
        same.setdefault(fill, []).append(value)
    spans = sorted((min(values), max(values)) for values in same.values())
    assert all(high < low for (_, high), (low, _) in pairwise(spans))
    counts = [item.count.split(" → ") for item in measure.items]
    assert sum(int(one) for one, _ in counts) == 33
    assert sum(int(two) for _, two in counts) == 33
    changes = difference_measure(table, noun="borough")
    assert sum(int(item.count.split()[0]) for item in changes.items) == 33


def test_before_and_after_say_ranges_as_people_do(given, codes, beside):
    after, _ = beside.after(given)
    table = difference_figures(given["coverage"], after, codes)
    for column in ("share_before", "share_after"):
        table[column] = table[column].where(np.arange(len(table)) < 3, 0.0) * 1e-5
    measure, _ = share_measure(table, noun="borough")
    labels = [item.label for item in measure.items]
    assert labels[0] == "none"
    assert len(set(labels)) == len(labels)
    assert not [text for text in labels if "under under" in text or "to under" in text]


def test_no_change_is_neutral():
    table = pd.DataFrame({"share_difference": [0.0, 0.0001, 0.01, -0.01, 0.5, -0.5, np.nan]})
    fills = difference_measure(table, noun="area").fills
    assert fills[0] == fills[1] == "#f6f6f7"
    assert len(set(fills)) == 6
    assert [points(value) for value in (0.01, -0.01, np.nan)] == [
        "+1.0 points", "−1.0 points", "not known"
    ]  # fmt: skip


def test_runs_at_different_levels_are_not_compared(given, codes):
    with pytest.raises(ValueError, match="one level"):
        difference_figures(given["coverage"], given["coverage"].assign(level="detect"), codes)


def test_a_long_csv_says_how_much_of_it_is_there(given, samples, monkeypatch):
    monkeypatch.setattr(coverage_map, "CSV_ROWS", 10)
    page = coverage_map.coverage_page(context=samples.context(), **given)
    assert "CSV: gaps (first 10)" in page.html
    assert "CSV: intervals (first 10)" in page.html
