"""Sample pages with every frame that may stand beside the headline coverage.

Made from the frames of ``sample_frames.py``, whose figures are made up for the tests.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.base import datasets, schemas, schemas_beside
from coverage_model.cover.ownership import integration_gain, redundant_views
from coverage_model.cover.raster import depth_raster
from maps.coverage_map import coverage_page
from maps.ownership_map import ownership_page
from maps.shell.page import Page
from maps.swipe_map import Side, swipe_page

LEVELS = {"monitor": 12.5, "detect": 25.0, "observe": 62.5, "recognise": 125.0, "identify": 250.0}


def by_level(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return coverage at each level, that of "observe" being the headline's."""
    parts = []
    for name, density in LEVELS.items():
        factor = 62.5 / density
        parts.append(
            pd.DataFrame(
                {
                    "area_code": coverage["area_code"],
                    "area_name": coverage["area_name"],
                    "level": name,
                    "px_per_m": density,
                    "area_m2": coverage["area_m2"],
                    "covered_m2": coverage["covered_m2"] * factor,
                    "covered_share": coverage["covered_share"] * factor,
                    "covered_public_realm_share": np.nan,
                    "cameras_seeing": coverage["cameras"],
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    return schemas.check(frame, schemas_beside.CoverageByLevel, "by level")


def intervals(coverage: pd.DataFrame) -> pd.DataFrame:
    whole = pd.DataFrame(
        {
            "area_code": ["all"],
            "area_name": ["All areas"],
            "area_m2": [coverage["area_m2"].sum()],
            "cameras": [coverage["cameras"].sum()],
            "covered_share": [coverage["covered_m2"].sum() / coverage["area_m2"].sum()],
        }
    )
    rows = pd.concat([coverage[list(whole.columns)], whole], ignore_index=True)
    parts = []
    for wider, counted in enumerate(schemas_beside.COUNTED):
        share = rows["covered_share"] * (1 + 0.1 * wider)
        parts.append(
            rows[["area_code", "area_name", "area_m2", "cameras"]].assign(
                level="observe",
                counted=counted,
                cameras_drawn=rows["cameras"] // 2,
                drawn_share=(rows["cameras"] // 2) / rows["cameras"],
                draws=100,
                share_point=share if wider == 0 else np.nan,
                share_mean=share,
                share_sd=share * 0.1,
                share_p10=share * 0.85,
                share_p50=share,
                share_p90=share * 1.2,
            )
        )
    frame = pd.DataFrame(pd.concat(parts, ignore_index=True))
    return schemas.check(frame, schemas_beside.CoverageIntervals, "intervals")


def drivers() -> pd.DataFrame:
    shares = {"hfov_deg": 0.62, "mount_height_m": 0.3, "range_m": 0.08}
    frame = pd.DataFrame(
        {
            "area_code": "all",
            "area_name": "All areas",
            "level": "observe",
            "counted": "views",
            "driver": list(shares),
            "share_sd": 0.001,
            "variance_share": list(shares.values()),
        }
    )
    return schemas.check(frame, schemas_beside.CoverageDrivers, "drivers")


def streets(coverage: pd.DataFrame) -> pd.DataFrame:
    length = coverage["area_m2"] / 100
    seen = length * np.minimum(coverage["covered_share"] * 3, 0.9)
    junctions = (length / 200).astype(int) + 1
    frame = pd.DataFrame(
        {
            "area_code": coverage["area_code"],
            "area_name": coverage["area_name"],
            "level": "observe",
            "street_length_m": length,
            "street_seen_m": seen,
            "street_seen_share": seen / length,
            "street_depth_1_m": seen * 0.8,
            "street_depth_2_m": seen * 0.15,
            "street_depth_3plus_m": seen * 0.05,
            "street_public_only_m": seen * 0.5,
            "street_private_only_m": seen * 0.3,
            "street_both_m": seen * 0.2,
            "street_unknown_owner_only_m": 0.0,
            "street_private_connected_only_m": seen * 0.1,
            "street_reach_m": seen * 0.4,
            "street_reach_share": seen * 0.4 / length,
            "junctions": junctions,
            "junctions_seen": junctions // 4,
            "junctions_seen_share": (junctions // 4) / junctions,
            "junctions_reach": 0,
        }
    )
    return schemas.check(pd.DataFrame(frame), schemas.StreetCoverage, "streets")


def reach(coverage: pd.DataFrame) -> pd.DataFrame:
    ground = coverage["reach_m2"]
    frame = pd.DataFrame(
        {
            "area_code": coverage["area_code"],
            "area_name": coverage["area_name"],
            "level": "observe",
            "cameras_turning": coverage["cameras_reach_only"],
            "cameras_heading_unknown": 1,
            "duty_share": 0.5,
            "reach_m2": ground,
            "reach_turning_m2": ground * 0.9,
            "reach_heading_unknown_m2": ground * 0.1,
            "instant_view_turning_m2": ground * 0.08,
            "instant_view_share_of_reach": 0.08 / 0.9,
            "expected_view_heading_unknown_m2": ground * 0.02,
        }
    )
    return schemas.check(frame, schemas_beside.ReachByArea, "reach")


def named_gaps(gaps: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame = gaps.sort_values("gap_m2", ascending=False).reset_index(drop=True)
    frame = frame.assign(
        rank=np.arange(1, len(frame) + 1),
        place=[f"High Street, {name}" for name in frame["area_name"]],
        street_name="High Street",
        street_distance_m=12.0,
        grid_reference="TQ 2981",
        nearest_camera_m=np.linspace(40, 900, len(frame)),
        demand_uncovered_weight=np.linspace(90, 2, len(frame)),
        street_m=np.linspace(900, 100, len(frame)),
        junctions=np.arange(len(frame), dtype=float)[::-1],
        places_near=1,
        in_study_area=True,
    )
    return schemas.check(frame, schemas.NamedGaps, "gaps")


def street_gaps(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    middles = areas.geometry.representative_point()
    lines = [
        shapely.LineString([(x, y), (x + 400, y + 50)])
        for x, y in zip(middles.x, middles.y, strict=True)
    ]
    frame = gpd.GeoDataFrame(
        {
            "rank": np.arange(1, len(areas) + 1),
            "place": [f"Back Lane, {name}" for name in areas["area_name"]],
            "street_name": "Back Lane",
            "area_code": areas["area_code"].to_numpy(),
            "area_name": areas["area_name"].to_numpy(),
            "length_m": np.linspace(900, 100, len(areas)),
            "nearest_camera_m": 60.0,
            "grid_reference": "TQ 2981",
        },
        geometry=lines,
        crs="EPSG:27700",
    )
    return schemas.check(frame, schemas.StreetGaps, "street gaps")


def buildings(visible: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a house of 20 m beside each view, and one far from all."""
    west = shapely.bounds(visible.geometry.to_numpy())[:, 0]
    south = shapely.bounds(visible.geometry.to_numpy())[:, 1]
    houses = [*shapely.box(west - 25, south, west - 5, south + 20), shapely.box(0, 0, 20, 20)]
    return gpd.GeoDataFrame(
        {
            "obstacle_id": [str(number) for number in range(len(houses))],
            "height_m": np.nan,
            "height_basis": "unknown",
        },
        geometry=houses,
        crs="EPSG:27700",
    )


def frames(samples: ModuleType) -> dict[str, Any]:
    """Return every argument of the full coverage page but its context."""
    areas = datasets.boroughs("overview")
    cameras, visible = samples.cameras_and_views()
    figures = samples.coverage(areas)
    return {
        "areas": areas,
        "coverage": figures,
        "visible": visible,
        "gaps": named_gaps(samples.gaps(areas)),
        "cameras": cameras,
        "water": datasets.thames("overview"),
        "by_level": by_level(figures),
        "reach": reach(figures),
        "intervals": intervals(figures),
        "drivers": drivers(),
        "streets": streets(figures),
        "street_gaps": street_gaps(areas),
        "buildings": buildings(visible),
        "depth": depth_raster(visible, cell_m=20),
    }


def after(given: dict[str, Any]) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return coverage and views of a second run: more in the first areas, less in the last."""
    figures, visible = given["coverage"].copy(), given["visible"]
    factor = np.linspace(1.6, 0.9, len(figures))
    for column in ("covered_m2", "covered_share"):
        figures[column] *= factor
    figures["cameras"] += 10
    moved = visible.iloc[::2]
    more = moved.set_index(moved.index + "+").assign(camera_id=moved["camera_id"].to_numpy() + "+")
    more = more.set_geometry(more.geometry.translate(300, 0))
    return figures, gpd.GeoDataFrame(pd.concat([visible, more]), crs=visible.crs)


def pages(samples: ModuleType) -> dict[str, Page]:
    """Return the full pages."""
    given = frames(samples)
    areas, visible, cameras = (given[name] for name in ("areas", "visible", "cameras"))
    # Views of one camera held by a twin, and a few that are registered.
    seen = visible["ownership"].eq("public") & visible["view_basis"].ne("reach")
    twin = visible[seen].iloc[[3]]
    twin = twin.assign(camera_id="twin").set_axis(["twin"])
    doubled = gpd.GeoDataFrame(pd.concat([visible, twin]), crs=visible.crs)
    return {
        "coverage_full": coverage_page(context=samples.context(), **given),
        "swipe": swipe_page(
            areas=areas,
            before=Side("Today", given["coverage"], visible),
            after=Side("With more cameras", *after(given)),
            context=samples.context("Coverage before and after"),
            water=given["water"],
        ),
        "ownership_full": ownership_page(
            areas=areas,
            coverage=given["coverage"],
            ownership=samples.ownership(visible),
            context=samples.context("Public and private coverage"),
            water=given["water"],
            streets=given["streets"],
            gain=integration_gain(visible, areas, cameras=cameras),
            redundant=redundant_views(doubled, cameras=cameras),
        ),
    }
