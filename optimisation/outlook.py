r"""How a chosen plan stands over draws that did not choose it, and what it hangs on.

* **Ranges** of the saving against today, on unseen draws.
* **Confidence**: how far the plan may be from the true best one. On each of M further sets of draws
  the best plan of that set is found; the gap of ours to it, G_m >= 0, has a mean no smaller than
  the true gap, so mean(G) + t · s / √M bounds it with 95 % confidence (Mak, Morton and Wood 1999).
* **Price of robustness**: what the plan that is best at the stated values saves more than ours if
  they all hold, and what it loses on average.
* **Knife-edges**: rooms that a few more cameras push to another post.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.drawn_costs import DrawnCosts
from optimisation.finding_out import FindingOut, sentence, value_of_finding_out
from optimisation.monte_carlo import MonteCarlo
from optimisation.near_best import Alternatives
from optimisation.objectives import Certificate, Chosen, reoptimiser
from optimisation.ranges import SavingRange
from optimisation.results import Plan
from optimisation.search.groups import Groups

Floats = NDArray[np.float64]

SETS = 5
KNIFE_EDGE_CAMERAS = 5
OVERFLOW_NAMED = 0.1  # rooms that overflow in at least so many of the draws are named
CONFIDENCE = 0.95


def optimality_gap(
    chosen: Chosen, unseen_matrix: Floats, *, sets: int = SETS
) -> tuple[float, float]:
    """Bound how far the plan's expected cost is from the least one, by replications.

    Parameters
    ----------
    chosen
        The plan.
    unseen_matrix
        Costs of its table's groups in draws that did not choose it; they are split into sets.
    sets
        Number of sets; as many as there are draws where those are fewer.

    Returns
    -------
    tuple of float
        Mean gap over the sets, and the upper end of a one-sided 95 % confidence interval, in £.
    """
    solver = reoptimiser(chosen.table)
    nothing = np.zeros(unseen_matrix.shape[1], dtype=np.int64)
    gaps = []
    for part in np.array_split(np.arange(len(unseen_matrix)), min(sets, len(unseen_matrix))):
        mean = unseen_matrix[part].mean(axis=0)
        answer = solver.solve(mean, nothing, least_posts=0)
        if answer is not None:
            gaps.append(max(0.0, float(mean[list(chosen.rows)].sum()) - answer.cost))
    if len(gaps) < 2:
        return float("nan"), float("nan")
    mean_gap, spread = float(np.mean(gaps)), float(np.std(gaps, ddof=1))
    reach = float(stdtrit(len(gaps) - 1, CONFIDENCE)) * spread / np.sqrt(len(gaps))
    return mean_gap, mean_gap + reach


def edges(plan: Plan, drawn: DrawnCosts, names: pd.Series) -> pd.DataFrame:
    """Say for each room how many more cameras need another post, and how often it overflows.

    Parameters
    ----------
    plan
        The plan.
    drawn
        Draws, for the share in which a room has more cameras than it holds.
    names
        Name of each borough by code.

    Returns
    -------
    DataFrame
        :class:`optimisation.schemas.RoomEdges`, the tightest room first.
    """
    setting = drawn.setting
    watched = [room for room in plan.rooms if room.watched]
    groups = Groups.from_members(setting.codes, [room.members for room in watched])
    overflow = drawn.overflow_share(groups)
    per_post = setting.rate.cameras_per_operator
    post = setting.rate.post_gbp_per_year
    rows = [
        {
            "room_code": room.site_code,
            "room": str(names.get(room.site_code, room.site_code)),
            "cameras": room.cameras,
            "posts": room.posts,
            "cameras_to_next_post": max(0.0, room.posts * per_post - room.cameras),
            "next_post_gbp_per_year": post,
            "knife_edge": bool(room.posts * per_post - room.cameras <= KNIFE_EDGE_CAMERAS),
            "overflow_share": float(share) if np.isfinite(setting.capacity) else 0.0,
        }
        for room, share in zip(watched, overflow, strict=True)
    ]
    frame = pd.DataFrame(rows).sort_values(["cameras_to_next_post", "room_code"], ignore_index=True)
    return check(frame, schemas.RoomEdges, "room edges")


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """How the best plan stands.

    Parameters
    ----------
    certificate
        What the plan is best at, and its proof.
    ranges
        Saving against today over unseen draws, by ``plan_id``.
    gap_mean_gbp, gap_most_gbp
        From :func:`optimality_gap`.
    forgone_if_certain_gbp
        What the plan that is best at the stated values would save more than ours if all held.
    gained_on_average_gbp
        What ours saves more than that one on average over unseen draws.
    near_plans, near_better_gbp
        Plans that cost nearly as little on the draws that chose, and what the one that saves most
        on the unseen draws saves more there than ours; 0 where none does.
    edges
        :class:`optimisation.schemas.RoomEdges`.
    finding_out
        What it is worth to find something out first.
    """

    certificate: Certificate
    ranges: Mapping[str, SavingRange]
    gap_mean_gbp: float
    gap_most_gbp: float
    forgone_if_certain_gbp: float
    gained_on_average_gbp: float
    near_plans: int
    near_better_gbp: float
    edges: pd.DataFrame
    finding_out: FindingOut

    @property
    def range(self) -> SavingRange:
        """The range of the best plan: what a headline quotes."""
        return self.ranges["optimum"]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Say what is proved, how far chance in the draws goes, and what robustness costs."""
        said = [f"What the plan is best at: {self.certificate}."]
        if np.isfinite(self.gap_most_gbp):
            said.append(
                "On draws that did not choose it, it is with 95 % confidence at most "
                f"£{self.gap_most_gbp / 1e6:.1f}m from the plan that is best there; of the "
                f"{self.near_plans:,} near-ties none saves over £{self.near_better_gbp / 1e6:.2f}m "
                "more there."
            )
        said.append(
            "If every value were as stated and all were built at once, another plan would save "
            f"£{self.forgone_if_certain_gbp / 1e6:.1f}m more; over the draws that one saves "
            f"£{self.gained_on_average_gbp / 1e6:.1f}m less on average."
        )
        sharp = self.edges[self.edges["knife_edge"]]
        if len(sharp):
            named = ", ".join(sharp["room"])
            said.append(f"{KNIFE_EDGE_CAMERAS} cameras more would need another post in: {named}.")
        over = self.edges[self.edges["overflow_share"] >= OVERFLOW_NAMED]
        if len(over):
            named = ", ".join(f"{row.room} {row.overflow_share:.0%}" for row in over.itertuples())
            said.append(
                f"Counts may turn out higher than a room holds (share of the draws): {named}; "
                "the second room this needs is in the cost."
            )
        said.append(sentence(self.finding_out))
        return tuple(said)


def outlook(
    chosen: Chosen, plan: Plan, point: Plan, today: Plan, carlo: MonteCarlo, *, near: Alternatives
) -> Outlook:
    """Put together how the best plan stands on draws that did not choose it.

    Parameters
    ----------
    chosen, plan
        The best plan and what it was chosen on.
    point
        The plan that is best at the values as stated.
    today
        The baseline.
    carlo
        Plans over unseen draws, these three among them, on the table of ``chosen``.
    near
        The plans of nearly the least expected cost, of the same groups.
    """
    names = chosen.table.setting.boroughs["borough"]
    base = carlo.npv_gbp[today.plan_id].to_numpy()
    ranges = {
        str(plan_id): SavingRange.of(base - carlo.npv_gbp[plan_id].to_numpy(), seed=carlo.seed)
        for plan_id in carlo.npv_gbp
    }
    mean_gap, most_gap = optimality_gap(chosen, carlo.matrix)
    unseen = carlo.matrix.mean(axis=0)
    mine = float(unseen[list(chosen.rows)].sum())
    better = mine - float(near.total(unseen).min(initial=mine))
    return Outlook(
        certificate=chosen.certificate,
        ranges=ranges,
        gap_mean_gbp=mean_gap,
        gap_most_gbp=most_gap,
        forgone_if_certain_gbp=plan.npv_gbp - point.npv_gbp,
        gained_on_average_gbp=ranges[plan.plan_id].mean_gbp - ranges[point.plan_id].mean_gbp,
        near_plans=len(near),
        near_better_gbp=better,
        edges=edges(plan, carlo.drawn, names),
        finding_out=value_of_finding_out(
            chosen, carlo.drawn, carlo.matrix, carlo.best_npv_gbp, names=names
        ),
    )
