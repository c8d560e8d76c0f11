"""The frames of a coverage page as one table, a row an area: joined, never computed anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from maps.shell.wording import Ranged

STREETS = (
    "street_length_m",
    "street_seen_m",
    "street_seen_share",
    "street_public_only_m",
    "street_private_only_m",
    "street_both_m",
    "street_unknown_owner_only_m",
    "street_private_connected_only_m",
    "junctions",
    "junctions_seen",
    "junctions_seen_share",
)
REACH = (
    "cameras_turning",
    "cameras_heading_unknown",
    "duty_share",
    "reach_turning_m2",
    "reach_heading_unknown_m2",
    "instant_view_turning_m2",
    "instant_view_share_of_reach",
    "expected_view_heading_unknown_m2",
)
RANGE = ("share_p10", "share_p90", "cameras_drawn", "drawn_share", "draws")


def joined_figures(
    coverage: pd.DataFrame,
    codes: Sequence[str],
    *,
    intervals: pd.DataFrame | None = None,
    streets: pd.DataFrame | None = None,
    reach: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Put the figures of each area side by side.

    Parameters
    ----------
    coverage
        :class:`coverage_model.base.schemas.CoverageByArea`.
    codes
        The areas, in the order of the page.
    intervals
        :class:`coverage_model.base.schemas_beside.CoverageIntervals`.
    streets
        :class:`coverage_model.base.schemas.StreetCoverage`.
    reach
        :class:`coverage_model.base.schemas_beside.ReachByArea`.

    Returns
    -------
    DataFrame
        ``coverage`` in that order, with the columns of the others where they are given, and
        ``covered_ranged``: the covered share with its range, if it has one.

    Raises
    ------
    KeyError
        If a frame lacks one of the areas.
    ValueError
        If a frame is for another image-quality level.
    """
    table = pd.DataFrame(coverage).set_index("area_code", drop=False).loc[list(codes)]
    levels = set(table["level"])
    parts = [
        (
            intervals if intervals is None else intervals.loc[intervals["counted"].eq("views")],
            RANGE,
        ),
        (streets, STREETS),
        (reach, REACH),
    ]
    for frame, columns in parts:
        if frame is None:
            continue
        rows = pd.DataFrame(frame).set_index("area_code").loc[list(codes)]
        if set(rows["level"]) != levels:
            raise ValueError(
                f"figures for the levels {sorted(levels)} and {sorted(set(rows['level']))} do not "
                "belong on one page"
            )
        table = table.join(rows[[name for name in columns if name in rows]])
    none = pd.Series(np.nan, index=table.index)
    low, high = (table.get(name, none) for name in ("share_p10", "share_p90"))
    table["covered_ranged"] = pd.Series(
        [Ranged(*each) for each in zip(table["covered_share"], low, high, strict=True)],
        index=table.index,
        dtype=object,
    )
    return table


def has(table: pd.DataFrame, column: str) -> bool:
    """Say whether a table has any figure in a column."""
    return column in table and bool(table[column].notna().any())
