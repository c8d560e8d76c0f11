"""Half surrogate pairs, NULs, odd names and addresses: mended or named at the door."""

import json

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from coverage_model.base.errors import InputError
from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.demand import read_demand

HALF = "\\ud800"


def test_a_half_pair_in_a_value_is_replaced_and_counted(tmp_path):
    file = tmp_path / "half.jsonl"
    row = {"camera_id": "C1", "easting": 530000, "northing": 180000, "range_m": 40}
    rows = [row | {"operator": "@"}, row | {"camera_id": "C2", "operator": "Camden"}]
    file.write_text("\n".join(map(json.dumps, rows)).replace("@", f"A{HALF}B"))
    read = read_cameras(file)
    assert read.frame["operator"].tolist() == ["A\ufffdB", "Camden"]
    assert read.log.count("odd_characters") == 1


def test_a_half_pair_in_a_number_is_not_understood(tmp_path):
    file = tmp_path / "half.json"
    row = {"camera_id": "C1", "easting": 530000, "northing": 180000, "range_m": "@"}
    file.write_text(json.dumps([row, row | {"camera_id": "C2", "range_m": 40}]).replace("@", HALF))
    read = read_cameras(file)
    assert (read.log.count("range_unread"), read.log.count("odd_characters")) == (1, 1)


def test_a_half_pair_in_the_name_of_a_column(tmp_path):
    file = tmp_path / "half.json"
    row = {"camera_id": "C1", "easting": 530000, "northing": 180000, "@": "x"}
    file.write_text(json.dumps([row]).replace("@", f"note{HALF}"))
    assert read_cameras(file).log.count("odd_characters") == 1


def test_nul_characters_of_a_table_are_taken_out(tmp_path):
    file = tmp_path / "nul.csv"
    file.write_text("camera_id,easting,northing,operator\nC\x001,530000,180000,Cam\x00den\n")
    read = read_cameras(file)
    assert read.frame["camera_id"].tolist() == ["C1"]
    assert read.frame["operator"].tolist() == ["Camden"]
    assert read.log.count("odd_characters") == 1


def test_ids_that_differ_by_a_nul_alone_are_one(tmp_path):
    file = tmp_path / "nul.csv"
    file.write_text("camera_id,easting,northing\nC1,530000,180000\nC\x001,530001,180001\n")
    with pytest.raises(InputError, match="C1"):
        read_cameras(file)


def test_columns_of_one_name_are_a_fault_whoever_reads_the_table(tmp_path):
    file = tmp_path / "twice.json"
    row = {"camera_id": "C1", "easting": 530000, "northing": 180000, "note@": 1, "note": 2}
    file.write_text(json.dumps([row]).replace("@", "\\u0000"))
    with pytest.raises(InputError, match="columns twice in the header: note"):
        read_cameras(file)


def test_nul_characters_of_a_parquet_file(tmp_path):
    file = tmp_path / "nul.parquet"
    pq.write_table(
        pa.table({"camera_id": ["C\x001"], "easting": [530000], "northing": [180000]}), file
    )
    assert read_cameras(file).frame["camera_id"].tolist() == ["C1"]


def test_a_half_pair_in_the_name_of_an_area(tmp_path):
    file = tmp_path / "areas.geojson"
    square = gpd.GeoDataFrame(
        {"area_code": ["A"], "area_name": ["@"]},
        geometry=[shapely.box(-0.13, 51.5, -0.12, 51.51)],
        crs=4326,
    )
    file.write_text(square.to_json().replace("@", f"Soho{HALF}"))
    assert read_areas(file).frame["area_name"].tolist()[0].startswith("Soho")


def test_a_weight_with_a_comma_for_thousands(tmp_path):
    file = tmp_path / "weights.csv"
    file.write_text('easting,northing,weight\n530000,180000,"1,204"\n530001,180001,"12,204,7"\n')
    with pytest.raises(InputError, match="row 3"):
        read_demand(file)
    file.write_text('easting,northing,weight\n530000,180000,"1,204"\n530001,180001,7\n')
    assert read_demand(file).frame["weight"].tolist() == [1204.0, 7.0]


def test_a_file_name_that_is_no_text_is_refused_by_name(tmp_path):
    file = tmp_path / "cam\udcff.csv"
    file.write_text("camera_id,easting,northing\nC1,530000,180000\n")
    with pytest.raises(InputError, match=r"cam\\udcff\.csv: 1 fault\n.*not in UTF-8"):
        read_cameras(file)


def test_coordinates_as_text_beside_a_feature_that_is_none(tmp_path):
    file = tmp_path / "points.geojson"
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point"}}
    good = {"type": "Point", "coordinates": [-0.12, 51.5]}
    bad = {"type": "Point", "coordinates": ["-0.12", "51.5"]}
    features = [point | {"geometry": good}, {}, None, point | {"geometry": bad}]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with pytest.raises(InputError, match="coordinates are text"):
        read_demand(file)


@pytest.mark.parametrize(
    "address",
    ["postgresql://host/cctv", "PG:host=x dbname=cctv", "https://x.gov.uk/a.gpkg", "/vsicurl/x"],
)
def test_an_address_is_no_file_and_says_how_to_make_one(address):
    with pytest.raises(InputError, match=r"only files are read here.*ogr2ogr"):
        read_cameras(address)
