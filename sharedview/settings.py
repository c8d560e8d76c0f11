"""What a run may be told: one class for the command line, the study file and Python.

Each field is an option of the verb (``levels_table`` is ``--levels-table``) and a key of the verb's
table in a study file (:mod:`sharedview.study`); what it means is said here alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, FiniteFloat

from coverage_model.base.crs import WORKING_CRS
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, DEFAULT_LEVEL_TABLE, DistanceForm
from coverage_model.optics.target import DEFAULT_TARGET
from maps.shell.tile_service import TileService, tile_service
from sharedview.reading import Reading

SEED = 2017
# Draws of the costs that `consolidate` makes; near-ties that it lists.
COST_DRAWS = 200
WITHIN = 0.005
TRADES = ("cost:moves",)

Audience = Literal["restricted", "public"]


def _several(value: object) -> object:
    """Take one scenario as a list of one."""
    return (value,) if isinstance(value, str | Path) else value


class CoverageSettings(Reading):
    """What ``sharedview coverage`` may be told.

    Parameters
    ----------
    cameras
        Cameras: CSV, Excel, GIS, OSM or TfL.
    before
        Cameras before a change: adds a page to swipe between.
    buildings
        Building footprints that block the view.
    areas
        Polygons to report for; London's boroughs by default.
    demand, weight
        Points that matter, and the column that holds their weights.
    streets
        Street network: OSM XML, GraphML or GIS lines.
    level
        Image-quality level.
    levels_table
        Table of levels: the name of an embedded one, or a CSV file.
    target
        What is to be seen, by its height above ground: ``ground``, ``face``, ``plate``, or metres.
    dori_form
        Distance for a pixel density: ``planar`` or ``arc``.
    draws, seed
        Draws of what is unknown of the cameras, for intervals; 0 leaves them out, and by default
        there are 100, fewer above 2,500 views. The seed starts their random numbers.
    crs
        Working CRS, in metres.
    layer, crs_in, profile
        How each input is read (:class:`sharedview.reading.Reading`).
    postcodes
        Where postcodes lie, for cameras placed by postcode alone.
    ground
        What lies under the maps: a file made by ``sharedview ground``, or an OSM extract.
    tiles, tiles_credit
        A tile service under the maps, for readers with a network, and whose map it is.
    ledger, known_counts
        For the public: the ledger of earlier releases, made if missing, and counts that anyone can
        look up.
    print
        Also print every page, by a Chromium, Chrome or Edge of the machine: PDF for A4 and A3, and
        a PNG.
    audience
        ``public``: areas only, small counts hidden, figures rounded, no camera positions.

    Examples
    --------
    >>> CoverageSettings(cameras="cameras.csv").level
    'detect'
    """

    key: ClassVar[str] = "coverage"

    cameras: Path
    before: Path | None = None
    buildings: Path | None = None
    areas: Path | None = None
    demand: Path | None = None
    weight: str | None = None
    streets: Path | None = None
    level: str = DEFAULT_LEVEL
    levels_table: str = DEFAULT_LEVEL_TABLE
    target: str | float = DEFAULT_TARGET
    dori_form: DistanceForm = "planar"
    draws: int | None = Field(default=None, ge=0, le=10_000)
    seed: int = Field(default=SEED, ge=0)
    crs: str = WORKING_CRS
    postcodes: Path | None = None
    ground: Path | None = None
    tiles: str | None = None
    tiles_credit: str | None = None
    ledger: Path | None = None
    known_counts: Path | None = None
    print: bool = False
    audience: Audience = "restricted"

    @property
    def tile_service(self) -> TileService | None:
        """The tile service that is named, if the address can be used."""
        return None if self.tiles is None else tile_service(self.tiles, credit=self.tiles_credit)

    def files(self) -> dict[str, Path]:
        """Return the files that are named, by key; a table of levels may be one."""
        found = super().files()
        if self.levels_table.lower().endswith(".csv"):
            found["levels_table"] = Path(self.levels_table)
        return found


class PlanSettings(Reading):
    """What ``sharedview consolidate`` may be told.

    Parameters
    ----------
    scenario
        Scenario files, or names of embedded ones; several are put side by side.
    cameras
        Count these cameras instead of the published numbers.
    areas, counts
        Another territory than London: polygons of its areas, and a table of the cameras of each;
        ``cameras`` may be counted in the place of a table.
    crs
        CRS of the plans, in metres; another than the British grid needs ``areas``.
    sites
        Where rooms could stand: a table or GIS points.
    roads
        Road network for the distances; straight lines times a detour factor by default.
    draws, seed
        Draws of the costs, each re-optimised; 0 leaves them out. The seed starts their random
        numbers.
    layer, crs_in, profile
        How the cameras, areas, counts and sites are read (:class:`sharedview.reading.Reading`).
    within
        List the plans that cost at most this share more than the best.
    trade
        What one wish costs in another, such as ``cost:moves``: any two of cost, worst (the saving
        in the worst tenth of the draws), rooms, links, moves, posts, detection.
    service
        Also choose when each room is watched, with who shares it: the cheapest plan for each floor
        on watched camera-hours.
    print
        Also print every page, by a Chromium, Chrome or Edge of the machine: PDF for A4 and A3, and
        a PNG.

    Examples
    --------
    >>> PlanSettings(scenario="bcu").scenario
    (PosixPath('bcu'),)
    """

    key: ClassVar[str] = "consolidation"
    embedded: ClassVar[Mapping[str, str]] = {"scenario": "scenarios"}

    scenario: Annotated[tuple[Path, ...], BeforeValidator(_several)] = ()
    cameras: Path | None = None
    areas: Path | None = None
    counts: Path | None = None
    crs: str = WORKING_CRS
    sites: Path | None = None
    roads: Path | None = None
    draws: int = Field(default=COST_DRAWS, ge=0, le=10_000)
    seed: int = Field(default=SEED, ge=0)
    within: FiniteFloat = Field(default=WITHIN, ge=0, le=0.05)
    trade: Annotated[tuple[str, ...], BeforeValidator(_several)] = TRADES
    service: bool = False
    print: bool = False
