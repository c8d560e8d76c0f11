# ruff: noqa: PLR0912, PLR0915, PLR0917 - compiled code takes plain numbers and arrays
"""Many cameras, one after the other: gather, prune, walk round, write; scratch space grows."""

from __future__ import annotations

import numpy as np

from coverage_model.base.compiled import compiled
from coverage_model.sight._kernel import (
    FULL_DEG,
    PRUNE_FROM,
    box_of_cells,
    cone_sides,
    gather,
    prune,
    sort_candidates,
    walk_round,
)
from coverage_model.sight._rings import cut_atoms, write_rings
from coverage_model.sight._shadows import (
    find_stretches,
    gather_all,
    link_wedges,
    stretch_areas,
    trace_rings,
)

NARROW, LOW_OBSTACLE = 1, 2
"""Flags of a camera: a ring needs checking; an obstacle lower than the camera is in reach."""


@compiled(inline="always")
def entries_in_box(box, starts, columns):  # type: ignore[no-untyped-def]
    """Count the index entries of a box of cells, at least as many as its edges."""
    i0, i1, j0, j1 = box
    total = 0
    if i1 >= i0:
        for j in range(j0, j1 + 1):
            total += starts[j * columns + i1 + 1] - starts[j * columns + i0]
    return total


@compiled
def grown(array, used, least):  # type: ignore[no-untyped-def]
    """Copy whole numbers into a larger array of at least the given length."""
    larger = np.empty(max(least, 2 * len(array)), dtype=np.int64)
    larger[:used] = array[:used]
    return larger


@compiled
def grown_coords(array, used, least):  # type: ignore[no-untyped-def]
    """Copy coordinates into a larger array of at least the given length."""
    larger = np.empty((max(least, 2 * len(array)), 2))
    larger[:used] = array[:used]
    return larger


@compiled
def sweep(  # type: ignore[no-untyped-def]
    rows, x, y, azimuth, hfov, near, far, mount, step,
    edges, heights, entered, starts, grid, shape,
):  # fmt: skip
    """Sweep the cameras of the given rows.

    Parameters
    ----------
    rows
        Rows of the other arrays to do, in this order.
    x, y, azimuth, hfov, near, mount
        The cameras, in m and degrees, outside all obstacles.
    far
        Far distances, one column a level.
    step
        Largest angle of a chord, in radians.
    edges, heights, entered, starts, grid, shape
        The index, as in :attr:`coverage_model.sight.grid.ObstacleIndex.edge_arrays`.

    Returns
    -------
    tuple
        Areas (rows × levels), flags of each row, vertices, end of each ring in them, whether each
        ring is a hole, and the number of rings up to each (row, level).
    """
    levels = far.shape[1]
    areas = np.zeros((len(rows), levels))
    flags = np.zeros(len(rows), dtype=np.uint8)
    upto = np.empty(len(rows) * levels, dtype=np.int64)
    coords = np.empty((32 * len(rows) + 1024, 2))
    ends = np.empty(len(rows) * levels + 64, dtype=np.int64)
    holes = np.empty(len(ends), dtype=np.int64)
    size = 256
    candidates = np.empty((size, 8))
    order = np.empty(size, dtype=np.int64)
    active = np.empty(size, dtype=np.int64)
    depth = np.empty(64)
    pieces = np.empty((size, 6))
    seen = np.empty(size, dtype=np.int64)
    atoms = np.empty((size, 6))
    kinds = np.empty(size, dtype=np.uint8)
    gaps = np.empty(size, dtype=np.bool_)
    last = np.empty(3)
    n = rings = np.int64(0)
    for r in range(len(rows)):
        row = rows[r]
        full = hfov[row] > FULL_DEG
        low, width = cone_sides(azimuth[row], hfov[row])
        reach = far[row].max()
        count = 0
        if reach > 0.0:
            box = box_of_cells(x[row], y[row], low, width, reach, grid, shape)
            # An edge that is seen on both sides of the first direction takes two places.
            most = 2 * entries_in_box(box, starts, shape[0]) + 1
            if most > len(candidates):
                candidates = np.empty((2 * most, 8))
                order = np.empty(2 * most, dtype=np.int64)
                active = np.empty(2 * most, dtype=np.int64)
            count = gather(
                x[row], y[row], mount[row], low, width, reach, box, candidates,
                edges, heights, entered, starts, shape[0],
            )  # fmt: skip
        if count < 0 or reach <= 0.0:
            if count < 0:
                flags[r] = LOW_OBSTACLE
            upto[r * levels : (r + 1) * levels] = rings
            continue
        if count > PRUNE_FROM:
            count = prune(candidates, count, low, width, depth)
        sort_candidates(candidates, count, order)
        done = False
        found = 0
        while not done:
            found = walk_round(candidates, count, order, active, low, width, pieces, seen)
            done = found >= 0
            if not done:
                pieces = np.empty((2 * len(pieces), 6))
                seen = np.empty(len(pieces), dtype=np.int64)
        if 5 * found + 8 > len(atoms):
            atoms = np.empty((10 * found + 16, 6))
            kinds = np.empty(len(atoms), dtype=np.uint8)
            gaps = np.empty(len(atoms), dtype=np.bool_)
        for level in range(levels):
            if far[row, level] > near[row]:
                cut = cut_atoms(
                    pieces, seen, found, full, near[row], far[row, level], atoms, kinds, gaps
                )
                # Twice round for the arcs out and back, and a few vertices for each atom's ends.
                need = n + int(4 * np.pi / step) + 16 * cut + 64
                if need > len(coords):
                    coords = grown_coords(coords, n, need)
                if rings + cut + 2 > len(ends):
                    ends = grown(ends, rings, rings + cut + 2)
                    holes = grown(holes, rings, len(ends))
                areas[r, level], n, rings, narrow = write_rings(
                    x[row], y[row], full, near[row], far[row, level], step,
                    atoms, kinds, gaps, cut, last, coords, n, ends, holes, rings,
                )  # fmt: skip
                if narrow:
                    flags[r] = NARROW
            upto[r * levels + level] = rings
    return areas, flags, coords[:n].copy(), ends[:rings].copy(), holes[:rings].copy(), upto


@compiled
def sweep_with_shadows(  # type: ignore[no-untyped-def]
    rows, x, y, azimuth, hfov, near, far, mount, target, over, step,
    edges, heights, entered, starts, grid, shape,
):  # fmt: skip
    """Sweep cameras among obstacles lower than they are: as :func:`sweep`, but slower.

    ``target`` is the height of what is to be seen, ``over`` how many roofs each camera stands on.
    """
    levels = far.shape[1]
    areas = np.zeros((len(rows), levels))
    flags = np.full(len(rows), NARROW, dtype=np.uint8)
    upto = np.empty(len(rows) * levels, dtype=np.int64)
    coords = np.empty((64 * len(rows) + 1024, 2))
    ends = np.empty(len(rows) * levels + 64, dtype=np.int64)
    holes = np.empty(len(ends), dtype=np.int64)
    last = np.empty(3)
    n = rings = np.int64(0)
    for r in range(len(rows)):
        row = rows[r]
        low, width = cone_sides(azimuth[row], hfov[row])
        reach = far[row].max()
        box = box_of_cells(x[row], y[row], low, width, reach, grid, shape)
        most = 2 * entries_in_box(box, starts, shape[0]) + 1
        candidates = np.empty((most, 8))
        effect = np.empty(most, dtype=np.int64)
        order = np.empty(most, dtype=np.int64)
        count = gather_all(
            x[row], y[row], mount[row], target, low, width, reach, box, candidates, effect,
            edges, heights, entered, starts, shape[0],
        )  # fmt: skip
        sort_candidates(candidates, count, order)
        for level in range(levels):
            if far[row, level] > near[row]:
                area, ring_coords, ring_ends, ring_holes = shade(
                    x[row], y[row], near[row], far[row, level], over[row], low, width, step,
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
            upto[r * levels + level] = rings
    return areas, flags, coords[:n].copy(), ends[:rings].copy(), holes[:rings].copy(), upto


@compiled
def shade(  # type: ignore[no-untyped-def]
    cx, cy, near, far, hidden, low, width, step, candidates, effect, count, order, last
):
    """Area and rings of one camera at one level; each hole follows the ring it lies in."""
    active = np.empty(count + 1, dtype=np.int64)
    distance = np.empty(count + 1)
    events = np.empty(7 * count + 8)
    size = 4 * count + 16
    wedges = -1
    stretches = -1
    first = np.empty(0, dtype=np.int64)
    sides = np.empty((0, 2), dtype=np.int64)
    points = np.empty((0, 8))
    while wedges < 0:
        borders = np.empty(size + 1)
        first = np.empty(size + 1, dtype=np.int64)
        sides = np.empty((2 * size, 2), dtype=np.int64)
        points = np.empty((2 * size, 8))
        wedges, stretches = find_stretches(
            candidates, effect, count, order, active, distance, events, low, width, near, far,
            hidden, borders, first, sides, points,
        )  # fmt: skip
        size *= 2
    follows = np.empty((stretches, 2), dtype=np.int64)
    parent = np.arange(stretches)
    for w in range(wedges - 1):
        link_wedges(points, first[w], first[w + 1], first[w + 1], first[w + 2], follows, parent)
    none = np.int64(0)
    if width >= 4.0:
        link_wedges(points, first[wedges - 1], stretches, none, first[1], follows, parent)
    else:
        link_wedges(points, none, none, none, first[1], follows, parent)
        link_wedges(points, first[wedges - 1], stretches, none, none, follows, parent)
    area = stretch_areas(sides, points, stretches, near, far)
    coords = np.empty((int(8 * np.pi / step) + 12 * stretches + 64, 2))
    ends = np.empty(2 * stretches + 1, dtype=np.int64)
    ground = np.empty(2 * stretches + 1, dtype=np.int64)
    outer = np.empty(2 * stretches + 1, dtype=np.bool_)
    used, rings = trace_rings(
        cx, cy, sides, points, stretches, near, step, follows, parent, last,
        coords, none, ends, ground, outer,
    )  # fmt: skip
    return area, *_nest(coords, used, ends, ground, outer, rings)


@compiled
def _nest(coords, used, ends, ground, outer, rings):  # type: ignore[no-untyped-def]
    """Put the rings of each piece of ground together, its outer ring first."""
    sorted_coords = np.empty((used, 2))
    sorted_ends = np.empty(rings, dtype=np.int64)
    holes = np.empty(rings, dtype=np.int64)
    placed = np.zeros(rings, dtype=np.bool_)
    n = done = np.int64(0)
    for k in range(rings):
        if not outer[k]:
            continue
        for turn in range(rings + 1):
            m = k if turn == 0 else turn - 1
            if placed[m] or (turn > 0 and (outer[m] or ground[m] != ground[k])):
                continue
            placed[m] = True
            begin = ends[m - 1] if m > 0 else 0
            size = ends[m] - begin
            sorted_coords[n : n + size] = coords[begin : ends[m]]
            n += size
            sorted_ends[done] = n
            holes[done] = 0 if turn == 0 else 1
            done += 1
    return sorted_coords[:n], sorted_ends[:done], holes[:done]
