r"""Which boroughs are alike, and what a borough's figure looks like among them.

Boroughs are alike by four traits of structure, each standardised over the boroughs that have all
four:

.. code-block:: text

    residents, residents per km², recorded crimes per 1,000 residents, inner London (1) or outer (0)

    z_ik = (v_ik − mean_k) / std_k                       std of the population
    d_ij = √ Σ_k (z_ik − z_jk)²

the standardised Euclidean distance. A trait that does not vary is left out; a borough with a trait
unknown has no distance to any other (the City of London: its crimes and its place in inner or outer
London are not in the sources).

A figure is set beside those of the nearest boroughs whose figure counts the same thing (the same
scope class) and is from about the same time (years at most a stated window apart). With fewer like
boroughs than a stated least number nothing is compared, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from coverage_model.base import datasets
from coverage_model.base.schemas import check
from sharedview.questions.benchmark.comparators import COMPUTED
from sharedview.questions.benchmark.schemas import Comparisons, StructurePeers

Floats = NDArray[np.float64]
TRAITS = ("residents", "residents_per_km2", "crimes_per_1000_residents", "inner")


@dataclass(frozen=True, slots=True)
class Rules:
    """When two figures are like for like.

    Parameters
    ----------
    window_years
        Most years between them.
    least
        Fewest like boroughs to compare with.
    nearest
        Like boroughs taken, the nearest by structure.
    """

    window_years: float = 3
    least: int = 3
    nearest: int = 5


def standardised_distance(values: ArrayLike) -> Floats:
    """Return the standardised Euclidean distance between all pairs of rows.

    Parameters
    ----------
    values
        Shape ``(rows, traits)``; a row with a trait that is not a number is far from nothing and
        near to nothing: its distances are not numbers.

    Returns
    -------
    ndarray
        Shape ``(rows, rows)``, symmetric, 0 on the diagonal of complete rows.

    Examples
    --------
    >>> standardised_distance([[0.0], [2.0]]).tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    table = np.asarray(values, dtype=np.float64)
    complete = np.isfinite(table).all(axis=1)
    distance = np.full((len(table), len(table)), np.nan)
    if not complete.any():
        return distance
    known = table[complete]
    spread = known.std(axis=0)
    varies = spread > 0
    z = (known[:, varies] - known[:, varies].mean(axis=0)) / spread[varies]
    apart = np.sqrt(((z[:, None, :] - z[None, :, :]) ** 2).sum(axis=2))
    distance[np.ix_(complete, complete)] = apart
    return distance


def structure(codes: pd.Index) -> pd.DataFrame:
    """Return the traits of boroughs, from the embedded facts.

    Parameters
    ----------
    codes
        GSS codes.

    Returns
    -------
    DataFrame
        Index as given, the columns of :data:`TRAITS`.

    Examples
    --------
    >>> structure(pd.Index(["E09000033"]))["inner"].tolist()
    [1.0]
    """
    facts = datasets.borough_facts().reindex(codes)
    residents = facts["population_2020"].astype(float)
    return pd.DataFrame(
        {
            "residents": residents,
            "residents_per_km2": 100 * residents / facts["area_ha_excl_tidal"],
            "crimes_per_1000_residents": 1000 * facts["mps_crimes_12m_to_2023_07"] / residents,
            "inner": facts["statutory_inner"].map({"Inner": 1.0, "Outer": 0.0}),
        },
        index=codes,
    )


def structure_peers(boroughs: pd.Series, distance: pd.DataFrame, *, nearest: int) -> pd.DataFrame:
    """List the boroughs nearest to each by structure.

    Parameters
    ----------
    boroughs
        Names by code.
    distance
        Square, by code.
    nearest
        How many of each.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.benchmark.schemas.StructurePeers`; a borough without distances
        has no rows.
    """
    rows = []
    for code in boroughs.index:
        others = distance.loc[code].drop(code).dropna().sort_values(kind="stable").head(nearest)
        rows += [
            {
                "borough_code": code,
                "borough": boroughs[code],
                "place": place,
                "peer_code": peer,
                "peer": boroughs[peer],
                "distance": apart,
            }
            for place, (peer, apart) in enumerate(others.items(), start=1)
        ]
    columns = ["borough_code", "borough", "place", "peer_code", "peer", "distance"]
    return check(pd.DataFrame(rows, columns=columns), StructurePeers, "structure peers")


def comparisons(rows: pd.DataFrame, distance: pd.DataFrame, *, rules: Rules) -> pd.DataFrame:
    """Set each figure beside those of like boroughs.

    Parameters
    ----------
    rows
        :class:`sharedview.questions.benchmark.schemas.Comparators`.
    distance
        Square, by code.
    rules
        When figures are like for like.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.benchmark.schemas.Comparisons`: one row for each row given of a
        measure that any borough has a figure of.
    """
    known = rows.groupby("measure")["value"].transform("count") > 0
    parts = [
        _compared(group, distance, rules) for _, group in rows[known].groupby("measure", sort=False)
    ]
    columns = list(Comparisons.to_schema().columns)
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    for column in ("year", "peers_below"):
        frame[column] = frame[column].astype("Int64")
    return check(frame[columns], Comparisons, "comparisons")


def like(group: pd.DataFrame, *, window_years: float) -> NDArray[np.bool_]:
    """Return which rows of a measure are like for like.

    Parameters
    ----------
    group
        All rows of one measure.
    window_years
        Most years between two published figures; figures that one run computed are of one time.

    Returns
    -------
    ndarray
        Shape ``(rows, rows)``: both have a figure, of one scope class and basis, from about the
        same time; False on the diagonal.
    """
    known = group["value"].notna().to_numpy()
    alike = known[:, None] & known[None, :]
    for column in ("scope_class", "basis"):
        values = group[column].to_numpy()
        alike &= values[:, None] == values[None, :]
    years = group["year"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    # A comparison with an unknown year is False.
    near = np.abs(years[:, None] - years[None, :]) <= window_years
    alike &= near | group["basis"].isin(COMPUTED).to_numpy()[:, None]
    np.fill_diagonal(alike, val=False)
    return alike


def _compared(group: pd.DataFrame, distance: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return the comparisons of one measure."""
    codes = group["borough_code"].to_numpy()
    apart = distance.loc[codes, codes].to_numpy()
    candidates = like(group, window_years=rules.window_years) & np.isfinite(apart)
    values, names = group["value"].to_numpy(float), group["borough"].to_numpy()
    dated = group["year"].notna() | group["basis"].isin(COMPUTED)
    counts = candidates.sum(axis=1)
    remarks = np.select(
        [
            group["value"].isna(),
            np.isnan(np.diag(apart)),
            ~dated,
            counts < rules.least,
        ],
        ["no figure known", "a trait of its structure is unknown", "its year is unknown",
         "too few like boroughs"],
        "",
    )  # fmt: skip
    made = []
    for row, remark in enumerate(remarks):
        others = np.flatnonzero(candidates[row]) if not remark else np.array([], dtype=int)
        used = others[np.argsort(apart[row, others], kind="stable")][: rules.nearest]
        figures = values[used]
        made.append(
            {
                "enough": not remark,
                "peers_used": len(used),
                "peers": "; ".join(names[used]),
                "peer_low": figures.min() if len(used) else np.nan,
                "peer_median": np.median(figures) if len(used) else np.nan,
                "peer_high": figures.max() if len(used) else np.nan,
                "peers_below": int((figures < values[row]).sum()) if len(used) else pd.NA,
            }
        )
    shown = group[
        ["borough_code", "borough", "measure", "label", "value", "unit", "year", "scope_class",
         "basis"]
    ].reset_index(drop=True)  # fmt: skip
    return shown.assign(like_boroughs=counts, remark=remarks).join(pd.DataFrame(made))
