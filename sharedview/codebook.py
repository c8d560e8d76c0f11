"""The codebook: every column of every output, generated from the schemas that check them.

The tables of a question are those that its ask names; the list of questions for the documentation
is made from the same asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coverage_model.base import datasets
from coverage_model.base import schemas as coverage
from coverage_model.base import schemas_beside as beside
from optimisation import schemas as plans
from optimisation.costs.terms import BIAS_LINE, MEANINGS, TERMS
from sharedview.annexes import dpia
from sharedview.decision import schemas as decision
from sharedview.questions.ask import Ask
from sharedview.questions.registry import ASKS

# What is written beside the tables of the questions: layers, and what the pages and studies leave.
FURTHER: tuple[tuple[str, str, type[Any]], ...] = (
    ("coverage.gpkg, layer cameras", "view_id (text): identifier of the view", coverage.Cameras),
    (
        "coverage.gpkg, layer visible_areas",
        "view_id (text): identifier of the view",
        coverage.VisibleAreas,
    ),
    ("coverage.gpkg, layer gaps", "", coverage.NamedGaps),
    ("coverage.gpkg, layer street_gaps", "", coverage.StreetGaps),
    ("coverage_by_area.csv for a public audience", "", coverage.PublicCoverage),
    ("The ledger of public releases, layer releases", "", coverage.Releases),
    ("integration_gain.csv, from the overlap page", "", beside.IntegrationGainByArea),
    ("gain_by_operator.csv, from the overlap page", "", beside.IntegrationGainByOperator),
    ("redundant_views.csv, from the overlap page", "", beside.RedundantViews),
    ("consolidation.gpkg, layer rooms", "", plans.Rooms),
    ("frontier.csv", "", plans.Frontier),
    ("service.csv", "", plans.ServicePoints),
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
    *((f"{name}.csv, from the report", "", model) for name, model in decision.TABLES.items()),
    ("dpia_questions.csv, from report --annex dpia", "", dpia.DpiaQuestions),
    ("dpia_areas.csv, from report --annex dpia", "", dpia.DpiaAreas),
)
# Tables of a question that are also a layer.
LAYERS = {
    "coverage_by_area": "coverage.gpkg, layer coverage_by_area",
    "assignments": "consolidation.gpkg, layer assignments",
}


def codebook_markdown(asks: Sequence[Ask] = ASKS) -> str:
    """Return the codebook as Markdown: a section a table, a row a column.

    Parameters
    ----------
    asks
        The questions whose tables it explains; those of the registry.
    """
    lines = [
        "# Codebook",
        "",
        "Every column of every file that Sharedview writes. Areas are in square metres, distances",
        "in metres unless the name says otherwise, angles in degrees clockwise from grid north,",
        "shares from 0 to 1, money in pounds. An empty cell means unknown, never zero.",
        "This page is made by `sharedview codebook`.",
    ]
    figures = [f"{ask.figures}.csv" for ask in asks if ask.figures]
    own = {
        name: model
        for ask in asks
        for name, model in ask.tables.items()
        if f"{name}.csv" not in figures
    }
    if figures:
        key_figures = next(ask.tables[ask.figures] for ask in asks if ask.figures)
        lines += section(", ".join(figures), "", key_figures)
    for name, model in own.items():
        title = f"{name}.csv; {LAYERS[name]}" if name in LAYERS else f"{name}.csv"
        lines += section(title, "", model)
    for title, index, model in FURTHER:
        lines += section(title, index, model)
    return "\n".join([*lines, *cost_terms()]) + "\n"


def section(title: str, index: str, model: type[Any]) -> list[str]:
    """Return the lines that explain one table."""
    lines = [
        "",
        f"## {title}",
        "",
        " ".join((model.__doc__ or "").split()),
        "",
        "| column | unit | meaning |",
        "|---|---|---|",
    ]
    if index:
        name, meaning = index.split(": ", 1)
        lines.append(f"| `{name.split(' ')[0]}` | | {meaning} |")
    for name, column in model.to_schema().columns.items():
        unit = (column.metadata or {}).get("unit", "")
        lines.append(f"| `{name}` | {unit} | {column.description} |")
    return lines


def cost_terms() -> list[str]:
    """Return the lines that explain the terms of a room's cost, from their one specification."""
    table = datasets.coefficients()
    lines = [
        "",
        "## Costs of a control room",
        "",
        "For a group of boroughs S watched from a site j: n are the cameras of a borough, C those",
        "of the group, K the operators on duty, max(min_posts, ⌈C / cameras_per_operator⌉), and F",
        "the staff behind each. A borough moves if the room is not the one that serves it today.",
        "Yearly terms count by the annuity, one-off terms at once.",
        "",
        "| cost line | when | what it is for | formula |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{term.line}` | {term.when} | {term.meaning} | {term.formula} |" for term in TERMS
    ]
    raised = ", ".join(f"`{term.line}`" for term in TERMS if term.bias)
    purpose = "allowance for estimates that prove too low"
    lines += [
        f"| `{BIAS_LINE}` | one_off | {purpose} | share of each of {raised} |",
        "",
        "| coefficient | meaning | value | low | high | unit | mark |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, meaning in MEANINGS.items():
        row = table.loc[name]
        numbers = " | ".join(f"{row[column]:,g}" for column in ("value", "low", "high"))
        lines.append(f"| `{name}` | {meaning} | {numbers} | {row['unit']} | {row['mark']} |")
    return lines


def questions_markdown(asks: Sequence[Ask] = ASKS) -> str:
    """Return the list of questions as Markdown: what is asked, chosen and written.

    Parameters
    ----------
    asks
        The questions; those of the registry.
    """
    lines = [
        "# Questions",
        "",
        "What Sharedview answers, in the order of the report. Each question is a folder of",
        "`sharedview/questions`; its choices are a table of the scenario file, its tables are",
        "explained in the [codebook](codebook.md). This page is made by",
        "`sharedview codebook --questions`.",
    ]
    for ask in asks:
        lines += ["", f"## {ask.title}", "", ask.question, ""]
        if ask.page:
            lines.append(f"- How it works: [{ask.page}]({ask.page}.md)")
        if ask.options is not None:
            keys = ", ".join(f"`{name}`" for name in ask.options.model_fields)
            lines.append(f"- Choices in a scenario, table `[{ask.options.key}]`: {keys}")
        if ask.figures:
            lines.append(f"- Key figures: `{ask.figures}.csv`")
        others = [f"`{name}.csv`" for name in ask.tables if name != ask.figures]
        if others:
            lines.append(f"- Tables: {', '.join(others)}")
    return "\n".join(lines) + "\n"
