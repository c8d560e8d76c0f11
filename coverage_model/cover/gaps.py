"""Gaps: the ground that no view sees, cut into places that can be ranked and visited."""

from __future__ import annotations

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from coverage_model.base.layer import Layer, frame_of
from coverage_model.cover.mosaic import Mosaic, mosaic
from coverage_model.cover.overlay import Geometries, Pieces, overlaid, union_by


def coverage_gaps(
    visible: gpd.GeoDataFrame,
    areas: Layer,
    *,
    obstacles: Layer | None = None,
    min_area_m2: float = 0.0,
    cell_m: float | Literal["auto"] | None = "auto",
    ground: Mosaic | None = None,
) -> gpd.GeoDataFrame:
    """Find the ground of each area that no view sees.

    Parameters
    ----------
    visible
        A ``schemas.VisibleAreas`` frame at one level. What cameras could merely reach fills no gap.
    areas
        A ``schemas.Areas`` frame in the same CRS.
    obstacles
        Buildings: their ground is no gap, since it is no public realm.
    min_area_m2
        Leave out gaps smaller than this. With the default of 0 the gaps of an area add up to its
        ``gap_m2``.
    cell_m
        Side of the squares of the CRS's grid that gaps are cut along, in m. Cones are small beside
        a borough, so that its uncut gap is one polygon with thousands of holes, of no use as a
        place; and a square stays where it is when cameras are added. ``auto`` is 500 m, doubled
        until at most 20,000 squares span the areas. ``None`` gives the uncut, connected polygons.
    ground
        What :func:`~coverage_model.cover.mosaic.mosaic` made of the same views, areas and
        buildings, where it is at hand; its tiles are then the squares.

    Returns
    -------
    GeoDataFrame
        A ``schemas.Gaps`` frame, in the order of ``areas`` and largest first within an area;
        gaps of the same size (to 1 mm²) run from north to south, then from west to east.
        ``gap_id`` is the area's code and the rank.

    Examples
    --------
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(
    ...     {"area_code": ["E1"], "area_name": ["One"]}, geometry=[box(0, 0, 1000, 500)],
    ...     crs="EPSG:27700",
    ... )
    >>> views = gpd.GeoDataFrame(
    ...     {"camera_id": ["a"], "view_basis": "given", "ownership": "public",
    ...      "integration": "public", "level": "detect"},
    ...     geometry=[box(10, 10, 20, 20)], crs="EPSG:27700",
    ... )
    >>> coverage_gaps(views, areas)[["gap_id", "gap_m2"]].values.tolist()
    [['E1-0001', 250000.0], ['E1-0002', 249900.0]]
    """
    areas = frame_of(areas)
    obstacles = None if obstacles is None else frame_of(obstacles)
    if cell_m is None:
        found = _connected(visible, np.asarray(areas.geometry.to_numpy()), obstacles)
    else:
        side = None if cell_m == "auto" else float(cell_m)
        laid = (
            mosaic(visible, areas, obstacles=obstacles, size_m=side, outside=False)
            if ground is None
            else ground
        )
        found = _joined(laid.gaps, laid.size_m)

    size = shapely.area(found.geometry)
    box = shapely.bounds(found.geometry)
    kept = np.flatnonzero((size > 0) & (size >= min_area_m2))
    ranking = (box[:, 0], -box[:, 3], -np.round(size, 6), found.area)
    order = kept[np.lexsort([key[kept] for key in ranking])]
    area = found.area[order]
    rank = np.arange(len(area)) - np.searchsorted(area, area) + 1
    code = areas["area_code"].to_numpy()[area]
    gaps = pd.DataFrame(
        {
            "gap_id": [f"{name}-{place:04d}" for name, place in zip(code, rank, strict=True)],
            "area_code": code,
            "area_name": areas["area_name"].to_numpy()[area],
            "gap_m2": size[order],
        }
    )
    return gpd.GeoDataFrame(gaps, geometry=found.geometry[order], crs=areas.crs)


def _joined(pieces: Pieces, size_m: float) -> Pieces:
    """Join pieces that the grid cut apart, where together they are no larger than a square."""
    shapes, most = pieces.geometry, size_m**2 * (1 + 1e-9)
    if len(shapes) == 0:
        return pieces
    # What touches a side of its square; a piece within its square hangs together with none.
    west, south, east, north = shapely.bounds(shapes).T
    column, row = np.floor((west + east) / 2 / size_m), np.floor((south + north) / 2 / size_m)
    corner = column * size_m, row * size_m
    square = shapely.box(*corner, corner[0] + size_m, corner[1] + size_m)
    edges = shapely.intersection(shapely.boundary(shapes), shapely.boundary(square))
    one, two = shapely.STRtree(edges).query(edges, predicate="intersects")
    beside = (one < two) & (pieces.area[one] == pieces.area[two])
    one, two = one[beside], two[beside]
    shared = shapely.length(shapely.intersection(edges[one], edges[two])) > 0
    count = len(shapes)
    graph = coo_array((np.ones(shared.sum()), (one[shared], two[shared])), shape=(count, count))
    _, group = connected_components(graph, directed=False)
    size = np.bincount(group, weights=shapely.area(shapes))
    several = np.bincount(group) > 1
    together = ((size <= most) & several)[group]
    ids, unions = union_by(shapes[together], group[together])
    first = np.unique(group, return_index=True)[1]
    return Pieces(
        row=np.concatenate([pieces.row[~together], pieces.row[first[ids]]]),
        area=np.concatenate([pieces.area[~together], pieces.area[first[ids]]]),
        geometry=np.concatenate([shapes[~together], unions]),
    )


def _connected(
    visible: gpd.GeoDataFrame, shapes: Geometries, obstacles: gpd.GeoDataFrame | None
) -> Pieces:
    """Take all covered ground out of each area at once, and part what does not hang together."""
    filled = [visible.geometry[visible["view_basis"].ne("reach")].to_numpy()]
    if obstacles is not None:
        filled.append(obstacles.geometry.to_numpy())
    covered = np.concatenate(filled).astype(object)
    covered = covered[shapely.get_dimensions(covered) == 2]
    area, row = shapely.STRtree(covered).query(shapes, predicate="intersects")
    some, unions = union_by(covered[row], area)
    left = shapes.copy()
    left[some] = overlaid(shapes[some], unions, inside=False)
    parts, area = shapely.get_parts(left, return_index=True)
    return Pieces(row=area, area=area, geometry=parts)
