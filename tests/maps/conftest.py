from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def load_samples(name: str = "sample_frames") -> ModuleType:
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    return load_samples()


@pytest.fixture(scope="session")
def beside() -> ModuleType:
    return load_samples("sample_beside")


@pytest.fixture
def answers(tmp_path: Path) -> Callable[[str, Any], Any]:
    """Ask the workshop page's own script, run in node."""
    engine = load_samples("engine")
    return lambda script, asked: engine.answers(script, asked, tmp_path)


@pytest.fixture(scope="session")
def pages(samples: ModuleType) -> dict[str, object]:
    return samples.pages()
