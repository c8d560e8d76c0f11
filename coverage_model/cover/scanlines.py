# ruff: noqa: PLR0917 - compiled code takes plain numbers and arrays
"""Covered ground of areas by scan lines: fast enough for thousands of draws.

A line runs eastwards through every strip of ground ``line_m`` high, along its middle. On it the
union of views within an area is measured exactly, whatever overlaps; a strip counts as its line's
length times its height. Only the way between lines is approximated (the midpoint rule), and the
result says how much: even and odd lines are summed apart, and half their difference is an estimate
of the error of either that the two together stay well below.

Outlines need no pairing of crossings: run anticlockwise, a ring is entered from the west where it
goes down and left where it goes up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from coverage_model.base.compiled import compiled
from coverage_model.base.ragged import Ragged, pack
from coverage_model.cover.overlay import Geometries

LINE_M = 1.0
"""Height of a strip: some 60 lines through a typical view."""

MAX_LINES = 2_000_000
"""Strips grow beyond ``LINE_M`` where the areas span so much ground that there were more."""

CLASSES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """Where outlines cross the lines, from west to east on each line.

    Parameters
    ----------
    start
        Crossings of line ``k`` are ``start[k]`` to ``start[k + 1]``.
    x
        Where, in m.
    code
        Twice the number of the outline's label, plus one where it is entered.
    """

    start: NDArray[np.int64]
    x: NDArray[np.float64]
    code: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Scan lines over areas.

    Parameters
    ----------
    south
        Northing of the lower edge of the first strip, a multiple of ``line_m``.
    count
        Number of lines.
    line_m
        Height of a strip.
    areas
        Number of areas.
    borders
        Where the areas' outlines cross the lines; the label is the row of the area.
    """

    south: float
    count: int
    line_m: float
    areas: int
    borders: Crossings

    def cross(self, rings: Ragged, label: NDArray[np.int64]) -> Crossings:
        """Find where the outlines of labelled polygons cross the lines."""
        of_ring = np.repeat(label, np.diff(rings.polygon_start))
        first = self.south + 0.5 * self.line_m
        # From west to east, so that a crossing goes in near the end of its line.
        filled = np.flatnonzero(np.diff(rings.ring_start) > 0)
        west = rings.xy[rings.ring_start[filled], 0]
        found = _cross(
            rings.xy, rings.ring_start, rings.hole, of_ring, filled[np.argsort(west)],
            first, 1 / self.line_m, self.count,
        )  # fmt: skip
        return Crossings(*found)

    def covered_m2(
        self, drawn: Crossings, *, fixed: Crossings | None = None
    ) -> NDArray[np.float64]:
        """Measure ground in each area that drawn views cover and fixed ones do not.

        Parameters
        ----------
        drawn
            Views whose labels are classes, 0 to ``CLASSES - 1``.
        fixed
            Views whose ground does not count; labels do not matter.

        Returns
        -------
        ndarray
            Shape (2, areas, classes), in m²: ground that views of the class or a lower one cover,
            once from the even lines alone and once from the odd ones. Their mean is the result.
        """
        kept = no_crossings(self.count) if fixed is None else fixed
        out = _covered(*_parts(self.borders), *_parts(kept), *_parts(drawn), self.areas)
        return np.asarray(np.cumsum(out, axis=2) * (2 * self.line_m))

    def expected_m2(self, drawn: Crossings, miss: NDArray[np.float64]) -> NDArray[np.float64]:
        """Measure ground in each area, every point with the chance that some view covers it.

        Parameters
        ----------
        drawn
            Outlines whose labels are rows of ``miss``.
        miss
            Chance that a point within the outline is not in view; outlines are independent.

        Returns
        -------
        ndarray
            Shape (2, areas), in m², from the even and from the odd lines.
        """
        with np.errstate(divide="ignore"):
            logs = np.log(miss)
        out = _expected(*_parts(self.borders), *_parts(drawn), logs, self.areas)
        return np.asarray(out * (2 * self.line_m))


def lines_over(areas: Geometries, *, line_m: float = LINE_M) -> Lines:
    """Lay scan lines over areas and find where they cross their borders."""
    if not line_m > 0:
        raise ValueError(f"line_m must be above 0, not {line_m}")
    _, south, _, north = shapely.total_bounds(areas)
    line_m = max(line_m, (north - south) / MAX_LINES)
    low = int(np.floor(south / line_m))
    count = max(int(np.ceil(north / line_m)) - low, 1)
    bare = Lines(low * line_m, count, line_m, len(areas), no_crossings(count))
    borders = bare.cross(pack(areas), np.arange(len(areas), dtype=np.int64))
    return Lines(bare.south, count, line_m, len(areas), borders)


def no_crossings(count: int) -> Crossings:
    """No crossings on any line."""
    none = np.zeros(0)
    return Crossings(np.zeros(count + 1, dtype=np.int64), none, none.astype(np.int64))


def _parts(
    crossings: Crossings,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    return crossings.start, crossings.x, crossings.code


@compiled
def _lines_of(y1, y2, count):  # type: ignore[no-untyped-def]
    """First line that an edge crosses and the first that it does not; lines at whole numbers."""
    bottom, top = (y1, y2) if y1 < y2 else (y2, y1)
    # A vertex on a line belongs to the edge above it, so that it is crossed once or twice or never.
    first = max(np.ceil(bottom), 0.0)
    return int(min(first, count)), int(min(max(np.ceil(top), 0.0), count))


@compiled
def _cross(xy, ring_start, hole, label, order, south, scale, count):  # type: ignore[no-untyped-def]
    """List crossings line by line, each line from west to east."""
    start = np.zeros(count + 1, dtype=np.int64)
    for r in range(len(ring_start) - 1):
        for i in range(ring_start[r], ring_start[r + 1] - 1):
            y1, y2 = (xy[i, 1] - south) * scale, (xy[i + 1, 1] - south) * scale
            first, last = _lines_of(y1, y2, count)
            for line in range(first, last):
                start[line + 1] += 1
    start = np.cumsum(start)
    fill = start[:-1].copy()
    x = np.empty(start[-1])
    code = np.empty(start[-1], dtype=np.int64)
    for r in order:
        begin, end = ring_start[r], ring_start[r + 1] - 1
        twice = 0.0
        for i in range(begin, end):
            twice += (xy[i, 0] - xy[begin, 0]) * (xy[i + 1, 1] - xy[begin, 1])
            twice -= (xy[i + 1, 0] - xy[begin, 0]) * (xy[i, 1] - xy[begin, 1])
        outside = (twice > 0.0) != hole[r]
        for i in range(begin, end):
            y1, y2 = (xy[i, 1] - south) * scale, (xy[i + 1, 1] - south) * scale
            first, last = _lines_of(y1, y2, count)
            if first >= last:
                continue
            slope = (xy[i + 1, 0] - xy[i, 0]) / (y2 - y1)
            sign = 1 if (y1 > y2) == outside else 0
            for line in range(first, last):
                here = xy[i, 0] + (line - y1) * slope
                k = fill[line]
                # Insert in order: rings come from west to east, so that few lie beyond.
                while k > start[line] and x[k - 1] > here:
                    x[k], code[k] = x[k - 1], code[k - 1]
                    k -= 1
                x[k], code[k] = here, 2 * label[r] + sign
                fill[line] += 1
    return start, x, code


@compiled(inline="always")
def _turn(code, count, active, live):  # type: ignore[no-untyped-def]
    """Enter or leave an area; give the number of areas the line is in now."""
    area = code // 2
    if code % 2 == 1:
        count[area] += 1
        if count[area] == 1:
            active[live] = area
            return live + 1
        return live
    count[area] -= 1
    if count[area] == 0:
        for k in range(live):
            if active[k] == area:
                active[k] = active[live - 1]
                return live - 1
    return live


@compiled(inline="always")
def _lowest(depth):  # type: ignore[no-untyped-def]
    """First class of which a view is there, or their number."""
    for c in range(CLASSES):
        if depth[c] > 0:
            return c
    return CLASSES


@compiled
def _covered(  # type: ignore[no-untyped-def]
    a_start, a_x, a_code, f_start, f_x, f_code, d_start, d_x, d_code, areas
):
    """Lengths by parity of the line, area and lowest class of the drawn views there."""
    out = np.zeros((2, areas, CLASSES))
    count = np.zeros(areas, dtype=np.int64)
    active = np.empty(areas, dtype=np.int64)
    depth = np.zeros(CLASSES, dtype=np.int64)
    for line in range(len(d_start) - 1):
        a, f, d = a_start[line], f_start[line], d_start[line]
        a_end, f_end, d_end = a_start[line + 1], f_start[line + 1], d_start[line + 1]
        if d == d_end:
            continue
        count[:] = 0
        depth[:] = 0
        live = 0
        fixed = 0
        before = 0.0
        while d < d_end:
            x = d_x[d]
            which = 0
            if a < a_end and a_x[a] <= x:
                x, which = a_x[a], 1
            if f < f_end and f_x[f] < x:
                x, which = f_x[f], 2
            if live > 0 and fixed <= 0:
                lowest = _lowest(depth)
                if lowest < CLASSES:
                    for k in range(live):
                        out[line % 2, active[k], lowest] += x - before
            before = x
            if which == 0:
                depth[d_code[d] // 2] += 2 * (d_code[d] % 2) - 1
                d += 1
            elif which == 1:
                live = _turn(a_code[a], count, active, live)
                a += 1
            else:
                fixed += 2 * (f_code[f] % 2) - 1
                f += 1
    return out


@compiled
def _expected(a_start, a_x, a_code, d_start, d_x, d_code, logs, areas):  # type: ignore[no-untyped-def]
    """Lengths by parity of the line and area, times the chance that some view is there."""
    out = np.zeros((2, areas))
    count = np.zeros(areas, dtype=np.int64)
    active = np.empty(areas, dtype=np.int64)
    for line in range(len(d_start) - 1):
        a, d = a_start[line], d_start[line]
        a_end, d_end = a_start[line + 1], d_start[line + 1]
        count[:] = 0
        live = 0
        depth = sure = 0
        total = 0.0
        before = 0.0
        while d < d_end:
            x = d_x[d]
            border = a < a_end and a_x[a] <= x
            if border:
                x = a_x[a]
            if depth > 0 and live > 0:
                chance = 1.0 if sure > 0 else -np.expm1(total)
                for k in range(live):
                    out[line % 2, active[k]] += chance * (x - before)
            before = x
            if border:
                live = _turn(a_code[a], count, active, live)
                a += 1
                continue
            sign = 2 * (d_code[d] % 2) - 1
            log = logs[d_code[d] // 2]
            if log == -np.inf:
                sure += sign
            else:
                total += sign * log
            depth += sign
            if depth == 0:
                total = 0.0  # what rounding has left
            d += 1
    return out
