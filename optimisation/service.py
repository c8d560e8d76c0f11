r"""Service as a choice: when each room is watched, beside which boroughs share it.

Every group of the table is offered in several regimes (``data/facts/service_regimes.csv``): round
the clock, at peak hours, at peak hours and by another room for the rest, or, for a borough by
itself, recording only. A regime changes the group's cost lines; with h the share of the day that
the room is staffed, K its posts, C its cameras, F the staff behind a post, w their pay, B the jobs
behind today's posts:

.. code-block:: text

    operators          K h F w + (1 - h) (C / cameras_per_operator) F w  [hosted]
    jobs A             the same without w
    staff_redundancy   redundancy · [B - A]⁺
    recruitment        recruitment · [A - B]⁺
    room_links         + ⌈C / cameras_per_link⌉ link  [hosted], standby_links by their share of it
    recording only     no room, no operators, nothing built; closing the room that there is

The model chooses group and regime together: one more set of columns, the same solve and the same
proof. A hosted room needs a room that is watched round the clock, and a floor on watched
camera-hours is one row more. With no regime offered it is the table as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base import datasets
from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.costs.rooms import GroupCosts
from optimisation.costs.terms import BIAS_LINE, ONE_OFF_LINES, TERMS, YEARLY_LINES
from optimisation.group_table import GroupTable
from optimisation.results import Plan
from optimisation.search.bounds import SideRow
from optimisation.trade_results import Point, Quantity, Trade
from optimisation.trades import QUANTITIES, trade

Floats = NDArray[np.float64]

FULL, PEAK, HOSTED, RECORD = "full", "peak", "hosted", "record"
OFFERED = (PEAK, HOSTED, RECORD)
ROOMS = (FULL, PEAK, HOSTED)
HOURS = 24.0


@lru_cache(maxsize=1)
def regimes() -> pd.DataFrame:
    """Return the regimes by name: label, hours a day staffed, source and mark."""
    path = datasets.data_dir() / "facts" / "service_regimes.csv"
    return pd.read_csv(path, na_filter=False).set_index("regime")


@dataclass(frozen=True, slots=True, eq=False)
class ServiceTable:
    """The groups in every regime offered.

    Parameters
    ----------
    table
        Each group once for each regime, with the costs of that regime.
    regime
        Regime of each row.
    base
        Row of the group in the table that it was made from.
    watched_hours
        Camera-hours a day that somebody watches, of each row.
    """

    table: GroupTable
    regime: NDArray[np.object_]
    base: NDArray[np.int64]
    watched_hours: Floats

    @property
    def watched_share(self) -> Floats:
        """What each row adds to the share of all camera-hours that is watched."""
        total = HOURS * float(self.table.setting.places.cameras.sum())
        return self.watched_hours / max(total, 1.0)

    @property
    def rows(self) -> list[SideRow]:
        """Return the rule that a hosted room needs a room that is watched round the clock."""
        hosted = self.regime == HOSTED
        if not hosted.any():
            return []
        host = (self.regime == FULL) & self.table.costs.watched
        most = float(len(self.table.setting.codes))
        return [SideRow(hosted.astype(np.float64) - most * host, high=0.0)]


def with_regimes(table: GroupTable, offered: Sequence[str] = OFFERED) -> ServiceTable:
    """Offer regimes to every group that somebody watches.

    Parameters
    ----------
    table
        Every group that the scenario allows, at the values as stated.
    offered
        Regimes beside the one round the clock, of :data:`OFFERED`.

    Returns
    -------
    ServiceTable
        With none offered, the table as it is.

    Examples
    --------
    >>> from optimisation.group_table import build_table, make_setting
    >>> from optimisation.scenario import Scenario
    >>> from optimisation.territory import borough_inputs
    >>> pair = Scenario(boroughs=("E09000007", "E09000019"))
    >>> found = with_regimes(build_table(make_setting(borough_inputs(), pair)))
    >>> [int((found.regime == name).sum()) for name in (FULL, PEAK, HOSTED, RECORD)]
    [3, 3, 3, 2]
    """
    every = np.arange(len(table))
    staffed = np.flatnonzero(table.costs.watched)
    alone = staffed[table.groups.sizes()[staffed] == 1]
    parts = [(FULL, every, table.costs)]
    for name in offered:
        rows = alone if name == RECORD else staffed
        parts.append((name, rows, _costs(table, rows, name)))
    base = np.concatenate([rows for _, rows, _ in parts])
    regime = np.concatenate([np.full(len(rows), name, dtype=object) for name, rows, _ in parts])
    hours = np.concatenate(
        [
            costs.cameras * costs.watched * (HOURS if name in {FULL, HOSTED} else _hours(name))
            for name, _, costs in parts
        ]
    )
    made = replace(
        table, groups=table.groups.take(base), costs=_joined([costs for *_, costs in parts])
    )
    return ServiceTable(made, regime, base, hours)


SERVICE = Quantity("service", "share of camera-hours watched", "share", more=True)
POINTS = 11


@dataclass(frozen=True, slots=True, eq=False)
class ServiceFrontier:
    """The cheapest plan, rooms and regimes together, for each floor on watched camera-hours.

    Parameters
    ----------
    trade
        Cost against the share of camera-hours watched, each point proved.
    offered
        The groups in their regimes.
    """

    trade: Trade
    offered: ServiceTable

    def rooms_in(self, point: Point, name: str) -> int:
        """Count a plan's rooms in a regime; what only records, as today or newly, is in none."""
        rows = list(point.rows)
        here = self.offered.regime[rows] == name
        return int((here & self.offered.table.costs.watched[rows]).sum())

    def today(self, plan: Plan) -> tuple[float, float]:
        """Return the net present cost of today's rooms, and the share of camera-hours watched."""
        watched = sum(room.cameras for room in plan.rooms if room.watched)
        total = sum(room.cameras for room in plan.rooms)
        return plan.npv_gbp, watched / total if total else 0.0

    def frame(self) -> pd.DataFrame:
        """Return the points as a table.

        Returns
        -------
        DataFrame
            :class:`optimisation.schemas.ServicePoints`.
        """
        groups, knee = self.offered.table.groups, self.trade.knee
        rows = []
        for k, point in enumerate(self.trade.points):
            parts = [
                f"{' '.join(groups.members(row))} ({self.offered.regime[row]})"
                for row in point.rows
            ]
            recording = [
                len(groups.members(row))
                for row in point.rows
                if not self.offered.table.costs.watched[row]
            ]
            rows.append(
                {
                    "step": k + 1,
                    "watched_share": point.second,
                    "npv_gbp": point.first,
                    "bound_gbp": point.bound,
                    "cost_gbp_per_year": point.plan.cost_gbp_per_year,
                    "one_off_gbp": point.plan.one_off_gbp,
                    "status": "optimal" if point.proved else "feasible",
                    "knee": k == knee,
                    **{f"rooms_{name}": self.rooms_in(point, name) for name in ROOMS},
                    "boroughs_recording": sum(recording),
                    "boroughs_moved": point.plan.boroughs_moved,
                    "plan": " | ".join(parts),
                }
            )
        return check(pd.DataFrame(rows), schemas.ServicePoints, "service")


def service_frontier(
    table: GroupTable, offered: Sequence[str] = OFFERED, *, points: int = POINTS
) -> ServiceFrontier:
    """Find the cheapest plan for each floor on watched camera-hours, and prove it.

    Parameters
    ----------
    table
        Every group that the scenario allows, at the values as stated.
    offered
        Regimes beside the one round the clock.
    points
        Most floors, evenly from the cheapest plan's share to the greatest there is.

    Returns
    -------
    ServiceFrontier
    """
    made = with_regimes(table, offered)
    found = trade(
        made.table,
        QUANTITIES["cost"],
        SERVICE,
        points=points,
        values={SERVICE.key: made.watched_share},
        rows=made.rows,
    )
    return ServiceFrontier(found, made)


def _hours(name: str) -> float:
    return float(regimes().loc[name, "hours_per_day"])


def _costs(table: GroupTable, rows: NDArray[np.intp], name: str) -> GroupCosts:
    """Cost groups in a regime, line by line."""
    setting, rate = table.setting, table.setting.rate
    mask = np.zeros(len(table), dtype=bool)
    mask[rows] = True
    base = table.costs.take(mask)
    groups = table.groups.take(rows)
    yearly = dict(zip(YEARLY_LINES, base.yearly.copy(), strict=True))
    once = dict(zip(ONE_OFF_LINES, base.one_off.copy(), strict=True))
    share = _hours(name) / HOURS
    pay = rate.operator_cost_gbp_per_fte_year * setting.places.pay_factor[base.site]
    jobs_before = groups.sums(setting.places.posts_before(rate)) * rate.fte_per_post
    jobs = base.posts * share * rate.fte_per_post
    if name == HOSTED:
        jobs = jobs + (1 - share) * base.cameras / rate.cameras_per_operator * rate.fte_per_post
        links = np.ceil(base.cameras / rate.cameras_per_link - 1e-9) * rate.link_gbp_per_year
        yearly["room_links"] += links
        yearly["standby_links"] += links * rate.standby_link_share
    posts, watched = base.posts, base.watched
    if name == RECORD:
        own = groups.sums(setting.places.own_room.astype(np.float64)) > 0
        for line in ("room_running", "room_lease", "room_links", "standby_links"):
            yearly[line] = np.zeros(len(rows))
        kept = once["contract_exit"]
        once = {line: np.zeros(len(rows)) for line in ONE_OFF_LINES}
        once["contract_exit"] = kept
        once["room_closure"] = np.where(own, rate.room_closure_gbp_per_room, 0.0)
        posts, watched = np.zeros_like(posts), np.zeros_like(watched)
    yearly["operators"] = jobs * pay
    once["staff_redundancy"] = np.maximum(jobs_before - jobs, 0.0) * rate.redundancy_gbp_per_fte
    once["recruitment"] = np.maximum(jobs - jobs_before, 0.0) * rate.recruitment_gbp_per_fte
    biases = {term.line: getattr(rate, term.bias) for term in TERMS if term.bias}
    once[BIAS_LINE] = sum((bias * once[line] for line, bias in biases.items()), np.zeros(len(rows)))
    lines, one_off = np.stack(list(yearly.values())), np.stack(list(once.values()))
    return replace(
        base,
        posts=posts,
        watched=watched,
        detection=np.where(watched, base.detection, 0.0),
        yearly=lines,
        one_off=one_off,
        npv=setting.annuity_factor * lines.sum(axis=0) + one_off.sum(axis=0),
    )


def _joined(parts: Sequence[GroupCosts]) -> GroupCosts:
    """Put the costs of several lists of groups one after another."""
    wide = {"yearly", "one_off"}
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=int(name in wide))
        for name in GroupCosts.__dataclass_fields__
    }
    return GroupCosts(**columns)
