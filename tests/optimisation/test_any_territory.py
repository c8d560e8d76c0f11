"""A territory beside London: areas, neighbours and rooms of today from a layer and a table."""

from __future__ import annotations

import itertools
from pathlib import Path

import geopandas as gpd
import networkx as nx
import pandas as pd
import pytest
from shapely import box

from coverage_model.base.errors import InputError
from coverage_model.reading.areas import AreaLayer, read_areas
from optimisation.any_territory import area_inputs, neighbour_notes, read_counts
from optimisation.consolidation import consolidate, cost_plan
from optimisation.costs.local_draws import count_log_sd
from optimisation.group_table import make_setting
from optimisation.scenario import Scenario
from optimisation.territory import adjacency_graph, carried_graph

NAMES = ("Ashby", "Brook", "Carn", "Dunmere", "Isle")
"""Four squares of 5 km in a row, and an island 20 km off."""

TABLE = """District;Number of cameras;Year;Has room;Room today;Crimes;Joined to
Ashby;310;2020;yes;;1200;
Brook;90;2024;;;;
Carn;120;;no;Brook;300;
X4;40;;no;;;
Isle;0;;;;;Ashby
"""


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> AreaLayer:
    shapes = [box(400_000 + 5000 * k, 300_000, 405_000 + 5000 * k, 305_000) for k in range(4)]
    shapes.append(box(440_000, 300_000, 445_000, 305_000))
    frame = {"code": [f"X{k}" for k in range(1, 6)], "name": list(NAMES)}
    path = tmp_path_factory.mktemp("areas") / "areas.gpkg"
    gpd.GeoDataFrame(frame, geometry=shapes, crs=27700).to_file(path)
    return read_areas(path)


def counts_file(folder: Path, text: str) -> Path:
    path = folder / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rooms_of_today_and_neighbours(tmp_path: Path, layer: AreaLayer) -> None:
    counts = read_counts(counts_file(tmp_path, TABLE), areas=layer)
    frame = area_inputs(layer, counts=counts)
    assert frame["cameras"].tolist() == [310, 90, 120, 40, 0]
    assert frame["crimes_per_year"].fillna(-1).tolist() == [1200, -1, 300, -1, -1]
    # Said, taken, served by Brook, nobody watches, no camera.
    assert frame["has_room"].tolist() == [True, True, False, False, False]
    assert frame["monitored"].tolist() == [True, True, True, False, False]
    assert frame["room_today"].tolist() == ["X1", "X2", "X2", "X4", "X5"]
    assert (counts.log.count("room_assumed"), counts.log.count("recording_only")) == (1, 1)
    setting = make_setting(frame, Scenario())
    assert setting.today == {"X1": ("X1",), "X2": ("X2", "X3"), "X4": ("X4",), "X5": ("X5",)}
    by_land = carried_graph(frame, "land")
    crossings = carried_graph(frame, "land_and_crossings")
    assert by_land is not None
    assert crossings is not None
    row = {("X1", "X2"), ("X2", "X3"), ("X3", "X4")}
    assert {tuple(sorted(pair)) for pair in by_land.edges} == row
    assert {tuple(sorted(pair)) for pair in crossings.edges} == {*row, ("X1", "X5")}
    assert neighbour_notes(frame) == ()
    lone = area_inputs(
        layer, counts=read_counts(counts_file(tmp_path, TABLE.replace(";Ashby", ";")), areas=layer)
    )
    assert neighbour_notes(lone)[0].rows == ("Isle",)


def test_counts_grow_uncertain_with_their_age(tmp_path: Path, layer: AreaLayer) -> None:
    frame = area_inputs(layer, counts=read_counts(counts_file(tmp_path, TABLE), areas=layer))
    spread = count_log_sd(frame)
    assert spread["X1"] > 0
    assert spread.drop("X1").tolist() == [0, 0, 0, 0]


def test_an_inventory_is_counted(layer: AreaLayer) -> None:
    cameras = gpd.GeoDataFrame(
        {
            "camera_id": ["a", "a", "b", "c"],
            "ownership": ["public", "public", "public", "private"],
            "borough_code": ["X1", "X1", "X3", "X2"],
        },
        geometry=gpd.points_from_xy([0] * 4, [0] * 4, crs=27700),
    )
    frame = area_inputs(layer, cameras=cameras)
    assert frame["cameras"].tolist() == [1, 0, 1, 0, 0]
    assert frame["has_room"].tolist() == [True, False, True, False, False]
    with pytest.raises(InputError, match="no public camera stands in one of the areas"):
        area_inputs(layer, cameras=cameras.iloc[3:])


def test_one_error_lists_every_fault(tmp_path: Path, layer: AreaLayer) -> None:
    text = (
        "area,cameras,year,has_room,room_today,joined_to\n"
        "Ashbi,10,,,,\nBrook,-3,19,maybe,,\nBrook,many,,,Nowhere,\nX4,,,,,Atlantis\n"
    )
    with pytest.raises(InputError) as error:
        read_counts(counts_file(tmp_path, text), areas=layer)
    said = str(error.value)
    for part in (
        "no area of this name or code in the layer",
        "did you mean Ashby?",
        "areas with more than one row",
        "cameras is no number of at least 0",
        "has_room is neither yes nor no",
        "the year is none",
        "room_today names no area of the layer",
        "joined_to names no area of the layer",
    ):
        assert part in said
    with pytest.raises(InputError, match="areas without a row") as error:
        read_counts(counts_file(tmp_path, "area,cameras\nAshby,1\n"), areas=layer)
    assert "Isle" in str(error.value)
    rooms = (
        "area,cameras,has_room,room_today\n"
        "Ashby,1,no,\nBrook,1,,Ashby\nCarn,1,yes,Dunmere\nDunmere,1,,\nIsle,1,,\n"
    )
    with pytest.raises(InputError) as error:
        read_counts(counts_file(tmp_path, rooms), areas=layer)
    assert "areas that have a room and are served by another's" in str(error.value)
    assert "areas served by a room that is not there" in str(error.value)


def test_the_middle_of_a_river_is_london_s_alone(tmp_path: Path, layer: AreaLayer) -> None:
    frame = area_inputs(layer, counts=read_counts(counts_file(tmp_path, TABLE), areas=layer))
    with pytest.raises(InputError, match="mid_river"):
        make_setting(frame, Scenario(contiguity="mid_river"))


def test_the_best_plan_is_that_of_all_partitions(tmp_path: Path, layer: AreaLayer) -> None:
    frame = area_inputs(layer, counts=read_counts(counts_file(tmp_path, TABLE), areas=layer))
    scenario = Scenario(capacity_cameras=450)
    graph = carried_graph(frame, scenario.contiguity)
    assert graph is not None
    cameras = frame["cameras"]

    def partitions(codes: list[str]) -> list[list[list[str]]]:
        if not codes:
            return [[]]
        first, *rest = codes
        return [
            [[first, *mates], *others]
            for size in range(len(rest) + 1)
            for mates in itertools.combinations(rest, size)
            for others in partitions([code for code in rest if code not in mates])
        ]

    costs = [
        cost_plan(frame, scenario, plan, "x", "x").npv_gbp
        for plan in partitions(list(frame.index))
        if all(nx.is_connected(graph.subgraph(room)) for room in plan)
        and all(cameras[room].sum() <= 450 for room in plan)
    ]
    assert len(costs) > 5
    assert consolidate(frame, scenario).npv_gbp == pytest.approx(min(costs))


@pytest.mark.shared
def test_authorities_of_the_united_kingdom(tmp_path: Path, shared_data: Path) -> None:
    layer = read_areas(shared_data / "uk" / "uk_ltla24_361.geojson")
    names = layer.frame["area_name"].tolist()
    rows = pd.DataFrame({"area": names, "cameras": [100 + 7 * (k % 40) for k in range(361)]})
    rows.to_csv(tmp_path / "counts.csv", index=False)
    frame = area_inputs(layer, counts=read_counts(tmp_path / "counts.csv", areas=layer))
    graph = carried_graph(frame, "land")
    assert graph is not None
    assert graph.number_of_edges() == adjacency_graph(layer.frame).number_of_edges() == 905
    assert {note.count for note in neighbour_notes(frame)} == {6}
    assert "Isle of Wight" in neighbour_notes(frame)[0].rows
