"""A proved lower bound for the cost of any plan, by column generation over the group table.

Every plan Q is a set of groups that covers each area once. For any prices u of the areas and any
prices v⁺ >= 0, v⁻ <= 0 of the least and greatest number of rooms, with the reduced cost
rc(S) = c(S) - Σ_{i in S} u_i - v⁺ - v⁻,

.. code-block:: text

    cost(Q) = Σ u_i + (v⁺ + v⁻)|Q| + Σ_{S in Q} rc(S)  >=  LB + Σ_{S in Q} rc(S),
    LB      = Σ u_i + v⁺ rooms_min + v⁻ rooms_max.

With every rc at least 0, LB is a lower bound, and a group with rc(S) > UB - LB is in no plan that
costs UB or less. The prices come from a linear programme, but the bound holds for whatever prices
they are: it is computed from the whole table and trusts no solver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack

from optimisation.groups import Groups

Floats = NDArray[np.float64]

COLUMNS_PER_ROUND = 400
MAX_ROUNDS = 500
PAID_TOLERANCE = 1e-7
TOLERANCE = 1e-9  # reduced costs above minus this share of the dearest group count as zero


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """Prices and what they prove.

    Parameters
    ----------
    prices
        Price of each area, shape ``(areas,)``: what it brings to any room it joins.
    room_price
        Price of one more room, v⁺ + v⁻.
    reduced_costs
        rc of every group, shape ``(groups,)``, raised by ``slack`` so that none is negative.
    value
        Proved lower bound of any plan's cost.
    slack
        What each room was allowed for rounding in the linear programme, already taken off
        ``value``.
    """

    prices: Floats
    room_price: float
    reduced_costs: Floats
    value: float
    slack: float


def lower_bound(
    groups: Groups,
    costs: Floats,
    *,
    rooms_min: int | None = None,
    rooms_max: int | None = None,
) -> Bound | None:
    """Solve the linear relaxation of the choice of groups.

    Parameters
    ----------
    groups
        The groups a plan may use.
    costs
        Their costs, finite, shape ``(groups,)``.
    rooms_min, rooms_max
        Range of the number of groups in a plan.

    Returns
    -------
    Bound or None
        None if not even fractions of groups can cover every area.
    """
    if not len(groups):
        return None
    dearest = float(np.abs(costs).max()) or 1.0
    problem = _Relaxation(groups, costs / dearest, rooms_min, rooms_max)
    # An area left out costs more than any group; should prices need to climb higher, so does it.
    for penalty in (4.0, 4e3):
        prices = problem.solve(penalty)
        if prices is not None:
            return _certify(groups, costs, prices * dearest, low=rooms_min, high=rooms_max)
    return None


def _certify(
    groups: Groups, costs: Floats, prices: Floats, *, low: int | None, high: int | None
) -> Bound:
    """Compute the bound that the prices prove over the whole table."""
    areas = prices[:-2]
    least, most = max(0.0, float(prices[-2])), min(0.0, float(prices[-1]))
    reduced = costs - groups.sums(areas) - least - most
    # A plan has at most one room an area, so the most negative reduced cost counts that often.
    slack = max(0.0, -float(reduced.min()))
    rooms = len(groups.codes) if high is None else high
    value = float(areas.sum()) + least * (low or 0) + most * (high or 0) - slack * rooms
    return Bound(areas, least + most, reduced + slack, value, slack)


class _Relaxation:
    """Linear relaxation solved by column generation: only columns that could help enter."""

    def __init__(self, groups: Groups, costs: Floats, low: int | None, high: int | None) -> None:
        self.groups, self.costs, self.low, self.high = groups, costs, low, high
        sizes = groups.sizes()
        each = costs / sizes
        first = np.arange(len(groups))
        if len(groups) > COLUMNS_PER_ROUND:
            first = np.argpartition(each, COLUMNS_PER_ROUND)[:COLUMNS_PER_ROUND]
        self.active = np.union1d(first, np.flatnonzero(sizes == 1))

    def solve(self, penalty: float) -> Floats | None:
        """Prices of the areas, then v⁺ and v⁻; None where the penalty had to be paid."""
        for _ in range(MAX_ROUNDS):
            prices, paid = self._restricted(penalty)
            reduced = self.costs - self.groups.sums(prices[:-2]) - prices[-2] - prices[-1]
            reduced[self.active] = np.inf
            new = np.flatnonzero(reduced < -TOLERANCE)
            if not len(new):
                break
            if len(new) > COLUMNS_PER_ROUND:
                best = np.argpartition(reduced[new], COLUMNS_PER_ROUND)[:COLUMNS_PER_ROUND]
                new = new[best]
            self.active = np.concatenate([self.active, new])
        return None if paid > PAID_TOLERANCE else prices

    def _restricted(self, penalty: float) -> tuple[Floats, float]:
        """Solve over the active columns, with a dear stand-in for each row."""
        n = len(self.groups.codes)
        members = csr_array(self.groups.take(self.active).matrix().T.astype(np.float64))
        ones = np.ones((1, len(self.active)))
        counts, limits, kinds = [], [], []
        if self.low is not None:
            counts.append(-ones)
            limits.append(-float(self.low))
            kinds.append(-2)
        if self.high is not None:
            counts.append(ones)
            limits.append(float(self.high))
            kinds.append(-1)
        extra = len(limits)
        equal = (
            hstack([members, eye_array(n), csr_array((n, extra))])
            if extra
            else (hstack([members, eye_array(n)]))
        )
        options: dict[str, object] = {}
        if extra:
            at_most = hstack(
                [csr_array(np.vstack(counts)), csr_array((extra, n)), -eye_array(extra)]
            )
            options = {"A_ub": at_most, "b_ub": limits}
        cost = np.concatenate([self.costs[self.active], np.full(n + extra, penalty)])
        result = linprog(cost, A_eq=equal, b_eq=np.ones(n), method="highs-ds", **options)
        prices = np.zeros(n + 2)
        prices[:n] = result.eqlin.marginals
        for row, kind in enumerate(kinds):
            marginal = float(result.ineqlin.marginals[row])
            prices[kind] = -marginal if kind == -2 else marginal
        return prices, float(result.x[len(self.active) :].sum())
