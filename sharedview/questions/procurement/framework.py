"""A pan-London framework agreement: less duplicate tendering, and who should join when.

Contracts of one category are pooled. For each category the best call-off dates are found and proved
(:mod:`sharedview.questions.procurement.call_off`) from volume discounts
(:mod:`sharedview.questions.procurement.pooling`) and the terms of the contracts
(:mod:`sharedview.questions.procurement.terms`). Money of one contract over the horizon of H years:

.. code-block:: text

    price saving   v_i · d_i(band reached) while it is in force
    tender saving  tender · (own tenders without a framework - own tenders with it)
                   - call_off · (call-offs, one for each renewal)
    exit cost      once, where it leaves a contract early
    common cost    K = set-up · Σ_k (1 + r)^(-k·term) for k·term < H,  + running · annuity(H, r),
                   shared by the members of a category by their discounted spend under it

Prices are discounted as the scenario pays yearly costs, the rest from its own month. The interval
keeps the dates and takes the discount at the low and the high end of ``framework_saving_share``.
A contract without a known value is counted and in no sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from coverage_model.base.errors import Faults
from optimisation.costs import coefficients
from optimisation.costs.draws import uncertain_coefficients
from optimisation.costs.rates import annuity
from optimisation.scenario import Scenario, in_play
from sharedview.questions.procurement.call_off import LotAnswer, solve_lot
from sharedview.questions.procurement.contracts import Register
from sharedview.questions.procurement.options import ProcurementOptions
from sharedview.questions.procurement.pooling import (
    NEVER,
    Floats,
    Ints,
    Lot,
    LotValue,
    elasticity_for,
    value_lot,
)
from sharedview.questions.procurement.schemas import CATEGORIES
from sharedview.questions.procurement.terms import Term, Timeline, term, timeline

SAVING = "framework_saving_share"
NAMES = (
    SAVING,
    "procurement_tender_gbp",
    "procurement_bid_gbp",
    "procurement_bids_per_tender",
    "procurement_call_off_gbp",
    "procurement_framework_setup_gbp",
    "procurement_framework_gbp_per_year",
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the framework costs and when it can be called off.

    Parameters
    ----------
    tender_gbp, call_off_gbp
        Cost of a borough's own tender and of a call-off.
    setup_gbp, running_gbp_per_year
        Cost of the framework for one category: each time it is let, and each year.
    saving_shares
        Low, middle and high share saved if all contracts of a category are pooled.
    horizon_years, discount_rate, timing
        As in the scenario.
    term_years, step_months, min_members, voluntary, start
        As in :class:`sharedview.questions.procurement.options.ProcurementOptions`.
    """

    tender_gbp: float
    call_off_gbp: float
    setup_gbp: float
    running_gbp_per_year: float
    saving_shares: tuple[float, float, float]
    horizon_years: int
    discount_rate: float
    timing: str
    term_years: int
    step_months: int
    min_members: int
    voluntary: bool
    start: date

    @property
    def horizon_months(self) -> float:
        """Months of the horizon."""
        return 12.0 * self.horizon_years

    @property
    def windows(self) -> Floats:
        """Months at which contracts can join."""
        return np.arange(0.0, self.horizon_months, self.step_months)

    @property
    def spend_weight(self) -> Floats:
        """Net present value of £1 a year paid during the step after each window."""
        year = self.windows // 12
        paid = year if self.timing == "start" else year + 1
        weight = (1 + self.discount_rate) ** -paid * (self.step_months / 12)
        return np.asarray(weight, dtype=np.float64)

    @property
    def competitions(self) -> tuple[int, ...]:
        """Years after the start in which the framework is let."""
        return tuple(range(0, self.horizon_years, self.term_years))

    @property
    def common_npv(self) -> float:
        """K, the net present cost of the framework for one category."""
        let = sum(self.setup_gbp * self.worth(12.0 * year) for year in self.competitions)
        yearly = annuity(self.horizon_years, self.discount_rate, timing=self.timing)
        return let + self.running_gbp_per_year * yearly

    def worth(self, month: float) -> float:
        """Net present value of £1 paid once in a month from the start."""
        return float((1 + self.discount_rate) ** (-month / 12))

    def cost_of(self, events: Timeline) -> float:
        """Net present cost of tenders, call-offs and leaving early."""
        tenders = sum(self.tender_gbp * self.worth(month) for month in events.tenders)
        calls = sum(self.call_off_gbp * self.worth(month) for month in events.call_offs)
        left = events.exit_gbp * self.worth(events.call_offs[0]) if events.call_offs else 0.0
        return tenders + calls + left


@dataclass(frozen=True, slots=True, eq=False)
class Category:
    """One category with its answer.

    Parameters
    ----------
    name
        Of the category.
    contracts
        The contracts that can be pooled, in the order of the arrays.
    terms
        The terms of each.
    alone
        What happens to each without a framework.
    joins
        What happens to each at each window, by contract and window.
    lots
        The arrays at the low, middle and high saving share.
    answer
        The best windows with their proof.
    values
        What they are worth at each saving share.
    """

    name: str
    contracts: pd.DataFrame
    terms: tuple[Term, ...]
    alone: tuple[Timeline, ...]
    joins: tuple[tuple[Timeline, ...], ...]
    lots: tuple[Lot, Lot, Lot]
    answer: LotAnswer
    values: tuple[LotValue, LotValue, LotValue]

    @property
    def used(self) -> bool:
        """Whether the category has a framework."""
        return bool((self.answer.choice != NEVER).any())

    def plan(self) -> tuple[Timeline, ...]:
        """Return what happens to each contract under the answer."""
        return tuple(
            self.alone[i] if window == NEVER else self.joins[i][window]
            for i, window in enumerate(self.answer.choice.tolist())
        )

    def tender_npv(self, terms: Terms) -> Floats:
        """Net present value of tenders not held less call-offs, by contract."""
        paid = [terms.cost_of(Timeline(events.tenders, events.call_offs)) for events in self.plan()]
        saved = [terms.cost_of(events) for events in self.alone]
        return np.array(saved) - np.array(paid)

    def exit_npv(self, terms: Terms) -> Floats:
        """Net present value of exit costs, by contract."""
        return np.array(
            [
                events.exit_gbp * terms.worth(events.call_offs[0]) if events.call_offs else 0.0
                for events in self.plan()
            ]
        )

    def common_share(self) -> Floats:
        """Part of the framework's own cost that each contract carries."""
        lot = self.lots[1]
        spend = (lot.in_force(self.answer.choice) * lot.spend_weight).sum(axis=1) * lot.value
        total = float(spend.sum())
        return np.asarray(spend / total if total else spend)


@dataclass(frozen=True, slots=True, eq=False)
class Framework:
    """The framework agreement: every category with its answer.

    Parameters
    ----------
    terms
        Costs and calendar.
    register
        The contracts in play, with or without a known value.
    boroughs
        The boroughs in play, indexed by code, with ``borough``.
    categories
        One for each category that has contracts to pool.
    notes
        What a reader must know, as sentences.
    """

    terms: Terms
    register: Register
    boroughs: pd.DataFrame
    categories: tuple[Category, ...]
    notes: tuple[str, ...]

    @property
    def net_npv(self) -> float:
        """Net present saving of London."""
        return sum(category.answer.net_npv for category in self.categories)


def framework_terms(scenario: Scenario) -> Terms:
    """Read costs and calendar from a scenario.

    Raises
    ------
    InputError
        If the saving share, or the high end of its range, is not below 1.
    """
    value = coefficients.values(NAMES, scenario.coefficients)
    (uncertain,) = uncertain_coefficients(scenario, names=[SAVING]) or (None,)
    middle = value[SAVING]
    shares = (middle, middle, middle) if uncertain is None else (
        uncertain.low, uncertain.value, uncertain.high,
    )  # fmt: skip
    if shares[2] >= 1:
        faults = Faults("scenario")
        faults.add(f"{SAVING} is {middle:g}, up to {shares[2]:g} with its range", "Give less")
        faults.raise_if_any()
    options = scenario.options(ProcurementOptions)
    return Terms(
        tender_gbp=value["procurement_tender_gbp"],
        call_off_gbp=value["procurement_call_off_gbp"],
        setup_gbp=value["procurement_framework_setup_gbp"],
        running_gbp_per_year=value["procurement_framework_gbp_per_year"],
        saving_shares=shares,
        horizon_years=scenario.horizon_years,
        discount_rate=scenario.discount_rate,
        timing=scenario.flow_timing,
        term_years=options.term_years,
        step_months=options.call_off_months,
        min_members=options.min_members,
        voluntary=options.voluntary,
        start=options.start,
    )


def plan_framework(register: Register, boroughs: pd.DataFrame, scenario: Scenario) -> Framework:
    """Find the best call-off dates of every category.

    Parameters
    ----------
    register
        From :func:`sharedview.questions.procurement.contracts.read_contracts` or
        ``illustrative_contracts``.
    boroughs
        Indexed by ``borough_code``, with ``borough``.
    scenario
        Horizon, discount rate, coefficients, options and solver.

    Returns
    -------
    Framework

    Raises
    ------
    InputError
        If a coefficient makes no sense here, or the register holds no contract of a borough in
        play.

    Examples
    --------
    >>> from optimisation.consolidation import reference_plans
    >>> from sharedview.questions.procurement.contracts import illustrative_contracts, yearly_lines
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.territory import borough_inputs
    >>> boroughs, scenario = borough_inputs(), load_scenario()
    >>> lines = yearly_lines(reference_plans(boroughs, scenario)[0], boroughs)
    >>> register = illustrative_contracts(lines, start=scenario.options(ProcurementOptions).start)
    >>> plan_framework(register, boroughs, scenario).net_npv > 0
    True
    """
    terms = framework_terms(scenario)
    playing = in_play(scenario, boroughs)
    inside = register.frame["borough_code"].isin(playing.index)
    frame = register.frame[inside].reset_index(drop=True)
    if frame.empty:
        faults = Faults("contracts")
        faults.add("no contract is of a borough in play", "Add contracts, or boroughs")
        faults.raise_if_any()
    notes = list(register.notes)
    for count, text in (
        (int((~inside).sum()), "of boroughs not in play left out"),
        (int(frame["value_gbp_per_year"].isna().sum()), "without a known value in no sum"),
        (_renewed(frame, terms), "ended before the framework starts, taken as renewed"),
    ):
        if count:
            notes.append(f"Contracts {text}: {count}.")
    known = frame[frame["value_gbp_per_year"].notna()]
    categories = tuple(
        _category(name, known[known["category"] == name].reset_index(drop=True), terms, scenario)
        for name in CATEGORIES
        if (known["category"] == name).any()
    )
    return Framework(
        terms=terms,
        register=Register(frame, register.illustrative, register.notes),
        boroughs=playing,
        categories=categories,
        notes=tuple(notes),
    )


def months_from(start: date, day: pd.Timestamp) -> float:
    """Return months from one day to another, parts of a month by its days.

    Examples
    --------
    >>> months_from(date(2027, 4, 1), pd.Timestamp(2028, 10, 16))
    18.483870967741936
    """
    whole = (day.year - start.year) * 12 + day.month - start.month
    parts = [(each.day - 1) / each.days_in_month for each in (day, pd.Timestamp(start))]
    return whole + parts[0] - parts[1]


def window_at_end(category: Category) -> Ints:
    """Return the first window at which each contract joins for nothing, ``NEVER`` if none."""
    free = np.array([[not each.early for each in row] for row in category.joins])
    return np.where(free.any(axis=1), free.argmax(axis=1), NEVER)


def window_at_start(category: Category) -> Ints:
    """Return the first window at which each contract can join at any price."""
    can = ~np.isnan(category.lots[1].join_npv)
    return np.where(can.any(axis=1), can.argmax(axis=1), NEVER)


def _category(name: str, contracts: pd.DataFrame, terms: Terms, scenario: Scenario) -> Category:
    horizon = terms.horizon_months
    each = tuple(_term(row, terms.start) for _, row in contracts.iterrows())
    alone = tuple(timeline(one, None, horizon_months=horizon) for one in each)
    joins = tuple(
        tuple(timeline(one, month, horizon_months=horizon) for month in terms.windows.tolist())
        for one in each
    )
    without = np.array([terms.cost_of(events) for events in alone])
    cost = np.array([[terms.cost_of(events) for events in row] for row in joins])
    value = np.array([one.value_gbp_per_year for one in each])
    low, middle, high = (
        Lot(
            value=value,
            join_npv=cost - without[:, None],
            spend_weight=terms.spend_weight,
            elasticity=elasticity_for(value, share),
            common_npv=terms.common_npv,
            min_members=terms.min_members,
            voluntary=terms.voluntary,
        )
        for share in terms.saving_shares
    )
    answer = solve_lot(middle, solver=scenario.solver, time_limit_s=scenario.time_limit_s)
    return Category(
        name=name,
        contracts=contracts,
        terms=each,
        alone=alone,
        joins=joins,
        lots=(low, middle, high),
        answer=answer,
        values=(
            value_lot(low, answer.choice),
            value_lot(middle, answer.choice),
            value_lot(high, answer.choice),
        ),
    )


def _term(row: pd.Series, start: date) -> Term:
    return term(
        float(row["value_gbp_per_year"]),
        start_month=months_from(start, row["start"]),
        end_month=months_from(start, row["end"] + pd.Timedelta(days=1)),
        extension_months=float(row["extension_months"]),
        notice_months=float(row["notice_months"]),
        exit_gbp=float(row["exit_cost_gbp"]),
    )


def _renewed(frame: pd.DataFrame, terms: Terms) -> int:
    """Count contracts whose time is up, extension included, before the framework starts."""
    ends = [months_from(terms.start, day + pd.Timedelta(days=1)) for day in frame["end"]]
    over = np.array(ends) + frame["extension_months"].to_numpy(float)
    return int((over < 0).sum())
