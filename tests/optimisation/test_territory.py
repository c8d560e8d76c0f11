"""London as the model sees it, and the plans everyone asks about."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from shapely import box

from coverage_model.base import datasets
from coverage_model.base.errors import InputError
from optimisation.consolidation import cost_plan, reference_plans
from optimisation.scenario import load_scenario
from optimisation.territory import (
    SITE_PUBLISHED,
    adjacency_graph,
    borough_inputs,
    contiguity_graph,
    neighbour_masks,
    site_distances_km,
)


def test_published_counts_keep_their_year_scope_and_confidence() -> None:
    frame = borough_inputs()
    assert len(frame) == 33
    assert frame.index.is_monotonic_increasing
    published = frame[frame["cameras_basis"] == "published"]
    assert published["cameras"].sum() == 11_089
    assert published["cameras_year"].notna().all()
    assumed = frame[frame["cameras_basis"] == "assumed"]
    assert sorted(assumed["borough"]) == ["Kingston upon Thames", "Waltham Forest"]
    assert assumed["cameras_scope"].str.contains("median").all()


def test_each_site_says_what_it_is_and_lies_in_its_borough() -> None:
    frame = borough_inputs()
    shapes = datasets.boroughs("full").set_index("borough_code").geometry
    points = gpd.GeoSeries.from_xy(
        frame["site_x_m"], frame["site_y_m"], index=frame.index, crs=27700
    )
    assert points.within(shapes.reindex(frame.index)).all()
    assert (frame["site_basis"] == SITE_PUBLISHED).sum() == 16
    without = frame[~frame["has_room"]]["borough"]
    assert sorted(without) == [
        "Bexley",
        "Kensington and Chelsea",
        "Richmond upon Thames",
        "Westminster",
    ]


def test_an_inventory_is_counted_by_camera_and_public_only() -> None:
    inventory = gpd.GeoDataFrame(
        {
            "camera_id": ["1", "1", "2", "3"],
            "ownership": ["public", "public", "private", "public"],
            "borough_code": ["E09000007", "E09000007", "E09000007", None],
        },
        geometry=gpd.GeoSeries.from_xy([0.0] * 4, [0.0] * 4, crs=27700),
    )
    frame = borough_inputs(inventory)
    assert frame["cameras"].sum() == 1
    assert frame.loc["E09000007", "cameras"] == 1
    assert set(frame["cameras_basis"]) == {"inventory"}
    with pytest.raises(InputError, match="no public camera"):
        borough_inputs(inventory.assign(ownership="private"))


def test_graphs_of_london() -> None:
    land, both = contiguity_graph("land"), contiguity_graph("land_and_crossings")
    assert (land.number_of_edges(), both.number_of_edges()) == (68, 77)
    assert nx.is_connected(both)
    assert contiguity_graph("none").number_of_edges() == 33 * 32 / 2
    assert contiguity_graph("land", codes=["E09000007", "E09000019"]).number_of_edges() == 1
    assert neighbour_masks(land, ["E09000007", "E09000019"]) == [0b10, 0b01]


def test_distance_is_straight_line_times_detour() -> None:
    frame = pd.DataFrame({"site_x_m": [0.0, 3_000.0], "site_y_m": [0.0, 4_000.0]})
    km = site_distances_km(frame, detour_factor=1.3)
    assert np.allclose(km, [[0, 6.5], [6.5, 0]])


def test_reference_plans_cover_london_and_say_what_they_break() -> None:
    boroughs, scenario = borough_inputs(), load_scenario()
    plans = {plan.plan_id: plan for plan in reference_plans(boroughs, scenario)}
    assert {key: len(plan.rooms) for key, plan in plans.items()} == {
        "today": 30,  # 29 rooms, and Bexley, whose cameras only record
        "own_rooms": 33,
        "bcu": 13,
        "subregion": 5,
        "pan_london": 1,
    }
    for plan in plans.values():
        assert sorted(c for r in plan.rooms for c in r.members) == list(boroughs.index)
        assert plan.report.status == "reference"
        assert plan.report.gap_share == 0
    assert any(
        "City of London" in str(boroughs["borough"][r.site_code]) and len(r.members) == 1
        for r in plans["bcu"].rooms
    )
    assert not any("Breaks" in note for note in plans["bcu"].notes)
    pan = " ".join(plans["pan_london"].notes)
    for part in ("room capacity of 2,000", "6 boroughs a room", "longest link of 25 km"):
        assert part in pan


def test_notes_name_every_wish_a_plan_breaks() -> None:
    wishes = {
        "must_share": [["Camden", "Islington"]],
        "fixed_rooms": ["Camden"],
        "rooms": 5,
        "boroughs": ["Camden", "Islington", "Havering", "Hackney", "Barnet"],
        "must_not_share": [["Havering", "Hackney"]],
        "forbidden_rooms": ["Barnet"],
    }
    groups = {
        "E09000003": ["E09000003", "E09000007"],
        "E09000019": ["E09000019"],
        "E09000012": ["E09000012", "E09000016"],
    }
    scenario = load_scenario(overrides=wishes)
    notes = " ".join(cost_plan(borough_inputs(), scenario, groups, "p", "P").notes)
    for part in (
        "do not hang together",
        "Parts boroughs that must share: Camden and Islington",
        "Joins boroughs that must not share: Hackney and Havering",
        "Has no room at: Camden",
        "Has a forbidden room at: Barnet",
        "Has 3 rooms; the scenario asks for 5",
    ):
        assert part in notes


def test_a_plan_must_serve_each_borough_once() -> None:
    groups = {"E09000007": ["E09000007", "E09000007x"], "E09000019": ["E09000012", "E09000012"]}
    with pytest.raises(InputError) as error:
        cost_plan(borough_inputs(), load_scenario(), groups, "p", "P")
    message = str(error.value)
    for part in ("not in play", "without a room", "several rooms", "do not serve"):
        assert part in message


def test_exact_neighbours_of_any_layer() -> None:
    squares = gpd.GeoDataFrame(
        {"area_code": ["a", "b", "c", "d"]},
        geometry=[
            box(0, 0, 100, 100),
            box(100, 0, 200, 100),
            box(200, 60, 300, 160),
            box(100, 100, 200, 200),
        ],
        crs=27700,
    )
    graph = adjacency_graph(squares, min_shared_m=50)
    assert {frozenset(edge) for edge in graph.edges} == {
        frozenset("ab"),
        frozenset("bd"),
        frozenset("cd"),
    }
    assert graph.edges["c", "d"]["shared_m"] == pytest.approx(60)
    assert adjacency_graph(squares, min_shared_m=0).number_of_edges() == 5


def test_londons_boundaries_give_the_embedded_neighbours() -> None:
    found = adjacency_graph(datasets.boroughs())
    pairs = datasets.adjacency("land")
    for a, b, metres in zip(
        pairs["borough_code_a"], pairs["borough_code_b"], pairs["shared_boundary_m"], strict=True
    ):
        assert found.edges[a, b]["shared_m"] == pytest.approx(metres, abs=1)


def test_boroughs_that_meet_in_the_middle_of_the_thames() -> None:
    both, river = contiguity_graph("land_and_crossings"), contiguity_graph("mid_river")
    assert set(both.edges) <= set(river.edges)
    names = datasets.borough_facts()["borough"]
    more = {
        frozenset((names[a], names[b])) for a, b, k in river.edges(data="kind") if k == "mid_river"
    }
    assert more == {
        frozenset(pair)
        for pair in (
            ("Barking and Dagenham", "Bexley"),
            ("Barking and Dagenham", "Greenwich"),
            ("Bexley", "Havering"),
            ("City of London", "Lambeth"),
            ("Lewisham", "Tower Hamlets"),
        )
    }
    assert contiguity_graph("mid_river", codes=["E09000004", "E09000016"]).number_of_edges() == 1
