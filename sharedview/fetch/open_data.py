"""Layers of British open data: TfL's traffic cameras, street crime, wards."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from coverage_model.base.crs import GEOGRAPHIC_CRS
from coverage_model.base.errors import Fault, InputError
from coverage_model.reading.cameras import read_cameras
from sharedview.fetch.place import Place
from sharedview.fetch.service import Service

TFL_LICENCE = "Powered by TfL Open Data"
OGL = "Open Government Licence v3.0"
WARD_LICENCE = f"{OGL}; contains OS data © Crown copyright and database right"
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
# Beyond this many corners an outline is too long for a request.
CORNERS = 80
PAGE = 1000


def jam_cameras(place: Place, service: Service) -> gpd.GeoDataFrame:
    """Ask TfL for its traffic cameras, and keep those of a place."""
    content = service.get_json(f"{service.settings.tfl_url}/Place/Type/JamCam", {})
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "jamcams.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        frame = read_cameras(path, crs=place.crs).frame
    near = frame[frame.within(place.outline.buffer(place.margin_m))]
    return gpd.GeoDataFrame(near[["camera_id", "operator", "ownership", "geometry"]])


def street_crime(place: Place, months: Sequence[str], service: Service) -> gpd.GeoDataFrame:
    """Ask police.uk for the street crime of months; its points are snapped to anchors."""
    for month in months:
        if _MONTH.fullmatch(month) is None:
            raise InputError("--month", [Fault(f"{month!r} is no month", "Write it as 2024-01")])
    ring = _few_corners(place)
    corners = ":".join(f"{lat:.5f},{lon:.5f}" for lon, lat in ring)
    rows = []
    for month in months:
        url = f"{service.settings.police_url}/crimes-street/all-crime"
        content = service.get_json(url, {"date": month, "poly": corners})
        rows += [_crime(each) for each in _list(content, "police.uk")]
    table = pd.DataFrame(rows, columns=["crime_id", "category", "month", "street", "lon", "lat"])
    points = gpd.points_from_xy(table.pop("lon").astype(float), table.pop("lat").astype(float))
    frame = gpd.GeoDataFrame(table, geometry=points, crs=GEOGRAPHIC_CRS)
    return frame[frame.within(place.reach)].reset_index(drop=True)


def wards(place: Place, service: Service) -> gpd.GeoDataFrame:
    """Ask the ONS for the wards that lie in a place, by the page."""
    box = gpd.GeoSeries([place.reach], crs=GEOGRAPHIC_CRS).total_bounds
    base = f"{service.settings.ons_url}/{service.settings.ons_wards}/FeatureServer/0/query"
    features: list[Any] = []
    while True:
        page = service.get_json(
            base,
            {
                "where": "1=1", "outFields": "*", "outSR": "4326", "inSR": "4326", "f": "geojson",
                "geometry": ",".join(f"{each:.6f}" for each in box),
                "geometryType": "esriGeometryEnvelope",
                "spatialRel": "esriSpatialRelIntersects",
                "resultOffset": str(len(features)), "resultRecordCount": str(PAGE),
            },
        )  # fmt: skip
        fresh = _list(page.get("features") if isinstance(page, dict) else None, "ONS")
        features += fresh
        more = page.get("exceededTransferLimit") or (page.get("properties") or {}).get(
            "exceededTransferLimit"
        )
        if not more or not fresh:
            break
    if not features:
        fault = Fault("no ward lies there", "Wards are those of the United Kingdom")
        raise InputError("--wards", [fault])
    frame = gpd.GeoDataFrame.from_features(features, crs=GEOGRAPHIC_CRS).to_crs(place.crs)
    inside = shapely.area(shapely.intersection(frame.geometry.to_numpy(), place.outline))
    return frame[inside > 0.01 * frame.area].reset_index(drop=True)


def _few_corners(place: Place) -> list[tuple[float, float]]:
    """Corners of an outline around the place, few enough for a request."""
    hull = shapely.convex_hull(place.reach)
    width = 1e-4
    while shapely.get_num_coordinates(hull) > CORNERS:
        hull = shapely.convex_hull(shapely.simplify(hull, width))
        width *= 2
    return [(float(lon), float(lat)) for lon, lat in shapely.get_coordinates(hull)]


def _crime(record: dict[str, Any]) -> tuple[object, ...]:
    place = record.get("location") or {}
    street = (place.get("street") or {}).get("name")
    kept = (record.get("id"), record.get("category"), record.get("month"), street)
    return (*kept, place.get("longitude"), place.get("latitude"))


def _list(content: Any, who: str) -> list[Any]:
    if isinstance(content, list):
        return content
    fault = Fault(f"{who} answers in a shape that is not known", "Check the table [fetch]")
    raise InputError("fetch", [fault])
