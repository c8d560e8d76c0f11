"""Thousands of plans as rows of one table, with the distinct rooms they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimisation.comparison import plan_table
from optimisation.results import Plan, Room

FAMILIES = ("frontier", "near_best", "reference")


@dataclass(frozen=True, slots=True, eq=False)
class PlanSet:
    """Plans that share their rooms' records, so that ten thousand of them stay small.

    Parameters
    ----------
    frame
        One row a plan: :class:`optimisation.schemas.Plans`; ``above_best_gbp`` and
        ``above_best_share``, the net present cost beyond that of the best plan; and a column of
        truth values for each of ``frontier`` (cheapest for its number of rooms), ``near_best`` and
        ``reference``.
    rooms
        The distinct rooms.
    chosen
        Positions in ``rooms`` of each plan's rooms, largest first.
    """

    frame: pd.DataFrame
    rooms: tuple[Room, ...]
    chosen: tuple[tuple[int, ...], ...]

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


def plan_set(families: Mapping[str, Sequence[Plan]], *, best: Plan, baseline: Plan) -> PlanSet:
    """Put plans of several kinds into one set; a plan that comes twice is kept once.

    Parameters
    ----------
    families
        Plans by kind: ``frontier``, ``near_best``, ``reference``. The first to come names a plan.
    best
        The best plan; it comes first, with its own name.
    baseline
        The plan that savings are measured from.

    Returns
    -------
    PlanSet
        In the order given, after the best plan.

    Raises
    ------
    ValueError
        If a kind is not known, or two different plans have one ``plan_id``.
    """
    unknown = sorted(set(families) - set(FAMILIES))
    if unknown:
        raise ValueError(f"plans are {FAMILIES}, not {unknown}")
    place: dict[tuple[tuple[str, tuple[str, ...]], ...], int] = {}
    kept: list[Plan] = []
    kinds: list[set[str]] = []
    for family, plans in ({"": (best,)} | dict(families)).items():
        for plan in plans:
            key = tuple(sorted((room.site_code, room.members) for room in plan.rooms))
            if key not in place:
                place[key] = len(kept)
                kept.append(plan)
                kinds.append(set())
            kinds[place[key]].add(family)
    ids = [plan.plan_id for plan in kept]
    if len(set(ids)) < len(ids):
        raise ValueError("two different plans have the same plan_id")
    frame = plan_table(kept, baseline=baseline)
    beside_best = plan_table(kept, baseline=best)
    frame["above_best_gbp"] = 0.0 - beside_best["npv_saving_gbp"]
    frame["above_best_share"] = 0.0 - beside_best["npv_saving_share"]
    for family in FAMILIES:
        frame[family] = [family in each for each in kinds]
    rooms: dict[tuple[str, tuple[str, ...]], int] = {}
    records: list[Room] = []
    chosen = []
    for plan in kept:
        rows = []
        for room in plan.rooms:
            key_of = (room.site_code, room.members)
            if key_of not in rooms:
                rooms[key_of] = len(records)
                records.append(room)
            rows.append(rooms[key_of])
        chosen.append(tuple(rows))
    return PlanSet(frame, tuple(records), tuple(chosen))
