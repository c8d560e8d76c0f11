"""Maximal covering against spopt on the same matrices, in one run.

``python benchmarks/siting.py [--json FILE] [--peers-python PYTHON] [--task NAME]``

``--peers-python`` (or ``SHAREDVIEW_PEERS``) is the interpreter of an environment with spopt and
highspy, which has its own PuLP; without it spopt's rows are named as missing. Both sides get the
matrix ready made, solve to optimality with HiGHS on one thread, and must see the same weight.
Seconds are processor time: machines are shared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sharedview.questions.siting.max_coverage import maximise_coverage
from sharedview.questions.siting.problem import CoverProblem, cover_problem

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SEED = 2017
BUDGETS = (10, 25, 50)
Rows = list[dict[str, object]]


def plane(points: int, sites: int, radius: float) -> CoverProblem:
    """Points with weights 1 to 9 and sites on a square of 10 km; a site sees within a radius."""
    rng = np.random.default_rng(SEED)
    at, stand = rng.uniform(0, 10_000, (points, 2)), rng.uniform(0, 10_000, (sites, 2))
    away = np.hypot(*(stand[:, None] - at[None]).transpose(2, 0, 1))
    return cover_problem(away <= radius, rng.integers(1, 10, points))


def scattered(points: int, sites: int, share: float) -> CoverProblem:
    """Each site sees points at random, near or not: the relaxation is loose there."""
    rng = np.random.default_rng(SEED)
    return cover_problem(rng.random((sites, points)) < share, rng.integers(1, 10, points))


def fitzrovia() -> CoverProblem | None:
    """Junctions of real streets seen by fixed cameras behind real buildings, six at a place."""
    import geopandas as gpd  # noqa: PLC0415 - only where the data is

    from coverage_model.optics.pixel_density import find_level  # noqa: PLC0415
    from coverage_model.reading.obstacles import read_obstacles  # noqa: PLC0415
    from coverage_model.reading.streets import read_streets  # noqa: PLC0415
    from sharedview.questions.siting.candidates import new_candidates  # noqa: PLC0415

    file = SHARED / "london" / "fitzrovia.osm"
    if not file.is_file():
        return None
    junctions = read_streets(file).junctions
    buildings = read_obstacles(SHARED / "london" / "fitzrovia_buildings.geojson").frame
    area = gpd.GeoDataFrame(geometry=[junctions.union_all().convex_hull.buffer(50)], crs=27700)
    found = new_candidates(
        junctions,
        area,
        junctions,
        level=find_level("detect"),
        stand_off_m=10.0,
        obstacles=buildings,
    )
    return cover_problem(found.sees, np.ones(len(junctions)))


def tasks() -> dict[str, CoverProblem]:
    """Return the problems by name."""
    found = {
        "plane, 1,000 points, 300 sites": plane(1_000, 300, 700.0),
        "scattered, 300 points, 80 sites": scattered(300, 80, 0.05),
        "plane, 5,000 points, 1,000 sites": plane(5_000, 1_000, 500.0),
    }
    real = fitzrovia()
    if real is not None:
        points = real.sees.shape[1]
        found[f"Fitzrovia, {points} junctions, {real.candidates:,} views"] = real
    return found


def peers(python: str, problem: CoverProblem, most: int) -> dict[str, object]:
    """Let spopt solve a problem with at most so many sites."""
    task = {
        "points": int(problem.sees.shape[1]),
        "sites": problem.candidates,
        "rows": problem.sees.tocoo().row.tolist(),
        "columns": problem.sees.tocoo().col.tolist(),
        "weights": problem.weights.tolist(),
        "p": most,
    }
    script = Path(__file__).with_name("_siting_peers.py")
    done = subprocess.run(
        [python, str(script)], input=json.dumps(task), capture_output=True, text=True, check=True
    )
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def ours(problem: CoverProblem, most: int) -> tuple[float, float, NDArray[np.intp], str]:
    """Return weight, processor seconds, and candidates left after the reductions and the bound."""
    started = time.process_time()
    found = maximise_coverage(problem, budget=float(most))
    seconds = time.process_time() - started
    if found.status != "optimal":
        raise RuntimeError("not proved")
    return found.objective, seconds, np.asarray(found.considered), found.method


def main() -> None:
    """Run the tasks asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--peers-python", default=os.environ.get("SHAREDVIEW_PEERS"))
    parser.add_argument("--task", action="append", help="only tasks whose name begins so")
    options = parser.parse_args()
    rows: Rows = []
    versions = {name: metadata.version(name) for name in ("PuLP", "highspy", "scipy", "numpy")}
    maximise_coverage(plane(50, 10, 2_000.0), budget=2.0)  # imports are not measured
    for name, problem in tasks().items():
        if options.task and not any(name.startswith(each) for each in options.task):
            continue
        for most in BUDGETS:
            weight, seconds, left, method = ours(problem, most)
            row: dict[str, object] = {
                "task": name,
                "p": most,
                "weight": weight,
                "s": seconds,
                "left": left.tolist(),
                "proved_by": method,
            }
            if options.peers_python:
                peer = peers(options.peers_python, problem, most)
                if abs(float(str(peer["weight"])) - weight) > 1e-6:
                    raise RuntimeError(f"{name}, p = {most}: spopt sees {peer['weight']}")
                versions["spopt"] = str(peer["version"])
                row |= {
                    "spopt_build_s": peer["build_s"],
                    "spopt_solve_s": peer["solve_s"],
                    "slower": (peer["build_s"] + peer["solve_s"]) / seconds,
                }
            rows.append(row)
            print("  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}"
                            for k, v in row.items()), flush=True)  # fmt: skip
    record = {"python": platform.python_version(), "versions": versions, "rows": rows}
    if options.json:
        options.json.write_text(json.dumps(record, indent=1), encoding="utf-8")
    if not options.peers_python:
        print("missing: spopt (give --peers-python PYTHON)", file=sys.stderr)
    print(f"Python {record['python']}, {versions}", file=sys.stderr)


if __name__ == "__main__":
    main()
