"""The choices beside the best plan: the reference plans of the run."""

from __future__ import annotations

from maps.report.plans_chapter import choices_chapter
from sharedview import sentences
from sharedview.questions.ask import Answer, Ask, Material

QUESTION = "How the plan compares with today, and with groupings that exist already."


def answer(material: Material) -> Answer:
    """Put the best plan beside the reference plans."""
    run = material.plans
    return Answer(
        chapter=choices_chapter(
            areas=material.shapes,
            water=material.water,
            plan=run.plan,
            today=run.today,
            boroughs=run.boroughs,
            context=material.context,
            references=run.references,
            savings=run.savings.frame(),
            question=QUESTION,
        ),
        findings=sentences.other_plans(run),
    )


ASK = Ask(
    key="choices",
    order=20,
    asked=1,
    title="The plan compared with today and other groupings",
    question=QUESTION,
    answer=answer,
    page="consolidation",
)
