"""One place cut out of a large OpenStreetMap extract, whole things only, in bounded memory.

Everything that touches the place is kept whole, with all its nodes: a building cut at the border
would let views through. Kept are the things that Sharedview reads (cameras, buildings, streets,
ground, names); the readers of whole extracts then read the small one, so that a place means the
same whatever file it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely

from coverage_model.base.errors import Fault, InputError, NothingThereError
from coverage_model.base.notes import Notes
from coverage_model.reading.osm_elements import osmium_for
from coverage_model.reading.osm_tags import SURVEILLANCE_KEYS
from coverage_model.reading.source import boundary, check_file

GROUND_KEYS = ("railway", "natural", "waterway", "landuse", "leisure", "place")
KEYS = (*SURVEILLANCE_KEYS, "building", "highway", *GROUND_KEYS)
NAME_KEYS = ("name", "name:en", "official_name", "short_name")
NAMED_KEYS = ("boundary", "place")
MOST_NAMED = 12

# A node's place takes 16 bytes: below this size of file they fit into memory, above it a file
# holds them (https://osmcode.org/osmium-concepts/#indexes).
IN_MEMORY_BYTES = 400_000_000
BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Cut:
    """What was cut out.

    Parameters
    ----------
    nodes, ways, relations
        How many tagged things touch the place.
    notes
        What could not be placed.
    """

    nodes: int
    ways: int
    relations: int
    notes: Notes


def cut_extract(path: str | Path, polygon: shapely.Geometry, out: Path) -> Cut:
    """Write the part of an extract that touches a place as a small ``.osm.pbf``.

    Parameters
    ----------
    path
        ``.osm.pbf``, ``.osm`` or another format of osmium.
    polygon
        The place, in longitude and latitude.
    out
        File to write, which must not be there.

    Returns
    -------
    Cut

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        If it cannot be read, nothing in it touches the place, or the extra ``osm`` is not
        installed.

    Notes
    -----
    The file is read from front to back a fixed number of times, whatever its size; kept in memory
    are the ids of what touches the place, and the places of nodes (in a file beside ``out`` where
    the extract is large).
    """
    source = Path(path)
    check_file(source)
    osmium = osmium_for(source)
    notes = Notes()
    with boundary(source, title="OpenStreetMap data"):
        chosen = _touching(osmium, source, polygon, notes)
        found = {kind: len(ids) for kind, ids in chosen.items()}
        if not any(found.values()):
            raise NothingThereError(source, [_elsewhere(osmium, source)])
        _write(osmium, source, chosen, out)
    return Cut(found["node"], found["way"], found["relation"], notes)


def find_named(path: str | Path, name: str) -> shapely.Geometry:
    """Find the outline of a place by its name in an extract.

    Parameters
    ----------
    path
        ``.osm.pbf`` or ``.osm``.
    name
        Name of a boundary or place (``name``, ``name:en``, …), in any case; or ``relation/51800``
        or ``way/42`` for one that shares its name with others.

    Returns
    -------
    shapely.Geometry
        Polygon or multipolygon in longitude and latitude.

    Raises
    ------
    InputError
        If no boundary or place has that name and an outline, or several have; the error lists them.
    """
    source = Path(path)
    check_file(source)
    osmium = osmium_for(source)
    wkb = osmium.geom.WKBFactory()
    wanted = name.strip().casefold()
    found: dict[str, tuple[str, str]] = {}
    others: set[str] = set()
    with boundary(source, title="OpenStreetMap data"), _locations(source) as storage:
        processor = (
            osmium.FileProcessor(str(source))
            .with_locations(storage)
            .with_areas(osmium.filter.KeyFilter(*NAMED_KEYS))
            .with_filter(osmium.filter.KeyFilter(*NAMED_KEYS))
        )
        for thing in processor:
            if not thing.is_area():
                continue
            names = {thing.tags[key] for key in NAME_KEYS if key in thing.tags}
            identity = _identity(thing)
            if wanted == identity or wanted in {each.casefold() for each in names}:
                about = ", ".join(
                    f"{key} {thing.tags[key]}"
                    for key in (*NAMED_KEYS, "admin_level")
                    if key in thing.tags
                )
                found[identity] = (wkb.create_multipolygon(thing), about)
            elif names:
                others.add(min(names))
    if len(found) == 1:
        ((shape, _),) = found.values()
        return shapely.from_wkb(shape)
    if found:
        listed = "; ".join(f"{identity} ({about})" for identity, (_, about) in found.items())
        fault = Fault(
            f"{len(found)} places are called {name!r}: {listed}",
            "Name one by its number: --place relation/…",
        )
        raise InputError(source, [fault])
    there = ", ".join(sorted(others)[:MOST_NAMED]) or "none"
    fault = Fault(
        f"no boundary or place with an outline is called {name!r} (it holds: {there})",
        "Give --bbox WEST,SOUTH,EAST,NORTH, or the outline as --polygon FILE",
    )
    raise InputError(source, [fault])


def _touching(
    osmium: Any, source: Path, polygon: shapely.Geometry, notes: Notes
) -> dict[str, set[int]]:
    """Ids of the nodes, ways and relations that touch a polygon, by kind."""
    shapely.prepare(polygon)
    chosen: dict[str, set[int]] = {"node": set(), "way": set(), "relation": set()}
    assembled: set[int] = set()
    relations: set[int] = set()
    waiting: list[tuple[str, int, Any]] = []
    wkb = osmium.geom.WKBFactory()

    def sift() -> None:
        shapes = shapely.from_wkb([shape for *_, shape in waiting])
        near = shapely.intersects(polygon, shapes)
        for (kind, number, _), is_near in zip(waiting, near, strict=True):
            if is_near:
                chosen[kind].add(number)
        waiting.clear()

    keys = osmium.filter.KeyFilter(*KEYS)
    with _locations(source) as storage:
        processor = (
            osmium.FileProcessor(str(source))
            .with_locations(storage)
            .with_areas(osmium.filter.KeyFilter(*KEYS))
            .with_filter(keys)
        )
        for thing in processor:
            if thing.is_relation():
                if thing.tags.get("type") == "multipolygon":
                    relations.add(thing.id)
                continue
            try:
                if thing.is_area():
                    if thing.from_way():
                        assembled.add(-thing.orig_id())
                        kind, shape = "way", wkb.create_multipolygon(thing)
                    else:
                        assembled.add(thing.orig_id())
                        kind, shape = "relation", wkb.create_multipolygon(thing)
                    waiting.append((kind, thing.orig_id(), shape))
                elif thing.is_way():
                    waiting.append(("way", thing.id, _line(osmium, wkb, thing)))
                else:
                    waiting.append(("node", thing.id, wkb.create_point(thing)))
            except (RuntimeError, osmium.InvalidLocationError):
                continue  # nowhere: none of its nodes is in the file
            if len(waiting) >= BATCH:
                sift()
    sift()
    notes.add(
        "not_assembled",
        "Multipolygons of the extract, here or elsewhere in it, that are not whole were left out",
        rows=[f"relation/{number}" for number in sorted(relations - assembled)],
    )
    return chosen


def _line(osmium: Any, wkb: Any, way: Any) -> Any:
    """Shape of a way; of one with missing nodes, those that are there."""
    try:
        return wkb.create_linestring(way)
    except (RuntimeError, osmium.InvalidLocationError):
        there = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if not there:
            raise
        return shapely.to_wkb(shapely.MultiPoint(there))


def _write(osmium: Any, source: Path, chosen: dict[str, set[int]], out: Path) -> None:
    """Write things by their ids, with all that they are made of."""
    kinds = (
        ("node", osmium.osm.NODE), ("way", osmium.osm.WAY), ("relation", osmium.osm.RELATION),
    )  # fmt: skip
    writer = osmium.BackReferenceWriter(str(out), ref_src=str(source))
    # It clears its own folder away only where all goes well.
    with writer.tmpdir, writer:
        for kind, entities in kinds:
            if not chosen[kind]:
                continue
            ids = osmium.filter.IdFilter(sorted(chosen[kind]))
            for thing in osmium.FileProcessor(str(source), entities).with_filter(ids):
                writer.add(thing)


def _elsewhere(osmium: Any, source: Path) -> Fault:
    """Say where an extract lies, for a place that it does not hold."""
    nodes = osmium.FileProcessor(str(source), osmium.osm.NODE)
    places = np.array(list(_some_places(nodes)))
    where = "it holds no node with a place"
    if len(places):
        west, south = places.min(axis=0)
        east, north = places.max(axis=0)
        where = f"it holds {west:.4f},{south:.4f},{east:.4f},{north:.4f}"
    return Fault(
        f"nothing in it touches that place ({where})",
        "Give a place inside it (WEST,SOUTH,EAST,NORTH in degrees), or another extract",
    )


def _some_places(nodes: Iterable[Any]) -> Iterator[tuple[float, float]]:
    """Box of the nodes so far, again and again: its corners are all that is kept."""
    west = south = np.inf
    east = north = -np.inf
    for node in nodes:
        if node.location.valid():
            west, east = min(west, node.lon), max(east, node.lon)
            south, north = min(south, node.lat), max(north, node.lat)
    if west <= east:
        yield west, south
        yield east, north


@contextmanager
def _locations(source: Path) -> Iterator[str]:
    """Give osmium's name of a store for the places of nodes."""
    if source.stat().st_size < IN_MEMORY_BYTES:
        yield "flex_mem"
        return
    with TemporaryDirectory(prefix="sharedview-osm-") as folder:
        yield f"sparse_file_array,{Path(folder) / 'places'}"


def _identity(area: Any) -> str:
    return f"{'way' if area.from_way() else 'relation'}/{area.orig_id()}"
