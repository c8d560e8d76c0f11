"""The consolidation page: one plan on the map, with rooms, links, costs, and today beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from maps._failover import failover_section
from maps._phasing import phasing_section
from maps._plans import (
    against,
    cost_table,
    proof,
    room_of,
    rooms_table,
    saving_stat,
    savings_table,
    short,
)
from maps._prices import prices_section
from maps._sharing import sharing_section
from maps.shell import palettes, wording
from maps.shell.cite import Cite
from maps.shell.groups import Grouping, marked
from maps.shell.layers import (
    Pane,
    PreparedAreas,
    area_map,
    group_borders,
    links,
    points_to_latlon,
    prepare_areas,
    rooms,
    water_layer,
)
from maps.shell.legends import LegendItem, Measure
from maps.shell.page import Content, LegendBlock, Page, PageContext, assemble
from maps.shell.tables import AreaText, Column, Download, Section, Stat, Table
from maps.shell.wording import Bold, Sentence
from maps.trades import trade_sections, trades_frame
from optimisation.comparison import assignment_table, plan_table
from optimisation.comparison import cost_table as cost_frame
from optimisation.phasing import Phasing
from optimisation.resilience import Resilience
from optimisation.results import Plan
from optimisation.roads import is_by_road
from optimisation.sharing import Sharing
from optimisation.trade_results import Trade


def consolidation_page(
    *,
    areas: gpd.GeoDataFrame,
    headline: Sentence,
    plan: Plan,
    today: Plan,
    boroughs: pd.DataFrame,
    context: PageContext,
    water: gpd.GeoDataFrame | None = None,
    home: str = "",
    sharing: Sharing | None = None,
    link_km: pd.Series | None = None,
    prices: pd.DataFrame | None = None,
    phasing: Phasing | None = None,
    phasing_note: str = "",
    failover: Resilience | None = None,
    savings: pd.DataFrame | None = None,
    trades: Sequence[Trade] = (),
    service: Section | None = None,
) -> Page:
    """Make the page of one plan.

    Parameters
    ----------
    areas
        The boroughs to draw (``area_code, area_name, geometry``), simplified for pages.
    headline
        The sentence to begin with: the plan, its saving with its range, and its proof.
    plan, today
        The plan, and today's rooms costed under the same scenario.
    boroughs
        Indexed by ``borough_code``: ``borough, cameras, cameras_basis, cameras_year, site_x_m,
        site_y_m`` in the CRS of the areas, perhaps ``site_basis``, and distances by road.
    context
        What the page says about itself.
    water
        Water to draw for orientation.
    home
        Address of the page of pages, if there is one.
    sharing
        Who would pay what of the plan (:func:`optimisation.sharing.share_costs`).
    link_km
        Distance from each borough to its room in the plan, by ``borough_code``.
    prices
        What each constraint costs (:class:`optimisation.schemas.ConstraintPrices`).
    phasing, phasing_note
        The waves in which the plan would be built, and where their yearly limit comes from.
    failover
        Which room takes over for which.
    savings
        What plans save against today as built (:class:`optimisation.schemas.PlanSavings`).
    trades
        What one wish costs in another.
    service
        When rooms are watched, as a choice (:func:`maps.service.service_section`).

    Returns
    -------
    Page
        The page.

    Raises
    ------
    ValueError
        If the two plans were costed under different scenarios, or ``sharing`` is of another plan.

    Examples
    --------
    >>> from datetime import date
    >>> from coverage_model.base.datasets import boroughs
    >>> from maps.shell.page import PageContext
    >>> from optimisation.consolidation import reference_plans
    >>> from optimisation.scenario import Scenario
    >>> from optimisation.territory import borough_inputs
    >>> frame = borough_inputs()
    >>> today, *others = reference_plans(frame, Scenario())
    >>> about = PageContext(title="Rooms", dated=date(2026, 3, 9))
    >>> page = consolidation_page(
    ...     areas=boroughs("overview"), plan=others[-1], today=today, boroughs=frame, context=about,
    ...     headline="One room serves all.")
    >>> page.html.startswith("<!DOCTYPE html>")
    True
    """
    if sharing is not None and set(sharing.charges["plan_id"]) != {plan.plan_id}:
        raise ValueError(f"the sharing is not of the plan {plan.plan_id}")
    prepared = prepare_areas(areas)
    (grouping,), palette = marked((plan,), prepared)
    fills = tuple(palette[identity] for identity in grouping.by_area)
    names = boroughs["borough"]
    drawn, layer = area_map(prepared, fills)
    above: list[object] = [] if water is None else [water_layer(drawn, water)]
    borders = group_borders(drawn, prepared, grouping.by_area)
    sites = site_places(boroughs, prepared)
    lines = [
        (sites[member], sites[room.site_code])
        for room in plan.rooms
        for member in room.members
        if member != room.site_code
    ]
    link_group = links(drawn, lines)
    staffed = [room for room in today.rooms if room.watched]
    old = rooms(drawn, [sites[room.site_code] for room in staffed], [""] * len(staffed))
    planned = [room for room in grouping.rooms if room.watched]
    new = rooms(
        drawn,
        [sites[room.site_code] for room in planned],
        [grouping.letter(room) for room in planned],
    )
    table = plan_table((plan, today), baseline=today)
    serving = room_of(plan)
    pane = Pane(
        name="main",
        label=f"Map of the plan {plan.label}",
        map=drawn,
        areas=layer,
        measures=(groups_measure(grouping, palette, names),),
        briefs=tuple(
            f"watched from {names.get(serving[code].site_code, '')}" if code in serving else ""
            for code in prepared.codes
        ),
        groups={"rooms": new, "links": link_group, "today": old},
        above=(*above, borders, link_group),
    )
    assignments = assignment_table((plan,), boroughs=boroughs)
    by_road = is_by_road(boroughs)

    def letter(code: str) -> str:
        return grouping.letter(serving[code])

    content = Content(
        lead=(headline, against(table, plan, today), proof(plan)),
        areas=prepared,
        area_texts=borough_texts(plan, today, prepared, names, grouping),
        panes=(pane,),
        legends=(layer_legend(plan, today, len(lines), by_road=by_road),),
        sections=(
            Section(
                f"{short(plan)} beside {short(today)}",
                stats=stats(table, plan, today, savings),
                sentences=plan.notes,
                tables=(
                    *(() if savings is None else (savings_table(savings),)),
                    cost_table(plan, today),
                ),
            ),
            Section(
                "Rooms", tables=(rooms_table(grouping, names, basis=boroughs.get("site_basis")),)
            ),
            *(
                ()
                if phasing is None
                else (
                    phasing_section(
                        phasing, plan=plan, names=names, letter=letter, limit_note=phasing_note
                    ),
                )
            ),
            *(
                ()
                if sharing is None
                else (sharing_section(sharing, link_km=link_km, by_road=by_road),)
            ),
            *(() if prices is None else (prices_section(prices, plan=plan),)),
            *trade_sections(trades),
            *(() if service is None else (service,)),
            *(
                ()
                if failover is None
                else (failover_section(failover, letter=letter, by_road=by_road),)
            ),
            Section("Boroughs", tables=(borough_table(plan, boroughs, grouping, link_km),)),
        ),
        downloads=(
            Download("CSV: boroughs", "assignments.csv", assignments),
            Download("CSV: costs", "costs.csv", cost_frame((plan, today), names=names.to_dict())),
            *(
                ()
                if sharing is None
                else (Download("CSV: who pays", "sharing.csv", sharing.charges),)
            ),
            *downloads(prices, phasing, failover),
            *(
                (Download("CSV: trade", "trade.csv", trades_frame(trades)),)
                if any(each.points for each in trades)
                else ()
            ),
        ),
        home=home,
    )
    return assemble(content, context=context)


def downloads(
    prices: pd.DataFrame | None, phasing: Phasing | None, failover: Resilience | None
) -> tuple[Download, ...]:
    """Return the tables of the further sections as files."""
    found = []
    if phasing is not None:
        found.append(Download("CSV: waves of building", "phasing.csv", phasing.waves))
        found.append(Download("CSV: cash flow", "cash_flow.csv", phasing.cash_flow))
    if prices is not None:
        found.append(Download("CSV: constraint prices", "constraint_prices.csv", prices))
    if failover is not None:
        found.append(Download("CSV: failover rooms", "failover.csv", failover.failover))
    return tuple(found)


def site_places(boroughs: pd.DataFrame, prepared: PreparedAreas) -> dict[str, tuple[float, float]]:
    """Return where each borough's room stands or would stand, as latitude and longitude."""
    points = shapely.points(boroughs["site_x_m"].to_numpy(), boroughs["site_y_m"].to_numpy())
    places = points_to_latlon(points, prepared.projected)
    return dict(zip(boroughs.index.astype(str), places, strict=True))


def groups_measure(grouping: Grouping, palette: dict[int, str], names: pd.Series) -> Measure:
    """Return the colours of the groups, with their letters in the legend."""
    items = tuple(
        LegendItem(
            f"{palettes.group_letter(identity)}  {names.get(room.site_code, room.site_code)}",
            palette[identity],
            wording.count(len(room.members), "borough"),
        )
        for room, identity in zip(grouping.rooms, grouping.identities, strict=True)
    )
    fills = tuple(palette[identity] for identity in grouping.by_area)
    return Measure("groups", "Room in, and boroughs it serves", fills, items)


def layer_legend(plan: Plan, today: Plan, link_count: int, *, by_road: bool = False) -> LegendBlock:
    """Return the legend of rooms and links."""
    return LegendBlock(
        "Rooms and links",
        (
            LegendItem(
                "control room", "#ffffff", wording.number(plan.room_count), "dot", switch="rooms"
            ),
            LegendItem(
                "link to the room",
                palettes.INK,
                wording.number(link_count),
                "line",
                switch="links",
            ),
            LegendItem(
                today.label,
                palettes.INK,
                wording.number(today.room_count),
                "ring",
                switch="today",
                on=False,
            ),
        ),
        "Links are drawn straight; their lengths are by road." if by_road else "",
    )


def stats(
    table: pd.DataFrame, plan: Plan, today: Plan, savings: pd.DataFrame | None = None
) -> tuple[Stat, ...]:
    """Return the figures of a plan, each with today's for comparison."""
    cite = Cite("plans", table, key="plan_id")

    def beside(label: str, column: str, say: Callable[[Any], str]) -> Stat:
        then = cite.quoted(today.plan_id, column, say)
        return Stat.of(label, cite.bold(plan.plan_id, column, say), ("today ", then))

    def alone(label: str, column: str, say: Callable[[Any], str]) -> Stat:
        return Stat.of(label, cite.bold(plan.plan_id, column, say))

    return (
        beside("Control rooms", "rooms", wording.number),
        beside("Running cost a year", "cost_gbp_per_year", wording.gbp),
        alone("Saving a year", "saving_gbp_per_year", wording.gbp),
        alone("One-off cost", "one_off_gbp", wording.gbp),
        *(() if savings is None else (saving_stat(savings, plan),)),
        beside("Operators on duty", "posts", wording.number),
        alone("Boroughs moved", "boroughs_moved", wording.number),
        alone("Links", "link_km", wording.kilometres),
    )


def borough_texts(
    plan: Plan,
    today: Plan,
    prepared: PreparedAreas,
    names: pd.Series,
    grouping: Grouping,
) -> Sequence[AreaText]:
    """Say for each borough who would watch its cameras, and with whom."""
    now, then = room_of(today), room_of(plan)
    texts = []
    for code, name in zip(prepared.codes, prepared.names, strict=True):
        if code not in then:
            texts.append(AreaText((f"{name} is not part of this plan.",)))
            continue
        room = then[code]
        partners = [str(names.get(each, each)) for each in room.members if each != code]
        host = names.get(room.site_code, room.site_code)
        where = "its own room" if room.site_code == code else f"the room in {host}"
        company = f", together with {wording.listing(partners)}" if partners else ", on its own"
        sentence: Sentence = (
            f"{name}'s cameras would be watched from ",
            Bold(f"{where} (group {grouping.letter(room)})"),
            f"{company}.",
        )
        if not room.watched:
            sentence = (f"{name}'s cameras would only record, as today: nobody watches them.",)
        facts = [
            ("Cameras in the room", wording.number(room.cameras)),
            ("Operators on duty", wording.number(room.posts)),
            ("Room's cost a year", wording.gbp(room.cost_gbp_per_year)),
            ("Room's one-off cost", wording.gbp(room.one_off_gbp)),
        ]
        if code in now:
            alone = "Its room today, a year" if len(now[code].members) == 1 else "Today, a year"
            facts.append((alone, wording.gbp(now[code].cost_gbp_per_year)))
        texts.append(AreaText((sentence,), facts))
    return texts


def borough_table(
    plan: Plan, boroughs: pd.DataFrame, grouping: Grouping, link_km: pd.Series | None = None
) -> Table:
    """Return the boroughs with their cameras and the room that would watch them."""
    serving = room_of(plan)
    frame = boroughs[boroughs.index.isin(list(serving))].copy()
    frame["code"] = frame.index
    frame["room"] = [boroughs["borough"].get(serving[code].site_code) for code in frame.index]
    frame["letter"] = [grouping.letter(serving[code]) for code in frame.index]
    distance: tuple[Column, ...] = ()
    if link_km is not None:
        frame["link_km"] = link_km.reindex(frame.index)
        way = "To the room, by road" if is_by_road(boroughs) else "To the room"
        distance = (Column("link_km", way, wording.kilometres),)
    frame["moved"] = ["yes" if serving[code].site_code != code else "no" for code in frame.index]
    other: tuple[Column, ...] = ()
    if "cameras_other_scope" in frame:
        other = (Column("cameras_other_scope", "By the other scope", wording.number),)
    return Table(
        "boroughs",
        "Boroughs, their public-space cameras, and the room that would watch them",
        frame,
        (
            Column("borough", "Borough", numeric=False),
            Column("cameras", "Cameras", wording.number),
            Column("cameras_basis", "Basis of the count", numeric=False),
            Column("cameras_year", "Year", lambda year: f"{year:.0f}"),
            *other,
            Column("room", "Watched from", numeric=False),
            Column("letter", "Group", numeric=False),
            Column("moved", "Moved", numeric=False),
            *distance,
        ),
        area_column="code",
        note="Camera counts were published in different years and with different scope; the other "
        "scope is all council cameras with estates, or public space alone where that was not used.",
    )
