"""The assignment model: which borough is served from which room, one variable for each such pair.

It needs no list of groups, so it answers where there would be too many of them, and it shares no
code with the choice of groups, so tests hold one against the other. It is far slower to prove.

.. code-block:: text

    min  Σ_terms weight · (Σ_j room_j w_j + change_j s_j + post_j K_j + Σ_ij member_ij x_ij)
         + Σ v
    (1)  Σ_j x_ij = 1                                      each borough has one room
    (2)  x_ij <= y_j,  x_jj = y_j                          strong links; a host is served at home
    (3)  Σ_i cameras_i x_ij <= capacity y_j,  Σ_i x_ij <= size y_j
    (4)  K_j >= (Σ_{i ≠ j} cameras_i x_ij + cameras_j w_j) / cameras_per_operator
         K_j >= min_posts w_j,  K_j whole
    (5)  s_j >= x_ij where i is not served from j today    the room takes in somebody new
    (6)  w_j = y_j where j is watched today, else x_ij <= w_j <= Σ_{i ≠ j} x_ij: staffed
    (7)  v_j >= weight · (the same sum) for each form of a term that is the largest of forms
    (8)  x_aj = x_bj (must share),  x_aj + x_bj <= y_j (must not),  y_i = 1 (fixed rooms)
    (9)  x_ij <= Σ_{k in N} x_kj  for the neighbours N of a part cut off from j     lazily
    (10) rooms_min <= Σ_j w_j <= rooms_max,  Σ_j K_j >= posts of all watched cameras in one room

The terms with their parts are those of :data:`optimisation.costs.terms.TERMS`, which the cost table
is made from too: a new term is in both at once.

(9) says that a part of a room's boroughs that does not hang together with its host needs one of the
boroughs that could join it to the host. Rows of this kind are added when an answer breaks them,
and the model is solved again. Each answer's bound is a bound of the whole, since rows only take
plans away. A term that is a free function of a room's cameras and posts (the price of missed
detection, where a scenario sets one) is left out of the model: it is never negative, so the bound
holds, and the plan's cost comes from :mod:`optimisation.costs.rooms` in any case.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimisation.costs.terms import Form, OfRoom
from optimisation.group_table import Setting, apart_masks, cost_table, may_host
from optimisation.search.solvers import LinearModel, Values

MIN_TIME_S = 0.2


@dataclass(frozen=True, slots=True)
class Assigned:
    """What the assignment model found.

    Parameters
    ----------
    groups
        Members of each room by the code of its host; None if no plan was found.
    cost
        Net present cost from the cost table; infinite without a plan.
    bound
        Proved lower bound of any plan's cost.
    infeasible
        True if it is proved that there is no plan.
    cuts, rounds
        Rows added for contiguity, and times the model was solved.
    runtime_s
        Time it took.
    """

    groups: dict[str, tuple[str, ...]] | None
    cost: float
    bound: float
    infeasible: bool
    cuts: int
    rounds: int
    runtime_s: float


def solve_assignment(
    setting: Setting,
    *,
    time_limit_s: float | None = None,
    max_nodes: int | None = None,
    max_rounds: int | None = None,
    feasibility: bool = False,
) -> Assigned:
    """Find the plan of least net present cost by the assignment model.

    Parameters
    ----------
    setting
        A scenario on its territory (:func:`optimisation.group_table.make_setting`).
    time_limit_s
        Emergency brake: time after which to stop with what there is; the scenario's if None.
    max_nodes
        Nodes of branch and bound, in each round, after which to stop with what there is.
    max_rounds
        Times to solve the model, each with the contiguity rows that the last answer called for,
        after which to stop with the bound that there is.
    feasibility
        Ask only whether there is any plan; costs are left out.

    Returns
    -------
    Assigned

    Examples
    --------
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.group_table import make_setting
    >>> from optimisation.territory import borough_inputs
    >>> scenario = load_scenario(overrides={"boroughs": ["Camden", "Islington", "Hackney"]})
    >>> solve_assignment(make_setting(borough_inputs(), scenario)).infeasible
    False
    """
    started = time.perf_counter()
    allowed_s = setting.scenario.time_limit_s if time_limit_s is None else time_limit_s
    model = _Model(setting, feasibility=feasibility)
    best: dict[str, tuple[str, ...]] | None = None
    cost, bound = float("inf"), float("-inf")
    cuts = rounds = 0
    while True:
        left = allowed_s - (time.perf_counter() - started)
        if rounds and (left < MIN_TIME_S or rounds == max_rounds):
            break
        rounds += 1
        allowance = 0.0 if feasibility else setting.scenario.gap * max(bound, 0.0)
        found = model.solve(
            time_limit_s=max(left, MIN_TIME_S), gap_abs=allowance, max_nodes=max_nodes
        )
        if found.infeasible:
            return Assigned(
                None, float("inf"), float("inf"), True, cuts, rounds, time.perf_counter() - started
            )
        bound = max(bound, found.bound + model.constant)
        if found.values is None:
            break
        new = model.cut(found.values)
        cuts += new
        if not new:
            best = model.groups(found.values)
            cost = float(cost_table(setting, best).costs.npv.sum())
            break
    return Assigned(
        best, cost, min(bound, cost), False, cuts, rounds, time.perf_counter() - started
    )


class _Model:
    """The rows and columns, with the contiguity rows that answers have called for so far."""

    def __init__(self, setting: Setting, *, feasibility: bool) -> None:
        self.setting = setting
        self.n = len(setting.codes)
        self.constant = 0.0
        self.model = LinearModel("assignment")
        places = setting.places
        self.near = (places.km <= setting.max_link_km + 1e-9) | np.eye(self.n, dtype=bool)
        self.near &= may_host(setting)[None, :]
        self.x: dict[tuple[int, int], int] = {}
        for i, j in np.argwhere(self.near).tolist():
            self.x[i, j] = self.model.column(0.0, whole=True)
        self.staffed = {j: self._staffed(j) for j in self._hosts()}
        self._structure()
        self._wishes()
        self._first_cuts()
        if not feasibility:
            self._costs()

    def solve(self, *, time_limit_s: float, gap_abs: float, max_nodes: int | None) -> Values:
        return self.model.solve(
            solver=self.setting.scenario.solver,
            time_limit_s=time_limit_s,
            gap_abs=gap_abs,
            max_nodes=max_nodes,
        )

    def groups(self, values: NDArray[np.float64]) -> dict[str, tuple[str, ...]]:
        codes = self.setting.codes
        return {
            codes[j]: tuple(codes[i] for i in members) for j, members in self._rooms(values).items()
        }

    def cut(self, values: NDArray[np.float64]) -> int:
        """Add a row for each part of a room that is cut off from its host; return how many."""
        added = 0
        for j, members in self._rooms(values).items():
            group = sum(1 << i for i in members)
            rest = group & ~self._reach(1 << j, group)
            while rest:
                part = self._reach(rest & -rest, rest)
                rest &= ~part
                border = self._around(part) & ~part
                # Only neighbours that the host can reach without the part can join it to the host.
                outside = self._reach(1 << j, ((1 << self.n) - 1) & ~part)
                gates = [k for k in _bits(border & outside) if (k, j) in self.x]
                for i in _bits(part):
                    self._gate(i, j, gates)
                    added += 1
        return added

    def _gate(self, i: int, j: int, gates: list[int]) -> None:
        columns = [self.x[i, j], *(self.x[k, j] for k in gates)]
        self.model.row(columns, [1.0, *[-1.0] * len(gates)], high=0.0)

    def _rooms(self, values: NDArray[np.float64]) -> dict[int, list[int]]:
        rooms: dict[int, list[int]] = {}
        for (i, j), column in self.x.items():
            if values[column] > 0.5:
                rooms.setdefault(j, []).append(i)
        return rooms

    def _reach(self, start: int, within: int) -> int:
        """Bit mask of the areas that hang together with ``start`` inside ``within``."""
        reached, edge = start, start
        while edge:
            edge = self._around(edge) & within & ~reached
            reached |= edge
        return reached

    def _around(self, areas: int) -> int:
        total = 0
        for i in _bits(areas):
            total |= self.setting.neighbours[i]
        return total

    def _served(self, j: int) -> list[int]:
        return np.flatnonzero(self.near[:, j]).tolist()

    def _hosts(self) -> list[int]:
        return [j for j in range(self.n) if (j, j) in self.x]

    def _staffed(self, j: int) -> int:
        """Column that is 1 if the room of j has staff: row (6)."""
        if self.setting.places.monitored[j]:
            return self.x[j, j]
        guests = [self.x[i, j] for i in self._served(j) if i != j]
        staffed = self.model.column(0.0, whole=True)
        for guest in guests:
            self.model.row([staffed, guest], [1.0, -1.0], low=0.0)
        self.model.row([staffed, *guests], [1.0, *[-1.0] * len(guests)], high=0.0)
        return staffed

    def _structure(self) -> None:
        scenario, cameras = self.setting.scenario, self.setting.places.cameras
        for i in range(self.n):
            sites = [self.x[i, j] for j in np.flatnonzero(self.near[i]).tolist()]
            self.model.row(sites, [1.0] * len(sites), low=1.0, high=1.0)
        limits = [(cameras, min(self.setting.capacity, self.setting.posts_capacity))]
        if scenario.max_group_size is not None:
            limits.append((np.ones(self.n), float(scenario.max_group_size)))
        for j in self._hosts():
            served = self._served(j)
            for i in served:
                if i != j:
                    self.model.row([self.x[i, j], self.x[j, j]], [1.0, -1.0], high=0.0)
            for weight, limit in limits:
                if np.isfinite(limit):
                    # Against the staffed room, so that a room that does not count holds nobody.
                    columns = [self.staffed[j] if i == j else self.x[i, j] for i in served]
                    values = weight[served].astype(float)
                    values[served.index(j)] -= limit
                    self.model.row(columns, values.tolist(), high=1e-9 * limit)
        hosts = [self.staffed[j] for j in self._hosts()]
        low, high = scenario.room_range
        if low is not None or high is not None:
            self.model.row(
                hosts,
                [1.0] * len(hosts),
                low=None if low is None else float(low),
                high=None if high is None else float(high),
            )
        if scenario.most_moved is not None:
            moves = self.setting.places.moves
            movers = [column for (i, j), column in self.x.items() if moves[i, j]]
            self.model.row(movers, [1.0] * len(movers), high=float(scenario.most_moved))

    def _wishes(self) -> None:
        setting, scenario = self.setting, self.setting.scenario
        for pair in scenario.must_share:
            a, b = setting.positions(pair)
            for j in self._hosts():
                known = [
                    (self.x[i, j], sign) for i, sign in ((a, 1.0), (b, -1.0)) if self.near[i, j]
                ]
                if known:
                    columns, values = zip(*known, strict=True)
                    self.model.row(list(columns), list(values), low=0.0, high=0.0)
        for a, others in enumerate(apart_masks(setting)):
            for b in _bits(others >> (a + 1)):
                for j in self._hosts():
                    if self.near[a, j] and self.near[a + 1 + b, j]:
                        both = [self.x[a, j], self.x[a + 1 + b, j]]
                        self.model.row([*both, self.x[j, j]], [1.0, 1.0, -1.0], high=0.0)
        for i in setting.positions(scenario.fixed_rooms):
            if (i, i) in self.x:
                self.model.row([self.x[i, i]], [1.0], low=1.0, high=1.0)

    def _first_cuts(self) -> None:
        """Each borough needs a neighbour in its room unless it is the host's: row (9) for one."""
        for i, j in list(self.x):
            if i != j and not self.setting.neighbours[i] >> j & 1:
                gates = [k for k in _bits(self.setting.neighbours[i]) if (k, j) in self.x]
                self._gate(i, j, gates)

    def _costs(self) -> None:
        """Add the money of every term: rows (4), (5) and (7), and the cut on all posts."""
        setting, rate, places = self.setting, self.setting.rate, self.setting.places
        form, others = setting.pricing.weighted
        least = float(np.ceil(rate.min_posts_per_room))
        room, change, post, member = (np.asarray(part) for part in form.parts(self.n))
        # What a borough pays wherever it is served is a constant: it would only blur the gap.
        anywhere = np.where(self.near, member, np.inf).min(axis=1)
        self.constant = float(anywhere.sum())
        posts: dict[int, int] = {}
        changed: dict[int, int] = {}
        for j in self._hosts():
            served = self._served(j)
            for i in served:
                self.model.add_cost(self.x[i, j], float(member[i, j] - anywhere[i]))
            self.model.add_cost(self.staffed[j], float(room[j]))
            posts[j] = self.model.column(float(post[j]), upper=None, whole=True)
            changed[j] = self.model.column(float(change[j]))
            columns = [self.staffed[j] if i == j else self.x[i, j] for i in served]
            load = (-places.cameras[served] / rate.cameras_per_operator).tolist()
            self.model.row([posts[j], *columns], [1.0, *load], low=-1e-9)
            self.model.row([posts[j], self.staffed[j]], [1.0, -least], low=0.0)
            for i in served:
                if places.moves[i, j]:
                    self.model.row([changed[j], self.x[i, j]], [1.0, -1.0], low=0.0)
        for other in others:
            if not isinstance(other, OfRoom):
                for j in self._hosts():
                    most = self.model.column(1.0, upper=None)
                    for each in other.forms:
                        self._at_least(most, each, j, posts=posts[j], changed=changed[j])
        fewest = float(places.least_posts(rate))
        self.model.row(list(posts.values()), [1.0] * len(posts), low=fewest)

    def _at_least(self, most: int, form: Form, j: int, *, posts: int, changed: int) -> None:
        """Hold a column at or above a form at the room of j: row (7)."""
        room, change, post, member = form.parts(self.n)
        values = {most: 1.0, posts: -float(post[j]), changed: -float(change[j])}
        for i in self._served(j):
            values[self.x[i, j]] = -float(member[i, j])
        values[self.staffed[j]] = values.get(self.staffed[j], 0.0) - float(room[j])
        used = {column: value for column, value in values.items() if value}
        self.model.row(list(used), list(used.values()), low=0.0)


def _bits(mask: int) -> list[int]:
    """Positions of the bits that are set."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
