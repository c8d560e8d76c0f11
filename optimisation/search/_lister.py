"""The compiled search for every cover within a cost (:mod:`optimisation.search.exact_cover`).

The areas stand in one order, and always the first open area is served next. What can follow then
depends only on the *state*: the areas covered and the sums reached. So

* the **chart** holds each state once, with the cheapest way to it, and the steps (groups) that lead
  on from it;
* going back through the chart gives the cheapest completion of each state, exactly;
* with it the list is read off without a dead end: every step taken leads to a plan within the cost,
  and the work is in proportion to the list.

A step is charted only if the reduced costs on the cheapest way stay within the budget (no dearer
way to the same state can then lead to a plan within it either) and what its group wastes fits what
is left of each *allowance*: a quantity that every group uses up, never less than 0, and of which a
plan has only so much.
"""

# ruff: noqa: PLR0917 (compiled loops: calls between parts would cost time)

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coverage_model.base.compiled import compiled

TOLERANCE = 1e-7
"""Rounding kept in sums of side rows and allowances."""

FIRST_SIZE = 1 << 10
"""States and steps that there is room for at first; a power of two."""

NONE = -1

ONE = np.uint64(1)

DONE = -1
"""Marks the end of the steps of a state in which every area is covered."""


class Columns(NamedTuple):
    """The groups, sorted by their first area, then by reduced cost.

    ``starts[i]:starts[i + 1]`` are those whose first area is i; ``words`` are their areas as bits,
    ``(groups, words)``; ``rows`` their values in the side rows, ``(groups, rows)``; ``waste`` what
    each uses up of each allowance, ``(groups, allowances)``.
    """

    starts: NDArray[np.int64]
    words: NDArray[np.uint64]
    reduced: NDArray[np.float64]
    costs: NDArray[np.float64]
    rows: NDArray[np.float64]
    waste: NDArray[np.float64]


class States(NamedTuple):
    """What is known of each state: the way there, and where its steps begin and end.

    ``after`` is another state with the same first open area.
    """

    covered: NDArray[np.uint64]
    sums: NDArray[np.float64]
    left: NDArray[np.float64]
    cheapest: NDArray[np.float64]
    spent: NDArray[np.float64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    after: NDArray[np.int32]


class Steps(NamedTuple):
    """The group of each step, the state it leads to, and the cheapest cost from it to the end."""

    group: NDArray[np.int32]
    to: NDArray[np.int32]
    ahead: NDArray[np.float64]


def chart(
    columns: Columns, *, allowance: NDArray[np.float64], budget: float, max_steps: int
) -> tuple[States, Steps, NDArray[np.int64], int]:
    """Chart every state that a plan within the budget may pass.

    Parameters
    ----------
    columns
        The groups.
    allowance
        How much there is of each allowance.
    budget
        Most that a plan's reduced costs may come to.
    max_steps
        Steps after which the search stops.

    Returns
    -------
    tuple
        The states, their steps, the newest state for each first open area (after the last area: a
        complete plan), and the number of steps, more than ``max_steps`` if the search was stopped.
    """
    areas = len(columns.starts) - 1
    states, steps = _empty(columns, allowance)
    newest = np.full(areas + 1, NONE, dtype=np.int64)
    newest[0] = 0
    # The most states and steps that one state can lead to, so room is made before they are written.
    most_new = int(np.diff(columns.starts).max())
    fitting = np.empty(most_new, dtype=np.int64)
    slots = _slots(states, 1)
    count, charted = 1, 0
    for area in range(areas):
        state = newest[area]
        while state != NONE and charted <= max_steps:
            while count + most_new > len(states.spent):
                states = States(*(_twice(values) for values in states))
            while charted + most_new > len(steps.group):
                steps = Steps(*(_twice(values) for values in steps))
            if len(slots) < 2 * len(states.spent):
                slots = _slots(states, count)
            state, count, charted = _advance(
                columns,
                states,
                steps,
                newest,
                slots,
                fitting,
                area,
                state,
                count,
                charted,
                budget,
                max_steps,
            )
    return states, steps, newest, charted


def _empty(columns: Columns, allowance: NDArray[np.float64]) -> tuple[States, Steps]:
    """Room for states and steps, and the first state: nothing covered."""
    room = FIRST_SIZE
    states = States(
        covered=np.zeros((room, columns.words.shape[1]), dtype=np.uint64),
        sums=np.zeros((room, columns.rows.shape[1])),
        left=np.zeros((room, len(allowance))),
        cheapest=np.zeros(room),
        spent=np.zeros(room),
        begin=np.zeros(room, dtype=np.int64),
        end=np.zeros(room, dtype=np.int64),
        after=np.full(room, NONE, dtype=np.int32),
    )
    states.left[0] = allowance + TOLERANCE
    number = np.zeros(room, dtype=np.int32)
    return states, Steps(group=number, to=number.copy(), ahead=np.zeros(room))


def _twice(values: NDArray[Any]) -> NDArray[Any]:
    """Twice the room for an array."""
    return np.concatenate([values, np.empty_like(values)])


def _slots(states: States, count: int) -> NDArray[np.int32]:
    """Return a hash table of the states, with two slots for each there is room for."""
    slots = np.full(2 * len(states.spent), NONE, dtype=np.int32)
    _fill(slots, states.covered, states.sums.view(np.uint64), count)
    return slots


@compiled
def _advance(  # type: ignore[no-untyped-def]
    columns, states, steps, newest, slots, fitting, area, state, count, charted, budget, max_steps
):
    """Chart the steps from one state after another, as long as there is room.

    Each step leads to a later first open area. So no cheaper way to a state turns up after its turn
    has come.
    """
    starts, words, reduced, costs, rows, waste = columns
    covered, sums, left, cheapest, spent, begin, end, after = states
    bits = sums.view(np.uint64)
    group, leads_to, _ = steps
    width, row_count, kinds, areas = words.shape[1], rows.shape[1], waste.shape[1], len(starts) - 1
    most_states, most_steps = len(spent) - len(fitting), len(group) - len(fitting)
    while state != NONE and count <= most_states and charted <= min(most_steps, max_steps):
        # Which groups overlap is hard to foresee: so without branches.
        fit = 0
        for g in range(starts[area], starts[area + 1]):
            if spent[state] + reduced[g] > budget:
                break
            overlap = np.uint64(0)
            for w in range(width):
                overlap |= words[g, w] & covered[state, w]
            fits = overlap == 0
            for k in range(kinds):
                fits &= waste[g, k] <= left[state, k]
            fitting[fit] = g
            fit += fits
        begin[state] = charted
        for q in range(fit):
            g = fitting[q]
            # Where the step leads is written down as a new state, and kept if it is one.
            for w in range(width):
                covered[count, w] = covered[state, w] | words[g, w]
            for r in range(row_count):
                sums[count, r] = sums[state, r] + rows[g, r]
            slot = _slot(slots, covered, bits, count)
            to = slots[slot]
            if to == NONE:
                to, slots[slot] = count, count
                cheapest[to] = np.inf
                for k in range(kinds):
                    left[to, k] = left[state, k] - waste[g, k]
                opened = area + 1
                while opened < areas and covered[to, opened >> 6] >> np.uint64(opened & 63) & ONE:
                    opened += 1
                after[to], newest[opened] = newest[opened], to
                count += 1
            if cheapest[state] + costs[g] < cheapest[to]:
                cheapest[to], spent[to] = cheapest[state] + costs[g], spent[state] + reduced[g]
            group[charted], leads_to[charted] = g, to
            charted += 1
        end[state] = charted
        state = after[state]
    return state, count, charted


@compiled
def complete(columns, low, high, most_cost, states, steps, newest):  # type: ignore[no-untyped-def]
    """Find the cheapest completion of each state, and keep only steps that are in some plan.

    Parameters
    ----------
    columns, low, high
        The groups, and the limits of each side row.
    most_cost
        Greatest cost of a plan, with what rounding needs.
    states, steps, newest
        As :func:`chart` returned them. Steps and the ends of each state's steps are written over:
        left are those in a plan within ``most_cost``, with what is ahead, ascending.
    """
    areas = len(columns.starts) - 1
    rest = np.full(len(states.spent), np.inf)
    state = newest[areas]
    while state != NONE:
        within = True
        for r in range(len(low)):
            reached = states.sums[state, r]
            within = within and low[r] - TOLERANCE <= reached <= high[r] + TOLERANCE
        rest[state] = 0.0 if within else np.inf
        states.end[state] = DONE
        state = states.after[state]
    for area in range(areas - 1, -1, -1):
        state = newest[area]
        while state != NONE:
            begin = kept = states.begin[state]
            for step in range(begin, states.end[state]):
                g, to = steps.group[step], steps.to[step]
                ahead = columns.costs[g] + rest[to]
                rest[state] = min(rest[state], ahead)
                if states.cheapest[state] + ahead > most_cost:
                    continue
                at = kept
                while at > begin and steps.ahead[at - 1] > ahead:
                    steps.group[at], steps.to[at] = steps.group[at - 1], steps.to[at - 1]
                    steps.ahead[at] = steps.ahead[at - 1]
                    at -= 1
                steps.group[at], steps.to[at], steps.ahead[at] = g, to, ahead
                kept += 1
            states.end[state] = kept
            state = states.after[state]


@compiled
def read_off(columns, most_cost, limit, slack, states, steps):  # type: ignore[no-untyped-def]
    """List the ``limit`` cheapest plans that cost at most ``most_cost``.

    Parameters
    ----------
    columns
        The groups.
    most_cost, limit, slack
        Greatest cost, plans to keep, what rounding needs.
    states, steps
        As :func:`complete` left them.

    Returns
    -------
    tuple
        Groups of each plan (filled with -1) and their costs.
    """
    areas = len(columns.starts) - 1
    plans, totals = np.empty((limit, areas), dtype=np.int32), np.empty(limit)
    heap = np.empty(limit, dtype=np.int64)
    at, end = np.zeros(areas + 1, dtype=np.int64), np.zeros(areas + 1, dtype=np.int64)
    taken, cost = np.zeros(areas + 1, dtype=np.int64), np.zeros(areas + 1)
    most, found, depth = most_cost + slack, 0, 0
    at[0], end[0] = states.begin[0], states.end[0]
    while depth >= 0:
        step = at[depth]
        if step == end[depth] or cost[depth] + steps.ahead[step] > most:
            depth -= 1
            continue
        at[depth] += 1
        g, to = steps.group[step], steps.to[step]
        taken[depth] = g
        total = cost[depth] + columns.costs[g]
        if states.end[to] != DONE:
            depth += 1
            at[depth], end[depth], cost[depth] = states.begin[to], states.end[to], total
        elif found < limit and total <= most_cost:
            _write(plans, totals, found, taken, depth + 1, total)
            heap[found] = found
            found += 1
            _sift_up(heap, totals, found - 1)
        elif found == limit and total < totals[heap[0]]:
            _write(plans, totals, heap[0], taken, depth + 1, total)
            _sift_down(heap, totals)
        if found == limit:
            most = min(most, totals[heap[0]] + slack)
    return plans[:found], totals[:found]


@compiled
def _fill(slots, covered, bits, count):  # type: ignore[no-untyped-def]
    """Put the first ``count`` states into an empty hash table."""
    for state in range(count):
        slots[_slot(slots, covered, bits, state)] = state


@compiled
def _slot(slots, covered, bits, state):  # type: ignore[no-untyped-def]
    """Slot of a state in the hash table, or the free one where it belongs."""
    mixed = np.uint64(0)
    for w in range(covered.shape[1]):
        mixed = _mix(mixed ^ covered[state, w])
    for r in range(bits.shape[1]):
        mixed = _mix(mixed ^ bits[state, r])
    slot = np.int64(mixed & np.uint64(len(slots) - 1))
    while slots[slot] != NONE:
        other, same = slots[slot], True
        for w in range(covered.shape[1]):
            same &= covered[other, w] == covered[state, w]
        for r in range(bits.shape[1]):
            same &= bits[other, r] == bits[state, r]
        if same:
            break
        slot = (slot + 1) & (len(slots) - 1)
    return slot


@compiled
def _mix(word):  # type: ignore[no-untyped-def]
    """Mix all bits of a word (splitmix64)."""
    word += np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@compiled
def _write(plans, totals, at, taken, rooms, cost):  # type: ignore[no-untyped-def]
    """Write a plan down."""
    for d in range(plans.shape[1]):
        plans[at, d] = taken[d] if d < rooms else NONE
    totals[at] = cost


@compiled
def _sift_up(heap, totals, i):  # type: ignore[no-untyped-def]
    """Restore a heap whose dearest plan is on top after one was added at its end."""
    while i > 0:
        up = (i - 1) // 2
        if totals[heap[up]] >= totals[heap[i]]:
            break
        heap[i], heap[up] = heap[up], heap[i]
        i = up


@compiled
def _sift_down(heap, totals):  # type: ignore[no-untyped-def]
    """Restore it after the plan on top was replaced by a cheaper one."""
    i = 0
    while 2 * i + 1 < len(heap):
        child = 2 * i + 1
        if child + 1 < len(heap) and totals[heap[child + 1]] > totals[heap[child]]:
            child += 1
        if totals[heap[child]] <= totals[heap[i]]:
            break
        heap[i], heap[child] = heap[child], heap[i]
        i = child
