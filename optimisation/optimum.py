"""The search over a group table: the one place that hands a scenario's table to the mathematics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimisation.group_table import GroupTable
from optimisation.scenario import Scenario
from optimisation.search.bounds import SideRow
from optimisation.search.cells import METHOD, Cells
from optimisation.search.groups import Groups
from optimisation.search.optimum import Solution, solve_groups
from optimisation.search.solvers import Effort
from optimisation.search.ties import SAME, least_of_ties, min_plan

MOST_TIES = 500
CELL_NODES = 200_000
"""Nodes of the search by cells before the model is asked: a quarter of a second for London."""


def effort(scenario: Scenario, *, max_nodes: int | None = None) -> Effort:
    """Return the solver, gap and brake that a scenario asks for, with a limit of nodes."""
    return Effort(scenario.solver, scenario.gap, scenario.time_limit_s, max_nodes)


def solve_table(
    table: GroupTable,
    *,
    rooms_min: int | None = None,
    rooms_max: int | None = None,
    max_nodes: int | None = None,
    cells: bool = True,
) -> Solution | None:
    """Choose the groups of the cheapest plan.

    Where the number of rooms is limited, the linear bound of the model is weak: the search by cells
    (:mod:`optimisation.search.cells`) is tried first, up to :data:`CELL_NODES` nodes, and the model
    answers what that leaves open. The limit is of nodes, so the route is the same on every machine.

    Parameters
    ----------
    table
        The groups and their costs.
    rooms_min, rooms_max
        Range of the number of rooms; the scenario's if both are None.
    max_nodes
        Nodes of branch and bound after which the solver stops with what it has.
    cells
        Whether the search by cells may answer; a scenario that asks for CBC is answered by CBC.

    Returns
    -------
    Solution or None
        None if it is proved that there is no plan.

    Raises
    ------
    OutOfTimeError
        If the limit of nodes or the emergency brake stopped the solver before it found a plan.
    """
    scenario = table.setting.scenario
    if rooms_min is None and rooms_max is None:
        rooms_min, rooms_max = scenario.room_range
    rows = [fewest_posts(table), *most_moved(table)]
    if rooms_min is not None or rooms_max is not None:
        if cells and scenario.solver == "highs" and len(table):
            found = cells_of(table).best(rooms=(rooms_min, rooms_max), max_nodes=CELL_NODES)
            if found.proved and found.rows is None:
                return None
            if found.proved and found.rows is not None:
                return Solution(found.rows, found.cost, found.cost, 0, METHOD)
        rows.append(SideRow(table.counted, rooms_min, rooms_max))
        cells = False  # asked already
    limits = effort(scenario, max_nodes=max_nodes)

    def by_cells() -> Solution | None:
        found = cells_of(table).best(max_nodes=CELL_NODES)
        if not found.proved or found.rows is None:
            return None
        return Solution(found.rows, found.cost, found.cost, 0, METHOD)

    return solve_groups(
        table.groups,
        table.costs.npv,
        effort=limits,
        rows=rows,
        otherwise=by_cells if cells and scenario.solver == "highs" else None,
    )


def break_ties(
    table: GroupTable, rows: tuple[int, ...], *, limits: Sequence[SideRow] = ()
) -> tuple[int, ...]:
    """Among the plans of the same cost choose that of fewest boroughs moved, then shortest links.

    Today moves nobody: where it costs no more than the best plan, it is the answer.

    Parameters
    ----------
    table
        The groups and their costs.
    rows
        Rows of a plan of least cost.
    limits
        Rows that plans keep to, beside the scenario's own.

    Returns
    -------
    tuple of int
        Rows of the plan, ascending.
    """
    costs, moved = table.costs.npv, table.costs.moved.astype(np.float64)
    low, high = table.setting.scenario.room_range
    kept = [*most_moved(table), *limits]
    if (low, high) != (None, None):
        kept.append(SideRow(table.counted, low, high))
    if moved[list(rows)].sum() == 0:
        return rows
    today = today_rows(table)
    if today is not None and all(_keeps(row, today) for row in kept):
        dearer = float(costs[list(today)].sum() - costs[list(rows)].sum())
        if dearer <= SAME:
            return today
    further = [moved, table.costs.link_km]
    solver = effort(table.setting.scenario)
    if (low, high) != (None, None):
        # Proving that nothing is cheaper was short by cells, and so is listing what costs the same.
        most = float(costs[list(rows)].sum()) + SAME
        cells = cells_of(table, rows=limits)
        listed = cells.within(most, rooms=(low, high), limit=MOST_TIES, max_nodes=CELL_NODES)
        if listed.within >= most and len(listed.costs) < MOST_TIES:
            for k in range(len(listed.costs)):
                rows = min_plan(rows, listed.rows(k), costs, further)
            return rows
    return least_of_ties(table.groups, costs, rows, further, rows=kept, effort=solver)


def today_rows(table: GroupTable) -> tuple[int, ...] | None:
    """Return the rows of today's rooms where they stand; None where the table lacks one."""
    setting = table.setting
    wanted = Groups.from_members(setting.codes, list(setting.today.values()))
    at = {packed.tobytes(): row for row, packed in enumerate(table.groups.packed)}
    rows = [at.get(packed.tobytes()) for packed in wanted.packed]
    found = tuple(sorted(row for row in rows if row is not None))
    if len(found) < len(rows) or table.costs.moved[list(found)].sum():
        return None
    return found


def _keeps(row: SideRow, plan: Sequence[int]) -> bool:
    total = float(row.values[list(plan)].sum())
    return (row.low is None or total >= row.low) and (row.high is None or total <= row.high)


def fewest_posts(table: GroupTable) -> SideRow:
    """Return the row that no plan has fewer posts than one room for all that are watched today.

    It follows from the whole numbers of posts and so takes no plan away, yet it lifts the linear
    bound, which would else buy fractions of posts (a Chvátal-Gomory cut).
    """
    setting = table.setting
    return SideRow(
        table.costs.posts.astype(np.float64), low=float(setting.places.least_posts(setting.rate))
    )


def most_moved(table: GroupTable) -> list[SideRow]:
    """Return the scenario's limit on boroughs that leave their room of today, if there is one."""
    most = table.setting.scenario.most_moved
    if most is None:
        return []
    return [SideRow(table.costs.moved.astype(np.float64), high=float(most))]


def scenario_rows(table: GroupTable) -> list[SideRow]:
    """Return the scenario's limits on sums over a plan: its rooms, and the boroughs that move."""
    low, high = table.setting.scenario.room_range
    rooms = [] if (low, high) == (None, None) else [SideRow(table.counted, low, high)]
    return [*rooms, *most_moved(table)]


def cells_of(table: GroupTable, *, rows: Sequence[SideRow] = ()) -> Cells:
    """Return the plans of a table by numbers of rooms and posts, with further limits on sums."""
    return Cells(
        table.groups,
        table.costs.npv,
        fewest_posts(table),
        load=table.setting.places.watched_cameras,
        counted=table.counted,
        rows=[*most_moved(table), *rows],
    )
