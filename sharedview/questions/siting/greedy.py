"""The greedy choice for covering with a budget, evaluated lazily, and what it guarantees.

At each step the candidate with the most new weight for its money is taken, if it can still be paid.
The better of that and of the best single candidate sees at least 1 - 1/√e (39 %) of what the best
choice sees (Khuller, Moss and Naor 1999, *Information Processing Letters* 70); with equal costs the
greedy choice alone sees at least 1 - 1/e (63 %) of it (Nemhauser, Wolsey and Fisher 1978). What a
candidate adds never grows as others are taken, so a stale figure is an upper bound and most need
not be worked out again: the lazy evaluation of Minoux (1978), called CELF by Leskovec, Krause,
Guestrin, Faloutsos, VanBriesen and Glance (KDD 2007). From the same paper comes the bound of an
instance: with d_j the weight that j would add to a choice S,

.. code-block:: text

    best <= value(S) + max { Σ d_j t_j : Σ c_j t_j <= B, 0 <= t_j <= 1 }.

A bundle with a fixed cost is weighed as a package: the members that together give most for the
money, its own cost included. No guarantee is known to us for that; the bound still holds.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sharedview.questions.siting.problem import CoverProblem

Floats = NDArray[np.float64]
BUDGETED_SHARE = 1 - 1 / math.sqrt(math.e)
EQUAL_COST_SHARE = 1 - 1 / math.e
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Greedy:
    """Candidates in the order in which they were taken.

    Parameters
    ----------
    chosen
        Positions of the candidates.
    gains
        Weight that each added.
    paid
        What each cost, with the fixed cost of a bundle that it opened.
    evaluations
        How often the gain of a candidate was worked out.
    """

    chosen: tuple[int, ...]
    gains: tuple[float, ...]
    paid: tuple[float, ...]
    evaluations: int

    @property
    def value(self) -> float:
        """Weight that they see together."""
        return float(sum(self.gains))


def guarantee_share(problem: CoverProblem) -> float:
    """Return the share of the best that the greedy choice reaches at least.

    Returns
    -------
    float
        Not a number where fixed costs, limits at a place or floors leave no such guarantee.

    Examples
    --------
    >>> from sharedview.questions.siting.problem import cover_problem
    >>> round(guarantee_share(cover_problem([[1, 1], [0, 1]], [1, 1])), 3)
    0.632
    """
    used = problem.bundle[problem.bundle >= 0]
    tied = bool(problem.bundle_costs[used].any()) or bool(problem.needs.any())
    places = problem.place[problem.place >= 0]
    if tied or (len(places) and np.bincount(places).max() > problem.per_place):
        return float("nan")
    same = len(problem.costs) == 0 or np.ptp(problem.costs) == 0
    return EQUAL_COST_SHARE if same else BUDGETED_SHARE


def greedy(problem: CoverProblem, *, budget: float, start: Sequence[int] = ()) -> Greedy:
    """Take the most new weight for the money until nothing more can be paid.

    Parameters
    ----------
    problem
        From :func:`sharedview.questions.siting.problem.cover_problem`.
    budget
        Most money.
    start
        Candidates that are taken first, in this order; they must be within the budget.

    Returns
    -------
    Greedy
        The better of the greedy choice and of the best single candidate with what the greedy rule
        adds to it.

    Examples
    --------
    >>> from sharedview.questions.siting.problem import cover_problem
    >>> views = cover_problem([[1, 1, 0], [0, 1, 1], [0, 0, 1]], [1, 1, 1], costs=[2, 4, 1])
    >>> greedy(views, budget=3).chosen
    (0, 2)
    """
    run = _Run(problem, budget)
    for candidate in start:
        run.take(candidate)
    run.fill()
    if start:
        return run.result()
    fixed = np.append(problem.bundle_costs, 0.0)[problem.bundle]
    alone = problem.sees @ problem.weights
    payable = problem.costs + fixed <= budget * (1 + ROUNDING)
    if not payable.any():
        return run.result()
    single = int(np.argmax(np.where(payable, alone, -1.0)))
    if single in run.chosen:
        return run.result()
    other = greedy(problem, budget=budget, start=(single,))
    # Where both see the same, the last digits must not decide.
    return other if other.value > run.result().value * (1 + ROUNDING) else run.result()


class _Run:
    """The state of one greedy choice."""

    def __init__(self, problem: CoverProblem, budget: float) -> None:
        self.problem, self.left = problem, budget * (1 + ROUNDING)
        self.starts, self.points = problem.sees.indptr.tolist(), problem.sees.indices
        self.weights = problem.weights.copy()  # of what is not seen yet
        self.costs, self.bundle = problem.costs.tolist(), problem.bundle.tolist()
        self.place, self.full = problem.place.tolist(), problem.per_place
        self.fixed = problem.bundle_costs.tolist()
        self.opened: set[int] = set()
        self.at_place: dict[int, int] = {}
        self.chosen: dict[int, tuple[float, float]] = {}
        self.evaluations = 0
        self.members: dict[int, list[int]] = {}
        for j in np.flatnonzero(problem.bundle >= 0).tolist():
            self.members.setdefault(self.bundle[j], []).append(j)
        self.heap: list[tuple[float, int]] = []

    def gain(self, j: int) -> float:
        """Return the weight that a candidate would add."""
        self.evaluations += 1
        return float(self.weights[self.points[self.starts[j] : self.starts[j + 1]]].sum())

    def price(self, j: int) -> float:
        """Return what it would cost now."""
        bundle = self.bundle[j]
        closed = bundle >= 0 and bundle not in self.opened
        return float(self.costs[j] + (self.fixed[bundle] if closed else 0.0))

    def open_to(self, j: int) -> bool:
        """Whether it may be taken, money aside."""
        return j not in self.chosen and self.at_place.get(self.place[j], 0) < self.full

    def take(self, j: int) -> None:
        """Take a candidate."""
        price = self.price(j)
        self.chosen[j] = (self.gain(j), price)
        self.left -= price
        self.weights[self.points[self.starts[j] : self.starts[j + 1]]] = 0.0
        if self.place[j] >= 0:
            self.at_place[self.place[j]] = self.at_place.get(self.place[j], 0) + 1
        bundle = self.bundle[j]
        if bundle >= 0 and bundle not in self.opened:
            self.opened.add(bundle)
            for other in self.members[bundle]:  # they are cheaper now
                if self.heap and self.open_to(other):
                    heapq.heappush(self.heap, (-_ratio(self.gain(other), self.costs[other]), other))

    def package(self, bundle: int) -> tuple[float, list[int]]:
        """Return the most weight for the money of a closed bundle, and which members give it."""
        before = self.weights.copy()
        total, money = 0.0, self.fixed[bundle]
        best, picked, upto = 0.0, [], 0
        pool = [j for j in self.members[bundle] if self.open_to(j)]
        at_place: dict[int, int] = {}
        while pool:
            ratio, j = max((_ratio(self.gain(j), self.costs[j]), -j) for j in pool)
            j = -j
            pool.remove(j)
            place = self.place[j]
            spare = self.full - self.at_place.get(place, 0) - at_place.get(place, 0)
            if ratio <= 0:
                break
            if money + self.costs[j] > self.left or (place >= 0 and spare <= 0):
                continue
            total += self.gain(j)
            money += self.costs[j]
            at_place[place] = at_place.get(place, 0) + 1
            self.weights[self.points[self.starts[j] : self.starts[j + 1]]] = 0.0
            picked.append(j)
            if _ratio(total, money) <= best:
                break
            best, upto = _ratio(total, money), len(picked)
        self.weights = before
        return best, picked[:upto]

    def fill(self) -> None:
        """Take what gives most for its money until nothing more fits."""
        size = self.problem.candidates
        gains = (self.problem.sees @ self.weights).tolist()
        self.heap = [
            (-_ratio(gains[j], self.price(j)), j)
            for j in range(size)
            if gains[j] > 0 and self.open_to(j)
        ]
        # Packages follow the candidates: entry `size + bundle`.
        self.heap += [
            (-self.package(bundle)[0], size + bundle)
            for bundle, members in self.members.items()
            if len(members) > 1 and bundle not in self.opened and self.fixed[bundle] > 0
        ]
        heapq.heapify(self.heap)
        while self.heap:
            _, entry = heapq.heappop(self.heap)
            picked: list[int] = []
            if entry >= size:
                if entry - size not in self.opened:
                    ratio, picked = self.package(entry - size)
            elif self.open_to(entry) and self.price(entry) <= self.left:
                ratio, picked = _ratio(self.gain(entry), self.price(entry)), [entry]
            if not picked or ratio <= 0:
                continue
            if self.heap and (-ratio, entry) > self.heap[0]:
                heapq.heappush(self.heap, (-ratio, entry))
                continue
            self.heap.append((math.inf, -1))  # a heap that is not empty takes the members
            for j in picked:
                self.take(j)
            self.heap.remove((math.inf, -1))
            heapq.heapify(self.heap)

    def result(self) -> Greedy:
        """Return what was taken."""
        gains, paid = zip(*self.chosen.values(), strict=True) if self.chosen else ((), ())
        return Greedy(tuple(self.chosen), gains, paid, self.evaluations)


def _ratio(gain: float, price: float) -> float:
    if gain <= 0:
        return 0.0
    return gain / price if price > 0 else math.inf


def online_bound(problem: CoverProblem, chosen: Sequence[int], *, budget: float) -> float:
    """Return an upper bound of the best weight, from any choice at hand.

    Parameters
    ----------
    problem
        Fixed costs of bundles, limits at a place and floors are left out, which can only raise it.
    chosen
        Any candidates.
    budget
        Most money.

    Returns
    -------
    float

    Examples
    --------
    >>> from sharedview.questions.siting.problem import cover_problem
    >>> views = cover_problem([[1, 1, 0], [0, 1, 1]], [1, 1, 1])
    >>> online_bound(views, [0], budget=1)
    3.0
    """
    fresh = ~problem.covered(chosen)
    adds = problem.sees @ (problem.weights * fresh)
    order = np.argsort([-_ratio(a, c) for a, c in zip(adds, problem.costs, strict=True)])
    costs = problem.costs[order]
    before = np.cumsum(costs) - costs
    share = np.where(costs > 0, np.clip((budget - before) / np.where(costs > 0, costs, 1), 0, 1), 1)
    return problem.value(chosen) + float((adds[order] * share).sum())
