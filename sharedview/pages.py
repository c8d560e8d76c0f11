"""Each page with what it says about itself: data, date, scenario, assumptions, what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.base import datasets
from coverage_model.base.crs import WORKING_CRS
from coverage_model.base.notes import Note, ReadLog
from coverage_model.cover.ownership import integration_gain, redundant_views
from coverage_model.cover.raster import CELL_M, depth_raster
from coverage_model.cover.surroundings import Surroundings, surroundings
from coverage_model.reading.ground import GroundLayers
from maps.comparison_map import comparison_page
from maps.consolidation_map import consolidation_page
from maps.coverage_map import coverage_page
from maps.index import index_page
from maps.ownership_map import ownership_page
from maps.service import service_section
from maps.shell.ground import (
    Ground,
    file_ground,
    point_ground,
    street_ground,
    tile_ground,
    within,
    without_buildings,
)
from maps.shell.nouns import LONDON_NOUN, OTHER_NOUN
from maps.shell.page import ATTRIBUTION, AssumptionNote, Page, PageContext, SourceNote
from maps.shell.tables import PageLink, Section
from maps.shell.tile_service import TileService
from maps.shell.wording import Sentence, number
from maps.swipe_map import Side, swipe_page
from maps.workshop import Listed, workshop_page
from maps.workshop_sections import pairing_section, regret_section, tornado_section
from optimisation.costs.terms import MEANINGS
from optimisation.drawn_costs import UNSEEN, Draws, draw_all
from optimisation.group_table import Setting, make_setting
from optimisation.results import Plan
from optimisation.service import regimes
from sharedview import provenance
from sharedview.plan_study import PHASING_NOTE, PlanStudy
from sharedview.runs import ConsolidationRun, CoverageRun
from sharedview.sentences import headline

ELSEWHERE = (
    "Prices, pay and rents are those found for London; write this territory's own under "
    "[coefficients] in the scenario."
)
RESTRICTED = "OFFICIAL-SENSITIVE: shows exact camera positions"
# Groups of coefficients that shape a coverage figure; every other group is about money.
VIEW_GROUPS = frozenset({"view", "private", "illustrative"})
OSM_CREDIT = "© OpenStreetMap contributors (ODbL)"
TFL_CREDIT = "Powered by TfL Open Data"
OSM_LICENCE = "if from OpenStreetMap: ODbL 1.0, © OpenStreetMap contributors"
SHAPES: Literal["page"] = "page"
# Plans are looked at city-wide, where 50 m is finer than a line.
PLAN_SHAPES: Literal["overview"] = "overview"
SIMPLIFY_M = 10.0
PLAN_STEPS = 2_000  # of the diagonal of another territory: its outlines are as fine as that
MAX_PIXELS = 10_000_000  # of the depth picture
HOME = PageLink("index.html", "All pages", "What there is, with the headline figures")
COVERAGE_PAGES: tuple[PageLink, ...] = (
    PageLink("coverage.html", "Coverage", "What the cameras see, and where they do not"),
    PageLink("ownership.html", "Public and private", "Ground seen by public, private or both"),
)
PLAN_PAGES: tuple[PageLink, ...] = (
    PageLink("consolidation.html", "Control rooms", "The best plan for shared rooms, with costs"),
    PageLink("comparison.html", "Side by side", "Today's rooms next to the best plan"),
    PageLink(
        "workshop.html", "Workshop", "Say a wish, move a borough, change a price: proved at once"
    ),
)
QUARTER = PageLink(
    "quarter.html", "Street level", "Views cut by buildings, in a real quarter from OpenStreetMap"
)
PAGES = (*COVERAGE_PAGES, QUARTER, *PLAN_PAGES)
"""What each verb writes; a demo writes all, and the page of pages."""

SWIPE = PageLink("swipe.html", "Before and after", "What a change of cameras does")
FILES = (
    PageLink(
        "coverage.gpkg", "coverage.gpkg", "Cameras, views, coverage and gaps, for QGIS or ArcGIS"
    ),
    PageLink("coverage.xlsx", "coverage.xlsx", "All tables of coverage, explained, for Excel"),
    PageLink("coverage_by_area.csv", "coverage_by_area.csv", "Coverage of each borough"),
    PageLink(
        "consolidation.gpkg", "consolidation.gpkg", "Rooms and who they serve, for QGIS or ArcGIS"
    ),
    PageLink("plans.xlsx", "plans.xlsx", "Tables of the plans, explained, for Excel"),
    PageLink("plans.csv", "plans.csv", "Plans with cost, saving and proof"),
    PageLink("assignments.csv", "assignments.csv", "The room of each borough in each plan"),
    PageLink("costs.csv", "costs.csv", "Every cost line of every room"),
    PageLink("provenance.json", "provenance.json", "Inputs, settings, assumptions and proof"),
)


def beside(pages: Sequence[PageLink], name: str, *, home: bool = False) -> tuple[PageLink, ...]:
    """Return the links on a page to the others that are written with it."""
    others = tuple(page for page in pages if page.href != name)
    return (HOME, *others) if home else others


def coverage(
    run: CoverageRun,
    *,
    ground: Ground | None = None,
    links: Sequence[PageLink] = (),
    context: PageContext | None = None,
    opening: Sentence | None = None,
) -> Page:
    """Return the coverage page of a run, over :func:`ground_of` it, or a fuller ground.

    ``context`` and ``opening`` go in the place of what the run says about itself.
    """
    context = context or coverage_context(run, "CCTV coverage")
    return coverage_page(
        areas=drawn_areas(run.areas),
        coverage=run.coverage,
        visible=run.visible,
        gaps=run.gaps,
        cameras=run.cameras.frame,
        context=replace(context, links=tuple(links)),
        opening=opening,
        water=drawn_water(run.areas),
        noun=noun(run.areas),
        by_level=run.by_level,
        reach=run.reach,
        intervals=None if run.intervals is None else run.intervals.frame,
        drivers=None if run.intervals is None else run.intervals.drivers,
        streets=None if run.streets is None else run.streets.coverage,
        street_gaps=None if run.streets is None else run.streets.gaps,
        buildings=None if run.obstacles is None else run.obstacles.frame,
        depth=depth_raster(run.visible, cell_m=picture_cell_m(run.visible)),
        ground=ground or ground_of(run),
        around=run.surroundings,
        sectors=run.cones,
        reach_m=run.reach_m,
    )


def ground_of(
    run: CoverageRun, layers: GroundLayers | None = None, tiles: TileService | None = None
) -> Ground:
    """Return what lies under the maps of a run.

    A ground file, else the run's own streets; and the embedded places of London. Buildings of the
    file are left out where the run has some, which are drawn in any case. A tile service lies under
    all of it.
    """
    ground = Ground() if tiles is None else tile_ground(tiles)
    if layers is not None:
        ground += file_ground(layers, credit=OSM_CREDIT)
        if run.obstacles is not None:
            ground = without_buildings(ground)
    elif run.streets is not None:
        ground += street_ground(run.streets.network.frame, credit=OSM_CREDIT)
    if run.areas.crs == WORKING_CRS:
        places = datasets.named_anchors()
        docking = places["kind"].eq("docking_station")
        ground += point_ground(places[docking], credit=TFL_CREDIT)
        ground += point_ground(places[~docking], credit=OSM_CREDIT)
    return within(ground, run.areas.total_bounds)


def picture_cell_m(visible: gpd.GeoDataFrame) -> float:
    """Return a cell for the depth picture: 2 m, or as much coarser as a city needs."""
    seen = visible.geometry[visible["view_basis"].ne("reach") & ~visible.geometry.is_empty]
    if seen.empty:
        return CELL_M
    west, south, east, north = seen.total_bounds
    return max(CELL_M, float(np.ceil(np.sqrt((east - west) * (north - south) / MAX_PIXELS))))


def ownership(
    run: CoverageRun,
    *,
    ground: Ground | None = None,
    links: Sequence[PageLink] = (),
) -> Page:
    """Return the page of public and private overlap of a run, over a ground."""
    return ownership_page(
        areas=drawn_areas(run.areas),
        coverage=run.coverage,
        ownership=run.tiles.tiers,
        context=replace(
            coverage_context(run, "Public and private CCTV: who sees what"), links=tuple(links)
        ),
        water=drawn_water(run.areas),
        noun=noun(run.areas),
        streets=None if run.streets is None else run.streets.coverage,
        gain=integration_gain(run.visible, run.areas, cameras=run.cameras.frame),
        redundant=redundant_views(run.visible, cameras=run.cameras.frame, ground=run.tiles),
        ground=ground or ground_of(run),
        buildings=None if run.obstacles is None else run.obstacles.frame,
    )


def swipe(
    before: CoverageRun,
    after: CoverageRun,
    *,
    ground: Ground | None = None,
    links: Sequence[PageLink] = (),
) -> Page:
    """Return the page that swipes between two runs, over the later one's ground, or a fuller."""
    sides = [
        Side(label, run.coverage, run.visible)
        for label, run in (("Before", before), ("After", after))
    ]
    return swipe_page(
        areas=drawn_areas(after.areas),
        before=sides[0],
        after=sides[1],
        context=replace(
            coverage_context(after, "CCTV coverage before and after"), links=tuple(links)
        ),
        water=drawn_water(after.areas),
        noun=noun(after.areas),
        ground=ground or ground_of(after),
        buildings=None if after.obstacles is None else after.obstacles.frame,
        around=_around_both(before, after),
    )


def _around_both(
    before: CoverageRun, after: CoverageRun
) -> tuple[Surroundings, Surroundings] | None:
    """Measure the ground around the cameras of both runs, and what each sees of it."""
    if before.surroundings is None or after.surroundings is None:
        return None
    cameras = pd.concat([before.cameras.frame, after.cameras.frame])
    one, two = (surroundings(cameras, run.areas, run.visible) for run in (before, after))
    return None if one is None or two is None else (one, two)


def consolidation(
    run: ConsolidationRun, study: PlanStudy | None, *, links: Sequence[PageLink] = ()
) -> Page:
    """Return the page of a scenario's best plan."""
    return consolidation_page(
        areas=plan_areas(run),
        headline=headline(run),
        plan=run.plan,
        today=run.today,
        boroughs=run.boroughs,
        context=replace(
            plan_context(run, (run.plan, run.today), "Shared CCTV control rooms"),
            links=tuple(links),
        ),
        sharing=None if study is None else study.sharing,
        link_km=None if study is None else study.link_km,
        prices=None if study is None else study.prices,
        phasing=None if study is None else study.phasing,
        phasing_note=PHASING_NOTE,
        failover=None if study is None else study.failover,
        savings=run.savings.frame(),
        trades=() if study is None else study.trades,
        service=service(run, study),
        water=plan_water(run),
    )


def service(run: ConsolidationRun, study: PlanStudy | None) -> Section | None:
    """Return the section on when rooms are watched, where that was asked."""
    if study is None or study.service is None or not study.service.trade.points:
        return None
    found = study.service
    today = found.today(run.today)
    return service_section(found.trade, found.frame(), regimes(), today=today)


def comparison(
    run: ConsolidationRun, plans: Sequence[Plan], *, links: Sequence[PageLink] = ()
) -> Page:
    """Return the page that puts plans side by side."""
    return comparison_page(
        areas=plan_areas(run),
        plans=plans,
        boroughs=run.boroughs,
        first=run.plan,
        savings=run.savings.frame(),
        context=replace(
            plan_context(run, plans, "Control-room plans side by side"), links=tuple(links)
        ),
        water=plan_water(run),
    )


def workshop(
    run: ConsolidationRun, study: PlanStudy | None, *, links: Sequence[PageLink] = ()
) -> Page:
    """Return the page on which a room of people works out its own plan."""
    setting = make_setting(run.boroughs, run.scenario)
    given = (run.today, *run.references)
    # The page looks for the least expected cost; another objective's plan is there to look at.
    own = () if run.scenario.objective.kind in {"expected", "point"} else (run.plan,)
    listed = [Listed("Given plans", (*own, *given))]
    sections = []
    if study is not None:
        near = study.near
        unlike = [
            near.plan(row, label=f"Unlike the others, {place}")
            for place, row in enumerate(near.shortlist()[1:], 1)
        ]
        careful = [study.small_step] if study.small_step else []
        listed += [
            Listed("Near the best in expected cost", (*near.picks(), *unlike, *careful)),
            Listed("Cheapest for each number of rooms in expected cost", study.frontier.plans),
        ]
        sections = [
            pairing_section(
                near.pairing(),
                boroughs=run.boroughs,
                codes=list(run.boroughs.index),
                mergers=near.first_mergers(),
                span=near.sentence,
            ),
            tornado_section(study.tornado, label="the best plan"),
        ]
        if study.robustness is not None:
            sections.append(regret_section(study.robustness.regret, known=()))
    return workshop_page(
        areas=plan_areas(run),
        setting=setting,
        draws=workshop_draws(run, setting),
        plan=run.plan,
        context=replace(
            plan_context(run, (run.plan, run.today), "Workshop: which boroughs share a room"),
            links=tuple(links),
        ),
        listed=listed,
        tornado=None if study is None else study.tornado,
        sections=sections,
        water=plan_water(run),
        run_notes=run_notes(run),
        london=run.london,
    )


def workshop_draws(run: ConsolidationRun, setting: Setting) -> dict[str, Draws]:
    """Return the draws that choose plans, and those that judge them in every headline."""
    asked = setting.scenario.objective

    def made(start: int) -> Draws:
        return draw_all(
            setting,
            draws=asked.draws,
            seed=start,
            counts=asked.draw_counts,
            local=asked.draw_local_levels,
        )

    return {
        "chosen": made(asked.seed) if run.chosen is None else run.chosen.drawn.draws,
        "unseen": made(asked.seed + UNSEEN),
    }


def run_notes(run: ConsolidationRun) -> tuple[str, ...]:
    """Say with which files a scenario made on the page must be run, to find the same plan."""
    inputs = run.inputs
    if inputs is None:
        return ()
    land = inputs.land
    given = (
        ("areas", None if land is None else land.areas),
        ("counts", None if land is None else land.counts),
        ("cameras", inputs.cameras),
        ("sites", inputs.sites),
        ("roads", inputs.roads),
    )
    named = [f"--{key} {Path(part.log.path).name}" for key, part in given if part is not None]
    return (f"With the files of the run: {' '.join(named)}",) if named else ()


def index(
    coverage_run: CoverageRun,
    plans_run: ConsolidationRun,
    *,
    lead: Sentence,
    sections: Sequence[Section] = (),
    findings: Sequence[Section] = (),
) -> Page:
    """Return the page that leads to all others: the answer first, then the ways on.

    Parameters
    ----------
    coverage_run, plans_run
        What the page rests on.
    lead, sections, findings
        As for :func:`maps.index.index_page`.
    """
    seen, planned = coverage_context(coverage_run, ""), plan_context(plans_run, (), "")
    context = PageContext(
        title="Sharedview: CCTV coverage and control rooms in London",
        dated=today(),
        illustrative=seen.illustrative,
        sources=tuple(dict.fromkeys((*seen.sources, *planned.sources))),
        scenario=planned.scenario,
        notices=seen.notices,
    )
    return index_page(
        links=PAGES,
        files=FILES,
        lead=lead,
        sections=sections,
        findings=findings,
        context=context,
    )


def of_london(areas: gpd.GeoDataFrame) -> bool:
    """Say whether the areas are the embedded boroughs."""
    return set(areas["area_code"]) == set(datasets.boroughs(SHAPES)["area_code"])


def drawn_areas(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas simple enough to draw: neighbours are simplified together, so none part."""
    if of_london(areas):
        return datasets.boroughs(SHAPES)
    shapes = areas.geometry.array
    if shapely.coverage_is_valid(shapes):
        return areas.set_geometry(shapely.coverage_simplify(shapes, SIMPLIFY_M), crs=areas.crs)
    return areas.set_geometry(areas.geometry.simplify(SIMPLIFY_M))


def plan_areas(run: ConsolidationRun) -> gpd.GeoDataFrame:
    """Return the areas of plans simple enough to draw; plans are looked at as a whole."""
    areas = run.shapes(PLAN_SHAPES)
    if run.london:
        return areas
    west, south, east, north = areas.total_bounds
    tolerance = max(SIMPLIFY_M, float(np.hypot(east - west, north - south)) / PLAN_STEPS)
    shapes = np.asarray(areas.geometry.array)
    if shapely.coverage_is_valid(shapes):
        return areas.set_geometry(shapely.coverage_simplify(shapes, tolerance), crs=areas.crs)
    return areas.set_geometry(areas.geometry.simplify(tolerance))


def plan_water(run: ConsolidationRun) -> gpd.GeoDataFrame | None:
    """Return the Thames for a map of London's plans."""
    return datasets.thames(PLAN_SHAPES) if run.london else None


def drawn_water(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return the Thames for a map of the boroughs."""
    return datasets.thames(SHAPES) if of_london(areas) else None


def noun(areas: gpd.GeoDataFrame) -> str:
    """Return what one of the areas is called."""
    return "borough" if of_london(areas) else "area"


def coverage_context(run: CoverageRun, title: str) -> PageContext:
    """Say what a coverage page rests on."""
    frame = run.cameras.frame
    illustrative = bool(frame["illustrative"].any())
    drawn_here = frame.crs == WORKING_CRS  # where the embedded boundaries lie
    return PageContext(
        title=title,
        dated=today(),
        marking="OFFICIAL" if illustrative else RESTRICTED,
        illustrative=illustrative,
        sources=(
            *(boundary_sources() if drawn_here else ()),
            *(anchor_sources() if illustrative else ()),
            *(file_source(log) for log in run.logs),
        ),
        assumptions=assumptions(VIEW_GROUPS),
        notices=tuple(notice(note) for note in run.all_notes),
        attribution=ATTRIBUTION if drawn_here else "",
    )


def plan_context(run: ConsolidationRun, plans: Sequence[Plan], title: str) -> PageContext:
    """Say what a page about some of the run's plans rests on."""
    bases = run.boroughs["cameras_basis"].value_counts()
    published = "; ".join(f"{count} boroughs {basis}" for basis, count in bases.items())
    years = run.boroughs["cameras_year"].dropna()
    span = f", years {int(years.min())} to {int(years.max())}, mixed scopes" if len(years) else ""
    roads = None if run.inputs is None else run.inputs.roads
    listed = assumptions(None)
    if roads is not None:
        listed = tuple(each for each in listed if each.name != "detour_factor")
    return PageContext(
        title=title,
        dated=today(),
        sources=(
            *(boundary_sources() if run.london else ()),
            SourceNote("Camera numbers", "", f"{published}{span}"),
            *plan_sources(run),
        ),
        noun=LONDON_NOUN if run.london else OTHER_NOUN,
        scenario=f"{run.scenario.name} ({run.scenario.sha256[:12]})",
        assumptions=listed,
        notices=(*plan_notices(plans), *place_notices(run)),
    )


def plan_sources(run: ConsolidationRun) -> tuple[SourceNote, ...]:
    """Name the files that the boroughs' figures come from, with what each is for."""
    inputs = run.inputs
    if inputs is None:
        return ()
    land = inputs.land
    parts = (
        ("areas", None if land is None else land.areas, ""),
        ("areas with their cameras", None if land is None else land.counts, ""),
        ("cameras counted", inputs.cameras, ""),
        ("sites of rooms", inputs.sites, ""),
        ("stretches of road for the distances", inputs.roads, OSM_LICENCE),
    )
    found = []
    for purpose, part, licence in parts:
        if part is not None:
            log = part.log
            detail = f"{number(log.items_read)} {purpose} ({log.format}; {log.crs_in})"
            found.append(SourceNote(Path(log.path).name, licence, detail))
    return tuple(found)


def place_notices(run: ConsolidationRun) -> tuple[str, ...]:
    """Say how distances were measured, and where rooms were taken to stand."""
    roads = None if run.inputs is None else run.inputs.roads
    if roads is not None:
        far = f"The shortest ways are sought among the roads of {Path(roads.log.path).name}."
    else:
        far = "Distances are straight lines times the detour factor, not measured by road."
    kinds = run.boroughs["site_basis"].value_counts()
    sites = "; ".join(f"{kind} ({count})" for kind, count in kinds.items())
    readers = () if run.inputs is None else run.inputs.notes
    elsewhere = () if run.london else (ELSEWHERE,)
    return (
        *elsewhere,
        far,
        f"Candidate sites, by kind: {sites}.",
        *(notice(note) for note in readers),
    )


def plan_notices(plans: Sequence[Plan]) -> tuple[str, ...]:
    """Return the plans' notes, each once: with its plan's name where not all plans share it."""
    notes = dict.fromkeys(note for plan in plans for note in plan.notes)
    lines = []
    for note in notes:
        holders = [plan.label for plan in plans if note in plan.notes]
        lines.append(note if len(holders) > 1 else f"{holders[0]}: {note}")
    return tuple(lines)


def today() -> date:
    """Return today's date, the date of the figures."""
    return provenance.now().date()


def notice(note: Note) -> str:
    """Return a counted note as one line."""
    return f"{note.message[:1].upper()}{note.message[1:]}: {number(note.count)}"


def file_source(log: ReadLog) -> SourceNote:
    """Name a file by its last part: a page must not tell whose folder it lay in."""
    detail = f"{number(log.items_read)} read ({log.format}; datum shift: {log.datum_shift.method})"
    return SourceNote(Path(log.path).name, "", detail)


def boundary_sources() -> tuple[SourceNote, ...]:
    """Name the embedded boundaries with their licence."""
    return embedded_sources("boundaries/boroughs_full")


def anchor_sources() -> tuple[SourceNote, ...]:
    """Name the real public points that illustrative cameras gather around."""
    return embedded_sources("places/")


def embedded_sources(start: str) -> tuple[SourceNote, ...]:
    """Name embedded files by the start of their path."""
    table = datasets.embedded()
    rows = table[table["file"].str.startswith(start)]
    return tuple(
        SourceNote(str(row["what"]), str(row["licence"]), str(row["source"]))
        for row in rows.to_dict("records")
    )


def assumptions(groups: frozenset[str] | None) -> tuple[AssumptionNote, ...]:
    """List coefficients of the groups, or for None those of every group not about views."""
    table = datasets.coefficients()
    chosen = table["group"].isin(VIEW_GROUPS)
    return tuple(
        AssumptionNote(
            name=str(name),
            value=f"{row['value']:g}",
            unit=str(row["unit"]),
            source="" if pd.isna(row["source"]) else str(row["source"]),
            mark=str(row["mark"]),
            meaning=MEANINGS.get(str(name), ""),
        )
        for name, row in table[chosen if groups else ~chosen].iterrows()
    )
