"""The verb ``report``: one document for those who decide, and its figures for slides."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from coverage_model.base import datasets
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, find_level
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.illustrative import illustrative_cameras
from maps.report import static, writers
from maps.report.content import Report, report
from maps.report.method_chapter import METHOD
from maps.report.sheets import Drawing
from maps.shell.page import PageContext
from optimisation.scenario import Scenario
from sharedview import __version__, pages, provenance, sentences
from sharedview import account as accounts
from sharedview.console import Reporter
from sharedview.jobs import coverage as coverage_job
from sharedview.jobs import plans as plan_job
from sharedview.outputs import output_folder, write_csv
from sharedview.pipeline import (
    ConsolidationRun,
    CoverageRun,
    run_consolidation,
    run_coverage,
)
from sharedview.questions.ask import Answer, Material
from sharedview.questions.registry import ASKS, load_scenario
from sharedview.reading import Reading
from sharedview.summary import Summary

TITLE = "CCTV coverage and control rooms in London"
MARKING = "OFFICIAL-SENSITIVE: holds numbers of cameras that are not rounded"


def make_report(
    *,
    scenario: Path | None,
    cameras: Path | None,
    reading: Reading,
    out: Path,
    reporter: Reporter,
) -> Summary:
    """Solve a scenario, measure coverage, and write the report with its figures.

    Parameters
    ----------
    scenario
        Scenario file; None for the embedded one.
    cameras
        Inventory for coverage and for the boroughs' numbers; None for illustrative cameras and
        published numbers.
    reading
        How the inventory is read.
    out
        Result folder.
    reporter
        Shows progress.

    Returns
    -------
    Summary

    Raises
    ------
    MissingExtraError
        If the extra ``report`` is not installed; nothing is written.
    """
    started = time.perf_counter()
    chosen = load_scenario(scenario)
    seen, planned = run_both(chosen, cameras=cameras, reading=reading, reporter=reporter)
    answered = answer_all(seen, planned, reporter=reporter)
    with reporter.step("Report and figures"), output_folder(out, command="report") as folder:
        answered.write(folder, started=started)
    return answered.summary(out)


@dataclass(frozen=True)
class Answered:
    """A report as a job leaves it.

    Parameters
    ----------
    material
        What every question drew on.
    answers
        What each said, in the order of the report.
    balance
        The account of the coverage run, which must balance.
    """

    material: Material
    answers: Mapping[str, Answer]
    balance: accounts.Account

    @property
    def report(self) -> Report:
        """The document."""
        return build(self.material, self.answers)

    def write(self, folder: Path, *, started: float) -> None:
        """Write the document, its figures, its tables and the provenance."""
        seen, planned, made = self.material.coverage, self.material.plans, self.report
        writers.save(made, folder)
        (folder / "figures").mkdir()
        for drawing in slides(seen, planned):
            drawing.save(folder / "figures")
        (folder / "tables").mkdir()
        for name, table in report_tables(made, self.answers).items():
            write_csv(table, folder / "tables" / f"{name}.csv")
        content = provenance.record(
            "report",
            inputs=provenance.named_files(
                planned.scenario.files,
                logs=(*seen.logs, *(log for each in self.answers.values() for log in each.logs)),
            ),
            settings={**coverage_job.coverage_settings(seen), **plan_job.plan_settings(planned)},
            notes=seen.all_notes,
            plans=plan_job.plan_records(planned),
            runtime_s=time.perf_counter() - started,
        )
        provenance.write(content, folder / "provenance.json")

    def summary(self, out: Path) -> Summary:
        """Say what was found, and where the files are."""
        seen, planned = self.material.coverage, self.material.plans
        findings = self.report.all_findings()
        return Summary(
            sentences=(
                *((each,) if isinstance(each, str) else each for each in findings),
                *accounts.told(seen, self.balance),
            ),
            columns=sentences.PLAN_COLUMNS,
            rows=sentences.plan_rows(planned),
            page=out / "report.html",
            closing=f"Also report.pdf, report.docx and figures in {out}",
            figures={
                "coverage": sentences.coverage_summary(seen),
                "account": self.balance.figures,
                "plans": planned.table.to_dict("records"),
            },
        )


def answer_all(
    seen: CoverageRun, planned: ConsolidationRun, *, reporter: Reporter | None = None
) -> Answered:
    """Put two runs to every question of the registry, in the order of the report."""
    balance = accounts.account(seen)
    material = Material(seen, planned, report_context(seen, planned))
    reporter = reporter or Reporter(quiet=True)
    answers: dict[str, Answer] = {}
    for ask in ASKS:
        with reporter.step(ask.title):
            answers[ask.key] = ask.answer(material)
    return Answered(material, answers, balance)


def run_both(
    scenario: Scenario, *, cameras: Path | None, reading: Reading | None = None, reporter: Reporter
) -> tuple[CoverageRun, ConsolidationRun]:
    """Measure coverage and solve the scenario, on an inventory or on illustrative cameras."""
    seen = boroughs_seen(cameras, reporter, reading=reading)
    counted = None if cameras is None else seen.cameras.frame
    return seen, run_consolidation(scenario, cameras=counted, reporter=reporter)


def boroughs_seen(
    cameras: Path | None, reporter: Reporter, *, reading: Reading | None = None
) -> CoverageRun:
    """Measure coverage of the boroughs, by an inventory or by illustrative cameras."""
    areas = datasets.boroughs("full")
    if cameras is None:
        with reporter.step("Illustrative camera inventory at the published borough counts"):
            inventory = illustrative_cameras()
    else:
        with reporter.step(f"Cameras from {cameras}"):
            said = (reading or Reading()).of("cameras")
            inventory = read_cameras(cameras, areas=areas, **said)
    level = find_level(DEFAULT_LEVEL)
    # No interval of coverage is shown here; `sharedview coverage` draws them.
    return run_coverage(inventory, areas=areas, level=level, draws=0, reporter=reporter)


def build(material: Material, answers: Mapping[str, Answer]) -> Report:
    """Return the report: a chapter for each answer, in their order."""
    seen, planned = material.coverage, material.plans
    return report(
        context=material.context,
        subtitle=f"Scenario “{planned.scenario.name}”, image quality “{seen.level.name}”.",
        findings=sentences.best_plan(planned),
        chapters=[
            dataclasses.replace(answer.chapter, findings=answer.findings)
            for answer in answers.values()
        ],
        method=METHOD,
        provenance=origin(seen, planned),
    )


def slides(seen: CoverageRun, planned: ConsolidationRun) -> tuple[Drawing, ...]:
    """Return the figures with titles, sources and marking of their own."""
    shapes, water = datasets.boroughs(pages.SHAPES), datasets.thames(pages.SHAPES)
    about = pages.plan_context(planned, planned.plans, "")
    views = dataclasses.replace(
        pages.coverage_context(seen, ""), marking=report_context(seen, planned).marking
    )
    plan, rest = planned.plan, [each for each in planned.references if len(each.rooms) > 1]
    beside = (planned.today, plan, *rest[-2:])
    common: dict[str, Any] = {"boroughs": planned.boroughs, "context": about, "water": water}
    return (
        static.plan_figure(areas=shapes, plan=plan, **common),
        static.side_by_side_figure(areas=shapes, plans=beside, **common),
        static.cost_figure(plans=planned.plans, context=about),
        static.ownership_figure(coverage=seen.coverage, context=views),
        static.coverage_figure(areas=shapes, coverage=seen.coverage, context=views, water=water),
    )


def report_context(
    seen: CoverageRun, planned: ConsolidationRun, *, title: str = TITLE
) -> PageContext:
    """Say what the report rests on: the data, assumptions and notices of both runs."""
    views = pages.coverage_context(seen, title)
    money = pages.plan_context(planned, planned.plans, title)
    return dataclasses.replace(
        views,
        marking=views.marking if views.illustrative else MARKING,
        sources=tuple(dict.fromkeys((*views.sources, *money.sources))),
        scenario=money.scenario,
        assumptions=(*money.assumptions, *views.assumptions),
        notices=(*views.notices, *money.notices),
    )


def origin(seen: CoverageRun, planned: ConsolidationRun) -> tuple[tuple[str, str], ...]:
    """Return what made the report: version, inputs, scenario and proof."""
    proof = planned.plan.report
    return (
        ("Program", f"Sharedview {__version__}"),
        *(
            (Path(log.path).name, f"SHA-256 {log.sha256[:16]}…, {log.cameras:,} read, {log.crs_in}")
            for log in seen.logs
        ),
        ("Image quality", f"{seen.level.name}, {seen.level.px_per_m:g} pixels a metre"),
        ("Scenario", f"{planned.scenario.name}, SHA-256 {planned.scenario.sha256[:16]}…"),
        ("Solver", f"{proof.solver} {proof.solver_version}".strip()),
        (
            "Proof of the best plan",
            f"{proof.status}; {proof.groups_considered:,} groups considered",
        ),
        ("Bound and cost", f"£{proof.bound_gbp:,.0f} and £{proof.objective_gbp:,.0f}"),
    )


def report_tables(made: Report, answers: Mapping[str, Answer]) -> dict[str, pd.DataFrame]:
    """Return every table that the report shows or quotes, by name.

    What an answer names comes first; a table that only the report makes (rooms with their letters,
    say) is taken as it is shown.
    """
    shown = {table.key: table.frame for chapter in made.chapters for table in chapter.tables}
    own = {name: table for answer in answers.values() for name, table in answer.tables.items()}
    return {
        **shown,
        **own,
        "quoted_figures": made.quotes(),
        "quoted_comparisons": made.comparisons(),
    }
