"""Building footprints that block the view, and how high they are.

**Height.** A measured one (``height_m``, ``height``, ``building:height``, with or without a unit)
goes first; else the number of storeys (``building:levels``, ``levels``, ``storeys``, ``floors``)
times a stated storey height; else it is unknown, and the building blocks at any height. A value
that cannot be read, or is not above 0 and at most 1,000 m (500 storeys), counts as not given.
Storeys within the roof are not added. How many footprints have which basis is in the log.

**Memory.** A layer of any size is read in batches, each brought into the working CRS and stripped
to what is needed before the next one comes.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base import schemas
from coverage_model.base.crs import (
    NO_SHIFT,
    WORKING_CRS,
    DatumShift,
    parse_crs,
    source_crs,
)
from coverage_model.base.datasets import coefficient
from coverage_model.base.errors import CRSError, Fault, Faults, InputError
from coverage_model.base.notes import Note, Notes, ReadLog, sha256_of
from coverage_model.reading.areas import crs_name, into_working, repair_polygons
from coverage_model.reading.cells import to_numbers
from coverage_model.reading.formats import Opened, opened, state_crs
from coverage_model.reading.osm_buildings import read_pbf_buildings, read_xml_buildings
from coverage_model.reading.osm_layers import tags_in_cells
from coverage_model.reading.parse import clean_text, is_blank, parse_length_m, parse_number
from coverage_model.reading.profile import Profile, load_profile, normalise
from coverage_model.reading.row_places import missing_crs_fault
from coverage_model.reading.source import Source
from coverage_model.reading.told_columns import as_told, check_columns

HEIGHT_NAMES = (
    "height_m", "height", "building_height", "building_height_m", "measured_height",
    "relheightmax", "relhmax", "rel_hmax", "rel_h_max", "relh2", "rel_h2", "bldg_height",
    "height_ft",
)  # fmt: skip
LEVEL_NAMES = (
    "building_levels", "building_l", "levels", "storeys", "stories", "floors", "num_floors",
    "number_of_floors",
)  # fmt: skip
ID_NAMES = (
    "obstacle_id", "building_id", "osm_id", "osm_way_id", "id", "toid", "uprn", "full_id", "ref",
)  # fmt: skip
_TAGS, _BUILDING = "other_tags", "building"
_TAG_KEYS = ("height", "building:height", "building:levels")
MAX_HEIGHT_M = 1000.0
MAX_LEVELS = 500.0


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Footprints and how they were read.

    Parameters
    ----------
    frame
        :class:`coverage_model.base.schemas.Obstacles` in the working CRS.
    log
        Where they came from, what was repaired or left out, and how many heights have which basis.
    """

    frame: gpd.GeoDataFrame
    log: ReadLog


def read_obstacles(
    path: str | Path,
    *,
    crs: Any = WORKING_CRS,
    layer: str | None = None,
    crs_in: Any = None,
    storey_height_m: float | None = None,
    profile: str | Path | None = None,
) -> Obstacles:
    """Read building footprints.

    Parameters
    ----------
    path
        OSM XML or PBF, or any GIS layer: GeoJSON, GeoPackage, GeoParquet, Shapefile, KML and so on,
        also in a zip.
    crs
        Working CRS: projected, in metres.
    layer
        Layer to read, where there are several.
    crs_in
        CRS of the file's coordinates, where it does not say or says it wrongly.
    storey_height_m
        Height of a storey in metres, where only storeys are known; by default the coefficient
        ``storey_height_m``.
    profile
        A TOML file that says which columns hold ids, heights and storeys, and in which unit; see
        :mod:`coverage_model.reading.profile`.

    Returns
    -------
    Obstacles
        Raw footprints: they may overlap, touch or repeat, and the visibility engine takes them so.

    Raises
    ------
    InputError
        With every fault: geometry that is missing, text, or no polygon; no CRS.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> square = gpd.GeoDataFrame(
    ...     {"levels": [4]}, geometry=[shapely.box(530000, 180000, 530010, 180010)], crs=27700
    ... )
    >>> with TemporaryDirectory() as folder:
    ...     square.to_file(Path(folder) / "square.gpkg")
    ...     found = read_obstacles(Path(folder) / "square.gpkg", storey_height_m=3.0)
    >>> found.frame[["height_m", "height_basis"]].values.tolist()
    [[12.0, 'levels']]
    """
    file = Path(path)
    working = parse_crs(crs)
    storey = coefficient("storey_height_m").value if storey_height_m is None else storey_height_m
    if not storey > 0:
        fault = Fault(f"storey_height_m is {storey}", "Give a height in metres above 0")
        raise InputError("storey_height_m", [fault])
    stated = None if crs_in is None else source_crs(crs_in)
    rules = load_profile(profile, of="buildings")
    faults = Faults(file)
    parts: list[gpd.GeoDataFrame] = []
    shifts: list[DatumShift] = []
    seen: dict[str, list[Note]] = {}
    rows_read = 0
    source = None
    with opened(file, layer) as found, closing(_sources(file, found, rules)) as stream:
        for batch in stream:
            state_crs(batch, stated)
            source = as_told(batch, rules, file)
            if source.crs is None:
                raise CRSError(file, [missing_crs_fault(file)])
            own = Notes()
            frame = _footprints(source, storey, path=found.path, faults=faults, notes=own)
            frame, shift = into_working(
                frame, working, labels=frame["obstacle_id"].tolist(), path=file
            )
            parts.append(frame)
            shifts.append(shift)
            rows_read += source.rows_read or len(source.rows)
            for note in own.found:
                seen.setdefault(note.code, []).append(note)
    faults.raise_if_any()
    assert source is not None  # noqa: S101 (a file without rows is an error of its reader)
    frame = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=working)
    notes = source.notes
    notes.found.extend(_merged(same) for same in seen.values())
    frame["obstacle_id"] = _unique_ids(frame["obstacle_id"], notes)
    for basis, words in (
        ("measured", "measured heights"),
        ("levels", f"heights from storeys of {storey:g} m"),
        ("unknown", "unknown heights, which block at any height"),
    ):
        number = int((frame["height_basis"] == basis).sum())
        notes.add(f"height_{basis}", f"Buildings with {words}", count=number)
    log = ReadLog(
        path=str(path),
        format=found.adapter.name,
        sha256=sha256_of(file),
        rows_read=rows_read,
        items_read=len(frame),
        crs_in=crs_name(source.crs),
        datum_shift=_one_shift(shifts),
        notes=tuple(notes.found),
    )
    return Obstacles(schemas.check(frame, schemas.Obstacles, file), log)


def footprint_columns(names: Sequence[str]) -> dict[str, str]:
    """Columns that ids, heights and storeys are read from first, as :func:`read_obstacles` does.

    Examples
    --------
    >>> footprint_columns(["fid", "building:levels", "HEIGHT"])
    {'height': 'HEIGHT', 'levels': 'building:levels'}
    """
    by_name = {normalise(name): name for name in names}
    known = (("obstacle_id", ID_NAMES), ("height", HEIGHT_NAMES), ("levels", LEVEL_NAMES))
    found = {
        field: next((by_name[each] for each in usual if each in by_name), None)
        for field, usual in known
    }
    return {field: column for field, column in found.items() if column is not None}


def _sources(file: Path, found: Opened, rules: Profile) -> Generator[Source, None, None]:
    if found.adapter.name == "osm_xml":
        yield read_xml_buildings(found.path)
    elif found.adapter.name == "osm_pbf":
        yield read_pbf_buildings(found.path)
    elif found.adapter.spatial:
        known = {*HEIGHT_NAMES, *LEVEL_NAMES, *ID_NAMES}
        there = found.columns(kind="Polygon")
        if _TAGS in there:
            known |= {_TAGS, _BUILDING}
        check_columns(rules, there, file)
        told = set(rules.columns.values())
        wanted = [name for name in there if name in told or normalise(name) in known]
        with closing(found.batches(columns=wanted, kind="Polygon")) as stream:
            for source in stream:
                if source.geometry is None:
                    raise _no_footprints(file, found)
                yield _of_tags(source) if _TAGS in source.rows else source
    else:
        raise _no_footprints(file, found)


def _of_tags(source: Source) -> Source:
    """Take heights from GDAL's ``other_tags``, and leave out polygons that are no building."""
    rows = source.rows
    more = tags_in_cells(rows[_TAGS], [key for key in _TAG_KEYS if key not in rows])
    source.rows = pd.concat([rows.drop(columns=_TAGS), more], axis=1)
    if _BUILDING not in rows:
        return source
    built = ~rows[_BUILDING].map(lambda cell: is_blank(cell) or str(cell) == "no").to_numpy(bool)
    source.notes.add(
        "not_a_building",
        "Polygons of OpenStreetMap that are no building were left out",
        count=int((~built).sum()),
    )
    kept = source.keep(built)
    return replace(kept, rows=kept.rows.drop(columns=_BUILDING))


def _no_footprints(file: Path, found: Opened) -> InputError:
    remedy = "Give OSM XML, GeoPackage, GeoJSON, GeoParquet, a Shapefile or any other GIS layer"
    return InputError(file, [Fault(f"{found.title} holds no footprints", remedy)])


def _footprints(
    source: Source, storey_height_m: float, *, path: Path, faults: Faults, notes: Notes
) -> gpd.GeoDataFrame:
    by_name = {normalise(str(name)): str(name) for name in source.rows}
    ids = _first_given(source.rows, [by_name[name] for name in ID_NAMES if name in by_name])
    labels = [value or label for value, label in zip(ids, source.labels, strict=True)]
    values = repair_polygons(
        source,
        labels=labels,
        path=path,
        faults=faults,
        notes=notes,
        drop_empty=source.crowd_sourced,
    )
    height, basis = _heights(source.rows, by_name, storey_height_m, labels=labels, notes=notes)
    frame = gpd.GeoDataFrame(
        {"obstacle_id": ids, "height_m": height, "height_basis": basis},
        geometry=gpd.GeoSeries(values, crs=source.crs),
    )
    return frame[~shapely.is_missing(values)]


def _heights(
    rows: pd.DataFrame,
    by_name: dict[str, str],
    storey_height_m: float,
    *,
    labels: Sequence[str],
    notes: Notes,
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    height = np.full(len(rows), np.nan)
    for name in HEIGHT_NAMES:
        if name in by_name:
            unit = "ft" if name.endswith("_ft") else "m"
            read = _positive(
                rows[by_name[name]],
                partial(parse_length_m, unit=unit),
                MAX_HEIGHT_M,
                what=by_name[name],
                labels=labels,
                notes=notes,
            )
            height = np.where(np.isnan(height), read, height)
    levels = np.full(len(rows), np.nan)
    for name in LEVEL_NAMES:
        if name in by_name:
            read = _positive(
                rows[by_name[name]],
                parse_number,
                MAX_LEVELS,
                what=by_name[name],
                labels=labels,
                notes=notes,
            )
            levels = np.where(np.isnan(levels), read, levels)
    basis = np.select(
        [~np.isnan(height), ~np.isnan(levels)], ["measured", "levels"], default="unknown"
    )
    return np.where(np.isnan(height), levels * storey_height_m, height), basis


def _positive(
    raw: pd.Series,
    parser: Any,
    highest: float,
    *,
    what: str,
    labels: Sequence[str],
    notes: Notes,
) -> NDArray[np.float64]:
    values, unread = to_numbers(raw, parser)
    with np.errstate(invalid="ignore"):
        wrong = unread | (values <= 0) | (values > highest)
    notes.add(
        f"{normalise(what)}_undecodable",
        f"{what} that is no number above 0 and up to {highest:g} was taken as not given",
        rows=[labels[int(row)] for row in np.flatnonzero(wrong)],
    )
    return np.where(wrong, np.nan, values)


def _first_given(rows: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """First of several id columns that is not blank, row by row."""
    ids = pd.Series([""] * len(rows), dtype=object)
    for column in columns:
        raw = rows[column]
        if pd.api.types.is_float_dtype(raw) and (raw.dropna() % 1 == 0).all():
            raw = raw.astype("Int64")
        if pd.api.types.is_integer_dtype(raw):
            text = raw.astype(object).map(str, na_action="ignore").fillna("")
        else:
            cleaned = ["" if is_blank(value) else clean_text(str(value)) for value in raw]
            text = pd.Series(cleaned, dtype=object)
        ids = ids.where(ids != "", text)
    return ids.tolist()


def _unique_ids(given: pd.Series, notes: Notes) -> list[str]:
    """Ids as given where they identify; else one made from the row number, for all."""
    if given.is_unique and (given != "").all():
        return [str(value) for value in given]
    notes.add(
        "ids_made",
        "The source has no column that identifies each footprint; ids are row numbers",
        count=len(given),
    )
    return [f"row-{number}" for number in range(1, len(given) + 1)]


def _merged(same: Sequence[Note]) -> Note:
    rows = tuple(row for note in same for row in note.rows)
    return Note(same[0].code, same[0].message, sum(note.count for note in same), rows)


def _one_shift(shifts: Sequence[DatumShift]) -> DatumShift:
    """One shift for all batches; where they differ, all that were used."""
    different = [shift for shift in dict.fromkeys(shifts) if shift != NO_SHIFT]
    if len(different) < 2:
        return different[0] if different else NO_SHIFT
    known = [shift.accuracy_m for shift in different if shift.accuracy_m is not None]
    return DatumShift(" | ".join(shift.method for shift in different), max(known, default=None))
