"""The compiled search for the plan of least measure among charted ones (:mod:`.judged`).

It walks the chart of :mod:`optimisation.search._lister` and carries the plan's cost so far under
several weightings of the draws. A step is taken only if under each of them the cost so far, the
step and the cheapest completion stay below the best measure known. The measure of each plan that is
reached is worked out exactly, and lowers what the rest may cost.
"""

# ruff: noqa: PLR0917 (compiled loops: calls between parts would cost time)

from __future__ import annotations

import numpy as np
from numba import njit

from optimisation.search._lister import DONE, NONE


@njit(cache=True, nogil=True)
def completions(areas, states, steps, newest, costs):  # type: ignore[no-untyped-def]
    """Return the cheapest completion of each state under each weighting.

    Parameters
    ----------
    areas
        Number of areas.
    states, steps, newest
        The chart, completed.
    costs
        Cost of each group under each weighting, ``(groups, weightings)``.

    Returns
    -------
    ndarray
        Shape ``(states, weightings)``.
    """
    count = costs.shape[1]
    rest = np.full((len(states.spent), count), np.inf)
    state = newest[areas]
    while state != NONE:
        for k in range(count):
            rest[state, k] = 0.0
        state = states.after[state]
    for area in range(areas - 1, -1, -1):
        state = newest[area]
        while state != NONE:
            for step in range(states.begin[state], states.end[state]):
                g, to = steps.group[step], steps.to[step]
                for k in range(count):
                    rest[state, k] = min(rest[state, k], costs[g, k] + rest[to, k])
            state = states.after[state]
    return rest


@njit(cache=True, nogil=True)
def search(  # type: ignore[no-untyped-def]
    areas, states, steps, costs, rest, limits, outcomes, offset, extreme, value, slack, max_nodes
):
    """Find the plan of least measure below ``value``.

    Parameters
    ----------
    areas, states, steps
        The chart, completed.
    costs, rest, limits
        Costs of groups and completions under each weighting, and its weighted offset. The first
        weighting is the one that the plans were charted under.
    outcomes
        Outcome of each group in each draw, ``(groups, draws)``.
    offset, extreme
        Of the measure: what is taken off, and the weights of sorted outcomes, worst first.
    value
        Only plans of a smaller measure are of interest.
    slack, max_nodes
        What rounding needs; steps after which the search stops.

    Returns
    -------
    tuple
        Groups of the best plan (none: no plan), its measure or ``value``, steps taken.
    """
    weightings, draws = costs.shape[1], outcomes.shape[1]
    at = np.zeros(areas + 1, dtype=np.int64)
    where = np.zeros(areas + 1, dtype=np.int64)
    spent = np.zeros((areas + 1, weightings))
    taken = np.zeros(areas + 1, dtype=np.int64)
    reached = np.empty(draws)
    plan = np.empty(0, dtype=np.int64)
    at[0] = states.begin[0]
    depth, nodes = 0, 0
    while depth >= 0 and nodes <= max_nodes:
        state = where[depth]
        if at[depth] >= states.end[state]:
            depth -= 1
            continue
        step = at[depth]
        at[depth] += 1
        g, to = steps.group[step], steps.to[step]
        nodes += 1
        # A state's steps ascend under the first weighting: after one too dear all are.
        spent[depth + 1, 0] = spent[depth, 0] + costs[g, 0]
        if spent[depth + 1, 0] + rest[to, 0] - limits[0] > value + slack:
            depth -= 1
            continue
        fits = True
        for k in range(1, weightings):
            total = spent[depth, k] + costs[g, k]
            spent[depth + 1, k] = total
            if total + rest[to, k] - limits[k] > value + slack:
                fits = False
                break
        if not fits:
            continue
        taken[depth] = g
        if states.end[to] != DONE:
            depth += 1
            where[depth], at[depth] = to, states.begin[to]
            continue
        for d in range(draws):
            reached[d] = -offset[d]
        for q in range(depth + 1):
            for d in range(draws):
                reached[d] += outcomes[taken[q], d]
        ordered = np.sort(reached)
        measure = 0.0
        for d in range(draws):
            measure += extreme[d] * ordered[draws - 1 - d]
        if measure < value:
            value, plan = measure, taken[: depth + 1].copy()
    return plan, value, nodes
