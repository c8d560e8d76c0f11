r"""Who calls off a framework when: volume discounts, exit costs and a proved best set of dates.

One category of contracts at a time, since a discount pools like with like; d_i and B_q are those of
:mod:`sharedview.questions.procurement.pooling`. The call-off windows t = 0, 1, … lie one step
apart; T is their number. a_p is the net present value of £1 a year paid during the step after
window p, and c_it that of joining at window t: exit cost and call-offs less own tenders not held
(:mod:`sharedview.questions.procurement.terms`). K is the net present cost of setting the framework
up and of running it over the horizon.

.. code-block:: text

    x_it  contract i joins at window t            z_ip  it is in force after window p
    u_pq  the pool reaches band q                 g_ipq contract i gets the step to band q
    o     there is a framework

    max  Σ_ipq a_p v_i [d_i(B_q) - d_i(B_q-1)] g_ipq - Σ_it c_it x_it - K o

    (1)  z_ip = z_i,p-1 + x_ip                    joining is for good
    (2)  z_i,T-1 <= o                             nobody joins what is not there
    (3)  Σ_i z_i,T-1 >= n o                       at least n commit to join, now or later
    (4)  Σ_i v_i z_ip >= B_q u_pq                 a band needs its volume
    (5)  u_pq <= u_p,q-1,   u_pq <= u_p+1,q       bands are reached in order and kept
    (6)  g_ipq <= z_ip,   g_ipq <= u_pq           only members get the discounts reached
    (7)  Σ_pq a_p v_i [d_i(B_q) - d_i(B_q-1)] g_ipq >= Σ_t c_it x_it     nobody joins at a loss
    (8)  x, u, o in {0, 1};  0 <= z, g <= 1

(7) is left out where joining is not voluntary. The framework's own costs are London's and not in
(7). Staying away is always possible, so there is always a plan, and it is never below 0.

Before the model is written, :func:`narrow` takes out windows that no best plan needs, each for a
reason that holds for every plan with a framework. Let h_i(t; u) be what contract i gains by joining
at t if the pool reaches the bands u:

- a window that costs no less than an earlier one: joining earlier is better for all;
- a window after the best answer to the fewest bands that the pool is sure to reach: moving up to
  that answer gains the contract something and the pool volume, whatever else is chosen;
- a window at which it would lose even with the most bands possible, where joining is voluntary;
- a window with which even the most bands possible leave London below a plan already known.

The first two rest on discounts that never fall as volume rises. What is left, with the bands that
are still open, goes to the solver; the proof covers all windows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimisation.search.solvers import LinearModel, SolverName, solver_version
from sharedview.questions.procurement.pooling import (
    NEVER,
    Floats,
    Ints,
    Lot,
    allowed,
    band_of,
    price_discount,
    value_lot,
)

# The solver sees thousands of pounds; answers are recomputed in pounds.
UNIT_GBP = 1000.0
PROVED_SHARE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class LotAnswer:
    """The best windows with their proof.

    Parameters
    ----------
    choice
        Window at which each contract joins, ``NEVER`` for not at all.
    status
        ``optimal`` (proved), ``feasible`` (stopped early) or ``none`` (nothing to pool).
    net_npv
        Net present saving, recomputed from the choice.
    bound
        Proved upper bound of the saving of any choice.
    solver
        Name and version.
    runtime_s
        Wall time.
    """

    choice: Ints
    status: str
    net_npv: float
    bound: float
    solver: str
    runtime_s: float

    @property
    def gap_share(self) -> float:
        """Distance of the bound from the saving; 0 is proved best, to the solver's last digits."""
        gap = max(0.0, self.bound - self.net_npv) / max(abs(self.net_npv), UNIT_GBP)
        return 0.0 if gap < PROVED_SHARE else gap


def solve_lot(lot: Lot, *, solver: SolverName = "highs", time_limit_s: float = 600.0) -> LotAnswer:
    """Find the windows that save most.

    Parameters
    ----------
    lot
        The category.
    solver, time_limit_s
        As in a scenario.

    Returns
    -------
    LotAnswer

    Examples
    --------
    >>> lot = Lot(value=np.array([100.0, 100.0]), join_npv=np.zeros((2, 1)),
    ...           spend_weight=np.array([8.0]), elasticity=1.0, common_npv=300.0)
    >>> answer = solve_lot(lot)  # 200 a year at half the price for 8 years, less 300
    >>> answer.choice.tolist(), round(answer.net_npv, 6), answer.status
    ([0, 0], 500.0, 'optimal')
    """
    started = time.perf_counter()
    name = " ".join(solver_version(solver))
    nobody = np.full(len(lot.value), NEVER, dtype=np.int64)
    if len(lot.value) < lot.min_members:
        return LotAnswer(nobody, "none", 0.0, 0.0, name, 0.0)
    open_windows = narrow(lot)
    model, x = _model(lot, open_windows)
    found = model.solve(solver=solver, time_limit_s=time_limit_s)
    choice, net = nobody, 0.0
    if found.values is not None:
        picked = np.where(x >= 0, found.values[x], 0.0).argmax(axis=1)
        answer = np.where(picked < len(lot.spend_weight), picked, NEVER)
        worth = value_lot(lot, answer).net_npv
        if worth > 0 and allowed(lot, answer):
            choice, net = answer, worth
    # Without any plan under (3) and (7), staying away is the best there is.
    bound = net if found.infeasible else -found.bound * UNIT_GBP - lot.common_npv
    bound = max(net, bound)
    proved = bound - net <= PROVED_SHARE * max(abs(net), UNIT_GBP)
    return LotAnswer(
        choice=choice,
        status="optimal" if proved else "feasible",
        net_npv=net,
        bound=bound,
        solver=name,
        runtime_s=time.perf_counter() - started,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """What is left to choose: windows of each contract, and bands of each window.

    Parameters
    ----------
    open
        Whether a contract may still join at a window; the last column is never joining. Shape
        ``(n, P + 1)``.
    low, high
        Band that the pool surely reaches after each window, and the highest it can; ``(P,)``.
    """

    open: NDArray[np.bool_]
    low: Ints
    high: Ints


def narrow(lot: Lot) -> Windows:
    """Take out windows that no best plan with a framework needs; see the module's docstring.

    Parameters
    ----------
    lot
        The category.

    Returns
    -------
    Windows
        With at least one window or "never" for each contract.
    """
    n = len(lot.value)
    can = np.concatenate([worth_a_window(lot.join_npv), np.ones((n, 1), dtype=bool)], axis=1)
    known = 0.0
    while True:
        before = int(can.sum())
        low = _bands_if(lot, _last(can))
        # The best answer to the bands that are sure: whatever comes later is no better.
        can &= np.arange(can.shape[1]) <= _best(gains(lot, low), can)[:, None]
        high = _bands_if(lot, can.argmax(axis=1))
        most = gains(lot, high)
        if lot.voluntary:
            can &= most >= -1e-9 * lot.value[:, None]
        known = max(known, _try(lot, can, high))
        best = np.where(can, most, -np.inf).max(axis=1)
        with_it = best.sum() - best[:, None] + most - lot.common_npv
        # Where no plan is better than none at all, one way for each contract has to stay.
        keep = can & (with_it >= known - 1e-6 * max(known, UNIT_GBP))
        can = np.where(keep.any(axis=1)[:, None], keep, can)
        if int(can.sum()) == before:
            return Windows(can, _bands_if(lot, _last(can)), _bands_if(lot, can.argmax(axis=1)))


def gains(lot: Lot, band: Ints) -> Floats:
    """Return h: the gain of each contract by window and of never joining; ``(n, P + 1)``."""
    price = price_discount(lot.thresholds, lot.value[:, None], elasticity=lot.elasticity)
    price = np.where(band >= 0, price[:, band], 0.0) * lot.spend_weight * lot.value[:, None]
    from_here = np.cumsum(price[:, ::-1], axis=1)[:, ::-1]
    joined = np.where(np.isnan(lot.join_npv), -np.inf, from_here - lot.join_npv)
    return np.concatenate([joined, np.zeros((len(price), 1))], axis=1)


def worth_a_window(join_npv: Floats) -> NDArray[np.bool_]:
    """Whether a window costs a contract less than every earlier one; shape ``(n, P)``."""
    known = np.where(np.isnan(join_npv), np.inf, join_npv)
    least = np.minimum.accumulate(known, axis=1)
    before = np.concatenate([np.full((len(known), 1), np.inf), least[:, :-1]], axis=1)
    return np.asarray(known < before)


def _best(gain: Floats, can: NDArray[np.bool_]) -> Ints:
    """Window of most gain among those open, the earliest of equals."""
    return np.asarray(np.where(can, gain, -np.inf).argmax(axis=1))


def _last(can: NDArray[np.bool_]) -> Ints:
    return np.asarray(can.shape[1] - 1 - can[:, ::-1].argmax(axis=1))


def _bands_if(lot: Lot, window: Ints) -> Ints:
    """Band after each window if the contracts join so; a window of P is never."""
    inside = window[:, None] <= np.arange(len(lot.spend_weight))
    return band_of((lot.value[:, None] * inside).sum(axis=0), lot.thresholds)


def _try(lot: Lot, can: NDArray[np.bool_], band: Ints) -> float:
    """Return the worth of a good plan: best answers to the bands they make, from the top."""
    for _ in range(can.shape[1] * 4):
        window = _best(gains(lot, band), can)
        made = _bands_if(lot, window)
        if (made == band).all():
            break
        band = made
    choice = np.where(window < len(lot.spend_weight), window, NEVER)
    return value_lot(lot, choice).net_npv if allowed(lot, choice) else 0.0


def _model(lot: Lot, left: Windows) -> tuple[LinearModel, Ints]:
    """Write the model with a framework (o = 1) over what is left open.

    z_ip is written as the sum of x_it over t <= p, and the steps up to the band that is sure are in
    the cost of x. Returns the column of each x, never joining last; -1 where there is none.
    """
    windows = lot.join_npv.shape[1]
    model = LinearModel("call_offs")
    sure = gains(lot, left.low) / UNIT_GBP
    x = np.full(left.open.shape, -1, dtype=np.int64)
    for i, t in zip(*np.nonzero(left.open), strict=True):
        x[i, t] = model.column(-float(sure[i, t]), whole=True)
    own = [row[row >= 0].tolist() for row in x]
    for columns in own:
        model.row(columns, [1.0] * len(columns), low=1.0, high=1.0)  # (1)
    joining = x[:, :windows][x[:, :windows] >= 0].tolist()
    model.row(joining, [1.0] * len(joining), low=float(lot.min_members))  # (3)
    u = _band_columns(model, lot, left, x)  # (4), (5)
    for i, columns in enumerate(own):
        g = _step_columns(model, lot, i, x=x[i, :windows], u=u)  # (6)
        if lot.voluntary:
            both = [*columns, *g]
            model.row(both, [-model.costs[k] for k in both], low=0.0)  # (7)
    return model, x


def _band_columns(
    model: LinearModel, lot: Lot, left: Windows, x: Ints
) -> dict[tuple[int, int], int]:
    """Add u for the bands that are open, with (4) and (5)."""
    total = float(lot.value.sum())
    u: dict[tuple[int, int], int] = {}
    for p in range(len(lot.spend_weight)):
        inside = x[:, : p + 1]
        columns = inside[inside >= 0].tolist()
        parts = (np.broadcast_to(lot.value[:, None], inside.shape)[inside >= 0] / total).tolist()
        for q in range(int(left.low[p]) + 1, int(left.high[p]) + 1):
            u[p, q] = model.column(whole=True)
            # A hair below the threshold, so that all contracts together reach the last band.
            least = float(lot.thresholds[q]) / total * (1 - 1e-9)
            model.row([*columns, u[p, q]], [*parts, -least], low=0.0)
            for other in ((p, q - 1), (p - 1, q)):
                if other in u:
                    lower, upper = (u[p, q], u[other]) if other[0] == p else (u[other], u[p, q])
                    model.row([lower, upper], [1.0, -1.0], high=0.0)
    return u


def _step_columns(
    model: LinearModel, lot: Lot, i: int, *, x: Ints, u: dict[tuple[int, int], int]
) -> list[int]:
    """Add g of one contract with (6), where a step brings it something."""
    price = price_discount(lot.thresholds, lot.value[i], elasticity=lot.elasticity)
    steps = np.diff(price, prepend=0.0)
    found = []
    for (p, q), band in u.items():
        gain = float(lot.spend_weight[p] * lot.value[i] * steps[q]) / UNIT_GBP
        inside = x[: p + 1][x[: p + 1] >= 0].tolist()
        if gain <= 0 or not inside:
            continue
        column = model.column(-gain)
        model.row([column, *inside], [1.0, *[-1.0] * len(inside)], high=0.0)
        model.row([column, band], [1.0, -1.0], high=0.0)
        found.append(column)
    return found
