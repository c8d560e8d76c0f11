"""The findings in plain words, generated from the frames: each number is in a table too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maps.wording import Bold, Sentence, area, count, gbp, kilometres, listing, number, share
from optimisation.alternatives import Alternatives
from optimisation.comparison import ScenarioComparison
from optimisation.robustness import MonteCarlo
from optimisation.sharing import Sharing
from sharedview.pipeline import ConsolidationRun, CoverageRun
from sharedview.plan_study import MOST_MOVED, PlanStudy

PLAN_COLUMNS = ("Plan", "Rooms", "Posts", "£m a year", "£m present", "Against today", "Proof")
SCENARIO_COLUMNS = ("Scenario", "Rooms", "Posts", "£m a year", "£m present", "Against own today")
AREA_COLUMNS = ("Area", "Cameras", "Covered", "Share", "Seen by 2+", "Reach only")
AREAS_SHOWN = 12


def coverage_figures(run: CoverageRun) -> dict[str, Any]:
    """Add up the areas: the figures that the sentences speak of."""
    table = run.coverage
    sums = table.select_dtypes("number").sum()
    shares = {
        "covered_share": sums["covered_m2"] / sums["area_m2"],
        "depth_2plus_share": _ratio(
            sums["depth_2_m2"] + sums["depth_3plus_m2"], sums["covered_m2"]
        ),
        "both_share_of_covered": _ratio(sums["both_m2"], sums["covered_m2"]),
    }
    names = (
        "area_m2",
        "cameras",
        "cameras_public",
        "cameras_private",
        "cameras_unknown_owner",
        "cameras_view_given",
        "cameras_view_assumed",
        "cameras_reach_only",
        "covered_m2",
        "public_only_m2",
        "private_only_m2",
        "both_m2",
        "unknown_owner_only_m2",
        "reach_m2",
        "gap_m2",
    )
    return {
        "level": run.level.name,
        "px_per_m": run.level.px_per_m,
        "areas": len(table),
        "cameras_read": run.cameras.log.cameras,
        "cameras_outside_areas": int(run.totals.loc["outside", "cameras"]),
        "covered_outside_areas_m2": float(run.totals.loc["outside", "covered_m2"]),
        **{name: float(sums[name]) for name in names},
        **shares,
        **demand_figures(run),
    }


def demand_figures(run: CoverageRun) -> dict[str, float]:
    """Add up the demand columns, where demand was given."""
    if run.demand is None:
        return {}
    weight = float(run.coverage["demand_weight"].sum())
    covered = float(run.coverage["demand_covered_weight"].sum())
    return {
        "demand_weight": weight,
        "demand_covered_weight": covered,
        "demand_covered_share": _ratio(covered, weight),
    }


def coverage(run: CoverageRun) -> tuple[Sentence, ...]:
    """Say what the cameras see, what is shared, and how sure that is."""
    figures = coverage_figures(run)
    illustrative = bool(run.cameras.frame["illustrative"].any())
    kind = "illustrative cameras" if illustrative else "cameras"
    views = figures["cameras_view_given"] + figures["cameras_view_assumed"]
    found: list[Sentence] = [
        (
            Bold(f"{number(figures['cameras'])} {kind}"),
            f" stand in {count(len(run.areas), 'area')}; ",
            Bold(number(views)),
            " have a known or assumed view and ",
            Bold(number(figures["cameras_reach_only"])),
            " turn or have no known heading, so only their reach is known.",
        ),
        (
            f"At level {run.level.name} ({run.level.px_per_m:g} pixels a metre) the views cover ",
            Bold(area(figures["covered_m2"])),
            ", ",
            Bold(share(figures["covered_share"])),
            " of the ground; the reach of the others is ",
            area(figures["reach_m2"]),
            " and is not counted as coverage.",
        ),
    ]
    if figures["cameras_private"] and figures["cameras_public"]:
        found.append(
            (
                "Of the covered ground, ",
                Bold(share(figures["public_only_m2"] / figures["covered_m2"])),
                " is seen by public cameras only, ",
                Bold(share(figures["private_only_m2"] / figures["covered_m2"])),
                " by private ones only, and ",
                Bold(share(figures["both_share_of_covered"])),
                " by both.",
            )
        )
    if run.demand is not None:
        found.append(
            (
                Bold(share(figures["demand_covered_share"])),
                (
                    f" of the demand ({number(figures['demand_covered_weight'])} of "
                    f"{number(figures['demand_weight'])} by weight) lies in view."
                ),
            )
        )
    if figures["cameras_outside_areas"]:
        found.append(
            (f"{count(figures['cameras_outside_areas'], 'camera')} stand outside every area.",)
        )
    if run.obstacles is None:
        found.append(
            ("No building layer was given: plain cones overstate what is seen in dense streets.",)
        )
    return tuple(found)


def consolidation(run: ConsolidationRun) -> tuple[Sentence, ...]:
    """Say what today costs, what the best plan saves, and what proves it."""
    table = run.table.set_index("plan_id")
    best, today = table.loc[run.plan.plan_id], table.loc["today"]
    found: list[Sentence] = [
        (
            f"{count(len(run.boroughs), 'borough')} with a room each cost ",
            Bold(gbp(today["cost_gbp_per_year"], per_year=True)),
            f" as modelled ({gbp(today['cost_per_camera_gbp_per_year'])} a camera).",
        ),
        (
            "The plan given has " if run.plan.plan_id == "given" else "The best plan has ",
            Bold(count(best["rooms"], "room")),
            " and costs ",
            Bold(gbp(best["cost_gbp_per_year"], per_year=True)),
            (
                f" after {gbp(best['one_off_gbp'])} of one-off cost: over "
                f"{run.scenario.horizon_years} years it saves "
            ),
            Bold(gbp(best["npv_saving_gbp"])),
            f" ({share(best['npv_saving_share'])}) in net present value.",
        ),
        proof(run),
    ]
    others = table.drop(index=[run.plan.plan_id, "today"])
    for _, row in others.iterrows():
        verb = "saves" if row["npv_saving_gbp"] >= 0 else "loses"
        found.append(
            (
                f"{row['label']}: {count(row['rooms'], 'room')}, {verb} ",
                Bold(gbp(abs(row["npv_saving_gbp"]))),
                f" against today ({kilometres(row['link_km'])} of links).",
            )
        )
    return tuple(found)


def places(run: ConsolidationRun) -> tuple[Sentence, ...]:
    """Say which files the sites and distances come from, where any were given."""
    inputs = run.inputs
    said: list[Sentence] = []
    if inputs is not None and inputs.sites is not None:
        log = inputs.sites.log
        given = count(log.cameras, "borough has", "boroughs have")
        said.append((f"{given} the candidate site given in {Path(log.path).name}.",))
    if inputs is not None and inputs.roads is not None:
        name = Path(inputs.roads.log.path).name
        said.append(("Distances are ", Bold("by road"), f", the shortest way in {name}."))
    return tuple(said)


def study(run: ConsolidationRun, found: PlanStudy) -> tuple[Sentence, ...]:
    """Say how sure the saving is, what is nearly as good, and who pays."""
    said: list[Sentence] = []
    if found.robustness is not None:
        said += robustness(run, found.robustness)
    said.append((found.near.sentence,))
    said.append(first_mergers(run, found.near))
    if found.small_step is not None:
        saving = run.today.npv_gbp - found.small_step.npv_gbp
        said.append(
            (
                f"The best plan that moves at most {count(MOST_MOVED, 'borough')} has ",
                Bold(count(len(found.small_step.rooms), "room")),
                " and saves ",
                Bold(gbp(saving)),
                ", proved best of its kind.",
            )
        )
    said += [*dearest(found), *payback(found), losers(found.sharing)]
    subsidy = found.sharing.subsidy_gbp
    if found.sharing.core_is_empty:
        said.append(
            (
                (
                    "No charge makes every group of boroughs content to stay without help from "
                    "outside; "
                ),
                Bold(gbp(subsidy)),
                " over the horizon is the least that does.",
            )
        )
    else:
        said.append(("There is a charge under which no group of boroughs gains by leaving.",))
    return tuple(said)


def dearest(found: PlanStudy) -> tuple[Sentence, ...]:
    """Name the constraint that costs most, if one is known to cost anything."""
    priced = found.prices[found.prices["price_gbp"] > 0].sort_values("price_gbp", ascending=False)
    if priced.empty:
        return ()
    row = priced.iloc[0]
    least = "at least " if row["price_at_most_gbp"] != row["price_at_least_gbp"] else ""
    return (
        (
            f"The dearest constraint, that {row['constraint']}, costs {least}",
            Bold(gbp(row["price_gbp"])),
            " in net present value.",
        ),
    )


def payback(found: PlanStudy) -> tuple[Sentence, ...]:
    """Say how long building takes under the yearly limit, and when it has paid back."""
    phasing = found.phasing
    if phasing.waves.empty:
        return ()
    year = phasing.break_even_year
    end = "by no year of the horizon" if year is None else f"by the end of year {year}"
    return (
        (
            f"With at most {gbp(phasing.capital_limit_gbp)} of one-off cost a year it is built in ",
            Bold(count(phasing.years, "year")),
            " and has paid back, in present value, ",
            Bold(end),
            ".",
        ),
    )


def scenarios(solved: ScenarioComparison) -> tuple[Sentence, ...]:
    """Say what each scenario's plan saves against today under its own costs, and what it breaks."""
    said: list[Sentence] = [
        (
            f"{row.scenario}: ",
            Bold(count(row.rooms, "room")),
            ", saves ",
            Bold(gbp(row.npv_saving_gbp)),
            f" ({share(row.npv_saving_share)}) against a room for every borough at its own costs.",
        )
        for row in solved.measures.itertuples()
    ]
    failed = solved.checks[~solved.checks["passed"]]
    said += [
        (f"{row.scenario} fails a required check: {row.check}.",) for row in failed.itertuples()
    ]
    if failed.empty:
        said.append(("Every plan passes the required checks.",))
    return tuple(said)


def scenario_rows(solved: ScenarioComparison) -> tuple[tuple[str, ...], ...]:
    """Return the scenarios as rows of a short text table."""
    return tuple(
        (
            row.scenario,
            number(row.rooms),
            number(row.posts),
            number(row.cost_gbp_per_year / 1e6, decimals=1),
            number(row.npv_gbp / 1e6),
            share(-row.npv_saving_share),
        )
        for row in solved.measures.itertuples()
    )


def robustness(run: ConsolidationRun, drawn: MonteCarlo) -> list[Sentence]:
    """Say how the saving varies with the costs, and which plan stands it best."""
    regret = drawn.regret.set_index("plan_id")
    best = regret.loc[run.plan.plan_id]
    said: list[Sentence] = [
        (
            "If each cost may lie anywhere in its range, the best plan saves between ",
            Bold(gbp(best["saving_p10_gbp"])),
            " and ",
            Bold(gbp(best["saving_p90_gbp"])),
            (
                f" (8 draws in 10; {gbp(best['saving_p50_gbp'])} in the middle), and saves at all "
                f"in {share(best['saves_share'])} of {number(best['draws'])} draws."
            ),
        )
    ]
    calm = regret[regret["allowed_share"] == 1].sort_values("max_regret_gbp").iloc[0]
    if calm.name != run.plan.plan_id and calm["max_regret_gbp"] < best["max_regret_gbp"]:
        said.append(
            (
                "A plan of ",
                Bold(count(calm["rooms"], "room")),
                " stands changes better: at worst it costs ",
                Bold(gbp(calm["max_regret_gbp"])),
                " more than the best plan of the draw, against ",
                gbp(best["max_regret_gbp"]),
                " for the plan above.",
            )
        )
    return said


def first_mergers(run: ConsolidationRun, near: Alternatives) -> Sentence:
    """Name the mergers that nearly every near-best plan makes, or the most frequent one."""
    names = run.boroughs["borough"]
    certain = near.first_mergers()
    if certain:
        told = [
            f"{listing([names[code] for code in codes])} ({share(joined)})"
            for codes, joined in certain
        ]
        return ("First mergers that nearly all of these make: ", Bold("; ".join(told)), ".")
    pairs = near.pairing()
    if pairs.empty:
        return ("No two boroughs share a room in any of these.",)
    top = pairs.iloc[0]
    return (
        "No merger is in nearly all of these; the most frequent joins ",
        Bold(f"{top['borough_a']} and {top['borough_b']}"),
        f" ({share(top['joined_share'])} of them).",
    )


def losers(sharing: Sharing) -> Sentence:
    """Say which boroughs pay more than alone if costs follow cameras, and what would keep them."""
    table = sharing.losers("cameras")
    if table.empty:
        return ("If costs follow cameras, no borough pays more than a room of its own would cost.",)
    told = listing([f"{row.borough} ({gbp(-row.gain_gbp)})" for row in table.itertuples()])
    return (
        "If costs follow cameras, ",
        Bold(told),
        " would pay more than alone over the horizon; discounts of ",
        gbp(float(table["discount_to_stay_gbp"].sum())),
        " would keep them in.",
    )


def proof(run: ConsolidationRun) -> Sentence:
    """Say how sure it is that no plan is better."""
    report = run.plan.report
    groups = f"{number(report.groups_considered)} possible groups"
    if report.status == "optimal":
        return ("This is ", Bold("proved best"), f" among all plans from {groups}.")
    if report.status == "feasible":
        return (
            f"It is within {share(report.gap_share)} of the best possible plan from {groups}; ",
            "the proof was stopped by the time limit.",
        )
    return ("This plan was given, not chosen by the model.",)


def plan_rows(run: ConsolidationRun) -> tuple[tuple[str, ...], ...]:
    """Return the plans as rows of a short text table."""
    return tuple(
        (
            row["label"],
            number(row["rooms"]),
            number(row["posts"]),
            number(row["cost_gbp_per_year"] / 1e6, decimals=1),
            number(row["npv_gbp"] / 1e6, decimals=0),
            share(-row["npv_saving_share"]),
            "proved best" if row["status"] == "optimal" else row["status"],
        )
        for row in run.table.to_dict("records")
    )


def area_rows(run: CoverageRun) -> tuple[tuple[str, ...], ...]:
    """Return the areas with most cameras as rows of a short text table."""
    top = run.coverage.sort_values("cameras", ascending=False).head(AREAS_SHOWN)
    return tuple(
        (
            str(row["area_name"]),
            number(row["cameras"]),
            area(row["covered_m2"]),
            share(row["covered_share"]),
            area(row["depth_2_m2"] + row["depth_3plus_m2"]),
            area(row["reach_m2"]),
        )
        for row in top.to_dict("records")
    )


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
