"""OSM tags in layers and tables: GeoJSON of overpass turbo, GDAL's ``other_tags``, CSV exports.

A layer whose columns are OSM keys is read by the same rule as an Overpass answer
(:mod:`coverage_model.reading.osm_tags`), so that the container makes no difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.base.crs import GEOGRAPHIC_CRS
from coverage_model.reading.columns import meaning
from coverage_model.reading.osm_elements import Element
from coverage_model.reading.osm_tags import cameras_of_elements
from coverage_model.reading.parse import is_blank
from coverage_model.reading.profile import normalise
from coverage_model.reading.source import Source

_KEYS = (
    "man_made", "surveillance", "surveillance:type", "surveillance:zone", "camera", "camera:type",
    "camera:direction", "camera:mount", "camera:height", "camera:angle", "direction", "operator",
    "operator:type", "ownership", "height", "count", "end_date", "disused", "abandoned", "proposed",
    "fake", "building", "disused:man_made",
)  # fmt: skip
_TAG_COLUMNS = ("other_tags", "tags", "all_tags")
_ID_COLUMNS = ("@id", "id", "osm_id", "full_id", "osm_way_id", "fid")
_SPECIAL = re.compile(r"^(?:camera|surveillance|(?:disused|abandoned|proposed|removed):)\w*:\w+$")
_HSTORE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*"((?:[^"\\]|\\.)*)"')
_DBF_NAME_LENGTH = 10
# A Shapefile cuts all three to the same ten letters; their values tell them apart.
_CUT_ALIKE = re.compile(r"surveill(?:an|_\d)", re.IGNORECASE)
_VALUES = {
    "surveillance:type": {"camera", "alpr", "anpr", "guard", "gunshot_detector"},
    "surveillance": {"public", "outdoor", "indoor", "webcam", "traffic"},
    "surveillance:zone": {"town", "parking", "traffic", "shop", "bank", "building", "entrance"},
}


def from_layer(source: Source, path: Path) -> Source | None:
    """Read a layer or table of OSM elements as cameras; None where its columns are not OSM's.

    Parameters
    ----------
    source
        Rows of any container, as they are.
    path
        The file, to name in an error.
    """
    names = [str(name) for name in source.rows]
    if source.named or not _is_osm(source.rows, names):
        return None
    tags = _tags(source.rows, names)
    kinds, ids = _identities(source.rows, names, source.labels)
    lon, lat = [None] * len(tags), [None] * len(tags)
    places = None
    if source.geometry is not None:
        places = _centres(source.geometry)
    else:
        found = {
            each.field: name for name in names if (each := meaning(name.lstrip("@"))) is not None
        }
        if not {"longitude", "latitude"} <= found.keys():
            return None
        lon, lat = (source.rows[found[axis]].tolist() for axis in ("longitude", "latitude"))
    elements = [
        Element(kind, osm_id, x, y, each)
        for kind, osm_id, x, y, each in zip(kinds, ids, lon, lat, tags, strict=True)
    ]
    read = cameras_of_elements(path, elements, chosen_by_query=False, places=places)
    read.notes.found[:0] = source.notes.found
    return read


def _is_osm(rows: pd.DataFrame, names: list[str]) -> bool:
    if any(_SPECIAL.match(name) for name in names) or "other_tags" in names:
        return True
    if "man_made" in names and (rows["man_made"] == "surveillance").any():
        return True
    for name in {"tags", "all_tags"} & set(names):
        first = next((cell for cell in rows[name] if not is_blank_cell(cell)), None)
        if first is not None and _tags_of(first) is not None:
            return True
    return False


def is_blank_cell(cell: Any) -> bool:
    """Whether a cell is empty; a mapping is not."""
    return not isinstance(cell, (dict, list)) and is_blank(cell)


def _tags(rows: pd.DataFrame, names: list[str]) -> list[dict[str, str]]:
    """Tags of each row: from columns that are keys, and from columns that hold many."""
    found: list[dict[str, str]] = [{} for _ in range(len(rows))]
    keys = _keys_of(rows, names)
    for name, key in keys.items():
        for tags, cell in zip(found, rows[name].tolist(), strict=True):
            if cell is not None and cell == cell and str(cell).strip():  # noqa: PLR0124 (NaN)
                tags[key] = _text(cell)
    for name in _TAG_COLUMNS:
        if name in names:
            for tags, cell in zip(found, rows[name].tolist(), strict=True):
                tags.update(_tags_of(cell) or {})
    return found


def _keys_of(rows: pd.DataFrame, names: list[str]) -> dict[str, str]:
    """Find the key that each column holds, also where a database or a Shapefile changed it."""
    by_form = {normalise(key): key for key in _KEYS}
    cut: dict[str, list[str]] = {}
    for key in _KEYS:
        cut.setdefault(normalise(key)[:_DBF_NAME_LENGTH], []).append(key)
    keys: dict[str, str] = {}
    for name in names:
        if name in {*_TAG_COLUMNS, *_ID_COLUMNS, "type", "@type"}:
            continue
        if _CUT_ALIKE.fullmatch(name):
            said = {str(cell).strip().lower() for cell in rows[name].dropna().unique()}
            likest = max(_VALUES, key=lambda key: len(_VALUES[key] & said))
            keys[name] = likest
            continue
        short = cut.get(normalise(name), []) if len(name) == _DBF_NAME_LENGTH else []
        keys[name] = by_form.get(normalise(name), short[0] if len(short) == 1 else name)
    return keys


def _text(cell: Any) -> str:
    """Text of a cell: a whole number without its decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _tags_of(cell: Any) -> dict[str, str] | None:
    """Tags from one cell: a mapping, JSON, or GDAL's hstore; None where it is none of these."""
    if isinstance(cell, Mapping):
        return {str(key): _text(value) for key, value in cell.items() if value is not None}
    text = str(cell).strip()
    if text.startswith("{"):
        try:
            content = json.loads(text)
        except ValueError:
            return None
        return _tags_of(content) if isinstance(content, dict) else None
    found = _HSTORE.findall(text)
    unescaped = {_plain(key): _plain(value) for key, value in found}
    return unescaped or None


def tags_in_cells(cells: pd.Series, keys: Sequence[str]) -> pd.DataFrame:
    """Columns of the keys that cells such as GDAL's ``other_tags`` hold; None where not given.

    Examples
    --------
    >>> cells = pd.Series(['"height"=>"12","building:levels"=>"4"', None])
    >>> tags_in_cells(cells, ["height"])["height"].tolist()
    ['12', None]
    """
    tags = [{} if is_blank_cell(cell) else _tags_of(cell) or {} for cell in cells.tolist()]
    return pd.DataFrame(
        {key: pd.Series([each.get(key) for each in tags], dtype=object) for key in keys},
        index=cells.index,
    )


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _identities(
    rows: pd.DataFrame, names: list[str], labels: list[str]
) -> tuple[list[str], list[str]]:
    """Kind and number of each element: ``node/42``, or a column of numbers and one of types."""
    column = next(
        (name for name in _ID_COLUMNS if name in names and rows[name].notna().any()), None
    )
    if column is None:
        return ["node"] * len(labels), [label.replace(" ", "-") for label in labels]
    types = next((name for name in ("@type", "type", "osm_type") if name in names), None)
    said = rows[types].astype(str).tolist() if types else [""] * len(rows)
    kinds, ids = [], []
    for cell, kind, label in zip(rows[column].tolist(), said, labels, strict=True):
        text = label.replace(" ", "-") if is_blank_cell(cell) else _text(cell)
        whole = re.fullmatch(r"(node|way|relation|n|w|r)/?(\d+)", text)
        if whole:
            kinds.append({"n": "node", "w": "way", "r": "relation"}[whole[1][0]])
            ids.append(whole[2])
        else:
            kinds.append(kind if kind in {"way", "relation"} else "node")
            ids.append(text)
    return kinds, ids


def _centres(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Points as they are; of ways and areas the middle of their box, as Overpass' `out center`."""
    values = np.asarray(geometry.array)
    other = ~shapely.is_missing(values) & (shapely.get_type_id(values) != 0)
    if other.any():
        values = values.copy()
        west, south, east, north = shapely.bounds(values[other]).T
        values[other] = shapely.points((west + east) / 2, (south + north) / 2)
    crs = geometry.crs if geometry.crs is not None else GEOGRAPHIC_CRS
    return gpd.GeoSeries(values, crs=crs).reset_index(drop=True)
