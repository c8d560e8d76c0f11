"""The ground that cameras stand on, where that is a small part of the areas reported for."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

SMALL_SHARE = 0.35
"""Of the width and the height of all areas: cameras that span less were studied by themselves."""

MARGIN_M = 100.0
"""Takes in most of what the outermost cameras see, and keeps the ground of one camera a polygon."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Ground around cameras, and what of it they see.

    Parameters
    ----------
    area_names
        Areas that a camera stands in, the one with most of the ground first.
    area_m2, covered_m2
        The ground, and what at least one view sees of it.
    """

    area_names: tuple[str, ...]
    area_m2: float
    covered_m2: float

    @property
    def covered_share(self) -> float:
        """Covered share of the ground."""
        return self.covered_m2 / self.area_m2 if self.area_m2 else float("nan")


def extent(cameras: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return the convex hull of cameras, 100 m wider on all sides."""
    hull = shapely.convex_hull(shapely.union_all(cameras.geometry.array))
    return shapely.buffer(hull, MARGIN_M)


def surroundings(
    cameras: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, visible: gpd.GeoDataFrame
) -> Surroundings | None:
    """Measure the extent of the cameras within the areas.

    Parameters
    ----------
    cameras, areas, visible
        ``schemas.Cameras``, ``schemas.Areas`` and ``schemas.VisibleAreas``, in one CRS.

    Returns
    -------
    Surroundings or None
        None without cameras, where they span 35% of the areas' width or height or more, or where
        none stands in an area.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"area_name": ["One"]}, geometry=[shapely.box(0, 0, 9e3, 9e3)])
    >>> camera = gpd.GeoDataFrame(geometry=[shapely.Point(500, 500)])
    >>> square = shapely.box(490, 490, 510, 510)
    >>> view = gpd.GeoDataFrame({"view_basis": ["given"]}, geometry=[square])
    >>> found = surroundings(camera, areas, view)
    >>> found.area_names, round(found.area_m2), found.covered_m2
    (('One',), 31214, 400.0)
    """
    if cameras.empty or areas.empty:
        return None
    west, south, east, north = cameras.total_bounds
    whole = areas.total_bounds
    spans = (east - west) / (whole[2] - whole[0]), (north - south) / (whole[3] - whole[1])
    if max(spans) > SMALL_SHARE:
        return None
    around = extent(cameras)
    parts = shapely.intersection(areas.geometry.to_numpy(), around)
    size = shapely.area(parts)
    if not size.any():
        return None
    ground = shapely.union_all(parts[size > 0])
    seen = visible.geometry[visible["view_basis"].ne("reach")].to_numpy()
    covered = shapely.area(shapely.intersection(shapely.union_all(seen), ground))
    stood = shapely.STRtree(cameras.geometry.to_numpy()).query(
        areas.geometry.to_numpy(), predicate="intersects"
    )[0]
    touched = np.unique(stood)
    ordered = touched[np.argsort(-size[touched], kind="stable")]
    names = areas["area_name"].to_numpy(dtype=object)[ordered]
    return Surroundings(tuple(names), float(shapely.area(ground)), float(covered))
