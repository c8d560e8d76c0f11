"""What ``sharedview init`` writes: a study, its scenario, sample cameras and their profile."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from coverage_model.base import datasets
from coverage_model.base.errors import Faults
from coverage_model.reading.illustrative import illustrative_frame
from coverage_model.reading.inspection import inspect_cameras, profile_text, toml_value
from sharedview.outputs import output_folder, write_csv
from sharedview.summary import Summary

# Enough cameras to see every column in use, in two boroughs that touch.
SAMPLE_BOROUGHS = ("E09000007", "E09000033")
SAMPLE_PER_BOROUGH = 12
STUDY = """\
# All that a run is told. Every path is relative to this file.
# `sharedview run study.toml` measures coverage, finds the best rooms and writes the report.
name = "My study"

# The report takes coverage and plans from the tables below. It needs London's boroughs.
report = true

# What `sharedview coverage` takes; its --help explains each.
[coverage]
cameras = "cameras.csv"
# before = "cameras_2024.csv"        # adds a page to swipe between before and after
# buildings = "buildings.gpkg"       # without them, views are plain cones and overstate
# areas = "wards.gpkg"               # left out: London's boroughs
# demand = "crime.geojson"
# weight = "count"                   # column of demand
# streets = "streets.osm"
level = "detect"
# levels_table = "EN 62676-4:2015"   # or a CSV file of your own
# target = "face"                    # or "ground", "plate", or a height in metres
# dori_form = "planar"               # or "arc"
# draws = 100                        # of what is unknown of the cameras; 0 leaves intervals out
# seed = 2017
# crs = "EPSG:27700"
# profile = "profile.toml"           # says which column of cameras means what
# layer = "Cameras"                  # layer or sheet of cameras
# crs_in = "EPSG:4326"               # of cameras, where the file does not say
# For other inputs too: layer = { cameras = "Live", areas = "wards" }, and so crs_in and profile.
# postcodes = "postcodes.csv"        # where postcodes lie, for cameras placed by postcode alone
# ground = "ground.gpkg"             # what lies under the maps, from `sharedview ground`
# tiles = "https://tiles.example.org/{z}/{x}/{y}.png" # for readers with a network: asks that host
# tiles_credit = "© Example"         # whose map the tiles are
# print = true                       # also PDF and PNG of every page, by a Chromium of the machine

# What `sharedview consolidate` takes.
[consolidation]
scenario = "scenario.toml"           # or a list, to put several side by side (report = false)
# cameras = "cameras.csv"            # counts these instead of the published numbers
# areas = "districts.gpkg"           # another territory than London (report = false), with
# counts = "counts.csv"              # its cameras by area, or cameras to be counted
# crs = "EPSG:27700"
# sites = "sites.csv"
# roads = "roads.graphml"
# draws = 200                        # of the costs, each re-optimised; 0 leaves them out
# service = true                     # also choose when each room is watched
# trade = ["cost:moves"]             # what one wish costs in another: cost:rooms, worst:links, ...
# within = 0.005                     # near-ties: at most this share dearer than the best
# seed = 2017
# print = true                       # also PDF and PNG of every page, by a Chromium of the machine
# profile = { cameras = "profile.toml" }   # of cameras and sites; so layer and crs_in
# layer = { cameras = "Cameras" }
# crs_in = { cameras = "EPSG:4326" }
"""


def study_with(
    table: str, lines: Sequence[str], *, name: str | None = None, report: bool = True
) -> str:
    """Write the commented study with one table only, which begins with the given lines.

    Parameters
    ----------
    table
        ``coverage`` or ``consolidation``.
    lines
        The table's head and the keys that are set; these stand in the comments no more.
    name
        What a reader sees.
    report
        Whether the report is asked for.
    """
    head, coverage, consolidation = re.split(r"(?m)^(?=# What `sharedview co)", STUDY)
    if name is not None:
        head = head.replace('name = "My study"', f"name = {toml_value(name)}")
    if not report:
        head = head.replace("report = true", "report = false")
    told = {line.partition(" ")[0] for line in lines}
    body = coverage if table == "coverage" else consolidation
    kept = [
        line
        for line in body.rstrip().splitlines()
        if not line.startswith("[") and line.removeprefix("# ").partition(" ")[0] not in told
    ]
    why, *rest = kept
    # Set by the starter for its own sample; here each is a choice left open.
    rest = [line if line.startswith(("#", "level")) else f"# {line}" for line in rest]
    return "\n".join([head.rstrip(), "", why, *lines, *rest, ""])


def write(folder: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write ``study.toml`` and the files that it names into a folder.

    Parameters
    ----------
    folder
        Made if missing.
    force
        Replace the files if they are there.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    InputError
        If a file is there already and ``force`` is off.
    """
    names = ("study.toml", "scenario.toml", "cameras.csv", "profile.toml")
    targets = tuple(folder / name for name in names)
    faults = Faults(folder)
    for path in targets:
        if path.exists() and not force:
            faults.add(f"{path.name} is already there", "Use --force to replace it")
    faults.raise_if_any()
    inventory = illustrative_frame()
    chosen = inventory[inventory["borough_code"].isin(SAMPLE_BOROUGHS)]
    sample = chosen.groupby("borough_code").head(SAMPLE_PER_BOROUGH)
    table = sample.drop(columns=["geometry", "view_basis"]).assign(
        easting=sample.geometry.x.round(1), northing=sample.geometry.y.round(1)
    )
    with output_folder(folder) as scratch:
        shutil.copyfile(
            datasets.data_dir() / "scenarios" / "optimum.toml", scratch / "scenario.toml"
        )
        write_csv(table, scratch / "cameras.csv")
        found = inspect_cameras(scratch / "cameras.csv")
        (scratch / "profile.toml").write_text(profile_text(found), encoding="utf-8")
        (scratch / "study.toml").write_text(STUDY, encoding="utf-8")
    return targets


def init(folder: Path, *, force: bool) -> Summary:
    """Write a commented study, its scenario, sample cameras and their profile to start from."""
    written = write(folder, force=force)
    return Summary(
        sentences=tuple((f"Wrote {path}",) for path in written),
        closing=f"Next: sharedview run {folder / 'study.toml'}",
        figures={"files": list(written)},
    )
