"""The tables that integrating and siting cameras write."""

from __future__ import annotations

from coverage_model.base.schemas import Table, col

CANDIDATE_KINDS = ("integrate", "new")


class SitingCurve(Table):
    """One row a budget: the weight of demand seen, by what the money goes into; without floors."""

    budget_gbp: float = col("One-off money", unit="£", ge=0, unique=True)
    integrate_weight: float = col(
        "Weight seen if the money goes into integrating private cameras, what is seen today "
        "included; the best choice, or a lower bound of it where the status says feasible",
        ge=0,
    )
    new_weight: float = col("The same for new cameras", ge=0)
    both_weight: float = col("The same for both together", ge=0)
    greedy_weight: float = col(
        "Weight seen with both, chosen step by step by value for money", ge=0
    )
    bound_weight: float = col("Proved upper bound of both_weight", ge=0)
    status: str = col("optimal or feasible, of all three", isin=("optimal", "feasible"))
    more_per_100k_gbp: float = col(
        "Further weight for each further £100,000 since the row before, with both; empty in the "
        "first row",
        nullable=True,
    )


class SitingAreas(Table):
    """One row an area: its demand, what is seen before and after, and what is spent there."""

    area_code: str = col("Identifier of the area", unique=True)
    area_name: str = col("Name of the area")
    points: int = col("Points of demand", ge=0)
    weight: float = col("Weight of them", ge=0)
    held_weight: float = col("of which public or integrated cameras see today", ge=0)
    covered_weight: float = col("of which seen after the choice", ge=0)
    held_share: float = col(
        "held_weight / weight; empty without demand", unit="0 to 1", nullable=True
    )
    covered_share: float = col(
        "covered_weight / weight; empty without demand", unit="0 to 1", nullable=True
    )
    even_share: float = col(
        "Share seen if the same money is first spent so that the least share is as great as "
        "possible; empty without demand",
        unit="0 to 1",
        nullable=True,
    )
    cameras_integrated: int = col("Private cameras integrated that stand in the area", ge=0)
    cameras_new: int = col("New cameras that stand in the area", ge=0)
    cost_gbp: float = col("One-off cost of both, with the links of their operators", unit="£", ge=0)


class SitingPicks(Table):
    """One row an operator to link, or an area to give new cameras, best value for money first.

    No operator is named and no place given: those are in the restricted table alone.
    """

    rank: int = col("Place in the order, from 1", ge=1, unique=True)
    kind: str = col("integrate or new", isin=CANDIDATE_KINDS)
    what: str = col("Operator by number, or new cameras, with the area")
    area_name: str = col("Area whose room it is linked to; outside where in none")
    cameras: int = col("Cameras", ge=1)
    cost_gbp: float = col("One-off cost", unit="£", ge=0)
    gain_weight: float = col("Weight of demand that it adds after those before it", ge=0)
    gain_per_100k_gbp: float = col("gain_weight for each £100,000; empty if free", nullable=True)
    cost_so_far_gbp: float = col("One-off cost with those before it", unit="£", ge=0)
    weight_so_far: float = col("Weight seen with those before it and today's cameras", ge=0)


class SitingSteps(Table):
    """One row a step from today to all private cameras integrated: registered is not live."""

    step: str = col("today, register_all, integrate_registered or integrate_all", unique=True)
    label: str = col("What is done")
    cameras: int = col("Private cameras that it concerns", ge=0)
    cost_gbp: float = col("One-off cost from today", unit="£", ge=0)
    live_weight: float = col("Weight of demand that a control room sees live", ge=0)
    live_share: float = col("live_weight / all weight", unit="0 to 1", nullable=True)
    known_weight: float = col(
        "Weight seen live or by a registered camera, whose footage can be asked for", ge=0
    )
    known_share: float = col("known_weight / all weight", unit="0 to 1", nullable=True)


class SitingPositions(Table):
    """Restricted: one row a chosen camera with its exact place and operator. Not for passing on."""

    marking: str = col("Who may see the row")
    candidate_id: str = col("Identifier of the private camera, or of the new one", unique=True)
    kind: str = col("integrate or new", isin=CANDIDATE_KINDS)
    what: str = col("As in siting_picks")
    operator: str = col("Operator as given; empty for new cameras")
    area_name: str = col("Area it stands in; outside where in none")
    easting_m: float = col("Easting", unit="m")
    northing_m: float = col("Northing", unit="m")
    azimuth_deg: float = col(
        "Heading, clockwise from grid north; empty where unknown", unit="degrees", nullable=True
    )
    cost_gbp: float = col("One-off cost, without the link of its operator", unit="£", ge=0)
