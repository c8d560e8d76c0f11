"""Time whole coverage runs of a dense city: every output, default options, growth with size.

    python benchmarks/dense_city.py [--cameras 1000 10000 30000 100000] [--json FILE]

Real footprints of Fitzrovia, the Barbican and Covent Garden are laid side by side, each time turned
by another quarter and shifted by an odd distance, until there are 3.45 for each camera: as dense as
inner London, and with its party walls, courtyards, slivers and overlaps. Cameras stand at façades,
looking out of them; a fifth has no heading, a tenth turns, and one in ten stands anywhere. The
cameras are made up. The footprints lie beside the checkout (OpenStreetMap, ODbL); a file that is
not there is named as missing.

Each size is one run of ``sharedview coverage`` in a process of its own: levels, gaps, intervals,
tables, GeoPackage and pages. Processor time and peak memory are those of that process.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
LONDON = ROOT.parent / "shared" / "data" / "london"
QUARTERS = ("fitzrovia_buildings", "barbican_buildings_height", "covent_garden_buildings_height")
SIZES = (1_000, 10_000, 30_000, 100_000)
PER_CAMERA = 3.45
CENTRE = (530_500.0, 180_500.0)
TARGET_S, TARGET_GB = 60.0, 2.0

Shapes = NDArray[np.object_]


def quarter(name: str) -> Shapes:
    """Footprints of one real quarter, with its corner at the origin."""
    frame = gpd.read_file(LONDON / f"{name}.geojson").to_crs("EPSG:27700")
    shapes = frame.geometry[frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])].to_numpy()
    shapes = shapes[shapely.is_valid(shapes) & (shapely.area(shapes) > 1)]
    corner = shapely.total_bounds(shapes)[:2]
    return np.asarray(shapely.transform(shapes, lambda xy: xy - corner))


def footprints(count: int, *, seed: int = 2017) -> gpd.GeoDataFrame:
    """Lay quarters side by side, row after row, until there are ``count`` footprints."""
    rng = np.random.default_rng(seed)
    quarters = [quarter(name) for name in QUARTERS]
    # Rows as long as make a square of the whole.
    side = np.sqrt(sum(np.prod(shapely.total_bounds(q)[2:]) for q in quarters)
                   * count / sum(map(len, quarters)))  # fmt: skip
    parts, made = [], 0
    x = y = tallest = 0.0
    while made < count:
        shapes = quarters[rng.integers(len(quarters))]
        turn = rng.integers(4)
        cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[turn]
        shapes = shapely.transform(shapes, lambda xy, c=cosine, s=sine: xy @ [[c, s], [-s, c]])
        low = shapely.total_bounds(shapes)
        at = np.array([x, y]) - low[:2] + rng.random(2)
        shapes = shapely.transform(shapes, lambda xy, at=at: xy + at)
        parts.append(shapes[: count - made])
        made += len(parts[-1])
        width, height = low[2:] - low[:2]
        x, tallest = x + width + 2, max(tallest, height)
        if x > side:
            x, y, tallest = 0.0, y + tallest + 2, 0.0
    city = np.concatenate(parts)
    middle = shapely.total_bounds(city).reshape(2, 2).mean(axis=0)
    city = shapely.transform(city, lambda xy: xy - middle + CENTRE)
    return gpd.GeoDataFrame(geometry=city, crs="EPSG:27700")


def cameras(buildings: gpd.GeoDataFrame, count: int, *, seed: int = 1) -> pd.DataFrame:
    """Make up cameras at the façades of buildings."""
    rng = np.random.default_rng(seed)
    shapes = shapely.get_geometry(buildings.geometry.to_numpy(), 0)
    ring = shapely.get_exterior_ring(shapes[rng.integers(len(shapes), size=count)])
    at = rng.random(count)
    here, there = (
        shapely.get_coordinates(shapely.line_interpolate_point(ring, t, normalized=True))
        for t in (at, (at + 1e-4) % 1)
    )
    along = there - here
    along /= np.maximum(np.hypot(*along.T), 1e-12)[:, None]
    side = np.where(shapely.is_ccw(ring), 1.0, -1.0)[:, None]
    out = np.column_stack([along[:, 1], -along[:, 0]]) * side
    place = here + 0.2 * out
    anywhere = rng.random(count) < 0.1
    west, south, east, north = buildings.total_bounds
    place[anywhere] = rng.uniform((west, south), (east, north), (anywhere.sum(), 2))
    heading = np.degrees(np.arctan2(out[:, 0], out[:, 1])) + rng.uniform(-50, 50, count)
    kind = rng.choice(["fixed", "ptz", "dome"], count, p=[0.9, 0.06, 0.04])
    unknown = (rng.random(count) < 0.2) | (kind != "fixed")
    return pd.DataFrame(
        {
            "camera_id": [f"c{k}" for k in range(count)],
            "easting": place[:, 0].round(2),
            "northing": place[:, 1].round(2),
            "azimuth": np.where(unknown, np.nan, heading % 360).round(1),
            "hfov": rng.choice([np.nan, 40, 60, 90, 110], count),
            "horizontal_px": rng.choice([np.nan, 1280, 1920, 2560], count),
            "mount_height": rng.choice([3, 4, 5, 8], count),
            "ownership": rng.choice(["public", "private", "unknown"], count, p=[0.3, 0.6, 0.1]),
            "camera_type": kind,
        }
    )


def write_city(count: int, folder: Path) -> tuple[Path, Path]:
    """Write the cameras and footprints of a city, and say where."""
    buildings = footprints(round(count * PER_CAMERA))
    paths = folder / f"cameras_{count}.csv", folder / f"buildings_{count}.gpkg"
    cameras(buildings, count).to_csv(paths[0], index=False)
    buildings.to_file(paths[1])
    return paths


def run(count: int, folder: Path) -> dict[str, Any]:
    """Run one size in a process of its own."""
    inventory, buildings = write_city(count, folder)
    out = folder / f"out_{count}"
    program = "from sharedview.cli import main; main()"
    command = [sys.executable, "-c", program, "coverage", "--cameras", str(inventory),
               "--buildings", str(buildings), "--out", str(out)]  # fmt: skip
    start = time.perf_counter()
    child = os.posix_spawn(sys.executable, command, os.environ)
    _, status, used = os.wait4(child, 0)
    return {
        "cameras": count,
        "footprints": round(count * PER_CAMERA),
        "exit": os.waitstatus_to_exitcode(status),
        "processor_s": round(used.ru_utime + used.ru_stime, 1),
        "clock_s": round(time.perf_counter() - start, 1),
        "peak_gb": round(used.ru_maxrss / 1024**2, 2),
        "outputs_mb": round(sum(f.stat().st_size for f in out.rglob("*") if f.is_file()) / 1e6, 1)
        if out.is_dir()
        else 0.0,
    }


def main() -> None:
    """Run every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cameras", type=int, nargs="+", default=SIZES)
    parser.add_argument("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    missing = [name for name in QUARTERS if not (LONDON / f"{name}.geojson").is_file()]
    if missing:
        sys.exit(f"missing beside the checkout: {', '.join(missing)}")
    with tempfile.TemporaryDirectory() as folder:
        rows = [run(count, Path(folder)) for count in options.cameras]
    table = pd.DataFrame(rows)
    table["ms_per_camera"] = (1000 * table["processor_s"] / table["cameras"]).round(2)
    print(table.to_string(index=False))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
