"""Any number of overlapping polygons as one partition of the plane: the overlay that cannot fail.

Polygons are laid on a grid of 2⁻²⁷ m (7.5 nm, a hundred times the rounding of national-grid
coordinates) and cut at each other exactly (:mod:`coverage_model.cover._noding`); the partition says
for each face what lies over it (:mod:`coverage_model.cover._faces`) and hands out polygons of any
choice of faces (:mod:`coverage_model.cover._polygons`). Nothing in it depends on rounding, so that
hairs, doubled walls and touching corners are no special cases.

Each partition proves itself: for every depth, faces times depth must add up to the areas of the
polygons, which are summed before anything is cut. If they do not, it is made again on a coarser
grid, and what that changed is kept as a repair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from coverage_model.base.ragged import Ragged

STEPS_PER_M = (2.0**27, 2.0**23, 2.0**20)
"""Grids, from the finest: 7.5 nm, 0.12 µm, 1 µm."""

SUM_TOLERANCE = 1e-9
"""Part of the ground by which faces may differ from the polygons they were made of."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


class Repair(NamedTuple):
    """An overlay that did not come out on the finest grid.

    Parameters
    ----------
    x_m, y_m
        South-west corner of the box it was made in.
    grid_m
        The grid that gave a result.
    changed_m2
        By how much the faces differ from the polygons they were made of, in m² over all depths.
    """

    x_m: float
    y_m: float
    grid_m: float
    changed_m2: float


class Box(NamedTuple):
    """A rectangle: south-west corner and size, in m."""

    x_m: float
    y_m: float
    width_m: float
    height_m: float


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Faces of polygons in a box.

    Parameters
    ----------
    box, steps_per_m
        Where, and on what grid.
    nodes
        Vertices in steps from the corner, shape (n, 2).
    edge
        Pairs of nodes.
    left
        State of the ground left of each half-edge (two an edge).
    depth
        What lies over the ground of each state: sums of the polygons' weights, shape (states,
        depths). The first is no polygon at all.
    area_m2
        Ground of each state; of the first it means nothing.
    repair
        What went wrong on the way, if anything did.
    """

    box: Box
    steps_per_m: float
    nodes: Ints
    edge: Ints
    left: Ints
    depth: Ints
    area_m2: Floats
    repair: Repair | None

    def border(self, label: Ints) -> tuple[Ints, Ints]:
        """Pieces of border of labelled states (-1: none), ground on the left, and their labels."""
        from coverage_model.cover import _polygons  # noqa: PLC0415 - compiled, loaded when used

        return _polygons.border(self.nodes, self.edge, self.left, label)

    def polygons(self, label: Ints) -> tuple[Ints, Shapes]:
        """Polygons of labelled states: connected ground of one label each; label first."""
        ends, of = self.border(label)
        return link(ends, of, self.box.x_m, self.box.y_m, self.steps_per_m)


def link(ends: Ints, of: Ints, x_m: float, y_m: float, steps_per_m: float) -> tuple[Ints, Shapes]:
    """Link pieces of border (x, y, x, y in steps; ground on the left) to polygons by label."""
    from coverage_model.cover import _polygons  # noqa: PLC0415 - compiled, loaded when used

    xy, start, label, twice, _ = _polygons.rings(ends, of)
    home = _polygons.homes(xy, start, label, twice)
    kept = np.flatnonzero(home >= 0)
    order = kept[np.lexsort([twice[kept] <= 0, home[kept], label[home[kept]]])]
    length = np.diff(start)[order]
    offsets = np.concatenate([[0], np.cumsum(length)])
    rows = np.repeat(start[:-1][order] - offsets[:-1], length) + np.arange(offsets[-1])
    points = xy[rows] / steps_per_m + (x_m, y_m)
    shell = np.append(np.flatnonzero(twice[order] > 0), len(order))
    made = shapely.from_ragged_array(shapely.GeometryType.POLYGON, points, (offsets, shell))
    return label[order[shell[:-1]]], np.asarray(made, dtype=object)


def arrange(
    rings: Ragged, polygons: Ints, weight: Ints, box: Box, *, proven: int | None = None
) -> Arrangement:
    """Cut polygons at each other within a box.

    Parameters
    ----------
    rings
        Polygons as arrays.
    polygons
        Which of them to take.
    weight
        What each of those adds to each depth where it lies, shape (polygons, depths).
    box
        What is outside is cut off.
    proven
        How many depths, from the first, must add up; all if not given. Those that number things
        by bits would drown in rounding.
    """
    count = weight.shape[1] if proven is None else proven
    attempts = [_attempt(rings, polygons, weight, box, STEPS_PER_M[0], count)]
    if attempts[0][1]:
        return attempts[0][0]
    for steps in STEPS_PER_M[1:]:
        attempts.append(_attempt(rings, polygons, weight, box, steps, count))
        if attempts[-1][1]:
            break
    found, _, changed = min(attempts[::-1], key=lambda each: (not each[1], each[2]))
    repair = Repair(box.x_m, box.y_m, 1 / found.steps_per_m, changed)
    return Arrangement(
        found.box, found.steps_per_m, found.nodes, found.edge, found.left, found.depth,
        found.area_m2, repair,
    )  # fmt: skip


def _attempt(  # noqa: PLR0917 - private, called twice
    rings: Ragged, polygons: Ints, weight: Ints, box: Box, steps: float, proven: int
) -> tuple[Arrangement, bool, float]:
    from coverage_model.cover import _faces, _noding  # noqa: PLC0415 - as above

    ends, owner, area, outline = _noding.edges_of(
        rings.xy, rings.ring_start, rings.hole, rings.polygon_start, polygons, *box, steps
    )
    ends, owner, ended = _noding.cut(ends, owner, box.width_m * steps, box.height_m * steps)
    nodes, edge, step = _faces.merged(ends, owner, weight)
    left, depth, ground = _faces.faces(nodes, edge, step, box.height_m * steps, steps)
    found = Arrangement(box, steps, nodes, edge, left, depth, ground, None)
    weight, depth = weight[:, :proven], depth[:, :proven]
    given, got = area @ weight, ground[1:] @ depth[1:]
    # Rounding to the grid moves an outline by no more than half a step: that is no fault.
    allowed = (SUM_TOLERANCE * area + outline / steps) @ np.abs(weight)
    changed = np.abs(got - given)
    return found, bool(ended and (changed <= allowed).all()), float(changed.sum())
