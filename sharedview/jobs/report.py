"""The verb ``report``: one document for those who decide, and its figures for slides."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.notes import ReadLog
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, find_level
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.demand import read_demand
from coverage_model.reading.illustrative import illustrative_cameras
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.streets import read_streets
from maps.report import static, writers
from maps.report.content import FirstPage, Report, report
from maps.report.method_chapter import METHOD
from maps.report.sheets import Drawing
from maps.shell.page import PageContext
from optimisation.scenario import Scenario
from sharedview import __version__, pages, provenance, sentences
from sharedview import account as accounts
from sharedview.annexes import dpia
from sharedview.console import Reporter
from sharedview.decision.decide import Decision, decide
from sharedview.decision.pages import first_pages
from sharedview.jobs import coverage as coverage_job
from sharedview.jobs import plans as plan_job
from sharedview.outputs import output_folder, write_csv
from sharedview.pipeline import run_consolidation, run_coverage
from sharedview.plan_inputs import read_plan_inputs
from sharedview.plan_study import PlanStudy
from sharedview.questions.ask import Answer, Material
from sharedview.questions.registry import ASKED, ASKS, load_scenario
from sharedview.reading import Reading
from sharedview.runs import ConsolidationRun, CoverageRun
from sharedview.summary import Summary

TITLE = "CCTV coverage and control rooms in London"
# Question, its table of key figures, the figure, and the sign that makes it a saving.
OTHERS = (
    ("procurement", "procurement_figures", "saving_npv_gbp", 1.0),
    ("technology", "technology_figures", "most_saving", -1.0),
)
ANNEXES = ("dpia",)
"""Annexes that a report has only where they are asked for."""
MARKING = "OFFICIAL-SENSITIVE: holds numbers of cameras that are not rounded"


def make_report(
    *,
    scenario: Path | None,
    cameras: Path | None,
    reading: Reading,
    out: Path,
    reporter: Reporter,
    brief: bool = False,
    annexes: Sequence[str] = (),
    layers: Layers | None = None,
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
    brief
        Whether to write the first pages alone.
    annexes
        Annexes that are added, of :data:`ANNEXES`; not to the first pages alone.
    layers
        Buildings, streets, points, sites and roads; none by default.

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
    seen, planned = run_both(
        chosen, cameras=cameras, reading=reading, reporter=reporter, layers=layers
    )
    answered = answer_all(seen, planned, reporter=reporter, brief=brief, annexes=annexes)
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
    decision
        What the first pages are about.
    brief
        Whether the document holds the first pages alone.
    annexes
        Annexes that are added, of :data:`ANNEXES`.
    """

    material: Material
    answers: Mapping[str, Answer]
    balance: accounts.Account
    decision: Decision
    brief: bool = False
    annexes: tuple[str, ...] = ()

    @cached_property
    def budgets(self) -> pd.DataFrame:
        """The savings of all chapters by whose budget they fall on."""
        return self.decision.budgets(savings_of_others(self.answers))

    @cached_property
    def pages(self) -> tuple[FirstPage, ...]:
        """The first pages."""
        return first_pages(self.decision, self.material, self.answers, self.budgets)

    @cached_property
    def added(self) -> dict[str, pd.DataFrame]:
        """The tables of the annexes that are added."""
        if "dpia" not in self.annexes:
            return {}
        return dpia.dpia_tables(self.material.coverage, self.material.plans, self.answers)

    @cached_property
    def report(self) -> Report:
        """The document."""
        return build(self)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table that the document shows or quotes, by name."""
        return report_tables(self)

    def write(self, folder: Path, *, started: float) -> None:
        """Write the document, its figures, its tables and the provenance."""
        seen, planned, made = self.material.coverage, self.material.plans, self.report
        writers.save(made, folder, name="brief" if self.brief else "report")
        if not self.brief:
            (folder / "figures").mkdir()
            for drawing in slides(seen, planned):
                drawing.save(folder / "figures")
        (folder / "tables").mkdir()
        for name, table in self.tables.items():
            write_csv(table, folder / "tables" / f"{name}.csv")
        content = provenance.record(
            "report",
            inputs=provenance.named_files(
                planned.scenario.files,
                logs=(
                    *seen.logs,
                    *place_logs(planned),
                    *(log for each in self.answers.values() for log in each.logs),
                ),
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
        # The answer and the asks; the rest is on the pages.
        said = (*self.pages[0].sentences[1:], *self.pages[-1].sentences)
        name = "brief" if self.brief else "report"
        also = "" if self.brief else " and figures"
        return Summary(
            sentences=(
                *((each,) if isinstance(each, str) else each for each in said),
                *accounts.told(seen, self.balance),
            ),
            columns=sentences.PLAN_COLUMNS,
            rows=sentences.plan_rows(planned),
            page=out / f"{name}.html",
            closing=f"Also {name}.pdf, {name}.docx{also} in {out}",
            figures={
                "coverage": sentences.coverage_summary(seen),
                "account": self.balance.figures,
                "plans": planned.table.to_dict("records"),
            },
        )


def place_logs(planned: ConsolidationRun) -> tuple[ReadLog, ...]:
    """Return how sites and roads were read, where any were given."""
    inputs = planned.inputs
    parts = () if inputs is None else (inputs.sites, inputs.roads)
    return tuple(part.log for part in parts if part is not None)


def answer_all(
    seen: CoverageRun,
    planned: ConsolidationRun,
    *,
    study: PlanStudy | None = None,
    reporter: Reporter | None = None,
    brief: bool = False,
    annexes: Sequence[str] = (),
) -> Answered:
    """Put two runs to every question of the registry, in the order of the report.

    A study of the plans that was made before is not worked out again for the decision.
    """
    balance = accounts.account(seen)
    material = Material(seen, planned, report_context(seen, planned))
    reporter = reporter or Reporter(quiet=True)
    answers: dict[str, Answer] = {}
    for ask in ASKS:
        with reporter.step(ask.title):
            answers[ask.key] = ask.answer(material)
    with reporter.step("What to decide"):
        made = decide(planned, study=study)
    return Answered(material, answers, balance, made, brief, tuple(annexes))


def savings_of_others(answers: Mapping[str, Answer]) -> dict[str, pd.Series]:
    """Return the savings of the other chapters over the horizon, where they have any."""
    found: dict[str, pd.Series] = {}
    for name, table, figure, sign in OTHERS:
        frame = answers[name].tables[table].set_index("figure") if name in answers else None
        if frame is not None and figure in frame.index:
            row = frame.loc[figure].copy()
            ends = sorted((sign * row["low"], sign * row["high"]))
            row["value"], row["low"], row["high"] = sign * row["value"], *ends
            found["framework" if name == "procurement" else name] = row
    return found


@dataclass(frozen=True)
class Layers:
    """What a report may be given beside cameras; each means what it means to the other verbs.

    Parameters
    ----------
    buildings, streets, demand, weight
        As for ``sharedview coverage``.
    sites, roads
        As for ``sharedview consolidate``.
    """

    buildings: Path | None = None
    streets: Path | None = None
    demand: Path | None = None
    weight: str | None = None
    sites: Path | None = None
    roads: Path | None = None


def run_both(
    scenario: Scenario,
    *,
    cameras: Path | None,
    reading: Reading | None = None,
    reporter: Reporter,
    layers: Layers | None = None,
) -> tuple[CoverageRun, ConsolidationRun]:
    """Measure coverage and solve the scenario, on an inventory or on illustrative cameras."""
    given = layers or Layers()
    seen = boroughs_seen(cameras, reporter, reading=reading, layers=given)
    if given.sites is None and given.roads is None:
        counted = None if cameras is None else seen.cameras.frame
        return seen, run_consolidation(scenario, cameras=counted, reporter=reporter)
    inputs = read_plan_inputs(
        cameras=cameras,
        sites=given.sites,
        roads=given.roads,
        evidence=scenario.evidence,
        reading=reading,
        reporter=reporter,
    )
    return seen, run_consolidation(scenario, inputs=inputs, reporter=reporter)


def boroughs_seen(
    cameras: Path | None,
    reporter: Reporter,
    *,
    reading: Reading | None = None,
    layers: Layers | None = None,
) -> CoverageRun:
    """Measure coverage of the boroughs, by an inventory or by illustrative cameras."""
    given, said = layers or Layers(), reading or Reading()
    areas = datasets.boroughs("full")
    if cameras is None:
        with reporter.step("Illustrative camera inventory at the published borough counts"):
            inventory = illustrative_cameras()
    else:
        with reporter.step(f"Cameras from {cameras}"):
            inventory = read_cameras(cameras, areas=areas, **said.of("cameras"))
    footprints = points = network = None
    if given.buildings is not None:
        with reporter.step(f"Buildings from {given.buildings}"):
            footprints = read_obstacles(given.buildings, **said.of("buildings"))
    if given.demand is not None:
        with reporter.step(f"Demand points from {given.demand}"):
            points = read_demand(given.demand, weight_column=given.weight, **said.of("demand"))
    if given.streets is not None:
        with reporter.step(f"Streets from {given.streets}"):
            network = read_streets(given.streets, **said.of("streets"))
    return run_coverage(
        inventory,
        areas=areas,
        level=find_level(DEFAULT_LEVEL),
        obstacles=footprints,
        demand=points,
        streets=network,
        # No interval of coverage is shown here; `sharedview coverage` draws them.
        draws=0,
        reporter=reporter,
    )


def build(answered: Answered) -> Report:
    """Return the report: the first pages, and a chapter for each answer, in their order."""
    seen, planned = answered.material.coverage, answered.material.plans
    numbered = {ask.key: ASKED.get(ask.asked, "") for ask in ASKS}
    # Questions beside the seven asks come last.
    place = {ask.key: ask.asked or len(ASKED) + 1 for ask in ASKS}
    chapters = [
        dataclasses.replace(answer.chapter, findings=answer.findings, group=numbered[key])
        for key, answer in sorted(answered.answers.items(), key=lambda each: place[each[0]])
    ]
    if answered.added:
        chapters.append(dpia.dpia_chapter(answered.added))
    return report(
        context=answered.material.context,
        subtitle=f"Scenario “{planned.scenario.name}”, image quality “{seen.level.name}”.",
        pages=answered.pages,
        chapters=() if answered.brief else chapters,
        method=() if answered.brief else METHOD,
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
        static.side_by_side_figure(areas=shapes, plans=beside, first=plan, **common),
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
            (
                Path(log.path).name,
                f"SHA-256 {log.sha256[:16]}…, {log.items_read:,} read, {log.crs_in}",
            )
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


def report_tables(answered: Answered) -> dict[str, pd.DataFrame]:
    """Return every table that the report shows or quotes, by name.

    What a question or the decision names comes first; a table that only the report makes (rooms
    with their letters, say) is taken as it is shown.
    """
    made = answered.report
    shown = {table.key: table.frame for table in made.tables()}
    own = {name: table for each in answered.answers.values() for name, table in each.tables.items()}
    return {
        **shown,
        **own,
        **answered.decision.tables(answered.budgets),
        **answered.added,
        "quoted_figures": made.quotes(),
        "quoted_comparisons": made.comparisons(),
    }
