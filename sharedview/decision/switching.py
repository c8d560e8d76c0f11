"""What the saving hangs on: the figures it follows most, and where each alone would end it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from coverage_model.base.schemas import check
from optimisation.costs.draws import uncertain_coefficients
from optimisation.costs.terms import MEANINGS
from optimisation.drawn_costs import DrawnCosts, Draws
from optimisation.ranges import borough_gains
from optimisation.results import Plan
from sharedview.decision.schemas import DecisionSwitching

SHOWN = 6
# A value is looked for from a fifth of the low end to twice the high one, in so many steps.
BELOW, ABOVE, STEPS = 0.2, 2.0, 24
# Fewer say nothing of what follows what.
FEWEST_DRAWS = 10


def switching_table(
    plan: Plan, saving_gbp: pd.Series, drawn: DrawnCosts, today: Plan
) -> pd.DataFrame:
    """Find for the coefficients that the saving follows most where it would end.

    All other values are as given, and changes come at the pace of every plan. Between two
    tried values the saving is taken to run straight, as it does in all coefficients but those that
    round posts.

    Parameters
    ----------
    plan, saving_gbp
        The plan, and its saving in each draw.
    drawn
        The draws.
    today
        The rooms that there are.

    Returns
    -------
    DataFrame
        :class:`sharedview.decision.schemas.DecisionSwitching`, the figure followed most first.
    """
    setting = drawn.setting
    frame = drawn.draws.coefficients
    columns = list(DecisionSwitching.to_schema().columns)
    if not plan.boroughs_moved or len(frame) < FEWEST_DRAWS:
        return check(pd.DataFrame(columns=columns), DecisionSwitching, "switching values")
    follows = {
        str(name): float(stats.spearmanr(frame[name], saving_gbp).statistic)
        for name in frame
        if np.ptp(frame[name]) > 0
    }
    top = sorted(follows, key=lambda name: (-abs(follows[name]), name))[:SHOWN]
    ranges = {item.name: item for item in uncertain_coefficients(setting.scenario, names=top)}
    stated = _stated(drawn)
    tried = {
        name: np.linspace(BELOW * ranges[name].low, ABOVE * ranges[name].high, STEPS)
        for name in top
    }
    rows = [{**stated, name: value} for name in top for value in tried[name]]
    places = setting.places.cameras
    few = Draws(
        pd.DataFrame(rows),
        pd.DataFrame(np.tile(places, (len(rows), 1)), columns=list(setting.codes)),
        {},
        drawn.draws.seed,
    )
    gains = borough_gains(DrawnCosts(setting, few), plan, today)
    saving = gains.sum(axis=1).to_numpy(float).reshape(len(top), STEPS)
    found = []
    for name, at in zip(top, saving, strict=True):
        item = ranges[name]
        switch = _nearest_zero(tried[name], at, item.value)
        found.append(
            {
                "coefficient": name,
                "words": in_words(name),
                "unit": item.unit,
                "value": item.value,
                "low": item.low,
                "high": item.high,
                "follows": follows[name],
                "switch": switch,
                "inside": bool(item.low <= switch <= item.high),
            }
        )
    return check(pd.DataFrame(found, columns=columns), DecisionSwitching, "switching values")


def in_words(name: str) -> str:
    """Say what a coefficient is.

    Examples
    --------
    >>> in_words("min_posts_per_room")
    'Fewest operators on duty in any room'
    >>> in_words("optimism_bias_equipment_share")
    'Optimism bias equipment share (the same for integration and licences)'
    """
    plain = name.replace("_", " ").capitalize()
    meaning = MEANINGS.get(name, plain).rstrip(".")
    # Some go on from the coefficient before.
    if meaning.startswith("The same"):
        return f"{plain} ({meaning[:1].lower()}{meaning[1:]})"
    return meaning


def _stated(drawn: DrawnCosts) -> dict[str, float]:
    """Return the values as given of the coefficients that are drawn."""
    scenario = drawn.setting.scenario
    names = [str(name) for name in drawn.draws.coefficients]
    return {item.name: item.value for item in uncertain_coefficients(scenario, names=names)}


def _nearest_zero(tried: np.ndarray, saving: np.ndarray, value: float) -> float:
    """Return where the saving crosses nought, nearest to a value; not a number where nowhere."""
    crossed = np.flatnonzero(np.sign(saving[:-1]) * np.sign(saving[1:]) < 0)
    if not len(crossed):
        return float("nan")
    step = saving[crossed] / (saving[crossed] - saving[crossed + 1])
    places = tried[crossed] + step * (tried[crossed + 1] - tried[crossed])
    return float(places[np.argmin(np.abs(places - value))])
