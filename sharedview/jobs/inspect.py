"""The verb ``inspect``: how a file is read, before anything rests on it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.crs import WORKING_CRS, parse_crs
from coverage_model.base.errors import Fault, InputError
from coverage_model.reading.areas import read_areas
from coverage_model.reading.inspection import (
    Inspection,
    inspect_cameras,
    point_picture,
    profile_text,
    summary_of_areas,
    toml_value,
)
from maps.shell.wording import Sentence, count, number
from sharedview import starter
from sharedview.account import not_understood
from sharedview.console import Reporter
from sharedview.input_inspection import InputInspection, input_profile_text, inspect_input
from sharedview.reading import CAMERAS
from sharedview.summary import Summary

COLUMNS = ("Column in the file", "Read as", "Why", "Filled", "Most frequent values")
_LONGEST = 60


def inspect(
    *,
    file: Path,
    of: str,
    profile: Path | None,
    layer: str | None,
    crs_in: str | None,
    areas: Path | None,
    crs: str,
    out: Path | None,
    study: Path | None,
    force: bool,
    reporter: Reporter,
) -> Summary:
    """Read a file as one of the inputs and say what each column was taken to mean.

    Parameters
    ----------
    file
        The file.
    of
        ``cameras``, ``areas``, ``buildings``, ``streets``, ``demand`` or ``sites``.
    profile, layer, crs_in
        How it is read, where it does not say.
    areas
        Polygons to place cameras in; the boroughs by default.
    crs
        Working CRS.
    out, study
        Where to write a profile, and a study that reads the file so; None for neither.
    force
        Replace them if they are there.
    reporter
        Shows progress.

    Raises
    ------
    InputError
        If the file cannot be opened, or ``out`` or ``study`` is there already and ``force`` is off.
    """
    for path in (out, study):
        if path is not None and path.exists() and not force:
            fault = Fault("the file is already there", "Name another, or use --force to replace it")
            raise InputError(path, [fault])
    working = parse_crs(crs).to_string()
    said: dict[str, Any] = {"profile": profile, "layer": layer, "crs_in": crs_in}
    found: Inspection | InputInspection
    if of == CAMERAS:
        polygons = None
        if areas is not None:
            polygons = read_areas(areas, crs=working).frame
        elif working == WORKING_CRS:
            polygons = datasets.boroughs("full")
        with reporter.step(f"Cameras from {file}"):
            found = inspect_cameras(file, crs=working, areas=polygons, **said)
        names = {} if polygons is None else dict(
            zip(polygons["area_code"], polygons["area_name"], strict=True)
        )  # fmt: skip
        sentences = (*_sentences(found), *_places(found, names))
        text = profile_text(found)
    else:
        with reporter.step(f"{of.capitalize()} from {file}"):
            found = inspect_input(file, of=of, crs=working, **said)
        sentences = tuple(_input_sentences(found))
        text = input_profile_text(found)
    verb = "consolidate" if of == "sites" else "coverage"
    others = "" if of in {CAMERAS, "sites"} else "--cameras cameras.csv "
    closing = f"Next: sharedview {verb} {others}--{of} {file} --out out/{verb}"
    if found.faults:
        closing = "Mend these faults in the file, or in a profile (--out profile.toml writes one)"
    if out is not None:
        write_whole(out, text)
        value = out if of == CAMERAS else f"{of}={out}"
        closing = f"Wrote {out}: edit it, then run with --profile {value}"
    if study is not None:
        told = {**said, "profile": out or profile}
        write_whole(study, study_text(file, of=of, said=told, beside=study.parent))
        closing = f"Wrote {study}: edit it, then run sharedview run {study}"
    return Summary(
        sentences=sentences,
        columns=COLUMNS,
        rows=tuple(
            (
                column.name,
                column.field or "-",
                column.why,
                f"{column.filled:,}",
                column.examples[:_LONGEST],
            )
            for column in found.columns
        ),
        closing=closing,
        figures={
            "input": of,
            "format": found.format if isinstance(found, Inspection) else found.title,
            "layout": found.layout,
            "rows": found.rows,
            "columns": found.columns,
            "sample": found.sample.reset_index().to_dict("records"),
            "faults": [str(fault) for fault in found.faults],
            "notes": [{"code": note.code, "message": note.message, "count": note.count}
                      for note in found.notes],
        },
    )  # fmt: skip


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    scratch = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        fault = Fault(f"cannot write there ({error.strerror})", "Name a file you may write")
        raise InputError(path, [fault]) from error


def study_text(file: Path, *, of: str, said: Mapping[str, object], beside: Path) -> str:
    """Write a study that reads a file as it was inspected; its paths are relative to the study."""
    table = "consolidation" if of == "sites" else "coverage"
    lines = [f"[{table}]"]
    if table == "coverage" and of != CAMERAS:
        lines.append('cameras = "cameras.csv"   # your inventory: a study needs one')
    lines.append(f"{of} = {toml_value(_relative(file, beside))}")
    for key, value in said.items():
        if value is not None:
            text = _relative(value, beside) if isinstance(value, Path) else value
            lines.append(f"{key} = {{ {of} = {toml_value(text)} }}")
    return starter.study_with(table, lines)


def _relative(path: Path, folder: Path) -> str:
    """Path as seen from a folder, with slashes as TOML likes them."""
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def _sentences(found: Inspection) -> list[Sentence]:
    said = _opening(found, found.format)
    if found.tags:
        said.append(("Its rows have a layout that is known (OpenStreetMap tags or TfL's).",))
    said += [(f"Fault: {fault}",) for fault in found.faults]
    if found.cameras is not None:
        frame = found.cameras.frame
        basis = frame["view_basis"].value_counts()
        owners = frame.drop_duplicates("camera_id")["ownership"].value_counts()
        views, owned = (
            ", ".join(f"{number(few)} {name}" for name, few in counts.items())
            for counts in (basis, owners)
        )
        total = count(found.cameras.log.items_read, "camera")
        said.append((f"{total}; views: {views}; owners: {owned}.",))
        said += _samples(found.sample, found.labels)
    said += not_understood(found.notes, owners_known=False)
    return said


def _input_sentences(found: InputInspection) -> list[Sentence]:
    said = _opening(found, found.title)
    if not found.columns:
        said.append(("Its elements have tags that are known; no column needs a meaning.",))
    said += [(f"Fault: {fault}",) for fault in found.faults]
    if found.frame is not None and found.log is not None:
        said.append((f"Read as {found.of}: {number(len(found.frame))}.",))
        said += _samples(found.sample, found.labels)
    for note in found.notes:
        said.append((f"{note.message}: {number(note.count)}.",))
    places = found.places
    if places is not None and found.log is not None:
        said.append(_extent(places, found.log.crs_in))
        said += [(line,) for line in point_picture(places)]
    return said


def _samples(sample: pd.DataFrame, labels: Mapping[Any, str]) -> list[Sentence]:
    """Say the first rows as read, each with the row of the file that it is from."""
    return [
        (
            f"As read, {_called(place, labels.get(row.get('camera_id', place)))}: "
            + ", ".join(
                f"{name} {value}" for name, value in row.dropna().items() if value is not False
            ),
        )
        for place, row in sample.iterrows()
    ]


def _called(place: object, label: str | None) -> str:
    """Call a row by the file's row and its id, where it has one of its own."""
    if label is None:
        return str(place)
    own = isinstance(place, str) and place.replace("-", " ") != label
    return f"{label} ({place})" if own else label


def _extent(places: gpd.GeoSeries, crs_in: str) -> Sentence:
    west, south, east, north = places.total_bounds
    return (
        f"They lie from {west:,.0f} to {east:,.0f} east and ",
        f"{south:,.0f} to {north:,.0f} north ({crs_in} in the file).",
    )


def _opening(found: Inspection | InputInspection, title: str) -> list[Sentence]:
    """Say what the file is, and how its rows were found."""
    layout = found.layout
    how = [part for part in (
        layout.container or title,
        f"layer {layout.layer}" if layout.layer else "",
        f"encoding {layout.encoding}" if layout.encoding else "",
        f"delimiter {layout.delimiter!r}" if layout.delimiter else "",
        f"header in row {layout.header_row}" if layout.header_row else "",
    ) if part]  # fmt: skip
    said: list[Sentence] = [(f"{found.path}: {', '.join(how)}; {count(found.rows, 'row')}.",)]
    if layout.others:
        said.append((f"Not read: {', '.join(layout.others)} (choose one with --layer).",))
    return said


def _places(found: Inspection, names: dict[str, str]) -> list[Sentence]:
    """Say where the points lie, and draw them."""
    if found.cameras is None:
        return []
    frame = found.cameras.frame
    said = [_extent(frame.geometry, found.cameras.log.crs_in)]
    if names:
        first = frame.drop_duplicates("camera_id")
        said.append((f"In: {summary_of_areas(first['borough_code'].tolist(), names)}.",))
    return [*said, *((line,) for line in point_picture(frame.geometry))]
