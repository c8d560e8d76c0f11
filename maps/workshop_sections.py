"""Parts of the workshop below the map: who shares most often, what matters most, regret."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from maps.shell import palettes, wording
from maps.shell.bars import Bar, bars_figure
from maps.shell.legends import LegendItem
from maps.shell.offline import asset_text
from maps.shell.tables import Column, Section, Table
from maps.shell.wording import Bold, Sentence

LOW_END, HIGH_END = "#db7d12", "#7967a6"  # the two sides of PuOr
INTERVAL = "#8fb8d8"
MOST_BARS = 12
OFTEN = 0.05  # share of the draws from which a plan is worth calling most often best
MOST_PAIRS = 20
WORDS = {"gbp": "£", "fte": "FTE", "npv": "net present"}


def millions(value: float) -> str:
    """Return pounds as millions with two decimals: plans that differ by a thousandth must show it.

    Examples
    --------
    >>> millions(181_552_893.7)
    '181.55'
    """
    return wording.number(value / 1e6, decimals=2)


def coefficient_name(name: str) -> str:
    """Return a coefficient's name in words.

    Examples
    --------
    >>> coefficient_name("cameras_per_operator"), coefficient_name("link_gbp_per_km_year")
    ('Cameras per operator', 'Link £ per km year')
    """
    text = " ".join(WORDS.get(word, word) for word in name.split("_"))
    return text[:1].upper() + text[1:]


def _inside(name: str) -> str:
    text = coefficient_name(name)
    return text[:1].lower() + text[1:]


def amount(value: float) -> str:
    """Return a coefficient's value with as many digits as it needs.

    Examples
    --------
    >>> amount(0.035), amount(34120.0), amount(5.2)
    ('0.035', '34,120', '5.2')
    """
    return f"{value:,.4g}" if abs(value) < 1000 else wording.number(value)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(asset_text("pairing.html"))


def cluster_order(shares: NDArray[np.float64]) -> list[int]:
    """Return an order of areas in which those that share often stand together.

    Parameters
    ----------
    shares
        Share of plans in which each two areas share a room, symmetric, shape ``(n, n)``.

    Returns
    -------
    list of int
        Positions, by average linkage with the best order of its leaves.

    Examples
    --------
    >>> order = cluster_order(np.array([[1, 0, 0.9], [0, 1, 0.1], [0.9, 0.1, 1]]))
    >>> abs(order.index(0) - order.index(2))
    1
    """
    if len(shares) < 3:
        return list(range(len(shares)))
    apart = 1.0 - shares
    np.fill_diagonal(apart, 0.0)
    links = linkage(squareform(apart, checks=False), "average", optimal_ordering=True)
    return [int(place) for place in leaves_list(links)]


def pairing_section(
    pairing: pd.DataFrame,
    *,
    boroughs: pd.DataFrame,
    codes: Sequence[str],
    mergers: Sequence[tuple[tuple[str, ...], float]] = (),
    span: str = "",
) -> Section:
    """Show how often each two boroughs share a room in the near-best plans.

    Parameters
    ----------
    pairing
        :class:`optimisation.schemas.Pairing`; pairs that it does not list never share.
    boroughs
        Indexed by ``borough_code``, with ``borough``.
    codes
        The boroughs in the page's order.
    mergers
        Boroughs that nearly every near-best plan joins, with the share of plans that join them all
        (:meth:`optimisation.near_best.Alternatives.first_mergers`).
    span
        Which plans these are, and how far the list is complete
        (:attr:`optimisation.near_best.Alternatives.sentence`).

    Returns
    -------
    Section
        A heat map that is a table, sentences, and the pairs that share most often.
    """
    place = {code: number for number, code in enumerate(codes)}
    shares = np.zeros((len(codes), len(codes)))
    one = pairing["borough_code_a"].map(place).to_numpy(dtype=np.int64)
    two = pairing["borough_code_b"].map(place).to_numpy(dtype=np.int64)
    shares[one, two] = shares[two, one] = pairing["joined_share"].to_numpy(dtype=np.float64)
    np.fill_diagonal(shares, 1.0)
    order = cluster_order(shares)
    names = [str(boroughs["borough"].get(code, code)) for code in codes]
    scale = palettes.amounts(10)
    rows = []
    for row in order:
        cells = []
        for column in order:
            share = float(shares[row, column])
            first, second = sorted((row, column))
            colour = scale[min(9, int(share * 10))]
            cells.append(
                {
                    "same": row == column,
                    "text": f"{100 * share:.0f}" if share >= 0.005 else ("<1" if share else ""),
                    "colour": colour,
                    "text_colour": palettes.text_on(colour),
                    "pair": f"{first}-{second}",
                    "title": f"{names[row]} and {names[column]}: {wording.share(share)}",
                }
            )
        rows.append({"name": names[row], "cells": cells})
    figure = Markup(  # noqa: S704 (the template escapes every text)
        _template().render(rows=rows, columns=[names[row] for row in order])
    )
    ranked = pairing[pairing["joined_share"] > 0].sort_values(
        "joined_share", ascending=False, kind="stable"
    )
    top = ranked.head(MOST_PAIRS)
    frame = pd.DataFrame(
        {
            "one": [names[place[code]] for code in top["borough_code_a"]],
            "two": [names[place[code]] for code in top["borough_code_b"]],
            "share": top["joined_share"].to_numpy(),
        }
    )
    return Section(
        "Who shares a room in the near-best plans",
        sentences=(
            *((span,) if span else ()),
            *_pairing_sentences(ranked, mergers, boroughs["borough"]),
        ),
        figures=(figure,),
        tables=(
            Table(
                "pairs",
                f"The {len(frame)} pairs that share a room most often",
                frame,
                (
                    Column("one", "Borough", numeric=False),
                    Column("two", "and", numeric=False),
                    Column("share", "Share of near-best plans", wording.share),
                ),
                note="To see the plans in which two boroughs share, choose a cell of the heat map "
                "or name both in the filters above.",
            ),
        ),
    )


def _pairing_sentences(
    ranked: pd.DataFrame, mergers: Sequence[tuple[tuple[str, ...], float]], names: pd.Series
) -> tuple[Sentence, ...]:
    def said(codes: Sequence[str]) -> str:
        return wording.listing([str(names.get(code, code)) for code in codes])

    if mergers:
        first: Sentence = (
            Bold(wording.count(len(mergers), "merger")),
            " that nearly every near-best plan makes, so that nobody need regret starting there:",
        )
        each: list[Sentence] = [
            (Bold(said(codes)), f" share one room in {wording.share(share)} of the plans.")
            for codes, share in mergers
        ]
        return (first, *each)
    if ranked.empty:
        return (("No two boroughs share a room in any near-best plan.",),)
    top = ranked.iloc[0]
    pair = (top["borough_code_a"], top["borough_code_b"])
    return (
        (
            "No new merger is common to nearly all near-best plans; most often, in ",
            Bold(wording.share(top["joined_share"])),
            f" of them, {said(pair)} share a room.",
        ),
    )


def tornado_section(
    tornado: pd.DataFrame, *, label: str, switching: pd.DataFrame | None = None
) -> Section:
    """Show how the saving of the best plan changes with each coefficient.

    Parameters
    ----------
    tornado
        :class:`optimisation.schemas.Tornado`.
    label
        Name of the plan.
    switching
        :class:`optimisation.schemas.Switching`; None to leave switching values out.

    Returns
    -------
    Section
        A bar chart, sentences and the tables.
    """
    ranked = tornado.sort_values("swing_gbp", ascending=False, kind="stable", ignore_index=True)
    bars = [
        Bar(
            coefficient_name(row["coefficient"]),
            f"{amount(row['low'])} to {amount(row['high'])}",
            (
                (row["saving_gbp"], row["saving_at_low_gbp"], LOW_END),
                (row["saving_gbp"], row["saving_at_high_gbp"], HIGH_END),
            ),
            ((row["reoptimised_at_low_gbp"], "line"), (row["reoptimised_at_high_gbp"], "line")),
        )
        for row in ranked.head(MOST_BARS).to_dict("records")
    ]
    first = ranked.iloc[0]
    low, high = sorted((first["saving_at_low_gbp"], first["saving_at_high_gbp"]))
    sentences: list[Sentence] = [
        (
            "What matters most is ",
            Bold(_inside(first["coefficient"])),
            f": from {amount(first['low'])} to {amount(first['high'])} {first['unit']}, ".replace(
                " ,", ","
            ),
            "the net present saving runs from ",
            Bold(wording.gbp(low)),
            " to ",
            Bold(wording.gbp(high)),
            ".",
        )
    ]
    ends = ranked[["saving_at_low_gbp", "saving_at_high_gbp"]]
    loses = ranked.loc[(ends < 0).any(axis=1), "coefficient"]
    sentences.append(
        (
            Bold(wording.count(len(loses), "coefficient")),
            " alone, within its range, takes the saving away: ",
            f"{wording.listing([_inside(name) for name in loses])}.",
        )
        if len(loses)
        else ("No coefficient alone, within its range, takes the saving away.",)
    )
    figure = bars_figure(
        bars,
        summary=f"Net present saving of {label} at both ends of each coefficient's range.",
        caption="Net present saving against today, £ million. An upright line is the saving of the "
        "plan that would then be best.",
        say=millions_short,
        base=float(first["saving_gbp"]),
        legend=(
            LegendItem("at the low end", LOW_END),
            LegendItem("at the high end", HIGH_END),
        ),
    )
    frame = ranked.assign(name=ranked["coefficient"].map(coefficient_name))
    tables = [
        Table(
            "tornado",
            f"Net present saving of {label} at both ends of each coefficient's range",
            frame,
            (
                Column("name", "Coefficient", numeric=False),
                Column("unit", "Unit", numeric=False),
                Column("low", "Low", amount),
                Column("value", "Used", amount),
                Column("high", "High", amount),
                Column("saving_at_low_gbp", "Saving at low", wording.gbp),
                Column("saving_at_high_gbp", "Saving at high", wording.gbp),
                Column("reoptimised_at_low_gbp", "Best plan's at low", wording.gbp),
                Column("reoptimised_at_high_gbp", "Best plan's at high", wording.gbp),
            ),
        )
    ]
    if switching is not None:
        tables.append(_switching_table(switching))
    return Section(
        "What the saving depends on",
        sentences=tuple(sentences),
        figures=(figure,),
        tables=tuple(tables),
    )


def millions_short(value: float) -> str:
    """Return pounds as millions for a tick of an axis."""
    return wording.number(value / 1e6, decimals=0 if value % 1e6 == 0 else 1)


def _switching_table(switching: pd.DataFrame) -> Table:
    values = switching[["loses_below", "loses_above", "beaten_below", "beaten_above"]]
    telling = switching[values.notna().any(axis=1)]
    silent = len(switching) - len(telling)
    frame = telling.assign(name=telling["coefficient"].map(coefficient_name))
    rest = wording.count(silent, "further coefficient changes", "further coefficients change")
    return Table(
        "switching",
        "Switching values: how far a coefficient must move, alone, to change the answer",
        frame,
        (
            Column("name", "Coefficient", numeric=False),
            Column("unit", "Unit", numeric=False),
            Column("value", "Used", amount),
            Column("loses_below", "Stops saving below", amount),
            Column("loses_above", "Stops saving above", amount),
            Column("beaten_below", "Another plan is better below", amount),
            Column("beaten_above", "Another plan is better above", amount),
        ),
        note=f"A dash: no such value was found. {rest} the answer at no value tried.",
    )


def regret_section(regret: pd.DataFrame, *, known: Collection[str]) -> Section:
    """Show how plans do when all coefficients are uncertain at once.

    Parameters
    ----------
    regret
        :class:`optimisation.schemas.Regret`.
    known
        Ids of the plans of the page; their rows lead to their map.

    Returns
    -------
    Section
        An interval chart, sentences and the table.
    """
    ranked = regret.sort_values("mean_regret_gbp", kind="stable", ignore_index=True)
    allowed = ranked[ranked["allowed_share"] > 0]
    calm = (allowed if len(allowed) else ranked).iloc[0]
    often = ranked.loc[ranked["best_share"].idxmax()]
    bars = [
        Bar(
            str(row["label"]),
            f"best in {wording.share(row['best_share'])}",
            ((row["saving_p10_gbp"], row["saving_p90_gbp"], INTERVAL),),
            ((row["saving_p50_gbp"], "dot"),),
        )
        for row in ranked.head(MOST_BARS).to_dict("records")
    ]
    draws = int(ranked["draws"].max())
    most_often = wording.share(often["best_share"])
    sentences: tuple[Sentence, ...] = (
        (
            f"In {wording.number(draws)} draws of all uncertain coefficients together, ",
            Bold(f"“{calm['label']}”"),
            " has the least mean regret: ",
            Bold(wording.gbp(calm["mean_regret_gbp"])),
            " beyond the plan that would have been best, at most ",
            f"{wording.gbp(calm['max_regret_gbp'])}. It costs less than today in ",
            Bold(wording.share(calm["saves_share"])),
            " of the draws.",
        ),
        (
            ("Most often best is ", Bold(f"“{often['label']}”"), f", in {most_often} of the draws.")
            if often["best_share"] >= OFTEN
            else (f"No plan shown is best in more than {most_often} of the draws.",)
        ),
    )
    figure = bars_figure(
        bars,
        summary="Net present saving of each plan: the middle eight draws of ten, and the median.",
        caption="Net present saving against today, £ million: bar from P10 to P90, dot at P50.",
        say=millions_short,
        base=0.0,
        legend=(LegendItem("eight draws of ten", INTERVAL),),
    )
    ids = set(known)
    frame = ranked.assign(link=[each if each in ids else None for each in ranked["plan_id"]])
    table = Table(
        "regret",
        "Plans under uncertainty, least mean regret first; choose one to see it on the map",
        frame,
        (
            Column("label", "Plan", numeric=False),
            Column("rooms", "Rooms", wording.number),
            Column("best_share", "Best in", wording.share),
            Column("saves_share", "Saves in", wording.share),
            Column("mean_regret_gbp", "Mean regret, £m", millions),
            Column("p90_regret_gbp", "P90 regret, £m", millions),
            Column("max_regret_gbp", "Largest regret, £m", millions),
            Column("saving_p10_gbp", "Saving P10, £m", millions),
            Column("saving_p50_gbp", "P50, £m", millions),
            Column("saving_p90_gbp", "P90, £m", millions),
        ),
        plan_column="link",
        note="Regret: a plan's net present cost less that of the plan that is best in the draw. "
        "Given plans need not satisfy the scenario and can show a negative regret.",
    )
    return Section(
        "If the coefficients are not what we think",
        sentences=sentences,
        figures=(figure,),
        tables=(table,),
    )
