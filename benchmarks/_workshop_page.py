"""Time the workshop page: ready, re-solving random wishes with proof, costing a move by hand.

Called by ``python benchmarks/pages.py --workshop 300``. Wishes come from a fixed seed: pairs kept
together or apart, rooms fixed or forbidden, number of rooms, boroughs moved, size, capacity, length
of links; every third question also changes a price, after which every group is costed anew. The
page answers them in Chromium with its own script, one after another, as its worker does. The clock
is the browser's, and so is the processor time, which is the thread's own.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, sync_playwright

from coverage_model.base import datasets
from maps.shell.page import PageContext
from maps.workshop import PLAIN_SLIDERS, workshop_page
from optimisation.consolidation import reference_plans
from optimisation.drawn_costs import UNSEEN, draw_all
from optimisation.group_table import Setting, make_setting
from optimisation.scenario import load_scenario
from optimisation.territory import borough_inputs

SEED = 17
REPRICED = 3  # every third question changes a price
TARGETS = {
    "median_s": 0.3,
    "p95_s": 1.5,
    "worst_s": 5.0,
    "processor_median_s": 0.3,
    "processor_p95_s": 1.5,
    "processor_worst_s": 5.0,
    "move_ms": 16.0,
    "mb": 3.0,
    "ready_s": 1.5,
}
OPEN = """
() => {
  window.desk = new Wishes.Desk(new RoomCosts.Territory(WorkshopData.territory(
    Sharedview.DATA.workshop.territory)));
  window.own = Workshop.state().wishes;
  window.desk.answer(window.own);
}
"""
ASK = """
({ prices, wishes }) => {
  const kinds = wishes.map((wish) => wish.kind), began = performance.now();
  window.desk.reprice(prices);
  const found = window.desk.answer(
    [...window.own.filter((wish) => !kinds.includes(wish.kind)), ...wishes]);
  return [(performance.now() - began) / 1000, found.status];
}
"""
MOVE = """
() => {
  const { territory } = Workshop, limits = Wishes.limits(Workshop.state().wishes), times = [];
  for (let area = 0; area < territory.n; area += 1) {
    const groups = Workshop.state().plan.map((areas) => areas.filter((each) => each !== area));
    const to = groups.findIndex((areas) => areas.length && !areas.includes(area));
    groups[to] = [...groups[to], area].sort((a, b) => a - b);
    const began = performance.now();
    territory.plan(groups.filter((areas) => areas.length), limits);
    times.push(performance.now() - began);
  }
  return times;
}
"""


def random_wishes(pick: np.random.Generator, setting: Setting) -> list[dict[str, Any]]:
    """Return one to four wishes as the page holds them."""
    near = [[j, i] for i, mask in enumerate(setting.neighbours) for j in range(i) if mask >> j & 1]
    wishes: list[dict[str, Any]] = []
    for _ in range(int(pick.integers(1, 4))):
        kind = str(pick.choice(["together", "apart", "host", "nohost"]))
        pair = near[int(pick.integers(len(near)))]
        wishes.append({"kind": kind, "areas": pair if kind in {"together", "apart"} else pair[:1]})
    for kind, key, low, high in (
        ("capacity", "most", 1200, 2000),
        ("size", "most", 3, 6),
        ("link", "km", 10, 25),
        ("moved", "most", 4, 18),
    ):
        if pick.random() < 0.15:
            wishes.append({"kind": kind, key: int(pick.integers(low, high))})
    if pick.random() < 0.25:
        rooms = int(pick.integers(7, 18))
        wishes.append({"kind": "rooms", "low": rooms, "high": rooms})
    return wishes


def random_prices(pick: np.random.Generator, setting: Setting) -> dict[str, Any]:
    """Return changed coefficients as the page holds them."""
    names = pick.choice(PLAIN_SLIDERS, size=2, replace=False)
    return {
        "rates": {
            str(name): float(setting.rate.values[name] * pick.uniform(0.7, 1.4)) for name in names
        }
    }


def measure(count: int) -> dict[str, float]:
    """Build the page of the default scenario and time it in Chromium."""
    frame, scenario = borough_inputs(), load_scenario()
    setting, asked = make_setting(frame, scenario), scenario.objective
    draws = {
        name: draw_all(setting, draws=asked.draws, seed=asked.seed + further)
        for name, further in (("chosen", 0), ("unseen", UNSEEN))
    }
    page = workshop_page(
        areas=datasets.boroughs("overview"),
        setting=setting,
        draws=draws,
        plan=reference_plans(frame, scenario)[0],
        context=PageContext(title="Benchmark", dated=date(2026, 1, 1)),
        water=datasets.thames("overview"),
    )
    pick = np.random.default_rng(SEED)
    questions: list[dict[str, Any]] = []
    for number in range(count):
        prices = questions[-1]["prices"] if number % REPRICED else random_prices(pick, setting)
        questions.append({"prices": prices, "wishes": random_wishes(pick, setting)})
    system = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "workshop.html"
        page.save(path)
        browser = playwright.chromium.launch(
            executable_path=system, args=["--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_context(offline=True).new_page()
        tab.set_default_timeout(0)
        tab.goto(path.as_uri())
        tab.wait_for_selector("html[data-priced]")
        session = tab.context.new_cdp_session(tab)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        tab.evaluate(OPEN)
        answers, processor = [], []
        for question in questions:
            before = task_s(session)
            answers.append(tab.evaluate(ASK, question))
            processor.append(task_s(session) - before)
        moves = tab.evaluate(MOVE)
        ready = float(tab.get_attribute("html", "data-ready") or "nan")
        browser.close()
        size = path.stat().st_size / 1e6
    seconds = np.array([each[0] for each in answers])
    return {
        "median_s": float(np.median(seconds)),
        "p95_s": float(np.quantile(seconds, 0.95)),
        "worst_s": float(seconds.max()),
        "processor_median_s": float(np.median(processor)),
        "processor_p95_s": float(np.quantile(processor, 0.95)),
        "processor_worst_s": float(np.max(processor)),
        "move_ms": float(np.median(moves)),
        "mb": size,
        "ready_s": ready / 1000,
        "proved": float(np.mean([each[1] in {"solved", "none"} for each in answers])),
    }


def task_s(session: CDPSession) -> float:
    """Return the processor time of the page's main thread in tasks so far."""
    found = {
        each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]
    }
    return float(found["TaskDuration"])


def report(count: int) -> None:
    """Measure and print a line each."""
    found = measure(count)
    print(f"{count} wishes, {found.pop('proved'):.1%} answered with proof")
    for name, value in found.items():
        met = "met" if value <= TARGETS[name] else "MISSED"
        print(f"{name} {value:.3f} ({met}: {TARGETS[name]:g})")
