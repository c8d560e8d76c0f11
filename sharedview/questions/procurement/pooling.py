r"""What pooling contracts of one kind saves: volume discounts in bands, and what dates are worth.

Contract i has the yearly value v_i. A tender for a volume V costs V^-e for each pound of service,
so a contract that joins a pool of V pays less by

.. code-block:: text

    d_i(V) = max(0, 1 - (V / v_i)^-e)

It is 0 at the contract's own volume, rises with V and is concave in it. e is set so that all
contracts together would save the assumed share s of their spend:

.. code-block:: text

    Σ_i v_i (ΣV / v_i)^-e = (1 - s) ΣV

A framework prices in bands: from a volume B_q on, the discount is that of B_q, so between bands the
saving is understated, never overstated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Where a framework's price bands begin, as shares of the category's whole spend.
BAND_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
NEVER = -1


def price_discount(pooled: Floats | float, own: Floats | float, *, elasticity: float) -> Floats:
    """Return the share of its price that a contract saves in a pool.

    Parameters
    ----------
    pooled
        Yearly volume of the pool.
    own
        Yearly volume of the contract on its own.
    elasticity
        e, from :func:`elasticity_for`.

    Returns
    -------
    ndarray
        ``max(0, 1 - (pooled / own)^-e)``.

    Examples
    --------
    >>> float(price_discount(100.0, 100.0, elasticity=0.1))
    0.0
    >>> round(float(price_discount(1024.0, 1.0, elasticity=0.1)), 12)
    0.5
    """
    ratio = np.asarray(pooled, dtype=np.float64) / np.asarray(own, dtype=np.float64)
    return np.asarray(np.maximum(0.0, -np.expm1(-elasticity * np.log(np.maximum(ratio, 1e-12)))))


def elasticity_for(values: Floats, saving_share: float) -> float:
    """Return e such that all contracts together save a share of their spend.

    Parameters
    ----------
    values
        Yearly values above 0.
    saving_share
        From 0 to below 1.

    Returns
    -------
    float
        0 where there is nothing to pool: fewer than two contracts, or no saving.

    Raises
    ------
    ValueError
        If the share is not from 0 to below 1.

    Examples
    --------
    >>> round(elasticity_for(np.array([5.0, 5.0]), 0.5), 9)  # (10 / 5)^-1 = 1 - 0.5
    1.0
    """
    if not 0 <= saving_share < 1:
        raise ValueError(f"a saving share must be from 0 to below 1, not {saving_share}")
    if len(values) < 2 or saving_share == 0:
        return 0.0
    total = float(values.sum())
    part = values / total

    def left(e: float) -> float:
        return float((part ** (1 + e)).sum()) - (1 - saving_share)

    high = 1.0
    while left(high) > 0:
        high *= 2
    return float(brentq(left, 0.0, high, xtol=1e-14))


@dataclass(frozen=True, slots=True, eq=False)
class Lot:
    """One category as arrays: n contracts, P windows.

    Parameters
    ----------
    value
        Yearly values, shape ``(n,)``.
    join_npv
        c_it, net present value of joining at each window; not a number where it cannot. Shape
        ``(n, P)``.
    spend_weight
        a_p, shape ``(P,)``.
    elasticity
        e.
    common_npv
        K, what the framework itself costs, in net present value.
    min_members
        Fewest contracts that must join.
    voluntary
        Whether nobody may join at a loss.
    """

    value: Floats
    join_npv: Floats
    spend_weight: Floats
    elasticity: float
    common_npv: float
    min_members: int = 2
    voluntary: bool = True

    @property
    def thresholds(self) -> Floats:
        """B_q, the volumes at which bands begin."""
        return np.array(BAND_SHARES) * float(self.value.sum())

    def in_force(self, choice: Ints) -> NDArray[np.bool_]:
        """Whether each contract is under the framework after each window, shape ``(n, P)``."""
        windows = np.arange(len(self.spend_weight))
        return (choice[:, None] != NEVER) & (choice[:, None] <= windows)


@dataclass(frozen=True, slots=True, eq=False)
class LotValue:
    """What a choice of windows is worth.

    Parameters
    ----------
    discount
        Share saved by each contract after each window, 0 where it is not in force; ``(n, P)``.
    price_npv
        Net present value of lower prices for each contract, ``(n,)``.
    join_npv
        Net present value of exit, call-offs and tenders of each contract, ``(n,)``.
    common_npv
        Net present cost of the framework itself.
    """

    discount: Floats
    price_npv: Floats
    join_npv: Floats
    common_npv: float

    @property
    def contract_npv(self) -> Floats:
        """Net present gain of each contract before the framework's own costs."""
        return np.asarray(self.price_npv - self.join_npv)

    @property
    def net_npv(self) -> float:
        """Net present saving of all."""
        return float(self.contract_npv.sum()) - self.common_npv


def band_of(volume: Floats, thresholds: Floats) -> Ints:
    """Return the last band whose threshold a volume reaches, -1 for none."""
    reached = np.asarray(volume)[..., None] >= thresholds * (1 - 1e-9)
    return np.asarray(reached.sum(axis=-1) - 1, dtype=np.int64)


def value_lot(lot: Lot, choice: Ints) -> LotValue:
    """Return what a choice of windows is worth, whether or not it is allowed.

    Parameters
    ----------
    lot
        The category.
    choice
        Window at which each contract joins, ``NEVER`` for not at all; shape ``(n,)``.

    Returns
    -------
    LotValue

    Raises
    ------
    ValueError
        If a contract joins where it cannot.
    """
    inside = lot.in_force(choice)
    band = band_of((lot.value[:, None] * inside).sum(axis=0), lot.thresholds)
    by_band = price_discount(lot.thresholds, lot.value[:, None], elasticity=lot.elasticity)
    reached = np.where(band >= 0, by_band[:, band], 0.0)
    discount = np.where(inside, reached, 0.0)
    joining = choice != NEVER
    cost = np.where(joining, lot.join_npv[np.arange(len(choice)), choice], 0.0)
    if np.isnan(cost).any():
        raise ValueError("a contract joins at a window at which it cannot")
    return LotValue(
        discount=discount,
        price_npv=np.asarray((discount * lot.spend_weight).sum(axis=1) * lot.value),
        join_npv=cost,
        common_npv=lot.common_npv if joining.any() else 0.0,
    )


def allowed(lot: Lot, choice: Ints) -> bool:
    """Whether a choice keeps to (3), to (7) and to the windows at which contracts can join."""
    joining = np.flatnonzero(choice != NEVER)
    if np.isnan(lot.join_npv[joining, choice[joining]]).any():
        return False
    if 0 < len(joining) < lot.min_members:
        return False
    return not lot.voluntary or bool((value_lot(lot, choice).contract_npv >= -1e-6).all())
