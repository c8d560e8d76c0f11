"""The chapter about integrating private cameras and siting new ones.

It shows areas and numbered operators; exact places and names stand in a restricted table only.
"""

from __future__ import annotations

import pandas as pd

from maps.report import plots
from maps.report.content import Chapter
from maps.report.sheets import Drawing
from maps.shell import wording
from maps.shell.key_figures import Figures
from maps.shell.page import PageContext
from maps.shell.tables import Column, Table
from maps.shell.wording import Part, Sentence

QUESTION = (
    "PCD 167 asks how public and private systems could be integrated: which private cameras first, "
    "and where would new ones add most?"
)
PICKS_SHOWN = 15
LEFT_OUT = "left_out_"


def siting_findings(figures: pd.DataFrame) -> tuple[Sentence, ...]:
    """Say in a sentence what the money would bring.

    Parameters
    ----------
    figures
        Table ``siting_figures``.

    Returns
    -------
    tuple of sentences
    """
    return (_choice(Figures("siting_figures", figures)),)


def siting_chapter(
    *,
    figures: pd.DataFrame,
    curve: pd.DataFrame,
    areas: pd.DataFrame,
    picks: pd.DataFrame,
    steps: pd.DataFrame,
    context: PageContext,
    level: str,
    buildings: bool = False,
    junctions: bool = False,
    noun: str = "borough",
) -> Chapter:
    """Say what to integrate and where new cameras would add most.

    Parameters
    ----------
    figures
        :class:`coverage_model.base.key_figures.KeyFigures`, table ``siting_figures``.
    curve, areas, picks, steps
        The tables of :mod:`sharedview.questions.siting.schemas`.
    context
        For marking, date and sources of the figure.
    level
        Image-quality level at which a place counts as seen.
    buildings
        Whether buildings cut the views.
    junctions
        Whether new cameras may stand at junctions of streets; at unseen demand otherwise.
    noun
        What an area is called.

    Returns
    -------
    Chapter
    """
    quoted = Figures("siting_figures", figures)
    return Chapter(
        "Integrating private cameras and siting new ones",
        question=QUESTION,
        stats=(
            quoted.stat("held_share", "today"),
            quoted.stat("covered_share"),
            quoted.stat("gain"),
            quoted.stat("cost", "once"),
        ),
        sentences=_sentences(quoted, noun),
        figures=() if len(curve) < 2 else (_curve(quoted, curve, context),),
        tables=(
            _steps_table(steps, quoted),
            _picks_table(picks, noun),
            _areas_table(areas, noun),
            _curve_table(curve),
            quoted.rests_on(),
        ),
        limits=_limits(quoted, context, level=level, buildings=buildings, junctions=junctions),
    )


def _sentences(figures: Figures, noun: str) -> tuple[Sentence, ...]:
    if figures.value("demand") == 0:
        return (("There is no demand in the areas, so no camera can add anything.",),
                _steps(figures))  # fmt: skip
    return (
        _today(figures),
        _choice(figures),
        _proof(figures),
        _alone(figures),
        *_diminishing(figures),
        _steps(figures),
        *_fairness(figures, noun),
    )


def _unit(figures: Figures) -> str:
    return str(figures.frame.set_index("figure").loc["demand", "unit"])


def _today(figures: Figures) -> Sentence:
    return (
        "Today public cameras and integrated private ones see ",
        figures.bold("held", say=wording.number),
        " of ",
        figures.quoted("demand"),
        " (",
        figures.quoted("held_share"),
        f"). What should be seen: {_basis(figures)}.",
    )


def _basis(figures: Figures) -> str:
    text = str(figures.frame.set_index("figure").loc["demand", "scope"])
    return text[:1].lower() + text[1:]


def _counted(figures: Figures, name: str, noun: str) -> list[Part]:
    """Quote a number of things, or nothing for none of them."""
    if figures.value(name) == 0:
        return []
    return [figures.bold(name, say=lambda value: wording.count(value, noun))]


def _choice(figures: Figures) -> Sentence:
    """Say what the best choice is and what it brings."""
    if figures.value("gain") == 0:
        return (
            "Nothing that ",
            figures.quoted("budget"),
            " could go into would see more of the demand than today's cameras.",
        )
    integrated = _counted(figures, "integrated", "private camera")
    if integrated:
        operators = figures.quoted("operators", say=lambda v: wording.count(v, "operator"))
        integrated = ["integrating ", *integrated, " of ", operators]
    new = _counted(figures, "new", "new camera")
    both: list[Part] = [" and "] if integrated and new else []
    sentence: list[Part] = [
        "With a budget of ",
        figures.bold("budget"),
        ", ",
        *integrated,
        *both,
        *new,
        " would see ",
        figures.bold("gain"),
        " more, so that ",
        figures.bold("covered_share"),
        " of the demand is seen in place of ",
        figures.quoted("held_share"),
    ]
    if all(pd.notna(figures.value("covered", end)) for end in ("low", "high")):
        sentence += [
            "; with all prices at the dear or at the cheap end of their ranges, ",
            figures.quoted("covered_share", "low"),
            " or ",
            figures.quoted("covered_share", "high"),
        ]
    return (*sentence, ".")


def _proof(figures: Figures) -> Sentence:
    cost: list[Part] = ["The choice costs ", figures.quoted("cost"), " once"]
    if figures.value("gap") == 0:
        return (*cost, "; it is proved that no other choice for the money sees more.")
    return (
        *cost,
        "; by proof, what it adds is within ",
        figures.quoted("gap"),
        " of the best possible.",
    )


def _alone(figures: Figures) -> Sentence:
    return (
        "Spent on integrating private cameras alone, up to the same money would add ",
        figures.bold("integrate_gain"),
        "; on new cameras alone, ",
        figures.bold("new_gain"),
        ".",
    )


def _diminishing(figures: Figures) -> tuple[Sentence, ...]:
    first, last = figures.value("first_step"), figures.value("last_step")
    if pd.isna(first) or pd.isna(last) or first == 0:
        return ()
    words = "less and less" if last < first else "no less as it grows"
    return (
        (
            f"More money brings {words}: the first step of the curve adds ",
            figures.quoted("first_step"),
            " and its last ",
            figures.quoted("last_step", say=lambda value: wording.say(value, "")),
            ".",
        ),
    )


def _steps(figures: Figures) -> Sentence:
    if figures.value("integrate_all_cost") == 0:
        return ("The inventory has no private camera that is not integrated.",)
    return (
        "Registering every private camera of the inventory would cost about ",
        figures.bold("register_cost"),
        " and show nothing live; integrating all of them about ",
        figures.bold("integrate_all_cost"),
        ".",
    )


def _fairness(figures: Figures, noun: str) -> tuple[Sentence, ...]:
    if pd.isna(figures.value("even_least_share")):
        return ()
    least: list[Part] = [
        f"The best choice leaves the {noun} with the least seen at ",
        figures.bold("least_share"),
    ]
    if figures.value("even_least_share") <= figures.value("least_share"):
        scope = str(figures.frame.set_index("figure").loc["even_least_share", "scope"])
        does = "was found to do" if scope else "does"
        return ((*least, f", and no choice for the money {does} better for it."),)
    less = "less" if _unit(figures).startswith("m ") else "fewer"
    price: list[Part] = (
        [", and sees as much in all."]
        if figures.value("even_price") <= 0
        else [", but sees ", figures.bold("even_price"), f" {less} in all."]
    )
    even: list[Part] = [
        f"; the most even one brings every {noun} with demand to ",
        figures.bold("even_least_share"),
    ]
    return ((*least, *even, " at least", *price),)


def _curve(figures: Figures, curve: pd.DataFrame, context: PageContext) -> Drawing:
    unit = _unit(figures)
    return plots.curve_figure(
        curve,
        about=plots.About("siting_curve", "What is seen for a budget", context),
        x="budget_gbp",
        lines={
            "both_weight": "both",
            "new_weight": "new cameras",
            "integrate_weight": "integrating",
        },
        axes_labels=("One-off budget", f"Seen: {unit}"),
        say=(plots.money, wording.number),
        marked={figures.value("budget"): "budget"},
    )


def _steps_table(steps: pd.DataFrame, figures: Figures) -> Table:
    return Table(
        "siting_steps",
        "Registering and integrating are two steps",
        steps,
        (
            Column("label", "Step", numeric=False),
            Column("cameras", "Private cameras", wording.number),
            Column("cost_gbp", "One-off cost", wording.gbp),
            Column("live_weight", f"Seen live, {_unit(figures)}", wording.number),
            Column("live_share", "Share", wording.share),
            Column("known_weight", "Live or footage to ask for", wording.number),
            Column("known_share", "Share", wording.share),
        ),
        note=(
            "A registered camera shows nothing: its owner is asked for footage afterwards. Cameras "
            "that turn or have no heading cost as others do and are not taken to see anything."
        ),
        sortable=False,
    )


def _picks_table(picks: pd.DataFrame, noun: str) -> Table:
    more = len(picks) > PICKS_SHOWN
    return Table(
        "siting_picks",
        "The first of the choice, best value for money first"
        if more
        else "The choice, best value for money first",
        picks.head(PICKS_SHOWN),
        (
            Column("rank", "Rank", wording.number),
            Column("what", "What", numeric=False),
            Column("cameras", "Cameras", wording.number),
            Column("cost_gbp", "One-off cost", wording.gbp),
            Column("gain_weight", "Adds", wording.number),
            Column("gain_per_100k_gbp", "Adds for £100,000", wording.ratio),
            Column("cost_so_far_gbp", "Cost so far", wording.gbp),
            Column("weight_so_far", "Seen so far", wording.number),
        ),
        note=(
            f"Operators are numbered within {wording.article(noun)}. Names and exact places are in "
            "a restricted file of their own."
        ),
        sortable=False,
    )


def _areas_table(areas: pd.DataFrame, noun: str) -> Table:
    return Table(
        "siting_areas",
        f"Before and after, by {noun}",
        areas,
        (
            Column("area_name", noun.capitalize(), numeric=False),
            Column("weight", "Demand", wording.number),
            Column("held_share", "Seen today", wording.share),
            Column("covered_share", "Best choice", wording.share),
            Column("even_share", "Most even choice", wording.share),
            Column("cameras_integrated", "Integrated", wording.number),
            Column("cameras_new", "New", wording.number),
            Column("cost_gbp", "One-off cost", wording.gbp),
        ),
        area_column="area_code",
    )


def _curve_table(curve: pd.DataFrame) -> Table:
    return Table(
        "siting_curve",
        "Seen for a budget",
        curve,
        (
            Column("budget_gbp", "One-off budget", wording.gbp),
            Column("integrate_weight", "Integrating", wording.number),
            Column("new_weight", "New cameras", wording.number),
            Column("both_weight", "Both", wording.number),
            Column("greedy_weight", "Both, step by step", wording.number),
            Column("bound_weight", "Proved limit", wording.number),
            Column("more_per_100k_gbp", "More for each £100,000", wording.ratio),
        ),
        note="Step by step: always the best value for money next. The proved limit is for both.",
        sortable=False,
    )


def _limits(
    figures: Figures, context: PageContext, *, level: str, buildings: bool, junctions: bool
) -> tuple[Sentence | str, ...]:
    at = "junctions of the streets given" if junctions else "demand that no camera sees"
    found: list[Sentence | str] = [
        "A place that is seen is not a crime prevented: no benefit for crime is counted.",
        (
            "Registered is not live. A private camera shows nothing in a control room until it is "
            "integrated, and then only for as long as its owner keeps it running."
        ),
        (
            "Integrating private cameras brings more personal data into public hands. It needs a "
            "lawful basis and a data protection impact assessment for each operator, which are "
            "neither costed nor decided here."
        ),
        (
            "Prices of registering and integrating are assumptions, and no yearly cost is counted; "
            "an operator's link in particular may cost far more where a room must be built."
        ),
        (
            f"New cameras are tried at {at}, in fixed headings. Power, columns and permission are "
            "not checked, and among equally good places the choice is arbitrary."
        ),
        (
            f"Seen means at the image quality “{level}”. Cameras that turn or have no known "
            "heading are not taken to see anything for certain."
        ),
    ]
    if not buildings:
        found.append("No building layer was given: plain cones overstate what is seen.")
    if context.illustrative:
        found.append(
            "Cameras are illustrative, and generated operators have no names: private cameras in "
            "one square of a borough are taken as one operator. The choice shows the method and "
            "names no real camera."
        )
    left_out = figures.frame["figure"].str.startswith(LEFT_OUT)
    names = figures.frame.set_index("figure")["label"]
    found += [(f"{names[each]}: ", figures.quoted(each), ".") for each in names.index[left_out]]
    return tuple(found)
