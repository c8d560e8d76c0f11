"""The few figures that the framework agreement is judged by, with what they rest on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.key_figures import KeyFigure, key_figures, span_of_years
from sharedview.questions.procurement.framework import Framework
from sharedview.questions.procurement.tables import ProcurementTables

CLAIMS = ("claimed_saving_share", "claimed_saving_cautious_share")
SAME_DATES = "same call-offs at the low and high saving share"


@dataclass(frozen=True, slots=True)
class _Register:
    """What a figure from the register rests on."""

    boroughs: int
    years: str
    illustrative: bool

    def figure(
        self,
        name: str,
        label: str,
        *,
        value: float,
        unit: str,
        ends: tuple[float, float] = (math.nan, math.nan),
        scope: str = "",
    ) -> KeyFigure:
        what = "illustrative contracts" if self.illustrative else "contracts given"
        return KeyFigure(
            name,
            label,
            float(value),
            unit,
            low=float(ends[0]),
            high=float(ends[1]),
            boroughs=self.boroughs,
            years=self.years,
            basis="illustrative" if self.illustrative else "model",
            scope=f"{what}; {scope}" if scope else what,
        )


def procurement_figures(framework: Framework, tables: ProcurementTables) -> pd.DataFrame:
    """Return the key figures.

    Parameters
    ----------
    framework
        From :func:`sharedview.questions.procurement.framework.plan_framework`.
    tables
        Its tables.

    Returns
    -------
    DataFrame
        :class:`coverage_model.base.key_figures.KeyFigures`.
    """
    frame = framework.register.frame
    on = _Register(
        boroughs=int(frame["borough_code"].nunique()),
        years=span_of_years(pd.concat([frame["start"], frame["end"]]).dt.year),
        illustrative=framework.register.illustrative,
    )
    return key_figures(
        [
            *_savings(on, tables),
            *_joining(on, tables),
            *_tendering(on, tables),
            *_assumed(framework),
            on.figure(
                "proof_gap_share",
                "Largest gap between plan and proved bound",
                value=tables.proofs["gap_share"].max(),
                unit="share",
            ),
        ]
    )


def _savings(on: _Register, tables: ProcurementTables) -> list[KeyFigure]:
    options = tables.options.set_index("option")
    money = ["net_gbp", "net_low_gbp", "net_high_gbp"]
    best, at_end = options.loc["best", money], options.loc["at_end", money]
    found = [
        ("saving_npv_gbp", "Net present saving of a framework", best),
        ("saving_first_gbp", "Net saving in the first year", tables.years.iloc[0][money]),
        ("saving_last_gbp", "Net saving in the last year", tables.years.iloc[-1][money]),
        ("coordination_npv_gbp", "Best dates against waiting for contracts to end", best - at_end),
    ]
    return [
        on.figure(
            name,
            label,
            value=row["net_gbp"],
            unit="GBP",
            ends=(row["net_low_gbp"], row["net_high_gbp"]),
            scope=SAME_DATES,
        )
        for name, label, row in found
    ] + [
        on.figure(
            "spend_gbp_per_year",
            "Spend under contract",
            value=tables.spend["value_gbp_per_year"].sum(),
            unit="GBP per year",
        ),
        on.figure(
            "exit_cost_npv_gbp",
            "Cost of leaving early, net present",
            value=options.loc["best", "exit_cost_gbp"],
            unit="GBP",
        ),
        on.figure(
            "common_cost_npv_gbp",
            "The framework's own cost, net present",
            value=tables.boroughs["common_cost_gbp"].sum(),
            unit="GBP",
        ),
    ]


def _joining(on: _Register, tables: ProcurementTables) -> list[KeyFigure]:
    joins, boroughs = tables.call_offs["joins"], tables.boroughs
    contracts = [
        ("contracts", "Contracts in the register", len(tables.contracts)),
        ("contracts_joining", "Contracts that join", (joins != "never").sum()),
        ("contracts_never", "Contracts that never join", (joins == "never").sum()),
        ("early_exits", "Contracts left early", (joins == "early").sum()),
    ]
    counts = [
        ("boroughs_gaining", "Boroughs that gain", boroughs["gains"].sum(), ""),
        (
            "boroughs_gaining_nothing",
            "Boroughs with contracts that gain nothing",
            (~boroughs["gains"] & (boroughs["contracts"] > 0)).sum(),
            "",
        ),
        (
            "boroughs_without_contracts",
            "Boroughs without a contract to pool",
            (boroughs["contracts"] == 0).sum(),
            "",
        ),
        (
            "boroughs_losing_at_low",
            "Boroughs that lose at the low saving share",
            boroughs["loses_at_low"].sum(),
            SAME_DATES,
        ),
    ]
    return [
        on.figure(name, label, value=value, unit="contracts") for name, label, value in contracts
    ] + [
        on.figure(name, label, value=value, unit="boroughs", scope=scope)
        for name, label, value, scope in counts
    ]


def _tendering(on: _Register, tables: ProcurementTables) -> list[KeyFigure]:
    sums = tables.tenders.drop(columns="category").sum()
    counts = [
        ("tenders_without", "Tenders if each borough goes alone", sums["tenders_without"]),
        (
            "tenders_with",
            "Tenders with a framework",
            sums["tenders_alone"] + sums["framework_competitions"],
        ),
        ("tenders_avoided", "Tenders avoided", sums["tenders_avoided"]),
        ("call_offs", "Call-offs in their place", sums["call_offs"]),
    ]
    spared = [
        ("buyers", "Procurement cost that boroughs are spared"),
        ("bidders", "Bid cost that suppliers are spared"),
    ]
    return [
        on.figure(
            name,
            label,
            value=value,
            unit="call-offs" if name == "call_offs" else "tenders",
            scope="whole horizon",
        )
        for name, label, value in counts
    ] + [
        on.figure(
            f"{who}_gbp",
            label,
            value=sums[f"{who}_gbp"],
            unit="GBP",
            ends=(sums[f"{who}_low_gbp"], sums[f"{who}_high_gbp"]),
            scope="whole horizon, not discounted",
        )
        for who, label in spared
    ]


def _assumed(framework: Framework) -> list[KeyFigure]:
    low, middle, high = framework.terms.saving_shares
    return [
        KeyFigure(
            "horizon_years",
            "Years counted",
            framework.terms.horizon_years,
            "years",
            basis="assumption",
            scope="horizon of the scenario",
        ),
        KeyFigure(
            "saving_share",
            "Price saved if all contracts of a kind are pooled",
            middle,
            "share",
            low=low,
            high=high,
            basis="assumption",
            scope="framework_saving_share",
        ),
        *(_claim(name) for name in CLAIMS),
    ]


def _claim(name: str) -> KeyFigure:
    known = datasets.coefficient(name)
    ranged = known.low < known.high
    return KeyFigure(
        name,
        "Saving claimed for outsourcing and sharing" + (", at least" if ranged else ", cautious"),
        known.value,
        "share",
        low=known.low if ranged else math.nan,
        high=known.high if ranged else math.nan,
        years=str(known.year),
        basis="published",
        scope="all services; claimed by the trade association, disputed",
    )
