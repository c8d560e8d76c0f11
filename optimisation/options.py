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

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_validator


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
    """Choices for the audit of image quality (:mod:`sharedview.questions.image_quality.audit`).

    Parameters
    ----------
    inventory
        What an audit wrote down of each camera (:mod:`sharedview.questions.image_quality.records`).
    standard
        A standard of one's own as a TOML file, or the name of an embedded one.
    targets
        Points that matter to cameras: ``camera_id, easting, northing``.
    measures
        Measures of one's own (:mod:`sharedview.questions.image_quality.upgrades`).
    ownership
        Owners whose cameras are audited.
    audit_year
        Year of the audit; that of the report by default.
    """

    inventory: Path | None = None
    standard: Path | None = None
    targets: Path | None = None
    measures: Path | None = None
    ownership: tuple[Literal["public", "private", "unknown"], ...] = ("public", "unknown")
    audit_year: int | None = Field(default=None, ge=1960, le=2100)


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
    """Choices for the framework agreement (:mod:`sharedview.questions.procurement.framework`).

    Parameters
    ----------
    contracts
        Register of contracts, CSV or Excel (:mod:`sharedview.questions.procurement.contracts`); an
        illustrative one if left out.
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
    """Choices for the comparison of boroughs (:mod:`sharedview.questions.benchmark.boroughs`).

    Parameters
    ----------
    draws, seed
        Bootstrap draws for the intervals of the rooms' efficiency, and where random numbers start.
    covered_area
        Whether the ground that cameras cover is an output of a room; by default only where the
        cameras are real.
    """

    draws: int = Field(default=200, ge=2)
    seed: int = Field(default=1998, ge=0)
    covered_area: bool | None = None


class FootageOptions(Options):
    """Choices for officers' time (:mod:`sharedview.questions.footage_access.plans`).

    Parameters
    ----------
    bases
        Table of police bases (:func:`sharedview.questions.footage_access.bases.read_bases`);
        without it officers of a borough are taken to start from the borough's own site.
    police_embedded
        Whether police are posted in every room, today's included.
    embedded_paid_by
        Who pays for these posts: the ``police``, or the ``rooms``, where the scenario charges them
        to the rooms' own cost.
    desks
        ``to_target``: hours are counted with desks added wherever the mean wait would pass its
        target; ``by_coefficient``: only where a room could not cope at all.
    """

    bases: Path | None = None
    police_embedded: bool = False
    embedded_paid_by: Literal["police", "rooms"] = "police"
    desks: Literal["to_target", "by_coefficient"] = "to_target"


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

    budget_gbp: FiniteFloat = Field(default=1_000_000.0, ge=0)
    candidates: Literal["both", "integrate", "new"] = "both"
    level: str | None = None
    floor_share: FiniteFloat = Field(default=0.0, ge=0, le=1)
    cameras_per_place: int = Field(default=1, ge=1)
    demand: Path | None = None
    streets: Path | None = None


class TechnologyOptions(Options):
    """Choices for technology (:mod:`sharedview.questions.technology.model`).

    Parameters
    ----------
    levers
        Levers to look at, alone and together; all of them if left out.
    """

    levers: tuple[str, ...] = ()


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
