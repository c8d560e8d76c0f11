"""What the explorer's script reads: plans as small whole numbers, and every text it shows.

The script filters, sorts and draws; it works nothing out. Filters compare whole numbers given here
(a plan's rooms, boroughs moved, step of the cost slider), sorting follows ranks given here, and
each figure it shows is a text written here.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base.csv_safety import csv_safe
from maps.plan_set import FAMILIES, PlanSet
from maps.shell import palettes, wording
from maps.shell.charts import Chart
from maps.shell.groups import NEIGHBOURS_WITHIN_M, site_colours
from maps.shell.layers import DECIMALS, PreparedAreas
from maps.shell.offline import data_block
from maps.shell.packed import base64_gzip, pack_streams

# Costs above the best plan that the slider stops at.
STOPS = (0.0, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2)
BINARY = "application/octet-stream"


def millions(value: float) -> str:
    """Return pounds as millions with two decimals: plans that differ by a thousandth must show it.

    Examples
    --------
    >>> millions(181_552_893.7)
    '181.55'
    """
    return wording.number(value / 1e6, decimals=2)


def beyond(value: float) -> str:
    """Return a cost beyond the best plan's, as thousands."""
    return wording.gbp(0.0 if abs(value) < 0.5 else value)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of each plan.

    Parameters
    ----------
    key
        Column of the plan set's frame.
    label
        What it is, with its unit where the text does not say it.
    say
        How to write it.
    """

    key: str
    label: str
    say: Callable[[float], str]


FIGURES = (
    Figure("rooms", "Rooms", wording.number),
    Figure("over_best_gbp", "Above the best plan", beyond),
    Figure("boroughs_moved", "Boroughs moved", wording.number),
    Figure("link_km", "Links", wording.kilometres),
    Figure("one_off_gbp", "One-off cost, £m", millions),
    Figure("saving_gbp_per_year", "Saving a year, £m", millions),
    Figure("npv_gbp", "Net present cost, £m", millions),
    Figure("over_best_share", "Above, %", wording.share),
    Figure("cost_gbp_per_year", "Cost a year, £m", millions),
    Figure("posts", "Operators on duty", wording.number),
)


def cost_stops(shares: NDArray[np.float64]) -> list[float]:
    """Return where the cost slider stops: up to the first stop at or beyond the dearest plan."""
    most = float(shares.max())
    stops = [stop for stop in STOPS if stop < most]
    return [*stops, next((stop for stop in STOPS if stop >= most), most)]


def slider(plans: PlanSet) -> tuple[list[str], NDArray[np.int64]]:
    """Return the texts of the cost slider's stops, and the first stop that admits each plan."""
    shares = plans.frame["over_best_share"].to_numpy(dtype=np.float64)
    stops = cost_stops(shares)
    step = np.searchsorted(np.asarray(stops) + 1e-9, shares, side="left")
    texts = [f"at most {stop * 100:.3g}%" for stop in stops]
    return texts, step.clip(max=len(stops) - 1)


def plan_blocks(
    plans: PlanSet,
    *,
    prepared: PreparedAreas,
    names: pd.Series,
    charts: Sequence[Chart],
    shades: NDArray[np.int64],
    remarks: Sequence[str],
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Pack a plan set.

    Parameters
    ----------
    plans
        The plans.
    prepared
        The areas: their order numbers them.
    names
        Name of each borough by code.
    charts
        Charts of the plans.
    shades
        Number of each plan's colour in the charts.
    remarks
        A sentence about each plan.

    Returns
    -------
    meta, blocks
        What goes into the page's data, and the packed blocks as HTML.
    """
    place = {code: number for number, code in enumerate(prepared.codes)}
    frame = plans.frame
    _, steps = slider(plans)
    families = sum(
        frame[family].to_numpy(dtype=np.int64) << bit for bit, family in enumerate(FAMILIES)
    )
    streams: dict[str, tuple[NDArray[Any], Sequence[str]]] = {
        "room_count": (np.array([len(each) for each in plans.chosen]), ("u1", "u2")),
        "room_rows": (np.array([row for each in plans.chosen for row in each]), ("u2", "u4")),
        "rooms": (frame["rooms"].to_numpy(), ("u1", "u2")),
        "moved": (frame["boroughs_moved"].to_numpy(), ("u1", "u2")),
        "step": (steps, ("u1",)),
        "families": (families, ("u1",)),
        "shade": (shades, ("u1",)),
        "site": (np.array([place[room.site_code] for room in plans.rooms]), ("u1", "u2")),
        "member_count": (np.array([len(room.members) for room in plans.rooms]), ("u1", "u2")),
        "members": (
            np.array([place[code] for room in plans.rooms for code in room.members]),
            ("u1", "u2"),
        ),
    }
    for figure in FIGURES:
        ranks = frame[figure.key].rank(method="dense").to_numpy(dtype=np.int64)
        streams[f"rank_{figure.key}"] = (ranks, ("u2", "u4"))
    for chart in charts:
        x, y = chart.places()
        streams[f"x_{chart.key}"] = (x, ("u2",))
        streams[f"y_{chart.key}"] = (y, ("u2",))
    layout, block = pack_streams(streams)
    texts = {
        "id": frame["plan_id"].tolist(),
        "label": frame["label"].tolist(),
        "remark": list(remarks),
        "cells": [[figure.say(value) for value in frame[figure.key]] for figure in FIGURES],
        "rooms": [
            [
                wording.listing([str(names.get(code, code)) for code in room.members]),
                wording.number(len(room.members)),
                wording.number(room.cameras),
                wording.number(room.posts),
                wording.gbp(room.cost_gbp_per_year),
                wording.gbp(room.one_off_gbp),
                wording.kilometres(room.link_km),
            ]
            for room in plans.rooms
        ],
    }
    stored = {
        "plans": block,
        "plans-texts": _zip(texts),
        "plans-csv": _zip(csv_lines(plans, names)),
    }
    meta = {"layout": layout, "plans": len(plans), "rooms": len(plans.rooms)}
    blocks = tuple(
        data_block(f"pack-{name}", text, media_type=BINARY) for name, text in stored.items()
    )
    return meta, blocks


def _zip(value: Any) -> str:
    return base64_gzip(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def csv_frame(plans: PlanSet, names: pd.Series) -> pd.DataFrame:
    """Return the table that the page's CSV holds: a plan's figures, then each borough's room.

    Returns
    -------
    DataFrame
        ``plan_id, label, status``, the kinds, the figures, ``npv_saving_gbp, bound_gbp``, and a
        column for each borough, by name, with the borough whose room serves it.
    """
    figures = [figure.key for figure in FIGURES]
    columns = ["plan_id", "label", "status", *FAMILIES, *figures, "npv_saving_gbp", "bound_gbp"]
    codes = [str(code) for code in names.index]
    hosts = np.array([*names.astype(str), ""], dtype=object)[plans.sites(codes)]
    rooms = pd.DataFrame(hosts, columns=[f"room of {name}" for name in names])
    return pd.concat([plans.frame[columns].reset_index(drop=True), rooms], axis=1)


def csv_lines(plans: PlanSet, names: pd.Series) -> list[str]:
    """Return the CSV as lines, the header first; the page joins those that its filters leave."""
    frame = csv_safe(csv_frame(plans, names))
    lines = []
    for row in (list(frame.columns), *frame.itertuples(index=False, name=None)):
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        lines.append(line.getvalue())
    return lines


def map_data(
    plans: PlanSet, *, prepared: PreparedAreas, sites: Mapping[str, tuple[float, float]]
) -> dict[str, Any]:
    """Return what the script draws a plan on the map with.

    Parameters
    ----------
    plans, prepared
        The plans and areas.
    sites
        Latitude and longitude of each area's site.

    Returns
    -------
    dict
        ``colours`` and ``letters`` of groups by the position of their room's area, the ``sites``,
        and ``arcs``: the areas on both sides of a border (-1 outside) with its lines.
    """
    serving = plans.sites(prepared.codes)
    near = prepared.neighbours(within_m=NEIGHBOURS_WITHIN_M)
    colours = [palettes.group_colour(number) for number in site_colours(serving, near)]
    return {
        "colours": colours,
        "letters": site_letters(serving),
        "sites": [list(sites[code]) for code in prepared.codes],
        "arcs": borders(prepared),
        "none": palettes.NO_DATA,
        "ink": palettes.INK,
    }


def site_letters(serving: NDArray[np.int64]) -> list[str]:
    """Return a letter for each area as the host of a room, A for the most frequent."""
    used = np.bincount(serving[serving >= 0], minlength=serving.shape[1])
    letters = [""] * serving.shape[1]
    for number, site in enumerate(np.lexsort((np.arange(len(used)), -used))):
        letters[int(site)] = palettes.group_letter(number)
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
