"""The embedded data: real boundaries, published facts with their sources, planning coefficients.

Every figure comes with its source and year; what has no source is marked ``assumption``. Files are
read once and each call returns a copy, so nothing a caller does can change what the next one sees.
``docs/data.md`` describes the files, their licences and their traps.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd

from coverage_model.base.errors import Fault, InputError, MissingFileError

Detail = Literal["full", "page", "overview"]
AdjacencyKind = Literal["land", "crossings", "land_and_crossings"]

DETAILS = ("full", "page", "overview")
MARKS = ("read", "derived", "assumption")
_ADJACENCY_KINDS: dict[str, tuple[str, ...]] = {
    "land": ("land",),
    "crossings": ("crossing",),
    "land_and_crossings": ("land", "crossing"),
}
_TEXT_MEASURES = ("statutory_inner", "london_plan_subregion", "met_bcu_2019")


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A planning coefficient with its range and where it comes from.

    Parameters
    ----------
    name
        Identifier, with the unit at its end.
    value, low, high
        Working value and the range to test it over.
    unit
        Unit in words.
    group
        What it belongs to: staff, room, network, change, cameras, appraisal, view, private,
        illustrative.
    source
        Where it was read, or ``assumption``.
    year
        Year the figure is about; None where the source has none or there is no source.
    mark
        ``read`` in the source, ``derived`` by arithmetic from figures read, or ``assumption``.
    note
        What a user must know about it, and the reason for an assumption.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    group: str
    source: str
    year: int | None
    mark: str
    note: str


def data_dir() -> Path:
    """Return the folder of the embedded data, in a checkout or in an installed wheel.

    Raises
    ------
    MissingFileError
        If neither place has it, which means a broken installation.

    Examples
    --------
    >>> (data_dir() / "facts").is_dir()
    True
    """
    here = Path(__file__).resolve().parents[1]
    for folder in (here / "_data", here.parent / "data"):
        if (folder / "facts").is_dir():
            return folder
    fault = Fault("the embedded data are missing", "Install Sharedview again from its wheel")
    raise MissingFileError(here / "_data", [fault])


def boroughs(detail: Detail = "full") -> gpd.GeoDataFrame:
    """Return the 33 London borough boundaries, clipped at the tidal Thames's mean high water.

    Parameters
    ----------
    detail
        ``full`` for computing; ``page`` (simplified together by 10 m) and ``overview`` (50 m) for
        maps. Each is a valid polygon coverage: no overlaps, no slivers.

    Returns
    -------
    GeoDataFrame
        In EPSG:27700, sorted by code: ``borough_code, borough, area_code, area_name`` (the same
        twice, so that it passes as ``schemas.Areas`` too), ``hectares`` (published, with tidal
        water), ``tidal_water_ha``, ``geometry`` (multipolygons).

    Raises
    ------
    InputError
        If ``detail`` is unknown.

    Examples
    --------
    >>> len(boroughs("overview"))
    33
    """
    _known("detail", detail, DETAILS)
    return _boroughs(detail).copy()


@lru_cache(maxsize=len(DETAILS))
def _boroughs(detail: str) -> gpd.GeoDataFrame:
    frame = _geojson(f"boundaries/boroughs_{detail}.geojson")
    frame.insert(2, "area_code", frame["borough_code"])
    frame.insert(3, "area_name", frame["borough"])
    return frame


def thames(detail: Detail = "page") -> gpd.GeoDataFrame:
    """Return the tidal Thames with its creeks, to draw under the boroughs.

    Derived, not surveyed: the gap that the boroughs' boundaries leave between them, up to where
    they part at the estuary. One row, ``name`` and ``geometry``, EPSG:27700.

    Raises
    ------
    InputError
        If ``detail`` is unknown.

    Examples
    --------
    >>> thames("overview").geometry.is_valid.all()
    np.True_
    """
    _known("detail", detail, DETAILS)
    return _geojson(f"boundaries/thames_{detail}.geojson").copy()


def anchors() -> gpd.GeoDataFrame:
    """Return real public points: cycle docking stations, Underground and DLR stations.

    Returns
    -------
    GeoDataFrame
        In EPSG:27700: ``kind`` (``docking_station`` or ``rail_station``), ``name`` (of a docking
        station, or the lines that stop at a station, which has no name in its source),
        ``borough_code``, ``geometry``.

    Examples
    --------
    >>> sorted(anchors()["kind"].unique())
    ['docking_station', 'rail_station']
    """
    files = ("places/docking_stations.geojson", "places/rail_stations.geojson")
    return pd.concat([_geojson(file) for file in files], ignore_index=True)


def named_anchors() -> gpd.GeoDataFrame:
    """Return :func:`anchors` under names to be read: a station goes by the lines that stop at it.

    Examples
    --------
    >>> stations = named_anchors().query("kind == 'rail_station'")
    >>> str(stations["name"].iloc[0])
    'Station (Central)'
    """
    found = anchors()
    lines = found["name"].str.extract(r"^Station: (.*)$", expand=False)
    return found.assign(name=found["name"].where(lines.isna(), "Station (" + lines + ")"))


def borough_facts() -> pd.DataFrame:
    """Return one row a borough, one column a measure; the units stand in the names.

    The file behind it holds one row a figure, with source and year: :func:`borough_fact_sources`.
    Blank is unknown or not applicable (the City of London has no Met unit), never zero.

    Returns
    -------
    DataFrame
        Index ``borough_code``, column ``borough``, then the measures.

    Examples
    --------
    >>> int(borough_facts()["tfl_jamcams_2024"].sum())
    900
    """
    return _borough_facts().copy()


@lru_cache(maxsize=1)
def _borough_facts() -> pd.DataFrame:
    long = _facts("borough_facts")
    order = list(dict.fromkeys(long["measure"]))
    # pivot, not pivot_table: values are text here and a repeated pair must be an error
    wide = long.pivot(index="borough_code", columns="measure", values="value")[order]  # noqa: PD010
    wide.columns.name = None
    for measure in order:
        if measure not in _TEXT_MEASURES:
            wide[measure] = pd.to_numeric(wide[measure])
    wide.insert(0, "borough", long.groupby("borough_code")["borough"].first())
    return wide


def borough_fact_sources() -> pd.DataFrame:
    """Return the borough facts with one row a figure: its unit, year, source and mark.

    Examples
    --------
    >>> borough_fact_sources().columns.tolist()[:4]
    ['borough_code', 'borough', 'measure', 'value']
    """
    return _facts("borough_facts").copy()


def control_rooms() -> gpd.GeoDataFrame:
    """Return the control rooms as published, with the boroughs they serve.

    Coordinates are approximate and unverified (``coord_basis``), good for a map of London and not
    for a street; rooms without a published site have no geometry.

    Returns
    -------
    GeoDataFrame
        In EPSG:27700; ``borough_codes`` is a tuple of GSS codes.

    Examples
    --------
    >>> control_rooms().loc[0, "borough_codes"]
    ('E09000032', 'E09000027')
    """
    frame = _facts("control_rooms").copy()
    frame["borough_codes"] = [
        tuple(filter(None, codes.split("|"))) for codes in frame["borough_codes"].fillna("")
    ]
    frame["year"] = pd.to_numeric(frame["year"]).astype("Int64")
    east, north = (pd.to_numeric(frame[f"approx_{name}_m"]) for name in ("easting", "northing"))
    points = gpd.GeoSeries.from_xy(east, north, crs="EPSG:27700")
    return gpd.GeoDataFrame(frame, geometry=points.where(east.notna(), None))


def adjacency(kind: AdjacencyKind = "land_and_crossings") -> pd.DataFrame:
    """Return which boroughs are neighbours.

    Parameters
    ----------
    kind
        ``land`` for pairs with a common boundary, ``crossings`` for pairs joined only by a road
        crossing of the Thames, or both. By land alone London hangs together only through Hounslow
        and Richmond, since the boundaries are clipped at the river.

    Returns
    -------
    DataFrame
        ``borough_code_a, borough_a, borough_code_b, borough_b`` (a before b), ``kind`` (``land``
        or ``crossing``), ``shared_boundary_m`` (land), ``crossing`` (names), ``source, year,
        mark``.

    Raises
    ------
    InputError
        If ``kind`` is unknown.

    Examples
    --------
    >>> len(adjacency("land")), len(adjacency("crossings"))
    (68, 9)
    """
    _known("kind", kind, tuple(_ADJACENCY_KINDS))
    frame = _facts("adjacency")
    frame = frame[frame["kind"].isin(_ADJACENCY_KINDS[kind])].reset_index(drop=True)
    frame["shared_boundary_m"] = pd.to_numeric(frame["shared_boundary_m"])
    return frame


def coefficients() -> pd.DataFrame:
    """Return the planning coefficients.

    Returns
    -------
    DataFrame
        Index ``name``; ``value, low, high, unit, group, source, year, mark, note`` as in
        :class:`Coefficient`.

    Examples
    --------
    >>> float(coefficients().loc["discount_rate", "value"])
    0.035
    """
    return _coefficients().copy()


@lru_cache(maxsize=1)
def _coefficients() -> pd.DataFrame:
    frame = _facts("coefficients").set_index("name")
    for column in ("value", "low", "high"):
        frame[column] = pd.to_numeric(frame[column])
    frame["year"] = pd.to_numeric(frame["year"]).astype("Int64")
    frame["note"] = frame["note"].fillna("")
    return frame


def coefficient(name: str) -> Coefficient:
    """Return one planning coefficient.

    Raises
    ------
    InputError
        If there is none of that name; the message offers similar names.

    Examples
    --------
    >>> coefficient("min_posts_per_room").value
    1.0
    """
    table = _coefficients()
    if name not in table.index:
        near = difflib.get_close_matches(name, list(table.index), n=3, cutoff=0.3)
        remedy = f"Did you mean {' or '.join(near)}?" if near else "See `sharedview data`"
        raise InputError("coefficients", [Fault(f"there is no coefficient {name!r}", remedy)])
    row = table.loc[name]
    return Coefficient(
        name=name,
        value=float(row["value"]),
        low=float(row["low"]),
        high=float(row["high"]),
        unit=str(row["unit"]),
        group=str(row["group"]),
        source=str(row["source"]),
        year=None if pd.isna(row["year"]) else int(row["year"]),
        mark=str(row["mark"]),
        note=str(row["note"]),
    )


def quality_levels(table: str = "EN 62676-4:2015") -> pd.DataFrame:
    """Return a table of image-quality levels, coarsest first.

    Parameters
    ----------
    table
        ``EN 62676-4:2015``, ``IEC 62676-4:2014`` (the same values), ``EN 62676-4 OODPCVS`` (the
        newer set as proposed) or ``IEC 62676-4:2025``, whose own values were not read: the marks
        say which are unverified.

    Returns
    -------
    DataFrame
        ``table, rank, level, px_per_m`` (pixels per metre across the target), ``source, year,
        mark``.

    Raises
    ------
    InputError
        If the table is unknown.

    Examples
    --------
    >>> float(quality_levels().set_index("level").loc["identify", "px_per_m"])
    250.0
    """
    frame = _facts("quality_levels")
    _known("table", table, tuple(dict.fromkeys(frame["table"])))
    frame = frame[frame["table"] == table].reset_index(drop=True)
    for column in ("rank", "px_per_m", "year"):
        frame[column] = pd.to_numeric(frame[column])
    return frame.sort_values("rank", ignore_index=True)


def detection_by_monitors() -> pd.DataFrame:
    """Return the share of staged events an operator noticed, by monitors watched.

    Examples
    --------
    >>> detection_by_monitors()["detection_share"].tolist()
    [0.85, 0.74, 0.58, 0.53]
    """
    frame = _facts("detection_by_monitors").copy()
    for column in ("monitors_per_operator", "detection_share"):
        frame[column] = pd.to_numeric(frame[column])
    return frame


def procurement_precedents() -> pd.DataFrame:
    """Return frameworks and joint contracts that boroughs use, with their sources.

    Examples
    --------
    >>> procurement_precedents()["precedent"].tolist()[1]
    'East London Maintenance Contract'
    """
    frame = _facts("procurement_precedents").copy()
    frame["year"] = pd.to_numeric(frame["year"]).astype("Int64")
    return frame


def since_pcd167() -> pd.DataFrame:
    """Return plans for control rooms beside what became of them, with the sources of both.

    Examples
    --------
    >>> since_pcd167()["held"].tolist().count("no")
    4
    """
    frame = _facts("since_pcd167").rename(
        columns={"year": "outcome_year", "source": "outcome_source"}
    )
    for column in ("forecast_year", "outcome_year"):
        frame[column] = pd.to_numeric(frame[column]).astype("Int64")
    for column in ("forecast_value", "outcome_value"):
        frame[column] = pd.to_numeric(frame[column])
    return frame


def saving_overlaps() -> pd.DataFrame:
    """Return which savings share pounds and must not be added, with the reason.

    Examples
    --------
    >>> saving_overlaps().columns.tolist()
    ['first', 'second', 'overlap', 'why', 'source', 'year']
    """
    return _facts("saving_overlaps").copy()


def embedded() -> pd.DataFrame:
    """Return every embedded file with what it holds, its source, licence, date and SHA-256.

    Examples
    --------
    >>> embedded().columns.tolist()
    ['file', 'what', 'rows', 'source', 'licence', 'date', 'sha256']
    """
    tables = []
    for path in sorted(data_dir().glob("*/SOURCES.csv")):
        table = pd.read_csv(path, dtype={"rows": int})
        table["file"] = path.parent.name + "/" + table["file"]
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


@lru_cache(maxsize=16)
def _facts(name: str) -> pd.DataFrame:
    """Read a facts file as text: blank cells are missing, nothing else is."""
    path = data_dir() / "facts" / f"{name}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


@lru_cache(maxsize=16)
def _geojson(file: str) -> gpd.GeoDataFrame:
    return gpd.read_file(data_dir() / file)


def _known(argument: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        fault = Fault(f"{argument} {value!r} is unknown", f"Use one of: {', '.join(allowed)}")
        raise InputError("datasets", [fault])
