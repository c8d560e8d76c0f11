"""What the documents name is there: files, and the functions that links lead to."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "benchmarks" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
PACKAGES = "coverage_model|optimisation|maps|sharedview"
FOLDERS = f"{PACKAGES}|tests|scripts|benchmarks|notebooks|data"
FILE = re.compile(rf"`((?:{FOLDERS})/[\w./-]*\w)`")
OBJECT = re.compile(rf"\]\[((?:{PACKAGES})[\w.]*)\]")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_files_that_a_page_names_are_there(page: Path) -> None:
    named = {name for name in FILE.findall(page.read_text("utf-8")) if "NAME" not in name}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_objects_that_a_page_links_to_are_there(page: Path) -> None:
    for name in OBJECT.findall(page.read_text("utf-8")):
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name
