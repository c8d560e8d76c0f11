"""What plans are made from: camera counts, candidate sites and distances, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.crs import WORKING_CRS, parse_crs
from coverage_model.base.errors import Faults
from coverage_model.base.notes import Note, ReadLog
from coverage_model.reading.areas import AreaLayer, read_areas
from coverage_model.reading.cameras import Cameras, read_cameras
from optimisation import territory
from optimisation.any_territory import Counts, area_inputs, neighbour_notes, read_counts
from optimisation.roads import RoadNetwork, read_roads, with_road_km
from optimisation.scenario import Evidence, Scenario
from optimisation.sites import Sites, read_sites, with_sites
from sharedview.console import Reporter
from sharedview.reading import Reading
from sharedview.settings import PlanSettings


@dataclass(frozen=True)
class Land:
    """A territory other than London.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs` of its areas, with their neighbours.
    areas
        The polygons, as read.
    counts, cameras
        What the cameras were counted from: one of the two.
    """

    boroughs: pd.DataFrame
    areas: AreaLayer
    counts: Counts | None = None
    cameras: Cameras | None = None


@dataclass(frozen=True)
class PlanInputs:
    """The boroughs with all that was given for them.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`, with distances by road where a network was
        given: every model reads them there.
    cameras, sites, roads
        The files that were given, as read; None for each that was not.
    land
        The territory, where it is not London.
    """

    boroughs: pd.DataFrame
    cameras: Cameras | None = None
    sites: Sites | None = None
    roads: RoadNetwork | None = None
    land: Land | None = None

    @property
    def logs(self) -> tuple[ReadLog, ...]:
        """How each file was read."""
        land = () if self.land is None else (self.land.areas, self.land.counts)
        parts = (*land, self.cameras, self.sites, self.roads)
        return tuple(part.log for part in parts if part is not None)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes of every reader, and which areas have no neighbour."""
        alone = () if self.land is None else neighbour_notes(self.land.boroughs)
        return (*(note for log in self.logs for note in log.notes), *alone)


def read_land(settings: PlanSettings, reporter: Reporter) -> Land | None:
    """Read the territory that the settings name.

    Returns
    -------
    Land or None
        None for London.

    Raises
    ------
    InputError
        If what is named does not go together, or with the faults of the first file that has any.
    """
    faults = Faults("territory")
    if settings.areas is None:
        if settings.counts is not None:
            faults.add(
                "--counts is of the areas of another territory, and no --areas are given",
                "Give the polygons with --areas, or write London's own counts in the scenario: "
                "[camera_counts]",
            )
        if settings.crs.upper() != WORKING_CRS:
            faults.add("--crs is of another territory", "Give its polygons with --areas")
        faults.raise_if_any()
        return None
    if (settings.counts is None) == (settings.cameras is None):
        both = settings.counts is not None
        faults.add(
            "--areas has both --counts and --cameras"
            if both
            else "--areas does not say how many cameras each area has",
            "Give one of them"
            if both
            else "Give a table with --counts, or an inventory with --cameras to be counted",
        )
        faults.raise_if_any()
    working = parse_crs(settings.crs).to_string()
    with reporter.step(f"Areas from {settings.areas}"):
        areas = read_areas(settings.areas, crs=working, **settings.of("areas"))
    if settings.counts is not None:
        with reporter.step(f"Cameras of each area from {settings.counts}"):
            layer = settings.of("counts")["layer"]
            counts = read_counts(settings.counts, areas=areas, layer=layer)
            return Land(area_inputs(areas, counts=counts), areas, counts)
    assert settings.cameras is not None  # noqa: S101 (one of the two is given)
    with reporter.step(f"Cameras from {settings.cameras}"):
        inventory = read_cameras(
            settings.cameras, crs=working, areas=areas.frame, **settings.of("cameras")
        )
        return Land(area_inputs(areas, cameras=inventory.frame), areas, cameras=inventory)


def read_plan_inputs(
    *,
    cameras: Path | None = None,
    land: Land | None = None,
    sites: Path | None = None,
    roads: Path | None = None,
    evidence: Evidence | None = None,
    reading: Reading | None = None,
    reporter: Reporter,
) -> PlanInputs:
    """Read what was given, and put it in the place of the embedded figures.

    Parameters
    ----------
    cameras
        Inventory whose public cameras are counted; None for the published numbers.
    land
        A territory other than London, with its cameras.
    sites
        Candidate sites; None for the model's own.
    roads
        Road network for the distances; None for straight lines times a factor.
    evidence
        Which published numbers are taken, where no inventory is given; the newest of public space
        if None.
    reading
        How cameras and sites are read, where their files do not say.
    reporter
        Shows progress.

    Raises
    ------
    InputError
        With the faults of the first file that has any.
    """
    reading = reading or Reading()
    inventory = named = network = None
    if land is not None:
        inventory = land.cameras
    elif cameras is not None:
        with reporter.step(f"Cameras from {cameras}"):
            inventory = read_cameras(
                cameras, areas=datasets.boroughs("full"), **reading.of("cameras")
            )
    shapes: gpd.GeoDataFrame
    if land is None:
        chosen = evidence or Evidence()
        boroughs = territory.borough_inputs(
            None if inventory is None else inventory.frame, scope=chosen.scope, year=chosen.year
        )
        shapes = datasets.boroughs("full")
    else:
        boroughs, shapes = land.boroughs, land.areas.frame
    if sites is not None:
        with reporter.step(f"Sites from {sites}"):
            named = read_sites(sites, areas=shapes, **reading.of("sites"))
            boroughs = with_sites(boroughs, named)
    if roads is not None:
        with reporter.step(f"Distances by road from {roads}"):
            network = read_roads(roads)
            boroughs = with_road_km(boroughs, network)
    return PlanInputs(boroughs, inventory, named, network, land)


def with_cameras_only(scenario: Scenario, boroughs: pd.DataFrame) -> tuple[Scenario, str]:
    """Leave boroughs out of play of which an inventory holds no camera, and say so.

    Parameters
    ----------
    scenario
        One that names its boroughs, or needs others for its wishes, keeps them.
    boroughs
        :class:`optimisation.schemas.BoroughInputs`, counted from the inventory.

    Returns
    -------
    tuple
        The scenario, and what a reader must know; empty where nothing was left out.
    """
    if scenario.boroughs:
        return scenario, ""
    wishes = {*scenario.fixed_rooms, *scenario.forbidden_rooms, *scenario.contract_exit_gbp}
    wishes |= {*scenario.lease_gbp_per_year}
    wishes |= {code for pair in (*scenario.must_share, *scenario.must_not_share) for code in pair}
    empty = boroughs.index[boroughs["cameras"] == 0].difference(sorted(wishes))
    if empty.empty:
        return scenario, ""
    kept = tuple(str(code) for code in boroughs.index.difference(empty))
    note = (
        f"The inventory holds no public camera in {len(empty)} of {len(boroughs)} boroughs: they "
        "keep the rooms they have and stay out of every sum. Name boroughs in the scenario to "
        "bring them in."
    )
    return scenario.model_copy(update={"boroughs": kept}), note
