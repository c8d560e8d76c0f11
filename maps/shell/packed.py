"""Many polygons as one packed block that the browser draws on one canvas.

A block holds whole numbers only: vertices as differences from the one before, in pixels of the web
map at zoom 20 (9 cm in London), split into streams of one type, gzipped and written as base64.
A hundred thousand view cones take about 6 MB this way, where GeoJSON takes 50 MB. The decoder is
``assets/packed.js``; what a reader sees of a polygon comes along as text, formatted here.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base.crs import to_crs
from maps.shell.offline import data_block

ZOOM = 20
WORLD_PX = 256 * 2**ZOOM
MARKS_FROM_ZOOM = 15
"""Marks are drawn from the zoom where neighbours on one junction part."""
CODING: dict[str, Any] = {
    "i2": np.int16,
    "i4": np.int32,
    "u1": np.uint8,
    "u2": np.uint16,
    "u4": np.uint32,
}


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of polygon in a packed layer.

    Parameters
    ----------
    key
        Its value in the category column, and the name of its switch in the legend.
    fill, line
        Colours; an empty fill draws the outline only.
    alpha
        Opacity of the fill, 0 to 1.
    dashed
        Whether the outline is dashed.
    on
        Whether it shows at first.
    """

    key: str
    fill: str
    line: str
    alpha: float = 0.5
    dashed: bool = False
    on: bool = True


@dataclass(frozen=True, slots=True)
class PackedLayer:
    """A packed block with what the browser needs to draw it.

    Parameters
    ----------
    name
        Name of the layer, unique in a page.
    meta
        Layout of the block, for the decoder.
    block, attributes
        Base64 of the gzipped geometry and of the gzipped texts.
    """

    name: str
    meta: Mapping[str, Any]
    block: str
    attributes: str

    def html(self) -> str:
        """Return the two data blocks of the layer."""
        kind = "application/octet-stream"
        return data_block(f"pack-{self.name}", self.block, media_type=kind) + data_block(
            f"pack-{self.name}-texts", self.attributes, media_type=kind
        )


def base64_gzip(data: bytes) -> str:
    """Return bytes gzipped and as base64, the same for the same bytes."""
    return base64.b64encode(gzip.compress(data, compresslevel=9, mtime=0)).decode("ascii")


EQUATOR_M = 2 * np.pi * 6_378_137.0
"""Round the sphere of the web map (EPSG:3857)."""


def world_pixels(lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return whole pixels of the web map at zoom 20.

    Parameters
    ----------
    lonlat
        Degrees, shape (n, 2).

    Returns
    -------
    ndarray
        x to the right and y downwards, shape (n, 2).

    Examples
    --------
    >>> world_pixels(np.array([[0.0, 0.0]])).tolist()
    [[134217728, 134217728]]
    """
    x = lonlat[:, 0] / 360.0 + 0.5
    y = 0.5 - np.arctanh(np.sin(np.radians(lonlat[:, 1]))) / (2 * np.pi)
    return np.rint(np.column_stack([x, y]) * WORLD_PX).astype(np.int64)


def pack_streams(
    streams: Mapping[str, tuple[NDArray[Any], Sequence[str]]],
) -> tuple[dict[str, list[str | int]], str]:
    """Pack arrays of whole numbers into one block.

    Parameters
    ----------
    streams
        By name: the values, and the codings to choose from, smallest first (keys of
        :data:`CODING`).

    Returns
    -------
    layout, block
        Coding, offset and length of each stream, which the decoder reads; base64 of the gzipped
        block.

    Raises
    ------
    ValueError
        If values fit none of their codings.

    Examples
    --------
    >>> pack_streams({"a": (np.array([1, 2]), ("u1",)), "b": (np.array([-300]), ("i2",))})[0]
    {'a': ['u1', 0, 2], 'b': ['i2', 4, 1]}
    """
    layout: dict[str, list[str | int]] = {}
    parts: list[bytes] = []
    length = 0
    for stream, (values, codings) in streams.items():
        coding, data = _smallest(np.asarray(values, dtype=np.int64), codings)
        padding = b"\0" * (-length % 4)
        layout[stream] = [
            coding,
            length + len(padding),
            len(data) // np.dtype(CODING[coding]).itemsize,
        ]
        parts += [padding, data]
        length += len(padding) + len(data)
    return layout, base64_gzip(b"".join(parts))


def _smallest(values: NDArray[np.int64], codings: Sequence[str]) -> tuple[str, bytes]:
    """Return the first of the codings that holds all values, and the values in it."""
    for coding in codings:
        limits = np.iinfo(CODING[coding])
        if values.size == 0 or (values.min() >= limits.min and values.max() <= limits.max):
            return coding, values.astype(np.dtype(CODING[coding]).newbyteorder("<")).tobytes()
    raise ValueError(f"values from {values.min()} to {values.max()} fit none of {codings}")


def pack(
    name: str,
    frame: gpd.GeoDataFrame,
    *,
    category: pd.Series,
    categories: Sequence[Category],
    texts: Mapping[str, Sequence[str]],
    min_zoom: float,
    simplify_m: float = 0.25,
    quiet: bool = False,
    closed: bool = True,
    marks: gpd.GeoDataFrame | None = None,
    near_m: pd.Series | None = None,
    wide_deg: pd.Series | None = None,
    reach_m: pd.DataFrame | None = None,
) -> PackedLayer:
    """Pack the polygons (or lines) of a frame.

    Parameters
    ----------
    name
        Name of the layer, unique in a page; letters only.
    frame
        Polygons or multipolygons (lines or multilines if not ``closed``) in a projected CRS in
        metres. Empty ones are not drawn.
    category
        Category key of each row, with the frame's index.
    categories
        The categories, in the order they are painted.
    texts
        What a reader sees on clicking a polygon: a label, and a text for each row.
    min_zoom
        The layer shows from this zoom on.
    simplify_m
        Outlines are drawn to this tolerance in metres.
    quiet
        Whether a click goes through them: ground to see other layers on.
    closed
        Whether the shapes are polygons.
    marks
        A mark for each row, drawn at high zoom: points with ``azimuth_deg`` (empty for none) and
        the frame's index, in the same CRS. Rows with empty shapes then stay, for their mark.
    near_m, wide_deg
        With marks: where each shape begins, and its angle; the ground before it is drawn lightly.
    reach_m
        With marks: how far each shape reaches in each of several variants, to cut it to one.

    Returns
    -------
    PackedLayer
        The block.

    Raises
    ------
    ValueError
        If a row's category is not among the categories.
    """
    number = {each.key: place for place, each in enumerate(categories)}
    codes = category.map(number).fillna(-1).to_numpy(dtype=np.int64)
    if (codes < 0).any():
        unknown = sorted(set(category[codes < 0].astype(str)))
        raise ValueError(f"categories without a style: {unknown}")
    drawn = shapely.simplify(frame.geometry.to_numpy(), simplify_m)
    empty = shapely.is_missing(drawn) | shapely.is_empty(drawn)
    if marks is not None:  # a camera that sees nothing is still there
        drawn[empty] = shapely.Polygon()
        empty[:] = False
    keep = np.flatnonzero(~empty)
    shapes = gpd.GeoSeries(drawn[keep], crs=frame.crs)
    # Neighbours beside each other make small differences; categories keep their painting order.
    near = shapes if marks is None else marks.geometry.iloc[keep]  # empty shapes have no place
    distance = near.hilbert_distance().to_numpy() if len(near) else np.zeros(0)
    order = np.lexsort((distance, codes[keep])) if len(keep) else np.zeros(0, dtype=np.int64)
    keep, shapes = keep[order], shapes.iloc[order]
    geographic, _ = to_crs(shapes.to_frame("geometry"), "EPSG:4326")
    paths, feature = _paths(geographic.geometry.to_numpy(), closed=closed)
    streams, vertices = _path_streams(paths, feature, features=len(keep), closed=closed)
    streams["category"] = (codes[keep], ("u1",))
    if marks is not None:
        streams |= _mark_streams(marks, keep)
        points = marks.geometry.iloc[keep]
        if near_m is not None and wide_deg is not None:
            streams["near"] = (_pixels(near_m.iloc[keep], points), ("u2", "u4"))
            streams["wide"] = (np.rint(wide_deg.iloc[keep].fillna(0)).astype(np.int64), ("u2",))
        for place, far in enumerate(() if reach_m is None else reach_m.items()):
            streams[f"far_{place}"] = (_pixels(far[1].iloc[keep], points), ("u2", "u4"))
    layout, block = pack_streams(streams)
    columns = {
        label: np.asarray(values, dtype=object)[keep].tolist() for label, values in texts.items()
    }
    meta = {
        "features": len(keep),
        "vertices": vertices,
        "closed": closed,
        "zoom": ZOOM,
        "minZoom": min_zoom,
        "quiet": quiet,
        "variants": [] if reach_m is None else [str(name) for name in reach_m],
        "marksFrom": MARKS_FROM_ZOOM,
        "layout": layout,
        "categories": [
            {
                "key": each.key,
                "fill": each.fill,
                "line": each.line,
                "alpha": each.alpha,
                "dashed": each.dashed,
                "on": each.on,
            }
            for each in categories
        ],
    }
    document = json.dumps(columns, ensure_ascii=False).encode()
    return PackedLayer(name, meta, block, base64_gzip(document))


def _paths(
    shapes: NDArray[np.object_], *, closed: bool
) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Return rings or lines, and the feature that each is of."""
    parts, feature = shapely.get_parts(
        shapely.orient_polygons(shapes) if closed else shapes, return_index=True
    )
    if not closed:
        return parts, feature
    rings, polygon = shapely.get_rings(parts, return_index=True)
    return rings, feature[polygon]


def _path_streams(
    paths: NDArray[np.object_], feature: NDArray[np.intp], *, features: int, closed: bool
) -> tuple[dict[str, tuple[NDArray[Any], Sequence[str]]], int]:
    """Return the streams of rings or lines, and how many vertices they hold."""
    lonlat, path = shapely.get_coordinates(paths, return_index=True)
    sizes = np.bincount(path, minlength=len(paths)).astype(np.int64)
    kept = np.ones(len(lonlat), dtype=bool)
    if closed:
        kept[np.cumsum(sizes) - 1] = False  # the closing vertex repeats the first
        sizes = sizes - 1
    pixels = world_pixels(lonlat[kept])
    starts = np.cumsum(sizes) - sizes
    origin = np.zeros((1, 2), dtype=np.int64)
    steps = np.diff(pixels, axis=0, prepend=origin)
    firsts = np.diff(pixels[starts], axis=0, prepend=origin)
    inner = np.ones(len(pixels), dtype=bool)
    inner[starts] = False
    streams: dict[str, tuple[NDArray[Any], Sequence[str]]] = {
        "ring_first_x": (firsts[:, 0], ("i4",)),
        "ring_first_y": (firsts[:, 1], ("i4",)),
        "ring_size": (sizes, ("u2", "u4")),
        "rings": (np.bincount(feature, minlength=features).astype(np.int64), ("u2", "u4")),
        "step_x": (steps[inner, 0], ("i2", "i4")),
        "step_y": (steps[inner, 1], ("i2", "i4")),
    }
    return streams, len(pixels)


def _pixels(metres: pd.Series, points: gpd.GeoSeries) -> NDArray[np.int64]:
    """Return lengths as whole pixels of the web map, which is larger away from the equator."""
    geographic, _ = to_crs(points.to_frame("geometry"), "EPSG:4326")
    stretch = 1 / np.cos(np.radians(shapely.get_y(geographic.geometry.to_numpy())))
    lengths = np.nan_to_num(metres.to_numpy(dtype=float)) * stretch * WORLD_PX / EQUATOR_M
    return np.asarray(np.rint(lengths).astype(np.int64))


NO_AZIMUTH = 360
"""What stands for a mark without a heading."""


def _mark_streams(
    marks: gpd.GeoDataFrame, keep: NDArray[np.int64]
) -> dict[str, tuple[NDArray[Any], Sequence[str]]]:
    """Return places and headings of marks; headings clockwise from the map's own north."""
    points = marks.geometry.iloc[keep]
    azimuth = marks["azimuth_deg"].to_numpy(dtype=float)[keep]
    bearing = np.radians(np.nan_to_num(azimuth))
    ahead = shapely.points(
        points.x.to_numpy() + 10 * np.sin(bearing), points.y.to_numpy() + 10 * np.cos(bearing)
    )
    both = gpd.GeoDataFrame(geometry=[*points, *ahead], crs=marks.crs)
    geographic, _ = to_crs(both, "EPSG:4326")
    pixels = world_pixels(shapely.get_coordinates(geographic.geometry.to_numpy()))
    at, forward = pixels[: len(keep)], pixels[len(keep) :] - pixels[: len(keep)]
    turned = np.rint(np.degrees(np.arctan2(forward[:, 0], -forward[:, 1]))) % 360
    steps = np.diff(at, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return {
        "mark_x": (steps[:, 0], ("i4",)),
        "mark_y": (steps[:, 1], ("i4",)),
        "mark_azimuth": (np.where(np.isnan(azimuth), NO_AZIMUTH, turned), ("u2",)),
    }
