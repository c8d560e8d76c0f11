"""Who watches the covered ground: public cameras, private ones, both, or nobody known."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model._overlay import split_by_areas, union_by
from coverage_model.coverage import TIERS, ownership_tier


def ownership_areas(
    faces: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Merge covered ground by ownership tier, for drawing.

    Parameters
    ----------
    faces
        A ``schemas.CoverageFaces`` frame.
    areas
        A ``schemas.Areas`` frame in the same CRS, to cut the tiers along its borders; ground
        outside the areas is then left out. Without it, each tier is one geometry.

    Returns
    -------
    GeoDataFrame
        ``tier`` (``public_only``, ``private_only``, ``both``, ``unknown_only``; see
        :func:`~coverage_model.coverage.ownership_tier`), ``area_m2`` and the merged geometry; with
        ``areas`` also ``area_code`` and ``area_name``, in their order. Tiers without ground have
        no row.

    Examples
    --------
    >>> from shapely import box
    >>> faces = gpd.GeoDataFrame(
    ...     {"depth_public": [1, 1, 0], "depth_private": [0, 1, 1]},
    ...     geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)], crs="EPSG:27700",
    ... )
    >>> ownership_areas(faces)["tier"].tolist()
    ['public_only', 'private_only', 'both']
    """
    tier = pd.Categorical(ownership_tier(faces), categories=TIERS).codes.astype(np.intp)
    geometry = np.asarray(faces.geometry.to_numpy())
    group = tier
    if areas is not None:
        pieces = split_by_areas(geometry, np.asarray(areas.geometry.to_numpy()))
        geometry, group = pieces.geometry, pieces.area * len(TIERS) + tier[pieces.row]
    groups, unions = union_by(geometry, group)
    columns = {"tier": np.array(TIERS, dtype=object)[groups % len(TIERS)]}
    if areas is not None:
        area = groups // len(TIERS)
        columns = {
            name: areas[name].to_numpy()[area] for name in ("area_code", "area_name")
        } | columns
    frame = pd.DataFrame(columns | {"area_m2": shapely.area(unions)})
    return gpd.GeoDataFrame(frame, geometry=unions, crs=faces.crs)
