"""Round values for the axes of charts."""

from __future__ import annotations

import math


def rounded_ticks(low: float, high: float, *, most: int = 6, whole: bool = False) -> list[float]:
    """Return round values between two ends.

    Parameters
    ----------
    low, high
        The ends.
    most
        Greatest number of ticks.
    whole
        Whether only whole numbers will do.

    Examples
    --------
    >>> rounded_ticks(4.4, 33.6, whole=True), rounded_ticks(0.0, 1.3)
    ([5.0, 10.0, 15.0, 20.0, 25.0, 30.0], [0.0, 0.25, 0.5, 0.75, 1.0, 1.25])
    """
    rough = (high - low) / most
    scale = 10.0 ** math.floor(math.log10(rough))
    steps = [factor * scale for factor in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)]
    if whole:
        steps = [step for step in steps if step >= 1 and step == round(step)] or [1.0]
    for step in steps:
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most or step == steps[-1]:
            break
    return [round(number * step, 10) for number in range(first, last + 1)]
