"""Since PCD 167: what became of plans for control rooms, beside what was forecast."""

from __future__ import annotations

from coverage_model.base.key_figures import KeyFigures
from maps.shell.cite import Cite
from sharedview.questions.ask import Answer, Ask, Material
from sharedview.questions.since import model
from sharedview.questions.since.chapter import FIGURES, OUTCOMES, TITLE, finding, since_chapter
from sharedview.questions.since.schemas import Outcomes

QUESTION = (
    "What became of plans to share, keep or end control rooms, and what does that say of the "
    "forecasts here?"
)


def answer(material: Material) -> Answer:
    """Set forecasts beside outcomes."""
    found = model.outcomes(material.scenario.coefficients)
    figures = model.figures(found)
    return Answer(
        tables={OUTCOMES: found, FIGURES: figures},
        findings=(finding(Cite(OUTCOMES, found, key="case")),),
        chapter=since_chapter(found, figures, question=QUESTION),
    )


ASK = Ask(
    key="since",
    order=120,
    title=TITLE,
    question=QUESTION,
    tables={OUTCOMES: Outcomes, FIGURES: KeyFigures},
    answer=answer,
    figures=FIGURES,
    page="since_pcd167",
)
