"""Areas that share ground: which, and all of them as one."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from coverage_model.cover.overlay import overlaid

# Less than this between two areas is the rounding of a border that both have.
SLIVER_M2 = 1e-3


def overlapping_pairs(areas: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    """Names of the areas that share ground, two and two; borders alone are not ground."""
    shapes = np.asarray(areas.geometry.array)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(overlaid(shapes[one], shapes[other], inside=True))
    names = areas["area_name"].to_numpy()
    shared = shared > SLIVER_M2
    return [(names[i], names[j]) for i, j in zip(one[shared], other[shared], strict=True)]


def area_union(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return all areas as one."""
    whole = shapely.union_all(np.asarray(areas.geometry.array))
    return gpd.GeoDataFrame(
        {"area_code": ["ALL"], "area_name": ["All areas"]}, geometry=[whole], crs=areas.crs
    )
