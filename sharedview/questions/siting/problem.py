"""What :mod:`~sharedview.questions.siting.max_coverage` works on: who sees what, at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from coverage_model.base.errors import Faults

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Chosen: TypeAlias = Sequence[int] | NDArray[np.signedinteger]

NONE = -1
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class CoverProblem:
    """What can be seen, by which candidates, at what cost; made by :func:`cover_problem`.

    Parameters
    ----------
    sees
        One where a candidate (row) sees a point (column), shape ``(candidates, points)``.
    weights
        Weight of each point.
    costs
        Cost of each candidate.
    bundle, bundle_costs
        Bundle of each candidate (-1: none), and the fixed cost of each bundle.
    place, per_place
        Place of each candidate (-1: none), and the most candidates at a place.
    area, needs
        Area of each point (-1: none), and the weight that must be seen in each area.
    """

    sees: Any
    weights: Floats
    costs: Floats
    bundle: Places
    bundle_costs: Floats
    place: Places
    per_place: int
    area: Places
    needs: Floats

    @property
    def candidates(self) -> int:
        """Number of candidates."""
        return int(self.sees.shape[0])

    @property
    def whole(self) -> bool:
        """Whether all weights are whole numbers, so that bounds may be rounded down."""
        return bool((self.weights == np.floor(self.weights)).all())

    def spend(self, chosen: Chosen) -> float:
        """Return what candidates cost together, each of their bundles once."""
        rows = np.asarray(chosen, dtype=np.intp)
        opened = np.unique(self.bundle[rows])
        return float(self.costs[rows].sum() + self.bundle_costs[opened[opened >= 0]].sum())

    def covered(self, chosen: Chosen) -> NDArray[np.bool_]:
        """Return which points candidates see together."""
        seen = np.zeros(len(self.weights), dtype=bool)
        seen[self.sees[np.asarray(chosen, dtype=np.intp)].indices] = True
        return seen

    def value(self, chosen: Chosen) -> float:
        """Return the weight that candidates see together."""
        return float(self.weights[self.covered(chosen)].sum())

    def lacks(self, chosen: Chosen) -> Floats:
        """Return the weight by which each area falls short of its floor."""
        seen = self.covered(chosen) & (self.area >= 0)
        got = np.bincount(self.area[seen], self.weights[seen], minlength=len(self.needs))
        return np.maximum(self.needs - got, 0.0)

    def take(self, rows: ArrayLike) -> CoverProblem:
        """Return the problem with some of the candidates only."""
        kept = np.asarray(rows)
        return replace(
            self,
            sees=self.sees[kept],
            costs=self.costs[kept],
            bundle=self.bundle[kept],
            place=self.place[kept],
        )


def cover_problem(
    sees: Any,
    weights: ArrayLike,
    *,
    costs: ArrayLike | None = None,
    bundle: ArrayLike | None = None,
    bundle_costs: ArrayLike = (),
    place: ArrayLike | None = None,
    per_place: int = 1,
    area: ArrayLike | None = None,
    needs: ArrayLike = (),
) -> CoverProblem:
    """Put a problem together and check it.

    Parameters
    ----------
    sees
        Dense or sparse, shape ``(candidates, points)``; what is not zero is seen.
    weights, costs, bundle, bundle_costs, place, per_place, area, needs
        As in :class:`CoverProblem`; costs are 1, and there are no bundles, places or areas, if not
        given.

    Returns
    -------
    CoverProblem

    Raises
    ------
    InputError
        With every fault: shapes that differ, numbers that are negative or not finite, a bundle or
        an area without its cost or floor.

    Examples
    --------
    >>> cover_problem([[1, 1, 0], [0, 1, 1]], [1, 1, 3], costs=[2, 2]).value([1])
    4.0
    """
    matrix = sparse.csr_array(np.asarray(sees) if not sparse.issparse(sees) else sees)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    matrix = sparse.csr_array(
        (np.ones(matrix.nnz, dtype=np.int32), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    matrix.sort_indices()
    candidates, points = matrix.shape
    made = CoverProblem(
        sees=matrix,
        weights=np.asarray(weights, dtype=np.float64),
        costs=np.ones(candidates) if costs is None else np.asarray(costs, dtype=np.float64),
        bundle=_places(bundle, candidates),
        bundle_costs=np.asarray(bundle_costs, dtype=np.float64),
        place=_places(place, candidates),
        per_place=per_place,
        area=_places(area, points),
        needs=np.asarray(needs, dtype=np.float64),
    )
    _check(made)
    return made


def _places(given: ArrayLike | None, size: int) -> Places:
    return np.full(size, NONE, dtype=np.intp) if given is None else np.asarray(given, dtype=np.intp)


def _check(problem: CoverProblem) -> None:
    faults = Faults("coverage problem")
    rows, columns = problem.sees.shape
    lengths = {"weights": columns, "area": columns, "costs": rows, "bundle": rows, "place": rows}
    for name, size in lengths.items():
        if getattr(problem, name).shape != (size,):
            faults.add(f"{name} has the shape {getattr(problem, name).shape}", f"Give {size} of it")
    for name in ("weights", "costs", "bundle_costs", "needs"):
        values = getattr(problem, name)
        wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
        if len(wrong):
            faults.add(f"{name} are not all numbers from 0", "Correct these", rows=wrong)
    for name, known in (("bundle", problem.bundle_costs), ("area", problem.needs)):
        values = getattr(problem, name)
        if len(values) and len(known) <= values.max():
            faults.add(f"{name} {values.max()} has no cost or floor", "Give one for each")
    if problem.per_place < 1:
        faults.add(f"per_place is {problem.per_place}", "Give 1 or more")
    faults.raise_if_any()
