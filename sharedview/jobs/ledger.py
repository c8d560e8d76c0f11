"""The ledger of public releases, and counts that anyone can look up: two files of the publisher.

The ledger is a GeoPackage that holds what each release showed, and the totals that its proof took
as known. It is not for publication, and must not lie in the folder of public files.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from coverage_model.base import schemas
from coverage_model.base.errors import Fault, Faults, InputError
from coverage_model.publish.disclosure import PublishedCoverage
from coverage_model.publish.releases import same_layer
from coverage_model.reading.source import check_file
from coverage_model.reading.tables import read_csv
from sharedview import provenance
from sharedview.outputs import write_geopackage

LAYER = "releases"


def today() -> str:
    """Return the day of a release: today in UTC, or the day that SOURCE_DATE_EPOCH names."""
    return provenance.now().date().isoformat()


def refuse_misplaced(ledger: Path | None, known: Path | None, *, audience: str, out: Path) -> None:
    """Refuse a ledger that would lie among the public files, or that nothing asks for."""
    faults = Faults("--ledger" if ledger is not None else "--known-counts")
    if audience != "public" and (ledger is not None or known is not None):
        faults.add("it is for public releases only", "Add --audience public, or leave it out")
    if ledger is not None and ledger.resolve().is_relative_to(out.resolve()):
        faults.add(
            "it would lie in the folder of public files, and holds totals that need not be public",
            "Name a file elsewhere",
        )
    faults.raise_if_any()


def read_ledger(path: Path | None, *, crs: str) -> gpd.GeoDataFrame | None:
    """Read the releases so far; None where there are none yet.

    Raises
    ------
    InputError
        If the file is no ledger, or in another CRS.
    """
    if path is None or not path.exists():
        return None
    check_file(path)
    try:
        frame = gpd.read_file(path, layer=LAYER, engine="pyogrio")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        fault = Fault("it is no ledger of public releases", "Name one that --ledger made")
        raise InputError(path, [fault]) from error
    releases = schemas.check(frame, schemas.Releases, path)
    if releases.crs is None or releases.crs.to_string() != crs:
        fault = Fault(f"it is not in {crs}", f"Keep one ledger for each CRS; work in {crs}")
        raise InputError(path, [fault])
    return releases


def add_release(path: Path, ledger: gpd.GeoDataFrame | None, shown: PublishedCoverage) -> None:
    """Write the ledger with a release more; one that repeats the last is not added again."""
    if ledger is not None:
        last = ledger[ledger["release"] == ledger["release"].max()]
        if same_layer(last, shown.release) and _repeats(last, shown.release):
            return
    frame = shown.release if ledger is None else pd.concat([ledger, shown.release])
    new = path.with_name(f".{path.name}.new.gpkg")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_geopackage({LAYER: frame.reset_index(drop=True)}, new)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _repeats(last: gpd.GeoDataFrame, release: gpd.GeoDataFrame) -> bool:
    columns = [*schemas.PublicCoverage.to_schema().columns, "group_public", "group_other"]
    one, other = (
        pd.DataFrame(frame).sort_values("area_code")[columns].reset_index(drop=True)
        for frame in (last, release)
    )
    return one.astype(object).fillna("").equals(other.astype(object).fillna(""))


def read_known(path: Path | None, *, codes: pd.Series) -> pd.DataFrame | None:
    """Read counts of cameras that anyone can look up: ``area_code`` and ``cameras``.

    Where only a range is known, ``cameras_low`` and ``cameras_high`` take the place of ``cameras``.

    Raises
    ------
    InputError
        Listing missing columns, areas that are not reported for, and counts that are none.
    """
    if path is None:
        return None
    check_file(path)
    source = read_csv(path)
    rows, faults = source.rows, Faults(path)
    exact = "cameras" in rows.columns
    names = ["cameras", "cameras"] if exact else ["cameras_low", "cameras_high"]
    missing = sorted({"area_code", *names} - set(rows.columns))
    if missing:
        faults.add(
            f"there is no column {', '.join(missing)}",
            "Give area_code and cameras, or area_code, cameras_low and cameras_high",
        )
        faults.raise_if_any()
    low, high = (pd.to_numeric(rows[name], errors="coerce") for name in names)
    code = rows["area_code"].astype(str)
    label = np.asarray(source.labels, dtype=object)
    checks = (
        (
            ~((low >= 0) & (low % 1 == 0) & (high % 1 == 0)),
            "a count is no whole number",
            "Give 0, 1, 2 …",
        ),
        (low > high, "the least count is above the greatest", "Swap them"),
        (~code.isin(codes.astype(str)), "the area is not reported for", "Use codes of --areas"),
        (code.duplicated(keep=False), "the area is named twice", "Keep one row an area"),
    )
    for bad, problem, remedy in checks:
        if bad.any():
            faults.add(problem, remedy, rows=label[bad.to_numpy()])
    faults.raise_if_any()
    return pd.DataFrame({"area_code": code, "cameras_low": low, "cameras_high": high})
