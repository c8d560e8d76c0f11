"""What a data protection impact assessment asks, answered from the run where it can be.

The steps are those of the Information Commissioner's template (identify the need; describe the
processing: nature, scope, context, purposes; consult; assess necessity and proportionality;
identify and assess risks; measures; sign off), with the questions that the Surveillance Camera
Commissioner adds for each place: what cameras there are, whose, and how they are watched. What a
run cannot know is said to be open, with who can say it: nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coverage_model.base.schemas import Table, check, col
from maps.report.content import Chapter
from maps.shell import wording
from maps.shell.tables import Column
from maps.shell.tables import Table as Shown
from sharedview.runs import ConsolidationRun, CoverageRun

TABLE, AREAS = "dpia_questions", "dpia_areas"
OPEN = "Not in the data."
ANSWERED = ("run", "assumed", "open")
TITLE = "For a data protection impact assessment"
LIMITS = (
    "This is no assessment: it gathers what the run knows for those who make one.",
    (
        "The steps follow the template of the Information Commissioner’s Office and the questions "
        "by place of the Surveillance Camera Commissioner’s, in our words: use their newest forms."
    ),
)


# Key, step, question, and who answers it; what the run has no answer to stays open.
QUESTIONS = (
    ("needed", "Need", "Is an assessment needed?", "data protection officer"),
    ("cameras", "Describe: nature", "What cameras are there?", "each council, each operator"),
    ("owners", "Describe: nature", "Whose are they?", "each operator"),
    ("viewers", "Describe: nature", "Who would see the pictures?", "host of each room"),
    ("retention", "Describe: nature", "How long are recordings kept?", "each council"),
    (
        "kinds",
        "Describe: nature",
        "Is sound recorded, are faces or number plates matched?",
        "each council",
    ),
    ("ground", "Describe: scope", "How much ground is covered?", "each council"),
    ("views", "Describe: scope", "How sure are the views?", "each council, by a survey"),
    ("people", "Describe: scope", "How many people pass?", "footfall counts"),
    (
        "controllers",
        "Describe: context",
        "Who is responsible for the pictures?",
        "councils’ legal officers",
    ),
    ("others", "Describe: context", "Who else can be given pictures?", "each council, the Met"),
    (
        "purpose",
        "Describe: purposes",
        "What is the purpose of each camera?",
        "each council: a review each year",
    ),
    ("consulted", "Consult", "Who was asked?", "each council"),
    ("less", "Necessity", "Would less do?", "the board that decides"),
    ("sharing", "Risks", "What does sharing rooms add?", "data protection officers"),
    ("homes", "Risks", "Do views reach into homes?", "each council, by a survey"),
    (
        "measures",
        "Measures",
        "Are pictures encrypted, is access logged?",
        "each council, each supplier",
    ),
    (
        "signed",
        "Sign off",
        "Who signs, and when is it looked at again?",
        "senior responsible officer",
    ),
)


class DpiaQuestions(Table):
    """One row a question of an impact assessment, with what the run answers."""

    step: str = col("Step of the assessment")
    question: str = col("What is asked", unique=True)
    answer: str = col("What the run says, or that it is not in the data")
    basis: str = col(
        "run: from the data; assumed: rests on a stated assumption; open", isin=ANSWERED
    )
    who_can_say: str = col("Who answers it, or confirms it")


class DpiaAreas(Table):
    """One row an area: what is covered there, by whose cameras."""

    area_code: str = col("Code of the area", unique=True)
    area: str = col("Name of the area")
    cameras_public: float = col("Public cameras", ge=0)
    cameras_private: float = col("Private cameras", ge=0)
    cameras_unknown_owner: float = col("Cameras whose owner is not known", ge=0)
    covered_share: float = col("Share of the ground that a view covers", ge=0)
    private_connected_only_m2: float = col(
        "Ground that only connected private cameras see", unit="m²", ge=0
    )


def dpia_tables(
    seen: CoverageRun, planned: ConsolidationRun, answers: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """Return the questions with their answers, and what is covered area by area.

    Parameters
    ----------
    seen, planned
        The two runs.
    answers
        What the questions of the report answered, by key: image quality says whether retention
        and encryption are recorded.

    Returns
    -------
    dict
        ``dpia_questions`` (:class:`DpiaQuestions`) and ``dpia_areas`` (:class:`DpiaAreas`).
    """
    cameras, coverage = seen.cameras.frame, seen.coverage
    illustrative = bool(cameras["illustrative"].any())
    basis = "assumed" if illustrative else "run"
    made_up = " The cameras are illustrative: they do not exist." if illustrative else ""
    owner, kind = (cameras[name].value_counts() for name in ("ownership", "camera_type"))
    kinds = wording.listing([f"{wording.number(n)} {name}" for name, n in kind.items()])
    owners = wording.listing([f"{wording.number(n)} {name}" for name, n in owner.items()])
    private = cameras["ownership"].eq("private")
    connected = int((private & cameras["integration"].eq("integrated")).sum())
    covered = coverage["covered_m2"].sum() / coverage["area_m2"].sum()
    assumed = int(coverage["cameras_view_assumed"].sum() + coverage["cameras_reach_only"].sum())
    operators = cameras.loc[cameras["ownership"].ne("public"), "operator"]
    today, plan = planned.today, planned.plan
    rooms = wording.count(plan.room_count, "room")
    ground = wording.area(float(coverage["area_m2"].sum()))
    plates = wording.count(int(kind.get("anpr", 0)), "camera")
    level = seen.level.name
    found = {
        "needed": (
            (
                "Systematic monitoring of public places on a large scale: the law asks for one "
                "before such processing."
            ),
            "run",
        ),
        "cameras": (f"{wording.number(len(cameras))} cameras: {kinds}.{made_up}", basis),
        "owners": (
            (
                f"{owners}; {wording.number(connected)} private ones are connected to a public "
                f"room.{made_up}"
            ),
            basis,
        ),
        "viewers": (
            (
                f"Operators in {rooms} under “{plan.label}”, where today there are "
                f"{wording.number(today.room_count)}; pictures of "
                f"{wording.count(plan.boroughs_moved, 'borough')} would be watched in another "
                "borough’s room."
            ),
            "run",
        ),
        "retention": (_recorded(answers), "assumed" if illustrative else "open"),
        "kinds": (f"{plates} for number plates; sound and faces: not in the data.{made_up}", basis),
        "ground": (
            (
                f"{wording.share(covered)} of {ground} at image quality “{level}”; area by area in "
                f"the table below.{made_up}"
            ),
            basis,
        ),
        "views": (
            f"The view of {wording.number(assumed)} cameras is assumed or known only as a reach.",
            "run",
        ),
        "controllers": (
            (
                f"{OPEN} With shared rooms boroughs become joint controllers, or the host "
                "processes for the others: an agreement has to say which."
            ),
            "open",
        ),
        "others": (
            (
                f"{wording.number(operators.nunique())} private operators are named; on agreements "
                f"with the Met the data say nothing.{made_up}"
            ),
            basis,
        ),
        "less": (
            (
                "The report compares watching live with recording alone, and shows which cameras "
                "see what others see."
            ),
            "run",
        ),
        "sharing": (
            (
                f"More people with access to each camera’s pictures, in {rooms}, and pictures on "
                "links between boroughs."
            ),
            "run",
        ),
        "homes": (
            (
                f"{OPEN} Views are cut at buildings where footprints are given; windows are not "
                "modelled."
            ),
            "open",
        ),
    }
    rows = [(step, question, *found.get(key, (OPEN, "open")), who)
            for key, step, question, who in QUESTIONS]  # fmt: skip
    questions = pd.DataFrame(rows, columns=list(DpiaQuestions.to_schema().columns))
    areas = coverage.rename(columns={"area_name": "area"})[
        list(DpiaAreas.to_schema().columns)
    ].reset_index(drop=True)
    return {
        TABLE: check(questions, DpiaQuestions, "questions of an impact assessment"),
        AREAS: check(pd.DataFrame(areas), DpiaAreas, "areas of an impact assessment"),
    }


def _recorded(answers: Mapping[str, Any]) -> str:
    made = answers.get("image_quality")
    if made is None or not made.logs:
        return OPEN
    return "Days are recorded camera by camera in the file of records: see image quality."


def dpia_chapter(tables: Mapping[str, pd.DataFrame]) -> Chapter:
    """Write the annex from its tables."""
    questions = tables[TABLE]
    return Chapter(
        TITLE,
        question="What would an impact assessment ask, and what does this run answer?",
        sentences=(
            (
                "What the run answers, what rests on an assumption, and what is open, with who ",
                "can say it. An open answer is no answer: nothing can be signed while it stands.",
            ),
        ),
        tables=(
            Shown(
                TABLE,
                "Questions of an impact assessment",
                questions,
                (
                    Column("step", "Step", numeric=False),
                    Column("question", "Question", numeric=False),
                    Column("answer", "Answer", numeric=False),
                    Column("basis", "Basis", numeric=False),
                    Column("who_can_say", "Who can say", numeric=False),
                ),
                sortable=False,
            ),
            Shown(
                AREAS,
                "What is covered, by whose cameras",
                tables[AREAS],
                (
                    Column("area", "Area", numeric=False),
                    Column("cameras_public", "Public cameras", wording.number),
                    Column("cameras_private", "Private cameras", wording.number),
                    Column("cameras_unknown_owner", "Owner not known", wording.number),
                    Column("covered_share", "Ground covered", wording.share),
                    Column(
                        "private_connected_only_m2",
                        "Seen by connected private cameras alone",
                        wording.area,
                    ),
                ),
                sortable=False,
            ),
        ),
        limits=LIMITS,
    )
