"""The coverage page: how much of each area is seen, the views themselves, and the gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage_model.cover.raster import DepthRaster
from coverage_model.cover.surroundings import Surroundings
from maps._coverage_figures import has, joined_figures
from maps._coverage_sections import (
    facts_beside,
    overall_range,
    reach_section,
    street_section,
    sureness_section,
)
from maps._gap_places import gap_places, street_gap_places
from maps._levels import level_limits, level_measures, level_section, level_switch
from maps._view_words import around_ground
from maps._views import (
    CONES_FROM_ZOOM,
    building_layer,
    building_legend,
    target_words,
    view_layer,
    view_legend,
)
from maps.shell import wording
from maps.shell.depth_pictures import depth_groups, depth_legend, warp
from maps.shell.ground import Ground, ground_packs
from maps.shell.layers import Pane, area_map, focus, prepare_areas, water_layer
from maps.shell.legends import Measure, classed
from maps.shell.page import Content, Page, PageContext, assemble
from maps.shell.tables import AreaText, Column, Download, Section, Table
from maps.shell.wording import Bold, Ranged, Sentence

# A city has a hundred thousand gaps; the GeoPackage holds them all.
CSV_ROWS = 5_000


def coverage_page(
    *,
    areas: gpd.GeoDataFrame,
    coverage: gpd.GeoDataFrame,
    visible: gpd.GeoDataFrame,
    gaps: gpd.GeoDataFrame,
    cameras: gpd.GeoDataFrame,
    context: PageContext,
    water: gpd.GeoDataFrame | None = None,
    noun: str = "borough",
    home: str = "",
    by_level: pd.DataFrame | None = None,
    reach: pd.DataFrame | None = None,
    intervals: pd.DataFrame | None = None,
    drivers: pd.DataFrame | None = None,
    streets: pd.DataFrame | None = None,
    street_gaps: gpd.GeoDataFrame | None = None,
    buildings: gpd.GeoDataFrame | None = None,
    depth: DepthRaster | None = None,
    ground: Ground | None = None,
    around: Surroundings | None = None,
    sectors: gpd.GeoDataFrame | None = None,
    reach_m: pd.DataFrame | None = None,
    opening: Sentence | None = None,
) -> Page:
    """Make the coverage page.

    Parameters
    ----------
    areas
        What to draw (``area_code, area_name, geometry``), simplified for pages.
    coverage
        :class:`coverage_model.base.schemas.CoverageByArea`, one row for each of the areas.
    visible
        :class:`coverage_model.base.schemas.VisibleAreas`; rows with ``view_basis`` reach are drawn
        apart, dashed, and are off at first.
    gaps
        :class:`coverage_model.base.schemas.NamedGaps`, listed by rank, or
        :class:`~coverage_model.base.schemas.Gaps`, of which the largest are listed.
    cameras
        :class:`coverage_model.base.schemas.Cameras`, for what a click on a view tells.
    context
        What the page says about itself.
    water
        Water to draw for orientation.
    noun
        What an area is called.
    home
        Address of the page of pages, if there is one.
    by_level
        :class:`coverage_model.base.schemas_beside.CoverageByLevel`: adds the level switch.
    reach
        :class:`coverage_model.base.schemas_beside.ReachByArea`.
    intervals, drivers
        The frames of :class:`coverage_model.unknowns.intervals.CoverageIntervals`: ranges beside
        shares, and what makes them wide.
    streets, street_gaps
        :class:`coverage_model.base.schemas.StreetCoverage` and the
        :class:`~coverage_model.base.schemas.StreetGaps` to list.
    buildings
        :class:`coverage_model.base.schemas.Obstacles`, drawn under the views.
    depth
        From :func:`coverage_model.cover.raster.depth_raster`: a picture each of the ground that
        one, two, and three or more cameras see. Its cells may be coarse (10 m for a city).
    ground
        What lies under the map, to say where one is.
    around
        The ground around the cameras, where that is a small part of the areas: what the page says
        first.
    sectors
        :class:`coverage_model.base.schemas.Sectors`, for what a click says was given and assumed.
    reach_m
        How far each view reaches at each level: the level switch then cuts the views too.
    opening
        What to say before the figures.

    Returns
    -------
    Page
        The page.

    Raises
    ------
    KeyError
        If a frame by area lacks one of the areas.
    ValueError
        If a frame by area is for another image-quality level.

    Examples
    --------
    >>> from datetime import date
    >>> import sharedview as sv
    >>> from maps.shell.page import PageContext
    >>> town = sv.testing.town()
    >>> run = sv.run_coverage(town.cameras, areas=town.areas, draws=0)
    >>> about = PageContext(title="A town", dated=date(2026, 3, 9))
    >>> page = coverage_page(
    ...     areas=run.areas, coverage=run.coverage, visible=run.visible, gaps=run.gaps,
    ...     cameras=run.cameras.frame, context=about)
    >>> "West ward" in page.html
    True
    """
    prepared = prepare_areas(areas)
    table = joined_figures(
        coverage, prepared.codes, intervals=intervals, streets=streets, reach=reach
    )
    level = ", ".join(sorted(table["level"].unique())) or "not stated"
    limits = {} if by_level is None else level_limits(by_level)
    measures = coverage_measures(table, noun=noun, limits=limits)
    switch = None
    if by_level is not None:
        measures += level_measures(
            by_level, prepared.codes, headline=level, noun=noun, limits=limits
        )
        switch = level_switch(
            by_level, prepared.codes, headline=level, cut=_cut_levels(reach_m, level)
        )
    drawn, layer = area_map(prepared, measures[0].fills)
    above = [] if water is None else [water_layer(drawn, water)]
    packs = [view_layer(visible, cameras, sectors=sectors, reach_m=reach_m)]
    legends = [view_legend(visible)]
    groups = {}
    picture = None if depth is None else warp(depth)
    if picture is not None:
        groups = depth_groups(drawn, picture)
        legends.append(depth_legend(picture, _depth_areas(table)))
    if buildings is not None:
        found = building_layer(buildings, visible)
        packs.insert(0, found.layer)
        legends.append(building_legend(found))
    pane = Pane(
        name="main",
        label=f"Map of camera coverage by {noun}",
        map=drawn,
        areas=layer,
        measures=measures,
        briefs=tuple(f"{wording.share(value)} covered" for value in table["covered_share"]),
        groups=groups,
        above=tuple(above),
        packs=tuple(packs),
        ground=() if ground is None else ground_packs(ground),
        credits=() if ground is None else ground.credits,
        tiles=None if ground is None else ground.tiles,
    )
    sections: list[Section | None] = [
        Section(f"Coverage by {noun}", tables=(coverage_table(table, noun=noun),))
    ]
    if by_level is not None:
        sections.append(level_section(by_level, headline=level, noun=noun))
    if streets is not None:
        sections.append(street_section(table, noun=noun))
    if intervals is not None:
        sections.append(sureness_section(intervals, drivers))
    if reach is not None:
        sections.append(reach_section(table, noun=noun))
    lists = (gap_places(gaps), None if street_gaps is None else street_gap_places(street_gaps))
    content = Content(
        lead=(
            *(() if opening is None else (opening,)),
            *(() if around is None else (around_words(around, level=level),)),
            headline(
                table,
                level=level,
                ranged=_overall(table, intervals),
                target=target_words(visible),
            ),
        ),
        areas=prepared,
        area_texts=[area_text(row) for row in table.to_dict("records")],
        panes=(pane,),
        legends=tuple(legends),
        places=tuple(each for each in lists if each is not None),
        sections=tuple(each for each in sections if each is not None),
        downloads=_downloads(
            {
                "coverage": ("coverage_by_area.csv", coverage),
                "gaps": ("gaps.csv", _ranked(gaps)),
                "levels": ("coverage_by_level.csv", by_level),
                "intervals": ("coverage_intervals.csv", intervals),
                "what drives them": ("coverage_drivers.csv", drivers),
                "streets": ("streets_by_area.csv", streets),
                "unseen streets": ("street_gaps.csv", street_gaps),
                "reach": ("reach_by_area.csv", reach),
            }
        ),
        noun=noun,
        zoom_note=f"Zoom in to see single views (from zoom level {CONES_FROM_ZOOM}).",
        home=home,
        focus=focus(cameras, prepared),
        quiet=frozenset(_quiet(table)),
        workbench=switch,
    )
    return assemble(content, context=context)


def _quiet(table: pd.DataFrame) -> list[str]:
    """Return the areas without a camera in which nothing is seen or reached."""
    figures = table[["cameras", "covered_m2", "reach_m2"]]
    return table.loc[figures.eq(0).all(axis=1), "area_code"].tolist()


def _cut_levels(reach_m: pd.DataFrame | None, level: str) -> list[str]:
    """Return the levels at which views are shorter than at the page's own, and so can be drawn."""
    if reach_m is None or level not in reach_m:
        return []
    return [name for name in reach_m if (reach_m[name] <= reach_m[level]).all()]


def _downloads(files: dict[str, tuple[str, pd.DataFrame | None]]) -> tuple[Download, ...]:
    return tuple(
        Download(
            f"CSV: {label}" + (f" (first {CSV_ROWS:,})" if len(frame) > CSV_ROWS else ""),
            filename,
            pd.DataFrame(frame).head(CSV_ROWS),
        )
        for label, (filename, frame) in files.items()
        if frame is not None
    )


def _ranked(gaps: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gaps.sort_values("rank") if "rank" in gaps else gaps


def _depth_areas(table: pd.DataFrame) -> dict[str, str]:
    columns = ("depth_1_m2", "depth_2_m2", "depth_3plus_m2")
    return {name: wording.area(table[name].sum()) for name in columns}


def _overall(table: pd.DataFrame, intervals: pd.DataFrame | None) -> Ranged:
    whole = table["area_m2"].sum()
    share = table["covered_m2"].sum() / whole if whole else float("nan")
    return overall_range(intervals, share)


def coverage_measures(
    table: pd.DataFrame, *, noun: str, limits: Mapping[str, Sequence[float]] | None = None
) -> tuple[Measure, ...]:
    """Return the ways to colour the areas.

    Parameters
    ----------
    table
        The frames by area, joined.
    noun
        What an area is called.
    limits
        Limits of classes that are given, by key of the measure (:func:`maps._levels.level_limits`).
    """
    given = {} if limits is None else limits
    measures = [
        classed(
            "covered",
            "Covered share of the area",
            table["covered_share"].tolist(),
            noun=noun,
            note="Ground that at least one view sees at the stated image quality.",
            limits=given.get("covered"),
        )
    ]
    if table["covered_public_realm_share"].notna().any():
        measures.append(
            classed(
                "realm",
                "Covered share outside buildings",
                table["covered_public_realm_share"].tolist(),
                noun=noun,
                limits=given.get("realm"),
            )
        )
    optional = (
        ("streets", "street_seen_share", "Street length seen, share"),
        ("junctions", "junctions_seen_share", "Street junctions seen, share"),
    )
    measures += [
        classed(key, label, table[column].tolist(), noun=noun)
        for key, column, label in optional
        if has(table, column)
    ]
    measures.append(
        classed(
            "overlap",
            "Seen by two or more cameras",
            (table["depth_2_m2"] + table["depth_3plus_m2"]).tolist(),
            say=wording.area,
            noun=noun,
        )
    )
    if table["demand_covered_share"].notna().any():
        measures.append(
            classed(
                "demand",
                "Demand points seen",
                table["demand_covered_share"].tolist(),
                noun=noun,
                note="Share of the weight of the demand points that a view covers.",
            )
        )
    measures.append(
        classed("cameras", "Cameras", table["cameras"].tolist(), say=wording.number, noun=noun)
    )
    return tuple(measures)


def headline(
    table: pd.DataFrame, *, level: str, ranged: Ranged | None = None, target: str = ""
) -> Sentence:
    """Return what the page says first.

    Parameters
    ----------
    table
        :class:`coverage_model.base.schemas.CoverageByArea`.
    level
        The level of its figures.
    ranged
        The covered share of the whole with its range.
    target
        What is to be seen, in words.
    """
    covered, whole = table["covered_m2"].sum(), table["area_m2"].sum()
    share = wording.share(covered / whole if whole else None)
    return (
        "At the level ",
        Bold(level),
        f", for {target}" if target else "",
        ", cameras see ",
        Bold(wording.area(covered)),
        ", or ",
        Bold(share if ranged is None else wording.share_range(ranged)),
        f" of {wording.area(whole)}. There are ",
        Bold(wording.count(table["cameras"].sum(), "camera")),
        *reach_words(table["cameras_reach_only"].sum()),
        *assumed_words(table["cameras_view_assumed"].sum(), table["cameras"].sum()),
    )


def around_words(around: Surroundings, *, level: str) -> Sentence:
    """Say what is seen of the ground around the cameras."""
    return (
        *around_ground(around),
        ", they see ",
        Bold(wording.share(around.covered_share)),
        f" at the level {level}.",
    )


def reach_words(count: float) -> tuple[str, ...]:
    """End a sentence about cameras with those whose view is not known."""
    if not count:
        return (".",)
    verb = "turns or has" if count == 1 else "turn or have"
    return (
        f", of which {wording.number(count)} {verb} no known heading: ",
        "what they could reach is not counted as seen.",
    )


def assumed_words(count: float, cameras: float) -> tuple[str | Bold, ...]:
    """Say for which share of the cameras a value of the view was assumed."""
    if not cameras or not count:
        return ()
    return (
        " A value of the view was assumed for ",
        Bold(wording.share(count / cameras)),
        " of all cameras.",
    )


def area_text(row: dict[Any, Any]) -> AreaText:
    """Return the sentences and facts of one area."""
    name = str(row["area_name"])
    cameras, reach = _float(row["cameras"]), _float(row["cameras_reach_only"])
    sentences: list[Sentence] = [
        (
            f"In {name}, cameras see ",
            Bold(_covered(row)),
            f" of the ground ({wording.area(_float(row['covered_m2']))} of ",
            f"{wording.area(_float(row['area_m2']))}) at the level {row['level']}.",
        ),
        ("It has ", Bold(wording.count(cameras, "camera")), "."),
    ]
    if reach:
        sentences[1] = (*sentences[1][:2], *reach_words(reach))
    sentences[1] += assumed_words(_float(row["cameras_view_assumed"]), cameras)
    facts = [
        ("Public cameras", wording.number(_float(row["cameras_public"]))),
        ("Private cameras", wording.number(_float(row["cameras_private"]))),
        ("Seen by one camera", wording.area(_float(row["depth_1_m2"]))),
        ("Seen by two", wording.area(_float(row["depth_2_m2"]))),
        ("Seen by three or more", wording.area(_float(row["depth_3plus_m2"]))),
        ("Not seen", wording.area(_float(row["gap_m2"]))),
        ("Within reach, not coverage", wording.area(_float(row["reach_m2"]))),
        *facts_beside(row),
    ]
    for label, key in (
        ("Share outside buildings", "covered_public_realm_share"),
        ("Demand points seen", "demand_covered_share"),
    ):
        if not pd.isna(row[key]):
            facts.insert(2, (label, wording.share(_float(row[key]))))
    return AreaText(sentences, facts)


def _covered(row: dict[Any, Any]) -> str:
    low, high = (row.get(name, float("nan")) for name in ("share_p10", "share_p90"))
    return wording.share_range(Ranged(row["covered_share"], low, high))


def _float(value: object) -> float:
    return float(value)  # type: ignore[arg-type]


def coverage_table(table: pd.DataFrame, *, noun: str) -> Table:
    """Return the table under the map."""
    share = Column("covered_share", "Covered share", wording.share)
    if has(table, "share_p10"):
        share = Column("covered_ranged", "Covered share (range)", wording.share_range)
    columns = [
        Column("area_name", noun.capitalize(), numeric=False),
        Column("cameras", "Cameras", wording.number),
        Column("cameras_public", "Public", wording.number),
        Column("cameras_private", "Private", wording.number),
        Column("cameras_reach_only", "Reach only", wording.number),
        Column("covered_m2", "Covered, ha", wording.hectares),
        share,
        Column("depth_2_m2", "Seen by two, ha", wording.hectares),
        Column("depth_3plus_m2", "Three or more, ha", wording.hectares),
        Column("gap_m2", "Not seen, ha", wording.hectares),
    ]
    optional = (
        Column("covered_public_realm_share", "Share outside buildings", wording.share),
        Column("street_seen_share", "Streets seen", wording.share),
        Column("junctions_seen_share", "Junctions seen", wording.share),
        Column("demand_covered_share", "Demand points seen", wording.share),
    )
    columns += [column for column in optional if has(table, column.key)]
    columns.insert(5, Column("cameras_view_assumed", "A value assumed", wording.number))
    counts = (
        "cameras_view_assumed",
        "cameras",
        "cameras_public",
        "cameras_private",
        "cameras_reach_only",
    )
    sums = ("covered_m2", "depth_2_m2", "depth_3plus_m2", "gap_m2")
    total = ["All"]
    for column in columns[1:]:
        if column.key in counts:
            total.append(wording.number(table[column.key].sum()))
        elif column.key in sums:
            total.append(wording.hectares(table[column.key].sum()))
        elif column.key in {"covered_share", "covered_ranged"}:
            total.append(wording.share(table["covered_m2"].sum() / table["area_m2"].sum()))
        else:
            total.append("")
    ordered = table.sort_values("covered_share", ascending=False, kind="stable")
    return Table(
        "coverage",
        "Coverage, highest share first. The CSV holds every column.",
        ordered,
        tuple(columns),
        area_column="area_code",
        total=tuple(total),
    )
