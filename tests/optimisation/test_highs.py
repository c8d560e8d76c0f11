"""Solvers print nothing: standard output is for results."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
from optimisation.consolidation import consolidate
from optimisation.scenario import load_scenario
from optimisation.territory import borough_inputs
chosen = load_scenario(overrides={"boroughs": ["Camden", "Islington", "Hackney"]})
print(len(consolidate(borough_inputs(), chosen).rooms))
"""


def test_only_the_result_is_on_standard_output() -> None:
    # A process of its own: the greeting comes once a process, below Python's own streams.
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().isdigit()
    assert done.stderr == ""
