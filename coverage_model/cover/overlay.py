"""Cutting and merging many polygons: the plumbing that coverage, gaps and ownership share.

Arrays of shapely geometries in, arrays out; no frames, no meaning. Every overlay of polygons is a
partition of :mod:`coverage_model.cover.arrangement`, which knows no special cases and proves its
sums.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from coverage_model.base.ragged import Ragged, pack
from coverage_model.cover.arrangement import Box, arrange

TILE_M = 500.0
"""Side of the tiles in which ground is cut: a few streets, a place one can name."""

Geometries = NDArray[np.object_]
Rows = NDArray[np.intp]
Ints = NDArray[np.int64]
Choice = Callable[[Ints], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parts of geometries that lie in areas: part ``k`` is of geometry ``row[k]``, in ``area[k]``.

    A geometry wholly inside an area is handed on as it is.
    """

    row: Rows
    area: Rows
    geometry: Geometries


@dataclass(frozen=True, slots=True)
class TiledUnion:
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


def _chosen(
    rings: Ragged, polygons: Ints, weight: Ints, choice: Choice, box: Box | None = None
) -> Any:
    """Ground of the faces whose depths are chosen, as one polygonal geometry."""
    if box is None:
        bounds = rings.bounds[polygons] if len(polygons) < len(rings.hole) else rings.bounds
        low = np.floor(np.nanmin(bounds[:, :2], axis=0))
        high = np.ceil(np.nanmax(bounds[:, 2:], axis=0))
        box = Box(*low.tolist(), *np.maximum(high - low, 1.0).tolist())
    found = arrange(rings, polygons, weight, box)
    label = np.where(choice(found.depth), 0, -1)
    label[0] = -1
    _, parts = found.polygons(label)
    return parts[0] if len(parts) == 1 else _gathered(parts)


def _gathered(parts: Geometries) -> Any:
    return shapely.multipolygons(parts) if len(parts) else shapely.Polygon()


def union_by(geometries: Geometries, group: Rows) -> tuple[Rows, Geometries]:
    """Union polygonal geometries group by group.

    Returns
    -------
    (groups, unions)
        The distinct groups, rising, and the union of each.
    """
    order = np.argsort(group, kind="stable")
    groups, start = np.unique(group[order], return_index=True)
    unions = np.empty(len(groups), dtype=object)
    rings = pack(geometries)
    filled = ~shapely.is_empty(geometries)
    for k, members in enumerate(np.split(order, start[1:])[: len(groups)]):
        some = members[filled[members]]
        if len(some) < 2:
            unions[k] = geometries[some[0]] if len(some) else shapely.Polygon()
            continue
        ones = np.ones((len(some), 1), dtype=np.int64)
        unions[k] = _chosen(rings, some, ones, lambda depth: depth[:, 0] > 0)
    return groups, unions


def overlaid(first: Geometries, second: Geometries, *, inside: bool) -> Geometries:
    """Take the part of each polygonal geometry inside (or outside) the one beside it."""
    rings = pack(np.concatenate([first, second]))
    weight = np.eye(2, dtype=np.int64)
    out = np.full(len(first), shapely.Polygon(), dtype=object)
    bounds = rings.bounds
    for k in np.flatnonzero(~shapely.is_empty(first)):  # each pair is a scene of its own
        low, high = np.floor(bounds[k, :2]), np.ceil(bounds[k, 2:])
        box = Box(*low.tolist(), *np.maximum(high - low, 1.0).tolist())
        out[k] = _chosen(
            rings,
            np.array([k, len(first) + k]),
            weight,
            lambda depth: (depth[:, 0] > 0) & ((depth[:, 1] > 0) == inside),
            box,
        )
    return out


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
        piece[cut] = overlaid(piece[cut], areas[area[cut]], inside=True)
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
        left[rows] = overlaid(left[rows], areas[area[first]], inside=False)
        rest = np.ones(len(row), dtype=bool)
        rest[first] = False
        area, row = area[rest], row[rest]
    return left


def cells_of(bounds: NDArray[np.float64], size_m: float) -> tuple[Rows, NDArray[np.int64]]:
    """Pair boxes (west, south, east, north) with the cells of a square grid that they reach into.

    The grid starts at the origin. Boxes of NaN reach into none.

    Returns
    -------
    (row, cell)
        Which box, and a cell (column and row of the grid).
    """
    filled = np.flatnonzero(~np.isnan(bounds[:, 0]))
    low = np.floor(bounds[filled, :2] / size_m).astype(np.int64)
    # What only touches the next tile does not belong to it.
    high = np.maximum(np.ceil(bounds[filled, 2:] / size_m).astype(np.int64) - 1, low)
    span = high - low + 1
    count = span.prod(axis=1)
    of = np.repeat(np.arange(len(filled)), count)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    return filled[of], low[of] + np.column_stack([nth % span[of, 0], nth // span[of, 0]])


def boxes(cells: NDArray[np.int64], size_m: float) -> Geometries:
    """Build the squares of grid cells."""
    low, high = cells * size_m, (cells + 1) * size_m
    return np.asarray(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))


def tiled_union(geometries: Geometries, *, size_m: float) -> TiledUnion:
    """Union polygons tile by tile, without merging the tiles again."""
    rings = pack(geometries)
    row, cell = cells_of(rings.bounds, size_m)
    cells, group = np.unique(cell, axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    starts = np.searchsorted(group.ravel()[order], np.arange(len(cells) + 1))
    unions = np.empty(len(cells), dtype=object)
    for k, (west, south) in enumerate((cells * size_m).tolist()):
        members = row[order[starts[k] : starts[k + 1]]]
        ones = np.ones((len(members), 1), dtype=np.int64)
        box = Box(west, south, size_m, size_m)
        unions[k] = _chosen(rings, members, ones, lambda depth: depth[:, 0] > 0, box)
    kept = ~shapely.is_empty(unions)
    return TiledUnion(cell=cells[kept], geometry=unions[kept], size_m=size_m)


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
