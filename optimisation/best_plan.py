"""The best plan of a scenario, by the objective that the scenario names."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import networkx as nx
import pandas as pd

from coverage_model.base.errors import InfeasibleError
from optimisation.consolidation import (
    consolidate,
    plan_from_rows,
    rooms_in_words,
)
from optimisation.data_notes import data_notes
from optimisation.explain import conflicting_constraints
from optimisation.group_table import GroupTable, Setting, build_table, make_setting
from optimisation.objectives import Chosen, choose
from optimisation.results import Plan
from optimisation.scenario import Scenario
from optimisation.search.groups import TooManyGroupsError

METHOD = "linear bound by HiGHS, exhaustive search"
NODES = 20  # of branch and bound, where nothing else ends the search
SMALL_ROOM_GROUPS = 12_000
DRAWN_GROUPS = 100_000
"""Most groups of boroughs that are costed in every draw: 160 MB for 200 draws."""


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The best plan, and the draws that it was chosen on.

    Parameters
    ----------
    plan
        With ``plan_id`` ``optimum``, or ``given``. Its costs are those at the values as stated;
        ``report`` says what it is best at, in which value and with which bound.
    chosen
        What it was chosen on; None where the scenario gives its plan, asks for the values as
        stated, or allows more groups than can be costed in every draw.
    scenario
        What was answered: as it was asked, or with the limit of boroughs a room that
        the plan's first note names.
    """

    plan: Plan
    chosen: Chosen | None
    scenario: Scenario


def best_plan(boroughs: pd.DataFrame, scenario: Scenario, *, graph: nx.Graph | None = None) -> Best:
    """Find the best plan by the scenario's objective and prove it.

    Parameters
    ----------
    boroughs, scenario, graph
        As in :func:`optimisation.consolidation.consolidate`.

    Returns
    -------
    Best

    Raises
    ------
    InputError
        If the scenario does not fit the boroughs, or names a plan that this territory does not
        have.
    InfeasibleError
        If no plan satisfies the scenario; it names the constraints in conflict.

    Examples
    --------
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.territory import borough_inputs
    >>> best = best_plan(borough_inputs(), load_scenario())
    >>> best.chosen.certificate.kind, best.chosen.certificate.proved
    ('expected', True)
    """
    started = time.perf_counter()
    if scenario.given_plan is not None or scenario.objective.kind == "point":
        return Best(consolidate(boroughs, scenario, graph=graph), None, scenario)
    setting = make_setting(boroughs, scenario, graph=graph)
    note = ""
    try:
        table = build_table(setting, limit=DRAWN_GROUPS)
    except TooManyGroupsError:
        table, size = _of_small_rooms(setting)
        note = (
            f"Best of the plans with at most {size} boroughs a room: the scenario allows more than "
            f"{DRAWN_GROUPS:,} groups of boroughs, too many to cost each in every draw, so a plan "
            "with a larger room may be better. A room capacity, group size or link distance would "
            "let all be costed."
        )
    chosen = choose(table) if len(table) else None
    if chosen is None and note:
        plan = consolidate(boroughs, scenario, graph=graph, max_nodes=NODES)
        return Best(_as_stated(plan), None, scenario)
    if chosen is None:
        raise InfeasibleError(conflicting_constraints(setting))
    plan = _plan(chosen, time.perf_counter() - started)
    if note:
        report = replace(plan.report, status="feasible")
        plan = replace(plan, report=report, notes=(note, *plan.notes))
    return Best(plan, chosen, table.setting.scenario)


def _of_small_rooms(setting: Setting) -> tuple[GroupTable, int]:
    """Return the table with the greatest limit of boroughs a room that it can hold."""
    size = 1
    table = build_table(_with_size(setting, size))
    for larger in range(2, len(setting.codes)):
        try:
            table = build_table(_with_size(setting, larger), limit=SMALL_ROOM_GROUPS)
        except TooManyGroupsError:
            break
        size = larger
    return table, size


def _with_size(setting: Setting, size: int) -> Setting:
    asked = setting.scenario.model_copy(update={"max_group_size": size})
    return replace(setting, scenario=asked)


def point_plan(table: GroupTable) -> Plan:
    """Find the plan that costs least at the values as stated, to hold against the best one."""
    setting = table.setting
    plan = consolidate(setting.boroughs, setting.scenario, table=table)
    label = f"Best if every value were as stated: {rooms_in_words(plan.room_count)}"
    return replace(plan, plan_id="point_optimum", label=label)


def _as_stated(plan: Plan) -> Plan:
    note = (
        "Chosen at the values as stated: the scenario allows too many groups of boroughs to cost "
        "each of them in every draw. A smaller room capacity, group size or link distance would "
        "let the draws choose."
    )
    return replace(plan, notes=(note, *plan.notes))


def _plan(chosen: Chosen, runtime_s: float) -> Plan:
    table, certificate = chosen.table, chosen.certificate
    plan = plan_from_rows(
        table,
        chosen.rows,
        "optimum",
        "",
        bound_gbp=0.0,
        method=METHOD,
        columns_in_model=len(table),
        runtime_s=runtime_s,
        notes=data_notes(table.setting),
    )
    report = replace(
        plan.report,
        status="optimal" if certificate.proved else "feasible",
        objective_gbp=certificate.value_gbp,
        bound_gbp=certificate.bound_gbp,
        objective=certificate.words,
    )
    label = f"Best plan: {rooms_in_words(plan.room_count)}"
    notes = plan.notes
    if not certificate.proved:
        gap = f"£{certificate.gap_gbp:,.0f} ({certificate.words})"
        notes = (f"Not proved best: another plan could be better by up to {gap}.", *notes)
    return replace(plan, label=label, report=report, notes=notes)
