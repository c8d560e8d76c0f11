"""Shared control rooms: the plan of the run, as the first chapter."""

from __future__ import annotations

from coverage_model.base.key_figures import KeyFigures
from maps.report.plans_chapter import rooms_chapter
from optimisation import schemas
from sharedview import headlines, sentences
from sharedview.questions.ask import Answer, Ask, Material

QUESTION = "PCD 167 asks how boroughs, the MPS and others could share control rooms."


def answer(material: Material) -> Answer:
    """Show the best plan beside today."""
    run = material.plans
    tables = headlines.plan_tables(run)
    return Answer(
        tables=tables,
        findings=sentences.best_plan(run),
        chapter=rooms_chapter(
            areas=material.shapes,
            water=material.water,
            plan=run.plan,
            today=run.today,
            boroughs=run.boroughs,
            context=material.context,
            figures=tables["plan_figures"],
            savings=tables["plan_savings"],
            question=QUESTION,
        ),
    )


ASK = Ask(
    key="rooms",
    order=10,
    asked=1,
    leads=True,
    title="Shared control rooms",
    question=QUESTION,
    tables={
        "plan_figures": KeyFigures,
        "plans": schemas.Plans,
        "plan_savings": schemas.PlanSavings,
        "assignments": schemas.Assignments,
        "costs": schemas.CostLines,
    },
    answer=answer,
    figures="plan_figures",
    page="consolidation",
)
