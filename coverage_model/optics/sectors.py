"""View cones before any building cuts them, at one image-quality level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from coverage_model.base.datasets import coefficients
from coverage_model.base.errors import Faults
from coverage_model.base.layer import Layer, frame_of
from coverage_model.base.schemas import CAMERA_TYPES
from coverage_model.optics.pixel_density import (
    DEFAULT_LEVEL,
    DistanceForm,
    Level,
    dori_distance_m,
    find_level,
    levels,
)
from coverage_model.optics.shots import Shots

__all__ = [
    "Level",
    "ViewAssumptions",
    "levels",
    "sector_area_m2",
    "sector_polygons",
    "view_sectors",
]

MAX_CHORD_DEG = 5.0
"""Widest arc that one chord replaces: no chord strays more than 0.1 % of the range from its arc."""

PER_TYPE = ("hfov_deg", "horizontal_px", "mount_height_m")
VIEW_FIELDS = ("hfov_deg", "vfov_deg", "horizontal_px", "range_m")
"""Values that shape the cone: with one of them filled in, a view is assumed and not given."""


def _types() -> Any:
    return field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewAssumptions:
    """What to take for a value that the source of a camera does not give, by kind of camera.

    Parameters
    ----------
    hfov_deg, horizontal_px, mount_height_m
        Degrees, pixels and metres for each of the camera types of the schema. For a camera that
        turns, ``hfov_deg`` is what it sees at once, which sets how far it can reach.
    range_m
        Greatest useful distance, in m; types left out have no limit but the level's distance.
    target_height_m
        Height above ground of the target plane: what a view holds is measured on it, in m.

    Examples
    --------
    >>> typical = ViewAssumptions.from_coefficients(hfov_deg={"fixed": 70})
    >>> typical.hfov_deg["fixed"]
    70
    """

    hfov_deg: Mapping[str, float]
    horizontal_px: Mapping[str, float]
    mount_height_m: Mapping[str, float]
    range_m: Mapping[str, float] = _types()
    target_height_m: float = 0.0

    def __post_init__(self) -> None:
        faults = Faults("view assumptions")
        for name in (*PER_TYPE, "range_m"):
            given = getattr(self, name)
            unknown = sorted(set(given) - set(CAMERA_TYPES))
            if unknown:
                faults.add(f"{name} names unknown camera types: {', '.join(unknown)}", _KNOWN_TYPES)
            missing = [kind for kind in CAMERA_TYPES if kind not in given]
            if missing and name in PER_TYPE:
                faults.add(f"{name} has no value for {', '.join(missing)}", _KNOWN_TYPES)
            wrong = [f"{kind}={value}" for kind, value in given.items() if not value > 0]
            if wrong:
                faults.add(f"{name} is not above 0: {', '.join(wrong)}", "Give a positive number")
        if not self.target_height_m >= 0:
            faults.add(f"target_height_m is {self.target_height_m}", "Give 0 or a positive number")
        faults.raise_if_any()

    @classmethod
    def from_coefficients(
        cls,
        *,
        hfov_deg: Mapping[str, float] | None = None,
        horizontal_px: Mapping[str, float] | None = None,
        mount_height_m: Mapping[str, float] | None = None,
        range_m: Mapping[str, float] | None = None,
        target_height_m: float | None = None,
    ) -> ViewAssumptions:
        """Take the values of the embedded coefficients, except for those given here.

        The coefficients are named ``view_hfov_<type>_deg``, ``view_px_<type>``,
        ``view_height_<type>_m``, ``view_range_<type>_m`` and ``view_target_height_m``.

        Raises
        ------
        InputError
            If a value is not positive or a camera type is unknown.
        """
        values = coefficients()["value"]

        def table(pattern: str, given: Mapping[str, float] | None) -> dict[str, float]:
            names = {kind: pattern.format(kind) for kind in CAMERA_TYPES}
            known = {k: float(values.loc[n]) for k, n in names.items() if n in values.index}
            return known | dict(given or {})

        height = values.loc["view_target_height_m"] if target_height_m is None else target_height_m
        return cls(
            hfov_deg=table("view_hfov_{}_deg", hfov_deg),
            horizontal_px=table("view_px_{}", horizontal_px),
            mount_height_m=table("view_height_{}_m", mount_height_m),
            range_m=table("view_range_{}_m", range_m),
            target_height_m=float(height),
        )


_KNOWN_TYPES = f"The camera types are {', '.join(CAMERA_TYPES)}"


def view_sectors(
    cameras: Layer,
    *,
    level: Level | str = DEFAULT_LEVEL,
    assumptions: ViewAssumptions | None = None,
    form: DistanceForm = "planar",
    max_chord_deg: float = MAX_CHORD_DEG,
) -> gpd.GeoDataFrame:
    """Draw what each view would see on open ground at an image-quality level.

    Parameters
    ----------
    cameras
        A ``schemas.Cameras`` frame in a projected CRS in metres; not changed.
    level
        The level, or its name in the default table.
    assumptions
        What to take for missing values; the embedded coefficients if not given.
    form
        Which distance a pixel density stands for, as in
        :func:`~coverage_model.optics.pixel_density.dori_distance_m`.
    max_chord_deg
        Widest arc that one chord replaces, in degrees.

    Returns
    -------
    GeoDataFrame
        A ``schemas.Sectors`` frame with the index and CRS of ``cameras``. A view whose mounting
        height and tilt are given is a ``picture``: the part of the target plane that its picture
        holds, within the slant distance at which the level is met
        (:mod:`coverage_model.optics.picture`) and within ``range_m`` along the plane; ``near_m``
        and ``far_m`` are its least and greatest distance. Any other view is a ``sector``: its
        ``far_m`` is the distance at which the level is met, or ``range_m`` where that is less.
        Views with ``near_m >= far_m`` see nothing at this level: their geometry is empty and they
        stay in the frame, to be counted. ``reach`` views are full discs and stay ``reach``. A view
        whose field of view, resolution or range was filled in becomes ``assumed``; a filled in
        mounting height is named in ``assumed_fields`` too but does not shape the cone. A range that
        was filled in counts only where it is the shorter distance.

    Raises
    ------
    InputError
        If a view that is not a reach has no heading, or the level is unknown.

    Examples
    --------
    >>> from coverage_model.reading.illustrative import illustrative_frame
    >>> cones = view_sectors(illustrative_frame(boroughs=["E09000001"]), level="detect")
    >>> bool((cones["near_m"] >= 0).all())
    True
    """
    cameras = frame_of(cameras)
    chosen = find_level(level)
    taken = ViewAssumptions.from_coefficients() if assumptions is None else assumptions
    reach = cameras["view_basis"].eq("reach").to_numpy()
    kinds = cameras["camera_type"]

    assumed: dict[str, NDArray[np.bool_]] = {}
    values: dict[str, NDArray[np.float64]] = {}
    for name in ("hfov_deg", "horizontal_px", "range_m", "mount_height_m"):
        given = _floats(cameras, name)
        default = kinds.map(dict(getattr(taken, name))).to_numpy(dtype=float)
        assumed[name] = np.isnan(given) & ~np.isnan(default)
        values[name] = np.where(assumed[name], default, given)

    hfov = np.where(reach, 360.0, values["hfov_deg"])
    azimuth = np.where(reach | (hfov >= 360), 0.0, _floats(cameras, "azimuth_deg"))
    _require_heading(cameras.index, azimuth)

    far = dori_distance_m(values["horizontal_px"], values["hfov_deg"], chosen.px_per_m, form=form)
    assumed["range_m"] &= values["range_m"] < far  # else the limit taken changes nothing
    far = np.fmin(far, values["range_m"])
    shots = Shots.of(
        cameras,
        hfov_deg=values["hfov_deg"],
        horizontal_px=values["horizontal_px"],
        target_height_m=taken.target_height_m,
    )
    assumed["vfov_deg"] = shots.vfov_assumed
    shaped = shots.drawn
    far = np.fmin(far, shots.far_m)
    near = np.where(np.isinf(shots.near_m), far, shots.near_m)

    x, y = cameras.geometry.x.to_numpy(), cameras.geometry.y.to_numpy()
    polygons = sector_polygons(
        x, y, azimuth_deg=azimuth, hfov_deg=hfov, near_m=near, far_m=far,
        max_chord_deg=max_chord_deg,
    )  # fmt: skip
    if shaped.any():
        held = shots.footprints(
            azimuth, values["horizontal_px"], values["range_m"], px_per_m=chosen.px_per_m,
            form=form, max_chord_deg=max_chord_deg,
        )  # fmt: skip
        polygons[shaped] = held.polygons(x[shaped], y[shaped])
        near[shaped], far[shaped] = held.near_m, held.far_m
    filled = np.logical_or.reduce([assumed[name] for name in VIEW_FIELDS])
    basis = cameras["view_basis"].mask(filled & ~reach, "assumed")
    columns = {
        name: cameras[name]
        for name in ("camera_id", "ownership", "integration", "camera_type", "borough_code")
    }
    columns |= {
        "view_basis": basis,
        "assumed_fields": _names(assumed),
        "level": chosen.name,
        "view_shape": np.where(shaped, "picture", "sector"),
        "x_m": x,
        "y_m": y,
        "azimuth_deg": azimuth,
        "hfov_deg": hfov,
        "near_m": near,
        "far_m": far,
        "mount_height_m": values["mount_height_m"],
        "target_height_m": float(taken.target_height_m),
    }
    frame = pd.DataFrame(columns, index=cameras.index)
    return gpd.GeoDataFrame(frame, geometry=polygons, crs=cameras.crs)


def sector_area_m2(*, hfov_deg: ArrayLike, near_m: ArrayLike, far_m: ArrayLike) -> Any:
    """Area of an open-ground sector in closed form, ``HFOV · (far² - near²) / 2``; never below 0.

    Examples
    --------
    >>> round(float(sector_area_m2(hfov_deg=90, near_m=0, far_m=2)), 6)
    3.141593
    """
    near, far = np.asarray(near_m, dtype=float), np.asarray(far_m, dtype=float)
    return np.maximum(np.radians(np.asarray(hfov_deg, dtype=float)) * (far**2 - near**2) / 2, 0.0)


def sector_polygons(
    x_m: ArrayLike,
    y_m: ArrayLike,
    *,
    azimuth_deg: ArrayLike,
    hfov_deg: ArrayLike,
    near_m: ArrayLike = 0.0,
    far_m: ArrayLike = 1.0,
    max_chord_deg: float = MAX_CHORD_DEG,
) -> NDArray[np.object_]:
    """Build sectors of circles (or of rings) as polygons that keep the exact area.

    Parameters
    ----------
    x_m, y_m
        Easting and northing of the centres, in m.
    azimuth_deg
        Centre lines, clockwise from grid north, in degrees.
    hfov_deg
        Opening angles, in degrees, above 0 and at most 360.
    near_m, far_m
        Inner and outer radius, in m.
    max_chord_deg
        Widest arc that one chord replaces, in degrees.

    Returns
    -------
    ndarray of shapely Polygon
        Anticlockwise; empty where ``near_m >= far_m``.

    Notes
    -----
    An arc of angle ``n·d`` becomes ``n`` chords whose ends lie on a slightly larger circle. The
    triangle from the centre to a chord of angle ``d`` on a circle of radius ``R`` has the area
    ``R² · sin(d) / 2`` and should have the slice's ``r² · d / 2``; so ``R = r · sqrt(d / sin d)``.

    Examples
    --------
    >>> quarter = sector_polygons(0, 0, azimuth_deg=45, hfov_deg=90, far_m=2)[0]
    >>> round(quarter.area, 9)
    3.141592654
    """
    if not 0 < max_chord_deg <= 90:
        raise ValueError(f"max_chord_deg must be above 0 and at most 90, not {max_chord_deg}")
    x, y, azimuth, hfov, near, far = np.broadcast_arrays(
        *(
            np.atleast_1d(np.asarray(values, dtype=float))
            for values in (x_m, y_m, azimuth_deg, hfov_deg, near_m, far_m)
        )
    )
    polygons = np.full(len(x), shapely.Polygon(), dtype=object)
    drawn = np.flatnonzero(far > near)
    if len(drawn) == 0:
        return polygons
    x, y, azimuth, near, far = (a[drawn] for a in (x, y, azimuth, near, far))
    angle = np.radians(hfov[drawn])
    chords = np.ceil(hfov[drawn] / max_chord_deg - 1e-9).astype(int)
    step = angle / chords
    scale = np.sqrt(step / np.sin(step))
    full, hollow = hfov[drawn] >= 360, near > 0
    # Bearings fall along the ring, so that it runs anticlockwise.
    start = np.radians(azimuth) + angle / 2
    outer = _arcs(x, y, far * scale, start=start, step=-step, points=chords + ~full)
    inner = _arcs(x, y, near * scale, start=start - angle, step=step, points=chords + ~full)
    centre = (np.arange(len(x)), np.column_stack([x, y]))

    shells = np.empty(len(x), dtype=object)
    for chosen, runs in (
        (full, (outer,)),
        (~full & ~hollow, (outer, centre)),
        (~full & hollow, (outer, inner)),
    ):
        shells[chosen] = _rings(runs, chosen)
    polygons[drawn] = shapely.polygons(shells)
    pierced = full & hollow
    if pierced.any():
        holes = _rings((inner,), pierced)
        polygons[drawn[pierced]] = shapely.polygons(shells[pierced], holes=holes[:, None])
    return polygons


_Run: TypeAlias = tuple[NDArray[np.intp], NDArray[np.float64]]
"""Vertices of many rings: which ring each belongs to (rising), and its coordinates."""


def _arcs(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    radius: NDArray[np.float64],
    *,
    start: NDArray[np.float64],
    step: NDArray[np.float64],
    points: NDArray[np.int_],
) -> _Run:
    """Points along one arc a row, at bearings ``start``, ``start + step`` and so on."""
    ring = np.repeat(np.arange(len(x)), points)
    nth = np.arange(len(ring)) - np.repeat(np.cumsum(points) - points, points)
    bearing = start[ring] + nth * step[ring]
    east = x[ring] + radius[ring] * np.sin(bearing)
    north = y[ring] + radius[ring] * np.cos(bearing)
    return ring, np.column_stack([east, north])


def _rings(runs: tuple[_Run, ...], chosen: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Join runs of vertices, one after the other, into a closed ring for each chosen row."""
    if not chosen.any():
        return np.empty(0, dtype=object)
    ring = np.concatenate([index for index, _ in runs])
    vertices = np.concatenate([coordinates for _, coordinates in runs])
    kept = chosen[ring]
    ring, vertices = ring[kept], vertices[kept]
    order = np.argsort(ring, kind="stable")
    number = np.cumsum(chosen) - 1  # rings are numbered without gaps
    return np.asarray(shapely.linearrings(vertices[order], indices=number[ring[order]]))


def _floats(cameras: gpd.GeoDataFrame, name: str) -> NDArray[np.float64]:
    return np.asarray(cameras[name].to_numpy(dtype=float, na_value=np.nan))


def _names(assumed: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.object_]:
    """Join the names of the values filled in, row by row."""
    # Each value has a bit; a row's text is looked up by its bits.
    bits = sum(flags.astype(int) << place for place, flags in enumerate(assumed.values()))
    texts = [
        " ".join(name for place, name in enumerate(assumed) if number >> place & 1)
        for number in range(1 << len(assumed))
    ]
    return np.array(texts, dtype=object)[bits]


def _require_heading(index: pd.Index, azimuth: NDArray[np.float64]) -> None:
    faults = Faults("cameras")
    if np.isnan(azimuth).any():
        faults.add(
            "a view without a heading is not marked as reach",
            "Give azimuth_deg, or set view_basis to reach",
            rows=index[np.isnan(azimuth)],
        )
    faults.raise_if_any()
