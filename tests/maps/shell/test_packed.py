"""What is packed comes out again, to within the grid of the block."""

from __future__ import annotations

import base64
import gzip
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coverage_model.base.crs import to_crs
from maps.shell.packed import CODING, WORLD_PX, Category, pack, world_pixels

GREY = (Category("k", "#000000", "#000000"), Category("other", "", "#000000", dashed=True))


def packed(shapes, keys=None, **options):
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs="EPSG:27700"))
    keys = keys or ["k"] * len(frame)
    texts = {"name": [f"n{number}" for number in range(len(frame))]}
    options = {"min_zoom": 12, "simplify_m": 0.0, **options}
    return pack(
        "t", frame, category=pd.Series(keys, dtype=object), categories=GREY, texts=texts, **options
    )


def unpack(layer):
    block = gzip.decompress(base64.b64decode(layer.block))
    streams = {
        name: np.frombuffer(block, np.dtype(CODING[coding]).newbyteorder("<"), length, offset)
        for name, (coding, offset, length) in layer.meta["layout"].items()
    }
    texts = json.loads(gzip.decompress(base64.b64decode(layer.attributes)))
    rings, step = [], 0
    start = np.zeros(2, dtype=np.int64)
    for number, size in enumerate(streams["ring_size"]):
        start = start + np.array([streams["ring_first_x"][number], streams["ring_first_y"][number]])
        ring = [start]
        for _ in range(size - 1):
            ring.append(ring[-1] + np.array([streams["step_x"][step], streams["step_y"][step]]))
            step += 1
        rings.append(np.array(ring))
    return streams, rings, texts


def test_vertices_survive_to_the_centimetre_grid():
    shapes = [
        shapely.box(530000, 180000, 530040, 180030),
        shapely.Point(540000, 170000)
        .buffer(50)
        .difference(shapely.Point(540000, 170000).buffer(9)),
        shapely.box(503600, 155900, 561900, 200900),
    ]
    layer = packed(shapes)
    streams, rings, texts = unpack(layer)
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs="EPSG:27700"))
    geographic, _ = to_crs(frame, "EPSG:4326")
    for position, name in enumerate(texts["name"]):
        first = int(streams["rings"][:position].sum())
        mine = np.vstack(rings[first : first + streams["rings"][position]])
        given = geographic.geometry.iloc[int(name[1:])]
        wanted = np.vstack(
            [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(given)]
        )
        assert {tuple(row) for row in mine} == {tuple(row) for row in world_pixels(wanted)}
    assert layer.meta["vertices"] == sum(len(ring) for ring in rings)
    assert layer.meta["layout"]["step_x"][0] == "i4"  # the box of all London needs it


def test_cones_fit_small_numbers_and_empty_rows_are_left_out():
    shapes = [shapely.box(0, 0, 40, 40), shapely.Polygon(), shapely.box(90, 0, 120, 40)]
    moved = [shapely.transform(each, lambda at: at + np.array([530000, 180000])) for each in shapes]
    layer = packed(moved, ["other", "k", "k"])
    streams, _, texts = unpack(layer)
    assert layer.meta["features"] == 2
    assert layer.meta["layout"]["step_x"][0] == "i2"
    assert texts["name"] == ["n2", "n0"]  # categories keep their painting order
    assert streams["category"].tolist() == [0, 1]


def test_nothing_to_draw_is_a_layer_without_features():
    layer = packed([shapely.Polygon()])
    assert layer.meta["features"] == 0
    assert packed([]).meta["vertices"] == 0


def test_a_category_without_a_style_is_named():
    with pytest.raises(ValueError, match=r"without a style: \['strange'\]"):
        packed([shapely.box(0, 0, 1, 1)], ["strange"])


def test_the_origin_is_in_the_middle_of_the_world():
    assert world_pixels(np.array([[0.0, 0.0], [180.0, 0.0]])).tolist() == [
        [WORLD_PX // 2, WORLD_PX // 2],
        [WORLD_PX, WORLD_PX // 2],
    ]


def test_a_hundred_thousand_cones_stay_small(samples):
    shapes = samples.cones(20_000, steps=12)
    layer = packed(shapes.to_numpy(), simplify_m=0.25)
    # A fifth of the hundred thousand in a fifth of the space, and quick enough to test.
    assert len(layer.block) + len(layer.attributes) < 10_000_000 / 5
