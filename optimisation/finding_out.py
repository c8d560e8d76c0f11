r"""What it is worth to find something out before anyone signs.

With perfect information of everything one would take the cheapest plan of the true draw; the
expected gain over the plan of least expected cost Q* is its mean regret,

.. code-block:: text

    EVPI    = E[C(Q*) - min over plans P of C(P)]
    EVPPI_i = min over plans P of E[C(P)] - E[ min over plans P of E[C(P) | θ_i] ]

for all that is unknown, and for one quantity θ_i alone: a coefficient, or one borough's count. The
second is estimated by regression (Strong, Oakley and Brennan 2014): the cost of every **group** is
regressed on θ_i (and its square, from 500 draws on) over the draws that chose the plan, a plan's
conditional cost is the sum of its groups', and the best of **all** plans is found at the middle of
each class of θ_i. This is a rule: learn θ_i, take its class's plan. The rule is then held against
Q* on draws that chose neither, so chance in the first draws cannot make it look better than it is;
the mean gain there and its standard error are reported. A rule that gains nothing is worth 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.schemas import check
from optimisation import schemas
from optimisation.costs.coefficients import values
from optimisation.drawn_costs import DrawnCosts
from optimisation.objectives import Chosen, reoptimiser
from optimisation.search.reoptimise import Reoptimiser

Floats = NDArray[np.float64]

NAMED = 3
# Standard errors from which a worth is shown: of some seventy figures chance lifts a few by two.
BEYOND_CHANCE = 3.0
FEWEST_CLASSES, MOST_CLASSES, DRAWS_A_CLASS = 3, 8, 60
DRAWS_FOR_SQUARES = 500  # with fewer draws a second power follows chance more than cost


@dataclass(frozen=True, slots=True, eq=False)
class FindingOut:
    """What information is worth for the choice of a plan.

    Parameters
    ----------
    everything_gbp
        Expected value of perfect information.
    everything_se_gbp
        Its standard error.
    quantities
        :class:`optimisation.schemas.FindingOut`, the most valuable first.
    study_gbp
        What a study costs: that of PCD 167.
    """

    everything_gbp: float
    everything_se_gbp: float
    quantities: pd.DataFrame
    study_gbp: float

    @property
    def shown(self) -> pd.DataFrame:
        """The most valuable quantities of those whose worth chance does not explain."""
        table = self.quantities
        clear = table["worth_gbp"] > BEYOND_CHANCE * table["standard_error_gbp"]
        return table[clear].head(NAMED)

    @property
    def largest(self) -> pd.Series | None:
        """The quantity that could be worth most, two standard errors up; None without any."""
        table = self.quantities
        if table.empty:
            return None
        most = table["worth_gbp"] + 2 * table["standard_error_gbp"]
        row = table.loc[most.idxmax()]
        return pd.concat([row, pd.Series({"most_gbp": float(most.max())})])


def value_of_finding_out(
    chosen: Chosen,
    unseen: DrawnCosts,
    unseen_matrix: Floats,
    unseen_best: Floats,
    *,
    names: pd.Series,
) -> FindingOut:
    """Value everything, each coefficient, and each borough's count.

    Parameters
    ----------
    chosen
        The plan, and the draws that chose it.
    unseen, unseen_matrix, unseen_best
        Draws that did not, the costs of the same groups in them, and the cost of the cheapest plan
        of each.
    names
        Name of each borough by code.

    Returns
    -------
    FindingOut
    """
    solver = reoptimiser(chosen.table)
    classes = min(MOST_CLASSES, max(FEWEST_CLASSES, len(chosen.drawn) // DRAWS_A_CLASS))
    mine = unseen_matrix[:, list(chosen.rows)].sum(axis=1)
    regret = mine - unseen_best
    rows = []
    for kind, name, label, seen, fresh in _quantities(chosen.drawn, unseen, names):
        gain = mine - _by_rule(
            (chosen.matrix, unseen_matrix), (seen, fresh), solver, classes=classes
        )
        worth = float(gain.mean())
        rows.append(
            {
                "kind": kind,
                "quantity": name,
                "label": label,
                "worth_gbp": max(0.0, worth),
                "standard_error_gbp": float(gain.std(ddof=1) / np.sqrt(len(gain))),
                "changes_share": float((np.abs(gain) > 1.0).mean()),
                "p10": float(np.percentile(seen, 10)),
                "p90": float(np.percentile(seen, 90)),
            }
        )
    columns = list(schemas.FindingOut.to_schema().columns)
    frame = pd.DataFrame(rows, columns=columns).sort_values(
        ["worth_gbp", "quantity"], ascending=[False, True], ignore_index=True
    )
    asked = chosen.table.setting.scenario.coefficients
    return FindingOut(
        float(regret.mean()),
        float(regret.std(ddof=1) / np.sqrt(len(regret))),
        check(frame, schemas.FindingOut, "finding out"),
        values(["study_gbp"], asked)["study_gbp"],
    )


def _quantities(
    drawn: DrawnCosts, unseen: DrawnCosts, names: pd.Series
) -> Sequence[tuple[str, str, str, Floats, Floats]]:
    """Return each quantity with its draws: those that chose the plan, and those unseen."""
    found = []
    for name in drawn.draws.coefficients:
        seen, fresh = (d.draws.coefficients[name].to_numpy(float) for d in (drawn, unseen))
        if np.ptp(seen) > 0:
            found.append(("coefficient", str(name), str(name).replace("_", " "), seen, fresh))
    for code in drawn.draws.drawn_counts:
        seen, fresh = (d.draws.counts[code].to_numpy(float) for d in (drawn, unseen))
        if np.ptp(seen) > 0:
            label = f"cameras of {names.get(code, code)}"
            found.append(("cameras", str(code), label, seen, fresh))
    return found


def _by_rule(
    costs: tuple[Floats, Floats],
    quantity: tuple[Floats, Floats],
    solver: Reoptimiser,
    *,
    classes: int,
) -> Floats:
    """Cost in the unseen draws of the plan that is best for the quantity's class.

    Costs of the groups and values of the quantity are given in the draws that chose the plan, and
    in the unseen ones.
    """
    (matrix, fresh_matrix), (seen, fresh) = costs, quantity
    inner = np.quantile(seen, np.arange(1, classes) / classes)
    middles = np.quantile(seen, (np.arange(classes) + 0.5) / classes)
    middle, width = seen.mean(), seen.std()
    top = 2 if len(seen) >= DRAWS_FOR_SQUARES else 1
    powers = ((seen - middle) / width)[:, None] ** np.arange(top + 1)
    # Without BLAS, whose last digits depend on the number of threads.
    fitted = np.einsum("pd,dg->pg", np.linalg.pinv(powers), matrix)
    at = ((middles - middle) / width)[:, None] ** np.arange(top + 1)
    expected = np.einsum("cp,pg->cg", at, fitted)
    cost = np.empty(len(fresh))
    of_class = np.searchsorted(inner, fresh, side="right")
    nothing = np.zeros(matrix.shape[1], dtype=np.int64)
    for k in range(classes):
        answer = solver.solve(expected[k], nothing, least_posts=0)
        assert answer is not None  # noqa: S101 (the plan itself is a plan)
        here = of_class == k
        cost[here] = fresh_matrix[here][:, list(answer.rows)].sum(axis=1)
    return cost


def sentence(found: FindingOut) -> str:
    """Say what is worth finding out, and what a study costs."""
    study = f"A study such as that of PCD 167 costs £{found.study_gbp:,.0f}"
    everything = (
        f"Knowing everything before signing would be worth £{found.everything_gbp / 1e6:.1f}m on "
        "average"
    )
    worth = found.shown
    if worth.empty:
        return f"{everything}; {none_alone(found)}. {study}."
    listed = "; ".join(
        f"{'count the ' if row.kind == 'cameras' else ''}{row.label}, about "
        f"£{row.worth_gbp / 1e6:.1f}m and at most "
        f"£{(row.worth_gbp + 2 * row.standard_error_gbp) / 1e6:.1f}m"
        for row in worth.itertuples()
    )
    return f"{everything}. Before signing, these are worth most by themselves: {listed}. {study}."


def none_alone(found: FindingOut) -> str:
    """Say that no single figure is shown to be worth finding out, and the most it could be."""
    said = "no single figure alone is shown to be worth more than chance would give"
    top = found.largest
    if top is None:
        return said
    return f"{said}; the most that one could be is £{top.most_gbp / 1e6:.1f}m, for the {top.label}"
