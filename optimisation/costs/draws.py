"""What is uncertain in the costs, and draws of it: data for :mod:`optimisation.robustness`.

Each cost coefficient with a range in ``data/facts/coefficients.csv`` is drawn from a PERT
distribution on [low, high] whose mode is the value used: a beta distribution with
alpha = 1 + 4 (value - low) / (high - low) and beta = 1 + 4 (high - value) / (high - low) (Malcolm,
Roseboom, Clark and Fazar 1959), or from a triangular one. Coefficients are drawn independently,
since no source says how they move together. Each has its own stream of random numbers, made from
the seed and its name, so all plans and all scenarios meet the same draws.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betaincinv

from coverage_model.base import datasets
from coverage_model.base.errors import Faults
from optimisation.costs import coefficients
from optimisation.costs.terms import OTHER_NAMES, POLICE_RATES, RATE_NAMES

Distribution = Literal["pert", "triangular"]
Floats = NDArray[np.float64]

# Whether to watch at night and what a missed event is worth are for somebody to decide.
DECIDED = ("hours_monitored_per_year", "missed_detection_gbp_per_camera_year")
# They move detection only, and that has no price unless a scenario sets one.
UNPRICED = ("shown_at_once_share", "pictures_per_monitor")
WHOLE = ("min_posts_per_room",)


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A coefficient with its range.

    Parameters
    ----------
    name, unit, mark
        As in ``data/facts/coefficients.csv``.
    low, value, high
        Range and the value used; low <= value <= high.
    """

    name: str
    low: float
    value: float
    high: float
    unit: str = ""
    mark: str = ""


class Priced(Protocol):
    """What chooses coefficients: a :class:`optimisation.scenario.Scenario`."""

    @property
    def coefficients(self) -> Mapping[str, float]:
        """Values that replace the embedded ones."""

    @property
    def count_police_time(self) -> bool:
        """Whether officers' ways are a cost."""


def uncertain_coefficients(
    scenario: Priced, *, names: Sequence[str] | None = None
) -> tuple[Uncertain, ...]:
    """Return the cost coefficients that have a range.

    Parameters
    ----------
    scenario
        A value of its own moves the range in proportion.
    names
        Only these, of any model; all that can move the cost of rooms by default.

    Returns
    -------
    tuple of Uncertain
        In the order of the cost model.

    Raises
    ------
    InputError
        For a name that no model has.

    Examples
    --------
    >>> from optimisation.scenario import Scenario
    >>> found = uncertain_coefficients(Scenario())
    >>> found[0].name, found[0].low, found[0].high
    ('room_fixed_gbp_per_year', 10000.0, 75000.0)
    """
    priced = scenario.coefficients.get("missed_detection_gbp_per_camera_year", 0.0) > 0
    of_rooms = (*RATE_NAMES, *OTHER_NAMES)
    unpriced = (
        *(() if priced else UNPRICED),
        *(() if scenario.count_police_time else POLICE_RATES),
    )
    wanted = (
        list(names)
        if names is not None
        else [name for name in of_rooms if name not in (*DECIDED, *unpriced)]
    )
    possible = dict.fromkeys((*of_rooms, *coefficients.names()))
    if unknown := sorted(set(wanted) - set(possible)):
        faults = Faults("uncertain coefficients")
        faults.add("unknown coefficients", f"Use: {', '.join(possible)}", rows=unknown)
        faults.raise_if_any()
    table = datasets.coefficients()
    found = []
    for name in wanted:
        low, value, high = (float(table.loc[name, c]) for c in ("low", "value", "high"))
        own = float(scenario.coefficients.get(name, value))
        scale = own / value if value else 1.0
        low, high = min(low * scale, own), max(high * scale, own)
        if low < high:
            unit, mark = str(table.loc[name, "unit"]), str(table.loc[name, "mark"])
            found.append(Uncertain(name, low, own, high, unit, mark))
    return tuple(found)


def draw_coefficients(
    uncertain: Sequence[Uncertain],
    *,
    draws: int,
    seed: int,
    distribution: Distribution = "pert",
    whole: bool = True,
) -> pd.DataFrame:
    """Draw the coefficients.

    Parameters
    ----------
    uncertain
        From :func:`uncertain_coefficients`.
    draws
        Number of draws.
    seed
        The same seed gives the same draws, whichever other coefficients are drawn with it.
    distribution
        ``pert`` or ``triangular``.
    whole
        Whether numbers of people are rounded to whole ones.

    Returns
    -------
    DataFrame
        One row a draw, one column a coefficient.

    Examples
    --------
    >>> frame = draw_coefficients([Uncertain("x", 0.0, 1.0, 4.0)], draws=3, seed=1)
    >>> frame["x"].between(0, 4).all()
    np.True_
    """
    columns = {}
    for item in uncertain:
        stream = np.random.default_rng([seed, zlib.crc32(item.name.encode())])
        at = stream.random(draws)
        width = item.high - item.low
        mode = (item.value - item.low) / width
        if distribution == "pert":
            unit = betaincinv(1 + 4 * mode, 1 + 4 * (1 - mode), at)
        else:
            up, down = np.sqrt(mode * at), 1 - np.sqrt((1 - mode) * (1 - at))
            unit = np.where(at < mode, up, down)
        drawn = item.low + width * unit
        columns[item.name] = np.rint(drawn) if whole and item.name in WHOLE else drawn
    return pd.DataFrame(columns, index=pd.RangeIndex(draws, name="draw"))
