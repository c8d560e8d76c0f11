"""Every file that a run rests on is in its record, with what it held."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from sharedview.cli import main

CAMERAS = "id,east,north,owner\nA,529000,181000,public\nB,529100,181000,private\n"
PROFILE = '[columns]\ncamera_id = "id"\neasting = "east"\nnorthing = "north"\nownership = "owner"\n'
AREAS = (
    '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:27700"}},"features":'
    '[{"type":"Feature","properties":{"area_code":"X","area_name":"Ex"},"geometry":{"type":"Polygon",'
    '"coordinates":[[[528900,180900],[529300,180900],[529300,181100],[528900,181100],[528900,180900]]]}}]}'
)


def inputs_of(folder: Path) -> dict[str, dict[str, Any]]:
    """The record's inputs by path, each with the true hash of its file."""
    record = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    found = {each["path"]: each for each in record["inputs"]}
    assert len(found) == len(record["inputs"]), "a file is listed twice"
    for path, each in found.items():
        assert each["sha256"] == hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return found


def run(*arguments: object) -> None:
    result = CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output


def test_profile_and_levels_are_in_the_record_of_coverage(tmp_path: Path) -> None:
    cameras, profile, levels, areas = (
        tmp_path / name for name in ("c.csv", "p.toml", "levels.csv", "a.geojson")
    )
    cameras.write_text(CAMERAS)
    profile.write_text(PROFILE)
    levels.write_text("level,px_per_m\nmine,50\n")
    areas.write_text(AREAS)
    out = tmp_path / "out"
    run(
        "coverage", "--cameras", cameras, "--profile", profile, "--areas", areas,
        "--levels-table", levels, "--level", "mine", "--draws", 0, "--out", out,
    )  # fmt: skip
    assert set(inputs_of(out)) == {str(each) for each in (cameras, profile, levels, areas)}


def test_files_of_scenarios_are_in_the_record_of_plans(tmp_path: Path) -> None:
    register = tmp_path / "contracts.csv"
    register.write_text("contract,category\n")
    crime = tmp_path / "crime.csv"
    crime.write_text("easting,northing\n529000,181000\n")
    scenario = tmp_path / "s.toml"
    scenario.write_text(
        'name = "s"\nmax_group_size = 2\n[procurement]\ncontracts = "contracts.csv"\n'
        '[value]\ncrime_points = "crime.csv"\n'
    )
    out = tmp_path / "out"
    run("consolidate", "--scenario", scenario, "--draws", 0, "--out", out)
    found = inputs_of(out)
    assert set(found) == {str(each) for each in (scenario, register, crime)}
    assert found[str(crime)]["role"] == "s: value.crime_points"
