"""The proof of a release: how closely a reader could work out each figure, and where too closely.

The reader is taken to know the rule, all earlier releases, the exact number of public and of other
cameras in each group of areas at each release, and any count marked as known; and to assume that no
more changed between releases than these need. For each figure of each release, hidden or rounded,
and for each piece of ground that two layers tell apart, the tightest range that follows is found by
linear programmes (:mod:`.inference`). A figure is *told* if its range is narrower than the rule
asks, and narrower than it was before this release.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage_model.publish.inference import ContradictionError, Numbers, ranges
from coverage_model.publish.releases import (
    Pieces,
    Question,
    cell_names,
    count_question,
    cut_releases,
    ground_question,
)

GROUND_TOLERANCE = 1e-6
"""Share of the step by which a range of ground may fall short, for the numbers' own rounding."""


def derivable_ranges(
    releases: list[gpd.GeoDataFrame], *, hidden_range: int, shown_range: int
) -> pd.DataFrame:
    """Find the tightest range that a reader can derive for each figure of each release.

    Parameters
    ----------
    releases
        ``schemas.Releases`` frames, one a release, earliest first.
    hidden_range
        Least width of the range of a hidden count, in cameras.
    shown_range
        Least width of the range of a rounded count, in cameras.

    Returns
    -------
    DataFrame
        As ``schemas.DerivableRanges``: one row a release, area and figure.
    """
    pieces = cut_releases(releases)
    try:
        counts, ground = _solve(releases, pieces, hidden_range, shown_range)
    except ContradictionError:
        # Borders drawn twice leave slivers between them, and cameras may stand in those.
        pieces = cut_releases(releases, slivers=True)
        counts, ground = _solve(releases, pieces, hidden_range, shown_range)
    found = pd.concat([counts, ground], ignore_index=True)
    found["told"] = found["high"] - found["low"] < found["needed"]
    found["area_code"] = cell_names(found, releases, pieces)
    return found


def _solve(
    releases: list[gpd.GeoDataFrame], pieces: Pieces, hidden_range: int, shown_range: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the ranges of all counts and of all covered ground, and the widths they need."""
    asked, before = (
        count_question(releases, pieces, published=number)
        for number in (len(releases), len(releases) - 1)
    )
    low, high, moved = ranges(asked.facts, asked.sums, whole=True)
    counts = asked.cells.assign(low=low, high=high)
    needed = np.where(counts["hidden"], hidden_range, shown_range).astype(float)
    counts["needed"] = _no_more_than_before(counts, needed, before, whole=True)
    # Ground is set against ground at the same level; a camera changes at most a step of it.
    level = releases[-1]["level"].iloc[0]
    alike = [k for k, frame in enumerate(releases) if frame["level"].iloc[0] == level]
    part = Pieces(pieces.area_m2, tuple(pieces.area[k] for k in alike))
    asked, before = (
        ground_question([releases[k] for k in alike], part, published=number)
        for number in (len(alike), len(alike) - 1)
    )
    step = np.array([float(releases[k]["ground_step_m2"].iloc[0]) for k in alike])
    spare = moved * float(step.max())
    low, high, _ = ranges(asked.facts, asked.sums, whole=False, spare=spare)
    ground = asked.cells.assign(low=low, high=high)
    # A share near 0 or 1 is rounded from one side only.
    needed = step[ground["release"]] * np.where(ground["hidden"], 1.0, 0.5)
    needed *= 1 - GROUND_TOLERANCE
    ground["needed"] = _no_more_than_before(ground, needed, before, whole=False, spare=spare)
    ground["release"] = np.array(alike)[ground["release"]]
    return counts, ground


def _no_more_than_before(
    found: pd.DataFrame, needed: Numbers, before: Question, *, whole: bool, spare: float = 0.0
) -> Numbers:
    """Ask for no wider a range than a reader was left with before the last release."""
    close = np.flatnonzero(found["high"] - found["low"] < needed)
    if len(close):
        low, high, _ = ranges(before.facts, before.sums[close], whole=whole, spare=spare)
        needed[close] = np.minimum(needed[close], (high - low) * (1 - GROUND_TOLERANCE))
    return needed
