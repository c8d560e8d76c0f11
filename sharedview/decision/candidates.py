"""The plans that are worth a choice, each costed as it would be built, over the same draws.

They are the best plan, the groupings that exist already, today's rooms, the best plan that moves
few boroughs, and of the plans that cost little more than the best one in expectation those that
move fewest boroughs, have the shortest links or the most alike rooms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from optimisation.consolidation import rooms_in_words
from optimisation.drawn_costs import DrawnCosts
from optimisation.group_table import GroupTable, build_table
from optimisation.near_best import Alternatives, alternatives, best_within_moves
from optimisation.ranges import Savings, plan_savings
from optimisation.results import Plan
from optimisation.robustness import partition
from optimisation.search.groups import TooManyGroupsError
from sharedview.plan_study import MOST_MOVED, NEAR_PLANS
from sharedview.runs import ConsolidationRun

BASELINE = "today"
SMALL_STEP = "Small step"


@dataclass(frozen=True, eq=False)
class Candidates:
    """The plans over the same draws, today's rooms first.

    Parameters
    ----------
    savings
        What each saves councils against today, valued as every plan is
        (:mod:`optimisation.ranges`); officers' time is weighed beside it.
    drawn
        The draws that all were costed in.
    near
        The plans close to the best one in expected cost; None where no list of groups exists.
    """

    savings: Savings
    drawn: DrawnCosts
    near: Alternatives | None

    @property
    def plans(self) -> dict[str, Plan]:
        """The plans by ``plan_id``."""
        return {plan.plan_id: plan for plan in self.savings.plans}

    @property
    def worst_regret_gbp(self) -> pd.Series:
        """Most that a plan saves less, in any draw, than the best of those that break no limit."""
        saved = self.savings.gbp
        best = saved[[name for name, plan in self.plans.items() if not plan.broken]].max(axis=1)
        return saved.rsub(best, axis=0).max()


def candidates(
    run: ConsolidationRun, *, within_gbp: float, listed: Alternatives | None = None
) -> Candidates:
    """Gather the plans and cost them.

    Parameters
    ----------
    run
        From :func:`sharedview.pipeline.run_consolidation`.
    within_gbp
        How much dearer, in expectation, a plan may be to be looked at for its other merits.
    listed
        Plans of the same groups that were listed before; taken where they reach as far.

    Returns
    -------
    Candidates
    """
    drawn, near = run.unseen, None
    found = [run.today, run.plan, *run.references]
    table = group_table(run, drawn)
    if table is not None:
        cost = run.valued(run.plan).npv_gbp  # what the list ranks plans by
        share = within_gbp / cost if cost > 0 else 0.0
        epsilon = max(share, 1e-6)
        near = (
            alternatives(table, epsilon=epsilon, limit=NEAR_PLANS)
            if listed is None or listed.epsilon < epsilon
            else listed.narrowed(epsilon)
        )
        step = best_within_moves(table, most_moved=MOST_MOVED)
        if step is not None:
            found.append(replace(step, label=f"{SMALL_STEP}: {rooms_in_words(step.room_count)}"))
        found += [pick for pick in near.picks() if pick.plan_id != "cheapest"]
    # Who shares with whom makes a plan; the same one may be best in two ways.
    first = {partition(plan): plan for plan in reversed(found)}
    first |= {partition(run.plan): run.plan}
    kept = [run.today, *(p for p in found[1:] if first[partition(p)] is p)]
    savings = plan_savings(run.boroughs, run.scenario, kept, run.today, drawn=drawn)
    return Candidates(savings.of_councils, drawn, near)


def group_table(run: ConsolidationRun, drawn: DrawnCosts) -> GroupTable | None:
    """Return the groups at what the plan was chosen by; None where they are not listed."""
    if run.scenario.given_plan is not None:
        return None
    if run.chosen is not None:
        return run.chosen.expected_table
    try:
        return build_table(drawn.setting)
    except TooManyGroupsError:
        return None
