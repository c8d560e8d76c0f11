"""When a contract ends and renews, and what joining a framework at a given time does to that.

Time runs in months from the framework's start. A contract ends at E (the day after its last) and
may be extended by x months for nothing. Without a framework it is tendered anew at E, E + L, E + 2L
and so on, where L is its length, at least a year. It can join at time t in three ways:

.. code-block:: text

    E_k <= t <= E_k + x     at its end: nothing to pay, and the tender at E_k is not held
    t < E_0                 early: it leaves the contract in force and pays
    E_k + x < t < E_k+1     early too: the contract tendered at E_k is in force
    exit cost               as the register says, else value / 12 · min(notice, months left)

After joining it calls off anew every L months. Where neither exit cost nor notice is known it
cannot leave early. A contract that starts later cannot join before; one that ended before the
framework starts, extension included, is taken as renewed for its own length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Dates are days, windows whole months: a day is 0.03 months.
ROUNDING_MONTHS = 1e-6
SHORTEST_MONTHS = 12.0


@dataclass(frozen=True, slots=True)
class Term:
    """The terms of one contract, in months from the framework's start.

    Parameters
    ----------
    value_gbp_per_year
        What it costs a year.
    start_month, end_month
        First day, and the day after the last, without extension.
    length_months
        Its length, and that of each renewal; at least 12.
    extension_months
        By which it may be extended.
    notice_months
        Notice for leaving early; not a number where not known.
    exit_gbp
        All that leaving early costs; not a number where the notice is paid.
    late_months
        Months that its extension has run already when the framework starts.
    """

    value_gbp_per_year: float
    start_month: float
    end_month: float
    length_months: float
    extension_months: float = 0.0
    notice_months: float = math.nan
    exit_gbp: float = math.nan
    late_months: float = 0.0

    def exit_cost(self, months_left: float) -> float:
        """Return what leaving with so many months to go costs; not a number if not known."""
        if not math.isnan(self.exit_gbp):
            return self.exit_gbp
        return self.value_gbp_per_year / 12 * min(self.notice_months, months_left)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happens to a contract within the horizon.

    Parameters
    ----------
    tenders
        Months in which its borough holds a tender of its own.
    call_offs
        Months of call-offs under the framework.
    exit_gbp
        Paid for leaving early; not a number if it cannot leave then.
    early
        Whether a contract in force is left.
    """

    tenders: tuple[float, ...]
    call_offs: tuple[float, ...] = ()
    exit_gbp: float = 0.0
    early: bool = False


def term(
    value_gbp_per_year: float,
    *,
    start_month: float,
    end_month: float,
    extension_months: float = 0.0,
    notice_months: float = math.nan,
    exit_gbp: float = math.nan,
) -> Term:
    """Return a contract's terms as they stand when the framework starts.

    Examples
    --------
    >>> term(12_000.0, start_month=-40, end_month=-4.0, extension_months=6).late_months
    4.0
    >>> term(12_000.0, start_month=-40, end_month=-4.0).end_month
    32.0
    """
    length = max(end_month - start_month, SHORTEST_MONTHS)
    start, end = start_month, end_month
    while end + extension_months < -ROUNDING_MONTHS:
        start, end = end, end + length
    late = max(0.0, -end)
    return Term(
        value_gbp_per_year=value_gbp_per_year,
        start_month=start,
        end_month=end + late,
        length_months=length,
        extension_months=extension_months,
        notice_months=notice_months,
        exit_gbp=exit_gbp,
        late_months=late,
    )


def timeline(contract: Term, join_month: float | None, *, horizon_months: float) -> Timeline:
    """Return tenders, call-offs and exit cost if the contract joins at a time, or never.

    Parameters
    ----------
    contract
        From :func:`term`.
    join_month
        When it joins; None for never.
    horizon_months
        Events from here on are left out.

    Returns
    -------
    Timeline

    Examples
    --------
    >>> two_years = term(12_000.0, start_month=-6, end_month=18, notice_months=3)
    >>> timeline(two_years, None, horizon_months=60).tenders
    (18.0, 42.0)
    >>> timeline(two_years, 12.0, horizon_months=60).exit_gbp
    3000.0
    """
    length = contract.length_months
    if join_month is None:
        return Timeline(_every(contract.end_month, length, horizon_months))
    call_offs = _every(join_month, length, horizon_months)
    passed = _every(contract.end_month, length, join_month + ROUNDING_MONTHS)
    if passed:
        used = contract.late_months if len(passed) == 1 else 0.0
        if join_month <= passed[-1] + contract.extension_months - used + ROUNDING_MONTHS:
            return Timeline(passed[:-1], call_offs)
    next_end = passed[-1] + length if passed else contract.end_month
    possible = join_month >= contract.start_month - ROUNDING_MONTHS
    cost = contract.exit_cost(next_end - join_month) if possible else math.nan
    return Timeline(passed, call_offs, cost, early=True)


def _every(first: float, step: float, before: float) -> tuple[float, ...]:
    """Return times from the first in steps, before an end."""
    count = max(0, math.ceil((before - first) / step - 1e-9))
    return tuple(float(first + k * step) for k in range(count))
