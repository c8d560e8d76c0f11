"""The ground of a run, cut into square tiles once: every figure and every outline is read from it.

In each tile the views, the buildings and the borders of the areas make one partition
(:mod:`coverage_model.cover.arrangement`). It says how many cameras of each kind see each face,
whether it lies under a building and in which areas; so covered ground, depth, ownership, gaps and
what each camera alone sees are sums and outlines of the same faces and cannot contradict each
other. A tile whose inputs are those of an earlier mosaic is taken over from it: after a change of
some cameras only their tiles are made again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base.errors import Faults
from coverage_model.base.ragged import pack
from coverage_model.cover.arrangement import STEPS_PER_M, Repair, link
from coverage_model.cover.overlay import Geometries, Pieces, Rows, union_by
from coverage_model.cover.tiles import OUTSIDE, WHOLE, Tiles, tile_side

CONNECTED = ("registered", "integrated")
TIERS = ("public_only", "private_only", "both", "unknown_only")
MEASURES = (
    "covered_m2",
    "depth_1_m2",
    "depth_2_m2",
    "depth_3plus_m2",
    "public_only_m2",
    "private_only_m2",
    "both_m2",
    "unknown_owner_only_m2",
    "private_connected_only_m2",
    "reach_m2",
    "building_m2",
    "gap_m2",
)
"""Measures of ground that tiles sum up."""

PUBLIC, PRIVATE, UNKNOWN, JOINED, REACH, BUILT, ROOM, ROOM_ID, FRAME, BITS = range(10)
"""Depths: cameras by owner, private ones that are connected, reaches, buildings, cameras that
control rooms have and the sum of their numbers, and the tile itself."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """What one tile holds.

    Parameters
    ----------
    digest
        Of all that went into it.
    area
        Rows of the areas it touches, after ``OUTSIDE`` (in no area) and ``WHOLE`` (all of it).
    ground_m2
        ``MEASURES`` of each of those.
    camera, own_m2
        Cameras of control rooms that see some ground here alone, and how much.
    gap_area, gap
        Areas with a gap here, and the gap.
    border, tier
        Border of the ground of each tier as directed pieces, in steps from the grid's origin.
    repair
        What went wrong in making it, if anything did.
    """

    digest: bytes
    area: Rows
    ground_m2: Floats
    camera: NDArray[np.object_]
    own_m2: Floats
    gap_area: Rows
    gap: Geometries
    border: Ints
    tier: Ints
    repair: Repair | None


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Covered ground, buildings and areas as tiles.

    Parameters
    ----------
    size_m
        Side of a tile; the grid starts at the origin of the CRS.
    tiles
        Tiles by column and row of the grid.
    areas
        Number of areas.
    made
        How many tiles were made and not taken over.
    crs
        Of everything in it.
    """

    size_m: float
    tiles: dict[tuple[int, int], Tile]
    areas: int
    made: int
    crs: object

    @cached_property
    def by_area(self) -> pd.DataFrame:
        """``MEASURES`` by area, then a row ``outside`` all areas and the ``whole``."""
        sums = np.zeros((self.areas + 2, len(MEASURES)))
        for tile in self.tiles.values():
            # The last two rows are those of OUTSIDE and WHOLE.
            np.add.at(sums, np.where(tile.area < 0, self.areas - 1 - tile.area, tile.area),
                      tile.ground_m2)  # fmt: skip
        index = [*range(self.areas), "outside", "whole"]
        found = pd.DataFrame(sums, columns=list(MEASURES), index=index)
        # Buildings and gaps are looked for in areas only.
        found.loc[["outside", "whole"], ["building_m2", "gap_m2"]] = np.nan
        return found

    @cached_property
    def own_m2(self) -> pd.Series:
        """Ground that a camera of a control room alone sees, by ``camera_id``."""
        tiles = self.tiles.values()
        camera = np.concatenate([np.empty(0, dtype=object), *(tile.camera for tile in tiles)])
        own = np.concatenate([np.empty(0), *(tile.own_m2 for tile in tiles)])
        return pd.Series(own, dtype=float).groupby(camera, sort=True).sum()

    @cached_property
    def gaps(self) -> Pieces:
        """What no view sees and no building covers, by tile (``row``) and area."""
        tiles = list(self.tiles.values())
        area = np.concatenate([np.empty(0, dtype=np.intp), *(tile.gap_area for tile in tiles)])
        row = np.repeat(np.arange(len(tiles)), [len(tile.gap_area) for tile in tiles])
        shapes = np.concatenate([np.empty(0, dtype=object), *(tile.gap for tile in tiles)])
        return Pieces(row=row, area=area, geometry=shapes)

    @cached_property
    def tiers(self) -> gpd.GeoDataFrame:
        """Covered ground by ownership tier, connected across tiles: one row a tier with ground."""
        tiles = self.tiles.values()
        ends = np.concatenate([np.empty((0, 4), np.int64), *(tile.border for tile in tiles)])
        tier = np.concatenate([np.empty(0, np.int64), *(tile.tier for tile in tiles)])
        ends, tier = _joined(ends, tier, self.size_m * STEPS_PER_M[0])
        label, shapes = link(ends, tier, 0.0, 0.0, STEPS_PER_M[0])
        present, of = np.unique(label, return_inverse=True)
        merged = shapely.multipolygons(shapes, indices=of) if len(shapes) else shapes
        columns = {
            "tier": np.array(TIERS, dtype=object)[present],
            "area_m2": shapely.area(merged),
        }
        return gpd.GeoDataFrame(columns, geometry=merged, crs=self.crs)

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """Tiles that did not come out on the finest grid."""
        return tuple(tile.repair for tile in self.tiles.values() if tile.repair is not None)


def one_level(visible: gpd.GeoDataFrame) -> None:
    """Raise InputError if views at several image-quality levels are mixed."""
    levels = visible["level"].unique()
    if len(levels) > 1:
        faults = Faults("visible areas")
        faults.add(
            f"several image-quality levels at once: {', '.join(map(str, levels))}",
            "Select the rows of one level first",
        )
        faults.raise_if_any()


def in_room(visible: gpd.GeoDataFrame) -> pd.Series:
    """Mark the views that control rooms have: public ones and integrated private ones."""
    shared = visible["ownership"].eq("public") | visible["integration"].eq("integrated")
    return shared & visible["view_basis"].ne("reach")


def mosaic(
    visible: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    obstacles: gpd.GeoDataFrame | None = None,
    size_m: float | None = None,
    earlier: Mosaic | None = None,
    outside: bool = True,
) -> Mosaic:
    """Cut the ground of views, buildings and areas into tiles.

    Parameters
    ----------
    visible
        A ``schemas.VisibleAreas`` frame at one level; rows of basis ``reach`` are left out.
        Several views of one camera count as one camera.
    areas
        A ``schemas.Areas`` frame in the same CRS; where areas overlap, ground counts in each.
    obstacles
        Buildings.
    size_m
        Side of a tile; by default 500 m, doubled until at most 20,000 tiles span the areas.
    earlier
        A mosaic of other views whose tiles are taken over where nothing differs.
    outside
        Also cut the ground of views that lies in no area.

    Raises
    ------
    InputError
        If the frame mixes image-quality levels.
    """
    one_level(visible)
    shapes = np.asarray(areas.geometry.to_numpy())
    side = tile_side(shapes) if size_m is None else float(size_m)
    cameras, weight, names = camera_views(visible)
    reach = np.asarray(visible.geometry[visible["view_basis"].eq("reach")].to_numpy())
    buildings = np.empty(0, dtype=object) if obstacles is None else _grounds(obstacles)
    solids = np.concatenate([cameras, reach, buildings])
    weight = np.concatenate([weight, np.zeros((len(solids) - len(cameras), BITS), dtype=np.int64)])
    weight[len(cameras) :, REACH] = 1
    weight[len(cameras) + len(reach) :, REACH] = 0
    weight[len(cameras) + len(reach) :, BUILT] = 1
    tiles = Tiles.of(
        pack(solids),
        weight,
        shapes,
        size_m=side,
        everywhere=outside & (weight[:, BUILT] == 0),
        bare=True,
    )
    known = earlier.tiles if earlier is not None and earlier.size_m == side else {}
    done: dict[tuple[int, int], Tile] = {}
    made = 0
    for k, (cell, digest) in enumerate(
        zip(map(tuple, tiles.cell.tolist()), _digests(tiles, names), strict=True)
    ):
        before = known.get(cell)
        if before is not None and before.digest == digest:
            done[cell] = before
        else:
            done[cell] = _tile(tiles, k, digest, names)
            made += 1
    return Mosaic(size_m=side, tiles=done, areas=len(shapes), made=made, crs=visible.crs)


def _grounds(obstacles: gpd.GeoDataFrame) -> Geometries:
    """Footprints of obstacles; walls have none."""
    shapes = np.asarray(obstacles.geometry.to_numpy())
    shapes = shapes[shapely.get_dimensions(shapes) == 2]
    wrong = np.flatnonzero(~shapely.is_valid(shapes))
    if len(wrong):
        shapes = shapes.copy()
        # What collapses to lines has no ground.
        parts, of = shapely.get_parts(shapely.make_valid(shapes[wrong]), return_index=True)
        parts, inner = shapely.get_parts(parts, return_index=True)
        flat = shapely.get_dimensions(parts) == 2
        shapes[wrong] = shapely.multipolygons(
            parts[flat], indices=of[inner[flat]], out=np.full(len(wrong), shapely.MultiPolygon())
        )
    return shapes


def _tile(tiles: Tiles, k: int, digest: bytes, names: NDArray[np.object_]) -> Tile:
    """Make a tile."""
    if len(tiles.members[k]) == 0 and len(tiles.crossing[k]) == 0:
        return _bare(tiles, k, digest)
    part = tiles.partition(k, frame=FRAME)
    found, depth = part.faces, part.faces.depth
    measures, tier, gap = _measures(depth)
    ground = part.ground_m2(measures)
    gap_area, shapes = [], []
    for row, held, open_m2 in zip(part.area[2:], part.held[2:], ground[2:, -1], strict=True):
        if open_m2 > 0:
            _, parts = found.polygons(np.where(held & gap, 0, -1))
            if len(parts):
                gap_area.append(row)
                shapes.append(parts[0] if len(parts) == 1 else shapely.multipolygons(parts))
    ends, of = found.border(tier)
    scale = int(STEPS_PER_M[0] / found.steps_per_m)
    origin = np.round(tiles.cell[k] * tiles.size_m * STEPS_PER_M[0]).astype(np.int64)
    alone = np.flatnonzero((depth[:, ROOM] == 1) & (part.area_m2 > 0))
    who, of_who = np.unique(depth[alone, ROOM_ID], return_inverse=True)
    gaps = np.empty(len(shapes), dtype=object)
    gaps[:] = shapes
    return Tile(
        digest=digest,
        area=part.area,
        ground_m2=ground,
        camera=names[who - 1],
        own_m2=np.bincount(of_who, weights=part.area_m2[alone], minlength=len(who)).astype(float),
        gap_area=np.array(gap_area, dtype=np.intp),
        gap=gaps,
        border=ends * scale + np.tile(origin, 2),
        tier=of,
        repair=found.repair,
    )


def _bare(tiles: Tiles, k: int, digest: bytes) -> Tile:
    """Make a tile without anything in it, inside one area or more."""
    inside = tiles.inside[k]
    ground = np.zeros((len(inside) + 2, len(MEASURES)))
    ground[1:, -1] = tiles.size_m**2
    return Tile(
        digest=digest,
        area=np.concatenate([[OUTSIDE, WHOLE], inside]).astype(np.intp),
        ground_m2=ground,
        camera=np.empty(0, dtype=object),
        own_m2=np.empty(0),
        gap_area=inside.astype(np.intp),
        gap=np.repeat(tiles.frame[k : k + 1], len(inside)),
        border=np.empty((0, 4), dtype=np.int64),
        tier=np.empty(0, dtype=np.int64),
        repair=None,
    )


def _digests(tiles: Tiles, names: NDArray[np.object_]) -> list[bytes]:
    """Stamps of all that goes into each tile."""
    # A camera's number changes with the inventory; its name does not.
    who = pd.util.hash_array(names).astype(np.uint64)
    stamp = tiles.stamps.copy()
    stamp[: len(who)] ^= who
    kinds = pd.util.hash_pandas_object(
        pd.DataFrame(np.delete(tiles.weight, ROOM_ID, axis=1)), index=False
    ).to_numpy()
    stamp[: len(kinds)] += kinds * np.uint64(0x9E3779B97F4A7C15)
    return [
        hashlib.blake2b(
            b"|".join((np.sort(stamp[mine]).tobytes(), stamp[crossing + tiles.first_area].tobytes(),
                       crossing.tobytes(), inside.tobytes())),
            digest_size=16,
        ).digest()
        for mine, crossing, inside in zip(
            tiles.members, tiles.crossing, tiles.inside, strict=True
        )
    ]  # fmt: skip


def _measures(depth: Ints) -> tuple[NDArray[np.bool_], Ints, NDArray[np.bool_]]:
    """In which ``MEASURES`` each state counts, its tier (-1: not covered), whether it is a gap."""
    public, private = depth[:, PUBLIC] > 0, depth[:, PRIVATE] > 0
    cameras = depth[:, PUBLIC] + depth[:, PRIVATE] + depth[:, UNKNOWN]
    covered, built = cameras > 0, depth[:, BUILT] > 0
    tier = np.select([public & private, public, private, covered], [2, 0, 1, 3], -1)
    gap = ~covered & ~built & (depth[:, FRAME] > 0)
    columns = (
        covered,
        cameras == 1,
        cameras == 2,
        cameras > 2,
        tier == 0,
        tier == 1,
        tier == TIERS.index("both"),
        tier == TIERS.index("unknown_only"),
        (tier == 1) & (depth[:, JOINED] > 0),
        depth[:, REACH] > 0,
        built,
        gap,
    )
    return np.column_stack(columns), tier.astype(np.int64), gap


def camera_views(visible: gpd.GeoDataFrame) -> tuple[Geometries, Ints, NDArray[np.object_]]:
    """One geometry a camera that sees anything, its depths, and its id."""
    seen = visible.loc[visible["view_basis"].ne("reach") & ~visible.geometry.is_empty]
    code, names = pd.factorize(seen["camera_id"])
    views = np.asarray(seen.geometry.to_numpy())
    if len(names) < len(views):
        _, views = union_by(views, code)
    first = seen.iloc[np.unique(code, return_index=True)[1]]
    owner = first["ownership"].to_numpy()
    joined = first["integration"].isin(CONNECTED).to_numpy()
    weight = np.zeros((len(names), BITS), dtype=np.int64)
    for column, kind in ((PUBLIC, "public"), (PRIVATE, "private"), (UNKNOWN, "unknown")):
        weight[:, column] = owner == kind
    weight[:, JOINED] = (owner == "private") & joined
    weight[:, ROOM] = in_room(first)
    weight[:, ROOM_ID] = weight[:, ROOM] * np.arange(1, len(names) + 1)
    return views, weight, np.asarray(names, dtype=object)


def _joined(ends: Ints, label: Ints, size: float) -> tuple[Ints, Ints]:
    """Take out pieces along the borders of tiles that the neighbour has the other way round."""
    rest = np.ones(len(ends), dtype=bool)
    parts, labels = [], []
    for axis in (0, 1):
        along = 1 - axis
        line = ends[:, axis]
        mine = np.flatnonzero((line == ends[:, axis + 2]) & (line % np.int64(size) == 0))
        rest[mine] = False
        low = np.minimum(ends[mine, along], ends[mine, along + 2])
        high = np.maximum(ends[mine, along], ends[mine, along + 2])
        sign = np.where(ends[mine, along + 2] > ends[mine, along], 1, -1)
        at = np.concatenate([low, high])
        change = np.concatenate([sign, -sign])
        where, of = np.tile(line[mine], 2), np.tile(label[mine], 2)
        order = np.lexsort([at, where, of])
        at, change, where, of = at[order], change[order], where[order], of[order]
        net = np.cumsum(change)[:-1]  # each line's changes add up to nothing
        piece = (at[1:] > at[:-1]) & (net != 0)
        start, end = at[:-1][piece], at[1:][piece]
        up = net[piece] > 0
        made = np.empty((len(start), 4), dtype=np.int64)
        made[:, axis] = made[:, axis + 2] = where[:-1][piece]
        made[:, along] = np.where(up, start, end)
        made[:, along + 2] = np.where(up, end, start)
        parts.append(made)
        labels.append(of[:-1][piece])
    return np.concatenate([ends[rest], *parts]), np.concatenate([label[rest], *labels])
