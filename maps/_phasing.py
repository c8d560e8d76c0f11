"""In which order to build a plan: its waves, what each year costs, and when it has paid back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from markupsafe import Markup

from maps.shell import wording
from maps.shell.tables import Column, Section, Stat, Table
from maps.shell.wording import Bold, Sentence
from maps.shell.years import Series, years_figure
from optimisation.phasing import Phasing
from optimisation.results import Plan

TITLE = "In which order to build it"
SPENT, SAVED, WON = "#db7d12", "#8fb8d8", "#004c86"


def phasing_section(
    phasing: Phasing,
    *,
    plan: Plan,
    names: pd.Series,
    letter: Callable[[str], str],
    limit_note: str = "",
) -> Section:
    """Return the section on the order of building.

    Parameters
    ----------
    phasing
        From :func:`optimisation.phasing.phase_plan`.
    plan
        The plan that is built.
    names
        Name of each borough, by code.
    letter
        Letter of the group of a room, given the code of its site.
    limit_note
        Where the limit on a year's one-off cost comes from.
    """
    if phasing.waves.empty:
        nothing = "No two boroughs share a room in this plan, so there is nothing to build."
        return Section(TITLE, sentences=(nothing,))
    return Section(
        TITLE,
        stats=_stats(phasing, plan),
        sentences=(*_sentences(phasing, names), *((limit_note,) if limit_note else ())),
        figures=(_figure(phasing),),
        tables=(_waves(phasing, names, letter), _years(phasing)),
    )


def _stats(phasing: Phasing, plan: Plan) -> tuple[Stat, ...]:
    flow, year = phasing.cash_flow, phasing.break_even_year
    last = flow.iloc[-1]
    limited = np.isfinite(phasing.capital_limit_gbp)
    return (
        Stat(
            "Built in",
            wording.count(phasing.years, "year"),
            wording.count(len(phasing.waves), "shared room"),
        ),
        Stat(
            "Most spent in one year",
            wording.gbp(flow["capital_gbp"].max()),
            f"limit {wording.gbp(phasing.capital_limit_gbp)}" if limited else "no limit",
        ),
        Stat(
            "Paid back by the end of",
            "no year" if year is None else f"year {year}",
            f"of {wording.number(last['year'])}, in present value",
        ),
        Stat(
            f"Won by the end of year {wording.number(last['year'])}",
            wording.gbp(last["cumulative_npv_gbp"]),
            "present value, against today",
        ),
        Stat(
            "Cost of building in waves",
            wording.gbp(phasing.delay_cost_gbp),
            f"against spending {wording.gbp(plan.one_off_gbp)} at once",
        ),
    )


def _sentences(phasing: Phasing, names: pd.Series) -> tuple[Sentence, ...]:
    flow = phasing.cash_flow.set_index("year")
    said: list[Sentence] = []
    for year, rooms in phasing.waves.groupby("year"):
        hosts = [str(names.get(code, code)) for code in rooms["room_code"]]
        row = flow.loc[year]
        saving = row["saving_gbp"]
        said.append(
            (
                f"Year {year}: ",
                Bold(f"{'room' if len(hosts) == 1 else 'rooms'} in {wording.listing(hosts)}"),
                f", for {wording.gbp(row['capital_gbp'])}. All rooms built so far then ",
                f"{'save' if saving >= 0 else 'cost'} {wording.gbp(abs(saving))} a year",
                "." if saving >= 0 else " more.",
            )
        )
    return (*said, _payback(phasing))


def _payback(phasing: Phasing) -> Sentence:
    last, year = phasing.cash_flow.iloc[-1], phasing.break_even_year
    horizon = wording.number(last["year"])
    if year is None:
        return (
            "In present value the plan has ",
            Bold("not paid back"),
            f" what it costs by the end of year {horizon}.",
        )
    more = phasing.delay_cost_gbp
    rest = (
        f". To build everything at once would win {wording.gbp(more)} more, but breaks the yearly "
        "limit; within it this order is the cheapest, proved."
        if more > 1
        else "."
    )
    return (
        "By the end of ",
        Bold(f"year {year}"),
        " the plan has paid back what it cost, in present value against today; by the end of ",
        f"year {horizon} it has won ",
        Bold(wording.gbp(last["cumulative_npv_gbp"])),
        rest,
    )


def _figure(phasing: Phasing) -> Markup:
    flow, year = phasing.cash_flow, phasing.break_even_year
    return years_figure(
        flow["year"].tolist(),
        columns=(
            Series("one-off cost in the year", SPENT, (-flow["capital_gbp"]).tolist()),
            Series("running cost saved in the year", SAVED, flow["saving_gbp"].tolist()),
        ),
        line=Series(
            "won in all by its end, present value", WON, flow["cumulative_npv_gbp"].tolist()
        ),
        summary="One-off cost and running cost saved in each year, and present value won by its "
        "end. The table of cash flow holds the figures.",
        caption="£ million against today, in each year from the first wave on.",
        say=_millions,
        mark=None if year is None else (year, f"paid back in year {year}"),
    )


def _millions(value: float) -> str:
    return wording.number(value / 1e6, decimals=0 if value % 1e6 == 0 else 1)


def _waves(phasing: Phasing, names: pd.Series, letter: Callable[[str], str]) -> Table:
    waves = phasing.waves
    moved = [
        [str(names.get(code, code)) for code in members.split() if code != host]
        for members, host in zip(waves["members"], waves["room_code"], strict=True)
    ]
    frame = waves.assign(
        room=[str(names.get(code, code)) for code in waves["room_code"]],
        letter=[letter(code) for code in waves["room_code"]],
        joined=[wording.listing(each) for each in moved],
    )
    return Table(
        "phasing",
        "Waves of building: each shared room, in the order that costs least",
        frame,
        (
            Column("room", "Room in", numeric=False),
            Column("letter", "Group", numeric=False),
            Column("year", "Built in year", wording.number),
            Column("joined", "Boroughs that move there", numeric=False),
            Column("capital_gbp", "One-off cost", wording.gbp),
            Column("saving_gbp_per_year", "Saves a year", wording.gbp),
        ),
        area_column="room_code",
    )


def _years(phasing: Phasing) -> Table:
    return Table(
        "cash-flow",
        "Cash flow by year, in prices of the day; the last column is discounted",
        phasing.cash_flow,
        (
            Column("year", "Year", wording.number),
            Column("capital_gbp", "One-off cost", wording.gbp),
            Column("running_gbp", "Running cost of all rooms", wording.gbp),
            Column("saving_gbp", "Saved against today", wording.gbp),
            Column("net_gbp", "Saved less one-off cost", wording.gbp),
            Column("cumulative_npv_gbp", "Won by its end, present value", wording.gbp),
        ),
    )
