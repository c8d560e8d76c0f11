from __future__ import annotations

import builtins
import json
import sys

import pytest

from coverage_model.base.errors import InputError
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.osm_tags import camera_type_of, ownership_of

NODE = '<node id="{id}" lat="51.51" lon="-0.13">{tags}</node>'


def osm(path, *nodes, head=""):
    body = "".join(
        NODE.format(
            id=number,
            tags="".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()),
        )
        for number, tags in enumerate(nodes, start=1)
    )
    path.write_text(f'<?xml version="1.0"?>{head}<osm version="0.6">{body}</osm>', encoding="utf-8")
    return path


SURVEILLANCE = {"man_made": "surveillance"}
NODES = (
    SURVEILLANCE | {"camera:type": "fixed", "camera:direction": "90-180", "height": "6 m"},
    SURVEILLANCE | {"surveillance": "indoor"},
    SURVEILLANCE | {"surveillance:type": "guard"},
    SURVEILLANCE | {"building": "yes"},
    SURVEILLANCE | {"camera:type": "dome", "operator:type": "public", "camera:angle": "15"},
    SURVEILLANCE | {"surveillance:type": "ALPR", "direction": "NW;200", "height": "-28"},
    {"surveillance": "public", "camera": "wall_dome"},
    {"highway": "crossing"},
)


def test_osm_xml(tmp_path):
    cameras = read_cameras(osm(tmp_path / "a.osm", *NODES))
    frame = cameras.frame
    notes = {note.code: note for note in cameras.log.notes}
    assert list(frame.index) == ["1", "5", "6", "6/2", "7"]
    assert (cameras.log.rows_read, cameras.log.items_read) == (7, 4)
    assert notes["indoor"].rows == ("2",)
    assert notes["not_a_camera"].rows == ("3", "4")
    assert notes["mount_height_out_of_bounds"].rows == ("6",)
    assert frame.loc["1", "hfov_deg"] == 90
    assert frame.loc["1", "mount_height_m"] == 6
    assert frame.loc["1", "azimuth_deg"] == pytest.approx(135 - 1.46, abs=0.02)
    assert frame["camera_type"].tolist() == ["fixed", "dome", "anpr", "anpr", "dome"]
    assert frame["ownership"].tolist() == ["unknown", "public"] + ["unknown"] * 3
    assert frame["integration"].tolist() == ["none", "integrated"] + ["none"] * 3
    # camera:angle means two things, so it is kept and used for neither.
    assert frame.loc["5", "camera_angle_raw"] == "15"
    assert frame["hfov_deg"].notna().sum() == 1
    assert frame["tilt_deg"].isna().all()


def test_overpass_answers_and_bare_lists(tmp_path):
    tags = SURVEILLANCE | {"direction": "10"}
    elements = [
        {"type": "node", "id": 1, "lat": 51.51, "lon": -0.13, "tags": tags},
        {"type": "way", "id": 1, "center": {"lat": 51.51, "lon": -0.13}, "tags": tags},
        {"type": "way", "id": 2, "nodes": [1, 2], "tags": tags},
        {"type": "node", "id": 9, "lat": 51.51, "lon": -0.13},
    ]
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"version": 0.6, "elements": elements}), encoding="utf-8")
    cameras = read_cameras(path)
    assert cameras.log.format == "overpass"
    assert list(cameras.frame.index) == ["1", "way/1"]
    assert cameras.log.count("no_centre") == 1
    bare = [{"id": i, "lat": 51.5, "lon": -0.1, "tags": {"direction": "5"}} for i in range(3)]
    path.write_text(json.dumps(bare), encoding="utf-8")
    cameras = read_cameras(path)
    assert len(cameras.frame) == 3
    assert cameras.log.count("untagged_elements") == 3


def test_the_direction_that_is_meant_for_the_camera_goes_first(tmp_path):
    def at(special, general):
        return SURVEILLANCE | {"camera:direction": special, "direction": general}

    cameras = read_cameras(
        osm(tmp_path / "a.osm", at("90", "180"), at("90", "90"), at("null", "180"), at("x", "180"))
    )
    azimuth = cameras.frame["azimuth_deg"] + 1.46
    assert azimuth.round(0).fillna(-1).tolist() == [90, 90, 180, -1]
    notes = {note.code: note.rows for note in cameras.log.notes}
    assert notes["direction_conflict"] == ("1", "4")
    assert notes["direction_undecodable"] == ("4",)


@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        ({"operator:type": "public"}, "public"),
        ({"operator:type": "police"}, "public"),
        ({"operator:type": "private", "surveillance:zone": "town"}, "private"),
        ({"operator:type": "business"}, "private"),
        ({"surveillance": "public", "surveillance:zone": "town"}, "public"),
        ({"surveillance": "outdoor", "surveillance:zone": "town"}, "unknown"),
        ({"surveillance:zone": "shop"}, "private"),
        ({"surveillance": "outdoor", "surveillance:zone": "building"}, "unknown"),
        ({"surveillance": "public"}, "unknown"),
        ({"operator": "Camden Council"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_owner(tags, owner):
    assert ownership_of(tags) == owner


def test_camera_type():
    assert camera_type_of({"camera:type": "panning"}) == "ptz"
    assert camera_type_of({"camera:type": "dome", "surveillance:type": "ALPR"}) == "dome"
    assert camera_type_of({"camera:type": "fixed", "surveillance:type": "ALPR"}) == "anpr"
    assert camera_type_of({}) == "unknown"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<osm version='0.6'><node id='1'", "cannot be read as OSM XML"),
        ("<osm version='0.6'></osm>", "no node is tagged"),
    ],
)
def test_broken_and_empty_xml(tmp_path, content, words):
    path = tmp_path / "a.osm"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_cameras(path)


def test_entities_are_refused(tmp_path):
    head = '<!DOCTYPE osm [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    path = osm(tmp_path / "bomb.osm", SURVEILLANCE, head=head)
    with pytest.raises(InputError, match="entities"):
        read_cameras(path)
    with pytest.raises(InputError, match="entities"):
        read_obstacles(path)


def test_an_xml_file_without_buildings(tmp_path):
    with pytest.raises(InputError, match="no building"):
        read_obstacles(osm(tmp_path / "a.osm", SURVEILLANCE))


def test_pbf_without_its_extra(tmp_path, monkeypatch):
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18")
    real = builtins.__import__

    def without_osmium(name, *args, **kwargs):
        if name == "osmium":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "osmium", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_osmium)
    for read in (read_cameras, read_obstacles):
        with pytest.raises(InputError, match=r"sharedview\[osm\]"):
            read(path)


def test_pbf(tmp_path):
    osmium = pytest.importorskip("osmium", reason="needs the extra osm")
    path = tmp_path / "a.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        corners = [(-0.13, 51.51), (-0.1299, 51.51), (-0.1299, 51.5101), (-0.13, 51.5101)]
        for number, place in enumerate(corners, start=1):
            tags = SURVEILLANCE | {"direction": "90"} if number == 1 else {}
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place, tags=tags))
        writer.add_way(
            osmium.osm.mutable.Way(
                id=7, nodes=[1, 2, 3, 4, 1], tags={"building": "yes", "building:levels": "3"}
            )
        )
    cameras = read_cameras(path)
    assert (cameras.log.format, list(cameras.frame.index)) == ("osm_pbf", ["1"])
    assert cameras.frame["azimuth_deg"].iloc[0] == pytest.approx(88.54, abs=0.02)
    obstacles = read_obstacles(path, storey_height_m=3)
    assert obstacles.frame["obstacle_id"].tolist() == ["way/7"]
    assert obstacles.frame["height_m"].tolist() == [9]
    assert obstacles.frame.area.iloc[0] == pytest.approx(6.94 * 11.12, rel=0.01)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(InputError, match="cannot be read as OSM PBF"):
        read_cameras(path)
