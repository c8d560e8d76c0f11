"""Sections of the coverage page beside the headline: streets, how sure it is, and mere reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from maps.shell import wording
from maps.shell.tables import Column, Section, Table
from maps.shell.wording import Bold, Ranged, Sentence

ALL = "all"
COUNTED = {
    "views": "Views that count as coverage",
    "headings_drawn": "with cameras of unknown heading, each at a random one",
    "turning_too": "with turning cameras too, each looking somewhere at random",
}
DRIVERS = {
    "azimuth_deg": "the heading",
    "hfov_deg": "the field of view",
    "horizontal_px": "the resolution",
    "range_m": "the range",
    "mount_height_m": "the mounting height",
    "position": "the position",
    "duty_share": "the duty share",
}


def km(metres: float) -> str:
    """Return metres as a bare number of kilometres, for columns of a table."""
    size = metres / 1000
    return wording.number(size, decimals=2 if size < 10 else 1 if size < 100 else 0)


def street_section(table: pd.DataFrame, *, noun: str) -> Section:
    """Return what is seen of streets and junctions, by area.

    Parameters
    ----------
    table
        From :func:`maps._coverage_figures.joined_figures`, with streets.
    noun
        What an area is called.
    """
    seen, whole = table["street_seen_m"].sum(), table["street_length_m"].sum()
    crossings, crossings_seen = table["junctions"].sum(), table["junctions_seen"].sum()
    sentence: Sentence = (
        "Views see ",
        Bold(wording.share(seen / whole if whole else None)),
        f" of the length of public streets ({wording.kilometres(seen / 1000)} of ",
        f"{wording.kilometres(whole / 1000)}) and ",
        Bold(wording.share(crossings_seen / crossings if crossings else None)),
        f" of their junctions ({wording.number(crossings_seen)} of {wording.number(crossings)}).",
    )
    lengths = {
        "street_length_m": "Streets, km",
        "street_seen_m": "Seen, km",
        "street_public_only_m": "Public only, km",
        "street_private_only_m": "Private only, km",
        "street_both_m": "Both, km",
    }
    columns = (
        Column("area_name", noun.capitalize(), numeric=False),
        Column("street_seen_share", "Share seen", wording.share),
        *(Column(key, label, km) for key, label in lengths.items()),
        Column("junctions", "Junctions", wording.number),
        Column("junctions_seen", "Junctions seen", wording.number),
    )
    total = (
        "All",
        wording.share(seen / whole if whole else None),
        *(km(table[key].sum()) for key in lengths),
        wording.number(crossings),
        wording.number(crossings_seen),
    )
    by_share = table.sort_values("street_seen_share", ascending=False, kind="stable")
    shown = Table(
        "streets",
        "Public streets by length that at least one view sees, highest share first.",
        by_share,
        columns,
        area_column="area_code",
        total=total,
    )
    return Section("Streets", sentences=(sentence,), tables=(shown,))


def overall_range(intervals: pd.DataFrame | None, share: float) -> Ranged:
    """Return the covered share of all areas together with its range, if it has one."""
    if intervals is None:
        return Ranged(share, float("nan"), float("nan"))
    row = _overall(intervals).loc["views"]
    return Ranged(share, row["share_p10"], row["share_p90"])


def _overall(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.loc[frame["area_code"].eq(ALL)].set_index("counted", drop=False)


def sureness_section(intervals: pd.DataFrame, drivers: pd.DataFrame | None) -> Section:
    """Return how far the covered share may be off, and what makes it so.

    Parameters
    ----------
    intervals
        :class:`coverage_model.base.schemas_beside.CoverageIntervals`.
    drivers
        :class:`coverage_model.base.schemas_beside.CoverageDrivers`, where they were worked out.
    """
    rows = _overall(intervals)
    views = rows.loc["views"]
    first: Sentence = (
        f"In {wording.number(views['draws'])} draws of what is not known of the cameras, ",
        "the covered share of the whole is between ",
        Bold(wording.share(views["share_p10"])),
        " and ",
        Bold(wording.share(views["share_p90"])),
        " in at least four draws of five. A value had to be drawn for ",
        Bold(wording.share(views["drawn_share"])),
        f" of the {wording.count(views['cameras'], 'camera')} with a view.",
    )
    columns = (
        Column("label", "What counts", numeric=False),
        Column("cameras", "Cameras", wording.number),
        Column("drawn_share", "with a value drawn", wording.share),
        Column("share_p10", "One draw in ten is below", wording.share),
        Column("share_p50", "Half are below", wording.share),
        Column("share_p90", "Nine in ten are below", wording.share),
    )
    table = Table(
        "intervals",
        "Covered share of all ground, by what is counted. Only the first line is coverage.",
        rows.loc[[name for name in COUNTED if name in rows.index]].assign(
            label=lambda frame: frame["counted"].map(COUNTED)
        ),
        columns,
        sortable=False,
        note="Ranges after shares on this page are those of views: one draw in ten is below, one "
        "above.",
    )
    sentences = (first, *driver_sentence(drivers))
    return Section("How sure these shares are", sentences=sentences, tables=(table,))


def driver_sentence(drivers: pd.DataFrame | None) -> tuple[Sentence, ...]:
    """Say which unknowns make the covered share of the whole uncertain; nothing where none do."""
    if drivers is None or drivers.empty:
        return ()
    rows = drivers.loc[drivers["area_code"].eq(ALL) & drivers["counted"].eq("views")]
    rows = rows.loc[rows["variance_share"].gt(0.005)].sort_values(
        "variance_share", ascending=False, kind="stable"
    )
    if rows.empty:
        return ()
    names = [DRIVERS[name] for name in rows["driver"]]
    shares = [wording.share(value) for value in rows["variance_share"]]
    rest = [f"{name} {share}" for name, share in zip(names[1:], shares[1:], strict=True)]
    return (
        (
            "Most of the uncertainty is from ",
            Bold(names[0]),
            f" ({shares[0]} of the variance, each unknown drawn alone)",
            f"; then {wording.listing(rest)}." if rest else ".",
        ),
    )


def reach_section(table: pd.DataFrame, *, noun: str) -> Section | None:
    """Return what turning and heading-less cameras could see; None where there are none.

    Parameters
    ----------
    table
        From :func:`maps._coverage_figures.joined_figures`, with reach.
    noun
        What an area is called.
    """
    turning, unknown = table["cameras_turning"].sum(), table["cameras_heading_unknown"].sum()
    if not turning + unknown:
        return None
    duty = wording.share(table["duty_share"].iloc[0])
    sentence: Sentence = (
        wording.count(turning, "turning camera") + " could reach ",
        Bold(wording.area(table["reach_turning_m2"].sum())),
        " but are expected to have only ",
        Bold(wording.area(table["instant_view_turning_m2"].sum())),
        f" in the picture at a time (instantaneous view; in use {duty} of the time). ",
        "Neither is counted as coverage.",
    )
    areas = {
        "reach_turning_m2": "Reach of turning, ha",
        "instant_view_turning_m2": "Instantaneous view, ha",
        "reach_heading_unknown_m2": "Reach, heading unknown, ha",
        "expected_view_heading_unknown_m2": "Expected view of those, ha",
    }
    columns = (
        Column("area_name", noun.capitalize(), numeric=False),
        Column("cameras_turning", "Turning cameras", wording.number),
        Column("cameras_heading_unknown", "Heading unknown", wording.number),
        *(Column(key, label, wording.hectares) for key, label in areas.items()),
        Column("instant_view_share_of_reach", "Instantaneous, share of reach", wording.share),
    )
    total = (
        "All",
        wording.number(turning),
        wording.number(unknown),
        *(wording.hectares(table[key].sum()) for key in areas),
        "",
    )
    ordered = table.sort_values("reach_turning_m2", ascending=False, kind="stable")
    shown = Table(
        "reach",
        "Ground that cameras without a fixed heading could reach, which is not coverage.",
        ordered,
        columns,
        area_column="area_code",
        total=total,
        note="Instantaneous view: each point counts with the chance that a camera looks at it "
        "(field of view / 360 × share of the time in use).",
    )
    return Section("Within reach, kept apart from coverage", (), (sentence,), tables=(shown,))


def facts_beside(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the panel says of streets and of turning cameras, where it is known."""
    facts = []
    if _known(row, "street_seen_share"):
        length = f"{km(row['street_seen_m'])} of {km(row['street_length_m'])} km"
        facts.append(("Street length seen", f"{wording.share(row['street_seen_share'])}, {length}"))
    if _known(row, "junctions_seen_share"):
        crossings = f"{wording.number(row['junctions_seen'])} of {wording.number(row['junctions'])}"
        facts.append(("Junctions seen", crossings))
    if _known(row, "instant_view_turning_m2") and row["cameras_turning"]:
        reach, now = row["reach_turning_m2"], row["instant_view_turning_m2"]
        facts.append(("Reach of turning cameras, not coverage", wording.area(reach)))
        facts.append(("Their instantaneous view, not coverage", wording.area(now)))
    return facts


def _known(row: Mapping[str, Any], key: str) -> bool:
    return key in row and not pd.isna(row[key])
