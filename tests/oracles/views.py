"""Views for tests, in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely import affinity

from coverage_model.base.schemas import Sectors, check
from coverage_model.optics.sectors import sector_polygons
from coverage_model.sight.grid import index_obstacles
from coverage_model.sight.visibility import Swept, sweep_views

BNG = (530_000.0, 180_000.0)
"""Where tests take place, so that coordinates are as large as London's."""


@dataclass(frozen=True)
class Seen:
    """What one camera sees, relative to the origin of its test."""

    area: float
    polygon: Any
    status: str
    moved: float
    camera: tuple[float, float]


def footprints(
    shapes: Sequence[Any],
    heights: Sequence[float] | None = None,
    *,
    origin: tuple[float, float] = BNG,
) -> gpd.GeoDataFrame:
    """Obstacles at the test's origin."""
    moved = [affinity.translate(shape, *origin) for shape in shapes]
    values = np.full(len(shapes), np.nan) if heights is None else np.asarray(heights, dtype=float)
    columns = {
        "obstacle_id": [f"o{k}" for k in range(len(shapes))],
        "height_m": values,
        "height_basis": np.where(np.isnan(values), "unknown", "measured"),
    }
    return gpd.GeoDataFrame(columns, geometry=moved, crs="EPSG:27700")


def sweep_all(
    shapes: Sequence[Any],
    cameras: Sequence[tuple[float, float]],
    *,
    azimuth: float | Sequence[float] = 0.0,
    hfov: float | Sequence[float] = 360.0,
    near: float | Sequence[float] = 0.0,
    far: Any = 50.0,
    mount: float = 4.0,
    target: float = 0.0,
    heights: Sequence[float] | None = None,
    tolerance: float = 2.0,
    origin: tuple[float, float] = BNG,
    threads: int | None = 1,
) -> Swept:
    """Sweep cameras given relative to the origin."""
    places = np.asarray(cameras, dtype=float).reshape(-1, 2) + origin
    n = len(places)
    far_m = np.asarray(far, dtype=float)
    return sweep_views(
        places[:, 0].copy(),
        places[:, 1].copy(),
        azimuth_deg=np.broadcast_to(np.asarray(azimuth, dtype=float), n).copy(),
        hfov_deg=np.broadcast_to(np.asarray(hfov, dtype=float), n).copy(),
        near_m=np.broadcast_to(np.asarray(near, dtype=float), n).copy(),
        far_m=far_m if far_m.ndim == 2 else np.broadcast_to(far_m, n).copy(),
        mount_height_m=np.full(n, mount),
        index=index_obstacles(footprints(shapes, heights, origin=origin)),
        snap_tolerance_m=tolerance,
        target_height_m=target,
        threads=threads,
    )


def see(shapes: Sequence[Any], camera: tuple[float, float] = (0.0, 0.0), **kwargs: Any) -> Seen:
    """What one camera sees; the arguments are those of ``sweep_all``."""
    swept = sweep_all(shapes, [camera], **kwargs)
    origin = kwargs.get("origin", BNG)
    polygon = swept.polygons()[0]
    # A polygon that is wrong in any way makes every test that looks at it fail.
    assert shapely.is_valid(polygon), shapely.is_valid_reason(polygon)
    return Seen(
        area=float(swept.area_m2[0, 0]),
        polygon=affinity.translate(polygon, -origin[0], -origin[1]),
        status=str(swept.position_status[0]),
        moved=float(swept.moved_m[0]),
        camera=(float(swept.x_m[0] - origin[0]), float(swept.y_m[0] - origin[1])),
    )


def sectors_frame(
    x: Any,
    y: Any,
    *,
    azimuth: Any = 0.0,
    hfov: Any = 90.0,
    near: Any = 0.0,
    far: Any = 50.0,
    mount: float = 4.0,
) -> gpd.GeoDataFrame:
    """Sectors with the index ``v0``, ``v1`` and so on."""
    x, y, azimuth, hfov, near, far = (
        np.array(values, dtype=float)
        for values in np.broadcast_arrays(np.atleast_1d(x), y, azimuth, hfov, near, far)
    )
    names = [f"v{k}" for k in range(len(x))]
    frame = gpd.GeoDataFrame(
        {
            "camera_id": names,
            "ownership": "public",
            "integration": "integrated",
            "camera_type": "fixed",
            "borough_code": "E09000007",
            "view_basis": "given",
            "assumed_fields": "",
            "level": "detect",
            "x_m": x,
            "y_m": y,
            "azimuth_deg": azimuth,
            "hfov_deg": hfov,
            "near_m": near,
            "far_m": far,
            "mount_height_m": mount,
        },
        index=names,
        geometry=sector_polygons(x, y, azimuth_deg=azimuth, hfov_deg=hfov, near_m=near, far_m=far),
        crs="EPSG:27700",
    )
    frame.index.name = "view_id"
    return check(frame, Sectors, "test")
