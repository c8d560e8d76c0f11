"""Run spopt's MCLP on a problem given as JSON on standard input; print JSON. Needs spopt.

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
from spopt.locate import MCLP  # noqa: E402


def main() -> None:
    """Build and solve, each timed; spopt's matrix has points in rows and distances in cells."""
    task = json.load(sys.stdin)
    away = np.ones((task["points"], task["sites"]))
    away[task["columns"], task["rows"]] = 0.0
    started = time.process_time()
    model = MCLP.from_cost_matrix(
        away, np.asarray(task["weights"]), service_radius=0.5, p_facilities=task["p"]
    )
    built = time.process_time()
    model = model.solve(pulp.HiGHS(msg=False, gapRel=0.0, gapAbs=0.0, threads=1), results=False)
    solved = time.process_time()
    answer = {
        "version": metadata.version("spopt"),
        "weight": float(pulp.value(model.problem.objective)),
        "build_s": built - started,
        "solve_s": solved - built,
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
