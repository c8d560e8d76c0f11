"""What the value of monitoring rests on, and its two formulas on plain arrays.

:mod:`sharedview.questions.value.study` states the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from coverage_model.base import observations
from coverage_model.base.errors import Faults
from coverage_model.base.schemas import check
from optimisation.costs import coefficients
from optimisation.group_table import Setting, make_setting
from optimisation.results import Plan, Room
from optimisation.scenario import Scenario
from sharedview.questions.value import crime
from sharedview.questions.value.monitoring import OPTION_COEFFICIENTS, noticed_share
from sharedview.questions.value.options import ValueOptions
from sharedview.questions.value.schemas import CrimeInView

Floats = NDArray[np.float64]

EFFECT, IN_VIEW, USEFUL = (
    "value_effect_active_share",
    "value_in_view_share",
    "investigation_useful_share",
)
CREDITED = "crime_reduction_credited_share"
COEFFICIENTS = (EFFECT, IN_VIEW, USEFUL, CREDITED, *OPTION_COEFFICIENTS)


def benefit_gbp(
    effect: ArrayLike, watched: ArrayLike, *, noticed: ArrayLike, harm: ArrayLike
) -> Floats:
    """Cost of crime avoided if watching prevents a share of it.

    Parameters
    ----------
    effect
        Share of crime in view that watching prevents, at one monitor an operator.
    watched
        Share of crime that happens while watched.
    noticed
        Share of events noticed while watched.
    harm
        What the crime in view costs.

    Returns
    -------
    ndarray
        Pounds, of the common shape.

    Examples
    --------
    >>> benefit_gbp(0.1, 0.5, noticed=noticed_share(9.0), harm=850_000.0).item()
    26500.0
    """
    best = noticed_share(1.0)
    product = np.asarray(effect, float) * np.asarray(watched, float) * np.asarray(harm, float)
    return np.asarray(product * (np.asarray(noticed, float) / best))


def break_even_effect(cost: ArrayLike, watched_harm: ArrayLike) -> Floats:
    """Return the effect at which the benefit equals the cost.

    Parameters
    ----------
    cost
        What the watching costs.
    watched_harm
        Benefit of an effect of 1 (:func:`benefit_gbp`).

    Returns
    -------
    ndarray
        Above 1 where no effect could pay; infinite where there is nothing to prevent; not a number
        where nothing is paid or the harm is unknown.

    Examples
    --------
    >>> break_even_effect(20_000.0, 400_000.0).item()
    0.05
    """
    paid, harm = np.broadcast_arrays(np.asarray(cost, float), np.asarray(watched_harm, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(paid > 0, paid / harm, np.nan)


def known_sum(values: Floats) -> float:
    """Sum what is known; unknown if nothing is.

    Examples
    --------
    >>> known_sum(np.array([1.0, np.nan, 2.0]))
    3.0
    """
    known = np.isfinite(values)
    return float(values[known].sum()) if known.any() else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Everything the value of monitoring rests on, checked and in one order of boroughs.

    Parameters
    ----------
    setting
        The scenario on its territory; its codes are the order of the boroughs.
    plans
        The plans compared, the one asked about first.
    values
        Coefficients by name.
    parts, blocks
        :class:`sharedview.questions.value.schemas.CrimeParts` (index ``part``) and ``TimeOfDay``.
    crimes
        Recorded crimes a year of each borough; not a number where unknown.
    mix
        Shape ``(boroughs, parts)``.
    in_view
        Measured share of crime in view of each borough; None where it is assumed.
    peak_hours
        Hours a day of the peak blocks.
    camera_share
        Cameras of each borough over the published number, at most 1: the assumed share in view is
        about the published numbers, and fewer cameras see less.
    illustrative
        Whether the share in view was measured with cameras that do not exist.
    """

    setting: Setting
    plans: tuple[Plan, ...]
    values: Mapping[str, float]
    parts: pd.DataFrame
    blocks: pd.DataFrame
    crimes: Floats
    mix: Floats
    in_view: Floats | None
    peak_hours: float
    camera_share: Floats
    illustrative: bool = False

    @property
    def rooms(self) -> tuple[Room, ...]:
        """The rooms of all plans, one plan after another."""
        return tuple(room for plan in self.plans for room in plan.rooms)

    @property
    def options(self) -> tuple[str, ...]:
        """The ways of monitoring asked for."""
        return self.setting.scenario.options(ValueOptions).options

    @property
    def lead(self) -> str:
        """The first way of monitoring that watches."""
        return next(option for option in self.options if option != "passive")

    @property
    def members(self) -> Floats:
        """Which borough each room serves, shape ``(rooms, boroughs)``."""
        matrix = np.zeros((len(self.rooms), len(self.setting.codes)))
        for row, room in enumerate(self.rooms):
            matrix[row, self.setting.positions(room.members)] = 1.0
        return matrix

    def by_room(self, amounts: Floats) -> Floats:
        """Add amounts of boroughs up by room, last axis; unknown only where all are unknown."""
        members = self.members
        total = np.nan_to_num(amounts) @ members.T
        return np.where(np.isfinite(amounts).astype(float) @ members.T > 0, total, np.nan)

    @property
    def kind(self) -> str:
        """What figures of crime in view rest on, as a key figure names it."""
        if self.in_view is None:
            return "assumption"
        return "illustrative" if self.illustrative else "model"

    def of_plan(self, plan: Plan) -> slice:
        """Return the places of a plan's rooms among all rooms."""
        start = 0
        for each in self.plans:
            if each is plan:
                return slice(start, start + len(each.rooms))
            start += len(each.rooms)
        raise KeyError(plan.plan_id)

    def shares_in_view(self) -> Floats:
        """Share of crime in view of each borough; unknown where crime is, none without cameras."""
        if self.in_view is not None:
            return self.in_view
        known = np.where(np.isfinite(self.crimes), self.values[IN_VIEW], np.nan)
        return known * self.camera_share

    def seen(self) -> Floats:
        """Return the crimes in view a year of each borough."""
        return self.crimes * self.shares_in_view()

    def harm(self) -> Floats:
        """Return what the counted crimes in view cost society a year, of each borough."""
        price = self.parts["unit_cost_gbp"].where(self.parts["counted"], 0.0).to_numpy(float)
        return self.seen() * (self.mix @ price)


def value_basis(
    boroughs: pd.DataFrame,
    scenario: Scenario,
    plans: Sequence[Plan],
    *,
    in_view: pd.Series | None = None,
    illustrative: bool = False,
) -> Basis:
    """Put together what the value of monitoring rests on.

    Parameters
    ----------
    boroughs
        :class:`optimisation.schemas.BoroughInputs`.
    scenario
        Its ``[value]`` table chooses; its coefficients replace the embedded ones.
    plans
        Plans to compare, the one asked about first; each once.
    in_view
        Measured share of crime in view, by ``borough_code``; None for the assumed share.
    illustrative
        Whether it was measured with cameras that do not exist.

    Returns
    -------
    Basis

    Raises
    ------
    InputError
        For shares outside 0 to 1, coefficients that are no share, or faults of the time of day.
    """
    asked = scenario.options(ValueOptions)
    setting = make_setting(boroughs, scenario.model_copy(update={"contiguity": "none"}))
    values = coefficients.values(COEFFICIENTS, setting.scenario.coefficients)
    faults = Faults("value of monitoring")
    for name in (EFFECT, IN_VIEW, USEFUL, CREDITED):
        if values[name] > 1:
            faults.add(f"coefficient {name} is {values[name]:g}", "Give a share from 0 to 1")
    shares = None
    if in_view is not None:
        shares = in_view.reindex(setting.codes).to_numpy(float)
        wrong = (shares < 0) | (shares > 1)
        if wrong.any():
            faults.add(
                "the share of crime in view is not from 0 to 1",
                "Correct it",
                rows=[code for code, bad in zip(setting.codes, wrong, strict=True) if bad],
            )
    faults.raise_if_any()
    parts = crime.crime_parts(unit_costs=asked.unit_costs, counted=asked.crimes)
    blocks = crime.time_of_day(asked.time_of_day)
    return Basis(
        setting=setting,
        plans=tuple({plan.plan_id: plan for plan in plans}.values()),
        values=values,
        parts=parts,
        blocks=blocks,
        crimes=crime.recorded_crimes().reindex(setting.codes).to_numpy(float),
        mix=crime.borough_mix(parts).reindex(setting.codes).to_numpy(float),
        in_view=shares,
        peak_hours=float(blocks.loc[blocks["peak"], "hours_per_day"].sum()),
        camera_share=_camera_share(setting),
        illustrative=illustrative and shares is not None,
    )


def _camera_share(setting: Setting) -> Floats:
    """Cameras over the published number, at most 1; 1 where no number is known for a territory."""
    counts = observations.cctv_counts(assume_missing=True).set_index("borough_code")["cameras"]
    published = counts.reindex(setting.codes).astype("Float64").to_numpy(float, na_value=np.nan)
    cameras = setting.places.cameras
    share = np.minimum(1.0, cameras / np.where(published > 0, published, np.nan))
    return np.where(np.isfinite(share), share, np.where(cameras > 0, 1.0, 0.0))


def crime_in_view(basis: Basis) -> pd.DataFrame:
    """Return crime in view by borough (:class:`sharedview.questions.value.schemas.CrimeInView`)."""
    seen = basis.seen()
    counted = basis.parts["counted"].to_numpy(bool)
    priced = basis.parts["unit_cost_gbp"].notna().to_numpy()
    frame = pd.DataFrame(
        {
            "borough_code": basis.setting.codes,
            "borough": basis.setting.boroughs["borough"].to_numpy(),
            "crimes_per_year": basis.crimes,
            "in_view_share": basis.shares_in_view(),
            "in_view_basis": "assumption" if basis.in_view is None else "measured",
            "crimes_in_view_per_year": seen,
            "counted_in_view_per_year": seen * basis.mix[:, counted].sum(axis=1),
            "unpriced_in_view_per_year": seen * basis.mix[:, ~priced].sum(axis=1),
            "harm_in_view_gbp_per_year": basis.harm(),
        }
    )
    return check(frame, CrimeInView, "crime in view")
