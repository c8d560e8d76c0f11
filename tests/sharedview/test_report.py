"""The verb ``report``: all files at once or none, and figures that a CSV holds too."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from maps.shell import wording
from sharedview.cli import main
from sharedview.jobs import report as report_job
from sharedview.questions.registry import ASKS
from tests.sharedview.conftest import Written

HEADER = "camera_id,easting,northing,ownership,operator,camera_type,azimuth_deg,hfov_deg,range_m\n"
CAMERAS = HEADER + "".join(
    f"SECRET{n},{529000 + 90 * n},{181000 + 40 * n},{'private' if n % 3 else 'public'},"
    f"Operator Hush,fixed,{n * 20},60,40\n"
    for n in range(12)
)


FIGURES = ("coverage_covered", "ownership", "plan_optimum", "side_by_side", "costs")


def test_report_writes_three_forms_figures_and_tables(written: Written) -> None:
    out = written.folder
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    wanted = {f"figures/{name}.{kind}" for name in FIGURES for kind in ("png", "svg")}
    wanted |= {"report.pdf", "report.docx", "report.html", "provenance.json"}
    tables = ("plans", "plan_figures", "assignments", "costs", "coverage_by_area")
    tables += ("decision_plans", "decision_rule", "decision_budgets")
    wanted |= {f"tables/{name}.csv" for name in (*tables, "coverage_figures", "quoted_figures")}
    assert wanted <= names
    # Every ask left its figures; what it leaves out has no data behind it.
    for ask in ASKS:
        assert not ask.figures or f"tables/{ask.figures}.csv" in names
    assert all(name in wanted or name.startswith("tables/") for name in names)
    html = (out / "report.html").read_text()
    # The yearly and one-off costs as given, and the net present savings as built, by budget.
    shown = {
        "plans": ("cost_gbp_per_year", "one_off_gbp"),
        "plan_savings": (
            *(f"saving_{part}_gbp" for part in ("p10", "p50", "p90")),
            *(f"{budget}_mean_gbp" for budget in ("councils", "police", "both")),
        ),
    }
    for name, columns in shown.items():
        table = pd.read_csv(out / f"tables/{name}.csv", encoding="utf-8-sig")
        for column in columns:
            for value in table[column]:
                assert wording.gbp(value) in html, (name, column)


def test_a_brief_of_own_cameras_names_no_camera_and_no_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cameras = tmp_path / "cameras.csv"
    cameras.write_text(CAMERAS)
    scenario = tmp_path / "scenario.toml"
    # Few, small groups and few questions: the plan is beside the point here.
    scenario.write_text('name = "small"\nmax_group_size = 2\n')
    few = [ask for ask in ASKS if ask.key in ("rooms", "coverage", "ownership")]
    monkeypatch.setattr(report_job, "ASKS", few)
    out = tmp_path / "out"
    arguments = ["report", "--brief", "--cameras", str(cameras), "--scenario", str(scenario)]
    result = CliRunner().invoke(
        main, [*arguments, "--out", str(out), "--json"], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["page"].endswith("brief.html")
    names = {path.name for path in out.iterdir()}
    assert {"brief.pdf", "brief.docx", "brief.html", "tables", "manifest.json"} <= names
    html = (out / "brief.html").read_text()
    assert "OFFICIAL-SENSITIVE" in html
    assert "No data for it" in html
    # Areas only: no camera, operator or path in a document that will be passed around.
    for text in (html, *(path.read_text() for path in (out / "tables").iterdir())):
        assert "SECRET" not in text
        assert "Hush" not in text
        assert str(tmp_path) not in text


def test_a_bad_scenario_leaves_nothing(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text('name = "x"\nmax_group_size = "many"\n')
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["report", "--scenario", str(scenario), "--out", str(out)])
    assert result.exit_code == 2
    assert "max_group_size" in result.stderr
    assert not out.exists()
