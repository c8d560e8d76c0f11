"""The areas that may share rooms: cameras, sites, neighbours and distances.

Everything London-specific is read from the embedded facts by :func:`borough_inputs`; any other
territory brings a frame with the same columns and a graph of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi

from coverage_model.base import datasets, observations
from coverage_model.base.errors import Faults
from coverage_model.base.layer import Layer, frame_of
from coverage_model.base.observations import Scope
from coverage_model.base.schemas import check
from optimisation.schemas import BoroughInputs

Contiguity = Literal["land", "land_and_crossings", "mid_river", "none"]

SITE_PUBLISHED = "existing room, approximate"
SITE_UNPLACED = "existing room, site not published: representative point"
SITE_ASSUMED = "no room published, one assumed: representative point"
SITE_NONE = "no room of its own: representative point"

MIN_SHARED_M = 60.0  # shorter common boundaries are corners: the rule of data/facts/adjacency.csv
BANK_STEP_M = 50.0
CRIMES = "mps_crimes_12m_to_2023_07"
"""Column of the borough facts with recorded crimes: the newest year that is published by borough"""

NEIGHBOURS, CROSSINGS = "neighbours", "crossings"
"""Columns of a territory that carries its own graph: for each area a tuple of codes."""


def borough_inputs(
    cameras: Layer | None = None,
    *,
    scope: Scope = "public_space",
    year: int | None = None,
) -> pd.DataFrame:
    """Put together what the consolidation model knows of each London borough.

    Parameters
    ----------
    cameras
        A camera inventory (:class:`coverage_model.base.schemas.Cameras`): its public cameras are
        counted by borough. None takes the published counts, which mix years and scopes; the two
        boroughs without one are filled in by the rule of
        :func:`coverage_model.base.observations.cctv_counts` and marked ``assumed``.

    scope, year
        Which published counts are taken: of public space or of all council cameras, the newest or
        up to a year.

    Returns
    -------
    DataFrame
        :class:`optimisation.schemas.BoroughInputs`, indexed by ``borough_code``, sorted.

    Raises
    ------
    InputError
        If no public camera of the inventory stands in a borough.

    Examples
    --------
    >>> frame = borough_inputs()
    >>> len(frame), int((frame["cameras_basis"] == "assumed").sum())
    (33, 2)
    """
    cameras = None if cameras is None else frame_of(cameras)
    facts = datasets.borough_facts()
    frame = facts[["borough"]].copy()
    if cameras is None:
        counts = observations.cctv_counts(scope=scope, year=year, assume_missing=True)
        counts = counts.set_index("borough_code")
        frame["cameras"] = counts["cameras"].astype(float)
        frame["cameras_basis"] = counts["cameras_basis"]
        frame["cameras_year"] = counts["year"]
        frame["cameras_scope"] = counts["scope"].fillna(counts["cameras_rule"])
        frame["cameras_confidence"] = counts["confidence"]
        frame["cameras_other_scope"] = counts["other_cameras"].astype("Float64").astype(float)
    else:
        frame["cameras"] = count_public(cameras, frame.index, where="a London borough")
        frame["cameras_basis"] = "inventory"
        frame["cameras_year"] = pd.NA
        frame["cameras_scope"] = "public cameras of the inventory given"
        frame["cameras_confidence"] = "as the inventory"
        frame["cameras_other_scope"] = np.nan
    sites = _sites(frame.index)
    frame = frame.join(sites)
    frame["crimes_per_year"] = facts[CRIMES]
    frame["met_bcu"] = facts["met_bcu_2019"].fillna("City of London")
    frame["subregion"] = facts["london_plan_subregion"]
    return check(frame.sort_index(), BoroughInputs, "borough inputs")


def recorded_crimes(boroughs: pd.DataFrame) -> pd.Series:
    """Return the recorded crimes of each borough, not a number where none is known.

    Examples
    --------
    >>> int(recorded_crimes(borough_inputs()).isna().sum())  # the City of London
    1
    """
    if "crimes_per_year" not in boroughs:
        return pd.Series(np.nan, boroughs.index)
    return boroughs["crimes_per_year"].astype(float)


def count_public(cameras_frame: gpd.GeoDataFrame, codes: pd.Index, *, where: str) -> pd.Series:
    """Count the public cameras (not their views) of an inventory in each area.

    Raises
    ------
    InputError
        If there is none in any of the areas; ``where`` says what those are.
    """
    public = cameras_frame[cameras_frame["ownership"] == "public"]
    found = public.drop_duplicates("camera_id")["borough_code"].value_counts()
    counts = found.reindex(codes).fillna(0.0).astype(float)
    if counts.sum() == 0:
        faults = Faults("cameras")
        faults.add(
            f"no public camera stands in {where}",
            "Check ownership and CRS, or leave --cameras out and give counts",
        )
        faults.raise_if_any()
    return counts


def _sites(codes: pd.Index) -> pd.DataFrame:
    """Candidate site of each borough, and the room that serves it today, as published.

    A borough of which no room is published is taken to have one of its own; one whose cameras only
    record has none and nobody watches it.
    """
    shapes = datasets.boroughs("page").set_index("borough_code").geometry.reindex(codes)
    inside = shapes.representative_point()
    frame = pd.DataFrame(
        {
            "site_x_m": inside.x,
            "site_y_m": inside.y,
            "site_basis": SITE_ASSUMED,
            "has_room": True,
            "room_today": codes,
            "monitored": True,
        },
        index=codes,
    )
    rooms = datasets.control_rooms()
    for room in rooms[rooms["borough_codes"].map(len) > 0].itertuples():
        host, *guests = room.borough_codes
        if room.status == "closed":
            continue
        if room.status == "recording":
            frame.loc[host, ["site_basis", "has_room", "monitored"]] = SITE_NONE, False, False
            continue
        if room.geometry is None:
            frame.loc[host, "site_basis"] = SITE_UNPLACED
        else:
            frame.loc[host, ["site_x_m", "site_y_m"]] = room.geometry.x, room.geometry.y
            frame.loc[host, "site_basis"] = SITE_PUBLISHED
        frame.loc[guests, "room_today"] = host
        frame.loc[guests, ["site_basis", "has_room"]] = SITE_NONE, False
    return frame


def contiguity_graph(kind: Contiguity, *, codes: Sequence[str] | None = None) -> nx.Graph:
    """Build London's graph of neighbours.

    Parameters
    ----------
    kind
        ``land``: boroughs with a common boundary; ``land_and_crossings``: also those joined by a
        road crossing of the Thames; ``mid_river``: also those that face each other across it, so
        that they meet in the middle of the river; ``none``: every pair counts as neighbours.
    codes
        Boroughs to keep; all by default.

    Returns
    -------
    networkx.Graph
        Nodes are GSS codes; edges carry ``kind`` (``land``, ``crossing``, ``mid_river``, ``any``).

    Examples
    --------
    >>> contiguity_graph("land_and_crossings").number_of_edges()
    77
    """
    nodes = list(datasets.borough_facts().index) if codes is None else list(codes)
    if kind == "none":
        graph = nx.complete_graph(nodes)
        nx.set_edge_attributes(graph, "any", "kind")
        return graph
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    pairs = datasets.adjacency("land" if kind == "land" else "land_and_crossings")
    pairs = pairs[pairs["borough_code_a"].isin(nodes) & pairs["borough_code_b"].isin(nodes)]
    for a, b, edge in zip(
        pairs["borough_code_a"], pairs["borough_code_b"], pairs["kind"], strict=True
    ):
        graph.add_edge(a, b, kind=edge)
    if kind == "mid_river":
        facing = [pair for pair in _facing_boroughs() if set(pair) <= set(nodes)]
        graph.add_edges_from([p for p in facing if not graph.has_edge(*p)], kind="mid_river")
    return graph


def carries_graph(boroughs: pd.DataFrame) -> bool:
    """Whether a frame of areas carries its own neighbours, as a territory beside London does."""
    return NEIGHBOURS in boroughs


def carried_graph(boroughs: pd.DataFrame, kind: Contiguity) -> nx.Graph | None:
    """Return the neighbours that a frame carries, among its rows.

    Parameters
    ----------
    boroughs
        Areas, perhaps with the columns of :func:`optimisation.any_territory.area_inputs`.
    kind
        ``land``: areas with a common boundary; ``land_and_crossings``: also those that the counts
        say are joined.

    Returns
    -------
    networkx.Graph or None
        None for a frame without any: it is London.

    Raises
    ------
    InputError
        For ``mid_river``, which is known of the Thames alone.

    Examples
    --------
    >>> frame = pd.DataFrame({NEIGHBOURS: [("b",), ("a",), ()], CROSSINGS: [("c",), (), ()]},
    ...                      index=["a", "b", "c"])
    >>> [carried_graph(frame, k).number_of_edges() for k in ("land", "land_and_crossings")]
    [1, 2]
    """
    if not carries_graph(boroughs):
        return None
    if kind == "mid_river":
        faults = Faults("scenario")
        faults.add(
            "contiguity = 'mid_river' is known of London's Thames alone",
            "Say land, land_and_crossings or none",
        )
        faults.raise_if_any()
    known = set(boroughs.index)
    graph = nx.Graph()
    graph.add_nodes_from(boroughs.index)
    columns = [("land", NEIGHBOURS)]
    columns += [("crossing", CROSSINGS)] if kind == "land_and_crossings" else []
    for edge, column in columns:
        for code, others in boroughs[column].items():
            pairs = [(code, other) for other in others if other in known]
            graph.add_edges_from([p for p in pairs if not graph.has_edge(*p)], kind=edge)
    return graph


@lru_cache(maxsize=1)
def _facing_boroughs() -> tuple[tuple[str, str], ...]:
    boroughs, water = datasets.boroughs("page"), datasets.thames("page")
    return tuple(facing_graph(boroughs, water.geometry.union_all()).edges)


def adjacency_graph(areas: gpd.GeoDataFrame, *, min_shared_m: float = MIN_SHARED_M) -> nx.Graph:
    """Build the graph of neighbours of any polygon layer from its exact common boundaries.

    Parameters
    ----------
    areas
        Polygons in a CRS in metres with ``area_code``. Boundaries are common where they coincide,
        as they do in an official layer; slivers between areas drawn apart are not bridged.
    min_shared_m
        Shortest common boundary that makes neighbours; 0 lets areas that touch in a point count.

    Returns
    -------
    networkx.Graph
        Nodes are the codes, edges carry ``kind`` = ``land`` and ``shared_m``.

    Examples
    --------
    >>> from coverage_model.base import datasets
    >>> adjacency_graph(datasets.boroughs()).number_of_edges()
    68
    """
    shapes = areas.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    edges = shapely.boundary(shapes)
    shared = shapely.length(shapely.intersection(edges[first], edges[second]))
    codes = areas["area_code"].astype(str).to_numpy()
    graph = nx.Graph()
    graph.add_nodes_from(codes.tolist())
    keep = shared >= min_shared_m
    for i, j, metres in zip(first[keep], second[keep], shared[keep], strict=True):
        graph.add_edge(str(codes[i]), str(codes[j]), kind="land", shared_m=float(metres))
    return graph


def facing_graph(
    areas: gpd.GeoDataFrame, water: shapely.Geometry, *, min_shared_m: float = MIN_SHARED_M
) -> nx.Graph:
    """Find the areas that meet in the middle of a water between them.

    Each point of the water belongs to the area whose bank is nearest; two areas face each other
    where such parts meet. The line of meeting is made of edges of the Voronoi diagram of points
    along the banks, at most 50 m apart.

    Parameters
    ----------
    areas
        Polygons in a CRS in metres with ``area_code``.
    water
        The river or lake, between the areas.
    min_shared_m
        Shortest line of meeting that counts.

    Returns
    -------
    networkx.Graph
        Nodes are the codes, edges carry ``kind`` = ``mid_river`` and ``shared_m``, in metres.

    Examples
    --------
    >>> from shapely import box
    >>> banks = gpd.GeoDataFrame(
    ...     {"area_code": ["north", "south"]},
    ...     geometry=[box(0, 100, 900, 300), box(0, -200, 900, 0)],
    ...     crs=27700,
    ... )
    >>> list(facing_graph(banks, box(0, 0, 900, 100)).edges)
    [('north', 'south')]
    """
    edges = shapely.boundary(areas.geometry.to_numpy())
    banks = shapely.segmentize(shapely.intersection(edges, water.buffer(1.0)), BANK_STEP_M)
    points, owner = shapely.get_coordinates(banks, return_index=True)
    # Where two areas share a bank point, it is the first one's: the river begins beside it.
    _, unique = np.unique(np.round(points, 2), axis=0, return_index=True)
    points, owner = points[unique], owner[unique]
    diagram = Voronoi(points)
    sides = owner[diagram.ridge_points]
    ends = np.asarray(diagram.ridge_vertices)
    between = (ends >= 0).all(axis=1) & (sides[:, 0] != sides[:, 1])
    start, stop = diagram.vertices[ends[between, 0]], diagram.vertices[ends[between, 1]]
    middle = (start + stop) / 2
    shapely.prepare(water)
    wet = shapely.contains_xy(water, middle[:, 0], middle[:, 1])
    pairs = np.sort(sides[between][wet], axis=1)
    metres = np.linalg.norm(stop - start, axis=1)[wet]
    codes = areas["area_code"].astype(str).to_numpy()
    lengths = pd.Series(metres).groupby([codes[pairs[:, 0]], codes[pairs[:, 1]]]).sum()
    graph = nx.Graph()
    graph.add_nodes_from(codes.tolist())
    for (a, b), length in lengths[lengths >= min_shared_m].items():
        graph.add_edge(str(a), str(b), kind="mid_river", shared_m=float(length))
    return graph


def neighbour_masks(graph: nx.Graph, codes: Sequence[str]) -> list[int]:
    """Neighbours of each area as a bit mask in the order of ``codes``; strangers are left out."""
    bit = {code: 1 << i for i, code in enumerate(codes)}
    return [
        sum(bit.get(other, 0) for other in graph.neighbors(code) if other != code)
        if code in graph
        else 0
        for code in codes
    ]


def site_distances_km(boroughs: pd.DataFrame, *, detour_factor: float) -> NDArray[np.float64]:
    """Distance between every two sites: straight line times a detour factor.

    Parameters
    ----------
    boroughs
        With ``site_x_m`` and ``site_y_m``.
    detour_factor
        How much longer the way is than the straight line.

    Returns
    -------
    ndarray
        Kilometres, shape ``(areas, areas)``, symmetric, zero on the diagonal.
    """
    at = boroughs["site_x_m"].to_numpy(float) + 1j * boroughs["site_y_m"].to_numpy(float)
    return np.abs(at[:, None] - at[None, :]) * (detour_factor / 1000)
