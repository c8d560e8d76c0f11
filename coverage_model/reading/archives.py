"""Archives: a zip or gzip is opened, and the one data set in it read as if it lay there itself."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from coverage_model.base.errors import Fault, InputError
from coverage_model.reading.source import CHOOSE_LAYER, boundary, name_some

MAX_UNPACKED_BYTES = 4 << 30
MAX_MEMBERS = 10_000

DATA_ENDINGS = (
    ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".ods", ".gpkg", ".sqlite", ".geojson", ".json",
    ".geojsonl", ".geojsons", ".jsonl", ".ndjson", ".topojson", ".parquet", ".geoparquet",
    ".feather", ".arrow", ".shp", ".kml", ".kmz", ".gpx", ".gml", ".xml", ".fgb", ".tab", ".mif",
    ".dxf", ".osm", ".pbf", ".graphml", ".dbf", ".zip", ".gz",
)  # fmt: skip
"""Endings of files that can be the data set of an archive."""


def is_zip(head: bytes) -> bool:
    """Whether a file starts as a zip archive does."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_gzip(head: bytes) -> bool:
    """Whether a file starts as a gzip file does."""
    return head.startswith(b"\x1f\x8b")


@contextmanager
def unpacked(path: Path, head: bytes, layer: str | None) -> Iterator[tuple[Path, str | None]]:
    """Unpack the data set of an archive into a scratch folder.

    Parameters
    ----------
    path
        The archive.
    head
        Its first bytes.
    layer
        Name of a member, where the archive holds several data sets; else the name of a layer within
        the one there is.

    Yields
    ------
    tuple
        The unpacked file, and the layer to read in it.
    """
    with TemporaryDirectory(prefix="sharedview-zip-") as scratch:
        folder = Path(scratch)
        title = "a gzip file" if is_gzip(head) else "a zip archive"
        with boundary(path, title=title):
            if is_gzip(head):
                file = folder / (path.stem or "content")
                with gzip.open(path) as stream:
                    _copy(stream, file, path, MAX_UNPACKED_BYTES)
                found = file, layer
            else:
                found = _member(path, folder, layer)
        yield found


def _member(path: Path, folder: Path, layer: str | None) -> tuple[Path, str | None]:
    with zipfile.ZipFile(path) as archive:
        names = [
            name for name in archive.namelist() if not name.endswith("/") and not _hidden(name)
        ]
        if len(names) > MAX_MEMBERS:
            fault = Fault(f"{len(names):,} files in the archive", "Unpack it and name one")
            raise InputError(path, [fault])
        sets = _data_sets(names)
        if not sets:
            fault = Fault(
                f"no file of a known format in the archive: {name_some(names, most=5) or 'empty'}",
                "Put the data set into it, or name the file itself",
            )
            raise InputError(path, [fault])
        chosen = layer if layer in sets else _only(sets, layer)
        if chosen is None and len(sets) > 1:
            fault = Fault(
                f"{len(sets)} data sets in the archive and no choice between them",
                f"{CHOOSE_LAYER}: {name_some(sets)}",
            )
            raise InputError(path, [fault])
        main = chosen or next(iter(sets))
        left = MAX_UNPACKED_BYTES
        for name in sets[main]:
            target = folder / _place(name, main)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as stream:
                left -= _copy(stream, target, path, left)
        return folder / _place(main, main), None if chosen else layer


def _only(sets: Iterable[str], layer: str | None) -> str | None:
    """Return the one data set whose file name, without its folders, is ``layer``; else None."""
    named = [name for name in sets if PurePosixPath(name).name == layer]
    return named[0] if len(named) == 1 else None


def _data_sets(names: list[str]) -> dict[str, list[str]]:
    """Find the main file of each data set, and all files that belong to it."""
    found: dict[str, list[str]] = {}
    for name in names:
        inside = [each for each in PurePosixPath(name).parents if each.suffix.lower() == ".gdb"]
        if inside:
            found.setdefault(str(inside[-1]), []).append(name)
    taken = {name for members in found.values() for name in members}
    for name in names:
        main = PurePosixPath(name)
        if name in taken or main.suffix.lower() not in DATA_ENDINGS:
            continue
        beside = [
            each
            for each in names
            if PurePosixPath(each).parent == main.parent
            and PurePosixPath(each).name.partition(".")[0] == main.name.partition(".")[0]
        ]
        found[name] = beside
    # .shp beside .xml or .json metadata of the same name is one data set, not two.
    for name in list(found):
        path = PurePosixPath(name)
        if path.suffix.lower() in {".shp", ".tab", ".gpkg"} and name in found:
            for other in found[name]:
                if other != name and other in found:
                    del found[other]
    # A text file beside data is what somebody wrote about it.
    data = {name: members for name, members in found.items() if not _is_note(name)}
    return data or found


def _is_note(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in {".txt", ".xml"} or "readme" in path.name.lower()


def _hidden(name: str) -> bool:
    return any(part.startswith(("__MACOSX", ".")) for part in PurePosixPath(name).parts)


def _place(name: str, main: str) -> Path:
    """Where a member goes in the scratch folder: never outside it, whatever its name."""
    if name.startswith(f"{main}/"):  # the files of a folder that is one data set
        return Path(PurePosixPath(main).name) / PurePosixPath(name).name
    return Path(PurePosixPath(name.replace("\\", "/")).name)


def _copy(stream: IO[bytes] | gzip.GzipFile, target: Path, path: Path, limit: int) -> int:
    """Copy a stream into a file, up to a limit."""
    with target.open("wb") as out:
        while block := stream.read(1 << 20):
            out.write(block)
            if out.tell() > limit:
                fault = Fault(
                    f"it unpacks to more than {MAX_UNPACKED_BYTES >> 30} GB",
                    "Unpack it and name the file",
                )
                raise InputError(path, [fault])
        return out.tell()
