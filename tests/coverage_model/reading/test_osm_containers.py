"""OpenStreetMap tags mean the same in every container."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

from coverage_model.reading.cameras import read_cameras

ELEMENTS = [
    {"type": "node", "id": 1, "lat": 51.5074, "lon": -0.1276,
     "tags": {"man_made": "surveillance", "surveillance:type": "camera", "camera:type": "panning",
              "camera:direction": "90", "operator": "X", "operator:type": "public",
              "height": "15 ft"}},
    {"type": "node", "id": 2, "lat": 51.508, "lon": -0.128,
     "tags": {"man_made": "surveillance", "surveillance:type": "camera;ALPR",
              "direction": "239-284", "surveillance": "public"}},
    {"type": "node", "id": 3, "lat": 51.508, "lon": -0.129,
     "tags": {"man_made": "surveillance", "surveillance:type": "guard"}},
    {"type": "node", "id": 4, "lat": 51.509, "lon": -0.129,
     "tags": {"man_made": "surveillance", "surveillance": "indoor", "camera:type": "fixed"}},
    {"type": "node", "id": 5, "lat": 51.51, "lon": -0.129,
     "tags": {"disused:man_made": "surveillance", "camera:type": "fixed"}},
    {"type": "node", "id": 6, "lat": 51.511, "lon": -0.129,
     "tags": {"man_made": "surveillance", "surveillance": "outdoor", "camera:type": "dome",
              "count": "2"}},
    {"type": "node", "id": 7, "lat": 51.512, "lon": -0.129,
     "tags": {"man_made": "surveillance", "camera:type": "fixed", "fake": "yes",
              "camera:direction": "N"}},
    {"type": "node", "id": 8, "lat": 51.513, "lon": -0.129,
     "tags": {"man_made": "surveillance", "camera:type": "whirligig", "direction": "10"}},
]  # fmt: skip


def hstore(tags):
    return ",".join(f'"{key}"=>"{value}"' for key, value in tags.items())


def containers(elements, folder):
    """Write the elements in every container; yield the paths."""
    points = gpd.points_from_xy(
        [e["lon"] for e in elements], [e["lat"] for e in elements], crs=4326
    )
    tags = pd.DataFrame([e["tags"] for e in elements])
    ids = [str(e["id"]) for e in elements]
    yield folder / "overpass.json"
    features = [
        {"type": "Feature", "id": f"node/{e['id']}",
         "properties": {"@id": f"node/{e['id']}", **e["tags"]},
         "geometry": {"type": "Point", "coordinates": [e["lon"], e["lat"]]}}
        for e in elements
    ]  # fmt: skip
    (folder / "turbo.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    yield folder / "turbo.geojson"
    gdal = gpd.GeoDataFrame(
        {"osm_id": ids, "other_tags": [hstore(e["tags"]) or None for e in elements]},
        geometry=points,
    )
    gdal.to_file(folder / "gdal.gpkg", layer="points")
    yield folder / "gdal.gpkg"
    table = tags.assign(id=ids, lat=[e["lat"] for e in elements], lon=[e["lon"] for e in elements])
    table.to_csv(folder / "export.csv", index=False)
    yield folder / "export.csv"
    named = tags.rename(columns=lambda key: key.replace(":", "_")).assign(osm_id=ids)
    if "man_made" in named:  # as databases rename keys; without man_made it is no OSM table
        gpd.GeoDataFrame(named, geometry=points).to_parquet(folder / "database.parquet")
        yield folder / "database.parquet"


def test_the_container_makes_no_difference(tmp_path):
    (tmp_path / "overpass.json").write_text(json.dumps({"elements": ELEMENTS}), encoding="utf-8")
    first, *others = (read_cameras(path) for path in containers(ELEMENTS, tmp_path))
    frame = first.frame
    assert list(frame.index) == ["1", "2", "6", "6#2", "8"]
    assert frame["camera_type"].tolist() == ["ptz", "anpr", "dome", "dome", "unknown"]
    # A kind that is not understood is reach, though it has a heading.
    assert frame.loc["8", "view_basis"] == "reach"
    assert frame.loc["2", "view_basis"] == "assumed"
    left = {note.code: note.rows for note in first.log.notes}
    assert left["not_a_camera"] == ("3",)
    assert left["indoor"] == ("4",)
    assert left["retired"] == ("5", "7")
    assert first.log.rows_read == 8
    assert first.log.rows_kept == 4
    assert len(others) == 4
    for other in others:
        assert_geodataframe_equal(frame, other.frame)


def test_ways_stand_at_the_middle_of_their_box(tmp_path):
    square = [[-0.13, 51.5], [-0.12, 51.5], [-0.12, 51.502], [-0.13, 51.502], [-0.13, 51.5]]
    feature = {"type": "Feature", "properties": {"@id": "way/9", "man_made": "surveillance",
               "surveillance:type": "camera"},
               "geometry": {"type": "Polygon", "coordinates": [square]}}  # fmt: skip
    (tmp_path / "turbo.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8"
    )
    element = {"type": "way", "id": 9, "center": {"lat": 51.501, "lon": -0.125},
               "tags": {"man_made": "surveillance", "surveillance:type": "camera"}}  # fmt: skip
    (tmp_path / "overpass.json").write_text(json.dumps({"elements": [element]}), encoding="utf-8")
    one, two = (read_cameras(tmp_path / name).frame for name in ("turbo.geojson", "overpass.json"))
    assert_geodataframe_equal(one, two, check_less_precise=True)
    assert list(one.index) == ["way/9"]


CORNERS = {1: (-0.13, 51.5), 2: (-0.12, 51.5), 3: (-0.12, 51.502), 4: (-0.13, 51.502)}
OF_A_CAMERA = {"man_made": "surveillance", "surveillance:type": "camera"}


def ways_of(tmp_path):
    """One way in every container that can hold one with its nodes."""
    square = [1, 2, 3, 4, 1]
    nodes = "".join(f'<node id="{n}" lon="{x}" lat="{y}"/>' for n, (x, y) in CORNERS.items())
    refs = "".join(f'<nd ref="{n}"/>' for n in square)
    tags = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in OF_A_CAMERA.items())
    (tmp_path / "ways.osm").write_text(
        f'<osm version="0.6"><way id="8">{refs}<tag k="building" v="yes"/></way>'
        f'<way id="9">{refs}{tags}</way>{nodes}</osm>'
    )
    way = {"type": "way", "id": 9, "tags": OF_A_CAMERA}
    points = [{"type": "node", "id": n, "lon": x, "lat": y} for n, (x, y) in CORNERS.items()]
    line = [{"lon": CORNERS[n][0], "lat": CORNERS[n][1]} for n in square]
    box = {"minlon": -0.13, "maxlon": -0.12, "minlat": 51.5, "maxlat": 51.502}
    answers = {
        "center": [way | {"center": {"lat": 51.501, "lon": -0.125}}],
        "bb": [way | {"bounds": box, "nodes": square}],
        "geom": [way | {"bounds": box, "nodes": square, "geometry": line}],
        "line": [way | {"geometry": line}],
        "nodes": [way | {"nodes": square}, *points],
    }
    for name, elements in answers.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({"elements": elements}))
    return [tmp_path / f"{name}.json" for name in answers] + [tmp_path / "ways.osm"]


def test_ways_in_every_container_stand_at_one_place(tmp_path):
    first, *others = [read_cameras(path).frame for path in ways_of(tmp_path)]
    assert list(first.index) == ["way/9"]
    for other in others:
        assert_geodataframe_equal(first, other, check_less_precise=True)


def test_ways_of_a_pbf_file_stand_at_the_middle_of_their_box(tmp_path):
    osmium = pytest.importorskip("osmium", reason="needs the extra osm")
    path = tmp_path / "ways.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for number, place in CORNERS.items():
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place))
        writer.add_way(osmium.osm.mutable.Way(id=9, nodes=[1, 2, 3, 4, 1], tags=OF_A_CAMERA))
    expected = read_cameras(ways_of(tmp_path)[0]).frame
    assert_geodataframe_equal(read_cameras(path).frame, expected, check_less_precise=True)


def test_a_way_that_an_extract_has_cut_has_no_place(tmp_path):
    path = tmp_path / "cut.osm"
    tags = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in OF_A_CAMERA.items())
    path.write_text(
        f'<osm version="0.6"><node id="1" lon="-0.13" lat="51.5">{tags}</node><way id="9">'
        f'<nd ref="1"/><nd ref="2"/>{tags}</way></osm>'
    )
    read = read_cameras(path)
    assert list(read.frame.index) == ["1"]
    assert read.log.count("no_centre") == 1


def test_a_city_without_cameras_holds_none(tmp_path):
    gdal = gpd.GeoDataFrame(
        {"osm_id": ["1", "2"], "other_tags": '"highway"=>"crossing","direction"=>"forward"'},
        geometry=gpd.points_from_xy([-0.12, -0.13], [51.5, 51.5], crs=4326),
    )
    gdal.to_file(tmp_path / "streets.gpkg")
    with pytest.raises(ValueError, match="no node is tagged as a surveillance camera"):
        read_cameras(tmp_path / "streets.gpkg")


@pytest.mark.shared
def test_a_national_list_keeps_its_headings_in_every_container(shared_data, tmp_path):
    osmium = pytest.importorskip("osmium")
    source = shared_data / "cameras" / "deflock_us_35k.json"
    elements = json.loads(source.read_text(encoding="utf-8"))
    (tmp_path / "overpass.json").write_text(json.dumps({"elements": elements}), encoding="utf-8")
    writer = osmium.SimpleWriter(str(tmp_path / "cameras.osm.pbf"))
    for each in sorted(elements, key=lambda each: each["id"]):
        writer.add_node(
            osmium.osm.mutable.Node(
                id=each["id"], location=(each["lon"], each["lat"]), tags=each["tags"]
            )
        )
    writer.close()
    paths = [*containers(elements, tmp_path), tmp_path / "cameras.osm.pbf"]
    assert len(paths) == 5
    for path in paths:
        frame = read_cameras(path, crs="EPSG:5070").frame
        assert frame["azimuth_deg"].notna().groupby(frame["camera_id"]).any().sum() == 34_549, path
