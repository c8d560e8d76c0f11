"""Take the pictures of the README and the documentation: the demo's pages in a real browser.

Usage: python scripts/make_images.py DEMO [--look FOLDER]

DEMO is a folder that `sharedview demo` wrote. Pictures of 1280 × 800 go to docs/images, with few
colours so that they stay small; with --look, pictures at the width of a telephone go to FOLDER, to
be looked at and not kept. Needs Playwright's Chromium: playwright install chromium.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
PAGES = ("consolidation", "comparison", "coverage", "ownership", "workshop")
DESK, TELEPHONE = (1280, 800), (390, 844)
COLOURS = 255
MOST_BYTES = 300_000
# Browsers that distributions install outside Playwright's own folder.
SYSTEM_CHROMIUM = Path("/usr/bin/chromium")


def shoot(page: Page, path: Path, size: tuple[int, int]) -> bytes:
    """Open a page at a size, wait until it is drawn, and return a picture of it."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(path.resolve().as_uri())
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


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("demo", type=Path)
    parser.add_argument("--look", type=Path)
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
        browser.close()


if __name__ == "__main__":
    main()
