"""The switch between image-quality levels: map, legend, panel and table of each level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import jinja2
import pandas as pd
from markupsafe import Markup

from maps.shell import wording
from maps.shell.legends import Measure, class_limits, classed
from maps.shell.offline import asset_text
from maps.shell.page import Workbench
from maps.shell.tables import Column, Section, Table
from maps.shell.wording import Bold, Sentence

# Measures that exist at every level: key on the page, column, and what its label says.
FAMILIES = (
    ("covered", "covered_share", "Covered share of the ground"),
    ("realm", "covered_public_realm_share", "Covered share outside buildings"),
)
# Six levels share the scale: fewer classes would leave one or two to each.
CLASSES = 9
NOTE = "The colours mean the same at every level, so levels can be compared by eye."


def level_names(by_level: pd.DataFrame) -> tuple[str, ...]:
    """Return the levels, from the coarsest to the finest."""
    ordered = by_level.sort_values("px_per_m", kind="stable")
    return tuple(dict.fromkeys(ordered["level"].astype(str)))


def level_limits(by_level: pd.DataFrame) -> dict[str, list[float]]:
    """Return one scale for all levels of each family, so that a finer level looks emptier."""
    return {
        family: class_limits(by_level[column].dropna().to_numpy(dtype=float), classes=CLASSES)
        for family, column, _ in FAMILIES
        if by_level[column].notna().any()
    }


def level_measures(
    by_level: pd.DataFrame,
    codes: Sequence[str],
    *,
    headline: str,
    noun: str,
    limits: Mapping[str, Sequence[float]],
) -> tuple[Measure, ...]:
    """Return the ways to colour the areas at the levels other than the page's own.

    Parameters
    ----------
    by_level
        :class:`coverage_model.base.schemas_beside.CoverageByLevel`.
    codes
        The areas, in the order of the page.
    headline
        The level of the page's other figures, whose measures it has already.
    noun
        What an area is called.
    limits
        From :func:`level_limits`.
    """
    measures = []
    for name in level_names(by_level):
        if name == headline:
            continue
        rows = _rows(by_level, name, codes)
        measures += [
            classed(
                f"{family}.{name}",
                f"{label}, {name}",
                rows[column].tolist(),
                noun=noun,
                note=f"At the level {name}. {NOTE}",
                variant_of=family,
                limits=limits.get(family),
            )
            for family, column, label in FAMILIES
            if rows[column].notna().any()
        ]
    return tuple(measures)


def _rows(by_level: pd.DataFrame, name: str, codes: Sequence[str]) -> pd.DataFrame:
    return by_level.loc[by_level["level"].eq(name)].set_index("area_code").loc[list(codes)]


def level_switch(
    by_level: pd.DataFrame, codes: Sequence[str], *, headline: str, cut: Sequence[str] = ()
) -> Workbench:
    """Return the switch, with the sentence about each area at each level.

    Parameters
    ----------
    by_level, codes, headline
        As for :func:`level_measures`.
    cut
        Levels at which the map cuts the views to their reach.
    """
    names = level_names(by_level)
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
        asset_text("levels.html")
    )
    choices = names if headline in names else (headline, *names)
    sentences = {
        name: [
            wording.parts(level_sentence(row, name))
            for row in _rows(by_level, name, codes).to_dict("records")
        ]
        for name in names
        if name != headline
    }
    families = {
        family: [
            name
            for name in names
            if name != headline and _rows(by_level, name, codes)[column].notna().any()
        ]
        for family, column, _ in FAMILIES
    }
    return Workbench(
        key="levels",
        above=Markup(),
        beside=Markup(template.render(choices=choices, headline=headline, cut=bool(cut))),  # noqa: S704 - escaped
        data={
            "headline": headline,
            "names": list(names),
            "families": families,
            "sentences": sentences,
            "leads": {
                name: wording.parts(level_lead(by_level, name))
                for name in names
                if name != headline
            },
            "cut": list(cut),
        },
        blocks=(),
        styles=("levels.css",),
        scripts=("levels.js",),
    )


def level_sentence(row: dict[str, object], level: str) -> Sentence:
    """Say what share of one area is covered at a level."""
    share, area = float(row["covered_share"]), float(row["covered_m2"])  # type: ignore[arg-type]
    return (
        f"At the level {level}, cameras see ",
        Bold(wording.share(share)),
        f" of the ground of {row['area_name']} ({wording.area(area)}).",
    )


def level_lead(by_level: pd.DataFrame, level: str) -> Sentence:
    """Say what share of all areas is covered at a level."""
    rows = by_level[by_level["level"].eq(level)]
    covered, whole = rows["covered_m2"].sum(), rows["area_m2"].sum()
    return (
        "At the level ",
        Bold(level),
        ", cameras see ",
        Bold(wording.area(covered)),
        ", or ",
        Bold(wording.share(covered / whole if whole else None)),
        f" of {wording.area(whole)}. The other figures of this page stay at the page's own level.",
    )


def level_section(by_level: pd.DataFrame, *, headline: str, noun: str) -> Section:
    """Return the table of covered shares, a column a level."""
    names = level_names(by_level)
    shares = by_level.set_index(["area_code", "level"])["covered_share"].unstack("level")  # noqa: PD010
    head = by_level.drop_duplicates("area_code").set_index("area_code")["area_name"]
    frame = shares[list(names)].add_prefix("at ").join(head).reset_index()
    frame = frame.sort_values(f"at {headline if headline in names else names[0]}", ascending=False)
    ground = by_level.groupby("level")[["covered_m2", "area_m2"]].sum()
    whole = ground["covered_m2"] / ground["area_m2"]
    columns = (
        Column("area_name", noun.capitalize(), numeric=False),
        *(Column(f"at {name}", name.capitalize(), wording.share) for name in names),
    )
    density = by_level.drop_duplicates("level").set_index("level")["px_per_m"]
    steps = ", ".join(f"{name} {density[name]:g}" for name in names)
    table = Table(
        "levels",
        "Covered share of the ground at each level of image quality.",
        frame,
        columns,
        area_column="area_code",
        total=("All", *(wording.share(whole[name]) for name in names)),
        note=f"Pixels on a metre of the target: {steps}. A finer level reaches less far.",
    )
    return Section("Coverage by image quality", tables=(table,))
