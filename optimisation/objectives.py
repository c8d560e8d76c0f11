r"""The best plan for what the scenario wants to be least, over draws of what is not known.

Coefficients are modes of skewed ranges and posts come whole, so the plan that is cheapest at the
values as stated fills its rooms to the last place and loses where anything turns out otherwise. The
default objective is the expected cost. With the cost C[d, S] of every group S in every draw d, at
its site of least mean cost and as it would be built over the scenario's years
(:class:`optimisation.drawn_costs.DrawnCosts`), and today's cost T[d],

.. code-block:: text

    expected      min over plans Q of  mean_d  Σ_{S in Q} C[d, S]
    cvar          min  mean of the worst share of the draws of  Σ C[d, S] - T[d]
    worst_regret  min  max_d  Σ C[d, S] - min over plans P of Σ_{S in P} C[d, S]
    mix           min  mean_share · mean + (1 - mean_share) · cvar

each proved by :mod:`optimisation.search.judged`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimisation.costs.places import posts_needed
from optimisation.costs.rooms import cost_groups
from optimisation.drawn_costs import DrawnCosts, draw_all
from optimisation.group_table import GroupTable
from optimisation.objective_options import ObjectiveOptions
from optimisation.optimum import break_ties, effort, most_moved, scenario_rows
from optimisation.results import Plan
from optimisation.search.groups import Groups
from optimisation.search.judged import Limits, least
from optimisation.search.measures import Measure
from optimisation.search.reoptimise import Reoptimiser

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was made least, and how far that is proved.

    Parameters
    ----------
    kind, words
        Of the objective.
    value_gbp
        What the plan reaches: a mean cost, or a cost against today (negative: a saving), or a
        regret.
    bound_gbp
        No plan can reach less.
    draws, seed
        The draws.
    weightings, nodes
        Effort: weightings of the draws tried, steps of the search.
    """

    kind: str
    words: str
    value_gbp: float
    bound_gbp: float
    draws: int
    seed: int
    weightings: int
    nodes: int

    @property
    def gap_gbp(self) -> float:
        """How much better another plan could be at most."""
        return max(0.0, self.value_gbp - self.bound_gbp)

    @property
    def proved(self) -> bool:
        """Whether no plan is better."""
        return self.gap_gbp <= 0.01

    def __str__(self) -> str:
        if self.proved:
            return f"least {self.words}, proved"
        return f"{self.words}: another plan could be better by up to £{self.gap_gbp:,.0f}"


@dataclass(frozen=True, eq=False)
class Chosen:
    """The plan of an objective, and the costs that it was chosen on.

    Parameters
    ----------
    rows
        Rows of its groups in ``table``.
    certificate
        What is proved.
    table
        The groups that the objective allows, each at its site of least mean cost over the draws.
    drawn
        The draws.
    matrix
        Cost of each group in each draw, shape ``(draws, groups)``.
    """

    rows: tuple[int, ...]
    certificate: Certificate
    table: GroupTable
    drawn: DrawnCosts
    matrix: Floats

    @cached_property
    def expected_table(self) -> GroupTable:
        """The groups at their mean cost over the draws, as built; cost lines stay as stated."""
        costs = replace(self.table.costs, npv=self.matrix.mean(axis=0))
        words = f"expected cost over {len(self.drawn):,} draws"
        return replace(self.table, costs=costs, words=words)

    def valued(self, plans: Sequence[Plan]) -> tuple[Plan, ...]:
        """Return plans with the expected cost of each room, as built, in the place of its own."""
        codes = self.table.setting.codes
        rooms = list({(r.site_code, r.members): r for plan in plans for r in plan.rooms}.values())
        groups = Groups.from_members(codes, [room.members for room in rooms])
        sites = self.table.setting.positions([room.site_code for room in rooms])
        costs = self.drawn.matrix(groups, np.asarray(sites, dtype=np.int64)).mean(axis=0)
        cost = {
            (room.site_code, room.members): float(each)
            for room, each in zip(rooms, costs, strict=True)
        }
        return tuple(
            replace(
                plan,
                rooms=tuple(replace(r, npv_gbp=cost[r.site_code, r.members]) for r in plan.rooms),
            )
            for plan in plans
        )


def draws_of(table: GroupTable, *, seed: int | None = None, draws: int | None = None) -> DrawnCosts:
    """Draw what the scenario's objective says is uncertain.

    Parameters
    ----------
    table
        The groups and their setting.
    seed, draws
        In the place of the scenario's own.
    """
    setting = table.setting
    asked = setting.scenario.objective
    return DrawnCosts(
        setting,
        draw_all(
            setting,
            draws=asked.draws if draws is None else draws,
            seed=asked.seed if seed is None else seed,
            counts=asked.draw_counts,
            local=asked.draw_local_levels,
        ),
    )


def choose(
    table: GroupTable,
    *,
    objective: ObjectiveOptions | None = None,
    drawn: DrawnCosts | None = None,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> Chosen | None:
    """Find the best plan for an objective other than ``point``.

    Parameters
    ----------
    table
        Every group that the scenario allows.
    objective
        The scenario's if None.
    drawn
        Draws that were made before.
    limits
        How hard the search tries.

    Returns
    -------
    Chosen or None
        None if it is proved that there is no plan.

    Examples
    --------
    >>> from optimisation.group_table import build_table, make_setting
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.territory import borough_inputs
    >>> table = build_table(make_setting(borough_inputs(), load_scenario()))
    >>> choose(table).certificate.proved
    True
    """
    asked = table.setting.scenario.objective if objective is None else objective
    drawn = draws_of(table) if drawn is None else drawn
    overflow = drawn.overflow_share(table.groups)
    table = table.only(overflow <= asked.most_overflow_share + 1e-12)
    if not len(table):
        return None
    matrix, sites = drawn.sited(table.groups)
    costs = cost_groups(table.groups, table.setting.pricing, fixed_sites=sites)
    table = replace(table, costs=costs)
    rows = scenario_rows(table)
    measure = _measure(asked, table, drawn, matrix)
    if measure is None:
        return None
    answer = least(
        table.groups,
        matrix,
        measure,
        rows=rows,
        loads=[table.setting.places.watched_cameras],
        limits=limits,
    )
    if answer is None:
        return None
    chosen = answer.rows
    if measure.single and answer.proved:
        expected = replace(costs, npv=matrix.mean(axis=0))
        chosen = break_ties(replace(table, costs=expected), chosen)
    certificate = Certificate(
        kind=asked.kind,
        words=asked.words,
        value_gbp=answer.value,
        bound_gbp=answer.bound,
        draws=len(drawn),
        seed=drawn.draws.seed,
        weightings=answer.rounds,
        nodes=answer.nodes,
    )
    return Chosen(chosen, certificate, table, drawn, matrix)


def _measure(
    asked: ObjectiveOptions, table: GroupTable, drawn: DrawnCosts, matrix: Floats
) -> Measure | None:
    """Return what is least; None where a draw has no plan at all."""
    if asked.kind in {"expected", "point"}:
        return Measure.mean(np.zeros(len(drawn)))
    if asked.kind == "worst_regret":
        best, _ = best_in_draws(table, drawn, matrix)
        return Measure.worst(best) if np.isfinite(best).all() else None
    today = drawn.plans([table.setting.today])[:, 0]
    if asked.kind == "cvar":
        return Measure.tail(today, share=asked.share)
    return Measure.mixture(today, share=asked.share, mean_share=asked.mean_share)


def best_in_draws(
    table: GroupTable,
    drawn: DrawnCosts,
    matrix: Floats,
    *,
    known: Sequence[Sequence[int]] = (),
) -> tuple[Floats, list[tuple[int, ...] | None]]:
    """Find the cheapest plan of each draw, proved.

    Parameters
    ----------
    table, drawn, matrix
        As in :class:`Chosen`.
    known
        Plans that serve as first upper bounds.

    Returns
    -------
    tuple
        Cost of each draw's plan, infinite where a draw has none, and the rows of its groups.
    """
    solver = reoptimiser(table)
    solver.remember(known)
    best = np.full(len(drawn), np.inf)
    plans: list[tuple[int, ...] | None] = [None] * len(drawn)
    # Draws with like numbers of posts one after another: the basis then changes least.
    frame = drawn.draws.coefficients
    keys = [k for k in ("min_posts_per_room", "cameras_per_operator") if k in frame]
    for d in frame.sort_values(keys, kind="stable").index if keys else frame.index:
        here = drawn.settings[d]
        needed = posts_needed(table.groups.sums(here.places.cameras), here.rate)
        posts = np.where(table.costs.watched, needed, 0)
        answer = solver.solve(matrix[d], posts, least_posts=here.places.least_posts(here.rate))
        if answer is not None:
            best[d], plans[d] = answer.cost, answer.rows
    return best, plans


def reoptimiser(table: GroupTable) -> Reoptimiser:
    """Return what solves a table's groups again and again for other costs."""
    scenario = table.setting.scenario
    return Reoptimiser(
        table.groups,
        table.setting.places.watched_cameras,
        room_range=scenario.room_range,
        effort=effort(scenario),
        counted=table.counted,
        rows=most_moved(table),
    )
