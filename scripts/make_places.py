"""Make data/places/: real public points that the illustrative cameras gather around.

Run ``python scripts/make_places.py [--deb PACKAGE.deb] [--tgz PACKAGE.tgz]``; a package that is not
given is downloaded with ``apt-get download`` or ``npm pack``. ``--check`` recomputes the checksums
of what is already there. Needs data/boundaries/ (``make_boundaries.py``).

Docking stations: ``cycle_hire`` of spData, 742 points with names. Stations: vega-datasets'
``londonTubeLines.json`` holds lines and no stations, but each of its 394 lines is a section of
track from one station to the next, so the ends of the sections are the stations. Ends within
150 m of each other (the platforms of an interchange) become one point; they have no names, only
the lines that meet there. Points outside London are left out and counted. Both are GPS
coordinates, so here OSTN15 (convertbng) is the right way to EPSG:27700.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from _packages import (
    DATA,
    check_folder,
    deb_members,
    geojson,
    spdata_deb,
    tar_members,
    vega_tgz,
    write_folder,
)
from convertbng import cutil
from scipy.cluster.hierarchy import fcluster, linkage

FOLDER = DATA / "places"
INTERCHANGE_M = 150.0


def docking_stations(text: bytes) -> gpd.GeoDataFrame:
    """Read the cycle docking stations."""
    features = json.loads(text)["features"]
    names = [
        f"{feature['properties']['name']}, {feature['properties']['area']}" for feature in features
    ]
    lon_lat = np.array([feature["geometry"]["coordinates"] for feature in features])
    return _points("docking_station", names, lon_lat)


def rail_stations(text: bytes) -> gpd.GeoDataFrame:
    """Find the stations as the ends of the track sections of a quantised TopoJSON."""
    topology = json.loads(text)
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]
    ends: list[Any] = []
    lines: list[str] = []
    for section in topology["objects"]["line"]["geometries"]:  # arcs run backwards where negative
        first, last = section["arcs"][0], section["arcs"][-1]
        ends.append(arcs[first][0] if first >= 0 else arcs[~first][-1])
        ends.append(arcs[last][-1] if last >= 0 else arcs[~last][0])
        lines += [section["id"]] * 2
    every = _points("rail_station", lines, np.array(ends))
    xy = every.get_coordinates().to_numpy()
    station = fcluster(linkage(xy, "complete"), INTERCHANGE_M, "distance")
    table = pd.DataFrame({"station": station, "x": xy[:, 0], "y": xy[:, 1], "line": lines})
    grouped = table.groupby("station").agg(
        x=("x", "mean"),
        y=("y", "mean"),
        name=("line", lambda names: "Station: " + ", ".join(sorted(set(names)))),
    )
    return gpd.GeoDataFrame(
        {"kind": "rail_station", "name": grouped["name"].to_numpy()},
        geometry=gpd.points_from_xy(grouped["x"], grouped["y"]),
        crs=27700,
    )


def _points(kind: str, names: list[str], lon_lat: np.ndarray) -> gpd.GeoDataFrame:
    east, north = cutil.convert_bng(lon_lat[:, 0].copy(), lon_lat[:, 1].copy())
    points = gpd.points_from_xy(east, north)
    return gpd.GeoDataFrame({"kind": kind, "name": names}, geometry=points, crs=27700)


def in_london(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep the points inside a borough, with its code, in a fixed order."""
    boroughs = gpd.read_file(DATA / "boundaries" / "boroughs_full.geojson")
    joined = points.sjoin(boroughs[["borough_code", "geometry"]], predicate="within")
    joined = joined[["kind", "name", "borough_code", "geometry"]]
    order = joined.get_coordinates().assign(code=joined["borough_code"])
    order = order.sort_values(["code", "x", "y"]).index
    print(f"{points['kind'].iloc[0]}: {len(joined)} in London, {len(points) - len(joined)} outside")
    return joined.loc[order].reset_index(drop=True)


def build(deb: bytes, tgz: bytes) -> tuple[dict[str, bytes], list[dict[str, object]]]:
    """Return the files of data/places/ and the rows that record them."""
    (hire,) = deb_members(deb, ["spData/shapes/cycle_hire.geojson"]).values()
    (tube,) = tar_members(tgz, ["data/londonTubeLines.json"]).values()
    docking = in_london(docking_stations(hire))
    stations = in_london(rail_stations(tube))
    files = {
        "docking_stations.geojson": geojson(
            docking, name="docking_stations", epsg=27700, decimals=1
        ),
        "rail_stations.geojson": geojson(stations, name="rail_stations", epsg=27700, decimals=1),
    }
    sources: list[dict[str, object]] = [
        {
            "file": "docking_stations.geojson",
            "what": "Cycle docking stations in London",
            "rows": len(docking),
            "source": "Transport for London cycle hire (via data.gov.uk), as cycle_hire of the "
            "Debian package r-cran-spdata 2.2.1-1",
            "licence": "Powered by TfL Open Data. Contains OS data © Crown copyright and database "
            "rights; the package is CC0-1.0",
            "date": "2022-11-28",
        },
        {
            "file": "rail_stations.geojson",
            "what": "Underground and DLR stations in London, derived from the ends of track "
            "sections; without names",
            "rows": len(stations),
            "source": "OpenStreetMap through github oobrien/vis, as londonTubeLines.json of the "
            "npm package vega-datasets 2.11.0",
            "licence": "Open Database License (ODbL) 1.0. © OpenStreetMap contributors",
            "date": "2018-02-04",
        },
    ]
    return files, sources


def main() -> None:
    """Make the files, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deb", type=Path, help="r-cran-spdata (else apt-get download)")
    parser.add_argument("--tgz", type=Path, help="vega-datasets (else npm pack)")
    parser.add_argument("--check", action="store_true", help="only compare checksums")
    arguments = parser.parse_args()
    if not arguments.check:
        write_folder(FOLDER, *build(spdata_deb(arguments.deb), vega_tgz(arguments.tgz)))
    faults = check_folder(FOLDER)
    print("\n".join(faults) or f"{FOLDER.name}: all checksums as recorded")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
