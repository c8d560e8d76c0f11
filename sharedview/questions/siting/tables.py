"""What siting tells: tables by area, of the first picks, of the two steps, and the key figures.

Operators are numbered in every table but the restricted one, which alone has names and places.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.key_figures import KeyFigure, key_figures
from coverage_model.base.schemas import check
from coverage_model.reading.demand import demand_depth
from sharedview.questions.siting import schemas
from sharedview.questions.siting.candidates import PLACES_UNIT
from sharedview.questions.siting.plan import Setting, Siting

OUTSIDE = "outside"
MARKING = "OFFICIAL-SENSITIVE: exact places and operators of cameras; not for passing on"
UNPROVED = "A greater least share was not ruled out in the time given"
STEPS = {
    "today": "Today: public cameras and integrated private ones",
    "register_all": "Register every private camera of the inventory (nothing is seen live)",
    "integrate_registered": "Integrate those registered today",
    "integrate_all": "Register and integrate all of them",
}


def curve_table(siting: Siting) -> pd.DataFrame:
    """Return budgets with the weight seen (:class:`~.schemas.SitingCurve`)."""
    return check(siting.curve, schemas.SitingCurve, "siting curve")


def areas_table(siting: Siting) -> pd.DataFrame:
    """Return what each area has and gets (:class:`~.schemas.SitingAreas`)."""
    setting, problem = siting.setting, siting.problem
    count = len(setting.areas)
    totals, held = setting.totals, setting.held
    after = setting.after(problem, siting.plan.chosen)
    even = setting.after(problem, siting.even_plan.chosen)
    rows = np.asarray(siting.plan.chosen, dtype=np.intp)
    frame = setting.candidates.frame.iloc[rows]
    area = frame["area_row"].to_numpy()
    inside = area >= 0

    def share(part: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.divide(part, totals, out=np.full(count, np.nan), where=totals > 0)

    def counted(kind: str) -> NDArray[np.intp]:
        return np.bincount(area[inside & frame["kind"].eq(kind).to_numpy()], minlength=count)

    paid = _paid(siting)
    table = pd.DataFrame(
        {
            "area_code": setting.areas["area_code"].to_numpy(),
            "area_name": setting.areas["area_name"].to_numpy(),
            "points": np.bincount(setting.demand.points["area_row"], minlength=count),
            "weight": totals,
            "held_weight": held,
            "covered_weight": after,
            "held_share": share(held),
            "covered_share": share(after),
            "even_share": share(even),
            "cameras_integrated": counted("integrate"),
            "cameras_new": counted("new"),
            "cost_gbp": np.bincount(area[inside], paid[inside], minlength=count),
        }
    )
    return check(table, schemas.SitingAreas, "siting by area")


def _paid(siting: Siting) -> NDArray[np.float64]:
    """Return what each chosen camera cost; a link counts with the first of its operator."""
    problem, rows = siting.problem, np.asarray(siting.plan.chosen, dtype=np.intp)
    bundle = problem.bundle[rows]
    first = ~pd.Series(bundle).duplicated().to_numpy() & (bundle >= 0)
    fixed = np.append(problem.bundle_costs, 0.0)[bundle]
    return problem.costs[rows] + np.where(first, fixed, 0.0)


def labels(setting: Setting) -> pd.Series:
    """Name each candidate without giving operator or place away, by the rows of the candidates.

    Operators are numbered within their area, those with the most cameras first.
    """
    frame = setting.candidates.frame
    names = np.append(setting.areas["area_name"].to_numpy(dtype=object), OUTSIDE)
    where = pd.Series(names[frame["area_row"].to_numpy()], index=frame.index)
    private = frame[frame["kind"].eq("integrate")]
    size = private.groupby(["area_row", "bundle"], sort=True).size().reset_index(name="cameras")
    size = size.sort_values(["area_row", "cameras"], ascending=[True, False], kind="stable")
    size["number"] = size.groupby("area_row").cumcount() + 1
    number = frame["bundle"].map(size.set_index("bundle")["number"])
    operator = "Private operator " + number.astype("Int64").astype(str) + ", " + where
    return operator.where(frame["kind"].eq("integrate"), "New cameras, " + where).astype(str)


def picks_table(siting: Siting) -> pd.DataFrame:
    """Return the choice by value for money (:class:`~.schemas.SitingPicks`)."""
    order = siting.order
    rows = np.asarray(order.chosen, dtype=np.intp)
    frame = siting.setting.candidates.frame.iloc[rows]
    names = np.append(siting.setting.areas["area_name"].to_numpy(dtype=object), OUTSIDE)
    each = pd.DataFrame(
        {
            "row": rows,
            "kind": frame["kind"].to_numpy(),
            "what": labels(siting.setting).iloc[rows].to_numpy(),
            "area_name": names[frame["area_row"].to_numpy()],
            "cameras": 1,
            "cost_gbp": np.asarray(order.paid, dtype=np.float64),
            "gain_weight": np.asarray(order.gains, dtype=np.float64),
        }
    )
    table = each.groupby("what", sort=False, as_index=False).agg(
        kind=("kind", "first"),
        area_name=("area_name", "first"),
        cameras=("cameras", "sum"),
        cost_gbp=("cost_gbp", "sum"),
        gain_weight=("gain_weight", "sum"),
    )
    money = table["cost_gbp"].where(table["cost_gbp"] > 0)
    best = (table["gain_weight"] / money).fillna(np.inf)
    table = table.loc[best.sort_values(ascending=False, kind="stable").index]
    # What a row adds is measured again, after the rows that now stand before it.
    held, so_far = float(siting.setting.held.sum()), []
    members = each.groupby("what")["row"].agg(list)
    taken: list[int] = []
    for what in table["what"]:
        taken += members[what]
        so_far.append(siting.problem.value(taken))
    table["gain_weight"] = np.diff(so_far, prepend=0.0)
    money = table["cost_gbp"].where(table["cost_gbp"] > 0)
    table["gain_per_100k_gbp"] = table["gain_weight"] / money * 100_000
    table["cost_so_far_gbp"] = table["cost_gbp"].cumsum()
    table["weight_so_far"] = held + np.asarray(so_far, dtype=np.float64)
    table = table.reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return check(table, schemas.SitingPicks, "siting picks")


def steps_table(setting: Setting, *, visible: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return registering and integrating apart (:class:`~.schemas.SitingSteps`).

    Parameters
    ----------
    setting
        From :func:`sharedview.questions.siting.plan.siting_setting`.
    visible
        As there. Cameras whose view is not known count and cost too, but are not taken to see.

    Returns
    -------
    DataFrame
    """
    points, weight = setting.demand.points, setting.demand.points["weight"].to_numpy(float)
    held = points["held"].to_numpy()
    private = visible["ownership"].eq("private") & visible["integration"].ne("integrated")
    state = setting.operators["integration"]
    registered, unknown = int(state.eq("registered").sum()), int(state.eq("none").sum())

    def seen(rows: pd.Series) -> NDArray[np.bool_]:
        return demand_depth(visible[rows], points).gt(0).to_numpy() | held

    by_registered = seen(private & visible["integration"].eq("registered"))
    by_all = seen(private)
    price = setting.prices
    links = _links(setting)
    register = unknown * price["register_gbp_per_camera"]
    rows: dict[str, tuple[int, float, NDArray[np.bool_], NDArray[np.bool_]]] = {
        "today": (0, 0.0, held, by_registered),
        "register_all": (unknown, register, held, by_all),
        "integrate_registered": (
            registered,
            registered * price["integrate_gbp_per_camera"]
            + links["registered"] * price["integrate_gbp_per_operator"],
            by_registered,
            by_registered,
        ),
        "integrate_all": (
            registered + unknown,
            register
            + (registered + unknown) * price["integrate_gbp_per_camera"]
            + links["all"] * price["integrate_gbp_per_operator"],
            by_all,
            by_all,
        ),
    }
    total = float(weight.sum())
    table = pd.DataFrame(
        [
            {
                "step": step,
                "label": STEPS[step],
                "cameras": count,
                "cost_gbp": cost,
                "live_weight": weight[live].sum(),
                "live_share": weight[live].sum() / total if total else np.nan,
                "known_weight": weight[known].sum(),
                "known_share": weight[known].sum() / total if total else np.nan,
            }
            for step, (count, cost, live, known) in rows.items()
        ]
    )
    return check(table, schemas.SitingSteps, "siting steps")


def _links(setting: Setting) -> Mapping[str, int]:
    """Count the operators to link for the registered cameras, and for all to be integrated."""
    cameras = setting.operators
    new = cameras[~cameras["linked"] & cameras["integration"].ne("integrated")]
    known = new[new["integration"].eq("registered")]
    return {"registered": known["bundle"].nunique(), "all": new["bundle"].nunique()}


def positions_table(siting: Siting) -> pd.DataFrame:
    """Return the chosen cameras with places and operators: restricted.

    Returns
    -------
    DataFrame
        :class:`~.schemas.SitingPositions`.
    """
    setting, rows = siting.setting, np.asarray(siting.plan.chosen, dtype=np.intp)
    frame = setting.candidates.frame.iloc[rows]
    names = np.append(setting.areas["area_name"].to_numpy(dtype=object), OUTSIDE)
    table = pd.DataFrame(
        {
            "marking": MARKING,
            "candidate_id": frame["candidate_id"].to_numpy(),
            "kind": frame["kind"].to_numpy(),
            "what": labels(setting).iloc[rows].to_numpy(),
            "operator": frame["operator"].to_numpy(),
            "area_name": names[frame["area_row"].to_numpy()],
            "easting_m": frame.geometry.x.to_numpy().round(1),
            "northing_m": frame.geometry.y.to_numpy().round(1),
            "azimuth_deg": frame["azimuth_deg"].to_numpy(),
            "cost_gbp": siting.problem.costs[rows],
        }
    )
    return check(table, schemas.SitingPositions, "siting positions")


def figures_table(
    siting: Siting, *, steps: pd.DataFrame, areas: pd.DataFrame, illustrative: bool
) -> pd.DataFrame:
    """Return the headline figures (:class:`~coverage_model.base.key_figures.KeyFigures`).

    Parameters
    ----------
    siting
        From :func:`sharedview.questions.siting.plan.site_cameras`.
    steps, areas
        From :func:`steps_table` and :func:`areas_table`.
    illustrative
        Whether cameras were generated.

    Returns
    -------
    DataFrame
    """
    setting, plan = siting.setting, siting.plan
    unit = setting.demand.unit
    total, held = float(setting.totals.sum()), float(setting.held.sum())
    covered = held + plan.objective
    even = held + siting.even_plan.objective
    used = siting.curve.loc[(siting.curve["budget_gbp"] - siting.budget_gbp).abs().idxmin()]
    frame = setting.candidates.frame.iloc[list(plan.chosen)]
    integrated = frame["kind"].eq("integrate")
    known = areas[areas["weight"] > 0]
    basis = "illustrative" if illustrative else "model"
    common: dict[str, Any] = {"boroughs": len(known), "basis": basis, "scope": "Of that demand"}
    public = setting.demand.unit == PLACES_UNIT
    asked = {
        **common,
        "basis": "published" if public else basis,
        "scope": setting.demand.basis,
    }
    money: dict[str, Any] = {**common, "scope": "One-off prices, mostly assumptions"}
    worst, best = siting.ends

    def share(part: float) -> float:
        return part / total if total else float("nan")

    step = steps.set_index("step")
    return key_figures(
        [
            KeyFigure("demand", "Demand", total, unit, **asked),
            KeyFigure("held", "Seen today by public or integrated cameras", held, unit, **common),
            KeyFigure("held_share", "Share of demand seen today", share(held), "share", **common),
            KeyFigure("budget", "Budget tried out", siting.budget_gbp, "GBP",
                      boroughs=None, basis="assumption", scope="One-off; set in the scenario"),
            KeyFigure("covered", "Seen after the best choice", covered, unit, worst, best,
                      **common),
            KeyFigure("covered_share", "Share of demand seen after it", share(covered), "share",
                      share(worst), share(best), **common),
            KeyFigure("gain", "Seen in addition", plan.objective, unit, worst - held, best - held,
                      **common),
            KeyFigure("cost", "One-off cost of the choice", plan.cost, "GBP", **money),
            KeyFigure("gap", "Proved gap to the best possible choice", plan.gap_share, "share",
                      **common),
            KeyFigure("integrated", "Private cameras integrated", float(integrated.sum()),
                      "cameras", **common),
            KeyFigure("operators", "Operators linked", float(frame["bundle"][integrated].nunique()),
                      "operators", **common),
            KeyFigure("new", "New cameras", float((~integrated).sum()), "cameras", **common),
            KeyFigure("integrate_gain", "Seen in addition if it all goes into integrating",
                      float(used["integrate_weight"]) - held, unit, **common),
            KeyFigure("new_gain", "Seen in addition if it all goes into new cameras",
                      float(used["new_weight"]) - held, unit, **common),
            KeyFigure("first_step", "Seen for each £100,000 of the first step of the curve",
                      _ends_of(siting.curve, 0), f"{unit} per £100,000", **common),
            KeyFigure("last_step", "Seen for each £100,000 of its last step",
                      _ends_of(siting.curve, -1), f"{unit} per £100,000", **common),
            KeyFigure("register_cost", "Registering every private camera of the inventory",
                      float(step.loc["register_all", "cost_gbp"]), "GBP", **money),
            KeyFigure("integrate_all_cost", "Registering and integrating all of them",
                      float(step.loc["integrate_all", "cost_gbp"]), "GBP", **money),
            KeyFigure("least_share", "Least share seen in an area, best choice",
                      float(known["covered_share"].min()), "share", **common),
            KeyFigure("even_least_share", "Least share seen in an area, most even choice",
                      float(known["even_share"].min()), "share",
                      **{**common, "scope": "" if siting.even.proved else UNPROVED}),
            KeyFigure("even_price", "Seen less by the most even choice", covered - even, unit,
                      **common),
            *(KeyFigure(f"left_out_{note.code}", note.message, float(note.count),
                        "points" if note.code == "demand_outside" else "cameras",
                        basis=basis, scope="") for note in setting.notes),
        ]
    )  # fmt: skip


def _ends_of(curve: pd.DataFrame, place: int) -> float:
    steps = curve["more_per_100k_gbp"].dropna()
    return float(steps.iloc[place]) if len(steps) else float("nan")
