"""How many cameras see each cell of a grid: for pictures of a whole city.

Figures come from :mod:`coverage_model.cover.coverage`, which is exact. The raster is for the eye
and for other programs; a cell counts as seen where its centre is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base.compiled import compiled
from coverage_model.base.errors import Faults
from coverage_model.base.ragged import pack
from coverage_model.cover.mosaic import one_level
from coverage_model.cover.overlay import Geometries, union_by

CELL_M = 2.0
MAX_CELLS = 500_000_000
"""Most cells in one raster: 1 GB. All of Greater London at 2 m has 650 million."""

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class DepthRaster:
    """Cameras that see the centre of each cell.

    Parameters
    ----------
    array
        Counts, shape (rows, columns), the northernmost row first as in a picture.
    bounds
        West, south, east and north edge, in m; whole multiples of the cell.
    cell_m
        Side of a cell, in m.
    crs
        The CRS of the views.
    """

    array: NDArray[np.uint16]
    bounds: Bounds
    cell_m: float
    crs: object

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """Affine coefficients ``a, b, c, d, e, f`` as rasterio and GDAL's world files order them.

        ``x = a · column + b · row + c`` and ``y = d · column + e · row + f`` for cell corners.
        """
        west, _, _, north = self.bounds
        return (self.cell_m, 0.0, west, 0.0, -self.cell_m, north)

    def area_m2(self, *, depth: int = 1) -> float:
        """Ground that at least ``depth`` cameras see."""
        return float(np.count_nonzero(self.array >= depth)) * self.cell_m**2


def depth_raster(
    visible: gpd.GeoDataFrame, *, cell_m: float = CELL_M, bounds: Bounds | None = None
) -> DepthRaster:
    """Count the cameras that see each cell of a grid.

    Parameters
    ----------
    visible
        A ``schemas.VisibleAreas`` frame at one level; not changed. Rows of basis ``reach`` are left
        out. Several views of one camera count as one camera.
    cell_m
        Side of a cell, in m. Cells are aligned with the origin of the CRS, so that rasters of
        neighbouring windows fit together.
    bounds
        Window (west, south, east, north), widened to whole cells; the extent of the views if not
        given.

    Returns
    -------
    DepthRaster

    Raises
    ------
    InputError
        If the frame mixes image-quality levels, or the window has more than ``MAX_CELLS`` cells
        (two bytes each). :func:`depth_tiles` goes through a larger one piece by piece.

    Notes
    -----
    Scan lines: along the row of cell centres, the outline of a view is entered and left in turns.
    One is added at each entry and taken off at each exit; running sums along the rows then give all
    counts at once, whatever the depth.

    Examples
    --------
    >>> from shapely import box
    >>> views = gpd.GeoDataFrame(
    ...     {"camera_id": ["a", "b"], "view_basis": "given", "level": "detect"},
    ...     geometry=[box(0, 0, 4, 2), box(2, 0, 6, 2)], crs="EPSG:27700",
    ... )
    >>> depth_raster(views).array.tolist()
    [[1, 2, 1]]
    """
    _positive(cell_m)
    views = _views(visible)
    if bounds is None:
        window = shapely.total_bounds(views) if len(views) else np.zeros(4)
    else:
        window = np.array(bounds, dtype=float)
    edges = np.round(window / cell_m, 9)
    low = np.floor(edges[:2]).astype(np.int64)
    high = np.ceil(edges[2:]).astype(np.int64)
    columns, rows = (int(size) for size in np.maximum(high - low, 0))
    if columns * rows > MAX_CELLS:
        faults = Faults("depth raster")
        faults.add(
            f"{rows:,} × {columns:,} cells of {cell_m:g} m are more than {MAX_CELLS:,}",
            "Take larger cells, a smaller window, or depth_tiles",
        )
        faults.raise_if_any()
    return DepthRaster(
        _scan(views, low, rows=rows, columns=columns, cell_m=cell_m),
        (
            float(low[0] * cell_m),
            float(low[1] * cell_m),
            float((low[0] + columns) * cell_m),
            float((low[1] + rows) * cell_m),
        ),
        cell_m,
        visible.crs,
    )


def depth_tiles(
    visible: gpd.GeoDataFrame, *, cell_m: float = CELL_M, tile_cells: int = 4096
) -> Iterator[DepthRaster]:
    """Count the cameras that see each cell, tile by tile, for extents of any size.

    Parameters
    ----------
    visible, cell_m
        As for :func:`depth_raster`.
    tile_cells
        Cells along the side of a tile; a tile takes twice its square in bytes.

    Yields
    ------
    DepthRaster
        Each tile that a view reaches into, from south to north and west to east. Tiles do not
        overlap and are aligned with the origin of the CRS.
    """
    _positive(cell_m)
    views = _views(visible)
    if len(views) == 0:
        return
    side = tile_cells * cell_m
    tree = shapely.STRtree(views)
    west, south, east, north = np.floor(shapely.total_bounds(views) / side).astype(int)
    for row in range(south, north + 1):
        for column in range(west, east + 1):
            box = (column * side, row * side, (column + 1) * side, (row + 1) * side)
            here = tree.query(shapely.box(*box))
            if len(here):
                low = np.array([column, row], dtype=np.int64) * tile_cells
                array = _scan(views[here], low, rows=tile_cells, columns=tile_cells, cell_m=cell_m)
                if array.any():
                    yield DepthRaster(array, box, cell_m, visible.crs)


def _positive(cell_m: float) -> None:
    if not cell_m > 0:
        faults = Faults("depth raster")
        faults.add(f"cell_m is {cell_m}", "Give a length in metres above 0")
        faults.raise_if_any()


def _views(visible: gpd.GeoDataFrame) -> Geometries:
    """One geometry a camera: what all of its views see."""
    one_level(visible)
    seen = visible.loc[visible["view_basis"].ne("reach") & ~visible.geometry.is_empty]
    geometry = np.asarray(seen.geometry.to_numpy())
    camera, names = pd.factorize(seen["camera_id"])
    several = np.bincount(camera, minlength=len(names))[camera] > 1
    if several.any():
        merged = union_by(geometry[several], camera[several])[1]
        geometry = np.concatenate([geometry[~several], merged])
    return geometry


def _scan(
    views: Geometries, low: NDArray[np.int64], *, rows: int, columns: int, cell_m: float
) -> NDArray[np.uint16]:
    """Count the views over each cell centre of a window whose lower left cell is ``low``."""
    rings = pack(views)
    # A column more than the window takes what is left beyond its eastern edge.
    counts = np.zeros((rows, columns + 1), dtype=np.uint16)
    if rows and columns and len(rings.xy):
        west, south = (low + 0.5) * cell_m  # so that cell centres lie at whole numbers
        _mark(rings.xy, rings.ring_start, rings.hole, west, south, 1 / cell_m, counts)
    return counts[::-1, :-1]


@compiled
def _mark(  # type: ignore[no-untyped-def]  # noqa: PLR0917 - compiled: plain arrays
    xy, ring_start, hole, west, south, scale, counts
):
    """Count polygons over cell centres, which lie at whole numbers after shift and scale."""
    rows, columns = counts.shape
    columns -= 1
    # A row enters a shell where the ring, run anticlockwise, goes down, and leaves it where it goes
    # up; so crossings need no pairing. Unsigned sums wrap round and come back.
    for r in range(len(ring_start) - 1):
        first, last = ring_start[r], ring_start[r + 1]
        twice = 0.0
        for i in range(first, last - 1):
            twice += (xy[i, 0] - xy[first, 0]) * (xy[i + 1, 1] - xy[first, 1])
            twice -= (xy[i + 1, 0] - xy[first, 0]) * (xy[i, 1] - xy[first, 1])
        enter = 1 if (twice > 0.0) != hole[r] else -1
        for i in range(first, last - 1):
            x1, y1 = (xy[i, 0] - west) * scale, (xy[i, 1] - south) * scale
            x2, y2 = (xy[i + 1, 0] - west) * scale, (xy[i + 1, 1] - south) * scale
            if y1 == y2:
                continue
            sign = -enter
            if y1 > y2:
                x1, y1, x2, y2 = x2, y2, x1, y1
                sign = enter
            bottom, top = max(int(np.ceil(y1)), 0), min(int(np.ceil(y2)), rows)
            if bottom >= top:
                continue
            slope = (x2 - x1) / (y2 - y1)
            for row in range(bottom, top):
                column = int(np.ceil(x1 + (row - y1) * slope))
                column = min(max(column, 0), columns)
                counts[row, column] += np.uint16(sign)
    for row in range(rows):
        total = np.uint16(0)
        for column in range(columns):
            total += counts[row, column]
            counts[row, column] = total
