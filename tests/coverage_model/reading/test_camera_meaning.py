"""What registers mean, and that following what an error or note says makes the file read."""

from __future__ import annotations

import re

import geopandas as gpd
import pytest
import shapely

from coverage_model.base.crs import grid_convergence_deg
from coverage_model.base.errors import InputError
from coverage_model.reading.cameras import read_cameras

PLACE = "530034,180380"


def register(folder, header, *rows, name="cameras.csv"):
    path = folder / name
    lines = [f"id,easting,northing,{header}", *(f"{row}" for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def profile(folder, text):
    path = folder / "profile.toml"
    path.write_text(text, encoding="utf-8")
    return path


def codes(cameras):
    return {note.code: note for note in cameras.log.notes}


def test_units_and_words_in_cells(tmp_path):
    path = register(
        tmp_path,
        "Direction facing,Lens Angle (°),Height (m),Range (approx.),Resolution",
        f"A,{PLACE},S.E.,90°,4.5m,approx 100m,2MP",
        f"B,{PLACE},Facing north,75 deg,15 ft,100 ft,1080p",
        f"C,{PLACE},90 deg,60,6,30-50m,4K",
        f"D,{PLACE},PTZ - 360,wide,c. 5m,unlimited,1920x1080",
    )
    cameras = read_cameras(path)
    frame = cameras.frame
    turned = (frame["azimuth_deg"] + grid_convergence_deg(frame.geometry)) % 360
    assert turned.iloc[:3].tolist() == pytest.approx([135, 0, 90], abs=1e-6)
    assert frame["azimuth_deg"].isna().tolist() == [False, False, False, True]
    assert frame["hfov_deg"].iloc[:3].tolist() == [90, 75, 60]
    assert frame["mount_height_m"].tolist() == [4.5, pytest.approx(4.572), 6, 5]
    assert frame["range_m"].iloc[:2].tolist() == [100, pytest.approx(30.48)]
    assert frame["horizontal_px"].tolist() == [1920, 1920, 3840, 1920]
    noted = codes(cameras)
    assert "'30-50m' (1), 'unlimited' (1)" in noted["range_unread"].message
    assert "'wide' (1)" in noted["hfov_unread"].message
    assert "'PTZ - 360' (1)" in noted["direction_undecodable"].message


def test_an_unread_kind_is_reach_and_a_known_one_is_not(tmp_path):
    path = register(
        tmp_path, "azimuth,hfov,range_m,type",
        f"A,{PLACE},90,60,40,PTZ Camera", f"B,{PLACE},90,60,40,Whirligig",
        f"C,{PLACE},90,60,40,Static bullet", f"D,{PLACE},90,60,40,CCTV camera",
    )  # fmt: skip
    frame = read_cameras(path).frame
    assert frame["view_basis"].tolist() == ["reach", "reach", "given", "given"]


def test_arcgis_observers(tmp_path):
    names = ["CAM_ID", "OFFSETA", "AZIMUTH1", "AZIMUTH2", "VERT1", "VERT2", "RADIUS1", "RADIUS2"]
    values = ["A1", 6.0, 45.0, 135.0, 0.0, -40.0, 3.0, 60.0]
    layer = gpd.GeoDataFrame(
        [dict(zip(names, values, strict=True))],
        geometry=[shapely.Point(530_034, 180_380)], crs=27700,
    )  # fmt: skip
    layer.to_file(tmp_path / "observers.shp")
    row = read_cameras(tmp_path / "observers.shp").frame.loc["A1"]
    assert row[["azimuth_deg", "hfov_deg", "range_m", "mount_height_m"]].tolist() == [90, 90, 60, 6]
    assert row[["vfov_deg", "tilt_deg"]].tolist() == [40, 20]
    assert row["view_basis"] == "given"
    # From 90 to -90, and from 0 to 360, is those tools' way to say "no limit".
    layer.assign(AZIMUTH1=0, AZIMUTH2=360, VERT1=90, VERT2=-90).to_file(tmp_path / "all.shp")
    row = read_cameras(tmp_path / "all.shp").frame.loc["A1"]
    assert row["view_basis"] == "reach"
    assert row[["vfov_deg", "tilt_deg"]].isna().all()


def test_lifecycle_counts_and_lenses(tmp_path):
    path = register(
        tmp_path, "bearing,status,end date,No. of cameras",
        f"A,{PLACE},90,Live,,", f"B,{PLACE},90,Decommissioned 2019,,", f"C,{PLACE},90,,2019-05-01,",
        f"D,{PLACE},N;S,In use,,2", f"E,{PLACE},90,Proposed,,", f"F,{PLACE},90,Awaiting repair,,3",
    )  # fmt: skip
    cameras = read_cameras(path)
    assert list(cameras.frame.index) == ["A", "D", "D#2", "F", "F#2", "F#3"]
    assert cameras.frame["azimuth_deg"].notna().tolist() == [True, True, True, True, False, False]
    assert codes(cameras)["retired"].rows == ("B", "C", "E")
    assert cameras.log.rows_kept + 3 == cameras.log.rows_read
    lenses = register(
        tmp_path, "lens,azimuth", f"C1,{PLACE},1,0", f"C1,{PLACE},2,90", f"C2,{PLACE},1,180"
    )
    frame = read_cameras(lenses).frame
    assert list(frame.index) == ["C1/1", "C1/2", "C2"]
    assert frame["camera_id"].tolist() == ["C1", "C1", "C2"]


def test_the_same_id_twice_and_the_remedy(tmp_path):
    rows = (f"C1,{PLACE},0", f"C1,{PLACE},90")
    with pytest.raises(InputError, match="number them in a column `lens`"):
        read_cameras(register(tmp_path, "azimuth", *rows))
    mended = register(tmp_path, "azimuth,lens", *(f"{row},{n}" for n, row in enumerate(rows, 1)))
    assert len(read_cameras(mended).frame) == 2


def test_the_sign_of_tilts_and_the_remedy(tmp_path):
    mixed = register(tmp_path, "tilt", f"A,{PLACE},20", f"B,{PLACE},-20")
    cameras = read_cameras(mixed)
    assert cameras.frame["tilt_deg"].tolist() == [20, -20]
    assert codes(cameras)["tilt_above"].rows == ("B",)
    negative = register(tmp_path, "tilt", f"A,{PLACE},-20", f"B,{PLACE},-10")
    with pytest.raises(InputError, match=r'tilt = "up"') as caught:
        read_cameras(negative)
    for line in re.findall(r'tilt = "\w+"', str(caught.value)):
        frame = read_cameras(negative, profile=profile(tmp_path, line)).frame
        assert frame["tilt_deg"].tolist() == ([20, 10] if "up" in line else [-20, -10])
    # A pitch is positive upwards by its name.
    pitched = read_cameras(register(tmp_path, "pitch", f"A,{PLACE},-20")).frame
    assert pitched["tilt_deg"].tolist() == [20]


def test_angles_by_convention(tmp_path):
    path = register(tmp_path, "azimuth", f"A,{PLACE},0", f"B,{PLACE},90", f"C,{PLACE},30-60")
    said = profile(tmp_path, 'angles = "mathematical"\n')
    frame = read_cameras(path, profile=said).frame
    assert frame["azimuth_deg"].tolist() == [90, 0, 45]
    assert frame["hfov_deg"].iloc[2] == 30
    yaw = read_cameras(register(tmp_path, "yaw", f"A,{PLACE},-90", f"B,{PLACE},90")).frame
    turned = (yaw["azimuth_deg"] + grid_convergence_deg(yaw.geometry)) % 360
    assert turned.tolist() == pytest.approx([270, 90], abs=1e-6)
    # "angle" may be a field of view; beyond 180 it can only be a heading.
    wide = register(tmp_path, "angle", f"A,{PLACE},60", f"B,{PLACE},110")
    assert read_cameras(wide).frame["azimuth_deg"].isna().all()
    round_ = register(tmp_path, "angle", f"A,{PLACE},60", f"B,{PLACE},310")
    assert read_cameras(round_).frame["azimuth_deg"].notna().all()


def test_a_focal_length_without_a_sensor_and_the_remedy(tmp_path):
    path = register(tmp_path, "azimuth,lens_mm,fov", f"A,{PLACE},90,4mm,", f"B,{PLACE},90,,3.6mm",
                    f"C,{PLACE},90,2.8-12mm,")  # fmt: skip
    cameras = read_cameras(path)
    noted = codes(cameras)
    assert noted["focal_without_sensor"].rows == ("A", "B")
    assert "'2.8-12mm' (1)" in noted["focal_unread"].message
    assert "[defaults] sensor_width" in noted["focal_without_sensor"].message
    mended = read_cameras(path, profile=profile(tmp_path, "[defaults]\nsensor_width = 5.4\n"))
    assert mended.frame["hfov_deg"].notna().tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("column", "values", "field"),
    [
        ("Sight", ("10", "140", "330"), "azimuth"),
        ("Sight", ("NE", "S.E.", "North"), "azimuth"),
        ("Whose", ("LBC", "TfL", "Tesco"), "ownership"),
        ("Sort", ("PTZ", "Static", "Dome"), "camera_type"),
    ],
)
def test_a_column_that_looks_used_is_named_with_the_line_that_uses_it(
    tmp_path, column, values, field
):
    rows = [f"{n},{PLACE},{value}" for n, value in enumerate(values)]
    path = register(tmp_path, column, *rows)
    before = read_cameras(path)
    line = re.search(r'\[columns\] (\w+ = ".*?")', codes(before)["column_looks_used"].message)[1]
    after = read_cameras(path, profile=profile(tmp_path, f"[columns]\n{line}\n"))
    name = "azimuth_deg" if field == "azimuth" else field
    assert before.frame[name].replace("unknown", None).isna().all()
    assert after.frame[name].replace("unknown", None).notna().all()
    assert "column_looks_used" not in codes(after)


def test_numbers_that_are_no_headings_are_not_called_so(tmp_path):
    path = register(tmp_path, "Ward,Speed", *(f"{n},{PLACE},{n},{n * 3}" for n in range(1, 9)))
    assert "column_looks_used" not in codes(read_cameras(path))


def test_a_count_that_is_none_and_the_remedy(tmp_path):
    path = register(tmp_path, "count", f"A,{PLACE},7000", f"B,{PLACE},9000")
    with pytest.raises(InputError, match='count = ""'):
        read_cameras(path)
    said = profile(tmp_path, '[columns]\ncount = ""\n')
    assert len(read_cameras(path, profile=said).frame) == 2


def test_owners_by_their_names(tmp_path):
    path = register(tmp_path, "Owner", f"A,{PLACE},LBC", f"B,{PLACE},UCL", f"C,{PLACE},Guild")
    cameras = read_cameras(path)
    assert cameras.frame["ownership"].tolist() == ["public", "private", "unknown"]
    assert cameras.frame["operator"].tolist() == ["LBC", "UCL", "Guild"]
    assert codes(cameras)["ownership_from_operator"].count == 2
    boroughs = register(tmp_path, "borough", f"A,{PLACE},City of Westminster", f"B,{PLACE},LBC")
    assert codes(read_cameras(boroughs))["borough_disagrees"].rows == ("B",)
