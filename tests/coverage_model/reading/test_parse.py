from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage_model.reading.directions import COMPASS_POINTS, compass_deg, parse_directions
from coverage_model.reading.parse import (
    clean_text,
    has_controls,
    is_blank,
    parse_angle_deg,
    parse_horizontal_px,
    parse_length_m,
    parse_number,
)


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("6 m", 6.0),
        ("18m", 18.0),
        ("5.5", 5.5),
        (5.5, 5.5),
        ("20'", 6.096),
        ("20 ft", 6.096),
        ("20 feet", 6.096),
        ("5'10\"", 5 * 0.3048 + 10 * 0.0254),
        ("5 ft 10 in", 5 * 0.3048 + 10 * 0.0254),
        ("0.3 km", 300.0),
        ("600 cm", 6.0),
        ("-28", -28.0),
    ],
)
def test_lengths(text, metres):
    assert parse_length_m(text) == pytest.approx(metres, abs=1e-9)


def test_lengths_that_are_not():
    assert parse_length_m("6,5 m") == 6.5
    assert parse_length_m("6,500 m") is None  # thousands or a decimal comma: either
    assert parse_length_m("30-50m") is None
    assert parse_length_m("unlimited") is None
    assert parse_length_m("tall") is None
    assert parse_length_m("6 parsec") is None
    assert math.isnan(parse_length_m("n/a"))
    assert math.isinf(parse_length_m("inf"))
    assert parse_length_m("20", unit="ft") == 6.096
    assert parse_length_m("20 m", unit="ft") == 20.0


def test_all_sixteen_compass_points():
    assert [compass_deg(point) for point in COMPASS_POINTS] == [22.5 * i for i in range(16)]
    assert compass_deg("nw") == 315.0
    assert compass_deg("Northeast") == 45.0
    assert compass_deg("south-west") == 225.0
    assert compass_deg("north") == 0.0
    assert compass_deg("N-E") is None
    assert compass_deg("northsouth") is None
    assert compass_deg("forward") is None


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("75", [(75, None)]),
        ("080", [(80, None)]),
        ("67.5", [(67.5, None)]),
        ("90°", [(90, None)]),
        ("360", [(0, None)]),
        ("0", [(0, None)]),
        (45, [(45, None)]),
        (45.0, [(45, None)]),
        ("WSW", [(247.5, None)]),
        ("90-270", [(180, 180)]),
        ("30-100", [(65, 70)]),
        ("358-43", [(20.5, 45)]),
        ("270-90", [(0, 180)]),
        ("315-360", [(337.5, 45)]),
        ("360-45", [(22.5, 45)]),
        ("70;240", [(70, None), (240, None)]),
        ("338-23;156-201", [(0.5, 45), (178.5, 45)]),
        ("90;", [(90, None)]),
        ("N; 90-180", [(0, None), (135, 90)]),
    ],
)
def test_directions(text, headings):
    found = parse_directions(text)
    assert found.undecodable == ()
    got = [
        (each.azimuth_deg, None if math.isnan(each.hfov_deg) else each.hfov_deg)
        for each in found.headings
    ]
    assert got == headings


@pytest.mark.parametrize(
    "text",
    ["400", "-30", "150WY39-J963-T96Q-9KE6-9DR9", "forward", "95, 95", "45180225", "20-20",
     "lamp post", "Clockwise 180", "90100", "100-400", "inf", "null"],
)  # fmt: skip
def test_undecodable_directions_are_never_guessed(text):
    found = parse_directions(text)
    assert found.headings == ()
    assert found.undecodable == (text,)


def test_lists_keep_what_can_be_read():
    found = parse_directions("315;400")
    assert [each.azimuth_deg for each in found.headings] == [315]
    assert found.undecodable == ("400",)
    twice = parse_directions("0;360;0")
    assert len(twice.headings) == 1
    assert twice.repeated == 2
    assert parse_directions("0 - 360").all_round
    assert parse_directions("0 - 360").headings == ()
    assert parse_directions(None) == parse_directions(float("nan")) == parse_directions(" ")


@given(st.floats(0, 360), st.floats(0, 360))
def test_a_range_runs_clockwise_from_its_start(start, end):
    found = parse_directions(f"{start:.3f}-{end:.3f}")
    start, end = round(start, 3), round(end, 3)
    for heading in found.headings:
        assert 0 <= heading.azimuth_deg < 360
        assert 0 < heading.hfov_deg < 360
        begins = (heading.azimuth_deg - heading.hfov_deg / 2 - start) % 360
        finishes = (heading.azimuth_deg + heading.hfov_deg / 2 - end) % 360
        assert min(begins, 360 - begins) < 1e-6
        assert min(finishes, 360 - finishes) < 1e-6


def test_small_values():
    assert parse_number("1e3") == 1000
    assert parse_number("ten") is None
    assert parse_angle_deg("12.5 degrees") == 12.5
    assert parse_angle_deg("steep") is None
    assert parse_horizontal_px("3840×2160") == 3840
    assert parse_horizontal_px("1920") == 1920
    assert parse_horizontal_px("HD") is None
    assert is_blank("NULL")
    assert not is_blank("0")
    assert clean_text("a\x00b\r\nc\u202e") == "ab c"
    assert has_controls("a\x07")
    assert not has_controls("café – 1")
