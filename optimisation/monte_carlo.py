"""What draws of everything uncertain do to plans: savings, regret, and the best plan of each draw.

Every draw (:mod:`optimisation.drawn_costs`) costs the whole group table anew and finds its best
plan with a proof, so the regret of a plan is measured against what could really have been chosen.
Every room stands at one site in all draws, and every plan is valued as it would be built over the
scenario's years (:mod:`optimisation.drawn_costs`).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.errors import Faults, InfeasibleError
from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.consolidation import TODAY_LABEL, rooms_in_words
from optimisation.costs.draws import Distribution
from optimisation.drawn_costs import DrawnCosts, Sited, draw_all
from optimisation.explain import conflicting_constraints
from optimisation.group_table import GroupTable, Setting, build_table, make_setting
from optimisation.objectives import best_in_draws
from optimisation.results import Plan
from optimisation.robustness import SAME_GBP, Partition
from optimisation.scenario import Scenario
from optimisation.search.groups import Groups

Floats = NDArray[np.float64]

CANDIDATES = 500


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MonteCarlo:
    """What many draws did to the plans.

    Parameters
    ----------
    regret
        :class:`optimisation.schemas.Regret`, one row a plan.
    draws
        The coefficients drawn, one row a draw.
    best_npv_gbp
        Net present cost of the best plan of each draw.
    npv_gbp
        Net present cost of each plan (columns, by ``plan_id``) in each draw, today's included.
    optima
        Every plan that was best in some draw, with the number of draws, most frequent first.
    seed, distribution, runtime_s
        How they were made.
    drawn, matrix
        The draws, and the cost of each of the table's groups in them.
    """

    regret: pd.DataFrame
    draws: pd.DataFrame
    best_npv_gbp: Floats
    npv_gbp: pd.DataFrame
    optima: tuple[tuple[Partition, int], ...]
    seed: int
    distribution: str
    runtime_s: float
    drawn: DrawnCosts
    matrix: Floats

    def __repr__(self) -> str:
        top = self.regret.iloc[0]
        return (
            f"MonteCarlo({len(self.draws)} draws of {self.draws.shape[1]} coefficients, seed "
            f"{self.seed}, {self.distribution}: {len(self.optima)} different best plans; "
            f"{top['plan_id']} saves £{top['saving_p10_gbp'] / 1e6:.1f}m to "
            f"£{top['saving_p90_gbp'] / 1e6:.1f}m (P10 to P90), mean regret "
            f"£{top['mean_regret_gbp'] / 1e6:.2f}m)"
        )


def monte_carlo(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    plans: Sequence[Plan],
    *,
    draws: int = 1000,
    seed: int = 2017,
    distribution: Distribution = "pert",
    names: Sequence[str] | None = None,
    graph: nx.Graph | None = None,
    table: GroupTable | None = None,
    drawn: DrawnCosts | None = None,
) -> MonteCarlo:
    """Cost plans under many draws, and find the best plan of each draw.

    Parameters
    ----------
    boroughs, scenario, graph
        As in :func:`optimisation.group_table.make_setting`. The scenario's objective says whether
        counts and local levels are drawn beside the coefficients.
    plans
        Plans to follow, the recommended one first; today's is added. So are, from among the plans
        that were best in some draw (the 500 most frequent of them), those of least mean and of
        least worst regret: ``least_mean_regret`` and ``least_worst_regret``.
    draws, seed, distribution, names
        As in :mod:`optimisation.costs.draws`.
    table
        The scenario's group table, if it was built before.
    drawn
        These draws of the same scenario, if they were made before.

    Returns
    -------
    MonteCarlo

    Raises
    ------
    InputError
        If the scenario does not fit the boroughs, allows too many groups, or no plan is given.
    InfeasibleError
        If there is no plan: it names the constraints in conflict.
    """
    started = time.perf_counter()
    if not plans:
        faults = Faults("monte carlo")
        faults.add("no plan was given", "Give at least the recommended one")
        faults.raise_if_any()
    if table is None:
        table = build_table(make_setting(boroughs, scenario, graph=graph))
    setting = table.setting
    asked = setting.scenario.objective
    drawn = drawn or DrawnCosts(
        setting,
        draw_all(
            setting,
            draws=draws,
            seed=seed,
            counts=asked.draw_counts,
            local=asked.draw_local_levels,
            distribution=distribution,
            names=names,
        ),
    )
    matrix = drawn.matrix(table.groups, table.costs.site)
    followed: dict[str, tuple[str, Sited]] = {
        plan.plan_id: (plan.label, plan.sited) for plan in plans
    }
    rows = _Rows(table)
    known = [found for _, plan in followed.values() if (found := rows.of(plan)) is not None]
    best, optimal = best_in_draws(table, drawn, matrix, known=known)
    counts: Counter[tuple[int, ...]] = Counter()
    for plan in optimal:
        if plan is None:
            raise InfeasibleError(conflicting_constraints(setting))
        counts[plan] += 1
    ranked = sorted(counts.items(), key=lambda o: (-o[1], rows.partition(o[0])))
    optima = [(rows.partition(plan), number) for plan, number in ranked]
    candidates = [plan for plan, _ in ranked[:CANDIDATES]]
    for plan_id, label, robust in _robust(candidates, matrix, table, best):
        followed[plan_id] = (label, rows.sited(robust))
    followed.setdefault("today", (TODAY_LABEL, setting.today))
    costs = drawn.plans([*(plan for _, plan in followed.values()), setting.today])
    npv = pd.DataFrame(costs[:, :-1], columns=list(followed), index=drawn.draws.coefficients.index)
    allowed = {plan_id for plan_id, (_, plan) in followed.items() if rows.of(plan) is not None}
    return MonteCarlo(
        regret=_regret(followed, npv, costs[:, -1], best=best, allowed=allowed, setting=setting),
        draws=drawn.draws.coefficients,
        best_npv_gbp=best,
        npv_gbp=npv,
        optima=tuple(optima),
        seed=seed,
        distribution=distribution,
        runtime_s=time.perf_counter() - started,
        drawn=drawn,
        matrix=matrix,
    )


class _Rows:
    """Plans as rows of a table, and back."""

    def __init__(self, table: GroupTable) -> None:
        self.groups, self.site = table.groups, table.costs.site
        self.place = {row.tobytes(): k for k, row in enumerate(table.groups.packed)}

    def of(self, plan: Sited) -> tuple[int, ...] | None:
        """Rows of a plan; None where the scenario does not allow one of its groups."""
        packed = Groups.from_members(self.groups.codes, list(plan.values())).packed
        found = [self.place.get(row.tobytes()) for row in packed]
        return None if None in found else tuple(sorted(k for k in found if k is not None))

    def sited(self, rows: Sequence[int]) -> Sited:
        """Who shares where."""
        codes = self.groups.codes
        return {codes[int(self.site[row])]: self.groups.members(row) for row in rows}

    def partition(self, rows: Sequence[int]) -> Partition:
        """Who shares with whom."""
        return tuple(sorted(self.groups.members(row) for row in rows))


def _robust(
    candidates: Sequence[tuple[int, ...]], matrix: Floats, table: GroupTable, best: Floats
) -> list[tuple[str, str, tuple[int, ...]]]:
    """Choose the plans of least mean and of least worst regret."""
    if not candidates:
        return []
    regret = np.stack([matrix[:, list(plan)].sum(axis=1) - best for plan in candidates])
    mean = candidates[int(regret.mean(axis=1).argmin())]
    least = candidates[int(regret.max(axis=1).argmin())]
    searched = f"of the {len(candidates)} plans best in some draw"
    return [
        (plan_id, f"Least {what} regret {searched}: {rooms_in_words(_rooms(table, plan))}", plan)
        for plan_id, what, plan in (
            ("least_mean_regret", "mean", mean),
            ("least_worst_regret", "worst", least),
        )
    ]


def _rooms(table: GroupTable, plan: Sequence[int]) -> int:
    return int(table.counted[list(plan)].sum())


def _regret(
    plans: Mapping[str, tuple[str, Sited]],
    npv: pd.DataFrame,
    today: Floats,
    *,
    best: Floats,
    allowed: set[str],
    setting: Setting,
) -> pd.DataFrame:
    rows = []
    for plan_id, (label, plan) in plans.items():
        costs, fits = npv[plan_id].to_numpy(), plan_id in allowed
        watched = [len(m) > 1 or setting.places.monitored[setting.positions(m)[0]]
                   for m in plan.values()]  # fmt: skip
        saving, regret = today - costs, costs - best
        p10, p50, p90 = np.percentile(saving, [10, 50, 90])
        rows.append(
            {
                "plan_id": plan_id,
                "label": label,
                "rooms": int(sum(watched)),
                "allowed_share": float(fits),
                "best_share": float((fits & (regret <= SAME_GBP)).mean()),
                "saves_share": float((saving > SAME_GBP).mean()),
                "saving_mean_gbp": float(saving.mean()),
                "saving_p10_gbp": float(p10),
                "saving_p50_gbp": float(p50),
                "saving_p90_gbp": float(p90),
                "mean_regret_gbp": float(regret.mean()),
                "p90_regret_gbp": float(np.percentile(regret, 90)),
                "max_regret_gbp": float(regret.max()),
                "draws": len(costs),
            }
        )
    return check(pd.DataFrame(rows), schemas.Regret, "regret")
