"""Tables of the chapter about image quality."""

from __future__ import annotations

from typing import Any

import pandas as pd

from maps.shell import wording
from maps.shell.tables import Column, Table

WHOLE, ALL = "all_required", "all"
KNOWN_CASE, WORST_CASE = "unknown_passes", "unknown_fails"
MARKED = {"read": "read", "derived": "derived", "assumption": "assumed"}


def criterion_table(table: pd.DataFrame) -> Table:
    """Return the criteria, with the cameras that pass, fail and are not known."""
    return Table(
        "image_quality_by_criterion",
        "Cameras on each criterion of the standard",
        table.assign(
            must=table["required"].map({True: "required", False: "wished"}),
            basis=table["mark"].map(MARKED),
        ),
        (
            Column("title", "Criterion", numeric=False),
            Column("asks", "The standard asks for", numeric=False),
            Column("must", "Is", numeric=False),
            Column("passed", "Pass", wording.number),
            Column("failed", "Fail", wording.number),
            Column("unknown", "Not known", wording.number),
            Column("basis", "Basis", numeric=False),
        ),
        note="The CSV file names the source of each criterion, or the reason for an assumption.",
        sortable=False,
    )


def area_table(table: pd.DataFrame) -> Table:
    """Return the verdict by area."""
    return Table(
        "image_quality_by_area",
        "Cameras that meet all that is required",
        table[table["criterion"].eq(WHOLE)],
        (
            Column("area_name", "Area", numeric=False),
            Column("cameras", "Cameras", wording.number),
            Column("passed", "Pass", wording.number),
            Column("failed", "Fail", wording.number),
            Column("unknown", "Not known", wording.number),
            Column("passed_share_of_known", "Pass, of those known", wording.share),
        ),
        area_column="area_code",
        note="Not a ranking: how much is known differs, and one recorder can fail a whole area.",
    )


def level_table(table: pd.DataFrame) -> Table:
    """Return how far the pixels go."""
    return Table(
        "image_quality_levels",
        "How far the pixels go, at the widest view",
        table,
        (
            Column("level", "Level", numeric=False),
            Column("px_per_m", "Pixels a metre", lambda value: wording.number(value, decimals=1)),
            Column("cameras_known", "Cameras known", wording.number),
            Column("cameras_unknown", "Not known", wording.number),
            Column("reach_target", "Reach it at the target", wording.number),
            Column("view_share", "Share of the open view", wording.share),
        ),
        sortable=False,
    )


def evidence_table(table: pd.DataFrame) -> Table:
    """Return coverage beside coverage for evidence, by area."""
    return Table(
        "evidence_coverage",
        "Ground seen, and seen well enough for evidence",
        table,
        (
            Column("area_name", "Area", numeric=False),
            Column("plain_share", "In view", wording.share),
            Column("recognise_share", "Recognise", wording.share),
            Column("identify_share", "Identify", wording.share),
            Column("identify_m2", "Identify, ha", wording.hectares),
        ),
        area_column="area_code",
        note="Shares of the area's ground. Views of all owners; reach of turning cameras left out.",
    )


def upgrade_table(table: pd.DataFrame) -> Table:
    """Return the upgrades by area, with the worst case beside."""
    worst = table[table["case"].eq(WORST_CASE)].set_index("area_code")["cost_gbp"]
    known = table[table["case"].eq(KNOWN_CASE)]
    return Table(
        "upgrades_by_area",
        "The cheapest upgrades, and the price of finding out",
        known.assign(worst_gbp=known["area_code"].map(worst)),
        (
            Column("area_name", "Area", numeric=False),
            Column("upgraded", "Cameras upgraded", wording.number),
            Column("cost_gbp", "Cost", _money),
            Column("worst_gbp", "If all not known fails", _money),
            Column("survey_cameras", "To find out about", wording.number),
            Column("survey_gbp", "Survey", _money),
        ),
        area_column="area_code",
        note="Each area's upgrades are proved cheapest at the prices below.",
    )


def measure_table(table: pd.DataFrame, prices: pd.DataFrame) -> Table:
    """Return what is done, with prices."""
    whole = table[table["area_code"].eq(ALL) & table["case"].eq(KNOWN_CASE)]
    priced: dict[str, Any] = {
        name: whole["measure"].map(prices.set_index("measure")[name])
        for name in ("each_gbp", "once_gbp")
    }
    return Table(
        "upgrade_measures",
        "What is done, for faults that are known",
        whole.assign(**priced),
        (
            Column("title", "Measure", numeric=False),
            Column("scope", "For a", numeric=False),
            Column("each_gbp", "Price a camera", _money),
            Column("once_gbp", "Price a borough", _money),
            Column("units", "Taken", wording.number),
            Column("cost_gbp", "Cost", _money),
        ),
        note="A borough measure is priced for all its cameras. Most prices are assumptions; "
        "measure_prices.csv names the source of each.",
        sortable=False,
    )


def _money(value: float | None) -> str:
    return wording.gbp(value)
