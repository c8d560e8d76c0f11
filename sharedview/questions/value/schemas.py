"""The tables that the value of monitoring writes."""

from __future__ import annotations

from coverage_model.base.schemas import Table, col

OPTIONS = ("active", "peak", "passive", "analytics")
IN_VIEW_BASES = ("assumption", "measured")
IF = "if watching prevents the stated share of crime; a plan is credited with none of it"


class CrimeParts(Table):
    """One row a part of recorded crime: how much of it there is and what a crime costs society."""

    part: str = col("Identifier of the part", unique=True)
    crime_type: str = col("Type in the figures of the Metropolitan Police for 2012/13")
    label: str = col("Name of the part")
    part_share: float = col("Share of its type", unit="0 to 1", ge=0, le=1)
    share_of_crime: float = col("Share of London's crime in 2012/13", unit="0 to 1", ge=0, le=1)
    property_crime: bool = col("Whether it is counted as property crime; robbery is not")
    unit_cost_gbp: float = col(
        "What one crime costs society; empty where the set has no value", unit="£", nullable=True
    )
    unit_cost_low_gbp: float = col("Lower of the two sets", unit="£", nullable=True)
    unit_cost_high_gbp: float = col("Higher of the two sets", unit="£", nullable=True)
    price_year: int = col("Year of the prices of unit_cost_gbp; not brought to another year")
    counted: bool = col("Whether benefits count it: it has a unit cost and is of the kind asked")
    note: str = col("How it was split and mapped")


class TimeOfDay(Table):
    """One row a block of the day, with the share of crime in it."""

    block: str = col("Identifier of the block", unique=True)
    label: str = col("Name of the block")
    hours_per_day: float = col("Length", unit="hours a day", gt=0, le=24)
    crime_share: float = col("Share of crime that happens in it", unit="0 to 1", ge=0, le=1)
    low: float = col("Low end of that share", unit="0 to 1", ge=0, le=1)
    high: float = col("High end of that share", unit="0 to 1", ge=0, le=1)
    peak: bool = col("Whether monitoring in peak hours watches it")


class CrimeInView(Table):
    """One row a borough: crime in view of public cameras, and what it costs society."""

    borough_code: str = col("GSS code of the borough", unique=True)
    borough: str = col("Name of the borough")
    crimes_per_year: float = col(
        "Crimes recorded in twelve months to July 2023; empty where unknown", nullable=True, ge=0
    )
    in_view_share: float = col(
        "Share of crime in view of public cameras; empty where unknown",
        unit="0 to 1",
        nullable=True,
        ge=0,
        le=1,
    )
    in_view_basis: str = col(
        "assumption (one share for all boroughs) or measured (from crime points)",
        isin=IN_VIEW_BASES,
    )
    crimes_in_view_per_year: float = col("crimes_per_year x in_view_share", nullable=True, ge=0)
    counted_in_view_per_year: float = col(
        "of which counted: of the kind asked for and with a unit cost", nullable=True, ge=0
    )
    unpriced_in_view_per_year: float = col("of which without a unit cost", nullable=True, ge=0)
    harm_in_view_gbp_per_year: float = col(
        "What the counted ones cost society, in prices of the unit costs",
        unit="£ a year",
        nullable=True,
        ge=0,
    )


class _Monitored(Table):
    option: str = col(
        "active (round the clock), peak (in peak hours), passive (recording only) or analytics "
        "(round the clock with software that chooses what is shown)",
        isin=OPTIONS,
    )
    option_label: str = col("Name of the option")
    cameras: float = col("Public-space cameras", ge=0)
    posts: int = col("Operators on duty at once while rooms are watched", ge=0)
    hours_watched_per_year: float = col("Hours in which posts are filled", unit="hours", ge=0)
    operator_hours_per_year: float = col("posts x hours watched", unit="hours", ge=0)
    monitors_per_operator: float = col("Monitors that each operator watches", nullable=True)
    noticed_share: float = col(
        "Share of events noticed while watched: by monitors per operator, and none on monitors "
        "beyond the ninth",
        unit="0 to 1",
        nullable=True,
    )
    watched_crime_share: float = col("Share of crime that happens while watched", unit="0 to 1")
    cost_gbp_per_year: float = col("Yearly cost from the cost table", unit="£ a year")
    monitoring_gbp_per_year: float = col(
        "cost_gbp_per_year less that of recording only", unit="£ a year"
    )
    crimes_in_view_per_year: float = col("Crimes in view", nullable=True, ge=0)
    watched_crimes_per_year: float = col("of which while watched", nullable=True, ge=0)
    noticed_crimes_per_year: float = col("of which noticed", nullable=True, ge=0)
    investigations_helped_per_year: float = col(
        "Crimes in view whose images are useful to an investigation; kept apart from money",
        nullable=True,
        ge=0,
    )
    benefit_gbp_per_year: float = col(
        f"Cost of crime avoided, {IF}", unit="£ a year", nullable=True
    )
    net_gbp_per_year: float = col(
        "benefit_gbp_per_year - monitoring_gbp_per_year", unit="£ a year", nullable=True
    )
    net_p10_gbp_per_year: float = col("Nine draws of ten exceed it", unit="£ a year", nullable=True)
    net_p50_gbp_per_year: float = col("Half of the draws exceed it", unit="£ a year", nullable=True)
    net_p90_gbp_per_year: float = col("One draw of ten exceeds it", unit="£ a year", nullable=True)
    benefit_cost_ratio: float = col(
        "benefit_gbp_per_year / monitoring_gbp_per_year; empty for recording only", nullable=True
    )
    ratio_p10: float = col("Nine draws of ten exceed it", nullable=True)
    ratio_p50: float = col("Half of the draws exceed it", nullable=True)
    ratio_p90: float = col("One draw of ten exceeds it", nullable=True)
    exceeds_share: float = col(
        "Share of draws in which the benefit exceeds the cost of monitoring",
        unit="0 to 1",
        nullable=True,
    )
    break_even_effect_share: float = col(
        "Share of crime in view, while watched and with one monitor an operator, that monitoring "
        "must prevent to pay for itself; above 1 it cannot",
        nullable=True,
    )
    gbp_per_watched_crime: float = col(
        "monitoring_gbp_per_year / watched_crimes_per_year", unit="£", nullable=True
    )
    gbp_per_noticed_crime: float = col(
        "monitoring_gbp_per_year / noticed_crimes_per_year", unit="£", nullable=True
    )


class ValueOptionsTable(_Monitored):
    """One row a plan and way of monitoring, all rooms together."""

    plan_id: str = col("Identifier of the plan")
    plan: str = col("Name of the plan")
    rooms: int = col("Control rooms", ge=1)
    boroughs_without_crime: int = col("Boroughs whose crime is unknown and adds nothing", ge=0)
    credited_gbp_per_year: float = col(
        "What the plan is credited with, by crime_reduction_credited_share",
        unit="£ a year",
        nullable=True,
    )


class ValueRooms(_Monitored):
    """One row a plan, control room and way of monitoring."""

    plan_id: str = col("Identifier of the plan")
    room_code: str = col("GSS code of the borough that hosts the room")
    room_borough: str = col("Name of that borough")
    boroughs: int = col("Boroughs served", ge=1)


class BreakEven(Table):
    """One row a plan, way of monitoring and way of counting: the effect that would pay for it."""

    plan_id: str = col("Identifier of the plan")
    option: str = col("Way of monitoring", isin=OPTIONS)
    option_label: str = col("Name of the option")
    counting: str = col("Crimes counted and set of unit costs, as one word")
    counting_label: str = col("The same for a reader")
    harm_in_view_gbp_per_year: float = col("Cost of the crimes counted in view", unit="£ a year")
    watched_harm_gbp_per_year: float = col(
        "of which while watched, at the detection of the rooms over that of one monitor",
        unit="£ a year",
    )
    break_even_effect_share: float = col(
        "monitoring_gbp_per_year / watched_harm_gbp_per_year; above 1 it cannot pay", nullable=True
    )


class Effects(Table):
    """One row an effect found by a review: what the plan's monitoring would be worth with it."""

    effect: str = col("Identifier of the effect", unique=True)
    setting: str = col("Where it was found")
    effect_share: float = col("Share of crime prevented", unit="0 to 1", ge=0, le=1)
    benefit_gbp_per_year: float = col("Cost of crime avoided with it", unit="£ a year")
    benefit_cost_ratio: float = col("Over the cost of monitoring", nullable=True)
    mark: str = col("read or assumption")
    source: str = col("Where it was read")
    note: str = col("What a user must know about it")


class Allocation(Table):
    """One row a control room and block of the day: operator hours as planned and at their best."""

    plan_id: str = col("Identifier of the plan")
    room_code: str = col("GSS code of the borough that hosts the room")
    room_borough: str = col("Name of that borough")
    block: str = col("Block of the day")
    block_label: str = col("Name of the block")
    hours_per_year: float = col("Length of the block", unit="hours a year", ge=0)
    crimes_in_view_per_year: float = col("Crimes in view in the block", nullable=True, ge=0)
    operators_planned: float = col("Operators on duty as planned, on average", ge=0)
    operators_best: float = col(
        "Operators on duty at the best use of the same hours, on average; as planned where crime "
        "is unknown",
        ge=0,
    )
    planned_hours_per_year: float = col("Operator hours as planned", unit="hours a year", ge=0)
    best_hours_per_year: float = col("Operator hours at their best", unit="hours a year", ge=0)
    change_hours_per_year: float = col("The difference", unit="hours a year")
    planned_benefit_gbp_per_year: float = col(
        f"Cost of crime avoided as planned, {IF}", unit="£ a year", nullable=True
    )
    best_benefit_gbp_per_year: float = col(
        f"Cost of crime avoided at the best use, {IF}", unit="£ a year", nullable=True
    )


class HoursCurve(Table):
    """One row an amount of operator hours: what its best use would be worth."""

    hours_share: float = col("Hours over those of the plan", ge=0)
    operator_hours_per_year: float = col("Operator hours to give out", unit="hours a year", ge=0)
    benefit_gbp_per_year: float = col(f"Cost of crime avoided, {IF}", unit="£ a year", ge=0)
    noticed_harm_share: float = col(
        "Share of the cost of crime in view that is noticed as it happens", unit="0 to 1", ge=0
    )
    marginal_gbp_per_hour: float = col("What one more hour adds", unit="£ an hour", ge=0)
    cost_gbp_per_hour: float = col(
        "What an operator hour costs, from the cost table", unit="£ an hour", nullable=True
    )
