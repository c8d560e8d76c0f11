"""Plans beside each other: the tables that pages, reports and CSV files read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from coverage_model.base.errors import Faults
from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.consolidation import broken_constraints, consolidate, cost_plan
from optimisation.costs.rates import HOURS_PER_YEAR
from optimisation.group_table import Setting, make_setting
from optimisation.results import Plan
from optimisation.scenario import Scenario


def plan_table(plans: Sequence[Plan], *, baseline: Plan) -> pd.DataFrame:
    """Put plans beside each other, each against the same baseline.

    Parameters
    ----------
    plans
        The plans, in the order of the rows.
    baseline
        The plan that savings are measured from (today, as a rule). It must have been costed under
        the same scenario: like with like.

    Returns
    -------
    DataFrame
        :class:`optimisation.schemas.Plans`.

    Raises
    ------
    ValueError
        If a plan was costed under another scenario than the baseline.

    Examples
    --------
    >>> from optimisation.consolidation import reference_plans
    >>> from optimisation.scenario import Scenario
    >>> from optimisation.territory import borough_inputs
    >>> plans = reference_plans(borough_inputs(), Scenario())
    >>> plan_table(plans, baseline=plans[0])["plan_id"].tolist()[-1]
    'pan_london'
    """
    unlike = [plan.plan_id for plan in plans if plan.scenario_sha256 != baseline.scenario_sha256]
    if unlike:
        raise ValueError(f"costed under another scenario than {baseline.plan_id}: {unlike}")
    rows = []
    for plan in plans:
        cameras = sum(room.cameras for room in plan.rooms)
        rows.append(
            {
                "plan_id": plan.plan_id,
                "label": plan.label,
                "status": plan.report.status,
                "rooms": plan.room_count,
                "boroughs_moved": plan.boroughs_moved,
                "cameras": cameras,
                "posts": plan.posts,
                "detection_share": plan.detection_share,
                "link_km": sum(room.link_km for room in plan.rooms),
                "cost_gbp_per_year": plan.cost_gbp_per_year,
                "one_off_gbp": plan.one_off_gbp,
                "npv_gbp": plan.npv_gbp,
                "saving_gbp_per_year": baseline.cost_gbp_per_year - plan.cost_gbp_per_year,
                "npv_saving_gbp": baseline.npv_gbp - plan.npv_gbp,
                "npv_saving_share": (baseline.npv_gbp - plan.npv_gbp) / baseline.npv_gbp
                if baseline.npv_gbp
                else 0.0,
                "cost_per_camera_gbp_per_year": plan.cost_gbp_per_year / cameras
                if cameras
                else float("nan"),
                "bound_gbp": plan.report.bound_gbp,
                "gap_share": plan.report.gap_share,
                "groups_considered": plan.report.groups_considered,
                "solver": f"{plan.report.solver} {plan.report.solver_version}".strip(),
                "scenario": plan.scenario_name,
                "scenario_sha256": plan.scenario_sha256,
                "breaks": " ".join(plan.broken),
                "notes": " ".join(plan.notes),
            }
        )
    return check(pd.DataFrame(rows), schemas.Plans, "plans")


def assignment_table(plans: Sequence[Plan], *, boroughs: pd.DataFrame) -> pd.DataFrame:
    """List which room serves each borough in each plan.

    Parameters
    ----------
    plans
        The plans.
    boroughs
        Indexed by ``borough_code``, with ``borough`` and ``cameras``.

    Returns
    -------
    DataFrame
        :class:`optimisation.schemas.Assignments`.
    """
    table = pd.concat([plan.assignments() for plan in plans], ignore_index=True)
    table["borough"] = table["borough_code"].map(boroughs["borough"])
    table["room_borough"] = table["room_code"].map(boroughs["borough"])
    table["cameras"] = table["borough_code"].map(boroughs["cameras"])
    table["moved"] = table["borough_code"] != table["room_code"]
    columns = list(schemas.Assignments.to_schema().columns)
    return check(table[columns], schemas.Assignments, "assignments")


def cost_table(plans: Sequence[Plan], *, names: Mapping[str, str]) -> pd.DataFrame:
    """List every cost line of every room in each plan.

    Parameters
    ----------
    plans
        The plans.
    names
        Name of each borough by GSS code.

    Returns
    -------
    DataFrame
        :class:`optimisation.schemas.CostLines`.
    """
    table = pd.concat([plan.cost_lines() for plan in plans], ignore_index=True)
    table["room_borough"] = table["room_code"].map(names)
    columns = list(schemas.CostLines.to_schema().columns)
    return check(table[columns], schemas.CostLines, "costs")


def room_table(plans: Sequence[Plan], *, names: Mapping[str, str]) -> pd.DataFrame:
    """List the rooms of each plan.

    Parameters
    ----------
    plans
        The plans.
    names
        Name of each borough by GSS code.

    Returns
    -------
    DataFrame
        :class:`optimisation.schemas.Rooms`.
    """
    rows = [
        {
            "plan_id": plan.plan_id,
            "room_code": room.site_code,
            "room_borough": names[room.site_code],
            "boroughs": len(room.members),
            "members": "; ".join(names[member] for member in room.members),
            "cameras": room.cameras,
            "posts": room.posts,
            "link_km": room.link_km,
            "detection_share": room.detection_share,
            "cost_gbp_per_year": room.cost_gbp_per_year,
            "one_off_gbp": room.one_off_gbp,
            "npv_gbp": room.npv_gbp,
        }
        for plan in plans
        for room in plan.rooms
    ]
    return check(pd.DataFrame(rows), schemas.Rooms, "rooms")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ScenarioComparison:
    """Several scenarios solved on the same data.

    Parameters
    ----------
    measures
        :class:`optimisation.schemas.ScenarioMeasures`, one row a scenario.
    checks
        :class:`optimisation.schemas.ScenarioChecks`, one row a scenario and check.
    plans
        The plan of each scenario, in their order.
    """

    measures: pd.DataFrame
    checks: pd.DataFrame
    plans: tuple[Plan, ...]

    def __repr__(self) -> str:
        rows = "; ".join(
            f"{row.scenario}: {row.rooms} rooms, £{row.npv_gbp / 1e6:.1f}m, saves "
            f"£{row.npv_saving_gbp / 1e6:.1f}m"
            for row in self.measures.itertuples()
        )
        return f"ScenarioComparison({rows})"


def compare_scenarios(
    boroughs: pd.DataFrame,
    scenarios: Sequence[Scenario],
    *,
    graph: nx.Graph | None = None,
) -> ScenarioComparison:
    """Solve several scenarios and put them beside each other, like with like.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`: the same for all.
    scenarios
        Scenarios of different names. They must be about the same boroughs, with the same horizon,
        discount rate and timing; coefficients and constraints may differ. The saving of each is
        measured against the rooms of today **under its own coefficients**, so that a cheaper
        wage is not taken for a better plan.
    graph
        Neighbours of the areas; London's if None.

    Returns
    -------
    ScenarioComparison
        Measures, and apart from them whether each plan keeps to what any plan must: every borough
        served once, rooms that hang together, and rooms within capacity, by its own scenario.

    Raises
    ------
    InputError
        Naming everything in which the scenarios cannot be compared.
    InfeasibleError
        If a scenario has no plan.

    Examples
    --------
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.territory import borough_inputs
    >>> pair = [load_scenario("optimum"), load_scenario("bcu")]
    >>> compare_scenarios(borough_inputs(), pair).measures["rooms"].tolist()
    [14, 13]
    """
    _check_alike(scenarios)
    measures, checks, plans = [], [], []
    for scenario in scenarios:
        plan = consolidate(boroughs, scenario, graph=graph)
        setting = make_setting(boroughs, scenario, graph=graph)
        today = cost_plan(boroughs, scenario, setting.today, "today", "Today", graph=graph)
        row = plan_table([plan, today], baseline=today).iloc[0]
        hours = setting.rate.hours_monitored_per_year / HOURS_PER_YEAR
        measures.append(
            {
                "scenario": scenario.name,
                "description": scenario.description,
                "counts": schemas.COUNTS[scenario.count_police_time],
                **{name: row[name] for name in ("status", "rooms", "boroughs_moved", "posts")},
                "detection_share": plan.detection_share,
                "watched_share_of_hours": hours,
                "today_gbp_per_year": today.cost_gbp_per_year,
                "cost_gbp_per_year": plan.cost_gbp_per_year,
                "saving_gbp_per_year": row["saving_gbp_per_year"],
                "one_off_gbp": plan.one_off_gbp,
                "today_npv_gbp": today.npv_gbp,
                "npv_gbp": plan.npv_gbp,
                "npv_saving_gbp": row["npv_saving_gbp"],
                "npv_saving_share": row["npv_saving_share"],
                "gap_share": plan.report.gap_share,
                "scenario_sha256": scenario.sha256,
            }
        )
        checks += _required(setting, plan)
        plans.append(plan)
    return ScenarioComparison(
        measures=check(pd.DataFrame(measures), schemas.ScenarioMeasures, "scenario measures"),
        checks=check(pd.DataFrame(checks), schemas.ScenarioChecks, "scenario checks"),
        plans=tuple(plans),
    )


def _check_alike(scenarios: Sequence[Scenario]) -> None:
    """Raise one error naming everything in which scenarios cannot be compared."""
    faults = Faults("scenarios")
    if not scenarios:
        faults.add("no scenario was given", "Give at least one")
    names = [scenario.name for scenario in scenarios]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        faults.add("scenarios have the same name", "Give each its own", rows=twice)
    for field, words in (
        ("boroughs", "are about different boroughs"),
        ("evidence", "rest on different numbers of cameras"),
        ("horizon_years", "have different horizons"),
        ("discount_rate", "have different discount rates"),
        ("flow_timing", "count running costs at different times of the year"),
    ):
        found = [getattr(scenario, field) for scenario in scenarios]
        if len(set(found)) > 1:
            rows = [
                f"{name}: {'all' if value in (None, ()) else value}"
                for name, value in zip(names, found, strict=True)
            ]
            faults.add(f"the scenarios {words}", "Give them the same value", rows=rows)
    faults.raise_if_any()


def _required(setting: Setting, plan: Plan) -> list[dict[str, object]]:
    """Check what any plan must satisfy, one row a check."""
    served = sorted(code for room in plan.rooms for code in room.members)
    broken = broken_constraints(setting, plan.rooms)
    found = [("complete", served == sorted(setting.codes), "")]
    for name, word in (("contiguous", "contiguity"), ("within_capacity", "room capacity")):
        notes = [note for note in broken if word in note]
        found.append((name, not notes, " ".join(notes)))
    others = [n for n in broken if "contiguity" not in n and "room capacity" not in n]
    found.append(("other_constraints", not others, " ".join(others)))
    return [
        {"scenario": setting.scenario.name, "check": name, "passed": passed, "note": note}
        for name, passed, note in found
    ]
