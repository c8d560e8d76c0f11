"""Small random territories and wishes, and an oracle that shares no code with the model it checks.

The oracle costs every set of areas in plain Python, straight from the documented formula, and asks
each filter on its own which sets and sites it allows. A plan's cost is then the sum over its sets,
for every partition at once.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator
from functools import cache, cached_property

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base import datasets
from optimisation.costs.coefficients import rates
from optimisation.scenario import Scenario

DETOUR = datasets.coefficient("detour_factor").value

ON_MEMBERS = (
    "contiguity",
    "capacity_cameras",
    "capacity_share",
    "capacity_posts",
    "max_group_size",
    "footprint",
    "must_share",
    "must_not_share",
)
ON_SITES = ("max_link_km", "fixed_rooms", "forbidden_rooms")
ON_ROOMS = ("rooms", "rooms_min", "rooms_max")
FILTERS = (*ON_MEMBERS, *ON_SITES, *ON_ROOMS)


def territory(seed: int, *, n: int = 7) -> tuple[pd.DataFrame, nx.Graph]:
    """Random areas in 30 km, a connected graph of near neighbours."""
    rng = np.random.default_rng(seed)
    codes = [f"A{i:02d}" for i in range(n)]
    frame = pd.DataFrame(
        {
            "borough": [f"Area {i}" for i in range(n)],
            "cameras": rng.integers(0, 500, n).astype(float),
            "site_x_m": rng.uniform(0, 30_000, n),
            "site_y_m": rng.uniform(0, 30_000, n),
            "has_room": rng.random(n) < 0.8,
        },
        index=pd.Index(codes, name="borough_code"),
    )
    if seed % 2:
        # Some are served from another's room today, and some by nobody.
        more = np.random.default_rng([seed, 7])
        frame["monitored"] = more.random(n) < 0.8
        hosts = [c for c in codes if frame.loc[c, "monitored"]] or codes
        frame["room_today"] = codes
        for code in codes[1:]:
            host = str(more.choice(hosts))
            stays = (frame["room_today"] == code).sum() > 1
            free = frame.loc[host, "room_today"] == host
            if frame.loc[code, "monitored"] and free and not stays and more.random() < 0.4:
                frame.loc[code, "room_today"] = host
    crimes = np.random.default_rng([seed, 11]).integers(0, 40_000, n).astype(float)
    frame["crimes_per_year"] = np.where(np.arange(n) == 2, np.nan, crimes)  # one is not known
    frame["district"] = np.random.default_rng([seed, n]).choice(["east", "west"], n)
    graph = nx.Graph()
    graph.add_nodes_from(codes)
    for i in range(1, n):
        graph.add_edge(codes[i], codes[int(rng.integers(i))])
    for a, b in itertools.combinations(codes, 2):
        if rng.random() < 0.15:
            graph.add_edge(a, b)
    return frame, graph


def wishes(seed: int, frame: pd.DataFrame) -> dict[str, object]:
    """A random mixture of every filter the scenario knows, leases and costs of ending contracts."""
    rng = np.random.default_rng(1000 + seed)
    codes = list(frame.index)

    def some(count: int) -> list[str]:
        return [str(code) for code in rng.choice(codes, count, replace=False)]

    def amounts(most: float) -> dict[str, float]:
        return {code: float(rng.uniform(0, most)) for code in some(3)}

    chosen: dict[str, object] = {
        "contiguity": "none" if seed % 2 else "land",
        "flow_timing": "start" if seed % 3 else "end",
        "coefficients": {
            "min_posts_per_room": float(rng.integers(1, 4)),
            "room_fixed_gbp_per_year": float(rng.uniform(0, 200_000)),
            "link_gbp_per_km_year": float(rng.uniform(0, 8_000)),
            "integration_gbp_per_borough": float(rng.uniform(0, 150_000)),
            "room_new_gbp": float(rng.uniform(0, 900_000)),
        },
    }
    options: list[tuple[str, object]] = [
        ("capacity_cameras", float(rng.uniform(700, 1800))),
        ("capacity_share", float(rng.uniform(0.4, 0.9))),
        ("capacity_posts", int(rng.integers(4, 9))),
        ("max_group_size", int(rng.integers(2, 6))),
        ("footprint", "district"),
        ("max_link_km", float(rng.uniform(10, 40))),
        ("must_share", [some(2)]),
        ("must_not_share", [some(2)]),
        ("fixed_rooms", some(2)),
        ("forbidden_rooms", some(1)),
        ("rooms", int(rng.integers(1, len(codes) + 1))),
        ("rooms_min", int(rng.integers(2, 6))),
        ("rooms_max", int(rng.integers(2, 6))),
        ("lease_gbp_per_year", amounts(200_000)),
        ("contract_exit_gbp", amounts(400_000)),
    ]
    chosen |= {name: value for name, value in options if rng.random() < 0.25}
    chosen["count_police_time"] = seed % 5 in {1, 2}
    if "capacity_cameras" in chosen:
        chosen.pop("capacity_share", None)
    if "rooms" in chosen:
        chosen.pop("rooms_min", None)
        chosen.pop("rooms_max", None)
    if int(chosen.get("rooms_min", 1)) > int(chosen.get("rooms_max", 9)):
        chosen.pop("rooms_min")
    fixed, forbidden = set(chosen.get("fixed_rooms", [])), set(chosen.get("forbidden_rooms", []))
    locked = [set(pair) for pair in chosen.get("must_share", [])]
    contradiction = (
        fixed & forbidden
        or chosen.get("must_share") == chosen.get("must_not_share", 0)
        or fixed in locked
        or any(pair in [set(p) for p in chosen.get("must_not_share", [])] for pair in locked)
    )
    if contradiction:
        for name in ("must_not_share", "forbidden_rooms", "fixed_rooms"):
            chosen.pop(name, None)
    return chosen


@cache
def partitions(n: int) -> NDArray[np.int64]:
    """Every partition of n areas as bit masks of its sets, filled up with 0: ``(Bell(n), n)``."""
    rows = [[*split, *[0] * (n - len(split))] for split in _splits((1 << n) - 1)]
    return np.array(rows, dtype=np.int64)


def _splits(mask: int) -> Iterator[list[int]]:
    """Every way to split a set: the first area with any others, and every way to split the rest."""
    if not mask:
        yield []
        return
    first = mask & -mask
    others = part = mask ^ first
    while True:
        for split in _splits(others ^ part):
            yield [first | part, *split]
        if not part:
            return
        part = (part - 1) & others


class Oracle:
    """Cost of every set of areas and of every plan, with and without each filter."""

    def __init__(self, frame: pd.DataFrame, graph: nx.Graph, scenario: Scenario) -> None:
        self.frame, self.graph, self.scenario = frame, graph, scenario
        self.rate = rates(scenario.coefficients)
        years = range(1, scenario.horizon_years + 1)
        if scenario.flow_timing == "start":
            years = range(scenario.horizon_years)
        self.annuity = sum((1 + scenario.discount_rate) ** -t for t in years)
        self.total = frame["cameras"].sum()
        self.codes = tuple(frame.index)
        self.cameras, self.has_room = frame["cameras"].to_dict(), frame["has_room"].to_dict()
        self.crimes = frame["crimes_per_year"].fillna(0.0).to_dict()
        self.x, self.y = frame["site_x_m"].to_dict(), frame["site_y_m"].to_dict()
        self.district = frame["district"].to_dict()
        own = pd.Series(frame.index, frame.index)
        self.today = frame.get("room_today", own).to_dict()
        every = dict.fromkeys(frame.index, True)
        self.monitored = frame["monitored"].to_dict() if "monitored" in frame else every
        served = {h: [c for c in self.codes if self.today[c] == h] for h in self.codes}
        self.before = {}
        for code in self.codes:
            there = [c for c in served[self.today[code]] if self.monitored[c]]
            load = sum(self.cameras[c] for c in there)
            share = self.cameras[code] / load if load else float(self.today[code] == code)
            self.before[code] = self.posts(load) * share if code in there else 0.0

    def km(self, a: str, b: str) -> float:
        straight = math.hypot(self.x[a] - self.x[b], self.y[a] - self.y[b])
        return straight * DETOUR / 1000

    def posts(self, cameras: float) -> int:
        return max(
            int(self.rate.min_posts_per_room), math.ceil(cameras / self.rate.cameras_per_operator)
        )

    def at_site(self, group: frozenset[str], site: str) -> float:
        rate = self.rate
        cameras = {code: self.cameras[code] for code in group}
        total = sum(cameras.values())
        watched = len(group) > 1 or all(self.monitored[code] for code in group)
        posts = self.posts(total) if watched else 0
        moving = [code for code in group if self.today[code] != site]
        fte = rate.shift_factor_fte_per_post * rate.hours_monitored_per_year / 8766
        links = sum(
            math.ceil(cameras[code] / rate.cameras_per_link)
            * (rate.link_gbp_per_year + rate.link_gbp_per_km_year * self.km(code, site))
            for code in group
            if code != site
        )
        yearly = (
            watched * rate.room_fixed_gbp_per_year
            + watched * self.scenario.lease_gbp_per_year.get(site, 0)
            + posts * fte * rate.operator_cost_gbp_per_fte_year
            + total * rate.rented_circuit_share * rate.transmission_gbp_per_camera_year
            + total * rate.camera_systems_gbp_per_year
            + links * (1 + rate.standby_link_share)
        )
        if self.scenario.count_police_time:
            visits = rate.footage_request_share * (1 - rate.footage_remote_share)
            visits /= rate.footage_crimes_per_visit
            hours = sum(
                self.crimes[code] * visits * 2 * self.km(code, site) / rate.footage_travel_km_per_h
                for code in group
            )
            yearly += hours * rate.footage_officer_gbp_per_h
        lost = max(0.0, sum(self.before[code] for code in group) - posts)
        once = lost * fte * rate.redundancy_gbp_per_fte
        more = max(0.0, posts - sum(self.before[code] for code in group))
        once += more * fte * rate.recruitment_gbp_per_fte
        if moving:
            joining = len(moving) * rate.integration_gbp_per_borough
            joining += rate.licence_gbp_per_channel * sum(cameras[code] for code in moving)
            closing = [code for code in moving if self.monitored[code] and self.today[code] == code]
            building = max(rate.room_fitout_gbp, rate.room_fitout_gbp_per_post * posts)
            building += 0 if self.has_room[site] else rate.room_new_gbp
            once += joining * (1 + rate.optimism_bias_equipment_share)
            once += building * (1 + rate.optimism_bias_share)
            once += len(closing) * rate.room_closure_gbp_per_room
            once += sum(self.scenario.contract_exit_gbp.get(c, 0) for c in moving)
            each = rate.staff_transfer_gbp_per_fte + rate.pension_gbp_per_fte
            once += sum(self.before[code] for code in moving) * fte * each
            for code in closing:
                guests = [c for c in self.codes if self.today[c] == code and self.monitored[c]]
                posts_then = self.posts(sum(self.cameras[c] for c in guests))
                year = rate.room_fixed_gbp_per_year
                year += posts_then * fte * rate.operator_cost_gbp_per_fte_year
                once += rate.dual_running_months / 12 * year
        return yearly * self.annuity + once

    def admits(self, group: frozenset[str]) -> dict[str, bool]:
        """Whether each filter on members allows a group."""
        wish, cameras = self.scenario, sum(self.cameras[code] for code in group)
        capacity = wish.capacity_cameras or math.inf
        share = wish.capacity_share or math.inf
        anywhere = wish.contiguity == "none"
        return {
            "contiguity": anywhere or nx.is_connected(self.graph.subgraph(group)),
            "capacity_cameras": cameras <= capacity + 1e-6,
            "capacity_share": cameras <= share * self.total + 1e-6,
            "capacity_posts": self.posts(cameras) <= (wish.capacity_posts or math.inf),
            "max_group_size": len(group) <= (wish.max_group_size or math.inf),
            "footprint": wish.footprint is None or len({self.district[c] for c in group}) == 1,
            "must_share": all((a in group) == (b in group) for a, b in wish.must_share),
            "must_not_share": not any({a, b} <= group for a, b in wish.must_not_share),
        }

    def hosts(self, group: frozenset[str], site: str) -> dict[str, bool]:
        """Whether each filter on sites lets a group have its room there."""
        wish = self.scenario
        longest = max(self.km(code, site) for code in group)
        return {
            "max_link_km": longest <= (wish.max_link_km or math.inf),
            "fixed_rooms": all(code == site for code in group if code in wish.fixed_rooms),
            "forbidden_rooms": site not in wish.forbidden_rooms,
        }

    @cached_property
    def _sets(self) -> tuple[NDArray[np.float64], dict[str, NDArray[np.bool_]]]:
        """Cost of each set (by its bit mask) at each site, and what each filter allows there."""
        n = len(self.codes)
        by_site = np.full((1 << n, n), np.inf)
        allowed = {name: np.ones((1 << n, n), dtype=bool) for name in (*ON_MEMBERS, *ON_SITES)}
        for mask in range(1, 1 << n):
            inside = [i for i in range(n) if mask >> i & 1]
            group = frozenset(self.codes[i] for i in inside)
            for name, admits in self.admits(group).items():
                allowed[name][mask] = admits
            for i in inside:
                by_site[mask, i] = self.at_site(group, self.codes[i])
                for name, hosts in self.hosts(group, self.codes[i]).items():
                    allowed[name][mask, i] = hosts
        return by_site, allowed

    def plans(self, *, without: Collection[str] = ()) -> NDArray[np.float64]:
        """Cost of every partition, infinite where the filters do not allow it.

        Parameters
        ----------
        without
            Filters that are left out.
        """
        by_site, allowed = self._sets
        kept = [ok for name, ok in allowed.items() if name not in without]
        costs = np.where(np.logical_and.reduce(kept), by_site, np.inf).min(axis=1)
        costs[0] = 0.0
        sets = partitions(len(self.codes))
        found = costs[sets].sum(axis=1)
        rooms, wish = self.rooms(), self.scenario
        if wish.rooms is not None and "rooms" not in without:
            found[rooms != wish.rooms] = np.inf
        if wish.rooms_min is not None and "rooms_min" not in without:
            found[rooms < wish.rooms_min] = np.inf
        if wish.rooms_max is not None and "rooms_max" not in without:
            found[rooms > wish.rooms_max] = np.inf
        return found

    def rooms(self) -> NDArray[np.int64]:
        """Number of rooms of every partition: an area alone that nobody watches is none."""
        sets = partitions(len(self.codes))
        rooms: NDArray[np.int64] = (sets > 0).sum(axis=1)
        for i, code in enumerate(self.codes):
            if not self.monitored[code]:
                rooms = rooms - (sets == 1 << i).any(axis=1)
        return rooms

    def best(self, *, without: Collection[str] = ()) -> float:
        """Least cost over all partitions; infinite if the filters allow none."""
        return float(self.plans(without=without).min())


@cache
def instance(seed: int) -> Oracle:
    """A territory of 5 to 9 areas with wishes at random, made once for all tests."""
    frame, graph = territory(seed, n=5 + seed % 5)
    return Oracle(frame, graph, Scenario.model_validate(wishes(seed, frame)))
