"""The overlap page: ground that public cameras, private cameras, or both see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.cover.ownership import IntegrationGain
from maps._coverage_figures import joined_figures
from maps._overlap_sections import (
    gain_measure,
    gain_section,
    redundancy_section,
    street_tier_section,
)
from maps._views import building_layer, building_legend
from maps.shell import palettes, wording
from maps.shell.ground import Ground, ground_packs
from maps.shell.layers import Pane, area_map, focus, prepare_areas, water_layer
from maps.shell.legends import LegendItem, Measure, classed
from maps.shell.packed import Category, PackedLayer, pack
from maps.shell.page import Content, LegendBlock, Page, PageContext, assemble
from maps.shell.tables import AreaText, Column, Download, Section, Table
from maps.shell.wording import Bold, Sentence

TIERS_FROM_ZOOM = 12
TIERS = {
    "public_only": ("public cameras only", "public"),
    "private_only": ("private cameras only", "private"),
    "both": ("public and private cameras", "both"),
    "unknown_only": ("cameras of unknown ownership only", "unknown"),
}
CATEGORIES = tuple(
    Category(tier, palettes.OWNERSHIP[colour], palettes.OUTLINE[colour], alpha=0.7)
    for tier, (_, colour) in TIERS.items()
)
CAUTION = (
    "This is geometry: where a public and a private camera see the same ground, it does not follow "
    "that either could be removed."
)


def ownership_page(
    *,
    areas: gpd.GeoDataFrame,
    coverage: gpd.GeoDataFrame,
    ownership: gpd.GeoDataFrame,
    context: PageContext,
    water: gpd.GeoDataFrame | None = None,
    noun: str = "borough",
    home: str = "",
    streets: pd.DataFrame | None = None,
    gain: IntegrationGain | None = None,
    redundant: pd.DataFrame | None = None,
    ground: Ground | None = None,
    buildings: gpd.GeoDataFrame | None = None,
) -> Page:
    """Make the page of public and private coverage.

    Parameters
    ----------
    areas
        What to draw (``area_code, area_name, geometry``), simplified for pages.
    coverage
        :class:`coverage_model.base.schemas.CoverageByArea`, one row for each of the areas.
    ownership
        Covered ground dissolved by who watches it: ``tier`` (public_only, private_only, both,
        unknown_only), ``area_m2`` and polygons.
    context
        What the page says about itself.
    water
        Water to draw for orientation.
    noun
        What an area is called.
    home
        Address of the page of pages, if there is one.
    streets
        :class:`coverage_model.base.schemas.StreetCoverage`: length of streets by who sees it.
    gain
        From :func:`coverage_model.cover.ownership.integration_gain`.
    redundant
        From :func:`coverage_model.cover.ownership.redundant_views`.
    ground
        What lies under the map, to say where one is.
    buildings
        :class:`coverage_model.base.schemas.Obstacles`, drawn under the covered ground.

    Returns
    -------
    Page
        The page.

    Raises
    ------
    KeyError
        If a frame by area lacks one of the areas.

    Examples
    --------
    >>> from datetime import date
    >>> import sharedview as sv
    >>> from maps.shell.page import PageContext
    >>> town = sv.testing.town()
    >>> run = sv.run_coverage(town.cameras, areas=town.areas, draws=0)
    >>> about = PageContext(title="A town", dated=date(2026, 3, 9))
    >>> page = ownership_page(
    ...     areas=run.areas, coverage=run.coverage, ownership=run.tiles.tiers, context=about)
    >>> "West ward" in page.html
    True
    """
    prepared = prepare_areas(areas)
    table = joined_figures(coverage, prepared.codes, streets=streets)
    table = table.assign(
        both_share=_part(table["both_m2"], table["covered_m2"]),
        private_only_share=_part(table["private_only_m2"], table["covered_m2"]),
        connected_share=_part(table["private_connected_only_m2"], table["private_only_m2"]),
    )
    measures = ownership_measures(table, noun=noun)
    sections = [
        Section(
            f"Who sees what, by {noun}",
            sentences=(CAUTION,),
            tables=(ownership_table(table, noun=noun),),
        )
    ]
    figures = table.drop(columns="covered_ranged")
    downloads = [Download("CSV: overlap", "ownership_by_area.csv", figures)]
    if streets is not None:
        sections.append(street_tier_section(table, noun=noun))
    if gain is not None:
        measures += (gain_measure(gain, prepared.codes, noun=noun),)
        sections.append(gain_section(gain, noun=noun))
        table = table.join(gain.by_area.set_index("area_code")[["gain_m2", "cameras_registered"]])
        downloads.append(Download("CSV: gain", "integration_gain.csv", gain.by_area))
        downloads.append(
            Download("CSV: gain by operator", "gain_by_operator.csv", gain.by_operator)
        )
    if redundant is not None:
        names = dict(zip(prepared.codes, prepared.names, strict=True))
        sections.append(redundancy_section(redundant, names, noun=noun))
        downloads.append(Download("CSV: views held", "redundant_views.csv", redundant))
    packs = [tier_layer(ownership)]
    legends = [tier_legend(ownership)]
    if buildings is not None:
        found = building_layer(buildings, ownership)
        packs.insert(0, found.layer)
        legends.append(building_legend(found))
    drawn, layer = area_map(prepared, measures[0].fills)
    above = [] if water is None else [water_layer(drawn, water)]
    pane = Pane(
        name="main",
        label=f"Map of public and private coverage by {noun}",
        map=drawn,
        areas=layer,
        measures=measures,
        briefs=tuple(
            f"{wording.share(value)} of the covered ground is private only"
            for value in table["private_only_share"]
        ),
        above=tuple(above),
        packs=tuple(packs),
        ground=() if ground is None else ground_packs(ground),
        credits=() if ground is None else ground.credits,
        tiles=None if ground is None else ground.tiles,
    )
    content = Content(
        lead=(headline(table),),
        areas=prepared,
        area_texts=[area_text(row) for row in table.to_dict("records")],
        panes=(pane,),
        legends=tuple(legends),
        sections=tuple(sections),
        downloads=tuple(downloads),
        noun=noun,
        zoom_note=f"Zoom in to see the ground itself (from zoom level {TIERS_FROM_ZOOM}).",
        home=home,
        focus=focus(ownership, prepared),
    )
    return assemble(content, context=context)


def _part(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0, np.nan)


def ownership_measures(table: pd.DataFrame, *, noun: str) -> tuple[Measure, ...]:
    """Return the ways to colour the areas."""
    return (
        classed(
            "private",
            "Private only, share of covered",
            table["private_only_share"].tolist(),
            noun=noun,
            note="What integrating private cameras could add to what public ones see.",
        ),
        classed(
            "both",
            "Both, share of covered ground",
            table["both_share"].tolist(),
            noun=noun,
        ),
        classed(
            "connected",
            "Connected, share of private only",
            table["connected_share"].tolist(),
            noun=noun,
            note="Share of the private-only ground that a registered or integrated camera sees.",
        ),
    )


def tier_layer(ownership: gpd.GeoDataFrame) -> PackedLayer:
    """Pack the ground by who sees it, one piece at a time so that distant pieces cost nothing."""
    parts, row = shapely.get_parts(ownership.geometry.to_numpy(), return_index=True)
    pieces = gpd.GeoDataFrame(
        {"tier": ownership["tier"].to_numpy()[row]}, geometry=parts, crs=ownership.crs
    )
    return pack(
        "tiers",
        pieces,
        category=pieces["tier"],
        categories=CATEGORIES,
        texts={
            "Seen by": [TIERS[tier][0] for tier in pieces["tier"]],
            "This piece": [wording.area(value) for value in pieces.geometry.area],
        },
        min_zoom=TIERS_FROM_ZOOM,
    )


def tier_legend(ownership: gpd.GeoDataFrame) -> LegendBlock:
    """Return the legend of the ground by who sees it."""
    sizes: Mapping[str, float] = ownership.groupby("tier")["area_m2"].sum().to_dict()
    items = tuple(
        LegendItem(label, palettes.OWNERSHIP[colour], wording.area(sizes[tier]), switch=tier)
        for tier, (label, colour) in TIERS.items()
        if sizes.get(tier, 0) > 0
    )
    return LegendBlock("Ground seen by", items)


ALL_UNKNOWN = (
    "Who owns the cameras is not known for any of the covered ground, so what public and private "
    "cameras see cannot be told apart."
)


def headline(table: pd.DataFrame) -> Sentence:
    """Return what the page says first."""
    covered = table["covered_m2"].sum()

    def part(column: str) -> Bold:
        return Bold(wording.share(table[column].sum() / covered if covered else None))

    unknown = table["unknown_owner_only_m2"].sum()
    if covered and unknown >= covered:
        return (ALL_UNKNOWN,)
    connected = wording.area(table["private_connected_only_m2"].sum())
    rest: Sentence = (" by both.",)
    if unknown:
        rest = (" by both; who owns the cameras that see the other ", part("unknown_owner_only_m2"),
                " is unknown.")  # fmt: skip
    return (
        "Of the ground that cameras see, ",
        part("public_only_m2"),
        " is seen by public cameras only, ",
        part("private_only_m2"),
        " by private ones only and ",
        part("both_m2"),
        *rest,
        " Registered or integrated private cameras see ",
        Bold(connected),
        " that no public camera does.",
    )


def area_text(row: dict[str, Any]) -> AreaText:
    """Return the sentences and facts of one area."""
    if row["covered_m2"] and row["unknown_owner_only_m2"] >= row["covered_m2"]:
        name = row["area_name"]
        sentence: Sentence = (f"In {name}, the owner of all that see covered ground is unknown.",)
    else:
        sentence = (
            f"In {row['area_name']}, private cameras alone see ",
            Bold(wording.area(row["private_only_m2"])),
            ", which is ",
            Bold(wording.share(row["private_only_share"])),
            " of the covered ground; ",
            f"{wording.area(row['private_connected_only_m2'])} of it is seen by cameras already ",
            "registered or integrated.",
        )
    facts = [
        ("Public cameras only", wording.area(row["public_only_m2"])),
        ("Private cameras only", wording.area(row["private_only_m2"])),
        ("of which connected", wording.area(row["private_connected_only_m2"])),
        ("Both", wording.area(row["both_m2"])),
        ("Owner unknown only", wording.area(row["unknown_owner_only_m2"])),
        ("Public cameras", wording.number(row["cameras_public"])),
        ("Private cameras", wording.number(row["cameras_private"])),
    ]
    sentences = [sentence]
    if "street_seen_m" in row:
        facts.insert(5, ("Streets seen by private only", _kilometres(row["street_private_only_m"])))
        facts.insert(5, ("Streets seen by public only", _kilometres(row["street_public_only_m"])))
    if "gain_m2" in row:
        sentences.append(
            (
                "Integrating the registered private cameras would add ",
                Bold(wording.area(row["gain_m2"])),
                f"; {wording.count(row['cameras_registered'], 'of them stands', 'of them stand')} ",
                "here.",
            )
        )
    return AreaText(sentences, facts)


def _kilometres(metres: float) -> str:
    return wording.kilometres(metres / 1000)


def ownership_table(table: pd.DataFrame, *, noun: str) -> Table:
    """Return the table under the map."""
    areas = {
        "covered_m2": "Covered",
        "public_only_m2": "Public only",
        "private_only_m2": "Private only",
        "private_connected_only_m2": "of which connected",
        "both_m2": "Both",
        "unknown_owner_only_m2": "Owner unknown only",
    }
    columns = (
        Column("area_name", noun.capitalize(), numeric=False),
        Column("cameras_public", "Public cameras", wording.number),
        Column("cameras_private", "Private cameras", wording.number),
        *(Column(key, f"{label}, ha", wording.hectares) for key, label in areas.items()),
        Column("private_only_share", "Private only, share of covered", wording.share),
    )
    covered = table["covered_m2"].sum()
    total = (
        "All",
        wording.number(table["cameras_public"].sum()),
        wording.number(table["cameras_private"].sum()),
        *(wording.hectares(table[key].sum()) for key in areas),
        wording.share(table["private_only_m2"].sum() / covered if covered else None),
    )
    return Table(
        "ownership",
        "Covered ground by who sees it; most connected private-only ground first.",
        table.sort_values("private_connected_only_m2", ascending=False, kind="stable"),
        columns,
        area_column="area_code",
        total=total,
        note="Connected: a private camera that is registered or integrated sees it.",
    )
