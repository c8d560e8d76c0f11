"""Where the rows of a source lie: checked, in the working CRS, never silently corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from coverage_model.base.crs import GEOGRAPHIC_CRS, WORKING_CRS, DatumShift, source_crs, to_crs
from coverage_model.base.errors import CRSError, Fault, Faults
from coverage_model.base.notes import Notes
from coverage_model.reading.columns import Matching, coordinate_fields, missing_coordinates
from coverage_model.reading.gis import text_coordinates
from coverage_model.reading.parse import is_blank, parse_number
from coverage_model.reading.source import Source, text_coordinates_fault

# Where National Grid coordinates can lie at all (Ordnance Survey's 700 km by 1300 km).
_GRID_WIDTH_M, _GRID_HEIGHT_M = 700_000.0, 1_300_000.0


@dataclass(slots=True)
class Positions:
    """Points of a source.

    Parameters
    ----------
    geometry
        Points in the working CRS; missing where the row has no usable place.
    given
        The same points as the source has them.
    missing
        True for rows without any coordinates, where the caller allowed that.
    shift
        How they came into the working CRS.
    """

    geometry: gpd.GeoSeries
    given: gpd.GeoSeries
    missing: NDArray[np.bool_]
    shift: DatumShift


def read_positions(
    source: Source,
    *,
    path: Path,
    matching: Matching,
    stated_crs: Any,
    working: pyproj.CRS,
    faults: Faults,
    notes: Notes,
    allow_missing: bool = False,
) -> Positions | None:
    """Find and check the position of each row; faults are collected, not raised.

    Parameters
    ----------
    source
        The rows.
    path
        The file they are from.
    matching
        Which columns hold coordinates, for a source without geometry.
    stated_crs
        CRS that the user states for a source that does not say; None otherwise.
    working
        CRS of the result.
    faults, notes
        Where faults and notes go.
    allow_missing
        True where rows without coordinates are dropped by the caller instead of being faults.

    Returns
    -------
    Positions or None
        None where the faults leave nothing to go on with.

    Raises
    ------
    CRSError
        If the source states no CRS, or an unknown one.
    """
    before = len(faults.found)
    stated_crs = stated_crs if source.stated_crs is None else source.stated_crs
    if source.geometry is not None:
        given = _given_points(source, path=path, stated_crs=stated_crs, faults=faults)
        missing = np.zeros(len(given), dtype=bool)
    else:
        found = _column_points(
            source,
            matching=matching,
            stated_crs=stated_crs,
            working=working,
            faults=faults,
            notes=notes,
            allow_missing=allow_missing,
            path=path,
        )
        if found is None:
            return None
        given, missing = found
    if given.crs.is_geographic:
        _check_degrees(given, source.labels, faults)
    if len(faults.found) > before:
        return None
    geometry, shift = to_crs(given, working)
    lost = ~_finite(geometry) & ~missing
    if lost.any():
        faults.add(
            f"positions that do not exist in {working.name}",
            "Choose a CRS made for the place, with --crs",
            rows=_pick(source.labels, lost),
        )
        return None
    return Positions(geometry, given, missing, shift)


def swapped(given: gpd.GeoSeries, *, working: pyproj.CRS) -> gpd.GeoSeries:
    """Return the points with their two coordinates exchanged, in the working CRS."""
    exchanged = gpd.GeoSeries.from_xy(given.y, given.x, index=given.index, crs=given.crs)
    if given.crs.is_geographic:
        possible = exchanged.y.abs() <= 90
        exchanged = exchanged.where(possible, None)
    converted, _ = to_crs(exchanged, working)
    return converted.where(_finite(converted), None)


def area_of_use(crs: pyproj.CRS) -> Any:
    """Box in degrees where a CRS may be used, or None where it does not say."""
    area = crs.area_of_use
    return None if area is None else shapely.box(area.west, area.south, area.east, area.north)


def _given_points(source: Source, *, path: Path, stated_crs: Any, faults: Faults) -> gpd.GeoSeries:
    assert source.geometry is not None  # noqa: S101 (the caller has asked)
    crs = source.crs if source.crs is not None else stated_crs
    if crs is None:
        raise CRSError(path, [missing_crs_fault(path)])
    values = np.asarray(source.geometry.array)
    single = (shapely.get_type_id(values) == 4) & (shapely.get_num_geometries(values) == 1)
    if single.any():
        values = values.copy()
        values[single] = shapely.get_geometry(values[single], 0)
    empty = shapely.is_missing(values) | shapely.is_empty(values)
    if empty.any():
        text = text_coordinates(path)
        if text:
            faults.found.append(text_coordinates_fault([source.labels[row] for row in text]))
            empty[text] = False
        if empty.any():
            faults.add(
                "no geometry, or coordinates that are not finite",
                "Give each row a point",
                rows=_pick(source.labels, empty),
            )
    other = ~shapely.is_missing(values) & ~empty & (shapely.get_type_id(values) != 0)
    other &= ~shapely.is_empty(values)
    if other.any():
        kinds = sorted({each.geom_type for each in values[other]})
        faults.add(
            f"{', '.join(kinds)} where a point is expected",
            "Give points, for example centroids",
            rows=_pick(source.labels, other),
        )
        values = values.copy()
        values[other] = None
    points = gpd.GeoSeries(values, crs=source_crs(crs))
    endless = ~_finite(points) & ~shapely.is_missing(values) & ~shapely.is_empty(values)
    if endless.any():
        _add_not_finite(faults, _pick(source.labels, endless))
    return points


def missing_crs_fault(path: Path) -> Fault:
    """Build the fault for a file that does not state its CRS, with the remedy for its format."""
    remedy = 'State it: a profile with crs = "EPSG:27700", or set it in your GIS and save again'
    if path.suffix.lower() == ".shp":
        remedy = f"The Shapefile lacks {path.stem}.prj: add it. Or {remedy[0].lower()}{remedy[1:]}"
    return Fault("the file does not state its CRS", remedy)


def _column_points(
    source: Source,
    *,
    matching: Matching,
    stated_crs: Any,
    working: pyproj.CRS,
    faults: Faults,
    notes: Notes,
    allow_missing: bool,
    path: Path,
) -> tuple[gpd.GeoSeries, NDArray[np.bool_]] | None:
    pair = coordinate_fields(matching)
    if pair is None:
        faults.found.append(missing_coordinates([str(name) for name in source.rows], matching))
        return None
    columns = [matching.columns[name] for name in pair]
    numbers = []
    blank = np.zeros(len(source.rows), dtype=bool)
    bad = False
    for column in columns:
        values, unread = to_numbers(source.rows[column], parse_number)
        here = np.isnan(values) & ~unread
        blank |= here
        endless = np.isinf(values)
        bad |= bool(unread.any() or endless.any())
        if unread.any():
            faults.add(
                f"{column} is not a number",
                "Give decimal degrees or metres, such as -0.1276",
                rows=_pick(source.labels, unread),
            )
        if endless.any():
            _add_not_finite(faults, _pick(source.labels, endless))
        numbers.append(values)
    if blank.any() and not allow_missing:
        faults.add(
            f"{' or '.join(columns)} is blank or NaN",
            "Give both coordinates, or take the row out",
            rows=_pick(source.labels, blank),
        )
        bad = True
    crs = stated_crs
    if crs is None:
        crs = _conventional_crs(pair, numbers, working=working, notes=notes)
    if crs is None:
        problem = f"{' and '.join(columns)} do not say which CRS they are in"
        remedy = 'Name them longitude and latitude, or state crs = "EPSG:…" in a profile'
        raise CRSError(path, [Fault(problem, remedy)])
    if bad:
        return None
    points = gpd.GeoSeries.from_xy(numbers[0], numbers[1], crs=source_crs(crs))
    return points.where(~blank, None), blank


def _conventional_crs(
    pair: tuple[str, str],
    numbers: Sequence[NDArray[np.float64]],
    *,
    working: pyproj.CRS,
    notes: Notes,
) -> Any:
    """CRS that the column names stand for; x and y only where their size leaves one answer."""
    if pair[0] == "longitude":
        return GEOGRAPHIC_CRS
    if pair[0] == "easting":
        return working
    with np.errstate(invalid="ignore"):
        size = [np.nanmax(np.abs(values), initial=0.0) for values in numbers]
        least = [np.nanmin(values, initial=np.inf) for values in numbers]
    if size[0] <= 180 and size[1] <= 90:
        guess = GEOGRAPHIC_CRS
    elif min(least) >= 0 and size[0] <= _GRID_WIDTH_M and size[1] <= _GRID_HEIGHT_M:
        if working.to_epsg() != pyproj.CRS(WORKING_CRS).to_epsg():
            return None
        guess = WORKING_CRS
    else:
        return None
    notes.add(
        "crs_assumed", f"x and y were taken as {guess}, from their size", count=len(numbers[0])
    )
    return guess


def _check_degrees(points: gpd.GeoSeries, labels: Sequence[str], faults: Faults) -> None:
    x, y = points.x.to_numpy(), points.y.to_numpy()
    with np.errstate(invalid="ignore"):
        impossible = (np.abs(x) > 180) | (np.abs(y) > 90)
        turned = impossible & (np.abs(x) <= 90) & (np.abs(y) <= 180)
        metres = impossible & ((np.abs(x) > 1000) | (np.abs(y) > 1000))
    if turned.any():
        faults.add(
            "longitude and latitude look swapped (latitude beyond 90°)",
            "Exchange the two; GeoJSON has longitude first",
            rows=_pick(labels, turned),
        )
    if metres.any():
        faults.add(
            "longitude and latitude that look like metres",
            "Name them easting and northing, or state their CRS",
            rows=_pick(labels, metres),
        )
    rest = impossible & ~turned & ~metres
    if rest.any():
        faults.add(
            "longitude beyond 180° or latitude beyond 90°",
            "Correct them",
            rows=_pick(labels, rest),
        )


def to_numbers(raw: pd.Series, parser: Any) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Parse a column, each different value once.

    Returns
    -------
    tuple
        Values (NaN where blank or unreadable) and a mask of the unreadable.
    """
    if pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw):
        values = pd.to_numeric(raw).to_numpy(dtype=float, na_value=np.nan)
        parsed = {value: parser(value) for value in np.unique(values[~np.isnan(values)])}
        found = np.array([parsed.get(value, np.nan) for value in values], dtype=float)
        return found, np.zeros(len(raw), dtype=bool)
    codes, unique = pd.factorize(raw.astype(object), use_na_sentinel=True)
    read = [np.nan if is_blank(value) else parser(value) for value in unique]
    lookup = np.array([np.nan if each is None else each for each in read] + [np.nan])
    unread = np.array([each is None for each in read] + [False])
    return lookup[codes].astype(float), unread[codes]


def _finite(points: gpd.GeoSeries) -> NDArray[np.bool_]:
    values = np.asarray(points.array)
    return np.isfinite(shapely.get_x(values)) & np.isfinite(shapely.get_y(values))


def _pick(labels: Sequence[str], wanted: NDArray[np.bool_]) -> list[str]:
    return [labels[int(row)] for row in np.flatnonzero(wanted)]


def _add_not_finite(faults: Faults, rows: list[str]) -> None:
    faults.add("coordinates are infinite", "Give finite numbers, or take the row out", rows=rows)
