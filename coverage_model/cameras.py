"""Cameras from any source, validated once, in the working CRS."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd

from coverage_model.notes import Note, ReadLog

__all__ = ["Cameras", "Note", "ReadLog"]


@dataclass(frozen=True, slots=True)
class Cameras:
    """Cameras and how they were read.

    Parameters
    ----------
    frame
        :class:`coverage_model.schemas.Cameras`: one row a view, index ``view_id``, geometry in
        the working CRS. Values that the source does not give stay empty.
    log
        Where the frame came from, and everything that was repaired, dropped or assumed.
    """

    frame: gpd.GeoDataFrame
    log: ReadLog
