"""Erlang's formulas: published values, closed forms, identities, and a simulated queue."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharedview.questions.footage_access.queueing import (
    erlang_b,
    erlang_c,
    mean_wait,
    servers_for_wait,
    servers_to_cope,
    wait_exceeds,
)

loads = st.floats(0.01, 40.0)
counts = st.integers(1, 60)


@pytest.mark.parametrize(
    ("load", "servers", "published"),
    [
        # Tables of Erlang's loss formula, as printed in textbooks of traffic theory.
        (10.0, 15, 0.0365),
        (5.0, 10, 0.0184),
        (1.0, 1, 0.5000),
        (1.0, 2, 0.2000),
        (3.0, 3, 0.3462),
        (25.0, 30, 0.0526),
    ],
)
def test_blocking_as_tabulated(load: float, servers: int, published: float) -> None:
    assert erlang_b(load, servers).item() == pytest.approx(published, abs=5e-5)


def test_blocking_and_waiting_from_the_sums_of_their_definitions() -> None:
    for load, servers in ((0.3, 1), (2.0, 3), (7.5, 9), (20.0, 25)):
        terms = [load**k / math.factorial(k) for k in range(servers + 1)]
        assert erlang_b(load, servers).item() == pytest.approx(terms[-1] / sum(terms))
        tail = terms[-1] * servers / (servers - load)
        waiting = tail / (sum(terms[:-1]) + tail)
        assert erlang_c(load, servers).item() == pytest.approx(waiting)
    # Two Erlang on three servers: 4/9, by hand: (8/6·3) / (1 + 2 + 2 + 4) = 4/9.
    assert erlang_c(2.0, 3).item() == pytest.approx(4 / 9)


def test_one_server_is_the_closed_form() -> None:
    load = np.array([0.1, 0.5, 0.9])
    assert erlang_c(load, 1).tolist() == pytest.approx(load.tolist())
    assert mean_wait(load, 1, service_h=2.0).tolist() == pytest.approx(
        (2.0 * load / (1 - load)).tolist()
    )
    # P(wait > t) = ρ·exp(−(1 − ρ)t/S)
    share = wait_exceeds(0.5, 1, service_h=2.0, limit_h=3.0).item()
    assert share == pytest.approx(0.5 * math.exp(-0.5 * 3.0 / 2.0))


def test_a_load_that_is_too_great_or_unknown_has_no_wait_but_a_need() -> None:
    load = np.array([3.0, 4.2, np.nan, 0.0])
    assert np.isnan(erlang_c(load, 3)).tolist() == [True, True, True, False]
    assert np.isnan(mean_wait(load, 3, service_h=1.0)).tolist() == [True, True, True, False]
    assert np.isnan(wait_exceeds(load, 3, service_h=1.0, limit_h=1.0))[:3].all()
    assert servers_to_cope(load)[[0, 1, 3]].tolist() == [4.0, 5.0, 1.0]
    assert np.isnan(servers_to_cope(load)[2])
    enough = servers_for_wait(load, service_h=1.0, target_h=0.25)
    assert np.isnan(enough[2])
    assert enough[3] == 1.0
    # Huge loads overflow factorials, but not the recursion.
    assert 0 < erlang_b(5_000.0, 5_000).item() < 0.02


@pytest.mark.parametrize("bad", [-0.1, np.inf])
def test_what_cannot_be_a_load_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="load"):
        erlang_b(bad, 3)
    with pytest.raises(ValueError, match="load"):
        servers_for_wait(bad, service_h=1.0, target_h=1.0)


def test_what_cannot_be_servers_or_a_target_is_refused() -> None:
    for count in (-1, 2.5, np.nan):
        with pytest.raises(ValueError, match="servers"):
            erlang_c(1.0, count)
    with pytest.raises(ValueError, match="target"):
        servers_for_wait(1.0, service_h=1.0, target_h=0.0)


@given(loads, counts)
def test_waiting_is_never_less_than_blocking_and_both_follow_from_each_other(
    load: float, servers: int
) -> None:
    blocking = erlang_b(load, servers).item()
    assert 0 < blocking < 1
    assert erlang_b(load, servers + 1).item() < blocking
    assert erlang_b(load * 1.1, servers).item() > blocking
    if load >= servers:
        return
    waiting = erlang_c(load, servers).item()
    assert blocking <= waiting <= 1 + 1e-12
    # C = B / (1 − ρ(1 − B))
    used = load / servers
    assert waiting == pytest.approx(blocking / (1 - used * (1 - blocking)))
    # And the other way about: 1/C(s) = 1 + (1 − ρ)/(ρ·B(s − 1)).
    before = erlang_b(load, servers - 1).item()
    assert waiting == pytest.approx(1 / (1 + (1 - used) / (used * before)))


@given(loads, st.floats(0.1, 3.0), st.floats(0.01, 2.0))
def test_the_fewest_servers_meet_the_target_and_one_less_does_not(
    load: float, service: float, target: float
) -> None:
    enough = servers_for_wait(load, service_h=service, target_h=target).item()
    assert mean_wait(load, enough, service_h=service).item() <= target * (1 + 1e-9)
    assert enough >= servers_to_cope(load).item()
    if enough > servers_to_cope(load).item():
        assert mean_wait(load, enough - 1, service_h=service).item() > target * (1 - 1e-9)


@given(loads, counts, st.integers(2, 5))
def test_pooling_shortens_the_wait(load: float, servers: int, rooms: int) -> None:
    if load >= servers:
        return
    apart = mean_wait(load, servers, service_h=1.0).item()
    together = mean_wait(load * rooms, servers * rooms, service_h=1.0).item()
    assert together <= apart + 1e-12
    needed = servers_for_wait([load, load * rooms], service_h=1.0, target_h=0.25)
    assert needed[1] <= rooms * needed[0]


def simulated_wait(load: float, servers: int, *, people: int, seed: int) -> tuple[float, float]:
    """Mean wait and share who wait, of people who come at random to desks, first come first."""
    draw = np.random.default_rng(seed)
    arrivals = np.cumsum(draw.exponential(1.0 / load, people))
    services = draw.exponential(1.0, people)
    free = [0.0] * servers
    waits = np.empty(people)
    for number, (at, takes) in enumerate(zip(arrivals, services, strict=True)):
        start = max(at, heapq.heappop(free))
        heapq.heappush(free, start + takes)
        waits[number] = start - at
    settled = waits[people // 10 :]
    return float(settled.mean()), float((settled > 0).mean())


@pytest.mark.parametrize(("load", "servers"), [(0.5, 1), (2.0, 3), (6.0, 8)])
def test_people_in_a_simulated_queue_wait_as_the_formula_says(load: float, servers: int) -> None:
    wait, waiting = simulated_wait(load, servers, people=200_000, seed=3)
    # Six runs with other seeds lay within 4 % of the formula.
    assert mean_wait(load, servers, service_h=1.0).item() == pytest.approx(wait, rel=0.05)
    assert erlang_c(load, servers).item() == pytest.approx(waiting, rel=0.02)
