"""The chapter that sets forecasts beside outcomes."""

from __future__ import annotations

import pandas as pd

from maps.report.content import Chapter
from maps.shell import wording
from maps.shell.cite import Cite
from maps.shell.key_figures import Figures
from maps.shell.tables import Column, Table
from maps.shell.wording import Sentence

OUTCOMES, FIGURES = "since_outcomes", "since_figures"
TITLE = "Since PCD 167: forecasts beside outcomes"
LIMITS: tuple[str, ...] = (
    (
        "The cases are those whose outcome was found published. They are no sample: no rate at "
        "which shared rooms fail follows from them."
    ),
    "No cost in this report allows for a borough that leaves a shared room again.",
)


def finding(cite: Cite) -> Sentence:
    """Say what became of the rooms that the decision names."""
    return (
        "Shared rooms come apart and come together again: ",
        "Barnet left Enfield’s room by ",
        cite.quoted("Enfield hosts Barnet", "outcome_year", _year),
        ", three councils in West Kent gave up in ",
        cite.quoted("West Kent", "outcome_year", _year),
        " the room that they had approved in ",
        cite.quoted("West Kent", "forecast_year", _year),
        ", Bexley’s room has only recorded since ",
        cite.quoted("Bexley’s room", "outcome_year", _year),
        ", and Westminster joined the room in Hammersmith in ",
        cite.quoted("Westminster joins Hammersmith", "outcome_year", _year),
        ".",
    )


def since_chapter(found: pd.DataFrame, figures: pd.DataFrame, *, question: str) -> Chapter:
    """Write the chapter.

    Parameters
    ----------
    found
        :class:`sharedview.questions.since.schemas.Outcomes`.
    figures
        Its key figures.
    question
        What is asked.

    Returns
    -------
    Chapter
    """
    cite, key = Cite(OUTCOMES, found, key="case"), Figures(FIGURES, figures)
    join, own = "Westminster joins Hammersmith", "Westminster’s own cameras"
    return Chapter(
        TITLE,
        question=question,
        sentences=(
            (
                "Of ",
                key.bold("plans", say=wording.number),
                " plans and assumptions whose outcome is published, ",
                key.quoted("held", say=wording.number),
                " came about as planned and ",
                key.quoted("not_held", say=wording.number),
                " did not; for the others the scopes differ.",
            ),
            (
                "Westminster paid ",
                cite.bold(join, "outcome_value", wording.gbp),
                " to join another borough’s room; this report assumes ",
                cite.quoted(join, "forecast_value", wording.gbp),
                " for each borough that moves (",
                cite.quoted(join, "forecast_low", wording.gbp),
                " to ",
                cite.quoted(join, "forecast_high", wording.gbp),
                ").",
            ),
            (
                "Westminster switched its cameras off in ",
                cite.quoted(own, "forecast_year", _year),
                " to save up to ",
                cite.quoted(own, "forecast_value", wording.gbp),
                " a year, and has cameras again since ",
                cite.quoted(own, "outcome_year", _year),
                ": a saving lasts as long as a council wants it to.",
            ),
            (
                "The saving of at most ",
                cite.quoted("West Kent", "forecast_value", wording.gbp),
                " a year for each council in West Kent stayed a forecast: no evidence of what a ",
                "merger saves.",
            ),
        ),
        tables=(
            Table(
                OUTCOMES,
                "Plans for control rooms, and what became of them",
                _said(found),
                (
                    Column("case", "Plan", numeric=False),
                    Column("planned", "Forecast", numeric=False),
                    Column("became", "Outcome", numeric=False),
                    Column("held", "As planned", numeric=False),
                    Column("forecast_source", "Source of the forecast", numeric=False),
                    Column("outcome_source", "Source of the outcome", numeric=False),
                    Column("note", "Note", numeric=False),
                ),
                sortable=False,
            ),
        ),
        limits=LIMITS,
    )


def _year(value: float) -> str:
    return f"{int(value)}"


def _said(found: pd.DataFrame) -> pd.DataFrame:
    """Return each side as a text with its year and figure."""

    def text(row: pd.Series, side: str) -> str:
        year, value = row[f"{side}_year"], row[f"{side}_value"]
        unit = " a year" if row["unit"] == "GBP per year" else ""
        figure = "" if pd.isna(value) else f": {wording.gbp(value)}{unit}"
        return f"{row[side]}{figure}{'' if pd.isna(year) else f' ({int(year)})'}"

    return found.assign(
        planned=found.apply(text, axis="columns", side="forecast"),
        became=found.apply(text, axis="columns", side="outcome"),
        note=found["note"].fillna(""),
    )
