"""The blocks of the first page of a result folder: those of the report, from the same objects."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from maps.report import static
from maps.report.content import Numbered
from maps.report.html_writer import page_sections, picture
from maps.report.sheets import MissingExtraError
from maps.shell.page import PageContext
from maps.shell.tables import Section
from maps.shell.wording import Sentence
from sharedview.decision.decide import Decision
from sharedview.decision.pages import answer_page, map_page, plan_map, risks_page
from sharedview.decision.words import Words
from sharedview.runs import CoverageRun

# Sharp enough on a screen, and small enough for a page that leads to others.
SCREEN_DPI = 110


def front_sections(made: Decision, context: PageContext) -> tuple[Section, ...]:
    """Return the answer, the map and the risks; without the extra ``report`` there is no map."""
    words = Words(made)
    try:
        drawing = plan_map(made, context)
    except MissingExtraError:
        drawing = None
    figures = iter([] if drawing is None else [Numbered(1, drawing)])
    pages = (answer_page(made, words), map_page(made, words, drawing), risks_page(made, words))
    return tuple(section for page in pages for section in page_sections(page, figures))


def findings_sections(
    made: Decision,
    context: PageContext,
    *,
    plans: Sequence[Sentence],
    study: Sequence[Sentence],
    cameras: Sequence[Sentence],
    seen: CoverageRun | None,
) -> tuple[Section, ...]:
    """Return what else was found, a section a question, the most important first.

    Parameters
    ----------
    made, context
        The decision, and what pictures rest on.
    plans, study, cameras
        Sentences on the plans, on how sure they are and who pays, and on what cameras see.
    seen
        Coverage, for its map; None for no map of it.
    """
    drawings = []
    try:
        drawings.append(static.cost_figure(plans=made.run.plans, context=context, framed=False))
        if seen is not None:
            drawings.append(
                static.ownership_figure(coverage=seen.coverage, context=context, framed=False)
            )
    except MissingExtraError:
        drawings = []
    shown: list[tuple[Markup, ...]] = [
        (picture(Numbered(number, drawing), dpi=SCREEN_DPI),)
        for number, drawing in enumerate(drawings, start=2)
    ]
    shown += [()] * (2 - len(shown))
    blocks = (
        ("Which rooms to share: other plans", plans, shown[0]),
        ("How sure that is, and who pays", study, ()),
        ("What the cameras see", cameras, shown[1]),
    )
    return tuple(
        Section(title, sentences=tuple(said), figures=figures)
        for title, said, figures in blocks
        if said
    )
