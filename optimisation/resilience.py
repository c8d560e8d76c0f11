"""If a control room fails: which room takes over, with how many spare posts, at what cost.

Every room r gets a named failover room f ≠ r that can seat all of r's operators while its own stay
at work (N+1: any one room may fail at a time, so one set of spare posts serves several rooms).

.. code-block:: text

    min  once·Σ_f s_f + annuity·Σ_r Σ_f y_rf·l_rf
    Σ_f y_rf = 1 for each room r,   s_f = max of K_r over the rooms r with y_rf = 1
    once  = fit-out per post · (1 + optimism bias on buildings)
    l_rf  = standby_share·Σ_{i in r} L_i·(link + km_if·link_km) − standby links already paid in r

A borough's standby link, which otherwise ends in its own room on another path, ends in the failover
room; a room that serves only its own borough has none yet and rents one. Spare posts are desks, not
people: the operators of the room that failed move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from coverage_model.base.errors import InfeasibleError
from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.group_table import Setting
from optimisation.results import Plan

Floats = NDArray[np.float64]
MILLION = 1e6


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Resilience:
    """A plan with a failover room for each of its rooms.

    Parameters
    ----------
    failover
        :class:`optimisation.schemas.Failover`, one row a room.
    plan_id
        The plan.
    spare_posts
        Spare posts in all rooms.
    one_off_gbp, cost_gbp_per_year, npv_gbp
        What it adds to the plan's cost.
    plan_npv_gbp
        The plan's own net present cost.
    """

    failover: pd.DataFrame
    plan_id: str
    spare_posts: int
    one_off_gbp: float
    cost_gbp_per_year: float
    npv_gbp: float
    plan_npv_gbp: float

    @property
    def total_npv_gbp(self) -> float:
        """Net present cost of the plan with its failover."""
        return self.plan_npv_gbp + self.npv_gbp

    def __repr__(self) -> str:
        return (
            f"Resilience({self.plan_id}: {self.spare_posts} spare posts, "
            f"£{self.one_off_gbp / 1e6:.2f}m once and £{self.cost_gbp_per_year / 1e6:.2f}m a year, "
            f"£{self.npv_gbp / 1e6:.2f}m in all)"
        )


def failover_rooms(
    setting: Setting,
    plan: Plan,
    *,
    max_km: float = float("inf"),
    max_spare_posts: int | None = None,
) -> Resilience:
    """Name the failover room of each room of a plan at least cost.

    Parameters
    ----------
    setting
        The scenario on its territory (:func:`optimisation.group_table.make_setting`).
    plan
        A plan of the same boroughs.
    max_km
        Longest way from a borough to its failover room.
    max_spare_posts
        Most spare posts in one room.

    Returns
    -------
    Resilience

    Raises
    ------
    InfeasibleError
        If some room has no failover room within these limits.
    """
    rooms = plan.rooms
    names = setting.boroughs["borough"]
    sites = np.array(setting.positions([room.site_code for room in rooms]))
    posts = np.array([room.posts for room in rooms], dtype=np.float64)
    links = _link_costs(setting, plan, sites)
    far = np.array(
        [setting.places.km[setting.positions(room.members)][:, sites].max(axis=0) for room in rooms]
    )
    possible = far <= max_km
    if max_spare_posts is not None:
        possible &= (posts <= max_spare_posts)[:, None]
    np.fill_diagonal(possible, False)
    stuck = [
        names[room.site_code] for room, ok in zip(rooms, possible, strict=True) if not ok.any()
    ]
    if stuck:
        limits = [f"the room in {name} needs a failover room" for name in stuck]
        if np.isfinite(max_km):
            limits.append(f"no borough may be more than {max_km:g} km from it")
        if max_spare_posts is not None:
            limits.append(f"a room may have at most {max_spare_posts} spare posts")
        if len(rooms) == 1:
            limits.append("the plan has one room")
        raise InfeasibleError(tuple(limits))
    seat = setting.rate.room_fitout_gbp_per_post * (1 + setting.rate.optimism_bias_share)
    chosen = _choose(seat, posts, setting.annuity_factor * links, possible)
    spare = np.zeros(len(rooms))
    np.maximum.at(spare, chosen, posts)
    own = np.arange(len(rooms))
    frame = pd.DataFrame(
        {
            "plan_id": plan.plan_id,
            "room_code": [room.site_code for room in rooms],
            "room_borough": [names[room.site_code] for room in rooms],
            "posts": posts.astype(int),
            "failover_code": [rooms[f].site_code for f in chosen],
            "failover_borough": [names[rooms[f].site_code] for f in chosen],
            "longest_km": far[own, chosen],
            "spare_posts": spare.astype(int),
            "links_gbp_per_year": links[own, chosen],
            "seats_gbp": seat * spare,
        }
    )
    yearly, once = float(links[own, chosen].sum()), float(seat * spare.sum())
    return Resilience(
        failover=check(frame, schemas.Failover, "failover"),
        plan_id=plan.plan_id,
        spare_posts=int(spare.sum()),
        one_off_gbp=once,
        cost_gbp_per_year=yearly,
        npv_gbp=once + setting.annuity_factor * yearly,
        plan_npv_gbp=plan.npv_gbp,
    )


def best_resilient_plan(
    setting: Setting,
    plans: Sequence[Plan],
    *,
    max_km: float = float("inf"),
    max_spare_posts: int | None = None,
    complete_to_gbp: float | None = None,
) -> tuple[Plan, Resilience, bool]:
    """Choose the plan that is cheapest with its failover rooms: resilience as a constraint.

    Parameters
    ----------
    setting, max_km, max_spare_posts
        As in :func:`failover_rooms`.
    plans
        Plans to choose from, such as all within a share of the best.
    complete_to_gbp
        Net present cost up to which ``plans`` holds every plan there is.

    Returns
    -------
    tuple
        The plan, its failover, and whether it is proved best: it is if the list is complete up to
        its total less the least that failover can cost any plan.

    Raises
    ------
    InfeasibleError
        If none of the plans has failover rooms within the limits.
    """
    floor = _floor(setting)
    best: tuple[Plan, Resilience] | None = None
    refused: InfeasibleError | None = None
    for plan in sorted(plans, key=lambda p: p.npv_gbp):
        if best is not None and plan.npv_gbp + floor >= best[1].total_npv_gbp:
            break
        try:
            found = failover_rooms(setting, plan, max_km=max_km, max_spare_posts=max_spare_posts)
        except InfeasibleError as error:
            refused = refused or error
            continue
        if best is None or found.total_npv_gbp < best[1].total_npv_gbp:
            best = (plan, found)
    if best is None:
        raise refused or InfeasibleError(("no plan was given",))
    limit = -np.inf if complete_to_gbp is None else complete_to_gbp
    return (*best, best[1].total_npv_gbp <= limit + floor)


def _floor(setting: Setting) -> float:
    """Lower bound of what failover costs a plan: no seats, and each link as much shorter as can be.

    A standby link into the failover room may be cheaper than the one into its own room that it
    replaces: at most by the way from the farthest allowed site to the nearest.
    """
    rate, km = setting.rate, setting.places.km
    count = np.ceil(setting.places.cameras / rate.cameras_per_link - 1e-9)
    farthest = np.minimum(km.max(axis=1), setting.max_link_km)
    nearest = np.where(np.eye(len(km), dtype=bool), 0.0, km).min(axis=1)
    saved = count * rate.link_gbp_per_km_year * np.maximum(0.0, farthest - nearest)
    return -float(rate.standby_link_share * setting.annuity_factor * saved.sum())


def _link_costs(setting: Setting, plan: Plan, sites: NDArray[np.int64]) -> Floats:
    """Yearly cost of each room's standby links into each other room, above what is paid now."""
    rate = setting.rate
    count = np.ceil(setting.places.cameras / rate.cameras_per_link - 1e-9)
    to = count[:, None] * (
        rate.link_gbp_per_year + rate.link_gbp_per_km_year * setting.places.km[:, sites]
    )
    total = np.array([to[setting.positions(room.members)].sum(axis=0) for room in plan.rooms])
    paid = np.array([room.cost_lines_gbp_per_year["standby_links"] for room in plan.rooms])
    return rate.standby_link_share * total - paid[:, None]


def _choose(
    seat: float, posts: Floats, links: Floats, possible: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Choose a failover room for each room, proved best.

    Seats are bought in steps from one number of posts that occurs to the next: a tighter programme
    than one number of seats for each host.
    """
    n = len(posts)
    levels, level = np.unique(posts, return_inverse=True)
    step = np.diff(levels, prepend=0.0)
    pairs, wide = n * n, len(levels)
    room, host = np.divmod(np.arange(pairs), n)
    seat_of = pairs + host * wide + level[room]
    once = csr_array((np.ones(pairs), (room, np.arange(pairs))), shape=(n, pairs + n * wide))
    rows = np.arange(pairs)
    covered = csr_array(
        (
            np.concatenate([np.ones(pairs), -np.ones(pairs)]),
            (np.concatenate([rows, rows]), np.concatenate([rows, seat_of])),
        ),
        shape=(pairs, pairs + n * wide),
    )
    # A host with seats for a level has those for every smaller one.
    upper = np.array([pairs + f * wide + k for f in range(n) for k in range(1, wide)], dtype=int)
    rows = np.arange(len(upper))
    nested = csr_array(
        (
            np.concatenate([np.ones(len(upper)), -np.ones(len(upper))]),
            (np.concatenate([rows, rows]), np.concatenate([upper, upper - 1])),
        ),
        shape=(len(upper), pairs + n * wide),
    )
    limits = [LinearConstraint(once, 1, 1), LinearConstraint(covered, -np.inf, 0)]
    if len(upper):
        limits.append(LinearConstraint(nested, -np.inf, 0))
    answer = milp(
        np.concatenate([links.ravel(), np.tile(seat * step, n)]) / MILLION,
        constraints=limits,
        integrality=np.ones(pairs + n * wide),
        bounds=Bounds(0, np.concatenate([possible.ravel().astype(float), np.ones(n * wide)])),
        options={"mip_rel_gap": 0.0},
    )
    return answer.x[:pairs].reshape(n, n).argmax(axis=1).astype(np.int64)
