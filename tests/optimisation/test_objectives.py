"""Objectives over draws of the real cost model, and what finding out is worth: by brute force."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from optimisation.best_plan import best_plan
from optimisation.costs.coefficients import rates
from optimisation.costs.draws import Uncertain, draw_coefficients
from optimisation.costs.local_draws import count_log_sd, draw_counts, draw_local_levels
from optimisation.costs.overflow import overflow_cost
from optimisation.costs.rooms import cost_groups
from optimisation.drawn_costs import UNSEEN, DrawnCosts, draw_all
from optimisation.finding_out import value_of_finding_out
from optimisation.group_table import build_table, make_setting
from optimisation.monte_carlo import monte_carlo
from optimisation.objective_options import ObjectiveOptions
from optimisation.objectives import choose, draws_of
from optimisation.outlook import edges, optimality_gap
from optimisation.ranges import SavingRange
from optimisation.scenario import Scenario, load_scenario
from optimisation.search.groups import Groups
from tests.optimisation.instances import territory

KINDS = ("expected", "cvar", "worst_regret", "mix")
DRAWS = 20


def counted(seed: int, n: int = 6) -> tuple[pd.DataFrame, object]:
    """A small territory whose counts are old, of mixed scopes, and one assumed."""
    frame, graph = territory(seed, n=n)
    rng = np.random.default_rng(seed)
    frame["cameras"] = frame["cameras"] + 40.0
    frame["cameras_basis"] = ["assumed", *["published"] * (n - 1)]
    frame["cameras_year"] = pd.array([pd.NA, *rng.integers(2008, 2024, n - 1)], dtype="Int64")
    frame["cameras_scope"] = rng.choice(["street", "all council"], n)
    return frame, graph


def partitions(codes: tuple[str, ...]) -> list[tuple[tuple[str, ...], ...]]:
    """Every partition of the areas."""
    if not codes:
        return [()]
    first, rest = codes[0], codes[1:]
    found = []
    for size in range(len(rest) + 1):
        for chosen in itertools.combinations(rest, size):
            left = tuple(code for code in rest if code not in chosen)
            found += [((first, *chosen), *others) for others in partitions(left)]
    return found


def as_built(
    scenario: Scenario, before: np.ndarray, after: np.ndarray, once: np.ndarray
) -> np.ndarray:
    """Value money year by year: the change falls in each of the years of building alike."""
    factor, span = 1 + scenario.discount_rate, min(scenario.build_years, scenario.horizon_years)
    total = np.zeros_like(after)
    for start in range(span):
        total += once * factor**-start / span
        for year in range(1, scenario.horizon_years + 1):
            total += (before if year <= start else after) * factor**-year / span
    return total


def money(drawn: DrawnCosts, groups: Groups, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Yearly and one-off cost of each group at its site in each draw, from its cost lines."""
    capacity = drawn.setting.capacity
    today = {(m, drawn.setting.positions([h])[0]) for h, m in drawn.setting.today.items()}
    new = [(groups.members(k), int(site)) not in today for k, site in enumerate(sites)]
    yearly, once = [], []
    for here in drawn.settings:
        lines = cost_groups(groups, here.pricing, fixed_sites=sites)
        cameras = groups.sums(here.places.cameras)
        # A room of today holds what it holds, however many cameras that turns out to be.
        setup = overflow_cost(cameras, capacity, here.rate, 0.0) * new
        year = overflow_cost(cameras, capacity, here.rate, 1.0) * new - setup
        yearly.append(lines.yearly.sum(axis=0) + year)
        once.append(lines.one_off.sum(axis=0) + setup)
    return np.stack(yearly), np.stack(once)


def today_by_area(drawn: DrawnCosts) -> np.ndarray:
    """Yearly cost today, shared by cameras, shape (draws, areas)."""
    setting = drawn.setting
    groups = Groups.from_members(setting.codes, list(setting.today.values()))
    rooms, _ = money(drawn, groups, np.array(setting.positions(setting.today)))
    own = np.zeros((len(drawn), len(setting.codes)))
    for k, members in enumerate(setting.today.values()):
        at = setting.positions(members)
        share = setting.places.cameras[at] / setting.places.cameras[at].sum()
        own[:, at] = rooms[:, [k]] * share
    return own


def costs_of_groups(
    drawn: DrawnCosts, allowed: list[tuple[str, ...]]
) -> dict[tuple[str, ...], np.ndarray]:
    """Cost of each group in each draw, at the allowed site of least mean cost."""
    setting = drawn.setting
    own, limit = today_by_area(drawn), setting.max_link_km + 1e-9
    pairs = []
    for group in allowed:
        at = setting.positions(group)
        pairs += [(group, j) for j in at if (setting.places.km[at, j] <= limit).all()]
    groups = Groups.from_members(setting.codes, [group for group, _ in pairs])
    after, once = money(drawn, groups, np.array([site for _, site in pairs]))
    found: dict[tuple[str, ...], np.ndarray] = {}
    for k, (group, _) in enumerate(pairs):
        before = own[:, setting.positions(group)].sum(axis=1)
        cost = as_built(setting.scenario, before, after[:, k], once[:, k])
        if group not in found or cost.mean() < found[group].mean() - 1e-6:
            found[group] = cost
    return found


def agree_with_brute_force(kind: str, seed: int, n: int) -> None:
    frame, graph = counted(seed, n)
    # A room shared today, which plans may keep, join or break up.
    if seed % 3 == 0:
        frame["room_today"] = [frame.index[1], *frame.index[1:]]
    objective = ObjectiveOptions(kind=kind, share=0.1, mean_share=0.3, draws=DRAWS, seed=seed)
    scenario = Scenario(
        contiguity="none" if seed % 2 and n < 8 else "land",
        capacity_cameras=900.0,
        max_link_km=25.0,
        build_years=1 + seed % 5,
        count_police_time=seed % 4 in {1, 2},
        objective=objective,
    )
    table = build_table(make_setting(frame, scenario, graph=graph))
    found = choose(table)
    assert found is not None
    drawn = draws_of(table)
    allowed = [table.groups.members(k) for k in range(len(table))]
    cost_of = costs_of_groups(drawn, allowed)
    plans = [p for p in partitions(table.setting.codes) if set(p) <= set(allowed)]
    costs = np.stack([sum(cost_of[group] for group in plan) for plan in plans])
    own = today_by_area(drawn)
    today = as_built(scenario, own, own, np.zeros_like(own)).sum(axis=1)
    net = np.sort(costs - today, axis=1)[:, ::-1]
    value = {
        "expected": costs.mean(axis=1),
        "cvar": net[:, :2].mean(axis=1),
        "worst_regret": (costs - costs.min(axis=0)).max(axis=1),
        "mix": 0.3 * net.mean(axis=1) + 0.7 * net[:, :2].mean(axis=1),
    }[kind]
    assert found.certificate.value_gbp == pytest.approx(float(value.min()), abs=0.5), seed
    assert found.certificate.proved, seed
    mine = found.matrix[:, list(found.rows)].sum(axis=1)
    at = plans.index(tuple(sorted(table.groups.members(row) for row in found.rows)))
    assert mine == pytest.approx(costs[at], abs=0.5)
    # Costed as a plan with sites, which is how every other figure of it is made.
    sites = {
        table.setting.codes[found.table.costs.site[row]]: table.groups.members(row)
        for row in found.rows
    }
    both = drawn.plans([sites, table.setting.today])
    assert both[:, 0] == pytest.approx(costs[at], abs=0.5)
    assert both[:, 1] == pytest.approx(today, abs=0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_brute_force_over_draws_of_the_cost_model(kind: str) -> None:
    for seed in range(4):
        agree_with_brute_force(kind, seed, 6)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_brute_force_on_a_hundred_instances(kind: str) -> None:
    for seed in range(100):
        agree_with_brute_force(kind, seed, 6 + seed % 3)


def test_a_limit_on_overflow_takes_groups_out() -> None:
    frame, graph = counted(3)
    wishes = {"capacity_cameras": 900.0, "contiguity": "none"}
    scenario = Scenario(**wishes, objective=ObjectiveOptions(draws=40, most_overflow_share=0.25))
    table = build_table(make_setting(frame, scenario, graph=graph))
    found = choose(table)
    assert found is not None
    assert 0 < len(found.table) < len(table)
    counts = found.drawn.draws.counts.to_numpy()
    for row in found.rows:
        members = list(found.table.groups.positions(row))
        assert (counts[:, members].sum(axis=1) > 900.0).mean() <= 0.25


def test_overflow_is_a_second_room_by_hand() -> None:
    rate = rates({"cameras_per_operator": 100.0, "min_posts_per_room": 1.0})
    extra = overflow_cost(np.array([200.0, 250.0, 310.0]), 200.0, rate, 8.0)
    # 250: two posts and one for the rest, three as in one room; 310: 2 + 2, as in one room.
    room = 8.0 * rate.room_fixed_gbp_per_year
    refit = (1 + rate.optimism_bias_share) * rate.room_fitout_gbp
    assert extra == pytest.approx([0.0, room + refit, room + refit])
    more = overflow_cost(np.array([350.0]), 250.0, rate, 8.0)  # 3 + 1 where one room needs 4
    assert more == pytest.approx([room + refit])
    split = overflow_cost(np.array([260.0]), 230.0, rate, 8.0)  # 3 + 1 where one room needs 3
    assert split == pytest.approx([room + refit + 8.0 * rate.post_gbp_per_year])


def test_counts_are_drawn_by_age_and_scope_and_keep_their_mean() -> None:
    frame = pd.DataFrame(
        {
            "cameras": [100.0, 100.0, 100.0, 100.0],
            "cameras_basis": ["published", "published", "assumed", "inventory"],
            "cameras_year": pd.array([2024, 2015, pd.NA, pd.NA], dtype="Int64"),
            "cameras_scope": ["street", "all council", "median", "public cameras"],
        },
        index=["new", "old", "none", "given"],
    )
    sd = count_log_sd(frame)
    assert sd["new"] == 0.0
    assert sd["given"] == 0.0
    assert sd["old"] == pytest.approx(np.sqrt(9 * 0.27**2 + 0.54**2))
    assert sd["none"] == pytest.approx(0.82)
    drawn = draw_counts(frame, draws=40_000, seed=1)
    assert (drawn["given"] == 100.0).all()
    for code in ("old", "none"):
        error = drawn[code].std() / np.sqrt(len(drawn))
        assert drawn[code].mean() == pytest.approx(100.0, abs=4 * error)
        # The cut at two standard deviations leaves 0.774 of the variance.
        spread = float(stats.truncnorm.std(-2, 2)) * sd[code]
        assert np.log(drawn[code]).std() == pytest.approx(spread, rel=0.02)


def test_local_levels_keep_mean_and_variance_and_are_half_common() -> None:
    item = Uncertain("operator_cost_gbp_per_fte_year", 30_000.0, 40_000.0, 60_000.0)
    common = draw_coefficients([item], draws=40_000, seed=1)
    frame, factors = draw_local_levels(["a", "b"], [item], common, seed=1, share=0.5)
    level = frame[item.name].to_numpy()[:, None] * factors["pay_factor"]
    whole = common[item.name]
    assert level.mean(axis=0) == pytest.approx(whole.mean(), rel=0.005)
    assert level.std(axis=0) == pytest.approx(whole.std(), rel=0.02)
    assert np.corrcoef(level.T)[0, 1] == pytest.approx(0.5, abs=0.02)
    same, none = draw_local_levels(["a"], [item], common, seed=1, share=0.0)
    pd.testing.assert_frame_equal(same, common)
    assert none == {}


def test_perfect_information_is_mean_regret() -> None:
    frame, graph = counted(5)
    scenario = Scenario(contiguity="none", objective=ObjectiveOptions(draws=60))
    best = best_plan(frame, scenario, graph=graph)
    assert best.chosen is not None
    carlo = monte_carlo(
        frame, scenario, [best.plan], draws=60, seed=2017 + UNSEEN, table=best.chosen.table
    )
    found = value_of_finding_out(
        best.chosen, carlo.drawn, carlo.matrix, carlo.best_npv_gbp, names=frame["borough"]
    )
    row = carlo.regret.set_index("plan_id").loc["optimum"]
    assert found.everything_gbp == pytest.approx(row["mean_regret_gbp"], abs=0.01)
    assert (found.quantities["worth_gbp"] >= 0).all()
    assert set(found.quantities["kind"]) == {"coefficient", "cameras"}


def test_one_coefficient_equals_a_nested_monte_carlo() -> None:
    """Costs that hang on two coefficients: what finding out one is worth, the long way round."""
    frame, graph = territory(8, n=6)
    frame["cameras"] = 100.0 + frame["cameras"] / 5
    names = ["integration_gbp_per_borough", "room_fixed_gbp_per_year"]
    # Values near the point where a room more or less costs the same, so it matters which are true.
    scenario = Scenario(
        contiguity="none",
        objective=ObjectiveOptions(draws=2_000),
        coefficients={names[0]: 1_000_000.0, names[1]: 100_000.0},
        build_years=1,
    )
    setting = make_setting(frame, scenario, graph=graph)
    table = build_table(setting)

    def drawn(seed: int, draws: int) -> DrawnCosts:
        return DrawnCosts(
            setting,
            draw_all(setting, draws=draws, seed=seed, counts=False, local=False, names=names),
        )

    chosen = choose(table, drawn=drawn(1, 2_000))
    assert chosen is not None
    fresh = drawn(2, 2_000)
    matrix = fresh.matrix(table.groups, chosen.table.costs.site)
    nobody = np.zeros(len(fresh))  # perfect information has its own test
    found = value_of_finding_out(chosen, fresh, matrix, nobody, names=frame["borough"])
    row = found.quantities.set_index("quantity").loc["room_fixed_gbp_per_year"]
    # Nested: 60 outer values, each with the same 200 inner draws of the other coefficient; costs
    # are exactly what the model says, and every partition is a choice.
    inner = drawn(3, 200).draws.coefficients
    outer = np.quantile(drawn(4, 20_000).draws.coefficients[names[1]], (np.arange(60) + 0.5) / 60)
    plans = partitions(setting.codes)
    site = {
        chosen.table.groups.members(row): setting.codes[chosen.table.costs.site[row]]
        for row in range(len(chosen.table))
    }

    def sited(plan: tuple[tuple[str, ...], ...]) -> dict[str, tuple[str, ...]]:
        return {site[group]: group for group in plan}

    means = []
    for value in outer:
        frame_at = inner.assign(**{names[1]: value})
        draws = draw_all(setting, draws=200, seed=3, counts=False, local=False, names=names)
        at = DrawnCosts(setting, type(draws)(frame_at, draws.counts, {}, 3))
        means.append(at.plans([sited(plan) for plan in plans]).mean(axis=0))
    table_of_means = np.stack(means)
    nested = float(table_of_means.mean(axis=0).min() - table_of_means.min(axis=1).mean())
    assert nested > 10_000.0, "the instance should make it worth something"
    slack = 3 * row["standard_error_gbp"] + 0.15 * nested  # classes of θ lose a little
    assert row["worth_gbp"] == pytest.approx(nested, abs=slack)


def test_range_gap_and_edges() -> None:
    found = SavingRange.of(np.arange(-10.0, 90.0), seed=1)
    assert found.p50_gbp == pytest.approx(39.5)
    assert found.worst_tenth_gbp == pytest.approx(-5.5)
    assert found.saves_share == pytest.approx(0.88)  # -10 to 1 are no saving of more than £1
    frame, graph = counted(2)
    scenario = Scenario(contiguity="none", objective=ObjectiveOptions(draws=40))
    best = best_plan(frame, scenario, graph=graph)
    assert best.chosen is not None
    unseen = draws_of(best.chosen.table, seed=99)
    chosen = best.chosen.table
    matrix = unseen.matrix(chosen.groups, chosen.costs.site)
    mean, most = optimality_gap(best.chosen, matrix)
    assert 0 <= mean <= most
    told = edges(best.plan, unseen, frame["borough"])
    per_post = best.chosen.table.setting.rate.cameras_per_operator
    for row in told.itertuples():
        assert row.cameras_to_next_post == pytest.approx(row.posts * per_post - row.cameras)
        assert row.knife_edge == (row.cameras_to_next_post <= 5)


def test_the_point_objective_and_given_plans_have_no_draws() -> None:
    frame, graph = counted(1)
    point = Scenario(objective=ObjectiveOptions(kind="point"))
    assert best_plan(frame, point, graph=graph).chosen is None
    assert best_plan(frame, Scenario(given_plan="today"), graph=graph).plan.plan_id == "given"


SCRIPT = """
import numpy as np
from tests.optimisation.test_objectives import counted
from optimisation.best_plan import best_plan
from optimisation.drawn_costs import UNSEEN
from optimisation.monte_carlo import monte_carlo
from optimisation.finding_out import value_of_finding_out
from optimisation.objective_options import ObjectiveOptions
from optimisation.scenario import Scenario
frame, graph = counted(4)
for kind in ("expected", "cvar", "worst_regret"):
    asked = ObjectiveOptions(kind=kind, draws=60)
    scenario = Scenario(contiguity="none", capacity_cameras=900.0, objective=asked)
    best = best_plan(frame, scenario, graph=graph)
    print(best.chosen.certificate, best.chosen.certificate.value_gbp.hex(), best.chosen.rows)
    print(best.chosen.certificate.bound_gbp.hex(), best.chosen.certificate.nodes)
    table = best.chosen.table
    carlo = monte_carlo(frame, scenario, [best.plan], draws=60, seed=UNSEEN, table=table)
    print(carlo.regret.to_csv())
    found = value_of_finding_out(best.chosen, carlo.drawn, carlo.matrix, carlo.best_npv_gbp,
                                 names=frame["borough"])
    print(found.quantities.to_csv())
"""


def test_the_same_bytes_with_any_threads_and_hash_seed() -> None:
    said = []
    for threads, hash_seed in (("1", "0"), ("4", "12345")):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
        own = {**dict.fromkeys(names, threads), "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, **own},
            capture_output=True,
            check=True,
        )
        said.append(done.stdout)
    assert said[0] == said[1]
    assert b"proved" in said[0]


def test_the_file_names_the_objective() -> None:
    scenario = load_scenario(overrides={"objective.kind": "cvar", "objective.share": 0.2})
    assert scenario.objective == ObjectiveOptions(kind="cvar", share=0.2)
    assert load_scenario().objective.kind == "expected"
