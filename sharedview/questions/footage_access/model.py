"""What the tables about officers' time read: scenario, crimes, distances and coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_model.base.errors import Faults
from optimisation.costs import coefficients
from optimisation.group_table import Setting, make_setting
from optimisation.results import Plan
from optimisation.scenario import Scenario
from optimisation.territory import recorded_crimes
from sharedview.questions.footage_access.bases import base_distances_km
from sharedview.questions.footage_access.hours import (
    PREFIX,
    RATE_NAMES,
    FootageRates,
    Layout,
    OfficerHours,
    footage_rates,
    officer_hours,
)
from sharedview.questions.footage_access.options import FootageOptions

Floats = NDArray[np.float64]

POSITIVE = (
    "crimes_per_visit",
    "travel_km_per_h",
    "open_h_per_year",
    "cameras_per_desk",
    "wait_target_h",
)


@dataclass(frozen=True, slots=True, eq=False)
class OfficerModel:
    """Everything that the tables read, checked and in arrays in the order of the setting's codes.

    Parameters
    ----------
    setting
        The scenario on its territory.
    crimes
        Recorded crimes a year; not a number where unknown. Shape ``(boroughs,)``.
    km
        Mean distance from each borough's bases (rows) to each site (columns).
    rates, values
        The coefficients used, as arrays and by name.
    embedded
        Whether police are posted in the rooms.
    to_target
        Whether desks are added wherever the mean wait would pass its target.
    by_road
        Whether distances are by road.
    """

    setting: Setting
    crimes: Floats
    km: Floats
    rates: FootageRates
    values: dict[str, float]
    embedded: bool
    to_target: bool
    by_road: bool

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which boroughs have a known number of crimes."""
        return ~np.isnan(self.crimes)

    @property
    def hour_gbp(self) -> float:
        """Cost of an officer's hour."""
        return float(self.rates.officer_gbp_per_h[0, 0])

    @property
    def post_gbp_per_year(self) -> float:
        """Cost of the police posts of one room in the hours in which rooms serve officers."""
        rates = self.rates
        cost = rates.embedded_posts_per_room * rates.open_h_per_year * rates.officer_gbp_per_h
        return float(cost[0, 0])

    def layout(self, plan: Plan, *, detour: Floats | None = None) -> Layout:
        """Rooms and ways of a plan; ``detour`` scales the ways, one factor a draw."""
        place = {code: n for n, code in enumerate(self.setting.codes)}
        room = np.zeros(len(place), dtype=np.int64)
        host = np.zeros(len(place), dtype=np.int64)
        for number, each in enumerate(plan.rooms):
            members = [place[code] for code in each.members]
            room[members], host[members] = number, place[each.site_code]
        km = self.km[np.arange(len(place)), host]
        return Layout(room, km if detour is None else km[None, :] * detour, len(plan.rooms))

    def hours(
        self,
        plan: Plan,
        *,
        rates: FootageRates | None = None,
        embedded: bool | None = None,
        detour: Floats | None = None,
        desks: Floats | None = None,
    ) -> OfficerHours:
        """Hours of a plan, at the values used unless told otherwise."""
        return officer_hours(
            self.crimes,
            self.setting.places.cameras,
            layout=self.layout(plan, detour=detour),
            rates=rates or self.rates,
            embedded=self.embedded if embedded is None else embedded,
            desks=desks,
            to_target=self.to_target,
        )

    def separate_desks(self, plan: Plan) -> Floats:
        """Desks of each room if its boroughs brought those counted for them by themselves."""
        count = len(self.setting.codes)
        alone = officer_hours(
            self.crimes,
            self.setting.places.cameras,
            layout=Layout(np.arange(count), np.zeros(count), count),
            rates=self.rates,
            to_target=self.to_target,
        )
        return self.layout(plan).by_room(alone.queues.counted_desks)


def officer_model(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    *,
    crimes: pd.Series | None,
    bases: pd.DataFrame | None,
    site_km: Floats | None,
) -> OfficerModel:
    """Check the inputs and put them into arrays.

    Parameters
    ----------
    boroughs, scenario, crimes, bases, site_km
        As in :func:`sharedview.questions.footage_access.plans.footage_access`.

    Returns
    -------
    OfficerModel

    Raises
    ------
    InputError
        Listing every coefficient out of its domain, or what in the scenario does not fit.
    ValueError
        If the distances are not between the boroughs in play.
    """
    values = _checked_values(scenario)
    setting = make_setting(boroughs, scenario)
    by_road = site_km is not None or bool(setting.by_road)
    km = setting.places.km if site_km is None else np.asarray(site_km, dtype=np.float64)
    if km.shape != setting.places.km.shape:
        raise ValueError(f"distances of shape {km.shape} for {len(setting.codes)} boroughs")
    if bases is not None:
        here = bases[bases["borough_code"].isin(setting.codes)]
        factor = coefficients.values(["detour_factor"], scenario.coefficients)["detour_factor"]
        km = base_distances_km(here, setting.boroughs, site_km=km, detour_factor=factor)
    recorded = recorded_crimes(boroughs) if crimes is None else crimes
    return OfficerModel(
        setting=setting,
        crimes=recorded.reindex(list(setting.codes)).to_numpy(float),
        km=km,
        rates=footage_rates(values),
        values=values,
        embedded=scenario.options(FootageOptions).police_embedded,
        to_target=scenario.options(FootageOptions).desks == "to_target",
        by_road=by_road,
    )


def _checked_values(scenario: Scenario) -> dict[str, float]:
    """Return the coefficients, with every one out of its domain in one error."""
    values = coefficients.values(RATE_NAMES, scenario.coefficients)
    faults = Faults("coefficients of footage_access")
    for name, value in values.items():
        short = name.removeprefix(PREFIX)
        if short.endswith("_share") and not 0 <= value <= 1:
            faults.add(f"{name} is {value}", "Give a share from 0 to 1")
        elif short in POSITIVE and not value > 0:
            faults.add(f"{name} is {value}", "Give a number above 0")
        elif short == "desks_per_room" and (value < 1 or value != round(value)):
            faults.add(f"{name} is {value}", "Give a whole number of at least 1")
    faults.raise_if_any()
    return values
