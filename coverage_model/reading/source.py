"""What every adapter hands on: the rows of a source as they are, before any meaning is read.

Each adapter works inside :func:`boundary`, so that whatever a library raises on a damaged file
reaches the user as one error with the file, the place and what to do.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from coverage_model.base.errors import Fault, InputError, MissingFileError, SharedviewError
from coverage_model.base.notes import Notes
from coverage_model.base.shown_text import shown
from coverage_model.reading.odd_characters import is_odd

MAX_COLUMNS = 4_096
"""Columns that a table may have: more are no table that anybody keeps by hand."""

FARTHEST = 1e9
"""Largest coordinate, in any unit, that can be a place: beyond the Earth in metres and in feet."""

CHOOSE_LAYER = "Choose one with --layer NAME (of another input than cameras: --layer INPUT=NAME)"
STATE_CRS = "--crs-in EPSG:27700 (of another input than cameras: --crs-in INPUT=EPSG:27700)"
"""How users say it, for example: a remedy of many errors, so that all say it alike."""

BY_PROFILE = (
    ", or say which they are in a profile: `sharedview inspect FILE --out profile.toml` writes one "
    "to fill in"
)
"""How a remedy says that a profile names the columns."""

_SIBLINGS_SHOWN = 5
_ADDRESS = re.compile(
    r"(https?|ftp|s3|gs|wfs|oapif|file|postgres(ql)?|pg|mysql|mssql|oci|mongodb):|/vsi\w+/",
    re.IGNORECASE,
)
_REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file's rows were found in it, for people who want to check.

    Parameters
    ----------
    container
        What the file is, in words: ``CSV``, ``KML``, ``CSV in a zip archive``.
    layer
        The layer, sheet or member that was read; empty where the format has none.
    others
        Those that were not read.
    encoding
        Encoding of the text; empty where the format settles it.
    delimiter
        Delimiter of a text table; empty otherwise.
    header_row
        Number of the row that holds the header; 0 where columns are named otherwise.
    """

    container: str = ""
    layer: str = ""
    others: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0


@dataclass(slots=True)
class Source:
    """Rows of a source, untouched.

    Parameters
    ----------
    rows
        One row a record, index 0…n-1. Columns carry the source's own names, or Sharedview's where
        ``named`` is true. Cells are text, numbers, flags or missing, never nested.
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
    cut_names
        True where the format cuts the names of columns after ten characters (DBF).
    stated_crs
        CRS that the user stated for this file's coordinates, also for those in columns.
    layout
        How the rows were found in the file.
    """

    rows: pd.DataFrame
    labels: list[str]
    geometry: gpd.GeoSeries | None = None
    crs: pyproj.CRS | None = None
    named: bool = False
    crowd_sourced: bool = False
    notes: Notes = field(default_factory=Notes)
    rows_read: int = 0
    cut_names: bool = False
    stated_crs: pyproj.CRS | None = None
    layout: Layout = field(default_factory=Layout)

    def keep(self, wanted: np.ndarray) -> Source:
        """Only the rows where ``wanted`` is true."""
        index = np.flatnonzero(wanted)
        geometry = None if self.geometry is None else self.geometry.iloc[index]
        return replace(
            self,
            rows=self.rows.iloc[index].reset_index(drop=True),
            labels=[self.labels[i] for i in index],
            geometry=None if geometry is None else geometry.reset_index(drop=True),
            rows_read=self.rows_read or len(self.rows),
        )


def row_labels(count: int, *, first: int = 1) -> list[str]:
    """Names of the rows of a table whose first record is row ``first``."""
    return [f"row {number}" for number in range(first, first + count)]


def check_file(path: Path) -> None:
    """Raise MissingFileError for what is no file to read, InputError for one without content.

    Nothing is opened that is no regular file: a pipe would block for ever, a device never end.
    """
    try:
        there, regular, folder = path.exists(), path.is_file(), path.is_dir()
        empty = regular and not path.stat().st_size
    except (OSError, ValueError) as error:  # a name too long, or one that no system allows
        fault = Fault(f"no file can have this name ({error})", "Check the path")
        raise MissingFileError(path, [fault]) from error
    if not there:
        raise MissingFileError(path, [_absent(path)])
    if is_odd(str(path)):  # no page and no provenance could name it
        raise MissingFileError(path, [Fault("its name is not in UTF-8", "Rename it")])
    if folder:
        raise MissingFileError(path, [Fault("this is a folder", "Name a file in it")])
    if not regular:
        fault = Fault("this is no regular file (a pipe or a device)", "Save it as a file first")
        raise MissingFileError(path, [fault])
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        fault = Fault(f"the file cannot be opened ({error.strerror})", "Check its permissions")
        raise MissingFileError(path, [fault]) from error
    if empty:
        raise InputError(path, [Fault("the file is empty", "Export it again")])


def _absent(path: Path) -> Fault:
    """Build the fault for a path that is not there; an address never is, as nothing is fetched."""
    if _ADDRESS.match(str(path)):
        return Fault(
            "this is the address of a server or database, and only files are read here",
            "Save the layer as a file first, for example with QGIS, or with GDAL: "
            "ogr2ogr layer.gpkg ADDRESS LAYER",
        )
    return Fault("there is no such file", _beside(path))


def _beside(path: Path) -> str:
    """Remedy for a path that is not there: what lies beside it."""
    try:
        names = [each.name for each in path.parent.iterdir() if each.suffix == path.suffix]
    except OSError:
        names = []
    listed = name_some(sorted(names), most=_SIBLINGS_SHOWN)
    return f"Check the path; the folder holds {listed}" if listed else "Check the path"


def name_some(names: Iterable[object], *, most: int = 20) -> str:
    """List names for a message: the first few, and how many more there are.

    Examples
    --------
    >>> name_some(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    listed = [shown(name, longest=60) for name in names]
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {more} more" if more > 0 else "")


@contextmanager
def boundary(path: Path, *, title: str, remedy: str = "") -> Iterator[None]:
    """Turn whatever a library raises on a file into the input error.

    Parameters
    ----------
    path
        The file that is being read.
    title
        What it is read as: ``a GIS layer``.
    remedy
        What to do, where there is better advice than to export it again.
    """
    try:
        yield
    except SharedviewError:
        raise
    except Exception as error:  # the one place that stands between libraries and users
        raise unreadable(path, error, title=title, remedy=remedy) from error


def unreadable(path: Path, error: BaseException, *, title: str, remedy: str = "") -> InputError:
    """Build the error for a file that its own library refuses."""
    reason = " ".join(shown(error, longest=_REASON_LENGTH).split())
    if isinstance(error, RecursionError):
        reason = "it is nested too deeply"
    elif isinstance(error, MemoryError):
        reason = "it needs more memory than there is"
    elif isinstance(error, KeyError | IndexError | AttributeError | TypeError) or not reason:
        reason = f"a part that should be there is missing or of another kind: {reason}"
    return InputError(
        path,
        [
            Fault(
                f"it cannot be read as {title} ({reason})", remedy or "Export it again or repair it"
            )
        ],
    )


@contextmanager
def without_options() -> Iterator[None]:
    """Word the remedies for an input of which no layer, CRS or profile can be said.

    So are files that a scenario names, plans to compare, and tables of levels: ``--layer`` and its
    like would not be taken there.
    """
    try:
        yield
    except InputError as error:
        raise type(error)(
            error.source,
            [Fault(each.problem, _in_the_file(each.remedy), each.rows) for each in error.faults],
        ) from error


def _in_the_file(remedy: str) -> str:
    """Turn advice to say something on the command line into advice to put it into the file."""
    for option, instead in (
        (CHOOSE_LAYER, "Save the one that is meant as a file of its own"),
        (f"State it with {STATE_CRS}, or set it", "Set it"),
        (f"state it with {STATE_CRS}, or set it", "set it"),
        (f"State their CRS with {STATE_CRS}", "Set their CRS in your GIS and save again"),
        (BY_PROFILE, ""),
    ):
        remedy = remedy.replace(option, instead)
    return remedy


def no_layers(path: Path, layer: str | None) -> None:
    """Refuse a layer name for a format that has none."""
    if layer is not None:
        fault = Fault(f"this format has no layers, so none named {layer!r}", "Leave the layer out")
        raise InputError(path, [fault])


def check_width(path: Path, columns: int) -> None:
    """Refuse a table with more columns than a table can mean."""
    if columns > MAX_COLUMNS:
        fault = Fault(
            f"{columns:,} columns, where a table has at most {MAX_COLUMNS:,}",
            "Export only the columns that describe the rows",
        )
        raise InputError(path, [fault])


def twice_fault(names: Sequence[str]) -> Fault | None:
    """Build the fault for columns of the same name; None where all differ."""
    counts = Counter(names)
    twice = sorted(name for name, count in counts.items() if name and count > 1)
    problem = f"columns twice in the header: {name_some(twice)}"
    return Fault(problem, "Rename one") if twice else None


def is_somewhere(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether all coordinates of each geometry can be a place; true for what has none.

    To be asked before GEOS or PROJ compute with them: infinite or absurd numbers stop those.

    Examples
    --------
    >>> import shapely
    >>> is_somewhere(shapely.points([[530034, 180380], [np.inf, 0], [1e300, 0]]))
    array([ True, False, False])
    """
    coordinates, owner = shapely.get_coordinates(values, return_index=True)
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(coordinates) <= FARTHEST).all(axis=1)
    somewhere = np.ones(len(values), dtype=bool)
    somewhere[owner[wrong]] = False
    return somewhere


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


def plain_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Bring the cells of a table into text, numbers, flags and missing values.

    Containers like Parquet hold lists, records, bytes, dates and exact decimals as well; they are
    written as text here, once, so that no reader meets one.
    """
    names = [shown(name) if not isinstance(name, str) else name for name in rows.columns]
    columns = [_plain(rows.iloc[:, place]) for place in range(rows.shape[1])]
    frame = pd.DataFrame(dict(enumerate(columns)), index=rows.index)
    frame.columns = pd.Index(names, dtype=object)
    return frame


def _plain(column: pd.Series) -> pd.Series:
    kind = column.dtype
    if pd.api.types.is_numeric_dtype(kind) and getattr(kind, "kind", "O") in "biuf":
        return column
    if isinstance(kind, pd.StringDtype):  # as objects: those are quicker to go through one by one
        texts = column.to_numpy(dtype=object, na_value=None)
        return pd.Series(texts, index=column.index, dtype=object)
    cells = [_plain_cell(value) for value in column]
    return pd.Series(cells, index=column.index, dtype=object)


def _plain_cell(value: Any) -> Any:
    """Text, a number, a flag or None."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return str(value)
