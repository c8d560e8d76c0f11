"""Public streets that one can walk along, from OpenStreetMap through osmnx or from a line layer.

Which of OpenStreetMap's ways count as such is data, not code: ``data/facts/street_tags.csv`` lists
the values of ``highway`` and of the tags that qualify it. What is left out is counted in the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base.crs import WORKING_CRS, DatumShift, parse_crs, source_crs, to_crs
from coverage_model.base.datasets import data_dir
from coverage_model.base.errors import CRSError, Fault, InputError, NothingThereError
from coverage_model.base.notes import Notes, ReadLog, sha256_of
from coverage_model.reading.formats import NETWORKS, Opened, as_osm_xml, opened, state_crs
from coverage_model.reading.gis import joined
from coverage_model.reading.profile import Profile, load_profile
from coverage_model.reading.row_places import missing_crs_fault
from coverage_model.reading.source import boundary, is_somewhere, no_layers, noted_warnings
from coverage_model.reading.told_columns import as_told

NAME_COLUMNS = ("street_name", "name", "name1", "name_1", "road_name", "roadname1_name")
"""Columns that a line layer may keep the name of a street in, in any case."""

NODE_GRID_M = 0.01
"""Ends of stretches closer than this meet."""

_GRAPH_TAGS = ("highway", "name")


@dataclass(frozen=True, slots=True)
class Streets:
    """A network of public streets.

    Parameters
    ----------
    frame
        :class:`coverage_model.base.schemas.Streets`: a line string a stretch, from junction to
        junction and under one name. Index 0…n-1.
    junctions
        :class:`coverage_model.base.schemas.Junctions`: points where three or more stretches end.
    log
        Where they came from, and everything that was left out.
    """

    frame: gpd.GeoDataFrame
    junctions: gpd.GeoDataFrame
    log: ReadLog


def read_streets(
    path: str | Path,
    *,
    crs: Any = WORKING_CRS,
    layer: str | None = None,
    crs_in: Any = None,
    profile: str | Path | None = None,
) -> Streets:
    """Read a street network.

    Parameters
    ----------
    path
        OpenStreetMap XML or PBF and GraphML (saved by osmnx), both read by osmnx, or lines in any
        format that GDAL reads: a GeoPackage saved by osmnx, a national road layer; also in a zip.
    crs
        Projected CRS in metres to work in.
    layer
        Layer of a file that has several; ``edges``, or else the only layer of lines, if not given.
    crs_in
        CRS of the lines, where the file does not say or says it wrongly.
    profile
        A TOML file that says which columns of a layer of lines hold the street's name and its
        ``highway``; see :mod:`coverage_model.reading.profile`.

    Returns
    -------
    Streets
        Undirected, each stretch once, projected. Of OpenStreetMap ways only those that count in
        ``street_tags.csv``; all lines of a layer without a ``highway`` column.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        If it cannot be read, or holds no street.
    CRSError
        If it does not say its CRS, or ``crs`` is not projected in metres.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "streets.geojson"
    ...     line = shapely.LineString([(-0.135, 51.52), (-0.134, 51.52)])
    ...     gpd.GeoDataFrame({"name": ["Goodge Place"]}, geometry=[line], crs=4326).to_file(file)
    ...     read_streets(file).frame["street_name"].tolist()
    ['Goodge Place']
    """
    source = Path(path)
    target = parse_crs(crs)
    rules = load_profile(profile, of="streets")
    notes = Notes()
    with opened(source, layer) as file:
        name = file.adapter.name
        if name in NETWORKS:
            no_layers(source, layer)
            kind, edges = file.adapter.title, _from_osm(file, notes)
        elif name == "graphml":
            no_layers(source, layer)
            kind, edges = "GraphML", _from_graphml(file.path, notes)
        elif file.adapter.spatial:
            kind, edges = "lines", _from_layer(source, file, crs_in, rules, notes)
        else:
            fault = Fault(
                f"{file.title} holds no lines", "Give OSM XML, GraphML or a GIS layer of lines"
            )
            raise InputError(source, [fault])
    return _network(edges, target, notes, path=str(path), kind=kind, sha256=sha256_of(source))


def streets_from_lines(lines: gpd.GeoDataFrame) -> Streets:
    """Make a network of lines that are at hand already, in a projected CRS.

    Parameters
    ----------
    lines
        Line strings or multi-line strings; ``name`` and ``highway`` are used where present.

    Raises
    ------
    InputError
        If no line is left.
    CRSError
        If the frame has no CRS, or not one projected in metres.

    Examples
    --------
    >>> cross = gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkt(
    ...     ["LINESTRING (0 0, 5 0, 9 0)", "LINESTRING (5 0, 5 5)"]), crs="EPSG:27700")
    >>> len(streets_from_lines(cross).junctions)  # the first line is not parted there
    0
    """
    if lines.crs is None:
        raise CRSError("streets", [Fault("the lines have no CRS", "Set it first")])
    return _network(
        lines, parse_crs(lines.crs), Notes(), path="lines in memory", kind="lines", sha256=""
    )


def street_columns(names: Sequence[str]) -> dict[str, str]:
    """Columns that a layer's streets are named and told apart by, as :func:`read_streets` does.

    Examples
    --------
    >>> street_columns(["fid", "ROAD_NAME", "highway"])
    {'street_name': 'ROAD_NAME', 'highway': 'highway'}
    """
    plain = {name.lower(): name for name in names}
    named = next((plain[each] for each in NAME_COLUMNS if each in plain), None)
    found = {} if named is None else {"street_name": named}
    return found | ({"highway": "highway"} if "highway" in names else {})


def street_tags() -> pd.DataFrame:
    """Return which OpenStreetMap tags make a public street.

    Columns ``tag, value, counts, source, year, note``; ``counts`` is yes (only for ``highway``),
    no, or permit (walking allowed whatever ``access`` says).
    """
    path = data_dir() / "facts" / "street_tags.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _from_osm(file: Opened, notes: Notes) -> gpd.GeoDataFrame:
    import osmnx  # noqa: PLC0415 - a second to import, only needed here

    with (
        boundary(file.path, title=file.adapter.title),
        as_osm_xml(file, notes) as xml,
        street_tags_kept(),
        noted_warnings(notes),
    ):
        graph = osmnx.graph_from_xml(xml, bidirectional=True, simplify=False, retain_all=True)
    return _stretches(graph, notes)


def streets_from_graph(graph: Any, *, crs: Any = WORKING_CRS, name: str) -> Streets:
    """Make a network of a graph of ways that osmnx has just got, neither simplified nor projected.

    Parameters
    ----------
    graph
        From ``osmnx.graph_from_polygon(…, simplify=False)`` inside :func:`street_tags_kept`.
    crs
        Projected CRS in metres to work in.
    name
        Where it came from, for the log.

    Raises
    ------
    NothingThereError
        If no way of it is a public street.
    """
    notes = Notes()
    edges = _stretches(graph, notes)
    return _network(edges, parse_crs(crs), notes, path=name, kind="OpenStreetMap", sha256="")


def _stretches(graph: Any, notes: Notes) -> gpd.GeoDataFrame:
    """Take the public streets of a graph of all ways, from junction to junction."""
    import osmnx  # noqa: PLC0415 - as above

    # Every way of the file is in the graph, buildings and railways too; a stretch runs from
    # junction to junction of streets only if those go first.
    other = [key for *key, tags in graph.edges(keys=True, data=True) if not _tag(tags, "highway")]
    graph.remove_edges_from(other)
    rows = [tags for *_, tags in graph.edges(data=True)]
    wrong = ~_walkable(pd.DataFrame(rows), _ids(rows), notes)
    keys = list(graph.edges(keys=True))
    graph.remove_edges_from([keys[row] for row in np.flatnonzero(wrong)])
    graph.remove_nodes_from([node for node, degree in dict(graph.degree()).items() if degree == 0])
    if not graph.number_of_edges():
        return gpd.GeoDataFrame({"highway": []}, geometry=[], crs="EPSG:4326")
    # A stretch has one name and one kind: it ends where they change.
    graph = osmnx.simplify_graph(graph, edge_attrs_differ=list(_GRAPH_TAGS), remove_rings=False)
    return _edges(graph)


def _from_graphml(path: Path, notes: Notes) -> gpd.GeoDataFrame:
    import osmnx  # noqa: PLC0415 - as above

    with boundary(path, title="GraphML of a street network"), noted_warnings(notes):
        try:
            graph = osmnx.load_graphml(path)
        except AttributeError:  # osmnx expects texts, as it writes them; others write numbers
            graph = osmnx.load_graphml(graphml_str=_with_texts(path))
        if "crs" not in graph.graph:
            fault = Fault("the graph does not say its CRS", "Save it again with osmnx.save_graphml")
            raise CRSError(path, [fault])
        edges = _edges(graph)
    return edges[_walkable(edges, _ids(edges.to_dict("records")), notes)]


def _with_texts(path: Path) -> str:
    """Return a GraphML file with every attribute as text."""
    graph = nx.read_graphml(path, force_multigraph=True)
    nodes, edges = graph.nodes(data=True), graph.edges(data=True)
    # Tables of defaults, which networkx keeps beside what the file says of the graph.
    del graph.graph["node_default"], graph.graph["edge_default"]
    for tags in (graph.graph, *(tags for *_, tags in nodes), *(tags for *_, tags in edges)):
        tags.update({name: str(value) for name, value in tags.items()})
    return "\n".join(nx.generate_graphml(graph))


def _from_layer(
    path: Path, file: Opened, crs_in: Any, rules: Profile, notes: Notes
) -> gpd.GeoDataFrame:
    source = joined(list(file.batches(kind="Line")))
    notes.found.extend(source.notes.found)
    state_crs(source, None if crs_in is None else source_crs(crs_in))
    source = as_told(source, rules, path)
    if source.geometry is None:
        raise InputError(path, [Fault("it holds no lines", "Give a layer of lines")])
    if source.crs is None:
        raise CRSError(path, [missing_crs_fault(path)])
    rows = gpd.GeoDataFrame(source.rows, geometry=source.geometry.to_numpy(), crs=source.crs)
    if "highway" not in rows.columns:
        notes.add(
            "no_highway",
            "The layer does not say what kind of street each line is: all count as public streets",
            count=len(rows),
        )
        return rows
    return rows[_walkable(rows, _ids(rows.to_dict("records")), notes)]


@contextmanager
def street_tags_kept() -> Iterator[None]:
    """Have osmnx keep the tags that decide; its setting is put back as it was."""
    import osmnx  # noqa: PLC0415 - as above

    before = osmnx.settings.useful_tags_way
    osmnx.settings.useful_tags_way = list(
        dict.fromkeys([*before, *_GRAPH_TAGS, *street_tags()["tag"]])
    )
    try:
        yield
    finally:
        osmnx.settings.useful_tags_way = before


def _edges(graph: Any) -> gpd.GeoDataFrame:
    import osmnx  # noqa: PLC0415 - as above

    both_ways = osmnx.convert.to_undirected(graph)
    return osmnx.graph_to_gdfs(both_ways, nodes=False).reset_index(drop=True)


def _ids(rows: list[dict[str, Any]]) -> NDArray[np.object_]:
    return np.array([str(_first(row.get("osmid", number))) for number, row in enumerate(rows)],
                    dtype=object)  # fmt: skip


def _first(value: Any) -> Any:
    """Return the first of several values that osmnx has merged into one stretch."""
    return value[0] if isinstance(value, list) and value else value


def _tag(tags: dict[str, Any], name: str) -> Any:
    value = _first(tags.get(name))
    return None if value is None or value != value else value  # NaN: not tagged  # noqa: PLR0124


def _walkable(edges: pd.DataFrame, ids: NDArray[np.object_], notes: Notes) -> NDArray[np.bool_]:
    """Tell which ways are public streets, and count the others by the tag that rules them out."""
    table = street_tags()
    text = {
        tag: edges[tag].map(_first).astype(object).where(edges[tag].notna(), "").astype(str)
        for tag in table["tag"].unique()
        if tag in edges
    }
    kept = np.ones(len(edges), dtype=bool)

    def leave_out(rows: NDArray[np.bool_], code: str, message: str) -> None:
        nonlocal kept
        ways = dict.fromkeys(ids[rows & kept])
        notes.add(code, message, rows=ways)
        kept &= ~rows

    counts = table.groupby(["tag", "counts"])["value"].agg(set).to_dict()
    known = counts["highway", "yes"] | counts["highway", "no"]
    permit = text["foot"].isin(counts["foot", "permit"]) if "foot" in text else False
    for tag, values in text.items():
        ruled = values.isin(counts.get((tag, "no"), set()))
        if tag == "access":
            ruled &= ~permit
        for value in sorted(set(values[ruled])):
            rows = (ruled & values.eq(value)).to_numpy()
            leave_out(rows, "no_public_street", f"Ways with {tag}={value} are no public street")
        if tag == "highway":
            odd = ~values.isin(known).to_numpy()
            leave_out(odd, "unknown_highway", "Ways of an unknown kind were left out")
    return kept


def _network(
    edges: gpd.GeoDataFrame, crs: Any, notes: Notes, *, path: str, kind: str, sha256: str
) -> Streets:
    """Bring lines to the schema: single line strings, each once, with ids, lengths and names."""
    read = len(edges) + sum(n.count for n in notes.found if n.code in _LEFT_OUT)
    crs_in = "" if edges.crs is None else edges.crs.to_string()
    ids = _ids(edges.to_dict("records"))
    values = edges.geometry.to_numpy()
    is_line = (shapely.get_dimensions(values) == 1) & is_somewhere(values)
    notes.add("not_lines", "Rows that are no line were left out", rows=ids[~is_line])
    moved, shift = to_crs(edges.loc[is_line], crs) if len(edges) else (edges, DatumShift("none"))
    ids = ids[is_line]
    nowhere = shapely.is_missing(moved.geometry.to_numpy())
    notes.add("nowhere", "Lines that PROJ finds no place for were left out", rows=ids[nowhere])
    lines, of = shapely.get_parts(moved.geometry.to_numpy(), return_index=True)
    ids = ids[of]
    good = is_somewhere(lines)  # PROJ finds no place for some
    lines[~good] = None
    good &= shapely.length(lines) > 0
    notes.add("no_length", "Lines without length or place were left out", rows=ids[~good])
    key = shapely.to_wkb(
        shapely.normalize(shapely.set_precision(lines, NODE_GRID_M, mode="pointwise"))
    )
    once = ~pd.Series(key).where(good).duplicated().to_numpy()
    again = good & ~once
    notes.add("repeated", "Lines that repeat another were left out", rows=ids[again])
    kept = np.flatnonzero(good & once)
    if len(kept) == 0:
        fault = Fault("it holds no public street", "Give an extract with highway=* ways, or lines")
        raise NothingThereError(path, [fault])
    lines, of, ids = lines[kept], of[kept], ids[kept]
    nth = pd.Series(ids).groupby(ids).cumcount().to_numpy() + 1
    rows = moved.iloc[of]
    frame = gpd.GeoDataFrame(
        {
            "street_id": [f"{i}/{n}" if n > 1 else i for i, n in zip(ids, nth, strict=True)],
            "street_name": _text(rows, NAME_COLUMNS),
            "highway": _text(rows, ("highway",)),
            "length_m": shapely.length(lines),
        },
        geometry=lines,
        crs=crs,
    )
    log = ReadLog(
        path, kind, sha256, read, frame["street_id"].size, crs_in, shift, tuple(notes.found)
    )
    return Streets(frame, _junctions(frame), log)


_LEFT_OUT = frozenset({"no_public_street", "unknown_highway"})


def _text(rows: gpd.GeoDataFrame, candidates: tuple[str, ...]) -> pd.array:
    """Values of the first of the columns that is there; several names are joined."""
    columns = {str(column).lower(): column for column in rows.columns}
    found = next((columns[name] for name in candidates if name in columns), None)
    values = [None] * len(rows) if found is None else rows[found].tolist()
    texts = [" / ".join(map(str, value)) if isinstance(value, list) else value for value in values]
    return np.array(
        [text.strip() if isinstance(text, str) and text.strip() else None for text in texts],
        dtype=object,
    )


def _junctions(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Find where three or more stretches end. A stretch that comes back to its start ends twice."""
    lines = frame.geometry.to_numpy()
    ends = np.concatenate(
        [shapely.get_coordinates(shapely.get_point(lines, place)) for place in (0, -1)]
    )
    grid = np.round(ends / NODE_GRID_M).astype(np.int64)
    _, first, count = np.unique(grid, axis=0, return_index=True, return_counts=True)
    chosen = np.flatnonzero(count >= 3)
    points = shapely.points(ends[first[chosen]])
    return gpd.GeoDataFrame(
        {"junction_id": [f"J{n}" for n in range(1, len(chosen) + 1)], "streets": count[chosen]},
        geometry=points,
        crs=frame.crs,
    )


__all__ = ["Streets", "read_streets", "street_tags", "streets_from_lines"]
