"""What the workshop page works with: the territory, the coefficients and the draws, as numbers.

The page holds every draw of every coefficient, camera count and local level: those that choose
plans and those, unseen by the choice, that judge them. From them and the cost specification it
works out the same expected costs and ranges as Python; no cost of a group is stored.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimisation.costs.draws import WHOLE, draw_coefficients, uncertain_coefficients
from optimisation.costs.places import Places
from optimisation.costs.terms import POLICE_LINES, RATE_NAMES
from optimisation.drawn_costs import Draws
from optimisation.group_table import Setting
from optimisation.police_time import police_draws
from optimisation.scenario import Scenario
from optimisation.territory import Contiguity, contiguity_graph, neighbour_masks, recorded_crimes

CONTIGUITIES: tuple[Contiguity, ...] = ("land", "land_and_crossings", "mid_river")
UNITS = ("met_bcu", "subregion")


def numbers(values: Any) -> str:
    """Return numbers as base64 of little-endian 64-bit floats: the page loses no digit."""
    return base64.b64encode(np.asarray(values, dtype="<f8").tobytes()).decode("ascii")


def territory_data(
    setting: Setting, draws: Mapping[str, Draws], *, london: bool = True
) -> dict[str, Any]:
    """Return what ``RoomCosts.Territory`` is made of.

    Parameters
    ----------
    setting
        The scenario on its territory.
    draws
        ``chosen``, the draws that choose plans, and ``unseen``, those that judge them.
    london
        Whether the areas are London's boroughs, between which every kind of contiguity is known;
        else only the setting's own is.
    """
    scenario, places = setting.scenario, setting.places
    return {
        "codes": list(setting.codes),
        "names": setting.boroughs["borough"].astype(str).tolist(),
        "places": {name: numbers(getattr(places, name)) for name in Places.__dataclass_fields__},
        "rates": {name: float(setting.rate.values[name]) for name in RATE_NAMES},
        "years": scenario.horizon_years,
        "build": scenario.build_years,
        "discount": scenario.discount_rate,
        "timing": scenario.flow_timing,
        "detour": setting.detour_factor,
        "kind": "point" if scenario.objective.kind == "point" else "expected",
        "asked": scenario.objective.kind,
        "most_overflow_share": scenario.objective.most_overflow_share,
        "whole": list(WHOLE),
        "neighbours": _neighbours(setting, london=london),
        "units": {
            name: setting.boroughs[name].astype(str).tolist()
            for name in UNITS
            if name in setting.boroughs
        },
        "draws": {name: _draws(setting, drawn) for name, drawn in draws.items()},
        "officers": _officers(setting, draws["unseen"]),
    }


def _officers(setting: Setting, drawn: Draws) -> dict[str, Any] | None:
    """Return what officers' ways to the rooms follow from, in the draws that judge a plan."""
    crimes = recorded_crimes(setting.boroughs)
    if crimes.isna().all():
        return None
    rates = police_draws(setting.scenario, drawn)
    return {
        "counted": setting.scenario.count_police_time,
        "crimes": numbers(crimes.fillna(0.0)),
        "lines": list(POLICE_LINES),
        "names": list(map(str, rates.columns)),
        "coefficients": numbers(rates.to_numpy()),
    }


def limit_wishes(setting: Setting) -> list[dict[str, Any]]:
    """Return what the scenario asks for as wishes, limits first; each has an id."""
    scenario: Scenario = setting.scenario
    wishes: list[dict[str, Any]] = []
    if scenario.contiguity != "none":
        wishes.append({"kind": "contiguity", "way": scenario.contiguity})
    for kind, amount, key in (
        ("capacity", "most", "capacity_cameras"),
        ("share", "most", "capacity_share"),
        ("posts", "most", "capacity_posts"),
        ("size", "most", "max_group_size"),
        ("link", "km", "max_link_km"),
        ("footprint", "way", "footprint"),
        ("moved", "most", "most_moved"),
    ):
        value = getattr(scenario, key)
        if value is not None:
            wishes.append({"kind": kind, amount: value})
    low, high = scenario.room_range
    if low is not None or high is not None:
        wishes.append({"kind": "rooms", "low": low, "high": high})
    for kind, pairs in (("together", scenario.must_share), ("apart", scenario.must_not_share)):
        wishes += [{"kind": kind, "areas": setting.positions(pair)} for pair in pairs]
    for kind, codes in (("host", scenario.fixed_rooms), ("nohost", scenario.forbidden_rooms)):
        wishes += [{"kind": kind, "areas": setting.positions([code])} for code in codes]
    return [{**wish, "id": f"s{k}", "on": True, "own": True} for k, wish in enumerate(wishes)]


def toml_parts(scenario: Scenario) -> dict[str, str]:
    """Return the lines of a scenario file that the page does not change: top keys, then tables."""
    boroughs = [str(code) for code in scenario.boroughs]
    top = [
        f"name = {json.dumps(f'{scenario.name}, workshop')}",
        f"boroughs = {json.dumps(boroughs)}",
        f"build_years = {scenario.build_years}",
        f"count_police_time = {str(scenario.count_police_time).lower()}",
        f"flow_timing = {json.dumps(scenario.flow_timing)}",
        f"solver = {json.dumps(scenario.solver)}",
        f"gap = {scenario.gap!r}",
        f"time_limit_s = {scenario.time_limit_s!r}",
    ]
    tables: list[str] = []
    for name in ("contract_exit_gbp", "lease_gbp_per_year"):
        amounts: Mapping[str, float] = getattr(scenario, name)
        if amounts:
            tables += [f"[{name}]", *(f"{code} = {gbp!r}" for code, gbp in amounts.items()), ""]
    for name in ("evidence", "objective"):
        values = getattr(scenario, name).model_dump(mode="json")
        lines = [
            f"{key} = {json.dumps(value)}" for key, value in values.items() if value is not None
        ]
        tables += [f"[{name}]", *lines, ""]
    return {"top": "\n".join(top), "tables": "\n".join(tables)}


def _neighbours(setting: Setting, *, london: bool) -> dict[str, list[list[int]]]:
    def listed(masks: Sequence[int]) -> list[list[int]]:
        return [[j for j in range(len(masks)) if mask >> j & 1] for mask in masks]

    own = setting.scenario.contiguity
    if not london:
        return {own: listed(setting.neighbours)}
    return {
        kind: listed(
            neighbour_masks(contiguity_graph(kind, codes=setting.codes), setting.codes)
            if kind != own
            else setting.neighbours
        )
        for kind in CONTIGUITIES
    }


def _draws(setting: Setting, drawn: Draws) -> dict[str, Any]:
    frame = drawn.coefficients.copy()
    # Rounded only after a change of price: twice one and a half operators are three.
    uncertain = [item for item in uncertain_coefficients(setting.scenario) if item.name in WHOLE]
    unrounded = draw_coefficients(uncertain, draws=len(frame), seed=drawn.seed, whole=False)
    for name in unrounded.columns.intersection(frame.columns):
        frame[name] = unrounded[name]
    factors: dict[str, NDArray[np.float64]] = drawn.factors
    return {
        "count": len(frame),
        "seed": drawn.seed,
        "names": list(map(str, frame.columns)),
        "coefficients": numbers(frame.to_numpy()),
        "counts": numbers(drawn.counts.to_numpy()),
        "factors": {name: numbers(factor) for name, factor in factors.items()},
    }
