"""What other cameras at the same places would see: more pixels, or more sensors in a housing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

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
    across = px.where(px >= horizontal_px, horizontal_px)
    if "vertical_px" not in cameras.columns:
        return cameras.assign(horizontal_px=across)
    # A sharper camera has a picture of the same shape.
    down = cameras["vertical_px"].astype(float) * across / px
    return cameras.assign(horizontal_px=across, vertical_px=down)


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
        The same views, wider; a picture with a shape of its own once for each sensor.
    """
    several = (views["view_basis"] != "reach").to_numpy()
    if "view_shape" in views.columns:
        pictures = several & views["view_shape"].eq("picture").to_numpy()
        fans = _fanned(views[pictures], sensors)
        views = views[~pictures]
        several = several[~pictures]
    else:
        fans = views.iloc[:0]
    wider = np.minimum(views["hfov_deg"] * sensors, 360.0)
    hfov = views["hfov_deg"].where(~several, wider)
    polygons = sector_polygons(
        *(views[name] for name in ("x_m", "y_m")),
        azimuth_deg=views["azimuth_deg"],
        hfov_deg=hfov,
        near_m=views["near_m"],
        far_m=views["far_m"],
    )
    plain = views.assign(hfov_deg=hfov).set_geometry(polygons, crs=views.crs)
    return plain if fans.empty else gpd.GeoDataFrame(pd.concat([plain, fans]), crs=views.crs)


def _fanned(views: gpd.GeoDataFrame, sensors: int) -> gpd.GeoDataFrame:
    """Turn each picture about its camera, once for each sensor that fits into a circle."""
    hfov = views["hfov_deg"].to_numpy(dtype=float)
    fit = np.maximum(np.minimum(sensors, np.floor(360.0 / hfov + 1e-9)), 1).astype(int)
    row = np.repeat(np.arange(len(views)), fit)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(fit) - fit, fit)
    by = (nth - (fit[row] - 1) / 2) * hfov[row]
    turned = views.iloc[row]
    coords, of = shapely.get_coordinates(turned.geometry.array, return_index=True)
    foot = turned[["x_m", "y_m"]].to_numpy(dtype=float)[of]
    east, north = (coords - foot).T
    c, s = np.cos(np.radians(by))[of], np.sin(np.radians(by))[of]
    around = np.column_stack([c * east + s * north, c * north - s * east]) + foot
    polygons = shapely.set_coordinates(np.array(turned.geometry.array), around)
    heading = (turned["azimuth_deg"].to_numpy(dtype=float) + by) % 360.0
    return turned.assign(azimuth_deg=heading).set_geometry(polygons, crs=views.crs)
