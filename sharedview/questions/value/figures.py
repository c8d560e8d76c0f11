"""The headline figures of the value of monitoring, with what each rests on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.key_figures import KeyFigure, key_figures
from optimisation.costs.draws import uncertain_coefficients
from sharedview.questions.value.basis import EFFECT, USEFUL, Basis
from sharedview.questions.value.draws import Drawn
from sharedview.questions.value.results import Uses

CRIME_YEARS = "2012 to 2023"
IF_SCOPE = "If watching prevents the stated share; credited: none"


def value_figures(
    basis: Basis, options: pd.DataFrame, crimes: pd.DataFrame, drawn: Drawn, uses: Uses
) -> pd.DataFrame:
    """Put the headline figures together.

    Parameters
    ----------
    basis, options, crimes, drawn, uses
        The parts of :class:`sharedview.questions.value.study.MonitoringValue`.

    Returns
    -------
    DataFrame
        :class:`coverage_model.base.key_figures.KeyFigures`.
    """
    return key_figures(
        [
            *_crime(basis, options, crimes, drawn),
            *_watching(basis, options, crimes, drawn),
            *_hours(basis, crimes, uses),
        ]
    )


def lead_row(basis: Basis, options: pd.DataFrame, *, plan: int = 0) -> pd.Series:
    """Return the row of a plan under the way of monitoring of most interest."""
    plan_id = basis.plans[plan].plan_id
    found = options[(options["plan_id"] == plan_id) & (options["option"] == basis.lead)]
    return found.iloc[0]


def _crime(
    basis: Basis, options: pd.DataFrame, crimes: pd.DataFrame, drawn: Drawn
) -> list[KeyFigure]:
    at, known = basis.of_plan(basis.plans[0]), int(crimes["crimes_per_year"].notna().sum())
    row = lead_row(basis, options)
    seen = np.nansum(drawn.in_view[:, at], axis=1)
    low, high = _range(seen)
    helped_low, helped_high = _range(seen * basis.values[USEFUL])
    in_view = _known(crimes["crimes_in_view_per_year"])
    without = _known(crimes["unpriced_in_view_per_year"])
    counted = _known(crimes["counted_in_view_per_year"])
    police = "Metropolitan Police; the City of London is not known"
    shared: dict[str, Any] = {
        "boroughs": known,
        "years": CRIME_YEARS,
        "basis": basis.kind,
        "scope": police,
    }
    return [
        KeyFigure("crimes", "Crimes recorded", _known(crimes["crimes_per_year"]),
                  "crimes per year", boroughs=known, years="2022 to 2023", basis="published",
                  scope=police),
        KeyFigure("crimes_in_view", "Crimes in view of public cameras",
                  float(row["crimes_in_view_per_year"]), "crimes per year", low, high, **shared),
        KeyFigure("counted_share", "Share of crimes in view that is counted in money",
                  _over(counted, in_view), "share", **shared),
        KeyFigure("unpriced_share", "Share of crimes in view without a unit cost",
                  _over(without, in_view), "share", **shared),
        KeyFigure("investigations", "Investigations helped by recorded images",
                  float(row["investigations_helped_per_year"]), "investigations per year",
                  helped_low, helped_high, boroughs=known, years="2011 to 2023", basis=basis.kind,
                  scope="The useful share is from railways; kept apart from money"),
        _coefficient(USEFUL, "useful_share", "Share of crimes in view whose images are useful",
                     scope="Crimes on railways with CCTV available, British Transport Police",
                     asked=basis, drawn=False),
    ]  # fmt: skip


def _watching(
    basis: Basis, options: pd.DataFrame, crimes: pd.DataFrame, drawn: Drawn
) -> list[KeyFigure]:
    at, place = basis.of_plan(basis.plans[0]), basis.options.index(basis.lead)
    row, last = lead_row(basis, options), lead_row(basis, options, plan=-1)
    known = int(crimes["crimes_per_year"].notna().sum())
    cost = _range(drawn.monitoring[:, place, at].sum(axis=1))
    benefit = _range(np.nansum(drawn.benefit[:, place, at], axis=1))
    every = len(crimes)
    counts = "Camera counts mix years and scopes"
    own: dict[str, Any] = {"boroughs": every, "years": "2007 to 2024", "scope": counts}
    money: dict[str, Any] = {
        "boroughs": known,
        "years": CRIME_YEARS,
        "basis": basis.kind,
        "scope": IF_SCOPE,
    }
    change = float(row["benefit_gbp_per_year"] - last["benefit_gbp_per_year"])
    return [
        KeyFigure("monitoring_cost", "Cost of watching over recording only",
                  float(row["monitoring_gbp_per_year"]), "GBP per year", *cost, **own),
        _coefficient(EFFECT, "effect", "Share of watched crime that watching may prevent",
                     scope="Public places other than car parks and transport; all settings at most",
                     asked=basis, drawn=True),
        KeyFigure("benefit_if", "Cost of crime avoided at the measured effect",
                  float(row["benefit_gbp_per_year"]), "GBP per year", *benefit, **money),
        KeyFigure("net_if", "Benefit less cost of watching, at the measured effect",
                  float(row["net_gbp_per_year"]), "GBP per year",
                  float(row["net_p10_gbp_per_year"]), float(row["net_p90_gbp_per_year"]), **money),
        KeyFigure("ratio_if", "Benefit for each pound of watching, at the measured effect",
                  float(row["benefit_cost_ratio"]), "ratio", float(row["ratio_p10"]),
                  float(row["ratio_p90"]), **money),
        KeyFigure("exceeds", "Share of draws in which benefits exceed costs",
                  float(row["exceeds_share"]), "share", **money),
        KeyFigure("break_even", "Effect that would pay for the watching",
                  float(row["break_even_effect_share"]), "share", boroughs=known,
                  years=CRIME_YEARS, basis=basis.kind, scope="At the working values"),
        KeyFigure("credited", "Crime benefit that the plan is credited with",
                  float(row["credited_gbp_per_year"]), "GBP per year", basis="assumption",
                  scope="crime_reduction_credited_share"),
        KeyFigure("noticed_plan", "Share of events noticed while watched, the plan",
                  float(row["noticed_share"]), "share", **own),
        KeyFigure("noticed_last", f"Share noticed, {basis.plans[-1].label.split(':')[0].lower()}",
                  float(last["noticed_share"]), "share", **own),
        KeyFigure("benefit_change", "Benefit less that of today, at the measured effect", change,
                  "GBP per year", **money),
        KeyFigure("gbp_per_noticed", "Cost of watching for each crime in view that is noticed",
                  float(row["gbp_per_noticed_crime"]), "GBP", boroughs=known, years=CRIME_YEARS,
                  basis=basis.kind, scope="Rests on the share of crime in view"),
        KeyFigure("gbp_per_watched", "Cost of watching for each crime in view while watched",
                  float(row["gbp_per_watched_crime"]), "GBP", boroughs=known, years=CRIME_YEARS,
                  basis=basis.kind, scope="Rests on the share of crime in view"),
    ]  # fmt: skip


def _hours(basis: Basis, crimes: pd.DataFrame, uses: Uses) -> list[KeyFigure]:
    known = int(crimes["crimes_per_year"].notna().sum())
    money: dict[str, Any] = {
        "boroughs": known,
        "years": CRIME_YEARS,
        "basis": basis.kind,
        "scope": IF_SCOPE,
    }
    saving = basis.plans[-1].cost_gbp_per_year - basis.plans[0].cost_gbp_per_year
    moved = uses.allocation["change_hours_per_year"].clip(lower=0).sum()
    gain = uses.best_gbp - uses.planned_gbp
    return [
        KeyFigure("operator_hours", "Operator hours given out", uses.hours, "hours per year",
                  boroughs=known, years="2007 to 2024",
                  scope="Rooms whose crime is known; camera counts mix years and scopes"),
        KeyFigure("hour_cost", "Cost of an operator hour", uses.hour_gbp, "GBP"),
        KeyFigure("marginal_hour", "Worth of one more operator hour at its best",
                  uses.marginal_gbp, "GBP", **money),
        KeyFigure("hours_moved", "Operator hours moved to other rooms or times", float(moved),
                  "hours per year", **money),
        KeyFigure("moved_share", "Share of operator hours moved", _over(moved, uses.hours),
                  "share", **money),
        KeyFigure("reallocation_gain", "Benefit gained by moving operator hours", gain,
                  "GBP per year", **money),
        KeyFigure("reallocation_share", "The same over the benefit as planned",
                  _over(gain, uses.planned_gbp), "share", **money),
        KeyFigure("saving", "Yearly cost of today less that of the plan", saving, "GBP per year",
                  boroughs=len(crimes), years="2007 to 2024",
                  scope="Camera counts mix years and scopes"),
        KeyFigure("reinvest_hours", "Operator hours that the saving would buy", uses.extra_hours,
                  "hours per year", boroughs=len(crimes)),
        KeyFigure("reinvest_benefit", "What their best use would add", uses.extra_gbp,
                  "GBP per year", **money),
    ]  # fmt: skip


def _coefficient(
    name: str, figure: str, label: str, *, scope: str, asked: Basis, drawn: bool
) -> KeyFigure:
    """Return a coefficient as a figure: the scenario's value with the range read or drawn."""
    known = datasets.coefficient(name)
    value, low, high = asked.values[name], known.low, known.high
    if drawn:
        found = uncertain_coefficients(asked.setting.scenario, names=[name])
        low, high = (found[0].low, min(found[0].high, 1.0)) if found else (value, value)
    basis = "published" if known.mark == "read" and value == known.value else "assumption"
    years = "" if known.year is None else str(known.year)
    return KeyFigure(figure, label, value, known.unit.split(" ")[0], low, high, years=years,
                     basis=basis, scope=scope)  # fmt: skip


def _range(values: np.ndarray) -> tuple[float, float]:
    low, high = np.percentile(values, [10, 90])
    return float(low), float(high)


def _known(values: pd.Series) -> float:
    return float(values.sum()) if values.notna().any() else float("nan")


def _over(amount: float, by: float) -> float:
    return float(amount / by) if by > 0 else float("nan")
