"""The tables that consolidation writes: columns, units and meaning, as in ``coverage_model``."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from coverage_model.schemas import col

STATUSES = ("optimal", "feasible", "reference")


class _Table(pa.DataFrameModel):
    class Config:
        coerce = True
        strict = False


class Plans(_Table):
    """One row a plan, with its cost, its distance from the baseline and its proof."""

    plan_id: str = col("Identifier of the plan", unique=True)
    label: str = col("Name of the plan")
    status: str = col(
        "optimal (proved), feasible (the proof was stopped) or reference (given, not chosen)",
        isin=STATUSES,
    )
    rooms: int = col("Control rooms in the plan", ge=1)
    boroughs_moved: int = col("Boroughs served from another borough's room", ge=0)
    cameras: float = col("Public-space cameras watched in all rooms", ge=0)
    posts: int = col("Operators on duty at once in all rooms", ge=0)
    link_km: float = col("Sum of distances from boroughs to their room", unit="km", ge=0)
    cost_gbp_per_year: float = col("Yearly running cost", unit="£ a year")
    one_off_gbp: float = col("One-off cost of the change", unit="£")
    npv_gbp: float = col("Net present cost over the horizon", unit="£")
    saving_gbp_per_year: float = col(
        "Yearly cost of the baseline less that of the plan", unit="£ a year"
    )
    npv_saving_gbp: float = col("Net present cost of the baseline less that of the plan", unit="£")
    npv_saving_share: float = col("npv_saving_gbp / net present cost of the baseline")
    cost_per_camera_gbp_per_year: float = col(
        "Yearly running cost per camera", unit="£ a year", nullable=True
    )
    bound_gbp: float = col("Proved lower bound of any plan's net present cost", unit="£")
    gap_share: float = col("(npv_gbp - bound_gbp) / npv_gbp; 0 is proved best", ge=0)
    groups_considered: int = col("Feasible groups of boroughs that were costed", ge=0)
    solver: str = col("Solver and version")
    runtime_s: float = col("Time to solve", unit="s", ge=0)
    scenario: str = col("Name of the scenario")
    scenario_sha256: str = col("SHA-256 of the scenario's content")
    notes: str = col("What a reader must know about the plan")


class Assignments(_Table):
    """One row a plan and borough."""

    plan_id: str = col("Identifier of the plan")
    borough_code: str = col("GSS code of the borough")
    borough: str = col("Name of the borough")
    room_code: str = col("GSS code of the borough that hosts its room")
    room_borough: str = col("Name of that borough")
    cameras: float = col("Cameras of the borough that the room watches", ge=0)
    moved: bool = col("True where the room stands in another borough")


class CostLines(_Table):
    """One row a plan, room and cost line."""

    plan_id: str = col("Identifier of the plan")
    room_code: str = col("GSS code of the borough that hosts the room")
    room_borough: str = col("Name of that borough")
    cost_line: str = col("What the money is for")
    kind: str = col("per_year or one_off", isin=("per_year", "one_off"))
    gbp: float = col("Amount", unit="£")


class BoroughInputs(_Table):
    """What the consolidation model knows of each borough; index ``borough_code``.

    A territory other than London needs ``borough``, ``cameras`` and the site; the rest is optional.
    """

    borough: str = col("Name of the borough")
    cameras: float = col("Public-space cameras to watch", ge=0)
    cameras_basis: str = col(
        "published; assumed (filled in by the stated rule); inventory (counted from a file)",
        isin=("published", "assumed", "inventory"),
    )
    cameras_year: pd.Int64Dtype = col("Year of the published count", nullable=True)
    cameras_scope: str = col("What the count includes, or the rule it was filled in by")
    cameras_confidence: str = col("How far the count can be trusted", nullable=True)
    site_x_m: float = col("Easting of the borough's candidate site", unit="m")
    site_y_m: float = col("Northing of it", unit="m")
    site_basis: str = col("What the site is")
    has_room: bool = col("Whether a room that could be enlarged stands there")
    room_today: str = col("Borough whose room serves it today, as published", nullable=True)


class Rooms(_Table):
    """One row a plan and room."""

    plan_id: str = col("Identifier of the plan")
    room_code: str = col("GSS code of the borough that hosts the room")
    room_borough: str = col("Name of that borough")
    boroughs: int = col("Boroughs served, the host included", ge=1)
    members: str = col("Names of the boroughs served")
    cameras: float = col("Public-space cameras the room watches", ge=0)
    posts: int = col("Operators on duty at once", ge=0)
    link_km: float = col("Sum of distances from the boroughs to the room", unit="km", ge=0)
    cost_gbp_per_year: float = col("Yearly running cost", unit="£ a year")
    one_off_gbp: float = col("One-off cost of the change", unit="£")
    npv_gbp: float = col("Net present cost over the horizon", unit="£")
