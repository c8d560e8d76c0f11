"""The group-cost table: every group a scenario allows, costed once, that all models then read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base import datasets
from coverage_model.base.errors import Faults
from optimisation.costs.coefficients import rates
from optimisation.costs.places import Places
from optimisation.costs.rates import Rates, annuity
from optimisation.costs.rooms import GroupCosts, Pricing, cost_groups
from optimisation.costs.terms import ONE_OFF_LINES, YEARLY_LINES
from optimisation.results import Room
from optimisation.roads import carried_km
from optimisation.scenario import Scenario, in_play, resolve
from optimisation.search.groups import MAX_GROUPS, Groups, enumerate_groups
from optimisation.territory import (
    carried_graph,
    contiguity_graph,
    neighbour_masks,
    recorded_crimes,
    site_distances_km,
)


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A scenario on its territory: everything the models need, checked and in arrays.

    Parameters
    ----------
    scenario
        With boroughs as codes.
    boroughs
        The boroughs in play, sorted by code.
    codes
        Their codes: the order of every array and bit mask.
    places
        Cameras, distances and present rooms.
    rate
        The cost coefficients.
    neighbours
        Neighbours of each borough as a bit mask, by the scenario's contiguity.
    annuity_factor
        Net present value of £1 a year.
    detour_factor
        What the straight lines were multiplied by; 1 where distances are by road.
    by_road
        Whether distances are by road, as the boroughs' frame carries them.
    """

    scenario: Scenario
    boroughs: pd.DataFrame
    codes: tuple[str, ...]
    places: Places
    rate: Rates
    neighbours: tuple[int, ...]
    annuity_factor: float
    detour_factor: float = 1.0
    by_road: bool = False

    @property
    def capacity(self) -> float:
        """Most cameras in a room."""
        return self.scenario.capacity(float(self.places.cameras.sum()))

    @property
    def posts_capacity(self) -> float:
        """Most cameras that the posts allowed in a room can look after."""
        posts = self.scenario.capacity_posts
        return float("inf") if posts is None else posts * self.rate.cameras_per_operator

    @property
    def max_link_km(self) -> float:
        """Longest way to a room."""
        limit = self.scenario.max_link_km
        return float("inf") if limit is None else limit

    @property
    def pricing(self) -> Pricing:
        """What groups are costed with, the scenario's wishes on sites left aside."""
        return Pricing(self.places, self.rate, self.annuity_factor)

    @property
    def allowed_pricing(self) -> Pricing:
        """What groups are costed with at the sites that the scenario allows."""
        return replace(
            self.pricing,
            may_host=may_host(self),
            max_link_km=self.max_link_km,
            pinned=frozenset(self.positions(self.scenario.fixed_rooms)),
        )

    @property
    def councils(self) -> Setting:
        """The same without what is the police's money: who shares a room pays no officers' ways."""
        none = np.zeros(len(self.codes))
        return replace(self, places=replace(self.places, crimes_per_year=none))

    @property
    def today(self) -> dict[str, tuple[str, ...]]:
        """The rooms of today: the codes that each serves, by the code of its host.

        A borough that nobody watches is by itself.
        """
        rooms: dict[str, tuple[str, ...]] = {}
        for code, host in zip(self.codes, self.places.room_today.tolist(), strict=True):
            rooms[self.codes[host]] = (*rooms.get(self.codes[host], ()), code)
        return rooms

    def positions(self, codes: Iterable[str]) -> list[int]:
        """Positions of codes, in their order."""
        index = {code: i for i, code in enumerate(self.codes)}
        return [index[code] for code in codes]

    def mask(self, codes: Iterable[str]) -> int:
        """Bit mask of codes."""
        return sum(1 << i for i in self.positions(codes))


@dataclass(frozen=True, slots=True, eq=False)
class GroupTable:
    """Every group that the scenario allows, with its cost at its best site.

    Parameters
    ----------
    setting
        What it was made for.
    groups, costs
        The groups and their costs, row by row.
    words
        What ``costs.npv`` is, for people.
    """

    setting: Setting
    groups: Groups
    costs: GroupCosts
    words: str = "cost at the values as stated"

    def __len__(self) -> int:
        return len(self.groups)

    @property
    def counted(self) -> NDArray[np.float64]:
        """What each group adds to the number of control rooms: 1, or 0 where nobody watches."""
        return self.costs.watched.astype(np.float64)

    def room(self, row: int) -> Room:
        """One group as a room with its cost lines."""
        return Room(
            site_code=self.setting.codes[int(self.costs.site[row])],
            members=self.groups.members(row),
            cameras=float(self.costs.cameras[row]),
            posts=int(self.costs.posts[row]),
            cost_lines_gbp_per_year=dict(
                zip(YEARLY_LINES, self.costs.yearly[:, row].tolist(), strict=True)
            ),
            one_off_lines_gbp=dict(
                zip(ONE_OFF_LINES, self.costs.one_off[:, row].tolist(), strict=True)
            ),
            npv_gbp=float(self.costs.npv[row]),
            link_km=float(self.costs.link_km[row]),
            detection_share=float(self.costs.detection[row]),
            moved=int(self.costs.moved[row]),
            watched=bool(self.costs.watched[row]),
            member_cameras=tuple(
                self.setting.places.cameras[list(self.groups.positions(row))].tolist()
            ),
        )

    def rooms(self, rows: Iterable[int]) -> tuple[Room, ...]:
        """Rooms of a plan, the one with most cameras first."""
        found = [self.room(row) for row in rows]
        return tuple(sorted(found, key=lambda room: (-room.cameras, room.site_code)))

    @property
    def councils(self) -> GroupTable:
        """The same groups at the same sites with the councils' costs alone."""
        if not self.setting.scenario.count_police_time:
            return self
        setting = self.setting.councils
        sites = self.costs.site
        costs = cost_groups(self.groups, setting.pricing, fixed_sites=sites)
        return replace(self, setting=setting, costs=costs)

    def only(self, rows: NDArray[np.bool_]) -> GroupTable:
        """Return the table with some of its groups, by a mask."""
        return _only(self, rows)

    def frame(self) -> pd.DataFrame:
        """Show the table as a frame, one row a group."""
        return self.costs.frame(self.groups)


def make_setting(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    *,
    graph: nx.Graph | None = None,
) -> Setting:
    """Put a scenario on its territory.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`; without ``has_room`` every site has one.
        Distances are by road where it carries them (:func:`optimisation.roads.with_road_km`), else
        straight lines times ``detour_factor``.
    scenario
        The scenario; names are turned into codes.
    graph
        Neighbours of the areas. None takes those that the boroughs carry
        (:func:`optimisation.any_territory.area_inputs`), else London's, by the scenario's
        ``contiguity``; ``none`` overrules a graph given.

    Returns
    -------
    Setting

    Raises
    ------
    InputError
        Listing everything in the scenario that does not fit the boroughs.
    """
    faults = Faults(f"scenario {scenario.name}")
    resolved = resolve(scenario, boroughs, faults)
    chosen = in_play(resolved, boroughs)
    if chosen.empty:
        faults.add("no boroughs are in play", "Name at least one")
    if not np.isfinite(chosen["cameras"].to_numpy(float)).all():
        faults.add("cameras are unknown for some boroughs", "Fill them in")
    crimes = recorded_crimes(chosen)
    if resolved.count_police_time and crimes.isna().all():
        faults.add(
            "count_police_time asks for officers' ways, and no recorded crimes are known",
            "Give the areas a column crimes_per_year, or leave count_police_time out",
        )
    faults.raise_if_any()
    codes = tuple(str(code) for code in chosen.index)
    if scenario.footprint is not None and scenario.footprint not in boroughs:
        faults.add(
            f"footprint {scenario.footprint!r} is not a column of the boroughs",
            f"Use one of: {', '.join(map(str, boroughs.columns))}",
        )
        faults.raise_if_any()
    detour = resolved.coefficients.get("detour_factor", datasets.coefficient("detour_factor").value)
    if resolved.contiguity == "none":
        graph = nx.complete_graph(codes)
    elif graph is None:
        graph = carried_graph(chosen, resolved.contiguity)
        graph = contiguity_graph(resolved.contiguity, codes=codes) if graph is None else graph
    has_room = chosen["has_room"] if "has_room" in chosen else pd.Series(True, chosen.index)
    room_today, monitored = rooms_of_today(chosen)
    by_road = carried_km(chosen)
    km = site_distances_km(chosen, detour_factor=detour) if by_road is None else by_road
    places = Places(
        cameras=chosen["cameras"].to_numpy(float),
        km=km,
        has_room=has_room.to_numpy(bool),
        room_today=room_today,
        monitored=monitored,
        exit_gbp=np.array([resolved.contract_exit_gbp.get(code, 0.0) for code in codes]),
        lease_gbp_per_year=np.array([resolved.lease_gbp_per_year.get(code, 0.0) for code in codes]),
        crimes_per_year=crimes.fillna(0.0).to_numpy() * resolved.count_police_time,
        pay_factor=np.ones(len(codes)),
        rent_factor=np.ones(len(codes)),
        circuit_factor=np.ones(len(codes)),
    )
    return Setting(
        scenario=resolved,
        boroughs=chosen,
        codes=codes,
        places=places,
        rate=rates(resolved.coefficients),
        neighbours=tuple(neighbour_masks(graph, codes)),
        annuity_factor=annuity(
            resolved.horizon_years, resolved.discount_rate, timing=resolved.flow_timing
        ),
        detour_factor=detour if by_road is None else 1.0,
        by_road=by_road is not None,
    )


def rooms_of_today(chosen: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Say which area's room serves each area in play today, and whether anybody watches there.

    Parameters
    ----------
    chosen
        Areas in play. Without ``room_today`` each has a room of its own, as has an area whose room
        stands outside; without ``monitored`` all are watched.

    Returns
    -------
    room_today
        Positions, shape ``(areas,)``; an area that nobody watches has its own.
    monitored
        Shape ``(areas,)``.
    """
    own = np.arange(len(chosen))
    watched = pd.Series(True, chosen.index)
    if "monitored" in chosen:
        watched = chosen["monitored"].fillna(True).astype(bool)
    if "room_today" not in chosen:
        return own, watched.to_numpy(bool)
    host = chosen.index.get_indexer(chosen["room_today"].fillna(""))
    hosted = (host >= 0) & watched.to_numpy(bool)
    # A host that nobody watches, or that is served elsewhere itself, hosts nobody.
    hosted &= watched.to_numpy(bool)[host] & (host[host] == host)
    return np.where(hosted, host, own), watched.to_numpy(bool)


def build_table(setting: Setting, *, limit: int = MAX_GROUPS) -> GroupTable:
    """List and cost every group that the scenario allows.

    The single room for all boroughs is a group like any other: it is in the table whenever
    capacity, size, distance and locks admit it.

    Parameters
    ----------
    setting
        From :func:`make_setting`.
    limit
        Number of groups at which to give up.

    Returns
    -------
    GroupTable
        Only groups with an allowed site.

    Raises
    ------
    TooManyGroupsError
        When ``limit`` is passed.
    """
    scenario = setting.scenario
    together = [
        setting.mask(component)
        for component in nx.connected_components(nx.Graph(list(scenario.must_share)))
    ]
    near = (setting.places.km <= setting.max_link_km + 1e-9) & may_host(setting)[None, :]
    groups = enumerate_groups(
        setting.codes,
        setting.neighbours,
        cameras=setting.places.cameras.tolist(),
        capacity=min(setting.capacity, setting.posts_capacity),
        max_size=scenario.max_group_size,
        apart=apart_masks(setting),
        within_reach=[sum(1 << int(j) for j in np.flatnonzero(row)) for row in near],
        keep=(lambda group: all(group & t in (0, t) for t in together)) if together else None,
        limit=limit,
    )
    costs = allowed_costs(setting, groups)
    return _only(GroupTable(setting, groups, costs), np.isfinite(costs.npv))


def allowed_costs(setting: Setting, groups: Groups) -> GroupCosts:
    """Cost groups at their best site among those that the scenario allows.

    Parameters
    ----------
    setting
        From :func:`make_setting`, perhaps with other rates or distances.
    groups
        Groups that pass the scenario's filters on members.

    Returns
    -------
    GroupCosts
        ``npv`` is infinite where no site is allowed, or where the room would need more posts than
        the scenario's limit.
    """
    costs = cost_groups(groups, setting.allowed_pricing)
    limit = setting.scenario.capacity_posts
    if limit is not None:
        costs.npv[costs.posts > limit] = np.inf
    return costs


def apart_masks(setting: Setting) -> list[int]:
    """Bit mask, for each borough, of those that the scenario keeps out of its room."""
    scenario, n = setting.scenario, len(setting.codes)
    apart = [0] * n
    fixed = setting.positions(scenario.fixed_rooms)
    pairs = [setting.positions(pair) for pair in scenario.must_not_share]
    pairs += [[a, b] for a in fixed for b in fixed if a < b]
    for a, b in pairs:
        apart[a] |= 1 << b
        apart[b] |= 1 << a
    if scenario.footprint is not None:
        unit = setting.boroughs[scenario.footprint].to_numpy()
        for i in range(n):
            apart[i] |= sum(1 << int(j) for j in np.flatnonzero(unit != unit[i]))
    return apart


def may_host(setting: Setting) -> NDArray[np.bool_]:
    """Whether the scenario lets a room stand in each borough."""
    allowed = np.ones(len(setting.codes), dtype=bool)
    allowed[setting.positions(setting.scenario.forbidden_rooms)] = False
    return allowed


def cost_table(
    setting: Setting, groups: Iterable[Iterable[str]] | Mapping[str, Iterable[str]]
) -> GroupTable:
    """Cost groups as given, whether or not the scenario would allow them.

    Parameters
    ----------
    setting
        From :func:`make_setting`.
    groups
        Codes of each group; a mapping gives each group's site too.

    Returns
    -------
    GroupTable
        In the order given.
    """
    members = [
        list(group) for group in (groups.values() if isinstance(groups, Mapping) else groups)
    ]
    sets = Groups.from_members(setting.codes, members)
    sites: NDArray[np.int64] | None = None
    if isinstance(groups, Mapping):
        sites = np.asarray(setting.positions(groups), dtype=np.int64)
    costs = cost_groups(sets, setting.pricing, fixed_sites=sites)
    return GroupTable(setting, sets, costs)


def _only(table: GroupTable, rows: NDArray[np.bool_]) -> GroupTable:
    if rows.all():
        return table
    return replace(table, groups=table.groups.take(rows), costs=table.costs.take(rows))
