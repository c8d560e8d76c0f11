"""The verbs ``consolidate`` and ``compare``: solve, study, and put plans side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd

from maps.shell import nouns
from maps.shell.tables import PageLink
from maps.shell.wording import Sentence
from maps.trades import trades_frame
from optimisation import comparison, consolidation
from optimisation.scenario import Scenario
from optimisation.trades import parse_trade
from sharedview import (
    geopackage,
    headlines,
    layer_dress,
    pages,
    plan_files,
    printing,
    provenance,
    sentences,
    workbook,
)
from sharedview.console import Reporter
from sharedview.outputs import output_folder, write_csv, write_geopackage
from sharedview.pipeline import run_consolidation
from sharedview.plan_inputs import PlanInputs, read_land, read_plan_inputs
from sharedview.plan_study import PlanStudy, study_plans
from sharedview.runs import ConsolidationRun
from sharedview.settings import PlanSettings
from sharedview.study import scenarios_of
from sharedview.summary import Summary

# Maps that stand side by side on one page.
MOST_SHOWN = 4


def consolidate(settings: PlanSettings, *, out: Path, reporter: Reporter) -> Summary:
    """Solve a scenario, study it, and write plans and pages; or put several side by side.

    Parameters
    ----------
    settings
        Inputs and choices.
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
    printer = printing.find_browser() if settings.print else None
    solved = solve(settings, reporter)
    with (
        reporter.step("Pages and files"),
        output_folder(out, command="consolidate", printer=printer) as folder,
    ):
        solved.write(folder, started=started)
    return solved.summary(out)


@dataclass(frozen=True)
class Solved:
    """One scenario as a job leaves it.

    Parameters
    ----------
    run, study
        The best plan beside the reference plans, and all else that a decision needs.
    files
        Files that the settings and scenarios name.
    """

    run: ConsolidationRun
    study: PlanStudy | None
    files: Mapping[str, Path] = field(default_factory=dict)

    def write(self, folder: Path, *, started: float) -> None:
        """Write the tables, layers, pages and provenance."""
        write_consolidation(self.run, self.study, folder)
        write_plan_provenance("consolidate", self.run, folder, started, files=self.files)

    def summary(self, out: Path) -> Summary:
        """Say what was found, and where the files are."""
        return plan_summary(self.run, out, page=out / "consolidation.html", study=self.study)


@dataclass(frozen=True)
class Compared:
    """Several scenarios on the same data as a job leaves them.

    Parameters
    ----------
    run
        The plans of all scenarios, costed under the first one.
    solved
        What each costs under its own scenario, and which conditions of the others it breaks.
    files
        Files that the settings and scenarios name.
    """

    run: ConsolidationRun
    solved: comparison.ScenarioComparison
    files: Mapping[str, Path] = field(default_factory=dict)

    def write(self, folder: Path, *, started: float) -> None:
        """Write the tables, the page and the provenance."""
        write_csv(self.solved.measures, folder / "scenarios.csv")
        write_csv(self.solved.checks, folder / "scenario_checks.csv")
        write_plan_tables(self.run, folder)
        shown = (self.run.plan, *self.run.references)[:MOST_SHOWN]
        pages.comparison(self.run, shown).save(folder / "comparison.html")
        write_plan_provenance("consolidate", self.run, folder, started, files=self.files)

    def summary(self, out: Path) -> Summary:
        """Say what was found, and where the files are."""
        return Summary(
            sentences=in_words(
                (*sentences.scenarios(self.solved), *sentences.places(self.run)), self.run
            ),
            columns=sentences.SCENARIO_COLUMNS,
            rows=sentences.scenario_rows(self.solved),
            page=out / "comparison.html",
            closing=f"All files are in {out}",
            figures={"scenarios": self.solved.measures.to_dict("records")},
        )


def solve(settings: PlanSettings, reporter: Reporter) -> Solved | Compared:
    """Read what the settings name; solve and study one scenario, or compare several."""
    (first, *others), inputs = read_settings(settings, reporter)
    scenarios = (first, *others)
    files = settings.files()
    for scenario in scenarios:
        files |= {f"{scenario.name}: {place}": path for place, path in scenario.files.items()}
    if others:
        return replace(side_by_side(scenarios, inputs, reporter), files=files)
    for each in settings.trade:
        parse_trade(each)  # what is no trade is said before the work
    run = run_consolidation(first, inputs=inputs, reporter=reporter)
    study = study_plans(
        run,
        draws=settings.draws,
        within=settings.within,
        seed=settings.seed,
        trade=settings.trade,
        service=settings.service,
        reporter=reporter,
    )
    return Solved(run, study, files)


def read_settings(
    settings: PlanSettings, reporter: Reporter
) -> tuple[tuple[Scenario, ...], PlanInputs]:
    """Read the territory, the scenarios on it, and every other input that the settings name."""
    land = read_land(settings, reporter)
    scenarios = scenarios_of(settings, None if land is None else land.boroughs)
    inputs = read_plan_inputs(
        cameras=settings.cameras,
        land=land,
        sites=settings.sites,
        roads=settings.roads,
        evidence=scenarios[0].evidence,
        reading=settings,
        reporter=reporter,
    )
    return scenarios, inputs


def side_by_side(scenarios: Sequence[Scenario], inputs: PlanInputs, reporter: Reporter) -> Compared:
    """Solve several scenarios on the same data; the page costs every plan under the first one."""
    boroughs, first = inputs.boroughs, scenarios[0]
    with reporter.step(f"{len(scenarios)} scenarios on the same data"):
        solved = comparison.compare_scenarios(boroughs, scenarios)
        today = next(
            plan
            for plan in consolidation.reference_plans(boroughs, first)
            if plan.plan_id == "today"
        )
        plans = tuple(
            consolidation.cost_plan(
                boroughs,
                first,
                {room.site_code: room.members for room in plan.rooms},
                plan_id=scenario.name,
                label=scenario.name,
            )
            for scenario, plan in zip(scenarios, solved.plans, strict=True)
        )
    run = ConsolidationRun(
        scenario=first,
        boroughs=boroughs,
        plan=plans[0],
        today=today,
        references=plans[1:],
        inputs=inputs,
    )
    return Compared(run, solved)


def compare(
    plans: Sequence[str], settings: PlanSettings, *, out: Path, reporter: Reporter
) -> Summary:
    """Cost two to four named plans under one scenario and put them side by side."""
    started = time.perf_counter()
    (chosen, *_), inputs = read_settings(settings, reporter)
    run = run_consolidation(chosen, inputs=inputs, reporter=reporter)
    picked = plan_files.pick(plans, run)
    shown = replace(
        run,
        plan=picked[0],
        references=tuple(plan for plan in picked[1:] if plan.plan_id != "today"),
    )
    with reporter.step("Pages and files"), output_folder(out, command="compare") as folder:
        write_plan_tables(shown, folder)
        pages.comparison(shown, picked).save(folder / "comparison.html")
        write_plan_provenance("compare", shown, folder, started)
    return plan_summary(shown, out, page=out / "comparison.html")


def write_plan_tables(run: ConsolidationRun, folder: Path) -> None:
    """Write the tables of a consolidation run: a CSV file each, and together as a workbook."""
    tables = headlines.plan_tables(run)
    for name, table in tables.items():
        write_csv(table, folder / f"{name}.csv")
    workbook.write_workbook(tables, folder / "plans.xlsx")


def write_consolidation(
    run: ConsolidationRun,
    study: PlanStudy | None,
    folder: Path,
    *,
    written: Sequence[PageLink] = pages.PLAN_PAGES,
    home: bool = False,
) -> None:
    """Write the tables, layers and pages of a consolidation run.

    Parameters
    ----------
    run, study, folder
        What, and where to.
    written
        All pages that are written there, to link them.
    home
        Whether a page of pages is among them.
    """

    def links(name: str) -> tuple[PageLink, ...]:
        return pages.beside(written, name, home=home)

    write_plan_tables(run, folder)
    write_geopackage(plan_layers(run), folder / "consolidation.gpkg")
    dresses, views = layer_dress.plan_layers(run)
    geopackage.dress(folder / "consolidation.gpkg", dresses, views=views)
    made = pages.consolidation(run, study, links=links("consolidation.html"))
    made.save(folder / "consolidation.html")
    made = pages.comparison(run, (run.today, run.plan), links=links("comparison.html"))
    made.save(folder / "comparison.html")
    made = pages.workshop(run, study, links=links("workshop.html"))
    made.save(folder / "workshop.html")
    if study is not None:
        write_study(study, folder)


def write_study(study: PlanStudy, folder: Path) -> None:
    """Write what else was found out about a scenario, a table each."""
    write_csv(study.frontier.frame(), folder / "frontier.csv")
    write_csv(study.near.frame(), folder / "alternatives.csv")
    write_csv(study.near.pairing(), folder / "pairing.csv")
    write_csv(study.prices, folder / "constraint_prices.csv")
    write_csv(study.tornado, folder / "tornado.csv")
    write_csv(study.sharing.charges, folder / "sharing.csv")
    write_csv(study.sharing.blocking, folder / "blocking_groups.csv")
    write_csv(study.phasing.waves, folder / "phasing.csv")
    write_csv(study.phasing.cash_flow, folder / "cash_flow.csv")
    if study.service is not None and study.service.trade.points:
        write_csv(study.service.frame(), folder / "service.csv")
    if any(each.points for each in study.trades):
        write_csv(trades_frame(study.trades), folder / "trade.csv")
    if study.robustness is not None:
        write_csv(study.robustness.regret, folder / "regret.csv")
    if study.outlook is not None:
        write_csv(study.outlook.edges, folder / "room_edges.csv")
        write_csv(study.outlook.finding_out.quantities, folder / "finding_out.csv")
    if study.failover is not None:
        write_csv(study.failover.failover, folder / "failover.csv")


def plan_layers(run: ConsolidationRun) -> dict[str, gpd.GeoDataFrame]:
    """Return the assignments and rooms as layers on the borough boundaries."""
    shapes = run.shapes("full")[["area_code", "geometry"]]
    shapes = shapes.rename(columns={"area_code": "borough_code"})
    assigned = comparison.assignment_table(run.plans, boroughs=run.boroughs)
    sites = run.boroughs[["borough", "site_x_m", "site_y_m", "site_basis"]]
    rooms = comparison.room_table(run.plans, names=run.boroughs["borough"]).merge(
        sites, left_on="room_code", right_index=True
    )
    points = gpd.points_from_xy(rooms["site_x_m"], rooms["site_y_m"], crs=shapes.crs)
    return {
        "assignments": gpd.GeoDataFrame(shapes.merge(assigned, on="borough_code")),
        "rooms": gpd.GeoDataFrame(rooms.drop(columns=["site_x_m", "site_y_m"]), geometry=points),
    }


def plan_settings(run: ConsolidationRun) -> dict[str, Any]:
    """Return the choices that shaped a consolidation run."""
    roads = None if run.inputs is None else run.inputs.roads
    return {
        "distances": "straight lines x detour_factor" if roads is None else "by road",
        "roads_file": None if roads is None else roads.log.path,
        "site_basis": run.boroughs["site_basis"].to_dict(),
        "scenario": run.scenario.name,
        "scenario_sha256": run.scenario.sha256,
        "scenario_content": run.scenario.content(),
    }


def plan_records(run: ConsolidationRun) -> list[dict[str, Any]]:
    """Return each plan's id with its proof."""
    return [
        {
            "plan_id": plan.plan_id,
            "gap_share": plan.report.gap_share,
            "report": plan.report,
            "notes": plan.notes,
        }
        for plan in run.plans
    ]


def write_plan_provenance(
    command: str,
    run: ConsolidationRun,
    folder: Path,
    started: float,
    *,
    files: Mapping[str, Path] | None = None,
) -> None:
    """Write the provenance of a verb that made plans."""
    content = provenance.record(
        command,
        inputs=provenance.named_files(
            files or run.scenario.files,
            logs=() if run.inputs is None else run.inputs.logs,
        ),
        settings=plan_settings(run),
        notes=() if run.inputs is None else run.inputs.notes,
        plans=plan_records(run),
        runtime_s=time.perf_counter() - started,
    )
    provenance.write(content, folder / "provenance.json")


def words(run: ConsolidationRun) -> Callable[[str], str]:
    """Return what calls the areas of another territory than London areas."""
    return str if run.london else nouns.worded(run.boroughs["borough"])


def in_words(told: tuple[Sentence, ...], run: ConsolidationRun) -> tuple[Sentence, ...]:
    """Say sentences in the words of the run's territory."""
    return told if run.london else tuple(nouns.sentence(each, words(run)) for each in told)


def plan_summary(
    run: ConsolidationRun, out: Path, *, page: Path, study: PlanStudy | None = None
) -> Summary:
    """Summarise a verb that made plans."""
    further = () if study is None else sentences.study(run, study)
    told = (*sentences.consolidation(run), *sentences.places(run), *further)
    return Summary(
        sentences=in_words(told, run),
        columns=sentences.PLAN_COLUMNS,
        rows=tuple(tuple(map(words(run), row)) for row in sentences.plan_rows(run)),
        page=page,
        closing=f"All files are in {out}",
        figures={"plans": run.table.to_dict("records")},
    )
