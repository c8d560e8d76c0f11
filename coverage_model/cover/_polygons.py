# ruff: noqa: PLR0912, PLR0915, PLR0917 - compiled code takes plain numbers and arrays
"""Directed pieces of border, linked to rings and the rings to polygons.

The ground lies left of each piece. At a vertex where several pieces leave, the nearest clockwise
from where one came goes on round the same ground; a ring that comes back to a vertex is parted
there. So rings touch at vertices at most, as valid polygons must.
"""

from __future__ import annotations

import numpy as np

from coverage_model.base.compiled import compiled
from coverage_model.cover._bins import by_bin
from coverage_model.cover._faces import _slot
from coverage_model.cover._noding import side


@compiled
def border(nodes, edge, left, label):  # type: ignore[no-untyped-def]
    """Pieces with a label (0 or more) on their left and another on their right.

    Returns their ends (x, y, x, y) and labels.
    """
    ends = np.empty((2 * len(edge), 4), dtype=np.int64)
    of = np.empty(2 * len(edge), dtype=np.int64)
    n = 0
    for h in range(2 * len(edge)):
        mine = label[left[h]]
        if mine < 0 or mine == label[left[h ^ 1]]:
            continue
        a, b = edge[h // 2, h % 2], edge[h // 2, 1 - h % 2]
        ends[n, 0], ends[n, 1] = nodes[a, 0], nodes[a, 1]
        ends[n, 2], ends[n, 3] = nodes[b, 0], nodes[b, 1]
        of[n] = mine
        n += 1
    return ends[:n].copy(), of[:n].copy()


@compiled
def _clockwise(vx, vy, fx, fy, ax, ay, bx, by):  # type: ignore[no-untyped-def]
    """Whether, turning clockwise about v from f, a comes before b."""
    a_side = side(vx, vy, fx, fy, ax, ay)
    b_side = side(vx, vy, fx, fy, bx, by)
    # Right of v to f comes first, then straight on, then left of it; f itself last.
    a_rank, b_rank = 0, 0
    for which in range(2):
        s = a_side if which == 0 else b_side
        px, py = (ax, ay) if which == 0 else (bx, by)
        if s < 0.0:
            rank = 0
        elif s > 0.0:
            rank = 2
        else:
            dot = float(fx - vx) * float(px - vx) + float(fy - vy) * float(py - vy)
            rank = 1 if dot < 0.0 else 3
        if which == 0:
            a_rank = rank
        else:
            b_rank = rank
    if a_rank != b_rank:
        return a_rank < b_rank
    return side(vx, vy, ax, ay, bx, by) < 0.0


@compiled
def rings(ends, of):  # type: ignore[no-untyped-def]
    """Link pieces of border, whose labels rise, to closed rings.

    Returns vertices, where each ring's begin (rings close on their first), the label of each ring
    and twice its area (below 0: a hole); and the number of pieces that led nowhere.
    """
    n = len(ends)
    size = 16
    while size < 4 * n + 16:
        size *= 2
    mask = size - 1
    table = np.full(size, -1, dtype=np.int64)
    # Pieces that leave a vertex, as a list: the first in the table, the next here.
    later = np.full(n, -1, dtype=np.int64)
    for k in range(n - 1, -1, -1):
        at = _slot(ends[k, 0], ends[k, 1], mask)
        while table[at] >= 0:
            f = table[at]
            if ends[f, 0] == ends[k, 0] and ends[f, 1] == ends[k, 1] and of[f] == of[k]:
                break
            at = (at + 1) & mask
        later[k] = table[at]
        table[at] = k
    used = np.zeros(n, dtype=np.bool_)
    on_path = np.full(n, -1, dtype=np.int64)  # by the piece that heads a vertex's list
    path = np.empty(n + 1, dtype=np.int64)
    heads = np.empty(n + 1, dtype=np.int64)
    xy = np.empty((2 * n + 1, 2), dtype=np.int64)
    ring_start = np.empty(n + 2, dtype=np.int64)
    label = np.empty(n + 1, dtype=np.int64)
    twice = np.empty(n + 1)
    vertices = made = lost = 0
    ring_start[0] = 0
    for first in range(n):
        if used[first]:
            continue
        at = _slot(ends[first, 0], ends[first, 1], mask)
        while True:
            f = table[at]
            if ends[f, 0] == ends[first, 0] and ends[f, 1] == ends[first, 1] and of[f] == of[first]:
                break
            at = (at + 1) & mask
        length = 1
        path[0], heads[0] = first, f
        on_path[f] = 0
        used[first] = True
        while length > 0:
            h = path[length - 1]
            x, y = ends[h, 2], ends[h, 3]
            at = _slot(x, y, mask)
            head = -1
            while table[at] >= 0:
                f = table[at]
                if ends[f, 0] == x and ends[f, 1] == y and of[f] == of[h]:
                    head = f
                    break
                at = (at + 1) & mask
            if head < 0:
                lost += length
                for i in range(length):
                    on_path[heads[i]] = -1
                break
            if on_path[head] >= 0:
                begin = on_path[head]
                total = 0.0
                x0, y0 = ends[path[begin], 0], ends[path[begin], 1]
                for i in range(begin, length):
                    p = path[i]
                    xy[vertices, 0], xy[vertices, 1] = ends[p, 0], ends[p, 1]
                    vertices += 1
                    total += float(ends[p, 0] - x0) * float(ends[p, 3] - y0)
                    total -= float(ends[p, 2] - x0) * float(ends[p, 1] - y0)
                    on_path[heads[i]] = -1
                xy[vertices, 0], xy[vertices, 1] = x0, y0
                vertices += 1
                label[made], twice[made] = of[h], total
                made += 1
                ring_start[made] = vertices
                length = begin
                if length == 0:
                    break
            # The nearest clockwise from where it came, of those not used yet.
            best = -1
            k = head
            while k >= 0:
                if not used[k] and (
                    best < 0
                    or _clockwise(
                        x, y, ends[h, 0], ends[h, 1],
                        ends[k, 2], ends[k, 3], ends[best, 2], ends[best, 3],
                    )
                ):  # fmt: skip
                    best = k
                k = later[k]
            if best < 0:
                lost += length
                for i in range(length):
                    on_path[heads[i]] = -1
                break
            used[best] = True
            path[length], heads[length] = best, head
            on_path[head] = length
            length += 1
    return (
        xy[:vertices].copy(),
        ring_start[: made + 1].copy(),
        label[:made].copy(),
        twice[:made].copy(),
        lost,
    )


@compiled
def _holds(xy, first, last, x, y):  # type: ignore[no-untyped-def]
    """Whether a ring goes round a point that is not on it; in half steps."""
    inside = False
    for i in range(first, last - 1):
        ax, ay, bx, by = 2 * xy[i, 0], 2 * xy[i, 1], 2 * xy[i + 1, 0], 2 * xy[i + 1, 1]
        if (ay > y) == (by > y):
            continue
        if (side(ax, ay, bx, by, x, y) > 0.0) == (by > ay):
            inside = not inside
    return inside


@compiled
def homes(xy, ring_start, label, twice):  # type: ignore[no-untyped-def]
    """Find the shell of each ring: itself, or for a hole the smallest shell about it.

    Labels may come in any order. -1 for a hole that lies in no shell.
    """
    n = len(label)
    home = np.full(n, -1, dtype=np.int64)
    box = np.empty((n, 4), dtype=np.int64)
    for r in range(n):
        first, last = ring_start[r], ring_start[r + 1]
        box[r, 0] = xy[first:last, 0].min()
        box[r, 1] = xy[first:last, 1].min()
        box[r, 2] = xy[first:last, 0].max()
        box[r, 3] = xy[first:last, 1].max()
    holes = 0
    shells = np.empty(n, dtype=np.int64)
    count = 0
    for r in range(n):
        if twice[r] > 0.0:
            home[r] = r
            shells[count] = r
            count += 1
        else:
            holes += 1
    if holes == 0:
        return home
    shells = shells[:count]
    # Shells in the order of their left ends, in columns of the ground that they reach into.
    columns = max(1, min(1024, count // 4))
    west, east = box[:, 0].min(), box[:, 2].max() + 1
    wide = (east - west) / columns
    size = np.empty(count)
    for k in range(count):
        size[k] = twice[shells[k]]
    shells = shells[np.argsort(size)]
    first, last = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    for k in range(count):
        r = shells[k]
        first[k] = min(int((box[r, 0] - west) / wide), columns - 1)
        last[k] = min(int((box[r, 2] - west) / wide), columns - 1)
    entries, start = by_bin(first, last, columns)
    for r in range(n):
        if twice[r] > 0.0:
            continue
        # Half way along its first piece: shells touch it at vertices only.
        i = ring_start[r]
        x, y = xy[i, 0] + xy[i + 1, 0], xy[i, 1] + xy[i + 1, 1]
        column = min(int((box[r, 0] - west) / wide), columns - 1)
        for k in range(start[column], start[column + 1]):
            s = shells[entries[k]]
            if label[s] != label[r] or box[s, 0] > box[r, 0] or box[s, 2] < box[r, 2]:
                continue
            if box[s, 1] > box[r, 1] or box[s, 3] < box[r, 3]:
                continue
            if _holds(xy, ring_start[s], ring_start[s + 1], x, y):
                home[r] = s
                break
    return home
