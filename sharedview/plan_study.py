"""What else can be said of a scenario, from one table of groups: ties, prices, risk, who pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from coverage_model.base.errors import Faults
from optimisation.best_plan import DRAWN_GROUPS, point_plan
from optimisation.drawn_costs import UNSEEN
from optimisation.explain import constraint_prices, price_table
from optimisation.frontier import Frontier, frontier
from optimisation.group_table import GroupTable, build_table, cost_table, make_setting
from optimisation.monte_carlo import MonteCarlo, monte_carlo
from optimisation.near_best import Alternatives, alternatives, best_within_moves
from optimisation.outlook import Outlook, outlook
from optimisation.phasing import Phasing
from optimisation.resilience import Resilience, failover_rooms
from optimisation.results import Plan
from optimisation.robustness import tornado
from optimisation.search.groups import MAX_GROUPS, TooManyGroupsError
from optimisation.service import ServiceFrontier, service_frontier
from optimisation.sharing import Sharing, share_costs
from optimisation.trade_results import Trade
from optimisation.trades import trades
from sharedview.console import Reporter
from sharedview.runs import ConsolidationRun
from sharedview.settings import COST_DRAWS, SEED, WITHIN

# Plans that the list of near-ties may hold; a longer list says within which share it is complete.
NEAR_PLANS = 10_000
# A standard error needs two.
FEWEST_DRAWS = 2
# What a careful first step could be: about one borough in five.
MOST_MOVED = 6
# Near-ties, prices and frontier are many proofs each; a plan of more areas is one long proof.
STUDIED_AREAS = 60
PHASING_NOTE = (
    "The years of building are an assumption of the scenario (build_years); the yearly limit is "
    "the least at which the plan is built in them."
)


@dataclass(frozen=True)
class PlanStudy:
    """Everything beside the best plan that a decision needs.

    Parameters
    ----------
    link_km
        Distance of each borough from its room, by ``borough_code``.
    frontier
        The best plan for every number of rooms, with the reference plans' distance.
    near
        The plans within a share of the best.
    small_step
        The best plan that moves at most :data:`MOST_MOVED` boroughs; None where there is none.
    prices
        What each constraint of the scenario costs.
    robustness
        What draws of the coefficients do to the plans; None where not asked.
    tornado
        What each coefficient alone does to the saving.
    sharing
        Who pays under each rule, who loses, and which groups would leave.
    failover
        The failover room of each room; None for a plan of one room.
    phasing
        The waves in which the plan would be built.
    outlook
        How the plan stands on draws that did not choose it; None where none chose it.
    trades
        What one wish costs in another, a curve each.
    service
        The cheapest plan for each floor on watched camera-hours; None where not asked.
    """

    link_km: pd.Series
    frontier: Frontier
    near: Alternatives
    small_step: Plan | None
    prices: pd.DataFrame
    robustness: MonteCarlo | None
    tornado: pd.DataFrame
    sharing: Sharing
    failover: Resilience | None
    phasing: Phasing
    outlook: Outlook | None = None
    trades: tuple[Trade, ...] = ()
    service: ServiceFrontier | None = None


def councils_plan(table: GroupTable, plan: Plan) -> Plan:
    """Return a plan at what it costs the councils: nobody shares out the police's money."""
    if not table.setting.scenario.count_police_time:
        return plan
    costed = cost_table(table.councils.setting, plan.sited)
    return replace(plan, rooms=costed.rooms(range(len(costed))))


def study_plans(
    run: ConsolidationRun,
    *,
    draws: int = COST_DRAWS,
    within: float = WITHIN,
    seed: int = SEED,
    trade: Sequence[str] = (),
    service: bool = False,
    reporter: Reporter | None = None,
) -> PlanStudy | None:
    """Study a solved scenario.

    Parameters
    ----------
    run
        From :func:`sharedview.pipeline.run_consolidation`.
    draws
        Draws of the coefficients, each re-optimised; 0 leaves them out, else at least
        :data:`FEWEST_DRAWS`.
    within
        List the plans that cost at most this share more than the best.
    seed
        Start of the random numbers.
    trade
        What one wish costs in another (:func:`optimisation.trades.parse_trade`).
    service
        Whether the hours of watching are chosen too.
    reporter
        Shows progress; quiet by default.

    Returns
    -------
    PlanStudy or None
        None for a scenario that gives its plan, has more than :data:`STUDIED_AREAS` areas, or
        allows more groups than can be listed: there is then no list to find near-ties in.
    """
    if 0 < draws < FEWEST_DRAWS:
        faults = Faults("draws")
        faults.add(
            f"{draws} draw{'s' if draws != 1 else ''} cannot say how far a figure spreads",
            f"Give at least {FEWEST_DRAWS}, or 0 to leave the ranges out",
        )
        faults.raise_if_any()
    reporter = reporter or Reporter(quiet=True)
    setting = make_setting(run.boroughs, run.scenario)
    if run.scenario.given_plan is not None:
        return None
    if len(setting.codes) > STUDIED_AREAS:
        reporter.note(
            f"{len(setting.codes)} areas: the plan is proved and costed, and near-ties, prices of "
            f"constraints, sharing and phasing are worked out for up to {STUDIED_AREAS}",
            always=True,
        )
        return None
    try:
        # At the values as stated each room stands where it is cheapest then.
        stated = build_table(setting, limit=MAX_GROUPS if run.chosen is None else DRAWN_GROUPS)
    except TooManyGroupsError:
        reporter.note("too many groups of boroughs to list: no study of near-ties", always=True)
        return None
    table = stated if run.chosen is None else run.chosen.table
    known = (run.today, *run.references)
    # Plans are ranked by what the best one is chosen by: its expected cost as built.
    ranked = stated if run.chosen is None else run.chosen.expected_table
    with reporter.step("Best plan for every number of rooms"):
        front = frontier(
            ranked,
            references=[run.valued(plan) for plan in known],
        )
    with reporter.step(f"Plans within {within:.1%} of the best"):
        near = alternatives(ranked, epsilon=within, limit=NEAR_PLANS)
    small_step = best_within_moves(ranked, most_moved=MOST_MOVED)
    with reporter.step("Price of each constraint"):
        prices = price_table(constraint_prices(stated))
    with reporter.step("What one wish costs in another"):
        curves = trades(ranked, trade, chosen=run.chosen)
    served = None
    if service:
        with reporter.step("When rooms are watched, as a choice"):
            served = service_frontier(stated)
    robustness, stands = None, None
    if draws:
        followed = [run.plan, *known, *([small_step] if small_step is not None else [])]
        point = None if run.chosen is None else point_plan(stated)
        followed += [] if point is None else [point]
        # Draws that chose the plan flatter it: it is judged on others.
        start = seed if run.chosen is None else seed + UNSEEN
        with reporter.step(f"Robustness: {draws:,} further draws, each re-optimised"):
            asked = run.scenario.objective
            same = run.chosen is not None and (draws, seed) == (asked.draws, asked.seed)
            robustness = monte_carlo(
                run.boroughs,
                run.scenario,
                followed,
                draws=draws,
                seed=start,
                table=table,
                drawn=run.unseen if same else None,
            )
        if run.chosen is not None and point is not None:
            with reporter.step("Value of finding out"):
                stands = outlook(run.chosen, run.plan, point, run.today, robustness, near=near)
    with reporter.step("Sensitivity, sharing of costs, failover and phasing"):
        swings = tornado(run.boroughs, run.scenario, run.plan)
        sharing = share_costs(table.councils, councils_plan(table, run.plan))
        failover = failover_rooms(setting, run.plan) if run.plan.room_count > 1 else None
        phasing = run.phasing
    codes, room = zip(
        *((code, site.site_code) for site in run.plan.rooms for code in site.members), strict=True
    )
    km = setting.places.km[setting.positions(codes), setting.positions(room)]
    return PlanStudy(
        link_km=pd.Series(km, index=list(codes)),
        frontier=front,
        near=near,
        small_step=small_step,
        prices=prices,
        robustness=robustness,
        tornado=swings,
        sharing=sharing,
        failover=failover,
        phasing=phasing,
        outlook=stands,
        trades=curves,
        service=served,
    )
