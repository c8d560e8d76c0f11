"""The tables of the decision, from plans that were costed over the same draws."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.schemas import check
from maps.shell import wording
from optimisation.near_best import Alternatives
from optimisation.results import Plan
from optimisation.scenario import Scenario
from sharedview.decision.candidates import BASELINE, Candidates
from sharedview.decision.schemas import (
    DecisionBoroughs,
    DecisionBudgets,
    DecisionMergers,
    DecisionPlans,
    DecisionRooms,
)
from sharedview.questions.footage_access.plans import OfficerTime

COUNCILS, MET, BOTH = "councils", "Met", "both"


def plans_table(
    found: Candidates, officers: OfficerTime, scenario: Scenario, *, roles: Mapping[str, str]
) -> pd.DataFrame:
    """Put the plans beside each other.

    Parameters
    ----------
    found
        The plans over their draws.
    officers
        Officers' time under these plans.
    scenario
        Horizon and discount rate.
    roles
        Role of a plan, by ``plan_id``.

    Returns
    -------
    DataFrame
        :class:`sharedview.decision.schemas.DecisionPlans`.
    """
    regret = found.worst_regret_gbp
    rows = []
    for plan_id, plan in found.plans.items():
        known = found.savings.ranges[plan_id]
        middle, low, high = officers_cost(officers, plan_id, scenario)
        rows.append(
            {
                "plan_id": plan_id,
                "label": plan.label,
                "role": roles.get(plan_id, "looked at"),
                "rooms": plan.room_count,
                "boroughs_moved": plan.boroughs_moved,
                "build_years": known.years if plan.boroughs_moved else 0,
                "saving_p10_gbp": known.p10_gbp,
                "saving_p50_gbp": known.p50_gbp,
                "saving_p90_gbp": known.p90_gbp,
                "saves_share": known.saves_share,
                "saving_mean_gbp": known.mean_gbp,
                "worst_tenth_gbp": known.worst_tenth_gbp,
                "worst_regret_gbp": float(regret[plan_id]),
                "officers_gbp": middle,
                "officers_low_gbp": low,
                "officers_high_gbp": high,
                "netted_gbp": known.p50_gbp - middle,
                "netted_low_gbp": known.p10_gbp - high,
                "netted_high_gbp": known.p90_gbp - low,
                "limits_broken": len(plan.broken),
                "breaks": " ".join(plan.broken),
                "draws": known.draws,
            }
        )
    table = pd.DataFrame(rows)
    within = table.loc[table["limits_broken"] == 0, "saving_mean_gbp"]
    table["behind_gbp"] = within.max() - table["saving_mean_gbp"]
    return check(table, DecisionPlans, "plans of the decision")


def officers_cost(
    found: OfficerTime, plan_id: str, scenario: Scenario
) -> tuple[float, float, float]:
    """Return the net present cost of officers' time more than today, with its low and high end.

    It changes at the pace at which the rooms do.
    """
    if plan_id == BASELINE:
        return 0.0, 0.0, 0.0
    year = found.budgets.set_index("plan_id").loc[plan_id]
    worth = scenario.pace.after
    middle, low, high = (
        float(year[f"officer_change{end}_gbp_per_year"]) * worth for end in ("", "_low", "_high")
    )
    return middle, low, high


def boroughs_table(
    gains: pd.DataFrame, plan: Plan, today: Plan, waves: pd.DataFrame, names: pd.Series
) -> pd.DataFrame:
    """Say of each borough whose room changes where it goes, when, and what it gains.

    Parameters
    ----------
    gains
        From :func:`optimisation.ranges.borough_gains`.
    plan, today
        The plan that is taken, and the rooms that there are.
    waves
        In which year each room could be built (:class:`optimisation.schemas.Phasing`).
    names
        Name of each borough by code.

    Returns
    -------
    DataFrame
        :class:`sharedview.decision.schemas.DecisionBoroughs`, those who gain most first.
    """
    host = {code: room for room in today.rooms for code in room.members}
    year = dict(zip(waves["room_code"], waves["year"].astype(int), strict=True))
    room_of = {code: room for room in plan.rooms for code in room.members}
    rows = []
    for code in gains:
        low, middle, high = np.percentile(gains[code], [10, 50, 90])
        before, after = host[str(code)], room_of[str(code)]
        rows.append(
            {
                "borough_code": code,
                "borough": names[code],
                "from_room": names[before.site_code] if before.watched else "",
                "to_room": names[after.site_code],
                "moved": before.site_code != after.site_code,
                "year": year.get(after.site_code, 1),
                "gain_gbp": float(middle),
                "gain_low_gbp": float(low),
                "gain_high_gbp": float(high),
                "gains_share": float((gains[code] > 1.0).mean()),
            }
        )
    columns = list(DecisionBoroughs.to_schema().columns)
    table = pd.DataFrame(rows, columns=columns).sort_values(
        ["gain_gbp", "borough_code"], ascending=[False, True], ignore_index=True
    )
    return check(table, DecisionBoroughs, "boroughs of the decision")


def rooms_table(
    gains: pd.DataFrame, plan: Plan, waves: pd.DataFrame, names: pd.Series
) -> pd.DataFrame:
    """Say of each room that changes who moves to it, when, and what its boroughs gain together.

    Parameters
    ----------
    gains, plan, waves, names
        As in :func:`boroughs_table`.

    Returns
    -------
    DataFrame
        :class:`sharedview.decision.schemas.DecisionRooms`, in the order of building.
    """
    year = dict(zip(waves["room_code"], waves["year"].astype(int), strict=True))
    rows = []
    for room in plan.rooms:
        if room.members[0] not in gains:
            continue
        low, middle, high = np.percentile(gains[list(room.members)].sum(axis=1), [10, 50, 90])
        movers = [str(names[code]) for code in room.members if code != room.site_code]
        rows.append(
            {
                "room_code": room.site_code,
                "room": names[room.site_code],
                "movers": ", ".join(movers),
                "year": year.get(room.site_code, 1),
                "one_off_gbp": room.one_off_gbp,
                "gain_gbp": float(middle),
                "gain_low_gbp": float(low),
                "gain_high_gbp": float(high),
            }
        )
    columns = list(DecisionRooms.to_schema().columns)
    table = pd.DataFrame(rows, columns=columns).sort_values(
        ["year", "room_code"], ignore_index=True
    )
    return check(table, DecisionRooms, "rooms of the decision")


def mergers_table(near: Alternatives | None, names: pd.Series) -> pd.DataFrame:
    """Name the boroughs that nearly all near-best plans join, and those that they keep together."""
    found = () if near is None else ((near.first_mergers(), False), (near.kept_together(), True))
    rows = [
        {
            "members": wording.listing([str(names[code]) for code in codes]),
            "plans_share": share,
            "today": today,
        }
        for mergers, today in found
        for codes, share in mergers
    ]
    columns = list(DecisionMergers.to_schema().columns)
    table = pd.DataFrame(rows, columns=columns).astype({"today": bool})
    return check(table, DecisionMergers, "first mergers")


def budgets_table(
    plans: pd.DataFrame, chosen: str, figures: Mapping[str, pd.Series]
) -> pd.DataFrame:
    """Put the savings of all chapters into one table, by whose budget they fall on.

    Parameters
    ----------
    plans
        From :func:`plans_table`.
    chosen
        The plan whose rooms are counted.
    figures
        Key figures of other chapters by source, of which each is a saving: ``framework``,
        ``technology``; those without data are left out.

    Returns
    -------
    DataFrame
        :class:`sharedview.decision.schemas.DecisionBudgets`. Rows that share pounds name each
        other: there is no row that adds them.
    """
    plan = plans.set_index("plan_id").loc[chosen]
    rows = [
        _row("shared_rooms", "Shared rooms", COUNCILS, plan["saving_p50_gbp"],
             plan["saving_p10_gbp"], plan["saving_p90_gbp"], "model"),
        _row("officers", "Officers’ time to obtain footage", MET, -plan["officers_gbp"],
             -plan["officers_high_gbp"], -plan["officers_low_gbp"], "model"),
        _row("joint", "Both: shared rooms less officers’ time (outer bounds)", BOTH,
             plan["netted_gbp"], plan["netted_low_gbp"], plan["netted_high_gbp"], "model"),
    ]  # fmt: skip
    labels = {"framework": "Framework agreement", "technology": "Technology that saves most"}
    rows += [
        _row(name, labels[name], COUNCILS, float(each["value"]), float(each["low"]),
             float(each["high"]), str(each["basis"]))
        for name, each in figures.items()
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    pairs = datasets.saving_overlaps()
    pairs = pairs[pairs["overlap"] != "no"]
    label = table.set_index("source")["label"]
    for at, source in table["source"].items():
        mine = pairs[(pairs["first"] == source) | (pairs["second"] == source)]
        others = mine["first"].where(mine["first"] != source, mine["second"])
        known = others.isin(label.index)
        table.loc[at, "overlaps"] = "; ".join(label[others[known]])
        table.loc[at, "why"] = " ".join(f"{each}." for each in mine.loc[known, "why"])
    return check(table, DecisionBudgets, "budgets of the decision")


def _row(  # noqa: PLR0917 - a row is written as it is read
    source: str, label: str, holder: str, saving: float, low: float, high: float, basis: str
) -> dict[str, object]:
    return {"source": source, "label": label, "holder": holder, "saving_gbp": float(saving),
            "low_gbp": float(low), "high_gbp": float(high), "basis": basis, "overlaps": "",
            "why": ""}  # fmt: skip
