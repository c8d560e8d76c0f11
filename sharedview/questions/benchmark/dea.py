r"""Data envelopment analysis: how much less input a unit could do with, judged by its peers.

For units with inputs x and outputs y, the input-oriented envelopment model of unit o is

.. code-block:: text

    first stage     min  θ
    (1)  Σ_j λ_j x_ij <= θ x_io          for each input i
    (2)  Σ_j λ_j y_rj >= y_ro            for each output r
    (3)  λ_j >= 0
    (4)  Σ_j λ_j  = 1                    variable returns to scale
         Σ_j λ_j <= 1                    non-increasing returns to scale
         no (4)                          constant returns to scale

    second stage    max  Σ_i s_i / x̄_i + Σ_r t_r / ȳ_r       with θ fixed
    (5)  Σ_j λ_j x_ij + s_i = θ x_io     s_i >= 0, input slacks
    (6)  Σ_j λ_j y_rj − t_r = y_ro       t_r >= 0, output slacks
         and (3), (4)

    (7)  scale efficiency = θ(constant) / θ(variable)

θ is the share of its inputs that unit o would need if it did as well as the best mixture of units;
the units with λ > 0 are its peers. A unit is efficient if θ = 1 and all slacks are 0. The slacks
are weighed by the means x̄ and ȳ, so that nothing depends on the units of measure. Where constant
and variable returns differ, a unit is too small (increasing returns) if θ under non-increasing
returns equals that under constant ones, else too large.

Sources: (1) to (3) Charnes, Cooper and Rhodes (1978), European Journal of Operational Research 2,
429-444; (4) for variable returns and (7) Banker, Charnes and Cooper (1984), Management Science 30,
1078-1092; the second stage and non-increasing returns as in Färe, Grosskopf and Lovell (1985), "The
Measurement of Efficiency of Production", and Cooper, Seiford and Tone (2007), "Data Envelopment
Analysis", 2nd edition.

The models are small, continuous and many, so all units are put into one block-diagonal model that
goes to HiGHS as arrays (``scipy.optimize.linprog``). PuLP, which the choice of rooms uses, would
hold each of the n² coefficients as a Python object and again for each bootstrap draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog
from scipy.sparse import csc_array, vstack

from coverage_model.base.errors import Faults

Returns = Literal["constant", "variable", "non_increasing"]
Floats = NDArray[np.float64]

# What the solver leaves of an exact zero or one.
EXACT = 1e-7


@dataclass(frozen=True, slots=True)
class Envelopment:
    """What data envelopment says of each unit.

    Parameters
    ----------
    theta
        Shape ``(units,)``: efficiency.
    lambdas
        Shape ``(units, units)``: weight of each peer (column) for each unit (row).
    input_slacks
        Shape ``(units, inputs)``: what could go beyond the proportional saving.
    output_slacks
        Shape ``(units, outputs)``: what the peers produce more.
    """

    theta: Floats
    lambdas: Floats
    input_slacks: Floats
    output_slacks: Floats

    @property
    def efficient(self) -> NDArray[np.bool_]:
        """Units that need no less of anything: θ is 1 and there is no slack."""
        slack = np.concatenate([self.input_slacks, self.output_slacks], axis=1)
        return np.asarray((self.theta >= 1.0) & (slack == 0.0).all(axis=1))


def envelop(inputs: ArrayLike, outputs: ArrayLike, *, returns: Returns = "variable") -> Envelopment:
    """Solve both stages for every unit.

    Parameters
    ----------
    inputs, outputs
        Shapes ``(units, inputs)`` and ``(units, outputs)``, none negative.
    returns
        Returns to scale.

    Returns
    -------
    Envelopment

    Raises
    ------
    InputError
        For values that are negative or not numbers, a unit without inputs or outputs, an input
        that nobody uses or an output that nobody has.

    Examples
    --------
    >>> envelop([[2.0], [3.0]], [[1.0], [3.0]], returns="constant").theta.round(6).tolist()
    [0.5, 1.0]
    """
    x, y = checked(inputs, outputs)
    x_mean, y_mean = x.mean(axis=0), y.mean(axis=0)
    x, y = x / x_mean, y / y_mean
    theta = first_stage(x, y, returns=returns)
    theta = np.where(np.abs(theta - 1.0) < EXACT, 1.0, theta)
    lambdas = _second_stage(x, y, theta, returns)
    spare_in = np.clip(theta[:, None] * x - lambdas @ x, 0.0, None)
    spare_out = np.clip(lambdas @ y - y, 0.0, None)
    return Envelopment(
        theta,
        np.where(lambdas < EXACT, 0.0, lambdas),
        np.where(spare_in < 10 * EXACT, 0.0, spare_in) * x_mean,
        np.where(spare_out < 10 * EXACT, 0.0, spare_out) * y_mean,
    )


def checked(inputs: ArrayLike, outputs: ArrayLike) -> tuple[Floats, Floats]:
    """Return inputs and outputs as arrays, or raise one error that lists all their faults."""
    x, y = np.asarray(inputs, dtype=np.float64), np.asarray(outputs, dtype=np.float64)
    faults = Faults("data envelopment")
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or not len(x):
        faults.add("inputs and outputs need one row a unit each", "Give two tables of one length")
        faults.raise_if_any()
    for name, values in (("input", x), ("output", y)):
        bad = np.flatnonzero(~np.isfinite(values).all(axis=1) | (values < 0).any(axis=1))
        if bad.size:
            what = f"an {name} is negative or not a number"
            faults.add(what, "Leave the unit out, or find the figure", rows=bad)
        if empty := np.flatnonzero((values == 0).all(axis=1)).tolist():
            faults.add(f"a unit has no {name} at all", "Leave the unit out", rows=empty)
        if unused := np.flatnonzero((values == 0).all(axis=0)).tolist():
            rows = [f"column {column}" for column in unused]
            faults.add(f"an {name} is 0 for every unit", f"Leave the {name} out", rows=rows)
    faults.raise_if_any()
    return x, y


def first_stage(
    inputs: Floats,
    outputs: Floats,
    *,
    returns: Returns,
    against: tuple[Floats, Floats] | None = None,
) -> Floats:
    """Solve (1) to (4) for every unit at once.

    Parameters
    ----------
    inputs, outputs
        Of the units that are judged; best with columns of a mean near 1.
    returns
        Returns to scale.
    against
        Inputs and outputs of the units they are judged by; themselves by default. θ may then
        exceed 1.

    Returns
    -------
    ndarray
        θ of each unit.
    """
    by_x, by_y = against or (inputs, outputs)
    useful = undominated(by_x, by_y)
    by_x, by_y = by_x[useful], by_y[useful]
    units, peers = len(inputs), len(by_x)
    # Columns: θ of each unit, then its λ.
    rows, columns, values = _peer_block(by_x, -by_y, units=units, first_column=units)
    of_unit = np.repeat(np.arange(units), inputs.shape[1])
    width = inputs.shape[1] + outputs.shape[1]
    theta_rows = of_unit * width + np.tile(np.arange(inputs.shape[1]), units)
    at = (np.concatenate([theta_rows, rows]), np.concatenate([of_unit, columns]))
    data = np.concatenate([-inputs.ravel(), values])
    shape = (units * width, units * (1 + peers))
    limits = np.concatenate([np.zeros_like(inputs), -outputs], axis=1).ravel()
    cost = np.zeros(shape[1])
    cost[:units] = 1.0
    matrix = csc_array((data, at), shape=shape)
    return _solve(cost, matrix, limits, units=units, peers=peers, returns=returns)[:units]


def undominated(inputs: Floats, outputs: Floats) -> NDArray[np.bool_]:
    """Return the units that no other unit beats in everything.

    The others can be left out as peers without a change of any θ: the unit that beats one may take
    its weight in (1) to (4).

    Parameters
    ----------
    inputs, outputs
        Shapes ``(units, inputs)`` and ``(units, outputs)``.

    Examples
    --------
    >>> undominated(np.array([[2.0], [3.0], [2.0]]), np.array([[1.0], [1.0], [1.0]])).tolist()
    [True, False, False]
    """
    values = np.concatenate([inputs, -outputs], axis=1)
    no_worse = (values[None, :, :] <= values[:, None, :]).all(axis=2)
    # Of equal units the first stays.
    equal = no_worse & no_worse.T
    beaten = (no_worse & ~equal) | np.tril(equal, -1)
    return np.asarray(~beaten.any(axis=1))


def _second_stage(x: Floats, y: Floats, theta: Floats, returns: Returns) -> Floats:
    """Return the peers' weights that leave the most slack at the given efficiency.

    The slacks are what (5) and (6) leave of (1) and (2), so their sum is largest where
    Σ_j λ_j (Σ_i x_ij − Σ_r y_rj) is least.
    """
    units = len(x)
    rows, columns, values = _peer_block(x, -y, units=units, first_column=0)
    shape = (units * (x.shape[1] + y.shape[1]), units * units)
    # A hair's breadth of room: θ comes from a solver.
    limits = np.concatenate([theta[:, None] * x + 1e-10, -y + 1e-10], axis=1).ravel()
    cost = np.tile(x.sum(axis=1) - y.sum(axis=1), units)
    matrix = csc_array((values, (rows, columns)), shape=shape)
    found = _solve(cost, matrix, limits, units=units, peers=units, returns=returns)
    return found.reshape(units, units)


def _peer_block(
    x: Floats, y: Floats, *, units: int, first_column: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return the peers' coefficients, repeated along the diagonal for each unit."""
    block = np.concatenate([x, y], axis=1)
    peers, width = block.shape
    unit = np.repeat(np.arange(units), peers * width)
    peer = np.tile(np.repeat(np.arange(peers), width), units)
    row = unit * width + np.tile(np.arange(width), units * peers)
    return row, first_column + unit * peers + peer, np.tile(block.ravel(), units)


def _solve(
    cost: Floats, matrix: Any, limits: Floats, *, units: int, peers: int, returns: Returns
) -> Floats:
    """Minimise over columns that are not negative, with (4) on the last ``units * peers``."""
    rule: dict[str, Any] = {}
    if returns != "constant":
        first = matrix.shape[1] - units * peers
        at = (np.repeat(np.arange(units), peers), first + np.arange(units * peers))
        sums = csc_array((np.ones(units * peers), at), shape=(units, matrix.shape[1]))
        if returns == "variable":
            rule = {"A_eq": sums, "b_eq": np.ones(units)}
        else:
            matrix = vstack([matrix, sums], format="csc")
            limits = np.concatenate([limits, np.ones(units)])
    # So small a model is solved sooner than simplified.
    plain = {"presolve": False}
    answer = linprog(cost, A_ub=matrix, b_ub=limits, method="highs-ds", options=plain, **rule)
    if answer.x is None:
        raise RuntimeError(f"data envelopment was not solved: {answer.message}")
    return np.asarray(answer.x, dtype=np.float64)


@dataclass(frozen=True)
class Assessment:
    """Units judged under constant and variable returns, as tables.

    Parameters
    ----------
    scores
        Index as the units given: ``efficiency_constant, efficiency_variable, scale_efficiency,
        returns_to_scale`` (``increasing``: too small, ``constant``, ``decreasing``: too large),
        ``efficient``, ``slack_<column>`` for each input and output (variable returns).
    peers
        One row a unit and peer: ``unit, peer, weight``.
    """

    scores: pd.DataFrame
    peers: pd.DataFrame


def assess(frame: pd.DataFrame, *, inputs: Sequence[str], outputs: Sequence[str]) -> Assessment:
    """Judge the rows of a frame by each other.

    Parameters
    ----------
    frame
        One row a unit; the index names it.
    inputs, outputs
        Columns.

    Returns
    -------
    Assessment

    Raises
    ------
    InputError
        As for :func:`envelop`; rows are named by their place from 0.

    Examples
    --------
    >>> shops = pd.DataFrame({"staff": [2, 4, 3], "sales": [1, 2, 3]}, index=["A", "B", "C"])
    >>> assess(shops, inputs=["staff"], outputs=["sales"]).scores["scale_efficiency"].tolist()
    [0.5, 0.8, 1.0]
    """
    x, y = frame[list(inputs)].to_numpy(float), frame[list(outputs)].to_numpy(float)
    found: dict[str, Envelopment] = {
        returns: envelop(x, y, returns=returns)
        for returns in ("constant", "variable", "non_increasing")
    }
    constant, variable = found["constant"], found["variable"]
    scale = np.minimum(constant.theta / variable.theta, 1.0)
    scale = np.where(1.0 - scale < EXACT, 1.0, scale)
    small = np.abs(found["non_increasing"].theta - constant.theta) < 10 * EXACT
    unit, peer = np.nonzero(variable.lambdas)
    labels = frame.index.to_numpy()
    peers = pd.DataFrame(
        {"unit": labels[unit], "peer": labels[peer], "weight": variable.lambdas[unit, peer]}
    )
    scores = pd.DataFrame(
        {
            "efficiency_constant": constant.theta,
            "efficiency_variable": variable.theta,
            "scale_efficiency": scale,
            "returns_to_scale": np.select(
                [scale == 1.0, small], ["constant", "increasing"], "decreasing"
            ),
            "efficient": variable.efficient,
        },
        index=frame.index,
    )
    for name, column in zip(inputs, variable.input_slacks.T, strict=True):
        scores[f"slack_{name}"] = column
    for name, column in zip(outputs, variable.output_slacks.T, strict=True):
        scores[f"slack_{name}"] = column
    return Assessment(scores, peers)
