"""Into and out of the working CRS, with the best datum shift at hand.

Everything inside Sharedview is in one projected CRS in metres, ``EPSG:27700`` unless another is
asked for. Between the British National Grid and GPS coordinates (WGS 84, ETRS89) the right shift is
Ordnance Survey's OSTN15 grid. PROJ has it only where its grid file is installed; without it PROJ
falls back, silently, to a Helmert shift that is 1.3 to 2.05 m off over London: enough to put a
wall camera inside its building. So OSTN15 comes from the ``convertbng`` package here, to the
nearest millimetre, and which shift was used travels with the result as a :class:`DatumShift`.

ETRS89 and WGS 84 are taken as the same, as all consumer data does; they drift apart by 2.5 cm a
year, about 0.8 m by now.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from convertbng import cutil
from numpy.typing import NDArray
from pyproj.exceptions import ProjError
from pyproj.transformer import TransformerGroup

from coverage_model.base.errors import CRSError, Fault
from coverage_model.base.shown_text import shown

WORKING_CRS = "EPSG:27700"
GEOGRAPHIC_CRS = "EPSG:4326"

# The projection of the British National Grid, to recognise it in files without an EPSG code.
_NATIONAL_GRID = {
    "lat_0": 49.0,
    "lon_0": -2.0,
    "k": 0.9996012717,
    "x_0": 400000.0,
    "y_0": -100000.0,
}


@dataclass(frozen=True, slots=True)
class DatumShift:
    """How coordinates went from one datum to another.

    Parameters
    ----------
    method
        ``none`` where both sides share a datum, else the name of the shift, and of a second one
        for geometries outside the first one's area.
    accuracy_m
        Accuracy in metres as EPSG states it for the shift between GPS coordinates and the grid;
        None where there is none to state.
    """

    method: str
    accuracy_m: float | None = None


NO_SHIFT = DatumShift("none", 0.0)


def source_crs(text: Any) -> pyproj.CRS:
    """Understand a CRS of an input, geographic or projected.

    Parameters
    ----------
    text
        Whatever pyproj takes: ``EPSG:27700``, ``27700``, WKT, a ``pyproj.CRS``.

    Raises
    ------
    CRSError
        If PROJ does not know it.

    Examples
    --------
    >>> source_crs("EPSG:4326").is_geographic
    True
    """
    try:
        return pyproj.CRS.from_user_input(text)
    except Exception as error:  # PROJ, and pyproj on what is no text, raise anything
        problem = f"unknown CRS {shown(text, longest=100)!r}"
        remedy = "Give an EPSG code, for example EPSG:27700 or EPSG:4326"
        raise CRSError("crs", [Fault(problem, remedy)]) from error


def parse_crs(text: Any) -> pyproj.CRS:
    """Understand a working CRS: projected, in metres.

    Parameters
    ----------
    text
        Whatever pyproj takes: ``EPSG:27700``, ``27700``, WKT, a ``pyproj.CRS``.

    Raises
    ------
    CRSError
        If PROJ does not know it, or it is not projected, or its unit is not the metre.

    Examples
    --------
    >>> parse_crs("EPSG:27700").name
    'OSGB36 / British National Grid'
    """
    crs = source_crs(text)
    if not crs.is_projected:
        problem = f"{crs.name} ({text}) is not a projected CRS"
        remedy = "Work in a projected CRS in metres, for example EPSG:27700 in Great Britain"
        raise CRSError("crs", [Fault(problem, remedy)])
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if units != {"metre"}:
        unit = ", ".join(sorted(units))
        problem = f"the unit of {crs.name} ({text}) is {unit}, not the metre"
        remedy = "Work in a projected CRS in metres; files in this one are converted on reading"
        raise CRSError("crs", [Fault(problem, remedy)])
    return crs


def to_crs(
    frame: gpd.GeoDataFrame | gpd.GeoSeries, crs: Any
) -> tuple[gpd.GeoDataFrame | gpd.GeoSeries, DatumShift]:
    """Bring a frame into a CRS, and say how the datum was shifted.

    Parameters
    ----------
    frame
        Any frame or series of geometries with a CRS; it is not changed. Heights (z) are dropped.
    crs
        The CRS wanted, geographic or projected.

    Returns
    -------
    tuple
        The converted copy with the same index, and the :class:`DatumShift`. A geometry that does
        not lie wholly inside OSTN15's area is converted by PROJ alone, as one piece, and the method
        says how many were. Missing and empty geometry and points that are nowhere stay as they are;
        a line or polygon that PROJ finds no place for is missing.

    Raises
    ------
    CRSError
        If the frame has no CRS or ``crs`` is unknown.

    Examples
    --------
    Ordnance Survey's test point TP09, in London:

    >>> point = gpd.GeoSeries.from_xy([-0.1199255718], [51.4893656495], crs="EPSG:4326")
    >>> grid, shift = to_crs(point, "EPSG:27700")
    >>> shift.method.startswith("OSTN15"), grid.iloc[0].wkt
    (True, 'POINT (530624.974 178388.464)')
    """
    target = source_crs(crs)
    if frame.crs is None:
        problem = "the frame has no CRS"
        remedy = "Set it first, for example frame.set_crs('EPSG:27700')"
        raise CRSError("frame", [Fault(problem, remedy)])
    source = source_crs(frame.crs)
    geometry = frame.geometry if isinstance(frame, gpd.GeoDataFrame) else frame
    values, shift = _transform(np.asarray(geometry.array), source=source, target=target)
    converted = gpd.GeoSeries(values, index=geometry.index, crs=target, name=geometry.name)
    if isinstance(frame, gpd.GeoDataFrame):
        return frame.set_geometry(converted), shift
    return converted, shift


def grid_convergence_deg(points: gpd.GeoSeries) -> NDArray[np.float64]:
    """Angle from true north to grid north at each point, clockwise positive.

    ``grid azimuth = true azimuth - convergence``. It is positive east of the central meridian in
    the northern hemisphere: about +1.5° in London on the British National Grid.

    Parameters
    ----------
    points
        Points in a projected CRS.

    Returns
    -------
    ndarray
        Degrees, aligned to ``points``; NaN where the point is missing or empty, or too far away for
        the projection to have a north.

    Examples
    --------
    >>> charing_cross = gpd.GeoSeries.from_xy([530034], [180380], crs="EPSG:27700")
    >>> grid_convergence_deg(charing_cross).round(2)
    array([1.47])
    """
    crs = parse_crs(points.crs)
    x, y = points.x.to_numpy(dtype=float), points.y.to_numpy(dtype=float)
    found = np.isfinite(x) & np.isfinite(y)
    convergence = np.full(len(x), np.nan)
    projection = pyproj.Proj(crs)
    lon, lat = projection(x[found], y[found], inverse=True)
    convergence[found] = projection.get_factors(lon, lat).meridian_convergence
    convergence[~np.isfinite(convergence)] = np.nan  # where the projection has no north
    return convergence


def without_z(values: NDArray[Any]) -> NDArray[Any]:
    """Geometries without heights; those that have none are not copied."""
    return shapely.force_2d(values) if shapely.has_z(values).any() else values


def is_national_grid(crs: pyproj.CRS) -> bool:
    """Whether a CRS is the British National Grid, also where a file gives it without a code."""
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    if plain.to_epsg(min_confidence=70) == 27700:
        return True
    if not plain.is_projected or not _is_osgb36(plain):
        return False
    with warnings.catch_warnings():  # a PROJ string cannot hold all of a CRS, which is no matter
        warnings.simplefilter("ignore", UserWarning)
        try:
            parameters = plain.to_dict()
        except ProjError:  # a local CRS has no such string, and is no grid
            return False
    return parameters.get("proj") == "tmerc" and all(
        abs(float(parameters.get(key, 0.0)) - value) < 1e-9 for key, value in _NATIONAL_GRID.items()
    )


def _is_osgb36(crs: pyproj.CRS) -> bool:
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    name = "" if plain.datum is None else plain.datum.name.lower().replace("_", " ")
    return "osgb" in name or "ordnance survey of great britain 1936" in name


def _transform(
    values: NDArray[Any], *, source: pyproj.CRS, target: pyproj.CRS
) -> tuple[NDArray[Any], DatumShift]:
    flat = without_z(values)
    coordinates, owner = shapely.get_coordinates(flat, return_index=True)
    from_osgb, to_osgb = _is_osgb36(source), _is_osgb36(target)
    same_grid = is_national_grid(source) and is_national_grid(target)
    if same_grid or source.equals(target, ignore_axis_order=True) or len(coordinates) == 0:
        return flat, NO_SHIFT
    if from_osgb == to_osgb or _proj_has_ostn15():
        moved = _by_proj(coordinates, source, target)
        shift = NO_SHIFT if from_osgb and to_osgb else _proj_shift(source, target)
        return _moved(flat, moved, owner), shift

    if from_osgb:
        on_grid = _by_proj(coordinates, source, pyproj.CRS(WORKING_CRS))
        moved = _by_proj(
            _stack(cutil.convert_lonlat(on_grid[:, 0], on_grid[:, 1])),
            pyproj.CRS(GEOGRAPHIC_CRS),
            target,
        )
    else:
        degrees = _by_proj(coordinates, source, pyproj.CRS(GEOGRAPHIC_CRS))
        moved = _by_proj(
            _stack(cutil.convert_bng(degrees[:, 0], degrees[:, 1])),
            pyproj.CRS(WORKING_CRS),
            target,
        )
    lost = ~np.isfinite(moved).all(axis=1) & np.isfinite(coordinates).all(axis=1)
    shift = DatumShift("OSTN15 (convertbng)", _stated_accuracy())
    if lost.any():
        # The whole geometry goes by PROJ: two shifts within one polygon would tear it.
        outside = np.unique(owner[lost])
        rest = np.isin(owner, outside)
        moved[rest] = _by_proj(coordinates[rest], source, target)
        fallback = _proj_shift(source, target)
        everything = len(outside) == len(np.unique(owner))
        shift = (
            fallback
            if everything
            else DatumShift(
                f"{shift.method}; {len(outside)} geometries outside its area: {fallback.method}",
                fallback.accuracy_m,
            )
        )
    return _moved(flat, moved, owner), shift


def _moved(
    flat: NDArray[Any], coordinates: NDArray[np.float64], owner: NDArray[np.int64]
) -> NDArray[Any]:
    """Geometries with new coordinates; a shape that has none for some of its corners is missing."""
    torn = np.zeros(len(flat), dtype=bool)
    torn[owner[~np.isfinite(coordinates).all(axis=1)]] = True
    torn &= shapely.get_dimensions(flat) > 0  # a point stays, as one that is nowhere
    result = flat.copy()
    result[torn] = None
    return shapely.set_coordinates(result, coordinates[~torn[owner]])


def _stack(pair: tuple[NDArray[np.float64], NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.column_stack(pair)


def _by_proj(
    coordinates: NDArray[np.float64], source: pyproj.CRS, target: pyproj.CRS
) -> NDArray[np.float64]:
    if source.equals(target, ignore_axis_order=True):
        return coordinates.copy()
    try:
        transformer = _transformer(source, target)
        moved = _stack(transformer.transform(coordinates[:, 0], coordinates[:, 1]))
    except ProjError as error:  # a local or damaged CRS: nothing leads from it to another
        fault = Fault(
            f"PROJ knows no way from {shown(source.name)} to {shown(target.name)}",
            "State the CRS that the coordinates are really in, for example with --crs-in",
        )
        raise CRSError("crs", [fault]) from error
    moved[~np.isfinite(moved).all(axis=1)] = np.nan  # PROJ marks failures with infinity
    return moved


@lru_cache(maxsize=32)
def _transformer(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


@lru_cache(maxsize=1)
def _national_grid_group() -> TransformerGroup:
    with warnings.catch_warnings():  # pyproj warns that the grid is missing; that is the question
        warnings.simplefilter("ignore", UserWarning)
        return TransformerGroup(GEOGRAPHIC_CRS, WORKING_CRS, always_xy=True)


def _proj_has_ostn15() -> bool:
    return bool(_national_grid_group().best_available)


def _stated_accuracy() -> float | None:
    """EPSG's accuracy of OSTN15 between WGS 84 and the grid, from PROJ's own database."""
    group = _national_grid_group()
    operations = group.transformers if group.best_available else group.unavailable_operations
    known = [float(each.accuracy) for each in operations if each.accuracy >= 0]
    return min(known, default=None)


def _proj_shift(source: pyproj.CRS, target: pyproj.CRS) -> DatumShift:
    """Name the shift that PROJ prefers between two CRS."""
    british = _is_osgb36(source) != _is_osgb36(target)
    if british and _proj_has_ostn15():
        return DatumShift("OSTN15 (PROJ grid)", _stated_accuracy())
    if british:
        return DatumShift("Helmert (PROJ, about 2 m off in London)", 2.0)
    if _same_datum(source, target):
        return NO_SHIFT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        best = TransformerGroup(source, target, always_xy=True).transformers[0]
    accuracy = float(best.accuracy) if best.accuracy >= 0 else None
    return DatumShift(f"PROJ: {best.description}", accuracy)


def _same_datum(source: pyproj.CRS, target: pyproj.CRS) -> bool:
    left, right = source.geodetic_crs, target.geodetic_crs
    return left is not None and right is not None and left.equals(right, ignore_axis_order=True)
