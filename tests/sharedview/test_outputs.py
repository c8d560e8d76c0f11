from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from coverage_model.base.errors import InputError
from sharedview.outputs import output_folder, write_csv, write_geopackage


def test_files_appear_together_when_all_is_well(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    with output_folder(out) as folder:
        (folder / "one.txt").write_text("1")
        (folder / "sub").mkdir()
        (folder / "sub" / "two.txt").write_text("2")
        assert not (out / "one.txt").exists()
    assert (out / "one.txt").read_text() == "1"
    assert (out / "sub" / "two.txt").read_text() == "2"
    assert sorted(path.name for path in out.iterdir()) == ["one.txt", "sub"]


def test_a_failure_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    fresh, used = tmp_path / "fresh", tmp_path / "used"
    used.mkdir()
    (used / "kept.txt").write_text("kept")

    def fail(out: Path) -> None:
        with output_folder(out) as folder:
            (folder / "kept.txt").write_text("half")
            raise RuntimeError

    for out in (fresh, used):
        with pytest.raises(RuntimeError):
            fail(out)
    assert not fresh.exists()
    assert (used / "kept.txt").read_text() == "kept"
    assert [path.name for path in used.iterdir()] == ["kept.txt"]


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match="cannot write there"), output_folder(tmp_path / "out"):
        pass


def test_csv_opens_in_a_spreadsheet_without_running_anything(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"name": ['=HYPERLINK("http://x")', "Kew"], "change": [-1.5, 2.0]},
        geometry=[Point(0, 0), Point(1, 1)],
        crs=27700,
    )
    write_csv(frame, tmp_path / "t.csv")
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(tmp_path / "t.csv", encoding="utf-8-sig")
    assert list(table.columns) == ["name", "change"]
    assert table["name"][0] == '\'=HYPERLINK("http://x")'
    assert table["change"].tolist() == [-1.5, 2.0]


def test_geopackage_keeps_layers_and_the_named_index(tmp_path: Path) -> None:
    layer = gpd.GeoDataFrame(
        {"area_m2": [1.0]},
        geometry=[Point(0, 0)],
        crs=27700,
        index=pd.Index(["V1"], name="view_id"),
    )
    write_geopackage({"one": layer, "two": layer}, tmp_path / "x.gpkg")
    assert sorted(gpd.list_layers(tmp_path / "x.gpkg")["name"]) == ["one", "two"]
    assert gpd.read_file(tmp_path / "x.gpkg", layer="two")["view_id"].tolist() == ["V1"]
