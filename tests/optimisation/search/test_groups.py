"""Enumeration finds every group once; sums agree with plain arithmetic."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimisation.search.groups import Groups, TooManyGroupsError, enumerate_groups


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 9))
def test_enumeration_equals_all_connected_subsets(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(n, rng.uniform(0.1, 0.9), seed=seed)
    cameras = rng.integers(0, 50, n).astype(float)
    capacity, size = float(rng.uniform(20, 200)), int(rng.integers(1, n + 1))
    codes = [str(i) for i in range(n)]
    found = enumerate_groups(
        codes,
        [sum(1 << j for j in graph.neighbors(i)) for i in range(n)],
        cameras=cameras.tolist(),
        capacity=capacity,
        max_size=size,
    )
    wanted = {
        frozenset(codes[i] for i in subset)
        for k in range(1, size + 1)
        for subset in itertools.combinations(range(n), k)
        if cameras[list(subset)].sum() <= capacity and nx.is_connected(graph.subgraph(subset))
    }
    listed = [frozenset(found.members(row)) for row in range(len(found))]
    assert len(listed) == len(set(listed))
    assert set(listed) == wanted


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 150))
def test_sums_sizes_and_membership(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    member = rng.random((20, n)) < 0.2
    codes = [f"c{i}" for i in range(n)]
    groups = Groups.from_members(codes, [[codes[i] for i in np.flatnonzero(row)] for row in member])
    weights = rng.normal(size=n)
    assert np.allclose(groups.sums(weights), member @ weights)
    assert (groups.sizes() == member.sum(axis=1)).all()
    assert (groups.matrix() == member).all()
    assert (groups.contains(n - 1) == member[:, -1]).all()
    assert groups.take([3, 1]).members(1) == groups.members(1)


def test_infinite_weights_spoil_only_the_groups_that_have_them() -> None:
    groups = Groups.from_members("abc", ["ab", "c"])
    assert groups.sums([np.inf, 1, 2]).tolist() == [np.inf, 2.0]


def test_too_many_groups_is_said_before_memory_runs_out() -> None:
    n = 40
    full = [((1 << n) - 1) ^ (1 << i) for i in range(n)]
    with pytest.raises(TooManyGroupsError, match="more than 1,000 groups"):
        enumerate_groups([str(i) for i in range(n)], full, cameras=[1.0] * n, limit=1_000)
