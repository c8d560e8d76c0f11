"""The rule of what may be published: when an area is hidden, and how its figures are rounded.

The rules are those of published health statistics in England, which hide small counts and round the
others to the nearest five (NHS Digital, Disclosure control methodology for Hospital Episode
Statistics, 2018); on top, places count and not cameras, and small areas are hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from coverage_model.cover.overlay import first_area, sum_by

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


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
    hidden_range
        Least width, in cameras, of the range that a reader may be able to derive for a hidden
        count: 5 leaves at least six possible counts.
    shown_range
        Least width of that range for a rounded count: 2 leaves at least three.
    """

    min_places: int = 5
    place_m: float = 50.0
    min_area_m2: float = 100_000.0
    count_step: int = 5
    ground_step_m2: float = 10_000.0
    hidden_range: int = 5
    shown_range: int = 2


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


def count_by_area(
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


def ground_step(largest: float, *, least: float) -> float:
    """Return the smallest of 1, 2, 5, 10 and so on times ``least`` that holds the largest view."""
    steps = (least * factor * 10**power for power in range(12) for factor in (1, 2, 5))
    return next(step for step in steps if step >= largest)


def rounded(values: Numbers, step: float) -> Numbers:
    """Round to multiples of a step."""
    return np.asarray(np.round(values / step) * step, dtype=np.float64)
