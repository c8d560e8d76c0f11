"""The headline figures of a run as tables: every sentence of a summary or report quotes these.

Each says how many boroughs it rests on, from which years, and whether it was published, modelled or
comes from illustrative cameras (:mod:`coverage_model.base.key_figures`).
"""

from __future__ import annotations

import pandas as pd

from coverage_model.base.key_figures import KeyFigure, key_figures, span_of_years
from optimisation import comparison
from sharedview.runs import ConsolidationRun, CoverageRun

# Columns of the coverage table that add up over areas, with unit and label.
SUMS = {
    "area_m2": ("m²", "Ground in the areas"),
    "cameras": ("cameras", "Cameras in the areas"),
    "cameras_public": ("cameras", "Public cameras"),
    "cameras_private": ("cameras", "Private cameras"),
    "cameras_unknown_owner": ("cameras", "Cameras whose owner is unknown"),
    "cameras_view_given": ("cameras", "Cameras whose view is given"),
    "cameras_view_assumed": ("cameras", "Cameras with a view of which some value was assumed"),
    "cameras_reach_only": ("cameras", "Cameras that turn or have no known heading"),
    "covered_m2": ("m²", "Ground seen"),
    "public_only_m2": ("m²", "Ground seen by public cameras only"),
    "private_only_m2": ("m²", "Ground seen by private cameras only"),
    "both_m2": ("m²", "Ground seen by public and private cameras"),
    "unknown_owner_only_m2": ("m²", "Ground seen only by cameras whose owner is unknown"),
    "private_connected_only_m2": (
        "m²",
        "Ground that only registered or integrated private cameras see",
    ),
    "reach_m2": ("m²", "Ground that turning and heading-less cameras could reach"),
    "gap_m2": ("m²", "Ground that no camera sees"),
}
SHARES = {
    "covered_share": "Share of the ground seen",
    "depth_2plus_share": "Share of the seen ground that two or more cameras see",
    "public_only_share": "Share of the seen ground that only public cameras see",
    "private_only_share": "Share of the seen ground that only private cameras see",
    "both_share_of_covered": "Share of the seen ground that public and private cameras see",
    "unknown_owner_only_share": "Share of the seen ground that only cameras of unknown owner see",
    "view_assumed_share": "Share of the cameras with a view of which some value was assumed",
}


def coverage_figures(run: CoverageRun) -> pd.DataFrame:
    """Add up the areas.

    Parameters
    ----------
    run
        From :func:`sharedview.pipeline.run_coverage`.

    Returns
    -------
    DataFrame
        :class:`coverage_model.base.key_figures.KeyFigures`.
    """
    basis = "illustrative" if run.cameras.frame["illustrative"].any() else "model"
    scope = "cameras of the inventory given"
    if basis == "illustrative":
        scope = "illustrative cameras at published numbers of mixed years and scopes"
    areas = len(run.coverage)
    # Where areas overlap, the whole is their union: no ground and no camera counts twice.
    whole = run.coverage if run.union is None else run.union
    sums = whole.select_dtypes("number").sum()
    deep = sums["depth_2_m2"] + sums["depth_3plus_m2"]
    views = sums["cameras_view_given"] + sums["cameras_view_assumed"]
    shares = {
        "covered_share": ratio(sums["covered_m2"], sums["area_m2"]),
        "depth_2plus_share": ratio(deep, sums["covered_m2"]),
        "public_only_share": ratio(sums["public_only_m2"], sums["covered_m2"]),
        "private_only_share": ratio(sums["private_only_m2"], sums["covered_m2"]),
        "both_share_of_covered": ratio(sums["both_m2"], sums["covered_m2"]),
        "unknown_owner_only_share": ratio(sums["unknown_owner_only_m2"], sums["covered_m2"]),
        "view_assumed_share": ratio(sums["cameras_view_assumed"], sums["cameras"]),
    }
    outside = run.totals.loc["outside"]

    def figure(name: str, label: str, value: float, unit: str) -> KeyFigure:
        return KeyFigure(name, label, float(value), unit, boroughs=areas, basis=basis, scope=scope)

    rows = [
        KeyFigure("areas", "Areas", areas, "areas", boroughs=areas, basis="published"),
        KeyFigure("px_per_m", "Image quality", run.level.px_per_m, "pixels per metre",
                  basis="published", scope=f"level {run.level.name} of {run.level.table}"),
        figure("cameras_read", "Cameras read", run.cameras.log.items_read, "cameras"),
        figure("cameras_with_view", "Cameras with a view", views, "cameras"),
        figure("cameras_outside_areas", "Cameras outside every area", outside["cameras"],
               "cameras"),
        figure("covered_outside_areas_m2", "Ground seen outside the areas", outside["covered_m2"],
               "m²"),
        *(figure(name, label, sums[name], unit) for name, (unit, label) in SUMS.items()),
        *(figure(name, label, shares[name], "share") for name, label in SHARES.items()),
    ]  # fmt: skip
    if (around := run.surroundings) is not None:
        rows += [
            figure("surroundings_m2", "Ground around the cameras (convex hull and 100 m)",
                   around.area_m2, "m²"),
            figure("surroundings_covered_m2", "Of that, in view", around.covered_m2, "m²"),
            figure("surroundings_covered_share", "The same as a share", around.covered_share,
                   "share"),
        ]  # fmt: skip
    if run.demand is not None:
        weight, seen = sums["demand_weight"], sums["demand_covered_weight"]
        rows += [
            figure("demand_weight", "Demand by weight", weight, ""),
            figure("demand_covered_weight", "Demand in view by weight", seen, ""),
            figure("demand_covered_share", "Share of the demand in view", ratio(seen, weight),
                   "share"),
        ]  # fmt: skip
    return key_figures(rows)


def plan_figures(run: ConsolidationRun) -> pd.DataFrame:
    """Say what today and the best plan cost, and what the figures rest on.

    Parameters
    ----------
    run
        From :func:`sharedview.pipeline.run_consolidation`.

    Returns
    -------
    DataFrame
        :class:`coverage_model.base.key_figures.KeyFigures`.
    """
    served = [code for room in run.today.rooms for code in room.members]
    boroughs, saving = run.boroughs.loc[served], run.saving
    table = run.table.set_index("plan_id")
    best, today = table.loc[run.plan.plan_id], table.loc["today"]
    counted = boroughs["cameras_basis"].value_counts()
    scope = "camera numbers " + ", ".join(f"{basis}: {n} boroughs" for basis, n in counted.items())
    years = span_of_years(boroughs["cameras_year"])
    if years:
        scope += "; years and scopes are mixed"
    published = int((boroughs["cameras_basis"] != "assumed").sum())

    def figure(name: str, label: str, value: float, unit: str) -> KeyFigure:
        return KeyFigure(
            name, label, float(value), unit, boroughs=len(boroughs), years=years, scope=scope
        )

    return key_figures(
        [
            KeyFigure("boroughs", "Boroughs in play", len(boroughs), "boroughs",
                      boroughs=len(boroughs), basis="published"),
            KeyFigure("boroughs_counted", "Boroughs whose number of cameras is known", published,
                      "boroughs", boroughs=published, years=years, basis="published", scope=scope),
            KeyFigure("horizon_years", "Years over which costs are added up",
                      run.scenario.horizon_years, "years", basis="assumption",
                      scope="the scenario's horizon"),
            figure("cameras", "Cameras watched", today["cameras"], "cameras"),
            figure("today_gbp_per_year", "Running cost today", today["cost_gbp_per_year"],
                   "GBP per year"),
            figure("today_gbp_per_camera", "Running cost today for each camera",
                   today["cost_per_camera_gbp_per_year"], "GBP per year"),
            figure("rooms_today", "Rooms today", today["rooms"], "rooms"),
            figure("rooms", "Rooms in the plan", best["rooms"], "rooms"),
            KeyFigure("saving_gbp", "Net present saving as built, middle of draws",
                      saving.p50_gbp, "GBP", low=saving.p10_gbp, high=saving.p90_gbp,
                      boroughs=len(boroughs), years=years,
                      scope=f"{scope}; low and high hold eight in ten of {saving.draws} draws"),
            figure("saves_share", "Share of the draws in which the plan saves", saving.saves_share,
                   "share"),
            KeyFigure("build_years", "Years over which changes are spread evenly", saving.years,
                      "years", basis="assumption", scope="the scenario's years of building"),
            KeyFigure("saving_draws", "Draws of the costs behind that range", saving.draws,
                      "draws", basis="assumption", scope="costs drawn from their ranges"),
            *(
                []
                if run.chosen is None
                else [
                    KeyFigure("chosen_draws", "Draws of the costs that chose the plan",
                              len(run.chosen.drawn), "draws", basis="assumption")
                ]
            ),
            figure("cost_gbp_per_year", "Running cost of the plan", best["cost_gbp_per_year"],
                   "GBP per year"),
            figure("one_off_gbp", "One-off cost of the plan", best["one_off_gbp"], "GBP"),
            figure("npv_saving_gbp", "Net present saving at the costs as given, built at once",
                   best["npv_saving_gbp"], "GBP"),
            figure("npv_saving_share", "The same as a share of today's cost",
                   best["npv_saving_share"], "share"),
        ]
    )  # fmt: skip


def coverage_tables(run: CoverageRun) -> dict[str, pd.DataFrame]:
    """Return the tables of a coverage run by name: areas and figures, no camera."""
    tables = {
        "coverage_by_area": pd.DataFrame(run.coverage.drop(columns="geometry")),
        "coverage_by_level": run.by_level,
        "coverage_figures": coverage_figures(run),
        "reach_by_area": run.reach,
    }
    if run.intervals is not None:
        tables["coverage_intervals"] = run.intervals.frame
        if len(run.intervals.drivers):
            tables["coverage_drivers"] = run.intervals.drivers
    if run.streets is not None:
        tables["streets_by_area"] = run.streets.coverage
    return tables


def plan_tables(run: ConsolidationRun) -> dict[str, pd.DataFrame]:
    """Return the tables of a consolidation run by name."""
    return {
        "plans": run.table,
        "plan_savings": run.savings.frame(),
        "plan_figures": plan_figures(run),
        "assignments": comparison.assignment_table(run.plans, boroughs=run.boroughs),
        "costs": comparison.cost_table(run.plans, names=run.boroughs["borough"]),
    }


def ratio(part: float, whole: float) -> float:
    """Return a share, not a number where there is nothing to share."""
    return float(part / whole) if whole else float("nan")
