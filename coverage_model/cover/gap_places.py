"""Gaps as places that people can find: a name, a grid square, a rank."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from coverage_model.base.crs import is_national_grid, parse_crs
from coverage_model.cover.demand_areas import is_polygonal, uncovered_in
from coverage_model.cover.overlay import Geometries, Rows, first_area
from coverage_model.reading.streets import Streets

STREET_WITHIN_M = 250.0
"""A street further away does not name a place."""

INNERMOST_TOLERANCE_M = 5.0
_LETTERS = np.array(list("ABCDEFGHJKLMNOPQRSTUVWXYZ"))


def named_gaps(
    gaps: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    visible: gpd.GeoDataFrame | None = None,
    cameras: gpd.GeoDataFrame | None = None,
    streets: Streets | None = None,
    demand: gpd.GeoDataFrame | None = None,
    obstacles: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Name and rank gaps.

    Parameters
    ----------
    gaps
        From :func:`~coverage_model.cover.gaps.coverage_gaps`; give that function the buildings, so
        that gaps are public realm.
    areas
        The ``schemas.Areas`` frame that the gaps were found in.
    visible
        The ``schemas.VisibleAreas`` frame that the gaps were found with; needed with ``demand``.
    cameras
        A ``schemas.Cameras`` frame, for the distance to the nearest one.
    streets
        From :func:`~coverage_model.reading.streets.read_streets`, for names.
    demand
        A ``schemas.DemandPoints`` frame of points or polygons. A point that no view sees counts in
        the nearest gap of its area (points often lie in a building, where there is no gap), so that
        the gaps of an area hold all of its uncovered weight. A polygon counts in proportion to its
        ground in the gap.
    obstacles
        The buildings, where ``demand`` has polygons.

    Returns
    -------
    GeoDataFrame
        A ``schemas.NamedGaps`` frame: most uncovered demand first, then the largest; what is equal
        in both (to a millionth) keeps the order of ``gaps``.

    Raises
    ------
    ValueError
        If ``demand`` is given without ``visible``.

    Examples
    --------
    >>> square = gpd.GeoDataFrame(
    ...     {"gap_id": ["E1-0001"], "area_code": ["E1"], "area_name": ["Camden"],
    ...      "gap_m2": [1e4]},
    ...     geometry=[shapely.box(529000, 181000, 529100, 181100)], crs="EPSG:27700")
    >>> camden = square[["area_code", "area_name", "geometry"]]
    >>> named_gaps(square, camden)["place"].tolist()
    ['Camden, TQ 2981']
    """
    shapes = np.asarray(gaps.geometry.to_numpy())
    inner = innermost(shapes)
    weight = np.full(len(gaps), np.nan)
    if demand is not None:
        if visible is None:
            message = "named_gaps needs the visible areas to tell which demand is covered"
            raise ValueError(message)
        weight = _uncovered(gaps, areas, visible, demand, obstacles)
    name, away = _nearest_street(inner, streets)
    squares = grid_reference(inner, gaps.crs)
    area_names = gaps["area_name"].to_numpy(dtype=object)
    order = np.lexsort(
        [-np.round(gaps["gap_m2"].to_numpy(dtype=float), 6), -np.round(np.nan_to_num(weight), 6)]
    )
    named = gaps.assign(
        place=place_names(name, area_names, squares),
        street_name=name,
        street_distance_m=away,
        grid_reference=squares,
        nearest_camera_m=distance_to_nearest(inner, cameras),
        demand_uncovered_weight=weight,
    ).iloc[order]
    named.insert(0, "rank", np.arange(1, len(named) + 1))
    return named.reset_index(drop=True)


def innermost(polygons: Geometries) -> Geometries:
    """Return the point of each polygon that is furthest from its edges, to about 5 m.

    A gap is called after this point, not after its centroid, which can lie in covered ground.
    """
    parts, of = shapely.get_parts(polygons, return_index=True)
    # Only the largest part: it is what one goes to see.
    order = np.lexsort([-shapely.area(parts), of])
    largest = parts[order[np.unique(of[order], return_index=True)[1]]]
    circles = shapely.maximum_inscribed_circle(largest, tolerance=INNERMOST_TOLERANCE_M)
    return np.asarray(shapely.get_point(circles, 0))


def grid_reference(points: ArrayLike, crs: Any) -> NDArray[np.object_]:
    """Name the 1 km square of the national grid that holds each point.

    Parameters
    ----------
    points
        Points in ``crs``.
    crs
        A projected CRS. Outside the British National Grid there are no letters: the coordinates
        are then rounded to 100 m.

    Returns
    -------
    ndarray of str

    Notes
    -----
    The letters count 500 km squares and then 100 km squares, in rows of five from the north-west,
    without I (Ordnance Survey, "A beginner's guide to the National Grid"); the digits are the
    kilometres within the 100 km square, east before north.

    Examples
    --------
    >>> grid_reference([shapely.Point(529912, 181345)], "EPSG:27700").tolist()
    ['TQ 2981']
    """
    shapes = np.asarray(points, dtype=object)
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    in_grid = (x >= 0) & (x < 700_000) & (y >= 0) & (y < 1_300_000)
    names = np.empty(len(shapes), dtype=object)
    lettered = in_grid if is_national_grid(parse_crs(crs)) else np.zeros(len(x), dtype=bool)
    east, north = (np.floor(axis[lettered] / 1000).astype(int) for axis in (x, y))
    # The grid's origin is the corner of square S, the third row and column of 500 km squares.
    major = _letter(east // 500 + 2, north // 500 + 1)
    minor = _letter(east // 100 % 5, north // 100 % 5)
    names[lettered] = [
        f"{one}{two} {e:02d}{n:02d}"
        for one, two, e, n in zip(major, minor, east % 100, north % 100, strict=True)
    ]
    names[~lettered] = [
        f"{e} {n}" for e, n in zip(_hundreds(x[~lettered]), _hundreds(y[~lettered]), strict=True)
    ]
    return names


def _hundreds(metres: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.round(metres, -2).astype(np.int64)


def _letter(column: Rows, row: Rows) -> NDArray[np.str_]:
    return np.asarray(_LETTERS[(4 - row) * 5 + column])


def place_names(
    street: NDArray[np.object_], area: NDArray[np.object_], square: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Join the name of a street, or else a grid square, with that of its area."""
    named = ~pd.isna(street)
    comma = np.array(", ", dtype=object)
    by_street = np.where(named, street, "") + comma + area
    return np.asarray(np.where(named, by_street, area + comma + square), dtype=object)


def distance_to_nearest(
    points: Geometries, cameras: gpd.GeoDataFrame | None
) -> NDArray[np.float64]:
    """Distance from each point to the nearest camera; NaN without cameras."""
    away = np.full(len(points), np.nan)
    if cameras is not None and len(cameras) and len(points):
        tree = shapely.STRtree(cameras.geometry.to_numpy())
        (row, _), distance = tree.query_nearest(points, return_distance=True, all_matches=False)
        away[row] = distance
    return away


def _nearest_street(
    points: Geometries, streets: Streets | None
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    name = np.full(len(points), None, dtype=object)
    away = np.full(len(points), np.nan)
    if streets is None or len(points) == 0:
        return name, away
    named = streets.frame[streets.frame["street_name"].notna()]
    if len(named):
        (row, street), distance = shapely.STRtree(named.geometry.to_numpy()).query_nearest(
            points, max_distance=STREET_WITHIN_M, return_distance=True, all_matches=False
        )
        name[row] = named["street_name"].to_numpy(dtype=object)[street]
        away[row] = distance
    return name, away


def _uncovered(
    gaps: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    visible: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    obstacles: gpd.GeoDataFrame | None,
) -> NDArray[np.float64]:
    """Weight that no view sees, by gap."""
    shapes = np.asarray(gaps.geometry.to_numpy())
    polygonal = is_polygonal(demand)
    weight = np.zeros(len(gaps))
    if polygonal.any():
        weight += uncovered_in(shapes, demand.loc[polygonal], obstacles=obstacles)
    points = demand.loc[~polygonal]
    places = np.asarray(points.geometry.to_numpy())
    views = visible.geometry[visible["view_basis"].ne("reach")].to_numpy()
    home = first_area(places, np.asarray(areas.geometry.to_numpy()))
    home[shapely.STRtree(places).query(views, predicate="intersects")[1]] = -1  # seen
    loads = points["weight"].to_numpy(dtype=float)
    codes = pd.Index(areas["area_code"]).get_indexer(gaps["area_code"])
    for area in np.unique(home[home >= 0]):  # a tree for each area: its points stay in it
        rows, here = np.flatnonzero(codes == area), np.flatnonzero(home == area)
        if len(rows):
            nearest = shapely.STRtree(shapes[rows]).nearest(places[here])
            weight += np.bincount(rows[nearest], weights=loads[here], minlength=len(gaps))
    return weight
