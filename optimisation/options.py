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

from pydantic import BaseModel, ConfigDict, Field, field_validator


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
    """Choices for the value of monitoring (:mod:`optimisation.value`).

    Parameters
    ----------
    options
        Ways of monitoring to compare, the one of most interest first; one of them must watch.
    plan
        Plan whose rooms are looked at beside today's: ``optimum`` for the scenario's own, or the
        ``plan_id`` of a reference plan.
    unit_costs
        ``or_30_05`` (prices of 2003, read) or ``rr99`` (prices of 2015/16, an assumption).
    crimes
        Whether benefits count ``property`` crime alone or ``all`` crime with a unit cost.
    draws, seed
        Draws of what is uncertain, and the start of their random numbers.
    crime_points
        Crimes as points with weights, from which the share in view is measured by borough.
    time_of_day
        Blocks of the day with the share of crime in each (:func:`optimisation.crime.time_of_day`).
    """

    options: tuple[Literal["active", "peak", "passive", "analytics"], ...] = (
        "active",
        "peak",
        "passive",
        "analytics",
    )
    plan: str = Field(default="optimum", min_length=1)
    unit_costs: Literal["or_30_05", "rr99"] = "or_30_05"
    crimes: Literal["property", "all"] = "property"
    draws: int = Field(default=200, ge=1, le=100_000)
    seed: int = Field(default=2017, ge=0)
    crime_points: Path | None = None
    time_of_day: Path | None = None

    @field_validator("options")
    @classmethod
    def _one_watches(cls, options: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(options)) < len(options):
            raise ValueError("an option is named twice")
        if not set(options) - {"passive"}:
            raise ValueError("name at least one option that watches")
        return options


class ProcurementOptions(Options):
    """Choices for the framework agreement (:mod:`optimisation.procurement`)."""


class BenchmarkOptions(Options):
    """Choices for the comparison of boroughs (:mod:`optimisation.benchmark`)."""


class FootageOptions(Options):
    """Choices for officers' time (:mod:`optimisation.footage_access`)."""


class SitingOptions(Options):
    """Choices for integrating and siting cameras (:mod:`optimisation.siting`)."""


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
