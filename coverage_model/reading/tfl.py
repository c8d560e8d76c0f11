"""Transport for London's traffic cameras (JamCams): the API's list of places, and GeoJSON.

``view`` is free text (``ZOOM WEST-The Grove``; ``North Greenwich Station`` is a place, not a
heading), so no heading is read from it: a JamCam has reach, not a view. They are public and run by
Transport for London. One that is marked as not available still stands there: it is kept, and
counted.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage_model.base.crs import GEOGRAPHIC_CRS, source_crs
from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.source import (
    Source,
    row_labels,
    text_coordinates_fault,
    unreadable,
)
from coverage_model.reading.tables import no_layers

OPERATOR = "Transport for London"
_ID_PREFIX = "JamCams_"


def read_jamcams(path: Path, layer: str | None = None) -> Source:
    """Read JamCams from the API's JSON (``Place`` objects) or from GeoJSON."""
    no_layers(path, layer)
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as error:
        raise unreadable(path, error, title="JSON") from error
    if isinstance(content, dict) and "features" in content:
        records = [_from_feature(each) for each in content["features"]]
    else:
        places = content.get("places", []) if isinstance(content, dict) else content
        records = [_from_place(each) for each in places]
    if not records:
        raise InputError(path, [Fault("it holds no camera", "Export it again")])
    frame = pd.DataFrame(records)
    text = [row for row, each in enumerate(records) if isinstance(each["lon"], str)]
    if text:
        raise InputError(path, [text_coordinates_fault([f"feature {row + 1}" for row in text])])
    lon = pd.to_numeric(frame.pop("lon"), errors="coerce").astype(float)
    lat = pd.to_numeric(frame.pop("lat"), errors="coerce").astype(float)
    available = frame.pop("available").astype(str).str.lower()
    notes = Notes()
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
    properties = feature.get("properties") or {}
    coordinates = (feature.get("geometry") or {}).get("coordinates") or [None, None]
    given = properties.get("id") or feature.get("id")
    return {
        "camera_id": _camera_id(given, properties.get("imageUrl")),
        "available": properties.get("available"),
        "lon": coordinates[0],
        "lat": coordinates[1],
    }


def _from_place(place: dict[str, Any]) -> dict[str, Any]:
    listed = place.get("additionalProperties") or []
    extra = {each.get("key"): each.get("value") for each in listed if isinstance(each, dict)}
    return {
        "camera_id": _camera_id(place.get("id"), extra.get("imageUrl")),
        "available": extra.get("available"),
        "lon": place.get("lon"),
        "lat": place.get("lat"),
    }


def _camera_id(given: Any, image_url: Any) -> str:
    """TfL's own id; the name of the camera's picture where the export has dropped the id."""
    if given is not None:
        return str(given).removeprefix(_ID_PREFIX)
    return Path(str(image_url)).stem if image_url else ""
