"""What each view still sees after buildings have cut it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.sectors import sector_area_m2

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


def visible_areas(
    sectors: gpd.GeoDataFrame,
    obstacles: gpd.GeoDataFrame | None = None,
    *,
    snap_tolerance_m: float = 2.0,
    target_height_m: float = 0.0,
    threads: int | None = None,
) -> gpd.GeoDataFrame:
    """Cut view cones by the buildings that stand in them.

    Parameters
    ----------
    sectors
        A ``schemas.Sectors`` frame; not changed.
    obstacles
        A ``schemas.Obstacles`` frame in the same CRS, or none for open ground.
    snap_tolerance_m
        How far a camera that lies in a building may be moved to its wall, in m.
    target_height_m
        Height above ground of what is to be seen, in m.
    threads
        Number of threads; all cores if not given. The result does not depend on it.

    Returns
    -------
    GeoDataFrame
        A ``schemas.VisibleAreas`` frame with the index and CRS of ``sectors``.
    """
    frame = pd.DataFrame(sectors[list(KEPT)])
    open_ground = sector_area_m2(
        hfov_deg=sectors["hfov_deg"], near_m=sectors["near_m"], far_m=sectors["far_m"]
    )
    frame["area_m2"] = open_ground
    frame["unobstructed_m2"] = open_ground
    frame["position_status"] = "free"
    frame["moved_m"] = 0.0
    geometry = sectors.geometry.to_numpy()
    if obstacles is not None and len(obstacles):
        geometry = _cut(sectors, obstacles, target_height_m)
        inside = np.zeros(len(frame), dtype=bool)
        points = shapely.points(sectors["x_m"], sectors["y_m"])
        inside[np.unique(obstacles.sindex.query(points, predicate="within")[0])] = True
        geometry[inside] = shapely.Polygon()
        frame.loc[inside, "position_status"] = "inside_unresolved"
        frame["area_m2"] = shapely.area(geometry)
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=sectors.crs)


def _cut(
    sectors: gpd.GeoDataFrame, obstacles: gpd.GeoDataFrame, target_height_m: float
) -> np.ndarray:
    """Subtract the hidden ground of each building from each cone."""
    cones = sectors.geometry.to_numpy()
    out = cones.copy()
    shapes = obstacles.geometry.to_numpy()
    heights = obstacles["height_m"].to_numpy(dtype=float)
    view, building = obstacles.sindex.query(cones, predicate="intersects")
    # Each cone has its own buildings, so there is nothing to vectorise over cones.
    for row in np.unique(view):
        camera = np.array([sectors["x_m"].iloc[row], sectors["y_m"].iloc[row]])
        mount, far = sectors["mount_height_m"].iloc[row], sectors["far_m"].iloc[row]
        hidden = []
        for which in building[view == row]:
            shape, height = shapes[which], heights[which]
            rings = shapely.get_rings(shapely.get_parts(shape))
            ends = [shapely.get_coordinates(ring) - camera for ring in rings]
            a = np.concatenate([ring[:-1] for ring in ends])
            b = np.concatenate([ring[1:] for ring in ends])
            k = np.inf
            if height < mount:
                k = max((mount - target_height_m) / (mount - height), 1.0)
            near = shapely.distance(
                shapely.linestrings(np.stack([a, b], axis=1)), shapely.Point(0, 0)
            )
            scale = np.minimum(k, 2 * far / np.maximum(near, 1e-9))[:, None]
            quads = np.stack([a, b, b * scale, a * scale], axis=1) + camera
            hidden += [shape, *shapely.make_valid(shapely.polygons(quads))]
            if np.isfinite(k):
                hidden.append(shapely.transform(shape, lambda c, k=k: (c - camera) * k + camera))
        out[row] = shapely.difference(cones[row], shapely.union_all(hidden))
    return out
