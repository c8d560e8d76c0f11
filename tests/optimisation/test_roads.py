"""Distances by road: hand cases, networkx on real streets, and one source for every model."""

from __future__ import annotations

from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage_model.base.errors import CRSError, InputError, MissingFileError
from optimisation.consolidation import consolidate, cost_plan, reference_plans
from optimisation.explain import constraints
from optimisation.group_table import make_setting
from optimisation.monte_carlo import monte_carlo
from optimisation.resilience import failover_rooms
from optimisation.roads import (
    ROADS,
    RoadNetwork,
    carried_km,
    read_roads,
    road_distances_km,
    with_road_km,
)
from optimisation.robustness import switching_values, tornado
from optimisation.scenario import Scenario

SITES = pd.DataFrame({"site_x_m": [0.0, 3000.0], "site_y_m": [-100.0, 4000.0]}, index=["A", "B"])


def write(path: Path, *, shift: float = 0.0, cut: bool = False, crs: str = "epsg:27700") -> Path:
    """Write a corner: 3,000 m east, then north by a bend that is 4,200 m long."""
    graph = nx.MultiDiGraph(crs=crs)
    for node, (x, y) in {1: (0, 0), 2: (3000, 0), 3: (3000, 4000), 4: (0, 90)}.items():
        graph.add_node(node, x=float(x) + shift, y=float(y))
    graph.add_edge(1, 2, length=3000.0)
    graph.add_edge(1, 2, length=3500.0)
    if not cut:
        graph.add_edge(3, 2, length=4200.0)
    graph.add_edge(1, 4, length=90.0)
    nx.write_graphml(graph, path)
    return path


def test_distance_by_hand(tmp_path: Path) -> None:
    # From A 100 m to node 1, then 3,000 m (not the 3,500 m beside it) and 4,200 m: 7.3 km, against
    # 5.08 km in a straight line.
    roads = read_roads(write(tmp_path / "roads.graphml"))
    assert road_distances_km(SITES, roads) == pytest.approx(np.array([[0, 7.3], [7.3, 0]]))
    assert (roads.log.rows_read, roads.log.items_read, roads.log.count("parallel")) == (4, 3, 1)


def grid(path: Path, *, crs: int) -> Path:
    """Write a grid of 5 by 4 roads 100 m apart in the National Grid, in whichever CRS."""
    spots = [(530000 + 100 * i, 180000 + 100 * j) for i in range(5) for j in range(4)]
    places = gpd.GeoSeries.from_xy(*zip(*spots, strict=True), crs=27700).to_crs(crs)
    graph = nx.MultiDiGraph(crs=f"EPSG:{crs}")
    for place, point in enumerate(places):
        graph.add_node(place, x=point.x, y=point.y)
    for a, b in combinations(range(20), 2):
        if abs(spots[a][0] - spots[b][0]) + abs(spots[a][1] - spots[b][1]) == 100:
            graph.add_edge(a, b)
    osmnx.save_graphml(graph, path)
    return path


@pytest.mark.parametrize("crs", [27700, 4326, 3857, 32630])
def test_a_grid_in_any_crs_gives_the_same_metres(tmp_path: Path, crs: int) -> None:
    # 4 blocks east and 3 north, and 10 m from each site to its corner: 720 m.
    roads = read_roads(grid(tmp_path / "grid.graphml", crs=crs))
    sites = pd.DataFrame(
        {"site_x_m": [529990.0, 530400.0], "site_y_m": [180000.0, 180310.0]}, index=["A", "B"]
    )
    # PROJ's own shift, which made the file, is up to 2 m from Ordnance Survey's on the way back.
    assert road_distances_km(sites, roads)[0, 1] == pytest.approx(0.72, abs=0.005)
    assert roads.log.crs_in == f"EPSG:{crs}"


def test_a_drawn_stretch_is_as_long_as_its_line(tmp_path: Path) -> None:
    graph = nx.MultiDiGraph(crs="EPSG:27700")
    graph.add_node(1, x=530000.0, y=180000.0)
    graph.add_node(2, x=530300.0, y=180000.0)
    # 300 m apart; the line goes 400 m north, 300 m east and 400 m south. Its `length` is wrong.
    line = "LINESTRING (530000 180000, 530000 180400, 530300 180400, 530300 180000)"
    graph.add_edge(1, 2, length=5.0, geometry=line)
    nx.write_graphml(graph, tmp_path / "drawn.graphml")
    assert read_roads(tmp_path / "drawn.graphml").length_m.tolist() == [1100.0]
    graph[1][2][0].pop("geometry")
    nx.write_graphml(graph, tmp_path / "bare.graphml")
    assert read_roads(tmp_path / "bare.graphml").length_m.tolist() == [300.0]


def test_parts_that_lead_nowhere_are_left_out_and_counted(tmp_path: Path) -> None:
    graph = nx.MultiDiGraph(crs="EPSG:27700")
    for place in range(300):
        graph.add_node(place, x=530000.0 + 10 * place, y=180000.0)
    graph.add_edges_from((place, place + 1) for place in range(297))
    graph.add_edge(298, 299)  # 2 of 300 nodes: under 1 %
    nx.write_graphml(graph, tmp_path / "roads.graphml")
    roads = read_roads(tmp_path / "roads.graphml")
    assert (len(roads.nodes_m), roads.log.count("islands")) == (298, 1)
    # The last site stands on the part left out, 20 m from the rest, which serves it.
    sites = pd.DataFrame(
        {"site_x_m": [530000.0, 532990.0], "site_y_m": [180000.0] * 2}, index=["A", "B"]
    )
    assert road_distances_km(sites, roads)[0, 1] == pytest.approx(2.99)


@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.floats(1, 3))
def test_ways_are_metric_and_never_shorter_than_the_straight_line(
    seed: int, count: int, factor: float
) -> None:
    draw = np.random.default_rng(seed)
    nodes = draw.uniform(0, 4000, (count, 2))
    ends = np.array([(draw.integers(0, b), b) for b in range(1, count)])
    straight = np.hypot(*(nodes[ends[:, 0]] - nodes[ends[:, 1]]).T)
    log: Any = type("Log", (), {"path": "drawn"})
    roads = RoadNetwork(nodes, ends, straight * factor, log)
    spots = draw.uniform(0, 4000, (3, 2))
    sites = pd.DataFrame(spots, columns=["site_x_m", "site_y_m"], index=list("ABC"))
    km = road_distances_km(sites, roads)
    assert (km == km.T).all()
    assert (np.diag(km) == 0).all()
    as_flown = np.hypot(*(spots[:, None] - spots[None, :]).transpose(2, 0, 1)) / 1000
    assert (km >= as_flown - 1e-9).all()
    for a, b, c in permutations(range(3)):
        assert km[a, c] <= km[a, b] + km[b, c] + 1e-9


@pytest.mark.parametrize(
    ("options", "part", "named"),
    [
        ({"shift": 20_000.0}, "no node within 5 km", "A, B"),
        ({"cut": True}, "not joined to the others by road", "B"),
    ],
)
def test_roads_that_do_not_serve(
    tmp_path: Path, options: dict[str, Any], part: str, named: str
) -> None:
    roads = read_roads(write(tmp_path / "roads.graphml", **options))
    sites = SITES.assign(borough=["A", "B"])
    if "cut" in options:
        sites.loc["C"] = {"site_x_m": 0.0, "site_y_m": 90.0, "borough": "C"}
    with pytest.raises(InputError, match=part) as raised:
        road_distances_km(sites, roads)
    assert raised.value.faults[0].rows == tuple(named.split(", "))


def bare(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_files_that_are_no_road_network(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        read_roads(tmp_path / "none.graphml")
    for name, text, part in (
        # What a file holds decides, not its ending: a line of words is a table.
        ("bad.graphml", "not xml", "a road network cannot be read from CSV"),
        ("cut.graphml", "<?xml version='1.0'?><graphml><graph", "cannot be read as GraphML"),
        ("bad.osm", "<osm", "a road network cannot be read from a GIS layer"),
        ("cut.osm", "<osm version='0.6'><node id='1'", "cannot be read as OpenStreetMap's roads"),
        ("roads.csv", "a,b\n1,2\n", "a road network cannot be read from CSV"),
        ("empty.graphml", "", "empty"),
        ("nothing.osm", "<osm version='0.6'><node id='1' lat='51' lon='0'/></osm>", "OSM XML|road"),
    ):
        with pytest.raises(InputError, match=part):
            read_roads(bare(tmp_path, name, text))
    graph = nx.MultiDiGraph()
    graph.add_node(1, x=0.0, y=0.0)
    graph.add_node(2, x=1.0)
    graph.add_edge(1, 2)
    nx.write_graphml(graph, tmp_path / "plain.graphml")
    with pytest.raises(CRSError, match="does not say its CRS"):
        read_roads(tmp_path / "plain.graphml")
    graph.graph["crs"] = "EPSG:27700"
    nx.write_graphml(graph, tmp_path / "placeless.graphml")
    with pytest.raises(InputError, match="no x and y"):
        read_roads(tmp_path / "placeless.graphml")
    graph.nodes[2]["y"] = 0.0
    graph.remove_edge(1, 2)
    nx.write_graphml(graph, tmp_path / "edgeless.graphml")
    with pytest.raises(InputError, match="holds no road"):
        read_roads(tmp_path / "edgeless.graphml")


def four_areas(factor: float) -> pd.DataFrame:
    """Four areas in a row, 2 km apart, whose roads are so much longer than the straight line."""
    codes = list("ABCD")
    x = np.arange(4) * 2000.0
    frame = pd.DataFrame(
        {
            "borough": ["Ay", "Bee", "Cee", "Dee"],
            "cameras": [150.0, 130.0, 170.0, 140.0],
            "site_x_m": x,
            "site_y_m": 0.0,
            "room_today": codes,
        },
        index=pd.Index(codes, name="borough_code"),
    )
    km = np.abs(x[:, None] - x[None, :]) / 1000 * factor
    return frame.join(pd.DataFrame(km, frame.index, [f"road_km_to_{code}" for code in codes]))


def test_every_model_takes_the_distances_that_the_frame_carries() -> None:
    scenario = Scenario(name="s", contiguity="none", max_link_km=25)
    frame = four_areas(3.0)
    setting = make_setting(frame, scenario)
    assert setting.by_road
    assert setting.places.km[0].tolist() == [0.0, 6.0, 12.0, 18.0]
    groups = {"A": ["A", "B"], "C": ["C", "D"]}
    plan = cost_plan(frame, scenario, groups, "two", "Two rooms")
    assert sum(room.link_km for room in plan.rooms) == pytest.approx(12.0)
    best = consolidate(frame, scenario)
    assert any("by road" in note for note in best.notes)
    plans = {each.plan_id: each for each in reference_plans(frame, scenario)}
    # One room: in B or C, 6 + 6 + 12 km.
    assert plans["pan_london"].rooms[0].link_km == pytest.approx(24.0)
    failover = failover_rooms(setting, plan).failover
    # The room in C has more cameras and comes first; D is 18 km from A, and A 12 km from C.
    assert failover["longest_km"].tolist() == [18.0, 12.0]
    assert "25 km by road from" in " ".join(each.sentence for each in constraints(setting))
    # The detour factor has no part in it any more.
    for table in (tornado(frame, scenario, plan), switching_values(frame, scenario, plan)):
        assert "detour_factor" not in set(table["coefficient"])
    drawn = monte_carlo(frame, scenario, [plan], draws=3)
    assert "detour_factor" not in drawn.draws.columns
    # Distances that are the straight lines times the factor give the same money, to the penny.
    factor = 1.5
    straight = frame[[name for name in frame if not name.startswith("road_km_to_")]]
    asked = scenario.model_copy(update={"coefficients": {"detour_factor": factor}})
    a, b = consolidate(four_areas(factor), scenario), consolidate(straight, asked)
    assert a.npv_gbp == pytest.approx(b.npv_gbp, abs=0.01)


def test_a_frame_that_lacks_distances_never_falls_back() -> None:
    scenario = Scenario(name="s", contiguity="none")
    with pytest.raises(InputError, match="no distance by road") as raised:
        make_setting(four_areas(2.0).drop(columns="road_km_to_C"), scenario)
    assert raised.value.faults[0].rows == ("C",)
    some = carried_km(four_areas(2.0).loc[["D", "B"]])
    assert some is not None
    assert some.tolist() == [[0.0, 8.0], [8.0, 0.0]]


@pytest.mark.shared
def test_real_streets_agree_with_networkx(shared_data: Path) -> None:
    """Four areas of Fitzrovia: a street network of OpenStreetMap, 0.95 by 0.76 km."""
    file = shared_data / "london" / "fitzrovia.osm"
    roads = read_roads(file)
    sites = pd.DataFrame(
        {
            "borough": ["North-west", "North-east", "South-west", "South-east"],
            "cameras": [40.0, 60.0, 50.0, 30.0],
            "site_x_m": [528700.0, 529300.0, 528750.0, 529350.0],
            "site_y_m": [181900.0, 181950.0, 181400.0, 181450.0],
        },
        index=pd.Index(["NW", "NE", "SW", "SE"], name="borough_code"),
    )
    frame = with_road_km(sites, roads)
    km = carried_km(frame)
    assert km is not None
    assert (km == km.T).all()
    xy = sites[["site_x_m", "site_y_m"]].to_numpy()
    straight = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1)) / 1000
    assert (km >= straight - 1e-9).all()
    assert 1.02 < km[straight > 0].sum() / straight.sum() < 1.8

    # The same by other means: osmnx reads, PROJ projects, networkx finds the way.
    graph = osmnx.graph_from_xml(file, bidirectional=True, simplify=False, retain_all=True)
    no_road = [
        k for *k, tags in graph.edges(keys=True, data=True) if tags.get("highway") not in ROADS
    ]
    graph.remove_edges_from(no_road)
    plain = nx.Graph()
    ids = [node for node, degree in graph.degree() if degree]
    points = gpd.GeoSeries.from_xy(
        [graph.nodes[n]["x"] for n in ids], [graph.nodes[n]["y"] for n in ids], crs=4326
    ).to_crs(27700)
    at = dict(zip(ids, zip(points.x, points.y, strict=True), strict=True))
    plain.add_edges_from((a, b, {"m": np.hypot(at[a][0] - at[b][0], at[a][1] - at[b][1])})
                         for a, b in graph.edges() if a != b)  # fmt: skip
    main = max(nx.connected_components(plain), key=len)
    near = [min(main, key=lambda n: np.hypot(at[n][0] - x, at[n][1] - y)) for x, y in xy]
    for i, j in combinations(range(4), 2):
        way = nx.dijkstra_path_length(plain, near[i], near[j], weight="m")
        ends = [np.hypot(at[near[k]][0] - xy[k][0], at[near[k]][1] - xy[k][1]) for k in (i, j)]
        # The two datum shifts are up to 2 m apart at each end.
        assert km[i, j] * 1000 == pytest.approx(way + sum(ends), abs=5.0)

    plan = consolidate(frame, Scenario(name="fitzrovia", contiguity="none"))
    assert plan.report.status == "optimal"
    place = {code: number for number, code in enumerate(sites.index)}
    for room in plan.rooms:
        ways = [km[place[code], place[room.site_code]] for code in room.members]
        assert room.link_km == pytest.approx(sum(ways))
