"""Why no plan exists: a smallest set of named constraints that cannot all hold."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from optimisation.groups import TooManyGroupsError
from optimisation.scenario import Scenario
from optimisation.solve import OutOfTimeError, solve_table
from optimisation.table import Setting, build_table, make_setting

TRIAL_GROUPS = 100_000
"""Groups up to which it is tried whether a scenario without some constraint has a plan."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a scenario, with its name for people.

    Parameters
    ----------
    sentence
        What it demands.
    field
        The scenario's field it comes from.
    item
        The pair or borough it is about, where the field lists several.
    """

    sentence: str
    field: str
    item: tuple[str, str] | str | None = None

    def drop(self, scenario: Scenario) -> Scenario:
        """Return the scenario without this constraint."""
        if self.item is not None:
            rest = tuple(item for item in getattr(scenario, self.field) if item != self.item)
            return scenario.model_copy(update={self.field: rest})
        if self.field == "contiguity":
            return scenario.model_copy(update={"contiguity": "none"})
        if self.field == "capacity":
            return scenario.model_copy(update={"capacity_cameras": None, "capacity_share": None})
        if self.field == "rooms_max" and scenario.rooms is not None:
            return scenario.model_copy(update={"rooms": None, "rooms_min": scenario.rooms})
        if self.field == "rooms_min" and scenario.rooms is not None:
            return scenario.model_copy(update={"rooms": None, "rooms_max": scenario.rooms})
        return scenario.model_copy(update={self.field: None})


def constraints(setting: Setting) -> tuple[Constraint, ...]:
    """Name every constraint of a scenario: wishes first, limits after them.

    Parameters
    ----------
    setting
        From :func:`optimisation.table.make_setting`.
    """
    scenario, names = setting.scenario, setting.boroughs["borough"]
    found = [
        Constraint(f"{names[a]} and {names[b]} must share a room", "must_share", (a, b))
        for a, b in scenario.must_share
    ]
    found += [
        Constraint(f"{names[a]} and {names[b]} must not share a room", "must_not_share", (a, b))
        for a, b in scenario.must_not_share
    ]
    found += [
        Constraint(f"{names[code]} must host the room it uses", "fixed_rooms", code)
        for code in scenario.fixed_rooms
    ]
    found += [
        Constraint(f"no room may stand in {names[code]}", "forbidden_rooms", code)
        for code in scenario.forbidden_rooms
    ]
    if scenario.contiguity != "none":
        by = {
            "land": "by land",
            "land_and_crossings": "by land or a Thames crossing",
            "mid_river": "by land, a Thames crossing or the middle of the river",
        }
        sentence = f"the boroughs of a room must hang together {by[scenario.contiguity]}"
        found.append(Constraint(sentence, "contiguity"))
    if scenario.max_link_km is not None:
        sentence = f"no borough may be more than {scenario.max_link_km:g} km from its room"
        found.append(Constraint(sentence, "max_link_km"))
    if scenario.max_group_size is not None:
        sentence = f"a room may serve at most {_boroughs(scenario.max_group_size)}"
        found.append(Constraint(sentence, "max_group_size"))
    if scenario.capacity_posts is not None:
        sentence = f"a room may have at most {scenario.capacity_posts} operators on duty"
        found.append(Constraint(sentence, "capacity_posts"))
    if scenario.footprint is not None:
        unit = scenario.footprint.replace("_", " ")
        found.append(Constraint(f"no room may straddle two units of {unit}", "footprint"))
    if scenario.capacity_cameras is not None or scenario.capacity_share is not None:
        sentence = f"a room may watch at most {setting.capacity:,.0f} cameras"
        found.append(Constraint(sentence, "capacity"))
    low, high = scenario.room_range
    if low is not None:
        found.append(Constraint(f"there must be at least {_rooms(low)}", "rooms_min"))
    if high is not None:
        found.append(Constraint(f"there may be at most {_rooms(high)}", "rooms_max"))
    return tuple(found)


def conflicting_constraints(setting: Setting, *, graph: nx.Graph | None = None) -> tuple[str, ...]:
    """Find constraints that cannot all hold, none of which is idle in the conflict.

    One constraint after another is left out for good if there is still no plan without it. What
    remains is a conflict. It is a smallest one (each is needed for it) unless leaving one out
    allows more than ``TRIAL_GROUPS`` groups: that one is then kept unexamined.

    Parameters
    ----------
    setting
        A scenario without a plan, on its territory.
    graph
        The neighbours that were given with it.

    Returns
    -------
    tuple of str
        Their sentences.
    """
    kept: list[Constraint] = list(constraints(setting))
    scenario = setting.scenario
    for constraint in tuple(kept):
        trial = constraint.drop(scenario)
        if not _may_have_plan(setting, trial, graph):
            scenario = trial
            kept.remove(constraint)
    return tuple(constraint.sentence for constraint in kept)


def _may_have_plan(setting: Setting, scenario: Scenario, graph: nx.Graph | None) -> bool:
    """Whether a scenario has a plan, or is too large to tell quickly."""
    trial = make_setting(setting.boroughs, scenario, graph=graph)
    try:
        return solve_table(build_table(trial, limit=TRIAL_GROUPS)) is not None
    except (TooManyGroupsError, OutOfTimeError):
        return True


def _rooms(count: int) -> str:
    return f"{count} room{'s' if count != 1 else ''}"


def _boroughs(count: int) -> str:
    return f"{count} borough{'s' if count != 1 else ''}"
