"""What else is nearly as good: every plan within a stated share of the best, none missed.

A plan that costs a little more may be much easier to agree on. The list is complete: it holds every
plan that costs at most (1 + ε) times the best one (:mod:`optimisation.search.cells` says why none
can be missed). Where that would be more plans than the stated limit, it holds the cheapest ones
and is complete for a smaller ε, which it names.

From the list follow the share of near-best plans that join any two boroughs (pairs near 100 % are
mergers that nobody need regret), the best plan for each wish, and a short list of plans that differ
as much as possible.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cached_property

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.consolidation import plan_from_rows
from optimisation.group_table import GroupTable
from optimisation.optimum import cells_of
from optimisation.results import Plan
from optimisation.search.bounds import SideRow
from optimisation.search.cells import METHOD
from optimisation.search.exact_cover import MAX_NODES, Found

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EPSILON = 0.01
LIMIT = 200_000
ROUNDING_GBP = 0.005
"""Of sums over rooms in another order: the best plan is within nothing of itself."""
NO_REGRET_SHARE = 0.95
SHORTLIST = 5

PICKS: Mapping[str, str] = {
    "cheapest": "Cheapest",
    "least_change": "Least change: fewest boroughs moved",
    "shortest_links": "Shortest links",
    "best_balanced": "Best balanced: rooms most alike in cameras",
}


class Alternatives:
    """Every plan near the best, as arrays over the plans, cheapest first.

    Parameters
    ----------
    table
        The groups and their costs.
    plans
        Rows of each plan's groups, filled up with -1; shape ``(plans, rooms)``.
    npv
        Net present cost of each plan, ascending.
    epsilon
        Share of the best plan's cost that was asked for.
    complete_epsilon
        Share within which no plan is missing.
    limit
        Plans that the list may hold.
    runtime_s
        Time it took.
    """

    def __init__(
        self,
        table: GroupTable,
        *,
        plans: Ints,
        npv: Floats,
        epsilon: float,
        complete_epsilon: float,
        limit: int,
        runtime_s: float,
    ) -> None:
        self.table, self.plans, self.npv = table, plans, npv
        self.epsilon, self.complete_epsilon = epsilon, complete_epsilon
        self.limit, self.runtime_s = limit, runtime_s

    def __len__(self) -> int:
        return len(self.npv)

    def __repr__(self) -> str:
        return f"Alternatives({self.sentence} {self.runtime_s:.1f} s)"

    @property
    def complete(self) -> bool:
        """Whether no plan within the ε asked for is missing."""
        return self.complete_epsilon >= self.epsilon

    @property
    def sentence(self) -> str:
        """What the list is, for people."""
        count = f"{len(self):,} plan{'s' if len(self) != 1 else ''}"
        if self.complete:
            one = len(self) == 1
            verb = "costs" if one else "cost"
            return f"{count} {verb} at most {self.epsilon:.2%} more than the best; none is missing."
        if self.complete_epsilon <= 0:
            return (
                f"Only the best plan is listed: the search for those within {self.epsilon:.2%} was "
                "stopped."
            )
        return (
            f"The {count} nearest to the best, all within {self.complete_epsilon:.3%}. "
            f"The list is not complete for the {self.epsilon:.2%} asked for: "
            f"it may hold {self.limit:,} plans."
        )

    def narrowed(self, epsilon: float) -> Alternatives:
        """Return the list that a smaller share would have given."""
        kept = self.npv <= self.npv[0] * (1 + epsilon) + ROUNDING_GBP
        return Alternatives(
            self.table,
            plans=self.plans[kept],
            npv=self.npv[kept],
            epsilon=epsilon,
            complete_epsilon=min(self.complete_epsilon, epsilon),
            limit=self.limit,
            runtime_s=self.runtime_s,
        )

    def rows(self, plan: int) -> tuple[int, ...]:
        """Rows of one plan's groups in the table, ascending."""
        chosen = self.plans[plan]
        return tuple(sorted(chosen[chosen >= 0].tolist()))

    def plan(self, plan: int, *, plan_id: str | None = None, label: str | None = None) -> Plan:
        """Return one plan of the list with its rooms; its bound is that of the best plan."""
        over = self.npv[plan] / self.npv[0] - 1
        return plan_from_rows(
            self.table,
            self.rows(plan),
            plan_id or f"near_{plan + 1:03d}",
            label or f"Number {plan + 1} of the near-best, {over:.2%} above the best",
            bound_gbp=float(self.npv[0]),
            method=METHOD,
            runtime_s=self.runtime_s,
        )

    def total(self, values: Floats) -> Floats:
        """Sum a value of the groups over each plan, shape ``(plans,)``."""
        padded = np.append(values, 0.0)
        return padded[self.plans].sum(axis=1)

    @cached_property
    def labels(self) -> NDArray[np.int32]:
        """For each plan and area the row of its group, shape ``(plans, areas)``."""
        found = np.empty((len(self), len(self.table.setting.codes)), dtype=np.int32)
        used, where = np.unique(self.plans, return_inverse=True)
        where = where.reshape(self.plans.shape)
        member = self.table.groups.take(np.maximum(used, 0)).matrix().astype(bool)
        member[used < 0] = False
        for room in range(self.plans.shape[1]):
            inside = member[where[:, room]]
            found[inside] = np.broadcast_to(self.plans[:, room, None], inside.shape)[inside]
        return found

    @cached_property
    def measures(self) -> pd.DataFrame:
        """Cost and measures of every plan, in their order."""
        costs = self.table.costs
        # An area that nobody watches is no room: its cameras are in no room's size either.
        cameras = np.append(np.where(costs.watched, costs.cameras, np.nan), np.nan)[self.plans]
        return pd.DataFrame(
            {
                "rooms": self.total(self.table.counted).astype(np.int64),
                "boroughs_moved": self.total(costs.moved.astype(np.float64)).astype(np.int64),
                "posts": self.total(costs.posts.astype(np.float64)).astype(np.int64),
                "link_km": self.total(costs.link_km),
                "largest_room_cameras": np.nanmax(cameras, axis=1),
                "room_spread_cameras": np.nanstd(cameras, axis=1),
                "cost_gbp_per_year": self.total(costs.yearly.sum(axis=0)),
                "one_off_gbp": self.total(costs.one_off.sum(axis=0)),
                "npv_gbp": self.npv,
                "over_best_gbp": self.npv - self.npv[0],
                "over_best_share": self.npv / self.npv[0] - 1,
            }
        )

    def unlike(self, plan: int) -> Ints:
        """Count the pairs of areas that each plan joins and this one does not, or the reverse.

        Parameters
        ----------
        plan
            Position of the plan that the others are held against.

        Returns
        -------
        ndarray
            Shape ``(plans,)``.
        """
        labels = self.labels
        differing = np.zeros(len(self), dtype=np.int64)
        for i in range(labels.shape[1] - 1):
            joined = labels[:, i + 1 :] == labels[:, [i]]
            differing += (joined != joined[plan]).sum(axis=1)
        return differing

    def frame(self, *, first: int | None = None) -> pd.DataFrame:
        """Return the plans as a table, cheapest first.

        Parameters
        ----------
        first
            Most plans to show; all of them if None, so that the file holds what is called complete.

        Returns
        -------
        DataFrame
            :class:`optimisation.schemas.Alternatives`.
        """
        shown = self.measures.head(len(self) if first is None else first).copy()
        names = self.table.setting.boroughs["borough"]
        groups: dict[int, str] = {}

        def words(row: int) -> str:
            if row not in groups:
                groups[row] = "; ".join(names[code] for code in self.table.groups.members(row))
            return groups[row]

        shown.insert(0, "rank", np.arange(1, len(shown) + 1))
        shown["complete_share"] = self.complete_epsilon
        shown["pairs_unlike_best"] = self.unlike(0)[: len(shown)]
        shown["plan"] = [" | ".join(words(row) for row in self.rows(k)) for k in range(len(shown))]
        return check(shown, schemas.Alternatives, "alternatives")

    @cached_property
    def joined_share(self) -> Floats:
        """Share of the plans in which two areas share a room, shape ``(areas, areas)``."""
        used, times = np.unique(self.plans[self.plans >= 0], return_counts=True)
        member = self.table.groups.take(used).matrix().astype(np.float64)
        return (member.T * times) @ member / len(self)

    def pairing(self) -> pd.DataFrame:
        """Return for each pair of boroughs the share of near-best plans that join them.

        Returns
        -------
        DataFrame
            :class:`optimisation.schemas.Pairing`: pairs that some plan joins, most often first.
        """
        setting, best = self.table.setting, self.labels[0]
        names = setting.boroughs["borough"]
        a, b = np.triu_indices(len(setting.codes), 1)
        share = self.joined_share[a, b]
        some = np.flatnonzero(share > 0)
        order = some[np.argsort(-share[some], kind="stable")]
        codes = np.asarray(setting.codes, dtype=object)
        frame = pd.DataFrame(
            {
                "borough_code_a": codes[a[order]],
                "borough_a": names.reindex(codes[a[order]]).to_numpy(),
                "borough_code_b": codes[b[order]],
                "borough_b": names.reindex(codes[b[order]]).to_numpy(),
                "joined_share": np.minimum(share[order], 1.0),
                "joined_in_best": best[a[order]] == best[b[order]],
                "plans": len(self),
            }
        )
        return check(frame, schemas.Pairing, "pairing")

    def first_mergers(
        self, *, share: float = NO_REGRET_SHARE
    ) -> tuple[tuple[tuple[str, ...], float], ...]:
        """Find the mergers that nearly every near-best plan makes: steps that nobody need regret.

        Boroughs that share a room today already merge nothing: see :meth:`kept_together`.

        Parameters
        ----------
        share
            Least share of the plans.

        Returns
        -------
        tuple
            For each merger its boroughs' codes and the share of plans in which all of them share a
            room, largest share first.
        """
        return tuple(each for each in self._joined(share) if not self._together_today(each[0]))

    def kept_together(
        self, *, share: float = NO_REGRET_SHARE
    ) -> tuple[tuple[tuple[str, ...], float], ...]:
        """Find the boroughs that share a room today and in nearly every near-best plan.

        Parameters
        ----------
        share
            Least share of the plans.

        Returns
        -------
        tuple
            As of :meth:`first_mergers`.
        """
        return tuple(each for each in self._joined(share) if self._together_today(each[0]))

    def _together_today(self, codes: tuple[str, ...]) -> bool:
        rooms = self.table.setting.today.values()
        return any(set(codes) <= set(members) for members in rooms)

    def _joined(self, share: float) -> tuple[tuple[tuple[str, ...], float], ...]:
        codes = self.table.setting.codes
        graph = nx.Graph()
        a, b = np.nonzero(np.triu(self.joined_share >= share, 1))
        graph.add_edges_from(zip(a.tolist(), b.tolist(), strict=True))
        found = []
        for block in nx.connected_components(graph):
            members = sorted(block)
            together = self.labels[:, members]
            joined = float((together == together[:, [0]]).all(axis=1).mean())
            if joined >= share:
                found.append((tuple(codes[i] for i in members), joined))
            else:
                # A chain of near-certain pairs may be less certain as a whole: then the pairs.
                found += [
                    ((codes[i], codes[j]), float(self.joined_share[i, j]))
                    for i, j in graph.subgraph(block).edges
                ]
        return tuple(sorted(found, key=lambda merger: (-merger[1], merger[0])))

    def picks(self) -> tuple[Plan, ...]:
        """Return the best near-best plan for each wish in :data:`PICKS`; of equals the cheapest."""
        table = self.measures
        wishes = {
            "cheapest": table["npv_gbp"],
            "least_change": table["boroughs_moved"],
            "shortest_links": table["link_km"],
            "best_balanced": table["room_spread_cameras"],
        }
        return tuple(
            self.plan(int(values.to_numpy().argmin()), plan_id=wish, label=PICKS[wish])
            for wish, values in wishes.items()
        )

    def shortlist(self, *, count: int = SHORTLIST) -> tuple[int, ...]:
        """Choose plans that differ as much as possible, the best plan first.

        Each next plan is the one whose least difference from those chosen is greatest, measured in
        pairs of boroughs (:meth:`unlike`); of equals the cheapest.

        Parameters
        ----------
        count
            Most plans.

        Returns
        -------
        tuple of int
            Positions of the plans in the list.
        """
        chosen = [0]
        least = self.unlike(0)
        while len(chosen) < count and least.max() > 0:
            chosen.append(int(least.argmax()))
            least = np.minimum(least, self.unlike(chosen[-1]))
        return tuple(chosen)


def alternatives(
    table: GroupTable,
    *,
    epsilon: float = EPSILON,
    limit: int = LIMIT,
    max_nodes: int = MAX_NODES,
) -> Alternatives:
    """List every plan that costs at most ``1 + epsilon`` times the best.

    Parameters
    ----------
    table
        The groups and their costs.
    epsilon
        Share of the best plan's net present cost.
    limit
        Most plans to keep; with more, the cheapest are kept and the list says within which share it
        is complete.
    max_nodes
        Steps after which a search is stopped and tried with half of ``epsilon``.

    Returns
    -------
    Alternatives

    Raises
    ------
    ValueError
        If the table has no plan, or ``epsilon`` or ``limit`` make no sense.

    Examples
    --------
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.group_table import build_table, make_setting
    >>> from optimisation.territory import borough_inputs
    >>> table = build_table(make_setting(borough_inputs(), load_scenario()))
    >>> near = alternatives(table, epsilon=0.002)
    >>> near.complete, bool((near.npv <= near.npv[0] * 1.002).all())
    (True, True)
    """
    if epsilon < 0 or limit < 1:
        raise ValueError("epsilon must be at least 0 and limit at least 1")
    started = time.perf_counter()
    cells = cells_of(table)
    rooms = table.setting.scenario.room_range
    best = cells.best(rooms=rooms)
    if best.rows is None:
        raise ValueError("the table has no plan")
    tried = epsilon
    found = cells.within(
        best.cost * (1 + tried) + ROUNDING_GBP, rooms=rooms, limit=limit, max_nodes=max_nodes
    )
    while found.within == float("-inf") and tried > epsilon / 1000:
        tried /= 2
        found = cells.within(
            best.cost * (1 + tried) + ROUNDING_GBP, rooms=rooms, limit=limit, max_nodes=max_nodes
        )
    if found.within == float("-inf"):
        # What was met before the search was stopped is an accident; only the best is certain.
        only = np.array([best.rows], dtype=np.int64)
        found = Found(only, np.array([best.cost]), best.cost, found.nodes)
        tried = 0.0
    whole = len(found.costs) < limit and tried == epsilon
    return Alternatives(
        table,
        plans=found.plans,
        npv=found.costs,
        epsilon=epsilon,
        complete_epsilon=epsilon if whole else max(0.0, found.within / float(found.costs[0]) - 1),
        limit=limit,
        runtime_s=time.perf_counter() - started,
    )


def best_within_moves(table: GroupTable, *, most_moved: int) -> Plan | None:
    """Find the best plan that moves at most so many boroughs, proved.

    Parameters
    ----------
    table
        The groups and their costs.
    most_moved
        Most boroughs that leave the room that serves them today.

    Returns
    -------
    Plan or None
        None if it is proved that there is no such plan within the scenario.

    Examples
    --------
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.group_table import build_table, make_setting
    >>> from optimisation.territory import borough_inputs
    >>> table = build_table(make_setting(borough_inputs(), load_scenario()))
    >>> len(best_within_moves(table, most_moved=5).rooms)
    25
    """
    started = time.perf_counter()
    moved = SideRow(table.costs.moved.astype(np.float64), high=float(most_moved))
    answer = cells_of(table, rows=[moved]).best(rooms=table.setting.scenario.room_range)
    if answer.rows is None:
        return None
    return plan_from_rows(
        table,
        answer.rows,
        f"move_{most_moved:02d}",
        f"Best plan that moves at most {most_moved} borough{'s' if most_moved != 1 else ''}",
        bound_gbp=answer.bound,
        method=METHOD,
        columns_in_model=answer.nodes,
        runtime_s=time.perf_counter() - started,
    )
