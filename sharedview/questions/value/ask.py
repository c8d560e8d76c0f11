"""The value for money of monitoring, put to a scenario (:mod:`.study`)."""

from __future__ import annotations

import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.errors import Faults
from coverage_model.base.key_figures import KeyFigures
from coverage_model.reading.demand import read_demand
from optimisation.results import Plan
from sharedview.questions.ask import Answer, Ask, Material
from sharedview.questions.value import chapter, crime
from sharedview.questions.value import chapter_words as words
from sharedview.questions.value.options import ValueOptions
from sharedview.questions.value.results import MonitoringValue
from sharedview.questions.value.schemas import (
    Allocation,
    BreakEven,
    CrimeInView,
    CrimeParts,
    Effects,
    HoursCurve,
    TimeOfDay,
    ValueOptionsTable,
    ValueRooms,
)
from sharedview.questions.value.study import monitoring_value
from sharedview.runs import ConsolidationRun, CoverageRun

QUESTION = "PCD 167 asks for the value-for-money case for monitoring."
TABLES = {
    "value_options": ValueOptionsTable,
    "value_rooms": ValueRooms,
    "value_crime": CrimeInView,
    "value_crime_types": CrimeParts,
    "value_time_of_day": TimeOfDay,
    "value_break_even": BreakEven,
    "value_effects": Effects,
    "value_operator_hours": Allocation,
    "value_hours_curve": HoursCurve,
    "value_figures": KeyFigures,
}


def answer(material: Material) -> Answer:
    """Work out what monitoring is worth and write it up.

    Parameters
    ----------
    material
        Coverage gives the share of crime in view where it has crime points; the plans give rooms.

    Returns
    -------
    Answer

    Raises
    ------
    InputError
        If the scenario's ``[value]`` table names a plan or a file that does not do.
    """
    plan = chosen_plan(material.plans)
    found = monitoring_value(
        material.plans.boroughs,
        material.scenario,
        (plan, material.plans.today),
        in_view=measured_in_view(
            material.coverage, material.scenario.options(ValueOptions).crime_points
        ),
        illustrative=bool(material.coverage.cameras.frame["illustrative"].all()),
    )
    return Answer(
        tables=tables(found),
        findings=(words.finding(found), words.investigations_sentence(found)),
        chapter=chapter.value_chapter(found=found, context=material.context, question=QUESTION),
    )


def tables(found: MonitoringValue) -> dict[str, pd.DataFrame]:
    """Return the tables that are written, by name."""
    return {
        "value_options": found.options,
        "value_rooms": found.rooms,
        "value_crime": found.crimes,
        "value_crime_types": found.crime_types,
        "value_time_of_day": found.time_of_day,
        "value_break_even": found.break_even,
        "value_effects": found.effects,
        "value_operator_hours": found.uses.allocation,
        "value_hours_curve": found.uses.curve,
        "value_figures": found.figures,
    }


def chosen_plan(plans: ConsolidationRun) -> Plan:
    """Return the plan that the scenario asks about.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    asked = plans.scenario.options(ValueOptions).plan
    by_id = {plan.plan_id: plan for plan in plans.plans}
    if asked == "optimum":
        return plans.plan
    if asked not in by_id:
        faults = Faults(f"scenario {plans.scenario.name}")
        faults.add(
            f"value.plan = {asked!r} is no plan of this run",
            f"Use one of: {', '.join(dict.fromkeys(('optimum', *by_id)))}",
        )
        faults.raise_if_any()
    return by_id[asked]


def measured_in_view(seen: CoverageRun, crime_points: object = None) -> pd.Series | None:
    """Return the share of crime that public cameras see, by borough, where there are points.

    Parameters
    ----------
    seen
        Its demand is taken to be crime.
    crime_points
        Path of a layer of points that goes before it.
    """
    if crime_points is not None:
        points = read_demand(str(crime_points)).frame
    elif seen.demand is not None:
        points = seen.demand.frame
    else:
        return None
    return crime.share_in_view(seen.visible, points, datasets.boroughs("full"))


ASK = Ask(
    key="value",
    order=80,
    asked=5,
    leads=True,
    title="Value for money of monitoring",
    question=QUESTION,
    tables=TABLES,
    answer=answer,
    figures="value_figures",
    options=ValueOptions,
    page="value",
)
