"""The verb ``coverage``: read cameras, work out what they see, write frames and pages."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.crs import WORKING_CRS, parse_crs
from coverage_model.base.errors import Faults
from coverage_model.optics.pixel_density import find_level
from coverage_model.optics.target import target_plane
from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import Cameras, read_cameras
from coverage_model.reading.demand import read_demand
from coverage_model.reading.ground import GroundLayers, read_ground
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.streets import read_streets
from maps.shell.ground import Ground
from maps.shell.tables import PageLink
from sharedview import account as accounts
from sharedview import (
    geopackage,
    headlines,
    layer_dress,
    pages,
    printing,
    provenance,
    sentences,
    workbook,
)
from sharedview.console import Reporter
from sharedview.jobs import ledger as ledgers
from sharedview.jobs import publication
from sharedview.outputs import output_folder, write_csv, write_geopackage
from sharedview.pipeline import extent_area, run_coverage
from sharedview.runs import CoverageRun
from sharedview.settings import CoverageSettings
from sharedview.summary import Summary


def coverage(settings: CoverageSettings, *, out: Path, reporter: Reporter) -> Summary:
    """Read cameras, work out what they see, and write frames and pages.

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
    """
    started = time.perf_counter()
    check_audience(settings, out)
    printer = printing.find_browser() if settings.print else None
    measured = measure(settings, reporter)
    run = measured.run
    for note in run.all_notes:
        reporter.note(f"{note.message}: {note.count:,}")
    if settings.audience == "public":
        return publish(measured, out, reporter, printer=printer)
    with (
        reporter.step("Pages and files"),
        output_folder(out, command="coverage", printer=printer) as folder,
    ):
        measured.write(folder, started=started)
    return measured.summary(out)


@dataclass(frozen=True)
class Measured:
    """A coverage run as a job leaves it.

    Parameters
    ----------
    settings
        What was asked for.
    run
        What the cameras see.
    balance
        The account of its cameras and ground, which must balance.
    earlier
        The run before a change, where one was asked for.
    ground
        What lies under the maps, where a file was named.
    releases, known
        Earlier public releases and counts that anyone can look up, for a public one.
    """

    settings: CoverageSettings
    run: CoverageRun
    balance: accounts.Account
    earlier: CoverageRun | None = None
    ground: GroundLayers | None = None
    releases: gpd.GeoDataFrame | None = None
    known: pd.DataFrame | None = None

    def write(self, folder: Path, *, started: float) -> None:
        """Write the frames, pages and provenance."""
        run, earlier = self.run, self.earlier
        written = pages.COVERAGE_PAGES
        under = pages.ground_of(run, self.ground, self.settings.tile_service)
        if earlier is not None:
            written = (*written, pages.SWIPE)
            links = pages.beside(written, pages.SWIPE.href)
            pages.swipe(earlier, run, ground=under, links=links).save(folder / pages.SWIPE.href)
        write_coverage(run, folder, ground=under, written=written)
        provenance.write(
            provenance.record(
                "coverage",
                inputs=provenance.named_files(
                    self.settings.files(),
                    logs=run.logs if earlier is None else (*run.logs, earlier.cameras.log),
                ),
                settings=coverage_settings(run)
                | {"dori_form": self.settings.dori_form, "seed": self.settings.seed},
                notes=run.all_notes,
                runtime_s=time.perf_counter() - started,
            ),
            folder / "provenance.json",
        )

    def summary(self, out: Path) -> Summary:
        """Say what was found, and where the files are."""
        return Summary(
            sentences=(
                *sentences.coverage(self.run),
                *accounts.told(self.run, self.balance),
            ),
            columns=sentences.AREA_COLUMNS,
            rows=sentences.area_rows(self.run),
            page=out / "coverage.html",
            closing=f"All files are in {out}",
            figures={
                "coverage": sentences.coverage_summary(self.run),
                "account": self.balance.figures,
            },
        )


def check_audience(settings: CoverageSettings, out: Path) -> None:
    """Refuse, before anything is read, what may not be shown to the public."""
    public = settings.audience == "public"
    if public and settings.before is not None:
        faults = Faults("--before")
        faults.add("its page shows camera positions", "Leave it out for a public audience")
        faults.raise_if_any()
    ledgers.refuse_misplaced(
        settings.ledger, settings.known_counts, audience=settings.audience, out=out
    )
    if public:
        publication.refuse_extent(settings.areas, working=parse_crs(settings.crs).to_string())
        publication.refuse_other_files(out)


def check_tiles(settings: CoverageSettings) -> None:
    """Refuse an address that no page could use before the long work."""
    service = settings.tile_service
    faults = Faults("--tiles")
    if service is None and settings.tiles_credit is not None:
        faults.add("--tiles-credit has no tiles to speak of", "Give --tiles too, or leave it out")
    if service is not None and settings.audience == "public":
        faults.add("a public page asks nobody for anything", "Leave it out for a public audience")
    faults.raise_if_any()


def measure(settings: CoverageSettings, reporter: Reporter) -> Measured:
    """Read every input that the settings name, and work out what the cameras see."""
    working = parse_crs(settings.crs).to_string()
    check_tiles(settings)
    chosen = find_level(settings.level, settings.levels_table)
    plane = target_plane(settings.target)
    polygons = area_log = None
    if settings.areas is not None:
        area_layer = read_areas(settings.areas, crs=working, **settings.of("areas"))
        polygons, area_log = area_layer.frame, area_layer.log
    elif working == WORKING_CRS:
        polygons = datasets.boroughs("full")

    def inventory_of(path: Path, name: str, title: str) -> Cameras:
        with reporter.step(f"{title} from {path}"):
            return read_cameras(
                path,
                crs=working,
                areas=polygons,
                postcodes=settings.postcodes,
                elsewhere=settings.areas is None and settings.audience != "public",
                **settings.of(name),
            )

    inventory = inventory_of(settings.cameras, "cameras", "Cameras")
    if polygons is None or inventory.frame["borough_code"].isna().all():
        if polygons is not None:
            reporter.note("No camera stands in London: figures are for their extent", always=True)
        polygons = extent_area(inventory.frame)
    # Read before the long work, so that a fault in either file shows at once.
    releases = ledgers.read_ledger(settings.ledger, crs=working)
    known = ledgers.read_known(settings.known_counts, codes=polygons["area_code"])
    footprints = points = network = None
    if settings.buildings is not None:
        with reporter.step(f"Buildings from {settings.buildings}"):
            footprints = read_obstacles(settings.buildings, crs=working, **settings.of("buildings"))
    if settings.demand is not None:
        with reporter.step(f"Demand points from {settings.demand}"):
            points = read_demand(
                settings.demand,
                crs=working,
                weight_column=settings.weight,
                **settings.of("demand"),
            )
    if settings.streets is not None:
        with reporter.step(f"Streets from {settings.streets}"):
            network = read_streets(settings.streets, crs=working, **settings.of("streets"))
    layers = ground_layers(settings.ground, working=working, reporter=reporter)
    run = run_coverage(
        inventory,
        areas=polygons,
        area_log=area_log,
        level=chosen,
        obstacles=footprints,
        demand=points,
        streets=network,
        levels_table=settings.levels_table,
        draws=settings.draws,
        seed=settings.seed,
        form=settings.dori_form,
        target=plane,
        places=None if layers is None else layers.points,
        reporter=reporter,
    )
    earlier = None
    if settings.before is not None:
        earlier = run_coverage(
            inventory_of(settings.before, "before", "Cameras before"),
            areas=polygons,
            area_log=area_log,
            level=chosen,
            obstacles=footprints,
            levels_table=settings.levels_table,
            draws=0,
            form=settings.dori_form,
            target=plane,
            earlier=run.tiles,
            reporter=reporter,
        )
    return Measured(settings, run, accounts.account(run), earlier, layers, releases, known)


def ground_layers(path: Path | None, *, working: str, reporter: Reporter) -> GroundLayers | None:
    """Read what lies under the maps, where a file is named."""
    if path is None:
        return None
    with reporter.step(f"Ground from {path}"):
        return read_ground(path, crs=working)


def publish(
    measured: Measured, out: Path, reporter: Reporter, *, printer: str | None = None
) -> Summary:
    """Write what may be published of a coverage run, and nothing else; add it to the ledger."""
    run, ledger = measured.run, measured.settings.ledger
    with reporter.step("Proof of what a reader can work out"):
        shown = publication.published(run, ledger=measured.releases, known=measured.known)
    with (
        reporter.step("Page and table for the public"),
        output_folder(out, command="coverage", printer=printer) as folder,
    ):
        publication.write(run, shown, folder)
        provenance.write(publication.record("coverage", run, shown), folder / "provenance.json")
    if ledger is not None:
        ledgers.add_release(ledger, measured.releases, shown)
    return Summary(
        sentences=(*publication.sentences(run, shown), *publication.proof_sentences(run, shown)),
        columns=publication.COLUMNS,
        rows=publication.rows(shown),
        page=out / "coverage.html",
        closing=f"All files are in {out}",
        figures={"coverage": publication.figures(shown)},
    )


def write_coverage(
    run: CoverageRun,
    folder: Path,
    *,
    ground: Ground | None = None,
    written: Sequence[PageLink] = pages.COVERAGE_PAGES,
    home: bool = False,
) -> None:
    """Write the frames and pages of a coverage run.

    Parameters
    ----------
    run, folder, ground
        What, where to, and what lies under the maps (:func:`sharedview.pages.ground_of` the run).
    written
        All pages that are written there, to link them.
    home
        Whether a page of pages is among them.
    """
    layers = {
        "cameras": run.cameras.frame,
        "visible_areas": run.visible,
        "coverage_by_area": run.coverage,
        "gaps": run.gaps,
    }
    tables = headlines.coverage_tables(run)
    for name, table in tables.items():
        write_csv(table, folder / f"{name}.csv")
    workbook.write_workbook(tables | {"gaps": run.gaps}, folder / "coverage.xlsx")
    if run.streets is not None:
        layers["street_gaps"] = run.streets.gaps
    write_geopackage(layers, folder / "coverage.gpkg")
    geopackage.dress(folder / "coverage.gpkg", layer_dress.coverage_layers(run))
    for make, name in ((pages.coverage, "coverage.html"), (pages.ownership, "ownership.html")):
        links = pages.beside(written, name, home=home)
        make(run, ground=ground, links=links).save(folder / name)


def coverage_settings(run: CoverageRun) -> dict[str, Any]:
    """Return the choices that shaped a coverage run."""
    return {
        "crs": run.cameras.frame.crs.to_string(),
        "level": run.level,
        "target": run.target,
        "areas": len(run.areas),
        "buildings": 0 if run.obstacles is None else len(run.obstacles.frame),
        "totals": run.totals.to_dict("index"),
        "draws": 0 if run.intervals is None else run.intervals.draws,
    }
