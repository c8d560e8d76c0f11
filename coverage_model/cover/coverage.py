"""Covered ground: where views overlap, how much of each area they cover, and what is left outside.

Only views count as coverage. What a turning camera could reach is measured beside it, never with
it.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from coverage_model.base.layer import Layer, frame_of
from coverage_model.cover.demand_areas import is_polygonal, weight_of_parts
from coverage_model.cover.faces import coverage_faces
from coverage_model.cover.mosaic import MEASURES, Mosaic, mosaic
from coverage_model.cover.overlay import (
    TILE_M,
    Geometries,
    areas_around,
    first_area,
    outside_areas,
    split_by_areas,
    sum_by,
    tiled_union,
)
from coverage_model.optics.pixel_density import Level
from coverage_model.reading.demand import demand_depth

__all__ = ["coverage_by_area", "coverage_faces", "coverage_total", "dissolve", "ownership_tier"]

GROUND = MEASURES[:-2]
"""Measures of covered ground and reach; buildings and gaps are no parts of a whole."""


def coverage_by_area(
    visible: gpd.GeoDataFrame,
    areas: Layer,
    *,
    level: Level | str,
    cameras: Layer,
    obstacles: Layer | None = None,
    demand: Layer | None = None,
    ground: Mosaic | None = None,
) -> gpd.GeoDataFrame:
    """Measure the coverage of each area: ground, depth, ownership, gaps and demand.

    Parameters
    ----------
    visible
        A ``schemas.VisibleAreas`` frame at one level.
    areas
        A ``schemas.Areas`` frame in the same CRS. Where areas overlap, ground, cameras and demand
        points are counted in each area they lie in.
    level
        The level the views are for, as a name or a
        :class:`~coverage_model.optics.pixel_density.Level`.
    cameras
        The ``schemas.Cameras`` frame the views come from. Each camera counts once, at the position
        of its first view; on a border it counts in the first of the areas.
    obstacles
        Buildings, whose ground is not public realm; without them those columns are empty.
    demand
        A ``schemas.DemandPoints`` frame of points or polygons; without it the demand columns are
        empty. A polygon counts in proportion to its ground, as in
        :mod:`coverage_model.cover.demand_areas`.
    ground
        What :func:`~coverage_model.cover.mosaic.mosaic` made of the same views, areas and
        buildings, where it is at hand.

    Returns
    -------
    GeoDataFrame
        A ``schemas.CoverageByArea`` frame with the index, order, CRS and geometry of ``areas``.

    Notes
    -----
    ``covered_m2`` is the sum of the depths and also the sum of the four ownership tiers.
    ``gap_m2`` is the ground that no view sees and no building covers.
    :func:`coverage_total` shows that the areas and what lies outside them make the whole.

    Examples
    --------
    >>> import sharedview as sv
    >>> town = sv.testing.town()
    >>> views = sv.visible_areas(sv.view_sectors(town.cameras), town.buildings)
    >>> found = coverage_by_area(views, town.areas, level="detect", cameras=town.cameras)
    >>> found["area_code"].tolist(), int(found["cameras"].sum())
    (['W1', 'W2'], 6)
    """
    areas = frame_of(areas)
    cameras = frame_of(cameras)
    obstacles = None if obstacles is None else frame_of(obstacles)
    demand = None if demand is None else frame_of(demand)
    shapes = np.asarray(areas.geometry.to_numpy())
    total = shapely.area(shapes)
    laid = mosaic(visible, areas, obstacles=obstacles) if ground is None else ground
    sums = laid.by_area.iloc[: len(areas)]
    covered, reach = sums["covered_m2"].to_numpy(), sums["reach_m2"].to_numpy()
    built = np.full(len(areas), np.nan) if obstacles is None else sums["building_m2"].to_numpy()
    realm = np.maximum(total - built, 0)

    counted = _cameras(cameras, visible)
    row, here = areas_around(counted.geometry.to_numpy(), shapes)
    stand = sum_by(counted.drop(columns="geometry").iloc[row], here, len(areas))
    columns: dict[str, Any] = {
        "area_code": areas["area_code"].to_numpy(),
        "area_name": areas["area_name"].to_numpy(),
        "level": level.name if isinstance(level, Level) else level,
        "area_m2": total,
        "building_m2": built,
        "public_realm_m2": realm,
        **dict(zip(CAMERAS, stand.astype(int).T, strict=True)),
        "covered_m2": covered,
        "covered_share": _share(covered, total),
        "covered_public_realm_share": _share(covered, realm),
        **{name: sums[name].to_numpy() for name in GROUND[1:-1]},
        "reach_m2": reach,
        "reach_share": _share(reach, total),
        "gap_m2": sums["gap_m2"].to_numpy(),
        "demand_weight": np.nan,
        "demand_covered_weight": np.nan,
        "demand_covered_share": np.nan,
    }
    if demand is not None:
        weights = _demand_by_area(demand, visible, shapes, obstacles)
        columns |= dict(zip(DEMAND, weights.T, strict=True))
        columns["demand_covered_share"] = _share(weights[:, 1], weights[:, 0])
    frame = pd.DataFrame(columns, index=areas.index)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=areas.crs)


def coverage_total(
    visible: gpd.GeoDataFrame,
    by_area: gpd.GeoDataFrame,
    *,
    cameras: gpd.GeoDataFrame,
    obstacles: gpd.GeoDataFrame | None = None,
    demand: gpd.GeoDataFrame | None = None,
    ground: Mosaic | None = None,
) -> pd.DataFrame:
    """Show that the areas' figures and what lies outside all areas make the whole.

    Parameters
    ----------
    visible, cameras, obstacles, demand, ground
        As for :func:`coverage_by_area`.
    by_area
        What :func:`coverage_by_area` returned for them.

    Returns
    -------
    DataFrame
        Rows ``areas`` (the sums of ``by_area``), ``outside`` (measured on what lies in no area) and
        ``whole`` (measured without any cutting). Columns are those of ``by_area`` that add up:
        cameras, covered ground by depth and ownership, reach and demand. The first two rows make
        the third, unless areas overlap.
    """
    shapes = np.asarray(by_area.geometry.to_numpy())
    laid = mosaic(visible, by_area, obstacles=obstacles) if ground is None else ground
    # What lies outside is measured on its own, not as a remainder, so that a wrong sum would show.
    outside, whole = (dict(laid.by_area.loc[name, list(GROUND)]) for name in ("outside", "whole"))

    tables = [_cameras(cameras, visible)]
    if demand is not None:
        points = demand.loc[~is_polygonal(demand)]
        tables.append(_demand(points, visible).assign(geometry=points.geometry))
    for table in tables:
        nowhere = first_area(table["geometry"].to_numpy(), shapes) < 0
        numbers = table.drop(columns="geometry")
        outside |= dict(numbers[nowhere].sum())
        whole |= dict(numbers.sum())
    if demand is not None and len(points) < len(demand):
        lots = demand.loc[is_polygonal(demand)]
        parts = np.asarray(lots.geometry.to_numpy())
        for figures, of in ((whole, parts), (outside, outside_areas(parts, shapes))):
            found = weight_of_parts(visible, lots, of, np.arange(len(lots)), obstacles=obstacles)
            for name, values in zip(DEMAND, found.T, strict=True):
                figures[name] += values.sum()
    sums = {name: by_area[name].sum() for name in whole}
    rows = pd.DataFrame([sums, outside, whole], index=["areas", "outside", "whole"])
    return rows[[name for name in by_area.columns if name in whole]].astype(float)


def dissolve(geometries: ArrayLike, *, tile_m: float = TILE_M) -> NDArray[np.object_]:
    """Unite overlapping polygons tile by tile.

    Parameters
    ----------
    geometries
        Polygonal geometries (an array, a ``GeoSeries`` or a list), overlapping at will.
    tile_m
        Side of the square tiles, in m; they are aligned with the origin of the CRS.

    Returns
    -------
    ndarray of shapely geometries
        One polygonal geometry a tile that holds any. They share borders but no ground, so their
        areas add up to the area of the union. They are not merged across tiles, which would cost
        more than all the rest and serve only to draw one outline.

    Examples
    --------
    >>> from shapely import Point
    >>> discs = [Point(x, 0).buffer(100) for x in (0, 50)]
    >>> float(abs(shapely.area(dissolve(discs)).sum() - shapely.union_all(discs).area)) < 1e-6
    True
    """
    return tiled_union(np.asarray(geometries, dtype=object), size_m=tile_m).geometry


def ownership_tier(faces: gpd.GeoDataFrame) -> pd.Series:
    """Name the ownership tier of each face: who watches it.

    Returns
    -------
    Series of str
        ``both`` (public and private cameras), ``public_only``, ``private_only``, or
        ``unknown_only`` (nothing but cameras of unknown ownership), with the index of ``faces``.
    """
    public, private = faces["depth_public"].gt(0), faces["depth_private"].gt(0)
    names = np.select(
        [public & private, public, private], ["both", "public_only", "private_only"], "unknown_only"
    )
    return pd.Series(names, index=faces.index, name="tier", dtype=object)


CAMERAS = (
    "cameras",
    "cameras_public",
    "cameras_private",
    "cameras_unknown_owner",
    "cameras_view_given",
    "cameras_view_assumed",
    "cameras_reach_only",
)
DEMAND = ("demand_weight", "demand_covered_weight")


def _cameras(cameras: gpd.GeoDataFrame, visible: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row a camera, with a 0 or 1 for each count it belongs to, and its position.

    The basis is taken from ``visible``, which knows what was filled in. A camera of several views
    is ``assumed`` if one of its views is, and ``reach`` only if none of them is a view.
    """
    basis = visible["view_basis"].reindex(cameras.index).fillna(cameras["view_basis"])
    ids = cameras["camera_id"]
    assumed = basis.eq("assumed").groupby(ids, sort=False).any()
    viewing = basis.ne("reach").groupby(ids, sort=False).any()
    first = cameras.drop_duplicates("camera_id").set_index("camera_id")
    owner = first["ownership"]
    flags = (
        owner.notna(),
        owner.eq("public"),
        owner.eq("private"),
        owner.eq("unknown"),
        viewing & ~assumed,
        viewing & assumed,
        ~viewing,
    )
    table = pd.DataFrame(dict(zip(CAMERAS, flags, strict=True)), index=first.index).astype(int)
    return gpd.GeoDataFrame(table, geometry=first.geometry, crs=cameras.crs)


def _demand(demand: gpd.GeoDataFrame, visible: gpd.GeoDataFrame) -> pd.DataFrame:
    """Weight of each point, and the same again where a view sees it."""
    weight = demand["weight"].astype(float)
    seen = demand_depth(visible, demand).gt(0)
    return pd.DataFrame({DEMAND[0]: weight, DEMAND[1]: weight.where(seen, 0.0)})


def _demand_by_area(
    demand: gpd.GeoDataFrame,
    visible: gpd.GeoDataFrame,
    shapes: Geometries,
    obstacles: gpd.GeoDataFrame | None,
) -> NDArray[np.float64]:
    """Weight and weight covered of the points and polygons in each area."""
    polygonal = is_polygonal(demand)
    points, lots = demand.loc[~polygonal], demand.loc[polygonal]
    row, here = areas_around(points.geometry.to_numpy(), shapes)
    weights = sum_by(_demand(points, visible).iloc[row], here, len(shapes))
    if len(lots):
        pieces = split_by_areas(np.asarray(lots.geometry.to_numpy()), shapes)
        found = weight_of_parts(visible, lots, pieces.geometry, pieces.row, obstacles=obstacles)
        weights += sum_by(found, pieces.area, len(shapes))
    return weights


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide; a share of nothing is unknown."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
