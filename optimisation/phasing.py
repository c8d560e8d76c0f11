"""In which order to build: waves under a yearly capital limit, and first steps never undone.

A plan is a set of merged rooms. Each is one project: its one-off cost falls at the start of its
year, and from then on its running cost replaces that of its boroughs' own rooms. The order that
costs least in net present value is a small whole-number programme, solved to proof with HiGHS:

.. code-block:: text

    min  Σ_{r,t} z_rt [ before_r·A(0, t-1) + capital_r·(1+d)^-(t-1) + after_r·A(t-1, H) ]
    Σ_t z_rt = 1 for each room r,   Σ_r capital_r z_rt <= limit for each year t,

where A(s, e) discounts £1 a year over the years s + 1 to e, H is the horizon and capital is in
prices of the day it is spent. With every room in year 1 this is the plan's own net present cost.

First steps that never need undoing come from a list of plans: plans are **nested** if each room of
the finer one lies within a room of the coarser one, so that going from one to the next only merges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from coverage_model.base.errors import InfeasibleError
from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.costs.rates import annuity
from optimisation.results import Plan, Room
from optimisation.scenario import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Phasing:
    """A plan built in waves.

    Parameters
    ----------
    waves
        :class:`optimisation.schemas.Phasing`, one row a merged room, in the order of building.
    cash_flow
        :class:`optimisation.schemas.CashFlow`, one row a year.
    npv_gbp
        Net present cost of the phased plan.
    at_once_npv_gbp
        Net present cost if everything were built in the first year.
    capital_limit_gbp
        Most one-off cost in a year; infinite without a limit.
    """

    waves: pd.DataFrame
    cash_flow: pd.DataFrame
    npv_gbp: float
    at_once_npv_gbp: float
    capital_limit_gbp: float

    @property
    def years(self) -> int:
        """Year in which the last room is built; 0 where nothing is merged."""
        return int(self.waves["year"].max()) if len(self.waves) else 0

    @property
    def break_even_year(self) -> int | None:
        """First year from whose end on the plan has won more than it cost; None if there is none.

        In present value against today, as ``cumulative_npv_gbp`` counts it.
        """
        ahead = self.cash_flow["cumulative_npv_gbp"].to_numpy() >= 0
        if not len(self.waves) or not ahead[-1]:
            return None
        behind = np.flatnonzero(~ahead)
        first = int(behind[-1]) + 1 if len(behind) else 0
        return int(self.cash_flow["year"].iloc[first])

    @property
    def delay_cost_gbp(self) -> float:
        """What building in waves costs, against building all at once."""
        return self.npv_gbp - self.at_once_npv_gbp

    def __repr__(self) -> str:
        limit = f"at most £{self.capital_limit_gbp / 1e6:.2f}m a year"
        return (
            f"Phasing({len(self.waves)} rooms in {self.years} years, "
            f"{limit if np.isfinite(self.capital_limit_gbp) else 'no limit'}; "
            f"£{self.npv_gbp / 1e6:.2f}m, "
            f"£{self.delay_cost_gbp / 1e6:.2f}m more than at once)"
        )


def phase_plan(
    plan: Plan,
    today: Plan,
    scenario: Scenario,
    *,
    capital_limit_gbp: float = float("inf"),
    years: int | None = None,
) -> Phasing:
    """Put the rooms of a plan into yearly waves.

    Parameters
    ----------
    plan
        What is to be built in the end.
    today
        A room for every borough, costed under the same scenario.
    scenario
        Horizon, discount rate and timing.
    capital_limit_gbp
        Most one-off cost that may start in one year.
    years
        Years in which building may start; the horizon by default.

    Returns
    -------
    Phasing

    Raises
    ------
    ValueError
        If the plans were costed under another scenario, or ``years`` is beyond the horizon.
    InfeasibleError
        If the rooms cannot be built in these years under this limit.

    Examples
    --------
    >>> from optimisation.consolidation import consolidate, reference_plans
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.territory import borough_inputs
    >>> boroughs, scenario = borough_inputs(), load_scenario()
    >>> today = reference_plans(boroughs, scenario)[0]
    >>> phase_plan(consolidate(boroughs, scenario), today, scenario).years
    1
    """
    horizon = scenario.horizon_years
    span = horizon if years is None else years
    if plan.scenario_sha256 != today.scenario_sha256:
        raise ValueError("the plans were costed under different scenarios")
    if not 1 <= span <= horizon:
        raise ValueError(f"years must lie between 1 and the horizon of {horizon}")
    own = {
        code: share * room.cost_gbp_per_year
        for room in today.rooms
        for code, share in room.shares.items()
    }
    kept = {room.members for room in today.rooms}
    merged = [room for room in plan.rooms if room.members not in kept]
    before = np.array([sum(own[code] for code in room.members) for room in merged])
    after = np.array([room.cost_gbp_per_year for room in merged])
    capital = np.array([room.one_off_gbp for room in merged])
    _check_affordable(merged, capital, capital_limit_gbp, span)
    worth = np.array(
        [
            annuity(t, scenario.discount_rate, timing=scenario.flow_timing)
            for t in range(horizon + 1)
        ]
    )
    start = (1 + scenario.discount_rate) ** -np.arange(span, dtype=np.float64)
    # Cost of room r if it is built at the start of year t + 1.
    cost = (
        before[:, None] * worth[:span]
        + capital[:, None] * start
        + after[:, None] * (worth[horizon] - worth[:span])
    )
    built = _assign(cost, capital, capital_limit_gbp)
    fixed = float(sum(room.npv_gbp for room in plan.rooms if room.members in kept))
    order = sorted(range(len(merged)), key=lambda r: (built[r], -(before - after)[r], r))
    waves = pd.DataFrame(
        [
            {
                "plan_id": plan.plan_id,
                "year": built[r] + 1,
                "room_code": merged[r].site_code,
                "members": " ".join(merged[r].members),
                "boroughs_moved": merged[r].moved,
                "capital_gbp": capital[r],
                "saving_gbp_per_year": before[r] - after[r],
            }
            for r in order
        ],
        columns=list(schemas.Phasing.to_schema().columns),
    )
    flow = _cash_flow(plan, today, scenario, capital=capital, saving=before - after, built=built)
    return Phasing(
        waves=check(waves, schemas.Phasing, "phasing"),
        cash_flow=check(flow, schemas.CashFlow, "cash flow"),
        npv_gbp=fixed + float(cost[np.arange(len(merged)), built].sum()),
        at_once_npv_gbp=fixed + float(cost[:, 0].sum()),
        capital_limit_gbp=capital_limit_gbp,
    )


def yearly_waves(plan: Plan, today: Plan, scenario: Scenario) -> Phasing:
    """Put the rooms of a plan into the scenario's years of building, under an even yearly limit.

    Parameters
    ----------
    plan, today, scenario
        As in :func:`phase_plan`.

    Returns
    -------
    Phasing
        Under the least limit, in steps of a tenth from an equal share of the one-off cost (or its
        dearest room), at which the plan is built in these years.
    """
    years = scenario.pace.years
    dearest = max(room.one_off_gbp for room in plan.rooms)
    limit = max(dearest, plan.one_off_gbp / years)
    while limit and years > 1:
        try:
            return phase_plan(plan, today, scenario, capital_limit_gbp=limit, years=years)
        except InfeasibleError:
            limit *= 1.1
    return phase_plan(plan, today, scenario, years=years)


def _check_affordable(rooms: Sequence[Room], capital: Floats, limit: float, span: int) -> None:
    dear = [room.site_code for room, cost in zip(rooms, capital, strict=True) if cost > limit]
    if dear:
        raise InfeasibleError(
            (
                f"at most £{limit:,.0f} may be spent in a year",
                f"the room in {dear[0]} costs £{float(capital.max()):,.0f} at once",
            )
        )
    if capital.sum() > limit * span:
        raise InfeasibleError(
            (
                f"at most £{limit:,.0f} may be spent in a year",
                f"the plan's £{float(capital.sum()):,.0f} must be spent in {span} years",
            )
        )


def _assign(cost: Floats, capital: Floats, limit: float) -> NDArray[np.int64]:
    """Choose the year of each room, proved best."""
    rooms, years = cost.shape
    if not rooms or not np.isfinite(limit):
        return cost.argmin(axis=1).astype(np.int64) if rooms else np.zeros(0, dtype=np.int64)
    once = np.kron(np.eye(rooms), np.ones(years))
    # Capital in shares of the limit, so that the solver's tolerances mean the same everywhere.
    spent = np.kron(capital[None, :] / limit, np.eye(years))
    answer = milp(
        cost.ravel() / 1e6,
        constraints=[LinearConstraint(once, 1, 1), LinearConstraint(spent, -np.inf, 1 + 1e-9)],
        integrality=np.ones(rooms * years),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    if answer.x is None:
        raise InfeasibleError(
            (
                f"at most £{limit:,.0f} may be spent in a year",
                f"the rooms do not fit into {years} years, one room in one year",
            )
        )
    return answer.x.reshape(rooms, years).argmax(axis=1).astype(np.int64)


def _cash_flow(
    plan: Plan,
    today: Plan,
    scenario: Scenario,
    *,
    capital: Floats,
    saving: Floats,
    built: NDArray[np.int64],
) -> pd.DataFrame:
    """Undiscounted money of each year, and what has been won by its end in present value."""
    years = np.arange(1, scenario.horizon_years + 1)
    spent = np.array([capital[built == t - 1].sum() for t in years])
    saved = np.array([saving[built <= t - 1].sum() for t in years])
    paid = years - 1 if scenario.flow_timing == "start" else years
    rate = 1 + scenario.discount_rate
    discounted = saved * rate ** -paid.astype(float) - spent * rate ** -(years - 1.0)
    return pd.DataFrame(
        {
            "plan_id": plan.plan_id,
            "year": years,
            "capital_gbp": spent,
            "running_gbp": today.cost_gbp_per_year - saved,
            "saving_gbp": saved,
            "net_gbp": saved - spent,
            "cumulative_npv_gbp": np.cumsum(discounted),
        }
    )


def refines(finer: Plan, coarser: Plan) -> bool:
    """Whether going from one plan to the other only merges rooms."""
    room = {code: k for k, r in enumerate(coarser.rooms) for code in r.members}
    return all(len({room[code] for code in r.members}) == 1 for r in finer.rooms)


def common_blocks(plans: Sequence[Plan]) -> tuple[tuple[str, ...], ...]:
    """Boroughs that share a room in every one of the plans: first mergers that none of them undoes.

    Parameters
    ----------
    plans
        Plans of the same boroughs: the frontier, or all that cost little more than the best.

    Returns
    -------
    tuple of tuple of str
        Codes of each block of two boroughs or more, the largest first.

    """
    rooms = [
        {code: k for k, room in enumerate(plan.rooms) for code in room.members} for plan in plans
    ]
    blocks: dict[tuple[int, ...], list[str]] = {}
    for code in sorted(rooms[0]) if rooms else ():
        blocks.setdefault(tuple(room[code] for room in rooms), []).append(code)
    found = [tuple(block) for block in blocks.values() if len(block) > 1]
    return tuple(sorted(found, key=lambda block: (-len(block), block)))


def nested_steps(plans: Sequence[Plan], *, start: Plan, end: Plan) -> tuple[Plan, ...]:
    """Find steps from one plan to another, each merging further and never undoing.

    Parameters
    ----------
    plans
        Plans that may be steps: the best for each number of rooms, and plans near them.
    start, end
        Where to begin (today, as a rule) and what to reach; ``start`` must refine ``end``.

    Returns
    -------
    tuple of Plan
        From ``start`` to ``end``: the chain of nested plans with most steps, and among those the
        one whose plans cost least in sum.

    Raises
    ------
    ValueError
        If the end cannot be reached by merging.
    """
    if not refines(start, end):
        raise ValueError(f"{end.plan_id} cannot be reached from {start.plan_id} by merging only")
    between = [
        plan
        for plan in plans
        if len(end.rooms) < len(plan.rooms) < len(start.rooms)
        and refines(start, plan)
        and refines(plan, end)
    ]
    chain = [start, *sorted(between, key=lambda p: -len(p.rooms)), end]
    if len(start.rooms) == len(end.rooms):
        return (start,)
    # Longest, then cheapest, path through the plans in order of their number of rooms.
    best: list[tuple[int, float, tuple[int, ...]]] = [(0, 0.0, (0,))]
    for k in range(1, len(chain)):
        options = [
            (best[j][0] - 1, best[j][1] + chain[k].npv_gbp, (*best[j][2], k))
            for j in range(k)
            if len(chain[j].rooms) > len(chain[k].rooms) and refines(chain[j], chain[k])
        ]
        best.append(min(options))
    return tuple(chain[j] for j in best[-1][2])
