"""What would pay for monitoring, and how the same operator hours are used best.

:mod:`sharedview.questions.value.study` states the value,
:mod:`sharedview.questions.value.allocation` the linear model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.schemas import check
from optimisation.costs.rates import HOURS_PER_YEAR
from sharedview.questions.value import crime
from sharedview.questions.value.allocation import (
    Points,
    best_allocation,
    greedy_allocation,
    staffing_levels,
)
from sharedview.questions.value.basis import EFFECT, Basis, benefit_gbp, break_even_effect
from sharedview.questions.value.draws import cost_options
from sharedview.questions.value.monitoring import (
    DAYS_PER_YEAR,
    LABELS,
    Monitored,
    RoomCosting,
    noticed_share,
    watched_crime_share,
)
from sharedview.questions.value.results import Uses
from sharedview.questions.value.schemas import Allocation, BreakEven, Effects, HoursCurve

Floats = NDArray[np.float64]

COUNTINGS: tuple[tuple[crime.Counted, crime.UnitCosts, str], ...] = (
    ("property", "or_30_05", "Property crime, older unit costs"),
    ("all", "or_30_05", "All crime, older unit costs"),
    ("property", "rr99", "Property crime, newer unit costs"),
    ("all", "rr99", "All crime, newer unit costs"),
)
CURVE = np.round(np.arange(0.0, 2.01, 0.1), 10)


def break_even_table(basis: Basis) -> pd.DataFrame:
    """Return the effect that would pay for watching, under every way of counting crime.

    Parameters
    ----------
    basis
        From :func:`sharedview.questions.value.basis.value_basis`.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.value.schemas.BreakEven`: all combinations of crimes counted
        and unit costs, whatever the scenario chose.
    """
    costed = cost_options(basis, RoomCosting(basis.setting, basis.rooms), {})
    seen = basis.seen()
    rows = []
    for counted, unit_costs, label in COUNTINGS:
        parts = crime.crime_parts(unit_costs=unit_costs, counted=counted)
        price = parts["unit_cost_gbp"].where(parts["counted"], 0.0).to_numpy(float)
        harm = np.nan_to_num(basis.by_room(seen * (basis.mix @ price)))
        for plan in basis.plans:
            at = basis.of_plan(plan)
            for option in [each for each in basis.options if each != "passive"]:
                made = costed[option]
                watched = watched_crime_share(option, basis.blocks)
                whole = float(
                    benefit_gbp(1.0, watched, noticed=made.noticed[at], harm=harm[at]).sum()
                )
                paid = float((made.cost[at] - costed["passive"].cost[at]).sum())
                rows.append(
                    {
                        "plan_id": plan.plan_id,
                        "option": option,
                        "option_label": LABELS[option],
                        "counting": f"{counted}_{unit_costs}",
                        "counting_label": label,
                        "harm_in_view_gbp_per_year": float(harm[at].sum()),
                        "watched_harm_gbp_per_year": whole,
                        "break_even_effect_share": float(break_even_effect(paid, whole)),
                    }
                )
    return check(pd.DataFrame(rows), BreakEven, "break-even")


def effects_table(basis: Basis, options: pd.DataFrame) -> pd.DataFrame:
    """Return what the first plan's watching would be worth with each effect that a review found.

    Parameters
    ----------
    basis
        From :func:`sharedview.questions.value.basis.value_basis`.
    options
        :class:`sharedview.questions.value.schemas.ValueOptionsTable`.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.value.schemas.Effects`, the smallest effect first.
    """
    row = options[
        (options["plan_id"] == basis.plans[0].plan_id) & (options["option"] == basis.lead)
    ].iloc[0]
    costed = cost_options(basis, RoomCosting(basis.setting, basis.rooms), {})[basis.lead]
    at = basis.of_plan(basis.plans[0])
    harm = np.nan_to_num(basis.by_room(basis.harm()))[at]
    watched = watched_crime_share(basis.lead, basis.blocks)
    frame = crime.effects().reset_index()
    benefit = [
        float(benefit_gbp(effect, watched, noticed=costed.noticed[at], harm=harm).sum())
        for effect in frame["effect_share"]
    ]
    paid = row["monitoring_gbp_per_year"]
    frame["benefit_gbp_per_year"] = benefit
    frame["benefit_cost_ratio"] = frame["benefit_gbp_per_year"] / (paid if paid > 0 else np.nan)
    columns = list(Effects.to_schema().columns)
    ordered = frame.sort_values("effect_share", kind="stable", ignore_index=True)
    return check(ordered[columns], Effects, "effects")


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """The rooms of the first plan as the linear model sees them."""

    made: Monitored
    known: NDArray[np.bool_]
    stakes: Floats
    lengths: Floats
    levels: list[Points]
    planned: Floats
    budget: float


def operator_hours(basis: Basis) -> Uses:
    """Give out the operator hours of the first plan anew, and say what more hours would add.

    The hours are those that the scenario pays for; rooms whose crime is unknown keep theirs.

    Parameters
    ----------
    basis
        From :func:`sharedview.questions.value.basis.value_basis`.

    Returns
    -------
    Uses
    """
    task = _task(basis)
    stakes, levels = task.stakes[task.known], [
        levels for levels, known in zip(task.levels, task.known, strict=True) if known
    ]  # fmt: skip
    solver = basis.setting.scenario.solver
    best = best_allocation(stakes, task.lengths, levels, budget=task.budget, solver=solver)
    given, value = task.planned.copy(), np.full(task.stakes.shape, np.nan)
    given[task.known], value[task.known] = best.hours, best.value
    planned = _planned_value(task)
    frame = _allocation_frame(basis, task, given=given, value=value, planned=planned)
    paid_hours = float((task.made.posts * task.made.hours_per_year).sum())
    price = float(task.made.operators.sum()) / paid_hours if paid_hours > 0 else float("nan")
    saving = basis.plans[-1].cost_gbp_per_year - basis.plans[0].cost_gbp_per_year
    extra = saving / price if saving > 0 and price > 0 else float("nan")
    more = float("nan")
    if np.isfinite(extra):
        richer = greedy_allocation(stakes, task.lengths, levels, budget=task.budget + extra)
        more = float(richer.value.sum() - best.value.sum())
    return Uses(
        allocation=frame,
        curve=_curve(task, stakes, levels, price),
        hours=task.budget,
        hour_gbp=price,
        planned_gbp=float(np.nansum(planned)),
        best_gbp=float(best.value.sum()),
        marginal_gbp=best.marginal,
        extra_hours=extra,
        extra_gbp=more,
    )


def _task(basis: Basis) -> _Task:
    at = basis.of_plan(basis.plans[0])
    rate = basis.setting.rate
    made = RoomCosting(basis.setting, basis.plans[0].rooms).cost(rate)
    harm = basis.by_room(basis.harm())[at]
    worth = basis.values[EFFECT] * harm / noticed_share(1.0)
    stakes = worth[:, None] * basis.blocks["crime_share"].to_numpy(float)
    lengths = basis.blocks["hours_per_day"].to_numpy(float) * DAYS_PER_YEAR
    monitors = made.cameras * (rate.shown_at_once_share / rate.pictures_per_monitor)
    posts = int(np.ceil(rate.min_posts_per_room))
    planned = made.posts[:, None] * lengths * (made.hours_per_year / HOURS_PER_YEAR)
    known = np.isfinite(harm)
    return _Task(
        made=made,
        known=known,
        stakes=stakes,
        lengths=lengths,
        levels=[staffing_levels(each, min_posts=posts) for each in monitors.tolist()],
        planned=planned,
        budget=float(planned[known].sum()),
    )


def _planned_value(task: _Task) -> Floats:
    """Benefit as planned: the hours monitored lie evenly in every block."""
    share = task.made.hours_per_year / HOURS_PER_YEAR
    return task.stakes * (task.made.noticed * share)[:, None]


def _allocation_frame(
    basis: Basis, task: _Task, *, given: Floats, value: Floats, planned: Floats
) -> pd.DataFrame:
    at = basis.of_plan(basis.plans[0])
    seen = basis.by_room(basis.seen())[at]
    names = basis.setting.boroughs["borough"]
    rows = [
        {
            "plan_id": basis.plans[0].plan_id,
            "room_code": room.site_code,
            "room_borough": names[room.site_code],
            "block": block["block"],
            "block_label": block["label"],
            "hours_per_year": task.lengths[b],
            "crimes_in_view_per_year": seen[r] * block["crime_share"],
            "operators_planned": task.planned[r, b] / task.lengths[b],
            "operators_best": given[r, b] / task.lengths[b],
            "planned_hours_per_year": task.planned[r, b],
            "best_hours_per_year": given[r, b],
            "change_hours_per_year": given[r, b] - task.planned[r, b],
            "planned_benefit_gbp_per_year": planned[r, b],
            "best_benefit_gbp_per_year": value[r, b],
        }
        for r, room in enumerate(basis.plans[0].rooms)
        for b, block in enumerate(basis.blocks.to_dict("records"))
    ]
    return check(pd.DataFrame(rows), Allocation, "operator hours")


def _curve(task: _Task, stakes: Floats, levels: list[Points], price: float) -> pd.DataFrame:
    """Say what the best use of less and of more hours would be worth."""
    whole = float(stakes.sum())
    rows = []
    for share in CURVE.tolist():
        made = greedy_allocation(stakes, task.lengths, levels, budget=share * task.budget)
        total = float(made.value.sum())
        rows.append(
            {
                "hours_share": share,
                "operator_hours_per_year": share * task.budget,
                "benefit_gbp_per_year": total,
                "noticed_harm_share": total / whole if whole > 0 else 0.0,
                "marginal_gbp_per_hour": made.marginal,
                "cost_gbp_per_hour": price,
            }
        )
    return check(pd.DataFrame(rows), HoursCurve, "operator hours curve")
