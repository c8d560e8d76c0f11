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

PLACE_WITHIN_M = 250.0
"""Nor does a station or a named place further away."""

ACTIVE_WITHIN_M = 50.0
"""A station or named place this near to a gap counts as activity in it: people go there."""

STUDY_WITHIN_M = 1_000.0
"""Gaps within this of a camera come first where only some of the areas were studied."""

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
    places: gpd.GeoDataFrame | None = None,
    whole: bool = True,
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
    places
        Points with ``name`` that people go to (stations, named places): they name a gap that no
        street names, and stand for activity.
    whole
        Whether all of the areas were studied; if not, gaps within 1 km of a camera come first.

    Returns
    -------
    GeoDataFrame
        A ``schemas.NamedGaps`` frame, in the order of: in the study area, uncovered demand, length
        of street in the gap, junctions in it, places in it or within 50 m, size; what is equal in
        all (to a millionth) keeps the order of ``gaps``.

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
    camera_m = distance_to_nearest(inner, cameras)
    street_m, junctions = _streets_in(shapes, streets)
    active = _places_at(shapes, places)
    studied = np.ones(len(gaps), dtype=bool) if whole else _near(shapes, cameras)
    size = gaps["gap_m2"].to_numpy(dtype=float)
    keys = (size, active, junctions, street_m, weight, studied)
    order = np.lexsort([-np.round(np.nan_to_num(key.astype(float)), 6) for key in keys])
    named = gaps.assign(
        place=place_names(
            np.where(pd.isna(name), _nearest_place(inner, places), name),
            gaps["area_name"].to_numpy(dtype=object),
            squares,
        ),
        street_name=name,
        street_distance_m=away,
        grid_reference=squares,
        nearest_camera_m=camera_m,
        demand_uncovered_weight=weight,
        street_m=street_m,
        junctions=junctions,
        places_near=active,
        in_study_area=studied,
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


def _nearest_place(points: Geometries, places: gpd.GeoDataFrame | None) -> NDArray[np.object_]:
    """Say which place each point is near, if one is within 250 m."""
    name = np.full(len(points), None, dtype=object)
    if places is None or len(points) == 0:
        return name
    known = places[places["name"].notna() & places["name"].ne("")]
    if len(known):
        tree = shapely.STRtree(known.geometry.to_numpy())
        row, place = tree.query_nearest(points, max_distance=PLACE_WITHIN_M, all_matches=False)
        name[row] = "near " + known["name"].to_numpy(dtype=object)[place]
    return name


def _streets_in(
    shapes: Geometries, streets: Streets | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Length of street and number of junctions in each gap; NaN without streets."""
    length, junctions = np.full((2, len(shapes)), np.nan)
    if streets is None or len(shapes) == 0:
        return length, junctions
    lines = streets.frame.geometry.to_numpy()
    tree = shapely.STRtree(lines)
    gap, line = tree.query(shapes, predicate="intersects")
    inside = shapely.contains_properly(shapes[gap], lines[line])
    cut = ~inside
    parts = shapely.length(lines[line])
    parts[cut] = shapely.length(shapely.intersection(lines[line[cut]], shapes[gap[cut]]))
    length = np.bincount(gap, weights=parts, minlength=len(shapes)).astype(np.float64)
    crossings = shapely.STRtree(streets.junctions.geometry.to_numpy())
    gap, _ = crossings.query(shapes, predicate="intersects")
    return length, np.bincount(gap, minlength=len(shapes)).astype(np.float64)


def _places_at(shapes: Geometries, places: gpd.GeoDataFrame | None) -> NDArray[np.int64]:
    """Count the places in each gap or within 50 m of it."""
    if places is None or len(shapes) == 0:
        return np.zeros(len(shapes), dtype=np.int64)
    points = shapely.STRtree(places.geometry.to_numpy())
    gap, _ = points.query(shapes, predicate="dwithin", distance=ACTIVE_WITHIN_M)
    return np.bincount(gap, minlength=len(shapes)).astype(np.int64)


def _near(shapes: Geometries, cameras: gpd.GeoDataFrame | None) -> NDArray[np.bool_]:
    """Whether each gap is within 1 km of a camera."""
    if cameras is None or cameras.empty:
        return np.ones(len(shapes), dtype=bool)
    points = shapely.STRtree(cameras.geometry.to_numpy())
    gap, _ = points.query(shapes, predicate="dwithin", distance=STUDY_WITHIN_M)
    return np.isin(np.arange(len(shapes)), gap)


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
