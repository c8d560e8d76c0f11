"""The layers of a study of a real place, as its readers take them again.

OpenStreetMap's own words stay in the files (tags of cameras, heights and storeys of buildings), so
that one rule reads them, in a study folder as in an extract.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import pandas as pd

from coverage_model.base.crs import GEOGRAPHIC_CRS
from coverage_model.base.errors import NothingThereError
from coverage_model.base.notes import Note, Notes
from coverage_model.reading.ground import GroundLayers, read_osm_ground, write_ground
from coverage_model.reading.osm_buildings import read_pbf_buildings
from coverage_model.reading.osm_elements import Element, pbf_elements
from coverage_model.reading.osm_tags import SURVEILLANCE_KEYS, is_surveillance
from coverage_model.reading.source import Source
from coverage_model.reading.streets import Streets, read_streets
from sharedview.outputs import write_geopackage

Found = TypeVar("Found")
CAMERA_COLUMNS = (
    "name", "man_made", "surveillance", "surveillance:type", "surveillance:zone", "camera:type",
    "camera:direction", "camera:mount", "camera:height", "direction", "height", "operator",
    "operator:type",
)  # fmt: skip
"""Tags that stand in columns of their own; every tag stands in ``tags``."""


@dataclass(frozen=True, slots=True)
class Layers:
    """What a place holds; None for what it does not.

    Parameters
    ----------
    cameras
        Points in longitude and latitude, with their tags.
    buildings
        Footprints, with heights and storeys as tagged.
    streets
        Public streets, from junction to junction.
    ground
        What lies under the maps, with the names of places.
    notes
        What was left out, by layer.
    """

    cameras: gpd.GeoDataFrame | None
    buildings: gpd.GeoDataFrame | None
    streets: gpd.GeoDataFrame | None
    ground: GroundLayers | None
    notes: tuple[Note, ...] = field(default=())

    def counts(self) -> dict[str, int]:
        """Return how many things each layer holds."""
        frames = {"cameras": self.cameras, "buildings": self.buildings, "streets": self.streets}
        found = {name: 0 if frame is None else len(frame) for name, frame in frames.items()}
        ground = {} if self.ground is None else self.ground.counts()
        return found | {"ground": sum(ground.values()), "names": ground.get("place", 0)}

    def write(self, folder: Path) -> tuple[str, ...]:
        """Write a GeoPackage for each layer that there is; return their names."""
        frames = {"cameras": self.cameras, "buildings": self.buildings, "streets": self.streets}
        written = [name for name, frame in frames.items() if frame is not None]
        for name in written:
            write_geopackage({name: frames[name]}, folder / f"{name}.gpkg")
        if self.ground is not None:
            write_ground(self.ground, folder / "ground.gpkg")
            written.append("ground")
        return tuple(written)


def of_extract(path: Path, *, crs: str) -> Layers:
    """Read the layers of a small ``.osm.pbf`` (:mod:`coverage_model.reading.osm_cut`).

    Parameters
    ----------
    path
        The file.
    crs
        Working CRS.
    """
    elements = [
        each for each in pbf_elements(path, *SURVEILLANCE_KEYS) if is_surveillance(each.tags)
    ]
    buildings = or_none(lambda: read_pbf_buildings(path))
    streets = or_none(lambda: read_streets(path, crs=crs))
    ground = or_none(lambda: read_osm_ground(path, crs=crs))
    return of_parts(elements, buildings, streets, ground)


def of_parts(
    elements: Iterable[Element],
    buildings: Source | None,
    streets: Streets | None,
    ground: GroundLayers | None,
) -> Layers:
    """Make layers of what readers of OpenStreetMap give."""
    notes = Notes()
    cameras = camera_layer(elements, notes)
    for read in (buildings, streets):
        if read is not None:
            notes.found.extend(read.notes.found if isinstance(read, Source) else read.log.notes)
    for reason, count in ({} if ground is None else ground.left_out).items():
        notes.add("ground", f"Left out of the ground: {reason}", count=count)
    return Layers(
        cameras,
        None if buildings is None else building_layer(buildings),
        None if streets is None else street_layer(streets),
        ground,
        tuple(notes.found),
    )


def camera_layer(elements: Iterable[Element], notes: Notes) -> gpd.GeoDataFrame | None:
    """Make points of surveillance elements, with every tag."""
    every = list(elements)
    placed = [each for each in every if each.lon is not None and each.lat is not None]
    notes.add(
        "no_centre",
        "Ways of which nodes are missing were left out; cut the extract with complete ways",
        count=len(every) - len(placed),
    )
    if not placed:
        return None
    rows = pd.DataFrame(
        {
            "@id": [f"{each.kind}/{each.osm_id}" for each in placed],
            **{
                key: pd.Series([each.tags.get(key) for each in placed], dtype="string")
                for key in CAMERA_COLUMNS
                if any(key in each.tags for each in placed)
            },
            "tags": [json.dumps(dict(each.tags), ensure_ascii=False) for each in placed],
        }
    )
    points = gpd.points_from_xy(
        [float(each.lon) for each in placed], [float(each.lat) for each in placed]
    )
    return gpd.GeoDataFrame(rows, geometry=points, crs=GEOGRAPHIC_CRS)


def building_layer(source: Source) -> gpd.GeoDataFrame:
    """Make footprints of a source of buildings, with what is said of their height."""
    rows = source.rows.dropna(axis=1, how="all").reset_index(drop=True)
    text = {name: rows[name].astype("string") for name in rows}
    assert source.geometry is not None  # noqa: S101 (a source of buildings has footprints)
    return gpd.GeoDataFrame(
        text, geometry=source.geometry.reset_index(drop=True), crs=GEOGRAPHIC_CRS
    )


def street_layer(streets: Streets) -> gpd.GeoDataFrame:
    """Make lines of streets; ``osmid`` is that of the way, as osmnx has it."""
    frame = streets.frame
    return gpd.GeoDataFrame(
        {
            "osmid": frame["street_id"].str.partition("/")[0],
            "name": frame["street_name"],
            "highway": frame["highway"],
        },
        geometry=frame.geometry,
        crs=frame.crs,
    )


def or_none(read: Callable[[], Found]) -> Found | None:
    """Return what was read, or None where the place holds none of it."""
    try:
        return read()
    except NothingThereError:
        return None
