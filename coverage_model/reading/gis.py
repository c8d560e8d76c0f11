"""GIS files: GeoPackage, GeoJSON, Shapefile (through GDAL) and GeoParquet (through Arrow).

Large layers come in batches, so that a city's footprints never lie in memory twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from coverage_model.base.crs import source_crs, without_z
from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.source import Source, noted_warnings, row_labels, unreadable
from coverage_model.reading.tables import no_layers, read_plain_parquet

BATCH_ROWS = 65_536
_PREFERRED_LAYERS = ("cameras", "buildings", "areas")


def read_layer(path: Path, layer: str | None = None) -> Source:
    """Read a layer of a file that GDAL knows: the one named, the only one, or ``cameras``."""
    parts = list(batches(path, layer=layer))
    first = parts[0]
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    geometry = pd.concat([part.geometry for part in parts], ignore_index=True)
    return Source(
        rows,
        [label for part in parts for label in part.labels],
        gpd.GeoSeries(geometry, crs=first.crs),
        first.crs,
        notes=first.notes,
    )


def read_geoparquet(path: Path, layer: str | None = None) -> Source:
    """Read a GeoParquet file; one without geometry is read as a table."""
    no_layers(path, layer)
    if _parquet_geometry(path) is None:
        return read_plain_parquet(path, Notes())
    return read_layer(path)


def batches(
    path: Path, *, layer: str | None = None, columns: Sequence[str] | None = None
) -> Iterator[Source]:
    """Read a layer in batches of at most :data:`BATCH_ROWS` rows.

    Parameters
    ----------
    path
        A file that GDAL or GeoParquet readers know.
    layer
        Name of the layer; may be left out where there is only one that fits.
    columns
        Columns wanted; None for all. Those that the file lacks are not missed here.

    Yields
    ------
    Source
        At least one; the notes are shared by all of them.
    """
    notes = Notes()
    done = 0
    stream = (
        _parquet_batches(path, columns)
        if _is_parquet(path)
        else _gdal_batches(path, layer, columns, notes)
    )
    for rows, geometry, crs in stream:
        labels = row_labels(len(rows), first=done + 1)
        done += len(rows)
        yield Source(rows, labels, gpd.GeoSeries(geometry, crs=crs), crs, notes=notes)
    if done == 0:
        raise InputError(path, [Fault("the layer holds no rows", "Export it again")])


def layer_columns(path: Path, *, layer: str | None = None) -> list[str]:
    """Names of the columns of a layer, without reading its rows."""
    if _is_parquet(path):
        return [str(name) for name in pq.read_schema(path).names]
    try:
        with noted_warnings(Notes()):  # the reading itself warns again, and that is kept
            chosen = _choose_layer(path, layer)
            return [str(name) for name in pyogrio.read_info(path, layer=chosen)["fields"]]
    except (DataSourceError, DataLayerError) as error:
        raise unreadable(path, error, title="a GIS layer") from error


def text_coordinates(path: Path) -> list[int]:
    """Positions of the features of a GeoJSON whose coordinates are text instead of numbers.

    GDAL reads those as missing geometry without a word, so they are looked for only when some
    geometry is missing.
    """
    if path.suffix.lower() not in {".geojson", ".json"}:
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, ValueError):
        return []
    features = content.get("features", []) if isinstance(content, dict) else []
    return [
        position
        for position, feature in enumerate(features)
        if isinstance(feature, dict)
        and isinstance(feature.get("geometry"), dict)
        and _holds_text(feature["geometry"].get("coordinates"))
    ]


def _holds_text(value: Any) -> bool:
    if isinstance(value, list):
        return any(_holds_text(each) for each in value)
    return isinstance(value, str)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"PAR1"


def _choose_layer(path: Path, layer: str | None) -> str:
    listed = pyogrio.list_layers(path)
    names = [str(name) for name, _ in listed]
    if layer is not None:
        if layer not in names:
            fault = Fault(f"there is no layer {layer!r}", f"Layers: {', '.join(names)}")
            raise InputError(path, [fault])
        return layer
    spatial = [str(name) for name, kind in listed if kind is not None]
    if not spatial:
        raise InputError(path, [Fault("no layer holds geometry", f"Layers: {', '.join(names)}")])
    if len(spatial) == 1:
        return spatial[0]
    preferred = [name for name in _PREFERRED_LAYERS if name in spatial]
    if len(preferred) == 1:
        return preferred[0]
    fault = Fault(
        f"{len(spatial)} layers and no choice between them",
        f"Name one of: {', '.join(spatial)}",
    )
    raise InputError(path, [fault])


_Batch = tuple[pd.DataFrame, np.ndarray, pyproj.CRS | None]


def _gdal_batches(
    path: Path, layer: str | None, columns: Sequence[str] | None, notes: Notes
) -> Iterator[_Batch]:
    try:
        with noted_warnings(notes):
            chosen = _choose_layer(path, layer)
            fields = [str(name) for name in pyogrio.read_info(path, layer=chosen)["fields"]]
        wanted = fields if columns is None else [name for name in columns if name in fields]
        with ExitStack() as stack:
            with noted_warnings(notes):
                meta, reader = stack.enter_context(
                    pyogrio.open_arrow(
                        path,
                        layer=chosen,
                        columns=wanted,
                        batch_size=BATCH_ROWS,
                        use_pyarrow=True,
                    )
                )
            crs = None if meta["crs"] is None else source_crs(meta["crs"])
            name = meta["geometry_name"] or "wkb_geometry"
            while True:
                with noted_warnings(notes):  # around each step only: what callers warn is theirs
                    batch = next(reader, None)
                if batch is None:
                    return
                yield _split(pa.Table.from_batches([batch]), name, crs)
    except (DataSourceError, DataLayerError, UnicodeDecodeError, pa.ArrowException) as error:
        raise unreadable(path, error, title="a GIS layer") from error


def _parquet_geometry(path: Path) -> tuple[str, Any] | None:
    """Name and description of the main geometry column; None in a plain Parquet file."""
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path, error, title="Parquet") from error
    if b"geo" not in metadata:
        return None
    geo = json.loads(metadata[b"geo"])
    name = str(geo["primary_column"])
    return name, geo["columns"][name]


def _parquet_batches(path: Path, columns: Sequence[str] | None) -> Iterator[_Batch]:
    found = _parquet_geometry(path)
    if found is None:
        fault = Fault("it has no geometry", "Write it as GeoParquet, or give a GeoPackage")
        raise InputError(path, [fault])
    name, description = found
    if description.get("encoding") != "WKB":
        fault = Fault(
            f"its geometry is encoded as {description.get('encoding')}", "Write it with WKB"
        )
        raise InputError(path, [fault])
    # The standard: no CRS entry means longitude and latitude, an entry of null means unknown.
    stated = description.get("crs", "OGC:CRS84")
    crs = None if stated is None else source_crs(stated)
    file = pq.ParquetFile(path)
    present = file.schema_arrow.names
    wanted = [each for each in present if columns is None or each in columns or each == name]
    for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=wanted):
        yield _split(pa.Table.from_batches([batch]), name, crs)


def _split(table: pa.Table, name: str, crs: pyproj.CRS | None) -> _Batch:
    """Take a batch apart into attributes and geometry."""
    wkb = table.column(name).to_numpy(zero_copy_only=False)
    rows = table.drop_columns([name]).to_pandas()
    # What GEOS cannot build comes back as missing geometry, which no reader lets through.
    geometry = without_z(shapely.from_wkb(wkb, on_invalid="ignore"))
    return rows.reset_index(drop=True), geometry, crs
