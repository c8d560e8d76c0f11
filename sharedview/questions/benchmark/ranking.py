"""Whether figures of boroughs may be put into an order, and the order where they may.

A measure carries a ranking only if all of this holds:

1. at least two boroughs have a figure;
2. all figures count the same thing: one scope class and one basis;
3. published figures have a year, and the years lie within a stated span;
4. at least a stated share of the boroughs has a figure;
5. none is of low confidence;
6. none rests on generated cameras.

Each rule that is broken is a named reason. A refused measure gets no rank at all, and an allowed
one never goes without its caution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from coverage_model.base.errors import Fault, InputError
from coverage_model.base.key_figures import span_of_years
from coverage_model.base.schemas import check
from sharedview.questions.benchmark.comparators import COMPUTED
from sharedview.questions.benchmark.schemas import Ranks

REASONS = {
    "no_figures": "fewer than two boroughs have a figure",
    "mixed_scopes": "the figures count different things",
    "years_unknown": "some figures have no year",
    "years_apart": "the years lie too far apart",
    "few_boroughs": "too many boroughs have no figure",
    "low_confidence": "some figures are of low confidence",
    "illustrative": "the cameras are generated",
    "few_units": "too few units for so many inputs and outputs",
}
"""The reasons for which a comparison is refused, in words."""

CAUTION = (
    "The order runs from the lowest value to the highest and is no judgement: a low value may be "
    "thrift or want, and boroughs differ in what they need."
)
MODEL_CAUTION = (
    "The order runs from the lowest value to the highest and is no judgement: one cost model is "
    "applied to whatever each borough counts as its cameras, so the order is that of the model's "
    "rooms by their size and says nothing of how a borough runs its own."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How unlike figures may be and still carry a ranking.

    Parameters
    ----------
    span_years
        Most years from the oldest figure to the newest.
    known_share
        Least share of the boroughs that must have a figure.
    """

    span_years: float = 3
    known_share: float = 0.75


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a measure carries a ranking.

    Parameters
    ----------
    measure
        Its name.
    reasons
        Keys of :data:`REASONS`; empty where a ranking is allowed.
    boroughs, known
        Boroughs that were asked about, and those with a figure.
    scopes
        Scope classes of the figures.
    years
        Their years in words; empty for none.
    low_confidence
        Figures of low confidence.
    caution
        What must stand beside a ranking; empty where it is refused.
    """

    measure: str
    reasons: tuple[str, ...]
    boroughs: int
    known: int
    scopes: tuple[str, ...]
    years: str
    low_confidence: int
    caution: str

    @property
    def allowed(self) -> bool:
        """Whether the measure carries a ranking."""
        return not self.reasons

    @property
    def explained(self) -> str:
        """The reasons in words."""
        return "; ".join(REASONS[reason] for reason in self.reasons)


def verdict(
    rows: pd.DataFrame, *, limits: Limits | None = None, among: Sequence[str] | None = None
) -> Verdict:
    """Decide whether a measure carries a ranking.

    Parameters
    ----------
    rows
        :class:`sharedview.questions.benchmark.schemas.Comparators` of one measure, also the rows
        without a value.
    limits
        How unlike the figures may be.
    among
        Codes of the boroughs to put in order; all of the rows by default.

    Returns
    -------
    Verdict

    Raises
    ------
    InputError
        If the rows are of more than one measure, or of none.

    Examples
    --------
    >>> rows = pd.DataFrame({"measure": ["m"] * 2, "borough_code": ["A", "B"], "value": [1.0, 2.0],
    ...     "year": [2007, 2024], "scope_class": ["street", "street"], "basis": ["published"] * 2,
    ...     "confidence": ["high", "high"]})
    >>> verdict(rows).reasons
    ('years_apart',)
    """
    rules = limits or Limits()
    measures = rows["measure"].unique()
    if len(measures) != 1:
        fault = Fault(f"rows of {len(measures)} measures", "Give the rows of one measure")
        raise InputError("ranking", [fault])
    asked = rows if among is None else rows[rows["borough_code"].isin(list(among))]
    known = asked[asked["value"].notna()]
    computed = known["basis"].isin(COMPUTED)
    years = known["year"].astype("Float64")
    low = int(known["confidence"].astype(str).str.startswith("low").sum())
    scopes = tuple(sorted(known["scope_class"].unique()))
    span = years.max() - years.min() if years.notna().any() else 0
    broken = {
        "no_figures": len(known) < 2,
        "mixed_scopes": len(scopes) > 1 or len(set(known["basis"])) > 1,
        "years_unknown": bool((years.isna() & ~computed).any()),
        "years_apart": bool(span > rules.span_years),
        "few_boroughs": len(known) < rules.known_share * len(asked) or not len(asked),
        "low_confidence": low > 0,
        "illustrative": bool((known["basis"] == "illustrative").any()),
    }
    reasons = tuple(name for name, is_broken in broken.items() if is_broken)
    modelled = bool((known["basis"] == "model").all())
    caution = "" if reasons else MODEL_CAUTION if modelled else CAUTION
    return Verdict(
        measure=str(measures[0]),
        reasons=reasons,
        boroughs=len(asked),
        known=len(known),
        scopes=scopes,
        years=span_of_years(known["year"]),
        low_confidence=low,
        caution=caution,
    )


def ranked(rows: pd.DataFrame, decided: Verdict) -> pd.DataFrame:
    """Put the rows of a measure into an order, if it carries one.

    Parameters
    ----------
    rows
        As for :func:`verdict`, the boroughs to put in order only.
    decided
        What was decided of them.

    Returns
    -------
    DataFrame
        Where allowed :class:`sharedview.questions.benchmark.schemas.Ranks`: ``rank`` from 1 for the
        lowest value, equal values sharing the better place, with the ``caution`` in every row.
        Where refused, the rows in alphabetical order with ``not_ranked_because`` and no rank.
    """
    known = rows[rows["value"].notna()]
    if not decided.allowed:
        shown = known.sort_values("borough", kind="stable", ignore_index=True)
        return shown.assign(not_ranked_because=decided.explained)
    order = known.assign(
        rank=known["value"].rank(method="min").astype(int),
        of=len(known),
        caution=decided.caution,
    )
    columns = ["measure", "label", "borough_code", "borough", "value", "unit", "rank", "of",
               "caution"]  # fmt: skip
    order = order.sort_values(["rank", "borough"], kind="stable", ignore_index=True)[columns]
    return check(order, Ranks, "ranks")


def least_units(*, inputs: int, outputs: int) -> int:
    """Return how many units data envelopment needs to tell them apart.

    max(inputs · outputs, 3 (inputs + outputs)), the rule of thumb of Cooper, Seiford and Tone
    (2007), "Data Envelopment Analysis"; with fewer, most units are efficient by default.

    Examples
    --------
    >>> least_units(inputs=2, outputs=2)
    12
    """
    return max(inputs * outputs, 3 * (inputs + outputs))
