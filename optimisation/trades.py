r"""What more of one wish costs in another: a proved curve for any two measures of a plan.

For two sums a and b over a plan's groups, each to be small, the curve is made of the plans that are
best in one at a stated level of the other (the ε-constraint method; Haimes, Lasdon and Wismer
1971):

.. code-block:: text

    a(v) = min a(Q)  over the plans Q that the scenario allows with  b(Q) <= v,

v going from the least b of any plan to the b of the plan of least a. The limit on b is one side row
over the table of groups, so each point is a solve like any other, with its own bound. Where b is a
whole number and has no more steps than points are asked for, every point of the curve is there.
A plan that another one beats in both is left out.

The saving in the worst tenth of the draws is no sum over groups: it is always what is made best,
with the other measure limited (:mod:`optimisation.search.judged`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from coverage_model.base.errors import Faults
from optimisation.consolidation import plan_from_rows
from optimisation.group_table import GroupTable
from optimisation.objectives import Chosen
from optimisation.optimum import scenario_rows
from optimisation.search.bounds import SideRow
from optimisation.search.judged import Judged, least
from optimisation.search.measures import Measure
from optimisation.search.optimum import OutOfTimeError
from optimisation.trade_results import SAME, Point, Quantity, Trade

Floats = NDArray[np.float64]

POINTS = 15
WHOLE_POINTS = 60
TAIL_POINTS = 5
"""Points of a curve: of a measure without steps, of one that is counted, and of one where each
point is a search over draws."""

METHOD = "linear bound by HiGHS, exhaustive search"
WORST = "worst"
ROW_SIZE = 1e4
ROUNDING = 1e-9


def _seen(table: GroupTable) -> Floats:
    total = float(table.setting.places.cameras.sum())
    return table.costs.cameras * table.costs.detection / max(total, 1.0)


QUANTITIES: dict[str, Quantity] = {
    each.key: each
    for each in (
        Quantity("cost", "net present cost", "£"),
        Quantity("rooms", "control rooms", "room", whole=True),
        Quantity("moves", "boroughs moved", "borough", whole=True),
        Quantity("links", "length of links", "km"),
        Quantity("posts", "operators on duty", "operator", whole=True),
        Quantity(
            "detection", "share of events noticed while rooms are watched", "share", more=True
        ),
        Quantity(WORST, "saving in the worst tenth of the draws", "£", more=True),
    )
}
"""What a trade may be of, by name."""

VALUES: dict[str, Callable[[GroupTable], Floats]] = {
    "cost": lambda table: table.costs.npv,
    "rooms": lambda table: table.counted,
    "moves": lambda table: table.costs.moved.astype(np.float64),
    "links": lambda table: table.costs.link_km,
    "posts": lambda table: table.costs.posts.astype(np.float64),
    "detection": _seen,
}
"""What each group adds to a measure, for those that are sums over groups."""

SCALES = {"rooms": 1e6, "moves": 1e6, "links": 1e4, "posts": 1e6, "detection": 1e8}
"""What a unit is multiplied by in a search, whose tolerance is a hundredth."""


def parse_trade(text: str) -> tuple[Quantity, Quantity]:
    """Read a trade such as ``cost:moves``.

    Raises
    ------
    InputError
        If it is not two different measures.

    Examples
    --------
    >>> [each.key for each in parse_trade("moves:worst")]
    ['worst', 'moves']
    """
    parts = [part.strip().lower() for part in text.split(":")]
    faults = Faults("trade")
    if len(parts) != 2 or len(set(parts)) != 2 or not set(parts) <= set(QUANTITIES):
        remedy = f"Name two of {', '.join(QUANTITIES)} with a colon between them"
        faults.add(f"'{text}' is no trade", f"{remedy}, such as cost:moves")
        faults.raise_if_any()
    first, second = (QUANTITIES[part] for part in parts)
    # What is no sum over groups can only be made best, not be limited.
    return (second, first) if second.key not in VALUES else (first, second)


def trade(
    table: GroupTable,
    first: Quantity,
    second: Quantity,
    *,
    points: int = WHOLE_POINTS,
    chosen: Chosen | None = None,
    values: Mapping[str, Floats] | None = None,
    rows: Sequence[SideRow] = (),
) -> Trade:
    """Find the plans of a curve, each proved.

    Parameters
    ----------
    table
        The groups; ``costs.npv`` is what cost means.
    first, second
        From :func:`parse_trade`.
    points
        Most points.
    chosen
        The draws behind the table, for the worst tenth of them.
    values
        What each group adds to measures beside :data:`VALUES`, by key.
    rows
        Limits on sums over a plan's groups, beside the scenario's.

    Returns
    -------
    Trade

    Raises
    ------
    InputError
        If the worst tenth is asked of a scenario without draws.

    Examples
    --------
    >>> from optimisation.group_table import build_table, make_setting
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.territory import borough_inputs
    >>> table = build_table(make_setting(borough_inputs(), load_scenario()))
    >>> found = trade(table, *parse_trade("cost:rooms"), points=3)
    >>> [point.proved for point in found.points]
    [True, True, True]
    """
    solver = _Solver(table, first, second, chosen=chosen, values=values or {}, rows=rows)
    outer = solver.best(None)
    inner = solver.least_second()
    years, annuity = table.setting.scenario.horizon_years, table.setting.annuity_factor
    if outer is None or inner is None:
        return Trade(first, second, (), complete=True, years=years, annuity=annuity)
    levels = _levels(inner, solver.second_of(outer.rows), second, points)
    answers = [outer] + [solver.best(level) for level in levels]
    kept: dict[tuple[int, ...], Judged] = {a.rows: a for a in answers if a is not None}
    made = [solver.point(answer) for answer in kept.values()]
    signs = [-1.0 if each.more else 1.0 for each in (first, second)]
    made.sort(key=lambda p: (signs[1] * p.second, signs[0] * p.first))
    found: list[Point] = []
    for point in made:
        if not found or signs[0] * point.first < signs[0] * found[-1].first - SAME:
            found.append(point)
    every = second.whole and len(levels) == round(solver.second_of(outer.rows) - inner)
    complete = every and all(a is not None and a.proved for a in answers)
    return Trade(first, second, tuple(found), complete, years, annuity)


def _levels(inner: float, outer: float, second: Quantity, points: int) -> list[float]:
    """Levels of the limited measure, in its sense of less is better, without the outer end."""
    if second.whole:
        steps = np.arange(round(inner), round(outer))
        if len(steps) > points - 1:
            steps = np.unique(np.rint(np.linspace(inner, outer, points))[:-1])
        return [float(step) for step in steps]
    if outer - inner <= SAME:
        return []
    return [float(level) for level in np.linspace(inner, outer, points)[:-1]]


class _Solver:
    """The table with two measures, each turned so that less is better."""

    def __init__(
        self,
        table: GroupTable,
        first: Quantity,
        second: Quantity,
        *,
        chosen: Chosen | None,
        values: Mapping[str, Floats],
        rows: Sequence[SideRow],
    ) -> None:
        self.known = dict(values)
        self.table, self.first, self.second = table, first, second
        self.rows = [*scenario_rows(table), *rows]
        self.loads = [table.setting.places.watched_cameras]
        self.limited = self.values(second) * (-1.0 if second.more else 1.0)
        self.scale = SCALES.get(first.key, 1.0)
        # A row of small numbers is cheap to break in the linear programme: it is made large.
        largest = float(np.abs(self.limited).max(initial=0.0))
        self.row_scale = 1.0 if second.whole or largest == 0 else ROW_SIZE / largest
        zero = np.zeros(1)
        self.measure = Measure.mean(zero)
        if first.key != WORST:
            sign = -self.scale if first.more else self.scale
            self.outcomes = (self.values(first) * sign)[None, :]
            return
        if chosen is None:
            faults = Faults("trade")
            faults.add(
                "the worst tenth of the draws is asked for, and the plan was chosen without draws",
                'Say kind = "expected" in [objective]',
            )
            faults.raise_if_any()
        else:
            today = chosen.drawn.plans([table.setting.today])[:, 0]
            self.outcomes = chosen.matrix
            self.measure = Measure.tail(today, share=0.1)

    def values(self, measure: Quantity) -> Floats:
        """Return what each group adds to a measure."""
        found = self.known.get(measure.key)
        return VALUES[measure.key](self.table) if found is None else found

    def best(self, level: float | None) -> Judged | None:
        """Return the plan that is best in the first with at most so much of the second."""
        slack = ROUNDING * max(1.0, abs(level or 0.0))
        limit = []
        if level is not None:
            row = self.limited * self.row_scale
            limit.append(SideRow(row, high=(level + slack) * self.row_scale))
        try:
            return least(
                self.table.groups,
                self.outcomes,
                self.measure,
                rows=[*self.rows, *limit],
                loads=self.loads,
            )
        except OutOfTimeError:
            return None

    def least_second(self) -> float | None:
        """Return the least of the second that any plan has, in its sense of less is better."""
        values = self.limited * SCALES.get(self.second.key, 1.0)
        zero = np.zeros(1)
        answer = least(
            self.table.groups, values[None, :], Measure.mean(zero), rows=self.rows, loads=self.loads
        )
        return None if answer is None else self.second_of(answer.rows)

    def second_of(self, rows: Sequence[int]) -> float:
        """Sum the second over a plan, in its sense of less is better."""
        return float(self.limited[list(rows)].sum())

    def point(self, answer: Judged) -> Point:
        """Make a point of an answer."""
        rows = list(answer.rows)
        sign = -1.0 if self.first.more else 1.0
        if self.first.key == WORST:
            # A measure of cost against today: its saving is what it is less than nothing.
            value, bound = -answer.value, -answer.bound
        else:
            value = float(self.values(self.first)[rows].sum())
            bound = value if answer.proved else sign * answer.bound / self.scale
        cost = float(self.table.costs.npv[rows].sum())
        plan = plan_from_rows(
            self.table,
            rows,
            f"trade_{self.first.key}_{self.second.key}_{self.second_of(rows):.6g}",
            "",
            bound_gbp=cost if answer.proved else 0.0,
            method=METHOD,
        )
        second = self.second_of(rows) * (-1.0 if self.second.more else 1.0) + 0.0  # no -0.0
        return Point(plan, value, second, bound, answer.proved, answer.rows)


def trades(
    table: GroupTable, wanted: Sequence[str], *, chosen: Chosen | None = None
) -> tuple[Trade, ...]:
    """Find the curves of several trades, such as ``cost:moves``."""
    found = []
    for text in wanted:
        first, second = parse_trade(text)
        points = WHOLE_POINTS if second.whole else POINTS
        points = points if first.key in VALUES else TAIL_POINTS
        found.append(trade(table, first, second, points=points, chosen=chosen))
    return tuple(found)
