"""Distances between sites by road: read a network once, and carry them with the areas.

A link follows streets, and a straight line times a factor says little where a river or a railway
lies between. The distances found here become columns of the frame of areas
(:func:`with_road_km`), one for each site, ``road_km_to_<code>``. Every model makes its setting from
that frame, so all of them use the same distances, and a frame with some of the columns missing is
an error: nothing goes back to straight lines unsaid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from coverage_model.base.crs import WORKING_CRS, DatumShift, parse_crs, source_crs, to_crs
from coverage_model.base.errors import CRSError, Fault, Faults, InputError
from coverage_model.base.notes import Notes, ReadLog, sha256_of
from coverage_model.reading.areas import crs_name
from coverage_model.reading.formats import NETWORKS, Opened, as_osm_xml, opened
from coverage_model.reading.source import boundary, noted_warnings

Floats = NDArray[np.float64]

PREFIX = "road_km_to_"
FARTHEST_NODE_M = 5_000.0
ISLAND_SHARE = 0.01  # parts of the network with a smaller share of its nodes are no way anywhere

# fmt: off
ROADS = frozenset((
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street",
    "service", "road", "pedestrian", "busway", "track",
))
# fmt: on
"""Values of OpenStreetMap's ``highway`` that count in OSM XML: ways wide enough for a vehicle (our
choice; footpaths, steps and cycleways do not count, nor what is only planned). A GraphML holds what
its maker chose, and all of it counts."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadNetwork:
    """A network of roads, usable in both directions: a cable does not mind one-way streets.

    Parameters
    ----------
    nodes_m
        Easting and northing of each node in the working CRS, shape ``(nodes, 2)``.
    edges
        Positions of both ends of each stretch, the smaller first, each pair once,
        shape ``(edges, 2)``.
    length_m
        Length of each stretch.
    log
        Where it came from, and everything that was left out.
    """

    nodes_m: Floats
    edges: NDArray[np.int64]
    length_m: Floats
    log: ReadLog


def read_roads(path: str | Path, *, crs: Any = WORKING_CRS) -> RoadNetwork:
    """Read a road network.

    Parameters
    ----------
    path
        GraphML as osmnx saves it, in any CRS, or OpenStreetMap XML or PBF; also in a zip.
    crs
        Projected CRS in metres to work in: that of the sites.

    Returns
    -------
    RoadNetwork
        A stretch is as long as its geometry in the working CRS. One without geometry is as long as
        its ``length`` says, and at least as long as the straight line between its ends; those of
        OSM XML are such straight lines. Parts with under 1 % of the nodes are left out.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        If it cannot be read, or holds no road.
    CRSError
        If it does not say its CRS, or ``crs`` is not projected in metres.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> graph = nx.MultiDiGraph(crs="EPSG:27700")
    >>> graph.add_node(1, x=530000.0, y=180000.0), graph.add_node(2, x=530300.0, y=180400.0)
    (None, None)
    >>> _ = graph.add_edge(1, 2, length=650.0)
    >>> with TemporaryDirectory() as folder:
    ...     nx.write_graphml(graph, Path(folder) / "roads.graphml")
    ...     read_roads(Path(folder) / "roads.graphml").length_m.tolist()
    [650.0]
    """
    file, working, notes = Path(path), parse_crs(crs), Notes()
    with opened(file) as found:
        if found.adapter.name == "graphml":
            kind, graph = "GraphML", _from_graphml(found.path, notes)
        elif found.adapter.name in NETWORKS:
            kind, graph = found.adapter.title, _from_osm(found, notes)
        else:
            fault = Fault(
                f"a road network cannot be read from {found.title}",
                "Give GraphML that osmnx.save_graphml wrote, or OpenStreetMap XML or PBF",
            )
            raise InputError(file, [fault])
    read = graph.number_of_edges() + sum(note.count for note in notes.found if note.code == "ways")
    nodes_m, crs_in, shift = _nodes(graph, file, working)
    edges, length_m = _stretches(graph, nodes_m, working, notes, measured=kind == "GraphML")
    nodes_m, edges, length_m = _without_islands(nodes_m, edges, length_m, notes=notes)
    log = ReadLog(
        path=str(path),
        format=kind,
        sha256=sha256_of(file),
        rows_read=read,
        items_read=len(edges),
        crs_in=crs_in,
        datum_shift=shift,
        notes=tuple(notes.found),
    )
    return RoadNetwork(nodes_m, edges, length_m, log)


def with_road_km(boroughs: pd.DataFrame, roads: RoadNetwork) -> pd.DataFrame:
    """Add the distance by road from each site to each other.

    Parameters
    ----------
    boroughs
        With ``site_x_m`` and ``site_y_m`` in the network's CRS, indexed by code.
    roads
        From :func:`read_roads`.

    Returns
    -------
    DataFrame
        A copy with a column ``road_km_to_<code>`` for each area.

    Raises
    ------
    InputError
        If the network lies elsewhere, or some sites are not joined by road.
    """
    km = road_distances_km(boroughs, roads)
    columns = [f"{PREFIX}{code}" for code in boroughs.index]
    kept = boroughs[[name for name in boroughs if not str(name).startswith(PREFIX)]]
    return kept.join(pd.DataFrame(km, index=boroughs.index, columns=columns))


def is_by_road(boroughs: pd.DataFrame) -> bool:
    """Whether a frame of areas carries distances by road."""
    return any(str(name).startswith(PREFIX) for name in boroughs)


def carried_km(boroughs: pd.DataFrame) -> Floats | None:
    """Return the distances by road that a frame carries.

    Parameters
    ----------
    boroughs
        Areas, perhaps with the columns of :func:`with_road_km`; any of its rows in any order.

    Returns
    -------
    ndarray or None
        Kilometres, shape ``(areas, areas)``, in the frame's order; None for a frame without any.

    Raises
    ------
    InputError
        If distances to some of the areas are missing.

    Examples
    --------
    >>> columns = {"road_km_to_A": [0.0, 2.5], "road_km_to_B": [2.5, 0.0]}
    >>> frame = pd.DataFrame(columns, index=["A", "B"])
    >>> carried_km(frame.loc[["B", "A"]]).tolist(), carried_km(frame[[]]) is None
    ([[0.0, 2.5], [2.5, 0.0]], True)
    """
    if not is_by_road(boroughs):
        return None
    wanted = {str(code): f"{PREFIX}{code}" for code in boroughs.index}
    km = boroughs.reindex(columns=list(wanted.values())).to_numpy(dtype=np.float64)
    lacking = ~np.isfinite(km).all(axis=0)
    if lacking.any():
        faults = Faults("distances by road")
        faults.add(
            "there is no distance by road to some areas",
            "Work them out for all areas at once, with with_road_km",
            rows=boroughs.index[lacking],
        )
        faults.raise_if_any()
    return km


def road_distances_km(boroughs: pd.DataFrame, roads: RoadNetwork) -> Floats:
    """Distance between every two sites along a road network.

    Parameters
    ----------
    boroughs
        With ``site_x_m`` and ``site_y_m`` in the network's CRS.
    roads
        From :func:`read_roads`.

    Returns
    -------
    ndarray
        Kilometres, shape ``(areas, areas)``, symmetric, zero on the diagonal; the way from a site
        to its nearest node is a straight line and counts.

    Raises
    ------
    InputError
        If the network has no node within 5 km of a site, or some sites are not joined by road.
    """
    faults = Faults(roads.log.path or "roads")
    sites = boroughs[["site_x_m", "site_y_m"]].to_numpy(float)
    reach, nearest = cKDTree(roads.nodes_m).query(sites)
    far = reach > FARTHEST_NODE_M
    if far.any():
        faults.add(
            f"the network has no node within {FARTHEST_NODE_M / 1000:g} km of some sites",
            "Take in the roads of the whole area, and check the network's CRS",
            rows=_names(boroughs, far),
        )
        faults.raise_if_any()
    along = shortest_ways_m(roads.edges, roads.length_m, nodes=len(roads.nodes_m), ends=nearest)
    joined = np.isfinite(along)
    if not joined.all():
        most = joined[joined.sum(axis=1).argmax()]
        faults.add(
            "some sites are not joined to the others by road",
            "Take in the roads between them",
            rows=_names(boroughs, ~most),
        )
        faults.raise_if_any()
    total = (along + reach[:, None] + reach[None, :]) / 1000
    np.fill_diagonal(total, 0.0)
    # Sums of the same stretches in the other order differ in the last digit.
    return (total + total.T) / 2


def shortest_ways_m(
    edges: NDArray[np.int64], length_m: Floats, *, nodes: int, ends: NDArray[np.int64]
) -> Floats:
    """Length of the shortest way between every two of some nodes (Dijkstra 1959).

    Parameters
    ----------
    edges
        Both ends of each stretch, each pair of nodes once, shape ``(edges, 2)``.
    length_m
        Length of each stretch.
    nodes
        Number of nodes.
    ends
        The nodes asked for; one may come twice.

    Returns
    -------
    ndarray
        Metres, shape ``(ends, ends)``; infinite where there is no way.

    Examples
    --------
    >>> chain, ends = np.array([[0, 1], [1, 2]]), np.array([0, 2])
    >>> shortest_ways_m(chain, np.array([3.0, 4.0]), nodes=3, ends=ends).tolist()
    [[0.0, 7.0], [7.0, 0.0]]
    """
    # Short numbers of nodes: SciPy before 1.15 finds no way by long ones.
    rows, columns = edges.astype(np.int32).T
    matrix = csr_array((length_m, (rows, columns)), shape=(nodes, nodes))
    return dijkstra(matrix, directed=False, indices=ends)[:, ends]


def _from_graphml(path: Path, notes: Notes) -> nx.MultiDiGraph:
    with boundary(path, title="GraphML of a road network"), noted_warnings(notes):
        graph = nx.read_graphml(path, force_multigraph=True)
    if "crs" not in graph.graph:
        fault = Fault("the graph does not say its CRS", "Save it again with osmnx.save_graphml")
        raise CRSError(path, [fault])
    return graph


def _from_osm(file: Opened, notes: Notes) -> nx.MultiDiGraph:
    import osmnx  # noqa: PLC0415 - a second to import, only needed here

    with (
        boundary(file.path, title="OpenStreetMap's roads"),
        as_osm_xml(file, notes) as xml,
        noted_warnings(notes),
    ):
        graph = osmnx.graph_from_xml(xml, bidirectional=True, simplify=False, retain_all=True)
    # Every way of the file is in the graph, buildings and railways too.
    other = [key for *key, tags in graph.edges(keys=True, data=True) if not _is_road(tags)]
    graph.remove_edges_from(other)
    notes.add("ways", "Stretches of ways that are no road were left out", count=len(other))
    graph.remove_nodes_from(list(nx.isolates(graph)))
    return graph


def _is_road(tags: dict[str, Any]) -> bool:
    return str(tags.get("highway")) in ROADS


def _nodes(
    graph: nx.MultiDiGraph, path: Path, working: pyproj.CRS
) -> tuple[Floats, str, DatumShift]:
    """Places of the nodes in the working CRS; the CRS they came in; how they were shifted."""
    faults = Faults(path)
    if not graph.number_of_edges():
        faults.add("it holds no road", "Give an extract with roads in it")
        faults.raise_if_any()
    try:
        xy = np.array([(float(n["x"]), float(n["y"])) for _, n in graph.nodes(data=True)])
    except (KeyError, TypeError, ValueError):
        faults.add("some nodes have no x and y", "Save it again with osmnx.save_graphml")
        faults.raise_if_any()
    given = source_crs(graph.graph["crs"])
    places, shift = to_crs(gpd.GeoSeries.from_xy(xy[:, 0], xy[:, 1], crs=given), working)
    nodes_m = np.column_stack([places.x, places.y]).astype(np.float64)
    if not np.isfinite(nodes_m).all():
        faults.add(
            f"nodes that do not exist in {working.name}",
            f"Check its CRS, stated as {crs_name(given)}",
        )
        faults.raise_if_any()
    return nodes_m, crs_name(given), shift


def _stretches(
    graph: nx.MultiDiGraph, nodes_m: Floats, working: pyproj.CRS, notes: Notes, *, measured: bool
) -> tuple[NDArray[np.int64], Floats]:
    """Return the ends and length of each stretch, each pair of nodes once."""
    number = {node: place for place, node in enumerate(graph.nodes)}
    ends = np.array([(number[a], number[b]) for a, b in graph.edges()], dtype=np.int64)
    straight = np.hypot(*(nodes_m[ends[:, 0]] - nodes_m[ends[:, 1]]).T)
    metres = straight
    if measured:
        stated = pd.Series([tags.get("length") for *_, tags in graph.edges(data=True)])
        metres = np.fmax(straight, pd.to_numeric(stated, errors="coerce").to_numpy(np.float64))
        metres = _drawn_lengths(graph, metres, working)
    table = pd.DataFrame({"a": ends.min(axis=1), "b": ends.max(axis=1), "m": metres})
    # Parallel roads would be added up in a sparse matrix: keep the shortest of each.
    once = table[table["a"] != table["b"]].groupby(["a", "b"], as_index=False)["m"].min()
    message = "Stretches that repeat another, as in the other direction, or only lead back"
    notes.add("parallel", message, count=len(table) - len(once))
    return once[["a", "b"]].to_numpy(np.int64), once["m"].to_numpy(np.float64)


def _drawn_lengths(graph: nx.MultiDiGraph, metres: Floats, working: pyproj.CRS) -> Floats:
    """Length of the stretches that have a geometry, in the working CRS; the others as they are."""
    drawn = [tags.get("geometry") for *_, tags in graph.edges(data=True)]
    texts = [text if isinstance(text, str) else None for text in drawn]
    lines = shapely.from_wkt(texts, on_invalid="ignore")
    has = np.flatnonzero(~shapely.is_missing(lines))
    if not len(has):
        return metres
    moved, _ = to_crs(gpd.GeoSeries(lines[has], crs=source_crs(graph.graph["crs"])), working)
    found = metres.copy()
    found[has] = shapely.length(moved.to_numpy())
    return found


def _without_islands(
    nodes_m: Floats, edges: NDArray[np.int64], length_m: Floats, *, notes: Notes
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Leave out small parts of the network that lead nowhere."""
    count = len(nodes_m)
    matrix = csr_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(count, count))
    _, part = connected_components(matrix, directed=False)
    kept = np.bincount(part)[part] >= ISLAND_SHARE * count
    inside = kept[edges[:, 0]] if len(edges) else np.zeros(0, dtype=bool)
    message = "Stretches in small parts that are joined to no other were left out"
    notes.add("islands", message, count=int((~inside).sum()))
    place = np.cumsum(kept) - 1
    return nodes_m[kept], place[edges[inside]], length_m[inside]


def _names(boroughs: pd.DataFrame, rows: Sequence[bool] | NDArray[np.bool_]) -> list[str]:
    """Names of areas for an error, or their codes where they have none."""
    column = boroughs["borough"] if "borough" in boroughs else boroughs.index.to_series()
    return [str(name) for name in column[np.asarray(rows)]]
