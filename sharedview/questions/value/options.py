"""What a scenario may choose for the value of monitoring: its table ``[value]``."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from optimisation.options import Options


class ValueOptions(Options):
    """Choices for the value of monitoring (:mod:`sharedview.questions.value.study`).

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
        Blocks of the day with the share of crime in each
        (:func:`sharedview.questions.value.crime.time_of_day`).
    """

    key: ClassVar[str] = "value"
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
