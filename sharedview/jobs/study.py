"""The verb ``run``: coverage, consolidation and report of one study file, in one folder."""

from __future__ import annotations

import time
from pathlib import Path

from sharedview import printing, provenance
from sharedview.console import Reporter
from sharedview.jobs import coverage as coverage_job
from sharedview.jobs import plans as plan_job
from sharedview.jobs import report as report_job
from sharedview.outputs import output_folder
from sharedview.pipeline import run_consolidation
from sharedview.plan_study import PlanStudy
from sharedview.questions.registry import load_scenario
from sharedview.runs import ConsolidationRun, CoverageRun
from sharedview.study import Study, load_study, scenarios_of
from sharedview.summary import Summary


def run_study(path: Path, *, out: Path, reporter: Reporter) -> Summary:
    """Do all that a study file asks for; everything is written, or nothing.

    Parameters
    ----------
    path
        The study file.
    out
        Result folder: ``coverage``, ``consolidation`` and ``report`` in it.
    reporter
        Shows progress.

    Returns
    -------
    Summary

    Raises
    ------
    InputError
        With every fault of the study file, or those of the first input that has any.
    InfeasibleError
        If no plan satisfies the scenario.
    """
    started = time.perf_counter()
    study = load_study(path)
    asked = (study.coverage, study.consolidation)
    printer = None
    if any(part is not None and part.print for part in asked):
        printer = printing.find_browser()
    parts: dict[str, coverage_job.Measured | plan_job.Solved | plan_job.Compared] = {}
    if study.coverage is not None:
        parts["coverage"] = coverage_job.measure(study.coverage, reporter)
    if study.consolidation is not None:
        parts["consolidation"] = plan_job.solve(study.consolidation, reporter)
    answered = None
    if study.report:
        seen = report_coverage(study, parts.get("coverage"), reporter)
        planned, studied = report_plans(parts.get("consolidation"), reporter)
        answered = report_job.answer_all(seen, planned, study=studied, reporter=reporter)
    with (
        reporter.step("Pages and files"),
        output_folder(out, command="run", printer=printer) as folder,
    ):
        for name, part in {**parts, "report": answered}.items():
            if part is not None:
                (folder / name).mkdir()
                part.write(folder / name, started=started)
        made = record(study, path, parts.get("consolidation"), started=started)
        provenance.write(made, folder / "provenance.json")
    summaries = {name: part.summary(out / name) for name, part in parts.items()}
    if answered is not None:
        summaries["report"] = answered.summary(out / "report")
    last = list(summaries.values())[-1]
    # The report's findings hold those of the parts.
    told = summaries.values() if answered is None else (last,)
    return Summary(
        sentences=tuple(sentence for one in told for sentence in one.sentences),
        columns=last.columns,
        rows=last.rows,
        page=last.page,
        closing=f"All files are in {out}: {', '.join(summaries)}",
        figures={name: one.figures for name, one in summaries.items()},
    )


def report_coverage(study: Study, measured: object, reporter: Reporter) -> CoverageRun:
    """Return coverage of London's boroughs: the study's run, or one more where it is of others."""
    asked = study.coverage
    if asked is None:
        return report_job.boroughs_seen(None, reporter)
    if asked.areas is None and isinstance(measured, coverage_job.Measured):
        return measured.run
    of_boroughs = asked.model_copy(update={"areas": None, "before": None, "draws": 0})
    return coverage_job.measure(of_boroughs, reporter).run


def report_plans(solved: object, reporter: Reporter) -> tuple[ConsolidationRun, PlanStudy | None]:
    """Return the study's plans, and what was found of them; else those of the default scenario."""
    if isinstance(solved, plan_job.Solved):
        return solved.run, solved.study
    return run_consolidation(load_scenario(), reporter=reporter), None


def record(study: Study, path: Path, solved: object, *, started: float) -> dict[str, object]:
    """Return the record of a study: its file, and every file that it names."""
    named = {"study": path, **study.files}
    if study.consolidation is not None:
        boroughs = None
        if isinstance(solved, plan_job.Solved | plan_job.Compared) and not solved.run.london:
            boroughs = solved.run.boroughs
        for scenario in scenarios_of(study.consolidation, boroughs):
            named |= {f"{scenario.name}: {place}": each for place, each in scenario.files.items()}
    return provenance.record(
        "run",
        inputs=provenance.named_files(named),
        settings=study.model_dump(mode="json"),
        runtime_s=time.perf_counter() - started,
    )
