"""The record beside each result: what made it, from which inputs, with which proof."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from coverage_model.base.errors import Fault, InputError
from coverage_model.base.notes import ReadLog, sha256_of
from sharedview import __version__

LIBRARIES = ("geopandas", "shapely", "pyproj", "pulp", "highspy", "folium", "numba", "osmnx")


def stated_time() -> datetime | None:
    """Return the time that ``SOURCE_DATE_EPOCH`` states (seconds since 1970), or None.

    With it, the same run gives the same bytes: no clock shows in any file.

    Raises
    ------
    InputError
        If it is no number of seconds.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if not text:
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        fault = Fault(f"{text!r} is no time", "Give seconds since 1970, or unset it")
        raise InputError("SOURCE_DATE_EPOCH", [fault]) from error


def now() -> datetime:
    """Return the stated time, or else the time of the clock."""
    return stated_time() or datetime.now(UTC)


def without_runtimes(value: Any) -> Any:
    """Return plain content with each ``runtime_s`` empty."""
    if isinstance(value, dict):
        return {
            key: None if key == "runtime_s" else without_runtimes(item)
            for key, item in value.items()
        }
    return [without_runtimes(item) for item in value] if isinstance(value, list) else value


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


def named_files(files: Mapping[str, Path], *, logs: Sequence[ReadLog] = ()) -> list[Any]:
    """Return the logs of what was read, then every other file that was named, each with its hash.

    Parameters
    ----------
    files
        Files that a scenario, its questions or a run's settings name, by where they are named.
    logs
        How inputs were read; a file that is among them is not listed twice.

    Returns
    -------
    list
        The logs, then a mapping a file: ``role, path, sha256``.

    Examples
    --------
    >>> from tempfile import NamedTemporaryFile
    >>> with NamedTemporaryFile() as empty:
    ...     (found,) = named_files({"value.crime_points": Path(empty.name)})
    >>> found["role"], found["sha256"][:8]
    ('value.crime_points', 'e3b0c442')
    """
    read = {log.path for log in logs}
    return [
        *logs,
        *(
            {"role": role, "path": str(path), "sha256": sha256_of(path)}
            for role, path in files.items()
            if str(path) not in read and path.is_file()
        ),
    ]


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
        From :func:`named_files`: the readers' logs (path, SHA-256, format, CRS, datum shift, rows
        read and kept), and the path and SHA-256 of every other file that was named.
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
        "written_utc": now().isoformat(timespec="seconds"),
        "runtime_s": None if runtime_s is None else round(runtime_s, 2),
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "inputs": plain(inputs),
        "settings": plain(settings or {}),
        "notes": plain(notes),
        "plans": plain(plans),
    }


def write(content: Mapping[str, Any], path: Path) -> None:
    """Write a provenance record as JSON; with ``SOURCE_DATE_EPOCH`` without any runtime."""
    if stated_time() is not None:
        content = without_runtimes(dict(content))
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
