"""The verb ``coverage``: read cameras, work out what they see, write frames and pages."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.crs import WORKING_CRS, parse_crs
from coverage_model.base.errors import Faults
from coverage_model.optics.pixel_density import DistanceForm, find_level
from coverage_model.reading.areas import read_area_layer
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.demand import read_demand
from coverage_model.reading.ground import GroundLayers, read_ground
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.streets import read_streets
from sharedview import account as accounts
from sharedview import headlines, pages, provenance, sentences
from sharedview.console import Reporter
from sharedview.jobs import ledger as ledgers
from sharedview.jobs import publication
from sharedview.jobs.publication import Audience
from sharedview.outputs import output_folder, write_csv, write_geopackage
from sharedview.pipeline import (
    CoverageRun,
    extent_area,
    run_coverage,
)
from sharedview.summary import Summary


def coverage(
    *,
    cameras: Path,
    before: Path | None,
    buildings: Path | None,
    areas: Path | None,
    demand: Path | None,
    weight: str | None,
    streets: Path | None,
    level: str,
    levels_table: str,
    draws: int | None,
    seed: int,
    dori_form: DistanceForm,
    crs: str,
    profile: Path | None,
    layer: str | None,
    postcodes: Path | None,
    out: Path,
    reporter: Reporter,
    audience: Audience = "restricted",
    ledger: Path | None = None,
    known_counts: Path | None = None,
    ground: Path | None = None,
) -> Summary:
    """Read cameras, work out what they see, and write frames and pages."""
    started = time.perf_counter()
    working = parse_crs(crs).to_string()
    if audience == "public" and before is not None:
        faults = Faults("--before")
        faults.add("its page shows camera positions", "Leave it out for a public audience")
        faults.raise_if_any()
    ledgers.refuse_misplaced(ledger, known_counts, audience=audience, out=out)
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
        inventory = read_cameras(
            cameras, crs=working, areas=polygons, profile=profile, layer=layer, postcodes=postcodes
        )
    if polygons is None:
        polygons = extent_area(inventory.frame)
    # Read before the long work, so that a fault in either file shows at once.
    releases = ledgers.read_ledger(ledger, crs=working)
    known = ledgers.read_known(known_counts, codes=polygons["area_code"])
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
    layers = ground_layers(ground, working=working, reporter=reporter)
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
    earlier = None
    if before is not None:
        with reporter.step(f"Cameras before from {before}"):
            past = read_cameras(before, crs=working, areas=polygons, profile=profile, layer=layer)
        earlier = run_coverage(
            past,
            areas=polygons,
            area_log=area_log,
            level=chosen,
            obstacles=footprints,
            levels_table=levels_table,
            draws=0,
            form=dori_form,
            reporter=reporter,
        )
    balance = accounts.account(run)
    for note in run.all_notes:
        reporter.note(f"{note.message}: {note.count:,}")
    if audience == "public":
        return publish(run, out, reporter, path=ledger, ledger=releases, known=known)
    with reporter.step("Pages and files"), output_folder(out, command="coverage") as folder:
        write_coverage(run, folder, ground=layers)
        if earlier is not None:
            pages.swipe(earlier, run).save(folder / "swipe.html")
        provenance.write(
            provenance.record(
                "coverage",
                inputs=run.logs if earlier is None else (*run.logs, earlier.cameras.log),
                settings=coverage_settings(run) | {"dori_form": dori_form, "seed": seed},
                notes=run.all_notes,
                runtime_s=time.perf_counter() - started,
            ),
            folder / "provenance.json",
        )
    return Summary(
        sentences=(
            *sentences.coverage(run),
            *balance.sentences,
            *accounts.not_understood(
                run.all_notes,
                owners_known=bool((run.cameras.frame["ownership"] != "unknown").any()),
            ),
        ),
        columns=sentences.AREA_COLUMNS,
        rows=sentences.area_rows(run),
        page=out / "coverage.html",
        closing=f"All files are in {out}",
        figures={"coverage": sentences.coverage_summary(run), "account": balance.figures},
    )


def ground_layers(path: Path | None, *, working: str, reporter: Reporter) -> GroundLayers | None:
    """Read what lies under the maps, where a file is named."""
    if path is None:
        return None
    with reporter.step(f"Ground from {path}"):
        return read_ground(path, crs=working)


def publish(
    run: CoverageRun,
    out: Path,
    reporter: Reporter,
    *,
    path: Path | None = None,
    ledger: gpd.GeoDataFrame | None = None,
    known: pd.DataFrame | None = None,
) -> Summary:
    """Write what may be published of a coverage run, and nothing else; add it to the ledger."""
    with reporter.step("Proof of what a reader can work out"):
        shown = publication.published(run, ledger=ledger, known=known)
    with (
        reporter.step("Page and table for the public"),
        output_folder(out, command="coverage") as folder,
    ):
        publication.write(run, shown, folder)
        provenance.write(publication.record("coverage", run, shown), folder / "provenance.json")
    if path is not None:
        ledgers.add_release(path, ledger, shown)
    return Summary(
        sentences=(*publication.sentences(run, shown), *publication.proof_sentences(run, shown)),
        columns=publication.COLUMNS,
        rows=publication.rows(shown),
        page=out / "coverage.html",
        closing=f"All files are in {out}",
        figures={"coverage": publication.figures(shown)},
    )


def write_coverage(run: CoverageRun, folder: Path, *, ground: GroundLayers | None = None) -> None:
    """Write the frames and pages of a coverage run."""
    layers = {
        "cameras": run.cameras.frame,
        "visible_areas": run.visible,
        "coverage_by_area": run.coverage,
        "gaps": run.gaps,
    }
    for name, table in headlines.coverage_tables(run).items():
        write_csv(table, folder / f"{name}.csv")
    if run.streets is not None:
        layers["street_gaps"] = run.streets.gaps
    write_geopackage(layers, folder / "coverage.gpkg")
    pages.coverage(run, ground=ground).save(folder / "coverage.html")
    pages.ownership(run, ground=ground).save(folder / "ownership.html")


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
