"""The value of monitoring as an ask: which plan, which share in view, which tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from coverage_model.base import datasets
from coverage_model.base.errors import InputError
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, find_level
from coverage_model.reading.cameras import Cameras
from coverage_model.reading.illustrative import illustrative_cameras
from maps.shell import wording
from maps.shell.page import PageContext
from sharedview.pipeline import run_consolidation, run_coverage
from sharedview.questions.ask import Material
from sharedview.questions.registry import load_scenario
from sharedview.questions.value import ask as value
from sharedview.runs import ConsolidationRun, CoverageRun

CAMDEN, ISLINGTON = "E09000007", "E09000019"
CONTEXT = PageContext(title="A test", dated=date(2026, 3, 9))


@pytest.fixture(scope="module")
def seen() -> CoverageRun:
    inventory = illustrative_cameras(private_per_public=0.0)
    frame = inventory.frame[inventory.frame["borough_code"].isin([CAMDEN, ISLINGTON])]
    areas = datasets.boroughs("page")
    areas = areas[areas["area_code"].isin([CAMDEN, ISLINGTON])]
    level = find_level(DEFAULT_LEVEL)
    return run_coverage(Cameras(frame, inventory.log), areas=areas, level=level, draws=0)


def planned(**own: Any) -> ConsolidationRun:
    asked = {"boroughs": [CAMDEN, ISLINGTON], "value": {"draws": 10, **own}}
    return run_consolidation(load_scenario(overrides=asked))


def test_every_table_named_is_written(seen: CoverageRun) -> None:
    made = value.answer(Material(seen, planned(), CONTEXT))
    assert set(made.tables) == set(value.ASK.tables)
    for name, schema in value.ASK.tables.items():
        lacking = set(schema.to_schema().columns) - set(made.tables[name])
        assert not lacking, name
    assert "no benefit for crime is credited" in wording.plain(made.findings[0])
    assert (made.tables["value_crime"]["in_view_basis"] == "assumption").all()
    assert made.chapter.question == value.QUESTION


def test_the_plan_is_the_one_asked_for(seen: CoverageRun) -> None:
    run = planned(plan="today")
    assert value.chosen_plan(run) is run.today
    made = value.answer(Material(seen, run, CONTEXT))
    assert set(made.tables["value_rooms"]["plan_id"]) == {"today"}
    assert value.chosen_plan(planned()).plan_id == "optimum"
    with pytest.raises(InputError, match="no plan of this run") as error:
        value.chosen_plan(planned(plan="bcus"))
    assert "today" in str(error.value)


def test_no_crime_points_no_measured_share(seen: CoverageRun) -> None:
    assert value.measured_in_view(seen) is None


def test_crime_points_of_a_file_are_measured(seen: CoverageRun, tmp_path: Path) -> None:
    view = seen.visible[seen.visible["view_basis"] != "reach"].geometry.iloc[0]
    inside = view.representative_point()
    rows = f"{inside.x},{inside.y},3\n526000,187000,1\n"
    (tmp_path / "crimes.csv").write_text("easting,northing,crimes\n" + rows)
    found = value.measured_in_view(seen, tmp_path / "crimes.csv")
    assert found is not None
    known = found.dropna()
    assert known.max() == 1 or known.max() == pytest.approx(0.75)


@pytest.mark.shared
def test_real_crime_and_illustrative_cameras(seen: CoverageRun, shared_data: Path) -> None:
    points = shared_data / "london" / "crime_points_2018-04_met.geojson"
    run = planned(crime_points=str(points))
    made = value.answer(Material(seen, run, CONTEXT))
    crimes = made.tables["value_crime"].set_index("borough_code")
    assert (crimes["in_view_basis"] == "measured").all()
    # A saved case: fixed views as plain cones.
    assert crimes.loc[ISLINGTON, "in_view_share"] == pytest.approx(0.0700, abs=0.004)
    figures = made.tables["value_figures"].set_index("figure")
    assert figures.loc["benefit_if", "basis"] == "illustrative"
    assert "illustrative cameras" in " ".join(map(wording.plain, made.chapter.limits))
