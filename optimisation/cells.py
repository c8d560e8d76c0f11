"""The plans of a group table, cell by cell: a number of rooms and a number of posts.

Posts are whole and dear, and a plan with the fewest posts has hardly a place to spare in a room.
Within one *cell* (so many rooms, so many posts) both side rows are equations, so the prices of
:mod:`optimisation.search.bounds` are sharp and the search of :mod:`optimisation.search.exact_cover`
is short. Every plan lies in one cell, and a linear bound over all larger numbers of posts says when
to stop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from optimisation.group_table import GroupTable
from optimisation.search.bounds import Bound, Relaxation, SideRow
from optimisation.search.exact_cover import MAX_NODES, Found, best_plan, plans_within
from optimisation.search.groups import Groups
from optimisation.solve import fewest_posts

METHOD = "linear bound by HiGHS, exhaustive cover search"


@dataclass(frozen=True, slots=True)
class Best:
    """The cheapest plan and how far it is proved.

    Parameters
    ----------
    rows
        Rows of its groups in the table; None if no plan was found.
    cost
        Its net present cost; infinite without a plan.
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
    """The plans of a table, searched by numbers of rooms and posts.

    Parameters
    ----------
    table
        The groups and their costs.
    rows
        Further limits on sums over a plan's groups.
    """

    def __init__(self, table: GroupTable, *, rows: Sequence[SideRow] = ()) -> None:
        self.table = table
        self.groups: Groups = table.groups
        self.costs = table.costs.npv
        self.extra = tuple(rows)
        posts = fewest_posts(table)
        self.least_posts = int(posts.low or 0)
        self.rows = (posts, SideRow(np.ones(len(table))), *self.extra)
        self.relaxation = Relaxation(self.groups, self.costs, rows=self.rows)
        self.cameras = table.setting.places.cameras

    def bound(
        self,
        *,
        rooms: tuple[int | None, int | None] = (None, None),
        posts: tuple[int | None, int | None] | None = None,
    ) -> Bound | None:
        """Bound the cost of all plans with so many rooms and posts; None if there is none."""
        asked = (self.least_posts, None) if posts is None else posts
        own = [(row.low, row.high) for row in self.extra]
        return self.relaxation.bound(limits=[asked, rooms, *own])

    def best(
        self,
        *,
        rooms: tuple[int | None, int | None] = (None, None),
        most_gbp: float = float("inf"),
        max_nodes: int = MAX_NODES,
    ) -> Best:
        """Find the cheapest plan and prove it.

        Parameters
        ----------
        rooms
            Fewest and most rooms.
        most_gbp
            Cost up to which a plan is of interest; a dearer one may be left unfound, and
            ``bound`` is then at most this.
        max_nodes
            Nodes after which the search stops.
        """
        found: tuple[int, ...] | None = None
        cost, nodes, open_bound = float("inf"), 0, float("inf")
        for least, cell, rows in self._cells(rooms):
            if least >= min(cost, most_gbp):
                break
            if cell is None or cell.value >= min(cost, most_gbp):
                continue
            answer = best_plan(
                self.groups,
                self.costs,
                cell,
                rows=rows,
                loads=[self.cameras],
                most_gbp=min(cost, most_gbp),
                max_nodes=max_nodes - nodes,
            )
            nodes += answer.nodes
            if len(answer.costs) and answer.costs[0] < cost:
                found, cost = answer.rows(0), float(answer.costs[0])
            if answer.within == float("-inf"):
                open_bound = min(open_bound, cell.value)
        bound = min(cost, open_bound)
        if found is None and most_gbp < float("inf"):
            bound = min(bound, most_gbp)
        return Best(found, cost, bound, nodes)

    def within(
        self,
        most_gbp: float,
        *,
        rooms: tuple[int | None, int | None] = (None, None),
        limit: int,
        max_nodes: int = MAX_NODES,
    ) -> Found:
        """List every plan that costs at most ``most_gbp``, as :func:`plans_within` does.

        Parameters
        ----------
        most_gbp
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
        parts = [Found.nothing(most_gbp)]
        for count in range(low or 1, (high or len(self.groups.codes)) + 1):
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
                    most_gbp=most,
                    rows=rows,
                    loads=[self.cameras],
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
        posts = self.least_posts
        while (tail := self.bound(rooms=rooms, posts=(posts, None))) is not None:
            limits = [(posts, posts), rooms, *((row.low, row.high) for row in self.extra)]
            rows = tuple(
                SideRow(row.values, low, high)
                for row, (low, high) in zip(self.rows, limits, strict=True)
            )
            yield tail.value, self.bound(rooms=rooms, posts=(posts, posts)), rows
            posts += 1
