"""What matters (crime, people, stations), as points or polygons, and how many cameras see each.

Crime points of police.uk are snapped to anchors that many crimes share: use them as a density, and
never read one as the place of an incident in a single camera's view.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from coverage_model.base import datasets, schemas
from coverage_model.base.crs import WORKING_CRS, DatumShift, parse_crs, source_crs
from coverage_model.base.errors import CRSError, Faults
from coverage_model.base.notes import Notes, ReadLog, sha256_of
from coverage_model.reading.areas import (
    area_of_points,
    crs_name,
    into_working,
    repair_polygons,
)
from coverage_model.reading.cells import to_numbers
from coverage_model.reading.columns import Matching, match_columns
from coverage_model.reading.coordinates import read_positions
from coverage_model.reading.formats import read_source
from coverage_model.reading.parse import parse_metres_number
from coverage_model.reading.profile import Profile, load_profile, normalise
from coverage_model.reading.row_places import missing_crs_fault
from coverage_model.reading.source import Source
from coverage_model.reading.told_columns import as_told

WEIGHT_NAMES = ("weight", "weights", "crimes", "count")
_PAIRS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class DemandPoints:
    """Demand points and how they were read.

    Parameters
    ----------
    frame
        :class:`coverage_model.base.schemas.DemandPoints` in the working CRS.
    log
        Where they came from, and what was left out.
    """

    frame: gpd.GeoDataFrame
    log: ReadLog


def read_demand(
    path: str | Path,
    *,
    crs: Any = WORKING_CRS,
    weight_column: str | None = None,
    layer: str | None = None,
    crs_in: Any = None,
    profile: str | Path | None = None,
) -> DemandPoints:
    r"""Read points or polygons with an optional weight.

    Parameters
    ----------
    path
        Any table or point layer that :func:`coverage_model.reading.cameras.read_cameras` takes, for
        example a police.uk street file; or a layer of polygons, for example census areas with their
        residents (see :mod:`coverage_model.cover.demand_areas` for what is covered of those).
    crs
        Working CRS: projected, in metres.
    weight_column
        Column with the weight of each point; by default ``weight``, ``crimes`` or ``count`` where
        there is one, else each point weighs 1.
    layer
        Layer or sheet to read, where there are several.
    crs_in
        CRS of the file's coordinates, where it does not say or says it wrongly.
    profile
        A TOML file that names the columns of coordinates and weights, or the CRS; see
        :mod:`coverage_model.reading.profile`.

    Returns
    -------
    DemandPoints
        Rows without coordinates are left out and counted. Points outside the areas are kept: they
        fall into none.

    Raises
    ------
    InputError
        With every fault: no coordinates, unknown weight column, weights that are negative or text.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "crime.csv"
    ...     _ = path.write_text("Longitude,Latitude,crimes\n-0.128,51.508,3\n,,2\n")
    ...     demand = read_demand(path)
    >>> demand.frame.weight.tolist(), demand.log.count("no_place")
    ([3.0], 1)
    """
    file = Path(path)
    working = parse_crs(crs)
    rules = load_profile(profile, of="demand")
    source, adapter = read_source(file, layer=layer, crs_in=crs_in)
    source = as_told(source, rules, file)
    faults, notes = Faults(file), source.notes
    names = [str(name) for name in source.rows]
    weights = _weights(source.rows, weight_column, source.labels, faults=faults, notes=notes)
    if _is_polygonal(source):
        places, crs_in, shift = _polygons(source, path=file, working=working, faults=faults)
    else:
        names = [str(name) for name in source.rows]
        matching = Matching() if source.named else match_columns(names, Profile(), source=file)
        positions = read_positions(
            source,
            path=file,
            matching=matching,
            stated_crs=rules.crs,
            working=working,
            faults=faults,
            notes=notes,
            allow_missing=True,
        )
        faults.raise_if_any()
        assert positions is not None  # noqa: S101 (None comes with a fault)
        places = positions.geometry.where(~pd.Series(positions.missing))
        crs_in, shift = crs_name(positions.given.crs), positions.shift
    faults.raise_if_any()
    placed = places.notna().to_numpy()
    lost = [source.labels[int(row)] for row in np.flatnonzero(~placed)]
    notes.add("no_place", "Rows without coordinates were left out", rows=lost)
    if not placed.any():
        faults.add("no row has coordinates", "Give a file with places")
        faults.raise_if_any()
    points = places[placed].reset_index(drop=True)
    _note_outside(points.representative_point(), working, notes)
    labels = [source.labels[int(row)].replace(" ", "-") for row in np.flatnonzero(placed)]
    frame = gpd.GeoDataFrame(
        {"demand_id": labels, "weight": weights[placed]}, geometry=points.to_numpy(), crs=working
    )
    log = ReadLog(
        path=str(path),
        format=adapter.name,
        sha256=sha256_of(file),
        rows_read=source.rows_read or len(source.rows),
        items_read=len(frame),
        crs_in=crs_in,
        datum_shift=shift,
        notes=tuple(notes.found),
    )
    return DemandPoints(schemas.check(frame, schemas.DemandPoints, file), log)


def demand_depth(visible: gpd.GeoDataFrame, points: gpd.GeoDataFrame) -> pd.Series:
    """How many cameras see each point, exactly.

    Parameters
    ----------
    visible
        :class:`coverage_model.base.schemas.VisibleAreas`. Rows of reach are no view and do not
        count; a camera with several views counts once.
    points
        Points in the same CRS.

    Returns
    -------
    Series
        Whole numbers, aligned to ``points``. A point on the edge of a view is seen.

    Examples
    --------
    >>> seen = gpd.GeoDataFrame(
    ...     {"camera_id": ["A", "A", "B"], "view_basis": ["given", "given", "reach"]},
    ...     geometry=[shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3), shapely.box(0, 0, 9, 9)],
    ... )
    >>> spots = gpd.GeoDataFrame(geometry=gpd.points_from_xy([1.5, 5], [1.5, 5]))
    >>> demand_depth(seen, spots).tolist()
    [1, 0]
    """
    depth = np.zeros(len(points), dtype=np.int64)
    views = visible[visible["view_basis"] != "reach"]
    polygons = np.asarray(views.geometry.array)
    camera, _ = pd.factorize(views["camera_id"])
    order = np.argsort(camera, kind="stable")
    polygons, camera = polygons[order], camera[order]
    tree = shapely.STRtree(np.asarray(points.geometry.array))
    start = 0
    while start < len(polygons):
        # A camera's views stay in one chunk, so that a point they share is counted once.
        last = min(start + _PAIRS_AT_ONCE, len(polygons)) - 1
        end = int(np.searchsorted(camera, camera[last], side="right"))
        shapely.prepare(polygons[start:end])
        view, point = tree.query(polygons[start:end], predicate="intersects")
        pairs = np.unique(np.column_stack([camera[start:end][view], point]), axis=0)
        depth += np.bincount(pairs[:, 1], minlength=len(points))
        start = end
    return pd.Series(depth, index=points.index, name="depth")


def _is_polygonal(source: Source) -> bool:
    if source.geometry is None or source.named:
        return False
    shapes = source.geometry[source.geometry.notna() & ~source.geometry.is_empty]
    return len(shapes) > 0 and bool((shapely.get_dimensions(shapes.array) == 2).all())


def _polygons(
    source: Source, *, path: Path, working: pyproj.CRS, faults: Faults
) -> tuple[gpd.GeoSeries, str, DatumShift]:
    """Polygons in the working CRS, missing where the row has none with an area."""
    if source.crs is None:
        raise CRSError(path, [missing_crs_fault(path)])
    values = repair_polygons(
        source,
        labels=source.labels,
        path=path,
        faults=faults,
        notes=source.notes,
        drop_empty=True,
    )
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(values, crs=source_crs(source.crs)))
    moved, shift = into_working(frame, working, labels=source.labels, path=path)
    return moved.geometry, crs_name(source.crs), shift


def weight_name(names: list[str]) -> str | None:
    """Column that weighs the points where none was named; None where there is none.

    Examples
    --------
    >>> weight_name(["Month", "Crimes"])
    'Crimes'
    """
    by_name = {normalise(name): name for name in names}
    return next((by_name[name] for name in WEIGHT_NAMES if name in by_name), None)


def _weights(
    rows: pd.DataFrame, asked: str | None, labels: list[str], *, faults: Faults, notes: Notes
) -> np.ndarray:
    column = weight_name([str(name) for name in rows])
    if asked is not None:
        if asked not in rows:
            faults.add(
                f"there is no column {asked!r}", f"Columns: {', '.join(map(str, rows.columns))}"
            )
            return np.ones(len(rows))
        column = asked
    if column is None:
        notes.add("weight_one", "Each point weighs 1: no weight was given", count=len(rows))
        return np.ones(len(rows))
    values, unread = to_numbers(rows[column], parse_metres_number)
    for wrong, problem in (
        (unread, "is not a number"),
        (np.isnan(values) & ~unread, "is blank"),
        (values < 0, "is negative"),
        (np.isinf(values), "is infinite"),
    ):
        if wrong.any():
            faults.add(
                f"the weight {column} {problem}",
                "Give a number from 0",
                rows=[labels[int(row)] for row in np.flatnonzero(wrong)],
            )
    return values


def _note_outside(points: gpd.GeoSeries, working: pyproj.CRS, notes: Notes) -> None:
    if working.to_epsg() != pyproj.CRS(WORKING_CRS).to_epsg():
        return
    codes = area_of_points(points, datasets.boroughs())
    notes.add(
        "outside_london",
        "Points outside the London boroughs were kept; they fall into no borough",
        count=int(sum(code is None for code in codes)),
    )
