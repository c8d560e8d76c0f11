"""Which polygons lie in which square tile, and the partition of each tile.

A tile is partitioned by the polygons it holds and by the borders of areas that run through it; of
areas that hold all of it, no border is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from coverage_model.base.ragged import Ragged, joined, pack
from coverage_model.cover.arrangement import Arrangement, Box, arrange
from coverage_model.cover.overlay import TILE_M, Geometries, Rows, boxes, cells_of

MAX_CELLS = 20_000
"""Tiles that may span the areas (London: 11,000) before they are made larger."""

AREAS_A_WORD = 62
OUTSIDE, WHOLE = -1, -2

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def tile_side(shapes: Geometries, size_m: float = TILE_M) -> float:
    """Double the usual side until few enough tiles span the areas (whole countries included)."""
    if len(shapes) == 0:
        return size_m
    extent = shapely.total_bounds(shapes)
    while np.prod(np.ceil(extent[2:] / size_m) - np.floor(extent[:2] / size_m)) > MAX_CELLS:
        size_m *= 2
    return size_m


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """The faces of one tile, and which of them lie in which area.

    Parameters
    ----------
    faces
        The partition; its depths are the polygons' weights and, at the end, the areas whose border
        runs through the tile.
    area
        ``OUTSIDE`` (ground in no area), ``WHOLE`` (all ground), then the rows of areas.
    held
        Which states lie in each of those, shape (areas, states).
    area_m2
        Ground of each state in the tile.
    """

    faces: Arrangement
    area: Rows
    held: NDArray[np.bool_]
    area_m2: Floats

    def ground_m2(self, measures: NDArray[np.bool_]) -> Floats:
        """Ground of each area by measure, of which ``measures`` (states, n) says what counts."""
        return np.asarray((self.held * self.area_m2) @ measures.astype(float))


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """Polygons and areas by tile.

    Parameters
    ----------
    size_m
        Side of a tile; the grid starts at the origin of the CRS.
    cell
        Column and row of each tile; lower left corner at ``cell * size_m``.
    frame
        Their squares.
    rings, stamps
        The polygons, then the areas, then the frames; and a number for each that changes with it.
    weight, proven
        What each polygon adds to each depth, and how many depths must add up.
    first_area, first_frame
        Where areas and frames begin among ``rings``.
    members
        Polygons of each tile.
    crossing, inside
        Areas whose border runs through each tile, and areas that hold all of it.
    """

    size_m: float
    cell: Ints
    frame: Geometries
    rings: Ragged
    stamps: NDArray[np.uint64]
    weight: Ints
    proven: int
    first_area: int
    first_frame: int
    members: list[Ints]
    crossing: list[Ints]
    inside: list[Ints]

    @classmethod
    def of(
        cls,
        polygons: Ragged,
        weight: Ints,
        shapes: Geometries,
        *,
        size_m: float,
        everywhere: NDArray[np.bool_],
        bare: bool,
        proven: int | None = None,
    ) -> Tiles:
        """Sort polygons into tiles.

        Parameters
        ----------
        polygons, weight
            What is to be cut, and what each adds to each depth.
        shapes
            The areas.
        size_m
            Side of a tile.
        everywhere
            Which polygons count outside the areas too.
        bare
            Also keep tiles of the areas that no polygon lies in.
        proven
            How many depths, from the first, must add up; all of them if not given.
        """
        row, at = cells_of(polygons.bounds, size_m)
        low, high = _span(shapes, size_m)
        near = everywhere[row] | ((at >= low) & (at < high)).all(axis=1)
        row, at = row[near], at[near]
        # All cells between, only where they are asked for: of a continent there are millions.
        spans = low + np.indices(tuple(high - low if bare else (0, 0))).reshape(2, -1).T
        cell, of = np.unique(np.concatenate([at, spans]), axis=0, return_inverse=True)
        of = of.ravel()[: len(row)]
        frame = boxes(cell, size_m)
        crossing, inside = _areas_of(frame, shapes)
        held = np.fromiter(
            (len(c) + len(i) > 0 for c, i in zip(crossing, inside, strict=True)), bool, len(cell)
        )
        wanted = np.bincount(of[everywhere[row]], minlength=len(cell)) > 0
        filled = np.bincount(of, minlength=len(cell)) > 0
        kept = np.flatnonzero(wanted | (held & (filled | bare)))
        number = np.full(len(cell), -1)
        number[kept] = np.arange(len(kept))
        row, of = row[number[of] >= 0], number[of][number[of] >= 0]
        order = np.argsort(of, kind="stable")
        starts = np.searchsorted(of[order], np.arange(len(kept) + 1))
        rings = joined([polygons, pack(shapes), pack(frame[kept])])
        return cls(
            size_m=size_m,
            cell=cell[kept],
            frame=frame[kept],
            rings=rings,
            stamps=rings.stamps,
            weight=weight,
            proven=weight.shape[1] if proven is None else proven,
            first_area=len(weight),
            first_frame=len(weight) + len(shapes),
            members=[row[order[a:b]] for a, b in pairwise(starts)],
            crossing=[crossing[k] for k in kept],
            inside=[inside[k] for k in kept],
        )

    def partition(self, k: int, *, frame: int | None = None) -> Partition:
        """Cut one tile; with ``frame`` the tile itself adds 1 to that depth."""
        mine, crossing, inside = self.members[k], self.crossing[k], self.inside[k]
        depths = self.weight.shape[1]
        words = -(-len(crossing) // AREAS_A_WORD)
        own = [] if frame is None else [self.first_frame + k]
        polygons = np.concatenate([mine, crossing + self.first_area, own]).astype(np.int64)
        weight = np.zeros((len(polygons), depths + words), dtype=np.int64)
        weight[: len(mine), :depths] = self.weight[mine]
        nth = np.arange(len(crossing))
        word, bit = depths + nth // AREAS_A_WORD, nth % AREAS_A_WORD
        weight[len(mine) + nth, word] = np.int64(1) << bit
        if frame is not None:
            weight[-1, frame] = 1
        west, south = (self.cell[k] * self.size_m).tolist()
        box = Box(west, south, self.size_m, self.size_m)
        found = arrange(self.rings, polygons, weight, box, proven=self.proven)
        held = np.ones((2 + len(crossing) + len(inside), len(found.depth)), dtype=bool)
        held[2 : 2 + len(crossing)] = (found.depth[:, word] >> bit & 1).T == 1
        held[0] = ~held[2:].any(axis=0)
        return Partition(
            faces=found,
            area=np.concatenate([[OUTSIDE, WHOLE], crossing, inside]).astype(np.intp),
            held=held,
            # The first state is the plane beyond: nothing lies there.
            area_m2=np.concatenate([[0.0], found.area_m2[1:]]),
        )


def _span(shapes: Geometries, size_m: float) -> tuple[Ints, Ints]:
    """First cell of the grid that spans the areas, and the first beyond it, in both directions."""
    if len(shapes) == 0:
        return np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    extent = shapely.total_bounds(shapes) / size_m
    low = np.floor(extent[:2]).astype(np.int64)
    return low, np.maximum(np.ceil(extent[2:]).astype(np.int64), low + 1)


def _areas_of(frame: Geometries, shapes: Geometries) -> tuple[list[Ints], list[Ints]]:
    """Areas whose border crosses each tile, and areas that each tile lies in wholly."""
    tree = shapely.STRtree(frame)
    area, tile = tree.query(shapes, predicate="intersects")
    held_area, held = tree.query(shapes, predicate="covers")
    width = max(len(frame), 1)
    whole = np.isin(area * width + tile, held_area * width + held)

    def by_tile(tile: Rows, area: Rows) -> list[Ints]:
        order = np.lexsort([area, tile])
        starts = np.searchsorted(tile[order], np.arange(len(frame) + 1))
        rows = area[order].astype(np.int64)
        return [rows[a:b] for a, b in pairwise(starts)]

    return by_tile(tile[~whole], area[~whole]), by_tile(held, held_area)
