"""Coverage at every image-quality level of a table, from one sweep of the views."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base.ragged import pack
from coverage_model.cover.layers import ground_of_layers
from coverage_model.cover.overlay import first_area, sum_by
from coverage_model.optics.pixel_density import DEFAULT_LEVEL_TABLE, DistanceForm, levels
from coverage_model.optics.sectors import ViewAssumptions, view_sectors
from coverage_model.sight.grid import ObstacleIndex, obstacle_index
from coverage_model.sight.visibility import (
    SNAP_TOLERANCE_M,
    regions_of,
    shaped_views,
    sweep_views,
)


def coverage_at_levels(
    cameras: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    table: str | Path = DEFAULT_LEVEL_TABLE,
    obstacles: gpd.GeoDataFrame | None = None,
    index: ObstacleIndex | None = None,
    assumptions: ViewAssumptions | None = None,
    form: DistanceForm = "planar",
    snap_tolerance_m: float = SNAP_TOLERANCE_M,
    building_m2: NDArray[np.float64] | None = None,
    threads: int | None = None,
) -> pd.DataFrame:
    """Measure how much of each area is covered at each level of a table.

    Parameters
    ----------
    cameras
        A ``schemas.Cameras`` frame; views of basis ``reach`` do not count.
    areas
        A ``schemas.Areas`` frame in the same CRS. Where areas overlap, ground counts in each.
    table
        Name of an embedded table of levels, or the path of one, as for
        :func:`~coverage_model.optics.pixel_density.levels`.
    obstacles
        A ``schemas.Obstacles`` frame, or none for open ground.
    index
        Their index, where it is at hand.
    assumptions, form
        As for :func:`~coverage_model.optics.sectors.view_sectors`.
    building_m2
        Ground under buildings in each area, where it is at hand.
    snap_tolerance_m, threads
        As for :func:`~coverage_model.sight.visibility.visible_areas`.

    Returns
    -------
    DataFrame
        A ``schemas_beside.CoverageByLevel`` frame: areas in their order, each with the levels from
        the coarsest to the finest. A finer level never covers more.

    Raises
    ------
    InputError
        If the table is unknown, or a view that is not a reach has no heading.
    CRSError
        If cameras and obstacles are in different systems.

    Notes
    -----
    What a view sees at a finer level is part of what it sees at a coarser one: the buildings are
    swept once and cut at each distance. Drawn with chords an arc strays up to 0.1 % of its radius,
    so where two levels are nearly as far the least area of both is given.

    Examples
    --------
    >>> from coverage_model.base.datasets import boroughs
    >>> from coverage_model.reading.illustrative import illustrative_frame
    >>> city = boroughs("overview").iloc[:1]
    >>> found = coverage_at_levels(illustrative_frame(boroughs=["E09000001"]), city)
    >>> bool((found["covered_m2"].diff().dropna() <= 0).all())
    True
    """
    known = levels(table)
    views = cameras[cameras["view_basis"].ne("reach")]
    taken = assumptions or ViewAssumptions.from_coefficients()
    cones = [view_sectors(views, level=level, assumptions=taken, form=form) for level in known]
    first = cones[0]
    shaped = shaped_views(first)
    # The near edge is that of the blind zone at any level; a level that ends before it is empty.
    swept = sweep_views(
        *(first[name].to_numpy(dtype=float) for name in ("x_m", "y_m")),
        azimuth_deg=first["azimuth_deg"].to_numpy(dtype=float),
        hfov_deg=first["hfov_deg"].to_numpy(dtype=float),
        near_m=first["near_m"].to_numpy(dtype=float),
        far_m=np.column_stack([cone["far_m"].to_numpy(dtype=float) for cone in cones]),
        mount_height_m=first["mount_height_m"].to_numpy(dtype=float),
        index=obstacle_index(obstacles if index is None else index, cameras),
        snap_tolerance_m=snap_tolerance_m,
        target_height_m=taken.target_height_m,
        threads=threads,
        regions=[regions_of(cone, shaped) for cone in cones] if shaped.any() else None,
        shaped=shaped,
        height_given=~first["assumed_fields"].str.contains("mount_height_m").to_numpy(dtype=bool),
    )
    shapes = np.asarray(areas.geometry.to_numpy())
    layers = [swept.rings(k)[0] for k in range(len(known))]
    covered = np.minimum.accumulate(ground_of_layers(layers, shapes), axis=1)

    total = shapely.area(shapes)
    realm = np.full(len(areas), np.nan)
    if building_m2 is not None:
        realm = total - building_m2
    elif obstacles is not None:
        realm = total - ground_of_layers([pack(obstacles.geometry.to_numpy())], shapes)[:, 0]
    sees = pd.DataFrame(swept.area_m2 > 0).groupby(views["camera_id"].to_numpy(), sort=False).any()
    place = views.drop_duplicates("camera_id")
    here = first_area(place.geometry.to_numpy(), shapes)
    cameras_seeing = sum_by(sees.to_numpy()[here >= 0], here[here >= 0], len(areas)).astype(int)

    count = len(known)
    return pd.DataFrame(
        {
            "area_code": np.repeat(areas["area_code"].to_numpy(), count),
            "area_name": np.repeat(areas["area_name"].to_numpy(), count),
            "level": np.tile([each.name for each in known], len(areas)),
            "px_per_m": np.tile([each.px_per_m for each in known], len(areas)),
            "area_m2": np.repeat(total, count),
            "covered_m2": covered.ravel(),
            "covered_share": _share(covered, total),
            "covered_public_realm_share": _share(covered, realm),
            "cameras_seeing": cameras_seeing.ravel(),
        }
    )


def _share(covered: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = np.broadcast_to(whole[:, None], covered.shape)
    share = np.divide(covered, whole, out=np.full(covered.shape, np.nan), where=whole > 0)
    return np.asarray(share.ravel())
