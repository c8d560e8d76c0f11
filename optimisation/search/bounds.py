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

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimisation.search.groups import Groups

Floats = NDArray[np.float64]

COLUMNS_PER_ROUND = 1000
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
        Price v⁺ + v⁻ of one unit of each side row; one of the two is zero.
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
    return Relaxation(groups, costs, rows=rows).bound() if len(groups) else None


class Relaxation:
    """The linear relaxation, kept so that it can be asked again with other limits.

    Columns are generated: only those that could lower the cost enter the programme. What has
    entered stays, and the next question starts from the last answer, so a row of questions (one
    for each number of rooms, say) costs little more than the first.

    Parameters
    ----------
    groups, costs, rows
        As in :func:`lower_bound`; at least one group.

    Examples
    --------
    >>> groups = Groups.from_members("ab", [["a"], ["b"], ["a", "b"]])
    >>> rooms = SideRow(np.ones(3))
    >>> relaxation = Relaxation(groups, np.array([3.0, 2.0, 4.0]), rows=[rooms])
    >>> [relaxation.bound(limits=[(p, p)]).value for p in (1, 2)]
    [4.0, 5.0]
    """

    def __init__(self, groups: Groups, costs: Floats, *, rows: Sequence[SideRow] = ()) -> None:
        self.groups, self.costs, self.rows = groups, costs, tuple(rows)
        self.unit = float(np.abs(costs).max()) or 1.0
        self.entered = np.zeros(len(groups), dtype=bool)
        self.engine = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            self.engine.setOptionValue(option, value)
        self._set_up()
        sizes = groups.sizes()
        each = costs / sizes
        first = np.arange(len(groups))
        if len(groups) > COLUMNS_PER_ROUND:
            first = np.argpartition(each, COLUMNS_PER_ROUND)[:COLUMNS_PER_ROUND]
        self._enter(np.union1d(first, np.flatnonzero(sizes == 1)))

    def bound(
        self, *, limits: Sequence[tuple[float | None, float | None]] | None = None
    ) -> Bound | None:
        """Bound the cost of every plan that keeps to the limits.

        Parameters
        ----------
        limits
            Least and greatest sum of each row; the rows' own if None.

        Returns
        -------
        Bound or None
            As :func:`lower_bound`.
        """
        asked = [(row.low, row.high) for row in self.rows] if limits is None else list(limits)
        areas = len(self.groups.codes)
        for r, (low, high) in enumerate(asked):
            self.engine.changeRowBounds(
                areas + r,
                -highspy.kHighsInf if low is None else low,
                highspy.kHighsInf if high is None else high,
            )
        # An area left out costs more than any group; should prices need to climb higher, so does
        # it.
        for penalty in (4.0, 4e3):
            prices = self._prices(penalty)
            if prices is not None:
                return self._certify(prices * self.unit, asked)
        return None

    def _set_up(self) -> None:
        """Rows without columns, then a dear stand-in for each row, in both directions for sums."""
        areas, sums = len(self.groups.codes), len(self.rows)
        nothing = np.zeros(0, dtype=np.int32)
        low = np.concatenate([np.ones(areas), np.full(sums, -highspy.kHighsInf)])
        high = np.concatenate([np.ones(areas), np.full(sums, highspy.kHighsInf)])
        starts = np.zeros(areas + sums, dtype=np.int32)
        self.engine.addRows(areas + sums, low, high, 0, starts, nothing, np.zeros(0))
        rows = np.concatenate([np.arange(areas + sums), np.arange(areas, areas + sums)])
        signs = np.concatenate([np.ones(areas + sums), -np.ones(sums)])
        self.stand_ins = len(rows)
        self._add(np.ones(len(rows)), np.arange(len(rows)), rows, signs)

    def _add(
        self, cost: Floats, starts: NDArray[np.intp], rows: NDArray[np.intp], values: Floats
    ) -> None:
        count = len(cost)
        self.engine.addCols(
            count,
            cost,
            np.zeros(count),
            np.full(count, highspy.kHighsInf),
            len(rows),
            starts.astype(np.int32),
            rows.astype(np.int32),
            values,
        )

    def _enter(self, new: NDArray[np.intp]) -> None:
        """Let groups into the programme."""
        self.entered[new] = True
        matrix = self.groups.take(new).matrix().astype(np.float64)
        if self.rows:
            sums = np.stack([row.values[new] for row in self.rows], axis=1)
            matrix = np.hstack([matrix, sums])
        filled, rows = np.nonzero(matrix)
        starts = np.searchsorted(filled, np.arange(len(new)))
        self._add(self.costs[new] / self.unit, starts, rows, matrix[filled, rows])

    def _prices(self, penalty: float) -> Floats | None:
        """Price of each row; None where the penalty had to be paid."""
        stand_ins = np.arange(self.stand_ins, dtype=np.int32)
        self.engine.changeColsCost(self.stand_ins, stand_ins, np.full(self.stand_ins, penalty))
        for _ in range(MAX_ROUNDS):
            self.engine.run()
            solution = self.engine.getSolution()
            prices = np.asarray(solution.row_dual)
            reduced = self._reduced(self.costs / self.unit, prices)
            reduced[self.entered] = np.inf
            new = np.flatnonzero(reduced < -TOLERANCE)
            if not len(new):
                break
            if len(new) > COLUMNS_PER_ROUND:
                best = np.argpartition(reduced[new], COLUMNS_PER_ROUND)[:COLUMNS_PER_ROUND]
                new = new[best]
            self._enter(new)
        paid = sum(solution.col_value[: self.stand_ins])
        return None if paid > PAID_TOLERANCE else prices

    def _reduced(self, costs: Floats, prices: Floats) -> Floats:
        areas = len(self.groups.codes)
        reduced = costs - self.groups.sums(prices[:areas])
        for row, price in zip(self.rows, prices[areas:], strict=True):
            if price:
                reduced -= price * row.values
        return reduced

    def _certify(
        self, prices: Floats, limits: Sequence[tuple[float | None, float | None]]
    ) -> Bound:
        """Compute the bound that the prices prove over the whole table."""
        areas = len(self.groups.codes)
        prices = prices.copy()
        value = float(prices[:areas].sum())
        for r, (low, high) in enumerate(limits):
            # A price above 0 belongs to the low, one below 0 to the high.
            limit = low if prices[areas + r] > 0 else high
            if limit is None:
                prices[areas + r] = 0.0
            else:
                value += float(prices[areas + r]) * limit
        reduced = self._reduced(self.costs, prices)
        # A plan has at most one room an area, so the most negative reduced cost counts that often.
        slack = max(0.0, -float(reduced.min()))
        value -= slack * areas
        return Bound(prices[:areas], prices[areas:], reduced + slack, value)
