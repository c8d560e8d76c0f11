"""The p-median answer equals the best of all choices, however few near sites it starts with."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optimisation.search.pmedian import p_median


@pytest.mark.parametrize("near", [None, 1, 2])
def test_p_median_equals_the_best_of_all_choices(near: int | None) -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        clients, sites = int(rng.integers(3, 10)), int(rng.integers(2, 8))
        distances = rng.uniform(0, 10, (clients, sites))
        weights = rng.integers(0, 5, clients).astype(float)
        p = int(rng.integers(1, sites + 1))
        best = min(
            float((weights * distances[:, list(chosen)].min(axis=1)).sum())
            for chosen in itertools.combinations(range(sites), p)
        )
        found = p_median(distances, p=p, weights=weights, near=near)
        assert found.cost == pytest.approx(best, abs=1e-9)
        assert found.proved
        assert len(found.sites) == p
        assert np.isin(found.nearest, found.sites).all()
        assert "proved" in repr(found)


def test_a_few_near_sites_are_doubled_until_nobody_overflows() -> None:
    line = np.arange(12.0)
    found = p_median(np.abs(line[:, None] - line), p=1, near=1)
    assert found.cost == 36
    assert found.rounds > 1


@pytest.mark.parametrize(
    ("distances", "more", "words"),
    [
        ([[0.0, 1.0]], {"p": 3}, "between 1 and 2"),
        ([[0.0, 1.0]], {"p": 1, "weights": [1.0, 2.0]}, "one a client"),
        ([[0.0, -1.0]], {"p": 1}, "negative"),
        ([[0.0, np.inf]], {"p": 1}, "finite"),
    ],
)
def test_p_median_refuses_what_cannot_be(
    distances: list[list[float]], more: dict[str, object], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        p_median(distances, **more)
