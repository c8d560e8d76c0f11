"""The record beside each result: what made it, from which inputs, with which proof."""

from __future__ import annotations

import dataclasses
import json
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from sharedview import __version__

LIBRARIES = ("geopandas", "shapely", "pyproj", "pulp", "highspy", "folium", "numba", "osmnx")


def plain(value: Any) -> Any:
    """Turn dataclasses, paths and numpy scalars into what JSON can hold; NaN becomes null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return plain(fields)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - the test for NaN
        return None
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)


def record(
    command: str,
    *,
    inputs: Sequence[Any] = (),
    settings: Mapping[str, Any] | None = None,
    notes: Sequence[Any] = (),
    plans: Sequence[Any] = (),
    runtime_s: float | None = None,
) -> dict[str, Any]:
    """Build a provenance record.

    Parameters
    ----------
    command
        The verb that was run.
    inputs
        The readers' logs: path, SHA-256, format, CRS, datum shift, rows read and kept.
    settings
        CRS, level, scenario hash and every other choice that shaped the result.
    notes
        What was repaired, dropped, assumed or undecodable, with counts.
    plans
        One mapping a plan: its id and how it was reached.
    runtime_s
        Wall time of the whole run.

    Returns
    -------
    dict
        Ready for :func:`write`.
    """
    return {
        "product": "Sharedview",
        "version": __version__,
        "command": command,
        "written_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "runtime_s": None if runtime_s is None else round(runtime_s, 2),
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "inputs": plain(inputs),
        "settings": plain(settings or {}),
        "notes": plain(notes),
        "plans": plain(plans),
    }


def write(content: Mapping[str, Any], path: Path) -> None:
    """Write a provenance record as JSON."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
