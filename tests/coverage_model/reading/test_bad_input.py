"""Bad input gives one error with every fault, the rows at fault and what to do."""

from __future__ import annotations

import json
import os
import resource

import geopandas as gpd
import openpyxl
import pytest
import shapely

from coverage_model.base.errors import CRSError, InputError, MissingFileError
from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.demand import read_demand
from coverage_model.reading.obstacles import read_obstacles

READERS = (read_cameras, read_obstacles, read_areas, read_demand)


def write(tmp_path, text, name="cameras.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def geojson(tmp_path, *geometries, name="layer.geojson"):
    features = [
        {"type": "Feature", "properties": {"id": f"F{i}", "name": f"n{i}"}, "geometry": geometry}
        for i, geometry in enumerate(geometries, start=1)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    return write(tmp_path, text, name)


def point(*coordinates):
    return {"type": "Point", "coordinates": list(coordinates)}


def fault_of(error, words):
    found = [fault for fault in error.faults if words in str(fault)]
    assert found, f"{words!r} is not in {error}"
    return found[0]


@pytest.mark.parametrize("read", READERS)
def test_a_file_that_is_not_there(read, tmp_path):
    write(tmp_path, "x", "other.csv")
    with pytest.raises(MissingFileError, match=r"no such file.*other\.csv"):
        read(tmp_path / "cameras.csv")
    with pytest.raises(MissingFileError, match="a folder"):
        read(tmp_path)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("content", ["", '{"type": "FeatureCollection", "features": []}'])
def test_empty_files(read, tmp_path, content):
    name = "empty.geojson" if content else "empty.csv"
    with pytest.raises(InputError, match=r"empty|no rows"):
        read(write(tmp_path, content, name))


def test_unknown_formats(tmp_path):
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0" + b"\x00" * 20)
    with pytest.raises(InputError, match="old Excel"):
        read_cameras(tmp_path / "old.xls")
    (tmp_path / "c.dbf").write_bytes(b"\x03\x00\x00\x00")
    with pytest.raises(InputError, match=r"Name the \.shp"):
        read_cameras(tmp_path / "c.dbf")
    with pytest.raises(InputError, match="no format known here"):
        read_cameras(write(tmp_path, '{"answer": 42}', "x.json"))
    with pytest.raises(InputError, match=r"GeoJSON|GIS layer"):
        read_cameras(write(tmp_path, '{"type": "FeatureCollection", "features": [', "x.geojson"))
    (tmp_path / "x.gpkg").write_bytes(b"SQLite format 3\x00" + b"\x00" * 100)
    with pytest.raises(InputError, match="cannot be read"):
        read_cameras(tmp_path / "x.gpkg")
    (tmp_path / "x.parquet").write_bytes(b"PAR1" + b"\x00" * 100)
    with pytest.raises(InputError, match="cannot be read"):
        read_cameras(tmp_path / "x.parquet")
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04" + b"\x00" * 100)
    with pytest.raises(InputError, match="damaged zip archive or workbook"):
        read_cameras(tmp_path / "x.xlsx")


def test_missing_columns_suggest_the_nearest(tmp_path):
    with pytest.raises(InputError) as caught:
        read_cameras(write(tmp_path, "id,longitudd,latitudd\nA,-0.1,51.5\n"))
    text = str(caught.value)
    assert "no pair of columns for longitude and latitude" in text
    assert "'longitudd' looks like 'longitude'" in text
    assert "columns: id, longitudd, latitudd" in text
    with pytest.raises(InputError, match=r"only lat"):
        read_cameras(write(tmp_path, "id,lat,place\nA,51.5,x\n"))


def test_every_fault_is_listed_at_once(tmp_path):
    path = write(
        tmp_path,
        "id,lon,lat,range_m,height_ft,azimuth_deg,hfov_deg,tilt,resolution\n"
        "A,-0.12,51.5,-5,,,,,\n"
        "A,-0.12,51.5,6000,,,,,\n"
        ",-0.12,51.5,,,,,,\n"
        "C,,51.5,,,,,,\n"
        "D,nan,51.5,,,,,,\n"
        "E,inf,51.5,,,,,,\n"
        "F,west,51.5,,,,,,\n"
        "G,-0.12,51.5,far,700,-30,0,95,HD\n"
        "H,-0.12,51.5,0,tall,400,361,,-1\n"
        "I,-0.12,51.5,inf,,90,,,\n",
    )
    with pytest.raises(InputError) as caught:
        read_cameras(path)
    error = caught.value
    expected = {
        "id is blank": ("row 4",),
        "same camera id": ("A",),
        "lon or lat is blank or NaN": ("C", "D"),
        "coordinates are infinite": ("E",),
        "lon is not a number": ("F",),
        "range_m is not above 0 to 5000 m": ("A", "A", "H", "I"),
        "height_ft is not above 0 to 150 m": ("G",),
        "azimuth_deg is no direction": ("G", "H"),
        "hfov_deg is not above 0 to 360": ("G", "H"),
        "tilt is not from -90 to 90": ("G",),
        "resolution is not above 0": ("H",),
    }
    assert {words: fault_of(error, words).rows for words in expected} == expected
    assert len(error.faults) == len(expected)
    assert all(fault.remedy for fault in error.faults)


def test_swapped_longitude_and_latitude(tmp_path):
    with pytest.raises(InputError) as caught:
        read_cameras(write(tmp_path, "id,lon,lat\nA,51.5,-0.12\nB,51.51,-0.13\n"))
    assert fault_of(caught.value, "look swapped").rows == ("A", "B")
    # One row among right ones is found as well.
    with pytest.raises(InputError) as caught:
        read_cameras(write(tmp_path, "id,lon,lat\nA,-0.12,51.5\nB,51.51,-0.13\n"))
    assert fault_of(caught.value, "look swapped").rows == ("B",)
    with pytest.raises(InputError) as caught:
        read_cameras(geojson(tmp_path, point(51.5, -0.12)))
    assert fault_of(caught.value, "look swapped").rows == ("F1",)
    with pytest.raises(InputError, match=r"look swapped \(latitude beyond 90"):
        read_cameras(write(tmp_path, "id,lon,lat\nA,35,-100\n"), crs="EPSG:5070")
    with pytest.raises(InputError, match=r"look swapped.*Conus Albers"):
        read_cameras(write(tmp_path, "id,lon,lat\nA,35,-80\n"), crs="EPSG:5070")


def test_swapped_easting_and_northing(tmp_path):
    path = write(tmp_path, "id,easting,northing\nA,180500,530500\nB,180600,530600\n")
    with pytest.raises(InputError, match="easting and northing look swapped"):
        read_cameras(path)


def test_metres_named_as_degrees(tmp_path):
    with pytest.raises(InputError, match="look like metres") as caught:
        read_cameras(write(tmp_path, "id,lon,lat\nA,530500,180500\n"))
    assert fault_of(caught.value, "metres").rows == ("A",)
    with pytest.raises(InputError, match="beyond 180"):
        read_cameras(write(tmp_path, "id,lon,lat\nA,-200,51\n"))


def test_all_cameras_outside_all_areas(tmp_path):
    with pytest.raises(InputError, match="all 2 cameras lie outside all areas"):
        read_cameras(write(tmp_path, "id,lon,lat\nA,-2.24,53.48\nB,-2.25,53.48\n"))
    # Metres of another grid read as the National Grid land elsewhere too.
    with pytest.raises(InputError, match=r"outside all areas.*EPSG:27700"):
        read_cameras(write(tmp_path, "id,easting,northing\nA,699000,5710000\n"))
    with pytest.raises(InputError, match="outside the area that NAD83 / Conus Albers"):
        read_cameras(write(tmp_path, "id,lon,lat\nA,-0.12,51.5\n"), crs="EPSG:5070")
    cameras = read_cameras(write(tmp_path, "id,lon,lat\nA,-100,40\nB,-150,61\n"), crs="EPSG:5070")
    assert cameras.log.count("outside_crs") == 1


def test_crs_faults(tmp_path):
    path = write(tmp_path, "id,lon,lat\nA,-0.12,51.5\n")
    for crs, words in {
        "EPSG:999999": "unknown CRS",
        "EPSG:4326": "not a projected CRS",
        "EPSG:2263": "US survey foot",
    }.items():
        with pytest.raises(CRSError, match=words):
            read_cameras(path, crs=crs)
    profile = write(tmp_path, 'crs = "EPSG:0"\n', "p.toml")
    with pytest.raises(CRSError, match="unknown CRS"):
        read_cameras(path, profile=profile)
    with pytest.raises(CRSError, match="do not say which CRS"):
        read_cameras(write(tmp_path, "id,x,y\nA,-8000,6710000\n"))
    with pytest.raises(CRSError, match="do not say which CRS"):
        read_cameras(write(tmp_path, "id,x,y\nA,530500,180500\n"), crs="EPSG:5070")
    for text in ("id,x,y\nA,530500,180500\n", "id,x,y\nA,-0.12,51.5\n"):
        assert read_cameras(write(tmp_path, text)).log.count("crs_assumed") == 1


def test_text_coordinates_in_geojson(tmp_path):
    path = geojson(tmp_path, point("-0.12", "51.5"), point(-0.12, 51.5))
    with pytest.raises(InputError, match="text instead of numbers") as caught:
        read_cameras(path)
    assert fault_of(caught.value, "text").rows == ("F1",)
    ring = [["-0.1", "51.5"], ["-0.2", "51.5"], ["-0.2", "51.6"], ["-0.1", "51.5"]]
    path = geojson(tmp_path, {"type": "Polygon", "coordinates": [ring]})
    for read in (read_areas, read_obstacles):
        with pytest.raises(InputError, match="text instead of numbers"):
            read(path)


def test_empty_and_other_geometry(tmp_path):
    line = {"type": "LineString", "coordinates": [[-0.1, 51.5], [-0.2, 51.5]]}
    with pytest.raises(InputError) as caught:  # among points they are left out: see test_kinds
        read_cameras(geojson(tmp_path, None, line))
    assert fault_of(caught.value, "LineString where a point").rows == ("F2",)
    with pytest.raises(InputError, match="no row has a position"):
        read_cameras(geojson(tmp_path, None, None))
    left = read_cameras(geojson(tmp_path, None, point(-0.12, 51.5)))
    assert [(note.code, note.rows) for note in left.log.notes if note.code == "no_position"] == [
        ("no_position", ("F1",))
    ]
    with pytest.raises(InputError) as caught:
        read_areas(geojson(tmp_path, None, line))
    assert fault_of(caught.value, "no geometry").rows == ("F1",)
    assert fault_of(caught.value, "LineString where a polygon").rows == ("F2",)
    with pytest.raises(InputError, match="polygon is expected"):
        read_obstacles(geojson(tmp_path, point(-0.12, 51.5)))


def test_infinite_geometry(tmp_path):
    frame = gpd.GeoDataFrame(
        {"id": ["A", "B"]},
        geometry=[shapely.Point(530_000, 180_000), shapely.Point(float("inf"), 1)],
        crs=27700,
    )
    frame.to_parquet(tmp_path / "p.parquet")
    with pytest.raises(InputError, match="infinite") as caught:
        read_cameras(tmp_path / "p.parquet")
    assert caught.value.faults[0].rows == ("B",)


def test_geometry_nothing_is_left_of(tmp_path):
    flat = {"type": "Polygon", "coordinates": [[[0, 51], [0.1, 51], [0.2, 51], [0, 51]]]}
    for read in (read_areas, read_obstacles):
        with pytest.raises(InputError, match="cannot be repaired") as caught:
            read(geojson(tmp_path, flat))
        assert caught.value.faults[0].rows == ("F1",)


def test_areas_that_cannot_be_told_apart(tmp_path):
    square = shapely.box(530_000, 180_000, 530_100, 180_100)
    frame = gpd.GeoDataFrame(
        {"code": ["A", "A", ""], "colour": [1, 2, 3]}, geometry=[square] * 3, crs=27700
    )
    frame.to_file(tmp_path / "a.gpkg")
    with pytest.raises(InputError) as caught:
        read_areas(tmp_path / "a.gpkg")
    assert fault_of(caught.value, "same area code").rows == ("A",)
    assert fault_of(caught.value, "code is blank").rows == ("row 3",)
    with pytest.raises(InputError, match=r"no column 'nope'.*code, colour"):
        read_areas(tmp_path / "a.gpkg", code_column="nope")
    frame[["colour", "geometry"]].to_file(tmp_path / "b.gpkg")
    with pytest.raises(InputError, match=r"no column that identifies.*colour"):
        read_areas(tmp_path / "b.gpkg")
    with pytest.raises(InputError, match="CSV holds no polygons"):
        read_areas(write(tmp_path, "id,lon,lat\nA,-0.12,51.5\n"))
    with pytest.raises(InputError, match="CSV holds no footprints"):
        read_obstacles(write(tmp_path, "id,lon,lat\nA,-0.12,51.5\n"))


def test_no_crs_for_areas_and_obstacles(tmp_path):
    frame = gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.box(0, 0, 1, 1)])
    frame.to_parquet(tmp_path / "a.parquet")
    for read in (read_areas, read_obstacles):
        with pytest.raises(CRSError, match="does not state its CRS"):
            read(tmp_path / "a.parquet")


def test_bad_weights(tmp_path):
    path = write(tmp_path, "lon,lat,weight\n-0.1,51.5,-1\n-0.1,51.5,x\n-0.1,51.5,\n-0.1,51.5,inf\n")
    with pytest.raises(InputError) as caught:
        read_demand(path)
    rows = {fault.problem.rsplit(" ", 1)[-1]: fault.rows for fault in caught.value.faults}
    assert rows == {
        "negative": ("row 2",),
        "number": ("row 3",),
        "blank": ("row 4",),
        "infinite": ("row 5",),
    }
    with pytest.raises(InputError, match=r"no column 'people'.*lon, lat, weight"):
        read_demand(path, weight_column="people")
    with pytest.raises(InputError, match="no row has coordinates"):
        read_demand(write(tmp_path, "lon,lat\n,51.5\n"))


def test_a_storey_has_a_height(tmp_path):
    with pytest.raises(InputError, match="storey_height_m is 0"):
        read_obstacles(write(tmp_path, "x"), storey_height_m=0)


def test_ids_that_only_look_the_same_are_named(tmp_path):
    path = write(tmp_path, "id,lon,lat\nC1,-0.12,51.5\nC1\u200b,-0.12,51.5\nC2,-0.12,51.5\n")
    with pytest.raises(InputError, match="look the same") as caught:
        read_cameras(path)
    assert caught.value.faults[0].rows == ("C1", r"C1\u200b")


def test_python_notation_is_no_number(tmp_path):
    with pytest.raises(InputError, match="not a number"):
        read_cameras(write(tmp_path, "id,lon,lat\nC1,-0.1_2,51.5\n"))
    cameras = read_cameras(write(tmp_path, "id,lon,lat,range_m\nC1,-0.12,51.5,5_0\n"))
    assert cameras.frame["range_m"].isna().all()


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "cameras.csv")
    with pytest.raises(MissingFileError, match="no regular file"):
        read_cameras(tmp_path / "cameras.csv")


def test_a_stray_cell_costs_nothing(tmp_path):
    book = openpyxl.Workbook()
    for row in (["id", "lon", "lat"], ["C1", -0.12, 51.5]):
        book.active.append(row)
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "stray.xlsx")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cameras = read_cameras(tmp_path / "stray.xlsx")
    assert len(cameras.frame) == 1
    assert cameras.log.count("outside_table") == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_a_million_columns_are_refused_at_once(tmp_path):
    header = ",".join(f"c{n}" for n in range(1_000_000))
    with pytest.raises(InputError, match=r"1,000,000 columns") as caught:
        read_cameras(write(tmp_path, f"{header}\n{','.join('1' * 1_000_000)}\n"))
    assert len(str(caught.value)) < 500


def test_no_message_can_steer_a_terminal(tmp_path):
    path = write(tmp_path, "id,\x1b[31mlon\u202e,lat\nC1,1,2\n", "cameras.csv")
    with pytest.raises(InputError) as caught:
        read_cameras(path)
    assert "\x1b" not in str(caught.value)
    assert "\u202e" not in str(caught.value)
    assert r"\x1b[31mlon\u202e" in str(caught.value)
    profile = write(tmp_path, '"\\u001b[2Jcrs" = 1\n', "p.toml")
    with pytest.raises(InputError) as caught:
        read_cameras(path, profile=profile)
    assert "\x1b" not in str(caught.value)
