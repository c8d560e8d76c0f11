"""The annex for an impact assessment: answers from the run, open ones named as open."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner

from coverage_model.optics.pixel_density import find_level
from optimisation.consolidation import reference_plans
from optimisation.scenario import Scenario
from optimisation.territory import borough_inputs
from sharedview.annexes.dpia import AREAS, OPEN, TABLE, dpia_chapter, dpia_tables
from sharedview.cli import main


@pytest.fixture(scope="module")
def plans():
    found = {plan.plan_id: plan for plan in reference_plans(borough_inputs(), Scenario())}
    return SimpleNamespace(plan=found["bcu"], today=found["today"])


def seen(*, illustrative):
    cameras = pd.DataFrame(
        {
            "ownership": ["public", "public", "private"],
            "integration": ["integrated", "none", "integrated"],
            "operator": ["Camden", "Camden", "A shop"],
            "camera_type": ["fixed", "anpr", "dome"],
            "illustrative": illustrative,
        }
    )
    coverage = pd.DataFrame(
        {
            "area_code": ["E1"],
            "area_name": ["Somewhere"],
            "area_m2": [1_000_000.0],
            "covered_m2": [250_000.0],
            "covered_share": [0.25],
            "cameras_public": [2],
            "cameras_private": [1],
            "cameras_unknown_owner": [0],
            "cameras_view_assumed": [1],
            "cameras_reach_only": [1],
            "private_connected_only_m2": [10.0],
        }
    ).astype({"cameras_public": float, "cameras_private": float, "cameras_unknown_owner": float})
    return SimpleNamespace(
        cameras=SimpleNamespace(frame=cameras), coverage=coverage, level=find_level("detect")
    )


def test_what_the_run_knows_is_answered_and_the_rest_is_open(plans):
    tables = dpia_tables(seen(illustrative=False), plans, {})
    answers = tables[TABLE].set_index("question")
    assert "2 public and 1 private" in answers.loc["Whose are they?", "answer"]
    assert "25%" in answers.loc["How much ground is covered?", "answer"]
    rooms = answers.loc["Who would see the pictures?", "answer"]
    assert f"{plans.plan.room_count} rooms" in rooms
    assert f"{plans.plan.boroughs_moved} boroughs" in rooms
    still_open = answers[answers["basis"] == "open"]
    assert still_open["answer"].str.startswith(OPEN).all()
    assert "What is the purpose of each camera?" in still_open.index
    assert not answers["answer"].str.contains("illustrative").any()
    assert tables[AREAS]["area"].tolist() == ["Somewhere"]
    assert [table.key for table in dpia_chapter(tables).tables] == [TABLE, AREAS]


def test_illustrative_cameras_are_no_answer(plans):
    answers = dpia_tables(seen(illustrative=True), plans, {})[TABLE].set_index("question")
    for question in ("What cameras are there?", "Whose are they?", "How much ground is covered?"):
        assert answers.loc[question, "basis"] == "assumed"
        assert "do not exist" in answers.loc[question, "answer"]


def test_the_brief_has_no_annex(tmp_path):
    asked = ["report", "--brief", "--annex", "dpia", "--out", str(tmp_path / "out")]
    found = CliRunner().invoke(main, asked)
    assert found.exit_code == 2
    assert "leave out --brief or --annex" in found.output
    assert not (tmp_path / "out").exists()
