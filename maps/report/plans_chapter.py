"""Chapters about plans: shared rooms, and the plan beside the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from maps._plans import against, cost_table, proof, rooms_table, savings_table, short
from maps.consolidation_map import borough_table, stats
from maps.report import static
from maps.report.content import Chapter
from maps.report.trade_part import trade_curve, trade_findings, trade_rows
from maps.shell import wording
from maps.shell.groups import identify
from maps.shell.key_figures import Figures
from maps.shell.layers import prepare_areas
from maps.shell.page import PageContext
from maps.shell.tables import Column, Table
from optimisation.comparison import plan_table
from optimisation.results import Plan
from optimisation.trade_results import Trade

STATUS = {"optimal": "proved best", "feasible": "not proved best", "reference": "given"}
# A sheet holds four maps.
MAPS_BESIDE = 3


def rooms_chapter(
    *,
    areas: gpd.GeoDataFrame,
    plan: Plan,
    today: Plan,
    boroughs: pd.DataFrame,
    figures: pd.DataFrame,
    context: PageContext,
    question: str = "",
    water: gpd.GeoDataFrame | None = None,
    savings: pd.DataFrame | None = None,
) -> Chapter:
    """Say which boroughs should share a control room, and what that costs.

    Parameters
    ----------
    areas
        The boroughs to draw (``area_code, area_name, geometry``), in metres.
    plan, today
        The plan, and today's rooms costed under the same scenario.
    boroughs
        Indexed by ``borough_code``: ``borough, cameras, cameras_basis, cameras_year, site_x_m,
        site_y_m`` in the CRS of the areas.
    figures
        The headline figures (:class:`coverage_model.base.key_figures.KeyFigures`).
    context
        For marking, date and sources of the figures.
    question
        What was asked.
    water
        Water to draw for orientation.
    savings
        What plans save against today as built (:class:`optimisation.schemas.PlanSavings`).

    Returns
    -------
    Chapter
    """
    table = plan_table((plan, today), baseline=today)
    (grouping,) = identify((plan,), prepare_areas(areas))
    costs = cost_table(plan, today)
    paid = (costs.frame[[plan.plan_id, today.plan_id]] != 0).any(axis=1)
    return Chapter(
        "Shared control rooms",
        question=question,
        stats=stats(table, plan, today, savings),
        sentences=(against(table, plan, today), proof(plan), *plan.notes),
        figures=(
            static.plan_figure(
                areas=areas,
                plan=plan,
                boroughs=boroughs,
                context=context,
                water=water,
                framed=False,
            ),
        ),
        tables=(
            rooms_table(grouping, boroughs["borough"]),
            # The CSV named "costs" holds every room of every plan.
            dataclasses.replace(costs, key="costs_beside_today", frame=costs.frame[paid]),
            borough_table(plan, boroughs, grouping),
            Figures("plan_figures", figures).rests_on(),
        ),
        limits=(
            (
                "Costs rest on coefficients, not on the boroughs' accounts: read the differences ",
                "between plans rather than the budget of one borough.",
            ),
            (
                "No benefit for crime is counted: the evidence is about cameras that are watched, ",
                "not about who hosts the room.",
            ),
            "Numbers of cameras were published in different years and with different scope.",
            wording.NEVER_SUMMED,
        ),
    )


def choices_chapter(
    *,
    areas: gpd.GeoDataFrame,
    plan: Plan,
    today: Plan,
    references: Sequence[Plan],
    boroughs: pd.DataFrame,
    context: PageContext,
    question: str = "",
    frontier: pd.DataFrame | None = None,
    trade: Trade | None = None,
    water: gpd.GeoDataFrame | None = None,
    savings: pd.DataFrame | None = None,
) -> Chapter:
    """Put the plan beside the other plans.

    Parameters
    ----------
    areas, plan, today, boroughs, context, question, water, savings
        As for :func:`rooms_chapter`.
    references
        The other plans, costed under the same scenario; those with the fewest rooms are mapped.
    frontier
        ``rooms, npv_gbp`` for each number of rooms, where it was solved.
    trade
        What one wish costs in another.

    Returns
    -------
    Chapter
    """
    plans = (plan, today, *references)
    table = plan_table(plans, baseline=today)
    mapped = sorted(references, key=lambda each: -len(each.rooms))[-MAPS_BESIDE:]
    figures = [static.cost_figure(plans=plans, context=context, framed=False)]
    if mapped:
        figures.append(
            static.side_by_side_figure(
                areas=areas,
                plans=(plan, *mapped),
                first=plan,
                boroughs=boroughs,
                context=context,
                water=water,
                framed=False,
            )
        )
    if frontier is not None:
        figures.append(static.frontier_figure(frontier=frontier, context=context, framed=False))
    if trade is not None:
        figures += trade_curve(trade, context=context)
    remarks = [
        f"{short(each)}: {note}"
        for each in references
        for note in each.notes
        if note not in plan.notes
    ]
    return Chapter(
        "The plan and the others",
        question=question,
        sentences=(
            *(against(table, each, today) for each in references),
            *(() if trade is None else trade_findings(trade)),
            *remarks,
        ),
        figures=tuple(figures),
        tables=(
            *(() if savings is None else (savings_table(savings),)),
            choices_table(table),
            *(() if trade is None else (trade_rows(trade),)),
        ),
    )


def choices_table(table: pd.DataFrame) -> Table:
    """Return the plans as rows: rooms, costs, savings and proof."""
    frame = table.assign(
        plan=table["label"].str.split(":").str[0],
        proof=table["status"].map(STATUS).where(table["breaks"] == "", "given; breaks a limit"),
    )
    return Table(
        "plans",
        "Plans at the costs as given, once all is built",
        frame,
        (
            Column("plan", "Plan", numeric=False),
            Column("rooms", "Rooms", wording.number),
            Column("posts", "Operators on duty", wording.number),
            Column("cost_gbp_per_year", "Cost a year", wording.gbp),
            Column("saving_gbp_per_year", "Saving a year", wording.gbp),
            Column("one_off_gbp", "One-off cost", wording.gbp),
            Column("link_km", "Links", wording.kilometres),
            Column("proof", "Proof", numeric=False),
        ),
        sortable=False,
    )
