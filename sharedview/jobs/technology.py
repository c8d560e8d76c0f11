"""The verb ``technology``: what each lever does, on one page with its tables."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from maps.report.content import FirstPage, PagePart, report
from maps.report.html_writer import html
from maps.shell.wording import gbp, number, share
from sharedview import provenance
from sharedview.console import Reporter
from sharedview.jobs import plans as plan_job
from sharedview.jobs import report as report_job
from sharedview.outputs import output_folder, write_csv
from sharedview.questions.ask import Material
from sharedview.questions.registry import load_scenario
from sharedview.questions.technology import ask as technology
from sharedview.questions.technology.model import levers as known_levers
from sharedview.questions.technology.options import TechnologyOptions
from sharedview.reading import Reading
from sharedview.summary import Summary

TITLE = "What technology would change"
COLUMNS = (
    "Technology",
    "Rooms",
    "Posts",
    "£ a year",
    "£ present, change",
    "Low",
    "High",
    "Noticed",
)


def show_technology(
    *,
    scenario: Path | None,
    cameras: Path | None,
    levers: Sequence[str],
    reading: Reading,
    out: Path,
    reporter: Reporter,
) -> Summary:
    """Solve a scenario with each lever and write a page and its tables.

    Parameters
    ----------
    scenario
        Scenario file; None for the embedded one.
    cameras
        Inventory for coverage and for the boroughs' numbers; None for illustrative cameras and
        published numbers.
    levers
        Levers by name; the scenario's, or all, if none is named.
    reading
        How the inventory is read.
    out
        Result folder.
    reporter
        Shows progress.

    Returns
    -------
    Summary

    Raises
    ------
    InputError
        For a name that is no lever, before anything is solved.
    """
    started = time.perf_counter()
    known_levers(levers)
    chosen = load_scenario(scenario)
    if levers:
        options = TechnologyOptions(levers=tuple(levers))
        chosen = chosen.with_options(options)
    seen, planned = report_job.run_both(chosen, cameras=cameras, reading=reading, reporter=reporter)
    context = report_job.report_context(seen, planned, title=TITLE)
    with reporter.step(technology.ASK.title):
        answer = technology.answer(Material(seen, planned, context))
    page = html(
        report(
            context=context,
            subtitle=f"Scenario “{chosen.name}”.",
            pages=[FirstPage("Findings", (PagePart(sentences=answer.findings),))],
            chapters=[answer.chapter],
            provenance=report_job.origin(seen, planned),
        )
    )
    with reporter.step("Page and files"), output_folder(out, command="technology") as folder:
        page.save(folder / "technology.html")
        for name, table in answer.tables.items():
            write_csv(table, folder / f"{name}.csv")
        content = provenance.record(
            "technology",
            inputs=provenance.named_files(chosen.files, logs=(*seen.logs, *answer.logs)),
            settings=plan_job.plan_settings(planned),
            notes=seen.all_notes,
            plans=plan_job.plan_records(planned),
            runtime_s=time.perf_counter() - started,
        )
        provenance.write(content, folder / "provenance.json")
    costs = answer.tables["technology_costs"]
    return Summary(
        sentences=answer.findings,
        columns=COLUMNS,
        rows=tuple(
            (
                row["label"],
                number(row["rooms"]),
                number(row["posts"]),
                gbp(row["cost_gbp_per_year"]),
                gbp(row["npv_change_gbp"]),
                gbp(row["npv_change_low_gbp"]),
                gbp(row["npv_change_high_gbp"]),
                share(row["detection_share"]),
            )
            for row in costs.to_dict("records")
        ),
        page=out / "technology.html",
        closing=f"All files are in {out}",
        figures={
            "costs": costs.to_dict("records"),
            "coverage": answer.tables["technology_coverage"].to_dict("records"),
        },
    )
