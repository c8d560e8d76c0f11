"""What a scenario may choose for the comparison of boroughs: its table ``[benchmark]``."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from optimisation.options import Options


class BenchmarkOptions(Options):
    """Choices for the comparison of boroughs (:mod:`sharedview.questions.benchmark.boroughs`).

    Parameters
    ----------
    draws, seed
        Bootstrap draws for the intervals of the rooms' efficiency, and where random numbers start.
    covered_area
        Whether the ground that cameras cover is an output of a room; by default only where the
        cameras are real.
    """

    key: ClassVar[str] = "benchmark"
    draws: int = Field(default=200, ge=2)
    seed: int = Field(default=1998, ge=0)
    covered_area: bool | None = None
