"""The points of a source's rows: from geometry, two columns, or one that holds whole places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from coverage_model.base.crs import GEOGRAPHIC_CRS, WORKING_CRS, source_crs
from coverage_model.base.errors import CRSError, Fault, Faults
from coverage_model.base.notes import Notes
from coverage_model.reading.cells import to_numbers
from coverage_model.reading.columns import (
    NO_PLACES,
    PLACES,
    Matching,
    coordinate_fields,
    missing_coordinates,
)
from coverage_model.reading.gis import text_coordinates
from coverage_model.reading.parse import is_blank, parse_metres_number, plainly
from coverage_model.reading.source import (
    FARTHEST,
    STATE_CRS,
    Source,
    is_somewhere,
    text_coordinates_fault,
)
from coverage_model.reading.written_places import (
    grid_square_m,
    parse_degrees,
    parse_grid_reference,
    parse_place,
)

# Where National Grid coordinates can lie at all (Ordnance Survey's 700 km by 1300 km).
_GRID_WIDTH_M, _GRID_HEIGHT_M = 700_000.0, 1_300_000.0
# What programs write where there is no position; only where both coordinates say the same.
_NO_POSITION = (
    0.0, -1.0, 99.0, -99.0, 999.0, -999.0, 9999.0, -9999.0, 99999.0, -99999.0, 999999.0, -999999.0,
    9999999.0, -9999999.0,
)  # fmt: skip


@dataclass(slots=True)
class RowPlaces:
    """Reads the positions of one source: see ``read_positions`` for what it holds."""

    source: Source
    path: Path
    matching: Matching
    stated_crs: Any
    working: pyproj.CRS
    faults: Faults
    notes: Notes
    allow_missing: bool
    allow_half: bool

    def from_geometry(self) -> tuple[gpd.GeoSeries, NDArray[np.bool_]]:
        """Points of a source that has geometry, and which rows have none."""
        source, faults = self.source, self.faults
        assert source.geometry is not None  # noqa: S101 (the caller has asked)
        crs = source.crs if source.crs is not None else self.stated_crs
        if crs is None:
            raise CRSError(self.path, [missing_crs_fault(self.path)])
        values = np.asarray(source.geometry.array)
        single = (shapely.get_type_id(values) == 4) & (shapely.get_num_geometries(values) == 1)
        if single.any():
            values = values.copy()
            values[single] = shapely.get_geometry(values[single], 0)
        empty = shapely.is_missing(values) | shapely.is_empty(values)
        values = values.copy()
        values[empty] = None  # GEOS may refuse an empty point its coordinates
        if empty.any():
            text = text_coordinates(self.path)
            # GDAL leaves out what is no feature: only where the rows fall in step do they have ids.
            in_step = all(row < len(empty) and empty[row] for row in text)
            if text:
                rows = [source.labels[r] if in_step else f"feature {r + 1}" for r in text]
                faults.found.append(text_coordinates_fault(rows))
            if not self.allow_missing:
                told = empty.copy()
                told[[row for row in text if row < len(told)]] = False
                if told.any():
                    faults.add(
                        "no geometry, or coordinates that are not finite",
                        "Give each row a point",
                        rows=pick(source.labels, told),
                    )
        other = ~empty & (shapely.get_type_id(values) != 0)
        if other.any():
            kinds = sorted({each.geom_type for each in values[other]})
            faults.add(
                f"{', '.join(kinds)} where a point is expected",
                "Give points: split points of several parts into single ones (QGIS: Multipart to "
                "singleparts), take the centroids of lines and polygons",
                rows=pick(source.labels, other),
            )
            values = values.copy()
            values[other] = None
        points = gpd.GeoSeries(values, crs=source_crs(crs))
        endless = ~finite(points) & ~shapely.is_missing(values) & ~shapely.is_empty(values)
        if endless.any():
            _add_not_finite(faults, pick(source.labels, endless))
        return points, empty

    def leave_out_placeholders(self, given: gpd.GeoSeries) -> NDArray[np.bool_]:
        """Which rows say "no position" by a number: 0,0 or 999999,999999 and their like."""
        x, y = shapely.get_x(np.asarray(given.array)), shapely.get_y(np.asarray(given.array))
        with np.errstate(invalid="ignore"):
            same = (x == y) & np.isin(x, _NO_POSITION)
        if not same.any():
            return same
        if not self.allow_missing:
            self.faults.add(
                "coordinates such as 0,0 or 999999,999999, which stand for no position",
                "Give the place, or take the row out",
                rows=pick(self.source.labels, same),
            )
        return same

    def from_columns(
        self, postcodes: gpd.GeoSeries | None
    ) -> tuple[gpd.GeoSeries, NDArray[np.bool_], NDArray[np.bool_]] | None:
        """Points from columns, which rows have none, and which are as coarse as a postcode."""
        none = np.zeros(len(self.source.rows), dtype=bool)
        pair = coordinate_fields(self.matching)
        if pair is not None:
            found = self._from_pair(pair)
            return None if found is None else (*found, none)
        for name in PLACES:
            if name in self.matching.columns:
                found = self._from_cells(name)
                return None if found is None else (*found, none)
        if postcodes is not None and "postcode" in self.matching.columns:
            found = self._from_postcodes(postcodes)
            return None if found is None else (*found, ~found[1])
        for name in NO_PLACES:
            if name in self.matching.columns:
                self.faults.add(*_no_place(name, self.matching.columns[name]))
                return None
        names = [str(name) for name in self.source.rows]
        self.faults.found.append(missing_coordinates(names, self.matching))
        return None

    def _from_pair(self, pair: tuple[str, str]) -> tuple[gpd.GeoSeries, NDArray[np.bool_]] | None:
        columns = [self.matching.columns[name] for name in pair]
        labels, faults = self.source.labels, self.faults
        numbers = []
        blanks = []
        bad = False
        for name, column in zip(pair, columns, strict=True):
            values, unread = to_numbers(self.source.rows[column], _coordinate_parser(name))
            blanks.append(np.isnan(values) & ~unread)
            endless = np.abs(values) > FARTHEST
            bad |= bool(unread.any() or endless.any())
            if unread.any():
                faults.add(
                    f"{column} is not a number",
                    "Give decimal degrees or metres, such as -0.1276; for another notation, put "
                    "the whole place in one column named place (grid reference, WKT, lat and lon)",
                    rows=pick(labels, unread),
                )
            if endless.any():
                _add_not_finite(faults, pick(labels, endless))
            numbers.append(values)
        numbers = self._whole_grid(pair, self._with_sides(pair, numbers))
        blank = blanks[0] | blanks[1]
        told = blank if not self.allow_missing else blanks[0] ^ blanks[1]
        if self.allow_half:
            told &= not self.allow_missing
        if told.any():
            faults.add(
                f"{' or '.join(columns)} is blank or NaN",
                "Give both coordinates, or take the row out",
                rows=pick(labels, told),
            )
            bad = True
        crs = self.stated_crs
        if crs is None:
            crs = _conventional_crs(pair, numbers, working=self.working, notes=self.notes)
        if crs is None:
            problem = f"{' and '.join(columns)} do not say which CRS they are in"
            remedy = 'Name them longitude and latitude, or state crs = "EPSG:…" in a profile'
            raise CRSError(self.path, [Fault(problem, remedy)])
        if bad:
            return None
        points = gpd.GeoSeries.from_xy(numbers[0], numbers[1], crs=source_crs(crs))
        return points.where(~blank, None), blank

    def _with_sides(
        self, pair: tuple[str, str], numbers: list[NDArray[np.float64]]
    ) -> list[NDArray[np.float64]]:
        """Give degrees their sign, where a column of N, S, E and W stands beside them."""
        signed = []
        for name, values in zip(pair, numbers, strict=True):
            column = self.matching.columns.get(f"{name}_side")
            if column is None:
                signed.append(values)
                continue
            letters = self.source.rows[column].astype(str).str.strip().str.upper().str[:1]
            turned = letters.isin(["S", "W"]).to_numpy()
            known = turned | letters.isin(["N", "E"]).to_numpy() | np.isnan(values)
            if not known.all():
                self.faults.add(
                    f"{column} names no side of the globe",
                    "Give N, S, E or W, or a minus sign and no such column",
                    rows=pick(self.source.labels, ~known),
                )
            signed.append(np.where(turned, -np.abs(values), values))
        return signed

    def _whole_grid(
        self, pair: tuple[str, str], numbers: list[NDArray[np.float64]]
    ) -> list[NDArray[np.float64]]:
        """Add the 100 km square, where a column of its letters stands beside the digits."""
        column = self.matching.columns.get("grid_square")
        if column is None or pair[0] != "easting":
            return numbers
        corners = [grid_square_m(str(cell)) for cell in self.source.rows[column]]
        unread = np.array([corner is None for corner in corners], dtype=bool)
        unread &= ~np.isnan(numbers[0])
        if unread.any():
            self.faults.add(
                f"{column} is no square of the National Grid",
                "Give its two letters, such as TQ",
                rows=pick(self.source.labels, unread),
            )
        whole = []
        for axis, name in enumerate(pair):
            texts = self.source.rows[self.matching.columns[name]].astype(str).str.strip()
            # Digits count from the left: 3003 beside TQ is 30,030 m; numbers lose leading zeros.
            digits = int(texts.str.extract(r"^(\d+)", expand=False).str.len().max())
            corner = np.array([np.nan if each is None else each[axis] for each in corners])
            whole.append(corner + numbers[axis] * 10.0 ** (5 - digits))
        return whole

    def _from_cells(self, name: str) -> tuple[gpd.GeoSeries, NDArray[np.bool_]] | None:
        """Points from one column that holds whole places."""
        column = self.matching.columns[name]
        raw, labels = self.source.rows[column], self.source.labels
        pair = partial(parse_place, longitude_first=self.matching.longitude_first)
        parse = parse_grid_reference if name == "grid_ref" else pair
        read = [None if is_blank(cell) else parse(cell) or pair(cell) for cell in raw]
        blank = np.array([is_blank(cell) for cell in raw], dtype=bool)
        unread = np.array([each is None for each in read], dtype=bool) & ~blank
        told = unread if self.allow_missing else unread | blank
        if told.any():
            self.faults.add(
                f"{column} holds no place that can be read exactly",
                "Write a grid reference (TQ 3003 8038), latitude and longitude (51.5074, -0.1276) "
                "or WKT (POINT (-0.1276 51.5074)), or take the row out",
                rows=pick(labels, told),
            )
            return None
        systems = {each.system for each in read if each is not None}
        if len(systems) > 1:
            least = min(
                systems, key=lambda kind: sum(p is not None and p.system == kind for p in read)
            )
            self.faults.add(
                f"{column} mixes {' and '.join(sorted(systems))}",
                "Write all its places in one way",
                rows=[labels[i] for i, p in enumerate(read) if p is not None and p.system == least],
            )
            return None
        system = systems.pop() if systems else "degrees"
        crs: Any = {"grid": WORKING_CRS, "degrees": self.stated_crs or GEOGRAPHIC_CRS}.get(
            system, self.stated_crs or self.working
        )
        squares = np.array([0.0 if each is None else each.square_m for each in read])
        self.notes.add(
            "grid_squares",
            f"{column} names squares of up to {squares.max():g} m; their south-west corner was "
            "taken, as Ordnance Survey defines it",
            rows=pick(labels, squares > 1),
        )
        points = gpd.GeoSeries.from_xy(
            [np.nan if each is None else each.x for each in read],
            [np.nan if each is None else each.y for each in read],
            crs=source_crs(crs),
        )
        return points.where(~blank, None), blank

    def _from_postcodes(
        self, postcodes: gpd.GeoSeries
    ) -> tuple[gpd.GeoSeries, NDArray[np.bool_]] | None:
        """Points of postcodes: good for counting cameras by area, not for what one sees."""
        column = self.matching.columns["postcode"]
        codes = self.source.rows[column].map(lambda cell: "".join(str(cell).upper().split()))
        points = gpd.GeoSeries(
            postcodes.reindex(codes).to_numpy(), index=self.source.rows.index, crs=postcodes.crs
        )
        missing = np.asarray(points.isna())
        if missing.all() and len(missing):
            self.faults.add(
                f"none of the postcodes in {column} is in the list of --postcodes",
                "Give the list that holds them: ONS Postcode Directory or OS Code-Point Open",
            )
            return None
        self.notes.add(
            "postcode_places",
            "Cameras placed in the middle of their postcode: counted by area, and as reach, since "
            "what they see cannot be told from there",
            rows=pick(self.source.labels, ~missing),
        )
        return points, missing


def _coordinate_parser(name: str) -> Any:
    """How to read a cell of a coordinate column."""
    if name in {"longitude", "latitude"}:
        axis: Any = name
        return partial(parse_degrees, axis=axis)
    if name in {"easting", "northing"}:
        return parse_metres_number
    return _number_or_degrees


@plainly
def _number_or_degrees(cell: Any) -> float | None:
    number = parse_metres_number(cell)
    return parse_degrees(cell) if number is None else number


def _no_place(name: str, column: str) -> tuple[str, str]:
    """Say of a column of postcodes or words why it gives no position, and what does."""
    if name == "postcode":
        return (
            f"{column} holds postcodes, and a postcode is no position: it names some 15 addresses",
            (
                "Give --postcodes FILE, the ONS Postcode Directory or OS Code-Point Open, to count "
                "the cameras by area; for coverage, give each its easting and northing"
            ),
        )
    return (
        f"{column} holds what3words addresses, which cannot be turned into positions offline",
        (
            "Export latitude and longitude from what3words (its batch converter writes them), or "
            "give easting and northing"
        ),
    )


def missing_crs_fault(path: Path) -> Fault:
    """Build the fault for a file that does not state its CRS, with the remedy for its format."""
    remedy = f"State it with {STATE_CRS}, or set it in your GIS and save again"
    if path.suffix.lower() == ".shp":
        remedy = f"The Shapefile lacks {path.stem}.prj: add it. Or {remedy[0].lower()}{remedy[1:]}"
    return Fault("the file does not state its CRS", remedy)


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


def finite(points: gpd.GeoSeries) -> NDArray[np.bool_]:
    """Whether both coordinates of each point are finite numbers."""
    values = np.asarray(points.array)
    there = ~(shapely.is_missing(values) | shapely.is_empty(values))  # GEOS may refuse the empty
    there[there] = is_somewhere(values[there])
    return there


def pick(labels: Sequence[str], wanted: NDArray[np.bool_]) -> list[str]:
    """Labels of the rows where ``wanted`` is true."""
    return [labels[int(row)] for row in np.flatnonzero(wanted)]


def _add_not_finite(faults: Faults, rows: list[str]) -> None:
    problem = "coordinates are infinite, or too large for any place"
    faults.add(problem, "Correct them, or take the row out", rows=rows)
