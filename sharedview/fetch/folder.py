"""The study folder of a real place: layers, the study that ties them, and where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd

from coverage_model.base.errors import Fault, InputError
from sharedview import provenance, result_set, starter
from sharedview.console import Reporter
from sharedview.fetch.layers import Layers
from sharedview.fetch.place import Place
from sharedview.outputs import output_folder, write_geopackage
from sharedview.summary import Summary

STUDY = "study.toml"
ODBL = "Open Database Licence 1.0; © OpenStreetMap contributors"
NOUNS = {
    "cameras": ("camera", "cameras"),
    "buildings": ("building", "buildings"),
    "streets": ("stretch of street", "stretches of street"),
    "ground": ("thing of the ground", "things of the ground"),
    "names": ("place name", "place names"),
}


def refuse_edited(out: Path) -> None:
    """Refuse a folder whose study somebody has written or changed: it would be lost.

    Raises
    ------
    InputError
        Saying what to do.
    """
    study = out / STUDY
    held = result_set.read(out)
    if not study.is_file() or (
        held is not None and held.files.get(STUDY) == result_set.sha256(study)
    ):
        return
    fault = Fault(
        f"{STUDY} there was not written by this command, or was changed since",
        "Name another folder, or move that file away first",
    )
    raise InputError(out, [fault])


def write(
    place: Place,
    layers: Layers,
    *,
    out: Path,
    command: str,
    inputs: Sequence[Any],
    settings: Mapping[str, Any],
    extra: Mapping[str, gpd.GeoDataFrame] = MappingProxyType({}),
    reporter: Reporter,
) -> Summary:
    """Write a study folder, whole or not at all.

    Parameters
    ----------
    place, layers
        What was found where.
    out
        The folder.
    command
        The verb.
    inputs
        Records of where it came from.
    settings
        Further choices, for the record.
    extra
        Further layers, by the name of their file: ``areas`` goes in the place of the outline,
        ``demand`` is the study's.
    reporter
        Shows progress.

    Raises
    ------
    InputError
        If the folder cannot be written, or holds a study that somebody has changed.
    """
    with reporter.step("Study folder"), output_folder(out, command=command) as folder:
        written = layers.write(folder)
        for name, frame in {"areas": place.areas(), **extra}.items():
            write_geopackage({name: frame}, folder / f"{name}.gpkg")
        written = (*written, *(name for name in extra if name == "demand"))
        (folder / STUDY).write_text(study_text(place, written), encoding="utf-8")
        record = provenance.record(
            command,
            inputs=inputs,
            settings={
                "place": place.asked,
                "name": place.name,
                "crs": place.crs,
                "margin_m": place.margin_m,
                "bounds_degrees": [round(each, 7) for each in place.reach.bounds],
                **settings,
            },
            notes=layers.notes,
        )
        provenance.write(record, folder / "provenance.json")
    counts = layers.counts()
    listed = ", ".join(
        f"{counts[name]:,} {one if counts[name] == 1 else many}"
        for name, (one, many) in NOUNS.items()
    )
    said = [(f"{place.name}, with {place.margin_m:g} m around it: {listed}.",)]
    for name, frame in extra.items():
        said.append((f"Also {name}.gpkg, with {len(frame):,}.",))
    if not counts["cameras"]:
        said.append(
            ("OpenStreetMap has no camera there: name your own inventory in study.toml first.",)
        )
    for note in layers.notes:
        reporter.note(f"{note.message}: {note.count:,}")
    said.append((f"Source: {ODBL}.",))
    return Summary(
        sentences=tuple(said),
        closing=f"Next: sharedview run {out / STUDY}",
        figures={"place": place.name, "crs": place.crs, "counts": counts},
    )


def study_text(place: Place, written: Sequence[str]) -> str:
    """Write the study of a place's layers; a study needs cameras, found or the user's."""
    lines = ["[coverage]"]
    lines += [f'{name} = "{name}.gpkg"' for name in written if name == "cameras"]
    if "cameras" not in written:
        lines.append('# cameras = "cameras.csv"    # none in OpenStreetMap there: name yours')
    lines.append('areas = "areas.gpkg"')
    lines += [f'{name} = "{name}.gpkg"' for name in written if name != "cameras"]
    lines.append(f'crs = "{place.crs}"')
    return starter.study_with("coverage", lines, name=place.name, report=False)
