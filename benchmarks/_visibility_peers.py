"""The peers of ``visibility.py``, each in a process of its own, driven over pipes.

Run by ``visibility.py`` with the interpreter that holds the peers; needs only numpy and shapely
beside them. Reads one JSON request a line, answers one JSON line. Every peer fetches the obstacles
of each view from a tree over all footprints that is built beforehand, and ends with a shapely
polygon unless it gives none.
"""

# ruff: noqa: PLC0415 - a peer is imported when asked for, as it may be missing

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely

CHORD = math.radians(5.0)


class Task:
    """Cameras and footprints of one task, and what all peers share."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as data:
            self.x, self.y = data["x"], data["y"]
            self.azimuth = data["azimuth"]
            self.hfov, self.far = float(data["hfov"]), float(data["far"])
            self.footprints = shapely.from_wkb(data["footprints"])
        self.tree = shapely.STRtree(self.footprints)
        rings = shapely.get_rings(shapely.get_parts(self.footprints))
        points, of_ring = shapely.get_coordinates(rings, return_index=True)
        follows = of_ring[1:] == of_ring[:-1]
        self.segments = np.stack([points[:-1][follows], points[1:][follows]], axis=1)
        self.segment_tree = shapely.STRtree(shapely.linestrings(self.segments))
        # Cones are drawn beforehand, as ours come in a frame of sectors.
        span = math.radians(self.hfov)
        n = math.ceil(span / CHORD - 1e-9)
        r = self.far * math.sqrt(span / n / math.sin(span / n))
        start = np.radians(90 - self.azimuth) - span / 2
        angle = start[:, None] + np.arange(n + 1) * (span / n)
        ring = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=2)
        if self.hfov >= 360:
            ring = ring[:, :-1]
        else:
            ring = np.concatenate([np.zeros((len(ring), 1, 2)), ring], axis=1)
        self.cones = shapely.polygons(ring + np.stack([self.x, self.y], axis=1)[:, None])


class ExpertShapely:
    """Shapely as an expert would tune it: fetch by sector, nearest first, skip what is hidden."""

    package = "shapely"

    def __init__(self, task: Task) -> None:
        self.task = task
        parts, of_part = shapely.get_parts(task.footprints, return_index=True)
        rings, of_ring = shapely.get_rings(parts, return_index=True)
        outside = np.diff(of_ring, prepend=-1) != 0
        self.rings: list[list[np.ndarray]] = [[] for _ in task.footprints]
        # Interior on the left, so that one sign tells which walls face the camera.
        for ring, part, first in zip(rings, of_ring, outside, strict=True):
            points = shapely.get_coordinates(ring)
            if shapely.is_ccw(ring) != first:
                points = points[::-1]
            self.rings[of_part[part]].append(points)

    def see(self, k: int) -> Any:
        """Take away the shadows of the buildings that are still in sight."""
        task = self.task
        camera = np.array([task.x[k], task.y[k]])
        eye = shapely.points(camera)
        left = task.cones[k]
        found = task.tree.query(left, predicate="intersects")
        shapes = task.footprints[found]
        distance = shapely.distance(shapes, eye)
        for at in distance.argsort():
            if not shapely.intersects(shapes[at], left):
                continue
            for shadow in self.shadows(found[at], camera):
                left = shapely.difference(left, shadow)
            if shapely.get_type_id(left) != shapely.GeometryType.POLYGON:
                pieces = shapely.get_parts(left)
                pieces = pieces[shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON]
                left = pieces[shapely.distance(pieces, eye).argmin()]
        return left

    def shadows(self, building: int, camera: np.ndarray) -> list[Any]:
        """Draw, for each chain of walls that face the camera, what it hides."""
        shadows = []
        reach = 8 * self.task.far
        for ring in self.rings[building]:
            p = ring - camera
            x, y = p[:, 0].tolist(), p[:, 1].tolist()
            n = len(x) - 1
            # Rings are short, so plain Python beats arrays here.
            front = [x[i] * y[i + 1] - y[i] * x[i + 1] < 0 for i in range(n)]
            if not any(front):
                continue
            first = 0 if all(front) else next(i for i in range(n) if front[i] and not front[i - 1])
            i = 0
            while i < n:
                if not front[(first + i) % n]:
                    i += 1
                    continue
                j = i
                while j < n and front[(first + j) % n]:
                    j += 1
                walls = [((x[(first + v) % n]), y[(first + v) % n]) for v in range(i, j + 1)]
                outer = []
                for v, (px, py) in enumerate(walls):
                    size = reach / math.hypot(px, py)
                    here = (px * size, py * size)
                    if v:
                        # Half way round, so that a wide wall's shadow stays beyond the range.
                        mx, my = here[0] + outer[-1][0], here[1] + outer[-1][1]
                        size = reach / max(math.hypot(mx, my), 1e-9)
                        outer.append((mx * size, my * size))
                    outer.append(here)
                shadows.append(shapely.polygons(np.array(walls + outer[::-1]) + camera))
                i = j
        return shadows


class Pysovist:
    """pysovist with the walls of the range fetched from a tree."""

    package = "pysovist"

    def __init__(self, task: Task) -> None:
        import pysovist

        self.task, self.isovist = task, pysovist.isovist

    def see(self, k: int) -> Any:
        task = self.task
        camera = (task.x[k], task.y[k])
        if task.hfov < 360:
            found = task.segment_tree.query(task.cones[k], predicate="intersects")
        else:
            eye = shapely.points(camera)
            found = task.segment_tree.query(eye, predicate="dwithin", distance=task.far)
        walls = task.segments[found]
        return self.isovist(
            walls,
            camera,
            max_distance=task.far,
            fov=math.radians(task.hfov),
            direction=math.remainder(math.radians(90 - task.azimuth[k]), math.tau),
        )


class _Room:
    """Peers that want a room with islands: the sector less the buildings in it."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def room(self, k: int) -> tuple[Any, np.ndarray]:
        """Cut the cone's buildings out of it; the part around the camera, and where that is."""
        task = self.task
        camera = np.array([task.x[k], task.y[k]])
        cone = task.cones[k]
        found = task.tree.query(cone, predicate="intersects")
        free = cone.difference(shapely.union_all(task.footprints[found]))
        eye = shapely.Point(camera)
        parts = shapely.get_parts(free)
        room = parts[shapely.distance(parts, eye).argmin()]
        # Off the cone's tip and into it, as these peers need a point well inside.
        inside = camera
        if task.hfov < 360:
            heading = math.radians(90 - task.azimuth[k])
            inside = camera + 1e-6 * np.array([math.cos(heading), math.sin(heading)])
        return shapely.transform(room, lambda c: c - inside), inside


class Pyvispoly(_Room):
    """CGAL's triangular expansion through pyvispoly."""

    package = "pyvispoly"

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        import pyvispoly

        self.lib = pyvispoly

    def see(self, k: int) -> Any:
        room, camera = self.room(k)
        point = self.lib.Point
        outer = [point(*c) for c in shapely.get_coordinates(room.exterior)[:-1]]
        holes = [
            [point(*c) for c in shapely.get_coordinates(ring)[-2::-1]]
            if shapely.is_ccw(ring)
            else [point(*c) for c in shapely.get_coordinates(ring)[:-1]]
            for ring in room.interiors
        ]
        if not shapely.is_ccw(room.exterior):
            outer.reverse()
        polygon = self.lib.PolygonWithHoles(outer, holes)
        found = self.lib.VisibilityPolygonCalculator(polygon).compute_visibility_polygon(
            point(0.0, 0.0)
        )
        ring = [(float(p.x()), float(p.y())) for p in found.boundary()]
        return shapely.Polygon(np.array(ring) + camera)


class Visilibity(_Room):
    """VisiLibity1 through its Python binding."""

    package = "visilibity"

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        import visilibity

        self.lib = visilibity

    def see(self, k: int) -> Any:
        room, camera = self.room(k)
        lib = self.lib

        def ring(line: Any, *, anticlockwise: bool) -> Any:
            points = shapely.get_coordinates(line)[:-1]
            if shapely.is_ccw(line) != anticlockwise:
                points = points[::-1]
            return lib.Polygon([lib.Point(float(x), float(y)) for x, y in points])

        walls = [ring(room.exterior, anticlockwise=True)]
        walls += [ring(hole, anticlockwise=False) for hole in room.interiors]
        observer = lib.Point(0.0, 0.0)
        environment = lib.Environment(walls)
        observer.snap_to_boundary_of(environment, 1e-9)
        found = lib.Visibility_Polygon(observer, environment, 1e-9)
        points = [(found[i].x(), found[i].y()) for i in range(found.n())]
        return shapely.Polygon(np.array(points) + camera)


class Embree:
    """Rays every 0.1 degrees through Intel's Embree: not exact, and misses what is thin."""

    package = "embreex"

    def __init__(self, task: Task) -> None:
        from embreex import rtcore_scene
        from embreex.mesh_construction import TriangleMesh

        self.task = task
        self.origin = task.segments.reshape(-1, 2).mean(axis=0)
        a, b = (task.segments - self.origin)[:, 0], (task.segments - self.origin)[:, 1]
        low, high = np.full(len(a), -1.0), np.full(len(a), 1.0)
        quads = [np.column_stack([end, z]) for end, z in ((a, low), (b, low), (b, high), (a, high))]
        first, second = (np.stack([quads[i] for i in t], axis=1) for t in ((0, 1, 2), (0, 2, 3)))
        self.scene = rtcore_scene.EmbreeScene()
        TriangleMesh(self.scene, np.concatenate([first, second]).astype(np.float32))

    def see(self, k: int) -> Any:
        task = self.task
        n = round(task.hfov * 10)
        span = math.radians(task.hfov)
        angle = math.radians(90 - task.azimuth[k]) - span / 2 + (np.arange(n) + 0.5) * span / n
        way = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(n)]).astype(np.float32)
        eye = np.array([task.x[k], task.y[k]]) - self.origin
        start = np.broadcast_to(np.append(eye, 0.0).astype(np.float32), (n, 3)).copy()
        reach = self.scene.run(start, way, query="DISTANCE")
        reach = np.minimum(np.where(reach > 0, reach, task.far), task.far)
        points = (reach[:, None] * way[:, :2]) + eye + self.origin
        if task.hfov < 360:
            points = np.vstack([[task.x[k], task.y[k]], points])
        return shapely.polygons(points)


PEERS = {
    "expert shapely": ExpertShapely,
    "pysovist, obstacles fetched locally": Pysovist,
    "pyvispoly (CGAL)": Pyvispoly,
    "VisiLibity": Visilibity,
    "embreex, 0.1° rays": Embree,
}


def area_of(seen: Any) -> float:
    """Area of what a peer gave: a polygon, or a result with an area."""
    return float(seen.area)


def main() -> None:
    """Answer requests until the pipe closes."""
    peer = None
    for line in sys.stdin:
        request = json.loads(line)
        answer: dict[str, Any] = {}
        try:
            if request["do"] == "load":
                kind = PEERS[request["peer"]]
                with contextlib.redirect_stdout(sys.stderr):
                    peer = kind(Task(Path(request["task"])))
                answer["version"] = importlib.metadata.version(kind.package)
            else:
                rows = range(request["first"], request["last"])
                start = time.process_time()
                with contextlib.redirect_stdout(sys.stderr):
                    seen = [peer.see(k) for k in rows]
                answer["seconds"] = time.process_time() - start
                answer["areas"] = [area_of(s) for s in seen]
        except ImportError as error:
            answer["missing"] = str(error)
        except Exception as error:  # noqa: BLE001 - a peer that fails is reported, not hidden
            answer["failed"] = f"{type(error).__name__}: {error}"
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
