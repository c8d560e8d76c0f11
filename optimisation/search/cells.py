"""All plans, cell by cell: a number of groups and a whole-numbered sum over them.

The sum is of something whole and dear (posts on duty, say), and a plan with the least of it has
hardly a place to spare. Within one *cell* (so many groups, such a sum) both side rows are
equations, so the prices of :mod:`optimisation.search.bounds` are sharp and the search of
:mod:`optimisation.search.exact_cover` is short. Every plan lies in one cell, and a linear bound
over all larger sums says when to stop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimisation.search.bounds import Bound, Relaxation, SideRow
from optimisation.search.exact_cover import MAX_NODES, Found, best_plan, plans_within
from optimisation.search.groups import Groups

METHOD = "linear bound by HiGHS, exhaustive cover search"


@dataclass(frozen=True, slots=True)
class Best:
    """The cheapest plan and how far it is proved.

    Parameters
    ----------
    rows
        Rows of its groups; None if no plan was found.
    cost
        Its cost; infinite without a plan.
    bound
        Proved lower bound: the cost itself where the search was finished, infinite where it is
        proved that there is no plan.
    nodes
        Nodes searched.
    """

    rows: tuple[int, ...] | None
    cost: float
    bound: float
    nodes: int

    @property
    def proved(self) -> bool:
        """Whether nothing cheaper can exist."""
        return self.bound >= self.cost


class Cells:
    """All plans, searched by numbers of rooms and posts.

    Parameters
    ----------
    groups, costs
        The groups and their finite costs.
    whole
        The whole-numbered sum, with the least that any plan has of it.
    load
        What the areas bring that the sum grows with, shape ``(areas,)``.
    rows
        Further limits on sums over a plan's groups.
    counted
        What each group adds to the number of rooms; 1 each if None.
    """

    def __init__(
        self,
        groups: Groups,
        costs: NDArray[np.float64],
        whole: SideRow,
        *,
        load: NDArray[np.float64],
        rows: Sequence[SideRow] = (),
        counted: NDArray[np.float64] | None = None,
    ) -> None:
        self.groups, self.costs, self.load = groups, costs, load
        self.extra = tuple(rows)
        self.least = int(whole.low or 0)
        each = np.ones(len(groups)) if counted is None else counted
        self.rows = (whole, SideRow(each), *self.extra)
        self.relaxation = Relaxation(groups, costs, rows=self.rows)

    def bound(
        self,
        *,
        rooms: tuple[int | None, int | None] = (None, None),
        posts: tuple[int | None, int | None] | None = None,
    ) -> Bound | None:
        """Bound the cost of all plans with so many rooms and posts; None if there is none."""
        asked = (self.least, None) if posts is None else posts
        own = [(row.low, row.high) for row in self.extra]
        return self.relaxation.bound(limits=[asked, rooms, *own])

    def best(
        self,
        *,
        rooms: tuple[int | None, int | None] = (None, None),
        most: float = float("inf"),
        max_nodes: int = MAX_NODES,
    ) -> Best:
        """Find the cheapest plan and prove it.

        Parameters
        ----------
        rooms
            Fewest and most rooms.
        most
            Cost up to which a plan is of interest; a dearer one may be left unfound, and
            ``bound`` is then at most this.
        max_nodes
            Nodes after which the search stops.
        """
        found: tuple[int, ...] | None = None
        cost, nodes, open_bound = float("inf"), 0, float("inf")
        for least, cell, rows in self._cells(rooms):
            if least >= min(cost, most):
                break
            if cell is None or cell.value >= min(cost, most):
                continue
            answer = best_plan(
                self.groups,
                self.costs,
                cell,
                rows=rows,
                loads=[self.load],
                most=min(cost, most),
                max_nodes=max_nodes - nodes,
            )
            nodes += answer.nodes
            if len(answer.costs) and answer.costs[0] < cost:
                found, cost = answer.rows(0), float(answer.costs[0])
            if answer.within == float("-inf"):
                open_bound = min(open_bound, cell.value)
        bound = min(cost, open_bound)
        if found is None and most < float("inf"):
            bound = min(bound, most)
        return Best(found, cost, bound, nodes)

    def within(
        self,
        most: float,
        *,
        rooms: tuple[int | None, int | None] = (None, None),
        limit: int,
        max_nodes: int = MAX_NODES,
    ) -> Found:
        """List every plan that costs at most ``most``, as :func:`plans_within` does.

        Parameters
        ----------
        most
            Greatest cost.
        rooms
            Fewest and most rooms.
        limit
            Plans to keep: the cheapest ones.
        max_nodes
            Steps of all searches together after which they stop; ``within`` then says up to which
            cost nothing is missing, which may be less than any plan's.
        """
        low, high = rooms
        parts = [Found.nothing(most)]
        for count in range(low or 0, (high or len(self.groups.codes)) + 1):
            if sum(len(part.costs) for part in parts) >= limit:
                # A full list says up to which cost further plans can still enter it.
                parts = [Found.joined(parts, limit=limit)]
            most = min(part.within for part in parts)
            for least, cell, rows in self._cells((count, count)):
                if least > most:
                    break
                if cell is None or cell.value > most:
                    continue
                answer = plans_within(
                    self.groups,
                    self.costs,
                    cell,
                    most=most,
                    rows=rows,
                    loads=[self.load],
                    limit=limit,
                    max_nodes=max_nodes - sum(part.nodes for part in parts),
                )
                parts.append(answer)
                if answer.within == float("-inf"):
                    return Found.joined(parts, limit=limit)
        return Found.joined(parts, limit=limit)

    def _cells(
        self, rooms: tuple[int | None, int | None]
    ) -> Iterator[tuple[float, Bound | None, tuple[SideRow, ...]]]:
        """Cells by growing number of posts: bound of all from here on, the cell's, its rows."""
        posts = self.least
        while (tail := self.bound(rooms=rooms, posts=(posts, None))) is not None:
            limits = [(posts, posts), rooms, *((row.low, row.high) for row in self.extra)]
            rows = tuple(
                SideRow(row.values, low, high)
                for row, (low, high) in zip(self.rows, limits, strict=True)
            )
            yield tail.value, self.bound(rooms=rooms, posts=(posts, posts)), rows
            posts += 1
