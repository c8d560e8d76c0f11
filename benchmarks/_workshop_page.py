"""Time the workshop page: ready, re-solving random wishes with proof, costing a move by hand.

Called by ``python benchmarks/pages.py --workshop 300``. Wishes come from a fixed seed: pairs kept
together or apart, rooms fixed or forbidden, number of rooms, boroughs moved, size, capacity, length
of links. The page answers them in Chromium with its own script, one after another, as its worker
does; the clock is the browser's.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from coverage_model.base import datasets
from maps.shell.page import PageContext
from maps.workshop import workshop_page
from optimisation.consolidation import reference_plans
from optimisation.drawn_costs import UNSEEN, draw_all
from optimisation.group_table import Setting, make_setting
from optimisation.scenario import load_scenario
from optimisation.territory import borough_inputs

SEED = 17
TARGETS = {
    "median_s": 0.3,
    "p95_s": 1.5,
    "worst_s": 5.0,
    "move_ms": 16.0,
    "mb": 3.0,
    "ready_s": 1.5,
}
ASK = """
(questions) => {
  const { territory } = Workshop, desk = new Wishes.Desk(territory), own = Workshop.state().wishes;
  const clock = () => performance.now() / 1000;
  desk.answer(own);
  return questions.map((wishes) => {
    const kinds = wishes.map((wish) => wish.kind);
    const began = clock();
    const found = desk.answer([...own.filter((wish) => !kinds.includes(wish.kind)), ...wishes]);
    return [clock() - began, found.status];
  });
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
    questions = [random_wishes(pick, setting) for _ in range(count)]
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
        answers = tab.evaluate(ASK, questions)
        moves = tab.evaluate(MOVE)
        ready = float(tab.get_attribute("html", "data-ready") or "nan")
        browser.close()
        size = path.stat().st_size / 1e6
    seconds = np.array([each[0] for each in answers])
    return {
        "median_s": float(np.median(seconds)),
        "p95_s": float(np.quantile(seconds, 0.95)),
        "worst_s": float(seconds.max()),
        "move_ms": float(np.median(moves)),
        "mb": size,
        "ready_s": ready / 1000,
        "proved": float(np.mean([each[1] in {"solved", "none"} for each in answers])),
    }


def report(count: int) -> None:
    """Measure and print a line each."""
    found = measure(count)
    print(f"{count} wishes, {found.pop('proved'):.1%} answered with proof")
    for name, value in found.items():
        met = "met" if value <= TARGETS[name] else "MISSED"
        print(f"{name} {value:.3f} ({met}: {TARGETS[name]:g})")
