"""Advancing technology: what each lever does to coverage, quality and cost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage_model.base.key_figures import KeyFigure, KeyFigures, key_figures, span_of_years
from coverage_model.base.schemas import check
from coverage_model.cover import coverage
from coverage_model.optics import pixel_density as optics
from coverage_model.sight import visibility
from coverage_model.sight.grid import index_obstacles
from optimisation.best_plan import point_plan
from sharedview.questions.ask import Answer, Ask, Material
from sharedview.questions.technology import view_changes
from sharedview.questions.technology.chapter import finding, technology_chapter
from sharedview.questions.technology.model import ALL, LABELS, OUTSIDE, levers, technology
from sharedview.questions.technology.options import TechnologyOptions
from sharedview.questions.technology.schemas import (
    TechnologyCosts,
    TechnologyCoverage,
    TechnologyLevers,
)
from sharedview.runs import ConsolidationRun, CoverageRun

QUESTION = "PCD 167 asks how the system could make use of advancing technology."
# What evidence needs; further off, the range of a view limits it and not its pixels.
LEVELS = ("recognise", "identify")
# Small views far apart unite faster in wide tiles than the many that overlap in a busy place.
TILE_M = 1_000.0


def answer(material: Material) -> Answer:
    """Solve the scenario with each lever and look through other cameras."""
    scenario = material.scenario
    names = scenario.options(TechnologyOptions).levers
    plan = material.plans.plan
    if material.plans.chosen is not None:
        # With and without a lever must be judged alike: both at the values as stated.
        plan = point_plan(material.plans.chosen.table)
    found = technology(material.plans.boroughs, scenario, names=names, without=plan)
    seen = seen_with(material.coverage, levers(names))
    figures = technology_figures(found.costs, material.plans)
    chapter = technology_chapter(
        costs=found.costs,
        coverage=seen,
        levers=found.levers,
        figures=figures,
        outside=tuple(OUTSIDE.values()),
        context=material.context,
        question=QUESTION,
    )
    return Answer(
        tables={
            "technology_costs": found.costs,
            "technology_coverage": seen,
            "technology_levers": found.levers,
            "technology_figures": figures,
        },
        findings=(finding(found.costs, figures),),
        chapter=chapter,
    )


def seen_with(run: CoverageRun, changes: pd.DataFrame) -> pd.DataFrame:
    """Work out the ground seen with the levers that change views, at the levels for evidence."""
    frame = run.cameras.frame
    cameras = frame[frame["view_basis"] != "reach"]
    amounts = changes.set_index("quantity")["value"]
    index = None if run.obstacles is None else index_obstacles(run.obstacles.frame)
    chosen = [level for level in optics.levels(run.level.table) if level.name in LEVELS]
    views: dict[tuple[optics.Level, str], NDArray[np.object_]] = {}
    for level in chosen:
        now = run.views_at(level, cameras=cameras)
        cones = {"": now}
        if "horizontal_px" in amounts:
            sharper = view_changes.with_resolution(cameras, float(amounts["horizontal_px"]))
            cones["resolution_4k"] = run.views_at(level, cameras=sharper)
        if "sensors" in amounts:
            cones["multisensor"] = view_changes.with_sensors(now, int(amounts["sensors"]))
        for lever, cone in cones.items():
            visible = visibility.visible_areas(cone, index)
            views[level, lever] = np.asarray(visible.geometry.array)
    # The union is GEOS's work, outside Python's lock: side by side.
    with ThreadPoolExecutor() as pool:
        unions = pool.map(partial(coverage.dissolve, tile_m=TILE_M), views.values())
        areas = [float(shapely.area(union).sum()) for union in unions]
    ground = dict(zip(views, areas, strict=True))
    rows = []
    for level, lever in views:
        if not lever:
            continue
        before, after = ground[level, ""], ground[level, lever]
        rows.append(
            {
                "lever": lever,
                "label": LABELS[lever],
                "level": level.name,
                "px_per_m": level.px_per_m,
                "views": len(cameras),
                "seen_before_m2": before,
                "seen_m2": after,
                "gain_m2": after - before,
                "gain_share": (after - before) / before if before else float("nan"),
            }
        )
    table = pd.DataFrame(rows, columns=list(TechnologyCoverage.to_schema().columns))
    return check(table, TechnologyCoverage, "technology coverage")


def technology_figures(costs: pd.DataFrame, run: ConsolidationRun) -> pd.DataFrame:
    """Name the lever that saves most, how many save, and what all do together."""
    alone = costs[costs["lever"] != ALL]
    top = alone.sort_values("npv_change_gbp", kind="stable").iloc[0]
    years = span_of_years(run.boroughs["cameras_year"])
    scope = "most of what a technology changes is an assumption; camera numbers of mixed scope"

    def figure(name: str, label: str, row: pd.Series) -> KeyFigure:
        return KeyFigure(
            name,
            f"Change of net present cost: {label}",
            float(row["npv_change_gbp"]),
            "GBP",
            low=float(row["npv_change_low_gbp"]),
            high=float(row["npv_change_high_gbp"]),
            boroughs=len(run.boroughs),
            years=years,
            basis="assumption",
            scope=scope,
        )

    rows = [
        figure("most_saving", f"{_lower(str(top['label']))} alone", top),
        KeyFigure("levers_saving", "Technologies that save by themselves",
                  float((alone["npv_change_gbp"] < 0).sum()), f"of {len(alone)}",
                  boroughs=len(run.boroughs), years=years, basis="assumption", scope=scope),
    ]  # fmt: skip
    together = costs[costs["lever"] == ALL]
    if len(together):
        rows.insert(0, figure("together", "all together", together.iloc[0]))
    return key_figures(rows)


def _lower(label: str) -> str:
    return label if label[:1].isdigit() else label[:1].lower() + label[1:]


ASK = Ask(
    key="technology",
    order=110,
    asked=7,
    leads=True,
    title="Technology: the best plan with each lever",
    question=QUESTION,
    tables={
        "technology_costs": TechnologyCosts,
        "technology_coverage": TechnologyCoverage,
        "technology_levers": TechnologyLevers,
        "technology_figures": KeyFigures,
    },
    answer=answer,
    figures="technology_figures",
    options=TechnologyOptions,
    page="technology",
)
