"""What stands below the workshop's map: pairing, sensitivity and regret; borders and colours."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
import shapely

from coverage_model.base import datasets
from maps._workshop_map import borders
from maps.shell import wording
from maps.shell.charts import rounded_ticks
from maps.shell.groups import site_colours
from maps.shell.layers import prepare_areas
from maps.workshop_sections import (
    cluster_order,
    pairing_section,
    regret_section,
    tornado_section,
)


@pytest.fixture(scope="module")
def frame(samples):
    return samples.boroughs(datasets.boroughs("overview"))


@pytest.fixture(scope="module")
def near(samples, frame):
    return samples.near_best(frame, 90)


def test_an_axis_without_a_whole_number_has_no_tick():
    assert rounded_ticks(0.2, 0.8, whole=True) == []


def test_site_colours_part_neighbours():
    serving = np.array([[0, 1, 2, 3], [0, 0, 2, 2]])
    chosen = site_colours(serving, [(0, 1), (1, 2), (2, 3)], given={})
    assert len(set(chosen)) == 4


def test_borders_are_the_outlines_each_once():
    prepared = prepare_areas(datasets.boroughs("overview"))
    arcs = borders(prepared)
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
    assert "No new merger is common" in wording.plain(without[0])
    none = pairing_section(pairing.head(0), boroughs=frame, codes=codes).sentences
    assert wording.plain(none[0]).startswith("No two boroughs")


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
