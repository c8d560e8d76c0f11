"""The verb ``demo``: the main job on embedded data, with a page that leads to all others."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from coverage_model.base import datasets
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, find_level
from coverage_model.reading.illustrative import illustrative_cameras
from maps.shell.wording import Sentence
from sharedview import account as accounts
from sharedview import pages, printing, provenance, quarter, sentences
from sharedview.console import Reporter
from sharedview.decision.decide import decide
from sharedview.decision.front import findings_sections, front_sections
from sharedview.jobs import coverage as coverage_job
from sharedview.jobs import plans as plan_job
from sharedview.jobs import publication
from sharedview.outputs import output_folder
from sharedview.pipeline import run_consolidation, run_coverage
from sharedview.plan_study import PlanStudy, study_plans
from sharedview.questions.registry import load_scenario
from sharedview.runs import ConsolidationRun
from sharedview.settings import Audience
from sharedview.summary import Summary

# Fewer draws than `consolidate` makes, to stay fast.
DEMO_COST_DRAWS = 100


def demo(
    out: Path,
    *,
    seed: int,
    private_per_public: float | None,
    reporter: Reporter,
    audience: Audience = "restricted",
    print: bool = False,  # noqa: A002 - the name of the option
) -> Summary:
    """Run coverage and consolidation on the embedded data and write all pages."""
    started = time.perf_counter()
    public = audience == "public"
    printer = printing.find_browser() if print else None
    if public:
        names = (*publication.FILES, *publication.PLAN_FILES)
        publication.refuse_other_files(out, allowed=names)
    with reporter.step("Illustrative camera inventory at the published borough counts"):
        cameras = illustrative_cameras(seed=seed, private_per_public=private_per_public)
    areas = datasets.boroughs("full")
    coverage_run = run_coverage(
        cameras,
        areas=areas,
        level=find_level(DEFAULT_LEVEL),
        seed=seed,
        reporter=reporter,
    )
    balance = accounts.account(coverage_run)
    street_level = None if public else quarter.seen(reporter)
    plans_run = run_consolidation(load_scenario(), reporter=reporter)
    study = study_plans(plans_run, draws=DEMO_COST_DRAWS, seed=seed, reporter=reporter)
    with (
        reporter.step("Pages and files"),
        output_folder(out, command="demo", printer=printer) as folder,
    ):
        # Of the pages with cameras, the public sees the one of areas alone.
        held_back = {"ownership.html", pages.QUARTER.href} if public else set()
        written = [page for page in pages.PAGES if page.href not in held_back]
        plan_job.write_consolidation(plans_run, study, folder, written=written, home=True)
        if street_level is None:
            shown = publication.published(coverage_run)
            publication.write(coverage_run, shown, folder)
            seen = publication.sentences(coverage_run, shown)
            coverage_figures = publication.figures(shown)
            content = publication.record("demo", coverage_run, shown)
            content["settings"] |= provenance.plain(plan_job.plan_settings(plans_run))
            content["plans"] = provenance.plain(plan_job.plan_records(plans_run))
        else:
            coverage_job.write_coverage(coverage_run, folder, written=written, home=True)
            links = pages.beside(written, pages.QUARTER.href, home=True)
            quarter.page(street_level, links=links).save(folder / pages.QUARTER.href)
            seen = sentences.coverage(coverage_run)
            coverage_figures = sentences.coverage_summary(coverage_run)
            content = provenance.record(
                "demo",
                inputs=[cameras.log, *street_level.logs],
                settings={
                    "seed": seed,
                    **coverage_job.coverage_settings(coverage_run),
                    **plan_job.plan_settings(plans_run),
                },
                notes=coverage_run.all_notes,
                plans=plan_job.plan_records(plans_run),
                runtime_s=time.perf_counter() - started,
            )
        said = findings(seen, plans_run, study)
        about = pages.plan_context(plans_run, plans_run.plans, "")
        made = decide(plans_run, study=study)
        make = publication.index if public else pages.index
        first = make(
            coverage_run,
            plans_run,
            lead=said[0],
            sections=front_sections(made, about),
            findings=findings_sections(
                made,
                about,
                plans=sentences.consolidation(plans_run)[1:],
                study=() if study is None else sentences.study(plans_run, study),
                cameras=seen,
                seen=None if public else coverage_run,
            ),
        )
        first.save(folder / "index.html")
        provenance.write(content, folder / "provenance.json")
    account = {} if public else {"account": balance.figures}
    return Summary(
        sentences=said if public else (*said, *accounts.told(coverage_run, balance)),
        columns=sentences.PLAN_COLUMNS,
        rows=sentences.plan_rows(plans_run),
        page=out / "index.html",
        closing=f"All files are in {out}",
        figures={
            "coverage": coverage_figures,
            **account,
            "plans": plans_run.table.to_dict("records"),
        },
    )


def findings(
    seen: Sequence[Sentence], planned: ConsolidationRun, study: PlanStudy | None
) -> tuple[Sentence, ...]:
    """Put the sentences of both runs in order: the headline first, then what the cameras see."""
    first, *others = sentences.consolidation(planned)
    return (first, *seen, *others, *(() if study is None else sentences.study(planned, study)))
