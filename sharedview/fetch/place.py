"""Which place is meant: a borough, a box, an outline, with the CRS to work in and a margin."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pyproj
import shapely

from coverage_model.base import datasets
from coverage_model.base.crs import GEOGRAPHIC_CRS, WORKING_CRS, parse_crs, to_crs
from coverage_model.base.errors import Fault, InputError
from coverage_model.reading.area_names import AreaNames
from coverage_model.reading.areas import read_areas

IRISH_GRID = "EPSG:2157"  # its area of use lies within the box of Great Britain's


@dataclass(frozen=True, slots=True)
class Place:
    """A place to make a study of.

    Parameters
    ----------
    name, code
        What a reader sees, and what identifies it in the tables.
    outline
        Polygon or multipolygon in ``crs``.
    crs
        Working CRS: projected, in metres.
    margin_m
        How far beyond the outline things are taken: cameras there see into it, and walls there
        block them.
    asked
        How the place was named, for the record.
    """

    name: str
    code: str
    outline: shapely.Geometry
    crs: str
    margin_m: float
    asked: str

    @property
    def reach(self) -> shapely.Geometry:
        """The outline with its margin, in longitude and latitude."""
        wide = gpd.GeoSeries([self.outline.buffer(self.margin_m)], crs=self.crs)
        frame, _ = to_crs(gpd.GeoDataFrame(geometry=wide), GEOGRAPHIC_CRS)
        return frame.geometry.iloc[0]

    def areas(self) -> gpd.GeoDataFrame:
        """Return the place as a layer of one area to report for."""
        return gpd.GeoDataFrame(
            {"area_code": [self.code], "area_name": [self.name]},
            geometry=[self.outline],
            crs=self.crs,
        )


def in_degrees(
    shape: shapely.Geometry, *, name: str, asked: str, crs: str | None, margin_m: float
) -> Place:
    """Make a place of an outline in longitude and latitude.

    Parameters
    ----------
    shape
        Polygon or multipolygon.
    name, asked
        See :class:`Place`.
    crs
        CRS to work in; by default the British National Grid in Great Britain, elsewhere the UTM
        zone.
    margin_m
        See :class:`Place`.
    """
    series = gpd.GeoSeries([shape], crs=GEOGRAPHIC_CRS)
    working = parse_crs(crs).to_string() if crs else usual_crs(series)
    frame, _ = to_crs(gpd.GeoDataFrame(geometry=series), working)
    return Place(name, _code(name), frame.geometry.iloc[0], working, margin_m, asked)


def usual_crs(shape: gpd.GeoSeries) -> str:
    """Return the CRS to work in at a place.

    Examples
    --------
    >>> box = gpd.GeoSeries([shapely.box(24.93, 60.16, 24.95, 60.18)], crs=4326)
    >>> usual_crs(box), usual_crs(box.translate(-25.1, -8.6))
    ('EPSG:32635', 'EPSG:27700')
    """
    box = shapely.box(*shape.total_bounds)
    british, irish = (
        shapely.box(*pyproj.CRS(crs).area_of_use.bounds) for crs in (WORKING_CRS, IRISH_GRID)
    )
    if british.contains(box) and not irish.contains(box):
        return WORKING_CRS
    return str(shape.estimate_utm_crs().to_string())


def of_box(text: str, *, crs: str | None, margin_m: float) -> Place:
    """Make a place of ``WEST,SOUTH,EAST,NORTH`` in degrees.

    Raises
    ------
    InputError
        If it is no such box.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        fault = Fault(
            f"{text!r} is no box",
            "Give WEST,SOUTH,EAST,NORTH in degrees, such as -0.145,51.515,-0.13,51.525",
        )
        raise InputError("--bbox", [fault])
    box = shapely.box(west, south, east, north)
    return in_degrees(box, name="The place", asked=f"bbox {text}", crs=crs, margin_m=margin_m)


def of_borough(name: str, *, crs: str | None, margin_m: float) -> Place:
    """Make a place of a London borough, by its name or code.

    Raises
    ------
    InputError
        If there is no such borough; the nearest names are given.
    """
    boroughs = datasets.boroughs("full")
    names = AreaNames(dict(zip(boroughs["borough_code"], boroughs["borough"], strict=True)))
    code = names.code(name)
    if code is None:
        fault = Fault(f"{name!r} is no London borough", names.remedy([name]))
        raise InputError("--borough", [fault])
    (row,) = boroughs.index[boroughs["borough_code"] == code]
    working = parse_crs(crs or WORKING_CRS).to_string()
    frame, _ = to_crs(boroughs.loc[[row]], working)
    borough = str(boroughs.at[row, "borough"])
    outline = frame.geometry.iloc[0]
    return Place(borough, code, outline, working, margin_m, f"borough {name}")


def of_file(path: Path, *, crs: str | None, margin_m: float) -> Place:
    """Make a place of the polygons in a file.

    Raises
    ------
    InputError
        If it holds no polygon that can be read (:func:`coverage_model.reading.areas.read_areas`).
    """
    working = parse_crs(crs or WORKING_CRS).to_string()
    layer = read_areas(path, crs=working)
    frame, _ = to_crs(layer.frame, GEOGRAPHIC_CRS)
    shape = shapely.union_all(frame.geometry.to_numpy())
    name = ", ".join(layer.frame["area_name"]) if len(frame) <= 3 else path.stem
    return in_degrees(shape, name=name, asked=f"polygon {path.name}", crs=crs, margin_m=margin_m)


def chosen(
    name: str | None,
    *,
    find: Callable[[str], shapely.Geometry],
    asked: str,
    verb: str,
    borough: str | None,
    bbox: str | None,
    polygon: Path | None,
    crs: str | None,
    margin_m: float,
) -> Place:
    """Make a place of whichever of the four is given.

    Parameters
    ----------
    name
        Name of the place, which ``find`` gives the outline of, in degrees.
    find, asked
        How a name is looked up, and how the study records it.
    verb
        What is run, for the error.
    borough, bbox, polygon, crs, margin_m
        See :func:`of_borough`, :func:`of_box`, :func:`of_file` and :func:`in_degrees`.

    Raises
    ------
    InputError
        If none or several are given, or the one that is has a fault.
    """
    refuse_unless_one(name, borough, bbox, polygon, verb=verb)
    if name is not None:
        return in_degrees(find(name), name=name, asked=asked, crs=crs, margin_m=margin_m)
    if borough is not None:
        return of_borough(borough, crs=crs, margin_m=margin_m)
    if bbox is not None:
        return of_box(bbox, crs=crs, margin_m=margin_m)
    assert polygon is not None  # noqa: S101 (one of the four is given)
    return of_file(polygon, crs=crs, margin_m=margin_m)


def refuse_unless_one(*ways: object, verb: str) -> None:
    """Refuse none and several ways of saying which place.

    Raises
    ------
    InputError
        Listing the ways.
    """
    if sum(way is not None for way in ways) != 1:
        fault = Fault(
            "it is not said which place",
            "Give one of --place NAME, --borough NAME, --bbox W,S,E,N, --polygon FILE",
        )
        raise InputError(verb, [fault])


def _code(name: str) -> str:
    """Return a code from a name: letters and digits."""
    return re.sub(r"\W+", "-", name).strip("-").lower() or "place"
