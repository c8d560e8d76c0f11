"""Depth of coverage as pictures over the map: a switch each for one, two, and three or more.

A web map is in spherical Mercator (EPSG:3857) and the depth raster in a national grid, which is
turned against it (1.5° in London) and stretched. Each pixel of the picture takes the cell that its
centre falls in. The pictures are PNG files of one bit a pixel.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass

import folium
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageColor

from coverage_model.base.crs import to_crs
from coverage_model.cover.raster import DepthRaster
from maps.shell import palettes
from maps.shell.legends import LegendItem
from maps.shell.page import LegendBlock

MERCATOR = "EPSG:3857"  # of web maps
EARTH_RADIUS_M = 6_378_137.0  # of the sphere that they are drawn on
MAX_PIXELS = 10_000_000
"""A picture takes four bytes a pixel in the browser, and three of them may be on."""

CONTROL_PX = 64
"""The exact transformation is worked out at every 64th pixel; between them it is linear to well
below a tenth of a metre at any cell size in use."""

PIXELS_A_CELL = 2
"""Pixels along the side of a cell, where there is room. With one, the picture of a neighbourhood
could lie half a cell off, as the two grids slowly run out of step."""

PANE = "depth"
DEPTHS = (
    ("depth_1", "one camera", "depth_1_m2"),
    ("depth_2", "two cameras", "depth_2_m2"),
    ("depth_3", "three or more", "depth_3plus_m2"),
)
# Light to dark, far enough apart to be told from each other on a pale map.
COLOURS = tuple(palettes.CIVIDIS[step] for step in (13, 8, 1))

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A raster in spherical Mercator.

    Parameters
    ----------
    array
        Depths, northernmost row first.
    bounds
        South-west and north-east corner as latitude and longitude.
    pixel_m
        Side of a pixel on the ground at the middle of the picture, in m.
    cell_m
        Side of what it shows: a cell, or a pixel if that is larger.
    """

    array: NDArray[np.uint16]
    bounds: tuple[Corner, Corner]
    pixel_m: float
    cell_m: float


def png(mask: NDArray[np.bool_], colour: str) -> bytes:
    r"""Encode a mask as a PNG of one bit a pixel: the colour where true, clear elsewhere.

    Parameters
    ----------
    mask
        Shape (rows, columns), the topmost row first.
    colour
        Like ``#0072b2``.

    Returns
    -------
    bytes
        The file, the same for the same mask.

    Examples
    --------
    >>> png(np.array([[True]]), "#000000")[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    picture = Image.fromarray(mask.astype(np.uint8), mode="P")
    picture.putpalette([255, 255, 255, *ImageColor.getrgb(colour)])
    stream = io.BytesIO()
    picture.save(stream, "PNG", bits=1, transparency=b"\x00\xff", compress_level=9)
    return stream.getvalue()


def warp(raster: DepthRaster, *, max_pixels: int = MAX_PIXELS) -> Picture | None:
    """Draw a depth raster in spherical Mercator, nearest cell for each pixel.

    Parameters
    ----------
    raster
        In any projected CRS in metres.
    max_pixels
        The picture is made coarser than the raster where it would have more pixels than this. Each
        pixel then still takes the one cell under its centre, so that shares stay what they are.

    Returns
    -------
    Picture or None
        Only as large as what is seen; None where no camera sees anything.
    """
    filled = np.argwhere(raster.array > 0)
    if len(filled) == 0:
        return None
    (top, left), (bottom, right) = filled.min(axis=0), filled.max(axis=0) + 1
    west, north, cell = raster.bounds[0], raster.bounds[3], raster.cell_m
    seen = shapely.box(
        west + left * cell, north - bottom * cell, west + right * cell, north - top * cell
    )
    outline = shapely.get_coordinates(shapely.segmentize(seen, 64 * cell))
    x, y = _moved(outline, raster.crs, MERCATOR).T
    middle = math.cosh((y.min() + y.max()) / 2 / EARTH_RADIUS_M)  # pixels to a metre on the ground
    size = cell * middle / PIXELS_A_CELL
    width, height = x.max() - x.min(), y.max() - y.min()
    size = max(size, math.sqrt(width * height / max_pixels))
    columns, rows = math.ceil(width / size), math.ceil(height / size)
    x0, y0 = float(x.min()), float(y.max())
    array = np.zeros((rows, columns), dtype=np.uint16)
    across, down = _control(columns), _control(rows)
    grid = np.stack(np.meshgrid(x0 + (across + 0.5) * size, y0 - (down + 0.5) * size), axis=-1)
    exact = _moved(grid.reshape(-1, 2), MERCATOR, raster.crs).reshape(len(down), len(across), 2)
    # Cells as fractions: column from the west, row from the north.
    exact = np.stack([(exact[..., 0] - west) / cell, (north - exact[..., 1]) / cell], axis=-1)
    pixel = np.arange(columns)
    for block in range(len(down) - 1):
        first, last = int(down[block]), int(down[block + 1])
        rows_here = np.arange(first, last + (block == len(down) - 2))
        share = ((rows_here - first) / max(last - first, 1))[:, None]
        at = [
            (1 - share) * np.interp(pixel, across, exact[block, :, k])
            + share * np.interp(pixel, across, exact[block + 1, :, k])
            for k in (0, 1)
        ]
        column, row = (np.floor(part).astype(np.int64) for part in at)
        inside = (column >= 0) & (column < raster.array.shape[1])
        inside &= (row >= 0) & (row < raster.array.shape[0])
        array[rows_here] = np.where(
            inside, raster.array[np.where(inside, row, 0), np.where(inside, column, 0)], 0
        )
    opposite = np.array([[x0, y0 - rows * size], [x0 + columns * size, y0]])
    south_west, north_east = (
        (float(lat), float(lon)) for lon, lat in _moved(opposite, MERCATOR, "EPSG:4326")
    )
    return Picture(array, (south_west, north_east), size / middle, max(cell, size / middle))


def _control(count: int) -> NDArray[np.int64]:
    """Return every 64th pixel and the last one; two at least, to go between."""
    marks = np.arange(0, max(count - 1, 1), CONTROL_PX)
    return np.append(marks, max(count - 1, 1))


def _moved(points: NDArray[np.float64], source: object, target: object) -> NDArray[np.float64]:
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(points[:, 0], points[:, 1]), crs=source)
    moved, _ = to_crs(frame, target)
    return np.asarray(shapely.get_coordinates(moved.geometry.to_numpy()))


def depth_groups(drawn: folium.Map, picture: Picture) -> dict[str, folium.FeatureGroup]:
    """Add a picture each for one, two, and three or more cameras; all are off at first.

    Returns
    -------
    dict
        The layers by the name of their switch.
    """
    folium.map.CustomPane(PANE, z_index=440).add_to(drawn)
    depth = np.minimum(picture.array, len(DEPTHS))
    groups = {}
    for number, ((key, label, _), colour) in enumerate(zip(DEPTHS, COLOURS, strict=True), start=1):
        data = base64.b64encode(png(depth == number, colour)).decode("ascii")
        group = folium.FeatureGroup(name=key, show=False)
        folium.raster_layers.ImageOverlay(
            f"data:image/png;base64,{data}",
            [list(corner) for corner in picture.bounds],
            opacity=0.85,
            alt=f"Ground seen by {label}",
            pane=PANE,
        ).add_to(group)
        group.add_to(drawn)
        groups[key] = group
    return groups


def depth_legend(picture: Picture, areas: Mapping[str, str]) -> LegendBlock:
    """Return the switches of the pictures.

    Parameters
    ----------
    picture
        What is drawn.
    areas
        Text for the ground of each depth, by column of the coverage frame.
    """
    items = tuple(
        LegendItem(label, colour, areas[column], switch=key, on=False)
        for (key, label, column), colour in zip(DEPTHS, COLOURS, strict=True)
    )
    note = f"Drawn in cells of {picture.cell_m:.0f} m; the figures are exact."
    return LegendBlock("Ground seen by", items, note)
