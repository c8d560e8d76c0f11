"""What a file of cameras was taken to mean, for people to check before they rely on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage_model.base.crs import WORKING_CRS
from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Note
from coverage_model.reading.cameras import Cameras, camera_columns, read_cameras
from coverage_model.reading.cells import blank_mask, counted
from coverage_model.reading.columns import Matching
from coverage_model.reading.formats import read_source
from coverage_model.reading.osm_layers import from_layer
from coverage_model.reading.parse import clean_text
from coverage_model.reading.profile import FIELDS, Profile, load_profile
from coverage_model.reading.source import Layout, Source

SAMPLE_ROWS = 3


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """One column of a file and what it was taken to mean.

    Parameters
    ----------
    name
        As the file has it.
    field
        Sharedview's field, or None where it was not read.
    why
        Why it was taken so, or what is known of it.
    filled
        Rows that give a value.
    examples
        Its most frequent values, with counts.
    """

    name: str
    field: str | None
    why: str
    filled: int
    examples: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """What reading a file found.

    Parameters
    ----------
    path, format, layout
        The file, its format and how its rows were found.
    rows
        Rows it holds.
    columns
        Its columns, in order.
    matching
        Which column holds what.
    profile
        The profile it was read with.
    tags
        True where the rows are OSM elements or another known layout, so that no column needs a
        meaning.
    cameras
        What was read; None where faults stopped it.
    faults
        What stopped it.
    notes
        What was repaired, left out or not understood.
    labels
        The file's own rows (``row 5``) of the first cameras, by their ids.
    """

    path: Path
    format: str
    layout: Layout
    rows: int
    columns: tuple[ColumnRead, ...]
    matching: Matching
    profile: Profile
    tags: bool
    cameras: Cameras | None
    faults: tuple[Fault, ...]
    notes: tuple[Note, ...]
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def sample(self) -> pd.DataFrame:
        """The first rows as read; empty where faults stopped it."""
        if self.cameras is None:
            return pd.DataFrame()
        frame = self.cameras.frame.head(SAMPLE_ROWS)
        shown = pd.DataFrame(frame.drop(columns="geometry")).dropna(axis=1, how="all")
        shown.insert(0, "x_m", frame.geometry.x.round(1))
        shown.insert(1, "y_m", frame.geometry.y.round(1))
        return shown


def inspect_cameras(
    path: str | Path,
    *,
    crs: Any = WORKING_CRS,
    areas: gpd.GeoDataFrame | None = None,
    profile: str | Path | None = None,
    layer: str | None = None,
    crs_in: Any = None,
) -> Inspection:
    """Read a file of cameras and say what each of its columns was taken to mean.

    Parameters
    ----------
    path, crs, areas, profile, layer, crs_in
        As for :func:`coverage_model.reading.cameras.read_cameras`.

    Returns
    -------
    Inspection
        Also where its rows cannot be read as cameras: the faults are then part of it.

    Raises
    ------
    InputError
        If the file cannot be opened at all, or the profile is at fault.
    """
    file = Path(path)
    rules = load_profile(profile)
    source, adapter = read_source(file, layer=layer, crs_in=crs_in, kind="Point")
    layout, rows = source.layout, source.rows
    tagged = from_layer(source, file)
    tags = source.named or tagged is not None
    matching = Matching() if tags else camera_columns(source, rules, file)
    notes: tuple[Note, ...] = tuple(source.notes.found)
    cameras: Cameras | None = None
    faults: tuple[Fault, ...] = ()
    try:
        cameras = read_cameras(
            file, crs=crs, areas=areas, profile=profile, layer=layer, crs_in=crs_in
        )
        notes = cameras.log.notes
    except InputError as error:
        faults = error.faults
    return Inspection(
        path=file,
        format=adapter.name,
        layout=layout,
        rows=len(rows),
        columns=tuple(_columns(rows, matching, tags=tags)),
        matching=matching,
        profile=rules,
        tags=tags,
        cameras=cameras,
        faults=faults,
        notes=notes,
        labels={} if cameras is None else _rows_of_first(source, matching, cameras.frame),
    )


def _rows_of_first(source: Source, matching: Matching, frame: gpd.GeoDataFrame) -> dict[str, str]:
    """Say which rows of the file the first cameras are from, by their ids."""
    column = matching.columns.get("camera_id")
    if column is None:  # ids were made of the labels
        ids = pd.Series([label.replace(" ", "-") for label in source.labels])
    else:
        ids = source.rows[column].astype(str).str.strip()
    first = frame["camera_id"].head(SAMPLE_ROWS)
    found = ids[ids.isin(first)].drop_duplicates()
    return {str(each): source.labels[int(row)] for row, each in found.items()}


def profile_text(found: Inspection) -> str:
    """Write a profile to edit: what was understood, and lines to fill in for what was not.

    Reading the file with it gives what reading without it gave, until it is edited.

    Parameters
    ----------
    found
        From :func:`inspect_cameras`.
    """
    matching = found.matching
    lines = [
        f"# How Sharedview reads {found.path.name}. Lines that begin with # are not in force.",
        "# What each key means: docs/bring_your_own_file.md of Sharedview",
        "",
    ]
    crs = found.profile.crs
    if crs is None:
        lines.append('# crs = "EPSG:27700"   # of the coordinates, where the file does not say')
    else:
        lines.append(f"crs = {toml_value(crs)}")
    if {"azimuth", "azimuth_start"} & matching.columns.keys():
        north = "true" if matching.true_north else "grid"
        sense = '"compass", or "mathematical": from east, against the clock'
        lines += [
            f'azimuth = "{north}"   # north that headings count from: "true" or "grid"',
            f'angles = "{matching.angles}"   # {sense}',
        ]
    if "tilt" in matching.columns:
        way = "up" if matching.tilt_up else "down"
        lines.append(f'tilt = "{way}"   # which way a positive tilt looks')
    lines += ["", "[columns]   # Sharedview's name = the name in the file"]
    lines += [f"{name} = {toml_value(column)}" for name, column in matching.columns.items()]
    spare = [column.name for column in found.columns if column.field is None]
    if spare:
        lines.append("# Columns that were not read; move one behind the name of what it holds:")
        lines += [f"# … = {toml_value(name)}" for name in spare]
    free = [name for name in FIELDS if name not in matching.columns]
    lines.append(f"# Names without a column: {', '.join(free)}")
    lengths = [name for name in matching.columns if FIELDS[name] == "length"]
    if lengths:
        lines += ["", "[units]   # of bare numbers: m, ft, cm, km, in, yd"]
        lines += [f'{name} = "{matching.units.get(name, "m")}"' for name in lengths]
    lines += ["", "[defaults]   # for rows that give no value; counted in the notes"]
    given = found.profile.defaults
    lines += [f"{name} = {toml_value(value)}" for name, value in given.items()]
    lines += [f"# {line}" for line in ('ownership = "public"', "mount_height = 5", "hfov = 60")
              if line.split(" ")[0] not in {*given, *matching.columns}]  # fmt: skip
    for name, words in found.profile.values.items():
        lines += ["", f"[values.{name}]"]
        lines += [f"{toml_value(word)} = {toml_value(meant)}" for word, meant in words.items()]
    lines += _unread_words(found)
    return "\n".join(lines) + "\n"


_MEANINGS = {
    "camera_type": "fixed, dome, ptz, anpr, unknown",
    "ownership": "public, private, unknown",
    "status": "live, retired",
    "integration": "none, registered, integrated",
}


def _unread_words(found: Inspection) -> list[str]:
    """Lines for words that were not understood, ready to be given a meaning."""
    lines: list[str] = []
    for note in found.notes:
        name = note.code.removesuffix("_unread")
        if name == note.code or name not in _MEANINGS or name in found.profile.values:
            continue
        lines += ["", f"# {note.message}", f"# [values.{name}]   # {_MEANINGS[name]}"]
    return lines


def _columns(rows: pd.DataFrame, matching: Matching, *, tags: bool) -> list[ColumnRead]:
    fields = {column: name for name, column in matching.columns.items()}
    found = []
    for name in map(str, rows.columns):
        why = matching.why.get(fields.get(name, ""), "")
        if tags:
            why = "an OSM tag, or a field of a layout that is known"
        elif name not in fields:
            near = matching.unused.get(name)
            why = f"not read; its name is near {near}" if near else "not read"
        found.append(column_read(rows[name], fields.get(name), why))
    return found


def column_read(cells: pd.Series, field: str | None, why: str) -> ColumnRead:
    """Describe a column: what it was taken to mean, how many rows give it, what stands most."""
    given = ~blank_mask(cells)
    return ColumnRead(str(cells.name), field, why, int(given.sum()), counted(cells[given]))


def toml_value(value: object) -> str:
    """Write a value as TOML: text in quotes, with what TOML escapes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    text = clean_text(str(value)).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def point_picture(points: gpd.GeoSeries, *, width: int = 60, height: int = 18) -> tuple[str, ...]:
    """Draw where points lie, in text: north is up, and darker means more.

    Parameters
    ----------
    points
        Points in metres.
    width, height
        Size in characters; a character is twice as high as wide.

    Examples
    --------
    >>> for line in point_picture(gpd.GeoSeries.from_xy([0, 30], [0, 20]), width=4, height=2):
    ...     print(line)
    ···.
    .···
    """
    x, y = points.x.to_numpy(), points.y.to_numpy()
    step = max(float(np.ptp(x)) / (width - 1), float(np.ptp(y)) / (2 * (height - 1)), 1e-3)
    middle_x, middle_y = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
    column = np.rint((x - middle_x) / step + (width - 1) / 2).astype(int)
    row = np.rint((middle_y - y) / (2 * step) + (height - 1) / 2).astype(int)
    counts = np.zeros((height, width), dtype=int)
    np.add.at(counts, (row.clip(0, height - 1), column.clip(0, width - 1)), 1)
    marks = np.array(list("·.oO@"))
    shade = np.where(counts == 0, 0, np.minimum(1 + np.log2(np.maximum(counts, 1)) // 2, 4))
    return tuple("".join(line) for line in marks[shade.astype(int)])


def summary_of_areas(codes: Sequence[Any], names: dict[str, str]) -> str:
    """Say in which areas cameras stand, the most first."""
    counts = pd.Series(list(codes), dtype=object).map(names).fillna("outside every area")
    listed = counts.value_counts()
    return ", ".join(f"{name} {few:,}" for name, few in listed.items())
