"""How far covered shares may be off for what is not known of the cameras.

Seeded Monte Carlo: in each draw every unknown value gets a value from its distribution
(:mod:`coverage_model.unknowns.distributions`), the views are cut by the buildings anew, exactly,
and the covered ground of each area is measured by scan lines
(:mod:`coverage_model.cover.scanlines`). Views without any unknown are computed once. Three measures
are kept apart, each with more cameras in it:

``views``
    What counts as coverage: cameras whose heading is known.
``headings_drawn``
    Also cameras that do not turn but whose heading is unknown: each at a random heading.
``turning_too``
    Also turning cameras (dome, PTZ): each looking in a random direction now, with the chance of the
    duty share that it shows public ground at all. Never coverage: what they would add on average.

The blind zone under a camera is drawn in where the source gives it and left out elsewhere, as in
:func:`coverage_model.optics.sectors.view_sectors`. A camera that stands in a building too far from
its wall sees nothing in any draw. A place drawn into a building is drawn again, since the camera
cannot be there.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.schemas_beside import COUNTED
from coverage_model.cover.overlay import first_area, sum_by
from coverage_model.cover.scanlines import CLASSES, LINE_M, lines_over
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, DistanceForm, Level, find_level
from coverage_model.optics.sectors import ViewAssumptions
from coverage_model.sight.grid import obstacle_index
from coverage_model.sight.visibility import SNAP_TOLERANCE_M
from coverage_model.unknowns.distributions import DRIVERS, VALUES, Unknowns
from coverage_model.unknowns.scene import Scene

DRAWS = 100
SEED = 2017
ALL = ("all", "All areas")
PERCENTILES = (10, 50, 90)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CoverageIntervals:
    """Intervals of the covered shares, and what makes them wide.

    Parameters
    ----------
    frame
        A ``schemas_beside.CoverageIntervals`` frame: a row an area and measure, areas in their
        order, the row ``all`` of each measure at its end.
    drivers
        A ``schemas_beside.CoverageDrivers`` frame; empty if drivers were not asked for or nothing
        is unknown.
    draws, seed
        As asked for.
    duty_share, common_share, position_sigma_m
        What was taken.
    line_error_share
        Estimated error of the measuring lines, as a share of covered ground: half the difference
        between even and odd lines, the greatest of all draws. The error is well below it.
    """

    frame: pd.DataFrame
    drivers: pd.DataFrame
    draws: int
    seed: int
    duty_share: float
    common_share: float
    position_sigma_m: float
    line_error_share: float


def coverage_intervals(
    cameras: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    level: Level | str = DEFAULT_LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
    obstacles: Any = None,
    assumptions: ViewAssumptions | None = None,
    form: DistanceForm = "planar",
    position_sigma_m: float | None = None,
    duty_share: float | None = None,
    common_share: float | None = None,
    drivers: bool = True,
    snap_tolerance_m: float = SNAP_TOLERANCE_M,
    line_m: float = LINE_M,
    threads: int | None = None,
) -> CoverageIntervals:
    """Draw what is unknown of the cameras, and measure coverage each time.

    Parameters
    ----------
    cameras
        A ``schemas.Cameras`` frame; not changed.
    areas
        A ``schemas.Areas`` frame in the same CRS. Where areas overlap, ground counts in each.
    level
        The level, or its name in the default table.
    draws, seed
        Number of draws and start of the random numbers.
    obstacles
        A ``schemas.Obstacles`` frame or its index, or none for open ground.
    assumptions, form
        As for :func:`~coverage_model.optics.sectors.view_sectors`: the working values.
    position_sigma_m
        Standard deviation of every camera's place in each direction, in m; 0 takes places as given.
        The coefficient ``view_position_sigma_m`` if not given;
        :func:`~coverage_model.unknowns.distributions. stated_sigma_m` takes the datum shift in as
        well.
    duty_share, common_share
        The coefficients ``view_duty_share_turning`` and ``view_common_share`` if not given.
    drivers
        Also draw each unknown alone, which takes as long again for each of them.
    snap_tolerance_m
        As for :func:`~coverage_model.sight.visibility.visible_areas`.
    line_m
        Distance of the measuring lines, in m; greater where the areas span more than 2,000 km.
    threads
        Number of threads; one for each core if not given. The result does not depend on it.

    Returns
    -------
    CoverageIntervals

    Raises
    ------
    InputError
        If a share is not between 0 and 1, a number is negative, or the level is unknown.
    ValueError
        If ``draws`` or ``line_m`` is not above 0.

    Examples
    --------
    >>> from shapely import box
    >>> from coverage_model.reading.illustrative import illustrative_frame
    >>> some = illustrative_frame(boroughs=["E09000001"]).iloc[:20]
    >>> columns = {"area_code": ["A"], "area_name": ["All round"]}
    >>> square = gpd.GeoDataFrame(columns, geometry=[box(*some.total_bounds)], crs=some.crs)
    >>> found = coverage_intervals(some, square, draws=10).frame
    >>> bool((found["share_p10"] <= found["share_p90"]).all())
    True
    """
    from coverage_model.base import datasets  # noqa: PLC0415 - the maths needs no data folder

    if draws < 1:
        raise ValueError(f"draws must be 1 or more, not {draws}")

    def taken(value: float | None, coefficient: str) -> float:
        return datasets.coefficient(coefficient).value if value is None else value

    chosen = find_level(level)
    unknowns = Unknowns.of(
        cameras,
        level=chosen,
        seed=seed,
        duty_share=taken(duty_share, "view_duty_share_turning"),
        common_share=taken(common_share, "view_common_share"),
        position_sigma_m=taken(position_sigma_m, "view_position_sigma_m"),
        assumptions=assumptions or ViewAssumptions.from_coefficients(),
        form=form,
    )
    shapes = np.asarray(areas.geometry.to_numpy())
    scene = Scene.of(
        unknowns,
        lines_over(shapes, line_m=line_m),
        index=obstacle_index(obstacles, cameras),
        snap_tolerance_m=snap_tolerance_m,
        alone=drivers,
    )
    names = [name for name in DRIVERS if scene.varies(name)] if drivers else []
    # Everything drawn together, then each unknown alone.
    jobs: list[tuple[tuple[str, ...], int]] = [((), 0)]
    jobs += [(DRIVERS, number) for number in range(draws)]
    jobs += [((name,), number) for name in names for number in range(draws)]
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        measured = pool.map(lambda job: scene.covered_m2(job[1], vary=job[0]), jobs)
        found = np.stack(list(measured))

    ground = np.concatenate([found, found.sum(axis=2, keepdims=True)], axis=2)
    total = areas.geometry.area.to_numpy()
    total = np.append(total, total.sum())
    with np.errstate(invalid="ignore"):  # a share of nothing is unknown
        shares = np.where(total > 0, 1 / np.where(total > 0, total, 1), np.nan)[:, None]
    shares = shares * ground.mean(axis=1)
    even, odd = ground[:, 0, -1], ground[:, 1, -1]
    uneven = np.abs(even - odd)
    error = np.divide(uneven, even + odd, out=np.zeros(uneven.shape), where=uneven > 0)
    head = pd.DataFrame(
        {
            "area_code": [*areas["area_code"], ALL[0]],
            "area_name": [*areas["area_name"], ALL[1]],
            "level": chosen.name,
        }
    )
    label = unknowns.label
    missing = np.logical_or.reduce([unknowns.missing(name) for name in ("azimuth_deg", *VALUES)])
    return CoverageIntervals(
        frame=_frame(
            head.assign(area_m2=total),
            _cameras(cameras, areas, label=label, missing=missing),
            shares[1 : draws + 1],
            point=shares[0],
        ),
        drivers=_drivers(
            head, names, shares[draws + 1 :].reshape(len(names), draws, *shares.shape[1:])
        ),
        draws=draws,
        seed=seed,
        duty_share=unknowns.duty_share,
        common_share=unknowns.common_share,
        position_sigma_m=unknowns.position_sigma_m,
        line_error_share=float(error.max()),
    )


def _frame(
    head: pd.DataFrame, cameras: NDArray[np.int64], shares: Floats, *, point: Floats
) -> pd.DataFrame:
    """Sum up the draws: ``shares`` is draws × areas × measures; ``cameras``, 2 × the same."""
    parts = []
    for k, counted in enumerate(COUNTED):
        drawn = shares[:, :, k]
        # The spread about the first draw is exactly 0 where all draws are the same.
        spread = (drawn - drawn[0]).std(axis=0)
        columns: dict[str, Any] = {
            "counted": counted,
            "area_m2": head["area_m2"],
            "cameras": cameras[0, :, k],
            "cameras_drawn": cameras[1, :, k],
            "drawn_share": _ratio(cameras[1, :, k], cameras[0, :, k]),
            "draws": len(drawn),
            "share_point": point[:, k] if k == 0 else np.nan,
            "share_mean": drawn[0] + (drawn - drawn[0]).mean(axis=0),
            "share_sd": spread,
        }
        marks = np.percentile(drawn, PERCENTILES, axis=0)
        columns |= {f"share_p{p}": values for p, values in zip(PERCENTILES, marks, strict=True)}
        parts.append(head[["area_code", "area_name", "level"]].assign(**columns))
    return pd.concat(parts, ignore_index=True)


def _drivers(head: pd.DataFrame, names: list[str], shares: Floats) -> pd.DataFrame:
    """Compare what each unknown does alone: ``shares`` is names × draws × areas × measures."""
    spread = (shares - shares[:, :1]).std(axis=1) if names else np.empty((0, len(head), CLASSES))
    variance = spread**2
    whole = variance.sum(axis=0)
    parts = [
        head.assign(
            counted=counted,
            driver=name,
            share_sd=np.nan_to_num(spread[row, :, k]),
            variance_share=_ratio(variance[row, :, k], whole[:, k]),
        )
        for k, counted in enumerate(COUNTED)
        for row, name in enumerate(names)
    ]
    columns = [*head.columns, "counted", "driver", "share_sd", "variance_share"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _cameras(
    cameras: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    label: NDArray[np.int64],
    missing: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Count cameras, and those with a value drawn, by area (all together last) and measure.

    A camera of several views belongs to the first measure that one of its views does.
    """
    table = pd.DataFrame(
        {"camera": cameras["camera_id"].to_numpy(), "label": label, "missing": missing}
    )
    # Within a measure only the views that belong to it speak of missing values.
    place = cameras.drop_duplicates("camera_id")
    here = first_area(place.geometry.to_numpy(), np.asarray(areas.geometry.to_numpy()))
    out = np.zeros((2, len(areas) + 1, CLASSES), dtype=np.int64)
    for k in range(CLASSES):
        within = table[table["label"] <= k].groupby("camera", sort=False)["missing"].any()
        flags = within.reindex(place["camera_id"])
        for row, chosen in enumerate((flags.notna(), flags.fillna(False).astype(bool))):
            counts = sum_by(chosen.to_numpy()[here >= 0], here[here >= 0], len(areas))
            out[row, :-1, k] = counts
            out[row, -1, k] = counts.sum()
    return out


def _ratio(part: Any, whole: Any) -> Floats:
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
