"""How far the saving of one plan is known: its rooms and today's under draws of the costs.

Both are costed as they stand, each room at its own site, under the same draws. The seed is not the
one whose draws choose plans: a plan must not be judged by the draws that chose it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from optimisation.costs.draws import draw_coefficients, uncertain_coefficients
from optimisation.costs.rooms import Pricing, cost_matrix
from optimisation.group_table import Setting, make_setting
from optimisation.results import Plan
from optimisation.scenario import Scenario
from optimisation.search.groups import Groups

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
    """

    p10_gbp: float
    p50_gbp: float
    p90_gbp: float
    mean_gbp: float
    draws: int
    seed: int


def saving_range(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    plan: Plan,
    today: Plan,
    *,
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
    saving = _costs(setting, today, pricings) - _costs(setting, plan, pricings)
    p10, p50, p90 = np.percentile(saving, [10, 50, 90])
    return SavingRange(float(p10), float(p50), float(p90), float(saving.mean()), draws, seed)


def _pricing(setting: Setting, values: Mapping[str, float]) -> Pricing:
    own = {k: v for k, v in values.items() if k != "detour_factor"}
    pricing = replace(setting.pricing, rate=setting.rate.changed(**own))
    if "detour_factor" in values:
        km = setting.places.km * (values["detour_factor"] / setting.detour_factor)
        pricing = replace(pricing, places=replace(setting.places, km=km))
    return pricing


def _costs(setting: Setting, plan: Plan, pricings: list[Pricing]) -> np.ndarray:
    """Net present cost of a plan's rooms at their sites in each draw."""
    groups = Groups.from_members(setting.codes, [room.members for room in plan.rooms])
    sites = np.asarray(setting.positions([room.site_code for room in plan.rooms]))
    total: np.ndarray = cost_matrix(groups, pricings, fixed_sites=sites).sum(axis=1)
    return total
