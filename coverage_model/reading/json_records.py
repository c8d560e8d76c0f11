"""Plain JSON: a list of records, one record a line, or a list under a name of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.reading.source import (
    Layout,
    Source,
    boundary,
    check_width,
    name_some,
    plain_cells,
    row_labels,
)
from coverage_model.reading.text import read_text

_DEPTH = 4


def read_records(path: Path, layer: str | None = None) -> Source:
    """Read JSON records as a table; what is nested in a record gets the names with a point.

    Parameters
    ----------
    path
        A list of records, an object that holds such lists by name, or one record a line.
    layer
        Name of the list to read, where there are several.
    """
    notes = Notes()
    with boundary(path, title="JSON"):
        text = read_text(path, notes)
        content = _parse(text)
    lists = _lists(content)
    if layer is not None and layer not in lists:
        fault = Fault(f"there is no list {layer!r}", f"Lists: {name_some(lists) or 'none by name'}")
        raise InputError(path, [fault])
    if not lists:
        fault = Fault(
            "it is JSON, but of no format known here: neither GeoJSON nor a list of records",
            "Export it as GeoJSON or CSV",
        )
        raise InputError(path, [fault])
    name = layer if layer is not None else max(lists, key=lambda each: len(lists[each]))
    others = [each for each in lists if each != name]
    if layer is None:
        notes.add(
            "lists_unused",
            f"Only the list {name!r} was read; choose another with --layer",
            rows=others,
        )
    records = [dict(_flat(each)) for each in lists[name]]
    names = list(dict.fromkeys(key for record in records for key in record))
    check_width(path, len(names))
    rows = plain_cells(pd.DataFrame(records, columns=pd.Index(names, dtype=object), dtype=object))
    return Source(
        rows,
        row_labels(len(rows)),
        notes=notes,
        layout=Layout("JSON records", name, tuple(others)),
    )


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        return [json.loads(line.strip("\x1e")) for line in lines]


def _lists(content: Any) -> dict[str, list[dict[str, Any]]]:
    """Find the lists of records in a document, by name."""
    if _is_records(content):
        return {"": content}
    if not isinstance(content, dict):
        return {}
    return {str(key): value for key, value in content.items() if _is_records(value)}


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(x, dict) for x in value)


def _flat(record: dict[str, Any], before: str = "", depth: int = 0) -> list[tuple[str, Any]]:
    """Entries of a record, those of records within it under ``outer.inner``."""
    found: list[tuple[str, Any]] = []
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, dict) and value and depth < _DEPTH:
            found += _flat(value, f"{name}.", depth + 1)
        elif isinstance(value, list | dict):
            found.append((name, json.dumps(value, ensure_ascii=False)))
        else:
            found.append((name, value))
    return found
