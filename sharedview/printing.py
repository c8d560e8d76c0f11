"""Pages as PDF sheets and pictures, by a Chromium that is on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from coverage_model.base.errors import Fault, InputError

BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge",
    "microsoft-edge", "chrome",
)  # fmt: skip
PAPERS = ("A4", "A3")
SHEET = "@page { size: landscape;"
"""What a page says of its paper: the reader chooses; a batch names it."""

LARGE = "@media print and (min-width: 350mm)"
"""Where a page says how it grows on A3: a batch has no window that it could be measured by."""

WINDOW = "1280,900"
PATIENCE_S = 180
# Pages ask for nothing; the browser itself is kept from asking, and from waiting on a clock.
FLAGS = (
    "--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-quic",
    "--virtual-time-budget=15000", "--run-all-compositor-stages-before-draw",
)  # fmt: skip


def find_browser() -> str:
    """Return the path of a Chromium, Chrome or Edge.

    Raises
    ------
    InputError
        If there is none.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        fault = Fault(
            "no Chromium, Chrome or Edge was found to print with",
            "Install one (Debian: apt install chromium), or leave --print out and print from your "
            "browser",
        )
        raise InputError("--print", [fault])
    return found


def print_pages(folder: Path, *, browser: str) -> list[Path]:
    """Print each page of a folder: a PDF for A4 and for A3, and a picture of its first screen.

    Parameters
    ----------
    folder
        With the pages, also in folders of it; the files go to a folder ``print`` beside each.
    browser
        From :func:`find_browser`.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        If the browser fails.
    """
    made = []
    with tempfile.TemporaryDirectory(prefix="sharedview-print-") as scratch:
        profile = Path(scratch) / "profile"
        for page in sorted(folder.rglob("*.html")):
            target = page.parent / "print"
            target.mkdir(exist_ok=True)
            text = page.read_text(encoding="utf-8")
            for paper in PAPERS:
                sheet = Path(scratch) / f"{page.stem}.{paper}.html"
                named = text.replace(SHEET, f"@page {{ size: {paper} landscape;")
                if paper == "A3":
                    named = named.replace(LARGE, "@media print")
                sheet.write_text(named, encoding="utf-8")
                out = target / f"{page.stem}_{paper}.pdf"
                run(browser, profile, ["--no-pdf-header-footer", f"--print-to-pdf={out}"], sheet)
                made.append(out)
            out = target / f"{page.stem}.png"
            run(browser, profile, [f"--window-size={WINDOW}", f"--screenshot={out}"], page)
            made.append(out)
    missing = [path.name for path in made if not path.is_file()]
    if missing:
        raise InputError("--print", [_failed(f"the browser wrote no {missing[0]}")])
    return made


def run(browser: str, profile: Path, options: Sequence[str], page: Path) -> None:
    """Start the browser once, without a window and with a profile of its own."""
    # Chromium refuses its sandbox to root, as in a container.
    rights = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    command = [browser, *FLAGS, *rights, f"--user-data-dir={profile}", *options, page.as_uri()]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)  # noqa: S603
    except (subprocess.SubprocessError, OSError) as error:
        raise InputError("--print", [_failed(f"{Path(browser).name} failed")]) from error


def _failed(what: str) -> Fault:
    return Fault(what, "Leave --print out and print from your browser")
