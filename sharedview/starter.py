"""What ``sharedview init`` writes: a scenario, a sample camera file and its profile, to edit."""

from __future__ import annotations

import shutil
from pathlib import Path

from coverage_model.base import datasets
from coverage_model.base.errors import Faults
from coverage_model.reading.illustrative import illustrative_cameras
from coverage_model.reading.inspection import inspect_cameras, profile_text
from sharedview.outputs import output_folder, write_csv
from sharedview.summary import Summary

# Enough cameras to see every column in use, in two boroughs that touch.
SAMPLE_BOROUGHS = ("E09000007", "E09000033")
SAMPLE_PER_BOROUGH = 12


def write(folder: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write ``scenario.toml``, ``cameras.csv`` and ``profile.toml`` into a folder.

    Parameters
    ----------
    folder
        Made if missing.
    force
        Replace the files if they are there.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    InputError
        If a file is there already and ``force`` is off.
    """
    targets = tuple(folder / name for name in ("scenario.toml", "cameras.csv", "profile.toml"))
    faults = Faults(folder)
    for path in targets:
        if path.exists() and not force:
            faults.add(f"{path.name} is already there", "Use --force to replace it")
    faults.raise_if_any()
    inventory = illustrative_cameras()
    chosen = inventory[inventory["borough_code"].isin(SAMPLE_BOROUGHS)]
    sample = chosen.groupby("borough_code").head(SAMPLE_PER_BOROUGH)
    table = sample.drop(columns=["geometry", "view_basis"]).assign(
        easting=sample.geometry.x.round(1), northing=sample.geometry.y.round(1)
    )
    with output_folder(folder) as scratch:
        shutil.copyfile(
            datasets.data_dir() / "scenarios" / "optimum.toml", scratch / "scenario.toml"
        )
        write_csv(table, scratch / "cameras.csv")
        found = inspect_cameras(scratch / "cameras.csv")
        (scratch / "profile.toml").write_text(profile_text(found), encoding="utf-8")
    return targets


def init(folder: Path, *, force: bool) -> Summary:
    """Write a commented scenario, a sample camera CSV and its profile to start from."""
    written = write(folder, force=force)
    return Summary(
        sentences=tuple((f"Wrote {path}",) for path in written),
        closing=f"Next: sharedview coverage --cameras {folder / 'cameras.csv'} --out out/coverage",
        figures={"files": list(written)},
    )
