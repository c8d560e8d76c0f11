"""What a column's cells say of its meaning, where its name leaves it open.

Names decide first (:mod:`coverage_model.reading.columns`). Content is asked in three cases: a name
that means different things in different lists (``angle``, ``lens``), a field that no name was
found for, and columns left over that look like data in use, which the user is told of.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from coverage_model.base.notes import Notes
from coverage_model.reading.cells import blank_mask, to_numbers
from coverage_model.reading.columns import AMBIGUOUS, Matching, coordinate_fields, meaning
from coverage_model.reading.dictionary import words
from coverage_model.reading.directions import compass_deg, parse_facing
from coverage_model.reading.parse import parse_number
from coverage_model.reading.written_places import (
    grid_square_m,
    parse_grid_reference,
    parse_place,
)

_MOST = 0.8
_SQUARE_M = 100_000.0
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}")
_THREE_WORDS = re.compile(r"(?:https?://\S*/|///)?[^\W\d_]+\.[^\W\d_]+\.[^\W\d_]+")
_ROWS_LOOKED_AT = 2_000
_WORDS_AT_MOST = 60


def settle(matching: Matching, rows: pd.DataFrame, *, named: frozenset[str]) -> None:
    """Settle by content what names leave open; changes ``matching``.

    Parameters
    ----------
    matching
        As the names give it.
    rows
        The source's rows.
    named
        Fields that the profile names: those are left as they are.
    """
    _settle_lens(matching, rows, named)
    if matching.weak_id:
        column = matching.columns["camera_id"]
        if rows[column].duplicated().any() or blank_mask(rows[column]).any():
            del matching.columns["camera_id"]  # names or sites, not ids
            matching.unused[column] = None
    if "azimuth" not in matching.columns and "azimuth" not in named:
        for column in list(matching.unused):
            found = meaning(column)
            if found is not None and found.field == AMBIGUOUS and _beyond_half_turn(rows[column]):
                why = "its values run beyond 180: no field of view, no tilt"
                _take(matching, "azimuth", column, why)
                matching.true_north = True
                break
    if coordinate_fields(matching) == ("easting", "northing"):
        _settle_square(matching, rows, named)
    if coordinate_fields(matching) is not None or {"place", "grid_ref"} & set(matching.columns):
        return
    for name, test in _PLACES_BY_CONTENT.items():
        if name in matching.columns or name in named:
            continue
        for column in list(matching.unused):
            if _share(rows[column], test) >= _MOST:
                _take(matching, name, column, f"its cells are {_CALLED[name]}")
                break


def note_columns_in_use(matching: Matching, rows: pd.DataFrame, notes: Notes) -> None:
    """Name the columns left over that look like headings, owners or kinds, and how to use them."""
    wanted = [
        name
        for name in ("azimuth", "ownership", "camera_type")
        if name not in matching.columns
        and (name != "ownership" or "operator" not in matching.columns)
        and (name != "azimuth" or "azimuth_start" not in matching.columns)
    ]
    for name in wanted:
        for column in matching.unused:
            if _share(rows[column], _LOOKS_LIKE[name]) >= _MOST and _varies(name, rows[column]):
                what = {"azimuth": "headings", "ownership": "owners", "camera_type": "kinds"}[name]
                notes.add(
                    "column_looks_used",
                    f"The column {column!r} was not read, and its cells look like {what}: if they "
                    f'are, write in a profile [columns] {name} = "{column}"',
                    count=1,
                )


def _settle_square(matching: Matching, rows: pd.DataFrame, named: frozenset[str]) -> None:
    """Take a column of a grid square's letters, where eastings are only digits within a square."""
    if {"grid_square", "easting"} & (named | set(matching.columns)) != {"easting"}:
        return
    eastings, _ = to_numbers(rows[matching.columns["easting"]], parse_number)
    if not len(eastings) or not np.nanmax(eastings, initial=0.0) < _SQUARE_M:
        return
    for column in list(matching.unused):
        if _share(rows[column], lambda cell: grid_square_m(str(cell)) is not None) >= _MOST:
            _take(matching, "grid_square", column, "its cells are letters of the National Grid")
            return


def _take(matching: Matching, name: str, column: str, why: str) -> None:
    matching.columns[name] = column
    matching.why[name] = why
    matching.unused.pop(column, None)


def _settle_lens(matching: Matching, rows: pd.DataFrame, named: frozenset[str]) -> None:
    """Take "lens" as the number of a lens where ids repeat, else as the optics."""
    column = matching.columns.get("lens")
    if column is None or "lens" in named:
        return
    ids = matching.columns.get("camera_id")
    if ids is not None and rows[ids].duplicated().any():
        return
    del matching.columns["lens"]
    matching.why.pop("lens", None)
    if "focal" not in matching.columns and "focal" not in named:
        _take(matching, "focal", column, "a lens of each camera: its focal length")
    else:
        matching.unused[column] = None


def _share(cells: pd.Series, test: Callable[[Any], bool]) -> float:
    """Share of the cells that are not blank for which a test holds."""
    given = cells[~blank_mask(cells)].head(_ROWS_LOOKED_AT)
    if not len(given):
        return 0.0
    codes, unique = pd.factorize(given.astype(object))
    return float(np.array([test(value) for value in unique])[codes].mean())


def _varies(name: str, cells: pd.Series) -> bool:
    """Whether cells could be data of a field: headings take several values, over the circle."""
    if name != "azimuth":
        return True
    numbers, unread = to_numbers(cells, parse_number)
    numbers = numbers[~np.isnan(numbers) & ~unread]
    if not len(numbers):
        return True  # compass points
    return len(np.unique(numbers)) > 2 and float(np.ptp(numbers)) > 90


def _beyond_half_turn(cells: pd.Series) -> bool:
    numbers, _ = to_numbers(cells, parse_number)
    numbers = numbers[~np.isnan(numbers)]
    if len(numbers):
        return bool(numbers.max() > 180 and numbers.max() <= 360 and numbers.min() >= 0)
    return _share(cells, lambda cell: compass_deg(str(cell)) is not None) >= _MOST


def _is_heading(cell: Any) -> bool:
    found = parse_facing(cell)
    return bool(found.headings) and not found.undecodable


def _is_place(cell: Any) -> bool:
    text = str(cell)
    if not any(letter.isdigit() for letter in text):
        return False
    return parse_grid_reference(text) is not None or parse_place(text) is not None


_PLACES_BY_CONTENT: dict[str, Callable[[Any], bool]] = {
    "place": _is_place,
    "postcode": lambda cell: _POSTCODE.fullmatch(str(cell).strip().upper()) is not None,
    "what3words": lambda cell: _THREE_WORDS.fullmatch(str(cell).strip()) is not None,
}
_CALLED = {"place": "places", "postcode": "postcodes", "what3words": "what3words addresses"}


def _knows(name: str) -> Callable[[Any], bool]:
    def known(cell: Any) -> bool:
        text = str(cell)
        return len(text) <= _WORDS_AT_MOST and words(name).read(text) not in {None, "unknown"}

    return known


_LOOKS_LIKE: dict[str, Callable[[Any], bool]] = {
    "azimuth": _is_heading,
    "ownership": _knows("ownership"),
    "camera_type": _knows("camera_type"),
}
