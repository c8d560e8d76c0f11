r"""Draws of what differs from borough to borough: camera counts, and local pay, rent and circuits.

**Camera counts.** A published count n of age a years, counted for scope s, stands for

.. code-block:: text

    n · exp(σ z - σ²/2),   σ² = a · drift² + other² [s is not public space] + assumed² [no count]

with z standard normal, cut at two standard deviations; the mean stays n. The drift, the two further
parts and their evidence (pairs of counts of the same borough) are coefficients. The age is measured
from the newest count of the frame, so no result depends on the day of the run. Counts from an
inventory are what that inventory says and are not drawn. A table of counts that names no year is
taken as of one year.

**Local levels.** Of the spread of pay, rent and circuits a share is local (``local_level_share``),
the rest common to London: a borough's level is

.. code-block:: text

    m + √(1 - share) (X - m) + √share (X_i - m),

X and X_i drawn alike and independently, m their mean, so mean and variance stay those of the
coefficient. X, scaled so, is the coefficient of the draw; the rest is a factor of the borough.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from optimisation.costs.coefficients import values
from optimisation.costs.draws import Distribution, Uncertain, draw_coefficients

Floats = NDArray[np.float64]

CUT_SD = 2.0
PUBLIC_SPACE = r"^(?:street|public|town centre)"
LOCAL = {
    "operator_cost_gbp_per_fte_year": "pay_factor",
    "room_fixed_gbp_per_year": "rent_factor",
    "transmission_gbp_per_camera_year": "circuit_factor",
}
"""Coefficients with a local part, and the factor of the places that carries it."""

COUNT_NAMES = (
    "camera_count_log_sd_per_root_year",
    "camera_count_log_sd_other_scope",
    "camera_count_log_sd_assumed",
)


def count_log_sd(boroughs: pd.DataFrame, coefficients: dict[str, float] | None = None) -> pd.Series:
    """Return how far each borough's count may be off, as the standard deviation of its logarithm.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`; without a column ``cameras_basis`` counts are
        taken as exact.
    coefficients
        A scenario's own values by name.

    Returns
    -------
    Series
        By ``borough_code``; 0 where the count is not drawn.

    Examples
    --------
    >>> frame = pd.DataFrame({"cameras_basis": ["published"], "cameras_year": [2020],
    ...                       "cameras_scope": ["street"]}, index=["a"])
    >>> float(count_log_sd(frame)["a"])
    0.0
    """
    if "cameras_basis" not in boroughs:
        return pd.Series(0.0, boroughs.index)
    drift, scope, assumed = (values(COUNT_NAMES, coefficients)[name] for name in COUNT_NAMES)
    year = pd.to_numeric(boroughs["cameras_year"], errors="coerce").astype("Float64")
    age = (year.max() - year).fillna(0.0).astype(float) if year.notna().any() else 0.0
    other = ~boroughs["cameras_scope"].astype("string").fillna("").str.match(PUBLIC_SPACE)
    basis = boroughs["cameras_basis"]
    counted = basis.isin(("published", "given"))
    variance = drift**2 * age + np.where(other & counted, scope**2, 0.0)
    variance = pd.Series(variance, boroughs.index).where(counted, 0.0)
    variance = variance.where(basis != "assumed", assumed**2)
    return np.sqrt(variance.astype(float))


def draw_counts(
    boroughs: pd.DataFrame,
    *,
    draws: int,
    seed: int,
    coefficients: dict[str, float] | None = None,
) -> pd.DataFrame:
    """Draw the camera counts.

    Parameters
    ----------
    boroughs, coefficients
        As in :func:`count_log_sd`, with ``cameras``.
    draws, seed
        As in :func:`optimisation.costs.draws.draw_coefficients`: each borough has its own stream.

    Returns
    -------
    DataFrame
        One row a draw, one column a borough; not rounded.
    """
    sd = count_log_sd(boroughs, coefficients)
    columns = {}
    for code, count in boroughs["cameras"].items():
        spread = float(sd[code])
        if spread == 0.0:
            columns[code] = np.full(draws, float(count))
            continue
        stream = np.random.default_rng([seed, zlib.crc32(f"cameras {code}".encode())])
        z = ndtri(ndtr(-CUT_SD) + stream.random(draws) * (ndtr(CUT_SD) - ndtr(-CUT_SD)))
        # The cut takes a little off both tails, so the mean is put right by its own integral.
        cut = ndtr(CUT_SD - spread) - ndtr(-CUT_SD - spread)
        mean = np.exp(spread**2 / 2) * cut / (2 * ndtr(CUT_SD) - 1)
        columns[code] = float(count) * np.exp(spread * z) / mean
    return pd.DataFrame(columns, index=pd.RangeIndex(draws, name="draw"))


def draw_local_levels(
    codes: Sequence[str],
    uncertain: Sequence[Uncertain],
    common: pd.DataFrame,
    *,
    seed: int,
    share: float,
    distribution: Distribution = "pert",
) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """Split draws of pay, rent and circuits into a common and a local part.

    Parameters
    ----------
    codes
        The areas.
    uncertain
        The coefficients that are drawn.
    common
        Their draws (:func:`optimisation.costs.draws.draw_coefficients`).
    seed, distribution
        As there.
    share
        Share of the variance that is local.

    Returns
    -------
    tuple
        The draws with their common parts, and for each name of :data:`LOCAL` that is drawn the
        factors of the areas, shape ``(draws, areas)``.
    """
    frame, factors = common.copy(), {}
    for item in uncertain:
        if item.name not in LOCAL or share <= 0:
            continue
        own = np.stack(
            [
                _stream(item, f"{item.name} {code}", len(common), seed, distribution)
                for code in codes
            ],
            axis=1,
        )
        mean = _mean(item, distribution)
        scaled = mean + np.sqrt(1 - share) * (common[item.name].to_numpy() - mean)
        frame[item.name] = scaled
        factors[LOCAL[item.name]] = 1 + np.sqrt(share) * (own - mean) / scaled[:, None]
    return frame, factors


def _stream(
    item: Uncertain, name: str, draws: int, seed: int, distribution: Distribution
) -> Floats:
    renamed = Uncertain(name, item.low, item.value, item.high)
    drawn = draw_coefficients([renamed], draws=draws, seed=seed, distribution=distribution)
    return drawn[name].to_numpy()


def _mean(item: Uncertain, distribution: Distribution) -> float:
    if distribution == "pert":
        return (item.low + 4 * item.value + item.high) / 6
    return (item.low + item.value + item.high) / 3
