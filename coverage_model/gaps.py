"""Gaps: the ground that no view sees, cut into places that can be ranked and visited."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model._overlay import (
    Geometries,
    Pieces,
    boxes,
    only_polygons,
    split_by_areas,
    tiled_union,
    union_by,
)

CELL_M = 500.0
"""Side of the squares that gaps are cut into: a few streets, a place one can name."""


def coverage_gaps(
    visible: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    obstacles: gpd.GeoDataFrame | None = None,
    min_area_m2: float = 0.0,
    cell_m: float | None = CELL_M,
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
        place; and a square keeps its name and place when cameras are added. ``None`` gives
        the uncut, connected polygons.

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
    shapes = np.asarray(areas.geometry.to_numpy())
    views = visible.geometry[visible["view_basis"].ne("reach")]
    filled = [views.to_numpy()]
    if obstacles is not None:
        filled.append(obstacles.geometry.to_numpy())
    covered = np.concatenate(filled).astype(object)
    found = _connected(covered, shapes) if cell_m is None else _by_cell(covered, shapes, cell_m)

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


def _by_cell(covered: Geometries, shapes: Geometries, cell_m: float) -> Pieces:
    """Take the covered ground out of each square of each area."""
    if len(shapes) == 0:
        return split_by_areas(np.empty(0, dtype=object), shapes)
    west, south, east, north = shapely.total_bounds(shapes) / cell_m
    columns = np.arange(np.floor(west), np.ceil(east), dtype=np.int64)
    rows = np.arange(np.floor(south), np.ceil(north), dtype=np.int64)
    cells = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    pieces = split_by_areas(boxes(cells, cell_m), shapes)
    tiles = tiled_union(covered, size_m=cell_m)
    tile = tiles.row_of(cells[pieces.row])
    left = pieces.geometry.copy()
    has = tile >= 0
    left[has] = only_polygons(shapely.difference(left[has], tiles.geometry[tile[has]]))
    return Pieces(row=pieces.row, area=pieces.area, geometry=left)


def _connected(covered: Geometries, shapes: Geometries) -> Pieces:
    """Take all covered ground out of each area at once, and part what does not hang together."""
    pieces = split_by_areas(covered[~shapely.is_empty(covered)], shapes)
    left = shapes.copy()
    if len(pieces.row):
        some, unions = union_by(pieces.geometry, pieces.area)
        left[some] = only_polygons(shapely.difference(shapes[some], unions))
    parts, area = shapely.get_parts(left, return_index=True)
    return Pieces(row=area, area=area, geometry=parts)
