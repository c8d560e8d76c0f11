"""Plans beside each other: the tables that pages, reports and CSV files read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from coverage_model.schemas import check
from optimisation import schemas
from optimisation.results import Plan


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
                "rooms": len(plan.rooms),
                "boroughs_moved": sum(len(room.members) - 1 for room in plan.rooms),
                "cameras": cameras,
                "posts": plan.posts,
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
                "runtime_s": plan.report.runtime_s,
                "scenario": plan.scenario_name,
                "scenario_sha256": plan.scenario_sha256,
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
            "cost_gbp_per_year": room.cost_gbp_per_year,
            "one_off_gbp": room.one_off_gbp,
            "npv_gbp": room.npv_gbp,
        }
        for plan in plans
        for room in plan.rooms
    ]
    return check(pd.DataFrame(rows), schemas.Rooms, "rooms")
