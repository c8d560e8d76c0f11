r"""Ways to monitor the cameras of control rooms: what each costs and how much it notices.

Four ways are compared. ``active`` fills the posts round the clock, ``peak`` in the peak blocks of
the day, ``passive`` records and fills none; ``analytics`` fills them round the clock with
``value_analytics_cameras_factor`` times the cameras an operator, software that chooses what is
shown (``value_analytics_shown_factor``) and its yearly price. Each is a change of coefficients, and
the money of each comes from the cost table (:mod:`optimisation.costs.rooms`) and from nowhere else.

How much is noticed follows :mod:`optimisation.costs.detection`, with one caution more. For m
monitors an operator,

.. code-block:: text

    noticed(m) = d(min(m, 9)) · min(1, 9 / m)

where d is the measured share: nobody was measured with more than nine monitors, so an operator is
taken to watch nine and none of the others. Fewer operators for the same cameras therefore always
notice less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from coverage_model.base import datasets
from optimisation.costs.detection import detection_at, monitors_per_operator
from optimisation.costs.rates import HOURS_PER_YEAR, Rates
from optimisation.costs.rooms import cost_groups
from optimisation.costs.terms import RATE_NAMES, YEARLY_LINES
from optimisation.group_table import Setting
from optimisation.results import Room
from optimisation.search.groups import Groups

Floats = NDArray[np.float64]

DAYS_PER_YEAR = HOURS_PER_YEAR / 24
LABELS = {
    "active": "Watched round the clock",
    "peak": "Watched in peak hours",
    "passive": "Recording only",
    "analytics": "Watched with analytics",
}
OPTION_COEFFICIENTS = (
    "value_analytics_cameras_factor",
    "value_analytics_shown_factor",
    "value_analytics_gbp_per_camera_year",
)
OPERATORS = YEARLY_LINES.index("operators")


def noticed_share(monitors: ArrayLike) -> Floats:
    """Share of events noticed by an operator who is given this many monitors.

    Parameters
    ----------
    monitors
        Monitors per operator, any shape.

    Returns
    -------
    ndarray
        Shares, the same shape; beyond nine monitors they fall as nine over the number.

    Examples
    --------
    >>> noticed_share([1.0, 9.0, 18.0]).round(3).tolist()
    [0.85, 0.53, 0.265]
    """
    given = np.asarray(monitors, dtype=np.float64)
    return detection_at(given) * np.minimum(1.0, _most_measured() / np.maximum(given, 1e-9))


@lru_cache(maxsize=1)
def _most_measured() -> float:
    return float(datasets.detection_by_monitors()["monitors_per_operator"].max())


def option_rates(
    option: str, rate: Rates, *, peak_hours_per_day: float, values: Mapping[str, float]
) -> Rates:
    """Return the cost coefficients of a way of monitoring.

    Parameters
    ----------
    option
        ``active``, ``peak``, ``passive`` or ``analytics``.
    rate
        The scenario's coefficients. A price of missed detection is left out, since the benefits
        count what is noticed.
    peak_hours_per_day
        Hours of the peak blocks.
    values
        The coefficients of :data:`OPTION_COEFFICIENTS`.

    Returns
    -------
    Rates

    Raises
    ------
    KeyError
        If there is no such option.
    """
    hours = {
        "active": HOURS_PER_YEAR,
        "analytics": HOURS_PER_YEAR,
        "peak": peak_hours_per_day * DAYS_PER_YEAR,
        "passive": 0.0,
    }[option]
    chosen = rate.changed(hours_monitored_per_year=hours, missed_detection_gbp_per_camera_year=0.0)
    if option != "analytics":
        return chosen
    shown = rate.shown_at_once_share * values["value_analytics_shown_factor"]
    return chosen.changed(
        cameras_per_operator=rate.cameras_per_operator * values["value_analytics_cameras_factor"],
        shown_at_once_share=min(1.0, shown),
        camera_systems_gbp_per_year=rate.camera_systems_gbp_per_year
        + values["value_analytics_gbp_per_camera_year"],
    )


@dataclass(frozen=True, slots=True, eq=False)
class Monitored:
    """What one way of monitoring costs and notices; every array has shape ``(rooms,)``.

    Parameters
    ----------
    cameras, posts
        Of each room.
    hours_per_year
        Hours in which posts are filled.
    monitors, noticed
        Monitors an operator watches, and the share of events noticed while watched.
    cost
        Yearly cost from the cost table.
    operators
        The part of it that pays operators.
    """

    cameras: Floats
    posts: NDArray[np.int64]
    hours_per_year: float
    monitors: Floats
    noticed: Floats
    cost: Floats
    operators: Floats


class RoomCosting:
    """The rooms of a plan, costed under any coefficients.

    Parameters
    ----------
    setting
        The scenario on its territory (:func:`optimisation.group_table.make_setting`).
    rooms
        The rooms, each at its site.
    """

    def __init__(self, setting: Setting, rooms: Sequence[Room]) -> None:
        self.setting = setting
        self.groups = Groups.from_members(setting.codes, [room.members for room in rooms])
        self.sites = np.asarray(setting.positions([room.site_code for room in rooms]))

    def cost(self, rate: Rates) -> Monitored:
        """Cost the rooms from the cost table and say what their operators notice."""
        costs = cost_groups(
            self.groups, replace(self.setting.pricing, rate=rate), fixed_sites=self.sites
        )
        monitors = monitors_per_operator(
            costs.cameras,
            costs.posts,
            shown_share=rate.shown_at_once_share,
            pictures_per_monitor=rate.pictures_per_monitor,
        )
        return Monitored(
            cameras=costs.cameras,
            posts=costs.posts,
            hours_per_year=rate.hours_monitored_per_year,
            monitors=monitors,
            noticed=noticed_share(monitors),
            cost=costs.yearly.sum(axis=0),
            operators=costs.yearly[OPERATORS],
        )


def drawn_rates(rate: Rates, drawn: Mapping[str, float]) -> Rates:
    """Put the cost coefficients of a draw in the place of those used.

    Parameters
    ----------
    rate
        The coefficients used.
    drawn
        Values by name; names that are not of the cost model are left alone.

    Returns
    -------
    Rates
    """
    own = {name: float(value) for name, value in drawn.items() if name in RATE_NAMES}
    return rate.changed(**own)


def watched_crime_share(option: str, blocks: pd.DataFrame) -> float:
    """Share of crime that happens while a way of monitoring watches.

    Parameters
    ----------
    option
        As for :func:`option_rates`.
    blocks
        :class:`sharedview.questions.value.schemas.TimeOfDay`.

    Examples
    --------
    >>> from sharedview.questions.value.crime import time_of_day
    >>> watched_crime_share("peak", time_of_day()), watched_crime_share("passive", time_of_day())
    (0.5, 0.0)
    """
    if option == "passive":
        return 0.0
    if option == "peak":
        return float(blocks.loc[blocks["peak"], "crime_share"].sum())
    return 1.0
