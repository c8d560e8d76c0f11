"""The layers of a scenario: a TOML file over the one it extends, and single values over both."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coverage_model.base import datasets
from coverage_model.base.errors import Fault, Faults, InputError, MissingFileError
from coverage_model.reading.text import read_toml
from optimisation.options import Options

DEFAULT = "optimum"
# Tables of a scenario file that hold values by name; those of the questions come beside them.
TABLES = (
    "coefficients",
    "contract_exit_gbp",
    "lease_gbp_per_year",
    "camera_counts",
    "evidence",
    "objective",
)
# Two ways to say one thing: what a file says replaces what the file it extends says.
_REPLACES = {
    "capacity_cameras": ("capacity_share",),
    "capacity_share": ("capacity_cameras",),
    "rooms": ("rooms_min", "rooms_max"),
    "rooms_min": ("rooms",),
    "rooms_max": ("rooms",),
}


def embedded_scenarios() -> dict[str, Path]:
    """Return the embedded scenario files by name."""
    return {path.stem: path for path in sorted((datasets.data_dir() / "scenarios").glob("*.toml"))}


def find_file(path: str | Path | None, *, beside: Path | None = None) -> Path:
    """Return the file of a path or of an embedded scenario's name.

    Raises
    ------
    MissingFileError
        If there is neither.
    """
    wanted = Path(DEFAULT if path is None else path)
    for candidate in (beside / wanted if beside else wanted, wanted):
        if path is not None and _is_file(candidate):
            return candidate
    known = embedded_scenarios()
    if str(wanted) in known:
        return known[str(wanted)]
    fault = Fault(
        f"there is no scenario file {wanted}",
        f"Give the path of a TOML file or one of: {', '.join(known)}",
    )
    raise MissingFileError(wanted, [fault])


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or one that no system allows
        return False


def read_layers(
    file: Path,
    faults: Faults,
    questions: Mapping[str, type[Options]],
    *,
    seen: tuple[Path, ...] = (),
) -> dict[str, Any]:
    """Read a file over the one it extends."""
    if file.resolve() in seen:
        faults.add(f"{file.name} extends itself in a circle", "Take one `extends` out")
        return {}
    try:
        content = read_toml(file)
    except InputError as error:
        faults.found.extend(
            Fault(f"{file.name}: {fault.problem}", fault.remedy) for fault in error.faults
        )
        return {}
    _resolve_paths(content, file.parent, questions)
    parent = content.pop("extends", None)
    if parent is None:
        return content
    try:
        base_file = find_file(str(parent), beside=file.parent)
    except MissingFileError as error:
        faults.found.extend(error.faults)
        return content
    base = read_layers(base_file, faults, questions, seen=(*seen, file.resolve()))
    merge(base, content, questions)
    return base


def _resolve_paths(
    content: dict[str, Any], folder: Path, questions: Mapping[str, type[Options]]
) -> None:
    """Make the paths in a file's tables relative to where the program runs."""
    for key, kind in questions.items():
        table = content.get(key)
        if isinstance(table, dict):
            for name in kind.file_keys():
                value = table.get(name)
                if isinstance(value, str) and not kind.is_embedded(name, value):
                    table[name] = str(folder / value)


def merge(
    base: dict[str, Any], newer: Mapping[str, Any], questions: Mapping[str, type[Options]]
) -> None:
    """Put newer values over older ones, those of tables one by one."""
    for key in newer:
        for other in _REPLACES.get(key, ()):
            base.pop(other, None)
    for key, value in newer.items():
        if (key in TABLES or key in questions) and isinstance(value, Mapping):
            old = base.get(key)
            base[key] = {**(old if isinstance(old, Mapping) else {}), **value}
        else:
            base[key] = value


def nested(overrides: Mapping[str, object]) -> dict[str, Any]:
    """Turn ``coefficients.NAME`` into a table; no override at all is None."""
    nested: dict[str, Any] = {}
    for key, value in overrides.items():
        table, _, name = key.partition(".")
        if name:
            nested.setdefault(table, {})[name] = value
        elif value is not None:
            nested[key] = value
    return nested
