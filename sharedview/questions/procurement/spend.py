"""What is spent with whom: spend by category and supplier, and how concentrated it is.

Concentration is the Herfindahl-Hirschman index of a category, Σ_k s_k² over suppliers k with the
shares s_k of its spend: 1 is one supplier, 1 / n is n of one size. 1 / index is the effective
number of suppliers. Spend with a supplier that is not known is in the sums and not in the index.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from coverage_model.base.schemas import check
from sharedview.questions.procurement.schemas import CATEGORIES, SupplierSpend

NOT_KNOWN = "(not known)"


def herfindahl(spend: ArrayLike) -> float:
    """Return the sum of squared shares; not a number where nothing is spent.

    Parameters
    ----------
    spend
        Spend with each supplier, shape ``(suppliers,)``.

    Examples
    --------
    >>> herfindahl([50.0, 30.0, 20.0]), herfindahl([7.0])
    (0.38, 1.0)
    """
    amounts = np.asarray(spend, dtype=np.float64)
    total = float(amounts.sum())
    return float(((amounts / total) ** 2).sum()) if total > 0 else float("nan")


def supplier_spend(contracts: pd.DataFrame) -> pd.DataFrame:
    """Return spend by category and supplier, the most first.

    Parameters
    ----------
    contracts
        :class:`sharedview.questions.procurement.schemas.Contracts`; those without a value are left
        out.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.procurement.schemas.SupplierSpend`.
    """
    known = contracts[contracts["value_gbp_per_year"].notna()]
    named = known.assign(supplier=known["supplier"].fillna(NOT_KNOWN))
    found = named.groupby(["category", "supplier"], as_index=False).agg(
        contracts=("contract_id", "size"),
        boroughs=("borough_code", "nunique"),
        value_gbp_per_year=("value_gbp_per_year", "sum"),
    )
    total = found.groupby("category")["value_gbp_per_year"].transform("sum")
    found["category_share"] = (found["value_gbp_per_year"] / total).clip(upper=1.0)
    order = found["category"].map({name: n for n, name in enumerate(CATEGORIES)})
    found = found.assign(order=order).sort_values(
        ["order", "value_gbp_per_year", "supplier"], ascending=[True, False, True]
    )
    table = found.drop(columns="order").reset_index(drop=True)
    return check(table, SupplierSpend, "spend by supplier")


def category_spend(contracts: pd.DataFrame) -> pd.DataFrame:
    """Return spend and concentration by category, without the elasticities of prices.

    Parameters
    ----------
    contracts
        :class:`sharedview.questions.procurement.schemas.Contracts`.

    Returns
    -------
    DataFrame
        The first columns of :class:`sharedview.questions.procurement.schemas.Spend`, a row for each
        category in the register.
    """
    suppliers = supplier_spend(contracts)
    rows = []
    for category in CATEGORIES:
        those = contracts[contracts["category"] == category]
        if those.empty:
            continue
        spend = suppliers[suppliers["category"] == category]
        named = spend[spend["supplier"] != NOT_KNOWN]
        index = herfindahl(named["value_gbp_per_year"])
        total = float(spend["value_gbp_per_year"].sum())
        known = float(named["value_gbp_per_year"].sum())
        first = named.iloc[0] if len(named) else None
        rows.append(
            {
                "category": category,
                "contracts": len(those),
                "contracts_value_unknown": int(those["value_gbp_per_year"].isna().sum()),
                "boroughs": those["borough_code"].nunique(),
                "suppliers": len(named),
                "value_gbp_per_year": total,
                "supplier_unknown_share": 1 - known / total if total else float("nan"),
                "herfindahl": index,
                "suppliers_effective": 1 / index,
                "largest_supplier": None if first is None else first["supplier"],
                "largest_supplier_share": (
                    float("nan") if first is None else first["value_gbp_per_year"] / known
                ),
            }
        )
    return pd.DataFrame(rows)
