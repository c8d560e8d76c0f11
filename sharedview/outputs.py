"""Writing results: everything to a hidden folder first, renamed into place when all is well."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd

from coverage_model.base.csv_safety import csv_safe
from coverage_model.base.errors import Fault, InputError


@contextmanager
def output_folder(out: Path) -> Iterator[Path]:
    """Give a scratch folder whose files appear in ``out`` only if the block succeeds.

    Parameters
    ----------
    out
        The folder the user named; made if missing. Files of the same name are replaced, others
        stay.

    Raises
    ------
    InputError
        If ``out`` is a file or cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".sharedview-", dir=out))
    except OSError as error:
        fault = Fault(f"cannot write there ({error.strerror})", "Name a folder you may write to")
        raise InputError(out, [fault]) from error
    try:
        yield scratch
        for path in sorted(scratch.rglob("*")):
            if path.is_file():
                target = out / path.relative_to(scratch)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        # A run that failed leaves no empty folder behind either.
        if not any(out.iterdir()):
            out.rmdir()


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table that opens in a spreadsheet with accents right and no formula alive.

    Geometry is left out; UTF-8 with a byte-order mark, which Excel needs.
    """
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    csv_safe(plain).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def write_geopackage(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """Write each frame as a layer of one GeoPackage; a named index becomes a column."""
    for name, layer in layers.items():
        flat = layer.reset_index() if layer.index.name else layer
        flat.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
