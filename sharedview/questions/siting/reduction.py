"""Take out of a covering problem what cannot matter, so that it is built and solved fast.

Points that no candidate sees; candidates that see nothing or cost too much; points that the very
same candidates see (their weights are added); candidates that another one dominates: it sees at
least as much, for no more money, of the same bundle and place or of none; and of equally dear
candidates that share no point with others all but the best that the budget can pay. No best choice
is lost: what is taken out can be exchanged for something that stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from sharedview.questions.siting.problem import NONE, TOLERANCE, CoverProblem, Places

# Beyond this many pairs of candidates with a common point, dominated ones are left in.
MOST_PAIRS = 20_000_000


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
    >>> from sharedview.questions.siting.problem import cover_problem
    >>> wide = cover_problem([[1, 1, 0], [1, 1, 1], [1, 0, 0]], [1, 1, 3], costs=[2, 2, 9])
    >>> left = reduce_problem(wide, budget=5)
    >>> left.candidates.tolist(), left.problem.weights.tolist()
    ([1], [5.0])
    """
    fixed = np.append(problem.bundle_costs, 0.0)[problem.bundle]
    useful = problem.sees @ (problem.weights > 0) > 0
    kept = np.flatnonzero(useful & (problem.costs + fixed <= budget * (1 + TOLERANCE)))
    small = merge_points(_untie(problem.take(kept)))
    keep = np.flatnonzero(~_dominated(small))
    small = merge_points(_untie(small.take(keep)))
    needed = np.flatnonzero(~_too_many(small, budget))
    return Reduced(merge_points(small.take(needed)), kept[keep][needed])


def _untie(problem: CoverProblem) -> CoverProblem:
    """Take candidates out of bundles of one, whose fixed cost is theirs, and of roomy places."""
    size = np.bincount(problem.bundle[problem.bundle >= 0], minlength=len(problem.bundle_costs))
    free = np.append((size == 1) | (problem.bundle_costs == 0), False)[problem.bundle]
    fixed = np.append(problem.bundle_costs, 0.0)[problem.bundle]
    _, at, crowd = np.unique(problem.place, return_inverse=True, return_counts=True)
    return replace(
        problem,
        costs=np.where(free, problem.costs + fixed, problem.costs),
        bundle=np.where(free, NONE, problem.bundle),
        place=np.where(crowd[at] <= problem.per_place, NONE, problem.place),
    )


def _too_many(problem: CoverProblem, budget: float) -> NDArray[np.bool_]:
    """Mark candidates that share no point with others, beyond the best that the budget can pay."""
    alone = ranked_alone(problem)
    out = np.zeros(problem.candidates, dtype=bool)
    payable = np.floor(budget * (1 + TOLERANCE) / alone["cost"])
    out[alone["row"][alone["nth"] >= payable]] = True
    return out


def ranked_alone(problem: CoverProblem) -> pd.DataFrame:
    """Return candidates that share no point with others, ranked among those of one cost.

    Of such candidates the heaviest are as good as any; where areas have floors, among those of one
    area. Bundles, places and candidates without cost are left out.

    Returns
    -------
    DataFrame
        ``row, cost, area, weight``, ``nth`` (from 0) and ``before``, the weight of those before it.
    """
    sees, floors = problem.sees, bool(problem.needs.any())
    shared = (np.bincount(sees.indices, minlength=sees.shape[1]) > 1).astype(float)
    alone = (sees @ shared == 0) & (problem.bundle == NONE) & (problem.place == NONE)
    alone &= (problem.costs > 0) & (np.diff(sees.indptr) > 0)
    area = np.full(problem.candidates, NONE, dtype=np.intp)
    if floors and alone.any():
        of = pd.Series(problem.area[sees.indices]).groupby(
            np.repeat(np.arange(problem.candidates), np.diff(sees.indptr))
        )
        least, most = of.min(), of.max()
        area[least.index] = least.to_numpy()
        alone[least.index[least.ne(most)]] = False
    rows = np.flatnonzero(alone)
    weight = (sees @ problem.weights)[rows]
    table = pd.DataFrame(
        {"row": rows, "cost": problem.costs[rows], "area": area[rows], "weight": weight}
    ).sort_values(["area", "cost", "weight"], ascending=[True, True, False], kind="stable")
    group = table.groupby(["area", "cost"], sort=False)["weight"]
    return table.assign(nth=group.cumcount(), before=group.cumsum() - table["weight"])


def merge_points(problem: CoverProblem) -> CoverProblem:
    """Add up the weights of points that the very same candidates see; drop the unseen."""
    by_point = problem.sees.tocsc()
    by_point.sort_indices()
    starts, rows = by_point.indptr.tolist(), by_point.indices
    area = problem.area if problem.needs.any() else np.full(len(problem.area), NONE, dtype=np.intp)
    groups: dict[tuple[int, bytes], int] = {}
    first: list[int] = []
    member = np.full(len(area), NONE, dtype=np.intp)
    # Sets have no fixed length, so they are looked up one by one.
    for point in np.flatnonzero(np.diff(by_point.indptr) > 0).tolist():
        key = (int(area[point]), rows[starts[point] : starts[point + 1]].tobytes())
        group = groups.setdefault(key, len(first))
        if group == len(first):
            first.append(point)
        member[point] = group
    seen = member >= 0
    weights = np.bincount(member[seen], problem.weights[seen], minlength=len(first))
    return replace(
        problem,
        sees=sparse.csr_array(by_point[:, first]),
        weights=np.asarray(weights, dtype=np.float64),
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
