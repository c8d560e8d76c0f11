"""Run spopt on an instance given as JSON on standard input; print JSON. Needs spopt's environment.

Kept apart from the project, whose PuLP may be newer than spopt allows.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from importlib import metadata

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import pulp  # noqa: E402


def p_median(task: dict) -> list[dict]:
    """Solve each p with spopt's model and HiGHS to optimality."""
    from spopt.locate import PMedian  # noqa: PLC0415

    distances, weights = np.asarray(task["distances"]), np.asarray(task["weights"])
    found = []
    for p in task["p"]:
        started, cpu = time.perf_counter(), time.process_time()
        model = PMedian.from_cost_matrix(distances, weights, p_facilities=p)
        model = model.solve(pulp.HiGHS(msg=False, gapRel=0.0, gapAbs=0.0, threads=1))
        found.append(
            {
                "p": p,
                "cost": float(pulp.value(model.problem.objective)),
                "s": time.perf_counter() - started,
                "cpu_s": time.process_time() - cpu,
            }
        )
    return found


def regions(task: dict) -> dict[str, list[int]]:
    """Split the areas into connected regions by spopt's regionalisers."""
    import geopandas as gpd  # noqa: PLC0415
    from libpysal.graph import Graph  # noqa: PLC0415
    from spopt.region import Skater, WardSpatial  # noqa: PLC0415

    frame = gpd.GeoDataFrame(
        {"cameras": task["cameras"]}, geometry=gpd.points_from_xy(task["x"], task["y"])
    )
    frame["x"], frame["y"] = task["x"], task["y"]
    pairs = [(a, b) for a, b in task["edges"]] + [(b, a) for a, b in task["edges"]]
    graph = Graph.from_arrays([a for a, _ in pairs], [b for _, b in pairs], np.ones(len(pairs)))
    labels = {}
    for name, kind in (("Skater", Skater), ("WardSpatial", WardSpatial)):
        model = kind(frame, graph.to_W(), ["x", "y"], n_clusters=task["regions"])
        model.solve()
        labels[name] = np.asarray(model.labels_).tolist()
    return labels


def main() -> None:
    task = json.load(sys.stdin)
    answer: dict = {"versions": {name: metadata.version(name) for name in ("spopt", "PuLP")}}
    answer["p_median"] = p_median(task["p_median"])
    try:
        answer["regions"] = regions(task["regions"])
    except Exception as error:  # noqa: BLE001 - a peer that fails is reported, not hidden
        answer["regions_error"] = f"{type(error).__name__}: {error}"
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
