"""Sections of the overlap page: streets by owner, what registered cameras would add, redundancy."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coverage_model.cover.ownership import IntegrationGain
from maps._coverage_sections import km
from maps.shell import wording
from maps.shell.legends import Measure, classed
from maps.shell.tables import Column, Section, Table
from maps.shell.wording import Bold, Sentence

OPERATORS_SHOWN = 50
VIEWS_SHOWN = 100
NEARLY = 0.95
REDUNDANCY_CAUTION = (
    "This is geometry, not a recommendation to remove a camera: each is judged with all others in "
    "place, so of two that see the same ground both are listed though only one could be spared; "
    "another angle, a better picture or a spare in case of a fault can be worth having."
)


def street_tier_section(table: pd.DataFrame, *, noun: str) -> Section:
    """Return the length of streets by who sees it.

    Parameters
    ----------
    table
        From :func:`maps._coverage_figures.joined_figures`, with streets.
    noun
        What an area is called.
    """
    lengths = {
        "street_seen_m": "Seen, km",
        "street_public_only_m": "Public only, km",
        "street_private_only_m": "Private only, km",
        "street_private_connected_only_m": "of which connected, km",
        "street_both_m": "Both, km",
        "street_unknown_owner_only_m": "Owner unknown only, km",
    }
    seen = table["street_seen_m"].sum()

    def part(column: str) -> Bold:
        return Bold(wording.share(table[column].sum() / seen if seen else None))

    sentence: Sentence = (
        f"Of the {wording.kilometres(seen / 1000)} of street that views see, ",
        part("street_public_only_m"),
        " is seen by public cameras only, ",
        part("street_private_only_m"),
        " by private ones only and ",
        part("street_both_m"),
        " by both.",
    )
    columns = (
        Column("area_name", noun.capitalize(), numeric=False),
        *(Column(key, label, km) for key, label in lengths.items()),
    )
    shown = Table(
        "street-tiers",
        "Length of public streets by who sees it; most private-only length first.",
        table.sort_values("street_private_only_m", ascending=False, kind="stable"),
        columns,
        area_column="area_code",
        total=("All", *(km(table[key].sum()) for key in lengths)),
    )
    return Section("Streets by who sees them", sentences=(sentence,), tables=(shown,))


def gain_measure(gain: IntegrationGain, codes: tuple[str, ...], *, noun: str) -> Measure:
    """Return the colours of the areas by what integration would add."""
    rows = gain.by_area.set_index("area_code").loc[list(codes)]
    return classed(
        "gain",
        "Added by integrating registered cameras",
        rows["gain_m2"].tolist(),
        say=wording.area,
        noun=noun,
        note="Ground that registered private cameras see and the control rooms' cameras do not.",
    )


def gain_section(gain: IntegrationGain, *, noun: str) -> Section:
    """Return what integrating the registered private cameras would add, by area and operator."""
    count = gain.by_area["cameras_registered"].sum()
    reach = gain.by_area["cameras_reach_only"].sum()
    cameras = wording.count(count, "registered private camera")
    sentences: list[Sentence] = [
        (
            f"Integrating the {cameras} would add ",
            Bold(wording.area(gain.gain_m2)),
            " to the ",
            Bold(wording.area(gain.held_m2)),
            " that public and integrated private cameras see now, or ",
            Bold(wording.share(gain.gain_m2 / gain.held_m2 if gain.held_m2 else None)),
            " more.",
        )
    ]
    if reach:
        sentences.append(
            (
                f"{wording.number(reach)} of the {wording.number(count)} turn or have no known ",
                "heading: what they would add is not known and counts as nothing here.",
            )
        )
    measured = (
        Column("cameras_registered", "Registered cameras", wording.number),
        Column("cameras_reach_only", "of which reach only", wording.number),
    )
    by_area = Table(
        "gain-areas",
        f"What integrating registered cameras would add, by {noun}, most first.",
        gain.by_area,
        (
            Column("area_name", noun.capitalize(), numeric=False),
            Column("rank", "Rank", wording.number),
            *measured,
            Column("held_m2", "Seen now, ha", wording.hectares),
            Column("gain_m2", "Added, ha", wording.hectares),
            Column("gain_share_of_held", "Added, share of seen now", wording.share),
        ),
        area_column="area_code",
    )
    operators = gain.by_operator
    first = operators.head(OPERATORS_SHOWN)
    by_operator = Table(
        "gain-operators",
        "The same by operator, each as if only its cameras were integrated"
        + _first(len(first), len(operators)),
        first,
        (
            Column("operator", "Operator", numeric=False),
            Column("rank", "Rank", wording.number),
            *measured,
            Column("gain_m2", "Added, ha", wording.hectares),
            Column("gain_alone_m2", "Added by no other, ha", wording.hectares),
        ),
        note="Ground that two operators would add counts for both.",
    )
    title = "What integrating registered cameras would add"
    return Section(title, sentences=tuple(sentences), tables=(by_area, by_operator))


def redundancy_section(redundant: pd.DataFrame, names: Mapping[str, str], *, noun: str) -> Section:
    """Return public cameras whose view others hold, with the caution.

    Parameters
    ----------
    redundant
        :class:`coverage_model.base.schemas_beside.RedundantViews`.
    names
        Name of each area by its code.
    noun
        What an area is called.
    """
    whole = int(redundant["redundant"].sum())
    listed = redundant.loc[redundant["held_share"].ge(NEARLY)]
    first = listed.head(VIEWS_SHOWN)
    sentence: Sentence = (
        "Of ",
        wording.count(len(redundant), "public camera") + " with a view, ",
        Bold(wording.number(whole)),
        " see nothing that another camera of the control rooms does not see, and ",
        Bold(wording.number(len(listed) - whole)),
        f" more share at least {wording.share(NEARLY)} of their view.",
    )
    table = Table(
        "redundant",
        f"Public cameras of whose view others hold {wording.share(NEARLY)} or more"
        + _first(len(first), len(listed)),
        first.assign(area_name=first["borough_code"].map(names)),
        (
            Column("camera_id", "Camera", numeric=False),
            Column("operator", "Operator", numeric=False),
            Column("area_name", noun.capitalize(), numeric=False),
            Column("view_m2", "Sees, m²", wording.number),
            Column("own_m2", "Only it sees, m²", wording.number),
            Column("held_share", "Others hold", wording.share),
        ),
        area_column="borough_code",
    )
    tables = (table,) if len(first) else ()
    return Section(
        "Views that others hold", sentences=(sentence, (Bold(REDUNDANCY_CAUTION),)), tables=tables
    )


def _first(shown: int, total: int) -> str:
    return f" (the first {shown} of {total:,}; the CSV holds all)." if total > shown else "."
