r"""Any territory: areas from a polygon layer, their cameras from a table or an inventory.

The areas of a county or a country take the place of London's boroughs. Who is next to whom follows
from their common boundaries (:func:`optimisation.territory.adjacency_graph`); a bridge, a tunnel or
a ferry is said in the table. A room stands at a point inside its area until a file of sites says
better. What work, rooms and circuits cost stays London's until the scenario gives other
coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage_model.base.crs import NO_SHIFT
from coverage_model.base.errors import Faults
from coverage_model.base.notes import Note, ReadLog, sha256_of
from coverage_model.base.schemas import check
from coverage_model.reading.area_names import AreaNames
from coverage_model.reading.areas import AreaLayer
from coverage_model.reading.parse import parse_flag, parse_number
from coverage_model.reading.plain_table import PlainTable, read_table
from optimisation.schemas import BoroughInputs
from optimisation.territory import (
    CROSSINGS,
    NEIGHBOURS,
    SITE_ASSUMED,
    SITE_NONE,
    adjacency_graph,
    count_public,
)

COLUMNS = {
    "area_code": (
        "area",
        "area_name",
        "borough",
        "borough_code",
        "district",
        "authority",
        "local_authority",
        "council",
        "gss_code",
        "lad_code",
        "code",
        "name",
    ),
    "cameras": ("camera_count", "cameras_count", "number_of_cameras", "count", "total_cameras"),
    "year": ("cameras_year", "as_of", "count_year"),
    "has_room": ("room", "own_room", "existing_room"),
    "room_today": ("served_by", "watched_from", "hosted_by", "shared_with"),
    "crimes_per_year": ("crimes", "recorded_crimes"),
    "joined_to": ("crossing_to", "linked_to", "bridge_to"),
}
"""Columns of a table of counts, and the names that they may have in it."""

GIVEN_SCOPE = "public space, as the table given says"


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Cameras of each area, from a table.

    Parameters
    ----------
    frame
        Index ``borough_code``: ``cameras``, ``cameras_year``, ``crimes_per_year``, ``has_room``,
        ``room_today``, ``monitored`` and ``joined_to`` (a tuple of codes).
    log
        Where they came from.
    """

    frame: pd.DataFrame
    log: ReadLog


def read_counts(path: str | Path, *, areas: AreaLayer, layer: str | None = None) -> Counts:
    r"""Read how many cameras each area has, and who has a room today.

    Parameters
    ----------
    path
        Any table: CSV, Excel, OpenDocument. Columns: ``area`` (name or code) and ``cameras``, one
        row an area; perhaps ``year`` of the count, ``has_room`` (yes or no), ``room_today`` (the
        area whose room watches these cameras), ``crimes_per_year`` (recorded, for officers' ways)
        and ``joined_to`` (areas beyond a water that a bridge, tunnel or ferry joins to it, with
        semicolons between them).
    areas
        The areas.
    layer
        Sheet to read, where there are several.

    Returns
    -------
    Counts
        One row an area. An area with cameras and nothing said of a room has one of its own; one
        that has no room and is served by none is taken as recording only.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        Listing every row whose area is unknown or comes twice, whose number is none or below 0, or
        whose room does not exist, and every area without a row.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from coverage_model.base.datasets import data_dir
    >>> from coverage_model.reading.areas import read_areas
    >>> layer = read_areas(data_dir() / "boundaries" / "boroughs_overview.geojson")
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "counts.csv"
    ...     rows = [f"{name},100" for name in layer.frame["area_name"]]
    ...     _ = path.write_text("\n".join(["area,cameras", *rows]))
    ...     counts = read_counts(path, areas=layer)
    >>> int(counts.frame["cameras"].sum())
    3300
    """
    table = read_table(path, columns=COLUMNS, needed=("area_code", "cameras"), layer=layer)
    faults = Faults(path)
    names = AreaNames(dict(zip(areas.frame["area_code"], areas.frame["area_name"], strict=True)))
    codes = _codes(table, names, areas, faults)
    frame = pd.DataFrame(
        {
            "cameras": _numbers(table, "cameras", faults, needed=True),
            "cameras_year": _numbers(table, "year", faults),
            "crimes_per_year": _numbers(table, "crimes_per_year", faults),
            "has_room": _flags(table, faults),
            "room_today": _others(table, "room_today", names, faults),
            "joined_to": _others(table, "joined_to", names, faults),
        }
    )
    whole = frame["cameras_year"].dropna()
    odd = whole[(whole % 1 != 0) | (whole < 1950) | (whole > 2100)]
    if len(odd):
        rows = [f"{table.labels[k]}: {value:g}" for k, value in odd.items()]
        faults.add("the year is none", "Write a year such as 2024", rows=rows)
    faults.raise_if_any()
    frame.index = pd.Index(codes, name="borough_code", dtype=object)
    notes = _settle_rooms(frame, faults)
    faults.raise_if_any()
    log = ReadLog(
        path=str(path),
        format="table",
        sha256=sha256_of(Path(path)),
        rows_read=len(table.rows),
        items_read=len(frame),
        crs_in="none",
        datum_shift=NO_SHIFT,
        notes=(*table.notes, *notes),
    )
    return Counts(frame.sort_index(), log)


def area_inputs(
    areas: AreaLayer, *, counts: Counts | None = None, cameras: gpd.GeoDataFrame | None = None
) -> pd.DataFrame:
    """Put together what the consolidation model knows of each area.

    Parameters
    ----------
    areas
        The areas, in a CRS in metres.
    counts
        Their cameras, from a table.
    cameras
        Else an inventory (:class:`coverage_model.base.schemas.Cameras`, with the code of the area
        each camera stands in): its public cameras are counted.

    Returns
    -------
    DataFrame
        :class:`optimisation.schemas.BoroughInputs` with the neighbours of each area, as
        :func:`optimisation.territory.carried_graph` reads them.

    Raises
    ------
    ValueError
        If neither or both are given.
    InputError
        If no public camera of the inventory stands in any of the areas.
    """
    if (counts is None) == (cameras is None):
        raise ValueError("give counts or cameras")
    shapes = areas.frame.set_index("area_code").sort_index()
    inside = shapes.representative_point()
    frame = pd.DataFrame(
        {
            "borough": shapes["area_name"].astype(str),
            "site_x_m": inside.x,
            "site_y_m": inside.y,
            "cameras_confidence": "as given",
            "cameras_other_scope": np.nan,
        },
        index=pd.Index(shapes.index.astype(str), name="borough_code"),
    )
    if counts is not None:
        given = counts.frame.reindex(frame.index)
        frame = frame.join(given.drop(columns="joined_to"))
        frame["cameras_basis"] = "given"
        frame["cameras_scope"] = GIVEN_SCOPE
        crossings = given["joined_to"]
    else:
        assert cameras is not None  # noqa: S101 (one of the two is given)
        frame["cameras"] = count_public(cameras, frame.index, where="one of the areas")
        frame["cameras_year"] = pd.NA
        frame["cameras_basis"] = "inventory"
        frame["cameras_scope"] = "public cameras of the inventory given"
        frame["has_room"] = frame["cameras"] > 0
        frame["monitored"] = frame["has_room"]
        frame["room_today"] = frame.index
        frame["crimes_per_year"] = np.nan
        crossings = pd.Series([()] * len(frame), frame.index)
    frame["site_basis"] = np.where(frame["has_room"], SITE_ASSUMED, SITE_NONE)
    graph = adjacency_graph(areas.frame)
    frame[NEIGHBOURS] = [tuple(sorted(graph.neighbors(code))) for code in frame.index]
    frame[CROSSINGS] = crossings
    return check(frame, BoroughInputs, "areas")


def neighbour_notes(boroughs: pd.DataFrame) -> tuple[Note, ...]:
    """Say which areas touch no other, and so can share a room only where contiguity is not asked.

    Parameters
    ----------
    boroughs
        From :func:`area_inputs`.
    """
    joined = {other for others in boroughs[CROSSINGS] for other in others}
    lone = [
        str(name)
        for code, name, near, over in zip(
            boroughs.index,
            boroughs["borough"],
            boroughs[NEIGHBOURS],
            boroughs[CROSSINGS],
            strict=True,
        )
        if not near and not over and code not in joined
    ]
    if not lone:
        return ()
    message = (
        "areas that have no boundary in common with another: they keep a room of their own unless "
        "the counts say joined_to, or the scenario asks for no contiguity"
    )
    return (Note("no_neighbour", message, len(lone), tuple(lone)),)


def _codes(
    table: PlainTable, names: AreaNames, areas: AreaLayer, faults: Faults
) -> list[str | None]:
    """Code of the area of each row; faults for unknown, double and missing areas."""
    written = table.rows["area_code"].tolist()
    codes = [names.code(each) if each else None for each in written]
    lost = [k for k, code in enumerate(codes) if code is None]
    if lost:
        faults.add(
            "no area of this name or code in the layer",
            names.remedy(written[k] for k in lost if written[k]),
            rows=[f"{table.labels[k]}: {written[k] or 'empty'}" for k in lost],
        )
    series = pd.Series(codes, dtype=object)
    twice = series.duplicated(keep=False) & series.notna()
    if twice.any():
        rows = [f"{table.labels[k]}: {written[k]}" for k in np.flatnonzero(twice)]
        faults.add("areas with more than one row", "Give each area one count", rows=rows)
    absent = areas.frame[~areas.frame["area_code"].isin(series.dropna())]
    if len(absent) and not lost:
        faults.add(
            "areas without a row",
            "Give each area a count, 0 where it has no camera",
            rows=absent["area_name"],
        )
    return codes


def _numbers(
    table: PlainTable, column: str, faults: Faults, *, needed: bool = False
) -> Sequence[float]:
    if column not in table.rows:
        return [np.nan] * len(table.rows)
    texts = table.rows[column].tolist()
    read = [parse_number(text) for text in texts]
    bad = [
        k
        for k, value in enumerate(read)
        if value is None or value < 0 or np.isinf(value) or (needed and np.isnan(value))
    ]
    if bad:
        faults.add(
            f"{column} is no number of at least 0",
            "Write it in figures; 0 where there is none",
            rows=[f"{table.labels[k]}: {texts[k] or 'empty'}" for k in bad],
        )
    return [np.nan if value is None else value for value in read]


def _flags(table: PlainTable, faults: Faults) -> list[bool | None]:
    if "has_room" not in table.rows:
        return [None] * len(table.rows)
    texts = table.rows["has_room"].tolist()
    read = [parse_flag(text) if text else None for text in texts]
    bad = [k for k, value in enumerate(read) if value is None and texts[k]]
    if bad:
        rows = [f"{table.labels[k]}: {texts[k]}" for k in bad]
        faults.add("has_room is neither yes nor no", "Say yes or no", rows=rows)
    return read


def _others(
    table: PlainTable, column: str, names: AreaNames, faults: Faults
) -> list[tuple[str, ...]]:
    """Codes of the areas that a cell names, with semicolons between them."""
    if column not in table.rows:
        return [()] * len(table.rows)
    found: list[tuple[str, ...]] = []
    unknown: dict[str, str] = {}
    for label, text in zip(table.labels, table.rows[column], strict=True):
        parts = [part.strip() for part in text.split(";") if part.strip()]
        codes = {part: names.code(part) for part in parts}
        unknown |= {part: label for part, code in codes.items() if code is None}
        found.append(tuple(sorted({code for code in codes.values() if code is not None})))
    if unknown:
        faults.add(
            f"{column} names no area of the layer",
            names.remedy(unknown),
            rows=[f"{label}: {part}" for part, label in unknown.items()],
        )
    return found


def _settle_rooms(frame: pd.DataFrame, faults: Faults) -> list[Note]:
    """Work out who has a room and who is served by whom, in place; note what was taken."""
    several = frame.index[frame["room_today"].map(len) > 1]
    if len(several):
        faults.add("room_today names several areas", "Name one", rows=several)
    host = frame["room_today"].map(lambda codes: codes[0] if codes else None)
    said = frame["has_room"].astype("boolean")
    guest = host.notna() & (host != frame.index)
    both = frame.index[guest & said.fillna(value=False)]
    if len(both):
        faults.add(
            "areas that have a room and are served by another's",
            "Say has_room = no, or leave room_today empty",
            rows=both,
        )
    unsaid = said.isna() & ~guest
    has = said.fillna(value=True).astype(bool) & ~guest & ~(unsaid & (frame["cameras"] == 0))
    homeless = [f"{code}: {to}" for code, to in host[guest].items() if not bool(has.get(to, False))]
    if homeless:
        faults.add(
            "areas served by a room that is not there",
            "Name an area that has a room",
            rows=homeless,
        )
    frame["has_room"] = has
    frame["monitored"] = has | guest
    frame["room_today"] = host.where(guest, pd.Series(frame.index, frame.index))
    notes = []
    taken = frame.index[unsaid & has]
    if len(taken):
        message = "areas of which no room is said: one of their own is assumed"
        notes.append(Note("room_assumed", message, len(taken), tuple(map(str, taken))))
    quiet = frame.index[~frame["monitored"] & (frame["cameras"] > 0)]
    if len(quiet):
        message = "areas with cameras and no room, their own or another's: taken as recording only"
        notes.append(Note("recording_only", message, len(quiet), tuple(map(str, quiet))))
    return notes
