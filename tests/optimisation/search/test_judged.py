"""Plans of least measure: held against every partition of small territories."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from optimisation.search.ascent import _Planes
from optimisation.search.bounds import SideRow
from optimisation.search.groups import Groups
from optimisation.search.judged import Limits, least
from optimisation.search.measures import Measure

DRAWS = 20
KINDS = ("mean", "tail", "worst", "mixture")


def partitions(areas: int) -> list[list[int]]:
    """Every partition of the areas, as lists of bit masks."""
    found: list[list[int]] = [[]]
    for area in range(areas):
        grown = []
        for parts in found:
            grown.append([*parts, 1 << area])
            grown += [
                [*parts[:k], part | 1 << area, *parts[k + 1 :]] for k, part in enumerate(parts)
            ]
        found = grown
    return found


PARTITIONS = {areas: partitions(areas) for areas in (6, 7, 8)}


def instance(seed: int) -> tuple[Groups, NDArray[np.float64], dict[int, int]]:
    """Random groups of 6 to 8 areas with costs in every draw that make sharing worth a thought."""
    rng = np.random.default_rng(seed)
    areas = 6 + seed % 3
    masks = [m for m in range(1, 1 << areas) if m.bit_count() == 1 or rng.random() < 0.6]
    groups = Groups.from_masks([f"A{i}" for i in range(areas)], masks)
    sizes = groups.sizes()
    own = rng.uniform(5, 20, areas)
    level = rng.lognormal(0.0, 0.5, (DRAWS, 3))
    spread = rng.uniform(0.5, 2.0, len(masks))
    outcomes = (
        level[:, :1] * 30.0
        + level[:, 1:2] * groups.sums(own)
        + level[:, 2:] * 6.0 * (sizes - 1) ** 1.5 * spread
        + rng.normal(0, 2.0, (DRAWS, len(masks)))
    )
    return groups, 1e6 * outcomes, {mask: k for k, mask in enumerate(masks)}


def measure(kind: str, offset: NDArray[np.float64]) -> Measure:
    """One measure by name."""
    return {
        "mean": Measure.mean(offset),
        "tail": Measure.tail(offset, share=0.1),
        "worst": Measure.worst(offset),
        "mixture": Measure.mixture(offset, share=0.25, mean_share=0.4),
    }[kind]


def every_outcome(
    groups: Groups, outcomes: NDArray[np.float64], place: dict[int, int]
) -> tuple[NDArray[np.float64], list[list[int]]]:
    """Outcome of every plan that the groups allow, in each draw."""
    allowed = [
        [place[part] for part in parts]
        for parts in PARTITIONS[len(groups.codes)]
        if all(part in place for part in parts)
    ]
    return np.stack([outcomes[:, rows].sum(axis=1) for rows in allowed]), allowed


def by_hand(kind: str, shifted: NDArray[np.float64]) -> float:
    """The measure of one plan, straight from its definition."""
    worst_first = sorted(shifted.tolist(), reverse=True)
    mean = sum(worst_first) / DRAWS
    if kind == "mean":
        return mean
    if kind == "worst":
        return worst_first[0]
    if kind == "tail":  # two draws are a tenth of 20
        return sum(worst_first[:2]) / 2
    return 0.4 * mean + 0.6 * sum(worst_first[:5]) / 5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("block", range(4))
def test_brute_force_finds_no_better_plan(kind: str, block: int) -> None:
    for seed in range(25 * block, 25 * block + 25):
        groups, outcomes, place = instance(seed)
        plans, _ = every_outcome(groups, outcomes, place)
        # Regret for the worst draw, a baseline for the tail, nothing for the others.
        offset = {"worst": plans.min(axis=0), "tail": outcomes[:, : len(groups.codes)].sum(axis=1)}
        asked = measure(kind, offset.get(kind, np.zeros(DRAWS)))
        values = [by_hand(kind, plan - asked.offset) for plan in plans]
        found = least(groups, outcomes, asked)
        assert found is not None
        assert found.value == pytest.approx(min(values), abs=1e-3), seed
        assert found.proved, seed
        reached = outcomes[:, list(found.rows)].sum(axis=1)
        assert by_hand(kind, reached - asked.offset) == pytest.approx(found.value, abs=1e-3)


def test_limits_on_rooms_hold() -> None:
    for seed in range(20):
        groups, outcomes, place = instance(seed)
        plans, allowed = every_outcome(groups, outcomes, place)
        rooms = np.array([len(rows) for rows in allowed])
        asked = Measure.tail(np.zeros(DRAWS), share=0.2)
        found = least(groups, outcomes, asked, rows=[SideRow(np.ones(len(groups)), 3.0, 4.0)])
        values = asked.value(plans)[(rooms >= 3) & (rooms <= 4)]
        assert found is not None
        assert found.value == pytest.approx(values.min(), abs=1e-3)
        assert len(found.rows) in (3, 4)


def test_no_plan_is_an_answer() -> None:
    groups = Groups.from_members("ab", [["a"], ["a", "b"]])
    rows = [SideRow(np.ones(2), 2.0, 2.0)]
    asked = Measure.mean(np.zeros(3))
    assert least(groups, np.ones((3, 2)), asked, rows=rows) is None


def test_an_unfinished_search_states_a_true_bound() -> None:
    stopped = 0
    for seed in range(40):
        groups, outcomes, place = instance(seed)
        plans, _ = every_outcome(groups, outcomes, place)
        asked = Measure.worst(plans.min(axis=0))
        best = float(asked.value(plans).min())
        found = least(groups, outcomes, asked, limits=Limits(rounds=4, steps=60, nodes=10))
        assert found is not None
        assert found.bound <= best + 1e-3
        assert found.value >= best - 1e-3
        stopped += not found.proved
    assert stopped > 5, "the limits should have stopped some searches"


def test_every_weighting_is_a_weighting_of_the_measure() -> None:
    rng = np.random.default_rng(3)
    for kind in KINDS:
        asked = measure(kind, rng.normal(size=DRAWS))
        for _ in range(20):
            outcome = rng.normal(size=DRAWS)
            weights = asked.weights(outcome)
            assert weights.sum() == pytest.approx(1.0, abs=1e-12)
            assert (weights >= asked.least - 1e-12).all()
            assert (weights <= asked.most + 1e-12).all()
            worst = float(weights @ (outcome - asked.offset))
            assert worst == pytest.approx(float(asked.value(outcome)), abs=1e-12)
            assert worst == pytest.approx(by_hand(kind, outcome - asked.offset), abs=1e-12)


def test_weightings_of_the_linear_programme_keep_their_limits() -> None:
    asked = Measure.mixture(np.zeros(DRAWS), share=0.25, mean_share=0.4)
    planes = _Planes(asked, unit=1e6)
    rng = np.random.default_rng(5)
    for _ in range(10):
        planes.add(rng.normal(0, 1e6, DRAWS))
        _, weights = planes.highest()
        assert weights.sum() == pytest.approx(1.0, abs=1e-14)
        assert (weights >= asked.least - 1e-15).all()
        assert (weights <= asked.most + 1e-15).all()
