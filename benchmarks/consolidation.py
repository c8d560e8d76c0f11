"""Consolidation against other ways to do it, in one run on the same instance.

``python benchmarks/consolidation.py [--json FILE] [--peers PYTHON] [--limit S] [--task NAME]``

``--peers`` (or ``SHAREDVIEW_PEERS``) is the interpreter of an environment with spopt 0.8, which
needs Python 3.12 and its own PuLP; without it the tasks that need it are named as missing.
Seconds are processor time of this process: machines are shared. The first call of each compiled
function is not measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import geopandas as gpd
import highspy
import numpy as np
import pandas as pd
import pulp

from coverage_model.base import datasets
from optimisation.assignment import solve_assignment
from optimisation.consolidation import consolidate, cost_plan, reference_plans
from optimisation.explain import conflicting_constraints, constraint_prices, constraints
from optimisation.frontier import frontier
from optimisation.group_table import GroupTable, build_table, make_setting
from optimisation.near_best import alternatives
from optimisation.objective_options import ObjectiveOptions
from optimisation.objectives import best_in_draws, choose, draws_of
from optimisation.optimum import cells_of, fewest_posts, solve_table
from optimisation.scenario import Scenario, load_scenario
from optimisation.search.bounds import lower_bound
from optimisation.search.groups import Groups
from optimisation.search.judged import least
from optimisation.search.measures import Measure
from optimisation.search.pmedian import p_median
from optimisation.search.solvers import choose_columns, solver_available
from optimisation.service import service_frontier
from optimisation.territory import adjacency_graph, borough_inputs, contiguity_graph
from optimisation.trades import parse_trade, trade

UK = Path(__file__).resolve().parents[2] / "shared" / "data" / "uk" / "uk_ltla24_361.geojson"
P_MEDIAN_SEED, P_MEDIAN_SIZE, P_MEDIAN_P = 380, 380, (9, 20, 43, 100)
TEN_CONSTRAINTS = {
    "must_share": [["Sutton", "Croydon"], ["Camden", "Islington"]],
    "must_not_share": [["Barnet", "Enfield"], ["Brent", "Ealing"]],
    "fixed_rooms": ["Newham"],
    "forbidden_rooms": ["Westminster"],
    "rooms_max": 5,
}

Rows = list[dict[str, object]]


def clock(work: Callable[[], object]) -> tuple[object, float]:
    """Run and return the answer with processor seconds."""
    started = time.process_time()
    answer = work()
    return answer, time.process_time() - started


def must(holds: bool) -> None:
    """Stop the run if two methods disagree."""
    if not holds:
        raise RuntimeError("the methods disagree: see the line above in the traceback")


def london() -> tuple[pd.DataFrame, Scenario, GroupTable]:
    """Read the default scenario on the embedded data."""
    boroughs, scenario = borough_inputs(), load_scenario()
    return boroughs, scenario, build_table(make_setting(boroughs, scenario))


def row(task: str, method: str, seconds: float, **more: object) -> dict[str, object]:
    """Make one line of the result."""
    return {"task": task, "method": method, "s": seconds, **more}


def best_plan(limit: float) -> Rows:
    """One proved plan: groups against both assignment models."""
    boroughs, scenario, _ = london()
    consolidate(boroughs, scenario)
    rows = []
    plan, own = clock(lambda: consolidate(boroughs, scenario))
    rows.append(
        row("best plan", "Sharedview, HiGHS", own, npv=plan.npv_gbp, gap=plan.report.gap_share)
    )
    if solver_available("cbc"):
        cbc = scenario.model_copy(update={"solver": "cbc"})
        started = time.perf_counter()
        other = consolidate(boroughs, cbc)
        seconds = time.perf_counter() - started
        must(abs(other.npv_gbp - plan.npv_gbp) < 0.01)
        rows.append(row("best plan", "Sharedview, CBC (wall)", seconds, npv=other.npv_gbp, gap=0.0))
    setting = make_setting(boroughs, scenario)
    answer, seconds = clock(lambda: solve_assignment(setting, time_limit_s=limit))
    done = answer.groups is not None and answer.cost - answer.bound < 1e-6 * answer.cost
    if done:
        must(abs(answer.cost - plan.npv_gbp) < 1.0)
    rows.append(
        row(
            "best plan",
            "compact model, strong links, lazy cuts, HiGHS",
            seconds,
            npv=answer.cost if answer.groups else None,
            gap=(plan.npv_gbp - answer.bound) / plan.npv_gbp,
            slower=seconds / own,
            note="proved, same plan cost" if done else f"stopped at {limit:g} s",
        )
    )
    if solver_available("cbc"):
        rows.append(textbook(boroughs, scenario, plan.npv_gbp, own, limit))
    return rows


def textbook(
    boroughs: pd.DataFrame, scenario: Scenario, best: float, own: float, limit: float
) -> dict[str, object]:
    """Solve the model as textbooks write it: big-M links, flow for contiguity, CBC."""
    setting = make_setting(boroughs, scenario)
    n, places, rate = len(setting.codes), setting.places, setting.rate
    annuity = setting.annuity_factor
    problem = pulp.LpProblem("textbook", pulp.LpMinimize)
    add = problem.add_variable
    x = [[add(f"x{i}_{j}", cat="Binary") for j in range(n)] for i in range(n)]
    y = [add(f"y{j}", cat="Binary") for j in range(n)]
    posts = [add(f"k{j}", lowBound=0, cat="Integer") for j in range(n)]
    links = np.ceil(places.cameras / rate.cameras_per_link - 1e-9)
    link = links[:, None] * (rate.link_gbp_per_year + rate.link_gbp_per_km_year * places.km)
    once = (rate.integration_gbp_per_borough + rate.licence_gbp_per_channel * places.cameras) * (
        1 + rate.optimism_bias_equipment_share
    ) + rate.room_closure_gbp_per_room
    cost = []
    for j in range(n):
        cost.append(annuity * rate.room_fixed_gbp_per_year * y[j])
        cost.append(annuity * rate.post_gbp_per_year * posts[j])
        for i in range(n):
            if i != j:
                move = annuity * (1 + rate.standby_link_share) * link[i, j] + once[i]
                cost.append(move * x[i][j])
    # Refitting and lost posts are left out here: the textbook has no such lines, and leaving them
    # out only makes its model easier.
    problem.setObjective(pulp.lpSum(cost))
    arcs = [(i, k) for i in range(n) for k in range(n) if setting.neighbours[i] >> k & 1]
    for i in range(n):
        problem.addConstraint(pulp.lpSum(x[i]) == 1)
    for j in range(n):
        served = pulp.lpSum(x[i][j] for i in range(n))
        cameras = pulp.lpSum(places.cameras[i] * x[i][j] for i in range(n))
        problem.addConstraint(served <= (scenario.max_group_size or n) * y[j])
        problem.addConstraint(cameras <= setting.capacity * y[j])
        problem.addConstraint(rate.cameras_per_operator * posts[j] >= cameras)
        problem.addConstraint(posts[j] >= rate.min_posts_per_room * y[j])
        problem.addConstraint(x[j][j] == y[j])
        flow = {arc: add(f"f{j}_{arc[0]}_{arc[1]}", lowBound=0) for arc in arcs}
        for i in range(n):
            if places.km[i, j] > setting.max_link_km:
                problem.addConstraint(x[i][j] == 0)
            out = pulp.lpSum(flow[a] for a in arcs if a[0] == i)
            into = pulp.lpSum(flow[a] for a in arcs if a[1] == i)
            problem.addConstraint(into <= n * x[i][j])
            if i != j:
                problem.addConstraint(out - into == x[i][j])
    started = time.perf_counter()
    bundled = getattr(getattr(pulp, "PULP_CBC_CMD", None), "pulp_cbc_path", None)
    options = {"msg": False, "timeLimit": limit, "gapRel": 0.0}
    problem.solve(pulp.COIN_CMD(path=bundled, **options) if bundled else pulp.COIN_CMD(**options))
    seconds = time.perf_counter() - started
    groups: dict[str, list[str]] = {}
    for j in range(n):
        members = [setting.codes[i] for i in range(n) if (x[i][j].varValue or 0) > 0.5]
        if members:
            groups[setting.codes[j]] = members
    found = None
    if sum(len(members) for members in groups.values()) == n:
        found = cost_plan(boroughs, scenario, groups, "textbook", "Textbook").npv_gbp
    return row(
        "best plan",
        "textbook model, big-M, flow, CBC (wall)",
        seconds,
        npv=found,
        over_best=None if found is None else found / best - 1,
        slower=seconds / own,
        note=f"stopped at {limit:g} s" if seconds > 0.95 * limit else "finished",
    )


def whole_frontier(limit: float) -> Rows:
    """Every number of rooms: one search, and one solver run for each number."""
    del limit
    boroughs, scenario, table = london()
    references = reference_plans(boroughs, scenario)
    frontier(table)
    found, own = clock(lambda: frontier(table, references=references))
    must(all(plan.report.status == "optimal" for plan in found.plans))

    def one_by_one() -> list[float]:
        costs = []
        for plan in found.plans:
            count = len(plan.rooms)
            solved = solve_table(table, rooms_min=count, rooms_max=count, cells=False)
            costs.append(solved.cost)
        return costs

    costs, seconds = clock(one_by_one)
    must(np.allclose(costs, [plan.npv_gbp for plan in found.plans], rtol=0, atol=0.05))
    note = f"{len(found.plans)} numbers proved, {len(found.impossible)} proved impossible"
    return [
        row("frontier", "Sharedview", own, note=note),
        row("frontier", "a PuLP model for each number", seconds, slower=seconds / own),
    ]


def near_best(limit: float) -> Rows:
    """All plans near the best, and the first 30 by no-good rows."""
    del limit
    _, _, table = london()
    alternatives(table, epsilon=0.0005)
    rows = []
    for epsilon in (0.005, 0.01):
        found, own = clock(lambda e=epsilon: alternatives(table, epsilon=e))
        must(found.complete)
        note = f"{len(found):,} plans, complete"
        rows.append(row(f"all plans within {epsilon:.1%}", "Sharedview", own, note=note))
    first, seconds = clock(lambda: no_goods(table, 30))
    must(np.allclose(first, found.npv[:30], rtol=0, atol=0.05))
    each = own / len(found)
    note = f"30 plans; {seconds / 30 / each:,.0f} times the time a plan"
    rows.append(row("first 30 plans", "no-good rows, HiGHS, reduced columns", seconds, note=note))
    return rows


def no_goods(table: GroupTable, count: int) -> list[float]:
    """Re-solve with a row against each plan found, over groups that could be in such a plan."""
    posts = fewest_posts(table)
    bound = lower_bound(table.groups, table.costs.npv, rows=[posts])
    best = cells_of(table).best()
    keep = np.flatnonzero(bound.reduced_costs <= best.cost * 1.003 - bound.value)
    members, costs = table.groups.take(keep).matrix(), table.costs.npv[keep]
    side = [(posts.values[keep], posts.low, None)]
    found = []
    for _ in range(count):
        choice = choose_columns(members, costs, rows=side)
        chosen = np.zeros(len(keep))
        chosen[list(choice.columns)] = 1.0
        found.append(float(costs[list(choice.columns)].sum()))
        side.append((chosen, None, float(len(choice.columns) - 1)))
    return found


def explaining(limit: float) -> Rows:
    """Ten named constraints without a plan, and the price of each constraint."""
    del limit
    boroughs, _, table = london()
    setting = make_setting(boroughs, load_scenario(overrides=TEN_CONSTRAINTS))
    named = len(constraints(setting))
    conflicting_constraints(setting)
    conflict, seconds = clock(lambda: conflicting_constraints(setting))
    prices, priced = clock(lambda: constraint_prices(table))
    return [
        row(
            "infeasible",
            f"Sharedview, {named} named constraints",
            seconds,
            note="; ".join(conflict),
        ),
        row("prices", f"Sharedview, {len(prices)} constraints", priced),
    ]


def uk(limit: float) -> Rows:
    """361 local authorities; camera counts are drawn, for this benchmark only."""
    del limit
    if not UK.is_file():
        return [
            row("361 authorities", "missing: shared data not beside the checkout", float("nan"))
        ]
    areas = gpd.read_file(UK).to_crs(27700).rename(columns={"ltla24_code": "area_code"})
    graph = adjacency_graph(areas)
    inside = areas.representative_point()
    drawn = np.random.default_rng(2017).lognormal(5.3, 0.8, len(areas))
    frame = pd.DataFrame(
        {
            "borough": areas["ltla24_name"].to_numpy(),
            "cameras": np.round(np.clip(drawn, 20, 1500)),
            "site_x_m": inside.x.to_numpy(),
            "site_y_m": inside.y.to_numpy(),
            "has_room": True,
        },
        index=pd.Index(areas["area_code"], name="borough_code"),
    ).sort_index()
    scenario = Scenario(contiguity="land", max_group_size=4, capacity_cameras=1500, max_link_km=60)
    plan, seconds = clock(lambda: consolidate(frame, scenario, graph=graph))
    must(plan.report.status == "optimal")
    note = (
        f"{len(plan.rooms)} rooms of at most 4 neighbours, 1,500 cameras, 60 km; "
        f"{plan.report.groups_considered:,} groups; gap {plan.report.gap_share:.1e}"
    )
    return [row("361 authorities", "Sharedview", seconds, note=note)]


def choices(limit: float) -> Rows:
    """Any number of rooms, curves of two wishes, and hours of watching: each point proved."""
    del limit
    _, _, table = london()
    solve_table(table, rooms_min=10, rooms_max=10)
    spent = {}
    for count in range(1, 34):
        solved, spent[count] = clock(lambda n=count: solve_table(table, rooms_min=n, rooms_max=n))
        must(solved is None or solved.cost - solved.bound < 0.01)
    slowest = max(spent, key=lambda n: spent[n])
    rows = [row("rooms = k, any k", "Sharedview", spent[slowest], note=f"slowest: k = {slowest}")]
    for name in ("cost:moves", "cost:links", "cost:detection"):
        found, seconds = clock(lambda n=name: trade(table, *parse_trade(n), points=15))
        must(all(point.proved for point in found.points))
        note = f"{len(found.points)} points proved"
        rows.append(row(f"trade {name}", "Sharedview", seconds, note=note))
    served, seconds = clock(lambda: service_frontier(table))
    must(all(point.proved for point in served.trade.points))
    note = f"{len(served.trade.points)} floors proved; {len(served.offered.table):,} columns"
    rows.append(row("hours of watching as a choice", "Sharedview", seconds, note=note))
    return rows


def medians(limit: float, peers: str | None) -> Rows:
    """Hold p-median against spopt on the same HiGHS, and its regionalisers followed as plans."""
    del limit
    rng = np.random.default_rng(P_MEDIAN_SEED)
    at = rng.uniform(0, 100, (P_MEDIAN_SIZE, 2))
    weights = rng.integers(1, 100, P_MEDIAN_SIZE).astype(float)
    distances = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    rows, own = [], {}
    for p in P_MEDIAN_P:
        own[p] = clock(lambda p=p: p_median(distances, p=p, weights=weights))
        must(own[p][0].proved)
        rows.append(row(f"p-median, n = 380, p = {p}", "Sharedview, HiGHS", own[p][1]))
    total = sum(seconds for _, seconds in own.values())
    rows.append(row("p-median, n = 380, all p", "Sharedview, HiGHS", total))
    if peers is None:
        rows.append(row("p-median", "missing: spopt (give --peers PYTHON)", float("nan")))
        return rows
    boroughs, scenario, _ = london()
    best = consolidate(boroughs, scenario)
    index = {code: i for i, code in enumerate(boroughs.index)}
    graph = contiguity_graph(scenario.contiguity)
    task = {
        "p_median": {
            "distances": distances.tolist(),
            "weights": weights.tolist(),
            "p": list(P_MEDIAN_P),
        },
        "regions": {
            "cameras": boroughs["cameras"].tolist(),
            "x": boroughs["site_x_m"].tolist(),
            "y": boroughs["site_y_m"].tolist(),
            "edges": [[index[a], index[b]] for a, b in graph.edges],
            "regions": len(best.rooms),
        },
    }
    script = Path(__file__).with_name("_consolidation_peers.py")
    done = subprocess.run(
        [peers, str(script)], input=json.dumps(task), capture_output=True, text=True, check=True
    )
    answer = json.loads(done.stdout)
    version = answer["versions"]["spopt"]
    for found in answer["p_median"]:
        mine = own[found["p"]][0].cost
        must(abs(found["cost"] - mine) <= 1e-9 * mine)
        rows.append(
            row(
                f"p-median, n = 380, p = {found['p']}",
                f"spopt {version}, HiGHS",
                found["cpu_s"],
                slower=found["cpu_s"] / own[found["p"]][1],
                note=f"same cost to {abs(found['cost'] / mine - 1):.0e}",
            )
        )
    spent = sum(found["cpu_s"] for found in answer["p_median"])
    rows.append(
        row("p-median, n = 380, all p", f"spopt {version}, HiGHS", spent, slower=spent / total)
    )
    for name, labels in answer.get("regions", {}).items():
        groups = [list(part.index) for _, part in boroughs.groupby(np.asarray(labels))]
        plan = cost_plan(boroughs, scenario, groups, name, name)
        note = "; ".join(plan.notes) or "keeps to the scenario"
        rows.append(
            row(
                "regions as plans",
                f"spopt {version} {name}",
                float("nan"),
                over_best=plan.npv_gbp / best.npv_gbp - 1,
                note=note,
            )
        )
    if "regions_error" in answer:
        rows.append(
            row("regions as plans", "spopt failed", float("nan"), note=answer["regions_error"])
        )
    return rows


def over_draws(limit: float) -> Rows:
    """Every objective over 200 draws, and the dense scenario model of each in HiGHS."""
    _, _, table = london()
    # Warm: what is compiled once is not counted.
    for kind in ("expected", "cvar"):
        choose(table, objective=ObjectiveOptions(kind=kind))
    drawn, made = clock(lambda: draws_of(table))
    drawn.settings  # noqa: B018 (made once, before the clock starts)
    matrix, filled = clock(lambda: drawn.matrix(table.groups, table.costs.site))
    rows = [row("200 draws", f"Sharedview, costs of {len(table):,} groups", made + filled)]
    today = drawn.plans([table.setting.today])[:, 0]
    (best, _), seconds = clock(lambda: best_in_draws(table, drawn, matrix))
    rows.append(row("200 draws", "Sharedview, best plan of each draw", seconds))
    zero = np.zeros(len(drawn))
    for name, measure in (
        ("expected cost", Measure.mean(zero)),
        ("worst tenth (CVaR)", Measure.tail(today, share=0.1)),
        ("half mean, half CVaR", Measure.mixture(today, share=0.1, mean_share=0.5)),
        ("worst regret", Measure.worst(best)),
    ):
        found, own = clock(
            lambda m=measure: least(
                table.groups, matrix, m, loads=[table.setting.places.watched_cameras]
            )
        )
        gap = (found.value - found.bound) / abs(found.value)
        note = f"£{found.value / 1e6:.2f}m; {found.rounds} weightings; {found.nodes:,} nodes"
        rows.append(row(name, "Sharedview", own, gap=gap, note=note))
        value, bound, peer, ended = dense(table.groups, matrix, measure, limit)
        rows.append(
            row(
                name,
                "dense scenario model, HiGHS",
                peer,
                gap=None if value is None else (value - bound) / abs(value),
                slower=peer / own,
                note=f"{'no plan' if value is None else f'£{value / 1e6:.2f}m'}; " + ended,
            )
        )
    return rows


def dense(
    groups: Groups, matrix: np.ndarray, measure: Measure, limit: float
) -> tuple[float | None, float, float, str]:
    """Solve one model with all groups and all draws: value, bound, seconds, how it ended.

    min floor · Σ_d y_d + spare · v + step · Σ_d e_d,  y_d = Σ_S C[d, S] z_S - offset_d,
    e_d >= y_d - v, e_d >= 0: the measure as a linear programme (Rockafellar and Uryasev 2000).
    """
    draws, count = matrix.shape
    spare, step = 1.0 - draws * measure.least, measure.most - measure.least
    engine = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("time_limit", limit)):
        engine.setOptionValue(option, value)
    infinite = highspy.kHighsInf
    scaled = matrix / 1e6
    cost = measure.least * scaled.sum(axis=0)
    for k in range(count):
        engine.addVar(0.0, 1.0)
        engine.changeColCost(k, float(cost[k]))
        engine.changeColIntegrality(k, highspy.HighsVarType.kInteger)
    members = groups.matrix()
    for area in range(members.shape[1]):
        holding = np.flatnonzero(members[:, area]).astype(np.int32)
        engine.addRow(1.0, 1.0, len(holding), holding, np.ones(len(holding)))
    if not measure.single:
        engine.addVar(-infinite, infinite)
        engine.changeColCost(count, spare)
        for d in range(draws):
            engine.addVar(0.0, infinite)
            engine.changeColCost(count + 1 + d, step)
            columns = np.append(np.arange(count), [count, count + 1 + d]).astype(np.int32)
            values = np.append(-scaled[d], [1.0, 1.0])
            low = -float(measure.offset[d]) / 1e6
            engine.addRow(low, infinite, len(columns), columns, values)
    _, seconds = clock(engine.run)
    info = engine.getInfo()
    taken_off = measure.least * float(measure.offset.sum()) / 1e6
    value = None
    if info.primal_solution_status == 2:
        chosen = np.asarray(engine.getSolution().col_value)[:count] > 0.5
        value = float(measure.value(matrix[:, chosen].sum(axis=1)))
    ended = engine.modelStatusToString(engine.getModelStatus())
    return value, (float(info.mip_dual_bound) - taken_off) * 1e6, seconds, ended


TASKS = ("best_plan", "over_draws", "frontier", "near_best", "explain", "choices", "uk", "p_median")


def main() -> None:
    """Run the tasks asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument(
        "--peers", default=os.environ.get("SHAREDVIEW_PEERS"), help="spopt's Python"
    )
    parser.add_argument("--limit", type=float, default=300.0, help="seconds for slow peers")
    parser.add_argument("--task", choices=TASKS, action="append", help="only these")
    options = parser.parse_args()
    run: dict[str, Callable[[], Rows]] = {
        "best_plan": lambda: best_plan(options.limit),
        "over_draws": lambda: over_draws(options.limit),
        "frontier": lambda: whole_frontier(options.limit),
        "near_best": lambda: near_best(options.limit),
        "explain": lambda: explaining(options.limit),
        "choices": lambda: choices(options.limit),
        "uk": lambda: uk(options.limit),
        "p_median": lambda: medians(options.limit, options.peers),
    }
    rows: Rows = []
    for name in options.task or TASKS:
        found = run[name]()
        rows += found
        for entry in found:
            more = ", ".join(
                f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                for key, value in entry.items()
                if key not in {"task", "method", "s"} and value is not None
            )
            print(
                f"{entry['task']:28} {entry['method']:46} {entry['s']:9.3f} s  {more}", flush=True
            )
    versions = {name: metadata.version(name) for name in ("PuLP", "highspy", "numpy", "numba")}
    record = {
        "python": platform.python_version(),
        "versions": versions,
        "boroughs": len(datasets.borough_facts()),
        # JSON has no NaN: what was not timed is null.
        "rows": [r | {"s": None} if np.isnan(r["s"]) else r for r in rows],
    }
    if options.json:
        options.json.write_text(json.dumps(record, indent=1), encoding="utf-8")
    print(f"Python {record['python']}, {versions}", file=sys.stderr)


if __name__ == "__main__":
    main()
