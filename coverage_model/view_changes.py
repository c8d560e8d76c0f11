"""What other cameras at the same places would see: more pixels, or more sensors in a housing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd


def with_resolution(cameras: gpd.GeoDataFrame, horizontal_px: float) -> gpd.GeoDataFrame:
    """Give every camera at least so many pixels across.

    Parameters
    ----------
    cameras
        :class:`coverage_model.schemas.Cameras`.
    horizontal_px
        Pixels across; a camera with more keeps them, one whose pixels are unknown gets these.

    Returns
    -------
    GeoDataFrame
        The same views; ``range_m`` still limits them.
    """
    px = cameras["horizontal_px"].astype(float)
    return cameras.assign(horizontal_px=px.where(px >= horizontal_px, horizontal_px))


def with_sensors(cameras: gpd.GeoDataFrame, sensors: int) -> gpd.GeoDataFrame:
    """Put so many sensors side by side in each camera that has a view.

    Each sensor sees as wide and as sharp as the camera's one did; together they are centred on its
    heading and never go round more than once. Views that are reach only stay as they are.

    Parameters
    ----------
    cameras
        :class:`coverage_model.schemas.Cameras` with ``hfov_deg`` known where a view is.
    sensors
        Sensors in one housing.

    Returns
    -------
    GeoDataFrame
        A view a sensor; the index says which: ``ID+1``, ``ID+2``.
    """
    fixed = (cameras["view_basis"] != "reach") & cameras["hfov_deg"].notna()
    parts = [cameras[~fixed]]
    one = cameras[fixed]
    width = one["hfov_deg"].astype(float)
    for number in range(sensors):
        turn = (number - (sensors - 1) / 2) * width
        # Sensors that would go round a second time are left out.
        needed = number < np.ceil(360.0 / width)
        view = one.assign(azimuth_deg=(one["azimuth_deg"] + turn) % 360.0)[needed]
        view.index = pd.Index([f"{name}+{number + 1}" for name in view.index], name=one.index.name)
        parts.append(view)
    return gpd.GeoDataFrame(pd.concat(parts), crs=cameras.crs)
