# ruff: noqa: PLR0912, PLR0917 - compiled code takes plain numbers and arrays
"""The compiled sweep among buildings lower than the camera, which cast finite shadows.

On flat ground a building of height ``b`` hides, from a lens at ``c`` and for a target at ``t``, the
ground between itself and itself scaled from the camera by ``k = (c - t) / (c - b)``, and its own
footprint. So along a ray ground is hidden from each front face, at its own distance, to each back
face at ``k`` times its distance (at least at its own). Scaling keeps edges straight.

In each elementary wedge all edges are therefore put in order; a running count, up at a front face
and down at a scaled back face, says which *stretches* between them are visible. A stretch has an
upper and a lower side, each on an edge or on the far or near arc. Neighbouring wedges share a
border ray: there the ends of their stretches, merged by distance, pair off in order (visible ground
on just one side begins with one and stops with the next), which links all sides into rings with
the visible ground on their left.
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
    S0,
    S1,
    SORT_STEPS,
    crossing,
    direction,
    end_on,
    first_in_box,
    nearest_squared,
    pseudo_angle,
    ray_factor,
)
from coverage_model.sight._rings import TIGHT, _close, _put, _put_arc, angle_between, inside_circle

FRONT, BACK, BLOCKS = 1, -1, 2
"""What an edge does to the count of buildings that hide the ground beyond it."""

NEAR_ARC, FAR_ARC = np.int64(-1), np.int64(-2)
"""Sides of a stretch that are no edge."""

UPPER, LOWER = 0, 1

# Columns of a stretch: both ends of its upper side, then of its lower side.
UX1, UY1, UX2, UY2, LX1, LY1, LX2, LY2 = range(8)


@compiled
def gather_all(  # type: ignore[no-untyped-def]
    cx, cy, mount, target, low, width, reach, box, candidates, effect,
    edges, heights, entered, starts, columns,
):  # fmt: skip
    """Front faces, and scaled back faces of what is lower than the camera, within reach."""
    i0, i1, j0, j1 = box
    n = 0
    for j in range(j0, j1 + 1):
        for i in range(i0, i1 + 1):
            at = j * columns + i
            for e in range(starts[at], starts[at + 1]):
                if not first_in_box(entered[e], i, j, i0, i1, j0, j1):
                    continue
                ax, ay = edges[e, 0] - cx, edges[e, 1] - cy
                bx, by = edges[e, 2] - cx, edges[e, 3] - cy
                cross = ax * by - ay * bx
                lower = heights[e] < mount
                if cross == 0.0 or (cross > 0.0 and not lower):
                    continue
                what = BLOCKS
                if lower:
                    what = FRONT
                if cross > 0.0:
                    what = BACK
                    k = max((mount - target) / (mount - heights[e]), 1.0)
                    # Swapped, so that the first end comes first as seen from the camera.
                    ax, ay, bx, by = k * bx, k * by, k * ax, k * ay
                    cross = ax * by - ay * bx
                nearest = nearest_squared(ax, ay, bx, by, cross)
                if nearest >= reach * reach:
                    continue
                s0 = (pseudo_angle(bx, by) - low) % 4.0
                s1 = (pseudo_angle(ax, ay) - low) % 4.0
                wraps = s0 > s1
                if wraps and s1 + 4.0 - s0 > 2.0 + 1e-9:
                    continue  # seen end-on: rounding swapped its ends
                for part in range(2 if wraps else 1):
                    c = candidates[n]
                    c[AX], c[AY], c[BX], c[BY] = ax, ay, bx, by
                    c[CROSS], c[NEAREST] = cross, nearest
                    c[S0] = 0.0 if wraps and part == 0 else s0
                    c[S1] = min(4.0 if part == 1 else s1, width)
                    effect[n] = what
                    if c[S1] - c[S0] > EPS:
                        n += 1
    return n


@compiled
def _add_circle_events(candidates, n, radius, low, events, count):  # type: ignore[no-untyped-def]
    """Add the directions in which edges cross a circle about the camera."""
    for k in range(n):
        c = candidates[k]
        u0, u1 = inside_circle(c[AX], c[AY], c[BX], c[BY], radius)
        for u in (u0, u1):
            if 0.0 < u < 1.0:
                x, y = c[AX] + u * (c[BX] - c[AX]), c[AY] + u * (c[BY] - c[AY])
                s = (pseudo_angle(x, y) - low) % 4.0
                if c[S0] < s < c[S1]:
                    events[count] = s
                    count += 1
    return count


@compiled
def _add_feet(candidates, n, near, low, events, count):  # type: ignore[no-untyped-def]
    """Add the nearest points of walls that all but touch the near edge: see ``_rings``."""
    for k in range(n):
        c = candidates[k]
        if near * near <= c[NEAREST] < 1.02 * near * near:
            ex, ey = c[BX] - c[AX], c[BY] - c[AY]
            u = -(c[AX] * ex + c[AY] * ey) / (ex * ex + ey * ey)
            if 0.0 < u < 1.0:
                events[count] = (pseudo_angle(c[AX] + u * ex, c[AY] + u * ey) - low) % 4.0
                count += 1
    return count


@compiled
def _sort(numbers, count):  # type: ignore[no-untyped-def]
    """Sort the first numbers of an array, by Shell's method."""
    for step in SORT_STEPS:
        for k in range(step, count):
            key = numbers[k]
            j = k
            while j >= step and numbers[j - step] > key:
                numbers[j] = numbers[j - step]
                j -= step
            numbers[j] = key


@compiled
def _in_order(candidates, effect, active, live, distance, low, s, end):  # type: ignore[no-untyped-def]
    """Sort edges by distance at a wedge's bisector; give the first crossing in it, or its end."""
    dx, dy = direction(low + 0.5 * (s + end))
    for k in range(live):
        edge = active[k]
        t = ray_factor(candidates[edge], dx, dy)
        j = k
        while j > 0 and distance[j - 1] > t:
            active[j], distance[j] = active[j - 1], distance[j - 1]
            j -= 1
        active[j], distance[j] = edge, t
    ax, ay = direction(low + s)
    bx, by = direction(low + end)
    cut = end
    front = 0
    for k in range(1, live):
        # Each edge against the one before it, and against the first that blocks for good.
        c, d = candidates[active[front]], candidates[active[k]]
        if ray_factor(d, ax, ay) < ray_factor(c, ax, ay) * (1.0 - 1e-13) or ray_factor(
            d, bx, by
        ) < ray_factor(c, bx, by) * (1.0 - 1e-13):
            cut = min(cut, crossing(c, d, low, s, end))
        if effect[active[front]] != BLOCKS:
            front = k
    return cut


@compiled
def find_stretches(  # type: ignore[no-untyped-def]
    candidates, effect, n, order, active, distance, events, low, width, near, far, hidden,
    borders, first, sides, points,
):  # fmt: skip
    """Walk round and note the visible stretches of each wedge.

    ``hidden`` is how many hide the ground at the camera's feet: 1 where the picture begins further
    on, else 0.

    Returns
    -------
    tuple of int
        Number of wedges and of stretches; negative if they do not fit.
    """
    count = np.int64(0)
    for k in range(n):
        for s in (candidates[k, S0], candidates[k, S1]):
            events[count] = s
            count += 1
    count = _add_circle_events(candidates, n, far, low, events, count)
    if near > 0.0:
        count = _add_circle_events(candidates, n, near, low, events, count)
        count = _add_feet(candidates, n, near, low, events, count)
    # Whole arcs are written in chords of each wedge, so no wedge may reach half a turn.
    for s in (1.0, 2.0, 3.0):
        if s < width:
            events[count] = s
            count += 1
    events[count] = width
    count += 1
    _sort(events, count)
    event = waiting = live = wedges = stretches = np.int64(0)
    s = 0.0
    borders[0] = 0.0
    while s < width - EPS:
        while events[event] <= s + EPS and event < count - 1:
            event += 1
        end = min(events[event], width)
        while waiting < n and candidates[order[waiting], S0] <= s + EPS:
            active[live] = order[waiting]
            live += 1
            waiting += 1
        kept = np.int64(0)
        for k in range(live):
            if candidates[active[k], S1] > s + EPS:
                active[kept] = active[k]
                kept += 1
        live = kept
        for _ in range(2 * live * live + 1):
            cut = _in_order(candidates, effect, active, live, distance, low, s, end)
            if cut == end:
                break
            end = cut
        if wedges + 2 > len(first) or stretches + live + 2 > len(sides):
            return -1, -1
        first[wedges] = stretches
        stretches = _visible_stretches(
            candidates, effect, active, live, distance, low, s, end, near, far, hidden, sides,
            points, stretches,
        )  # fmt: skip
        wedges += 1
        borders[wedges] = end
        s = end
    first[wedges] = stretches
    return wedges, stretches


@compiled
def _visible_stretches(  # type: ignore[no-untyped-def]
    candidates, effect, active, live, distance, low, s, end, near, far, hidden, sides, points, n
):
    dx, dy = direction(low + 0.5 * (s + end))
    size = math.sqrt(dx * dx + dy * dy)
    lower, below = NEAR_ARC, near
    for k in range(live):
        edge = active[k]
        r = distance[k] * size
        if r >= far:
            break
        if effect[edge] == BACK:
            hidden -= 1
            if hidden == 0 and r > near:
                lower, below = edge, r
            continue
        if hidden == 0 and r > below * (1.0 + 1e-12):
            _set_stretch(candidates, sides, points, n, lower, edge, low, s, end, near, far)
            n += 1
        hidden += 1
        if effect[edge] == BLOCKS:
            return n
    if hidden == 0 and far > below * (1.0 + 1e-12):
        _set_stretch(candidates, sides, points, n, lower, FAR_ARC, low, s, end, near, far)
        n += 1
    return n


@compiled
def _set_stretch(candidates, sides, points, n, lower, upper, low, s, end, near, far):  # type: ignore[no-untyped-def]
    ax, ay = direction(low + s)
    bx, by = direction(low + end)
    sides[n, UPPER], sides[n, LOWER] = upper, lower
    for k in range(2):
        side = sides[n, k]
        at = 4 * k
        if side < 0:
            radius = near if side == NEAR_ARC else far
            scale = radius / math.sqrt(ax * ax + ay * ay)
            points[n, at], points[n, at + 1] = scale * ax, scale * ay
            scale = radius / math.sqrt(bx * bx + by * by)
            points[n, at + 2], points[n, at + 3] = scale * bx, scale * by
        else:
            c = candidates[side]
            points[n, at], points[n, at + 1] = end_on(c, c[S0], s, ax, ay, c[BX], c[BY], low)
            points[n, at + 2], points[n, at + 3] = end_on(c, c[S1], end, bx, by, c[AX], c[AY], low)


@compiled
def _root(parent, k):  # type: ignore[no-untyped-def]
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k


@compiled
def link_wedges(points, left, left_end, right, right_end, follows, parent):  # type: ignore[no-untyped-def]
    """Link the sides of stretches of two neighbouring wedges at their border.

    ``follows[k, side]`` becomes ``2 * stretch + side`` of what comes after that side in its ring;
    ``parent`` joins stretches of the same piece of ground.
    """
    a, b = 2 * left, 2 * right  # next end on either side: even is the lower end, odd the upper
    held = -1  # first of a pair, as 4 * stretch + 2 * is right + is upper
    above = 0.0
    while a < 2 * left_end or b < 2 * right_end:
        ra = rb = np.inf
        if a < 2 * left_end:
            at = UX2 if a % 2 else LX2
            ra = points[a // 2, at] ** 2 + points[a // 2, at + 1] ** 2
        if b < 2 * right_end:
            at = UX1 if b % 2 else LX1
            rb = points[b // 2, at] ** 2 + points[b // 2, at + 1] ** 2
        # Ends at one distance: stretches stop before others begin, so that they touch at most.
        tie = abs(ra - rb) <= 1e-12 * ra
        take_left = a % 2 >= b % 2 if tie and a % 2 != b % 2 else ra <= rb
        r = ra if take_left else rb
        if a % 2 and b % 2 and r > above * (1.0 + 1e-12):
            parent[_root(parent, a // 2)] = _root(parent, b // 2)
        above = r
        if take_left:
            now = 4 * (a // 2) + a % 2
            a += 1
        else:
            now = 4 * (b // 2) + 2 + b % 2
            b += 1
        if held < 0:
            held = now
            continue
        # A left upper side and a right lower side arrive at the border; the others depart.
        arrives, departs = (now, held) if now % 4 in (1, 2) else (held, now)
        follows[arrives // 4, UPPER if arrives % 2 else LOWER] = 2 * (departs // 4) + (
            UPPER if departs % 2 else LOWER
        )
        held = -1


@compiled
def stretch_areas(sides, points, n, near, far):  # type: ignore[no-untyped-def]
    """Sum of the areas of stretches, each side a triangle or a circular sector."""
    total = 0.0
    for k in range(n):
        for side in range(2):
            at = 4 * side
            ax, ay, bx, by = points[k, at], points[k, at + 1], points[k, at + 2], points[k, at + 3]
            if sides[k, side] >= 0:
                part = ax * by - ay * bx
            else:
                radius = far if sides[k, side] == FAR_ARC else near
                part = radius * radius * angle_between(ax, ay, bx, by, False)
            total += 0.5 * part if side == UPPER else -0.5 * part
    return max(total, 0.0)


@compiled
def trace_rings(  # type: ignore[no-untyped-def]
    cx, cy, sides, points, n, near, step, follows, parent, last, coords, used, ends, ground, signs
):
    """Follow the links from side to side; give the number of vertices and rings."""
    done = np.zeros((n, 2), dtype=np.bool_)
    rings = np.int64(0)
    for start in range(2 * n):
        if done[start // 2, start % 2]:
            continue
        ring = used
        at = start
        before = -3
        while not done[at // 2, at % 2]:
            k, side = at // 2, at % 2
            done[k, side] = True
            col = 4 * side
            px, py, qx, qy = (
                points[k, col],
                points[k, col + 1],
                points[k, col + 2],
                points[k, col + 3],
            )
            if side == LOWER:
                px, py, qx, qy = qx, qy, px, py
            what = sides[k, side]
            after = follows[k, side]
            if what >= 0 or (what == NEAR_ARC and near == 0.0):
                if what != before:
                    used = _put(coords, ring, used, px, py, cx, cy, last)
                # Where the same edge goes on in the next wedge its vertex is not needed.
                if after % 2 != side or sides[after // 2, side] != what:
                    used = _put(coords, ring, used, qx, qy, cx, cy, last)
                    before = -3
                else:
                    before = what
            else:
                angle = angle_between(
                    points[k, col],
                    points[k, col + 1],
                    points[k, col + 2],
                    points[k, col + 3],
                    False,
                )
                if side == LOWER:
                    angle = -angle
                used = _put_arc(coords, ring, used, cx, cy, last, px, py, angle, step, TIGHT)
                before = -3
            at = after
        used = _close(coords, ring, used)
        if used == ring:
            continue
        area = 0.0
        for v in range(ring, used - 1):
            area += (coords[v, 0] - cx) * (coords[v + 1, 1] - cy)
            area -= (coords[v + 1, 0] - cx) * (coords[v, 1] - cy)
        ends[rings] = used
        ground[rings] = _root(parent, start // 2)
        signs[rings] = area > 0.0
        rings += 1
    return used, rings
