"""OpenStreetMap buildings: footprints assembled from ways and relations.

Geometry comes from osmnx, which builds multipolygons with their courtyards from ``.osm`` XML where
GDAL's driver loses some. From ``.osm.pbf`` pyosmium assembles them.

Which elements are footprints: ``building=*`` other than ``no`` that closes to a polygon. Left out
and counted: canopies (``roof``, ``carport``), which are open at eye level; buildings under ground
(``location=underground``); tagged nodes, which have no outline; and a way that is the outline of a
multipolygon which is a building itself, for the two are one building, and only the relation has
its courtyards. ``building:part`` is not read: the outline of the whole blocks already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base.crs import GEOGRAPHIC_CRS, source_crs
from coverage_model.base.errors import Fault, NothingThereError
from coverage_model.base.notes import Notes
from coverage_model.reading.osm_elements import osmium_for
from coverage_model.reading.source import Source, boundary, noted_warnings
from coverage_model.reading.xml_stream import parse_xml

TAGS = ("building", "height", "building:height", "building:levels", "location")
OPEN_SIDED = frozenset({"roof", "carport"})


def read_xml_buildings(path: Path) -> Source:
    """Read the building footprints of an OSM XML file."""
    outlines, buildings = _scan(path)  # also refuses what is no OSM XML before osmnx opens it
    if not buildings:
        raise _no_buildings(path)
    import osmnx  # noqa: PLC0415 (takes a second to import, and only this format needs it)

    notes = Notes()
    with boundary(path, title="OSM XML with buildings"), noted_warnings(notes):
        found = osmnx.features_from_xml(path, tags={"building": True})
    return buildings_of_features(found, notes, outlines=outlines, buildings=buildings)


def buildings_of_features(
    found: gpd.GeoDataFrame,
    notes: Notes,
    *,
    outlines: frozenset[str] | None = None,
    buildings: int | None = None,
) -> Source:
    """Take the footprints out of osmnx's frame of features.

    Parameters
    ----------
    found
        Indexed by kind and number of the element, a column a tag.
    notes
        To note in what was left out.
    outlines
        Ways that are the outline of a building relation; found by their shape where not given.
    buildings
        How many buildings the source has; as many as the frame where not given.
    """
    found = found[found["building"].notna()]
    buildings = len(found) if buildings is None else buildings
    kinds = found.index.get_level_values(0).astype(str)
    numbers = found.index.get_level_values(1).astype(str)
    columns = {
        tag: found[tag].to_numpy(dtype=object) if tag in found else np.full(len(found), None)
        for tag in TAGS
    }
    ids = kinds + "/" + numbers
    if outlines is None:
        outlines = _outlines(ids.tolist(), found.geometry.to_numpy())
    rows = pd.DataFrame({"obstacle_id": ids} | columns)
    geometry = gpd.GeoSeries(found.geometry.to_numpy(), crs=GEOGRAPHIC_CRS)
    notes.add(
        "not_closed",
        "Buildings whose outline is not closed or not in the file were left out",
        count=buildings - len(found),
    )
    return _footprints(rows, geometry, notes, outlines=outlines, rows_read=buildings)


def read_pbf_buildings(path: Path) -> Source:
    """Read the building footprints of an ``.osm.pbf`` file; needs the extra ``osm``."""
    osmium = osmium_for(path)
    factory = osmium.geom.WKBFactory()
    ids: list[str] = []
    shapes: list[str] = []
    tags: list[dict[str, str]] = []
    notes = Notes()
    broken: list[str] = []
    with boundary(path, title="OSM PBF"):
        processor = osmium.FileProcessor(str(path)).with_areas(osmium.filter.KeyFilter("building"))
        for element in processor:
            if not element.is_area() or "building" not in element.tags:
                continue
            name = f"{'way' if element.from_way() else 'relation'}/{element.orig_id()}"
            try:
                shapes.append(factory.create_multipolygon(element))
            except RuntimeError:
                broken.append(name)
                continue
            ids.append(name)
            tags.append({tag: element.tags[tag] for tag in TAGS if tag in element.tags})
    if not ids:
        raise _no_buildings(path)
    notes.add("not_closed", "Buildings whose outline does not close were left out", rows=broken)
    rows = pd.DataFrame(tags, columns=list(TAGS), dtype=object)
    rows.insert(0, "obstacle_id", ids)
    geometry = gpd.GeoSeries(shapely.from_wkb(shapes), crs=GEOGRAPHIC_CRS)
    outlines = _outlines(ids, geometry.to_numpy())
    return _footprints(rows, geometry, notes, outlines=outlines, rows_read=len(ids) + len(broken))


def _scan(path: Path) -> tuple[frozenset[str], int]:
    """Ids of ways that are the outline of a building relation, and how many buildings there are."""
    outlines: set[str] = set()
    members: list[str] = []
    state: dict[str, Any] = {"kind": None, "building": False, "count": 0}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name in {"node", "way", "relation"}:
            state["kind"], state["building"] = name, False
            members.clear()
        elif name == "tag" and attributes.get("k") == "building":
            state["building"] = True
        elif name == "member" and attributes.get("role") == "outer":
            members.append(f"way/{attributes.get('ref')}")

    def end(name: str) -> None:
        if name == state["kind"]:
            state["count"] += state["building"]
            if name == "relation" and state["building"]:
                outlines.update(members)
            state["kind"] = None

    parse_xml(path, start=start, end=end)
    return frozenset(outlines), int(state["count"])


def _outlines(ids: Sequence[str], shapes: NDArray[np.object_]) -> frozenset[str]:
    """Ways that have the shape of the outer ring of a relation."""
    ways = np.array([each.startswith("way/") for each in ids], dtype=bool)
    parts = shapely.get_parts(shapes[~ways])
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    rings = shapely.polygons(shapely.get_exterior_ring(parts))
    outer = set(shapely.to_wkb(shapely.normalize(rings)))
    shown = shapely.get_parts(shapes[ways], return_index=True)
    same = [shape in outer for shape in shapely.to_wkb(shapely.normalize(shown[0]))]
    found = np.array(ids, dtype=object)[ways][shown[1][np.array(same, dtype=bool)]]
    return frozenset(str(each) for each in found)


def _footprints(
    rows: pd.DataFrame,
    geometry: gpd.GeoSeries,
    notes: Notes,
    *,
    outlines: frozenset[str],
    rows_read: int,
) -> Source:
    ids = rows["obstacle_id"]
    kind = rows["building"].astype(str).str.strip().str.lower()
    reasons = (
        ("no_outline", "Buildings that are only a point were left out",
         ~geometry.geom_type.isin(["Polygon", "MultiPolygon"])),
        ("not_a_building", "building=no was left out", kind == "no"),
        ("open_sided", "Canopies, which are open at eye level, were left out",
         kind.isin(OPEN_SIDED)),
        ("underground", "Buildings under ground were left out",
         rows["location"].astype(str).str.lower() == "underground"),
        ("outline_of_relation",
         "Outlines of buildings that are there as relations, with courtyards, were left out",
         ids.isin(outlines)),
    )  # fmt: skip
    keep = np.ones(len(rows), dtype=bool)
    for code, message, mask in reasons:
        here = mask.to_numpy(dtype=bool) & keep  # each is counted once, under the first reason
        notes.add(code, message, rows=ids[here])
        keep &= ~here
    source = Source(
        rows.drop(columns=["building", "location"]),
        ids.tolist(),
        geometry,
        source_crs(GEOGRAPHIC_CRS),
        named=True,
        crowd_sourced=True,
        notes=notes,
        rows_read=rows_read,
    )
    return source.keep(keep)


def _no_buildings(path: Path) -> NothingThereError:
    fault = Fault("it holds no building", "Export an extract that holds building=*")
    return NothingThereError(path, [fault])
