"""What an ask is, what it is given, and what it hands over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.key_figures import KeyFigures
from coverage_model.base.notes import ReadLog
from maps.report.content import Chapter
from maps.shell.page import PageContext
from maps.shell.wording import Sentence
from optimisation.options import Options
from optimisation.scenario import Scenario
from sharedview import pages
from sharedview.runs import ConsolidationRun, CoverageRun

ASKED = {
    1: "Shared control rooms",
    2: "A framework agreement",
    3: "Interoperability and image quality",
    4: "Existing networks, best practice, and the Met’s time",
    5: "Value for money of monitoring",
    6: "Public and private systems",
    7: "Advancing technology",
}
"""The seven asks of PCD 167, section 1.5, in short."""


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

    @property
    def shapes(self) -> gpd.GeoDataFrame:
        """The boroughs, as finely as figures draw them."""
        return datasets.boroughs(pages.SHAPES)

    @property
    def water(self) -> gpd.GeoDataFrame:
        """The Thames, as finely as figures draw it."""
        return datasets.thames(pages.SHAPES)


@dataclass(frozen=True)
class Answer:
    """What an ask hands over.

    Parameters
    ----------
    chapter
        The section of the report.
    findings
        One or two sentences for the first pages of a report, the most important first.
    tables
        Every table that is written, by the name of its CSV file without the ending; each number
        in a sentence is a cell of one of them (:class:`maps.shell.cite.Cite`).
    logs
        How each file that the question read for itself was read, where its reader tells.
    """

    chapter: Chapter
    findings: tuple[Sentence, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    logs: tuple[ReadLog, ...] = ()


@dataclass(frozen=True)
class Ask:
    """One question: all that the rest of the application knows of it.

    Parameters
    ----------
    key
        Name of its folder, and of its table in a scenario file: ``procurement``.
    order
        Place in the report: that of PCD 167, section 1.5, in steps of ten.
    title
        What is worked out, for the progress display.
    question
        What is asked, as the chapter opens.
    answer
        Puts the material through the model.
    tables
        Schema of each table it writes, by name; the codebook is made from these.
    figures
        Which of the tables holds its key figures; empty for a question without any.
    options
        What a scenario may choose for it; None for a question without choices.
    page
        Its page in ``docs``, without the ending.
    asked
        Which of the seven asks of PCD 167 (:data:`ASKED`) it helps to answer; 0 for none.
    leads
        Whether its first finding is the answer to that ask on the first pages.
    """

    key: str
    order: int
    title: str
    question: str
    answer: Callable[[Material], Answer]
    tables: Mapping[str, type[Any]] = field(default_factory=dict)
    figures: str = ""
    options: type[Options] | None = None
    page: str = ""
    asked: int = 0
    leads: bool = False

    def __post_init__(self) -> None:
        """Refuse an ask that does not hang together, when it is imported."""
        if self.figures and self.tables.get(self.figures) is not KeyFigures:
            raise ValueError(f"{self.key}: {self.figures} is no table of key figures")
        if self.options is not None and self.options.key != self.key:
            raise ValueError(f"{self.key}: its options are those of {self.options.key}")
        if self.asked and self.asked not in ASKED:
            raise ValueError(f"{self.key}: PCD 167 has no ask {self.asked}")
