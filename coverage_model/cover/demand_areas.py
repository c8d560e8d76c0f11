"""Demand that comes as polygons with weights: residents of a census area, for example.

Nobody knows where in the polygon its people are, so the weight is spread evenly over its ground:
its public realm where buildings are given, since no street camera sees indoors, else all of it.
What views see of that ground is the share of the weight that counts as covered.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.cover.overlay import (
    TILE_M,
    Geometries,
    Rows,
    overlaid,
    split_by_areas,
    sum_by,
    tiled_union,
)


def is_polygonal(demand: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which rows of demand are polygons and not points."""
    return np.asarray(shapely.get_dimensions(demand.geometry.to_numpy()) == 2)


def polygon_demand_covered(
    visible: gpd.GeoDataFrame,
    polygons: gpd.GeoDataFrame,
    *,
    obstacles: gpd.GeoDataFrame | None = None,
) -> pd.Series:
    """Find the share of each polygon's weight that views see.

    Parameters
    ----------
    visible
        A ``schemas.VisibleAreas`` frame at one level. Reach does not count.
    polygons
        A ``schemas.DemandPoints`` frame of polygons, in the same CRS.
    obstacles
        Buildings, whose ground is left out on both sides of the division.

    Returns
    -------
    Series of float
        0 to 1, with the index of ``polygons``: ground seen by ground, so 0 where a polygon has no
        ground outside buildings.

    Examples
    --------
    >>> from shapely import box
    >>> lots = gpd.GeoDataFrame({"weight": [1500.0]}, geometry=[box(0, 0, 10, 10)], crs=27700)
    >>> views = gpd.GeoDataFrame({"view_basis": ["given"]}, geometry=[box(0, 0, 10, 4)], crs=27700)
    >>> polygon_demand_covered(views, lots).tolist()
    [0.4]
    """
    shapes = np.asarray(polygons.geometry.to_numpy())
    even = polygons.assign(weight=1.0)
    found = weight_of_parts(visible, even, shapes, np.arange(len(shapes)), obstacles=obstacles)
    return pd.Series(found[:, 1], index=polygons.index, name="covered_share")


def weight_of_parts(
    visible: gpd.GeoDataFrame,
    polygons: gpd.GeoDataFrame,
    parts: Geometries,
    of: Rows,
    *,
    obstacles: gpd.GeoDataFrame | None = None,
) -> NDArray[np.float64]:
    """Weigh parts of demand polygons, and what views see of them.

    Parameters
    ----------
    visible, polygons, obstacles
        As for :func:`polygon_demand_covered`.
    parts, of
        Parts of the polygons, and the row of the polygon that each is of.

    Returns
    -------
    ndarray
        Weight and weight covered, shape (parts, 2).
    """
    shapes = np.asarray(polygons.geometry.to_numpy())
    rate = _rate(polygons, obstacles)[of]
    views = np.asarray(visible.geometry[visible["view_basis"].ne("reach")].to_numpy())
    seen = tiled_union(views, size_m=TILE_M)
    open_seen = seen.geometry.copy()
    ground = shapely.area(parts)
    if obstacles is not None:
        footprints = np.asarray(obstacles.geometry.to_numpy())
        built = tiled_union(_near(footprints, shapes), size_m=TILE_M)
        row = built.row_of(seen.cell)
        some = row >= 0
        open_seen[some] = overlaid(open_seen[some], built.geometry[row[some]], inside=False)
        ground = np.maximum(ground - _area_in(built.geometry, parts), 0)
    # A polygon all under buildings has no rate: its weight is there, and unseen.
    roofed = np.isnan(rate)
    plain = (polygons["weight"].to_numpy(dtype=float) / shapely.area(shapes))[of]
    weight = np.where(roofed, plain * shapely.area(parts), np.nan_to_num(rate) * ground)
    covered = np.nan_to_num(rate) * _area_in(open_seen, parts)
    return np.column_stack([weight, np.minimum(covered, weight)])


def uncovered_in(
    gaps: Geometries, polygons: gpd.GeoDataFrame, *, obstacles: gpd.GeoDataFrame | None = None
) -> NDArray[np.float64]:
    """Add up the weight of demand polygons on the ground of each gap (buildings already out)."""
    pieces = split_by_areas(gaps, np.asarray(polygons.geometry.to_numpy()))
    rate = np.nan_to_num(_rate(polygons, obstacles))
    return sum_by(rate[pieces.area] * shapely.area(pieces.geometry), pieces.row, len(gaps))


def _rate(polygons: gpd.GeoDataFrame, obstacles: gpd.GeoDataFrame | None) -> NDArray[np.float64]:
    """Weight a square metre of each polygon's ground; NaN where it has none."""
    shapes = np.asarray(polygons.geometry.to_numpy())
    ground = area = shapely.area(shapes)
    if obstacles is not None:
        footprints = _near(np.asarray(obstacles.geometry.to_numpy()), shapes)
        ground = area - _area_in(tiled_union(footprints, size_m=TILE_M).geometry, shapes)
    weight = polygons["weight"].to_numpy(dtype=float)
    # Less than a millionth of it open is rounding.
    open_ = ground > 1e-6 * area
    return np.divide(weight, ground, out=np.full(len(weight), np.nan), where=open_)


def _near(geometries: Geometries, shapes: Geometries) -> Geometries:
    """Keep what lies within the extent of the polygons; the rest would only cost time."""
    if len(shapes) == 0:
        return geometries[:0]
    frame = shapely.box(*shapely.total_bounds(shapes))
    return geometries[shapely.intersects(geometries, frame)]


def _area_in(geometries: Geometries, shapes: Geometries) -> NDArray[np.float64]:
    pieces = split_by_areas(geometries, shapes)
    return sum_by(shapely.area(pieces.geometry), pieces.area, len(shapes))
