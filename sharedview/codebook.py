"""The codebook: every column of every output, generated from the schemas that check them."""

from __future__ import annotations

from typing import Any

from coverage_model.base import schemas as coverage
from coverage_model.base import schemas_beside as beside
from coverage_model.base.key_figures import KeyFigures
from optimisation import schemas as plans
from sharedview.questions.registry import ASKS

# Where users meet each table, in the order of the work.
TABLES: tuple[tuple[str, str, type[Any]], ...] = (
    ("coverage.gpkg, layer cameras", "view_id (text): identifier of the view", coverage.Cameras),
    (
        "coverage.gpkg, layer visible_areas",
        "view_id (text): identifier of the view",
        coverage.VisibleAreas,
    ),
    (
        "coverage_by_area.csv; coverage.gpkg, layer coverage_by_area",
        "",
        coverage.CoverageByArea,
    ),
    (
        "coverage_figures.csv, plan_figures.csv and the figures of each further question",
        "",
        KeyFigures,
    ),
    ("coverage_by_level.csv", "", beside.CoverageByLevel),
    ("coverage_intervals.csv", "", beside.CoverageIntervals),
    ("coverage_drivers.csv", "", beside.CoverageDrivers),
    ("reach_by_area.csv", "", beside.ReachByArea),
    ("streets_by_area.csv", "", coverage.StreetCoverage),
    ("integration_gain.csv, from the overlap page", "", beside.IntegrationGainByArea),
    ("gain_by_operator.csv, from the overlap page", "", beside.IntegrationGainByOperator),
    ("redundant_views.csv, from the overlap page", "", beside.RedundantViews),
    ("coverage.gpkg, layer gaps", "", coverage.NamedGaps),
    ("coverage.gpkg, layer street_gaps", "", coverage.StreetGaps),
    ("coverage_by_area.csv for a public audience", "", coverage.PublicCoverage),
    ("plans.csv", "", plans.Plans),
    ("assignments.csv; consolidation.gpkg, layer assignments", "", plans.Assignments),
    ("consolidation.gpkg, layer rooms", "", plans.Rooms),
    ("costs.csv", "", plans.CostLines),
    ("frontier.csv", "", plans.Frontier),
    ("alternatives.csv", "", plans.Alternatives),
    ("pairing.csv", "", plans.Pairing),
    ("constraint_prices.csv", "", plans.ConstraintPrices),
    ("regret.csv", "", plans.Regret),
    ("tornado.csv", "", plans.Tornado),
    ("sharing.csv", "", plans.Sharing),
    ("blocking_groups.csv", "", plans.BlockingGroups),
    ("failover.csv", "", plans.Failover),
    ("phasing.csv", "", plans.Phasing),
    ("cash_flow.csv", "", plans.CashFlow),
    ("scenarios.csv", "", plans.ScenarioMeasures),
    ("scenario_checks.csv", "", plans.ScenarioChecks),
    *((f"{name}.csv", "", model) for ask in ASKS for name, model in ask.tables.items()),
)


def codebook_markdown() -> str:
    """Return the codebook as Markdown: a section a table, a row a column."""
    lines = [
        "# Codebook",
        "",
        "Every column of every file that Sharedview writes. Areas are in square metres, distances",
        "in metres unless the name says otherwise, angles in degrees clockwise from grid north,",
        "shares from 0 to 1, money in pounds. An empty cell means unknown, never zero.",
        "This page is made by `sharedview codebook`.",
    ]
    for title, index, model in TABLES:
        schema = model.to_schema()
        summary = " ".join((model.__doc__ or "").split())
        lines += [
            "",
            f"## {title}",
            "",
            summary,
            "",
            "| column | unit | meaning |",
            "|---|---|---|",
        ]
        if index:
            name, meaning = index.split(": ", 1)
            lines.append(f"| `{name.split(' ')[0]}` | | {meaning} |")
        for name, column in schema.columns.items():
            unit = (column.metadata or {}).get("unit", "")
            lines.append(f"| `{name}` | {unit} | {column.description} |")
    return "\n".join(lines) + "\n"
