"""Met time and cost: officer hours to obtain footage under each plan."""

from __future__ import annotations

from coverage_model.base.key_figures import KeyFigures
from sharedview.questions.ask import Answer, Ask, Material
from sharedview.questions.footage_access import schemas
from sharedview.questions.footage_access.bases import read_bases
from sharedview.questions.footage_access.chapter import QUESTION, findings, footage_access_chapter
from sharedview.questions.footage_access.figures import footage_figures
from sharedview.questions.footage_access.options import FootageOptions
from sharedview.questions.footage_access.plans import footage_access

TABLES = {
    "footage_figures": KeyFigures,
    "footage_access": schemas.FootageAccess,
    "footage_budgets": schemas.FootageBudgets,
    "footage_desks": schemas.FootageDesks,
    "footage_rooms": schemas.FootageRooms,
    "footage_boroughs": schemas.FootageBoroughs,
    "footage_remote": schemas.FootageRemote,
    "footage_embedded": schemas.FootageEmbedded,
    "footage_sensitivity": schemas.FootageSensitivity,
    "footage_bases": schemas.Bases,
}


def answer(material: Material) -> Answer:
    """Put the plans through the model of officers' time.

    Parameters
    ----------
    material
        The consolidation run and its scenario; what cameras see plays no part.

    Returns
    -------
    Answer

    Raises
    ------
    InputError
        For a table of police bases with faults, or coefficients out of their domain.
    """
    run, options = material.plans, material.scenario.options(FootageOptions)
    bases = None if options.bases is None else read_bases(options.bases, run.boroughs)
    found = footage_access(
        run.boroughs, run.plans, baseline=run.today, scenario=run.scenario, bases=bases
    )
    tables = {
        "footage_figures": footage_figures(found, baseline=run.today.plan_id),
        "footage_access": found.plans,
        "footage_budgets": found.budgets,
        "footage_desks": found.desks,
        "footage_rooms": found.rooms,
        "footage_boroughs": found.boroughs,
        "footage_remote": found.remote,
        "footage_embedded": found.embedded,
        "footage_sensitivity": found.sensitivity,
        "footage_bases": found.bases,
    }
    chapter = footage_access_chapter(
        tables=tables,
        baseline=run.today.plan_id,
        context=material.context,
        unknown=found.unknown,
        police_embedded=found.police_embedded,
    )
    return Answer(tables=tables, findings=findings(tables), chapter=chapter)


ASK = Ask(
    key="footage_access",
    order=70,
    asked=4,
    leads=True,
    title="Officers' time to obtain footage",
    question=QUESTION,
    tables=TABLES,
    answer=answer,
    figures="footage_figures",
    options=FootageOptions,
    page="footage_access",
)
