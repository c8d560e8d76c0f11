"""Among plans of equal cost, the one that is least by further sums, one after the other.

Every plan Q of cost c* has Σ_{S in Q} rc(S) <= c* - LB (:mod:`optimisation.search.bounds`), so ties
are among the groups with rc(S) <= c* - LB, and a small model with the cost as a row finds the one
of least further sum.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from optimisation.search.bounds import SideRow, lower_bound
from optimisation.search.groups import Groups
from optimisation.search.solvers import Effort, choose_columns

Floats = NDArray[np.float64]
Plan = tuple[int, ...]

SAME = 0.005
"""Plans whose costs differ by less, half a penny, cost the same."""

TIE_NODES = 2_000
TIE_COLUMNS = 3_000
"""Groups that may be part of a tie, beyond which none is looked for: a gap as wide as that leaves
the model of ties as hard as the first one (361 areas: 8,299 groups, 25 s)."""

LEAST_STEP = 1e-6


def least_of_ties(
    groups: Groups,
    costs: Floats,
    best: Plan,
    further: Sequence[Floats],
    *,
    rows: Sequence[SideRow] = (),
    effort: Effort,
) -> Plan:
    """Return the plan of a cost that is least by further sums.

    Parameters
    ----------
    groups, costs
        The groups and their finite costs.
    best
        A plan of least cost.
    further
        What each group adds to each further sum, the first to be least first.
    rows
        Limits on sums over a plan's groups.
    effort
        Which solver is asked.

    Returns
    -------
    tuple of int
        Rows of its groups, ascending; ``best`` where no other plan of that cost is found within
        :data:`TIE_NODES` nodes, or more than :data:`TIE_COLUMNS` groups may be part of one.

    Examples
    --------
    >>> groups = Groups.from_members("ab", [["a"], ["b"], ["a", "b"]])
    >>> costs, moved = np.array([1.0, 1.0, 2.0]), np.array([0.0, 0.0, 1.0])
    >>> least_of_ties(groups, costs, (2,), [moved], effort=Effort())
    (0, 1)
    """
    cost = float(costs[list(best)].sum())
    relaxed = lower_bound(groups, costs, rows=rows)
    if relaxed is None:
        return best
    keep = np.flatnonzero(relaxed.reduced_costs <= cost - relaxed.value + SAME)
    if len(keep) <= len(best) or len(keep) > TIE_COLUMNS:
        return best
    few = groups.take(keep)
    matrix = few.matrix()
    own = costs[keep] - few.sums(relaxed.prices)
    limits = [(row.values[keep], row.low, row.high) for row in rows]
    limits.append((own, None, cost - float(relaxed.prices.sum()) + SAME))
    for values in further:
        answer = choose_columns(
            matrix,
            values[keep],
            rows=limits,
            solver=effort.solver,
            time_limit_s=effort.time_limit_s,
            max_nodes=TIE_NODES,
        )
        if answer.columns is not None:
            found = tuple(int(row) for row in np.sort(keep[list(answer.columns)]))
            best = min_plan(best, found, costs, further)
        least = float(values[list(best)].sum())
        limits.append((values[keep], None, least + LEAST_STEP * max(1.0, abs(least))))
    return best


def min_plan(one: Plan, other: Plan, costs: Floats, further: Sequence[Floats]) -> Plan:
    """Return the cheaper of two plans; of those that cost the same the less by the further sums."""
    steps = [(costs, 2 * SAME), *((values, LEAST_STEP) for values in further)]
    for values, same in steps:
        step = float(values[list(other)].sum() - values[list(one)].sum())
        if abs(step) > same:
            return other if step < 0 else one
    return one
