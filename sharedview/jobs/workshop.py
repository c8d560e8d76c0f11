"""The verb ``workshop``: one page on which a room of people works out its own plan."""

from __future__ import annotations

import time
from pathlib import Path

from sharedview import pages
from sharedview.console import Reporter
from sharedview.jobs import plans as plan_job
from sharedview.outputs import output_folder
from sharedview.pipeline import run_consolidation
from sharedview.plan_inputs import read_plan_inputs
from sharedview.plan_study import study_plans
from sharedview.questions.registry import load_scenario
from sharedview.summary import Summary


def workshop(
    *,
    scenario: Path | None,
    cameras: Path | None,
    sites: Path | None,
    roads: Path | None,
    out: Path,
    reporter: Reporter,
) -> Summary:
    """Solve a scenario and write the page of its workshop.

    Parameters
    ----------
    scenario
        A TOML file or the name of an embedded scenario; the default one if None.
    cameras, sites, roads
        As in :func:`sharedview.plan_inputs.read_plan_inputs`.
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
    chosen = load_scenario(scenario)
    inputs = read_plan_inputs(
        cameras=cameras, sites=sites, roads=roads, evidence=chosen.evidence, reporter=reporter
    )
    run = run_consolidation(chosen, inputs=inputs, reporter=reporter)
    study = study_plans(run, draws=0, reporter=reporter)
    with reporter.step("Page"), output_folder(out, command="workshop") as folder:
        pages.workshop(run, study).save(folder / "workshop.html")
        plan_job.write_plan_provenance("workshop", run, folder, started)
    return plan_job.plan_summary(run, out, page=out / "workshop.html", study=study)
