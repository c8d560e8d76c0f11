"""The verb ``ground``: what lies under maps, from an OpenStreetMap extract."""

from __future__ import annotations

import tempfile
from pathlib import Path

from coverage_model.base.crs import parse_crs
from coverage_model.base.errors import Fault, InputError
from coverage_model.reading.ground import read_osm_ground, write_ground
from maps.shell import wording
from sharedview.console import Reporter
from sharedview.summary import Summary

NAMES = {
    "main": "main road",
    "street": "street",
    "path": "named path",
    "rail": "railway line",
    "building": "building",
    "park": "park",
    "water": "stretch of water",
    "place": "named place",
    "rail_station": "station",
}


def ground(*, extract: Path, out: Path, crs: str, reporter: Reporter) -> Summary:
    """Read an extract and write its ground as a GeoPackage."""
    with reporter.step(f"Ground from {extract}"):
        layers = read_osm_ground(extract, crs=parse_crs(crs).to_string())
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".sharedview-", dir=out.parent) as scratch:
            made = Path(scratch) / out.name
            write_ground(layers, made)
            made.replace(out)
    except OSError as error:
        fault = Fault(f"cannot write there ({error.strerror})", "Name a folder you may write to")
        raise InputError(out, [fault]) from error
    counts = layers.counts()
    parts = [wording.count(counts[kind], name) for kind, name in NAMES.items() if kind in counts]
    left = [f"{reason}: {wording.number(n)}" for reason, n in layers.left_out.items() if n]
    sentences = [(f"The ground holds {', '.join(parts)}.",)]
    if left:
        sentences.append((f"Left out: {'; '.join(left)}.",))
    return Summary(
        sentences=tuple(sentences),
        closing=f"Use it with: sharedview coverage --ground {out}",
        figures={"ground": counts, "left_out": dict(layers.left_out)},
    )
