"""The tables of the framework agreement: by contract, borough, year and category.

Flows are first worked out by contract and year, so that every table is a sum of the same flows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.schemas import check
from optimisation.costs import coefficients
from optimisation.costs.draws import uncertain_coefficients
from optimisation.scenario import Scenario
from sharedview.questions.procurement import schemas
from sharedview.questions.procurement.framework import (
    Category,
    Framework,
    window_at_end,
    window_at_start,
)
from sharedview.questions.procurement.pooling import NEVER, Floats, Ints, price_discount, value_lot
from sharedview.questions.procurement.spend import category_spend, supplier_spend

BIDS, BID = "procurement_bids_per_tender", "procurement_bid_gbp"
TENDER, CALL_OFF = "procurement_tender_gbp", "procurement_call_off_gbp"
CURVE_POINTS = 21
# Less than this is a rounding error, neither gain nor loss.
PENNY_GBP = 0.01
FLOWS = ("price_saving_gbp", "tender_saving_gbp", "exit_cost_gbp", "common_cost_gbp")
OPTIONS = {
    "best": "Best dates, proved",
    "at_end": "Each joins when it can leave for nothing",
    "at_start": "All join as soon as they can",
    "none": "No framework",
}


@dataclass(frozen=True, slots=True, eq=False)
class ProcurementTables:
    """Every table, each a frame of :mod:`sharedview.questions.procurement.schemas`.

    Parameters
    ----------
    contracts, spend, suppliers, tenders, discounts, call_offs, boroughs, borough_years, years, \
options, proofs, precedents
        As the schemas say.
    """

    contracts: pd.DataFrame
    spend: pd.DataFrame
    suppliers: pd.DataFrame
    tenders: pd.DataFrame
    discounts: pd.DataFrame
    call_offs: pd.DataFrame
    boroughs: pd.DataFrame
    borough_years: pd.DataFrame
    years: pd.DataFrame
    options: pd.DataFrame
    proofs: pd.DataFrame
    precedents: pd.DataFrame


def procurement_tables(framework: Framework, scenario: Scenario) -> ProcurementTables:
    """Turn an answer into tables.

    Parameters
    ----------
    framework
        From :func:`sharedview.questions.procurement.framework.plan_framework`.
    scenario
        Under which it was made.

    Returns
    -------
    ProcurementTables
    """
    flows = contract_flows(framework)
    frame = framework.register.frame
    return ProcurementTables(
        contracts=frame,
        spend=_spend(framework),
        suppliers=supplier_spend(frame),
        tenders=_tenders(framework, scenario),
        discounts=_discounts(framework),
        call_offs=_call_offs(framework),
        boroughs=_boroughs(framework),
        borough_years=_borough_years(framework, flows),
        years=_years(framework, flows),
        options=_options(framework),
        proofs=_proofs(framework),
        precedents=check(datasets.procurement_precedents(), schemas.Precedents, "precedents"),
    )


def contract_flows(framework: Framework) -> pd.DataFrame:
    """Return money by contract and year, not discounted.

    Parameters
    ----------
    framework
        From :func:`sharedview.questions.procurement.framework.plan_framework`.

    Returns
    -------
    DataFrame
        ``contract_id, category, borough_code, year`` (1 is the first), the :data:`FLOWS`,
        ``price_low_gbp`` and ``price_high_gbp``.
    """
    terms = framework.terms
    years = np.arange(terms.horizon_years)
    common = np.full(terms.horizon_years, terms.running_gbp_per_year)
    common[list(terms.competitions)] += terms.setup_gbp
    parts = []
    for category in framework.categories:
        in_year = (terms.windows // 12)[:, None] == years
        price = [
            value.discount @ in_year * category.lots[1].value[:, None] * terms.step_months / 12
            for value in category.values
        ]
        alone = np.array([_by_year(one.tenders, years) for one in category.alone])
        plan = category.plan()
        held = np.array([_by_year(one.tenders, years) for one in plan])
        calls = np.array([_by_year(one.call_offs, years) for one in plan])
        paid = np.array([one.exit_gbp * _by_year(one.call_offs[:1], years) for one in plan])
        own = category.contracts
        count = len(own)
        parts.append(
            pd.DataFrame(
                {
                    "contract_id": np.repeat(own["contract_id"].to_numpy(), len(years)),
                    "category": category.name,
                    "borough_code": np.repeat(own["borough_code"].to_numpy(), len(years)),
                    "year": np.tile(years + 1, count),
                    "price_saving_gbp": price[1].ravel(),
                    "price_low_gbp": price[0].ravel(),
                    "price_high_gbp": price[2].ravel(),
                    "tender_saving_gbp": (
                        terms.tender_gbp * (alone - held) - terms.call_off_gbp * calls
                    ).ravel(),
                    "exit_cost_gbp": paid.ravel(),
                    "common_cost_gbp": np.outer(category.common_share(), common).ravel(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _by_year(months: tuple[float, ...], years: Ints) -> Floats:
    """Count events in each year."""
    at = np.floor(np.array(months, dtype=np.float64) / 12 + 1e-9)
    return np.asarray((at[:, None] == years).sum(axis=0), dtype=np.float64)


def _net(sums: pd.DataFrame) -> pd.DataFrame:
    """Add net amounts, at the middle and both ends of the saving share."""
    rest = sums["tender_saving_gbp"] - sums["exit_cost_gbp"] - sums["common_cost_gbp"]
    return sums.assign(
        net_gbp=sums["price_saving_gbp"] + rest,
        net_low_gbp=sums["price_low_gbp"] + rest,
        net_high_gbp=sums["price_high_gbp"] + rest,
    )


def _borough_years(framework: Framework, flows: pd.DataFrame) -> pd.DataFrame:
    columns = [*FLOWS, "price_low_gbp", "price_high_gbp"]
    every = pd.MultiIndex.from_product(
        [framework.boroughs.index, range(1, framework.terms.horizon_years + 1)],
        names=["borough_code", "year"],
    )
    sums = flows.groupby(["borough_code", "year"])[columns].sum().reindex(every, fill_value=0.0)
    table = _net(sums.reset_index())
    table.insert(1, "borough", table["borough_code"].map(framework.boroughs["borough"]))
    table = table.drop(columns=["price_low_gbp", "price_high_gbp"])
    return check(table, schemas.BoroughYears, "savings by borough and year")


def _years(framework: Framework, flows: pd.DataFrame) -> pd.DataFrame:
    terms = framework.terms
    years = np.arange(terms.horizon_years)
    table = _net(
        flows.groupby("year")[[*FLOWS, "price_low_gbp", "price_high_gbp"]].sum().reset_index()
    )
    ends: list[float] = []
    joined: list[float] = []
    value: list[float] = []
    for category in framework.categories:
        ends += [each.end_month for each in category.terms]
        for each, events in zip(category.terms, category.plan(), strict=True):
            if events.call_offs:
                joined.append(events.call_offs[0])
                value.append(each.value_gbp_per_year)
    call_offs = _by_year(tuple(joined), years)
    by_then = np.floor(np.array(joined) / 12 + 1e-9)[:, None] <= years
    days = [pd.Timestamp(terms.start) + pd.DateOffset(years=int(year)) for year in years]
    table = table.assign(
        first_day=days,
        contracts_ending=_by_year(tuple(ends), years),
        call_offs=call_offs,
        contracts_in_force=np.cumsum(call_offs),
        pooled_gbp_per_year=np.array(value) @ by_then if value else 0.0,
    )
    order = list(schemas.Years.to_schema().columns)
    return check(table[order], schemas.Years, "savings by year")


def _call_offs(framework: Framework) -> pd.DataFrame:
    terms = framework.terms
    parts = []
    for category in framework.categories:
        plan, price = category.plan(), category.values[1].price_npv
        tender, left = category.tender_npv(terms), category.exit_npv(terms)
        joined = [events.call_offs[0] if events.call_offs else np.nan for events in plan]
        own = category.contracts
        parts.append(
            own[
                ["contract_id", "category", "borough_code", "borough", "value_gbp_per_year"]
            ].assign(
                end_month=[each.end_month for each in category.terms],
                call_off_month=joined,
                call_off=pd.to_datetime(
                    pd.Series([_day(framework, month) for month in joined], index=own.index)
                ),
                joins=[
                    "early" if one.early and one.call_offs else
                    "at its end" if one.call_offs else "never"
                    for one in plan
                ],
                exit_cost_gbp=[one.exit_gbp for one in plan],
                price_saving_gbp=price,
                tender_saving_gbp=tender,
                net_gbp=price + tender - left,
            )
        )  # fmt: skip
    return check(pd.concat(parts, ignore_index=True), schemas.CallOffs, "call-offs")


def _day(framework: Framework, month: float) -> pd.Timestamp | None:
    if np.isnan(month):
        return None
    return pd.Timestamp(framework.terms.start) + pd.DateOffset(months=round(month))


def _boroughs(framework: Framework) -> pd.DataFrame:
    terms = framework.terms
    parts = [
        pd.DataFrame(
            {
                "borough_code": category.contracts["borough_code"],
                "contracts": 1,
                "contracts_joining": (category.answer.choice != NEVER).astype(int),
                "value_gbp_per_year": category.lots[1].value,
                "price_saving_gbp": category.values[1].price_npv,
                "price_low_gbp": category.values[0].price_npv,
                "price_high_gbp": category.values[2].price_npv,
                "tender_saving_gbp": category.tender_npv(terms),
                "exit_cost_gbp": category.exit_npv(terms),
                "common_cost_gbp": category.common_share() * category.values[1].common_npv,
            }
        )
        for category in framework.categories
    ]
    sums = pd.concat(parts).groupby("borough_code").sum()
    sums = sums.reindex(framework.boroughs.index, fill_value=0).rename_axis("borough_code")
    table = _net(sums.reset_index()).drop(columns=["price_low_gbp", "price_high_gbp"])
    table.insert(1, "borough", table["borough_code"].map(framework.boroughs["borough"]))
    table["gains"] = table["net_gbp"] > PENNY_GBP
    table["loses_at_low"] = table["net_low_gbp"] < -PENNY_GBP
    return check(table, schemas.BoroughSavings, "savings by borough")


def _options(framework: Framework) -> pd.DataFrame:
    choices: dict[str, Callable[[Category], Ints]] = {
        "best": lambda category: category.answer.choice,
        "at_end": window_at_end,
        "at_start": window_at_start,
        "none": lambda category: np.full(len(category.terms), NEVER),
    }
    rows = [
        _option(framework, name, [choose(category) for category in framework.categories])
        for name, choose in choices.items()
    ]
    return check(pd.DataFrame(rows), schemas.Options, "ways to join")


def _option(framework: Framework, name: str, choices: list[Ints]) -> dict[str, object]:
    joining = early = losers = 0
    left, net = 0.0, np.zeros(3)
    for category, choice in zip(framework.categories, choices, strict=True):
        values = [value_lot(lot, choice) for lot in category.lots]
        net += [value.net_npv for value in values]
        joined = np.flatnonzero(choice != NEVER)
        events = [category.joins[i][choice[i]] for i in joined]
        joining += len(joined)
        early += sum(one.early for one in events)
        left += sum(one.exit_gbp * framework.terms.worth(one.call_offs[0]) for one in events)
        losers += int((values[1].contract_npv[joined] < -PENNY_GBP).sum())
    return {
        "option": name,
        "label": OPTIONS[name],
        "contracts_joining": joining,
        "early_exits": early,
        "losers": losers,
        "exit_cost_gbp": left,
        "net_gbp": net[1],
        "net_low_gbp": net[0],
        "net_high_gbp": net[2],
    }


def _proofs(framework: Framework) -> pd.DataFrame:
    rows = [
        {
            "category": category.name,
            "status": category.answer.status,
            "contracts": len(category.terms),
            "contracts_joining": int((category.answer.choice != NEVER).sum()),
            "net_gbp": category.answer.net_npv,
            "bound_gbp": category.answer.bound,
            "gap_share": category.answer.gap_share,
            "solver": category.answer.solver,
        }
        for category in framework.categories
    ]
    return check(pd.DataFrame(rows), schemas.Proofs, "proofs of call-off dates")


def _spend(framework: Framework) -> pd.DataFrame:
    table = category_spend(framework.register.frame)
    found = {category.name: category.lots for category in framework.categories}
    for column, which in (
        ("price_elasticity", 1),
        ("price_elasticity_low", 0),
        ("price_elasticity_high", 2),
    ):
        table[column] = [
            found[name][which].elasticity if name in found else 0.0 for name in table["category"]
        ]
    return check(table, schemas.Spend, "spend by category")


def _tenders(framework: Framework, scenario: Scenario) -> pd.DataFrame:
    terms = framework.terms
    bids = _ends(scenario, BIDS)
    bid, tender, call_off = (_ends(scenario, name) for name in (BID, TENDER, CALL_OFF))
    per_tender = bids * bid
    rows = []
    for category in framework.categories:
        plan = category.plan()
        without = sum(len(one.tenders) for one in category.alone)
        alone = sum(len(one.tenders) for one in plan)
        calls = sum(len(one.call_offs) for one in plan)
        lots = len(terms.competitions) if category.used else 0
        avoided = without - alone - lots
        rows.append(
            {
                "category": category.name,
                "tenders_without": without,
                "tenders_alone": alone,
                "framework_competitions": lots,
                "tenders_avoided": avoided,
                "call_offs": calls,
                "buyers_gbp": tender[1] * (without - alone) - call_off[1] * calls,
                "buyers_low_gbp": tender[0] * (without - alone) - call_off[2] * calls,
                "buyers_high_gbp": tender[2] * (without - alone) - call_off[0] * calls,
                "bidders_gbp": avoided * per_tender[1],
                "bidders_low_gbp": min(avoided * per_tender[[0, 2]]),
                "bidders_high_gbp": max(avoided * per_tender[[0, 2]]),
            }
        )
    return check(pd.DataFrame(rows), schemas.Tenders, "tenders")


def _ends(scenario: Scenario, name: str) -> Floats:
    """Return low end, value and high end of a coefficient."""
    value = coefficients.values([name], scenario.coefficients)[name]
    (found,) = uncertain_coefficients(scenario, names=[name]) or (None,)
    return np.array([value] * 3 if found is None else [found.low, found.value, found.high])


def _discounts(framework: Framework) -> pd.DataFrame:
    parts = []
    for category in framework.categories:
        value = category.lots[1].value
        own, total = float(value.mean()), float(value.sum())
        share = np.linspace(own / total, 1.0, CURVE_POINTS)
        low, middle, high = (
            price_discount(share * total, own, elasticity=lot.elasticity) for lot in category.lots
        )
        parts.append(
            pd.DataFrame(
                {
                    "category": category.name,
                    "pooled_share": share,
                    "pooled_gbp_per_year": share * total,
                    "discount_share": middle,
                    "discount_low_share": low,
                    "discount_high_share": high,
                }
            )
        )
    return check(pd.concat(parts, ignore_index=True), schemas.DiscountCurve, "discounts")
