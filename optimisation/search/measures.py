r"""What is least: one number for many outcomes of a plan, as the worst of a set of weightings.

A plan has one outcome in each draw, x_d. A measure f turns them into one number that is to be
small. Every measure here is the greatest weighted mean over a set of weightings,

.. code-block:: text

    f(x) = max { w · (x - offset) :  least <= w_d <= most for each draw d,  Σ_d w_d = 1 },

so each weighting w bounds it from below, for every plan at once:

* **mean**: least = most = 1/n;
* **tail** of share s: least = 0, most = 1/(s n): the mean of the worst share s of the draws, the
  conditional value at risk (Rockafellar and Uryasev 2000);
* **worst**: least = 0, most = 1: the worst draw. With each draw's best outcome as offset it is the
  greatest regret (Savage 1951);
* **mixture** of mean and tail, λ mean + (1 - λ) tail: least = λ/n, most = λ/n + (1 - λ)/(s n).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """The greatest weighted mean of outcomes over a set of weightings.

    Parameters
    ----------
    least, most
        Least and greatest weight of a draw.
    offset
        What is taken off the outcome in each draw, shape ``(draws,)``.

    Examples
    --------
    >>> worst_half = Measure.tail(np.zeros(4), share=0.5)
    >>> float(worst_half.value(np.array([1.0, 9.0, 3.0, 5.0])))
    7.0
    """

    least: float
    most: float
    offset: Floats

    @classmethod
    def mean(cls, offset: Floats) -> Measure:
        """Judge by the mean over the draws."""
        return cls(1 / len(offset), 1 / len(offset), offset)

    @classmethod
    def tail(cls, offset: Floats, *, share: float) -> Measure:
        """Judge by the mean over the worst share of the draws."""
        return cls(0.0, min(1.0, 1 / (share * len(offset))), offset)

    @classmethod
    def worst(cls, offset: Floats) -> Measure:
        """Judge by the worst draw."""
        return cls(0.0, 1.0, offset)

    @classmethod
    def mixture(cls, offset: Floats, *, share: float, mean_share: float) -> Measure:
        """``mean_share`` times the mean and the rest times the tail."""
        level = mean_share / len(offset)
        tail = cls.tail(offset, share=share)
        return cls(level, level + (1 - mean_share) * tail.most, offset)

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.offset)

    @property
    def single(self) -> bool:
        """Whether there is one weighting only: that of the mean."""
        return self.most - self.least <= 1e-15

    def value(self, outcomes: Floats) -> Floats:
        """Judge outcomes.

        Parameters
        ----------
        outcomes
            Shape ``(..., draws)``.

        Returns
        -------
        ndarray
            Shape ``(...,)``.
        """
        shifted = np.sort(outcomes - self.offset, axis=-1)[..., ::-1]
        return np.asarray(np.einsum("...d,d->...", shifted, self.extreme()))

    def weights(self, outcomes: Floats) -> Floats:
        """Return the weighting that is worst for the outcomes of one plan, shape ``(draws,)``."""
        order = np.argsort(-(outcomes - self.offset), kind="stable")
        found = np.empty(self.draws)
        found[order] = self.extreme()
        return found

    def extreme(self) -> Floats:
        """Return the worst weighting for outcomes that are sorted from the worst on."""
        spare = 1.0 - self.draws * self.least
        step = self.most - self.least
        before = step * np.arange(self.draws)
        return self.least + np.clip(spare - before, 0.0, step)
