"""A profile for areas, buildings, streets, demand and sites: their columns brought to known names.

Cameras have fields enough for a matching of their own (:mod:`coverage_model.reading.columns`). The
other inputs have few: here a column that the profile names gets the name that the reader looks for
first, with its words, unit and default put into its cells, and the reader needs no second way.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from coverage_model.base.crs import source_crs
from coverage_model.base.errors import Faults
from coverage_model.reading.cells import blank_mask, to_numbers
from coverage_model.reading.parse import parse_number
from coverage_model.reading.profile import Profile, normalise
from coverage_model.reading.source import Source, name_some

# The name that each reader looks for first, where it is not the field's own.
_FIRST_NAMES = {"height": "height_m", "levels": "building_levels"}
_CLOSE = 0.8


def as_told(source: Source, profile: Profile, path: Path) -> Source:
    """Apply a profile to the rows of a source.

    Parameters
    ----------
    source
        Its rows are replaced, its CRS where it states none.
    profile
        From :func:`coverage_model.reading.profile.load_profile`, read for this input.
    path
        The file, for errors.

    Raises
    ------
    InputError
        If the profile names columns that are not there, with the nearest that are.
    """
    check_columns(profile, [str(name) for name in source.rows], path)
    if profile.crs is not None and source.stated_crs is None and source.crs is None:
        crs = source_crs(profile.crs)
        geometry = None if source.geometry is None else source.geometry.set_crs(crs)
        source = replace(
            source, crs=None if geometry is None else crs, geometry=geometry, stated_crs=crs
        )
    told = {*profile.columns, *profile.units, *profile.defaults, *profile.values}
    if not told:
        return source
    own = {column: field for field, column in profile.columns.items() if column}
    rows = source.rows.rename(columns={column: _name(field) for column, field in own.items()})
    # What the file calls so itself gives way, and what is named "" is not used.
    taken = {normalise(_name(field)) for field in profile.columns}
    kept = [column in own or normalise(str(column)) not in taken for column in source.rows.columns]
    rows = rows.loc[:, kept].copy()
    by_name = {normalise(str(column)): str(column) for column in reversed(rows.columns)}
    for field in sorted(told):
        column = by_name.get(normalise(_name(field)), by_name.get(normalise(field), _name(field)))
        if column in rows:
            rows[column] = _cells(rows[column], field, profile)
        elif field in profile.defaults:
            rows[column] = profile.defaults[field]
    return replace(source, rows=rows)


def check_columns(profile: Profile, names: Iterable[str], path: Path) -> None:
    """Refuse a profile that names columns that a file does not have."""
    there = list(names)
    faults = Faults(path)
    for field, column in profile.columns.items():
        if column and column not in there:
            plain = {name.casefold(): name for name in there}
            near = difflib.get_close_matches(column.casefold(), plain, n=1, cutoff=_CLOSE)
            hint = f"did you mean {plain[near[0]]!r}? " if near else ""
            faults.add(
                f"the profile's column {column!r} for {field} is not there",
                f"{hint}Columns: {name_some(there)}",
            )
    faults.raise_if_any()


def _name(field: str) -> str:
    return _FIRST_NAMES.get(field, field)


def _cells(cells: pd.Series, field: str, profile: Profile) -> pd.Series:
    """Put words, unit and default of a field into its cells."""
    words = profile.values.get(field)
    if words:
        cells = cells.map(lambda value: words.get(str(value).strip(), value))
    unit = profile.units.get(field)
    if unit:
        numbers, unread = to_numbers(cells, parse_number)
        bare = ~unread & (numbers == numbers)  # noqa: PLR0124 - NaN is not given
        given = pd.Series(numbers, index=cells.index).map(lambda value: f"{float(value)!r} {unit}")
        cells = cells.astype(object).where(~bare, given)
    default = profile.defaults.get(field)
    if default is not None:
        cells = cells.astype(object).where(~blank_mask(cells), default)
    return cells
