"""What single cameras see, packed to be drawn on the map, and the buildings that cut it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.optics.preview import previews
from coverage_model.optics.target import plane_at
from maps._view_words import given_and_assumed, seen_words
from maps.shell import palettes, wording
from maps.shell.legends import LegendItem
from maps.shell.packed import MARKS_FROM_ZOOM, Category, PackedLayer, pack
from maps.shell.page import LegendBlock

CONES_FROM_ZOOM = 12
BUILDINGS_FROM_ZOOM = 14
MANY_BUILDINGS = 40_000
"""Up to here all buildings are drawn; they take about 30 bytes each."""

NEAR_M = 30.0
"""Of more buildings, only those this near to what a camera sees are drawn."""

BUILDINGS = Category("buildings", "#cfc9c0", "#9a938a", alpha=1.0)
OWNERS = {"public": "public", "private": "private", "unknown": "owner not known"}
OWNED = {
    "public": "public view",
    "private": "private view",
    "unknown": "view, owner not known",
}
BASES = {
    "given": "heading and field of view given",
    "assumed": "a missing value was assumed",
    "reach": "reach only: turning or no heading",
}
CATEGORIES = (
    Category("reach", "", palettes.OUTLINE["unknown"], dashed=True, on=False),
    Category("unknown", palettes.OWNERSHIP["unknown"], palettes.OUTLINE["unknown"]),
    Category("private", palettes.OWNERSHIP["private"], palettes.OUTLINE["private"]),
    Category("public", palettes.OWNERSHIP["public"], palettes.OUTLINE["public"]),
)

ONLY_REACH = dataclasses.replace(CATEGORIES[0], on=True)
"""Reach shows at first where it is all there is."""


def view_layer(
    visible: gpd.GeoDataFrame,
    cameras: gpd.GeoDataFrame,
    *,
    sectors: gpd.GeoDataFrame | None = None,
    reach_m: pd.DataFrame | None = None,
) -> PackedLayer:
    """Pack the views with what a click on them tells.

    Parameters
    ----------
    visible, cameras
        :class:`coverage_model.base.schemas.VisibleAreas` and
        :class:`~coverage_model.base.schemas.Cameras`.
    sectors
        :class:`coverage_model.base.schemas.Sectors` at the level of ``visible``: what was assumed.
    reach_m
        How far each view reaches at each level.
    """
    operators = cameras["operator"].reindex(visible.index)
    kinds = visible["ownership"].where(visible["view_basis"] != "reach", "reach")
    status = visible["position_status"].map(
        {
            "free": "",
            "on_wall": "",
            "snapped": "moved out of a building to its wall",
            "on_roof": "on the roof of the building below it",
        }
    )
    generated = cameras["illustrative"].reindex(visible.index).fillna(False).astype(bool)
    texts = {
        "Camera": visible["camera_id"].astype(str).tolist(),
        "Owner": visible["ownership"].map(OWNERS).tolist(),
        "Operator": operators.astype(object).where(operators.notna(), "").astype(str).tolist(),
        "Link": visible["integration"].where(visible["ownership"] == "private", "").tolist(),
        "Type": visible["camera_type"].tolist(),
        "Image quality": visible["level"].tolist(),
        "Sees": seen_words(visible, sectors),
        "View": visible["view_basis"].map(BASES).tolist(),
        **given_and_assumed(visible, cameras, sectors),
        "Position": status.fillna("").tolist(),
        "Note": np.where(generated, "illustrative: this camera does not exist", "").tolist(),
    }
    if "target_height_m" in visible.columns and len(visible):
        plane = float(visible["target_height_m"].iloc[0])
        texts["Picture"] = previews(cameras.reindex(visible.index), target_height_m=plane)
    known = bool((kinds != "reach").any())
    categories = CATEGORIES if known else (ONLY_REACH, *CATEGORIES[1:])
    marks = gpd.GeoDataFrame(
        {"azimuth_deg": cameras["azimuth_deg"].where(cameras["view_basis"] != "reach")},
        geometry=cameras.geometry,
        crs=cameras.crs,
    ).reindex(visible.index)
    return pack(
        "views",
        visible,
        category=kinds,
        categories=categories,
        texts=texts,
        min_zoom=CONES_FROM_ZOOM,
        marks=marks,
        **({} if sectors is None else {"near_m": sectors["near_m"].reindex(visible.index),
                                       "wide_deg": sectors["hfov_deg"].reindex(visible.index)}),
        reach_m=None if reach_m is None else reach_m.reindex(visible.index),
    )  # fmt: skip


def target_words(visible: gpd.GeoDataFrame) -> str:
    """Say what the views are views of; nothing where the frame does not say."""
    if "target_height_m" not in visible.columns or visible.empty:
        return ""
    return plane_at(float(visible["target_height_m"].iloc[0])).words


def view_legend(visible: gpd.GeoDataFrame) -> LegendBlock:
    """Return the legend of the views, with how many there are of each kind."""
    seen = visible[visible["view_basis"] != "reach"]
    items = [
        LegendItem(
            label,
            palettes.OWNERSHIP[owner],
            wording.number(int((seen["ownership"] == owner).sum())),
            switch=owner,
        )
        for owner, label in OWNED.items()
        if (seen["ownership"] == owner).any()
    ]
    reach = len(visible) - len(seen)
    note = ""
    if reach:
        items.append(
            LegendItem(
                "reach, not coverage",
                palettes.OUTLINE["unknown"],
                wording.number(reach),
                "dashed",
                switch="reach",
                on=seen.empty,
            )
        )
        note = "Reach: where a turning camera, or one without a known heading, could look. "
    note += (
        f"From zoom level {MARKS_FROM_ZOOM} each camera has a mark: a circle if public, a square "
        "if private, a diamond if the owner is not known, a ring if only its reach is known. The "
        "arrow shows where it looks."
    )
    if target := target_words(visible):
        note += f" Views are those of {target}."
    return LegendBlock("Views", tuple(items), note)


@dataclass(frozen=True, slots=True)
class Buildings:
    """Buildings to draw under the views.

    Parameters
    ----------
    layer
        The packed footprints.
    drawn, left_out
        How many are in it, and how many are too far from any view to matter.
    """

    layer: PackedLayer
    drawn: int
    left_out: int


def building_layer(
    buildings: gpd.GeoDataFrame, visible: gpd.GeoDataFrame, *, most: int = MANY_BUILDINGS
) -> Buildings:
    """Pack footprints to see on the map what ends a view.

    Parameters
    ----------
    buildings
        :class:`coverage_model.base.schemas.Obstacles`.
    visible
        The views, in the same CRS.
    most
        If there are more buildings than this, only those within 30 m of a view are drawn, and of
        them the nearest.

    Returns
    -------
    Buildings
        With the count of what was left out.
    """
    footprints = buildings
    if len(buildings) > most:
        footprints = buildings.iloc[np.sort(_nearest(buildings, visible)[:most])]
    layer = pack(
        "buildings",
        footprints[["geometry"]],
        category=pd.Series(BUILDINGS.key, index=footprints.index),
        categories=(BUILDINGS,),
        texts={},
        min_zoom=BUILDINGS_FROM_ZOOM,
        quiet=True,
    )
    return Buildings(layer, len(footprints), len(buildings) - len(footprints))


def _nearest(buildings: gpd.GeoDataFrame, visible: gpd.GeoDataFrame) -> np.ndarray:
    """Return the rows of buildings near a view, nearest first."""
    views = visible.geometry[~visible.geometry.is_empty].to_numpy()
    shapes = buildings.geometry.to_numpy()
    (row, _), away = shapely.STRtree(views).query_nearest(
        shapes, max_distance=NEAR_M, return_distance=True, all_matches=False
    )
    return np.asarray(row[np.argsort(away, kind="stable")])


def building_legend(found: Buildings) -> LegendBlock:
    """Return the switch of the buildings, with how many are not drawn."""
    item = LegendItem(
        "buildings", BUILDINGS.fill, wording.number(found.drawn), switch=BUILDINGS.key
    )
    note = f"Drawn from zoom level {BUILDINGS_FROM_ZOOM}."
    if found.left_out:
        left = wording.count(found.left_out, "building")
        note += f" {left} further than {NEAR_M:.0f} m from any view not drawn; all block the view."
    return LegendBlock("Buildings", (item,), note)
