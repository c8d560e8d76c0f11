"""OpenStreetMap: surveillance cameras from XML, PBF and Overpass answers.

The files are opened by :mod:`coverage_model.reading.osm_elements`; here is what tags mean.

**What counts as a camera.** A node with ``man_made=surveillance``, or, in the older scheme, with
``surveillance=*`` or ``camera=*`` beside it. Not a camera: ``surveillance:type`` other than camera
or ALPR (guards, microphones); ``man_made=surveillance`` on a node that is itself a ``building`` and
says nothing of a camera. Cameras indoors (``surveillance=indoor``) see no street. Both are left out
and counted. In an Overpass answer where no element carries those tags, the query has chosen the
elements, and all are cameras.

**Owner.** ``operator:type`` or ``ownership`` decides. Without them, ``surveillance:zone`` of
``town`` or ``traffic`` on a camera of a public area (``surveillance=public``) reads as public, and
a zone of ``shop``, ``bank``, ``atm`` or ``fuel`` as private. ``surveillance=public`` alone says
what is watched, not who watches: unknown stays unknown.

**Directions** count from true north. ``camera:direction`` goes before ``direction``.
``camera:angle`` is tilt to some programs and field of view to others: it is kept as
``camera_angle_raw`` and used for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage_model.base.crs import GEOGRAPHIC_CRS, source_crs
from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.osm_elements import Element, overpass_elements, pbf_nodes, xml_nodes
from coverage_model.reading.parse import is_blank, parse_directions
from coverage_model.reading.source import Source, no_layers

PUBLIC_OPERATORS = frozenset(
    {"public", "government", "police", "council", "local_authority", "municipal", "county", "state",
     "national", "military"}
)  # fmt: skip
PRIVATE_OPERATORS = frozenset(
    {"private", "business", "commercial", "company", "private_for_profit", "private_non_profit",
     "ngo", "religious", "community", "cooperative"}
)  # fmt: skip
PUBLIC_ZONES = frozenset({"town", "traffic"})
PRIVATE_ZONES = frozenset({"shop", "bank", "atm", "fuel"})
_CAMERA_TAGS = ("camera", "camera:type", "camera:direction", "camera:mount", "surveillance:type")
_CAMERA_KINDS = frozenset({"camera", "alpr", "anpr"})


def read_osm_xml(path: Path, layer: str | None = None) -> Source:
    """Read the surveillance nodes of an OSM XML file."""
    no_layers(path, layer)
    return _cameras(path, xml_nodes(path), chosen_by_query=False)


def read_overpass(path: Path, layer: str | None = None) -> Source:
    """Read the JSON of an Overpass answer, or a bare list of its elements."""
    no_layers(path, layer)
    notes = Notes()
    elements, placeless = overpass_elements(path, notes)
    source = _cameras(path, elements, chosen_by_query=True)
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
    elements = pbf_nodes(path, "man_made", "surveillance", "camera")
    return _cameras(path, elements, chosen_by_query=False)


def ownership_of(tags: Mapping[str, str]) -> str:
    """Who owns a camera, by the rule in the module's docstring.

    Examples
    --------
    >>> ownership_of({"operator:type": "public"}), ownership_of({"surveillance": "public"})
    ('public', 'unknown')
    """
    for key in ("operator:type", "ownership"):
        said = tags.get(key, "").strip().lower()
        if said in PUBLIC_OPERATORS:
            return "public"
        if said in PRIVATE_OPERATORS:
            return "private"
    zone = tags.get("surveillance:zone", "").strip().lower()
    if zone in PUBLIC_ZONES and tags.get("surveillance", "").strip().lower() == "public":
        return "public"
    return "private" if zone in PRIVATE_ZONES else "unknown"


def camera_type_of(tags: Mapping[str, str]) -> str:
    """Kind of a camera; what turns or looks all round goes before number-plate reading.

    Examples
    --------
    >>> camera_type_of({"camera:type": "panning"}), camera_type_of({"surveillance:type": "ALPR"})
    ('ptz', 'anpr')
    """
    kind = (tags.get("camera:type") or tags.get("camera") or "").strip().lower()
    if "dome" in kind:
        return "dome"
    if kind in {"panning", "ptz"}:
        return "ptz"
    if tags.get("surveillance:type", "").strip().lower() in {"alpr", "anpr"}:
        return "anpr"
    return "fixed" if kind == "fixed" else "unknown"


def _is_surveillance(tags: Mapping[str, str]) -> bool:
    return (
        tags.get("man_made") == "surveillance"
        or "surveillance" in tags
        or ("camera" in tags and "surveillance:type" in tags)
    )


def _is_camera(tags: Mapping[str, str]) -> bool:
    kind = tags.get("surveillance:type", "camera").strip().lower()
    if kind not in _CAMERA_KINDS:
        return False
    bare_building = tags.get("building", "no") != "no" and "surveillance" not in tags
    return not bare_building or any(key in tags for key in _CAMERA_TAGS)


def _cameras(path: Path, elements: Iterable[Element], *, chosen_by_query: bool) -> Source:
    everything = list(elements)
    tagged = [each for each in everything if _is_surveillance(each.tags)]
    notes = Notes()
    if not tagged and chosen_by_query:
        tagged = everything
        notes.add(
            "untagged_elements",
            "No element says that it is a camera; the query that chose them is trusted",
            count=len(tagged),
        )
    if not tagged:
        fault = Fault(
            "no node is tagged as a surveillance camera",
            "Export an extract that holds man_made=surveillance",
        )
        raise InputError(path, [fault])
    source = Source(
        pd.DataFrame([_row(each) for each in tagged]),
        [f"{each.kind} {each.osm_id}" for each in tagged],
        _places(tagged),
        source_crs(GEOGRAPHIC_CRS),
        named=True,
        crowd_sourced=True,
        notes=notes,
        rows_read=len(tagged),
    )
    is_camera = np.array([_is_camera(each.tags) for each in tagged])
    indoor = np.array([each.tags.get("surveillance", "").lower() == "indoor" for each in tagged])
    ids = source.rows["camera_id"].to_numpy()
    notes.add(
        "not_a_camera",
        "Surveillance that is no camera (guards, sensors, bare buildings) was left out",
        rows=ids[~is_camera],
    )
    notes.add(
        "indoor", "Indoor cameras see no street and were left out", rows=ids[is_camera & indoor]
    )
    wanted = is_camera & ~indoor
    differ = np.array([_directions_differ(each.tags) for each in tagged])
    notes.add(
        "direction_conflict",
        "camera:direction and direction differ; camera:direction was taken",
        rows=ids[wanted & differ],
    )
    return source.keep(wanted)


def _row(element: Element) -> dict[str, Any]:
    tags = element.tags
    kind = element.kind
    return {
        "camera_id": element.osm_id if kind == "node" else f"{kind}/{element.osm_id}",
        "ownership": ownership_of(tags),
        "operator": tags.get("operator"),
        "camera_type": camera_type_of(tags),
        "azimuth": _direction(tags),
        "mount_height": tags.get("camera:height") or tags.get("height"),
        "camera_angle_raw": tags.get("camera:angle"),
    }


def _direction(tags: Mapping[str, str]) -> str | None:
    special, general = tags.get("camera:direction"), tags.get("direction")
    return general if is_blank(special) and not is_blank(general) else special


def _directions_differ(tags: Mapping[str, str]) -> bool:
    special, general = tags.get("camera:direction"), tags.get("direction")
    if is_blank(special) or is_blank(general):
        return False
    return parse_directions(special).headings != parse_directions(general).headings


def _places(elements: list[Element]) -> gpd.GeoSeries:
    lon = pd.to_numeric(pd.Series([each.lon for each in elements], dtype=object), errors="coerce")
    lat = pd.to_numeric(pd.Series([each.lat for each in elements], dtype=object), errors="coerce")
    return gpd.GeoSeries.from_xy(lon.astype(float), lat.astype(float), crs=GEOGRAPHIC_CRS)
