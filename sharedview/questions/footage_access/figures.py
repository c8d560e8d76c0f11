"""The few figures that the question of officers' time is answered with."""

from __future__ import annotations

import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.key_figures import KeyFigure, key_figures
from sharedview.questions.footage_access.bases import OWN_SITE
from sharedview.questions.footage_access.plans import OfficerTime

CRIMES_YEARS = "2023"
CRIMES_SCOPE = "MPS crimes to July 2023; the rest assumed"
COUNCIL_SCOPE = "running cost by the cost table"
NAN = float("nan")


def footage_figures(found: OfficerTime, *, baseline: str) -> pd.DataFrame:
    """Pick the headline figures of the recommended plan against today.

    Parameters
    ----------
    found
        From :func:`sharedview.questions.footage_access.plans.footage_access`; its first plan is the
        recommended one.
    baseline
        Identifier of today's plan.

    Returns
    -------
    DataFrame
        :class:`coverage_model.base.key_figures.KeyFigures`.

    Examples
    --------
    >>> from optimisation.consolidation import reference_plans
    >>> from sharedview.questions.footage_access.plans import footage_access
    >>> from optimisation.scenario import load_scenario
    >>> from optimisation.territory import borough_inputs
    >>> frame, scenario = borough_inputs(), load_scenario()
    >>> today, *others = reference_plans(frame, scenario)
    >>> year = footage_access(frame, others, baseline=today, scenario=scenario, draws=20)
    >>> footage_figures(year, baseline="today")["figure"].is_unique
    True
    """
    plans, budgets, desks, embedded = (
        frame.set_index("plan_id")
        for frame in (found.plans, found.budgets, found.desks, found.embedded)
    )
    best_id = str(found.plans.loc[0, "plan_id"])
    best, today, money = plans.loc[best_id], plans.loc[baseline], budgets.loc[best_id]
    known = int(best["boroughs"])

    def hours(
        name: str, label: str, value: float, low: float = NAN, high: float = NAN
    ) -> KeyFigure:
        return KeyFigure(
            name, label, float(value), "hours per year", low=float(low), high=float(high),
            boroughs=known, years=CRIMES_YEARS, scope=CRIMES_SCOPE,
        )  # fmt: skip

    def pounds(name: str, label: str, value: float, low: float = NAN, high: float = NAN, *,
               scope: str = CRIMES_SCOPE) -> KeyFigure:  # fmt: skip
        return KeyFigure(
            name, label, float(value), "GBP per year", low=float(low), high=float(high),
            boroughs=known, years=CRIMES_YEARS, scope=scope,
        )  # fmt: skip

    def number(name: str, label: str, value: float, unit: str) -> KeyFigure:
        return KeyFigure(
            name, label, float(value), unit, boroughs=known, years=CRIMES_YEARS, scope=CRIMES_SCOPE
        )

    officer = [money[f"officer_change_{end}gbp_per_year"] for end in ("", "low_", "high_")]
    change = [best[f"change_{end}h_per_year"] for end in ("", "low_", "high_")]
    council = money["council_saving_gbp_per_year"]
    both = "two budgets added up: the councils' and the police's"
    return key_figures(
        [
            number("requests", "Requests for footage", best["requests_per_year"],
                   "requests per year"),
            hours("hours_today", "Officer hours today", today["officer_h_per_year"],
                  today["low_h_per_year"], today["high_h_per_year"]),
            hours("hours_plan", "Officer hours under the plan", best["officer_h_per_year"],
                  best["low_h_per_year"], best["high_h_per_year"]),
            hours("change", "Change of officer hours", *change),
            number("longest_km", "Longest way to a room under the plan", best["longest_km"], "km"),
            pounds("officer_change", "Change in the cost of officer time", *officer),
            KeyFigure("council_saving", "Councils' yearly saving", float(council), "GBP per year",
                      boroughs=known + int(best["boroughs_unknown"]), scope=COUNCIL_SCOPE),
            pounds("two_budgets", "Both budgets added up: less cost",
                   money["two_budgets_gbp_per_year"], scope=both),
            _assumed("hour_gbp", "Cost of an officer's hour", found, "footage_officer_gbp_per_h",
                     unit="GBP per hour"),
            _assumed("request_share", "Crimes for which footage is asked for", found,
                     "footage_request_share", unit="share"),
            _on_railways("available"),
            _on_railways("useful"),
            _assumed("remote_share", "Requests met from afar", found, "footage_remote_share",
                     unit="share"),
            KeyFigure("wait_target", "Longest mean wait in busy hours planned for",
                      60.0 * found.values["footage_wait_target_h"], "minutes", basis="assumption",
                      scope="for somebody to decide"),
            number("break_even_share", "Requests met from afar at which the plan breaks even",
                   best["break_even_remote_share"], "share"),
            number("desks_today", "Desks counted today",
                   desks.loc[baseline, "desks_counted"], "desks"),
            number("desks_plan", "Desks counted under the plan",
                   desks.loc[best_id, "desks_counted"], "desks"),
            number("rooms_short_today", "Rooms today that cannot cope with the desks assumed",
                   desks.loc[baseline, "rooms_short"], "rooms"),
            number("rooms_short_plan", "The same under the plan",
                   desks.loc[best_id, "rooms_short"], "rooms"),
            KeyFigure("own_sites", "Boroughs whose officers are taken to start from their own site",
                      float((found.bases["basis"] == OWN_SITE).sum()), "boroughs",
                      basis="assumption", scope="no police base was given"),
            pounds("embedded_saved", "Officer time that police in the plan's rooms save",
                   embedded.loc[best_id, "saved_gbp_per_year"]),
            pounds("embedded_posts", "Cost of their posts",
                   embedded.loc[best_id, "posts_gbp_per_year"], scope="an assumption throughout"),
        ]
    )  # fmt: skip


def _on_railways(kind: str) -> KeyFigure:
    """Return what was published for railways, a guide."""
    share = datasets.coefficient(f"footage_{kind}_share")
    return KeyFigure(
        f"rail_{kind}_share", f"Crimes on railways in which CCTV was {kind}", share.value, "share",
        years="2011 to 2015", basis="published", scope="British Transport Police; no borough",
    )  # fmt: skip


def _assumed(
    name: str, label: str, found: OfficerTime, coefficient: str, *, unit: str
) -> KeyFigure:
    """Return a coefficient as a figure, with its range where it has one."""
    rows = found.sensitivity.set_index("coefficient")
    ends = [
        float(rows.loc[coefficient, end]) if coefficient in rows.index else NAN
        for end in ("low", "high")
    ]
    value = found.values[coefficient]
    scope = "no figure was found"
    return KeyFigure(
        name, label, value, unit, low=ends[0], high=ends[1], basis="assumption", scope=scope
    )
