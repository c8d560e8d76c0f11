"""The assignment model: which borough is served from which room, one variable for each such pair.

It needs no list of groups, so it answers where there would be too many of them, and it shares no
code with the choice of groups, so tests hold one against the other. It is far slower to prove.

.. code-block:: text

    min  Σ_j fixed_j y_j + Σ_ij move_ij x_ij + post Σ_j K_j + Σ_j (new_j s_j + fit f_j + lost r_j)
    (1)  Σ_j x_ij = 1                                      each borough has one room
    (2)  x_ij <= y_j,  x_jj = y_j                          strong links; a host is served at home
    (3)  Σ_i cameras_i x_ij <= capacity y_j,  Σ_i x_ij <= size y_j
    (4)  K_j >= Σ_i cameras_i x_ij / cameras_per_operator,  K_j >= min_posts y_j,  K_j whole
    (5)  s_j >= x_ij for i ≠ j                             the room is shared
    (6)  f_j >= refit s_j,  f_j >= refit_per_post (K_j - K({j}) (1 - s_j))
    (7)  r_j >= Σ_i K({i}) x_ij - K_j                      posts that go
    (8)  x_aj = x_bj (must share),  x_aj + x_bj <= y_j (must not),  y_i = 1 (fixed rooms)
    (9)  x_ij <= Σ_{k in N} x_kj  for the neighbours N of a part cut off from j     lazily
    (10) rooms_min <= Σ_j y_j <= rooms_max,  Σ_j K_j >= posts of all cameras in one room

(9) says that a part of a room's boroughs that does not hang together with its host needs one of the
boroughs that could join it to the host. Rows of this kind are added when an answer breaks them,
and the model is solved again. Each answer's bound is a bound of the whole, since rows only take
plans away. The price of missed detection, where a scenario sets one, is left out of the model: it
is never negative, so the bound holds, and the plan's cost comes from
:mod:`optimisation.costs.rooms` in any case.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimisation.costs.rooms import posts_needed
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
    setting: Setting, *, time_limit_s: float | None = None, feasibility: bool = False
) -> Assigned:
    """Find the plan of least net present cost by the assignment model.

    Parameters
    ----------
    setting
        A scenario on its territory (:func:`optimisation.group_table.make_setting`).
    time_limit_s
        Time after which to stop with what there is; the scenario's if None.
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
        if rounds and left < MIN_TIME_S:
            break
        rounds += 1
        allowance = 0.0 if feasibility else setting.scenario.gap * max(bound, 0.0)
        found = model.solve(time_limit_s=max(left, MIN_TIME_S), gap_abs=allowance)
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
        move = np.zeros((self.n, self.n)) if feasibility else self._move()
        room = np.zeros(self.n) if feasibility else self._room()
        self.x: dict[tuple[int, int], int] = {}
        for i, j in np.argwhere(self.near).tolist():
            self.x[i, j] = self.model.column(room[j] if i == j else move[i, j], whole=True)
        self._structure()
        self._wishes()
        self._first_cuts()
        if not feasibility:
            self._posts()

    def solve(self, *, time_limit_s: float, gap_abs: float) -> Values:
        return self.model.solve(
            solver=self.setting.scenario.solver, time_limit_s=time_limit_s, gap_abs=gap_abs
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
                    columns = [self.x[i, j] for i in served]
                    values = weight[served].astype(float)
                    values[served.index(j)] -= limit
                    self.model.row(columns, values.tolist(), high=1e-9 * limit)
        hosts = [self.x[j, j] for j in self._hosts()]
        low, high = scenario.room_range
        if low is not None or high is not None:
            self.model.row(
                hosts,
                [1.0] * len(hosts),
                low=None if low is None else float(low),
                high=None if high is None else float(high),
            )

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

    def _posts(self) -> None:
        """Add posts, refitting and lost posts: rows (4) to (7), and the cut on all posts."""
        setting, rate, cameras = self.setting, self.setting.rate, self.setting.places.cameras
        own = posts_needed(cameras, rate)
        building = 1 + rate.optimism_bias_share
        least = float(np.ceil(rate.min_posts_per_room))
        total = []
        for j in self._hosts():
            served = self._served(j)
            guests = [i for i in served if i != j]
            columns = [self.x[i, j] for i in served]
            posts = self.model.column(
                setting.annuity_factor * rate.post_gbp_per_year, upper=None, whole=True
            )
            total.append(posts)
            load = (-cameras[served] / rate.cameras_per_operator).tolist()
            self.model.row([posts, *columns], [1.0, *load], low=-1e-9)
            self.model.row([posts, self.x[j, j]], [1.0, -least], low=0.0)
            lost = self.model.column(rate.fte_per_post * rate.redundancy_gbp_per_fte, upper=None)
            before = (-own[served]).astype(float).tolist()
            self.model.row([lost, posts, *columns], [1.0, 1.0, *before], low=0.0)
            if not guests:
                continue
            new_room = 0.0 if setting.places.has_room[j] else rate.room_new_gbp * building
            shared = self.model.column(new_room)
            for i in guests:
                self.model.row([shared, self.x[i, j]], [1.0, -1.0], low=0.0)
            fit = self.model.column(building, upper=None)
            self.model.row([fit, shared], [1.0, -rate.room_fitout_gbp], low=0.0)
            each, alone = rate.room_fitout_gbp_per_post, float(own[j])
            self.model.row([fit, posts, shared], [1.0, -each, -each * alone], low=-each * alone)
        all_cameras = np.array([float(cameras.sum())])
        fewest = float(posts_needed(all_cameras, rate)[0])
        self.model.row(total, [1.0] * len(total), low=fewest)
        self.constant = (
            setting.annuity_factor
            * float(cameras.sum())
            * (
                rate.rented_circuit_share * rate.transmission_gbp_per_camera_year
                + rate.camera_systems_gbp_per_year
            )
        )

    def _move(self) -> NDArray[np.float64]:
        """Cost of serving borough i (rows) from the room of j (columns)."""
        places, rate = self.setting.places, self.setting.rate
        links = np.ceil(places.cameras / rate.cameras_per_link - 1e-9)
        link = links[:, None] * (rate.link_gbp_per_year + rate.link_gbp_per_km_year * places.km)
        joining = rate.integration_gbp_per_borough + rate.licence_gbp_per_channel * places.cameras
        once = joining * (1 + rate.optimism_bias_equipment_share) + rate.room_closure_gbp_per_room
        if places.exit_gbp is not None:
            once = once + places.exit_gbp
        return self.setting.annuity_factor * (1 + rate.standby_link_share) * link + once[:, None]

    def _room(self) -> NDArray[np.float64]:
        """Cost of having a room, by host."""
        places, rate = self.setting.places, self.setting.rate
        leases = 0.0 if places.lease_gbp_per_year is None else places.lease_gbp_per_year
        yearly = rate.room_fixed_gbp_per_year + leases + np.zeros(self.n)
        return self.setting.annuity_factor * yearly


def _bits(mask: int) -> list[int]:
    """Positions of the bits that are set."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
