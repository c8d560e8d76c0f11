"""Shared control rooms: the plan of the run, as the first chapter."""

from __future__ import annotations

from coverage_model.base.key_figures import KeyFigures
from maps.report.plans_chapter import rooms_chapter
from optimisation import schemas
from sharedview import headlines
from sharedview.questions.ask import Answer, Ask, Material

QUESTION = "PCD 167 asks how boroughs, the MPS and others could share control rooms."


def answer(material: Material) -> Answer:
    """Show the best plan beside today; the findings of it open the report."""
    run = material.plans
    tables = headlines.plan_tables(run)
    return Answer(
        tables=tables,
        chapter=rooms_chapter(
            areas=material.shapes,
            water=material.water,
            plan=run.plan,
            today=run.today,
            boroughs=run.boroughs,
            context=material.context,
            figures=tables["plan_figures"],
            question=QUESTION,
        ),
    )


ASK = Ask(
    key="rooms",
    order=10,
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
