"""What a scenario may choose for integrating and siting cameras: its table ``[siting]``."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, FiniteFloat

from optimisation.options import Options


class SitingOptions(Options):
    """Choices for integrating and siting cameras (:mod:`sharedview.questions.siting.plan`).

    Parameters
    ----------
    budget_gbp
        Most one-off money; a round sum to try out, not anybody's budget.
    candidates
        What the money may go into: ``integrate`` private cameras, ``new`` cameras, or ``both``.
    level
        Image-quality level at which a point counts as seen; that of the coverage if None.
    floor_share
        Least share of each area's demand that must be seen.
    cameras_per_place
        Most new cameras at one place.
    demand
        Points or polygons with weights (:func:`coverage_model.reading.demand.read_demand`); by
        default the demand of the coverage, else points along its streets, else the embedded public
        places.
    streets
        Street network (:func:`coverage_model.reading.streets.read_streets`): new cameras may stand
        at its junctions; by default at demand that no camera sees.
    """

    key: ClassVar[str] = "siting"
    budget_gbp: FiniteFloat = Field(default=1_000_000.0, ge=0)
    candidates: Literal["both", "integrate", "new"] = "both"
    level: str | None = None
    floor_share: FiniteFloat = Field(default=0.0, ge=0, le=1)
    cameras_per_place: int = Field(default=1, ge=1)
    demand: Path | None = None
    streets: Path | None = None
