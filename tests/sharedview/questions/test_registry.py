"""The registry: a question that is named appears everywhere, and its choices are checked whole."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest

from coverage_model.base import datasets
from coverage_model.base.errors import InputError
from coverage_model.base.key_figures import KeyFigure, KeyFigures, key_figures
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, find_level
from coverage_model.reading.cameras import Cameras
from coverage_model.reading.illustrative import illustrative_cameras
from maps.report.content import Chapter
from optimisation.options import Options
from optimisation.scenario import Scenario
from sharedview import codebook
from sharedview.jobs import report as report_job
from sharedview.pipeline import run_consolidation, run_coverage
from sharedview.questions import QUESTIONS
from sharedview.questions.ask import Answer, Ask, Material
from sharedview.questions.procurement.options import ProcurementOptions
from sharedview.questions.registry import ASKS, load_scenario
from sharedview.questions.value.options import ValueOptions
from sharedview.runs import ConsolidationRun, CoverageRun

FOLDER = Path(report_job.__file__).parents[1] / "questions"


class WeatherOptions(Options):
    """Choices of a made-up question."""

    key: ClassVar[str] = "weather"


def weather(material: Material) -> Answer:
    figure = KeyFigure("rain", "Rain", 3.0, "mm", boroughs=33, basis="assumption")
    return Answer(
        chapter=Chapter("The weather", sentences=("It rains.",)),
        findings=(("It rains.",),),
        tables={"weather_figures": key_figures([figure])},
    )


WEATHER = Ask(
    key="weather",
    order=55,
    title="The weather over the cameras",
    question="Does it rain?",
    answer=weather,
    tables={"weather_figures": KeyFigures},
    figures="weather_figures",
    options=WeatherOptions,
)


def test_every_folder_is_named_and_every_name_has_its_folder() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/ask.py")}
    assert folders == set(QUESTIONS)
    assert {ask.key for ask in ASKS} == set(QUESTIONS)
    orders = [ask.order for ask in ASKS]
    assert orders == sorted(set(orders))
    docs = FOLDER.parents[1] / "docs"
    for ask in ASKS:
        assert (docs / f"{ask.page}.md").is_file(), ask.key


def test_a_further_question_is_in_report_tables_docs_and_codebook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = [ask for ask in ASKS if ask.key in ("rooms", "coverage", "ownership")]
    asks = tuple(sorted([*kept, WEATHER], key=lambda ask: ask.order))
    monkeypatch.setattr(report_job, "ASKS", asks)
    answered = report_job.answer_all(*small_runs())
    made = answered.report
    assert [chapter.title for chapter in made.chapters][-2:] == [
        "Public and private cameras",
        "The weather",
    ]
    assert made.chapters[-1].findings == (("It rains.",),)
    assert "weather_figures" in answered.tables
    assert "weather_figures.csv" in codebook.codebook_markdown(asks)
    assert "## The weather over the cameras" in codebook.questions_markdown(asks)


def small_runs() -> tuple[CoverageRun, ConsolidationRun]:
    """Two boroughs' cameras and a plan of small groups: what is solved is beside the point."""
    inventory = illustrative_cameras(private_per_public=0.0)
    frame = inventory.frame[inventory.frame["borough_code"] == "E09000007"]
    seen = run_coverage(
        Cameras(frame, inventory.log),
        areas=datasets.boroughs("page"),
        level=find_level(DEFAULT_LEVEL),
        draws=0,
    )
    planned = run_consolidation(load_scenario(overrides={"max_group_size": 2}))
    return seen, planned


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"figures": "rain"}, "no table of key figures"),
        ({"tables": {}}, "no table of key figures"),
        ({"options": ValueOptions}, "options are those of value"),
    ],
)
def test_an_ask_that_does_not_hang_together_is_refused(
    change: dict[str, object], complaint: str
) -> None:
    fields = {name: getattr(WEATHER, name) for name in WEATHER.__dataclass_fields__}
    with pytest.raises(ValueError, match=complaint):
        Ask(**{**fields, **change})


def test_tables_of_a_scenario_are_typed_and_default() -> None:
    scenario = load_scenario(overrides={"value": {"draws": 7}})
    assert scenario.options(ValueOptions).draws == 7
    assert scenario.options(ProcurementOptions) == ProcurementOptions()
    assert Scenario().options(ValueOptions) == ValueOptions()
    assert set(scenario.questions) == {ask.key for ask in ASKS if ask.options}
    assert scenario.content()["value"]["draws"] == 7
    assert "questions" not in scenario.content()
    wrong = Scenario(questions={"value": ProcurementOptions()})
    with pytest.raises(TypeError, match="no ValueOptions"):
        wrong.options(ValueOptions)


def test_every_fault_of_every_table_is_in_one_error(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(
        'rooms = 40\nvaleu = 1\n[value]\ndrwas = 5\ncrime_points = "none.csv"\n'
        "[procurement]\nterm_years = 12\n[questions]\nx = 1\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as error:
        load_scenario(file)
    text = str(error.value)
    for part in (
        "unknown key valeu. Did you mean value?",
        "unknown key value.drwas. Did you mean draws?",
        "procurement.term_years = 12",
        "unknown key questions",
        "40 rooms are asked for",
    ):
        assert part in text
    assert len(error.value.faults) == 5


def test_a_file_that_is_not_there_is_a_fault_at_once(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('[value]\ncrime_points = "none.csv"\n[procurement]\ncontracts = "no.csv"\n')
    with pytest.raises(InputError) as error:
        load_scenario(file)
    assert "value.crime_points names" in str(error.value)
    assert "procurement.contracts names" in str(error.value)
    file.write_text('[image_quality]\nstandard = "evidence"\n')
    assert load_scenario(file).files == {}


def test_the_hash_covers_what_files_hold_and_not_where_they_lie(tmp_path: Path) -> None:
    found = []
    for folder, content in (("a", "1"), ("b", "1"), ("c", "2")):
        home = tmp_path / folder
        home.mkdir()
        (home / "contracts.csv").write_text(content)
        (home / "s.toml").write_text('[procurement]\ncontracts = "contracts.csv"\n')
        found.append(load_scenario(home / "s.toml"))
    one, same, other = (scenario.sha256 for scenario in found)
    assert one == same != other
    (tmp_path / "a" / "contracts.csv").write_text("22")
    assert found[0].sha256 not in (one, other)
    # A table that says the defaults, and a question that came later, change nothing.
    assert load_scenario(overrides={"value": {"draws": 200}}).sha256 == load_scenario().sha256
    assert load_scenario().model_copy(update={"questions": {}}).sha256 == load_scenario().sha256


def test_tables_are_written_by_one_question_each() -> None:
    names = pd.Series([name for ask in ASKS for name in ask.tables])
    assert not names.duplicated().any()
