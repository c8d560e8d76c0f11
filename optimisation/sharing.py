r"""Who pays for a plan: charges for each borough, who loses, and who would be better off leaving.

What a set of boroughs T could do by itself costs v(T): the cheapest split of T into groups of the
scenario's table, where each borough may always keep its own room. A charge x is **stable** if no
group S that the scenario allows pays more than it would cost alone, Σ_{i in S} x_i <= c(S): then
nobody, alone or with others, is better off leaving (the core of the cost game). Three rules:

``cameras``
    Each room's cost by the cameras of its boroughs.
``shapley``
    Each room's cost by Shapley's value (1953): a borough's mean extra cost over all orders of
    joining.
``stable``
    The duals u of the linear choice of groups sum to its value LB and satisfy every stability row;
    by linear-programming duality no stable charge raises more (Deng, Ibaraki and Nagamochi 1999).
    So a stable charge that pays for the whole plan exists exactly when the plan costs LB; else the
    core is empty and cost - LB is the least outside subsidy. Of all stable charges that raise LB
    this takes one nearest to the camera rule (least sum of differences).

For each rule the least discounts that would make it stable are found by a linear programme. All
amounts are net present costs; divide by the annuity factor for a yearly equivalent.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog

from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.group_table import GroupTable, cost_table
from optimisation.results import Plan
from optimisation.search.bounds import lower_bound
from optimisation.search.groups import Groups

Floats = NDArray[np.float64]

RULES = ("cameras", "shapley", "stable")
SHAPLEY_MEMBERS = 12
"""Boroughs in a room up to which Shapley's value is computed: every subset is costed."""
POUND = 1.0
BLOCKING_SHOWN = 20
FIRST_ROWS = 400
ROWS_PER_ROUND = 200
MILLION = 1e6


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sharing:
    """How a plan's cost can be shared.

    Parameters
    ----------
    charges
        :class:`optimisation.schemas.Sharing`, one row a rule and borough.
    blocking
        :class:`optimisation.schemas.BlockingGroups`, the groups that would gain most by leaving.
    blocking_counts
        Number of groups that would gain more than £1 by leaving, by rule; without a rule that
        says nothing.
    plan_cost_gbp
        Net present cost that is shared.
    subsidy_gbp
        Least outside subsidy with which a stable charge exists; 0 where none is needed.
    annuity_factor
        Net present value of £1 a year.
    groups_checked
        Groups that every rule was checked against.
    runtime_s
        Wall time.
    """

    charges: pd.DataFrame
    blocking: pd.DataFrame
    blocking_counts: dict[str, int]
    plan_cost_gbp: float
    subsidy_gbp: float
    annuity_factor: float
    groups_checked: int
    runtime_s: float

    @property
    def core_is_empty(self) -> bool:
        """Whether no stable charge pays for the whole plan."""
        return self.subsidy_gbp > POUND

    def losers(self, rule: str) -> pd.DataFrame:
        """Boroughs that pay more under a rule than a room of their own would cost, most first."""
        rows = self.charges[(self.charges["rule"] == rule) & self.charges["loses"]]
        return rows.sort_values("gain_gbp", ignore_index=True)

    def discount_gbp(self, rule: str) -> float:
        """Sum of the least discounts that would make a rule stable."""
        rows = self.charges[self.charges["rule"] == rule]
        return float(rows["discount_to_stay_gbp"].sum())

    def __repr__(self) -> str:
        rules = "; ".join(
            f"{rule}: {len(self.losers(rule))} lose, {count:,} groups would leave"
            for rule, count in self.blocking_counts.items()
        )
        core = "empty" if self.core_is_empty else "not empty"
        return (
            f"Sharing(£{self.plan_cost_gbp / 1e6:.2f}m; {rules}; core {core}, "
            f"subsidy £{self.subsidy_gbp:,.0f})"
        )


def share_costs(table: GroupTable, plan: Plan) -> Sharing:
    """Share a plan's net present cost among its boroughs by three rules.

    Parameters
    ----------
    table
        Every group that the scenario allows: what boroughs could do instead.
    plan
        A plan of the same boroughs, costed under the same scenario.

    Returns
    -------
    Sharing
        Shapley's value is missing for rooms of more than twelve boroughs.

    Raises
    ------
    ValueError
        If the plan is of other boroughs or another scenario.
    """
    started = time.perf_counter()
    setting = table.setting
    if plan.scenario_sha256 != setting.scenario.sha256:
        raise ValueError(f"plan {plan.plan_id} was costed under another scenario than the table")
    codes = setting.codes
    place = {code: i for i, code in enumerate(codes)}
    alone = cost_table(setting, [[code] for code in codes]).costs.npv
    single = Groups.from_members(codes, [[code] for code in codes])
    several = np.flatnonzero(table.groups.sizes() > 1)
    packed = np.concatenate([single.packed, table.groups.packed[several]])
    groups = Groups(codes, packed)
    costs = np.concatenate([alone, table.costs.npv[several]])

    charges: dict[str, Floats] = {rule: np.full(len(codes), np.nan) for rule in RULES}
    for room in plan.rooms:
        at = [place[code] for code in room.members]
        weights = setting.places.cameras[at]
        shares = weights / weights.sum() if weights.sum() else np.full(len(at), 1 / len(at))
        charges["cameras"][at] = room.npv_gbp * shares
        charges["shapley"][at] = _shapley_in_room(groups, costs, at, room.npv_gbp)
    charges["stable"] = _stable(groups, costs, charges["cameras"])
    subsidy = max(0.0, plan.npv_gbp - float(charges["stable"].sum()))

    moved = {code: code != room.site_code for room in plan.rooms for code in room.members}
    host = {code: room.site_code for room in plan.rooms for code in room.members}
    names = setting.boroughs["borough"]
    frames, blocks, counts = [], [], {}
    for rule in RULES:
        charge = charges[rule]
        known = np.isfinite(charge)
        excess = groups.sums(np.where(known, charge, 0.0)) - costs
        excess[groups.sums((~known).astype(np.float64)) > 0] = -np.inf
        blocking = np.flatnonzero(excess > POUND)
        if known.any():
            counts[rule] = len(blocking)
        blocks.append(
            _blocking(rule, groups, costs=costs, excess=excess, rows=blocking, names=names)
        )
        discount = _discounts(groups, charge, excess) if len(blocking) else np.zeros(len(codes))
        gain = alone - charge
        frames.append(
            pd.DataFrame(
                {
                    "plan_id": plan.plan_id,
                    "rule": rule,
                    "borough_code": codes,
                    "borough": names.to_numpy(),
                    "room_code": [host[code] for code in codes],
                    "moved": [moved[code] for code in codes],
                    "charge_gbp": charge,
                    "alone_gbp": alone,
                    "gain_gbp": gain,
                    "gain_share": np.divide(gain, alone, out=np.zeros(len(codes)), where=alone > 0),
                    "loses": gain < -POUND,
                    "discount_to_stay_gbp": discount,
                }
            )
        )
    return Sharing(
        charges=check(pd.concat(frames, ignore_index=True), schemas.Sharing, "sharing"),
        blocking=check(
            pd.concat(blocks, ignore_index=True), schemas.BlockingGroups, "blocking groups"
        ),
        blocking_counts=counts,
        plan_cost_gbp=plan.npv_gbp,
        subsidy_gbp=subsidy,
        annuity_factor=setting.annuity_factor,
        groups_checked=len(groups),
        runtime_s=time.perf_counter() - started,
    )


def shapley_value(costs: Floats) -> Floats:
    """Shapley's value of a cost game.

    Parameters
    ----------
    costs
        Cost of each set of players, by bit mask: shape ``(2 ** players,)``, 0 for nobody.

    Returns
    -------
    ndarray
        Charge of each player; they sum to the cost of all.

    Examples
    --------
    Two players at 6 and 4, together 8, save 2 and get half each:

    >>> shapley_value(np.array([0.0, 6.0, 4.0, 8.0])).tolist()
    [5.0, 3.0]
    """
    players = len(costs).bit_length() - 1
    masks = np.arange(len(costs))
    size = np.bitwise_count(masks.astype(np.uint64)).astype(np.int64)
    weight = np.array(
        [
            math.factorial(s) * math.factorial(players - s - 1) / math.factorial(players)
            for s in range(players)
        ]
    )
    value = np.empty(players)
    for i in range(players):
        without = masks[(masks >> i) & 1 == 0]
        extra = costs[without | (1 << i)] - costs[without]
        value[i] = float((weight[size[without]] * extra).sum())
    return value


def _shapley_in_room(
    groups: Groups, costs: Floats, members: Sequence[int], room_cost: float
) -> Floats:
    """Shapley's value among the members of a room, who pay its cost together."""
    count = len(members)
    if count > SHAPLEY_MEMBERS:
        return np.full(count, np.nan)
    outside = np.ones(len(groups.codes))
    outside[list(members)] = 0.0
    rows = np.flatnonzero(groups.sums(outside) == 0)
    inside = groups.take(rows).matrix()[:, list(members)].astype(np.int64)
    masks = (inside << np.arange(count)).sum(axis=1)
    starting: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for mask, cost in zip(masks.tolist(), costs[rows].tolist(), strict=True):
        starting[(mask & -mask).bit_length() - 1].append((mask, cost))
    best = np.zeros(1 << count)
    for wanted in range(1, 1 << count):
        first = (wanted & -wanted).bit_length() - 1
        best[wanted] = min(
            cost + best[wanted ^ mask] for mask, cost in starting[first] if mask & ~wanted == 0
        )
    best[-1] = room_cost
    return shapley_value(best)


def _stable(groups: Groups, costs: Floats, near: Floats) -> Floats:
    """Find the stable charge that raises most, as near as can be to another charge."""
    n = len(groups.codes)
    relaxed = lower_bound(groups, costs)
    if relaxed is None:  # pragma: no cover - single areas always cover
        raise AssertionError("single areas cover every area")
    cheapest = np.argsort(relaxed.reduced_costs, kind="stable")[:FIRST_ROWS]
    raised = float(relaxed.prices.sum())
    # Variables: the charges, then their distances from the other charge.
    eye = np.eye(n)
    charge = _least(
        np.concatenate([np.zeros(n), np.ones(n)]),
        groups,
        limits=costs / MILLION,
        first=cheapest,
        fixed=np.block([[eye, -eye], [-eye, -eye]]),
        fixed_limits=np.concatenate([near, -near]) / MILLION,
        total=raised / MILLION,
    )
    charge = relaxed.prices if charge is None else charge[:n] * MILLION
    # What rounding left above a group's cost is taken off its members.
    excess = (groups.sums(charge) - costs) / groups.sizes()
    return charge - max(0.0, float(excess.max()))


def _discounts(groups: Groups, charge: Floats, excess: Floats) -> Floats:
    """Find the least discounts after which no group gains by leaving."""
    n = len(groups.codes)
    limits = -np.where(np.isfinite(excess), excess, 0.0) / MILLION
    first = np.argsort(limits, kind="stable")[:FIRST_ROWS]
    found = _least(np.ones(n), groups, limits=limits, first=first, sign=-1.0)
    discount = np.full(n, np.nan) if found is None else np.maximum(found, 0.0) * MILLION
    return np.where(np.isfinite(charge), discount, np.nan)


def _least(
    cost: Floats,
    groups: Groups,
    *,
    limits: Floats,
    first: NDArray[np.intp],
    sign: float = 1.0,
    fixed: Floats | None = None,
    fixed_limits: Floats | None = None,
    total: float | None = None,
) -> Floats | None:
    """Minimise a cost subject to sign · Σ_{i in S} y_i <= limit(S) for every group S of a table.

    Rows of groups that are broken join until none is. The first ``areas`` variables are those of
    the groups; with a ``total`` they are free and sum to it, else no variable is negative.
    """
    n, width = len(groups.codes), len(cost)
    active = np.asarray(first)
    while True:
        members = np.zeros((len(active), width))
        members[:, :n] = sign * groups.take(active).matrix()
        parts = [members] if fixed is None else [members, fixed]
        bounds_of = [limits[active]] if fixed_limits is None else [limits[active], fixed_limits]
        options: dict[str, object] = {}
        if total is not None:
            options = {"A_eq": np.concatenate([np.ones(n), np.zeros(width - n)])[None, :]}
            options |= {"b_eq": [total], "bounds": [(None, None)] * width}
        result = linprog(
            cost,
            A_ub=np.concatenate(parts),
            b_ub=np.concatenate(bounds_of),
            method="highs-ds",
            **options,
        )
        if result.x is None:
            return None
        broken = sign * groups.sums(result.x[:n]) - limits
        broken[active] = -np.inf
        new = np.flatnonzero(broken > POUND / 100 / MILLION)
        if not len(new):
            return np.asarray(result.x)
        if len(new) > ROWS_PER_ROUND:
            new = new[np.argpartition(-broken[new], ROWS_PER_ROUND)[:ROWS_PER_ROUND]]
        active = np.concatenate([active, new])


def _blocking(
    rule: str,
    groups: Groups,
    *,
    costs: Floats,
    excess: Floats,
    rows: NDArray[np.intp],
    names: pd.Series,
) -> pd.DataFrame:
    """List the groups that would gain most by leaving."""
    shown = rows[np.argsort(-excess[rows], kind="stable")][:BLOCKING_SHOWN]
    members = [groups.members(int(row)) for row in shown]
    return pd.DataFrame(
        {
            "rule": [rule] * len(shown),
            "members": ["; ".join(names[code] for code in group) for group in members],
            "boroughs": [len(group) for group in members],
            "charge_gbp": costs[shown] + excess[shown],
            "alone_gbp": costs[shown],
            "gain_gbp": excess[shown],
        }
    ).astype({"rule": object, "members": object, "boroughs": np.int64})
