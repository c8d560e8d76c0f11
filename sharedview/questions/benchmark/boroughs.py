"""Best practice: boroughs beside like boroughs, and no order where the data carry none.

What is set beside each other is in :mod:`sharedview.questions.benchmark.comparators`, who is alike
in :mod:`sharedview.questions.benchmark.like_for_like`, and what may be ranked in
:mod:`sharedview.questions.benchmark.ranking`. Published figures of London's boroughs carry no
ranking and no efficiency score: they are of different years and count different things. What can be
compared throughout are rooms under one cost model, by data envelopment
(:mod:`sharedview.questions.benchmark.room_efficiency`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coverage_model.base.key_figures import KeyFigure, key_figures, span_of_years
from coverage_model.base.schemas import check
from optimisation.costs import coefficients
from optimisation.results import Plan
from optimisation.scenario import Scenario
from sharedview.questions.benchmark import ranking
from sharedview.questions.benchmark.comparators import LABELS, Measured, comparators
from sharedview.questions.benchmark.like_for_like import (
    Rules,
    comparisons,
    standardised_distance,
    structure,
    structure_peers,
)
from sharedview.questions.benchmark.ranking import Limits, Verdict, least_units
from sharedview.questions.benchmark.room_efficiency import (
    DEA_ROOMS,
    room_efficiency,
    room_outputs,
    room_units,
    rooms_verdict,
)
from sharedview.questions.benchmark.schemas import SCOPES, RankingChecks

DEA_PUBLISHED = "dea_published"
NAMES = (
    "benchmark_year_window_years",
    "benchmark_min_peers",
    "benchmark_peers",
    "benchmark_rank_span_years",
    "benchmark_rank_known_share",
)


@dataclass(frozen=True)
class Benchmark:
    """Boroughs beside like boroughs.

    Parameters
    ----------
    comparators
        :class:`sharedview.questions.benchmark.schemas.Comparators`.
    peers
        :class:`sharedview.questions.benchmark.schemas.StructurePeers`.
    comparisons
        :class:`sharedview.questions.benchmark.schemas.Comparisons`.
    checks
        :class:`sharedview.questions.benchmark.schemas.RankingChecks`.
    ranks
        :class:`sharedview.questions.benchmark.schemas.Ranks`; None where no measure carries a
        ranking.
    rooms, room_peers
        :class:`sharedview.questions.benchmark.schemas.RoomEfficiency` and ``RoomPeers``; None where
        data envelopment is refused.
    figures
        :class:`coverage_model.base.key_figures.KeyFigures`.
    """

    comparators: pd.DataFrame
    peers: pd.DataFrame
    comparisons: pd.DataFrame
    checks: pd.DataFrame
    ranks: pd.DataFrame | None
    rooms: pd.DataFrame | None
    room_peers: pd.DataFrame | None
    figures: pd.DataFrame


def benchmark(
    boroughs: pd.DataFrame, scenario: Scenario, *, today: Plan, measured: Measured | None = None
) -> Benchmark:
    """Compare the boroughs as far as the data carry it.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`.
    scenario
        For its coefficients and its table ``benchmark``.
    today
        Every borough with its own room, costed under the scenario.
    measured
        What cameras see, where that was computed.

    Returns
    -------
    Benchmark

    Raises
    ------
    InputError
        As for :func:`sharedview.questions.benchmark.comparators.comparators`.
    """
    seen = measured or Measured()
    rates = coefficients.values(NAMES, scenario.coefficients)
    rules = Rules(
        window_years=rates["benchmark_year_window_years"],
        least=round(rates["benchmark_min_peers"]),
        nearest=round(rates["benchmark_peers"]),
    )
    limits = Limits(
        span_years=rates["benchmark_rank_span_years"],
        known_share=rates["benchmark_rank_known_share"],
    )
    rows = comparators(boroughs, today=today, measured=seen)
    codes = boroughs.index
    distance = pd.DataFrame(
        standardised_distance(structure(codes).to_numpy()), index=codes, columns=codes
    )
    compared = comparisons(rows, distance, rules=rules)
    verdicts = [
        ranking.verdict(group, limits=limits) for _, group in rows.groupby("measure", sort=False)
    ]
    orders = [
        ranking.ranked(rows[rows["measure"] == each.measure], each)
        for each in verdicts
        if each.allowed
    ]
    units = room_units(today, boroughs, measured=seen)
    outputs = room_outputs(units, scenario, measured=seen)
    of_rooms = rooms_verdict(units, outputs, boroughs=len(boroughs))
    of_published = published_verdict(rows, limits=limits)
    checks = check_table([*verdicts, of_published, of_rooms])
    rooms = room_peers = None
    if of_rooms.allowed:
        rooms, room_peers = room_efficiency(units, outputs, scenario, measured=seen)
    return Benchmark(
        comparators=rows,
        peers=structure_peers(boroughs["borough"], distance, nearest=rules.nearest),
        comparisons=compared,
        checks=checks,
        ranks=pd.concat(orders, ignore_index=True) if orders else None,
        rooms=rooms,
        room_peers=room_peers,
        figures=figures(rows, compared, checks, rooms=rooms, rules=rules),
    )


def check_table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Return what was decided of each measure as a table.

    Parameters
    ----------
    verdicts
        From :func:`sharedview.questions.benchmark.ranking.verdict` and its kind.

    Returns
    -------
    DataFrame
        :class:`sharedview.questions.benchmark.schemas.RankingChecks`.
    """
    labels = {
        **LABELS,
        DEA_PUBLISHED: "Efficiency of systems, from published figures",
        DEA_ROOMS: "Efficiency of rooms, under one cost model",
    }
    made = [
        {
            "measure": each.measure,
            "label": labels.get(each.measure, each.measure),
            "boroughs": each.boroughs,
            "known": each.known,
            "scopes": "; ".join(each.scopes),
            "years": each.years,
            "low_confidence": each.low_confidence,
            "allowed": each.allowed,
            "reasons": "; ".join(each.reasons),
            "explained": each.explained,
            "caution": each.caution,
        }
        for each in verdicts
    ]
    return check(pd.DataFrame(made), RankingChecks, "ranking checks")


def published_verdict(rows: pd.DataFrame, *, limits: Limits) -> Verdict:
    """Decide whether published costs and cameras carry efficiency scores.

    Parameters
    ----------
    rows
        All comparators.
    limits
        As for rankings: scores put boroughs into an order.

    Returns
    -------
    Verdict
        With every reason that holds of the published cost, and ``few_units`` where fewer boroughs
        published one than cost, cameras and residents need.
    """
    cost = ranking.verdict(rows[rows["measure"] == "opex_gbp_per_camera"], limits=limits)
    few = ("few_units",) if cost.known < least_units(inputs=1, outputs=2) else ()
    reasons = (*cost.reasons, *few)
    return replace(
        cost, measure=DEA_PUBLISHED, reasons=reasons, caution="" if reasons else ranking.CAUTION
    )


def figures(
    rows: pd.DataFrame,
    compared: pd.DataFrame,
    checks: pd.DataFrame,
    *,
    rooms: pd.DataFrame | None,
    rules: Rules,
) -> pd.DataFrame:
    """Return the figures that sentences quote.

    Parameters
    ----------
    rows, compared, checks, rooms
        As in :class:`Benchmark`.
    rules
        When figures are like for like.

    Returns
    -------
    DataFrame
        :class:`coverage_model.base.key_figures.KeyFigures`.
    """
    return key_figures(
        [
            *_count_figures(rows, compared, rules),
            *_cost_figures(rows),
            *_check_figures(checks),
            *_room_figures(rooms),
        ]
    )


def _count_figures(rows: pd.DataFrame, compared: pd.DataFrame, rules: Rules) -> list[KeyFigure]:
    cameras = rows[rows["measure"] == "cameras_per_1000_residents"]
    known = cameras[cameras["value"].notna()]
    years = span_of_years(known["year"])
    beside = compared[compared["measure"] == "cameras_per_1000_residents"]
    mixed = "scopes and years mixed: not to be added or ranked"
    common: dict[str, Any] = {"years": years, "basis": "published", "boroughs": len(known)}
    if (known["basis"] == "inventory").any():
        common["basis"], mixed = "model", "public cameras of the inventory given"
    made = [
        KeyFigure("boroughs", "Boroughs asked about", float(len(cameras)), "boroughs",
                  boroughs=len(cameras)),
        KeyFigure("boroughs_with_count", "Boroughs whose number of cameras is known",
                  float(len(known)), "boroughs", scope=mixed, **common),
        KeyFigure("boroughs_without_count", "Boroughs whose number of cameras is not known",
                  float(len(cameras) - len(known)), "boroughs", boroughs=len(cameras)),
        KeyFigure("kinds_of_count", "Things that these numbers count",
                  float(known["scope_class"].nunique()), "kinds of count", scope=mixed, **common),
        KeyFigure("window_years", "Most years between figures that are compared",
                  float(rules.window_years), "years", basis="assumption"),
        KeyFigure("least_peers", "Fewest like boroughs for a comparison", float(rules.least),
                  "boroughs", basis="assumption"),
        KeyFigure("compared", "Boroughs with enough like boroughs to compare",
                  float(beside["enough"].sum()), "boroughs", scope=mixed, **common),
        KeyFigure("not_compared", "Boroughs with a number but too few like boroughs",
                  float((beside["value"].notna() & ~beside["enough"]).sum()), "boroughs",
                  scope=mixed, **common),
    ]  # fmt: skip
    for scope_class, group in known.groupby("scope_class"):
        values = group["value"]
        made.append(
            KeyFigure(
                f"cameras_per_1000_{scope_class}",
                f"Cameras per 1,000 residents, middle of boroughs that count "
                f"{SCOPES.get(str(scope_class), str(scope_class))}",
                float(values.median()),
                "cameras per 1,000 residents",
                low=float(values.min()),
                high=float(values.max()),
                boroughs=len(group),
                years=span_of_years(group["year"]),
                basis=str(common["basis"]),
                scope=f"{SCOPES.get(str(scope_class), str(scope_class))}; years mixed",
            )
        )
    return made


def _cost_figures(rows: pd.DataFrame) -> list[KeyFigure]:
    published = rows[(rows["measure"] == "opex_gbp_per_camera") & rows["value"].notna()]
    modelled = rows[(rows["measure"] == "modelled_cost_gbp_per_camera") & rows["value"].notna()]
    unit = "GBP per camera and year"
    scope = "different years and scopes, some upper or lower limits: not to be ranked"
    common: dict[str, Any] = {
        "boroughs": len(published), "years": span_of_years(published["year"]),
        "basis": "published", "scope": scope,
    }  # fmt: skip
    values, costs = published["value"], modelled["value"]
    return [
        KeyFigure("boroughs_with_cost", "Boroughs with a published yearly cost",
                  float(len(published)), "boroughs", **common),
        KeyFigure("lowest_published_cost", "Lowest published yearly cost per camera",
                  float(values.min()), unit, **common),
        KeyFigure("highest_published_cost", "Highest published yearly cost per camera",
                  float(values.max()), unit, **common),
        KeyFigure("modelled_cost", "Yearly cost per camera of a room alone, middle of boroughs",
                  float(costs.median()), unit, low=float(costs.min()), high=float(costs.max()),
                  boroughs=len(modelled),
                  scope="one cost model on numbers of cameras that mix scopes"),
    ]  # fmt: skip


def _check_figures(checks: pd.DataFrame) -> list[KeyFigure]:
    measures = checks[~checks["measure"].isin((DEA_PUBLISHED, DEA_ROOMS)) & (checks["known"] > 0)]
    allowed = int(measures["allowed"].sum())
    return [
        KeyFigure("measures", "Measures of which something is known", float(len(measures)),
                  "measures"),
        KeyFigure("measures_ranked", "Measures that carry a ranking", float(allowed), "measures"),
        KeyFigure("measures_refused", "Measures that carry none", float(len(measures) - allowed),
                  "measures"),
    ]  # fmt: skip


def _room_figures(rooms: pd.DataFrame | None) -> list[KeyFigure]:
    if rooms is None:
        return []
    basis = "illustrative" if (rooms["basis"] == "illustrative").any() else "model"
    scope = (
        f"rooms of one cost model, not councils; inputs cost and posts, outputs "
        f"{rooms['outputs'].iloc[0]}"
    )
    common: dict[str, Any] = {"boroughs": len(rooms), "basis": basis, "scope": scope}

    def count(figure: str, label: str, which: pd.Series) -> KeyFigure:
        return KeyFigure(figure, label, float(which.sum()), "rooms", **common)

    def middle(figure: str, label: str, column: str) -> KeyFigure:
        values = rooms[column]
        low, high = float(values.min()), float(values.max())
        return KeyFigure(
            figure, label, float(values.median()), "share", low=low, high=high, **common
        )

    returns = rooms["returns_to_scale"]
    width = rooms["high"] - rooms["low"]
    return [
        KeyFigure("rooms", "Rooms judged by each other", float(len(rooms)), "rooms", **common),
        count("rooms_efficient", "Rooms that no mixture of others beats", rooms["efficient"]),
        count("rooms_too_small", "Rooms below the best size", returns == "increasing"),
        count("rooms_too_large", "Rooms above the best size", returns == "decreasing"),
        middle("scale_efficiency", "Scale efficiency, middle room", "scale_efficiency"),
        middle("efficiency", "Efficiency at its size, middle room", "efficiency_variable"),
        KeyFigure("interval_width", "Width of the interval of efficiency, middle room",
                  float(np.nanmedian(width)) if width.notna().any() else float("nan"), "share",
                  **common),
    ]  # fmt: skip
