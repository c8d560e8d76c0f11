"""What the saving of a plan hangs on: one coefficient moved at a time, and where the answer turns.

Savings are those of the plan at its sites as it would be built over the scenario's years
(:class:`optimisation.costs.rates.Pace`), against today's rooms at the same values; the plan that
would be best at those values is found again, with a proof, its rooms at the sites best there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.errors import InfeasibleError
from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.costs.draws import (
    Uncertain,
    uncertain_coefficients,
)
from optimisation.costs.places import posts_needed
from optimisation.costs.rates import annuity
from optimisation.costs.rooms import GroupCosts, cost_groups, cost_matrix
from optimisation.explain import conflicting_constraints
from optimisation.group_table import (
    Setting,
    allowed_costs,
    build_table,
    make_setting,
)
from optimisation.optimum import effort, most_moved
from optimisation.results import Plan
from optimisation.roads import is_by_road
from optimisation.scenario import Scenario
from optimisation.search.groups import Groups
from optimisation.search.reoptimise import Reoptimiser

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Partition = tuple[tuple[str, ...], ...]

SAME_GBP = 1.0  # plans within a pound of each other count as equally good
HORIZON = "horizon_years"
SWITCH_STEPS = 12
SWITCH_REACH = 5.0  # a switching value is looked for up to so many times the high value


def partition(plan: Plan) -> Partition:
    """Who shares with whom in a plan, in one spelling."""
    return tuple(sorted(tuple(sorted(room.members)) for room in plan.rooms))


class Recosting:
    """A scenario whose coefficients can be changed: plans costed, the best one found.

    Parameters
    ----------
    boroughs, scenario, graph
        As in :func:`optimisation.group_table.make_setting`.
    uncertain
        The coefficients that will change: the groups considered are all that any value within
        their ranges allows.

    Raises
    ------
    InputError
        If the scenario does not fit the boroughs, or allows too many groups.
    """

    def __init__(
        self,
        boroughs: pd.DataFrame,
        scenario: Scenario,
        *,
        uncertain: Sequence[Uncertain] = (),
        graph: nx.Graph | None = None,
    ) -> None:
        self.setting = make_setting(boroughs, scenario, graph=graph)
        self.graph = graph
        ranges = {item.name: item for item in uncertain}
        loosest = {}
        if "detour_factor" in ranges:
            loosest["detour_factor"] = ranges["detour_factor"].low
        if "cameras_per_operator" in ranges:
            loosest["cameras_per_operator"] = ranges["cameras_per_operator"].high
        table = build_table(self.at(loosest))
        self.groups, self._watched = table.groups, table.costs.watched
        self._rows = {row.tobytes(): k for k, row in enumerate(self.groups.packed)}
        self._solver = Reoptimiser(
            self.groups,
            self.setting.places.watched_cameras,
            room_range=self.setting.scenario.room_range,
            effort=effort(self.setting.scenario),
            counted=table.counted,
            rows=most_moved(table),
        )

    @property
    def today(self) -> Partition:
        """Who shares with whom today."""
        return tuple(sorted(tuple(sorted(group)) for group in self.setting.today.values()))

    def at(self, values: Mapping[str, float]) -> Setting:
        """Return the setting with some coefficients (or ``horizon_years``) changed."""
        setting = self.setting
        own = {k: float(v) for k, v in values.items() if k not in ("detour_factor", HORIZON)}
        changed = replace(setting, rate=setting.rate.changed(**own))
        if "detour_factor" in values:
            factor = float(values["detour_factor"])
            km = setting.places.km * (factor / setting.detour_factor)
            places = replace(setting.places, km=km)
            changed = replace(changed, places=places, detour_factor=factor)
        if HORIZON in values:
            asked = setting.scenario.model_copy(update={HORIZON: round(values[HORIZON])})
            factor = annuity(asked.horizon_years, asked.discount_rate, timing=asked.flow_timing)
            changed = replace(changed, scenario=asked, annuity_factor=factor)
        return changed

    def best(self, setting: Setting) -> tuple[float, Partition] | None:
        """Net present cost and groups of the best plan in a setting; None if there is none."""
        needed = posts_needed(self.groups.sums(setting.places.cameras), setting.rate)
        posts = np.where(self._watched, needed, 0)
        npv = cost_matrix(self.groups, [setting.allowed_pricing])[0]
        limit = setting.scenario.capacity_posts
        if limit is not None:
            npv[posts > limit] = np.inf
        least = setting.places.least_posts(setting.rate)
        answer = self._solver.solve(npv, posts, least_posts=least)
        if answer is None:
            return None
        return answer.cost, tuple(sorted(self.groups.members(row) for row in answer.rows))

    def remember(self, plans: Sequence[Partition]) -> None:
        """Use plans as first upper bounds, as far as the scenario allows them."""
        for plan in plans:
            keys = [row.tobytes() for row in Groups.from_members(self.setting.codes, plan).packed]
            if all(key in self._rows for key in keys):
                self._solver.remember([[self._rows[key] for key in keys]])

    def pricer(self, plans: Sequence[Partition]) -> Callable[[Setting], tuple[Floats, Flags]]:
        """Return what costs some plans in any setting: net present costs, and whether allowed."""
        unique = sorted({group for plan in plans for group in plan})
        place = {group: k for k, group in enumerate(unique)}
        groups = Groups.from_members(self.setting.codes, unique)
        known = np.array([row.tobytes() in self._rows for row in groups.packed])
        uses = np.zeros((len(plans), len(unique)))
        for k, plan in enumerate(plans):
            uses[k, [place[group] for group in plan]] = 1.0

        def price(setting: Setting) -> tuple[Floats, Flags]:
            allowed = allowed_costs(setting, groups).npv
            fits = known & np.isfinite(allowed)
            if not fits.all():
                free = _free_costs(setting, groups).npv
                allowed = np.where(fits, allowed, free)
            return uses @ allowed, np.asarray(uses @ ~fits == 0)

        return price


def _free_costs(setting: Setting, groups: Groups) -> GroupCosts:
    """Cost groups at the cheapest of all their sites, allowed or not."""
    return cost_groups(groups, setting.pricing)


def tornado(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    plan: Plan,
    *,
    names: Sequence[str] | None = None,
    graph: nx.Graph | None = None,
) -> pd.DataFrame:
    """Move one coefficient at a time to the ends of its range.

    Parameters
    ----------
    boroughs, scenario, graph
        As in :func:`optimisation.group_table.make_setting`.
    plan
        The plan whose saving against today is followed.
    names
        Coefficients to move; all with a range, and the horizon, by default.

    Returns
    -------
    DataFrame
        :class:`optimisation.schemas.Tornado`, the widest swing first: the saving of the plan at
        both ends, and that of the plan that would be best there.
    """
    uncertain = _with_horizon(boroughs, scenario, names)
    model = Recosting(boroughs, scenario, uncertain=uncertain, graph=graph)
    follow = _Follow(model, plan)
    base = follow.saving({})
    rows = []
    for item in uncertain:
        ends = [{item.name: item.low}, {item.name: item.high}]
        fixed = [follow.saving(end) for end in ends]
        again = [follow.best_saving(end) for end in ends]
        rows.append(
            {
                "coefficient": item.name,
                "unit": item.unit,
                "mark": item.mark,
                "low": item.low,
                "value": item.value,
                "high": item.high,
                "saving_gbp": base,
                "saving_at_low_gbp": fixed[0],
                "saving_at_high_gbp": fixed[1],
                "reoptimised_at_low_gbp": again[0],
                "reoptimised_at_high_gbp": again[1],
                "swing_gbp": max(base, *fixed) - min(base, *fixed),
            }
        )
    table = pd.DataFrame(rows).sort_values("swing_gbp", ascending=False, ignore_index=True)
    return check(table, schemas.Tornado, "tornado")


def switching_values(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    plan: Plan,
    *,
    names: Sequence[str] | None = None,
    graph: nx.Graph | None = None,
) -> pd.DataFrame:
    """Find how far each coefficient must move, alone, to change the answer.

    Parameters
    ----------
    boroughs, scenario, graph, names
        As in :func:`tornado`.
    plan
        The plan that is recommended.

    Returns
    -------
    DataFrame
        :class:`optimisation.schemas.Switching`. ``loses_below`` and ``loses_above``: where the
        plan stops saving against today (the Green Book's switching value), looked for from 0 to
        five times the high value. ``beaten_below`` and ``beaten_above``: where another plan
        becomes better by more than £1, looked for within the range. Found by bisection; missing
        where the ends of the search agree with the middle.
    """
    uncertain = _with_horizon(boroughs, scenario, names)
    model = Recosting(boroughs, scenario, uncertain=uncertain, graph=graph)
    follow = _Follow(model, plan)

    def saves(values: Mapping[str, float]) -> bool:
        return follow.saving(values) > 0

    def stays(values: Mapping[str, float]) -> bool:
        return follow.best_saving(values) - follow.saving(values) <= SAME_GBP

    rows = []
    for item in uncertain:
        least = min(item.low, 1.0) if item.name in ("cameras_per_link", HORIZON) else 0.0
        least = item.low / SWITCH_REACH if item.name in POSITIVE else least
        wide = (least, SWITCH_REACH * item.high)
        row = {"coefficient": item.name, "unit": item.unit, "value": item.value}
        row |= {"low": item.low, "high": item.high}
        for name, test, (down, up) in (
            ("loses", saves, wide),
            ("beaten", stays, (item.low, item.high)),
        ):
            row[f"{name}_below"] = _switch(test, item, down)
            row[f"{name}_above"] = _switch(test, item, up)
        rows.append(row)
    return check(pd.DataFrame(rows), schemas.Switching, "switching values")


POSITIVE = ("cameras_per_operator", "cameras_per_link", "detour_factor", HORIZON)


def _switch(test: Callable[[Mapping[str, float]], bool], item: Uncertain, end: float) -> float:
    """Bisect between the value, where the test holds, and an end where it does not."""
    if end == item.value or not test({}) or test({item.name: end}):
        return float("nan")
    holds, fails = item.value, end
    for _ in range(SWITCH_STEPS):
        middle = (holds + fails) / 2
        if test({item.name: middle}):
            holds = middle
        else:
            fails = middle
    return fails


class _Follow:
    """The saving of one plan, at its sites and as built, against today as coefficients change."""

    def __init__(self, model: Recosting, plan: Plan) -> None:
        self.model = model
        model.remember([partition(plan), model.today])
        setting = model.setting
        self.rooms = len(plan.sited)
        rooms = [*plan.sited.items(), *setting.today.items()]
        self.groups = Groups.from_members(setting.codes, [members for _, members in rooms])
        self.sites = np.asarray(setting.positions([host for host, _ in rooms]), dtype=np.int64)

    def saving(self, values: Mapping[str, float]) -> float:
        setting = self._paced(values)
        plan, today = self._costs(setting)
        return (today - plan) * setting.scenario.pace.once

    def best_saving(self, values: Mapping[str, float]) -> float:
        setting = self._paced(values)
        best = self.model.best(setting)
        if best is None:
            raise InfeasibleError(conflicting_constraints(setting))
        return (self._costs(setting)[1] - best[0]) * setting.scenario.pace.once

    def _paced(self, values: Mapping[str, float]) -> Setting:
        """Weigh a year's cost against a one-off one as the years of building do."""
        setting = self.model.at(values)
        pace = setting.scenario.pace
        return replace(setting, annuity_factor=pace.after / pace.once)

    def _costs(self, setting: Setting) -> tuple[float, float]:
        """Net present cost of the plan, and of today's rooms."""
        costs = cost_matrix(self.groups, [setting.pricing], fixed_sites=self.sites)[0]
        return float(costs[: self.rooms].sum()), float(costs[self.rooms :].sum())


def _that_matter(
    boroughs: pd.DataFrame, scenario: Scenario, names: Sequence[str] | None
) -> tuple[Uncertain, ...]:
    """Coefficients to move: no detour factor where distances are by road."""
    found = uncertain_coefficients(scenario, names=names)
    if is_by_road(boroughs):
        found = tuple(item for item in found if item.name != "detour_factor")
    return found


def _with_horizon(
    boroughs: pd.DataFrame, scenario: Scenario, names: Sequence[str] | None
) -> tuple[Uncertain, ...]:
    """Coefficients to move, and the horizon of the appraisal."""
    found = _that_matter(boroughs, scenario, names)
    if names is not None:
        return found
    years = float(scenario.horizon_years)
    low, high = min(7.0, years), max(15.0, years)
    return (*found, Uncertain(HORIZON, low, years, high, "years", "assumption"))
