"""Transport for London's traffic cameras (JamCams): the API's list of places, and GeoJSON.

``view`` is free text (``ZOOM WEST-The Grove``; ``North Greenwich Station`` is a place, not a
heading), so no heading is read from it: a JamCam has reach, not a view. They are public and run by
Transport for London. One that is marked as not available still stands there: it is kept, and
counted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage_model.base.crs import GEOGRAPHIC_CRS, source_crs
from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.source import (
    Source,
    no_layers,
    row_labels,
    text_coordinates_fault,
)
from coverage_model.reading.text import read_json

OPERATOR = "Transport for London"
_ID_PREFIX = "JamCams_"


def read_jamcams(path: Path, layer: str | None = None) -> Source:
    """Read JamCams from the API's JSON (``Place`` objects) or from GeoJSON."""
    no_layers(path, layer)
    notes = Notes()
    content = read_json(path, notes)
    from_place = not (isinstance(content, dict) and "features" in content)
    key = "places" if from_place else "features"
    listed = content.get(key) if isinstance(content, dict) else content
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        fault = Fault("its cameras are not a list of records", "Export it again")
        raise InputError(path, [fault])
    records = [_from_place(each) if from_place else _from_feature(each) for each in listed]
    if not records:
        raise InputError(path, [Fault("it holds no camera", "Export it again")])
    frame = pd.DataFrame(records)
    text = [row for row, each in enumerate(records) if isinstance(each["lon"], str)]
    if text:
        raise InputError(path, [text_coordinates_fault([f"feature {row + 1}" for row in text])])
    lon = pd.to_numeric(frame.pop("lon"), errors="coerce").astype(float)
    lat = pd.to_numeric(frame.pop("lat"), errors="coerce").astype(float)
    available = frame.pop("available").astype(str).str.lower()
    notes.add(
        "not_available",
        "Cameras marked as not available at the time of the export were kept",
        rows=frame["camera_id"][available == "false"],
    )
    return Source(
        frame.assign(ownership="public", operator=OPERATOR, camera_type="unknown"),
        row_labels(len(frame)),
        gpd.GeoSeries.from_xy(lon, lat, crs=GEOGRAPHIC_CRS),
        source_crs(GEOGRAPHIC_CRS),
        named=True,
        notes=notes,
    )


def _from_feature(feature: dict[str, Any]) -> dict[str, Any]:
    properties = _record(feature.get("properties"))
    coordinates = _record(feature.get("geometry")).get("coordinates")
    given = properties.get("id") or feature.get("id")
    place = coordinates if isinstance(coordinates, list) and len(coordinates) > 1 else [None, None]
    return {
        "camera_id": _camera_id(given, properties.get("imageUrl")),
        "available": properties.get("available"),
        "lon": _number(place[0]),
        "lat": _number(place[1]),
    }


def _from_place(place: dict[str, Any]) -> dict[str, Any]:
    listed = place.get("additionalProperties")
    extra = {
        str(each.get("key")): each.get("value")
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict)
    }
    return {
        "camera_id": _camera_id(place.get("id"), extra.get("imageUrl")),
        "available": extra.get("available"),
        "lon": _number(place.get("lon")),
        "lat": _number(place.get("lat")),
    }


def _record(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> Any:
    """Give a coordinate as it is, if it is a number, or text that a fault will name; else none."""
    return value if isinstance(value, int | float | str) and not isinstance(value, bool) else None


def _camera_id(given: Any, image_url: Any) -> str:
    """TfL's own id; the name of the camera's picture where the export has dropped the id."""
    if given is not None:
        return str(given).removeprefix(_ID_PREFIX)
    return Path(str(image_url)).stem if image_url else ""
