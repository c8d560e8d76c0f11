"""OpenStreetMap's elements with their tags, from XML, PBF and Overpass answers.

XML is read with expat, not with osmnx: cameras are tagged nodes and a few ways, so all that is
needed is their place and tags, and expat gives them without a second import, and can refuse entity
declarations. Buildings, which need ways and relations assembled, do go through osmnx
(:mod:`coverage_model.reading.osm_buildings`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.source import boundary
from coverage_model.reading.text import read_json
from coverage_model.reading.xml_stream import parse_xml


@dataclass(frozen=True, slots=True)
class Element:
    """One OSM element with a place.

    Parameters
    ----------
    kind
        ``node``, ``way`` or ``relation``.
    osm_id
        Its id, as text.
    lon, lat
        Its place, or that of its centre; text or number as the source has it.
    tags
        Its tags.
    """

    kind: str
    osm_id: str
    lon: Any
    lat: Any
    tags: Mapping[str, str]


Wanted = Callable[[Mapping[str, str]], bool]
"""Whether a way is wanted, by its tags: most ways are streets and buildings."""


def xml_elements(path: Path, *, ways: Wanted) -> list[Element]:
    """Tagged nodes of an OSM XML file, and the ways that are wanted at the middle of their box.

    One pass, and a second one for the places of the ways' nodes where there is such a way.
    """
    found: list[Element] = []
    chosen: list[tuple[str, list[str], dict[str, str]]] = []
    node: list[Any] = []
    way: list[str] = []
    refs: list[str] = []
    tags: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "node":
            node[:] = [attributes.get("id", ""), attributes.get("lon"), attributes.get("lat")]
            tags.clear()
        elif name == "way":
            way[:] = [attributes.get("id", "")]
            refs.clear()
            tags.clear()
        elif name == "nd" and way:
            refs.append(attributes.get("ref", ""))
        elif name == "tag" and (node or way):
            tags[attributes.get("k", "")] = attributes.get("v", "")

    def end(name: str) -> None:
        if name == "node":
            if tags and node:
                found.append(Element("node", node[0], node[1], node[2], dict(tags)))
            node.clear()
        elif name == "way":
            if way and ways(tags):
                chosen.append((way[0], list(refs), dict(tags)))
            way.clear()

    parse_xml(path, start=start, end=end)
    if chosen:
        needed = {ref for _, of, _ in chosen for ref in of}
        places = _node_places(path, needed)
        found += [_way(osm_id, (places.get(r) for r in of), of_it) for osm_id, of, of_it in chosen]
    return found


def _node_places(path: Path, needed: set[str]) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of some nodes of an OSM XML file."""
    places: dict[str, tuple[float, float]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "node" and attributes.get("id") in needed:
            try:
                place = float(attributes["lon"]), float(attributes["lat"])
            except (KeyError, ValueError):
                return  # a node without a place gives its way none
            places[attributes["id"]] = place

    parse_xml(path, start=start)
    return places


def _way(
    osm_id: str, places: Iterable[tuple[float, float] | None], tags: Mapping[str, str]
) -> Element:
    """Make a way that stands at the middle of its box, as Overpass's ``out center`` places it.

    A way of which a node is missing has no place: an extract has cut it.
    """
    all_places = list(places)
    there = [place for place in all_places if place is not None]
    if not there or len(there) < len(all_places):
        return Element("way", osm_id, None, None, tags)
    lon, lat = zip(*there, strict=True)
    middle = (min(lon) + max(lon)) / 2, (min(lat) + max(lat)) / 2
    return Element("way", osm_id, round(middle[0], 9), round(middle[1], 9), tags)


def overpass_elements(path: Path, notes: Notes) -> tuple[list[Element], int]:
    """Elements of an Overpass answer or of a bare list, and how many have no place of their own.

    Ways and relations have the place of their centre (``out center``), or the middle of their box
    (``out bb``, ``out geom``, or ways with all their nodes). Values of tags that are no text are
    written as text; what is no record of tags counts as no tags.
    """
    content = read_json(path, notes)
    listed = content.get("elements") if isinstance(content, dict) else content
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        fault = Fault("its elements are not a list of objects", "Export it again with out:json")
        raise InputError(path, [fault])
    elements = []
    placeless = 0
    nodes = {each.get("id"): each for each in listed if _is_id(each.get("id"))}
    for each in listed:
        centre = _record(each.get("center"))
        tags = {
            str(key): value if isinstance(value, str) else str(value)
            for key, value in _record(each.get("tags")).items()
            if value is not None
        }
        lon, lat = each.get("lon", centre.get("lon")), each.get("lat", centre.get("lat"))
        kind = str(each.get("type", "node"))
        if kind != "node" and lon is None:
            lon, lat = _middle(each, nodes)
        if kind != "node" and lon is None:
            placeless += 1  # parts of ways: `out center` gives those with a meaning a place
            continue
        elements.append(Element(kind, str(each.get("id", "")), lon, lat, tags))
    return elements, placeless


def pbf_elements(path: Path, *keys: str) -> list[Element]:
    """Nodes and ways of an ``.osm.pbf`` file with one of the keys; without a key, tagged nodes.

    Ways stand at the middle of their box. Needs the extra ``osm``.
    """
    osmium = osmium_for(path)
    wanted = osmium.filter.KeyFilter(*keys) if keys else osmium.filter.EmptyTagFilter()
    with boundary(path, title="OSM PBF"):
        processor = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(wanted)
        found = [
            Element("node", str(node.id), lon, lat, _tags(node))
            for node in processor
            for lon, lat in (_place(node) or (None, None),)
        ]
        if not keys:
            return found
        processor = osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(wanted)
        ways = [(str(way.id), [each.ref for each in way.nodes], _tags(way)) for way in processor]
        needed = sorted({ref for _, refs, _ in ways for ref in refs})
        if needed:
            processor = osmium.FileProcessor(str(path), osmium.osm.NODE)
            chosen = processor.with_filter(osmium.filter.IdFilter(needed))
            places = {node.id: _place(node) for node in chosen}
            found += [
                _way(osm_id, (places.get(ref) for ref in refs), tags) for osm_id, refs, tags in ways
            ]
        return found


def _place(node: Any) -> tuple[float, float] | None:
    return (node.location.lon, node.location.lat) if node.location.valid() else None


def _tags(thing: Any) -> dict[str, str]:
    return {tag.k: tag.v for tag in thing.tags}


def osmium_for(path: Path) -> Any:
    """Import osmium, or raise the input error that says how to get it."""
    try:
        import osmium  # noqa: PLC0415 (an extra: most users never need it)
    except ImportError as error:
        fault = Fault(
            "reading .osm.pbf needs the package osmium",
            "Install it with: pip install 'sharedview[osm]'; or convert the file to .osm",
        )
        raise InputError(path, [fault]) from error
    return osmium


def _record(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_id(value: Any) -> bool:
    return isinstance(value, int | str)


def _middle(element: Mapping[str, Any], nodes: Mapping[Any, Mapping[str, Any]]) -> tuple[Any, Any]:
    """Middle of the box of a way or relation; None for both where the answer holds no place."""
    box = _record(element.get("bounds"))
    corners: list[Mapping[str, Any]] = [
        {"lon": box.get(f"{end}lon"), "lat": box.get(f"{end}lat")} for end in ("min", "max")
    ]
    line = element.get("geometry")
    corners += [_record(each) for each in line] if isinstance(line, list) else []
    refs = element.get("nodes")
    if not box and not isinstance(line, list) and isinstance(refs, list):
        corners = [nodes.get(ref, {}) if _is_id(ref) else {} for ref in refs]
    elif not box:
        corners = corners[2:]
    middle = _way("", (_pair(each) for each in corners), {})
    return middle.lon, middle.lat


def _pair(place: Mapping[str, Any]) -> tuple[float, float] | None:
    lon, lat = place.get("lon"), place.get("lat")
    return (float(lon), float(lat)) if _is_number(lon) and _is_number(lat) else None


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 180
