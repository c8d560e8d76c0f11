"""The demo's page at street level: a small real quarter, where buildings cut the views.

London's cameras in the demo are illustrative and its boroughs have no buildings, so the page of
London cannot show what a view is worth between walls. The embedded quarter can: places of cameras,
footprints and streets are OpenStreetMap's (``scripts/make_quarter.py``); which way the cameras look
is not recorded there, and is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd

from coverage_model.base import datasets
from coverage_model.base.notes import Note, ReadLog
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, find_level
from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.ground import LAYERS, GroundLayers
from coverage_model.reading.obstacles import read_obstacles
from maps.shell.page import Page
from maps.shell.tables import PageLink
from maps.shell.wording import Bold, Sentence, number
from sharedview import pages
from sharedview.console import Reporter
from sharedview.pipeline import run_coverage
from sharedview.runs import CoverageRun

CRS = "EPSG:3067"  # ETRS89 / TM35FIN(E,N), in which the files are
TITLE = "Street level: a quarter of Helsinki"
# Of the shapes of a file of ground, the layer that each belongs to.
_KINDS = {"Polygon": "areas", "LineString": "lines", "Point": "points"}


def seen(reporter: Reporter | None = None) -> CoverageRun:
    """Work out what the quarter's cameras see between its buildings."""
    folder = datasets.data_dir() / "quarter"
    areas = read_areas(folder / "areas.geojson", crs=CRS)
    cameras = read_cameras(folder / "cameras.geojson", crs=CRS, areas=areas.frame)
    given = int(cameras.frame["azimuth_deg"].notna().sum())
    assumed = Note(
        "headings_assumed",
        "Headings are not recorded and were assumed: each camera looks where it sees most ground",
        given,
    )
    log = _embedded(replace(cameras.log, notes=(*cameras.log.notes, assumed)))
    footprints = read_obstacles(folder / "buildings.geojson", crs=CRS)
    return run_coverage(
        replace(cameras, log=log),
        areas=areas.frame,
        area_log=_embedded(areas.log),
        level=find_level(DEFAULT_LEVEL),
        obstacles=replace(footprints, log=_embedded(footprints.log)),
        draws=0,
        places=ground().points,
        reporter=reporter,
    )


def _embedded(log: ReadLog) -> ReadLog:
    """Name an embedded file by its place in the data, not by where this copy is installed."""
    return replace(log, path=f"data/quarter/{Path(log.path).name}")


def ground() -> GroundLayers:
    """Return what lies under the quarter's map."""
    frame = gpd.read_file(datasets.data_dir() / "quarter" / "ground.geojson")
    frame["name"] = frame["name"].fillna("")
    kind = frame.geom_type.str.removeprefix("Multi").map(_KINDS)
    parts = {layer: frame[kind == layer].reset_index(drop=True) for layer in LAYERS}
    return GroundLayers(**parts, left_out={})


def page(run: CoverageRun, *, links: Sequence[PageLink]) -> Page:
    """Make the page of the quarter."""
    context = replace(
        pages.coverage_context(run, TITLE),
        sources=pages.embedded_sources("quarter/"),
        marking="OFFICIAL",  # every place on it is OpenStreetMap's, open to all
    )
    under = pages.ground_of(run, ground())
    return pages.coverage(run, ground=under, links=links, context=context, opening=opening(run))


def opening(run: CoverageRun) -> Sentence:
    """Say what is real and what is assumed."""
    cameras = len(run.cameras.frame)
    houses = 0 if run.obstacles is None else len(run.obstacles.frame)
    around = cameras - int(run.coverage["cameras"].sum())
    said = (
        f", from OpenStreetMap; {number(around)} of the cameras stand just outside the quarter. "
        "Which way they look is not recorded: each is taken to look where it sees most ground, so "
        "that each view is the largest it could be."
    )
    return Bold(f"{number(cameras)} real cameras between {number(houses)} real buildings"), said
