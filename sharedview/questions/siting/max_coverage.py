"""The maximal covering location problem with a budget: which sites see most, proved.

.. code-block:: text

    max  Σ_i w_i y_i
    (1)  y_i <= Σ_{j sees i} x_j                   a point counts if a chosen candidate sees it
    (2)  Σ_j c_j x_j + Σ_o f_o z_o <= B            within the budget
    (3)  x_j <= z_o(j)                             a bundle is opened once for all of its candidates
    (4)  Σ_{j at p} x_j <= N                       at most N candidates at a place
    (5)  Σ_{i in area a} w_i y_i >= r_a            a floor for each area, where there is one
    (6)  x_j, z_o in {0, 1},  0 <= y_i <= 1

(Church and ReVelle 1974, *Papers of the Regional Science Association* 32, with a budget in the
place of a number of sites; a bundle is an operator whose link opens the way to all its cameras.)

What cannot matter is taken out first (:mod:`sharedview.questions.siting.reduction`). Then the
greedy choice (:mod:`sharedview.questions.siting.greedy`) gives a good answer and the linear
relaxation (:mod:`sharedview.questions.siting.bound`) a bound that proves it, or says which
candidates a better one could still use; PuLP decides among those.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from coverage_model.base.errors import Faults, InfeasibleError
from optimisation.search.solvers import LinearModel, SolverName
from sharedview.questions.siting import bound as coverage_bound
from sharedview.questions.siting import greedy as coverage_greedy
from sharedview.questions.siting.problem import TOLERANCE, CoverProblem, cover_problem
from sharedview.questions.siting.reduction import merge_points, reduce_problem

__all__ = ["CoverProblem", "MaxCoverage", "add_rows", "cover_problem", "maximise_coverage"]

# Beyond this many sightings left, no exact model is built: the greedy choice and its bound remain.
MOST_SIGHTINGS = 300_000
NO_FLOORS = "the floors for the areas cannot be met within the budget"


@dataclass(frozen=True, slots=True, eq=False)
class MaxCoverage:
    """What was chosen and what proves it.

    Parameters
    ----------
    status
        ``optimal`` (proved) or ``feasible`` (``bound`` says how far from it at most).
    chosen
        Positions of the candidates, ascending.
    objective
        Weight of the points they see, summed from the problem as it was given.
    cost
        What they cost, bundles included.
    bound
        Proved upper bound of the weight of any choice within the budget.
    method
        What gave the answer: ``greedy``, ``relaxation`` (rounded down and filled up greedily), or
        the name of the solver of the exact model.
    guarantee_share
        Share of the best that the greedy rule alone reaches at least; not a number where fixed
        costs, limits at a place or floors leave no such guarantee.
    runtime_s
        Time it took.
    considered
        Candidates left after the reductions, and of those left for the exact model.
    """

    status: Literal["optimal", "feasible"]
    chosen: tuple[int, ...]
    objective: float
    cost: float
    bound: float
    method: str
    guarantee_share: float
    runtime_s: float
    considered: tuple[int, int]

    @property
    def gap_share(self) -> float:
        """Relative gap between bound and objective, 0 for a proved choice."""
        return max(0.0, self.bound - self.objective) / self.bound if self.bound > 0 else 0.0

    def __repr__(self) -> str:
        proof = "proved" if self.status == "optimal" else f"bound {self.bound:,.6g}"
        return f"MaxCoverage({len(self.chosen)} candidates see {self.objective:,.6g}, {proof})"


def maximise_coverage(
    problem: CoverProblem,
    *,
    budget: float,
    exact: bool = True,
    solver: SolverName = "highs",
    time_limit_s: float | None = None,
) -> MaxCoverage:
    """Choose candidates within a budget that see the most weight.

    Parameters
    ----------
    problem
        From :func:`cover_problem`.
    budget
        Most money, from 0.
    exact
        Whether to prove the best where the greedy choice is not proved by its bound.
    solver
        ``highs`` or ``cbc``.
    time_limit_s
        Seconds for the exact model; the answer may then be unproved.

    Returns
    -------
    MaxCoverage

    Raises
    ------
    InputError
        If the budget is not a number from 0.
    InfeasibleError
        If the floors cannot be met within the budget.
    TimeoutError
        If no choice that meets the floors was found in the time given.

    Examples
    --------
    >>> views = cover_problem([[1, 1, 0, 0], [0, 0, 1, 0], [0, 1, 1, 1]], [1, 1, 1, 1])
    >>> maximise_coverage(views, budget=2)
    MaxCoverage(2 candidates see 4, proved)
    """
    started = time.perf_counter()
    if not (np.isfinite(budget) and budget >= 0):
        faults = Faults("budget")
        faults.add(f"the budget is {budget}", "Give an amount from 0")
        faults.raise_if_any()
    reduced = reduce_problem(problem, budget=budget)
    small = reduced.problem
    budget = _spendable(small, budget)
    best, method = coverage_greedy.greedy(small, budget=budget).chosen, "greedy"
    relaxed = coverage_bound.relaxation(small, budget=budget)
    if relaxed is None:
        raise InfeasibleError([NO_FLOORS])
    if small.spend(relaxed.taken) <= budget * (1 + TOLERANCE):
        rest = coverage_greedy.greedy(small, budget=budget, start=relaxed.taken).chosen
        best, method = max(
            ((best, method), (rest, "relaxation")),
            key=lambda each: (-small.lacks(each[0]).sum(), small.value(each[0])),
        )
    met = not small.lacks(best).any()
    low = small.value(best) if met else -np.inf
    bound = _round_down(relaxed.value, small)
    left = 0
    if exact and low < bound * (1 - TOLERANCE):
        # A candidate that no better choice can use is left out; the answer at hand stays.
        keep = np.flatnonzero(relaxed.value + np.minimum(relaxed.gains, 0.0) > low + TOLERANCE)
        left = len(keep)
        if small.sees[keep].nnz <= MOST_SIGHTINGS:
            found = _exact(small.take(keep), budget=budget, solver=solver, limit=time_limit_s)
            if found is None and not met:
                raise InfeasibleError([NO_FLOORS])
            if found is not None:
                rows, proved = found
                bound = min(bound, max(low, _round_down(proved, small)))
                if rows is not None and small.value(keep[list(rows)]) > low:
                    best, method, met = tuple(keep[list(rows)].tolist()), solver, True
                    low = small.value(best)
            else:
                bound = low
    if not met:
        raise TimeoutError("no choice that meets the floors was found in the time given")
    # A solver may take what adds nothing.
    kept = np.asarray(best, dtype=np.intp)
    useful = coverage_greedy.greedy(small.take(kept), budget=small.spend(best)).chosen
    if not small.lacks(kept[list(useful)]).any() and small.value(kept[list(useful)]) == low:
        kept = kept[list(useful)]
    chosen = tuple(sorted(reduced.candidates[kept].tolist()))
    objective = problem.value(chosen)
    bound = max(bound, objective)
    proved_best = bound - objective <= TOLERANCE * max(1.0, objective)
    return MaxCoverage(
        status="optimal" if proved_best else "feasible",
        chosen=chosen,
        objective=objective,
        cost=problem.spend(chosen),
        bound=objective if proved_best else bound,
        method=method,
        guarantee_share=coverage_greedy.guarantee_share(problem),
        runtime_s=time.perf_counter() - started,
        considered=(small.candidates, left),
    )


def _spendable(problem: CoverProblem, budget: float) -> float:
    """Return the budget without what no choice can spend, where prices have a common measure."""
    prices = np.concatenate([problem.costs, problem.bundle_costs])
    pounds = np.rint(prices)
    if not len(prices) or not (pounds == prices).all() or not pounds.any():
        return budget
    step = int(np.gcd.reduce(pounds.astype(np.int64)))
    return min(budget, float(np.floor(budget * (1 + TOLERANCE) / step) * step))


def _round_down(bound: float, problem: CoverProblem) -> float:
    return float(np.floor(bound + 1e-6)) if problem.whole else bound


def _exact(
    problem: CoverProblem, *, budget: float, solver: SolverName, limit: float | None
) -> tuple[tuple[int, ...] | None, float] | None:
    """Solve with PuLP: rows chosen (None: none found) and an upper bound; None if infeasible."""
    problem = merge_points(problem)
    if not set(np.flatnonzero(problem.needs > 0)) <= set(problem.area.tolist()):
        return None
    scale = float(problem.weights.sum()) or 1.0
    model = LinearModel("max_coverage")
    chosen = [model.column(whole=True) for _ in range(problem.candidates)]
    seen = [model.column(-weight / scale) for weight in problem.weights.tolist()]
    add_rows(model, problem, chosen=chosen, seen=seen, budget=budget)
    # Choices with whole weights differ by 1 at least: a gap below that is no gap.
    slack = (1 - 1e-3) / scale if problem.whole else 0.0
    found = model.solve(solver=solver, gap_abs=slack, time_limit_s=limit)
    if found.infeasible:
        return None
    rows = None
    if found.values is not None:
        rows = tuple(np.flatnonzero(found.values[: problem.candidates] > 0.5).tolist())
        money = problem.spend(rows) <= budget * (1 + 1e-6) + 1e-6
        rows = rows if money and problem.lacks(rows).max(initial=0.0) < 1e-6 * scale else None
    return rows, -found.bound * scale


def add_rows(
    model: LinearModel,
    problem: CoverProblem,
    *,
    chosen: Sequence[int],
    seen: Sequence[int],
    budget: float,
) -> None:
    """Add the limits (1) to (5) to a model that has columns for candidates and points."""
    by_point = problem.sees.tocsc()
    for point, column in enumerate(seen):
        rows = by_point.indices[by_point.indptr[point] : by_point.indptr[point + 1]].tolist()
        model.row([column, *(chosen[j] for j in rows)], [1.0, *[-1.0] * len(rows)], high=0.0)
    used = np.unique(problem.bundle[problem.bundle >= 0]).tolist()
    opened = {bundle: model.column(whole=True) for bundle in used}
    for j in np.flatnonzero(problem.bundle >= 0).tolist():
        model.row([chosen[j], opened[int(problem.bundle[j])]], [1.0, -1.0], high=0.0)
    money = max(budget, 1.0)
    prices = [*problem.costs.tolist(), *(float(problem.bundle_costs[o]) for o in used)]
    if prices:
        model.row([*chosen, *opened.values()], [each / money for each in prices],
                  high=budget / money)  # fmt: skip
    for place in np.unique(problem.place[problem.place >= 0]).tolist():
        here = np.flatnonzero(problem.place == place).tolist()
        if len(here) > problem.per_place:
            model.row([chosen[j] for j in here], [1.0] * len(here), high=float(problem.per_place))
    for area in np.flatnonzero(problem.needs > 0).tolist():
        here = np.flatnonzero(problem.area == area).tolist()
        need = float(problem.needs[area])
        if here:
            values = [float(problem.weights[i]) / need for i in here]
            model.row([seen[i] for i in here], values, low=1.0 - TOLERANCE)
