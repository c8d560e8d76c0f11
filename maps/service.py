"""When rooms are watched, as a choice: cost against watched camera-hours, for people."""

from __future__ import annotations

import pandas as pd

from maps.shell import wording
from maps.shell.tables import Column, Section, Table
from maps.shell.wording import Bold, Sentence
from maps.trades import bars, trade_sentences
from optimisation.trade_results import Trade

TITLE = "When rooms are watched: cost against service"


def service_section(
    trade: Trade, frame: pd.DataFrame, regimes: pd.DataFrame, *, today: tuple[float, float]
) -> Section:
    """Return the section on service of a plan's page.

    Parameters
    ----------
    trade
        Cost against the share of camera-hours watched.
    frame
        Its points (:class:`optimisation.schemas.ServicePoints`).
    regimes
        What was offered, by name: ``label``, ``hours_per_day``, ``source``, ``mark``.
    today
        Net present cost of today's rooms, and the share of camera-hours that they watch.
    """
    return Section(
        TITLE,
        sentences=(*_offered(regimes), *service_sentences(trade, frame, today=today)),
        figures=bars(trade),
        tables=(_table(frame),),
    )


def service_sentences(
    trade: Trade, frame: pd.DataFrame, *, today: tuple[float, float], steps: int = 4
) -> tuple[Sentence, ...]:
    """Say what today watches, what it would cost at least, and what less service saves."""
    cost, share = today
    as_much = frame[frame["watched_share"] >= share - 1e-9]
    said: list[Sentence] = [
        (
            f"Today {share:.1%} of all camera-hours are watched, for ",
            Bold(wording.gbp(cost)),
            f" over {trade.years} years at the costs as given.",
        )
    ]
    if len(as_much):
        best = as_much.loc[as_much["npv_gbp"].idxmin()]
        parts = _rooms(best)
        said.append(
            (
                f"At least as much ({best['watched_share']:.1%}) can be had for ",
                Bold(wording.gbp(best["npv_gbp"])),
                f": {parts}.",
            )
        )
    return (*said, *trade_sentences(trade, steps=steps))


def _offered(regimes: pd.DataFrame) -> tuple[Sentence, ...]:
    told = "; ".join(
        f"{row.label}, {row.hours_per_day:g} hours a day ({row.source or row.mark})"
        for row in regimes.itertuples()
    )
    worth = "what watching is worth is the subject of the question on value for money."
    return (
        (f"Each room may be: {told}.",),
        (f"Recording goes on at all hours in every one of them; {worth}",),
    )


def _rooms(row: pd.Series) -> str:
    """Say how many rooms are watched when."""
    parts = [
        f"{wording.count(row[f'rooms_{name}'], 'room')} {words}"
        for name, words in (
            ("full", "round the clock"),
            ("peak", "at peak hours"),
            ("hosted", "hosted by another at other hours"),
        )
        if row[f"rooms_{name}"]
    ]
    if row["boroughs_recording"]:
        parts.append(f"{wording.count(row['boroughs_recording'], 'borough')} recording only")
    return wording.listing(parts)


def _table(frame: pd.DataFrame) -> Table:
    shown = frame.assign(
        share=[f"{value:.1%}" for value in frame["watched_share"]],
        npv_m=frame["npv_gbp"] / 1e6,
        yearly_m=frame["cost_gbp_per_year"] / 1e6,
        proof=frame["status"].map({"optimal": "proved best", "feasible": "not proved best"}),
    )

    def millions(value: float) -> str:
        return wording.number(value, decimals=2)

    return Table(
        "service",
        "The cheapest plan for each floor on watched camera-hours, rooms and hours chosen together",
        shown,
        (
            Column("share", "Camera-hours watched", numeric=False),
            Column("npv_m", "Net present cost, £m", millions),
            Column("yearly_m", "Cost a year, £m", millions),
            Column("rooms_full", "Rooms round the clock", wording.number),
            Column("rooms_peak", "At peak hours", wording.number),
            Column("rooms_hosted", "Hosted at other hours", wording.number),
            Column("boroughs_recording", "Boroughs recording only", wording.number),
            Column("boroughs_moved", "Boroughs moved", wording.number),
            Column("proof", "Proof", numeric=False),
        ),
        note="At the values as stated and built at once: no draws. A hosted room is watched by a "
        "room that is staffed round the clock, which has posts for it at that time.",
        sortable=False,
    )
