"""Choosing groups from a table: linear bound, reduced-cost fixing, small PuLP model, proof."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage_model.errors import SharedviewError
from optimisation._solvers import Choice, choose_columns
from optimisation.bounds import Bound, lower_bound
from optimisation.groups import Groups
from optimisation.scenario import Scenario
from optimisation.table import GroupTable

FIRST_COLUMNS = 600
PENNY = 0.01  # kept beyond UB - LB for rounding, so that the best plan itself stays in


class OutOfTimeError(SharedviewError, TimeoutError):
    """The solver found no plan within the scenario's time limit, nor proved that there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The best choice of groups and what proves it.

    Parameters
    ----------
    rows
        Rows of the chosen groups in the table, ascending.
    cost
        Their net present cost, summed from the table.
    bound
        Proved lower bound of any plan's net present cost.
    relaxed
        The linear bound: prices of the areas and reduced costs of all groups.
    columns_in_model
        Groups left in the last model.
    """

    rows: tuple[int, ...]
    cost: float
    bound: float
    relaxed: Bound
    columns_in_model: int


def solve_table(
    table: GroupTable, *, rooms_min: int | None = None, rooms_max: int | None = None
) -> Solution | None:
    """Choose the groups of the cheapest plan.

    Parameters
    ----------
    table
        The groups and their costs.
    rooms_min, rooms_max
        Range of the number of rooms; the scenario's if both are None.

    Returns
    -------
    Solution or None
        None if it is proved that there is no plan.

    Raises
    ------
    OutOfTimeError
        If the time limit passed without an answer.
    """
    if rooms_min is None and rooms_max is None:
        rooms_min, rooms_max = table.setting.scenario.room_range
    return solve_groups(
        table.groups,
        table.costs.npv,
        scenario=table.setting.scenario,
        rooms_min=rooms_min,
        rooms_max=rooms_max,
    )


def solve_groups(
    groups: Groups,
    costs: NDArray[np.float64],
    *,
    scenario: Scenario,
    rooms_min: int | None = None,
    rooms_max: int | None = None,
) -> Solution | None:
    """Choose groups for any costs: :func:`solve_table` without a table.

    Parameters
    ----------
    groups, costs
        The groups and their finite costs.
    scenario
        Solver, gap and time limit.
    rooms_min, rooms_max
        Range of the number of groups.

    Returns
    -------
    Solution or None
        As in :func:`solve_table`.
    """
    relaxed = lower_bound(groups, costs, rooms_min=rooms_min, rooms_max=rooms_max)
    if relaxed is None:
        return None

    def model(rows: NDArray[np.intp]) -> Choice:
        subset = groups.take(rows)
        return choose_columns(
            subset.matrix(),
            costs[rows] - subset.sums(relaxed.prices),
            rooms_min=rooms_min,
            rooms_max=rooms_max,
            solver=scenario.solver,
            gap_abs=scenario.gap * abs(relaxed.value),
            time_limit_s=scenario.time_limit_s,
        )

    order = np.argsort(relaxed.reduced_costs, kind="stable")
    size = FIRST_COLUMNS
    first = model(order[:size])
    while first.columns is None and size < len(groups):
        size *= 4
        first = model(order[:size])
    if first.columns is None:
        if first.infeasible:
            return None
        raise OutOfTimeError(
            f"No plan was found in {scenario.time_limit_s:g} s. Raise time_limit_s, or set a gap"
        )
    best = order[list(first.columns)]
    upper = float(costs[best].sum())
    keep = np.flatnonzero(relaxed.reduced_costs <= upper - relaxed.value + PENNY)
    last = model(keep)
    if last.columns is not None:
        found = keep[list(last.columns)]
        best = found if float(costs[found].sum()) < upper else best
    cost = float(costs[best].sum())
    proved = last.bound + float(relaxed.prices.sum())
    return Solution(
        rows=tuple(sorted(int(row) for row in best)),
        cost=cost,
        bound=min(cost, max(relaxed.value, proved)),
        relaxed=relaxed,
        columns_in_model=len(keep),
    )
