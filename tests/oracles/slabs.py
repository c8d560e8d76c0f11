"""Ground by depth as a sum of trapezoids between vertical lines.

Through every vertex and every crossing goes a vertical line; between two lines no edges cross, so
the edges sorted by height bound trapezoids, and a running sum of the polygons' weights tells what
lies over each (Bentley and Ottmann's slabs, every pair tried). Nothing is merged, rounded to a grid
or linked, and it shares no code with the overlay under test.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.polygon import orient

BASE, ZERO = 256, 128  # a digit a depth; depths stay well below 128
CELLS = 1_000_000  # slabs times edges done at a time


def ground_by_state(
    shapes: Sequence[Any], weight: NDArray[np.int64], origin: tuple[float, float]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Depths of every state that occurs, shape (states, depths), and its ground in m².

    Parameters
    ----------
    shapes
        Valid polygons and multipolygons, of any overlap.
    weight
        What each adds to each depth, shape (shapes, depths).
    origin
        A point near them: coordinates are taken from it, without loss.
    """
    places = BASE ** np.arange(weight.shape[1], dtype=np.int64)
    edges, keys = _edges(shapes, weight @ places, origin)
    lines = np.unique(np.concatenate([edges[:, 0], edges[:, 2], _crossings(edges)]))
    found: dict[int, float] = {}
    step = max(1, CELLS // len(edges))
    for first in range(0, len(lines) - 1, step):
        slab = lines[first : first + step + 1]
        for key, area in zip(*_sums(edges, keys, slab[:-1, None], slab[1:, None]), strict=True):
            found[int(key)] = found.get(int(key), 0.0) + float(area)
    state = np.array(list(found), dtype=np.int64) + ZERO * places.sum()
    depth = state[:, None] // places % BASE - ZERO
    return depth, np.array(list(found.values()))


def _edges(
    shapes: Sequence[Any], key: NDArray[np.int64], origin: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Edges from west to east; above the lower edge of a polygon its key is added."""
    edges, keys = [np.empty((0, 4))], [np.empty(0, dtype=np.int64)]
    for shape, of in zip(shapes, key, strict=True):
        for part in shapely.get_parts(shape):
            upright = orient(part)
            for ring in (upright.exterior, *upright.interiors):
                at = shapely.get_coordinates(ring) - origin
                ends = np.hstack([at[:-1], at[1:]])
                west = ends[:, 0] > ends[:, 2]
                ends[west] = ends[west][:, [2, 3, 0, 1]]
                edges.append(ends)
                keys.append(np.where(west, -of, of))
    ends, sign = np.concatenate(edges), np.concatenate(keys)
    leaning = ends[:, 0] < ends[:, 2]  # upright edges bound no slab
    return ends[leaning], sign[leaning]


def _crossings(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where any two edges cross: eastings."""
    x0, y0, x1, y1 = edges.T
    near = (x0[:, None] < x1) & (x1[:, None] > x0)
    low, high = np.minimum(y0, y1), np.maximum(y0, y1)
    near &= (low[:, None] <= high) & (high[:, None] >= low)
    i, j = np.nonzero(np.triu(near, 1))
    ux, uy, vx, vy = x1[i] - x0[i], y1[i] - y0[i], x1[j] - x0[j], y1[j] - y0[j]
    turn = ux * vy - uy * vx
    i, j, vx, vy, turn = (each[turn != 0] for each in (i, j, vx, vy, turn))
    share = ((x0[j] - x0[i]) * vy - (y0[j] - y0[i]) * vx) / turn
    at = x0[i] + share * (x1[i] - x0[i])
    within = (at > np.maximum(x0[i], x0[j])) & (at < np.minimum(x1[i], x1[j]))
    return np.asarray(at[within])


def _sums(
    edges: NDArray[np.float64], keys: NDArray[np.int64], west: Any, east: Any
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Ground by state between each ``west`` and ``east``."""
    x0, y0, x1, y1 = edges.T
    active = (x0 <= west) & (x1 >= east)
    share = ((west + east) / 2 - x0) / (x1 - x0)
    middle = np.where(active, y0 * (1 - share) + y1 * share, np.inf)
    order = np.argsort(middle, axis=1, kind="stable")
    middle = np.take_along_axis(middle, order, axis=1)
    state = np.cumsum(np.where(np.take_along_axis(active, order, axis=1), keys[order], 0), axis=1)
    with np.errstate(invalid="ignore"):  # infinity less infinity, beyond the last edge
        area = np.diff(middle, axis=1) * (east - west)
    kept = np.isfinite(area) & (state[:, :-1] != 0)
    found, of = np.unique(state[:, :-1][kept], return_inverse=True)
    return found, np.bincount(of, weights=area[kept], minlength=len(found))
