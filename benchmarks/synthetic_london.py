"""A synthetic London: visible areas of a million cameras among 1.8 million buildings.

    python benchmarks/synthetic_london.py [--share 1.0] [--json]

The generator lays out 1,600 km² in blocks of 100 m with streets between them and fills each block
with terraces and L-shaped houses, turned a little from block to block so that few walls are
parallel to the axes; neighbours share party walls. Cameras stand at random, half of them cones of
90° and half full circles, 50 m each. Nothing here is real.

Buildings are generated and indexed in strips, so that what is measured is the index and the sweep
and not the memory of two million Python objects; a run prints its peak memory.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import sys
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from coverage_model.sight.grid import index_edges  # noqa: E402
from coverage_model.sight.visibility import KEPT, visible_areas  # noqa: E402

SIDE_M = 40_000.0
BLOCK_M = 100.0
BUILDINGS = 1_800_000
CAMERAS = 1_000_000
TARGET_S, TARGET_GB = 20.0, 4.0

# Ground plans in unit squares, anticlockwise: a terraced house and one with a back extension.
PLAIN = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.6], [0.0, 0.6]])
EXTENDED = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.6], [0.6, 0.6], [0.6, 1.0], [0.0, 1.0]])


def buildings(share: float = 1.0, seed: int = 2017) -> np.ndarray:
    """Directed edges (x, y, x, y; interior on the left) of a share of the city's buildings.

    ``share`` takes the southern part of the city, as dense as the whole.
    """
    rng = np.random.default_rng(seed)
    across = int(SIDE_M / BLOCK_M)
    along = max(1, round(across * share))
    per_block = BUILDINGS / across**2
    edges = []
    for row in range(along):
        count = rng.poisson(per_block, across)
        block = np.repeat(np.arange(across), count)
        rank = np.arange(len(block)) - np.repeat(np.cumsum(count) - count, count)
        # Two terraces back to back in each block, its frontage shared out among its houses.
        half = (count + 1) // 2
        width = (0.82 * BLOCK_M / np.maximum(half, 1))[block]
        back = rank >= half[block]
        depth = rng.uniform(9.0, 14.0, len(block))
        turn = rng.uniform(-0.2, 0.2, across)[block]
        place = (rank - np.where(back, half[block], 0)) * width - 0.41 * BLOCK_M
        plain = rng.random(len(block)) < 0.6
        for plan, mine in ((PLAIN, plain), (EXTENDED, ~plain)):
            x = place[mine, None] + plan[:, 0] * width[mine, None]
            y = 0.12 * BLOCK_M + (1.0 - plan[:, 1]) * depth[mine, None]
            # Turned over to face its own street, and then round with the block.
            flip = np.where(back[mine], -1.0, 1.0)[:, None]
            x, y = x * flip, y * flip
            c, s = np.cos(turn[mine])[:, None], np.sin(turn[mine])[:, None]
            east = (block[mine, None] + 0.5) * BLOCK_M + c * x - s * y
            north = (row + 0.5) * BLOCK_M + s * x + c * y
            ring = np.stack([east, north], axis=2)[:, ::-1]  # mirrored above, so run backwards
            pieces = np.concatenate([ring, np.roll(ring, -1, axis=1)], axis=2)
            edges.append(pieces.reshape(-1, 4))
    return np.concatenate(edges) + np.array([503_000.0, 155_000.0] * 2)


def cameras(n: int, share: float, seed: int = 1) -> gpd.GeoDataFrame:
    """Cameras anywhere in the same part of the city, as a frame of sectors."""
    rng = np.random.default_rng(seed)
    values = {
        "x_m": rng.uniform(0, SIDE_M, n) + 503_000.0,
        "y_m": rng.uniform(0, SIDE_M * share, n) + 155_000.0,
        "azimuth_deg": rng.uniform(0, 360, n),
        "hfov_deg": np.where(rng.random(n) < 0.5, 90.0, 360.0),
        "near_m": np.full(n, 3.0),
        "far_m": np.full(n, 50.0),
        "mount_height_m": np.full(n, 4.0),
    }
    names = {name: pd.Categorical(["synthetic"]).take(np.zeros(n, dtype=int)) for name in KEPT}
    # Not the cones: visible areas are found from the numbers, and a million cones would only
    # take memory that is not measured here.
    points = shapely.points(values["x_m"], values["y_m"])
    return gpd.GeoDataFrame(names | values, geometry=points, crs=27700)


def _now() -> tuple[float, float]:
    """Give the time on the clock and the processor time used."""
    return time.perf_counter(), time.process_time()


def run(share: float, threads: int) -> dict[str, Any]:
    """Index, sweep and build polygons; times and peak memory."""
    marks = [_now()]
    edges = buildings(share)
    marks.append(_now())
    index = index_edges(edges, np.full(len(edges), np.inf))
    marks.append(_now())
    count = len(edges)
    del edges
    views = cameras(round(CAMERAS * share), share)
    visible_areas(views.iloc[:10], index, threads=1)  # compiled before the clock starts
    marks.append(_now())
    seen = visible_areas(views, index, threads=threads)
    marks.append(_now())
    names = ("generate", "index", "prepare", "visible_areas")
    steps = np.diff(marks, axis=0).round(2)
    seconds = dict(zip(names, steps[:, 0].tolist(), strict=True))
    processor = dict(zip(names, steps[:, 1].tolist(), strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    sample = seen.iloc[np.linspace(0, len(seen) - 1, 20_000).astype(int)]
    exact = sample["area_m2"].to_numpy()
    total = processor["visible_areas"]
    return {
        "share": share,
        "square_km": share * SIDE_M**2 / 1e6,
        "edges": count,
        "cameras": len(seen),
        "threads": threads,
        "seconds": seconds,
        "processor_seconds": processor,
        "peak_gb": round(peak, 2),
        "position_status": seen["position_status"].value_counts().to_dict(),
        "mean_visible_m2": float(seen["area_m2"].mean()),
        "polygon_error": float(np.max(np.abs(sample.area - exact) / np.maximum(exact, 1.0))),
        "valid": bool(sample.geometry.is_valid.all()),
        # One core's time, so that other work on the machine does not count.
        "holds": bool(
            math.isclose(share, 1.0) and total <= TARGET_S and peak <= TARGET_GB and threads == 1
        ),
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, default=1.0, help="part of the city, 0 to 1")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = run(options.share, options.threads)
    if options.json:
        print(json.dumps(report, indent=1))
        return
    for name, value in report.items():
        print(f"{name:16} {value}")


if __name__ == "__main__":
    main()
