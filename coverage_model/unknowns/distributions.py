"""What is not known of a camera, as distributions to draw from.

A value that the source gives is taken as it is. A missing one is drawn:

- **heading**: uniform over the circle;
- **field of view, resolution, range, mounting height**: triangular from the low over the working to
  the high value of the coefficient for the kind of camera. They are partly wrong for all cameras of
  a kind alike (nobody knows the typical lens) and partly each on its own (lenses differ); how much
  of either is the coefficient ``view_common_share``;
- **position**: normal in each direction about the place given. Nothing says how good a place is,
  so the standard deviation is one for all; 0 takes places as given;
- **duty**: whether a turning camera shows public ground at the moment, with the stated chance.

The random numbers of a camera depend on the seed, its ``view_id``, the draw and the value drawn,
and on nothing else: the same camera gets the same numbers in any inventory, at any level, behind
any buildings and on any number of threads, so that differences between runs are not chance.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from coverage_model.base.crs import DatumShift
from coverage_model.base.errors import Faults
from coverage_model.base.ragged import Ragged
from coverage_model.base.schemas import CAMERA_TYPES
from coverage_model.optics.pixel_density import DistanceForm, Level, dori_distance_m
from coverage_model.optics.sectors import ViewAssumptions
from coverage_model.optics.shots import Shots

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TURNING = ("dome", "ptz")
"""Kinds of camera that turn, where only their reach is known."""

VALUES = ("hfov_deg", "horizontal_px", "range_m", "mount_height_m")
DRIVERS = ("azimuth_deg", *VALUES, "position", "duty_share")

_PATTERNS = {
    "hfov_deg": "view_hfov_{}_deg",
    "horizontal_px": "view_px_{}",
    "range_m": "view_range_{}_m",
    "mount_height_m": "view_height_{}_m",
}
_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_COMMON, _REPLACEMENT = 32, 64
"""Streams of the common part of a value, and of the later tries of a position."""


def uniform(keys: NDArray[np.uint64], *, seed: int, stream: int, draw: int) -> Floats:
    """Random numbers strictly between 0 and 1, one a key, that depend on nothing but the arguments.

    Notes
    -----
    The output function of SplitMix64 (Steele, Lea and Flood 2014, *Fast splittable pseudorandom
    number generators*) over key and seed, then the stream, then the draw.

    Examples
    --------
    >>> keys = np.array([1, 2], dtype=np.uint64)
    >>> uniform(keys, seed=1, stream=0, draw=5).round(3).tolist()
    [0.835, 0.434]
    """
    state = keys
    for number in (seed, stream, draw):
        state = _mix(state + np.uint64((number + 1) * _GOLDEN & _MASK))
    return np.asarray(((state >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)


def _mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def triangular(u: ArrayLike, *, low: ArrayLike, mode: ArrayLike, high: ArrayLike) -> Floats:
    """Quantiles of the triangular distribution; the mode where low and high are the same.

    Examples
    --------
    >>> triangular([0.5], low=0.0, mode=1.0, high=2.0).tolist()
    [1.0]
    """
    u, low, mode, high = np.broadcast_arrays(
        *(np.asarray(value, dtype=float) for value in (u, low, mode, high))
    )
    width = high - low
    at_mode = np.divide(mode - low, width, out=np.zeros(width.shape), where=width > 0)
    below = low + np.sqrt(u * width * (mode - low))
    above = high - np.sqrt((1 - u) * width * (high - mode))
    return np.asarray(np.where(u < at_mode, below, above))


def stated_sigma_m(shift: DatumShift) -> float:
    """Position error for cameras read with this datum shift, in m in each direction.

    The coefficient ``view_position_sigma_m``, and the accuracy that EPSG states for the shift
    where it states one, as independent errors. A lost datum shift moves all cameras alike; here
    each is moved on its own, which understates it by as much as errors cancel out.
    """
    from coverage_model.base import datasets  # noqa: PLC0415 - the maths needs no data folder

    own = datasets.coefficient("view_position_sigma_m").value
    return float(np.hypot(own, shift.accuracy_m or 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Views of one draw, as plain arrays: a row a view that is not the same in every draw.

    ``regions`` holds the footprints of the ``shaped`` views, relative to their cameras.
    """

    x_m: Floats
    y_m: Floats
    azimuth_deg: Floats
    hfov_deg: Floats
    near_m: Floats
    far_m: Floats
    mount_height_m: Floats
    shaped: Bools
    regions: Ragged | None
    height_given: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Unknowns:
    """Views with what is given of them, and the distributions of what is not.

    Parameters
    ----------
    x_m, y_m, azimuth_deg
        As given; headings that are missing or turn are NaN.
    given, low, mode, high
        Values by name (``VALUES``): what is given (NaN where missing), and the triangle to draw
        from (NaN where there is no assumption for the kind of camera).
    shots
        The pictures of the views whose source gives mounting height and tilt.
    target_height_m
        Height of the target plane above ground.
    turning
        Which views turn; their duty share is drawn too.
    """

    level: Level
    form: DistanceForm
    seed: int
    duty_share: float
    common_share: float
    position_sigma_m: float
    x_m: Floats
    y_m: Floats
    azimuth_deg: Floats
    given: dict[str, Floats]
    low: dict[str, Floats]
    mode: dict[str, Floats]
    high: dict[str, Floats]
    shots: Shots
    target_height_m: float
    turning: Bools
    keys: NDArray[np.uint64]
    kinds: NDArray[np.uint64] = field(repr=False)

    @classmethod
    def of(
        cls,
        cameras: gpd.GeoDataFrame,
        *,
        level: Level,
        seed: int,
        duty_share: float,
        position_sigma_m: float,
        common_share: float,
        assumptions: ViewAssumptions,
        form: DistanceForm = "planar",
    ) -> Unknowns:
        """Take what a ``schemas.Cameras`` frame gives, and the coefficients for what it does not.

        Where ``assumptions`` lie beyond a coefficient's range, the range is widened to hold them.
        """
        from coverage_model.base import datasets  # noqa: PLC0415 - as above

        faults = Faults("intervals")
        for name, value, most in (
            ("duty_share", duty_share, 1.0),
            ("common_share", common_share, 1.0),
            ("position_sigma_m", position_sigma_m, np.inf),
        ):
            if not 0 <= value <= most:
                faults.add(f"{name} is {value}", f"Give a number from 0 to {most:g}")
        if seed < 0:
            faults.add(f"seed is {seed}", "Give 0 or a positive whole number")
        faults.raise_if_any()

        table = datasets.coefficients()
        kinds = cameras["camera_type"]
        given: dict[str, Floats] = {}
        low: dict[str, Floats] = {}
        mode: dict[str, Floats] = {}
        high: dict[str, Floats] = {}
        for name in VALUES:
            taken = dict(getattr(assumptions, name))
            ranges = {}
            for kind, value in taken.items():
                row = table.loc[_PATTERNS[name].format(kind)]
                ranges[kind] = (min(row["low"], value), value, max(row["high"], value))
            given[name] = _floats(cameras, name)
            for place, part in enumerate((low, mode, high)):
                numbers = {kind: float(ends[place]) for kind, ends in ranges.items()}
                part[name] = kinds.map(numbers).to_numpy(dtype=float)
        reach = cameras["view_basis"].eq("reach").to_numpy()
        turning = reach & kinds.isin(TURNING).to_numpy()
        filled = {n: np.where(np.isnan(given[n]), mode[n], given[n]) for n in VALUES}
        shots = Shots.of(
            cameras,
            hfov_deg=filled["hfov_deg"],
            horizontal_px=filled["horizontal_px"],
            target_height_m=assumptions.target_height_m,
        )
        code = kinds.map({kind: k for k, kind in enumerate(CAMERA_TYPES)})
        return cls(
            level=level, form=form, seed=seed, duty_share=duty_share, common_share=common_share,
            position_sigma_m=position_sigma_m,
            x_m=cameras.geometry.x.to_numpy(),
            y_m=cameras.geometry.y.to_numpy(),
            azimuth_deg=np.where(reach, np.nan, _floats(cameras, "azimuth_deg")),
            given=given, low=low, mode=mode, high=high,
            shots=shots,
            target_height_m=assumptions.target_height_m,
            turning=turning,
            keys=pd.util.hash_array(cameras.index.astype(str).to_numpy(dtype=object)),
            kinds=code.to_numpy(dtype=np.uint64),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.x_m)

    @property
    def label(self) -> NDArray[np.int64]:
        """0 for views, 1 for a heading that is unknown, 2 for a camera that turns."""
        unheaded = np.isnan(self.azimuth_deg)
        return np.where(self.turning, 2, np.where(unheaded, 1, 0)).astype(np.int64)

    @property
    def highest_mount_m(self) -> float:
        """Greatest mounting height that a view has or may be drawn with."""
        highest = np.fmax(self.given["mount_height_m"], self.high["mount_height_m"])
        return float(np.nanmax(highest, initial=0.0))

    def missing(self, name: str) -> Bools:
        """Which views have this value drawn (one of ``DRIVERS``)."""
        if name == "position":
            return np.full(len(self), self.position_sigma_m > 0)
        if name == "duty_share":
            return self.turning & (self.duty_share < 1)
        if name == "azimuth_deg":
            # A full circle looks the same in any direction.
            return np.isnan(self.azimuth_deg) & ~(self.given["hfov_deg"] >= 360)
        return np.isnan(self.given[name]) & ~np.isnan(self.mode[name])

    def take(self, rows: NDArray[np.intp]) -> Unknowns:
        """Keep some rows."""
        changed: dict[str, Any] = {
            name: {key: values[rows] for key, values in getattr(self, name).items()}
            for name in ("given", "low", "mode", "high")
        }
        for name in ("x_m", "y_m", "azimuth_deg", "turning", "keys", "kinds"):
            changed[name] = getattr(self, name)[rows]
        return replace(self, **changed, shots=self.shots.take(rows))

    def draw(self, number: int, *, vary: Collection[str] = DRIVERS) -> Drawn:
        """Draw views, without position errors (see :meth:`shifted`).

        Parameters
        ----------
        number
            Which draw, from 0.
        vary
            What to draw; other values are at their working value, and headings and duty, which have
            none, as in draw 0. A turning camera off duty has ``far_m`` 0.
        """
        values = {}
        for name in VALUES:
            missing = self.missing(name)
            filled = np.where(missing, self.mode[name], self.given[name])
            if name in vary and missing.any():
                u = self._correlated(name, number)
                sample = triangular(
                    u, low=self.low[name], mode=self.mode[name], high=self.high[name]
                )
                filled = np.where(missing, sample, filled)
            values[name] = filled
        heading = self._u("azimuth_deg", number if "azimuth_deg" in vary else 0) * 360.0
        duty = self._u("duty_share", number if "duty_share" in vary else 0)
        hfov = values["hfov_deg"]
        near = self.shots.near_m
        far = dori_distance_m(values["horizontal_px"], hfov, self.level.px_per_m, form=self.form)
        far = np.fmin(np.fmin(far, values["range_m"]), self.shots.far_m)
        far = np.where(self.turning & (duty >= self.duty_share), 0.0, far)
        azimuth = np.where(np.isnan(self.azimuth_deg), heading, self.azimuth_deg)
        azimuth = np.where(hfov >= 360, 0.0, azimuth)
        near = np.where(np.isinf(near), far, near)
        shots = self.shots.valued(hfov, values["horizontal_px"])
        regions = None
        if shots.drawn.any():
            held = shots.footprints(
                azimuth, values["horizontal_px"], values["range_m"],
                px_per_m=self.level.px_per_m, form=self.form,
            )  # fmt: skip
            regions = held.rings
            near, far = near.copy(), far.copy()
            near[shots.drawn], far[shots.drawn] = held.near_m, held.far_m
        return Drawn(
            x_m=self.x_m, y_m=self.y_m, azimuth_deg=azimuth, hfov_deg=hfov, near_m=near, far_m=far,
            mount_height_m=values["mount_height_m"], shaped=shots.drawn, regions=regions,
            height_given=~np.isnan(self.given["mount_height_m"]),
        )  # fmt: skip

    def shifted(self, number: int, *, attempt: int = 0) -> tuple[Floats, Floats]:
        """Places of a draw: normal about those given. Later attempts are new places."""
        stream = _REPLACEMENT + 2 * attempt
        east, north = (
            ndtri(uniform(self.keys, seed=self.seed, stream=stream + axis, draw=number))
            for axis in (0, 1)
        )
        sigma = self.position_sigma_m
        return self.x_m + sigma * east, self.y_m + sigma * north

    def _u(self, name: str, draw: int) -> Floats:
        return uniform(self.keys, seed=self.seed, stream=DRIVERS.index(name), draw=draw)

    def _correlated(self, name: str, draw: int) -> Floats:
        """Uniform numbers of which a share of the variance is common to a kind of camera."""
        stream = _COMMON + DRIVERS.index(name)
        common = uniform(
            np.arange(len(CAMERA_TYPES), dtype=np.uint64), seed=self.seed, stream=stream, draw=draw
        )[self.kinds]
        own = self._u(name, draw)
        share = self.common_share
        mixed = np.sqrt(share) * ndtri(common) + np.sqrt(1 - share) * ndtri(own)
        return np.asarray(ndtr(mixed))


def _floats(cameras: gpd.GeoDataFrame, name: str) -> Floats:
    return np.asarray(cameras[name].to_numpy(dtype=float, na_value=np.nan))
