"""The planning coefficients of the questions beside consolidation, with a scenario's own values.

The cost of rooms has its coefficients in :class:`optimisation.costs.rooms.Rates`. Every other model
reads its own here, by name, so that one ``[coefficients]`` table of a scenario file can change them
all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coverage_model.base import datasets

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
