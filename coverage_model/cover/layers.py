"""Ground that each of several layers of polygons covers, by area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coverage_model.base.ragged import Ragged, joined
from coverage_model.cover.overlay import Geometries
from coverage_model.cover.tiles import Tiles, tile_side


def ground_of_layers(layers: list[Ragged], shapes: Geometries) -> NDArray[np.float64]:
    """Measure the union of each layer in each area, from one partition of all of them.

    Parameters
    ----------
    layers
        Polygons, overlapping at will.
    shapes
        The areas; where they overlap, ground counts in each.

    Returns
    -------
    ndarray
        m², shape (areas, layers).
    """
    count = [len(layer.polygon_start) - 1 for layer in layers]
    weight = np.repeat(np.eye(len(layers), dtype=np.int64), count, axis=0)
    tiles = Tiles.of(
        joined(layers), weight, shapes, size_m=tile_side(shapes),
        everywhere=np.zeros(len(weight), dtype=bool), bare=False,
    )  # fmt: skip
    out = np.zeros((len(shapes), len(layers)))
    for k in range(len(tiles.cell)):
        part = tiles.partition(k)
        ground = part.ground_m2(part.faces.depth[:, : len(layers)] > 0)
        np.add.at(out, part.area[2:], ground[2:])
    return out
