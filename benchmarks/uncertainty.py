"""Time the Monte Carlo intervals, levels and reach on real cameras and buildings.

Run ``python benchmarks/uncertainty.py``; ``--json`` prints the same figures for programs. The real
data lie beside the checkout; a file that is not there is named as missing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numba
import numpy as np
import pandas as pd
import shapely

from coverage_model.base import datasets
from coverage_model.cover.coverage import dissolve
from coverage_model.cover.levels_by_area import coverage_at_levels
from coverage_model.cover.scanlines import lines_over
from coverage_model.optics.pixel_density import Level
from coverage_model.optics.sectors import ViewAssumptions
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.illustrative import illustrative_frame
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.sight.grid import obstacle_index
from coverage_model.sight.visibility import SNAP_TOLERANCE_M
from coverage_model.unknowns.distributions import Unknowns, stated_sigma_m
from coverage_model.unknowns.duty import reach_by_area
from coverage_model.unknowns.intervals import SEED, coverage_intervals
from coverage_model.unknowns.scene import Scene

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CAMERAS = DATA / "cameras" / "tfl_jamcams_2024-04.geojson"
BUILDINGS = tuple(
    DATA / "london" / name
    for name in ("fitzrovia_buildings.geojson", "covent_garden_buildings_height.geojson")
)
LIMIT_S = 10.0


def timed(task: Callable[[], Any], *, repeats: int) -> tuple[float, Any]:
    """Median seconds of a few runs after one that is not counted, and the last result."""
    result = task()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = task()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), result


def exact_difference(cameras: gpd.GeoDataFrame, obstacles: Any, sigma_m: float) -> float:
    """Area by lines of one draw against shapely's exact union, as a share of it."""
    london = datasets.boroughs()
    unknowns = Unknowns.of(
        cameras,
        level=Level("detect", 25.0),
        seed=SEED,
        duty_share=1.0,
        position_sigma_m=sigma_m,
        common_share=0.5,
        assumptions=ViewAssumptions.from_coefficients(),
    )
    scene = Scene.of(
        unknowns,
        lines_over(np.asarray(london.geometry.to_numpy())),
        index=obstacle_index(obstacles, cameras),
        snap_tolerance_m=SNAP_TOLERANCE_M,
        target_height_m=0.0,
    )
    by_lines = scene.covered_m2(0, vary=("azimuth_deg",)).mean(axis=0)[:, -1].sum()
    views = dissolve(scene.polygons(scene.views.draw(0, vary=("azimuth_deg",))))
    exact = sum(
        shapely.area(shapely.intersection(views, area)).sum() for area in london.geometry.array
    )
    return float(by_lines / exact - 1)


def main() -> None:
    """Time every case and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    london = datasets.boroughs()
    rows: list[dict[str, Any]] = []

    def case(name: str, task: Callable[[], Any], *, limit_s: float | None = None) -> Any:
        seconds, result = timed(task, repeats=options.repeats)
        rows.append({"case": name, "seconds": round(seconds, 3), "limit_s": limit_s})
        return result

    missing = [str(path) for path in (CAMERAS, *BUILDINGS) if not path.is_file()]
    if missing:
        rows.extend({"case": f"missing: {path}"} for path in missing)
    else:
        read = read_cameras(CAMERAS)
        cameras, sigma = read.frame, stated_sigma_m(read.log.datum_shift)
        parts = [read_obstacles(path).frame for path in BUILDINGS]
        obstacles = pd.concat(parts, ignore_index=True)

        def intervals(*, drivers: bool) -> Any:
            return coverage_intervals(
                cameras, london, obstacles=obstacles, draws=options.draws, drivers=drivers,
                position_sigma_m=sigma,
            )  # fmt: skip

        what = f"{len(cameras)} TfL cameras, {len(obstacles):,} buildings"
        found = case(
            f"{options.draws} draws: {what}", lambda: intervals(drivers=False), limit_s=LIMIT_S
        )
        rows[-1]["line_error_estimate"] = found.line_error_share
        rows[-1]["line_error_measured"] = exact_difference(cameras, obstacles, sigma)
        found = case(f"the same and each unknown alone: {what}", lambda: intervals(drivers=True))
        rows[-1]["unknowns"] = int(found.drivers["driver"].nunique())
        case(f"reach: {what}", lambda: reach_by_area(cameras, london, obstacles=obstacles))

    made = illustrative_frame()
    what = f"{len(made):,} illustrative cameras"
    case(
        f"{options.draws} draws: {what}",
        lambda: coverage_intervals(
            made, london, draws=options.draws, drivers=False, position_sigma_m=0
        ),
    )
    case(f"6 levels: {what}", lambda: coverage_at_levels(made, london))
    case(f"reach: {what}", lambda: reach_by_area(made, london))

    versions = {"numba": numba.__version__, "numpy": np.__version__, "shapely": shapely.__version__}
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), **versions}
    if options.json:
        print(json.dumps({"machine": machine, "cases": rows}, indent=2))
    else:
        print(machine)
        print(pd.DataFrame(rows).to_string(index=False, na_rep=""))


if __name__ == "__main__":
    main()
