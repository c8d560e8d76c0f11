"""The verb ``inspect``: how a file of cameras is read, before anything rests on it."""

from __future__ import annotations

from pathlib import Path

from coverage_model.base import datasets
from coverage_model.base.crs import WORKING_CRS, parse_crs
from coverage_model.base.errors import Fault, Faults, InputError
from coverage_model.reading.areas import read_areas
from coverage_model.reading.inspection import (
    Inspection,
    inspect_cameras,
    point_picture,
    profile_text,
    summary_of_areas,
)
from maps.shell.wording import Sentence, count, number
from sharedview.account import not_understood
from sharedview.console import Reporter
from sharedview.summary import Summary

COLUMNS = ("Column in the file", "Read as", "Why", "Filled", "Most frequent values")
_LONGEST = 60


def inspect(
    *,
    file: Path,
    profile: Path | None,
    layer: str | None,
    areas: Path | None,
    crs: str,
    out: Path | None,
    force: bool,
    reporter: Reporter,
) -> Summary:
    """Read a file of cameras and say what each column was taken to mean.

    Raises
    ------
    InputError
        If the file cannot be opened, or ``out`` is there already and ``force`` is off.
    """
    if out is not None and out.exists() and not force:
        faults = Faults(out)
        faults.add("the file is already there", "Name another, or use --force to replace it")
        faults.raise_if_any()
    working = parse_crs(crs).to_string()
    polygons = None
    if areas is not None:
        polygons = read_areas(areas, crs=working).frame
    elif working == WORKING_CRS:
        polygons = datasets.boroughs("full")
    with reporter.step(f"Cameras from {file}"):
        found = inspect_cameras(file, crs=working, areas=polygons, profile=profile, layer=layer)
    names = {} if polygons is None else dict(
        zip(polygons["area_code"], polygons["area_name"], strict=True)
    )  # fmt: skip
    closing = f"Next: sharedview coverage --cameras {file} --out out/coverage"
    if found.faults:
        closing = "Mend these faults in the file, or in a profile (--out profile.toml writes one)"
    if out is not None:
        _write(out, profile_text(found))
        closing = f"Wrote {out}: edit it, then run with --profile {out}"
    return Summary(
        sentences=(*_sentences(found), *_places(found, names)),
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
            "format": found.format,
            "layout": found.layout,
            "rows": found.rows,
            "columns": found.columns,
            "sample": found.sample.reset_index().to_dict("records"),
            "faults": [str(fault) for fault in found.faults],
            "notes": [{"code": note.code, "message": note.message, "count": note.count}
                      for note in found.notes],
        },
    )  # fmt: skip


def _write(path: Path, text: str) -> None:
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


def _sentences(found: Inspection) -> list[Sentence]:
    layout = found.layout
    how = [part for part in (
        layout.container or found.format,
        f"layer {layout.layer}" if layout.layer else "",
        f"encoding {layout.encoding}" if layout.encoding else "",
        f"delimiter {layout.delimiter!r}" if layout.delimiter else "",
        f"header in row {layout.header_row}" if layout.header_row else "",
    ) if part]  # fmt: skip
    said: list[Sentence] = [(f"{found.path}: {', '.join(how)}; {count(found.rows, 'row')}.",)]
    if layout.others:
        said.append((f"Not read: {', '.join(layout.others)} (choose one with --layer).",))
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
        total = count(found.cameras.log.cameras, "camera")
        said.append((f"{total}; views: {views}; owners: {owned}.",))
        for view_id, row in found.sample.iterrows():
            values = ", ".join(
                f"{name} {value}" for name, value in row.dropna().items() if value is not False
            )
            said.append((f"As read, {view_id}: {values}",))
    said += not_understood(found.notes, owners_known=False)
    return said


def _places(found: Inspection, names: dict[str, str]) -> list[Sentence]:
    """Say where the points lie, and draw them."""
    if found.cameras is None:
        return []
    frame = found.cameras.frame
    west, south, east, north = frame.total_bounds
    said: list[Sentence] = [
        (
            f"They lie from {west:,.0f} to {east:,.0f} east and ",
            f"{south:,.0f} to {north:,.0f} north ({found.cameras.log.crs_in} in the file).",
        )
    ]
    if names:
        first = frame.drop_duplicates("camera_id")
        said.append((f"In: {summary_of_areas(first['borough_code'].tolist(), names)}.",))
    return [*said, *((line,) for line in point_picture(frame.geometry))]
