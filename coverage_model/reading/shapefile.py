"""What a Shapefile leaves to the reader: which encoding its table is in, and a lost index."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyogrio

from coverage_model.base.notes import Notes
from coverage_model.reading.text import is_utf8

_UNSTATED = frozenset({0, 0x57})  # nothing, and "the ANSI code page of whoever wrote it"
_PARTS = (".shp", ".dbf", ".prj", ".cpg")


def is_shapefile(path: Path) -> bool:
    """Whether a path names the main file of a Shapefile."""
    return path.suffix.lower() == ".shp"


def stated_encoding(path: Path, notes: Notes) -> str | None:
    """Find the encoding to read the table of a Shapefile in.

    Returns
    -------
    str or None
        None where GDAL reads what the file states; ``ISO-8859-1`` where the file states nothing, or
        UTF-8 falsely: then text is taken byte by byte, and decoded value by value.
    """
    table = _beside(path, ".dbf")
    if table is None:
        return None
    with table.open("rb") as stream:
        head = stream.read(32)
        stream.seek(int.from_bytes(head[8:10], "little"))
        plain = is_utf8(stream)
    page = _beside(path, ".cpg")
    stated = "" if page is None else page.read_bytes()[:64].decode("ascii", "ignore").strip()
    language = head[29] if len(head) > 29 else 0
    if stated.upper().replace("-", "") not in {"", "UTF8", "65001"}:
        return None
    if not stated and language not in _UNSTATED:
        return None
    if plain:
        return "UTF-8"
    notes.add(
        "encoding",
        "The Shapefile's table is not in UTF-8 and states no other encoding: read as Windows-1252 "
        "(a .cpg file beside it would say)",
        count=1,
    )
    return "ISO-8859-1"


@contextmanager
def shapefile_copy(path: Path, notes: Notes) -> Iterator[Path]:
    """Give the path as it is; a Shapefile without its index as a copy with one made anew."""
    if not is_shapefile(path) or _beside(path, ".shx") is not None:
        yield path
        return
    before = pyogrio.get_gdal_config_option("SHAPE_RESTORE_SHX")
    with TemporaryDirectory(prefix="sharedview-shp-") as folder:
        copy = Path(folder) / f"{path.stem}.shp"
        for ending in _PARTS:
            part = _beside(path, ending)
            if part is not None:
                shutil.copyfile(part, copy.with_suffix(ending))
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
        try:
            pyogrio.read_info(copy)
        finally:
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": before})
        notes.add("index_made", f"{path.stem}.shx is missing; its content was worked out", count=1)
        yield copy


def _beside(path: Path, ending: str) -> Path | None:
    """Find the part of a Shapefile with an ending, in lower or upper case."""
    for candidate in (path.with_suffix(ending), path.with_suffix(ending.upper())):
        if candidate.is_file():
            return candidate
    return None
