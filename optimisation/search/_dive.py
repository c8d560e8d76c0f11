"""The compiled search for the cheapest exact cover (:mod:`optimisation.search.exact_cover`).

A depth-first search over groups in the order of their reduced costs. At each node it takes the area
that the fewest live groups could cover and tries those groups in turn. A group is live while it
overlaps none that was taken, its reduced cost fits what is left of the budget, and what it wastes
fits what is left of each *allowance*: a quantity that every group uses up, never less than 0, and
of which a plan has only so much.

Many ways to cover the same areas lead to the same question: how to cover the rest. Its answer, the
least further cost, is remembered for the areas covered and the sums reached, so a hopeless rest is
searched once and not for each way to it.
"""

# ruff: noqa: PLR0912, PLR0915, PLR0917 (one compiled loop: calls between its parts would cost time)

from __future__ import annotations

import numpy as np

from coverage_model.base.compiled import compiled

TOLERANCE = 1e-7
"""Rounding kept in sums of side rows and allowances."""


@compiled
def search(  # type: ignore[no-untyped-def]
    starts,
    members,
    words,
    reduced,
    costs,
    rows,
    low,
    high,
    waste,
    allowance,
    areas,
    bound,
    most_cost,
    max_nodes,
    memory,
):
    """Find the cheapest plan, if one costs at most ``most_cost``.

    Parameters
    ----------
    starts, members
        Areas of each group, one after another: group g has ``members[starts[g]:starts[g + 1]]``.
    words
        The same as bits, shape ``(groups, words)``.
    reduced
        Reduced cost of each group, ascending.
    costs
        Cost of each group.
    rows, low, high
        Side rows: values ``(groups, rows)`` and limits.
    waste, allowance
        What each group uses up of each allowance, ``(groups, allowances)``, and how much there is.
    areas
        Number of areas.
    bound, most_cost, max_nodes
        Linear bound, greatest cost, nodes to visit.
    memory
        Questions to remember, a power of two; 0 where side rows are not whole numbers.

    Returns
    -------
    tuple
        Groups of the plan (none: no plan), its cost, nodes visited.
    """
    groups, row_count = rows.shape
    width = words.shape[1]
    plan = np.empty(0, dtype=np.int32)
    least = np.inf
    # Rounding in the sums must not cost a plan that lies on the limit.
    slack = 1e-11 * (abs(most_cost) + abs(bound))
    budget = most_cost - bound + slack

    live = np.empty((areas + 1, groups), dtype=np.int32)
    ends = np.zeros(areas + 1, dtype=np.int64)
    at = np.zeros(areas + 1, dtype=np.int64)
    branch = np.zeros(areas + 1, dtype=np.int64)
    taken = np.zeros(areas + 1, dtype=np.int32)
    spent = np.zeros(areas + 1)
    cheapest = np.empty(areas + 1)
    sums = np.zeros((areas + 1, row_count))
    left = np.zeros((areas + 1, len(allowance)))
    for k in range(len(allowance)):
        left[0, k] = allowance[k] + TOLERANCE
    # A question is the areas covered and the sums reached, all as words.
    question = np.zeros((areas + 1, width + row_count), dtype=np.uint64)
    place = np.empty(areas + 1, dtype=np.int64)
    place[0] = -1
    asked = np.zeros((memory, width + row_count), dtype=np.uint64)
    answer = np.zeros(memory)
    covered = np.zeros(areas, dtype=np.bool_)
    count = np.zeros(areas, dtype=np.int64)
    share = np.zeros(areas)

    for g in range(groups):
        live[0, g] = g
    ends[0] = groups
    open_areas = areas
    depth = 0
    entering = True
    nodes = 0
    while depth >= 0:
        if entering:
            entering = False
            nodes += 1
            if nodes > max_nodes:
                break
            cheapest[depth] = np.inf
            for i in range(areas):
                count[i] = 0
                share[i] = np.inf
            for q in range(ends[depth]):
                g = live[depth, q]
                part = reduced[g] / (starts[g + 1] - starts[g])
                for t in range(starts[g], starts[g + 1]):
                    i = members[t]
                    count[i] += 1
                    share[i] = min(share[i], part)
            fewest = groups + 1
            rest = spent[depth]
            for i in range(areas):
                if not covered[i]:
                    rest += share[i]
                    if count[i] < fewest:
                        fewest = count[i]
                        branch[depth] = i
            at[depth] = 0 if rest <= budget else ends[depth]
        # Take the next group that covers the chosen area, or go back.
        descend = False
        word, bit = branch[depth] >> 6, np.uint64(branch[depth] & 63)
        while at[depth] < ends[depth] and not descend:
            g = live[depth, at[depth]]
            at[depth] += 1
            if (words[g, word] >> bit) & np.uint64(1) == 0:
                continue
            total = spent[depth] + reduced[g]
            if total > budget:
                at[depth] = ends[depth]
                break
            size = starts[g + 1] - starts[g]
            taken[depth] = g
            for r in range(row_count):
                sums[depth + 1, r] = sums[depth, r] + rows[g, r]
            if size == open_areas:
                within = True
                for r in range(row_count):
                    reached = sums[depth + 1, r]
                    if reached < low[r] - TOLERANCE or reached > high[r] + TOLERANCE:
                        within = False
                if within:
                    cost = 0.0
                    for d in range(depth + 1):
                        cost += costs[taken[d]]
                    cheapest[depth] = min(cheapest[depth], cost - bound)
                    if cost <= most_cost and cost < least:
                        plan, least = taken[: depth + 1].copy(), cost
                        budget = min(budget, least - bound + slack)
                continue
            place[depth + 1] = -1
            if memory > 0:
                for w in range(width):
                    question[depth + 1, w] = question[depth, w] | words[g, w]
                for r in range(row_count):
                    question[depth + 1, width + r] = np.uint64(sums[depth + 1, r] + 0.5)
                slot = _slot(question[depth + 1], memory)
                place[depth + 1] = slot
                if total + answer[slot] > budget + slack:
                    same = True
                    for w in range(width + row_count):
                        same = same and asked[slot, w] == question[depth + 1, w]
                    if same:
                        continue
            for k in range(len(allowance)):
                left[depth + 1, k] = left[depth, k] - waste[g, k]
            filled = 0
            for q in range(ends[depth]):
                other = live[depth, q]
                if total + reduced[other] > budget:
                    break
                free = True
                for w in range(width):
                    free = free and words[other, w] & words[g, w] == 0
                for k in range(len(allowance)):
                    free = free and waste[other, k] <= left[depth + 1, k]
                if free:
                    live[depth + 1, filled] = other
                    filled += 1
            ends[depth + 1] = filled
            spent[depth + 1] = total
            descend = True
        if descend:
            g = taken[depth]
            for t in range(starts[g], starts[g + 1]):
                covered[members[t]] = True
            open_areas -= starts[g + 1] - starts[g]
            depth += 1
            entering = True
            continue
        slot = place[depth]
        if slot >= 0:
            for w in range(width + row_count):
                asked[slot, w] = question[depth, w]
            answer[slot] = min(cheapest[depth], budget) - spent[depth]
        depth -= 1
        if depth >= 0:
            cheapest[depth] = min(cheapest[depth], cheapest[depth + 1])
            g = taken[depth]
            for t in range(starts[g], starts[g + 1]):
                covered[members[t]] = False
            open_areas += starts[g + 1] - starts[g]
    return plan, least, nodes


@compiled
def _slot(question, memory):  # type: ignore[no-untyped-def]
    """Place in memory for a question: a mixture of all its bits (splitmix64)."""
    mixed = np.uint64(0)
    for part in question:
        mixed = (mixed ^ part) + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return np.int64(mixed & np.uint64(memory - 1))
