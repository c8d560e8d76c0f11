from __future__ import annotations

from pathlib import Path

import coverage_model
from coverage_model.sight import _kernel
from coverage_model.sight import compiled as _compiled


def test_every_compiled_module_is_part_of_the_stamp() -> None:
    folder = Path(coverage_model.__file__).parent / "sight"
    users = {
        path.stem
        for path in folder.glob("*.py")
        if "from coverage_model.sight.compiled import compiled" in path.read_text(encoding="utf-8")
    }
    assert users == set(_compiled.MODULES)


def test_cache_knows_the_sources_of_all() -> None:
    # numba looks at one file only; a change in another must not leave old code in use.
    stamp = _kernel.prune._cache._cache_file._source_stamp
    assert stamp[1] == _compiled._digest()


def test_compiled_functions_give_what_python_gives() -> None:
    for degrees in range(-179, 180, 7):
        p = _kernel.cone_sides(90.0 - degrees, 1e-3)[0]
        assert p == _kernel.cone_sides.py_func(90.0 - degrees, 1e-3)[0]
