"""The chapter about officers' time: what fewer rooms ask of police, and what councils save."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from maps.report.content import Chapter
from maps.shell import wording
from maps.shell.cite import Cite, compare
from maps.shell.key_figures import Figures
from maps.shell.page import PageContext
from maps.shell.tables import Stat
from maps.shell.wording import Compared, Quoted, Sentence
from sharedview.questions.footage_access.chapter_tables import drawings, shown

TITLE = "Officers’ time to obtain footage"
QUESTION = (
    "PCD 167 asks what time and cost obtaining footage takes the Met: in some boroughs police sit "
    "in the control room, in others officers only collect evidence."
)
LIMITS = (
    (
        "Only recorded crimes are published figures here. How often footage is asked for, how ",
        "long it takes and what an officer’s hour costs are assumptions, since no London figure ",
        "was found. A month of the rooms’ own visitor logs would replace most of them.",
    ),
    (
        "Nobody published how many desks for review rooms have. Desks are added where the mean ",
        "wait would pass its target; they are counted, but they have no price here. Waits are ",
        "for arrivals at random in busy hours: appointments would shorten them.",
    ),
    (
        "Time saved or lost by police is not money that councils save: these are two separate ",
        "budgets, and no one body holds both.",
    ),
    (
        "Footage from shops, homes and transport is left out, and so is any gain from evidence ",
        "that comes sooner.",
    ),
)


def footage_access_chapter(
    *,
    tables: Mapping[str, pd.DataFrame],
    baseline: str,
    context: PageContext,
    unknown: Sequence[str] = (),
    police_embedded: bool = False,
) -> Chapter:
    """Say what each plan asks of officers' time, and put it beside the councils' saving.

    Parameters
    ----------
    tables
        ``footage_access``, ``footage_budgets``, ``footage_desks``, ``footage_boroughs``,
        ``footage_remote``, ``footage_embedded``, ``footage_sensitivity``
        (:mod:`sharedview.questions.footage_access.schemas`) and ``footage_figures``
        (:class:`coverage_model.base.key_figures.KeyFigures`), as they are written. The first plan
        is the recommended one.
    baseline
        Identifier of today's plan.
    context
        For marking, date and sources of the figures.
    unknown
        Names of the boroughs whose crimes are not known.
    police_embedded
        Whether the hours count police posted in the rooms.

    Returns
    -------
    Chapter
    """
    figures = Figures("footage_figures", tables["footage_figures"])
    if not math.isfinite(figures.value("hours_plan")):
        nothing = "No number of crimes is known for any borough in play, so officers’ time is not."
        return Chapter(TITLE, question=QUESTION, sentences=(nothing,), tables=(figures.rests_on(),))
    sentences = [
        _hours(tables, figures),
        _reasons(tables, figures, baseline=baseline),
        money(tables, figures),
        *_from_afar(tables, figures),
        _desks(figures),
        *_others(tables, baseline),
        *([] if police_embedded else _embedded(figures)),
    ]
    if police_embedded:
        sentences.append(("All hours count police posted in every room, today’s included.",))
    return Chapter(
        TITLE,
        question=QUESTION,
        stats=_stats(tables, figures),
        sentences=tuple(sentences),
        figures=drawings(tables, figures, context),
        tables=shown(tables, figures),
        limits=(*_guide(figures), *LIMITS, *_left_out(unknown), *_bases(figures)),
    )


def findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Sentence, ...]:
    """Return the sentences for the first pages: the time, and the share from afar that evens it."""
    figures = Figures("footage_figures", tables["footage_figures"])
    plan, change = _plan(tables), figures.value("change")
    cite = _access(tables)
    budgets = Cite("footage_budgets", tables["footage_budgets"], key="plan_id")
    if not math.isfinite(change):
        return ()
    if change == 0:
        same = f"“{_short(plan)}” takes officers no more time to obtain footage than today."
        return ((same,), *_from_afar(tables, figures))
    row = str(plan["plan_id"])
    first: Sentence = (
        "To obtain footage, officers would spend ",
        cite.bold(row, "change_size_h_per_year", _h),
        " ",
        _more(figures.quoted("change")),
        f" under “{_short(plan)}” than today (",
        figures.quoted("change", "low", say=wording.number),
        " to ",
        figures.quoted("change", "high", say=wording.number),
        " in eight draws of the assumptions in ten). That is police time worth ",
        budgets.bold(row, "officer_change_size_gbp_per_year", _a_year),
        ", on another budget than the ",
        budgets.quoted(row, "council_saving_size_gbp_per_year", _a_year),
        " that councils ",
        compare(
            budgets.quoted(row, "council_saving_gbp_per_year"),
            0.0,
            more="save",
            less="pay more",
            same="save",
        ),
        ".",
    )
    return (first, *_from_afar(tables, figures))


def money(tables: Mapping[str, pd.DataFrame], figures: Figures) -> Sentence:
    """Put the two budgets beside each other."""
    plan = _plan(tables)
    cite = Cite("footage_budgets", tables["footage_budgets"], key="plan_id")
    row = str(plan["plan_id"])
    change, saving = (
        float(cite.value(row, f"{name}_gbp_per_year"))
        for name in ("officer_change", "council_saving")
    )
    posts = float(cite.value(row, "posts_change_gbp_per_year"))
    counted: Sentence = ("These are two budgets; added up, they ",)
    if posts:
        counted = (
            "Police posts in rooms cost ",
            cite.quoted(row, "posts_change_size_gbp_per_year", _a_year),
            " ",
            _more(cite.quoted(row, "posts_change_gbp_per_year")),
            ". The police’s budget and the councils’ are two; ",
            "added up, they ",
        )
    if change == saving == 0:
        return ("Neither officers’ time nor what councils pay changes.",)
    return (
        "At ",
        figures.quoted("hour_gbp"),
        ", officer time costs the police ",
        cite.bold(row, "officer_change_size_gbp_per_year", _a_year),
        " ",
        _more(cite.quoted(row, "officer_change_gbp_per_year")),
        ", and councils ",
        compare(
            cite.quoted(row, "council_saving_gbp_per_year"),
            0.0,
            more="save",
            less="pay a further",
            same="save",
        ),
        " ",
        cite.bold(row, "council_saving_size_gbp_per_year", _a_year),
        ". ",
        *counted,
        compare(
            cite.quoted(row, "two_budgets_gbp_per_year"),
            0.0,
            more="save",
            less="cost a further",
            same="save",
        ),
        " ",
        cite.quoted(row, "two_budgets_size_gbp_per_year", _a_year),
        ", before what the change costs once.",
    )


def _hours(tables: Mapping[str, pd.DataFrame], figures: Figures) -> Sentence:
    plan, change = _plan(tables), figures.value("change")
    cite = _access(tables)
    start: Sentence = (
        "Obtaining footage takes officers some ",
        figures.bold("hours_today"),
        " today and ",
        figures.bold("hours_plan"),
        f" under “{_short(plan)}”",
    )
    if change == 0:
        return (*start, ": the same.")
    return (
        *start,
        ": ",
        cite.bold(plan["plan_id"], "change_size_h_per_year", wording.number),
        " ",
        _more(figures.quoted("change")),
        ". Eight draws of the assumptions in ten put the change between ",
        figures.quoted("change", "low", say=wording.number),
        " and ",
        figures.quoted("change", "high"),
        " (below nothing is less time)." if figures.value("change", "low") < 0 else ".",
    )


def _reasons(tables: Mapping[str, pd.DataFrame], figures: Figures, *, baseline: str) -> Sentence:
    plan = _plan(tables)
    cite, row = _access(tables), str(plan["plan_id"])
    travel, waiting = (float(plan[f"{name}_change_h_per_year"]) for name in ("travel", "waiting"))
    nothing = float(cite.value(baseline, "travel_h_per_year")) == 0
    start = (
        " Today’s way counts as nothing, since officers are taken to start from their borough’s "
        "own site."
        if nothing and figures.value("own_sites") > 0
        else ""
    )
    if travel == waiting == 0:
        return (f"Ways and waits are as today.{start}",)
    return (
        "The way there and back takes ",
        cite.bold(row, "travel_change_size_h_per_year", _h),
        " ",
        _more(cite.quoted(row, "travel_change_h_per_year")),
        " and waiting for a desk ",
        cite.bold(row, "waiting_change_size_h_per_year", _h),
        " ",
        _more(cite.quoted(row, "waiting_change_h_per_year")),
        "; the mean way is ",
        cite.quoted(row, "mean_km", wording.kilometres),
        " and the longest ",
        cite.quoted(row, "longest_km", wording.kilometres),
        f".{start}",
    )


def _from_afar(tables: Mapping[str, pd.DataFrame], figures: Figures) -> tuple[Sentence, ...]:
    """Say which share of requests would have to be met from afar."""
    plan = _plan(tables)
    status = str(plan["break_even"])
    if status == "reached":
        return (
            (
                "If ",
                figures.bold("break_even_share"),
                " of requests were met from afar instead of the ",
                figures.quoted("remote_share"),
                f" assumed, “{_short(plan)}” would take no more officer time than today.",
            ),
        )
    if status == "not reached":
        return (
            (
                f"Even with every request met from afar, “{_short(plan)}” would take more officer ",
                "time than today.",
            ),
        )
    return ()


def _desks(figures: Figures) -> Sentence:
    today, plan = figures.value("desks_today"), figures.value("desks_plan")
    short = figures.value("rooms_short_today")
    rest: Sentence = ("",)
    if short > 0:
        rest = (
            " With the desks assumed and none added, ",
            figures.quoted("rooms_short_today", say=lambda n: wording.count(n, "room")),
            " of today’s could not cope.",
        )
    return (
        "So that officers wait ",
        figures.quoted("wait_target"),
        " at most on average in busy hours, ",
        figures.bold("desks_plan", say=lambda n: wording.count(n, "desk")),
        f" for review {'is' if plan == 1 else 'are'} counted under the plan and ",
        figures.bold("desks_today", say=lambda n: wording.count(n, "desk")),
        " today",
        ": people who share desks leave fewer of them idle." if plan < today else ".",
        *rest,
    )


def _others(tables: Mapping[str, pd.DataFrame], baseline: str) -> tuple[Sentence, ...]:
    """Name the plans that ask most and least of officers."""
    frame = tables["footage_access"]
    frame = frame[frame["plan_id"] != baseline]
    if len(frame) < 2:
        return ()
    cite = _access(tables)
    most = frame.loc[frame["change_h_per_year"].idxmax()]
    least = frame.loc[frame["change_h_per_year"].idxmin()]
    if most["plan_id"] == least["plan_id"]:
        return ()

    def told(plan: pd.Series) -> Sentence:
        change = float(plan["change_h_per_year"])
        if change == 0:
            return (f"“{_short(plan)}” (as today)",)
        return (
            f"“{_short(plan)}” (",
            cite.quoted(str(plan["plan_id"]), "change_size_h_per_year", _h),
            " ",
            _more(cite.quoted(str(plan["plan_id"]), "change_h_per_year")),
            " than today)",
        )

    return (
        (
            "Of the plans other than today’s, officers’ time is longest under ",
            *told(most),
            " and shortest under ",
            *told(least),
            ".",
        ),
    )


def _embedded(figures: Figures) -> tuple[Sentence, ...]:
    saved, posts = figures.value("embedded_saved"), figures.value("embedded_posts")
    verdict = (
        "so by officers’ time alone the posts do not pay for themselves."
        if posts > saved
        else "so officers’ time alone pays for the posts."
    )
    return (
        (
            "Police posted in every room of the plan would save visits worth ",
            figures.bold("embedded_saved"),
            "; their posts would cost ",
            figures.bold("embedded_posts"),
            f", {verdict}",
        ),
    )


def _guide(figures: Figures) -> tuple[Sentence, ...]:
    return (
        (
            "Footage is taken to be asked for in ",
            figures.quoted("request_share"),
            " of recorded crimes. On railways CCTV was available in ",
            figures.quoted("rail_available_share"),
            " of crimes and useful in ",
            figures.quoted("rail_useful_share"),
            " (Ashby 2017): an upper guide, not a figure for streets.",
        ),
    )


def _left_out(unknown: Sequence[str]) -> tuple[Sentence, ...]:
    if not unknown:
        return ()
    one = len(unknown) == 1
    return (
        (
            f"No number of crimes is known for {wording.listing(unknown)}: ",
            f"{'its' if one else 'their'} officers’ time is not known, is left out of the sums ",
            f"and makes the load of {'its room' if one else 'their rooms'} too low.",
        ),
    )


def _bases(figures: Figures) -> tuple[Sentence, ...]:
    if figures.value("own_sites") == 0:
        return ()
    return (
        (
            "No police base is given for ",
            figures.quoted("own_sites", say=lambda n: wording.count(n, "borough")),
            ": officers start from the borough’s own site there. The way within a borough is left ",
            "out of every plan, today’s too, and a plan that moves a room to another borough can ",
            "only add way.",
        ),
    )


def _stats(tables: Mapping[str, pd.DataFrame], figures: Figures) -> tuple[Stat, ...]:
    found = [figures.stat("change"), figures.stat("officer_change"), figures.stat("council_saving")]
    if str(_plan(tables)["break_even"]) == "reached":
        assumed = figures.quoted("remote_share", say=wording.share)
        found.append(figures.stat("break_even_share", (assumed, " assumed")))
    return tuple(found)


def _plan(tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Return the row of the recommended plan."""
    return tables["footage_access"].iloc[0]


def _access(tables: Mapping[str, pd.DataFrame]) -> Cite:
    return Cite("footage_access", tables["footage_access"], key="plan_id")


def _short(plan: pd.Series) -> str:
    return str(plan["label"]).split(":")[0].strip()


def _more(change: Quoted) -> Compared:
    """Say which way a change goes: no change reads "0 more"."""
    return compare(change, 0.0, more="more", less="less", same="more")


def _h(value: float) -> str:
    return wording.say(value, "hours per year")


def _a_year(value: float) -> str:
    return wording.gbp(value, per_year=True)
