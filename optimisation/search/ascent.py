r"""The weighting that proves most: cutting planes with a level step.

For a weighting w the cheapest plan under the weighted costs bounds a measure from below
(:mod:`optimisation.search.measures`): LB(w) = min over plans of w · (x - offset). LB is concave in
w, and each plan met is a plane above it. So a small linear programme over all planes says where LB
could still be highest; the next weighting lies part of the way from the best one so far to there
(a level step: the full step of Kelley 1960 swings from corner to corner; Lemaréchal, Nemirovskii
and Nesterov 1995, and Ben-Ameur and Neto 2007 for this form). The greatest LB is the bound of the
measure over mixtures of plans; what remains up to the best plan is settled by
:mod:`optimisation.search.judged`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from optimisation.search.measures import Measure

Floats = NDArray[np.float64]

STEP = 0.5
CLOSE_SHARE = 1e-4
"""Rounds end where the planes promise less than this share of the gap between plan and bound."""


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """The cheapest plan under one weighting.

    Parameters
    ----------
    rows
        Its groups; None if none was found.
    bound
        Lower bound of w · x over all plans.
    """

    rows: tuple[int, ...] | None
    bound: float


@dataclass(frozen=True, slots=True, eq=False)
class Ascent:
    """What the rounds found.

    Parameters
    ----------
    weights
        The weighting that proves most, and further ones that prove nearly as much, best first;
        shape ``(weightings, draws)``.
    bound
        Proved lower bound of the measure.
    rows, value
        The best plan met and its measure; None and infinite without one.
    met
        Outcomes of the plans met, each once; shape ``(plans, draws)``.
    rounds
        Weightings tried.
    """

    weights: Floats
    bound: float
    rows: tuple[int, ...] | None
    value: float
    met: Floats
    rounds: int


def best_weights(
    ask: Callable[[Floats], Answered],
    outcomes: Callable[[tuple[int, ...]], Floats],
    measure: Measure,
    *,
    max_rounds: int,
    keep: int = 1,
) -> Ascent:
    """Look for the weighting with the highest bound.

    Parameters
    ----------
    ask
        Finds the cheapest plan under a weighting.
    outcomes
        Outcome of a plan in each draw.
    measure
        What is to be least.
    max_rounds
        Most weightings to try.
    keep
        Weightings to return.

    Returns
    -------
    Ascent
    """
    centre = np.full(measure.draws, 1 / measure.draws)
    tried: list[tuple[float, Floats]] = []
    bound, value = -np.inf, np.inf
    best: tuple[int, ...] | None = None
    met: dict[tuple[int, ...], Floats] = {}
    planes: _Planes | None = None
    weights = centre
    for _ in range(max_rounds):
        answer = ask(weights)
        proved = answer.bound - float(weights @ measure.offset)
        tried.append((proved, weights))
        if proved > bound:
            bound, centre = proved, weights
        if answer.rows is None:
            break
        reached = met.setdefault(answer.rows, outcomes(answer.rows))
        worth = float(measure.value(reached))
        if worth < value:
            best, value = answer.rows, worth
        if measure.single:
            break
        if planes is None:
            planes = _Planes(measure, unit=max(1.0, float(np.abs(reached).max())))
        planes.add(reached - measure.offset)
        promise, corner = planes.highest()
        if promise - bound <= CLOSE_SHARE * (value - bound):
            break
        weights = centre + STEP * (corner - centre)
    tried.sort(key=lambda pair: -pair[0])
    chosen = np.stack([weights for _, weights in tried[:keep]])
    seen = np.stack(list(met.values())) if met else np.empty((0, measure.draws))
    return Ascent(chosen, bound, best, value, seen, len(tried))


class _Planes:
    """The linear programme: the highest point under all planes, ``max t, t <= w · plane``."""

    def __init__(self, measure: Measure, *, unit: float) -> None:
        self.unit, self.draws = unit, measure.draws
        self.least, self.most = measure.least, measure.most
        self.engine = highspy.Highs()
        self.engine.setOptionValue("output_flag", False)
        self.engine.setOptionValue("threads", 1)
        infinite = highspy.kHighsInf
        self.engine.addVar(-infinite, infinite)
        self.engine.changeColCost(0, -1.0)
        for _ in range(self.draws):
            self.engine.addVar(measure.least, measure.most)
        columns = np.arange(1, self.draws + 1, dtype=np.int32)
        self.engine.addRow(1.0, 1.0, self.draws, columns, np.ones(self.draws))

    def add(self, plane: Floats) -> None:
        """Add the plane of one plan."""
        columns = np.arange(self.draws + 1, dtype=np.int32)
        values = np.concatenate([[1.0], -plane / self.unit])
        self.engine.addRow(-highspy.kHighsInf, 0.0, self.draws + 1, columns, values)

    def highest(self) -> tuple[float, Floats]:
        """Return how high the planes let the bound be, and the weighting there."""
        self.engine.run()
        found = np.asarray(self.engine.getSolution().col_value)
        return float(found[0]) * self.unit, self._within_limits(found[1:])

    def _within_limits(self, weights: Floats) -> Floats:
        """Take the solver's tolerance out: a weighting off its limits would prove too much."""
        weights = np.clip(weights, self.least, self.most)
        missing = 1.0 - float(weights.sum())
        space = self.most - weights if missing > 0 else weights - self.least
        return weights + missing * space / max(float(space.sum()), np.finfo(np.float64).tiny)
