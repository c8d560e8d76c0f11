"""The table of forecasts beside outcomes."""

from __future__ import annotations

import pandas as pd

from coverage_model.base.schemas import Table, col

HELD = ("yes", "no", "not comparable")


class Outcomes(Table):
    """One row a plan for a control room whose outcome is published, with the sources of both."""

    case: str = col("Which plan", unique=True)
    forecast: str = col("What was planned or forecast")
    forecast_year: pd.Int64Dtype = col(
        "Year of the forecast; empty for an assumption of this report", nullable=True
    )
    forecast_value: float = col("Its figure, in `unit`", nullable=True)
    forecast_low: float = col("Low end of an assumption of this report", nullable=True)
    forecast_high: float = col("High end of it", nullable=True)
    unit: str = col("Unit of both figures", nullable=True)
    coefficient: str = col(
        "The assumption of this report that the outcome is compared with", nullable=True
    )
    forecast_source: str = col("Where the forecast was read")
    outcome: str = col("What became of it")
    outcome_year: pd.Int64Dtype = col("Year of the outcome")
    outcome_value: float = col("Its figure, in `unit`", nullable=True)
    outcome_source: str = col("Where the outcome was read")
    held: str = col("Whether what was planned came about and lasts", isin=HELD)
    mark: str = col("read in the source, or weak", isin=("read", "weak"))
    note: str = col("What a reader must know", nullable=True)
