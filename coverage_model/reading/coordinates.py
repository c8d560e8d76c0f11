"""Where the rows of a source lie: checked, in the working CRS, never silently corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from coverage_model.base.crs import DatumShift, to_crs
from coverage_model.base.errors import Faults
from coverage_model.base.notes import Notes
from coverage_model.reading.columns import Matching
from coverage_model.reading.row_places import RowPlaces, finite, pick
from coverage_model.reading.source import STATE_CRS, Source


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
        True for rows without a position, where the caller allowed that: both coordinates blank,
        or both a number that stands for none (0, -1, 999999).
    coarse
        True for rows whose place is no point but the middle of a postcode.
    shift
        How they came into the working CRS.
    """

    geometry: gpd.GeoSeries
    given: gpd.GeoSeries
    missing: NDArray[np.bool_]
    shift: DatumShift
    coarse: NDArray[np.bool_]

    def at(self, rows: NDArray[np.intp]) -> Positions:
        """Only these rows, in this order."""
        geometry, given = (
            each.iloc[rows].reset_index(drop=True) for each in (self.geometry, self.given)
        )
        return Positions(geometry, given, self.missing[rows], self.shift, self.coarse[rows])


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
    allow_half: bool = True,
    postcodes: gpd.GeoSeries | None = None,
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
        True where rows without a position are dropped by the caller instead of being faults.
    allow_half
        With ``allow_missing``, whether a row that gives one coordinate of two passes as such.
    postcodes
        Where postcodes lie (:func:`coverage_model.reading.postcodes.read_postcodes`), for rows that
        give no other place.

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
    reader = RowPlaces(source, path, matching, stated_crs, working, faults, notes, allow_missing,
                       allow_half)  # fmt: skip
    coarse = np.zeros(len(source.rows), dtype=bool)
    if source.geometry is not None:
        given, missing = reader.from_geometry()
    else:
        found = reader.from_columns(postcodes)
        if found is None:
            return None
        given, missing, coarse = found
    missing = missing | reader.leave_out_placeholders(given)
    given = given.where(~missing, None)
    if given.crs.is_geographic:
        _check_degrees(given, source.labels, faults)
    if len(faults.found) > before:
        return None
    geometry, shift = to_crs(given, working)
    lost = ~finite(geometry) & ~missing
    if lost.any():
        faults.add(
            f"positions that do not exist in {working.name}",
            "Choose a CRS made for the place, with --crs",
            rows=pick(source.labels, lost),
        )
        return None
    return Positions(geometry, given, missing, shift, coarse)


def swapped(given: gpd.GeoSeries, *, working: pyproj.CRS) -> gpd.GeoSeries:
    """Return the points with their two coordinates exchanged, in the working CRS."""
    exchanged = gpd.GeoSeries.from_xy(given.y, given.x, index=given.index, crs=given.crs)
    if given.crs.is_geographic:
        possible = exchanged.y.abs() <= 90
        exchanged = exchanged.where(possible, None)
    converted, _ = to_crs(exchanged, working)
    return converted.where(finite(converted), None)


def area_of_use(crs: pyproj.CRS) -> Any:
    """Box in degrees where a CRS may be used, or None where it does not say."""
    area = crs.area_of_use
    return None if area is None else shapely.box(area.west, area.south, area.east, area.north)


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
            rows=pick(labels, turned),
        )
    if metres.any():
        faults.add(
            "longitude and latitude that look like metres",
            f"State their CRS with {STATE_CRS}; columns of metres are named easting and northing",
            rows=pick(labels, metres),
        )
    rest = impossible & ~turned & ~metres
    if rest.any():
        faults.add(
            "longitude beyond 180° or latitude beyond 90°",
            "Correct them",
            rows=pick(labels, rest),
        )
