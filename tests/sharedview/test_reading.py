"""Layer, CRS and profile of every input, said alike on the command line and in a study file."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner
from pydantic import ValidationError

from coverage_model.base import datasets
from coverage_model.base.errors import InputError
from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.demand import read_demand
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.streets import read_streets
from optimisation.sites import read_sites
from sharedview.cli import main
from sharedview.reading import Reading, by_input
from sharedview.settings import CoverageSettings
from sharedview.study import load_study

SQUARE = shapely.box(530000, 180000, 530100, 180100)
BESIDE = shapely.box(530100, 180000, 530200, 180100)


def layers(path: Path, frames: dict[str, gpd.GeoDataFrame], *, crs: bool = True) -> Path:
    """Write several layers into one GeoPackage."""
    for name, frame in frames.items():
        with warnings.catch_warnings():
            if not crs:  # that is what these files are about
                warnings.filterwarnings("ignore", message="'crs' was not provided")
            frame.set_crs(27700 if crs else None).to_file(path, layer=name, driver="GPKG")
    return path


def two(geometry: list[shapely.Geometry], **columns: object) -> dict[str, gpd.GeoDataFrame]:
    frame = gpd.GeoDataFrame(columns, geometry=geometry)
    return {"old": frame, "new": frame.iloc[:1]}


def remedy(error: pytest.ExceptionInfo[InputError]) -> str:
    return error.value.faults[0].remedy


READERS = {
    "areas": (read_areas, two([SQUARE, BESIDE], code=["A", "B"])),
    "buildings": (read_obstacles, two([SQUARE, BESIDE], height=[5, 6])),
    "streets": (
        read_streets,
        two([shapely.LineString([(530000, 180000), (530100, 180000)]),
             shapely.LineString([(530000, 180000), (530000, 180100)])], name=["A", "B"]),
    ),
    "demand": (read_demand, two([shapely.Point(530000, 180000), shapely.Point(530050, 180050)])),
    "cameras": (read_cameras, two([shapely.Point(530000, 180000), shapely.Point(530050, 180050)])),
}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_the_layer_that_the_error_asks_for(name: str, tmp_path: Path) -> None:
    read, frames = READERS[name]
    file = layers(tmp_path / "several.gpkg", frames)
    with pytest.raises(InputError, match="2 layers and no choice") as error:
        read(file)
    assert "--layer NAME" in remedy(error)
    assert "old, new" in remedy(error)
    said = Reading(layer=[f"{name}=new"] if name != "cameras" else ["new"])
    assert len(read(file, **said.of(name)).frame) == 1


@pytest.mark.parametrize("name", READERS)
def test_the_crs_that_the_error_asks_for(name: str, tmp_path: Path) -> None:
    read, frames = READERS[name]
    file = layers(tmp_path / "unsaid.gpkg", {"only": frames["old"]}, crs=False)
    with pytest.raises(InputError, match="does not state its CRS") as error:
        read(file)
    assert "--crs-in EPSG:27700" in remedy(error)
    said = Reading(crs_in=[f"{name}=EPSG:27700"])
    assert len(read(file, **said.of(name)).frame) == 2


def test_a_profile_for_the_crs(tmp_path: Path) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text('crs = "EPSG:27700"\n')
    for name, (read, frames) in READERS.items():
        file = layers(tmp_path / f"{name}.gpkg", {"only": frames["old"]}, crs=False)
        assert len(read(file, profile=profile).frame) == 2, name


def test_areas_whose_columns_a_profile_names(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"Kennung": ["A", "B"], "Bez": ["Alpha", "Beta"]}, geometry=[SQUARE, BESIDE], crs=27700
    )
    frame.to_file(tmp_path / "a.gpkg")
    with pytest.raises(InputError, match="no column that identifies the areas") as error:
        read_areas(tmp_path / "a.gpkg")
    assert "--profile areas=FILE" in remedy(error)
    profile = tmp_path / "p.toml"
    profile.write_text('[columns]\narea_code = "Kennung"\narea_name = "Bez"\n')
    read = read_areas(tmp_path / "a.gpkg", profile=profile).frame
    assert read[["area_code", "area_name"]].values.tolist() == [["A", "Alpha"], ["B", "Beta"]]


def test_buildings_in_feet_whose_columns_a_profile_names(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"H": [10.0, None], "height": [99, 99]}, geometry=[SQUARE, BESIDE], crs=27700
    )
    frame.to_file(tmp_path / "b.gpkg")
    profile = tmp_path / "p.toml"
    profile.write_text('[columns]\nheight = "H"\n[units]\nheight = "ft"\n[defaults]\nheight = 20\n')
    read = read_obstacles(tmp_path / "b.gpkg", profile=profile).frame
    # A default is in the file's unit as well, as it is for cameras: 20 stands in the cell.
    assert read["height_m"].round(6).tolist() == [3.048, 20.0]


def test_streets_and_demand_whose_columns_a_profile_names(tmp_path: Path) -> None:
    line = shapely.LineString([(530000, 180000), (530100, 180000)])
    gpd.GeoDataFrame({"Strasse": ["Long Acre"]}, geometry=[line], crs=27700).to_file(
        tmp_path / "s.gpkg"
    )
    profile = tmp_path / "p.toml"
    profile.write_text('[columns]\nstreet_name = "Strasse"\n')
    streets = read_streets(tmp_path / "s.gpkg", profile=profile)
    assert streets.frame["street_name"].tolist() == ["Long Acre"]
    table = pd.DataFrame({"Rechts": [530000], "Hoch": [180000], "Menge": ["1,204"]})
    table.to_csv(tmp_path / "d.csv", index=False)
    with pytest.raises(InputError, match="no pair of columns"):
        read_demand(tmp_path / "d.csv")
    profile.write_text('[columns]\neasting = "Rechts"\nnorthing = "Hoch"\nweight = "Menge"\n')
    assert read_demand(tmp_path / "d.csv", profile=profile).frame["weight"].tolist() == [1204.0]


def test_sites_whose_columns_a_profile_names(tmp_path: Path) -> None:
    table = tmp_path / "sites.csv"
    table.write_text("Bezirk,easting,northing,Art\nCamden,529000,184000,depot\n")
    with pytest.raises(InputError, match="no column for the borough") as error:
        read_sites(table, areas=datasets.boroughs())
    assert "--profile sites=FILE" in remedy(error)
    profile = tmp_path / "p.toml"
    profile.write_text('[columns]\nborough_code = "Bezirk"\nkind = "Art"\n')
    read = read_sites(table, areas=datasets.boroughs(), profile=profile)
    assert read.frame["site_basis"].to_dict() == {"E09000007": "depot (as given)"}


def test_a_profile_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": ["A"]}, geometry=[SQUARE], crs=27700)
    frame.to_file(tmp_path / "a.gpkg")
    profile = tmp_path / "p.toml"
    profile.write_text('tilt = "up"\n[columns]\nare_code = "code"\n')
    with pytest.raises(InputError) as error:
        read_areas(tmp_path / "a.gpkg", profile=profile)
    assert "tilt is said of areas" in str(error.value)
    assert "Did you mean area_code?" in str(error.value)
    profile.write_text('[columns]\narea_code = "Code"\n')
    with pytest.raises(InputError, match="did you mean 'code'"):
        read_areas(tmp_path / "a.gpkg", profile=profile)


def test_what_is_said_once_for_each_input() -> None:
    assert by_input("Live") == {"cameras": "Live"}
    assert by_input(["a=b"]) == {"cameras": "a=b"}  # a layer may be called so
    assert by_input(["cameras=a=b", "areas = wards"]) == {"cameras": "a=b", "areas": "wards"}
    with pytest.raises(ValidationError, match="said twice of areas"):
        Reading(layer=["areas=a", "areas=b"])
    with pytest.raises(ValidationError, match="no areas are given"):
        CoverageSettings(cameras=Path("c.csv"), layer={"areas": "wards"})
    with pytest.raises(ValidationError, match="no input: use one of"):
        CoverageSettings(cameras=Path("c.csv"), layer={"aeras": "wards"})


def test_the_cameras_before_are_read_as_those_now_unless_said() -> None:
    said = Reading(layer=["Live", "before=Old"], crs_in=["EPSG:4326"])
    assert said.of("before") == {"layer": "Old", "crs_in": "EPSG:4326", "profile": None}


def test_the_command_line_and_a_study_say_it_alike(tmp_path: Path) -> None:
    frames = READERS["areas"][1]
    layers(tmp_path / "areas.gpkg", frames)
    (tmp_path / "cameras.csv").write_text(
        "camera_id,easting,northing,azimuth_deg,hfov_deg,range_m\nC1,530050,180050,90,60,40\n"
    )
    command = ["coverage", "--cameras", str(tmp_path / "cameras.csv"), "--draws", "0",
               "--areas", str(tmp_path / "areas.gpkg"), "--out", str(tmp_path / "out")]  # fmt: skip
    told = CliRunner().invoke(main, [*command, "--layer", "streets=new"])
    assert told.exit_code == 2
    assert "no streets are given" in told.output
    told = CliRunner().invoke(main, [*command, "--layer", "sites=new"])
    assert "this verb takes no sites" in told.output
    told = CliRunner().invoke(main, [*command, "--layer", "areas=new"])
    assert told.exit_code == 0, told.output
    table = gpd.read_file(tmp_path / "out" / "coverage.gpkg", layer="coverage_by_area")
    assert table["area_code"].tolist() == ["A"]
    (tmp_path / "study.toml").write_text(
        'report = false\n[coverage]\ncameras = "cameras.csv"\nareas = "areas.gpkg"\n'
        'profile = "p.toml"\n[coverage.layer]\nareas = "new"\n'
    )
    with pytest.raises(InputError, match=r"coverage\.profile\.cameras names"):
        load_study(tmp_path / "study.toml")
    (tmp_path / "p.toml").write_text("")
    study = load_study(tmp_path / "study.toml").coverage
    assert study is not None
    assert study.of("areas")["layer"] == "new"
    assert study.of("cameras")["profile"] == tmp_path / "p.toml"
