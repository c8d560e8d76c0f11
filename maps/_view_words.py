"""What a click on a camera says: what was given of it, what was assumed, and what it sees."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage_model.cover.surroundings import MARGIN_M, Surroundings
from coverage_model.optics.sectors import ViewAssumptions
from maps.shell import wording
from maps.shell.wording import Bold, Sentence

# Column, what it is called, and its unit.
FIELDS = (
    ("azimuth_deg", "heading", "°"),
    ("hfov_deg", "field of view", "°"),
    ("horizontal_px", "picture", " pixels wide"),
    ("range_m", "range", " m"),
    ("mount_height_m", "height", " m"),
    ("tilt_deg", "tilt", "°"),
    ("vfov_deg", "upright field of view", "°"),
)
RULE = "usual for this kind of camera: see the assumptions below"


def given_and_assumed(
    visible: gpd.GeoDataFrame, cameras: gpd.GeoDataFrame, sectors: gpd.GeoDataFrame | None
) -> dict[str, list[str]]:
    """Return two texts for each view: the values that were given, and those assumed.

    Parameters
    ----------
    visible, cameras
        The views and their cameras.
    sectors
        What was assumed of each; nothing is said of assumptions without it.
    """
    rows = cameras.reindex(visible.index)
    known = pd.Series("", index=visible.index, dtype=object)
    for column, name, unit in FIELDS:
        if column not in rows:
            continue
        told = rows[column].map(lambda value, name=name, unit=unit: f"{name} {value:g}{unit}")
        known = _joined(known, told.where(rows[column].notna(), ""))
    texts = {"Given": known.where(known.ne(""), "position only").tolist()}
    if sectors is not None:
        texts["Assumed"] = _assumed(rows, sectors.reindex(visible.index))
    return texts


def _assumed(rows: gpd.GeoDataFrame, sectors: gpd.GeoDataFrame) -> list[str]:
    usual = ViewAssumptions.from_coefficients()
    fields = sectors["assumed_fields"].fillna("").str.split()
    found = pd.Series("", index=rows.index, dtype=object)
    for column, name, unit in FIELDS:
        filled = fields.map(lambda names, column=column: column in names)
        if not filled.any():
            continue
        by_type = getattr(usual, column, None)
        values = rows["camera_type"].map(dict(by_type or {}))
        told = values.map(
            lambda value, name=name, unit=unit: (
                f"{name} {value:g}{unit}" if np.isfinite(value) else name
            )
        )
        found = _joined(found, told.where(filled, ""))
    return (found + (" (" + RULE + ")")).where(found.ne(""), "nothing").tolist()


def seen_words(visible: gpd.GeoDataFrame, sectors: gpd.GeoDataFrame | None) -> list[str]:
    """Say how much ground each view sees, how much walls leave of it, and over which distance."""
    sizes = [wording.area(value) for value in visible["area_m2"]]
    whole = [wording.area(value) for value in visible["unobstructed_m2"]]
    cut = visible["area_m2"] < visible["unobstructed_m2"] * 0.995
    texts = [
        f"{size} of {all_}: buildings hide the rest" if less else size
        for size, all_, less in zip(sizes, whole, cut, strict=True)
    ]
    if sectors is None:
        return texts
    rows = sectors.reindex(visible.index)
    return [
        f"{text}; from {wording.metres(near)} to {wording.metres(far)} away"
        for text, near, far in zip(texts, rows["near_m"], rows["far_m"], strict=True)
    ]


def _joined(one: pd.Series, two: pd.Series) -> pd.Series:
    comma = np.where(one.ne("") & two.ne(""), ", ", "")
    return one + comma + two


def around_ground(around: Surroundings) -> Sentence:
    """Begin a sentence about what is seen of the ground around the cameras."""
    return (
        "The cameras stand in ",
        Bold(wording.listing(around.area_names)),
        f". Of the ground around them ({wording.area(around.area_m2)}: their convex hull and ",
        f"{MARGIN_M:.0f} m)",
    )
