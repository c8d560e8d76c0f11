"""Layers through GDAL: GeoPackage, GeoJSON, Shapefile, KML, GPX, GML, MapInfo and so on.

Large layers come in batches, so that a city's footprints never lie in memory twice. Two things are
settled here once for all drivers: text that is not in the encoding its container promises is read
value by value, and curves are made into lines by GDAL.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray

from coverage_model.base.crs import GEOGRAPHIC_CRS, source_crs, without_z
from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.shapefile import is_shapefile, shapefile_copy, stated_encoding
from coverage_model.reading.source import (
    CHOOSE_LAYER,
    Layout,
    Source,
    boundary,
    check_width,
    name_some,
    noted_warnings,
    plain_cells,
    row_labels,
)
from coverage_model.reading.text import mixed_text, read_json

BATCH_ROWS = 65_536

_PREFERRED_LAYERS = ("cameras", "buildings", "areas", "edges")
_FOLDERS = frozenset({"KML", "LIBKML"})
# These name all fields that their format knows, whether or not the file uses them.
_FIXED_FIELDS = frozenset({"KML", "LIBKML", "GPX"})
# What a GeoPackage says that states no CRS: GDAL makes CRSs of it, one of them in degrees.
_UNDEFINED = {"Undefined geographic SRS", "Undefined Cartesian SRS"}
_GPX_LAYERS = ("waypoints", "tracks", "track_points")
_MAP_TILES = frozenset({"MBTiles", "PMTiles", "MVT"})
_DEGREES_UNSAID = frozenset({"TopoJSON"})
_RAW = "ISO-8859-1"
_SCAN_JSON_BYTES = 256 << 20


def read_layer(path: Path, layer: str | None = None) -> Source:
    """Read a layer of a file that GDAL knows: the one named, the only one, or ``cameras``.

    A layer without geometry is a table. The folders of a KML file are read together.
    """
    return joined(list(batches(path, layer=layer)))


def joined(parts: Sequence[Source]) -> Source:
    """One source of the batches of a layer."""
    first = parts[0]
    if len(parts) == 1:
        return first
    geometry = None
    if first.geometry is not None:
        geometry = gpd.GeoSeries(
            pd.concat([part.geometry for part in parts], ignore_index=True), crs=first.crs
        )
    return Source(
        pd.concat([part.rows for part in parts], ignore_index=True),
        [label for part in parts for label in part.labels],
        geometry,
        first.crs,
        notes=first.notes,
        cut_names=first.cut_names,
        layout=first.layout,
    )


def batches(
    path: Path,
    *,
    layer: str | None = None,
    columns: Sequence[str] | None = None,
    kind: str = "",
) -> Generator[Source, None, None]:
    """Read a layer in batches of at most :data:`BATCH_ROWS` rows.

    Parameters
    ----------
    path
        A file that GDAL knows.
    layer
        Name of the layer; may be left out where there is only one that fits.
    columns
        Columns wanted; None for all. Those that the file lacks are not missed here.
    kind
        Kind of geometry that tells the layer wanted from others: ``Line``, ``Polygon``.

    Yields
    ------
    Source
        At least one; the notes are shared by all of them.
    """
    notes = Notes()
    with ExitStack() as stack:
        with boundary(path, title="a GIS layer"):
            real = stack.enter_context(shapefile_copy(path, notes))
            chosen, others = _choose_layers(path, real, layer, notes, kind=kind)
        layout = Layout(layer=", ".join(chosen), others=tuple(others))
        done = 0
        for name in chosen:
            info = _describe(path, real, name, columns, notes)
            for rows, geometry in _layer_batches(path, real, info, notes):
                if len(chosen) > 1:
                    rows["folder"] = name
                labels = row_labels(len(rows), first=done + 1)
                done += len(rows)
                yield _source(rows, geometry, labels, info=info, notes=notes, layout=layout)
        if done == 0:
            raise InputError(path, [Fault("the layer holds no rows", "Export it again")])


def layer_columns(path: Path, *, layer: str | None = None, kind: str = "") -> list[str]:
    """Names of the columns of a layer, without reading its rows."""
    with boundary(path, title="a GIS layer"), shapefile_copy(path, Notes()) as real:
        chosen, _ = _choose_layers(path, real, layer, Notes(), kind=kind)
        with noted_warnings(Notes()):  # the reading itself warns again, and that is kept
            return [str(name) for name in pyogrio.read_info(real, layer=chosen[0])["fields"]]


def text_coordinates(path: Path) -> list[int]:
    """Positions of the features of a GeoJSON whose coordinates are text instead of numbers.

    GDAL reads those as missing geometry without a word, so they are looked for only when some
    geometry is missing.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(16).lstrip(b"\xef\xbb\xbf \t\r\n\x00\xff\xfe")
        if start[:1] != b"{" or path.stat().st_size > _SCAN_JSON_BYTES:
            return []
        content = read_json(path, Notes())
    except (InputError, OSError):
        return []
    features = content.get("features") if isinstance(content, dict) else None
    return [
        position
        for position, feature in enumerate(features if isinstance(features, list) else [])
        if isinstance(feature, dict)
        and isinstance(feature.get("geometry"), dict)
        and _holds_text(feature["geometry"].get("coordinates"))
    ]


def _holds_text(value: Any) -> bool:
    if isinstance(value, list):
        return any(_holds_text(each) for each in value)
    return isinstance(value, str)


def _choose_layers(
    path: Path, real: Path, layer: str | None, notes: Notes, *, kind: str
) -> tuple[list[str], list[str]]:
    """Layers to read together (one, but for the folders of a KML file), and those left."""
    with noted_warnings(notes):
        listed = pyogrio.list_layers(real)
    names = [str(name) for name, _ in listed]
    if not names:
        raise InputError(path, [Fault("it holds no layer", "Export it again")])
    if layer is not None:
        if layer not in names:
            fault = Fault(f"there is no layer {layer!r}", f"Layers: {name_some(names)}")
            raise InputError(path, [fault])
        return [layer], []
    spatial = [str(name) for name, held in listed if held is not None] or names
    fitting = [str(name) for name, held in listed if kind and kind in str(held)]
    if kind == "Point" and set(_GPX_LAYERS) <= set(names):
        fitting = ["waypoints"]  # the points of tracks are where somebody walked
    if len(spatial) == 1:
        return spatial, [name for name in names if name not in spatial]
    if len(fitting) == 1:
        return fitting, _note_unused(names, fitting, spatial, notes)
    spatial = fitting or spatial
    preferred = [name for name in spatial if name.casefold() in _PREFERRED_LAYERS]
    if len(preferred) == 1:
        chosen = preferred
    else:
        with noted_warnings(notes):
            filled, driver = _filled(real, spatial)
        spatial = filled or spatial
        chosen = filled if driver in _FOLDERS else filled or spatial
        if driver in _FOLDERS:
            notes.add(
                "folders_joined",
                "The folders of the file were read together; choose one with --layer",
                rows=chosen if len(chosen) > 1 else (),
            )
        elif len(chosen) != 1:
            fault = Fault(
                f"{len(chosen)} layers and no choice between them",
                f"{CHOOSE_LAYER}: {name_some(chosen)}",
            )
            raise InputError(path, [fault])
    return chosen, _note_unused(names, chosen, spatial, notes)


def _note_unused(
    names: Sequence[str], chosen: Sequence[str], spatial: Sequence[str], notes: Notes
) -> list[str]:
    """Note the layers that a choice leaves out; returns their names."""
    others = [name for name in names if name not in chosen]
    notes.add(
        "layers_unused",
        f"Only the layer {name_some(chosen)} was read; choose another with --layer",
        rows=[name for name in others if name in spatial] if len(chosen) == 1 else (),
    )
    return others


def _filled(real: Path, names: Sequence[str]) -> tuple[list[str], str]:
    """Those of the layers that hold a feature, and the driver."""
    found = []
    driver = ""
    for name in names:
        info = pyogrio.read_info(real, layer=name, force_feature_count=True)
        driver = str(info["driver"])
        if info["features"]:
            found.append(name)
    return found, driver


@dataclass(slots=True)
class _Layer:
    """A layer to be read, and how."""

    name: str
    fields: list[str]
    crs: pyproj.CRS | None
    driver: str
    spatial: bool
    encoding: str | None
    shapefile: bool
    curved: bool = False
    recoded: bool = field(default=False)


def _describe(
    path: Path, real: Path, name: str, columns: Sequence[str] | None, notes: Notes
) -> _Layer:
    with boundary(path, title="a GIS layer"):
        with noted_warnings(notes):
            info = pyogrio.read_info(real, layer=name)
        fields = [str(each) for each in info["fields"]]
        check_width(path, len(fields))
        driver = str(info["driver"])
        if driver in _MAP_TILES:
            fault = Fault(
                "it holds map tiles, whose places are rounded to the screen",
                "Give the layer that the tiles were made from",
            )
            raise InputError(path, [fault])
        crs = None if info["crs"] is None else source_crs(info["crs"])
        if crs is not None and crs.name in _UNDEFINED:
            crs = None
        if crs is None and driver in _DEGREES_UNSAID:
            crs = source_crs(GEOGRAPHIC_CRS)
            notes.add("crs_assumed", f"{driver} states no CRS: taken as {GEOGRAPHIC_CRS}", count=1)
        shapefile = is_shapefile(real)
        return _Layer(
            name,
            fields if columns is None else [each for each in columns if each in fields],
            crs,
            driver,
            info["geometry_type"] is not None,
            stated_encoding(real, notes) if shapefile else None,
            shapefile,
        )


_Batch = tuple[pd.DataFrame, NDArray[Any]]


def _layer_batches(path: Path, real: Path, info: _Layer, notes: Notes) -> Iterator[_Batch]:
    """Batches through Arrow; from the first that Arrow cannot hold, row by row."""
    done = 0
    if info.encoding != _RAW:
        try:
            for batch in _arrow_batches(path, real, info, notes):
                done += len(batch[0])
                yield batch
        except _NotArrowError:
            pass
        else:
            _note_repairs(info, notes)
            return
    yield from _raw_batches(path, real, info, notes, skip=done)
    _note_repairs(info, notes)


class _NotArrowError(Exception):
    """Curves, or text that is not UTF-8: what Arrow's way does not bring across."""


class _CurvedError(_NotArrowError):
    """Curves, which no geometry here can hold."""


def _arrow_batches(path: Path, real: Path, info: _Layer, notes: Notes) -> Iterator[_Batch]:
    with ExitStack() as stack:
        with boundary(path, title="a GIS layer"), noted_warnings(notes):
            meta, reader = stack.enter_context(
                pyogrio.open_arrow(
                    real,
                    layer=info.name,
                    columns=info.fields,
                    batch_size=BATCH_ROWS,
                    use_pyarrow=True,
                    read_geometry=info.spatial,
                    encoding=info.encoding,
                )
            )
        name = meta["geometry_name"] or "wkb_geometry"
        while True:
            split = None
            with boundary(path, title="a GIS layer"):
                try:
                    split = _next_batch(reader, name, notes)
                except _NotArrowError as error:
                    info.curved = isinstance(error, _CurvedError)
            if split is None:
                raise _NotArrowError
            if not split:
                return
            yield split


def _next_batch(reader: Any, name: str, notes: Notes) -> _Batch | tuple[()]:
    """Return the next batch; nothing at the end."""
    try:
        with noted_warnings(notes):  # each step only: what callers warn is theirs
            batch = next(reader, None)
            if batch is None:
                return ()
            batch.validate(full=True)
            return split_batch(pa.Table.from_batches([batch]), name)
    except NotImplementedError as error:
        raise _CurvedError from error
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise _NotArrowError from error


def _raw_batches(
    path: Path, real: Path, info: _Layer, notes: Notes, *, skip: int
) -> Iterator[_Batch]:
    """Read without Arrow: GDAL makes curves into lines, and text comes byte by byte."""
    while True:
        with boundary(path, title="a GIS layer"), noted_warnings(notes):
            meta, _, wkb, values = pyogrio.raw.read(
                real,
                layer=info.name,
                columns=info.fields,
                encoding=info.encoding or _RAW,
                read_geometry=info.spatial,
                skip_features=skip,
                max_features=BATCH_ROWS,
            )
            columns = {
                place: [_value(each, info) for each in column]
                if column.dtype == object
                else pd.Series(column)
                for place, column in enumerate(values)
            }
            count = len(values[0]) if len(values) else len(wkb)
            rows = pd.DataFrame(columns, index=range(count))
            rows.columns = pd.Index([str(each) for each in meta["fields"]], dtype=object)
            geometry = _geometry(wkb, count)
        if count:
            yield plain_cells(rows), geometry
        skip += count
        if count < BATCH_ROWS:
            return


def _value(value: Any, info: _Layer) -> Any:
    """Text that was read byte by byte, as UTF-8 where it is and Windows-1252 where it is not."""
    if not isinstance(value, str) or value.isascii() or info.encoding not in {None, _RAW}:
        return value
    try:
        data = value.encode("latin-1")
    except UnicodeEncodeError:
        return value  # the driver has decoded it already
    text = mixed_text(data)
    info.recoded = info.recoded or text.encode("utf-8", "replace") != data
    return text


def _note_repairs(info: _Layer, notes: Notes) -> None:
    if info.curved:
        notes.add("curves", "Curved outlines of the layer were made into lines", count=1)
    if info.recoded and not info.shapefile:  # of those it is said already
        notes.add(
            "encoding",
            "Text that is not UTF-8 was read as Windows-1252",
            count=1,
        )


def split_batch(table: pa.Table, name: str) -> _Batch:
    """Take a batch apart into attributes and geometry."""
    if name not in table.column_names:
        rows = table.to_pandas()
        return plain_cells(rows.reset_index(drop=True)), np.full(len(rows), None, dtype=object)
    wkb = table.column(name).to_numpy(zero_copy_only=False)
    rows = table.drop_columns([name]).to_pandas().reset_index(drop=True)
    return plain_cells(rows), _geometry(wkb, len(rows))


def _geometry(wkb: NDArray[Any] | None, count: int) -> NDArray[Any]:
    if wkb is None:
        return np.full(count, None, dtype=object)
    # What GEOS cannot build comes back as missing geometry, which no reader lets through.
    return without_z(shapely.from_wkb(wkb, on_invalid="ignore"))


def _source(
    rows: pd.DataFrame,
    geometry: NDArray[Any],
    labels: list[str],
    *,
    info: _Layer,
    notes: Notes,
    layout: Layout,
) -> Source:
    if info.driver in _FIXED_FIELDS:
        own = [
            name for name in rows if not _all_missing(rows[name]) and not _is_made(rows[name], info)
        ]
        rows = rows.loc[:, own]
    if not info.spatial:
        return Source(rows, labels, notes=notes, cut_names=info.shapefile, layout=layout)
    return Source(
        rows,
        labels,
        gpd.GeoSeries(geometry, crs=info.crs),
        info.crs,
        notes=notes,
        cut_names=info.shapefile,
        layout=layout,
    )


def _is_made(column: pd.Series, info: _Layer) -> bool:
    """Whether a column only counts the placemarks of a KML layer, as GDAL itself writes it."""
    if info.driver not in _FOLDERS or column.name != "id":
        return False
    made = [f"{info.name}.{number}" for number in range(1, len(column) + 1)]
    return column.tolist() == made


def _all_missing(column: pd.Series) -> bool:
    if column.isna().all():
        return True
    return bool(column.isin(["", -1, 0]).all()) and column.name != "folder"
