"""A proved upper bound for covering with a budget, from the prices of the linear relaxation.

With the numbers of :mod:`sharedview.questions.siting.max_coverage` and any prices u_i, l, v_j, m_p,
f_a from 0 of its limits (1) to (5), no choice sees more than

.. code-block:: text

    D = l B + Σ_p m_p N - Σ_a f_a r_a + Σ_i max(0, w_i (1 + f_a(i)) - u_i)
        + Σ_j max(0, g_j) + Σ_o max(0, Σ_{j in o} v_j - l f_o),
    g_j = Σ_{i seen by j} u_i - l c_j - v_j - m_p(j)

and a choice with a candidate of negative g_j sees no more than D + g_j. The prices come from a
linear programme, but the bound holds for whatever prices they are: it trusts no solver.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from sharedview.questions.siting.problem import CoverProblem

Floats = NDArray[np.float64]
INFEASIBLE = 2
WHOLE = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class CoverBound:
    """Prices and what they prove.

    Parameters
    ----------
    value
        Upper bound of the weight of any choice within the budget.
    gains
        g_j of each candidate.
    price_per_gbp
        Price l of the budget: what one more pound is worth, by the relaxation.
    taken
        Candidates that the relaxation takes whole; they keep within the budget and all limits but
        the floors.
    """

    value: float
    gains: Floats
    price_per_gbp: float
    taken: tuple[int, ...]


def relaxation(problem: CoverProblem, *, budget: float) -> CoverBound | None:
    """Solve the linear relaxation.

    Parameters
    ----------
    problem
        From :func:`sharedview.questions.siting.problem.cover_problem`.
    budget
        Most money.

    Returns
    -------
    CoverBound or None
        None if not even fractions of candidates meet the floors.

    Examples
    --------
    >>> from sharedview.questions.siting.problem import cover_problem
    >>> views = cover_problem([[1, 1, 0], [0, 1, 1]], [1, 1, 1], costs=[2, 2])
    >>> relaxation(views, budget=2).value
    2.0
    """
    parts = _limits(problem, budget)
    candidates, points = problem.sees.shape
    bundles = len(problem.bundle_costs)
    aim = np.concatenate([np.zeros(candidates), -problem.weights, np.zeros(bundles)])
    prices = np.zeros(len(parts.limit))
    taken: tuple[int, ...] = ()
    if not len(aim) and problem.needs.any():
        return None
    if len(aim):
        found = optimize.linprog(
            aim, A_ub=parts.matrix, b_ub=parts.limit, bounds=(0, 1), method="highs"
        )
        if found.status == INFEASIBLE:
            return None
        if found.ineqlin is not None and found.ineqlin.marginals is not None:
            prices = np.maximum(-np.asarray(found.ineqlin.marginals, dtype=np.float64), 0.0)
            taken = tuple(np.flatnonzero(found.x[:candidates] > 1 - WHOLE).tolist())
    # Whatever is left of each column over the prices that it pays counts in full.
    over = -aim - parts.matrix.T @ prices
    value = float(prices @ parts.limit + np.maximum(over, 0.0).sum())
    return CoverBound(value, over[:candidates], float(prices[points]) / parts.money, taken)


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """The limits as rows ``matrix · (x, y, z) <= limit``, in the order of their numbers."""

    matrix: Any
    limit: Floats
    money: float


def _limits(problem: CoverProblem, budget: float) -> _Limits:
    candidates, points = problem.sees.shape
    bundles = len(problem.bundle_costs)
    money = max(budget, 1.0)

    def block(x: Any, y: Any, z: Any, rows: int) -> Any:
        shapes = ((rows, candidates), (rows, points), (rows, bundles))
        parts = (
            sparse.csr_array(shape) if part is None else sparse.csr_array(part)
            for part, shape in zip((x, y, z), shapes, strict=True)
        )
        return sparse.hstack(list(parts), format="csr")

    tied = np.flatnonzero(problem.bundle >= 0)
    places, at = np.unique(problem.place, return_inverse=True)
    crowded = np.flatnonzero((places >= 0) & (np.bincount(at) > problem.per_place))
    asked = np.flatnonzero(problem.needs > 0)
    rows = [
        block(-problem.sees.T, sparse.identity(points, format="csr"), None, points),
        block(problem.costs[None] / money, None, problem.bundle_costs[None] / money, 1),
        block(
            _ones(tied, candidates),
            None,
            -_ones(problem.bundle[tied], bundles) if bundles else None,
            len(tied),
        ),
        block(np.equal.outer(crowded, at).astype(float), None, None, len(crowded)),
        block(None, np.equal.outer(asked, problem.area) * -problem.weights, None, len(asked)),
    ]
    limit = np.concatenate(
        [
            np.zeros(points),
            [budget / money],
            np.zeros(len(tied)),
            np.full(len(crowded), float(problem.per_place)),
            -problem.needs[asked],
        ]
    )
    return _Limits(sparse.vstack(rows, format="csr"), limit, money)


def _ones(columns: NDArray[np.intp], width: int) -> Any:
    """Return a matrix with a one in each row, at its column."""
    rows = np.arange(len(columns))
    return sparse.csr_array((np.ones(len(columns)), (rows, columns)), shape=(len(columns), width))
