from __future__ import annotations

import json
import re
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from coverage_model.base import schemas
from coverage_model.base.crs import grid_convergence_deg
from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import read_cameras

AREAS = gpd.GeoDataFrame(
    {"area_code": ["W", "E"], "area_name": ["West", "East"]},
    geometry=[
        shapely.box(529_000, 180_000, 530_000, 181_000),
        shapely.box(530_000, 180_000, 531_000, 181_000),
    ],
    crs=27700,
)
HEADER = (
    "camera_id,easting,northing,ownership,camera_type,azimuth_deg,hfov_deg,range_m,horizontal_px,"
    "mount_height_m"
)


def write_csv(tmp_path, *lines, name="cameras.csv"):
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def notes_of(cameras):
    return {note.code: note for note in cameras.log.notes}


def test_a_plain_csv(tmp_path):
    path = write_csv(
        tmp_path,
        HEADER,
        "C1,529500,180500,public,fixed,90,60,40,,5",
        "C2,530500,180500,private,dome,10,60,40,,4",
        "C3,530600.25,180500.5,,,,,,,",
        "C4,530700,180500,council,fixed,10,60,,1920,4",
        "C5,530800,180500,business,fixed,10,,30,,4",
    )
    cameras = read_cameras(path, areas=AREAS)
    frame = cameras.frame
    schemas.check(frame, schemas.Cameras, "again")
    assert list(frame.index) == ["C1", "C2", "C3", "C4", "C5"]
    assert frame.index.name == "view_id"
    assert frame.crs.to_epsg() == 27700
    assert frame["view_basis"].tolist() == ["given", "reach", "reach", "given", "assumed"]
    assert frame["ownership"].tolist() == ["public", "private", "unknown", "public", "private"]
    assert frame["integration"].tolist() == ["integrated", "none", "none", "integrated", "none"]
    assert frame["borough_code"].tolist() == ["W", "E", "E", "E", "E"]
    assert frame.loc["C3", "geometry"].coords[0] == (530600.25, 180500.5)
    assert frame.loc["C1", "azimuth_deg"] == 90
    assert frame.loc["C5", "hfov_deg"] is not None
    assert np.isnan(frame.loc["C5", "hfov_deg"])
    assert not frame["illustrative"].any()
    log = cameras.log
    assert (log.format, log.rows_read, log.items_read, log.crs_in) == ("csv", 5, 5, "EPSG:27700")
    assert log.datum_shift.method == "none"
    assert len(log.sha256) == 64


def test_units_in_names_and_values(tmp_path):
    path = write_csv(
        tmp_path,
        "id,lon,lat,Range (ft),Height,Resolution,focal_mm,sensor_width_mm",
        "A,-0.127,51.51,100,20',3840x2160,2.4,4.8",
        "B,-0.127,51.51,,6 m,1920,,",
    )
    frame = read_cameras(path).frame
    assert frame["range_m"].iloc[0] == pytest.approx(30.48)
    assert frame["mount_height_m"].tolist() == pytest.approx([6.096, 6.0])
    assert frame["horizontal_px"].tolist() == [3840, 1920]
    assert frame["hfov_deg"].iloc[0] == pytest.approx(90.0)
    assert np.isnan(frame["hfov_deg"].iloc[1])


@pytest.mark.parametrize(
    ("column", "true_north"),
    [
        ("azimuth_deg", False),
        ("Azimuth", False),
        ("azimuth_true_deg", True),
        ("bearing_true_deg", True),
        ("bearing", True),
        ("heading", True),
        ("bearing_grid_deg", False),
        ("direction", True),
        ("camera:direction", True),
    ],
)
def test_true_and_grid_north(tmp_path, column, true_north):
    path = write_csv(tmp_path, f"id,easting,northing,{column}", "A,530500,180500,1")
    cameras = read_cameras(path, areas=AREAS)
    convergence = grid_convergence_deg(cameras.frame.geometry)[0]
    assert 1.4 < convergence < 1.6
    expected = (1 - convergence) % 360 if true_north else 1
    assert cameras.frame["azimuth_deg"].iloc[0] == pytest.approx(expected, abs=1e-9)
    assert ("true_north" in notes_of(cameras)) == true_north


def test_directions_become_views(tmp_path):
    path = write_csv(
        tmp_path,
        "id,easting,northing,direction,hfov_deg",
        "A,530500,180500,70;240,",
        "B,530500,180500,90-180,",
        "C,530500,180500,90-180,30",
        "D,530500,180500,315;400,",
        "E,530500,180500,150WY39-J963,",
        "F,530500,180500,0-360,",
        "G,530500,180500,N;360,",
    )
    cameras = read_cameras(path, areas=AREAS)
    frame, notes = cameras.frame, notes_of(cameras)
    assert list(frame.index) == ["A", "A/2", "B", "C", "D", "E", "F", "G"]
    assert cameras.log.items_read == 7
    assert frame["camera_id"].tolist() == ["A", "A", "B", "C", "D", "E", "F", "G"]
    assert frame["hfov_deg"].fillna(-1).tolist() == [-1, -1, 90, 30, -1, -1, -1, -1]
    convergence = grid_convergence_deg(frame.geometry)
    assert ((frame["azimuth_deg"] + convergence) % 360).round(6).fillna(-1).tolist() == [
        70, 240, 135, 135, 315, -1, -1, 0,
    ]  # fmt: skip
    assert frame["view_basis"].tolist() == ["assumed"] * 5 + ["reach", "reach", "assumed"]
    assert (notes["direction_undecodable"].count, notes["direction_undecodable"].rows) == (
        2,
        ("D", "E"),
    )
    assert notes["direction_all_round"].rows == ("F",)
    assert notes["direction_repeated"].rows == ("G",)
    assert notes["several_views"].rows == ("A",)


def test_dome_and_ptz_are_reach_unless_parked(tmp_path):
    path = write_csv(
        tmp_path,
        "id,easting,northing,type,azimuth,hfov,range,fixed_position",
        "A,530500,180500,PTZ,90,60,50,no",
        "B,530500,180500,PTZ,90,60,50,yes",
        "C,530500,180500,dome,90,,50,yes",
        "D,530500,180500,speed dome,90,60,,yes",
        "E,530500,180500,ANPR,90,60,50,",
    )
    frame = read_cameras(path, areas=AREAS).frame
    assert frame["view_basis"].tolist() == ["reach", "given", "reach", "assumed", "given"]
    assert frame["camera_type"].tolist() == ["ptz", "ptz", "dome", "ptz", "anpr"]


def test_azimuth_of_360_is_north_and_noted(tmp_path):
    path = write_csv(tmp_path, HEADER, "A,530500,180500,,,360,,,,", "B,530500,180500,,,NW,,,,")
    cameras = read_cameras(path, areas=AREAS)
    assert cameras.frame["azimuth_deg"].tolist() == [0, 315]
    assert notes_of(cameras)["azimuth_360"].rows == ("A",)


def test_ids_are_made_only_where_there_is_no_column(tmp_path):
    path = write_csv(tmp_path, "lon,lat", "-0.12,51.5", "-0.11,51.5")
    cameras = read_cameras(path)
    assert list(cameras.frame.index) == ["row-2", "row-3"]
    assert notes_of(cameras)["ids_made"].count == 2


def test_area_of_a_camera_is_computed_and_a_given_one_compared(tmp_path):
    path = write_csv(
        tmp_path,
        "id,easting,northing,borough",
        "A,529500,180500,West",
        "B,529500,180500,E",
        "C,530000,180500,W",
        "D,530500,180500,",
        "E,540000,180500,E",
    )
    cameras = read_cameras(path, areas=AREAS)
    codes = cameras.frame["borough_code"]
    # C stands on the line between the two and goes to the first code.
    assert codes.iloc[:4].tolist() == ["W", "W", "E", "E"]
    assert pd.isna(codes["E"])
    assert notes_of(cameras)["borough_disagrees"].rows == ("B", "C")
    assert notes_of(cameras)["outside"].rows == ("E",)


def test_hostile_text_stays_data(tmp_path):
    evil, formula = "<img src=x onerror=alert(1)>", '"=HYPERLINK(""http://x"",""y"")"'
    path = write_csv(
        tmp_path,
        "id,easting,northing,operator",
        f"{evil},530500,180500,{formula}",
        "B\x07ell\u202e,530500,180500,ok",
    )
    cameras = read_cameras(path, areas=AREAS)
    assert list(cameras.frame.index) == [evil, "Bell"]
    assert cameras.frame["operator"].iloc[0] == '=HYPERLINK("http://x","y")'
    assert notes_of(cameras)["control_characters"].count == 1


def test_a_profile(tmp_path):
    path = write_csv(
        tmp_path,
        "Asset Ref;GRIDX;GRIDY;Facing;Reach;Model;Extra",
        "C1;530500;180500;90;100;Bullet;1",
        "C2;530600;180600;;;Speed globe;2",
    )
    profile = tmp_path / "profile.toml"
    profile.write_text(
        """
crs = "EPSG:27700"
azimuth = "true"
[columns]
camera_id = "Asset Ref"
x = "GRIDX"
y = "GRIDY"
azimuth = "Facing"
range = "Reach"
camera_type = "Model"
[units]
range = "ft"
[defaults]
ownership = "public"
mount_height = 5
[values.camera_type]
"Speed globe" = "ptz"
""",
        encoding="utf-8",
    )
    cameras = read_cameras(path, areas=AREAS, profile=profile)
    frame = cameras.frame
    assert frame["range_m"].iloc[0] == pytest.approx(30.48)
    assert frame["camera_type"].tolist() == ["fixed", "ptz"]
    assert frame["ownership"].tolist() == ["public", "public"]
    assert frame["mount_height_m"].tolist() == [5, 5]
    assert frame["azimuth_deg"].iloc[0] == pytest.approx(
        90 - grid_convergence_deg(frame.geometry)[0]
    )
    applied = [note for note in cameras.log.notes if note.code == "default_applied"]
    assert [note.count for note in applied] == [2, 2]
    assert "Extra" in notes_of(cameras)["columns_unused"].message


def test_our_own_frame_reads_back(tmp_path):
    path = write_csv(
        tmp_path, "id,easting,northing,direction,ownership", "A,530500,180500,70;240,private"
    )
    first = read_cameras(path, areas=AREAS).frame
    first.reset_index().to_file(tmp_path / "own.gpkg", layer="cameras")
    again = read_cameras(tmp_path / "own.gpkg", areas=AREAS).frame
    assert list(again.index) == ["A", "A/2"]
    pd.testing.assert_series_equal(again["azimuth_deg"], first["azimuth_deg"])
    assert again["ownership"].tolist() == first["ownership"].tolist()


def test_another_projected_crs(tmp_path):
    path = write_csv(tmp_path, "id,lon,lat,bearing", "A,-90,35,0")
    cameras = read_cameras(path, crs="EPSG:5070")
    assert cameras.frame.crs.to_epsg() == 5070
    assert cameras.frame["azimuth_deg"].iloc[0] == pytest.approx(360 - 3.6174, abs=1e-3)
    assert cameras.frame["borough_code"].isna().all()
    assert cameras.log.datum_shift.method.startswith("PROJ")


def test_reading_changes_neither_areas_nor_options(tmp_path):
    before = AREAS.copy(deep=True)
    read_cameras(write_csv(tmp_path, "id,easting,northing", "A,530500,180500"), areas=AREAS)
    assert_geodataframe_equal(AREAS, before)


@pytest.mark.shared
def test_jamcams(shared_data):
    cameras = read_cameras(shared_data / "cameras" / "tfl_jamcams_2024-04.geojson")
    frame = cameras.frame
    assert (cameras.log.rows_read, cameras.log.items_read, len(frame)) == (900, 900, 900)
    counts = frame["borough_code"].value_counts()
    assert counts["E09000033"] == 77
    assert "E09000015" not in counts
    assert counts.sum() == 900
    assert set(frame["view_basis"]) == {"reach"}
    assert set(frame["ownership"]) == {"public"}
    assert set(frame["integration"]) == {"integrated"}
    assert set(frame["operator"]) == {"Transport for London"}
    assert cameras.log.datum_shift.method.startswith("OSTN15")
    joined = read_cameras(shared_data / "cameras" / "tfl_jamcams_joined.csv").frame
    assert set(joined.index) == set(frame.index)
    assert joined["azimuth_deg"].notna().sum() == 565
    assert joined.geometry.loc[frame.index].distance(frame.geometry).max() < 0.002


@pytest.mark.shared
def test_fitzrovia_cameras(shared_data):
    cameras = read_cameras(shared_data / "london" / "fitzrovia.osm")
    assert sorted(cameras.frame.index) == ["385549572", "385549575", "5453665061", "5453665062"]
    assert cameras.frame.loc["385549572", "camera_type"] == "dome"
    assert set(cameras.frame["ownership"]) == {"unknown"}
    assert set(cameras.frame["view_basis"]) == {"reach"}
    assert notes_of(cameras)["not_a_camera"].rows == ("691114555",)


def classify(text):
    """Count (headings, undecodable parts) of a direction by regular expressions alone."""
    compass = r"(?i)[ns]?[ns]?[ew]?"
    headings, undecodable = set(), 0
    for part in (piece.strip() for piece in text.split(";")):
        if part == "":
            continue
        if re.fullmatch(r"0 *- *360", part):
            continue
        span = re.fullmatch(r"(\d+(?:\.\d+)?) *- *(\d+(?:\.\d+)?)", part)
        if re.fullmatch(r"\d+(\.\d+)?", part) and float(part) <= 360:
            headings.add(float(part) % 360)
        elif span and max(float(span[1]), float(span[2])) <= 360 and span[1] != span[2]:
            headings.add((float(span[1]), float(span[2])))
        elif re.fullmatch(compass, part) or part in {"ENE", "ESE", "WNW", "WSW", "northeast"}:
            headings.add(part.upper())
        else:
            undecodable += 1
    return len(headings), undecodable


@pytest.mark.shared
def test_deflock_in_an_american_crs(shared_data):
    path = shared_data / "cameras" / "deflock_us_35k.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    views = undecodable = conflicts = reach = 0
    for element in raw:
        special, general = (element["tags"].get(k, "") for k in ("camera:direction", "direction"))
        chosen = general if special.strip().lower() in {"", "null"} and general else special
        headings, bad = classify(chosen)
        views += max(headings, 1)
        reach += headings == 0
        undecodable += bad
        conflicts += bool(special and special != "null" and general) and special != general
    assert undecodable > 50

    started = time.perf_counter()
    cameras = read_cameras(path, crs="EPSG:5070")
    elapsed = time.perf_counter() - started
    notes = notes_of(cameras)
    assert (cameras.log.rows_read, cameras.log.items_read) == (35_045, 35_045)
    assert cameras.frame["camera_id"].nunique() == 35_045
    assert len(cameras.frame) == views
    assert notes["direction_undecodable"].count == undecodable
    assert (cameras.frame["view_basis"] == "reach").sum() == reach
    assert abs(notes["direction_conflict"].count - conflicts) <= 1  # 360 beside 0-360
    assert "400" in {p for e in raw for p in e["tags"].get("direction", "").split(";")}
    assert cameras.frame.crs.to_epsg() == 5070
    assert elapsed < 30


@pytest.mark.shared
def test_embedded_and_published_boroughs_agree_on_every_jamcam(shared_data):
    path = shared_data / "cameras" / "tfl_jamcams_2024-04.geojson"
    published = read_areas(shared_data / "london" / "boroughs_official_bng.gpkg").frame
    expected = read_cameras(path, areas=published).frame["borough_code"]
    pd.testing.assert_series_equal(read_cameras(path).frame["borough_code"], expected)
