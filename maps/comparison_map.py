"""The comparison page: two to four plans side by side, in maps that move together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import geopandas as gpd
import pandas as pd

from maps._plans import against, cost_lines, proof, room_of, savings_table, short
from maps.consolidation_map import site_places
from maps.shell import palettes, wording
from maps.shell.groups import Grouping, marked
from maps.shell.layers import (
    Pane,
    PreparedAreas,
    area_map,
    group_borders,
    hatched,
    prepare_areas,
    rooms,
    water_layer,
)
from maps.shell.legends import LegendItem, Measure
from maps.shell.page import Content, LegendBlock, Page, PageContext, assemble
from maps.shell.tables import AreaText, Column, Download, Section, Table
from maps.shell.wording import Bold, Sentence
from optimisation.comparison import assignment_table, plan_table
from optimisation.results import Plan

PANES = ("a", "b", "c", "d")
MOST_NAMED = 15  # boroughs named in a sentence; more of them are in the table and on the map
MEASURES: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("rooms", "Control rooms", wording.number),
    ("cost_gbp_per_year", "Running cost a year at the costs as given", wording.gbp),
    ("saving_gbp_per_year", "Saving a year against the first plan, once built", wording.gbp),
    ("one_off_gbp", "One-off cost", wording.gbp),
    ("posts", "Operators on duty", wording.number),
    ("boroughs_moved", "Boroughs served from another borough", wording.number),
    ("link_km", "Links", wording.kilometres),
    ("cost_per_camera_gbp_per_year", "Cost per camera a year", wording.gbp),
)
STATUS = {
    "optimal": "proved best",
    "feasible": "not proved best",
    "reference": "given, not chosen",
}


def comparison_page(
    *,
    areas: gpd.GeoDataFrame,
    plans: Sequence[Plan],
    boroughs: pd.DataFrame,
    context: PageContext,
    first: Plan | None = None,
    water: gpd.GeoDataFrame | None = None,
    home: str = "",
    savings: pd.DataFrame | None = None,
) -> Page:
    """Make the page of plans side by side.

    Parameters
    ----------
    areas
        The boroughs to draw (``area_code, area_name, geometry``), simplified for pages.
    plans
        Two to four plans costed under one scenario; the others are compared with the first.
    boroughs
        Indexed by ``borough_code``: ``borough, cameras, site_x_m, site_y_m`` in the CRS of the
        areas.
    context
        What the page says about itself.
    first
        The plan that other pages of the run show, so that its rooms have the same marks here.
    water
        Water to draw for orientation.
    home
        Address of the page of pages, if there is one.
    savings
        What plans save against today as built (:class:`optimisation.schemas.PlanSavings`).

    Returns
    -------
    Page
        The page.

    Raises
    ------
    ValueError
        If there are not two to four plans, if two have one id, or if they were costed under
        different scenarios.

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
    >>> page = comparison_page(
    ...     areas=boroughs("overview"), plans=(today, others[-1]), boroughs=frame, context=about)
    >>> page.html.startswith("<!DOCTYPE html>")
    True
    """
    if not 2 <= len(plans) <= len(PANES):
        raise ValueError(f"a comparison shows two to four plans, not {len(plans)}")
    if len({plan.plan_id for plan in plans}) < len(plans):
        raise ValueError("two plans of a comparison have the same plan_id")
    prepared = prepare_areas(areas)
    groupings, palette = marked(plans, prepared, first=first)
    table = plan_table(plans, baseline=plans[0])
    sites = site_places(boroughs, prepared)
    panes = [
        _pane(
            name,
            plan,
            grouping=grouping,
            base=groupings[0],
            prepared=prepared,
            palette=palette,
            sites=sites,
            boroughs=boroughs,
            water=water,
        )
        for name, plan, grouping in zip(PANES, plans, groupings, strict=False)
    ]
    content = Content(
        lead=tuple(against(table, plan, plans[0]) for plan in plans[1:]),
        areas=prepared,
        area_texts=_texts(plans, groupings, prepared, boroughs["borough"]),
        panes=panes,
        legends=(_legend(plans, groupings),),
        sections=(
            Section("What differs", sentences=_differences(plans, groupings, table, prepared)),
            Section(
                "Measures",
                tables=(
                    *(() if savings is None else (_savings_of(plans, savings),)),
                    _measures_table(plans, table),
                    _checks_table(plans, prepared),
                    _cost_table(plans),
                ),
            ),
            Section("Boroughs", tables=(_borough_table(plans, groupings, prepared, boroughs),)),
        ),
        downloads=(
            Download("CSV: plans", "plans.csv", table),
            Download(
                "CSV: boroughs", "assignments.csv", assignment_table(plans, boroughs=boroughs)
            ),
        ),
        home=home,
    )
    return assemble(content, context=context)


def moved(grouping: Grouping, base: Grouping) -> list[bool]:
    """Return which areas are in another group than in the first plan."""
    return [
        here != there and here >= 0
        for here, there in zip(grouping.by_area, base.by_area, strict=True)
    ]


def _pane(
    name: str,
    plan: Plan,
    *,
    grouping: Grouping,
    base: Grouping,
    prepared: PreparedAreas,
    palette: dict[int, str],
    sites: dict[str, tuple[float, float]],
    boroughs: pd.DataFrame,
    water: gpd.GeoDataFrame | None,
) -> Pane:
    fills = tuple(palette[identity] for identity in grouping.by_area)
    drawn, layer = area_map(prepared, fills, linked=True)
    above = [] if water is None else [water_layer(drawn, water)]
    changed = moved(grouping, base)
    hatching = hatched(drawn, prepared, changed)
    if hatching is not None:
        above.append(hatching)
    above.append(group_borders(drawn, prepared, grouping.by_area))
    marks = rooms(
        drawn,
        [sites[room.site_code] for room in grouping.rooms],
        [grouping.letter(room) for room in grouping.rooms],
    )
    serving = room_of(plan)
    items = (
        LegendItem("control room, with the letter of its group", "#ffffff", swatch="dot"),
        LegendItem("border of a group", palettes.INK, swatch="line"),
    )
    subtitle = (
        f"{wording.count(plan.room_count, 'room')}, {wording.gbp(plan.cost_gbp_per_year)} a year"
    )
    if grouping is not base:
        subtitle += f"; {wording.count(sum(changed), 'borough')} in another group"
    return Pane(
        name=name,
        label=f"Map of the plan {plan.label}",
        map=drawn,
        areas=layer,
        measures=(Measure("groups", "Groups of boroughs", fills, items),),
        briefs=tuple(
            f"watched from {boroughs['borough'].get(serving[code].site_code, '')}"
            if code in serving
            else ""
            for code in prepared.codes
        ),
        groups={"rooms": marks},
        above=tuple(above),
        labels=True,
        title=plan.label,
        subtitle=subtitle,
    )


def _legend(plans: Sequence[Plan], groupings: Sequence[Grouping]) -> LegendBlock:
    items = tuple(
        LegendItem(
            f"moved in {short(plan)}",
            "#ffffff",
            wording.count(sum(moved(grouping, groupings[0])), "borough"),
            "hatch",
        )
        for plan, grouping in zip(plans[1:], groupings[1:], strict=True)
    )
    note = (
        f"Hatched boroughs are in another group than in “{short(plans[0])}”. A group has one "
        "letter and one colour in all maps: groups are matched by the boroughs they share."
    )
    return LegendBlock("Moved boroughs", items, note)


def _texts(
    plans: Sequence[Plan],
    groupings: Sequence[Grouping],
    prepared: PreparedAreas,
    names: pd.Series,
) -> list[AreaText]:
    serving = [room_of(plan) for plan in plans]
    texts = []
    for code in prepared.codes:
        sentences: list[Sentence] = []
        for plan, grouping, rooms_by_code in zip(plans, groupings, serving, strict=True):
            room = rooms_by_code.get(code)
            if room is None:
                sentences.append((f"{short(plan)}: not part of the plan.",))
                continue
            partners = [str(names.get(each, each)) for each in room.members if each != code]
            company = f", with {wording.listing(partners)}" if partners else ", on its own"
            host = str(names.get(room.site_code, room.site_code))
            sentences.append(
                (
                    f"{short(plan)}: watched from ",
                    Bold(f"{host} ({grouping.letter(room)})"),
                    f"{company}.",
                )
            )
        texts.append(AreaText(sentences))
    return texts


def _differences(
    plans: Sequence[Plan],
    groupings: Sequence[Grouping],
    table: pd.DataFrame,
    prepared: PreparedAreas,
) -> tuple[Sentence | str, ...]:
    sentences: list[Sentence | str] = []
    for plan, grouping in zip(plans[1:], groupings[1:], strict=True):
        sentences.append(against(table, plan, plans[0]))
        marked = moved(grouping, groupings[0])
        changed = [name for name, there in zip(prepared.names, marked, strict=True) if there]
        named = f": {wording.listing(changed)}." if 0 < len(changed) <= MOST_NAMED else "."
        sentences.append(
            (
                f"In “{short(plan)}”, ",
                Bold(wording.count(len(changed), "borough")),
                f" would be in another group than in “{short(plans[0])}”{named}",
            )
        )
    sentences += [proof(plan) for plan in plans]
    sentences += [f"{short(plan)}: {note}" for plan in plans for note in plan.notes]
    return tuple(sentences)


def _plan_columns(plans: Sequence[Plan]) -> tuple[Column, ...]:
    return tuple(Column(plan.plan_id, plan.label) for plan in plans)


def _savings_of(plans: Sequence[Plan], savings: pd.DataFrame) -> Table:
    shown = savings["plan_id"].isin([plan.plan_id for plan in plans])
    return savings_table(savings[shown])


def _measures_table(plans: Sequence[Plan], table: pd.DataFrame) -> Table:
    rows = table.set_index("plan_id")
    frame = pd.DataFrame(
        [
            {"measure": label, **{plan.plan_id: say(rows.loc[plan.plan_id, key]) for plan in plans}}
            for key, label, say in MEASURES
        ]
    )
    columns = (Column("measure", "Measure", numeric=False), *_plan_columns(plans))
    return Table("measures", "Measures", frame, columns, sortable=False)


def _checks_table(plans: Sequence[Plan], prepared: PreparedAreas) -> Table:
    def served_once(plan: Plan) -> bool:
        times = Counter(member for room in plan.rooms for member in room.members)
        return all(times[code] == 1 for code in prepared.codes)

    def hosted(plan: Plan) -> bool:
        return all(room.site_code in room.members for room in plan.rooms)

    rows = [
        ("Each borough is served by one room", served_once),
        ("Each room stands in a borough it serves", hosted),
    ]
    frame = pd.DataFrame(
        [
            {"check": label, **{plan.plan_id: "yes" if test(plan) else "NO" for plan in plans}}
            for label, test in rows
        ]
        + [
            {"check": "Proof", **{plan.plan_id: STATUS[plan.report.status] for plan in plans}},
            {
                "check": "Remarks",
                **{plan.plan_id: str(len(plan.notes) or "none") for plan in plans},
            },
        ]
    )
    columns = (Column("check", "Required", numeric=False), *_plan_columns(plans))
    return Table(
        "checks",
        "Required checks, apart from the measures",
        frame,
        columns,
        sortable=False,
        note="Remarks are listed in full under What differs.",
    )


def _cost_table(plans: Sequence[Plan]) -> Table:
    frame = cost_lines(plans)
    frame = frame.assign(
        line=frame["cost_line"].str.replace("_", " ").str.capitalize(),
        when=frame["kind"].map({"per_year": "a year", "one_off": "once"}),
    )
    columns = (
        Column("line", "Cost line", numeric=False),
        Column("when", "Paid", numeric=False),
        *(Column(plan.plan_id, plan.label, wording.gbp) for plan in plans),
    )
    return Table("costs", "Cost lines of all rooms together", frame, columns, sortable=False)


def _borough_table(
    plans: Sequence[Plan],
    groupings: Sequence[Grouping],
    prepared: PreparedAreas,
    boroughs: pd.DataFrame,
) -> Table:
    names = boroughs["borough"]
    frame = pd.DataFrame({"code": prepared.codes, "borough": prepared.names})
    for plan, grouping in zip(plans, groupings, strict=True):
        serving = room_of(plan)
        frame[plan.plan_id] = [
            f"{grouping.letter(serving[code])}  {names.get(serving[code].site_code)}"
            if code in serving
            else ""
            for code in prepared.codes
        ]
    columns = (
        Column("borough", "Borough", numeric=False),
        *(Column(plan.plan_id, plan.label, numeric=False) for plan in plans),
    )
    return Table(
        "boroughs",
        "Group and room of each borough in each plan",
        frame,
        columns,
        area_column="code",
    )
