"""What may be published about coverage: areas with enough cameras, small counts hidden, rounded.

Camera places are refused under freedom of information for good reasons. The published frame is made
so that nobody can work back from it, nor from it together with totals known elsewhere, to where a
camera stands:

1. Places count, not cameras: ten cameras on one pole are one place. An area with fewer places than
   the least number is hidden, whether it has some or none.
2. Small areas are hidden: an area is itself a position.
3. Where hidden areas could be worked out as the difference between a known total and what is shown,
   more areas are hidden, fewest places first, until what is hidden in each group of areas is at
   least two areas and the least number of places. The split by owner is hidden by the same rule.
4. Counts are rounded, and covered ground to a step no smaller than the largest view, so that one
   camera more or less moves no figure by more than one step.

Everything else (positions, views, gaps, tiers of ownership, depth, operators) stays out. The rules
are those of published health statistics in England, which hide small counts and round the others to
the nearest five (NHS Digital, Disclosure control methodology for Hospital Episode Statistics,
2018), sharpened by 1 and 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base import schemas
from coverage_model.base.errors import Faults
from coverage_model.cover.overlay import first_area, sum_by

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

OVERLAP_SHARE = 0.01
"""Areas that overlap by more of the smaller one could be set against each other."""


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """When a figure is hidden, and how the others are rounded.

    Parameters
    ----------
    min_places
        Least number of places with cameras in an area that is shown. Five is the usual lower bound
        for counts in British official statistics.
    place_m
        Cameras nearer to each other than this share a place: a junction's width.
    min_area_m2
        Least size of an area that is shown: 10 ha, a square of about 300 m.
    count_step
        Counts are rounded to multiples of this.
    ground_step_m2
        Covered ground is rounded to multiples of this, or of a larger step where a view is larger.
    """

    min_places: int = 5
    place_m: float = 50.0
    min_area_m2: float = 100_000.0
    count_step: int = 5
    ground_step_m2: float = 10_000.0


@dataclass(frozen=True, slots=True)
class PublishedCoverage:
    """Coverage fit to publish.

    Parameters
    ----------
    frame
        :class:`coverage_model.base.schemas.PublicCoverage` with the areas' geometry.
    rule
        The rule it was made by.
    ground_step_m2
        The step that covered ground was rounded to.
    """

    frame: gpd.GeoDataFrame
    rule: DisclosureRule
    ground_step_m2: float


def public_coverage(
    coverage: gpd.GeoDataFrame,
    cameras: gpd.GeoDataFrame,
    *,
    visible: gpd.GeoDataFrame,
    groups: pd.Series | None = None,
    rule: DisclosureRule | None = None,
) -> PublishedCoverage:
    """Make the frame that may be published.

    Parameters
    ----------
    coverage
        A ``schemas.CoverageByArea`` frame with the areas as its geometry.
    cameras
        The ``schemas.Cameras`` frame behind it, in the same CRS.
    visible
        The ``schemas.VisibleAreas`` frame behind it: its largest view sets the rounding of ground.
    groups
        Name of the larger area that each area lies in, by the index of ``coverage``, where counts
        of the larger areas are known elsewhere (wards in boroughs, whose counts are public); by
        default all areas are one group.
    rule
        When to hide and how to round.

    Returns
    -------
    PublishedCoverage

    Raises
    ------
    InputError
        If areas overlap: the difference between two such areas could single a camera out.

    Examples
    --------
    >>> from shapely import Point, box
    >>> area = box(0, 0, 1000, 1000)
    >>> coverage = gpd.GeoDataFrame(
    ...     {"area_code": ["a"], "area_name": ["A"], "level": ["detect"], "area_m2": [1e6],
    ...      "covered_m2": [18_000.0], "cameras": [6]}, geometry=[area], crs="EPSG:27700")
    >>> cameras = gpd.GeoDataFrame(
    ...     {"camera_id": list("abcdef"), "ownership": "public"},
    ...     geometry=[Point(100 * x, 500) for x in range(1, 7)], crs="EPSG:27700")
    >>> visible = gpd.GeoDataFrame(
    ...     {"view_basis": ["given"], "area_m2": [3_000.0]}, geometry=[area], crs="EPSG:27700")
    >>> shown = public_coverage(coverage, cameras, visible=visible).frame
    >>> shown[["cameras", "covered_m2"]].values.tolist()
    [[5.0, 20000.0]]
    """
    rule = rule or DisclosureRule()
    shapes = np.asarray(coverage.geometry.to_numpy())
    _refuse_overlap(coverage)
    places, count = _by_area(cameras, shapes, place_m=rule.place_m)
    group = np.zeros(len(coverage), dtype=np.intp)
    if groups is not None:
        group = pd.factorize(groups.reindex(coverage.index), use_na_sentinel=False)[0]
    whole = coverage["area_m2"].to_numpy(float)
    small = (places[:, 0] < rule.min_places) | (whole < rule.min_area_m2)
    hidden = hide_more(small, places[:, 0], group, at_least=rule.min_places)
    # An owner that the whole inventory lacks tells nothing; otherwise both must be many.
    owners = [column for column in (1, 2) if places[:, column].sum() > 0]
    split = hidden.copy()
    for column in owners:
        split |= places[:, column] < rule.min_places
    for column in owners:
        split = hide_more(split, places[:, column], group, at_least=rule.min_places)
    views = visible.loc[visible["view_basis"] != "reach", "area_m2"]
    step = _step(float(views.max()) if len(views) else 0.0, least=rule.ground_step_m2)
    covered = np.minimum(_rounded(coverage["covered_m2"].to_numpy(float), step), whole)
    frame = pd.DataFrame(
        {
            "area_code": coverage["area_code"].to_numpy(),
            "area_name": coverage["area_name"].to_numpy(),
            "level": coverage["level"].to_numpy(),
            "area_m2": whole,
            "shown": ~hidden,
            "cameras": _shown(_rounded(count[:, 0], rule.count_step), hidden),
            "cameras_public": _shown(_rounded(count[:, 1], rule.count_step), split),
            "cameras_other": _shown(_rounded(count[:, 2], rule.count_step), split),
            "covered_m2": _shown(covered, hidden),
            "covered_share": _shown(covered / np.where(whole > 0, whole, 1.0), hidden),
        }
    )
    published = gpd.GeoDataFrame(frame, geometry=shapes, crs=coverage.crs)
    return PublishedCoverage(
        schemas.check(published, schemas.PublicCoverage, "published coverage"), rule, step
    )


def hide_more(
    hidden: Flags, places: NDArray[np.int_] | Numbers, group: NDArray[np.intp], *, at_least: int
) -> Flags:
    """Hide further areas until no group's hidden ones can be worked out from its total.

    Parameters
    ----------
    hidden
        Which areas are hidden for their own sake.
    places
        Places with cameras in each.
    group
        Number of the group each belongs to, whose total may be known.
    at_least
        Least number of places that the hidden areas of a group hold together, unless all are
        hidden.

    Returns
    -------
    ndarray of bool
        ``hidden`` and more: in each group none, or at least two areas with ``at_least`` places
        between them, or all.

    Examples
    --------
    >>> hide_more(
    ...     np.array([True, False, False]), np.array([2, 30, 9]), np.zeros(3, int), at_least=5)
    array([ True, False,  True])
    """
    hidden = hidden.copy()
    for number in np.unique(group[hidden]):
        rows = np.flatnonzero(group == number)
        candidates = iter(rows[np.argsort(places[rows], kind="stable")])
        while True:
            own = hidden[rows]
            if own.sum() >= 2 and places[rows][own].sum() >= at_least:
                break
            following = next((row for row in candidates if not hidden[row]), None)
            if following is None:
                break
            hidden[following] = True
    return hidden


def distinct_places(points: NDArray[np.object_], *, apart_m: float) -> Flags:
    """Choose points so that no two chosen ones are nearer than a distance, and no other fits in.

    Parameters
    ----------
    points
        Shapely points.
    apart_m
        Least distance between chosen points.

    Returns
    -------
    ndarray of bool
        Which points stand for a place; the choice does not depend on their order.

    Examples
    --------
    >>> distinct_places(shapely.points([[0, 0], [10, 0], [60, 0]]), apart_m=50).tolist()
    [True, False, True]
    """
    x, y = shapely.get_x(points), shapely.get_y(points)
    tree = shapely.STRtree(points)
    first, second = tree.query(points, predicate="dwithin", distance=apart_m)
    order = np.argsort(first, kind="stable")
    near = second[order]
    ends = np.searchsorted(first[order], np.arange(len(points) + 1))
    chosen = np.zeros(len(points), dtype=bool)
    blocked = np.zeros(len(points), dtype=bool)
    for row in np.lexsort((y, x)):
        if not blocked[row]:
            chosen[row] = True
            blocked[near[ends[row] : ends[row + 1]]] = True
    return chosen


def _by_area(
    cameras: gpd.GeoDataFrame, shapes: NDArray[np.object_], *, place_m: float
) -> tuple[Numbers, Numbers]:
    """Count places and cameras in each area: all, public, and private or of unknown owner."""
    single = cameras.loc[~cameras["camera_id"].duplicated()]
    points = np.asarray(single.geometry.to_numpy())
    public = single["ownership"].to_numpy() == "public"
    of_all = (np.ones(len(points), dtype=bool), public, ~public)
    stands = np.zeros((len(points), len(of_all)))
    for column, mine in enumerate(of_all):
        stands[mine, column] = distinct_places(points[mine], apart_m=place_m)
    area = first_area(points, shapes)
    inside = area >= 0
    places = sum_by(stands[inside], area[inside], len(shapes))
    count = sum_by(np.column_stack(of_all)[inside], area[inside], len(shapes))
    return places, count


def _refuse_overlap(areas: gpd.GeoDataFrame) -> None:
    """Raise if areas overlap by more than a sliver."""
    shapes = np.asarray(areas.geometry.to_numpy())
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    least = np.minimum(shapely.area(shapes)[first], shapely.area(shapes)[second])
    bad = common > OVERLAP_SHARE * least
    faults = Faults("--areas")
    if bad.any():
        codes = areas["area_code"].to_numpy()
        rows = sorted({str(codes[row]) for row in (*first[bad], *second[bad])})
        faults.add(
            "areas overlap, so what is published of one could single out a camera of another",
            "Give areas that do not overlap",
            rows=rows,
        )
    faults.raise_if_any()


def _step(largest: float, *, least: float) -> float:
    """Return the smallest of 1, 2, 5, 10 and so on times ``least`` that holds the largest view."""
    steps = (least * factor * 10**power for power in range(12) for factor in (1, 2, 5))
    return next(step for step in steps if step >= largest)


def _rounded(values: Numbers, step: float) -> Numbers:
    return np.asarray(np.round(values / step) * step, dtype=np.float64)


def _shown(values: Numbers, hidden: Flags) -> Numbers:
    return np.where(hidden, np.nan, values)
