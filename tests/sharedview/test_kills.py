"""Stopped at any moment, a folder holds the earlier result or the new one, never a mix."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HARNESS = Path(__file__).with_name("kills.py")
CAMERAS = (
    "camera_id,easting,northing,ownership,camera_type,azimuth_deg,hfov_deg,range_m\n"
    "A,530000,180000,public,fixed,0,90,30\n"
)
VERBS = {
    "coverage": ["--draws", "5"],
    "consolidate": ["--draws", "5", "--within", "0.001"],
    "demo": ["--private-per-public", "0"],
    "report": [],
}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")


def stopped(folder: Path, moments: int, verb: str, *arguments: str) -> list[dict[str, Any]]:
    command = [sys.executable, HARNESS, str(moments), folder / "w" / "out", verb, *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert rows, done.stderr
    return rows


def old_or_new(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        earlier = "nothing" if row["situation"] == "fresh" else "old"
        assert row["verified"] in {earlier, "new"}, row
        assert row["after_sweep"] == row["verified"], row
        assert row["swept"], row
        assert row["notes"] == (row["situation"] == "shared"), row
        # Only a kill between two moves of the journal shows, and the journal finishes it.
        if row["found"] != row["verified"]:
            assert row["situation"] == "shared", row
            assert row["signal"] == "SIGKILL", row
            assert ".sharedview-switch" in row["left"], row
        if row["signal"] != "SIGKILL":
            assert row["code"] == {"SIGTERM": 143, "SIGINT": 130}[row["signal"]], row
            # An empty lock may stay: nobody holds it.
            assert all(name.endswith(".lock") for name in row["left"]), row


def test_a_small_result(tmp_path: Path) -> None:
    rows = stopped(tmp_path, 90, "small")
    old_or_new(rows)
    assert {row["verified"] for row in rows} == {"nothing", "old", "new"}
    assert any(row["found"].startswith("mix") for row in rows), "the journal was stopped half-way"


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_the_verbs(verb: str, tmp_path: Path) -> None:
    arguments = list(VERBS[verb])
    if verb == "coverage":
        (tmp_path / "c.csv").write_text(CAMERAS)
        arguments += ["--cameras", str(tmp_path / "c.csv")]
    old_or_new(stopped(tmp_path, 18, verb, *arguments))
