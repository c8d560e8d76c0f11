"""Containers and dialects one by one: what is found, what is noted, and that remedies work."""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile

import geopandas as gpd
import openpyxl
import pytest
import shapely

from coverage_model.base.errors import InputError
from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.formats import read_source
from coverage_model.reading.streets import read_streets

ROWS = "id,lon,lat\nC1,-0.1276,51.5074\nC2,-0.128,51.508\n"


def codes(source):
    return {note.code: note.count for note in source.notes.found}


def test_titles_and_footers_are_noted_with_their_words(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"Anytown cameras,,\nApril,,\n\n{ROWS}\nTotal,2,\n© Anytown,,\n")
    source, _ = read_source(path)
    assert source.labels == ["row 5", "row 6"]
    assert source.layout.header_row == 4
    header, footer = (
        next(n for n in source.notes.found if n.code == c) for c in ("header_row", "footer")
    )
    assert "Anytown cameras, April" in header.message
    assert footer.rows == ("row 8", "row 9")
    assert "© Anytown" in footer.message


def test_a_short_last_row_is_no_footer(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{ROWS}C3,,\n")
    source, _ = read_source(path)
    assert list(source.rows["id"]) == ["C1", "C2", "C3"]


def test_commas_that_part_thousands_are_left_to_the_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id;easting;northing\nC1;530,034;180,380\nC2;530,100;180,400\n")
    source, _ = read_source(path)
    assert list(source.rows["easting"]) == ["530,034", "530,100"]
    path.write_text("id;easting;northing\nC1;530,034;180380,5\nC2;530,100;180400\n")
    source, _ = read_source(path)
    assert codes(source) == {"decimal_comma": 2}
    assert list(source.rows["northing"]) == ["180380.5", "180400"]


def test_a_mixed_encoding_keeps_both(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,lon,lat,operator\n1,-0.12,51.5,Caf\xc3\xa9\n2,-0.12,51.5,Caf\xe9\n")
    cameras = read_cameras(path)
    assert list(cameras.frame["operator"]) == ["Café", "Café"]
    assert cameras.log.count("encoding") == 1


def test_formulas_without_a_result_are_noted(tmp_path):
    book = openpyxl.Workbook()
    for row in (["id", "lon", "lat", "azimuth"], ["C1", -0.12, 51.5, "=45+45"]):
        book.active.append(row)
    book.save(tmp_path / "f.xlsx")
    cameras = read_cameras(tmp_path / "f.xlsx")
    assert cameras.log.count("formula_unsolved") == 1
    assert cameras.frame["azimuth_deg"].isna().all()


def test_the_remedy_for_several_layers_works(tmp_path):
    line = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (9, 0)])], crs=27700)
    for layer in ("roads", "paths"):
        line.to_file(tmp_path / "two.gpkg", layer=layer)
    with pytest.raises(InputError, match=r"--layer NAME.*: roads, paths"):
        read_streets(tmp_path / "two.gpkg")
    assert len(read_streets(tmp_path / "two.gpkg", layer="paths").frame) == 1


def test_the_remedy_for_several_files_of_an_archive_works(tmp_path):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("north/a.csv", ROWS)
        archive.writestr("south/b.csv", ROWS.replace("C1", "C9"))
        archive.writestr("../../escape.csv.txt", "out of the folder")
    with pytest.raises(InputError, match=r"2 data sets.*north/a\.csv, south/b\.csv"):
        read_cameras(tmp_path / "two.zip")
    cameras = read_cameras(tmp_path / "two.zip", layer="south/b.csv")
    assert list(cameras.frame.index) == ["C9", "C2"]
    assert not list(tmp_path.parent.rglob("escape*"))


def test_the_remedy_for_a_missing_crs_works(tmp_path):
    shape = shapely.box(0, 51, 0.01, 51.01)
    box = gpd.GeoDataFrame({"code": ["A"]}, geometry=[shape], crs=27700)
    box.to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    with pytest.raises(InputError, match="does not state its CRS"):
        read_areas(tmp_path / "a.shp")
    stated = read_areas(tmp_path / "a.shp", crs_in="EPSG:4326")
    assert stated.log.crs_in == "EPSG:4326"
    box.to_file(tmp_path / "wrong.gpkg")
    other = read_areas(tmp_path / "wrong.gpkg", crs_in="EPSG:4326")
    assert other.log.count("crs_overridden") == 1
    assert shapely.equals(other.frame.geometry.iloc[0], stated.frame.geometry.iloc[0])


def test_folders_of_a_kml_are_read_together(tmp_path):
    folder = "<Folder><name>{0}</name><Placemark><name>{1}</name><Point><coordinates>-0.12,51.5"
    folder += "</coordinates></Point></Placemark></Folder>"
    text = "".join(folder.format(*pair) for pair in (("Fixed", "C1"), ("PTZ", "C2")))
    path = tmp_path / "a.kml"
    path.write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{text}</Document></kml>'
    )
    source, adapter = read_source(path)
    assert adapter.title == "KML"
    assert source.rows[["Name", "folder"]].to_numpy().tolist() == [["C1", "Fixed"], ["C2", "PTZ"]]
    assert read_source(path, layer="PTZ")[0].rows["Name"].tolist() == ["C2"]


def test_nothing_is_written_beside_an_input(tmp_path):
    point = gpd.GeoDataFrame({"id": ["C1"]}, geometry=[shapely.Point(530_000, 180_000)], crs=27700)
    for driver, name in (("GML", "a.gml"), ("ESRI Shapefile", "b.shp"), ("MapInfo File", "c.tab")):
        point.to_file(tmp_path / name, driver=driver)
    (tmp_path / "a.xsd").unlink()
    (tmp_path / "b.shx").unlink()
    before = sorted(each.name for each in tmp_path.iterdir())
    for name in ("a.gml", "b.shp", "c.tab"):
        assert len(read_cameras(tmp_path / name).frame) == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == before


def test_curves_become_lines(tmp_path):
    # A circle of radius 1,000 m as GeoPackage stores it, which no shapely object can hold.
    square = gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=27700)
    square.to_file(tmp_path / "a.gpkg", layer="areas")
    ring = [(529_000, 180_000), (530_000, 181_000), (531_000, 180_000), (530_000, 179_000),
            (529_000, 180_000)]  # fmt: skip
    wkb = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 8, len(ring))
    wkb += b"".join(struct.pack("<dd", *place) for place in ring)
    blob = b"GP\x00\x01" + struct.pack("<i", 27700) + wkb
    base = sqlite3.connect(tmp_path / "a.gpkg")
    triggers = base.execute("select name from sqlite_master where type = 'trigger'").fetchall()
    for (name,) in triggers:  # they call functions that only GDAL has
        base.execute(f'drop trigger "{name}"')
    base.execute("update areas set geom = ?", (blob,))
    base.commit()
    base.close()
    layer = read_areas(tmp_path / "a.gpkg")
    assert layer.log.count("curves") == 1
    assert layer.frame.geometry.area.iloc[0] == pytest.approx(3.14159e6, rel=2e-3)


def test_a_file_that_only_points_elsewhere_is_refused(tmp_path):
    path = tmp_path / "a.vrt"
    path.write_text("<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>")
    with pytest.raises(InputError, match="only points at data elsewhere"):
        read_cameras(path)


def test_json_with_several_lists_names_them(tmp_path):
    path = tmp_path / "a.json"
    one = [{"id": "C1", "place": {"lon": -0.12, "lat": 51.5}}]
    path.write_text(json.dumps({"cameras": one * 2, "rooms": one}))
    source, _ = read_source(path)
    assert source.layout.layer == "cameras"
    assert source.layout.others == ("rooms",)
    assert list(source.rows.columns) == ["id", "place.lon", "place.lat"]
    assert len(read_source(path, layer="rooms")[0].rows) == 1
