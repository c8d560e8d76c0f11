"""How far the saving of one plan is known: its rooms and today's under draws of the costs.

The saving is that of the plan as it would be built, room after room in the years of its waves: a
room that is built in year t saves from then on, and its one-off cost falls then.

.. code-block:: text

    saving = Σ_r (before_r - after_r) (A(H) - A(t_r)) - once_r (1 + i)^-t_r

before_r is what the boroughs of room r cost a year today (their rooms of today, shared by
cameras), after_r and once_r the yearly and one-off cost of r, A the annuity of so many years, H the
horizon, i the discount rate; t_r is 0 for a room that is built at once, and rooms that stay as they
are save nothing.
Both are costed as they stand, each room at its own site, under the same draws. The seed is not the
one whose draws choose plans: a plan must not be judged by the draws that chose it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimisation.costs.draws import draw_coefficients, uncertain_coefficients
from optimisation.costs.rates import annuity
from optimisation.costs.rooms import Pricing, cost_matrix
from optimisation.group_table import Setting, make_setting
from optimisation.results import Plan
from optimisation.scenario import Scenario
from optimisation.search.groups import Groups

Floats = NDArray[np.float64]

DRAWS = 400
UNSEEN_SEED = 4034  # not the 2017 whose draws choose plans


@dataclass(frozen=True, slots=True)
class SavingRange:
    """What draws of the costs say of a plan's net present saving against today.

    Parameters
    ----------
    p10_gbp, p50_gbp, p90_gbp
        The savings that nine, five and one of ten draws exceed.
    mean_gbp
        The mean saving.
    draws, seed
        How they were made.
    years
        Years in which the plan is built; 1 where all is built at once.
    """

    p10_gbp: float
    p50_gbp: float
    p90_gbp: float
    mean_gbp: float
    draws: int
    seed: int
    years: int = 1


def saving_range(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    plan: Plan,
    today: Plan,
    *,
    built: Mapping[str, int] | None = None,
    draws: int = DRAWS,
    seed: int = UNSEEN_SEED,
) -> SavingRange:
    """Cost a plan and today's rooms under many draws of the cost coefficients.

    Parameters
    ----------
    boroughs, scenario
        As in :func:`optimisation.group_table.make_setting`.
    plan, today
        The plan, and the plan it is measured against.
    built
        Year in which each changed room is built, from 1, by the code of its host; all at once if
        None.
    draws, seed
        Number of draws and start of the random numbers.

    Returns
    -------
    SavingRange

    Examples
    --------
    >>> from optimisation.consolidation import reference_plans
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.territory import borough_inputs
    >>> boroughs, scenario = borough_inputs(), load_scenario()
    >>> today, *_, one = reference_plans(boroughs, scenario)
    >>> found = saving_range(boroughs, scenario, one, today, draws=50)
    >>> found.p10_gbp < found.p50_gbp < found.p90_gbp
    True
    """
    setting = make_setting(boroughs, scenario)
    uncertain = [
        item
        for item in uncertain_coefficients(scenario)
        if not (setting.by_road and item.name == "detour_factor")
    ]
    frame = draw_coefficients(uncertain, draws=draws, seed=seed)
    pricings = [_pricing(setting, values) for values in frame.to_dict("records")]
    after, once = _money(setting, plan, pricings)
    before = _money(setting, today, pricings)[0] @ _shares(today, plan)
    kept = {room.members for room in today.rooms}
    year = {} if built is None else built
    start = np.array([year.get(room.site_code, 1) - 1 for room in plan.rooms])
    changed = np.array([room.members not in kept for room in plan.rooms])
    worth = [
        annuity(t, scenario.discount_rate, timing=scenario.flow_timing)
        for t in range(scenario.horizon_years + 1)
    ]
    left = worth[-1] - np.asarray(worth)[start]
    gain = (before - after) * left - once * (1 + scenario.discount_rate) ** -start.astype(float)
    saving = gain[:, changed].sum(axis=1)
    p10, p50, p90 = np.percentile(saving, [10, 50, 90])
    years = int(start[changed].max()) + 1 if changed.any() else 1
    mean = float(saving.mean())
    return SavingRange(float(p10), float(p50), float(p90), mean, draws, seed, years)


def _pricing(setting: Setting, values: Mapping[str, float]) -> Pricing:
    own = {k: v for k, v in values.items() if k != "detour_factor"}
    pricing = replace(setting.pricing, rate=setting.rate.changed(**own))
    if "detour_factor" in values:
        km = setting.places.km * (values["detour_factor"] / setting.detour_factor)
        pricing = replace(pricing, places=replace(setting.places, km=km))
    return pricing


def _money(setting: Setting, plan: Plan, pricings: list[Pricing]) -> tuple[Floats, Floats]:
    """Yearly and one-off cost of a plan's rooms at their sites, shape ``(draws, rooms)``."""
    groups = Groups.from_members(setting.codes, [room.members for room in plan.rooms])
    sites = np.asarray(setting.positions([room.site_code for room in plan.rooms]))
    # A year that is worth nothing leaves the one-off costs, one that is worth £1 adds a year's.
    once = cost_matrix(
        groups, [replace(p, annuity_factor=0.0) for p in pricings], fixed_sites=sites
    )
    both = cost_matrix(
        groups, [replace(p, annuity_factor=1.0) for p in pricings], fixed_sites=sites
    )
    return both - once, once


def _shares(today: Plan, plan: Plan) -> Floats:
    """Share of each of today's rooms (rows) in the boroughs of each room of a plan (columns)."""
    room = {code: k for k, each in enumerate(plan.rooms) for code in each.members}
    shares = np.zeros((len(today.rooms), len(plan.rooms)))
    for row, each in enumerate(today.rooms):
        for code, share in each.shares.items():
            shares[row, room[code]] += share
    return shares
