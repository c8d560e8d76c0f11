"""The study file: one TOML file that names every input, option and choice of a run.

.. code-block:: toml

    name = "Camden and Islington"
    report = true                    # also the report, of what the tables below say

    [coverage]
    cameras = "cameras.csv"          # every path is relative to this file
    level = "detect"

    [consolidation]
    scenario = "scenario.toml"

The tables hold the options of the verbs ``coverage`` and ``consolidate``
(:mod:`sharedview.settings`); ``sharedview run study.toml`` does the work of both, and that of
``report``.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coverage_model.base.crs import WORKING_CRS, parse_crs
from coverage_model.base.errors import Fault, Faults, InputError, MissingFileError
from coverage_model.optics.pixel_density import find_level, levels
from coverage_model.optics.target import target_plane
from optimisation.options import Options
from optimisation.scenario import Scenario
from sharedview.questions.registry import load_scenario
from sharedview.settings import CoverageSettings, PlanSettings

Kind = TypeVar("Kind", bound=Options)


class Study(BaseModel):
    """Everything a run is told.

    Parameters
    ----------
    name
        What a reader sees.
    report
        Whether the report is written too.
    coverage, consolidation
        What the two parts are told; None for a part that is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="study", min_length=1)
    report: bool = True
    coverage: CoverageSettings | None = None
    consolidation: PlanSettings | None = None

    @property
    def files(self) -> dict[str, Path]:
        """Every file that the study names, by ``table.key``."""
        return dict(_files(self))


def load_study(path: str | Path) -> Study:
    """Read a study file and check all of it, and the scenarios it names.

    Parameters
    ----------
    path
        A TOML file.

    Returns
    -------
    Study
        With paths relative to where the program runs.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        Listing every fault: TOML that cannot be read, unknown keys, values out of range, files that
        are not there, an unknown level or CRS, and each fault of a scenario.
    """
    file = Path(path)
    if not file.is_file():
        fault = Fault(
            "there is no such study file", "Check the path, or write one: sharedview init"
        )
        raise MissingFileError(file, [fault])
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fault = Fault(f"it is not valid TOML: {error}", "Correct that line")
        raise InputError(file, [fault]) from error
    faults = Faults(file)
    coverage = _table(content, CoverageSettings, file.parent, faults)
    consolidation = _table(content, PlanSettings, file.parent, faults)
    plain = {k: v for k, v in content.items() if k not in ("coverage", "consolidation")}
    study = Study()
    try:
        study = Study.model_validate(plain)
    except ValidationError as error:
        _note(error, faults, Study)
    study = study.model_copy(update={"coverage": coverage, "consolidation": consolidation})
    if not {"coverage", "consolidation"} & set(content):
        faults.add("it asks for nothing", "Give a table [coverage], [consolidation] or both")
    _check(study, faults)
    faults.raise_if_any()
    return study


def scenarios_of(
    settings: PlanSettings, boroughs: pd.DataFrame | None = None
) -> tuple[Scenario, ...]:
    """Read the scenarios that are named, on a territory (London); the default one where none is."""
    named = settings.scenario or (None,)
    return tuple(load_scenario(path, boroughs=boroughs) for path in named)


def _table(content: dict[str, Any], kind: type[Kind], folder: Path, faults: Faults) -> Kind | None:
    """Read one table, its paths made relative to where the program runs."""
    given = content.get(kind.key)
    if given is None:
        return None
    if not isinstance(given, dict):
        faults.add(f"{kind.key} = {given!r} is no table", f"Write a table [{kind.key}]")
        return None
    table = {key: _beside(folder, kind, key, value) for key, value in given.items()}
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        _note(error, faults, kind, table=kind.key)
    bad = {problem["loc"][0] for problem in error_places(kind, table)}
    try:
        # What is valid is checked further, so that one error lists all.
        return kind.model_validate({key: value for key, value in table.items() if key not in bad})
    except ValidationError:
        return None


def error_places(kind: type[Options], table: dict[str, Any]) -> list[Any]:
    """Return the problems of a table, none for a table without any."""
    try:
        kind.model_validate(table)
    except ValidationError as error:
        return list(error.errors())
    return []


def _beside(folder: Path, kind: type[Options], key: str, value: Any) -> Any:
    """Make the path or paths of a key relative to where the program runs."""
    if isinstance(value, list):
        return [_beside(folder, kind, key, each) for each in value]
    if isinstance(value, dict):
        return {name: _beside(folder, kind, key, each) for name, each in value.items()}
    if not isinstance(value, str):
        return value
    if key == "levels_table":  # the name of an embedded table, or a file
        return str(folder / value) if value.lower().endswith(".csv") else value
    if key not in kind.file_keys() or kind.is_embedded(key, value):
        return value
    return str(folder / value)


def _note(
    error: ValidationError, faults: Faults, kind: type[BaseModel], *, table: str = ""
) -> None:
    known = list(kind.model_fields)
    for problem in error.errors(include_url=False, include_context=False):
        name = ".".join(str(part) for part in problem["loc"])
        place = ".".join(filter(None, (table, name)))
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(known)}"
            faults.add(f"unknown key {place}", hint)
        elif problem["type"] == "missing":
            faults.add(f"{place} is missing", "Add it")
        else:
            faults.add(f"{place} = {problem['input']!r}: {problem['msg']}", "Correct the value")


def _files(study: Study) -> Iterator[tuple[str, Path]]:
    for settings in (study.coverage, study.consolidation):
        if settings is not None:
            for key, path in settings.files().items():
                yield f"{settings.key}.{key}", path


def _check(study: Study, faults: Faults) -> None:
    """Note files that are not there, and what names something that is not known."""
    for place, path in study.files.items():
        if not path.exists() and place != "coverage.ledger":
            faults.add(f"{place} names {path}, which is no file", "Correct the path")
    asked = study.coverage
    if asked is not None:
        _take(lambda: parse_crs(asked.crs), "coverage.crs", faults)
        table = asked.levels_table
        if not table.lower().endswith(".csv") or Path(table).is_file():
            _take(
                lambda: levels(table) and find_level(asked.level, table), "coverage.level", faults
            )
        _take(lambda: target_plane(asked.target), "coverage.target", faults)
        if asked.weight is not None and asked.demand is None:
            faults.add("coverage.weight is given without demand", "Name the file as demand")
        if study.report and asked.crs.upper() != WORKING_CRS:
            faults.add(
                f"the report is about London, and coverage.crs is {asked.crs}",
                "Say report = false",
            )
        if asked.audience == "public" or asked.ledger or asked.known_counts:
            faults.add(
                "a study is for the restricted audience",
                "Publish with: sharedview coverage --audience public",
            )
    if study.consolidation is not None:
        if study.report and len(study.consolidation.scenario) > 1:
            faults.add(
                "the report is of one scenario and consolidation.scenario names several",
                "Name one, or say report = false",
            )
        if study.report and study.consolidation.areas is not None:
            faults.add(
                "the report is about London, and consolidation.areas names another territory",
                "Say report = false",
            )
        # Names in a scenario of another territory are those of its areas: the run checks them.
        london = study.consolidation.areas is None
        for path in study.consolidation.scenario if london else ():
            _take(lambda path=path: load_scenario(path), "consolidation.scenario", faults)  # type: ignore[misc]


def _take(read: Callable[[], object], place: str, faults: Faults) -> None:
    """Read something and note its faults as those of the study."""
    try:
        read()
    except InputError as error:
        for fault in error.faults:
            faults.add(f"{place}: {fault.problem}", fault.remedy, rows=fault.rows)
