"""Time coverage against plain shapely and geopandas: dissolve, depth raster, streets.

Run ``python benchmarks/coverage.py`` (about ten minutes), ``--quick`` without the 200,000-area
dissolve, ``--json FILE`` to keep the figures. Every measurement is a fresh process on one core; the
methods of a task take turns, so that a busy machine slows all of them alike. Times are seconds of
processor time; memory is the peak above what the input takes (Linux only).
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.cover.coverage import coverage_faces, dissolve
from coverage_model.cover.raster import depth_raster
from coverage_model.cover.street_coverage import street_coverage
from coverage_model.optics.sectors import sector_polygons
from coverage_model.reading.streets import Streets, read_streets, streets_from_lines

CRS = "EPSG:27700"
FITZROVIA = Path(__file__).resolve().parents[2] / "shared" / "data" / "london" / "fitzrovia.osm"
PACKAGES = ("geopandas", "numba", "numpy", "osmnx", "pandas", "shapely")


def views(count: int, side_m: float, *, corner: tuple[float, float] = (530_000, 180_000)) -> Any:
    """Cones of 50 to 100° and 20 to 60 m, spread evenly over a square, from a fixed seed."""
    rng = np.random.default_rng(1)
    x, y = (start + rng.uniform(0, side_m, count) for start in corner)
    cones = sector_polygons(
        x,
        y,
        azimuth_deg=rng.uniform(0, 360, count),
        hfov_deg=rng.uniform(50, 100, count),
        far_m=rng.uniform(20, 60, count),
    )
    owner = rng.choice(["public", "private"], count)
    return gpd.GeoDataFrame(
        {
            "camera_id": np.arange(count).astype(str),
            "ownership": owner,
            "integration": np.where(owner == "public", "integrated", "none"),
            "view_basis": "given",
            "level": "detect",
        },
        geometry=cones,
        crs=CRS,
    )


def lattice(side_m: float, step_m: float) -> Streets:
    """Make a chequerboard of streets, parted at every crossing."""
    places = np.arange(0, side_m + step_m, step_m)
    x, y = (grid.ravel() for grid in np.meshgrid(places[:-1], places))
    along = np.stack([np.column_stack([x, y]), np.column_stack([x + step_m, y])], axis=1)
    corners = np.concatenate([along, along[:, :, ::-1]])
    lines = shapely.linestrings(corners + np.array([530_000, 180_000]))
    return streets_from_lines(gpd.GeoDataFrame(geometry=lines, crs=CRS))


def street_task(count: int) -> tuple[Any, Streets]:
    """Cones over the real streets of Fitzrovia, or over a square of 500,000 stretches."""
    if count > 10_000:
        return views(count, 40_000), lattice(40_000, 80.0)
    streets = read_streets(FITZROVIA)
    west, south, _, _ = streets.frame.total_bounds
    return views(count, 800, corner=(west, south)), streets


def overlay(task: tuple[Any, Streets]) -> float:
    """Length seen as one does it with geopandas: lines laid over the union of all views."""
    seen, streets = task
    union = gpd.GeoDataFrame(geometry=[seen.geometry.union_all()], crs=CRS)
    return float(gpd.overlay(streets.frame, union, how="intersection").length.sum())


def overlay_faces(task: tuple[Any, Streets]) -> float:
    """Length by depth and ownership: lines laid over the faces of covered ground."""
    seen, streets = task
    faces = coverage_faces(seen)
    return float(gpd.overlay(streets.frame, faces, how="intersection").length.sum())


def lines_cut(task: tuple[Any, Streets]) -> float:
    """Length by depth and ownership, with junctions, as Sharedview does it."""
    table = street_coverage(*task, level="detect")
    return float(table["street_seen_m"].sum())


def raster_area(seen: Any) -> float:
    """Sum of depth times cell area."""
    found = depth_raster(seen)
    return float(found.array.sum(dtype=np.int64)) * found.cell_m**2


def area(method: Callable[[Any], Any]) -> Callable[[Any], float]:
    """Total area of what a method makes of the views' polygons."""
    return lambda seen: float(shapely.area(method(seen.geometry.to_numpy())).sum())


# task: (input, {method: function}); the first method is Sharedview's.
DISSOLVE = {
    "Sharedview dissolve": area(dissolve),
    "shapely union_all": area(shapely.union_all),
    "shapely disjoint_subset_union_all": area(shapely.disjoint_subset_union_all),
}
STREETS = {
    "Sharedview street_coverage": lines_cut,
    "geopandas overlay, length only": overlay,
    "geopandas overlay with faces": overlay_faces,
}
TASKS: dict[str, tuple[Callable[[], Any], dict[str, Callable[[Any], float]]]] = {
    "dissolve 20,000": (lambda: views(20_000, 8000), DISSOLVE),
    "dissolve 20,000, dense": (lambda: views(20_000, 3000), DISSOLVE),
    "dissolve 200,000": (lambda: views(200_000, 16_000), DISSOLVE),
    "depth raster 200,000 at 2 m": (
        lambda: views(200_000, 20_000),
        {
            "Sharedview depth_raster": raster_area,
            "sum of the areas": lambda seen: float(seen.area.sum()),
        },
    ),
    "streets, Fitzrovia and 1,000 views": (lambda: street_task(1000), STREETS),
    "streets, 500,000 and 200,000 views": (
        lambda: street_task(200_000),
        {"Sharedview street_coverage": lines_cut},
    ),
}
SLOW = ("dissolve 200,000",)


def memory_mb(field: str) -> float:
    """Read a figure of this process's memory from /proc; NaN where there is none."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    lines = status.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def measure(task: str, method: str) -> dict[str, float]:
    """Time one method once, after a small warm-up that loads compiled code."""
    make, methods = TASKS[task]
    if "streets" in task:
        methods[method]((views(20, 200), lattice(300.0, 100.0)))
    else:
        methods[method](views(20, 200))
    given = make()
    refs = Path("/proc/self/clear_refs")
    if refs.exists():
        refs.write_text("5", encoding="ascii")  # start the record of the peak anew
    before = memory_mb("VmRSS")
    start, wall = time.process_time(), time.perf_counter()
    value = methods[method](given)
    return {
        "seconds": time.process_time() - start,
        "wall_seconds": time.perf_counter() - wall,
        "memory_mb": memory_mb("VmHWM") - before,
        "value": value,
    }


def run(task: str, method: str) -> dict[str, float]:
    """Time one method in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", task, method],
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


def compare(task: str, repeats: int) -> list[dict[str, Any]]:
    """Medians of every method of a task, and ratios to Sharedview's."""
    methods = list(TASKS[task][1])
    if "Fitzrovia" in task and not FITZROVIA.exists():
        return [{"task": task, "method": "not run: fitzrovia.osm is missing"}]
    runs: dict[str, list[dict[str, float]]] = {method: [] for method in methods}
    for _ in range(repeats):
        for method in methods:
            runs[method].append(run(task, method))
    rows = [
        {"task": task, "method": method}
        | {name: statistics.median(r[name] for r in runs[method]) for name in runs[method][0]}
        for method in methods
    ]
    first = rows[0]
    for row in rows:
        row["times_slower"] = row["seconds"] / first["seconds"]
        row["times_memory"] = row["memory_mb"] / max(first["memory_mb"], 1.0)
        row["difference"] = first["value"] / row["value"] - 1
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out the slowest task")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each method (3)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--task", choices=TASKS, help="run one task only")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(*asked.one)))
        return
    chosen = [asked.task] if asked.task else [t for t in TASKS if not (asked.quick and t in SLOW)]
    versions = {name: version(name) for name in PACKAGES} | {
        "python": platform.python_version(),
        "geos": shapely.geos_version_string,
    }
    rows = []
    for task in chosen:
        rows += compare(task, asked.repeats)
        print(f"{task}: done", file=sys.stderr)
    table = pd.DataFrame(rows)
    print(table.drop(columns="value", errors="ignore").to_string(index=False, float_format="%.3g"))
    print(", ".join(f"{name} {number}" for name, number in versions.items()))
    if asked.json:
        content = {"versions": versions, "machine": platform.machine(), "rows": rows}
        asked.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
