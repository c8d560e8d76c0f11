"""Candidate sites that people name: read from any format, every fault at once; made-up places."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from coverage_model.base import datasets
from coverage_model.base.errors import CRSError, InputError, MissingFileError
from optimisation.group_table import make_setting
from optimisation.roads import is_by_road
from optimisation.scenario import Scenario
from optimisation.sites import NO_KIND, read_sites, with_sites
from optimisation.territory import borough_inputs

# Two districts side by side, each 1 km wide and 2 km high.
AREAS = gpd.GeoDataFrame(
    {"area_code": ["E1", "E2"], "area_name": ["West & Hill", "East"]},
    geometry=[box(530000, 180000, 531000, 182000), box(531000, 180000, 532000, 182000)],
    crs=27700,
)


def write(folder: Path, text: str, name: str = "sites.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_sites(tmp_path: Path) -> None:
    text = (
        "Borough,Easting,Northing,Kind,Has room\n"
        "west AND hill,530500,180100,Town hall,yes\nE2,531500,181900,,\n"
    )
    sites = read_sites(write(tmp_path, text), areas=AREAS)
    assert sites.frame["site_x_m"].tolist() == [530500.0, 531500.0]
    assert sites.frame["site_basis"].tolist() == ["Town hall (as given)", f"{NO_KIND} (as given)"]
    assert sites.frame["has_room"].tolist() == [True, pd.NA]
    assert (sites.log.items_read, sites.log.count("no_kind"), sites.log.count("room_unsaid")) == (
        2,
        1,
        1,
    )


def test_degrees_and_layers_give_the_same_places(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame(
        {"borough": ["East"], "kind": ["depot"], "has_room": [False]},
        geometry=[Point(531500, 181500)],
        crs=27700,
    )
    points.to_file(tmp_path / "sites.gpkg")
    layer = read_sites(tmp_path / "sites.gpkg", areas=AREAS).frame
    degrees = points.to_crs(4326).geometry[0]
    text = f"borough,lat,lon,kind,has_room\nEast,{degrees.y:.8f},{degrees.x:.8f},depot,no\n"
    table = read_sites(write(tmp_path, text), areas=AREAS).frame
    assert layer["site_basis"].tolist() == table["site_basis"].tolist() == ["depot (as given)"]
    assert layer["has_room"].tolist() == table["has_room"].tolist() == [False]
    # The file's maker used PROJ's shift, the reader Ordnance Survey's: up to 2 m.
    assert table[["site_x_m", "site_y_m"]].to_numpy() == pytest.approx(
        layer[["site_x_m", "site_y_m"]].to_numpy(), abs=3.0
    )


def test_every_fault_is_listed_at_once(tmp_path: Path) -> None:
    text = (
        "borough,easting,northing,kind,has_room\n"
        "Wset & Hill,530500,180100,town hall,yes\n"
        "East,531500,180500,town hall,perhaps\n"
        "E2,532250,181000,depot,\n"
        "West & Hill,,180000,depot,no\n"
        "E1,180100,530500,town hall,no\n"
    )
    with pytest.raises(InputError) as raised:
        read_sites(write(tmp_path, text), areas=AREAS)
    found = {fault.problem: fault for fault in raised.value.faults}
    assert found["no borough of this name or code"].rows == ("row 2: Wset & Hill",)
    assert "did you mean West & Hill?" in found["no borough of this name or code"].remedy
    twice = found["boroughs with more than one site"].rows
    assert twice == ("row 3: East", "row 4: E2", "row 5: West & Hill", "row 6: E1")
    assert found["has_room is neither yes nor no"].rows == ("row 3",)
    assert found["sites without coordinates"].rows == ("row 5",)
    # 532,250 is 250 m east of the district's edge at 532,000.
    assert found["sites outside their borough"].rows == ("row 4: East, 250 m away",)
    swapped = "easting and northing look swapped: exchanged, the site lies in its borough"
    assert found[swapped].rows == ("row 6: West & Hill",)
    assert len(found) == 6


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("kind,easting,northing\nhall,530500,180100\n", "no column for the borough"),
        ("borough,kind\nEast,hall\n", "no pair of columns"),
        ("borough,lat,lon,kind\nEast,531500,181000,hall\n", "look like metres"),
        ("borough,easting,northing\nEast,here,181000\n", "is not a number"),
    ],
)
def test_files_that_hold_no_sites(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(InputError, match=part):
        read_sites(write(tmp_path, text), areas=AREAS)


def test_files_that_are_not_there_or_do_not_say_where(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        read_sites(tmp_path / "none.csv", areas=AREAS)
    bare = gpd.GeoDataFrame({"borough": ["East"]}, geometry=[Point(531500, 181500)])
    with pytest.warns(UserWarning, match="crs"):
        bare.to_file(tmp_path / "bare.shp")
    with pytest.raises(CRSError):
        read_sites(tmp_path / "bare.shp", areas=AREAS)


def test_given_sites_replace_the_models_own_and_no_others(tmp_path: Path) -> None:
    before = borough_inputs()
    text = "borough,easting,northing,kind,has_room\nCamden,530100,182800,town hall,no\n"
    sites = read_sites(write(tmp_path, text), areas=datasets.boroughs("full"))
    after = with_sites(before, sites)
    camden = after.loc["E09000007"]
    assert (camden["site_x_m"], camden["site_y_m"]) == (530100.0, 182800.0)
    assert (camden["site_basis"], camden["has_room"]) == ("town hall (as given)", False)
    others = before.index.drop("E09000007")
    pd.testing.assert_frame_equal(after.loc[others], before.loc[others])
    assert before.loc["E09000007", "site_basis"] != camden["site_basis"]  # not mutated
    # The distances of the model follow: Camden to Islington, straight line times the factor.
    setting = make_setting(after, Scenario(name="s"))
    i, j = setting.positions(["E09000007", "E09000019"])
    x, y = after.loc["E09000019", ["site_x_m", "site_y_m"]]
    straight = np.hypot(530100 - x, 182800 - y) / 1000
    assert setting.places.km[i, j] == pytest.approx(straight * setting.detour_factor)
    assert not setting.places.has_room[i]


def test_sites_go_before_roads_and_into_the_territory(tmp_path: Path) -> None:
    text = "borough,easting,northing,kind\nEast,531500,181500,depot\n"
    sites = read_sites(write(tmp_path, text), areas=AREAS)
    frame = borough_inputs()
    with pytest.raises(InputError, match="not in play"):
        with_sites(frame, sites)
    carrying = frame.assign(road_km_to_E2=0.0)
    assert is_by_road(carrying)
    with pytest.raises(ValueError, match="before the distances"):
        with_sites(carrying, sites)
