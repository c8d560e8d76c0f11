"""The verbs ``consolidate`` and ``compare``: solve, study, and put plans side by side."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd

from coverage_model.base import datasets
from coverage_model.base.crs import WORKING_CRS
from optimisation import comparison, consolidation
from optimisation.scenario import Scenario
from sharedview import headlines, pages, plan_files, provenance, sentences
from sharedview.console import Reporter
from sharedview.outputs import output_folder, write_csv, write_geopackage
from sharedview.pipeline import (
    ConsolidationRun,
    run_consolidation,
)
from sharedview.plan_inputs import PlanInputs, read_plan_inputs
from sharedview.plan_study import PlanStudy, study_plans
from sharedview.questions.registry import load_scenario
from sharedview.summary import Summary

# Maps that stand side by side on one page.
MOST_SHOWN = 4


def consolidate(
    *,
    scenario: Sequence[Path],
    cameras: Path | None,
    sites: Path | None,
    roads: Path | None,
    draws: int,
    within: float,
    seed: int,
    out: Path,
    reporter: Reporter,
) -> Summary:
    """Solve a scenario, study it, and write plans and pages; or put several side by side."""
    started = time.perf_counter()
    chosen = [load_scenario(path) for path in scenario] or [load_scenario()]
    inputs = read_plan_inputs(
        cameras=cameras,
        sites=sites,
        roads=roads,
        evidence=chosen[0].evidence,
        reporter=reporter,
    )
    if len(chosen) > 1:
        return side_by_side(chosen, inputs, out, reporter)
    run = run_consolidation(chosen[0], inputs=inputs, reporter=reporter)
    study = study_plans(run, draws=draws, within=within, seed=seed, reporter=reporter)
    with reporter.step("Pages and files"), output_folder(out, command="consolidate") as folder:
        write_consolidation(run, study, folder)
        write_plan_provenance("consolidate", run, folder, started)
    return plan_summary(run, out, page=out / "consolidation.html", study=study)


def side_by_side(
    scenarios: Sequence[Scenario], inputs: PlanInputs, out: Path, reporter: Reporter
) -> Summary:
    """Solve several scenarios on the same data; the page costs every plan under the first one."""
    started = time.perf_counter()
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
    with reporter.step("Pages and files"), output_folder(out, command="consolidate") as folder:
        write_csv(solved.measures, folder / "scenarios.csv")
        write_csv(solved.checks, folder / "scenario_checks.csv")
        write_plan_tables(run, folder)
        pages.comparison(run, plans[:MOST_SHOWN]).save(folder / "comparison.html")
        write_plan_provenance("consolidate", run, folder, started)
    return Summary(
        sentences=(*sentences.scenarios(solved), *sentences.places(run)),
        columns=sentences.SCENARIO_COLUMNS,
        rows=sentences.scenario_rows(solved),
        page=out / "comparison.html",
        closing=f"All files are in {out}",
        figures={"scenarios": solved.measures.to_dict("records")},
    )


def compare(
    plans: Sequence[str],
    *,
    scenario: Path | None,
    sites: Path | None,
    roads: Path | None,
    out: Path,
    reporter: Reporter,
) -> Summary:
    """Cost two to four named plans under one scenario and put them side by side."""
    started = time.perf_counter()
    chosen = load_scenario(scenario)
    inputs = read_plan_inputs(sites=sites, roads=roads, evidence=chosen.evidence, reporter=reporter)
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
    """Write the tables of a consolidation run."""
    for name, table in headlines.plan_tables(run).items():
        write_csv(table, folder / f"{name}.csv")


def write_consolidation(run: ConsolidationRun, study: PlanStudy | None, folder: Path) -> None:
    """Write the tables, layers and pages of a consolidation run."""
    write_plan_tables(run, folder)
    write_geopackage(plan_layers(run), folder / "consolidation.gpkg")
    pages.consolidation(run, study).save(folder / "consolidation.html")
    pages.comparison(run, (run.today, run.plan)).save(folder / "comparison.html")
    if study is not None:
        write_study(study, folder)
        pages.explorer(run, study).save(folder / "explorer.html")


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
    if study.robustness is not None:
        write_csv(study.robustness.regret, folder / "regret.csv")
    if study.failover is not None:
        write_csv(study.failover.failover, folder / "failover.csv")


def plan_layers(run: ConsolidationRun) -> dict[str, gpd.GeoDataFrame]:
    """Return the assignments and rooms as layers on the borough boundaries."""
    shapes = datasets.boroughs("full")[["borough_code", "geometry"]]
    assigned = comparison.assignment_table(run.plans, boroughs=run.boroughs)
    sites = run.boroughs[["borough", "site_x_m", "site_y_m", "site_basis"]]
    rooms = comparison.room_table(run.plans, names=run.boroughs["borough"]).merge(
        sites, left_on="room_code", right_index=True
    )
    points = gpd.points_from_xy(rooms["site_x_m"], rooms["site_y_m"], crs=WORKING_CRS)
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
    command: str, run: ConsolidationRun, folder: Path, started: float
) -> None:
    """Write the provenance of a verb that made plans."""
    content = provenance.record(
        command,
        inputs=() if run.inputs is None else run.inputs.logs,
        settings=plan_settings(run),
        notes=() if run.inputs is None else run.inputs.notes,
        plans=plan_records(run),
        runtime_s=time.perf_counter() - started,
    )
    provenance.write(content, folder / "provenance.json")


def plan_summary(
    run: ConsolidationRun, out: Path, *, page: Path, study: PlanStudy | None = None
) -> Summary:
    """Summarise a verb that made plans."""
    further = () if study is None else sentences.study(run, study)
    return Summary(
        sentences=(*sentences.consolidation(run), *sentences.places(run), *further),
        columns=sentences.PLAN_COLUMNS,
        rows=sentences.plan_rows(run),
        page=page,
        closing=f"All files are in {out}",
        figures={"plans": run.table.to_dict("records")},
    )
