"""Solving the same groups again and again for other costs, each time with a proof.

From one draw of the costs to the next little changes, so the linear programme over a few hundred
columns starts from its last basis (HiGHS, called directly: no model is built anew). Its prices are
then checked against **every** group of the table; columns that could help join, and it is solved
again. What the bound leaves open is settled by the search of
:mod:`optimisation.search.exact_cover`, which proves the best plan; plans that were best in other
draws are its first upper bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from optimisation.search.bounds import Bound, SideRow
from optimisation.search.exact_cover import best_plan
from optimisation.search.groups import Groups
from optimisation.search.optimum import DEFAULT_EFFORT, solve_groups
from optimisation.search.solvers import Effort

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_COLUMNS = 300
COLUMNS_PER_ROUND = 150
SEARCH_NODES = 2_000_000
PENNY = 0.01
TOLERANCE = 1e-9
MILLION = 1e6  # costs enter the linear programme in millions: its tolerances are absolute
LEFT_OUT = 100.0  # an area left out costs as much as so many of the dearest group


@dataclass(frozen=True, slots=True, eq=False)
class Reoptimum:
    """The best choice of groups for one draw of the costs.

    Parameters
    ----------
    rows
        Chosen groups, ascending.
    cost
        Their cost, summed from the costs given.
    bound
        Lower bound that the prices alone prove over the whole table.
    """

    rows: tuple[int, ...]
    cost: float
    bound: float


class Reoptimiser:
    """Chooses groups for one draw of the costs after another.

    Parameters
    ----------
    groups
        The groups of the table.
    load
        What the areas bring that posts grow with (their cameras), shape ``(areas,)``.
    room_range
        Fewest and most groups of a plan; None where there is no limit.
    effort
        The solver of last resort.
    counted
        What each group adds to the number of rooms; 1 each if None.
    rows
        Further limits on sums over a plan's groups.
    """

    def __init__(
        self,
        groups: Groups,
        load: Floats,
        *,
        room_range: tuple[int | None, int | None] = (None, None),
        effort: Effort = DEFAULT_EFFORT,
        counted: Floats | None = None,
        rows: Sequence[SideRow] = (),
    ) -> None:
        self.rows = tuple(rows)
        self.counted = np.ones(len(groups)) if counted is None else counted
        self.groups, self.load, self.room_range, self.effort = groups, load, room_range, effort
        self.sizes = groups.sizes().astype(np.float64)
        self._active = np.empty(0, dtype=np.int64)
        self._pool: dict[tuple[int, ...], None] = {}
        self._lp = _Master(len(groups.codes), room_range)

    def remember(self, plans: Iterable[Iterable[int]]) -> None:
        """Take plans, as rows of the table, as first upper bounds of what follows."""
        for plan in plans:
            chosen = tuple(sorted(plan))
            sums = [float(row.values[list(chosen)].sum()) for row in self.rows]
            if all(
                (row.low is None or total >= row.low) and (row.high is None or total <= row.high)
                for row, total in zip(self.rows, sums, strict=True)
            ):
                self._pool[chosen] = None

    def solve(self, costs: Floats, posts: Ints, *, least_posts: int) -> Reoptimum | None:
        """Find the cheapest plan for these costs.

        Parameters
        ----------
        costs
            Cost of each group, infinite where it is not allowed. Shape ``(groups,)``.
        posts
            Operators on duty for each group.
        least_posts
            Posts that no plan can do without: those for all cameras in one room.

        Returns
        -------
        Reoptimum or None
            None if it is proved that no plan is possible.
        """
        finite = np.isfinite(costs)
        if not finite.all():
            costs = np.where(finite, costs, LEFT_OUT * float(costs[finite].max(initial=1.0)))
        rows = [SideRow(posts.astype(np.float64), low=float(least_posts))]
        low, high = self.room_range
        if low is not None or high is not None:
            rows.append(SideRow(self.counted, low, high))
        rows += self.rows
        bound = self._relax(costs, rows)
        best, cost = self._best_known(costs)
        if cost - bound.value > PENNY:
            found = self._search(costs, bound, rows, cost)
            if found is not None:
                best, cost = found, float(costs[list(found)].sum())
        if best is None or not finite[list(best)].all():
            return None
        self._pool[best] = None
        return Reoptimum(best, cost, min(bound.value, cost))

    def _search(
        self, costs: Floats, bound: Bound, rows: Sequence[SideRow], known: float
    ) -> tuple[int, ...] | None:
        """Find a plan cheaper than the one known; None if there is none."""
        found = best_plan(
            self.groups,
            costs,
            bound,
            rows=rows,
            loads=[self.load],
            most=known - PENNY,
            max_nodes=SEARCH_NODES,
        )
        if found.within > -np.inf:
            return found.rows(0) if len(found.costs) else None
        answer = solve_groups(self.groups, costs, effort=self.effort, rows=rows)
        return answer.rows if answer is not None and answer.cost < known else None

    def _relax(self, costs: Floats, rows: Sequence[SideRow]) -> Bound:
        """Solve the linear programme and check its prices against every group."""
        scaled = costs / MILLION
        dearest = float(scaled.max())
        posts = rows[0].values
        if not len(self._active):
            cheap = np.argsort(scaled / self.sizes, kind="stable")[:FIRST_COLUMNS]
            self._enter(np.union1d(cheap, np.flatnonzero(self.sizes == 1)), scaled, posts)
        least = float(rows[0].low or 0.0)
        self._lp.renew(scaled[self._active], posts[self._active], least, LEFT_OUT * dearest)
        while True:
            prices, on_posts, on_rooms = self._lp.solve()
            reduced = scaled - self.groups.sums(prices) - on_posts * posts - on_rooms * self.counted
            new = np.setdiff1d(np.flatnonzero(reduced < -TOLERANCE * dearest), self._active)
            if not len(new):
                break
            if len(new) > COLUMNS_PER_ROUND:
                new = new[np.argpartition(reduced[new], COLUMNS_PER_ROUND)[:COLUMNS_PER_ROUND]]
            self._enter(new, scaled, posts)
        value = float(prices.sum()) + on_posts * least
        if on_rooms:
            limit = rows[1].low if on_rooms > 0 else rows[1].high
            value += on_rooms * float(limit or 0)
        # A plan has at most one room an area, so the most negative reduced cost counts that often.
        slack = max(0.0, -float(reduced.min()))
        return Bound(
            prices=prices * MILLION,
            # The further rows have no price: they are left to the search.
            row_prices=np.array(
                [on_posts, on_rooms][: len(rows) - len(self.rows)] + [0.0] * len(self.rows)
            )
            * MILLION,
            reduced_costs=(reduced + slack) * MILLION,
            value=(value - slack * len(prices)) * MILLION,
        )

    def _enter(self, new: Ints, scaled: Floats, posts: Floats) -> None:
        members = [np.asarray(self.groups.positions(int(row)), dtype=np.int64) for row in new]
        self._lp.add(members, scaled[new], posts[new], self.counted[new])
        self._active = np.concatenate([self._active, new])

    def _best_known(self, costs: Floats) -> tuple[tuple[int, ...] | None, float]:
        if not self._pool:
            return None, np.inf
        plans = list(self._pool)
        flat = np.concatenate([np.asarray(plan) for plan in plans])
        starts = np.cumsum([0, *(len(plan) for plan in plans)])[:-1]
        best = plans[int(np.add.reduceat(costs[flat], starts).argmin())]
        return best, float(costs[list(best)].sum())


class _Master:
    """The linear programme over the active columns, kept in HiGHS between solves.

    Rows: one an area (covered once), the least posts, the number of rooms. Columns: a stand-in for
    each area, one for posts, two for rooms, then the groups as they come.
    """

    def __init__(self, areas: int, room_range: tuple[int | None, int | None]) -> None:
        self.areas, self.columns, self.stand_ins = areas, 0, areas + 3
        self._posts = np.empty(0)
        self._ranged = room_range != (None, None)
        low, high = room_range
        self.model = highspy.Highs()
        self.model.setOptionValue("output_flag", False)
        self.model.setOptionValue("threads", 1)
        # Other costs leave the last basis primal feasible: the primal simplex goes on from there.
        self.model.setOptionValue("presolve", "off")
        self.model.setOptionValue("simplex_strategy", 4)
        for _ in range(areas):
            self.model.addRow(1.0, 1.0, 0, [], [])
        self.model.addRow(0.0, highspy.kHighsInf, 0, [], [])
        self.model.addRow(
            -highspy.kHighsInf if low is None else float(low),
            highspy.kHighsInf if high is None else float(high),
            0,
            [],
            [],
        )
        rows = [*range(areas), areas, areas + 1, areas + 1]
        signs = [*[1.0] * (areas + 2), -1.0]
        for row, sign in zip(rows, signs, strict=True):
            self.model.addCol(1.0, 0.0, highspy.kHighsInf, 1, [row], [sign])

    def add(self, members: Sequence[Ints], costs: Floats, posts: Floats, counted: Floats) -> None:
        """Add groups: positions of their areas, cost and posts of each, and whether it counts."""
        tail = np.array([self.areas, self.areas + 1])
        index = np.concatenate([np.append(areas, tail) for areas in members]).astype(np.int32)
        ends = np.cumsum([len(areas) + 2 for areas in members])
        value = np.ones(len(index))
        value[ends - 2] = posts
        value[ends - 1] = counted
        count = len(members)
        self.model.addCols(
            count,
            costs,
            np.zeros(count),
            np.full(count, highspy.kHighsInf),
            len(index),
            np.append(0, ends[:-1]).astype(np.int32),
            index,
            value,
        )
        self.columns += count
        self._posts = np.append(self._posts, posts)

    def renew(self, costs: Floats, posts: Floats, least: float, penalty: float) -> None:
        """Put in the costs and posts of another draw."""
        total = self.stand_ins + self.columns
        every = np.append(np.full(self.stand_ins, penalty), costs)
        self.model.changeColsCost(total, np.arange(total, dtype=np.int32), every)
        for k in np.flatnonzero(posts != self._posts).tolist():
            self.model.changeCoeff(self.areas, self.stand_ins + k, float(posts[k]))
        self._posts = posts.copy()
        self.model.changeRowBounds(self.areas, least, highspy.kHighsInf)

    def solve(self) -> tuple[Floats, float, float]:
        """Prices of the areas, of posts (not negative) and of rooms (0 without a range)."""
        self.model.run()
        duals = np.asarray(self.model.getSolution().row_dual)
        on_rooms = float(duals[self.areas + 1]) if self._ranged else 0.0
        return duals[: self.areas], max(0.0, float(duals[self.areas])), on_rooms
