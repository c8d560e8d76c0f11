"""What an ask is given and what it hands over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from maps.report.content import Chapter
from maps.shell.page import PageContext
from maps.shell.wording import Sentence
from optimisation.scenario import Scenario
from sharedview.pipeline import ConsolidationRun, CoverageRun


@dataclass(frozen=True)
class Material:
    """What every ask may draw on.

    Parameters
    ----------
    coverage
        What the cameras see.
    plans
        The best plan of the scenario beside the reference plans.
    context
        Marking, date and sources for figures.
    """

    coverage: CoverageRun
    plans: ConsolidationRun
    context: PageContext

    @property
    def scenario(self) -> Scenario:
        """The scenario that all asks answer under."""
        return self.plans.scenario


@dataclass(frozen=True)
class Answer:
    """What an ask hands over.

    Parameters
    ----------
    tables
        Every table that is written, by the name of its CSV file without the ending; each number
        in a sentence is a cell of one of them (:class:`maps.shell.cite.Cite`).
    findings
        One or two sentences for the first pages of a report, the most important first.
    chapter
        The section of the report.
    """

    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Sentence, ...]
    chapter: Chapter


@dataclass(frozen=True)
class Ask:
    """One question.

    Parameters
    ----------
    key
        Short name, that of its table in a scenario file: ``procurement``.
    title
        What is worked out, for the progress display.
    tables
        Schema of each table it writes, by name; the codebook is made from these.
    answer
        Puts the material through the model.
    """

    key: str
    title: str
    tables: Mapping[str, type[Any]]
    answer: Callable[[Material], Answer]
