"""The four first pages: the answer, the map, the risks, and the seven asks of PCD 167."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coverage_model.base import datasets
from maps.report import static
from maps.report.content import FirstPage, PagePart
from maps.report.sheets import Drawing
from maps.shell import wording
from maps.shell.page import PageContext
from maps.shell.tables import Column, Table
from maps.shell.wording import Bold, Sentence
from sharedview.decision.decide import Decision
from sharedview.decision.told import check_ranges
from sharedview.decision.words import Words, roughly, short
from sharedview.pages import SHAPES
from sharedview.questions.ask import Answer, Material
from sharedview.questions.registry import ASKED, ASKS

ANSWER, MAP, RISKS, ASKS_TITLE = (
    "The answer",
    "Who moves, who gains, and by when",
    "Risks, and what would change the answer",
    "The seven asks of PCD 167",
)
# Beside baseline, recommended and runner-up.
GROUPINGS = ("bcu", "subregion", "pan_london", "own_rooms")


def first_pages(
    made: Decision,
    material: Material,
    answers: Mapping[str, Answer],
    budgets: pd.DataFrame,
) -> tuple[FirstPage, ...]:
    """Put the four pages together.

    Parameters
    ----------
    made
        The decision.
    material
        For maps: shapes, water, context.
    answers
        What each question answered, by its key.
    budgets
        From :meth:`sharedview.decision.decide.Decision.budgets`.

    Raises
    ------
    ValueError
        If a sentence quotes a figure that has a range without it.
    """
    words = Words(made)
    pages = (
        answer_page(made, words),
        map_page(made, words, plan_map(made, material.context)),
        risks_page(made, words),
        FirstPage(
            ASKS_TITLE,
            (
                *(PagePart(sentences=(each,)) for each in words.other_plan()),
                PagePart("What was asked, and what was found", asked(answers), numbered=True),
                PagePart(
                    "Whose money: councils, Met, both",
                    (words.never_added(),),
                    table=budgets_shown(budgets),
                ),
            ),
        ),
    )
    tables = made.tables(budgets)
    told = {name: table for each in answers.values() for name, table in each.tables.items()}
    check_ranges([s for page in pages for s in page.sentences], {**told, **tables})
    return pages


def answer_page(made: Decision, words: Words) -> FirstPage:
    """Return page 1: the question, the choice, the plans beside it, what to decide."""
    unless = (PagePart("Not recommended if …", words.unless()),) if made.choice.carries else (
        PagePart("What would carry a recommendation", words.findings_out()),
    )  # fmt: skip
    return FirstPage(
        ANSWER,
        (
            PagePart(
                sentences=(
                    ("Which boroughs should share a CCTV control room, and is it worth it?",),
                )
            ),
            PagePart("Recommendation", (words.answer(), *words.rests_on())),
            PagePart(table=plans_shown(made)),
            PagePart("Three things to decide", words.decisions(), numbered=True),
            *unless,
        ),
    )


def plan_map(made: Decision, context: PageContext) -> Drawing:
    """Return the map of the plan that the pages are about.

    Raises
    ------
    MissingExtraError
        If the extra ``report`` is not installed.
    """
    return static.plan_figure(
        areas=datasets.boroughs(SHAPES),
        plan=made.found.plans[made.looked_at],
        boroughs=made.run.boroughs,
        context=context,
        water=datasets.thames(SHAPES),
        framed=False,
    )


def map_page(made: Decision, words: Words, drawing: Drawing | None) -> FirstPage:
    """Return page 2: the map of the plan, its rooms in the order of building, gains."""
    return FirstPage(
        MAP,
        (
            *(() if drawing is None else (PagePart(figure=drawing),)),
            PagePart(table=rooms_shown(made)),
            PagePart("Who gains, who pays more", words.gains()),
        ),
    )


def risks_page(made: Decision, words: Words) -> FirstPage:
    """Return page 3: risks, switching values, finding out, first steps, the rule."""
    finding = (PagePart("Worth finding out first", words.findings_out()),)
    return FirstPage(
        RISKS,
        (
            PagePart("What can go wrong", words.risks()),
            PagePart(table=switching_shown(made)),
            *(finding if made.choice.carries else ()),
            PagePart("First steps that nobody need regret", words.first_steps()),
            PagePart("The rule behind the recommendation", (words.rule(),), table=rule_shown(made)),
        ),
    )


def asked(answers: Mapping[str, Answer]) -> tuple[Sentence, ...]:
    """Say a sentence on each of the seven asks, and where to read on."""
    said: list[Sentence] = []
    chapters = sorted({ask.asked for ask in ASKS if ask.asked and ask.key in answers})
    for number, title in ASKED.items():
        leads = [ask for ask in ASKS if ask.asked == number and ask.key in answers]
        first = sorted(leads, key=lambda ask: (not ask.leads, ask.order))
        found = next((answers[a.key].findings[0] for a in first if answers[a.key].findings), None)
        body: Sentence = ("no data for it.",) if found is None else found
        on = f" Read on: Annex {chapters.index(number) + 1}." if number in chapters else ""
        said.append((Bold(f"{title}. "), *_capital(body), on))
    return tuple(said)


def _capital(sentence: Sentence) -> Sentence:
    """Return a sentence that begins with a capital letter."""
    first = sentence[0]
    if isinstance(first, str):
        return (first[:1].upper() + first[1:], *sentence[1:])
    return sentence


def plans_shown(made: Decision) -> Table:
    """Return the plans beside each other: today, the two the rule names, and known groupings."""
    table = made.plans.set_index("plan_id", drop=False)
    roles = {"baseline": 0, "recommended": 1, "runner-up": 2}
    named = table[table["role"].isin(roles)].copy()
    named = named.sort_values("role", key=lambda each: each.map(roles), kind="stable")
    rest = [name for name in (made.run.plan.plan_id, *GROUPINGS)
            if name in table.index and name not in named.index]  # fmt: skip
    frame = pd.concat([named, table.loc[rest]])
    said = {"recommended": "Recommended: ", "runner-up": "Runner-up: "}
    frame = frame.assign(
        plan=[said.get(role, "") + short(label)
              for role, label in zip(frame["role"], frame["label"], strict=True)],
        range=_spans(frame, "saving_p10_gbp", "saving_p90_gbp"),
        netted_range=_spans(frame, "netted_low_gbp", "netted_high_gbp"),
    )  # fmt: skip
    return Table(
        "decision_plans",
        "Plans side by side: councils’ net present saving against today in £ million, as built",
        frame,
        (
            Column("plan", "Plan", numeric=False),
            Column("saving_p50_gbp", "Saving, middle", _million),
            Column("range", "Eight draws of ten"),
            Column("saves_share", "Chance of saving", wording.share),
            Column("netted_gbp", "Less officers’ time", _million),
            Column("netted_range", "Outer bounds"),
            Column("rooms", "Rooms", wording.number),
            Column("boroughs_moved", "Boroughs moved", wording.number),
            Column("limits_broken", "Limits broken", wording.number),
        ),
        note="Officers’ time is the Met’s budget, the rest the councils’.",
        sortable=False,
    )


def _million(value: float) -> str:
    """Write pounds as a number of millions."""
    return wording.number(value / 1e6, decimals=1)


def _spans(frame: pd.DataFrame, low: str, high: str) -> list[str]:
    return [
        wording.NOT_KNOWN if pd.isna(a) else f"{_million(a)} to {_million(b)}"
        for a, b in zip(frame[low], frame[high], strict=True)
    ]


def rooms_shown(made: Decision) -> Table:
    """Return the rooms that change, in the order in which they could be built."""
    frame = made.rooms.assign(range=_spans(made.rooms, "gain_low_gbp", "gain_high_gbp"))
    return Table(
        "decision_rooms",
        "Rooms in the order in which they could be built",
        frame,
        (
            Column("year", "Year", wording.number),
            Column("room", "Room in", numeric=False),
            Column("movers", "Boroughs that it takes in", numeric=False),
            Column("one_off_gbp", "Once", wording.gbp),
            Column("gain_gbp", "Gain, £ million", _million),
            Column("range", "Eight draws of ten"),
        ),
        note="Gain: what the boroughs of the room save together over the horizon, net present.",
        sortable=False,
    )


def switching_shown(made: Decision) -> Table:
    """Return what the saving follows most, and where each figure alone would end it."""

    def written(column: str) -> list[str]:
        return [
            "no value in reach" if pd.isna(value) else roughly(value, unit)
            for value, unit in zip(made.switching[column], made.switching["unit"], strict=True)
        ]

    low, high = written("low"), written("high")
    frame = made.switching.assign(
        used=written("value"),
        range=[_span(a, b) for a, b in zip(low, high, strict=True)],
        end=written("switch"),
    )
    return Table(
        "decision_switching",
        "What the saving follows most, and where it would end",
        frame,
        (
            Column("words", "Figure", numeric=False),
            Column("used", "Used", numeric=False),
            Column("range", "Range", numeric=False),
            Column("end", "The plan stops saving at", numeric=False),
        ),
        note="One figure at a time, all others as given; looked for up to twice the high end.",
        sortable=False,
    )


def _span(low: str, high: str) -> str:
    """Return a range; a unit that both ends have is said once.

    Examples
    --------
    >>> _span("80 cameras", "320 cameras"), _span("0%", "100%")
    ('80 to 320 cameras', '0% to 100%')
    """
    first, _, unit = low.partition(" ")
    return f"{first if unit == high.partition(' ')[2] else low} to {high}"


def rule_shown(made: Decision) -> Table:
    """Return the steps of the rule, with what each left."""
    steps = made.choice.steps
    frame = steps.assign(
        number=[
            "" if pd.isna(value) else wording.say(value, unit)
            for value, unit in zip(steps["value"], steps["unit"], strict=True)
        ]
    )
    return Table(
        "decision_rule",
        "The rule, step by step",
        frame,
        (
            Column("step", "Step", wording.number),
            Column("rule", "What it does", numeric=False),
            Column("number", "Number", numeric=False),
            Column("left", "Plans left", wording.number),
            Column("plan", "Which", numeric=False),
        ),
        sortable=False,
    )


def budgets_shown(budgets: pd.DataFrame) -> Table:
    """Return savings by whose budget they fall on, with what they overlap."""
    frame = budgets.assign(
        range=_spans(budgets, "low_gbp", "high_gbp"),
        shares=budgets["overlaps"].where(budgets["overlaps"] != "", "–"),
    )
    return Table(
        "decision_budgets",
        "Savings over the horizon by budget; less than nothing is a cost",
        frame,
        (
            Column("label", "What", numeric=False),
            Column("holder", "Whose budget", numeric=False),
            Column("saving_gbp", "£ million", _million),
            Column("range", "Range"),
            Column("basis", "Rests on", numeric=False),
            Column("shares", "Shares pounds with: do not add", numeric=False),
        ),
        sortable=False,
    )
