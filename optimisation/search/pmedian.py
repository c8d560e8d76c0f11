"""The p-median problem: p sites so that the weighted distance from all clients is least, proved.

.. code-block:: text

    min  Σ_i Σ_{j in N(i)} w_i d_ij x_ij + Σ_i w_i D_i o_i
    (1)  Σ_{j in N(i)} x_ij + o_i = 1        each client is served
    (2)  x_ij <= y_j                         from an open site
    (3)  Σ_j y_j = p,  y_j in {0, 1}

N(i) holds the k sites nearest to client i, D_i is the distance to the next nearest, and the
*overflow* o_i stands for all sites beyond. Every set of p sites costs no more here than in truth,
so the model's bound is a bound of the whole problem; and where no client overflows the answer is
one of the whole problem, hence the best. Else k is doubled and the model solved again. Most clients
are served by one of few near sites, so k = ⌈2.5 n / p⌉ mostly settles it. (The idea of solving with
near sites first goes back to Church, *COBRA*, 2003, and García, Labbé and Marín, 2011.)
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimisation.search.solvers import LinearModel, SolverName

NEAR_FACTOR = 2.5
GAP_SHARE = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class PMedian:
    """Sites chosen and what proves them.

    Parameters
    ----------
    sites
        Positions of the sites, ascending.
    nearest
        For each client the position of its nearest site chosen.
    cost
        Sum of weight times distance to it.
    bound
        Proved lower bound of any choice of p sites.
    near
        Sites considered for each client in the last model.
    rounds
        Models solved.
    runtime_s
        Time it took.
    """

    sites: tuple[int, ...]
    nearest: NDArray[np.intp]
    cost: float
    bound: float
    near: int
    rounds: int
    runtime_s: float

    @property
    def proved(self) -> bool:
        """Whether no choice can be better by more than rounding."""
        return self.cost - self.bound <= 1e-9 * max(1.0, abs(self.cost))

    def __repr__(self) -> str:
        state = "proved" if self.proved else f"bound {self.bound:,.6g}"
        return f"PMedian({len(self.sites)} sites, cost {self.cost:,.6g}, {state})"


def p_median(
    distances: ArrayLike,
    *,
    p: int,
    weights: ArrayLike | None = None,
    near: int | None = None,
    solver: SolverName = "highs",
    time_limit_s: float | None = None,
) -> PMedian:
    """Choose p sites with the least weighted distance to all clients.

    Parameters
    ----------
    distances
        From each client (rows) to each site (columns), not negative; shape ``(clients, sites)``.
    p
        Number of sites.
    weights
        Weight of each client, not negative; 1 if None.
    near
        Nearest sites to begin with; ⌈2.5 · sites / p⌉ if None.
    solver
        ``highs`` or ``cbc``.
    time_limit_s
        Time for each model; the answer may then be unproved.

    Returns
    -------
    PMedian

    Raises
    ------
    ValueError
        If shapes or numbers make no sense.

    Examples
    --------
    >>> p_median([[0, 2, 9], [2, 0, 7], [9, 7, 0]], p=2).sites
    (0, 2)
    """
    started = time.perf_counter()
    matrix = np.asarray(distances, dtype=np.float64)
    clients, sites = matrix.shape
    weight = np.ones(clients) if weights is None else np.asarray(weights, dtype=np.float64)
    if not 1 <= p <= sites:
        raise ValueError(f"p must lie between 1 and {sites}")
    if weight.shape != (clients,) or not (np.isfinite(matrix).all() and np.isfinite(weight).all()):
        raise ValueError("weights must be one a client, and all numbers finite")
    if (matrix < 0).any() or (weight < 0).any():
        raise ValueError("distances and weights must not be negative")
    order = np.argsort(matrix, axis=1, kind="stable")
    k = min(sites, near or math.ceil(NEAR_FACTOR * sites / p))
    bound, rounds = 0.0, 0
    while True:
        rounds += 1
        chosen, overflow, low = _solve(
            matrix,
            weight,
            order[:, : k + 1],
            p=p,
            k=k,
            solver=solver,
            time_limit_s=time_limit_s,
        )
        bound = max(bound, low)
        cost = float((weight * matrix[:, chosen].min(axis=1)).sum())
        if not overflow or k == sites:
            break
        k = min(sites, 2 * k)
    return PMedian(
        sites=tuple(chosen),
        nearest=np.asarray(chosen)[matrix[:, chosen].argmin(axis=1)],
        cost=cost,
        bound=min(bound, cost),
        near=k,
        rounds=rounds,
        runtime_s=time.perf_counter() - started,
    )


def _solve(
    matrix: NDArray[np.float64],
    weight: NDArray[np.float64],
    order: NDArray[np.intp],
    *,
    p: int,
    k: int,
    solver: SolverName,
    time_limit_s: float | None,
) -> tuple[list[int], bool, float]:
    """Sites open in the model with the k nearest, whether a client overflows, and its bound."""
    clients, sites = matrix.shape
    scale = float((weight[:, None] * matrix).max()) or 1.0
    model = LinearModel("p_median")
    opened = [model.column(whole=True) for _ in range(sites)]
    model.row(opened, [1.0] * sites, low=float(p), high=float(p))
    spill = []
    for i in range(clients):
        serving = []
        for j in order[i, :k].tolist():
            column = model.column(float(weight[i] * matrix[i, j]) / scale)
            serving.append(column)
            model.row([column, opened[j]], [1.0, -1.0], high=0.0)
        if k < sites:
            over = model.column(float(weight[i] * matrix[i, order[i, k]]) / scale)
            spill.append(over)
            serving.append(over)
        model.row(serving, [1.0] * len(serving), low=1.0, high=1.0)
    found = model.solve(solver=solver, gap_abs=GAP_SHARE, time_limit_s=time_limit_s)
    if found.values is None:
        raise TimeoutError("no sites were found in the time given")
    values = found.values
    chosen = [j for j in range(sites) if values[opened[j]] > 0.5]
    overflow = any(values[over] > 1e-6 for over in spill)
    return chosen, overflow, found.bound * scale
