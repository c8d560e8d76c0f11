# ruff: noqa: PLR0912, PLR0917 - compiled code takes plain numbers and arrays
"""The compiled sweep: what a camera sees between buildings that block for good.

For one camera the kernel gathers the front faces near it, throws out those that a coarse depth
buffer proves hidden, sorts the rest by direction and walks round. Between two neighbouring event
directions the nearest edge at the bisector is what is seen; where two edges cross within such a
wedge it is split, so footprints may overlap, touch or repeat. Directions are compared by a
pseudo-angle (four units a turn) that needs neither arctangent nor square root and can be inverted.

Positions are relative to the camera until a ring is written. A *piece* is a range of directions
with the edge seen there (or none); an *atom* is a piece cut to one distance range: a straight part
of an edge, or an arc.
"""

from __future__ import annotations

import math

import numpy as np

from coverage_model.base.compiled import compiled
from coverage_model.sight.grid import FROM_ABOVE, FROM_BELOW, FROM_LEFT, FROM_RIGHT

EPS = 1e-12
"""Directions closer than this (in quarter turns) are one direction."""

TOUCH = 1e-9
"""Vertices closer than this, in m, are written once: some steps of map coordinates, in which the
corners that neighbouring houses share seldom agree to the last digit."""

CLEAR = 1.0 + 1e-9
"""A wall this much further than the near edge is beyond it, else it is taken to touch it."""

NARROW_RAD = 1e-6
"""Rings with a wedge narrower than this are checked after rounding to map coordinates."""

FULL_DEG = 360.0 - 1e-6
"""A wider field of view is a full circle: no coordinates could show the slit."""

BINS_PER_UNIT = 16
PRUNE_FROM = 20
"""Number of edges from which the depth buffer pays."""

SORT_STEPS = (1750, 701, 301, 132, 57, 23, 10, 4, 1)

# Columns of a candidate edge: its end, its start (anticlockwise as seen from the camera), the range
# of directions, the cross product end x start, and the squared distance of its nearest point.
AX, AY, BX, BY, S0, S1, CROSS, NEAREST = range(8)
# Columns of a piece and of an atom: both ends and the range of directions.
X1, Y1, X2, Y2, FROM, TO = range(6)


@compiled(inline="always")
def pseudo_angle(x, y):  # type: ignore[no-untyped-def]
    """Direction as a number in [-2, 2] that grows anticlockwise, 0 along +x."""
    s = y / (abs(x) + abs(y))
    if x >= 0.0:
        return s
    return 2.0 - s if y >= 0.0 else -2.0 - s


@compiled(inline="always")
def direction(p):  # type: ignore[no-untyped-def]
    """Vector (not of unit length) with the given pseudo-angle in [-2, 6]."""
    if p > 2.0:
        p -= 4.0
    if p > 1.0:
        return 1.0 - p, 2.0 - p
    if p < -1.0:
        return 1.0 + p, -2.0 - p
    return 1.0 - abs(p), p


@compiled
def cone_sides(azimuth_deg, hfov_deg):  # type: ignore[no-untyped-def]
    """First side of a cone as a pseudo-angle, and its width; the cut of a full disc is west."""
    if hfov_deg > FULL_DEG:
        return -2.0, 4.0
    middle = math.radians(90.0 - azimuth_deg)
    half = math.radians(hfov_deg) / 2.0
    low = pseudo_angle(math.cos(middle - half), math.sin(middle - half))
    high = pseudo_angle(math.cos(middle + half), math.sin(middle + half))
    width = (high - low) % 4.0
    # The sides of a cone of next to no width can swap by rounding.
    return low, width if width < 2.0 or hfov_deg > 90.0 else 0.0


@compiled
def box_of_cells(cx, cy, low, width, reach, grid, shape):  # type: ignore[no-untyped-def]
    """First and last column and row of the cells that a cone can touch."""
    # Exact enough: the camera, both far corners, and the far points due north, south, east, west.
    west = east = south = north = 0.0
    for k in range(6):
        if k < 2:
            p = low + (0.0 if k == 0 else width)
        else:
            p = float(k - 3)
            if (p - low) % 4.0 > width:
                continue
        dx, dy = direction(p)
        r = reach / math.sqrt(dx * dx + dy * dy)
        west, east = min(west, r * dx), max(east, r * dx)
        south, north = min(south, r * dy), max(north, r * dy)
    i0 = max(math.floor((cx + west - grid[0]) * grid[3]), 0)
    i1 = min(math.floor((cx + east - grid[0]) * grid[3]), shape[0] - 1)
    j0 = max(math.floor((cy + south - grid[1]) * grid[3]), 0)
    j1 = min(math.floor((cy + north - grid[1]) * grid[3]), shape[1] - 1)
    return i0, i1, j0, j1


@compiled(inline="always")
def first_in_box(way, i, j, i0, i1, j0, j1):  # type: ignore[no-untyped-def]
    """Whether an edge's path of cells enters the box in this cell: each edge is taken once."""
    return not (
        (way == FROM_LEFT and i > i0)
        or (way == FROM_RIGHT and i < i1)
        or (way == FROM_BELOW and j > j0)
        or (way == FROM_ABOVE and j < j1)
    )


@compiled
def nearest_squared(ax, ay, bx, by, cross):  # type: ignore[no-untyped-def]
    """Squared distance from the camera to a segment."""
    ex, ey = bx - ax, by - ay
    along = -(ax * ex + ay * ey)
    length = ex * ex + ey * ey
    if along <= 0.0:
        return ax * ax + ay * ay
    if along >= length:
        return bx * bx + by * by
    return cross * cross / length


@compiled
def gather(  # type: ignore[no-untyped-def]
    cx, cy, mount, low, width, reach, box, candidates, edges, heights, entered, starts, columns
):
    """Front faces in reach as candidates; -1 if one of them is lower than the camera."""
    i0, i1, j0, j1 = box
    reach2 = reach * reach
    n = 0
    for j in range(j0, j1 + 1):
        for i in range(i0, i1 + 1):
            at = j * columns + i
            for e in range(starts[at], starts[at + 1]):
                ax, ay = edges[e, 0] - cx, edges[e, 1] - cy
                bx, by = edges[e, 2] - cx, edges[e, 3] - cy
                cross = ax * by - ay * bx
                if cross >= 0.0 or not first_in_box(entered[e], i, j, i0, i1, j0, j1):
                    continue
                nearest = nearest_squared(ax, ay, bx, by, cross)
                if nearest >= reach2:
                    continue
                s0 = (pseudo_angle(bx, by) - low) % 4.0
                s1 = (pseudo_angle(ax, ay) - low) % 4.0
                wraps = s0 > s1
                if wraps:
                    if s1 + 4.0 - s0 > 2.0 + 1e-9:
                        continue  # seen end-on: rounding swapped its ends
                elif s0 >= width:
                    continue
                if heights[e] < mount:
                    return -1
                parts = 1
                if wraps:  # seen on both sides of the first direction
                    parts = 2 if s0 < width else 1
                for part in range(parts):
                    c = candidates[n]
                    c[AX], c[AY], c[BX], c[BY] = ax, ay, bx, by
                    c[CROSS], c[NEAREST] = cross, nearest
                    c[S0], c[S1] = s0, s1
                    if wraps:
                        if part == 0:
                            c[S0] = 0.0
                        else:
                            c[S1] = 4.0
                    c[S1] = min(c[S1], width)
                    if c[S1] - c[S0] > EPS:
                        n += 1
    return n


@compiled(inline="always")
def ray_factor(c, dx, dy):  # type: ignore[no-untyped-def]
    """How many times (dx, dy) reaches the line of a candidate."""
    return c[CROSS] / (dx * (c[BY] - c[AY]) - dy * (c[BX] - c[AX]))


@compiled
def prune(candidates, n, low, width, depth):  # type: ignore[no-untyped-def]
    """Drop candidates that others surely hide, by a buffer of greatest squared distances."""
    bins = min(len(depth), max(4, int(width * BINS_PER_UNIT)))
    size = width / bins
    depth[:bins] = np.inf
    for k in range(n):
        c = candidates[k]
        first, last = math.ceil(c[S0] / size), math.floor(c[S1] / size)
        if last <= first:
            continue
        before = 0.0
        for b in range(first, last + 1):
            dx, dy = direction(low + b * size)
            t = ray_factor(c, dx, dy)
            here = t * t * (dx * dx + dy * dy)
            if b > first:
                depth[b - 1] = min(depth[b - 1], max(before, here))
            before = here
    kept = 0
    for k in range(n):
        c = candidates[k]
        seen = False
        for b in range(int(c[S0] / size), min(int(c[S1] / size), bins - 1) + 1):
            if c[NEAREST] <= depth[b] * CLEAR:
                seen = True
                break
        if seen:
            if kept < k:
                candidates[kept] = c
            kept += 1
    return kept


@compiled
def sort_candidates(candidates, n, order):  # type: ignore[no-untyped-def]
    """Order candidates by first direction."""
    # Shell's sort with Ciura's steps: short, quick to compile, and fast at these lengths.
    for k in range(n):
        order[k] = k
    for step in SORT_STEPS:
        for k in range(step, n):
            moved = order[k]
            key = candidates[moved, S0]
            j = k
            while j >= step and candidates[order[j - step], S0] > key:
                order[j] = order[j - step]
                j -= step
            order[j] = moved


@compiled
def crossing(c, d, low, start, end):  # type: ignore[no-untyped-def]
    """Direction at which the lines of two candidates cross within a wedge, or its end."""
    ux, uy = c[BX] - c[AX], c[BY] - c[AY]
    vx, vy = d[BX] - d[AX], d[BY] - d[AY]
    across = ux * vy - uy * vx
    if across == 0.0:
        return end
    t = ((d[AX] - c[AX]) * vy - (d[AY] - c[AY]) * vx) / across
    x, y = c[AX] + t * ux, c[AY] + t * uy
    if x == 0.0 and y == 0.0:
        return end
    s = (pseudo_angle(x, y) - low) % 4.0
    return s if start + EPS < s < end - EPS else end


@compiled
def _nearest_in_wedge(candidates, active, live, low, s, end):  # type: ignore[no-untyped-def]
    """Give the edge seen from the start of a wedge on, and where the wedge must end for that."""
    best = np.int64(-1)
    if live == 1:
        best = active[0]
    if live <= 1:
        return best, end
    # Each turn shortens the wedge to a crossing, so that in the end one edge is nearest.
    for _ in range(2 * live):
        dx, dy = direction(low + 0.5 * (s + end))
        nearest = np.inf
        for k in range(live):
            t = ray_factor(candidates[active[k]], dx, dy)
            if t < nearest:
                nearest = t
                best = active[k]
        cut = end
        ax, ay = direction(low + s)
        bx, by = direction(low + end)
        front = candidates[best]
        at_start = ray_factor(front, ax, ay) * (1.0 - 1e-13)
        at_end = ray_factor(front, bx, by) * (1.0 - 1e-13)
        for k in range(live):
            if active[k] == best:
                continue
            other = candidates[active[k]]
            if ray_factor(other, ax, ay) < at_start or ray_factor(other, bx, by) < at_end:
                cut = min(cut, crossing(front, other, low, s, end))
        if cut == end:
            break
        end = cut
    return best, end


@compiled
def walk_round(candidates, n, order, active, low, width, pieces, seen):  # type: ignore[no-untyped-def]
    """Note what is seen in each direction; give the number of pieces, or -1 if they do not fit."""
    count = waiting = live = np.int64(0)
    s = 0.0
    while s < width - EPS:
        while waiting < n and candidates[order[waiting], S0] <= s + EPS:
            active[live] = order[waiting]
            live += 1
            waiting += 1
        end = width
        if waiting < n:
            end = min(end, candidates[order[waiting], S0])
        kept = np.int64(0)
        for k in range(live):
            stop = candidates[active[k], S1]
            if stop > s + EPS:
                active[kept] = active[k]
                kept += 1
                end = min(end, stop)
        live = kept
        best, end = _nearest_in_wedge(candidates, active, live, low, s, end)
        if count > 0 and seen[count - 1] == best:
            pieces[count - 1, TO] = end
        elif count == len(pieces):
            return np.int64(-1)
        else:
            pieces[count, FROM], pieces[count, TO] = s, end
            seen[count] = best
            count += 1
        s = end
    if count > 0:
        pieces[count - 1, TO] = width
    _set_ends(candidates, low, pieces, seen, count)
    return count


@compiled
def _set_ends(candidates, low, pieces, seen, count):  # type: ignore[no-untyped-def]
    """Find where the pieces end: points on edges, and mere directions where nothing is seen."""
    for k in range(count):
        piece = pieces[k]
        ax, ay = direction(low + piece[FROM])
        bx, by = direction(low + piece[TO])
        if seen[k] < 0:
            piece[X1], piece[Y1], piece[X2], piece[Y2] = ax, ay, bx, by
        else:
            c = candidates[seen[k]]
            piece[X1], piece[Y1] = end_on(c, c[S0], piece[FROM], ax, ay, c[BX], c[BY], low)
            piece[X2], piece[Y2] = end_on(c, c[S1], piece[TO], bx, by, c[AX], c[AY], low)


@compiled
def end_on(c, own, s, dx, dy, x, y, low):  # type: ignore[no-untyped-def]
    """Where a piece ends on its edge: the edge's own end if that is there, else on the ray."""
    if abs(s - own) <= EPS:
        off = abs((pseudo_angle(x, y) - low) % 4.0 - s)
        if off <= 2 * EPS or off >= 4.0 - 2 * EPS:
            return x, y
    ex, ey = c[BX] - c[AX], c[BY] - c[AY]
    u = (dy * c[AX] - dx * c[AY]) / (dx * ey - dy * ex)
    u = min(max(u, 0.0), 1.0)
    return c[AX] + u * ex, c[AY] + u * ey
