"""A proved lower bound for the cost of any plan, by column generation over the group table.

Every plan Q is a set of groups that covers each area once and may have to keep to limits on sums
over its groups, low_r <= Σ_{S in Q} a_r(S) <= high_r (:class:`SideRow`: the number of rooms, say).
For any prices u of the areas and any prices v⁺ >= 0 of the lows and v⁻ <= 0 of the highs, with the
reduced cost rc(S) = c(S) - Σ_{i in S} u_i - Σ_r (v⁺_r + v⁻_r) a_r(S),

.. code-block:: text

    cost(Q) = Σ u_i + Σ_r (v⁺_r + v⁻_r) a_r(Q) + Σ_{S in Q} rc(S)  >=  LB + Σ_{S in Q} rc(S),
    LB      = Σ u_i + Σ_r (v⁺_r low_r + v⁻_r high_r).

With every rc at least 0, LB is a lower bound, and a group with rc(S) > UB - LB is in no plan that
costs UB or less. The prices come from a linear programme, but the bound holds for whatever prices
they are: it is computed from the whole table and trusts no solver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack

from optimisation.groups import Groups

Floats = NDArray[np.float64]

COLUMNS_PER_ROUND = 400
MAX_ROUNDS = 500
PAID_TOLERANCE = 1e-7
TOLERANCE = 1e-9  # reduced costs above minus this share of the dearest group count as zero


@dataclass(frozen=True, slots=True, eq=False)
class SideRow:
    """A limit on a sum over the groups of a plan.

    Parameters
    ----------
    values
        What each group adds to the sum, shape ``(groups,)``.
    low, high
        The limits; None where there is none.
    """

    values: Floats
    low: float | None = None
    high: float | None = None

    def take(self, rows: ArrayLike) -> SideRow:
        """Return the same limit for the groups at ``rows``."""
        return SideRow(self.values[np.asarray(rows)], self.low, self.high)


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """Prices and what they prove.

    Parameters
    ----------
    prices
        Price of each area, shape ``(areas,)``: what it brings to any room it joins.
    row_prices
        Price v⁺ + v⁻ of one unit of each side row.
    reduced_costs
        rc of every group, shape ``(groups,)``, raised by what rounding needs so that none is
        negative.
    value
        Proved lower bound of any plan's cost, with what was raised taken off.
    """

    prices: Floats
    row_prices: Floats
    reduced_costs: Floats
    value: float


def lower_bound(groups: Groups, costs: Floats, *, rows: Sequence[SideRow] = ()) -> Bound | None:
    """Solve the linear relaxation of the choice of groups.

    Parameters
    ----------
    groups
        The groups a plan may use.
    costs
        Their costs, finite, shape ``(groups,)``.
    rows
        Limits on sums over a plan's groups.

    Returns
    -------
    Bound or None
        None if not even fractions of groups can cover every area within the limits.

    Examples
    --------
    >>> groups = Groups.from_members("ab", [["a"], ["b"], ["a", "b"]])
    >>> lower_bound(groups, np.array([3.0, 2.0, 4.0])).value
    4.0
    """
    if not len(groups):
        return None
    dearest = float(np.abs(costs).max()) or 1.0
    problem = _Relaxation(groups, costs / dearest, rows)
    # An area left out costs more than any group; should prices need to climb higher, so does it.
    for penalty in (4.0, 4e3):
        prices = problem.solve(penalty)
        if prices is not None:
            return _certify(groups, costs, prices[0] * dearest, prices[1] * dearest, rows)
    return None


def _certify(
    groups: Groups, costs: Floats, prices: Floats, two_sided: Floats, rows: Sequence[SideRow]
) -> Bound:
    """Compute the bound that the prices prove over the whole table.

    ``two_sided`` holds v⁺ and v⁻ of each row, shape ``(rows, 2)``.
    """
    reduced = costs - groups.sums(prices)
    value = float(prices.sum())
    row_prices = np.zeros(len(rows))
    for r, row in enumerate(rows):
        up = max(0.0, float(two_sided[r, 0])) if row.low is not None else 0.0
        down = min(0.0, float(two_sided[r, 1])) if row.high is not None else 0.0
        row_prices[r] = up + down
        reduced -= row_prices[r] * row.values
        value += up * (row.low or 0.0) + down * (row.high or 0.0)
    # A plan has at most one room an area, so the most negative reduced cost counts that often.
    slack = max(0.0, -float(reduced.min()))
    value -= slack * len(groups.codes)
    return Bound(prices, row_prices, reduced + slack, value)


class _Relaxation:
    """Linear relaxation solved by column generation: only columns that could help enter."""

    def __init__(self, groups: Groups, costs: Floats, rows: Sequence[SideRow]) -> None:
        self.groups, self.costs, self.rows = groups, costs, rows
        sizes = groups.sizes()
        each = costs / sizes
        first = np.arange(len(groups))
        if len(groups) > COLUMNS_PER_ROUND:
            first = np.argpartition(each, COLUMNS_PER_ROUND)[:COLUMNS_PER_ROUND]
        self.active = np.union1d(first, np.flatnonzero(sizes == 1))

    def solve(self, penalty: float) -> tuple[Floats, Floats] | None:
        """Prices of the areas and of the rows; None where the penalty had to be paid."""
        for _ in range(MAX_ROUNDS):
            prices, two_sided, paid = self._restricted(penalty)
            reduced = self.costs - self.groups.sums(prices)
            for row, price in zip(self.rows, two_sided.sum(axis=1), strict=True):
                reduced -= price * row.values
            reduced[self.active] = np.inf
            new = np.flatnonzero(reduced < -TOLERANCE)
            if not len(new):
                break
            if len(new) > COLUMNS_PER_ROUND:
                best = np.argpartition(reduced[new], COLUMNS_PER_ROUND)[:COLUMNS_PER_ROUND]
                new = new[best]
            self.active = np.concatenate([self.active, new])
        return None if paid > PAID_TOLERANCE else (prices, two_sided)

    def _restricted(self, penalty: float) -> tuple[Floats, Floats, float]:
        """Solve over the active columns, with a dear stand-in for each row."""
        n = len(self.groups.codes)
        members = csr_array(self.groups.take(self.active).matrix().T.astype(np.float64))
        # Each limit becomes a row of the kind "at most"; side says where its price belongs.
        sums, limits, side = [], [], []
        for r, row in enumerate(self.rows):
            if row.low is not None:
                sums.append(-row.values[self.active])
                limits.append(-row.low)
                side.append((r, 0))
            if row.high is not None:
                sums.append(row.values[self.active])
                limits.append(row.high)
                side.append((r, 1))
        extra = len(side)
        cost = np.concatenate([self.costs[self.active], np.full(n + extra, penalty)])
        equal = [members, eye_array(n)]
        options: dict[str, object] = {}
        if extra:
            equal.append(csr_array((n, extra)))
            at_most = [csr_array(np.vstack(sums)), csr_array((extra, n)), -eye_array(extra)]
            options = {"A_ub": hstack(at_most), "b_ub": limits}
        result = linprog(cost, A_eq=hstack(equal), b_eq=np.ones(n), method="highs-ds", **options)
        two_sided = np.zeros((len(self.rows), 2))
        for k, (r, which) in enumerate(side):
            marginal = float(result.ineqlin.marginals[k])
            two_sided[r, which] = marginal if which else -marginal
        paid = float(result.x[len(self.active) :].sum())
        return np.asarray(result.eqlin.marginals), two_sided, paid
