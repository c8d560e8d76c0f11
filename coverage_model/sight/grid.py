# ruff: noqa: PLR0917 - compiled code takes plain numbers and arrays
"""Obstacle footprints as directed edges in a uniform grid: the index behind visible areas.

Every footprint boundary is walked with the interior on the left, so one sign tells front from back
and a sum of signs tells how many footprints hold a point, whether they overlap, repeat or touch.
Edges are stored cell by cell, once for each cell they pass through.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from coverage_model.base.compiled import compiled
from coverage_model.base.errors import CRSError, Fault, Faults

CELL_M = 25.0
"""Side of a grid cell: a street and its two façades, so that a 50 m view reads few cells."""

MAX_CELLS = 16_000_000
"""Cells grow beyond ``CELL_M`` where the obstacles span so much ground that there were more."""

# Where in its cell the winding number is known. Not a round fraction, so that the lines through
# these points miss the round coordinates that footprints like to have.
REFERENCE_AT = 0.4142135623730951

START, FROM_LEFT, FROM_RIGHT, FROM_BELOW, FROM_ABOVE = range(5)
"""How an edge's path of cells enters a cell."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ObstacleIndex:
    """Obstacle edges in cell order, ready for any number of sweeps.

    Parameters
    ----------
    edges
        Start and end (x, y, x, y) of each entry, interior on the left, in m.
    heights
        Height of each entry's obstacle, in m; infinite where unknown.
    entered
        How the edge's path of cells enters the entry's cell.
    starts
        First entry of each cell, row by row, and the number of entries at the end.
    winding
        Number of footprints over each cell's reference point.
    x0, y0, cell
        South-west corner of the grid and side of a cell, in m.
    columns, rows
        Size of the grid.
    footprints
        Number of obstacles indexed.
    repaired
        Number of footprints that cross themselves and were made valid first.
    """

    edges: Floats
    heights: Floats
    entered: npt.NDArray[np.uint8]
    starts: Ints
    winding: npt.NDArray[np.int32]
    x0: float
    y0: float
    cell: float
    columns: int
    rows: int
    footprints: int
    repaired: int

    @property
    def edge_arrays(self) -> tuple[Any, ...]:
        """What a sweep reads, in the order compiled code takes it."""
        return self.edges, self.heights, self.entered, self.starts, *self._frame

    @property
    def place_arrays(self) -> tuple[Any, ...]:
        """What the position policy reads, in the order compiled code takes it."""
        return self.edges, self.entered, self.starts, self.winding, *self._frame

    @property
    def _frame(self) -> tuple[Any, ...]:
        grid = np.array([self.x0, self.y0, self.cell, 1.0 / self.cell])
        return grid, np.array([self.columns, self.rows], dtype=np.int64)


def index_obstacles(obstacles: gpd.GeoDataFrame, *, cell_m: float = CELL_M) -> ObstacleIndex:
    """Index obstacle footprints for visible areas.

    Parameters
    ----------
    obstacles
        Polygons (raw: they may overlap, touch or repeat) or lines (walls, which block from both
        sides). ``height_m`` is used where there is such a column; missing heights block at any
        height.
    cell_m
        Side of a grid cell, in m.

    Raises
    ------
    InputError
        If an obstacle is neither polygon nor line, or has coordinates that are not finite.
    """
    shapes = obstacles.geometry.to_numpy()
    heights = np.full(len(shapes), np.inf)
    if "height_m" in obstacles.columns:
        given = obstacles["height_m"].to_numpy(dtype=np.float64, na_value=np.nan)
        heights = np.where(np.isnan(given), np.inf, given)
    shapes, repaired = _valid(shapes)
    edges, owner = _directed_edges(shapes, obstacles)
    return index_edges(
        edges, heights[owner], cell_m=cell_m, footprints=len(shapes), repaired=repaired
    )


def index_edges(
    edges: Floats,
    heights: Floats,
    *,
    cell_m: float = CELL_M,
    footprints: int = 0,
    repaired: int = 0,
) -> ObstacleIndex:
    """Index directed edges (x, y, x, y; interior on the left) with their obstacles' heights."""
    if len(edges):
        low = np.minimum(edges[:, :2].min(axis=0), edges[:, 2:].min(axis=0))
        high = np.maximum(edges[:, :2].max(axis=0), edges[:, 2:].max(axis=0))
    else:
        low = high = np.zeros(2)
    width, height = high - low
    cell = max(cell_m, math.sqrt(width * height / MAX_CELLS), max(width, height) / MAX_CELLS)
    # A margin of odd size around the data: nothing lies on the grid's border or on round lines.
    x0, y0 = low - 0.7320508 * cell
    columns, rows = (int((span + 1.5 * cell) // cell) + 1 for span in (width, height))
    starts, entries, entered = _rasterise(edges, x0, y0, 1.0 / cell, columns, rows)
    winding = _reference_winding(edges, x0, y0, cell, columns, rows)
    return ObstacleIndex(
        edges=edges[entries],
        heights=heights[entries],
        entered=entered,
        starts=starts,
        winding=winding,
        x0=float(x0),
        y0=float(y0),
        cell=float(cell),
        columns=columns,
        rows=rows,
        footprints=footprints,
        repaired=repaired,
    )


def _valid(shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], int]:
    wrong = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    if not wrong.any():
        return shapes, 0
    shapes = shapes.copy()
    shapes[wrong] = shapely.make_valid(shapes[wrong])
    return shapes, int(wrong.sum())


def _directed_edges(
    shapes: npt.NDArray[Any], obstacles: gpd.GeoDataFrame
) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Edges of all shapes with the interior on the left, and the obstacle each belongs to."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) >= shapely.GeometryType.MULTIPOINT).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    kind = shapely.get_type_id(parts)
    area = kind == shapely.GeometryType.POLYGON
    line = (kind == shapely.GeometryType.LINESTRING) | (kind == shapely.GeometryType.LINEARRING)
    wrong = np.unique(owner[~area & ~line])
    # A valid polygon can leave loose points behind when it is repaired; those block nothing.
    wrong = wrong[shapely.get_dimensions(shapes[wrong]) == 0]
    faults = Faults("obstacles")
    if len(wrong):
        faults.add(
            "an obstacle is neither polygon nor line",
            "Give footprints, or walls as lines",
            rows=obstacles.index[wrong],
        )
        faults.raise_if_any()

    rings, of_part = shapely.get_rings(parts[area], return_index=True)
    # The first ring of a polygon is its outside; the others are its courtyards.
    outside = np.diff(of_part, prepend=-1) != 0
    ring_edges, of_ring = _edges(rings)
    anticlockwise = shapely.is_ccw(rings)
    wrong_way = (anticlockwise != outside)[of_ring]
    ring_edges[wrong_way] = ring_edges[wrong_way][:, [2, 3, 0, 1]]
    wall_edges, of_wall = _edges(parts[line])
    edges = np.concatenate([ring_edges, wall_edges, wall_edges[:, [2, 3, 0, 1]]])
    walls = owner[line][of_wall]
    owners = np.concatenate([owner[area][of_part][of_ring], walls, walls])

    lost = ~np.isfinite(edges).all(axis=1)
    if lost.any():
        faults.add(
            "an obstacle has coordinates that are not finite",
            "Remove it or reproject it anew",
            rows=obstacles.index[np.unique(owners[lost])],
        )
        faults.raise_if_any()
    real = (edges[:, :2] != edges[:, 2:]).any(axis=1)
    return edges[real], owners[real]


def _edges(lines: npt.NDArray[Any]) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Straight pieces of lines, and the line each belongs to."""
    points, of_line = shapely.get_coordinates(lines, return_index=True)
    follows = of_line[1:] == of_line[:-1]
    return np.concatenate([points[:-1][follows], points[1:][follows]], axis=1), of_line[1:][follows]


@compiled
def _rasterise(edges, x0, y0, inverse, columns, rows):  # type: ignore[no-untyped-def]
    """Walk every edge through the grid; give cell starts, and entries with their way in."""
    count = np.zeros(columns * rows + 1, dtype=np.int64)
    path = np.empty(columns + rows + 2, dtype=np.int64)
    way = np.empty(columns + rows + 2, dtype=np.uint8)
    for e in range(len(edges)):
        steps = _walk(edges[e], x0, y0, inverse, columns, path, way)
        for k in range(steps):
            count[path[k] + 1] += 1
    starts = np.cumsum(count)
    fill = starts[:-1].copy()
    entries = np.empty(starts[-1], dtype=np.int64)
    entered = np.empty(starts[-1], dtype=np.uint8)
    for e in range(len(edges)):
        steps = _walk(edges[e], x0, y0, inverse, columns, path, way)
        for k in range(steps):
            slot = fill[path[k]]
            fill[path[k]] = slot + 1
            entries[slot] = e
            entered[slot] = way[k]
    return starts, entries, entered


@compiled
def _walk(edge, x0, y0, inverse, columns, path, way):  # type: ignore[no-untyped-def]
    """List the cells of one edge from end to end, after Amanatides and Woo (1987)."""
    u, v = (edge[0] - x0) * inverse, (edge[1] - y0) * inverse
    du, dv = (edge[2] - x0) * inverse - u, (edge[3] - y0) * inverse - v
    i, j = math.floor(u), math.floor(v)
    left_i = math.floor(u + du) - i
    left_j = math.floor(v + dv) - j
    step_i = 1 if left_i > 0 else -1
    step_j = 1 if left_j > 0 else -1
    left_i, left_j = abs(left_i), abs(left_j)
    next_u = ((i + (1 if step_i > 0 else 0)) - u) / du if left_i else np.inf
    next_v = ((j + (1 if step_j > 0 else 0)) - v) / dv if left_j else np.inf
    path[0] = j * columns + i
    way[0] = START
    k = 1
    # Counting the steps left in each direction ends the walk in the right cell despite rounding.
    while left_i or left_j:
        if left_i and (next_u <= next_v or not left_j):
            i += step_i
            left_i -= 1
            next_u += abs(1.0 / du)
            way[k] = FROM_LEFT if step_i > 0 else FROM_RIGHT
        else:
            j += step_j
            left_j -= 1
            next_v += abs(1.0 / dv)
            way[k] = FROM_BELOW if step_j > 0 else FROM_ABOVE
        path[k] = j * columns + i
        k += 1
    return k


@compiled
def _reference_winding(edges, x0, y0, cell, columns, rows):  # type: ignore[no-untyped-def]
    """Count the footprints over each cell's reference point, scanning rows from the west."""
    change = np.zeros(columns * rows, dtype=np.int32)
    for e in range(len(edges)):
        ax, ay, bx, by = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
        low, high = min(ay, by), max(ay, by)
        j = max(math.floor((low - y0) / cell - REFERENCE_AT), 0)
        while j < rows:
            y = y0 + (j + REFERENCE_AT) * cell
            if y >= high:
                break
            if y >= low:
                x = ax + (y - ay) * (bx - ax) / (by - ay)
                i = max(math.floor((x - x0) / cell - REFERENCE_AT), 0)
                while i < columns and x0 + (i + REFERENCE_AT) * cell < x:
                    i += 1
                if i < columns:
                    change[j * columns + i] += 1 if by < ay else -1
            j += 1
    for j in range(rows):
        total = 0
        for i in range(j * columns, (j + 1) * columns):
            total += change[i]
            change[i] = total
    return change


@compiled
def winding_at(x, y, edges, starts, winding, grid, shape):  # type: ignore[no-untyped-def]
    """Count the footprints over a point: above 0 inside, 0 outside all.

    Goes from the cell's reference point along its row, then up or down to the point, and counts
    the edges crossed; all of them are in the cell's own list. Ends and edges exactly at ``x`` count
    as west of the path, on both of its legs.
    """
    cell = grid[2]
    i, j = math.floor((x - grid[0]) * grid[3]), math.floor((y - grid[1]) * grid[3])
    if i < 0 or j < 0 or i >= shape[0] or j >= shape[1]:
        return 0
    at = j * shape[0] + i
    total = winding[at]
    rx = grid[0] + (i + REFERENCE_AT) * cell
    ry = grid[1] + (j + REFERENCE_AT) * cell
    for e in range(starts[at], starts[at + 1]):
        ax, ay, bx, by = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
        spans_row = (ay > ry) != (by > ry)
        right_of_edge = False
        if spans_row:
            crossing = ax + (ry - ay) * (bx - ax) / (by - ay)
            right_of_edge = x >= crossing
            if right_of_edge != (rx >= crossing):
                leaves = by > ay  # eastwards across an edge that climbs: out of its interior
                total += -1 if leaves == right_of_edge else 1
        if (ax > x) != (bx > x):
            corner_above = ay <= ry
            if spans_row:  # the corner of the path is judged once, so both legs agree on it
                corner_above = right_of_edge != ((bx - ax) * (by - ay) > 0)
            point_above = y > ay + (x - ax) * (by - ay) / (bx - ax)
            if corner_above != point_above:
                enters = bx > ax  # northwards across an edge that runs east: into its interior
                total += 1 if enters == point_above else -1
    return total


@compiled
def at_least_as_high_over(x, y, height, edges, heights, entered, starts, grid, shape):  # type: ignore[no-untyped-def]
    """Count the footprints over a point that are at least as high, looking east along its row."""
    i0, j = math.floor((x - grid[0]) * grid[3]), math.floor((y - grid[1]) * grid[3])
    if i0 < 0 or j < 0 or i0 >= shape[0] or j >= shape[1]:
        return 0
    total = 0
    for i in range(i0, shape[0]):
        at = j * shape[0] + i
        for e in range(starts[at], starts[at + 1]):
            way = entered[e]
            # Each edge once: in the first cell of the row that its path enters.
            if (way == FROM_LEFT and i > i0) or (way == FROM_RIGHT and i < shape[0] - 1):
                continue
            if heights[e] < height:
                continue
            ax, ay, bx, by = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
            if (ay > y) != (by > y) and ax + (y - ay) * (bx - ax) / (by - ay) > x:
                total += 1 if by > ay else -1
    return total


def obstacle_index(
    obstacles: gpd.GeoDataFrame | ObstacleIndex | None, cameras: gpd.GeoDataFrame
) -> ObstacleIndex:
    """Index obstacles; none at all give an empty index, so that open ground is no special case."""
    if obstacles is None or (isinstance(obstacles, gpd.GeoDataFrame) and obstacles.empty):
        return index_edges(np.empty((0, 4)), np.empty(0))
    if not isinstance(obstacles, gpd.GeoDataFrame):
        return obstacles
    if obstacles.crs != cameras.crs:
        problem = f"obstacles are in {obstacles.crs} but cameras in {cameras.crs}"
        remedy = "Convert one of them with coverage_model.base.crs.to_crs"
        raise CRSError("obstacles", [Fault(problem, remedy)])
    return index_obstacles(obstacles)
