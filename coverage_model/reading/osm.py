"""OpenStreetMap: surveillance cameras from XML, PBF and Overpass answers.

The files are opened by :mod:`coverage_model.reading.osm_elements`; what their tags mean is said in
:mod:`coverage_model.reading.osm_tags`.
"""

from __future__ import annotations

from pathlib import Path

from coverage_model.base.notes import Notes
from coverage_model.reading.osm_elements import overpass_elements, pbf_nodes, xml_nodes
from coverage_model.reading.osm_tags import (
    SURVEILLANCE_KEYS,
    cameras_of_elements,
    is_surveillance,
)
from coverage_model.reading.source import Source, no_layers


def read_osm_xml(path: Path, layer: str | None = None) -> Source:
    """Read the surveillance nodes of an OSM XML file."""
    no_layers(path, layer)
    return cameras_of_elements(path, xml_nodes(path), chosen_by_query=False)


def read_overpass(path: Path, layer: str | None = None) -> Source:
    """Read the JSON of an Overpass answer, or a bare list of its elements."""
    no_layers(path, layer)
    notes = Notes()
    elements, placeless = overpass_elements(path, notes)
    source = cameras_of_elements(path, elements, chosen_by_query=True)
    source.notes.found[:0] = notes.found
    source.notes.add(
        "no_centre",
        "Ways and relations without a centre were left out; query with `out center`",
        count=placeless,
    )
    return source


def read_pbf(path: Path, layer: str | None = None) -> Source:
    """Read the surveillance nodes of an ``.osm.pbf`` file; needs the extra ``osm``."""
    no_layers(path, layer)
    elements = pbf_nodes(path, *SURVEILLANCE_KEYS)
    if not any(is_surveillance(each.tags) for each in elements):
        elements = pbf_nodes(path)  # perhaps a choice of cameras that does not say so
    return cameras_of_elements(path, elements, chosen_by_query=False)
