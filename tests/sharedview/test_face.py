"""The face: every public name is there, typed, has an example, and takes what the others return."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import sharedview as sv
from sharedview.face import as_html

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).parent / "scripts" / "planner.py"
PACKAGES = ("coverage_model", "optimisation", "maps", "sharedview")
# A mistake each, and what a type checker says of it.
MISTAKES = (
    ("sv.read_cameras(file)", "sv.nonsense(file)", "nonsense"),
    ("table = run.table", "table = run.tabel", "tabel"),
    ('level="detect",', "level=25,", "arg-type"),
    ("best.plan.report.status", "best.plan.report.statsu", "statsu"),
    ('run.save(folder / "coverage")', "run.save()", "call-arg"),
)


def faults_of(text: str, folder: Path) -> list[str]:
    """Check a script as its user would, strictly."""
    file = folder / "script.py"
    file.write_text(text, encoding="utf-8")
    # In an installed package mypy follows imports silently by itself.
    options = ("--strict", "--follow-imports=silent", "--ignore-missing-imports")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--config-file=", f"--cache-dir={folder}", file],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [line for line in done.stdout.splitlines() if ": error:" in line]


def test_a_strict_type_checker_finds_a_users_mistakes(tmp_path: Path) -> None:
    right = SCRIPT.read_text(encoding="utf-8")
    assert 55 <= len(right.splitlines()) <= 65
    assert faults_of(right, tmp_path) == []
    wrong = right
    for good, bad, _ in MISTAKES:
        assert wrong.count(good) == 1
        wrong = wrong.replace(good, bad)
    found = faults_of(wrong, tmp_path)
    assert len(found) == len(MISTAKES)
    for _, bad, said in MISTAKES:
        line = 1 + next(n for n, text in enumerate(wrong.splitlines()) if bad in text)
        assert any(f":{line}: " in each and said in each for each in found), (bad, found)


@pytest.mark.parametrize("name", PACKAGES)
def test_public_names_load_and_each_function_has_an_example(name: str) -> None:
    package = importlib.import_module(name)
    assert package.__all__
    assert set(dir(package)) >= set(package.__all__)
    for public in package.__all__:
        found = getattr(package, public)
        if inspect.isfunction(found):
            assert ">>>" in (found.__doc__ or ""), f"{name}.{public} has no example"
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = package.nonsense


def test_what_readers_return_fits_what_models_take() -> None:
    town = sv.testing.town()
    run = sv.run_coverage(town.cameras, areas=town.areas, obstacles=town.buildings, draws=0)
    plain = sv.run_coverage(
        town.cameras.frame,
        areas=town.areas.frame,
        obstacles=town.buildings.frame,
        level=run.level,
        draws=0,
    )
    sv.testing.assert_frames_close(run.coverage, plain.coverage)
    assert plain.cameras.log.path == "a frame in memory"
    assert {log.path for log in run.logs} >= {"made-up town: cameras", "made-up town: wards"}
    cones = sv.view_sectors(town.cameras, level="detect")
    seen = sv.visible_areas(cones, town.buildings)
    table = sv.coverage_by_area(
        seen, town.areas, level="detect", cameras=town.cameras, obstacles=town.buildings
    )
    sv.testing.assert_frames_close(table, run.coverage)
    assert len(sv.coverage_gaps(seen, town.areas, obstacles=town.buildings)) > 0
    counted = sv.borough_inputs(sv.illustrative_cameras(private_per_public=0))
    assert counted["cameras"].sum() > 0
    with pytest.raises(sv.InputError, match="has no level 'see'"):
        sv.run_coverage(town.cameras, level="see")
    with pytest.raises(sv.InputError):
        sv.run_coverage(town.cameras.frame.drop(columns="ownership"))


def test_a_run_shows_and_saves_itself(tmp_path: Path) -> None:
    town = sv.testing.town()
    run = sv.run_coverage(town.cameras, areas=town.areas, draws=0)
    assert set(run.pages) == {"coverage", "ownership"}
    assert run.save(tmp_path / "seen") == tmp_path / "seen"
    files = {path.name for path in (tmp_path / "seen").iterdir()}
    assert files >= {"coverage.html", "coverage.gpkg", "coverage_by_area.csv", "provenance.json"}
    shown = run._repr_html_()
    assert "West ward" in shown
    assert shown.count("<tr>") >= 3
    plans = sv.run_consolidation(sv.load_scenario(overrides={"max_group_size": 2}))
    assert "<table>" in plans._repr_html_()
    plans.save(tmp_path / "plans")
    assert (tmp_path / "plans" / "plans.csv").is_file()
    assert (
        as_html((("<b>",),), [("&",)]) == "<p>&lt;b&gt;</p><table><tr><th>&amp;</th></tr></table>"
    )


def test_frames_and_plans_that_differ_are_told_apart() -> None:
    town, other = sv.testing.town(), sv.testing.town()
    assert town.cameras.log == other.cameras.log
    sv.testing.assert_frames_close(town.areas.frame, other.areas.frame)
    moved = other.areas.frame.set_geometry(other.areas.frame.geometry.translate(1.0))
    with pytest.raises(AssertionError, match="geometry differs"):
        sv.testing.assert_frames_close(town.areas.frame, moved)
    with pytest.raises(AssertionError, match="columns differ"):
        sv.testing.assert_frames_close(moved, moved.drop(columns="area_name"))
    with pytest.raises(AssertionError, match="index differs"):
        sv.testing.assert_frames_close(moved, moved.iloc[:1])
