"""One meaning of OpenStreetMap tags, whatever file they come in.

**What counts as a camera.** An element with ``man_made=surveillance``, or, in the older scheme,
with ``surveillance=*`` or ``camera=*`` beside it. Not a camera: ``surveillance:type`` that names no
camera or ALPR (guards, microphones; ``camera;ALPR`` names both); ``man_made=surveillance`` on a
node that is itself a ``building`` and says nothing of a camera. Cameras indoors
(``surveillance=indoor`` or
``indoor=yes``) see no street. Both are left out and counted. Where no element carries
those tags and none is a street, a building or the like, a query has chosen the elements, and all
are cameras.

**Lifecycle.** ``disused=yes``, ``disused:man_made=surveillance`` and their like (abandoned,
removed, proposed, planned, construction …), ``fake=yes``, ``surveillance:type=dummy`` and an
``end_date`` mean that no camera works there: left out and counted.

**Owner.** ``operator:type`` or ``ownership`` decides. Without them, ``surveillance:zone`` of
``town`` or ``traffic`` on a camera of a public area (``surveillance=public``) reads as public, and
a zone of ``shop``, ``bank``, ``atm`` or ``fuel`` as private. ``surveillance=public`` alone says
what is watched, not who watches: unknown stays unknown.

**Directions** count from true north. ``camera:direction`` goes before ``direction``.
``camera:angle`` is tilt to some programs and field of view to others: it is kept as
``camera_angle_raw`` and used for nothing. ``count`` says how many cameras stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage_model.base.crs import GEOGRAPHIC_CRS, source_crs
from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.dictionary import words
from coverage_model.reading.directions import parse_directions
from coverage_model.reading.osm_elements import Element
from coverage_model.reading.parse import is_blank
from coverage_model.reading.source import Source

PUBLIC_OPERATORS = frozenset(
    {"public", "government", "police", "council", "local_authority", "municipal", "county", "state",
     "national", "military"}
)  # fmt: skip
PRIVATE_OPERATORS = frozenset(
    {"private", "business", "commercial", "company", "private_for_profit", "private_non_profit",
     "ngo", "religious", "community", "cooperative"}
)  # fmt: skip
PUBLIC_ZONES = frozenset({"town", "traffic"})
PRIVATE_ZONES = frozenset({"shop", "bank", "atm", "fuel"})
_CAMERA_TAGS = ("camera", "camera:type", "camera:direction", "camera:mount", "surveillance:type")
_CAMERA_KINDS = frozenset({"camera", "alpr", "anpr", "lpr"})
_DUMMIES = frozenset({"dummy", "fake"})
# https://wiki.openstreetmap.org/wiki/Lifecycle_prefix
_LIFECYCLES = (
    "disused", "abandoned", "removed", "demolished", "destroyed", "dismantled", "razed", "was",
    "historic", "proposed", "planned", "construction",
)  # fmt: skip
_NO = frozenset({"", "no", "false", "0"})
# Every key that can make an element surveillance: to sift large files by.
SURVEILLANCE_KEYS = (
    "man_made", "surveillance", "camera", *(f"{prefix}:man_made" for prefix in _LIFECYCLES)
)  # fmt: skip
# What an element is, where it is not a camera: one of these and nobody's query for cameras.
_OTHER_FEATURES = frozenset(
    {"highway", "building", "amenity", "shop", "barrier", "natural", "railway", "power", "landuse",
     "place", "leisure", "entrance", "tourism", "waterway", "emergency", "public_transport"}
)  # fmt: skip


def cameras_of_elements(
    path: Path,
    elements: Iterable[Element],
    *,
    chosen_by_query: bool,
    places: gpd.GeoSeries | None = None,
) -> Source:
    """Turn elements into the rows of a camera source, by the rules in the module's docstring.

    Parameters
    ----------
    path
        The file, to name in an error.
    elements
        All tagged elements of the source.
    chosen_by_query
        True where the source is the answer to a query, so that elements without any tag of a
        camera are cameras all the same.
    places
        Points of the elements, in order, where the source has them as geometry; else their own
        longitude and latitude are taken.
    """
    everything = list(elements)
    tagged = np.array([is_surveillance(each.tags) for each in everything], dtype=bool)
    notes = Notes()
    if not tagged.any() and everything and (chosen_by_query or _only_cameras(everything)):
        tagged[:] = True
        notes.add(
            "untagged_elements",
            "No element says that it is a camera; the query that chose them is trusted",
            count=len(tagged),
        )
    if not tagged.any():
        fault = Fault(
            "no node is tagged as a surveillance camera",
            "Export an extract that holds man_made=surveillance",
        )
        raise InputError(path, [fault])
    chosen = [each for each, wanted in zip(everything, tagged, strict=True) if wanted]
    geometry = _places(chosen) if places is None else places[tagged].reset_index(drop=True)
    source = Source(
        pd.DataFrame([_row(each) for each in chosen]),
        [f"{each.kind} {each.osm_id}" for each in chosen],
        geometry,
        source_crs(GEOGRAPHIC_CRS if places is None else places.crs),
        named=True,
        crowd_sourced=True,
        notes=notes,
        rows_read=len(chosen),
    )
    return source.keep(_in_use_outdoors(source, chosen))


def _in_use_outdoors(source: Source, chosen: list[Element]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which elements are working cameras that see a street; the others are counted."""
    ids, notes = source.rows["camera_id"].to_numpy(), source.notes
    retired = np.array([is_retired(each.tags) for each in chosen], dtype=bool)
    is_camera = np.array([_is_camera(each.tags) for each in chosen], dtype=bool) | retired
    indoor = np.array(
        [
            _said(each.tags, "surveillance") == "indoor" or _said(each.tags, "indoor") == "yes"
            for each in chosen
        ],
        dtype=bool,
    )
    indoor &= is_camera & ~retired
    notes.add(
        "not_a_camera",
        "Surveillance that is no camera (guards, sensors, bare buildings) was left out",
        rows=ids[~is_camera],
    )
    notes.add("retired", RETIRED, rows=ids[retired])
    notes.add("indoor", "Indoor cameras see no street and were left out", rows=ids[indoor])
    wanted = is_camera & ~retired & ~indoor
    differ = np.array([_directions_differ(each.tags) for each in chosen], dtype=bool)
    notes.add(
        "direction_conflict",
        "camera:direction and direction differ; camera:direction was taken",
        rows=ids[wanted & differ],
    )
    return wanted


RETIRED = (
    "Cameras that are no longer or not yet in use (disused, removed, proposed, fake, ended) were "
    "left out"
)


def is_retired(tags: Mapping[str, str]) -> bool:
    """Whether tags say that no camera works there, by the module's rule for lifecycle.

    Examples
    --------
    >>> is_retired({"disused": "yes"}), is_retired({"end_date": "2019-05"}), is_retired({})
    (True, True, False)
    """
    if _kinds(tags) & _DUMMIES or _said(tags, "fake") not in _NO:
        return True
    if not is_blank(tags.get("end_date")):
        return True
    for prefix in _LIFECYCLES:
        if prefix != "historic" and _said(tags, prefix) not in _NO:
            return True
        if f"{prefix}:man_made" in tags or f"{prefix}:surveillance" in tags:
            return True
    return False


def ownership_of(tags: Mapping[str, str]) -> str:
    """Who owns a camera, by the rule in the module's docstring.

    Examples
    --------
    >>> ownership_of({"operator:type": "public"}), ownership_of({"surveillance": "public"})
    ('public', 'unknown')
    """
    for key in ("operator:type", "ownership"):
        said = _said(tags, key)
        if said in PUBLIC_OPERATORS:
            return "public"
        if said in PRIVATE_OPERATORS:
            return "private"
    zone = _said(tags, "surveillance:zone")
    if zone in PUBLIC_ZONES and _said(tags, "surveillance") == "public":
        return "public"
    return "private" if zone in PRIVATE_ZONES else "unknown"


def camera_type_of(tags: Mapping[str, str]) -> str:
    """Kind of a camera; what turns or looks all round goes before number-plate reading.

    A kind that is not known comes back as it is written, to be counted by its reader.

    Examples
    --------
    >>> camera_type_of({"camera:type": "panning"}), camera_type_of({"surveillance:type": "ALPR"})
    ('ptz', 'anpr')
    """
    said = (tags.get("camera:type") or tags.get("camera") or "").strip()
    kind = said.lower()
    if "dome" in kind:
        return "dome"
    if {"panning", "ptz"} & set(kind.split(";")):
        return "ptz"
    if _kinds(tags) & {"alpr", "anpr", "lpr"}:
        return "anpr"
    if kind in {"", "yes"}:
        return "unknown"
    return words("camera_type").read(said) or said


def _said(tags: Mapping[str, str], key: str) -> str:
    return str(tags.get(key, "")).strip().lower()


def _kinds(tags: Mapping[str, str]) -> set[str]:
    return {part.strip() for part in _said(tags, "surveillance:type").split(";")}


def is_surveillance(tags: Mapping[str, str]) -> bool:
    """Whether tags speak of surveillance at all, working or not."""
    return (
        tags.get("man_made") == "surveillance"
        or "surveillance" in tags
        or ("camera" in tags and "surveillance:type" in tags)
        or any(tags.get(f"{prefix}:man_made") == "surveillance" for prefix in _LIFECYCLES)
    )


def _is_camera(tags: Mapping[str, str]) -> bool:
    if "surveillance:type" in tags and not _kinds(tags) & _CAMERA_KINDS:
        return False
    bare_building = tags.get("building", "no") != "no" and "surveillance" not in tags
    return not bare_building or any(key in tags for key in _CAMERA_TAGS)


def _only_cameras(elements: list[Element]) -> bool:
    """Whether elements are a choice of cameras: some look somewhere, none is a street or shop."""
    looks = any("camera:direction" in each.tags or "direction" in each.tags for each in elements)
    return looks and not any(_OTHER_FEATURES & each.tags.keys() for each in elements)


def _row(element: Element) -> dict[str, Any]:
    tags = element.tags
    kind = element.kind
    return {
        "camera_id": element.osm_id if kind == "node" else f"{kind}/{element.osm_id}",
        "ownership": ownership_of(tags),
        "operator": tags.get("operator"),
        "camera_type": camera_type_of(tags),
        "azimuth": _direction(tags),
        "mount_height": tags.get("camera:height") or tags.get("height"),
        "count": tags.get("count"),
        "camera_angle_raw": tags.get("camera:angle"),
    }


def _direction(tags: Mapping[str, str]) -> str | None:
    special, general = tags.get("camera:direction"), tags.get("direction")
    return general if is_blank(special) and not is_blank(general) else special


def _directions_differ(tags: Mapping[str, str]) -> bool:
    special, general = tags.get("camera:direction"), tags.get("direction")
    if is_blank(special) or is_blank(general):
        return False
    return parse_directions(special).headings != parse_directions(general).headings


def _places(elements: list[Element]) -> gpd.GeoSeries:
    lon = pd.to_numeric(pd.Series([each.lon for each in elements], dtype=object), errors="coerce")
    lat = pd.to_numeric(pd.Series([each.lat for each in elements], dtype=object), errors="coerce")
    return gpd.GeoSeries.from_xy(lon.astype(float), lat.astype(float), crs=GEOGRAPHIC_CRS)
