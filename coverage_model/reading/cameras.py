"""Cameras from any source, validated once, in the working CRS.

A camera's view is known as well as its source tells it, and ``view_basis`` says how well:

* ``reach``: the heading is missing, or the camera is a dome or PTZ (unless the source gives heading
  and field of view and says that the position is fixed), or its kind is given in words that are not
  understood, or its place is a postcode. Only what it could reach is known.
* ``given``: heading, field of view, and a range or a horizontal resolution are there.
* ``assumed``: anything else; what is missing is filled in later, by the stated rule.

Values that the source does not give stay empty here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from coverage_model.base import datasets, schemas
from coverage_model.base.crs import (
    GEOGRAPHIC_CRS,
    WORKING_CRS,
    grid_convergence_deg,
    parse_crs,
    to_crs,
)
from coverage_model.base.errors import Faults
from coverage_model.base.notes import Note, Notes, ReadLog, sha256_of
from coverage_model.reading.area_names import AreaNames
from coverage_model.reading.areas import area_of_points, crs_name
from coverage_model.reading.camera_values import read_values
from coverage_model.reading.cells import listed
from coverage_model.reading.column_content import note_columns_in_use, settle
from coverage_model.reading.columns import Matching, match_columns
from coverage_model.reading.coordinates import Positions, area_of_use, read_positions, swapped
from coverage_model.reading.directions import Directions
from coverage_model.reading.formats import read_source
from coverage_model.reading.lifecycle import without_retired, without_shapes
from coverage_model.reading.osm_layers import from_layer
from coverage_model.reading.postcodes import read_postcodes
from coverage_model.reading.profile import FIELDS, Profile, load_profile
from coverage_model.reading.source import Source

__all__ = ["Cameras", "Note", "ReadLog", "read_cameras"]

NO_POSITION = "Cameras without a position (blank, or 0,0 or 999999,999999) were left out"

_LONDON_GRID = 27700


@dataclass(frozen=True, slots=True)
class Cameras:
    """Cameras and how they were read.

    Parameters
    ----------
    frame
        :class:`coverage_model.base.schemas.Cameras`: one row a view, index ``view_id``, geometry in
        the working CRS. Values that the source does not give stay empty.
    log
        Where the frame came from, and everything that was repaired, dropped or assumed.
    """

    frame: gpd.GeoDataFrame
    log: ReadLog


def read_cameras(
    path: str | Path,
    *,
    crs: Any = WORKING_CRS,
    areas: gpd.GeoDataFrame | None = None,
    profile: str | Path | None = None,
    layer: str | None = None,
    crs_in: Any = None,
    postcodes: str | Path | None = None,
    elsewhere: bool = False,
) -> Cameras:
    r"""Read cameras from a file of any known format.

    Parameters
    ----------
    path
        CSV, Excel, GeoPackage, GeoJSON, GeoParquet, Shapefile, OSM XML or PBF, Overpass JSON, TfL
        JamCams (JSON or GeoJSON).
    crs
        Working CRS: projected, in metres. Columns named easting and northing are taken to be in it.
    areas
        :class:`coverage_model.base.schemas.Areas` in the working CRS, to say where each camera
        stands. By default the London boroughs in EPSG:27700, and none in another CRS.
    profile
        A TOML file that says which column means what; see :mod:`coverage_model.reading.profile`.
    layer
        Layer or sheet to read, where there are several.
    crs_in
        CRS of the file's coordinates, where it does not say or says it wrongly.
    postcodes
        A list of postcodes with their coordinates, for cameras placed by postcode alone; see
        :mod:`coverage_model.reading.postcodes`.
    elsewhere
        Take cameras that all stand outside the areas, if their place is one that the working CRS is
        made for: they then have no area.

    Returns
    -------
    Cameras
        One row a view, and the log.

    Raises
    ------
    MissingFileError
        If there is no such file.
    CRSError
        If a CRS is missing, unknown, or not projected in metres.
    InputError
        With every fault found, each with the ids of its rows and what to do.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "cameras.csv"
    ...     _ = path.write_text("id,lon,lat,azimuth_deg,hfov_deg\nC1,-0.128,51.508,90,60\n")
    ...     cameras = read_cameras(path)
    >>> cameras.frame.loc["C1", ["borough_code", "view_basis"]].tolist()
    ['E09000033', 'assumed']
    """
    file = Path(path)
    working = parse_crs(crs)
    rules = load_profile(profile)
    source, adapter = read_source(file, layer=layer, crs_in=crs_in, kind="Point")
    source = from_layer(source, file) or source
    faults = Faults(file)
    matching = camera_columns(source, rules, file)
    source = without_retired(without_shapes(source), matching)
    notes = source.notes
    note_columns_in_use(matching, source.rows, notes)
    values, directions = read_values(
        source, matching=matching, profile=rules, faults=faults, notes=notes
    )
    # From here on a row is called by its camera's id where it has one.
    source.labels = [
        camera_id or label
        for camera_id, label in zip(listed(values["camera_id"]), source.labels, strict=True)
    ]
    positions = read_positions(
        source,
        path=file,
        matching=matching,
        stated_crs=rules.crs,
        working=working,
        faults=faults,
        notes=notes,
        allow_missing=True,
        allow_half=False,
        postcodes=None if postcodes is None else read_postcodes(postcodes, crs=working),
    )
    if positions is not None and positions.missing.all():
        faults.add(
            "no row has a position (all are blank, or 0,0 or 999999,999999)",
            "Give each camera a place: easting and northing, longitude and latitude, or a grid "
            "reference",
        )
        faults.raise_if_any()
    if positions is not None and positions.missing.any() and not faults.found:
        notes.add("no_position", NO_POSITION, rows=np.array(source.labels)[positions.missing])
        placed = np.flatnonzero(~positions.missing)
        positions = positions.at(placed)
        values = values.iloc[placed].reset_index(drop=True)
        directions = [directions[row] for row in placed]
        source.labels = [source.labels[row] for row in placed]
    if areas is None and working.to_epsg() == _LONDON_GRID:
        areas = datasets.boroughs()
    if positions is not None:
        codes = _place(
            positions,
            areas,
            source.labels,
            working=working,
            faults=faults,
            notes=notes,
            elsewhere=elsewhere,
        )
    faults.raise_if_any()
    assert positions is not None  # noqa: S101 (None comes with a fault)
    _report_other_codes(values, codes, areas, notes)
    values["borough_code"] = codes
    values["kind_unread"] |= positions.coarse
    points = gpd.GeoDataFrame(values, geometry=positions.geometry.to_numpy(), crs=working)
    points, directions = _each_of_a_site(points, directions, notes)
    frame = _views(points, directions, true_north=matching.true_north, faults=faults, notes=notes)
    log = ReadLog(
        path=str(path),
        format=adapter.name,
        sha256=sha256_of(file),
        rows_read=source.rows_read or len(source.rows),
        items_read=int(frame["camera_id"].nunique()),
        crs_in=crs_name(positions.given.crs),
        datum_shift=positions.shift,
        notes=tuple(notes.found),
        rows_kept=len(values),
    )
    return Cameras(schemas.check(frame, schemas.Cameras, file), log)


def camera_columns(source: Source, rules: Profile, file: Path) -> Matching:
    """Find the column of each field, and note those that are left over."""
    names = [str(name) for name in source.rows]
    if source.named:
        known = {name: name for name in names if name in FIELDS}
        return Matching(known, true_north=True, free_text_azimuth=True)
    matching = match_columns(names, rules, source=file)
    settle(matching, source.rows, named=frozenset(rules.columns))
    unused = dict(matching.unused)
    for name, near in unused.items():
        if near is not None:
            source.notes.add(
                "column_resembles",
                f"The column {name!r} is not known and was not read; did you mean {near!r}?",
                count=1,
            )
    source.notes.add(
        "columns_unused",
        f"Columns without a meaning here: {', '.join(unused)}",
        count=len(unused),
    )
    return matching


def _place(
    positions: Positions,
    areas: gpd.GeoDataFrame | None,
    labels: list[str],
    *,
    working: pyproj.CRS,
    faults: Faults,
    notes: Notes,
    elsewhere: bool,
) -> NDArray[Any]:
    """Area of each camera; cameras that lie nowhere sensible are faults."""
    points = positions.geometry
    if areas is None:
        _check_area_of_use(positions, labels, working=working, faults=faults, notes=notes)
        return np.full(len(points), None, dtype=object)
    codes = area_of_points(points, areas)
    outside = np.array([code is None for code in codes], dtype=bool)
    if not outside.any():
        return codes
    rows = np.flatnonzero(outside)
    names = _coordinate_words(positions)
    turned = np.zeros(len(rows), dtype=bool)
    # Grid coordinates exchanged may well be a real place, so a few such rows prove nothing.
    if positions.given.crs.is_geographic or outside.all():
        exchanged = area_of_points(swapped(positions.given[outside], working=working), areas)
        turned = np.array([code is not None for code in exchanged], dtype=bool)
    if turned.any():
        faults.add(
            f"{names} look swapped: exchanged they lie in the areas, as given they do not",
            "Exchange the two; GeoJSON has longitude first",
            rows=[labels[row] for row in rows[turned]],
        )
    elif outside.all() and elsewhere:
        _check_area_of_use(positions, labels, working=working, faults=faults, notes=notes)
        notes.add(
            "elsewhere",
            "No camera stands in London: figures are for the extent of the cameras; if that is not "
            "where they are, state the right CRS of the file in a profile",
            count=len(points),
        )
    elif outside.all():
        box = ", ".join(f"{value:.5g}" for value in positions.given.total_bounds)
        faults.add(
            f"all {len(points)} cameras lie outside all areas",
            f"They span {box} in {crs_name(positions.given.crs)}: if that CRS is wrong, state the "
            "right one in a profile; if the place is another, give its areas and CRS",
        )
    else:
        notes.add(
            "outside",
            "Cameras outside all areas were kept, without an area",
            rows=[labels[row] for row in rows],
        )
    return codes


def _check_area_of_use(
    positions: Positions,
    labels: list[str],
    *,
    working: pyproj.CRS,
    faults: Faults,
    notes: Notes,
) -> None:
    """Without areas, the box where the working CRS may be used tells the grossest slips."""
    box = area_of_use(working)
    if box is None:
        return
    degrees, _ = to_crs(positions.geometry, GEOGRAPHIC_CRS)
    outside = ~shapely.intersects(box, np.asarray(degrees.array))
    if not outside.any():
        return
    rows = np.flatnonzero(outside)
    back, _ = to_crs(swapped(positions.given[outside], working=working), GEOGRAPHIC_CRS)
    turned = shapely.intersects(box, np.asarray(back.array))
    if positions.given.crs.is_geographic and turned.any():
        faults.add(
            f"{_coordinate_words(positions)} look swapped: exchanged they lie where {working.name} "
            "is made for, as given they do not",
            "Exchange the two; GeoJSON has longitude first",
            rows=[labels[row] for row in rows[turned]],
        )
    elif outside.all():
        faults.add(
            f"all {len(labels)} cameras lie outside the area that {working.name} is made for",
            "Choose another working CRS, or state the right CRS of the file in a profile",
        )
    else:
        notes.add(
            "outside_crs",
            f"Cameras outside the area that {working.name} is made for: lengths are distorted",
            rows=[labels[row] for row in rows],
        )


def _coordinate_words(positions: Positions) -> str:
    geographic = positions.given.crs.is_geographic
    return "longitude and latitude" if geographic else "easting and northing"


def _report_other_codes(
    values: pd.DataFrame, codes: NDArray[Any], areas: gpd.GeoDataFrame | None, notes: Notes
) -> None:
    """Note the cameras whose given area (code or name) is not where they stand."""
    if areas is None:
        return
    names = AreaNames(dict(zip(areas["area_code"], areas["area_name"], strict=True)))
    if values["borough_code"].isna().all():
        return
    # Each different name is looked up once: a list of a million cameras names 33 boroughs.
    meant = {said: names.code(said) for said in values["borough_code"].dropna().unique()}
    wrong = [
        camera_id
        for camera_id, said, code in zip(
            listed(values["camera_id"]), listed(values["borough_code"]), codes, strict=True
        )
        if isinstance(said, str) and code is not None and meant[said] != code
    ]
    notes.add(
        "borough_disagrees",
        "The area given is not the one the camera stands in; the computed one was taken",
        rows=wrong,
    )


def _each_of_a_site(
    points: gpd.GeoDataFrame, directions: list[Directions], notes: Notes
) -> tuple[gpd.GeoDataFrame, list[Directions]]:
    """Several cameras for a row that counts several.

    As many headings as cameras are one for each; otherwise the first camera has what headings there
    are, and those of the others are unknown.
    """
    count = points.pop("count").to_numpy()
    several = count > 1
    if not several.any():
        return points, directions
    notes.add(
        "counted_sites",
        "Rows that stand for several cameras were read as so many; headings beyond those given are "
        "unknown",
        rows=points["camera_id"][several],
    )
    owner = np.repeat(np.arange(len(points)), count)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count) + 1
    shared = [
        each for row, given in enumerate(directions) for each in _shared(given, int(count[row]))
    ]
    frame = points.iloc[owner].reset_index(drop=True)
    for name in ("camera_id", "view_id"):
        if name in frame:
            numbered = frame[name].astype(str) + "#" + pd.Series(number).astype(str)
            frame[name] = frame[name].where(number == 1, numbered)
    return frame, shared


def _shared(given: Directions, count: int) -> list[Directions]:
    if count > 1 and len(given.headings) == count:
        return [replace(given, headings=(heading,)) for heading in given.headings]
    return [given] + [Directions()] * (count - 1)


def _views(
    points: gpd.GeoDataFrame,
    directions: list[Directions],
    *,
    true_north: bool,
    faults: Faults,
    notes: Notes,
) -> gpd.GeoDataFrame:
    """One row a view: headings on the grid, fields of view from ranges, the basis of the view."""
    # Rows of one direction share what was read of it, so each different one is looked at once.
    _, first, which = np.unique(
        np.fromiter(map(id, directions), np.int64, len(directions)),
        return_index=True,
        return_inverse=True,
    )
    read = [directions[row].headings for row in first]
    sizes = np.array([max(1, len(each)) for each in read])
    counts = sizes[which]
    owner = np.repeat(np.arange(len(points)), counts)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    headings = np.array(
        [
            pair
            for each in read
            for pair in ([(h.azimuth_deg, h.hfov_deg) for h in each] or [(np.nan, np.nan)])
        ],
        dtype=float,
    ).reshape(-1, 2)
    azimuth, width = headings[(np.cumsum(sizes) - sizes)[which][owner] + number - 1].T.copy()
    single = len(owner) == len(points)  # a view each: nothing to repeat
    frame = points.copy(deep=False) if single else points.iloc[owner].reset_index(drop=True)
    if true_north and np.isfinite(azimuth).any():
        given = np.isfinite(azimuth)
        azimuth = (azimuth - grid_convergence_deg(frame.geometry)) % 360
        lost = given & np.isnan(azimuth)
        notes.add(
            "no_grid_north",
            "Headings where the working CRS has no north were left out",
            rows=frame.loc[lost, "camera_id"],
        )
        azimuth[azimuth >= 360] = 0.0  # a hair below 0 rounds up to 360
        notes.add(
            "true_north",
            "Headings from true north were turned to grid north",
            count=int(np.isfinite(azimuth).sum()),
        )
    frame["azimuth_deg"] = azimuth
    frame["hfov_deg"] = frame["hfov_deg"].where(frame["hfov_deg"].notna(), width)
    frame["view_basis"] = _view_basis(
        frame,
        fixed_position=frame.pop("fixed_position").to_numpy(dtype=bool),
        unread=frame.pop("kind_unread").to_numpy(dtype=bool),
    )
    several = points["camera_id"].to_numpy()[counts > 1]
    notes.add("several_views", "Cameras with several headings have a view for each", rows=several)
    first = frame.pop("view_id") if "view_id" in frame else frame["camera_id"]
    if not single:
        later = first.astype(str) + "/" + pd.Series(number).astype(str)
        first = first.where(number == 1, later)
    frame.index = pd.Index(first, name="view_id")
    if frame.index.has_duplicates:
        twice = frame.index[frame.index.duplicated()].unique()
        faults.add(
            "an id that is also the name of another camera's further view",
            "Rename the camera",
            rows=twice,
        )
        faults.raise_if_any()
    return frame


def _view_basis(
    frame: gpd.GeoDataFrame, *, fixed_position: NDArray[np.bool_], unread: NDArray[np.bool_]
) -> NDArray[Any]:
    """How well each view is known; ``unread`` is true where nothing but a reach can be said."""
    heading = frame["azimuth_deg"].notna().to_numpy()
    width = frame["hfov_deg"].notna().to_numpy()
    distance = (frame["range_m"].notna() | frame["horizontal_px"].notna()).to_numpy()
    turning = frame["camera_type"].isin(["dome", "ptz"]).to_numpy()
    parked = fixed_position & heading & width
    reach = ~heading | (turning & ~parked) | unread
    return np.select([reach, heading & width & distance], ["reach", "given"], default="assumed")
