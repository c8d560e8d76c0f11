"""What a scenario may choose for a question beside consolidation: one table of the file each.

.. code-block:: toml

    [procurement]
    contracts = "contracts.csv"     # beside the scenario file

Amounts and shares are coefficients and stand in ``[coefficients]``; here are choices: files, names
and switches. A path is relative to the file that names it. Each question brings a class of its own;
:func:`optimisation.scenario.load_scenario` is told which there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Protocol, get_args

from coverage_model.base import datasets
from coverage_model.base.checked_model import CheckedModel
from coverage_model.base.errors import Faults


class Asked(Protocol):
    """What choices are held against: a :class:`optimisation.scenario.Scenario`."""

    @property
    def count_police_time(self) -> bool:
        """Whether officers' ways are a cost."""


class Options(CheckedModel):
    """Choices for one question; unknown keys are faults.

    A question's own class names its table in ``key``. Where a choice may be the name of something
    embedded instead of a file, ``embedded`` says in which folder of the data it lies.
    """

    key: ClassVar[str] = ""
    embedded: ClassVar[Mapping[str, str]] = {}

    def check_with(self, scenario: Asked, faults: Faults) -> None:
        """Note what these choices contradict in the rest of the scenario; nothing by default."""

    @classmethod
    def file_keys(cls) -> tuple[str, ...]:
        """Return the keys that name a file."""
        return tuple(
            name
            for name, field in cls.model_fields.items()
            if Path in (field.annotation, *get_args(field.annotation))
        )

    @classmethod
    def is_embedded(cls, key: str, value: str) -> bool:
        """Whether a value is the name of something embedded."""
        folder = cls.embedded.get(key)
        return bool(folder) and (datasets.data_dir() / str(folder) / f"{value}.toml").is_file()

    def files(self) -> dict[str, Path]:
        """Return the files that are named, by key; names of embedded things are none."""
        found: dict[str, Path] = {}
        for key in self.file_keys():
            value = getattr(self, key)
            if isinstance(value, Mapping):  # a file for each of several things
                found |= {f"{key}.{name}": path for name, path in value.items()}
                continue
            paths = value if isinstance(value, tuple) else (value,)
            named = [path for path in paths if path and not self.is_embedded(key, str(path))]
            found |= {f"{key}.{n}" if n else key: path for n, path in enumerate(named)}
        return found
