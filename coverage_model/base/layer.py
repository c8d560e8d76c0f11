"""One kind of container through the whole API: what a reader returns fits what a model takes."""

from __future__ import annotations

from typing import Protocol, TypeAlias, runtime_checkable

import geopandas as gpd

from coverage_model.base.notes import ReadLog


@runtime_checkable
class Read(Protocol):
    """A frame with the log of its reading: ``Cameras``, ``AreaLayer``, ``Obstacles`` and so on."""

    @property
    def frame(self) -> gpd.GeoDataFrame:
        """The rows."""

    @property
    def log(self) -> ReadLog:
        """Where they came from, and what was repaired, dropped or assumed."""


Layer: TypeAlias = gpd.GeoDataFrame | Read


def frame_of(layer: Layer) -> gpd.GeoDataFrame:
    """Return the rows of what a reader returned; a frame is its own.

    Examples
    --------
    >>> from coverage_model.base.datasets import boroughs
    >>> len(frame_of(boroughs("overview")))
    33
    """
    return layer.frame if isinstance(layer, Read) else layer
