"""What each plan saves as it would be built: the one place that a reader's figures come from.

Plans are costed as they stand, each room at its own site, under the same draws of all that is
uncertain (:mod:`optimisation.drawn_costs`), what exceeds a room's capacity included. They are not
the draws that choose plans: a plan must not be judged by the draws that chose it. Changes are
spread evenly over the scenario's years of building (:class:`optimisation.costs.rates.Pace`), by
the same rule for every plan:

.. code-block:: text

    saving = Σ_r (before_r - after_r) · pace.after - once_r · pace.once

before_r is what the boroughs of room r cost a year today (their rooms of today, shared by
cameras), after_r and once_r the yearly and one-off cost of r. Rooms that stay as they are save
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.drawn_costs import UNSEEN, DrawnCosts, draw_all
from optimisation.group_table import make_setting
from optimisation.police_time import officer_savings
from optimisation.results import Plan
from optimisation.scenario import Scenario
from optimisation.search.groups import Groups

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SavingRange:
    """What draws say of a plan's net present saving against today, built over some years.

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
        Years over which its changes are spread; 1 where all change at once.
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


@dataclass(frozen=True, slots=True, eq=False)
class Savings:
    """What plans save against today in the same draws.

    Parameters
    ----------
    plans
        The plans.
    gbp
        Net present saving by what the scenario counts: the councils' money, and the police's where
        it counts police time. One row a draw, one column a ``plan_id``.
    police_gbp
        What of officers' time plans save, counted or not
        (:func:`optimisation.police_time.officer_savings`); not a number where it is not known.
    ranges
        ``gbp`` in short, by ``plan_id``.
    police_counted
        Whether ``gbp`` holds ``police_gbp``.
    """

    plans: tuple[Plan, ...]
    gbp: pd.DataFrame
    police_gbp: pd.DataFrame
    ranges: Mapping[str, SavingRange]
    police_counted: bool = False

    @property
    def councils_gbp(self) -> pd.DataFrame:
        """What the councils' budgets save, shaped as ``gbp``."""
        return self.gbp - self.police_gbp if self.police_counted else self.gbp

    @property
    def of_councils(self) -> Savings:
        """The same by the councils' money alone, for those who weigh officers' time by itself."""
        if not self.police_counted:
            return self
        saved = self.councils_gbp
        ranges = {
            one: SavingRange.of(saved[one].to_numpy(), seed=known.seed, years=known.years)
            for one, known in self.ranges.items()
        }
        return Savings(self.plans, saved, self.police_gbp, ranges)

    def frame(self) -> pd.DataFrame:
        """Return :class:`optimisation.schemas.PlanSavings`, one row a plan."""
        councils, police = self.councils_gbp.mean(), self.police_gbp.mean()
        rows = [
            {
                "plan_id": plan.plan_id,
                "label": plan.label,
                "rooms": plan.room_count,
                "saving_p10_gbp": found.p10_gbp,
                "saving_p50_gbp": found.p50_gbp,
                "saving_p90_gbp": found.p90_gbp,
                "saving_mean_gbp": found.mean_gbp,
                "saving_worst_tenth_gbp": found.worst_tenth_gbp,
                "saves_share": found.saves_share,
                "counts": schemas.COUNTS[self.police_counted],
                "councils_mean_gbp": float(councils[plan.plan_id]),
                "police_mean_gbp": float(police[plan.plan_id]),
                "both_mean_gbp": float(councils[plan.plan_id] + police[plan.plan_id]),
                "build_years": found.years,
                "draws": found.draws,
                "breaks": " ".join(plan.broken),
            }
            for plan in self.plans
            for found in [self.ranges[plan.plan_id]]
        ]
        return check(pd.DataFrame(rows), schemas.PlanSavings, "plan savings")


def unseen_draws(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    *,
    draws: int | None = None,
    seed: int | None = None,
) -> DrawnCosts:
    """Draw what the scenario's objective says is uncertain anew: these draws chose no plan.

    Parameters
    ----------
    boroughs, scenario
        As in :func:`optimisation.group_table.make_setting`.
    draws, seed
        In the place of the objective's own; its seed is moved on by
        :data:`optimisation.drawn_costs.UNSEEN`.
    """
    asked = scenario.objective
    setting = make_setting(boroughs, scenario)
    return DrawnCosts(
        setting,
        draw_all(
            setting,
            draws=asked.draws if draws is None else draws,
            seed=asked.seed + UNSEEN if seed is None else seed,
            counts=asked.draw_counts,
            local=asked.draw_local_levels,
        ),
    )


def plan_savings(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    plans: Sequence[Plan],
    today: Plan,
    *,
    draws: int | None = None,
    seed: int | None = None,
    drawn: DrawnCosts | None = None,
) -> Savings:
    """Cost plans and today's rooms under many draws.

    Parameters
    ----------
    boroughs, scenario
        As in :func:`optimisation.group_table.make_setting`. The scenario's objective says what is
        drawn, and how often; its ``build_years``, over how many years changes are spread.
    plans, today
        The plans, and the plan they are measured against.
    draws, seed
        As in :func:`unseen_draws`.
    drawn
        From there, if they were made before.

    Returns
    -------
    Savings

    Examples
    --------
    >>> from optimisation.consolidation import reference_plans
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.territory import borough_inputs
    >>> boroughs, scenario = borough_inputs(), load_scenario()
    >>> today, *_, one = reference_plans(boroughs, scenario)
    >>> found = plan_savings(boroughs, scenario, [one], today, draws=50).ranges["pan_london"]
    >>> found.p10_gbp < found.p50_gbp < found.p90_gbp
    True
    """
    drawn = drawn or unseen_draws(boroughs, scenario, draws=draws, seed=seed)
    first = drawn.draws.seed
    sited = [plan.sited for plan in plans]
    base, *costs = drawn.plans([today.sited, *sited]).T
    police = officer_savings(drawn, sited)
    kept = {room.members for room in today.rooms}
    saved: dict[str, Floats] = {}
    ranges: dict[str, SavingRange] = {}
    for plan, cost in zip(plans, costs, strict=True):
        changes = any(room.members not in kept for room in plan.rooms)
        saving = base - cost if changes else np.zeros_like(base)
        years = scenario.pace.years if changes else 1
        saved[plan.plan_id] = saving
        ranges[plan.plan_id] = SavingRange.of(saving, seed=first, years=years)
    index = drawn.draws.coefficients.index
    return Savings(
        tuple(plans),
        pd.DataFrame(saved, index=index),
        pd.DataFrame(police, index=index, columns=[plan.plan_id for plan in plans]),
        ranges,
        scenario.count_police_time,
    )


def borough_gains(drawn: DrawnCosts, plan: Plan, today: Plan) -> pd.DataFrame:
    """Return what each borough gains by a plan in each draw, if councils' costs follow cameras.

    A borough goes on paying its part of its room of today until the change, and bears the part of
    its new room that its cameras are of the room's. Officers' ways are not a council's to pay. The
    gains of all boroughs add up to what :func:`plan_savings` says of the councils' money.

    .. code-block:: text

        gain_b = own_b · pace.after - share_b (C_r - pace.before · Σ own of the room)

    own_b is what the borough pays a year today, C_r the net present cost of its room as built.

    Parameters
    ----------
    drawn
        From :func:`unseen_draws`.
    plan, today
        As in :func:`plan_savings`.

    Returns
    -------
    DataFrame
        Net present gains in £: a row a draw, a column a borough, by code; boroughs whose room
        stays as it is are left out.
    """
    drawn = DrawnCosts(drawn.setting.councils, drawn.draws)
    setting, pace = drawn.setting, drawn.setting.scenario.pace
    kept = {room.members for room in today.rooms}
    changed = [room for room in plan.rooms if room.members not in kept]
    gains: dict[str, Floats] = {}
    if changed:
        groups = Groups.from_members(setting.codes, [room.members for room in changed])
        sites = np.asarray(setting.positions([room.site_code for room in changed]))
        costs = drawn.matrix(groups, sites)
        own = pd.DataFrame(drawn.running_today, columns=list(setting.codes))
        for k, room in enumerate(changed):
            rest = costs[:, k] - pace.before * own[list(room.members)].sum(axis=1).to_numpy()
            for code, share in room.shares.items():
                gains[code] = own[code].to_numpy() * pace.after - share * rest
    return pd.DataFrame(gains, index=drawn.draws.coefficients.index)
