"""Values of the cost coefficients, and the present value of yearly payments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HOURS_PER_YEAR = 8766.0


@dataclass(frozen=True, repr=False)
class Rates:
    """The coefficients of the cost of rooms, read as attributes: ``rate.link_gbp_per_year``.

    Which there are follows from the cost terms (:data:`optimisation.costs.terms.RATE_NAMES`); their
    values come from ``data/facts/coefficients.csv`` and the scenario
    (:func:`optimisation.costs.coefficients.rates`).

    Parameters
    ----------
    values
        Value by name.

    Examples
    --------
    >>> Rates({"link_gbp_per_year": 10_000.0}).link_gbp_per_year
    10000.0
    """

    values: Mapping[str, float]

    def __getattr__(self, name: str) -> float:
        # Not for names of Python's own, which a copy asks for before there are values.
        if not name.startswith("_") and name != "values" and name in self.values:
            return self.values[name]
        raise AttributeError(f"the cost of rooms has no coefficient {name!r}")

    def changed(self, **values: float) -> Rates:
        """Return the coefficients with some of them changed.

        Raises
        ------
        AttributeError
            For a name that is not among them.

        Examples
        --------
        >>> Rates({"link_gbp_per_year": 10_000.0}).changed(link_gbp_per_year=1.0).link_gbp_per_year
        1.0
        """
        for name in values:
            getattr(self, name)
        return Rates({**self.values, **values})

    @property
    def fte_per_post(self) -> float:
        """Full-time staff behind one post at the hours monitored."""
        return self.shift_factor_fte_per_post * self.hours_monitored_per_year / HOURS_PER_YEAR

    @property
    def post_gbp_per_year(self) -> float:
        """Yearly cost of one post on duty."""
        return self.fte_per_post * self.operator_cost_gbp_per_fte_year


@dataclass(frozen=True, slots=True)
class Pace:
    """What money is worth today where a change is as likely to fall in any of some years.

    Parameters
    ----------
    once
        £1 once, at the start of the year of the change.
    before
        £1 a year from now until then.
    after
        £1 a year from then to the horizon.
    years
        Years of building.
    """

    once: float
    before: float
    after: float
    years: int


def pace(build_years: int, horizon_years: int, rate: float, *, timing: str = "end") -> Pace:
    """Value money around changes that are spread evenly over the first years.

    With A(t) the annuity of t years and i the discount rate, over the years t = 0 .. N - 1:

    .. code-block:: text

        once = mean of (1 + i)^-t,   before = mean of A(t),   after = A(H) - before

    Parameters
    ----------
    build_years
        Years of building N; 1 where everything changes at once.
    horizon_years, rate, timing
        As in :func:`annuity`.

    Examples
    --------
    >>> pace(1, 10, 0.0)
    Pace(once=1.0, before=0.0, after=10.0, years=1)
    >>> spread = pace(5, 10, 0.0)
    >>> spread.before, spread.after
    (2.0, 8.0)
    """
    starts = range(min(build_years, horizon_years))
    before = sum(annuity(t, rate, timing=timing) for t in starts) / len(starts)
    return Pace(
        once=sum((1 + rate) ** -t for t in starts) / len(starts),
        before=before,
        after=annuity(horizon_years, rate, timing=timing) - before,
        years=len(starts),
    )


def annuity(years: int, rate: float, *, timing: str = "end") -> float:
    """Net present value of £1 a year.

    Parameters
    ----------
    years
        Number of payments.
    rate
        Discount rate a year.
    timing
        ``end``: paid at the end of each year; ``start``: at its start.

    Returns
    -------
    float
        Σ (1 + rate)^-t over t = 1..years (``end``) or 0..years-1 (``start``).

    Examples
    --------
    >>> round(annuity(10, 0.035), 4), round(annuity(10, 0.035, timing="start"), 4)
    (8.3166, 8.6077)
    """
    first = 0 if timing == "start" else 1
    return float(sum((1 + rate) ** -t for t in range(first, first + years)))
