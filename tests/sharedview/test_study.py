"""The study file: one class of settings for all, every fault at once, one folder of results."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from coverage_model.base.errors import InputError, MissingFileError
from optimisation.options import Options
from sharedview import starter
from sharedview.cli import main
from sharedview.settings import CoverageSettings, PlanSettings
from sharedview.study import load_study

# Not of the run itself: where results go, and how they are shown.
SHOWN = {"out", "as_json", "verbose", "help"}


@pytest.mark.parametrize(
    ("verb", "kind"), [("coverage", CoverageSettings), ("consolidate", PlanSettings)]
)
def test_options_of_the_verb_are_the_settings(verb: str, kind: type[Options]) -> None:
    command = main.commands[verb]
    options = {each.name: each for each in command.params if each.name not in SHOWN}
    assert set(options) == set(kind.model_fields)
    for name, field in kind.model_fields.items():
        option = options[name]
        assert isinstance(option, click.Option)
        assert option.required == field.is_required(), name
        if not option.multiple and not option.required:
            # Click has a value of its own for "no default".
            told = option.to_info_dict()["default"]
            assert told == field.default, name


def test_the_starter_names_every_key_and_reads(tmp_path: Path) -> None:
    starter.write(tmp_path)
    study = load_study(tmp_path / "study.toml")
    assert study.coverage is not None
    assert study.consolidation is not None
    assert study.coverage.cameras == tmp_path / "cameras.csv"
    assert study.consolidation.scenario == (tmp_path / "scenario.toml",)
    # What is commented out is valid too, and nothing is left unsaid.
    said = re.sub(r"^# (\w+ = )", r"\1", starter.STUDY, flags=re.MULTILINE)
    tables = tomllib.loads(said)
    for kind in (CoverageSettings, PlanSettings):
        missing = (
            set(kind.model_fields) - set(tables[kind.key]) - {"audience", "ledger", "known_counts"}
        )
        assert missing == set()
        kind.model_validate(tables[kind.key])


def test_one_error_lists_every_fault(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text('valeu = 1\nrooms = 99\n[value]\ncrime_points = "no.csv"\n')
    file = tmp_path / "study.toml"
    file.write_text(
        'nmae = "x"\n[coverage]\ncameras = "none.csv"\nbuildngs = "b.gpkg"\nlevel = "see"\n'
        'weight = "n"\ndraws = -1\ncrs = "EPSG:4326"\n'
        '[consolidation]\nscenario = ["s.toml", "bcu", "nowhere"]\nwithin = 0.5\n'
    )
    with pytest.raises(InputError) as error:
        load_study(file)
    text = str(error.value)
    for part in (
        "unknown key nmae. Did you mean name?",
        "unknown key coverage.buildngs. Did you mean buildings?",
        "coverage.cameras names",
        "coverage.level: EN 62676-4:2015 has no level 'see'",
        "coverage.weight is given without demand",
        "coverage.draws = -1",
        "coverage.crs",
        "consolidation.within = 0.5",
        "consolidation.scenario: unknown key valeu. Did you mean value?",
        "consolidation.scenario: 99 rooms are asked for",
        "consolidation.scenario: value.crime_points names",
        "names several",
    ):
        assert part in text, part
    assert str(tmp_path / "nowhere") in text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "asks for nothing"),
        ("[coverage\n", "not valid TOML"),
        ("coverage = 3\n", "is no table"),
        ("[coverage]\n", "coverage.cameras is missing"),
        ('[coverage]\ncameras = "c.csv"\naudience = "public"\n', "restricted audience"),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, text: str, part: str) -> None:
    file = tmp_path / "study.toml"
    file.write_text(text)
    (tmp_path / "c.csv").write_text("here")
    with pytest.raises(InputError, match=re.escape(part)):
        load_study(file)
    with pytest.raises(MissingFileError, match="sharedview init"):
        load_study(tmp_path / "other.toml")


def test_run_does_all_in_one_folder(tmp_path: Path) -> None:
    """Small groups and no draws: what is found is tested elsewhere."""
    home = tmp_path / "mine"
    starter.write(home)
    study = home / "study.toml"
    text = study.read_text().replace('level = "detect"', 'level = "detect"\ndraws = 0')
    study.write_text(text.replace('scenario = "scenario.toml"', 'scenario = "s.toml"\ndraws = 0'))
    (home / "s.toml").write_text('name = "small"\nmax_group_size = 2\n')
    runner = CliRunner()
    result = runner.invoke(main, ["run", str(study), "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    out = home / "out"
    for name in (
        "coverage/coverage.html",
        "coverage/coverage.gpkg",
        "consolidation/plans.csv",
        "consolidation/consolidation.html",
        "report/report.html",
        "report/tables/plans.csv",
    ):
        assert (out / name).is_file(), name
    record = json.loads((out / "provenance.json").read_text())
    inputs = {each["role"]: each for each in record["inputs"]}
    assert set(inputs) == {"study", "coverage.cameras", "consolidation.scenario"}
    for each in inputs.values():
        data = Path(each["path"]).read_bytes()
        assert each["sha256"] == hashlib.sha256(data).hexdigest()
    # The report rests on the study's own runs.
    one = (out / "consolidation" / "plans.csv").read_bytes()
    assert (out / "report" / "tables" / "plans.csv").read_bytes() == one
    figures = json.loads(result.stdout)
    assert set(figures) >= {"coverage", "consolidation", "report"}


def test_a_study_with_a_fault_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text('[coverage]\ncameras = "none.csv"\n')
    result = CliRunner().invoke(main, ["run", str(file)])
    assert result.exit_code == 2
    assert "1 fault" in result.stderr
    assert not (tmp_path / "out").exists()
