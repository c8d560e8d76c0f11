"""The explorer: what is packed equals the frames, for any plan; charts, colours, order."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely

from coverage_model.base import datasets
from maps import _explorer_data as data
from maps.explorer import NamedPlan, explorer_page, plan_charts, remarks
from maps.explorer_sections import cluster_order, pairing_section, regret_section, tornado_section
from maps.plan_set import plan_set
from maps.shell import wording
from maps.shell.charts import ABSENT, Axis, Chart, rounded_ticks
from maps.shell.groups import site_colours
from maps.shell.layers import prepare_areas
from optimisation.consolidation import consolidate, cost_plan
from optimisation.group_table import build_table, make_setting
from optimisation.near_best import alternatives
from optimisation.scenario import load_scenario
from optimisation.territory import borough_inputs

ARRAYS = {"u1": np.uint8, "u2": np.uint16, "u4": np.uint32}


def block(html, name):
    found = re.search(rf'id="pack-{name}">([^<]*)</script>', html)
    return gzip.decompress(base64.b64decode(found.group(1)))


def streams(html, layout):
    raw = block(html, "plans")
    return {
        name: np.frombuffer(raw, ARRAYS[coding], length, offset)
        for name, (coding, offset, length) in layout.items()
    }


def given(html):
    text = re.search(r'id="page-data">(.*?)</script>', html).group(1)
    return json.loads(text)


@pytest.fixture(scope="module")
def frame(samples):
    return samples.boroughs(datasets.boroughs("overview"))


@pytest.fixture(scope="module")
def near(samples, frame):
    return samples.near_best(frame, 90)


@pytest.fixture(scope="module")
def shown(samples, frame, near):
    return samples.explorer_set(frame, near)


@pytest.fixture(scope="module")
def prepared():
    return prepare_areas(datasets.boroughs("overview"))


def test_packed_plans_are_the_frame(pages, shown):
    html = pages["explorer"].html
    page = given(html)
    packed = streams(html, page["explorer"]["layout"])
    texts = json.loads(block(html, "plans-texts"))
    table = shown.frame
    assert page["explorer"]["plans"] == len(table)
    assert texts["id"] == table["plan_id"].tolist()
    assert packed["rooms"].tolist() == table["rooms"].tolist()
    assert packed["moved"].tolist() == table["boroughs_moved"].tolist()
    for number, figure in enumerate(data.FIGURES):
        assert texts["cells"][number] == [figure.say(value) for value in table[figure.key]]
        ranks = packed[f"rank_{figure.key}"]
        order = np.argsort(ranks, kind="stable")
        assert table[figure.key].to_numpy()[order].tolist() == sorted(table[figure.key])


def test_packed_rooms_give_back_each_plan(pages, shown, frame, prepared):
    html = pages["explorer"].html
    packed = streams(html, given(html)["explorer"]["layout"])
    members = np.split(packed["members"], np.cumsum(packed["member_count"])[:-1])
    rows = np.split(packed["room_rows"], np.cumsum(packed["room_count"])[:-1])
    sites = shown.sites(prepared.codes)
    for plan, chosen in enumerate(rows):
        serving = np.full(33, -1)
        for row in chosen:
            serving[members[row]] = packed["site"][row]
        assert serving.tolist() == sites[plan].tolist()


def test_each_family_is_a_bit_and_each_cost_a_step(pages, shown):
    html = pages["explorer"].html
    packed = streams(html, given(html)["explorer"]["layout"])
    for bit, family in enumerate(("frontier", "near_best", "reference")):
        assert ((packed["families"] >> bit) & 1).tolist() == shown.frame[family].tolist()
    shares = shown.frame["over_best_share"].to_numpy()
    stops = np.array(data.cost_stops(shares))
    for step in range(len(stops)):
        assert ((packed["step"] <= step) == (shares <= stops[step] + 1e-9)).all()


def test_csv_lines_are_the_csv_of_the_frame(pages, shown, frame):
    lines = json.loads(block(pages["explorer"].html, "plans-csv"))
    assert lines == data.csv_lines(shown, frame["borough"])
    back = pd.read_csv(io.StringIO("".join(lines)))
    assert back["npv_gbp"].tolist() == shown.frame["npv_gbp"].tolist()
    rows = list(csv.DictReader(io.StringIO("".join(lines))))
    names = frame["borough"]
    assignments = shown.sites(list(names.index))
    for row, serving in zip(rows, assignments, strict=True):
        assert [row[f"room of {name}"] for name in names] == [names.iloc[site] for site in serving]


def test_a_hostile_label_is_inert(pages, samples):
    html = pages["explorer"].html
    assert samples.HOSTILE in json.loads(block(html, "plans-texts"))["label"]
    assert samples.HOSTILE not in html


def test_a_plan_set_keeps_each_plan_once_and_the_best_first(samples, frame):
    known = samples.plans(frame)
    twin = samples.plan(
        frame,
        [list(room.members) for room in known["bcu"].rooms],
        plan_id="twin",
        label="Twin",
        status="optimal",
    )
    best, today = known["optimum"], known["today"]
    found = plan_set(
        {"reference": [known["bcu"], today], "frontier": [twin]}, best=best, baseline=today
    )
    table = found.frame.set_index("plan_id")
    assert list(table.index) == ["optimum", "bcu", "today"]
    assert table.loc["bcu", ["frontier", "near_best", "reference"]].tolist() == [True, False, True]
    assert table.loc["bcu", "over_best_gbp"] == pytest.approx(known["bcu"].npv_gbp - best.npv_gbp)
    assert table.loc["optimum", "over_best_gbp"] == 0.0
    assert table.loc["bcu", "status"] == "optimal"  # its twin's proof is its own
    members = {room.members for row in found.chosen for room in [found.rooms[each] for each in row]}
    assert len(members) <= len(found.rooms)
    with pytest.raises(ValueError, match="plans are"):
        plan_set({"odd": [twin]}, best=best, baseline=today)
    clash = samples.plan(
        frame, [[code] for code in frame.index], plan_id="bcu", label="x", status="reference"
    )
    with pytest.raises(ValueError, match="plan_id"):
        plan_set({"reference": [known["bcu"], clash]}, best=best, baseline=known["bcu"])


def test_named_plans_must_be_there(samples, shown, frame):
    with pytest.raises(ValueError, match="not in the plan set"):
        explorer_page(
            areas=datasets.boroughs("overview"),
            plans=shown,
            boroughs=frame,
            context=samples.context(),
            shortlist=(NamedPlan("Gone", "gone"),),
        )


def test_a_remark_claims_no_more_than_the_status(shown):
    said = dict(zip(shown.frame["plan_id"], map(wording.plain, remarks(shown)), strict=True))
    assert said["optimum"] == "Proved: no plan that the scenario allows costs less."
    assert said["bcu"].startswith("A given plan")
    assert "near-best plans" in said["near-1"]


def test_a_point_stands_where_its_axes_say(shown):
    for chart in plan_charts(shown):
        x, y = chart.places()
        drawn = x != ABSENT
        assert (drawn == chart.shown).all()
        low, high = chart.span(chart.y)
        back = low + y[drawn] / 65_000 * (high - low)
        assert back == pytest.approx(chart.y.values[drawn], abs=(high - low) / 60_000)
        if chart.x.whole:
            low, high = chart.span(chart.x)
            back = low + x[drawn] / 65_000 * (high - low)
            assert np.abs(back - chart.x.values[drawn]).max() < 0.36  # spread, but in its column
        for tick in chart.view()["x"]["ticks"]:
            assert 0 <= tick["at"] <= 1


def test_a_chart_of_one_plan_or_none_has_axes():
    axis = Axis("v", np.array([3.0]), wording.number)
    one = Chart("c", "t", "s", x=axis, y=axis, shown=np.array([True]))
    assert one.places()[0].tolist() == [32_500]
    none = Chart("c", "t", "s", x=axis, y=axis, shown=np.array([False]))
    assert none.places()[0].tolist() == [ABSENT]
    assert rounded_ticks(0.2, 0.8, whole=True) == []


def test_site_colours_part_neighbours():
    serving = np.array([[0, 1, 2, 3], [0, 0, 2, 2]])
    chosen = site_colours(serving, [(0, 1), (1, 2), (2, 3)])
    assert len(set(chosen)) == 4


def test_borders_are_the_outlines_each_once(prepared):
    arcs = data.borders(prepared)
    inner = sum(_length(lines) for one, two, lines in arcs if two >= 0)
    outer = sum(_length(lines) for one, two, lines in arcs if two < 0)
    outlines = float(shapely.length(prepared.geographic.to_numpy()).sum())
    assert 2 * inner + outer == pytest.approx(outlines, rel=1e-3)
    assert len({(one, two) for one, two, _ in arcs}) == len(arcs)


def _length(lines):
    return sum(float(np.hypot(*np.diff(np.array(line), axis=0).T).sum()) for line in lines)


def test_the_heat_map_is_a_table_of_the_shares(samples, frame, near):
    pairing = samples.pairing(near)
    section = pairing_section(pairing, boroughs=frame, codes=tuple(frame.index))
    cells = re.findall(r'data-pair="(\d+)-(\d+)" title="([^"]*)">([^<]*)<', section.figures[0])
    assert len(cells) == 2 * (pairing["joined_share"] > 0).sum()
    codes = list(frame.index)
    shares = pairing.set_index(["borough_code_a", "borough_code_b"])["joined_share"]
    for one, two, title, text in cells:
        pair = (codes[int(one)], codes[int(two)])
        share = shares.get(pair, shares.get(pair[::-1]))
        assert text.replace("&lt;", "<") == (f"{100 * share:.0f}" if share >= 0.005 else "<1")
        assert title.endswith(wording.share(share))
    rows = section.tables[0].frame
    assert rows["share"].tolist() == sorted(pairing["joined_share"], reverse=True)[: len(rows)]


def test_pairing_names_mergers_without_regret(samples, frame, near):
    codes = tuple(frame.index)
    pairing = samples.pairing(near)
    mergers = (((codes[0], codes[1], codes[2]), 0.97),)
    names = wording.listing(frame["borough"].iloc[:3].tolist())
    section = pairing_section(pairing, boroughs=frame, codes=codes, mergers=mergers)
    assert wording.plain(section.sentences[1]) == f"{names} share one room in 97% of the plans."
    without = pairing_section(pairing, boroughs=frame, codes=codes).sentences
    assert "No merger is common" in wording.plain(without[0])
    none = pairing_section(pairing.head(0), boroughs=frame, codes=codes).sentences
    assert wording.plain(none[0]).startswith("No two boroughs")


def test_near_best_plans_come_from_the_alternatives(frame):
    boroughs = borough_inputs()
    scenario = load_scenario()
    table = build_table(make_setting(boroughs, scenario))
    near = alternatives(table, epsilon=0.002)
    best = consolidate(boroughs, scenario, table=table)
    today = cost_plan(boroughs, scenario, [[code] for code in boroughs.index], "today", "Today")
    few = len(near) - 3
    found = plan_set({"reference": [today]}, best=best, baseline=today, near=near, most_near=few)
    assert len(found) == few + 1  # the best plan is the first of them
    assert f"holds the {few:,} cheapest of them" in found.note
    whole = [near.plan(number) for number in range(few)]
    expected = plan_set({"reference": [today], "near_best": whole}, best=best, baseline=today)
    assert found.frame["plan_id"].tolist() == expected.frame["plan_id"].tolist()
    assert (found.sites(table.setting.codes) == expected.sites(table.setting.codes)).all()
    for column in ("npv_gbp", "over_best_gbp", "saving_gbp_per_year", "link_km", "boroughs_moved"):
        assert found.frame[column].to_numpy() == pytest.approx(
            expected.frame[column].to_numpy(), abs=1e-4
        )
    picks = [found.find(pick) for pick in near.picks()]
    assert picks[0] == "optimum"
    assert found.find(near.plan(len(near) - 1)) is None


def test_cluster_order_keeps_blocks_together():
    blocks = np.kron(np.eye(3), np.ones((3, 3)))
    shuffle = [0, 3, 6, 1, 4, 7, 2, 5, 8]
    order = cluster_order(blocks[np.ix_(shuffle, shuffle)])
    groups = [shuffle[place] // 3 for place in order]
    assert sum(one != two for one, two in pairwise(groups)) == 2
    assert cluster_order(np.ones((2, 2))) == [0, 1]


def test_tornado_names_what_matters_most(samples):
    section = tornado_section(samples.tornado(), label="Least cost", switching=samples.switching())
    first, second = (wording.plain(each) for each in section.sentences)
    assert "cameras per operator" in first
    assert "£15.5 million to £24.5 million" in first
    assert second == "No coefficient alone, within its range, takes the saving away."
    assert section.tables[1].key == "switching"
    assert len(section.tables[1].frame) == 2
    assert "1 further coefficient changes the answer at no value tried" in section.tables[1].note
    lost = samples.tornado().assign(saving_at_high_gbp=[-1e6, 1.0, 1.0])
    said = wording.plain(tornado_section(lost, label="x").sentences[1])
    assert said.startswith("1 coefficient alone")


def test_regret_says_the_least_and_links_known_plans(samples, frame):
    plans = list(samples.plans(frame).values())
    section = regret_section(samples.regret(plans), known={"today"})
    said = wording.plain(section.sentences[0])
    assert "In 500 draws" in said
    assert "£200,000" in said
    view = section.tables[0].view({})
    assert "Most often best" in wording.plain(section.sentences[1])
    seldom = samples.regret(plans).assign(best_share=0.01)
    said = wording.plain(regret_section(seldom, known=()).sentences[1])
    assert said == "No plan shown is best in more than 1.0% of the draws."
    assert [row["plan"] for row in view["rows"]] == ["today", None, None, None]
