r"""What it costs when counts turn out higher than a room holds: a second room for the rest.

A room planned for at most Q cameras may face C > Q once cameras are counted. The rest, C - Q, is
then watched from a second room of the same group:

.. code-block:: text

    extra = annuity · [room + post · (K(Q) + K(C - Q) - K(C))]
            + (1 + b_b) · max(refit, refit_per_post · K(C - Q))

with K posts for a number of cameras, at London-wide pay and rent. Running costs that grow with
cameras are in the group's own cost already.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimisation.costs.places import posts_needed
from optimisation.costs.rates import Rates

Floats = NDArray[np.float64]


def overflow_cost(cameras: Floats, capacity: float, rate: Rates, annuity_factor: float) -> Floats:
    """Net present cost of what does not fit in a room.

    Parameters
    ----------
    cameras
        Cameras of each group.
    capacity
        Most cameras of a room.
    rate
        The coefficients.
    annuity_factor
        Net present value of £1 a year.

    Returns
    -------
    ndarray
        £, 0 where all fit; the shape of ``cameras``.

    Examples
    --------
    >>> from optimisation.costs.coefficients import rates
    >>> overflow_cost(np.array([100.0]), 200.0, rates(), 8.3).tolist()
    [0.0]
    """
    over = cameras - capacity
    if not np.isfinite(capacity):
        return np.zeros(len(cameras))
    spare = np.maximum(over, 0.0)
    here = posts_needed(np.minimum(cameras, capacity), rate)
    there = posts_needed(spare, rate)
    posts = here + there - posts_needed(cameras, rate)
    refit = np.maximum(rate.room_fitout_gbp, rate.room_fitout_gbp_per_post * there)
    extra = annuity_factor * (rate.room_fixed_gbp_per_year + rate.post_gbp_per_year * posts)
    extra += (1 + rate.optimism_bias_share) * refit
    # The tolerance of the capacity filter: a group that fills its room exactly does not overflow.
    return np.where(over > 1e-9 * np.maximum(1.0, capacity), extra, 0.0)
