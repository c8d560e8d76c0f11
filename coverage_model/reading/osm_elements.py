"""OpenStreetMap's elements with their tags, from XML, PBF and Overpass answers.

XML is read with expat, not with osmnx: cameras are tagged nodes, so all that is needed is their
place and tags, and expat gives them in one pass without a second import, and can refuse entity
declarations. Buildings, which need ways and relations assembled, do go through osmnx
(:mod:`coverage_model.reading.osm_buildings`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def xml_nodes(path: Path) -> list[Element]:
    """Tagged nodes of an OSM XML file, in one pass."""
    found: list[Element] = []
    node: list[Any] = []
    tags: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "node":
            node[:] = [attributes.get("id", ""), attributes.get("lon"), attributes.get("lat")]
            tags.clear()
        elif name == "tag" and node:
            tags[attributes.get("k", "")] = attributes.get("v", "")

    def end(name: str) -> None:
        if name == "node":
            if tags and node:
                found.append(Element("node", node[0], node[1], node[2], dict(tags)))
            node.clear()

    parse_xml(path, start=start, end=end)
    return found


def overpass_elements(path: Path, notes: Notes) -> tuple[list[Element], int]:
    """Elements of an Overpass answer or of a bare list, and how many have no place of their own.

    Ways and relations have the place of their centre, where the query asked for it
    (``out center``). Values of tags that are no text are written as text; what is no record of tags
    counts as no tags.
    """
    content = read_json(path, notes)
    listed = content.get("elements") if isinstance(content, dict) else content
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        fault = Fault("its elements are not a list of objects", "Export it again with out:json")
        raise InputError(path, [fault])
    elements = []
    placeless = 0
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
            placeless += 1  # parts of ways: `out center` gives those with a meaning a place
            continue
        elements.append(Element(kind, str(each.get("id", "")), lon, lat, tags))
    return elements, placeless


def pbf_nodes(path: Path, *keys: str) -> list[Element]:
    """Nodes of an ``.osm.pbf`` file with one of the keys, or any tag; needs the extra ``osm``."""
    osmium = osmium_for(path)
    wanted = osmium.filter.KeyFilter(*keys) if keys else osmium.filter.EmptyTagFilter()
    with boundary(path, title="OSM PBF"):
        processor = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(wanted)
        return [
            Element(
                "node",
                str(node.id),
                node.location.lon if node.location.valid() else None,
                node.location.lat if node.location.valid() else None,
                {tag.k: tag.v for tag in node.tags},
            )
            for node in processor
        ]


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
