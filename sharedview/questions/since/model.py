"""Forecasts beside outcomes: the published cases, and how many of them held."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.key_figures import KeyFigure, key_figures
from coverage_model.base.schemas import check
from sharedview.questions.since.schemas import Outcomes

SCOPE = "plans whose outcome was found published; they are no sample"


def outcomes(values: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Return each plan beside what became of it.

    A forecast that is an assumption of this report has the scenario's value and the range of the
    table of coefficients.

    Parameters
    ----------
    values
        Coefficients that the scenario changes.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.since.schemas.Outcomes`.

    Examples
    --------
    >>> outcomes().set_index("case").loc["West Kent", "outcome"]
    'The partners decided not to go on'
    """
    frame = datasets.since_pcd167()
    assumed = datasets.coefficients()[["value", "low", "high"]].astype(float)
    assumed["value"] = pd.Series(dict(values or {}), dtype=float).combine_first(assumed["value"])
    beside = assumed.reindex(frame["coefficient"]).reset_index(drop=True)
    frame["forecast_value"] = frame["forecast_value"].fillna(beside["value"])
    frame["forecast_low"], frame["forecast_high"] = beside["low"], beside["high"]
    return check(frame, Outcomes, "forecasts beside outcomes")


def figures(found: pd.DataFrame) -> pd.DataFrame:
    """Return how many plans there are, how many held, and how many did not."""
    years = f"{found['outcome_year'].min()} to {found['outcome_year'].max()}"
    held = found["held"].value_counts()

    def counted(figure: str, label: str, count: int) -> KeyFigure:
        return KeyFigure(figure, label, float(count), "plans", years=years, scope=SCOPE)

    return key_figures(
        [
            counted("plans", "Plans whose outcome is published", len(found)),
            counted("held", "Of them as planned", int(held.get("yes", 0))),
            counted("not_held", "Of them not as planned", int(held.get("no", 0))),
        ]
    )
