"""The exact partition of covered ground into faces, each seen by the same cameras."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.base.ragged import pack
from coverage_model.cover.mosaic import (
    JOINED,
    PRIVATE,
    PUBLIC,
    UNKNOWN,
    camera_views,
    one_level,
)
from coverage_model.cover.overlay import TILE_M
from coverage_model.cover.tiles import Tiles

SEEN_BY = (PUBLIC, PRIVATE, UNKNOWN, JOINED)
COLUMNS = ("depth_public", "depth_private", "depth_unknown", "depth_connected")


def coverage_faces(visible: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cut the covered ground into faces that do not overlap, and count the cameras seeing each.

    Parameters
    ----------
    visible
        A ``schemas.VisibleAreas`` frame at one level; not changed. Rows of basis ``reach`` are
        left out. Several views of one camera count as one camera.

    Returns
    -------
    GeoDataFrame
        A ``schemas.CoverageFaces`` frame. The faces' area is that of the union of the views. Faces
        end at the borders of tiles of 500 m.

    Raises
    ------
    InputError
        If the frame mixes image-quality levels.

    Examples
    --------
    >>> from shapely import box
    >>> views = gpd.GeoDataFrame(
    ...     {"camera_id": ["a", "b"], "ownership": ["public", "private"],
    ...      "integration": ["integrated", "none"], "view_basis": "given", "level": "detect"},
    ...     geometry=[box(0, 0, 2, 1), box(1, 0, 3, 1)], crs="EPSG:27700",
    ... )
    >>> coverage_faces(views)[["depth", "area_m2"]].sort_values("depth").values.tolist()
    [[1.0, 1.0], [1.0, 1.0], [2.0, 1.0]]
    """
    one_level(visible)
    views, weight, _ = camera_views(visible)
    # The sum of the cameras' numbers keeps apart faces that as many but other cameras see.
    number = np.arange(1, len(weight) + 1)[:, None]
    tiles = Tiles.of(
        pack(views), np.hstack([weight[:, SEEN_BY], number]), np.empty(0, dtype=object),
        size_m=TILE_M, everywhere=np.ones(len(weight), dtype=bool), bare=False,
    )  # fmt: skip
    depths, shapes = [np.empty((0, len(SEEN_BY)), dtype=np.int64)], [np.empty(0, dtype=object)]
    for k in range(len(tiles.cell)):
        found = tiles.partition(k).faces
        label, faces = found.polygons(np.arange(len(found.depth)) - 1)
        depths.append(found.depth[label + 1, : len(SEEN_BY)])
        shapes.append(faces)
    geometry, depth = np.concatenate(shapes), np.concatenate(depths)
    columns = {"depth": depth[:, :3].sum(axis=1)}
    columns |= dict(zip(COLUMNS, depth.T, strict=True))
    frame = pd.DataFrame(columns | {"area_m2": shapely.area(geometry)})
    frame.index.name = "face_id"
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=visible.crs)
