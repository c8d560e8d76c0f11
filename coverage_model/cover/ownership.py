"""Who watches the covered ground, what registered cameras would add, and what is seen twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base.ragged import pack
from coverage_model.cover.mosaic import Mosaic, in_room, mosaic
from coverage_model.cover.overlay import (
    TILE_M,
    Geometries,
    Rows,
    first_area,
    sum_by,
    union_by,
)
from coverage_model.cover.tiles import AREAS_A_WORD, Tiles

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
    registered = _registered(visible)
    operator = cameras["operator"].reindex(visible.index).astype(object)
    operator = operator.where(operator.notna() & operator.ne(""), NO_OPERATOR).astype(str)
    names = pd.Index(sorted(set(operator[registered])), name="operator", dtype=object)
    fresh = visible.loc[registered & visible["view_basis"].ne("reach")]
    polygons = np.asarray(areas.geometry.to_numpy())
    gain = _gain(
        _shapes(visible.loc[in_room(visible)]),
        _shapes(fresh),
        names.get_indexer(operator.loc[fresh.index]),
        len(names),
        polygons,
    )

    standing = _standing(cameras.loc[registered.reindex(cameras.index, fill_value=False)], visible)
    here = first_area(standing.geometry.to_numpy(), polygons)
    inside = here >= 0
    counts = sum_by(standing[["one", "reach"]][inside], here[inside], len(areas)).astype(int)
    held_m2, gained = gain.by_area[:-1].T
    by_area = pd.DataFrame(
        {
            "area_code": areas["area_code"].to_numpy(),
            "area_name": areas["area_name"].to_numpy(),
            "cameras_registered": counts[:, 0],
            "cameras_reach_only": counts[:, 1],
            "held_m2": held_m2,
            "gain_m2": gained,
        }
    )
    share = np.full(len(by_area), np.nan)
    by_area["gain_share_of_held"] = np.divide(gained, held_m2, out=share, where=held_m2 > 0)

    who = names.get_indexer(operator.reindex(standing["view_id"]))
    counts = sum_by(standing[["one", "reach"]], who, len(names)).astype(int)
    by_operator = pd.DataFrame(
        {
            "operator": names.to_numpy(),
            "cameras_registered": counts[:, 0],
            "cameras_reach_only": counts[:, 1],
            "gain_m2": gain.by_operator[:, 0],
            "gain_alone_m2": gain.by_operator[:, 1],
        }
    )
    return IntegrationGain(
        by_area=_ranked(by_area),
        by_operator=_ranked(by_operator),
        held_m2=float(gain.by_area[-1, 0]),
        gain_m2=float(gain.by_area[-1, 1]),
    )


class _Gain(NamedTuple):
    """Ground held and gained, by area and for all ground; gained by operator, and by it alone."""

    by_area: NDArray[np.float64]
    by_operator: NDArray[np.float64]


def _gain(
    held: Geometries, fresh: Geometries, operator: Rows, count: int, shapes: Geometries
) -> _Gain:
    """Measure the ground of fresh views of numbered operators that lies outside held views."""
    operators, unions = union_by(fresh, operator)
    words = -(-count // AREAS_A_WORD)
    weight = np.zeros((len(held) + len(unions), 2 + words), dtype=np.int64)
    weight[: len(held), 0] = 1
    weight[len(held) :, 1] = 1
    # An operator's ground is one polygonal geometry, so that its bit is set or not.
    rows = len(held) + np.arange(len(unions))
    weight[rows, 2 + operators // AREAS_A_WORD] = np.int64(1) << (operators % AREAS_A_WORD)
    tiles = Tiles.of(
        pack(np.concatenate([held, unions])), weight, shapes, size_m=TILE_M,
        everywhere=np.ones(len(weight), dtype=bool), bare=False, proven=2,
    )  # fmt: skip
    by_area = np.zeros((len(shapes) + 1, 2))
    by_operator = np.zeros((count, 2))
    for k in range(len(tiles.cell)):
        part = tiles.partition(k)
        depth = part.faces.depth
        gained = (depth[:, 0] == 0) & (depth[:, 1] > 0)
        ground = part.ground_m2(np.column_stack([depth[:, 0] > 0, gained]))
        np.add.at(
            by_area, np.append(part.area[2:], len(shapes)), ground[[*range(2, len(ground)), 1]]
        )
        for state in np.flatnonzero(gained):
            bits = depth[state, 2 : 2 + words]
            who = [n for n in range(count) if bits[n // AREAS_A_WORD] >> (n % AREAS_A_WORD) & 1]
            by_operator[who, 0] += part.area_m2[state]
            if len(who) == 1:
                by_operator[who, 1] += part.area_m2[state]
    return _Gain(by_area, by_operator)


def redundant_views(
    visible: gpd.GeoDataFrame, *, cameras: gpd.GeoDataFrame, ground: Mosaic | None = None
) -> pd.DataFrame:
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
    ground
        What :func:`~coverage_model.cover.mosaic.mosaic` made of the same views, where it is at
        hand.

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
    room = visible.loc[in_room(visible)]
    room = room.loc[~room.geometry.is_empty]
    code, names = pd.factorize(room["camera_id"])
    laid = mosaic(room, room.iloc[:0]) if ground is None else ground
    own = laid.own_m2.reindex(names, fill_value=0.0).to_numpy()
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


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Put the greatest gain first, with its rank."""
    table = table.sort_values("gain_m2", ascending=False, kind="stable").reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table
