"""Officers' ways to the rooms for footage: the other budget, counted beside the councils'.

The terms of the cost specification whose budget is the police's
(:mod:`optimisation.costs.terms`) are costs of a scenario only where it says
``count_police_time = true``. What they amount to is worked out here in any case, under the same
draws, so that no page quotes the councils' saving without what it costs the police:

.. code-block:: text

    saving = Σ_i (way_i,today - way_i,plan) · pace.after

way_ij is what the ways of officers of borough i to a room at j cost a year, and pace.after what a
pound a year is worth from the change on (:class:`optimisation.costs.rates.Pace`).

What does not follow from where a room stands is left out: requests met from afar and time at a desk
are the same in every plan, and the wait for a desk hangs on how many desks somebody pays for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimisation.costs.draws import draw_coefficients, uncertain_coefficients
from optimisation.costs.terms import POLICE_RATES, TERMS, Form
from optimisation.drawn_costs import DrawnCosts, Draws, Sited
from optimisation.group_table import Setting
from optimisation.scenario import Scenario
from optimisation.territory import recorded_crimes

Floats = NDArray[np.float64]


def officer_savings(drawn: DrawnCosts, plans: Sequence[Sited]) -> Floats:
    """Return what plans save of officers' time against today in each draw, as built.

    Parameters
    ----------
    drawn
        The draws; the coefficients of the ways are drawn with them where the scenario does not.
    plans
        Who is served where.

    Returns
    -------
    ndarray
        Net present saving in £, shape ``(draws, plans)``: below 0 where ways get longer, not a
        number where no recorded crime is known.
    """
    setting = drawn.setting
    crimes = recorded_crimes(setting.boroughs).to_numpy(float)
    if np.isnan(crimes).all():
        return np.full((len(drawn), len(plans)), np.nan)
    own = np.arange(len(crimes))
    hosts = [hosts_of(setting, plan) for plan in plans]
    found = np.empty((len(drawn), len(plans)))
    rows = police_draws(setting.scenario, drawn.draws).to_dict("records")
    for d, (here, row) in enumerate(zip(drawn.settings, rows, strict=True)):
        places = replace(here.places, crimes_per_year=np.nan_to_num(crimes))
        rate = here.rate.changed(**{str(name): float(value) for name, value in row.items()})
        ways = np.zeros((len(crimes), len(crimes)))
        for term in TERMS:
            if term.budget == "police":
                form = term.amount(rate, places)
                assert isinstance(form, Form)  # noqa: S101 (for the type checker)
                ways += form.parts(len(crimes))[3]
        before = ways[own, here.places.room_today].sum()
        found[d] = [before - ways[own, host].sum() for host in hosts]
    saved: Floats = found * setting.scenario.pace.after
    return saved


def police_draws(scenario: Scenario, draws: Draws) -> pd.DataFrame:
    """Return what the ways rest on in each draw, whether the scenario counts them or not.

    Parameters
    ----------
    scenario
        Values that it changes move their range with them.
    draws
        How many, and where the random numbers start.

    Returns
    -------
    DataFrame
        One row a draw, one column a coefficient of
        :data:`optimisation.costs.terms.POLICE_RATES` that is uncertain.
    """
    uncertain = uncertain_coefficients(scenario, names=POLICE_RATES)
    return draw_coefficients(uncertain, draws=len(draws), seed=draws.seed)


def hosts_of(setting: Setting, plan: Sited) -> NDArray[np.int64]:
    """Position of the site that serves each borough, in the setting's order."""
    host = np.empty(len(setting.codes), dtype=np.int64)
    for site, members in plan.items():
        host[setting.positions(members)] = setting.positions([site])[0]
    return host
