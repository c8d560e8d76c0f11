"""Who pays for a plan: what each borough would pay under each rule, beside a room of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from maps.shell import wording
from maps.shell.tables import Column, Section, Stat, Table
from maps.shell.wording import Bold, Sentence
from optimisation.sharing import RULES, Sharing

RULE_NAMES: Mapping[str, str] = {
    "cameras": "by cameras",
    "shapley": "Shapley",
    "stable": "stable",
}
RULE_MEANS: Mapping[str, str] = {
    "cameras": "each room's cost is shared by the cameras of its boroughs",
    "shapley": "each borough pays its mean extra cost over all orders of joining its room",
    "stable": "no group of boroughs could do better on its own",
}
MOST_BLOCKING = 10


def sharing_frame(sharing: Sharing, *, link_km: pd.Series | None = None) -> pd.DataFrame:
    """Put the rules side by side, one row a borough.

    Parameters
    ----------
    sharing
        From :func:`optimisation.sharing.share_costs`.
    link_km
        Distance from each borough to its room, by ``borough_code``.

    Returns
    -------
    DataFrame
        ``borough_code, borough, room_borough, moved, alone_gbp``, ``link_km`` if given, and for
        each rule ``<rule>_charge_gbp`` and ``<rule>_gain_gbp``.
    """
    charges = sharing.charges
    first = charges[charges["rule"] == charges["rule"].iloc[0]].set_index("borough_code")
    frame = first[["borough", "room_code", "moved", "alone_gbp"]].copy()
    frame["room_borough"] = frame["room_code"].map(frame["borough"]).fillna(frame["room_code"])
    if link_km is not None:
        frame["link_km"] = link_km.reindex(frame.index)
    for rule in RULES:
        rows = charges[charges["rule"] == rule].set_index("borough_code")
        frame[f"{rule}_charge_gbp"] = rows["charge_gbp"]
        frame[f"{rule}_gain_gbp"] = rows["gain_gbp"]
    return frame.reset_index()


def sharing_section(
    sharing: Sharing, *, link_km: pd.Series | None = None, by_road: bool = False
) -> Section:
    """Return the section on who pays.

    Parameters
    ----------
    sharing, link_km
        As in :func:`sharing_frame`.
    by_road
        Whether the distances are by road.
    """
    return Section(
        "Who pays, and who gains",
        stats=_stats(sharing),
        sentences=_sentences(sharing),
        tables=(_charges(sharing, link_km, by_road=by_road), *_blocking(sharing)),
    )


def _stats(sharing: Sharing) -> tuple[Stat, ...]:
    losers = [
        Stat(
            f"Pay more than alone, {RULE_NAMES[rule]}",
            wording.count(len(sharing.losers(rule)), "borough"),
            f"{wording.number(sharing.blocking_counts[rule])} groups would gain by leaving",
        )
        for rule in RULES
        if rule in sharing.blocking_counts
    ]
    subsidy = Stat(
        "Outside subsidy for a stable plan",
        wording.gbp(sharing.subsidy_gbp) if sharing.core_is_empty else "none needed",
        "once, as net present cost",
    )
    return (Stat("Net present cost to share", wording.gbp(sharing.plan_cost_gbp)), *losers, subsidy)


def _sentences(sharing: Sharing) -> tuple[Sentence, ...]:
    sentences: list[Sentence] = []
    for rule in RULES:
        if rule not in sharing.blocking_counts:
            sentences.append(
                (f"{RULE_NAMES[rule].capitalize()}: not worked out; a room has too many boroughs.",)
            )
            continue
        losers = sharing.losers(rule)
        name = RULE_NAMES[rule].capitalize()
        start = f"{name} ({RULE_MEANS[rule]}): "
        if losers.empty:
            sentences.append((start, Bold("no borough"), " would pay more than for its own room."))
            continue
        said = wording.listing(losers["borough"].astype(str).tolist())
        discount = sharing.discount_gbp(rule)
        sentences.append(
            (
                start,
                Bold(said),
                " would pay more than for a room of their own"
                if len(losers) > 1
                else " would pay more than for a room of its own",
                f"; discounts of {wording.gbp(discount)} in all would keep every group in."
                if discount > 1
                else ".",
            )
        )
    return tuple(sentences)


def _charges(sharing: Sharing, link_km: pd.Series | None, *, by_road: bool) -> Table:
    frame = sharing_frame(sharing, link_km=link_km)
    frame["moved_text"] = ["yes" if moved else "no" for moved in frame["moved"]]
    exact = partial(wording.number, decimals=2)
    for column in ("alone_gbp", *(f"{r}_{k}_gbp" for r in RULES for k in ("charge", "gain"))):
        frame[column.replace("_gbp", "_m")] = frame[column] / 1e6
    distance = (
        (Column("link_km", f"To the room{', by road' if by_road else ''}", wording.kilometres),)
        if link_km is not None
        else ()
    )
    rules = [
        column
        for rule in RULES
        for column in (
            Column(f"{rule}_charge_m", f"Pays, {RULE_NAMES[rule]}", exact),
            Column(f"{rule}_gain_m", f"Gains, {RULE_NAMES[rule]}", exact),
        )
    ]
    return Table(
        "sharing",
        "Net present cost of each borough in £ million: alone, and in the plan under each rule",
        frame,
        (
            Column("borough", "Borough", numeric=False),
            Column("room_borough", "Watched from", numeric=False),
            Column("moved_text", "Moved", numeric=False),
            *distance,
            Column("alone_m", "Alone", exact),
            *rules,
        ),
        area_column="borough_code",
        note="A gain is what a room of its own would cost less what the borough pays; with a minus "
        "sign it loses. A dash: not worked out for rooms of more than twelve boroughs.",
    )


def _blocking(sharing: Sharing) -> tuple[Table, ...]:
    if sharing.blocking.empty:
        return ()
    frame = sharing.blocking.sort_values("gain_gbp", ascending=False).head(MOST_BLOCKING)
    frame = frame.assign(name=frame["rule"].map(RULE_NAMES))
    return (
        Table(
            "blocking",
            "Groups of boroughs that would gain most by a room of their own",
            frame,
            (
                Column("members", "Boroughs", numeric=False),
                Column("name", "Rule", numeric=False),
                Column("charge_gbp", "Pay together", wording.gbp),
                Column("alone_gbp", "Would pay alone", wording.gbp),
                Column("gain_gbp", "Would gain", wording.gbp),
            ),
        ),
    )
