"""What each view still sees after buildings have cut it.

Raw footprints go in: they may overlap, repeat or touch, and have courtyards. Areas are exact: each
is the sum of triangles and circular sectors, and its polygon has that same area. See
:mod:`coverage_model.sight._kernel` for the method and :mod:`coverage_model.sight.positions` for
what happens to cameras that stand in a building or on a wall.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coverage_model.base.errors import CRSError, Fault
from coverage_model.base.layer import Layer, Read
from coverage_model.base.ragged import Ragged, joined, pack
from coverage_model.optics.sectors import MAX_CHORD_DEG, sector_area_m2

if TYPE_CHECKING:
    from coverage_model.sight.grid import ObstacleIndex
    from coverage_model.sight.positions import Positions

KEPT = (
    "camera_id",
    "ownership",
    "integration",
    "borough_code",
    "camera_type",
    "view_basis",
    "level",
)
"""Columns of the sectors that say whose view it is."""

VIEW_COLUMNS = (
    "x_m",
    "y_m",
    "azimuth_deg",
    "hfov_deg",
    "near_m",
    "far_m",
    "mount_height_m",
)
"""Columns of the sectors that say what is swept."""

CHUNK = 4096
"""Cameras that one thread does at a time."""

SNAP_TOLERANCE_M = 3.0
"""How far a camera may be moved out of a building: an assumption, the coefficient of that name. It
covers a missed datum shift and a little survey error; further in, which façade is a guess."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Swept:
    """Visible areas of many cameras at one or more levels, as plain arrays.

    Parameters
    ----------
    area_m2
        Visible area, one row a camera and one column a level, from the closed form.
    x_m, y_m, moved_m
        Where each camera stands after the position policy, and how far it was moved.
    position_status
        Status of each camera, as in ``schemas.POSITION_STATUSES``.
    """

    area_m2: Floats
    x_m: Floats
    y_m: Floats
    moved_m: Floats
    position_status: npt.NDArray[np.object_]
    _parts: tuple[_Part, ...]

    def rings(self, level: int = 0) -> tuple[Ragged, npt.NDArray[np.int64]]:
        """Lay out the polygons of one level as arrays, neighbours together, and whose each is."""
        parts = [part.rings(level, self.area_m2.shape[1]) for part in self._parts]
        rows = [np.empty(0, dtype=np.int64), *(part.rows for part in self._parts)]
        return joined(parts), np.concatenate(rows)

    def polygons(self, level: int = 0) -> npt.NDArray[np.object_]:
        """Build the polygons of one level (a column of ``area_m2``)."""
        shapes = np.full(len(self.area_m2), shapely.Polygon(), dtype=object)
        for part in self._parts:
            part.fill(shapes, level, self.area_m2.shape[1])
        return shapes


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Rings of some rows, packed: what one call of the compiled sweep returns."""

    rows: npt.NDArray[np.int64]
    narrow: npt.NDArray[np.bool_]
    coords: Floats
    ends: npt.NDArray[np.int64]
    holes: npt.NDArray[np.int64]
    upto: npt.NDArray[np.int64]

    def rings(self, level: int, levels: int) -> Ragged:
        """Lay out this part's polygons of one level."""
        last = self.upto[level::levels]
        first = np.concatenate([[0], self.upto])[level : level + len(self.upto) : levels]
        count = last - first
        start = np.cumsum(count) - count
        ring = np.repeat(first - start, count) + np.arange(count.sum())
        ring_starts = np.concatenate([[0], self.ends])
        length = ring_starts[ring + 1] - ring_starts[ring]
        begin = np.cumsum(length) - length
        point = np.repeat(ring_starts[ring] - begin, length) + np.arange(length.sum())
        return Ragged(
            self.coords[point],
            np.append(begin, length.sum()),
            np.append(start, count.sum()),
            self.holes[ring] != 0,
        )

    def fill(self, shapes: npt.NDArray[np.object_], level: int, levels: int) -> None:
        """Build this part's polygons into their rows."""
        last = self.upto[level::levels]
        first = np.concatenate([[0], self.upto])[level : level + len(self.upto) : levels]
        count = last - first
        ring_starts = np.concatenate([[0], self.ends])
        # Almost all views are one ring, so those go through the fastest way.
        simple = count == 1
        if levels == 1 and simple.all():
            offsets = (ring_starts, np.arange(len(self.ends) + 1))
            made = shapely.from_ragged_array(shapely.GeometryType.POLYGON, self.coords, offsets)
            shapes[self.rows] = made
        else:
            owner = np.repeat(np.arange(len(self.rows)), count)
            ring = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count - first, count)
            length = ring_starts[ring + 1] - ring_starts[ring]
            point_ring = np.repeat(np.arange(len(ring)), length)
            inner = np.arange(len(point_ring)) - np.repeat(np.cumsum(length) - length, length)
            coords = self.coords[ring_starts[ring][point_ring] + inner]
            hole = self.holes[ring] != 0
            # A hole directly follows the outer ring it lies in.
            shell_starts = np.append(np.flatnonzero(~hole), len(hole))
            offsets = (np.concatenate([[0], np.cumsum(length)]), shell_starts)
            made = shapely.from_ragged_array(shapely.GeometryType.POLYGON, coords, offsets)
            of_shell = owner[~hole]
            alone = np.bincount(of_shell, minlength=len(self.rows)) == 1
            shapes[self.rows[of_shell[alone[of_shell]]]] = made[alone[of_shell]]
            several = ~alone[of_shell]
            if several.any():
                whose, packed = np.unique(of_shell[several], return_inverse=True)
                shapes[self.rows[whose]] = shapely.multipolygons(made[several], indices=packed)
        if self.narrow.any():
            # Rounding to map coordinates can make the sides of a hair-thin wedge cross.
            narrow = self.rows[self.narrow]
            wrong = narrow[~shapely.is_valid(shapes[narrow])]
            for row in wrong:  # hardly ever any
                whole = shapely.make_valid(shapes[row])
                polygons = [p for p in shapely.get_parts(whole) if p.area > 0]
                shapes[row] = shapely.union_all(polygons)


def visible_areas(
    sectors: gpd.GeoDataFrame,
    obstacles: Layer | ObstacleIndex | None = None,
    *,
    snap_tolerance_m: float = SNAP_TOLERANCE_M,
    threads: int | None = None,
) -> gpd.GeoDataFrame:
    """Cut view cones by the buildings that stand in them.

    Parameters
    ----------
    sectors
        A ``schemas.Sectors`` frame; not changed.
    obstacles
        A ``schemas.Obstacles`` frame in the same CRS, or its index from
        :func:`~coverage_model.sight.grid.index_obstacles` where it is used more than once, or none
        for open ground (nothing is compiled then, and the geometry is that of the sectors).
    snap_tolerance_m
        How far a camera that lies in a building may be moved to its wall, in m.
    threads
        Number of threads; one for each core if not given. The result does not depend on it.

    Returns
    -------
    GeoDataFrame
        A ``schemas.VisibleAreas`` frame with the index and CRS of ``sectors``, on their target
        plane: shadows end where a target of that height shows over a building. A view that stands
        in a building beyond the tolerance has the status ``inside_unresolved``, no area and an
        empty polygon.

    Raises
    ------
    CRSError
        If sectors and obstacles are in different systems.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from coverage_model.optics.sectors import sector_polygons
    >>> cone = sector_polygons(0, 0, azimuth_deg=0, hfov_deg=90, far_m=10)
    >>> columns = {name: ["x"] for name in KEPT}
    >>> columns |= {"x_m": [0.0], "y_m": [0.0], "azimuth_deg": [0.0], "hfov_deg": [90.0]}
    >>> columns |= {"near_m": [0.0], "far_m": [10.0], "mount_height_m": [4.0]}
    >>> views = gpd.GeoDataFrame(columns, geometry=cone, crs=27700)
    >>> block = gpd.GeoDataFrame(geometry=[shapely.box(-20, 5, 20, 6)], crs=27700)
    >>> float(visible_areas(views, block).area_m2.iloc[0])
    25.0
    """
    if isinstance(obstacles, Read):
        obstacles = obstacles.frame
    target = target_of(sectors)
    frame = pd.DataFrame(sectors[list(KEPT)])
    open_ground = np.where(
        shaped_views(sectors),
        shapely.area(sectors.geometry.to_numpy()),
        sector_area_m2(
            hfov_deg=sectors["hfov_deg"], near_m=sectors["near_m"], far_m=sectors["far_m"]
        ),
    )
    if obstacles is None or (isinstance(obstacles, gpd.GeoDataFrame) and obstacles.empty):
        frame["area_m2"] = open_ground
        frame["unobstructed_m2"] = open_ground
        frame["position_status"] = "free"
        frame["moved_m"] = 0.0
        frame["target_height_m"] = target
        return gpd.GeoDataFrame(frame, geometry=sectors.geometry.to_numpy(), crs=sectors.crs)

    index = _index(obstacles, sectors)
    shaped = shaped_views(sectors)
    shapes = np.full(len(frame), shapely.Polygon(), dtype=object)
    swept = _sweep(
        *(sectors[name].to_numpy(dtype=np.float64) for name in VIEW_COLUMNS),
        index=index,
        snap_tolerance_m=snap_tolerance_m,
        target_height_m=target,
        threads=threads,
        shapes=shapes,
        regions=[regions_of(sectors, shaped)] if shaped.any() else None,
        shaped=shaped,
        height_given=_height_given(sectors),
    )
    frame["area_m2"] = swept.area_m2[:, 0]
    frame["unobstructed_m2"] = open_ground
    frame["position_status"] = swept.position_status
    frame["moved_m"] = swept.moved_m
    frame["target_height_m"] = target
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=sectors.crs)


def _height_given(sectors: gpd.GeoDataFrame) -> npt.NDArray[np.bool_] | None:
    """Which lenses' heights come from the source and are no assumption."""
    if "assumed_fields" not in sectors.columns:
        return None
    filled = sectors["assumed_fields"].astype(str).str.contains("mount_height_m")
    return np.asarray(~filled.to_numpy(dtype=bool))


def target_of(sectors: gpd.GeoDataFrame) -> float:
    """Height of the one target plane of a frame; the ground where it names none."""
    if "target_height_m" not in sectors.columns or sectors.empty:
        return 0.0
    found = sectors["target_height_m"].unique()
    if len(found) > 1:
        raise ValueError(f"views are for several target planes: {sorted(found)} m")
    return float(found[0])


def shaped_views(sectors: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Which views are pictures with a shape of their own, and not sectors."""
    if "view_shape" not in sectors.columns:
        return np.zeros(len(sectors), dtype=bool)
    return np.asarray(sectors["view_shape"].eq("picture").to_numpy(dtype=bool))


def regions_of(sectors: gpd.GeoDataFrame, shaped: npt.NDArray[np.bool_]) -> Ragged:
    """Lay out the shapes of some views relative to their cameras, each as one ring.

    The rings of a shape in several parts are joined by lines there and back, which hold no ground.
    """
    shapes = np.asarray(sectors.geometry.to_numpy()[shaped])
    packed = _one_ring_each(pack(shapes))
    length = np.diff(packed.ring_start[packed.polygon_start])
    whose = np.repeat(np.flatnonzero(shaped), length)
    foot = sectors[["x_m", "y_m"]].to_numpy(dtype=np.float64)[whose]
    return replace(packed, xy=packed.xy - foot)


def _one_ring_each(shapes: Ragged) -> Ragged:
    if (np.diff(shapes.polygon_start) <= 1).all():
        return shapes
    xy, ends = [np.empty((0, 2))], []
    for first, last in zip(shapes.polygon_start[:-1], shapes.polygon_start[1:], strict=True):
        rings = [
            shapes.xy[shapes.ring_start[k] : shapes.ring_start[k + 1]] for k in range(first, last)
        ]
        back = [] if not rings else [rings[0][:1]] * (len(rings) - 1)
        # Out to the second ring, round it and back to the first, and so on.
        parts = rings[:1] + [part for pair in zip(rings[1:], back, strict=True) for part in pair]
        if parts:
            xy += parts
            ends.append(sum(map(len, parts)))
    filled = np.diff(shapes.polygon_start) > 0
    return Ragged(
        np.concatenate(xy),
        np.concatenate([[0], np.cumsum(ends)]).astype(np.int64),
        np.concatenate([[0], np.cumsum(filled)]).astype(np.int64),
        np.zeros(len(ends), dtype=bool),
    )


def sweep_views(
    x_m: Floats,
    y_m: Floats,
    *,
    azimuth_deg: Floats,
    hfov_deg: Floats,
    near_m: Floats,
    far_m: Floats,
    mount_height_m: Floats,
    index: ObstacleIndex,
    snap_tolerance_m: float = SNAP_TOLERANCE_M,
    target_height_m: float = 0.0,
    threads: int | None = None,
    regions: Sequence[Ragged] | None = None,
    shaped: npt.NDArray[np.bool_] | None = None,
    height_given: npt.NDArray[np.bool_] | None = None,
) -> Swept:
    """Find visible areas for plain arrays, at several far distances in one sweep.

    Parameters
    ----------
    x_m, y_m
        Cameras as given, shape (n,).
    azimuth_deg, hfov_deg
        Headings, clockwise from grid north, and fields of view, shape (n,); 360 is a disc.
    near_m
        End of the blind zone, shape (n,).
    far_m
        Far distances, shape (n,) or (n, levels). A level that is not beyond ``near_m`` is empty.
    mount_height_m
        Heights of the lenses, shape (n,).
    index
        The obstacles.
    snap_tolerance_m, threads
        As in :func:`visible_areas`.
    target_height_m
        Height above ground of what is to be seen, in m.
    shaped
        Views that see a region of their own shape (a picture's footprint) and not a sector.
    regions
        For each level the regions of those views, in their order: polygons of one ring at most,
        relative to the camera.
    height_given
        Whether the height of each lens is known, so that it may stand on a roof; all if not given.

    Returns
    -------
    Swept
        Areas with one column a level, and polygons on demand.
    """
    return _sweep(
        x_m, y_m, azimuth_deg, hfov_deg, near_m, far_m, mount_height_m,
        index=index, snap_tolerance_m=snap_tolerance_m, target_height_m=target_height_m,
        threads=threads, regions=regions, shaped=shaped,
        height_given=height_given,
    )  # fmt: skip


def _sweep(  # noqa: PLR0917 - the columns of a view, in the order compiled code takes them
    x_m: Floats,
    y_m: Floats,
    azimuth_deg: Floats,
    hfov_deg: Floats,
    near_m: Floats,
    far_m: Floats,
    mount_height_m: Floats,
    *,
    index: ObstacleIndex,
    snap_tolerance_m: float,
    target_height_m: float,
    threads: int | None,
    shapes: npt.NDArray[np.object_] | None = None,
    regions: Sequence[Ragged] | None = None,
    shaped: npt.NDArray[np.bool_] | None = None,
    height_given: npt.NDArray[np.bool_] | None = None,
) -> Swept:
    """Place and sweep cameras; with ``shapes`` build polygons at once instead of keeping rings."""
    # Compiled code is loaded only when there are obstacles: the rest needs no compiler.
    from coverage_model.sight._regions import sweep_regions  # noqa: PLC0415
    from coverage_model.sight._sweep import (  # noqa: PLC0415
        LOW_OBSTACLE,
        NARROW,
        sweep,
        sweep_with_shadows,
    )
    from coverage_model.sight.positions import UNRESOLVED, place_cameras  # noqa: PLC0415

    # pandas hands out read-only columns, for which everything would be compiled once more.
    given = (x_m, y_m, azimuth_deg, hfov_deg, near_m, mount_height_m, np.atleast_1d(far_m))
    plain = (np.require(values, np.float64, ["C", "W"]) for values in given)
    x, y, azimuth, hfov, near, mount, far = plain
    lens = None
    if len(index.heights) and np.isfinite(index.heights).any():
        lens = mount if height_given is None else np.where(height_given, mount, np.nan)
    placed = place_cameras(
        x, y, azimuth_deg=azimuth, hfov_deg=hfov, index=index, snap_tolerance_m=snap_tolerance_m,
        mount_height_m=lens,
    )  # fmt: skip
    over = roofs_under(placed, index)
    far = far if far.ndim == 2 else far[:, None]
    area = np.zeros(far.shape)
    # Neighbours one after the other, so that what the index holds of a place is read once.
    order = np.lexsort([placed.x_m // (4 * index.cell), placed.y_m // (4 * index.cell)])
    order = order[placed.code[order] != UNRESOLVED]
    as_picture = np.zeros(len(far), dtype=bool) if shaped is None else shaped
    parts_of = [order[~as_picture[order]], order[as_picture[order]]]
    chunks = [part[k : k + CHUNK] for part in parts_of for k in range(0, len(part), CHUNK)]
    region_of = np.cumsum(as_picture) - 1
    views = (placed.x_m, placed.y_m, azimuth, hfov, near, far, mount)
    step = math.radians(MAX_CHORD_DEG)

    def run_regions(rows: npt.NDArray[np.int64]) -> list[_Part]:
        assert regions is not None  # noqa: S101 (there is no shaped view without)
        # Row by row, then level by level.
        place = np.arange(len(rows))[:, None] + len(rows) * np.arange(len(regions))
        laid = joined([each.take(region_of[rows]) for each in regions]).take(place.ravel())
        ring_start = laid.ring_start[laid.polygon_start]
        areas, flags, *packed = sweep_regions(
            rows, placed.x_m, placed.y_m, mount, float(target_height_m), over, laid.xy, ring_start,
            step, *index.edge_arrays,
        )  # fmt: skip
        area[rows] = areas
        return [_Part(rows, flags == NARROW, *packed)]

    def run_sectors(rows: npt.NDArray[np.int64]) -> list[_Part]:
        level = rows[over[rows] == 0]
        areas, flags, *packed = sweep(level, *views, step, *index.edge_arrays)
        area[level] = areas
        above = np.concatenate([level[flags == LOW_OBSTACLE], rows[over[rows] > 0]])
        parts = [_Part(level, flags == NARROW, *packed)]
        if len(above):
            areas, flags, *packed = sweep_with_shadows(
                above, *views, float(target_height_m), over, step, *index.edge_arrays
            )
            area[above] = areas
            parts.append(_Part(above, flags == NARROW, *packed))
        return parts

    def run(rows: npt.NDArray[np.int64]) -> list[_Part]:
        parts = run_regions(rows) if as_picture[rows[0]] else run_sectors(rows)
        if shapes is None:
            return parts
        for part in parts:
            part.fill(shapes, 0, 1)
        return []

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        kept = tuple(part for done in pool.map(run, chunks) for part in done)
    return Swept(
        area_m2=area,
        x_m=placed.x_m,
        y_m=placed.y_m,
        moved_m=placed.moved_m,
        position_status=placed.status,
        _parts=kept,
    )


def roofs_under(placed: Positions, index: ObstacleIndex) -> npt.NDArray[np.int64]:
    """How many footprints lie under each camera that stands on a roof; 0 for all others."""
    from coverage_model.sight.grid import winding_at  # noqa: PLC0415 - compiled
    from coverage_model.sight.positions import ON_ROOF  # noqa: PLC0415

    edges, _, starts, winding, grid, shape = index.place_arrays
    over = np.zeros(len(placed.x_m), dtype=np.int64)
    for row in np.flatnonzero(placed.code == ON_ROOF):  # few
        over[row] = winding_at(
            placed.x_m[row], placed.y_m[row], edges, starts, winding, grid, shape
        )
    return over


def _index(obstacles: Any, sectors: gpd.GeoDataFrame) -> ObstacleIndex:
    from coverage_model.sight.grid import index_obstacles  # noqa: PLC0415 - as above

    if not isinstance(obstacles, gpd.GeoDataFrame):
        return obstacles
    if obstacles.crs != sectors.crs:
        raise CRSError(
            "obstacles",
            [
                Fault(
                    f"obstacles are in {obstacles.crs} but cameras in {sectors.crs}",
                    "Convert one of them with coverage_model.base.crs.to_crs",
                )
            ],
        )
    return index_obstacles(obstacles)
