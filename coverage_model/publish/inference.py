"""What a reader can work out: the tightest range of sums of unknown numbers, by linear programmes.

The unknowns x (cameras of an owner, or covered ground, in pieces of ground, at each release) obey

.. code-block:: text

    (1)  low_r <= Σ_j row_rj x_j <= high_r        what was published or is known, for each fact r
    (2)  0 <= x_j <= upper_j
    (3)  Σ_j change_j x_j <= max(D, spare)        no more change between releases than is needed

where D is the least Σ_j change_j x_j under (1) and (2). The range of a sum c·x is its least and its
greatest value under (1) to (3): two linear programmes, solved by HiGHS. Facts that share no unknown
are solved apart, each part with its own D. For whole numbers the ends are rounded inwards, and
checked by integer programmes where the range is narrow and the linear answer is not whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Numbers = NDArray[np.float64]
Rows = NDArray[np.intp]

SLACK = 1e-6
"""What the programmes' answers may be off by, in cameras or square metres."""

NARROW = 8.0
"""Ranges of whole numbers up to this width are checked by integer programmes."""


class ContradictionError(ValueError):
    """The facts cannot all be true."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a reader knows of the unknowns.

    Parameters
    ----------
    rows
        Shape ``(facts, unknowns)``: coefficients of each fact.
    low, high
        Shape ``(facts,)``: between what the sum lies; infinite where not known.
    upper
        Shape ``(unknowns,)``: the most that each unknown can be.
    change
        Shape ``(unknowns,)``: one for unknowns that measure change between releases, else nought.
    """

    rows: sparse.csr_array
    low: Numbers
    high: Numbers
    upper: Numbers
    change: Numbers


def ranges(
    facts: Facts, sums: sparse.csr_array, *, whole: bool, spare: float = 0.0
) -> tuple[Numbers, Numbers, float]:
    """Return the tightest range of each sum, and the least change that explains the facts.

    Parameters
    ----------
    facts
        What is known.
    sums
        Shape ``(sums, unknowns)``: the coefficients of each sum.
    whole
        Whether the unknowns are whole numbers.
    spare
        Change that the reader allows for even where less explains the facts.

    Returns
    -------
    (low, high, change)
        Shape ``(sums,)`` twice, and one number.

    Raises
    ------
    ContradictionError
        If the facts cannot all be true.

    Examples
    --------
    Two hidden numbers of which one is at most 3, with a known total of 9:

    >>> facts = Facts(sparse.csr_array([[1.0, 1.0]]), np.array([9.0]), np.array([9.0]),
    ...               np.array([3.0, np.inf]), np.zeros(2))
    >>> low, high, _ = ranges(facts, sparse.csr_array([[0.0, 1.0]]), whole=True)
    >>> low.tolist(), high.tolist()
    ([6.0], [9.0])
    """
    low, high = np.zeros(sums.shape[0]), np.zeros(sums.shape[0])
    changed = 0.0
    for columns, own_rows, own_sums in _parts(facts.rows, sums):
        part = Facts(
            facts.rows[own_rows][:, columns],
            facts.low[own_rows],
            facts.high[own_rows],
            facts.upper[columns],
            facts.change[columns],
        )
        solver = _Solver(part, spare=spare)
        changed += solver.least_change
        for k in own_sums.tolist():
            weights = np.asarray(sums[[k]][:, columns].toarray()).ravel()
            low[k], high[k] = solver.range_of(weights, whole=whole)
    return low, high, changed


def _parts(rows: sparse.csr_array, sums: sparse.csr_array) -> list[tuple[Rows, Rows, Rows]]:
    """Split into parts that share no unknown: columns, rows and sums of each."""
    links = sparse.vstack([rows, sums]).tocsr()
    links.data = np.ones_like(links.data)
    count, of = sparse.csgraph.connected_components(links.T @ links, directed=False)
    ends = links.indptr
    # A row without any unknown belongs to no part; there is nothing to solve for it.
    filled = np.flatnonzero(np.diff(ends) > 0)
    part = np.full(links.shape[0], -1)
    part[filled] = of[links.indices[ends[filled]]]
    of_rows, of_sums = part[: rows.shape[0]], part[rows.shape[0] :]
    wanted = np.unique(of_sums[of_sums >= 0])
    return [
        (np.flatnonzero(of == k), np.flatnonzero(of_rows == k), np.flatnonzero(of_sums == k))
        for k in range(count)
        if k in wanted
    ]


class _Solver:
    """One part's programme, solved again and again from its last basis."""

    def __init__(self, facts: Facts, *, spare: float) -> None:
        self.columns = facts.rows.shape[1]
        self.every = np.arange(self.columns, dtype=np.int32)
        by_column = facts.rows.tocsc()
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.columns, facts.rows.shape[0]
        lp.col_cost_ = facts.change
        lp.col_lower_, lp.col_upper_ = np.zeros(self.columns), facts.upper
        lp.row_lower_, lp.row_upper_ = facts.low, facts.high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = by_column.indptr
        lp.a_matrix_.index_ = by_column.indices
        lp.a_matrix_.value_ = by_column.data
        self.model = highspy.Highs()
        self.model.setOptionValue("output_flag", False)
        self.model.setOptionValue("threads", 1)
        self.model.passModel(lp)
        self.least_change = 0.0
        if facts.change.any():
            self.least_change = self._optimum(facts.change, least=True)[0]
            moved = np.flatnonzero(facts.change).astype(np.int32)
            most = max(self.least_change, spare) + SLACK
            self.model.addRow(0.0, most, len(moved), moved, facts.change[moved])

    def range_of(self, weights: Numbers, *, whole: bool) -> tuple[float, float]:
        low, at_low = self._optimum(weights, least=True)
        high, at_high = self._optimum(weights, least=False)
        if not whole:
            return low, high
        found = np.ceil(low - SLACK), np.floor(high + SLACK)
        fractional = any(np.abs(at - np.round(at)).max() > SLACK for at in (at_low, at_high))
        if found[1] - found[0] > NARROW or not fractional:
            return found
        kinds = np.full(self.columns, highspy.HighsVarType.kInteger)
        self.model.changeColsIntegrality(self.columns, self.every, kinds)
        ends = tuple(round(self._optimum(weights, least=least)[0]) for least in (True, False))
        kinds = np.full(self.columns, highspy.HighsVarType.kContinuous)
        self.model.changeColsIntegrality(self.columns, self.every, kinds)
        return float(ends[0]), float(ends[1])

    def _optimum(self, weights: Numbers, *, least: bool) -> tuple[float, Numbers]:
        sense = highspy.ObjSense.kMinimize if least else highspy.ObjSense.kMaximize
        self.model.changeObjectiveSense(sense)
        self.model.changeColsCost(self.columns, self.every, weights)
        self.model.run()
        status: Any = self.model.getModelStatus()
        at = np.asarray(self.model.getSolution().col_value)
        if status == highspy.HighsModelStatus.kOptimal:
            return float(weights @ at), at
        if (
            status
            in {
                highspy.HighsModelStatus.kUnbounded,
                highspy.HighsModelStatus.kUnboundedOrInfeasible,
            }
            and self._possible()
        ):
            return (-np.inf if least else np.inf), np.zeros(self.columns)
        raise ContradictionError("the facts cannot all be true")

    def _possible(self) -> bool:
        """Whether the facts can all be true, asked without an objective."""
        self.model.changeColsCost(self.columns, self.every, np.zeros(self.columns))
        self.model.run()
        return bool(self.model.getModelStatus() == highspy.HighsModelStatus.kOptimal)
