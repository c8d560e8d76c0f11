from __future__ import annotations

import dataclasses
import json

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner

from coverage_model.optics.pixel_density import find_level
from coverage_model.reading.cameras import read_cameras
from maps.shell.wording import plain
from sharedview.account import Account, AccountError, account, not_understood
from sharedview.cli import main
from sharedview.pipeline import run_coverage

REGISTER = """id,easting,northing,azimuth,hfov,vfov,tilt,range_m,mount_height,type,status,count
A,530034,180380,90,60,40,20,40,6,Fixed,Live,
B,530134,180380,90,60,40,20,40,6,Fixed,Decommissioned,
C,0,0,90,60,40,20,40,6,Fixed,Live,
D,530234,180380,90,60,40,20,40,6,PTZ Camera,Live,
E,530334,180380,90,60,40,20,40,6,Spinning thing,Live,
F,530434,180380,90,60,20,-40,40,6,Fixed,Live,
G,530534,180380,,60,40,20,40,6,Fixed,Live,3
H,,,90,60,40,20,40,6,Fixed,Live,
"""
BOX = shapely.box(529_900, 180_200, 530_700, 180_600)


def areas(*shapes):
    codes = [f"E{number}" for number in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"area_code": codes, "area_name": codes}, geometry=list(shapes), crs=27700
    )


def run_of(tmp_path, text, shapes):
    path = tmp_path / "register.csv"
    path.write_text(text, encoding="utf-8")
    polygons = areas(*shapes)
    cameras = read_cameras(path, areas=polygons)
    return run_coverage(cameras, areas=polygons, level=find_level("detect"), draws=0)


def test_every_row_camera_and_square_metre_is_accounted_for(tmp_path):
    run = run_of(tmp_path, REGISTER, [BOX])
    drawn = account(run)
    assert drawn.rows_read == 8
    assert drawn.rows == {"live": 5, "not in use": 1, "without a position": 2}
    # A sees; F looks above the horizon; D turns, E's kind is not understood, G is three cameras
    # without a heading.
    assert drawn.cameras == 7
    assert drawn.seeing == {
        "with a view": 1,
        "with a reach only": 5,
        "see nothing (tilted above the horizon)": 1,
    }
    assert drawn.overlap_m2 == pytest.approx(0, abs=1e-6)
    said = [plain(sentence) for sentence in drawn.sentences]
    assert said[0] == "Account: 8 rows read = 5 live + 1 not in use + 2 without a position."
    unread = [plain(each) for each in not_understood(run.all_notes, owners_known=False)]
    assert any("'Spinning thing' (1)" in each and "reach" in each for each in unread)


def test_ground_in_two_areas_counts_once_in_the_headline(tmp_path):
    text = "id,easting,northing,azimuth,hfov,range_m\nO1,530300,180380,90,60,40\n"
    west, east = shapely.box(529_900, 180_200, 530_450, 180_600), BOX
    run = run_of(tmp_path, text, [west, east])
    drawn = account(run)
    assert run.coverage["cameras"].tolist() == [1, 1]
    assert drawn.areas_m2 == pytest.approx(2 * drawn.union_m2)
    assert run.union["covered_m2"].sum() == pytest.approx(drawn.union_m2)
    assert run.union["area_m2"].sum() == pytest.approx(BOX.area)
    assert any("counted more than once" in plain(each) for each in drawn.sentences)
    # Areas that only touch do not overlap, and a camera on the border stands in one.
    halves = [shapely.box(529_900, 180_200, 530_300, 180_600),
              shapely.box(530_300, 180_200, 530_700, 180_600)]  # fmt: skip
    touching = run_of(tmp_path, text, halves)
    assert touching.union is None
    assert touching.coverage["cameras"].tolist() == [1, 0]


@pytest.mark.parametrize(
    "change",
    [
        {"rows_read": 9},
        {"rows": {"live": 4, "not in use": 1, "without a position": 2}},
        {"cameras": 8},
        {"areas_m2": 1e9},
        {"union_m2": 1e9},
    ],
)
def test_an_account_that_does_not_balance_says_so(tmp_path, change):
    drawn = account(run_of(tmp_path, REGISTER, [BOX]))
    assert drawn.faults(areas_overlap=False) == []
    assert len(dataclasses.replace(drawn, **change).faults(areas_overlap=False)) == 1


def test_the_command_stops_with_70_where_it_does_not_balance(tmp_path, monkeypatch):
    path = tmp_path / "register.csv"
    path.write_text(REGISTER, encoding="utf-8")
    layer = tmp_path / "areas.gpkg"
    areas(BOX).to_file(layer)
    command = ["coverage", "--cameras", str(path), "--areas", str(layer), "--draws", "0", "--json",
               "--out", str(tmp_path / "out")]  # fmt: skip
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["account"]["rows_read"] == 8
    monkeypatch.setattr(Account, "faults", lambda *_, **__: ["1 row was lost"])
    stopped = CliRunner().invoke(main, [*command[:-1], str(tmp_path / "other")])
    assert stopped.exit_code == AccountError.exit_code == 70
    assert "1 row was lost" in stopped.stderr
    assert not (tmp_path / "other").exists()


def test_unknown_owners_are_never_nobody(tmp_path):
    text = "id,easting,northing,azimuth,hfov,range_m\nO1,530300,180380,90,60,40\n"
    path = tmp_path / "register.csv"
    path.write_text(text, encoding="utf-8")
    layer = tmp_path / "areas.gpkg"
    areas(BOX).to_file(layer)
    done = CliRunner().invoke(
        main,
        ["coverage", "--cameras", str(path), "--areas", str(layer), "--draws", "0", "--out",
         str(tmp_path / "out")],
    )  # fmt: skip
    assert "The owner of 1 camera is unknown" in done.stdout
    page = (tmp_path / "out" / "ownership.html").read_text(encoding="utf-8")
    assert "cannot be told apart" in page
    assert "is seen by public cameras only" not in page
