"""Which upgrades bring cameras to a standard at least cost, as a small integer model.

Cameras of a borough with the same faults are one group, so the model holds counts and stays small
for any number of cameras. A camera may be given any combination of camera measures; a borough may
take measures that mend a fault for all its cameras at once. Combinations that mend no more than a
cheaper one are left out beforehand.

.. code-block:: text

    sets         b boroughs, g groups (borough b(g), faults F_g, n_g cameras), c combinations of
                 camera measures, m borough measures; R(c), R(m) what they mend
    prices       p_c a camera; q_bm a borough: once, and for each of its cameras
    variables    x_gc cameras of group g that are given c and then meet the standard
                 y_bm whether borough b takes m

    (0) min  Σ p_c x_gc + Σ q_bm y_bm
    (1) Σ_c x_gc <= n_g                                     for each g
    (2) x_gc <= n_g Σ_{m: f in R(m)} y_{b(g) m}             for each g, c, f in F_g but not R(c)
    (3) Σ_{g in b} Σ_c x_gc >= t_b                          for each b: cameras to bring to standard
    (4) x_gc >= 0 whole, y_bm in {0, 1}

With a budget B in the place of targets, (3) falls away and two models are solved in a row:

.. code-block:: text

    (5) max Σ x_gc   so that  Σ p_c x_gc + Σ q_bm y_bm <= B
    (6) then (0) with Σ x_gc >= what (5) found

Boroughs share nothing but a budget, so with targets each is solved by itself. This is set cover
with shared sets: hard in general, small here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations as subsets

import numpy as np

from optimisation.search.solvers import LinearModel, SolverName

# Pounds in the model are thousands, so that its numbers are of one size.
SCALE = 1_000.0


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure and its price.

    Parameters
    ----------
    measure
        Short name.
    fixes
        Criteria that it mends.
    each_gbp
        Price a camera: of those given a camera measure, of all the borough's for a borough measure.
    once_gbp
        Price of a borough measure whatever the number of cameras.
    borough
        Whether it mends the fault for all cameras of a borough.
    """

    measure: str
    fixes: frozenset[str]
    each_gbp: float
    once_gbp: float = 0.0
    borough: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Cameras of a borough with the same faults.

    Parameters
    ----------
    borough
        Code of the borough.
    faults
        Criteria that fail; none for cameras that meet the standard.
    cameras
        How many there are.
    """

    borough: str
    faults: frozenset[str]
    cameras: int


@dataclass(frozen=True, slots=True)
class Upgrades:
    """What is done.

    Parameters
    ----------
    given
        Cameras by position of their group and combination of measures.
    taken
        Borough measures taken: code and name.
    cost_gbp
        Its price, added up from the measures.
    bound_gbp
        Proved lower bound of the price of bringing as many cameras to the standard.
    """

    given: Mapping[tuple[int, tuple[str, ...]], int]
    taken: tuple[tuple[str, str], ...]
    cost_gbp: float
    bound_gbp: float

    @property
    def upgraded(self) -> int:
        """Cameras brought to the standard."""
        return sum(self.given.values())


@lru_cache(maxsize=4096)
def camera_combinations(
    faults: frozenset[str], measures: tuple[Measure, ...]
) -> tuple[tuple[tuple[str, ...], frozenset[str], float], ...]:
    """List the combinations of camera measures that are worth a thought for a set of faults.

    Parameters
    ----------
    faults
        What is to be mended.
    measures
        All measures; those of boroughs only say what need not be mended at the camera.

    Returns
    -------
    tuple
        Names, faults left over, and price, for each; what no borough measure mends is never left
        over, and none leaves over what a cheaper one mends.

    Examples
    --------
    >>> lens = Measure("lens", frozenset({"density"}), 600.0)
    >>> new = Measure("replace", frozenset({"density", "codec"}), 5000.0)
    >>> [names for names, _, _ in camera_combinations(frozenset({"density"}), (lens, new))]
    [('lens',)]
    """
    shared = frozenset().union(*(each.fixes for each in measures if each.borough))
    useful = [each for each in measures if not each.borough and each.fixes & faults]
    found: list[tuple[tuple[str, ...], frozenset[str], float]] = []
    for size in range(len(useful) + 1):
        for chosen in subsets(useful, size):
            left = faults.difference(*(each.fixes for each in chosen))
            if left <= shared:
                price = sum(each.each_gbp for each in chosen)
                found.append((tuple(each.measure for each in chosen), left, price))
    found.sort(key=lambda each: (each[2], len(each[1]), each[0]))
    kept: list[tuple[tuple[str, ...], frozenset[str], float]] = []
    for each in found:
        if not any(other[1] <= each[1] for other in kept):
            kept.append(each)
    return tuple(kept)


def measure_price(measure: Measure, cameras: int) -> float:
    """Return what a borough measure costs a borough with so many cameras."""
    return measure.once_gbp + measure.each_gbp * cameras


class _Model:
    """The model of some boroughs."""

    def __init__(self, groups: Sequence[Group], measures: Sequence[Measure]) -> None:
        self.groups, self.measures = groups, tuple(measures)
        self.model = LinearModel("upgrades")
        self.sizes: dict[str, int] = {}
        for group in groups:
            self.sizes[group.borough] = self.sizes.get(group.borough, 0) + group.cameras
        self.taken: dict[tuple[str, str], int] = {}
        self.given: dict[tuple[int, tuple[str, ...]], int] = {}
        self.prices: list[float] = []
        self._borough_columns()
        for position, group in enumerate(groups):
            if group.faults and group.cameras:
                self._group_columns(position, group)

    def _column(self, price: float, *, upper: float) -> int:
        self.prices.append(price / SCALE)
        return self.model.column(price / SCALE, upper=upper, whole=True)

    def _borough_columns(self) -> None:
        faults: dict[str, frozenset[str]] = {}
        for group in self.groups:
            faults[group.borough] = faults.get(group.borough, frozenset()) | group.faults
        for code, size in self.sizes.items():
            for each in self.measures:
                if each.borough and each.fixes & faults[code]:
                    price = measure_price(each, size)
                    self.taken[code, each.measure] = self._column(price, upper=1.0)

    def _group_columns(self, position: int, group: Group) -> None:
        columns = []
        for names, left, price in camera_combinations(group.faults, self.measures):
            column = self._column(price, upper=float(group.cameras))
            self.given[position, names] = column
            columns.append(column)
            for fault in sorted(left):
                mending = [
                    self.taken[group.borough, each.measure]
                    for each in self.measures
                    if each.borough and fault in each.fixes
                ]
                values = [1.0, *(-float(group.cameras) for _ in mending)]
                self.model.row([column, *mending], values, high=0.0)  # (2)
        if len(columns) > 1:
            self.model.row(columns, [1.0] * len(columns), high=float(group.cameras))  # (1)

    def require(self, cameras: int) -> None:
        """Bring at least so many cameras to the standard (3)."""
        columns = list(self.given.values())
        self.model.row(columns, [1.0] * len(columns), low=float(cameras))

    def limit(self, budget_gbp: float) -> None:
        """Spend no more than a budget (5)."""
        columns = list(range(len(self.prices)))
        self.model.row(columns, self.prices, high=budget_gbp / SCALE)

    def solve(self, solver: SolverName, *, most: bool = False) -> Upgrades:
        """Solve for the least cost, or for the most cameras."""
        self.model.costs = list(self.prices)
        if most:
            counted = set(self.given.values())
            self.model.costs = [-1.0 if k in counted else 0.0 for k in range(len(self.prices))]
        found = self.model.solve(solver=solver)
        if found.values is None:
            raise AssertionError("upgrades: the solver found no values for a model that has some")
        whole = np.rint(found.values).astype(int)
        given = {key: int(whole[k]) for key, k in self.given.items() if whole[k] > 0}
        taken = tuple(key for key, k in self.taken.items() if whole[k] > 0)
        return Upgrades(given, taken, self.price(given, taken), found.bound * SCALE)

    def price(
        self,
        given: Mapping[tuple[int, tuple[str, ...]], int],
        taken: Sequence[tuple[str, str]],
    ) -> float:
        return price_of(given, taken, groups=self.groups, measures=self.measures)


def price_of(
    given: Mapping[tuple[int, tuple[str, ...]], int],
    taken: Sequence[tuple[str, str]],
    *,
    groups: Sequence[Group],
    measures: Sequence[Measure],
) -> float:
    """Add up what upgrades cost at the prices of some measures.

    Parameters
    ----------
    given, taken
        As in :class:`Upgrades`.
    groups, measures
        What they were chosen from; the measures may have other prices.
    """
    by_name = {each.measure: each for each in measures}
    sizes: dict[str, int] = {}
    for group in groups:
        sizes[group.borough] = sizes.get(group.borough, 0) + group.cameras
    cameras = sum(
        count * sum(by_name[name].each_gbp for name in names) for (_, names), count in given.items()
    )
    return cameras + sum(measure_price(by_name[name], sizes[code]) for code, name in taken)


def mendable(groups: Sequence[Group], measures: Sequence[Measure]) -> int:
    """Count the cameras whose every fault some measure mends."""
    reach = frozenset().union(*(each.fixes for each in measures))
    return sum(group.cameras for group in groups if group.faults and group.faults <= reach)


def cheapest_upgrades(
    groups: Sequence[Group],
    measures: Sequence[Measure],
    *,
    cameras: int,
    solver: SolverName = "highs",
) -> Upgrades:
    """Bring at least so many of some cameras to the standard at least cost.

    Parameters
    ----------
    groups
        Groups of cameras, of one borough or more.
    measures
        What may be done.
    cameras
        How many to bring to the standard; no more than :func:`mendable` says.
    solver
        ``highs`` or ``cbc``.

    Returns
    -------
    Upgrades

    Raises
    ------
    ValueError
        If the measures cannot mend so many.

    Examples
    --------
    >>> recorder = Measure("recorder", frozenset({"days"}), 0.0, 1000.0, borough=True)
    >>> done = cheapest_upgrades(
    ...     [Group("E1", frozenset({"days"}), 40)], [recorder], cameras=10)
    >>> done.cost_gbp, done.taken
    (1000.0, (('E1', 'recorder'),))
    """
    if cameras > mendable(groups, measures):
        raise ValueError(f"the measures mend fewer than {cameras} cameras")
    if cameras <= 0:
        return Upgrades({}, (), 0.0, 0.0)
    model = _Model(groups, measures)
    model.require(cameras)
    return model.solve(solver)


def best_upgrades(
    groups: Sequence[Group],
    measures: Sequence[Measure],
    *,
    budget_gbp: float,
    solver: SolverName = "highs",
) -> Upgrades:
    """Bring the most cameras to the standard for a budget, and those at least cost.

    Parameters
    ----------
    groups, measures, solver
        As for :func:`cheapest_upgrades`.
    budget_gbp
        What may be spent in all boroughs together.

    Returns
    -------
    Upgrades

    Examples
    --------
    >>> lens = Measure("lens", frozenset({"density"}), 600.0)
    >>> best_upgrades(
    ...     [Group("E1", frozenset({"density"}), 40)], [lens], budget_gbp=1300.0).upgraded
    2
    """
    model = _Model(groups, measures)
    if not model.given or budget_gbp <= 0:
        return Upgrades({}, (), 0.0, 0.0)
    model.limit(budget_gbp)
    most = model.solve(solver, most=True)
    if not most.upgraded:
        return Upgrades({}, (), 0.0, 0.0)
    model.require(most.upgraded)
    return model.solve(solver)


def borough_groups(groups: Sequence[Group]) -> Iterator[tuple[str, list[Group]]]:
    """Go through the groups borough by borough, in order of their first group."""
    parts: dict[str, list[Group]] = {}
    for group in groups:
        parts.setdefault(group.borough, []).append(group)
    yield from parts.items()
