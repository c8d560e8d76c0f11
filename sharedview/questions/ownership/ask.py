"""Public and private cameras: the coverage run by owner, as a chapter."""

from __future__ import annotations

from maps.report.coverage_chapter import ownership_chapter
from sharedview import headlines
from sharedview.questions.ask import Answer, Ask, Material

QUESTION = "PCD 167 asks how public and private systems could be integrated."


def answer(material: Material) -> Answer:
    """Show what public and private cameras see."""
    run = material.coverage
    return Answer(
        chapter=ownership_chapter(
            coverage=run.coverage,
            figures=headlines.coverage_figures(run),
            context=material.context,
            question=QUESTION,
        )
    )


ASK = Ask(
    key="ownership",
    order=90,
    asked=6,
    title="Public and private cameras",
    question=QUESTION,
    answer=answer,
    page="coverage",
)
