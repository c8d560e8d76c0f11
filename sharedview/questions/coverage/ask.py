"""What the cameras see: the coverage run, as a chapter."""

from __future__ import annotations

from coverage_model.base import schemas, schemas_beside
from coverage_model.base.key_figures import KeyFigures
from maps.report.coverage_chapter import coverage_chapter
from sharedview import headlines, sentences
from sharedview.questions.ask import Answer, Ask, Material

QUESTION = "PCD 167 asks for an assessment of the existing networks."


def answer(material: Material) -> Answer:
    """Show how much of each area is seen."""
    run = material.coverage
    tables = headlines.coverage_tables(run)
    return Answer(
        tables=tables,
        findings=sentences.coverage(run),
        chapter=coverage_chapter(
            areas=material.shapes,
            coverage=run.coverage,
            figures=tables["coverage_figures"],
            context=material.context,
            question=QUESTION,
            buildings=run.obstacles is not None,
            water=material.water,
        ),
    )


ASK = Ask(
    key="coverage",
    order=50,
    asked=4,
    title="What the cameras see",
    question=QUESTION,
    tables={
        "coverage_figures": KeyFigures,
        "coverage_by_area": schemas.CoverageByArea,
        "coverage_by_level": schemas_beside.CoverageByLevel,
        "coverage_intervals": schemas_beside.CoverageIntervals,
        "coverage_drivers": schemas_beside.CoverageDrivers,
        "reach_by_area": schemas_beside.ReachByArea,
        "streets_by_area": schemas.StreetCoverage,
    },
    answer=answer,
    figures="coverage_figures",
    page="coverage",
)
