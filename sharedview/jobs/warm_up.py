"""The verb ``warm-up``: compile what is compiled, once after installation, so that no run waits.

The compiled parts are those that a small run uses: two are made at the same time, one over cameras
with buildings and streets, one over plans, and numba keeps what they compile.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from coverage_model.base import compiled, datasets
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, find_level
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.streets import read_streets
from optimisation.scenario import Scenario
from sharedview.console import Reporter
from sharedview.pipeline import run_consolidation, run_coverage
from sharedview.plan_study import FEWEST_DRAWS, study_plans
from sharedview.summary import Summary

# One camera looks past a building, one stands in it, one turns, one has a picture with edges, and
# one hangs above the building.
CAMERAS = (
    "camera_id,easting,northing,camera_type,azimuth_deg,hfov_deg,range_m,mount_height_m,tilt_deg\n"
    "A,530000,180000,fixed,90,60,60,,\n"
    "B,530021,180001,fixed,90,60,60,4,\n"
    "C,530000,180010,ptz,,,60,,\n"
    "D,530000,180005,fixed,90,60,60,6,25\n"
    "E,530025,180005,fixed,90,60,60,15,30\n"
)
BUILDING = ((530020, 179990), (530040, 179990), (530040, 180010), (530020, 180010))
BOROUGHS = ("Camden", "Hackney", "Islington", "Haringey", "Tower Hamlets", "Newham")
STREET = ((530000, 180020), (530060, 180020), (530060, 179950))


def warm_up(*, reporter: Reporter) -> Summary:
    """Compile everything that a run compiles and keep it where numba keeps its cache."""
    what = "Compiling Sharedview's inner loops, once for each installation"
    with reporter.step(what), ProcessPoolExecutor(mp_context=spawning()) as pool:
        for done in [pool.submit(part) for part in (coverage_part, plans_part)]:
            done.result()
    cost = compiled.cost()
    return Summary(
        sentences=(),
        closing="Runs now start at once" if cost is None else "Nothing was kept",
        figures={"kept": cost is None},
    )


def spawning() -> multiprocessing.context.BaseContext:
    """Return a way to start processes that shares no locks or threads with this one."""
    return multiprocessing.get_context("spawn")


def coverage_part() -> None:
    """Run coverage on three cameras, a building and a street."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cameras.csv").write_text(CAMERAS, encoding="utf-8")
        ring = [*BUILDING, BUILDING[0]]
        _write_layer(folder / "building.geojson", {"type": "Polygon", "coordinates": [ring]})
        _write_layer(folder / "street.geojson", {"type": "LineString", "coordinates": STREET})
        run = run_coverage(
            read_cameras(folder / "cameras.csv"),
            areas=datasets.boroughs("full").iloc[:2],
            level=find_level(DEFAULT_LEVEL),
            obstacles=read_obstacles(folder / "building.geojson"),
            streets=read_streets(folder / "street.geojson"),
            draws=2,
        )
    # Worked out when first asked for.
    _ = run.gaps


def _write_layer(path: Path, geometry: dict[str, object]) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    feature = {"type": "Feature", "properties": {"name": "x", "height": 9}, "geometry": geometry}
    layer = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    path.write_text(json.dumps(layer), encoding="utf-8")


def plans_part() -> None:
    """Solve and study a scenario of few boroughs."""
    run = run_consolidation(Scenario(boroughs=BOROUGHS))
    study_plans(run, draws=FEWEST_DRAWS, within=0.0)
