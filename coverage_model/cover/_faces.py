# ruff: noqa: PLR0912, PLR0915 - compiled code takes plain numbers and arrays
"""Faces between edges that meet only at their ends, and what lies over each face.

Equal edges are merged and the steps in depth across them added up. Each piece of line has two
half-edges; the next one round a face is the nearest clockwise at its head. Across a half-edge the
depths change by its step, so they are known all over a connected set of edges once they are known
beside one of them: beside its leftmost vertex, by a ray to the left.
"""

from __future__ import annotations

import numpy as np

from coverage_model.base.compiled import compiled
from coverage_model.cover._bins import by_bin
from coverage_model.cover._noding import side

STRIPS = 256
"""Strips, across the tile, in which edges are looked up for a ray."""


LOW = (1 << 26) - 1


@compiled
def _slot(a, b, mask):  # type: ignore[no-untyped-def]
    """Place of a pair of whole numbers in a table of hashes."""
    h = ((a & LOW) * 2654435761) ^ ((b & LOW) * 2246822519)
    h ^= ((a >> 26) * 3266489917) ^ ((b >> 26) * 668265263)
    h ^= h >> 23
    return (h ^ (h >> 11)) & mask


@compiled
def merged(ends, owner, weight):  # type: ignore[no-untyped-def]
    """Give the ends numbers and merge equal edges.

    Parameters
    ----------
    ends, owner
        From :func:`coverage_model.cover._noding.cut`.
    weight
        How much each polygon adds to each depth, shape (polygons, depths).

    Returns
    -------
    Coordinates of the nodes; edges as pairs of nodes, in whose order x, then y rise; and the step
    of each depth from right to left of them. Edges without a step are left out.
    """
    size = 16
    while size < 4 * len(ends) + 16:
        size *= 2
    mask = size - 1
    table = np.full(size, -1, dtype=np.int64)
    nodes = np.empty((2 * len(ends), 2), dtype=np.int64)
    count = 0
    pair = np.empty((len(ends), 2), dtype=np.int64)
    for e in range(len(ends)):
        for k in range(2):
            x, y = ends[e, 2 * k], ends[e, 2 * k + 1]
            at = _slot(x, y, mask)
            while table[at] >= 0 and (nodes[table[at], 0] != x or nodes[table[at], 1] != y):
                at = (at + 1) & mask
            if table[at] < 0:
                table[at] = count
                nodes[count, 0], nodes[count, 1] = x, y
                count += 1
            pair[e, k] = table[at]
    table[:] = -1
    depths = weight.shape[1]
    edge = np.empty((len(ends), 2), dtype=np.int64)
    step = np.zeros((len(ends), depths), dtype=np.int64)
    n = 0
    for e in range(len(ends)):
        a, b = pair[e, 0], pair[e, 1]
        sign = 1
        if nodes[a, 0] > nodes[b, 0] or (nodes[a, 0] == nodes[b, 0] and nodes[a, 1] > nodes[b, 1]):
            a, b, sign = b, a, -1
        at = _slot(a, b, mask)
        while table[at] >= 0 and (edge[table[at], 0] != a or edge[table[at], 1] != b):
            at = (at + 1) & mask
        if table[at] < 0:
            table[at] = n
            edge[n, 0], edge[n, 1] = a, b
            n += 1
        for c in range(depths):
            step[table[at], c] += sign * weight[owner[e], c]
    kept = 0
    for e in range(n):
        flat = True
        for c in range(depths):
            if step[e, c] != 0:
                flat = False
                break
        if not flat:
            edge[kept, 0], edge[kept, 1] = edge[e, 0], edge[e, 1]
            step[kept] = step[e]
            kept += 1
    return nodes[:count].copy(), edge[:kept].copy(), step[:kept].copy()


@compiled
def _rotation(nodes, edge):  # type: ignore[no-untyped-def]
    """Half-edges out of each node, anticlockwise from straight down; and each one's place there.

    Half-edge ``2 e`` runs along edge ``e``, ``2 e + 1`` against it.
    """
    start = np.zeros(len(nodes) + 1, dtype=np.int64)
    for e in range(len(edge)):
        start[edge[e, 0] + 1] += 1
        start[edge[e, 1] + 1] += 1
    start = np.cumsum(start)
    length = np.zeros(len(nodes), dtype=np.int64)
    out = np.empty(2 * len(edge), dtype=np.int64)
    for h in range(2 * len(edge)):
        v, w = edge[h // 2, h % 2], edge[h // 2, 1 - h % 2]
        # Even half-edges run to the right (or straight up), odd ones to the left.
        k = start[v] + length[v]
        while k > start[v]:
            g = out[k - 1]
            if g % 2 == h % 2:
                u = edge[g // 2, 1 - g % 2]
                turn = side(
                    nodes[v, 0], nodes[v, 1], nodes[u, 0], nodes[u, 1], nodes[w, 0], nodes[w, 1]
                )
                if turn >= 0.0:
                    break
            elif g % 2 < h % 2:
                break
            out[k] = g
            k -= 1
        out[k] = h
        length[v] += 1
    place = np.empty(2 * len(edge), dtype=np.int64)
    for k in range(len(out)):
        place[out[k]] = k
    return start, out, place


@compiled
def _strips(nodes, edge, size_y):  # type: ignore[no-untyped-def]
    """Edges that are not level, by strip."""
    tall = size_y / STRIPS
    first = np.zeros(len(edge), dtype=np.int64)
    last = np.full(len(edge), -1, dtype=np.int64)
    for e in range(len(edge)):
        y1, y2 = nodes[edge[e, 0], 1], nodes[edge[e, 1], 1]
        if y1 != y2:
            first[e] = min(max(int(min(y1, y2) / tall), 0), STRIPS - 1)
            last[e] = min(max(int(max(y1, y2) / tall), 0), STRIPS - 1)
    return by_bin(first, last, STRIPS)


@compiled
def faces(nodes, edge, step, size_y, steps_per_m):  # type: ignore[no-untyped-def]
    """Find what lies over the ground left of every half-edge, and how much ground that is.

    Returns
    -------
    Number of the state left of each half-edge; the depths of each state, with nothing at all as
    the first; the area of each in m² (of the first: less than 0, what the others take from the
    plane); and the half-edges round the nodes.
    """
    halves = 2 * len(edge)
    depths = step.shape[1]
    start, out, place = _rotation(nodes, edge)

    # Loops, and twice the area each goes round.
    loop = np.full(halves, -1, dtype=np.int64)
    twice = np.zeros(halves)
    loops = 0
    for first in range(halves):
        if loop[first] >= 0:
            continue
        x0, y0 = nodes[edge[first // 2, first % 2], 0], nodes[edge[first // 2, first % 2], 1]
        h = first
        total = 0.0
        while loop[h] < 0:
            loop[h] = loops
            a, b = edge[h // 2, h % 2], edge[h // 2, 1 - h % 2]
            total += float(nodes[a, 0] - x0) * float(nodes[b, 1] - y0)
            total -= float(nodes[b, 0] - x0) * float(nodes[a, 1] - y0)
            k = place[h ^ 1] - 1
            if k < start[b]:
                k = start[b + 1] - 1
            h = out[k]
        twice[loops] = total
        loops += 1

    # Depths of each loop, one connected set of edges after the other.
    over = np.zeros((loops, depths), dtype=np.int64)
    known = np.zeros(loops, dtype=np.bool_)
    entries, strip_start = _strips(nodes, edge, size_y)
    tall = size_y / STRIPS
    reached = np.zeros(len(nodes), dtype=np.int8)
    queue = np.empty(len(nodes), dtype=np.int64)
    for seed in range(len(nodes)):
        if reached[seed] > 0 or start[seed] == start[seed + 1]:
            continue
        head, tail = 0, 1
        queue[0] = seed
        reached[seed] = 1
        west = seed
        while head < tail:
            v = queue[head]
            head += 1
            if nodes[v, 0] < nodes[west, 0] or (
                nodes[v, 0] == nodes[west, 0] and nodes[v, 1] < nodes[west, 1]
            ):
                west = v
            for k in range(start[v], start[v + 1]):
                w = edge[out[k] // 2, 1 - out[k] % 2]
                if reached[w] == 0:
                    reached[w] = 1
                    queue[tail] = w
                    tail += 1
        # All edges leave the leftmost node to the right: beyond the last of them is its west.
        x, y = nodes[west, 0], nodes[west, 1]
        outer = loop[out[start[west + 1] - 1]]
        strip = min(max(int(y / tall), 0), STRIPS - 1)
        for i in range(strip_start[strip], strip_start[strip + 1]):
            e = entries[i]
            a, b = edge[e, 0], edge[e, 1]
            if nodes[a, 0] >= x:  # its left end
                continue
            sign = -1  # it rises, so that the ground right of it lies towards the node
            if nodes[a, 1] > nodes[b, 1]:
                a, b, sign = b, a, 1
            if not nodes[a, 1] <= y < nodes[b, 1]:
                continue
            if side(nodes[a, 0], nodes[a, 1], nodes[b, 0], nodes[b, 1], x, y) < 0.0:
                for c in range(depths):
                    over[outer, c] += sign * step[e, c]
        known[outer] = True
        head, tail = 0, 1
        queue[0] = west
        reached[west] = 2
        while head < tail:
            v = queue[head]
            head += 1
            # Round the node from a wedge that is known: both sides of the edge that led here are.
            count = start[v + 1] - start[v]
            at = -1
            for k in range(count):
                if known[loop[out[start[v] + k]]]:
                    at = k
                    break
            for turn in range(1, count + 1):
                w = edge[out[start[v] + turn - 1] // 2, 1 - out[start[v] + turn - 1] % 2]
                if reached[w] == 1:
                    reached[w] = 2
                    queue[tail] = w
                    tail += 1
                h = out[start[v] + (at + turn) % count]
                # Right of it lies what is left of the half-edge before.
                before = loop[out[start[v] + (at + turn - 1) % count]]
                mine = loop[h]
                if known[mine]:
                    continue
                known[mine] = True
                sign = 1 if h % 2 == 0 else -1
                for c in range(depths):
                    over[mine, c] = over[before, c] + sign * step[h // 2, c]

    # Equal depths are one state.
    size = 16
    while size < 4 * loops + 16:
        size *= 2
    table = np.full(size, -1, dtype=np.int64)
    state = np.zeros((loops + 1, depths), dtype=np.int64)
    area = np.zeros(loops + 1)
    states = 0
    number = np.empty(loops, dtype=np.int64)
    for k in range(-1, loops):
        key = np.int64(0)
        for c in range(depths):
            key = _slot(key, over[k, c] if k >= 0 else np.int64(0), (1 << 40) - 1)
        at = _slot(key, np.int64(1), size - 1)
        while table[at] >= 0:
            same = True
            for c in range(depths):
                if state[table[at], c] != (over[k, c] if k >= 0 else 0):
                    same = False
                    break
            if same:
                break
            at = (at + 1) & (size - 1)
        if table[at] < 0:
            table[at] = states
            if k >= 0:
                state[states] = over[k]
            states += 1
        if k >= 0:
            number[k] = table[at]
            area[table[at]] += twice[k]
    scale = 0.5 / (steps_per_m * steps_per_m)
    left = np.empty(halves, dtype=np.int64)
    for h in range(halves):
        left[h] = number[loop[h]]
    return left, state[:states].copy(), area[:states] * scale
