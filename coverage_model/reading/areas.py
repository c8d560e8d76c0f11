"""Areas that coverage is reported for: boroughs, wards, any layer of polygons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base import datasets, schemas
from coverage_model.base.crs import WORKING_CRS, DatumShift, parse_crs, source_crs, to_crs
from coverage_model.base.errors import CRSError, Fault, Faults, InputError
from coverage_model.base.notes import Notes, ReadLog, sha256_of
from coverage_model.reading.formats import read_source
from coverage_model.reading.gis import text_coordinates
from coverage_model.reading.header import is_number
from coverage_model.reading.look_alikes import look_alike_fault
from coverage_model.reading.parse import clean_text, is_blank
from coverage_model.reading.profile import load_profile, normalise
from coverage_model.reading.row_places import missing_crs_fault
from coverage_model.reading.source import (
    STATE_CRS,
    Source,
    is_somewhere,
    name_some,
    text_coordinates_fault,
)
from coverage_model.reading.told_columns import as_told

CODE_NAMES = ("area_code", "gss_code", "borough_code", "code", "lad_code", "ward_code", "id", "ref")
NAME_NAMES = ("area_name", "name", "borough", "label", "title", "ward", "district")
# Else the endings of ONS products (LAD24CD and LAD24NM, WD23CD, LSOA11CD), or …_code and …_name.
_ANY_CODE, _ANY_NAME = re.compile(r"[a-z]+\d\dcd|.+_code"), re.compile(r"[a-z]+\d\dnm|.+_name")
_MADE_IDS = frozenset({"objectid", "fid", "gid", "globalid", "ogc_fid"})
# Files of the boroughs are in circulation that lie 134 m off through a wrong datum.
_SHIFTED_M = 30.0
_ENOUGH_BOROUGHS = 5
_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7


@dataclass(frozen=True, slots=True)
class AreaLayer:
    """Areas and how they were read.

    Parameters
    ----------
    frame
        :class:`coverage_model.base.schemas.Areas` in the working CRS.
    log
        Where it came from, and everything that was repaired or assumed.
    """

    frame: gpd.GeoDataFrame
    log: ReadLog


def read_areas(
    path: str | Path,
    *,
    crs: Any = WORKING_CRS,
    layer: str | None = None,
    crs_in: Any = None,
    code_column: str | None = None,
    name_column: str | None = None,
    profile: str | Path | None = None,
) -> AreaLayer:
    """Read a layer of polygons to report by.

    Parameters
    ----------
    path
        Any GIS layer: GeoPackage, GeoJSON, GeoParquet, Shapefile, KML, GML, MapInfo and so on, also
        in a zip.
    crs
        Working CRS: projected, in metres.
    layer
        Layer to read, where there are several.
    crs_in
        CRS of the file's coordinates, where it does not say or says it wrongly.
    code_column, name_column
        Columns that identify and name the areas; by default the first of the usual names
        (``area_code``, ``gss_code``, ``LAD24CD``…; ``area_name``, ``name``, ``LAD24NM``…). Without
        a code the name serves as code, and without a name the code as name.
    profile
        A TOML file that says which columns they are; see :mod:`coverage_model.reading.profile`.

    Raises
    ------
    InputError
        With every fault: unknown columns, blank or repeated codes, missing geometry, geometry that
        is no polygon or cannot be repaired, no CRS.

    Examples
    --------
    >>> from coverage_model.base.datasets import data_dir
    >>> areas = read_areas(data_dir() / "boundaries" / "boroughs_overview.geojson").frame
    >>> len(areas), areas.area_code.iloc[0]
    (33, 'E09000001')
    """
    file = Path(path)
    working = parse_crs(crs)
    rules = load_profile(profile, of="areas")
    source, adapter = read_source(file, layer=layer, crs_in=crs_in, kind="Polygon")
    source = as_told(source, rules, file)
    faults = Faults(file)
    if source.geometry is None or source.named:
        fault = Fault(f"{adapter.title} holds no polygons", "Give a GeoPackage, GeoJSON or similar")
        raise InputError(file, [fault])
    if source.crs is None:
        raise CRSError(file, [missing_crs_fault(file)])
    names = [str(name) for name in source.rows]
    code = _column(code_column, names, CODE_NAMES, _ANY_CODE, faults)
    name = _column(name_column, names, NAME_NAMES, _ANY_NAME, faults)
    if code is None and name is None and not faults.found:
        name = _only_name(source.rows)
    if code is None and name is None and not faults.found:
        faults.add(
            "no column that identifies the areas",
            'Say which in a profile (--profile areas=FILE): [columns] area_code = "…"; columns: '
            f"{name_some(names)}",
        )
    faults.raise_if_any()
    codes = _texts(source, code if code is not None else name)
    titles = _texts(source, name if name is not None else code)
    if code is None:
        source.notes.add("code_from_name", f"Areas are identified by {name}", count=len(codes))
    labels = [value or label for value, label in zip(codes, source.labels, strict=True)]
    blank = [label for value, label in zip(codes, source.labels, strict=True) if not value]
    if blank:
        faults.add("the area's code is blank", "Give each area a code", rows=blank)
    alike = look_alike_fault(codes, what="area")
    if alike is not None:
        faults.found.append(alike)
    repeated = pd.Series([value for value in codes if value], dtype=object)
    twice = repeated[repeated.duplicated()].unique()
    if len(twice):
        faults.add("the same area code on several rows", "Merge them or rename", rows=twice)
    values = repair_polygons(
        source, labels=labels, path=file, faults=faults, notes=source.notes, drop_empty=False
    )
    faults.raise_if_any()
    frame = gpd.GeoDataFrame(
        {"area_code": codes, "area_name": titles},
        geometry=gpd.GeoSeries(values, crs=source_crs(source.crs)),
    )
    frame, shift = into_working(frame, working, labels=labels, path=file)
    _compare_with_boroughs(frame, source.notes)
    log = ReadLog(
        path=str(path),
        format=adapter.name,
        sha256=sha256_of(file),
        rows_read=source.rows_read or len(source.rows),
        items_read=len(frame),
        crs_in=crs_name(source.crs),
        datum_shift=shift,
        notes=tuple(source.notes.found),
    )
    return AreaLayer(schemas.check(frame, schemas.Areas, file), log)


def area_columns(names: list[str]) -> dict[str, str]:
    """Columns that a layer's areas are identified and named by, as :func:`read_areas` takes them.

    Examples
    --------
    >>> area_columns(["WD24CD", "WD24NM", "note"])
    {'area_code': 'WD24CD', 'area_name': 'WD24NM'}
    """
    none = Faults("")
    found = {
        "area_code": _column(None, names, CODE_NAMES, _ANY_CODE, none),
        "area_name": _column(None, names, NAME_NAMES, _ANY_NAME, none),
    }
    return {field: column for field, column in found.items() if column is not None}


def area_of_points(points: gpd.GeoSeries, areas: gpd.GeoDataFrame) -> NDArray[Any]:
    """Code of the area that each point lies in; None outside all of them.

    A point on a shared boundary belongs to the area whose code comes first in the alphabet.

    Parameters
    ----------
    points
        Points in any order; missing ones lie in no area.
    areas
        :class:`coverage_model.base.schemas.Areas` in the same CRS.

    Examples
    --------
    >>> from coverage_model.base.datasets import boroughs
    >>> charing_cross = gpd.GeoSeries.from_xy([530034], [180380], crs=27700)
    >>> area_of_points(charing_cross, boroughs("overview")).tolist()
    ['E09000033']
    """
    ordered = areas.sort_values("area_code", ascending=False)
    codes = ordered["area_code"].to_numpy(dtype=object)
    found = np.full(len(points), None, dtype=object)
    polygons = np.asarray(ordered.geometry.array)
    shapely.prepare(polygons)
    tree = shapely.STRtree(np.asarray(points.array))
    owner, inside = tree.query(polygons, predicate="intersects")
    order = np.argsort(owner, kind="stable")  # later ones overwrite: the first code stays
    found[inside[order]] = codes[owner[order]]
    return found


def crs_name(crs: Any) -> str:
    """Short name of a CRS: its authority's code where it has one."""
    plain = source_crs(crs)
    authority = plain.to_authority(min_confidence=70)
    return plain.name if authority is None else ":".join(authority)


def into_working(
    frame: gpd.GeoDataFrame, working: Any, *, labels: Sequence[str], path: Path
) -> tuple[gpd.GeoDataFrame, DatumShift]:
    """Bring shapes into the working CRS; those that do not exist there are faults.

    Parameters
    ----------
    frame
        Shapes with their CRS.
    working
        Working CRS.
    labels
        Names of the rows.
    path
        The file they are from.

    Raises
    ------
    InputError
        With the rows that PROJ finds no place for.
    """
    moved, shift = to_crs(frame, working)
    values = np.asarray(moved.geometry.array)
    gone = shapely.is_missing(values) & ~shapely.is_missing(np.asarray(frame.geometry.array))
    lost = gone | ~is_somewhere(values)
    if lost.any():
        fault = Fault(
            f"shapes that do not exist in {parse_crs(working).name}",
            f"State the CRS of the file with {STATE_CRS}, or choose another to work in with --crs",
            tuple(_pick(labels, lost)),
        )
        raise InputError(path, [fault])
    return moved, shift


def repair_polygons(
    source: Source,
    *,
    labels: Sequence[str],
    path: Path,
    faults: Faults,
    notes: Notes,
    drop_empty: bool,
) -> NDArray[Any]:
    """Polygons that are valid: broken ones are repaired and counted, the rest are faults.

    Parameters
    ----------
    source
        Its geometry is read.
    labels
        Names of its rows.
    path
        The file, to look for coordinates that are text.
    faults, notes
        Where they go.
    drop_empty
        True where missing geometry, and what is left of geometry without an area, is None in the
        result instead of a fault.

    Returns
    -------
    ndarray
        Polygons and multipolygons, None where there is none.
    """
    assert source.geometry is not None  # noqa: S101 (the callers have asked)
    values = np.asarray(source.geometry.array).copy()
    empty = shapely.is_missing(values) | shapely.is_empty(values)
    text = text_coordinates(path) if empty.any() else []
    if text:
        faults.found.append(text_coordinates_fault([f"feature {row + 1}" for row in text]))
    elif empty.any() and not drop_empty:
        faults.add("no geometry", "Give each row a polygon", rows=_pick(labels, empty))
    values[empty] = None
    kinds = shapely.get_type_id(values)
    flat = ~empty & ~np.isin(kinds, (_POLYGON, _MULTIPOLYGON, _COLLECTION))
    if flat.any():
        found = sorted({each.geom_type for each in values[flat]})
        faults.add(
            f"{', '.join(found)} where a polygon is expected",
            "Give polygons",
            rows=_pick(labels, flat),
        )
        values[flat] = None
    endless = ~empty & ~is_somewhere(values) & ~flat
    if endless.any():
        faults.add(
            "coordinates are not finite, or too large for any place",
            "Correct the geometry",
            rows=_pick(labels, endless),
        )
        values[endless] = None
    broken = ~shapely.is_missing(values) & ~(
        shapely.is_valid(values) & np.isin(shapely.get_type_id(values), (_POLYGON, _MULTIPOLYGON))
    )
    values[broken] = _polygons_of(shapely.make_valid(values[broken], method="structure",
                                                     keep_collapsed=False))  # fmt: skip
    hopeless = broken & (shapely.is_missing(values) | ~(shapely.area(values) > 0))
    notes.add(
        "geometry_repaired",
        "Broken polygons (self-crossing, repeated rings) were repaired",
        rows=_pick(labels, broken & ~hopeless),
    )
    if hopeless.any():
        if drop_empty:
            notes.add(
                "geometry_without_area",
                "Polygons without any area were left out",
                rows=_pick(labels, hopeless),
            )
        else:
            faults.add(
                "geometry that cannot be repaired: nothing with an area is left of it",
                "Draw it again",
                rows=_pick(labels, hopeless),
            )
        values[hopeless] = None
    return values


def _polygons_of(values: NDArray[Any]) -> NDArray[Any]:
    """Only the polygons of what a repair gives, which may hold lines and points as well."""
    parts, owner = shapely.get_parts(values, return_index=True)
    areal = np.isin(shapely.get_type_id(parts), (_POLYGON, _MULTIPOLYGON))
    pieces, piece_owner = shapely.get_parts(parts[areal], return_index=True)
    owner = owner[areal][piece_owner]
    result = np.full(len(values), None, dtype=object)
    if len(pieces):
        present = np.unique(owner)
        result[present] = shapely.multipolygons(pieces, indices=np.searchsorted(present, owner))
        single = shapely.get_num_geometries(result) == 1
        result[single] = shapely.get_geometry(result[single], 0)
    return result


def _column(
    asked: str | None,
    names: list[str],
    usual: Sequence[str],
    pattern: re.Pattern[str],
    faults: Faults,
) -> str | None:
    if asked is not None:
        if asked not in names:
            faults.add(f"there is no column {asked!r}", f"Columns: {', '.join(names)}")
        return asked
    by_name = {normalise(name): name for name in reversed(names)}
    for each in usual:
        if each in by_name:
            return by_name[each]
    return next((name for plain, name in by_name.items() if pattern.fullmatch(plain)), None)


def _only_name(rows: pd.DataFrame) -> str | None:
    """Find the one column of words that tells all rows apart; None where there is none or several.

    Without such a column, a number that a program gave each row will do.
    """
    apart = [
        str(name)
        for name in rows
        if not rows[name].map(is_blank).any() and not rows[name].duplicated().any()
    ]
    words = [
        name
        for name in apart
        if rows[name].map(lambda cell: isinstance(cell, str) and not is_number(cell)).all()
    ]
    if words:
        return words[0] if len(words) == 1 else None
    return next((name for name in apart if normalise(name) in _MADE_IDS), None)


def _texts(source: Source, column: str | None) -> list[str]:
    raw = source.rows[column]
    if pd.api.types.is_float_dtype(raw) and (raw.dropna() % 1 == 0).all():
        raw = raw.astype("Int64")
    return ["" if is_blank(value) else clean_text(str(value)) for value in raw]


def _compare_with_boroughs(frame: gpd.GeoDataFrame, notes: Notes) -> None:
    """Note when boroughs do not lie where the official ones do."""
    if frame.crs.to_epsg() != 27700:
        return
    official = datasets.boroughs("overview").set_index("borough_code").geometry.centroid
    given = frame.set_index("area_code").geometry.centroid
    common = given.index.intersection(official.index)
    if len(common) < _ENOUGH_BOROUGHS:
        return
    # The median of the shifts, not of their lengths: simplified outlines move each centroid its own
    # way and cancel out, a wrong datum moves all the same way.
    east = float((given[common].x - official[common].x).median())
    north = float((given[common].y - official[common].y).median())
    off = float(np.hypot(east, north))
    if off > _SHIFTED_M:
        notes.add(
            "areas_shifted",
            f"The boroughs lie {off:.0f} m from the official ones, all the same way: wrong datum?",
            rows=common,
        )


def _pick(labels: Sequence[str], wanted: NDArray[np.bool_]) -> list[str]:
    return [labels[int(row)] for row in np.flatnonzero(wanted)]
