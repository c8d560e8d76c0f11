"""Chapters about what cameras see: by whom, and how much of each area."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from maps import coverage_map, ownership_map
from maps.ownership_map import CAUTION
from maps.report import static
from maps.report.content import Chapter
from maps.shell import wording
from maps.shell.key_figures import Figures
from maps.shell.page import PageContext


def ownership_chapter(
    *,
    coverage: gpd.GeoDataFrame,
    figures: pd.DataFrame,
    context: PageContext,
    question: str = "",
    noun: str = "borough",
) -> Chapter:
    """Say what public and private cameras see, and what connecting private ones would add.

    Parameters
    ----------
    coverage
        :class:`coverage_model.base.schemas.CoverageByArea`.
    figures
        The headline figures (:class:`coverage_model.base.key_figures.KeyFigures`).
    context, question
        As for :func:`rooms_chapter`.
    noun
        What an area is called.

    Returns
    -------
    Chapter
    """
    said = Figures("coverage_figures", figures)
    table = pd.DataFrame(coverage.drop(columns="geometry", errors="ignore"))
    covered = table["covered_m2"].where(table["covered_m2"] > 0)
    table = table.assign(private_only_share=table["private_only_m2"] / covered)
    return Chapter(
        "Public and private cameras",
        question=question,
        sentences=(
            (ownership_map.ALL_UNKNOWN,)
            if said.value("unknown_owner_only_share") >= 1
            else (
                "Of the ground that cameras see, ",
                said.bold("public_only_share"),
                " is seen by public cameras only, ",
                said.bold("private_only_share"),
                " by private ones only and ",
                said.bold("both_share_of_covered"),
                " by both; who owns what sees the other ",
                said.bold("unknown_owner_only_share"),
                " is unknown. Registered or integrated private cameras see ",
                said.bold("private_connected_only_m2"),
                " that no public camera does.",
            ),
        ),
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
    figures: pd.DataFrame,
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
        :class:`coverage_model.base.schemas.CoverageByArea`, one row for each of the areas.
    figures
        The headline figures (:class:`coverage_model.base.key_figures.KeyFigures`).
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
    said = Figures("coverage_figures", figures)
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
        sentences=(
            (
                f"At the level {level} (",
                said.quoted("px_per_m", say=lambda value: f"{value:g} pixels a metre"),
                "), cameras see ",
                said.bold("covered_m2"),
                ", or ",
                said.bold("covered_share"),
                " of ",
                said.quoted("area_m2"),
                ". There are ",
                said.bold("cameras", say=lambda value: wording.count(value, "camera")),
                "; ",
                said.quoted("cameras_reach_only", say=wording.number),
                " of them turn or have no known heading: what they could reach is not counted ",
                "as seen. A value of the view was assumed for ",
                said.bold("view_assumed_share"),
                " of all cameras.",
            ),
        ),
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
        tables=(coverage_map.coverage_table(table, noun=noun), said.rests_on()),
        limits=limits,
    )
