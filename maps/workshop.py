"""The workshop page: wishes, moves by hand and prices, each answered in the page with its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import geopandas as gpd
import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup

from coverage_model.base import datasets
from maps._workshop_data import limit_wishes, territory_data, toml_parts
from maps._workshop_map import map_data
from maps.consolidation_map import site_places
from maps.shell import wording
from maps.shell.layers import Pane, area_map, prepare_areas, water_layer
from maps.shell.legends import LegendItem, Measure
from maps.shell.offline import asset_text
from maps.shell.page import Content, LegendBlock, Page, PageContext, Workbench, assemble
from maps.shell.palettes import INK
from maps.shell.tables import AreaText, Section
from maps.shell.wording import Bold, Sentence
from maps.workshop_sections import coefficient_name
from optimisation.costs.script import cost_script
from optimisation.costs.terms import RATE_NAMES
from optimisation.drawn_costs import Draws
from optimisation.group_table import Setting
from optimisation.results import Plan

ENGINE = (
    "workshop_read.js",
    "workshop_costs.js",
    "workshop_groups.js",
    "workshop_solver.js",
    "workshop_screen.js",
    "workshop_answers.js",
)
SCRIPTS = ("workshop_words.js", "workshop_out.js", "workshop_map.js", "workshop.js")
MOST_SLIDERS = 10
STEPS = 100  # of a slider
COMMAND = "sharedview consolidate --scenario workshop.toml --out FOLDER"
KINDS = (
    ("together", "two boroughs share a room"),
    ("apart", "two boroughs do not share"),
    ("keep", "keep the room of, as it is now"),
    ("alone", "a room of its own for"),
    ("host", "hosts the room it uses"),
    ("nohost", "no room stands in"),
    ("rooms", "number of rooms"),
    ("atmost", "at most so many rooms"),
    ("atleast", "at least so many rooms"),
    ("moved", "at most so many boroughs move"),
    ("capacity", "at most so many cameras a room"),
    ("size", "at most so many boroughs a room"),
    ("posts", "at most so many operators a room"),
    ("link", "no link longer than, km"),
    ("contiguity", "how a room hangs together"),
    ("footprint", "no room straddles units of"),
)
# Coefficients whose value is for somebody to decide or to negotiate, where no tornado ranks them.
PLAIN_SLIDERS = (
    "operator_cost_gbp_per_fte_year",
    "cameras_per_operator",
    "room_fixed_gbp_per_year",
    "integration_gbp_per_borough",
    "optimism_bias_share",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """Plans at hand, to look at: they answer no wish.

    Parameters
    ----------
    title
        What they have in common.
    plans
        The plans.
    """

    title: str
    plans: Sequence[Plan]


def workshop_page(
    *,
    areas: gpd.GeoDataFrame,
    setting: Setting,
    draws: Mapping[str, Draws],
    plan: Plan,
    context: PageContext,
    listed: Sequence[Listed] = (),
    tornado: pd.DataFrame | None = None,
    sections: Sequence[Section] = (),
    water: gpd.GeoDataFrame | None = None,
    run_notes: Sequence[str] = (),
    london: bool = True,
    home: str = "",
) -> Page:
    """Make the workshop page.

    Parameters
    ----------
    areas
        The areas to draw (``area_code, area_name, geometry``), simplified for pages.
    setting
        The scenario on its territory.
    draws
        ``chosen``, the draws that choose plans, and ``unseen``, those that judge them.
    plan
        The plan that shows first.
    context
        What the page says about itself.
    listed
        Plans at hand.
    tornado
        :class:`optimisation.schemas.Tornado`: says which prices get a slider.
    sections
        What follows.
    water
        Water to draw for orientation.
    run_notes
        Lines for the scenario file: with which files it must be run.
    london
        Whether the areas are London's boroughs, between which every kind of contiguity is known.
    home
        Address of the page of pages, if there is one.

    Returns
    -------
    Page
    """
    prepared = prepare_areas(areas)
    plans = [plan, *(each for group in listed for each in group.plans)]
    drawn = map_data(
        plans, prepared=prepared, sites=site_places(setting.boroughs, prepared), codes=setting.codes
    )
    fills = tuple(drawn["none"] for _ in prepared.codes)
    folium_map, layer = area_map(prepared, fills)
    above = () if water is None else (water_layer(folium_map, water),)
    pane = Pane(
        name="main",
        label="Map of the plan; choose a borough, or drag it onto another",
        map=folium_map,
        areas=layer,
        measures=(Measure("groups", "Boroughs of one colour share a room", fills, ()),),
        briefs=("",) * len(prepared.codes),
        above=above,
    )
    scenario = setting.scenario
    numbered = [
        {"label": each.label, "groups": _groups(setting, each)}
        for group in listed
        for each in group.plans
    ]
    sliders = _sliders(setting, tornado)
    data = {
        "territory": territory_data(setting, draws, london=london),
        "wishes": limit_wishes(setting),
        "plan": _groups(setting, plan),
        "how": _how(plan),
        "note": _note(setting),
        "map": drawn,
        "listed": numbered,
        "sliders": sliders,
        "counts": setting.places.cameras.tolist(),
        "coefficients": dict(scenario.coefficients),
        "camera_counts": dict(scenario.camera_counts),
        "toml": toml_parts(scenario),
        "run": list(run_notes),
    }
    above_html, beside, below = _controls(setting, listed, sliders)
    content = Content(
        lead=_lead(plan),
        areas=prepared,
        area_texts=[AreaText() for _ in prepared.codes],
        panes=(pane,),
        legends=(_layers(),),
        sections=sections,
        home=home,
        workbench=Workbench(
            "workshop",
            above_html,
            beside,
            data=data,
            blocks=(),
            styles=("workshop.css",),
            scripts=SCRIPTS,
            below=below,
            engine=engine(),
        ),
    )
    return assemble(content, context=context)


def engine() -> str:
    """Return the script that works out costs and plans, for the page, its worker and the tests."""
    own = (
        'const WORKSHOP_ENGINE = typeof document === "undefined" ? "" '
        ": document.currentScript.textContent;\n"
    )
    return '"use strict";\n' + own + "\n".join([cost_script(), *map(asset_text, ENGINE)])


def _groups(setting: Setting, plan: Plan) -> list[list[int]]:
    return sorted(sorted(setting.positions(room.members)) for room in plan.rooms)


def _how(plan: Plan) -> dict[str, str]:
    if plan.report.status == "reference":
        return {"kind": "listed", "name": plan.label}
    # The page proves it anew: it shows no proof that it has not made.
    return {"kind": "before"}


def _note(setting: Setting) -> str:
    asked = setting.scenario.objective
    if asked.kind in {"expected", "point"}:
        return ""
    return (
        f"The scenario asks for the least {asked.words}. This page finds the least expected cost "
        "instead; for what the scenario asks, take the scenario file and run: "
        f"{COMMAND}"
    )


def _sliders(setting: Setting, tornado: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return what can be changed by hand: what moves the saving most first, then the appraisal."""
    table = datasets.coefficients()
    names = list(PLAIN_SLIDERS)
    if tornado is not None:
        ranked = tornado.sort_values("swing_gbp", ascending=False, kind="stable")["coefficient"]
        names = [name for name in ranked if name in RATE_NAMES]
    found = [
        _slider(
            name,
            coefficient_name(name),
            low=float(table.loc[name, "low"]),
            value=float(setting.rate.values[name]),
            high=float(table.loc[name, "high"]),
        )
        for name in names[:MOST_SLIDERS]
    ]
    scenario = setting.scenario
    years = _slider("years", "Years of the appraisal", low=1, value=scenario.horizon_years, high=40)
    rate = _slider("discount", "Discount rate", low=0, value=scenario.discount_rate, high=0.1)
    rate |= {"step": 0.0025, "times": 100, "digits": 2, "unit": "%"}
    return [*found, years | {"step": 1, "digits": 0}, rate]


def _slider(key: str, label: str, *, low: float, value: float, high: float) -> dict[str, Any]:
    low, high = min(low, value), max(high, value)
    width = high - low
    step = 10.0 ** np.floor(np.log10(width / STEPS)) if width > 0 else 1.0
    # A slider that cannot stand at the scenario's own value would change it unasked.
    while step > 1e-6 and abs((value - low) / step - round((value - low) / step)) > 1e-6:
        step /= 10
    digits = int(max(0, -np.floor(np.log10(step))))
    return {
        "key": key,
        "label": label,
        "low": low,
        "value": value,
        "high": high,
        "step": float(f"{step:.10g}"),
        "digits": min(digits, 4),
        "times": 1,
        "unit": "",
    }


def _lead(plan: Plan) -> tuple[Sentence, ...]:
    return (
        (
            "Say a wish, move boroughs by hand or change a price: the page works out ",
            Bold("the best plan, with its proof"),
            ", and says what each wish costs. It starts with ",
            Bold(wording.count(plan.room_count, "room")),
            ". Nothing leaves this computer.",
        ),
    )


def _layers() -> LegendBlock:
    return LegendBlock(
        "Rooms and links",
        (
            LegendItem("control room, with its letter", "#ffffff", "", "dot", switch="rooms"),
            LegendItem("link to the room", INK, "", "line", switch="links"),
        ),
        "A room keeps its letter in every plan, and its colour unless a room beside it has it.",
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(asset_text("workshop.html"))


def _controls(
    setting: Setting, listed: Sequence[Listed], sliders: Sequence[Mapping[str, Any]]
) -> tuple[Markup, Markup, Markup]:
    number = 0
    groups = []
    for group in listed:
        entries = []
        for each in group.plans:
            entries.append({"number": number, "label": each.label})
            number += 1
        if entries:
            groups.append({"title": group.title, "plans": entries})
    kinds: Sequence[tuple[str, str]] = KINDS
    if not any(name in setting.boroughs for name in ("met_bcu", "subregion")):
        kinds = KINDS[:-1]
    module = _template().make_module(
        {
            "areas": setting.boroughs["borough"].astype(str).tolist(),
            "kinds": kinds,
            "sliders": sliders,
            "listed": groups,
            "first": "The plan before",
        }
    )
    return module.above(), module.beside(), module.below()  # type: ignore[attr-defined]
