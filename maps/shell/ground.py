"""The ground under a map: water, parks, rail, streets and buildings, and their names.

A ground says where one is, also without a network: it is drawn from what a run was given (streets,
buildings), from a file made by ``sharedview ground``, and from embedded places. It carries no
figure. Names are drawn on a canvas as text and cannot be anything else.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.reading.ground import GroundLayers, line_kind
from maps.shell.packed import Category, PackedLayer, pack
from maps.shell.tile_service import TileService

AREAS = (
    Category("park", "#d5e8cf", "#bcd6b4", alpha=1.0),
    Category("water", "#b9d3e6", "#9fc0d8", alpha=1.0),
    Category("building", "#d9d4cc", "#b3aca2", alpha=1.0),
)
LINES = (
    Category("path", "#e3ddd2", "#b9ae9c"),
    Category("street", "#ffffff", "#b8bec6"),
    Category("rail", "#8b8f96", "#8b8f96"),
    Category("main", "#fff3c9", "#cdb56a"),
)
"""Lines in painting order: colour of the line, and of its edges."""

POINTS = ("place", "rail_station", "docking_station")
"""Kinds of named points, the most important first."""


def _empty() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"kind": [], "name": []}, geometry=[], crs="EPSG:27700")


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under a map.

    Parameters
    ----------
    areas
        Polygons with ``kind`` (``park``, ``water``, ``building``) and ``name``.
    lines
        Lines with ``kind`` (``main``, ``street``, ``path``, ``rail``) and ``name``.
    points
        Points with ``kind`` (``place``, ``rail_station``, ``docking_station``) and ``name``.
    credits
        Whose data it is, for the map's credit line.
    tiles
        A tile service that lies under all of it, for readers who have a network.
    """

    areas: gpd.GeoDataFrame = field(default_factory=_empty)
    lines: gpd.GeoDataFrame = field(default_factory=_empty)
    points: gpd.GeoDataFrame = field(default_factory=_empty)
    credits: tuple[str, ...] = ()
    tiles: TileService | None = None

    def __add__(self, other: Ground) -> Ground:
        """Lay two grounds over each other."""

        def both(name: str) -> gpd.GeoDataFrame:
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine.empty or theirs.empty:
                return theirs if mine.empty else mine
            return pd.concat([mine, theirs.to_crs(mine.crs)], ignore_index=True)

        credits_ = tuple(dict.fromkeys((*self.credits, *other.credits)))
        return Ground(
            both("areas"), both("lines"), both("points"), credits_, self.tiles or other.tiles
        )


def street_kind(highway: pd.Series) -> pd.Series:
    """Return ``main``, ``street`` or ``path`` for values of OpenStreetMap's key ``highway``.

    Examples
    --------
    >>> street_kind(pd.Series(["primary", "residential", "footway", None])).tolist()
    ['main', 'street', 'path', 'street']
    """
    kinds = {value: line_kind({"highway": value}) for value in highway.dropna().unique()}
    return highway.map(kinds).fillna("street")


def street_ground(streets: gpd.GeoDataFrame, *, credit: str) -> Ground:
    """Return the streets of a run (``street_name, highway``) as ground."""
    lines = gpd.GeoDataFrame(
        {
            "kind": street_kind(streets["highway"]).to_numpy(),
            "name": streets["street_name"].to_numpy(),
        },
        geometry=streets.geometry.to_numpy(),
        crs=streets.crs,
    )
    return Ground(lines=lines, credits=(credit,))


def file_ground(layers: GroundLayers, *, credit: str) -> Ground:
    """Return a ground file as ground."""
    return Ground(layers.areas, layers.lines, layers.points, (credit,))


def point_ground(points: gpd.GeoDataFrame, *, credit: str) -> Ground:
    """Return named points (``kind, name``) as ground."""
    return Ground(points=points[["kind", "name", "geometry"]], credits=(credit,))


def tile_ground(tiles: TileService) -> Ground:
    """Return a tile service as ground."""
    return Ground(credits=(tiles.credit,), tiles=tiles)


def without_buildings(ground: Ground) -> Ground:
    """Return a ground without its buildings."""
    kept = ground.areas[ground.areas["kind"] != "building"]
    return dataclasses.replace(ground, areas=kept)


def within(ground: Ground, bounds: Sequence[float]) -> Ground:
    """Return the part of a ground that lies in a box ``(west, south, east, north)``."""
    west, south, east, north = bounds

    def cut(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return frame if frame.empty else frame.cx[west:east, south:north]

    return dataclasses.replace(
        ground, areas=cut(ground.areas), lines=cut(ground.lines), points=cut(ground.points)
    )


def ground_packs(ground: Ground) -> tuple[PackedLayer, ...]:
    """Pack a ground for the browser; layers without a shape are left out."""
    packs = []
    for name, frame, categories, closed, simplify_m in (
        ("groundareas", ground.areas, AREAS, True, 0.5),
        ("groundlines", merged_lines(ground.lines), LINES, False, 0.5),
        ("groundpoints", _dots(ground.points), _point_categories(), False, 0.0),
    ):
        if frame.empty:
            continue
        packs.append(
            pack(
                name,
                frame[["geometry"]],
                category=frame["kind"],
                categories=categories,
                texts={"name": _names(frame["name"])},
                min_zoom=11,
                simplify_m=simplify_m,
                quiet=True,
                closed=closed,
            )
        )
    return tuple(packs)


def merged_lines(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join the stretches of a street of one name and kind: one name, written along the whole."""
    if lines.empty:
        return lines
    named = lines.assign(name=_names(lines["name"]))
    whole = named.dissolve(["kind", "name"], sort=False).reset_index()
    whole["geometry"] = shapely.line_merge(whole.geometry.to_numpy())
    return whole[["kind", "name", "geometry"]].explode(ignore_index=True)


def _point_categories() -> tuple[Category, ...]:
    return tuple(Category(kind, "#44556a", "#44556a") for kind in POINTS)


def _dots(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Points as lines without a length, which is what a packed block can hold."""
    if points.empty:
        return points
    at = shapely.get_coordinates(points.geometry.to_numpy())
    return points.set_geometry(
        gpd.GeoSeries(
            shapely.linestrings(np.stack([at, at], axis=1)), index=points.index, crs=points.crs
        )
    ).reset_index(drop=True)


def _names(names: pd.Series) -> list[str]:
    return names.astype(object).where(names.notna(), "").astype(str).tolist()
