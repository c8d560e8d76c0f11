"""Whether a camera's pixels suffice at the places that matter, and over its view.

Statuses are whole numbers, so that arrays of them can be compared and counted: :data:`PASS`,
:data:`FAIL` and :data:`UNKNOWN`. A camera that zooms has more pixels on a target than its widest
view shows: where the widest view suffices it passes, else what it does is not known.

Formulas (:mod:`coverage_model.optics.pixel_density`): density at distance ``d`` is ``px / (2 d
tan(HFOV/2))``. A density falls with the distance, so the part of an open view at density ``p`` or
above ends at ``d(p) = px / (2 p tan(HFOV/2))``, and its share of a view between ``near`` and
``far`` is ``(min(d(p), far)² - near²) / (far² - near²)``, whatever the opening angle.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from coverage_model.optics.pixel_density import DistanceForm, dori_distance_m, pixel_density

Statuses = NDArray[np.int8]
PASS, FAIL, UNKNOWN = 1, 0, -1


def judge(good: ArrayLike, known: ArrayLike) -> Statuses:
    """Turn two flags into statuses: what is not known is unknown, whatever the other flag.

    Examples
    --------
    >>> judge([True, False, True], [True, True, False]).tolist()
    [1, 0, -1]
    """
    passed = np.where(np.asarray(good, dtype=bool), PASS, FAIL)
    return np.where(np.asarray(known, dtype=bool), passed, UNKNOWN).astype(np.int8)


def all_of(statuses: ArrayLike, axis: int = -1) -> Statuses:
    """Combine statuses that must all pass: fail if any fails, else unknown if any is unknown.

    Nothing to pass is a pass.

    Examples
    --------
    >>> all_of([[1, 1], [1, -1], [0, -1]]).tolist()
    [1, -1, 0]
    """
    each = np.asarray(statuses, dtype=np.int8)
    failed = (each == FAIL).any(axis=axis)
    unknown = (each == UNKNOWN).any(axis=axis)
    return np.where(failed, FAIL, np.where(unknown, UNKNOWN, PASS)).astype(np.int8)


def all_by(statuses: Statuses, group: NDArray[np.intp], count: int) -> Statuses:
    """Combine statuses by group, all of which must pass; a group without any is unknown.

    Examples
    --------
    >>> all_by(np.array([1, 0, 1], np.int8), np.array([0, 0, 2]), 3).tolist()
    [0, -1, 1]
    """
    return _by(statuses, group, count, first=FAIL, last=PASS)


def any_by(statuses: Statuses, group: NDArray[np.intp], count: int) -> Statuses:
    """Combine statuses by group, of which one must pass; a group without any is unknown.

    Examples
    --------
    >>> any_by(np.array([1, 0, -1], np.int8), np.array([0, 0, 1]), 2).tolist()
    [1, -1]
    """
    return _by(statuses, group, count, first=PASS, last=FAIL)


def _by(
    statuses: Statuses, group: NDArray[np.intp], count: int, *, first: int, last: int
) -> Statuses:
    """Give each group ``first`` if it has one, ``last`` if it has nothing else, else unknown."""
    has_first, has_unknown, has_any = (
        np.bincount(group, weights=flags, minlength=count) > 0
        for flags in (statuses == first, statuses == UNKNOWN, np.ones(len(statuses)))
    )
    rest = np.where(has_unknown | ~has_any, UNKNOWN, last)
    return np.where(has_first, first, rest).astype(np.int8)


def judge_density(
    horizontal_px: ArrayLike,
    hfov_deg: ArrayLike,
    *,
    distance_m: ArrayLike,
    px_per_m: ArrayLike,
    zooms: ArrayLike = False,
    range_m: ArrayLike = np.nan,
    drop_m: ArrayLike = 0.0,
    form: DistanceForm = "planar",
) -> Statuses:
    """Judge whether views put enough pixels on a target at a distance.

    Parameters
    ----------
    horizontal_px, hfov_deg
        Pixels across and horizontal field of view, as far as they are known; for a camera that
        zooms, at its widest.
    distance_m, px_per_m
        Distance of the target and pixels per metre asked for there.
    zooms
        Whether a camera can narrow its view.
    range_m
        Greatest useful distance where the source gives one; a target beyond it is not seen.
    drop_m
        Height of the lens above the target plane: density falls with the slant distance.
    form
        As for :func:`coverage_model.optics.pixel_density`.

    Returns
    -------
    ndarray of int8
        Statuses, of the common shape of the arguments.

    Examples
    --------
    >>> judge_density([1920, 1920, None], 90, distance_m=10, px_per_m=[62.5, 125, 125]).tolist()
    [1, 0, -1]
    """
    px, hfov = np.asarray(horizontal_px, dtype=float), np.asarray(hfov_deg, dtype=float)
    slant = np.hypot(np.asarray(distance_m, dtype=float), np.asarray(drop_m, dtype=float))
    found = pixel_density(px, hfov, slant, form=form)
    # A calculated density may be a rounding error short of what it was calculated from.
    enough = found >= np.asarray(px_per_m, dtype=float) * (1 - 1e-9)
    beyond = np.asarray(distance_m, dtype=float) > np.asarray(range_m, dtype=float)
    short = ~enough & np.asarray(zooms, dtype=bool)
    known = (~np.isnan(found) & ~short) | beyond
    return judge(enough & ~beyond, known)


def judge_targets(
    views: pd.DataFrame,
    targets: pd.DataFrame,
    *,
    px_per_m: ArrayLike,
    form: DistanceForm = "planar",
) -> pd.Series:
    """Judge views at given points, in open ground.

    A camera passes if each of its points has enough pixels in one of its views. A view that looks
    elsewhere does not see the point; where the heading is not known it may or may not.

    Parameters
    ----------
    views
        Columns ``camera_id, x_m, y_m, azimuth_deg, hfov_deg, horizontal_px, range_m, drop_m, zooms,
        turns``; one row a view.
    targets
        ``camera_id, x_m, y_m``; one row a point.
    px_per_m
        Asked for, one a view.
    form
        As for :func:`judge_density`.

    Returns
    -------
    Series
        Statuses by ``camera_id``, of the cameras with a point.
    """
    points = targets.reset_index(drop=True).rename_axis("point").reset_index()
    sized = views.assign(needed=np.broadcast_to(np.asarray(px_per_m, dtype=float), len(views)))
    pairs = points.merge(sized, on="camera_id", suffixes=("_point", ""))
    east, north = (pairs[f"{axis}_point"] - pairs[axis] for axis in ("x_m", "y_m"))
    bearing = np.degrees(np.arctan2(east, north))
    away = np.abs((bearing - pairs["azimuth_deg"] + 180) % 360 - 180).to_numpy(dtype=float)
    hfov = pairs["hfov_deg"].to_numpy(dtype=float)
    distance = np.hypot(east, north).to_numpy(dtype=float)
    status = judge_density(
        pairs["horizontal_px"], hfov,
        distance_m=np.maximum(distance, 0.01), px_per_m=pairs["needed"],
        zooms=pairs["zooms"], range_m=pairs["range_m"], drop_m=pairs["drop_m"], form=form,
    )  # fmt: skip
    free = pairs["turns"].to_numpy(dtype=bool) | (hfov >= 360)
    lost = ~free & np.isnan(away)
    elsewhere = ~free & (away > hfov / 2 * (1 + 1e-9))
    status = np.where(elsewhere, FAIL, np.where(lost & (status == PASS), UNKNOWN, status))
    at_point = any_by(status.astype(np.int8), pairs["point"].to_numpy(dtype=np.intp), len(points))
    names, ids = pd.factorize(points["camera_id"])
    return pd.Series(all_by(at_point, names, len(ids)), index=pd.Index(ids, name="camera_id"))


def view_ends_m(
    horizontal_px: ArrayLike,
    hfov_deg: ArrayLike,
    px_per_m: ArrayLike,
    *,
    near_m: ArrayLike,
    range_m: ArrayLike,
    drop_m: ArrayLike = 0.0,
    form: DistanceForm = "planar",
) -> Any:
    """Return how far views keep a density: the level's distance, or the range where that is less.

    Along the ground, from a lens ``drop_m`` above the target plane. Never below the near edge;
    unknown where resolution or field of view is not known.

    Examples
    --------
    >>> float(view_ends_m(1000, 90, 25, near_m=2, range_m=15).round(6))
    15.0
    """
    far = dori_distance_m(horizontal_px, hfov_deg, px_per_m, form=form)
    known = ~np.isnan(far)
    far = np.sqrt(np.maximum(far**2 - np.asarray(drop_m, dtype=float) ** 2, 0.0))
    limited = np.fmin(far, np.asarray(range_m, dtype=float))
    return np.where(known, np.maximum(limited, np.asarray(near_m, dtype=float)), np.nan)[()]


def view_share(part_m: ArrayLike, *, near_m: ArrayLike, far_m: ArrayLike) -> Any:
    """Return the share of the ground between ``near_m`` and ``far_m`` that ends at ``part_m``.

    Unknown where a distance is, or where the view is empty.

    Examples
    --------
    >>> float(view_share(4.0, near_m=0.0, far_m=10.0))
    0.16
    """
    near, far, part = (np.asarray(each, dtype=float) for each in (near_m, far_m, part_m))
    whole = far**2 - near**2
    seen = np.clip(np.minimum(part, far) ** 2 - near**2, 0.0, None)
    return np.divide(seen, whole, out=np.full(np.shape(seen + whole), np.nan), where=whole > 0)[()]
