"""Every plan that costs little more than the linear bound, none missed.

For any plan Q, with the reduced costs rc and the prices v of the side rows of
:mod:`optimisation.search.bounds`,

.. code-block:: text

    cost(Q) = LB + Σ_{S in Q} rc(S) + Σ_r v⁺_r (a_r(Q) - low_r) + Σ_r v⁻_r (a_r(Q) - high_r),

and no term after LB is negative. So a plan within a budget B of LB uses only groups with rc <= B,
and a search that adds up these terms may give up wherever they exceed B: it still meets every plan
within B. (The lemma is that of reduced-cost fixing; for exact cover see Knuth, *The Art of Computer
Programming* 7.2.2.1.)

For the complete list the areas are served in one order and the search charts each set of covered
areas once, however many ways lead to it (:mod:`optimisation.search._lister`). The best plan alone
is found by diving for it (:mod:`optimisation.search._dive`): the budget starts small and grows
until a plan is found; the first one found and improved within its budget is proved best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_array

from optimisation.search._dive import search
from optimisation.search._lister import Columns, States, Steps, chart, complete, read_off
from optimisation.search.bounds import Bound, SideRow
from optimisation.search.groups import Groups

Floats = NDArray[np.float64]

MAX_NODES = 20_000_000
MEMORY = 1 << 20
FIRST_BUDGET_SHARE = 1e-4
BUDGET_GROWTH = 4.0
ALLOWANCES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Plans that a search met.

    Parameters
    ----------
    plans
        Rows of each plan's groups in the table, one plan a row, filled up with -1; shape
        ``(plans, rooms)``.
    costs
        Cost of each plan, summed from the table, ascending.
    within
        Cost up to which no plan is missing; minus infinity if the search was stopped.
    nodes
        Nodes that the search visited, or steps that it charted.
    """

    plans: NDArray[np.int64]
    costs: Floats
    within: float
    nodes: int

    def rows(self, plan: int) -> tuple[int, ...]:
        """Rows of one plan's groups, ascending."""
        chosen = self.plans[plan]
        return tuple(sorted(chosen[chosen >= 0].tolist()))

    @classmethod
    def nothing(cls, within: float, *, nodes: int = 0) -> Found:
        """No plan up to a cost."""
        return cls(np.zeros((0, 1), dtype=np.int64), np.zeros(0), within, nodes)

    @classmethod
    def joined(cls, parts: Sequence[Found], *, limit: int) -> Found:
        """Put lists without a common plan together and keep the cheapest plans."""
        width = max((part.plans.shape[1] for part in parts), default=1)
        plans = np.full((sum(len(part.costs) for part in parts), width), -1, dtype=np.int64)
        costs = np.concatenate([np.zeros(0), *(part.costs for part in parts)])
        first = 0
        for part in parts:
            plans[first : first + len(part.costs), : part.plans.shape[1]] = part.plans
            first += len(part.costs)
        order = np.argsort(costs, kind="stable")[:limit]
        within = min((part.within for part in parts), default=float("inf"))
        if len(costs) >= limit:
            within = min(within, float(costs[order[-1]]))
        return cls(plans[order], costs[order], within, sum(part.nodes for part in parts))


def plans_within(
    groups: Groups,
    costs: Floats,
    bound: Bound,
    *,
    most: float,
    rows: Sequence[SideRow] = (),
    loads: Sequence[Floats] = (),
    limit: int = 100_000,
    max_nodes: int = MAX_NODES,
) -> Found:
    """List every plan that costs at most ``most``.

    Parameters
    ----------
    groups, costs
        The groups and their costs.
    bound
        Of the same groups, costs and rows (:func:`optimisation.search.bounds.lower_bound`).
    most
        Greatest cost.
    rows
        Limits on sums over a plan's groups: those that the bound was computed with.
    loads
        Quantities of the areas that the rows may grow with (cameras, for posts and for rooms of
        limited capacity): they end hopeless branches early and take no plan away.
    limit
        Plans to keep: the cheapest ones. Where it is reached, ``within`` is the cost of the
        dearest plan kept, and dearer plans are missing.
    max_nodes
        Steps, from one set of covered areas to the next, after which the search stops; the list is
        then empty. A million take about 80 MB.

    Returns
    -------
    Found

    Examples
    --------
    >>> from optimisation.search.bounds import lower_bound
    >>> groups = Groups.from_members("ab", [["a"], ["b"], ["a", "b"]])
    >>> costs = np.array([3.0, 2.0, 4.0])
    >>> found = plans_within(groups, costs, lower_bound(groups, costs), most=5.0)
    >>> found.rows(0), found.rows(1), found.costs.tolist()
    ((2,), (0, 1), [4.0, 5.0])
    """
    found = charted(groups, costs, bound, most=most, rows=rows, loads=loads, max_steps=max_nodes)
    if found is None:
        return Found.nothing(most)
    if found.stopped:
        return Found.nothing(float("-inf"), nodes=found.count)
    picked, totals = read_off(found.columns, most, limit, found.slack, found.states, found.steps)
    ascending = np.argsort(totals, kind="stable")
    longest = int((picked >= 0).sum(axis=1).max(initial=1))
    chosen = picked[ascending, :longest]
    plans = np.where(chosen >= 0, found.keep[chosen], -1)
    within = float(totals.max()) if len(plans) == limit else most
    return Found(plans, totals[ascending], within, found.count)


@dataclass(frozen=True, slots=True, eq=False)
class Charted:
    """Every state that a plan within a cost may pass, and the steps that lead to such plans.

    Parameters
    ----------
    keep
        Rows of the groups that may be in such a plan, in the order of ``columns``.
    columns, states, steps, newest
        As in :mod:`optimisation.search._lister`.
    slack
        What rounding needs.
    count
        Steps charted.
    stopped
        Whether the search was stopped; steps are then missing.
    """

    keep: NDArray[np.intp]
    columns: Columns
    states: States
    steps: Steps
    newest: NDArray[np.int64]
    slack: float
    count: int
    stopped: bool


def charted(
    groups: Groups,
    costs: Floats,
    bound: Bound,
    *,
    most: float,
    rows: Sequence[SideRow] = (),
    loads: Sequence[Floats] = (),
    max_steps: int = MAX_NODES,
) -> Charted | None:
    """Chart every plan that costs at most ``most``: the arguments of :func:`plans_within`.

    Returns
    -------
    Charted or None
        None where some area is in no group cheap enough: there is then no plan.
    """
    # Rounding in the sums must not cost a plan that lies on the limit.
    slack = 1e-11 * (abs(most) + abs(bound.value))
    budget = most - bound.value + slack
    keep = np.flatnonzero(bound.reduced_costs <= budget)
    order = sweep(groups.take(keep))
    matrix = groups.take(keep).matrix()[:, order]
    if not matrix.any(axis=0).all():
        return None
    first = matrix.argmax(axis=1)
    by_first = np.lexsort((bound.reduced_costs[keep], first))
    keep, matrix = keep[by_first], matrix[by_first]
    values = _values(rows, keep)
    every = [np.ones(len(order)), *(load[order] for load in loads)]
    waste, allowance = _allowances(values, rows, matrix, every)
    columns = Columns(
        starts=np.searchsorted(first[by_first], np.arange(len(order) + 1)),
        words=_words(matrix),
        reduced=bound.reduced_costs[keep],
        costs=costs[keep],
        rows=np.ascontiguousarray(values.T),
        waste=waste,
    )
    states, steps, newest, count = chart(
        columns, allowance=allowance, budget=budget, max_steps=max_steps
    )
    stopped = count > max_steps
    if not stopped:
        low, high = _limits(rows)
        complete(columns, low, high, most + slack, states, steps, newest)
    return Charted(keep, columns, states, steps, newest, slack, count, stopped)


def sweep(groups: Groups) -> NDArray[np.intp]:
    """Put the areas in an order in which those that share groups stand close together.

    It is the spectral order: by the second eigenvector of the normalised Laplacian of the graph
    that joins two areas for each group they share, small groups most (Barnard, Pothen and Simon
    1995, "A spectral algorithm for envelope reduction of sparse matrices"). It starts at the end
    whose areas are in more groups.
    """
    sizes = groups.sizes().astype(np.float64)
    matrix = groups.matrix()
    weighted = csr_array(matrix * 2.0 ** -sizes[:, None])
    joint = (weighted.T @ weighted).toarray()
    np.fill_diagonal(joint, 0.0)
    root = np.sqrt(np.maximum(joint.sum(axis=1), np.finfo(np.float64).tiny))
    second = min(1, len(root) - 1)
    laplacian = np.eye(len(root)) - joint / np.outer(root, root)
    vector = eigh(laplacian, subset_by_index=[second, second])[1][:, 0]
    order = np.argsort(vector / root, kind="stable")
    times = matrix.sum(axis=0)[order]
    half = len(order) // 2
    return order if times[:half].sum() >= times[len(order) - half :].sum() else order[::-1]


def _allowances(
    values: Floats, rows: Sequence[SideRow], matrix: NDArray[np.uint8], loads: Sequence[Floats]
) -> tuple[Floats, Floats]:
    """Work out what groups waste of what the side rows allow.

    A row a(S) grows by at least ``least`` for each unit of a load b(S), over all groups. So each
    group wastes a(S) - least * b(S) >= 0, and a plan has high - least * b(all areas) to waste. The
    same holds from above for low. Posts per camera are the case in point: a plan with the fewest
    posts has few places to leave empty.

    Returns the waste, shape ``(groups, allowances)``, and the allowances, the tightest ones only.
    """
    found: list[tuple[float, Floats, float]] = []
    for value, row in zip(values, rows, strict=True):
        for load in loads:
            carried = matrix @ load
            some = carried > 0
            if not some.any():
                continue
            ratio = value[some] / carried[some]
            for limit, rate, sign in (
                (row.high, ratio.min(), 1.0),
                (row.low, ratio.max(), -1.0),
            ):
                waste = sign * (value - rate * carried)
                if limit is None or (waste < -1e-9).any():
                    continue
                allowance = sign * (limit - rate * load.sum())
                typical = float(waste.mean())
                if typical > 0:
                    found.append((allowance / typical, np.maximum(waste, 0.0), allowance))
    found.sort(key=lambda entry: entry[0])
    found = found[:ALLOWANCES]
    if not found:
        return np.zeros((len(matrix), 0)), np.zeros(0)
    return np.stack([w for _, w, _ in found], axis=1), np.array([a for _, _, a in found])


def _values(rows: Sequence[SideRow], keep: NDArray[np.intp]) -> Floats:
    """Values of the groups at ``keep`` in the side rows, shape ``(rows, groups)``."""
    if not rows:
        return np.zeros((0, len(keep)))
    return np.stack([row.values[keep] for row in rows])


def _limits(rows: Sequence[SideRow]) -> tuple[Floats, Floats]:
    """Lows and highs of the side rows, infinite where there is none."""
    low = np.array([-np.inf if row.low is None else row.low for row in rows])
    high = np.array([np.inf if row.high is None else row.high for row in rows])
    return low, high


def _words(matrix: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Pack membership into 64-bit words, shape ``(groups, words)``."""
    packed = np.packbits(matrix, axis=1, bitorder="little")
    width = -(-packed.shape[1] // 8) * 8
    padded = np.zeros((len(packed), width), dtype=np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded.view("<u8").astype(np.uint64)


def best_plan(
    groups: Groups,
    costs: Floats,
    bound: Bound,
    *,
    rows: Sequence[SideRow] = (),
    loads: Sequence[Floats] = (),
    most: float = float("inf"),
    max_nodes: int = MAX_NODES,
) -> Found:
    """Find the cheapest plan, by budgets that grow until there is one.

    Parameters
    ----------
    groups, costs, bound, rows, loads
        As in :func:`plans_within`.
    most
        A cost that the plan need not exceed (of a plan known before, say).
    max_nodes
        Nodes after which the search stops.

    Returns
    -------
    Found
        One plan, proved best; or none, proved that there is none up to ``within``; or none with
        ``within`` minus infinity if the search was stopped.

    Examples
    --------
    >>> from optimisation.search.bounds import lower_bound
    >>> groups = Groups.from_members("ab", [["a"], ["b"], ["a", "b"]])
    >>> costs = np.array([3.0, 2.0, 4.0])
    >>> best_plan(groups, costs, lower_bound(groups, costs)).rows(0)
    (2,)
    """
    # No plan is dearer than the dearest group in every area.
    ceiling = min(most, float(np.abs(costs).max()) * len(groups.codes))
    budget = FIRST_BUDGET_SHARE * max(abs(bound.value), 1.0)
    nodes = 0
    while True:
        level = min(bound.value + budget, ceiling)
        found = _one_plan(
            groups,
            costs,
            bound,
            most=level,
            rows=rows,
            loads=loads,
            max_nodes=max_nodes - nodes,
        )
        nodes += found.nodes
        done = len(found.plans) or found.within == float("-inf") or level >= ceiling
        if done:
            return Found(found.plans, found.costs, found.within, nodes)
        budget *= BUDGET_GROWTH


def _one_plan(
    groups: Groups,
    costs: Floats,
    bound: Bound,
    *,
    most: float,
    rows: Sequence[SideRow],
    loads: Sequence[Floats],
    max_nodes: int,
) -> Found:
    """Find the cheapest plan of those that cost at most ``most``.

    One plan is found sooner by a search that dives for it, and whose budget each plan found lowers,
    than by charting everything within the budget as :func:`plans_within` does.
    """
    budget = (most - bound.value) + 1e-9 * max(1.0, abs(most))
    keep = np.flatnonzero(bound.reduced_costs <= budget)
    keep = keep[np.argsort(bound.reduced_costs[keep], kind="stable")]
    areas = len(groups.codes)
    matrix = groups.take(keep).matrix()
    if not matrix.any(axis=0).all():
        return Found.nothing(most)
    filled, members = np.nonzero(matrix)
    values = _values(rows, keep)
    low, high = _limits(rows)
    whole = bool((values == np.rint(values)).all() and (values >= 0).all())
    waste, allowance = _allowances(values, rows, matrix, [np.ones(areas), *loads])
    picked, cost, nodes = search(
        np.searchsorted(filled, np.arange(len(keep) + 1)),
        members,
        _words(matrix),
        bound.reduced_costs[keep],
        costs[keep],
        np.ascontiguousarray(values.T),
        low,
        high,
        waste,
        allowance,
        areas,
        bound.value,
        most,
        max_nodes,
        # Few areas ask few questions: at most one for each set of them, if nothing is summed.
        min(MEMORY, 1 << (areas + 2)) if whole else 0,
    )
    within = float("-inf") if nodes > max_nodes else min(most, cost)
    if not len(picked):
        return Found.nothing(within, nodes=nodes)
    return Found(keep[picked][None], np.array([cost]), within, nodes)
