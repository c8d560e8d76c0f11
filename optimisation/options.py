"""What a scenario may choose for the questions beside consolidation: one table of the file each.

.. code-block:: toml

    [procurement]
    contracts = "contracts.csv"     # beside the scenario file

Amounts and shares are coefficients and stand in ``[coefficients]``; here are choices: files, names
and switches. A path is relative to the file that names it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field


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
    """Choices for the framework agreement (:mod:`optimisation.procurement`).

    Parameters
    ----------
    contracts
        Register of contracts, CSV or Excel (:mod:`optimisation.contracts`); an illustrative one
        if left out.
    start
        Day on which the framework starts.
    term_years
        Years until it must be let anew. An open framework may last eight years (Procurement Act
        2023, section 49), any other four (section 47).
    call_off_months
        Months from one call-off window to the next.
    min_members
        Fewest contracts of a category that must commit, or it gets no framework.
    voluntary
        Whether no contract may join at a loss.
    """

    contracts: Path | None = None
    start: date = date(2027, 4, 1)
    term_years: int = Field(default=8, ge=1, le=8)
    call_off_months: Literal[3, 6, 12] = 12
    min_members: int = Field(default=2, ge=1)
    voluntary: bool = True


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
