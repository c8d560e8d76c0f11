"""The chapter on technology: what each lever does to cost, quality and coverage."""

from __future__ import annotations

import pandas as pd

from maps.report import plots
from maps.report.content import Chapter
from maps.shell import wording
from maps.shell.cite import Cite, compare
from maps.shell.key_figures import Figures
from maps.shell.page import PageContext
from maps.shell.tables import Column, Table
from maps.shell.wording import Sentence

ALL = "all"


def technology_chapter(
    *,
    costs: pd.DataFrame,
    coverage: pd.DataFrame,
    levers: pd.DataFrame,
    figures: pd.DataFrame,
    outside: tuple[str, ...],
    context: PageContext,
    question: str = "",
) -> Chapter:
    """Say what technology would change.

    Parameters
    ----------
    costs, coverage, levers
        :mod:`sharedview.questions.technology.schemas`.
    figures
        :class:`coverage_model.base.key_figures.KeyFigures`.
    outside
        What is left out of the model, with the reason, as sentences.
    context
        Marking, date and sources of the figures.
    question
        What was asked.

    Returns
    -------
    Chapter
    """
    said = Figures("technology_figures", figures)
    alone = costs[costs["lever"] != ALL].sort_values("npv_change_gbp", kind="stable")
    about = plots.About(
        "technology",
        "What each technology does to the net present cost of the best plan",
        context,
        "Low and high end of every quantity it changes; re-optimised",
    )
    return Chapter(
        "Advancing technology",
        question=question,
        stats=(
            *((said.stat("together"),) if ALL in set(costs["lever"]) else ()),
            said.stat("most_saving"),
            said.stat("levers_saving"),
        ),
        sentences=(*cost_sentences(costs), *coverage_sentences(coverage), *outside),
        figures=(
            plots.swings_figure(
                pd.concat([alone, costs[costs["lever"] == ALL]]),
                about=about,
                label="label",
                low="npv_change_low_gbp",
                high="npv_change_high_gbp",
                middle="npv_change_gbp",
                base=0.0,
                say=plots.money,
                axis="Net present cost with the technology less without; left of the line it saves",
            ),
        ),
        tables=(
            cost_table(costs),
            *((coverage_table(coverage),) if len(coverage) else ()),
            lever_table(levers),
            said.rests_on(),
        ),
        limits=(
            wording.NEVER_SUMMED,
            (
                "Most of what a technology is taken to change is an assumption with a wide "
                "range: the table says which. Read the chart before the single figure."
            ),
            (
                "The share of events noticed counts operators and their monitors alone. What "
                "software notices by itself, or misses, is not in it."
            ),
            "What is bought is bought once in the horizon: kit that wears out sooner costs more.",
            "No benefit for crime is counted.",
            *unproved(costs),
        ),
    )


def unproved(costs: pd.DataFrame) -> tuple[str, ...]:
    """Name the technologies whose best plan was not proved within the nodes allowed."""
    stopped = costs.loc[costs["status"] == "feasible", "label"].tolist()
    if not stopped:
        return ()
    told = wording.listing(stopped)
    return (f"Not proved best within the effort allowed: {told}. A better plan may exist.",)


def finding(costs: pd.DataFrame, figures: pd.DataFrame) -> Sentence:
    """Say how many technologies save by themselves, and which does most."""
    said = Figures("technology_figures", figures)
    cite = Cite("technology_costs", costs, key="lever")
    alone = costs[costs["lever"] != ALL].sort_values("npv_change_gbp", kind="stable")
    lever, label = str(alone["lever"].iloc[0]), str(alone["label"].iloc[0])
    count = said.value("levers_saving")
    lead = "Technology: " if count else "Technology: none saves by itself; "
    saving = said.bold("levers_saving") if count else ""
    verb = "" if not count else " saves by itself; " if count == 1 else " save by themselves; "
    return (
        *(lead, saving, verb),
        "the largest saving is that of " if count else "the least cost is that of ",
        f"{label[:1].lower()}{label[1:]}, with net present cost ",
        *changed(cite, lever, bold=True),
        " (between ",
        *changed(cite, lever, "npv_change_low_gbp"),
        " and ",
        *changed(cite, lever, "npv_change_high_gbp"),
        ", mostly by assumption).",
    )


def cost_sentences(costs: pd.DataFrame) -> tuple[Sentence, ...]:
    """Say which lever saves most alone, which cost, and what all do together."""
    cite = Cite("technology_costs", costs, key="lever")
    alone = costs[costs["lever"] != ALL].sort_values("npv_change_gbp", kind="stable")

    def change(lever: str) -> Sentence:
        return changed(cite, lever, bold=True)

    def ends(lever: str) -> Sentence:
        return (
            " (between ",
            *changed(cite, lever, "npv_change_low_gbp"),
            " and ",
            *changed(cite, lever, "npv_change_high_gbp"),
            ")",
        )

    said: list[Sentence] = []
    for row in alone.itertuples():
        lever = str(row.lever)
        unsure = row.npv_change_low_gbp < 0 < row.npv_change_high_gbp
        said.append(
            (
                f"{row.label}: net present cost ",
                *change(lever),
                *ends(lever),
                "; whether it pays depends on the assumptions." if unsure else ".",
                *detection(cite, lever),
            )
        )
    if ALL in set(costs["lever"]):
        said.append(
            (
                "All together, of radio and own fibre only the cheaper: net present cost ",
                *change(ALL),
                *ends(ALL),
                ". Together they do not add up to the sum of each alone.",
            )
        )
    return tuple(said)


def detection(cite: Cite, lever: str) -> Sentence:
    """Say what becomes of detection, where it moves by a point or more."""
    moved = float(cite.value(lever, "detection_change"))
    if not abs(moved) >= 0.01:
        return ()
    return (
        " Operators would notice ",
        cite.quoted(lever, "detection_share", wording.share),
        " of events while they watch, ",
        cite.quoted(lever, "detection_change", lambda value: wording.share(abs(value))),
        " of events ",
        compare(cite.quoted(lever, "detection_change"), 0.0, more="more than", less="fewer than"),
        " without.",
    )


def changed(
    cite: Cite, lever: str, column: str = "npv_change_gbp", *, bold: bool = False
) -> Sentence:
    """Say a change of cost: how much, and which way."""
    quote = cite.bold if bold else cite.quoted
    figure = quote(lever, column, lambda value: wording.gbp(abs(value)))
    way = compare(figure, 0.0, more="higher", less="lower", same="unchanged")
    return (figure, " ", way) if way.way else (way,)


def coverage_sentences(coverage: pd.DataFrame) -> tuple[Sentence, ...]:
    """Say how much more ground is seen at each level."""
    cite = Cite("technology_coverage", coverage, key=("lever", "level"))
    said: list[Sentence] = []
    for row in coverage.itertuples():
        key = (str(row.lever), str(row.level))
        verb = "would see" if row.gain_m2 >= 0 else "would lose"
        known = row.seen_before_m2 > 0
        said.append(
            (
                f"{row.label} {verb} ",
                cite.bold(key, "gain_m2", lambda value: wording.area(abs(value))),
                f" {'more ' if row.gain_m2 >= 0 else ''}at the level {row.level}",
                *((" (", cite.quoted(key, "gain_share", wording.share), ")") if known else ()),
                ", at the same places.",
            )
        )
    return tuple(said)


def cost_table(costs: pd.DataFrame) -> Table:
    """Return the levers with cost and quality."""
    return Table(
        "technology_costs",
        "The best plan with each technology; changes are against the best plan without it",
        costs,
        (
            Column("label", "Technology", numeric=False),
            Column("rooms", "Rooms", wording.number),
            Column("posts", "Operators on duty", wording.number),
            Column("cost_gbp_per_year", "Cost a year", wording.gbp),
            Column("npv_change_gbp", "Change of net present cost", wording.gbp),
            Column("npv_change_low_gbp", "At its cheapest", wording.gbp),
            Column("npv_change_high_gbp", "At its dearest", wording.gbp),
            Column("detection_share", "Events noticed", wording.share),
        ),
        note="What is bought is spread over the horizon and part of the cost a year.",
    )


def coverage_table(coverage: pd.DataFrame) -> Table:
    """Return what the levers that change views would see."""
    return Table(
        "technology_coverage",
        "Ground seen with other cameras at the same places",
        coverage,
        (
            Column("label", "Technology", numeric=False),
            Column("level", "Level", numeric=False),
            Column("seen_before_m2", "Seen now", wording.area),
            Column("seen_m2", "Seen with it", wording.area),
            Column("gain_m2", "Gain", wording.area),
            Column("gain_share", "Gain as a share", wording.share),
        ),
    )


def lever_table(levers: pd.DataFrame) -> Table:
    """Return what each lever was taken to change, with sources."""
    shown = levers.assign(what=levers["quantity"].str.replace("_", " ").str.replace("gbp", "£"))
    return Table(
        "technology_levers",
        "What each technology is taken to change",
        shown,
        (
            Column("label", "Technology", numeric=False),
            Column("what", "Quantity", numeric=False),
            Column("operation", "How", numeric=False),
            Column("value", "Value", lambda value: f"{value:,g}"),
            Column("low", "Low", lambda value: f"{value:,g}"),
            Column("high", "High", lambda value: f"{value:,g}"),
            Column("mark", "Mark", numeric=False),
            Column("source", "Source", numeric=False),
        ),
        sortable=False,
    )
