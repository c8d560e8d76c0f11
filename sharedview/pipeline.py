"""The main job as two functions: cameras to coverage, boroughs to plans.

Each is a straight line through the packages; the command line and the notebooks both call these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from coverage_model.base.notes import ReadLog
from coverage_model.cover import coverage
from coverage_model.cover.area_overlap import area_union, overlapping_pairs
from coverage_model.cover.levels_by_area import coverage_at_levels
from coverage_model.cover.mosaic import Mosaic, mosaic
from coverage_model.cover.street_coverage import street_coverage, street_gaps
from coverage_model.cover.surroundings import extent
from coverage_model.optics import sectors
from coverage_model.optics.level_reach import level_reach
from coverage_model.optics.pixel_density import DistanceForm, Level
from coverage_model.optics.target import TargetPlane, target_plane
from coverage_model.reading.cameras import Cameras
from coverage_model.reading.demand import DemandPoints
from coverage_model.reading.obstacles import Obstacles
from coverage_model.reading.streets import Streets
from coverage_model.sight import visibility
from coverage_model.sight.grid import ObstacleIndex, index_obstacles
from coverage_model.unknowns import intervals as uncertainty
from coverage_model.unknowns.distributions import stated_sigma_m
from coverage_model.unknowns.duty import reach_by_area
from optimisation import consolidation, territory
from optimisation.best_plan import best_plan
from optimisation.results import Plan
from optimisation.scenario import Scenario, with_counts
from sharedview.console import Reporter
from sharedview.plan_inputs import PlanInputs, with_cameras_only
from sharedview.run_notes import overlap_notes, repair_notes, run_notes
from sharedview.runs import ConsolidationRun, CoverageRun, StreetRun
from sharedview.settings import SEED

# Draws of what is unknown: as many as an inventory of this size allows in about ten seconds.
MOST_DRAWS, FEWEST_DRAWS = 100, 10
DRAWN_VIEWS = 250_000
# Beyond this many views, what drives an interval is left out: it costs seven times the draws.
DRIVERS_UP_TO = 5_000
SWEPT_AT_ONCE = 50_000


def extent_area(cameras: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the convex hull of the cameras as the one area to report for.

    Used where no polygon layer is given and the boroughs do not apply (another city). A margin of
    100 m keeps the hull a polygon even for one camera, and takes in most of what the outermost
    cameras see.
    """
    return gpd.GeoDataFrame(
        {"area_code": ["EXTENT"], "area_name": ["Extent of the cameras (convex hull and 100 m)"]},
        geometry=[extent(cameras)],
        crs=cameras.crs,
    )


def run_coverage(
    cameras: Cameras,
    *,
    areas: gpd.GeoDataFrame,
    level: Level,
    area_log: ReadLog | None = None,
    obstacles: Obstacles | None = None,
    demand: DemandPoints | None = None,
    streets: Streets | None = None,
    levels_table: str | None = None,
    draws: int | None = None,
    seed: int = SEED,
    form: DistanceForm = "planar",
    target: TargetPlane | None = None,
    earlier: Mosaic | None = None,
    places: gpd.GeoDataFrame | None = None,
    reporter: Reporter | None = None,
) -> CoverageRun:
    """Compute what the cameras see and how much of each area that covers.

    Parameters
    ----------
    cameras
        From :func:`coverage_model.reading.cameras.read_cameras`.
    areas
        Polygons to report for, in the cameras' CRS.
    level
        Image-quality level: how far a view reaches.
    area_log
        How the polygons were read, unless they are embedded.
    obstacles
        Buildings; without them, views are plain cones and overstate what is seen.
    demand
        Points that matter, with weights.
    streets
        Street network, to measure the length that is seen and to name gaps.
    levels_table
        Table of levels, where it is a file of your own; the level's table by default.
    draws
        Draws of what is unknown of the cameras, for intervals; 0 leaves them out. By default 100,
        fewer above 2,500 views (:func:`default_draws`).
    seed
        Start of the random numbers of the draws.
    form
        Distance for a pixel density: ``planar`` or ``arc``.
    target
        What is to be seen, by its height above ground; a face where not given.
    earlier
        Tiles of another run with the same areas: those in which nothing differs are taken over.
    places
        Named points that people go to, to name and rank gaps, beyond the embedded ones of London.
    reporter
        Shows progress; quiet by default.

    Returns
    -------
    CoverageRun
    """
    reporter = reporter or Reporter(quiet=True)
    footprints = None if obstacles is None else obstacles.frame
    points = None if demand is None else demand.frame
    table = level.table if levels_table is None else levels_table
    plane = target_plane() if target is None else target
    taken = sectors.ViewAssumptions.from_coefficients(target_height_m=plane.height_m)
    with reporter.step(f"View cones of {cameras.log.items_read:,} cameras at level {level.name}"):
        views = sectors.view_sectors(cameras.frame, level=level, assumptions=taken, form=form)
    # One index of the buildings serves every sweep.
    index = None
    if footprints is not None:
        with reporter.step(f"Index of {len(footprints):,} buildings"):
            index = index_obstacles(footprints)
    visible = sweep_in_parts(views, index, reporter)
    with reporter.step("Faces: depth, ownership and gaps, tile by tile"):
        ground = mosaic(visible, areas, obstacles=footprints, earlier=earlier)
    with reporter.step(f"Coverage of {len(areas):,} area{'s' if len(areas) != 1 else ''}"):
        by_area = coverage.coverage_by_area(
            visible,
            areas,
            level=level.name,
            cameras=cameras.frame,
            obstacles=footprints,
            demand=points,
            ground=ground,
        )
        totals = coverage.coverage_total(
            visible,
            by_area,
            cameras=cameras.frame,
            obstacles=footprints,
            demand=points,
            ground=ground,
        )
    union = None
    pairs = overlapping_pairs(areas)
    if pairs:
        with reporter.step("Coverage of the areas' union, since they overlap"):
            union = coverage.coverage_by_area(
                visible,
                area_union(areas),
                level=level.name,
                cameras=cameras.frame,
                obstacles=footprints,
                demand=points,
            )
    with reporter.step("Coverage at every level; reach"):
        by_level = coverage_at_levels(
            cameras.frame,
            areas,
            table=table,
            index=index,
            building_m2=by_area["building_m2"].to_numpy(),
            assumptions=taken,
            form=form,
        )
        reach = reach_by_area(
            cameras.frame, areas, level=level, obstacles=index, assumptions=taken, form=form
        )
    intervals = None
    draws = default_draws(len(cameras.frame)) if draws is None else draws
    if draws:
        with reporter.step(f"Intervals from {draws:,} draws of what is unknown"):
            intervals = uncertainty.coverage_intervals(
                cameras.frame,
                areas,
                level=level,
                draws=draws,
                seed=seed,
                obstacles=index,
                assumptions=taken,
                form=form,
                position_sigma_m=position_sigma_m(cameras),
                drivers=len(cameras.frame) <= DRIVERS_UP_TO,
            )
    walked = None
    if streets is not None:
        with reporter.step(f"{len(streets.frame):,} stretches of street"):
            walked = StreetRun(
                streets,
                street_coverage(visible, streets, areas, level=level),
                street_gaps(visible, streets, areas, cameras=cameras.frame),
            )
    return CoverageRun(
        cameras=cameras,
        areas=areas,
        area_log=area_log,
        level=level,
        target=plane,
        form=form,
        visible=visible,
        coverage=by_area,
        totals=totals,
        by_level=by_level,
        reach=reach,
        intervals=intervals,
        tiles=ground,
        obstacles=obstacles,
        demand=demand,
        streets=walked,
        notes=(*run_notes(views, visible, obstacles), *overlap_notes(pairs), *repair_notes(ground)),
        union=union,
        places=places,
        cones=views,
        reach_m=level_reach(cameras.frame, table=table, assumptions=taken, form=form),
    )


def sweep_in_parts(
    views: gpd.GeoDataFrame, index: ObstacleIndex | None, reporter: Reporter
) -> gpd.GeoDataFrame:
    """Cut the views by buildings, a part at a time where that takes long enough to wait for.

    The parts give the same polygons as the whole, to the bit.
    """
    if index is None or len(views) <= SWEPT_AT_ONCE:
        what = "Visible areas" if index is None else "Visible areas behind buildings"
        with reporter.step(what):
            return visibility.visible_areas(views, index)
    starts = range(0, len(views), SWEPT_AT_ONCE)
    parts = [
        visibility.visible_areas(views.iloc[start : start + SWEPT_AT_ONCE], index)
        for start in reporter.track(starts, "Visible areas behind buildings")
    ]
    return gpd.GeoDataFrame(pd.concat(parts), crs=views.crs)


def default_draws(views: int) -> int:
    """Return how many draws an inventory of so many views is given if none are asked for."""
    return max(FEWEST_DRAWS, min(MOST_DRAWS, DRAWN_VIEWS // max(views, 1)))


def position_sigma_m(cameras: Cameras) -> float:
    """Return how far camera places may be off, in m: not at all for generated ones."""
    if cameras.frame["illustrative"].all():
        return 0.0
    return stated_sigma_m(cameras.log.datum_shift)


def run_consolidation(
    scenario: Scenario,
    *,
    cameras: gpd.GeoDataFrame | None = None,
    inputs: PlanInputs | None = None,
    reporter: Reporter | None = None,
) -> ConsolidationRun:
    """Find the best control-room plan of a scenario and cost the reference plans beside it.

    Parameters
    ----------
    scenario
        From :func:`optimisation.scenario.load_scenario`.
    cameras
        Count these public cameras by borough instead of the published numbers.
    inputs
        Boroughs with given counts, sites and distances
        (:func:`sharedview.plan_inputs.read_plan_inputs`), in the place of ``cameras``.
    reporter
        Shows progress; quiet by default.

    Returns
    -------
    ConsolidationRun

    Raises
    ------
    InfeasibleError
        If no plan satisfies the scenario.
    """
    reporter = reporter or Reporter(quiet=True)
    asked = scenario.evidence
    boroughs = (
        territory.borough_inputs(cameras, scope=asked.scope, year=asked.year)
        if inputs is None
        else inputs.boroughs
    )
    boroughs = with_counts(scenario, boroughs)
    counted = cameras is not None or (inputs is not None and inputs.cameras is not None)
    left_out = ""
    if counted:
        scenario, left_out = with_cameras_only(scenario, boroughs)
    with reporter.step(f"Best plan of scenario '{scenario.name}'"):
        best = best_plan(boroughs, scenario)
    with reporter.step("Reference plans"):
        references: Sequence[Plan] = consolidation.reference_plans(boroughs, best.scenario)
    today = next(plan for plan in references if plan.plan_id == "today")
    others = tuple(plan for plan in references if plan is not today)
    return ConsolidationRun(
        scenario=best.scenario,
        boroughs=boroughs,
        plan=replace(best.plan, notes=(*best.plan.notes, *([left_out] if left_out else []))),
        today=today,
        references=others,
        inputs=inputs,
        chosen=best.chosen,
    )
