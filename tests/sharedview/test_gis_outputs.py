"""What opens in QGIS and Excel: styles, names of columns, a layer for each plan, a workbook."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
from shapely.geometry import Point, box

from coverage_model.base import schemas
from maps import qgis_styles
from sharedview.geopackage import Dress, View, alias, dress
from sharedview.outputs import write_geopackage
from sharedview.workbook import write_workbook

HOSTILE = "\"/><script>alert('x')</script>'; DROP TABLE rooms; --"


@pytest.fixture
def dressed(tmp_path: Path) -> Path:
    rooms = gpd.GeoDataFrame(
        {"plan_id": [HOSTILE, "today", "today"], "room_code": ["E1", "E1", "E2"]},
        geometry=[Point(0, 0), Point(1, 1), Point(2, 2)],
        crs=27700,
    )
    areas = gpd.GeoDataFrame(
        {"area_name": ["One"], "covered_share": [0.25], "area_m2": [4.0]},
        geometry=[box(0, 0, 2, 2)],
        crs=27700,
    )
    path = tmp_path / "x.gpkg"
    write_geopackage({"rooms": rooms, "coverage_by_area": areas}, path)
    style = qgis_styles.rooms({HOSTILE: ("A", "#123456"), "E2": ("B", "#654321")}, points=True)
    dress(
        path,
        {
            "rooms": Dress("Rooms", style),
            "coverage_by_area": Dress(
                "Share", qgis_styles.coverage(areas["covered_share"]), schemas.CoverageByArea
            ),
        },
        views=[
            View("plan_1_rooms", "rooms", "plan_id", HOSTILE, Dress(HOSTILE, style)),
            View("plan_2_rooms", "rooms", "plan_id", "today", Dress("Today", style)),
        ],
    )
    return path


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as file:
        return file.execute(query).fetchall()


def test_every_spatial_layer_has_one_style_that_is_its_default(dressed: Path) -> None:
    styled = rows(dressed, "SELECT f_table_name, f_geometry_column, useAsDefault FROM layer_styles")
    spatial = rows(dressed, "SELECT table_name, column_name, 1 FROM gpkg_geometry_columns")
    assert sorted(styled) == sorted(spatial)
    assert len(styled) == 4


def test_a_geopackage_is_of_a_version_that_old_desktops_open(dressed: Path) -> None:
    assert rows(dressed, "PRAGMA user_version") == [(10200,)]
    assert rows(dressed, "PRAGMA integrity_check") == [("ok",)]


def test_each_plan_is_a_layer_with_its_own_rows_even_under_a_hostile_name(dressed: Path) -> None:
    assert len(pyogrio.read_dataframe(dressed, layer="rooms")) == 3
    assert pyogrio.read_dataframe(dressed, layer="plan_1_rooms")["plan_id"].tolist() == [HOSTILE]
    assert pyogrio.read_dataframe(dressed, layer="plan_2_rooms")["room_code"].tolist() == [
        "E1",
        "E2",
    ]
    crs = pyogrio.read_info(dressed, layer="plan_2_rooms")["crs"]
    assert crs == "EPSG:27700"


def test_a_hostile_value_is_an_attribute_of_the_style_and_nothing_else(dressed: Path) -> None:
    ((text,),) = rows(dressed, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'rooms'")
    tree = ET.fromstring(str(text).split("\n", 1)[1])  # noqa: S314 - made here
    values = [each.get("value") for each in tree.iter("category")]
    assert values == [HOSTILE, "E2"]
    assert not list(tree.iter("script"))


def test_columns_are_named_and_explained_from_the_codebook(dressed: Path) -> None:
    named = rows(
        dressed,
        "SELECT column_name, title, description FROM gpkg_data_columns "
        "WHERE table_name = 'coverage_by_area' ORDER BY column_name",
    )
    columns = schemas.CoverageByArea.to_schema().columns
    assert [each[:2] for each in named] == [
        ("area_m2", "Area (m²)"),
        ("area_name", "Area name"),
        ("covered_share", "Covered share (0 to 1)"),
    ]
    assert all(description == columns[column].description for column, _, description in named)


def test_classes_of_the_style_hold_every_share() -> None:
    shares = pd.Series([0.0, 0.001, 0.02, 0.3, float("nan")])
    tree = ET.fromstring(qgis_styles.coverage(shares).split("\n", 1)[1])  # noqa: S314 - made here
    ranges = [(float(each.get("lower")), float(each.get("upper"))) for each in tree.iter("range")]
    assert all(any(low <= share <= high for low, high in ranges) for share in shares.dropna())
    assert [high for _, high in ranges[:-1]] == [low for low, _ in ranges[1:]]
    assert len(list(tree.iter("symbol"))) == len(ranges)


def test_an_alias_says_the_unit_once() -> None:
    assert alias("moved_m", unit="m") == "Moved (m)"
    assert alias("cameras") == "Cameras"


def test_the_workbook_holds_numbers_and_no_formula(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "area_name": ['=HYPERLINK("http://x")', "+44", "Kew\x07"],
            "covered_share": [0.125, float("nan"), 1.0],
            "cost_gbp_per_year": [1234.5, -2.0, 0.0],
            "moved": [True, False, True],
        }
    )
    write_workbook({"coverage_by_area": table}, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book["coverage_by_area"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == [
        '=HYPERLINK("http://x")',
        "+44",
        "Kew�",
    ]
    assert [sheet.cell(row, 2).value for row in (2, 3, 4)] == [0.125, None, 1.0]
    assert sheet["B2"].number_format == "0.00%"
    assert sheet["C2"].number_format == '"£"#,##0'
    assert sheet["D2"].value is True
    assert sheet.freeze_panes == "B2"
    explained = {
        row[1]: row[4] for row in book["Codebook"].iter_rows(values_only=True) if len(row) > 4
    }
    meaning = schemas.CoverageByArea.to_schema().columns["covered_share"].description
    assert explained["covered_share"] == meaning


def test_the_same_tables_give_the_same_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1500000000")
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook({"t": pd.DataFrame({"a": [1]})}, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert b"2017-07-14T02:40:00Z" in zipfile.ZipFile(tmp_path / "a.xlsx").read("docProps/core.xml")
