"""``inspect`` on the inputs beside cameras, and the study file that it writes."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner
from geopandas.testing import assert_geodataframe_equal

from coverage_model.reading.areas import read_areas
from coverage_model.reading.demand import read_demand
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.streets import read_streets
from sharedview.cli import main
from sharedview.study import load_study

SQUARES = [shapely.box(530000, 180000, 530100, 180100), shapely.box(530100, 180000, 530150, 180050)]
LINES = [shapely.LineString([(530000, 180000), (530100, 180000)]),
         shapely.LineString([(530000, 180000), (530000, 180100)])]  # fmt: skip
POINTS = [shapely.Point(530000, 180000), shapely.Point(530050, 180050)]
INPUTS = {
    "areas": (
        read_areas, SQUARES, {"WD24CD": ["A", "B"], "WD24NM": ["Alpha", "Beta"], "note": ["", ""]},
        {"WD24CD": "area_code", "WD24NM": "area_name", "note": None}, "Polygon of 10,000 m²",
    ),
    "buildings": (
        read_obstacles, SQUARES, {"ref": ["1", "2"], "height_ft": [10, 20], "floors": [1, 2]},
        {"ref": "obstacle_id", "height_ft": "height", "floors": "levels"}, "height_m 3.048",
    ),
    "streets": (
        read_streets, LINES, {"ROAD_NAME": ["Long Acre", "Bow Street"], "class": ["A", "B"]},
        {"ROAD_NAME": "street_name", "class": None}, "LineString of 100 m",
    ),
    "demand": (
        read_demand, POINTS, {"Crimes": [3, 4], "month": ["2024-01", "2024-01"]},
        {"Crimes": "weight", "month": None}, "Point at 530,000.0, 180,000.0",
    ),
}  # fmt: skip


@pytest.fixture
def layer(tmp_path, request):
    _, shapes, columns, _, _ = INPUTS[request.param]
    path = tmp_path / f"{request.param}.gpkg"
    gpd.GeoDataFrame(columns, geometry=shapes, crs=27700).to_file(path)
    return request.param, path


@pytest.mark.parametrize("layer", INPUTS, indirect=True)
def test_every_column_of_an_input_is_named_with_its_meaning(layer, tmp_path):
    name, path = layer
    read, _, _, meanings, shown = INPUTS[name]
    profile = tmp_path / "profile.toml"
    command = ["inspect", str(path), "--as", name]
    done = CliRunner().invoke(main, [*command, "--json"], catch_exceptions=False)
    told = json.loads(done.stdout)
    assert {each["name"]: each["field"] for each in told["columns"]} == meanings
    done = CliRunner().invoke(main, [*command, "--out", str(profile)], catch_exceptions=False)
    assert done.exit_code == 0
    assert shown in done.stdout
    assert "530,0" in done.stdout  # where they lie
    assert f"--profile {name}={profile}" in " ".join(done.stdout.split())
    # Reading with the profile that was written gives what reading without it gave.
    assert_geodataframe_equal(read(path).frame, read(path, profile=profile).frame)


def test_faults_of_an_input_are_part_of_its_inspection(tmp_path):
    path = tmp_path / "areas.gpkg"
    gpd.GeoDataFrame({"Kennung": ["A"], "Amt": ["B"]}, geometry=SQUARES[:1], crs=27700).to_file(
        path
    )
    profile = tmp_path / "areas.toml"
    command = ["inspect", str(path), "--as", "areas", "--out", str(profile)]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    assert done.exit_code == 0
    assert "no column that identifies the areas" in done.stdout
    # The remedy, followed: the spare column moves behind the name of what it holds.
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace('# … = "Kennung"', 'area_code = "Kennung"'), encoding="utf-8")
    assert read_areas(path, profile=profile).frame["area_code"].tolist() == ["A"]


def test_elements_of_openstreetmap_need_no_columns(tmp_path):
    path = tmp_path / "streets.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lat="51.5" lon="-0.12"/><node id="2" lat="51.501" '
        'lon="-0.12"/><way id="3"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/>'
        "</way></osm>"
    )
    done = CliRunner().invoke(main, ["inspect", str(path), "--as", "streets"])
    assert done.exit_code == 0, done.output
    assert "Read as streets: 1." in done.stdout


def test_the_study_that_is_written_reads_the_file_so(tmp_path):
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "cameras.csv"
    path.write_text("id,easting,northing,azimuth\nA,530034,180380,90\n")
    profile, study = tmp_path / "profile.toml", tmp_path / "study.toml"
    command = ["inspect", str(path), "--out", str(profile), "--study", str(study)]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    asked = load_study(study)
    assert asked.consolidation is None
    assert asked.coverage.cameras.resolve() == path
    assert asked.coverage.of("cameras")["profile"].resolve() == profile
    again = CliRunner().invoke(main, ["inspect", str(path), "--study", str(study)])
    assert again.exit_code == 2
    assert "already there" in again.stderr


def test_a_study_of_other_inputs(tmp_path):
    path = tmp_path / "wards.gpkg"
    gpd.GeoDataFrame({"code": ["A"]}, geometry=SQUARES[:1], crs=27700).to_file(path, layer="w24")
    study = tmp_path / "study.toml"
    command = ["inspect", str(path), "--as", "areas", "--layer", "w24", "--study", str(study)]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    (tmp_path / "cameras.csv").write_text("id,easting,northing\nA,530034,180380\n")
    asked = load_study(study).coverage
    assert asked.areas.resolve() == path
    assert asked.of("areas")["layer"] == "w24"
