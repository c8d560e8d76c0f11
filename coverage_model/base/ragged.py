"""Polygons as plain arrays, for compiled loops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Rings of polygons, one after the other.

    Parameters
    ----------
    xy
        Vertices, shape (n, 2); each ring closes on its first vertex.
    ring_start
        Ring ``r`` is ``xy[ring_start[r]:ring_start[r + 1]]``.
    polygon_start
        Polygon ``p`` is rings ``polygon_start[p]`` to ``polygon_start[p + 1]``.
    hole
        Whether each ring is a hole.
    """

    xy: NDArray[np.float64]
    ring_start: NDArray[np.int64]
    polygon_start: NDArray[np.int64]
    hole: NDArray[np.bool_]

    def take(self, polygons: NDArray[np.integer[Any]]) -> Ragged:
        """Lay out some of the polygons, in the order asked for."""
        count = np.diff(self.polygon_start)[polygons]
        ring, polygon_start = _runs(self.polygon_start[polygons], count)
        length = np.diff(self.ring_start)[ring]
        point, ring_start = _runs(self.ring_start[ring], length)
        return Ragged(self.xy[point], ring_start, polygon_start, self.hole[ring])

    @property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east, north of each polygon, shape (n, 4); NaN for empty ones."""
        point = self.ring_start[self.polygon_start]
        filled = np.flatnonzero(np.diff(point) > 0)
        out = np.full((len(point) - 1, 4), np.nan)
        if len(filled):
            out[filled, :2] = np.minimum.reduceat(self.xy, point[filled], axis=0)
            out[filled, 2:] = np.maximum.reduceat(self.xy, point[filled], axis=0)
        return out

    @property
    def stamps(self) -> NDArray[np.uint64]:
        """A number for each polygon that changes with any of its coordinates."""
        point = self.ring_start[self.polygon_start]
        filled = np.flatnonzero(np.diff(point) > 0)
        out = np.zeros(len(point) - 1, dtype=np.uint64)
        if len(filled):
            bits = np.ascontiguousarray(self.xy).view(np.uint64)
            nth = np.arange(len(bits), dtype=np.uint64) - np.repeat(
                point[filled], np.diff(point)[filled]
            ).astype(np.uint64)
            mixed = (bits[:, 0] ^ (nth * ODD)) * ODD
            mixed ^= mixed >> np.uint64(29)
            mixed = (mixed + bits[:, 1]) * ODD
            mixed ^= mixed >> np.uint64(31)
            out[filled] = np.add.reduceat(mixed, point[filled])
        return out


ODD = np.uint64(0x9E3779B97F4A7C15)
"""2⁶⁴ over the golden ratio: spreads bits when multiplied by (Knuth)."""


def _runs(
    first: NDArray[np.int64], count: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Whole numbers from each ``first`` on, ``count`` of them, and where each run begins."""
    start = np.concatenate([[0], np.cumsum(count)])
    return np.repeat(first - start[:-1], count) + np.arange(start[-1]), start


def joined(parts: list[Ragged]) -> Ragged:
    """Lay polygons of several sets one after the other."""
    points = np.cumsum([0, *(len(part.xy) for part in parts)])
    rings = np.cumsum([0, *(len(part.hole) for part in parts)])
    starts = [part.ring_start[:-1] + at for part, at in zip(parts, points, strict=False)]
    polygons = [part.polygon_start[:-1] + at for part, at in zip(parts, rings, strict=False)]
    return Ragged(
        np.concatenate([np.empty((0, 2)), *(part.xy for part in parts)]),
        np.concatenate([*starts, points[-1:]]),
        np.concatenate([*polygons, rings[-1:]]),
        np.concatenate([np.empty(0, dtype=bool), *(part.hole for part in parts)]),
    )


def pack(geometries: Geometries) -> Ragged:
    """Lay out polygons and multipolygons (also empty ones) as arrays."""
    kinds = shapely.get_type_id(geometries)
    parts, of = geometries, np.arange(len(geometries))
    if (kinds != shapely.GeometryType.POLYGON).any():
        parts, of = shapely.get_parts(geometries, return_index=True)
    filled = np.flatnonzero(~shapely.is_empty(parts))
    if len(filled) < len(parts):
        parts, of = parts[filled], of[filled]
    rings = 1 + shapely.get_num_interior_rings(parts)
    shell = np.cumsum(rings) - rings
    hole = np.ones(rings.sum(), dtype=bool)
    hole[shell] = False
    # Few views have holes; taking the rings of the others apart would cost most of the time.
    length = np.zeros(len(hole), dtype=np.int64)
    plain = rings == 1
    length[shell[plain]] = shapely.get_num_coordinates(parts[plain])
    length[np.repeat(~plain, rings)] = shapely.get_num_coordinates(shapely.get_rings(parts[~plain]))
    starts = np.bincount(of, weights=rings, minlength=len(geometries)).astype(np.int64)
    return Ragged(
        shapely.get_coordinates(parts),
        np.concatenate([[0], np.cumsum(length)]),
        np.concatenate([[0], np.cumsum(starts)]),
        hole,
    )
