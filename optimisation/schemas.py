"""The tables that consolidation writes: columns, units and meaning, as in ``coverage_model``."""

from __future__ import annotations

import pandas as pd

from coverage_model.base.schemas import Table, col
from optimisation.costs.terms import ONE_OFF_LINES, YEARLY_LINES

COUNTS = {False: "councils", True: "councils and police"}
"""Whose money costs and savings are, by whether the scenario counts police time."""
STATUSES = ("optimal", "feasible", "reference")


class Plans(Table):
    """One row a plan, with its cost, its distance from the baseline and its proof."""

    plan_id: str = col("Identifier of the plan", unique=True)
    label: str = col("Name of the plan")
    status: str = col(
        "optimal (proved), feasible (the proof was stopped) or reference (given, not chosen)",
        isin=STATUSES,
    )
    rooms: int = col("Control rooms with staff in the plan", ge=0)
    boroughs_moved: int = col("Boroughs that leave the room that serves them today", ge=0)
    cameras: float = col("Public-space cameras watched in all rooms", ge=0)
    posts: int = col("Operators on duty at once in all rooms", ge=0)
    detection_share: float = col(
        "Share of events noticed while rooms are watched, by monitors per operator; no money",
        nullable=True,
    )
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
    scenario: str = col("Name of the scenario")
    scenario_sha256: str = col("SHA-256 of the scenario's content")
    breaks: str = col("Constraints of the scenario that the plan breaks; empty for none")
    notes: str = col("What a reader must know about the plan")


class PlanSavings(Table):
    """One row a plan: what it saves against today as it would be built, under many draws."""

    plan_id: str = col("Identifier of the plan", unique=True)
    label: str = col("Name of the plan")
    rooms: int = col("Control rooms with staff in the plan", ge=0)
    saving_p10_gbp: float = col("Net present saving that nine draws of ten exceed", unit="£")
    saving_p50_gbp: float = col("Net present saving that half of the draws exceed", unit="£")
    saving_p90_gbp: float = col("Net present saving that one draw of ten exceeds", unit="£")
    saving_mean_gbp: float = col("Mean net present saving", unit="£")
    saving_worst_tenth_gbp: float = col("Mean over the worst tenth of the draws", unit="£")
    saves_share: float = col("Share of draws in which it saves more than £1", ge=0, le=1)
    counts: str = col(
        "Whose money these savings are: officers' time only where the scenario counts it",
        isin=tuple(COUNTS.values()),
    )
    councils_mean_gbp: float = col("Mean net present saving of the councils' budgets", unit="£")
    police_mean_gbp: float = col(
        "Mean net present saving of officers' ways to the rooms, below 0 where they get longer; "
        "empty where no recorded crimes are known",
        unit="£",
        nullable=True,
    )
    both_mean_gbp: float = col("The two budgets added up", unit="£", nullable=True)
    build_years: int = col("Years over which its changes are spread evenly", ge=1)
    draws: int = col("Number of draws", ge=1)
    breaks: str = col("Constraints of the scenario that the plan breaks; empty for none")


class Assignments(Table):
    """One row a plan and borough."""

    plan_id: str = col("Identifier of the plan")
    borough_code: str = col("GSS code of the borough")
    borough: str = col("Name of the borough")
    room_code: str = col("GSS code of the borough that hosts its room")
    room_borough: str = col("Name of that borough")
    cameras: float = col("Cameras of the borough that the room watches", ge=0)
    moved: bool = col("True where the room stands in another borough")


class CostLines(Table):
    """One row a plan, room and cost line."""

    plan_id: str = col("Identifier of the plan")
    room_code: str = col("GSS code of the borough that hosts the room")
    room_borough: str = col("Name of that borough")
    cost_line: str = col(
        "What the money is for; the page on consolidation gives each formula",
        isin=(*YEARLY_LINES, *ONE_OFF_LINES),
    )
    kind: str = col("per_year or one_off", isin=("per_year", "one_off"))
    gbp: float = col("Amount", unit="£")


class BoroughInputs(Table):
    """What the consolidation model knows of each borough; index ``borough_code``.

    A territory other than London needs ``borough``, ``cameras`` and the site; the rest is optional.
    One that was read from a layer (:func:`optimisation.any_territory.area_inputs`) carries its
    neighbours: ``neighbours`` and ``crossings`` hold a tuple of codes for each area.
    Distances by road come as a column ``road_km_to_<code>`` for each borough
    (:func:`optimisation.roads.with_road_km`).
    """

    borough: str = col("Name of the borough")
    cameras: float = col("Public-space cameras to watch", ge=0)
    cameras_basis: str = col(
        "published; assumed (filled in by the stated rule); inventory (counted from a file); given "
        "(a table of counts)",
        isin=("published", "assumed", "inventory", "given"),
    )
    cameras_year: pd.Int64Dtype = col("Year of the published count", nullable=True)
    cameras_scope: str = col("What the count includes, or the rule it was filled in by")
    cameras_confidence: str = col("How far the count can be trusted", nullable=True)
    cameras_other_scope: float = col(
        "Cameras by the other scope (all council cameras, or public space alone), where published",
        nullable=True,
    )
    site_x_m: float = col("Easting of the borough's candidate site", unit="m")
    site_y_m: float = col("Northing of it", unit="m")
    site_basis: str = col("What the site is")
    has_room: bool = col("Whether a room that could be enlarged stands there")
    room_today: str = col("Borough whose room serves it today, as published", nullable=True)
    monitored: bool = col("Whether anybody watches its cameras today; if not, they only record")
    crimes_per_year: float = col(
        "Recorded crimes, for officers' ways to the room; empty where none is published",
        nullable=True,
        ge=0,
    )


class Rooms(Table):
    """One row a plan and room."""

    plan_id: str = col("Identifier of the plan")
    room_code: str = col("GSS code of the borough that hosts the room")
    room_borough: str = col("Name of that borough")
    boroughs: int = col("Boroughs served, the host included", ge=1)
    members: str = col("Names of the boroughs served")
    cameras: float = col("Public-space cameras the room watches", ge=0)
    posts: int = col("Operators on duty at once", ge=0)
    link_km: float = col("Sum of distances from the boroughs to the room", unit="km", ge=0)
    detection_share: float = col(
        "Share of events noticed while the room is watched, by monitors per operator; no money",
        nullable=True,
    )
    cost_gbp_per_year: float = col("Yearly running cost", unit="£ a year")
    one_off_gbp: float = col("One-off cost of the change", unit="£")
    npv_gbp: float = col("Net present cost over the horizon", unit="£")


class Regret(Table):
    """One row a plan: how it does under many draws of the coefficients."""

    plan_id: str = col("Identifier of the plan", unique=True)
    label: str = col("Name of the plan")
    rooms: int = col("Control rooms in the plan", ge=1)
    allowed_share: float = col("Share of draws in which the scenario allows the plan", ge=0, le=1)
    best_share: float = col("Share of draws in which no allowed plan is better", ge=0, le=1)
    saves_share: float = col("Share of draws in which it costs less than today", ge=0, le=1)
    saving_mean_gbp: float = col("Mean net present saving against today", unit="£")
    saving_p10_gbp: float = col("Saving that nine draws of ten exceed", unit="£")
    saving_p50_gbp: float = col("Saving that half of the draws exceed", unit="£")
    saving_p90_gbp: float = col("Saving that one draw of ten exceeds", unit="£")
    mean_regret_gbp: float = col(
        "Mean of its cost less that of each draw's best plan; negative only for a plan that the "
        "scenario does not allow",
        unit="£",
    )
    p90_regret_gbp: float = col("Regret that one draw of ten exceeds", unit="£")
    max_regret_gbp: float = col("Largest regret of all draws", unit="£")
    draws: int = col("Number of draws", ge=1)


class FindingOut(Table):
    """One row a quantity: what it is worth to find it out before anyone signs."""

    kind: str = col("coefficient, or cameras of a borough")
    quantity: str = col("Name of the coefficient, or code of the borough", unique=True)
    label: str = col("What a reader sees")
    worth_gbp: float = col(
        "Expected gain from knowing it alone, on draws that chose no plan", unit="£", ge=0
    )
    standard_error_gbp: float = col("Standard error of that gain", unit="£", ge=0)
    changes_share: float = col("Share of draws in which knowing it changes the cost", ge=0, le=1)
    p10: float = col("Value that nine draws of ten exceed")
    p90: float = col("Value that one draw of ten exceeds")


class RoomEdges(Table):
    """One row a room: how near it is to another post and to its capacity."""

    room_code: str = col("Borough that hosts the room", unique=True)
    room: str = col("Its name")
    cameras: float = col("Cameras that the room watches", ge=0)
    posts: int = col("Operators on duty at once", ge=0)
    cameras_to_next_post: float = col("Further cameras that its posts can look after", ge=0)
    next_post_gbp_per_year: float = col("Yearly cost of one more post", unit="£", ge=0)
    knife_edge: bool = col("Whether 5 cameras more or fewer would need another post")
    overflow_share: float = col(
        "Share of draws in which it gets more cameras than a room holds", ge=0, le=1
    )


class Tornado(Table):
    """One row a coefficient: the plan's saving at both ends of its range."""

    coefficient: str = col("Name of the coefficient, or horizon_years", unique=True)
    unit: str = col("Its unit")
    mark: str = col("read, derived or assumption")
    low: float = col("Low end of its range")
    value: float = col("Value used")
    high: float = col("High end of its range")
    saving_gbp: float = col("Net present saving of the plan at the values used", unit="£")
    saving_at_low_gbp: float = col("Saving of the plan at the low end", unit="£")
    saving_at_high_gbp: float = col("Saving of the plan at the high end", unit="£")
    reoptimised_at_low_gbp: float = col("Saving of the best plan at the low end", unit="£")
    reoptimised_at_high_gbp: float = col("Saving of the best plan at the high end", unit="£")
    swing_gbp: float = col("Largest less smallest saving of the plan", unit="£", ge=0)


class Switching(Table):
    """One row a coefficient: how far it must move, alone, to change the answer."""

    coefficient: str = col("Name of the coefficient, or horizon_years", unique=True)
    unit: str = col("Its unit")
    value: float = col("Value used")
    low: float = col("Low end of its range")
    high: float = col("High end of its range")
    loses_below: float = col("Value below which the plan stops saving", nullable=True)
    loses_above: float = col("Value above which the plan stops saving", nullable=True)
    beaten_below: float = col("Value below which another plan is better", nullable=True)
    beaten_above: float = col("Value above which another plan is better", nullable=True)


class Sharing(Table):
    """One row a rule and borough: what it pays of a plan, as net present cost."""

    plan_id: str = col("Identifier of the plan")
    rule: str = col(
        "cameras (each room's cost by cameras), shapley (Shapley's value in each room) or stable "
        "(no group could do better alone)",
        isin=("cameras", "shapley", "stable"),
    )
    borough_code: str = col("GSS code of the borough")
    borough: str = col("Name of the borough")
    room_code: str = col("GSS code of the borough that hosts its room")
    moved: bool = col("True where the room stands in another borough")
    charge_gbp: float = col(
        "What the borough pays; missing for shapley in rooms of more than 12",
        unit="£",
        nullable=True,
    )
    alone_gbp: float = col("What a room of its own would cost", unit="£")
    gain_gbp: float = col("alone_gbp - charge_gbp", unit="£", nullable=True)
    gain_share: float = col("gain_gbp / alone_gbp", nullable=True)
    loses: bool = col("True where the borough pays more than alone")
    discount_to_stay_gbp: float = col(
        "Part of the least discounts after which no group of boroughs gains by leaving",
        unit="£",
        nullable=True,
    )


class BlockingGroups(Table):
    """One row a rule and group of boroughs that would gain by leaving, the largest gains."""

    rule: str = col("Rule of sharing")
    members: str = col("Names of the boroughs")
    boroughs: int = col("Number of boroughs", ge=1)
    charge_gbp: float = col("What they pay together under the rule", unit="£")
    alone_gbp: float = col("What they would pay together in a room of theirs", unit="£")
    gain_gbp: float = col("charge_gbp - alone_gbp", unit="£", ge=0)


class Phasing(Table):
    """One row a merged room: when it is built."""

    plan_id: str = col("Identifier of the plan")
    year: int = col("Year at whose start it is built, from 1", ge=1)
    room_code: str = col("GSS code of the borough that hosts the room")
    members: str = col("GSS codes of the boroughs it serves")
    boroughs_moved: int = col("Boroughs that move to it", ge=0)
    capital_gbp: float = col("One-off cost", unit="£")
    saving_gbp_per_year: float = col("Running cost saved from then on", unit="£ a year")


class CashFlow(Table):
    """One row a year of a phased plan, in prices of that year."""

    plan_id: str = col("Identifier of the plan")
    year: int = col("Year, from 1", ge=1)
    capital_gbp: float = col("One-off cost at its start", unit="£")
    running_gbp: float = col("Running cost of all rooms in it", unit="£")
    saving_gbp: float = col("Running cost saved against today", unit="£")
    net_gbp: float = col("saving_gbp - capital_gbp", unit="£")
    cumulative_npv_gbp: float = col("Present value won against today by its end", unit="£")


class Failover(Table):
    """One row a room: the room that takes over if it fails."""

    plan_id: str = col("Identifier of the plan")
    room_code: str = col("GSS code of the borough that hosts the room")
    room_borough: str = col("Name of that borough")
    posts: int = col("Operators on duty at once", ge=0)
    failover_code: str = col("GSS code of the borough that hosts its failover room")
    failover_borough: str = col("Name of that borough")
    longest_km: float = col("Farthest of its boroughs from the failover room", unit="km", ge=0)
    spare_posts: int = col("Spare posts kept in the room for others", ge=0)
    links_gbp_per_year: float = col(
        "Standby links into the failover room, above what the plan pays", unit="£ a year"
    )
    seats_gbp: float = col("Fitting out its spare posts", unit="£", ge=0)


class ScenarioMeasures(Table):
    """One row a scenario, all on the same data and horizon."""

    scenario: str = col("Name of the scenario", unique=True)
    description: str = col("What it assumes")
    counts: str = col("Whose money its costs and savings are", isin=tuple(COUNTS.values()))
    status: str = col("optimal, feasible or reference, as in plans", isin=STATUSES)
    rooms: int = col("Control rooms", ge=1)
    boroughs_moved: int = col("Boroughs that leave the room that serves them today", ge=0)
    posts: int = col("Operators on duty at once in all rooms", ge=0)
    detection_share: float = col("Share of events noticed while rooms are watched", nullable=True)
    watched_share_of_hours: float = col("Share of the year that rooms are watched", ge=0)
    today_gbp_per_year: float = col("Yearly cost of the rooms of today", unit="£ a year")
    cost_gbp_per_year: float = col("Yearly cost of the plan", unit="£ a year")
    saving_gbp_per_year: float = col("The difference", unit="£ a year")
    one_off_gbp: float = col("One-off cost of the change", unit="£")
    today_npv_gbp: float = col("Net present cost of the rooms of today", unit="£")
    npv_gbp: float = col("Net present cost of the plan", unit="£")
    npv_saving_gbp: float = col("The difference", unit="£")
    npv_saving_share: float = col("npv_saving_gbp / today_npv_gbp")
    gap_share: float = col("Gap of the proof; 0 is proved best", ge=0)
    scenario_sha256: str = col("SHA-256 of the scenario's content")


class ScenarioChecks(Table):
    """One row a scenario and check: what any plan must satisfy, apart from its measures."""

    scenario: str = col("Name of the scenario")
    check: str = col(
        "complete, contiguous, within_capacity or other_constraints",
        isin=("complete", "contiguous", "within_capacity", "other_constraints"),
    )
    passed: bool = col("Whether the plan satisfies it")
    note: str = col("What is broken")


class TradePoints(Table):
    """One row a plan of a trade: what more of one measure costs in another."""

    trade: str = col("The two measures, as the command line writes them")
    step: int = col("Place on the curve, from the best of the second measure", ge=1)
    first_value: float = col("The plan's first measure, made best at this much of the second")
    second_value: float = col("The plan's second measure")
    first_bound: float = col("No plan with as much of the second has a better first than this")
    status: str = col("optimal (proved) or feasible (not proved)", isin=("optimal", "feasible"))
    knee: bool = col("Whether the curve turns here: beyond it each step costs more than on average")
    rooms: int = col("Control rooms in the plan", ge=0)
    boroughs_moved: int = col("Boroughs that leave the room that serves them today", ge=0)
    posts: int = col("Operators on duty at once in all rooms", ge=0)
    link_km: float = col("Sum of distances from the boroughs to their rooms", unit="km", ge=0)
    detection_share: float = col(
        "Share of events noticed while rooms are watched, the mean over cameras", nullable=True
    )
    npv_gbp: float = col("Net present cost, as plans are ranked", unit="£")
    plan: str = col("Codes of the boroughs of each room, rooms with | between them")


class ServicePoints(Table):
    """One row a floor on watched camera-hours: the cheapest plan with its rooms and regimes."""

    step: int = col("Place on the curve, from the most watched", ge=1)
    watched_share: float = col("Share of all camera-hours that somebody watches", ge=0, le=1.000001)
    npv_gbp: float = col("Net present cost, at the values as stated and built at once", unit="£")
    bound_gbp: float = col("No plan that watches as much costs less than this", unit="£")
    cost_gbp_per_year: float = col("Yearly running cost", unit="£ a year")
    one_off_gbp: float = col("One-off cost of the change", unit="£")
    status: str = col("optimal (proved) or feasible (not proved)", isin=("optimal", "feasible"))
    knee: bool = col("Whether the curve turns here")
    rooms_full: int = col("Rooms watched round the clock", ge=0)
    rooms_peak: int = col("Rooms watched at peak hours and recording otherwise", ge=0)
    rooms_hosted: int = col("Rooms watched at peak hours, and by another room otherwise", ge=0)
    boroughs_recording: int = col("Boroughs whose cameras only record", ge=0)
    boroughs_moved: int = col("Boroughs that leave the room that serves them today", ge=0)
    plan: str = col("Codes of the boroughs of each room with its regime, rooms with | between them")


class Frontier(Table):
    """One row a number of rooms (its best plan) or a known plan held against them."""

    kind: str = col(
        "best (the best plan with so many rooms), reference (a known plan), impossible (it is "
        "proved that no plan has so many rooms) or unanswered (neither found nor proved in the "
        "nodes allowed); the last two have no money",
        isin=("best", "reference", "impossible", "unanswered"),
    )
    plan_id: str = col("Identifier of the plan", unique=True)
    label: str = col("Name of the plan")
    rooms: int = col("Control rooms in the plan", ge=1)
    boroughs_moved: pd.Int64Dtype = col(
        "Boroughs that leave the room that serves them today", ge=0, nullable=True
    )
    posts: pd.Int64Dtype = col("Operators on duty at once in all rooms", ge=0, nullable=True)
    cost_gbp_per_year: float = col("Yearly running cost", unit="£ a year", nullable=True)
    one_off_gbp: float = col("One-off cost of the change", unit="£", nullable=True)
    npv_gbp: float = col("Net present cost over the horizon", unit="£", nullable=True)
    over_best_gbp: float = col("npv_gbp less that of the best plan of all", unit="£", nullable=True)
    over_best_share: float = col(
        "over_best_gbp / net present cost of the best plan of all", nullable=True
    )
    over_same_rooms_gbp: float = col(
        "npv_gbp less that of the best plan with as many rooms; missing where there is none, "
        "negative only for a known plan that breaks a constraint",
        unit="£",
        nullable=True,
    )
    over_same_rooms_share: float = col(
        "over_same_rooms_gbp / net present cost of that plan", nullable=True
    )
    status: str = col(
        "optimal (proved), feasible or reference; as ``kind`` where there is no plan",
        isin=(*STATUSES, "impossible", "unanswered"),
    )
    bound_gbp: float = col("Proved lower bound with as many rooms", unit="£", nullable=True)
    gap_share: float = col("(npv_gbp - bound_gbp) / npv_gbp; 0 is proved best", ge=0, nullable=True)
    notes: str = col("What a reader must know about the plan")


class Alternatives(Table):
    """One row a plan that costs little more than the best, cheapest first."""

    rank: int = col("1 is the best plan", ge=1, unique=True)
    rooms: int = col("Control rooms in the plan", ge=1)
    boroughs_moved: int = col("Boroughs that leave the room that serves them today", ge=0)
    posts: int = col("Operators on duty at once in all rooms", ge=0)
    link_km: float = col("Sum of distances from boroughs to their room", unit="km", ge=0)
    largest_room_cameras: float = col("Cameras in the largest room", ge=0)
    room_spread_cameras: float = col("Standard deviation of the rooms' cameras", ge=0)
    cost_gbp_per_year: float = col("Yearly running cost", unit="£ a year")
    one_off_gbp: float = col("One-off cost of the change", unit="£")
    npv_gbp: float = col("Net present cost over the horizon", unit="£")
    over_best_gbp: float = col("npv_gbp less that of the best plan", unit="£", ge=0)
    over_best_share: float = col("over_best_gbp / net present cost of the best plan", ge=0)
    complete_share: float = col(
        "The list holds every plan that costs at most this share more than the best", ge=0
    )
    pairs_unlike_best: int = col(
        "Pairs of boroughs that share a room in this plan or in the best one but not in both", ge=0
    )
    plan: str = col("Names of the boroughs of each room, rooms parted by |")


class Pairing(Table):
    """One row a pair of boroughs: how many of the near-best plans join them."""

    borough_code_a: str = col("GSS code of one borough")
    borough_a: str = col("Its name")
    borough_code_b: str = col("GSS code of the other")
    borough_b: str = col("Its name")
    joined_share: float = col("Share of the near-best plans in which they share a room", ge=0, le=1)
    joined_in_best: bool = col("Whether they share a room in the best plan")
    plans: int = col("Number of near-best plans", ge=1)


class ConstraintPrices(Table):
    """One row a constraint: what the best plan would save without it, or cost more with it."""

    constraint: str = col("What it demands")
    kind: str = col(
        "in_force (a constraint of the scenario), together or apart (asked for a pair)",
        isin=("in_force", "together", "apart"),
    )
    npv_gbp: float = col(
        "Net present cost of the best plan without it (in_force) or with it",
        unit="£",
        nullable=True,
    )
    price_gbp: float = col(
        "What it costs: the best plan with it less the best plan without it; missing where no plan "
        "exists with it or no answer was found",
        unit="£",
        nullable=True,
    )
    price_at_least_gbp: float = col("Proved least price", unit="£", nullable=True)
    price_at_most_gbp: float = col("Proved greatest price", unit="£", nullable=True)
    rooms: int = col("Rooms of that plan; 0 without one", ge=0)
    note: str = col("What a reader must know")
