"""The only module that touches a PuLP solver object.

It hides what differs between PuLP 3.3 and 4.x and between HiGHS and CBC, and reports nothing that a
caller must take on trust: which columns were chosen, and a lower bound only where the solver has
proved one. The callers recompute costs from their own table.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pulp
from numpy.typing import ArrayLike, NDArray

from coverage_model.base.errors import Fault, InputError

SolverName = Literal["highs", "cbc"]
Row = tuple[NDArray[np.float64], float | None, float | None]


@dataclass(frozen=True, slots=True)
class Effort:
    """Which solver is asked, and when it may stop.

    Parameters
    ----------
    solver
        ``highs`` or ``cbc``.
    gap
        Relative gap at which a proof may stop; 0 asks for the proved best.
    time_limit_s
        Emergency brake, seconds: no result should depend on it.
    max_nodes
        Nodes of branch and bound after which the solver stops with what it has: the limit that is
        the same on every machine (HiGHS; CBC counts the same way).
    """

    solver: SolverName = "highs"
    gap: float = 0.0
    time_limit_s: float | None = None
    max_nodes: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a solver chose.

    Parameters
    ----------
    columns
        Positions of the chosen columns, ascending; None if none was found.
    bound
        Proved lower bound of the objective; minus infinity if none was proved.
    infeasible
        True if the solver proved that no choice exists.
    """

    columns: tuple[int, ...] | None
    bound: float
    infeasible: bool


# PuLP 3 has it as a constant, PuLP 4 as a member of an enumeration: the number is the same.
INFEASIBLE = -1
NOT_SOLVED = 0
FEASIBLE_VALUES = 2  # what HiGHS calls a feasible primal solution


def solver_version(name: SolverName) -> tuple[str, str]:
    """Name and version to report: the solver's, or PuLP's for the CBC it brings or finds."""
    if name == "highs":
        return "HiGHS", metadata.version("highspy")
    return "CBC", f"of PuLP {metadata.version('pulp')}"


def solver_available(name: SolverName) -> bool:
    """Whether this solver can be used here."""
    return bool(_solver(name, gap_abs=0.0, time_limit_s=None).available())


def choose_columns(
    members: NDArray[np.uint8],
    cost: ArrayLike,
    *,
    rows: Sequence[Row] = (),
    solver: SolverName = "highs",
    gap_abs: float = 0.0,
    time_limit_s: float | None = None,
    max_nodes: int | None = None,
) -> Choice:
    """Choose columns that cover every area exactly once at least cost, with PuLP.

    .. code-block:: text

        min  Σ_k cost_k z_k
        (1)  Σ_{k covers i} z_k = 1              for each area i
        (2)  low_r <= Σ_k values_rk z_k <= high_r    for each side row r
        (3)  z_k in {0, 1}

    Parameters
    ----------
    members
        Shape ``(columns, areas)``: one where the column covers the area.
    cost
        Shape ``(columns,)``.
    rows
        Side rows as values (one a column), least and greatest sum (None: no limit).
    solver
        ``highs`` or ``cbc``.
    gap_abs
        Absolute gap at which the solver may stop.
    time_limit_s
        Seconds after which it stops: an emergency brake.
    max_nodes
        Nodes of branch and bound after which it stops.

    Returns
    -------
    Choice

    Raises
    ------
    InputError
        If the solver is not installed.
    """
    costs = np.asarray(cost, dtype=np.float64)
    columns, areas = members.shape
    if not members.any(axis=0).all():
        return Choice(None, float("-inf"), infeasible=True)
    engine = _solver(solver, gap_abs=gap_abs, time_limit_s=time_limit_s, max_nodes=max_nodes)
    if not engine.available():
        fault = Fault(f"the solver {solver} is not installed", 'Use solver = "highs"')
        raise InputError("scenario", [fault])
    problem = pulp.LpProblem("rooms", pulp.LpMinimize)
    chosen = [problem.add_variable(f"z{k}", cat="Binary") for k in range(columns)]
    problem.setObjective(_weighted(costs, chosen))
    for area in range(areas):
        covering = [chosen[k] for k in np.flatnonzero(members[:, area])]
        problem.addConstraint(pulp.lpSum(covering) == 1, f"area{area}")
    for r, (values, low, high) in enumerate(rows):
        total = _weighted(values, chosen)
        if low is not None:
            problem.addConstraint(total >= low, f"low{r}")
        if high is not None:
            problem.addConstraint(total <= high, f"high{r}")
    started = time.perf_counter()
    outcome = _solve(problem, engine)
    seconds = time.perf_counter() - started
    # Values are read and checked whatever the status word: it calls a time-limited incumbent
    # optimal in PuLP 3, and values are left standing after an infeasible solve.
    picked = [k for k, variable in enumerate(chosen) if (variable.varValue or 0.0) > 0.5]
    ran_out = time_limit_s is not None and seconds >= 0.95 * time_limit_s
    # CBC tells nobody whether it was its limit of nodes that ended the search.
    ran_out = ran_out or (max_nodes is not None and solver == "cbc")
    if not _is_answer(members, rows, picked):
        return Choice(None, float("-inf"), infeasible=not ran_out and _says_infeasible(outcome))
    value = float(costs[picked].sum())
    bound = float("-inf") if ran_out else value - gap_abs
    if solver == "highs":
        bound = min(value, float(problem.solverModel.getInfo().mip_dual_bound))
    return Choice(tuple(picked), bound, infeasible=False)


def _weighted(weights: NDArray[np.float64], variables: Sequence[Any]) -> Any:
    return pulp.lpSum(w * z for w, z in zip(weights.tolist(), variables, strict=True))


def _is_answer(members: NDArray[np.uint8], rows: Sequence[Row], picked: list[int]) -> bool:
    """Whether the columns picked cover each area once and keep to the side rows."""
    if not picked or not (members[picked].sum(axis=0) == 1).all():
        return False
    for values, low, high in rows:
        total = float(values[picked].sum())
        room = 1e-6 * max(1.0, abs(total))
        if (low is not None and total < low - room) or (high is not None and total > high + room):
            return False
    return True


def _solve(problem: Any, engine: Any) -> Any:
    """Solve; a stop at the limit of nodes, for which PuLP 3.3 has no word, is no error."""
    try:
        return problem.solve(engine)
    except KeyError:
        # The values found were read before the word for the status was looked up.
        return NOT_SOLVED


def _says_infeasible(outcome: Any) -> bool:
    """Read the status of ``solve``: a number in PuLP 3, a record with ``status`` in PuLP 4."""
    status = getattr(outcome, "status", outcome)
    return int(status) == INFEASIBLE


def _solver(
    name: SolverName, *, gap_abs: float, time_limit_s: float | None, max_nodes: int | None = None
) -> Any:
    options = {"msg": False, "gapRel": 0.0, "gapAbs": gap_abs, "timeLimit": time_limit_s}
    if name == "highs":
        limit = {} if max_nodes is None else {"mip_max_nodes": max_nodes}
        return pulp.HiGHS(**options, threads=1, **limit)
    options["maxNodes"] = max_nodes
    # PuLP 3 brings a CBC; its own class for it warns of PuLP 4, which finds CBC on the path.
    bundled = getattr(getattr(pulp, "PULP_CBC_CMD", None), "pulp_cbc_path", None)
    if bundled is not None and Path(bundled).is_file():
        return pulp.COIN_CMD(path=bundled, **options)
    return pulp.COIN_CMD(**options)


@dataclass(frozen=True, slots=True)
class Values:
    """What a solver found for a linear model.

    Parameters
    ----------
    values
        One a column; None if nothing was found.
    bound
        Proved lower bound of the objective; minus infinity if none was proved.
    infeasible
        True if the solver proved that no values exist.
    """

    values: NDArray[np.float64] | None
    bound: float
    infeasible: bool


class LinearModel:
    """A linear model with whole-numbered columns, to which rows may be added between solves.

    Columns are named by their order; every column lies between 0 and its ``upper``.
    """

    def __init__(self, name: str) -> None:
        self.problem = pulp.LpProblem(name, pulp.LpMinimize)
        self.columns: list[Any] = []
        self.costs: list[float] = []
        self.rows = 0

    def column(self, cost: float = 0.0, *, upper: float | None = 1.0, whole: bool = False) -> int:
        """Add a column and return its position."""
        position = len(self.columns)
        self.columns.append(
            self.problem.add_variable(
                f"v{position}", lowBound=0, upBound=upper, cat="Integer" if whole else "Continuous"
            )
        )
        self.costs.append(cost)
        return position

    def add_cost(self, column: int, cost: float) -> None:
        """Add to the cost of a column."""
        self.costs[column] += cost

    def row(
        self,
        columns: Sequence[int],
        values: Sequence[float],
        *,
        low: float | None = None,
        high: float | None = None,
    ) -> None:
        """Add the limit ``low <= Σ values · columns <= high``."""
        total = pulp.lpSum(
            value * self.columns[k] for k, value in zip(columns, values, strict=True)
        )
        if low is not None and low == high:
            self.problem.addConstraint(total == low, f"r{self.rows}")
        else:
            if low is not None:
                self.problem.addConstraint(total >= low, f"r{self.rows}l")
            if high is not None:
                self.problem.addConstraint(total <= high, f"r{self.rows}h")
        self.rows += 1

    def solve(
        self,
        *,
        solver: SolverName = "highs",
        gap_abs: float = 0.0,
        time_limit_s: float | None = None,
        max_nodes: int | None = None,
    ) -> Values:
        """Solve and return what was found; the caller checks it and computes its cost.

        Raises
        ------
        InputError
            If the solver is not installed.
        """
        engine = _solver(solver, gap_abs=gap_abs, time_limit_s=time_limit_s, max_nodes=max_nodes)
        if not engine.available():
            fault = Fault(f"the solver {solver} is not installed", 'Use solver = "highs"')
            raise InputError("scenario", [fault])
        self.problem.setObjective(_weighted(np.asarray(self.costs), self.columns))
        started = time.perf_counter()
        outcome = _solve(self.problem, engine)
        ran_out = time_limit_s is not None and time.perf_counter() - started >= 0.95 * time_limit_s
        # CBC tells nobody whether it was its limit of nodes that ended the search.
        ran_out = ran_out or (max_nodes is not None and solver == "cbc")
        found = [column.varValue for column in self.columns]
        if _says_infeasible(outcome):
            return Values(None, float("-inf"), infeasible=not ran_out)
        known = not any(value is None for value in found)
        values = np.asarray(found, dtype=np.float64) if known else None
        bound = float("-inf")
        if solver == "highs":
            if self.problem.solverModel.getInfo().primal_solution_status != FEASIBLE_VALUES:
                values = None
            bound = float(self.problem.solverModel.getInfo().mip_dual_bound)
        elif values is not None and not ran_out:
            bound = float(np.dot(self.costs, values)) - gap_abs
        return Values(values, bound, infeasible=False)
