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

What cannot matter is taken out first: points that no candidate sees, candidates that see nothing or
cost too much, points that the very same candidates see (their weights are added), and candidates
that another one dominates (sees at least as much, for no more money, of the same bundle and place
or of none). Then the greedy choice (:mod:`optimisation.coverage_greedy`) gives a good answer and
the linear relaxation (:mod:`optimisation.coverage_bound`) a bound that proves it, or says which
candidates a better one could still use; PuLP decides among those.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from coverage_model.errors import Faults, InfeasibleError
from optimisation import coverage_bound, coverage_greedy
from optimisation._solvers import LinearModel, SolverName

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

NONE = -1
TOLERANCE = 1e-9
# Beyond this many pairs of candidates with a common point, dominated ones are left in.
MOST_PAIRS = 20_000_000
# Beyond this many sightings left, no exact model is built: the greedy choice and its bound remain.
MOST_SIGHTINGS = 300_000
NO_FLOORS = "the floors for the areas cannot be met within the budget"


@dataclass(frozen=True, slots=True, eq=False)
class CoverProblem:
    """What can be seen, by which candidates, at what cost; made by :func:`cover_problem`.

    Parameters
    ----------
    sees
        One where a candidate (row) sees a point (column), shape ``(candidates, points)``.
    weights
        Weight of each point.
    costs
        Cost of each candidate.
    bundle, bundle_costs
        Bundle of each candidate (-1: none), and the fixed cost of each bundle.
    place, per_place
        Place of each candidate (-1: none), and the most candidates at a place.
    area, needs
        Area of each point (-1: none), and the weight that must be seen in each area.
    """

    sees: Any
    weights: Floats
    costs: Floats
    bundle: Places
    bundle_costs: Floats
    place: Places
    per_place: int
    area: Places
    needs: Floats

    @property
    def candidates(self) -> int:
        """Number of candidates."""
        return int(self.sees.shape[0])

    @property
    def whole(self) -> bool:
        """Whether all weights are whole numbers, so that bounds may be rounded down."""
        return bool((self.weights == np.floor(self.weights)).all())

    def spend(self, chosen: Sequence[int]) -> float:
        """Return what candidates cost together, each of their bundles once."""
        rows = np.asarray(chosen, dtype=np.intp)
        opened = np.unique(self.bundle[rows])
        return float(self.costs[rows].sum() + self.bundle_costs[opened[opened >= 0]].sum())

    def covered(self, chosen: Sequence[int]) -> NDArray[np.bool_]:
        """Return which points candidates see together."""
        seen = np.zeros(len(self.weights), dtype=bool)
        seen[self.sees[np.asarray(chosen, dtype=np.intp)].indices] = True
        return seen

    def value(self, chosen: Sequence[int]) -> float:
        """Return the weight that candidates see together."""
        return float(self.weights[self.covered(chosen)].sum())

    def lacks(self, chosen: Sequence[int]) -> Floats:
        """Return the weight by which each area falls short of its floor."""
        seen = self.covered(chosen) & (self.area >= 0)
        got = np.bincount(self.area[seen], self.weights[seen], minlength=len(self.needs))
        return np.maximum(self.needs - got, 0.0)

    def take(self, rows: ArrayLike) -> CoverProblem:
        """Return the problem with some of the candidates only."""
        kept = np.asarray(rows)
        return replace(
            self,
            sees=self.sees[kept],
            costs=self.costs[kept],
            bundle=self.bundle[kept],
            place=self.place[kept],
        )


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
        What gave the answer: ``greedy`` (with the bound of the relaxation) or the solver's name.
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


def cover_problem(
    sees: Any,
    weights: ArrayLike,
    *,
    costs: ArrayLike | None = None,
    bundle: ArrayLike | None = None,
    bundle_costs: ArrayLike = (),
    place: ArrayLike | None = None,
    per_place: int = 1,
    area: ArrayLike | None = None,
    needs: ArrayLike = (),
) -> CoverProblem:
    """Put a problem together and check it.

    Parameters
    ----------
    sees
        Dense or sparse, shape ``(candidates, points)``; what is not zero is seen.
    weights, costs, bundle, bundle_costs, place, per_place, area, needs
        As in :class:`CoverProblem`; costs are 1, and there are no bundles, places or areas, if not
        given.

    Returns
    -------
    CoverProblem

    Raises
    ------
    InputError
        With every fault: shapes that differ, numbers that are negative or not finite, a bundle or
        an area without its cost or floor.

    Examples
    --------
    >>> cover_problem([[1, 1, 0], [0, 1, 1]], [1, 1, 3], costs=[2, 2]).value([1])
    4.0
    """
    matrix = sparse.csr_array(np.asarray(sees) if not sparse.issparse(sees) else sees)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    matrix = sparse.csr_array(
        (np.ones(matrix.nnz, dtype=np.int32), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    matrix.sort_indices()
    candidates, points = matrix.shape
    made = CoverProblem(
        sees=matrix,
        weights=np.asarray(weights, dtype=np.float64),
        costs=np.ones(candidates) if costs is None else np.asarray(costs, dtype=np.float64),
        bundle=_places(bundle, candidates),
        bundle_costs=np.asarray(bundle_costs, dtype=np.float64),
        place=_places(place, candidates),
        per_place=per_place,
        area=_places(area, points),
        needs=np.asarray(needs, dtype=np.float64),
    )
    _check(made)
    return made


def _places(given: ArrayLike | None, size: int) -> Places:
    return np.full(size, NONE, dtype=np.intp) if given is None else np.asarray(given, dtype=np.intp)


def _check(problem: CoverProblem) -> None:
    faults = Faults("coverage problem")
    rows, columns = problem.sees.shape
    lengths = {"weights": columns, "area": columns, "costs": rows, "bundle": rows, "place": rows}
    for name, size in lengths.items():
        if getattr(problem, name).shape != (size,):
            faults.add(f"{name} has the shape {getattr(problem, name).shape}", f"Give {size} of it")
    for name in ("weights", "costs", "bundle_costs", "needs"):
        values = getattr(problem, name)
        wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
        if len(wrong):
            faults.add(f"{name} are not all numbers from 0", "Correct these", rows=wrong)
    for name, known in (("bundle", problem.bundle_costs), ("area", problem.needs)):
        values = getattr(problem, name)
        if len(values) and len(known) <= values.max():
            faults.add(f"{name} {values.max()} has no cost or floor", "Give one for each")
    if problem.per_place < 1:
        faults.add(f"per_place is {problem.per_place}", "Give 1 or more")
    faults.raise_if_any()


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """A problem without what cannot matter.

    Parameters
    ----------
    problem
        What is left.
    candidates
        Position of each of its candidates in the problem given.
    """

    problem: CoverProblem
    candidates: Places


def reduce_problem(problem: CoverProblem, *, budget: float) -> Reduced:
    """Take out what cannot matter within a budget; no best choice is lost.

    Parameters
    ----------
    problem
        Not changed.
    budget
        Most money.

    Returns
    -------
    Reduced
        Any choice of its candidates sees the same weight as in the problem given.

    Examples
    --------
    >>> wide = cover_problem([[1, 1, 0], [1, 1, 1], [1, 0, 0]], [1, 1, 3], costs=[2, 2, 9])
    >>> left = reduce_problem(wide, budget=5)
    >>> left.candidates.tolist(), left.problem.weights.tolist()
    ([1], [5.0])
    """
    fixed = np.append(problem.bundle_costs, 0.0)[problem.bundle]
    useful = problem.sees @ (problem.weights > 0) > 0
    kept = np.flatnonzero(useful & (problem.costs + fixed <= budget * (1 + TOLERANCE)))
    small = _fold_bundles(problem.take(kept))
    small = _merge_points(small)
    keep = np.flatnonzero(~_dominated(small))
    return Reduced(_merge_points(_fold_bundles(small.take(keep))), kept[keep])


def _fold_bundles(problem: CoverProblem) -> CoverProblem:
    """Turn the fixed cost of a bundle with one candidate into that candidate's own."""
    size = np.bincount(problem.bundle[problem.bundle >= 0], minlength=len(problem.bundle_costs))
    free = np.append((size == 1) | (problem.bundle_costs == 0), False)[problem.bundle]
    fixed = np.append(problem.bundle_costs, 0.0)[problem.bundle]
    return replace(
        problem,
        costs=np.where(free, problem.costs + fixed, problem.costs),
        bundle=np.where(free, NONE, problem.bundle),
    )


def _merge_points(problem: CoverProblem) -> CoverProblem:
    """Add up the weights of points that the very same candidates see; drop the unseen."""
    by_point = problem.sees.tocsc()
    by_point.sort_indices()
    starts, rows = by_point.indptr.tolist(), by_point.indices
    area = problem.area if problem.needs.any() else np.full(len(problem.area), NONE, dtype=np.intp)
    groups: dict[tuple[int, bytes], int] = {}
    first, member = [], np.full(len(area), NONE, dtype=np.intp)
    # Sets have no fixed length, so they are looked up one by one.
    for point in np.flatnonzero(np.diff(by_point.indptr) > 0).tolist():
        key = (int(area[point]), rows[starts[point] : starts[point + 1]].tobytes())
        group = groups.setdefault(key, len(first))
        if group == len(first):
            first.append(point)
        member[point] = group
    seen = member >= 0
    return replace(
        problem,
        sees=sparse.csr_array(by_point[:, first]),
        weights=np.bincount(member[seen], problem.weights[seen], minlength=len(first)),
        area=area[first],
    )


def _dominated(problem: CoverProblem) -> NDArray[np.bool_]:
    """Mark candidates that another one can always stand in for."""
    sees, costs = problem.sees, problem.costs
    out = np.zeros(problem.candidates, dtype=bool)
    degree = np.bincount(sees.indices, minlength=sees.shape[1]).astype(np.float64)
    if (degree**2).sum() > MOST_PAIRS:
        return out
    common = (sees @ sees.T).tocoo()
    a, b = common.row, common.col
    size = np.diff(sees.indptr)
    inside = (common.data == size[a]) & (a != b) & (costs[b] <= costs[a])
    a, b = a[inside], b[inside]
    for home in (problem.bundle, problem.place):
        fits = (home[a] == home[b]) | (home[b] == NONE)
        a, b = a[fits], b[fits]
    # Of two that could stand in for each other the first one stays.
    equal = (size[a] == size[b]) & (costs[a] == costs[b])
    for home in (problem.bundle, problem.place):
        equal &= home[a] == home[b]
    out[a[~equal | (b < a)]] = True
    return out


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
    picked = coverage_greedy.greedy(small, budget=budget)
    best, method = picked.chosen, "greedy"
    met = not small.lacks(best).any()
    low = picked.value if met else -np.inf
    relaxed = coverage_bound.relaxation(small, budget=budget)
    if relaxed is None:
        raise InfeasibleError([NO_FLOORS])
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
    chosen = tuple(sorted(reduced.candidates[list(best)].tolist()))
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


def _round_down(bound: float, problem: CoverProblem) -> float:
    return float(np.floor(bound + 1e-6)) if problem.whole else bound


def _exact(
    problem: CoverProblem, *, budget: float, solver: SolverName, limit: float | None
) -> tuple[tuple[int, ...] | None, float] | None:
    """Solve with PuLP: rows chosen (None: none found) and an upper bound; None if infeasible."""
    problem = _merge_points(problem)
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
