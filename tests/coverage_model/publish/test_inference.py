"""What follows from facts, by hand: totals, bounds, change between releases, whole numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from coverage_model.publish.inference import ContradictionError, Facts, ranges

FREE = np.inf


def facts(
    rows: list[list[float]],
    low: list[float],
    high: list[float],
    *,
    upper: list[float] | None = None,
    change: list[float] | None = None,
) -> Facts:
    width = len(rows[0])
    return Facts(
        sparse.csr_array(np.array(rows, dtype=float)),
        np.array(low, dtype=float),
        np.array(high, dtype=float),
        np.array(upper or [FREE] * width, dtype=float),
        np.array(change or [0.0] * width, dtype=float),
    )


def each(width: int) -> sparse.csr_array:
    return sparse.csr_array(np.eye(width))


def test_a_total_and_a_rounded_figure() -> None:
    # x + y = 12, and x between 8 and 10: y is the rest.
    low, high, changed = ranges(facts([[1, 1], [1, 0]], [12, 8], [12, 10]), each(2), whole=True)
    assert low.tolist() == [8.0, 2.0]
    assert high.tolist() == [10.0, 4.0]
    assert changed == 0.0


def test_facts_without_a_common_unknown_are_apart() -> None:
    rows = facts([[1, 1, 0, 0], [0, 0, 1, 1]], [5, 7], [5, 7], upper=[FREE, 2, FREE, 3])
    sums = sparse.csr_array(np.array([[1.0, 0, 0, 0], [0, 0, 1.0, 0], [0, 0, 1.0, 1.0]]))
    low, high, _ = ranges(rows, sums, whole=True)
    assert low.tolist() == [3.0, 4.0, 7.0]
    assert high.tolist() == [5.0, 7.0, 7.0]


def test_what_nothing_is_known_of_has_no_end() -> None:
    low, high, _ = ranges(facts([[1, 0, 1]], [4], [FREE]), each(3), whole=False)
    assert low.tolist() == [0.0, 0.0, 0.0]
    assert high.tolist() == [FREE, FREE, FREE]


def test_no_more_changes_than_needed() -> None:
    # Unknowns: x then, x now, more, less. Then 8 to 12, now 13 to 17: one more is the least.
    rows = [[1, 0, 0, 0], [0, 1, 0, 0], [-1, 1, -1, 1]]
    known = facts(rows, [8, 13, 0], [12, 17, 0], change=[0, 0, 1, 1])
    low, high, changed = ranges(known, each(4), whole=True)
    assert changed == pytest.approx(1.0)
    assert (low[0], high[0], low[1], high[1]) == (12.0, 12.0, 13.0, 13.0)
    # A reader who allows for three keeps more open.
    low, high, changed = ranges(known, each(4), whole=True, spare=3.0)
    assert changed == pytest.approx(1.0)
    assert (low[0], high[0], low[1], high[1]) == (10.0, 12.0, 13.0, 15.0)


def test_where_nothing_need_have_changed_nothing_did() -> None:
    rows = [[1, 0, 0, 0], [0, 1, 0, 0], [-1, 1, -1, 1]]
    known = facts(rows, [8, 10, 0], [12, 14, 0], change=[0, 0, 1, 1])
    low, high, changed = ranges(known, each(4), whole=True)
    assert changed == pytest.approx(0.0, abs=1e-9)
    assert low.tolist() == [10.0, 10.0, 0.0, 0.0]
    assert high.tolist() == [12.0, 12.0, 0.0, 0.0]


def test_whole_numbers_are_closer_than_the_linear_answer() -> None:
    # Three sums of pairs, each 1 to 2, of three unknowns that are each 0 or 1: not all a half.
    pairs = [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
    known = facts(pairs, [1, 1, 1], [2, 2, 2], upper=[1, 1, 1])
    total = sparse.csr_array(np.ones((1, 3)))
    low, _, _ = ranges(known, total, whole=False)
    assert low.tolist() == [1.5]
    low, high, _ = ranges(known, total, whole=True)
    assert (low.item(), high.item()) == (2.0, 3.0)
    # The programme is linear again afterwards.
    both = sparse.vstack([total, total]).tocsr()
    low, high, _ = ranges(known, both, whole=True)
    assert low.tolist() == [2.0, 2.0]
    assert high.tolist() == [3.0, 3.0]


def test_facts_that_cannot_all_be_true_are_told() -> None:
    with pytest.raises(ContradictionError):
        ranges(facts([[1.0], [1.0]], [0, 3], [2, 4]), each(1), whole=True)


def test_two_halves_do_not_make_a_whole() -> None:
    # Two such rings of three: half of each unknown adds up to 3, whole ones to no less than 4.
    ring = np.array([[1.0, 1, 0], [0, 1, 1], [1, 0, 1]])
    both = np.kron(np.eye(2), ring)
    known = facts(both.tolist(), [1] * 6, [2] * 6, upper=[1] * 6)
    total = sparse.csr_array(np.ones((1, 6)))
    low, _, _ = ranges(known, total, whole=False)
    assert low.tolist() == [3.0]
    low, high, _ = ranges(known, total, whole=True)
    assert (low.item(), high.item()) == (4.0, 6.0)
