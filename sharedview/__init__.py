"""Sharedview models London's CCTV coverage and the consolidation of its control rooms.

``import sharedview as sv`` gives the public names below. Each is loaded when it is first used, so
the import itself is quick.

Examples
--------
>>> import sharedview as sv
>>> len(sv.boroughs())
33
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__version__ = "0.2.0"

_PUBLIC = {
    "read_cameras": "coverage_model.reading.cameras",
    "read_obstacles": "coverage_model.reading.obstacles",
    "read_areas": "coverage_model.reading.areas",
    "read_demand": "coverage_model.reading.demand",
    "boroughs": "coverage_model.base.datasets",
    "coefficients": "coverage_model.base.datasets",
    "illustrative_cameras": "coverage_model.reading.illustrative",
    "view_sectors": "coverage_model.optics.sectors",
    "visible_areas": "coverage_model.sight.visibility",
    "coverage_faces": "coverage_model.cover.coverage",
    "coverage_by_area": "coverage_model.cover.coverage",
    "coverage_gaps": "coverage_model.cover.gaps",
    "load_scenario": "optimisation.scenario",
    "borough_inputs": "optimisation.territory",
    "consolidate": "optimisation.consolidation",
    "reference_plans": "optimisation.consolidation",
    "plan_table": "optimisation.comparison",
    "run_coverage": "sharedview.pipeline",
    "run_consolidation": "sharedview.pipeline",
}

__all__ = ["__version__", *_PUBLIC]  # noqa: PLE0604 - the keys are names


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


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'sharedview' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
