"""OpenStreetMap: surveillance cameras from XML, PBF and Overpass answers.

The files are opened by :mod:`coverage_model.reading.osm_elements`; what their tags mean is said in
:mod:`coverage_model.reading.osm_tags`.
"""

from __future__ import annotations

from pathlib import Path

from coverage_model.base.notes import Notes
from coverage_model.reading.osm_elements import (
    Element,
    overpass_elements,
    pbf_elements,
    xml_elements,
)
from coverage_model.reading.osm_tags import (
    SURVEILLANCE_KEYS,
    cameras_of_elements,
    is_surveillance,
)
from coverage_model.reading.source import Source, no_layers


def read_osm_xml(path: Path, layer: str | None = None) -> Source:
    """Read the surveillance nodes and ways of an OSM XML file."""
    no_layers(path, layer)
    return _placed(path, xml_elements(path, ways=is_surveillance))


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
    """Read the surveillance nodes and ways of an ``.osm.pbf`` file; needs the extra ``osm``."""
    no_layers(path, layer)
    elements = pbf_elements(path, *SURVEILLANCE_KEYS)
    if not any(is_surveillance(each.tags) for each in elements):
        elements = pbf_elements(path)  # perhaps a choice of cameras that does not say so
    return _placed(path, elements)


def _placed(path: Path, elements: list[Element]) -> Source:
    """Cameras of the elements; ways that an extract has cut have no middle and are counted."""
    whole = [each for each in elements if each.kind == "node" or each.lon is not None]
    lost = [each for each in elements if each.kind == "way" and each.lon is None]
    source = cameras_of_elements(path, whole, chosen_by_query=False)
    source.notes.add(
        "no_centre",
        "Ways of which nodes are missing were left out; cut the extract with complete ways",
        count=sum(is_surveillance(each.tags) for each in lost),
    )
    return source
