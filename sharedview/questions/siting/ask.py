"""Which private cameras to integrate, and where new ones would see most, as an ask."""

from __future__ import annotations

import geopandas as gpd

from coverage_model.base.key_figures import KeyFigures
from coverage_model.optics.pixel_density import Level, find_level
from coverage_model.reading.demand import read_demand
from coverage_model.reading.streets import Streets, read_streets
from coverage_model.sight.visibility import visible_areas
from sharedview.questions.ask import Answer, Ask, Material
from sharedview.questions.siting import schemas
from sharedview.questions.siting import tables as siting_tables
from sharedview.questions.siting.chapter import QUESTION, siting_chapter, siting_findings
from sharedview.questions.siting.options import SitingOptions
from sharedview.questions.siting.plan import site_cameras, siting_setting
from sharedview.runs import CoverageRun


def answer(material: Material) -> Answer:
    """Choose cameras to integrate and places for new ones within the scenario's budget."""
    run, options = material.coverage, material.scenario.options(SitingOptions)
    visible, level = _views(run, options)
    streets = _streets(run, options)
    demand = run.demand if options.demand is None else read_demand(options.demand)
    setting = siting_setting(
        visible,
        run.areas,
        cameras=run.cameras.frame,
        level=level,
        demand=None if demand is None else demand.frame,
        streets=None if streets is None else streets.frame,
        junctions=None if streets is None else streets.junctions,
        obstacles=None if run.obstacles is None else run.obstacles.frame,
        per_place=options.cameras_per_place,
        overrides=material.scenario.coefficients,
    )
    found = site_cameras(setting, options)
    steps = siting_tables.steps_table(setting, visible=visible)
    areas = siting_tables.areas_table(found)
    tables = {
        "siting_figures": siting_tables.figures_table(
            found, steps=steps, areas=areas, illustrative=material.context.illustrative
        ),
        "siting_curve": siting_tables.curve_table(found),
        "siting_areas": areas,
        "siting_picks": siting_tables.picks_table(found),
        "siting_steps": steps,
        "siting_positions_restricted": siting_tables.positions_table(found),
    }
    shown = {
        name: tables[f"siting_{name}"] for name in ("figures", "curve", "areas", "picks", "steps")
    }
    return Answer(
        tables=tables,
        findings=siting_findings(shown["figures"]),
        chapter=siting_chapter(
            **shown,
            context=material.context,
            level=level.name,
            buildings=run.obstacles is not None,
            junctions=streets is not None,
        ),
    )


def _views(run: CoverageRun, options: SitingOptions) -> tuple[gpd.GeoDataFrame, Level]:
    """Return the views at the level asked for: those of the run where it is the same."""
    if options.level is None or options.level == run.level.name:
        return run.visible, run.level
    level = find_level(options.level)
    obstacles = None if run.obstacles is None else run.obstacles.frame
    return visible_areas(run.views_at(level), obstacles), level


def _streets(run: CoverageRun, options: SitingOptions) -> Streets | None:
    if options.streets is not None:
        return read_streets(options.streets)
    return None if run.streets is None else run.streets.network


ASK = Ask(
    key="siting",
    order=100,
    asked=6,
    leads=True,
    title="Private cameras to integrate, places for new ones",
    question=QUESTION,
    tables={
        "siting_figures": KeyFigures,
        "siting_curve": schemas.SitingCurve,
        "siting_areas": schemas.SitingAreas,
        "siting_picks": schemas.SitingPicks,
        "siting_steps": schemas.SitingSteps,
        "siting_positions_restricted": schemas.SitingPositions,
    },
    answer=answer,
    figures="siting_figures",
    options=SitingOptions,
    page="siting",
)
