"""What the chapter about monitoring says: sentences whose words follow the numbers."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from maps.shell import wording
from maps.shell.cite import Cite, compare
from maps.shell.key_figures import Figures
from maps.shell.wording import Quoted, Sentence
from sharedview.questions.value.results import MonitoringValue

COUNTED = {"property": "property crime", "all": "crime with a unit cost"}
COUNTED_IN_VIEW = {
    "property": "property crime in view",
    "all": "crime in view that has a unit cost",
}
EQUAL_SHARE, LEAST_GBP = 0.0005, 0.5
NEVER_PAYS = (
    "Even if close watching prevented all of that crime, it would not pay for itself at the "
    "working values."
)
SECONDARY = (
    "The effect is that of schemes in reviews against areas without cameras, read in secondary "
    "sources. Recording alone is shown with none."
)
PRICES = (
    "Unit costs are in prices of their own year and are not brought to today’s, so benefits are "
    "on the low side of costs. When crime happens, and what analytics do, are assumptions."
)


def finding(found: MonitoringValue) -> Sentence:
    """Say in one sentence what watching costs and what would pay for it."""
    figures = Figures("value_figures", found.figures)
    start = (*cost_sentence(found)[:-1], "; no benefit for crime is credited")
    if figures.value("credited") > 0:
        start = (*cost_sentence(found)[:-1],)
    if not 0 < figures.value("break_even") <= 1:
        return (*start, ".")
    return (
        *start, ", and close watching would have to prevent ", figures.bold("break_even"),
        " of ", COUNTED_IN_VIEW[found.choices.crimes], " to pay for it.",
    )  # fmt: skip


def cost_sentence(found: MonitoringValue) -> Sentence:
    """Say what watching costs over recording alone."""
    figures = Figures("value_figures", found.figures)
    return (
        "Watching the cameras of “", _plan(found), "” ", _way(found), " costs ",
        figures.bold("monitoring_cost"), " more than recording alone",
        *_draws(figures, "monitoring_cost"), ".",
    )  # fmt: skip


def credit_sentence(found: MonitoringValue) -> Sentence:
    """Say what a plan is credited with."""
    figures = Figures("value_figures", found.figures)
    if figures.value("credited") > 0:
        return ("The scenario credits the plan with ", figures.bold("credited"),
                " of crime avoided.")  # fmt: skip
    return ("No plan is credited with a benefit for crime; what follows is shown as an if.",)


def benefit_sentence(found: MonitoringValue) -> Sentence:
    """Say what watching would be worth if it had the effect of the reviews."""
    figures = Figures("value_figures", found.figures)
    if not math.isfinite(figures.value("benefit_if")):
        return ("What watching would be worth is not known: no crime is known where it watches.",)
    start: Sentence = (
        "If close watching prevents ", figures.bold("effect"), " of crime in view",
        *_span(figures, "effect"), ", and thinner watching less as operators notice less, ",
        COUNTED[found.choices.crimes], " worth ", figures.bold("benefit_if"),
        " would be avoided", *_draws(figures, "benefit_if"), ", in prices of ",
        _price_year(found),
    )  # fmt: skip
    if not math.isfinite(figures.value("ratio_if")):
        return (*start, ".")
    middle: Sentence = (", which is ", figures.bold("ratio_if", say=_pounds),
                        " for each pound of watching")  # fmt: skip
    if not math.isfinite(figures.value("exceeds")):
        return (*start, *middle, ".")
    share = figures.value("exceeds")
    draws: Sentence
    if share == 0:
        draws = ("; it exceeds the cost in none of the draws.",)
    elif share == 1:
        draws = ("; it exceeds the cost in all of the draws.",)
    else:
        draws = ("; it exceeds the cost in ", figures.bold("exceeds"), " of the draws.")
    return (*start, *middle, *draws)


def break_even_sentence(found: MonitoringValue) -> Sentence:
    """Say which effect would pay for the watching, and how the counting moves it."""
    figures = Figures("value_figures", found.figures)
    least = figures.value("break_even")
    if not math.isfinite(least):
        return ("No effect can be named that would pay for the watching.",)
    if least > 1:
        return (NEVER_PAYS,)
    held = compare(figures.bold("break_even"), figures.bold("effect"), same="just")
    start: Sentence = (
        "Watching would pay for itself if close watching prevented ", figures.bold("break_even"),
        " of it, ", held, " the ", figures.quoted("effect"), " above",
    )  # fmt: skip
    cite = Cite("value_break_even", found.break_even, key=("plan_id", "option", "counting"))
    row = (found.plan_ids[0], found.lead, "all_or_30_05")
    asked = found.choices
    value = float(cite.value(row, "break_even_effect_share"))
    if (asked.crimes, asked.unit_costs) == ("all", "or_30_05") or not 0 < value <= 1:
        return (*start, ".")
    return (
        *start, "; with all crime that has a unit cost in the older set counted, ",
        cite.bold(row, "break_even_effect_share", wording.share), " would do.",
    )  # fmt: skip


def ways_sentences(found: MonitoringValue) -> tuple[Sentence, ...]:
    """Say which way of monitoring gives most for a pound, if several can be compared."""
    rows = of_plan(found, found.options)
    rows = rows[rows["benefit_cost_ratio"].notna()].sort_values(
        "benefit_cost_ratio", ascending=False, kind="stable"
    )
    if len(rows) < 2:
        return ()
    cite = Cite("value_options", found.options, key=("plan_id", "option"))
    best, worst = (tuple(rows.iloc[n][["plan_id", "option"]]) for n in (0, -1))
    top, bottom = (float(cite.value(row, "benefit_cost_ratio")) for row in (best, worst))
    if top == bottom:
        return (("All ways of watching give the same for each pound.",),)
    return (
        (
            "Of the ways compared, “", cite.quoted(best, "option_label", lower),
            "” would give most for each pound, ",
            cite.bold(best, "benefit_cost_ratio", _pounds), ", and “",
            cite.quoted(worst, "option_label", lower), "” least, ",
            cite.bold(worst, "benefit_cost_ratio", _pounds), ".",
        ),
    )  # fmt: skip


def investigations_sentence(found: MonitoringValue) -> Sentence:
    """Say what recorded images may do for investigations, apart from money."""
    figures = Figures("value_figures", found.figures)
    if not math.isfinite(figures.value("investigations")):
        return ("How many investigations recorded images help is not known.",)
    return (
        "Kept apart from money: recorded images may help ",
        figures.bold("investigations", say=_count("investigations")),
        *_draws(figures, "investigations", say=rounded),
        ", whether anybody watches or not: ", figures.quoted("useful_share"),
        " of crimes in view, as on railways where there were images (they were useful in ",
        figures.quoted("useful_share", "low"), " of all crimes there).",
    )  # fmt: skip


def sharing_sentences(found: MonitoringValue) -> tuple[Sentence, ...]:
    """Say that sharing a room is worth nothing for crime, and what thinner watching loses."""
    if len(found.plan_ids) < 2:
        return ()
    figures = Figures("value_figures", found.figures)
    ours, theirs = figures.value("noticed_plan"), figures.value("noticed_last")
    start: Sentence = ("Sharing a room earns no benefit for crime by itself: ",)
    if not (math.isfinite(ours) and math.isfinite(theirs)):
        return ((*start, "it counts only how much operators notice."),)
    if abs(ours - theirs) < EQUAL_SHARE:
        return ((*start, "operators notice ", figures.bold("noticed_plan"),
                 " of events in both plans."),)  # fmt: skip
    # Who watches more cameras notices less.
    fewer = compare(
        figures.bold("noticed_plan"), figures.bold("noticed_last"),
        more="fewer cameras", less="more cameras",
    )  # fmt: skip
    compared: Sentence = (
        *start, "operators who watch ", fewer, " each notice ", figures.bold("noticed_plan"),
        " of events in the plan and ", figures.bold("noticed_last"), " in today’s rooms",
    )  # fmt: skip
    change = figures.value("benefit_change")
    if not math.isfinite(change) or change == 0:
        return ((*compared, "."),)
    word = compare(figures.bold("benefit_change"), 0.0, more="more", less="less")
    return (
        (*compared, ", so the benefit of the plan is ",
         figures.bold("benefit_change", say=_size), " ", word, " than that of today."),
    )  # fmt: skip


def unit_sentences(found: MonitoringValue) -> tuple[Sentence, ...]:
    """Say what watching costs for each crime that it meets."""
    figures = Figures("value_figures", found.figures)
    known = [figures.value(name) for name in ("gbp_per_watched", "gbp_per_noticed")]
    if not all(map(math.isfinite, known)):
        return ()
    return (
        (
            "It costs ", figures.bold("gbp_per_watched"), " for each crime that happens in view ",
            "while watched, and ", figures.bold("gbp_per_noticed"), " for each that is noticed.",
        ),
    )  # fmt: skip


def hours_sentences(found: MonitoringValue) -> tuple[Sentence, ...]:
    """Say what the best use of the same operator hours would add."""
    figures = Figures("value_figures", found.figures)
    if not figures.value("operator_hours") > 0:
        return (("No operator hours are paid for, so none can be moved.",),)
    sentences: list[Sentence] = []
    if figures.value("reallocation_gain") >= LEAST_GBP:
        moved: Sentence = (
            "The same ", figures.bold("operator_hours", say=_count("operator hours")),
            ", given to the rooms and times with most crime in view for their cameras, would ",
            "avoid ", figures.bold("reallocation_gain"), " more (",
            figures.quoted("reallocation_share"), "); ", figures.quoted("moved_share"),
            " of them would move.",
        )  # fmt: skip
        sentences.append(moved)
    else:
        sentences.append(("No other use of the same operator hours would avoid more.",))
    if math.isfinite(figures.value("hour_cost")):
        held = compare(figures.bold("marginal_hour"), figures.bold("hour_cost"))
        more: Sentence = (
            "One more hour would then be worth ", figures.bold("marginal_hour"), ", ",
            held, " the ", figures.bold("hour_cost"), " that it costs.",
        )  # fmt: skip
        sentences.append(more)
    return tuple(sentences)


def reinvest_sentences(found: MonitoringValue) -> tuple[Sentence, ...]:
    """Say what the plan's saving would buy in operator hours."""
    if len(found.plan_ids) < 2:
        return ()
    figures = Figures("value_figures", found.figures)
    if not math.isfinite(figures.value("reinvest_hours")):
        return (("The plan saves nothing that could buy operator hours.",),)
    held = compare(figures.bold("reinvest_benefit"), figures.bold("saving"))
    return (
        (
            "The ", figures.bold("saving"), " that the plan saves against today would buy ",
            figures.bold("reinvest_hours", say=_count("operator hours")),
            "; their best use would avoid ", figures.bold("reinvest_benefit"), " more, ",
            held, " they cost.",
        ),
    )  # fmt: skip


def limits(found: MonitoringValue) -> tuple[Sentence | str, ...]:
    """Say what the figures do not say."""
    figures = Figures("value_figures", found.figures)
    if not found.measured:
        seen = (
            "The share of crime in view is an assumption with a wide range, the same in every "
            "borough at its published number of cameras: a borough with many cameras for its "
            "crime then looks over-watched. Crime points (crime_points in the scenario file) "
            "measure it instead."
        )
    elif found.illustrative:
        seen = (
            "The share of crime in view was measured with illustrative cameras, which do not "
            "exist; turning cameras have reach and no view, so they see none of it."
        )
    else:
        seen = (
            "The share of crime in view was measured from crime points, which are anchors shared "
            "by many crimes; turning cameras have reach and no view, so they see none of it."
        )
    unpriced: Sentence = (
        "Of the crimes in view ", figures.quoted("unpriced_share"), " have no unit cost and ",
        figures.quoted("counted_share"), " are counted in money. The mix by type is that of an ",
        "older year, and crime in the City of London is not known.",
    )  # fmt: skip
    return (
        seen,
        unpriced,
        SECONDARY,
        PRICES,
    )


def _price_year(found: MonitoringValue) -> Quoted:
    types = found.crime_types
    cite = Cite("value_crime_types", types, key="part")
    return cite.quoted(str(types["part"].iloc[0]), "price_year", lambda value: f"{value:.0f}")


def _plan(found: MonitoringValue) -> Quoted:
    cite = Cite("value_options", found.options, key=("plan_id", "option"))
    return cite.quoted((found.plan_ids[0], found.lead), "plan")


def _way(found: MonitoringValue) -> str:
    ways = {"active": "round the clock", "peak": "in peak hours", "analytics": "with analytics"}
    return ways[found.lead]


def _span(figures: Figures, figure: str, *, say: Any = None) -> Sentence:
    ends = [figures.value(figure, end) for end in ("low", "high")]
    if not all(map(math.isfinite, ends)) or ends[0] == ends[1]:
        return ()
    low, high = (figures.quoted(figure, end, say=say) for end in ("low", "high"))
    return (" (", low, " to ", high, ")")


def _draws(figures: Figures, figure: str, *, say: Any = wording.gbp) -> Sentence:
    """Say between which values eight draws of ten lie."""
    span = _span(figures, figure, say=say)
    return (" (eight draws of ten: ", *span[1:]) if span else ()


def _pounds(value: float) -> str:
    return wording.say(value, "GBP")


def _size(value: float) -> str:
    return wording.say(abs(value), "GBP per year")


def _count(noun: str) -> Any:
    return lambda value: f"{rounded(value)} {noun} a year"


def of_plan(found: MonitoringValue, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the plan that is asked about."""
    return frame[frame["plan_id"] == found.plan_ids[0]]


def rounded(value: float) -> str:
    """Write a number to three figures: what rests on assumptions has no more."""
    return wording.number(float(f"{value:.3g}")) if math.isfinite(value) else wording.NOT_KNOWN


def lower(label: str) -> str:
    """Begin a label in lower case, for the middle of a sentence."""
    return label[:1].lower() + label[1:]
