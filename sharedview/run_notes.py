"""What a coverage run assumed, as notes: counted, and with the ids it concerns."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage_model.base.notes import Note
from coverage_model.cover.mosaic import Mosaic
from coverage_model.reading.obstacles import Obstacles


def overlap_notes(pairs: Sequence[tuple[str, str]]) -> tuple[Note, ...]:
    """Note that areas overlap, and which."""
    if not pairs:
        return ()
    message = (
        "Areas overlap: ground and cameras count in each area they lie in, and once in the headline"
    )
    return (Note("areas_overlap", message, len(pairs), tuple(f"{a} / {b}" for a, b in pairs)),)


def repair_notes(ground: Mosaic) -> tuple[Note, ...]:
    """Count tiles that did not add up on the finest grid, and say by how much they may be off."""
    repairs = ground.repairs
    if not repairs:
        return ()
    changed = sum(repair.changed_m2 for repair in repairs)
    message = (
        f"tiles of {ground.size_m:g} m, listed by south-west corner, whose outlines had to be "
        f"rounded to a coarser grid; their figures are off by {changed:.2g} m² in all"
    )
    corners = tuple(f"{repair.x_m:.0f} {repair.y_m:.0f}" for repair in repairs)
    return (Note("coarser_tiles", message, len(repairs), corners),)


def run_notes(
    views: gpd.GeoDataFrame, visible: gpd.GeoDataFrame, obstacles: Obstacles | None
) -> tuple[Note, ...]:
    """Count what the model itself assumed: values filled in, cameras moved or unresolved."""
    notes: list[Note] = []

    def note(code: str, message: str, rows: pd.Index) -> None:
        if len(rows):
            notes.append(Note(code, message, len(rows), tuple(map(str, rows))))

    fields = views["assumed_fields"].str.split()
    for name in sorted({field for row in fields for field in row}):
        has = np.fromiter((name in row for row in fields), dtype=bool, count=len(fields))
        note(f"assumed_{name}", f"{name} filled in by the stated assumption", views.index[has])
    turned = views["view_basis"] == "reach"
    note(
        "view_sector",
        "height or tilt not given: a plain sector, neither blind below the camera nor cut by the "
        "picture's edges, its levels by distance along the ground",
        views.index[~turned & (views["view_shape"] == "sector")],
    )
    reach = views.index[turned]
    note("reach", "heading unknown or turning: reach only, not counted as coverage", reach)
    status = visible["position_status"]
    note(
        "snapped",
        "stood in a building, moved to its nearest wall",
        visible.index[status == "snapped"],
    )
    note(
        "on_roof",
        "stands over buildings lower than its lens: stays there, the roof's edge casts its shadow",
        visible.index[status == "on_roof"],
    )
    note(
        "inside_unresolved",
        "stands in a building too far from a wall: sees nothing",
        visible.index[status == "inside_unresolved"],
    )
    if obstacles is None:
        message = "no building layer given: plain cones overstate what is seen"
        notes.append(Note("no_buildings", message, len(views), ()))
    return tuple(notes)
