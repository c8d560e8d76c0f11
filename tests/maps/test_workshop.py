"""The workshop page works out what Python does: costs, best plans, proofs and conflicts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib

import numpy as np
import pytest

from coverage_model.base.errors import InputError
from maps._workshop_data import limit_wishes, territory_data, toml_parts
from optimisation.consolidation import cost_plan
from optimisation.costs.terms import RATE_NAMES
from optimisation.drawn_costs import UNSEEN, DrawnCosts, draw_all
from optimisation.explain import conflicting_constraints
from optimisation.group_table import build_table, make_setting
from optimisation.objectives import choose
from optimisation.optimum import solve_table
from optimisation.ranges import plan_savings
from optimisation.scenario import Scenario, load_scenario
from optimisation.search.groups import Groups
from optimisation.territory import borough_inputs

DRAWS = 20
ORACLE_WISHES = 50
POUND = 1.0
SOLVE = """
const territory = new RoomCosts.Territory(WorkshopData.territory(ASKED.territory));
const desk = new Wishes.Desk(territory);
const ANSWERS = ASKED.questions.map(({ prices, wishes }) => {
  desk.reprice(prices);
  const { status, cost, bound, groups } = desk.answer(wishes);
  return { status, cost, bound, groups };
});
"""
SOLVE_MANY = """
const desk = new Wishes.Desk(new RoomCosts.Territory(WorkshopData.territory(ASKED.territory)));
const ANSWERS = Promise.all(ASKED.questions.map(async ({ wishes }) => {
  const whole = desk.answer(wishes).status;
  return { ...(await desk.answerMany(wishes, { pause: async () => {} })), whole };
}));
"""
COST = """
const territory = new RoomCosts.Territory(WorkshopData.territory(ASKED.territory));
const free = Wishes.limits([]);
const ANSWERS = ASKED.plans.map(({ prices, groups }) => {
  if (JSON.stringify(prices) !== JSON.stringify(territory.prices)) territory.reprice(prices);
  const plan = territory.plan(groups, free);
  const today = territory.plan(territory.today(), free, { stay: true });
  const { yearly, oneOff } = plan.rooms[0];
  return {
    npv: plan.npv, sites: plan.rooms.map((room) => room.site), posts: plan.posts,
    chosen: Array.from(plan.chosen), moved: plan.moved,
    lines: { ...yearly, ...oneOff },
    spread: RoomCosts.spread(plan.unseen.map((cost, d) => today.unseen[d] - cost)),
    budgets: Object.fromEntries(Object.entries(territory.budgets(plan, today)).map(
      ([name, saved]) => [name, Array.from(saved)])),
  };
});
"""
MANY = """
const territory = new RoomCosts.Territory(WorkshopData.territory(ASKED.territory));
const desk = new Wishes.Desk(territory), pause = async () => {};
async function run() {
  const found = [];
  for (const { prices, wishes } of ASKED.questions) {
    desk.reprice(prices);
    const { status, cost } = desk.answer(wishes);
    const { status: again, cost: same } = await desk.answerMany(wishes, { pause });
    const exact = new Map(), over = [], key = JSON.stringify(Wishes.limits(wishes));
    const table = desk.tables.get(key), list = desk.lists.get(key);
    if (table && list) {
      table.groups.forEach((group) => exact.set(`${group.lo} ${group.hi}`, group.mean));
      list.cost.forEach((bound, g) => {
        const mean = exact.get(`${list.lo[g]} ${list.hi[g]}`);
        if (mean !== undefined) over.push(bound - mean);
      });
    }
    found.push({ status, cost, again, same, bounded: over.length, over: Math.max(...over) });
  }
  return found;
}
const ANSWERS = run();
"""
CONFLICT = """
const desk = new Wishes.Desk(new RoomCosts.Territory(WorkshopData.territory(ASKED.territory)));
const ANSWERS = ASKED.questions.map((wishes) => desk.conflict(wishes));
"""


def draws_of(setting):
    asked = setting.scenario.objective
    return {
        name: draw_all(setting, draws=asked.draws, seed=asked.seed + further)
        for name, further in (("chosen", 0), ("unseen", UNSEEN))
    }


@pytest.fixture(scope="module")
def frame():
    return borough_inputs()


@pytest.fixture(scope="module")
def base(frame):
    """The default scenario with few draws, as the page and as Python hold it."""
    scenario = load_scenario(overrides={"objective.draws": DRAWS})
    setting = make_setting(frame, scenario)
    return setting, territory_data(setting, draws_of(setting)), limit_wishes(setting)


def random_prices(pick, setting):
    """Return prices as the page takes them, and as a scenario's keys."""
    if pick.random() < 0.4:
        return {}, {}
    names = pick.choice(
        [name for name in RATE_NAMES if setting.rate.values[name] > 0], size=3, replace=False
    )
    rates = {str(name): float(setting.rate.values[name] * pick.uniform(0.6, 1.6)) for name in names}
    page, asked = {"rates": rates}, {"coefficients": rates}
    if pick.random() < 0.5:
        page |= {"years": int(pick.integers(3, 25)), "discount": float(pick.uniform(0, 0.08))}
        asked |= {"horizon_years": page["years"], "discount_rate": page["discount"]}
    if pick.random() < 0.5:
        area = int(pick.integers(len(setting.codes)))
        count = float(pick.integers(20, 900))
        page |= {"cameras": {str(area): count}}
        asked |= {"camera_counts": {setting.codes[area]: count}}
    return page, asked


def random_wishes(pick, setting):
    """Return wishes as the page takes them, and as a scenario's keys."""
    codes, wishes = setting.codes, []
    asked = {"must_share": [], "must_not_share": [], "fixed_rooms": [], "forbidden_rooms": []}
    near = [(i, j) for i in range(len(codes)) for j in range(i) if setting.neighbours[i] >> j & 1]
    for _ in range(pick.integers(0, 4)):
        kind = pick.choice(["together", "apart", "host", "nohost"])
        pair = sorted(int(i) for i in near[pick.integers(len(near))])
        areas = pair if kind in {"together", "apart"} else pair[:1]
        wishes.append({"kind": str(kind), "areas": areas})
        key = {
            "together": "must_share",
            "apart": "must_not_share",
            "host": "fixed_rooms",
            "nohost": "forbidden_rooms",
        }[kind]
        named = [codes[i] for i in areas]
        asked[key].append(tuple(named) if len(named) == 2 else named[0])
    for kind, key, field, low, high in (
        ("capacity", "most", "capacity_cameras", 900, 2000),
        ("size", "most", "max_group_size", 2, 6),
        ("link", "km", "max_link_km", 8, 25),
        ("posts", "most", "capacity_posts", 6, 14),
        ("moved", "most", "most_moved", 2, 18),
    ):
        if pick.random() < 0.2:
            amount = int(pick.integers(low, high))
            wishes.append({"kind": kind, key: amount})
            asked[field] = amount
    if pick.random() < 0.3:
        low = int(pick.integers(6, 20))
        high = low + int(pick.integers(0, 4))
        wishes.append({"kind": "rooms", "low": low, "high": high})
        asked |= {"rooms_min": low, "rooms_max": high}
    return wishes, {key: tuple(v) if isinstance(v, list) else v for key, v in asked.items()}


def replaced(own, wishes):
    """Return the scenario's own limits, less those that a wish says anew, with the wishes."""
    kinds = {wish["kind"] for wish in wishes}
    return [*(wish for wish in own if wish["kind"] not in kinds), *wishes]


def python_answer(frame, scenario):
    """Return least expected cost and groups, or None without a plan."""
    try:
        setting = make_setting(frame, scenario)
    except InputError:  # a contradiction that is seen before any search
        return None
    table = build_table(setting)
    found = choose(table) if len(table) else None
    if found is None:
        return None
    assert found.certificate.proved
    groups = sorted(sorted(found.table.groups.positions(row)) for row in found.rows)
    return found.certificate.value_gbp, groups


def hold_wishes_against_python(frame, base, answers, count, *, seed):
    setting, territory, own = base
    pick = np.random.default_rng(seed)
    questions, scenarios = [], []
    for _ in range(count):
        prices, priced = random_prices(pick, setting)
        wishes, wished = random_wishes(pick, setting)
        questions.append({"prices": prices, "wishes": replaced(own, wishes)})
        scenarios.append(setting.scenario.model_copy(update={**priced, **wished}))
    found = answers(SOLVE, {"territory": territory, "questions": questions})
    feasible = 0
    for scenario, answer in zip(scenarios, found, strict=True):
        expected = python_answer(frame, scenario)
        if expected is None:
            assert answer["status"] == "none"
            continue
        feasible += 1
        cost, groups = expected
        assert answer["status"] == "solved"
        assert answer["cost"] == pytest.approx(cost, abs=POUND)
        assert answer["bound"] == answer["cost"]
        if sorted(map(sorted, answer["groups"])) != groups:  # a tie: of the same cost, then
            assert answer["cost"] == pytest.approx(cost, abs=0.01)
    assert feasible > count / 3


def hold_plans_against_python(frame, base, answers, count, *, seed):
    setting, territory, _ = base
    scenario = Scenario(objective=setting.scenario.objective)  # no limit: any partition
    free = make_setting(frame, scenario)
    pick = np.random.default_rng(seed)
    plans, scenarios = [], []
    for _ in range(count):
        prices, priced = random_prices(pick, setting)
        room = pick.integers(0, pick.integers(2, 33), size=len(setting.codes))
        groups = [np.flatnonzero(room == k).tolist() for k in np.unique(room)]
        plans.append({"prices": prices, "groups": groups})
        scenarios.append(scenario.model_copy(update=priced))
    found = answers(COST, {"territory": territory, "plans": plans})
    for asked, plan, answer in zip(scenarios, plans, found, strict=True):
        members = [tuple(free.codes[i] for i in group) for group in plan["groups"]]
        sited = {free.codes[j]: group for j, group in zip(answer["sites"], members, strict=True)}
        expected = cost_plan(frame, asked, sited, "p", "P")
        assert answer["npv"] == pytest.approx(expected.npv_gbp, abs=POUND)
        assert answer["posts"] == sum(room.posts for room in expected.rooms)
        assert answer["moved"] == sum(room.moved for room in expected.rooms)
        first = next(r for r in expected.rooms if set(r.members) == set(members[0]))
        lines = first.cost_lines_gbp_per_year | first.one_off_lines_gbp
        for name, gbp in answer["lines"].items():
            assert gbp == pytest.approx(lines[name], abs=0.01), name
        here = make_setting(frame, asked)
        drawn = DrawnCosts(here, draws_of(here)["chosen"])
        matrix, sites = drawn.sited(Groups.from_members(here.codes, members))
        assert answer["chosen"] == pytest.approx(matrix.sum(axis=1), abs=POUND)
        assert sites.tolist() == answer["sites"]
        assert answer["chosen"] == pytest.approx(drawn.plans([sited])[:, 0], abs=POUND)
        today = cost_plan(frame, asked, here.today, "today", "Today")
        kept = plan_savings(frame, asked, [expected], today)
        spread = answer["spread"]
        both = kept.gbp["p"] if asked.count_police_time else kept.gbp["p"] + kept.police_gbp["p"]
        for name, gbp in (
            ("councils", kept.councils_gbp["p"]),
            ("police", kept.police_gbp["p"]),
            ("both", both),
        ):
            assert answer["budgets"][name] == pytest.approx(gbp.to_numpy(), abs=POUND), name
        for name, gbp in (
            ("low", kept.ranges["p"].p10_gbp),
            ("middle", kept.ranges["p"].p50_gbp),
            ("high", kept.ranges["p"].p90_gbp),
            ("mean", kept.ranges["p"].mean_gbp),
            ("worst", kept.ranges["p"].worst_tenth_gbp),
        ):
            assert spread[name] == pytest.approx(gbp, abs=POUND), name
        assert spread["chance"] == pytest.approx(kept.ranges["p"].saves_share)


def test_the_best_plan_under_random_wishes_is_pythons(frame, base, answers):
    hold_wishes_against_python(frame, base, answers, 10, seed=3)


def test_random_partitions_cost_what_they_cost_in_python(frame, base, answers):
    hold_plans_against_python(frame, base, answers, 5, seed=4)


def test_officers_ways_are_counted_on_the_page_too(frame, answers):
    scenario = load_scenario("police_time", overrides={"objective.draws": DRAWS})
    setting = make_setting(frame, scenario)
    base = setting, territory_data(setting, draws_of(setting)), limit_wishes(setting)
    hold_wishes_against_python(frame, base, answers, 2, seed=8)
    free = setting.scenario.model_copy(update={"coefficients": {}})
    question = {"prices": {}, "groups": [[k] for k in range(2, 33)] + [[0, 1]]}
    (found,) = answers(COST, {"territory": base[1], "plans": [question]})
    sited = {
        setting.codes[j]: tuple(setting.codes[i] for i in group)
        for j, group in zip(found["sites"], question["groups"], strict=True)
    }
    assert found["npv"] == pytest.approx(cost_plan(frame, free, sited, "p", "P").npv_gbp, abs=POUND)
    assert found["lines"]["officer_ways"] == 0


def test_bounds_first_finds_what_the_whole_table_finds(base, answers):
    """Where groups are too many to cost them all, the answer and its proof are the same."""
    setting, territory, own = base
    pick = np.random.default_rng(8)
    questions = []
    for _ in range(8):
        prices, _ = random_prices(pick, setting)
        wishes, _ = random_wishes(pick, setting)
        questions.append({"prices": prices, "wishes": replaced(own, wishes)})
    few = [*own, {"kind": "rooms", "low": None, "high": 5}]  # fewer than hold all cameras
    questions.append({"prices": {}, "wishes": few})
    found = answers(MANY, {"territory": territory, "questions": questions})
    assert {each["status"] for each in found} == {"solved", "none"}
    for each in found:
        assert each["again"] == each["status"]
        if each["status"] == "solved":
            assert each["same"] == pytest.approx(each["cost"], abs=0.01)
            assert each["bounded"] > 100
            assert each["over"] < 0  # no bound is above the mean cost that it bounds


@pytest.mark.slow
def test_rooms_of_any_boroughs_are_answered_as_in_python(frame, base, answers):
    """Without contiguity there are more groups than the page costs one by one."""
    setting, territory, own = base
    wishes = [
        {"kind": "size", "most": 4},
        {"kind": "link", "km": 60},
        {"kind": "contiguity", "way": "none"},
    ]
    asked = {
        "territory": territory,
        "questions": [{"prices": {}, "wishes": replaced(own, wishes)}],
    }
    (found,) = answers(SOLVE_MANY, asked)
    limits = {"max_group_size": 4, "max_link_km": 60.0, "contiguity": "none"}
    cost, _ = python_answer(frame, setting.scenario.model_copy(update=limits))
    assert found["whole"] == "many"
    assert found["status"] == "solved"
    assert found["cost"] == pytest.approx(cost, abs=POUND)


@pytest.mark.slow
def test_five_hundred_wishes_are_answered_as_in_python(frame, base, answers):
    hold_wishes_against_python(frame, base, answers, 500, seed=5)


@pytest.mark.slow
def test_five_hundred_partitions_cost_what_they_cost_in_python(frame, base, answers):
    hold_plans_against_python(frame, base, answers, 500, seed=6)


@pytest.mark.parametrize("wishes", [[], [{"kind": "rooms", "low": 8, "high": 8}]])
def test_costs_as_stated_are_answered_too(frame, answers, wishes):
    scenario = load_scenario(overrides={"objective.kind": "point", "objective.draws": DRAWS})
    setting = make_setting(frame, scenario)
    asked = {
        "territory": territory_data(setting, draws_of(setting)),
        "questions": [{"prices": {}, "wishes": [*limit_wishes(setting), *wishes]}],
    }
    rooms = 8 if wishes else None
    expected = solve_table(build_table(setting), rooms_min=rooms, rooms_max=rooms)
    (found,) = answers(SOLVE, asked)
    assert found["status"] == "solved"
    assert found["cost"] == pytest.approx(expected.cost, abs=POUND)


def test_a_conflict_is_the_smallest_and_the_one_that_python_names(frame, base, answers):
    setting, territory, own = base
    at = {name: i for i, name in enumerate(setting.boroughs["borough"])}
    chain = [("Camden", "Islington"), ("Islington", "Hackney")]
    wishes = [
        {"id": f"w{k}", "kind": "together", "areas": [at[a], at[b]]}
        for k, (a, b) in enumerate(chain)
    ]
    wishes += [
        {"id": "w2", "kind": "apart", "areas": [at["Camden"], at["Hackney"]]},
        {"id": "w3", "kind": "apart", "areas": [at["Bexley"], at["Bromley"]]},
        {"id": "w4", "kind": "rooms", "low": 8, "high": 12},
    ]
    few = [{"id": "few", "kind": "rooms", "low": None, "high": 2}]
    found = answers(
        CONFLICT, {"territory": territory, "questions": [[*own, *wishes], [*own, *few]]}
    )
    assert sorted(found[0]) == ["w0", "w1", "w2"]
    scenario = setting.scenario.model_copy(update={"rooms_max": 2})
    named = conflicting_constraints(make_setting(frame, scenario))
    capacity = next(each["id"] for each in own if each["kind"] == "capacity")
    assert sorted(found[1]) == sorted(["few", capacity])
    assert sorted("2,000 cameras" in sentence for sentence in named) == [False, True]
    assert any("at most 2 rooms" in sentence for sentence in named)


def test_text_on_the_page_is_inert(pages, samples):
    html = pages["workshop"].html
    assert samples.HOSTILE not in html
    data = json.loads(re.search(r'id="page-data">(.*?)</script>', html).group(1))
    assert samples.HOSTILE in [each["label"] for each in data["workshop"]["listed"]]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html).group(1)
    assert "worker-src blob:" in policy
    assert "default-src &#x27;none&#x27;" in policy
    assert "unsafe-eval" not in policy
    assert len(html) < 3_000_000


def test_the_scenario_that_the_page_starts_from_survives_its_file(base):
    """Lines that the page writes unchanged are read as the scenario they came from."""
    setting, _, _ = base
    scenario = replace_scenario(setting.scenario)
    parts = toml_parts(scenario)
    read = tomllib.loads(parts["top"] + "\n" + parts["tables"])
    for key, value in read.items():
        if key in {"name", "boroughs"}:
            continue
        held = scenario.model_dump(mode="json")[key]
        if isinstance(held, dict):
            held = {name: each for name, each in held.items() if each is not None}
        assert held == value


def replace_scenario(scenario):
    return scenario.model_copy(
        update={"contract_exit_gbp": {"E09000007": 12_500.5}, "gap": 0.25, "flow_timing": "start"}
    )


def test_every_page_of_a_given_plan_says_that_it_answers_nothing(pages):
    data = json.loads(re.search(r'id="page-data">(.*?)</script>', pages["workshop"].html).group(1))[
        "workshop"
    ]
    assert data["how"]["kind"] == "listed"
    assert {each["id"] for each in data["wishes"]} == {f"s{k}" for k in range(4)}


HIGHS = """
const territory = new RoomCosts.Territory(WorkshopData.territory(ASKED.territory));
const desk = new Wishes.Desk(territory);
const MILLION = 1e6;

function model(table, rows, { rooms: [low, high], moved }) {
  const sum = (value) => Array.from(rows, (g) => [value(g), g]).filter(([each]) => each !== 0)
    .map(([each, g]) => `${each} z${g}`).join(" + ");
  const lines = ["Minimize", ` obj: ${sum((g) => table.cost[g] / MILLION)}`, "Subject To"];
  for (let i = 0; i < table.n; i += 1) {
    lines.push(` c${i}: ${sum((g) => (table.groups[g].areas.includes(i) ? 1 : 0))} = 1`);
  }
  if (low !== null) lines.push(` low: ${sum((g) => table.counted[g])} >= ${low}`);
  if (high !== null) lines.push(` high: ${sum((g) => table.counted[g])} <= ${high}`);
  if (moved !== null) lines.push(` moved: ${sum((g) => table.moved[g])} <= ${moved}`);
  return [...lines, "Binary", Array.from(rows, (g) => ` z${g}`).join(""), "End"].join("\\n");
}

async function run() {
  const solver = await require(ASKED.highs)();
  const found = [];
  for (const wishes of ASKED.questions) {
    const ours = desk.answer(wishes);
    if (ours.status === "none") continue;
    const table = desk.table(wishes), rows = GroupTable.rowsOf(table, wishes);
    const text = model(table, rows, Wishes.sums(wishes));
    const theirs = solver.solve(text, { mip_rel_gap: 0, mip_abs_gap: 0 });
    found.push([ours.cost, theirs.ObjectiveValue * MILLION, theirs.Status]);
  }
  return found;
}
const ANSWERS = run();
"""


@pytest.mark.slow
def test_highs_in_webassembly_agrees(base, answers, tmp_path):
    """A second oracle of another make: the npm package highs, for this test alone."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    command = [npm, "install", "highs@1.8.0", "--no-audit", "--no-fund", "--prefix", str(tmp_path)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("npm could not fetch the package highs")
    setting, territory, own = base
    pick = np.random.default_rng(7)
    questions = [replaced(own, random_wishes(pick, setting)[0]) for _ in range(ORACLE_WISHES)]
    asked = {
        "territory": territory,
        "questions": questions,
        "highs": str(tmp_path / "node_modules" / "highs"),
    }
    found = answers(HIGHS, asked)
    assert len(found) > ORACLE_WISHES / 3
    for ours, theirs, status in found:
        assert status == "Optimal"
        assert ours == pytest.approx(theirs, abs=POUND)
