"""What an audit wrote down of each camera: resolution, recording, export, clock, encryption, age.

An audit is a CSV (or Excel) table with one row a camera; only ``camera_id`` must be there, and any
cell may be empty. Names of columns are compared without case and signs.

=====================  =================================================================
``camera_id``          as in the camera inventory
``resolution_px``      ``1920x1080`` or ``1920``; or ``horizontal_px`` with ``vertical_px``
``megapixels``         used only where the pixels across are not known
``frame_rate_fps``     pictures a second that are recorded
``retention_days``     days that recordings are kept
``codec``              ``H.264``; several with ``;``
``onvif_profile``      ``S``, ``T``; several with ``;``
``export_format``      ``MP4``, ``native with player``, ``native``
``time_sync``          ``NTP``, ``manual``, ``none``
``encryption``         ``TLS``, ``none``; several with ``;``
``installed_year``     year in which the camera was installed
``target_distance_m``  distance of the place that matters to this camera
=====================  =================================================================

``none`` says that there is none, which is known; an empty cell, ``?``, ``n/k`` or ``unknown`` says
that it is not known. What an audit does not say stays unknown.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coverage_model.base import schemas, schemas_beside
from coverage_model.base.errors import Faults
from coverage_model.base.notes import Note, sha256_of
from coverage_model.reading.formats import read_source
from coverage_model.reading.parse import clean_text, parse_horizontal_px, parse_number
from coverage_model.reading.profile import normalise
from coverage_model.reading.source import Source, without_options
from sharedview.questions.image_quality.standard import WORDS

UNKNOWN_WORDS = frozenset({"", "?", "-", "n/k", "nk", "n/a", "na", "nan", "null", "unknown",
                           "not known", "not recorded"})  # fmt: skip
LIMITS = {
    "horizontal_px": (64, 100_000),
    "vertical_px": (48, 100_000),
    "megapixels": (0.05, 1_000),
    "frame_rate_fps": (0.01, 1_000),
    "retention_days": (0, 3_660),
    "installed_year": (1960, 2100),
    "target_distance_m": (0.5, 1_000),
}
"""Least and greatest value of each number; beyond it is a slip of unit or column."""
NUMBER_COLUMNS = ("horizontal_px", "megapixels", "frame_rate_fps", "retention_days",
                  "installed_year", "target_distance_m")  # fmt: skip
KNOWN_COLUMNS = ("camera_id", "resolution_px", "vertical_px", *NUMBER_COLUMNS, *WORDS)


@dataclass(frozen=True)
class Records:
    """What is written down of each camera, beside the inventory.

    Parameters
    ----------
    frame
        :class:`coverage_model.base.schemas_beside.QualityRecords`: one row a camera of the
        inventory, in its order; what no audit says is empty.
    path
        The file, or what stands for it; empty where there is none.
    sha256
        Its checksum.
    notes
        Columns that were not read and cameras that the audit does not name.
    """

    frame: pd.DataFrame
    path: str = ""
    sha256: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def illustrative(self) -> bool:
        """Whether any record was generated."""
        return bool(self.frame["illustrative"].any())


def no_records(cameras: pd.DataFrame) -> Records:
    """Return the records of an inventory that was never audited: all empty.

    Parameters
    ----------
    cameras
        :class:`coverage_model.base.schemas.Cameras`.
    """
    ids = pd.Index(pd.unique(cameras["camera_id"]), name="camera_id")
    frame = pd.DataFrame(index=ids)
    for name in NUMBER_COLUMNS:
        frame[name] = np.nan
    for name in WORDS:
        frame[name] = None
    return Records(checked(frame.reset_index().assign(illustrative=False)))


def checked(frame: pd.DataFrame) -> pd.DataFrame:
    """Check records against their schema and put the columns into its order."""
    columns = list(schemas_beside.QualityRecords.to_schema().columns)
    return schemas.check(frame[columns], schemas_beside.QualityRecords, "quality records")


@without_options()
def read_records(path: str | Path, cameras: pd.DataFrame, *, year: int | None = None) -> Records:
    r"""Read an audit.

    Parameters
    ----------
    path
        CSV or Excel file as described at the top of this module.
    cameras
        :class:`coverage_model.base.schemas.Cameras`: the inventory that the audit is about.
    year
        Year of the audit; no camera was installed after it.

    Returns
    -------
    Records

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        With every fault at once: cameras that are not in the inventory or are there twice, values
        that are no numbers or cannot be meant, columns that are nearly but not quite known.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> cameras = pd.DataFrame({"camera_id": ["C1", "C2"]})
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "audit.csv"
    ...     _ = path.write_text("camera_id,retention_days,encryption\nC1,31,none\n")
    ...     read_records(path, cameras).frame["retention_days"].tolist()
    [31.0, nan]
    """
    file = Path(path)
    source, _ = read_source(file)
    faults = Faults(file)
    table, unused = _known_columns(source, faults)
    if "camera_id" not in table:
        faults.add("no column camera_id", "Name the column that holds the cameras' ids so")
        faults.raise_if_any()
    ids = table["camera_id"].map(lambda value: clean_text(str(value)))
    labels = [
        f"{row} ({each})" if each else row for row, each in zip(source.labels, ids, strict=True)
    ]
    _check_ids(ids, cameras, labels, faults)
    frame = pd.DataFrame({"camera_id": ids})
    for name in NUMBER_COLUMNS:
        frame[name] = _numbers(table, name, labels, faults)
    frame["horizontal_px"] = _across(table, frame["horizontal_px"], labels, faults)
    frame["megapixels"] = _megapixels(table, frame, labels, faults)
    late = frame["installed_year"].gt(np.inf if year is None else year).to_numpy()
    if late.any():
        faults.add(
            f"installed_year lies after the year of the audit, {year}",
            "Correct the year, or leave it empty",
            rows=_at(labels, late),
        )
    for name in WORDS:
        given = table[name] if name in table else pd.Series([None] * len(table), dtype=object)
        frame[name] = given.map(_known_text)
    faults.raise_if_any()
    every = pd.Index(pd.unique(cameras["camera_id"]), name="camera_id")
    whole = frame.set_index("camera_id").reindex(every).reset_index()
    for name in WORDS:
        whole[name] = whole[name].astype(object).where(whole[name].notna(), None)
    notes = []
    if unused:
        message = "Columns of the audit that were not read"
        notes.append(Note("audit_columns_unused", message, len(unused), tuple(unused)))
    left = every[~every.isin(ids)]
    if len(left):
        message = "Cameras of the inventory that the audit does not name"
        notes.append(Note("audit_cameras_missing", message, len(left), tuple(map(str, left))))
    return Records(
        checked(whole.assign(illustrative=False)), str(file), sha256_of(file), tuple(notes)
    )


@without_options()
def read_targets(path: str | Path, cameras: pd.DataFrame) -> pd.DataFrame:
    """Read the places that matter: points that cameras are there to see.

    Parameters
    ----------
    path
        CSV with ``camera_id, easting, northing`` in the CRS of the inventory; a camera may have
        several.
    cameras
        :class:`coverage_model.base.schemas.Cameras`.

    Returns
    -------
    DataFrame
        ``camera_id, x_m, y_m``.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        With every fault: columns missing, cameras unknown, coordinates that are no numbers.
    """
    file = Path(path)
    source, _ = read_source(file)
    faults = Faults(file)
    names = {normalise(str(name)): name for name in source.rows.columns}
    wanted = {"camera_id": "camera_id", "easting": "x_m", "northing": "y_m"}
    missing = [name for name in wanted if name not in names]
    if missing:
        faults.add(f"no column {' and no column '.join(missing)}", f"Give {', '.join(wanted)}")
        faults.raise_if_any()
    table = pd.DataFrame({new: source.rows[names[old]] for old, new in wanted.items()})
    table["camera_id"] = table["camera_id"].map(lambda value: clean_text(str(value)))
    _unknown_ids(table["camera_id"], cameras, source.labels, faults)
    for axis in ("x_m", "y_m"):
        read = [parse_number(value) for value in table[axis]]
        wrong = [value is None or not np.isfinite(value) for value in read]
        if any(wrong):
            rows = [label for label, bad in zip(source.labels, wrong, strict=True) if bad]
            faults.add(f"{axis[0]} is no number", "Give metres in the inventory's CRS", rows=rows)
        table[axis] = [np.nan if value is None else value for value in read]
    faults.raise_if_any()
    return table


def _known_columns(source: Source, faults: Faults) -> tuple[pd.DataFrame, list[str]]:
    """Name the columns as here; note those that look misspelt, and return those not read."""
    taken: dict[str, str] = {}
    unused = []
    for name in map(str, source.rows.columns):
        plain = normalise(name)
        if plain in KNOWN_COLUMNS and plain not in taken:
            taken[plain] = name
        elif plain in taken:
            faults.add(f"column {name} says the same as {taken[plain]}", "Keep one of them")
        elif near := difflib.get_close_matches(plain, KNOWN_COLUMNS, n=1, cutoff=0.8):
            faults.add(f"column {name} is not known", f"Did you mean {near[0]}?")
        else:
            unused.append(name)
    return pd.DataFrame({new: source.rows[old] for new, old in taken.items()}), unused


def _check_ids(
    ids: pd.Series, cameras: pd.DataFrame, labels: Sequence[str], faults: Faults
) -> None:
    """Note rows without an id, ids that are there twice and ids of no camera."""
    empty = ids.eq("").to_numpy()
    if empty.any():
        rows = _at(labels, empty)
        faults.add("camera_id is empty", "Give the id of the camera, or delete the row", rows=rows)
    twice = (ids.duplicated(keep=False) & ids.ne("")).to_numpy()
    if twice.any():
        rows = _at(labels, twice)
        faults.add("a camera is there twice", "Keep one row of each", rows=rows)
    _unknown_ids(ids, cameras, labels, faults)


def _unknown_ids(
    ids: pd.Series, cameras: pd.DataFrame, labels: Sequence[str], faults: Faults
) -> None:
    unknown = (~ids.isin(cameras["camera_id"].astype(str)) & ids.ne("")).to_numpy()
    if unknown.any():
        rows = _at(labels, unknown)
        remedy = "Use the ids of the camera inventory, or add these cameras to it"
        faults.add("cameras that are not in the inventory", remedy, rows=rows)


def _numbers(table: pd.DataFrame, name: str, labels: Sequence[str], faults: Faults) -> pd.Series:
    """Read a column of numbers within its limits; a column that is not there is unknown."""
    if name not in table:
        return pd.Series(np.nan, index=table.index)
    read = [np.nan if _is_unknown(value) else parse_number(value) for value in table[name]]
    return _limited(read, name, labels, faults)


def _limited(
    read: Sequence[float | None], name: str, labels: Sequence[str], faults: Faults
) -> pd.Series:
    low, high = LIMITS[name]
    no_number = [label for label, value in zip(labels, read, strict=True) if value is None]
    if no_number:
        faults.add(f"{name} is no number", "Give a plain number, or leave it empty", rows=no_number)
    values = np.array([np.nan if value is None else value for value in read], dtype=float)
    beyond = ~np.isnan(values) & ~((values >= low) & (values <= high))
    if beyond.any():
        faults.add(
            f"{name} is not between {low:g} and {high:g}",
            "Correct the value or its unit, or leave it empty",
            rows=_at(labels, beyond),
        )
    return pd.Series(np.where(beyond, np.nan, values))


def _across(
    table: pd.DataFrame, given: pd.Series, labels: Sequence[str], faults: Faults
) -> pd.Series:
    """Pixels across: of ``horizontal_px``, else of ``resolution_px``."""
    if "resolution_px" not in table:
        return given
    read = [
        np.nan if _is_unknown(value) else parse_horizontal_px(value)
        for value in table["resolution_px"]
    ]
    other = Faults("resolution_px")
    limited = _limited(read, "horizontal_px", labels, other)
    for fault in other.found:
        faults.add(f"resolution_px: {fault.problem}", "Write 1920x1080 or 1920", rows=fault.rows)
    differ = given.notna() & limited.notna() & given.ne(limited)
    if differ.any():
        faults.add(
            "resolution_px and horizontal_px differ",
            "Keep one of them",
            rows=_at(labels, differ),
        )
    return given.fillna(limited)


def _megapixels(
    table: pd.DataFrame, frame: pd.DataFrame, labels: Sequence[str], faults: Faults
) -> pd.Series:
    """Megapixels as given, else across times down where both are known."""
    down = _numbers(table, "vertical_px", labels, faults)
    if "resolution_px" in table:
        text = table["resolution_px"].astype(str).str.lower().str.replace("[×*]", "x", regex=True)
        second = text.str.extract(r"x\s*(\d{2,6})\s*$")[0].astype(float)
        down = down.fillna(second)
    return frame["megapixels"].fillna(frame["horizontal_px"] * down / 1e6)


def _at(labels: Sequence[str], flags: Any) -> list[str]:
    return [label for label, flag in zip(labels, flags, strict=True) if flag]


def _is_unknown(value: Any) -> bool:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return True
    return str(value).strip().casefold() in UNKNOWN_WORDS


def _known_text(value: Any) -> str | None:
    return None if _is_unknown(value) else clean_text(str(value)) or None
