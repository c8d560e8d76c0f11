"""The report on the demonstration data, made once for all tests that read it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from coverage_model.base import datasets
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, find_level
from coverage_model.reading.illustrative import illustrative_cameras
from maps.report.content import Report
from sharedview.jobs import report as report_job
from sharedview.pipeline import run_consolidation, run_coverage
from sharedview.questions.registry import load_scenario


@dataclass(frozen=True)
class Written:
    """A report with the folder that it was written to."""

    answered: report_job.Answered
    folder: Path

    @property
    def report(self) -> Report:
        return self.answered.report

    @property
    def tables(self) -> Path:
        return self.folder / "tables"


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    areas = datasets.boroughs("full")
    seen = run_coverage(
        illustrative_cameras(private_per_public=1.0),
        areas=areas,
        level=find_level(DEFAULT_LEVEL),
        draws=0,
    )
    answered = report_job.answer_all(seen, run_consolidation(load_scenario()))
    folder = tmp_path_factory.mktemp("report")
    answered.write(folder, started=0.0)
    return Written(answered, folder)
