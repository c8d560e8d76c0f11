"""The verb ``fetch``: the study folder of a real place, from public services over the network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import shapely

from sharedview.console import Reporter
from sharedview.fetch import folder, open_data, openstreetmap
from sharedview.fetch import place as places
from sharedview.fetch.service import Service, fetch_settings
from sharedview.summary import Summary


def fetch(
    *,
    out: Path,
    reporter: Reporter,
    margin_m: float,
    place: str | None = None,
    borough: str | None = None,
    bbox: str | None = None,
    polygon: Path | None = None,
    crs: str | None = None,
    months: Sequence[str] = (),
    tfl: bool = False,
    wards: bool = False,
    settings: Path | None = None,
    cache: Path | None = None,
) -> Summary:
    """Ask public services for a place and write it as a study folder.

    Parameters
    ----------
    out
        Study folder.
    reporter
        Shows progress.
    margin_m, place, borough, bbox, polygon, crs
        Which place; see :func:`sharedview.jobs.extract.extract`. ``place`` is looked up by
        Nominatim.
    months
        Months of street crime, as ``2024-01``.
    tfl, wards
        Whether TfL's traffic cameras and the ONS's wards are wanted too.
    settings
        TOML file with a table ``[fetch]`` (:class:`sharedview.fetch.service.FetchSettings`).
    cache
        Where answers are kept.

    Raises
    ------
    InputError
        If the place has a fault, there is no network, or a service does not answer; nothing is
        written but the answers that were whole, which are not asked for again.
    """
    folder.refuse_edited(out)
    service = Service(fetch_settings(settings), cache or usual_cache(), say=reporter.note)

    def outline(name: str) -> shapely.Geometry:
        with reporter.step(f"Where {name} is"):
            return openstreetmap.outline_of(name, service)

    chosen = places.chosen(
        place,
        find=outline,
        asked=f"place {place}",
        verb="fetch",
        borough=borough,
        bbox=bbox,
        polygon=polygon,
        crs=crs,
        margin_m=margin_m,
    )
    extra: dict[str, gpd.GeoDataFrame] = {}
    licences = {"OpenStreetMap": folder.ODBL}
    with reporter.step("OpenStreetMap: cameras, buildings, streets and ground"):
        layers = openstreetmap.layers_of(chosen, service)
    if tfl:
        with reporter.step("Transport for London: traffic cameras"):
            extra["tfl_cameras"] = open_data.jam_cameras(chosen, service)
        licences["Transport for London"] = open_data.TFL_LICENCE
    if months:
        with reporter.step("police.uk: street crime"):
            extra["demand"] = open_data.street_crime(chosen, months, service)
        licences["police.uk"] = open_data.OGL
    if wards:
        with reporter.step("ONS: wards"):
            extra["areas"] = open_data.wards(chosen, service)
        licences["Office for National Statistics"] = open_data.WARD_LICENCE
    return folder.write(
        chosen,
        layers,
        extra={name: frame for name, frame in extra.items() if len(frame)},
        out=out,
        command="fetch",
        inputs=service.asked,
        settings={"licences": licences, "services": service.settings.model_dump()},
        reporter=reporter,
    )


def usual_cache() -> Path:
    """Return where answers are kept if nobody says otherwise."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "sharedview" / "fetch"
