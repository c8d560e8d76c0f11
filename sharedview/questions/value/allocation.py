r"""Where and when a fixed number of operator hours notices most: a linear model.

For each room r and block of the day b, with h_b hours a year and a stake w_rb (what the crime in
view in that block costs society, as far as watching can prevent it), let t_rbk be the hours with k
operators on duty, of the numbers of operators K_r that the room may have, none among them. f_r(k)
is the share noticed with k operators, 0 with none:

.. code-block:: text

    max  Σ_rb (w_rb / h_b) Σ_k f_r(k) t_rbk
    (1)  Σ_k t_rbk = h_b                       each hour of a block has one number of operators
    (2)  Σ_rbk k t_rbk <= H                    operator hours there are
    (3)  t_rbk >= 0

    f_r(k) = noticed(max(1, M_r / k)),   M_r = cameras_r · shown_at_once / pictures_per_monitor

(:func:`sharedview.questions.value.monitoring.noticed_share`). Within a block the hours may be
shared between two numbers of operators, so only the upper concave envelope of f_r matters: that is
where the diminishing returns are. On the envelopes the model is a continuous knapsack, which taking
the steepest piece first solves (Dantzig 1957); :func:`greedy_allocation` does so, gives the value
of one more hour, and is held against the solver's answer. The solver's values are checked and the
objective is computed again from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coverage_model.base.errors import SharedviewError
from optimisation.search.solvers import LinearModel, SolverName
from sharedview.questions.value.monitoring import noticed_share

Floats = NDArray[np.float64]
Points = tuple[Floats, Floats]

_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Allocated:
    """Operator hours given out.

    Parameters
    ----------
    hours
        Operator hours a year, shape ``(rooms, blocks)``.
    value
        Worth of what is noticed, shape ``(rooms, blocks)``.
    marginal
        Worth of one more operator hour; 0 when nothing more can be noticed.
    """

    hours: Floats
    value: Floats
    marginal: float


def staffing_levels(monitors: float, *, min_posts: int = 1) -> Points:
    """Return how many operators a room may have on duty, and what share they notice.

    Parameters
    ----------
    monitors
        Monitors that show the room's pictures at one moment.
    min_posts
        Fewest operators of a room that is watched at all.

    Returns
    -------
    tuple of ndarray
        Numbers of operators, 0 first, up to one a monitor, and the share noticed with each.

    Examples
    --------
    >>> operators, share = staffing_levels(2.0)
    >>> operators.tolist(), share.round(3).tolist()
    ([0.0, 1.0, 2.0], [0.0, 0.813, 0.85])
    """
    most = max(min_posts, int(np.ceil(monitors - 1e-9)))
    watched = np.arange(max(min_posts, 1), max(most, 1) + 1, dtype=np.float64)
    share = noticed_share(np.maximum(1.0, monitors / watched))
    return np.concatenate([[0.0], watched]), np.concatenate([[0.0], share])


def concave_envelope(x: ArrayLike, y: ArrayLike) -> Points:
    """Return the corners of the least concave function above points, up to its maximum.

    Parameters
    ----------
    x, y
        Points with ascending ``x``.

    Returns
    -------
    tuple of ndarray
        Corners; the slopes between them are positive and fall.

    Examples
    --------
    >>> [part.tolist() for part in concave_envelope([0, 1, 2, 3], [0, 1, 4, 5])]
    [[0.0, 2.0, 3.0], [0.0, 4.0, 5.0]]
    """
    corners: list[tuple[float, float]] = []
    for point in zip(np.asarray(x, float).tolist(), np.asarray(y, float).tolist(), strict=True):
        while len(corners) > 1 and _turns_left(corners[-2], corners[-1], point):
            corners.pop()
        corners.append(point)
    while len(corners) > 1 and corners[-1][1] <= corners[-2][1]:
        corners.pop()
    ends = np.asarray(corners)
    return ends[:, 0], ends[:, 1]


def _turns_left(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) >= (b[1] - a[1]) * (c[0] - a[0])


def greedy_allocation(
    stakes: ArrayLike, block_hours: ArrayLike, levels: Sequence[Points], *, budget: float
) -> Allocated:
    """Give out operator hours piece by piece, the steepest piece of all envelopes first.

    Parameters
    ----------
    stakes
        Worth of noticing everything, shape ``(rooms, blocks)``.
    block_hours
        Hours a year of each block, shape ``(blocks,)``.
    levels
        For each room, from :func:`staffing_levels`.
    budget
        Operator hours to give out.

    Returns
    -------
    Allocated

    Examples
    --------
    >>> levels = [staffing_levels(2.0), staffing_levels(2.0)]
    >>> greedy_allocation([[10.0], [30.0]], [100.0], levels, budget=100.0).hours.tolist()
    [[0.0], [100.0]]
    """
    worth, hours = np.asarray(stakes, dtype=np.float64), np.asarray(block_hours, dtype=np.float64)
    pieces: list[tuple[float, int, int, float]] = []
    for room, points in enumerate(levels):
        operators, share = concave_envelope(*points)
        slope = np.diff(share) / np.diff(operators)
        for block, (stake, length) in enumerate(zip(worth[room], hours, strict=True)):
            if stake > 0:
                pieces += [
                    (-rise * stake / length, room, block, width * length)
                    for rise, width in zip(slope, np.diff(operators), strict=True)
                ]
    given, value, left, marginal = np.zeros(worth.shape), np.zeros(worth.shape), budget, 0.0
    for negative, room, block, size in sorted(pieces):
        take = min(size, left)
        given[room, block] += take
        value[room, block] -= negative * take
        left -= take
        if take < size:
            marginal = -negative
            break
    return Allocated(given, value, marginal)


def best_allocation(
    stakes: ArrayLike,
    block_hours: ArrayLike,
    levels: Sequence[Points],
    *,
    budget: float,
    solver: SolverName = "highs",
) -> Allocated:
    """Give out operator hours with PuLP, by the model at the head of this module.

    Parameters
    ----------
    stakes, block_hours, levels, budget
        As for :func:`greedy_allocation`.
    solver
        ``highs`` or ``cbc``.

    Returns
    -------
    Allocated
        ``marginal`` from the envelopes.

    Raises
    ------
    InputError
        If the solver is not installed.
    SharedviewError
        If the solver's answer breaks a row or is worse than the greedy one.
    """
    worth, lengths = np.asarray(stakes, dtype=np.float64), np.asarray(block_hours, float)
    scale = max(float(worth.max(initial=0.0)), 1e-12)
    model = LinearModel("operator_hours")
    places: list[tuple[int, int, int, float]] = []
    for (room, block), stake in np.ndenumerate(worth):
        operators, share = levels[room]
        # Shares of the block, not hours, keep the numbers near 1.
        columns = [model.column(-stake / scale * each, upper=1.0) for each in share.tolist()]
        model.row(columns, [1.0] * len(columns), low=1.0, high=1.0)
        places += [
            (column, room, block, each)
            for column, each in zip(columns, operators.tolist(), strict=True)
        ]
    total = max(float(lengths.sum()), 1e-12)
    model.row(
        [place[0] for place in places],
        [place[3] * lengths[place[2]] / total for place in places],
        high=budget / total,
    )
    found = model.solve(solver=solver)
    if found.values is None:
        raise SharedviewError("the solver found no use of the operator hours")
    hours, value, filled = np.zeros(worth.shape), np.zeros(worth.shape), np.zeros(worth.shape)
    for column, room, block, each in places:
        share_of_block = float(np.clip(found.values[column], 0.0, 1.0))
        operators, share = levels[room]
        hours[room, block] += each * share_of_block * lengths[block]
        at = int(np.searchsorted(operators, each))
        value[room, block] += worth[room, block] * share[at] * share_of_block
        filled[room, block] += share_of_block
    greedy = greedy_allocation(worth, lengths, levels, budget=budget)
    over = hours.sum() > budget + _TOLERANCE * max(budget, 1.0)
    worse = value.sum() < greedy.value.sum() - _TOLERANCE * max(greedy.value.sum(), 1e-9)
    if over or worse or np.abs(filled - 1.0).max(initial=0.0) > _TOLERANCE:
        raise SharedviewError("the solver's use of the operator hours is not valid or not the best")
    return Allocated(hours, value, greedy.marginal)
