"""The coverage page for the public: areas only, small counts hidden, figures rounded.

It draws :class:`coverage_model.base.schemas.PublicCoverage` and knows nothing else of the cameras;
what is hidden and why is decided in :mod:`coverage_model.publish.disclosure`.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage_model.publish.disclosure import PublishedCoverage
from maps.shell import wording
from maps.shell.layers import Pane, area_map, hatched, prepare_areas, water_layer
from maps.shell.legends import Measure, classed
from maps.shell.page import Content, Page, PageContext, assemble
from maps.shell.tables import AreaText, Column, Download, Section, Table
from maps.shell.wording import Bold, Sentence

HIDDEN = "not shown"


def publication_page(
    *,
    areas: gpd.GeoDataFrame,
    published: PublishedCoverage,
    context: PageContext,
    water: gpd.GeoDataFrame | None = None,
    noun: str = "borough",
    home: str = "",
) -> Page:
    """Make the coverage page that may be published.

    Parameters
    ----------
    areas
        What to draw (``area_code, area_name, geometry``), simplified for pages.
    published
        The figures that may be shown, one row for each of the areas.
    context
        What the page says about itself; nothing in it may tell of single cameras.
    water
        Water to draw for orientation.
    noun
        What an area is called.
    home
        Address of the page of pages, if there is one.

    Returns
    -------
    Page
        The page.

    Raises
    ------
    KeyError
        If the figures lack one of the areas.
    """
    prepared = prepare_areas(areas)
    table = pd.DataFrame(published.frame.drop(columns="geometry"))
    table = table.set_index("area_code", drop=False).loc[list(prepared.codes)]
    measures = public_measures(table, noun=noun)
    drawn, layer = area_map(prepared, measures[0].fills)
    above = [] if water is None else [water_layer(drawn, water)]
    hatching = hatched(drawn, prepared, (~table["shown"]).tolist())
    if hatching is not None:
        above.append(hatching)
    pane = Pane(
        name="main",
        label=f"Map of camera coverage by {noun}, for publication",
        map=drawn,
        areas=layer,
        measures=measures,
        briefs=tuple(
            f"{wording.share(value)} covered" if shown else HIDDEN
            for value, shown in zip(table["covered_share"], table["shown"], strict=True)
        ),
        above=tuple(above),
    )
    content = Content(
        lead=public_sentences(published, noun=noun)[:1],
        areas=prepared,
        area_texts=[_area_text(row) for row in table.to_dict("records")],
        panes=(pane,),
        sections=(
            Section(f"Coverage by {noun}", tables=(public_table(table, noun=noun),)),
            Section("What is not shown, and why", sentences=rule_sentences(published, noun=noun)),
        ),
        downloads=(Download("CSV: coverage", "coverage_by_area.csv", table),),
        noun=noun,
        home=home,
    )
    return assemble(content, context=context)


def public_measures(table: pd.DataFrame, *, noun: str) -> tuple[Measure, ...]:
    """Return the ways to colour the areas."""
    return (
        classed(
            "covered",
            "Covered share of the area",
            table["covered_share"].tolist(),
            noun=noun,
            note="Ground that at least one view sees at the stated image quality, rounded.",
            missing=HIDDEN,
        ),
        classed(
            "cameras",
            "Cameras, rounded",
            table["cameras"].tolist(),
            say=wording.number,
            noun=noun,
            missing=HIDDEN,
        ),
    )


def public_sentences(published: PublishedCoverage, *, noun: str) -> tuple[Sentence, ...]:
    """Say what is shown, in figures of the published frame alone."""
    frame = published.frame
    shown = frame[frame["shown"]]
    if shown.empty:
        return ((f"No {noun} holds cameras in enough places to be shown. Larger areas may.",),)
    level = ", ".join(sorted(shown["level"].unique()))
    covered, whole = shown["covered_m2"].sum(), shown["area_m2"].sum()
    found: list[Sentence] = [
        (
            "In the ",
            Bold(wording.count(len(shown), noun)),
            f" shown, about {wording.number(shown['cameras'].sum())} cameras see about ",
            Bold(wording.share(covered / whole)),
            f" of the ground at the level {level}. All figures are rounded.",
        )
    ]
    hidden = len(frame) - len(shown)
    if hidden:
        found.append((f"{wording.count(hidden, noun)} cannot be shown without telling too much.",))
    return tuple(found)


def rule_sentences(published: PublishedCoverage, *, noun: str) -> tuple[Sentence, ...]:
    """State the rule that the figures were made by."""
    rule = published.rule
    return (
        (
            f"{wording.article(noun).capitalize()} is shown only if it holds cameras in at least ",
            Bold(f"{rule.min_places} places"),
            f" more than {wording.number(rule.place_m)} metres apart and is larger than ",
            f"{wording.area(rule.min_area_m2)}. One that is not shown may have cameras or none.",
        ),
        (
            "Where a hidden figure could be worked out from a total that is known elsewhere, ",
            f"another {noun} is hidden too. The figures of public and other cameras are given ",
            "only where both are many.",
        ),
        (
            f"Numbers of cameras are rounded to the nearest {rule.count_step}, covered ground to ",
            f"the nearest {wording.area(published.ground_step_m2)}, which is no less than any ",
            "one camera sees.",
        ),
        (
            f"Where fewer than {rule.min_places} cameras were added or removed in a group of ",
            "areas since an earlier release, the figures of that release are shown again.",
        ),
        (
            "Each figure was tested: nobody who knows the totals and the earlier releases can ",
            f"work out a hidden number of cameras to a range of less than {rule.hidden_range}, ",
            "unless they could without this release.",
        ),
        (
            "The places of cameras, what each one sees, and the ground that none sees ",
            "are not published.",
        ),
    )


def public_table(table: pd.DataFrame, *, noun: str) -> Table:
    """Return the table under the map, hidden figures in words."""
    columns = [
        Column("area_name", noun.capitalize(), numeric=False),
        Column("cameras", "Cameras", wording.number),
        Column("cameras_public", "Public", wording.number),
        Column("cameras_other", "Private or not known", wording.number),
        Column("covered_m2", "Covered, ha", wording.hectares),
        Column("covered_share", "Covered share", wording.share),
    ]
    order = np.argsort(-table["covered_share"].fillna(-1).to_numpy(), kind="stable")
    return Table(
        "coverage",
        "Coverage, highest share first; all figures rounded, – where not shown.",
        table.iloc[order],
        tuple(columns),
        area_column="area_code",
    )


def _area_text(row: dict[str, Any]) -> AreaText:
    name = row["area_name"]
    if not row["shown"]:
        return AreaText((f"The figures of {name} are not shown.",))
    sentence: Sentence = (
        f"In {name}, about {wording.number(row['cameras'])} cameras see about ",
        Bold(wording.share(row["covered_share"])),
        f" of the ground at the level {row['level']}.",
    )
    facts = [("Cameras, rounded", wording.number(row["cameras"]))]
    if not pd.isna(row["cameras_public"]):
        facts += [
            ("Public, rounded", wording.number(row["cameras_public"])),
            ("Private or not known, rounded", wording.number(row["cameras_other"])),
        ]
    facts.append(("Covered, rounded", wording.area(row["covered_m2"])))
    return AreaText((sentence,), facts)
