"""A quiet HiGHS: release 1.16 greets on standard output whatever its options say.

It does so once a process, when the first solver is made. Output that programs read (``--json``)
must hold nothing else, so the first one is made with the standard output of the process put aside.
"""

from __future__ import annotations

import os
from functools import cache

import highspy


def quiet_solver() -> highspy.Highs:
    """Return a new solver that prints nothing."""
    swallow_greeting()
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    return solver


@cache
def swallow_greeting() -> None:
    """Make the first solver of the process unheard."""
    try:
        kept = os.dup(1)
    except OSError:  # a process without a standard output
        highspy.Highs()
        return
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 (a device, not a path)
            os.dup2(nowhere.fileno(), 1)
            highspy.Highs()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
