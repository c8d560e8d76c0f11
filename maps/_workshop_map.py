"""What the workshop's map is drawn with: colours and letters of rooms, sites, and borders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.shell import palettes
from maps.shell.groups import NEIGHBOURS_WITHIN_M, colour_numbers, identify, site_colours
from maps.shell.layers import DECIMALS, PreparedAreas
from optimisation.results import Plan


def map_data(
    plans: Sequence[Plan],
    *,
    prepared: PreparedAreas,
    sites: Mapping[str, tuple[float, float]],
    codes: Sequence[str],
) -> dict[str, Any]:
    """Return what the script draws any plan on the map with.

    Parameters
    ----------
    plans
        Plans that colours and letters are given by; the first one shows first.
    prepared
        The areas on the page.
    sites
        Latitude and longitude of each area's site, by code.
    codes
        The areas in play, in the order that the script numbers them.

    Returns
    -------
    dict
        ``colours``, ``letters`` and ``sites`` of rooms by the area that hosts them; ``places``, the
        position of each area in play on the page; the whole ``palette``; and ``arcs``, the areas of
        the page on both sides of a border (-1 outside) with its lines.
    """
    place = {code: number for number, code in enumerate(prepared.codes)}
    serving = np.full((len(plans), len(place)), -1)
    for row, plan in enumerate(plans):
        for room in plan.rooms:
            for code in room.members:
                serving[row, place[code]] = place[room.site_code]
    near = prepared.neighbours(within_m=NEIGHBOURS_WITHIN_M)
    # The first plan's rooms are marked as on the other pages.
    (first,) = identify(plans[:1], prepared)
    hosts = [place[room.site_code] for room in first.rooms]
    marks = colour_numbers([first], prepared)
    given = {site: marks[group] for site, group in zip(hosts, first.identities, strict=True)}
    numbers, letters = site_colours(serving, near, given=given), site_letters(serving, hosts)
    here = [place[code] for code in codes]
    return {
        "colours": [palettes.group_colour(numbers[number]) for number in here],
        "letters": [letters[number] for number in here],
        "sites": [list(sites[code]) for code in codes],
        "places": here,
        "names": [prepared.names[number] for number in here],
        "palette": [palettes.group_colour(number) for number in range(len(palettes.GROUPS))],
        "arcs": borders(prepared),
        "none": palettes.NO_DATA,
        "ink": palettes.INK,
    }


def site_letters(serving: NDArray[np.int64], hosts: Sequence[int]) -> list[str]:
    """Return a letter for each area as the host of a room: ``hosts`` first, then by frequency."""
    used = np.bincount(serving[serving >= 0], minlength=serving.shape[1])
    rest = [
        site for site in np.lexsort((np.arange(len(used)), -used)).tolist() if site not in hosts
    ]
    letters = [""] * serving.shape[1]
    for number, site in enumerate([*hosts, *rest]):
        letters[site] = palettes.group_letter(number)
    return letters


def borders(prepared: PreparedAreas) -> list[list[Any]]:
    """Return the lines between each two areas, and what is left of each area's outline.

    Returns
    -------
    list
        ``[first, second, lines]`` with -1 for the outside and lines of latitude and longitude.
    """
    shapes = prepared.geographic.to_numpy()
    outlines = shapely.boundary(shapes)
    pairs = prepared.neighbours(within_m=0.5)
    shared: list[list[Any]] = [[] for _ in shapes]
    found: list[list[Any]] = []
    for first, second in pairs:
        line = shapely.intersection(outlines[first], outlines[second])
        lines = _lines(line)
        if lines:
            found.append([first, second, lines])
            shared[first].append(line)
            shared[second].append(line)
    for number, outline in enumerate(outlines):
        rest = shapely.difference(outline, shapely.union_all(shared[number]))
        lines = _lines(rest)
        if lines:
            found.append([number, -1, lines])
    return found


def _lines(geometry: Any) -> list[list[list[float]]]:
    parts = shapely.get_parts(geometry)
    kept = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(kept)))
    return [
        np.round(shapely.get_coordinates(line)[:, ::-1], DECIMALS).tolist()
        for line in merged
        if not shapely.is_empty(line)
    ]
