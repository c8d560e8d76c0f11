"""The question of image quality from files to files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from coverage_model.base import datasets, schemas
from coverage_model.base.errors import InputError
from coverage_model.optics.pixel_density import find_level
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.illustrative import illustrative_cameras
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.streets import read_streets
from maps.shell import wording
from sharedview.cli import main
from sharedview.jobs.report import report_context
from sharedview.pipeline import run_consolidation, run_coverage
from sharedview.questions.ask import Material
from sharedview.questions.image_quality.ask import ASK, answer
from sharedview.questions.registry import load_scenario

HEADER = "camera_id,easting,northing,ownership,operator,camera_type,azimuth_deg,hfov_deg,range_m\n"
CAMERAS = HEADER + "".join(
    f"SECRET{n},{529000 + 90 * n},{181000 + 40 * n},public,Operator Hush,fixed,{n * 20},60,40\n"
    for n in range(6)
)
SMALL = 'name = "small"\nmax_group_size = 1\n'


def material(cameras: Path, scenario: Path, **more: object) -> Material:
    areas = datasets.boroughs("overview")
    seen = run_coverage(
        read_cameras(cameras), areas=areas, level=find_level("detect"), draws=0, **more
    )
    planned = run_consolidation(load_scenario(scenario))
    return Material(seen, planned, report_context(seen, planned))


def test_an_audit_beside_the_scenario_is_read_and_answered(tmp_path: Path) -> None:
    cameras, scenario = tmp_path / "cameras.csv", tmp_path / "scenario.toml"
    cameras.write_text(CAMERAS)
    (tmp_path / "audit.csv").write_text(
        "camera_id,retention_days,remarks\nSECRET0,31,\nSECRET1,14,\nSECRET2,,old\n"
    )
    scenario.write_text(
        SMALL + '[image_quality]\ninventory = "audit.csv"\nstandard = "evidence"\n'
        "audit_year = 2025\n"
    )
    given = material(cameras, scenario)
    found = answer(given)
    for name, model in ASK.tables.items():
        schemas.check(found.tables[name], model, name)
    assert set(found.tables) == set(ASK.tables)
    table = found.tables["image_quality_by_criterion"].set_index("criterion")
    columns = ["cameras", "passed", "failed", "unknown"]
    assert table.loc["retention_days", columns].tolist() == [6, 1, 1, 4]
    assert table.loc["all_required", columns].tolist() == [6, 0, 1, 5]
    figures = found.tables["image_quality_figures"].set_index("figure")
    assert set(figures["years"]) == {"2025"}
    assert set(figures["basis"]) == {"model"}
    text = " ".join(map(wording.plain, (*found.chapter.sentences, *found.chapter.limits)))
    assert "illustrative" not in text
    assert "does not name every camera" in text
    assert "columns that were not read" in text
    # Operators and cameras are for tables, not for a document that is passed around.
    assert found.tables["image_quality_by_operator"]["operator"].unique() == ["Operator Hush"]
    assert "Hush" not in text
    assert not any("Hush" in str(each.frame.to_numpy()) for each in found.chapter.tables)
    for each in found.tables.values():
        assert "SECRET" not in str(each.to_numpy().tolist())


def test_without_an_audit_real_cameras_stay_unknown_and_generated_ones_get_one(
    tmp_path: Path,
) -> None:
    cameras, scenario = tmp_path / "cameras.csv", tmp_path / "scenario.toml"
    cameras.write_text(CAMERAS)
    scenario.write_text(SMALL)
    real = material(cameras, scenario)
    found = answer(real)
    table = found.tables["image_quality_by_criterion"].set_index("criterion")
    assert table.loc["codec", "unknown"] == 6
    assert any("No audit was given" in wording.plain(each) for each in found.chapter.limits)
    seen = run_coverage(
        illustrative_cameras(),
        areas=datasets.boroughs("overview").iloc[:1],
        level=find_level("identify"),
        draws=0,
    )
    made = answer(Material(seen, real.plans, report_context(seen, real.plans)))
    figures = made.tables["image_quality_figures"].set_index("figure")
    assert set(figures["basis"]) == {"illustrative"}
    assert "illustrative" in wording.plain(made.findings[0])
    share = made.tables["image_quality_by_criterion"].set_index("criterion")["known_share"]
    assert 0.6 < share["codec"] < 0.95


def test_a_bad_audit_stops_the_report_and_leaves_nothing(tmp_path: Path) -> None:
    cameras, scenario, out = (tmp_path / name for name in ("cameras.csv", "s.toml", "out"))
    cameras.write_text(CAMERAS)
    (tmp_path / "audit.csv").write_text("camera_id,retention_days\nC9,31\nSECRET0,soon\n")
    scenario.write_text(SMALL + '[image_quality]\ninventory = "audit.csv"\n')
    arguments = ["report", "--cameras", str(cameras), "--scenario", str(scenario)]
    result = CliRunner().invoke(main, [*arguments, "--out", str(out)])
    assert result.exit_code == 2
    assert "2 faults" in result.stderr
    assert "C9" in result.stderr
    assert not out.exists()
    scenario.write_text(SMALL + '[image_quality]\ninventry = "audit.csv"\n')
    with pytest.raises(InputError, match="inventry"):
        load_scenario(scenario)


@pytest.mark.shared
def test_streets_at_the_levels_of_evidence_in_fitzrovia(shared_data: Path, tmp_path: Path) -> None:
    city = shared_data / "london" / "fitzrovia.osm"
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(SMALL)
    given = material(
        city, scenario, streets=read_streets(city),
        obstacles=read_obstacles(shared_data / "london" / "fitzrovia_buildings.geojson"),
    )  # fmt: skip
    table = answer(given).tables["evidence_coverage"]
    whole = table.iloc[-1]
    assert whole["street_length_m"] > 1000
    steps = [whole[f"street_{name}_m"] for name in ("plain", "recognise", "identify")]
    assert steps == sorted(steps, reverse=True)
    ground = table[["plain_m2", "recognise_m2", "identify_m2"]].to_numpy()
    assert (pd.DataFrame(ground).diff(axis=1).iloc[:, 1:] <= 1e-6).all().all()
