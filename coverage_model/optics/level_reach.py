"""How far each view reaches at every level of a table, to show a level's views on a map."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from coverage_model.optics.pixel_density import DEFAULT_LEVEL_TABLE, DistanceForm, levels
from coverage_model.optics.sectors import ViewAssumptions, view_sectors


def level_reach(
    cameras: gpd.GeoDataFrame,
    *,
    table: str | Path = DEFAULT_LEVEL_TABLE,
    assumptions: ViewAssumptions | None = None,
    form: DistanceForm = "planar",
) -> pd.DataFrame:
    """Return the far edge of each view at each level, in m.

    Parameters
    ----------
    cameras, assumptions, form
        As for :func:`~coverage_model.optics.sectors.view_sectors`.
    table
        As for :func:`~coverage_model.optics.pixel_density.levels`.

    Returns
    -------
    DataFrame
        A row a view, a column a level.

    Examples
    --------
    >>> import sharedview as sv
    >>> reach = level_reach(sv.testing.town().cameras.frame)
    >>> bool((reach["identify"] <= reach["detect"]).all())
    True
    """
    return pd.DataFrame(
        {
            level.name: view_sectors(cameras, level=level, assumptions=assumptions, form=form)[
                "far_m"
            ]
            for level in levels(table)
        }
    )
