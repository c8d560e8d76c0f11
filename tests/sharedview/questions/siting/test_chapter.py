"""The chapter's sentences are right for any figures, and every number in them has its cell."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coverage_model.base.key_figures import KeyFigure, key_figures
from maps.report.content import Chapter
from maps.shell import wording
from maps.shell.page import PageContext
from maps.shell.wording import Bold, Quoted
from sharedview.questions.siting.chapter import siting_chapter, siting_findings

CONTEXT = PageContext(title="A test", dated=date(2026, 3, 9), illustrative=True)
UNITS = {
    "demand": "public places", "held": "public places", "held_share": "share", "budget": "GBP",
    "covered": "public places", "covered_share": "share", "gain": "public places", "cost": "GBP",
    "gap": "share", "integrated": "cameras", "operators": "operators", "new": "cameras",
    "integrate_gain": "public places", "new_gain": "public places",
    "first_step": "public places per £100,000", "last_step": "public places per £100,000",
    "register_cost": "GBP", "integrate_all_cost": "GBP", "least_share": "share",
    "even_least_share": "share", "even_price": "public places",
    "left_out_private_turning": "cameras",
}  # fmt: skip
USUAL = {
    "demand": 1065, "held": 71, "held_share": 71 / 1065, "budget": 1e6, "covered": 185,
    "covered_share": 185 / 1065, "gain": 114, "cost": 999_350, "gap": 0, "integrated": 34,
    "operators": 33, "new": 47, "integrate_gain": 34, "new_gain": 91, "first_step": 16,
    "last_step": 5.6, "register_cost": 210_250, "integrate_all_cost": 14_839_250,
    "least_share": 0, "even_least_share": 0.13, "even_price": 21, "left_out_private_turning": 1126,
}  # fmt: skip


def figures(unit: str = "public places", **changed: float) -> pd.DataFrame:
    values = {**USUAL, **changed}
    return key_figures(
        KeyFigure(
            name,
            name.replace("_", " "),
            float(values[name]),
            UNITS[name].replace("public places", unit),
            low=values["covered"] * 0.8 if name.startswith("covered") else np.nan,
            high=values["covered"] * 1.1 if name.startswith("covered") else np.nan,
            scope="Cycle docking stations, one each" if name == "demand" else "",
        )
        for name in UNITS
    )


CURVE = pd.DataFrame(
    {
        "budget_gbp": [0.0, 1e6, 2e6],
        "integrate_weight": [71.0, 105, 105],
        "new_weight": [71.0, 162, 221],
        "both_weight": [71.0, 185, 243],
        "greedy_weight": [71.0, 185, 243],
        "bound_weight": [71.0, 185, 243],
        "more_per_100k_gbp": [np.nan, 11.4, 5.8],
    }
)
FEW_AREAS = pd.DataFrame(
    {
        "area_code": ["E1", "E2"],
        "area_name": ["Camden", "Sutton"],
        "weight": [75.0, 0.0],
        "held_share": [0.09, np.nan],
        "covered_share": [0.25, np.nan],
        "even_share": [0.13, np.nan],
        "cameras_integrated": [4, 0],
        "cameras_new": [4, 0],
        "cost_gbp": [87_200.0, 0.0],
    }
)
PICKS = pd.DataFrame(
    {
        "rank": range(1, 31),
        "what": [f"Private operator {n}, Camden" for n in range(1, 31)],
        "cameras": 1,
        "cost_gbp": 6_000.0,
        "gain_weight": 1.0,
        "gain_per_100k_gbp": 16.7,
        "cost_so_far_gbp": np.arange(1, 31) * 6_000.0,
        "weight_so_far": 71 + np.arange(1, 31),
    }
)
STEPS = pd.DataFrame(
    {
        "step": ["today"],
        "label": ["Today"],
        "cameras": [0],
        "cost_gbp": [0.0],
        "live_weight": [71.0],
        "live_share": [0.07],
        "known_weight": [78.0],
        "known_share": [0.073],
    }
)
PARTS: dict[str, Any] = {
    "curve": CURVE, "areas": FEW_AREAS, "picks": PICKS, "steps": STEPS,
}  # fmt: skip


def chapter(**changed: Any) -> Chapter:
    return siting_chapter(**PARTS, figures=figures(**changed), context=CONTEXT, level="detect")


def said(made: Chapter) -> str:
    return "\n".join(wording.plain(each) for each in made.sentences)


def test_the_usual_sentences() -> None:
    text = said(chapter())
    assert "see 71 of 1,065 public places (6.7%)" in text
    assert "integrating 34 private cameras of 33 operators and 47 new cameras" in text
    assert "17% of the demand is seen in place of 6.7%" in text
    assert "proved that no other choice" in text
    assert "less and less" in text
    assert "leaves the borough with the least seen at 0%" in text
    assert "sees 21 public places fewer" in text


@pytest.mark.parametrize(
    ("changed", "wanted", "unwanted"),
    [
        ({"integrated": 0}, "47 new cameras would see", "integrating 0"),
        ({"new": 0}, "33 operators would see", "0 new"),
        ({"integrated": 1, "operators": 1}, "1 private camera of 1 operator and", "1 operators"),
        ({"new": 1, "integrated": 0}, "1 new camera would see", "1 new cameras"),
        ({"gain": 0, "integrated": 0, "new": 0}, "Nothing that £1 million could", "would see 0"),
        ({"demand": 0, "held_share": np.nan}, "There is no demand", "not known"),
        ({"gap": 0.02}, "within 2.0% of the best possible", "proved that no other"),
        ({"first_step": 3, "last_step": 3}, "no less as it grows", "less and less"),
        ({"first_step": np.nan, "last_step": np.nan}, "Spent on", "More money"),
        ({"integrate_all_cost": 0}, "no private camera that is not integrated", "£0"),
        ({"even_least_share": 0.0}, "no choice for the money does better", "fewer"),
        ({"even_price": 0}, "sees as much in all", "fewer"),
        ({"even_least_share": np.nan}, "Spent on", "least seen"),
        ({"unit": "m of street"}, "m of street less in all", "fewer"),
    ],
)  # fmt: skip
def test_words_follow_the_figures(changed: dict[str, Any], wanted: str, unwanted: str) -> None:
    text = said(chapter(**changed))
    assert wanted in text
    assert unwanted not in text


def test_what_is_not_proved_is_not_said_to_be() -> None:
    frame = figures(even_least_share=0.0)
    frame.loc[frame["figure"].eq("even_least_share"), "scope"] = "not ruled out"
    made = siting_chapter(**{**PARTS, "figures": frame}, context=CONTEXT, level="detect")
    assert "no choice for the money was found to do better" in said(made)


def test_unknown_ends_are_not_told() -> None:
    frame = figures().assign(low=np.nan, high=np.nan)
    (found,) = siting_findings(frame)
    assert "cheap end" not in wording.plain(found)
    assert "not known" not in wording.plain(found)


def test_every_number_is_a_cell_of_a_table_shown() -> None:
    made = chapter()
    frame = figures().set_index("figure")
    for sentence in (*made.sentences, *made.limits, made.question):
        for part in (sentence,) if isinstance(sentence, str) else sentence:
            if isinstance(part, (Bold, Quoted)):
                assert part.cell is not None
                assert part.cell.table == "siting_figures"
                row = dict(part.cell.row)["figure"]
                assert part.cell.value == frame.loc[row, part.cell.column]
            else:
                assert not re.search(r"\d", part.replace("PCD 167", ""))


def test_tables_fit_a_page_and_hold_no_place_or_name() -> None:
    made = chapter()
    keys = [table.key for table in made.tables]
    assert keys == ["siting_steps", "siting_picks", "siting_areas", "siting_curve",
                    "siting_figures"]  # fmt: skip
    for table in made.tables:
        assert len(table.frame) <= 35
        assert len(table.columns) <= 8
        assert not {"easting_m", "operator", "candidate_id"} & {c.key for c in table.columns}
    cells = made.tables[2].view({})["rows"][1]["cells"]
    assert [cell["text"] for cell in cells[1:5]] == ["0", "–", "–", "–"]


def test_the_limits_say_what_must_be_said() -> None:
    limits = "\n".join(wording.plain(each) for each in chapter().limits)
    for words in ("no benefit for crime", "Registered is not live", "data protection impact",
                  "illustrative", "plain cones", "1,126 cameras", "assumptions"):  # fmt: skip
        assert words in limits
    (drawing,) = chapter().figures
    assert "new cameras 221" in drawing.alt
