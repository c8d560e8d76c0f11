"""Every example in a docstring is run: what the documentation shows is what comes out."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import pkgutil

import pytest

PACKAGES = ("coverage_model", "optimisation", "maps", "sharedview")


def modules_with_examples() -> list[str]:
    """Name every module whose source holds a prompt."""
    names: list[str] = []
    for package in PACKAGES:
        home = importlib.import_module(package)
        found = pkgutil.walk_packages(home.__path__, f"{package}.")
        for name in (package, *(each.name for each in found)):
            spec = importlib.util.find_spec(name)
            if spec is not None and spec.loader is not None:
                source = spec.loader.get_source(name) or ""  # type: ignore[attr-defined]
                if ">>> " in source:
                    names.append(name)
    return names


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


def test_there_are_examples() -> None:
    assert len(modules_with_examples()) > 100
