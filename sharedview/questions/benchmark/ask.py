"""Best practice: what the model says of boroughs beside like boroughs, for the report."""

from __future__ import annotations

from coverage_model.base.key_figures import KeyFigures
from sharedview.questions.ask import Answer, Ask, Material
from sharedview.questions.benchmark import chapter
from sharedview.questions.benchmark.boroughs import benchmark
from sharedview.questions.benchmark.comparators import Measured
from sharedview.questions.benchmark.options import BenchmarkOptions
from sharedview.questions.benchmark.schemas import (
    Comparators,
    Comparisons,
    RankingChecks,
    Ranks,
    RoomEfficiency,
    RoomPeers,
    StructurePeers,
)

QUESTION = (
    "PCD 167 asks for an assessment of the existing networks and of best practice: which boroughs "
    "are alike, and what do the figures of one say beside those of the others?"
)


def answer(material: Material) -> Answer:
    """Compare the boroughs and write the chapter.

    Parameters
    ----------
    material
        Scenario, coverage and plans.

    Returns
    -------
    Answer
    """
    seen, plans = material.coverage, material.plans
    found = benchmark(
        plans.boroughs,
        material.scenario,
        today=plans.today,
        measured=Measured(
            coverage=seen.coverage,
            streets=None if seen.streets is None else seen.streets.coverage,
            illustrative=bool(seen.cameras.frame["illustrative"].any()),
        ),
    )
    tables = {
        "benchmark_comparators": found.comparators,
        "benchmark_peers": found.peers,
        "benchmark_comparisons": found.comparisons,
        "benchmark_checks": found.checks,
        "benchmark_ranks": found.ranks,
        "benchmark_rooms": found.rooms,
        "benchmark_room_peers": found.room_peers,
        "benchmark_figures": found.figures,
    }
    return Answer(
        tables={name: table for name, table in tables.items() if table is not None},
        findings=chapter.findings(found.checks, found.figures),
        chapter=chapter.benchmark_chapter(
            comparators=found.comparators,
            comparisons=found.comparisons,
            checks=found.checks,
            figures=found.figures,
            context=material.context,
            ranks=found.ranks,
            rooms=found.rooms,
            question=QUESTION,
        ),
    )


ASK = Ask(
    key="benchmark",
    order=60,
    asked=4,
    title="Boroughs compared with similar boroughs",
    question=QUESTION,
    tables={
        "benchmark_comparators": Comparators,
        "benchmark_peers": StructurePeers,
        "benchmark_comparisons": Comparisons,
        "benchmark_checks": RankingChecks,
        "benchmark_ranks": Ranks,
        "benchmark_rooms": RoomEfficiency,
        "benchmark_room_peers": RoomPeers,
        "benchmark_figures": KeyFigures,
    },
    answer=answer,
    figures="benchmark_figures",
    options=BenchmarkOptions,
    page="benchmark",
)
