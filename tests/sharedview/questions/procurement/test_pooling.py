"""Volume discounts: by hand, and what must hold for any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharedview.questions.procurement.pooling import (
    NEVER,
    Lot,
    allowed,
    band_of,
    elasticity_for,
    price_discount,
    value_lot,
)

VALUES = st.lists(st.floats(1e3, 1e7), min_size=2, max_size=40)


def test_a_discount_by_hand() -> None:
    # (400 / 100)^-0.5 = 1 / 2; a contract larger than the pool keeps its price.
    found = price_discount(400.0, np.array([100.0, 400.0, 900.0]), elasticity=0.5)
    assert found.tolist() == pytest.approx([0.5, 0.0, 0.0])


@given(own=st.floats(1e3, 1e7), e=st.floats(0.001, 2.0), pool=st.floats(1.0, 1e4))
def test_it_is_nothing_at_its_own_volume_and_rises_concavely(
    own: float, e: float, pool: float
) -> None:
    volumes = own * np.linspace(1.0, 1.0 + pool, 9)
    found = price_discount(volumes, own, elasticity=e)
    assert found[0] == pytest.approx(0.0, abs=1e-12)
    assert (np.diff(found) >= -1e-12).all()
    assert (np.diff(found, 2) <= 1e-9).all()
    assert (found < 1).all()


@given(values=VALUES, share=st.floats(0.001, 0.6))
def test_all_contracts_together_save_the_stated_share(values: list[float], share: float) -> None:
    spend = np.array(values)
    e = elasticity_for(spend, share)
    saved = (spend * price_discount(spend.sum(), spend, elasticity=e)).sum()
    assert saved / spend.sum() == pytest.approx(share, rel=1e-6)


def test_equal_contracts_have_a_closed_form() -> None:
    # n^-e = 1 - s.
    e = elasticity_for(np.full(33, 5.0), 0.1)
    assert e == pytest.approx(-np.log(0.9) / np.log(33))
    assert elasticity_for(np.array([5.0]), 0.1) == 0.0
    assert elasticity_for(np.array([5.0, 6.0]), 0.0) == 0.0
    with pytest.raises(ValueError, match="below 1"):
        elasticity_for(np.array([5.0, 6.0]), 1.0)


def lot(**changes: object) -> Lot:
    """Two contracts of £100 and £300 over two windows, each worth a year of £1."""
    given = {
        "value": np.array([100.0, 300.0]),
        "join_npv": np.array([[10.0, -5.0], [np.nan, 7.0]]),
        "spend_weight": np.array([1.0, 0.5]),
        "elasticity": 0.5,
        "common_npv": 3.0,
    }
    return Lot(**{**given, **changes})  # type: ignore[arg-type]


def test_a_choice_is_worth_what_it_is_by_hand() -> None:
    # After window 0 only the first: 100 of 400 is band 25 %, its own volume, no discount. After
    # window 1 both: 400 is 4 times and 4/3 the own volumes: 1 - 1/2 and 1 - sqrt(3/4).
    found = value_lot(lot(), np.array([0, 1]))
    second = 1 - np.sqrt(0.75)
    assert found.discount == pytest.approx(np.array([[0.0, 0.5], [0.0, second]]))
    assert found.price_npv == pytest.approx([0.5 * 50, 0.5 * 300 * second])
    assert found.join_npv == pytest.approx([10.0, 7.0])
    assert found.net_npv == pytest.approx(25 + 150 * second - 17 - 3)
    nobody = value_lot(lot(), np.array([NEVER, NEVER]))
    assert (nobody.net_npv, nobody.common_npv) == (0.0, 0.0)


def test_what_is_not_allowed() -> None:
    assert allowed(lot(), np.array([0, 1]))
    # The second cannot join at window 0, one alone is too few, and nobody joins at a loss.
    assert not allowed(lot(), np.array([0, 0]))
    assert not allowed(lot(), np.array([1, NEVER]))
    dear = lot(join_npv=np.array([[10.0, 30.0], [np.nan, 7.0]]))
    assert not allowed(dear, np.array([1, 1]))
    assert allowed(lot(join_npv=dear.join_npv, voluntary=False), np.array([1, 1]))
    with pytest.raises(ValueError, match="cannot"):
        value_lot(lot(), np.array([0, 0]))


def test_a_band_is_reached_at_its_threshold() -> None:
    thresholds = np.array([10.0, 20.0])
    assert band_of(np.array([9.9, 10.0, 19.0, 20.0]), thresholds).tolist() == [-1, 0, 0, 1]
    # Sums of parts may miss the whole by a rounding error.
    assert band_of(np.array([sum([0.1] * 10)]), np.array([1.0])).tolist() == [0]
