"""Groups keep letter and colour from plan to plan, and neighbours differ."""

from __future__ import annotations

import pytest

from coverage_model.base import datasets
from maps._workshop_map import map_data
from maps.comparison_map import moved
from maps.shell.groups import NEIGHBOURS_WITHIN_M, colours, identify, marked, match
from maps.shell.layers import prepare_areas


@pytest.fixture(scope="module")
def drawn(samples):
    areas = datasets.boroughs("overview")
    plans = samples.plans(samples.boroughs(areas))
    prepared = prepare_areas(areas)
    return plans, prepared


def test_matching_maximises_what_is_shared():
    # Taking the best pair first would do as well here; taking rows in turn would not.
    reference = [("a", "abc"), ("d", "d")]
    assert match(reference, [("a", "ad"), ("b", "bc")]) == [1, 0]


def test_a_room_that_stays_decides_a_tie():
    singles = [(code, code) for code in "abc"]
    assert match(singles, [("b", "abc")]) == [1]


def test_equal_plans_move_nothing(drawn):
    plans, prepared = drawn
    first, second = identify((plans["bcu"], plans["bcu"]), prepared)
    assert first.by_area == second.by_area
    assert not any(moved(second, first))


def test_merging_two_groups_moves_the_smaller_one(drawn):
    plans, prepared = drawn
    base, other = identify((plans["bcu"], plans["optimum"]), prepared)
    changed = [code for code, flag in zip(prepared.codes, moved(other, base), strict=True) if flag]
    kept = {room.members for room in plans["bcu"].rooms} & {
        room.members for room in plans["optimum"].rooms
    }
    assert changed
    assert not {code for group in kept for code in group} & set(changed)


@pytest.mark.parametrize("names", [["today"], ["today", "bcu", "subregion", "optimum"]])
def test_neighbouring_groups_differ_in_every_plan(drawn, names):
    plans, prepared = drawn
    groupings = identify([plans[name] for name in names], prepared)
    palette = colours(groupings, prepared)
    pairs = prepared.neighbours(within_m=NEIGHBOURS_WITHIN_M)
    assert len(pairs) > 68  # the land borders and some across the Thames
    for grouping in groupings:
        for first, second in pairs:
            one, two = grouping.by_area[first], grouping.by_area[second]
            assert one == two or palette[one] != palette[two]


def test_the_rooms_of_a_run_have_the_same_marks_on_every_page(drawn):
    plans, prepared = drawn
    (alone,), palette = marked((plans["optimum"],), prepared)
    both, together = marked((plans["today"], plans["optimum"]), prepared, first=plans["optimum"])
    assert both[1].by_area == alone.by_area
    assert [together[i] for i in alone.identities] == [palette[i] for i in alone.identities]
    page = map_data(
        [plans["optimum"], plans["today"]],
        prepared=prepared,
        sites=dict.fromkeys(prepared.codes, (51.5, 0.0)),
        codes=prepared.codes,
    )
    at = {code: number for number, code in enumerate(prepared.codes)}
    for room, identity in zip(alone.rooms, alone.identities, strict=True):
        assert page["letters"][at[room.site_code]] == alone.letter(room)
        assert page["colours"][at[room.site_code]] == palette[identity]
