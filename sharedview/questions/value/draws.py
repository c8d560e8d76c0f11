"""The value of monitoring under many draws of what is uncertain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimisation.costs.draws import (
    UNPRICED,
    Uncertain,
    draw_coefficients,
    uncertain_coefficients,
)
from sharedview.questions.value.basis import EFFECT, IN_VIEW, Basis, benefit_gbp
from sharedview.questions.value.monitoring import (
    OPTION_COEFFICIENTS,
    Monitored,
    RoomCosting,
    drawn_rates,
    option_rates,
)
from sharedview.questions.value.options import ValueOptions

Floats = NDArray[np.float64]

_UNIT_COST, _BLOCK = "unit_cost_gbp:", "crime_share:"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What many draws made of each way of monitoring.

    Parameters
    ----------
    benefit, monitoring
        Pounds a year, shape ``(draws, options, rooms)``; the benefit is not a number where crime
        is unknown.
    in_view
        Crimes in view of each room, shape ``(draws, rooms)``.
    coefficients
        What was drawn, one row a draw.
    """

    benefit: Floats
    monitoring: Floats
    in_view: Floats
    coefficients: pd.DataFrame


def cost_options(
    basis: Basis, costing: RoomCosting, drawn: Mapping[str, float]
) -> dict[str, Monitored]:
    """Cost every way of monitoring, recording only among them.

    Parameters
    ----------
    basis, costing
        What is compared, and its rooms.
    drawn
        Coefficients in the place of the working ones; none for those.

    Returns
    -------
    dict
        By option.
    """
    rate = drawn_rates(basis.setting.rate, drawn)
    values = {name: float(drawn.get(name, basis.values[name])) for name in OPTION_COEFFICIENTS}
    hours = basis.peak_hours
    return {
        option: costing.cost(option_rates(option, rate, peak_hours_per_day=hours, values=values))
        for option in dict.fromkeys((*basis.options, "passive"))
    }


def uncertain_values(basis: Basis) -> tuple[Uncertain, ...]:
    """Return everything that is drawn: coefficients, unit costs and times of day."""
    scenario = basis.setting.scenario
    names = [item.name for item in uncertain_coefficients(scenario)]
    own = [EFFECT, *OPTION_COEFFICIENTS]
    own += [IN_VIEW] if basis.in_view is None else []
    wanted = [name for name in dict.fromkeys((*names, *UNPRICED, *own)) if name != "detour_factor"]
    prices = basis.parts[basis.parts["counted"]]
    found = [
        *uncertain_coefficients(scenario, names=wanted),
        *(
            Uncertain(f"{_UNIT_COST}{part}", row["unit_cost_low_gbp"], row["unit_cost_gbp"],
                      row["unit_cost_high_gbp"], "GBP")
            for part, row in prices.iterrows()
        ),
        *(
            Uncertain(f"{_BLOCK}{row['block']}", row["low"], row["crime_share"], row["high"])
            for row in basis.blocks.to_dict("records")
        ),
    ]  # fmt: skip
    return tuple(item for item in found if item.low < item.high)


def draw_values(basis: Basis, costing: RoomCosting) -> Drawn:
    """Work the value of monitoring out under many draws.

    Parameters
    ----------
    basis, costing
        What is compared, and its rooms.

    Returns
    -------
    Drawn
        Shares stay within 0 to 1: a drawn one beyond is set to the end.
    """
    asked = basis.setting.scenario.options(ValueOptions)
    frame = draw_coefficients(uncertain_values(basis), draws=asked.draws, seed=asked.seed)
    shape = (asked.draws, len(basis.options), len(basis.rooms))
    monitoring, noticed = np.empty(shape), np.empty(shape)
    # A draw changes the coefficients of the cost table, which takes one set at a time.
    for row, drawn in enumerate(frame.to_dict("records")):
        costed = cost_options(basis, costing, {str(name): value for name, value in drawn.items()})
        for at, option in enumerate(basis.options):
            monitoring[row, at] = costed[option].cost - costed["passive"].cost
            noticed[row, at] = costed[option].noticed

    def column(name: str, used: float) -> Floats:
        drawn = frame[name].to_numpy(float) if name in frame else np.full(asked.draws, used)
        return np.clip(drawn, 0.0, 1.0)

    watched = _drawn_watched(basis, frame)
    shares: Floats = basis.shares_in_view()[None, :]
    if basis.in_view is None:
        shares = column(IN_VIEW, basis.values[IN_VIEW])[:, None] * basis.camera_share
    seen = basis.crimes * shares + np.zeros((asked.draws, 1))
    harm = basis.by_room(seen * (_drawn_prices(basis, frame) @ basis.mix.T))
    effect = column(EFFECT, basis.values[EFFECT])
    benefit = benefit_gbp(
        effect[:, None, None], watched[:, :, None], noticed=noticed, harm=harm[:, None, :]
    )
    return Drawn(benefit, monitoring, basis.by_room(seen), frame)


def _drawn_prices(basis: Basis, frame: pd.DataFrame) -> Floats:
    """Return the unit costs of each draw, ``(draws, parts)``; 0 for parts not counted."""
    prices = np.zeros((len(frame), len(basis.parts)))
    for at, (part, row) in enumerate(basis.parts.iterrows()):
        name = f"{_UNIT_COST}{part}"
        if row["counted"]:
            prices[:, at] = frame[name] if name in frame else row["unit_cost_gbp"]
    return prices


def _drawn_watched(basis: Basis, frame: pd.DataFrame) -> Floats:
    """Share of crime while watched in each draw, shape ``(draws, options)``."""
    blocks = basis.blocks
    shares = np.column_stack(
        [
            frame.get(f"{_BLOCK}{block}", pd.Series(share, index=frame.index))
            for block, share in zip(blocks["block"], blocks["crime_share"], strict=True)
        ]
    )
    peak = shares[:, blocks["peak"].to_numpy(bool)].sum(axis=1) / shares.sum(axis=1)
    by_option = {"active": 1.0, "analytics": 1.0, "peak": peak, "passive": 0.0}
    return np.column_stack(
        [np.broadcast_to(by_option[option], len(frame)) for option in basis.options]
    )
