"""What more of one wish costs in another: sentences, a chart and a table for each trade."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd
from markupsafe import Markup

from maps.shell import wording
from maps.shell.bars import Bar, bars_figure
from maps.shell.legends import LegendItem
from maps.shell.tables import Column, Section, Table
from maps.shell.wording import Bold, Sentence
from optimisation.trade_results import Quantity, Trade

TITLE = "What more of one wish costs in another"
ON, KNEE = "#004c86", "#d95f02"
STEPS_SAID = 4


def amount(measure: Quantity, value: float) -> str:
    """Write how much of a measure a plan has.

    Examples
    --------
    >>> from optimisation.trades import QUANTITIES
    >>> amount(QUANTITIES["moves"], 3.0), amount(QUANTITIES["cost"], 2.1e6)
    ('3 boroughs moved', '£2.1 million')
    """
    if measure.unit == "£":
        return wording.gbp(value)
    if measure.unit == "km":
        return f"{wording.kilometres(value)} of links"
    if measure.unit == "share":
        of = "camera-hours watched" if measure.key == "service" else "events noticed"
        return f"{value:.1%} of {of}"
    after = {"moves": " moved", "posts": " on duty"}.get(measure.key, "")
    return f"{wording.count(round(value), measure.unit)}{after}"


def trade_sentences(trade: Trade, *, steps: int = STEPS_SAID) -> tuple[Sentence, ...]:
    """Say what the curve is, what its widest steps buy, and where it turns.

    Parameters
    ----------
    trade
        From :func:`optimisation.trades.trade`.
    steps
        Most steps to say, spread over the curve; all are in the table.
    """
    first, second, points = trade.first, trade.second, trade.points
    if len(points) < 2:
        words = f"No plan gains {first.words} by giving up {second.words}"
        return ((f"{words}: one plan is best in both.",),)
    proved = sum(point.proved for point in points)
    ends = f"from {amount(second, points[0].second)} to {amount(second, points[-1].second)}"
    said: list[Sentence] = [
        (
            Bold(f"{_upper(first.words)} against {second.words}: "),
            f"{wording.count(len(points), 'plan')}, {ends}; ",
            "all are proved best." if proved == len(points) else f"{proved} are proved best.",
        )
    ]
    picked = sorted({round(k * (len(points) - 1) / steps) for k in range(steps + 1)})
    said += [_step(trade, k, j) for k, j in pairwise(picked)]
    knee = trade.knee
    if knee is not None:
        beyond = "beyond it each step brings less than on average."
        said.append(
            (
                "The curve turns at ",
                Bold(amount(second, points[knee].second)),
                f" ({amount(first, points[knee].first)}): {beyond}",
            )
        )
    return tuple(said)


def _step(trade: Trade, k: int, j: int) -> Sentence:
    """Say what going from one point to another brings."""
    one, other = trade.points[k], trade.points[j]
    gain = abs(other.first - one.first)
    way = "higher" if trade.first.more else "lower"
    said = amount(trade.first, gain)
    if trade.first.unit == "share":
        said = f"{100 * gain:.1f} percentage points"
    a_year = ""
    if trade.first.unit == "£":
        a_year = f" over {trade.years} years ({wording.gbp(gain / trade.annuity)} a year)"
    levels = f"{amount(trade.second, other.second)} instead of {_bare(trade.second, one.second)}"
    return (f"With {levels}, {trade.first.words} is ", Bold(f"{said} {way}"), f"{a_year}.")


def _bare(measure: Quantity, value: float) -> str:
    """Write an amount whose unit has just been said."""
    if measure.unit in {"£", "share"}:
        return wording.gbp(value) if measure.unit == "£" else f"{value:.1%}"
    return wording.number(round(value))


def _exact(measure: Quantity, value: float) -> str:
    """Write an amount among others that differ little from it."""
    if measure.unit == "£" and abs(value) >= 1e7:
        return f"£{value / 1e6:,.2f} million"
    return amount(measure, value)


def trade_sections(trades: Sequence[Trade]) -> tuple[Section, ...]:
    """Return the sections on trades of a plan's page, one each."""
    return tuple(
        Section(
            f"{TITLE}: {each.first.words} against {each.second.words}",
            sentences=trade_sentences(each),
            figures=bars(each),
            tables=(trade_table(each),),
        )
        for each in trades
        if each.points
    )


def bars(trade: Trade) -> tuple[Markup, ...]:
    """Draw how much worse each point is in the first measure than the best of the curve."""
    points = trade.points
    if len(points) < 2:
        return ()
    best = points[-1].first
    rows = [
        Bar(
            amount(trade.second, point.second),
            _exact(trade.first, point.first),
            ((0.0, abs(point.first - best), KNEE if k == trade.knee else ON),),
        )
        for k, point in enumerate(points)
    ]
    pounds, words = trade.first.unit == "£", _upper(trade.first.words)
    unit, decimals = (1e6, 1) if pounds else (1.0, 2 if trade.first.unit == "share" else 0)
    figure = bars_figure(
        rows,
        summary=f"{words} by {trade.second.words}; the table holds the figures.",
        caption=f"{words}: how far from the best{', £ million' if pounds else ''}.",
        say=lambda value: wording.number(value / unit, decimals=decimals),
        base=0.0,
        legend=() if trade.knee is None else (LegendItem("where the curve turns", KNEE),),
    )
    return (figure,)


def trade_table(trade: Trade) -> Table:
    """Return the points of a trade, a row each."""
    frame = trade.frame()
    frame["first_text"] = [_exact(trade.first, value) for value in frame["first_value"]]
    frame["second_text"] = [_exact(trade.second, value) for value in frame["second_value"]]
    frame["turn"] = frame["knee"].map({True: "here", False: ""})
    frame["proof"] = frame["status"].map({"optimal": "proved best", "feasible": "not proved best"})
    shown = (
        Column("second_text", _upper(trade.second.words), numeric=False),
        Column("first_text", _upper(trade.first.words), numeric=False),
        Column("rooms", "Rooms", wording.number),
        Column("boroughs_moved", "Boroughs moved", wording.number),
        Column("posts", "Operators on duty", wording.number),
        Column("link_km", "Links", wording.kilometres),
        Column("detection_share", "Events noticed", wording.share),
        Column("proof", "Proof", numeric=False),
        Column("turn", "Turn", numeric=False),
    )
    said = {trade.first.key, trade.second.key}
    twice = {"rooms": "rooms", "moves": "boroughs_moved", "posts": "posts", "links": "link_km",
             "detection": "detection_share"}  # fmt: skip
    left_out = {twice[key] for key in said if key in twice}
    return Table(
        f"trade_{trade.first.key}_{trade.second.key}",
        f"{_upper(trade.first.words)} against {trade.second.words}: the best plan at each level",
        frame,
        tuple(column for column in shown if column.key not in left_out),
        note="Cost is the expected net present cost of the plan as built, as plans are ranked by; "
        "the best plan of each row may move, join or part other boroughs than its neighbours."
        + ("" if trade.complete else " Levels between the rows have plans of their own."),
        sortable=False,
    )


def trades_frame(trades: Sequence[Trade]) -> pd.DataFrame:
    """Return the points of all trades as one table (:class:`optimisation.schemas.TradePoints`)."""
    return pd.concat([each.frame() for each in trades if each.points], ignore_index=True)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
