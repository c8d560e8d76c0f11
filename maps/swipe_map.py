"""Coverage of one place before and after, on one map with a divider to swipe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import folium
import geopandas as gpd
import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup

from coverage_model.cover.surroundings import Surroundings
from maps._view_words import around_ground
from maps._views import (
    CATEGORIES,
    CONES_FROM_ZOOM,
    OWNED,
    OWNERS,
    building_layer,
    building_legend,
)
from maps.shell import palettes, wording
from maps.shell.ground import Ground, ground_packs
from maps.shell.layers import Pane, area_map, focus, painted_areas, prepare_areas, water_layer
from maps.shell.legends import LegendItem, Measure, class_limits, classed
from maps.shell.offline import asset_text
from maps.shell.packed import PackedLayer, pack
from maps.shell.page import Content, LegendBlock, Page, PageContext, Workbench, assemble
from maps.shell.tables import AreaText, Column, Download, Section, Table
from maps.shell.wording import Bold, Sentence

# Half a tenth of a percentage point: less than this shows as no change.
UNCHANGED = 0.0005
DIFFERENCE_LIMITS = (-0.02, -UNCHANGED, UNCHANGED, 0.02)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the comparison.

    Parameters
    ----------
    label
        What it is: "Today", "With twelve more cameras".
    coverage
        :class:`coverage_model.base.schemas.CoverageByArea`.
    visible
        :class:`coverage_model.base.schemas.VisibleAreas`; reach is not drawn.
    """

    label: str
    coverage: gpd.GeoDataFrame
    visible: gpd.GeoDataFrame


def swipe_page(
    *,
    areas: gpd.GeoDataFrame,
    before: Side,
    after: Side,
    context: PageContext,
    water: gpd.GeoDataFrame | None = None,
    noun: str = "borough",
    home: str = "",
    ground: Ground | None = None,
    buildings: gpd.GeoDataFrame | None = None,
    around: tuple[Surroundings, Surroundings] | None = None,
) -> Page:
    """Make the page that compares two runs of coverage.

    Parameters
    ----------
    areas
        What to draw (``area_code, area_name, geometry``), simplified for pages.
    before, after
        The two runs, at the same image-quality level and for the same areas.
    context
        What the page says about itself.
    water
        Water to draw for orientation.
    noun
        What an area is called.
    home
        Address of the page of pages, if there is one.
    ground
        What lies under the map, to say where one is.
    buildings
        :class:`coverage_model.base.schemas.Obstacles`, drawn under the views.
    around
        The ground around all cameras, where that is a small part of the areas, with what each run
        sees of it: what the page says first.

    Returns
    -------
    Page
        The page. Its slider takes the arrow keys, Home and End.

    Raises
    ------
    KeyError
        If a run lacks one of the areas.
    ValueError
        If the runs are at different levels.
    """
    prepared = prepare_areas(areas)
    table = difference_figures(before.coverage, after.coverage, prepared.codes)
    shares, fills = share_measure(table, noun=noun)
    measures = (shares, difference_measure(table, noun=noun))
    drawn, layer = area_map(prepared, shares.fills)
    sides = {}
    for side, colours in (("before", shares.fills), ("after", fills)):
        # Under the page's own areas, which are clear while the sides show.
        folium.map.CustomPane(side, z_index=390).add_to(drawn)
        sides[side] = painted_areas(drawn, prepared, colours, pane=side)
    above = [] if water is None else [water_layer(drawn, water)]
    packs = [view_pack("before", before.visible), view_pack("after", after.visible)]
    legends = [view_legend(before, after)]
    if buildings is not None:
        found = building_layer(buildings, pd.concat([before.visible, after.visible]))
        packs.insert(0, found.layer)
        legends.append(building_legend(found))
    pane = Pane(
        name="main",
        label=f"Map of camera coverage by {noun}, {before.label} left and {after.label} right",
        map=drawn,
        areas=layer,
        measures=measures,
        briefs=tuple(
            f"{wording.share(one)}, then {wording.share(two)}"
            for one, two in zip(table["share_before"], table["share_after"], strict=True)
        ),
        groups=sides,
        above=tuple(above),
        packs=tuple(packs),
        ground=() if ground is None else ground_packs(ground),
        credits=() if ground is None else ground.credits,
        tiles=None if ground is None else ground.tiles,
    )
    content = Content(
        lead=(
            *(() if around is None else (around_words(*around, before.label, after.label),)),
            headline(table, before.label, after.label),
        ),
        areas=prepared,
        area_texts=[area_text(row, before.label, after.label) for row in table.to_dict("records")],
        panes=(pane,),
        legends=tuple(legends),
        sections=(
            Section(
                f"Before and after, by {noun}",
                tables=(difference_table(table, before.label, after.label, noun=noun),),
            ),
        ),
        downloads=(Download("CSV: difference", "coverage_difference.csv", table),),
        noun=noun,
        zoom_note=f"Zoom in to see single views (from zoom level {CONES_FROM_ZOOM}).",
        home=home,
        focus=focus(pd.concat([before.visible, after.visible]), prepared),
        workbench=slider(before.label, after.label),
    )
    return assemble(content, context=context)


def difference_figures(
    before: pd.DataFrame, after: pd.DataFrame, codes: tuple[str, ...]
) -> pd.DataFrame:
    """Return the figures of both runs and their difference, a row an area.

    Parameters
    ----------
    before, after
        :class:`coverage_model.base.schemas.CoverageByArea`.
    codes
        The areas, in the order of the page.

    Returns
    -------
    DataFrame
        ``area_code``, ``area_name``, ``level``, and ``cameras``, ``covered_m2`` and ``share`` each
        with ``_before``, ``_after`` and ``_difference`` (after less before).

    Raises
    ------
    KeyError
        If a run lacks one of the areas.
    ValueError
        If the runs are at different levels.
    """
    one, two = (
        pd.DataFrame(frame).set_index("area_code", drop=False).loc[list(codes)]
        for frame in (before, after)
    )
    levels = set(one["level"]) | set(two["level"])
    if len(levels) > 1:
        raise ValueError(f"only runs at one level can be compared, not at {sorted(levels)}")
    table = one[["area_code", "area_name", "level", "area_m2"]].copy()
    for name, column in (
        ("cameras", "cameras"),
        ("covered_m2", "covered_m2"),
        ("share", "covered_share"),
    ):
        table[f"{name}_before"] = one[column]
        table[f"{name}_after"] = two[column]
        table[f"{name}_difference"] = two[column] - one[column]
    return table


def share_measure(table: pd.DataFrame, *, noun: str) -> tuple[Measure, tuple[str, ...]]:
    """Return the colours of both sides, in classes that they share.

    Returns
    -------
    measure, after
        The measure with the fills of the left side, and the fills of the right side.
    """
    sides = [table[name].to_numpy(dtype=float) for name in ("share_before", "share_after")]
    both = np.concatenate(sides)
    limits = class_limits(both[np.isfinite(both)])
    label = "Covered share, before and after"
    left, right = (classed("share", label, side, noun=noun, limits=limits) for side in sides)
    items = tuple(
        replace(one, count=f"{left.fills.count(one.colour)} → {right.fills.count(one.colour)}")
        for one in left.items
    )
    note = (
        f"Counts of {wording.plural(noun)}: before, then after. Both sides are in the same classes."
    )
    return replace(left, items=items, note=note), right.fills


def points(value: float) -> str:
    """Return a difference of shares in percentage points, with its sign.

    Examples
    --------
    >>> points(0.0123), points(-0.004), points(0.00001)
    ('+1.2 points', '−0.4 points', 'no change')
    """
    if not np.isfinite(value):
        return wording.NOT_KNOWN
    if abs(value) < UNCHANGED:
        return "no change"
    return f"{value * 100:+.1f} points".replace("-", "−")


def difference_measure(table: pd.DataFrame, *, noun: str) -> Measure:
    """Return the colours of the difference: a neutral middle, purple for more, orange for less."""
    values = table["share_difference"].to_numpy(dtype=float)
    colours = palettes.differences(len(DIFFERENCE_LIMITS) + 1)
    place = np.searchsorted(DIFFERENCE_LIMITS, values, side="right")
    labels = (
        "2 points less or more than that",
        "up to 2 points less",
        "no change",
        "up to 2 points more",
        "2 points more and above",
    )
    items = tuple(
        LegendItem(label, colour, wording.count(int((place == number).sum()), noun))
        for number, (label, colour) in enumerate(zip(labels, colours, strict=True))
    )
    fills = tuple(
        colours[number] if known else palettes.NO_DATA
        for number, known in zip(place, np.isfinite(values), strict=True)
    )
    note = "Percentage points of the ground, after less before. The divider parts views only."
    return Measure("difference", "Difference of the covered share", fills, items, note)


def view_pack(name: str, visible: gpd.GeoDataFrame) -> PackedLayer:
    """Pack the views of one side; what a turning camera could reach is left out."""
    seen = visible.loc[visible["view_basis"].ne("reach")]
    return pack(
        name,
        seen,
        category=seen["ownership"],
        categories=CATEGORIES[1:],
        texts={
            "Camera": seen["camera_id"].astype(str).tolist(),
            "Owner": seen["ownership"].map(OWNERS).tolist(),
            "Sees": [wording.area(value) for value in seen["area_m2"]],
            "Side": [name] * len(seen),
        },
        min_zoom=CONES_FROM_ZOOM,
    )


def view_legend(before: Side, after: Side) -> LegendBlock:
    """Return the switches of the views, with how many there are on each side."""
    sides = [each.visible.loc[each.visible["view_basis"].ne("reach")] for each in (before, after)]
    counts = {owner: [int(side["ownership"].eq(owner).sum()) for side in sides] for owner in OWNED}
    items = tuple(
        LegendItem(
            OWNED[owner],
            palettes.OWNERSHIP[owner],
            " → ".join(wording.number(count) for count in pair),
            switch=owner,
        )
        for owner, pair in counts.items()
        if any(pair)
    )
    return LegendBlock("Views", items, "Before, then after. Reach is not drawn.")


def slider(before: str, after: str) -> Workbench:
    """Return the slider that moves the divider."""
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
        asset_text("swipe.html")
    )
    return Workbench(
        key="swipe",
        above=Markup(template.render(before=before, after=after)),  # noqa: S704 - escaped
        beside=Markup(),
        data={"before": before, "after": after},
        blocks=(),
        styles=("swipe.css",),
        scripts=("swipe.js",),
    )


def headline(table: pd.DataFrame, before: str, after: str) -> Sentence:
    """Return what the page says first."""
    whole = table["area_m2"].sum()
    one, two = (
        table[name].sum() / whole if whole else float("nan")
        for name in ("covered_m2_before", "covered_m2_after")
    )
    more = table["covered_m2_difference"].sum()
    change = f"{wording.area(abs(more))} {'more' if more >= 0 else 'less'}"
    return (
        f"{before}: cameras see ",
        Bold(wording.share(one)),
        f" of the ground. {after}: ",
        Bold(wording.share(two)),
        ", which is ",
        Bold(change),
        f", with {wording.number(table['cameras_before'].sum())} and then ",
        f"{wording.number(table['cameras_after'].sum())} cameras.",
    )


def around_words(one: Surroundings, two: Surroundings, before: str, after: str) -> Sentence:
    """Say what each run sees of the ground around the cameras."""
    more = two.covered_m2 - one.covered_m2
    return (
        *around_ground(two),
        ", they see ",
        Bold(wording.share(one.covered_share)),
        f" ({before}) and then ",
        Bold(wording.share(two.covered_share)),
        f" ({after}): ",
        Bold(f"{wording.area(abs(more))} {'more' if more >= 0 else 'less'}"),
        ".",
    )


def area_text(row: dict[Any, Any], before: str, after: str) -> AreaText:
    """Return the sentence and facts of one area."""
    sentence: Sentence = (
        f"In {row['area_name']}, cameras see ",
        Bold(wording.share(row["share_before"])),
        f" of the ground ({before}) and then ",
        Bold(wording.share(row["share_after"])),
        f" ({after}) at the level {row['level']}: {points(row['share_difference'])}.",
    )
    facts = [
        ("Cameras before", wording.number(row["cameras_before"])),
        ("Cameras after", wording.number(row["cameras_after"])),
        ("Covered before", wording.area(row["covered_m2_before"])),
        ("Covered after", wording.area(row["covered_m2_after"])),
    ]
    return AreaText((sentence,), facts)


def difference_table(table: pd.DataFrame, before: str, after: str, *, noun: str) -> Table:
    """Return the table under the map, most gained first."""
    columns = (
        Column("area_name", noun.capitalize(), numeric=False),
        Column("cameras_before", f"Cameras: {before}", wording.number),
        Column("cameras_after", f"Cameras: {after}", wording.number),
        Column("covered_m2_before", f"Covered, ha: {before}", wording.hectares),
        Column("covered_m2_after", f"Covered, ha: {after}", wording.hectares),
        Column("covered_m2_difference", "Difference, ha", signed_hectares),
        Column("share_before", f"Share: {before}", wording.share),
        Column("share_after", f"Share: {after}", wording.share),
        Column("share_difference", "Difference", points),
    )
    whole = table["area_m2"].sum()
    sums = {column.key: table[column.key].sum() for column in columns[1:6]}
    shares = [sums[f"covered_m2_{side}"] / whole for side in ("before", "after", "difference")]
    total = (
        "All",
        *(column.say(sums[column.key]) for column in columns[1:6]),
        wording.share(shares[0]),
        wording.share(shares[1]),
        points(shares[2]),
    )
    return Table(
        "difference",
        "Coverage before and after, most gained share first.",
        table.sort_values("share_difference", ascending=False, kind="stable"),
        columns,
        area_column="area_code",
        total=total,
    )


def signed_hectares(value: float) -> str:
    """Return a difference of areas as a bare number of hectares with its sign.

    Examples
    --------
    >>> signed_hectares(25_300.0), signed_hectares(-1_200.0), signed_hectares(0.0)
    ('+2.5', '−0.1', '0.0')
    """
    shown = wording.hectares(abs(value))
    if not np.isfinite(value) or float(shown.replace(",", "")) == 0:
        return shown
    return ("+" if value > 0 else "−") + shown
