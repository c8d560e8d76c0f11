"""The explorer page: every plan solved beforehand, to filter, sort, chart and see on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup
from numpy.typing import NDArray

from maps._explorer_data import FIGURES, beyond, map_data, millions, plan_blocks, slider
from maps.consolidation_map import site_places
from maps.plan_set import FAMILIES, PlanSet
from maps.shell import palettes, wording
from maps.shell.charts import Axis, Chart
from maps.shell.layers import Pane, PreparedAreas, area_map, prepare_areas, water_layer
from maps.shell.legends import LegendItem, Measure
from maps.shell.offline import asset_text
from maps.shell.page import Content, LegendBlock, Page, PageContext, Workbench, assemble
from maps.shell.tables import AreaText, Column, Section, Table
from maps.shell.wording import Bold, Sentence

SCRIPTS = ("explorer_map.js", "explorer_charts.js", "explorer_table.js", "explorer.js")
# What the card of a plan shows: figure, short label, and what stands before and after the text.
STATS = (
    ("rooms", "Rooms", "", ""),
    ("npv_gbp", "Net present", "£", "m"),
    ("over_best_gbp", "Above the best", "", ""),
    ("cost_gbp_per_year", "Cost a year", "£", "m"),
    ("saving_gbp_per_year", "Saving a year", "£", "m"),
    ("one_off_gbp", "One-off cost", "£", "m"),
    ("boroughs_moved", "Moved", "", ""),
    ("link_km", "Links", "", ""),
    ("posts", "Operators", "", ""),
)
FAMILY_LABELS = {
    "frontier": "Cheapest for each number of rooms",
    "near_best": "Near-best plans",
    "reference": "Given plans, for comparison",
}


@dataclass(frozen=True, slots=True)
class NamedPlan:
    """A plan with a title of its own in the list of plans to go to.

    Parameters
    ----------
    title
        What makes it worth a look: "Fewest boroughs moved".
    plan_id
        The plan, which must be in the page's plan set.
    """

    title: str
    plan_id: str


def explorer_page(
    *,
    areas: gpd.GeoDataFrame,
    plans: PlanSet,
    boroughs: pd.DataFrame,
    context: PageContext,
    shortlist: Sequence[NamedPlan] = (),
    sections: Sequence[Section] = (),
    water: gpd.GeoDataFrame | None = None,
    home: str = "",
) -> Page:
    """Make the page that explores plans solved beforehand.

    Parameters
    ----------
    areas
        The boroughs to draw (``area_code, area_name, geometry``), simplified for pages.
    plans
        From :func:`maps.plan_set.plan_set`; the first one is the best plan and shows first.
    boroughs
        Indexed by ``borough_code``: ``borough, site_x_m, site_y_m`` in the CRS of the areas.
    context
        What the page says about itself.
    shortlist
        Plans to offer by name.
    sections
        What follows: pairing, sensitivity and regret, from :mod:`maps.explorer_sections`.
    water
        Water to draw for orientation.
    home
        Address of the page of pages, if there is one.

    Returns
    -------
    Page
        The page.

    Raises
    ------
    ValueError
        If a plan of the shortlist is not among the plans.
    """
    known = set(plans.frame["plan_id"])
    stray = [each.plan_id for each in shortlist if each.plan_id not in known]
    if stray:
        raise ValueError(f"named plans that are not in the plan set: {stray}")
    prepared = prepare_areas(areas)
    names = boroughs["borough"]
    drawn = map_data(plans, prepared=prepared, sites=site_places(boroughs, prepared))
    serving = plans.sites(prepared.codes)[0]
    fills = tuple(drawn["none"] if site < 0 else drawn["colours"][site] for site in serving)
    folium_map, layer = area_map(prepared, fills)
    above = () if water is None else (water_layer(folium_map, water),)
    pane = Pane(
        name="main",
        label="Map of the plan that shows",
        map=folium_map,
        areas=layer,
        measures=(Measure("groups", "Boroughs of one colour share a room", fills, ()),),
        briefs=("",) * len(prepared.codes),
        above=above,
    )
    charts = plan_charts(plans)
    shades, colours, legend = room_shades(plans)
    meta, blocks = plan_blocks(
        plans,
        prepared=prepared,
        names=names,
        charts=charts,
        shades=shades,
        remarks=[wording.plain(each) for each in remarks(plans)],
    )
    labels = [str(label).split(":")[0].strip() for label in plans.frame["label"]]
    stops, _ = slider(plans)
    views = [chart.view() for chart in charts]
    data = {
        **meta,
        "map": drawn,
        "charts": [
            {
                "key": view["key"],
                "line": view["line"],
                "marked": [[row, labels[row]] for row in view["marked"]],
            }
            for view in views
        ],
        "shades": colours,
        "figures": [figure.key for figure in FIGURES],
        "stats": STATS,
        "stops": stops,
    }
    html = _controls(plans, prepared, views=views, legend=legend, stops=stops, shortlist=shortlist)
    content = Content(
        lead=lead(plans),
        areas=prepared,
        area_texts=[AreaText() for _ in prepared.codes],
        panes=(pane,),
        legends=(_layers(),),
        sections=(
            Section("Best plan for each number of rooms", tables=(front_table(plans),)),
            *sections,
        ),
        home=home,
        packed="plans",
        workbench=Workbench(
            "explorer", *html, data=data, blocks=blocks, styles=("explorer.css",), scripts=SCRIPTS
        ),
    )
    return assemble(content, context=context)


def lead(plans: PlanSet) -> tuple[Sentence, ...]:
    """Say what there is to explore."""
    frame = plans.frame
    near, front = int(frame["near_best"].sum()), int(frame["frontier"].sum())
    best = frame.iloc[0]
    sentences: list[str | Bold] = [
        "The best plan has ",
        Bold(wording.count(best["rooms"], "room")),
        " and a net present cost of ",
        Bold(f"£{millions(best['npv_gbp'])} million"),
        ". ",
    ]
    if plans.note:
        sentences.append(f"{plans.note} ")
    elif near:
        most = wording.share(float(frame.loc[frame["near_best"], "over_best_share"].max()))
        sentences += [Bold(wording.count(near, "plan")), f" cost at most {most} more. "]
    sentences += [
        "The cheapest plan for each of ",
        Bold(wording.count(front, "number of rooms", "numbers of rooms")),
        " stands beside. All were solved beforehand: filter them, or choose a point or a row to ",
        "see its map.",
    ]
    return (tuple(sentences),)


def remarks(plans: PlanSet) -> list[Sentence]:
    """Say of each plan why it is here and what is proved of it."""
    near = int(plans.frame["near_best"].sum())
    sentences: list[Sentence] = []
    for number, row in enumerate(plans.frame.to_dict("records")):
        rooms = wording.count(row["rooms"], "room")
        if number == 0 and row["status"] == "optimal":
            sentences.append(("Proved: no plan that the scenario allows costs less.",))
        elif row["frontier"] and row["status"] == "optimal":
            sentences.append((f"Proved: no plan with {rooms} costs less.",))
        elif row["frontier"]:
            gap = wording.share(row["gap_share"])
            sentences.append((f"The best found with {rooms}; one could cost up to {gap} less.",))
        elif row["near_best"]:
            above = wording.share(row["over_best_share"])
            sentences.append(
                (f"One of {wording.number(near)} near-best plans: {above} above the best.",)
            )
        else:
            sentences.append(("A given plan, costed under the same rules, not chosen.",))
    return sentences


def plan_charts(plans: PlanSet) -> tuple[Chart, ...]:
    """Return the charts: the front over all numbers of rooms, then the near-best plans closely."""
    frame = plans.frame

    def values(key: str, factor: float = 1.0) -> NDArray[np.float64]:
        return frame[key].to_numpy(dtype=np.float64) * factor

    rows = np.arange(len(plans))
    front = rows[frame["frontier"].to_numpy(dtype=bool)]
    line = tuple(int(row) for row in front[np.argsort(values("rooms")[front], kind="stable")])
    marked = tuple(int(row) for row in rows[frame["reference"].to_numpy(dtype=bool)])
    everything = np.ones(len(plans), dtype=bool)
    rooms = Axis("Rooms", values("rooms"), wording.number, whole=True)
    charts = [
        Chart(
            "front",
            "Cost for every number of rooms",
            "Net present cost of the cheapest plan for each number of rooms, and of given plans.",
            x=rooms,
            y=Axis("Net present cost, £ million", values("npv_gbp", 1e-6), wording.number),
            shown=everything,
            line=line,
            marked=marked,
        )
    ]
    near = frame["near_best"].to_numpy(dtype=bool)
    if near.any():
        cost = Axis(
            "Cost above the best plan, £ thousand", values("over_best_gbp", 1e-3), wording.number
        )
        for key, title, axis in (
            (
                "moved",
                "Near-best plans: cost and boroughs moved",
                Axis("Boroughs moved", values("boroughs_moved"), wording.number, whole=True),
            ),
            (
                "links",
                "Near-best plans: cost and length of links",
                Axis("Links, km", values("link_km"), wording.number),
            ),
            (
                "once",
                "Near-best plans: cost and money needed at once",
                Axis("One-off cost, £ million", values("one_off_gbp", 1e-6), _one_decimal),
            ),
        ):
            summary = f"Near-best plans by {axis.label.lower()} and by cost above the best plan."
            charts.append(Chart(key, title, summary, x=axis, y=cost, shown=near))
    return tuple(charts)


def _one_decimal(value: float) -> str:
    return wording.number(value, decimals=1)


def room_shades(plans: PlanSet) -> tuple[NDArray[np.int64], tuple[str, ...], list[LegendItem]]:
    """Colour the points of near-best plans by their number of rooms.

    Returns
    -------
    shades, colours, legend
        Number of each plan's colour, the colours, and what they stand for.
    """
    rooms = plans.frame["rooms"].to_numpy(dtype=np.int64)
    near = plans.frame["near_best"].to_numpy(dtype=bool)
    counts = sorted(set(rooms[near].tolist())) or [int(rooms[0])]
    colours = palettes.amounts(len(counts))
    shades = np.searchsorted(counts, rooms).clip(max=len(counts) - 1)
    legend = [
        LegendItem(wording.count(count, "room"), colour, swatch="fill")
        for count, colour in zip(counts, colours, strict=True)
    ]
    return shades, colours, legend


def front_table(plans: PlanSet) -> Table:
    """Return the cheapest plan for each number of rooms, with the proof."""
    frame = plans.frame[plans.frame["frontier"]].sort_values("rooms")
    proof = ["proved" if status == "optimal" else "not proved" for status in frame["status"]]
    return Table(
        "front",
        "Cheapest plan for each number of rooms; choose one to see it on the map",
        frame.assign(proof=proof),
        (
            Column("label", "Plan", numeric=False),
            Column("rooms", "Rooms", wording.number),
            Column("npv_gbp", "Net present cost, £m", millions),
            Column("over_best_gbp", "Above the best plan", beyond),
            Column("over_best_share", "Above, %", wording.share),
            Column("saving_gbp_per_year", "Saving a year", wording.gbp),
            Column("one_off_gbp", "One-off cost", wording.gbp),
            Column("boroughs_moved", "Boroughs moved", wording.number),
            Column("link_km", "Links", wording.kilometres),
            Column("posts", "Operators", wording.number),
            Column("proof", "Cheapest", numeric=False),
        ),
        plan_column="plan_id",
    )


def _layers() -> LegendBlock:
    return LegendBlock(
        "Rooms and links",
        (
            LegendItem("control room, with its letter", "#ffffff", "", "dot", switch="rooms"),
            LegendItem("link to the room", palettes.INK, "", "line", switch="links"),
        ),
        "A room keeps its letter and colour in every plan.",
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(asset_text("explorer.html"))


def _controls(
    plans: PlanSet,
    prepared: PreparedAreas,
    *,
    views: Sequence[dict[str, object]],
    legend: Sequence[LegendItem],
    stops: Sequence[str],
    shortlist: Sequence[NamedPlan],
) -> tuple[Markup, Markup]:
    frame = plans.frame
    bits = {family: 1 << bit for bit, family in enumerate(FAMILIES)}
    present = [family for family in FAMILIES if frame[family].any()]
    module = _template().make_module(
        {
            "families": [
                (sum(bits.values()), "All plans"),
                *((bits[family], FAMILY_LABELS[family]) for family in present),
            ],
            "rooms": (int(frame["rooms"].min()), int(frame["rooms"].max())),
            "moved": (int(frame["boroughs_moved"].min()), int(frame["boroughs_moved"].max())),
            "stops": stops,
            "areas": prepared.names,
            "charts": views,
            "chart_legend": [
                *legend,
                LegendItem("cheapest for its number of rooms", "#004c86", swatch="fill"),
                LegendItem("given plan", "#e69f00", swatch="fill"),
                LegendItem("shows on the map", "#c2185b", swatch="ring"),
            ],
            "figures": FIGURES,
            "first": frame["label"].iloc[0],
            "shortlist": [NamedPlan("Best plan", frame["plan_id"].iloc[0]), *shortlist],
        }
    )
    return module.above(), module.beside()  # type: ignore[attr-defined]
