"""The verb ``extract``: the study folder of one place, from a downloaded OpenStreetMap extract."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from coverage_model.base.notes import sha256_of
from coverage_model.reading.osm_cut import cut_extract, find_named
from sharedview.console import Reporter
from sharedview.fetch import folder, layers
from sharedview.fetch import place as places
from sharedview.summary import Summary


def extract(
    *,
    extract: Path,
    out: Path,
    reporter: Reporter,
    margin_m: float,
    place: str | None = None,
    borough: str | None = None,
    bbox: str | None = None,
    polygon: Path | None = None,
    crs: str | None = None,
) -> Summary:
    """Cut a place out of an extract and write it as a study folder.

    Parameters
    ----------
    extract
        ``.osm.pbf`` or ``.osm``.
    out
        Study folder.
    reporter
        Shows progress.
    place, borough, bbox, polygon
        Which place: exactly one of them.
    crs
        Working CRS; see :func:`sharedview.fetch.place.in_degrees`.
    margin_m
        How far beyond the place things are taken.

    Raises
    ------
    InputError
        If the place or the extract has a fault; nothing is written.
    """
    folder.refuse_edited(out)
    chosen = places.chosen(
        place,
        find=partial(find_named, extract),
        asked=f"place {place} of the extract",
        verb="extract",
        borough=borough,
        bbox=bbox,
        polygon=polygon,
        crs=crs,
        margin_m=margin_m,
    )
    with tempfile.TemporaryDirectory(prefix="sharedview-extract-") as scratch:
        small = Path(scratch) / "place.osm.pbf"
        with reporter.step(f"{chosen.name} from {extract}"):
            cut = cut_extract(extract, chosen.reach, small)
        with reporter.step("Cameras, buildings, streets and ground"):
            found = layers.of_extract(small, crs=chosen.crs)
    found = replace(found, notes=(*cut.notes.found, *found.notes))
    source = {
        "role": "extract",
        "path": str(extract),
        "sha256": sha256_of(extract),
        "licence": folder.ODBL,
        "touching": {"nodes": cut.nodes, "ways": cut.ways, "relations": cut.relations},
    }
    return folder.write(
        chosen, found, out=out, command="extract", inputs=[source], settings={}, reporter=reporter
    )
