"""Kinds of table that people keep, each in more dialects than the one that was reported."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely

from coverage_model.base.errors import InputError
from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.demand import read_demand
from coverage_model.reading.obstacles import read_obstacles

HERE = (530034, 180380)
"""Near Charing Cross, where every camera of these tables stands, within the width of a street."""


def read(folder, text, name="table.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return read_cameras(path)


def is_here(frame):
    points = frame.geometry
    return bool(((points.x - HERE[0]).abs() < 60).all() and ((points.y - HERE[1]).abs() < 90).all())


PLACES = {
    "thousands by apostrophe": "id;easting;northing\nA;530'034;180'380\n",
    "thousands by narrow space": "id;easting;northing\nA;530\u202f034;180\u202f380\n",
    "letters before metres": "id,easting,northing\nA,E530034,N180380\n",
    "a unit behind metres": "id,easting,northing\nA,530034 m,180380m\n",
    "words for the side": "id,lat,lon\nA,51.5074 North,0.1276 West\nB,North 51.5074,West 0.1276\n",
    "sides in columns of their own": "id,lat,ns,lon,ew\nA,51.5074,N,0.1276,W\n",
    "a dash for minus": "id,lon,lat\nA,\u20130.1276,51.5074\nB,- 0.1276,51.5074\n",
    "longitude first": 'id,lonlat\nA,"-0.1276, 51.5074"\n',
    "longitude first by name": 'id,Longitude/Latitude\nA,"-0.1276, 51.5074"\n',
    "colons in a grid reference": "Ref,Grid\nA,TQ:3003:8038\nB,TQ/3004/8038\n",
    "letters of a square by content": "Ref,Letters,Easting,Northing\nA,TQ,30034,80380\n",
    "one point of several": "id,wkt\nA,MULTIPOINT ((-0.1276 51.5074))\n",
    "a comma in cells, bars between": "id|position\nA|51,5074; -0,1276\n",
    "carets": "id^lon^lat\nA^-0.1276^51.5074\n",
    "remarks above, below": "# by hand, on a day, x\n#\nid,lon,lat\nA,-0.1276,51.5074\n# end\n",
    "a header that begins so": "#id,lon,lat\nA,-0.1276,51.5074\n",
    "units below the header": "No,Easting,Northing\n,(m),(m)\n1,530034,180380\n",
    "the header again": "id,lon,lat\nA,-0.1276,51.5074\nid,lon,lat\nB,-0.1276,51.5075\n",
    "quotes behind a backslash": 'id,street,lon,lat\nA,"O\\"Neill St",-0.1276,51.5074\n',
    "names in Spanish": "id;latitud;longitud\nA;51,5074;-0,1276\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", PLACES)
def test_a_place_as_people_write_it(tmp_path, kind):
    cameras = read(tmp_path, PLACES[kind])
    assert is_here(cameras.frame)
    assert len(cameras.frame) == sum(f"\n{each}" in PLACES[kind] for each in "AB1")


def test_a_side_that_is_none_and_a_minus_behind_are_refused(tmp_path):
    with pytest.raises(InputError, match="ew names no side of the globe"):
        read(tmp_path, "id,lat,lon,ew\nA,51.5074,0.1276,X\n")
    with pytest.raises(InputError, match="lon is not a number"):
        read(tmp_path, "id,lat,lon\nA,51.5074,0.1276-\n")


def test_units_below_the_header_are_the_units(tmp_path):
    text = "No,Easting,Northing,Range,Height\n,,,(ft),m\n1,530034,180380,100,5\n"
    row = read(tmp_path, text).frame.iloc[0]
    assert (row["range_m"], row["mount_height_m"]) == (30.48, 5.0)


@pytest.mark.parametrize(
    ("written", "heading", "width"),
    [("N to NE", 22.5, 45.0), ("90° to 180°", 135.0, 90.0), ("S/W", 225.0, None),
     ("NNE (22)", 22.5, None), ("90°T", 90.0, None), ("Nordwest", 315.0, None),
     ("SURESTE", 135.0, None), ("sud-ouest", 225.0, None)],
)  # fmt: skip
def test_a_direction_as_people_write_it(tmp_path, written, heading, width):
    text = f"id,easting,northing,Facing\nA,530034,180380,{written}\n"
    row = read(tmp_path, text.replace("Facing", "azimuth_grid")).frame.iloc[0]
    assert row["azimuth_deg"] == heading
    assert width is None or row["hfov_deg"] == width


@pytest.mark.parametrize("written", ["NE to N", "N (180)", "E-W", "N/S"])
def test_a_direction_that_could_be_two_is_left_out(tmp_path, written):
    text = f"id,easting,northing,Facing\nA,530034,180380,{written}\n"
    cameras = read(tmp_path, text)
    assert cameras.frame["azimuth_deg"].isna().all()
    assert cameras.log.count("direction_undecodable") == 1


def feature(camera_id, y=51.5074):
    point = {"type": "Point", "coordinates": [-0.1276, y]}
    return {"type": "Feature", "properties": {"id": camera_id}, "geometry": point}


RECORD = {"id": "A", "lon": -0.1276, "lat": 51.5074}
JSON = {
    "features in a list": json.dumps([feature("A"), feature("B")]),
    "features one behind the other": json.dumps(feature("A")) + json.dumps(feature("B")),
    "features over several lines": "\n".join(json.dumps(feature(i), indent=1) for i in "AB"),
    "records below others": json.dumps({"ok": True, "result": {"fields": [{"id": "x"}] * 9,
                                        "records": [RECORD, {**RECORD, "id": "B"}]}}),
    "places in the records": json.dumps({"results": [
        {"id": i, "geo_point_2d": {"lon": -0.1276, "lat": 51.5074}} for i in "AB"]}),
    "geometry in the records": json.dumps([
        {"id": i, "place": {"type": "Point", "coordinates": [-0.1276, 51.5074]}} for i in "AB"]),
    "columns and rows": json.dumps({"columns": ["id", "lon", "lat"],
                                    "data": [[i, -0.1276, 51.5074] for i in "AB"]}),
    "a list for each column": json.dumps({"id": ["A", "B"], "lon": [-0.1276] * 2,
                                          "lat": [51.5074] * 2}),
    "as Socrata exports": json.dumps({
        "meta": {"view": {"columns": [{"name": n} for n in ("id", "lon", "lat")]}},
        "data": [[i, -0.1276, 51.5074] for i in "AB"]}),
}  # fmt: skip


@pytest.mark.parametrize("kind", JSON)
def test_json_of_any_shape(tmp_path, kind):
    frame = read(tmp_path, JSON[kind], name="table.json").frame
    assert is_here(frame)
    assert set(frame["camera_id"]) == {"A", "B"}


WFS = (
    '<?xml version="1.0"?><ows:ExceptionReport><ows:Exception><ows:ExceptionText>no such layer'
    "</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
)
REFUSED = {
    "a web page": ("page.csv", "<!DOCTYPE html><html><body>Sign in</body></html>", "a web page"),
    "a server's words": ("wfs.xml", WFS, "no such layer"),
    "a server's JSON": ("q.json", '{"error": {"code": 400, "message": "Invalid URL"}}',
                        "error message of a server: Invalid URL"),
    "packed otherwise": ("c.7z", b"7z\xbc\xaf'\x1c" + bytes(99), "unpack it"),
    "an old workbook": ("c.xls", b"\xd0\xcf\x11\xe0" + bytes(99), "save it as .xlsx or CSV"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_table_is_called_by_its_name(tmp_path, kind):
    name, content, said = REFUSED[kind]
    with pytest.raises(InputError, match=said):
        read(tmp_path, content, name=name)


def test_waypoints_are_cameras_and_tracks_are_not(tmp_path):
    track = ('<trk><trkseg><trkpt lat="51.5" lon="-0.1"/><trkpt lat="51.6" lon="-0.1"/>'
             "</trkseg></trk>")  # fmt: skip
    head = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
    point = '<wpt lat="51.5074" lon="-0.1276"><name>A</name></wpt>'
    frame = read(tmp_path, f"{head}{point}{track}</gpx>", name="both.gpx").frame
    assert frame["camera_id"].tolist() == ["A"]
    with pytest.raises(InputError, match="no rows"):
        read(tmp_path, f"{head}{track}</gpx>", name="tracks.gpx")


def test_shapes_among_points_are_no_cameras(tmp_path):
    area = {"type": "Polygon", "coordinates": [[[-0.2, 51.5], [0, 51.5], [0, 51.6], [-0.2, 51.5]]]}
    shape = {"type": "Feature", "properties": {"id": "town"}, "geometry": area}
    collection = {"type": "FeatureCollection", "features": [feature("A"), shape]}
    cameras = read(tmp_path, json.dumps(collection), name="mixed.geojson")
    assert cameras.frame["camera_id"].tolist() == ["A"]
    assert cameras.log.count("not_a_camera") == 1
    assert cameras.log.rows_read == 2


def test_heights_in_the_other_tags_of_a_layer(tmp_path):
    path = tmp_path / "multipolygons.gpkg"
    shapes = [shapely.box(530000 + 40 * n, 180400, 530020 + 40 * n, 180420) for n in range(3)]
    layer = gpd.GeoDataFrame(
        {
            "osm_way_id": ["1", "2", "3"],
            "building": ["yes", "house", None],
            "other_tags": ['"building:levels"=>"4"', '"height"=>"12 m"', '"landuse"=>"grass"'],
        },
        geometry=shapes,
        crs=27700,
    )
    layer.to_file(path)
    read = read_obstacles(path)
    assert read.frame["height_m"].tolist() == [12.0, 12.0]
    assert read.frame["height_basis"].tolist() == ["levels", "measured"]
    assert read.log.count("not_a_building") == 1


@pytest.mark.parametrize(
    ("column", "cells"),
    [("Zone", ["North", "South"]), ("NEIGHBOURH", ["a b", "c"]), ("OBJECTID", [1, 2])],
)
def test_areas_told_apart_by_the_one_column_that_can(tmp_path, column, cells):
    path = tmp_path / "areas.gpkg"
    boxes = [shapely.box(529000 + 900 * n, 180000, 529900 + 900 * n, 181000) for n in range(2)]
    gpd.GeoDataFrame({column: cells}, geometry=boxes, crs=27700).to_file(path)
    assert read_areas(path).frame["area_code"].tolist() == [str(each) for each in cells]


def test_points_part_thousands_where_commas_are_decimal(tmp_path):
    path = tmp_path / "demand.csv"
    path.write_text("lon;lat;weight\n-0,1276;51,5074;1.204\n-0,1276;51,5075;12\n")
    assert read_demand(path).frame["weight"].tolist() == [1204.0, 12.0]
