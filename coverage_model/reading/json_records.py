"""Plain JSON: a list of records, one record a line, or a list under a name of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import Notes
from coverage_model.base.shown_text import shown
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

_USUAL = ("cameras", "records", "results", "items", "features", "data", "rows", "value")
_DEPTH = 4
_COLUMNS_AT_LEAST = 3


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
    if not lists and (said := _server_said(content)):
        fault = Fault(f"it is the error message of a server: {said}", "Ask the server again")
        raise InputError(path, [fault])
    if not lists:
        fault = Fault(
            "it is JSON, but of no format known here: neither GeoJSON nor a list of records",
            "Export it as GeoJSON or CSV",
        )
        raise InputError(path, [fault])
    usual = [each for each in lists if each.rpartition(".")[2].casefold() in _USUAL]
    name = layer if layer is not None else max(usual or lists, key=lambda each: len(lists[each]))
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
    """Find the lists of records in a document, by name: the outermost ones that there are."""
    if _is_records(content):
        return {"": content}
    level = {"": content} if isinstance(content, dict) else {}
    for _ in range(_DEPTH):
        if found := {name: inner for name, each in level.items() if (inner := _columns(each))}:
            return found
        entries = {
            f"{name}.{key}".lstrip("."): value
            for name, each in level.items()
            for key, value in each.items()
        }
        if found := {name: value for name, value in entries.items() if _is_records(value)}:
            return found
        level = {name: value for name, value in entries.items() if isinstance(value, dict)}
    return {}


def _columns(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Make records of a table that is written by column, or as names of columns and rows."""
    names, rows = content.get("columns"), content.get("data", content.get("rows"))
    if names is None and isinstance(content.get("meta"), dict):  # as Socrata exports
        view = content["meta"].get("view")
        names = view.get("columns") if isinstance(view, dict) else None
    if isinstance(names, list) and isinstance(rows, list) and _are_rows(names, rows):
        heads = [str(name["name"] if isinstance(name, dict) else name) for name in names]
        return [dict(zip(heads, row, strict=True)) for row in rows]
    lists = list(content.values())
    if len(lists) < _COLUMNS_AT_LEAST or not all(isinstance(each, list) for each in lists):
        return []
    sizes = {len(each) for each in lists}
    if (
        sizes == {0}
        or len(sizes) > 1
        or any(isinstance(x, dict | list) for each in lists for x in each)
    ):
        return []
    return [dict(zip(content, row, strict=True)) for row in zip(*lists, strict=True)]


def _are_rows(names: list[Any], rows: list[Any]) -> bool:
    """Whether these are names of columns and rows of as many cells."""
    if not (names and rows):
        return False
    named = all(isinstance(each, str) or (isinstance(each, dict) and "name" in each)
                for each in names)  # fmt: skip
    return named and all(isinstance(row, list) and len(row) == len(names) for row in rows)


def _server_said(content: Any) -> str:
    """Return the message of an answer that is only an error; empty where it is none."""
    error = content.get("error") if isinstance(content, dict) else None
    message = error.get("message", "") if isinstance(error, dict) else error
    return shown(message, longest=200) if isinstance(message, str) else ""


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(x, dict) for x in value)


def _flat(record: dict[str, Any], before: str = "", depth: int = 0) -> list[tuple[str, Any]]:
    """Entries of a record, those of records within it under ``outer.inner``."""
    found: list[tuple[str, Any]] = []
    for key, value in record.items():
        name = f"{before}{key}"
        geometry = isinstance(value, dict) and {"type", "coordinates"} <= value.keys()
        if isinstance(value, dict) and value and depth < _DEPTH and not geometry:
            found += _flat(value, f"{name}.", depth + 1)
        elif isinstance(value, list | dict):
            found.append((name, json.dumps(value, ensure_ascii=False)))
        else:
            found.append((name, value))
    return found
