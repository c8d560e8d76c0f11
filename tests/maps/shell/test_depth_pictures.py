"""The depth picture: a PNG that any decoder reads, warped onto the right pixels."""

from __future__ import annotations

import io
import math

import geopandas as gpd
import numpy as np
import pytest
from PIL import Image
from shapely import Point

from coverage_model.base.crs import to_crs
from coverage_model.cover.raster import DepthRaster
from maps.shell.depth_pictures import COLOURS, EARTH_RADIUS_M, png, warp


@pytest.mark.parametrize("shape", [(1, 1), (3, 8), (5, 9), (40, 31)])
def test_a_mask_survives_the_png(shape):
    mask = np.random.default_rng(1).random(shape) < 0.3
    data = png(mask, "#0072b2")
    assert data[24:26] == bytes([1, 3])  # one bit a pixel, of a palette
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
    assert (pixels[mask] == [0x00, 0x72, 0xB2, 255]).all()
    assert (pixels[~mask][:, 3] == 0).all()


def test_each_pixel_takes_the_cell_under_its_centre():
    # Cells numbered by place, so that a shift by one would show.
    rows, columns, cell = 300, 260, 10.0
    array = (np.arange(rows * columns).reshape(rows, columns) % 60_000 + 1).astype(np.uint16)
    west, south = 529_000.0, 180_000.0
    raster = DepthRaster(
        array, (west, south, west + columns * cell, south + rows * cell), cell, "EPSG:27700"
    )
    picture = warp(raster)
    assert picture is not None
    (low, left), (high, right) = picture.bounds
    height, width = picture.array.shape
    draw = np.random.default_rng(2)
    row, column = draw.integers(0, height, 400), draw.integers(0, width, 400)
    lon = left + (column + 0.5) / width * (right - left)
    top, bottom = (np.arctanh(np.sin(np.radians(each))) for each in (high, low))
    lat = np.degrees(np.arctan(np.sinh(top + (row + 0.5) / height * (bottom - top))))
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
    moved, _ = to_crs(points, "EPSG:27700")
    x = (moved.geometry.x.to_numpy() - west) / cell
    y = (raster.bounds[3] - moved.geometry.y.to_numpy()) / cell
    # Between the control points a centre may stray by centimetres: leave out cell borders.
    clear = (np.abs(x - np.round(x)) > 0.01) & (np.abs(y - np.round(y)) > 0.01)
    inside = (x > 0) & (x < columns) & (y > 0) & (y < rows)
    got = picture.array[row, column]
    wanted = array[np.clip(y, 0, rows - 1).astype(int), np.clip(x, 0, columns - 1).astype(int)]
    assert (clear & inside).sum() > 300
    assert (got[clear & inside] == wanted[clear & inside]).all()
    assert (got[clear & ~inside] == 0).all()
    assert picture.pixel_m == pytest.approx(cell / 2, rel=0.01)
    assert picture.cell_m == cell


def test_the_picture_is_cropped_coarsened_and_keeps_the_ground():
    array = np.zeros((2000, 2000), dtype=np.uint16)
    array[700:1300, 400:1000] = 2
    raster = DepthRaster(array, (530_000, 170_000, 534_000, 174_000), 2.0, "EPSG:27700")
    full, coarse = warp(raster), warp(raster, max_pixels=10_000)
    assert full is not None
    assert coarse is not None
    assert coarse.array.size <= 11_000
    truth = 1200.0**2
    for picture, error in ((full, 0.002), (coarse, 0.03)):
        # The scale of the national grid itself is 0.04 % off here.
        seen = np.count_nonzero(picture.array) * picture.pixel_m**2
        assert seen == pytest.approx(truth, rel=error)
    centre, _ = to_crs(gpd.GeoDataFrame(geometry=[Point(531_400, 172_000)], crs=27700), 4326)
    (low, left), (high, right) = full.bounds
    assert left < centre.geometry.x[0] < right
    assert low < centre.geometry.y[0] < high
    assert right - left < math.degrees(1400 / EARTH_RADIUS_M) / math.cos(math.radians(51.4))


def test_nothing_seen_is_no_picture():
    empty = DepthRaster(np.zeros((4, 4), np.uint16), (0, 0, 8, 8), 2.0, "EPSG:27700")
    assert warp(empty) is None
    none = DepthRaster(np.zeros((0, 0), np.uint16), (0, 0, 0, 0), 2.0, "EPSG:27700")
    assert warp(none) is None


def test_depths_have_colours_of_their_own():
    assert len(set(COLOURS)) == 3
