"""The tables that the models of this package write: columns, units and meaning.

Those about plans are here by name; each of the other questions has a module of its own.
"""

from optimisation.schemas.plans import (
    STATUSES,
    Alternatives,
    Assignments,
    BlockingGroups,
    BoroughInputs,
    CashFlow,
    ConstraintPrices,
    CostLines,
    Failover,
    Frontier,
    Pairing,
    Phasing,
    Plans,
    Regret,
    Rooms,
    ScenarioChecks,
    ScenarioMeasures,
    Sharing,
    Switching,
    Tornado,
)

__all__ = [
    "STATUSES",
    "Alternatives",
    "Assignments",
    "BlockingGroups",
    "BoroughInputs",
    "CashFlow",
    "ConstraintPrices",
    "CostLines",
    "Failover",
    "Frontier",
    "Pairing",
    "Phasing",
    "Plans",
    "Regret",
    "Rooms",
    "ScenarioChecks",
    "ScenarioMeasures",
    "Sharing",
    "Switching",
    "Tornado",
]
