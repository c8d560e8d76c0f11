"""Public names that are loaded when they are first used, written once: in the package's stub.

``__init__.pyi`` beside a package's ``__init__.py`` says which names are public and where each comes
from; type checkers read it, and :func:`public` reads the same lines, so that the two cannot differ.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def public(
    package: str, init: str
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of a package from its stub.

    Parameters
    ----------
    package
        Its name.
    init
        Its ``__file__``; the stub lies beside it.

    Examples
    --------
    >>> import coverage_model
    >>> coverage_model.read_cameras.__module__
    'coverage_model.reading.cameras'
    """
    homes: dict[str, tuple[str, str]] = {}
    for node in ast.parse(Path(init).with_suffix(".pyi").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            for name in node.names:
                if name.asname is not None:  # "import x as x" is how a stub says public
                    homes[name.asname] = (str(node.module), name.name)

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home, own = homes[name]
        # A package's own module is told by its home; anything else is a name in a module.
        if home == package:
            return import_module(f"{home}.{own}")
        return getattr(import_module(home), own)

    return load, lambda: sorted(homes), sorted(homes)
