"""Polygons as plain arrays, for compiled loops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from coverage_model.cover.overlay import Geometries


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
