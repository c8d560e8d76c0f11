from __future__ import annotations

import pandas as pd
import pytest

from coverage_model.base.csv_safety import csv_safe, csv_safe_text


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+44 20 7946 0000", "-A1", "@SUM(A1)", "\tx", "\r=1", "  =1", "=HYPERLINK(1)", "＝1"],
)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert csv_safe_text(text) == "'" + text


@pytest.mark.parametrize("text", ["-1", "+2.5", "-1e-3", ".5", "", "Camden", "a=b", "'quoted"])
def test_numbers_and_plain_text_stay(text: str) -> None:
    assert csv_safe_text(text) == text


def test_a_frame_keeps_its_shape_and_is_not_changed() -> None:
    frame = pd.DataFrame({"=n": ["=1", None], "v": [-1.5, float("nan")]}, index=["b", "a"])
    before = frame.copy()
    safe = csv_safe(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert list(safe.columns) == ["'=n", "v"]
    assert safe.index.tolist() == ["b", "a"]
    assert safe.iloc[0, 0] == "'=1"
    assert pd.isna(safe.iloc[1, 0])
    assert safe["v"].iloc[0] == -1.5
