r"""How far efficiency scores may be off: the smoothed bootstrap of data envelopment.

The frontier of data envelopment is drawn through the best units at hand, so each score θ̂ is too
high: better units may exist. The homogeneous bootstrap (Simar and Wilson 1998, Management Science
44, 49-61) imitates that. With θ̂_1 .. θ̂_n from (1) to (4) of
:mod:`sharedview.questions.benchmark.dea`, each draw

.. code-block:: text

    (1)  takes β_1 .. β_n from θ̂ with replacement
    (2)  θ̃_j = β_j + h ε_j                if that is at most 1,   ε_j standard normal
               2 − (β_j + h ε_j)          otherwise (reflected at 1)
    (3)  θ*_j = β̄ + (θ̃_j − β̄) / √(1 + h² / σ²)       β̄ mean of β, σ² variance of θ̂
    (4)  x*_j = x_j θ̂_j / θ*_j            inputs of the pseudo units; outputs stay
    (5)  θ̂*_o = efficiency of unit o judged by the pseudo units

    and after all draws
    (6)  bias_o = mean(θ̂*_o) − θ̂_o,      corrected_o = θ̂_o − bias_o
    (7)  interval: 2 θ̂_o − q(θ̂*_o) at the upper and the lower tail of the draws

    h = 0.9 min(s, r / 1.34) (2m)^(−1/5) · (2m / n)^(1/5) · s_n / s

(7) is the interval of Simar and Wilson (2000), Journal of Applied Statistics 27, 779-802, which
needs no estimate of the bias. h is the rule of Silverman (1986), "Density Estimation", section 3.4,
for the m scores below 1 and their mirror images 2 − θ̂ (s, r: their standard deviation and
interquartile range), adjusted to the sample with its ones (s_n: standard deviation of θ̂) as in
Daraio and Simar (2007), "Advanced Robust and Nonparametric Methods in Efficiency Analysis", section
3.4. The pseudo units lie inside the frontier, so θ̂*_o is at least θ̂_o, and neither the corrected
score nor the interval exceeds θ̂_o. θ* is kept at a tenth of the smallest score or more, so that
inputs stay finite; scores are kept at 0 or more.

The method takes the units as independent draws from one process, and inefficiency as unrelated to
size. Where that fails, as for rooms under one cost model, the interval shows how much the scores
rest on few peers, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from coverage_model.base.errors import Fault, InputError
from sharedview.questions.benchmark.dea import EXACT, Floats, Returns, checked, first_stage

SEED = 1998
DRAWS = 200


@dataclass(frozen=True, slots=True)
class Intervals:
    """Scores with their bootstrap intervals.

    Parameters
    ----------
    theta
        Efficiency of each unit.
    corrected
        Less its bias.
    low, high
        Interval of the true efficiency.
    bandwidth
        h.
    draws
        Number of draws; 0 where every unit is efficient, and then nothing can be said: corrected,
        low and high are not numbers.
    """

    theta: Floats
    corrected: Floats
    low: Floats
    high: Floats
    bandwidth: float
    draws: int


def bootstrap(
    inputs: ArrayLike,
    outputs: ArrayLike,
    *,
    returns: Returns = "variable",
    draws: int = DRAWS,
    seed: int = SEED,
    level: float = 0.95,
) -> Intervals:
    """Draw intervals of the efficiency of every unit.

    Parameters
    ----------
    inputs, outputs, returns
        As for :func:`sharedview.questions.benchmark.dea.envelop`.
    draws
        Number of draws; 2,000 for figures to publish (Simar and Wilson 1998 use 1,000).
    seed
        The same seed gives the same intervals, whatever the units of measure.
    level
        Confidence, between 0 and 1.

    Returns
    -------
    Intervals

    Raises
    ------
    InputError
        As for :func:`sharedview.questions.benchmark.dea.envelop`, for fewer than two draws and for
        a level that is not between 0 and 1.

    Examples
    --------
    >>> found = bootstrap([[2.0], [4.0], [3.0]], [[1.0], [2.0], [3.0]], returns="constant")
    >>> bool((found.corrected <= found.theta).all())
    True
    """
    if draws < 2 or not 0 < level < 1:
        fault = Fault(
            f"{draws} draws at level {level:g} give no interval",
            "Use two draws or more and a level between 0 and 1",
        )
        raise InputError("bootstrap", [fault])
    x, y = checked(inputs, outputs)
    x, y = x / x.mean(axis=0), y / y.mean(axis=0)
    theta = np.minimum(first_stage(x, y, returns=returns), 1.0)
    theta = np.where(1.0 - theta < EXACT, 1.0, theta)
    width = bandwidth(theta)
    if width == 0.0:
        unknown = np.full(len(theta), np.nan)
        return Intervals(theta, unknown, unknown.copy(), unknown.copy(), 0.0, 0)
    stream = np.random.default_rng(seed)
    drawn = np.empty((draws, len(theta)))
    for draw in range(draws):
        pseudo = smoothed(theta, width, stream)
        moved = x * (theta / pseudo)[:, None]
        drawn[draw] = first_stage(x, y, returns=returns, against=(moved, y))
    tail = (1.0 - level) / 2
    ends = 2 * theta - np.quantile(drawn, [1.0 - tail, tail], axis=0)
    corrected = 2 * theta - drawn.mean(axis=0)
    low, high, corrected = (np.clip(each, 0.0, theta) for each in (*ends, corrected))
    return Intervals(theta, corrected, low, high, width, draws)


def bandwidth(theta: Floats) -> float:
    """Return h for a sample of scores; 0 if all of them are 1.

    Parameters
    ----------
    theta
        Scores from 0 to 1.

    Examples
    --------
    >>> bandwidth(np.ones(4))
    0.0
    """
    below = theta[theta < 1.0]
    if not below.size:
        return 0.0
    mirrored = np.concatenate([below, 2.0 - below])
    deviation = float(mirrored.std(ddof=1))
    first, third = np.quantile(mirrored, [0.25, 0.75])
    robust = min(deviation, float(third - first) / 1.34)
    count, units = mirrored.size, theta.size
    whole = float(theta.std(ddof=1)) if units > 1 else 0.0
    spread = (robust or deviation) * whole / deviation
    return float(0.9 * spread * count**-0.2 * (count / units) ** 0.2)


def smoothed(theta: Floats, width: float, stream: np.random.Generator) -> Floats:
    """Draw scores by (1) to (3).

    Parameters
    ----------
    theta
        Scores of the sample.
    width
        h.
    stream
        Random numbers.

    Returns
    -------
    ndarray
        As many scores, above 0 and at most 1.
    """
    taken = stream.choice(theta, size=theta.size)
    moved = taken + width * stream.standard_normal(theta.size)
    moved = np.where(moved > 1.0, 2.0 - moved, moved)
    mean = taken.mean()
    drawn = mean + (moved - mean) / np.sqrt(1.0 + width**2 / theta.var(ddof=1))
    return np.asarray(np.clip(drawn, 0.1 * theta.min(), 1.0))
