"""What each constraint of a scenario costs: a chart, sentences and the table."""

from __future__ import annotations

from functools import partial

import pandas as pd
from markupsafe import Markup

from maps.shell import wording
from maps.shell.bars import Bar, bars_figure
from maps.shell.legends import LegendItem
from maps.shell.tables import Column, Section, Table
from maps.shell.wording import Bold, Sentence
from optimisation.results import Plan

TITLE = "What each constraint costs"
SURE, AT_MOST = "#004c86", "#8fb8d8"
KINDS = {"in_force": "in force", "together": "if together", "apart": "if apart"}


def prices_section(prices: pd.DataFrame, *, plan: Plan) -> Section:
    """Return the section on the prices of constraints.

    Parameters
    ----------
    prices
        :class:`optimisation.schemas.ConstraintPrices`.
    plan
        The best plan, with all constraints in force.
    """
    if prices.empty:
        return Section(TITLE, sentences=("The scenario has no constraint to price.",))
    frame = prices.assign(
        name=prices["constraint"].str[:1].str.upper() + prices["constraint"].str[1:],
        when=prices["kind"].map(KINDS),
        text=[_price(row) for row in prices.to_dict("records")],
        without=prices["rooms"].where(prices["rooms"] > 0),
    )
    frame = frame.sort_values("price_gbp", ascending=False, kind="stable", ignore_index=True)
    return Section(
        TITLE,
        sentences=_sentences(frame, plan),
        figures=_figures(frame),
        tables=(_table(frame),),
    )


def _price(row: dict[str, float]) -> str:
    """Write a price: one figure where it is proved, else what it lies between."""
    low, high = row["price_at_least_gbp"], row["price_at_most_gbp"]
    if pd.isna(low):
        return wording.NOT_KNOWN
    if pd.isna(high):
        return f"{wording.gbp(low)} or more"
    least, most = wording.gbp(low), wording.gbp(high)
    return least if least == most else f"{least} to {most}"


def _sentences(frame: pd.DataFrame, plan: Plan) -> tuple[Sentence, ...]:
    known = frame[frame["price_at_least_gbp"].notna() & frame["price_at_most_gbp"].notna()]
    force = known["kind"] == "in_force"
    said: list[Sentence] = [
        (
            "The price of a constraint is what the best plan would save over the horizon, ",
            "in net present cost, if the scenario did not ask for it.",
        )
    ]
    said += [
        (f"“{row['name']}” costs ", Bold(row["text"]), _without(row, plan))
        for row in known[force & (known["price_at_most_gbp"] > 0)].to_dict("records")
    ]
    free = known.loc[force & (known["price_at_most_gbp"] == 0), "name"].tolist()
    if free:
        quoted = wording.listing([f"“{name}”" for name in free])
        verb, they = ("costs", "it") if len(free) == 1 else ("cost", "them")
        end = f": the best plan keeps to {they} anyway."
        said.append((f"{quoted} {verb} ", Bold("nothing"), end))
    if len(known) < len(frame):
        rest = wording.count(len(frame) - len(known), "price")
        said.append((f"{rest} could not be found or bounded; the table says why.",))
    return tuple(said)


def _without(row: dict[str, float], plan: Plan) -> str:
    """Say what the best plan without a constraint looks like."""
    if not row["rooms"]:
        return "; no plan without it was found in the time, so no more is known of its price."
    rooms = wording.count(row["rooms"], "room")
    if row["rooms"] == plan.room_count:
        return f": without it, the best plan found still has {rooms}, with other partners."
    return f": without it, the best plan found has {rooms} instead of {plan.room_count}."


def _figures(frame: pd.DataFrame) -> tuple[Markup, ...]:
    """Draw the prices, where there is one to see."""
    known = frame[frame["price_at_least_gbp"].notna() & frame["price_at_most_gbp"].notna()]
    if not (known["price_at_most_gbp"] > 0).any():
        return ()
    open_ended = (known["price_at_most_gbp"] > known["price_at_least_gbp"] + 1).any()
    bars = [
        Bar(
            row["name"],
            row["text"],
            _spans(row["price_at_least_gbp"], row["price_at_most_gbp"]),
        )
        for row in known.to_dict("records")
    ]
    figure = bars_figure(
        bars,
        summary="Price of each constraint in net present cost; the table holds the figures.",
        caption="Net present cost over the horizon, £ thousand.",
        say=lambda value: wording.number(value / 1e3),
        base=0.0,
        legend=_legend() if open_ended else (),
    )
    return (figure,)


def _spans(least: float, most: float) -> tuple[tuple[float, float, str], ...]:
    spans = ((0.0, least, SURE), (least, most, AT_MOST))
    return tuple(span for span in spans if span[1] > span[0])


def _legend() -> tuple[LegendItem, ...]:
    return (LegendItem("proved at least", SURE), LegendItem("at most", AT_MOST))


def _table(frame: pd.DataFrame) -> Table:
    exact = partial(wording.number, decimals=2)
    frame = frame.assign(npv_m=frame["npv_gbp"] / 1e6)
    notes = frame["note"].str.strip().ne("").any()
    kinds = frame["kind"].ne("in_force").any()
    return Table(
        "prices",
        "Constraints of the scenario, the dearest first",
        frame,
        (
            Column("name", "Constraint", numeric=False),
            *((Column("when", "Asked", numeric=False),) if kinds else ()),
            Column("text", "Price"),
            Column("npv_m", "Net present cost without it, £m", exact),
            Column("without", "Rooms without it", wording.number),
            *((Column("note", "Remark", numeric=False),) if notes else ()),
        ),
        sortable=False,
    )
