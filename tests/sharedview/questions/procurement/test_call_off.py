"""Call-off dates against every choice there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sharedview.questions.procurement.call_off import narrow, solve_lot, worth_a_window
from sharedview.questions.procurement.pooling import (
    BAND_SHARES,
    NEVER,
    Lot,
    allowed,
    elasticity_for,
)


def worth(lot: Lot, choice: tuple[int, ...]) -> float | None:
    """The net present saving of a choice, step by step in plain numbers; None if not allowed."""
    n, windows = len(lot.value), len(lot.spend_weight)
    total = float(lot.value.sum())
    joined = [i for i in range(n) if choice[i] != NEVER]
    if not joined:
        return 0.0
    if len(joined) < lot.min_members or any(np.isnan(lot.join_npv[i, choice[i]]) for i in joined):
        return None
    gain = {i: -float(lot.join_npv[i, choice[i]]) for i in joined}
    for p in range(windows):
        members = [i for i in joined if choice[i] <= p]
        volume = sum(float(lot.value[i]) for i in members)
        reached = [share * total for share in BAND_SHARES if volume >= share * total * (1 - 1e-9)]
        for i in members:
            if reached and reached[-1] > lot.value[i]:
                price = (reached[-1] / float(lot.value[i])) ** -lot.elasticity
                gain[i] += float(lot.spend_weight[p]) * float(lot.value[i]) * (1 - price)
    if lot.voluntary and min(gain.values()) < -1e-6:
        return None
    return sum(gain.values()) - lot.common_npv


def random_lot(seed: int) -> Lot:
    """A small lot with exit costs, gaps and all kinds of rules."""
    rng = np.random.default_rng(seed)
    n, windows = int(rng.integers(2, 6)), int(rng.integers(1, 5))
    value = np.exp(rng.normal(11, 0.8, n))
    cost = rng.normal(0.05, 0.25, (n, windows)) * value[:, None]
    if seed % 3 == 0:
        cost -= 0.2 * value[:, None]
    cost[rng.random((n, windows)) < 0.2] = np.nan
    return Lot(
        value=value,
        join_npv=cost,
        spend_weight=rng.uniform(0.5, 2.5, windows),
        elasticity=elasticity_for(value, float(rng.uniform(0.05, 0.3))),
        common_npv=float(rng.uniform(0, 0.3) * value.mean()),
        min_members=int(rng.integers(1, 4)),
        voluntary=bool(seed % 2),
    )


@pytest.mark.parametrize("seed", range(60))
def test_dates_equal_the_best_of_all_choices(seed: int) -> None:
    lot = random_lot(seed)
    windows = range(NEVER, len(lot.spend_weight))
    worths = {
        choice: worth(lot, choice) for choice in itertools.product(windows, repeat=len(lot.value))
    }
    best = max(value for value in worths.values() if value is not None)
    found = solve_lot(lot)
    assert found.net_npv == pytest.approx(best, rel=1e-6, abs=0.01)
    assert worths[tuple(found.choice.tolist())] == pytest.approx(found.net_npv, abs=1e-6)
    assert found.bound >= best - 0.01
    assert found.status in {"optimal", "none"}
    assert found.gap_share == 0.0
    for choice in itertools.islice(worths, 40):
        assert allowed(lot, np.array(choice)) == (worths[choice] is not None)


def test_the_random_instances_are_of_all_kinds() -> None:
    answers = [solve_lot(random_lot(seed)) for seed in range(60)]
    joined = [int((answer.choice != NEVER).sum()) for answer in answers]
    assert joined.count(0) >= 5
    assert (
        sum(0 < count < len(answer.choice) for count, answer in zip(joined, answers, strict=True))
        >= 5
    )
    assert (
        sum(count == len(answer.choice) for count, answer in zip(joined, answers, strict=True)) >= 5
    )
    assert any((answer.choice > 0).any() for answer in answers)


def test_one_contract_waits_until_the_pool_is_worth_leaving_for() -> None:
    # Two of £100 at half the price together. The second pays £60 to come a year early and saves
    # £50 + £50 in the two years, each: joining at once is worth 2·100 − 60, waiting 2·50.
    lot = Lot(
        value=np.array([100.0, 100.0]),
        join_npv=np.array([[0.0, 0.0], [60.0, 0.0]]),
        spend_weight=np.array([1.0, 1.0]),
        elasticity=1.0,
        common_npv=0.0,
    )
    found = solve_lot(lot)
    assert found.choice.tolist() == [0, 0]
    assert found.net_npv == pytest.approx(140.0)
    # At £120 the others' gain no longer pays for it.
    dearer = Lot(
        value=lot.value,
        join_npv=np.array([[0.0, 0.0], [120.0, 0.0]]),
        spend_weight=lot.spend_weight,
        elasticity=1.0,
        common_npv=0.0,
        voluntary=False,
    )
    assert solve_lot(dearer).net_npv == pytest.approx(100.0)


def test_nobody_joins_at_a_loss_even_for_the_good_of_all() -> None:
    # Leaving costs the second £110 and saves each £100: good for both together, not for it.
    lot = Lot(
        value=np.array([100.0, 100.0]),
        join_npv=np.array([[0.0], [110.0]]),
        spend_weight=np.array([2.0]),
        elasticity=1.0,
        common_npv=0.0,
    )
    assert solve_lot(lot).net_npv == 0.0
    together = Lot(lot.value, lot.join_npv, lot.spend_weight, 1.0, 0.0, voluntary=False)
    assert solve_lot(together).net_npv == pytest.approx(90.0)


def test_narrowing_takes_windows_out_but_keeps_a_way_for_each() -> None:
    for seed in range(20):
        lot = random_lot(seed)
        left = narrow(lot)
        assert left.open.any(axis=1).all()
        assert (left.low <= left.high).all()
        assert (np.diff(left.low) >= 0).all()
    costs = np.array([[3.0, np.nan, 2.0, 2.0, 4.0]])
    assert worth_a_window(costs).tolist() == [[True, False, True, False, False]]


def test_too_few_contracts_have_nothing_to_pool() -> None:
    lot = Lot(np.array([100.0]), np.array([[-9.0]]), np.array([1.0]), 0.0, 0.0)
    found = solve_lot(lot)
    assert (found.status, found.net_npv, found.choice.tolist()) == ("none", 0.0, [NEVER])
