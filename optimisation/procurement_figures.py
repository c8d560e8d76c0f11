"""The few figures that the framework agreement is judged by, with what they rest on."""

from __future__ import annotations

import pandas as pd

from coverage_model import datasets
from coverage_model.key_figures import KeyFigure, key_figures
from optimisation.procurement import Framework
from optimisation.procurement_tables import ProcurementTables

CLAIMS = ("claimed_saving_share", "claimed_saving_cautious_share")


def procurement_figures(framework: Framework, tables: ProcurementTables) -> pd.DataFrame:
    """Return the key figures.

    Parameters
    ----------
    framework
        From :func:`optimisation.procurement.plan_framework`.
    tables
        Its tables.

    Returns
    -------
    DataFrame
        :class:`coverage_model.key_figures.KeyFigures`.
    """
    illustrative = framework.register.illustrative
    basis = "illustrative" if illustrative else "model"
    what = "illustrative contracts" if illustrative else "contracts given"
    frame = framework.register.frame
    begin, finish = frame["start"].min().year, frame["end"].max().year
    on = {
        "boroughs": int(frame["borough_code"].nunique()),
        "years": f"{begin} to {finish}",
        "basis": basis,
        "scope": what,
    }
    best = tables.options.set_index("option").loc["best"]
    at_end = tables.options.set_index("option").loc["at_end"]
    last, years = tables.years.iloc[-1], tables.years
    boroughs, tenders = tables.boroughs, tables.tenders
    horizon = {**on, "scope": f"{what}; whole horizon"}
    fixed = {**on, "scope": f"{what}; same call-offs at the low and high saving share"}
    joins = tables.call_offs["joins"]
    return key_figures(
        [
            KeyFigure("contracts", "Contracts in the register", len(frame), "contracts", **on),
            KeyFigure("spend_gbp_per_year", "Spend under contract",
                      float(tables.spend["value_gbp_per_year"].sum()), "GBP per year", **on),
            KeyFigure("saving_npv_gbp", "Net present saving of a framework",
                      float(best["net_gbp"]), "GBP", low=float(best["net_low_gbp"]),
                      high=float(best["net_high_gbp"]), **fixed),
            KeyFigure("saving_last_gbp", "Net saving in the last year",
                      float(last["net_gbp"]), "GBP", low=float(last["net_low_gbp"]),
                      high=float(last["net_high_gbp"]), **fixed),
            KeyFigure("saving_first_gbp", "Net saving in the first year",
                      float(years.iloc[0]["net_gbp"]), "GBP",
                      low=float(years.iloc[0]["net_low_gbp"]),
                      high=float(years.iloc[0]["net_high_gbp"]), **fixed),
            KeyFigure("horizon_years", "Years counted", framework.terms.horizon_years, "years",
                      basis="assumption", scope="horizon of the scenario"),
            KeyFigure("start_year", "Year in which the framework starts",
                      framework.terms.start.year, "", basis="assumption",
                      scope="a choice of the scenario"),
            KeyFigure("contracts_joining", "Contracts that join", float(best["contracts_joining"]),
                      "contracts", **on),
            KeyFigure("contracts_never", "Contracts that never join",
                      float((joins == "never").sum()), "contracts", **on),
            KeyFigure("early_exits", "Contracts left early", float(best["early_exits"]),
                      "contracts", **on),
            KeyFigure("exit_cost_npv_gbp", "Cost of leaving early, net present",
                      float(best["exit_cost_gbp"]), "GBP", **on),
            KeyFigure("common_cost_npv_gbp", "The framework's own cost, net present",
                      float(boroughs["common_cost_gbp"].sum()), "GBP", **on),
            KeyFigure("coordination_npv_gbp", "Best dates against waiting for contracts to end",
                      float(best["net_gbp"] - at_end["net_gbp"]), "GBP",
                      low=float(best["net_low_gbp"] - at_end["net_low_gbp"]),
                      high=float(best["net_high_gbp"] - at_end["net_high_gbp"]), **fixed),
            KeyFigure("boroughs_gaining", "Boroughs that gain", float(boroughs["gains"].sum()),
                      "boroughs", **on),
            KeyFigure("boroughs_gaining_nothing", "Boroughs that gain nothing",
                      float((~boroughs["gains"]).sum()), "boroughs", **on),
            KeyFigure("boroughs_losing_at_low", "Boroughs that lose at the low saving share",
                      float((boroughs["net_low_gbp"] < -0.01).sum()), "boroughs", **fixed),
            KeyFigure("tenders_without", "Tenders if each borough goes alone",
                      float(tenders["tenders_without"].sum()), "tenders", **horizon),
            KeyFigure("tenders_with", "Tenders with a framework",
                      float((tenders["tenders_alone"] + tenders["framework_competitions"]).sum()),
                      "tenders", **horizon),
            KeyFigure("tenders_avoided", "Tenders avoided",
                      float(tenders["tenders_avoided"].sum()), "tenders", **horizon),
            KeyFigure("call_offs", "Call-offs in their place",
                      float(tenders["call_offs"].sum()), "call-offs", **horizon),
            KeyFigure("buyers_gbp", "Procurement cost that boroughs are spared",
                      float(tenders["buyers_gbp"].sum()), "GBP",
                      low=float(tenders["buyers_low_gbp"].sum()),
                      high=float(tenders["buyers_high_gbp"].sum()), **horizon),
            KeyFigure("bidders_gbp", "Bid cost that suppliers are spared",
                      float(tenders["bidders_gbp"].sum()), "GBP",
                      low=float(tenders["bidders_low_gbp"].sum()),
                      high=float(tenders["bidders_high_gbp"].sum()), **horizon),
            KeyFigure("saving_share", "Price saved if all contracts of a kind are pooled",
                      framework.terms.saving_shares[1], "share",
                      low=framework.terms.saving_shares[0], high=framework.terms.saving_shares[2],
                      basis="assumption", scope="framework_saving_share"),
            *(_claim(name) for name in CLAIMS),
            KeyFigure("proof_gap_share", "Largest gap between plan and proved bound",
                      float(tables.proofs["gap_share"].max()), "share", **on),
        ]
    )  # fmt: skip


def _claim(name: str) -> KeyFigure:
    known = datasets.coefficient(name)
    cautious = name == CLAIMS[1]
    return KeyFigure(
        name,
        "Saving claimed for outsourcing and sharing" + (", cautious" if cautious else ", at least"),
        known.value,
        "share",
        low=known.low if known.low < known.high else float("nan"),
        high=known.high if known.low < known.high else float("nan"),
        years=str(known.year),
        basis="published",
        scope="all services; claimed by the trade association, disputed",
    )
