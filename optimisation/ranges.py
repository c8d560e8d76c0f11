"""How far the saving of one plan is known: its rooms and today's under draws of all uncertain.

The saving is that of the plan as it would be built, room after room in the years of its waves: a
room that is built in year t saves from then on, and its one-off cost falls then.

.. code-block:: text

    saving = Σ_r (before_r - after_r) (A(H) - A(t_r)) - once_r (1 + i)^-t_r

before_r is what the boroughs of room r cost a year today (their rooms of today, shared by
cameras), after_r and once_r the yearly and one-off cost of r, A the annuity of so many years, H the
horizon, i the discount rate; t_r is 0 for a room that is built at once, and rooms that stay as they
are save nothing.
Both are costed as they stand, each room at its own site, under the same draws of all that is
uncertain (:mod:`optimisation.drawn_costs`), what exceeds a room's capacity included. They are not
the draws that choose plans: a plan must not be judged by the draws that chose it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimisation.costs.overflow import overflow_cost
from optimisation.costs.rates import annuity
from optimisation.costs.rooms import cost_matrix
from optimisation.drawn_costs import UNSEEN, DrawnCosts, draw_all
from optimisation.group_table import make_setting
from optimisation.results import Plan
from optimisation.scenario import Scenario
from optimisation.search.groups import Groups

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SavingRange:
    """What draws say of a plan's net present saving against today.

    Parameters
    ----------
    p10_gbp, p50_gbp, p90_gbp
        The savings that nine, five and one of ten draws exceed.
    mean_gbp, worst_tenth_gbp
        The mean saving, and that over the worst tenth of the draws.
    saves_share
        Share of the draws in which it saves more than £1: the chance of a saving.
    draws, seed
        How they were made.
    years
        Years in which the plan is built; 1 where all is built at once.
    """

    p10_gbp: float
    p50_gbp: float
    p90_gbp: float
    mean_gbp: float
    worst_tenth_gbp: float
    saves_share: float
    draws: int
    seed: int
    years: int = 1

    @classmethod
    def of(cls, saving: Floats, *, seed: int, years: int = 1) -> SavingRange:
        """Work out the range of savings in draws."""
        p10, p50, p90 = (float(q) for q in np.percentile(saving, [10, 50, 90]))
        worst = np.sort(saving)[: max(1, round(0.1 * len(saving)))]
        chance = float((saving > 1.0).mean())
        mean, tenth = float(saving.mean()), float(worst.mean())
        return cls(p10, p50, p90, mean, tenth, chance, len(saving), seed, years)


def saving_range(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    plan: Plan,
    today: Plan,
    *,
    built: Mapping[str, int] | None = None,
    draws: int | None = None,
    seed: int | None = None,
) -> SavingRange:
    """Cost a plan and today's rooms under many draws.

    Parameters
    ----------
    boroughs, scenario
        As in :func:`optimisation.group_table.make_setting`. The scenario's objective says what is
        drawn, and how often.
    plan, today
        The plan, and the plan it is measured against.
    built
        Year in which each changed room is built, from 1, by the code of its host; all at once if
        None.
    draws, seed
        In the place of the objective's own; its seed is moved on by
        :data:`optimisation.drawn_costs.UNSEEN`.

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
    asked = scenario.objective
    setting = make_setting(boroughs, scenario)
    first = asked.seed + UNSEEN if seed is None else seed
    drawn = DrawnCosts(
        setting,
        draw_all(
            setting,
            draws=asked.draws if draws is None else draws,
            seed=first,
            counts=asked.draw_counts,
            local=asked.draw_local_levels,
        ),
    )
    after, once = _money(drawn, plan)
    before = _money(drawn, today)[0] @ _shares(today, plan)
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
    years = int(start[changed].max()) + 1 if changed.any() else 1
    return SavingRange.of(saving, seed=first, years=years)


def _money(drawn: DrawnCosts, plan: Plan) -> tuple[Floats, Floats]:
    """Yearly and one-off cost of a plan's rooms at their sites, shape ``(draws, rooms)``."""
    setting = drawn.setting
    groups = Groups.from_members(setting.codes, [room.members for room in plan.rooms])
    sites = np.asarray(setting.positions([room.site_code for room in plan.rooms]))
    pricings = drawn.pricings(allowed=False)
    # A year that is worth nothing leaves the one-off costs, one that is worth £1 adds a year's.
    once, both = (
        cost_matrix(groups, [replace(p, annuity_factor=year) for p in pricings], fixed_sites=sites)
        for year in (0.0, 1.0)
    )
    for k, here in enumerate(drawn.settings):
        cameras = groups.sums(here.places.cameras)
        once[k] += overflow_cost(cameras, setting.capacity, here.rate, 0.0)
        both[k] += overflow_cost(cameras, setting.capacity, here.rate, 1.0)
    return both - once, once


def _shares(today: Plan, plan: Plan) -> Floats:
    """Share of each of today's rooms (rows) in the boroughs of each room of a plan (columns)."""
    room = {code: k for k, each in enumerate(plan.rooms) for code in each.members}
    shares = np.zeros((len(today.rooms), len(plan.rooms)))
    for row, each in enumerate(today.rooms):
        for code, share in each.shares.items():
            shares[row, room[code]] += share
    return shares
