"""How much of the streets is seen: lengths by depth and ownership, and junctions.

Streets are lines, so nothing is cut into polygons: where each straight piece of street runs inside
each view is found in closed form (:mod:`coverage_model.cover.lines`), and the ends of those
stretches, in order along the street, say how many cameras see every bit of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from coverage_model.cover.coverage import ownership_tier
from coverage_model.cover.gap_places import distance_to_nearest, grid_reference, place_names
from coverage_model.cover.lines import (
    Segments,
    Stretches,
    segments_of,
    split_segments,
    stretches_inside,
)
from coverage_model.cover.mosaic import CONNECTED, one_level
from coverage_model.cover.overlay import Geometries, Rows, first_area, sum_by
from coverage_model.optics.pixel_density import Level
from coverage_model.reading.streets import Streets

WHOLE_CODE, WHOLE_NAME = "ALL", "All streets"

LENGTHS = (
    "street_length_m",
    "street_seen_m",
    "street_depth_1_m",
    "street_depth_2_m",
    "street_depth_3plus_m",
    "street_public_only_m",
    "street_private_only_m",
    "street_both_m",
    "street_unknown_owner_only_m",
    "street_private_connected_only_m",
    "street_reach_m",
)
JUNCTIONS = ("junctions", "junctions_seen", "junctions_reach")


@dataclass(frozen=True, slots=True, eq=False)
class _Bits:
    """Streets cut into bits, each seen by the same cameras from end to end.

    ``counts`` has a row a bit: cameras, public, private, unknown and connected private ones.
    """

    segment: Rows
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    counts: NDArray[np.int64]


def street_coverage(
    visible: gpd.GeoDataFrame,
    streets: Streets,
    areas: gpd.GeoDataFrame | None = None,
    *,
    level: Level | str,
) -> pd.DataFrame:
    """Measure the length of street that views see, and the junctions.

    Parameters
    ----------
    visible
        A ``schemas.VisibleAreas`` frame at one level. Reach is counted in columns of its own.
    streets
        From :func:`~coverage_model.reading.streets.read_streets`, in the same CRS.
    areas
        A ``schemas.Areas`` frame in the same CRS. A street along the common border of two areas
        counts in one of them, a junction on it in the first. Where areas overlap, lengths count in
        each. Without areas there is one row for all streets.
    level
        The level the views are for.

    Returns
    -------
    DataFrame
        A ``schemas.StreetCoverage`` frame with the index and order of ``areas``.

    Notes
    -----
    ``street_seen_m`` is the sum of the depths and also of the four ownership tiers.
    :func:`street_total` shows that the areas and what lies outside them make the whole.

    Examples
    --------
    A street of 100 m, half of it in a camera's view:

    >>> from coverage_model.reading.streets import streets_from_lines
    >>> lines = gpd.GeoDataFrame({"name": ["High Street"]},
    ...     geometry=[shapely.LineString([(0, 0), (100, 0)])], crs="EPSG:27700")
    >>> views = gpd.GeoDataFrame(
    ...     {"camera_id": ["a"], "ownership": "public", "integration": "integrated",
    ...      "view_basis": "given", "level": "detect"},
    ...     geometry=[shapely.box(50, -5, 120, 5)], crs="EPSG:27700")
    >>> table = street_coverage(views, streets_from_lines(lines), level="detect")
    >>> table[["street_length_m", "street_seen_m", "street_seen_share"]].values.tolist()
    [[100.0, 50.0, 0.5]]
    """
    name = level.name if isinstance(level, Level) else level
    if areas is None:
        lengths, points, _ = _measures(visible, streets, None)
        index, codes, names = pd.RangeIndex(1), [WHOLE_CODE], [WHOLE_NAME]
        sums, counts = lengths.sum().to_frame().T, points.sum().to_frame().T
    else:
        shapes = np.asarray(areas.geometry.to_numpy())
        lengths, points, own = _measures(visible, streets, shapes)
        index = areas.index
        codes, names = areas["area_code"].to_numpy(), areas["area_name"].to_numpy()
        sums, counts = (
            pd.DataFrame(sum_by(table[at >= 0], at[at >= 0], len(areas)), columns=table.columns)
            for table, at in zip((lengths, points), own, strict=True)
        )
    figures: dict[str, Any] = {"area_code": codes, "area_name": names, "level": name}
    figures |= {column: sums[column].to_numpy() for column in LENGTHS[:2]}
    figures["street_seen_share"] = _share(sums["street_seen_m"], sums["street_length_m"])
    figures |= {column: sums[column].to_numpy() for column in LENGTHS[2:]}
    figures["street_reach_share"] = _share(sums["street_reach_m"], sums["street_length_m"])
    figures |= {column: counts[column].to_numpy().astype(int) for column in JUNCTIONS[:2]}
    figures["junctions_seen_share"] = _share(counts["junctions_seen"], counts["junctions"])
    figures["junctions_reach"] = counts["junctions_reach"].to_numpy().astype(int)
    return pd.DataFrame(figures, index=index)


def street_total(
    visible: gpd.GeoDataFrame,
    streets: Streets,
    by_area: pd.DataFrame,
    areas: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Show that the areas' street figures and what lies outside all areas make the whole.

    Parameters
    ----------
    visible, streets, areas
        As for :func:`street_coverage`.
    by_area
        What it returned for them.

    Returns
    -------
    DataFrame
        Rows ``areas`` (the sums of ``by_area``), ``outside`` (measured on what lies in no area) and
        ``whole`` (measured without any cutting), with the columns that add up. The first two rows
        make the third, unless areas overlap.
    """
    lengths, points, own = _measures(visible, streets, np.asarray(areas.geometry.to_numpy()))
    whole_lengths, whole_points, _ = _measures(visible, streets, None)
    outside = pd.concat([lengths[own[0] < 0].sum(), points[own[1] < 0].sum()])
    whole = pd.concat([whole_lengths.sum(), whole_points.sum()])
    rows = pd.DataFrame(
        [by_area[list(whole.index)].sum(), outside, whole], index=["areas", "outside", "whole"]
    )
    return rows.astype(float)


def street_gaps(
    visible: gpd.GeoDataFrame,
    streets: Streets,
    areas: gpd.GeoDataFrame,
    *,
    cameras: gpd.GeoDataFrame | None = None,
    min_length_m: float = 0.0,
) -> gpd.GeoDataFrame:
    """Find the runs of street that no view sees, as ranked, named places.

    Parameters
    ----------
    visible, streets, areas
        As for :func:`street_coverage`. What cameras could merely reach is not seen.
    cameras
        A ``schemas.Cameras`` frame, for the distance to the nearest one.
    min_length_m
        Leave out shorter runs. With the default of 0 the runs of an area add up to its
        ``street_length_m`` less ``street_seen_m``.

    Returns
    -------
    GeoDataFrame
        A ``schemas.StreetGaps`` frame, longest first. A run is what hangs together of the unseen
        stretches of one street name in one area; stretches without a name are runs of their own.
        Streets outside all areas are left out.
    """
    one_level(visible)
    lines, segments = _network(streets, np.asarray(areas.geometry.to_numpy()))
    bits = _bits(_views(visible, reach=False), lines, segments)
    unseen = (bits.counts[:, 0] == 0) & (segments.area[bits.segment] >= 0)
    runs, line, area = _polylines(segments, bits, np.flatnonzero(unseen))
    names = streets.frame["street_name"].to_numpy(dtype=object)[line]
    group = _hanging_together(runs, line, area, names)
    number, first, of = np.unique(group, return_index=True, return_inverse=True)
    order = np.argsort(of, kind="stable")
    merged = shapely.multilinestrings(runs[order], indices=of[order])
    merged = shapely.line_merge(merged) if len(number) else np.empty(0, dtype=object)

    length = np.bincount(of, weights=shapely.length(runs), minlength=len(number))
    kept = np.flatnonzero(length >= max(min_length_m, 1e-9))
    box = shapely.bounds(merged).reshape(-1, 4)
    keys = (box[:, 0], -box[:, 3], -np.round(length, 6))
    kept = kept[np.lexsort([key[kept] for key in keys])]
    middle = _middles(merged[kept])
    name, own = names[first[kept]], area[first[kept]]
    squares = grid_reference(middle, streets.frame.crs)
    area_names = areas["area_name"].to_numpy(dtype=object)[own]
    frame = pd.DataFrame(
        {
            "rank": np.arange(1, len(kept) + 1),
            "place": place_names(name, area_names, squares),
            "street_name": pd.array(np.where(pd.isna(name), None, name), dtype=object),
            "area_code": areas["area_code"].to_numpy()[own],
            "area_name": area_names,
            "length_m": length[kept],
            "nearest_camera_m": distance_to_nearest(middle, cameras),
            "grid_reference": squares,
        }
    )
    return gpd.GeoDataFrame(frame, geometry=merged[kept], crs=streets.frame.crs)


def _measures(
    visible: gpd.GeoDataFrame, streets: Streets, shapes: Geometries | None
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Rows, Rows]]:
    """Lengths of every bit of street and counts of every junction, with the areas they lie in."""
    one_level(visible)
    lines, segments = _network(streets, shapes)
    bits = _bits(_views(visible, reach=False), lines, segments)
    near = _bits(_views(visible, reach=True), lines, segments)
    seen = _lengths(segments, bits)
    reach = pd.DataFrame(0.0, index=range(len(near.segment)), columns=list(LENGTHS))
    reach["street_reach_m"] = _length_of(segments, near) * (near.counts[:, 0] > 0)
    lengths = pd.concat([seen, reach], ignore_index=True)
    own = segments.area[np.concatenate([bits.segment, near.segment])]

    points = np.asarray(streets.junctions.geometry.to_numpy())
    flags = {JUNCTIONS[0]: np.ones(len(points), dtype=int)}
    tree = shapely.STRtree(points)
    for column, reaching in zip(JUNCTIONS[1:], (False, True), strict=True):
        views = _views(visible, reach=reaching).geometry.to_numpy()
        flags[column] = np.zeros(len(points), dtype=int)
        flags[column][tree.query(views, predicate="intersects")[1]] = 1
    at = np.full(len(points), -1) if shapes is None else first_area(points, shapes)
    return lengths, pd.DataFrame(flags), (own, at)


def _network(streets: Streets, shapes: Geometries | None) -> tuple[Geometries, Segments]:
    lines = np.asarray(streets.frame.geometry.to_numpy())
    segments = segments_of(lines)
    return lines, segments if shapes is None else split_segments(lines, segments, shapes)


def _views(visible: gpd.GeoDataFrame, *, reach: bool) -> gpd.GeoDataFrame:
    chosen = visible["view_basis"].eq("reach").eq(reach) & ~visible.geometry.is_empty
    return visible.loc[chosen]


def _bits(views: gpd.GeoDataFrame, lines: Geometries, segments: Segments) -> _Bits:
    """Cut streets where a camera's view begins or ends, and count the cameras on every bit."""
    inside = stretches_inside(lines, segments, np.asarray(views.geometry.to_numpy()))
    camera, ids = pd.factorize(views["camera_id"])
    first = np.unique(camera, return_index=True)[1]
    owner = views["ownership"].to_numpy()[first]
    private = owner == "private"
    connected = np.isin(views["integration"].to_numpy()[first], CONNECTED)
    kinds = np.column_stack(
        [np.ones(len(ids), dtype=bool), owner == "public", private, owner == "unknown",
         private & connected]
    ).astype(np.int64)  # fmt: skip
    once = _one_a_camera(inside, camera)
    weight = kinds[once.polygon]

    touched = np.zeros(len(segments.ends), dtype=bool)
    touched[once.segment] = True
    rows = np.flatnonzero(touched)
    none = np.zeros((2 * len(rows), kinds.shape[1]), dtype=np.int64)
    segment = np.concatenate([once.segment, once.segment, rows, rows])
    at = np.concatenate([once.low, once.high, np.zeros(len(rows)), np.ones(len(rows))])
    change = np.concatenate([weight, -weight, none])
    order = np.lexsort([at, segment])
    segment, at, counts = segment[order], at[order], np.cumsum(change[order], axis=0)
    real = np.flatnonzero((segment[1:] == segment[:-1]) & (at[1:] > at[:-1]))
    # Streets no view touches are bits of depth 0 from end to end.
    bare = np.flatnonzero(~touched)
    segment = np.concatenate([segment[real], bare])
    low = np.concatenate([at[real], np.zeros(len(bare))])
    high = np.concatenate([at[real + 1], np.ones(len(bare))])
    counts = np.concatenate([counts[real], np.zeros((len(bare), kinds.shape[1]), dtype=np.int64)])
    order = np.lexsort([low, segment])
    return _Bits(segment[order], low[order], high[order], counts[order])


def _one_a_camera(inside: Stretches, camera: Rows) -> Stretches:
    """Join the stretches that several views of one camera see; ``polygon`` becomes the camera."""
    own = camera[inside.polygon]
    if len(np.unique(inside.polygon)) == len(np.unique(own)):
        return Stretches(inside.segment, own, inside.low, inside.high)
    order = np.lexsort([inside.low, own, inside.segment])
    segment, own = inside.segment[order], own[order]
    low, high = inside.low[order], inside.high[order]
    new = np.ones(len(own), dtype=bool)
    new[1:] = (segment[1:] != segment[:-1]) | (own[1:] != own[:-1])
    # Fractions lie between 0 and 1, so a step of 2 a group keeps running maxima apart.
    step = 2.0 * np.cumsum(new)
    furthest = np.maximum.accumulate(high + step) - step
    starts = new.copy()
    starts[1:] |= low[1:] > furthest[:-1]
    begin = np.flatnonzero(starts)
    end = np.append(begin[1:], len(own)) - 1
    return Stretches(segment[begin], own[begin], low[begin], furthest[end])


def _length_of(segments: Segments, bits: _Bits) -> NDArray[np.float64]:
    return segments.length_m[bits.segment] * (bits.high - bits.low)


def _lengths(segments: Segments, bits: _Bits) -> pd.DataFrame:
    """Length of each bit in every measure it counts in, 0 in the others."""
    depth, public, private, _, connected = bits.counts.T
    tier = ownership_tier(pd.DataFrame({"depth_public": public, "depth_private": private}))
    tier = np.where(depth > 0, tier, "unseen")
    flags = (
        depth >= 0,
        depth > 0,
        depth == 1,
        depth == 2,
        depth >= 3,
        tier == "public_only",
        tier == "private_only",
        tier == "both",
        tier == "unknown_only",
        (tier == "private_only") & (connected > 0),
        np.zeros(len(depth), dtype=bool),
    )
    length = _length_of(segments, bits)
    return pd.DataFrame(
        {name: np.where(flag, length, 0.0) for name, flag in zip(LENGTHS, flags, strict=True)}
    )


def _polylines(segments: Segments, bits: _Bits, rows: Rows) -> tuple[Geometries, Rows, Rows]:
    """Join bits that follow each other on a street and in an area; also their street and area."""
    segment, low, high = bits.segment[rows], bits.low[rows], bits.high[rows]
    line, area = segments.line[segment], segments.area[segment]
    start, end = segments.along(segment, low), segments.along(segment, high)
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (line[1:] != line[:-1]) | (area[1:] != area[:-1]) | _apart(start[1:], end[:-1])
    begin = np.flatnonzero(new)
    if len(begin) == 0:
        return np.empty(0, dtype=object), line, area
    of = np.cumsum(new) - 1
    owner = np.concatenate([np.arange(len(begin)), of])
    points = np.concatenate([start[begin], end])
    order = np.argsort(owner, kind="stable")
    return shapely.linestrings(points[order], indices=owner[order]), line[begin], area[begin]


def _apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.abs(one - other).max(axis=1) > 1e-6


def _hanging_together(runs: Geometries, line: Rows, area: Rows, names: NDArray[np.object_]) -> Rows:
    """Label runs of the same name and area that touch at their ends."""
    named = ~pd.isna(names)
    street = np.where(named, pd.factorize(np.where(named, names, ""))[0], -1 - line)
    points = [shapely.get_coordinates(shapely.get_point(runs, place)) for place in (0, -1)]
    ends = np.round(np.concatenate(points), 3)
    keys = np.column_stack([np.tile(street, 2), np.tile(area, 2), ends])
    node = np.unique(keys, axis=0, return_inverse=True)[1].ravel() if len(runs) else ends[:, 0]
    size = len(runs) + int(node.max(initial=-1)) + 1
    pairs = (np.tile(np.arange(len(runs)), 2), len(runs) + node.astype(np.intp))
    links = coo_array((np.ones(2 * len(runs), dtype=bool), pairs), shape=(size, size))
    return np.asarray(connected_components(links, directed=False)[1][: len(runs)])


def _middles(lines: Geometries) -> Geometries:
    """Return the middle of the longest part of each line."""
    parts, of = shapely.get_parts(lines, return_index=True)
    order = np.lexsort([-shapely.length(parts), of])
    longest = order[np.unique(of[order], return_index=True)[1]]
    return np.asarray(shapely.line_interpolate_point(parts[longest], 0.5, normalized=True))


def _share(part: pd.Series, whole: pd.Series) -> NDArray[np.float64]:
    """Divide; a share of nothing is unknown."""
    some, all_ = part.to_numpy(dtype=float), whole.to_numpy(dtype=float)
    return np.divide(some, all_, out=np.full(len(some), np.nan), where=all_ > 0)
