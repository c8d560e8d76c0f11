"""Tables of the upgrades that bring cameras to a standard."""

from __future__ import annotations

from coverage_model.base.schemas import Table, col

CASES = ("unknown_passes", "unknown_fails")


class UpgradesByArea(Table):
    """The cheapest upgrades of each area, if what is not known passes and if it fails.

    The last row of each case, area ``all``, is the sum of the areas. Finding out what is not known
    is a cost of its own and in no other column.
    """

    case: str = col(
        "unknown_passes: only faults that are known are mended; unknown_fails: all that is not "
        "known is taken to fail",
        isin=CASES,
    )
    area_code: str = col("Identifier of the area; all for all areas together")
    area_name: str = col("Name of the area")
    cameras: int = col("Cameras audited", ge=0)
    at_standard: int = col("of which meet the standard in this case without upgrades", ge=0)
    no_measure: int = col("of which have a fault that no measure mends", ge=0)
    upgraded: int = col("Cameras that the upgrades bring to the standard", ge=0)
    short: int = col("Cameras short of the target because no measure mends them", ge=0)
    cost_gbp: float = col("Price of the upgrades", unit="£", ge=0)
    bound_gbp: float = col("Proved lower bound: no upgrades of as many cost less", unit="£")
    cost_low_gbp: float = col("The same upgrades, every price at its low end", unit="£", ge=0)
    cost_high_gbp: float = col("The same upgrades, every price at its high end", unit="£", ge=0)
    cost_per_camera_gbp: float = col(
        "cost_gbp / upgraded; empty where none is upgraded", unit="£", nullable=True
    )
    survey_cameras: int = col("Cameras with a required criterion that is not known", ge=0)
    survey_gbp: float = col("Price of finding out", unit="£", ge=0)


class UpgradeMeasures(Table):
    """How often each measure is taken in each area, and what it costs."""

    case: str = col("unknown_passes or unknown_fails", isin=CASES)
    area_code: str = col("Identifier of the area; all for all areas together")
    area_name: str = col("Name of the area")
    measure: str = col("Short name of the measure")
    title: str = col("What is done")
    scope: str = col(
        "camera, or borough for what mends all its cameras", isin=("camera", "borough")
    )
    units: int = col("Cameras that are given it, or boroughs that take it", ge=0)
    cost_gbp: float = col("Price", unit="£", ge=0)


class UpgradeBudget(Table):
    """The most cameras that a budget brings to the standard, what is not known taken to pass."""

    budget: str = col(
        "Which budget: stated, a share of what all upgrades cost, or all of it", unique=True
    )
    budget_gbp: float = col("Budget", unit="£", ge=0)
    cost_gbp: float = col("Least price of as many cameras", unit="£", ge=0)
    upgraded: int = col("Cameras brought to the standard", ge=0)
    at_standard: int = col("Cameras that then meet it", ge=0)
    at_standard_share: float = col(
        "at_standard / cameras audited; empty without cameras", unit="0 to 1", nullable=True
    )


class MeasurePrices(Table):
    """What each measure mends, and its price with the range of its coefficients."""

    measure: str = col("Short name of the measure", unique=True)
    title: str = col("What is done")
    scope: str = col("camera or borough", isin=("camera", "borough"))
    fixes: str = col("Criteria that it mends, separated by spaces")
    each_gbp: float = col("Price a camera", unit="£", ge=0)
    each_low_gbp: float = col("Low end", unit="£", ge=0)
    each_high_gbp: float = col("High end", unit="£", ge=0)
    once_gbp: float = col("Price a borough, whatever its number of cameras", unit="£", ge=0)
    once_low_gbp: float = col("Low end", unit="£", ge=0)
    once_high_gbp: float = col("High end", unit="£", ge=0)
    sources: str = col("Coefficients behind the price, each with its source")
    note: str = col("What a user must know about it")
