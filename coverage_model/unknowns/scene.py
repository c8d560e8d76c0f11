"""One draw after the other of what cameras see: cut exactly, measured by scan lines."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coverage_model.base.ragged import Ragged, joined
from coverage_model.cover.overlay import Geometries
from coverage_model.cover.scanlines import Crossings, Lines, no_crossings
from coverage_model.sight.grid import ObstacleIndex
from coverage_model.sight.positions import UNRESOLVED, place_cameras
from coverage_model.sight.visibility import Swept, sweep_views
from coverage_model.unknowns.distributions import DRIVERS, Drawn, Unknowns

ATTEMPTS = 8
"""Places drawn for a camera before it stays at the one given: nearly all are free far sooner."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything that stays the same from draw to draw.

    Parameters
    ----------
    views
        Views that differ from draw to draw.
    lines
        The lines that measure.
    index
        The obstacles.
    fixed
        Where the outlines of all other views cross the lines.
    fixed_m2
        What those cover, by even and odd lines and by area.
    still
        The views with everything at its working value, and the row of each polygon: what a draw of
        some unknowns leaves as it is. None where every draw changes every view.
    snap_tolerance_m
        As for :func:`coverage_model.sight.visibility.visible_areas`.
    """

    views: Unknowns
    lines: Lines
    index: ObstacleIndex
    fixed: Crossings
    fixed_m2: Floats
    still: tuple[Ragged, NDArray[np.int64]] | None
    snap_tolerance_m: float

    @classmethod
    def of(
        cls,
        unknowns: Unknowns,
        lines: Lines,
        *,
        index: ObstacleIndex,
        snap_tolerance_m: float,
        alone: bool = False,
    ) -> Scene:
        """Set the scene: compute what no draw changes.

        ``alone`` says that draws of a few unknowns at a time will follow.
        """
        scene = cls(
            views=unknowns,
            lines=lines,
            index=index,
            fixed=no_crossings(lines.count),
            fixed_m2=np.zeros((2, lines.areas)),
            still=None,
            snap_tolerance_m=snap_tolerance_m,
        )
        differs = np.logical_or.reduce(
            [unknowns.label > 0, *(unknowns.missing(n) for n in DRIVERS if scene.matters(n))]
        )
        if unknowns.position_sigma_m > 0:
            # A camera deep in a building sees nothing; moving it out would be a guess.
            differs &= (
                scene._codes(unknowns.x_m, unknowns.y_m, unknowns.given["mount_height_m"])
                != UNRESOLVED
            )
        same = replace(scene, views=unknowns.take(np.flatnonzero(~differs)))
        rings, rows = same.rings(same.views.draw(0, vary=()))
        fixed = lines.cross(rings, same.views.label[rows])
        scene = replace(
            scene,
            views=unknowns.take(np.flatnonzero(differs)),
            fixed=fixed,
            fixed_m2=lines.covered_m2(fixed)[:, :, 0],
        )
        return replace(scene, still=scene.rings(scene.views.draw(0, vary=()))) if alone else scene

    def matters(self, name: str) -> bool:
        """Whether a value has any say here: heights do only among obstacles lower than a camera."""
        if name != "mount_height_m":
            return True
        heights = self.views.highest_mount_m
        return bool(len(self.index.heights)) and bool(self.index.heights.min() < heights)

    def varies(self, name: str) -> bool:
        """Whether the value differs from draw to draw."""
        return self.matters(name) and bool(self.views.missing(name).any())

    def covered_m2(self, number: int, *, vary: Collection[str]) -> Floats:
        """Covered ground of a draw: even and odd lines × areas × measures."""
        rings, rows = self._drawn(number, vary)
        gained = self.lines.covered_m2(
            self.lines.cross(rings, self.views.label[rows]), fixed=self.fixed
        )
        return self.fixed_m2[:, :, None] + gained

    def _drawn(self, number: int, vary: Collection[str]) -> tuple[Ragged, NDArray[np.int64]]:
        """Sweep the views that a draw changes; the others are there already."""
        moved = "position" in vary and self.views.position_sigma_m > 0
        if self.still is None or moved:
            drawn = self.views.draw(number, vary=vary)
            if moved:
                x, y = self._places(number)
                drawn = replace(drawn, x_m=x, y_m=y)
            return self.rings(drawn)
        changed = np.logical_or.reduce(
            [np.zeros(len(self.views), dtype=bool), *(self.views.missing(name) for name in vary)]
        )
        rings, rows = self.still
        kept = np.flatnonzero(~changed[rows])
        some = np.flatnonzero(changed)
        again, of = self.rings(self.views.take(some).draw(number, vary=vary))
        return joined([rings.take(kept), again]), np.concatenate([rows[kept], some[of]])

    def rings(self, drawn: Drawn) -> tuple[Ragged, NDArray[np.int64]]:
        """Cut drawn views by the obstacles; also the row of each polygon."""
        return self._sweep(drawn).rings()

    def polygons(self, drawn: Drawn) -> Geometries:
        """Cut drawn views by the obstacles."""
        return self._sweep(drawn).polygons()

    def _sweep(self, drawn: Drawn) -> Swept:
        return sweep_views(
            drawn.x_m,
            drawn.y_m,
            azimuth_deg=drawn.azimuth_deg,
            hfov_deg=drawn.hfov_deg,
            near_m=drawn.near_m,
            far_m=drawn.far_m,
            mount_height_m=drawn.mount_height_m,
            index=self.index,
            snap_tolerance_m=self.snap_tolerance_m,
            target_height_m=self.views.target_height_m,
            threads=1,
            regions=None if drawn.regions is None else [drawn.regions],
            shaped=drawn.shaped,
            height_given=drawn.height_given,
        )

    def _places(self, number: int) -> tuple[Floats, Floats]:
        """Places of a draw; one deep in a building is drawn again."""
        x, y = self.views.shifted(number)
        height = self.views.given["mount_height_m"]
        wrong = np.flatnonzero(self._codes(x, y, height) == UNRESOLVED)
        for attempt in range(1, ATTEMPTS):
            if len(wrong) == 0:
                break
            x[wrong], y[wrong] = self.views.take(wrong).shifted(number, attempt=attempt)
            wrong = wrong[self._codes(x[wrong], y[wrong], height[wrong]) == UNRESOLVED]
        x[wrong], y[wrong] = self.views.x_m[wrong], self.views.y_m[wrong]
        return x, y

    def _codes(self, x: Floats, y: Floats, height_m: Floats) -> Any:
        """Position status of places, whatever the heading; heights as given."""
        whole = np.full(len(x), 360.0)
        return place_cameras(
            x, y, azimuth_deg=np.zeros(len(x)), hfov_deg=whole, index=self.index,
            snap_tolerance_m=self.snap_tolerance_m, mount_height_m=height_m,
        ).code  # fmt: skip
