# ruff: noqa: PLR0912, PLR0917 - compiled code takes plain numbers and arrays
"""The compiled cut of a picture's outline with the target plane and with the circle of its reach.

An outline is a closed chain of directions from the lens, straight between neighbours: a straight
line of directions meets a plane in a straight line, so the sides of a rectilinear picture are exact
with four directions. The circle of radius ``R`` on a plane ``h`` below the lens is the cone of
directions with ``h · |across| <= R · down``, which is convex: a side lies in it from one place to
another, found from one quadratic equation, also where it runs beyond the horizon. Where the outline
leaves the cone and comes back, the circle closes the ring.

Arcs keep their area as those of :mod:`coverage_model.sight._rings` do: the ``m`` chords of angle
``d`` have their ends on the circle and the vertices between at ``f`` times the radius, with
``(2 f + (m - 2) f²) sin d = m d``. Where an outline itself is bent (a fisheye), each vertex ``p``
is moved by a twelfth of its second difference against it, which makes the polygon's area right to
the fourth power of the step.
"""

from __future__ import annotations

import math

import numpy as np

from coverage_model.base.compiled import compiled

SAME_M = 1e-9
"""Vertices closer than this are written once."""

MOST_BEND = 0.2
"""Greatest second difference of a bent outline, over its step, that is still a smooth curve's."""


@compiled
def _inside_cone(a, b, drop, reach):  # type: ignore[no-untyped-def]
    """Part of a side in the cone, as two fractions; (2, 2) if none."""
    # q(t) = drop² |across|² - reach² down², which is at most 0 within the cone and its mirror.
    ex, ey, ez = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    d2, r2 = drop * drop, reach * reach
    qa = d2 * (ex * ex + ey * ey) - r2 * ez * ez
    qb = d2 * (a[0] * ex + a[1] * ey) - r2 * a[2] * ez
    qc = d2 * (a[0] * a[0] + a[1] * a[1]) - r2 * a[2] * a[2]
    begins = qc <= 0.0 and a[2] < 0.0
    qe = d2 * (b[0] * b[0] + b[1] * b[1]) - r2 * b[2] * b[2]
    ends = qe <= 0.0 and b[2] < 0.0
    if begins and ends:
        return 0.0, 1.0
    root = qb * qb - qa * qc
    if root < 0.0 or (qa == 0.0 and qb == 0.0):
        return 2.0, 2.0
    root = math.sqrt(root)
    # Both roots without cancelling.
    w = -(qb + root) if qb >= 0.0 else root - qb
    t1 = w / qa if qa != 0.0 else np.inf
    t2 = qc / w if w != 0.0 else t1
    low, high = 2.0, 2.0
    for t in (min(t1, t2), max(t1, t2)):
        if 0.0 <= t <= 1.0 and a[2] + t * ez < 0.0:
            if low > 1.0:
                low = t
            else:
                high = t
    if begins:
        return 0.0, low if low <= 1.0 else 0.0
    if ends:
        return (min(low, 1.0)), 1.0
    return (low, high) if high <= 1.0 else (2.0, 2.0)


@compiled
def _put(coords, start, n, x, y):  # type: ignore[no-untyped-def]
    if n > start and abs(coords[n - 1, 0] - x) + abs(coords[n - 1, 1] - y) < SAME_M:
        return n
    coords[n, 0], coords[n, 1] = x, y
    return n + 1


@compiled
def _put_arc(coords, start, n, x, y, angle, step):  # type: ignore[no-untyped-def]
    """Append what lies between the two ends of an arc that begins at (x, y)."""
    chords = max(math.ceil(angle / step - 1e-9), 2)
    d = angle / chords
    if d < 1e-7:
        return n
    q = chords * d / math.sin(d)
    grow = q / (1.0 + math.sqrt(1.0 + (chords - 2.0) * q))
    for k in range(1, chords):
        c, s = math.cos(k * d), math.sin(k * d)
        n = _put(coords, start, n, grow * (x * c - y * s), grow * (x * s + y * c))
    return n


@compiled
def _put_circle(coords, n, reach, step):  # type: ignore[no-untyped-def]
    chords = math.ceil(2.0 * math.pi / step - 1e-9)
    d = 2.0 * math.pi / chords
    radius = reach * math.sqrt(d / math.sin(d))
    for k in range(chords):
        coords[n, 0], coords[n, 1] = radius * math.cos(k * d), radius * math.sin(k * d)
        n += 1
    return n


@compiled
def _put_bent(coords, start, n, rays, k, drop, reach):  # type: ignore[no-untyped-def]
    """Append a vertex of a bent outline, moved so that the area is right."""
    count = len(rays)
    x, y = drop * rays[k, 0] / -rays[k, 2], drop * rays[k, 1] / -rays[k, 2]
    sx, sy = -2.0 * x, -2.0 * y
    span = 0.0
    for other in ((k - 1) % count, (k + 1) % count):
        if not rays[other, 2] < 0.0:
            return _put(coords, start, n, x, y)
        ox, oy = drop * rays[other, 0] / -rays[other, 2], drop * rays[other, 1] / -rays[other, 2]
        if ox * ox + oy * oy > reach * reach:
            return _put(coords, start, n, x, y)
        sx += ox
        sy += oy
        span = max(span, abs(ox - x) + abs(oy - y))
    # Near the horizon the steps grow too fast for this; there the chord stays as it is.
    if abs(sx) + abs(sy) > MOST_BEND * span:
        return _put(coords, start, n, x, y)
    return _put(coords, start, n, x - sx / 12.0, y - sy / 12.0)


@compiled
def _chains(rays, bent, drop, reach, work, begins):  # type: ignore[no-untyped-def]
    """Write the parts of an outline in the circle, each from where it enters to where it leaves.

    Returns
    -------
    tuple of int
        Number of parts (-1 where the whole outline lies in the circle) and of vertices.
    """
    count = len(rays)
    first = -1
    for k in range(count):
        v = rays[k]
        if v[2] >= 0.0 or drop * math.hypot(v[0], v[1]) > -v[2] * reach:
            first = k
            break
    n = chains = np.int64(0)
    if first < 0:
        for k in range(count):
            if bent[k]:
                n = _put_bent(work, 0, n, rays, k, drop, reach)
            else:
                scale = drop / -rays[k, 2]
                n = _put(work, 0, n, scale * rays[k, 0], scale * rays[k, 1])
        return np.int64(-1), n
    is_open = False
    for turn in range(count):
        k = (first + turn) % count
        a, b = rays[k], rays[(k + 1) % count]
        t0, t1 = _inside_cone(a, b, drop, reach)
        if t0 > 1.0 or t0 >= t1:
            continue
        if not is_open:
            begins[chains] = n
            is_open = True
        if t0 == 0.0 and bent[k]:
            n = _put_bent(work, begins[chains], n, rays, k, drop, reach)
        else:
            scale = drop / -(a[2] + t0 * (b[2] - a[2]))
            x, y = a[0] + t0 * (b[0] - a[0]), a[1] + t0 * (b[1] - a[1])
            n = _put(work, begins[chains], n, scale * x, scale * y)
        if t1 < 1.0:
            scale = drop / -(a[2] + t1 * (b[2] - a[2]))
            x, y = a[0] + t1 * (b[0] - a[0]), a[1] + t1 * (b[1] - a[1])
            n = _put(work, begins[chains], n, scale * x, scale * y)
            chains += 1
            is_open = False
    if is_open:  # it leaves at the very corner it ends with
        chains += 1
    begins[chains] = n
    return chains, n


@compiled
def _turn(ax, ay, bx, by):  # type: ignore[no-untyped-def]
    """Anticlockwise angle from a to b, from 0 to a full turn."""
    return math.atan2(ax * by - ay * bx, ax * bx + ay * by) % (2.0 * math.pi)


@compiled
def _ring(rays, bent, drop, reach, step, coords, start, work, begins):  # type: ignore[no-untyped-def]
    """Write the ring of one picture; give the number of vertices written so far.

    Nothing is written where no side of the picture lies in the circle. Where the circle parts the
    picture, the parts are joined by lines there and back, which hold no ground.
    """
    chains, used = _chains(rays, bent, drop, reach, work, begins)
    n = start
    if chains < 0:
        coords[n : n + used] = work[:used]
        return n + used
    done = np.zeros(chains, dtype=np.bool_)
    for head in range(chains):
        if done[head]:
            continue
        part = n
        at = head
        while not done[at]:
            done[at] = True
            for v in range(begins[at], begins[at + 1]):
                n = _put(coords, part, n, work[v, 0], work[v, 1])
            # The circle runs on to the part that it meets first.
            ex, ey = work[begins[at + 1] - 1, 0], work[begins[at + 1] - 1, 1]
            best = 7.0
            for other in range(chains):
                ox, oy = work[begins[other], 0], work[begins[other], 1]
                angle = _turn(ex, ey, ox, oy)
                if angle < best:
                    best, follows = angle, other
            n = _put_arc(coords, part, n, ex, ey, best, step)
            at = follows
        if chains > 1:
            coords[n] = coords[part]
            n += 1
            if part > start:
                coords[n] = coords[start]
                n += 1
    return n


@compiled
def outline_rings(outlines, bent, axes, drop, reach, holds_nadir, above, step):  # type: ignore[no-untyped-def]
    """Cut many outlines.

    Parameters
    ----------
    outlines
        Directions in the frame of each camera (right, up, ahead), shape (n, K, 3); anticlockwise in
        the picture.
    bent
        Whether the outline is a smooth curve at each direction, shape (n, K).
    axes
        Right, up and ahead of each camera as vectors (east, north, up), shape (n, 3, 3).
    drop
        How far the plane lies below the lens, or above it where ``above``.
    reach
        Radius of the circle on the plane; 0 or less for none.
    holds_nadir
        Whether the picture holds the foot of the perpendicular on the plane.
    step
        Greatest angle of a chord of the circle, in radians.

    Returns
    -------
    tuple
        Vertices relative to the camera's foot, end of each ring in them (rings of no vertex are
        empty), and the least and greatest distance of each ring from the foot.
    """
    count, sides = outlines.shape[0], outlines.shape[1]
    most = 8 * sides + math.ceil(2.0 * math.pi / step) + 16
    coords = np.empty((count * 16 + most, 2))
    ends = np.empty(count, dtype=np.int64)
    nearest, farthest = np.zeros(count), np.zeros(count)
    rays = np.empty((sides, 3))
    flags = np.empty(sides, dtype=np.bool_)
    work = np.empty((2 * sides + 2, 2))
    begins = np.empty(sides + 2, dtype=np.int64)
    n = np.int64(0)
    for r in range(count):
        start = n
        if reach[r] > 0.0:
            if n + most > len(coords):
                more = np.empty((2 * len(coords) + most, 2))
                more[:n] = coords[:n]
                coords = more
            for k in range(sides):
                # A plane above the lens is the mirror image of one below it.
                at = sides - 1 - k if above[r] else k
                v = outlines[r, k]
                for c in range(3):
                    rays[at, c] = v[0] * axes[r, 0, c] + v[1] * axes[r, 1, c] + v[2] * axes[r, 2, c]
                flags[at] = bent[r, k]
                if above[r]:
                    rays[at, 2] = -rays[at, 2]
            n = _ring(rays, flags, drop[r], reach[r], step, coords, start, work, begins)
            if n == start and holds_nadir[r]:
                n = _put_circle(coords, n, reach[r], step)
            if n > start + 1 and (
                abs(coords[n - 1, 0] - coords[start, 0]) + abs(coords[n - 1, 1] - coords[start, 1])
                < SAME_M
            ):
                n -= 1
            if n - start < 3:
                n = start
            else:
                coords[n] = coords[start]
                n += 1
                least = np.inf
                most_far = 0.0
                for k in range(start, n - 1):
                    ax, ay = coords[k, 0], coords[k, 1]
                    ex, ey = coords[k + 1, 0] - ax, coords[k + 1, 1] - ay
                    length = max(ex * ex + ey * ey, 1e-300)
                    u = min(max(-(ax * ex + ay * ey) / length, 0.0), 1.0)
                    least = min(least, math.hypot(ax + u * ex, ay + u * ey))
                    most_far = max(most_far, math.hypot(ax, ay))
                nearest[r] = 0.0 if holds_nadir[r] else least
                farthest[r] = min(most_far, reach[r])
        ends[r] = n
    return coords[:n].copy(), ends, nearest, farthest
