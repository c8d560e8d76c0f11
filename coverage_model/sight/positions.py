# ruff: noqa: PLR0917 - compiled code takes plain numbers and arrays
"""Where a camera really stands: off the wall it is mounted on, not in the building behind it.

A camera hangs on a façade, but its geocoded place is often in the building: seen from there it
would see nothing, or everything if buildings were ignored. The policy:

0. Over footprints that are all lower than its lens, whose height is given: it stands on the roof
   and stays (``on_roof``); the roof's edge casts its shadow.
1. In no footprint and more than ``ON_WALL_M`` from any wall: it stays (``free``).
2. Else it goes to the nearest point of an outward façade, ``WALL_OFFSET_M`` out from the wall. Of
   the façades within the tolerance those that face the heading come first, then those it runs
   along: a camera does not look into its own wall. At a corner it goes out along the bisector of
   both walls. It is ``on_wall`` if the façade was within ``ON_WALL_M`` and ``snapped`` if it was
   further.
3. In a footprint without such a façade within the tolerance: ``inside_unresolved``. It stays, and
   sees nothing.

Outward means that the place is in no other footprint: a party wall is no façade. Where another
building covers the nearest point of a wall, open wall further along is looked for in steps of
``ALONG_M``, so that the point found is nearest but for such a step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coverage_model.base.compiled import compiled
from coverage_model.sight._kernel import FULL_DEG, first_in_box, nearest_squared
from coverage_model.sight.grid import ObstacleIndex, at_least_as_high_over, winding_at

ON_WALL_M = 0.1
"""Closer to a wall than this a camera counts as on it: coordinates are often rounded to 0.1 m."""

WALL_OFFSET_M = 0.2
"""How far off its wall a camera is put: the length of a bracket."""

FACING = math.sin(math.radians(10.0))
"""A façade faces a heading that points at least 10 degrees out of it; up to 10 degrees either way
the heading runs along it. Bearings are seldom better than that."""

ALONG_M = 0.25
"""Steps along a façade whose nearest point is covered by another building."""

CLEARANCE_M = 0.01
"""Least distance between a camera's new place and any wall, such as the one across an alley."""

TOUCHING_M = 1e-6
"""A camera closer to a wall than this stands in it and cannot see past it."""

STATUSES = ("free", "on_wall", "snapped", "inside_unresolved", "on_roof")
"""Meaning of the codes in :attr:`Positions.code`."""

FREE, ON_WALL, SNAPPED, UNRESOLVED, ON_ROOF = range(5)


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Places of cameras after the policy.

    Parameters
    ----------
    x_m, y_m
        Where each camera stands now.
    code
        Position of each camera's status in ``STATUSES``.
    moved_m
        How far it was moved.
    """

    x_m: npt.NDArray[np.float64]
    y_m: npt.NDArray[np.float64]
    code: npt.NDArray[np.uint8]
    moved_m: npt.NDArray[np.float64]

    @property
    def status(self) -> npt.NDArray[np.object_]:
        """Status of each camera as in ``schemas.POSITION_STATUSES``."""
        return np.array(STATUSES, dtype=object)[self.code]


def place_cameras(
    x_m: npt.NDArray[np.float64],
    y_m: npt.NDArray[np.float64],
    *,
    azimuth_deg: npt.NDArray[np.float64],
    hfov_deg: npt.NDArray[np.float64],
    index: ObstacleIndex,
    snap_tolerance_m: float,
    wall_offset_m: float = WALL_OFFSET_M,
    mount_height_m: npt.NDArray[np.float64] | None = None,
) -> Positions:
    """Put cameras where they can stand: free as they are, else off the wall they belong to.

    Parameters
    ----------
    x_m, y_m
        Places as given.
    azimuth_deg, hfov_deg
        Headings and fields of view; a full circle faces no wall more than another.
    index
        The obstacles.
    snap_tolerance_m
        Greatest distance from a place in a building to the façade it is moved to.
    wall_offset_m
        How far off the wall a moved camera is put.
    mount_height_m
        Heights of the lenses where they are given, else NaN; without any no camera is on a roof.

    Raises
    ------
    ValueError
        If the tolerance is negative or the offset is not above 0.
    """
    if not snap_tolerance_m >= 0:
        raise ValueError(f"snap_tolerance_m must be 0 or more, not {snap_tolerance_m}")
    if not wall_offset_m > 0:
        raise ValueError(f"wall_offset_m must be above 0, not {wall_offset_m}")
    heading = np.radians(azimuth_deg)
    has_heading = hfov_deg <= FULL_DEG
    toward_x = np.where(has_heading, np.sin(heading), 0.0)
    toward_y = np.where(has_heading, np.cos(heading), 0.0)
    lens = np.full(len(x_m), np.nan) if mount_height_m is None else mount_height_m
    placed = _place(
        x_m,
        y_m,
        toward_x,
        toward_y,
        np.require(lens, np.float64, ["C", "W"]),
        float(snap_tolerance_m),
        float(wall_offset_m),
        index.heights,
        *index.place_arrays,
    )
    return Positions(*placed)


@compiled
def _place(  # type: ignore[no-untyped-def]
    x, y, toward_x, toward_y, lens, tolerance, offset,
    heights, edges, entered, starts, winding, grid, shape,
):  # fmt: skip
    out_x, out_y = x.copy(), y.copy()
    code = np.zeros(len(x), dtype=np.uint8)
    moved = np.zeros(len(x))
    walls = np.empty((64, 7))
    for k in range(len(x)):
        inside = winding_at(x[k], y[k], edges, starts, winding, grid, shape) > 0
        if inside and not math.isnan(lens[k]):
            higher = at_least_as_high_over(
                x[k], y[k], lens[k], edges, heights, entered, starts, grid, shape
            )
            if higher <= 0:
                code[k] = ON_ROOF
                continue
        radius = max(tolerance, ON_WALL_M) if inside else ON_WALL_M
        walls, count = _walls_near(x[k], y[k], radius, walls, edges, entered, starts, grid, shape)
        if not inside and count == 0:
            continue
        place_x, place_y, distance = _facade(
            x[k], y[k], toward_x[k], toward_y[k], radius, offset, walls, count,
            edges, starts, winding, grid, shape,
        )  # fmt: skip
        if distance <= radius:
            out_x[k], out_y[k] = place_x, place_y
            moved[k] = math.hypot(place_x - x[k], place_y - y[k])
            code[k] = ON_WALL if distance <= ON_WALL_M else SNAPPED
        elif inside or walls[:count, 6].min() < TOUCHING_M:
            code[k] = UNRESOLVED
        else:  # squeezed between walls, but outside both
            code[k] = ON_WALL
    return out_x, out_y, code, moved


@compiled
def _walls_near(cx, cy, radius, walls, edges, entered, starts, grid, shape):  # type: ignore[no-untyped-def]
    """List edges within a radius: ends, nearest point on it, distance; each edge once."""
    i0, i1, j0, j1 = cells_around(cx, cy, radius, grid, shape)
    count = 0
    for j in range(j0, j1 + 1):
        for i in range(i0, i1 + 1):
            at = j * shape[0] + i
            for e in range(starts[at], starts[at + 1]):
                if not first_in_box(entered[e], i, j, i0, i1, j0, j1):
                    continue
                ax, ay, bx, by = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
                dx, dy = bx - ax, by - ay
                u = ((cx - ax) * dx + (cy - ay) * dy) / (dx * dx + dy * dy)
                px, py = ax + u * dx, ay + u * dy
                if u <= 0.0:
                    px, py = ax, ay
                elif u >= 1.0:
                    px, py = bx, by
                distance = math.hypot(px - cx, py - cy)
                if distance <= radius:
                    if count == len(walls):
                        more = np.empty((2 * count, 7))
                        more[:count] = walls
                        walls = more
                    wall = walls[count]
                    wall[0], wall[1], wall[2], wall[3] = ax, ay, bx, by
                    wall[4], wall[5], wall[6] = px, py, distance
                    count += 1
    return walls, count


@compiled
def _is_open(x, y, clear, edges, starts, winding, grid, shape):  # type: ignore[no-untyped-def]
    """Whether a place is in no footprint and clear of all walls."""
    if winding_at(x, y, edges, starts, winding, grid, shape) != 0:
        return False
    i0, i1, j0, j1 = cells_around(x, y, clear, grid, shape)
    for j in range(j0, j1 + 1):
        row = j * shape[0]
        for e in range(starts[row + i0], starts[row + i1 + 1] if i1 >= i0 else 0):
            ax, ay, bx, by = edges[e, 0] - x, edges[e, 1] - y, edges[e, 2] - x, edges[e, 3] - y
            if nearest_squared(ax, ay, bx, by, ax * by - ay * bx) < clear * clear:
                return False
    return True


@compiled
def cells_around(x, y, radius, grid, shape):  # type: ignore[no-untyped-def]
    """First and last column and row of the cells within a distance."""
    i0 = max(math.floor((x - radius - grid[0]) * grid[3]), 0)
    i1 = min(math.floor((x + radius - grid[0]) * grid[3]), shape[0] - 1)
    j0 = max(math.floor((y - radius - grid[1]) * grid[3]), 0)
    j1 = min(math.floor((y + radius - grid[1]) * grid[3]), shape[1] - 1)
    return i0, i1, j0, j1


@compiled
def _way_out(walls, count, px, py):  # type: ignore[no-untyped-def]
    """Sum of the outward directions of the walls that meet at a point, each direction once."""
    sum_x = sum_y = 0.0
    for v in range(count):
        if abs(walls[v, 4] - px) + abs(walls[v, 5] - py) > TOUCHING_M:
            continue
        size = math.hypot(walls[v, 2] - walls[v, 0], walls[v, 3] - walls[v, 1])
        out_x, out_y = (walls[v, 3] - walls[v, 1]) / size, (walls[v, 0] - walls[v, 2]) / size
        known = False
        for u in range(v):
            if abs(walls[u, 4] - px) + abs(walls[u, 5] - py) <= TOUCHING_M:
                size = math.hypot(walls[u, 2] - walls[u, 0], walls[u, 3] - walls[u, 1])
                off_x = (walls[u, 3] - walls[u, 1]) / size - out_x
                off_y = (walls[u, 0] - walls[u, 2]) / size - out_y
                known |= abs(off_x) + abs(off_y) < 1e-9
        if not known:
            sum_x += out_x
            sum_y += out_y
    return sum_x, sum_y


@compiled
def _facade(  # type: ignore[no-untyped-def]
    cx, cy, toward_x, toward_y, radius, offset, walls, count, edges, starts, winding, grid, shape
):
    """Best place off a façade, by how it faces the heading and then by distance."""
    best_x, best_y, best, best_rank = cx, cy, np.inf, -1
    clear = min(CLEARANCE_M, 0.5 * offset)
    for w in range(count):
        ax, ay, bx, by, px, py, distance = walls[w]
        length = math.hypot(bx - ax, by - ay)
        along_x, along_y = (bx - ax) / length, (by - ay) / length
        # The interior is on the left, so outwards is to the right.
        out_x, out_y = along_y, -along_x
        facing = out_x * toward_x + out_y * toward_y
        rank = 2 if facing >= FACING else 1 if facing >= -FACING else 0
        if rank < best_rank or (rank == best_rank and distance >= best):
            continue
        sum_x, sum_y = _way_out(walls, count, px, py)
        size = math.hypot(sum_x, sum_y)
        found = False
        if size > 1e-6:
            tx, ty = px + offset * sum_x / size, py + offset * sum_y / size
            found = _is_open(tx, ty, clear, edges, starts, winding, grid, shape)
        if not found:
            tx, ty = px + offset * out_x, py + offset * out_y
            found = _is_open(tx, ty, clear, edges, starts, winding, grid, shape)
        if not found:
            # Another building covers the nearest point: look for open wall further along.
            middle = (px - ax) * along_x + (py - ay) * along_y
            shift = ALONG_M
            while not found and shift <= 2.0 * radius:
                for sign in (-1.0, 1.0):
                    t = middle + sign * shift
                    if offset <= t <= length - offset:
                        qx, qy = ax + t * along_x, ay + t * along_y
                        away = math.hypot(qx - cx, qy - cy)
                        tx, ty = qx + offset * out_x, qy + offset * out_y
                        if (
                            away <= radius
                            and (rank > best_rank or away < best)
                            and _is_open(tx, ty, clear, edges, starts, winding, grid, shape)
                        ):
                            found = True
                            distance = away
                            break
                shift += ALONG_M
        if found:
            best_x, best_y, best, best_rank = tx, ty, distance, rank
    return best_x, best_y, best
