"""Chapters of a report, each from frames: rooms, the choice of plans, overlap, coverage."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from maps import coverage_map, ownership_map, static, wording
from maps._groups import identify
from maps._layers import prepare_areas
from maps._plans import against, cost_table, proof, rooms_table, short
from maps.consolidation_map import borough_table, stats
from maps.ownership_map import CAUTION
from maps.page import PageContext
from maps.report import Chapter, Passage
from maps.tables import Column, Table
from optimisation.comparison import plan_table
from optimisation.results import Plan

STATUS = {"optimal": "proved best", "feasible": "not proved best", "reference": "given"}
# A sheet holds four maps.
MAPS_BESIDE = 3


def rooms_chapter(
    *,
    areas: gpd.GeoDataFrame,
    plan: Plan,
    today: Plan,
    boroughs: pd.DataFrame,
    context: PageContext,
    question: str = "",
    water: gpd.GeoDataFrame | None = None,
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
    context
        For marking, date and sources of the figures.
    question
        What was asked.
    water
        Water to draw for orientation.

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
        stats=stats(table, plan, today),
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
            dataclasses.replace(costs, frame=costs.frame[paid]),
            borough_table(plan, boroughs, grouping),
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
    water: gpd.GeoDataFrame | None = None,
) -> Chapter:
    """Put the plan beside the other plans.

    Parameters
    ----------
    areas, plan, today, boroughs, context, question, water
        As for :func:`rooms_chapter`.
    references
        The other plans, costed under the same scenario; those with the fewest rooms are mapped.
    frontier
        ``rooms, npv_gbp`` for each number of rooms, where it was solved.

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
                boroughs=boroughs,
                context=context,
                water=water,
                framed=False,
            )
        )
    if frontier is not None:
        figures.append(static.frontier_figure(frontier=frontier, context=context, framed=False))
    remarks = [
        f"{short(each)}: {note}"
        for each in references
        for note in each.notes
        if note not in plan.notes
    ]
    return Chapter(
        "The plan beside the others",
        question=question,
        sentences=(*(against(table, each, today) for each in references), *remarks),
        figures=tuple(figures),
        tables=(choices_table(table),),
    )


def choices_table(table: pd.DataFrame) -> Table:
    """Return the plans as rows: rooms, costs, savings and proof."""
    frame = table.assign(
        plan=table["label"].str.split(":").str[0], proof=table["status"].map(STATUS)
    )
    return Table(
        "plans",
        "Plans costed under one scenario; savings against today",
        frame,
        (
            Column("plan", "Plan", numeric=False),
            Column("rooms", "Rooms", wording.number),
            Column("posts", "Operators on duty", wording.number),
            Column("cost_gbp_per_year", "Cost a year", wording.gbp),
            Column("saving_gbp_per_year", "Saving a year", wording.gbp),
            Column("one_off_gbp", "One-off cost", wording.gbp),
            Column("npv_gbp", "Net present cost", wording.gbp),
            Column("npv_saving_gbp", "Net present saving", wording.gbp),
            Column("link_km", "Links", wording.kilometres),
            Column("proof", "Proof", numeric=False),
        ),
        sortable=False,
    )


def ownership_chapter(
    *,
    coverage: gpd.GeoDataFrame,
    context: PageContext,
    question: str = "",
    noun: str = "borough",
) -> Chapter:
    """Say what public and private cameras see, and what connecting private ones would add.

    Parameters
    ----------
    coverage
        :class:`coverage_model.schemas.CoverageByArea`.
    context, question
        As for :func:`rooms_chapter`.
    noun
        What an area is called.

    Returns
    -------
    Chapter
    """
    table = pd.DataFrame(coverage.drop(columns="geometry", errors="ignore"))
    covered = table["covered_m2"].where(table["covered_m2"] > 0)
    table = table.assign(private_only_share=table["private_only_m2"] / covered)
    return Chapter(
        "Public and private cameras",
        question=question,
        sentences=(ownership_map.headline(table),),
        figures=(
            static.ownership_figure(coverage=coverage, context=context, noun=noun, framed=False),
        ),
        tables=(ownership_map.ownership_table(table, noun=noun),),
        limits=(CAUTION,),
    )


def coverage_chapter(
    *,
    areas: gpd.GeoDataFrame,
    coverage: gpd.GeoDataFrame,
    context: PageContext,
    question: str = "",
    noun: str = "borough",
    buildings: bool = False,
    water: gpd.GeoDataFrame | None = None,
) -> Chapter:
    """Say how much of each area is seen.

    Parameters
    ----------
    areas
        What to draw (``area_code, area_name, geometry``), in metres.
    coverage
        :class:`coverage_model.schemas.CoverageByArea`, one row for each of the areas.
    context, question, water
        As for :func:`rooms_chapter`.
    noun
        What an area is called.
    buildings
        Whether buildings cut the views.

    Returns
    -------
    Chapter
    """
    table = pd.DataFrame(coverage.drop(columns="geometry", errors="ignore"))
    level = ", ".join(sorted(table["level"].unique()))
    reach = (
        "A camera that turns, or whose heading is not known, has reach and not coverage; the two "
        "are never added."
    )
    plain = "No building layer was given: plain cones overstate what is seen in dense streets."
    limits = (reach,) if buildings else (plain, reach)
    return Chapter(
        "What the cameras see",
        question=question,
        sentences=(coverage_map.headline(table, level=level),),
        figures=(
            static.coverage_figure(
                areas=areas,
                coverage=coverage,
                context=context,
                water=water,
                noun=noun,
                framed=False,
            ),
        ),
        tables=(coverage_map.coverage_table(table, noun=noun),),
        limits=limits,
    )


METHOD = (
    Passage(
        "Coverage",
        (
            (
                "Each camera's view is a sector: its direction, field of view and the distance at ",
                "which a person still fills enough pixels for the stated image quality (EN ",
                "62676-4). Where buildings are given, what they hide is cut away exactly, not ",
                "sampled. Views are then cut into pieces that do not overlap, so that each piece ",
                "of ground is counted once, with the number and the owners of the cameras that ",
                "see it.",
            ),
            (
                "A value that is missing from the inventory is filled in by a stated assumption, ",
                "and how often that happened is counted. Cameras that turn, or have no known ",
                "heading, are reported apart as reach.",
            ),
        ),
    ),
    Passage(
        "Control rooms",
        (
            (
                "Every group of boroughs that one room could serve, under the scenario's limits ",
                "on capacity, number of boroughs and distance, is listed and costed: running the ",
                "room, operators by whole posts, circuits and links each year, and integration, ",
                "fit-out and closures once. Costs of later years are discounted to a net present ",
                "cost.",
            ),
            (
                "The model then chooses groups so that each borough is served exactly once at the ",
                "least net present cost. It reports a lower bound that no plan can beat; where ",
                "plan and bound meet, the plan is proved best. The other plans in this report are ",
                "costed by the same rules.",
            ),
        ),
    ),
    Passage(
        "What is left out",
        (
            (
                "Effects on crime, disputes over who pays, and boroughs that leave again are not ",
                "costed. The model does not know contracts, leases or the state of equipment ",
                "unless the scenario gives them.",
            ),
        ),
    ),
)
"""The method in one page, for readers who do not build models."""
