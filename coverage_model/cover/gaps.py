"""Gaps: the ground that no view sees, cut into places that can be ranked and visited."""

from __future__ import annotations

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base.layer import Layer, frame_of
from coverage_model.cover.overlay import (
    Geometries,
    Pieces,
    boxes,
    only_polygons,
    overlaid,
    split_by_areas,
    tiled_union,
    union_by,
)

CELL_M = 500.0
"""Side of the squares that gaps are cut into: a few streets, a place one can name."""

MAX_CELLS = 20_000
"""Squares that may span the areas (London: 11,000) before they are made larger."""


def coverage_gaps(
    visible: gpd.GeoDataFrame,
    areas: Layer,
    *,
    obstacles: Layer | None = None,
    min_area_m2: float = 0.0,
    cell_m: float | Literal["auto"] | None = "auto",
) -> gpd.GeoDataFrame:
    """Find the ground of each area that no view sees.

    Parameters
    ----------
    visible
        A ``schemas.VisibleAreas`` frame at one level. What cameras could merely reach fills no gap.
    areas
        A ``schemas.Areas`` frame in the same CRS.
    obstacles
        Buildings: their ground is no gap, since it is no public realm.
    min_area_m2
        Leave out gaps smaller than this. With the default of 0 the gaps of an area add up to its
        ``gap_m2``.
    cell_m
        Side of the squares of the CRS's grid that gaps are cut along, in m. Cones are small beside
        a borough, so that its uncut gap is one polygon with thousands of holes, of no use as a
        place; and a square stays where it is when cameras are added. ``auto`` is 500 m, doubled
        until at most 20,000 squares span the areas. ``None`` gives the uncut, connected polygons.

    Returns
    -------
    GeoDataFrame
        A ``schemas.Gaps`` frame, in the order of ``areas`` and largest first within an area;
        gaps of the same size (to 1 mm²) run from north to south, then from west to east.
        ``gap_id`` is the area's code and the rank.

    Examples
    --------
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(
    ...     {"area_code": ["E1"], "area_name": ["One"]}, geometry=[box(0, 0, 1000, 500)],
    ...     crs="EPSG:27700",
    ... )
    >>> views = gpd.GeoDataFrame(
    ...     {"view_basis": ["given"]}, geometry=[box(10, 10, 20, 20)], crs="EPSG:27700",
    ... )
    >>> coverage_gaps(views, areas)[["gap_id", "gap_m2"]].values.tolist()
    [['E1-0001', 250000.0], ['E1-0002', 249900.0]]
    """
    areas = frame_of(areas)
    obstacles = None if obstacles is None else frame_of(obstacles)
    shapes = np.asarray(areas.geometry.to_numpy())
    filled = [visible.geometry[visible["view_basis"].ne("reach")].to_numpy()]
    if obstacles is not None:
        filled.append(obstacles.geometry.to_numpy())
    covered = _within_bounds(np.concatenate(filled).astype(object), shapes)
    if cell_m is None:
        found = _connected(covered, shapes)
    else:
        side = _side(shapes) if cell_m == "auto" else float(cell_m)
        found = _by_cell(covered, shapes, side)

    size = shapely.area(found.geometry)
    box = shapely.bounds(found.geometry)
    kept = np.flatnonzero((size > 0) & (size >= min_area_m2))
    ranking = (box[:, 0], -box[:, 3], -np.round(size, 6), found.area)
    order = kept[np.lexsort([key[kept] for key in ranking])]
    area = found.area[order]
    rank = np.arange(len(area)) - np.searchsorted(area, area) + 1
    code = areas["area_code"].to_numpy()[area]
    gaps = pd.DataFrame(
        {
            "gap_id": [f"{name}-{place:04d}" for name, place in zip(code, rank, strict=True)],
            "area_code": code,
            "area_name": areas["area_name"].to_numpy()[area],
            "gap_m2": size[order],
        }
    )
    return gpd.GeoDataFrame(gaps, geometry=found.geometry[order], crs=areas.crs)


def _side(shapes: Geometries) -> float:
    """Double the usual square until few enough span the areas (whole countries included)."""
    side = CELL_M
    while len(shapes) and _grid(shapes, side).prod() > MAX_CELLS:
        side *= 2
    return side


def _grid(shapes: Geometries, cell_m: float) -> NDArray[np.int64]:
    """Columns and rows of squares that span the areas."""
    west, south, east, north = shapely.total_bounds(shapes) / cell_m
    return np.array(
        [np.ceil(east) - np.floor(west), np.ceil(north) - np.floor(south)], dtype=np.int64
    )


def _within_bounds(covered: Geometries, shapes: Geometries) -> Geometries:
    """Leave out what lies clear of all areas, and cut what sticks out, before it is tiled."""
    if len(shapes) == 0:
        return covered[:0]
    frame = shapely.box(*shapely.total_bounds(shapes))
    shapely.prepare(frame)
    covered = covered[shapely.intersects(frame, covered)]
    out = ~shapely.covers(frame, covered)
    covered[out] = only_polygons(
        overlaid(shapely.intersection, covered[out], np.full(out.sum(), frame))
    )
    return covered


def _by_cell(covered: Geometries, shapes: Geometries, cell_m: float) -> Pieces:
    """Take the covered ground out of each square of each area."""
    if len(shapes) == 0:
        return split_by_areas(np.empty(0, dtype=object), shapes)
    corner = np.floor(shapely.total_bounds(shapes)[:2] / cell_m).astype(np.int64)
    columns, rows = _grid(shapes, cell_m)
    cells = corner + np.indices((int(columns), int(rows))).reshape(2, -1).T
    pieces = split_by_areas(boxes(cells, cell_m), shapes)
    tiles = tiled_union(covered, size_m=cell_m)
    tile = tiles.row_of(cells[pieces.row])
    left = pieces.geometry.copy()
    has = tile >= 0
    left[has] = only_polygons(overlaid(shapely.difference, left[has], tiles.geometry[tile[has]]))
    return Pieces(row=pieces.row, area=pieces.area, geometry=left)


def _connected(covered: Geometries, shapes: Geometries) -> Pieces:
    """Take all covered ground out of each area at once, and part what does not hang together."""
    pieces = split_by_areas(covered[~shapely.is_empty(covered)], shapes)
    left = shapes.copy()
    if len(pieces.row):
        some, unions = union_by(pieces.geometry, pieces.area)
        left[some] = only_polygons(overlaid(shapely.difference, shapes[some], unions))
    parts, area = shapely.get_parts(left, return_index=True)
    return Pieces(row=area, area=area, geometry=parts)
