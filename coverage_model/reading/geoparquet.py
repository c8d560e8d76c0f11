"""GeoParquet (through Arrow), and Parquet or Arrow files without geometry as tables."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj

from coverage_model.base.crs import source_crs
from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.gis import BATCH_ROWS, joined, split_batch
from coverage_model.reading.source import (
    Source,
    boundary,
    check_width,
    no_layers,
    plain_cells,
    row_labels,
    twice_fault,
)

_TITLE = "Parquet"


def read_geoparquet(path: Path, layer: str | None = None) -> Source:
    """Read a GeoParquet file; one without geometry is read as a table."""
    return joined(list(parquet_batches(path, layer=layer)))


def parquet_columns(path: Path) -> list[str]:
    """Names of the columns of a Parquet file, without reading its rows."""
    with boundary(path, title=_TITLE):
        return [str(name) for name in pq.read_schema(path).names]


def parquet_batches(
    path: Path, *, layer: str | None = None, columns: Sequence[str] | None = None
) -> Generator[Source, None, None]:
    """Read a Parquet file in batches; see :func:`coverage_model.reading.gis.batches`."""
    no_layers(path, layer)
    notes = Notes()
    name, crs = _geometry_column(path)
    done = 0
    with boundary(path, title=_TITLE):
        file = pq.ParquetFile(path)
        present = [str(each) for each in file.schema_arrow.names]
    check_width(path, len(present))
    twice = twice_fault(present)
    if twice is not None:
        raise InputError(path, [twice])
    wanted = [each for each in present if columns is None or each in columns or each == name]
    stream = file.iter_batches(batch_size=BATCH_ROWS, columns=wanted)
    while True:
        with boundary(path, title=_TITLE):
            batch = next(stream, None)
            if batch is None:
                break
            batch.validate(full=True)
            table = pa.Table.from_batches([batch])
            rows, geometry = _split(table, name)
        labels = row_labels(len(rows), first=done + 1)
        done += len(rows)
        if geometry is None:
            yield Source(rows, labels, notes=notes)
            continue
        yield Source(rows, labels, gpd.GeoSeries(geometry, crs=crs), crs, notes=notes)
    if done == 0:
        raise InputError(path, [Fault("the file holds no rows", "Export it again")])


def read_arrow(path: Path, layer: str | None = None) -> Source:
    """Read an Arrow IPC file (Feather) as a table."""
    no_layers(path, layer)
    with boundary(path, title="Arrow"):
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        check_width(path, table.num_columns)
        table.validate(full=True)
        rows = plain_cells(table.to_pandas().reset_index(drop=True))
    if rows.empty:
        raise InputError(path, [Fault("the file holds no rows", "Export it again")])
    return Source(rows, row_labels(len(rows)))


def _split(table: pa.Table, name: str | None) -> tuple[pd.DataFrame, Any]:
    if name is None:
        return plain_cells(table.to_pandas().reset_index(drop=True)), None
    return split_batch(table, name)


def _geometry_column(path: Path) -> tuple[str | None, pyproj.CRS | None]:
    """Name of the main geometry column and its CRS; None in a plain Parquet file."""
    with boundary(path, title=_TITLE):
        schema = pq.read_schema(path)
        metadata = schema.metadata or {}
    if b"geo" not in metadata:
        return None, None
    with boundary(path, title="GeoParquet"):
        geo = json.loads(metadata[b"geo"])
        name = str(geo["primary_column"])
        description = geo["columns"][name]
        encoding = description.get("encoding")
        # The standard: no CRS entry means longitude and latitude, an entry of null means unknown.
        stated = description.get("crs", "OGC:CRS84")
        crs = None if stated is None else source_crs(stated)
    if encoding != "WKB":
        fault = Fault(f"its geometry is encoded as {encoding}", "Write it with WKB")
        raise InputError(path, [fault])
    place = schema.get_field_index(name)  # -1 where there is none, or more than one
    if place < 0 or not _is_binary(schema.field(place).type):
        fault = Fault(
            f"its geometry column {name!r} is missing, there twice, or holds no geometry",
            "Write it again",
        )
        raise InputError(path, [fault])
    return name, crs


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
