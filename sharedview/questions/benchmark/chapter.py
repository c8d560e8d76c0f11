"""The chapter about best practice: boroughs compared with similar boroughs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from maps.report.content import Chapter
from maps.shell import wording
from maps.shell.cite import Cite
from maps.shell.key_figures import Figures
from maps.shell.page import PageContext
from maps.shell.tables import Column, Table
from maps.shell.wording import Sentence
from sharedview.questions.benchmark.chapter_dots import counts_figure
from sharedview.questions.benchmark.schemas import SCOPES

COUNTS = "cameras_per_1000_residents"
COSTS = "opex_gbp_per_camera"
RANKED = "modelled_cost_gbp_per_camera"
PUBLISHED = (COSTS, "operators_per_100_cameras", "staff_per_100_cameras", "system_age_years")
FIGURES, CHECKS = "benchmark_figures", "benchmark_checks"
SHORT_SCOPES = {
    "street": "streets",
    "public_space_foi": "public space",
    "whole_system": "whole system",
    "inventory": "inventory",
    "": "",
}
RETURNS = {"increasing": "below best size", "constant": "best size", "decreasing": "above it"}
NO_BLAME = (
    "Every room is costed by the same rules, so these scores are the arithmetic of whole posts and "
    "of the fixed cost of a room. They show where sharing would spread them over more cameras, and "
    "are no judgement of those who run the rooms."
)
LIMITS: tuple[Sentence, ...] = (
    (
        "A borough with more cameras is not better served, and one with fewer is not thriftier: ",
        "needs differ, and no figure here measures what cameras achieve.",
    ),
    (
        "Cameras per resident say little where few people live and many work, as in the City of ",
        "London.",
    ),
    (
        "Where no figure was published, none was made up: it is blank, and left out of every ",
        "middle and count.",
    ),
)


def benchmark_chapter(
    *,
    comparators: pd.DataFrame,
    comparisons: pd.DataFrame,
    checks: pd.DataFrame,
    figures: pd.DataFrame,
    context: PageContext,
    ranks: pd.DataFrame | None = None,
    rooms: pd.DataFrame | None = None,
    question: str = "",
) -> Chapter:
    """Set boroughs compared with similar boroughs, and say where the data carry no comparison.

    Parameters
    ----------
    comparators
        :class:`sharedview.questions.benchmark.schemas.Comparators`.
    comparisons
        :class:`sharedview.questions.benchmark.schemas.Comparisons`.
    checks
        :class:`sharedview.questions.benchmark.schemas.RankingChecks`.
    figures
        The key figures (:class:`coverage_model.base.key_figures.KeyFigures`).
    context
        For marking, date and sources of the figure.
    ranks
        :class:`sharedview.questions.benchmark.schemas.Ranks`; None where no measure carries a
        ranking.
    rooms
        :class:`sharedview.questions.benchmark.schemas.RoomEfficiency`; None where it was refused.
    question
        What was asked.

    Returns
    -------
    Chapter
    """
    said = Figures(FIGURES, figures)
    counts = comparisons[comparisons["measure"] == COUNTS]
    tables = [checks_table(checks)]
    if len(counts):
        tables.insert(0, counts_table(counts))
    published = comparators[comparators["measure"].isin(PUBLISHED) & comparators["value"].notna()]
    if len(published):
        tables.append(published_table(published))
    order = None if ranks is None else ranks[ranks["measure"] == RANKED]
    if order is not None and len(order):
        tables.append(ranks_table(order))
    if rooms is not None:
        tables.append(rooms_table(rooms))
    drawn = (counts_figure(counts, context=context),) if counts["value"].notna().any() else ()
    return Chapter(
        "Best practice: boroughs compared with similar boroughs",
        question=question,
        stats=(
            said.stat("boroughs_with_count"),
            said.stat("compared"),
            said.stat("boroughs_with_cost"),
            said.stat("measures_ranked"),
        ),
        sentences=(
            counted(said, checks),
            *middles(said),
            beside(said),
            *costs(said, checks),
            orders(said),
            *modelled(said, order),
            *efficiency(said, checks, rooms),
        ),
        figures=drawn,
        tables=(*tables, said.rests_on()),
        limits=LIMITS,
    )


def findings(checks: pd.DataFrame, figures: pd.DataFrame) -> tuple[Sentence, ...]:
    """Return what belongs on the first pages.

    Parameters
    ----------
    checks, figures
        As for :func:`benchmark_chapter`.
    """
    said = Figures(FIGURES, figures)
    return (counted(said, checks),)


def counted(said: Figures, checks: pd.DataFrame) -> Sentence:
    """Say how many numbers of cameras are known, and whether they can be put into an order."""
    some = said.value("boroughs_with_count")
    if some == 0:
        return ("No borough's number of cameras is known, so no boroughs can be compared.",)
    have = "has" if some == 1 else "have"
    known = (
        said.bold("boroughs_with_count", say=lambda value: wording.count(value, "borough")),
        " of ",
        said.quoted("boroughs", say=wording.number),
        f" {have} a known number of cameras",
    )
    table = checks.set_index("measure")
    if COUNTS in table.index and bool(table.loc[COUNTS, "allowed"]):
        return (*known, ", all counted in one way. Boroughs can be compared by them.")
    why = Cite(CHECKS, checks, key="measure").quoted(COUNTS, "explained")
    years: Sentence = ()
    if said.frame.set_index("figure").loc["boroughs_with_count", "years"]:
        years = (", from ", said.quoted("boroughs_with_count", "years", say=str))
    return (*known, *years, ". These numbers rank no borough: ", why, ".")


def middles(said: Figures) -> list[Sentence]:
    """Say the middle and the range of each kind of count."""
    found: list[Sentence] = []
    for scope, text in SCOPES.items():
        figure = f"cameras_per_1000_{scope}"
        if figure not in set(said.frame["figure"]):
            continue
        boroughs = said.value(figure, "boroughs")
        count = said.quoted(figure, "boroughs", say=wording.number)
        middle = said.bold(figure, say=wording.ratio)
        if boroughs == 1:
            found.append(
                ("One borough's number counts ", text, ": ", middle, " for a thousand residents.")
            )
            continue
        low, high = (said.quoted(figure, end, say=wording.ratio) for end in ("low", "high"))
        found.append(
            ("The ", count, f" boroughs whose number counts {text} have from ", low, " to ", high,
             " cameras for a thousand residents; the middle is ", middle, ".")
        )  # fmt: skip
    return found


def beside(said: Figures) -> Sentence:
    """Say for how many boroughs there are enough like boroughs."""
    least = said.quoted("least_peers", say=lambda value: wording.count(value, "like borough"))
    window = said.quoted("window_years", say=lambda value: wording.count(value, "year"))
    some, others = said.value("compared"), said.value("not_compared")
    rule = ("at least ", least, " whose number counts the same, from within ", window)
    if some == 0:
        return ("No borough has ", *rule, ", so no number of cameras is compared.")
    compared = said.bold("compared", say=lambda value: wording.count(value, "borough"))
    told = (compared, " has " if some == 1 else " have ", *rule)
    if others == 0:
        return (*told, ".")
    few = said.quoted("not_compared", say=wording.number)
    return (
        *told,
        "; for ",
        few,
        " more there are too few, or their structure is not known, and nothing is compared.",
    )


def costs(said: Figures, checks: pd.DataFrame) -> list[Sentence]:
    """Say what boroughs published of their yearly cost."""
    some = said.value("boroughs_with_cost")
    if some == 0:
        return [("No borough published a yearly cost that can be set against its cameras.",)]
    start: Sentence = (
        said.bold("boroughs_with_cost", say=lambda value: wording.count(value, "borough")),
        f" published a yearly cost that can be set against {'its ' if some == 1 else ''}cameras: ",
    )
    low = said.quoted("lowest_published_cost", say=wording.gbp)
    if some == 1:
        return [(*start, low, " a camera.")]
    high = said.quoted("highest_published_cost", say=wording.gbp)
    told: Sentence = (*start, "from ", low, " to ", high, " a camera")
    if bool(checks.set_index("measure").loc[COSTS, "allowed"]):
        return [(*told, ".")]
    why = Cite(CHECKS, checks, key="measure").quoted(COSTS, "explained")
    return [(*told, ". These costs carry no order: ", why, ".")]


def orders(said: Figures) -> Sentence:
    """Say how many measures carry an order."""
    known = said.quoted("measures", say=lambda value: wording.count(value, "measure"))
    allowed, refused = said.value("measures_ranked"), said.value("measures_refused")
    start = ("Of ", known, " of which something is known, ")
    if allowed == 0:
        return (*start, "none carries an order of the boroughs; the table says why.")
    carries = "carries" if allowed == 1 else "carry"
    some = said.bold("measures_ranked", say=wording.number)
    if refused == 0:
        return (*start, some, f" {carries} an order of the boroughs.")
    return (
        *start,
        some,
        f" {carries} an order of the boroughs and ",
        said.quoted("measures_refused", say=wording.number),
        " " + ("does" if refused == 1 else "do") + " not; the table says why.",
    )


def modelled(said: Figures, order: pd.DataFrame | None) -> list[Sentence]:
    """Say what a room alone costs under the model, with the caution of its order."""
    if not np.isfinite(said.value("modelled_cost")):
        return []
    told: list[Sentence] = [
        (
            "Under one cost model, a room that serves only its own borough costs from ",
            said.quoted("modelled_cost", "low", say=wording.gbp),
            " to ",
            said.quoted("modelled_cost", "high", say=wording.gbp),
            " a year for each camera, in the middle ",
            said.bold("modelled_cost", say=wording.gbp),
            ": a room and its posts must be paid for however few cameras it watches.",
        )
    ]
    if order is not None and len(order):
        told.append((str(order["caution"].iloc[0]),))
    return told


def efficiency(said: Figures, checks: pd.DataFrame, rooms: pd.DataFrame | None) -> list[Sentence]:
    """Say how rooms do beside each other, and why published figures are not judged."""
    cite = Cite(CHECKS, checks, key="measure")
    told: list[Sentence] = []
    if not bool(checks.set_index("measure").loc["dea_published", "allowed"]):
        why = cite.quoted("dea_published", "explained")
        told.append(("Published costs and cameras carry no scores of efficiency: ", why, "."))
    if rooms is None:
        why = cite.quoted("dea_rooms", "explained")
        told.append(("The rooms of the cost model are not judged by each other either: ", why, "."))
        return told
    told.append(judged(said))
    outputs = wording.listing(str(rooms["outputs"].iloc[0]).split(", "))
    told.append((f"Rooms are judged by the cost and posts that they need for their {outputs}.",))
    if (rooms["basis"] == "illustrative").any():
        told.append(("The ground covered is that of illustrative cameras, and so are the scores.",))
    if np.isfinite(said.value("interval_width")):
        told.append(
            (
                "The scores rest on few rooms each: the range of a score is ",
                said.quoted("interval_width", say=wording.share),
                " wide in the middle.",
            )
        )
    told.append((NO_BLAME,))
    return told


def judged(said: Figures) -> Sentence:
    """Say how many rooms are efficient, too small and too large."""
    best, small = said.value("rooms_efficient"), said.value("rooms_too_small")
    return (
        "Judged by each other under the cost model, ",
        said.bold("rooms_efficient", say=wording.number),
        " of ",
        said.quoted("rooms", say=lambda value: wording.count(value, "room")),
        f" {'is' if best == 1 else 'are'} such that no mixture of others does as much with less. ",
        said.quoted("rooms_too_small", say=wording.number),
        f" {'is' if small == 1 else 'are'} smaller than the size at which a room does best, ",
        said.quoted("rooms_too_large", say=wording.number),
        " larger. Compared with rooms of its own size, the middle room could do its work with ",
        said.quoted("efficiency", say=wording.share),
        " of its cost and posts; for its size the middle room reaches ",
        said.bold("scale_efficiency", say=wording.share),
        " of what the best size would.",
    )


def counts_table(counts: pd.DataFrame) -> Table:
    """Return cameras per 1,000 residents by borough, beside like boroughs; in alphabetical order.

    Parameters
    ----------
    counts
        :class:`sharedview.questions.benchmark.schemas.Comparisons` of that measure.
    """
    shown = counts.sort_values("borough", kind="stable")
    shown = shown.assign(
        counts=shown["scope_class"].map(lambda name: SHORT_SCOPES.get(name, name)),
        among=[
            "" if pd.isna(below) else f"above {below} of {used}"
            for below, used in zip(shown["peers_below"], shown["peers_used"], strict=True)
        ],
    )
    return Table(
        "benchmark_comparisons",
        "Cameras per 1,000 residents, with similar boroughs, in alphabetical order",
        shown,
        (
            Column("borough", "Borough", numeric=False),
            Column("value", "Cameras per 1,000", wording.ratio),
            Column("year", "Year", lambda year: f"{year:.0f}"),
            Column("counts", "What is counted", numeric=False),
            Column("like_boroughs", "Like boroughs", wording.number),
            Column("peer_median", "Middle of the nearest", wording.ratio),
            Column("among", "Similar boroughs", numeric=False),
            Column("remark", "Why not compared", numeric=False),
        ),
        note="Like boroughs count the same and published within a few years; the nearest are most "
        "alike in residents, density, crime and place in inner or outer London.",
        sortable=False,
    )


def published_table(published: pd.DataFrame) -> Table:
    """Return what boroughs published of cost, operators and age, each with its year and scope.

    Parameters
    ----------
    published
        :class:`sharedview.questions.benchmark.schemas.Comparators` of those measures.
    """
    shown = published.assign(
        said=[
            wording.say(value, unit)
            for value, unit in zip(published["value"], published["unit"], strict=True)
        ]
    )
    return Table(
        "benchmark_comparators",
        "What boroughs published of cost, operators and age",
        shown,
        (
            Column("borough", "Borough", numeric=False),
            Column("said", "Figure", numeric=False),
            Column("year", "Year", lambda year: f"{year:.0f}"),
            Column("second_year", "Year of cameras", lambda year: f"{year:.0f}"),
            Column("scope", "What it is about", numeric=False),
            Column("confidence", "Confidence", numeric=False),
        ),
        note="A year of cameras is given where it is another than that of the cost.",
        sortable=False,
    )


def checks_table(checks: pd.DataFrame) -> Table:
    """Return which measures carry an order, and why the others do not."""
    scopes = [
        ", ".join(SHORT_SCOPES.get(name, name.replace("_", " ")) for name in text.split("; "))
        for text in checks["scopes"]
    ]
    shown = checks.assign(
        classes=scopes,
        verdict=np.where(checks["allowed"], "yes, with its caution", "no"),
    )
    return Table(
        CHECKS,
        "Which measures carry an order of boroughs",
        shown,
        (
            Column("label", "Measure", numeric=False),
            Column("known", "Known", wording.number),
            Column("years", "Years", numeric=False),
            Column("classes", "What is counted", numeric=False),
            Column("verdict", "Order", numeric=False),
            Column("explained", "Why not", numeric=False),
        ),
        sortable=False,
    )


def ranks_table(order: pd.DataFrame) -> Table:
    """Return an order with its caution.

    Parameters
    ----------
    order
        :class:`sharedview.questions.benchmark.schemas.Ranks` of one measure.
    """
    return Table(
        "benchmark_ranks",
        f"{order['label'].iloc[0]}, from the lowest: an order of modelled rooms",
        order,
        (
            Column("borough", "Borough", numeric=False),
            Column("value", "£ a year for each camera", wording.gbp),
            Column("rank", "Place from the lowest", wording.number),
        ),
        note=str(order["caution"].iloc[0]),
        sortable=False,
    )


def rooms_table(rooms: pd.DataFrame) -> Table:
    """Return the efficiency of modelled rooms, in alphabetical order."""
    shown = rooms.sort_values("borough", kind="stable")
    shown = shown.assign(
        size=shown["returns_to_scale"].map(RETURNS),
        range=[
            "" if pd.isna(low) else f"{wording.share(low)} to {wording.share(high)}"
            for low, high in zip(shown["low"], shown["high"], strict=True)
        ],
    )
    return Table(
        "benchmark_rooms",
        "Modelled rooms, in alphabetical order",
        shown,
        (
            Column("borough", "Room of", numeric=False),
            Column("cameras", "Cameras", wording.number),
            Column("posts", "Posts", wording.number),
            Column("cost_gbp_per_year", "Cost a year", wording.gbp),
            Column("efficiency_variable", "At its size", wording.share),
            Column("range", "Range", numeric=False),
            Column("scale_efficiency", "By its size", wording.share),
            Column("size", "Size", numeric=False),
        ),
        note=f"{NO_BLAME} A range lies below its score, since better rooms may exist.",
        sortable=False,
    )
