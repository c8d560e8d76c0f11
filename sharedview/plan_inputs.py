"""What plans are made from: camera counts, candidate sites and distances, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.notes import Note, ReadLog
from coverage_model.reading.cameras import Cameras, read_cameras
from optimisation import territory
from optimisation.roads import RoadNetwork, read_roads, with_road_km
from optimisation.scenario import Evidence, Scenario
from optimisation.sites import Sites, read_sites, with_sites
from sharedview.console import Reporter
from sharedview.reading import Reading


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
    """

    boroughs: pd.DataFrame
    cameras: Cameras | None = None
    sites: Sites | None = None
    roads: RoadNetwork | None = None

    @property
    def logs(self) -> tuple[ReadLog, ...]:
        """How each file was read."""
        return tuple(
            part.log for part in (self.cameras, self.sites, self.roads) if part is not None
        )

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes of every reader."""
        return tuple(note for log in self.logs for note in log.notes)


def read_plan_inputs(
    *,
    cameras: Path | None = None,
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
    if cameras is not None:
        with reporter.step(f"Cameras from {cameras}"):
            inventory = read_cameras(
                cameras, areas=datasets.boroughs("full"), **reading.of("cameras")
            )
    chosen = evidence or Evidence()
    boroughs = territory.borough_inputs(
        None if inventory is None else inventory.frame, scope=chosen.scope, year=chosen.year
    )
    if sites is not None:
        with reporter.step(f"Sites from {sites}"):
            named = read_sites(sites, areas=datasets.boroughs("full"), **reading.of("sites"))
            boroughs = with_sites(boroughs, named)
    if roads is not None:
        with reporter.step(f"Distances by road from {roads}"):
            network = read_roads(roads)
            boroughs = with_road_km(boroughs, network)
    return PlanInputs(boroughs, inventory, named, network)


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
