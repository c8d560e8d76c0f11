# ruff: noqa: PLR0912, PLR0917 - compiled code takes plain numbers and arrays
"""From pieces to areas and rings: the radial cuts of a sweep, and its arcs as chords.

A piece (see :mod:`coverage_model.sight._kernel`) is cut by the far edge, which turns what lies
beyond into an arc, and by the near edge, which leaves a gap. What is left are atoms, in order round
the camera; a run is a stretch of atoms without a gap and gives one ring.

Arcs keep their area by the rule of :func:`coverage_model.optics.sectors.sector_polygons`: ``m``
chords of angle ``d`` with all vertices at ``sqrt(d / sin d)`` times the radius. That moves vertices
outwards a little, so where a wall comes as close as that to the near edge the run is drawn
*tightly*: each atom has its own chords, whose ends stay on the circle while the ``m - 1`` vertices
between lie at ``f`` times the radius with ``(2 f + (m - 2) f²) sin d = m d``; edges are split at
the foot of their perpendicular. Then no near chord can reach across the wall: from a foot or a
crossing at angle 0 the wall is further than ``1 + a² / 2`` at angle ``a``, and ``f`` is at most ``1
+ d² / 6``.
"""

from __future__ import annotations

import math

import numpy as np

from coverage_model.base.compiled import compiled
from coverage_model.sight._kernel import CLEAR, NARROW_RAD, TOUCH, X1, X2, Y1, Y2, nearest_squared

ANGLE = 4
"""Column of an atom that holds its angle in radians (of edges only where there is a near edge)."""

EDGE, ARC = 0, 1

WIDER = 4.0
"""How many times as wide as those of the far edge the chords of the near edge may be."""

SHORT_M = 1e-6
"""Rings with a side shorter than this are checked like those with narrow wedges: where a wall ends
on another seen at a slant, their ends can lie the wrong way round by a nanometre."""

LOOSE, TIGHT, CIRCLE = np.int64(0), np.int64(1), np.int64(2)
"""How to draw an arc; typed, as compiled code would be made anew for each literal."""


@compiled
def angle_between(ax, ay, bx, by, wide):  # type: ignore[no-untyped-def]
    """Anticlockwise angle from a to b; ``wide`` says whether it may be above half a turn."""
    angle = math.atan2(ax * by - ay * bx, ax * bx + ay * by)
    if angle < 0.0:
        return angle + 2.0 * math.pi if wide else 0.0
    return angle


@compiled
def inside_circle(ax, ay, bx, by, radius):  # type: ignore[no-untyped-def]
    """Part of a segment in a circle about the camera, as two fractions; (2, 2) if none."""
    ex, ey = bx - ax, by - ay
    length = ex * ex + ey * ey
    start = ax * ax + ay * ay - radius * radius
    along = ax * ex + ay * ey
    if length == 0.0:
        return (0.0, 1.0) if start <= 0.0 else (2.0, 2.0)
    # The distance of the line is taken from the cross product: start and along² would cancel.
    cross = ax * ey - ay * ex
    root = radius * radius * length - cross * cross
    if root <= 0.0:
        return 2.0, 2.0
    root = math.sqrt(root)
    u0, u1 = (-along - root) / length, (-along + root) / length
    if u0 >= 1.0 or u1 <= 0.0:
        return 2.0, 2.0
    return max(u0, 0.0), min(u1, 1.0)


@compiled
def _set_arc(atoms, kinds, gaps, n, gap, ax, ay, bx, by, radius, angle):  # type: ignore[no-untyped-def]
    """Append an arc, or lengthen the arc before it; give the new number of atoms."""
    if n > 0 and kinds[n - 1] == ARC and not gap:
        n -= 1
        atoms[n, ANGLE] += angle
    else:
        scale = radius / math.sqrt(ax * ax + ay * ay)
        atoms[n, X1], atoms[n, Y1] = ax * scale, ay * scale
        atoms[n, ANGLE] = angle
        kinds[n] = ARC
        gaps[n] = gap
    scale = radius / math.sqrt(bx * bx + by * by)
    atoms[n, X2], atoms[n, Y2] = bx * scale, by * scale
    return n + 1


@compiled
def _set_edge(atoms, kinds, gaps, n, gap, ax, ay, bx, by, near):  # type: ignore[no-untyped-def]
    atoms[n, X1], atoms[n, Y1], atoms[n, X2], atoms[n, Y2] = ax, ay, bx, by
    atoms[n, ANGLE] = angle_between(ax, ay, bx, by, False) if near > 0.0 else 0.0
    kinds[n] = EDGE
    gaps[n] = gap
    return n + 1


@compiled
def cut_atoms(pieces, seen, count, full, near, far, atoms, kinds, gaps):  # type: ignore[no-untyped-def]
    """Cut pieces to the distances between near and far; give the number of atoms."""
    n = np.int64(0)
    gap = not full
    far2 = far * far
    touch = near * CLEAR
    for k in range(count):
        ax, ay, bx, by = pieces[k, X1], pieces[k, Y1], pieces[k, X2], pieces[k, Y2]
        turn = pieces[k, 5] - pieces[k, 4]
        v0, v1 = 2.0, 2.0
        if seen[k] >= 0:
            v0, v1 = 0.0, 1.0
            if ax * ax + ay * ay > far2 or bx * bx + by * by > far2:
                v0, v1 = inside_circle(ax, ay, bx, by, far)
        if v0 > 1.0:
            angle = 2.0 * math.pi
            if turn < 4.0:
                angle = angle_between(ax, ay, bx, by, turn > 1.0)
            n = _set_arc(atoms, kinds, gaps, n, gap, ax, ay, bx, by, far, angle)
            gap = False
            continue
        ex, ey = bx - ax, by - ay
        px, py, qx, qy = ax, ay, bx, by
        if v0 > 0.0:
            px, py = ax + v0 * ex, ay + v0 * ey
            angle = angle_between(ax, ay, px, py, False)
            n = _set_arc(atoms, kinds, gaps, n, gap, ax, ay, px, py, far, angle)
            gap = False
        if v1 < 1.0:
            qx, qy = ax + v1 * ex, ay + v1 * ey
        w0, w1 = 2.0, 2.0
        if near > 0.0:
            w0, w1 = inside_circle(px, py, qx, qy, touch)
        if w0 > 1.0:
            n = _set_edge(atoms, kinds, gaps, n, gap, px, py, qx, qy, near)
            gap = False
        else:
            fx, fy = qx - px, qy - py
            if w0 > 0.0:
                n = _set_edge(atoms, kinds, gaps, n, gap, px, py, px + w0 * fx, py + w0 * fy, near)
            gap = True
            if w1 < 1.0:
                n = _set_edge(atoms, kinds, gaps, n, gap, px + w1 * fx, py + w1 * fy, qx, qy, near)
                gap = False
        if v1 < 1.0:
            angle = angle_between(qx, qy, bx, by, False)
            n = _set_arc(atoms, kinds, gaps, n, gap, qx, qy, bx, by, far, angle)
            gap = False
    if full and gap and n > 0:
        gaps[0] = True
    return n


@compiled
def _put(coords, ring, n, x, y, cx, cy, last):  # type: ignore[no-untyped-def]
    """Append a vertex unless it repeats the one before it in the ring.

    ``last`` holds that vertex, and 1 from the first time that two are very close.
    """
    if n > ring:
        step = abs(x - last[0]) + abs(y - last[1])
        if step < TOUCH:
            return n
        if step < SHORT_M:
            last[2] = 1.0
    last[0], last[1] = x, y
    coords[n, 0], coords[n, 1] = cx + x, cy + y
    return n + 1


@compiled
def _put_arc(coords, ring, n, cx, cy, last, x, y, angle, step, style):  # type: ignore[no-untyped-def]
    """Append the chords of an arc that starts at (x, y) and turns by an angle (or back by it).

    ``style`` is LOOSE, TIGHT, or CIRCLE, which leaves out the vertex that would close the ring.
    """
    tight = style == TIGHT
    size = abs(angle)
    chords = max(math.ceil(size / step - 1e-9), 2 if tight else 1)
    d = size / chords
    grow = 1.0
    if d > 1e-7:
        ratio = d / math.sin(d)
        grow = math.sqrt(ratio)
        if tight:
            q = chords * ratio
            grow = q / (1.0 + math.sqrt(1.0 + (chords - 2.0) * q))
    c, s = math.cos(d), math.sin(d)
    if angle < 0.0:
        s = -s
    for k in range(chords + (0 if style == CIRCLE else 1)):
        scale = 1.0 if tight and (k in (0, chords)) else grow
        n = _put(coords, ring, n, scale * x, scale * y, cx, cy, last)
        x, y = x * c - y * s, x * s + y * c
    return n


@compiled
def _put_near_of_edge(coords, ring, n, cx, cy, last, atom, near, step):  # type: ignore[no-untyped-def]
    """Append the near chords under a wall, backwards, split at the foot of its perpendicular."""
    ax, ay, bx, by = atom[X1], atom[Y1], atom[X2], atom[Y2]
    ex, ey = bx - ax, by - ay
    length = ex * ex + ey * ey
    foot = -(ax * ex + ay * ey) / length if length > 0.0 else 0.0
    scale = near / math.sqrt(bx * bx + by * by)
    if 0.0 < foot < 1.0:
        fx, fy = ax + foot * ex, ay + foot * ey
        back = -angle_between(fx, fy, bx, by, False)
        n = _put_arc(coords, ring, n, cx, cy, last, scale * bx, scale * by, back, step, TIGHT)
        bx, by = fx, fy
        scale = near / math.sqrt(bx * bx + by * by)
    back = -angle_between(ax, ay, bx, by, False)
    return _put_arc(coords, ring, n, cx, cy, last, scale * bx, scale * by, back, step, TIGHT)


@compiled
def _close(coords, ring, n):  # type: ignore[no-untyped-def]
    """Close a ring; give the new number of vertices, or the old one if there is no ring."""
    while n > ring + 1:
        off = abs(coords[n - 1, 0] - coords[ring, 0]) + abs(coords[n - 1, 1] - coords[ring, 1])
        if off >= TOUCH:
            break
        n -= 1
    if n - ring < 3:
        return ring
    coords[n, 0], coords[n, 1] = coords[ring, 0], coords[ring, 1]
    return n + 1


@compiled
def _start_of_disc(atoms, kinds, gaps, count):  # type: ignore[no-untyped-def]
    """Choose the first atom of a full circle, and mend the arc that the cut runs through."""
    first = np.int64(0)
    closed = True
    for k in range(count):
        if gaps[k]:
            first = np.int64(k)
            closed = False
            break
    if count > 1 and kinds[0] == ARC and kinds[count - 1] == ARC and not gaps[0]:
        count -= 1
        atoms[0, X1], atoms[0, Y1] = atoms[count, X1], atoms[count, Y1]
        atoms[0, ANGLE] += atoms[count, ANGLE]
        gaps[0] = gaps[count]
        first = first % count
    return first, closed, count


@compiled
def _measure(atoms, kinds, first, count, begin, end, near, far, step):  # type: ignore[no-untyped-def]
    """Measure a run: area, angle, squared distance of its nearest point, narrowest wedge."""
    area = angle = 0.0
    nearest = narrowest = np.inf
    for k in range(begin, end):
        atom = atoms[(first + k) % count]
        if kinds[(first + k) % count] == ARC:
            area += 0.5 * far * far * atom[ANGLE]
            narrowest = min(narrowest, atom[ANGLE])
            # Chords of at most ``step`` come no closer than this.
            nearest = min(nearest, far * far * math.cos(0.5 * step) ** 2)
        else:
            ax, ay, bx, by = atom[X1], atom[Y1], atom[X2], atom[Y2]
            cross = ax * by - ay * bx
            ends = min(ax * ax + ay * ay, bx * bx + by * by)
            area += 0.5 * cross
            narrowest = min(narrowest, cross / ends)
            if near > 0.0:
                nearest = min(nearest, nearest_squared(ax, ay, bx, by, cross))
        angle += atom[ANGLE]
    return area - 0.5 * near * near * angle, angle, nearest, narrowest


@compiled
def _put_near_side(  # type: ignore[no-untyped-def]
    coords,
    ring,
    n,
    cx,
    cy,
    last,
    near,
    far,
    step,
    near_step,
    atoms,
    kinds,
    first,
    count,
    begin,
    end,
    angle,
    style,
):
    """Append the near edge of a run, backwards."""
    atom = atoms[(first + end - 1) % count]
    if style != TIGHT:
        scale = near / math.sqrt(atom[X2] * atom[X2] + atom[Y2] * atom[Y2])
        x, y = scale * atom[X2], scale * atom[Y2]
        return _put_arc(coords, ring, n, cx, cy, last, x, y, -angle, near_step, style)
    for k in range(end - 1, begin - 1, -1):
        atom = atoms[(first + k) % count]
        if kinds[(first + k) % count] == ARC:
            x, y = atom[X2] * near / far, atom[Y2] * near / far
            n = _put_arc(coords, ring, n, cx, cy, last, x, y, -atom[ANGLE], step, TIGHT)
        else:
            n = _put_near_of_edge(coords, ring, n, cx, cy, last, atom, near, step)
    return n


@compiled
def write_rings(  # type: ignore[no-untyped-def]
    cx, cy, full, near, far, step, atoms, kinds, gaps, count, last, coords, n, ends, holes, rings
):
    """Write the rings of one view.

    Returns
    -------
    tuple
        Visible area, number of vertices and of rings written so far, and whether some wedge is so
        narrow that rounding to map coordinates could spoil a ring.
    """
    area = 0.0
    last[2] = 0.0
    narrow = closed = False
    first = np.int64(0)
    if full:
        first, closed, count = _start_of_disc(atoms, kinds, gaps, count)
    # Chords of the near edge may be wider: they stray no further from their smaller circle.
    near_step = step
    if near > 0.0:
        near_step = step * min(math.sqrt(far / near), WIDER)
    # Further than the vertices of the near edge's chords can lie.
    clear = near * math.sqrt(near_step / math.sin(near_step)) * CLEAR
    begin = np.int64(0)
    while begin < count:
        end = begin + 1
        while end < count and not gaps[(first + end) % count]:
            end += 1
        part, angle, nearest, narrowest = _measure(
            atoms, kinds, first, count, begin, end, near, far, step
        )
        area += part
        narrow |= narrowest < NARROW_RAD
        style = TIGHT if near > 0.0 and nearest <= clear * clear else LOOSE
        whole = closed and count == 1
        if whole:
            style = CIRCLE

        ring = n
        if near == 0.0 and not full:
            n = _put(coords, ring, n, 0.0, 0.0, cx, cy, last)
        for k in range(begin, end):
            atom = atoms[(first + k) % count]
            x, y = atom[X1], atom[Y1]
            if kinds[(first + k) % count] == ARC:
                n = _put_arc(coords, ring, n, cx, cy, last, x, y, atom[ANGLE], step, style)
            else:
                n = _put(coords, ring, n, x, y, cx, cy, last)
                n = _put(coords, ring, n, atom[X2], atom[Y2], cx, cy, last)
        if near > 0.0:
            if closed:  # all round: the near edge is a hole, a ring of its own
                n = _close(coords, ring, n)
                if n > ring:
                    ends[rings], holes[rings] = n, 0
                    rings += 1
                ring = n
                angle = 2.0 * math.pi
                style = TIGHT if style == TIGHT else CIRCLE
            n = _put_near_side(
                coords,
                ring,
                n,
                cx,
                cy,
                last,
                near,
                far,
                step,
                near_step,
                atoms,
                kinds,
                first,
                count,
                begin,
                end,
                angle,
                style,
            )
        n = _close(coords, ring, n)
        if n > ring:
            ends[rings], holes[rings] = n, 1 if near > 0.0 and closed else 0
            rings += 1
        begin = end
    return max(area, 0.0), n, rings, narrow or last[2] > 0.0
