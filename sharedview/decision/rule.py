"""The rule that recommends: its numbers are data, and each step says what it left.

1. Plans that break a limit of the scenario are out, and so are those whose chance of saving is
   below ``decision_least_chance_share``, and those whose middle saving on the councils' budgets,
   less what officers' time costs the Met more, is below ``decision_least_netted_gbp``.
2. Of the rest, the plan of the greatest expected saving.
3. Unless another one, at most ``decision_within_gbp`` behind it in expectation, moves fewer
   boroughs with no greater worst regret, or has less worst regret and moves no more: then that
   one; of several, the one that moves fewest, then the one of least worst regret.

Where no plan is left, today's rooms stay, and what would have to be known is said instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coverage_model.base.schemas import check
from sharedview.decision.candidates import BASELINE
from sharedview.decision.schemas import DecisionRule

WITHIN, CHANCE = "decision_within_gbp", "decision_least_chance_share"
NETTED = "decision_least_netted_gbp"
# Regrets within a pound of each other are the same.
SAME_GBP = 1.0


@dataclass(frozen=True, eq=False)
class Choice:
    """What the rule takes.

    Parameters
    ----------
    plan_id
        The plan; today's rooms where nothing can be recommended.
    runner_up
        What the rule takes if that plan is left out; empty for none.
    steps
        :class:`sharedview.decision.schemas.DecisionRule`.
    """

    plan_id: str
    runner_up: str
    steps: pd.DataFrame

    @property
    def carries(self) -> bool:
        """Whether the figures carry a recommendation to change anything."""
        return self.plan_id != BASELINE


def choose(
    plans: pd.DataFrame, *, within_gbp: float, least_chance: float, least_netted_gbp: float
) -> Choice:
    """Apply the rule.

    Parameters
    ----------
    plans
        Indexed by ``plan_id``: ``label, boroughs_moved, saves_share, saving_mean_gbp,
        worst_regret_gbp, netted_gbp, limits_broken``; today's rooms among them.
    within_gbp
        How much less a plan may save in expectation and still be as good.
    least_chance
        Least share of the draws in which a plan must save.
    least_netted_gbp
        Least middle saving after officers' time; plans whose officers' time is unknown pass.

    Returns
    -------
    Choice

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"label": ["Today", "Large", "Small"], "boroughs_moved": [0, 9, 4],
    ...      "saves_share": [0.0, 0.8, 0.9], "saving_mean_gbp": [0.0, 5.0e6, 4.5e6],
    ...      "worst_regret_gbp": [9e6, 2e6, 2e6], "netted_gbp": [0.0, 2e6, 3e6],
    ...      "limits_broken": [0, 0, 0]},
    ...     index=["today", "large", "small"])
    >>> found = choose(table, within_gbp=1e6, least_chance=0.75, least_netted_gbp=0.0)
    >>> found.plan_id, found.runner_up
    ('small', 'large')
    """
    others = plans.drop(index=BASELINE)
    kept = others[others["limits_broken"] == 0]
    likely = kept[kept["saves_share"] >= least_chance]
    joint = likely[~(likely["netted_gbp"] < least_netted_gbp)]
    taken, first = _take(joint, within_gbp)
    second, _ = _take(joint.drop(index=taken, errors="ignore"), within_gbp)
    rows = [
        _step(1, "Leave out plans that break a limit of the scenario", np.nan, "", kept),
        _step(2, "Leave out plans whose chance of saving is less", least_chance, "share", likely),
        _step(3, "Leave out plans whose middle saving, less officers’ time, is less",
              least_netted_gbp, "GBP", joint),
        _step(4, "Take the plan of the greatest expected saving", np.nan, "",
              joint.loc[[first]] if first else joint.iloc[:0]),
        _step(5, "Unless one that is at most this much behind it moves fewer boroughs or has less "
              "worst regret, and is no worse in the other", within_gbp, "GBP",
              joint.loc[[taken]] if taken else joint.iloc[:0]),
    ]  # fmt: skip
    steps = check(pd.DataFrame(rows), DecisionRule, "the rule")
    return Choice(taken or BASELINE, second, steps)


def _take(plans: pd.DataFrame, within_gbp: float) -> tuple[str, str]:
    """Return the plan that is taken, and the one of the greatest expected saving."""
    if plans.empty:
        return "", ""
    first = str(plans["saving_mean_gbp"].idxmax())
    best = plans.loc[first]
    near = plans[plans["saving_mean_gbp"] >= best["saving_mean_gbp"] - within_gbp]
    moves, regret = near["boroughs_moved"], near["worst_regret_gbp"]
    fewer = (moves < best["boroughs_moved"]) & (regret <= best["worst_regret_gbp"] + SAME_GBP)
    calmer = (regret < best["worst_regret_gbp"] - SAME_GBP) & (moves <= best["boroughs_moved"])
    better = near[fewer | calmer]
    if better.empty:
        return first, first
    order = better.sort_values(["boroughs_moved", "worst_regret_gbp"], kind="stable")
    return str(order.index[0]), first


def _step(step: int, rule: str, value: float, unit: str, left: pd.DataFrame) -> dict[str, object]:
    names = "; ".join(str(label).split(":")[0] for label in left["label"])
    return {"step": step, "rule": rule, "value": value, "unit": unit, "left": len(left),
            "plan": names or "none"}  # fmt: skip
