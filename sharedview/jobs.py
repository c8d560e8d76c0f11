"""The verbs of the command line as functions: read, run, write, and say what came out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd

from coverage_model import datasets
from coverage_model.areas import read_area_layer
from coverage_model.cameras import Cameras, read_cameras
from coverage_model.crs import WORKING_CRS, parse_crs
from coverage_model.demand import read_demand
from coverage_model.errors import Faults
from coverage_model.obstacles import read_obstacles
from coverage_model.optics import DEFAULT_LEVEL, DEFAULT_LEVEL_TABLE, DistanceForm, Level, levels
from coverage_model.streets import read_streets
from maps import wording
from maps.wording import Sentence
from optimisation import comparison, consolidation, territory
from optimisation.scenario import Scenario, load_scenario
from sharedview import pages, plan_files, provenance, publication, sentences, starter
from sharedview.console import Reporter
from sharedview.outputs import output_folder, write_csv, write_geopackage
from sharedview.pipeline import (
    ConsolidationRun,
    CoverageRun,
    extent_area,
    illustrative_inventory,
    run_consolidation,
    run_coverage,
)
from sharedview.plan_study import PlanStudy, study_plans
from sharedview.publication import Audience

# Enough draws for an interval in the demo; a study uses the default of `coverage`.
DEMO_DRAWS = 20
DEMO_COST_DRAWS = 100
# Maps that stand side by side on one page.
MOST_SHOWN = 4


@dataclass(frozen=True)
class Summary:
    """What a verb says when it is done.

    Parameters
    ----------
    sentences
        The findings, in plain words.
    columns, rows
        A short table.
    page
        The page to open first, if there is one.
    closing
        The last line: where the files are.
    figures
        The same findings for machines.
    """

    sentences: tuple[Sentence, ...]
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    page: Path | None = None
    closing: str = "Done"
    figures: dict[str, Any] = field(default_factory=dict)

    def as_json(self, runtime_s: float) -> dict[str, Any]:
        """Return the summary as a mapping for JSON."""
        return provenance.plain(
            {
                "sentences": [wording.plain(sentence) for sentence in self.sentences],
                "page": self.page,
                "runtime_s": round(runtime_s, 2),
                **self.figures,
            }
        )


def demo(
    out: Path,
    *,
    seed: int,
    private_per_public: float | None,
    reporter: Reporter,
    audience: Audience = "restricted",
) -> Summary:
    """Run coverage and consolidation on the embedded data and write all pages."""
    started = time.perf_counter()
    public = audience == "public"
    if public:
        names = (*publication.FILES, *publication.PLAN_FILES)
        publication.refuse_other_files(out, allowed=names)
    with reporter.step("Illustrative camera inventory at the published borough counts"):
        cameras = illustrative_inventory(seed=seed, private_per_public=private_per_public)
    areas = datasets.boroughs("full")
    coverage_run = run_coverage(
        cameras,
        areas=areas,
        level=find_level(DEFAULT_LEVEL, DEFAULT_LEVEL_TABLE),
        draws=DEMO_DRAWS,
        seed=seed,
        reporter=reporter,
    )
    plans_run = run_consolidation(load_scenario(), reporter=reporter)
    study = study_plans(plans_run, draws=DEMO_COST_DRAWS, seed=seed, reporter=reporter)
    with reporter.step("Pages and files"), output_folder(out) as folder:
        write_consolidation(plans_run, study, folder)
        if public:
            shown = publication.write(coverage_run, folder)
            seen = publication.sentences(coverage_run, shown)
            coverage_figures = publication.figures(shown)
            content = publication.record("demo", coverage_run, shown)
            content["settings"] |= provenance.plain(plan_settings(plans_run))
            content["plans"] = provenance.plain(plan_records(plans_run))
        else:
            write_coverage(coverage_run, folder)
            seen = sentences.coverage(coverage_run)
            coverage_figures = sentences.coverage_figures(coverage_run)
            content = provenance.record(
                "demo",
                inputs=[cameras.log],
                settings={
                    "seed": seed,
                    **coverage_settings(coverage_run),
                    **plan_settings(plans_run),
                },
                notes=coverage_run.all_notes,
                plans=plan_records(plans_run),
                runtime_s=time.perf_counter() - started,
            )
        planned = sentences.consolidation(plans_run)
        findings = (*seen, *planned, *sentences.study(plans_run, study))
        if public:
            first = publication.index(coverage_run, plans_run, sentences=findings)
        else:
            first = pages.index(coverage_run, plans_run, sentences=findings)
        first.save(folder / "index.html")
        provenance.write(content, folder / "provenance.json")
    return Summary(
        sentences=findings,
        columns=sentences.PLAN_COLUMNS,
        rows=sentences.plan_rows(plans_run),
        page=out / "index.html",
        closing=f"All files are in {out}",
        figures={
            "coverage": coverage_figures,
            "plans": plans_run.table.to_dict("records"),
        },
    )


def coverage(
    *,
    cameras: Path,
    buildings: Path | None,
    areas: Path | None,
    demand: Path | None,
    weight: str | None,
    streets: Path | None,
    level: str,
    levels_table: str,
    draws: int,
    seed: int,
    dori_form: DistanceForm,
    crs: str,
    profile: Path | None,
    layer: str | None,
    out: Path,
    reporter: Reporter,
    audience: Audience = "restricted",
) -> Summary:
    """Read cameras, work out what they see, and write frames and pages."""
    started = time.perf_counter()
    working = parse_crs(crs).to_string()
    if audience == "public":
        publication.refuse_extent(areas, working=working)
        publication.refuse_other_files(out)
    chosen = find_level(level, levels_table)
    polygons = area_log = None
    if areas is not None:
        area_layer = read_area_layer(areas, crs=working)
        polygons, area_log = area_layer.frame, area_layer.log
    elif working == WORKING_CRS:
        polygons = datasets.boroughs("full")
    with reporter.step(f"Cameras from {cameras}"):
        inventory = read_cameras(cameras, crs=working, areas=polygons, profile=profile, layer=layer)
    if polygons is None:
        polygons = extent_area(inventory.frame)
    footprints = points = network = None
    if buildings is not None:
        with reporter.step(f"Buildings from {buildings}"):
            footprints = read_obstacles(buildings, crs=working)
    if demand is not None:
        with reporter.step(f"Demand points from {demand}"):
            points = read_demand(demand, crs=working, weight_column=weight)
    if streets is not None:
        with reporter.step(f"Streets from {streets}"):
            network = read_streets(streets, crs=working)
    run = run_coverage(
        inventory,
        areas=polygons,
        area_log=area_log,
        level=chosen,
        obstacles=footprints,
        demand=points,
        streets=network,
        levels_table=levels_table,
        draws=draws,
        seed=seed,
        form=dori_form,
        reporter=reporter,
    )
    for note in run.all_notes:
        reporter.note(f"{note.message}: {note.count:,}")
    if audience == "public":
        return publish(run, out, reporter)
    with reporter.step("Pages and files"), output_folder(out) as folder:
        write_coverage(run, folder)
        provenance.write(
            provenance.record(
                "coverage",
                inputs=run.logs,
                settings=coverage_settings(run) | {"dori_form": dori_form, "seed": seed},
                notes=run.all_notes,
                runtime_s=time.perf_counter() - started,
            ),
            folder / "provenance.json",
        )
    return Summary(
        sentences=sentences.coverage(run),
        columns=sentences.AREA_COLUMNS,
        rows=sentences.area_rows(run),
        page=out / "coverage.html",
        closing=f"All files are in {out}",
        figures={"coverage": sentences.coverage_figures(run)},
    )


def publish(run: CoverageRun, out: Path, reporter: Reporter) -> Summary:
    """Write what may be published of a coverage run, and nothing else."""
    with reporter.step("Page and table for the public"), output_folder(out) as folder:
        shown = publication.write(run, folder)
        provenance.write(publication.record("coverage", run, shown), folder / "provenance.json")
    return Summary(
        sentences=publication.sentences(run, shown),
        columns=publication.COLUMNS,
        rows=publication.rows(shown),
        page=out / "coverage.html",
        closing=f"All files are in {out}",
        figures={"coverage": publication.figures(shown)},
    )


def consolidate(
    *,
    scenario: Sequence[Path],
    cameras: Path | None,
    draws: int,
    within: float,
    seed: int,
    out: Path,
    reporter: Reporter,
) -> Summary:
    """Solve a scenario, study it, and write plans and pages; or put several side by side."""
    started = time.perf_counter()
    chosen = [load_scenario(path) for path in scenario] or [load_scenario()]
    inventory = counted_cameras(cameras, reporter)
    counted = None if inventory is None else inventory.frame
    if len(chosen) > 1:
        return side_by_side(chosen, inventory, out, reporter)
    run = run_consolidation(chosen[0], cameras=counted, reporter=reporter)
    study = study_plans(run, draws=draws, within=within, seed=seed, reporter=reporter)
    with reporter.step("Pages and files"), output_folder(out) as folder:
        write_consolidation(run, study, folder)
        write_plan_provenance("consolidate", run, inventory, folder, started)
    return plan_summary(run, out, page=out / "consolidation.html", study=study)


def side_by_side(
    scenarios: Sequence[Scenario], inventory: Cameras | None, out: Path, reporter: Reporter
) -> Summary:
    """Solve several scenarios on the same data; the page costs every plan under the first one."""
    started = time.perf_counter()
    boroughs = territory.borough_inputs(None if inventory is None else inventory.frame)
    first = scenarios[0]
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
        scenario=first, boroughs=boroughs, plan=plans[0], today=today, references=plans[1:]
    )
    with reporter.step("Pages and files"), output_folder(out) as folder:
        write_csv(solved.measures, folder / "scenarios.csv")
        write_csv(solved.checks, folder / "scenario_checks.csv")
        write_plan_tables(run, folder)
        pages.comparison(run, plans[:MOST_SHOWN]).save(folder / "comparison.html")
        write_plan_provenance("consolidate", run, inventory, folder, started)
    return Summary(
        sentences=sentences.scenarios(solved),
        columns=sentences.SCENARIO_COLUMNS,
        rows=sentences.scenario_rows(solved),
        page=out / "comparison.html",
        closing=f"All files are in {out}",
        figures={"scenarios": solved.measures.to_dict("records")},
    )


def compare(
    plans: Sequence[str], *, scenario: Path | None, out: Path, reporter: Reporter
) -> Summary:
    """Cost two to four named plans under one scenario and put them side by side."""
    started = time.perf_counter()
    chosen = load_scenario(scenario)
    run = run_consolidation(chosen, reporter=reporter)
    picked = plan_files.pick(plans, run)
    shown = ConsolidationRun(
        scenario=run.scenario,
        boroughs=run.boroughs,
        plan=picked[0],
        today=run.today,
        references=tuple(plan for plan in picked[1:] if plan.plan_id != "today"),
    )
    with reporter.step("Pages and files"), output_folder(out) as folder:
        write_plan_tables(shown, folder)
        pages.comparison(shown, picked).save(folder / "comparison.html")
        write_plan_provenance("compare", shown, None, folder, started)
    return plan_summary(shown, out, page=out / "comparison.html")


def init(folder: Path, *, force: bool) -> Summary:
    """Write a commented scenario and a sample camera CSV to start from."""
    written = starter.write(folder, force=force)
    return Summary(
        sentences=tuple((f"Wrote {path}",) for path in written),
        closing=f"Next: sharedview coverage --cameras {folder / 'cameras.csv'} --out out/coverage",
        figures={"files": list(written)},
    )


def find_level(name: str, table: str) -> Level:
    """Return the level of that name, or say which there are."""
    known = {level.name: level for level in levels(table)}
    if name not in known:
        faults = Faults("--level")
        faults.add(f"'{name}' is not in the table {table}", f"Choose one of {', '.join(known)}")
        faults.raise_if_any()
    return known[name]


def counted_cameras(path: Path | None, reporter: Reporter) -> Cameras | None:
    """Read the inventory whose cameras are counted, if one is named."""
    if path is None:
        return None
    with reporter.step(f"Cameras from {path}"):
        return read_cameras(path, areas=datasets.boroughs("full"))


def write_coverage(run: CoverageRun, folder: Path) -> None:
    """Write the frames and pages of a coverage run."""
    layers = {
        "cameras": run.cameras.frame,
        "visible_areas": run.visible,
        "coverage_by_area": run.coverage,
        "gaps": run.gaps,
    }
    write_csv(run.coverage, folder / "coverage_by_area.csv")
    write_csv(run.by_level, folder / "coverage_by_level.csv")
    write_csv(run.reach, folder / "reach_by_area.csv")
    if run.intervals is not None:
        write_csv(run.intervals.frame, folder / "coverage_intervals.csv")
        if len(run.intervals.drivers):
            write_csv(run.intervals.drivers, folder / "coverage_drivers.csv")
    if run.streets is not None:
        write_csv(run.streets.coverage, folder / "streets_by_area.csv")
        layers["street_gaps"] = run.streets.gaps
    write_geopackage(layers, folder / "coverage.gpkg")
    pages.coverage(run).save(folder / "coverage.html")
    pages.ownership(run).save(folder / "ownership.html")


def write_plan_tables(run: ConsolidationRun, folder: Path) -> None:
    """Write the tables of a consolidation run."""
    write_csv(run.table, folder / "plans.csv")
    write_csv(
        comparison.assignment_table(run.plans, boroughs=run.boroughs), folder / "assignments.csv"
    )
    write_csv(comparison.cost_table(run.plans, names=run.boroughs["borough"]), folder / "costs.csv")


def write_consolidation(run: ConsolidationRun, study: PlanStudy, folder: Path) -> None:
    """Write the tables, layers and pages of a consolidation run."""
    write_plan_tables(run, folder)
    write_study(study, folder)
    write_geopackage(plan_layers(run), folder / "consolidation.gpkg")
    pages.consolidation(run).save(folder / "consolidation.html")
    pages.comparison(run, (run.today, run.plan)).save(folder / "comparison.html")
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


def coverage_settings(run: CoverageRun) -> dict[str, Any]:
    """Return the choices that shaped a coverage run."""
    return {
        "crs": run.cameras.frame.crs.to_string(),
        "level": run.level,
        "areas": len(run.areas),
        "buildings": 0 if run.obstacles is None else len(run.obstacles.frame),
        "totals": run.totals.to_dict("index"),
        "draws": 0 if run.intervals is None else run.intervals.draws,
    }


def plan_settings(run: ConsolidationRun) -> dict[str, Any]:
    """Return the choices that shaped a consolidation run."""
    return {
        "scenario": run.scenario.name,
        "scenario_sha256": run.scenario.sha256,
        "scenario_content": run.scenario.model_dump(mode="json"),
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
    command: str, run: ConsolidationRun, inventory: Cameras | None, folder: Path, started: float
) -> None:
    """Write the provenance of a verb that made plans."""
    content = provenance.record(
        command,
        inputs=[] if inventory is None else [inventory.log],
        settings=plan_settings(run),
        notes=() if inventory is None else inventory.log.notes,
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
        sentences=(*sentences.consolidation(run), *further),
        columns=sentences.PLAN_COLUMNS,
        rows=sentences.plan_rows(run),
        page=page,
        closing=f"All files are in {out}",
        figures={"plans": run.table.to_dict("records")},
    )
