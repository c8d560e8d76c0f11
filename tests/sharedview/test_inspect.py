from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from geopandas.testing import assert_geodataframe_equal

from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.inspection import inspect_cameras, point_picture, profile_text
from coverage_model.reading.profile import load_profile
from sharedview.cli import main

# Registers as public lists write them: every column is known by its name, or not at all.
REGISTERS = {
    "council": "Asset No.,Street,Grid Ref (E),Grid Ref (N),Type (Fixed/PTZ),Direction facing,"
    "Lens Angle (°),Height (m),Range (approx.),Owner\n"
    'CAM/1,High St,"530,034","180,380",PTZ,S.E.,60,4.5m,approx 100m,LBC\n'
    'CAM/2,Low St,"530,134","180,380",fixed ,Facing north,75 deg,15 ft,80,BID (private)\n',
    "observers": "CAM_ID,x,y,OFFSETA,AZIMUTH1,AZIMUTH2,VERT1,VERT2,RADIUS1,RADIUS2\n"
    "A1,530034,180380,6,45,135,0,-40,3,60\n",
    "megapixels": "id,lon,lat,yaw,fov,megapixels,pitch\nA,-0.1276,51.5074,-90,60,2,-20\n"
    "B,-0.1286,51.5074,90,60,8,-10\n",
    "feet": "id,easting,northing,azimuth,hfov,range_ft\nA,530034,180380,90,60,100\n",
    "references": "Camera No,Grid Ref,Status\nC1,TQ 3003 8038,Live\nC2,TQ 30034 80480,Removed\n",
    "names": "Name,lat,lon,bearing\nHigh St,51.5074,-0.1276,10\nHigh St,51.5080,-0.1280,20\n",
}


@pytest.fixture
def register(tmp_path, request):
    path = tmp_path / f"{request.param}.csv"
    path.write_text(REGISTERS[request.param], encoding="utf-8")
    return path


@pytest.mark.parametrize("register", REGISTERS, indirect=True)
def test_the_profile_written_reads_what_was_read_without_it(register, tmp_path):
    profile = tmp_path / "profile.toml"
    done = CliRunner().invoke(main, ["inspect", str(register), "--out", str(profile)])
    assert done.exit_code == 0, done.output
    load_profile(profile)
    before, after = read_cameras(register), read_cameras(register, profile=profile)
    assert_geodataframe_equal(before.frame, after.frame)


@pytest.mark.parametrize("register", ["council"], indirect=True)
def test_every_column_is_named_with_its_meaning(register):
    found = inspect_cameras(register)
    meanings = {column.name: column.field for column in found.columns}
    assert meanings == {
        "Asset No.": "camera_id",
        "Street": None,
        "Grid Ref (E)": "easting",
        "Grid Ref (N)": "northing",
        "Type (Fixed/PTZ)": "camera_type",
        "Direction facing": "azimuth",
        "Lens Angle (°)": "hfov",
        "Height (m)": "mount_height",
        "Range (approx.)": "range",
        "Owner": "operator",
    }
    assert found.layout.header_row == 1
    assert found.sample["mount_height_m"].tolist() == [4.5, 15 * 0.3048]
    done = CliRunner().invoke(main, ["inspect", str(register), "--json"])
    told = json.loads(done.stdout)
    assert told["rows"] == 2
    assert told["columns"][5]["field"] == "azimuth"


def test_what_is_not_understood_is_named_and_can_be_taught(tmp_path):
    path = tmp_path / "cameras.csv"
    path.write_text(
        "id,easting,northing,azimuth,hfov,range_m,type,ownership\n"
        "A,530034,180380,90,60,40,Spinning thing,Guild\nB,530134,180380,90,60,40,Fixed,Council\n",
        encoding="utf-8",
    )
    profile = tmp_path / "profile.toml"
    done = CliRunner().invoke(main, ["inspect", str(path), "--out", str(profile)])
    assert "'Spinning thing' (1)" in done.stdout
    assert "'Guild' (1)" in done.stdout
    assert read_cameras(path).frame["view_basis"].tolist() == ["reach", "given"]
    text = profile.read_text(encoding="utf-8")
    # The remedy, followed: the two commented sections are taken into force.
    text = text.replace(
        "# [values.camera_type]", '[values.camera_type]\n"Spinning thing" = "fixed" #'
    )
    text = text.replace("# [values.ownership]", '[values.ownership]\n"Guild" = "private" #')
    profile.write_text(text, encoding="utf-8")
    frame = read_cameras(path, profile=profile).frame
    assert frame["view_basis"].tolist() == ["given", "given"]
    assert frame["ownership"].tolist() == ["private", "public"]
    again = CliRunner().invoke(main, ["inspect", str(path), "--out", str(profile)])
    assert again.exit_code == 2
    assert "already there" in again.stderr


def test_faults_are_part_of_an_inspection(tmp_path):
    path = tmp_path / "cameras.csv"
    path.write_text("id,what3words\nA,filled.count.soap\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["inspect", str(path)])
    assert done.exit_code == 0
    assert "what3words" in done.stdout
    assert "Fault: " in done.stdout
    assert profile_text(inspect_cameras(path)).count("[columns]") == 1


def test_points_are_drawn_where_they_lie():
    corners = gpd.GeoSeries.from_xy([0, 0, 100, 100, 100], [0, 100, 0, 100, 100])
    picture = point_picture(corners, width=11, height=6)
    assert [line[0] + line[-1] for line in (picture[0], picture[-1])] == ["..", ".."]
    assert sum(line.count(".") for line in picture) == 4
    assert point_picture(pd.concat([corners] * 40), width=11, height=6)[0][0] == "O"
