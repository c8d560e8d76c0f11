"""A made-up county of 12 districts from the command line: plans, pages, files, faults."""

from __future__ import annotations

import json
import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from shapely import box

from maps.shell.nouns import worded
from sharedview.cli import main

DISTRICTS = ("Ashby", "Borough Green", "Carn", "Dunmere", "Eastley", "Fenwick",
             "Garth", "Holt", "Ings", "Jarrow Vale", "Kelby", "Linford")  # fmt: skip
CAMERAS = (310, 120, 90, 400, 75, 260, 0, 180, 55, 140, 220, 35)


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four by three squares of 9 km with a table of counts and a scenario at stated values."""
    folder = tmp_path_factory.mktemp("county")
    shapes = [
        box(x, y, x + 9000, y + 9000)
        for y in (300_000, 309_000, 318_000)
        for x in (400_000, 409_000, 418_000, 427_000)
    ]
    codes = [f"X{k:02d}" for k in range(1, 13)]
    frame = gpd.GeoDataFrame({"code": codes, "name": DISTRICTS}, geometry=shapes, crs=27700)
    frame.to_file(folder / "districts.gpkg")
    table = pd.DataFrame({"district": DISTRICTS, "cameras": CAMERAS, "year": 2023})
    table["room_today"] = ["Fenwick" if name == "Eastley" else "" for name in DISTRICTS]
    table.to_csv(folder / "counts.csv", index=False)
    (folder / "county.toml").write_text(
        'extends = "optimum"\nname = "county"\nmax_group_size = 4\nbuild_years = 1\n'
        'must_share = [["Holt", "Linford"]]\n[objective]\nkind = "point"\ndraws = 20\n',
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="module")
def result(county: Path) -> tuple[Result, Path]:
    out = county / "out"
    given = ("--areas", county / "districts.gpkg", "--counts", county / "counts.csv")
    asked = ("--scenario", county / "county.toml", "--draws", 0, "--out", out)
    return run("consolidate", *given, *asked), out


def test_a_county_has_plans_pages_and_files(result: tuple[Result, Path]) -> None:
    told, out = result
    assert told.exit_code == 0, told.output
    assert "for 12 areas" in told.stdout
    plans = pd.read_csv(out / "plans.csv", encoding="utf-8-sig").set_index("plan_id")
    assert plans.loc["optimum", "status"] == "optimal"
    assert plans.loc["today", "rooms"] == 10  # Eastley is served by Fenwick, Garth has no camera
    assert not {"bcu", "subregion"} & set(plans.index)
    assigned = pd.read_csv(out / "assignments.csv", encoding="utf-8-sig")
    best = assigned[assigned["plan_id"] == "optimum"].set_index("borough")["room_code"]
    assert best["Holt"] == best["Linford"]
    assert best.value_counts().max() <= 4
    layers = gpd.read_file(out / "consolidation.gpkg", layer="assignments")
    assert layers.total_bounds.tolist() == [400_000, 300_000, 436_000, 327_000]
    record = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    named = " ".join(map(str, record["inputs"]))
    assert "districts.gpkg" in named
    assert "counts.csv" in named


def test_its_pages_speak_of_areas(result: tuple[Result, Path]) -> None:
    _, out = result
    for name in ("consolidation", "comparison", "workshop"):
        html = (out / f"{name}.html").read_text(encoding="utf-8")
        assert "Borough Green" in html
        # What is left is a column of a table.
        rest = re.findall(r".\b[Bb]oroughs?\b.", html.replace("Borough Green", ""))
        assert set(rest) <= {",borough,"}, name
        assert "Thames" not in html
        assert "found for London" in html


def test_compare_takes_the_same_territory(county: Path, result: tuple[Result, Path]) -> None:
    _, plans = result
    given = ("--areas", county / "districts.gpkg", "--counts", county / "counts.csv")
    told = run(
        "compare", "today", plans / "assignments.csv", *given, "--scenario",
        county / "county.toml", "--out", county / "compared",
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    table = pd.read_csv(county / "compared" / "plans.csv", encoding="utf-8-sig")
    first = pd.read_csv(plans / "plans.csv", encoding="utf-8-sig").set_index("plan_id")
    assert table.set_index("plan_id").loc["optimum", "npv_gbp"] == first.loc["optimum", "npv_gbp"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--areas", "districts.gpkg"), "does not say how many cameras each area has"),
        (("--counts", "counts.csv"), "no --areas are given"),
        (
            ("--areas", "districts.gpkg", "--counts", "counts.csv", "--cameras", "counts.csv"),
            "has both --counts and --cameras",
        ),
        (("--crs", "EPSG:32632"), "--crs is of another territory"),
        (
            ("--areas", "districts.gpkg", "--counts", "counts.csv", "--scenario", "optimum_land"),
            "",
        ),
    ],
)
def test_what_does_not_go_together_is_said(
    county: Path, tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    names = [str(county / part) if "." in part else part for part in given]
    if not said:
        # Names of London's boroughs are no areas here.
        scenario = tmp_path / "camden.toml"
        scenario.write_text('fixed_rooms = ["Camden"]\n', encoding="utf-8")
        names[-1], said = str(scenario), "unknown boroughs"
    told = run("consolidate", *names, "--out", tmp_path / "out")
    assert told.exit_code == 2
    assert said in told.output
    assert not (tmp_path / "out").exists()


def test_words() -> None:
    change = worded(["Borough Green"])
    said = "Choose a borough: Borough Green, boroughs of London boroughs, Boroughs; Peterborough"
    assert change(said) == ("Choose an area: Borough Green, areas of areas, Areas; Peterborough")
