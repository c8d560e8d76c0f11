"""What should be seen, and the cameras that could see it: the rows and columns of siting.

Demand is points with weights. A point is *held* if a public camera or an integrated private one
sees it; a camera that turns, or whose heading is unknown, sees nothing for certain and holds
nothing. Candidates are the private cameras that are not integrated, with the views they have, and
new fixed cameras: at each place one for each heading, standing a little back from the place and
looking across it, with the views that :mod:`coverage_model.sight.visibility` leaves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse

from coverage_model.base import datasets
from coverage_model.cover.overlay import first_area
from coverage_model.cover.ownership import NO_OPERATOR
from coverage_model.optics.pixel_density import Level
from coverage_model.optics.sectors import ViewAssumptions, view_sectors
from coverage_model.reading.demand import demand_depth
from coverage_model.sight.visibility import visible_areas

MOST_POINTS = 50_000
MOST_PLACES = 5_000
FEWEST_HEADINGS = 4
PLACES_UNIT = "public places"


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Points to be seen.

    Parameters
    ----------
    points
        ``demand_id, weight, area_row`` (row of the areas), ``held`` and geometry.
    basis
        What they are, as a reader would say it.
    unit
        What a weight of 1 is, in the plural.
    outside
        Points outside all areas, which were left out.
    """

    points: gpd.GeoDataFrame
    basis: str
    unit: str
    outside: int


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Cameras that could be added.

    Parameters
    ----------
    frame
        ``candidate_id, kind`` (``integrate`` or ``new``), ``area_row`` (row of the areas,
        -1 outside), ``integration, operator, bundle`` (text; empty for none), ``place`` (-1 for
        none), ``azimuth_deg`` and the geometry of the camera.
    sees
        Sparse, shape ``(candidates, points)``.
    blind
        Candidates left out since their views are not known or they stand in a building, by reason.
    """

    frame: gpd.GeoDataFrame
    sees: Any
    blind: Mapping[str, int]


def demand_points(
    areas: gpd.GeoDataFrame,
    *,
    visible: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
    step_m: float = 25.0,
) -> Demand:
    """Return the points to be seen, and which of them are.

    Parameters
    ----------
    areas
        ``schemas.Areas``; points outside them are left out and counted.
    visible
        ``schemas.VisibleAreas`` at one level.
    demand
        ``schemas.DemandPoints``; a polygon counts as points of a grid that share its weight.
    streets
        ``schemas.Streets``: points along them, each weighing the metres it stands for. Without
        either, the embedded public places, which weigh 1 each.
    step_m
        Spacing of points along streets and in polygons, in m; doubled until there are 50,000 at
        most.

    Returns
    -------
    Demand

    Examples
    --------
    >>> from coverage_model.base.datasets import boroughs
    >>> nothing = gpd.GeoDataFrame(
    ...     {"camera_id": [], "view_basis": [], "ownership": [], "integration": []},
    ...     geometry=[], crs=27700)
    >>> int(demand_points(boroughs("full"), visible=nothing).points["weight"].sum())
    1065
    """
    if demand is not None:
        points = _as_points(demand, step_m)
        basis, unit = "Points given, by their weights", "weighted points"
    elif streets is not None:
        points = _along(streets, step_m)
        basis, unit = "Points along the streets given, by the metres they stand for", "m of street"
    else:
        places = datasets.anchors().to_crs(areas.crs)
        points = gpd.GeoDataFrame({"weight": 1.0}, index=places.index, geometry=places.geometry)
        points.insert(0, "demand_id", [f"P{n}" for n in range(1, len(points) + 1)])
        basis = "Cycle docking stations, Underground and DLR stations, one each"
        unit = PLACES_UNIT
    geometry = np.asarray(points.geometry.to_numpy())
    area = first_area(geometry, np.asarray(areas.geometry.to_numpy()))
    inside = area >= 0
    kept = points.assign(area_row=area)[inside].reset_index(drop=True)
    kept["held"] = demand_depth(visible[in_room(visible)], kept).gt(0).to_numpy()
    return Demand(kept, basis, unit, int((~inside).sum()))


def in_room(visible: gpd.GeoDataFrame) -> pd.Series:
    """Mark the views that control rooms have: of public and of integrated private cameras."""
    shared = visible["ownership"].eq("public") | visible["integration"].eq("integrated")
    return shared & visible["view_basis"].ne("reach")


def _as_points(demand: gpd.GeoDataFrame, step_m: float) -> gpd.GeoDataFrame:
    """Turn polygons into points of a grid that share their weight; points stay as they are."""
    shapes = np.asarray(demand.geometry.to_numpy())
    ground = shapely.area(shapes)
    if not (ground > 0).any():
        return demand[["demand_id", "weight", "geometry"]]
    step = step_m
    while ground.sum() / step**2 > MOST_POINTS:
        step *= 2
    west, south, east, north = demand.total_bounds
    x, y = np.meshgrid(np.arange(west + step / 2, east, step), np.arange(south + step / 2, north,
                       step))  # fmt: skip
    grid = shapely.points(x.ravel(), y.ravel())
    of, at = shapely.STRtree(grid).query(shapes, predicate="contains")
    # What is too small for the grid, and what was a point, is one point.
    single = np.setdiff1d(np.arange(len(shapes)), of)
    of = np.concatenate([of, single])
    geometry = np.concatenate([grid[at], shapely.point_on_surface(shapes[single])])
    count = np.bincount(of, minlength=len(shapes))
    nth = pd.Series(of).groupby(of).cumcount().to_numpy() + 1
    ids = demand["demand_id"].to_numpy()[of]
    return gpd.GeoDataFrame(
        {
            "demand_id": [f"{i}/{n}" for i, n in zip(ids, nth, strict=True)],
            "weight": demand["weight"].to_numpy()[of] / count[of],
        },
        geometry=geometry,
        crs=demand.crs,
    )


def _along(streets: gpd.GeoDataFrame, step_m: float) -> gpd.GeoDataFrame:
    """Return points in the middle of equal parts of each stretch."""
    lines = np.asarray(streets.geometry.to_numpy())
    length = shapely.length(lines)
    step = step_m
    while (length / step).sum() > MOST_POINTS:
        step *= 2
    parts = np.maximum(np.rint(length / step), 1).astype(int)
    of = np.repeat(np.arange(len(lines)), parts)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(parts) - parts, parts)
    each = length[of] / parts[of]
    ids = streets["street_id"].to_numpy()[of]
    return gpd.GeoDataFrame(
        {"demand_id": [f"{i}/{n + 1}" for i, n in zip(ids, nth, strict=True)], "weight": each},
        geometry=shapely.line_interpolate_point(lines[of], (nth + 0.5) * each),
        crs=streets.crs,
    )


def sightings(polygons: NDArray[np.object_], owner: NDArray[Any], points: gpd.GeoDataFrame,
              owners: int) -> Any:  # fmt: skip
    """Return which owner of views sees which point, sparse; a point on an edge is seen."""
    tree = shapely.STRtree(np.asarray(points.geometry.to_numpy()))
    view, point = tree.query(polygons, predicate="intersects")
    pairs = np.unique(np.column_stack([owner[view], point]), axis=0).astype(np.intp)
    ones = np.ones(len(pairs), dtype=np.int32)
    return sparse.csr_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(owners, len(points)))


def private_candidates(
    visible: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame,
    *,
    cameras: gpd.GeoDataFrame,
    square_m: float,
) -> Candidates:
    """Return the private cameras that are not integrated, each with all of its views.

    Parameters
    ----------
    visible, areas, points
        As in :func:`demand_points`; the points of its answer.
    cameras
        The ``schemas.Cameras`` frame the views come from, for places and operators.
    square_m
        Cameras without a named operator, and generated ones, whose operators have no names, are
        taken as one operator in each square of this side and area.

    Returns
    -------
    Candidates
        ``bundle`` names operator and area: an operator is linked to the room of an area.
    """
    private = visible["ownership"].eq("private") & visible["integration"].ne("integrated")
    views = visible.loc[private & visible["view_basis"].ne("reach")]
    every = private_operators(visible, areas, cameras=cameras, square_m=square_m)
    every = every[every["integration"].ne("integrated")]
    ids = pd.Index(views["camera_id"].drop_duplicates(), dtype=object)
    frame = every.drop(columns="linked").loc[ids].reset_index(names="candidate_id")
    frame.insert(1, "kind", "integrate")
    frame["place"] = -1
    owner = ids.get_indexer(views["camera_id"])
    sees = sightings(np.asarray(views.geometry.to_numpy()), owner, points, len(ids))
    return Candidates(frame, sees, {"turning or without a heading": len(every) - len(ids)})


def private_operators(
    visible: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    cameras: gpd.GeoDataFrame,
    square_m: float,
) -> gpd.GeoDataFrame:
    """Return every private camera with its operator and the bundle that opens it.

    Parameters
    ----------
    visible, areas, cameras, square_m
        As in :func:`private_candidates`.

    Returns
    -------
    GeoDataFrame
        Index ``camera_id``; ``area_row, integration, operator, bundle, linked`` (a named operator
        has an integrated camera in that area), ``azimuth_deg`` and the place.
    """
    rows = visible.index[visible["ownership"].eq("private")]
    first = cameras.loc[rows].drop_duplicates("camera_id")
    place = np.asarray(first.geometry.to_numpy())
    area = first_area(place, np.asarray(areas.geometry.to_numpy()))
    named = (
        first["operator"].notna() & first["operator"].ne("") & ~first["illustrative"]
    ).to_numpy()
    x, y = shapely.get_x(place) // square_m, shapely.get_y(place) // square_m
    squares = [f"{NO_OPERATOR} {a:.0f} {b:.0f}" for a, b in zip(x, y, strict=True)]
    operator = np.where(named, first["operator"].fillna("").astype(str), squares)
    bundle = pd.Series([f"{who} | {row}" for who, row in zip(operator, area, strict=True)])
    ours = first["integration"].eq("integrated").to_numpy() & named
    return gpd.GeoDataFrame(
        {
            "area_row": area,
            "integration": first["integration"].to_numpy(),
            "operator": np.where(named, operator, NO_OPERATOR),
            "bundle": bundle.to_numpy(),
            "linked": bundle.isin(set(bundle[ours])).to_numpy() & named,
            "azimuth_deg": first["azimuth_deg"].to_numpy(float),
        },
        index=pd.Index(first["camera_id"].to_numpy(), dtype=object, name="camera_id"),
        geometry=place,
        crs=visible.crs,
    )


def new_candidates(
    places: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame,
    *,
    level: Level,
    stand_off_m: float,
    target_height_m: float,
    obstacles: gpd.GeoDataFrame | None = None,
) -> Candidates:
    """Return new fixed cameras at places, one for each heading, with what they would see.

    Parameters
    ----------
    places
        Points; at most 5,000, in their order. The first ones are taken, the others counted.
    areas, points
        As in :func:`private_candidates`.
    level
        Image-quality level: how far they see.
    stand_off_m
        How far a camera stands back from its place, looking across it.
    target_height_m
        Target plane on which they see.
    obstacles
        Buildings, which cut the views; a camera that would stand in one is left out.

    Returns
    -------
    Candidates
        Headings are whole turns parted by the field of view of a fixed camera.
    """
    taken = places.iloc[:MOST_PLACES]
    cameras = _fixed_cameras(taken, stand_off_m)
    taken_for = ViewAssumptions.from_coefficients(target_height_m=target_height_m)
    cones = view_sectors(cameras, level=level, assumptions=taken_for)
    seen = visible_areas(cones, obstacles)
    lost = seen["position_status"].eq("inside_unresolved").to_numpy()
    rows = np.flatnonzero(~lost)
    geometry = np.asarray(cameras.geometry.to_numpy())[rows]
    area = first_area(geometry, np.asarray(areas.geometry.to_numpy()))
    frame = gpd.GeoDataFrame(
        {
            "candidate_id": cameras["camera_id"].to_numpy()[rows],
            "kind": "new",
            "area_row": area,
            "integration": "integrated",
            "operator": "",
            "bundle": "",
            "place": cameras["place"].to_numpy()[rows],
            "azimuth_deg": cameras["azimuth_deg"].to_numpy()[rows],
        },
        geometry=geometry,
        crs=places.crs,
    )
    polygons = np.asarray(seen.geometry.to_numpy())[rows]
    sees = sightings(polygons, np.arange(len(rows)), points, len(rows))
    blind = {
        "inside buildings": int(lost.sum()),
        "at places beyond the number considered": len(places) - len(taken),
    }
    return Candidates(frame, sees, blind)


def _fixed_cameras(places: gpd.GeoDataFrame, stand_off_m: float) -> gpd.GeoDataFrame:
    """Return a camera for each place and heading, of the kind and mounting of a usual fixed one."""
    usual = {
        name: datasets.coefficient(f"view_{name}_fixed_{unit}").value
        for name, unit in (("hfov", "deg"), ("vfov", "deg"), ("height", "m"), ("tilt", "deg"))
    }
    headings = max(FEWEST_HEADINGS, int(np.ceil(360 / usual["hfov"] - 1e-9)))
    place = np.repeat(np.arange(len(places)), headings)
    azimuth = np.tile(np.arange(headings) * (360.0 / headings), len(places))
    x = places.geometry.x.to_numpy()[place] - stand_off_m * np.sin(np.radians(azimuth))
    y = places.geometry.y.to_numpy()[place] - stand_off_m * np.cos(np.radians(azimuth))
    frame = gpd.GeoDataFrame(
        {
            "camera_id": [f"NEW-{p + 1}-{a:.0f}" for p, a in zip(place, azimuth, strict=True)],
            "ownership": "public",
            "integration": "integrated",
            "camera_type": "fixed",
            "borough_code": None,
            "azimuth_deg": azimuth,
            "hfov_deg": np.nan,
            "vfov_deg": usual["vfov"],
            "range_m": np.nan,
            "horizontal_px": np.nan,
            "mount_height_m": usual["height"],
            "tilt_deg": usual["tilt"],
            "view_basis": "assumed",
            "place": place,
        },
        geometry=gpd.points_from_xy(x, y),
        crs=places.crs,
    )
    return frame.set_index("camera_id", drop=False).rename_axis("view_id")
