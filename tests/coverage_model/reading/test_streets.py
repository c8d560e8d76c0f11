from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmnx
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from coverage_model.base.errors import CRSError, InputError, MissingFileError
from coverage_model.base.schemas import (
    Junctions,
    StreetCoverage,
    StreetGaps,
    check,
)
from coverage_model.base.schemas import Streets as StreetsSchema
from coverage_model.cover.coverage import coverage_by_area, coverage_faces, coverage_total
from coverage_model.cover.street_coverage import street_coverage, street_gaps, street_total
from coverage_model.optics.sectors import sector_polygons
from coverage_model.reading.streets import Streets, read_streets, street_tags, streets_from_lines
from coverage_model.sight.visibility import visible_areas

CRS = "EPSG:27700"
# Real coordinates are this large: what is lost to rounding shows here.
X0, Y0 = 530_000.0, 181_000.0


def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return [(X0 + x, Y0 + y) for x, y in points]


def network(*lines: list[tuple[float, float]], names: list[str | None] | None = None) -> Streets:
    return streets_from_lines(
        gpd.GeoDataFrame(
            {"name": names or [None] * len(lines)},
            geometry=[LineString(at(*line)) for line in lines],
            crs=CRS,
        )
    )


def views(*shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
    names = [f"c{i}" for i in range(len(shapes))]
    usual = {
        "camera_id": names,
        "ownership": "public",
        "integration": "integrated",
        "view_basis": "given",
        "level": "detect",
    }
    return gpd.GeoDataFrame(usual | columns, geometry=list(shapes), crs=CRS, index=names)


def square(west: float, south: float, east: float, north: float) -> Polygon:
    return box(X0 + west, Y0 + south, X0 + east, Y0 + north)


def areas(*shapes: Any) -> gpd.GeoDataFrame:
    names = [f"A{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"area_code": names, "area_name": [f"Area {n}" for n in names]},
        geometry=list(shapes),
        crs=CRS,
        index=[f"row {name}" for name in names],
    )


def measured(*args: Any) -> pd.DataFrame:
    table = street_coverage(*args, level="detect")
    check(table, StreetCoverage, "streets")
    return table


# --- lengths -------------------------------------------------------------------------------------


def test_half_a_street_of_100_m_is_seen_by_a_cone() -> None:
    # A camera 50 m north of the street looks south over 90°: it sees 100 m of the line through
    # (0, 0), from -50 to 50, and the street runs from 0 to 100.
    cone = Polygon(at((0, 50), (-60, -10), (60, -10)))
    row = measured(views(cone), network([(0, 0), (100, 0)])).iloc[0]
    assert row["street_length_m"] == pytest.approx(100, abs=1e-9)
    assert row["street_seen_m"] == pytest.approx(50, abs=1e-9)
    assert row["street_seen_share"] == pytest.approx(0.5, abs=1e-11)
    assert row["street_depth_1_m"] == row["street_public_only_m"] == row["street_seen_m"]
    assert row["area_code"] == "ALL"


def test_depth_and_ownership_of_overlapping_views() -> None:
    # 0-40 public, 20-60 private registered, 30-70 public, 50-90 unknown, 90-100 nothing.
    seen = views(
        square(0, -5, 40, 5),
        square(20, -5, 60, 5),
        square(30, -5, 70, 5),
        square(50, -5, 90, 5),
        ownership=["public", "private", "public", "unknown"],
        integration=["integrated", "registered", "integrated", "none"],
    )
    row = measured(seen, network([(0, 0), (35, 0), (100, 0)])).iloc[0]
    expected = {
        "street_length_m": 100,
        "street_seen_m": 90,
        "street_depth_1_m": 20 + 0 + 20,  # 0-20, 70-90
        "street_depth_2_m": 10 + 10 + 10,  # 20-30, 40-50, 60-70
        "street_depth_3plus_m": 10 + 10,  # 30-40, 50-60
        "street_public_only_m": 20 + 10,  # 0-20, 60-70
        "street_private_only_m": 0,
        "street_both_m": 40,  # 20-60
        "street_unknown_owner_only_m": 20,  # 70-90
        "street_private_connected_only_m": 0,
        "street_reach_m": 0,
    }
    assert row[list(expected)].to_dict() == pytest.approx(expected, abs=1e-9)


def test_private_streets_that_a_registered_camera_sees() -> None:
    seen = views(
        square(0, -5, 40, 5),
        square(30, -5, 60, 5),
        ownership="private",
        integration=["none", "registered"],
    )
    row = measured(seen, network([(0, 0), (100, 0)])).iloc[0]
    assert row["street_private_only_m"] == pytest.approx(60, abs=1e-9)
    assert row["street_private_connected_only_m"] == pytest.approx(30, abs=1e-9)


def test_views_of_one_camera_count_once() -> None:
    seen = views(
        square(0, -5, 30, 5), square(20, -5, 50, 5), square(60, -5, 70, 5), camera_id="one"
    )
    row = measured(seen, network([(0, 0), (100, 0)])).iloc[0]
    assert row["street_depth_1_m"] == pytest.approx(60, abs=1e-9)
    assert row["street_depth_2_m"] == 0


def test_reach_is_kept_apart() -> None:
    seen = views(square(0, -5, 30, 5), square(20, -5, 80, 5), view_basis=["given", "reach"])
    row = measured(seen, network([(0, 0), (100, 0)], [(50, 0), (50, 9)], [(50, 0), (60, 9)])).iloc[
        0
    ]
    assert row["street_seen_m"] == pytest.approx(30, abs=1e-9)
    assert row["street_reach_m"] == pytest.approx(60 + 5 + 5 / 9 * np.hypot(10, 9), abs=1e-9)
    assert row["junctions"] == 0  # the first line is not parted at 50


def test_a_courtyard_hides_the_street_in_it() -> None:
    ring = square(0, -20, 100, 20) - square(40, -10, 60, 10)
    row = measured(views(ring), network([(0, 0), (100, 0)])).iloc[0]
    assert row["street_seen_m"] == pytest.approx(80, abs=1e-9)


def test_without_views_nothing_is_seen() -> None:
    none = views(square(0, 0, 1, 1)).iloc[:0]
    row = measured(none, network([(0, 0), (100, 0)])).iloc[0]
    assert (row["street_length_m"], row["street_seen_m"]) == (100, 0)
    assert np.isnan(row["junctions_seen_share"])


def test_levels_are_not_mixed() -> None:
    mixed = views(square(0, 0, 1, 1), square(0, 0, 1, 1), level=["detect", "observe"])
    with pytest.raises(InputError, match="several image-quality levels"):
        street_coverage(mixed, network([(0, 0), (9, 0)]), level="detect")


# --- areas and junctions -------------------------------------------------------------------------


def test_a_street_and_a_junction_on_the_border_count_once() -> None:
    west, east = square(-100, -50, 0, 50), square(0, -50, 100, 50)
    # One street along the border, two that end on it in its middle, and one outside.
    streets = network(
        [(0, -50), (0, 0)], [(0, 0), (0, 50)], [(-80, 0), (0, 0)], [(0, 0), (60, 0)],
        [(200, 0), (230, 0)],
    )  # fmt: skip
    assert streets.junctions["streets"].tolist() == [4]
    seen = views(square(-10, -10, 10, 10))
    table = measured(seen, streets, areas(west, east))
    assert table.index.tolist() == ["row A0", "row A1"]
    assert table["street_length_m"].sum() == pytest.approx(100 + 80 + 60, abs=1e-9)
    assert sorted(table["street_length_m"]) in ([60, 180], [80, 160])
    assert table["street_seen_m"].sum() == pytest.approx(40, abs=1e-9)
    assert table["junctions"].tolist() == [1, 0]
    assert table["junctions_seen"].tolist() == [1, 0]
    total = street_total(seen, streets, table, areas(west, east))
    assert total.loc["outside", "street_length_m"] == pytest.approx(30, abs=1e-9)
    pd.testing.assert_series_equal(
        total.loc["areas"] + total.loc["outside"], total.loc["whole"], check_names=False
    )


def test_a_street_across_three_areas_is_shared_out() -> None:
    three = areas(square(0, -9, 10, 9), square(10, -9, 30, 9), square(30, -9, 60, 9))
    table = measured(views(square(5, -9, 40, 9)), network([(-5, 0), (70, 0)]), three)
    assert table["street_length_m"].tolist() == pytest.approx([10, 20, 30], abs=1e-9)
    assert table["street_seen_m"].tolist() == pytest.approx([5, 20, 10], abs=1e-9)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, Streets]:
    size = st.floats(-100, 100).map(lambda value: round(value, 2))
    lines = draw(
        st.lists(
            st.lists(st.tuples(size, size), min_size=2, max_size=5, unique=True),
            min_size=1,
            max_size=6,
            unique_by=lambda line: tuple(sorted(line)),
        )
    )
    count = draw(st.integers(1, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    cones = sector_polygons(
        X0 + rng.uniform(-100, 100, count),
        Y0 + rng.uniform(-100, 100, count),
        azimuth_deg=rng.uniform(0, 360, count),
        hfov_deg=rng.uniform(20, 360, count),
        far_m=rng.uniform(5, 90, count),
    )
    seen = views(
        *cones,
        camera_id=rng.integers(0, count, count).astype(str),
        view_basis=rng.choice(["given", "assumed", "reach"], count, p=[0.5, 0.3, 0.2]),
        ownership="public",
    )
    owner = dict(enumerate(rng.choice(["public", "private", "unknown"], count)))
    seen["ownership"] = [owner[int(name)] for name in seen["camera_id"]]
    return seen, network(*lines)


@settings(max_examples=25, deadline=None)
@given(scenes())
def test_lengths_agree_with_polygons_and_add_up(scene: tuple[gpd.GeoDataFrame, Streets]) -> None:
    seen, streets = scene
    row = measured(seen, streets).iloc[0]
    views_only = seen[seen["view_basis"].ne("reach")]
    # shapely finds the same by cutting lines with the union of all views: piece by piece, since it
    # counts ground once where a line runs back over itself.
    lines = gpd.GeoSeries(
        [LineString(ends) for line in streets.frame.geometry for ends in pairwise(line.coords)],
        crs=CRS,
    )
    for column, chosen in (
        ("street_seen_m", views_only),
        ("street_reach_m", seen[seen["view_basis"].eq("reach")]),
    ):
        union = shapely.union_all(chosen.geometry.to_numpy())
        assert row[column] == pytest.approx(lines.intersection(union).length.sum(), abs=1e-6)
    depths = row[["street_depth_1_m", "street_depth_2_m", "street_depth_3plus_m"]].sum()
    tiers = ["public_only", "private_only", "both", "unknown_owner_only"]
    assert depths == pytest.approx(row["street_seen_m"], abs=1e-9)
    assert row[[f"street_{tier}_m" for tier in tiers]].sum() == pytest.approx(depths, abs=1e-9)
    assert row["street_seen_m"] <= row["street_length_m"] + 1e-9

    quarters = areas(
        *(square(x, y, x + 100, y + 100) for x in (-100, 0) for y in (-100, 0)),
    )
    table = measured(seen, streets, quarters)
    total = street_total(seen, streets, table, quarters)
    assert (total.loc["areas"] + total.loc["outside"]).to_numpy() == pytest.approx(
        total.loc["whole"].to_numpy(), abs=1e-8
    )
    runs = street_gaps(seen, streets, quarters)
    check(runs, StreetGaps, "runs")
    assert runs["length_m"].sum() == pytest.approx(
        (table["street_length_m"] - table["street_seen_m"]).sum(), abs=1e-5
    )


# --- runs ----------------------------------------------------------------------------------------


def test_unseen_runs_are_ranked_and_named() -> None:
    streets = network(
        [(0, 0), (100, 0)], [(100, 0), (150, 0)], [(0, 50), (70, 50)], [(0, 90), (20, 90)],
        names=["High Street", "High Street", "Mill Lane", None],
    )  # fmt: skip
    camera = gpd.GeoDataFrame(geometry=[Point(X0 + 115, Y0 + 40)], crs=CRS)
    runs = street_gaps(
        views(square(0, -5, 80, 5)), streets, areas(square(-9, -9, 200, 99)), cameras=camera
    )
    assert runs["place"].tolist() == [
        "Mill Lane, Area A0",
        "High Street, Area A0",
        "Area A0, TQ 3081",
    ]
    assert runs["length_m"].tolist() == pytest.approx([70, 70, 20], abs=1e-9)
    assert runs["rank"].tolist() == [1, 2, 3]
    # High Street is unseen from 80 to 150: two stretches, one run, its middle at 115.
    assert runs.geometry.iloc[1].equals(LineString(at((80, 0), (150, 0))))
    assert runs["nearest_camera_m"].iloc[1] == pytest.approx(40, abs=1e-9)
    long_ones = street_gaps(
        views(square(0, -5, 80, 5)), streets, areas(square(-9, -9, 200, 99)), min_length_m=50
    )
    assert len(long_ones) == 2


def test_a_seen_network_has_no_runs() -> None:
    runs = street_gaps(
        views(square(-1, -1, 20, 1)), network([(0, 0), (9, 0)]), areas(square(-9, -9, 20, 9))
    )
    check(runs, StreetGaps, "runs")
    assert len(runs) == 0


# --- reading -------------------------------------------------------------------------------------

OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version='0.6' generator='test'>
  <node id='1' version='1' lat='51.5200' lon='-0.1350'/>
  <node id='2' version='1' lat='51.5200' lon='-0.1340'/>
  <node id='3' version='1' lat='51.5200' lon='-0.1330'/>
  <node id='4' version='1' lat='51.5210' lon='-0.1340'/>
  <node id='5' version='1' lat='51.5190' lon='-0.1340'/>
  {ways}
</osm>
"""


def way(number: int, nodes: list[int], **tags: str) -> str:
    refs = "".join(f"<nd ref='{node}'/>" for node in nodes)
    pairs = "".join(f"<tag k='{key}' v='{value}'/>" for key, value in tags.items())
    return f"<way id='{number}' version='1'>{refs}{pairs}</way>"


def osm_file(folder: Path, *ways: str) -> Path:
    path = folder / "streets.osm"
    path.write_text(OSM.format(ways="\n  ".join(ways)), encoding="utf-8")
    return path


def crossing(folder: Path) -> Path:
    return osm_file(
        folder,
        way(10, [1, 2, 3], highway="residential", name="Long Street", oneway="yes"),
        way(11, [2, 4], highway="footway", name="Short Walk"),
        way(12, [2, 5], highway="motorway"),
        way(13, [4, 3], highway="service", access="private"),
        way(14, [4, 1], highway="service", access="private", foot="yes"),
        way(15, [1, 5, 3], building="yes"),
        way(16, [5, 3], highway="rope_bridge"),
    )


def test_osm_xml_gives_public_streets_from_junction_to_junction(tmp_path: Path) -> None:
    before = list(osmnx.settings.useful_tags_way)
    streets = read_streets(crossing(tmp_path))
    assert osmnx.settings.useful_tags_way == before
    check(streets.frame, StreetsSchema, "streets")
    check(streets.junctions, Junctions, "junctions")
    assert streets.frame.crs.to_epsg() == 27700
    found = streets.frame.sort_values("street_id")[["street_id", "street_name", "highway"]]
    assert found.fillna("").to_numpy().tolist() == [
        ["10", "Long Street", "residential"],
        ["10/2", "Long Street", "residential"],
        ["11", "Short Walk", "footway"],
        ["14", "", "service"],
    ]
    assert streets.junctions["streets"].tolist() == [3]
    # 0.001° of longitude at this latitude is 69.4 m.
    assert streets.frame.loc[
        streets.frame["street_id"].isin(["10", "10/2"]), "length_m"
    ].tolist() == pytest.approx([69.4, 69.4], abs=0.1)
    left_out = {note.message: note.rows for note in streets.log.notes}
    assert left_out == {
        "Ways with highway=motorway are no public street": ("12",),
        "Ways of an unknown kind were left out": ("16",),
        "Ways with access=private are no public street": ("13",),
    }
    assert streets.log.rows_read == len(streets.frame) + 3
    assert streets.log.datum_shift.method.startswith("OSTN15")


def test_graphml_and_geopackage_of_osmnx_give_the_same_streets(tmp_path: Path) -> None:
    path = crossing(tmp_path)
    direct = read_streets(path)
    graph = osmnx.graph_from_xml(path, retain_all=True)
    graph.remove_edges_from(
        [key for *key, tags in graph.edges(keys=True, data=True) if "highway" not in tags]
    )
    osmnx.save_graphml(graph, tmp_path / "streets.graphml")
    osmnx.save_graph_geopackage(graph, tmp_path / "streets.gpkg", directed=True)
    for name in ("streets.graphml", "streets.gpkg"):
        read = read_streets(tmp_path / name)
        # foot=yes is not among the tags that osmnx keeps by default: way 14 stays private.
        public = direct.frame[direct.frame["highway"].ne("service")]
        assert read.frame["length_m"].sum() == pytest.approx(public["length_m"].sum(), abs=1e-6)
        assert sorted(read.frame["street_name"]) == sorted(public["street_name"])


def test_lines_of_any_layer(tmp_path: Path) -> None:
    lines = gpd.GeoDataFrame(
        {"Name1": ["A", "A", None, "B", "C"]},
        geometry=[
            LineString(at((0, 0), (10, 0))),
            LineString(at((10, 0), (0, 0))),  # the same, the other way
            shapely.MultiLineString([at((20, 0), (30, 0)), at((40, 0), (45, 0))]),
            LineString(at((0, 0), (0, 7))),
            Point(X0, Y0),
        ],
        crs=CRS,
    )
    path = tmp_path / "roads.geojson"
    lines.to_file(path)
    streets = read_streets(path)
    assert sorted(streets.frame["length_m"].round(3)) == [5, 7, 10, 10]
    assert [(note.code, note.count) for note in streets.log.notes] == [
        ("no_highway", 5), ("not_lines", 1), ("repeated", 1),
    ]  # fmt: skip


def test_bad_files_are_explained(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no such file"):
        read_streets(tmp_path / "none.osm")
    with pytest.raises(InputError, match="no public street"):
        read_streets(osm_file(tmp_path, way(1, [1, 2], building="yes")))
    for name in ("broken.osm", "broken.graphml", "broken.gpkg"):
        (tmp_path / name).write_text("<nonsense", encoding="utf-8")
        with pytest.raises(InputError, match="no format known here"):
            read_streets(tmp_path / name)
    path = tmp_path / "two.gpkg"
    line = gpd.GeoDataFrame(geometry=[LineString(at((0, 0), (1, 0)))], crs=CRS)
    line.to_file(path, layer="roads")
    line.to_file(path, layer="paths")
    with pytest.raises(InputError, match=r"2 layers and no choice between them.*: roads, paths"):
        read_streets(path)
    assert len(read_streets(path, layer="paths").frame) == 1
    with pytest.raises(InputError, match="no layer 'rivers'"):
        read_streets(path, layer="rivers")
    with pytest.raises(CRSError, match="not a projected CRS"):
        read_streets(path, layer="paths", crs="EPSG:4326")
    with pytest.raises(CRSError, match="no CRS"):
        streets_from_lines(gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1, 0)])]))


def test_the_table_of_tags_is_sound() -> None:
    tags = street_tags()
    assert not tags.duplicated(["tag", "value"]).any()
    assert set(tags["counts"]) == {"yes", "no", "permit"}
    assert set(tags.loc[tags["counts"].eq("yes"), "tag"]) == {"highway"}


# --- real streets --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fitzrovia(shared_data: Path) -> Streets:
    return read_streets(shared_data / "london" / "fitzrovia.osm")


def facade_views(shared_data: Path, count: int = 200) -> tuple[Any, gpd.GeoDataFrame]:
    """Cameras on façades, one row each, by a seeded rule.

    A wall longer than 4 m is drawn by its length; the camera stands in its middle, 0.2 m off it,
    looks square to it, sees 90° and 40 m far. Every third is private and every tenth turns.
    """
    buildings = gpd.read_file(shared_data / "london" / "fitzrovia_buildings.geojson")
    buildings = buildings[buildings.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    buildings = buildings.to_crs(CRS)
    shells = shapely.get_exterior_ring(shapely.get_parts(buildings.geometry.to_numpy()))
    shells = shells[shapely.is_valid(shells)]
    shells = np.where(shapely.is_ccw(shells), shells, shapely.reverse(shells))
    xy, ring = shapely.get_coordinates(shells, return_index=True)
    start, step = xy[:-1], np.diff(xy, axis=0)
    length = np.hypot(*step.T)
    length[(ring[1:] != ring[:-1]) | (length < 4)] = 0
    rng = np.random.default_rng(2017)
    wall = rng.choice(len(length), count, replace=False, p=length / length.sum())
    outward = np.column_stack([step[wall, 1], -step[wall, 0]]) / length[wall, None]
    place = start[wall] + step[wall] / 2 + 0.2 * outward
    azimuth = np.degrees(np.arctan2(*outward.T)) % 360
    number = np.arange(count)
    sectors = gpd.GeoDataFrame(
        {
            "camera_id": [f"F{n}" for n in number],
            "ownership": np.where(number % 3 == 0, "private", "public"),
            "integration": np.where(number % 3 == 0, "none", "integrated"),
            "borough_code": None,
            "camera_type": "fixed",
            "view_basis": np.where(number % 10 == 0, "reach", "given"),
            "level": "detect",
            "x_m": place[:, 0],
            "y_m": place[:, 1],
            "azimuth_deg": azimuth,
            "hfov_deg": 90.0,
            "near_m": 0.0,
            "far_m": 40.0,
            "mount_height_m": 4.0,
        },
        geometry=sector_polygons(*place.T, azimuth_deg=azimuth, hfov_deg=90, far_m=40),
        crs=CRS,
    )
    footprints = buildings[["geometry"]].copy()
    footprints["geometry"] = shapely.make_valid(footprints.geometry.to_numpy())
    footprints = footprints[footprints.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    footprints["height_m"] = np.nan
    return sectors, footprints.reset_index(drop=True)


@pytest.mark.shared
def test_the_streets_of_fitzrovia(fitzrovia: Streets) -> None:
    frame = fitzrovia.frame
    check(frame, StreetsSchema, "streets")
    assert {"Mortimer Street", "Great Portland Street", "Portland Place"} <= set(
        frame["street_name"].dropna()
    )
    assert frame["length_m"].sum() == pytest.approx(17_318, abs=1)
    assert len(fitzrovia.junctions) == 178
    assert fitzrovia.log.count("no_public_street") == 55


@pytest.mark.shared
def test_what_200_facade_cameras_see_of_fitzrovia(fitzrovia: Streets, shared_data: Path) -> None:
    sectors, buildings = facade_views(shared_data)
    seen = visible_areas(sectors, buildings)
    west, south, east, north = fitzrovia.frame.total_bounds
    middle = (west + east) / 2
    halves = areas(box(west, south, middle, north), box(middle, south, east, north))
    table = measured(seen, fitzrovia, halves)
    total = street_total(seen, fitzrovia, table, halves)
    assert (total.loc["areas"] + total.loc["outside"]).to_numpy() == pytest.approx(
        total.loc["whole"].to_numpy(), abs=1e-6
    )
    # Independently: lines cut by the exact faces of covered ground.
    faces = coverage_faces(seen)
    cut = gpd.overlay(fitzrovia.frame, faces, how="intersection", keep_geom_type=True)
    whole = measured(seen, fitzrovia).iloc[0]
    by_depth = cut.length.groupby(cut["depth"].clip(upper=3)).sum().reindex([1, 2, 3], fill_value=0)
    assert whole["street_depth_1_m"] == pytest.approx(by_depth[1], abs=1e-3)
    assert whole["street_depth_2_m"] == pytest.approx(by_depth[2], abs=1e-3)
    assert whole["street_depth_3plus_m"] == pytest.approx(by_depth[3], abs=1e-3)
    both = cut["depth_public"].gt(0) & cut["depth_private"].gt(0)
    assert whole["street_both_m"] == pytest.approx(cut.length[both].sum(), abs=1e-3)
    # Buildings hide most of what plain cones promise.
    plain = measured(visible_areas(sectors), fitzrovia).iloc[0]
    assert 0 < whole["street_seen_m"] < plain["street_seen_m"]
    assert 0.05 < whole["street_seen_share"] < 0.5


# --- demand as polygons, which shares its ground the same way ------------------------------------


def test_demand_polygons_count_by_their_ground() -> None:
    west, east = square(0, 0, 100, 100), square(100, 0, 200, 100)
    # 1,000 people on 50 to 150: half in each area. A building takes a quarter of its ground.
    lots = gpd.GeoDataFrame(
        {"demand_id": ["L1", "L2"], "weight": [1000.0, 60.0]},
        geometry=[square(50, 0, 150, 100), square(300, 0, 310, 10)],
        crs=CRS,
    )
    house = gpd.GeoDataFrame(geometry=[square(50, 0, 100, 50)], crs=CRS)
    seen = views(square(50, 50, 80, 100), square(100, 0, 120, 100))
    cameras = gpd.GeoDataFrame(
        {
            "camera_id": ["c0", "c1"],
            "ownership": "public",
            "view_basis": "given",
        },
        geometry=[Point(X0 + 50, Y0 + 50), Point(X0 + 100, Y0)],
        crs=CRS,
        index=["c0", "c1"],
    )
    plain = coverage_by_area(seen, areas(west, east), level="detect", cameras=cameras, demand=lots)
    assert plain["demand_weight"].tolist() == pytest.approx([500, 500])
    assert plain["demand_covered_weight"].tolist() == pytest.approx([150, 200])
    built = coverage_by_area(
        seen, areas(west, east), level="detect", cameras=cameras, demand=lots, obstacles=house
    )
    # 7,500 m² of public realm: 2,500 west and 5,000 east; seen are 1,500 and 2,000.
    assert built["demand_weight"].tolist() == pytest.approx([1000 / 3, 2000 / 3])
    assert built["demand_covered_weight"].tolist() == pytest.approx([200, 800 / 3])
    total = coverage_total(seen, built, cameras=cameras, demand=lots, obstacles=house)
    assert total.loc["outside", "demand_weight"] == pytest.approx(60)
    assert (total.loc["areas"] + total.loc["outside"]).to_numpy() == pytest.approx(
        total.loc["whole"].to_numpy()
    )
    assert built["covered_public_realm_share"].tolist() == pytest.approx(
        [1500 / 7500, 2000 / 10_000]
    )
