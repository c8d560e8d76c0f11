"""A trade as found: the plans that are best in one measure at each level of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.results import Plan

SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that two plans are compared by.

    Parameters
    ----------
    key
        Its name on the command line.
    words
        What it is, for people.
    unit
        ``£``, ``km``, ``share`` or a noun that is counted.
    more
        Whether more of it is better.
    whole
        Whether it is a whole number.
    """

    key: str
    words: str
    unit: str
    more: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One plan of a curve.

    Parameters
    ----------
    plan
        The plan, with the proof of what is made best in its report.
    first, second
        What it has of the two measures.
    bound
        No plan with as much of the second has a better first than this.
    proved
        Whether it is proved best.
    rows
        Rows of its groups in the table.
    """

    plan: Plan
    first: float
    second: float
    bound: float
    proved: bool
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Trade:
    """The plans that are best in one measure for each level of another.

    Parameters
    ----------
    first, second
        What is made best, and what is limited.
    points
        From the best of the second to the best of the first.
    complete
        Whether every plan of the curve is there.
    years, annuity
        Years that costs are added up over, and what £1 a year is worth over them.
    """

    first: Quantity
    second: Quantity
    points: tuple[Point, ...]
    complete: bool
    years: int
    annuity: float

    @property
    def name(self) -> str:
        """The trade as the command line writes it."""
        return f"{self.first.key}:{self.second.key}"

    @property
    def knee(self) -> int | None:
        """Position of the point farthest from the line between the two ends; None without one.

        Both measures are brought to the same width first. Up to it the second measure is bought
        cheaply; beyond it each step costs more than on average.
        """
        if len(self.points) < 3:
            return None
        at = np.array([[p.first, p.second] for p in self.points], dtype=np.float64)
        width = np.abs(at[-1] - at[0])
        if not (width > 0).all():
            return None
        signs = np.array([-1.0 if q.more else 1.0 for q in (self.first, self.second)])
        scaled = at * signs / width
        below = scaled[0].sum() - scaled.sum(axis=1)
        best = int(np.argmax(below))
        return best if below[best] > SAME else None

    def frame(self) -> pd.DataFrame:
        """Return the points as a table.

        Returns
        -------
        DataFrame
            :class:`optimisation.schemas.TradePoints`.
        """
        knee = self.knee
        rows = [
            {
                "trade": self.name,
                "step": k + 1,
                "first_value": point.first,
                "second_value": point.second,
                "first_bound": point.bound,
                "status": "optimal" if point.proved else "feasible",
                "knee": k == knee,
                "rooms": point.plan.room_count,
                "boroughs_moved": point.plan.boroughs_moved,
                "posts": point.plan.posts,
                "link_km": sum(room.link_km for room in point.plan.rooms),
                "detection_share": point.plan.detection_share,
                "npv_gbp": point.plan.npv_gbp,
                "plan": " | ".join(" ".join(room.members) for room in point.plan.rooms),
            }
            for k, point in enumerate(self.points)
        ]
        return check(pd.DataFrame(rows), schemas.TradePoints, "trade")
