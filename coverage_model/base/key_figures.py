"""The few figures that a question is answered with, each with what it rests on.

A figure that a reader quotes must say how many boroughs it rests on, from which years, and whether
it was published, modelled or assumed. Each model hands its headline figures over in one small
table of this form; sentences, summaries and reports quote its cells and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import pandas as pd
import pandera.pandas as pa

from coverage_model.base.schemas import check, col

BASES = ("published", "model", "assumption", "illustrative")


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure.

    Parameters
    ----------
    figure
        Identifier, unique in its table: ``saving_gbp_per_year``.
    label
        What it is, as a reader would say it.
    value
        How much; not a number where it is unknown.
    unit
        In words as in the coefficients: ``GBP``, ``GBP per year``, ``share``, ``hours per year``,
        ``cameras``.
    low, high
        Range that it may lie in; not numbers where none was worked out.
    boroughs
        Number of boroughs (or areas) whose data it rests on; None where it rests on no borough's.
    years
        Years of the data: ``2021``, ``2007 to 2024``; empty for none.
    basis
        ``published`` (read in sources), ``model`` (computed from such figures and coefficients),
        ``assumption`` (rests on assumptions alone) or ``illustrative`` (on generated data).
    scope
        What the data include, and a warning where they mix scopes.
    """

    figure: str
    label: str
    value: float
    unit: str
    low: float = float("nan")
    high: float = float("nan")
    boroughs: int | None = None
    years: str = ""
    basis: str = "model"
    scope: str = ""


class KeyFigures(pa.DataFrameModel):
    """One row a figure that sentences quote, with what it rests on."""

    figure: str = col("Identifier of the figure", unique=True)
    label: str = col("What it is")
    value: float = col("How much; empty where unknown", nullable=True)
    unit: str = col("Unit in words")
    low: float = col("Low end of its range, where one was worked out", nullable=True)
    high: float = col("High end of its range", nullable=True)
    boroughs: pd.Int64Dtype = col("Boroughs whose data it rests on", nullable=True)
    years: str = col("Years of the data behind it")
    basis: str = col(
        "published; model (computed from published figures and coefficients); assumption; "
        "illustrative (from generated data)",
        isin=BASES,
    )
    scope: str = col("What the data include, with a warning where scopes are mixed")

    class Config:
        """Values are turned into the type of their column."""

        coerce = True
        strict = True


def key_figures(figures: Iterable[KeyFigure]) -> pd.DataFrame:
    """Put figures into a table.

    Parameters
    ----------
    figures
        In the order in which a reader meets them.

    Returns
    -------
    DataFrame
        :class:`KeyFigures`.

    Examples
    --------
    >>> frame = key_figures([KeyFigure("cameras", "Cameras", 11_000.0, "cameras", boroughs=31)])
    >>> frame.loc[0, "boroughs"]
    np.int64(31)
    """
    frame = pd.DataFrame([asdict(figure) for figure in figures])
    frame["boroughs"] = frame["boroughs"].astype("Int64")
    return check(frame, KeyFigures, "key figures")


def span_of_years(years: Sequence[float] | pd.Series) -> str:
    """Say from which years data are; unknown years are left out.

    Examples
    --------
    >>> span_of_years([2021, 2007, float("nan")]), span_of_years([2023]), span_of_years([])
    ('2007 to 2021', '2023', '')
    """
    known = pd.Series(years, dtype="Float64").dropna().astype(int)
    if known.empty:
        return ""
    first, last = int(known.min()), int(known.max())
    return str(first) if first == last else f"{first} to {last}"
