"""What the application knows of its questions: read from their folders, kept nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pandas as pd

from optimisation import scenario
from optimisation.scenario import Scenario
from sharedview.questions import QUESTIONS
from sharedview.questions.ask import ASKED, Ask


def _asks() -> tuple[Ask, ...]:
    found = [import_module(f"{__package__}.{name}.ask").ASK for name in QUESTIONS]
    for name, ask in zip(QUESTIONS, found, strict=True):
        if ask.key != name:
            raise ValueError(f"the ask in the folder {name} calls itself {ask.key}")
    return tuple(sorted(found, key=lambda ask: (ask.order, ask.key)))


__all__ = ["ASKED", "ASKS", "load_scenario"]

ASKS: tuple[Ask, ...] = _asks()
"""Every question in the order of the report."""


def load_scenario(
    path: str | Path | None = None,
    *,
    overrides: Mapping[str, object] | None = None,
    boroughs: pd.DataFrame | None = None,
) -> Scenario:
    """Read a scenario file with the tables of every question.

    Parameters
    ----------
    path, overrides, boroughs
        As for :func:`optimisation.scenario.load_scenario`.

    Returns
    -------
    Scenario
        With choices for each question, its defaults where the file has no table.

    Raises
    ------
    MissingFileError, InputError
        As for :func:`optimisation.scenario.load_scenario`.

    Examples
    --------
    >>> load_scenario(overrides={"value": {"draws": 5}}).files
    {}
    """
    kinds = [ask.options for ask in ASKS if ask.options is not None]
    return scenario.load_scenario(path, overrides=overrides, boroughs=boroughs, questions=kinds)
