"""What a run holds: coverage of an inventory, and the plans of a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.crs import WORKING_CRS
from coverage_model.base.datasets import Detail
from coverage_model.base.notes import Note, ReadLog
from coverage_model.cover.gap_places import named_gaps
from coverage_model.cover.gaps import coverage_gaps
from coverage_model.cover.mosaic import Mosaic
from coverage_model.cover.surroundings import Surroundings, surroundings
from coverage_model.optics import sectors
from coverage_model.optics.pixel_density import DistanceForm, Level
from coverage_model.optics.target import TargetPlane
from coverage_model.reading.cameras import Cameras
from coverage_model.reading.demand import DemandPoints
from coverage_model.reading.obstacles import Obstacles
from coverage_model.reading.streets import Streets
from coverage_model.unknowns import intervals as uncertainty
from optimisation import comparison
from optimisation.drawn_costs import DrawnCosts
from optimisation.objectives import Chosen
from optimisation.phasing import Phasing, yearly_waves
from optimisation.ranges import SavingRange, Savings, plan_savings, unseen_draws
from optimisation.results import Plan
from optimisation.scenario import Scenario
from sharedview.plan_inputs import PlanInputs


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

    @property
    def london(self) -> bool:
        """Whether the areas are London's boroughs, with all that is embedded of them."""
        return self.inputs is None or self.inputs.land is None

    def shapes(self, detail: Detail) -> gpd.GeoDataFrame:
        """Return the areas' polygons: London's in a detail, another territory's as given."""
        if self.inputs is None or self.inputs.land is None:
            return datasets.boroughs(detail)
        return self.inputs.land.areas.frame

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
            # All of the run's at once: the draws are gone through once.
            named = {each.plan_id: each for each in (*self.plans, plan)}
            self._valued.update(zip(named, self.chosen.valued(tuple(named.values())), strict=True))
        return self._valued[plan.plan_id]

    @cached_property
    def _valued(self) -> dict[str, Plan]:
        return {}

    @property
    def saving(self) -> SavingRange:
        """How far the saving of the best plan is known."""
        return self.savings.ranges[self.plan.plan_id]

    @cached_property
    def table(self) -> pd.DataFrame:
        """The plans beside each other (:class:`optimisation.schemas.Plans`)."""
        return comparison.plan_table(self.plans, baseline=self.today)
