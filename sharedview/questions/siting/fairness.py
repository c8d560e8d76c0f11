"""The most even coverage of areas that a budget allows, and what evenness costs.

.. code-block:: text

    max  t
    (1)  held_a + Σ_{i in area a} w_i y_i >= t W_a     for each area a with demand
    (2)  the limits (1) to (4) of sharedview.questions.siting.max_coverage

W_a is all demand of an area and held_a what is seen already. Solved as such, t is a fraction that
few areas can have, and proofs are slow. So t is halved in: for one t the floors are known numbers,
rounded up where weights are whole, and the question is whether the cheapest choice that meets them
can be paid. With whole weights only the shares that an area can have are tried.

With the least share t so reached as a floor for every area, the most weight is chosen as ever; what
that sees less than the choice without floors is the price of fairness (Bertsimas, Farias and
Trichakis 2011, *Operations Research* 59).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimisation.search.solvers import LinearModel, SolverName
from sharedview.questions.siting.bound import relaxation
from sharedview.questions.siting.max_coverage import add_rows
from sharedview.questions.siting.problem import TOLERANCE, CoverProblem
from sharedview.questions.siting.reduction import ranked_alone, reduce_problem

Floats = NDArray[np.float64]
STEPS = 500


@dataclass(frozen=True, slots=True)
class Evenness:
    """The greatest least share.

    Parameters
    ----------
    share
        Share of its demand that every area has seen at least.
    needs
        Weight that each area needs beyond what it has, for that share.
    proved
        Whether a greater share was shown to be out of reach; by more than a step of 1 / 500 of
        what is in reach where weights are not whole.
    """

    share: float
    needs: Floats
    proved: bool


def most_even(
    problem: CoverProblem,
    *,
    held: Floats,
    totals: Floats,
    budget: float,
    solver: SolverName = "highs",
    time_limit_s: float | None = None,
) -> Evenness:
    """Return the greatest share that every area can have seen at least.

    Parameters
    ----------
    problem
        From :func:`sharedview.questions.siting.problem.cover_problem`; its floors are left out.
    held, totals
        Weight that is seen already, and all weight, of each area. Areas without demand do not
        count.
    budget
        Most money.
    solver
        ``highs`` or ``cbc``.
    time_limit_s
        Seconds for each model; where it ends one, the share is not proved.

    Returns
    -------
    Evenness
        The share is not a number if no area has demand.

    Examples
    --------
    >>> from sharedview.questions.siting.problem import cover_problem
    >>> views = cover_problem([[1, 1, 0], [0, 0, 1]], [1, 1, 1], area=[0, 0, 1], needs=[0, 0])
    >>> most_even(views, held=np.zeros(2), totals=np.array([4.0, 2.0]), budget=2).share
    0.5
    """
    none = np.zeros(len(totals))
    areas = np.flatnonzero(totals > 0)
    if not len(areas):
        return Evenness(float("nan"), none, proved=True)
    whole = bool(problem.whole and (held == np.floor(held)).all())
    today = float((held[areas] / totals[areas]).min())
    # Floors above 0 keep points of different areas apart when points are merged.
    small = reduce_problem(replace(problem, needs=none + 1), budget=budget).problem
    in_area = small.area >= 0
    reach = held + np.bincount(small.area[in_area], small.weights[in_area], minlength=len(totals))
    most = float((reach[areas] / totals[areas]).min())
    shares = np.unique(
        np.concatenate(
            [np.arange(held[a], reach[a] + 0.5) / totals[a] for a in areas]
            if whole
            else [np.linspace(today, most, STEPS + 1)]
        )
    )
    shares = shares[(shares > today) & (shares <= most * (1 + TOLERANCE))]
    low, high, proved = -1, len(shares), True
    while high - low > 1:
        middle = (low + high) // 2
        needs = _needs(float(shares[middle]), held, totals, whole=whole)
        payable = _payable(
            replace(small, needs=needs), budget=budget, solver=solver, limit=time_limit_s
        )
        proved &= payable is not None
        low, high = (middle, high) if payable else (low, middle)
    share = float(shares[low]) if low >= 0 else today
    return Evenness(share, _needs(share, held, totals, whole=whole), proved)


def _needs(share: float, held: Floats, totals: Floats, *, whole: bool) -> Floats:
    needs = np.maximum(share * totals - held, 0.0)
    return np.ceil(needs - 1e-6) if whole else needs * (1 - TOLERANCE)


def _payable(
    problem: CoverProblem, *, budget: float, solver: SolverName, limit: float | None
) -> bool | None:
    """Whether the floors can be met within the budget; None if time ran out."""
    relaxed = relaxation(problem, budget=budget)
    if relaxed is None:
        return False
    paid = problem.spend(relaxed.taken) <= budget * (1 + TOLERANCE)
    if paid and not problem.lacks(relaxed.taken).any():
        return True
    # Of candidates that share nothing, an area needs no more than meet its floor by themselves.
    alone = ranked_alone(problem)
    need = np.where(alone["area"] >= 0, problem.needs[alone["area"]], 0.0)
    spare = alone["row"].to_numpy()[alone["before"].to_numpy() >= need]
    problem = problem.take(np.setdiff1d(np.arange(problem.candidates), spare))
    scale = max(budget, 1.0)
    model = LinearModel("floors")
    chosen = [model.column(cost / scale, whole=True) for cost in problem.costs.tolist()]
    seen = [model.column() for _ in problem.weights]
    add_rows(model, problem, chosen=chosen, seen=seen, budget=budget)
    found = model.solve(solver=solver, gap_abs=1e9, time_limit_s=limit)
    if found.infeasible:
        return False
    if found.values is None:
        return None
    rows = np.flatnonzero(found.values[: problem.candidates] > 0.5).tolist()
    met = problem.lacks(rows).max(initial=0.0) <= 1e-6 * max(1.0, float(problem.needs.max()))
    return bool(met and problem.spend(rows) <= budget * (1 + 1e-6) + 1e-6)
