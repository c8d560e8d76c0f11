"""Make data/boundaries/ from the official borough file inside Debian's r-cran-spdata package.

Run ``python scripts/make_boundaries.py [PACKAGE.deb]``; without a path the package is downloaded
with ``apt-get download``. ``--check`` recomputes the checksums of what is already there. Needs the
packages of the ``test`` extra (``rdata``).

The dataset ``lnd`` is the Greater London Authority's London_Borough_Excluding_MHW, converted to
longitude and latitude by its packager with the seven-parameter Helmert shift of EPSG:1314, not with
OSTN15. Only the inverse of that same shift gives the official coordinates back: it meets the
0.1 m grid they are published on within 0.9 mm at all 48,548 vertices, so rounding to 0.1 m
restores them exactly. OSTN15 would put every boundary about 1.8 m off.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import warnings
import zlib
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rdata
import shapely
from _packages import DATA, check_folder, deb_members, geojson, spdata_deb, write_folder
from pyproj import Transformer

FOLDER = DATA / "boundaries"
PACKAGED = "2022-11-28"
GRID_M = 0.1
SIMPLIFY_M = {"full": 0.0, "page": 10.0, "overview": 50.0}
# Widest tidal reach inside London, in the east, is under 1 km: the closing must bridge half of it.
THAMES_CLOSING_M = 500.0
# Thinner slivers than this between the closed and the real outline are not river.
THAMES_OPENING_M = 5.0

# EPSG:1314 (OSGB36 to WGS 84) run backwards, then the National Grid. Written out so that neither
# a grid file nor PROJ's choice of operation can change the result.
INVERSE_HELMERT = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84 "
    "+step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.1502 +ry=0.247 +rz=0.8421 "
    "+s=-20.4894 +convention=position_vector +step +inv +proj=cart +ellps=airy "
    "+step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
)
ATTRIBUTION = (
    "Open Government Licence v3.0. Contains National Statistics data © Crown copyright and "
    "database right; contains OS data © Crown copyright and database right"
)
ORIGIN = (
    "Greater London Authority, Statistical GIS Boundary Files for London, "
    "London_Borough_Excluding_MHW, as dataset lnd of the Debian package r-cran-spdata 2.2.1-1"
)


def read_lnd(rdx: bytes, rdb: bytes) -> gpd.GeoDataFrame:
    """Read dataset ``lnd`` out of an R lazy-load database.

    The index is gzip and holds (offset, length) for each name; a record is a 4-byte length and a
    zlib stream in R's serialisation.
    """
    index = _parse(gzip.decompress(rdx))["variables"]
    offset, length = (int(number) for number in index["lnd"])
    table = _parse(zlib.decompress(rdb[offset + 4 : offset + length]))
    polygons = [
        shapely.MultiPolygon([shapely.Polygon(rings[0], rings[1:]) for rings in parts])
        for parts in table["geometry"]
    ]
    frame = gpd.GeoDataFrame(
        {
            "borough_code": table["GSS_CODE"].astype(str).to_numpy(),
            "borough": table["NAME"].astype(str).to_numpy(),
            "hectares": table["HECTARES"].to_numpy(),
            "tidal_water_ha": table["NONLD_AREA"].to_numpy(),
        },
        geometry=polygons,
        crs=4326,
    )
    return frame.sort_values("borough_code", ignore_index=True)


def _parse(serialised: bytes) -> Any:
    with warnings.catch_warnings():
        # sf's classes are unknown to rdata, which then gives the nested lists that we want.
        warnings.filterwarnings("ignore", message="Missing constructor")
        return rdata.conversion.convert(rdata.parser.parse_data(serialised, extension=".rds"))


def to_national_grid(degrees: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the official EPSG:27700 coordinates back (see the top of this file)."""
    helmert = Transformer.from_pipeline(INVERSE_HELMERT)

    def project(lon_lat: np.ndarray) -> np.ndarray:
        return np.column_stack(helmert.transform(lon_lat[:, 0], lon_lat[:, 1]))

    exact = shapely.transform(degrees.geometry.to_numpy(), project)
    xy = shapely.get_coordinates(exact)
    off_grid = float(np.abs(xy - xy.round(1)).max())
    if off_grid > GRID_M / 50:
        msg = f"vertices lie up to {off_grid} m off the 0.1 m grid: not the expected source"
        raise SystemExit(msg)
    rounded = shapely.transform(exact, lambda values: values.round(1))
    return degrees.set_geometry(rounded, crs=27700)


def simplified(boroughs: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Simplify all boroughs together, so that common borders stay common."""
    if tolerance_m == 0:
        return boroughs
    shapes = shapely.coverage_simplify(boroughs.geometry.to_numpy(), tolerance_m)
    return boroughs.set_geometry(gpd.GeoSeries(shapes, crs=boroughs.crs))


def thames(boroughs: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Derive the tidal Thames as the gap that the boroughs leave between them.

    They are clipped at mean high water, so closing their union by half the widest reach and taking
    the union away leaves the river, and notches of the outer boundary, which are other pieces: the
    largest piece is the river.
    """
    land = shapely.union_all(boroughs.geometry.to_numpy())
    closed = land.buffer(THAMES_CLOSING_M).buffer(-THAMES_CLOSING_M)
    gap = shapely.difference(closed, land)
    opened = gap.buffer(-THAMES_OPENING_M).buffer(THAMES_OPENING_M, join_style="mitre")
    river = max(shapely.get_parts(shapely.intersection(opened, gap)), key=shapely.area)
    river = shapely.difference(shapely.set_precision(river, GRID_M), land)
    river = max(shapely.get_parts(river), key=shapely.area)
    return gpd.GeoDataFrame(
        {"name": ["River Thames (tidal), derived from the gap between the boroughs"]},
        geometry=[shapely.set_precision(river, GRID_M)],
        crs=boroughs.crs,
    )


def checked(boroughs: gpd.GeoDataFrame, detail: str) -> gpd.GeoDataFrame:
    """Stop unless there are 33 valid boroughs in a valid polygon coverage."""
    shapes = boroughs.geometry.to_numpy()
    if len(shapes) != 33 or not shapely.is_valid(shapes).all():
        msg = f"{detail}: {len(shapes)} boroughs, some of them invalid"
        raise SystemExit(msg)
    if not shapely.coverage_is_valid(shapes):
        msg = f"{detail}: the boroughs overlap or leave slivers"
        raise SystemExit(msg)
    return boroughs


def build(deb: bytes) -> tuple[dict[str, bytes], list[dict[str, object]]]:
    """Return the files of data/boundaries/ and the rows that record them."""
    inside = deb_members(deb, ["spData/data/Rdata.rdx", "spData/data/Rdata.rdb"])
    official = to_national_grid(read_lnd(*inside.values()))
    files: dict[str, bytes] = {}
    sources: list[dict[str, object]] = []
    for detail, tolerance in SIMPLIFY_M.items():
        boroughs = checked(simplified(official, tolerance), detail)
        method = f"simplified together by {tolerance:g} m" if tolerance else "full resolution"
        for frame, name, what, licence in (
            (boroughs, "boroughs", f"33 borough boundaries, {method}", ATTRIBUTION),
            (
                thames(boroughs),
                "thames",
                f"Tidal Thames derived from the gap between the boroughs, {method}",
                ATTRIBUTION,
            ),
        ):
            file = f"{name}_{detail}.geojson"
            files[file] = geojson(frame, name=f"{name}_{detail}", epsg=27700, decimals=1)
            sources.append(
                {
                    "file": file,
                    "what": what,
                    "rows": len(frame),
                    "source": ORIGIN,
                    "licence": licence,
                    "date": PACKAGED,
                }
            )
    return files, sources


def main() -> None:
    """Make the files, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", nargs="?", type=Path, help="the .deb (else apt-get download)")
    parser.add_argument("--check", action="store_true", help="only compare checksums")
    arguments = parser.parse_args()
    if not arguments.check:
        write_folder(FOLDER, *build(spdata_deb(arguments.package)))
    faults = check_folder(FOLDER)
    print("\n".join(faults) or f"{FOLDER.name}: all checksums as recorded")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
