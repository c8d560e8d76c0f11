"""Small random territories, and an oracle that shares no code with the model it checks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import cache

import networkx as nx
import numpy as np
import pandas as pd

from optimisation.costs import Rates
from optimisation.scenario import Scenario


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
    graph = nx.Graph()
    graph.add_nodes_from(codes)
    for i in range(1, n):
        graph.add_edge(codes[i], codes[int(rng.integers(i))])
    for a, b in itertools.combinations(codes, 2):
        if rng.random() < 0.15:
            graph.add_edge(a, b)
    return frame, graph


@cache
def all_partitions(codes: tuple[str, ...]) -> list[list[frozenset[str]]]:
    """Every partition, made once for all instances of a size."""
    return [[frozenset(group) for group in split] for split in partitions(list(codes))]


def partitions(items: list[str]) -> Iterator[list[list[str]]]:
    """Every way to split items into groups."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for split in partitions(rest):
        yield [[first], *split]
        for k in range(len(split)):
            yield [*split[:k], [first, *split[k]], *split[k + 1 :]]


class Oracle:
    """Costs and feasibility of a group in plain Python, straight from the documented formula."""

    def __init__(
        self, frame: pd.DataFrame, graph: nx.Graph, scenario: Scenario, rate: Rates, detour: float
    ) -> None:
        self.frame, self.graph, self.scenario, self.rate = frame, graph, scenario, rate
        self.detour = detour
        rates = range(1, scenario.horizon_years + 1)
        if scenario.flow_timing == "start":
            rates = range(scenario.horizon_years)
        self.annuity = sum((1 + scenario.discount_rate) ** -t for t in rates)
        self.total = frame["cameras"].sum()
        self.cameras, self.has_room = frame["cameras"].to_dict(), frame["has_room"].to_dict()
        self.x, self.y = frame["site_x_m"].to_dict(), frame["site_y_m"].to_dict()
        self.known: dict[frozenset[str], float] = {}

    def km(self, a: str, b: str) -> float:
        straight = math.hypot(self.x[a] - self.x[b], self.y[a] - self.y[b])
        return straight * self.detour / 1000

    def posts(self, cameras: float) -> int:
        return max(
            int(self.rate.min_posts_per_room), math.ceil(cameras / self.rate.cameras_per_operator)
        )

    def at_site(self, group: frozenset[str], site: str) -> float:
        rate = self.rate
        cameras = {code: self.cameras[code] for code in group}
        total = sum(cameras.values())
        posts = self.posts(total)
        fte = rate.shift_factor_fte_per_post * rate.hours_monitored_per_year / 8766
        links = sum(
            math.ceil(cameras[code] / rate.cameras_per_link)
            * (rate.link_gbp_per_year + rate.link_gbp_per_km_year * self.km(code, site))
            for code in group
            if code != site
        )
        yearly = (
            rate.room_fixed_gbp_per_year
            + posts * fte * rate.operator_cost_gbp_per_fte_year
            + total * rate.rented_circuit_share * rate.transmission_gbp_per_camera_year
            + total * rate.camera_systems_gbp_per_year
            + links * (1 + rate.standby_link_share)
        )
        once = 0.0
        if len(group) > 1:
            moved = len(group) - 1
            joining = moved * rate.integration_gbp_per_borough
            joining += rate.licence_gbp_per_channel * (total - cameras[site])
            building = max(rate.room_fitout_gbp, rate.room_fitout_gbp_per_post * posts)
            building += 0 if self.has_room[site] else rate.room_new_gbp
            lost = max(0, sum(self.posts(c) for c in cameras.values()) - posts)
            once = joining * (1 + rate.optimism_bias_equipment_share)
            once += building * (1 + rate.optimism_bias_share)
            once += moved * rate.room_closure_gbp_per_room
            once += lost * fte * rate.redundancy_gbp_per_fte
        return yearly * self.annuity + once

    def cost(self, group: frozenset[str]) -> float:
        """Cost at the best allowed site; infinite if the scenario does not allow the group."""
        if group not in self.known:
            self.known[group] = self._cost(group)
        return self.known[group]

    def _cost(self, group: frozenset[str]) -> float:
        wish = self.scenario
        capacity = wish.capacity_cameras or (wish.capacity_share or math.inf) * self.total
        allowed = (
            sum(self.cameras[code] for code in group) <= capacity + 1e-6
            and len(group) <= (wish.max_group_size or 99)
            and (wish.contiguity == "none" or nx.is_connected(self.graph.subgraph(group)))
            and all((a in group) == (b in group) for a, b in wish.must_share)
            and not any(a in group and b in group for a, b in wish.must_not_share)
        )
        if not allowed:
            return math.inf
        hosts = group & set(wish.fixed_rooms)
        if len(hosts) > 1:
            return math.inf
        sites = [
            site
            for site in (hosts or group)
            if site not in wish.forbidden_rooms
            and all(self.km(code, site) <= (wish.max_link_km or math.inf) for code in group)
        ]
        return min((self.at_site(group, site) for site in sites), default=math.inf)

    def best(self) -> float:
        """Least cost over all partitions that the scenario allows."""
        low, high = self.scenario.room_range
        return min(
            (
                sum(self.cost(group) for group in split)
                for split in all_partitions(tuple(self.frame.index))
                if (low or 1) <= len(split) <= (high or 99)
            ),
            default=math.inf,
        )
