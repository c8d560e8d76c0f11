"""Which boroughs should share control rooms: the proved best plan, and plans to hold it against.

Every feasible group of boroughs is costed exactly (:mod:`optimisation.group_table`); then groups
are chosen so that each borough is in one of them and the net present cost is least. A linear
programme gives a lower bound LB and a small model an upper bound UB; only groups whose reduced cost
is at most UB - LB can be part of a better plan (:mod:`optimisation.search.bounds`), and a PuLP
model over those few finds the best and proves it (:mod:`optimisation.search.optimum`). The
method goes back to Garfinkel and Nemhauser (1970).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import networkx as nx
import pandas as pd

from coverage_model.base.errors import Faults, InfeasibleError
from optimisation.assignment import solve_assignment
from optimisation.data_notes import data_notes, unwatched_notes
from optimisation.explain import conflicting_constraints
from optimisation.group_table import GroupTable, Setting, build_table, cost_table, make_setting
from optimisation.optimum import break_ties, solve_table
from optimisation.results import Plan, Room, SolveReport
from optimisation.scenario import Scenario
from optimisation.search.groups import MAX_GROUPS, TooManyGroupsError
from optimisation.search.optimum import OutOfTimeError
from optimisation.search.solvers import solver_version

TODAY_LABEL = "Today: the rooms that there are"
PROOF_TOLERANCE = 1e-9  # relative gap below which a plan counts as proved: £0.20 in £200m


def consolidate(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    *,
    graph: nx.Graph | None = None,
    table: GroupTable | None = None,
    max_nodes: int | None = None,
) -> Plan:
    """Find the plan of least net present cost at the values as stated, and prove it.

    :func:`optimisation.best_plan.best_plan` finds the best one over draws, as scenarios ask.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`, indexed by ``borough_code``.
    scenario
        What is asked.
    graph
        Neighbours of the areas; London's if None.
    table
        The scenario's group table, if it was built before.
    max_nodes
        Nodes of branch and bound after which the solver stops with what it has.

    Returns
    -------
    Plan
        With ``plan_id`` ``optimum`` and its proof in ``report``; or, where the scenario names a
        plan to cost (``given_plan``), that one, with ``plan_id`` ``given``.

    Raises
    ------
    InputError
        If the scenario does not fit the boroughs, allows too many groups, or names a plan that
        this territory does not have.
    InfeasibleError
        If no plan satisfies the scenario; it names the constraints in conflict.

    Examples
    --------
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.territory import borough_inputs
    >>> plan = consolidate(borough_inputs(), load_scenario())
    >>> plan.report.status, round(plan.report.gap_share, 9)
    ('optimal', 0.0)
    """
    started = time.perf_counter()
    if scenario.given_plan is not None:
        return _given(boroughs, scenario, graph=graph)
    if table is None:
        setting = make_setting(boroughs, scenario, graph=graph)
        try:
            table = build_table(setting)
        except TooManyGroupsError:
            return _assign(setting, started=started, max_nodes=max_nodes)
    asked = table.setting.scenario
    answer = solve_table(table, max_nodes=max_nodes)
    if answer is None:
        raise InfeasibleError(conflicting_constraints(table.setting))
    name, version = solver_version(asked.solver)
    proved = answer.cost - answer.bound <= max(asked.gap, PROOF_TOLERANCE) * abs(answer.cost)
    rows = break_ties(table, answer.rows) if proved else answer.rows
    plan = plan_from_rows(
        table,
        rows,
        "optimum",
        f"Best plan: {rooms_in_words(int(table.counted[list(rows)].sum()))}",
        bound_gbp=answer.bound,
        method=answer.method or name,
        version=version,
        columns_in_model=answer.columns_in_model,
        runtime_s=time.perf_counter() - started,
        notes=data_notes(table.setting),
    )
    return _braked(plan, asked)


def _braked(plan: Plan, scenario: Scenario) -> Plan:
    """Say first where the emergency brake ended the search: only then does time bear on a plan."""
    if plan.report.status != "feasible" or plan.report.runtime_s < 0.95 * scenario.time_limit_s:
        return plan
    note = (
        f"The emergency brake of {scenario.time_limit_s:g} s stopped the solver: another run may "
        "find another plan. Raise time_limit_s, or ask for smaller rooms."
    )
    return replace(plan, notes=(note, *plan.notes))


def _given(boroughs: pd.DataFrame, scenario: Scenario, *, graph: nx.Graph | None) -> Plan:
    """Cost the reference plan that a scenario names."""
    found = {plan.plan_id: plan for plan in reference_plans(boroughs, scenario, graph=graph)}
    wanted = str(scenario.given_plan)
    if wanted not in found:
        faults = Faults(f"scenario {scenario.name}")
        faults.add(f"this territory has no plan {wanted}", f"Use one of: {', '.join(found)}")
        faults.raise_if_any()
    plan = found[wanted]
    return replace(plan, plan_id="given", label=f"Given: {plan.label}")


def _assign(setting: Setting, *, started: float, max_nodes: int | None) -> Plan:
    """Answer by the assignment model where there are too many groups to list."""
    answer = solve_assignment(setting, max_nodes=max_nodes)
    if answer.infeasible:
        raise InfeasibleError(conflicting_constraints(setting))
    if answer.groups is None:
        raise OutOfTimeError(
            f"The scenario allows more than {MAX_GROUPS:,} groups of boroughs, and the assignment "
            "model found no plan within its limits. Give a smaller room capacity, group size or "
            "link distance, or ask for contiguity"
        )
    table = cost_table(setting, answer.groups)
    name, version = solver_version(setting.scenario.solver)
    note = (
        f"The scenario allows more than {MAX_GROUPS:,} groups of boroughs, too many to list; this "
        "plan comes from the assignment model."
    )
    plan = plan_from_rows(
        table,
        range(len(table)),
        "optimum",
        f"Best plan: {rooms_in_words(int(table.counted.sum()))}",
        bound_gbp=answer.bound,
        method=f"{name}, assignment model",
        version=version,
        runtime_s=time.perf_counter() - started,
        notes=(*data_notes(setting), note),
    )
    plan = replace(plan, report=replace(plan.report, groups_considered=0))
    return _braked(plan, setting.scenario)


def plan_from_rows(
    table: GroupTable,
    rows: Iterable[int],
    plan_id: str,
    label: str,
    *,
    bound_gbp: float,
    method: str,
    version: str = "",
    columns_in_model: int = 0,
    runtime_s: float = 0.0,
    notes: tuple[str, ...] = (),
) -> Plan:
    """Make a plan from groups of a table, with what is proved about it.

    Parameters
    ----------
    table
        The groups and their costs.
    rows
        Rows of the groups chosen: each borough is in one of them.
    plan_id, label
        Identifier and name of the plan.
    bound_gbp
        Proved lower bound of the cost of every plan it competes with.
    method, version
        What found and proved it.
    columns_in_model, runtime_s, notes
        As in :class:`optimisation.results.SolveReport` and :class:`optimisation.results.Plan`.

    Returns
    -------
    Plan
        ``optimal`` where cost and bound agree within the scenario's gap, else ``feasible``.
    """
    asked = table.setting.scenario
    rooms = table.rooms(rows)
    objective = sum(room.npv_gbp for room in rooms)
    proved = objective - bound_gbp <= max(asked.gap, PROOF_TOLERANCE) * abs(objective)
    report = SolveReport(
        status="optimal" if proved else "feasible",
        objective_gbp=objective,
        bound_gbp=min(bound_gbp, objective),
        solver=method,
        solver_version=version,
        runtime_s=runtime_s,
        groups_considered=len(table),
        columns_in_model=columns_in_model,
        objective=table.words,
    )
    return _plan(plan_id, label, rooms=rooms, report=report, scenario=asked, notes=notes)


def cost_plan(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    groups: Iterable[Iterable[str]] | Mapping[str, Iterable[str]],
    plan_id: str,
    label: str,
    *,
    graph: nx.Graph | None = None,
    notes: tuple[str, ...] = (),
) -> Plan:
    """Cost a plan that was given, not chosen.

    Parameters
    ----------
    boroughs, scenario, graph
        As in :func:`consolidate`. The scenario's costs apply; constraints that the plan breaks
        are named in its notes.
    groups
        Codes of the boroughs of each room; a mapping says where each room stands.
    plan_id, label
        Identifier and name of the plan.
    notes
        Further sentences for the reader.

    Returns
    -------
    Plan
        Status ``reference``; its bound is its own cost.

    Raises
    ------
    InputError
        If a borough in play has no room or two, or a code is unknown.

    Examples
    --------
    >>> from optimisation.territory import borough_inputs
    >>> scenario = Scenario(boroughs=("E09000007", "E09000019"))
    >>> plan = cost_plan(borough_inputs(), scenario, [["E09000007", "E09000019"]], "pair", "A pair")
    >>> len(plan.rooms), plan.plan_id
    (1, 'pair')
    """
    started = time.perf_counter()
    setting = make_setting(boroughs, scenario, graph=graph)
    return _cost_plan(setting, groups, plan_id, label, notes=notes, started=started)


def _cost_plan(
    setting: Setting,
    groups: Iterable[Iterable[str]] | Mapping[str, Iterable[str]],
    plan_id: str,
    label: str,
    *,
    notes: tuple[str, ...] = (),
    started: float | None = None,
) -> Plan:
    started = time.perf_counter() if started is None else started
    given: list[list[str]] | dict[str, list[str]]
    if isinstance(groups, Mapping):
        given = {site: list(group) for site, group in groups.items()}
        _check_complete(setting, list(given.values()), plan_id, sites=list(given))
    else:
        given = [list(group) for group in groups]
        _check_complete(setting, given, plan_id)
    table = cost_table(setting, given)
    rooms = table.rooms(range(len(table)))
    objective = sum(room.npv_gbp for room in rooms)
    report = SolveReport(
        status="reference",
        objective_gbp=objective,
        bound_gbp=objective,
        solver="",
        solver_version="",
        runtime_s=time.perf_counter() - started,
        groups_considered=len(table),
        columns_in_model=0,
    )
    broken = broken_constraints(setting, rooms)
    plan = _plan(
        plan_id,
        label,
        rooms=rooms,
        report=report,
        scenario=setting.scenario,
        notes=(*notes, *broken),
    )
    return replace(plan, broken=broken)


def reference_plans(
    boroughs: pd.DataFrame, scenario: Scenario, *, graph: nx.Graph | None = None
) -> list[Plan]:
    """Cost the plans that everyone asks about.

    Parameters
    ----------
    boroughs, scenario, graph
        As in :func:`consolidate`. Without a column ``met_bcu`` or ``subregion`` the plan that
        follows from it is left out; without ``room_today`` every borough has a room of its own.

    Returns
    -------
    list of Plan
        ``today`` (the rooms that there are, the baseline of every saving), ``own_rooms`` (a room
        for every borough), ``bcu`` (the Met's 12 Basic Command Units, the City by itself),
        ``subregion`` (London Plan) and ``pan_london`` (one room for all). All but the first are
        costed as a change from today.

    Examples
    --------
    >>> from optimisation.territory import borough_inputs
    >>> reference_plans(borough_inputs(), Scenario())[0].plan_id
    'today'
    """
    setting = make_setting(boroughs, scenario, graph=graph)
    chosen = setting.boroughs
    notes = data_notes(setting)
    plans = [_cost_plan(setting, setting.today, "today", TODAY_LABEL, notes=notes)]
    alone = {code: [code] for code in setting.codes}
    if setting.today.keys() != alone.keys():
        label = "A room for every borough"
        note = "For comparison: rooms that are shared today would be parted and new ones built."
        notes = (note, *unwatched_notes(setting))
        plans.append(_cost_plan(setting, alone, "own_rooms", label, notes=notes))
    for column, plan_id, label in (
        ("met_bcu", "bcu", "Met Basic Command Units"),
        ("subregion", "subregion", "London Plan sub-regions"),
    ):
        if column in chosen:
            units = [list(group.index) for _, group in chosen.groupby(column)]
            plans.append(_cost_plan(setting, units, plan_id, label))
    label = "One room for all boroughs"
    plans.append(_cost_plan(setting, [setting.codes], "pan_london", label))
    return plans


def broken_constraints(setting: Setting, rooms: Iterable[Room]) -> tuple[str, ...]:
    """Name, in sentences, the constraints of the scenario that a plan's rooms break."""
    scenario, names = setting.scenario, setting.boroughs["borough"]
    rooms = list(rooms)
    notes = []

    def say(what: str, offenders: list[str]) -> None:
        if offenders:
            notes.append(f"{what}: {'; '.join(offenders)}.")

    crowded = [r for r in rooms if r.cameras > setting.capacity * (1 + 1e-9)]
    say(
        f"Breaks the scenario's room capacity of {setting.capacity:,.0f} cameras",
        [f"the room in {names[r.site_code]} has {r.cameras:,.0f}" for r in crowded],
    )
    size = scenario.max_group_size or len(setting.codes)
    say(
        f"Breaks the scenario's limit of {size} boroughs a room",
        [f"{names[r.site_code]} serves {len(r.members)}" for r in rooms if len(r.members) > size],
    )
    posts = scenario.capacity_posts
    if posts is not None:
        staffed = [f"{names[r.site_code]} has {r.posts}" for r in rooms if r.posts > posts]
        say(f"Breaks the scenario's limit of {posts} operators on duty a room", staffed)
    if scenario.footprint is not None:
        unit = setting.boroughs[scenario.footprint]
        across = [names[r.site_code] for r in rooms if len(set(unit[list(r.members)])) > 1]
        say(f"Straddles units of {scenario.footprint}", across)
    far = []
    for room in rooms:
        site, *_ = setting.positions([room.site_code])
        for code, i in zip(room.members, setting.positions(room.members), strict=True):
            if setting.places.km[i, site] > setting.max_link_km + 1e-9:
                far.append(f"{names[code]} to {names[room.site_code]}")
    say(f"Breaks the scenario's longest link of {setting.max_link_km:g} km", far)
    split = [r for r in rooms if not _connected(setting, r.members)]
    say(
        f"Breaks the scenario's contiguity ({scenario.contiguity})",
        [f"the boroughs served from {names[r.site_code]} do not hang together" for r in split],
    )
    room_of = {code: room.site_code for room in rooms for code in room.members}
    parted = [p for p in scenario.must_share if room_of[p[0]] != room_of[p[1]]]
    joined = [p for p in scenario.must_not_share if room_of[p[0]] == room_of[p[1]]]
    say("Parts boroughs that must share", [f"{names[a]} and {names[b]}" for a, b in parted])
    say("Joins boroughs that must not share", [f"{names[a]} and {names[b]}" for a, b in joined])
    sites = set(room_of.values())
    say("Has no room at", [names[c] for c in scenario.fixed_rooms if c not in sites])
    say("Has a forbidden room at", [names[c] for c in scenario.forbidden_rooms if c in sites])
    low, high = scenario.room_range
    count = sum(room.watched for room in rooms)
    if (low is not None and count < low) or (high is not None and count > high):
        asked = f"{low}" if low == high else f"{low or 1} to {high or len(setting.codes)}"
        notes.append(f"Has {rooms_in_words(count)}; the scenario asks for {asked}.")
    moved = sum(room.moved for room in rooms)
    if scenario.most_moved is not None and moved > scenario.most_moved:
        notes.append(
            f"Moves {moved} boroughs; the scenario asks for {scenario.most_moved} at most."
        )
    return tuple(notes)


def _connected(setting: Setting, members: Iterable[str]) -> bool:
    """Whether a group hangs together by the scenario's contiguity."""
    group = setting.mask(members)
    reached = group & -group
    while True:
        grown = reached
        for i in range(len(setting.codes)):
            if reached >> i & 1:
                grown |= setting.neighbours[i] & group
        if grown == reached:
            return reached == group
        reached = grown


def _check_complete(
    setting: Setting, groups: list[list[str]], plan_id: str, *, sites: list[str] | None = None
) -> None:
    """Raise one error listing every borough that is unknown, missing, doubled or wrongly hosted."""
    faults = Faults(f"plan {plan_id}")
    counts = Counter(code for group in groups for code in group)
    known = set(setting.codes)
    if unknown := sorted(set(counts) - known):
        faults.add("codes that are not in play", "Use codes of boroughs in play", rows=unknown)
    if missing := sorted(known - set(counts)):
        faults.add("boroughs without a room", "Give each borough one room", rows=missing)
    if doubled := sorted(code for code, count in counts.items() if count > 1):
        faults.add("boroughs with several rooms", "Give each borough one room", rows=doubled)
    if any(not group for group in groups):
        faults.add("a room without boroughs", "Take it out")
    stray = [s for s, group in zip(sites or [], groups, strict=bool(sites)) if s not in group]
    if stray:
        faults.add("rooms that stand in a borough they do not serve", "Move them", rows=stray)
    faults.raise_if_any()


def _plan(
    plan_id: str,
    label: str,
    *,
    rooms: tuple[Room, ...],
    report: SolveReport,
    scenario: Scenario,
    notes: tuple[str, ...],
) -> Plan:
    return Plan(
        plan_id=plan_id,
        label=label,
        rooms=rooms,
        report=report,
        scenario_name=scenario.name,
        scenario_sha256=scenario.sha256,
        notes=notes,
    )


def rooms_in_words(count: int) -> str:
    """Say how many rooms."""
    return f"{count} room{'s' if count != 1 else ''}"
