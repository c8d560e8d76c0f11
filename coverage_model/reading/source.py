"""What every adapter hands on: the rows of a source as they are, before any meaning is read."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from coverage_model.base.errors import Fault, InputError, MissingFileError
from coverage_model.base.notes import Notes


@dataclass(slots=True)
class Source:
    """Rows of a source, untouched.

    Parameters
    ----------
    rows
        One row a record, index 0…n-1. Columns carry the source's own names, or Sharedview's where
        ``named`` is true.
    labels
        How to name each row to the user (``row 7``, ``node 42``).
    geometry
        Geometry aligned to ``rows``, or None where coordinates are columns.
    crs
        CRS of ``geometry``; None where the source does not say.
    named
        True if the adapter knows the format and has named the columns already.
    crowd_sourced
        True where a value that makes no sense is expected and counted as missing, instead of
        stopping the reading.
    notes
        What the adapter repaired or left out.
    rows_read
        Rows the source held before the adapter left any out; 0 where it left none out.
    """

    rows: pd.DataFrame
    labels: list[str]
    geometry: gpd.GeoSeries | None = None
    crs: pyproj.CRS | None = None
    named: bool = False
    crowd_sourced: bool = False
    notes: Notes = field(default_factory=Notes)
    rows_read: int = 0

    def keep(self, wanted: np.ndarray) -> Source:
        """Only the rows where ``wanted`` is true."""
        index = np.flatnonzero(wanted)
        geometry = None if self.geometry is None else self.geometry.iloc[index]
        return Source(
            self.rows.iloc[index].reset_index(drop=True),
            [self.labels[i] for i in index],
            None if geometry is None else geometry.reset_index(drop=True),
            self.crs,
            self.named,
            self.crowd_sourced,
            self.notes,
            self.rows_read or len(self.rows),
        )


def row_labels(count: int, *, first: int = 1) -> list[str]:
    """Names of the rows of a table whose first record is row ``first``."""
    return [f"row {number}" for number in range(first, first + count)]


def check_file(path: Path) -> None:
    """Raise MissingFileError for a file that is not there, InputError for one without content."""
    if not path.exists():
        remedy = "Check the path"
        folder = path.parent
        if folder.is_dir():
            siblings = sorted(each.name for each in folder.iterdir() if each.suffix == path.suffix)
            if siblings:
                remedy += f"; the folder holds {', '.join(siblings[:5])}"
        raise MissingFileError(path, [Fault("there is no such file", remedy)])
    if path.is_dir():
        raise MissingFileError(path, [Fault("this is a folder", "Name a file in it")])
    try:
        with path.open("rb") as stream:
            empty = not stream.read(1)
    except OSError as error:
        fault = Fault(f"the file cannot be opened ({error.strerror})", "Check its permissions")
        raise MissingFileError(path, [fault]) from error
    if empty:
        raise InputError(path, [Fault("the file is empty", "Export it again")])


def unreadable(path: Path, error: Exception, *, title: str) -> InputError:
    """Build the error for a file that its own library refuses."""
    reason = " ".join(str(error).split())
    return InputError(
        path,
        [Fault(f"it cannot be read as {title} ({reason})", "Export it again or repair it")],
    )


def text_coordinates_fault(rows: list[str]) -> Fault:
    """Build the fault for coordinates that are text: GIS libraries read those as no place."""
    return Fault(
        "coordinates are text instead of numbers",
        'Write them without quotes: "coordinates": [-0.12, 51.5]',
        tuple(rows),
    )


@contextmanager
def noted_warnings(notes: Notes) -> Iterator[None]:
    """Turn the warnings of a reading library into notes, so that none is lost and none stops it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    texts = list(dict.fromkeys(" ".join(str(each.message).split()) for each in caught))
    for text in texts:
        notes.add("reader_warning", f"The file's reader warns: {text}", count=1)
