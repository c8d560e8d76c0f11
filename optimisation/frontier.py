"""How many rooms? The best plan for every possible number, each proved, and known plans beside it.

The question "how few rooms can we do with, and what does each one cost us" is answered for all
numbers of rooms at once: one linear programme, asked again with another number of rooms, and one
short exhaustive search each (:mod:`optimisation.search.cells`). A number for which no plan
exists is proved impossible; it is listed, not passed over.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.consolidation import plan_from_rows
from optimisation.group_table import GroupTable
from optimisation.optimum import cells_of, solve_table
from optimisation.results import Plan
from optimisation.search.cells import METHOD, Cells
from optimisation.search.exact_cover import MAX_NODES
from optimisation.search.optimum import OutOfTimeError

NODES_A_POINT = MAX_NODES // 10
"""Nodes after which a number of rooms is handed to the solver instead."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A known plan held against the frontier.

    Parameters
    ----------
    plan
        The plan.
    over_best_gbp, over_best_share
        Its net present cost above that of the best plan with any number of rooms.
    over_same_rooms_gbp, over_same_rooms_share
        The same against the best plan with as many rooms; None where no such plan exists.
        Negative only for a plan that breaks a constraint of the scenario (its notes say which).
    """

    plan: Plan
    over_best_gbp: float
    over_best_share: float
    over_same_rooms_gbp: float | None
    over_same_rooms_share: float | None


@dataclass(frozen=True, slots=True)
class Frontier:
    """The best plan for every number of rooms.

    Parameters
    ----------
    plans
        One for each number of rooms that is possible, fewest first.
    impossible
        Numbers of rooms for which it is proved that no plan exists.
    unanswered
        Numbers of rooms for which neither a plan nor a proof was found in the time allowed.
    references
        Known plans and their distance from it.
    runtime_s
        Time for the whole frontier.
    """

    plans: tuple[Plan, ...]
    impossible: tuple[int, ...]
    unanswered: tuple[int, ...]
    references: tuple[Reference, ...]
    runtime_s: float

    def __repr__(self) -> str:
        proved = sum(plan.report.status == "optimal" for plan in self.plans)
        few, many = self.plans[0], self.plans[-1]
        return (
            f"Frontier({len(self.plans)} numbers of rooms from {few.room_count} to "
            f"{many.room_count}, {proved} proved; best {self.best.room_count} rooms at "
            f"£{self.best.npv_gbp:,.0f}; {self.runtime_s:.1f} s)"
        )

    @property
    def best(self) -> Plan:
        """The cheapest of all."""
        return min(self.plans, key=lambda plan: plan.npv_gbp)

    def plan(self, rooms: int) -> Plan | None:
        """Return the best plan with so many rooms, if there is one."""
        return next((plan for plan in self.plans if plan.room_count == rooms), None)

    def frame(self) -> pd.DataFrame:
        """Return the frontier and the known plans as a table.

        Returns
        -------
        DataFrame
            :class:`optimisation.schemas.Frontier`.
        """
        best = self.best.npv_gbp
        rows = [
            _row("best", plan, (plan.npv_gbp - best, (plan.npv_gbp - best) / best), (0.0, 0.0))
            for plan in self.plans
        ]
        rows += [
            _row(
                "reference",
                known.plan,
                (known.over_best_gbp, known.over_best_share),
                (known.over_same_rooms_gbp, known.over_same_rooms_share),
            )
            for known in self.references
        ]
        for kind, numbers in (("impossible", self.impossible), ("unanswered", self.unanswered)):
            said = "proved impossible" if kind == "impossible" else "not answered"
            rows += [
                {
                    "kind": kind,
                    "plan_id": f"rooms_{rooms:02d}",
                    "label": f"A plan with {rooms} room{'s' if rooms != 1 else ''}: {said}",
                    "rooms": rooms,
                    "status": kind,
                    "notes": "",
                }
                for rooms in numbers
            ]
        return check(pd.DataFrame(rows), schemas.Frontier, "frontier")


def frontier(
    table: GroupTable,
    *,
    references: Sequence[Plan] = (),
    max_nodes: int = NODES_A_POINT,
) -> Frontier:
    """Find and prove the best plan for every number of rooms.

    The scenario's own limits on the number of rooms do not apply here: the frontier shows what they
    cost.

    Parameters
    ----------
    table
        The groups and their costs (:func:`optimisation.group_table.build_table`).
    references
        Plans to hold against it, costed under the same scenario
        (:func:`optimisation.consolidation.reference_plans`).
    max_nodes
        Nodes to search for each number of rooms before the solver is asked instead.

    Returns
    -------
    Frontier

    Raises
    ------
    ValueError
        If no number of rooms has a plan, or a reference was costed under another scenario.

    Examples
    --------
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.group_table import build_table, make_setting
    >>> from optimisation.territory import borough_inputs
    >>> found = frontier(build_table(make_setting(borough_inputs(), load_scenario())))
    >>> all(plan.report.gap_share < 1e-9 for plan in found.plans)
    True
    """
    unlike = [p.plan_id for p in references if p.scenario_sha256 != table.setting.scenario.sha256]
    if unlike:
        raise ValueError(f"costed under another scenario than the frontier: {unlike}")
    started = time.perf_counter()
    cells = cells_of(table)
    plans, impossible, unanswered = [], [], []
    # From many rooms to few: the linear programme changes little from one number to the next.
    for rooms in range(len(table.setting.codes), 0, -1):
        plan = _best_with(table, cells, rooms, max_nodes)
        if isinstance(plan, Plan):
            plans.append(plan)
        elif plan == "impossible":
            impossible.append(rooms)
        else:
            unanswered.append(rooms)
    if not plans:
        raise ValueError("the scenario has no plan for any number of rooms")
    plans.reverse()
    best = min(plan.npv_gbp for plan in plans)
    by_rooms = {plan.room_count: plan for plan in plans}
    return Frontier(
        plans=tuple(plans),
        impossible=tuple(sorted(impossible)),
        unanswered=tuple(sorted(unanswered)),
        references=tuple(_place(plan, best, by_rooms.get(plan.room_count)) for plan in references),
        runtime_s=time.perf_counter() - started,
    )


def _best_with(table: GroupTable, cells: Cells, rooms: int, max_nodes: int) -> Plan | str:
    started = time.perf_counter()
    answer = cells.best(rooms=(rooms, rooms), max_nodes=max_nodes)
    rows, bound, method = answer.rows, answer.bound, METHOD
    if not answer.proved:
        try:
            solved = solve_table(table, rooms_min=rooms, rooms_max=rooms, cells=False)
        except OutOfTimeError:
            if rows is None:
                return "unanswered"
        else:
            method = table.setting.scenario.solver
            if solved is None:
                return "impossible"
            rows = solved.rows if rows is None or solved.cost <= answer.cost else rows
            bound = max(bound, solved.bound)
    if rows is None:
        return "impossible"
    return plan_from_rows(
        table,
        rows,
        f"rooms_{rooms:02d}",
        f"Best plan with {rooms} room{'s' if rooms != 1 else ''}",
        bound_gbp=bound,
        method=method,
        columns_in_model=answer.nodes,
        runtime_s=time.perf_counter() - started,
    )


def _place(plan: Plan, best: float, same: Plan | None) -> Reference:
    over_same = None if same is None else plan.npv_gbp - same.npv_gbp
    return Reference(
        plan=plan,
        over_best_gbp=plan.npv_gbp - best,
        over_best_share=(plan.npv_gbp - best) / best,
        over_same_rooms_gbp=over_same,
        over_same_rooms_share=None
        if same is None or over_same is None
        else over_same / same.npv_gbp,
    )


def _row(
    kind: str,
    plan: Plan,
    over_best: tuple[float, float],
    over_same: tuple[float | None, float | None],
) -> dict[str, object]:
    return {
        "kind": kind,
        "plan_id": plan.plan_id,
        "label": plan.label,
        "rooms": plan.room_count,
        "boroughs_moved": plan.boroughs_moved,
        "posts": plan.posts,
        "cost_gbp_per_year": plan.cost_gbp_per_year,
        "one_off_gbp": plan.one_off_gbp,
        "npv_gbp": plan.npv_gbp,
        "over_best_gbp": over_best[0],
        "over_best_share": over_best[1],
        "over_same_rooms_gbp": over_same[0],
        "over_same_rooms_share": over_same[1],
        "status": plan.report.status,
        "bound_gbp": plan.report.bound_gbp,
        "gap_share": plan.report.gap_share,
        "notes": " ".join(plan.notes),
    }
