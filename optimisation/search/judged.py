r"""The plan of least measure over many draws, with a proof.

Given the outcome of every group in every draw (a plan's outcome is the sum of its groups') and a
measure (:mod:`optimisation.search.measures`):

1. **Bound.** The weighting that proves most is looked for (:mod:`optimisation.search.ascent`). For
   the mean there is only one, and its cheapest plan is the answer.
2. **List.** A plan of smaller measure than the best one known costs less than that under *every*
   weighting, so it is among the plans that are charted within that cost under the best weighting.
   The chart is searched with several weightings at once (:mod:`optimisation.search._judge`), and
   each plan that passes is judged exactly. If the search ends, the best plan is proved best.
3. **Else** the search is asked for less: that no plan has a measure below some level between bound
   and best plan. The greatest level so proved is the bound, and the gap is stated.

All limits are numbers of rounds, steps and nodes: the same input gives the same answer everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimisation.search._judge import completions, search
from optimisation.search.ascent import Answered, Ascent, best_weights
from optimisation.search.bounds import Bound, SideRow, lower_bound
from optimisation.search.exact_cover import best_plan, charted, plans_within
from optimisation.search.groups import Groups
from optimisation.search.measures import Measure
from optimisation.search.optimum import PENNY, OutOfTimeError, solve_groups
from optimisation.search.solvers import Effort

Floats = NDArray[np.float64]

DIVE_NODES = 200_000
MIP_NODES = 5_000
LISTED = 20_000
EXTREMES = 31
FIRST_SHARE = 0.8
"""Share of the steps left that the search for one level may take."""
LEVELS = (1.0, 0.75, 0.5, 0.25, 0.125)
"""Parts of the way from bound to best plan that the search is asked to prove, in turn."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard the search tries.

    Parameters
    ----------
    rounds
        Weightings tried.
    steps
        Steps of a chart; a million take about 80 MB.
    nodes
        Steps of all searches through charts; ten million take about a second.
    """

    rounds: int = 80
    steps: int = 2_500_000
    nodes: int = 1_500_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The plan of least measure and what is proved of it.

    Parameters
    ----------
    rows
        Rows of its groups, ascending.
    value
        Its measure.
    bound
        Proved lower bound of the measure of every plan; ``value`` itself where it is proved best.
    weights
        The weighting of the draws that proves most.
    rounds, nodes
        Weightings tried, and steps of the searches through charts.
    """

    rows: tuple[int, ...]
    value: float
    bound: float
    weights: Floats
    rounds: int
    nodes: int

    @property
    def proved(self) -> bool:
        """Whether nothing better can exist."""
        return self.bound >= self.value


def least(
    groups: Groups,
    outcomes: Floats,
    measure: Measure,
    *,
    rows: Sequence[SideRow] = (),
    loads: Sequence[Floats] = (),
    limits: Limits = Limits(),
) -> Judged | None:
    """Find the plan of least measure.

    Parameters
    ----------
    groups
        The groups that a plan may use.
    outcomes
        Outcome of each group in each draw, finite; shape ``(draws, groups)``.
    measure
        What is to be least.
    rows, loads
        As in :func:`optimisation.search.exact_cover.plans_within`.
    limits
        How hard the search tries.

    Returns
    -------
    Judged or None
        None if it is proved that there is no plan.

    Raises
    ------
    OutOfTimeError
        If the effort allowed found no plan at all.

    Examples
    --------
    >>> groups = Groups.from_members("ab", [["a"], ["b"], ["a", "b"]])
    >>> outcomes = np.array([[1.0, 1.0, 3.0], [1.0, 1.0, 3.0], [4.0, 4.0, 3.0]])
    >>> zero = np.zeros(3)
    >>> least(groups, outcomes, Measure.mean(zero)).rows
    (2,)
    >>> least(groups, outcomes, Measure.worst(zero)).rows
    (2,)
    """
    problem = _Problem(groups, outcomes, measure, tuple(rows), tuple(loads))
    found = best_weights(
        problem.cheapest, problem.outcome, measure, max_rounds=limits.rounds, keep=1
    )
    if found.rows is None:
        if found.bound == np.inf:
            return None
        raise OutOfTimeError("No plan was found within the nodes allowed")
    if measure.single or found.value - found.bound <= PENNY:
        bound = found.value if found.value - found.bound <= PENNY else found.bound
        return Judged(found.rows, found.value, bound, found.weights[0], found.rounds, 0)
    return _close(problem, found, limits)


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    groups: Groups
    outcomes: Floats
    measure: Measure
    rows: tuple[SideRow, ...]
    loads: tuple[Floats, ...]

    def outcome(self, rows: Sequence[int] | NDArray[np.int64]) -> Floats:
        """Outcome of a plan in each draw."""
        return np.asarray(self.outcomes[:, list(rows)].sum(axis=1))

    def relaxed(self, weights: Floats) -> tuple[Floats, Bound | None]:
        """Weighted costs and the bound of their cheapest plan."""
        # Summed without BLAS, whose last digits depend on the number of threads.
        costs = np.einsum("d,dg->g", weights, self.outcomes)
        return costs, lower_bound(self.groups, costs, rows=self.rows)

    def cheapest(self, weights: Floats) -> Answered:
        """Find the cheapest plan under a weighting, or say how far that is proved."""
        costs, bound = self.relaxed(weights)
        if bound is None:
            return Answered(None, float("inf"))
        found = best_plan(
            self.groups,
            costs,
            bound,
            rows=self.rows,
            loads=self.loads,
            max_nodes=DIVE_NODES,
        )
        if len(found.costs):
            return Answered(found.rows(0), float(found.costs[0]))
        if found.within > -np.inf:
            return Answered(None, float("inf"))
        effort = Effort(max_nodes=MIP_NODES)
        try:
            solved = solve_groups(self.groups, costs, effort=effort, rows=self.rows)
        except OutOfTimeError:
            return Answered(None, bound.value)
        if solved is None:
            return Answered(None, float("inf"))
        return Answered(solved.rows, solved.bound)


def _close(problem: _Problem, found: Ascent, limits: Limits) -> Judged:
    """Settle what is open between the best plan met and the bound."""
    measure, weights = problem.measure, found.weights[0]
    costs, relaxed = problem.relaxed(weights)
    assert relaxed is not None  # noqa: S101 (the caller has seen a plan)
    best, value, bound = found.rows, found.value, found.bound
    taken_off = float(weights @ measure.offset)
    nodes = searched = 0
    listed = plans_within(
        problem.groups,
        costs,
        relaxed,
        most=value + taken_off,
        rows=problem.rows,
        loads=problem.loads,
        limit=LISTED,
        max_nodes=limits.steps,
    )
    if len(listed.costs):
        padded = np.hstack([problem.outcomes, np.zeros((measure.draws, 1))])
        values = np.concatenate(
            [
                measure.value(padded[:, part].sum(axis=2).T)
                for part in np.array_split(listed.plans, max(1, len(listed.plans) // 2_000))
            ]
        )
        if float(values.min()) < value:
            best, value = listed.rows(int(values.argmin())), float(values.min())
    extremes = _extremes(problem, found)
    for part in LEVELS:
        level = bound + part * (value - bound) if part < 1 else value
        chart = charted(
            problem.groups,
            costs,
            relaxed,
            most=level + taken_off,
            rows=problem.rows,
            loads=problem.loads,
            max_steps=limits.steps,
        )
        if chart is None:
            bound = max(bound, level)
            break
        nodes += chart.count
        if chart.stopped:
            continue
        kept = np.ascontiguousarray(problem.outcomes[:, chart.keep].T)
        weighted = np.einsum("gd,kd->gk", kept, extremes)
        areas = len(problem.groups.codes)
        rest = completions(areas, chart.states, chart.steps, chart.newest, weighted)
        allowed = int(FIRST_SHARE * (limits.nodes - searched))
        plan, reached, steps = search(
            areas,
            chart.states,
            chart.steps,
            weighted,
            rest,
            extremes @ measure.offset,
            kept,
            measure.offset,
            measure.extreme(),
            level,
            1e-9 * max(1.0, abs(level)),
            allowed,
        )
        nodes, searched = nodes + steps, searched + steps
        if len(plan) and reached < value:
            best, value = tuple(sorted(int(row) for row in chart.keep[plan])), float(reached)
        if steps <= allowed:
            bound = max(bound, min(level, value))
            break
    assert best is not None  # noqa: S101 (as above)
    exact = float(measure.value(problem.outcome(best)))
    bound = exact if exact - bound <= PENNY else bound
    return Judged(best, exact, bound, weights, found.rounds, nodes)


def _extremes(problem: _Problem, found: Ascent) -> Floats:
    """Return the best weighting, then the worst ones of plans met, the most frequent first."""
    counted: dict[bytes, int] = {}
    for outcome in found.met:
        key = problem.measure.weights(outcome).tobytes()
        counted[key] = counted.get(key, 0) + 1
    order = sorted(counted, key=lambda key: (-counted[key], key))[:EXTREMES]
    chosen = [np.frombuffer(key, dtype=np.float64) for key in order]
    return np.stack([found.weights[0], *chosen])
