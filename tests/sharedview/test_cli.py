"""The command line as its users meet it: exit codes, messages, and no output on failure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from shapely import Point, box

from sharedview.cli import main

HEADER = "camera_id,easting,northing,ownership,camera_type,azimuth_deg,hfov_deg,range_m\n"
GOOD = HEADER + "A,530000,180000,public,fixed,0,90,30\nB,530010,180000,private,fixed,0,90,30\n"


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


def write(folder: Path, text: str, name: str = "cameras.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def assert_refused(result: Result, out: Path, *needles: str, code: int = 2) -> None:
    assert result.exit_code == code, result.output
    for needle in needles:
        assert needle in result.stderr
    assert "Traceback" not in result.output
    assert not out.exists()


def coverage(folder: Path, text: str, *more: object) -> tuple[Result, Path]:
    out = folder / "out"
    return run("coverage", "--cameras", write(folder, text), "--out", out, *more), out


@pytest.mark.parametrize(
    "verb", ["demo", "coverage", "consolidate", "compare", "workshop", "init", "data"]
)
def test_every_verb_has_help(verb: str) -> None:
    result = run(verb, "--help")
    assert result.exit_code == 0
    assert result.stdout.count("\n") > 5


def test_coverage_writes_every_output(tmp_path: Path) -> None:
    result, out = coverage(tmp_path, GOOD)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == [
        "coverage.gpkg",
        "coverage.html",
        "coverage.xlsx",
        "coverage_by_area.csv",
        "coverage_by_level.csv",
        "coverage_drivers.csv",
        "coverage_figures.csv",
        "coverage_intervals.csv",
        "manifest.json",
        "ownership.html",
        "provenance.json",
        "reach_by_area.csv",
    ]
    assert sorted(gpd.list_layers(out / "coverage.gpkg")["name"]) == [
        "cameras",
        "coverage_by_area",
        "gaps",
        "layer_styles",
        "visible_areas",
    ]
    table = pd.read_csv(out / "coverage_by_area.csv", encoding="utf-8-sig")
    assert len(table) == 33
    assert table["cameras"].sum() == 2
    visible = gpd.read_file(out / "coverage.gpkg", layer="visible_areas")
    assert visible["area_m2"].sum() > table["covered_m2"].sum() > 0
    record = json.loads((out / "provenance.json").read_text())
    assert record["inputs"][0]["sha256"]
    assert record["settings"]["crs"] == "EPSG:27700"


def test_a_change_can_be_swiped(tmp_path: Path) -> None:
    before = write(tmp_path, GOOD.split("B,", 1)[0], "before.csv")
    result, out = coverage(tmp_path, GOOD, "--before", before, "--draws", 0)
    assert result.exit_code == 0, result.output
    assert "before and after" in (out / "swipe.html").read_text(encoding="utf-8")
    public = ("--before", before, "--audience", "public")
    result = run("coverage", "--cameras", before, "--out", tmp_path / "p", *public)
    assert_refused(result, tmp_path / "p", "--before", "positions")


def test_no_library_writes_to_stdout_either(tmp_path: Path) -> None:
    # A process of its own: a solver written in C does not write to Python's stdout.
    program = "from sharedview.cli import main; main()"
    command = [sys.executable, "-c", program, "compare", "today", "optimum", "--json"]
    done = subprocess.run([*command, "--out", tmp_path / "out"], capture_output=True, check=True)
    assert json.loads(done.stdout)["plans"]


def test_json_is_the_only_thing_on_stdout(tmp_path: Path) -> None:
    result, _ = coverage(tmp_path, GOOD, "--json")
    figures = json.loads(result.stdout)
    assert figures["coverage"]["cameras"] == 2
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("text", "needles"),
    [
        ("", ["empty"]),
        (HEADER, ["no rows"]),
        ("name,where\nA,here\n", ["easting", "longitude"]),
        (GOOD.replace("B,", "A,"), ["duplicate", "A"]),
        (GOOD.replace("B,530010", "B,"), ["B"]),
        (GOOD.replace("B,530010", "B,inf"), ["B"]),
        (GOOD.replace("90,30\nB", "90,-30\nB"), ["range_m", "A"]),
        (GOOD.replace("90,30\nB", "90,999999\nB"), ["range_m", "A"]),
        (GOOD.replace("fixed,0,90,30\nB", "fixed,720,90,30\nB"), ["azimuth_deg", "A"]),
        (GOOD.replace("530000,180000", "180000,530000").replace("530010,180000", "180000,530010"),
         ["swap"]),
        ("camera_id,longitude,latitude\nA,51.5,-0.1\n", ["swap"]),
        ("camera_id,longitude,latitude\nA,2.35,48.85\n", ["outside"]),
    ],
    ids=["empty", "no-rows", "columns", "duplicate", "blank", "infinite", "negative-range",
         "absurd-range", "absurd-angle", "swapped-grid", "swapped-lonlat", "outside"],
)  # fmt: skip
def test_bad_cameras(tmp_path: Path, text: str, needles: list[str]) -> None:
    result, out = coverage(tmp_path, text)
    assert_refused(result, out, "cameras.csv", *needles)


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    rows = "A,530000,180000,public,fixed,0,90,-3\nA,530000,180000,public,fixed,0,900,3\n"
    result, out = coverage(tmp_path, HEADER + rows)
    assert_refused(result, out, "same camera id", "range_m", "hfov_deg")


def test_missing_file_and_unknown_crs_and_level(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert_refused(run("coverage", "--cameras", tmp_path / "no.csv", "--out", out), out, "no.csv")
    result, out = coverage(tmp_path, GOOD, "--crs", "EPSG:999999")
    assert_refused(result, out, "EPSG:999999")
    result, out = coverage(tmp_path, GOOD, "--crs", "EPSG:4326")
    assert_refused(result, out, "metres")
    result, out = coverage(tmp_path, GOOD, "--level", "psychic")
    assert_refused(result, out, "psychic", "identify")


def test_layer_without_a_crs(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame(
        {"camera_id": ["A"]}, geometry=[Point(530000, 180000)], crs="EPSG:27700"
    )
    points.to_file(tmp_path / "cameras.shp")
    (tmp_path / "cameras.prj").unlink()
    out = tmp_path / "out"
    result = run("coverage", "--cameras", tmp_path / "cameras.shp", "--out", out)
    assert_refused(result, out, "CRS")


def test_string_coordinates(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"camera_id": "A"},
        "geometry": {"type": "Point", "coordinates": ["-0.1", "51.5"]},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    path = write(tmp_path, text, "cameras.geojson")
    out = tmp_path / "out"
    assert_refused(run("coverage", "--cameras", path, "--out", out), out, "text", "A")


def test_broken_areas(tmp_path: Path) -> None:
    areas = gpd.GeoDataFrame(
        {"code": ["X", "X"], "name": ["one", "two"]},
        geometry=[box(529000, 179000, 531000, 181000)] * 2,
        crs=27700,
    )
    areas.to_file(tmp_path / "areas.gpkg")
    result, out = coverage(tmp_path, GOOD, "--areas", tmp_path / "areas.gpkg")
    assert_refused(result, out, "areas.gpkg", "X")


def test_hostile_names_harm_neither_page_nor_spreadsheet(tmp_path: Path) -> None:
    text = GOOD.replace("A,", '"<img src=x onerror=alert(1)>",').replace("B,", "=HYPERLINK(1),")
    result, out = coverage(tmp_path, text)
    assert result.exit_code == 0, result.output
    for page in ("coverage.html", "ownership.html"):
        assert "<img src=x" not in (out / page).read_text(encoding="utf-8")


def test_another_city_in_its_own_crs(tmp_path: Path) -> None:
    text = "camera_id,longitude,latitude,camera_type,azimuth_deg,hfov_deg,range_m\n"
    text += "A,2.3500,48.8500,fixed,10,90,40\nB,2.3505,48.8500,fixed,200,90,40\n"
    result, out = coverage(tmp_path, text, "--crs", "EPSG:2154")
    assert result.exit_code == 0, result.output
    table = pd.read_csv(out / "coverage_by_area.csv", encoding="utf-8-sig")
    assert table["area_code"].tolist() == ["EXTENT"]
    assert table["cameras"].tolist() == [2]


def test_a_british_place_outside_london_is_reported_for_its_own_extent(tmp_path: Path) -> None:
    text = HEADER + "A,384000,398000,public,fixed,90,60,40\nB,384100,398050,public,fixed,0,60,40\n"
    result, out = coverage(tmp_path, text, "--draws", 0)
    assert result.exit_code == 0, result.output
    assert "No camera stands in London" in result.stderr
    table = pd.read_csv(out / "coverage_by_area.csv", encoding="utf-8-sig")
    assert table["area_code"].tolist() == ["EXTENT"]
    assert table["cameras"].tolist() == [2]


def test_consolidate_writes_every_output(tmp_path: Path) -> None:
    out = tmp_path / "plans"
    result = run("consolidate", "--draws", 5, "--within", 0.002, "--out", out)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == [
        "alternatives.csv",
        "assignments.csv",
        "blocking_groups.csv",
        "cash_flow.csv",
        "comparison.html",
        "consolidation.gpkg",
        "consolidation.html",
        "constraint_prices.csv",
        "costs.csv",
        "failover.csv",
        "finding_out.csv",
        "frontier.csv",
        "manifest.json",
        "pairing.csv",
        "phasing.csv",
        "plan_figures.csv",
        "plan_savings.csv",
        "plans.csv",
        "plans.xlsx",
        "provenance.json",
        "regret.csv",
        "room_edges.csv",
        "sharing.csv",
        "tornado.csv",
        "trade.csv",
        "workshop.html",
    ]
    plans = pd.read_csv(out / "plans.csv", encoding="utf-8-sig").set_index("plan_id")
    costs = pd.read_csv(out / "costs.csv", encoding="utf-8-sig")
    yearly = costs[costs["kind"] == "per_year"].groupby("plan_id")["gbp"].sum()
    assert yearly.to_dict() == pytest.approx(plans["cost_gbp_per_year"].to_dict())
    assert plans.loc["optimum", "gap_share"] <= 1e-6
    savings = pd.read_csv(out / "plan_savings.csv", encoding="utf-8-sig").set_index("plan_id")
    assert savings["saving_mean_gbp"].idxmax() == "optimum"
    assert savings["breaks"].notna().to_dict() == plans["breaks"].notna().to_dict()
    assigned = pd.read_csv(out / "assignments.csv", encoding="utf-8-sig")
    assert assigned.groupby("plan_id")["borough_code"].nunique().eq(33).all()


def test_a_plan_written_is_a_plan_read(tmp_path: Path) -> None:
    out = tmp_path / "plans"
    assert run("consolidate", "--draws", 0, "--within", 0, "--out", out).exit_code == 0
    result = run("compare", "optimum", f"{out / 'assignments.csv'}:bcu", "--out", tmp_path / "c")
    assert result.exit_code == 0, result.output
    before = pd.read_csv(out / "plans.csv", encoding="utf-8-sig").set_index("plan_id")
    after = pd.read_csv(tmp_path / "c" / "plans.csv", encoding="utf-8-sig").set_index("plan_id")
    assert after.loc["bcu", "npv_gbp"] == pytest.approx(before.loc["bcu", "npv_gbp"])
    assert (tmp_path / "c" / "comparison.html").is_file()


def test_today_beside_reference_plans(tmp_path: Path) -> None:
    result = run("compare", "today", "bcu", "subregion", "optimum", "--out", tmp_path / "c")
    assert result.exit_code == 0, result.output
    plans = pd.read_csv(tmp_path / "c" / "plans.csv", encoding="utf-8-sig")
    assert plans["plan_id"].tolist() == ["today", "bcu", "subregion", "optimum"]


def test_scenarios_are_put_side_by_side(tmp_path: Path) -> None:
    out = tmp_path / "s"
    result = run("consolidate", "--scenario", "bcu", "--scenario", "optimum", "--out", out)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(out / "scenarios.csv", encoding="utf-8-sig").set_index("scenario")
    assert table.loc["optimum", "npv_saving_gbp"] > table.loc["bcu", "npv_saving_gbp"] > 0
    checks = pd.read_csv(out / "scenario_checks.csv", encoding="utf-8-sig")
    assert checks["passed"].all()


@pytest.mark.parametrize(
    ("toml", "needles", "code"),
    [
        ('nmae = "x"\n', ["nmae"], 2),
        ('must_share = [["Brent", "Harrow"]]\nmust_not_share = [["Harrow", "Brent"]]\n',
         ["Brent", "Harrow"], 2),
        ('must_share = [["Brent", "Narnia"]]\n', ["Narnia"], 2),
        ("capacity_cameras = 10\n", ["capacity"], 2),
        ("rooms = 2\nmax_group_size = 2\n", ["rooms"], 3),
        ("name = \n", ["TOML"], 2),
    ],
    ids=["unknown-key", "contradiction", "unknown-borough", "capacity", "infeasible", "syntax"],
)  # fmt: skip
def test_bad_scenarios(tmp_path: Path, toml: str, needles: list[str], code: int) -> None:
    path, out = write(tmp_path, toml, "scenario.toml"), tmp_path / "out"
    result = run("consolidate", "--scenario", path, "--out", out)
    assert_refused(result, out, *needles, code=code)


def test_unknown_plans_are_all_named(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("compare", "today", "tomorrow", "never", "--out", out)
    assert_refused(result, out, "tomorrow", "never", "bcu")


def test_init_writes_files_that_run_and_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    assert run("init", folder).exit_code == 0
    assert run("init", folder).exit_code == 2
    assert run("init", folder, "--force").exit_code == 0
    cameras = folder / "cameras.csv"
    result = run("coverage", "--cameras", cameras, "--out", tmp_path / "c", "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)["coverage"]
    assert figures["cameras"] == len(pd.read_csv(cameras, encoding="utf-8-sig"))
    scenario = folder / "scenario.toml"
    assert (
        run(
            "compare", "today", "optimum", "--scenario", scenario, "--out", tmp_path / "p"
        ).exit_code
        == 0
    )


def test_data_lists_sources_and_coefficients() -> None:
    files = json.loads(run("data", "--json").stdout)
    assert all(row["source"] and row["licence"] for row in files)
    rows = json.loads(run("data", "--coefficients", "--json").stdout)
    assert {row["mark"] for row in rows} == {"read", "derived", "assumption"}
    assert "boroughs_full" in run("data").stdout


def test_codebook_in_the_docs_is_the_generated_one() -> None:
    docs = Path(__file__).parents[2] / "docs"
    for name, options in (("codebook", ()), ("questions", ("--questions",))):
        made = run("codebook", *options).stdout.rstrip("\n") + "\n"
        assert (docs / f"{name}.md").read_text(encoding="utf-8") == made


@pytest.mark.shared
def test_real_jam_cameras(tmp_path: Path, shared_data: Path) -> None:
    path, out = shared_data / "cameras" / "tfl_jamcams_2024-04.geojson", tmp_path / "jam"
    result = run("coverage", "--cameras", path, "--out", out)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(out / "coverage_by_area.csv", encoding="utf-8-sig").set_index("area_name")
    assert table["cameras"].sum() == 900
    assert table.loc["Westminster", "cameras"] == 77
    assert table.loc["Harrow", "cameras"] == 0
    assert table["covered_m2"].sum() == 0, "no heading is known, so reach is all there is"
    assert table["reach_m2"].sum() > 0


@pytest.mark.shared
def test_real_streets_and_buildings(tmp_path: Path, shared_data: Path) -> None:
    path, out = shared_data / "london" / "fitzrovia.osm", tmp_path / "fitz"
    files = ("--cameras", path, "--buildings", path, "--streets", path)
    result = run("coverage", *files, "--draws", 10, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    streets = pd.read_csv(out / "streets_by_area.csv", encoding="utf-8-sig").set_index("area_name")
    assert streets.loc["Camden", "street_length_m"] > 1_000
    assert json.loads(result.stdout)["coverage"]["cameras"] == 4
    inputs = json.loads((out / "provenance.json").read_text())["inputs"]
    assert inputs[1]["items_read"] == 1130


@pytest.mark.shared
def test_another_country(tmp_path: Path, shared_data: Path) -> None:
    path, out = shared_data / "cameras" / "deflock_us_35k.json", tmp_path / "us"
    result = run("coverage", "--cameras", path, "--crs", "EPSG:5070", "--out", out, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["coverage"]["cameras_read"] == 35_045


def test_areas_and_what_lies_outside_make_the_whole(tmp_path: Path) -> None:
    # The second camera stands outside London and looks away from it.
    text = GOOD + "C,530000,150000,public,fixed,180,90,30\n"
    result, out = coverage(tmp_path, text)
    assert result.exit_code == 0, result.output
    totals = json.loads((out / "provenance.json").read_text())["settings"]["totals"]
    for name, whole in totals["whole"].items():
        assert totals["areas"][name] + totals["outside"][name] == pytest.approx(whole)
    assert totals["outside"]["cameras"] == 1
    assert totals["outside"]["covered_m2"] > 0
