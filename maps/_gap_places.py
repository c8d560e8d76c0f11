"""Lists of what no view sees: places and runs of street, each of which the map goes to."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from coverage_model.base.crs import to_crs
from maps.shell import wording
from maps.shell.page import Place, Places

GAPS_SHOWN = 40
# Gaps are drawn to this tolerance: what is missed by a few metres is not seen at their scale.
GAP_TOLERANCE_M = 10.0
STREET_TOLERANCE_M = 2.0


def gap_places(gaps: gpd.GeoDataFrame) -> Places | None:
    """List the first gaps: by their rank where they have one, else the largest.

    Parameters
    ----------
    gaps
        :class:`coverage_model.base.schemas.NamedGaps`, or
        :class:`~coverage_model.base.schemas.Gaps`, which go by their area's name.

    Returns
    -------
    Places or None
        None without any gap.
    """
    named = "place" in gaps
    order = (
        gaps.sort_values("rank")
        if named
        else gaps.sort_values("gap_m2", ascending=False, kind="stable")
    )
    first = order.head(GAPS_SHOWN)
    if first.empty:
        return None
    by_demand = named and first["demand_uncovered_weight"].notna().any()
    by_street = named and first["street_m"].notna().any()
    details = [
        _detail(wording.area(row["gap_m2"]), row, by_demand=by_demand)
        for row in first.to_dict("records")
    ]
    items = _places(first, "place" if named else "area_name", details, GAP_TOLERANCE_M)
    ranked = _order_words(first, named=named, by_demand=by_demand, by_street=by_street)
    note = _note(len(items), len(gaps), ranked, GAP_TOLERANCE_M)
    return Places("Ground that no view sees", items, note)


def _order_words(first: gpd.GeoDataFrame, *, named: bool, by_demand: bool, by_street: bool) -> str:
    """Say what the gaps are ranked by."""
    if not named:
        return "largest first"
    keys = ["uncovered demand"] if by_demand else []
    keys += ["length of street", "junctions"] if by_street else []
    keys += ["stations and named places"] if first["places_near"].any() else []
    near = "" if first["in_study_area"].all() else "; those within 1 km of a camera before all"
    return f"in the order of {wording.listing([*keys, 'size'])}{near}"


def street_gap_places(runs: gpd.GeoDataFrame) -> Places | None:
    """List the longest runs of street that no view sees; None without any.

    Parameters
    ----------
    runs
        :class:`coverage_model.base.schemas.StreetGaps`.
    """
    first = runs.sort_values("rank").head(GAPS_SHOWN)
    if first.empty:
        return None
    details = [_detail(wording.metres(row["length_m"]), row) for row in first.to_dict("records")]
    items = _places(first, "place", details, STREET_TOLERANCE_M)
    note = _note(len(items), len(runs), "longest first", STREET_TOLERANCE_M)
    return Places("Streets that no view sees", items, note)


def _detail(size: str, row: dict[Any, Any], *, by_demand: bool = False) -> str:
    parts = [size]
    if by_demand and not pd.isna(row["demand_uncovered_weight"]):
        weight = row["demand_uncovered_weight"]
        parts.append(f"demand {wording.number(weight, decimals=0 if weight >= 10 else 1)}")
    if row.get("street_m", 0.0) >= 1.0:
        parts.append(f"{wording.metres(row['street_m'])} of street")
        if row["junctions"]:
            parts.append(wording.count(row["junctions"], "junction"))
    if row.get("places_near"):
        parts.append(
            wording.count(row["places_near"], "station or named place", "stations or named places")
        )
    nearest = row.get("nearest_camera_m")
    if nearest is not None and not pd.isna(nearest):
        parts.append(f"nearest camera {wording.metres(nearest)} away")
    return ", ".join(parts)


def _note(shown: int, total: int, order: str, tolerance_m: float) -> str:
    first = f"The first {shown} of {total:,}, {order}" if total > shown else order.capitalize()
    return f"{first}; drawn to {tolerance_m:.0f} m."


def _places(
    frame: gpd.GeoDataFrame, label: str, details: list[str], tolerance_m: float
) -> tuple[Place, ...]:
    simple = gpd.GeoDataFrame(
        {"label": frame[label].to_numpy()},
        geometry=frame.geometry.simplify(tolerance_m).to_numpy(),
        crs=frame.crs,
    )
    geographic, _ = to_crs(simple, "EPSG:4326")
    boxes = geographic.bounds.to_numpy().round(5).tolist()
    return tuple(
        Place(
            str(name),
            detail,
            [[box[1], box[0]], [box[3], box[2]]],
            _rings(shape),
            line=bool(shapely.get_dimensions(shape) == 1),
        )
        for name, detail, box, shape in zip(
            geographic["label"], details, boxes, geographic.geometry, strict=True
        )
    )


def _rings(shape: shapely.Geometry) -> list[Any]:
    """Return a shape as Leaflet takes it: rings of polygons, or lines, of latitude, longitude."""
    if shapely.get_dimensions(shape) == 1:
        return [_latlon(line) for line in shapely.get_parts(shape)]
    return [
        [_latlon(ring) for ring in shapely.get_rings(polygon)]
        for polygon in shapely.get_parts(shape)
    ]


def _latlon(line: shapely.Geometry) -> list[list[float]]:
    return shapely.get_coordinates(line)[:, ::-1].round(5).tolist()
