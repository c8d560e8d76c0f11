"""The chapter about image quality and interoperability: what meets the standard, what it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from maps.report import plots
from maps.report.content import Chapter
from maps.report.sheets import Drawing
from maps.shell import palettes, wording
from maps.shell.cite import Cite
from maps.shell.key_figures import Figures
from maps.shell.page import PageContext
from maps.shell.wording import Bold, Quoted, Sentence
from sharedview.questions.image_quality.chapter_tables import (
    ALL,
    KNOWN_CASE,
    WHOLE,
    area_table,
    criterion_table,
    evidence_table,
    level_table,
    measure_table,
    upgrade_table,
)

PARTS = {"passed": "pass", "failed": "fail", "unknown": "not known"}
# A failure and a blank must not look alike, nor either like a pass.
COLOURS = (palettes.OWNERSHIP["both"], palettes.OKABE_ITO[5], palettes.NO_DATA)


@dataclass(frozen=True)
class QualityTables:
    """The tables that the chapter shows, as they are written to CSV.

    Parameters
    ----------
    figures
        :class:`coverage_model.base.key_figures.KeyFigures`.
    by_criterion, by_area, levels, evidence
        As in :mod:`coverage_model.base.schemas_beside`.
    upgrades, measures, prices, budget
        As in :mod:`sharedview.questions.image_quality.schemas`.
    """

    figures: pd.DataFrame
    by_criterion: pd.DataFrame
    by_area: pd.DataFrame
    levels: pd.DataFrame
    evidence: pd.DataFrame
    upgrades: pd.DataFrame
    measures: pd.DataFrame
    prices: pd.DataFrame
    budget: pd.DataFrame


def image_quality_chapter(
    tables: QualityTables,
    *,
    context: PageContext,
    question: str = "",
    illustrative: bool = False,
    remarks: Sequence[Sentence | str] = (),
) -> Chapter:
    """Say which cameras meet the standard, what is not known, and what it takes to get there.

    Parameters
    ----------
    tables
        What was found.
    context
        For marking, date and sources of the figures.
    question
        What was asked.
    illustrative
        Whether cameras or records are generated.
    remarks
        Further limits, such as columns of an audit that were not read.

    Returns
    -------
    Chapter
    """
    figures = Figures("image_quality_figures", tables.figures)
    sentences = (
        verdict(figures, illustrative=illustrative),
        *_criteria(tables.by_criterion, figures),
        *_at_target(tables.levels),
        *_slant(figures),
        *_evidence(figures, tables.evidence),
        *upgrading(figures),
        *_dearest(tables.measures),
        *_budget(figures),
        *_finding_out(figures),
    )
    return Chapter(
        "Image quality and interoperability",
        question=question,
        stats=tuple(
            figures.stat(name, note)
            for name, note in (
                ("cameras_pass", "every required criterion passes"),
                ("cameras_fail", "at least one required criterion fails"),
                ("cameras_unknown", "none known to fail, one or more not known"),
                ("upgrade_cost", ""),
            )
        ),
        sentences=sentences,
        figures=_drawings(tables, context),
        tables=(
            criterion_table(tables.by_criterion),
            area_table(tables.by_area),
            level_table(tables.levels),
            evidence_table(tables.evidence),
            upgrade_table(tables.upgrades),
            measure_table(tables.measures, tables.prices),
            figures.rests_on(),
        ),
        limits=(*_limits(figures, illustrative=illustrative), *remarks),
    )


def verdict(figures: Figures, *, illustrative: bool) -> Sentence:
    """Say how many cameras pass, fail and are not known."""
    one = "illustrative camera" if illustrative else "camera"
    if not figures.value("cameras_audited"):
        return ("No camera of the owners that the standard binds is in the inventory.",)
    return (
        "Of ",
        figures.bold("cameras_audited", say=lambda value: wording.count(value, one)),
        ", ",
        _some(figures, "cameras_pass"),
        _verb(figures, "cameras_pass", " meets", " meet"),
        " every criterion that the standard requires, ",
        _some(figures, "cameras_fail"),
        _verb(figures, "cameras_fail", " fails", " fail"),
        " at least one, and of ",
        _some(figures, "cameras_unknown"),
        " too little is known to say.",
    )


def upgrading(figures: Figures) -> tuple[Sentence, ...]:
    """Say what it takes to mend what is known to fail, and at worst."""
    if not figures.value("upgraded"):
        known: Sentence = (
            "No upgrade is called for: no fault that a measure mends is known, or none need be.",
        )
    else:
        part: Sentence = ("Mending the faults that are known costs ",)
        if figures.value("target_share") < 1:
            part = (
                "Bringing ",
                figures.quoted("target_share"),
                " of each area's cameras to the standard, as far as faults are known, costs ",
            )
        known = (
            *part,
            figures.bold("upgrade_cost"),
            " (",
            *figures.span("upgrade_cost"),
            " over the range of prices) at the cheapest for ",
            figures.bold("upgraded", say=_cameras),
            ", ",
            figures.quoted("upgrade_cost_per_camera"),
            " a camera.",
        )
    found = [known]
    if figures.value("cameras_unknown") or figures.value("survey_cameras"):
        found.append(
            (
                "If all that is not known were to fail as well, it would cost ",
                figures.bold("upgrade_cost_worst"),
                "; at these prices the truth lies between.",
            )
        )
    if figures.value("no_measure"):
        found.append(
            ("No measure in the list mends ", figures.bold("no_measure", say=_cameras), ".")
        )
    return tuple(found)


def _some(figures: Figures, name: str) -> Bold:
    return figures.bold(name, say=wording.number)


def _verb(figures: Figures, name: str, one: str, many: str) -> str:
    return one if figures.value(name) == 1 else many


def _cameras(value: float) -> str:
    return wording.count(value, "camera")


def _criteria(table: pd.DataFrame, figures: Figures) -> tuple[Sentence, ...]:
    """Name the criterion that most cameras fail, and the one of which least is known."""
    single = table[table["required"] & table["criterion"].ne(WHOLE)]
    if not figures.value("cameras_audited") or single.empty:
        return ()
    cite = Cite("image_quality_by_criterion", table, key="criterion")
    worst = str(single.loc[single["failed"].idxmax(), "criterion"])
    dark = str(single.loc[single["unknown"].idxmax(), "criterion"])
    found: list[Sentence] = []
    if cite.value(worst, "failed"):
        found.append(
            (
                "The criterion failed most is “",
                cite.quoted(worst, "title"),
                "”: ",
                cite.bold(worst, "failed", _cameras),
                ", where the standard asks for ",
                cite.quoted(worst, "asks"),
                ".",
            )
        )
    else:
        found.append(("No camera is known to fail a required criterion.",))
    if cite.value(dark, "unknown"):
        found.append(
            (
                "The one least known is “",
                cite.quoted(dark, "title"),
                "”: nobody has written it down for ",
                cite.bold(dark, "unknown", _cameras),
                ".",
            )
        )
    return tuple(found)


def _at_target(levels: pd.DataFrame) -> tuple[Sentence, ...]:
    """Say how many cameras have pixels enough at their target to recognise and to identify."""
    cite = Cite("image_quality_levels", levels, key="level")
    known = levels["level"].tolist()
    if "recognise" not in known or "identify" not in known:
        return ()
    if not cite.value("recognise", "cameras_known"):
        return (
            (
                (
                    "Resolution and field of view are both known of no camera, so none can be told "
                    "to recognise or identify anybody."
                ),
            ),
        )
    return (
        (
            "At the place that matters to them, ",
            cite.bold("recognise", "reach_target_share", wording.share),
            " of the cameras with known pixels and lens show enough of a person to recognise and ",
            cite.bold("identify", "reach_target_share", wording.share),
            " enough to identify, at their widest view (levels of EN 62676-4).",
        ),
    )


def _slant(figures: Figures) -> tuple[Sentence, ...]:
    """Say what the height of the lens takes away."""
    if not figures.value("identify_flat"):
        return ()
    return (
        (
            "Pixels on a face depend on its distance from the lens, not along the ground. Of ",
            figures.bold("identify_flat", say=_cameras),
            " that would identify somewhere by the distance along the ground, ",
            figures.bold("identify_lost", say=wording.number),
            " (",
            figures.bold("identify_lost_share"),
            ") identify nowhere: they hang too high, or look down too steeply, for their lens.",
        ),
    )


def _evidence(figures: Figures, evidence: pd.DataFrame) -> tuple[Sentence, ...]:
    shares = [figures.value(f"{name}_share_of_plain") for name in ("recognise", "identify")]
    if any(pd.isna(shares)):
        return ()
    cite = Cite("evidence_coverage", evidence, key="area_code")
    found: list[Sentence] = [
        (
            "Of the ground in view, ",
            cite.quoted(ALL, "plain_m2", wording.area),
            " in all, ",
            figures.bold("recognise_share_of_plain"),
            " is seen well enough to recognise a known person and ",
            figures.bold("identify_share_of_plain"),
            " (",
            cite.quoted(ALL, "identify_m2", wording.area),
            ") to identify a stranger: coverage is not evidence.",
        )
    ]
    if not pd.isna(cite.value(ALL, "street_identify_m")):
        found.append(
            (
                "Along streets, views identify on ",
                cite.bold(ALL, "street_identify_m", wording.metres),
                " of the ",
                cite.quoted(ALL, "street_plain_m", wording.metres),
                " that they see.",
            )
        )
    return tuple(found)


def _dearest(measures: pd.DataFrame) -> tuple[Sentence, ...]:
    """Name the measure that takes most of the money."""
    whole = measures[measures["area_code"].eq(ALL) & measures["case"].eq(KNOWN_CASE)]
    if whole.empty or not whole["cost_gbp"].max() > 0:
        return ()
    top = whole.loc[whole["cost_gbp"].idxmax()]
    cite = Cite("upgrade_measures", measures, key=("case", "area_code", "measure"))
    row = (KNOWN_CASE, ALL, str(top["measure"]))
    unit = "camera" if top["scope"] == "camera" else "borough"
    return (
        (
            "The largest part of the money goes into “",
            cite.quoted(row, "title"),
            "”: ",
            cite.bold(row, "cost_gbp", wording.gbp),
            " for ",
            cite.quoted(row, "units", lambda value: wording.count(value, unit)),
            ".",
        ),
    )


def _budget(figures: Figures) -> tuple[Sentence, ...]:
    if not figures.value("upgraded") or not figures.value("budget"):
        return ()
    if figures.value("budget") >= figures.value("upgrade_cost"):
        return (("A budget of ", figures.quoted("budget"), " would pay for all of it."),)
    return (
        (
            "A budget of ",
            figures.quoted("budget"),
            ", well spent, brings ",
            figures.bold("budget_upgraded", say=_cameras),
            " to the standard, so that ",
            figures.bold("budget_share"),
            " of all meet it if what is not known passes.",
        ),
    )


def _finding_out(figures: Figures) -> tuple[Sentence, ...]:
    if not figures.value("survey_cameras"):
        return ()
    price: Bold | Quoted = figures.bold("survey_cost")
    return (
        (
            "Finding out what is not known of ",
            figures.quoted("survey_cameras", say=_cameras),
            " would cost ",
            price,
            " and is in none of these sums.",
        ),
    )


def _limits(figures: Figures, *, illustrative: bool) -> tuple[Sentence | str, ...]:
    found: list[Sentence | str] = []
    if illustrative:
        found.append(
            "Cameras and audit are illustrative: generated by a stated rule, to show what an audit "
            "would give. They say nothing about any borough."
        )
    found += [
        (
            "What inventory and audit say is taken on trust. Light, focus, dirt and compression "
            "decide as well whether a picture identifies anybody."
        ),
        (
            "The standard is a choice. The Surveillance Camera Code of Practice binds police and "
            "local authorities, but the figures here are not its own; criteria marked as assumed "
            "are for somebody to decide."
        ),
        (
            "Cameras that turn are judged at their widest view; where that falls short, they are "
            "not known, since they may zoom."
        ),
        (
            "Prices of most measures are assumed, and none was asked of a supplier; that a cheap "
            "measure is possible at every camera is assumed too."
        ),
    ]
    if figures.value("cameras_left_out"):
        found.append(
            (
                figures.quoted("cameras_left_out", say=_cameras),
                " of owners that the Code does not bind ",
                _verb(figures, "cameras_left_out", "is", "are"),
                " left out.",
            )
        )
    if figures.value("resolution_differs"):
        found.append(
            (
                "The audit gives another resolution than the inventory for ",
                figures.quoted("resolution_differs", say=_cameras),
                "; the audit counts here, the inventory in the coverage.",
            )
        )
    return tuple(found)


def _drawings(tables: QualityTables, context: PageContext) -> tuple[Drawing, ...]:
    statuses = plots.stacked_figure(
        tables.by_criterion,
        about=plots.About(
            "image_quality_criteria", "Cameras that pass, fail or are not known", context
        ),
        label="title",
        parts=PARTS,
        say=wording.number,
        axis="Cameras",
        colours=COLOURS,
    )
    if not tables.budget["budget_gbp"].max() > 0 or not tables.budget["upgraded"].max() > 0:
        return (statuses,)
    spent = plots.curve_figure(
        tables.budget[tables.budget["budget"].ne("stated")],
        about=plots.About("image_quality_budget", "Cameras at the standard by money", context),
        x="budget_gbp",
        lines={"at_standard": "Cameras that meet the standard"},
        axes_labels=("Spent on upgrades", "Cameras at the standard, unknown taken to pass"),
        say=(plots.money, wording.number),
    )
    return (statuses, spent)
