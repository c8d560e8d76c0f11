# ruff: noqa: PLR0917 - the arguments are those of one view
"""Visible areas by two slow ways that share nothing with the compiled sweep.

``exact_area`` takes the noded union of the obstacles, so that there is one boundary and no
overlap, and sums a closed form over every elementary wedge with brute force (no grid, no pruning,
no facing rule). ``shapely_area`` subtracts the hidden ground of each obstacle from a finely drawn
cone; it knows heights. ``ray_area`` shoots rays.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely import affinity

TURN = 2 * math.pi


def _boundary(obstacles: Sequence[Any], camera: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    whole = shapely.union_all([affinity.translate(o, *-camera) for o in obstacles])
    rings = shapely.get_rings(shapely.get_parts(whole))
    if len(rings) == 0:
        return np.empty((0, 2)), np.empty((0, 2))
    points = [shapely.get_coordinates(ring) for ring in rings]
    return np.concatenate([p[:-1] for p in points]), np.concatenate([p[1:] for p in points])


def _radii(a: np.ndarray, b: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Distance to each edge along each direction; infinite where it is missed."""
    d = np.stack([np.cos(angles), np.sin(angles)], axis=1)[:, None, :]
    e = (b - a)[None]
    across = d[..., 0] * e[..., 1] - d[..., 1] * e[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (a[:, 0] * e[..., 1] - a[:, 1] * e[..., 0]) / across
        u = (a[:, 0] * d[..., 1] - a[:, 1] * d[..., 0]) / across
    return np.where((t > 0) & (u >= 0) & (u <= 1), t, np.inf)


def _turns(azimuth_deg: float, hfov_deg: float) -> tuple[float, float]:
    span = math.radians(min(hfov_deg, 360))
    return math.radians(90 - azimuth_deg) - span / 2, span


def exact_area(
    camera: tuple[float, float],
    azimuth_deg: float,
    hfov_deg: float,
    near: float,
    far: float,
    obstacles: Sequence[Any],
) -> float:
    """Visible area in closed form from the noded union; all obstacles block for good."""
    if far <= near:
        return 0.0
    start, span = _turns(azimuth_deg, hfov_deg)
    a, b = _boundary(obstacles, np.asarray(camera, dtype=float))
    points = [*a, *b]
    for p, q in zip(a, b, strict=True):
        e = q - p
        middle = -(p @ e) / (e @ e)
        cuts = [middle]  # the foot of the perpendicular: a wall may touch a circle there
        for radius in (near, far):
            root = (p @ e) ** 2 - (e @ e) * (p @ p - radius**2)
            half = math.sqrt(max(root, 0.0)) / (e @ e)
            cuts += [middle - half, middle + half]
        points += [p + u * e for u in cuts if 0 <= u <= 1]
    angles = [0.0, span / 3, 2 * span / 3, span]
    angles += [(math.atan2(point[1], point[0]) - start) % TURN for point in points]
    angles = np.unique(np.clip(angles, 0, span))
    total = 0.0
    for low, high in itertools.pairwise(angles):
        middle = np.array([start + (low + high) / 2])
        radii = _radii(a, b, middle)[0] if len(a) else np.array([np.inf])
        best = int(np.argmin(radii))
        if radii[best] <= near:
            continue
        if radii[best] >= far:
            outer = far**2 * (high - low)
        else:
            ends = np.array([start + low, start + high])
            d = np.stack([np.cos(ends), np.sin(ends)], axis=1)
            e, p = b[best] - a[best], a[best]
            t = (p[0] * e[1] - p[1] * e[0]) / (d[:, 0] * e[1] - d[:, 1] * e[0])
            outer = t[0] * t[1] * math.sin(high - low)
        total += (outer - near**2 * (high - low)) / 2
    return total


def ray_area(
    camera: tuple[float, float],
    azimuth_deg: float,
    hfov_deg: float,
    near: float,
    far: float,
    obstacles: Sequence[Any],
    *,
    rays: int = 400_000,
) -> float:
    """Visible area from evenly spaced rays."""
    if far <= near:
        return 0.0
    start, span = _turns(azimuth_deg, hfov_deg)
    a, b = _boundary(obstacles, np.asarray(camera, dtype=float))
    total = 0.0
    for block in np.array_split((np.arange(rays) + 0.5) * (span / rays) + start, 40):
        reach = np.full(len(block), far)
        if len(a):
            reach = np.minimum(_radii(a, b, block).min(axis=1), far)
        total += float(np.sum(np.maximum(reach**2 - near**2, 0)))
    return total * span / rays / 2


def shapely_area(
    camera: tuple[float, float],
    azimuth_deg: float,
    hfov_deg: float,
    near: float,
    far: float,
    obstacles: Sequence[Any],
    heights: Sequence[float] | None = None,
    *,
    mount: float = 0.0,
    target: float = 0.0,
    chords: int = 20_000,
) -> float:
    """Visible area by subtracting each obstacle's hidden ground from a finely drawn cone."""
    if far <= near:
        return 0.0
    start, span = _turns(azimuth_deg, hfov_deg)
    angles = np.linspace(start, start + span, chords + 1)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    cone = shapely.Polygon(far * ring)
    if hfov_deg < 360:
        cone = shapely.Polygon(np.concatenate([[[0, 0]], far * ring]))
    if near > 0:
        cone = cone.difference(shapely.Polygon(near * np.concatenate([[[0, 0]], ring])))
        if hfov_deg >= 360:
            cone = shapely.Polygon(far * ring, [near * ring])
    for obstacle, height in zip(obstacles, heights or [math.inf] * len(obstacles), strict=True):
        shape = affinity.translate(obstacle, -camera[0], -camera[1])
        k = math.inf
        if height < mount:
            k = max((mount - target) / (mount - height), 1.0)
        hidden = [shape]
        if math.isfinite(k):
            hidden.append(affinity.scale(shape, k, k, origin=(0, 0)))
        for part in shapely.get_rings(shapely.get_parts(shape)):
            points = shapely.get_coordinates(part)
            for p, q in itertools.pairwise(points):
                near_by = shapely.LineString([p, q]).distance(shapely.Point(0, 0))
                scale = min(k, 2 * far / max(near_by, 1e-12))
                hidden.append(shapely.make_valid(shapely.Polygon([p, q, scale * q, scale * p])))
        cone = cone.difference(shapely.union_all(hidden))
    return float(cone.area)
