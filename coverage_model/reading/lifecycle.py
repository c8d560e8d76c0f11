"""Rows that are no cameras in use: shapes among points, and cameras that are retired."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from coverage_model.base.notes import Notes
from coverage_model.reading.cells import blank_mask, counted
from coverage_model.reading.columns import Matching
from coverage_model.reading.dictionary import words
from coverage_model.reading.osm_tags import RETIRED
from coverage_model.reading.source import Source

_POINTS, _SHAPES = (0, 4), (1, 2, 3, 5, 6)


def without_shapes(source: Source) -> Source:
    """Leave out lines and polygons among points: what a camera covers, or where its town ends.

    A layer of nothing but shapes comes back as it is, to be refused as such.
    """
    if source.geometry is None:
        return source
    kinds = shapely.get_type_id(np.asarray(source.geometry.array))
    shapes = np.isin(kinds, _SHAPES)
    if not shapes.any() or not np.isin(kinds, _POINTS).any():
        return source
    source.notes.add(
        "not_a_camera",
        "Lines and polygons among the points were left out",
        rows=[source.labels[row] for row in np.flatnonzero(shapes)],
    )
    return source.keep(~shapes)


def without_retired(source: Source, matching: Matching) -> Source:
    """Leave out rows whose status or date of end says that no camera works there.

    A status that is not understood leaves the camera in, and is counted by its words. A camera
    under repair is in use. Without a column of either, the source comes back as it is.

    Parameters
    ----------
    source, matching
        The rows, and which columns hold ``status`` and ``end_date``.
    """
    rows, notes = source.rows, source.notes
    retired = np.zeros(len(rows), dtype=bool)
    if "status" in matching.columns:
        retired |= _by_status(rows[matching.columns["status"]], source.labels, matching, notes)
    if "end_date" in matching.columns:
        retired |= ~blank_mask(rows[matching.columns["end_date"]])
    if not retired.any():
        return source
    notes.add("retired", RETIRED, rows=_names(source, matching, retired))
    return source.keep(~retired)


def _by_status(
    cells: pd.Series, labels: list[str], matching: Matching, notes: Notes
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    known = words("status")
    codes, unique = pd.factorize(cells.astype(object), use_na_sentinel=True)
    read = [known.read(value) for value in unique]
    meanings = np.array([*read, None], dtype=object)[codes]
    strange = (meanings == None) & ~blank_mask(cells)  # noqa: E711 (element by element)
    if strange.any():
        column = matching.columns["status"]
        said = counted(cells[strange])
        notes.add(
            "status_unread",
            f"{column}: not understood as a status are {said}; those cameras count as in use",
            rows=[labels[row] for row in np.flatnonzero(strange)],
        )
    return np.asarray(meanings == "retired", dtype=bool)


def _names(
    source: Source, matching: Matching, wanted: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> list[str]:
    """Ids of rows where there is a column of them, else their labels."""
    column = matching.columns.get("camera_id")
    if column is None:
        return [source.labels[row] for row in np.flatnonzero(wanted)]
    return [str(cell) for cell in source.rows[column][wanted]]
