"""The cheapest choice of groups: linear bound, reduced-cost fixing, small PuLP model, proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage_model.base.errors import SharedviewError
from optimisation.search.bounds import SideRow, lower_bound
from optimisation.search.groups import Groups
from optimisation.search.solvers import Choice, Effort, choose_columns

FIRST_COLUMNS = 250
FIRST_OF_AREA = 8
DEFAULT_EFFORT = Effort()
PENNY = 0.01  # kept beyond UB - LB for rounding, so that the best plan itself stays in


class OutOfTimeError(SharedviewError, TimeoutError):
    """The solver found no plan within its time limit, nor proved that there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The best choice of groups and what proves it.

    Parameters
    ----------
    rows
        Rows of the chosen groups in the table, ascending.
    cost
        Their cost, summed from the table.
    bound
        Proved lower bound of any plan's cost.
    columns_in_model
        Groups left in the last model; 0 where no model was needed.
    method
        What found and proved it, where that was not the solver asked for.
    """

    rows: tuple[int, ...]
    cost: float
    bound: float
    columns_in_model: int
    method: str = ""


def solve_groups(
    groups: Groups,
    costs: NDArray[np.float64],
    *,
    effort: Effort = DEFAULT_EFFORT,
    rows: Sequence[SideRow] = (),
    otherwise: Callable[[], Solution | None] | None = None,
) -> Solution | None:
    """Choose the groups that cover each area once at least cost, and prove it.

    Parameters
    ----------
    groups, costs
        The groups and their finite costs.
    effort
        Solver, gap and brake.
    rows
        Limits on sums over a plan's groups.
    otherwise
        Another way to the answer, asked where the first model holds no plan: growing models can
        take an age there. It says so by None if it cannot answer either.

    Returns
    -------
    Solution or None
        None if it is proved that there is no plan.

    Raises
    ------
    OutOfTimeError
        If the emergency brake stopped the solver before it found a plan.
    """
    relaxed = lower_bound(groups, costs, rows=rows)
    if relaxed is None:
        return None
    allowance = effort.gap * abs(relaxed.value)

    def model(chosen: NDArray[np.intp]) -> Choice:
        subset = groups.take(chosen)
        return choose_columns(
            subset.matrix(),
            costs[chosen] - subset.sums(relaxed.prices),
            rows=[(row.values[chosen], row.low, row.high) for row in rows],
            solver=effort.solver,
            gap_abs=allowance,
            time_limit_s=effort.time_limit_s,
            max_nodes=effort.max_nodes,
        )

    order = np.argsort(relaxed.reduced_costs, kind="stable")
    of_area = FIRST_OF_AREA
    few = first_columns(groups, order, overall=FIRST_COLUMNS, of_area=of_area)
    first = model(few)
    if first.columns is None and otherwise is not None and len(few) < len(groups):
        answer = otherwise()
        if answer is not None:
            return answer
    while first.columns is None and len(few) < len(groups):
        of_area *= 4
        few = first_columns(groups, order, overall=FIRST_COLUMNS, of_area=of_area)
        first = model(few)
    if first.columns is None:
        if first.infeasible:
            return None
        raise OutOfTimeError("The solver was stopped before it found a plan. Set a gap")
    best = few[list(first.columns)]
    cost = float(costs[best].sum())
    bound, in_model = relaxed.value, len(few)
    if cost - bound > max(allowance, PENNY):
        keep = np.flatnonzero(relaxed.reduced_costs <= cost - relaxed.value + PENNY)
        in_model = len(keep)
        # The first model proves the best plan already if it held every group that matters.
        last = first if np.isin(keep, few).all() else model(keep)
        bound = max(bound, min(cost, last.bound + float(relaxed.prices.sum())))
        if last is not first and last.columns is not None:
            found = keep[list(last.columns)]
            best = found if float(costs[found].sum()) < cost else best
            cost = float(costs[best].sum())
    return Solution(
        rows=tuple(sorted(int(row) for row in best)),
        cost=cost,
        bound=min(cost, bound),
        columns_in_model=in_model,
    )


def first_columns(
    groups: Groups, order: NDArray[np.intp], *, overall: int, of_area: int
) -> NDArray[np.intp]:
    """Pick the groups of the first model: the best of all, and the best of each area.

    The best of all alone leave out whole parts of a large territory, where every group is a little
    dearer than elsewhere, and then hold no plan.

    Parameters
    ----------
    groups
        The groups.
    order
        All of them, the best first.
    overall, of_area
        How many of all, and of those that hold each area.

    Returns
    -------
    ndarray
        Rows, the best first.

    Examples
    --------
    >>> groups = Groups.from_members("abc", [["a"], ["a", "b"], ["b"], ["c"]])
    >>> first_columns(groups, np.arange(4), overall=1, of_area=1).tolist()
    [0, 1, 3]
    """
    picked = np.zeros(len(groups), dtype=bool)
    picked[:overall] = True
    ranked = groups.take(order)
    for area in range(len(groups.codes)):
        picked[np.flatnonzero(ranked.contains(area))[:of_area]] = True
    return order[picked]
