"""The planning coefficients, with a scenario's own values in the place of the embedded ones.

Those of the cost of rooms are the ones that its terms name (:mod:`optimisation.costs.terms`). Every
other model reads its own here, by name, so that one ``[coefficients]`` table of a scenario file can
change them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from coverage_model.base import datasets
from coverage_model.base.errors import Faults
from optimisation.costs.rates import Rates
from optimisation.costs.terms import MUST_BE_POSITIVE, OTHER_NAMES, RATE_NAMES

# The scenario has keys of its own for these two.
KEYS_NOT_COEFFICIENTS = ("discount_rate", "horizon_years")

GROUPS = (
    "appraisal",
    "cameras",
    "quality",
    "value",
    "procurement",
    "benchmark",
    "footage",
    "private",
    "siting",
    "technology",
    "evidence",
    "decision",
)
"""Groups of ``data/facts/coefficients.csv`` that a scenario may change for these models."""


def names(*groups: str) -> tuple[str, ...]:
    """Return the names of coefficients, of all of :data:`GROUPS` or of some.

    Examples
    --------
    >>> "crime_reduction_share" in names("appraisal")
    True
    """
    table = datasets.coefficients()
    return tuple(map(str, table.index[table["group"].isin(groups or GROUPS)]))


def values(wanted: Sequence[str], overrides: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return coefficients by name, a scenario's own in the place of the embedded ones.

    Parameters
    ----------
    wanted
        Names in ``data/facts/coefficients.csv``.
    overrides
        ``Scenario.coefficients``; names that are not wanted are left alone.

    Returns
    -------
    dict
        In the order asked for.

    Raises
    ------
    InputError
        For a name that is not in the file.

    Examples
    --------
    >>> values(["discount_rate"], {"discount_rate": 0.03})
    {'discount_rate': 0.03}
    """
    own = overrides or {}
    return {
        name: float(own[name]) if name in own else datasets.coefficient(name).value
        for name in wanted
    }


def rates(overrides: Mapping[str, float] | None = None) -> Rates:
    """Read the coefficients of the cost of rooms, a scenario's own in the place of the embedded.

    Parameters
    ----------
    overrides
        Values by coefficient name.

    Returns
    -------
    Rates

    Raises
    ------
    InputError
        For an unknown name, or a value that is negative or not a number.

    Examples
    --------
    >>> rates({"min_posts_per_room": 2}).min_posts_per_room
    2.0
    """
    chosen = dict(overrides or {})
    check_rates(chosen, faults := Faults("coefficients"))
    faults.raise_if_any()
    return Rates(values(RATE_NAMES, chosen))


def check_rates(given: Mapping[str, float], faults: Faults) -> None:
    """Note every unknown name and every value out of its domain."""
    known = {*RATE_NAMES, *OTHER_NAMES, *names()} - set(KEYS_NOT_COEFFICIENTS)
    unknown = sorted(set(given) - known)
    if unknown:
        faults.add(
            "unknown coefficients",
            f"Use names of data/facts/coefficients.csv: {', '.join((*RATE_NAMES, *OTHER_NAMES))} "
            "for rooms; `sharedview data --coefficients` lists the others",
            rows=unknown,
        )
    for name, value in given.items():
        low = 1e-9 if name in MUST_BE_POSITIVE else 0.0
        if not np.isfinite(value) or value < low:
            faults.add(
                f"coefficient {name} is {value}",
                "Give a number above 0" if low else "Give a number of at least 0",
            )
