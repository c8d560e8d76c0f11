"""Candidate sites that people name: town halls, rooms that exist, any place they know.

The embedded facts place few rooms, and no town hall, so the model falls back to a point inside the
borough and says so. A file of sites replaces that, borough by borough; the rest stays as it was.
Each site keeps the kind that its file gives it, which tables and pages then show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from coverage_model.base.crs import parse_crs
from coverage_model.base.errors import Faults
from coverage_model.base.notes import ReadLog, sha256_of
from coverage_model.reading.area_names import AreaNames
from coverage_model.reading.areas import crs_name
from coverage_model.reading.columns import Matching, match_columns
from coverage_model.reading.coordinates import Positions, read_positions, swapped
from coverage_model.reading.formats import read_source
from coverage_model.reading.parse import clean_text, is_blank, parse_flag
from coverage_model.reading.profile import Profile, load_profile, normalise
from coverage_model.reading.source import Source
from coverage_model.reading.told_columns import as_told
from optimisation.roads import is_by_road

KIND_NAMES = ("kind", "site_kind", "kind_of_site", "site_type", "site_basis", "type")
ROOM_NAMES = ("has_room", "room", "existing_room")
NO_KIND = "kind not stated"


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Candidate sites from a file.

    Parameters
    ----------
    frame
        Index ``borough_code``; ``site_x_m``, ``site_y_m`` in metres, ``site_basis`` (the kind, as
        given) and ``has_room`` (missing where the file does not say).
    log
        Where they came from.
    """

    frame: pd.DataFrame
    log: ReadLog


def read_sites(
    path: str | Path,
    *,
    areas: gpd.GeoDataFrame,
    layer: str | None = None,
    crs_in: Any = None,
    profile: str | Path | None = None,
) -> Sites:
    r"""Read candidate sites.

    Parameters
    ----------
    path
        Any table or point layer that :func:`coverage_model.reading.cameras.read_cameras` takes.
        Columns: ``borough`` (name or code), easting and northing or longitude and latitude where
        there is no geometry, ``kind`` (such as "town hall") and perhaps ``has_room`` (yes or no).
    areas
        :class:`coverage_model.base.schemas.Areas`: the boroughs, in a projected CRS in metres.
    layer
        Layer or sheet to read, where there are several.
    crs_in
        CRS of the file's coordinates, where it does not say or says it wrongly.
    profile
        A TOML file that says which columns hold what; see :mod:`coverage_model.reading.profile`.

    Returns
    -------
    Sites
        One a borough at most, in the CRS of the areas.

    Raises
    ------
    MissingFileError
        If there is no such file.
    CRSError
        If the file does not say its CRS.
    InputError
        Listing every borough that is unknown or comes twice, and every site without coordinates,
        with swapped axes, or outside its borough, with the distance.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from coverage_model.base import datasets
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "sites.csv"
    ...     _ = path.write_text("borough,easting,northing,kind\nCamden,529000,184000,depot\n")
    ...     sites = read_sites(path, areas=datasets.boroughs())
    >>> sites.frame["site_basis"].to_dict()
    {'E09000007': 'depot (as given)'}
    """
    file, working = Path(path), parse_crs(areas.crs)
    rules = load_profile(profile, of="sites")
    source, adapter = read_source(file, layer=layer, crs_in=crs_in, kind="Point")
    source = as_told(source, rules, file)
    faults, notes = Faults(file), source.notes
    names = [str(name) for name in source.rows]
    matching = match_columns(names, Profile(), source=file)
    codes = _boroughs(source, matching, areas, faults)
    positions = read_positions(
        source,
        path=file,
        matching=matching,
        stated_crs=rules.crs,
        working=working,
        faults=faults,
        notes=notes,
        allow_missing=True,
    )
    kinds = _kinds(source)
    notes.add("no_kind", "Sites of no stated kind", rows=_pick(source.labels, kinds == NO_KIND))
    has_room = _has_room(source, faults)
    if positions is not None:
        if positions.missing.any():
            remedy = "Give both coordinates, or take the row out"
            lost = _pick(source.labels, positions.missing)
            faults.add("sites without coordinates", remedy, rows=lost)
        _check_places(positions, codes, source.labels, areas=areas, faults=faults)
    faults.raise_if_any()
    assert positions is not None  # noqa: S101 (None comes with a fault)
    silent = pd.isna(has_room)
    message = "Sites that do not say whether a room is there: taken as for the borough before"
    notes.add("room_unsaid", message, rows=_pick(source.labels, np.asarray(silent)))
    frame = pd.DataFrame(
        {
            "site_x_m": positions.geometry.x.to_numpy(),
            "site_y_m": positions.geometry.y.to_numpy(),
            "site_basis": [f"{kind} (as given)" for kind in kinds],
            "has_room": has_room,
        },
        index=pd.Index(codes, name="borough_code"),
    ).sort_index()
    log = ReadLog(
        path=str(path),
        format=adapter.name,
        sha256=sha256_of(file),
        rows_read=source.rows_read or len(source.rows),
        items_read=len(frame),
        crs_in=crs_name(positions.given.crs),
        datum_shift=positions.shift,
        notes=tuple(notes.found),
    )
    return Sites(frame, log)


def with_sites(boroughs: pd.DataFrame, sites: Sites) -> pd.DataFrame:
    """Put given sites in the place of the model's own.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`.
    sites
        From :func:`read_sites`.

    Returns
    -------
    DataFrame
        A copy; boroughs without a given site stay as they were.

    Raises
    ------
    ValueError
        If the frame carries distances by road already: those are between the sites before.
    InputError
        If a site is of a borough that is not there.
    """
    if is_by_road(boroughs):
        raise ValueError("put the sites in place before the distances by road")
    given = sites.frame
    faults = Faults(sites.log.path)
    strangers = given.index.difference(boroughs.index)
    if len(strangers):
        faults.add("boroughs that are not in play", "Take these sites out", rows=strangers)
        faults.raise_if_any()
    frame = boroughs.copy()
    for column in ("site_x_m", "site_y_m", "site_basis"):
        frame.loc[given.index, column] = given[column]
    said = given["has_room"].dropna().astype(bool)
    frame.loc[said.index, "has_room"] = said
    return frame


def site_columns(names: list[str], path: Path) -> dict[str, str]:
    """Columns that say borough, kind and room of a site, as :func:`read_sites` takes them.

    Examples
    --------
    >>> site_columns(["Borough", "Type", "x", "y"], Path("sites.csv"))
    {'borough_code': 'Borough', 'kind': 'Type'}
    """
    found = {}
    borough = _borough_column(match_columns(names, Profile(), source=path))
    if borough is not None:
        found["borough_code"] = borough
    for field, usual in (("kind", KIND_NAMES), ("has_room", ROOM_NAMES)):
        column = _first(names, usual)
        if column is not None:
            found[field] = column
    return found


def _first(names: Sequence[str], usual: Sequence[str]) -> str | None:
    by_name = {normalise(str(name)): name for name in reversed(names)}
    return next((by_name[name] for name in usual if name in by_name), None)


def _borough_column(matching: Matching) -> str | None:
    """Column that names the borough of a site; one of authorities does too."""
    return matching.columns.get("borough_code", matching.columns.get("operator"))


def _boroughs(
    source: Source, matching: Matching, areas: gpd.GeoDataFrame, faults: Faults
) -> NDArray[np.object_]:
    """Code of the borough of each row; None where it is not known."""
    codes = np.full(len(source.rows), None, dtype=object)
    column = _borough_column(matching)
    if column is None:
        listed = ", ".join(map(str, source.rows.columns))
        faults.add(
            "no column for the borough",
            "Name it borough, or say which it is in a profile (--profile sites=FILE): "
            f'[columns] borough_code = "…"; columns: {listed}',
        )
        return codes
    names = AreaNames(dict(zip(areas["area_code"], areas["area_name"], strict=True)))
    texts = [str(value) for value in source.rows[column]]
    codes[:] = [names.code(text) for text in texts]
    missing = np.array([code is None for code in codes], dtype=bool)
    if missing.any():
        lost = np.flatnonzero(missing)
        faults.add(
            "no borough of this name or code",
            names.remedy(texts[row] for row in lost),
            rows=[f"{source.labels[row]}: {texts[row]}" for row in lost],
        )
    twice = pd.Series(codes).duplicated(keep=False).to_numpy() & ~missing
    if twice.any():
        rows = [f"{source.labels[row]}: {texts[row]}" for row in np.flatnonzero(twice)]
        faults.add("boroughs with more than one site", "Give each at most one", rows=rows)
    return codes


def _column(source: Source, names: Sequence[str]) -> pd.Series | None:
    """Return the first column of one of these names."""
    column = _first(list(source.rows.columns), names)
    return None if column is None else source.rows[column]


def _kinds(source: Source) -> NDArray[np.object_]:
    given = _column(source, KIND_NAMES)
    values: Sequence[Any] = [None] * len(source.rows) if given is None else given.tolist()
    texts = ["" if is_blank(value) else clean_text(str(value)) for value in values]
    return np.array([text or NO_KIND for text in texts], dtype=object)


def _has_room(source: Source, faults: Faults) -> pd.Series:
    """Whether a room stands at each site; missing where the file does not say."""
    given = _column(source, ROOM_NAMES)
    values: Sequence[Any] = [None] * len(source.rows) if given is None else given.tolist()
    blank = np.array([is_blank(value) for value in values], dtype=bool)
    read = [parse_flag(value) for value in values]
    wrong = np.array([flag is None for flag in read], dtype=bool) & ~blank
    if wrong.any():
        faults.add(
            "has_room is neither yes nor no", "Say yes or no", rows=_pick(source.labels, wrong)
        )
    return pd.array(read, dtype="boolean")


def _check_places(
    positions: Positions,
    codes: NDArray[np.object_],
    labels: Sequence[str],
    *,
    areas: gpd.GeoDataFrame,
    faults: Faults,
) -> None:
    """Note the sites that lie outside their borough, by how far, and whether axes are swapped."""
    shapes = areas.set_index("area_code").geometry
    known = np.array([code is not None for code in codes], dtype=bool) & ~positions.missing
    rows = np.flatnonzero(known)
    owner = shapes.reindex(codes[rows]).to_numpy()
    away = shapely.distance(positions.geometry.to_numpy()[rows], owner)
    rows, owner, away = rows[away > 0], owner[away > 0], away[away > 0]
    if not len(rows):
        return
    working = pyproj.CRS(areas.crs)
    exchanged = swapped(positions.given.iloc[rows], working=working).to_numpy()
    turned = shapely.intersects(exchanged, owner)
    names = dict(zip(areas["area_code"], areas["area_name"], strict=True))
    said = [f"{labels[row]}: {names[codes[row]]}" for row in rows]
    if turned.any():
        degrees = positions.given.crs.is_geographic
        pair = "longitude and latitude" if degrees else "easting and northing"
        faults.add(
            f"{pair} look swapped: exchanged, the site lies in its borough",
            "Exchange the two; GeoJSON has longitude first",
            rows=[text for text, flag in zip(said, turned, strict=True) if flag],
        )
    if not turned.all():
        faults.add(
            "sites outside their borough",
            "Correct the place or the borough, or state the right CRS",
            rows=[
                f"{text}, {_far(metres)} away"
                for text, metres, flag in zip(said, away, turned, strict=True)
                if not flag
            ],
        )


def _far(metres: float) -> str:
    return f"{metres:,.0f} m" if metres < 10_000 else f"{metres / 1000:,.0f} km"


def _pick(labels: Sequence[str], wanted: NDArray[np.bool_]) -> list[str]:
    return [labels[int(row)] for row in np.flatnonzero(wanted)]
