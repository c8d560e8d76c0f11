"""Every number in the report stands in a CSV cell, and every coefficient has a source or says so.

The test reads the report as a doubting reader would: it takes each number in a sentence, opens the
file that ``quoted_figures.csv`` names, and compares.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coverage_model.base import datasets
from maps.report.content import Report
from maps.shell.tables import Table
from tests.sharedview.conftest import Written

# Digits that are part of a name, not a figure.
NAMES = re.compile(
    r"PCD 167|Annex \d|for an? [\w ]+ [\d.]+ m above ground"
    r"|EN 62676-4(:\d{4})?|24/7|ISO \d+|BS \d+|4K|8K|H\.26[45]|[12]\.\d bar"
    r"|Met\w* \d{4}|\b(19|20)\d{2}(-\d{2})?\b"
)
SCALES = {"million": 1e6, "%": 0.01, "ha": 1e4, "km²": 1e6, "km": 1.0}
NUMBER = re.compile(r"−?[\d,]*\.?\d+")


def opened(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", encoding="utf-8-sig", dtype=str, na_filter=False)


def picked(table: pd.DataFrame, row: str) -> pd.Series:
    chosen = table
    for part in row.split("; "):
        column, value = part.split("=", 1)
        chosen = chosen[chosen[column] == value]
    return chosen.iloc[0]


def agrees(shown: str, value: float) -> bool:
    """Whether a text shows a value rounded: some number in it, in its unit, is that value."""
    if not math.isfinite(value):
        return "not known" in shown
    if shown.startswith("under "):
        return 0 < abs(value) < 0.001
    for match in NUMBER.finditer(shown):
        digits = match.group().replace(",", "").replace("−", "-")
        rest = shown[match.end() :].strip()
        scale = next((each for unit, each in SCALES.items() if rest.startswith(unit)), 1.0)
        decimals = len(digits.partition(".")[2])
        # Half of the last digit shown; large numbers may be written with three figures.
        step = 0.5 * 10.0**-decimals * scale
        wide = 0.005 * abs(value) if abs(value) >= 100 else 0.0
        if abs(abs(float(digits)) * scale - abs(value)) <= max(step, wide) * 1.0001:
            return True
    return False


def test_every_quoted_number_is_the_cell_it_names(written: Written) -> None:
    folder = written.tables
    quotes = opened(folder, "quoted_figures")
    assert len(quotes) > 40
    for quote in quotes.itertuples():
        cell = picked(opened(folder, str(quote.table)), str(quote.row))[str(quote.column)]
        assert cell == quote.value or float(cell) == pytest.approx(float(quote.value), rel=1e-9)
        try:
            value = float(cell) if cell else math.nan
        except ValueError:
            assert cell.lower() in str(quote.shown).lower(), quote
            continue
        assert agrees(str(quote.shown), value), quote


def unquoted(made: Report) -> Iterator[tuple[str, str]]:
    for title, part in made._parts():
        if isinstance(part, str):
            yield title, part
        elif part.cell is None:
            yield title, part.text
    for chapter in made.chapters:
        for stat in chapter.stats:
            text = f"{stat.value} {stat.note}"
            for quote in stat.quotes:
                text = text.replace(quote.text, "", 1)
            yield chapter.title, text


def test_no_sentence_holds_a_number_without_a_cell(written: Written) -> None:
    made, folder = written.report, written.tables
    notes = " ".join(opened(folder, "plans")["notes"])
    loose = [
        (title, text)
        for title, text in unquoted(made)
        if re.search(r"\d", NAMES.sub("", text)) and text.split(": ", 1)[-1] not in notes
    ]
    assert loose == []


def numeric_columns(table: Table) -> Iterator[str]:
    for column in table.columns:
        if column.numeric and pd.api.types.is_numeric_dtype(table.frame[column.key]):
            yield column.key


def numbers(table: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return pd.to_numeric(table.to_numpy().ravel(), errors="coerce").astype(float)


def test_every_number_in_a_table_is_a_cell_of_a_file(written: Written) -> None:
    made, folder = written.report, written.tables
    everywhere = np.concatenate([numbers(opened(folder, p.stem)) for p in folder.iterdir()])
    for table in made.tables():
        file = opened(folder, table.key)
        for name in numeric_columns(table):
            # A column that a page sets beside the others comes from a row or file of its own.
            held = numbers(file[[name]]) if name in file else everywhere
            for value in table.frame[name].astype(float):
                same = np.isclose(held, value, rtol=1e-9, equal_nan=True)
                assert same.any(), (table.key, name, value)


def test_every_coefficient_has_its_source_or_says_assumption(
    written: Written,
) -> None:
    made = written.report
    table = datasets.coefficients()
    told = {each.name: each for each in made.context.assumptions}
    for name, row in table.iterrows():
        assert row["mark"] in ("read", "derived", "assumption")
        assert (row["source"] == "assumption") == (row["mark"] == "assumption"), name
        assert row["low"] <= row["value"] <= row["high"], name
        assert told[str(name)].mark == row["mark"], name
        assert told[str(name)].source == row["source"], name


GREATER = {"higher", "more", "more than", "saves", "save", "fewer cameras"}
LESS = {"less", "less than", "fewer than", "lose", "loses", "pay more", "pay a further"}
LESS |= {"lower", "cost a further", "more cameras"}
EQUAL = {"as much as", "just", "unchanged"}


def test_every_word_of_direction_agrees_with_its_two_cells(written: Written) -> None:
    folder = written.tables
    words = opened(folder, "quoted_comparisons")
    assert len(words) >= 5
    for word in words.itertuples():
        ends = []
        for table, row, column in (
            (word.first_table, word.first_row, word.first_column),
            (word.second_table, word.second_row, word.second_column),
        ):
            cell = picked(opened(folder, str(table)), str(row))[str(column)] if table else column
            ends.append(float(str(cell)))
        way = (ends[0] > ends[1]) - (ends[0] < ends[1])
        # "saves" and "lower" are said of a saving, which is greater than nothing.
        allowed = {1: GREATER, -1: LESS, 0: EQUAL | GREATER}[way]
        assert word.shown in allowed, word
        assert str(word.way) == str(way), word


UP = re.compile(r"\b(more|higher|dearer|above|saves?)( than)?$")
DOWN = re.compile(r"\b(less|fewer|lower|cheaper|below|loses?)( than)?$")


def chosen(node: ast.expr) -> tuple[bool, bool]:
    """Whether a written text ends in a word that goes up, and in one that goes down."""
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return bool(UP.search(text.strip(" .,"))), bool(DOWN.search(text.strip(" .,")))


def test_no_sentence_of_the_report_chooses_such_a_word_by_itself() -> None:
    """Such a choice can be swapped unseen; ``compare`` writes the word from the two cells."""
    root = Path(__file__).parents[2] / "sharedview"
    chapters = [
        path for name in ("chapter", "words") for path in root.glob(f"questions/*/{name}.py")
    ]
    files = [root / "sentences.py", root / "decision" / "words.py", *chapters]
    assert len(files) > 8
    loose = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.IfExp)
        and chosen(node.body) in {(True, False), (False, True)}
        and chosen(node.orelse) == chosen(node.body)[::-1]
    ]
    assert loose == []
