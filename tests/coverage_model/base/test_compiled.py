from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from coverage_model.base import compiled
from coverage_model.sight import _kernel, _sweep

ROOT = Path(__file__).parents[3]


def stamp(dispatcher: object) -> object:
    return dispatcher._cache._cache_file._source_stamp[1]


def test_cache_knows_the_sources_of_all() -> None:
    # numba looks at one file only; a change in another must not leave old code in use.
    assert stamp(_kernel.prune) == _kernel.prune.sources_sha256
    callers = [each for each in vars(_sweep).values() if hasattr(each, "sources_sha256")]
    assert _kernel.prune.sources_sha256 not in {
        each.sources_sha256 for each in callers if each.__module__ == _sweep.__name__
    }


def test_a_change_in_a_called_module_changes_the_stamp(tmp_path: Path) -> None:
    header = "from coverage_model.base.compiled import compiled\n"
    (tmp_path / "caller.py").write_text(
        header + "from callee import f\n@compiled\ndef g():\n    return f()\nprint(g(), end='')"
    )
    path = f"{tmp_path}{os.pathsep}{ROOT}"
    for value in ("1", "2"):
        (tmp_path / "callee.py").write_text(header + f"@compiled\ndef f():\n    return {value}\n")
        done = subprocess.run(
            [sys.executable, tmp_path / "caller.py"],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert done.stdout == value


def test_where_nothing_is_kept_it_works_and_says_the_cost() -> None:
    # A superuser may write anywhere: numba is told that it found no folder.
    program = (
        "import os; from numba.core import caching\n"
        "if 'LOST' in os.environ: caching.CacheImpl._locator_classes = []\n"
        "from coverage_model.base.compiled import cost; from coverage_model.sight import _kernel\n"
        "print(_kernel.cone_sides(3.0, 1e-3)[0]); print(cost())"
    )
    said = {}
    for name, setting in {"unwritable": {"LOST": "1"}, "off": {"NUMBA_DISABLE_JIT": "1"}}.items():
        done = subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), **setting},
        )
        value, said[name] = done.stdout.strip().split("\n")
        assert float(value) == _kernel.cone_sides(3.0, 1e-3)[0]
    assert "NUMBA_CACHE_DIR" in said["unwritable"]
    assert "NUMBA_DISABLE_JIT" in said["off"]
    assert compiled.cost() is None


def test_compiled_functions_give_what_python_gives() -> None:
    for degrees in range(-179, 180, 7):
        p = _kernel.cone_sides(90.0 - degrees, 1e-3)[0]
        assert p == _kernel.cone_sides.py_func(90.0 - degrees, 1e-3)[0]
