"""The main job as two functions: cameras to coverage, boroughs to plans.

Each is a straight line through the packages; the command line and the notebooks both call these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.base import datasets
from coverage_model.base.crs import WORKING_CRS
from coverage_model.base.notes import Note, ReadLog
from coverage_model.cover import coverage
from coverage_model.cover.gap_places import named_gaps
from coverage_model.cover.gaps import coverage_gaps
from coverage_model.cover.levels_by_area import coverage_at_levels
from coverage_model.cover.mosaic import Mosaic, mosaic
from coverage_model.cover.overlay import overlaid
from coverage_model.cover.street_coverage import street_coverage, street_gaps
from coverage_model.cover.surroundings import Surroundings, extent, surroundings
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
from optimisation import comparison, consolidation, territory
from optimisation.best_plan import best_plan
from optimisation.drawn_costs import DrawnCosts
from optimisation.objectives import Chosen
from optimisation.phasing import Phasing, yearly_waves
from optimisation.ranges import SavingRange, Savings, plan_savings, unseen_draws
from optimisation.results import Plan
from optimisation.scenario import Scenario, with_counts
from sharedview.console import Reporter
from sharedview.plan_inputs import PlanInputs, with_cameras_only
from sharedview.settings import SEED

# Draws of what is unknown: as many as an inventory of this size allows in about ten seconds.
MOST_DRAWS, FEWEST_DRAWS = 100, 10
DRAWN_VIEWS = 250_000
# Beyond this many views, what drives an interval is left out: it costs seven times the draws.
DRIVERS_UP_TO = 5_000
SWEPT_AT_ONCE = 50_000
# Less than this between two areas is the rounding of a border that both have.
SLIVER_M2 = 1e-3


@dataclass(frozen=True)
class StreetRun:
    """A street network and what views see of it.

    Parameters
    ----------
    network
        From :func:`coverage_model.reading.streets.read_streets`.
    coverage
        Length and junctions seen by area (:class:`coverage_model.base.schemas.StreetCoverage`).
    gaps
        Unseen runs of street, longest first (:class:`coverage_model.base.schemas.StreetGaps`).
    """

    network: Streets
    coverage: pd.DataFrame
    gaps: gpd.GeoDataFrame


@dataclass(frozen=True)
class CoverageRun:
    """Coverage of a camera inventory, with every frame on the way.

    Parameters
    ----------
    cameras
        What was read, with its log.
    areas
        The polygons reported for (:class:`coverage_model.base.schemas.Areas`).
    area_log
        How they were read, unless they are embedded.
    level
        The image-quality level of all figures.
    target
        The target plane of all figures.
    form
        Distance for a pixel density of all figures: ``planar`` or ``arc``.
    visible
        What each view sees (:class:`coverage_model.base.schemas.VisibleAreas`).
    coverage
        One row an area (:class:`coverage_model.base.schemas.CoverageByArea`).
    totals
        The areas' sums beside what lies outside and the whole, which they must make.
    by_level
        Coverage at every level of the table
        (:class:`coverage_model.base.schemas_beside.CoverageByLevel`).
    reach
        What turning and heading-less cameras could see
        (:class:`coverage_model.base.schemas_beside.ReachByArea`).
    intervals
        How far the shares may be off for what is not known of the cameras; None where not asked.
    tiles
        Views, buildings and areas cut into tiles, which all figures and outlines are read from.
    obstacles, demand
        The building and demand layers, where given.
    streets
        The street network with what is seen of it, where given.
    notes
        What this run assumed, beyond what the readers' logs say.
    union
        Coverage of the areas taken as one, where they overlap; None where they do not. Headlines
        quote this: ground in two areas counts once.
    places
        Named points that people go to, beyond the embedded ones of London: they name gaps.
    cones
        The views before buildings cut them, with what was assumed of each
        (:class:`coverage_model.base.schemas.Sectors`).
    reach_m
        How far each view reaches at each level of the table, in m.
    """

    cameras: Cameras
    areas: gpd.GeoDataFrame
    area_log: ReadLog | None
    level: Level
    target: TargetPlane
    form: DistanceForm
    visible: gpd.GeoDataFrame
    coverage: gpd.GeoDataFrame
    totals: pd.DataFrame
    by_level: pd.DataFrame
    reach: pd.DataFrame
    intervals: uncertainty.CoverageIntervals | None
    tiles: Mosaic
    obstacles: Obstacles | None
    demand: DemandPoints | None
    streets: StreetRun | None
    notes: tuple[Note, ...]
    union: gpd.GeoDataFrame | None = None
    places: gpd.GeoDataFrame | None = None
    cones: gpd.GeoDataFrame | None = None
    reach_m: pd.DataFrame | None = None

    @property
    def areas_overlap(self) -> bool:
        """Whether ground lies in several of the areas."""
        return self.union is not None

    @cached_property
    def gaps(self) -> gpd.GeoDataFrame:
        """Ground no view sees, as ranked and named places: worked out when first asked for.

        :class:`coverage_model.base.schemas.NamedGaps`.
        """
        footprints = None if self.obstacles is None else self.obstacles.frame
        return named_gaps(
            coverage_gaps(self.visible, self.areas, ground=self.tiles),
            self.areas,
            visible=self.visible,
            cameras=self.cameras.frame,
            streets=None if self.streets is None else self.streets.network,
            demand=None if self.demand is None else self.demand.frame,
            obstacles=footprints,
            places=self.known_places,
            whole=self.surroundings is None,
        )

    @cached_property
    def surroundings(self) -> Surroundings | None:
        """The ground around the cameras, where that is a small part of areas nobody chose."""
        if self.area_log is not None:
            return None
        return surroundings(self.cameras.frame, self.areas, self.visible)

    @cached_property
    def known_places(self) -> gpd.GeoDataFrame:
        """Named points on the areas: the embedded ones in Britain, and those of the run."""
        parts = [] if self.places is None else [self.places[["name", "geometry"]]]
        if self.areas.crs == WORKING_CRS:
            parts.append(datasets.named_anchors()[["name", "geometry"]])
        if not parts:
            return gpd.GeoDataFrame({"name": []}, geometry=[], crs=self.areas.crs)
        return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True))

    @property
    def assumptions(self) -> sectors.ViewAssumptions:
        """What was taken for values that the cameras' source does not give."""
        return sectors.ViewAssumptions.from_coefficients(target_height_m=self.target.height_m)

    def views_at(
        self, level: Level, *, cameras: gpd.GeoDataFrame | None = None
    ) -> gpd.GeoDataFrame:
        """Draw the views at another level, or those of other cameras, on the run's target plane."""
        frame = self.cameras.frame if cameras is None else cameras
        return sectors.view_sectors(
            frame, level=level, assumptions=self.assumptions, form=self.form
        )

    @property
    def logs(self) -> tuple[ReadLog, ...]:
        """How each input was read, in the order of the work."""
        network = None if self.streets is None else self.streets.network
        parts = (self.cameras, self.obstacles, self.demand, network)
        read = [part.log for part in parts if part is not None]
        return tuple(read) if self.area_log is None else (*read, self.area_log)

    @property
    def all_notes(self) -> tuple[Note, ...]:
        """Notes of every reader and of the run, in the order of the work."""
        return tuple(note for log in self.logs for note in log.notes) + self.notes


@dataclass(frozen=True)
class ConsolidationRun:
    """The best plan of a scenario beside the reference plans.

    Parameters
    ----------
    scenario
        What was solved.
    boroughs
        What is known of each borough (indexed by ``borough_code``).
    plan
        The best plan, with its proof.
    today
        The rooms that there are: the baseline of all savings.
    references
        The other reference plans.
    inputs
        The files behind the boroughs' figures; None where all are embedded.
    chosen
        The draws that the plan was chosen on, and its certificate; None where it was chosen at the
        values as stated.
    """

    scenario: Scenario
    boroughs: pd.DataFrame
    plan: Plan
    today: Plan
    references: tuple[Plan, ...]
    inputs: PlanInputs | None = None
    chosen: Chosen | None = None

    @property
    def plans(self) -> tuple[Plan, ...]:
        """Every plan once: the best one, today, then the other references."""
        named = {plan.plan_id: plan for plan in (self.plan, self.today, *self.references)}
        return tuple(named.values())

    @cached_property
    def phasing(self) -> Phasing:
        """The order in which the plan could be built in the scenario's years."""
        return yearly_waves(self.plan, self.today, self.scenario)

    @cached_property
    def savings(self) -> Savings:
        """What each plan saves against today as it would be built: the only place to quote from."""
        return plan_savings(self.boroughs, self.scenario, self.plans, self.today, drawn=self.unseen)

    @cached_property
    def unseen(self) -> DrawnCosts:
        """The draws that every quoted saving is of: none of them chose the plan."""
        return unseen_draws(self.boroughs, self.scenario)

    def valued(self, plan: Plan) -> Plan:
        """Return a plan at what plans are ranked by: its expected cost as built, where drawn."""
        if self.chosen is None:
            return plan
        if plan.plan_id not in self._valued:
            self._valued[plan.plan_id] = self.chosen.valued(plan)
        return self._valued[plan.plan_id]

    @cached_property
    def _valued(self) -> dict[str, Plan]:
        return {}

    @property
    def saving(self) -> SavingRange:
        """How far the saving of the best plan is known."""
        return self.savings.ranges[self.plan.plan_id]

    @property
    def table(self) -> pd.DataFrame:
        """The plans beside each other (:class:`optimisation.schemas.Plans`)."""
        return comparison.plan_table(self.plans, baseline=self.today)


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
    with reporter.step(f"View cones of {cameras.log.cameras:,} cameras at level {level.name}"):
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


def overlapping_pairs(areas: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    """Names of the areas that share ground, two and two; borders alone are not ground."""
    shapes = np.asarray(areas.geometry.array)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(overlaid(shapes[one], shapes[other], inside=True))
    names = areas["area_name"].to_numpy()
    shared = shared > SLIVER_M2
    return [(names[i], names[j]) for i, j in zip(one[shared], other[shared], strict=True)]


def area_union(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return all areas as one."""
    whole = shapely.union_all(np.asarray(areas.geometry.array))
    return gpd.GeoDataFrame(
        {"area_code": ["ALL"], "area_name": ["All areas"]}, geometry=[whole], crs=areas.crs
    )


def overlap_notes(pairs: Sequence[tuple[str, str]]) -> tuple[Note, ...]:
    """Note that areas overlap, and which."""
    if not pairs:
        return ()
    message = (
        "Areas overlap: ground and cameras count in each area they lie in, and once in the headline"
    )
    return (Note("areas_overlap", message, len(pairs), tuple(f"{a} / {b}" for a, b in pairs)),)


def default_draws(views: int) -> int:
    """Return how many draws an inventory of so many views is given if none are asked for."""
    return max(FEWEST_DRAWS, min(MOST_DRAWS, DRAWN_VIEWS // max(views, 1)))


def position_sigma_m(cameras: Cameras) -> float:
    """Return how far camera places may be off, in m: not at all for generated ones."""
    if cameras.frame["illustrative"].all():
        return 0.0
    return stated_sigma_m(cameras.log.datum_shift)


def repair_notes(ground: Mosaic) -> tuple[Note, ...]:
    """Count tiles that did not add up on the finest grid, and say by how much they may be off."""
    repairs = ground.repairs
    if not repairs:
        return ()
    changed = sum(repair.changed_m2 for repair in repairs)
    message = (
        f"tiles of {ground.size_m:g} m, listed by south-west corner, whose outlines had to be "
        f"rounded to a coarser grid; their figures are off by {changed:.2g} m² in all"
    )
    corners = tuple(f"{repair.x_m:.0f} {repair.y_m:.0f}" for repair in repairs)
    return (Note("coarser_tiles", message, len(repairs), corners),)


def run_notes(
    views: gpd.GeoDataFrame, visible: gpd.GeoDataFrame, obstacles: Obstacles | None
) -> tuple[Note, ...]:
    """Count what the model itself assumed: values filled in, cameras moved or unresolved."""
    notes: list[Note] = []

    def note(code: str, message: str, rows: pd.Index) -> None:
        if len(rows):
            notes.append(Note(code, message, len(rows), tuple(map(str, rows))))

    fields = views["assumed_fields"].str.split()
    for name in sorted({field for row in fields for field in row}):
        has = np.fromiter((name in row for row in fields), dtype=bool, count=len(fields))
        note(f"assumed_{name}", f"{name} filled in by the stated assumption", views.index[has])
    turned = views["view_basis"] == "reach"
    note(
        "view_sector",
        "height or tilt not given: a plain sector, neither blind below the camera nor cut by the "
        "picture's edges, its levels by distance along the ground",
        views.index[~turned & (views["view_shape"] == "sector")],
    )
    reach = views.index[turned]
    note("reach", "heading unknown or turning: reach only, not counted as coverage", reach)
    status = visible["position_status"]
    note(
        "snapped",
        "stood in a building, moved to its nearest wall",
        visible.index[status == "snapped"],
    )
    note(
        "on_roof",
        "stands over buildings lower than its lens: stays there, the roof's edge casts its shadow",
        visible.index[status == "on_roof"],
    )
    note(
        "inside_unresolved",
        "stands in a building too far from a wall: sees nothing",
        visible.index[status == "inside_unresolved"],
    )
    if obstacles is None:
        message = "no building layer given: plain cones overstate what is seen"
        notes.append(Note("no_buildings", message, len(views), ()))
    return tuple(notes)


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
