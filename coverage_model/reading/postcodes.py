"""Where postcodes lie, from a list the user gives: ONS Postcode Directory or OS Code-Point Open.

A postcode is no position: it names some 15 addresses. It is enough to count cameras by area, so
:func:`read_postcodes` turns a list into points by postcode for that.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage_model.base.crs import GEOGRAPHIC_CRS, WORKING_CRS, parse_crs, to_crs
from coverage_model.base.errors import Faults
from coverage_model.reading.cells import to_numbers
from coverage_model.reading.columns import coordinate_fields, match_columns
from coverage_model.reading.formats import read_source
from coverage_model.reading.parse import parse_metres_number
from coverage_model.reading.profile import Profile
from coverage_model.reading.source import without_options

# Columns of Code-Point Open, whose files have no header (OS, Code-Point Open technical spec.):
# postcode, positional quality, easting, northing, then codes of areas.
_CODE_POINT = {0: "postcode", 2: "easting", 3: "northing"}
_POSTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}"


@without_options()
def read_postcodes(path: str | Path, *, crs: Any = WORKING_CRS) -> gpd.GeoSeries:
    """Read a list of postcodes with their grid coordinates.

    Parameters
    ----------
    path
        A table with a column of postcodes and one pair of coordinates, or a file of Code-Point
        Open as Ordnance Survey gives it.
    crs
        CRS of the result.

    Returns
    -------
    GeoSeries
        Points by postcode, without spaces and in capitals.

    Raises
    ------
    InputError
        If it holds no postcodes or no coordinates.
    """
    file = Path(path)
    source, _ = read_source(file)
    rows = source.rows
    if pd.Series([str(rows.columns[0])]).str.fullmatch(_POSTCODE).all():
        first = pd.DataFrame([list(rows.columns)], columns=rows.columns)
        rows = pd.concat([first, rows], ignore_index=True)
        rows = rows.rename(columns={rows.columns[at]: name for at, name in _CODE_POINT.items()})
    matching = match_columns([str(name) for name in rows], Profile(), source=file)
    faults = Faults(file)
    pair = coordinate_fields(matching)
    if "postcode" not in matching.columns or pair is None:
        faults.add(
            "no column of postcodes beside a pair of coordinates",
            "Give the ONS Postcode Directory (pcds, oseast1m, osnrth1m) or OS Code-Point Open",
        )
        faults.raise_if_any()
    assert pair is not None  # noqa: S101 (just asked)
    east, north = (
        to_numbers(rows[matching.columns[name]], parse_metres_number)[0] for name in pair
    )
    codes = rows[matching.columns["postcode"]].map(lambda cell: "".join(str(cell).upper().split()))
    given = GEOGRAPHIC_CRS if pair[0] == "longitude" else WORKING_CRS
    points = gpd.GeoSeries.from_xy(east, north, index=pd.Index(codes), crs=given)
    placed = points[(east == east) & (east != 0) & ~points.index.duplicated()]  # noqa: PLR0124
    converted, _ = to_crs(placed, parse_crs(crs))
    return converted
