# ruff: noqa: PLR0912, PLR0915, PLR0917 - compiled code takes plain numbers and arrays
"""Edges of polygons on a fine grid, cut wherever they meet.

Everything after the first rounding is done on whole numbers, and every question about them (on
which side of a line does a point lie) is answered exactly. Edges are cut at each other's ends and
where they cross, and the crossing is rounded to the grid; that bends edges by less than a step, so
the bent ones are looked at again until nothing meets any more except at its ends. A line that
passes an end nearer than a step goes through it, so that hairs collapse instead of tangling.
"""

from __future__ import annotations

import numpy as np

from coverage_model.base.compiled import compiled

NEAR = 0.6
"""An edge that passes a vertex within so many steps of the grid goes through it. Less than half the
diagonal of a step, or the two diagonals of one square would bend about each other for ever."""

ROUNDS = 24
"""Rounds of cutting before a grid is given up; two or three do."""

GROWTH = 16
"""Pieces that an edge may become, on average, before a grid is given up."""

SPLITTER = 134217729.0  # 2**27 + 1, Dekker's constant for doubles


@compiled
def low_part(a, b, product):  # type: ignore[no-untyped-def]
    """Give what rounding took from a product of two whole numbers below 2**53 (Dekker 1971)."""
    c = SPLITTER * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = SPLITTER * b
    b_high = c - (c - b)
    b_low = b - b_high
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


@compiled
def side(ax, ay, bx, by, cx, cy):  # type: ignore[no-untyped-def]
    """Twice the area of the triangle a, b, c: above 0 where c lies left of a to b; sign exact."""
    ux, uy = float(bx - ax), float(by - ay)
    vx, vy = float(cx - ax), float(cy - ay)
    p, q = ux * vy, uy * vx
    d = p - q
    if abs(d) > 1e-15 * (abs(p) + abs(q)):
        return d
    return d + (low_part(ux, vy, p) - low_part(uy, vx, q))


@compiled
def clip(xy, first, last, x0, y0, size_x, size_y, out_x, out_y):  # type: ignore[no-untyped-def]
    """Clip a ring to a box (Sutherland and Hodgman 1974) into ``out``; the number of vertices.

    Coordinates are taken from the box's corner. Edges along the box may double back on themselves;
    they cancel when edges are merged. A crossing is worked out from the same end of an edge
    whichever way it runs, so that neighbours get the same point.
    """
    n = last - first - 1  # the last vertex repeats the first
    for i in range(n):
        out_x[i] = xy[first + i, 0] - x0
        out_y[i] = xy[first + i, 1] - y0
    for border in range(4):
        inside = True
        for i in range(n):
            v = out_x[i] if border < 2 else out_y[i]
            if (border == 0 and v < 0.0) or (border == 1 and v > size_x):
                inside = False
            if (border == 2 and v < 0.0) or (border == 3 and v > size_y):
                inside = False
            if not inside:
                break
        if inside:
            continue
        limit = 0.0
        if border == 1:
            limit = size_x
        elif border == 3:
            limit = size_y
        sign = 1.0 if border % 2 == 0 else -1.0
        px, py = out_x[:n].copy(), out_y[:n].copy()
        m = 0
        for i in range(n):
            j = i + 1 if i + 1 < n else 0
            a = px[i] if border < 2 else py[i]
            b = px[j] if border < 2 else py[j]
            a_in, b_in = sign * (a - limit) >= 0.0, sign * (b - limit) >= 0.0
            if a_in:
                out_x[m], out_y[m] = px[i], py[i]
                m += 1
            if a_in != b_in:
                k, o = (i, j) if a < b else (j, i)
                if border < 2:
                    t = (limit - px[k]) / (px[o] - px[k])
                    out_x[m], out_y[m] = limit, py[k] + t * (py[o] - py[k])
                else:
                    t = (limit - py[k]) / (py[o] - py[k])
                    out_x[m], out_y[m] = px[k] + t * (px[o] - px[k]), limit
                m += 1
        n = m
        if n == 0:
            return 0
    return n


@compiled
def edges_of(  # type: ignore[no-untyped-def]
    xy, ring_start, hole, polygon_start, polygons, x0, y0, size_x, size_y, steps_per_m
):
    """Edges of polygons in a box on the grid, interior on the left.

    Returns the ends (x, y, x, y) in steps from the box's corner, the number of the polygon in
    ``polygons``, the closed-form area of each polygon in the box before rounding, in m², and the
    length of its outline (along the axes), in m.
    """
    most = 0
    longest = 0
    for p in polygons:
        for r in range(polygon_start[p], polygon_start[p + 1]):
            # Clipping can add a vertex for each crossing of each border.
            length = ring_start[r + 1] - ring_start[r]
            most += 2 * length + 8
            longest = max(longest, length)
    room = 16 * longest + 16
    cx, cy = np.empty(room), np.empty(room)
    ends = np.empty((most, 4), dtype=np.int64)
    owner = np.empty(most, dtype=np.int64)
    area = np.zeros(len(polygons))
    outline = np.zeros(len(polygons))
    n = 0
    for k in range(len(polygons)):
        p = polygons[k]
        for r in range(polygon_start[p], polygon_start[p + 1]):
            count = clip(xy, ring_start[r], ring_start[r + 1], x0, y0, size_x, size_y, cx, cy)
            if count < 3:
                continue
            # Which way the whole ring runs: a clipped one may keep no area at all.
            begin, end = ring_start[r], ring_start[r + 1] - 1
            whole = 0.0
            for i in range(begin, end):
                whole += (xy[i, 0] - xy[begin, 0]) * (xy[i + 1, 1] - xy[begin, 1])
                whole -= (xy[i + 1, 0] - xy[begin, 0]) * (xy[i, 1] - xy[begin, 1])
            turn = (whole < 0.0) != hole[r]
            twice = 0.0
            for i in range(count):
                j = i + 1 if i + 1 < count else 0
                outline[k] += abs(cx[j] - cx[i]) + abs(cy[j] - cy[i])
                twice += (cx[i] - cx[0]) * (cy[j] - cy[0]) - (cx[j] - cx[0]) * (cy[i] - cy[0])
                ax, ay = (
                    np.int64(np.rint(cx[i] * steps_per_m)),
                    np.int64(np.rint(cy[i] * steps_per_m)),
                )
                bx, by = (
                    np.int64(np.rint(cx[j] * steps_per_m)),
                    np.int64(np.rint(cy[j] * steps_per_m)),
                )
                if ax == bx and ay == by:
                    continue
                if n == len(ends):
                    grown = np.empty((2 * n, 4), dtype=np.int64)
                    grown[:n] = ends
                    ends = grown
                    more = np.empty(2 * n, dtype=np.int64)
                    more[:n] = owner
                    owner = more
                if turn:
                    ax, ay, bx, by = bx, by, ax, ay
                ends[n, 0], ends[n, 1], ends[n, 2], ends[n, 3] = ax, ay, bx, by
                owner[n] = k
                n += 1
            area[k] += -0.5 * twice if turn else 0.5 * twice
    return ends[:n].copy(), owner[:n].copy(), area, outline


@compiled
def _bins(ends, size_x, size_y, across):  # type: ignore[no-untyped-def]
    """Edges by cell of a coarse grid: entries, and where each cell's begin."""
    wide, tall = size_x / across, size_y / across
    start = np.zeros(across * across + 1, dtype=np.int64)
    entries = np.empty(0, dtype=np.int64)
    fill = start
    for turn in range(2):
        if turn == 1:
            start = np.cumsum(start)
            entries = np.empty(start[-1], dtype=np.int64)
            fill = start[:-1].copy()
        for e in range(len(ends)):
            ax, ay, bx, by = ends[e, 0], ends[e, 1], ends[e, 2], ends[e, 3]
            if ay > by:
                ax, ay, bx, by = bx, by, ax, ay
            low = min(max(int((ay - 2) / tall), 0), across - 1)
            high = min(max(int((by + 2) / tall), 0), across - 1)
            for row in range(low, high + 1):
                # The part of the edge in this row, with room for rounding.
                if high == low or by == ay:
                    left, right = float(min(ax, bx)), float(max(ax, bx))
                else:
                    slope = (bx - ax) / (by - ay)
                    y1 = max(row * tall - 2.0, float(ay))
                    y2 = min((row + 1) * tall + 2.0, float(by))
                    u, v = ax + (y1 - ay) * slope, ax + (y2 - ay) * slope
                    left, right = min(u, v), max(u, v)
                first = min(max(int((left - 4.0) / wide), 0), across - 1)
                last = min(max(int((right + 4.0) / wide), 0), across - 1)
                for column in range(first, last + 1):
                    cell = row * across + column
                    if turn == 0:
                        start[cell + 1] += 1
                    else:
                        entries[fill[cell]] = e
                        fill[cell] += 1
    return entries, start


@compiled
def _near(ax, ay, bx, by, cx, cy, d):  # type: ignore[no-untyped-def]
    """Whether the edge a to b passes so near c that it goes through it; ``d`` is their side."""
    ux, uy = float(bx - ax), float(by - ay)
    length = ux * ux + uy * uy
    if d * d > NEAR * NEAR * length:
        return False
    along = ux * float(cx - ax) + uy * float(cy - ay)
    if not 0.0 < along < length:
        return False
    return not ((cx == ax and cy == ay) or (cx == bx and cy == by))


@compiled
def cut(ends, owner, size_x, size_y):  # type: ignore[no-untyped-def]
    """Cut edges until they meet only at their ends.

    Returns the pieces and their owners, and whether that came to an end.
    """
    fresh = np.ones(len(ends), dtype=np.bool_)
    most = GROWTH * len(ends) + 100_000
    for _ in range(ROUNDS):
        count = len(ends)
        if count > most:
            break
        across = min(max(int(np.sqrt(count) / 1.5), 1), 512)
        entries, start = _bins(ends, float(size_x), float(size_y), across)
        room = 4 * count + 64
        at = np.empty((room, 3), dtype=np.int64)
        n = 0
        for cell in range(across * across):
            for i in range(start[cell], start[cell + 1]):
                e = entries[i]
                ax, ay, bx, by = ends[e, 0], ends[e, 1], ends[e, 2], ends[e, 3]
                left, right = min(ax, bx) - 1, max(ax, bx) + 1
                bottom, top = min(ay, by) - 1, max(ay, by) + 1
                for j in range(i + 1, start[cell + 1]):
                    f = entries[j]
                    if not (fresh[e] or fresh[f]):
                        continue
                    cx, cy, dx, dy = ends[f, 0], ends[f, 1], ends[f, 2], ends[f, 3]
                    if (cx < left and dx < left) or (cx > right and dx > right):
                        continue
                    if (cy < bottom and dy < bottom) or (cy > top and dy > top):
                        continue
                    if n + 4 > room:
                        grown = np.empty((2 * room, 3), dtype=np.int64)
                        grown[:n] = at[:n]
                        at = grown
                        room *= 2
                    sc, sd = side(ax, ay, bx, by, cx, cy), side(ax, ay, bx, by, dx, dy)
                    # Far on one side of it: by more than any edge is long, in steps.
                    if (sc > 0.0 and sd > 0.0) or (sc < 0.0 and sd < 0.0):
                        ux, uy = float(bx - ax), float(by - ay)
                        least = min(abs(sc), abs(sd))
                        if least * least > NEAR * NEAR * (ux * ux + uy * uy):
                            wx, wy = float(dx - cx), float(dy - cy)
                            sa, sb = side(cx, cy, dx, dy, ax, ay), side(cx, cy, dx, dy, bx, by)
                            least = min(abs(sa), abs(sb))
                            if least * least > NEAR * NEAR * (wx * wx + wy * wy):
                                continue
                    sa, sb = side(cx, cy, dx, dy, ax, ay), side(cx, cy, dx, dy, bx, by)
                    met = False
                    if _near(ax, ay, bx, by, cx, cy, sc):
                        at[n, 0], at[n, 1], at[n, 2] = e, cx, cy
                        n += 1
                        met = True
                    if _near(ax, ay, bx, by, dx, dy, sd):
                        at[n, 0], at[n, 1], at[n, 2] = e, dx, dy
                        n += 1
                        met = True
                    if _near(cx, cy, dx, dy, ax, ay, sa):
                        at[n, 0], at[n, 1], at[n, 2] = f, ax, ay
                        n += 1
                        met = True
                    if _near(cx, cy, dx, dy, bx, by, sb):
                        at[n, 0], at[n, 1], at[n, 2] = f, bx, by
                        n += 1
                        met = True
                    if met:
                        continue
                    if ((sc > 0.0) != (sd > 0.0)) and ((sa > 0.0) != (sb > 0.0)):
                        if sc == 0.0 or sd == 0.0 or sa == 0.0 or sb == 0.0:
                            continue
                        t = sc / (sc - sd)
                        px = cx + np.int64(np.rint(t * (dx - cx)))
                        py = cy + np.int64(np.rint(t * (dy - cy)))
                        for which in range(2):
                            g = e if which == 0 else f
                            if (px != ends[g, 0] or py != ends[g, 1]) and (
                                px != ends[g, 2] or py != ends[g, 3]
                            ):
                                at[n, 0], at[n, 1], at[n, 2] = g, px, py
                                n += 1
        if n == 0:
            return ends, owner, True
        ends, owner, fresh = _pieces(ends, owner, at[:n])
    return ends, owner, False


@compiled
def _pieces(ends, owner, at):  # type: ignore[no-untyped-def]
    """Replace each edge that is met by the pieces between the points where it is."""
    count = len(ends)
    start = np.zeros(count + 1, dtype=np.int64)
    for k in range(len(at)):
        start[at[k, 0] + 1] += 1
    start = np.cumsum(start)
    fill = start[:-1].copy()
    order = np.empty(len(at), dtype=np.int64)
    for k in range(len(at)):
        order[fill[at[k, 0]]] = k
        fill[at[k, 0]] += 1
    made = np.empty((count + len(at), 4), dtype=np.int64)
    whose = np.empty(count + len(at), dtype=np.int64)
    fresh = np.empty(count + len(at), dtype=np.bool_)
    n = 0
    for e in range(count):
        first, last = start[e], start[e + 1]
        if first == last:
            made[n], whose[n], fresh[n] = ends[e], owner[e], False
            n += 1
            continue
        ax, ay = ends[e, 0], ends[e, 1]
        ux, uy = float(ends[e, 2] - ax), float(ends[e, 3] - ay)
        far = np.empty(last - first)
        for i in range(first, last):
            far[i - first] = ux * float(at[order[i], 1] - ax) + uy * float(at[order[i], 2] - ay)
        rank = np.argsort(far)
        for i in range(1, len(rank)):
            # Points side by side are in a fixed order, so that equal ones follow each other.
            k = i
            while k > 0 and far[rank[k - 1]] == far[rank[k]]:
                p, q = order[first + rank[k - 1]], order[first + rank[k]]
                if at[p, 1] < at[q, 1] or (at[p, 1] == at[q, 1] and at[p, 2] <= at[q, 2]):
                    break
                rank[k - 1], rank[k] = rank[k], rank[k - 1]
                k -= 1
        x, y = ax, ay
        for i in range(last - first + 1):
            if i < last - first:
                k = order[first + rank[i]]
                nx, ny = at[k, 1], at[k, 2]
            else:
                nx, ny = ends[e, 2], ends[e, 3]
            if nx == x and ny == y:
                continue
            made[n, 0], made[n, 1], made[n, 2], made[n, 3] = x, y, nx, ny
            whose[n], fresh[n] = owner[e], True
            n += 1
            x, y = nx, ny
    return made[:n], whose[:n], fresh[:n]
