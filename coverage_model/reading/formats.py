"""One adapter a format: each turns a file into raw rows, before any unit is converted.

To add a format, write a function ``(path, layer) -> Source`` and add a line to :data:`ADAPTERS`.
What a file holds decides, not what it is called; where the two disagree, that is noted.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coverage_model.base.errors import Fault, InputError
from coverage_model.reading import gis, osm, tables, tfl
from coverage_model.reading.source import Source, check_file

__all__ = ["ADAPTERS", "Adapter", "Source", "detect", "read_source"]

_HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Adapter:
    """How to recognise and read one format.

    Parameters
    ----------
    name
        Short stable name.
    title
        What to call it in a sentence.
    suffixes
        Endings such files usually have.
    recognises
        Whether the first bytes of a file (and its path) are of this format.
    read
        Reads it, given its path and the name of a layer.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes, Path], bool]
    read: Callable[[Path, str | None], Source]


def _json_like(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def _is_feature_collection(head: bytes) -> bool:
    return _json_like(head) and re.search(rb'"type"\s*:\s*"Feature', head) is not None


def _is_jamcam(head: bytes, _: Path) -> bool:
    places = b'"additionalProperties"' in head and b"JamCam" in head
    return _json_like(head) and (places or b"jamcams.tfl.gov.uk" in head)


def _is_overpass(head: bytes, _: Path) -> bool:
    if not _json_like(head) or _is_feature_collection(head):
        return False
    placed = all(re.search(rb'"%s"\s*:' % key, head) for key in (b"lat", b"lon"))
    return b'"elements"' in head or (placed and re.search(rb'"(tags|id)"\s*:', head) is not None)


def _is_excel(head: bytes, path: Path) -> bool:
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _is_text_table(head: bytes, _: Path) -> bool:
    first = next((line for line in head.splitlines() if line.strip()), b"")
    return b"\x00" not in head and not first.lstrip().startswith((b"<", b"{", b"["))


# The first that recognises a file reads it, so the particular come before the general.
ADAPTERS: tuple[Adapter, ...] = (
    Adapter("jamcam", "TfL JamCams", (".json", ".geojson"), _is_jamcam, tfl.read_jamcams),
    Adapter(
        "geojson",
        "GeoJSON",
        (".geojson", ".json"),
        lambda head, _: _is_feature_collection(head),
        gis.read_layer,
    ),
    Adapter("overpass", "an Overpass answer", (".json",), _is_overpass, osm.read_overpass),
    Adapter(
        "osm_xml",
        "OSM XML",
        (".osm", ".xml"),
        lambda head, _: re.search(rb"<osm[\s>]", head) is not None,
        osm.read_osm_xml,
    ),
    Adapter(
        "osm_pbf", "OSM PBF", (".pbf",), lambda head, _: b"OSMHeader" in head[:64], osm.read_pbf
    ),
    Adapter(
        "geopackage",
        "GeoPackage",
        (".gpkg",),
        lambda head, _: head.startswith(b"SQLite format 3\x00"),
        gis.read_layer,
    ),
    Adapter(
        "geoparquet",
        "GeoParquet",
        (".parquet", ".geoparquet", ".pq"),
        lambda head, _: head.startswith(b"PAR1"),
        gis.read_geoparquet,
    ),
    Adapter(
        "shapefile",
        "Shapefile",
        (".shp",),
        lambda head, _: head.startswith(b"\x00\x00\x27\x0a"),
        gis.read_layer,
    ),
    Adapter("excel", "Excel", (".xlsx", ".xlsm"), _is_excel, tables.read_excel),
    Adapter("csv", "CSV", (".csv", ".tsv", ".txt"), _is_text_table, tables.read_csv),
)


def detect(path: Path) -> Adapter:
    """Find the adapter for a file.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        If the file is empty or of no known format.
    """
    check_file(path)
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    for adapter in ADAPTERS:
        if adapter.recognises(head, path):
            return adapter
    known = ", ".join(dict.fromkeys(suffix for each in ADAPTERS for suffix in each.suffixes))
    remedy = f"Give one of: {known}"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        remedy = "This is an old Excel workbook (.xls): save it as .xlsx or CSV"
    elif path.suffix.lower() in {".dbf", ".shx", ".prj", ".cpg"}:
        remedy = "Name the .shp file of the Shapefile"
    raise InputError(path, [Fault("it is of no format known here", remedy)])


def read_source(path: Path, *, layer: str | None = None) -> tuple[Source, Adapter]:
    """Read the rows of a file, whatever its format."""
    adapter = detect(path)
    source = adapter.read(path, layer)
    if path.suffix.lower() not in adapter.suffixes:
        source.notes.add(
            "suffix", f"The file is named {path.name} but holds {adapter.title}", count=1
        )
    return source, adapter
