"""Sharedview models London's CCTV coverage and the consolidation of its control rooms.

``import sharedview as sv`` gives the public names, which ``__init__.pyi`` lists with their homes.
Each is loaded when it is first used, so the import itself is quick.

Examples
--------
>>> import sharedview as sv
>>> len(sv.boroughs())
33
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

__version__ = "0.2.0"


def _check_siblings() -> None:
    """Refuse another project's ``maps`` or ``optimisation``: the names are not ours alone."""
    home = Path(__file__).resolve().parent.parent
    for name in ("coverage_model", "maps", "optimisation"):
        spec = find_spec(name)
        found = Path(spec.origin).resolve().parent.parent if spec and spec.origin else None
        if found != home:
            raise ImportError(
                f"Sharedview's package '{name}' should lie in {home} but Python finds "
                f"{found or 'none'}. Another distribution of that name is in the way: uninstall "
                "it, or install Sharedview in a virtual environment of its own."
            )


_check_siblings()

from coverage_model.base.lazy import public  # noqa: E402 - a sibling, once it is known to be ours

__getattr__, __dir__, __all__ = public(__name__, __file__)
