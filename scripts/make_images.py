"""Take the pictures of the README and the documentation: the demo's pages in a real browser.

Usage: python scripts/make_images.py DEMO [--look FOLDER] [--streets OSM --buildings GEOJSON]
           [--brief PDF]

With streets and buildings of a place in London, the README's first picture is made: what the
illustrative cameras of that place see, at street level.

With the PDF of `sharedview report`, brief.png is its first page (by poppler's pdftoppm).

DEMO is a folder that `sharedview demo` wrote. Pictures of 1280 × 800 go to docs/images, with few
colours so that they stay small; with --look, pictures at the width of a telephone go to FOLDER, to
be looked at and not kept. Needs Playwright's Chromium: playwright install chromium.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from coverage_model.base import datasets
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, find_level
from coverage_model.reading.illustrative import illustrative_cameras
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.streets import read_streets
from sharedview import pages
from sharedview.pipeline import run_coverage

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
PAGES = ("consolidation", "comparison", "coverage", "ownership", "workshop")
STREET_VIEW = "#at=51.5190,-0.1395,17"
DESK, TELEPHONE = (1280, 800), (390, 844)
COLOURS = 255
MOST_BYTES = 300_000
PAPER_DPI = 110
# Browsers that distributions install outside Playwright's own folder.
SYSTEM_CHROMIUM = Path("/usr/bin/chromium")


def shoot(page: Page, path: Path, size: tuple[int, int], at: str = "") -> bytes:
    """Open a page at a size, wait until it is drawn, and return a picture of it."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(path.resolve().as_uri() + at)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1200)
    return page.screenshot()


def small(picture: bytes) -> bytes:
    """Return a picture with few colours.

    Raises
    ------
    ValueError
        If it is too large all the same.
    """
    stream = io.BytesIO()
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    # The usual method loses the colours of small things, such as the keys of a legend.
    few = image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(stream, "PNG", optimize=True)
    if stream.tell() > MOST_BYTES:
        raise ValueError(f"a picture of {stream.tell():,} bytes; the limit is {MOST_BYTES:,}")
    return stream.getvalue()


def first_page(pdf: Path) -> bytes:
    """Return a picture of the first page of a PDF."""
    command = ["pdftoppm", "-png", "-r", str(PAPER_DPI), "-f", "1", "-singlefile", str(pdf)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def street_page(streets: Path, buildings: Path, folder: Path) -> Path:
    """Write the coverage page of the illustrative cameras among the buildings of a place."""
    walls = read_obstacles(buildings)
    inventory = illustrative_cameras()
    west, south, east, north = walls.frame.total_bounds
    here = replace(inventory, frame=inventory.frame.cx[west:east, south:north].copy())
    run = run_coverage(
        here,
        areas=datasets.boroughs("full"),
        level=find_level(DEFAULT_LEVEL),
        obstacles=walls,
        streets=read_streets(streets),
        draws=0,
    )
    path = folder / "coverage.html"
    pages.coverage(run).save(path)
    return path


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("demo", type=Path)
    parser.add_argument("--look", type=Path)
    parser.add_argument("--streets", type=Path)
    parser.add_argument("--buildings", type=Path)
    parser.add_argument("--brief", type=Path)
    chosen = parser.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    program = str(SYSTEM_CHROMIUM) if SYSTEM_CHROMIUM.exists() else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        for name in PAGES:
            path = chosen.demo / f"{name}.html"
            if not path.is_file():
                print(f"{path.name}: not in the demo, left out")
                continue
            data = small(shoot(page, path, DESK))
            (IMAGES / f"{name}.png").write_bytes(data)
            print(f"{name}.png: {len(data):,} bytes")
            if chosen.look:
                chosen.look.mkdir(parents=True, exist_ok=True)
                (chosen.look / f"{name}_390.png").write_bytes(shoot(page, path, TELEPHONE))
        if chosen.brief:
            data = small(first_page(chosen.brief))
            (IMAGES / "brief.png").write_bytes(data)
            print(f"brief.png: {len(data):,} bytes")
        if chosen.streets and chosen.buildings:
            with tempfile.TemporaryDirectory() as folder:
                path = street_page(chosen.streets, chosen.buildings, Path(folder))
                data = small(shoot(page, path, DESK, at=STREET_VIEW))
            (IMAGES / "street.png").write_bytes(data)
            print(f"street.png: {len(data):,} bytes")
        browser.close()


if __name__ == "__main__":
    main()
