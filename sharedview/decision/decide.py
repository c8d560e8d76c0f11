"""The decision of a run: plans, rule, and what the pages quote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coverage_model.base.key_figures import KeyFigure, key_figures
from optimisation.costs.coefficients import values
from optimisation.finding_out import FindingOut, value_of_finding_out
from optimisation.group_table import GroupTable
from optimisation.near_best import Alternatives
from optimisation.objectives import best_in_draws
from optimisation.phasing import yearly_waves
from optimisation.ranges import borough_gains, unseen_draws
from optimisation.results import Plan
from optimisation.search.groups import Groups
from sharedview.decision import tables
from sharedview.decision.candidates import BASELINE, Candidates, candidates, group_table
from sharedview.decision.rule import CHANCE, NETTED, WITHIN, Choice, choose
from sharedview.decision.switching import switching_table
from sharedview.plan_study import PlanStudy
from sharedview.questions.footage_access.bases import read_bases
from sharedview.questions.footage_access.options import FootageOptions
from sharedview.questions.footage_access.plans import footage_access
from sharedview.runs import ConsolidationRun

LIKELY = 0.5
# Draws in which the value of finding out is worked out: the plans of each are searched anew.
FINDING_DRAWS = 100


@dataclass(frozen=True, eq=False)
class Decision:
    """All that the first pages say.

    Parameters
    ----------
    run
        The solved scenario.
    found
        The plans over their draws.
    choice
        What the rule takes.
    plans, boroughs, rooms, switching, mergers
        :mod:`sharedview.decision.schemas`.
    finding_out
        What it is worth to find something out first; None where no draws chose the plan.
    figures
        :class:`coverage_model.base.key_figures.KeyFigures` that are in no other table.
    """

    run: ConsolidationRun
    found: Candidates
    choice: Choice
    plans: pd.DataFrame
    boroughs: pd.DataFrame
    rooms: pd.DataFrame
    switching: pd.DataFrame
    mergers: pd.DataFrame
    finding_out: FindingOut | None
    figures: pd.DataFrame

    @property
    def plan(self) -> Plan:
        """The plan that the rule takes; today's rooms where nothing can be recommended."""
        return self.found.plans[self.choice.plan_id]

    @property
    def looked_at(self) -> str:
        """The plan that risks are told of: the one taken, or the best one where none is."""
        return self.choice.plan_id if self.choice.carries else self.run.plan.plan_id

    def tables(self, budgets: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """Return every table behind the pages, by name."""
        found = {
            "decision_plans": self.plans,
            "decision_rule": self.choice.steps,
            "decision_boroughs": self.boroughs,
            "decision_rooms": self.rooms,
            "decision_mergers": self.mergers,
            "decision_switching": self.switching,
            "decision_budgets": budgets,
            "decision_figures": self.figures,
        }
        if self.finding_out is not None:
            found["finding_out"] = self.finding_out.quantities
        return found

    def budgets(self, figures: Mapping[str, pd.Series]) -> pd.DataFrame:
        """Return the table of budgets, with the savings of other chapters."""
        return tables.budgets_table(self.plans, self.looked_at, figures)


def decide(run: ConsolidationRun, *, study: PlanStudy | None = None) -> Decision:
    """Cost the plans that are worth a choice, apply the rule, and gather what the pages say.

    Parameters
    ----------
    run
        From :func:`sharedview.pipeline.run_consolidation`.
    study
        What was found of the plans before, if it was: it is not worked out again.
    """
    asked = values([WITHIN, CHANCE, NETTED], run.scenario.coefficients)
    listed = None if study is None else study.near
    found = candidates(run, within_gbp=asked[WITHIN], listed=listed)
    options = run.scenario.options(FootageOptions)
    bases = None if options.bases is None else read_bases(options.bases, run.boroughs)
    officers = footage_access(
        run.boroughs, found.savings.plans, baseline=run.today, scenario=run.scenario, bases=bases
    )
    bare = tables.plans_table(found, officers, run.scenario, roles={}).set_index("plan_id")
    choice = choose(
        bare,
        within_gbp=asked[WITHIN],
        least_chance=asked[CHANCE],
        least_netted_gbp=asked[NETTED],
    )
    roles = {choice.runner_up: "runner-up", choice.plan_id: "recommended", BASELINE: "baseline"}
    plans = tables.plans_table(found, officers, run.scenario, roles=roles)
    chosen = choice.plan_id if choice.carries else run.plan.plan_id
    plan = found.plans[chosen]
    gains = borough_gains(found.drawn, plan, run.today)
    waves = yearly_waves(plan, run.today, run.scenario).waves
    names = run.boroughs["borough"]
    boroughs = tables.boroughs_table(gains, plan, run.today, waves, names)
    table = group_table(run, found.drawn)
    worth = None
    if study is not None and study.outlook is not None:
        worth = study.outlook.finding_out
    elif run.chosen is not None and table is not None:
        worth = finding_out(run, found, table)
    mergers = tables.mergers_table(found.near, names)
    return Decision(
        run=run,
        found=found,
        choice=choice,
        plans=plans,
        boroughs=boroughs,
        rooms=tables.rooms_table(gains, plan, waves, names),
        switching=switching_table(plan, found.savings.gbp[chosen], found.drawn, run.today),
        finding_out=worth,
        mergers=mergers,
        figures=figures(
            run=run, found=found, plan=plan, worth=worth, near=found.near, boroughs_table=boroughs
        ),
    )


def finding_out(run: ConsolidationRun, found: Candidates, table: GroupTable) -> FindingOut:
    """Value finding things out over draws that did not choose the plan."""
    assert run.chosen is not None  # noqa: S101 (asked for such runs alone)
    few = unseen_draws(run.boroughs, run.scenario, draws=min(FINDING_DRAWS, len(found.drawn)))
    matrix = few.matrix(table.groups, table.costs.site)
    best, _ = best_in_draws(table, few, matrix, known=[run.chosen.rows])
    return value_of_finding_out(run.chosen, few, matrix, best, names=run.boroughs["borough"])


def figures(
    *,
    run: ConsolidationRun,
    found: Candidates,
    plan: Plan,
    worth: FindingOut | None,
    near: Alternatives | None,
    boroughs_table: pd.DataFrame,
) -> pd.DataFrame:
    """Gather the figures that the pages quote and no table of the decision holds."""
    served = [code for room in run.today.rooms for code in room.members]
    boroughs = run.boroughs.loc[served]
    assumed = int((boroughs["cameras_basis"] == "assumed").sum())
    likely = int((boroughs_table["gains_share"] >= LIKELY).sum())
    rows = [
        KeyFigure("horizon_years", "Years over which costs are added up",
                  run.scenario.horizon_years, "years", basis="assumption"),
        KeyFigure("boroughs", "Boroughs in play", len(boroughs), "boroughs", basis="published"),
        KeyFigure("boroughs_assumed", "Boroughs whose number of cameras is assumed", assumed,
                  "boroughs", boroughs=len(boroughs), basis="assumption"),
        KeyFigure("draws", "Draws of the costs", len(found.drawn), "draws", basis="assumption"),
        KeyFigure("plans_looked_at", "Plans looked at, without today's", len(found.plans) - 1,
                  "plans"),
        KeyFigure("boroughs_changed", "Boroughs whose room changes", len(boroughs_table),
                  "boroughs"),
        KeyFigure("boroughs_gain", "Of these, boroughs that gain in most draws", likely,
                  "boroughs"),
        KeyFigure("boroughs_lose", "Of these, boroughs that do not",
                  len(boroughs_table) - likely, "boroughs"),
        *(KeyFigure(name, f"Rule: {name.replace('_', ' ')}", value, unit, basis="assumption")
          for (name, value), unit in zip(
              values([WITHIN, CHANCE, NETTED], run.scenario.coefficients).items(),
              ("GBP", "share", "GBP"), strict=True)),
    ]  # fmt: skip
    capacity = found.drawn.setting.capacity
    if np.isfinite(capacity):
        groups = Groups.from_members(found.drawn.setting.codes, [r.members for r in plan.rooms])
        over = found.drawn.overflow_share(groups)
        at = int(over.argmax())
        host = run.boroughs["borough"][plan.rooms[at].site_code]
        rows.append(
            KeyFigure("overflow_share", f"Draws in which the room in {host} holds too many cameras",
                      float(over[at]), "share", scope=host)
        )  # fmt: skip
    if near is not None:
        rows += [
            KeyFigure("near_plans", "Plans nearly as good as the best one", len(near), "plans"),
            KeyFigure("near_within", "Share of cost within which they lie", near.complete_epsilon,
                      "share"),
        ]  # fmt: skip
    if worth is not None:
        rows += [
            KeyFigure("everything_gbp", "Worth of knowing everything before signing",
                      worth.everything_gbp, "GBP", low=worth.everything_gbp - 2
                      * worth.everything_se_gbp, high=worth.everything_gbp + 2
                      * worth.everything_se_gbp, scope="low and high: two standard errors"),
            KeyFigure("study_gbp", "Cost of a study such as that of PCD 167", worth.study_gbp,
                      "GBP", basis="published", years="2017"),
        ]  # fmt: skip
    return key_figures(rows)
