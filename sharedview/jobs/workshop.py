"""The verb ``workshop``: one page on which a room of people works out its own plan."""

from __future__ import annotations

import time
from pathlib import Path

from sharedview import pages
from sharedview.console import Reporter
from sharedview.jobs import plans as plan_job
from sharedview.outputs import output_folder
from sharedview.settings import PlanSettings
from sharedview.summary import Summary


def workshop(settings: PlanSettings, *, out: Path, reporter: Reporter) -> Summary:
    """Solve a scenario and write the page of its workshop.

    Parameters
    ----------
    settings
        Inputs and choices, with one scenario. The page makes its own draws.
    out
        Result folder.
    reporter
        Shows progress.

    Returns
    -------
    Summary

    Raises
    ------
    InputError
        With the faults of the first input that has any; nothing is written.
    InfeasibleError
        If no plan satisfies the scenario.
    """
    started = time.perf_counter()
    solved = plan_job.solve(settings.model_copy(update={"draws": 0}), reporter)
    if isinstance(solved, plan_job.Compared):
        raise TypeError("a workshop starts from one scenario")
    with reporter.step("Page"), output_folder(out, command="workshop") as folder:
        pages.workshop(solved.run, solved.study).save(folder / "workshop.html")
        plan_job.write_plan_provenance("workshop", solved.run, folder, started, files=solved.files)
    page = out / "workshop.html"
    return plan_job.plan_summary(solved.run, out, page=page, study=solved.study)
