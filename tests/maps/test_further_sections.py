"""Phasing, prices and failover: sentences and charts say what the frames say."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from coverage_model.base import datasets
from maps._failover import failover_section
from maps._phasing import phasing_section
from maps._prices import prices_section
from maps.consolidation_map import consolidation_page
from maps.shell import wording
from maps.shell.years import Series, years_figure


@pytest.fixture(scope="module")
def frame(samples):
    return samples.boroughs(datasets.boroughs("overview"))


@pytest.fixture(scope="module")
def plan(samples, frame):
    return samples.plans(frame)["optimum"]


def letter(code: str) -> str:
    return code[-1]


def said(section) -> str:
    return "\n".join(wording.plain(each) for each in section.sentences)


def test_waves_and_payback_are_told_from_the_frame(samples, plan, frame):
    phasing = samples.phasing(plan)
    section = phasing_section(phasing, plan=plan, names=frame["borough"], letter=letter)
    text = said(section)
    # One room a year costs £1 million and saves £400,000 a year from then on.
    first = frame["borough"][phasing.waves["room_code"][0]]
    assert f"Year 1: room in {first}, for £1 million." in text
    assert "All rooms built so far then save £400,000 a year." in text
    flow = phasing.cash_flow.set_index("year")["cumulative_npv_gbp"]
    year = phasing.break_even_year
    assert year is not None
    assert flow[year] >= 0 > flow[year - 1]
    assert f"By the end of year {year} the plan has paid back" in text
    assert "To build everything at once would win £2 million more" in text
    assert {stat.label: stat.value for stat in section.stats}["Built in"] == "3 years"
    waves, cash = section.tables
    assert len(waves.frame) == len(phasing.waves)
    assert [len(table.view({})["rows"]) for table in (waves, cash)] == [len(phasing.waves), 10]
    assert f"paid back in year {year}" in section.figures[0]


def test_a_plan_that_never_pays_back_says_so(samples, plan, frame):
    phasing = samples.phasing(plan)
    flow = phasing.cash_flow.assign(cumulative_npv_gbp=-1e6)
    section = phasing_section(
        replace(phasing, cash_flow=flow), plan=plan, names=frame["borough"], letter=letter
    )
    assert "not paid back what it costs by the end of year 10" in said(section)
    assert "paid back in year" not in section.figures[0]
    nothing = replace(phasing, waves=phasing.waves.iloc[:0])
    empty = phasing_section(nothing, plan=plan, names=frame["borough"], letter=letter)
    assert "nothing to build" in said(empty)
    assert empty.tables == ()


def test_prices_that_are_proved_bounded_free_and_unknown(samples, plan):
    section = prices_section(samples.prices(), plan=plan)
    text = said(section)
    assert "by land” costs £700,000: without it, the best plan found has 12 rooms instead" in text
    assert "costs £200,000 to £450,000: without it" in text
    assert "“A room may serve at most 6 boroughs” costs nothing" in text
    assert "1 price could not be found or bounded" in text
    assert samples.HOSTILE not in section.figures[0]
    assert "&lt;img" in section.figures[0]
    # Three bars: proved, proved and open, none; widths are to scale.
    widths = [float(each) for each in re.findall(r"width:([\d.]+)%", section.figures[0])]
    assert widths[0] / widths[1] == pytest.approx(7 / 2, rel=1e-3)
    assert widths[0] / widths[2] == pytest.approx(70 / 25, rel=1e-3)
    assert len(widths) == 3
    cells = section.tables[0].view({})["rows"][0]["cells"]
    assert [cell["text"] for cell in cells][1:4] == ["£700,000", "180.50", "12"]
    free = samples.prices().query("price_gbp == 0")
    assert prices_section(free, plan=plan).figures == ()
    assert "no constraint" in said(prices_section(free.iloc[:0], plan=plan))


def test_a_price_for_which_no_plan_was_found(samples, plan):
    row = samples.prices().iloc[[1]].assign(rooms=0, npv_gbp=float("nan"), price_at_least_gbp=0.0)
    assert "no plan without it was found in the time" in said(prices_section(row, plan=plan))


def test_failover_names_the_rooms_that_keep_posts(samples, plan, frame):
    failover = samples.failover(plan, frame["borough"])
    section = failover_section(failover, letter=letter, by_road=True)
    first, second = (frame["borough"][room.site_code] for room in plan.rooms[:2])
    text = said(section)
    assert f"{first} (" in text
    assert f"{second} (" in text
    assert "25 km by road from" in text
    assert len(section.tables[0].frame) == len(plan.rooms)


def test_columns_and_line_stand_where_their_values_are():
    figure = years_figure(
        [1, 2],
        columns=(Series("spent", "#111111", [-10.0, 0.0]), Series("saved", "#222222", [5.0, 20.0])),
        line=Series("sum", "#333333", [-5.0, 15.0]),
        summary="<b>sum</b>",
        caption="£",
        say=wording.number,
        mark=(2, "paid back"),
    )
    # From -10 to 20 with 4 % beyond: 32.4 in all, zero at 11.2 / 32.4 = 34.57 %.
    bars = re.findall(r"bottom:([\d.]+)%;height:([\d.]+)%;background:(#\d+)", figure)
    assert [(float(a), float(b), c) for a, b, c in bars] == [
        (3.7, 30.87, "#111111"),
        (34.57, 15.43, "#222222"),
        (34.57, 61.73, "#222222"),
    ]
    # 6.2 / 32.4 and 26.2 / 32.4 from below.
    assert 'points="25.0,80.86 75.0,19.14"' in figure
    assert "&lt;b&gt;" in figure
    assert figure.count("years-dot mark") == 1


def test_the_page_shows_site_kinds_and_distances_by_road(samples, plan, frame):
    km = pd.DataFrame(1.5, frame.index, [f"road_km_to_{code}" for code in frame.index])
    named = frame.assign(site_basis=["town hall (as given)", *frame["site_basis"][1:]]).join(km)
    page = consolidation_page(
        areas=datasets.boroughs("overview"),
        headline=("The best plan.",),
        plan=plan,
        today=samples.plans(frame)["today"],
        boroughs=named,
        context=samples.context("Rooms"),
        link_km=pd.Series(1.5, frame.index),
        prices=samples.prices(),
        phasing=samples.phasing(plan),
    )
    assert "To the room, by road" in page.html
    assert "their lengths are by road" in page.html
    assert "centre of the borough" in page.html
    for name in ("phasing.csv", "cash_flow.csv", "constraint_prices.csv"):
        assert name in page.html
    assert "failover.csv" not in page.html
