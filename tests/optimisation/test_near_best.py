"""Frontier, near-best lists and cells against every partition of small territories."""

from __future__ import annotations

import itertools
import math
from functools import cache

import networkx as nx
import numpy as np
import pytest

from optimisation.consolidation import consolidate, reference_plans
from optimisation.frontier import frontier
from optimisation.group_table import GroupTable, build_table, make_setting
from optimisation.near_best import Alternatives, alternatives, best_within_moves
from optimisation.optimum import cells_of
from optimisation.scenario import Scenario, load_scenario
from optimisation.search import _lister as _chart
from optimisation.search.bounds import Relaxation, SideRow, lower_bound
from optimisation.search.exact_cover import best_plan, plans_within, sweep
from optimisation.search.groups import Groups
from optimisation.territory import borough_inputs
from tests.optimisation.instances import Oracle, instance, partitions, territory

ROOMS = ("rooms", "rooms_min", "rooms_max")


def table_of(oracle: Oracle) -> GroupTable:
    return build_table(make_setting(oracle.frame, oracle.scenario, graph=oracle.graph))


def masks(table: GroupTable, rows: tuple[int, ...]) -> tuple[int, ...]:
    """A plan as bit masks of its groups, ascending."""
    return tuple(sorted(sum(1 << i for i in table.groups.positions(row)) for row in rows))


@pytest.mark.parametrize("block", range(4))
def test_the_list_misses_nothing_and_holds_nothing_else(block: int) -> None:
    compared, listed = 0, 0
    for seed in range(30 * block, 30 * block + 30):
        oracle = instance(seed)
        costs = oracle.plans()
        if not np.isfinite(costs).any():
            continue
        compared += 1
        epsilon = 0.01 + 0.02 * (seed % 7)
        table = table_of(oracle)
        near = alternatives(table, epsilon=epsilon)
        assert near.complete
        within = costs <= costs.min() * (1 + epsilon)
        wanted = partitions(len(oracle.codes))[within]
        plans = [masks(table, near.rows(k)) for k in range(len(near))]
        assert len(set(plans)) == len(plans)
        assert set(plans) == {tuple(sorted(m for m in row if m)) for row in wanted.tolist()}
        assert (np.diff(near.npv) >= 0).all()
        assert near.npv == pytest.approx(np.sort(costs[within]), rel=1e-12)
        listed += len(plans)
    assert compared >= 10
    assert listed >= 10 * compared


def test_the_list_does_not_depend_on_the_room_it_starts_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = table_of(crowded())
    whole = alternatives(table, epsilon=0.2)
    monkeypatch.setattr(_chart, "FIRST_SIZE", 1)
    again = alternatives(table, epsilon=0.2)
    assert len(whole) > 40
    assert again.plans.tolist() == whole.plans.tolist()
    assert again.npv.tolist() == whole.npv.tolist()


@pytest.mark.parametrize("block", range(2))
def test_frontier_equals_the_best_partition_for_every_number(block: int) -> None:
    for seed in range(15 * block, 15 * block + 15):
        oracle = instance(seed)
        n, costs = len(oracle.codes), oracle.plans(without=ROOMS)
        rooms = oracle.rooms()
        least = {p: float(costs[rooms == p].min(initial=np.inf)) for p in range(1, n + 1)}
        by_rooms = {p: cost for p, cost in least.items() if math.isfinite(cost)}
        if not by_rooms:
            continue
        table = table_of(oracle)
        found = frontier(table)
        assert {p.room_count: p.npv_gbp for p in found.plans} == pytest.approx(by_rooms, rel=1e-12)
        assert set(found.impossible) == set(range(1, n + 1)) - set(by_rooms)
        assert not found.unanswered
        assert all(plan.report.status == "optimal" for plan in found.plans)
        costs = oracle.plans()
        if "room_today" in oracle.frame:
            continue  # who moves depends on where the room stands: not a matter of sets alone
        for most in (0, 2, 5):
            moved = best_within_moves(table, most_moved=most)
            within = costs[n - rooms <= most].min()
            assert (moved is None) == math.isinf(within)
            if moved is not None:
                assert moved.npv_gbp == pytest.approx(within, rel=1e-12)


@cache
def crowded() -> Oracle:
    """An instance with more than 40 plans."""
    return next(
        oracle
        for seed in range(50)
        if np.isfinite((oracle := instance(seed)).plans()).sum() > 40
        and len(alternatives(table_of(oracle), epsilon=0.2)) > 40
    )


def test_a_full_list_holds_the_cheapest_and_says_so() -> None:
    oracle = crowded()
    costs = np.sort(oracle.plans())
    near = alternatives(table_of(oracle), epsilon=0.5, limit=10)
    assert len(near) == 10
    assert near.npv == pytest.approx(costs[:10], rel=1e-12)
    assert not near.complete
    assert "not complete" in near.sentence
    assert near.complete_epsilon == pytest.approx(costs[9] / costs[0] - 1, abs=1e-9)


@pytest.mark.parametrize("limit", [10, 100_000])
def test_a_narrowed_list_is_the_one_that_was_asked_for(limit: int) -> None:
    table = table_of(crowded())
    wide = alternatives(table, epsilon=0.5, limit=limit)
    for epsilon in (0.0, 0.01, 0.1, 0.5):
        short, own = wide.narrowed(epsilon), alternatives(table, epsilon=epsilon, limit=limit)
        assert short.npv == pytest.approx(own.npv)
        assert {short.rows(k) for k in range(len(short))} == {own.rows(k) for k in range(len(own))}
        assert short.complete_epsilon == pytest.approx(own.complete_epsilon)


def test_a_stopped_search_never_claims_more_than_it_knows() -> None:
    oracle = crowded()
    table, every = table_of(oracle), np.sort(oracle.plans())
    near = alternatives(table, epsilon=0.5, max_nodes=3)
    assert not near.complete
    assert near.complete_epsilon < 0.5
    costs = every[every <= every[0] * (1 + near.complete_epsilon)]
    assert (near.npv[: len(costs)] <= costs * (1 + 1e-9)).all()
    answer = cells_of(table).best(max_nodes=0)
    assert answer.bound <= every[0]
    assert not answer.proved


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("areas", [9, 70])
def test_the_search_agrees_with_a_plain_one_on_random_columns(areas: int, whole: bool) -> None:
    for seed in range(15):
        rng = np.random.default_rng(seed)
        codes = [f"c{i:02d}" for i in range(areas)]
        blocks = (
            [[c] for c in codes] if areas == 9 else [codes[i : i + 10] for i in range(0, 70, 10)]
        )
        unions = [
            sorted(itertools.chain.from_iterable(part))
            for k in (1, 2, 3)
            for part in itertools.combinations(blocks, k)
        ]
        pick = rng.random(len(unions)) < 0.7
        pick[: len(blocks)] = True
        members = [group for group, keep in zip(unions, pick, strict=True) if keep]
        groups = Groups.from_members(codes, members)
        costs = rng.uniform(1, 3, len(members)) * groups.sizes() ** 0.7
        sums = rng.integers(0, 3, len(members)).astype(float)
        rows = [SideRow(sums if whole else sums * rng.random(len(members)) - 0.2, 1.0, 6.0)]
        every = plain_plans(groups, costs, rows[0])
        bound = lower_bound(groups, costs, rows=rows)
        assert (bound is None) <= (not every)
        if bound is None or not every:
            continue
        most = every[0] * 1.3
        found = plans_within(groups, costs, bound, most=most, rows=rows)
        wanted = [cost for cost in every if cost <= most]
        assert found.costs == pytest.approx(wanted, rel=1e-12)
        assert best_plan(groups, costs, bound, rows=rows).costs == pytest.approx(every[:1])


def plain_plans(groups: Groups, costs: np.ndarray, row: SideRow) -> list[float]:
    """Costs of every exact cover that keeps to the row, by plain recursion."""
    masks = [sum(1 << i for i in groups.positions(k)) for k in range(len(groups))]
    everything = (1 << len(groups.codes)) - 1
    found = []

    def grow(covered: int, cost: float, total: float) -> None:
        if covered == everything:
            if row.low <= total <= row.high:
                found.append(cost)
            return
        first = ~covered & (covered + 1)
        for k, mask in enumerate(masks):
            if mask & first and not mask & covered:
                grow(covered | mask, cost + costs[k], total + row.values[k])

    grow(0, 0.0, 0.0)
    return sorted(found)


def test_the_sweep_follows_a_chain() -> None:
    chain = list("cafbed")
    pairs = [[a, b] for a, b in itertools.pairwise(chain)]
    groups = Groups.from_members("abcdef", [*([code] for code in chain), *pairs])
    order = ["abcdef"[i] for i in sweep(groups)]
    assert order in (chain, chain[::-1])


def test_the_sweep_starts_where_areas_are_in_more_groups() -> None:
    more = [["a"], ["b"], ["c"], ["d"], ["a", "b"], ["b", "c"], ["c", "d"], ["b", "c", "d"]]
    order = sweep(Groups.from_members("abcd", more)).tolist()
    assert order == [3, 2, 1, 0]
    assert sweep(Groups.from_members("a", [["a"]])).tolist() == [0]


def test_a_relaxation_asked_again_answers_as_a_new_one() -> None:
    table = table_of(instance(4))
    ones = np.ones(len(table))
    kept = Relaxation(table.groups, table.costs.npv, rows=[SideRow(ones)])
    for rooms in (7, 1, 4, 2, 6, 3, 5):
        again = kept.bound(limits=[(rooms, rooms)])
        fresh = lower_bound(table.groups, table.costs.npv, rows=[SideRow(ones, rooms, rooms)])
        assert (again is None) == (fresh is None)
        if again is not None and fresh is not None:
            assert again.value == pytest.approx(fresh.value, rel=1e-7)


@pytest.fixture(scope="module")
def london() -> GroupTable:
    return build_table(make_setting(borough_inputs(), load_scenario()))


@pytest.fixture(scope="module")
def near(london: GroupTable) -> Alternatives:
    return alternatives(london, epsilon=0.003)


def test_london_frontier_is_proved_and_places_what_is_known(london: GroupTable) -> None:
    boroughs, scenario = borough_inputs(), load_scenario()
    found = frontier(london, references=reference_plans(boroughs, scenario))
    assert found.best.npv_gbp == pytest.approx(consolidate(boroughs, scenario).npv_gbp, abs=0.01)
    assert not found.unanswered
    assert {plan.room_count for plan in found.plans} | set(found.impossible) == set(range(1, 34))
    frame = found.frame()
    none = frame["kind"] == "impossible"
    assert frame.loc[none, "rooms"].tolist() == list(found.impossible)
    assert frame.loc[none, "npv_gbp"].isna().all()
    assert (frame.loc[~none, "gap_share"] < 1e-9).all()
    today = frame.set_index("plan_id").loc["today"]
    assert today["rooms"] == 29
    assert today["over_same_rooms_gbp"] >= -0.01  # other plans of 29 rooms cost less
    assert today["over_best_share"] > 0.05
    assert "proved" in repr(found)
    other = load_scenario(overrides={"horizon_years": 5})
    with pytest.raises(ValueError, match="another scenario"):
        frontier(london, references=reference_plans(boroughs, other))


def test_pairing_counts_plans(near: Alternatives, london: GroupTable) -> None:
    frame = near.pairing()
    codes = london.setting.codes
    for pair in frame.head(5).itertuples():
        i, j = codes.index(pair.borough_code_a), codes.index(pair.borough_code_b)
        joined = sum(
            any(
                {pair.borough_code_a, pair.borough_code_b} <= set(london.groups.members(r))
                for r in near.rows(k)
            )
            for k in range(len(near))
        )
        assert pair.joined_share == pytest.approx(joined / len(near))
        assert near.joined_share[i, j] == pair.joined_share
    today = [set(members) for members in london.setting.today.values()]
    for found, shared in ((near.first_mergers, False), (near.kept_together, True)):
        for members, share in found(share=0.9):
            assert len(members) > 1
            assert 0.9 <= share <= 1
            # What is shared today already is no step that anybody could take first.
            assert any(set(members) <= room for room in today) is shared
    assert near.kept_together(share=0.9)


def test_picks_and_shortlist_are_what_they_say(near: Alternatives) -> None:
    table = near.measures
    cheapest, least, links, balanced = near.picks()
    assert cheapest.npv_gbp == pytest.approx(near.npv[0])
    assert least.boroughs_moved == table["boroughs_moved"].min()
    assert sum(r.link_km for r in links.rooms) == pytest.approx(table["link_km"].min())
    spread = np.std([r.cameras for r in balanced.rooms if r.watched])
    assert spread == pytest.approx(table["room_spread_cameras"].min())
    chosen = near.shortlist(count=3)
    assert chosen[0] == 0
    assert near.unlike(0)[chosen[1]] == near.unlike(0).max()
    assert near.unlike(chosen[1])[chosen[1]] == 0
    assert len(near.frame()) == len(near)
    frame = near.frame(first=20)
    assert frame["rank"].tolist() == list(range(1, 21))
    assert frame["plan"].is_unique
    plan = near.plan(3)
    assert plan.npv_gbp == pytest.approx(table["npv_gbp"][3])
    assert plan.report.bound_gbp == pytest.approx(near.npv[0])


def test_a_territory_of_more_than_63_areas_has_a_list() -> None:
    frame, _ = territory(1, n=72)
    grid = nx.convert_node_labels_to_integers(nx.grid_2d_graph(8, 9))
    graph = nx.relabel_nodes(grid, dict(enumerate(frame.index)))
    scenario = Scenario(contiguity="land", max_group_size=2, max_link_km=60)
    table = build_table(make_setting(frame, scenario, graph=graph))
    near = alternatives(table, epsilon=1e-4, limit=50)
    assert near.npv[0] == pytest.approx(consolidate(frame, scenario, graph=graph).npv_gbp)
    assert len(near) >= 1
