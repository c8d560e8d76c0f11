"""Releases to the public: what each one showed, and what it tells of ground shared with others.

A ledger holds one row an area and release (:class:`coverage_model.base.schemas.Releases`): the
figures as published, how they were rounded, and the totals that a reader is taken to know. Areas of
different layers are cut into *pieces*, so that what is said of one can be set against another.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse

from coverage_model.cover.overlay import outside_areas, split_by_areas
from coverage_model.publish.inference import Facts, Numbers, Rows

Geometries = NDArray[np.object_]

SLIVER_SHARE = 0.01
"""A common piece of two areas up to this share of both comes from borders drawn twice."""

OWNERS = ("public", "other")
COUNTS = {"cameras": (0, 1), "cameras_public": (0,), "cameras_other": (1,)}
"""Columns of counts, and the owners that each adds up."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The areas of several releases, cut into pieces that do not overlap.

    Parameters
    ----------
    area_m2
        Size of each piece.
    area
        For each release, the row of the area that holds each piece, or -1.
    """

    area_m2: Numbers
    area: tuple[Rows, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Facts about the pieces, and the sums over them that need protection.

    Parameters
    ----------
    facts
        What a reader knows.
    sums
        Shape ``(cells, unknowns)``.
    cells
        One row a sum: ``release`` (position), ``row`` (of the area, or of the piece where
        ``piece``), ``quantity``, ``hidden``.
    """

    facts: Facts
    sums: sparse.csr_array
    cells: pd.DataFrame


def cut_releases(releases: list[gpd.GeoDataFrame], *, slivers: bool = False) -> Pieces:
    """Cut the areas of several releases into pieces.

    Parameters
    ----------
    releases
        One frame a release, with the areas as geometry.
    slivers
        Whether to keep pieces that are slivers of both areas.
    """
    layers: list[Geometries] = []
    layer_of = []
    for frame in releases:
        shapes = np.asarray(frame.geometry.to_numpy())
        same = (k for k, layer in enumerate(layers) if _same(layer, shapes))
        layer_of.append(next(same, len(layers)))
        if layer_of[-1] == len(layers):
            layers.append(shapes)
    pieces = layers[0]
    held: list[Rows] = [np.arange(len(pieces))]
    for shapes in layers[1:]:
        cut = split_by_areas(pieces, shapes)
        least = np.minimum(shapely.area(pieces)[cut.row], shapely.area(shapes)[cut.area])
        common = shapely.area(cut.geometry) > (0.0 if slivers else SLIVER_SHARE) * least
        row, area, both = cut.row[common], cut.area[common], cut.geometry[common]
        left, right = outside_areas(pieces, shapes), outside_areas(shapes, pieces)
        keep_left = _outside(left, pieces, slivers=slivers)
        keep_right = _outside(right, shapes, slivers=slivers)
        none = np.full(len(keep_right), -1)
        held = [np.concatenate([of[row], of[keep_left], none]) for of in held]
        held.append(np.concatenate([area, np.full(len(keep_left), -1), keep_right]))
        pieces = np.concatenate([both, left[keep_left], right[keep_right]])
    return Pieces(shapely.area(pieces), tuple(held[k] for k in layer_of))


def _outside(left: Geometries, whole: Geometries, *, slivers: bool) -> Rows:
    share = 0.0 if slivers else SLIVER_SHARE
    return np.flatnonzero(shapely.area(left) > share * shapely.area(whole))


def _same(one: Geometries, other: Geometries) -> bool:
    return len(one) == len(other) and bool(shapely.equals_exact(one, other, 1e-6).all())


class _Builder:
    """Collects facts as sparse rows."""

    def __init__(self, unknowns: int) -> None:
        self.unknowns = unknowns
        self.rows: list[tuple[Rows, Numbers]] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, columns: Rows, low: float, high: float, weights: Numbers | None = None) -> None:
        if len(columns):
            self.rows.append((columns, np.ones(len(columns)) if weights is None else weights))
            self.low.append(low)
            self.high.append(high)

    def facts(self, upper: Numbers, change: Numbers) -> Facts:
        matrix = _matrix(self.rows, self.unknowns)
        return Facts(matrix, np.array(self.low), np.array(self.high), upper, change)


def _matrix(rows: list[tuple[Rows, Numbers]], unknowns: int) -> sparse.csr_array:
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([columns for columns, _ in rows]) if rows else np.empty(0, np.intp)
    values = np.concatenate([weights for _, weights in rows]) if rows else np.empty(0)
    return sparse.csr_array((values, columns, ends), shape=(len(rows), unknowns))


def count_question(releases: list[gpd.GeoDataFrame], pieces: Pieces, *, published: int) -> Question:
    """Set up what a reader knows of the cameras in each piece at each release.

    Known are the totals of each group by owner, the counts marked as known, and what the first
    ``published`` releases showed. Between one release and the next, no more cameras came or went
    than these need.
    """
    size = len(pieces.area_m2)
    width = len(OWNERS) * size
    built = _Builder(len(releases) * width + 2 * (len(releases) - 1) * width)
    wanted: list[tuple[Rows, Numbers]] = []
    cells = []
    for k, frame in enumerate(releases):
        base = k * width
        rows = frame.reset_index(drop=True)
        for row, line in enumerate(rows.to_dict("records")):
            inside = np.flatnonzero(pieces.area[k] == row)
            for quantity, owners in COUNTS.items():
                columns = np.concatenate([base + owner * size + inside for owner in owners])
                value = line[quantity]
                if k < published and not line["held"] and not pd.isna(value):
                    half = line["count_step"] / 2
                    least = line["min_places"] if value > 0 else 0.0
                    low, high = np.ceil(value - half), np.floor(value + half)
                    built.add(columns, max(low, least), high)
                if quantity == "cameras" and not pd.isna(line["known_low"]):
                    built.add(columns, line["known_low"], line["known_high"])
                wanted.append((columns, np.ones(len(columns))))
                cells.append((k, row, quantity, bool(pd.isna(value)), False))
        for _, group in rows.groupby("group", sort=True):
            inside = np.flatnonzero(np.isin(pieces.area[k], group.index))
            for owner, name in enumerate(OWNERS):
                total = float(group[f"group_{name}"].iloc[0])
                built.add(base + owner * size + inside, total, total)
    for k in range(1, len(releases)):
        more = len(releases) * width + 2 * (k - 1) * width
        _add_changes(built, (k - 1) * width, k * width, more, width)
    last = (len(releases) - 1) * width
    for piece in common_pieces(pieces).tolist():
        columns = last + np.array([owner * size + piece for owner in range(len(OWNERS))])
        wanted.append((columns, np.ones(len(columns))))
        cells.append((len(releases) - 1, piece, "cameras", True, True))
    change = np.zeros(built.unknowns)
    change[len(releases) * width :] = 1.0
    return _question(built, np.full(built.unknowns, np.inf), change, wanted, cells)


def ground_question(
    releases: list[gpd.GeoDataFrame], pieces: Pieces, *, published: int
) -> Question:
    """Set up what a reader knows of the covered ground in each piece at each release."""
    size = len(pieces.area_m2)
    built = _Builder(len(releases) * size + 2 * (len(releases) - 1) * size)
    wanted: list[tuple[Rows, Numbers]] = []
    cells = []
    for k, frame in enumerate(releases):
        for row, line in enumerate(frame.to_dict("records")):
            columns = k * size + np.flatnonzero(pieces.area[k] == row)
            value = line["covered_m2"]
            if k < published and not line["held"] and not pd.isna(value):
                half = line["ground_step_m2"] / 2
                built.add(columns, value - half, value + half)
            wanted.append((columns, np.ones(len(columns))))
            cells.append((k, row, "covered_m2", bool(pd.isna(value)), False))
    for k in range(1, len(releases)):
        more = len(releases) * size + 2 * (k - 1) * size
        _add_changes(built, (k - 1) * size, k * size, more, size)
    for piece in common_pieces(pieces).tolist():
        wanted.append((np.array([(len(releases) - 1) * size + piece]), np.ones(1)))
        cells.append((len(releases) - 1, piece, "covered_m2", True, True))
    upper = np.full(built.unknowns, np.inf)
    upper[: len(releases) * size] = np.tile(pieces.area_m2, len(releases))
    change = np.zeros(built.unknowns)
    change[len(releases) * size :] = 1.0
    return _question(built, upper, change, wanted, cells)


def _add_changes(built: _Builder, earlier: int, later: int, more: int, width: int) -> None:
    """Say that ``later - earlier = more - less`` for each of ``width`` unknowns."""
    weights = np.array([1.0, -1.0, -1.0, 1.0])
    for j in range(width):
        columns = np.array([later + j, earlier + j, more + j, more + width + j])
        built.add(columns, 0.0, 0.0, weights)


def _question(
    built: _Builder,
    upper: Numbers,
    change: Numbers,
    wanted: list[tuple[Rows, Numbers]],
    cells: list[tuple[int, int, str, bool, bool]],
) -> Question:
    frame = pd.DataFrame(cells, columns=["release", "row", "quantity", "hidden", "piece"])
    return Question(built.facts(upper, change), _matrix(wanted, built.unknowns), frame)


def same_layer(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> bool:
    """Whether two frames hold the same areas, in any order."""
    if sorted(one["area_code"]) != sorted(other["area_code"]):
        return False
    first, second = (
        np.asarray(frame.sort_values("area_code").geometry.to_numpy()) for frame in (one, other)
    )
    return _same(first, second)


def areas_met(cells: pd.DataFrame, releases: list[gpd.GeoDataFrame]) -> list[NDArray[np.bool_]]:
    """Find the areas of the last release that share ground with each cell's area."""
    pieces = cut_releases(releases)
    last = pieces.area[-1]
    met = []
    for cell in cells.to_dict("records"):
        if cell["piece"]:
            # What tells of a piece is said of the areas that hold it, and of those they meet.
            held = [of == of[cell["row"]] for of in pieces.area if of[cell["row"]] >= 0]
            rows = last[np.any(held, axis=0)]
        else:
            rows = last[pieces.area[cell["release"]] == cell["row"]]
        found = np.zeros(len(releases[-1]), dtype=bool)
        found[rows[rows >= 0]] = True
        met.append(found)
    return met


def common_pieces(pieces: Pieces) -> Rows:
    """Return the pieces that are not the whole of any area: what two layers tell by difference."""
    whole = np.zeros(len(pieces.area_m2), dtype=bool)
    for of in pieces.area:
        inside = np.flatnonzero(of >= 0)
        parts = np.bincount(of[inside])
        whole[inside] |= parts[of[inside]] == 1
    return np.flatnonzero(~whole)


def cell_names(cells: pd.DataFrame, releases: list[gpd.GeoDataFrame], pieces: Pieces) -> list[str]:
    """Name the area of each cell; a piece by the areas of all layers that hold it."""
    codes = [frame["area_code"].to_numpy() for frame in releases]
    names = []
    for cell in cells.to_dict("records"):
        if cell["piece"]:
            holding = [
                str(code[of[cell["row"]]])
                for code, of in zip(codes, pieces.area, strict=True)
                if of[cell["row"]] >= 0
            ]
            names.append(" and ".join(dict.fromkeys(holding)))
        else:
            names.append(str(codes[cell["release"]][cell["row"]]))
    return names
