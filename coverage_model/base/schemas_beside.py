"""Frames beside the headline coverage: other levels, mere reach, and how sure the shares are."""

from __future__ import annotations

from coverage_model.base.schemas import OWNERSHIPS, Table, col


class CoverageByLevel(Table):
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


class ReachByArea(Table):
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


class CoverageIntervals(Table):
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
        "Covered share that 10 % of draws are below, or share_point where that is less",
        unit="0 to 1",
        nullable=True,
    )
    share_p50: float = col("Median covered share of the draws", unit="0 to 1", nullable=True)
    share_p90: float = col(
        "Covered share that 90 % of draws are below, or share_point where that is more",
        unit="0 to 1",
        nullable=True,
    )


class CoverageDrivers(Table):
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


class IntegrationGainByArea(Table):
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


class IntegrationGainByOperator(Table):
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


class RedundantViews(Table):
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


VERDICTS = ("pass", "fail", "unknown")
WHOLE_STANDARD = "all_required"


class QualityRecords(Table):
    """What an audit wrote down of each camera; what it does not say is empty."""

    camera_id: str = col("Identifier of the camera", unique=True)
    horizontal_px: float = col("Pixels across, as audited", unit="pixels", gt=0, nullable=True)
    megapixels: float = col("Megapixels, as audited", unit="megapixels", gt=0, nullable=True)
    frame_rate_fps: float = col(
        "Pictures a second that are recorded", unit="1/s", gt=0, nullable=True
    )
    retention_days: float = col("Days that recordings are kept", unit="days", ge=0, nullable=True)
    codec: object = col("Codec, as given; several with ;", nullable=True)
    onvif_profile: object = col("ONVIF profiles, as given; several with ;", nullable=True)
    export_format: object = col("Formats of export, as given; several with ;", nullable=True)
    time_sync: object = col("Where the clock takes its time from, as given", nullable=True)
    encryption: object = col("Encryption, as given; several with ;", nullable=True)
    installed_year: float = col("Year in which the camera was installed", nullable=True)
    target_distance_m: float = col(
        "Distance of the place that matters to the camera", unit="m", gt=0, nullable=True
    )
    illustrative: bool = col("True for a generated record")


class QualityByCamera(Table):
    """The verdict on each camera; its criteria are listed by name, not summed."""

    camera_id: str = col("Identifier of the camera", unique=True)
    borough_code: str = col("GSS code of the area the camera stands in", nullable=True)
    operator: str = col("Who operates the camera, as given", nullable=True)
    ownership: str = col("Who owns the camera", isin=OWNERSHIPS)
    verdict: str = col(
        "fail: a required criterion fails; unknown: none fails but one is not known; pass: all "
        "required criteria pass",
        isin=VERDICTS,
    )
    failed: str = col("Criteria that fail, separated by spaces; also those not required")
    unknown: str = col("Criteria that are not known, separated by spaces")
    illustrative: bool = col("True where camera or record is generated")


class QualityByCriterion(Table):
    """Cameras that pass, fail or are unknown on each criterion of the standard.

    The last row, ``all_required``, is the overall verdict.
    """

    criterion: str = col("Criterion of the standard; all_required for the verdict", unique=True)
    title: str = col("What a reader calls it")
    asks: str = col("What the standard asks")
    required: bool = col("False: counted, but no camera fails the standard for it")
    cameras: int = col("Cameras audited", ge=0)
    passed: int = col("of which pass", ge=0)
    failed: int = col("of which fail", ge=0)
    unknown: int = col("of which are not known", ge=0)
    known_share: float = col(
        "(passed + failed) / cameras; empty without cameras", unit="0 to 1", nullable=True
    )
    passed_share_of_known: float = col(
        "passed / (passed + failed); empty where nothing is known", unit="0 to 1", nullable=True
    )
    source: str = col("Who asks for it, or assumption")
    mark: str = col("read, derived or assumption")
    note: str = col("What a user must know about it, and the reason for an assumption")


class _QualityCounts(Table):
    """Counts of one group of cameras on one criterion."""

    criterion: str = col("Criterion of the standard; all_required for the verdict")
    cameras: int = col("Cameras audited", ge=0)
    passed: int = col("of which pass", ge=0)
    failed: int = col("of which fail", ge=0)
    unknown: int = col("of which are not known", ge=0)
    passed_share_of_known: float = col(
        "passed / (passed + failed); empty where nothing is known", unit="0 to 1", nullable=True
    )


class QualityByArea(_QualityCounts):
    """Cameras of each area that pass, fail or are unknown on each criterion."""

    area_code: str = col("Identifier of the area; outside for cameras in none of them")
    area_name: str = col("Name of the area")


class QualityByOperator(_QualityCounts):
    """Cameras of each operator that pass, fail or are unknown on each criterion."""

    operator: str = col("Operator as given, or not stated")


class QualityLevels(Table):
    """How far the cameras' pixels go, at each image-quality level of a table.

    Turning cameras count at their widest view, as the inventory has it.
    """

    level: str = col("Image-quality level", unique=True)
    px_per_m: float = col("Pixels on a metre of the target that it asks for", unit="px/m", gt=0)
    cameras_known: int = col("Cameras with resolution and field of view known", ge=0)
    cameras_unknown: int = col("Cameras without", ge=0)
    reach_target: int = col("of those known, that reach the level at their target", ge=0)
    reach_target_share: float = col(
        "reach_target / cameras_known; empty where nothing is known", unit="0 to 1", nullable=True
    )
    view_share: float = col(
        "Ground of the open views at the level or above it, over the ground of these views at the "
        "level that bounds them; empty where nothing is known",
        unit="0 to 1",
        nullable=True,
    )


class EvidenceCoverage(Table):
    """Ground (and street) that is seen well enough for evidence, beside plain coverage.

    The last row, area ``all``, is the sum of the areas.
    """

    area_code: str = col("Identifier of the area; all for all areas together", unique=True)
    area_name: str = col("Name of the area")
    area_m2: float = col("Area", unit="m²", ge=0)
    plain_level: str = col("Level of the plain coverage")
    recognise_level: str = col("Coarsest level of the table with at least 125 px/m", nullable=True)
    identify_level: str = col("Coarsest level of the table with at least 250 px/m", nullable=True)
    plain_m2: float = col("Ground seen at the plain level", unit="m²", ge=0)
    recognise_m2: float = col("of which at recognise", unit="m²", nullable=True)
    identify_m2: float = col("of which at identify", unit="m²", nullable=True)
    plain_share: float = col("plain_m2 / area_m2", unit="0 to 1", nullable=True)
    recognise_share: float = col("recognise_m2 / area_m2", unit="0 to 1", nullable=True)
    identify_share: float = col("identify_m2 / area_m2", unit="0 to 1", nullable=True)
    recognise_share_of_plain: float = col("recognise_m2 / plain_m2", unit="0 to 1", nullable=True)
    identify_share_of_plain: float = col("identify_m2 / plain_m2", unit="0 to 1", nullable=True)
    street_length_m: float = col(
        "Public streets in the area; empty without a street layer", unit="m", nullable=True
    )
    street_plain_m: float = col("Length seen at the plain level", unit="m", nullable=True)
    street_recognise_m: float = col("of which at recognise", unit="m", nullable=True)
    street_identify_m: float = col("of which at identify", unit="m", nullable=True)
