"""Tables without places: plans, levels, prices, hours; through the same door as cameras."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coverage_model.base.errors import Faults
from coverage_model.base.notes import Note
from coverage_model.reading.formats import read_source
from coverage_model.reading.parse import clean_text, is_blank
from coverage_model.reading.profile import normalise
from coverage_model.reading.source import name_some


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A table as text.

    Parameters
    ----------
    rows
        Cells as text without outer spaces, blank ones empty; the columns that were asked for by
        their own names, the others as the file calls them.
    labels
        How to name each row to the user.
    notes
        What the reader repaired or left out.
    """

    rows: pd.DataFrame
    labels: list[str]
    notes: tuple[Note, ...]


def read_table(
    path: str | Path,
    *,
    columns: Mapping[str, Sequence[str]],
    needed: Sequence[str] = (),
    layer: str | None = None,
) -> PlainTable:
    r"""Read a table whose columns may go by several names.

    Parameters
    ----------
    path
        CSV in any dialect and encoding, Excel, OpenDocument, Parquet, JSON records, or the table of
        a GIS layer; also in a zip.
    columns
        Sharedview's name of each column, and other names it may have in the file; case, spaces and
        punctuation do not matter.
    needed
        Those that must be there.
    layer
        Sheet or layer to read, where there are several.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        If it cannot be read, or lacks a column that is needed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "levels.csv"
    ...     _ = file.write_text("Level;Pixels per metre\ndetect;25\n")
    ...     read_table(file, columns={"level": (), "px_per_m": ("pixels_per_metre",)}).rows
        level px_per_m
    0  detect       25
    """
    source, _ = read_source(Path(path), layer=layer)
    given = [str(name) for name in source.rows]
    by_name = {normalise(name): name for name in reversed(given)}
    taken: dict[str, str] = {}
    for name, others in columns.items():
        found = next((by_name[each] for each in (name, *others) if each in by_name), None)
        if found is not None and found not in taken:
            taken[found] = name
    faults = Faults(path)
    missing = [name for name in needed if name not in taken.values()]
    if missing:
        faults.add(
            f"no column {' and no column '.join(missing)}",
            f"Give {', '.join(needed)}; columns: {name_some(given)}",
        )
    faults.raise_if_any()
    rows = pd.DataFrame(
        {
            place: [
                "" if is_blank(value) else clean_text(str(value))
                for value in source.rows.iloc[:, place]
            ]
            for place in range(len(given))
        },
        dtype=object,
    )
    rows.columns = pd.Index([taken.get(name, name) for name in given], dtype=object)
    return PlainTable(rows, source.labels, tuple(source.notes.found))
