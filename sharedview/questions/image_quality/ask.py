"""Image quality and interoperability: standards for evidence, and what it takes to meet them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from coverage_model.base import schemas_beside
from coverage_model.base.key_figures import KeyFigures
from coverage_model.cover.street_coverage import street_coverage
from coverage_model.optics.pixel_density import find_level
from coverage_model.reading.cameras import Cameras
from coverage_model.sight.visibility import visible_areas
from maps.shell.key_figures import Figures
from maps.shell.wording import Sentence
from sharedview.questions.ask import Answer, Ask, Material
from sharedview.questions.image_quality import schemas as tables
from sharedview.questions.image_quality.audit import audit
from sharedview.questions.image_quality.chapter import (
    QualityTables,
    image_quality_chapter,
    upgrading,
    verdict,
)
from sharedview.questions.image_quality.evidence import evidence_coverage, evidence_levels
from sharedview.questions.image_quality.figures import quality_figures
from sharedview.questions.image_quality.illustrative import illustrative_audit
from sharedview.questions.image_quality.options import ImageQualityOptions
from sharedview.questions.image_quality.records import (
    Records,
    no_records,
    read_records,
    read_targets,
)
from sharedview.questions.image_quality.standard import read_standard
from sharedview.questions.image_quality.upgrades import plan_upgrades, read_measures
from sharedview.runs import CoverageRun

QUESTION = (
    "PCD 167 asks for standards of interoperability and image quality, so that pictures serve as "
    "evidence."
)


def answer(material: Material) -> Answer:
    """Audit the cameras and find the cheapest way to the standard.

    Raises
    ------
    InputError
        If the standard, the audit, the targets or the measures of the scenario have faults.
    """
    options = material.scenario.options(ImageQualityOptions)
    prices = material.scenario.coefficients
    run = material.coverage
    cameras = run.cameras.frame
    year = options.audit_year or material.context.dated.year
    standard = read_standard(options.standard)
    measures = read_measures(options.measures, overrides=prices)
    records = inventory_records(run.cameras, options, year=year, prices=prices)
    targets = None if options.targets is None else read_targets(options.targets, cameras)
    found = audit(
        cameras,
        areas=run.areas,
        year=year,
        standard=standard,
        records=records,
        targets=targets,
        ownership=options.ownership,
        form=run.form,
        target_height_m=run.target.height_m,
    )
    plan = plan_upgrades(
        found.profiles, measures=measures, overrides=prices, solver=material.scenario.solver
    )
    evidence = evidence_coverage(run.by_level, plain=run.level.name, streets=streets_at_levels(run))
    figures = quality_figures(found, plan, evidence=evidence, year=year)
    shown = QualityTables(
        figures=figures,
        by_criterion=found.by_criterion,
        by_area=found.by_area,
        levels=found.levels,
        evidence=evidence,
        upgrades=plan.by_area,
        measures=plan.measures,
        prices=plan.prices,
        budget=plan.budget,
    )
    chapter = image_quality_chapter(
        shown,
        context=material.context,
        question=QUESTION,
        illustrative=found.illustrative,
        remarks=remarks(records, run.cameras),
    )
    quoted = Figures("image_quality_figures", figures)
    return Answer(
        tables={
            "image_quality_figures": figures,
            "image_quality_by_criterion": found.by_criterion,
            "image_quality_by_area": found.by_area,
            "image_quality_by_operator": found.by_operator,
            "image_quality_levels": found.levels,
            "evidence_coverage": evidence,
            "upgrades_by_area": plan.by_area,
            "upgrade_measures": plan.measures,
            "upgrade_budget": plan.budget,
            "measure_prices": plan.prices,
        },
        findings=(verdict(quoted, illustrative=found.illustrative), upgrading(quoted)[0]),
        chapter=chapter,
    )


def inventory_records(
    cameras: Cameras, options: ImageQualityOptions, *, year: int, prices: dict[str, float]
) -> Records:
    """Return the audit of the scenario; a generated one only where every camera is generated."""
    if options.inventory is not None:
        return read_records(options.inventory, cameras.frame, year=year)
    if len(cameras.frame) and cameras.frame["illustrative"].all():
        return illustrative_audit(cameras.frame, year=year, coefficients=prices)
    return no_records(cameras.frame)


def streets_at_levels(run: CoverageRun) -> dict[str, pd.DataFrame]:
    """Measure streets at the levels of evidence, where streets are given."""
    if run.streets is None:
        return {}
    found: dict[str, pd.DataFrame] = {run.level.name: run.streets.coverage}
    table = run.level.table
    for name in evidence_levels(run.by_level):
        if name in found:
            continue
        level = find_level(name, table)
        views = run.views_at(level)
        buildings = None if run.obstacles is None else run.obstacles.frame
        seen: gpd.GeoDataFrame = visible_areas(views, buildings)
        found[name] = street_coverage(seen, run.streets.network, run.areas, level=level)
    return found


def remarks(records: Records, cameras: Cameras) -> tuple[Sentence | str, ...]:
    """Say what the audit does not cover."""
    found: list[Sentence | str] = []
    codes = {note.code for note in records.notes}
    if not records.path:
        found.append(
            "No audit was given: what the inventory itself does not hold is not known of any "
            "camera. Name a file under image_quality in the scenario to change that."
        )
    if "audit_cameras_missing" in codes:
        found.append("The audit does not name every camera of the inventory; those are not known.")
    if "audit_columns_unused" in codes:
        found.append("The audit has columns that were not read.")
    if not records.illustrative and bool(cameras.frame["illustrative"].any()):
        found.append("Some of the cameras are illustrative.")
    return tuple(found)


ASK = Ask(
    key="image_quality",
    order=40,
    asked=3,
    leads=True,
    title="Image quality and interoperability",
    question=QUESTION,
    tables={
        "image_quality_figures": KeyFigures,
        "image_quality_by_criterion": schemas_beside.QualityByCriterion,
        "image_quality_by_area": schemas_beside.QualityByArea,
        "image_quality_by_operator": schemas_beside.QualityByOperator,
        "image_quality_levels": schemas_beside.QualityLevels,
        "evidence_coverage": schemas_beside.EvidenceCoverage,
        "upgrades_by_area": tables.UpgradesByArea,
        "upgrade_measures": tables.UpgradeMeasures,
        "upgrade_budget": tables.UpgradeBudget,
        "measure_prices": tables.MeasurePrices,
    },
    answer=answer,
    figures="image_quality_figures",
    options=ImageQualityOptions,
    page="image_quality",
)
