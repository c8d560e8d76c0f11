"""The front door: what a file is, by what it holds, and who reads it.

One adapter a format turns a file into raw rows, before any unit is converted. What a file holds
decides, not what it is called; where the two disagree, that is noted. Archives are opened, text in
UTF-16 is brought to where GDAL can read it, and whatever is not recognised is tried with GDAL,
which knows some sixty formats more.

To add a format, write a function ``(path, layer) -> Source`` and add a line to :data:`ADAPTERS`.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyogrio

from coverage_model.base.crs import source_crs
from coverage_model.base.errors import Fault, InputError, NothingThereError
from coverage_model.base.notes import Notes
from coverage_model.reading import gis, osm, tables, tfl, workbooks
from coverage_model.reading.archives import is_gzip, is_zip, unpacked
from coverage_model.reading.geoparquet import (
    parquet_batches,
    parquet_columns,
    read_arrow,
    read_geoparquet,
)
from coverage_model.reading.json_records import read_records
from coverage_model.reading.odd_characters import mend
from coverage_model.reading.osm_elements import osmium_for
from coverage_model.reading.recognise import (
    Head,
    fault_of_unknown,
    is_excel,
    is_feature,
    is_feature_sequence,
    is_jamcam,
    is_lone_table,
    is_loose,
    is_ods,
    is_overpass,
    is_text_table,
    is_web_page,
    loose_features,
)
from coverage_model.reading.source import Source, boundary, check_file, twice_fault
from coverage_model.reading.text import head_text, read_text

__all__ = ["ADAPTERS", "Adapter", "Opened", "Source", "opened", "read_source"]

_HEAD_BYTES = 65_536
_FOLDER_FORMATS = frozenset({".gdb"})
_UTF16 = re.compile(rb"\xff\xfe|\xfe\xff|[<{\[]\x00|\x00[<{\[]")
# GDAL writes what it learnt of a GML file beside it, and wants loose features in a collection.
_COPIED = frozenset({"gml", "geojson_loose"})
# Files that only point at other files or servers: what they name is for the user to open.
_POINTERS = re.compile(
    r"<OGRVRT|<VRTDataset|<OGRWFSDataSource|<OGRWCSDataSource|<OGRCSWDataSource|<GDAL_WMS"
    r'|"gdal_streamed_alg"|WFS_Capabilities|"stac_version"|<NetworkLink>',
    re.IGNORECASE,
)


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
        Whether a file is of this format.
    read
        Reads it, given its path and the name of a layer.
    spatial
        Whether it holds layers of geometry that :meth:`Opened.batches` can read.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Head], bool]
    read: Callable[[Path, str | None], Source]
    spatial: bool = False


def _gdal(
    name: str, title: str, suffixes: tuple[str, ...], recognises: Callable[[Head], bool]
) -> Adapter:
    return Adapter(name, title, suffixes, recognises, gis.read_layer, spatial=True)


def _starts(*marks: bytes) -> Callable[[Head], bool]:
    return lambda head: head.data.startswith(marks)


def _no_rows(path: Path, layer: str | None) -> Source:
    del layer
    fault = Fault("it is a network, which has no rows to read here", "Give a table or a GIS layer")
    raise InputError(path, [fault])


_JSON_ENDINGS = (".geojsons", ".geojsonl", ".jsonl", ".ndjson", ".json", ".geojson")

# The first that recognises a file reads it, so the particular come before the general.
ADAPTERS: tuple[Adapter, ...] = (
    Adapter("excel", "Excel", (".xlsx", ".xlsm"), is_excel, workbooks.read_excel),
    Adapter("ods", "OpenDocument spreadsheet", (".ods",), is_ods, workbooks.read_ods),
    _gdal("kml", "KML", (".kmz",), lambda h: any(n.lower().endswith(".kml") for n in h.members)),
    _gdal("geopackage", "GeoPackage", (".gpkg", ".sqlite"), _starts(b"SQLite format 3\x00")),
    Adapter(
        "geoparquet",
        "GeoParquet",
        (".parquet", ".geoparquet", ".pq"),
        _starts(b"PAR1"),
        read_geoparquet,
        spatial=True,
    ),
    Adapter("arrow", "Arrow", (".arrow", ".feather"), _starts(b"ARROW1"), read_arrow),
    _gdal("flatgeobuf", "FlatGeobuf", (".fgb",), _starts(b"fgb")),
    _gdal("shapefile", "Shapefile", (".shp",), _starts(b"\x00\x00\x27\x0a")),
    Adapter("osm_pbf", "OSM PBF", (".pbf",), lambda h: b"OSMHeader" in h.data[:64], osm.read_pbf),
    Adapter("jamcam", "TfL JamCams", (".json", ".geojson"), is_jamcam, tfl.read_jamcams),
    _gdal(
        "geojson_sequence",
        "GeoJSON, a feature a line",
        _JSON_ENDINGS,
        is_feature_sequence,
    ),
    _gdal(
        "topojson",
        "TopoJSON",
        (".topojson", ".json"),
        lambda h: h.json and h.holds(r'"type"\s*:\s*"Topology"'),
    ),
    _gdal(
        "esri_json",
        "Esri JSON",
        (".json", ".esrijson"),
        lambda h: h.json and (h.holds('"esriGeometry') or h.holds(r'"attributes"\s*:\s*\{')),
    ),
    _gdal("geojson_loose", "GeoJSON features", _JSON_ENDINGS, is_loose),
    _gdal("geojson", "GeoJSON", (".geojson", ".json"), is_feature),
    Adapter("overpass", "an Overpass answer", (".json",), is_overpass, osm.read_overpass),
    Adapter("json", "JSON records", (".json", ".jsonl", ".ndjson"), lambda h: h.json, read_records),
    Adapter(
        "osm_xml",
        "OSM XML",
        (".osm", ".xml"),
        lambda h: h.xml and h.holds(r"<osm[\s>/]"),
        osm.read_osm_xml,
    ),
    Adapter(
        "graphml",
        "GraphML",
        (".graphml", ".xml"),
        lambda h: h.xml and h.holds(r"<(\w+:)?graphml[\s>]"),
        _no_rows,
    ),
    _gdal("kml", "KML", (".kml",), lambda h: h.xml and h.holds(r"<(\w+:)?kml[\s>]")),
    _gdal("gpx", "GPX", (".gpx",), lambda h: h.xml and h.holds(r"<(\w+:)?gpx[\s>]")),
    _gdal("gml", "GML", (".gml", ".xml"), lambda h: h.xml and h.holds(r"opengis\.net/gml")),
    _gdal("mapinfo", "MapInfo", (".tab",), lambda h: h.text[:64].lower().startswith("!table")),
    _gdal(
        "mapinfo",
        "MapInfo",
        (".mif",),
        lambda h: re.match(r'\s*version\s+\d+\s+charset\s+"', h.text, re.IGNORECASE) is not None,
    ),
    _gdal("dxf", "DXF", (".dxf",), lambda h: re.match(r"\s*0\s+SECTION\s", h.text) is not None),
    Adapter("csv", "CSV", (".csv", ".tsv", ".txt"), is_text_table, tables.read_csv),
)
NETWORKS = frozenset({"osm_xml", "osm_pbf"})
"""Adapters of files that hold OpenStreetMap's ways."""

_OTHER = _gdal("gdal", "a GIS layer", (), lambda _: True)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file at the front door: recognised, unpacked, ready to be read.

    Parameters
    ----------
    path
        What to read; a scratch copy where the file was packed.
    adapter
        Who reads it.
    layer
        The layer to read.
    within
        What it was packed in, in words; empty where it was not.
    notes
        What was done to open it.
    """

    path: Path
    adapter: Adapter
    layer: str | None
    within: str = ""
    notes: Notes = field(default_factory=Notes)

    @property
    def title(self) -> str:
        """What the file is, in words."""
        return f"{self.adapter.title} in {self.within}" if self.within else self.adapter.title

    def read(self, *, kind: str = "") -> Source:
        """Read all rows; of several layers of geometry, those of a kind such as ``Point``."""
        with boundary(self.path, title=self.adapter.title):
            if self.adapter.read is gis.read_layer:
                source = gis.joined(list(gis.batches(self.path, layer=self.layer, kind=kind)))
            else:
                source = self.adapter.read(self.path, self.layer)
        self._finish(source)
        return source

    def columns(self, *, kind: str = "") -> list[str]:
        """Names of the columns of a layer of geometry, without reading its rows."""
        if self.adapter.name == "geoparquet":
            return parquet_columns(self.path)
        return gis.layer_columns(self.path, layer=self.layer, kind=kind)

    def batches(
        self, *, columns: list[str] | None = None, kind: str = ""
    ) -> Generator[Source, None, None]:
        """Read a layer of geometry in batches; of several, the one of a kind such as ``Line``.

        Close it (:func:`contextlib.closing`) where not all batches are taken for sure.
        """
        stream = (
            parquet_batches(self.path, layer=self.layer, columns=columns)
            if self.adapter.name == "geoparquet"
            else gis.batches(self.path, layer=self.layer, columns=columns, kind=kind)
        )
        with closing(stream):  # also where who reads stops half-way: it may hold a scratch copy
            for number, source in enumerate(stream):
                if number == 0:
                    self._finish(source)
                else:
                    source.rows = mend(source.rows, source.labels, source.notes)
                yield source

    def _finish(self, source: Source) -> None:
        source.rows = mend(source.rows, source.labels, source.notes)
        twice = twice_fault([str(name) for name in source.rows])
        if twice is not None:
            raise InputError(self.path, [twice])
        source.notes.found[:0] = self.notes.found
        source.layout = replace(source.layout, container=self.title)
        suffixes = self.adapter.suffixes
        if suffixes and self.path.suffix.lower() not in suffixes and not self.within:
            source.notes.add(
                "suffix", f"The file is named {self.path.name} but holds {self.title}", count=1
            )


@contextmanager
def opened(path: Path, layer: str | None = None, *, depth: int = 0) -> Iterator[Opened]:
    """Recognise a file, and unpack it where it is packed.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        If the file is empty or of no known format.
    """
    if not (path.is_dir() and path.suffix.lower() in _FOLDER_FORMATS):
        check_file(path)
        head = _head(path)
    else:
        head = Head(path, b"", "")
    packed = is_gzip(head.data) or (is_zip(head.data) and _is_archive(head))
    if packed:
        if depth > 1:
            raise InputError(path, [Fault("an archive within archives", "Unpack it first")])
        kind = "a gzip file" if is_gzip(head.data) else "a zip archive"
        with unpacked(path, head.data, layer) as (inner, wanted):
            try:
                with opened(inner, wanted, depth=depth + 1) as found:
                    yield replace(found, within=kind)
            except InputError as error:  # name the user's file, not the scratch copy
                raise type(error)(f"{path} ({inner.name})", error.faults) from error
        return
    adapter = _adapter(head)
    if adapter.name in _COPIED or (adapter.spatial and _UTF16.match(head.data[:2])):
        with _copied(path, adapter, layer) as found:
            yield found
        return
    yield Opened(path, adapter, layer)


@contextmanager
def _copied(path: Path, adapter: Adapter, layer: str | None) -> Iterator[Opened]:
    """Copy text for GDAL: in the encoding that it reads, and where it may write beside it."""
    with TemporaryDirectory(prefix="sharedview-text-") as folder:
        copy = Path(folder) / path.name
        with boundary(path, title=adapter.title):
            text = read_text(path)
            if _UTF16.match(_first_bytes(path)):
                text = re.sub(r'encoding="[^"]*"', "", text, count=1)
            if adapter.name == "geojson_loose":
                text = json.dumps({"type": "FeatureCollection", "features": loose_features(text)})
            copy.write_text(text, encoding="utf-8")
        try:
            yield Opened(copy, adapter, layer)
        except InputError as error:
            raise type(error)(path, error.faults) from error


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(2)


def _head(path: Path) -> Head:
    with path.open("rb") as stream:
        data = stream.read(_HEAD_BYTES)
    members: tuple[str, ...] = ()
    if is_zip(data):
        try:
            with zipfile.ZipFile(path) as archive:
                members = tuple(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            fault = Fault(f"it is a damaged zip archive or workbook ({error})", "Export it again")
            raise InputError(path, [fault]) from error
    return Head(path, data, "" if members else head_text(data), members)


def _is_archive(head: Head) -> bool:
    return not any(each.recognises(head) for each in ADAPTERS[:3])


def _adapter(head: Head) -> Adapter:
    """Find who reads a file; GDAL is asked about what nobody recognises."""
    path = head.path
    if path.is_dir():
        return _OTHER
    if (head.xml or head.json) and _POINTERS.search(head.text):
        fault = Fault(
            "it only points at data elsewhere", "Open what it names in a GIS and export the layer"
        )
        raise InputError(path, [fault])
    for adapter in ADAPTERS:
        if adapter.recognises(head):
            return adapter
    belongs = path.suffix.lower() in {".dbf", ".shx", ".prj", ".cpg"} and not is_lone_table(path)
    if not (belongs or is_web_page(head)) and _gdal_knows(path):
        return _OTHER
    endings = ", ".join(dict.fromkeys(end for each in ADAPTERS for end in each.suffixes))
    raise InputError(path, [fault_of_unknown(head, endings)])


def _gdal_knows(path: Path) -> bool:
    try:
        return len(pyogrio.list_layers(path)) > 0
    except Exception:  # noqa: BLE001 - whatever it raises, it does not know the file
        return False


@contextmanager
def as_osm_xml(file: Opened, notes: Notes) -> Iterator[Path]:
    """Give OpenStreetMap's data as XML, which osmnx reads: a PBF file's ways are written out.

    Of a way that the extract has cut, the longest part with all its nodes is kept and noted.
    """
    if file.adapter.name == "osm_xml":
        yield file.path
        return
    osmium = osmium_for(file.path)
    cut: list[str] = []
    written = 0
    with TemporaryDirectory(prefix="sharedview-osm-") as folder:
        xml = Path(folder) / "ways.osm"
        writer = osmium.BackReferenceWriter(str(xml), ref_src=str(file.path))
        # It clears its own folder away only where all goes well.
        with writer.tmpdir, writer:
            processor = (
                osmium.FileProcessor(str(file.path))
                .with_locations()
                .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
                .with_filter(osmium.filter.KeyFilter("highway"))
            )
            for way in processor:
                whole = [node.ref if node.location.valid() else None for node in way.nodes]
                if None in whole:
                    cut.append(f"way/{way.id}")
                    parts = (list(part) for there, part in groupby(whole, bool) if there)
                    way = way.replace(nodes=max(parts, key=len, default=[]))  # noqa: PLW2901
                if len(way.nodes) > 1:
                    written += 1
                    writer.add(way)
        if not written:
            fault = Fault("it holds no street", "Give an extract with highway=* ways")
            raise NothingThereError(file.path, [fault])
        notes.add("cut_ways", "Streets that the extract cuts were kept as far as it goes", rows=cut)
        yield xml


def read_source(
    path: Path, *, layer: str | None = None, crs_in: Any = None, kind: str = ""
) -> tuple[Source, Adapter]:
    """Read the rows of a file, whatever its format.

    Parameters
    ----------
    path
        The file.
    layer
        Layer, sheet, list or member of an archive, where there are several.
    crs_in
        CRS that the user states for the file's coordinates. It goes before what the file says,
        which is then noted.
    kind
        Kind of geometry that tells the layer wanted from others: ``Point``, ``Polygon``.

    Raises
    ------
    MissingFileError
        If there is no such file.
    CRSError
        If ``crs_in`` is no CRS.
    InputError
        If the file is of no known format, damaged, or holds no row.
    """
    stated = None if crs_in is None else source_crs(crs_in)
    with opened(path, layer) as file:
        source = file.read(kind=kind)
        adapter = file.adapter
    state_crs(source, stated)
    return source, adapter


def state_crs(source: Source, stated: Any) -> None:
    """Put the CRS that the user states in the place of what the file says."""
    if stated is None:
        return
    source.stated_crs = stated
    if source.geometry is None:
        return
    if source.crs is not None and not source.crs.equals(stated, ignore_axis_order=True):
        source.notes.add(
            "crs_overridden",
            f"The file says {source.crs.name}; as asked, it was read as {stated.name}",
            count=len(source.rows),
        )
    source.crs = stated
    source.geometry = source.geometry.set_crs(stated, allow_override=True)
