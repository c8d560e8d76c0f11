"""Every frame that passes between modules: its columns, their units and their meaning.

The codebook for users is generated from these classes, so a column is described here and nowhere
else. Each model's ``Config.name`` is the name of the layer or file that users see. All geometry is
in one projected CRS in metres (EPSG:27700 by default); :func:`check` verifies that.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pandera.errors
import pandera.pandas as pa

from coverage_model.base.errors import Faults

OWNERSHIPS = ("public", "private", "unknown")
INTEGRATIONS = ("none", "registered", "integrated")
CAMERA_TYPES = ("fixed", "dome", "ptz", "anpr", "unknown")
VIEW_SHAPES = ("sector", "picture")
VIEW_BASES = ("given", "assumed", "reach")
POSITION_STATUSES = ("free", "on_wall", "snapped", "inside_unresolved", "on_roof")


def col(
    meaning: str,
    *,
    unit: str = "",
    **checks: Any,
) -> Any:
    """Describe a column: what it means and in which unit, with pandera's checks."""
    return pa.Field(description=meaning, metadata={"unit": unit}, **checks)


class Table(pa.DataFrameModel):
    """A table whose further columns pass unchecked."""

    class Config:
        """Values are turned into the type of their column."""

        coerce = True
        strict = False


class Cameras(Table):
    """One row a view: almost always one a camera, more where a camera has several headings.

    The index is ``view_id``: the camera's id, with ``/2``, ``/3`` for further headings.
    """

    camera_id: str = col("Identifier of the camera, unique in its source")
    ownership: str = col("Who owns the camera", isin=OWNERSHIPS)
    integration: str = col(
        "Whether a private camera is known to the authorities: none, registered (place and contact "
        "only) or integrated (live feed); public cameras are integrated",
        isin=INTEGRATIONS,
    )
    operator: str = col("Who operates the camera, as given", nullable=True)
    borough_code: str = col(
        "GSS code of the area the camera stands in, computed from its position", nullable=True
    )
    camera_type: str = col("Kind of camera", isin=CAMERA_TYPES)
    azimuth_deg: float = col(
        "Direction of the view's centre line, clockwise from grid north; empty where unknown",
        unit="degrees",
        ge=0,
        lt=360,
        nullable=True,
    )
    hfov_deg: float = col("Horizontal field of view", unit="degrees", gt=0, le=360, nullable=True)
    vfov_deg: float = col("Vertical field of view", unit="degrees", gt=0, le=180, nullable=True)
    range_m: float = col(
        "Greatest useful distance as given by the source", unit="m", gt=0, nullable=True
    )
    horizontal_px: float = col("Horizontal resolution", unit="pixels", gt=0, nullable=True)
    mount_height_m: float = col("Height of the lens above ground", unit="m", gt=0, nullable=True)
    tilt_deg: float = col(
        "Angle of the view's centre line below the horizon", unit="degrees", nullable=True
    )
    target_level: str = col("Image quality the camera is meant to reach, as given", nullable=True)
    view_basis: str = col(
        "given: heading and field of view are known; assumed: a missing value was filled in by the "
        "stated rule; reach: the camera turns or its heading is unknown, so only what it could "
        "reach is known, never what it sees",
        isin=VIEW_BASES,
    )
    illustrative: bool = col("True for a generated camera that does not exist")
    roll_deg: float | None = col(
        "Turn of the camera about its centre line, clockwise as it looks; level where not given",
        unit="degrees",
        ge=-180,
        le=180,
        nullable=True,
    )
    vertical_px: float | None = col(
        "Vertical resolution; pixels are square where it is not given",
        unit="pixels",
        gt=0,
        nullable=True,
    )
    lens_projection: str | None = col(
        "How the lens maps angles: rectilinear (where not given), fisheye (equidistant), or a "
        "distortion table as angle:radius pairs, degrees from the axis and distance from the "
        "picture's middle in any one unit",
        nullable=True,
    )


class Areas(Table):
    """Polygons that coverage is reported for: boroughs, wards or any layer given."""

    area_code: str = col("Identifier of the area (GSS code for boroughs)", unique=True)
    area_name: str = col("Name of the area")


class Obstacles(Table):
    """Building footprints that block the view. Raw: they may overlap, touch or repeat."""

    obstacle_id: str = col("Identifier of the footprint", unique=True)
    height_m: float = col(
        "Height above ground; empty where unknown, and then the building blocks at any height",
        unit="m",
        gt=0,
        nullable=True,
    )
    height_basis: str = col(
        "measured, levels (storeys times a stated storey height) or unknown",
        isin=("measured", "levels", "unknown"),
    )


class DemandPoints(Table):
    """Points or polygons that matter (crime, people, stations), each with a weight."""

    demand_id: str = col("Identifier of the point or polygon", unique=True)
    weight: float = col("Weight of the point or polygon in the sums", ge=0)


class Sectors(Table):
    """Unobstructed view cones at one image-quality level; index ``view_id``."""

    camera_id: str = col("Identifier of the camera")
    ownership: str = col("Who owns the camera", isin=OWNERSHIPS)
    integration: str = col("none, registered or integrated", isin=INTEGRATIONS)
    camera_type: str = col("Kind of camera", isin=CAMERA_TYPES)
    borough_code: str = col("GSS code of the area the camera stands in", nullable=True)
    view_basis: str = col("given, assumed or reach", isin=VIEW_BASES)
    assumed_fields: str = col("Names of the values that were filled in, separated by spaces")
    level: str = col("Image-quality level that the range is for")
    view_shape: str | None = col(
        "picture: the part of the target plane that the picture holds, where mounting height and "
        "tilt are given; sector: a plain sector, where they are not, or all round for a reach",
        isin=VIEW_SHAPES,
    )
    x_m: float = col("Easting of the camera", unit="m")
    y_m: float = col("Northing of the camera", unit="m")
    azimuth_deg: float = col(
        "Centre line, clockwise from grid north (0 for a full circle)", unit="degrees"
    )
    hfov_deg: float = col("Horizontal field of view (360 for reach)", unit="degrees", gt=0, le=360)
    near_m: float = col("Near edge of the view: the end of the blind zone", unit="m", ge=0)
    far_m: float = col("Far edge of the view at this level", unit="m", ge=0)
    mount_height_m: float = col("Height of the lens above ground", unit="m", gt=0)
    target_height_m: float | None = col(
        "Height above ground of the target plane that the view is measured on", unit="m", ge=0
    )


class VisibleAreas(Table):
    """What each view still sees after buildings have cut it; index ``view_id``."""

    camera_id: str = col("Identifier of the camera")
    ownership: str = col("Who owns the camera", isin=OWNERSHIPS)
    integration: str = col("none, registered or integrated", isin=INTEGRATIONS)
    borough_code: str = col("GSS code of the area the camera stands in", nullable=True)
    camera_type: str = col("Kind of camera", isin=CAMERA_TYPES)
    view_basis: str = col("given, assumed or reach", isin=VIEW_BASES)
    level: str = col("Image-quality level")
    area_m2: float = col("Visible ground", unit="m²", ge=0)
    unobstructed_m2: float = col("Area of the cone before buildings", unit="m²", ge=0)
    position_status: str = col(
        "free; on_wall; snapped (moved out of a building to its nearest outward wall); "
        "inside_unresolved (in a building and too far from its wall: sees nothing); on_roof (its "
        "lens is higher than the buildings it stands over)",
        isin=POSITION_STATUSES,
    )
    moved_m: float = col("Distance the camera was moved by snapping", unit="m", ge=0)
    target_height_m: float | None = col(
        "Height above ground of the target plane that the view is measured on", unit="m", ge=0
    )


class CoverageFaces(Table):
    """Covered ground cut into faces that do not overlap, each seen by the same views."""

    depth: int = col("Cameras that see the face", ge=1)
    depth_public: int = col("Public cameras that see it", ge=0)
    depth_private: int = col("Private cameras that see it", ge=0)
    depth_unknown: int = col("Cameras of unknown ownership that see it", ge=0)
    depth_connected: int = col("Private cameras that see it and are registered or integrated", ge=0)
    area_m2: float = col("Area of the face", unit="m²", ge=0)


class CoverageByArea(Table):
    """Coverage of each area at one image-quality level. Reach is kept apart from view."""

    area_code: str = col("Identifier of the area", unique=True)
    area_name: str = col("Name of the area")
    level: str = col("Image-quality level of all figures in the row")
    area_m2: float = col("Area", unit="m²", ge=0)
    building_m2: float = col(
        "Ground under buildings; empty without a building layer", unit="m²", nullable=True
    )
    public_realm_m2: float = col(
        "Area less buildings; empty without a building layer", unit="m²", nullable=True
    )
    cameras: int = col("Cameras that stand in the area", ge=0)
    cameras_public: int = col("of which public", ge=0)
    cameras_private: int = col("of which private", ge=0)
    cameras_unknown_owner: int = col("of which of unknown ownership", ge=0)
    cameras_view_given: int = col("of which with a view fully given by the source", ge=0)
    cameras_view_assumed: int = col("of which with an assumed value in the view", ge=0)
    cameras_reach_only: int = col("of which with reach only", ge=0)
    covered_m2: float = col("Ground seen by at least one view", unit="m²", ge=0)
    covered_share: float = col("covered_m2 / area_m2", unit="0 to 1", ge=0, le=1 + 1e-9)
    covered_public_realm_share: float = col(
        "covered_m2 / public_realm_m2; empty without a building layer", unit="0 to 1", nullable=True
    )
    depth_1_m2: float = col("Ground seen by exactly one camera", unit="m²", ge=0)
    depth_2_m2: float = col("Ground seen by exactly two cameras", unit="m²", ge=0)
    depth_3plus_m2: float = col("Ground seen by three or more cameras", unit="m²", ge=0)
    public_only_m2: float = col("Ground seen by public and no private camera", unit="m²", ge=0)
    private_only_m2: float = col("Ground seen by private and no public camera", unit="m²", ge=0)
    both_m2: float = col("Ground seen by public and private cameras", unit="m²", ge=0)
    unknown_owner_only_m2: float = col(
        "Ground seen only by cameras of unknown ownership", unit="m²", ge=0
    )
    private_connected_only_m2: float = col(
        "Part of private_only_m2 that a registered or integrated camera sees", unit="m²", ge=0
    )
    reach_m2: float = col(
        "Ground within reach of turning or heading-less cameras: not coverage", unit="m²", ge=0
    )
    reach_share: float = col("reach_m2 / area_m2", unit="0 to 1", ge=0)
    gap_m2: float = col(
        "Ground no view sees: area (less buildings where given) less covered", unit="m²", ge=0
    )
    demand_weight: float = col(
        "Weight of the demand in the area; empty without demand", nullable=True
    )
    demand_covered_weight: float = col("of which seen by a view", nullable=True)
    demand_covered_share: float = col(
        "demand_covered_weight / demand_weight", unit="0 to 1", nullable=True
    )


class PublicCoverage(Table):
    """Coverage of each area as it may be published: small counts hidden, the rest rounded."""

    area_code: str = col("Identifier of the area", unique=True)
    area_name: str = col("Name of the area")
    level: str = col("Image-quality level of all figures in the row")
    area_m2: float = col("Area", unit="m²", ge=0)
    shown: bool = col(
        "False where figures are hidden: cameras in too few places (perhaps none), too small an "
        "area, or an area whose figures would give another's away"
    )
    cameras: float = col(
        "Cameras that stand in the area, rounded; empty where hidden", ge=0, nullable=True
    )
    cameras_public: float = col(
        "of which public, rounded; empty where hidden, also where only this split is",
        ge=0,
        nullable=True,
    )
    cameras_other: float = col(
        "of which private or of unknown ownership, rounded; empty where hidden", ge=0, nullable=True
    )
    covered_m2: float = col(
        "Ground seen by at least one view, rounded to a step no smaller than the largest view; "
        "empty where hidden",
        unit="m²",
        ge=0,
        nullable=True,
    )
    covered_share: float = col(
        "covered_m2 / area_m2, of the rounded figure; empty where hidden",
        unit="0 to 1",
        ge=0,
        nullable=True,
    )


class Releases(PublicCoverage):
    """Releases to the public: a row an area and release, with what a reader is taken to know.

    It holds totals that need not be published; keep it apart from the public files.
    """

    area_code: str = col("Identifier of the area, unique in its release")
    release: int = col("Number of the release, from 1", ge=1)
    released_on: str = col("Day of the release, as YYYY-MM-DD")
    held: bool = col(
        "True where the figures are those of an earlier release, because too few cameras have "
        "changed since"
    )
    min_places: int = col("Least number of places in an area that is shown", ge=1)
    count_step: int = col("Step that counts are rounded to", ge=1)
    ground_step_m2: float = col("Step that covered ground is rounded to", unit="m²", gt=0)
    group: str = col("The larger area whose totals are taken as known")
    group_public: float = col("Public cameras in that larger area", ge=0)
    group_other: float = col("Private cameras and those of unknown owner in it", ge=0)
    known_low: float = col(
        "Least number of cameras in the area that anyone can look up; empty where none can",
        ge=0,
        nullable=True,
    )
    known_high: float = col("Greatest such number", ge=0, nullable=True)


class DerivableRanges(Table):
    """The tightest range that a reader can derive for each figure of each release."""

    release: int = col("Position of the release, from 0")
    area_code: str = col("Identifier of the area; of a piece, those of all areas that hold it")
    piece: bool = col("True for a piece that no layer shows by itself, but two tell by difference")
    quantity: str = col(
        "The figure", isin=("cameras", "cameras_public", "cameras_other", "covered_m2")
    )
    hidden: bool = col("True where the figure is hidden, False where it is rounded")
    low: float = col("Least value that agrees with all that is known", unit="as the figure")
    high: float = col("Greatest such value", unit="as the figure")
    needed: float = col("Least width that the rule asks for", unit="as the figure")
    told: bool = col("True where the range is narrower than that")


class Gaps(Table):
    """Ground that no view sees, as polygons, largest first within an area."""

    gap_id: str = col("Identifier: area code and rank", unique=True)
    area_code: str = col("Area the gap lies in")
    area_name: str = col("Name of that area")
    gap_m2: float = col("Area of the gap", unit="m²", ge=0)


class NamedGaps(Gaps):
    """Gaps as ranked places.

    In the order of: in the study area, uncovered demand, street length, junctions, places, size.
    """

    rank: int = col("Place in the order of all gaps, from 1", ge=1)
    place: str = col(
        "Name: nearest named street (or a station or place nearby) and area, or area and grid "
        "reference"
    )
    street_name: str = col("Nearest named street, where streets are given", nullable=True)
    street_distance_m: float = col(
        "Distance from the gap's innermost point to that street", unit="m", ge=0, nullable=True
    )
    grid_reference: str = col(
        "National grid square of 1 km that holds the innermost point; outside the British National "
        "Grid its coordinates, rounded to 100 m"
    )
    nearest_camera_m: float = col(
        "Distance from the innermost point to the nearest camera; empty without cameras",
        unit="m",
        ge=0,
        nullable=True,
    )
    demand_uncovered_weight: float = col(
        "Weight of the demand in the gap, or nearest to it, that no view sees; empty without "
        "demand",
        ge=0,
        nullable=True,
    )
    street_m: float = col(
        "Length of public street in the gap; empty without streets", unit="m", ge=0, nullable=True
    )
    junctions: float = col(
        "Street junctions in the gap; empty without streets", ge=0, nullable=True
    )
    places_near: int = col(
        "Stations, cycle docking stations and named places in the gap or within 50 m: a sign of "
        "activity",
        ge=0,
    )
    in_study_area: bool = col(
        "Whether it is within 1 km of a camera, or all of the areas were studied"
    )


class Streets(Table):
    """Public streets one can walk along, each stretch once whatever its directions of traffic."""

    street_id: str = col(
        "Identifier of the stretch: that of the source, with /2, /3 where it was parted",
        unique=True,
    )
    street_name: str = col("Name of the street", nullable=True)
    highway: str = col("Kind of street, as OpenStreetMap names it; empty if unknown", nullable=True)
    length_m: float = col("Length on the map", unit="m", gt=0)


class Junctions(Table):
    """Places where three or more stretches of street meet."""

    junction_id: str = col("Identifier of the junction", unique=True)
    streets: int = col("Ends of stretches that meet here", ge=3)


class StreetCoverage(Table):
    """Length of streets that views see, by area, at one image-quality level."""

    area_code: str = col("Identifier of the area", unique=True)
    area_name: str = col("Name of the area")
    level: str = col("Image-quality level of all figures in the row")
    street_length_m: float = col("Public streets in the area", unit="m", ge=0)
    street_seen_m: float = col("Length that at least one view sees", unit="m", ge=0)
    street_seen_share: float = col(
        "street_seen_m / street_length_m; empty without streets", unit="0 to 1", nullable=True
    )
    street_depth_1_m: float = col("Length seen by exactly one camera", unit="m", ge=0)
    street_depth_2_m: float = col("Length seen by exactly two cameras", unit="m", ge=0)
    street_depth_3plus_m: float = col("Length seen by three or more cameras", unit="m", ge=0)
    street_public_only_m: float = col("Length seen by public and no private camera", unit="m", ge=0)
    street_private_only_m: float = col(
        "Length seen by private and no public camera", unit="m", ge=0
    )
    street_both_m: float = col("Length seen by public and private cameras", unit="m", ge=0)
    street_unknown_owner_only_m: float = col(
        "Length seen only by cameras of unknown ownership", unit="m", ge=0
    )
    street_private_connected_only_m: float = col(
        "Part of street_private_only_m that a registered or integrated camera sees", unit="m", ge=0
    )
    street_reach_m: float = col(
        "Length within reach of turning or heading-less cameras: not coverage", unit="m", ge=0
    )
    street_reach_share: float = col(
        "street_reach_m / street_length_m; empty without streets", unit="0 to 1", nullable=True
    )
    junctions: int = col("Places in the area where three or more stretches meet", ge=0)
    junctions_seen: int = col("of which a view sees", ge=0)
    junctions_seen_share: float = col(
        "junctions_seen / junctions; empty without junctions", unit="0 to 1", nullable=True
    )
    junctions_reach: int = col("Junctions within reach of turning cameras: not coverage", ge=0)


class StreetGaps(Table):
    """Runs of street that no view sees, longest first."""

    rank: int = col("Place in the order of length, from 1", ge=1)
    place: str = col("Name: street and area, or area and grid reference")
    street_name: str = col("Name of the street", nullable=True)
    area_code: str = col("Area the run lies in")
    area_name: str = col("Name of that area")
    length_m: float = col("Length of the run", unit="m", gt=0)
    nearest_camera_m: float = col(
        "Distance from the run's middle to the nearest camera; empty without cameras",
        unit="m",
        ge=0,
        nullable=True,
    )
    grid_reference: str = col("National grid square of 1 km that holds the run's middle")


def check(frame: pd.DataFrame, model: type[pa.DataFrameModel], source: object) -> Any:
    """Validate a frame against a model, listing every fault in one error.

    Parameters
    ----------
    frame
        The frame to check; it is not changed.
    model
        One of the classes of this module (or of a sibling package's schemas).
    source
        What to call the frame in the error.

    Returns
    -------
    DataFrame or GeoDataFrame
        A coerced copy.

    Raises
    ------
    InputError
        With a fault for each column and check that failed, and the index labels at fault.
    """
    try:
        checked = model.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        faults = Faults(source)
        cases = error.failure_cases
        for (column, test), group in cases.groupby(["column", "check"], dropna=False, sort=False):
            rows = [str(row) for row in group["index"].dropna()]
            name = column if isinstance(column, str) else group["failure_case"].iloc[0]
            faults.add(f"column {name} fails the check {test}", "See the codebook", rows=rows)
        faults.raise_if_any()
        raise
    if isinstance(frame, gpd.GeoDataFrame) and not isinstance(checked, gpd.GeoDataFrame):
        checked = gpd.GeoDataFrame(checked, geometry=frame.geometry.name, crs=frame.crs)
    return checked
