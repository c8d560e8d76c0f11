"""Met time and cost: officer hours to obtain footage under each plan, beside what councils save.

PCD 167 says that in some boroughs police sit in the control room and in others officers only
collect evidence. Fewer rooms mean longer ways and fuller desks for those officers, unless footage
comes to them. This module puts each plan through the arithmetic of
:mod:`sharedview.questions.footage_access.hours`, with common draws of everything uncertain, and
sets the police's time beside the councils' saving. The two are different budgets: they are shown
apart, and their sum is called what it is.

Recorded crimes are published (MPS, twelve months to July 2023; none for the City of London, which
stays unknown). Nearly everything else is an assumption with a wide range: read the differences
between plans and their ranges, not the hours of one borough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.schemas import check
from optimisation.comparison import plan_table
from optimisation.costs.draws import draw_coefficients, uncertain_coefficients
from optimisation.costs.terms import POLICE_LINES
from optimisation.results import Plan
from optimisation.scenario import Scenario
from sharedview.questions.footage_access import schemas
from sharedview.questions.footage_access.bases import own_sites
from sharedview.questions.footage_access.hours import (
    PREFIX,
    RATE_NAMES,
    FootageRates,
    footage_rates,
    known_sum,
)
from sharedview.questions.footage_access.model import OfficerModel, officer_model
from sharedview.questions.footage_access.options import FootageOptions
from sharedview.questions.footage_access.tables import (
    borough_table,
    desk_table,
    embedded_table,
    ratio,
    remote_curve,
    room_table,
    sensitivity_table,
)

Floats = NDArray[np.float64]

DRAWS = 1000
SEED = 2017
PERCENT = 0.1, 0.9
# For somebody to decide, or without a part in the hours of visits.
NOT_DRAWN = (PREFIX + "wait_target_h", PREFIX + "embedded_posts_per_room")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OfficerTime:
    """Officer time under several plans; the tables are those of the schemas named.

    Parameters
    ----------
    plans, budgets, rooms, desks, boroughs, remote, embedded, sensitivity, bases
        :mod:`sharedview.questions.footage_access.schemas`, the recommended plan first.
    values
        The coefficients used, by name.
    unknown
        Names of the boroughs without a known number of crimes.
    police_embedded
        Whether the hours count police posted in the rooms.
    by_road
        Whether distances are by road.
    draws
        Number of draws behind the ranges.
    """

    plans: pd.DataFrame
    budgets: pd.DataFrame
    rooms: pd.DataFrame
    desks: pd.DataFrame
    boroughs: pd.DataFrame
    remote: pd.DataFrame
    embedded: pd.DataFrame
    sensitivity: pd.DataFrame
    bases: pd.DataFrame
    values: dict[str, float]
    unknown: tuple[str, ...]
    police_embedded: bool
    by_road: bool
    draws: int

    def __repr__(self) -> str:
        rows = "; ".join(
            f"{row.plan_id}: {row.officer_h_per_year:,.0f} h a year "
            f"({row.change_h_per_year:+,.0f} against today)"
            for row in self.plans.itertuples()
        )
        return f"OfficerTime({rows})"


def footage_access(
    boroughs: pd.DataFrame,
    plans: Sequence[Plan],
    *,
    baseline: Plan,
    scenario: Scenario,
    crimes: pd.Series | None = None,
    bases: pd.DataFrame | None = None,
    site_km: Floats | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> OfficerTime:
    """Work out officer hours under each plan, and what they cost beside the councils' saving.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`.
    plans
        The plans, the recommended one first; the baseline is added if it is not among them.
    baseline
        Today's rooms, costed under the same scenario.
    scenario
        Coefficients, and the choices of ``[footage_access]``.
    crimes
        Recorded crimes a year by borough code; not a number where unknown. The embedded ones of the
        MPS if None.
    bases
        Police bases (:func:`sharedview.questions.footage_access.bases.read_bases`); each borough's
        own site if None.
    site_km
        Distance between every two sites of the boroughs in play, sorted by code, by road say.
        None takes those of the scenario: straight lines times ``detour_factor``, which is then
        drawn as well.
    draws, seed
        Number of draws for the ranges, and the start of their random numbers.

    Returns
    -------
    OfficerTime

    Raises
    ------
    InputError
        Listing every coefficient out of its domain, or what in the scenario does not fit.
    ValueError
        If plans were costed under another scenario than the baseline, or do not serve the boroughs
        in play.

    Examples
    --------
    >>> from optimisation.consolidation import reference_plans
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.territory import borough_inputs
    >>> frame, scenario = borough_inputs(), load_scenario()
    >>> today, *others = reference_plans(frame, scenario)
    >>> found = footage_access(frame, others, baseline=today, scenario=scenario, draws=20)
    >>> found.unknown
    ('City of London',)
    """
    model = officer_model(boroughs, scenario, crimes=crimes, bases=bases, site_km=site_km)
    chosen = tuple({plan.plan_id: plan for plan in (*plans, baseline)}.values())
    for plan in chosen:
        served = sorted(code for room in plan.rooms for code in room.members)
        if served != sorted(model.setting.codes):
            raise ValueError(f"plan {plan.plan_id} does not serve the boroughs in play, each once")
    names = model.setting.boroughs["borough"]
    start = own_sites(model.setting.boroughs) if bases is None else bases
    access = _access_table(model, chosen, baseline, draws=draws, seed=seed)
    return OfficerTime(
        plans=access.plans,
        budgets=_budget_table(model, chosen, baseline, access=access),
        rooms=room_table(model, chosen),
        desks=desk_table(model, chosen, baseline, short_share=access.short_share),
        boroughs=borough_table(model, chosen, baseline, bases=start),
        remote=remote_curve(model, chosen),
        embedded=embedded_table(model, chosen),
        sensitivity=sensitivity_table(model, chosen[0], baseline),
        bases=start,
        values=model.values,
        unknown=tuple(str(name) for name in names[~model.known]),
        police_embedded=model.embedded,
        by_road=model.by_road,
        draws=draws,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Access:
    """The table of hours, with what other tables need of the draws."""

    plans: pd.DataFrame
    gbp_draws: dict[str, Floats]
    short_share: dict[str, float]


def _access_table(
    model: OfficerModel, plans: Sequence[Plan], baseline: Plan, *, draws: int, seed: int
) -> _Access:
    rates, detour = _drawn(model, draws=draws, seed=seed)
    drawn = {plan.plan_id: model.hours(plan, rates=rates, detour=detour) for plan in plans}
    hours = {plan.plan_id: model.hours(plan) for plan in plans}
    totals = {plan_id: year.total_h for plan_id, year in drawn.items()}
    today, today_draws = hours[baseline.plan_id], totals[baseline.plan_id]
    base = float(today.total_h[0])
    known = model.known
    rows = []
    for plan in plans:
        year, change = hours[plan.plan_id], totals[plan.plan_id] - today_draws
        total = float(year.total_h[0])
        low, high = np.quantile(totals[plan.plan_id], PERCENT)
        change_low, change_high = np.quantile(change, PERCENT)
        share, status = _break_even(model, plan, baseline, target_h=base)
        km, visits = model.layout(plan).km, year.visits[0]
        rows.append(
            {
                "plan_id": plan.plan_id,
                "label": plan.label,
                "rooms": plan.room_count,
                "boroughs": int(known.sum()),
                "boroughs_unknown": int((~known).sum()),
                "requests_per_year": _sum(year.requests),
                "visits_per_year": _sum(visits),
                "mean_km": ratio(_sum(visits * km), _sum(visits)),
                "longest_km": km.max(),
                "travel_h_per_year": _sum(year.travel_h),
                "waiting_h_per_year": _sum(year.waiting_h),
                "viewing_h_per_year": _sum(year.viewing_h),
                "remote_h_per_year": _sum(year.remote_h),
                "officer_h_per_year": total,
                "low_h_per_year": low,
                "high_h_per_year": high,
                "travel_change_h_per_year": _sum(year.travel_h) - _sum(today.travel_h),
                "waiting_change_h_per_year": _sum(year.waiting_h) - _sum(today.waiting_h),
                "change_h_per_year": total - base,
                "change_low_h_per_year": change_low,
                "change_high_h_per_year": change_high,
                "change_size_h_per_year": abs(total - base),
                "travel_change_size_h_per_year": abs(_sum(year.travel_h) - _sum(today.travel_h)),
                "waiting_change_size_h_per_year": abs(_sum(year.waiting_h) - _sum(today.waiting_h)),
                "change_share": ratio(total - base, base),
                "fewer_share": _share_of(change < 0, known=bool(known.any())),
                "break_even_remote_share": share,
                "break_even": status,
            }
        )
    return _Access(
        plans=check(pd.DataFrame(rows), schemas.FootageAccess, "footage access"),
        gbp_draws={
            plan_id: (total - today_draws) * rates.officer_gbp_per_h[:, 0]
            for plan_id, total in totals.items()
        },
        short_share={
            plan_id: _share_of(np.asarray(year.queues.short.any(axis=1)), known=bool(known.any()))
            for plan_id, year in drawn.items()
        },
    )


def _drawn(model: OfficerModel, *, draws: int, seed: int) -> tuple[FootageRates, Floats | None]:
    """Draw the coefficients once for all plans, and the factor on straight lines if they are."""
    names = [name for name in RATE_NAMES if name not in NOT_DRAWN]
    names += [] if model.by_road else ["detour_factor"]
    uncertain = uncertain_coefficients(model.setting.scenario, names=names)
    frame = draw_coefficients(uncertain, draws=draws, seed=seed)
    fixed = {name: np.full(draws, value) for name, value in model.values.items()}
    rates = footage_rates(fixed | {name: frame[name].to_numpy(float) for name in frame})
    if "detour_factor" not in frame:
        return rates, None
    return rates, frame["detour_factor"].to_numpy(float)[:, None] / model.setting.detour_factor


def _break_even(
    model: OfficerModel, plan: Plan, baseline: Plan, *, target_h: float
) -> tuple[float, str]:
    """Least share from afar, from the one used upwards, with no more hours than a target."""
    if plan.plan_id == baseline.plan_id:
        return float("nan"), "is today"
    if np.isnan(target_h):
        return float("nan"), "not known"
    start, end = float(model.rates.remote_share[0, 0]), 1.0
    if float(model.hours(plan).total_h[0]) <= target_h + 1e-9:
        return start, "already"
    for _ in range(3):  # a finer grid within the step found, three times: to a millionth
        steps = np.linspace(start, end, 101)
        hours = model.hours(plan, rates=model.rates.with_remote_share(steps)).total_h
        enough = np.flatnonzero(hours <= target_h + 1e-9)
        if not enough.size:
            return float("nan"), "not reached"
        first = int(enough[0])
        start, end = float(steps[max(first - 1, 0)]), float(steps[first])
    return end, "reached"


def _budget_table(
    model: OfficerModel, plans: Sequence[Plan], baseline: Plan, *, access: _Access
) -> pd.DataFrame:
    """Put the councils' saving beside the cost of officer time; the sum is of two budgets."""
    costs = plan_table(plans, baseline=baseline).set_index("plan_id")
    options = model.setting.scenario.options(FootageOptions)
    paid = model.embedded and options.embedded_paid_by == "police"
    post = model.post_gbp_per_year if paid else 0.0
    hours = access.plans.set_index("plan_id")
    rows = []
    for plan in plans:
        saving = float(costs.loc[plan.plan_id, "saving_gbp_per_year"])
        saving -= _ways_counted(baseline) - _ways_counted(plan)
        change = float(hours.loc[plan.plan_id, "change_h_per_year"]) * model.hour_gbp
        low, high = np.quantile(access.gbp_draws[plan.plan_id], PERCENT)
        posts = (plan.room_count - baseline.room_count) * post + 0.0
        rows.append(
            {
                "plan_id": plan.plan_id,
                "label": plan.label,
                "council_saving_gbp_per_year": saving,
                "council_saving_size_gbp_per_year": abs(saving),
                "council_one_off_gbp": plan.one_off_gbp,
                "officer_gbp_per_year": hours.loc[plan.plan_id, "officer_h_per_year"]
                * model.hour_gbp,
                "officer_change_gbp_per_year": change,
                "officer_change_low_gbp_per_year": low,
                "officer_change_high_gbp_per_year": high,
                "officer_change_size_gbp_per_year": abs(change),
                "posts_change_gbp_per_year": posts,
                "posts_change_size_gbp_per_year": abs(posts),
                "two_budgets_gbp_per_year": saving - change - posts,
                "two_budgets_size_gbp_per_year": abs(saving - change - posts),
            }
        )
    return check(pd.DataFrame(rows), schemas.FootageBudgets, "footage budgets")


def _ways_counted(plan: Plan) -> float:
    """Return what of a plan's yearly cost is the police's: 0 unless the scenario counts it."""
    return sum(room.cost_lines_gbp_per_year[line] for room in plan.rooms for line in POLICE_LINES)


def _sum(values: Floats) -> float:
    """Add up what is known."""
    return float(known_sum(np.ravel(values)))


def _share_of(draws: NDArray[np.bool_], *, known: bool) -> float:
    """Return the share of draws in which something holds; not a number where nothing is known."""
    return float(draws.mean()) if known else float("nan")
