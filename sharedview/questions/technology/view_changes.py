"""What other cameras at the same places would see: more pixels, or more sensors in a housing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from coverage_model.optics.sectors import sector_polygons


def with_resolution(cameras: gpd.GeoDataFrame, horizontal_px: float) -> gpd.GeoDataFrame:
    """Give every camera at least so many pixels across.

    Parameters
    ----------
    cameras
        :class:`coverage_model.base.schemas.Cameras`.
    horizontal_px
        Pixels across; a camera with more keeps them, one whose pixels are unknown gets these.

    Returns
    -------
    GeoDataFrame
        The same views; ``range_m`` still limits them.
    """
    px = cameras["horizontal_px"].astype(float)
    return cameras.assign(horizontal_px=px.where(px >= horizontal_px, horizontal_px))


def with_sensors(views: gpd.GeoDataFrame, sensors: int) -> gpd.GeoDataFrame:
    """Put so many sensors side by side in each camera that has a view.

    Each sensor sees as wide, as far and as sharp as the camera's one did; together they are centred
    on its heading and go round once at most. What is reach only stays as it is.

    Parameters
    ----------
    views
        From :func:`coverage_model.optics.sectors.view_sectors`.
    sensors
        Sensors in one housing.

    Returns
    -------
    GeoDataFrame
        The same views, wider.
    """
    wider = np.minimum(views["hfov_deg"] * sensors, 360.0)
    hfov = views["hfov_deg"].where(views["view_basis"] == "reach", wider)
    polygons = sector_polygons(
        *(views[name] for name in ("x_m", "y_m")),
        azimuth_deg=views["azimuth_deg"],
        hfov_deg=hfov,
        near_m=views["near_m"],
        far_m=views["far_m"],
    )
    return views.assign(hfov_deg=hfov).set_geometry(polygons, crs=views.crs)
