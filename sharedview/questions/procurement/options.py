"""What a scenario may choose for the framework agreement: its table ``[procurement]``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from optimisation.options import Options


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

    key: ClassVar[str] = "procurement"
    contracts: Path | None = None
    start: date = date(2027, 4, 1)
    term_years: int = Field(default=8, ge=1, le=8)
    call_off_months: Literal[3, 6, 12] = 12
    min_members: int = Field(default=2, ge=1)
    voluntary: bool = True
