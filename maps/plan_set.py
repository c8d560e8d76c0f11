"""Thousands of plans as rows of one table, with the distinct rooms they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimisation.comparison import plan_table
from optimisation.near_best import Alternatives
from optimisation.results import Plan, Room

FAMILIES = ("frontier", "near_best", "reference")
MOST_NEAR = 10_000
RoomKey = tuple[str, tuple[str, ...]]
COLUMNS = (
    "plan_id",
    "label",
    "status",
    "rooms",
    "boroughs_moved",
    "posts",
    "link_km",
    "cost_gbp_per_year",
    "one_off_gbp",
    "npv_gbp",
    "saving_gbp_per_year",
    "npv_saving_gbp",
    "over_best_gbp",
    "over_best_share",
    "bound_gbp",
    "gap_share",
)


@dataclass(frozen=True, slots=True, eq=False)
class PlanSet:
    """Plans that share their rooms' records, so that ten thousand of them stay small.

    Parameters
    ----------
    frame
        One row a plan, the best one first: columns of :class:`optimisation.schemas.Plans`;
        ``over_best_gbp`` and ``over_best_share``, the net present cost beyond that of the best
        plan; and a column of truth values for each of ``frontier`` (cheapest for its number of
        rooms), ``near_best`` and ``reference``.
    rooms
        The distinct rooms.
    chosen
        Positions in ``rooms`` of each plan's rooms.
    note
        What the near-best plans are: whether any is missing.
    """

    frame: pd.DataFrame
    rooms: tuple[Room, ...]
    chosen: tuple[tuple[int, ...], ...]
    note: str = ""

    def __len__(self) -> int:
        return len(self.chosen)

    def sites(self, codes: Sequence[str]) -> NDArray[np.int64]:
        """Return the position in ``codes`` of the room that serves each area in each plan.

        Returns
        -------
        ndarray
            Shape ``(plans, codes)``; -1 where a plan leaves an area out.
        """
        place = {code: number for number, code in enumerate(codes)}
        serving = np.full((len(self.rooms), len(codes)), -1, dtype=np.int64)
        for row, room in enumerate(self.rooms):
            serving[row, [place[member] for member in room.members]] = place[room.site_code]
        table = np.full((len(self), len(codes)), -1, dtype=np.int64)
        for row, chosen in enumerate(self.chosen):
            table[row] = serving[list(chosen)].max(axis=0)
        return table

    def find(self, plan: Plan) -> str | None:
        """Return the ``plan_id`` under which a plan is in the set, by its rooms."""
        place = {_key(room): row for row, room in enumerate(self.rooms)}
        wanted = {place.get(_key(room), -1) for room in plan.rooms}
        for row, chosen in enumerate(self.chosen):
            if wanted == set(chosen):
                return str(self.frame["plan_id"].iloc[row])
        return None


def plan_set(
    families: Mapping[str, Sequence[Plan]],
    *,
    best: Plan,
    baseline: Plan,
    near: Alternatives | None = None,
    most_near: int = MOST_NEAR,
) -> PlanSet:
    """Put plans of several kinds into one set; a plan that comes twice is kept once.

    Parameters
    ----------
    families
        Plans by kind: ``reference``, ``frontier``, ``near_best``. Where a plan comes again, the
        first to come gives the name: give references first, so that today is called today.
    best
        The best plan; it comes first, with its own name.
    baseline
        The plan that savings are measured from.
    near
        The near-best plans, of the same scenario; they count as ``near_best``.
    most_near
        Most of them to take, the cheapest ones.

    Returns
    -------
    PlanSet
        In the order given, after the best plan, the near-best list last.

    Raises
    ------
    ValueError
        If a kind is not known, or two different plans have one ``plan_id``.
    """
    unknown = sorted(set(families) - set(FAMILIES))
    if unknown:
        raise ValueError(f"plans are {FAMILIES}, not {unknown}")
    builder = _Builder()
    kept: list[Plan] = []
    for family, plans in ({"": (best,)} | dict(families)).items():
        for plan in plans:
            place, new = builder.add([builder.room(room) for room in plan.rooms], family)
            if new:
                kept.append(plan)
            elif plan.report.status == "optimal" and kept[place].report.status != "optimal":
                # A known plan that turns out best for its number of rooms: its proof counts too.
                kept[place] = replace(kept[place], report=plan.report)
    frame = plan_table(kept, baseline=baseline)
    beside_best = plan_table(kept, baseline=best)
    frame["over_best_gbp"] = 0.0 - beside_best["npv_saving_gbp"]
    frame["over_best_share"] = 0.0 - beside_best["npv_saving_share"]
    parts, note = [frame[list(COLUMNS)]], ""
    if near is not None:
        added = _add_near(builder, near, min(most_near, len(near)))
        parts.append(_near_frame(near, added, baseline=baseline))
        note = near.sentence
        if len(near) > most_near:
            note += f" This page holds the {most_near:,} cheapest of them."
    table = pd.concat(parts, ignore_index=True)
    doubled = table.loc[table["plan_id"].duplicated(), "plan_id"].tolist()
    if doubled:
        raise ValueError(f"two different plans have the same plan_id: {doubled[:3]}")
    for family in FAMILIES:
        table[family] = [family in each for each in builder.kinds]
    return PlanSet(table, tuple(builder.rooms), tuple(builder.chosen), note)


def _key(room: Room) -> RoomKey:
    return room.site_code, room.members


@dataclass(slots=True)
class _Builder:
    """Rooms and plans so far, each once."""

    rooms: list[Room] = field(default_factory=list)
    chosen: list[tuple[int, ...]] = field(default_factory=list)
    kinds: list[set[str]] = field(default_factory=list)
    room_rows: dict[RoomKey, int] = field(default_factory=dict)
    plan_rows: dict[frozenset[int], int] = field(default_factory=dict)

    def room(self, room: Room) -> int:
        """Return a room's position."""
        row = self.room_rows.setdefault(_key(room), len(self.rooms))
        if row == len(self.rooms):
            self.rooms.append(room)
        return row

    def add(self, rows: Sequence[int], family: str) -> tuple[int, bool]:
        """Add a plan; return its position, and whether it is a new one."""
        row = self.plan_rows.setdefault(frozenset(rows), len(self.chosen))
        new = row == len(self.chosen)
        if new:
            self.chosen.append(tuple(rows))
            self.kinds.append(set())
        self.kinds[row].add(family)
        return row, new


def _add_near(builder: _Builder, near: Alternatives, count: int) -> list[int]:
    """Add the cheapest near-best plans; return the positions of those that are new."""
    plans = near.plans[:count]
    rows = {
        int(row): builder.room(near.table.room(int(row))) for row in np.unique(plans[plans >= 0])
    }
    return [
        number
        for number, plan in enumerate(plans.tolist())
        if builder.add([rows[row] for row in plan if row >= 0], "near_best")[1]
    ]


def _near_frame(near: Alternatives, rows: Sequence[int], *, baseline: Plan) -> pd.DataFrame:
    """Return near-best plans in the columns of the set."""
    measures = near.measures.iloc[list(rows)]
    return measures.assign(
        plan_id=[f"near_{row + 1:03d}" for row in rows],
        label=[f"Near-best plan {row + 1}" for row in rows],
        status="feasible",
        saving_gbp_per_year=baseline.cost_gbp_per_year - measures["cost_gbp_per_year"],
        npv_saving_gbp=baseline.npv_gbp - measures["npv_gbp"],
        bound_gbp=float(near.npv[0]),
        gap_share=measures["over_best_gbp"] / measures["npv_gbp"],
    )[list(COLUMNS)]
