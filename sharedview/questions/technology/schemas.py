"""The tables of the technology levers."""

from __future__ import annotations

from coverage_model.base.schemas import Table, col

CASES = ("low", "value", "high")
MARKS = ("read", "derived", "assumption")


class TechnologyLevers(Table):
    """One row a lever and quantity: what it changes, by how much, from which source."""

    lever: str = col("Identifier of the lever")
    label: str = col("Name of the lever")
    quantity: str = col("What it changes: a coefficient, or a quantity of the method")
    operation: str = col("set, multiply or add", isin=("set", "multiply", "add"))
    value: float = col("By how much", ge=0)
    low: float = col("Low end of its range", ge=0)
    high: float = col("High end of its range", ge=0)
    unit: str = col("Unit in words")
    source: str = col("Where it was read, or assumption")
    mark: str = col("read, derived or assumption", isin=MARKS)
    note: str = col("What a user must know about it", nullable=True)


class TechnologyCosts(Table):
    """One row a lever: the best plan with it beside the best plan without it."""

    lever: str = col("Identifier of the lever; all for every lever together", unique=True)
    label: str = col("Name of the lever")
    rooms: int = col("Rooms in the best plan with it", ge=1)
    posts: int = col("Operators on duty in that plan", ge=0)
    cost_gbp_per_year: float = col(
        "Yearly running cost of that plan, the lever's own purchase spread over the horizon",
        unit="£ a year",
    )
    npv_gbp: float = col("Net present cost of that plan", unit="£")
    npv_change_gbp: float = col(
        "Net present cost with the lever less that without; below 0 it saves", unit="£"
    )
    npv_change_low_gbp: float = col(
        "The same with each of its quantities at the end that costs least", unit="£"
    )
    npv_change_high_gbp: float = col(
        "The same with each of its quantities at the end that costs most", unit="£"
    )
    today_change_gbp: float = col(
        "Net present cost of the rooms of today with the lever less that without", unit="£"
    )
    detection_share: float = col(
        "Share of events noticed in that plan, by monitors per operator; the software's own "
        "detection is not in it",
        nullable=True,
    )
    detection_change: float = col("detection_share less that without the lever", nullable=True)
    status: str = col(
        "optimal: each plan is proved best; feasible: the proof was stopped, a better plan may "
        "exist, and the ends of the range show the same rooms; reference: the scenario gives "
        "the plan",
        isin=("optimal", "feasible", "reference"),
    )


class TechnologyCoverage(Table):
    """One row a lever that changes views, and image-quality level."""

    lever: str = col("Identifier of the lever")
    label: str = col("Name of the lever")
    level: str = col("Image-quality level")
    px_per_m: float = col("Pixels a metre at that level", gt=0)
    views: int = col("Views, turning cameras and unknown headings left out", ge=0)
    seen_before_m2: float = col("Ground seen without it", unit="m²", ge=0)
    seen_m2: float = col("Ground seen with it", unit="m²", ge=0)
    gain_m2: float = col("seen_m2 less seen_before_m2", unit="m²")
    gain_share: float = col("gain_m2 / seen_before_m2", nullable=True)
