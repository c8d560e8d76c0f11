"""Figures for print and slides, in the house style of the pages: PNG, SVG and PDF.

Each function takes frames and results and returns a :class:`~maps.report.sheets.Drawing`. Colours,
classes and letters come from the same functions as those of the pages, so a printed map and a page
never disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from maps._plans import cost_lines, room_of, short
from maps.comparison_map import moved
from maps.coverage_map import coverage_measures
from maps.ownership_map import TIERS
from maps.report.sheets import (
    SOFT,
    Drawing,
    Sheet,
    draw_legend,
    draw_map,
    label_areas,
    patch,
    plain_axes,
    printable,
)
from maps.shell import palettes, wording
from maps.shell.groups import Grouping, marked
from maps.shell.layers import prepare_areas
from maps.shell.legends import LegendItem
from maps.shell.page import LegendBlock, PageContext
from optimisation.results import Plan

BARS_SHOWN = 36
MAP_RIGHT, LEGEND_LEFT = 0.71, 0.73


def coverage_figure(
    *,
    areas: gpd.GeoDataFrame,
    coverage: gpd.GeoDataFrame,
    context: PageContext,
    water: gpd.GeoDataFrame | None = None,
    noun: str = "borough",
    measure: str = "covered",
    framed: bool = True,
) -> Drawing:
    """Map how much of each area is seen, in the classes of the coverage page.

    Parameters
    ----------
    areas
        What to draw (``area_code, area_name, geometry``), in metres.
    coverage
        :class:`coverage_model.base.schemas.CoverageByArea`, one row for each of the areas.
    context
        Marking, date and sources.
    water
        Water to draw for orientation.
    noun
        What an area is called.
    measure
        One of the ways to colour the areas: ``covered``, ``realm``, ``overlap``, ``demand``,
        ``cameras``.
    framed
        Whether title, sources and marking are part of the picture.

    Returns
    -------
    Drawing

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    ValueError
        If the data do not allow that measure.
    """
    areas = printable(areas)
    table = coverage.set_index("area_code", drop=False).loc[areas["area_code"].tolist()]
    known = {each.key: each for each in coverage_measures(table, noun=noun)}
    if measure not in known:
        raise ValueError(f"coverage can be shown by {', '.join(known)}, not {measure!r}")
    chosen = known[measure]
    level = ", ".join(sorted(table["level"].unique()))
    covered, whole = table["covered_m2"].sum(), table["area_m2"].sum()
    title = f"{chosen.label}, by {noun}"
    subtitle = (
        f"Image quality: {level}. In all: {wording.area(covered)}, "
        f"{wording.share(covered / whole if whole else None)} of {wording.area(whole)}"
    )
    missing = [fill == palettes.NO_DATA for fill in chosen.fills]
    with Sheet(title, subtitle, context=context, framed=framed, height_in=4.15) as sheet:
        axes = sheet.axes(0.01, MAP_RIGHT)
        draw_map(axes, areas, chosen.fills, hatched=missing, water=water)
        label_areas(sheet, axes, areas)
        legend = LegendBlock(chosen.label, chosen.items, chosen.note)
        draw_legend(sheet.axes(LEGEND_LEFT, 0.99), (legend,))
        ranked = table.sort_values("covered_share", ascending=False)
        first, last = ranked.iloc[0], ranked.iloc[-1]
        alt = (
            f"Map of {wording.count(len(areas), noun)} coloured by {chosen.label.lower()}. "
            f"Most covered: {first['area_name']}, {wording.share(first['covered_share'])}; least: "
            f"{last['area_name']}, {wording.share(last['covered_share'])}."
        )
        return sheet.done(f"coverage_{measure}", alt)


def ownership_figure(
    *,
    coverage: gpd.GeoDataFrame,
    context: PageContext,
    noun: str = "borough",
    framed: bool = True,
) -> Drawing:
    """Show who sees the covered ground of each area, as shares in one bar an area.

    Parameters
    ----------
    coverage
        :class:`coverage_model.base.schemas.CoverageByArea`.
    context, noun, framed
        As for :func:`coverage_figure`.

    Returns
    -------
    Drawing
        The areas with most covered ground, up to 36, and all areas together.
    """
    columns = {
        "public_only_m2": "public_only",
        "both_m2": "both",
        "private_only_m2": "private_only",
        "unknown_owner_only_m2": "unknown_only",
    }
    seen = coverage[coverage["covered_m2"] > 0].sort_values("covered_m2", ascending=False)
    top = seen.head(BARS_SHOWN)
    whole = coverage[[*columns, "covered_m2"]].sum()
    rows = pd.concat([pd.DataFrame([{**whole, "area_name": "All areas"}]), top])
    parts = rows[list(columns)].div(rows["covered_m2"].where(rows["covered_m2"] > 0), axis=0)
    order = np.argsort(parts["public_only_m2"].to_numpy()[1:], kind="stable")[::-1] + 1
    parts, rows = parts.iloc[[0, *order]], rows.iloc[[0, *order]]
    subtitle = "Share of the covered ground; bars from most to least public"
    if len(seen) > len(top):
        subtitle += f"; the {len(top)} of {wording.count(len(seen), noun)} with most covered ground"
    height = max(2.2, 0.62 + 0.125 * len(rows))
    title = f"Who sees the covered ground, by {noun}"
    with Sheet(title, subtitle, context=context, framed=framed, height_in=height) as sheet:
        axes = sheet.axes(0.23, 0.74, low=0.30 / height, high=1 - 0.02 / height)
        place = np.array([0.0, *np.arange(len(order)) + 1.5])
        left = np.zeros(len(rows))
        for column, tier in columns.items():
            width = parts[column].fillna(0).to_numpy()
            colour = palettes.OWNERSHIP[TIERS[tier][1]]
            axes.barh(place, width, left=left, height=0.8, color=colour, edgecolor="white",
                      linewidth=0.4)  # fmt: skip
            left = left + width
        axes.set_yticks(place, rows["area_name"].tolist(), size=6.2)
        axes.get_yticklabels()[0].set_weight("bold")
        axes.set_ylim(place[-1] + 0.6, -0.6)
        axes.set_xlim(0, 1)
        axes.set_xticks(np.linspace(0, 1, 5), [wording.share(x) for x in np.linspace(0, 1, 5)])
        plain_axes(axes)
        items = tuple(
            LegendItem(
                TIERS[tier][0],
                palettes.OWNERSHIP[TIERS[tier][1]],
                wording.share(float(parts[column].iloc[0])),
            )
            for column, tier in columns.items()
            if whole[column] > 0
        )
        legend = LegendBlock("Ground seen by", items, "Figures: all areas together.")
        draw_legend(sheet.axes(0.76, 0.99), (legend,))
        said = "; ".join(f"{item.label} {item.count}" for item in items)
        return sheet.done("ownership", f"Bars of who sees the covered ground. In all: {said}.")


def plan_figure(
    *,
    areas: gpd.GeoDataFrame,
    plan: Plan,
    boroughs: pd.DataFrame,
    context: PageContext,
    water: gpd.GeoDataFrame | None = None,
    framed: bool = True,
) -> Drawing:
    """Map one plan: groups, lettered rooms and links, coloured as on the consolidation page.

    Parameters
    ----------
    areas
        The boroughs to draw (``area_code, area_name, geometry``), in metres.
    plan
        The plan.
    boroughs
        Indexed by ``borough_code``: ``borough, site_x_m, site_y_m`` in the CRS of the areas.
    context, water, framed
        As for :func:`coverage_figure`.

    Returns
    -------
    Drawing
    """
    areas = printable(areas)
    prepared = prepare_areas(areas)
    (grouping,), palette = marked((plan,), prepared)
    subtitle = (
        f"{wording.count(plan.room_count, 'room')}, "
        f"{wording.gbp(plan.cost_gbp_per_year, per_year=True)}, "
        f"{wording.gbp(plan.one_off_gbp)} once"
    )
    names = boroughs["borough"]
    items = tuple(
        LegendItem(
            f"{palettes.group_letter(identity)}  {names.get(room.site_code, room.site_code)}",
            palette[identity],
            wording.count(len(room.members), "borough"),
        )
        for room, identity in zip(grouping.rooms, grouping.identities, strict=True)
    )
    marks = (
        LegendItem("control room", "#ffffff", swatch="dot"),
        LegendItem("link to the room", palettes.INK, swatch="line"),
    )
    title = f"{short(plan)}: who shares a control room"
    height = max(4.15, 0.7 + 0.17 * len(items))
    with Sheet(title, subtitle, context=context, framed=framed, height_in=height) as sheet:
        axes = sheet.axes(0.01, MAP_RIGHT)
        _draw_plan(axes, areas, plan, grouping, palette, boroughs=boroughs, water=water)
        legend = LegendBlock("Room in, and boroughs it serves", items)
        draw_legend(sheet.axes(LEGEND_LEFT, 0.99), (legend, LegendBlock("Marks", marks)))
        said = "; ".join(
            wording.listing([str(names.get(code, code)) for code in room.members])
            + f" from {names.get(room.site_code, room.site_code)}"
            for room in grouping.rooms
        )
        return sheet.done(f"plan_{plan.plan_id}", f"Map of the plan {plan.label}. {said}.")


def side_by_side_figure(
    *,
    areas: gpd.GeoDataFrame,
    plans: Sequence[Plan],
    boroughs: pd.DataFrame,
    context: PageContext,
    first: Plan | None = None,
    water: gpd.GeoDataFrame | None = None,
    framed: bool = True,
) -> Drawing:
    """Map two to four plans beside each other; hatched boroughs are in another group than first.

    Parameters
    ----------
    areas, boroughs, context, water, framed
        As for :func:`plan_figure`.
    plans
        Two to four plans; letters and colours of groups are matched as on the comparison page.
    first
        As for :func:`maps.comparison_map.comparison_page`.

    Returns
    -------
    Drawing

    Raises
    ------
    ValueError
        If there are not two to four plans.
    """
    if not 2 <= len(plans) <= 4:
        raise ValueError(f"two to four plans stand side by side, not {len(plans)}")
    areas = printable(areas)
    prepared = prepare_areas(areas)
    groupings, palette = marked(plans, prepared, first=first)
    rows = 1 if len(plans) == 2 else 2
    each = 3.0
    title = "Plans side by side: " + wording.listing([short(plan) for plan in plans])
    subtitle = f"Hatched: in another group than in “{short(plans[0])}”"
    with Sheet(title, subtitle, context=context, framed=framed, height_in=each * rows) as sheet:
        said = []
        for number, (plan, grouping) in enumerate(zip(plans, groupings, strict=True)):
            row, column = divmod(number, 2)
            top = 1 - row / rows
            left = 0.01 + 0.5 * column
            axes = sheet.axes(left, left + 0.48, low=top - 1 / rows, high=top - 0.36 / each / rows)
            changed = moved(grouping, groupings[0])
            _draw_plan(axes, areas, plan, grouping, palette, boroughs=boroughs, water=water,
                       hatched=changed, links=False, size=5.4)  # fmt: skip
            fact = (
                f"{wording.count(plan.room_count, 'room')}, "
                f"{wording.gbp(plan.cost_gbp_per_year, per_year=True)}"
            )
            if number:
                fact += f", {wording.count(sum(changed), 'borough')} in another group"
            head = sheet.axes(left, left + 0.48, low=top - 0.36 / each / rows, high=top)
            head.set_axis_off()
            head.text(0, 0.86, short(plan), va="top", size=8.5, weight="bold")
            head.text(0, 0.36, fact, va="top", size=7, color=SOFT)
            said.append(f"{plan.label}: {fact}")
        return sheet.done("side_by_side", f"Maps of plans. {'; '.join(said)}.")


def cost_figure(*, plans: Sequence[Plan], context: PageContext, framed: bool = True) -> Drawing:
    """Show what a year of each plan costs, by cost line, in one bar a plan.

    Parameters
    ----------
    plans
        Plans costed under one scenario.
    context, framed
        As for :func:`coverage_figure`.

    Returns
    -------
    Drawing
    """
    lines = cost_lines(plans)
    yearly = lines[lines["kind"] == "per_year"].set_index("cost_line")
    yearly = yearly[[plan.plan_id for plan in plans]]
    yearly = yearly[(yearly > 0).any(axis=1)]
    yearly = yearly.loc[yearly.sum(axis=1).sort_values(ascending=False).index]
    height = 0.85 + 0.36 * len(plans)
    with Sheet("Running cost of each plan", "A year, by cost line", context=context, framed=framed,
               height_in=max(height, 2.3)) as sheet:  # fmt: skip
        axes = sheet.axes(0.25, 0.71, low=0.4 / max(height, 2.3), high=0.99)
        left = np.zeros(len(plans))
        place = np.arange(len(plans))
        items = []
        for number, (line, gbp) in enumerate(yearly.iterrows()):
            colour = palettes.GROUPS[number % len(palettes.GROUPS)]
            values = gbp.to_numpy(float) / 1e6
            axes.barh(place, values, left=left, height=0.62, color=colour, edgecolor="white",
                      linewidth=0.4)  # fmt: skip
            left = left + values
            items.append(LegendItem(str(line).replace("_", " ").capitalize(), colour))
        for row, plan in enumerate(plans):
            axes.text(left[row] + 0.01 * left.max(), row, wording.gbp(plan.cost_gbp_per_year),
                      va="center", size=6.8, weight="bold")  # fmt: skip
        axes.set_yticks(place, [fill(short(plan), 24) for plan in plans], size=6.8)
        axes.set_ylim(len(plans) - 0.5, -0.5)
        axes.set_xlim(0, 1.24 * left.max())
        axes.set_xlabel("£ million a year")
        plain_axes(axes)
        draw_legend(sheet.axes(LEGEND_LEFT + 0.01, 0.99), (LegendBlock("Cost line", tuple(items)),))
        said = "; ".join(
            f"{short(plan)} {wording.gbp(plan.cost_gbp_per_year, per_year=True)}" for plan in plans
        )
        return sheet.done("costs", f"Bars of the running cost of each plan: {said}.")


def frontier_figure(
    *, frontier: pd.DataFrame, context: PageContext, framed: bool = True
) -> Drawing:
    """Show the least net present cost for each number of rooms.

    Parameters
    ----------
    frontier
        ``rooms`` and ``npv_gbp``, one row a number of rooms; ``status`` where plans are not all
        proved best (``optimal`` is drawn full, others hollow).
    context, framed
        As for :func:`coverage_figure`.

    Returns
    -------
    Drawing
    """
    table = frontier.sort_values("rooms", kind="stable")
    rooms, cost = table["rooms"].to_numpy(), table["npv_gbp"].to_numpy(float) / 1e6
    proved = np.ones(len(table), dtype=bool)
    if "status" in table:
        proved = (table["status"] == "optimal").to_numpy()
    best = int(np.argmin(cost))
    said = f"{wording.count(rooms[best], 'room')}: {wording.gbp(cost[best] * 1e6)}"
    with Sheet("What each number of rooms costs at best", "Net present cost over the horizon",
               context=context, framed=framed, height_in=3.4) as sheet:  # fmt: skip
        axes = sheet.axes(0.09, 0.97, low=0.13, high=0.97)
        blue = palettes.OWNERSHIP["public"]
        axes.plot(rooms, cost, color=blue, linewidth=1.2, zorder=2)
        axes.scatter(rooms[proved], cost[proved], s=18, color=blue, zorder=3)
        axes.scatter(rooms[~proved], cost[~proved], s=18, facecolor="white", edgecolor=blue,
                     zorder=3)  # fmt: skip
        axes.annotate(f"least: {said}", (rooms[best], cost[best]), xytext=(0, -16),
                      textcoords="offset points", ha="center", weight="bold", size=7)  # fmt: skip
        span = max(float(cost.max() - cost.min()), 1e-6)
        axes.set_ylim(cost.min() - 0.18 * span, cost.max() + 0.06 * span)
        axes.set_xlabel("Control rooms")
        axes.set_ylabel("£ million")
        axes.xaxis.get_major_locator().set_params(integer=True)
        plain_axes(axes, grid="y")
        alt = f"Line of the least net present cost by number of rooms; the least is {said}."
        if not proved.all():
            alt += " Hollow points are not proved best."
        return sheet.done("frontier", alt)


def _draw_plan(
    axes: Any,
    areas: gpd.GeoDataFrame,
    plan: Plan,
    grouping: Grouping,
    palette: dict[int, str],
    *,
    boroughs: pd.DataFrame,
    water: gpd.GeoDataFrame | None,
    hatched: Sequence[bool] | None = None,
    links: bool = True,
    size: float = 6.5,
) -> None:
    """Draw the groups, their borders, links and lettered rooms of a plan."""
    fills = [palette[identity] for identity in grouping.by_area]
    draw_map(axes, areas, fills, hatched=hatched, water=water)
    groups = gpd.GeoDataFrame({"group": list(grouping.by_area)}, geometry=areas.geometry.to_numpy())
    for shape in groups.dissolve("group").geometry:
        axes.add_artist(patch(shape, facecolor="none", edgecolor=palettes.INK, linewidth=1.1))
    x, y = boroughs["site_x_m"], boroughs["site_y_m"]
    if links:
        for member, room in room_of(plan).items():
            ends = [member, room.site_code]
            axes.plot(x[ends], y[ends], color=palettes.INK, linewidth=0.8, alpha=0.75)
    ring = {"boxstyle": "circle,pad=0.22", "fc": "white", "ec": palettes.INK, "lw": 1.0}
    for room in grouping.rooms:
        axes.text(x[room.site_code], y[room.site_code], grouping.letter(room), ha="center",
                  va="center", size=size, weight="bold", bbox=ring)  # fmt: skip
