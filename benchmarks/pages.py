"""Time the pages: building, size, paint in headless Chromium with the network off, memory.

Run ``python benchmarks/pages.py``, ``--quick`` without the 100,000-cone page, ``--json FILE`` to
keep the figures. Cones are spread over London from a fixed seed. Each page is built in a process of
its own (build time, peak memory) and opened three times at 1280 × 800, zoomed to where the cones
show; the median counts. "Painted" is the browser's own clock from the start of navigation until the
cones are on the canvas; "zoom" is one redraw of them.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from _workshop_page import report
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright

from coverage_model.base import datasets
from coverage_model.cover.coverage import coverage_by_area
from coverage_model.cover.gaps import coverage_gaps
from coverage_model.cover.levels_by_area import coverage_at_levels
from coverage_model.cover.mosaic import mosaic
from coverage_model.cover.ownership import integration_gain, redundant_views
from coverage_model.cover.raster import depth_raster
from coverage_model.optics.sectors import sector_polygons
from maps.coverage_map import coverage_page
from maps.ownership_map import ownership_page
from maps.shell.page import Page, PageContext
from maps.swipe_map import Side, swipe_page

CRS = "EPSG:27700"
PACKAGES = ("folium", "geopandas", "numpy", "playwright", "shapely")
BOUNDS = (505_000, 158_000, 558_000, 200_000)
DEPTH_CELL_M = 15.0
OPENED = 3
STATE = "#at=51.515,-0.12,12"
# What is asked of pages: seconds until painted, and MB.
TARGETS = {"coverage_5000": (1.5, 10), "coverage_100000": (4.0, 10)}


def inventory(count: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return cameras and their cones of 50 to 100° and 20 to 60 m, denser towards the middle."""
    draw = np.random.default_rng(1)
    west, south, east, north = BOUNDS
    x = np.clip(draw.normal((west + east) / 2, 11_000, count), west, east)
    y = np.clip(draw.normal((south + north) / 2, 9_000, count), south, north)
    azimuth = draw.uniform(0, 360, count)
    cones = sector_polygons(
        x,
        y,
        azimuth_deg=azimuth,
        hfov_deg=draw.uniform(50, 100, count),
        far_m=draw.uniform(20, 60, count),
    )
    owner = draw.choice(["public", "private"], count, p=[0.65, 0.35])
    shared = {
        "camera_id": np.arange(count).astype(str),
        "ownership": owner,
        "integration": np.where(
            owner == "public", "integrated", draw.choice(["none", "registered"], count)
        ),
        "borough_code": None,
        "camera_type": "fixed",
        "view_basis": "given",
    }
    cameras = gpd.GeoDataFrame(
        {
            **shared,
            "operator": draw.choice(["Camden", "Brent", "A shop"], count),
            "illustrative": True,
            "azimuth_deg": azimuth,
            "hfov_deg": 70.0,
            "vfov_deg": np.nan,
            "range_m": np.nan,
            "horizontal_px": np.nan,
            "mount_height_m": np.nan,
            "tilt_deg": np.nan,
        },
        geometry=gpd.points_from_xy(x, y),
        crs=CRS,
    )
    visible = gpd.GeoDataFrame(
        {**shared, "level": "detect", "position_status": "free", "moved_m": 0.0},
        geometry=cones,
        crs=CRS,
    )
    ground = visible.geometry.area
    return cameras, visible.assign(area_m2=ground, unobstructed_m2=ground)


def make(kind: str, count: int) -> tuple[Page, dict[str, float]]:
    """Return a page, with the seconds its frames took beforehand and the page itself."""
    began = time.perf_counter()
    areas, shapes = datasets.boroughs("full"), datasets.boroughs("page")
    cameras, visible = inventory(count)
    ground = mosaic(visible, areas)
    coverage = coverage_by_area(visible, areas, level="detect", cameras=cameras, ground=ground)
    context = PageContext(title="Benchmark", dated=date(2026, 1, 1), illustrative=True)
    extra: dict[str, Any] = {}
    if kind == "ownership":
        extra = {
            "ownership": ground.tiers,
            "gain": integration_gain(visible, areas, cameras=cameras),
            "redundant": redundant_views(visible, cameras=cameras, ground=ground),
        }
    elif kind == "coverage":
        extra = {
            "gaps": coverage_gaps(visible, areas, ground=ground),
            "by_level": coverage_at_levels(cameras, areas),
            "depth": depth_raster(visible, cell_m=DEPTH_CELL_M),
        }
    frames, before = time.perf_counter(), peak_mb()
    water = datasets.thames("page")
    if kind == "coverage":
        page = coverage_page(
            areas=shapes,
            coverage=coverage,
            visible=visible,
            cameras=cameras,
            context=context,
            water=water,
            **extra,
        )
    elif kind == "ownership":
        page = ownership_page(
            areas=shapes, coverage=coverage, context=context, water=water, **extra
        )
    else:
        side = Side("Before", coverage, visible)
        page = swipe_page(
            areas=shapes,
            before=side,
            after=Side("After", coverage, visible),
            context=context,
            water=water,
        )
    build_s = time.perf_counter() - frames
    return page, {"frames_s": frames - began, "build_s": build_s, "frames_mb": before}


def peak_mb() -> float:
    """Return the most memory that this process has held (Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(kind: str, count: int, path: Path) -> None:
    """Build one page and print its figures as JSON: the work of a child process."""
    page, times = make(kind, count)
    page.save(path)
    print(json.dumps({**times, "mb": path.stat().st_size / 1e6, "peak_mb": peak_mb()}))


def open_page(tab: Tab, path: Path) -> dict[str, float]:
    """Open a page and return when it was painted, how long a redraw takes, and its memory."""
    tab.goto("about:blank")
    tab.goto(path.as_uri() + STATE)
    tab.wait_for_selector("html[data-painted]", timeout=60_000)
    views = tab.locator("canvas.packed").last
    painted = float(tab.get_attribute("html", "data-painted") or "nan")
    tab.locator(".leaflet-control-zoom-in").click()
    tab.wait_for_timeout(1200)
    redraw = float(views.get_attribute("data-ms") or "nan")
    session = tab.context.new_cdp_session(tab)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")
    used = heap["usedSize"] + heap.get("backingStorageSize", 0)
    return {"painted_s": painted / 1000, "zoom_ms": redraw, "tab_mb": used / 1e6}


def measure(cases: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """Build and open every page."""
    system = shutil.which("chromium") or shutil.which("google-chrome")
    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=system, args=["--no-sandbox", "--disable-gpu"]
        )
        for kind, count in cases:
            path = Path(folder) / f"{kind}_{count}.html"
            command = [sys.executable, __file__, "--build", kind, str(count), str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            row = {"page": f"{kind}_{count}", **json.loads(done.stdout.splitlines()[-1])}
            visits = []
            for _ in range(OPENED):
                context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
                visits.append(open_page(context.new_page(), path))
                context.close()
            row |= {key: statistics.median(each[key] for each in visits) for key in visits[0]}
            row["chromium"] = browser.version
            rows.append(row)
            print(f"{row['page']} done", file=sys.stderr)
        browser.close()
    return rows


def verdict(row: dict[str, Any]) -> str:
    """Compare a page with what is asked of it."""
    if row["page"] not in TARGETS:
        return ""
    seconds, mb = TARGETS[row["page"]]
    met = row["painted_s"] <= seconds and row["mb"] <= mb
    return f"{'met' if met else 'MISSED'}: {seconds:g} s, {mb} MB"


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--build", nargs=3, metavar=("PAGE", "CONES", "PATH"))
    parser.add_argument("--quick", action="store_true", help="leave out 100,000 cones")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--workshop", type=int, metavar="WISHES", help="time the workshop page")
    given = parser.parse_args()
    if given.workshop:
        report(given.workshop)
        return
    if given.build:
        kind, count, path = given.build
        build(kind, int(count), Path(path))
        return
    cases = [("coverage", 5000), ("ownership", 17_000), ("swipe", 5000), ("coverage", 17_000)]
    if not given.quick:
        cases.append(("coverage", 100_000))
    rows = measure(cases)
    heads = "frames s", "frames MB", "build s", "MB", "peak MB", "painted s", "zoom ms", "tab MB"
    print("| page |", " | ".join(heads), "| target |")
    print("|---" * (len(heads) + 2) + "|")
    for row in rows:
        cells = (
            f"{row['frames_s']:.1f}",
            f"{row['frames_mb']:.0f}",
            f"{row['build_s']:.1f}",
            f"{row['mb']:.1f}",
            f"{row['peak_mb']:.0f}",
            f"{row['painted_s']:.2f}",
            f"{row['zoom_ms']:.0f}",
            f"{row['tab_mb']:.0f}",
        )
        print(f"| {row['page']} |", " | ".join(cells), f"| {verdict(row)} |")
    if given.json:
        versions = {name: version(name) for name in PACKAGES}
        document = {"python": platform.python_version(), "versions": versions, "pages": rows}
        given.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
