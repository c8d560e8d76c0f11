"""How much operators notice: the quality that a cheaper control room may give up.

Fewer operators for the same cameras watch more monitors each and notice less. The measured points
are in ``data/facts/detection_by_monitors.csv``; the model shows the share beside the money.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coverage_model.base import datasets

Floats = NDArray[np.float64]


def detection_at(monitors: ArrayLike) -> Floats:
    """Share of events noticed by an operator who watches this many monitors.

    Straight lines between the measured points. Beyond nine monitors nothing was measured: the share
    at nine is then an upper limit of what to hope for.

    Parameters
    ----------
    monitors
        Monitors per operator, any shape.

    Returns
    -------
    ndarray
        Shares, the same shape.

    Examples
    --------
    >>> round(float(detection_at(5.0)), 3)
    0.66
    """
    # Not turned into an array here: the page's script is written from what happens to it.
    return np.interp(monitors, *_points())  # type: ignore[arg-type]


def monitors_per_operator(
    cameras: ArrayLike, posts: ArrayLike, *, shown_share: float, pictures_per_monitor: float
) -> Floats:
    """Count the monitors that each operator on duty watches, at least one.

    Parameters
    ----------
    cameras, posts
        Of each room.
    shown_share
        Share of a room's cameras on view at one moment.
    pictures_per_monitor
        Pictures shown on one monitor.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> monitors_per_operator(320.0, 2, shown_share=0.2, pictures_per_monitor=4).item()
    8.0
    """
    shown = np.multiply(cameras, shown_share / pictures_per_monitor)
    return np.maximum(1.0, shown / np.maximum(posts, 1))


@lru_cache(maxsize=1)
def _points() -> tuple[Floats, Floats]:
    points = datasets.detection_by_monitors()
    return (
        points["monitors_per_operator"].to_numpy(float),
        points["detection_share"].to_numpy(float),
    )
