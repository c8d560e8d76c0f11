"""Writing results: built beside the folder as one set, switched into its place when all is well."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from coverage_model.base.csv_safety import csv_safe
from coverage_model.base.errors import Fault, InputError
from coverage_model.reading.odd_characters import is_odd
from sharedview import printing, provenance, result_set
from sharedview.console import print_note
from sharedview.switch import switch, sync_all
from sharedview.workplace import workplace

FULL = {errno.ENOSPC, errno.EDQUOT}
# SQLite, GDAL and the C library each say it in their own words.
FULL_WORDS = ("disk is full", "no space left", "disk quota", "disk i/o error")
_PROBE_BYTES = 1 << 20
GEOPACKAGE_VERSION = "1.2"


@contextmanager
def output_folder(
    out: Path, *, command: str | None = None, printer: str | None = None
) -> Iterator[Path]:
    """Give a folder whose files become the content of ``out`` only if the block succeeds.

    Parameters
    ----------
    out
        The folder the user named; made if missing. The files of an earlier result of ours go; other
        files stay, unless a new one has their name.
    command
        The verb, for the manifest; None writes no manifest (a starter's files are to be edited).
    printer
        Browser that prints all pages (:func:`sharedview.printing.find_browser`); None prints none.

    Raises
    ------
    InputError
        If ``out`` is a file or cannot be written, if the disk or a quota is full, or if the folder
        holds the result of another verb.
    """
    target = out.resolve()
    refuse(target, command=command, shown=out)
    began = False
    try:
        with workplace(target, say=print_note) as folder:
            began = True
            try:
                yield folder
                if printer is not None:
                    printing.print_pages(folder, browser=printer)
                result_set.make(folder, command=command or "").write(folder)
                sync_all(folder)
                switch(folder, target)
            except Exception as error:
                if (fault := _full(error, folder, target)) is not None:
                    raise InputError(out, [fault]) from error
                raise
    except OSError as error:
        if began:
            raise
        fault = Fault(f"cannot write there ({error.strerror})", "Name a folder you may write to")
        raise InputError(out, [fault]) from error


def refuse(out: Path, *, command: str | None, shown: Path | None = None) -> None:
    """Refuse a folder that nothing can be written to, or that holds another verb's result.

    A run asks before it works, so that nobody waits for a result that cannot be kept.

    Raises
    ------
    InputError
        Saying what to do.
    """
    shown = shown or out
    nearest = out
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    problem = None
    if any(ord(each) < ord(" ") for each in str(out)):
        problem = "a control character in its name, under which no GeoPackage can be written"
    elif is_odd(str(out)):
        problem = "its name is not in UTF-8, so nothing could name it"
    elif not nearest.is_dir():
        problem = "a file is in the way"
    elif not os.access(nearest, os.W_OK | os.X_OK):
        problem = "no right to write, or a read-only disk"
    if problem is not None:
        fault = Fault(f"cannot write there ({problem})", "Name a folder you may write to")
        raise InputError(shown, [fault])
    held = result_set.read(out) if command is not None else None
    if held is not None and held.command != command:
        fault = Fault(
            f"holds the result of `sharedview {held.command}`, which would be lost",
            "Name another folder, or remove that one first",
        )
        raise InputError(shown, [fault])


def _full(error: Exception, folder: Path, out: Path) -> Fault | None:
    """Return what is missing if the disk or a quota is full; None if it is something else."""
    said = str(error).lower()
    quota = isinstance(error, OSError) and error.errno == errno.EDQUOT
    full = isinstance(error, OSError) and error.errno in FULL
    if not (full or any(words in said for words in FULL_WORDS) or _holds_no_more(folder)):
        return None
    free = shutil.disk_usage(folder).free
    written = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    text = (
        f"your quota is used up ({megabytes(written)}"
        if quota
        else (f"the disk is full ({megabytes(free)} free, {megabytes(written)}")
    )
    text += " of the new result had been written"
    held = result_set.read(out)
    if held is not None:
        text += f"; the result that is there takes {megabytes(sum(held.sizes.values()))}"
    return Fault(
        f"{text}). Nothing there was changed",
        "Free as much space as a whole result takes, or name a folder on another disk",
    )


def _holds_no_more(folder: Path) -> bool:
    """Whether the disk refuses a megabyte: a library may hide why it failed."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return error.errno in FULL
    return False


def megabytes(count: int) -> str:
    """Return a number of bytes in MB, for a message."""
    return f"{count / 1e6:,.1f} MB"


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table that opens in a spreadsheet with accents right and no formula alive.

    Geometry is left out; UTF-8 with a byte-order mark, which Excel needs.
    """
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    csv_safe(plain).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def write_geopackage(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """Write each frame as a layer of one GeoPackage; a named index becomes a column.

    The version is one that QGIS 3.22 opens without a warning.
    With ``SOURCE_DATE_EPOCH`` set, the same frames give the same bytes.
    """
    stated = provenance.stated_time()
    stamp = None if stated is None else f"{stated:%Y-%m-%dT%H:%M:%S.000Z}"
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    for name, layer in layers.items():
        flat = layer.reset_index() if layer.index.name else layer
        version = {} if path.exists() else {"VERSION": GEOPACKAGE_VERSION}
        flat.to_file(path, layer=name, driver="GPKG", engine="pyogrio", **version)
