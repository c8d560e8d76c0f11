"""What the study of monitoring hands to its chapter: tables, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sharedview.questions.value.options import ValueOptions


@dataclass(frozen=True, slots=True, eq=False)
class Uses:
    """How the operator hours of a plan are used.

    Parameters
    ----------
    allocation
        :class:`sharedview.questions.value.schemas.Allocation`.
    curve
        :class:`sharedview.questions.value.schemas.HoursCurve`.
    hours
        Operator hours given out: those of rooms whose crime is known.
    hour_gbp
        What an operator hour costs, from the cost table; not a number if none is paid.
    planned_gbp, best_gbp
        Benefit of the hours as planned, and at their best.
    marginal_gbp
        What one more hour would add at the best use.
    extra_hours, extra_gbp
        Hours that the plan's saving against the last plan would buy, and what their best use would
        add; not numbers where nothing is saved.
    """

    allocation: pd.DataFrame
    curve: pd.DataFrame
    hours: float
    hour_gbp: float
    planned_gbp: float
    best_gbp: float
    marginal_gbp: float
    extra_hours: float
    extra_gbp: float


@dataclass(frozen=True, slots=True, eq=False)
class MonitoringValue:
    """What monitoring is worth, every table of it.

    Parameters
    ----------
    lead
        The way of monitoring of most interest.
    plan_ids
        Plans in order: the one asked about, then the one it is compared with, if any.
    choices
        What the scenario chose.
    measured
        Whether the share of crime in view was measured; else it is an assumption.
    illustrative
        Whether it was measured with illustrative cameras.
    crime_types, time_of_day
        :class:`sharedview.questions.value.schemas.CrimeParts` and ``TimeOfDay``.
    crimes
        :class:`sharedview.questions.value.schemas.CrimeInView`.
    options, rooms
        :class:`sharedview.questions.value.schemas.ValueOptionsTable` and ``ValueRooms``.
    break_even, effects
        :class:`sharedview.questions.value.schemas.BreakEven` and ``Effects``.
    uses
        Operator hours.
    figures
        :class:`coverage_model.base.key_figures.KeyFigures`.
    """

    lead: str
    plan_ids: tuple[str, ...]
    choices: ValueOptions
    measured: bool
    illustrative: bool
    crime_types: pd.DataFrame
    time_of_day: pd.DataFrame
    crimes: pd.DataFrame
    options: pd.DataFrame
    rooms: pd.DataFrame
    break_even: pd.DataFrame
    effects: pd.DataFrame
    uses: Uses
    figures: pd.DataFrame
