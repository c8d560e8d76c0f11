"""The ground under a map, from an OpenStreetMap extract: water, parks, rail, streets, names.

One pass over the extract (``.osm``, ``.osm.pbf``) keeps what tells a reader where he is and drops
the rest. What is kept is written as a GeoPackage of three layers (``areas``, ``lines``, ``points``,
each with ``kind`` and ``name``), which a page draws by zoom; it enters no figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from coverage_model.base.crs import WORKING_CRS, to_crs
from coverage_model.base.errors import Fault, InputError, NothingThereError
from coverage_model.reading.osm_elements import osmium_for
from coverage_model.reading.source import boundary, check_file

LAYERS = ("areas", "lines", "points")
SIMPLIFY_M = {"areas": 1.0, "lines": 1.0}
LEAST_AREA_M2 = {"building": 20.0, "park": 200.0, "water": 100.0}

MAIN = frozenset({"motorway", "trunk", "primary", "secondary"})
STREET = frozenset(
    {"tertiary", "unclassified", "residential", "living_street", "pedestrian", "road"}
)
PATH = frozenset({"footway", "path", "steps", "cycleway", "bridleway", "track", "service"})
RAIL = frozenset({"rail", "subway", "light_rail", "tram", "narrow_gauge"})
PARK_LEISURE = frozenset({"park", "garden", "common", "nature_reserve", "golf_course", "pitch"})
PARK_LANDUSE = frozenset(
    {"grass", "recreation_ground", "cemetery", "forest", "village_green", "meadow", "allotments"}
)
PLACES = frozenset(
    {"city", "town", "suburb", "quarter", "neighbourhood", "village", "hamlet", "square"}
)


@dataclass(frozen=True, slots=True)
class GroundLayers:
    """What an extract or a ground file holds.

    Parameters
    ----------
    areas, lines, points
        Frames with ``kind``, ``name`` and geometry, in the working CRS.
    left_out
        How many things of each reason were left out.
    """

    areas: gpd.GeoDataFrame
    lines: gpd.GeoDataFrame
    points: gpd.GeoDataFrame
    left_out: Mapping[str, int]

    def counts(self) -> dict[str, int]:
        """Return the number of things of each kind."""
        frames = (self.areas, self.lines, self.points)
        return pd.concat([frame["kind"] for frame in frames]).value_counts().to_dict()


def area_kind(tags: Mapping[str, str]) -> str | None:
    """Return what an area is on the ground, or None if it is not drawn.

    Examples
    --------
    >>> area_kind({"leisure": "park"}), area_kind({"building": "no"})
    ('park', None)
    """
    if tags.get("building", "no") != "no":
        return "building"
    water = tags.get("natural") == "water" or tags.get("waterway") in {"riverbank", "dock"}
    if water or tags.get("landuse") in {"reservoir", "basin"}:
        return "water"
    if tags.get("leisure") in PARK_LEISURE or tags.get("landuse") in PARK_LANDUSE:
        return "park"
    return "park" if tags.get("natural") in {"wood", "heath", "grassland"} else None


def line_kind(tags: Mapping[str, str]) -> str | None:
    """Return what a way is on the ground, or None if it is not drawn.

    Examples
    --------
    >>> line_kind({"highway": "primary_link"}), line_kind({"railway": "subway", "tunnel": "yes"})
    ('main', None)
    """
    highway = tags.get("highway", "").removesuffix("_link")
    for kind, values in (("main", MAIN), ("street", STREET), ("path", PATH)):
        if highway in values:
            return kind
    if tags.get("railway") in RAIL and tags.get("tunnel", "no") == "no":
        return "rail"
    return None


def point_kind(tags: Mapping[str, str]) -> str | None:
    """Return what a node is on the ground, or None if it is not drawn.

    Examples
    --------
    >>> point_kind({"place": "suburb"}), point_kind({"railway": "station"}), point_kind({})
    ('place', 'rail_station', None)
    """
    if tags.get("place") in PLACES:
        return "place"
    return "rail_station" if tags.get("railway") in {"station", "halt"} else None


def read_osm_ground(path: str | Path, *, crs: Any = WORKING_CRS) -> GroundLayers:
    """Read the ground from an OpenStreetMap extract.

    Parameters
    ----------
    path
        ``.osm`` or ``.osm.pbf``.
    crs
        Projected CRS in metres to work in.

    Returns
    -------
    GroundLayers
        Simplified to 1 m; unnamed paths and very small areas are left out and counted.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        If it cannot be read, nothing of it is ground, or the extra ``osm`` is not installed.
    """
    source = Path(path)
    check_file(source)
    osmium = osmium_for(source)
    wkb = osmium.geom.WKBFactory()
    rows: dict[str, list[tuple[str, str, str]]] = {name: [] for name in LAYERS}
    left: Counter[str] = Counter()
    with boundary(source, title="OpenStreetMap data"):
        for thing in osmium.FileProcessor(str(source)).with_areas():
            layer, kind, make = _placed(thing, wkb)
            name = thing.tags.get("name", "")
            if kind is None:
                continue
            if kind == "path" and not name:
                left["paths without a name"] += 1
                continue
            try:
                rows[layer].append((kind, name, make(thing)))
            except (RuntimeError, osmium.InvalidLocationError):
                left["shapes that cannot be assembled"] += 1
    frames = {name: _frame(rows[name], name, crs, left) for name in LAYERS}
    if all(frame.empty for frame in frames.values()):
        fault = Fault("nothing in it is ground", "Give an extract with streets, water or buildings")
        raise NothingThereError(source, [fault])
    return GroundLayers(**frames, left_out=dict(left))


def ground_of_features(found: gpd.GeoDataFrame, *, crs: Any = WORKING_CRS) -> GroundLayers:
    """Take the ground out of osmnx's frame of features.

    Parameters
    ----------
    found
        A column a tag, in longitude and latitude.
    crs
        Projected CRS in metres to work in.

    Raises
    ------
    NothingThereError
        If nothing of it is ground.
    """
    rows: dict[str, list[tuple[str, str, Any]]] = {name: [] for name in LAYERS}
    left: Counter[str] = Counter()
    kinds = {"areas": area_kind, "lines": line_kind, "points": point_kind}
    columns = [name for name in found.columns if name != found.geometry.name]
    dimension = shapely.get_dimensions(found.geometry.to_numpy())
    for record, shape, size in zip(
        found[columns].to_dict("records"), found.geometry, dimension, strict=True
    ):  # tags are read thing by thing
        tags = {key: value for key, value in record.items() if isinstance(value, str)}
        layer = ("points", "lines", "areas")[size]
        kind = kinds[layer](tags)
        if kind == "path" and "name" not in tags:
            left["paths without a name"] += 1
        elif kind is not None:
            rows[layer].append((kind, tags.get("name", ""), shapely.to_wkb(shape)))
    frames = {name: _frame(rows[name], name, crs, left) for name in LAYERS}
    if all(frame.empty for frame in frames.values()):
        raise NothingThereError("ground", [Fault("nothing of it is ground", "Give a larger place")])
    return GroundLayers(**frames, left_out=dict(left))


def _placed(thing: Any, wkb: Any) -> tuple[str, str | None, Any]:
    """Return the layer, the kind and the maker of the geometry of a thing."""
    if thing.is_area():
        return "areas", area_kind(thing.tags), wkb.create_multipolygon
    if thing.is_way():
        return "lines", line_kind(thing.tags), wkb.create_linestring
    return "points", point_kind(thing.tags) if thing.is_node() else None, wkb.create_point


def _frame(
    rows: list[tuple[str, str, str]], layer: str, crs: Any, left: Counter[str]
) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {"kind": [row[0] for row in rows], "name": [row[1] for row in rows]},
        geometry=shapely.from_wkb([row[2] for row in rows]),
        crs="EPSG:4326",
    )
    if frame.empty:
        return frame.set_crs(crs, allow_override=True)
    frame, _ = to_crs(frame, crs)
    if layer in SIMPLIFY_M:
        frame["geometry"] = frame.simplify(SIMPLIFY_M[layer])
    if layer == "areas":
        small = frame.area < frame["kind"].map(LEAST_AREA_M2)
        left["very small areas"] += int(small.sum())
        frame = frame[~small].reset_index(drop=True)
    return frame


def write_ground(layers: GroundLayers, path: str | Path) -> None:
    """Write ground as a GeoPackage; layers without a row are left out."""
    for name in LAYERS:
        frame = getattr(layers, name)
        if not frame.empty:
            frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio", promote_to_multi=True)


def read_ground(path: str | Path, *, crs: Any = WORKING_CRS) -> GroundLayers:
    """Read a ground file made by :func:`write_ground`, or an OpenStreetMap extract.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        If it is neither.
    """
    source = Path(path)
    check_file(source)
    if source.name.lower().endswith((".osm", ".pbf")):
        return read_osm_ground(source, crs=crs)
    with boundary(source, title="a ground file", remedy=_MAKE):
        found = {str(name) for name, _ in pyogrio.list_layers(source)} & set(LAYERS)
        frames = {name: gpd.read_file(source, layer=name) for name in sorted(found)}
    lacking = [n for n, frame in frames.items() if not {"kind", "name"} <= set(frame.columns)]
    if not frames or lacking:
        raise InputError(source, [Fault("it is not a ground file", _MAKE)])
    empty = gpd.GeoDataFrame({"kind": [], "name": []}, geometry=[], crs=crs)
    return GroundLayers(
        **{name: to_crs(frames[name], crs)[0] if name in frames else empty for name in LAYERS},
        left_out={},
    )


_MAKE = "Make one with: sharedview ground EXTRACT.osm.pbf --out ground.gpkg"
