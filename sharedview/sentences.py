"""The findings in plain words, generated from the frames: each number is in a table too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from maps.service import service_sentences
from maps.shell.cite import Cite, compare
from maps.shell.key_figures import Figures
from maps.shell.wording import (
    Bold,
    Quoted,
    Sentence,
    area,
    count,
    gbp,
    listing,
    number,
    share,
)
from maps.trades import trade_sentences
from optimisation.comparison import ScenarioComparison
from optimisation.monte_carlo import MonteCarlo
from optimisation.near_best import Alternatives
from optimisation.sharing import Sharing
from sharedview import headlines
from sharedview.plan_study import MOST_MOVED, PlanStudy
from sharedview.runs import ConsolidationRun, CoverageRun

PLAN_COLUMNS = (
    "Plan",
    "Rooms",
    "Posts",
    "£m a year",
    "Saving £m: middle",
    "eight of ten",
    "saves in",
    "mean £m: councils",
    "police",
    "both",
    "Proof",
)
BUDGETS = ("councils", "police", "both")
SCENARIO_COLUMNS = ("Scenario", "Rooms", "Posts", "£m a year", "£m present", "Against own today")
AREA_COLUMNS = ("Area", "Cameras", "Covered", "Share", "Seen by 2+", "Reach only")
AREAS_SHOWN = 12


def coverage_summary(run: CoverageRun) -> dict[str, Any]:
    """Return the headline figures of coverage by name, for machines."""
    frame = headlines.coverage_figures(run)
    values = dict(zip(frame["figure"], frame["value"].astype(float), strict=True))
    counts = ("areas", "cameras_read", "cameras_outside_areas")
    return {"level": run.level.name, **values, **{name: int(values[name]) for name in counts}}


def coverage(run: CoverageRun) -> tuple[Sentence, ...]:
    """Say what the cameras see, what is shared, and how sure that is."""
    figures = Figures("coverage_figures", headlines.coverage_figures(run))
    illustrative = bool(run.cameras.frame["illustrative"].any())
    kind = "illustrative cameras" if illustrative else "cameras"
    stand: Sentence = (" stand in ", figures.quoted("areas", say=lambda n: count(n, "area")), "; ")
    if (around := run.surroundings) is not None:
        stand = (f" stand in {listing(around.area_names)}; ",)
    found: list[Sentence] = [
        (
            figures.bold("cameras", say=lambda value: f"{number(value)} {kind}"),
            *stand,
            figures.bold("cameras_with_view", say=number),
            " have a known or assumed view and ",
            figures.bold("cameras_reach_only", say=number),
            " turn or have no known heading, so only their reach is known.",
        ),
        (
            f"At level {run.level.name}, for {run.target.words} (",
            figures.quoted("px_per_m", say=lambda value: f"{value:g} pixels a metre"),
            ") the views cover ",
            figures.bold("covered_m2"),
            ", ",
            figures.bold("covered_share"),
            " of the ground; the reach of the others is ",
            figures.quoted("reach_m2"),
            " and is not counted as coverage.",
        ),
    ]
    if around is not None:
        found.insert(
            1,
            (
                "Of the ground around them (",
                figures.quoted("surroundings_m2"),
                ": their convex hull and 100 m), the views at level ",
                f"{run.level.name} cover ",
                figures.bold("surroundings_covered_share"),
                ".",
            ),
        )
    if figures.value("cameras_unknown_owner"):
        alone: Sentence = ()
        if figures.value("covered_m2"):
            alone = ("; they alone see ", figures.quoted("unknown_owner_only_share"),
                     " of the covered ground")  # fmt: skip
        found.append(
            (
                "The owner of ",
                figures.bold("cameras_unknown_owner", say=lambda n: count(n, "camera")),
                " is unknown, so whether they are public or private cannot be said",
                *alone,
                ".",
            )
        )
    if (
        figures.value("covered_m2")
        and figures.value("cameras_private")
        and figures.value("cameras_public")
    ):
        found.append(
            (
                "Of the covered ground, ",
                figures.bold("public_only_share"),
                " is seen by public cameras only, ",
                figures.bold("private_only_share"),
                " by private ones only, and ",
                figures.bold("both_share_of_covered"),
                " by both.",
            )
        )
    if run.demand is not None:
        found.append(
            (
                figures.bold("demand_covered_share"),
                " of the demand (",
                figures.quoted("demand_covered_weight", say=number),
                " of ",
                figures.quoted("demand_weight", say=number),
                " by weight) lies in view.",
            )
        )
    if figures.value("cameras_outside_areas"):
        found.append(
            (
                figures.quoted(
                    "cameras_outside_areas",
                    say=lambda n: count(n, "camera stands", "cameras stand"),
                ),
                " outside every area.",
            )
        )
    if run.obstacles is None:
        found.append(
            ("No building layer was given: plain cones overstate what is seen in dense streets.",)
        )
    return tuple(found)


def consolidation(run: ConsolidationRun) -> tuple[Sentence, ...]:
    """Say what today costs, what the best plan saves, what proves it, and what others do."""
    return (*best_plan(run), *other_plans(run))


def headline(run: ConsolidationRun) -> Sentence:
    """Return the one sentence that console, pages and report begin with.

    It holds the plan, the middle of its saving, the range of eight draws in ten, the chance that
    it saves at all, what it is measured against, and what is proved: whoever quotes it quotes the
    range too.
    """
    figures = Figures("plan_figures", headlines.plan_figures(run))
    return (
        "The plan given has " if run.plan.plan_id == "given" else "The best plan has ",
        figures.bold("rooms", say=lambda value: count(value, "control room")),
        " where today has ",
        figures.quoted("rooms_today", say=number),
        ", and over ",
        figures.quoted("horizon_years", say=lambda value: count(value, "year")),
        " it ",
        compare(figures.quoted("saving_gbp"), 0.0, more="saves", less="loses", same="saves"),
        " ",
        figures.bold("saving_gbp", say=lambda value: gbp(abs(value))),
        " in net present value, ",
        *(("councils’ and police’s money together, ",) if run.scenario.count_police_time else ()),
        *_building(figures),
        ": the middle of ",
        figures.quoted("saving_draws", say=number),
        " draws of the costs (a saving of ",
        figures.bold("saving_gbp", "low"),
        " to ",
        figures.bold("saving_gbp", "high"),
        " in eight of ten; it saves in ",
        figures.bold("saves_share"),
        " of them); ",
        *_proof_words(run),
        ".",
    )


def _building(figures: Figures) -> tuple[str | Bold | Quoted, ...]:
    """Say over how many years a plan is built."""
    if figures.value("build_years") <= 1:
        return ("built at once",)
    years = figures.quoted("build_years", say=lambda value: count(value, "year"))
    return ("built evenly over ", years)


def _proof_words(run: ConsolidationRun) -> tuple[str | Bold | Quoted, ...]:
    """Say how sure it is that no plan is better, as the end of a sentence."""
    status, aim = run.plan.report.status, _aim(run)
    if status == "optimal":
        end = " of all plans that the scenario allows"
        return ("it is ", Bold("proved best"), " in ", *aim, end)
    if status == "feasible":
        if run.chosen is not None:
            most = gbp(run.chosen.certificate.gap_gbp)
            other = f": another may be {most} better"
            return ("it is ", Bold("not proved best"), " in ", *aim, other)
        gap = Cite("plans", run.table, key="plan_id").quoted(run.plan.plan_id, "gap_share", share)
        return (
            "it is ",
            Bold("not proved best"),
            " in ",
            *aim,
            ": another may be ",
            gap,
            " better",
        )
    return ("it was given, not chosen by the model",)


def _aim(run: ConsolidationRun) -> tuple[str | Quoted, ...]:
    """Say what a plan is best at; the number of its draws is quoted."""
    aim = run.plan.report.objective
    figures = Figures("plan_figures", headlines.plan_figures(run))
    if run.chosen is None:
        return (aim,)
    before, draws, after = aim.partition(f"{len(run.chosen.drawn):,} draws")
    if not draws:
        return (aim,)
    return (before, figures.quoted("chosen_draws", say=lambda n: f"{number(n)} draws"), after)


def budgets(run: ConsolidationRun) -> tuple[Sentence, ...]:
    """Say what the best plan does to each budget; nothing where no recorded crimes are known."""
    frame, one = run.savings.frame(), run.plan.plan_id
    cite = Cite("plan_savings", frame, key="plan_id")
    if pd.isna(cite.value(one, "police_mean_gbp")):
        return ()

    def amount(budget: str) -> Sentence:
        column = f"{budget}_mean_gbp"
        way = compare(cite.quoted(one, column), 0.0, more="save", less="lose", same="save")
        return (way, " ", cite.bold(one, column, lambda value: gbp(abs(value))))

    counted = run.scenario.count_police_time
    chosen = "both" if counted else "the councils’ money alone (count_police_time is not set)"
    return (
        (
            "By budget, on average over those draws: the councils ",
            *amount("councils"),
            ", the police (officers’ ways to the rooms for footage) ",
            *amount("police"),
            ", and both together ",
            *amount("both"),
            "." if run.plan.plan_id == "given" else f"; the plan was chosen for {chosen}.",
        ),
    )


def best_plan(run: ConsolidationRun) -> tuple[Sentence, ...]:
    """Say the headline, whose money it is, what today and the plan cost, and what the proof is."""
    figures = Figures("plan_figures", headlines.plan_figures(run))
    return (
        headline(run),
        *budgets(run),
        (
            "Today’s ",
            figures.quoted("rooms_today", say=lambda value: count(value, "control room")),
            ", for ",
            figures.quoted("boroughs", say=lambda value: count(value, "borough")),
            ", cost ",
            figures.bold("today_gbp_per_year"),
            " as modelled (",
            figures.quoted("today_gbp_per_camera", say=gbp),
            " a camera).",
        ),
        (
            "Once built, the plan would cost ",
            figures.bold("cost_gbp_per_year"),
            " at the costs as given, after ",
            figures.quoted("one_off_gbp"),
            " of one-off cost.",
        ),
        proof(run),
    )


def other_plans(run: ConsolidationRun) -> tuple[Sentence, ...]:
    """Say what each reference plan saves against today, valued as the plan of the headline is."""
    cite = Cite("plan_savings", run.savings.frame(), key="plan_id")
    found: list[Sentence] = []
    for plan in run.plans:
        if plan.plan_id in (run.plan.plan_id, "today"):
            continue
        one = plan.plan_id
        found.append(
            (
                f"{plan.label}{' (breaks a limit of the scenario)' if plan.broken else ''}: ",
                cite.quoted(one, "rooms", lambda value: count(value, "room")),
                ", ",
                compare(cite.bold(one, "saving_p50_gbp"), 0.0, more="saves", less="loses",
                        same="saves"),
                " ",
                cite.bold(one, "saving_p50_gbp", lambda value: gbp(abs(value))),
                " against today in the middle (a saving of ",
                cite.quoted(one, "saving_p10_gbp", gbp),
                " to ",
                cite.quoted(one, "saving_p90_gbp", gbp),
                " in eight of ten draws; it saves in ",
                cite.quoted(one, "saves_share", share),
                ").",
            )
        )  # fmt: skip
    return tuple(found)


def places(run: ConsolidationRun) -> tuple[Sentence, ...]:
    """Say which files the sites and distances come from, where any were given."""
    inputs = run.inputs
    said: list[Sentence] = []
    if inputs is not None and inputs.sites is not None:
        log = inputs.sites.log
        given = count(log.items_read, "borough has", "boroughs have")
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
    if found.outlook is not None:
        said += [(told,) for told in found.outlook.sentences]
    ranked = "At the values as stated" if run.chosen is None else "In expected cost, as built"
    said.append((f"{ranked}, among all plans: {found.near.sentence}",))
    said.append(first_mergers(run, found.near))
    if found.small_step is not None:
        saving = run.valued(run.today).npv_gbp - found.small_step.npv_gbp
        average = "" if run.chosen is None else " on average over the draws that chose it"
        said.append(
            (
                f"The best plan that moves at most {count(MOST_MOVED, 'borough')} has ",
                Bold(count(found.small_step.room_count, "room")),
                " and saves ",
                Bold(gbp(saving)),
                f"{average}, proved best of its kind.",
            )
        )
    for each in found.trades:
        said += trade_sentences(each, steps=2)
    if found.service is not None and found.service.trade.points:
        served = found.service
        today = served.today(run.today)
        said += service_sentences(served.trade, served.frame(), today=today, steps=2)
    said += [*dearest(found), *payback(found), losers(found.sharing)]
    subsidy = found.sharing.subsidy_gbp
    if found.sharing.core_is_empty:
        said.append(
            (
                (
                    "At these values no charge makes every group of boroughs content to stay "
                    "without help from "
                    "outside; "
                ),
                Bold(gbp(subsidy)),
                " over the horizon is the least that does.",
            )
        )
    else:
        told = "there is a charge under which no group of boroughs gains by leaving."
        said.append((f"At these values {told}",))
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
            " in net present value, at the values as stated and built at once.",
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
            f"With {gbp(phasing.capital_limit_gbp)} of one-off cost a year, all rooms stand after ",
            Bold(count(phasing.years, "year")),
            "; at the values as stated it has paid back, in present value, ",
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
            f" ({share(row.npv_saving_share)}) against the rooms of today at its own costs",
            "." if row.counts == "councils" else ", those of councils and police together.",
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
    """Say in how many draws the plan saves, and which plans stand changes of the costs better."""
    regret = drawn.regret.set_index("plan_id")
    best = regret.loc[run.plan.plan_id]
    said: list[Sentence] = []
    allowed = regret[regret["allowed_share"] == 1]
    calm = allowed[allowed["max_regret_gbp"] < best["max_regret_gbp"] - 1]
    if not calm.empty:
        few, many = int(calm["rooms"].min()), int(calm["rooms"].max())
        rooms = count(few, "room") if few == many else f"{few} to {count(many, 'room')}"
        said.append(
            (
                "Of the plans looked at, those of ",
                Bold(rooms),
                " stand changes better: at worst they cost ",
                Bold(gbp(float(calm["max_regret_gbp"].min()))),
                " or more above the best plan of the draw, against ",
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
    host = {code: site for site, codes in near.table.setting.today.items() for code in codes}
    pairs = pairs[pairs["borough_code_a"].map(host) != pairs["borough_code_b"].map(host)]
    if pairs.empty:
        return ("No two boroughs with rooms of their own share one in any of these.",)
    top = pairs.iloc[0]
    return (
        "No new merger is in nearly all of these; the most frequent joins ",
        Bold(f"{top['borough_a']} and {top['borough_b']}"),
        f" ({share(top['joined_share'])} of them).",
    )


def losers(sharing: Sharing) -> Sentence:
    """Say which boroughs pay more than alone if costs follow cameras, and what would keep them."""
    table = sharing.losers("cameras")
    if table.empty:
        told = "no borough pays more than a room of its own would cost."
        return (f"At the values as stated and built at once, if costs follow cameras, {told}",)
    told = listing([f"{row.borough} ({gbp(-row.gain_gbp)})" for row in table.itertuples()])
    return (
        "At the values as stated and built at once, if costs follow cameras, ",
        Bold(told),
        " would pay more than alone over the horizon; discounts of ",
        gbp(float(table["discount_to_stay_gbp"].sum())),
        " would keep them in.",
    )


def proof(run: ConsolidationRun) -> Sentence:
    """Say how sure it is that no plan is better."""
    cite = Cite("plans", run.table, key="plan_id")
    plan_id, status = run.plan.plan_id, run.plan.report.status
    groups = cite.quoted(plan_id, "groups_considered", lambda n: f"{number(n)} possible groups")
    if status == "optimal":
        aim = () if run.chosen is None else (" in ", *_aim(run))
        return ("This is ", Bold("proved best"), *aim, " among all plans from ", groups, ".")
    if status == "feasible":
        gap = cite.quoted(plan_id, "gap_share", share)
        return (
            *("It is within ", gap, " of the best possible plan from ", groups),
            "; the proof was stopped at its limit.",
        )
    return ("This plan was given, not chosen by the model.",)


def plan_rows(run: ConsolidationRun) -> tuple[tuple[str, ...], ...]:
    """Return the plans as rows of a short text table; savings are of the plans as built."""
    rows = run.table.merge(run.savings.frame().drop(columns=["label", "rooms", "breaks"]))
    return tuple(
        (
            row["label"],
            number(row["rooms"]),
            number(row["posts"]),
            number(row["cost_gbp_per_year"] / 1e6, decimals=1),
            millions(row["saving_p50_gbp"]),
            f"{millions(row['saving_p10_gbp'])} to {millions(row['saving_p90_gbp'])}",
            share(row["saves_share"]),
            *(millions(row[f"{budget}_mean_gbp"]) for budget in BUDGETS),
            "proved best" if row["status"] == "optimal" else _given(row),
        )
        if row["plan_id"] != "today"
        else (
            row["label"],
            number(row["rooms"]),
            number(row["posts"]),
            number(row["cost_gbp_per_year"] / 1e6, decimals=1),
            "0",
            *[""] * 5,
            str(row["status"]),
        )
        for row in rows.to_dict("records")
    )


def millions(pounds: float) -> str:
    """Write pounds in millions to a tenth; nothing where they are not known."""
    return "" if pd.isna(pounds) else number(pounds / 1e6, decimals=1)


def _given(row: dict[str, Any]) -> str:
    """Say of a plan that was not chosen whether it keeps to the scenario."""
    return f"{row['status']}, breaks a limit" if row["breaks"] else str(row["status"])


def area_rows(run: CoverageRun) -> tuple[tuple[str, ...], ...]:
    """Return the areas with most cameras as rows of a short text table."""
    some = run.coverage[["cameras", "covered_m2", "reach_m2"]].gt(0).any(axis=1)
    first = run.coverage[some].sort_values("cameras", ascending=False, kind="stable")
    top = first.head(AREAS_SHOWN)
    left = len(run.coverage) - len(top)
    words = count(left, "more area") + (
        "" if len(first) > len(top) else " without a camera or a view"
    )
    rest = ((words, *[""] * (len(AREA_COLUMNS) - 1)),) if left else ()
    rows = tuple(
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
    return rows + rest
