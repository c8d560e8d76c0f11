"""Frames beside the headline coverage: other levels, mere reach, and how sure the shares are."""

from __future__ import annotations

from coverage_model.schemas import _Frame, col


class CoverageByLevel(_Frame):
    """Coverage of each area at every image-quality level of a table: one row an area and level."""

    area_code: str = col("Identifier of the area")
    area_name: str = col("Name of the area")
    level: str = col("Image-quality level of all figures in the row")
    px_per_m: float = col("Pixels on a metre of the target that the level asks for", unit="px/m")
    area_m2: float = col("Area", unit="m²", ge=0)
    covered_m2: float = col("Ground seen by at least one view at this level", unit="m²", ge=0)
    covered_share: float = col("covered_m2 / area_m2", unit="0 to 1", nullable=True)
    covered_public_realm_share: float = col(
        "covered_m2 / (area less buildings); empty without a building layer",
        unit="0 to 1",
        nullable=True,
    )
    cameras_seeing: int = col(
        "Cameras that stand in the area and see any ground at this level: views, not reach", ge=0
    )


COUNTED = ("views", "headings_drawn", "turning_too")


class ReachByArea(_Frame):
    """Cameras of which only the reach is known: what they could see, and what they see at once.

    None of it is coverage. Reach is all ground within sight in any direction; the instantaneous
    view is how much of it is expected to be in the picture at a time.
    """

    area_code: str = col("Identifier of the area", unique=True)
    area_name: str = col("Name of the area")
    level: str = col("Image-quality level of all figures in the row")
    cameras_turning: int = col("Turning cameras (dome, PTZ) that stand in the area", ge=0)
    cameras_heading_unknown: int = col(
        "Cameras in the area that do not turn but whose heading is unknown", ge=0
    )
    duty_share: float = col(
        "Share of the time taken for turning cameras to show public ground at their widest view; "
        "an assumption unless given",
        unit="0 to 1",
        ge=0,
        le=1,
    )
    reach_m2: float = col("Ground within reach of any of these cameras", unit="m²", ge=0)
    reach_turning_m2: float = col("Ground within reach of a turning camera", unit="m²", ge=0)
    reach_heading_unknown_m2: float = col(
        "Ground within reach of a camera of unknown heading", unit="m²", ge=0
    )
    instant_view_turning_m2: float = col(
        "Ground that turning cameras are expected to have in view at a time: each point counts "
        "with the chance that a camera looks at it (field of view / 360 × duty share for each)",
        unit="m²",
        ge=0,
    )
    instant_view_share_of_reach: float = col(
        "instant_view_turning_m2 / reach_turning_m2; empty without turning cameras",
        unit="0 to 1",
        nullable=True,
    )
    expected_view_heading_unknown_m2: float = col(
        "Ground that cameras of unknown heading are expected to see, every heading being as likely",
        unit="m²",
        ge=0,
    )


class CoverageIntervals(_Frame):
    """How far the covered share may be off for what is not known of the cameras.

    Three measures an area, each with more cameras in it: ``views`` are those that count as
    coverage; ``headings_drawn`` adds cameras that do not turn but whose heading is unknown, at a
    random one; ``turning_too`` adds turning cameras, each looking in a random direction now. The
    last row of each measure, area ``all``, is for all areas together.
    """

    area_code: str = col("Identifier of the area; all for all areas together")
    area_name: str = col("Name of the area")
    level: str = col("Image-quality level of all figures in the row")
    counted: str = col("Which cameras count: views, headings_drawn or turning_too", isin=COUNTED)
    area_m2: float = col("Area", unit="m²", ge=0)
    cameras: int = col("Cameras of the measure that stand in the area", ge=0)
    cameras_drawn: int = col(
        "of which with a heading, field of view, resolution, range or mounting height that is "
        "missing and was drawn",
        ge=0,
    )
    drawn_share: float = col("cameras_drawn / cameras", unit="0 to 1", nullable=True)
    draws: int = col("Number of draws", ge=1)
    share_point: float = col(
        "Covered share at the working values; empty where headings are drawn, as no heading is "
        "more likely than another",
        unit="0 to 1",
        nullable=True,
    )
    share_mean: float = col("Mean covered share of the draws", unit="0 to 1", nullable=True)
    share_sd: float = col("Its standard deviation", unit="0 to 1", nullable=True)
    share_p10: float = col(
        "Covered share that 10 % of draws are below", unit="0 to 1", nullable=True
    )
    share_p50: float = col("Median covered share of the draws", unit="0 to 1", nullable=True)
    share_p90: float = col(
        "Covered share that 90 % of draws are below", unit="0 to 1", nullable=True
    )


class CoverageDrivers(_Frame):
    """Which unknown makes the covered share uncertain, each drawn alone; area ``all`` is last."""

    area_code: str = col("Identifier of the area; all for all areas together")
    area_name: str = col("Name of the area")
    level: str = col("Image-quality level of all figures in the row")
    counted: str = col("Which cameras count, as in the intervals", isin=COUNTED)
    driver: str = col(
        "The value drawn: azimuth_deg, hfov_deg, horizontal_px, range_m, mount_height_m, position "
        "or duty_share"
    )
    share_sd: float = col(
        "Standard deviation of the covered share where only this is drawn", unit="0 to 1", ge=0
    )
    variance_share: float = col(
        "Its variance over the sum of all drivers' variances; empty where nothing varies",
        unit="0 to 1",
        nullable=True,
    )


class IntegrationGainByArea(_Frame):
    """What integrating the registered private cameras would add, by area, most first."""

    rank: int = col("Place in the order of added ground, from 1", ge=1)
    area_code: str = col("Identifier of the area", unique=True)
    area_name: str = col("Name of the area")
    cameras_registered: int = col("Registered private cameras that stand in the area", ge=0)
    cameras_reach_only: int = col(
        "of which with reach only: they are counted but add no ground here", ge=0
    )
    held_m2: float = col(
        "Ground that public or integrated private cameras see now", unit="m²", ge=0
    )
    gain_m2: float = col(
        "Ground that registered private cameras see and none of those does", unit="m²", ge=0
    )
    gain_share_of_held: float = col(
        "gain_m2 / held_m2; empty where nothing is held", unit="0 or more", nullable=True
    )


class IntegrationGainByOperator(_Frame):
    """What integrating the registered cameras of one operator would add, most first.

    Operators are measured one at a time, so ground that two would add counts for both.
    """

    rank: int = col("Place in the order of added ground, from 1", ge=1)
    operator: str = col("Operator as given, or not stated", unique=True)
    cameras_registered: int = col("Registered private cameras of the operator", ge=0)
    cameras_reach_only: int = col(
        "of which with reach only: they are counted but add no ground here", ge=0
    )
    gain_m2: float = col(
        "Ground the operator's cameras would add if only they were integrated", unit="m²", ge=0
    )
    gain_alone_m2: float = col(
        "of which no other operator's registered camera would add", unit="m²", ge=0
    )


class RedundantViews(_Frame):
    """How much of each public camera's view other cameras of the control room hold as well.

    Others are public and integrated private cameras, all in place. Geometry, not advice to remove
    a camera: two that see the same ground are both marked, though only one could be spared.
    """

    camera_id: str = col("Identifier of the public camera", unique=True)
    borough_code: str = col("GSS code of the area the camera stands in", nullable=True)
    operator: str = col("Who operates the camera, as given", nullable=True)
    view_m2: float = col("Ground that the camera sees", unit="m²", ge=0)
    own_m2: float = col("of which no other camera of the control room sees", unit="m²", ge=0)
    held_share: float = col("1 - own_m2 / view_m2", unit="0 to 1")
    redundant: bool = col("True where others hold the whole view")
