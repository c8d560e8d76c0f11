"""How long a million camera rows take to read, and how much memory.

Run: ``python benchmarks/reading.py [ROWS]``. Each file is read in a process of its own; seconds are
processor time of the reading, megabytes the peak of the process.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd

ONE = """
import resource, sys, time
from coverage_model.base.datasets import boroughs
from coverage_model.reading.cameras import read_cameras
boroughs("full")
start = time.process_time()
read = read_cameras(sys.argv[1])
seconds = time.process_time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"{len(read.frame):,} views, {seconds:.1f} s, {peak:,} MB")
"""


def main(rows: int) -> None:
    """Write the files, read each, print a line each."""
    rng = np.random.default_rng(2017)
    table = pd.DataFrame(
        {
            "camera_id": [f"C{n}" for n in range(rows)],
            "easting": rng.uniform(505_000, 560_000, rows).round(1),
            "northing": rng.uniform(157_000, 199_000, rows).round(1),
            "azimuth_deg": rng.integers(0, 360, rows),
            "hfov_deg": rng.integers(30, 110, rows),
            "range_m": rng.integers(20, 120, rows),
            "mount_height_m": rng.choice([3.5, 4.0, 5.0, 6.0, 8.0], rows),
            "camera_type": rng.choice(["fixed", "dome", "ptz"], rows),
            "ownership": rng.choice(["public", "private"], rows),
            "operator": rng.choice(["Camden", "Hackney", "Westminster"], rows),
        }
    )
    points = gpd.GeoDataFrame(
        table.drop(columns=["easting", "northing"]),
        geometry=gpd.points_from_xy(table.easting, table.northing),
        crs=27700,
    )
    with TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"cameras.{name}" for name in ("csv", "parquet", "gpkg")}
        table.to_csv(files["csv"], index=False)
        points.to_parquet(files["parquet"])
        points.to_file(files["gpkg"])
        for name, file in files.items():
            done = subprocess.run(
                [sys.executable, "-c", ONE, str(file)], check=True, capture_output=True, text=True
            )
            print(f"{name:8} {done.stdout.strip()}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
