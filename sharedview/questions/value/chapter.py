"""The chapter about the value for money of monitoring."""

from __future__ import annotations

from maps.report import plots
from maps.report.content import Chapter
from maps.report.sheets import Drawing
from maps.shell import wording
from maps.shell.key_figures import Figures
from maps.shell.page import PageContext
from maps.shell.tables import Column, Table
from sharedview.questions.value import chapter_words as words
from sharedview.questions.value.chapter_words import lower, of_plan, rounded
from sharedview.questions.value.results import MonitoringValue

ROWS_SHOWN = 20
STATS = ("monitoring_cost", "benefit_if", "ratio_if", "break_even")


def value_chapter(*, found: MonitoringValue, context: PageContext, question: str = "") -> Chapter:
    """Say what monitoring costs, what it may be worth, and how its hours are used best.

    Parameters
    ----------
    found
        From :func:`sharedview.questions.value.study.monitoring_value`.
    context
        For marking, date and sources of the figures.
    question
        What was asked.

    Returns
    -------
    Chapter
    """
    figures = Figures("value_figures", found.figures)
    sentences = (
        words.cost_sentence(found),
        *words.unit_sentences(found),
        words.credit_sentence(found),
        words.benefit_sentence(found),
        words.break_even_sentence(found),
        *words.ways_sentences(found),
        words.investigations_sentence(found),
        *words.sharing_sentences(found),
        *words.hours_sentences(found),
        *words.reinvest_sentences(found),
    )
    return Chapter(
        "Value for money of monitoring",
        question=question,
        stats=tuple(map(figures.stat, STATS)),
        sentences=sentences,
        figures=drawings(found, context),
        tables=(
            options_table(found),
            rooms_table(found),
            effects_table(found),
            break_even_table(found),
            operator_hours_table(found),
            crime_types_table(found),
            figures.rests_on(),
        ),
        limits=words.limits(found),
    )


def drawings(found: MonitoringValue, context: PageContext) -> tuple[Drawing, ...]:
    """Draw what is known."""
    known = of_plan(found, found.options)["benefit_cost_ratio"].notna().any()
    hours = hours_figure(found, context)
    return (ratio_figure(found, context), hours) if known else (hours,)


def ratio_figure(found: MonitoringValue, context: PageContext) -> Drawing:
    """Draw the benefit for each pound by way of monitoring."""
    rows = of_plan(found, found.options)
    about = plots.About(
        "value_ratio", "Benefit for each pound of watching, if watching prevents crime", context
    )
    return plots.bars_figure(
        rows[rows["option"] != "passive"],
        about=about,
        label="option_label",
        value="benefit_cost_ratio",
        low="ratio_p10",
        high="ratio_p90",
        say=wording.ratio,
        axis="Pounds of crime avoided for each pound; lines: one draw of ten lies beyond each end",
    )


def hours_figure(found: MonitoringValue, context: PageContext) -> Drawing:
    """Draw what one more operator hour is worth beside what it costs."""
    about = plots.About("value_hours", "Worth of one more operator hour at the best use", context)
    lines = {"marginal_gbp_per_hour": "worth at the measured effect"}
    if found.uses.curve["cost_gbp_per_hour"].notna().all():
        lines["cost_gbp_per_hour"] = "cost"
    return plots.curve_figure(
        found.uses.curve,
        about=about,
        x="hours_share",
        lines=lines,
        axes_labels=("Operator hours over those of the plan", "£ an hour"),
        say=(wording.share, plots.money),
        marked={1.0: "the plan"},
    )


def options_table(found: MonitoringValue) -> Table:
    """Return the ways of monitoring beside each other, for the plan and for today's rooms."""
    return Table(
        "value_options",
        "Ways of monitoring, all rooms together; benefits are an if",
        found.options,
        (
            Column("plan", "Plan", numeric=False),
            Column("option_label", "Monitoring", numeric=False),
            Column("posts", "Operators on duty", wording.number),
            Column("noticed_share", "Events noticed", wording.share),
            Column("monitoring_gbp_per_year", "Cost over recording", wording.gbp),
            Column("benefit_gbp_per_year", "Benefit at the measured effect", wording.gbp),
            Column("benefit_cost_ratio", "For each £", wording.ratio),
            Column("gbp_per_noticed_crime", "£ a crime noticed", wording.number),
        ),
        sortable=False,
    )


def rooms_table(found: MonitoringValue) -> Table:
    """Return the plan's rooms under the way of monitoring of most interest."""
    rows = of_plan(found, found.rooms)
    label = str(rows.loc[rows["option"] == found.lead, "option_label"].iloc[0])
    return Table(
        "value_rooms",
        f"Rooms of the plan, {lower(label)}",
        rows[rows["option"] == found.lead],
        (
            Column("room_borough", "Room", numeric=False),
            Column("boroughs", "Boroughs", wording.number),
            Column("crimes_in_view_per_year", "Crimes in view", rounded),
            Column("noticed_share", "Events noticed", wording.share),
            Column("monitoring_gbp_per_year", "Cost over recording", wording.gbp),
            Column("benefit_gbp_per_year", "Benefit at the measured effect", wording.gbp),
            Column("benefit_cost_ratio", "For each £", wording.ratio),
            Column("break_even_effect_share", "Effect that pays", _effect),
        ),
        note="Every room's crime in view follows from the share in view; no league table.",
    )


def effects_table(found: MonitoringValue) -> Table:
    """Return what the effects that reviews found would be worth."""
    return Table(
        "value_effects",
        "What each effect found by reviews would be worth in the plan",
        found.effects,
        (
            Column("setting", "Setting", numeric=False),
            Column("effect_share", "Crime prevented", wording.share),
            Column("benefit_gbp_per_year", "Benefit at the measured effect", wording.gbp),
            Column("benefit_cost_ratio", "For each £", wording.ratio),
            Column("mark", "Mark", numeric=False),
            Column("source", "Source", numeric=False),
        ),
        sortable=False,
    )


def break_even_table(found: MonitoringValue) -> Table:
    """Return the break-even of each way of monitoring under each way of counting."""
    return Table(
        "value_break_even",
        "Effect that would pay for the watching, by what is counted",
        of_plan(found, found.break_even),
        (
            Column("counting_label", "Counted", numeric=False),
            Column("option_label", "Monitoring", numeric=False),
            Column("harm_in_view_gbp_per_year", "Cost of crime in view", wording.gbp),
            Column("break_even_effect_share", "Effect that pays", _effect),
        ),
        sortable=False,
    )


def operator_hours_table(found: MonitoringValue) -> Table:
    """Return where and when operator hours would change most."""
    frame = found.uses.allocation
    order = frame["change_hours_per_year"].abs().sort_values(ascending=False, kind="stable").index
    return Table(
        "value_operator_hours",
        "Operators on duty as planned and at the best use of the same hours, largest changes",
        frame.loc[order].head(ROWS_SHOWN),
        (
            Column("room_borough", "Room", numeric=False),
            Column("block_label", "Time", numeric=False),
            Column("crimes_in_view_per_year", "Crimes in view", rounded),
            Column("operators_planned", "Planned", _one_decimal),
            Column("operators_best", "Best", _one_decimal),
            Column("change_hours_per_year", "Hours a year", wording.number),
        ),
        note="" if len(frame) <= ROWS_SHOWN else "The other rows are in the CSV file.",
        sortable=False,
    )


def crime_types_table(found: MonitoringValue) -> Table:
    """Return how types of crime are mapped to unit costs."""
    frame = found.crime_types
    counted = frame["counted"].map({True: "yes", False: "no"})
    return Table(
        "value_crime_types",
        "Crime by type, what a crime costs society, and what is counted",
        frame.assign(is_counted=counted),
        (
            Column("label", "Crime", numeric=False),
            Column("share_of_crime", "Share of crime", wording.share),
            Column("unit_cost_gbp", "£ a crime", wording.number),
            Column("unit_cost_low_gbp", "Lower set", wording.number),
            Column("unit_cost_high_gbp", "Higher set", wording.number),
            Column("is_counted", "Counted", numeric=False),
        ),
        sortable=False,
    )


def _effect(value: float) -> str:
    """Write an effect that would pay; none can be more than all."""
    return "none" if value > 1 else wording.share(value)


def _one_decimal(value: float) -> str:
    return wording.number(value, decimals=1)
