"""The data dictionary: every name and word in it is read as it says, and has a source."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

from coverage_model.base.datasets import data_dir
from coverage_model.reading.camera_values import _resolution_px
from coverage_model.reading.columns import AMBIGUOUS, match_columns, meaning, squash
from coverage_model.reading.dictionary import column_names, sources, words
from coverage_model.reading.profile import FIELDS, Profile

FOLDER = data_dir() / "dictionary"
WORDS = pd.read_csv(FOLDER / "camera_words.csv", dtype=str, keep_default_na=False)
OWN = {"sharedview", "variant"}

# Headers as public lists, tools and threads on them write them, each with what it means.
HEADERS = {
    "Asset No.": "camera_id", "CAMERA_NO": "camera_id", "CameraID": "camera_id",
    "cctvCameraIdentification": "camera_id", "Unique_ID": "camera_id", "Camera No": "camera_id",
    "Grid Ref (E)": "easting", "Grid Ref (N)": "northing", "oseast1m": "easting",
    "Eastings": "easting", "XPOS": "longitude", "decimalLatitude": "latitude", "@lat": "latitude",
    "Grid Ref": "grid_ref", "OSGR": "grid_ref", "geo_point_2d": "place", "the_geom": "place",
    "Location 1": "place", "WKT": "place", "pcds": "postcode", "what3words": "what3words",
    "Type (Fixed/PTZ)": "camera_type", "Camera_Typ": "camera_type", "cameraType": "camera_type",
    "rotation": "azimuth", "orientation": "azimuth", "facing": "azimuth",
    "Camera Heading": "azimuth", "Direction facing": "azimuth", "view_dir": "azimuth",
    "dir": "azimuth", "yaw": "azimuth", "camera:direction": "azimuth", "CamHeading": "azimuth",
    "AZIMUTH1": "azimuth_start", "azim_2": "azimuth_end", "RADIUS2": "range", "radius": "range",
    "max_distance": "range", "Range (approx.)": "range", "Range (ft)": "range",
    "OFFSETA": "mount_height", "observ_hgt": "mount_height", "Height (m)": "mount_height",
    "mount_heig": "mount_height", "CCTV pole height (metres)": "mount_height",
    "viewing angle": "hfov", "Lens Angle (°)": "hfov", "HorizontalFieldOfView": "hfov",
    "VERT1": "view_top", "VERT2": "view_bottom", "tilt_angle": "tilt", "pitch": "tilt",
    "megapixels": "horizontal_px", "Resolution": "horizontal_px", "lens_mm": "focal",
    "managed_by": "operator", "OWNERSHIPCD": "ownership", "Public/Private": "ownership",
    "camera_status": "status", "isActive": "status", "endDateTime": "end_date",
    "No. of cameras": "count", "LAD24CD": "borough_code", "Borough name": "borough_code",
    "angle": AMBIGUOUS, "Camera angle": AMBIGUOUS, "CameraPitch": AMBIGUOUS,
}  # fmt: skip

CELLS = {
    "ownership": {
        "Council": "public", "LBC": "public", "LB Camden": "public", "TfL": "public",
        "London Borough of Camden": "public", "Met Police": "public", "NHS Trust": "public",
        "Network Rail": "public", "Parish Council": "public", "Housing Association": "private",
        "City of London Corporation": "public", "BID (private)": "private", "BID": "private",
        "University": "private", "Tesco Stores Ltd": "private", "Council tenant": "private",
        "Private / Council": None, "Guild": None,
    },
    "camera_type": {
        "PTZ Camera": "ptz", "fixed ": "fixed", "Pan/Tilt/Zoom": "ptz", "Dome PTZ 360": "ptz",
        "Static bullet": "fixed", "fixed;dome": "dome", "ANPR": "anpr", "360 degree": "dome",
        "AXIS Q6075-E PTZ": "ptz", "CCTV camera": "unknown", "Hikvision DS-2CD2T47": None,
    },
    "status": {
        "Live": "live", "In use": "live", "not in use": "retired", "Decommissioned 2019": "retired",
        "TURNED_ON": "live", "DESIRED": "retired", "REMOVED": "retired", "Proposed": "retired",
        "Not working": "live", "Awaiting repair": "live", "dummy": "retired", "Blue": None,
    },
}  # fmt: skip


@pytest.mark.parametrize(("header", "field"), HEADERS.items())
def test_a_header_as_lists_write_it(header, field):
    assert meaning(header).field == field


def test_every_name_in_the_dictionary_is_read_alone_as_its_field():
    for each in column_names():
        assert meaning(each.name).field == each.field, each
        if each.field != AMBIGUOUS:
            assert match_columns([each.name], Profile(), source="x").columns == {
                each.field: each.name
            }


def test_other_spellings_of_a_name_are_the_same_name():
    for written in ("camera_type", "Camera Type", "CAMERATYPE", "CameraType", " camera-type "):
        assert meaning(written).field == "camera_type"
    assert meaning("Location") is None
    assert meaning("Notes") is None


@pytest.mark.parametrize(
    ("name", "cell", "meant"),
    [(name, cell, meant) for name, cells in CELLS.items() for cell, meant in cells.items()],
)
def test_a_cell_as_lists_write_it(name, cell, meant):
    assert words(name).read(cell) == meant


def test_every_word_in_the_dictionary_means_what_it_says():
    for row in WORDS.itertuples():
        if row.field == "horizontal_px":
            assert _resolution_px(row.word) == float(row.meaning), row
        else:
            assert words(row.field).read(row.word.upper()) == row.meaning, row


@pytest.mark.parametrize(
    ("cell", "pixels"),
    [("2MP", 1920), ("2.0 Megapixel", 1920), ("1080p", 1920), ("4K", 3840), ("1920x1080", 1920),
     ("5MP (2592x1944)", 2592), ("Full HD 1080p", 1920), ("1,920", 1920), ("odd", None)],
)  # fmt: skip
def test_resolutions_in_words(cell, pixels):
    assert _resolution_px(cell) == pixels


def test_every_entry_has_a_source_and_most_words_a_public_one():
    known = sources()
    assert all(each.source in known for each in column_names())
    assert set(WORDS["source"]) <= set(known)
    assert all(each.field == AMBIGUOUS or each.field in FIELDS for each in column_names())
    cited = [each for each in column_names() if each.source not in OWN]
    assert len(cited) >= 200
    assert (~WORDS["source"].isin(OWN)).sum() >= 150


def test_the_folder_records_its_files():
    listed = pd.read_csv(FOLDER / "SOURCES.csv", dtype=str).set_index("file")
    files = {path.name for path in FOLDER.glob("*.csv")} - {"SOURCES.csv"}
    assert set(listed.index) == files
    for name in files:
        data = (FOLDER / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == listed.loc[name, "sha256"]
    assert len({squash(each.name) for each in column_names()}) == len(column_names())
