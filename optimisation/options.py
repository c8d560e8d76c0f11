"""What a scenario may choose for the questions beside consolidation: one table of the file each.

.. code-block:: toml

    [procurement]
    contracts = "contracts.csv"     # beside the scenario file

Amounts and shares are coefficients and stand in ``[coefficients]``; here are choices: files, names
and switches. A path is relative to the file that names it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat


class Options(BaseModel):
    """Choices for one question; unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def files(cls) -> tuple[str, ...]:
        """Return the keys that name a file."""
        return tuple(
            name
            for name, field in cls.model_fields.items()
            if Path in (field.annotation, *get_args(field.annotation))
        )


class ImageQualityOptions(Options):
    """Choices for the audit of image quality (:mod:`coverage_model.image_quality`)."""


class ValueOptions(Options):
    """Choices for the value of monitoring (:mod:`optimisation.value`)."""


class ProcurementOptions(Options):
    """Choices for the framework agreement (:mod:`optimisation.procurement`)."""


class BenchmarkOptions(Options):
    """Choices for the comparison of boroughs (:mod:`optimisation.benchmark`)."""


class FootageOptions(Options):
    """Choices for officers' time (:mod:`optimisation.footage_access`)."""


class SitingOptions(Options):
    """Choices for integrating and siting cameras (:mod:`optimisation.siting`).

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
        Points or polygons with weights (:func:`coverage_model.demand.read_demand`); by default the
        demand of the coverage, else points along its streets, else the embedded public places.
    streets
        Street network (:func:`coverage_model.streets.read_streets`): new cameras may stand at its
        junctions; by default at demand that no camera sees.
    """

    budget_gbp: FiniteFloat = Field(default=1_000_000.0, ge=0)
    candidates: Literal["both", "integrate", "new"] = "both"
    level: str | None = None
    floor_share: FiniteFloat = Field(default=0.0, ge=0, le=1)
    cameras_per_place: int = Field(default=1, ge=1)
    demand: Path | None = None
    streets: Path | None = None


class TechnologyOptions(Options):
    """Choices for technology (:mod:`optimisation.technology`)."""


OPTIONS: dict[str, type[Options]] = {
    "image_quality": ImageQualityOptions,
    "value": ValueOptions,
    "procurement": ProcurementOptions,
    "benchmark": BenchmarkOptions,
    "footage_access": FootageOptions,
    "siting": SitingOptions,
    "technology": TechnologyOptions,
}
"""The tables of a scenario file, by key."""
