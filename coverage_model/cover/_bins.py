"""Things that reach over several bins of a row, listed by bin."""

from __future__ import annotations

import numpy as np

from coverage_model.base.compiled import compiled


@compiled
def by_bin(first, last, bins):  # type: ignore[no-untyped-def]
    """List things by bin: their numbers, rising within a bin, and where each bin's begin.

    Parameters
    ----------
    first, last
        First and last bin that each thing reaches into; the last before the first for none.
    bins
        Number of bins.
    """
    start = np.zeros(bins + 1, dtype=np.int64)
    for k in range(len(first)):
        for place in range(first[k], last[k] + 1):
            start[place + 1] += 1
    start = np.cumsum(start)
    entries = np.empty(start[-1], dtype=np.int64)
    fill = start[:-1].copy()
    for k in range(len(first)):
        for place in range(first[k], last[k] + 1):
            entries[fill[place]] = k
            fill[place] += 1
    return entries, start
