"""Visible areas a second, beside the peers, on the same real footprints in the same run.

    python benchmarks/visibility.py --footprints ../shared/data/london/fitzrovia_buildings.geojson
    python benchmarks/visibility.py ... --peers-python /some/venv/bin/python --json

Each task is a number of cameras between the buildings. The peers' processes and ours take turns,
one core at a time, for several rounds; rates are medians over rounds and ratios are medians of the
ratios within a round, so that a slow spell of the machine meets all. Time is processor time. Ours
is the whole of ``visible_areas``: position policy, blind zone, areas, shapely polygons, frame.
Peers have neither policy nor blind zone, so their cameras are free and their views begin at 0 m.

The reference for areas is ``tests/oracles/exact_visibility.py``: noded union, brute force, closed
form, sharing nothing with the compiled sweep.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from coverage_model.sight.grid import index_obstacles  # noqa: E402
from coverage_model.sight.visibility import visible_areas  # noqa: E402
from tests.oracles.exact_visibility import exact_area  # noqa: E402
from tests.oracles.views import sectors_frame  # noqa: E402

TASKS = ((90.0, 50.0), (90.0, 100.0), (360.0, 50.0), (360.0, 100.0))
BLIND_ZONE_M = 3.0
PEERS = (
    "expert shapely",
    "pysovist, obstacles fetched locally",
    "pyvispoly (CGAL)",
    "VisiLibity",
    "embreex, 0.1° rays",
)
TARGETS = {"pysovist, obstacles fetched locally": 100.0, "expert shapely": 50.0}


class Peer:
    """A peer in its own process."""

    def __init__(self, name: str, python: str) -> None:
        self.name = name
        worker = str(Path(__file__).with_name("_visibility_peers.py"))
        self.process = subprocess.Popen(
            [python, worker], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and wait for the answer."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the peer's process has no pipes")
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"failed": "the process ended"}

    def close(self) -> None:
        """End the process."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait()


def free_cameras(buildings: gpd.GeoDataFrame, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Places between buildings, at least 0.3 m from any wall, within the data's extent."""
    rng = np.random.default_rng(2017)
    west, south, east, north = buildings.total_bounds
    x, y = rng.uniform(west, east, 3 * n), rng.uniform(south, north, 3 * n)
    points = shapely.points(x, y)
    taken = buildings.sindex.query(points, predicate="dwithin", distance=0.3)[0]
    free = np.setdiff1d(np.arange(3 * n), taken)[:n]
    return x[free], y[free]


def errors(areas: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Relative errors of areas; an invisible area counts against 1 m²."""
    off = np.abs(areas - truth) / np.maximum(truth, 1.0)
    return {"median": float(np.median(off)), "worst": float(off.max())}


def run_task(
    buildings: gpd.GeoDataFrame, hfov: float, far: float, options: argparse.Namespace, folder: Path
) -> dict[str, Any]:
    """All peers on one task."""
    x, y = free_cameras(buildings, options.cameras)
    azimuth = np.random.default_rng(1).uniform(0, 360, len(x))
    azimuth = azimuth if hfov < 360 else np.zeros(len(x))
    index = index_obstacles(buildings)
    ours = sectors_frame(x, y, azimuth=azimuth, hfov=hfov, near=BLIND_ZONE_M, far=far)
    seen = visible_areas(ours, index, threads=1)  # compiles, or loads what was compiled

    checked = np.arange(min(options.checked, len(x)))
    tree = buildings.sindex

    def truth(near: float) -> np.ndarray:
        around = [
            buildings.geometry.values[tree.query(shapely.Point(x[k], y[k]).buffer(far + 1))]
            for k in checked
        ]
        return np.array(
            [exact_area((x[k], y[k]), azimuth[k], hfov, near, far, around[k]) for k in checked]
        )

    whole = truth(0.0)
    result: dict[str, Any] = {
        "task": f"{hfov:.0f}° {far:.0f} m",
        "cameras": len(x),
        "valid": bool(seen.geometry.is_valid.all()),
        "peers": {},
        "ours": {
            "area_error": errors(seen["area_m2"].to_numpy()[checked], truth(BLIND_ZONE_M)),
            "polygon_error": errors(seen.area.to_numpy(), seen["area_m2"].to_numpy()),
        },
    }
    task = folder / f"{hfov:.0f}_{far:.0f}.npz"
    np.savez(
        task, x=x, y=y, azimuth=azimuth, hfov=hfov, far=far,
        footprints=shapely.to_wkb(buildings.geometry.values, hex=True).astype(str),
    )  # fmt: skip
    peers = {}
    for name in PEERS:
        peer = Peer(name, options.peers_python)
        answer = peer.ask(do="load", peer=name, task=str(task))
        entry = result["peers"][name] = {"rates": [], "ratios": [], **answer}
        if "version" not in answer:
            peer.close()
            continue
        peers[name] = peer
        areas = peer.ask(do="see", first=0, last=len(checked))
        entry.update({k: v for k, v in areas.items() if k == "failed"})
        if "areas" in areas:
            entry["area_error"] = errors(np.array(areas["areas"]), whole)

    rates = []
    batch = options.peer_cameras
    for turn in range(options.rounds):
        start = time.process_time()
        visible_areas(ours, index, threads=1)
        rates.append(len(x) / (time.process_time() - start))
        for name, peer in peers.items():
            first = turn * batch % max(len(x) - batch, 1)
            answer = peer.ask(do="see", first=first, last=first + batch)
            if "seconds" in answer:
                entry = result["peers"][name]
                entry["rates"].append(batch / answer["seconds"])
                entry["ratios"].append(rates[-1] / entry["rates"][-1])
    for peer in peers.values():
        peer.close()
    result["ours"]["rate"] = statistics.median(rates)
    result["ours"]["rates"] = rates
    for entry in result["peers"].values():
        if entry["rates"]:
            entry["rate"] = statistics.median(entry["rates"])
            entry["ratio"] = statistics.median(entry["ratios"])
    return result


def table(results: list[dict[str, Any]]) -> str:
    """Markdown of rates, with how many times faster ours is."""
    head = ["views a second", *(r["task"] for r in results), "worst area error"]
    rows = [head, ["---"] * len(head)]
    rows.append(
        ["**Sharedview**"]
        + [f"{r['ours']['rate']:,.0f}" for r in results]
        + [f"{max(r['ours']['area_error']['worst'] for r in results):.0e}"]
    )
    for name in PEERS:
        entries = [r["peers"][name] for r in results]
        if "missing" in entries[0]:
            rows.append([name, *["not installed"] * len(results), "–"])
            continue
        cells = [
            f"{e['rate']:,.0f} (×{e['ratio']:.0f})" if "rate" in e else e.get("failed", "failed")
            for e in entries
        ]
        worst = [e["area_error"]["worst"] for e in entries if "area_error" in e]
        label = f"{name} {entries[0].get('version', '')}".strip()
        rows.append([label, *cells, f"{max(worst):.0e}" if worst else "–"])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def verdicts(results: list[dict[str, Any]]) -> list[str]:
    """Whether each target holds."""
    lines = []
    for name, least in TARGETS.items():
        ratios = [r["peers"][name]["ratio"] for r in results if "ratio" in r["peers"][name]]
        if len(ratios) < len(results):
            lines.append(f"NOT MEASURED: at least {least:.0f} times {name}")
        else:
            word = "holds" if min(ratios) >= least else "MISSED"
            lines.append(f"{word}: at least {least:.0f} times {name} (least ×{min(ratios):.0f})")
    worst = max(r["ours"]["area_error"]["worst"] for r in results)
    lines.append(f"{'holds' if worst <= 1e-9 else 'MISSED'}: area error at most 1e-9 ({worst:.1e})")
    valid = all(r["valid"] for r in results)
    lines.append(f"{'holds' if valid else 'MISSED'}: all polygons valid")
    return lines


def main() -> None:
    """Run all tasks and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--footprints", required=True, help="polygons of real buildings")
    parser.add_argument("--peers-python", default=sys.executable, help="interpreter with the peers")
    parser.add_argument("--cameras", type=int, default=20_000)
    parser.add_argument("--peer-cameras", type=int, default=100, help="views a peer does a round")
    parser.add_argument("--checked", type=int, default=200, help="views compared with the truth")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    buildings = gpd.read_file(options.footprints).to_crs(27700)
    with tempfile.TemporaryDirectory() as folder:
        results = [run_task(buildings, *task, options, Path(folder)) for task in TASKS]
    packages = ("numba", "numpy", "shapely", "geopandas")
    report = {
        "footprints": len(buildings),
        "machine": f"{platform.machine()}, Python {platform.python_version()}, one core",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "geos": shapely.geos_version_string,
        "blind_zone_m": BLIND_ZONE_M,
        "results": results,
        "verdicts": verdicts(results),
    }
    if options.json:
        print(json.dumps(report, indent=1))
        return
    print(table(results), "\n")
    print("\n".join(report["verdicts"]))
    print(f"\n{len(buildings)} footprints, {report['machine']}, {report['versions']}")


if __name__ == "__main__":
    main()
