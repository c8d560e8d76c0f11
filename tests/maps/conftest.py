from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


def load_samples() -> ModuleType:
    path = Path(__file__).with_name("sample_frames.py")
    spec = importlib.util.spec_from_file_location("sample_frames", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    return load_samples()


@pytest.fixture(scope="session")
def pages(samples: ModuleType) -> dict[str, object]:
    return samples.pages()
