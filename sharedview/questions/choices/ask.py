"""The choices beside the best plan: the reference plans of the run."""

from __future__ import annotations

from maps.report.plans_chapter import choices_chapter
from optimisation.schemas import TradePoints
from optimisation.trades import parse_trade, trade
from sharedview import sentences
from sharedview.questions.ask import Answer, Ask, Material

TRADE = "cost:moves"
QUESTION = "How the plan compares with today, and with groupings that exist already."


def answer(material: Material) -> Answer:
    """Put the best plan beside the reference plans."""
    run = material.plans
    curve = None
    if run.chosen is not None:
        curve = trade(run.chosen.expected_table, *parse_trade(TRADE))
        curve = curve if curve.points else None
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
            trade=curve,
        ),
        tables={} if curve is None else {"trade": curve.frame()},
        findings=sentences.other_plans(run),
    )


ASK = Ask(
    key="choices",
    order=20,
    asked=1,
    title="The plan compared with today and other groupings",
    question=QUESTION,
    tables={"trade": TradePoints},
    answer=answer,
    page="consolidation",
)
