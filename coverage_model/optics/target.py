"""The target plane: how high above ground the thing is that is to be seen.

One plane holds for a whole figure: the blind zone, the shadows of buildings lower than the lens and
the slant distance of every level are measured on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from coverage_model.base.datasets import coefficient
from coverage_model.base.errors import Faults

NAMED = {"ground": "", "face": "view_target_height_m", "plate": "view_target_plate_m"}
"""Planes by name, and the coefficient that holds the height of each; the ground lies at 0."""

WORDS = {"ground": "the ground", "face": "a face", "plate": "a number plate"}
DEFAULT_TARGET = "face"
HIGHEST_M = 150.0


@dataclass(frozen=True, slots=True)
class TargetPlane:
    """A height above ground, and what stands there.

    Parameters
    ----------
    name
        ``ground``, ``face``, ``plate``, or ``own`` for a height of one's own.
    height_m
        Height above ground.

    Examples
    --------
    >>> TargetPlane("own", 1.0).words
    'a target 1 m above ground'
    """

    name: str
    height_m: float

    @property
    def words(self) -> str:
        """What is to be seen, in words."""
        if self.name == "ground":
            return WORDS["ground"]
        what = WORDS.get(self.name, "a target")
        return f"{what} {self.height_m:g} m above ground"


def plane_at(height_m: float) -> TargetPlane:
    """Name the plane at a height, where it has a name.

    Examples
    --------
    >>> plane_at(0.0).words, plane_at(1.6).words
    ('the ground', 'a face 1.6 m above ground')
    """
    for name in NAMED:
        plane = target_plane(name)
        if abs(plane.height_m - height_m) < 1e-9:
            return plane
    return TargetPlane("own", float(height_m))


def target_plane(target: str | float = DEFAULT_TARGET) -> TargetPlane:
    """Find the plane of a name, or of a height in metres.

    Raises
    ------
    InputError
        If it is neither a known name nor a height from 0 to 150 m.

    Examples
    --------
    >>> target_plane("face").height_m, target_plane("0.5 m").height_m, target_plane("plate").name
    (1.6, 0.5, 'plate')
    """
    text = str(target).strip().casefold()
    if text in NAMED:
        return TargetPlane(text, coefficient(NAMED[text]).value if NAMED[text] else 0.0)
    try:
        height = float(text.removesuffix("m").strip())
    except ValueError:
        height = math.nan
    faults = Faults("target")
    if not 0 <= height <= HIGHEST_M:
        faults.add(
            f"target is {target!r}",
            f"Give {', '.join(NAMED)}, or a height above ground from 0 to {HIGHEST_M:g} m",
        )
    faults.raise_if_any()
    return TargetPlane("own", height)
