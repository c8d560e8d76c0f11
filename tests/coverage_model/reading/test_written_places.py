"""Places, in every way that people write them, and what is not one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage_model.base.errors import InputError
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.written_places import (
    grid_square_m,
    parse_degrees,
    parse_grid_reference,
    parse_place,
)

CODE_POINT = (
    "WC2N 5DU,10,530034,180380,E92000001,,,,E09000033,E05013806\n"
    "SW1A 1AA,10,529090,179645,E92000001,,,,E09000033,E05013806\n"
)
# One place near Charing Cross, as registers write it.
WRITTEN = [
    ("lat,lon", '"51°30\'26.6""N","0°07\'39.4""W"'),
    ("lat,lon", "51 30 26.6 N,0 07 39.4 W"),
    ("lat,lon", "51.5074N,0.1276W"),
    ("lat,lon", "N51.5074,W0.1276"),
    ("lat,lon", "51.5074,\u22120.1276"),
    ("lat,lon", "\u00a051.5074\u00a0,-0.1276"),
    ("lat;lon", "51,5074;-0,1276"),
    ("Grid Ref (E),Grid Ref (N)", '"530,034","180,380"'),
    ("easting,northing", "530034 m,180380 m"),
    ("easting,northing", '"530 034","180 380"'),
    ("Grid Ref", "TQ 30034 80380"),
    ("os grid ref", "TQ3003480380"),
    ("Location 1", '"(51.5074, -0.1276)"'),
    ("geo_point_2d", '"51.5074, -0.1276"'),
    ("the_geom", "POINT (-0.1276 51.5074)"),
    ("geom", "SRID=4326;POINT(-0.1276 51.5074)"),
    ("Where it stands", '"51.5074, -0.1276"'),
    ("Easting/Northing", "530034/180380"),
    ("Position", "E530034 N180380"),
    ("shape", '"{""type"":""Point"",""coordinates"":[-0.1276,51.5074]}"'),
    ("link", '"https://www.google.com/maps/@51.5074,-0.1276,17z"'),
    ("grid square,easting,northing", "TQ,30034,80380"),
]


@pytest.mark.parametrize(("header", "row"), WRITTEN)
def test_one_place_however_it_is_written(tmp_path, header, row):
    mark = ";" if ";" in header else ","
    path = tmp_path / "cameras.csv"
    path.write_text(f"id{mark}{header}\nA{mark}{row}\n", encoding="utf-8")
    point = read_cameras(path).frame.geometry.iloc[0]
    assert math.hypot(point.x - 530_034, point.y - 180_380) < 25, (point.x, point.y)


@given(st.integers(0, 699_999), st.integers(0, 1_299_999))
def test_a_grid_reference_of_ten_figures_is_exact(east, north):
    squares = {grid_square_m(a + b): a + b for a in "HJNOST" for b in "ABCDEFGHJKLMNOPQRSTUVWXYZ"}
    corner = (east // 100_000 * 100_000.0, north // 100_000 * 100_000.0)
    letters = squares.get(corner)
    if letters is None:
        return
    written = f"{letters} {east % 100_000:05d} {north % 100_000:05d}"
    place = parse_grid_reference(written)
    assert (place.x, place.y, place.square_m) == (east, north, 1.0)


@given(st.floats(-89.9, 89.9, allow_nan=False))
def test_sixties_and_decimals_say_the_same(degrees):
    whole = int(abs(degrees))
    minutes = (abs(degrees) - whole) * 60
    seconds = (minutes - int(minutes)) * 60
    if round(seconds, 4) >= 60:
        return
    letter = "S" if degrees < 0 else "N"
    written = f"{whole}° {int(minutes)}' {seconds:.4f}\" {letter}"
    assert parse_degrees(written, "latitude") == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["High St", "51 75 10 N", "TQ 300 8038", "AA 30 80", "12", "1/2/3", "95, 200", "WC2N 5DU"],
)
def test_what_is_no_place_is_not_read(text):
    assert parse_place(text) is None


def test_a_letter_of_the_other_axis_is_no_longitude():
    assert parse_degrees("51.5N", "longitude") is None
    assert parse_degrees("51d30m27s") == pytest.approx(51.5075)
    assert parse_degrees("51d30m27sS") == pytest.approx(-51.5075)


@pytest.mark.parametrize("row", ["0,0", "-1,-1", "999999,999999", ",", "n/a,n/a"])
def test_no_position_is_counted_and_the_others_are_read(tmp_path, row):
    path = tmp_path / "cameras.csv"
    path.write_text(f"id,easting,northing\nA,530034,180380\nB,{row}\n", encoding="utf-8")
    cameras = read_cameras(path)
    assert list(cameras.frame.index) == ["A"]
    assert [note.rows for note in cameras.log.notes if note.code == "no_position"] == [("B",)]
    path.write_text(f"id,easting,northing\nB,{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match="no row has a position"):
        read_cameras(path)


@pytest.mark.parametrize(
    "listed",
    [
        "pcds,oseast1m,osnrth1m\nWC2N 5DU,530034,180380\n",
        "Postcode,Longitude,Latitude\nWC2N5DU,-0.1276,51.5074\n",
        CODE_POINT,
    ],
    ids=["ONS", "own", "Code-Point Open, which has no header"],
)
def test_postcodes_are_named_and_the_remedy_works(tmp_path, listed):
    path = tmp_path / "cameras.csv"
    path.write_text(
        "id,address,post code,type,azimuth\nA,1 High St,WC2N 5DU,fixed,90\n"
        "B,2 High St,ZZ1 1ZZ,fixed,90\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="--postcodes FILE"):
        read_cameras(path)
    postcodes = tmp_path / "postcodes.csv"
    postcodes.write_text(listed, encoding="utf-8")
    frame = read_cameras(path, postcodes=postcodes).frame
    assert list(frame.index) == ["A"]
    assert frame["borough_code"].tolist() == ["E09000033"]
    assert frame["view_basis"].tolist() == ["reach"]


def test_three_words_are_named_even_under_another_header(tmp_path):
    path = tmp_path / "cameras.csv"
    path.write_text("id,Where\nA,///filled.count.soap\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"what3words addresses.*latitude and longitude"):
        read_cameras(path)
