"""Choosing groups from a table: linear bound, reduced-cost fixing, small PuLP model, proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage_model.base.errors import SharedviewError
from optimisation.costs.rooms import posts_needed
from optimisation.group_table import GroupTable
from optimisation.scenario import Scenario
from optimisation.search.bounds import Bound, SideRow, lower_bound
from optimisation.search.groups import Groups
from optimisation.search.solvers import Choice, choose_columns

FIRST_COLUMNS = 250
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
    rows = [fewest_posts(table)]
    if rooms_min is not None or rooms_max is not None:
        rows.append(SideRow(np.ones(len(table)), rooms_min, rooms_max))
    return solve_groups(table.groups, table.costs.npv, scenario=table.setting.scenario, rows=rows)


def fewest_posts(table: GroupTable) -> SideRow:
    """Return the row that no plan has fewer posts than all cameras in one room would need.

    It follows from the whole numbers of posts and so takes no plan away, yet it lifts the linear
    bound, which would else buy fractions of posts (a Chvátal-Gomory cut).
    """
    setting = table.setting
    all_cameras = np.array([float(setting.places.cameras.sum())])
    least = int(posts_needed(all_cameras, setting.rate)[0])
    return SideRow(table.costs.posts.astype(np.float64), low=float(least))


def solve_groups(
    groups: Groups,
    costs: NDArray[np.float64],
    *,
    scenario: Scenario,
    rows: Sequence[SideRow] = (),
) -> Solution | None:
    """Choose groups for any costs: :func:`solve_table` without a table.

    Parameters
    ----------
    groups, costs
        The groups and their finite costs.
    scenario
        Solver, gap and time limit.
    rows
        Limits on sums over a plan's groups.

    Returns
    -------
    Solution or None
        As in :func:`solve_table`.
    """
    relaxed = lower_bound(groups, costs, rows=rows)
    if relaxed is None:
        return None
    allowance = scenario.gap * abs(relaxed.value)

    def model(chosen: NDArray[np.intp]) -> Choice:
        subset = groups.take(chosen)
        return choose_columns(
            subset.matrix(),
            costs[chosen] - subset.sums(relaxed.prices),
            rows=[(row.values[chosen], row.low, row.high) for row in rows],
            solver=scenario.solver,
            gap_abs=allowance,
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
    cost = float(costs[best].sum())
    bound, in_model = relaxed.value, min(size, len(groups))
    if cost - bound > max(allowance, PENNY):
        keep = np.flatnonzero(relaxed.reduced_costs <= cost - relaxed.value + PENNY)
        in_model = len(keep)
        # The first model proves the best plan already if it held every group that matters.
        last = first if in_model <= size else model(keep)
        bound = max(bound, min(cost, last.bound + float(relaxed.prices.sum())))
        if last is not first and last.columns is not None:
            found = keep[list(last.columns)]
            best = found if float(costs[found].sum()) < cost else best
            cost = float(costs[best].sum())
    return Solution(
        rows=tuple(sorted(int(row) for row in best)),
        cost=cost,
        bound=min(cost, bound),
        relaxed=relaxed,
        columns_in_model=in_model,
    )
