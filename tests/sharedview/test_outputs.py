from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from coverage_model.base.errors import InputError
from sharedview.outputs import output_folder, write_csv, write_geopackage
from sharedview.result_set import Manifest, check, read, sha256


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


def write(out: Path, files: dict[str, str], command: str | None = "coverage") -> None:
    with output_folder(out, command=command) as folder:
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.fixture(params=["exchange", "journal"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The two ways to switch: the second is that of Windows and of mount points."""
    if request.param == "journal":
        monkeypatch.setattr("sharedview.switch.exchange", lambda *_: False)
    return str(request.param)


def test_an_earlier_result_goes_as_a_whole(tmp_path: Path, way: str) -> None:
    out = tmp_path / "out"
    write(out, {"a.csv": "1", "old/b.csv": "1"})
    out.chmod(0o750)
    write(out, {"a.csv": "2"})
    assert names(out) == ["a.csv", "manifest.json"]
    assert (out / "a.csv").read_text() == "2"
    assert out.stat().st_mode & 0o777 == 0o750
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_files_of_the_user_stay(tmp_path: Path, way: str) -> None:
    out = tmp_path / "out"
    write(out, {"a.csv": "1", "edited.csv": "1", "gone.csv": "1"})
    (out / "notes.txt").write_text("mine")
    (out / "empty").mkdir()
    (out / "edited.csv").write_text("mine too")
    write(out, {"a.csv": "2"})
    assert names(out) == ["a.csv", "edited.csv", "empty", "manifest.json", "notes.txt"]
    assert (out / "edited.csv").read_text() == "mine too"


def test_a_folder_somebody_stands_in_keeps_its_identity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write(out, {"a.csv": "1"})
    number = out.stat().st_ino
    monkeypatch.chdir(out)
    write(Path(), {"a.csv": "2"})
    assert out.stat().st_ino == number
    assert (out / "a.csv").read_text() == "2"


def test_a_starter_joins_what_is_there(tmp_path: Path, way: str) -> None:
    out = tmp_path / "out"
    write(out, {"scenario.toml": "1"}, command=None)
    assert names(out) == ["scenario.toml"]
    write(out, {"scenario.toml": "2", "cameras.csv": "2"}, command=None)
    assert names(out) == ["cameras.csv", "scenario.toml"]
    assert (out / "scenario.toml").read_text() == "2"
    write(out, {"a.csv": "1"})
    write(out, {"scenario.toml": "3"}, command=None)
    assert names(out) == ["a.csv", "cameras.csv", "manifest.json", "scenario.toml"]
    assert check(out).whole
    assert (out / "scenario.toml").read_text() == "3"


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", {"a.csv": "1"})
    write(tmp_path / "link", {"a.csv": "2"})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "a.csv").read_text() == "2"


def test_another_verbs_result_is_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, {"a.csv": "1"})
    with pytest.raises(InputError, match=r"sharedview coverage.*another folder"):
        write(out, {"b.csv": "1"}, command="consolidate")
    assert names(out) == ["a.csv", "manifest.json"]


def test_dead_scratch_is_swept_and_live_scratch_is_not(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for dead in (out / ".sharedview-abcd1234", tmp_path / ".sharedview-0123456789ab-dead"):
        dead.mkdir(parents=True)
        (dead / "cameras.csv").write_text("exact positions")
    with output_folder(tmp_path / "other", command="coverage") as live:
        (live / "a.csv").write_text("1")
        write(out, {"a.csv": "1"})
        assert (live / "a.csv").is_file()
        assert live.parent.stat().st_mode & 0o077 == 0, "exact positions are for the owner alone"
    assert names(tmp_path) == ["other", "other/a.csv", "other/manifest.json",
                               "out", "out/a.csv", "out/manifest.json"]  # fmt: skip


def test_the_second_of_two_runs_waits_and_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    code = f"""
from pathlib import Path
from sharedview.result_set import Manifest, check, read, sha256
from sharedview.outputs import output_folder
with output_folder(Path({str(out)!r}), command="coverage") as folder:
    (folder / "second.csv").write_text("2")
"""
    with output_folder(out, command="coverage") as folder:
        (folder / "first.csv").write_text("1")
        second = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
        assert second.stderr is not None
        assert "waiting" in second.stderr.readline(), "it waits while we hold the folder"
        assert not out.exists()
    assert second.wait() == 0
    second.stderr.close()
    assert names(out) == ["manifest.json", "second.csv"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_or_quota_says_what_is_missing(number: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, {"a.csv": "1" * 3_000_000})

    def fail() -> None:
        with output_folder(out, command="coverage") as folder:
            (folder / "a.csv").write_text("2" * 2_000_000)
            raise OSError(number, os.strerror(number))

    with pytest.raises(InputError, match=r"2\.0 MB of the new result.*there takes 3\.0 MB"):
        fail()
    assert check(out).whole
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_library_that_hides_a_full_disk(tmp_path: Path) -> None:
    def fail() -> None:
        with output_folder(tmp_path / "out", command="coverage"):
            raise RuntimeError("sqlite3_exec failed: database or disk is full")

    with pytest.raises(InputError, match="the disk is full"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_check_names_what_is_changed_missing_and_foreign(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, {"a.csv": "1", "b.csv": "1", "t/c.csv": "1"})
    assert check(out).whole
    (out / "a.csv").write_text("2")
    (out / "t" / "c.csv").unlink()
    (out / "d.csv").write_text("")
    found = check(out)
    assert (found.changed, found.missing, found.others) == (("a.csv",), ("t/c.csv",), ("d.csv",))
    assert not found.whole


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "..\\x"])
def test_a_manifest_that_leads_elsewhere_is_none_of_ours(path: str, tmp_path: Path) -> None:
    Manifest("coverage", {path: "0"}, {path: 1}).write(tmp_path)
    assert read(tmp_path) is None


def test_the_same_frames_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = gpd.GeoDataFrame({"area_m2": [1.0]}, geometry=[Point(0, 0)], crs=27700)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1500000000")
    for name in ("a.gpkg", "b.gpkg"):
        write_geopackage({"one": layer, "two": layer}, tmp_path / name)
    assert sha256(tmp_path / "a.gpkg") == sha256(tmp_path / "b.gpkg")
    with sqlite3.connect(tmp_path / "a.gpkg") as file:
        stamps = {row[0] for row in file.execute("SELECT last_change FROM gpkg_contents")}
    file.close()
    assert stamps == {"2017-07-14T02:40:00.000Z"}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(InputError, match="SOURCE_DATE_EPOCH"):
        write_geopackage({"one": layer}, tmp_path / "c.gpkg")


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
