"""Gaps: the ground that no view sees, cut into places that can be ranked and visited."""

from __future__ import annotations

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

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
    ...     {"view_basis": ["given"]}, geometry=[box(10, 10, 20, 20)], crs="EPSG:27700",
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
        found = laid.gaps

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
