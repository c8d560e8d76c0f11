"""The tables of the framework agreement: contracts, spend, tenders, call-offs and savings."""

from __future__ import annotations

import pandas as pd

from coverage_model.base.schemas import Table, col

CATEGORIES = ("maintenance", "monitoring_staff", "cameras", "recorders_vms", "transmission")


class Contracts(Table):
    """One row a contract of a borough, as given or as made up for the demonstration."""

    contract_id: str = col("Identifier of the contract", unique=True)
    category: str = col("What is bought", isin=CATEGORIES)
    supplier: str = col("Supplier; empty where not known", nullable=True)
    borough_code: str = col("GSS code of the borough")
    borough: str = col("Name of the borough")
    value_gbp_per_year: float = col(
        "Yearly value; empty where not known", unit="£ a year", gt=0, nullable=True
    )
    start: pd.Timestamp = col("First day")
    end: pd.Timestamp = col("Last day, without extension")
    extension_months: float = col("Months the borough may extend by", unit="months", ge=0)
    notice_months: float = col(
        "Notice for leaving early; empty where not known", unit="months", ge=0, nullable=True
    )
    exit_cost_gbp: float = col(
        "All that leaving early costs; where empty, the notice is paid", unit="£", ge=0,
        nullable=True,
    )  # fmt: skip
    basis: str = col("given or illustrative (made up)", isin=("given", "illustrative"))


class Spend(Table):
    """One row a category: what is spent, with how many suppliers, and what pooling could save."""

    category: str = col("What is bought", unique=True)
    contracts: int = col("Contracts in the register", ge=0)
    contracts_value_unknown: int = col("Of them without a known value; in no sum", ge=0)
    boroughs: int = col("Boroughs with a contract", ge=0)
    suppliers: int = col("Suppliers that are known", ge=0)
    value_gbp_per_year: float = col("Sum of the known yearly values", unit="£ a year")
    supplier_unknown_share: float = col("Share of it with a supplier not known", nullable=True)
    herfindahl: float = col(
        "Sum over suppliers of the square of their share of the spend with known suppliers: 1 is "
        "one supplier, near 0 very many",
        nullable=True,
    )
    suppliers_effective: float = col(
        "1 / herfindahl: the number of suppliers of one size that would be as concentrated",
        nullable=True,
    )
    largest_supplier: str = col("Supplier with most of the spend", nullable=True)
    largest_supplier_share: float = col("Its share of the spend with known suppliers",
                                        nullable=True)  # fmt: skip
    price_elasticity: float = col("e in price = (pooled volume / own volume)^-e, mid saving share")
    price_elasticity_low: float = col("The same at the low end of the saving share")
    price_elasticity_high: float = col("The same at the high end")


class SupplierSpend(Table):
    """One row a category and supplier."""

    category: str = col("What is bought")
    supplier: str = col("Supplier; (not known) where the register does not say")
    contracts: int = col("Contracts", ge=1)
    boroughs: int = col("Boroughs", ge=1)
    value_gbp_per_year: float = col("Sum of the yearly values", unit="£ a year")
    category_share: float = col("Share of the category's spend", ge=0, le=1)


class Tenders(Table):
    """One row a category: tender exercises in the horizon, alone and under the framework."""

    category: str = col("What is bought", unique=True)
    tenders_without: int = col("Tenders in the horizon if each borough goes alone", ge=0)
    tenders_alone: int = col("Tenders that boroughs still hold alone under the plan", ge=0)
    framework_competitions: int = col("Competitions for the framework itself", ge=0)
    tenders_avoided: int = col("tenders_without - tenders_alone - framework_competitions")
    call_offs: int = col("Contracts called off under the framework, renewals included", ge=0)
    buyers_gbp: float = col(
        "Spared by boroughs in the horizon, not discounted: tenders they do not hold less what "
        "call-offs cost; competitions for the framework are in its set-up cost",
        unit="£",
    )
    buyers_low_gbp: float = col("The same with cheap tenders and dear call-offs", unit="£")
    buyers_high_gbp: float = col("The same with dear tenders and cheap call-offs", unit="£")
    bidders_gbp: float = col(
        "Spared by those who bid, not discounted: tenders_avoided x bids x cost of a bid",
        unit="£",
    )
    bidders_low_gbp: float = col("The same at the low ends of bids and their cost", unit="£")
    bidders_high_gbp: float = col("The same at the high ends", unit="£")


class DiscountCurve(Table):
    """One row a category and pooled share: the discount of a contract of mean size."""

    category: str = col("What is bought")
    pooled_share: float = col("Share of the category's spend that is pooled", ge=0, le=1)
    pooled_gbp_per_year: float = col("The same in pounds", unit="£ a year")
    discount_share: float = col("Price saved by a contract of mean size", ge=0, lt=1)
    discount_low_share: float = col("The same at the low end of the saving share", ge=0, lt=1)
    discount_high_share: float = col("The same at the high end", ge=0, lt=1)


class CallOffs(Table):
    """One row a contract that could be pooled: when it joins, and what its borough gains."""

    contract_id: str = col("Identifier of the contract", unique=True)
    category: str = col("What is bought")
    borough_code: str = col("GSS code of the borough")
    borough: str = col("Name of the borough")
    value_gbp_per_year: float = col("Yearly value", unit="£ a year")
    end_month: float = col(
        "Months from the framework's start to the contract's end; 0 if it is in its extension",
        unit="months",
    )
    call_off_month: float = col(
        "Months from the framework's start to the call-off; empty if it never joins",
        unit="months",
        nullable=True,
    )
    call_off: pd.Timestamp = col("Day of the call-off; empty if it never joins", nullable=True)
    joins: str = col(
        "at its end (or within its extension), early, or never",
        isin=("at its end", "early", "never"),
    )
    exit_cost_gbp: float = col("Paid for leaving early, not discounted", unit="£", ge=0)
    price_saving_gbp: float = col("Saved by lower prices, net present value", unit="£")
    tender_saving_gbp: float = col(
        "Own tenders not held less call-offs, net present value", unit="£"
    )
    net_gbp: float = col(
        "Net present gain before the framework's own costs: price and tender savings less exit",
        unit="£",
    )


class BoroughSavings(Table):
    """One row a borough: what the framework is worth to it over the horizon."""

    borough_code: str = col("GSS code of the borough", unique=True)
    borough: str = col("Name of the borough")
    contracts: int = col("Contracts that could be pooled", ge=0)
    contracts_joining: int = col("Of them called off under the framework", ge=0)
    value_gbp_per_year: float = col("Yearly value of those that could be pooled", unit="£ a year")
    price_saving_gbp: float = col("Saved by lower prices, net present value", unit="£")
    tender_saving_gbp: float = col("Own tenders not held less call-offs, net present", unit="£")
    exit_cost_gbp: float = col("Paid for leaving early, net present value", unit="£")
    common_cost_gbp: float = col(
        "Its part of setting up and running the framework, by spend under it; net present",
        unit="£",
    )
    net_gbp: float = col("Net present gain", unit="£")
    net_low_gbp: float = col("The same call-offs at the low saving share", unit="£")
    net_high_gbp: float = col("The same call-offs at the high saving share", unit="£")
    gains: bool = col("True where net_gbp is above a penny")
    loses_at_low: bool = col("True where net_low_gbp is below 0 by more than a penny")


class BoroughYears(Table):
    """One row for each borough in each year, in pounds of that year's payments, not discounted."""

    borough_code: str = col("GSS code of the borough")
    borough: str = col("Name of the borough")
    year: int = col("Year from the framework's start, 1 is the first", ge=1)
    price_saving_gbp: float = col("Saved by lower prices", unit="£")
    tender_saving_gbp: float = col("Own tenders not held less call-offs", unit="£")
    exit_cost_gbp: float = col("Paid for leaving early", unit="£")
    common_cost_gbp: float = col("Its part of the framework's own costs", unit="£")
    net_gbp: float = col("Saved in the year, net", unit="£")
    net_low_gbp: float = col("The same call-offs at the low saving share", unit="£")
    net_high_gbp: float = col("The same call-offs at the high saving share", unit="£")


class Years(Table):
    """One row a year: contracts ending, contracts under the framework, and London's saving."""

    year: int = col("Year from the framework's start, 1 is the first", ge=1)
    first_day: pd.Timestamp = col("First day of the year")
    contracts_ending: int = col("Contracts of the register that end in the year", ge=0)
    call_offs: int = col("Contracts that join in the year", ge=0)
    contracts_in_force: int = col("Contracts under the framework at the year's end", ge=0)
    pooled_gbp_per_year: float = col("Their yearly value", unit="£ a year")
    price_saving_gbp: float = col("Saved by lower prices", unit="£")
    tender_saving_gbp: float = col("Own tenders not held less call-offs", unit="£")
    exit_cost_gbp: float = col("Paid for leaving early", unit="£")
    common_cost_gbp: float = col("Setting up and running the framework", unit="£")
    net_gbp: float = col("Saved in the year, net", unit="£")
    net_low_gbp: float = col("The same call-offs at the low saving share", unit="£")
    net_high_gbp: float = col("The same call-offs at the high saving share", unit="£")


class Options(Table):
    """One row a way to join: net present worth to London under the same rules."""

    option: str = col(
        "best (the proved plan), at_end (each joins when it can leave for nothing), at_start (all "
        "join at once) or none",
        unique=True,
    )
    label: str = col("What it is")
    contracts_joining: int = col("Contracts called off", ge=0)
    early_exits: int = col("Contracts left early", ge=0)
    losers: int = col("Contracts that join and lose by it", ge=0)
    exit_cost_gbp: float = col("Paid for leaving early, net present value", unit="£")
    net_gbp: float = col("Net present saving, the framework's own costs paid", unit="£")
    net_low_gbp: float = col("The same call-offs at the low saving share", unit="£")
    net_high_gbp: float = col("The same call-offs at the high saving share", unit="£")


class Proofs(Table):
    """One row a category: how the call-off dates were proved best."""

    category: str = col("What is bought", unique=True)
    status: str = col("optimal (proved), feasible (stopped early) or none (nothing to pool)")
    contracts: int = col("Contracts that could be pooled", ge=0)
    contracts_joining: int = col("Of them called off", ge=0)
    net_gbp: float = col("Net present saving, recomputed from the dates chosen", unit="£")
    bound_gbp: float = col("Proved upper bound of it, for any dates", unit="£")
    gap_share: float = col("(bound_gbp - net_gbp) / net_gbp; 0 is proved best", ge=0)
    solver: str = col("Solver and version")


class Precedents(Table):
    """One row a framework or joint contract for CCTV that boroughs use, as published."""

    precedent: str = col("What it is called", unique=True)
    kind: str = col("What it is")
    boroughs: str = col("Boroughs that use it")
    source: str = col("Where it was read")
    year: pd.Int64Dtype = col("Year of the source; empty where undated", nullable=True)
    mark: str = col("read in the source")
    note: str = col("What a reader must know", nullable=True)
