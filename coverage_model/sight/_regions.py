# ruff: noqa: PLR0915, PLR0917 - compiled code takes plain numbers and arrays
"""The compiled sweep of pictures: what a camera sees of a region of any shape.

The region (what a picture holds of the target plane) joins the buildings as if all ground outside
it were hidden: its edges count up where a ray leaves it and down where a ray enters it, as the
front and scaled back faces of :mod:`coverage_model.sight._shadows` do, and the count at the
camera's feet begins at 1 unless the region holds them. So walls, shadows and the region are cut in
one walk.
"""

from __future__ import annotations

import math

import numpy as np

from coverage_model.base.compiled import compiled
from coverage_model.sight._kernel import (
    AX,
    AY,
    BX,
    BY,
    CROSS,
    EPS,
    NEAREST,
    PRUNE_FROM,
    S0,
    S1,
    box_of_cells,
    gather,
    nearest_squared,
    prune,
    pseudo_angle,
    sort_candidates,
)
from coverage_model.sight._shadows import BACK, BLOCKS, FRONT, gather_all
from coverage_model.sight._sweep import NARROW, entries_in_box, grown, grown_coords, shade

BEYOND = 1.001
"""Times the region's farthest vertex: an arc that no ray reaches unhidden."""

SIDE = 1e-9
"""Room on either side of a region, in quarter turns."""

AT_FOOT_M, NUDGE_M = 1e-9, 1e-7
"""An edge this close to the camera's feet is moved away by that much: a ray along it or out of it
would be neither in the region nor outside."""


@compiled
def _off_the_foot(xy):  # type: ignore[no-untyped-def]
    """How far to move a region, east and north, so that none of its edges meets the camera."""
    move_x = move_y = 0.0
    for k in range(len(xy) - 1):
        ax, ay, bx, by = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        if nearest_squared(ax, ay, bx, by, ax * by - ay * bx) < AT_FOOT_M * AT_FOOT_M:
            size = math.hypot(bx - ax, by - ay)
            move_x -= NUDGE_M * (by - ay) / size
            move_y += NUDGE_M * (bx - ax) / size
    return move_x, move_y


@compiled
def _extent(xy):  # type: ignore[no-untyped-def]
    """First direction and width of a region as pseudo-angles, its reach, and if it holds 0, 0."""
    reach2 = 0.0
    crossings = 0
    sum_x = sum_y = 0.0
    for k in range(len(xy) - 1):
        ax, ay, bx, by = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        reach2 = max(reach2, ax * ax + ay * ay)
        size = abs(ax) + abs(ay)
        if size > 0.0:
            sum_x += ax / size
            sum_y += ay / size
        if (ay > 0.0) != (by > 0.0) and (bx - ax) * -ay / (by - ay) + ax > 0.0:
            crossings += 1
    inside = crossings % 2 == 1
    low, width = -2.0, 4.0
    if not inside and abs(sum_x) + abs(sum_y) > 0.0:
        middle = pseudo_angle(sum_x, sum_y)
        least, most = 0.0, 0.0
        for k in range(len(xy) - 1):
            if xy[k, 0] == 0.0 and xy[k, 1] == 0.0:
                continue
            off = (pseudo_angle(xy[k, 0], xy[k, 1]) - middle + 2.0) % 4.0 - 2.0
            least, most = min(least, off), max(most, off)
        if most - least < 1.9:  # else it may go round the camera: look all round
            # A hair more on either side, so that no corner falls out by rounding.
            low = middle + least - SIDE
            if low < -2.0:
                low += 4.0
            elif low > 2.0:
                low -= 4.0
            width = most - least + 2.0 * SIDE
    return low, width, math.sqrt(reach2), inside


@compiled
def _add_edges(xy, low, width, candidates, effect, n):  # type: ignore[no-untyped-def]
    """Add the edges of a region (its interior on the left) to the candidates."""
    for k in range(len(xy) - 1):
        px, py, qx, qy = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        cross = px * qy - py * qx
        if cross == 0.0:
            continue
        what = FRONT
        if cross < 0.0:
            what = BACK
            px, py, qx, qy = qx, qy, px, py
            cross = -cross
        s0 = (pseudo_angle(px, py) - low) % 4.0
        s1 = (pseudo_angle(qx, qy) - low) % 4.0
        wraps = s0 > s1
        if wraps and s1 + 4.0 - s0 > 2.0 + 1e-9:
            continue  # seen end-on
        for part in range(2 if wraps else 1):
            c = candidates[n]
            c[AX], c[AY], c[BX], c[BY] = qx, qy, px, py
            c[CROSS], c[NEAREST] = -cross, nearest_squared(qx, qy, px, py, -cross)
            c[S0] = 0.0 if wraps and part == 0 else s0
            c[S1] = min(4.0 if wraps and part == 1 else s1, width)
            effect[n] = what
            if c[S1] - c[S0] > EPS:
                n += 1
    return n


@compiled
def sweep_regions(  # type: ignore[no-untyped-def]
    rows, x, y, mount, target, over, xy, ring_start, step,
    edges, heights, entered, starts, grid, shape,
):  # fmt: skip
    """Sweep cameras over their regions, as :func:`coverage_model.sight._sweep.sweep` does sectors.

    Parameters
    ----------
    rows
        Rows of ``x, y, mount`` to do, in this order, and of ``over``: how many roofs each camera
        stands on.
    xy, ring_start
        The regions relative to their cameras, one ring a row and level (of the k-th of ``rows``,
        then of the level), anticlockwise; empty ones see nothing.
    """
    levels = (len(ring_start) - 1) // max(len(rows), 1)
    areas = np.zeros((len(rows), levels))
    flags = np.full(len(rows), NARROW, dtype=np.uint8)
    upto = np.empty(len(rows) * levels, dtype=np.int64)
    coords = np.empty((32 * len(rows) + 1024, 2))
    ends = np.empty(len(rows) * levels + 64, dtype=np.int64)
    holes = np.empty(len(ends), dtype=np.int64)
    last = np.empty(3)
    candidates = np.empty((256, 8))
    effect = np.empty(256, dtype=np.int64)
    order = np.empty(256, dtype=np.int64)
    depth = np.empty(64)
    n = rings = np.int64(0)
    for r in range(len(rows)):
        row = rows[r]
        for level in range(levels):
            at = r * levels + level
            begin, end = ring_start[at], ring_start[at + 1]
            upto[at] = rings
            if end - begin < 4:
                continue
            ring = xy[begin:end]
            move_x, move_y = _off_the_foot(ring)
            if move_x != 0.0 or move_y != 0.0:
                ring = ring.copy()
                ring[:, 0] += move_x
                ring[:, 1] += move_y
            low, width, reach, inside = _extent(ring)
            reach *= BEYOND
            box = box_of_cells(x[row], y[row], low, width, reach, grid, shape)
            most = 2 * (entries_in_box(box, starts, shape[0]) + end - begin) + 1
            if most > len(candidates):
                candidates = np.empty((2 * most, 8))
                effect = np.empty(2 * most, dtype=np.int64)
                order = np.empty(2 * most, dtype=np.int64)
            count = np.int64(-1)
            if over[row] == 0:
                count = gather(
                    x[row], y[row], mount[row], low, width, reach, box, candidates,
                    edges, heights, entered, starts, shape[0],
                )  # fmt: skip
            if count < 0:
                count = gather_all(
                    x[row], y[row], mount[row], target, low, width, reach, box, candidates,
                    effect, edges, heights, entered, starts, shape[0],
                )  # fmt: skip
            else:
                if count > PRUNE_FROM:
                    count = prune(candidates, count, low, width, depth)
                effect[:count] = BLOCKS
            count = _add_edges(ring, low, width, candidates, effect, count)
            sort_candidates(candidates, count, order)
            hidden = over[row] + (0 if inside else 1)
            area, ring_coords, ring_ends, ring_holes = shade(
                x[row], y[row], 0.0, reach, hidden, low, width, step,
                candidates, effect, count, order, last,
            )  # fmt: skip
            areas[r, level] = area
            if n + len(ring_coords) > len(coords):
                coords = grown_coords(coords, n, n + len(ring_coords))
            if rings + len(ring_ends) > len(ends):
                ends = grown(ends, rings, rings + len(ring_ends))
                holes = grown(holes, rings, len(ends))
            coords[n : n + len(ring_coords)] = ring_coords
            ends[rings : rings + len(ring_ends)] = ring_ends + n
            holes[rings : rings + len(ring_ends)] = ring_holes
            n += len(ring_coords)
            rings += len(ring_ends)
            upto[at] = rings
    return areas, flags, coords[:n].copy(), ends[:rings].copy(), holes[:rings].copy(), upto
