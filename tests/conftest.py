"""Fixtures that all tests share."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("no_clock", deadline=None)  # no test depends on how busy a machine is
settings.load_profile("no_clock")

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


def pytest_report_header() -> str:
    versions = (f"{name} {metadata.version(name)}" for name in ("pulp", "highspy", "shapely"))
    return ", ".join(versions)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SHARED_DATA.is_dir():
        return
    skip = pytest.mark.skip(reason=f"real London data not found at {SHARED_DATA}")
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    return SHARED_DATA
