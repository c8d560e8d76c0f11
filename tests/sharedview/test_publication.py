"""The public audience: nothing of any camera may be in any file, however few there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from shapely import Point, box, get_coordinates

from coverage_model.base.crs import to_crs
from sharedview.cli import main

SIDE = 1000.0
WEST, SOUTH = 526_000.0, 180_000.0
NUMBER = re.compile(r"-?\d+\.\d+|-?\d{5,}")


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


def wards(folder: Path, count: int = 4) -> Path:
    path = folder / "wards.gpkg"
    shapes = [
        box(WEST + n * SIDE, SOUTH, WEST + (n + 1) * SIDE, SOUTH + SIDE) for n in range(count)
    ]
    names = {"code": [f"W{n}" for n in range(count)], "name": [f"Ward {n}" for n in range(count)]}
    gpd.GeoDataFrame(names, geometry=shapes, crs=27700).to_file(path)
    return path


def row(ward: int, number: int, *, shift: float = 0.0) -> tuple[float, float]:
    return WEST + ward * SIDE + 123.4 + 83.7 * number, SOUTH + 756.7 + shift


def inventory(folder: Path, places: list[tuple[float, float]]) -> Path:
    lines = ["camera_id,easting,northing,ownership,operator,camera_type,azimuth_deg,hfov_deg"]
    lines += [
        f"SECRET{n:03d},{x:.1f},{y:.1f},public,Operator Hush,fixed,{n * 37 % 360},60"
        for n, (x, y) in enumerate(places)
    ]
    path = folder / "inventory of hush.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def publish(folder: Path, places: list[tuple[float, float]]) -> Path:
    folder.mkdir(exist_ok=True)
    out = folder / "out"
    result = run(
        "coverage", "--cameras", inventory(folder, places), "--areas", wards(folder),
        "--audience", "public", "--out", out,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    for secret in ("SECRET", "Hush"):
        assert secret not in result.stdout
    return out


FILLED = [row(ward, n) for ward in (1, 2, 3) for n in range(6 + ward)]
HOSTILE = {
    "one": [row(0, 0)],
    "two": [row(0, 0), row(0, 5)],
    "all in one spot": [row(0, 2)] * 30,
    "on a corner of its ward": [(WEST + 0.1, SOUTH + 0.1)],
    "none": [],
}


@pytest.mark.parametrize("few", HOSTILE.values(), ids=HOSTILE)
def test_no_file_holds_anything_of_a_camera(few: list[tuple[float, float]], tmp_path: Path) -> None:
    places = few + FILLED
    out = publish(tmp_path, places)
    assert sorted(path.name for path in out.iterdir()) == [
        "coverage.html",
        "coverage_by_area.csv",
        "manifest.json",
        "provenance.json",
    ]
    # A camera on the corner of a ward has the corner's coordinates, which the map must draw.
    places = [place for place in places if place != HOSTILE["on a corner of its ward"][0]]
    frame = gpd.GeoDataFrame(geometry=[Point(place) for place in places], crs=27700)
    degrees, _ = to_crs(frame, "EPSG:4326")
    # Four decimals of a degree are some ten metres; the wards themselves say less.
    secret = {
        f"{value:.{digits}f}"
        for value in get_coordinates(degrees.geometry.array).ravel()
        for digits in (4, 5)
    } | {f"{value:.{digits}f}" for place in places for value in place for digits in (0, 1)}
    corners = get_coordinates(gpd.read_file(tmp_path / "wards.gpkg").to_crs(4326).geometry.array)
    known = {f"{value:.{digits}f}" for value in corners.ravel() for digits in (4, 5)}
    for path in out.iterdir():
        text = path.read_text(encoding="utf-8-sig")
        for word in ("SECRET", "Hush", "hush", str(tmp_path), "gap_id"):
            assert word not in text, (path.name, word)
        # The page's own scripts hold other numbers; its data are in blocks.
        written = set(NUMBER.findall(text))
        starts = {value for value in secret - known if any(n.startswith(value) for n in written)}
        assert not starts, (path.name, starts)
    table = pd.read_csv(out / "coverage_by_area.csv", encoding="utf-8-sig").set_index("area_code")
    assert not table.loc["W0", "shown"]
    assert table.loc["W0", "cameras":].isna().all()
    # Ward 0 alone would be the difference between the borough's number and the others.
    assert (~table["shown"]).sum() >= 2


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def unnamed(data: bytes) -> str:
    # Folium and branca name a page's parts at random; their hashes follow.
    text = re.sub(r"[0-9a-f]{32}", "", data.decode("utf-8-sig"))
    return re.sub(r"'sha256-[^']+'", "", text)


def test_the_files_are_the_same_wherever_the_cameras_stand(tmp_path: Path) -> None:
    # Same figures, other places, ids, headings and operators: not a byte of difference.
    first = files(publish(tmp_path / "a", [row(0, 0), *FILLED]))
    moved = [row(0, 7, shift=-500.0)] + [(x + 40.0, y - 300.0) for x, y in reversed(FILLED)]
    second = files(publish(tmp_path / "b", moved))
    assert first.keys() == second.keys()
    for name, data in first.items():
        assert unnamed(data) == unnamed(second[name]), name


def test_a_restricted_run_of_the_same_cameras_would_fail_these_tests(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("coverage", "--cameras", inventory(tmp_path, FILLED), "--out", out)
    text = (out / "coverage.html").read_text() + (out / "provenance.json").read_text()
    assert "hush" in text
    assert "exact camera positions" in text


def test_a_folder_with_restricted_files_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    cameras = inventory(tmp_path, FILLED)
    assert run("coverage", "--cameras", cameras, "--out", out).exit_code == 0
    before = files(out)
    result = run("coverage", "--cameras", cameras, "--audience", "public", "--out", out)
    assert result.exit_code == 2
    assert "coverage.gpkg" in result.stderr
    assert files(out) == before
    # A folder of public files may be written again.
    again = publish(tmp_path / "again", FILLED)
    assert publish(tmp_path / "again", FILLED) == again


def test_the_extent_of_the_cameras_is_not_published(tmp_path: Path) -> None:
    cameras = tmp_path / "c.csv"
    cameras.write_text("camera_id,x,y\nA,500000,5000000\n")
    out = tmp_path / "out"
    result = run(
        "coverage", "--cameras", cameras, "--crs", "EPSG:32632", "--audience", "public",
        "--out", out,
    )  # fmt: skip
    assert result.exit_code == 2
    assert "--areas" in result.stderr
    assert not out.exists()


def test_json_for_the_public_holds_the_published_figures_only(tmp_path: Path) -> None:
    result = run(
        "coverage", "--cameras", inventory(tmp_path, [row(0, 0), *FILLED]),
        "--areas", wards(tmp_path), "--audience", "public", "--out", tmp_path / "out", "--json",
    )  # fmt: skip
    figures = json.loads(result.stdout)["coverage"]
    assert figures["audience"] == "public"
    assert figures["areas"][0]["cameras"] is None
    assert "SECRET" not in result.stdout


def release(folder: Path, places: list[tuple[float, float]], *more: object) -> Result:
    folder.mkdir(exist_ok=True)
    return run(
        "coverage", "--cameras", inventory(folder, places), "--areas", wards(folder),
        "--audience", "public", "--out", folder / "out", *more,
    )  # fmt: skip


def test_the_ledger_keeps_figures_still_when_one_camera_is_added(tmp_path: Path) -> None:
    ledger = tmp_path / "kept" / "releases.gpkg"
    places = [
        row(ward, n % 8, shift=-100.0 * (n // 8)) for ward in range(4) for n in range(6 + 2 * ward)
    ]
    first = release(tmp_path / "a", places, "--ledger", ledger)
    assert first.exit_code == 0, first.output
    assert "no earlier release" in first.output
    # Twelve become thirteen, which would round to 15 and not 10.
    second = release(tmp_path / "b", [*places, row(3, 9, shift=-300.0)], "--ledger", ledger)
    assert "1 earlier release" in second.output
    tables = [
        (tmp_path / name / "out" / "coverage_by_area.csv").read_bytes() for name in ("a", "b")
    ]
    assert tables[0] == tables[1]
    kept = gpd.read_file(ledger)
    assert kept["release"].tolist() == [1] * 4 + [2] * 4
    assert kept["group_public"].tolist() == [36.0] * 4 + [37.0] * 4
    # The same again is not added twice.
    assert (
        release(tmp_path / "b", [*places, row(3, 9, shift=-300.0)], "--ledger", ledger).exit_code
        == 0
    )
    assert len(gpd.read_file(ledger)) == 8


def test_a_ledger_is_kept_apart_and_must_be_one(tmp_path: Path) -> None:
    inside = release(tmp_path / "a", FILLED, "--ledger", tmp_path / "a" / "out" / "l.gpkg")
    assert inside.exit_code == 2
    assert "elsewhere" in inside.stderr
    other = tmp_path / "other.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=27700).to_file(other)
    wrong = release(tmp_path / "b", FILLED, "--ledger", other)
    assert wrong.exit_code == 2
    assert "no ledger" in wrong.stderr
    assert not (tmp_path / "b" / "out").exists()
    restricted = run(
        "coverage", "--cameras", inventory(tmp_path, FILLED), "--out", tmp_path / "c",
        "--ledger", tmp_path / "l.gpkg",
    )  # fmt: skip
    assert restricted.exit_code == 2
    assert "--audience public" in restricted.stderr


def test_known_counts_are_read_and_their_faults_listed_together(tmp_path: Path) -> None:
    known = tmp_path / "known.csv"
    known.write_text("area_code,cameras\nW1,7\nW2,eight\nW9,3\nW1,7\n")
    bad = release(tmp_path / "a", FILLED, "--known-counts", known)
    assert bad.exit_code == 2
    for words in ("no whole number", "row 3", "not reported for", "row 4", "named twice"):
        assert words in bad.stderr
    known.write_text("area_code,cameras\nW1,7\n")
    good = release(tmp_path / "a", FILLED, "--known-counts", known)
    assert good.exit_code == 0, good.output
