"""Who watches the covered ground, what registered cameras would add, and what is seen twice."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.cover.coverage import TIERS, coverage_faces, ownership_tier
from coverage_model.cover.overlay import (
    TILE_M,
    Geometries,
    Rows,
    cut_by_tiles,
    first_area,
    only_polygons,
    overlaid,
    split_by_areas,
    sum_by,
    tiled_union,
    union_by,
)

NO_OPERATOR = "not stated"
HELD_TOLERANCE = 1e-9
"""Part of a view that may be left over by rounding where others hold the whole of it."""


@dataclass(frozen=True, slots=True, eq=False)
class IntegrationGain:
    """What integrating the registered private cameras would add.

    Parameters
    ----------
    by_area
        A ``schemas_beside.IntegrationGainByArea`` frame, most added ground first.
    by_operator
        A ``schemas_beside.IntegrationGainByOperator`` frame, most added ground first.
    held_m2
        Ground that public and integrated private cameras see now, everywhere.
    gain_m2
        Ground that the registered ones would add to it together, everywhere.
    """

    by_area: pd.DataFrame
    by_operator: pd.DataFrame
    held_m2: float
    gain_m2: float


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
        :func:`~coverage_model.cover.coverage.ownership_tier`), ``area_m2`` and the merged geometry;
        with ``areas`` also ``area_code`` and ``area_name``, in their order. Tiers without ground
        have no row.

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


def integration_gain(
    visible: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, *, cameras: gpd.GeoDataFrame
) -> IntegrationGain:
    """Measure the ground that registered private cameras would add if their feeds were shared.

    Control rooms see the views of public and of integrated private cameras. Registered cameras
    (place and contact known, no feed) would add what these do not see yet.

    Parameters
    ----------
    visible
        A ``schemas.VisibleAreas`` frame at one level; not changed. Reach adds nothing: what a
        turning camera sees is not known, so such cameras are only counted.
    areas
        A ``schemas.Areas`` frame in the same CRS. Where areas overlap, ground counts in each.
    cameras
        The ``schemas.Cameras`` frame the views come from, for positions and operators.

    Returns
    -------
    IntegrationGain
        Operators are measured one at a time, as if only theirs were integrated; where two would add
        the same ground it counts for both, so their gains may add up to more than the whole.

    Raises
    ------
    InputError
        If the frame mixes image-quality levels.

    Examples
    --------
    >>> from shapely import Point, box
    >>> views = gpd.GeoDataFrame(
    ...     {"camera_id": ["a", "b"], "ownership": ["public", "private"],
    ...      "integration": ["integrated", "registered"], "view_basis": "given",
    ...      "level": "detect"},
    ...     geometry=[box(0, 0, 2, 1), box(1, 0, 3, 1)], crs="EPSG:27700",
    ... )
    >>> places = views.assign(operator=["Camden", "A shop"]).set_geometry(
    ...     gpd.GeoSeries([Point(0, 0), Point(3, 0)], crs="EPSG:27700"))
    >>> square = gpd.GeoDataFrame(
    ...     {"area_code": ["E1"], "area_name": ["Camden"]}, geometry=[box(0, 0, 9, 9)],
    ...     crs="EPSG:27700")
    >>> integration_gain(views, square, cameras=places).gain_m2
    1.0
    """
    held = tiled_union(_shapes(visible.loc[_in_room(visible)]), size_m=TILE_M)
    registered = _registered(visible)
    operator = cameras["operator"].reindex(visible.index).astype(object)
    operator = operator.where(operator.notna() & operator.ne(""), NO_OPERATOR).astype(str)
    fresh = visible.loc[registered & visible["view_basis"].ne("reach")]
    # Faces that the same operators see: a camera here stands for its operator.
    faces = coverage_faces(fresh.assign(camera_id=operator.loc[fresh.index]))
    shapes = _shapes(faces)
    face, cell, piece = cut_by_tiles(shapes, TILE_M)
    row = held.row_of(cell)
    near = row >= 0
    piece[near] = only_polygons(overlaid(shapely.difference, piece[near], held.geometry[row[near]]))
    gained = sum_by(shapely.area(piece), face, len(faces))

    polygons = np.asarray(areas.geometry.to_numpy())
    standing = _standing(cameras.loc[registered.reindex(cameras.index, fill_value=False)], visible)
    here = first_area(standing.geometry.to_numpy(), polygons)
    inside = here >= 0
    counts = sum_by(standing[["one", "reach"]][inside], here[inside], len(areas)).astype(int)
    by_area = pd.DataFrame(
        {
            "area_code": areas["area_code"].to_numpy(),
            "area_name": areas["area_name"].to_numpy(),
            "cameras_registered": counts[:, 0],
            "cameras_reach_only": counts[:, 1],
            "held_m2": _area_in(held.geometry, polygons),
            "gain_m2": _area_in(piece, polygons),
        }
    )
    share = np.full(len(by_area), np.nan)
    held_m2 = by_area["held_m2"].to_numpy()
    by_area["gain_share_of_held"] = np.divide(
        by_area["gain_m2"].to_numpy(), held_m2, out=share, where=held_m2 > 0
    )

    names = pd.Index(sorted(set(operator[registered])), name="operator", dtype=object)
    of_view = names.get_indexer(operator.loc[fresh.index])
    pair = _pairs(shapes, _shapes(fresh), of_view)
    every = sum_by(gained[pair[0]], pair[1], len(names))
    sole = faces["depth"].to_numpy()[pair[0]] == 1
    own = sum_by(gained[pair[0]][sole], pair[1][sole], len(names))
    who = names.get_indexer(operator.reindex(standing["view_id"]))
    counts = sum_by(standing[["one", "reach"]], who, len(names)).astype(int)
    by_operator = pd.DataFrame(
        {
            "operator": names.to_numpy(),
            "cameras_registered": counts[:, 0],
            "cameras_reach_only": counts[:, 1],
            "gain_m2": every,
            "gain_alone_m2": own,
        }
    )
    return IntegrationGain(
        by_area=_ranked(by_area),
        by_operator=_ranked(by_operator),
        held_m2=float(shapely.area(held.geometry).sum()),
        gain_m2=float(gained.sum()),
    )


def redundant_views(visible: gpd.GeoDataFrame, *, cameras: gpd.GeoDataFrame) -> pd.DataFrame:
    """Find public cameras whose whole view other cameras of the control room also hold.

    Each camera is judged with all others in place. Two cameras that see the same ground are both
    found, though only one could be spared without losing sight of it; and ground seen from two
    sides is often seen twice on purpose. It is geometry, not advice to remove a camera.

    Parameters
    ----------
    visible
        A ``schemas.VisibleAreas`` frame at one level; not changed. Only views count, not reach;
        others are public cameras and integrated private ones.
    cameras
        The ``schemas.Cameras`` frame the views come from, for the operator.

    Returns
    -------
    DataFrame
        A ``schemas_beside.RedundantViews`` frame: every public camera that has a view, the one with
        the least ground of its own first.

    Raises
    ------
    InputError
        If the frame mixes image-quality levels.

    Examples
    --------
    >>> from shapely import Point, box
    >>> views = gpd.GeoDataFrame(
    ...     {"camera_id": ["a", "b"], "ownership": "public", "integration": "integrated",
    ...      "view_basis": "given", "level": "detect", "borough_code": "E09000007"},
    ...     geometry=[box(0, 0, 2, 1), box(1, 0, 2, 1)], crs="EPSG:27700",
    ... )
    >>> found = redundant_views(views, cameras=views.assign(operator="Camden"))
    >>> found[["camera_id", "own_m2", "redundant"]].values.tolist()
    [['b', 0.0, True], ['a', 1.0, False]]
    """
    room = visible.loc[_in_room(visible)]
    room = room.loc[~room.geometry.is_empty]
    code, names = pd.factorize(room["camera_id"])
    faces = coverage_faces(room)
    sole = faces.loc[faces["depth"].eq(1)]
    face, camera = _pairs(_shapes(sole), _shapes(room), code)
    own = sum_by(sole["area_m2"].to_numpy()[face], camera, len(names))
    whole = np.asarray(shapely.area(_shapes(room)))
    view_m2 = sum_by(whole, code, len(names))
    several = np.flatnonzero(np.bincount(code, minlength=len(names))[code] > 1)
    if len(several):
        groups, unions = union_by(_shapes(room)[several], code[several])
        view_m2[groups] = shapely.area(unions)
    first = room.iloc[np.unique(code, return_index=True)[1]]
    operator = cameras["operator"].reindex(first.index).astype(object)
    table = pd.DataFrame(
        {
            "camera_id": names,
            "borough_code": first["borough_code"].to_numpy(),
            "operator": operator.where(operator.notna(), "").astype(str).to_numpy(),
            "view_m2": view_m2,
            "own_m2": own,
            "held_share": 1 - own / view_m2,
        }
    )
    table["redundant"] = table["own_m2"] <= HELD_TOLERANCE * table["view_m2"]
    public = table.loc[first["ownership"].eq("public").to_numpy()]
    return public.sort_values(
        ["held_share", "view_m2"], ascending=False, kind="stable"
    ).reset_index(drop=True)


def _shapes(frame: gpd.GeoDataFrame) -> Geometries:
    return np.asarray(frame.geometry.to_numpy())


def _in_room(visible: gpd.GeoDataFrame) -> pd.Series:
    """Mark the views that control rooms have: public ones and integrated private ones."""
    shared = visible["ownership"].eq("public") | visible["integration"].eq("integrated")
    return shared & visible["view_basis"].ne("reach")


def _registered(visible: gpd.GeoDataFrame) -> pd.Series:
    return visible["ownership"].eq("private") & visible["integration"].eq("registered")


def _standing(cameras: gpd.GeoDataFrame, visible: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row a camera at its place, with a 1 to count it, and one if only its reach is known."""
    basis = visible["view_basis"].reindex(cameras.index)
    viewing = basis.ne("reach").groupby(cameras["camera_id"], sort=False).any()
    first = cameras.drop_duplicates("camera_id")
    reach = ~viewing.reindex(first["camera_id"]).to_numpy(dtype=bool)
    return gpd.GeoDataFrame(
        {"view_id": first.index.to_numpy(), "one": 1, "reach": reach.astype(int)},
        geometry=np.asarray(first.geometry.to_numpy()),
        crs=cameras.crs,
    )


def _pairs(faces: Geometries, views: Geometries, owner: Rows) -> tuple[Rows, Rows]:
    """Pair each face with the distinct owners of the views that see it."""
    tree = shapely.STRtree(views)
    face, view = tree.query(shapely.point_on_surface(faces), predicate="intersects")
    pairs = np.unique(np.column_stack([face, owner[view]]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _area_in(geometries: Geometries, polygons: Geometries) -> NDArray[np.float64]:
    pieces = split_by_areas(geometries, polygons)
    return sum_by(shapely.area(pieces.geometry), pieces.area, len(polygons))


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Put the greatest gain first, with its rank."""
    table = table.sort_values("gain_m2", ascending=False, kind="stable").reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table
