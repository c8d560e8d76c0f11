"""Where straight lines run inside polygons, in closed form.

A line is cut on the infinite line through it: the rings of a polygon cross that line an even number
of times, and between the first and the second crossing, the third and the fourth and so on it runs
inside. A vertex on the line counts as lying on its right, for every polygon alike. So a line along
the border of two polygons that share its vertices runs inside exactly one of them, and polygons
that tile the plane share out every line without loss or gain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from coverage_model.base.compiled import compiled
from coverage_model.base.ragged import pack
from coverage_model.cover.overlay import Geometries, Rows

BATCH_PAIRS = 4_000_000
"""Pairs of a line and a polygon that are held at once: bounds memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Straight pieces of lines, line by line.

    Parameters
    ----------
    ends
        First and last point of each segment, shape (n, 4).
    line
        Which line each is of (rising).
    area
        Which area each lies in, -1 for none.
    """

    ends: NDArray[np.float64]
    line: Rows
    area: Rows

    @property
    def length_m(self) -> NDArray[np.float64]:
        """Length of each segment."""
        return np.hypot(self.ends[:, 2] - self.ends[:, 0], self.ends[:, 3] - self.ends[:, 1])

    def along(self, rows: Rows, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points on segments, at fractions of their length; shape (n, 2)."""
        first, last = self.ends[rows, :2], self.ends[rows, 2:]
        return first + at[:, None] * (last - first)


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Parts of segments inside polygons: from ``low`` to ``high`` of the segment's length."""

    segment: Rows
    polygon: Rows
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def segments_of(lines: Geometries) -> Segments:
    """Part line strings at their vertices; segments of no length are left out."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = (line[1:] == line[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    ends = np.hstack([xy[:-1], xy[1:]])[joined]
    return Segments(ends, line[1:][joined], np.full(len(ends), -1))


def stretches_inside(lines: Geometries, segments: Segments, polygons: Geometries) -> Stretches:
    """Find the parts of every segment that lie in every polygon.

    Parameters
    ----------
    lines
        The line strings that ``segments`` are of, to find those near a polygon.
    segments
        Their segments, or parts of those.
    polygons
        Polygonal geometries, overlapping at will.
    """
    tree = shapely.STRtree(lines)
    found = []
    step = max(BATCH_PAIRS // 64, 1)  # a view is near a few dozen lines at most
    for start in range(0, len(polygons), step):
        polygon, line = tree.query(polygons[start : start + step])
        found.append(stretches_of_pairs(segments, polygons, line, polygon + start))
    return _join(found)


def stretches_of_pairs(
    segments: Segments, polygons: Geometries, line: Rows, polygon: Rows
) -> Stretches:
    """Find the parts of the segments of ``line[k]`` that lie in ``polygon[k]``, for each ``k``."""
    used, number = np.unique(polygon, return_inverse=True)
    rings = pack(polygons[used])
    lines = int(max(segments.line.max(initial=-1), line.max(initial=-1))) + 1
    start = np.searchsorted(segments.line, np.arange(lines + 1)).astype(np.int64)
    segment, pair, at = _inside(
        np.asarray(line, dtype=np.int64), number.astype(np.int64), start, segments.ends,
        rings.xy, rings.ring_start, rings.polygon_start,
        np.ascontiguousarray(shapely.bounds(polygons[used]).reshape(-1, 4)),
    )  # fmt: skip
    return Stretches(segment, np.asarray(polygon)[pair], at[:, 0], at[:, 1])


def split_segments(lines: Geometries, segments: Segments, areas: Geometries) -> Segments:
    """Part segments along the borders of areas.

    What lies in no area keeps the area -1; where areas overlap, there is a segment for each.
    """
    area, line = shapely.STRtree(lines).query(areas, predicate="intersects")
    within = np.zeros(len(area), dtype=bool)
    alone = np.bincount(line, minlength=len(lines))[line] == 1
    # Only lines that a single area holds are taken whole: one along a border belongs to one side.
    within[alone] = shapely.covers(_prepared(areas)[area[alone]], lines[line[alone]])
    home = np.full(len(lines), -1)
    home[line[within]] = area[within]
    on_border = np.zeros(len(lines), dtype=bool)
    on_border[line[~within]] = True

    inside = stretches_of_pairs(segments, areas, line[~within], area[~within])
    bare = _bare(inside, np.flatnonzero(on_border[segments.line]))
    cut = _join([inside, bare])
    whole = np.flatnonzero(~on_border[segments.line])
    source = np.concatenate([whole, cut.segment])
    low = np.concatenate([np.zeros(len(whole)), cut.low])
    high = np.concatenate([np.ones(len(whole)), cut.high])
    own = np.concatenate([home[segments.line[whole]], cut.polygon])
    order = np.lexsort([own, low, source])
    source, low, high, own = source[order], low[order], high[order], own[order]
    ends = np.hstack([segments.along(source, low), segments.along(source, high)])
    uncut = (low == 0) & (high == 1)
    ends[uncut] = segments.ends[source[uncut]]
    # A sliver shorter than coordinates can tell has no length to lose.
    real = (ends[:, :2] != ends[:, 2:]).any(axis=1)
    return Segments(ends[real], segments.line[source][real], own[real])


def _prepared(areas: Geometries) -> Geometries:
    shapely.prepare(areas)
    return areas


def _bare(inside: Stretches, rows: Rows) -> Stretches:
    """Find the parts of segments that no polygon holds."""
    segment = np.concatenate([inside.segment, inside.segment, rows, rows])
    at = np.concatenate([inside.low, inside.high, np.zeros(len(rows)), np.ones(len(rows))])
    change = np.repeat([1, -1, 0, 0], [len(inside.low)] * 2 + [len(rows)] * 2)
    order = np.lexsort([at, segment])
    segment, at, held = segment[order], at[order], np.cumsum(change[order])
    open_ = (segment[1:] == segment[:-1]) & (at[1:] > at[:-1]) & (held[:-1] == 0)
    rows = np.flatnonzero(open_)
    return Stretches(segment[rows], np.full(len(rows), -1), at[rows], at[rows + 1])


def _join(parts: list[Stretches]) -> Stretches:
    if not parts:
        none = np.empty(0, dtype=np.intp)
        return Stretches(none, none, np.empty(0), np.empty(0))
    return Stretches(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("segment", "polygon", "low", "high")
        )
    )


@compiled
def _inside(  # type: ignore[no-untyped-def]  # noqa: PLR0912, PLR0915, PLR0917 - one compiled loop
    line, polygon, line_start, ends, xy, ring_start, polygon_start, box
):
    """Find the stretches of each pair of a line and a polygon: segment, pair, low and high."""
    size = max(2 * len(line), 16)
    out_segment = np.empty(size, np.int64)
    out_pair = np.empty(size, np.int64)
    out_at = np.empty((size, 2))
    count = 0
    crossing = np.empty(16)
    for k in range(len(line)):
        p = polygon[k]
        for s in range(line_start[line[k]], line_start[line[k] + 1]):
            ax, ay, bx, by = ends[s, 0], ends[s, 1], ends[s, 2], ends[s, 3]
            if max(ax, bx) < box[p, 0] or min(ax, bx) > box[p, 2]:
                continue
            if max(ay, by) < box[p, 1] or min(ay, by) > box[p, 3]:
                continue
            dx, dy = bx - ax, by - ay
            scale = 1.0 / (dx * dx + dy * dy)
            found = 0
            for r in range(polygon_start[p], polygon_start[p + 1]):
                x, y = xy[ring_start[r], 0] - ax, xy[ring_start[r], 1] - ay
                side1, along1 = dx * y - dy * x, (dx * x + dy * y) * scale
                for i in range(ring_start[r] + 1, ring_start[r + 1]):
                    x, y = xy[i, 0] - ax, xy[i, 1] - ay
                    side2, along2 = dx * y - dy * x, (dx * x + dy * y) * scale
                    if (side1 <= 0.0) != (side2 <= 0.0):
                        # The same arithmetic whichever way the ring runs: neighbours agree.
                        if side1 < side2:
                            at = along1 - side1 * ((along2 - along1) / (side2 - side1))
                        else:
                            at = along2 - side2 * ((along1 - along2) / (side1 - side2))
                        if found == len(crossing):
                            wider = np.empty(2 * found)
                            wider[:found] = crossing
                            crossing = wider
                        j = found
                        while j > 0 and crossing[j - 1] > at:
                            crossing[j] = crossing[j - 1]
                            j -= 1
                        crossing[j] = at
                        found += 1
                    side1, along1 = side2, along2
            for j in range(0, found - 1, 2):
                low, high = max(crossing[j], 0.0), min(crossing[j + 1], 1.0)
                if high <= low:
                    continue
                if count == size:
                    size *= 2
                    out_segment = _longer(out_segment, size)
                    out_pair = _longer(out_pair, size)
                    at2 = np.empty((size, 2))
                    at2[:count] = out_at
                    out_at = at2
                out_segment[count] = s
                out_pair[count] = k
                out_at[count, 0] = low
                out_at[count, 1] = high
                count += 1
    return out_segment[:count], out_pair[:count], out_at[:count]


@compiled
def _longer(values, size):  # type: ignore[no-untyped-def]
    out = np.empty(size, values.dtype)
    out[: len(values)] = values
    return out
