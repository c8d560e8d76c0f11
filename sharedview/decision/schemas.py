"""The tables behind the four pages."""

from __future__ import annotations

from coverage_model.base.schemas import Table, col

ROLES = ("baseline", "recommended", "runner-up", "looked at")


class DecisionPlans(Table):
    """One row a plan: what the choice looks at. Savings are net present, as built."""

    plan_id: str = col("Identifier of the plan", unique=True)
    label: str = col("Name of the plan")
    role: str = col("baseline, recommended, runner-up, or looked at", isin=ROLES)
    rooms: int = col("Control rooms", ge=0)
    boroughs_moved: int = col("Boroughs that leave the room that serves them today", ge=0)
    build_years: int = col("Years over which changes are spread; 0 where nothing changes", ge=0)
    saving_p10_gbp: float = col("Saving that nine draws of ten exceed", unit="£")
    saving_p50_gbp: float = col("Saving that half of the draws exceed", unit="£")
    saving_p90_gbp: float = col("Saving that one draw of ten exceeds", unit="£")
    saves_share: float = col("Share of the draws in which it saves: the chance of a saving", ge=0)
    saving_mean_gbp: float = col("Mean saving over the draws: the expected saving", unit="£")
    worst_tenth_gbp: float = col("Mean saving over the worst tenth of the draws", unit="£")
    behind_gbp: float = col(
        "Expected saving less than that of the best plan within the limits", unit="£"
    )
    worst_regret_gbp: float = col(
        "Most that it saves less, in any draw, than the best of these plans within the limits",
        unit="£",
    )
    officers_gbp: float = col(
        "Cost of officers' time to obtain footage over the horizon, more than today, net present",
        unit="£",
        nullable=True,
    )
    officers_low_gbp: float = col("Low end of it", unit="£", nullable=True)
    officers_high_gbp: float = col("High end of it", unit="£", nullable=True)
    netted_gbp: float = col("Middle saving less officers' time", unit="£", nullable=True)
    netted_low_gbp: float = col(
        "Lowest saving less highest officers' time: an outer bound", unit="£", nullable=True
    )
    netted_high_gbp: float = col(
        "Highest saving less lowest officers' time: an outer bound", unit="£", nullable=True
    )
    limits_broken: int = col("Limits of the scenario that it breaks", ge=0)
    breaks: str = col("Which; empty for none")
    draws: int = col("Draws of the costs", ge=1)


class DecisionRule(Table):
    """One row a step of the rule, with what it left of the plans."""

    step: int = col("Place in the rule", ge=1)
    rule: str = col("What the step does")
    value: float = col("Its number, from coefficients.csv or the scenario", nullable=True)
    unit: str = col("Unit of it")
    left: int = col("Plans that are left after it", ge=0)
    plan: str = col("Plans that are left, or the one that is taken")


class DecisionBoroughs(Table):
    """One row a borough whose room changes, under the plan that the rule takes."""

    borough_code: str = col("GSS code of the borough", unique=True)
    borough: str = col("Its name")
    from_room: str = col("Borough whose room serves it today; empty for none")
    to_room: str = col("Borough whose room would serve it")
    moved: bool = col("Whether it leaves its room")
    year: int = col("Year at whose start its room could be built", ge=1)
    gain_gbp: float = col(
        "Its share of today's cost less its share of the plan's, shares by cameras: net present, "
        "as built, middle of the draws",
        unit="£",
    )
    gain_low_gbp: float = col("Gain that nine draws of ten exceed", unit="£")
    gain_high_gbp: float = col("Gain that one draw of ten exceeds", unit="£")
    gains_share: float = col("Share of the draws in which it gains", ge=0, le=1)


class DecisionRooms(Table):
    """One row a room that changes, under the plan that the rule takes."""

    room_code: str = col("GSS code of the borough that hosts the room", unique=True)
    room: str = col("Its name")
    movers: str = col("Boroughs that it serves beside its host")
    year: int = col("Year at whose start it could be built", ge=1)
    one_off_gbp: float = col("One-off cost at the values as given", unit="£")
    gain_gbp: float = col("Gain of its boroughs together, middle of the draws", unit="£")
    gain_low_gbp: float = col("Gain that nine draws of ten exceed", unit="£")
    gain_high_gbp: float = col("Gain that one draw of ten exceeds", unit="£")


class DecisionMergers(Table):
    """One row a group of boroughs that nearly all near-best plans join or keep together."""

    members: str = col("Names of the boroughs", unique=True)
    plans_share: float = col("Share of the near-best plans in which they share a room", ge=0)
    today: bool = col("Whether they share a room today already")


class DecisionSwitching(Table):
    """One row a coefficient: where, alone, it would end the saving of the plan."""

    coefficient: str = col("Name of the coefficient", unique=True)
    words: str = col("What it is")
    unit: str = col("Its unit")
    value: float = col("Value used")
    low: float = col("Low end of its range")
    high: float = col("High end of its range")
    follows: float = col("Rank correlation of the saving with it over the draws", ge=-1, le=1)
    switch: float = col(
        "Value at which the plan stops saving, nearest to the one used", nullable=True
    )
    inside: bool = col("Whether that lies in its range")


class DecisionBudgets(Table):
    """One row a source of savings: whose budget it falls on, over the horizon, net present."""

    source: str = col("Identifier", unique=True)
    label: str = col("What saves or costs")
    holder: str = col("councils, Met, or both")
    saving_gbp: float = col("Middle saving; less than 0 is a cost", unit="£", nullable=True)
    low_gbp: float = col("Low end", unit="£", nullable=True)
    high_gbp: float = col("High end", unit="£", nullable=True)
    basis: str = col("model, assumption or illustrative")
    overlaps: str = col("Which other rows save some of the same pounds; empty for none")
    why: str = col("Why")


class Overlaps(Table):
    """One row a pair of savings that must not be added (``data/facts/saving_overlaps.csv``)."""

    first: str = col("Source of a saving")
    second: str = col("Another source")
    overlap: str = col("Whether they share pounds: yes, part, no", isin=("yes", "part", "no"))
    why: str = col("Why")
    source: str = col("Where that is from")
    year: int = col("Year it was written")


TABLES: dict[str, type[Table]] = {
    "decision_plans": DecisionPlans,
    "decision_rule": DecisionRule,
    "decision_boroughs": DecisionBoroughs,
    "decision_rooms": DecisionRooms,
    "decision_mergers": DecisionMergers,
    "decision_switching": DecisionSwitching,
    "decision_budgets": DecisionBudgets,
}
