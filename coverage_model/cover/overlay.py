"""Cutting and merging many polygons: the plumbing that coverage, gaps and ownership share.

Arrays of shapely geometries in, arrays out; no frames, no meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

TILE_M = 500.0
"""Tile in which overlapping polygons are united. Of 60 to 1,000 m it was the fastest or close to it
for 20,000 and 200,000 view cones, dense and sparse; see benchmarks/coverage.py."""

GRIDS_M = (1e-8, 1e-7, 1e-6)
"""Grids on which an overlay that went wrong is done again: noding on a grid cannot fail, and even
the coarsest moves a line by no more than a micrometre."""

Geometries = NDArray[np.object_]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parts of geometries that lie in areas: part ``k`` is of geometry ``row[k]``, in ``area[k]``.

    A geometry wholly inside an area is handed on as it is.
    """

    row: Rows
    area: Rows
    geometry: Geometries


@dataclass(frozen=True, slots=True)
class Tiles:
    """One polygonal geometry a grid tile, whose lower left corner lies at ``cell * size_m``."""

    cell: NDArray[np.int64]
    geometry: Geometries
    size_m: float

    def row_of(self, cells: NDArray[np.int64]) -> Rows:
        """Find the tile of each cell: its row, or -1 where there is none."""
        if len(self.cell) == 0:
            return np.full(len(cells), -1)
        keys, wanted = _keys(self.cell), _keys(cells)
        order = np.argsort(keys)
        at = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
        return np.where(keys[order][at] == wanted, order[at], -1)


def _keys(cells: NDArray[np.int64]) -> NDArray[np.complex128]:
    """One sortable number a cell (exact: both parts are small whole numbers)."""
    return cells[:, 0] + 1j * cells[:, 1]


def overlaid(operation: Callable[..., Any], *operands: Geometries) -> Geometries:
    """Apply an overlay operation of shapely row by row, so that no result is invalid.

    Floating-point noding of real footprints fails now and then: it throws, or it hands on a polygon
    that crosses itself, on which the next operation throws. Those rows are done again on a grid.
    """
    try:
        out = np.asarray(operation(*operands), dtype=object)
    except shapely.GEOSException:  # does not say which row
        out = np.full(len(operands[0]), None, dtype=object)
    for row in np.flatnonzero(~shapely.is_valid(out)):  # hardly ever any, unless one stopped all
        out[row] = _valid(operation, [values[row] for values in operands])
    return out


def _valid(operation: Callable[..., Any], operands: Sequence[Any]) -> Any:
    """Do one overlay exactly if possible, else on the finest grid that gives a valid result."""
    for grid in (None, *GRIDS_M):
        try:
            made = operation(*operands, grid_size=grid)
        except shapely.GEOSException:
            continue
        if shapely.is_valid(made):
            return made
    # Noding on a grid fails only on what is not valid itself: take the valid ground of that.
    mended = [_mended(each) for each in operands]
    return operation(*mended, grid_size=GRIDS_M[-1])


def _mended(operand: Any) -> Any:
    return shapely.make_valid(operand, method="structure", keep_collapsed=False)


def only_polygons(geometries: Geometries) -> Geometries:
    """Strip the points and lines that an intersection of touching polygons leaves behind."""
    kinds = shapely.get_type_id(geometries)
    mixed = np.flatnonzero(kinds == shapely.GeometryType.GEOMETRYCOLLECTION)
    out = np.where(shapely.get_dimensions(geometries) == 2, geometries, shapely.Polygon())
    if len(mixed):
        parts, of = shapely.get_parts(geometries[mixed], return_index=True)
        flat, within = shapely.get_parts(parts, return_index=True)
        kept = shapely.get_dimensions(flat) == 2
        merged = np.full(len(mixed), shapely.Polygon(), dtype=object)
        rows = of[within][kept]
        merged[np.unique(rows)] = _collect(flat[kept], rows)
        out[mixed] = merged
    return np.asarray(out, dtype=object)


def _collect(polygons: Geometries, rows: Rows) -> Geometries:
    """Gather polygons (``rows`` rising) into one multipolygon a distinct row; they may overlap."""
    if len(polygons) == 0:
        return np.empty(0, dtype=object)
    return np.asarray(
        shapely.multipolygons(polygons, indices=np.unique(rows, return_inverse=True)[1])
    )


def union_by(geometries: Geometries, group: Rows) -> tuple[Rows, Geometries]:
    """Union polygonal geometries group by group.

    Returns
    -------
    (groups, unions)
        The distinct groups, rising, and the union of each.
    """
    parts, of = shapely.get_parts(geometries, return_index=True)
    order = np.argsort(group[of], kind="stable")
    groups, start = np.unique(group[of][order], return_index=True)
    unions = np.empty(len(groups), dtype=object)
    # Groups differ in size, which shapely's own form along an axis does not allow for; a call a
    # group costs microseconds beside the union itself.
    for k, members in enumerate(np.split(parts[order], start[1:])[: len(groups)]):
        unions[k] = _union(members)
    return groups, unions


def _union(members: Geometries) -> Any:
    try:
        union = shapely.disjoint_subset_union_all(members)
    except shapely.GEOSException:
        union = None
    return union if shapely.is_valid(union) else _valid(shapely.union_all, [members])


def split_by_areas(geometries: Geometries, areas: Geometries) -> Pieces:
    """Cut geometries along the borders of areas.

    Parameters
    ----------
    geometries
        Polygonal geometries, many and small.
    areas
        Polygonal geometries, few and large; where they overlap, pieces are counted in each.

    Returns
    -------
    Pieces
        Sorted by area, then by row; empty pieces are left out.
    """
    tree = shapely.STRtree(geometries)
    touched = tree.query(areas, predicate="intersects")
    inside = tree.query(areas, predicate="covers")
    width = max(len(geometries), 1)
    whole = np.isin(touched[0] * width + touched[1], inside[0] * width + inside[1])
    area, row = touched
    piece = geometries[row]
    cut = np.flatnonzero(~whole)
    if len(cut):
        piece[cut] = only_polygons(overlaid(shapely.intersection, piece[cut], areas[area[cut]]))
    kept = ~shapely.is_empty(piece)
    area, row, piece = area[kept], row[kept], piece[kept]
    order = np.lexsort([row, area])
    return Pieces(row=row[order], area=area[order], geometry=piece[order])


def outside_areas(geometries: Geometries, areas: Geometries) -> Geometries:
    """Return what of each geometry lies in no area (empty where there is none)."""
    tree = shapely.STRtree(geometries)
    area, row = tree.query(areas, predicate="intersects")
    left = geometries.copy()
    inside = np.unique(tree.query(areas, predicate="covers")[1])
    left[inside] = shapely.Polygon()
    open_pair = ~np.isin(row, inside)
    area, row = area[open_pair], row[open_pair]
    while len(row):  # as many rounds as the most areas that one geometry touches
        rows, first = np.unique(row, return_index=True)
        left[rows] = only_polygons(overlaid(shapely.difference, left[rows], areas[area[first]]))
        rest = np.ones(len(row), dtype=bool)
        rest[first] = False
        area, row = area[rest], row[rest]
    return left


def cut_by_tiles(
    geometries: Geometries, size_m: float
) -> tuple[Rows, NDArray[np.int64], Geometries]:
    """Cut polygonal geometries along a square grid through the origin of the CRS.

    Returns
    -------
    (row, cell, piece)
        Which geometry each piece is of, its cell (column and row of the grid), and the piece.
    """
    filled = np.flatnonzero(~shapely.is_empty(geometries))
    bounds = shapely.bounds(geometries[filled])
    low = np.floor(bounds[:, :2] / size_m).astype(np.int64)
    # A geometry that only touches the next tile does not belong to it.
    high = np.maximum(np.ceil(bounds[:, 2:] / size_m).astype(np.int64) - 1, low)
    span = high - low + 1
    count = span.prod(axis=1)
    of = np.repeat(np.arange(len(filled)), count)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    cell = low[of] + np.column_stack([nth % span[of, 0], nth // span[of, 0]])
    piece = geometries[filled[of]]
    cut = np.flatnonzero(count[of] > 1)
    if len(cut):
        piece[cut] = only_polygons(
            overlaid(shapely.intersection, piece[cut], boxes(cell[cut], size_m))
        )
    kept = ~shapely.is_empty(piece)
    return filled[of][kept], cell[kept], piece[kept]


def boxes(cells: NDArray[np.int64], size_m: float) -> Geometries:
    """Build the squares of grid cells."""
    low, high = cells * size_m, (cells + 1) * size_m
    return np.asarray(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))


def tiled_union(geometries: Geometries, *, size_m: float) -> Tiles:
    """Union polygons tile by tile, without merging the tiles again."""
    _, cell, piece = cut_by_tiles(geometries, size_m)
    cells, group = np.unique(cell, axis=0, return_inverse=True)
    _, unions = union_by(piece, group.ravel())
    return Tiles(cell=cells, geometry=unions, size_m=size_m)


def first_area(points: Geometries, areas: Geometries) -> Rows:
    """Find the first area that holds each point: its row, or -1."""
    area, row = shapely.STRtree(points).query(areas, predicate="intersects")
    first = np.full(len(points), len(areas))
    np.minimum.at(first, row, area)
    return np.where(first == len(areas), -1, first)


def areas_around(points: Geometries, areas: Geometries) -> tuple[Rows, Rows]:
    """Pair each point with every area it lies in: rows of points, and of areas.

    A point on a border belongs to the first of the areas that meet there alone, as in
    :func:`first_area`; where areas overlap, a point inside several belongs to each.
    """
    area, row = shapely.STRtree(points).query(areas, predicate="contains")
    first = first_area(points, areas)
    first[row] = -1
    on_border = np.flatnonzero(first >= 0)
    return np.concatenate([row, on_border]), np.concatenate([area, first[on_border]])


def sum_by(values: Any, group: Rows, groups: int) -> NDArray[np.float64]:
    """Sum the rows of ``values`` (one or two dimensions) by group."""
    values = np.asarray(values, dtype=float)
    out = np.zeros((groups, *values.shape[1:]))
    np.add.at(out, group, values)
    return out
