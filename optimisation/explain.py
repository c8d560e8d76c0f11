"""Why no plan exists, and what each wish costs.

A scenario without a plan is explained by a smallest set of its named constraints that cannot all
hold (a deletion filter: Chinneck, *Feasibility and Infeasibility in Optimization*, 2008). Each
constraint is a filter of the groups a plan may use, or a limit on the number of rooms, so leaving
one out only changes which groups are listed. Where that would be too many, the assignment model
answers instead, which lists none.

A constraint of a scenario that has a plan is priced by optimising again without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.assignment import solve_assignment
from optimisation.group_table import GroupTable, Setting, build_table
from optimisation.optimum import cells_of, most_moved
from optimisation.scenario import Scenario, load_scenario
from optimisation.search.bounds import Relaxation, SideRow
from optimisation.search.cells import Best, Cells
from optimisation.search.exact_cover import best_plan
from optimisation.search.groups import TooManyGroupsError
from optimisation.search.optimum import PENNY
from optimisation.search.solvers import choose_columns

TRIAL_GROUPS = 15_000
"""Groups up to which it is asked by a list of them whether a scenario has a plan."""

ASSIGNMENT_NODES = 1
ASSIGNMENT_ROUNDS = 2
TRIAL_NODES = 50  # of branch and bound: a limit that is the same on every machine
PRICED_GROUPS = 1_500_000
"""Groups up to which a constraint is priced by a list of them."""


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

    def differs(self, scenario: Scenario) -> bool:
        """Whether the scenario says otherwise here than the one that studies start from."""
        start = _starting_scenario()
        if self.item is not None:
            return self.item not in getattr(start, self.field)
        fields = _FIELDS_OF.get(self.field, (self.field,))
        return any(getattr(scenario, name) != getattr(start, name) for name in fields)

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


_FIELDS_OF = {
    "capacity": ("capacity_cameras", "capacity_share"),
    "rooms_min": ("rooms", "rooms_min"),
    "rooms_max": ("rooms", "rooms_max"),
}


@lru_cache(maxsize=1)
def _starting_scenario() -> Scenario:
    """Return the scenario that studies start from: what differs from it, the user wrote."""
    return load_scenario()


def constraints(setting: Setting) -> tuple[Constraint, ...]:
    """Name every constraint of a scenario: wishes first, limits after them.

    Parameters
    ----------
    setting
        From :func:`optimisation.group_table.make_setting`.
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
        way = " by road" if setting.by_road else ""
        sentence = f"no borough may be more than {scenario.max_link_km:g} km{way} from its room"
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
    if scenario.most_moved is not None:
        sentence = f"at most {_boroughs(scenario.most_moved)} may leave the room of today"
        found.append(Constraint(sentence, "most_moved"))
    return tuple(found)


def without(setting: Setting, constraint: Constraint) -> Setting:
    """Return the setting of the scenario without one of its constraints."""
    scenario = constraint.drop(setting.scenario)
    if constraint.field != "contiguity":
        return replace(setting, scenario=scenario)
    everyone = (1 << len(setting.codes)) - 1
    neighbours = tuple(everyone ^ (1 << i) for i in range(len(setting.codes)))
    return replace(setting, scenario=scenario, neighbours=neighbours)


def conflicting_constraints(setting: Setting) -> tuple[str, ...]:
    """Find constraints that cannot all hold, each of which is needed for the conflict.

    Where what the user wrote cannot hold by itself, the constraints that the scenario has from the
    one that studies start from are left out at once, so that no default stands in for it. Then one
    constraint after another is left out for good if there is still no plan without it. What
    remains is a conflict, and a smallest one: without any of them there is a plan. (Where neither
    a list of groups nor the assignment model can tell in ``TRIAL_NODES``, a constraint is kept,
    and the set may hold one too many.)

    Parameters
    ----------
    setting
        A scenario without a plan, on its territory.

    Returns
    -------
    tuple of str
        Their sentences, wishes first.
    """
    kept = list(constraints(setting))
    own = [each for each in kept if each.differs(setting.scenario)]
    alone = setting
    for constraint in (each for each in kept if each not in own):
        alone = without(alone, constraint)
    if not _may_have_plan(alone):
        setting, kept = alone, own
    for constraint in tuple(kept):
        trial = without(setting, constraint)
        if not _may_have_plan(trial):
            setting = trial
            kept.remove(constraint)
    return tuple(constraint.sentence for constraint in kept)


def _may_have_plan(setting: Setting) -> bool:
    """Whether a scenario has a plan; also where that cannot be told quickly."""
    try:
        table = build_table(setting, limit=TRIAL_GROUPS)
    except TooManyGroupsError:
        answer = solve_assignment(setting, max_nodes=TRIAL_NODES, feasibility=True)
        return not answer.infeasible
    if not len(table):
        return False
    # Any plan will do, so groups cost nothing; only their number is limited.
    low, high = setting.scenario.room_range
    rows = [SideRow(table.counted, low, high), *most_moved(table)]
    free = np.zeros(len(table))
    bound = Relaxation(table.groups, free, rows=rows).bound()
    if bound is None:
        return False
    found = best_plan(
        table.groups,
        free,
        bound,
        rows=rows,
        loads=[setting.places.cameras],
        max_nodes=TRIAL_NODES,
    )
    if found.within > float("-inf"):
        return len(found.costs) > 0
    choice = choose_columns(
        table.groups.matrix(),
        free,
        rows=[(row.values, row.low, row.high) for row in rows],
        solver=setting.scenario.solver,
        max_nodes=TRIAL_NODES,
    )
    return not choice.infeasible


@dataclass(frozen=True, slots=True)
class ConstraintPrice:
    """What a constraint costs.

    Parameters
    ----------
    sentence
        What it demands.
    kind
        ``in_force`` (a constraint of the scenario), ``together`` or ``apart`` (asked for a pair).
    npv_gbp
        Net present cost of the best plan without it (``in_force``) or with it; None without one.
    at_least_gbp, at_most_gbp
        Its price lies between these; equal where both plans are proved. None: no plan exists with
        the pair so, or nothing was found.
    rooms
        Rooms of that plan; 0 without one.
    note
        What a reader must know.
    """

    sentence: str
    kind: str
    npv_gbp: float | None
    at_least_gbp: float | None
    at_most_gbp: float | None
    rooms: int
    note: str = ""

    @property
    def price_gbp(self) -> float | None:
        """The price where it is proved, else its least value."""
        return self.at_least_gbp


def constraint_prices(
    table: GroupTable,
    *,
    pairs: Iterable[tuple[str, str]] = (),
    assignment_nodes: int = ASSIGNMENT_NODES,
) -> tuple[ConstraintPrice, ...]:
    """Price every constraint of the scenario, and joining or parting each pair asked for.

    Parameters
    ----------
    table
        The scenario's groups.
    pairs
        Pairs of codes to price both ways: kept together, kept apart.
    assignment_nodes
        Nodes of branch and bound for the assignment model where a constraint holds back too many
        groups to list; its price is then an interval.

    Returns
    -------
    tuple of ConstraintPrice
        Constraints in the order of :func:`constraints`, then the pairs.

    Raises
    ------
    ValueError
        If the scenario has no plan.

    Examples
    --------
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.group_table import make_setting
    >>> from optimisation.territory import borough_inputs
    >>> scenario = load_scenario(overrides={"boroughs": ["Camden", "Islington", "Hackney"]})
    >>> prices = constraint_prices(build_table(make_setting(borough_inputs(), scenario)))
    >>> min(price.at_least_gbp for price in prices) >= 0
    True
    """
    setting = table.setting
    cells = cells_of(table)
    base = cells.best(rooms=setting.scenario.room_range)
    if base.rows is None:
        raise ValueError("the scenario has no plan, so its constraints have no price")
    prices = [
        _price_without(table, constraint, cells=cells, base=base, max_nodes=assignment_nodes)
        for constraint in constraints(setting)
    ]
    names = setting.boroughs["borough"]
    for a, b in pairs:
        i, j = setting.positions([a, b])
        has_a, has_b = table.groups.contains(i), table.groups.contains(j)
        for kind, mask, words in (
            ("together", has_a == has_b, "share a room"),
            ("apart", ~(has_a & has_b), "do not share a room"),
        ):
            sentence = f"{names[a]} and {names[b]} {words}"
            prices.append(_price_with(table.only(mask), kind, sentence, base.cost))
    return tuple(prices)


def price_table(prices: Sequence[ConstraintPrice]) -> pd.DataFrame:
    """Put prices into a table.

    Returns
    -------
    DataFrame
        :class:`optimisation.schemas.ConstraintPrices`.
    """
    frame = pd.DataFrame(
        {
            "constraint": [price.sentence for price in prices],
            "kind": [price.kind for price in prices],
            "npv_gbp": pd.array([price.npv_gbp for price in prices], dtype="Float64"),
            "price_gbp": pd.array([price.price_gbp for price in prices], dtype="Float64"),
            "price_at_least_gbp": pd.array([p.at_least_gbp for p in prices], dtype="Float64"),
            "price_at_most_gbp": pd.array([p.at_most_gbp for p in prices], dtype="Float64"),
            "rooms": [price.rooms for price in prices],
            "note": [price.note for price in prices],
        }
    )
    numbers = [name for name in frame if name.endswith("_gbp")]
    frame[numbers] = frame[numbers].astype("float64")
    return check(frame, schemas.ConstraintPrices, "constraint prices")


def _price_without(
    table: GroupTable,
    constraint: Constraint,
    *,
    cells: Cells,
    base: Best,
    max_nodes: int,
) -> ConstraintPrice:
    """Optimise again without a constraint; ``cells`` and ``base`` are those with it."""
    setting = without(table.setting, constraint)
    try:
        if constraint.field not in {"rooms_min", "rooms_max"}:
            cells = cells_of(build_table(setting, limit=PRICED_GROUPS))
    except TooManyGroupsError:
        answer = solve_assignment(setting, max_nodes=max_nodes, max_rounds=ASSIGNMENT_ROUNDS)
        note = (
            f"More than {PRICED_GROUPS:,} groups without it; the assignment model narrowed the "
            f"price in {max_nodes} nodes."
        )
        return ConstraintPrice(
            constraint.sentence,
            "in_force",
            None if answer.groups is None else answer.cost,
            _money(base.bound - answer.cost),
            _money(base.cost - answer.bound) if answer.bound > float("-inf") else None,
            len(answer.groups or ()),
            note,
        )
    # Every plan of the scenario is still allowed, so the best costs at most as much as now.
    free = cells.best(rooms=setting.scenario.room_range, most=base.cost)
    best = min(free.cost, base.cost)
    return ConstraintPrice(
        constraint.sentence,
        "in_force",
        best,
        _money(base.bound - best),
        _money(base.cost - min(free.bound, best)),
        len(free.rows if free.rows is not None else ()),
    )


def _price_with(table: GroupTable, kind: str, sentence: str, cost: float) -> ConstraintPrice:
    """Optimise with a pair kept together or apart."""
    answer = cells_of(table).best(rooms=table.setting.scenario.room_range) if len(table) else None
    if answer is None or answer.rows is None:
        note = "No plan of the scenario does this."
        return ConstraintPrice(sentence, kind, None, None, None, 0, note)
    return ConstraintPrice(
        sentence,
        kind,
        answer.cost,
        _money(answer.bound - cost),
        _money(answer.cost - cost),
        len(answer.rows),
    )


def _money(difference: float) -> float:
    """Return a price, without what rounding leaves of nothing."""
    return difference if difference > PENNY else 0.0


def _rooms(count: int) -> str:
    return f"{count} room{'s' if count != 1 else ''}"


def _boroughs(count: int) -> str:
    return f"{count} borough{'s' if count != 1 else ''}"
